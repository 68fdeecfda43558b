//! What was derived here and stands nowhere in the source, where the standard has a place for it: ages and eligibility in
//! their fields, needs, ways in, sex and clients as attributes. `moot_derived` lists the fields that are ours (`*`: the whole
//! row), and a later import leaves them out, for it derives them again.

use serde_json::{Value, json};

use crate::exchange::normalise::{Object, name_uuid, objects, str_field};
use crate::exchange::patch::NEEDS_TAXONOMY;
use crate::model::Service;
use crate::model::choice::Choice;

/// The taxonomies of what else this program tells apart.
const ROUTES_TAXONOMY: &str = "Folkmoot ways in";
const SEX_TAXONOMY: &str = "Folkmoot sex";
const CLIENTS_TAXONOMY: &str = "Folkmoot clients";

/// The mark.
pub const DERIVED_FIELDS: &str = "moot_derived";

/// Adds to the item of a service what the record says and the item does not.
pub fn add(item: &mut Object, service: &Service) {
    let mut derived: Vec<&str> = Vec::new();
    let ages = service.ages.unwrap_or_default();
    if item.get("minimum_age").or(item.get("maximum_age")).is_none() {
        for (field, age) in [("minimum_age", ages.from), ("maximum_age", ages.to)] {
            if let Some(age) = age {
                item.insert(field.to_owned(), age.into());
                derived.push(field);
            }
        }
    }
    if let Some(eligibility) = service.eligibility.as_deref().filter(|_| !item.contains_key("eligibility_description")) {
        item.insert("eligibility_description".to_owned(), eligibility.into());
        derived.push("eligibility_description");
    }
    if !derived.is_empty() {
        item.insert(DERIVED_FIELDS.to_owned(), json!(derived));
    }
    add_terms(item, service);
}

fn add_terms(item: &mut Object, service: &Service) {
    let needs = service.needs.iter().map(|need| (NEEDS_TAXONOMY, format!("{need:?}"), need.label()));
    let routes = service.routes.iter().map(|route| (ROUTES_TAXONOMY, format!("{route:?}"), route.label()));
    let sex = service.sex.iter().map(|sex| (SEX_TAXONOMY, format!("{sex:?}"), sex.label()));
    let clients = service.clients.iter().map(|client| (CLIENTS_TAXONOMY, format!("{client:?}"), client.label()));
    let all = needs.chain(routes).chain(sex).chain(clients);
    let id = str_field(item, "id").to_owned();
    let stated: Vec<(String, String)> = objects(item, "attributes")
        .filter_map(|attribute| attribute.get("taxonomy_term")?.as_object())
        .map(|term| (str_field(term, "taxonomy").to_owned(), str_field(term, "code").to_owned()))
        .collect();
    let new = all.filter(|(taxonomy, code, _)| !stated.iter().any(|(known, of)| known == taxonomy && of == code));
    let rows: Vec<Value> = new.map(|(taxonomy, code, name)| attribute(&id, taxonomy, &code, name)).collect();
    if let (false, Value::Array(there)) =
        (rows.is_empty(), item.entry("attributes").or_insert_with(|| Value::Array(Vec::new())))
    {
        there.extend(rows);
    }
    if item.get("attributes").and_then(Value::as_array).is_some_and(Vec::is_empty) {
        item.shift_remove("attributes");
    }
}

fn attribute(service: &str, taxonomy: &str, code: &str, name: &str) -> Value {
    json!({
        "id": name_uuid(&format!("moot|attributes|{service}|{taxonomy}|{code}")),
        "link_entity": "service",
        "taxonomy_term": {
            "id": name_uuid(&format!("moot|derived terms|{taxonomy}|{code}")),
            "code": code, "name": name, "description": name, "taxonomy": taxonomy, DERIVED_FIELDS: "*",
        },
        DERIVED_FIELDS: "*",
    })
}
