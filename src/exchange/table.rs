//! Data in CSV: one file per table.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use super::json::strip_filled;
use super::legacy;
use super::nest::{SourceRow, SourceTables};
use super::normalise::{Normaliser, Object, str_field};
use super::report::RepairKind;
use super::schema::{self, TableSchema};

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
pub(super) fn reader(source: &str) -> csv::Reader<&[u8]> {
    let first = source.lines().next().unwrap_or_default();
    let count = |delimiter: char| first.matches(delimiter).count();
    let delimiter = [',', ';', '\t'].into_iter().max_by_key(|delimiter| (count(*delimiter), *delimiter == ','));
    let delimiter = delimiter.filter(|delimiter| count(*delimiter) > 0).unwrap_or(',');
    csv::ReaderBuilder::new().flexible(true).delimiter(delimiter as u8).from_reader(source.as_bytes())
}

/// The table name that a file name stands for.
pub fn table_name(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    crate::model::text::clean(stem).to_lowercase().replace([' ', '-'], "_")
}

/// Detects the table of a file by its name, else by its columns.
pub fn detect_table(file: &str, columns: &[String]) -> Option<&'static TableSchema> {
    let named = schema::table_by_alias(&table_name(file));
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

/// Reads the rows of a file into its table.
pub fn read_rows(normaliser: &mut Normaliser, tables: &mut SourceTables, source: &str, hints: FileHints) {
    let columns = column_names(&header(source));
    let name = table_name(&normaliser.file);
    let known = detect_table(&normaliser.file, &columns);
    let mut reader = reader(source);
    let mut record = csv::StringRecord::new();
    loop {
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
            Err(error) => {
                normaliser.row = error.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or_default());
                normaliser.note(
                    "row",
                    RepairKind::Unreadable,
                    &record.iter().collect::<Vec<_>>().join(","),
                    &error.to_string(),
                );
            }
        }
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

fn add_other_row(normaliser: &mut Normaliser, tables: &mut SourceTables, name: &str, raw: Object) {
    if let Some(table) = schema::table("other") {
        let fields = normaliser.fields(table, raw);
        tables.other.push((name.to_owned(), SourceRow { fields, file: normaliser.file.clone(), at: normaliser.row }));
    }
}

fn add_row(
    normaliser: &mut Normaliser,
    tables: &mut SourceTables,
    (table, found): (&'static TableSchema, &str),
    mut raw: Object,
    hints: FileHints,
) {
    strip_filled(&mut raw);
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
    let (file, at): (Arc<str>, usize) = (normaliser.file.clone(), normaliser.row);
    let mut put = |table: &'static str, fields: Object| {
        tables.known.entry(table).or_default().push(SourceRow { fields, file: file.clone(), at });
    };
    put(table.name, fields);
    for location in location.iter().filter_map(Value::as_str).flat_map(|locations| locations.split(',')) {
        let fields = [("service_id", id.as_str()), ("location_id", location.trim())];
        put("service_at_location", fields.map(|(name, value)| (name.to_owned(), value.into())).into_iter().collect());
    }
    let children = expanded.into_iter().filter_map(|(child, rows)| Some((schema::table(child)?, rows)));
    for (child, row) in children.flat_map(|(child, rows)| rows.into_iter().map(move |row| (child, row))) {
        let row = normaliser.fields(child, linked_to_parent(child, row, table, &id));
        put(child.name, row);
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
    let named = |row: &SourceRow, key: &str| str_field(&row.fields, key).to_owned();
    let rows = |name: &str| tables.known.get(name).into_iter().flatten();
    let owners: HashMap<String, String> =
        rows("locations").map(|row| (named(row, "id"), named(row, "organization_id"))).collect();
    let places: HashMap<String, String> =
        rows("service_at_location").map(|row| (named(row, "service_id"), named(row, "location_id"))).collect();
    for row in tables.known.get_mut("services").into_iter().flatten() {
        let owner = places.get(str_field(&row.fields, "id")).and_then(|place| owners.get(place));
        if let Some(owner) = owner.filter(|owner| !owner.is_empty() && !row.fields.contains_key("organization_id")) {
            row.fields.insert("organization_id".to_owned(), owner.clone().into());
        }
    }
}
