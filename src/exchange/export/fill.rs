//! Fills in required fields that have no value, and lists them in `moot_filled`.

use serde_json::Value;

use super::matcher::is_postcode;
use crate::exchange::normalise::{Object, arrange, str_field};
use crate::exchange::read::items::child_of;
use crate::exchange::schema::{self, DataType, FieldSchema, TableSchema};
use crate::model::place::Atlas;

/// The mark: the fields of a row that were filled in; `*` for the whole row.
pub const FILLED_FIELDS: &str = "moot_filled";

/// The placeholder for text.
pub const NOT_STATED: &str = "not stated";

/// The placeholder for URLs.
pub const BLANK_URL: &str = "about:blank";

/// Where placeholders come from.
#[derive(Clone, Copy)]
pub struct Placeholders<'a> {
    /// The map, which knows the county of a postcode.
    pub atlas: &'a Atlas,
    /// Whether the names that ORUK has for fields of HSDS stand beside these.
    pub is_oruk: bool,
}

/// Fills in a row and everything nested in it.
pub fn fill(table: &'static TableSchema, row: &mut Object, placeholders: Placeholders<'_>) {
    set_uncounted_apart(row);
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
    if placeholders.is_oruk {
        filled.extend(add_oruk_name(table, row));
    }
    let mut arranged = arrange(table, std::mem::take(row));
    if !filled.is_empty() {
        arranged.insert(FILLED_FIELDS.to_owned(), Value::Array(filled));
    }
    *row = arranged;
}

/// Capacity without a number of free places is no capacity of HSDS, and no number is made up for it: it goes beside.
fn set_uncounted_apart(row: &mut Object) {
    let Some(Value::Array(rows)) = row.get_mut("capacities") else { return };
    let (counted, uncounted): (Vec<Value>, Vec<Value>) =
        std::mem::take(rows).into_iter().partition(|row| row.get("available").is_some_and(Value::is_number));
    *rows = counted;
    if rows.is_empty() {
        row.shift_remove("capacities");
    }
    if !uncounted.is_empty() {
        row.insert("moot_capacities".to_owned(), Value::Array(uncounted));
    }
}

/// Adds the name that ORUK uses for a field of HSDS.
fn add_oruk_name(table: &TableSchema, row: &mut Object) -> Option<Value> {
    let (ours, theirs) = oruk_name(table.name)?;
    let value = row.get(ours)?.clone();
    if row.get(theirs).is_some() {
        return None;
    }
    row.insert(theirs.to_owned(), value);
    Some(theirs.into())
}

/// A field of HSDS that ORUK calls otherwise: both names.
pub(in crate::exchange) fn oruk_name(table: &str) -> Option<(&'static str, &'static str)> {
    match table {
        "taxonomy_terms" => Some(("name", "term")),
        "accessibility" => Some(("description", "accessibility")),
        "service_areas" => Some(("name", "service_area")),
        _ => None,
    }
}

/// The value of a required field that has none. Only what the row or the map says is stated; the rest says that it is
/// not.
pub(in crate::exchange) fn placeholder(table: &TableSchema, field: &FieldSchema, row: &Object, atlas: &Atlas) -> Value {
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

/// The country that the rest of an address tells: its postcode in the form that one country alone has.
fn country(row: &Object) -> &'static str {
    let (state, code) = (str_field(row, "state_province").trim(), str_field(row, "postal_code").trim());
    let is_state = state.len() == 2 && state.bytes().all(|b| b.is_ascii_uppercase());
    let is_zip = code.split('-').next().is_some_and(|zip| zip.len() == 5 && zip.bytes().all(|b| b.is_ascii_digit()));
    match () {
        () if is_postcode(code) => "GB",
        () if is_state && is_zip => "US",
        () => NOT_STATED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_stated_only_where_the_address_tells_it() {
        let of = |state: &str, code: &str| {
            let row = Object::from_iter([
                ("state_province".to_owned(), state.into()),
                ("postal_code".to_owned(), code.into()),
            ]);
            country(&row)
        };
        assert_eq!(of("", "DT1 1AA"), "GB");
        assert_eq!(of("", "dt11aa"), "GB");
        assert_eq!(of("FL", "33157"), "US");
        assert_eq!(of("FL", "33157-1234"), "US");
        assert_eq!(of("FL", ""), NOT_STATED);
        assert_eq!(of("", "33157"), NOT_STATED);
        assert_eq!(of("", ""), NOT_STATED);
    }
}
