//! Export as a page of JSON.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::Dataset;
use super::fill::{Placeholders, fill};
use crate::exchange::normalise::{Object, str_field};
use crate::exchange::schema;
use crate::model::place::Atlas;

/// The serialised page.
pub(super) fn page(dataset: &Dataset<'_>, is_oruk: bool) -> Vec<u8> {
    let mut used = HashSet::new();
    let mut contents = Vec::with_capacity(dataset.services.len());
    for service in &dataset.services {
        let mut service = service.clone();
        let id = str_field(&service, "organization_id").to_owned();
        if let Some(organisation) = dataset.organisations.get(&id) {
            service.insert("organization".to_owned(), Value::Object(organisation.clone()));
            used.insert(id);
        }
        contents.push(filled("services", service, is_oruk, dataset.atlas));
    }
    let idle = dataset.organisations.iter().filter(|(id, _)| !used.contains(*id));
    let idle: Vec<Value> =
        idle.map(|(_, item)| filled("organizations", item.clone(), is_oruk, dataset.atlas)).collect();
    let orphans: Object = dataset.orphans.iter().map(|(table, rows)| (table.clone(), json!(rows))).collect();
    let mut page = json!({
        "total_items": contents.len(), "total_pages": 1, "page_number": 1, "size": contents.len(),
        "first_page": true, "last_page": true, "empty": contents.is_empty(), "moot_version": 1,
    });
    page["contents"] = Value::Array(contents);
    for (name, value, is_empty) in [
        ("moot_organizations", json!(idle), idle.is_empty()),
        ("moot_loose", Value::Object(orphans), dataset.orphans.is_empty()),
    ] {
        if !is_empty {
            page[name] = value;
        }
    }
    let mut bytes = serde_json::to_vec_pretty(&page).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn filled(table: &str, mut item: Object, is_oruk: bool, atlas: &Atlas) -> Value {
    if let Some(table) = schema::table(table) {
        fill(table, &mut item, Placeholders { atlas, is_oruk });
    }
    Value::Object(item)
}
