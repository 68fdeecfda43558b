//! Read-only commands. None of them prints a hidden address.

use std::io::Write;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr;

use super::Global;
use super::exit::{CommandError, CommandResult};
use super::session::Session;
use crate::app::detail;
use crate::app::wrap::wrap;
use crate::exchange::of_kind;
use crate::model::text::one_line;
use crate::model::{AnyRecord, Audience, CellContext, Kind, Updated, Wording, Workspace};
use crate::store::{self, Mode};

/// Reads the name of a kind, for one or for many, among those that `is_meant` accepts. Help and completions of the shell
/// take the names from it.
pub(super) fn kind_parser(is_meant: fn(Kind) -> bool) -> impl TypedValueParser<Value = Kind> {
    let names = Kind::ALL.iter().copied().filter(move |kind| is_meant(*kind));
    let named = |kind: Kind| PossibleValue::new(kind.plural()).alias(kind.singular());
    PossibleValuesParser::new(names.map(named)).try_map(|word| Kind::from_word(&word).ok_or("there is no such kind"))
}

/// `moot list`
#[derive(Debug, Args)]
pub struct ListArgs {
    /// What to list; without it, how many there are of each kind. Originals are what imports brought, as it came
    #[arg(value_parser = kind_parser(is_listed))]
    kind: Option<Kind>,
    /// Print an array of records in JSON, with the field names of the files
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print CSV with all fields, for a spreadsheet
    #[arg(long, requires = "kind")]
    csv: bool,
}

impl ListArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let mut session = Session::open(global, Mode::Read)?;
        let Some(kind) = self.kind else { return count_kinds(&mut session, self.json, out) };
        let records = records(&mut session, kind)?;
        let workspace = session.workspace();
        if self.json {
            let visible = records.iter().map(|record| to_json(&redacted(record, workspace)));
            let all: Vec<Value> = visible.collect::<Result<_, _>>()?;
            print_json(&Value::Array(all), out)?;
        } else if self.csv {
            let words = crate::model::Shown::into_words;
            out.write_all(&of_kind::write(kind, &records, Audience::Colleagues, workspace, words)?)?;
        } else {
            print_table(&records, workspace, out)?;
        }
        let file = store::file_name(kind);
        Ok(if session.opened.problems.iter().any(|problem| problem.file == file) { 3 } else { 0 })
    }
}

/// Whether `moot list` lists records of a kind.
fn is_listed(kind: Kind) -> bool {
    !kind.is_private()
}

/// All records of a kind, also where they are not kept in memory.
fn records(session: &mut Session, kind: Kind) -> Result<Vec<AnyRecord>, CommandError> {
    if kind.is_resident() {
        return Ok(session.workspace().all(kind));
    }
    session.opened.store.load_kind(kind).map_err(|problem| CommandError::unreadable(problem.to_string()))
}

/// The kinds that can be listed, with how many records there are of each.
fn count_kinds(session: &mut Session, is_json: bool, out: &mut dyn Write) -> CommandResult {
    let mut counts = Vec::new();
    for kind in Kind::ALL.iter().copied().filter(|kind| is_listed(*kind)) {
        counts.push((kind.plural(), records(session, kind)?.len()));
    }
    if is_json {
        let all = counts.iter().map(|(kind, count)| ((*kind).to_owned(), Value::from(*count)));
        print_json(&Value::Object(all.collect()), out)?;
    } else {
        counts.iter().try_for_each(|(kind, count)| writeln!(out, "{count:>7} {kind}"))?;
    }
    Ok(if session.opened.problems.is_empty() { 0 } else { 3 })
}

/// `moot show`
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The record: its id, such as S-4F7Q, or what it alone is called: 17.2, KP, a name or the beginning of its words
    id: String,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

impl ShowArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let session = Session::open(global, Mode::Read)?;
        let workspace = session.workspace();
        let record = session.record_meant(&self.id)?;
        if self.json {
            print_json(&to_json(&redacted(&record, workspace))?, out)?;
            return Ok(0);
        }
        let today = crate::run::clock().1;
        writeln!(out, "{:<16} {}", "Id", record.id())?;
        for field in detail::fields_in_order(record.kind()) {
            let mut words = record.show(field, Wording::Read(today), Audience::Colleagues, workspace).into_words();
            words.extend(detail::beyond(&record, field, today).map(|beyond| format!(" ({beyond})")));
            print_field(field.label, &words, out)?;
        }
        if matches!(&record, AnyRecord::Service(service) if service.is_hidden_on_suspicion()) {
            let [yes, no] = ["yes", "no"].map(|word| format!("moot set {} hide_address={word}", record.id()));
            print_field("Undecided", &format!("{yes} says that it is a refuge, {no} that it is none"), out)?;
        }
        for row in detail::of_source(&redacted(&record, workspace), today).into_iter().skip(1) {
            print_field(row.label, &row.text, out)?;
        }
        // Ballots and receipts of an anonymous round do not say when they were written, nor by whom.
        let updated = record.updated();
        if *updated != Updated::default() {
            print_field("Changed", &format!("{} {}", updated.0, updated.1), out)?;
        }
        Ok(0)
    }
}

/// Prints a field unless it is empty. Further lines are indented under the first; paragraphs stay paragraphs, with one
/// empty line between them. On a terminal, lines are broken between words.
fn print_field(label: &str, value: &str, out: &mut dyn Write) -> std::io::Result<()> {
    let mut label = label;
    let mut is_after_blank = false;
    for line in value.trim().lines() {
        if line.trim().is_empty() {
            is_after_blank = true;
            continue;
        }
        if std::mem::take(&mut is_after_blank) {
            writeln!(out)?;
        }
        for part in wrap(line, text_width()) {
            writeln!(out, "{label:<16} {part}")?;
            label = "";
        }
    }
    Ok(())
}

/// The cells that are left for a text beside its label: those of the terminal, or all where it goes into a pipe.
fn text_width() -> usize {
    let columns = crate::run::terminal::size();
    columns.map_or(usize::MAX, |(columns, _)| usize::from(columns).saturating_sub(LABEL_CELLS).max(20))
}

/// What a label takes in front of a text.
const LABEL_CELLS: usize = 17;

/// The record as colleagues may see it.
pub(super) fn redacted(record: &AnyRecord, workspace: &Workspace) -> AnyRecord {
    record.visible_to(Audience::Colleagues, workspace)
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
    if let AnyRecord::Service(service) = record {
        let standing = service.standing(crate::run::clock().1).mark().unwrap_or("usable");
        all.insert("standing".to_owned(), standing.into());
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
    let today = crate::run::clock().1;
    let context = CellContext { workspace, today, km: None, only_serves: false };
    let columns = record.kind().listed_columns();
    let suffix = record.suffix(today).map(|suffix| format!(" ({suffix})")).unwrap_or_default();
    let mut cells = vec![record.id().to_string(), format!("{}{suffix}", one_line(&record.title(workspace)))];
    cells.extend(columns.iter().map(|column| one_line(&column.cell(record, &context).text)));
    cells
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
        problems.extend(store::thesaurus(&dir).err());
        problems.extend(store::atlas(&dir, &opened.workspace).err());
        problems.extend(opened.store.loose_references(&opened.workspace));
        for problem in &problems {
            writeln!(out, "{}", one_line(&problem.to_string()))?;
        }
        Ok(if problems.iter().any(|problem| problem.is_blocking) { 3 } else { 0 })
    }
}
