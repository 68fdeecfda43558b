//! Commands that only look. An address that is hidden is shown by none of them.

use std::io::Write;

use clap::Args;
use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr;

use super::Global;
use super::exit::{Done, Failure};
use super::session::Session;
use crate::model::text::one_line;
use crate::model::{AnyRecord, Audience, CellContext, FieldInfo, Kind, Wording, Workspace};
use crate::store::{self, Mode};

/// The kind a word means.
pub(super) fn kind(word: &str) -> Result<Kind, Failure> {
    let known = || Kind::ALL.iter().map(|kind| kind.plural()).collect::<Vec<_>>().join(", ");
    Kind::from_word(word).ok_or_else(|| Failure::usage(format!("there is no kind {word:?}; there are: {}", known())))
}

/// `moot list`
#[derive(Debug, Args)]
pub struct List {
    /// people, organisations, services, partnership or originals
    kind: String,
    /// Print an array of records
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print a table with commas between
    #[arg(long)]
    csv: bool,
}

impl List {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> Done {
        let kind = kind(&self.kind)?;
        let mut session = Session::open(global, Mode::Read)?;
        let records = if kind.is_resident() {
            session.workspace().all(kind)
        } else {
            session.opened.store.load_kind(kind).map_err(|problem| Failure::unreadable(problem.to_string()))?
        };
        let workspace = session.workspace();
        if self.json {
            let all: Vec<Value> =
                records.iter().map(|record| json(&shown(record, workspace))).collect::<Result<_, _>>()?;
            print_json(&Value::Array(all), out)?;
        } else if self.csv {
            csv(kind, &records, workspace, out)?;
        } else {
            table(&records, workspace, out)?;
        }
        let file = format!("{}.ron", kind.plural());
        Ok(if session.opened.problems.iter().any(|problem| problem.file == file) { 3 } else { 0 })
    }
}

/// `moot show`
#[derive(Debug, Args)]
pub struct Show {
    /// The record
    id: String,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> Done {
        let session = Session::open(global, Mode::Read)?;
        let workspace = session.workspace();
        let record = session.record(&self.id)?;
        if self.json {
            print_json(&json(&shown(&record, workspace))?, out)?;
            return Ok(0);
        }
        writeln!(out, "{:<16} {}", "Id", record.id())?;
        for field in record.kind().fields() {
            let words = record.show(field, Wording::Typed, Audience::Colleagues, workspace).into_words();
            print_field(field.label, &words, out)?;
        }
        let updated = record.updated();
        print_field("Changed", &format!("{} {}", updated.0, updated.1), out)?;
        Ok(0)
    }
}

/// A field, unless it is empty; its further lines stand under the first.
fn print_field(label: &str, value: &str, out: &mut dyn Write) -> std::io::Result<()> {
    let mut label = label;
    for line in value.lines().filter(|line| !line.trim().is_empty()) {
        writeln!(out, "{label:<16} {line}")?;
        label = "";
    }
    Ok(())
}

/// The record as colleagues may see it.
pub(super) fn shown(record: &AnyRecord, workspace: &Workspace) -> AnyRecord {
    record.visible_to(Audience::Colleagues, workspace)
}

/// The record as in the files, with its id first.
pub(super) fn json(record: &AnyRecord) -> Result<Value, Failure> {
    let mut all = Map::new();
    all.insert("id".to_owned(), Value::String(record.id().to_string()));
    match serde_json::to_value(record) {
        Ok(Value::Object(fields)) => all.extend(fields),
        Ok(_) => {}
        Err(error) => return Err(Failure::unreadable(format!("{} cannot be printed: {error}", record.id()))),
    }
    Ok(Value::Object(all))
}

pub(super) fn print_json(value: &Value, out: &mut dyn Write) -> Result<(), Failure> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(|error| Failure::from(std::io::Error::from(error)))?;
    writeln!(out)?;
    Ok(())
}

/// One line a record, in columns.
fn table(records: &[AnyRecord], workspace: &Workspace, out: &mut dyn Write) -> Result<(), Failure> {
    let rows: Vec<Vec<String>> = records.iter().map(|record| cells(record, workspace)).collect();
    columns(&rows, out)
}

/// Rows with their cells below each other.
pub(super) fn columns(rows: &[Vec<String>], out: &mut dyn Write) -> Result<(), Failure> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width - cell.width() + 2));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// What a list says of a record.
pub(super) fn cells(record: &AnyRecord, workspace: &Workspace) -> Vec<String> {
    let context = CellContext { workspace, today: crate::run::clock().1, km: None, only_serves: false };
    let columns = record.kind().listed_columns();
    let mut cells = vec![record.id().to_string(), one_line(&record.title(workspace))];
    cells.extend(columns.iter().map(|column| one_line(&column.cell(record, &context).text)));
    cells
}

/// A table with every field people type, in words.
fn csv(kind: Kind, records: &[AnyRecord], workspace: &Workspace, out: &mut dyn Write) -> Result<(), Failure> {
    let fields: Vec<&FieldInfo> = kind.editable_fields().collect();
    let mut table = csv::Writer::from_writer(out);
    let heads = std::iter::once("id").chain(fields.iter().map(|field| field.name));
    let failed = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => Failure::from(error),
        other => Failure::unreadable(format!("the table cannot be printed: {other:?}")),
    };
    table.write_record(heads).map_err(failed)?;
    for record in records {
        let words =
            |field: &&FieldInfo| record.show(field, Wording::Typed, Audience::Colleagues, workspace).into_words();
        let values = fields.iter().map(|field| harmless(words(field)));
        table.write_record(std::iter::once(record.id().to_string()).chain(values)).map_err(failed)?;
    }
    table.flush()?;
    Ok(())
}

/// A cell that no spreadsheet takes for a formula.
fn harmless(cell: String) -> String {
    let is_risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0', '＝', '＋', '－', '＠']);
    if is_risky { format!("'{cell}") } else { cell }
}

/// `moot check`
#[derive(Debug, Args)]
pub struct Check {}

impl Check {
    #[allow(clippy::unused_self)] // one form with the other commands
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> Done {
        let Some(dir) = super::find_workspace(global) else {
            return Err(Failure::unreadable("there is no workspace here; name one with -w DIR"));
        };
        let mut opened = store::Store::open(&dir, Mode::Read)?;
        let mut problems = std::mem::take(&mut opened.problems);
        let others = Kind::ALL.iter().filter(|kind| !kind.is_resident());
        problems.extend(others.filter_map(|kind| opened.store.load_kind(*kind).err()));
        problems.extend(store::need_table(&dir).err());
        problems.extend(opened.store.loose_references(&opened.workspace));
        for problem in &problems {
            writeln!(out, "{}", one_line(&problem.to_string()))?;
        }
        Ok(if problems.iter().any(|problem| problem.is_blocking) { 3 } else { 0 })
    }
}
