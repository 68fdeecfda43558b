//! Export as CSV tables: a folder or a zip with a datapackage.json (Frictionless tabular data package).

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{Cursor, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::Dataset;
use super::fill::{Placeholders, fill};
use crate::exchange::json::child_of;
use crate::exchange::normalise::{Object, arrange, str_field};
use crate::exchange::schema::{self, DataType, TableSchema};
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

/// Rows by table, each row once.
struct RowsByTable<'a> {
    placeholders: Placeholders<'a>,
    known: BTreeMap<usize, Vec<Object>>,
    other: BTreeMap<String, Vec<Object>>,
    seen: HashSet<(&'static str, String)>,
}

fn files(dataset: &Dataset<'_>) -> Result<Vec<(String, Vec<u8>)>, ExchangeError> {
    let placeholders = Placeholders { atlas: dataset.atlas, oruk_url: None };
    let mut rows = RowsByTable { placeholders, known: BTreeMap::new(), other: BTreeMap::new(), seen: HashSet::new() };
    let mut add = |name: &str, item: &Object| match schema::table(name) {
        Some(table) => rows.add(table, item.clone(), None),
        None => rows.other.entry(safe_file_name(name)).or_default().push(item.clone()),
    };
    dataset.organisations.values().for_each(|item| add("organizations", item));
    dataset.services.iter().for_each(|item| add("services", item));
    for (name, items) in &dataset.orphans {
        for item in items {
            add(name, item);
        }
    }
    let mut files = Vec::new();
    let mut resources = Vec::new();
    let known = rows.known.into_iter().filter_map(|(at, rows)| schema::tables().get(at).map(|table| (table, rows)));
    let known = known.map(|(table, rows)| (table.name.to_owned(), Some(table), rows));
    for (name, table, rows) in known.chain(rows.other.into_iter().map(|(name, rows)| (name, None, rows))) {
        let columns = columns(table, &rows);
        let file = format!("{name}.csv");
        resources.push(resource(&name, &file, table, &columns));
        files.push((file, to_csv(&columns, &rows).map_err(|error| ExchangeError(format!("{name}: {error}")))?));
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

/// A name that is safe as a file name in the package.
fn safe_file_name(name: &str) -> String {
    let safe: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).take(80).collect();
    if safe.is_empty() { "rows".to_owned() } else { safe.to_lowercase() }
}

/// Nested values that have no table of their own: they are written as JSON in a cell, without placeholders.
const JSON_ONLY: &[&str] = &["locations", "taxonomy_detail"];

impl RowsByTable<'_> {
    /// Adds a row, and everything nested in it, to their tables.
    fn add(&mut self, table: &'static TableSchema, row: Object, parent: Option<(&'static TableSchema, &str)>) {
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
        self.known.entry(at).or_default().push(row);
        for (of, object) in objects {
            self.add(of, object, None);
        }
        for (child, value) in nested {
            for inner in value.as_array().into_iter().flatten().filter_map(Value::as_object) {
                self.add(child, inner.clone(), Some((table, &id)));
            }
        }
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
        let singular = match parent.name {
            "addresses" => "address",
            "taxonomies" => "taxonomy",
            name => name.strip_suffix('s').unwrap_or(name),
        };
        row.insert(entity.to_owned(), Value::String(singular.to_owned()));
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
        let is_plain = value.is_string() || key == "moot_filled" || is_number(table, key);
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

fn to_csv(columns: &[CsvColumn], rows: &[Object]) -> csv::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns.iter().map(title))?;
    for row in rows {
        writer.write_record(columns.iter().map(|(name, is_json)| cell(row.get(name), *is_json)))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
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

fn resource(name: &str, file: &str, table: Option<&'static TableSchema>, columns: &[CsvColumn]) -> Value {
    let fields: Vec<Value> = columns
        .iter()
        .map(|column| {
            let sort = if is_number(table, &column.0) { "number" } else { "string" };
            json!({"name": title(column), "type": sort})
        })
        .collect();
    json!({
        "name": name, "path": file, "profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv",
        "schema": {"primaryKey": "id", "fields": fields},
    })
}
