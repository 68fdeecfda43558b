//! Maps an item of a source to a record. The mapping is pure: the kept original, mapped again, is the base of the next
//! import's merge, and its difference to the record is what an export has to write.

use serde_json::Value;

use crate::model::choice::{Choice, Set};
use crate::model::place::Point;
use crate::model::record::{Field, Record};
use crate::model::service::{Ages, Capacity, Contact, Inferred, Location, Need, Route, Status, Verified};
use crate::model::text::{self as clean_text, Text};
use crate::model::thesaurus::Thesaurus;
use crate::model::{Date, Organisation, Service, Workspace};
use crate::model::{ParseContext, Ref};

use super::normalise::{Object, objects, str_field};
use super::{hours, infer, patch};

/// What is needed beside the item to map a service.
pub struct ServiceContext<'a> {
    /// The item of the service's organisation.
    pub organisation_item: Option<&'a Object>,
    /// The reference to the organisation's record.
    pub organisation_ref: Option<Ref<Organisation>>,
    /// What words and codes of taxonomies mean.
    pub thesaurus: &'a Thesaurus,
}

/// Maps an item to an organisation.
pub fn organisation(item: &Object, parent: Option<Ref<Organisation>>) -> Organisation {
    let identifier = objects(item, "organization_identifiers").next().map(|identifier| {
        let scheme = str_field(identifier, "identifier_scheme");
        format!("{scheme} {}", str_field(identifier, "identifier")).trim().to_owned()
    });
    let mut organisation = Organisation {
        name: name_of(item, "Unnamed organisation"),
        aliases: split_list(str_field(item, "alternate_name"), ';'),
        summary: fitted(str_field(item, "description")),
        parent,
        phone: phone(item),
        email: first_of([str_field(item, "email"), str_field(item, "moot_raw_email")]),
        url: first_of([str_field(item, "website"), str_field(item, "moot_raw_website")]),
        identifier: identifier.as_deref().and_then(fitted),
        ..Organisation::default()
    };
    set_own_fields(&mut organisation, item);
    organisation
}

/// Maps an item to a service.
pub fn service(item: &Object, context: &ServiceContext<'_>) -> Service {
    let who = joined([str_field(item, "eligibility_description"), &eligibility(item), str_field(item, "audience")]);
    let nowhere = Object::new();
    let organisation = context.organisation_item.unwrap_or(&nowhere);
    let mut service = Service {
        name: name_of(item, "Unnamed service"),
        aliases: split_list(str_field(item, "alternate_name"), ';'),
        organisation: context
            .organisation_ref
            .clone()
            .or_else(|| reference_in_words(item, "moot_organization_id"))
            .or_else(|| reference_in_words(item, "moot_raw_organization")),
        funders: objects(item, "funding").filter_map(|funding| reference_in_words(funding, "source")).collect(),
        status: status(str_field(item, "status")),
        alert: fitted(str_field(item, "alert")),
        summary: fitted(str_field(item, "description")),
        needs: needs(item, context.thesaurus),
        ages: ages(item).or_else(|| infer::ages(&who)),
        sex: infer::sex(&who),
        clients: infer::clients(&who),
        eligibility: fitted(&who),
        serves: distinct(objects(item, "service_areas").map(|area| str_field(area, "name"))),
        locations: locations(item),
        hide_address: is_refuge(item, str_field(organisation, "name")),
        opening: fitted(&opening(item)),
        cost: fitted(&cost(item)),
        routes: routes(item),
        how_to_refer: fitted(str_field(item, "application_process")),
        capacity: capacity(item),
        waiting: fitted(str_field(item, "wait_time")),
        languages: languages(item),
        accessibility: fitted(&accessibility(item)),
        phone: levels(item).find_map(phone).or_else(|| phone(organisation)),
        email: first_of([
            str_field(item, "email"),
            str_field(organisation, "email"),
            str_field(item, "moot_raw_email"),
        ]),
        url: first_of([str_field(item, "url"), str_field(organisation, "website"), str_field(item, "moot_raw_url")]),
        contacts: contacts(item),
        verified: verified(item),
        ..Service::default()
    };
    let stated = set_own_fields(&mut service, item);
    mark_derived(&mut service, item, &stated);
    service
}

/// Marks what nobody has stated: what was read from free text, and needs, which are ours whatever they follow from.
fn mark_derived(service: &mut Service, item: &Object, stated: &[&str]) {
    let derived = [
        (Inferred::Ages, service.ages.is_some() && ages(item).is_none()),
        (Inferred::Sex, service.sex.is_some()),
        (Inferred::Clients, !service.clients.is_empty()),
        (Inferred::Routes, !service.routes.is_empty() && access(item).is_empty()),
        (Inferred::Needs, !service.needs.is_empty()),
        (Inferred::HideAddress, service.hide_address),
    ];
    for (of, _) in derived.into_iter().filter(|(of, is_read)| *is_read && !stated.contains(&of.label())) {
        service.mark_derived(of);
    }
}

/// Restores the fields that an export of this program wrote as `moot_FIELD`, and names them: they are stated.
fn set_own_fields<R: Record>(record: &mut R, item: &Object) -> Vec<&'static str> {
    let mut stated = Vec::new();
    let nobody = Workspace::default();
    let parse_context = ParseContext { workspace: &nobody, today: Date::default() };
    let cleared: Vec<&str> = str_field(item, patch::CLEARED_FIELDS).split(' ').collect();
    for Field { info, parse, .. } in R::FIELDS.iter().filter(|field| field.info.is_editable) {
        let text = match item.get(&patch::own_key(info.name)) {
            Some(Value::String(text)) => Some(text.as_str()),
            _ => cleared.contains(&info.name).then_some(""),
        };
        if let Some(text) = text {
            let before = record.clone();
            if parse(record, text, parse_context).is_err() || record.check().is_err() {
                *record = before;
            } else {
                stated.push(info.name);
            }
        }
    }
    stated
}

/// Truncates a text to what a record can hold, with an ellipsis; the whole text stays in the original.
pub fn fitted(text: &str) -> Option<Text> {
    if text.len() <= clean_text::MAX_BYTES {
        return Text::some(text);
    }
    let room = clean_text::MAX_BYTES - '…'.len_utf8();
    let end = (0..=room).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    Text::some(&format!("{}…", &text[..end]))
}

fn name_of(item: &Object, otherwise: &str) -> Text {
    let name = first_of([str_field(item, "name"), str_field(item, "alternate_name")]);
    Text::line(name.as_deref().unwrap_or(otherwise))
}

fn first_of<const N: usize>(texts: [&str; N]) -> Option<Text> {
    texts.into_iter().find(|text| !text.is_empty()).and_then(fitted)
}

fn reference_in_words(item: &Object, field: &str) -> Option<Ref<Organisation>> {
    Text::some(str_field(item, field)).map(|words| Ref::words(Text::line(&words)))
}

fn split_list(text: &str, between: char) -> Vec<Text> {
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

/// Joins the distinct non-empty texts, one per line.
fn joined<const N: usize>(texts: [&str; N]) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for text in texts.into_iter().filter(|text| !text.is_empty()) {
        if !lines.contains(&text) {
            lines.push(text);
        }
    }
    lines.join("\n")
}

/// The objects that may carry a service's details, most specific first: the service, its service_at_location rows,
/// their locations.
fn levels(item: &Object) -> impl Iterator<Item = &Object> {
    let places = || objects(item, "service_at_locations");
    std::iter::once(item).chain(places()).chain(places().filter_map(location_of))
}

fn location_of(place: &Object) -> Option<&Object> {
    place.get("location").and_then(Value::as_object)
}

/// The rows called `name` at the first level that has any.
fn nearest<'a>(item: &'a Object, name: &'static str) -> impl Iterator<Item = &'a Object> {
    let level = levels(item).find(|level| objects(level, name).next().is_some());
    level.into_iter().flat_map(move |level| objects(level, name))
}

/// The first phone number, a fax only where there is no other.
fn phone(level: &Object) -> Option<Text> {
    let has_number = |phone: &&Object| !str_field(phone, "number").is_empty();
    let is_fax = |phone: &&Object| str_field(phone, "type").eq_ignore_ascii_case("fax");
    let voice = objects(level, "phones").filter(has_number).find(|phone| !is_fax(phone));
    let Some(chosen) = voice.or_else(|| objects(level, "phones").find(has_number)) else {
        return number_in_words(str_field(level, "moot_raw_phones"));
    };
    let extension = chosen.get("extension").or_else(|| chosen.get("moot_raw_extension"));
    let extension = extension.map(|extension| extension.as_str().map_or(extension.to_string(), str::to_owned));
    let line = match extension.filter(|extension| !extension.is_empty()) {
        Some(extension) => format!("{} ext {extension}", str_field(chosen, "number")),
        None => str_field(chosen, "number").to_owned(),
    };
    Some(Text::line(&line))
}

/// A text where rows of phones belong, where it is a number and not a list of ids.
fn number_in_words(text: &str) -> Option<Text> {
    let is_number = text.chars().all(|c| c.is_ascii_digit() || "+-() .".contains(c));
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (is_number && (7..=15).contains(&digits)).then(|| Text::line(text))
}

/// Whether a service seems to be a refuge, by all that is said of it.
fn is_refuge(item: &Object, organisation: &str) -> bool {
    let terms: Vec<&Object> =
        objects(item, "attributes").filter_map(|attribute| attribute.get("taxonomy_term")?.as_object()).collect();
    let all = |field: &str| terms.iter().map(|term| str_field(term, field)).collect::<Vec<_>>().join("\n");
    let text =
        ["description", "eligibility_description", "application_process", "alert"].map(|field| str_field(item, field));
    infer::is_refuge(&infer::Signs {
        name: str_field(item, "name"),
        organisation,
        text: &text.join("\n"),
        terms: &all("name"),
        codes: &[all("code"), all("moot_id")].join("\n"),
    })
}

fn status(text: &str) -> Status {
    match text {
        "inactive" | "temporarily closed" => Status::Paused,
        "defunct" => Status::Closed,
        _ => Status::Active,
    }
}

fn needs(item: &Object, table: &Thesaurus) -> Set<Need> {
    let terms = objects(item, "attributes").filter_map(|attribute| attribute.get("taxonomy_term")?.as_object());
    let of_term = |term: &Object| {
        let code = str_field(term, "code");
        let by_code = table.of_code(code).union(of_short_code(code, table));
        by_code.union(table.of_text(str_field(term, "name")))
    };
    let by_terms = terms.fold(Set::default(), |needs, term| needs.union(of_term(term)));
    let by_words = table.of_text(str_field(item, "name")).union(table.of_text(str_field(item, "keywords")));
    by_terms.union(by_words)
}

/// Needs of a code with a regional suffix: `DNR-SW` is looked up as `DNR`.
fn of_short_code(code: &str, table: &Thesaurus) -> Set<Need> {
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
    let rows = objects(item, "eligibility").map(|row| str_field(row, "eligibility"));
    let texts = [str_field(item, "eligibility"), str_field(item, "moot_raw_eligibility")];
    rows.chain(texts).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
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
    let physical = objects(row, "addresses").find(|address| str_field(address, "address_type") == "physical");
    let nowhere = Object::new();
    let address = physical.or_else(|| objects(row, "addresses").next()).unwrap_or(&nowhere);
    let lines = [str_field(address, "address_1"), str_field(address, "address_2")].map(str::to_owned);
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    let street = fitted(&clean_text::one_line(&lines.join(", ")));
    let number = |field: &str| row.get(field).and_then(Value::as_f64);
    let name = fitted(&clean_text::one_line(str_field(row, "name")));
    Location {
        name: name.filter(|name| street.as_ref() != Some(name)),
        address: street,
        town: fitted(str_field(address, "city")),
        postcode: fitted(str_field(address, "postal_code")),
        point: number("latitude").zip(number("longitude")).map(|(lat, lon)| Point(lat, lon)).filter(|p| p.is_valid()),
    }
}

fn opening(item: &Object) -> String {
    hours::describe(nearest(item, "schedules"))
}

fn cost(item: &Object) -> String {
    let say = |option: &Object| {
        let amount = option.get("amount").map(ToString::to_string).unwrap_or_default();
        let parts = [
            str_field(option, "option"),
            str_field(option, "currency"),
            &amount,
            str_field(option, "amount_description"),
        ];
        clean_text::one_line(&parts.join(" "))
    };
    let options: Vec<String> = objects(item, "cost_options").map(say).filter(|text| !text.is_empty()).collect();
    let options = options.join("; ");
    clean_text::one_line(
        &joined([str_field(item, "fees_description"), str_field(item, "fees"), &options]).replace('\n', "; "),
    )
}

/// The ways in that a source has a field for.
fn access(item: &Object) -> String {
    match item.get("attending_access") {
        Some(Value::Array(list)) => list.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        Some(text) => text.to_string(),
        None => objects(item, "service_at_locations").map(|at| str_field(at, "attending_access")).collect(),
    }
}

fn routes(item: &Object) -> Set<Route> {
    let access = access(item);
    let mut routes = infer::routes(&access);
    if access.contains("referral") {
        routes.insert(Route::Agency);
    }
    routes.union(infer::routes(str_field(item, "application_process")))
}

/// The first that is counted, on a day that is stated: an export sets the others apart.
fn capacity(item: &Object) -> Option<Capacity> {
    let of = |row: &Object| {
        let number =
            |field: &str| row.get(field).and_then(Value::as_f64).filter(|n| (0.0..1e9).contains(n)).map(|n| n as u32);
        let on = str_field(row, "updated").get(..10)?.parse::<Date>().ok()?;
        let available = number("available")?;
        Some(Capacity { available, maximum: number("maximum").filter(|maximum| *maximum >= available), on })
    };
    objects(item, "capacities").find_map(of)
}

fn languages(item: &Object) -> Vec<Text> {
    let named = |row| match str_field(row, "name") {
        "" => str_field(row, "code"),
        name => name,
    };
    distinct(nearest(item, "languages").map(named).chain([str_field(item, "interpretation_services")]))
}

fn accessibility(item: &Object) -> String {
    let rows = levels(item).flat_map(|level| objects(level, "accessibility"));
    let text = rows.map(|row| joined([str_field(row, "description"), str_field(row, "details")]).replace('\n', ": "));
    distinct(text.collect::<Vec<_>>().iter().map(String::as_str))
        .iter()
        .map(Text::as_str)
        .collect::<Vec<_>>()
        .join("; ")
}

fn contacts(item: &Object) -> Vec<Contact> {
    let part = |contact: &Object, field: &str| fitted(&clean_text::one_line(str_field(contact, field)));
    let bare = |contact: &Object| {
        let number =
            joined([str_field(contact, "phone_areacode"), str_field(contact, "phone_number")]).replace('\n', " ");
        fitted(&number)
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
    let on = str_field(item, "assured_date").parse::<Date>().ok()?;
    let by = first_of([str_field(item, "moot_verified_by"), str_field(item, "assurer_email")]);
    Some(Verified { on, by, how: fitted(str_field(item, "moot_verified_how")) })
}
