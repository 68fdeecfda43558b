//! Export as CSV tables: a folder or a zip with a datapackage.json (Frictionless tabular data package).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{Cursor, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::Dataset;
use super::derived::DERIVED_FIELDS;
use super::fill::{FILLED_FIELDS, NOT_STATED, Placeholders, fill};
use crate::exchange::normalise::{Object, arrange, name_uuid, str_field};
use crate::exchange::read::items::child_of;
use crate::exchange::read::table::LOOSE;
use crate::exchange::schema::{self, DataType, TableSchema};
use crate::exchange::standard::{Rule, Shape, Standard};
use crate::exchange::{ExchangeError, write};

/// Writes the package: a zip where the path ends in `.zip`, else a folder.
pub(super) fn write(path: &Path, dataset: &Dataset<'_>) -> Result<(), ExchangeError> {
    let files = files(dataset)?;
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip")) {
        return write::write_file(
            path,
            &zipped(&files).map_err(|error| ExchangeError(format!("the zip could not be made: {error}")))?,
        );
    }
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    write::prepare_folder(path, &names)?;
    files.iter().try_for_each(|(name, bytes)| write::write_file(&path.join(name), bytes))
}

fn zipped(files: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, bytes) in files {
        archive.start_file(name.as_str(), options)?;
        archive.write_all(bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// The version of the standard that the package states, the one of which it has all tables.
const STANDARD: Standard = Standard::Hsds31;

/// Rows by table, each row once.
struct RowsByTable<'a> {
    placeholders: Placeholders<'a>,
    known: BTreeMap<usize, Vec<Object>>,
    /// Rows without the parent they must have, by the same numbers.
    loose: BTreeMap<usize, Vec<Object>>,
    other: BTreeMap<String, Vec<Object>>,
    seen: HashSet<(&'static str, String)>,
}

/// A table of the package.
struct Sheet {
    name: String,
    table: Option<&'static TableSchema>,
    /// What the standard demands of it; nothing of a table that is ours.
    rules: &'static [Rule],
    rows: Vec<Object>,
}

fn files(dataset: &Dataset<'_>) -> Result<Vec<(String, Vec<u8>)>, ExchangeError> {
    let sheets = sheets(dataset);
    let mut files = Vec::new();
    let mut resources = Vec::new();
    let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    for sheet in &sheets {
        let columns = columns(sheet.table, &sheet.rows);
        let file = format!("{}.csv", sheet.name);
        resources.push(resource(sheet, &file, &columns, &names));
        let bytes = to_csv(sheet, &columns).map_err(|error| ExchangeError(format!("{}: {error}", sheet.name)))?;
        files.push((file, bytes));
    }
    let about = json!({
        "profile": "tabular-data-package", "name": "human_services_data", "version": "3.1.0", "moot_version": 1,
        "resources": resources,
    });
    let mut bytes = serde_json::to_vec_pretty(&about).unwrap_or_default();
    bytes.push(b'\n');
    files.insert(0, ("datapackage.json".to_owned(), bytes));
    Ok(files)
}

fn sheets(dataset: &Dataset<'_>) -> Vec<Sheet> {
    let placeholders = Placeholders { atlas: dataset.atlas, is_oruk: false };
    let (known, loose, other) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    let mut rows = RowsByTable { placeholders, known, loose, other, seen: HashSet::new() };
    let mut add = |name: &str, item: &Object, is_loose: bool| match schema::table(name) {
        Some(table) => rows.add(table, item.clone(), None, is_loose && table.is_owned()),
        None => rows.other.entry(safe_file_name(name)).or_default().push(item.clone()),
    };
    dataset.organisations.values().for_each(|item| add("organizations", item, false));
    dataset.services.iter().for_each(|item| add("services", item, false));
    for (name, items) in &dataset.orphans {
        for item in items {
            add(name, item, true);
        }
    }
    rows.complete();
    let named = |(at, rows): (usize, Vec<Object>)| schema::tables().get(at).map(|table| (table, rows));
    let known = rows.known.into_iter().filter_map(named).map(|(table, rows)| Sheet {
        name: table.name.to_owned(),
        table: Some(table),
        rules: STANDARD.rules(table.name).unwrap_or_default(),
        rows,
    });
    let loose = rows.loose.into_iter().filter_map(named).map(|(table, rows)| Sheet {
        name: format!("{LOOSE}{}", table.name),
        table: Some(table),
        rules: &[],
        rows,
    });
    let other = rows.other.into_iter().map(|(name, rows)| Sheet { name, table: None, rules: &[], rows });
    known.chain(loose).chain(other).collect()
}

/// A name that is safe as a file name in the package.
fn safe_file_name(name: &str) -> String {
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).take(80).collect();
    if safe.is_empty() { "rows".to_owned() } else { safe.to_lowercase() }
}

/// Nested values that have no table of their own: they are written as JSON in a cell, without placeholders.
const JSON_ONLY: &[&str] = &["locations", "taxonomy_detail"];

impl RowsByTable<'_> {
    /// Adds a row, and everything nested in it, to their tables. What belongs to a loose row is loose too, and what is
    /// shared stands in its own table.
    fn add(
        &mut self,
        table: &'static TableSchema,
        row: Object,
        parent: Option<(&'static TableSchema, &str)>,
        is_loose: bool,
    ) {
        let mut row = arrange(table, row); // patched fields go where reading the export will put them
        let id = str_field(&row, "id").to_owned();
        if !self.seen.insert((table.name, id.clone())) {
            return;
        }
        let inner: Vec<(String, &'static TableSchema)> = row
            .iter()
            .filter(|(_, value)| value.is_array())
            .filter_map(|(key, _)| child_of(table, key).map(|child| (key.clone(), child)))
            .filter(|(_, child)| schema::link_to(child, table.name).is_some())
            .collect();
        let nested: Vec<(&'static TableSchema, Value)> =
            inner.into_iter().filter_map(|(key, child)| row.shift_remove(&key).map(|value| (child, value))).collect();
        let mut objects = Vec::new();
        for (link, of, name) in schema::nested_objects(table.name) {
            if let (Some(of), Some(Value::Object(object))) = (schema::table(of), row.shift_remove(*name)) {
                row.insert((*link).to_owned(), Value::String(str_field(&object, "id").to_owned()));
                objects.push((of, object));
            }
        }
        if let Some((of, id)) = parent {
            set_parent(table, &mut row, of, id);
        }
        let apart: Vec<(&str, Value)> =
            JSON_ONLY.iter().filter_map(|name| row.shift_remove(*name).map(|value| (*name, value))).collect();
        fill(table, &mut row, self.placeholders);
        row.extend(apart.into_iter().map(|(name, value)| (name.to_owned(), value)));
        let at = schema::tables().iter().position(|known| known.name == table.name).unwrap_or_default();
        let rows = if is_loose { &mut self.loose } else { &mut self.known };
        rows.entry(at).or_default().push(row);
        for (of, object) in objects {
            self.add(of, object, None, false);
        }
        for (child, value) in nested {
            for inner in value.as_array().into_iter().flatten().filter_map(Value::as_object) {
                self.add(child, inner.clone(), Some((table, &id)), is_loose);
            }
        }
    }

    /// Makes every reference lead to a row, as the package demands: where a source left its row out, one stands for it that
    /// says so. Both are marked as ours, and so is a reference that had to be there.
    fn complete(&mut self) {
        while self.add_stand_ins() {} // one that stands for a service needs an organisation
    }

    /// Whether any had to be added.
    fn add_stand_ins(&mut self) -> bool {
        let mut all: BTreeSet<(&'static str, String)> = BTreeSet::new();
        let ids = self.ids();
        for (at, table) in schema::tables().iter().enumerate() {
            for rule in STANDARD.rules(table.name).unwrap_or_default() {
                let rows = self.known.get_mut(&at).into_iter().flatten();
                match rule.shape {
                    Shape::Reference(to) => rows.for_each(|row| all.extend(lead(row, rule, to, &ids))),
                    _ if rule.is_required_in_csv => rows.for_each(|row| say_missing(row, rule)),
                    _ => {}
                }
            }
        }
        let tables = all.iter().filter_map(|(to, id)| Some((schema::table(to)?, id)));
        tables.for_each(|(table, id)| self.add_stand_in(table, id));
        !all.is_empty()
    }

    fn ids(&self) -> HashMap<&'static str, HashSet<String>> {
        let named = self.known.iter().filter_map(|(at, rows)| Some((schema::tables().get(*at)?.name, rows)));
        named.map(|(name, rows)| (name, rows.iter().map(|row| str_field(row, "id").to_owned()).collect())).collect()
    }

    /// A row that stands for one that is not there; `*` marks it whole, so that no import takes it for one.
    fn add_stand_in(&mut self, table: &'static TableSchema, id: &str) {
        let mut row = Object::from_iter([("id".to_owned(), Value::String(id.to_owned()))]);
        fill(table, &mut row, self.placeholders);
        row.insert(FILLED_FIELDS.to_owned(), "*".into());
        let at = schema::tables().iter().position(|known| known.name == table.name).unwrap_or_default();
        self.known.entry(at).or_default().push(row);
    }
}

/// The table and the id a reference leads to that is not there; one that must be there and is not gets one.
fn lead(
    row: &mut Object,
    rule: &Rule,
    to: &'static str,
    ids: &HashMap<&'static str, HashSet<String>>,
) -> Option<(&'static str, String)> {
    let id = match str_field(row, rule.name) {
        "" if rule.is_required_in_csv => {
            let id = name_uuid(&format!("moot|not stated|{to}"));
            row.insert(rule.name.to_owned(), Value::String(id.clone()));
            mark_filled(row, rule.name);
            id
        }
        "" => return None,
        id => id.to_owned(),
    };
    let is_there = ids.get(to).is_some_and(|ids| ids.contains(&id));
    (!is_there).then_some((to, id))
}

/// Fills in what only a table must say.
fn say_missing(row: &mut Object, rule: &Rule) {
    if row.get(rule.name).is_none() {
        let said = if rule.shape == Shape::Uuid { name_uuid("moot|not stated") } else { NOT_STATED.to_owned() };
        row.insert(rule.name.to_owned(), Value::String(said));
        mark_filled(row, rule.name);
    }
}

fn mark_filled(row: &mut Object, name: &str) {
    match row.entry(FILLED_FIELDS).or_insert_with(|| Value::Array(Vec::new())) {
        Value::Array(names) => names.push(name.into()),
        Value::String(names) => *names = format!("{names} {name}"),
        _ => {}
    }
}

/// Writes the reference to the parent into a row.
fn set_parent(table: &'static TableSchema, row: &mut Object, parent: &'static TableSchema, id: &str) {
    let Some(link) = schema::link_to(table, parent.name) else {
        return;
    };
    row.insert(link.to_owned(), Value::String(id.to_owned()));
    let entity = match link {
        "link_id" => "link_entity",
        "resource_id" => "resource_type",
        _ => return,
    };
    let is_right =
        schema::table_by_alias(&str_field(row, entity).to_lowercase()).is_some_and(|known| known.name == parent.name);
    if !is_right {
        row.insert(entity.to_owned(), Value::String(singular(parent.name)));
    }
}

/// The name of one row of a table.
fn singular(table: &str) -> String {
    match (table.strip_suffix("ies"), table.strip_suffix("sses")) {
        (Some(stem), _) => format!("{stem}y"),
        (_, Some(stem)) => format!("{stem}ss"),
        _ => table.strip_suffix('s').unwrap_or(table).to_owned(),
    }
}

/// A column: the field, and whether its values are written as JSON.
type CsvColumn = (String, bool);

/// All columns of the schema, then the other fields of the rows.
fn columns(table: Option<&'static TableSchema>, rows: &[Object]) -> Vec<CsvColumn> {
    let fields = table.map_or(&[][..], |table| &table.fields);
    let known: Vec<CsvColumn> = fields.iter().map(|field| (field.name.to_owned(), false)).collect();
    let mut more: BTreeSet<CsvColumn> = BTreeSet::new();
    for (key, value) in rows.iter().flatten() {
        let is_mark = key == FILLED_FIELDS || key == DERIVED_FIELDS;
        let is_plain = value.is_string() || is_mark || is_number(table, key);
        if !is_plain || !fields.iter().any(|field| field.name == key) {
            more.insert((key.clone(), !is_plain));
        }
    }
    known.into_iter().chain(more).collect()
}

fn is_number(table: Option<&'static TableSchema>, key: &str) -> bool {
    table.and_then(|table| table.field(key)).is_some_and(|field| field.data_type == DataType::Number)
}

fn title((name, is_json): &CsvColumn) -> String {
    if *is_json { format!("moot_json:{name}") } else { name.clone() }
}

fn to_csv(sheet: &Sheet, columns: &[CsvColumn]) -> csv::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(title))?;
    let is_time: Vec<bool> = columns.iter().map(|(name, is_json)| !is_json && is_time(sheet.table, name)).collect();
    for row in &sheet.rows {
        let cells = columns.iter().zip(&is_time).map(|((name, is_json), is_time)| {
            let cell = cell(row.get(name), *is_json);
            if *is_time { with_seconds(cell) } else { cell }
        });
        writer.write_record(cells)?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

fn is_time(table: Option<&'static TableSchema>, key: &str) -> bool {
    table.and_then(|table| table.field(key)).is_some_and(|field| field.data_type == DataType::Time)
}

/// A time as tables write it (`10:00:00`); what has a zone is left as it is.
fn with_seconds(time: String) -> String {
    if time.len() == 5 { format!("{time}:00") } else { time }
}

fn cell(value: Option<&Value>, is_json: bool) -> String {
    match value {
        Some(Value::String(text)) if !is_json => text.clone(),
        Some(Value::Array(names)) if !is_json => {
            names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ") // moot_filled
        }
        Some(Value::Number(number)) if !is_json => number.to_string(),
        Some(Value::String(_)) | None => String::new(),
        Some(shaped) if is_json => shaped.to_string(),
        Some(_) => String::new(),
    }
}

/// What the package says of a table: the type and the format of each column, what must be there, what leads where.
fn resource(sheet: &Sheet, file: &str, columns: &[CsvColumn], names: &[&str]) -> Value {
    let fields: Vec<Value> = columns.iter().map(|column| field(sheet, column)).collect();
    let leads = |rule: &&Rule| matches!(rule.shape, Shape::Reference(to) if names.contains(&to));
    let foreign: Vec<Value> = sheet
        .rules
        .iter()
        .filter(leads)
        .filter_map(|rule| match rule.shape {
            Shape::Reference(to) => Some(json!({"fields": rule.name, "reference": {"resource": to, "fields": "id"}})),
            _ => None,
        })
        .collect();
    let mut described = json!({"fields": fields});
    if !sheet.rules.is_empty() {
        described["primaryKey"] = "id".into();
    }
    if !foreign.is_empty() {
        described["foreignKeys"] = Value::Array(foreign);
    }
    json!({
        "name": sheet.name, "path": file, "profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv",
        "schema": described,
    })
}

fn field(sheet: &Sheet, column: &CsvColumn) -> Value {
    let rule = sheet.rules.iter().find(|rule| rule.name == column.0 && !column.1);
    let Some(rule) = rule else {
        let sort = if is_number(sheet.table, &column.0) { "number" } else { "string" };
        return json!({"name": title(column), "type": sort});
    };
    let (sort, format) = match rule.shape {
        Shape::Number => ("number", ""),
        Shape::Date => ("date", ""),
        Shape::Time => ("time", ""),
        Shape::Moment => ("datetime", ""),
        Shape::Uuid | Shape::Reference(_) => ("string", "uuid"),
        Shape::Uri => ("string", "uri"),
        Shape::Email => ("string", "email"),
        Shape::Text | Shape::OneOf(_) | Shape::Rows(_) | Shape::Nested(_) => ("string", ""),
    };
    let mut constraints = json!({"required": rule.is_required_in_csv, "unique": rule.name == "id"});
    if let Shape::OneOf(words) = rule.shape {
        constraints["enum"] = words.split('|').map(|word| word.replace('_', " ")).collect();
    }
    let mut field = json!({"name": rule.name, "type": sort, "constraints": constraints});
    if !format.is_empty() {
        field["format"] = format.into();
    }
    field
}
