//! What the schemas demand and nobody has said: filled in, and marked as such.

use serde_json::Value;

use crate::exchange::json::child_of;
use crate::exchange::schema::{self, Sort, Table};
use crate::exchange::tidy::{Object, arrange, text};

/// What stands where nobody has said anything.
const NOT_STATED: &str = "not stated";

/// A web address that leads nowhere.
pub const NOWHERE: &str = "about:blank";

/// Tables whose rows ORUK wants to have a web address; some of its versions mean all of them, some the service only.
const WITH_URL: &[&str] = &["services", "contacts", "phones", "schedules", "languages", "funding", "cost_options"];

/// Fills in a row and all that nests in it. For ORUK its names stand beside, and a row without the web address that
/// it demands gets this one.
pub fn fill(table: &'static Table, row: &mut Object, oruk: Option<&str>) {
    for (key, value) in row.iter_mut() {
        match value {
            Value::Array(rows) => {
                if let Some(child) = child_of(table, key) {
                    rows.iter_mut().filter_map(Value::as_object_mut).for_each(|inner| fill(child, inner, oruk));
                }
            }
            Value::Object(inner) => {
                if let Some((_, of)) = schema::object_of(table.name, key)
                    && let Some(of) = schema::table(of)
                {
                    fill(of, inner, oruk);
                }
            }
            _ => {}
        }
    }
    let mut filled: Vec<Value> = Vec::new();
    let missing = table.fields.iter().filter(|field| field.required && field.name != "id");
    for field in missing {
        if row.get(field.name).is_none() {
            row.insert(field.name.to_owned(), value_for(table, field.name, field.sort, row));
            filled.push(field.name.into());
        }
    }
    if table.name == "service_capacity" && row.get("unit").is_none() {
        let id = crate::exchange::tidy::made_uuid("moot|units|places");
        row.insert("unit".to_owned(), serde_json::json!({"id": id, "name": "places"}));
        filled.push("unit".into());
    }
    if let Some(web) = oruk {
        filled.extend(beside(table, row));
        filled.extend(demanded(table, row, web));
    }
    let mut arranged = arrange(table, std::mem::take(row));
    if !filled.is_empty() {
        arranged.insert("moot_filled".to_owned(), Value::Array(filled));
    }
    *row = arranged;
}

/// The names that ORUK has for fields of HSDS.
fn beside(table: &Table, row: &mut Object) -> Option<Value> {
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

/// What ORUK demands beyond HSDS.
fn demanded(table: &Table, row: &mut Object, web: &str) -> Option<Value> {
    let (field, value) = match table.name {
        "taxonomy_terms" => ("taxonomy", NOT_STATED),
        name if WITH_URL.contains(&name) => ("url", web),
        _ => return None,
    };
    if row.get(field).is_some() {
        return None;
    }
    row.insert(field.to_owned(), value.into());
    Some(field.into())
}

fn value_for(table: &Table, field: &str, sort: Sort, row: &Object) -> Value {
    let named = || match (text(row, "name"), text(row, "alternate_name")) {
        ("", "") => NOT_STATED,
        ("", other) => other,
        (name, _) => name,
    };
    let text = match (table.name, field, sort) {
        (_, "description" | "name", _) => named(),
        ("services", "status", _) => "active",
        (_, "location_type" | "address_type", _) => "physical",
        (_, "country", _) => country(row),
        (_, "state_province", _) if country(row) == "GB" => "Dorset",
        (_, _, Sort::Number) => return Value::from(0),
        (_, _, Sort::Date) => "1970-01-01",
        (_, _, Sort::Timestamp) => "1970-01-01T00:00:00Z",
        (_, _, Sort::Web) => NOWHERE,
        _ => NOT_STATED,
    };
    Value::String(text.to_owned())
}

/// The country an address says it is in; two capitals for a state are American.
fn country(row: &Object) -> &str {
    let state = text(row, "state_province");
    match text(row, "country") {
        "" if state.len() == 2 && state.bytes().all(|b| b.is_ascii_uppercase()) => "US",
        "" => "GB",
        said => said,
    }
}
