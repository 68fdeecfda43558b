//! Fills in required fields that have no value, and lists them in `moot_filled`.

use serde_json::Value;

use crate::exchange::json::child_of;
use crate::exchange::normalise::{Object, arrange, str_field};
use crate::exchange::schema::{self, DataType, FieldSchema, TableSchema};
use crate::model::place::Atlas;

/// The placeholder for text.
const NOT_STATED: &str = "not stated";

/// The placeholder for URLs.
pub const BLANK_URL: &str = "about:blank";

/// Tables whose rows must have a URL in at least one version of ORUK.
const TABLES_WITH_URL: &[&str] =
    &["services", "contacts", "phones", "schedules", "languages", "funding", "cost_options"];

/// Where placeholders come from.
#[derive(Clone, Copy)]
pub struct Placeholders<'a> {
    /// The map, which knows the county of a postcode.
    pub atlas: &'a Atlas,
    /// The URL for what ORUK requires beyond HSDS; `None` writes HSDS only.
    pub oruk_url: Option<&'a str>,
}

/// Fills in a row and everything nested in it.
pub fn fill(table: &'static TableSchema, row: &mut Object, placeholders: Placeholders<'_>) {
    for (key, value) in row.iter_mut() {
        match value {
            Value::Array(rows) => {
                if let Some(child) = child_of(table, key) {
                    rows.iter_mut().filter_map(Value::as_object_mut).for_each(|inner| fill(child, inner, placeholders));
                }
            }
            Value::Object(inner) => {
                if let Some((_, of)) = schema::nested_object(table.name, key)
                    && let Some(of) = schema::table(of)
                {
                    fill(of, inner, placeholders);
                }
            }
            _ => {}
        }
    }
    let mut filled: Vec<Value> = Vec::new();
    let missing = table.fields.iter().filter(|field| field.required && field.name != "id");
    for field in missing {
        if row.get(field.name).is_none() {
            row.insert(field.name.to_owned(), placeholder(table, field, row, placeholders.atlas));
            filled.push(field.name.into());
        }
    }
    if table.name == "service_capacity" && row.get("unit").is_none() {
        let id = crate::exchange::normalise::name_uuid("moot|units|places");
        row.insert("unit".to_owned(), serde_json::json!({"id": id, "name": "places"}));
        filled.push("unit".into());
    }
    if let Some(url) = placeholders.oruk_url {
        filled.extend(add_oruk_name(table, row));
        filled.extend(add_oruk_required(table, row, url));
    }
    let mut arranged = arrange(table, std::mem::take(row));
    if !filled.is_empty() {
        arranged.insert("moot_filled".to_owned(), Value::Array(filled));
    }
    *row = arranged;
}

/// Adds the name that ORUK uses for a field of HSDS.
fn add_oruk_name(table: &TableSchema, row: &mut Object) -> Option<Value> {
    let (ours, theirs) = match table.name {
        "taxonomy_terms" => ("name", "term"),
        "accessibility" => ("description", "accessibility"),
        "service_areas" => ("name", "service_area"),
        _ => return None,
    };
    let value = row.get(ours)?.clone();
    if row.get(theirs).is_some() {
        return None;
    }
    row.insert(theirs.to_owned(), value);
    Some(theirs.into())
}

/// Adds the field that ORUK requires beyond HSDS.
fn add_oruk_required(table: &TableSchema, row: &mut Object, url: &str) -> Option<Value> {
    let (field, value) = match table.name {
        "taxonomy_terms" => ("taxonomy", NOT_STATED),
        name if TABLES_WITH_URL.contains(&name) => ("url", url),
        _ => return None,
    };
    if row.get(field).is_some() {
        return None;
    }
    row.insert(field.to_owned(), value.into());
    Some(field.into())
}

/// The value of a required field that has none. Only what the row or the map says is stated; the rest says that it is
/// not.
fn placeholder(table: &TableSchema, field: &FieldSchema, row: &Object, atlas: &Atlas) -> Value {
    let named = || match (str_field(row, "name"), str_field(row, "alternate_name")) {
        ("", "") => NOT_STATED,
        ("", other) => other,
        (name, _) => name,
    };
    let text = match (table.name, field.name, field.data_type) {
        (_, "description" | "name", _) => named(),
        ("services", "status", _) => "active",
        (_, "location_type" | "address_type", _) => "physical",
        (_, "country", _) => country(row),
        (_, "state_province", _) if atlas.holds_postcode(str_field(row, "postal_code")) => &atlas.name,
        (_, _, DataType::Number) => return Value::from(0),
        (_, _, DataType::Date) => "1970-01-01",
        (_, _, DataType::Timestamp) => "1970-01-01T00:00:00Z",
        (_, _, DataType::Url) => BLANK_URL,
        (_, _, DataType::Text | DataType::Time | DataType::Email | DataType::OneOf(_) | DataType::Reference(_)) => {
            NOT_STATED
        }
    };
    Value::String(text.to_owned())
}

/// The country an address says it is in; two capitals for a state are American.
fn country(row: &Object) -> &str {
    let state = str_field(row, "state_province");
    match str_field(row, "country") {
        "" if state.len() == 2 && state.bytes().all(|b| b.is_ascii_uppercase()) => "US",
        "" => "GB",
        stated => stated,
    }
}
