//! Data in CSV: one file per table.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::Arc;

use serde_json::Value;

use super::budget::{MAX_CELLS, MAX_ITEM_BYTES};
use super::nest::{SourceRow, SourceTables};
use super::{legacy, marks};
use crate::exchange::normalise::{Normaliser, Object, str_field};
use crate::exchange::report::RepairKind;
use crate::exchange::schema::{self, TableSchema};
use crate::model::text::count;

/// The beginning of the names of tables whose rows belong to nothing, in packages that this program wrote.
pub const LOOSE: &str = "moot_loose_";

/// Dialects that are detected before any row is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileHints {
    /// Ohana: cells hold lists, and a service names its one location.
    pub is_ohana: bool,
    /// A dump of ORServices: field names begin with the table's name, and a service names its locations.
    pub is_orservices: bool,
}

/// The header of a file.
pub fn header(source: &str) -> Vec<String> {
    let mut reader = reader(source);
    reader.headers().map(|header| header.iter().map(|name| name.trim().to_owned()).collect()).unwrap_or_default()
}

/// Reads rows with whatever stands between the columns of the first line: commas, semicolons or tabs.
pub(in crate::exchange) fn reader(source: &str) -> csv::Reader<&[u8]> {
    reader_from(source.as_bytes(), delimiter(source))
}

fn reader_from<R: Read>(from: R, delimiter: u8) -> csv::Reader<R> {
    csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(from)
}

/// What stands between the columns of the first line.
fn delimiter(source: &str) -> u8 {
    let first = source.lines().next().unwrap_or_default();
    let count = |delimiter: char| first.matches(delimiter).count();
    let delimiter = [',', ';', '\t'].into_iter().max_by_key(|delimiter| (count(*delimiter), *delimiter == ','));
    delimiter.filter(|delimiter| count(*delimiter) > 0).unwrap_or(',') as u8
}

/// The table name that a file name stands for.
pub fn table_name(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    crate::model::text::clean(stem).to_lowercase().replace([' ', '-'], "_")
}

/// Detects the table of a file by its name, else by its columns.
pub fn detect_table(file: &str, columns: &[String]) -> Option<&'static TableSchema> {
    let name = table_name(file);
    let named = schema::table_by_alias(name.strip_prefix(LOOSE).unwrap_or(&name));
    let has = |name: &str| columns.iter().any(|column| column.eq_ignore_ascii_case(name));
    let of_service = has("name") && (has("organization_id") || has("status") || has("application_process"));
    let guess = || match () {
        () if of_service && !has("latitude") => schema::table("services"),
        () if has("name") && (has("tax_id") || has("legal_status") || has("website")) => schema::table("organizations"),
        () if has("latitude") && has("longitude") && has("name") => schema::table("locations"),
        () => None,
    };
    named.or_else(guess)
}

/// Reads the rows of a file, which begins with `head`, into its table, one after another.
pub fn read_rows(
    normaliser: &mut Normaliser,
    tables: &mut SourceTables,
    (head, text): (&str, impl Read),
    hints: FileHints,
) {
    let delimiter = delimiter(head);
    let mut reader = reader_from(RowWatch::new(text, delimiter), delimiter);
    let header = reader.headers().map(|header| header.iter().map(|name| name.trim().to_owned()).collect::<Vec<_>>());
    let columns = column_names(&header.unwrap_or_default());
    let name: Arc<str> = table_name(&normaliser.file).into();
    let known = detect_table(&normaliser.file, &columns);
    let mut record = csv::StringRecord::new();
    while !normaliser.budget.is_spent() {
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                normaliser.row = record.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or_default());
                let raw = read_row(normaliser, &columns, &record);
                if raw.is_empty() {
                    continue;
                }
                match known {
                    Some(table) => add_row(normaliser, tables, (table, &name), raw, hints),
                    None => add_other_row(normaliser, tables, &name, raw),
                }
            }
            Err(error) if error.is_io_error() => {
                let why = if let csv::ErrorKind::Io(why) = error.kind() { why.to_string() } else { String::new() };
                normaliser.budget.refuse(&format!("{}, {why}", normaliser.file));
            }
            Err(error) => {
                normaliser.row = error.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or_default());
                let row = record.iter().collect::<Vec<_>>().join(",");
                normaliser.note("row", RepairKind::Unreadable, &row, &error.to_string());
            }
        }
    }
    if let Some(line) = reader.get_ref().open_quote() {
        normaliser.row = line;
        normaliser.note(
            "row",
            RepairKind::Unreadable,
            "\"",
            "this quote is never closed: all that follows stands in its cell",
        );
    }
}

/// Cleans the column names; nameless and repeated ones get unique names.
fn column_names(header: &[String]) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut columns = Vec::with_capacity(header.len());
    for (at, name) in header.iter().enumerate() {
        let name = Normaliser::clean_key(name.trim());
        let name = if name.is_empty() { format!("column_{}", at + 1) } else { name };
        let known = name.to_lowercase();
        let is_field = schema::tables().iter().any(|table| table.field(&known).is_some());
        let name = if is_field && !seen.contains_key(&known) && !header.contains(&known) { known } else { name };
        let times = seen.entry(name.clone()).or_default();
        *times += 1;
        columns.push(if *times == 1 { name } else { format!("{name}#{times}") });
    }
    columns
}

/// The non-empty cells by column.
fn read_row(normaliser: &mut Normaliser, columns: &[String], record: &csv::StringRecord) -> Object {
    let mut row = Object::new();
    for (at, cell) in record.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
        if let Some(column) = columns.get(at) {
            let (column, value) = read_cell(normaliser.is_own, column, cell);
            row.insert(column.to_owned(), value);
        } else {
            let column = format!("moot_column_{}", at + 1);
            normaliser.note(&column, RepairKind::Ragged, cell, cell);
            row.insert(column, cell.into());
        }
    }
    row
}

/// Reads a `moot_json:` cell of an own export back as JSON; any other cell is text.
fn read_cell<'a>(is_own: bool, column: &'a str, cell: &str) -> (&'a str, Value) {
    let shaped = column.strip_prefix("moot_json:").filter(|_| is_own);
    match shaped.map(|name| (name, serde_json::from_str(cell))) {
        Some((name, Ok(value))) => (name, value),
        _ => (column, cell.into()),
    }
}

fn add_other_row(normaliser: &mut Normaliser, tables: &mut SourceTables, name: &Arc<str>, raw: Object) {
    if let Some(table) = schema::table("other") {
        let fields = normaliser.fields(table, raw);
        tables.other.push((name.clone(), SourceRow::new(normaliser, &fields)));
    }
}

/// Adds a row to its table; `found` is the name that the source gave the table.
pub fn add_row(
    normaliser: &mut Normaliser,
    tables: &mut SourceTables,
    (table, found): (&'static TableSchema, &str),
    mut raw: Object,
    hints: FileHints,
) {
    marks::leave_out_of_row(normaliser, table, &mut raw);
    if hints.is_orservices {
        legacy::strip_prefixes(table, &mut raw);
    }
    if !normaliser.is_own {
        legacy::upgrade_row(normaliser, table, found, &mut raw);
    }
    let expanded = if hints.is_ohana { legacy::expand_lists(table.name, &mut raw) } else { Vec::new() };
    let names_location = table.name == "services" && (hints.is_ohana || hints.is_orservices);
    let location = if names_location { raw.shift_remove("location_id") } else { None };
    let fields = normaliser.fields(table, raw);
    if fields.is_empty() {
        return;
    }
    let id = str_field(&fields, "id").to_owned();
    let mut put = |normaliser: &mut Normaliser, table: &'static str, fields: Object| {
        normaliser.budget.count(table);
        tables.known.entry(table).or_default().push(SourceRow::new(normaliser, &fields));
    };
    put(normaliser, table.name, fields);
    for location in location.iter().filter_map(Value::as_str).flat_map(|locations| locations.split(',')) {
        let fields = [("service_id", id.as_str()), ("location_id", location.trim())];
        put(
            normaliser,
            "service_at_location",
            fields.map(|(name, value)| (name.to_owned(), value.into())).into_iter().collect(),
        );
    }
    let children = expanded.into_iter().filter_map(|(child, rows)| Some((schema::table(child)?, rows)));
    for (child, row) in children.flat_map(|(child, rows)| rows.into_iter().map(move |row| (child, row))) {
        let row = normaliser.fields(child, linked_to_parent(child, row, table, &id));
        put(normaliser, child.name, row);
    }
}

/// A child row with the reference to its parent.
fn linked_to_parent(child: &'static TableSchema, mut row: Object, parent: &TableSchema, id: &str) -> Object {
    row.insert(schema::link_to(child, parent.name).unwrap_or_default().to_owned(), id.into());
    if child.name == "attributes" {
        row.insert("link_entity".to_owned(), "service".into());
    }
    row
}

/// In Ohana data a service belongs to the organisation of its location.
pub fn inherit_organisations(tables: &mut SourceTables) {
    let named = |row: &SourceRow, keys: [&str; 2]| {
        let fields = row.fields();
        keys.map(|key| str_field(&fields, key).to_owned()).into()
    };
    let rows = |name: &str| tables.known.get(name).into_iter().flatten();
    let owners: HashMap<String, String> = rows("locations").map(|row| named(row, ["id", "organization_id"])).collect();
    let places: HashMap<String, String> =
        rows("service_at_location").map(|row| named(row, ["service_id", "location_id"])).collect();
    for row in tables.known.get_mut("services").into_iter().flatten() {
        let mut fields = row.fields();
        let owner = places.get(str_field(&fields, "id")).and_then(|place| owners.get(place));
        if let Some(owner) = owner.filter(|owner| !owner.is_empty() && !fields.contains_key("organization_id")) {
            fields.insert("organization_id".to_owned(), owner.clone().into());
            row.set_fields(&fields);
        }
    }
}

/// The line of a quote that is never closed in a whole text.
pub fn unclosed_quote(text: &str, delimiter: u8) -> Option<usize> {
    let mut watch = RowWatch::new((), delimiter);
    text.bytes().for_each(|byte| watch.pass(byte));
    watch.open_quote()
}

/// Watches the rows of a table go by: ends what is no row any more, and remembers a quote that is not closed.
struct RowWatch<R> {
    from: R,
    delimiter: u8,
    state: Cell,
    line: usize,
    /// The line in which the row began, and that in which the last quote opened.
    began: (usize, usize),
    bytes: usize,
    cells: usize,
}

/// Where in a cell a byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cell {
    Start,
    Plain,
    Quoted,
    /// Behind a quote in a quoted cell, which ends it or stands for itself.
    Closing,
}

impl<R> RowWatch<R> {
    fn new(from: R, delimiter: u8) -> Self {
        Self { from, delimiter, state: Cell::Start, line: 1, began: (1, 1), bytes: 0, cells: 1 }
    }

    /// The line of the quote that is open.
    fn open_quote(&self) -> Option<usize> {
        (self.state == Cell::Quoted).then_some(self.began.1)
    }

    fn pass(&mut self, byte: u8) {
        self.bytes += 1;
        self.state = match (self.state, byte) {
            (Cell::Quoted, b'"') => Cell::Closing,
            (Cell::Closing, b'"') | (Cell::Quoted, _) => Cell::Quoted,
            (_, b'\n' | b'\r') => {
                (self.bytes, self.cells) = (0, 1);
                self.began.0 = self.line + usize::from(byte == b'\n');
                Cell::Start
            }
            (_, byte) if byte == self.delimiter => {
                self.cells += 1;
                Cell::Start
            }
            (Cell::Start, b'"') => {
                self.began.1 = self.line;
                Cell::Quoted
            }
            _ => Cell::Plain,
        };
        self.line += usize::from(byte == b'\n');
    }

    /// Why the row that goes by is none.
    fn fault(&self) -> Option<String> {
        let line = self.began.0;
        match () {
            () if self.cells > MAX_CELLS => Some(format!("line {line}: a row of more than {} cells", count(MAX_CELLS))),
            () if self.bytes <= MAX_ITEM_BYTES => None,
            () if self.state == Cell::Quoted => {
                let quote = self.began.1;
                Some(format!("line {quote}: a quote opens there and is not closed for 4 MB; close it or take it out"))
            }
            () => Some(format!("line {line}: a row of more than 4 MB; take it out")),
        }
    }
}

impl<R: Read> Read for RowWatch<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.from.read(into)?;
        into[..length].iter().for_each(|byte| self.pass(*byte));
        self.fault().map_or(Ok(length), |why| Err(io::Error::other(why)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(text: &str) -> (Option<usize>, Option<String>) {
        let mut watch = RowWatch::new(text.as_bytes(), b',');
        let fault = io::copy(&mut watch, &mut io::sink()).err().map(|error| error.to_string());
        (watch.open_quote(), fault)
    }

    #[test]
    fn a_quote_that_is_not_closed_is_found_where_it_opens() {
        for text in ["a,b\n1,\"x\ny\"\n", "a,b\n1,2\"\n", "a\n\"x\"\"\"", "a\n\"x\"y\"\n\"\""] {
            assert_eq!(watched(text), (None, None), "{text}");
        }
        assert_eq!(watched("a,b\n1,\"x\n2,y\n"), (Some(2), None));
        assert_eq!(watched("a,b\r\n\"\"\"\n").0, Some(2));
    }

    #[test]
    fn what_is_no_row_is_refused_with_its_line() {
        assert!(watched(&format!("a\n{}", "x".repeat(MAX_ITEM_BYTES))).1.is_none());
        let fault = |text: String| watched(&text).1.unwrap_or_default();
        let long = "x".repeat(MAX_ITEM_BYTES + 100_000);
        assert!(fault(format!("a\nb\n{long}")).starts_with("line 3: a row of more than 4 MB"));
        assert!(fault(format!("a\nb,\"{long}")).starts_with("line 2: a quote opens there"));
        assert!(fault(",".repeat(100_000)).starts_with("line 1: a row of more than 16,384 cells"));
    }
}
