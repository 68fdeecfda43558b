//! What a record says, in words: the lines of a detail, of a copy, of a comparison. The one place that decides what may
//! be seen: a hidden address is left out here and nowhere shown.

use crate::model::date::{format_age, format_date};
use crate::model::service::{Freshness, Service};
use crate::model::text::one_line;
use crate::model::{AnyRecord, Date, Id, Kind, Ref, Workspace};

/// No detail has more lines than this; scrolling stops here at the latest.
pub const MOST_LINES: usize = 2_000;

/// How strongly a line speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// As it is.
    Plain,
    /// Something to look at: a warning, an old check.
    Warn,
    /// Said in passing.
    Quiet,
}

/// One line of a detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetailRow {
    /// What it is about; empty for a line that speaks for itself.
    pub label: &'static str,
    /// What it says; may hold newlines.
    pub text: String,
    /// How strongly.
    pub weight: Weight,
}

fn fact(label: &'static str, text: impl Into<String>) -> DetailRow {
    DetailRow { label, text: text.into(), weight: Weight::Plain }
}

/// Everything a record says, in the order in which one would ask.
pub fn rows(record: &AnyRecord, workspace: &Workspace, today: Date) -> Vec<DetailRow> {
    match record {
        AnyRecord::Service(service) => of_service(record, service, workspace, today),
        AnyRecord::Person(_) | AnyRecord::Organisation(_) => {
            let mut facts = fields(record, workspace, today, &["name"]);
            facts.extend(parts(record.id(), workspace));
            facts.push(stamp(record, today));
            facts
        }
        _ => fields(record, workspace, today, &[]),
    }
}

/// The fields that are stated, but for `without`.
fn fields(record: &AnyRecord, workspace: &Workspace, today: Date, without: &[&str]) -> Vec<DetailRow> {
    let shown = record.kind().fields().into_iter().filter(|field| !without.contains(&field.name));
    shown
        .map(|field| fact(field.label, say(record, field.name, workspace, today)))
        .filter(|fact| !fact.text.is_empty())
        .collect()
}

/// A field in words, as far as anybody may see it; days as people say them.
pub fn say(record: &AnyRecord, field: &str, workspace: &Workspace, today: Date) -> String {
    match record {
        AnyRecord::Service(service) if service.hide_address && field == "locations" => {
            if service.locations.is_empty() {
                String::new()
            } else {
                "address hidden".to_owned()
            }
        }
        AnyRecord::Service(service) if field == "funding_ends" => {
            service.funding_ends.map_or_else(String::new, |day| format_date(day, today))
        }
        AnyRecord::Service(service) if field == "capacity" => service.capacity.map_or_else(String::new, |capacity| {
            let all = capacity.maximum.map(|maximum| format!(" of {maximum}")).unwrap_or_default();
            format!("{}{all} on {}", capacity.available, format_date(capacity.on, today))
        }),
        AnyRecord::Service(service) if field == "locations" => {
            service.locations.iter().map(crate::model::service::Location::line).collect::<Vec<_>>().join("\n")
        }
        _ if field == "contacts" || field == "roles" => joined_rows(&record.format_field(field, workspace)),
        _ => record.format_field(field, workspace).trim_end().to_owned(),
    }
}

/// Rows as one types them, with bars between their parts, as one reads them.
fn joined_rows(typed: &str) -> String {
    let row =
        |line: &str| line.split('|').map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    typed.lines().map(row).collect::<Vec<_>>().join("\n")
}

fn of_service(record: &AnyRecord, service: &Service, workspace: &Workspace, today: Date) -> Vec<DetailRow> {
    let mut facts = Vec::new();
    if let Some(alert) = &service.alert {
        facts.push(DetailRow { label: "", text: alert.to_string(), weight: Weight::Warn });
    }
    if !service.is_open() {
        facts.push(DetailRow { label: "State", text: record.format_field("status", workspace), weight: Weight::Warn });
    }
    facts.push(fact("Phone", service.any_phone().unwrap_or("not stated")));
    facts.push(verified(service, today));
    facts.extend(service.summary.as_ref().map(|summary| fact("", summary.as_str())));
    let first = ["phone", "name", "alert", "status", "summary", "hide_address", "funding_ends"];
    facts.extend(fields(record, workspace, today, &first));
    if let Some(ends) = service.funding_ends {
        let said = if ends < today { "ended" } else { "ends" };
        let weight = if service.funding_warns(today) { Weight::Warn } else { Weight::Plain };
        facts.push(DetailRow { label: "Funding", text: format!("{said} {}", format_date(ends, today)), weight });
    }
    facts.extend(unstated(record, workspace));
    facts.extend(of_source(service, today));
    facts.push(stamp(record, today));
    facts
}

/// Who it is for is never left out in silence: what nobody has stated is not "no".
fn unstated(record: &AnyRecord, workspace: &Workspace) -> Option<DetailRow> {
    let asked = ["needs", "ages", "sex", "clients", "serves", "routes", "opening", "cost"];
    let labels: Vec<String> = record
        .kind()
        .fields()
        .into_iter()
        .filter(|field| asked.contains(&field.name) && record.format_field(field.name, workspace).is_empty())
        .map(|field| field.label.to_lowercase())
        .collect();
    let text = labels.join(", ");
    (!labels.is_empty()).then_some(DetailRow { label: "Not stated", text, weight: Weight::Quiet })
}

/// When and by whom the facts were checked.
pub fn verified(service: &Service, today: Date) -> DetailRow {
    let text = match &service.verified {
        None => "never".to_owned(),
        Some(verified) => {
            let by = verified.by.as_ref().map(|by| format!(", {by}")).unwrap_or_default();
            let how = verified.how.as_ref().map(|how| format!(", {how}")).unwrap_or_default();
            format!("{} ({}{by}{how})", format_date(verified.on, today), ago(verified.on, today))
        }
    };
    let weight = if service.freshness(today) == Freshness::Fresh { Weight::Plain } else { Weight::Warn };
    DetailRow { label: "Verified", text, weight }
}

fn ago(day: Date, today: Date) -> String {
    match format_age(day, today) {
        now if now == "today" => now,
        age => format!("{age} ago"),
    }
}

fn of_source(service: &Service, today: Date) -> Vec<DetailRow> {
    let Some(source) = &service.source else { return Vec::new() };
    let quiet = |label, text| DetailRow { label, text, weight: Weight::Quiet };
    let mut facts = vec![quiet("Imported from", format!("{}, as {}", source.feed, source.id))];
    if let Some(day) = source.missing_since {
        let text = format!("no longer in the source since {}", format_date(day, today));
        facts.push(DetailRow { label: "Source", text, weight: Weight::Warn });
    }
    let is_shown = |field: &str| !service.hide_address || field != "locations";
    facts.extend(source.suggestions.iter().filter(|(field, _)| is_shown(field)).map(|(field, value)| {
        let label = Kind::Service.fields().iter().find(|f| f.name == field.as_str()).map_or("Field", |f| f.label);
        quiet("Source says", format!("{}: {}", label.to_lowercase(), one_line(value)))
    }));
    facts
}

fn stamp(record: &AnyRecord, today: Date) -> DetailRow {
    let updated = record.updated();
    let text = format!("{} by {} · {}", format_date(updated.0.date(), today), updated.1, record.id());
    DetailRow { label: "Changed", text, weight: Weight::Quiet }
}

/// What a person or an organisation has a part in.
fn parts(id: Id, workspace: &Workspace) -> Vec<DetailRow> {
    let here = Ref::Record(id);
    let services = |label, has: &dyn Fn(&Service) -> bool| {
        let names: Vec<&str> =
            workspace.services.iter().filter(|s| has(s)).map(|service| service.name.as_str()).collect();
        (!names.is_empty()).then(|| fact(label, names.join("\n")))
    };
    let people: Vec<String> = workspace
        .people
        .iter()
        .filter(|person| person.roles.iter().any(|role| role.organisation == here))
        .map(|person| person.name.to_string())
        .collect();
    [
        (!people.is_empty()).then(|| fact("People", people.join("\n"))),
        services("Delivers", &|s| s.organisation.as_ref() == Some(&here)),
        services("Commissions", &|s| s.commissioner.as_ref() == Some(&here)),
        services("Funds", &|s| s.funders.contains(&here)),
        services("Refers to", &|s| s.referrers.contains(&here)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A record as plain lines, for copying and for printing.
pub fn plain(record: &AnyRecord, workspace: &Workspace, today: Date) -> String {
    let mut lines = vec![record.name().to_owned()];
    for fact in rows(record, workspace, today) {
        let text = fact.text.replace('\n', "\n  ");
        lines.push(if fact.label.is_empty() { text } else { format!("{}: {text}", fact.label) });
    }
    lines.join("\n")
}

/// A count with thousands separators.
pub fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut said = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::service::Location;

    #[test]
    fn a_hidden_address_is_said_nowhere() {
        let place =
            Location { address: Some("7 Secret Lane".into()), town: Some("Poole".into()), ..Location::default() };
        let service =
            Service { name: "Refuge".into(), locations: vec![place], hide_address: true, ..Service::default() };
        let said = plain(&service.into(), &Workspace::default(), Date::default());
        assert!(!said.contains("Secret") && !said.contains("Poole"), "{said}");
        assert!(said.contains("address hidden"));
    }

    #[test]
    fn counts_have_separators() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
    }
}
