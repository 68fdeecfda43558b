//! Data in JSON: pages of HSDS 3, ORUK 3 and ORUK 1, bare lists, single objects, one object a line.

use serde_json::Value;

use super::identity::{Registry, identify};
use super::legacy;
use super::nest::PendingItems;
use super::normalise::{Normaliser, Object, arrange, objects, str_field};
use super::report::RepairKind;
use super::schema::{self, TableSchema};

/// The fields in which paged responses hold their items.
const PAGES: &[&str] = &["contents", "content", "items", "services", "organizations", "results", "data"];

/// Parses all items of a text, each with the name of its table (empty: unknown). A line that is not JSON is reported
/// and skipped.
pub fn parse_items(normaliser: &mut Normaliser, source: &str) -> Vec<(String, Object)> {
    match serde_json::from_str::<Value>(source) {
        Ok(value) => unpack(normaliser, value),
        Err(error) => parse_lines(normaliser, source, &error),
    }
}

fn parse_lines(normaliser: &mut Normaliser, source: &str, error: &serde_json::Error) -> Vec<(String, Object)> {
    let objects = || source.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let is_lines = objects().take(5).filter(|(_, line)| serde_json::from_str::<Object>(line).is_ok()).count() > 0;
    if !is_lines {
        normaliser.row = error.line();
        normaliser.note(&format!("column {}", error.column()), RepairKind::Unreadable, source, &error.to_string());
        return Vec::new();
    }
    let mut items = Vec::new();
    for (at, line) in objects() {
        match serde_json::from_str::<Value>(line) {
            Ok(value) => items.extend(unpack(normaliser, value)),
            Err(error) => {
                normaliser.row = at + 1;
                normaliser.note("line", RepairKind::Unreadable, line, &error.to_string());
            }
        }
    }
    items
}

fn unpack(normaliser: &mut Normaliser, value: Value) -> Vec<(String, Object)> {
    match value {
        Value::Array(list) => list_items(normaliser, "", list),
        Value::Object(mut page) => {
            normaliser.is_own |= page.contains_key("moot_version");
            let held = PAGES.iter().find(|name| page.get(**name).is_some_and(Value::is_array));
            let is_item = page.contains_key("id") && page.contains_key("name");
            let Some(name) = held.filter(|_| !is_item) else {
                return vec![(String::new(), page)];
            };
            let mut items = Vec::new();
            let table_name = if schema::table_by_alias(name).is_some() { name } else { "" };
            for (name, list) in
                [(table_name, page.shift_remove(*name)), ("organizations", page.shift_remove("moot_organizations"))]
            {
                if let Some(Value::Array(list)) = list {
                    items.extend(list_items(normaliser, name, list));
                }
            }
            if let Some(Value::Object(tables)) = page.shift_remove("moot_loose") {
                for (table, list) in tables {
                    if let Value::Array(list) = list {
                        items.extend(list_items(normaliser, &format!("loose {table}"), list));
                    }
                }
            }
            items
        }
        _ => Vec::new(),
    }
}

fn list_items(normaliser: &mut Normaliser, table_name: &str, list: Vec<Value>) -> Vec<(String, Object)> {
    let mut items = Vec::new();
    for (at, item) in list.into_iter().enumerate() {
        normaliser.row = at + 1;
        match item {
            Value::Object(item) => items.push((table_name.to_owned(), item)),
            other => normaliser.note("item", RepairKind::Unreadable, &other.to_string(), "not an object"),
        }
    }
    items
}

/// Guesses the table of an item from its fields.
fn guess_table(item: &Object) -> Option<&'static TableSchema> {
    let has = |names: &[&str]| names.iter().any(|name| item.contains_key(*name));
    let of_organisation = ["website", "legal_status", "tax_status", "organization_identifiers", "year_incorporated"];
    let of_service = ["organization", "organization_id", "status", "service_at_locations", "deliverable_type"];
    if has(&of_organisation) && !has(&of_service) {
        return schema::table("organizations");
    }
    (has(&["name", "description"]) || has(&of_service)).then(|| schema::table("services")).flatten()
}

/// Normalises and identifies items and adds them to `pending`. An item of no known table is kept as a row of `other`.
pub fn gather(
    normaliser: &mut Normaliser,
    registry: &mut Registry,
    pending: &mut PendingItems,
    items: Vec<(String, Object)>,
) {
    for (at, (table_name, item)) in items.into_iter().enumerate() {
        normaliser.row = at + 1;
        if let Some(name) = table_name.strip_prefix("loose ") {
            gather_orphan(normaliser, registry, pending, name, item);
            continue;
        }
        match schema::table_by_alias(&table_name).or_else(|| guess_table(&item)) {
            Some(table) if table.name == "services" => gather_service(normaliser, registry, pending, item),
            Some(table) if table.name == "organizations" => gather_organisation(normaliser, registry, pending, item),
            Some(table) => gather_orphan(normaliser, registry, pending, table.name, item),
            None => gather_orphan(normaliser, registry, pending, "other", item),
        }
    }
}

fn gather_orphan(
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
    if !identify_item(normaliser, registry, table, &mut row, ("", "", "")) {
        let name = if table.name == "other" { name } else { table.name };
        pending.push(normaliser, name, row);
    }
}

fn gather_organisation(
    normaliser: &mut Normaliser,
    registry: &mut Registry,
    pending: &mut PendingItems,
    mut item: Object,
) {
    let Some(table) = schema::table("organizations") else {
        return;
    };
    let services = item.shift_remove("services");
    let mut row = normalise_item(normaliser, table, "organizations", item);
    let is_copy = identify_item(normaliser, registry, table, &mut row, ("", "", ""));
    let id = str_field(&row, "id").to_owned();
    if !is_copy {
        pending.push(normaliser, "organizations", row);
    }
    for service in services.as_ref().and_then(Value::as_array).into_iter().flatten() {
        if let Value::Object(service) = service {
            let mut service = service.clone();
            service.entry("organization_id").or_insert_with(|| id.clone().into());
            gather_service(normaliser, registry, pending, service);
        }
    }
}

/// Normalises and identifies a service and adds it to `pending`, with the organisation that is in it.
pub fn gather_service(normaliser: &mut Normaliser, registry: &mut Registry, pending: &mut PendingItems, item: Object) {
    let Some((services, organisations)) = schema::table("services").zip(schema::table("organizations")) else {
        return;
    };
    let mut row = normalise_item(normaliser, services, "services", item);
    if identify_item(normaliser, registry, services, &mut row, ("", "", "")) {
        normaliser.note("id", RepairKind::Copy, str_field(&row, "id"), "");
        return;
    }
    if let Some(Value::Object(mut organisation)) = row.shift_remove("organization") {
        let is_copy = identify_item(normaliser, registry, organisations, &mut organisation, ("", "", ""));
        let id = str_field(&organisation, "id").to_owned();
        let stated = str_field(&row, "organization_id").to_owned();
        if !stated.is_empty()
            && stated != id
            && stated != str_field(&organisation, "moot_id").split('#').next().unwrap_or_default()
        {
            normaliser.note("organization_id", RepairKind::DanglingReference, &stated, &id);
            row.insert("moot_organization_id".to_owned(), stated.into());
        }
        row.insert("organization_id".to_owned(), id.into());
        if !is_copy {
            pending.push(normaliser, "organizations", organisation);
        }
    }
    pending.push(normaliser, "services", row);
}

/// Normalises an item and everything nested in it: HSDS 3 names and clean values. Ids are assigned later.
fn normalise_item(normaliser: &mut Normaliser, table: &'static TableSchema, found: &str, mut raw: Object) -> Object {
    strip_filled(&mut raw);
    if !normaliser.is_own {
        legacy::upgrade_row(table, found, &mut raw);
    }
    let mut plain = Object::new();
    let mut inner: Vec<(String, Value)> = Vec::new();
    for (key, value) in raw {
        let object = schema::nested_object(table.name, &key).filter(|_| value.is_object());
        let child = child_of(table, &key).filter(|_| holds_rows(&value));
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
        (_, value) => {
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
        Value::Array(rows) => !rows.is_empty() && rows.iter().all(Value::is_object),
        other => other.is_object(),
    }
}

fn object_name(table: &'static TableSchema, of: &str) -> String {
    let known = schema::nested_objects_in_json(table.name).iter().find(|(_, to, _)| *to == of);
    known.map_or("organization", |(_, _, name)| name).to_owned()
}

/// Removes the placeholders that an earlier export inserted (listed in `moot_filled`).
pub fn strip_filled(row: &mut Object) {
    let filled: Vec<String> = match row.shift_remove("moot_filled") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(names)) => names.split_whitespace().map(str::to_owned).collect(),
        _ => return,
    };
    for name in filled {
        row.shift_remove(&name);
    }
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
    identify_children(normaliser, registry, table, row, (table.name, &raw, &id));
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
    let arranged = arrange(table, std::mem::take(row));
    *row = arranged;
    is_copy
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
        let mut kept = Vec::with_capacity(rows.len());
        for value in std::mem::take(rows) {
            if let Value::Object(mut inner) = value {
                let is_copy = identify_item(normaliser, registry, child, &mut inner, parent);
                let is_here = || kept.iter().any(|other: &Value| other["id"] == inner["id"]);
                if is_copy && is_here() {
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

/// Whether the items are in the ORUK 1 dialect.
pub fn is_oruk_1(items: &[(String, Object)]) -> bool {
    let names = ["service_taxonomys", "service_taxonomies", "eligibilitys", "eligibilities", "deliverable_type"];
    items.iter().take(50).any(|(_, item)| {
        names.iter().any(|name| item.contains_key(*name))
            || objects(item, "service_at_locations")
                .filter_map(|at| at.get("location"))
                .any(|location| location.get("physical_addresses").is_some())
    })
}
