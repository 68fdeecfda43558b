//! One kind of record as a table for a spreadsheet: a row a record, a column a field, each cell as the form takes it. What was
//! written comes back unchanged, and what was changed there is changed here: all of it, or nothing.
//!
//! A field that an audience may not see is no column of its table; where it is hidden in single records only, their cells
//! are empty, and an empty cell of such a field changes nothing when it comes back.

use std::collections::HashSet;

use super::ExchangeError;
use super::export::is_as_told;
use super::read::table::reader;
use super::spreadsheet::{cell_text, text_cell};
use crate::model::change::put;
use crate::model::text::{clean, count};
use crate::model::{
    AnyRecord, Audience, Author, Change, Edit, FieldInfo, Id, Kind, ParseContext, SplitMix64, Wording, Workspace,
};

/// The most rows of one table.
const MAX_ROWS: usize = 100_000;

/// The most mistakes that are named.
const MAX_MISTAKES: usize = 20;

/// The heading of the column of ids.
const ID: &str = "id";

/// Writes records of a kind as an audience may see them. `to_words`: what stands in a cell whose field is hidden.
///
/// # Errors
/// The table cannot be written.
pub fn write(
    kind: Kind,
    records: &[AnyRecord],
    audience: Audience,
    workspace: &Workspace,
    to_words: fn(crate::model::Shown) -> String,
) -> Result<Vec<u8>, ExchangeError> {
    let fields: Vec<&FieldInfo> = kind.editable_fields().filter(|field| field.visibility.admits(audience)).collect();
    let mut table = csv::Writer::from_writer(Vec::new());
    let failed = |error: &dyn std::fmt::Display| ExchangeError(format!("the table cannot be written: {error}"));
    let heads = std::iter::once(ID).chain(fields.iter().map(|field| field.name));
    table.write_record(heads).map_err(|error| failed(&error))?;
    for record in records {
        let shown = |field: &&FieldInfo| to_words(record.show(field, Wording::Typed, audience, workspace));
        let words = |field: &&FieldInfo| record.open_word(field.name).map_or_else(|| shown(field), str::to_owned);
        let cells = fields.iter().map(|field| text_cell(&words(field)).into_owned());
        table.write_record(std::iter::once(record.id().to_string()).chain(cells)).map_err(|error| failed(&error))?;
    }
    table.into_inner().map_err(|error| failed(&error))
}

/// What a table would change.
#[derive(Debug)]
pub struct TablePlan {
    /// The change; it has no edits where the table says what is here already.
    pub change: Change,
    /// What it does, row by row.
    pub made: Vec<String>,
}

/// What is read with a table.
pub struct TableContext<'a> {
    /// The kind of its rows.
    pub kind: Kind,
    /// What it is compared with.
    pub workspace: &'a Workspace,
    /// Who reads it.
    pub author: &'a Author,
}

/// Reads a table and plans the change that makes the records what it says. A row without an id is a new record.
///
/// # Errors
/// Every mistake with its row and its column; nothing is changed then.
pub fn plan(text: &str, context: &TableContext<'_>, random: &mut SplitMix64) -> Result<TablePlan, ExchangeError> {
    let mut reader = reader(text);
    let headings: Vec<String> = match reader.headers() {
        Ok(headings) => headings.iter().map(|name| clean(name.trim())).collect(),
        Err(error) => return Err(ExchangeError(format!("the first line cannot be read: {error}"))),
    };
    let columns = columns(context.kind, &headings)?;
    let mut table = Table { context, columns, workspace: context.workspace.clone(), random, seen: HashSet::new() };
    let (mut plan, mut mistakes) = (TablePlan { change: Change::default(), made: Vec::new() }, Vec::new());
    for (at, row) in reader.records().enumerate() {
        let number = at + 2; // as a spreadsheet counts, where the headings are row 1
        if at >= MAX_ROWS {
            return Err(ExchangeError(format!("the table has more than {} rows; split it", count(MAX_ROWS))));
        }
        let done = row.map_err(|error| format!("cannot be read: {error}")).and_then(|row| table.take(&row));
        match done {
            Ok(None) => {}
            Ok(Some((edit, sentence))) => {
                plan.change.edits.push(edit);
                plan.made.push(format!("row {number}: {sentence}"));
            }
            Err(why) => mistakes.push(format!("row {number}, {why}")),
        }
    }
    if !mistakes.is_empty() {
        return Err(ExchangeError(named(&mistakes)));
    }
    plan.change.sentence = sentence(context.kind, &plan.change);
    Ok(plan)
}

/// The first mistakes, a line each, and how many more there are.
fn named(mistakes: &[String]) -> String {
    let more = mistakes.len().saturating_sub(MAX_MISTAKES);
    let more = if more > 0 { format!("; and {} more mistakes", count(more)) } else { String::new() };
    let first = mistakes.iter().take(MAX_MISTAKES).map(String::as_str).collect::<Vec<_>>().join("; ");
    format!("nothing was changed: {first}{more}")
}

fn sentence(kind: Kind, change: &Change) -> String {
    let added = change.edits.iter().filter(|edit| edit.before().is_none()).count();
    let changed = change.edits.len() - added;
    let name = |number| if number == 1 { kind.singular() } else { kind.plural() };
    match (added, changed) {
        (0, 0) => format!("the {} here are as the table says", kind.plural()),
        (added, 0) => format!("{} {} added", count(added), name(added)),
        (0, changed) => format!("{} {} changed", count(changed), name(changed)),
        (added, changed) => format!("{} {} added and {} changed", count(added), name(added), count(changed)),
    }
}

/// What a column of the table holds.
#[derive(Clone, Copy)]
enum Column {
    Id,
    Field(&'static FieldInfo),
}

/// The columns that the headings mean: names of fields, or what the form calls them.
fn columns(kind: Kind, headings: &[String]) -> Result<Vec<Column>, ExchangeError> {
    let mut columns: Vec<Column> = Vec::new();
    let mut names: HashSet<&str> = HashSet::new();
    for heading in headings {
        let column = match kind.field_meant(heading) {
            _ if heading.eq_ignore_ascii_case(ID) => Column::Id,
            Some(field) if field.is_editable => Column::Field(field),
            Some(_) => {
                return Err(ExchangeError(format!(
                    "column {heading}: this is kept by the program; take the column out"
                )));
            }
            None => {
                let all: Vec<&str> = kind.editable_fields().map(|field| field.name).collect();
                let known = all.join(", ");
                let of = kind.with_article();
                return Err(ExchangeError(format!("column {heading:?}: {of} has no such field; it has: id, {known}")));
            }
        };
        let name = if let Column::Field(field) = column { field.name } else { ID };
        if !names.insert(name) {
            return Err(ExchangeError(format!("column {name} is there twice: take one out")));
        }
        columns.push(column);
    }
    Ok(columns)
}

/// A table that is being read.
struct Table<'a> {
    context: &'a TableContext<'a>,
    columns: Vec<Column>,
    /// The records as they are with the rows taken over so far.
    workspace: Workspace,
    random: &'a mut SplitMix64,
    /// The ids that were met.
    seen: HashSet<Id>,
}

impl Table<'_> {
    /// What a row changes, in an edit and in words; `None`: nothing. What goes wrong is named with its column.
    fn take(&mut self, row: &csv::StringRecord) -> Result<Option<(Edit, String)>, String> {
        let cells: Vec<String> = row.iter().map(|cell| clean(&cell_text(cell))).collect();
        if let Some(extra) = cells.iter().skip(self.columns.len()).find(|cell| !cell.trim().is_empty()) {
            return Err(format!("a cell behind the last column says {extra:?}: it has no heading"));
        }
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(None);
        }
        let before = self.record_named(&cells)?;
        let mut record = before.clone().unwrap_or_else(|| self.new_record());
        for (column, cell) in self.columns.iter().zip(&cells) {
            if let Column::Field(field) = column {
                self.set(&mut record, field, cell).map_err(|why| format!("column {}: {why}", field.name))?;
            }
        }
        if before.as_ref().is_some_and(|before| record.differing(before).is_empty()) {
            return Ok(None); // what is here may break a rule of today, and the row does not touch it
        }
        let change = put(&self.workspace, record, self.context.author).map_err(|refusal| self.placed(&refusal.0))?;
        self.workspace.apply(&change);
        Ok(change.edits.into_iter().next().map(|edit| (edit, change.sentence)))
    }

    /// A refusal with the column it begins with, where it does.
    fn placed(&self, refusal: &str) -> String {
        let names = self.columns.iter().filter_map(|column| match column {
            Column::Field(field) => Some(field.name),
            Column::Id => None,
        });
        let begins = |name: &&str| refusal.strip_prefix(*name).is_some_and(|rest| rest.starts_with(':'));
        if names.into_iter().any(|name| begins(&name)) { format!("column {refusal}") } else { refusal.to_owned() }
    }

    /// The record a row speaks of; `None`: a new one.
    fn record_named(&mut self, cells: &[String]) -> Result<Option<AnyRecord>, String> {
        let at = self.columns.iter().position(|column| matches!(column, Column::Id));
        let typed = at.and_then(|at| cells.get(at)).map(|cell| cell.trim()).unwrap_or_default();
        if typed.is_empty() {
            return Ok(None);
        }
        let kind = self.context.kind;
        let help = format!("leave the id empty to add {}", kind.with_article());
        let id: Id = typed.parse().map_err(|_| format!("column id: {typed:?} is not an id; {help}"))?;
        let known = self.context.workspace.get(id).filter(|record| record.kind() == kind);
        let known = known.ok_or_else(|| format!("column id: there is no {} {id} here; {help}", kind.singular()))?;
        if !self.seen.insert(id) {
            return Err(format!("column id: {id} stands in another row already"));
        }
        Ok(Some(self.workspace.get(id).unwrap_or(known)))
    }

    fn new_record(&mut self) -> AnyRecord {
        let (kind, workspace) = (self.context.kind, &self.workspace);
        let is_taken = |id| workspace.get(id).is_some();
        kind.blank(self.random.new_id(kind.letter(), workspace.count(kind), is_taken))
    }

    /// Sets a field to what its cell says. What the cell would say of the record as it is leaves it as it is; an empty cell of
    /// a field that is hidden from some says nothing.
    fn set(&self, record: &mut AnyRecord, field: &'static FieldInfo, cell: &str) -> Result<(), String> {
        let is_untold = cell.trim().is_empty() && record.is_hidden_from_some(field, &self.workspace);
        let here = record.format_field(field.name, &self.workspace);
        let here = record.open_word(field.name).map_or(here, str::to_owned);
        if is_untold || same(&here, cell) {
            return Ok(());
        }
        // What was open when the table was written does not take back what somebody has decided since.
        let mut open = record.clone();
        if open.take_open_word(field.name, cell) {
            if self.workspace.get(record.id()).is_none() {
                *record = open;
            }
            return Ok(());
        }
        match is_as_told(cell, &here) {
            Some(true) => return Ok(()),
            Some(false) => return Err("a part of this text was withheld; write it whole, or empty the cell".to_owned()),
            None => {}
        }
        let context = ParseContext { workspace: &self.workspace, today: self.context.author.today };
        record.set_field(field.name, cell, context)
    }
}

/// Whether two texts are the same, as far as a spreadsheet keeps them: it may trim them, and ends lines in its own way.
fn same(one: &str, other: &str) -> bool {
    one.trim() == other.trim()
}
