//! Exchange with others: import of Open Referral data in any dialect without loss, and export; elections in and out; the
//! topics, ballots and proceedings of an event that were typed elsewhere.
//!
//! [`read()`] makes a [`Package`] of a file, a folder or a zip: strings are cleaned, repairs are recorded, and each
//! service and organisation becomes one item in the shape of HSDS 3; rows without a parent are kept beside them.
//! [`plan_import()`] compares the package with the workspace and makes one [`Change`](crate::model::Change) of it.
//! [`export()`] writes the workspace in one of the [`Format`]s.

pub mod calendar;
pub mod detect;
pub mod export;
mod hours;
mod identity;
pub mod ids;
mod infer;
mod json;
mod legacy;
mod map;
mod nest;
mod normalise;
pub mod of_kind;
pub mod openspace;
pub mod pabulib;
mod patch;
pub mod plan;
pub mod report;
mod sanitise;
pub mod schema;
mod source;
pub mod spreadsheet;
mod table;
mod values;
pub mod write;

use std::path::Path;

pub use export::{ExportContext, Format, export, export_to_bytes};
pub use nest::Item;
pub use plan::{ImportContext, ImportPlan, plan_import};
pub use report::{Counts, Repair, RepairKind, Report};
pub use source::{display_path, display_place, follow_no_links};

use identity::Registry;
use nest::{PendingItems, SourceTables};
use normalise::Normaliser;
use table::FileHints;

/// Why something could not be read or written, as one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ExchangeError(pub String);

impl ExchangeError {
    fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self(format!("{} cannot be read: {error}", source::display_path(path)))
    }
}

/// The progress of an import or export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The stage of the work, for display.
    pub stage: &'static str,
    /// The number of items done in this stage.
    pub done: usize,
}

/// Called now and then during an import or export; returning false cancels the work.
pub type ProgressCallback<'a> = dyn FnMut(Progress) -> bool + 'a;

/// A source that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// The name of the source in this workspace.
    pub feed: String,
    /// The dialect that was detected.
    pub dialect: &'static str,
    /// One item per service.
    pub services: Vec<Item>,
    /// One item per organisation.
    pub organisations: Vec<Item>,
    /// Rows without a parent, and shared rows to which nothing refers.
    pub orphans: Vec<Item>,
    /// The number of distinct locations.
    pub locations: usize,
    /// Repairs and dangling references.
    pub repairs: Vec<Repair>,
}

/// The default name of a source: that of its file.
pub fn feed_name(path: &Path) -> String {
    let name = path.file_stem().map(|stem| crate::model::text::clean(&stem.to_string_lossy())).unwrap_or_default();
    let name: String = name.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    if name.is_empty() { "import".to_owned() } else { name.to_lowercase() }
}

/// Reads a source of any dialect.
///
/// # Errors
/// When the source cannot be read, is too large or holds no services and no organisations, or when `on_progress`
/// returned false.
pub fn read(path: &Path, feed: &str, on_progress: &mut ProgressCallback<'_>) -> Result<Package, ExchangeError> {
    let files = source::read_files(path)?;
    let stopped = || ExchangeError("the import was stopped; nothing was changed".to_owned());
    let mut normaliser = Normaliser::new(feed);
    let texts = decode_all(&mut normaliser, files);
    normaliser.is_own =
        texts.iter().any(|(name, text)| table::table_name(name) == "datapackage" && text.contains("\"moot_version\""));
    let mut reader = SourceReader { normaliser, ..SourceReader::default() };
    let hints = detect_hints(&texts);
    reader.dialect = detect_dialect(&texts, hints);
    for (at, (name, text)) in texts.into_iter().enumerate() {
        if !on_progress(Progress { stage: "reading", done: at }) {
            return Err(stopped());
        }
        reader.read_file(&name, &text, hints);
    }
    if hints.is_ohana {
        table::inherit_organisations(&mut reader.tables);
    }
    let mut asked = |done| on_progress(Progress { stage: "putting together", done });
    reader.into_package(&mut asked).ok_or_else(stopped).and_then(|package| package.require_records(path))
}

impl Package {
    fn require_records(self, path: &Path) -> Result<Self, ExchangeError> {
        if !self.services.is_empty() || !self.organisations.is_empty() {
            return Ok(self);
        }
        let broken = self.repairs.iter().find(|repair| repair.kind == RepairKind::Unreadable);
        let named: Vec<String> = self.orphans.iter().take(4).map(column_names).collect();
        let found = match (broken, named.is_empty()) {
            (Some(broken), _) => format!("{}, line {}: {}", broken.file, broken.row, broken.new),
            (None, false) => format!("found {}", named.join("; ")),
            (None, true) => "no rows at all".to_owned(),
        };
        Err(ExchangeError(format!(
            "{} holds no services and no organisations: {found}. Open Referral names them services.csv, or contents in JSON",
            source::display_path(path)
        )))
    }
}

fn column_names(item: &Item) -> String {
    let fields: normalise::Object = serde_json::from_str(&item.json).unwrap_or_default();
    let names: Vec<&str> = fields.keys().filter(|key| *key != "id").take(12).map(String::as_str).collect();
    format!("{} with the columns {}", item.file, names.join(", "))
}

/// Decodes all files; those that are not UTF-8 are read as Windows-1252 and reported.
fn decode_all(normaliser: &mut Normaliser, files: Vec<source::File>) -> Vec<(std::sync::Arc<str>, String)> {
    let mut texts = Vec::with_capacity(files.len());
    for file in files {
        let (text, was_windows) = source::decode(file.bytes);
        if was_windows {
            normaliser.file = file.name.clone();
            normaliser.note("file", RepairKind::Encoding, "not UTF-8", "Windows-1252");
        }
        texts.push((file.name, text));
    }
    texts
}

/// The text of one file, whatever its encoding.
///
/// # Errors
/// It is no file, cannot be read or is too large.
pub fn read_text(path: &Path) -> Result<String, ExchangeError> {
    Ok(source::decode(source::read_file(path)?).0)
}

fn is_json(name: &str, text: &str) -> bool {
    let lower = name.to_lowercase();
    match lower.rsplit('.').next() {
        Some("json" | "jsonl" | "ndjson") => true,
        Some("csv" | "tsv") => false,
        _ => text.trim_start().starts_with(['{', '[']),
    }
}

fn detect_hints(texts: &[(std::sync::Arc<str>, String)]) -> FileHints {
    let is_ohana = texts.iter().any(|(name, text)| {
        !is_json(name, text)
            && table::table_name(name).starts_with("service")
            && table::detect_table(name, &[]).is_some_and(|table| table.name == "services")
            && table::header(text).iter().any(|column| column == "location_id")
    });
    let has = |column: &str| {
        texts.iter().any(|(name, text)| !is_json(name, text) && table::header(text).iter().any(|known| known == column))
    };
    FileHints { is_ohana, is_orservices: has("service_recordid") || has("organization_recordid") }
}

/// Detects the dialect by the names of files and columns; the version a source states is often wrong.
fn detect_dialect(texts: &[(std::sync::Arc<str>, String)], hints: FileHints) -> &'static str {
    let has = |name: &str| texts.iter().any(|(file, text)| !is_json(file, text) && table::table_name(file) == name);
    let column = |name: &str| {
        texts.iter().any(|(file, text)| !is_json(file, text) && table::header(text).iter().any(|column| column == name))
    };
    match () {
        () if hints.is_ohana => "Ohana",
        () if hints.is_orservices => "ORServices",
        () if has("regular_schedules") || has("services_taxonomy") => "HSDS 1",
        () if has("service_attributes") || has("other_attributes") => "HSDS 2",
        () if has("service_capacity") => "HSDS 3.1",
        () if has("attributes") || has("attribute") || column("address_type") => "HSDS 3",
        () if texts.iter().any(|(name, text)| is_json(name, text) && table::table_name(name) != "datapackage") => {
            "JSON"
        }
        () => "CSV",
    }
}

/// The state of reading one source.
struct SourceReader {
    normaliser: Normaliser,
    registry: Registry,
    tables: SourceTables,
    pending: PendingItems,
    dialect: &'static str,
}

impl Default for SourceReader {
    fn default() -> Self {
        Self {
            normaliser: Normaliser::new(""),
            registry: Registry::default(),
            tables: SourceTables::default(),
            pending: PendingItems::default(),
            dialect: "",
        }
    }
}

impl SourceReader {
    fn read_file(&mut self, name: &std::sync::Arc<str>, text: &str, hints: FileHints) {
        if table::table_name(name) == "datapackage" || text.trim().is_empty() {
            return;
        }
        self.normaliser.file = name.clone();
        self.normaliser.row = 0;
        if !is_json(name, text) {
            table::read_rows(&mut self.normaliser, &mut self.tables, text, hints);
            return;
        }
        let items = json::parse_items(&mut self.normaliser, text);
        if self.dialect == "JSON" {
            self.dialect = if json::is_oruk_1(&items) { "ORUK 1 JSON" } else { "HSDS 3 or ORUK 3 JSON" };
        }
        json::gather(&mut self.normaliser, &mut self.registry, &mut self.pending, items);
    }

    fn into_package(mut self, on_progress: &mut dyn FnMut(usize) -> bool) -> Option<Package> {
        let mut items = Vec::new();
        self.pending.finish(&mut self.normaliser, &self.registry, &mut items);
        if !nest::nest_tables(&mut self.normaliser, &mut self.registry, self.tables, &mut items, on_progress) {
            return None;
        }
        let mut package = Package { feed: self.normaliser.feed, dialect: self.dialect, ..Package::default() };
        package.locations = self.registry.count("locations");
        package.repairs = self.normaliser.repairs;
        for item in items {
            match &*item.table {
                "services" => package.services.push(item),
                "organizations" => package.organisations.push(item),
                _ => package.orphans.push(item),
            }
        }
        Some(package)
    }
}
