//! Read-only commands. None of them prints a hidden address.

use std::io::Write;
use std::sync::Arc;

use clap::Args;
use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr;

use super::Global;
use super::exit::{CommandError, CommandResult};
use super::session::Session;
use crate::exchange::spreadsheet::text_cell;
use crate::model::text::one_line;
use crate::model::{AnyRecord, Kind, Service, Workspace};
use crate::store::{self, Mode};

/// The kind of record that a word names.
pub(super) fn parse_kind(word: &str) -> Result<Kind, CommandError> {
    let known = || Kind::ALL.iter().map(|kind| kind.plural()).collect::<Vec<_>>().join(", ");
    Kind::from_word(word)
        .ok_or_else(|| CommandError::usage(format!("there is no kind {word:?}; there are: {}", known())))
}

/// `moot list`
#[derive(Debug, Args)]
pub struct ListArgs {
    /// people, organisations, services, partnership, or originals (what imports brought, as it came)
    kind: String,
    /// Print an array of records in JSON, with the field names of the files
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print CSV with all fields, for a spreadsheet
    #[arg(long)]
    csv: bool,
}

impl ListArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let kind = parse_kind(&self.kind)?;
        let mut session = Session::open(global, Mode::Read)?;
        let records = if kind.is_resident() {
            session.workspace().all(kind)
        } else {
            session.opened.store.load_kind(kind).map_err(|problem| CommandError::unreadable(problem.to_string()))?
        };
        let workspace = session.workspace();
        let records: Vec<AnyRecord> = records.iter().map(|record| redacted(record, workspace)).collect();
        if self.json {
            let all: Vec<Value> = records.iter().map(to_json).collect::<Result<_, _>>()?;
            print_json(&Value::Array(all), out)?;
        } else if self.csv {
            print_csv(kind, &records, workspace, out)?;
        } else {
            print_table(&records, workspace, out)?;
        }
        let file = format!("{}.ron", kind.plural());
        Ok(if session.opened.problems.iter().any(|problem| problem.file == file) { 3 } else { 0 })
    }
}

/// `moot show`
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The id of the record, such as S-4F7Q
    id: String,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

impl ShowArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let session = Session::open(global, Mode::Read)?;
        let record = redacted(&session.record(&self.id)?, session.workspace());
        if self.json {
            print_json(&to_json(&record)?, out)?;
            return Ok(0);
        }
        writeln!(out, "{:<16} {}", "Id", record.id())?;
        for field in record.kind().fields() {
            print_field(field.label, &record.format_field(field.name, session.workspace()), out)?;
        }
        if let AnyRecord::Service(service) = &record {
            if service.hide_address {
                print_field("Located at", HIDDEN_ADDRESS, out)?;
            }
            print_field("Verified", &verified(service), out)?;
        }
        let updated = record.updated();
        print_field("Changed", &format!("{} {}", updated.0, updated.1), out)?;
        Ok(0)
    }
}

/// Printed in the place of a hidden address.
const HIDDEN_ADDRESS: &str = "hidden";

/// Prints a field unless it is empty; further lines are indented under the first.
fn print_field(label: &str, value: &str, out: &mut dyn Write) -> std::io::Result<()> {
    let mut label = label;
    for line in value.lines().filter(|line| !line.trim().is_empty()) {
        writeln!(out, "{label:<16} {line}")?;
        label = "";
    }
    Ok(())
}

fn verified(service: &Service) -> String {
    let Some(verified) = &service.verified else {
        return "never".to_owned();
    };
    let by = verified.by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
    let how = verified.how.as_deref().map(|how| format!(", {how}")).unwrap_or_default();
    format!("{}{by}{how}", verified.on)
}

/// The record without its address where that is hidden.
pub(super) fn redacted(record: &AnyRecord, workspace: &Workspace) -> AnyRecord {
    match record {
        AnyRecord::Service(service) if service.hide_address => {
            let mut service = (**service).clone();
            service.locations.clear();
            if let Some(source) = &mut service.source {
                source.suggestions.retain(|(field, _)| field.as_str() != "locations");
            }
            service.into()
        }
        AnyRecord::Original(original) => {
            let of = original.record.and_then(|id| workspace.services.get(id));
            let mut original = Arc::clone(original);
            if of.is_some_and(|service| service.hide_address) {
                Arc::make_mut(&mut original).json = crate::model::original::Json::default();
            }
            AnyRecord::Original(original)
        }
        AnyRecord::Service(_) | AnyRecord::Person(_) | AnyRecord::Organisation(_) | AnyRecord::Partnership(_) => {
            record.clone()
        }
    }
}

/// The record as in the files, with its id first.
pub(super) fn to_json(record: &AnyRecord) -> Result<Value, CommandError> {
    let mut all = Map::new();
    all.insert("id".to_owned(), Value::String(record.id().to_string()));
    match serde_json::to_value(record) {
        Ok(Value::Object(fields)) => all.extend(fields),
        Ok(_) => {}
        Err(error) => return Err(CommandError::unreadable(format!("{} cannot be printed: {error}", record.id()))),
    }
    Ok(Value::Object(all))
}

pub(super) fn print_json(value: &Value, out: &mut dyn Write) -> Result<(), CommandError> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(|error| CommandError::from(std::io::Error::from(error)))?;
    writeln!(out)?;
    Ok(())
}

/// Prints one line per record, in columns.
fn print_table(records: &[AnyRecord], workspace: &Workspace, out: &mut dyn Write) -> Result<(), CommandError> {
    let rows: Vec<Vec<String>> = records.iter().map(|record| cells(record, workspace)).collect();
    print_columns(&rows, out)
}

/// Prints rows in aligned columns.
pub(super) fn print_columns(rows: &[Vec<String>], out: &mut dyn Write) -> Result<(), CommandError> {
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

/// The cells of a record in a list.
pub(super) fn cells(record: &AnyRecord, workspace: &Workspace) -> Vec<String> {
    let say = |field: &str| one_line(&record.format_field(field, workspace).replace('\n', "; "));
    let mut cells = vec![record.id().to_string(), one_line(record.name())];
    match record {
        AnyRecord::Service(service) => {
            let place = if service.hide_address { HIDDEN_ADDRESS } else { service.place().unwrap_or_default() };
            let phone = service.any_phone().unwrap_or_default();
            cells.extend([say("organisation"), one_line(place), one_line(phone), verified(service)]);
        }
        AnyRecord::Person(_) => cells.extend(["initials", "roles", "phone"].map(say)),
        AnyRecord::Organisation(_) => cells.extend(["sector", "phone"].map(say)),
        AnyRecord::Partnership(_) => cells.push(say("purpose")),
        AnyRecord::Original(_) => cells.extend(["feed", "source_id"].map(say)),
    }
    cells
}

/// Prints all editable fields as CSV.
fn print_csv(
    kind: Kind,
    records: &[AnyRecord],
    workspace: &Workspace,
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    let fields = kind.fields();
    let mut table = csv::Writer::from_writer(out);
    let heads = std::iter::once("id").chain(fields.iter().map(|field| field.name));
    let failed = |error: csv::Error| match error.into_kind() {
        csv::ErrorKind::Io(error) => CommandError::from(error),
        other => CommandError::unreadable(format!("the table cannot be printed: {other:?}")),
    };
    table.write_record(heads).map_err(failed)?;
    for record in records {
        let is_hidden = matches!(record, AnyRecord::Service(service) if service.hide_address);
        let values = fields.iter().map(|field| match field.name {
            "locations" if is_hidden => HIDDEN_ADDRESS.to_owned(),
            name => text_cell(&record.format_field(name, workspace)).into_owned(),
        });
        table.write_record(std::iter::once(record.id().to_string()).chain(values)).map_err(failed)?;
    }
    table.flush()?;
    Ok(())
}

/// `moot check`
#[derive(Debug, Args)]
pub struct CheckArgs {}

impl CheckArgs {
    #[allow(clippy::unused_self)] // one form with the other commands
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let Some(dir) = super::find_workspace(global) else {
            return Err(CommandError::unreadable("there is no workspace here; name one with -w DIR"));
        };
        let mut opened = store::Store::open(&dir, Mode::Read)?;
        let mut problems = std::mem::take(&mut opened.problems);
        let others = Kind::ALL.iter().filter(|kind| !kind.is_resident());
        problems.extend(others.filter_map(|kind| opened.store.load_kind(*kind).err()));
        problems.extend(store::need_table(&dir).err());
        problems.extend(store::atlas(&dir, &opened.workspace).err());
        problems.extend(opened.store.loose_references(&opened.workspace));
        for problem in &problems {
            writeln!(out, "{}", one_line(&problem.to_string()))?;
        }
        Ok(if problems.iter().any(|problem| problem.is_blocking) { 3 } else { 0 })
    }
}
