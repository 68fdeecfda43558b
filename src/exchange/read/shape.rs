//! What an object in JSON is, told by its fields and links: a service, an organisation, a place, a term. Not everything that
//! has a name is a service.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::Value;

use super::items::child_of;
use crate::exchange::normalise::Object;
use crate::exchange::schema::{self, TableSchema};

/// Fields of older dialects that tell a table, and are no fields of HSDS 3.
const OLDER_FIELDS: &[(&str, &[&str])] = &[
    ("services", &["deliverable_type", "attending_type", "attending_access", "audience", "keywords", "how_to_apply"]),
    ("services", &["accepted_payments", "funding_sources", "wait_time", "categories"]),
    ("organizations", &["locations_url", "date_incorporated", "organisation_type"]),
    ("locations", &["address", "mail_address", "physical_addresses", "admin_emails", "short_desc", "coordinates"]),
    ("taxonomy_terms", &["term", "vocabulary", "parent_name"]),
];

/// Tables whose rows are nothing without a name.
const NAMED: &[&str] = &["taxonomies", "taxonomy_terms", "units", "programs", "meta_table_descriptions"];

/// Objects that are nested under a name of their own, and how much they tell: a place that names its organisation says more of
/// itself than a service has to.
const LINKS: &[(&str, &str, f64)] = &[
    ("services", "organization", 1.0),
    ("services", "organisation", 1.0),
    ("services", "program", 1.0),
    ("service_at_location", "service", 1.0),
    ("service_at_location", "location", 1.0),
    ("locations", "organization", 0.5),
    ("attributes", "taxonomy_term", 1.0),
    ("taxonomy_terms", "taxonomy_detail", 1.0),
];

/// By how much the best guess has to be better than the next.
const MARGIN: f64 = 0.1;

/// The table an object belongs to; `None` where its fields could be those of several.
pub fn table_of(item: &Object) -> Option<&'static TableSchema> {
    let tables = schema::tables().iter().filter(|table| table.name != "other");
    let mut best: Option<(f64, &TableSchema)> = None;
    let mut next = 0.0_f64;
    for table in tables {
        let score = score(table, item);
        match best {
            Some((most, _)) if score <= most => next = next.max(score),
            _ => {
                next = best.map_or(0.0, |(most, _)| most);
                best = Some((score, table));
            }
        }
    }
    best.filter(|(score, _)| *score > next + MARGIN).map(|(_, table)| table)
}

/// How much the fields of an object say for a table: the fewer tables have a field, the more.
fn score(table: &'static TableSchema, item: &Object) -> f64 {
    if NAMED.contains(&table.name) && !["name", "term"].iter().any(|name| item.contains_key(*name)) {
        return 0.0;
    }
    let told = item.iter().filter(|(key, _)| *key != "id" && !key.starts_with("moot_"));
    told.map(|(key, value)| of_field(table, key, value)).sum()
}

fn of_field(table: &'static TableSchema, key: &str, value: &Value) -> f64 {
    let is_older = || OLDER_FIELDS.iter().any(|(of, names)| *of == table.name && names.contains(&key));
    let share = |count: usize| 1.0 / count.max(1) as f64;
    let link = LINKS.iter().find(|(of, name, _)| *of == table.name && *name == key);
    match value {
        Value::Object(_) if link.is_some() => link.map_or(0.0, |(.., told)| *told),
        Value::Object(_) | Value::Array(_) if holds(table, key) => share(nests().get(key).copied().unwrap_or(1)),
        _ if table.field(key).is_some() => share(fields().get(key).copied().unwrap_or(1)),
        _ if is_older() => 1.0,
        _ => 0.0,
    }
}

/// Whether rows of `table` hold rows under this name.
fn holds(table: &'static TableSchema, key: &str) -> bool {
    child_of(table, key).is_some() || matches!((table.name, key), ("organizations" | "locations", "services"))
}

/// In how many tables a field is.
fn fields() -> &'static HashMap<&'static str, usize> {
    static FIELDS: OnceLock<HashMap<&'static str, usize>> = OnceLock::new();
    FIELDS.get_or_init(|| {
        let mut counts = HashMap::new();
        for field in schema::tables().iter().filter(|table| table.name != "other").flat_map(|table| &table.fields) {
            *counts.entry(field.name).or_default() += 1;
        }
        counts
    })
}

/// In how many tables rows are nested under a name.
fn nests() -> &'static HashMap<String, usize> {
    static NESTS: OnceLock<HashMap<String, usize>> = OnceLock::new();
    NESTS.get_or_init(|| {
        let names = schema::names().map(str::to_owned);
        let count = |name: &String| schema::tables().iter().filter(|table| holds(table, name)).count();
        names.map(|name| (name.clone(), count(&name))).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> Option<&'static str> {
        table_of(&serde_json::from_str(json).unwrap()).map(|table| table.name)
    }

    #[test]
    fn what_an_object_is_its_fields_tell() {
        for (json, table) in [
            (r#"{"id":"1","name":"Beds","status":"active"}"#, Some("services")),
            (r#"{"id":"1","name":"Beds","organization":{"id":"2","name":"Trust"}}"#, Some("services")),
            (r#"{"id":"1","name":"Trust","description":"x","website":"https://example.org"}"#, Some("organizations")),
            (r#"{"id":"1","name":"Trust","locations":[{"id":"2","name":"Hall"}]}"#, Some("organizations")),
            (r#"{"id":"1","name":"Hall","latitude":50.7,"longitude":-2.4}"#, Some("locations")),
            (r#"{"id":"1","service":{"id":"2"},"location":{"id":"3"}}"#, Some("service_at_location")),
            (r#"{"id":"1","name":"Housing","parent_id":"0","taxonomy":"Needs"}"#, Some("taxonomy_terms")),
            (
                r#"{"id":"1","name":"Needs","description":"x","uri":"https://example.org","version":"2"}"#,
                Some("taxonomies"),
            ),
            (r#"{"id":"1","name":"A name","description":"which anything may have"}"#, None),
            (r#"{"version":"3.0","profile":"https://example.org","openapi_url":"https://example.org"}"#, None),
            (r#"{"make":"Ford","colour":"red"}"#, None),
        ] {
            assert_eq!(told(json), table, "{json}");
        }
    }
}
