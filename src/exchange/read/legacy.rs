//! Upgrades rows of older dialects to HSDS 3: HSDS 1.1 and 2.0, ORUK 1.0, Ohana, dumps of ORServices.

use serde_json::Value;

use crate::exchange::normalise::{Normaliser, Object, rename, str_field};
use crate::exchange::report::RepairKind;
use crate::exchange::schema::TableSchema;
use crate::exchange::values;

/// Strips the table name from the fields of an ORServices dump: `service_name` becomes `name`.
pub fn strip_prefixes(table: &'static TableSchema, row: &mut Object) {
    let prefix = match table.name {
        "services" => "service_",
        "organizations" => "organization_",
        "locations" => "location_",
        "phones" => "phone_",
        "contacts" => "contact_",
        "addresses" => "address_",
        "schedules" => "schedule_",
        "taxonomy_terms" => "taxonomy_",
        _ => return,
    };
    let keys: Vec<String> = row.keys().filter(|key| key.starts_with(prefix)).cloned().collect();
    let links: Vec<String> =
        row.keys().filter(|key| key.ends_with("_recordid") && !key.starts_with(prefix)).cloned().collect();
    for key in links {
        let link = key.replace("_recordid", "_id");
        if table.field(&link).is_some() {
            rename(row, &key, &link);
        }
    }
    for key in keys.iter().filter(|key| table.field(key).is_none()) {
        let name = match &key[prefix.len()..] {
            "recordid" => "id",
            "organization" | "organizations" => "organization_id",
            "service" | "services" => "service_id",
            "location" | "locations" => "location_id",
            name => name,
        };
        rename(row, key, name);
    }
}

/// Renames and converts the fields of one row to HSDS 3. `found` is the name that the source gave the table.
pub fn upgrade_row(normaliser: &mut Normaliser, table: &'static TableSchema, found: &str, row: &mut Object) {
    match table.name {
        "organizations" => rename(row, "url", "website"),
        "services" => upgrade_service(row),
        "locations" => upgrade_location(row),
        "addresses" => upgrade_address(found, row),
        "attributes" => upgrade_attribute(found, row),
        "taxonomy_terms" => upgrade_term(found, row),
        "schedules" => upgrade_schedule(normaliser, row),
        "cost_options" => {
            rename(row, "payment", "option");
            rename(row, "payment_accepted", "option");
        }
        "accessibility" => rename(row, "accessibility", "description"),
        "languages" => rename(row, "language", "name"),
        "service_areas" => rename(row, "service_area", "name"),
        "phones" => rename(row, "number_type", "type"),
        _ => {}
    }
}

fn upgrade_service(row: &mut Object) {
    rename(row, "accrediations", "accreditations");
    rename(row, "website", "url");
    if row.get("eligibility").is_some_and(Value::is_string) {
        rename(row, "eligibility", "eligibility_description");
    }
}

fn upgrade_location(row: &mut Object) {
    rename(row, "website", "url");
    let is_virtual = match row.get("virtual") {
        Some(Value::Bool(is_virtual)) => *is_virtual,
        Some(Value::String(value)) => matches!(value.to_lowercase().as_str(), "true" | "yes" | "1" | "t"),
        _ => false,
    };
    if is_virtual && str_field(row, "location_type").is_empty() {
        row.insert("location_type".to_owned(), "virtual".into());
    }
}

fn upgrade_address(found: &str, row: &mut Object) {
    let sort = if found.starts_with("postal") || found.starts_with("mail") { "postal" } else { "physical" };
    if str_field(row, "address_type").is_empty() && found != "address" {
        row.insert("address_type".to_owned(), sort.into());
    }
}

fn upgrade_attribute(found: &str, row: &mut Object) {
    match found {
        "services_taxonomy" | "service_taxonomy" | "service_attributes" | "service_attribute" => {
            rename(row, "service_id", "link_id");
            rename(row, "taxonomy_id", "taxonomy_term_id");
            rename(row, "taxonomy_detail", "value");
            if str_field(row, "link_entity").is_empty() {
                row.insert("link_entity".to_owned(), "service".into());
            }
        }
        "other_attributes" | "other_attribute" => rename(row, "link_type", "link_entity"),
        _ => {}
    }
}

/// Another id by which rows refer to this one: that of the record beside a running number, or of a term beside its row.
pub fn other_id<'a>(table: &TableSchema, row: &'a Object) -> Option<&'a str> {
    let own = format!("{}_recordid", table.name.strip_suffix('s').unwrap_or(table.name));
    [own.as_str(), "moot_taxonomy_id"].into_iter().map(|field| str_field(row, field)).find(|id| !id.is_empty())
}

fn upgrade_term(found: &str, row: &mut Object) {
    rename(row, "term", "name");
    rename(row, "vocabulary", "taxonomy");
    if row.get("id").is_none() {
        rename(row, "taxonomy_id", "id");
    } else if let Some(code) = row.get("taxonomy_id").cloned().filter(|_| found == "taxonomy") {
        rename(row, "taxonomy_id", "moot_taxonomy_id");
        row.entry("code").or_insert(code);
    }
}

fn upgrade_schedule(normaliser: &mut Normaliser, row: &mut Object) {
    rename(row, "start_date", "valid_from");
    rename(row, "end_date", "valid_to");
    let weekday = match row.get("weekday") {
        Some(Value::String(value)) => Some(value.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    if let Some(value) = weekday.filter(|value| !value.trim().is_empty())
        && str_field(row, "byday").is_empty()
        && let Some(days) = values::weekdays(&value)
    {
        row.shift_remove("weekday");
        normaliser.note("weekday", RepairKind::Standard, &value, &days);
        row.insert("byday".to_owned(), days.into());
        if str_field(row, "freq").is_empty() {
            row.insert("freq".to_owned(), "WEEKLY".into());
        }
    }
    upgrade_byday(normaliser, row);
}

/// Converts weekday names in `byday` to iCalendar codes, and a daily frequency to a weekly one on all seven days.
fn upgrade_byday(normaliser: &mut Normaliser, row: &mut Object) {
    let days = str_field(row, "byday").to_owned();
    let is_calendar = |day: &str| {
        let letters = day.trim().trim_start_matches(|c: char| c == '-' || c == '+' || c.is_ascii_digit());
        values::WEEK.contains(&letters)
    };
    if !days.is_empty()
        && !days.split(',').all(is_calendar)
        && let Some(read) = values::weekdays(&days)
    {
        normaliser.note("byday", RepairKind::Standard, &days, &read);
        row.insert("byday".to_owned(), read.into());
    }
    if str_field(row, "freq").eq_ignore_ascii_case("daily") {
        normaliser.note("freq", RepairKind::Standard, str_field(row, "freq"), "WEEKLY");
        row.insert("freq".to_owned(), "WEEKLY".into());
        if days.is_empty() {
            row.insert("byday".to_owned(), values::WEEK.join(",").into());
        }
    }
}

/// Expands the list columns of an Ohana table into child rows: (table, rows).
pub fn expand_lists(table: &str, row: &mut Object) -> Vec<(&'static str, Vec<Object>)> {
    let lists: &[(&str, &'static str, &str)] = match table {
        "services" => &[
            ("accepted_payments", "cost_options", "option"),
            ("funding_sources", "funding", "source"),
            ("languages", "languages", "name"),
            ("required_documents", "required_documents", "document"),
            ("service_areas", "service_areas", "name"),
            ("taxonomy_ids", "attributes", "taxonomy_term_id"),
        ],
        "locations" => &[("accessibility", "accessibility", "description"), ("languages", "languages", "name")],
        "organizations" => &[("funding_sources", "funding", "source")],
        _ => &[],
    };
    let mut expanded = Vec::new();
    for (column, child, field) in lists {
        let Some(Value::String(cell)) = row.shift_remove(*column) else {
            continue;
        };
        let parts = cell.split(',').map(str::trim).filter(|part| !part.is_empty());
        let rows: Vec<Object> = parts.map(|part| Object::from_iter([((*field).to_owned(), part.into())])).collect();
        expanded.push((*child, rows));
    }
    expanded
}
