//! What directories of 211 services have beyond the standard, or keep private: it stays with the original and never leaves.
//! Also what their two forms, the AIRS interchange and the tables of iCarol, have in common.

use serde_json::{Value, json};

use crate::exchange::normalise::{Normaliser, Object};
use crate::exchange::report::RepairKind;

/// The property that holds it.
pub const KEPT: &str = "moot_kept";

/// Keeps something with an item.
pub fn keep(item: &mut Object, value: Value) {
    if let Value::Array(there) = item.entry(KEPT).or_insert_with(|| Value::Array(Vec::new())) {
        there.push(value);
    }
}

/// Takes out everything that is only kept.
pub fn without_kept(item: &mut Object) {
    item.shift_remove(KEPT);
    item.values_mut().for_each(without_kept_in);
}

fn without_kept_in(value: &mut Value) {
    match value {
        Value::Object(object) => without_kept(object),
        Value::Array(rows) => rows.iter_mut().for_each(without_kept_in),
        _ => {}
    }
}

/// Sets a field where there is something to say.
pub fn put(item: &mut Object, field: &str, text: &str) {
    if !text.trim().is_empty() {
        item.insert(field.to_owned(), text.trim().into());
    }
}

/// Adds a row to an array of an item, where it says something and does not stand there.
pub fn add_row(item: &mut Object, name: &str, row: Object) {
    let row = Value::Object(row);
    if row.as_object().is_some_and(Object::is_empty) {
        return;
    }
    if let Value::Array(rows) = item.entry(name).or_insert_with(|| Value::Array(Vec::new()))
        && !holds(rows, &row)
    {
        rows.push(row);
    }
}

/// Whether a row stands there; long lists are not looked through.
fn holds(rows: &[Value], row: &Value) -> bool {
    rows.len() < 200 && rows.contains(row)
}

/// A row of the fields that say something.
pub fn row(fields: &[(&str, &str)]) -> Object {
    let mut row = Object::new();
    for (field, text) in fields {
        put(&mut row, field, text);
    }
    row
}

/// Says of a service that its source keeps its address private.
pub fn hide(service: &mut Object) {
    service.insert("moot_hide_address".to_owned(), "yes".into());
}

/// A term of a taxonomy on an item, perhaps named by the way down to it: `Basic Needs - Food - Food Banks`. Facets of BC 211
/// stand in place of a code: `{what:'camps',who:'Children'}`.
pub fn add_term(item: &mut Object, code: &str, path: &str, entity: &str) {
    let (code, path) = (code.trim(), path.trim());
    let name = path.rsplit(" - ").next().unwrap_or(path).trim();
    let facets: Vec<&str> = code.trim_matches(['{', '}']).split('\'').skip(1).step_by(2).collect();
    let (taxonomy, spelled) =
        if code.starts_with('{') { ("211 facets", facets.join(", ")) } else { ("AIRS", code.to_owned()) };
    let name = if name.is_empty() { spelled.as_str() } else { name };
    let id = if code.is_empty() { name } else { code };
    if !id.is_empty() {
        let whole = if path == name { "" } else { path };
        let term = row(&[("id", id), ("code", code), ("name", name), ("description", whole), ("taxonomy", taxonomy)]);
        let attribute = json!({ "link_entity": entity, "taxonomy_term": term });
        add_row(item, "attributes", attribute.as_object().cloned().unwrap_or_default());
    }
}

/// The code of ISO 3166 for a country that such directories spell out; any other as it is.
pub fn country(name: &str) -> &str {
    match name.trim().to_lowercase().as_str() {
        "canada" => "CA",
        "united states" | "united states of america" | "usa" => "US",
        "united kingdom" | "great britain" => "GB",
        _ => name.trim(),
    }
}

/// Sets a field to the day of a date as such directories write it: month, day and year. The moment stays beside it.
pub fn put_day(normaliser: &mut Normaliser, item: &mut Object, field: &str, text: &str) {
    let (text, first) = (text.trim(), text.trim().split([' ', 'T']).next().unwrap_or_default());
    let american = chrono::NaiveDate::parse_from_str(first, "%m/%d/%Y");
    let iso = || chrono::NaiveDate::parse_from_str(first, "%Y-%m-%d");
    let day = american.or_else(|_| iso()).map_or_else(|_| text.to_owned(), |day| day.to_string());
    if text.len() > first.len() && day != text {
        put(item, &format!("moot_raw_{field}"), text);
    }
    put_standard(normaliser, item, field, (text, &day));
}

/// Sets a field to a value in its standard form, and reports that it stood there otherwise.
pub fn put_standard(normaliser: &mut Normaliser, item: &mut Object, field: &str, (old, new): (&str, &str)) {
    if old != new {
        normaliser.note(field, RepairKind::Standard, old, new);
    }
    put(item, field, new);
}

/// Joins what is said twice of one record: what is new is added, what differs is kept beside it.
pub fn join(known: &mut Object, more: Object) {
    let mut other = Object::new();
    for (field, value) in more {
        match (known.get_mut(&field), value) {
            (None, value) => drop(known.insert(field, value)),
            (Some(there), value) if *there == value => {}
            (Some(Value::Array(there)), Value::Array(rows)) => rows.into_iter().for_each(|row| {
                if !holds(there, &row) {
                    there.push(row);
                }
            }),
            (Some(_), value) => drop(other.insert(field, value)),
        }
    }
    if !other.is_empty() {
        keep(known, Value::Object(other));
    }
}
