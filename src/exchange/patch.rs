//! Patches the item a record came from with the fields that were changed here, and touches nothing else in it.
//!
//! Every changed field is written twice: in its HSDS field for other programs, and as this program formats it
//! (`moot_FIELD`), so that reading it back gives the same record.

use serde_json::Value;

use crate::model::choice::Choice;
use crate::model::field::{FieldInfo, Visibility};
use crate::model::record::Record;
use crate::model::service::{Location, Status};
use crate::model::{FieldType, Ref, Target};
use crate::model::{Organisation, Service, Text, Workspace};

use super::normalise::{Object, name_uuid, str_field};

/// Finds the exported uuid of an organisation.
pub type UuidLookup<'a> = dyn Fn(&Ref<Organisation>) -> Option<String> + 'a;

/// Patches an organisation's item with the fields in which `now` differs from `base`.
pub fn patch_organisation(
    item: &mut Object,
    base: &Organisation,
    now: &Organisation,
    workspace: &Workspace,
    lookup: &UuidLookup<'_>,
) {
    for field in now.differing(base) {
        match field {
            "name" => put(item, "name", &now.name),
            "aliases" => put(item, "alternate_name", &join_texts(&now.aliases)),
            "summary" => put(item, "description", or_empty(now.summary.as_ref())),
            "email" => put(item, "email", or_empty(now.email.as_ref())),
            "url" => put(item, "website", or_empty(now.url.as_ref())),
            "phone" => put_phone(item, or_empty(now.phone.as_ref())),
            "parent" => put_reference(item, "parent_organization_id", now.parent.as_ref(), lookup),
            "identifier" => put_identifier(item, or_empty(now.identifier.as_ref())),
            _ => {}
        }
        put_own_field(item, now, field, workspace);
    }
}

/// Patches a service's item with the fields in which `now` differs from `base`.
pub fn patch_service(item: &mut Object, base: &Service, now: &Service, workspace: &Workspace, lookup: &UuidLookup<'_>) {
    for field in now.differing(base) {
        write_facts(item, now, field, lookup);
        write_access(item, now, field);
        write_people(item, now, field);
        if field != "organisation" {
            put_own_field(item, now, field, workspace); // the organisation is told by its id
        }
    }
}

/// The key under which an item holds a field as this program writes it.
pub fn own_key(field: &str) -> String {
    format!("moot_{field}")
}

/// Writes a field as `moot_FIELD`, unless it is for colleagues only. An emptied field is listed in [`CLEARED_FIELDS`],
/// since other fields of the item may still imply a value.
fn put_own_field<R: Record>(item: &mut Object, record: &R, field: &str, workspace: &Workspace) {
    let is_exported = |info: &FieldInfo| info.is_editable && info.visibility != Visibility::Internal;
    if let Some(known) = R::FIELDS.iter().find(|known| known.info.name == field && is_exported(&known.info)) {
        let text = record.open_word(field).map_or_else(|| (known.format)(record, workspace), str::to_owned);
        let is_no = text.is_empty() && known.info.field_type == FieldType::Flag;
        put(item, &own_key(field), if is_no { "no" } else { &text });
        mark_cleared(item, field, text.is_empty() && !is_no);
    }
}

/// Lists the fields that were emptied here, with blanks between.
pub const CLEARED_FIELDS: &str = "moot_cleared";

/// Other HSDS fields from which a field is read; they are removed when the field is emptied.
const HSDS_SYNONYMS: &[(&str, &[&str])] = &[
    ("cost", &["fees", "fees_description", "cost_options"]),
    ("eligibility", &["eligibility", "moot_raw_eligibility", "audience"]),
    ("languages", &["interpretation_services"]),
    ("phone", &["moot_raw_phones"]),
    ("routes", &["attending_access"]),
];

fn mark_cleared(item: &mut Object, field: &str, is_cleared: bool) {
    let mut names: Vec<String> = str_field(item, CLEARED_FIELDS).split_whitespace().map(str::to_owned).collect();
    names.retain(|name| name != field);
    if is_cleared {
        names.push(field.to_owned());
        let also = HSDS_SYNONYMS.iter().filter(|(name, _)| *name == field).flat_map(|(_, also)| *also);
        also.for_each(|name| drop(item.shift_remove(*name)));
    }
    names.sort();
    put(item, CLEARED_FIELDS, &names.join(" "));
}

fn write_facts(item: &mut Object, now: &Service, field: &str, lookup: &UuidLookup<'_>) {
    match field {
        "name" => put(item, "name", &now.name),
        "aliases" => put(item, "alternate_name", &join_texts(&now.aliases)),
        "organisation" => put_reference(item, "organization_id", now.organisation.as_ref(), lookup),
        "status" => put(item, "status", status_word(now.status)),
        "alert" => put(item, "alert", or_empty(now.alert.as_ref())),
        "summary" => put(item, "description", or_empty(now.summary.as_ref())),
        "email" => put(item, "email", or_empty(now.email.as_ref())),
        "url" => put(item, "url", or_empty(now.url.as_ref())),
        "phone" => put_phone(item, or_empty(now.phone.as_ref())),
        "needs" => put_needs(item, now),
        "serves" => put_rows(item, "service_areas", now.serves.iter().map(|area| row(&[("name", area)]))),
        "locations" => put_locations(item, now),
        "languages" => put_rows(item, "languages", now.languages.iter().map(|language| row(&[("name", language)]))),
        "funders" => {
            let words = now.funders.iter().filter_map(|funder| match funder.target() {
                Target::Words(words) => Some(row(&[("source", words)])),
                Target::Record(_) => None,
            });
            put_rows(item, "funding", words);
        }
        _ => {}
    }
}

fn write_access(item: &mut Object, now: &Service, field: &str) {
    match field {
        "ages" => {
            let ages = now.ages.unwrap_or_default();
            put_number(item, "minimum_age", ages.from.map(u32::from));
            put_number(item, "maximum_age", ages.to.map(u32::from));
        }
        "eligibility" => put(item, "eligibility_description", or_empty(now.eligibility.as_ref())),
        "opening" => {
            item.shift_remove("schedules");
            let described = now.opening.iter().map(|opening| row(&[("description", opening)]));
            put_rows(item, "schedules", described);
        }
        "cost" => put(item, "fees_description", or_empty(now.cost.as_ref())),
        "how_to_refer" => put(item, "application_process", or_empty(now.how_to_refer.as_ref())),
        "waiting" => put(item, "wait_time", or_empty(now.waiting.as_ref())),
        "capacity" => {
            let rows = now.capacity.iter().map(|capacity| {
                let mut row = row(&[("updated", &format!("{}T00:00:00Z", capacity.on))]);
                put_number(&mut row, "available", Some(capacity.available));
                put_number(&mut row, "maximum", capacity.maximum);
                row.insert("unit".to_owned(), Value::Object(self::row(&[("name", "places")])));
                row
            });
            put_rows(item, "capacities", rows);
        }
        _ => {}
    }
}

fn write_people(item: &mut Object, now: &Service, field: &str) {
    match field {
        "contacts" => {
            let rows = now.contacts.iter().map(|contact| {
                let parts = [("name", &contact.name), ("title", &contact.title), ("email", &contact.email)];
                let mut row = Object::new();
                for (field, part) in parts {
                    put(&mut row, field, or_empty(part.as_ref()));
                }
                if let Some(phone) = &contact.phone {
                    row.insert("phones".to_owned(), Value::Array(vec![Value::Object(self::row(&[("number", phone)]))]));
                }
                row
            });
            put_rows(item, "contacts", rows);
        }
        "verified" => {
            let verified = now.verified.as_ref();
            put(item, "assured_date", &verified.map(|verified| verified.on.to_string()).unwrap_or_default());
            let by = verified.and_then(|verified| verified.by.as_ref());
            item.shift_remove("assurer_email");
            put(item, "moot_verified_by", or_empty(by));
            put(item, "moot_verified_how", or_empty(verified.and_then(|verified| verified.how.as_ref())));
        }
        _ => {}
    }
}

fn or_empty(text: Option<&Text>) -> &str {
    text.map_or("", Text::as_str)
}

fn join_texts(texts: &[Text]) -> String {
    texts.iter().map(Text::as_str).collect::<Vec<_>>().join("; ")
}

fn status_word(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Paused => "temporarily closed",
        Status::Closed => "defunct",
        Status::Planned => "inactive",
    }
}

/// Sets a field, or removes it where the value is empty.
fn put(item: &mut Object, field: &str, value: &str) {
    if value.is_empty() {
        item.shift_remove(field);
    } else {
        item.insert(field.to_owned(), Value::String(value.to_owned()));
    }
}

fn put_number(item: &mut Object, field: &str, value: Option<u32>) {
    match value {
        Some(value) => item.insert(field.to_owned(), Value::from(value)),
        None => item.shift_remove(field),
    };
}

fn put_reference(item: &mut Object, field: &str, to: Option<&Ref<Organisation>>, lookup: &UuidLookup<'_>) {
    let beside = format!("moot_{field}");
    item.shift_remove(&beside);
    put(item, field, &to.and_then(lookup).unwrap_or_default());
    if let Some(Target::Words(words)) = to.map(Ref::target) {
        put(item, &beside, words);
    }
}

fn row(fields: &[(&str, &str)]) -> Object {
    fields.iter().map(|(field, value)| ((*field).to_owned(), Value::String((*value).to_owned()))).collect()
}

/// Replaces the rows of an array; each row gets an id derived from its parent and content.
fn put_rows(item: &mut Object, name: &str, rows: impl Iterator<Item = Object>) {
    let parent = str_field(item, "id").to_owned();
    let rows: Vec<Value> = rows.map(|row| Value::Object(with_ids(&parent, name, row))).collect();
    if rows.is_empty() {
        item.shift_remove(name);
    } else {
        item.insert(name.to_owned(), Value::Array(rows));
    }
}

/// Derives ids for a row and everything nested in it.
pub(super) fn with_ids(parent: &str, name: &str, row: Object) -> Object {
    let id = name_uuid(&format!("moot|{name}|{parent}|{}", Value::Object(row.clone())));
    let mut named = Object::from_iter([("id".to_owned(), Value::String(id.clone()))]);
    for (field, value) in row {
        let value = match value {
            Value::Object(object) if object.contains_key("id") => Value::Object(object),
            Value::Object(object) => Value::Object(with_ids(&id, &field, object)),
            Value::Array(rows) => Value::Array(
                rows.into_iter()
                    .map(|row| match row {
                        Value::Object(row) if row.get("id").is_none() => Value::Object(with_ids(&id, &field, row)),
                        other => other,
                    })
                    .collect(),
            ),
            plain => plain,
        };
        named.insert(field, value);
    }
    named
}

/// Replaces the number of the first phone that is no fax.
fn put_phone(item: &mut Object, number: &str) {
    if number.is_empty() {
        item.shift_remove("phones");
        return;
    }
    let fax =
        |row: &Value| row.get("type").and_then(Value::as_str).is_some_and(|sort| sort.eq_ignore_ascii_case("fax"));
    let fresh = with_ids(str_field(item, "id"), "phones", row(&[("number", number)]));
    match item.get_mut("phones") {
        Some(Value::Array(rows)) => match rows.iter_mut().find(|row| !fax(row)).and_then(Value::as_object_mut) {
            Some(row) => {
                row.shift_remove("extension");
                put(row, "number", number);
            }
            None => rows.insert(0, Value::Object(fresh)),
        },
        _ => {
            item.insert("phones".to_owned(), Value::Array(vec![Value::Object(fresh)]));
        }
    }
}

fn put_identifier(item: &mut Object, identifier: &str) {
    let (scheme, number) = identifier.split_once(' ').unwrap_or(("", identifier));
    let mut fields =
        vec![("identifier_type", if scheme.is_empty() { "unknown" } else { scheme }), ("identifier", number)];
    if !scheme.is_empty() {
        fields.insert(0, ("identifier_scheme", scheme));
    }
    let rows = if identifier.is_empty() { Vec::new() } else { vec![row(&fields)] };
    put_rows(item, "organization_identifiers", rows.into_iter());
}

/// The taxonomy under which needs are exported.
pub const NEEDS_TAXONOMY: &str = "Folkmoot needs";

/// Writes needs as attributes, beside those of the source.
fn put_needs(item: &mut Object, now: &Service) {
    let id = str_field(item, "id").to_owned();
    let mut rows: Vec<Value> = match item.shift_remove("attributes") {
        Some(Value::Array(rows)) => rows,
        _ => Vec::new(),
    };
    let is_ours = |row: &Value| row["taxonomy_term"]["taxonomy"] == NEEDS_TAXONOMY;
    rows.retain(|row| !is_ours(row));
    for need in now.needs.iter() {
        let code = format!("{need:?}");
        let mut term = row(&[("code", &code), ("name", need.label()), ("taxonomy", NEEDS_TAXONOMY)]);
        term.insert("id".to_owned(), Value::String(name_uuid(&format!("moot|taxonomy_terms|{code}"))));
        let mut attribute = row(&[("link_entity", "service")]);
        attribute.insert("id".to_owned(), Value::String(name_uuid(&format!("moot|attributes|{id}|{code}"))));
        attribute.insert("taxonomy_term".to_owned(), Value::Object(term));
        rows.push(Value::Object(attribute));
    }
    if !rows.is_empty() {
        item.insert("attributes".to_owned(), Value::Array(rows));
    }
}

/// Writes locations; unchanged ones keep their original rows.
fn put_locations(item: &mut Object, now: &Service) {
    let id = str_field(item, "id").to_owned();
    let mut old: Vec<Value> = match item.shift_remove("service_at_locations") {
        Some(Value::Array(rows)) => rows,
        _ => Vec::new(),
    };
    let mut rows = Vec::new();
    for location in &now.locations {
        let same = old.iter().position(|row| {
            let row = row.get("location").and_then(Value::as_object);
            row.is_some_and(|row| super::map::location(row) == *location)
        });
        let place = match same {
            Some(at) => old.remove(at),
            None => new_location(&id, location),
        };
        rows.push(place);
    }
    if !rows.is_empty() {
        item.insert("service_at_locations".to_owned(), Value::Array(rows));
    }
}

fn new_location(service: &str, location: &Location) -> Value {
    let mut place = Object::new();
    put(&mut place, "location_type", "physical");
    put(&mut place, "name", or_empty(location.name.as_ref().or(location.address.as_ref())));
    if let Some(point) = location.point {
        place.insert("latitude".to_owned(), Value::from(point.0));
        place.insert("longitude".to_owned(), Value::from(point.1));
    }
    let mut address = Object::new();
    for (field, part) in
        [("address_1", &location.address), ("city", &location.town), ("postal_code", &location.postcode)]
    {
        put(&mut address, field, or_empty(part.as_ref()));
    }
    if !address.is_empty() {
        put(&mut address, "address_type", "physical");
        place.insert("addresses".to_owned(), Value::Array(vec![Value::Object(address)]));
    }
    // its id follows from what it is, so that services in one house share one location
    let place = with_ids("", "locations", place);
    let at = Object::from_iter([("location".to_owned(), Value::Object(place))]);
    Value::Object(with_ids(service, "service_at_locations", at))
}
