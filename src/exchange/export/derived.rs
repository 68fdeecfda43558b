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

/// What the record says and its item does not, as fields of an item.
pub fn of(item: &Object, service: &Service) -> Object {
    let mut fields = Object::new();
    let ages = service.ages.unwrap_or_default();
    if item.get("minimum_age").or(item.get("maximum_age")).is_none() {
        for (field, age) in [("minimum_age", ages.from), ("maximum_age", ages.to)] {
            fields.extend(age.map(|age| (field.to_owned(), age.into())));
        }
    }
    if let Some(eligibility) = service.eligibility.as_deref().filter(|_| !item.contains_key("eligibility_description"))
    {
        fields.insert("eligibility_description".to_owned(), eligibility.into());
    }
    if !fields.is_empty() {
        let names: Vec<&str> = fields.keys().map(String::as_str).collect();
        fields.insert(DERIVED_FIELDS.to_owned(), json!(names));
    }
    let terms = terms(item, service);
    if !terms.is_empty() {
        fields.insert("attributes".to_owned(), Value::Array(terms));
    }
    fields
}

/// Adds to an item what was derived; terms go behind those of the source.
pub fn join(item: &mut Object, derived: Object) {
    for (key, value) in derived {
        match (item.get_mut(&key), value) {
            (Some(Value::Array(there)), Value::Array(more)) => there.extend(more),
            (_, value) => {
                item.insert(key, value);
            }
        }
    }
}

fn terms(item: &Object, service: &Service) -> Vec<Value> {
    let needs = service.needs.iter().map(|need| (NEEDS_TAXONOMY, format!("{need:?}"), need.label()));
    let routes = service.routes.iter().map(|route| (ROUTES_TAXONOMY, format!("{route:?}"), route.label()));
    let sex = service.sex.iter().map(|sex| (SEX_TAXONOMY, format!("{sex:?}"), sex.label()));
    let clients = service.clients.iter().map(|client| (CLIENTS_TAXONOMY, format!("{client:?}"), client.label()));
    let all = needs.chain(routes).chain(sex).chain(clients);
    let id = str_field(item, "id");
    let stated: Vec<(&str, &str)> = objects(item, "attributes")
        .filter_map(|attribute| attribute.get("taxonomy_term")?.as_object())
        .map(|term| (str_field(term, "taxonomy"), str_field(term, "code")))
        .collect();
    let new = all.filter(|(taxonomy, code, _)| !stated.contains(&(taxonomy, code.as_str())));
    new.map(|(taxonomy, code, name)| attribute(id, taxonomy, &code, name)).collect()
}

/// Whether a term is one of these.
pub(in crate::exchange) fn is_own_term(term: &Object) -> bool {
    let taxonomies = [NEEDS_TAXONOMY, ROUTES_TAXONOMY, SEX_TAXONOMY, CLIENTS_TAXONOMY];
    let (taxonomy, code) = (str_field(term, "taxonomy"), str_field(term, "code"));
    let is_told_once = str_field(term, "name") == str_field(term, "description");
    taxonomies.contains(&taxonomy) && is_told_once && str_field(term, "id") == term_id(taxonomy, code)
}

fn term_id(taxonomy: &str, code: &str) -> String {
    name_uuid(&format!("moot|derived terms|{taxonomy}|{code}"))
}

fn attribute(service: &str, taxonomy: &str, code: &str, name: &str) -> Value {
    json!({
        "id": name_uuid(&format!("moot|attributes|{service}|{taxonomy}|{code}")),
        "link_entity": "service",
        "taxonomy_term": {
            "id": term_id(taxonomy, code),
            "code": code, "name": name, "description": name, "taxonomy": taxonomy, DERIVED_FIELDS: "*",
        },
        DERIVED_FIELDS: "*",
    })
}
