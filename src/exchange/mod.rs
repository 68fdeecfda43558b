//! Exchange with other directories: reading Open Referral data of any dialect, keeping it whole, and giving it back.
//!
//! [`read()`] makes a [`Package`] of a file, a folder or a zip: every string cleaned, every repair written down, one item
//! for each service and each organisation in the canonical shape of HSDS 3, and every row that belongs to nothing.
//! [`plan()`] compares it with what is here and makes one [`Change`](crate::model::Change) of it.

mod clean;
pub mod export;
mod hours;
mod identity;
mod infer;
mod json;
mod legacy;
mod map;
mod nest;
mod patch;
pub mod plan;
pub mod report;
pub mod schema;
mod source;
mod table;
mod tidy;
mod values;
pub mod write;

use std::path::Path;

pub use export::{Format, Outgoing, export};
pub use nest::Item;
pub use plan::{Here, Plan, plan};
pub use report::{Counts, Repair, Report, Rule};

use identity::Registry;
use nest::{Gathered, Tables};
use table::Hints;
use tidy::Normaliser;

/// Why something could not be read or written: one sentence that says what would help.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Problem(pub String);

impl Problem {
    fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self(format!("{} cannot be read: {error}", source::said(path)))
    }
}

/// How far a long piece of work has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub step: &'static str,
    /// How much of it is done.
    pub done: usize,
}

/// What stops the work when it answers false; asked with every step.
pub type GoOn<'a> = dyn FnMut(Progress) -> bool + 'a;

/// A source, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// The name under which the source is known here.
    pub feed: String,
    /// What kind of data it is.
    pub dialect: &'static str,
    /// One item a service.
    pub services: Vec<Item>,
    /// One item an organisation.
    pub organisations: Vec<Item>,
    /// What belongs to nothing, or nothing points to.
    pub loose: Vec<Item>,
    /// How many different locations there are.
    pub locations: usize,
    /// What was repaired, and what leads nowhere.
    pub repairs: Vec<Repair>,
}

/// The name of a source when nobody gives it one: that of its file.
pub fn feed_of(path: &Path) -> String {
    let name = path.file_stem().map(|stem| crate::model::text::clean(&stem.to_string_lossy())).unwrap_or_default();
    let name: String = name.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    if name.is_empty() { "import".to_owned() } else { name.to_lowercase() }
}

/// Reads a source of any dialect.
///
/// # Errors
/// What cannot be read at all, is too large, or is no directory of services; or that `go_on` answered false.
pub fn read(path: &Path, feed: &str, go_on: &mut GoOn<'_>) -> Result<Package, Problem> {
    let files = source::files(path)?;
    let stopped = || Problem("the import was stopped; nothing was changed".to_owned());
    let mut normaliser = Normaliser::new(feed);
    let texts = texts_of(&mut normaliser, files);
    normaliser.is_own =
        texts.iter().any(|(name, text)| table::stem(name) == "datapackage" && text.contains("\"moot_version\""));
    let mut work = Work { normaliser, ..Work::default() };
    let hints = hints_of(&texts);
    work.dialect = dialect_of(&texts, hints);
    for (at, (name, text)) in texts.into_iter().enumerate() {
        if !go_on(Progress { step: "reading", done: at }) {
            return Err(stopped());
        }
        work.read_file(&name, &text, hints);
    }
    if hints.is_ohana {
        table::lend_organisations(&mut work.tables);
    }
    let mut asked = |done| go_on(Progress { step: "putting together", done });
    work.finish(&mut asked).ok_or_else(stopped).and_then(|package| package.checked(path))
}

impl Package {
    fn checked(self, path: &Path) -> Result<Self, Problem> {
        if !self.services.is_empty() || !self.organisations.is_empty() {
            return Ok(self);
        }
        let broken = self.repairs.iter().find(|repair| repair.rule == Rule::Unreadable);
        let named: Vec<String> = self.loose.iter().take(4).map(columns_in).collect();
        let found = match (broken, named.is_empty()) {
            (Some(broken), _) => format!("{}, line {}: {}", broken.file, broken.row, broken.new),
            (None, false) => format!("found {}", named.join("; ")),
            (None, true) => "no rows at all".to_owned(),
        };
        Err(Problem(format!(
            "{} holds no services and no organisations: {found}. Open Referral names them services.csv, or contents in JSON",
            source::said(path)
        )))
    }
}

fn columns_in(item: &Item) -> String {
    let fields: tidy::Object = serde_json::from_str(&item.json).unwrap_or_default();
    let names: Vec<&str> = fields.keys().filter(|key| *key != "id").take(12).map(String::as_str).collect();
    format!("{} with the columns {}", item.file, names.join(", "))
}

/// The texts of all files, those for Windows-1252 decoded and written down.
fn texts_of(normaliser: &mut Normaliser, files: Vec<source::File>) -> Vec<(std::sync::Arc<str>, String)> {
    let mut texts = Vec::with_capacity(files.len());
    for file in files {
        let (text, was_windows) = source::text_of(file.bytes);
        if was_windows {
            normaliser.file = file.name.clone();
            normaliser.note("file", Rule::Encoding, "not UTF-8", "Windows-1252");
        }
        texts.push((file.name, text));
    }
    texts
}

fn is_json(name: &str, text: &str) -> bool {
    let lower = name.to_lowercase();
    match lower.rsplit('.').next() {
        Some("json" | "jsonl" | "ndjson") => true,
        Some("csv" | "tsv") => false,
        _ => text.trim_start().starts_with(['{', '[']),
    }
}

fn hints_of(texts: &[(std::sync::Arc<str>, String)]) -> Hints {
    let is_ohana = texts.iter().any(|(name, text)| {
        !is_json(name, text)
            && table::stem(name).starts_with("service")
            && table::table_of(name, &[]).is_some_and(|table| table.name == "services")
            && table::header(text).iter().any(|column| column == "location_id")
    });
    let has = |column: &str| {
        texts.iter().any(|(name, text)| !is_json(name, text) && table::header(text).iter().any(|known| known == column))
    };
    Hints { is_ohana, is_dump: has("service_recordid") || has("organization_recordid") }
}

/// What kind of data this is, by the names of files and columns; the stated version is only a hint and often wrong.
fn dialect_of(texts: &[(std::sync::Arc<str>, String)], hints: Hints) -> &'static str {
    let has = |name: &str| texts.iter().any(|(file, text)| !is_json(file, text) && table::stem(file) == name);
    let column = |name: &str| {
        texts.iter().any(|(file, text)| !is_json(file, text) && table::header(text).iter().any(|column| column == name))
    };
    match () {
        () if hints.is_ohana => "Ohana",
        () if hints.is_dump => "ORServices",
        () if has("regular_schedules") || has("services_taxonomy") => "HSDS 1",
        () if has("service_attributes") || has("other_attributes") => "HSDS 2",
        () if has("service_capacity") => "HSDS 3.1",
        () if has("attributes") || has("attribute") || column("address_type") => "HSDS 3",
        () if texts.iter().any(|(name, text)| is_json(name, text) && table::stem(name) != "datapackage") => "JSON",
        () => "CSV",
    }
}

/// A source being read.
struct Work {
    normaliser: Normaliser,
    registry: Registry,
    tables: Tables,
    gathered: Gathered,
    dialect: &'static str,
}

impl Default for Work {
    fn default() -> Self {
        Self {
            normaliser: Normaliser::new(""),
            registry: Registry::default(),
            tables: Tables::default(),
            gathered: Gathered::default(),
            dialect: "",
        }
    }
}

impl Work {
    fn read_file(&mut self, name: &std::sync::Arc<str>, text: &str, hints: Hints) {
        if table::stem(name) == "datapackage" || text.trim().is_empty() {
            return;
        }
        self.normaliser.file = name.clone();
        self.normaliser.row = 0;
        if !is_json(name, text) {
            table::read(&mut self.normaliser, &mut self.tables, text, hints);
            return;
        }
        let items = json::items(&mut self.normaliser, text);
        if self.dialect == "JSON" {
            self.dialect = if json::is_oruk_1(&items) { "ORUK 1 JSON" } else { "HSDS 3 or ORUK 3 JSON" };
        }
        json::gather(&mut self.normaliser, &mut self.registry, &mut self.gathered, items);
    }

    fn finish(mut self, go_on: &mut dyn FnMut(usize) -> bool) -> Option<Package> {
        let mut items = Vec::new();
        self.gathered.finish(&mut self.normaliser, &self.registry, &mut items);
        if !nest::nest(&mut self.normaliser, &mut self.registry, self.tables, &mut items, go_on) {
            return None;
        }
        let mut package = Package { feed: self.normaliser.feed, dialect: self.dialect, ..Package::default() };
        package.locations = self.registry.count("locations");
        package.repairs = self.normaliser.repairs;
        for item in items {
            match &*item.table {
                "services" => package.services.push(item),
                "organizations" => package.organisations.push(item),
                _ => package.loose.push(item),
            }
        }
        Some(package)
    }
}
