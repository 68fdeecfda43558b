//! From an item of a source to our own record: a pure function, so that the kept original mapped again is the base of
//! the next import, and the difference to the record is what an export has to write.

use serde_json::Value;

use crate::model::choice::Set;
use crate::model::needs::NeedTable;
use crate::model::place::Point;
use crate::model::record::{Field, Record};
use crate::model::service::{Ages, Capacity, Contact, Location, Need, Route, Status, Verified};
use crate::model::text::{self as clean_text, Text};
use crate::model::{Date, Organisation, Service, Workspace};
use crate::model::{ParseContext, Ref};

use super::tidy::{Object, objects, text};
use super::{hours, infer, patch};

/// What a service's item is read with.
pub struct Around<'a> {
    /// The item of its organisation.
    pub organisation: Option<&'a Object>,
    /// The record of its organisation.
    pub deliverer: Option<Ref<Organisation>>,
    /// Which needs words speak of.
    pub needs: &'a NeedTable,
}

/// An organisation as its item says it.
pub fn organisation(item: &Object, parent: Option<Ref<Organisation>>) -> Organisation {
    let identifier = objects(item, "organization_identifiers").next().map(|identifier| {
        let scheme = text(identifier, "identifier_scheme");
        format!("{scheme} {}", text(identifier, "identifier")).trim().to_owned()
    });
    let mut organisation = Organisation {
        name: name_of(item, "Unnamed organisation"),
        aliases: list(text(item, "alternate_name"), ';'),
        summary: fit(text(item, "description")),
        parent,
        phone: phone(item),
        email: first([text(item, "email"), text(item, "moot_raw_email")]),
        url: first([text(item, "website"), text(item, "moot_raw_website")]),
        identifier: identifier.as_deref().and_then(fit),
        ..Organisation::default()
    };
    set_ours(&mut organisation, item);
    organisation
}

/// A service as its item says it.
pub fn service(item: &Object, around: &Around<'_>) -> Service {
    let who = joined([text(item, "eligibility_description"), &eligibility(item), text(item, "audience")]);
    let nowhere = Object::new();
    let organisation = around.organisation.unwrap_or(&nowhere);
    let mut service = Service {
        name: name_of(item, "Unnamed service"),
        aliases: list(text(item, "alternate_name"), ';'),
        organisation: around.deliverer.clone().or_else(|| words(item, "moot_organization_id")),
        funders: objects(item, "funding").filter_map(|funding| words(funding, "source")).collect(),
        status: status(text(item, "status")),
        alert: fit(text(item, "alert")),
        summary: fit(text(item, "description")),
        needs: needs(item, around.needs),
        ages: ages(item).or_else(|| infer::ages(&who)),
        sex: infer::sex(&who),
        clients: infer::clients(&who),
        eligibility: fit(&who),
        serves: distinct(objects(item, "service_areas").map(|area| text(area, "name"))),
        locations: locations(item),
        hide_address: is_refuge(item),
        opening: fit(&opening(item)),
        cost: fit(&cost(item)),
        routes: routes(item),
        how_to_refer: fit(text(item, "application_process")),
        capacity: capacity(item),
        waiting: fit(text(item, "wait_time")),
        languages: languages(item),
        accessibility: fit(&accessibility(item)),
        phone: levels(item).find_map(phone).or_else(|| phone(organisation)),
        email: first([text(item, "email"), text(organisation, "email"), text(item, "moot_raw_email")]),
        url: first([text(item, "url"), text(organisation, "website"), text(item, "moot_raw_url")]),
        contacts: contacts(item),
        verified: verified(item),
        ..Service::default()
    };
    set_ours(&mut service, item);
    service
}

/// What this program exported of its own fields, read back in the words in which it said them.
fn set_ours<R: Record>(record: &mut R, item: &Object) {
    let nobody = Workspace::default();
    let context = ParseContext { workspace: &nobody, today: Date::default() };
    let cleared: Vec<&str> = text(item, patch::CLEARED).split(' ').collect();
    for Field { info, parse, .. } in R::FIELDS.iter().filter(|field| field.info.is_editable) {
        let said = match item.get(&format!("moot_{}", info.name)) {
            Some(Value::String(said)) => Some(said.as_str()),
            _ => cleared.contains(&info.name).then_some(""),
        };
        if let Some(said) = said {
            let before = record.clone();
            if parse(record, said, context).is_err() || record.check().is_err() {
                *record = before;
            }
        }
    }
}

/// A text that fits into a record; what is longer ends with a mark, and stands whole in the original.
pub fn fit(text: &str) -> Option<Text> {
    if text.len() <= clean_text::MAX_BYTES {
        return Text::some(text);
    }
    let room = clean_text::MAX_BYTES - '…'.len_utf8();
    let end = (0..=room).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    Text::some(&format!("{}…", &text[..end]))
}

fn name_of(item: &Object, otherwise: &str) -> Text {
    let name = first([text(item, "name"), text(item, "alternate_name")]);
    Text::line(name.as_deref().unwrap_or(otherwise))
}

fn first<const N: usize>(texts: [&str; N]) -> Option<Text> {
    texts.into_iter().find(|text| !text.is_empty()).and_then(fit)
}

fn words(item: &Object, field: &str) -> Option<Ref<Organisation>> {
    Text::some(text(item, field)).map(|words| Ref::words(Text::line(&words)))
}

fn list(text: &str, between: char) -> Vec<Text> {
    distinct(text.split(between))
}

fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Text> {
    let mut list = Vec::new();
    for text in texts.map(Text::line).filter(|text| !text.is_empty()) {
        if !list.contains(&text) {
            list.push(text);
        }
    }
    list
}

/// Different texts, one below the other.
fn joined<const N: usize>(texts: [&str; N]) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for text in texts.into_iter().filter(|text| !text.is_empty()) {
        if !lines.contains(&text) {
            lines.push(text);
        }
    }
    lines.join("\n")
}

/// The service itself, then each of its places, then each location: what is nearer to it goes first.
fn levels(item: &Object) -> impl Iterator<Item = &Object> {
    let places = || objects(item, "service_at_locations");
    std::iter::once(item).chain(places()).chain(places().filter_map(location_of))
}

fn location_of(place: &Object) -> Option<&Object> {
    place.get("location").and_then(Value::as_object)
}

/// The rows of one sort at the nearest level that has any.
fn nearest<'a>(item: &'a Object, name: &'static str) -> impl Iterator<Item = &'a Object> {
    let level = levels(item).find(|level| objects(level, name).next().is_some());
    level.into_iter().flat_map(move |level| objects(level, name))
}

/// The number one would dial: no fax where there is another.
fn phone(level: &Object) -> Option<Text> {
    let has_number = |phone: &&Object| !text(phone, "number").is_empty();
    let is_fax = |phone: &&Object| text(phone, "type").eq_ignore_ascii_case("fax");
    let voice = objects(level, "phones").filter(has_number).find(|phone| !is_fax(phone));
    let chosen = voice.or_else(|| objects(level, "phones").find(has_number))?;
    let extension =
        chosen.get("extension").map(|extension| extension.as_str().map_or(extension.to_string(), str::to_owned));
    let line = match extension.filter(|extension| !extension.is_empty()) {
        Some(extension) => format!("{} ext {extension}", text(chosen, "number")),
        None => text(chosen, "number").to_owned(),
    };
    Some(Text::line(&line))
}

/// Whether its name or what it is filed under says that it is a refuge.
fn is_refuge(item: &Object) -> bool {
    let mut terms = objects(item, "attributes").filter_map(|attribute| attribute.get("taxonomy_term")?.as_object());
    infer::is_refuge(text(item, "name")) || terms.any(|term| infer::is_refuge(text(term, "name")))
}

fn status(said: &str) -> Status {
    match said {
        "inactive" | "temporarily closed" => Status::Paused,
        "defunct" => Status::Closed,
        _ => Status::Active,
    }
}

fn needs(item: &Object, table: &NeedTable) -> Set<Need> {
    let terms = objects(item, "attributes").filter_map(|attribute| attribute.get("taxonomy_term")?.as_object());
    let of_term = |term: &Object| {
        let code = text(term, "code");
        let by_code = table.of_code(code).union(of_short_code(code, table));
        by_code.union(table.of_text(text(term, "name")))
    };
    let by_terms = terms.fold(Set::default(), |needs, term| needs.union(of_term(term)));
    let by_words = table.of_text(text(item, "name")).union(table.of_text(text(item, "keywords")));
    by_terms.union(by_words)
}

/// `DNR-SW` is `DNR` in one region.
fn of_short_code(code: &str, table: &NeedTable) -> Set<Need> {
    let is_region = |rest: &str| (1..=3).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_uppercase());
    match code.split_once('-') {
        Some((short, region)) if is_region(region) => table.of_code(short),
        _ => Set::default(),
    }
}

fn age(row: &Object, field: &str) -> Option<u8> {
    let age = row.get(field)?;
    let age = age.as_f64().or_else(|| age.as_str()?.parse().ok())?;
    (0.0..=120.0).contains(&age).then_some(age as u8)
}

fn ages(item: &Object) -> Option<Ages> {
    let of = |row: &Object| Ages { from: age(row, "minimum_age"), to: age(row, "maximum_age") };
    let all = std::iter::once(item).chain(objects(item, "eligibility")).map(of);
    let mut stated = all.filter(|ages| *ages != Ages::default());
    stated.next().filter(|ages| ages.from.zip(ages.to).is_none_or(|(from, to)| from <= to))
}

fn eligibility(item: &Object) -> String {
    let rows: Vec<&str> = objects(item, "eligibility").map(|row| text(row, "eligibility")).collect();
    if rows.is_empty() { text(item, "eligibility").to_owned() } else { rows.join("\n") }
}

fn locations(item: &Object) -> Vec<Location> {
    let mut locations: Vec<Location> = Vec::new();
    for location in objects(item, "service_at_locations").filter_map(location_of).map(location) {
        if location != Location::default() && !locations.contains(&location) {
            locations.push(location);
        }
    }
    locations
}

pub fn location(row: &Object) -> Location {
    let physical = objects(row, "addresses").find(|address| text(address, "address_type") == "physical");
    let nowhere = Object::new();
    let address = physical.or_else(|| objects(row, "addresses").next()).unwrap_or(&nowhere);
    let lines = [text(address, "address_1"), text(address, "address_2")].map(str::to_owned);
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    let street = fit(&clean_text::one_line(&lines.join(", ")));
    let number = |field: &str| row.get(field).and_then(Value::as_f64);
    let name = fit(&clean_text::one_line(text(row, "name")));
    Location {
        name: name.filter(|name| street.as_ref() != Some(name)),
        address: street,
        town: fit(text(address, "city")),
        postcode: fit(text(address, "postal_code")),
        point: number("latitude").zip(number("longitude")).map(|(lat, lon)| Point(lat, lon)).filter(|p| p.is_valid()),
    }
}

fn opening(item: &Object) -> String {
    hours::say(nearest(item, "schedules"))
}

fn cost(item: &Object) -> String {
    let say = |option: &Object| {
        let amount = option.get("amount").map(ToString::to_string).unwrap_or_default();
        let parts = [text(option, "option"), text(option, "currency"), &amount, text(option, "amount_description")];
        clean_text::one_line(&parts.join(" "))
    };
    let options: Vec<String> = objects(item, "cost_options").map(say).filter(|said| !said.is_empty()).collect();
    let options = options.join("; ");
    clean_text::one_line(&joined([text(item, "fees_description"), text(item, "fees"), &options]).replace('\n', "; "))
}

fn routes(item: &Object) -> Set<Route> {
    let access = match item.get("attending_access") {
        Some(Value::Array(list)) => list.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        Some(said) => said.to_string(),
        None => objects(item, "service_at_locations").map(|at| text(at, "attending_access")).collect(),
    };
    let mut routes = infer::routes(&access);
    if access.contains("referral") {
        routes.insert(Route::Agency);
    }
    routes.union(infer::routes(text(item, "application_process")))
}

fn capacity(item: &Object) -> Option<Capacity> {
    let row = objects(item, "capacities").next()?;
    let number =
        |field: &str| row.get(field).and_then(Value::as_f64).filter(|n| (0.0..1e9).contains(n)).map(|n| n as u32);
    let on = text(row, "updated").get(..10)?.parse::<Date>().ok()?;
    let available = number("available")?;
    Some(Capacity { available, maximum: number("maximum").filter(|maximum| *maximum >= available), on })
}

fn languages(item: &Object) -> Vec<Text> {
    let named = |row| match text(row, "name") {
        "" => text(row, "code"),
        name => name,
    };
    distinct(nearest(item, "languages").map(named).chain([text(item, "interpretation_services")]))
}

fn accessibility(item: &Object) -> String {
    let rows = levels(item).flat_map(|level| objects(level, "accessibility"));
    let said = rows.map(|row| joined([text(row, "description"), text(row, "details")]).replace('\n', ": "));
    distinct(said.collect::<Vec<_>>().iter().map(String::as_str))
        .iter()
        .map(Text::as_str)
        .collect::<Vec<_>>()
        .join("; ")
}

fn contacts(item: &Object) -> Vec<Contact> {
    let part = |contact: &Object, field: &str| fit(&clean_text::one_line(text(contact, field)));
    let bare = |contact: &Object| {
        let number = joined([text(contact, "phone_areacode"), text(contact, "phone_number")]).replace('\n', " ");
        fit(&number)
    };
    let read = |contact: &Object| Contact {
        name: part(contact, "name"),
        title: part(contact, "title").or_else(|| part(contact, "department")),
        phone: phone(contact).or_else(|| bare(contact)),
        email: part(contact, "email"),
    };
    let mut contacts: Vec<Contact> = nearest(item, "contacts").map(read).collect();
    contacts.retain(|contact| *contact != Contact::default());
    contacts
}

fn verified(item: &Object) -> Option<Verified> {
    let on = text(item, "assured_date").parse::<Date>().ok()?;
    let by = first([text(item, "moot_verified_by"), text(item, "assurer_email")]);
    Some(Verified { on, by, how: fit(text(item, "moot_verified_how")) })
}
