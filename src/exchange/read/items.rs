//! Items as they are nested in JSON: every row in them gets the names and types of HSDS 3, an id, and its references.

use std::collections::HashSet;

use serde_json::Value;

use super::identity::{Registry, identify};
use super::kept::keep;
use super::nest::PendingItems;
use super::{legacy, marks};
use crate::exchange::normalise::{Normaliser, Object, arrange, str_field};
use crate::exchange::report::RepairKind;
use crate::exchange::schema::{self, TableSchema};

/// Keeps an item beside those that become records.
pub fn gather_orphan(
    normaliser: &mut Normaliser,
    registry: &mut Registry,
    pending: &mut PendingItems,
    name: &str,
    item: Object,
) {
    let Some(table) = schema::table_by_alias(name).or_else(|| schema::table("other")) else {
        return;
    };
    let mut row = normalise_item(normaliser, table, name, item);
    if identify_item(normaliser, registry, table, &mut row, ("", "", "")) {
        normaliser.note("id", RepairKind::Copy, str_field(&row, "id"), "");
        return;
    }
    let name = if table.name == "other" { name } else { table.name };
    pending.push(normaliser, name, &row);
}

/// Adds an organisation, and the services in it.
pub fn gather_organisation(
    normaliser: &mut Normaliser,
    registry: &mut Registry,
    pending: &mut PendingItems,
    mut item: Object,
) {
    let Some(table) = schema::table("organizations") else {
        return;
    };
    let (services, others) = match item.shift_remove("services") {
        Some(Value::Array(list)) => list.into_iter().partition(Value::is_object),
        Some(other) => (Vec::new(), vec![other]),
        None => (Vec::new(), Vec::new()),
    };
    if !others.is_empty() {
        item.insert("services".to_owned(), others.into());
    }
    let row = normalise_item(normaliser, table, "organizations", item);
    let (id, is_copy) = put_organisation(normaliser, registry, pending, table, row);
    if is_copy {
        normaliser.note("id", RepairKind::Copy, &id, "");
    }
    for service in services {
        if let Value::Object(mut service) = service {
            service.entry("organization_id").or_insert_with(|| id.clone().into());
            gather_service(normaliser, registry, pending, service);
        }
    }
}

/// Adds a service, and the organisation in it.
pub fn gather_service(normaliser: &mut Normaliser, registry: &mut Registry, pending: &mut PendingItems, item: Object) {
    let Some((services, organisations)) = schema::table("services").zip(schema::table("organizations")) else {
        return;
    };
    let mut row = normalise_item(normaliser, services, "services", item);
    if identify_item(normaliser, registry, services, &mut row, ("", "", "")) {
        normaliser.note("id", RepairKind::Copy, str_field(&row, "id"), "");
        return;
    }
    if let Some(Value::Object(organisation)) = row.shift_remove("organization") {
        let raw = str_field(&organisation, "id").to_owned();
        let (id, _) = put_organisation(normaliser, registry, pending, organisations, organisation);
        let stated = str_field(&row, "organization_id").to_owned();
        if ![id.as_str(), &raw, ""].contains(&stated.as_str()) {
            normaliser.note("organization_id", RepairKind::DanglingReference, &stated, &id);
            row.insert("moot_organization_id".to_owned(), stated.into());
        }
        row.insert("organization_id".to_owned(), id.into());
    }
    pending.push(normaliser, "services", &row);
}

/// Adds an organisation and returns its uuid, and whether it is a copy. One whose id and name are known already is that
/// one: what it adds is added, and where it says otherwise the first stays, the report names both and the other is kept.
fn put_organisation(
    normaliser: &mut Normaliser,
    registry: &mut Registry,
    pending: &mut PendingItems,
    table: &'static TableSchema,
    mut row: Object,
) -> (String, bool) {
    let raw = str_field(&row, "id").to_owned();
    let Some((at, mut known)) = pending.organisation(&raw, &row) else {
        pending.was_said(&raw, &row);
        let is_copy = identify_item(normaliser, registry, table, &mut row, ("", "", ""));
        if !is_copy {
            pending.push_organisation(normaliser, &raw, &row);
        }
        return (str_field(&row, "id").to_owned(), is_copy);
    };
    let id = str_field(&known, "id").to_owned();
    let is_copy = pending.was_said(&raw, &row);
    if !is_copy {
        row.shift_remove("id");
        identify_within(normaliser, registry, table, &mut row, (&raw, &id));
        for (field, value) in row {
            join_field(normaliser, &mut known, field, value);
        }
        pending.put_organisation(normaliser, at, &arrange(table, known));
    }
    (id, is_copy)
}

/// Adds to an item what is said of it elsewhere in its source.
fn join_field(normaliser: &mut Normaliser, known: &mut Object, field: String, value: Value) {
    match (known.get_mut(&field), value) {
        (None, value) => drop(known.insert(field, value)),
        (Some(there), value) if *there == value => {}
        (Some(Value::Array(there)), Value::Array(rows)) if rows.iter().all(Value::is_object) => {
            let new = rows.into_iter().filter(|row| !there.iter().any(|one| one["id"] == row["id"]));
            let new: Vec<Value> = new.collect();
            there.extend(new);
        }
        (Some(there), value) => {
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            normaliser.note(&field, RepairKind::Differs, &text(&value), &text(there));
            keep(known, Value::Object(Object::from_iter([(field, value)])));
        }
    }
}

/// Normalises an item and everything nested in it: HSDS 3 names and clean values. Ids are assigned later.
fn normalise_item(normaliser: &mut Normaliser, table: &'static TableSchema, found: &str, mut raw: Object) -> Object {
    marks::leave_out(normaliser, table, &mut raw);
    if !normaliser.is_own {
        legacy::upgrade_row(normaliser, table, found, &mut raw);
    }
    let mut plain = Object::new();
    let mut inner: Vec<(String, Value)> = Vec::new();
    for (key, value) in raw {
        let object = schema::nested_object(table.name, &key).filter(|_| value.is_object());
        let child = child_of(table, &key).filter(|_| holds_rows(&value));
        let (value, others) = if child.is_some() { without_others(value) } else { (value, Vec::new()) };
        if !others.is_empty() {
            plain.insert(key.clone(), Value::Array(others));
        }
        if let Some((_, of)) = object {
            if let (Some(of_table), Value::Object(value)) = (schema::table(of), value) {
                inner.push((object_name(table, of), Value::Object(normalise_item(normaliser, of_table, of, value))));
            }
        } else if let Some(child) = child {
            let name = schema::nested_name(child, table.name).to_owned();
            inner.push((name, Value::Array(normalise_rows(normaliser, child, &key, value))));
        } else {
            plain.insert(key, value);
        }
    }
    let mut row = normaliser.fields(table, plain);
    for (name, value) in inner {
        merge_in(&mut row, name, value);
    }
    arrange(table, row)
}

fn merge_in(row: &mut Object, name: String, value: Value) {
    match (row.get_mut(&name), value) {
        (Some(Value::Array(there)), Value::Array(more)) => there.extend(more),
        (_, Value::Array(list)) if list.is_empty() => {}
        (_, Value::Object(object)) if object.is_empty() => {}
        (Some(_), value) => {
            row.insert(format!("moot_raw_{name}"), value); // another spelling of the name held one as well
        }
        (None, value) => {
            row.insert(name, value);
        }
    }
}

fn normalise_rows(normaliser: &mut Normaliser, child: &'static TableSchema, found: &str, value: Value) -> Vec<Value> {
    let rows = match value {
        Value::Array(rows) => rows,
        one => vec![one],
    };
    let shaped = rows.into_iter().filter_map(|row| match row {
        Value::Object(row) => Some(normalise_item(normaliser, child, found, row)).filter(|row| !row.is_empty()),
        _ => None,
    });
    shaped.map(Value::Object).collect()
}

/// The table of the rows in an array called `key` inside a row of `table`.
pub fn child_of(table: &'static TableSchema, key: &str) -> Option<&'static TableSchema> {
    let is_place = (table.name, key) == ("organizations", "locations");
    let child = schema::table_by_alias(key)?;
    let is_inside = is_place || schema::link_to(child, table.name).is_some();
    // a plain field of the schema wins over a table of the same name
    (is_inside && table.field(key).is_none()).then_some(child)
}

fn holds_rows(value: &Value) -> bool {
    match value {
        Value::Array(rows) => rows.iter().any(Value::is_object),
        other => other.is_object(),
    }
}

/// The rows of a list, and what else stands in it.
fn without_others(value: Value) -> (Value, Vec<Value>) {
    match value {
        Value::Array(list) => {
            let (rows, others) = list.into_iter().partition(Value::is_object);
            (Value::Array(rows), others)
        }
        one => (one, Vec::new()),
    }
}

fn object_name(table: &'static TableSchema, of: &str) -> String {
    let known = schema::nested_objects_in_json(table.name).iter().find(|(_, to, _)| *to == of);
    known.map_or("organization", |(_, _, name)| name).to_owned()
}

/// Assigns ids to a row and everything nested in it; `parent` is (table, original id, uuid). Returns whether the row is
/// a copy.
fn identify_item(
    normaliser: &mut Normaliser,
    registry: &mut Registry,
    table: &'static TableSchema,
    row: &mut Object,
    parent: (&str, &str, &str),
) -> bool {
    let link = schema::link_to(table, parent.0).filter(|_| table.name != "programs");
    if let Some(link) = link.filter(|link| [parent.1, parent.2].contains(&str_field(row, link))) {
        row.shift_remove(link);
    }
    let raw = str_field(row, "id").to_owned();
    let is_copy = identify(registry, normaliser, table, row, parent.2);
    let id = str_field(row, "id").to_owned();
    identify_within(normaliser, registry, table, row, (&raw, &id));
    let arranged = arrange(table, std::mem::take(row));
    *row = arranged;
    is_copy
}

/// Assigns ids to everything nested in a row with this original id and uuid.
fn identify_within(
    normaliser: &mut Normaliser,
    registry: &mut Registry,
    table: &'static TableSchema,
    row: &mut Object,
    (raw, id): (&str, &str),
) {
    identify_children(normaliser, registry, table, row, (table.name, raw, id));
    for (link, of, name) in schema::nested_objects_in_json(table.name) {
        if let (Some(of), Some(Value::Object(object))) = (schema::table(of), row.get_mut(*name)) {
            let raw = str_field(object, "id").to_owned();
            identify_item(normaliser, registry, of, object, ("", "", ""));
            let id = str_field(object, "id").to_owned();
            if [raw.as_str(), id.as_str()].contains(&str_field(row, link)) {
                row.shift_remove(*link);
            }
        }
    }
}

fn identify_children(
    normaliser: &mut Normaliser,
    registry: &mut Registry,
    table: &'static TableSchema,
    row: &mut Object,
    parent: (&str, &str, &str),
) {
    for (key, value) in row.iter_mut() {
        let (Some(child), Value::Array(rows)) = (child_of(table, key), value) else {
            continue;
        };
        if !rows.iter().all(Value::is_object) {
            continue;
        }
        let mut kept = Vec::with_capacity(rows.len());
        let mut ids = HashSet::new();
        for value in std::mem::take(rows) {
            if let Value::Object(mut inner) = value {
                let is_copy = identify_item(normaliser, registry, child, &mut inner, parent);
                let is_here = !ids.insert(str_field(&inner, "id").to_owned());
                if is_copy && is_here {
                    normaliser.note(key, RepairKind::Copy, str_field(&inner, "id"), "");
                } else {
                    kept.push(Value::Object(inner));
                }
            }
        }
        *rows = kept;
    }
}

/// Replaces the references in a row, and in everything nested in it, by uuids.
pub fn resolve_references(
    normaliser: &mut Normaliser,
    registry: &Registry,
    table: &'static TableSchema,
    row: &mut Object,
) {
    registry.resolve(normaliser, table, row);
    for (key, value) in row.iter_mut() {
        match value {
            Value::Array(rows) => {
                let Some(child) = child_of(table, key) else {
                    continue;
                };
                for inner in rows.iter_mut().filter_map(Value::as_object_mut) {
                    resolve_references(normaliser, registry, child, inner);
                }
            }
            Value::Object(inner) => {
                let object =
                    schema::nested_objects_in_json(table.name).iter().find(|(_, _, name)| *name == key.as_str());
                if let Some(of) = object.and_then(|(_, of, _)| schema::table(of)) {
                    resolve_references(normaliser, registry, of, inner);
                }
            }
            _ => {}
        }
    }
}
