//! Whether a file of Open Referral is what the standard says: any JSON of HSDS 3.0, 3.1 and ORUK 3, or tables in a file, a
//! folder or a zip. Each fault is one sentence with its place, for those who sent the file.

mod formats;
mod objects;
mod tables;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::normalise::Object;
use super::read::source::{Source, display_path};
use super::read::table::table_name;
use super::read::{MAX_WHOLE_BYTES, is_json};
use super::standard::Standard;
use super::{ExchangeError, schema};
use crate::model::text::clean;

/// A fault and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file, and the line or the path in JSON.
    pub place: String,
    /// What is wrong.
    pub what: String,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The version it was held against.
    pub standard: Standard,
    /// How many rows and objects of which table were looked at.
    pub checked: BTreeMap<String, usize>,
    /// The faults, in the order of the file.
    pub faults: Vec<Fault>,
}

impl Verdict {
    fn new(standard: Standard) -> Self {
        Self { standard, checked: BTreeMap::new(), faults: Vec::new() }
    }

    fn fault(&mut self, place: String, what: impl Into<String>) {
        self.faults.push(Fault { place, what: what.into() });
    }

    fn count(&mut self, table: &str) {
        *self.checked.entry(table.to_owned()).or_default() += 1;
    }
}

/// Holds what lies at a path against one version, or against the one it fits best.
///
/// # Errors
/// It cannot be read, or there is nothing of Open Referral in it.
pub fn validate(path: &Path, standard: Option<Standard>) -> Result<Verdict, ExchangeError> {
    let mut source = Source::open(path)?;
    let mut files = Vec::new();
    for at in 0..source.files.len() {
        let text = source.text(at, MAX_WHOLE_BYTES)?;
        files.push(Read { name: source.files[at].name.to_string(), is_json: is_json(&source.files[at]), text });
    }
    let versions = standard.map_or_else(|| Standard::ALL.to_vec(), |one| vec![one]);
    let verdicts = versions.into_iter().map(|one| validate_files(&files, one));
    let best = verdicts.min_by_key(|verdict| verdict.faults.len());
    best.filter(|verdict| !verdict.checked.is_empty() || !verdict.faults.is_empty()).ok_or_else(|| {
        ExchangeError(format!(
            "{} holds nothing of Open Referral: name a file of JSON, or tables such as services.csv",
            display_path(path)
        ))
    })
}

/// A file as it was read.
struct Read {
    name: String,
    text: String,
    is_json: bool,
}

fn validate_files(files: &[Read], standard: Standard) -> Verdict {
    let mut verdict = Verdict::new(standard);
    let mut sheets = Vec::new();
    for file in files {
        match () {
            () if table_name(&file.name) == "datapackage" => {}
            () if file.is_json => validate_json(&mut verdict, &file.name, &file.text),
            () => sheets.push((file.name.as_str(), file.text.as_str())),
        }
    }
    let about = files.iter().find(|file| table_name(&file.name) == "datapackage");
    if !sheets.is_empty() || about.is_some() {
        let about = about.map(|file| (file.name.as_str(), file.text.as_str()));
        tables::validate(&mut verdict, about, &sheets);
    }
    verdict
}

fn validate_json(verdict: &mut Verdict, name: &str, text: &str) {
    let error = match serde_json::from_str::<Value>(text) {
        Ok(value) => return validate_value(verdict, name, &value),
        Err(error) => error,
    };
    let lines = || text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let is_lines =
        lines().count() > 1 && lines().next().is_some_and(|(_, line)| serde_json::from_str::<Object>(line).is_ok());
    if !is_lines {
        let what = format!("this is no JSON: {}; mend it there, or fetch the file again", why_no_json(text, &error));
        return verdict.fault(format!("{name}:{}:{}", error.line(), error.column().max(1)), what);
    }
    for (at, line) in lines() {
        match serde_json::from_str::<Value>(line) {
            Ok(value) => validate_value(verdict, &format!("{name}:{}", at + 1), &value),
            Err(error) => verdict.fault(format!("{name}:{}:{}", at + 1, error.column()), "this line is no JSON"),
        }
    }
}

/// What the reader says of a text that is no JSON, without the place, which stands before it.
fn why_no_json(text: &str, error: &serde_json::Error) -> String {
    match () {
        () if text.trim().is_empty() => "it is empty".to_owned(),
        () if error.is_eof() => "it ends too early".to_owned(),
        () => {
            let said = clean(&error.to_string());
            said.rsplit_once(" at line ").map_or(said.clone(), |(why, _)| why.to_owned())
        }
    }
}

/// What a page of an API says of itself.
const PAGE: &[(&str, bool)] = &[
    ("total_items", true),
    ("total_pages", true),
    ("page_number", true),
    ("size", true),
    ("first_page", false),
    ("last_page", false),
    ("empty", false),
];

/// A page, a list, tables by name, or one object.
fn validate_value(verdict: &mut Verdict, file: &str, value: &Value) {
    let mut checker = objects::Checker { file, verdict };
    match value {
        Value::Array(items) => checker.items("$", items),
        Value::Object(page) if page.get("contents").is_some_and(Value::is_array) => {
            for (name, is_number) in PAGE {
                let fits = page.get(*name).map(|value| if *is_number { value.is_number() } else { value.is_boolean() });
                if fits == Some(false) {
                    let wanted = if *is_number { "a number" } else { "true or false" };
                    checker.fault(&format!("$.{name}"), format!("{name} of the page is not {wanted}"));
                }
            }
            checker.verdict.checked.entry("services".to_owned()).or_default(); // an empty page is one, too
            let is_own = page.contains_key("moot_version");
            let contents = if is_own { "services" } else { "" };
            for (name, table) in [("contents", contents), ("moot_organizations", "organizations")] {
                if let Some(Value::Array(items)) = page.get(name) {
                    checker.rows(&format!("$.{name}"), items, table);
                }
            }
        }
        Value::Object(tables) if is_tables(tables) => {
            for (name, rows) in tables {
                let table = schema::table_by_alias(&table_name(name)).map_or("", |table| table.name);
                checker.rows(&format!("$[{name:?}]"), rows.as_array().map_or(&[][..], Vec::as_slice), table);
            }
        }
        Value::Object(item) => checker.item("$", item, ""),
        _ => checker.fault("$", "this is neither an object nor a list of objects".to_owned()),
    }
}

/// Whether an object is tables by name: `{"organizations.csv": [...], ...}`.
fn is_tables(object: &Object) -> bool {
    let is_table =
        |(name, rows): (&String, &Value)| rows.is_array() && schema::table_by_alias(&table_name(name)).is_some();
    !object.is_empty() && object.iter().all(is_table)
}
