//! Reads a source of any dialect: what its files hold becomes items in the shape of HSDS 3, whatever it was before.
//!
//! `source` opens files as streams, within the `budget`. `json`, `table`, `xml` read what is in them; `airs` and `icarol` are the
//! dialects of 211 services, `legacy` the older ones of Open Referral. `shape` and `gather` tell what an object in JSON is,
//! `items` makes it an item. `identity` gives every row one id, and `nest` makes items of rows.

mod airs;
mod bounded;
pub(super) mod budget;
mod gather;
mod icarol;
pub(super) mod identity;
pub(super) mod items;
pub(super) mod json;
pub(super) mod kept;
mod legacy;
mod marks;
pub(super) mod nest;
mod numbers;
pub(super) mod pages;
mod shape;
pub(super) mod source;
pub(super) mod table;
mod xml;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use self::gather::Gatherer;
use self::nest::Item;
use self::source::{File, Source};
use self::table::FileHints;
use super::normalise::{self, Normaliser};
use super::report::{Repair, RepairKind};
use super::{ExchangeError, Progress, ProgressCallback, schema};

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
    /// Whether this program wrote it.
    pub is_own: bool,
    /// Of a source that is read in pages: how many items these pages hold, and how many there are, where some are absent.
    pub pages: Option<(usize, usize)>,
    /// The name under which it was given, where it came under another before.
    pub given_as: Option<String>,
    /// How many more repairs of each kind there were, in which nothing was lost.
    pub unlisted: std::collections::BTreeMap<RepairKind, usize>,
    /// What is to be remembered of the columns of a spreadsheet.
    pub columns: Vec<Item>,
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
    let mut source = Source::open(path)?;
    let stopped = || ExchangeError("the import was stopped; nothing was changed".to_owned());
    let mut reader = SourceReader { normaliser: Normaliser::new(feed), ..SourceReader::default() };
    reader.normaliser.budget = source.budget();
    reader.normaliser.is_own = is_own(&mut source)?;
    reader.name_spreadsheets(path, &source);
    let hints = detect_hints(&source.files);
    reader.dialect = detect_dialect(&source.files, hints);
    for (done, at) in in_order(&source.files).into_iter().enumerate() {
        if !on_progress(Progress { stage: "reading", done }) {
            return Err(stopped());
        }
        reader.read_file(&mut source, at, hints)?;
        reader.require_budget(path)?;
    }
    if hints.is_ohana {
        table::inherit_organisations(&mut reader.gatherer.tables);
    }
    let mut asked = |done| on_progress(Progress { stage: "putting together", done });
    reader.into_package(path, &mut asked)?.ok_or_else(stopped)?.require_records(path)
}

/// The files in the order in which they are read: first what the rows of the others belong to.
fn in_order(files: &[File]) -> Vec<usize> {
    const OWNERS: [&str; 3] = ["organizations", "services", "locations"];
    let is_owned = |file: &File| {
        let table = table::detect_table(&file.name, &[]);
        !is_json(file) && table.is_none_or(|table| !OWNERS.contains(&table.name))
    };
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|at| is_owned(&files[*at]));
    order
}

/// Whether this program wrote a source: its `datapackage.json` says so.
fn is_own(source: &mut Source) -> Result<bool, ExchangeError> {
    const MOST_BYTES: u64 = 4 * 1024 * 1024;
    let Some(at) = source.files.iter().position(|file| table::table_name(&file.name) == "datapackage") else {
        return Ok(false);
    };
    let mut text = String::new();
    let read = source.read(at)?.take(MOST_BYTES).read_to_string(&mut text);
    Ok(read.is_ok() && text.contains("\"moot_version\""))
}

impl Package {
    /// A source of which nothing is known for what it is, is refused with what was seen.
    fn require_records(self, path: &Path) -> Result<Self, ExchangeError> {
        let is_told = |item: &Item| schema::table_by_alias(&item.table).is_some_and(|table| table.name != "other");
        if !self.services.is_empty() || !self.organisations.is_empty() || self.orphans.iter().any(is_told) {
            return Ok(self);
        }
        let broken = self.repairs.iter().find(|repair| repair.kind == RepairKind::Unreadable);
        let unopened = self.repairs.iter().find(|repair| repair.kind == RepairKind::Unopened);
        let (found, remedy) = match (broken, self.orphans.first()) {
            (Some(broken), _) => {
                let why = broken.new.split(" at line ").next().unwrap_or_default();
                let found = format!("{}, line {}, cannot be read: {why}", broken.file, broken.row);
                (found, "mend it there, or fetch it again")
            }
            (None, Some(item)) => {
                let found = format!("{}, line {}, has the columns {}", item.file, item.row, field_names(item));
                (found, "name tables as Open Referral does, such as services.csv")
            }
            (None, None) if unopened.is_some() => {
                let (name, remedy) = unopened.map_or(("", ""), |sheet| (&*sheet.old, &*sheet.new));
                (format!("the spreadsheet {name} is not read with other files"), remedy)
            }
            (None, None) => ("there are no rows at all".to_owned(), "name a file or folder that holds some"),
        };
        let path = source::display_path(path);
        Err(ExchangeError(format!("{path} holds no services and no organisations: {found}; {remedy}")))
    }
}

fn field_names(item: &Item) -> String {
    let fields: normalise::Object = serde_json::from_str(&item.json).unwrap_or_default();
    let names: Vec<&str> = fields.keys().filter(|key| *key != "id").take(12).map(String::as_str).collect();
    names.join(", ")
}

/// The text of one file, whatever its encoding.
///
/// # Errors
/// It is no file, cannot be read or is too large.
pub fn read_text(path: &Path) -> Result<String, ExchangeError> {
    Ok(source::decode_all(source::read_file(path)?))
}

pub(super) fn is_json(file: &File) -> bool {
    let (lower, text) = (file.name.to_lowercase(), &file.head);
    match lower.rsplit('.').next() {
        Some("json" | "jsonl" | "ndjson") => true,
        Some("csv" | "tsv") => false,
        _ => text.trim_start().starts_with(['{', '[']),
    }
}

/// Whether a file is one of a 211 service, and of which dialect.
fn dialect_of_211(file: &File) -> Option<(&'static str, Read211)> {
    match () {
        () if is_json(file) => None,
        () if airs::is_airs(&file.head) => Some(("AIRS", airs::read)),
        () if icarol::is_icarol(&table::header(&file.head)) => Some(("iCarol", icarol::read)),
        () => None,
    }
}

/// Makes items, each with the name of its table, of a whole text.
type Read211 = fn(&mut Normaliser, &str) -> Vec<(String, normalise::Object)>;

fn detect_hints(files: &[File]) -> FileHints {
    let is_ohana = files.iter().any(|file| {
        !is_json(file)
            && table::table_name(&file.name).starts_with("service")
            && table::detect_table(&file.name, &[]).is_some_and(|table| table.name == "services")
            && table::header(&file.head).iter().any(|column| column == "location_id")
    });
    FileHints {
        is_ohana,
        is_orservices: has_column(files, "service_recordid") || has_column(files, "organization_recordid"),
    }
}

fn has_column(files: &[File], name: &str) -> bool {
    files.iter().any(|file| !is_json(file) && table::header(&file.head).iter().any(|column| column == name))
}

/// Detects the dialect by the names of files and columns; the version a source states is often wrong.
fn detect_dialect(files: &[File], hints: FileHints) -> &'static str {
    let has = |name: &str| files.iter().any(|file| !is_json(file) && table::table_name(&file.name) == name);
    match () {
        () if hints.is_ohana => "Ohana",
        () if hints.is_orservices => "ORServices",
        () if has("regular_schedules") || has("services_taxonomy") => "HSDS 1",
        () if has("service_attributes") || has("other_attributes") => "HSDS 2",
        () if has("service_capacity") => "HSDS 3.1",
        () if has("attributes") || has("attribute") || has_column(files, "address_type") => "HSDS 3",
        () if files.iter().any(|file| is_json(file) && table::table_name(&file.name) != "datapackage") => "JSON",
        () => "CSV",
    }
}

/// The state of reading one source.
pub(super) struct SourceReader {
    pub(super) normaliser: Normaliser,
    pub(super) gatherer: Gatherer,
    pub(super) dialect: &'static str,
}

impl Default for SourceReader {
    fn default() -> Self {
        Self { normaliser: Normaliser::new(""), gatherer: Gatherer::default(), dialect: "" }
    }
}

/// The largest file that is read as a whole, where it cannot be read as a stream.
pub(super) const MAX_WHOLE_BYTES: u64 = 64 * 1024 * 1024;

/// How many items of a file in JSON are looked at to tell its dialect.
const LOOKED_AT: usize = 50;

impl SourceReader {
    fn read_file(&mut self, source: &mut Source, at: usize, hints: FileHints) -> Result<(), ExchangeError> {
        let file = &source.files[at];
        if table::table_name(&file.name) == "datapackage" || file.is_blank() {
            return Ok(());
        }
        self.normaliser.file = file.name.clone();
        self.normaliser.row = 0;
        if file.was_windows {
            self.normaliser.note("file", RepairKind::Encoding, "not UTF-8", "Windows-1252");
        }
        if let Some((dialect, read)) = dialect_of_211(file) {
            self.dialect = dialect;
            return self.read_211(source, at, read);
        }
        if is_json(file) {
            return self.read_json(source, at);
        }
        let head = file.head.clone();
        table::read_rows(&mut self.normaliser, &mut self.gatherer.tables, (&head, source.read(at)?), hints);
        Ok(())
    }

    /// Says of each spreadsheet among other files that it is not read with them.
    fn name_spreadsheets(&mut self, path: &Path, source: &Source) {
        for name in &source.spreadsheets {
            self.normaliser.file = name.clone();
            let place = if path.is_dir() { path.join(&**name) } else { PathBuf::from(&**name) };
            let before = if path.is_dir() { "" } else { "unpack it and " };
            let remedy = format!("{before}bring it in by itself: moot import {}", source::display_path(&place));
            self.normaliser.note_whole("file", RepairKind::Unopened, name, &remedy);
        }
    }

    /// These files refer to what stands anywhere in them: each is read as a whole.
    fn read_211(&mut self, source: &mut Source, at: usize, read: Read211) -> Result<(), ExchangeError> {
        let text = source.text(at, MAX_WHOLE_BYTES)?;
        for (table, item) in read(&mut self.normaliser, &text) {
            self.gatherer.take(&mut self.normaliser, &table, item);
        }
        self.gatherer.end_file(&mut self.normaliser);
        Ok(())
    }

    fn read_json(&mut self, source: &mut Source, at: usize) -> Result<(), ExchangeError> {
        let shape = json::Shape::of(source.read(at)?);
        let gatherer = &mut self.gatherer;
        let (mut left, mut is_oruk_1) = (LOOKED_AT, false);
        let mut take = |normaliser: &mut Normaliser, table: &str, item: normalise::Object| {
            is_oruk_1 |= left > 0 && json::is_oruk_1(&item);
            left = left.saturating_sub(1);
            gatherer.take(normaliser, table, item);
        };
        match shape {
            Ok(shape) => json::read_items(&mut self.normaliser, source.read(at)?, &shape, &mut take),
            Err(error) => json::read_lines(&mut self.normaliser, source.read(at)?, &error, &mut take),
        }
        self.gatherer.end_file(&mut self.normaliser);
        if self.dialect == "JSON" {
            self.dialect = if is_oruk_1 { "ORUK 1 JSON" } else { "HSDS 3 or ORUK 3 JSON" };
        }
        Ok(())
    }

    fn require_budget(&self, path: &Path) -> Result<(), ExchangeError> {
        let refused = |why| ExchangeError(format!("{} was not read: {why}", source::display_path(path)));
        self.normaliser.budget.refusal().map_or(Ok(()), |why| Err(refused(why)))
    }

    pub(super) fn into_package(
        mut self,
        path: &Path,
        on_progress: &mut dyn FnMut(usize) -> bool,
    ) -> Result<Option<Package>, ExchangeError> {
        let mut items = Vec::new();
        self.gatherer.end(&mut self.normaliser);
        let waiting = (std::mem::take(&mut self.gatherer.tables), std::mem::take(&mut self.gatherer.pending));
        let registry = &mut self.gatherer.registry;
        let is_done = nest::nest_tables(&mut self.normaliser, registry, waiting, &mut items, on_progress);
        self.require_budget(path)?;
        Ok(is_done.then(|| self.package_of(items)))
    }

    fn package_of(self, items: Vec<Item>) -> Package {
        let mut package = Package { feed: self.normaliser.feed.clone(), dialect: self.dialect, ..Package::default() };
        package.locations = self.gatherer.registry.count("locations");
        package.is_own = self.normaliser.is_own;
        package.pages = self.normaliser.pages.missing();
        package.unlisted = self.normaliser.unlisted();
        package.repairs = self.normaliser.repairs;
        for item in items {
            match &*item.table {
                "services" => package.services.push(item),
                "organizations" => package.organisations.push(item),
                _ => package.orphans.push(item),
            }
        }
        package
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rows_belong_to_is_read_before_them() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["contacts", "locations", "organizations", "phones", "services"] {
            std::fs::write(folder.path().join(format!("{name}.csv")), "id,name\n1,a\n").unwrap();
        }
        let source = Source::open(folder.path()).unwrap();
        let names: Vec<String> =
            in_order(&source.files).into_iter().map(|at| table::table_name(&source.files[at].name)).collect();
        assert_eq!(names, ["locations", "organizations", "services", "contacts", "phones"]);
    }
}
