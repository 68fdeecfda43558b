//! The marks by which an export of this program says what it added: placeholders (`moot_filled`) and what it had derived
//! (`moot_derived`), each with the names of fields, or `*` for the whole row.
//!
//! Read back, what is marked is left out where it is what would be added there again. Anything else comes in, whoever wrote
//! the mark: somebody may have filled in the placeholder since, or the source has a field of that name.

use serde_json::Value;

use crate::exchange::export::derived::{self, DERIVED_FIELDS};
use crate::exchange::export::fill::{self, FILLED_FIELDS};
use crate::exchange::map::{self, ServiceContext};
use crate::exchange::normalise::{Normaliser, Object, name_uuid};
use crate::exchange::patch::CLEARED_FIELDS;
use crate::exchange::report::RepairKind;
use crate::exchange::schema::{self, DataType, TableSchema};
use crate::model::place::Atlas;
use crate::model::thesaurus::Thesaurus;

/// Leaves out of an item what an earlier export added. A mark of somebody else's is kept beside the item.
pub fn leave_out(normaliser: &mut Normaliser, table: &'static TableSchema, row: &mut Object) {
    leave_out_added(normaliser, table, row);
    leave_out_derived(normaliser, row);
}

/// As [`leave_out`] for a row of a table; what was derived of a service is told when all its rows are together.
pub fn leave_out_of_row(normaliser: &mut Normaliser, table: &'static TableSchema, row: &mut Object) {
    leave_out_added(normaliser, table, row);
    if table.name != "services" {
        leave_out_derived(normaliser, row);
    }
}

fn leave_out_added(normaliser: &mut Normaliser, table: &'static TableSchema, row: &mut Object) {
    // Fields that were emptied here: in another's file nothing is emptied by it.
    if let Some(said) = row.get(CLEARED_FIELDS).filter(|_| !normaliser.is_own).cloned() {
        row.shift_remove(CLEARED_FIELDS);
        keep_mark(normaliser, row, CLEARED_FIELDS, said);
    }
    let is_whole = |mark: &str| row.get(mark).is_some_and(|said| names(said).iter().any(|name| name == "*"));
    if [FILLED_FIELDS, DERIVED_FIELDS].into_iter().any(is_whole) && is_row_of_ours(normaliser.is_own, table, row) {
        return row.clear();
    }
    let Some(said) = row.shift_remove(FILLED_FIELDS) else { return };
    if !are_placeholders_left_out(normaliser.is_own, table, row, &names(&said)) {
        keep_mark(normaliser, row, FILLED_FIELDS, said);
    }
}

/// Leaves out of a service what would be derived from the rest of it.
pub fn leave_out_derived(normaliser: &mut Normaliser, item: &mut Object) {
    let Some(said) = item.shift_remove(DERIVED_FIELDS) else { return };
    if !is_derived_left_out(item, &names(&said)) {
        keep_mark(normaliser, item, DERIVED_FIELDS, said);
    }
}

/// A mark that says something else than an export of ours would is somebody's field. Of an export of ours it has done its work.
fn keep_mark(normaliser: &mut Normaliser, row: &mut Object, mark: &str, said: Value) {
    if !normaliser.is_own {
        let beside = format!("moot_raw_{}", mark.trim_start_matches("moot_"));
        normaliser.note(mark, RepairKind::WrongType, &text_of(&said), &beside);
        row.insert(beside, said);
    }
}

fn names(said: &Value) -> Vec<String> {
    match said {
        Value::Array(names) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Value::String(names) => names.split_whitespace().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Whether all that was named is left out.
fn are_placeholders_left_out(is_own: bool, table: &'static TableSchema, row: &mut Object, names: &[String]) -> bool {
    let mut is_done = !names.is_empty();
    for name in names {
        let Some(value) = row.shift_remove(name) else {
            is_done = false;
            continue;
        };
        if !is_placeholder(is_own, table, row, name, &value) {
            row.insert(name.clone(), value);
            is_done = false;
        }
    }
    is_done
}

/// Whether a value is what would stand in a field of a row that says nothing of it.
fn is_placeholder(is_own: bool, table: &'static TableSchema, row: &Object, name: &str, value: &Value) -> bool {
    let text = text_of(value);
    let Some(field) = table.field(name) else {
        let is_unit = (table.name, name) == ("service_capacity", "unit");
        let ours = fill::oruk_name(table.name).filter(|(_, theirs)| *theirs == name);
        let same = ours.is_some_and(|(ours, _)| row.get(ours).map_or(fill::NOT_STATED.to_owned(), text_of) == text);
        return same || is_unit && str_field_of(value, "name") == "places" && str_field_of(value, "id") == places_id();
    };
    let stands_in = |to: &str| text == name_uuid(&format!("moot|not stated|{to}"));
    match field.data_type {
        _ if text == text_of(&fill::placeholder(table, field, row, &Atlas::default())) => true,
        DataType::Reference(to) => stands_in(to) || text == name_uuid("moot|not stated"),
        // The map of whoever wrote it may know more.
        _ if name == "state_province" => is_own,
        _ => text == fill::NOT_STATED || text == name_uuid("moot|not stated"),
    }
}

fn places_id() -> String {
    name_uuid("moot|units|places")
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn str_field_of<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Whether all that was named is left out: it is what would be derived from the rest.
fn is_derived_left_out(row: &mut Object, names: &[String]) -> bool {
    let named: Vec<(String, Value)> =
        names.iter().filter_map(|name| Some((name.clone(), row.shift_remove(name)?))).collect();
    let thesaurus = Thesaurus::default();
    let context = ServiceContext { organisation_item: None, organisation_ref: None, thesaurus: &thesaurus };
    let derived = derived::of(row, &map::service(row, &context));
    let is_ours =
        |(name, value): &(String, Value)| derived.get(name).is_some_and(|known| text_of(known) == text_of(value));
    let is_done = !named.is_empty() && named.len() == names.len() && named.iter().all(is_ours);
    row.extend(named.into_iter().filter(|one| !is_ours(one)));
    is_done
}

/// Whether a whole row was added: one that stands for another that is nowhere, or a term that was derived.
fn is_row_of_ours(is_own: bool, table: &'static TableSchema, row: &Object) -> bool {
    let is_term = table.name == "taxonomy_terms" && derived::is_own_term(row);
    let nothing = Object::new();
    let says_nothing = |(name, value): (&String, &Value)| match value {
        Value::Object(term) => name == "taxonomy_term" && derived::is_own_term(term),
        _ if name == "id" || name.starts_with("moot_") => true,
        _ if is_term && ["code", "name", "description", "taxonomy"].contains(&name.as_str()) => true,
        _ if is_link(table, name) => is_own || row.get("taxonomy_term").is_some(),
        _ => is_placeholder(is_own, table, &nothing, name, value),
    };
    row.iter().all(says_nothing)
}

/// Whether a field of a row refers to another row.
fn is_link(table: &'static TableSchema, name: &str) -> bool {
    let is_reference = |field: &schema::FieldSchema| matches!(field.data_type, DataType::Reference(_));
    matches!(name, "link_id" | "link_entity") || table.field(name).is_some_and(is_reference)
}
