//! The AIRS interchange in XML (3.0 and 3.1), in which 211 services exchange their directories: a source of agencies with
//! their sites, and at each site the services given there. A service at several sites stands at each of them under one key.
//!
//! Names of elements: the schema of the Alliance of Information and Referral Systems as iCarol and HMIS write it.

use std::collections::HashMap;

use serde_json::Value;

use super::kept::{add_row, add_term, country, hide, join, keep, put, put_day, put_standard, row};
use super::xml::{self, Element, says_no, says_yes};
use crate::exchange::normalise::{Normaliser, Object};
use crate::exchange::report::RepairKind;

/// Whether a text is such a file.
pub fn is_airs(text: &str) -> bool {
    text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with('<')
}

/// The organisations and services of a file, with what else it says; nothing where it cannot be read to its end: what
/// was not read must not seem to have gone.
pub fn read(normaliser: &mut Normaliser, text: &str) -> Vec<(String, Object)> {
    let mut items = Vec::new();
    let rest = xml::read(text, "Agency", &mut |agency, line| {
        normaliser.row = line;
        items.extend(read_agency(normaliser, agency));
    });
    match rest {
        Ok(rest) => {
            if let Some(value) = rest.into_value().filter(|_| !items.is_empty()) {
                let mut header = row(&[("id", "source")]);
                keep(&mut header, value);
                items.push(("loose source".to_owned(), header));
            }
            items
        }
        Err(fault) => {
            normaliser.row = fault.line;
            normaliser.note("file", RepairKind::Unreadable, "", &fault.why);
            Vec::new()
        }
    }
}

/// Reads one element after another, and keeps what is private or unknown.
struct Reading<'a> {
    normaliser: &'a mut Normaliser,
    kept: Vec<Value>,
}

fn read_agency(normaliser: &mut Normaliser, mut agency: Element) -> Vec<(String, Object)> {
    let mut reading = Reading { normaliser, kept: Vec::new() };
    let sites = agency.take("Site");
    let services = agency.take("AgencyService");
    let mut organisation = reading.organisation(&mut agency, sites.is_empty());
    let id = organisation.get("id").cloned();
    reading.finish(agency, &mut organisation);
    let mut found = Services::default();
    for service in services {
        found.add(reading.service(service), id.as_ref());
    }
    for mut site in sites {
        let at = site.take("SiteService");
        let (location, is_secret) = reading.site(site);
        if at.is_empty() {
            idle_site(&mut organisation, location, is_secret);
            continue;
        }
        for service in at {
            let mut service = reading.service(service);
            add_row(
                &mut service,
                "service_at_locations",
                Object::from_iter([("location".to_owned(), Value::Object(location.clone()))]),
            );
            if is_secret {
                hide(&mut service);
            }
            found.add(service, id.as_ref());
        }
    }
    let of = |table: &str, item| (table.to_owned(), item);
    std::iter::once(of("organizations", organisation))
        .chain(found.0.into_iter().map(|item| of("services", item)))
        .collect()
}

/// The services of an agency, each once; where one stands follows from its key.
#[derive(Default)]
struct Services(Vec<Object>, HashMap<String, usize>);

impl Services {
    fn add(&mut self, mut service: Object, organisation: Option<&Value>) {
        if let Some(id) = organisation {
            service.insert("organization_id".to_owned(), id.clone());
        }
        let key = service.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(at) = self.1.get(&key).filter(|_| !key.is_empty()) {
            join(&mut self.0[*at], service);
        } else {
            self.1.insert(key, self.0.len());
            self.0.push(service);
        }
    }
}

impl Reading<'_> {
    /// Keeps what is left of an element with its item.
    fn finish(&mut self, element: Element, item: &mut Object) {
        if element.is_set("ExcludeFromWebsite") || element.is_set("ExcludeFromDirectory") {
            self.normaliser.note(
                &element.name,
                RepairKind::Private,
                "not for the web or a directory",
                "kept, and here for colleagues",
            );
        }
        let private = std::mem::take(&mut self.kept);
        private.into_iter().chain(element.into_value()).for_each(|value| keep(item, value));
    }

    /// Keeps an element that its source withholds.
    fn withhold(&mut self, element: Element) {
        self.normaliser.note(&element.name, RepairKind::Private, "", "");
        let name = element.name.clone();
        self.kept.extend(element.into_value().map(|value| Value::Object(Object::from_iter([(name, value)]))));
    }

    fn organisation(&mut self, agency: &mut Element, is_siteless: bool) -> Object {
        let mut item = self.named(agency, "AgencyDescription");
        self.web(agency, &mut item, "website", "additional_websites");
        put(&mut item, "legal_status", &agency.take_attribute("LegalStatus"));
        put(&mut item, "year_incorporated", &agency.take_attribute("YearInc"));
        let number = agency.take_attribute("FEIN");
        if !number.is_empty() {
            let identifier =
                row(&[("identifier_scheme", "US-EIN"), ("identifier_type", "FEIN"), ("identifier", &number)]);
            add_row(&mut item, "organization_identifiers", identifier);
        }
        add_row(&mut item, "funding", row(&[("source", &agency.take_text("SourceOfFunds"))]));
        self.phones(agency, &mut item);
        self.contacts(agency, &mut item);
        self.terms(agency, &mut item, "organization");
        for mut place in if is_siteless { agency.take("AgencyLocation") } else { Vec::new() } {
            let spatial = agency.take("SpatialLocation");
            place.children.extend(spatial);
            let (location, is_secret) = self.site(place);
            idle_site(&mut item, location, is_secret);
        }
        item
    }

    /// Key, name, other names and description, which every level has.
    fn named(&mut self, element: &mut Element, description: &str) -> Object {
        let mut item = row(&[
            ("id", &element.take_text("Key")),
            ("name", &element.take_text("Name")),
            ("description", &element.take_text(description)),
        ]);
        let (private, open): (Vec<_>, Vec<_>) =
            element.take("AKA").into_iter().partition(|aka| aka.is_set("Confidential"));
        for aka in private {
            self.withhold(aka);
        }
        let mut names: Vec<String> = Vec::new();
        for mut aka in open {
            names.extend(Some(aka.take_text("Name")).filter(|name| !name.is_empty()));
            self.rest(aka);
        }
        put(&mut item, "alternate_name", &names.join("; "));
        item
    }

    /// The first web address and e-mail address; further ones are rows, or kept.
    fn web(&mut self, element: &mut Element, item: &mut Object, field: &str, more: &str) {
        for mut url in element.take("URL") {
            let (address, note) = (url.take_text("Address"), url.take_text("Note"));
            if item.contains_key(field) && !address.is_empty() {
                add_row(item, more, row(&[("url", &address), ("label", &note)]));
            } else {
                put(item, field, &address);
                url.add_text(&note);
            }
            self.rest(url);
        }
        for mut email in element.take("Email") {
            let address = email.take_text("Address");
            if item.contains_key("email") && !address.is_empty() {
                email.add_text(&address);
            } else {
                put(item, "email", &address);
            }
            self.rest(email);
        }
    }

    fn phones(&mut self, element: &mut Element, item: &mut Object) {
        for mut phone in element.take("Phone") {
            if is_withheld(&phone) {
                self.withhold(phone);
                continue;
            }
            let number = phone.take_text("PhoneNumber");
            if !number.contains(|c: char| c.is_ascii_digit()) {
                phone.add_text(&number);
                self.rest(phone);
                continue;
            }
            let free = if phone.is_set("TollFree") { "toll free" } else { "" };
            let parts = [phone.take_text("Description"), phone.take_text("Function"), free.to_owned()];
            let extension = phone.take_text("Extension");
            let stated = phone.take_text("Type");
            let sort = phone_type(&stated);
            let is_told = sort.eq_ignore_ascii_case(&stated) || sort == "voice";
            let parts = [parts.as_slice(), &[if is_told { String::new() } else { stated }]].concat();
            let said: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
            let fields = [
                ("number", number.as_str()),
                ("extension", &extension),
                ("type", &sort),
                ("description", &said.join(", ")),
            ];
            add_row(item, "phones", row(&fields));
            self.rest(phone);
        }
    }

    /// Keeps what is left of an element that was read, but for flags that say yes or no.
    fn rest(&mut self, mut element: Element) {
        let is_flag = |name: &str, value: &str| {
            ["Confidential", "TollFree"].contains(&name) && (says_yes(value) || says_no(value))
        };
        element.attributes.retain(|(name, value)| !is_flag(name, value));
        element.children.retain(|child| !is_flag(&child.name, &child.text) || child.has_more_than_text());
        self.kept.extend(element.into_value());
    }

    /// All that elements of a name say, a line for each; of one with attributes the whole is kept.
    fn said(&mut self, element: &mut Element, name: &str) -> Vec<Vec<String>> {
        let said = element.take(name).into_iter().map(|one| {
            let lines = one.all_text();
            self.kept.extend(one.has_attributes().then(|| one.into_value()).flatten());
            lines
        });
        said.filter(|lines| !lines.is_empty()).collect()
    }

    fn lines(&mut self, element: &mut Element, name: &str) -> String {
        self.said(element, name).concat().join("\n")
    }

    fn contacts(&mut self, element: &mut Element, item: &mut Object) {
        for mut contact in element.take("Contact") {
            if contact.is_set("Confidential") {
                self.withhold(contact);
                continue;
            }
            let mut person = row(&[("name", &contact.take_text("Name")), ("title", &contact.take_text("Title"))]);
            self.phones(&mut contact, &mut person);
            for mut email in contact.take("Email") {
                if !person.contains_key("email") {
                    put(&mut person, "email", &email.take_text("Address"));
                }
                self.rest(email);
            }
            put(&mut person, "department", &contact.take_attribute("Type"));
            add_row(item, "contacts", person);
            self.rest(contact);
        }
    }

    fn service(&mut self, mut element: Element) -> Object {
        let mut item = self.named(&mut element, "Description");
        self.web(&mut element, &mut item, "url", "additional_urls");
        self.phones(&mut element, &mut item);
        self.contacts(&mut element, &mut item);
        self.schedules(&mut element, &mut item);
        self.terms(&mut element, &mut item, "service");
        self.areas(&mut element, &mut item);
        self.languages(&mut element, &mut item);
        put(&mut item, "fees_description", &self.lines(&mut element, "FeeStructure"));
        put(&mut item, "wait_time", &element.take_text("NormalWaitTime"));
        put(&mut item, "application_process", &self.lines(&mut element, "ApplicationProcess"));
        for (name, rows, field, between) in [
            ("PaymentMethod", "cost_options", "option", ", "),
            ("PaymentMethods", "cost_options", "option", ", "),
            ("DocumentsRequired", "required_documents", "document", ": "),
        ] {
            for said in self.said(&mut element, name) {
                add_row(&mut item, rows, row(&[(field, &said.join(between))]));
            }
        }
        self.requirements(&mut element, &mut item);
        self.verified(&mut element, &mut item);
        self.finish(element, &mut item);
        item
    }

    /// Whom a service is for: ages and sex where they have their elements, anything else in words.
    fn requirements(&mut self, element: &mut Element, item: &mut Object) {
        for mut ages in element.take("AgeRequirements") {
            take_field(&mut ages, "MinimumAge", item, "minimum_age");
            take_field(&mut ages, "MaximumAge", item, "maximum_age");
            let gender = ages.take_text("Gender");
            match gender.to_lowercase().as_str() {
                "f" | "female" | "women" if !item.contains_key("moot_sex") => put(item, "moot_sex", "women"),
                "m" | "male" | "men" if !item.contains_key("moot_sex") => put(item, "moot_sex", "men"),
                _ => ages.add_text(&gender),
            }
            self.rest(ages);
        }
        let named = [
            "Eligibility",
            "ResidencyRequirements",
            "FamilyRequirements",
            "IncomeRequirements",
            "AidRequirements",
            "OtherRequirements",
        ];
        let said: Vec<String> =
            named.iter().map(|name| self.lines(element, name)).filter(|text| !text.is_empty()).collect();
        put(item, "eligibility_description", &said.join("\n"));
    }

    /// A site as a location, and whether its source keeps its address private.
    fn site(&mut self, mut site: Element) -> (Object, bool) {
        let mut item = self.named(&mut site, "SiteDescription");
        put(&mut item, "location_type", "physical");
        let mut is_secret = false;
        for (name, sort) in [("PhysicalAddress", "physical"), ("MailingAddress", "postal")] {
            for address in site.take(name) {
                let is_private = is_withheld(&address);
                is_secret |= is_private && sort == "physical";
                if is_private && sort == "postal" {
                    self.withhold(address);
                } else {
                    self.address(address, sort, &mut item);
                }
            }
        }
        if is_secret {
            self.normaliser.note("PhysicalAddress", RepairKind::Private, "", "address hidden");
        }
        for mut point in site.take("SpatialLocation") {
            take_field(&mut point, "Latitude", &mut item, "latitude");
            take_field(&mut point, "Longitude", &mut item, "longitude");
            self.rest(point);
        }
        self.site_details(&mut site, &mut item);
        self.finish(site, &mut item);
        (item, is_secret)
    }

    fn site_details(&mut self, site: &mut Element, item: &mut Object) {
        self.phones(site, item);
        self.contacts(site, item);
        self.schedules(site, item);
        self.languages(site, item);
        if let Some(url) = site.children.iter().position(|child| child.name == "URL") {
            put(item, "url", &site.children[url].take_text("Address"));
        }
        let ways = ["PhysicalLocationDescription", "BusServiceAccess", "PublicAccessToTransportation", "CrossStreet"];
        let ways: Vec<String> =
            ways.iter().map(|name| self.lines(site, name)).filter(|text| !text.is_empty()).collect();
        put(item, "transportation", &ways.join("\n"));
        add_row(item, "accessibility", row(&[("description", &site.take_text("DisabilitiesAccess"))]));
    }

    fn address(&mut self, mut address: Element, sort: &str, item: &mut Object) {
        let further: Vec<String> =
            (2..=9).map(|line| address.take_text(&format!("Line{line}"))).filter(|line| !line.is_empty()).collect();
        let fields = row(&[
            ("attention", &address.take_text("PreAddressLine")),
            ("address_1", &address.take_text("Line1")),
            ("address_2", &further.join(", ")),
            ("city", &address.take_text("City")),
            ("region", &address.take_text("County")),
            ("state_province", &address.take_text("State")),
            ("postal_code", &address.take_text("ZipCode")),
        ]);
        let (mut fields, stated) = (fields, address.take_text("Country"));
        put_standard(self.normaliser, &mut fields, "country", (&stated, country(&stated)));
        if !fields.is_empty() {
            put(&mut fields, "address_type", sort);
            add_row(item, "addresses", fields);
        }
        self.rest(address);
    }
}

/// A site at which nothing is given belongs to its organisation; a secret one is only kept.
fn idle_site(organisation: &mut Object, location: Object, is_secret: bool) {
    if is_secret {
        keep(organisation, Value::Object(location));
    } else {
        add_row(organisation, "locations", location);
    }
}

/// Whether a source keeps something from the public.
fn is_withheld(element: &Element) -> bool {
    let has_reason =
        element.children.iter().any(|child| child.name == "ReasonWithheld" && !child.own_text().is_empty());
    element.is_set("Confidential") || has_reason
}

/// The kind of a telephone in the words of HSDS: `Phone1` and its like are voice.
fn phone_type(stated: &str) -> String {
    let lower = stated.trim().to_lowercase();
    match () {
        () if lower.contains("fax") => "fax".to_owned(),
        () if lower.contains("tty") || lower.contains("tdd") => "textphone".to_owned(),
        () if lower.is_empty() || lower.trim_end_matches(char::is_numeric) == "phone" => "voice".to_owned(),
        () => stated.trim().to_owned(),
    }
}

/// Takes the text of an element into a field that says nothing yet; another stays where it is.
fn take_field(element: &mut Element, name: &str, item: &mut Object, field: &str) {
    if !item.contains_key(field) {
        put(item, field, &element.take_text(name));
    }
}

const DAYS: [(&str, &str); 7] = [
    ("Monday", "MO"),
    ("Tuesday", "TU"),
    ("Wednesday", "WE"),
    ("Thursday", "TH"),
    ("Friday", "FR"),
    ("Saturday", "SA"),
    ("Sunday", "SU"),
];

impl Reading<'_> {
    /// One schedule for each time on each day, one for the notes, one for each season.
    fn schedules(&mut self, element: &mut Element, item: &mut Object) {
        for mut times in element.take("TimeOpen") {
            for (name, code) in DAYS {
                for mut open in times.take(name) {
                    let (from, to) = (open.take_text("From"), open.take_text("To"));
                    if !(from.is_empty() && to.is_empty()) {
                        let fields = [("freq", "WEEKLY"), ("byday", code), ("opens_at", &from), ("closes_at", &to)];
                        add_row(item, "schedules", row(&fields));
                    }
                    self.rest(open);
                }
            }
            add_row(item, "schedules", row(&[("description", &times.all_text().join("\n"))]));
            self.kept.extend(times.has_attributes().then(|| times.into_value()).flatten());
        }
        for mut season in element.take("Seasonal") {
            let mut schedule = row(&[("description", &season.take_text("Description"))]);
            for (name, field) in [("StartDate", "valid_from"), ("EndDate", "valid_to")] {
                put_day(self.normaliser, &mut schedule, field, &season.take_text(name));
            }
            add_row(item, "schedules", schedule);
            self.rest(season);
        }
    }

    fn terms(&mut self, element: &mut Element, item: &mut Object, entity: &str) {
        for mut term in element.take("Taxonomy") {
            let (code, name) = (term.take_text("Code"), term.take_text("Name"));
            add_term(item, &code, &name, entity);
            self.rest(term);
        }
    }

    /// The areas a service serves, each by its smallest place; the whole of it is its description.
    fn areas(&mut self, element: &mut Element, item: &mut Object) {
        for area in element.take("GeographicAreaServed") {
            let part = |name: &&str| area.children.iter().find(|child| child.name == *name).map(Element::own_text);
            let order = ["Description", "CensusTrack", "City", "County", "State", "Country", "ZipCode"];
            let name = order.iter().filter_map(part).find(|text| !text.is_empty()).unwrap_or_default();
            add_row(item, "service_areas", row(&[("name", &name), ("description", &area.all_text().join(", "))]));
            self.kept.extend(area.has_attributes().then(|| area.into_value()).flatten());
        }
    }

    fn languages(&mut self, element: &mut Element, item: &mut Object) {
        for mut language in element.take("Languages") {
            let name = language.take_text("Name");
            add_row(item, "languages", row(&[("name", &name), ("note", &language.all_text().join(", "))]));
            self.kept.extend(language.has_attributes().then(|| language.into_value()).flatten());
        }
    }

    /// When a service was checked last; whoever keeps the directory stays with the original.
    fn verified(&mut self, element: &mut Element, item: &mut Object) {
        if let Some(info) = element.children.iter_mut().find(|child| child.name == "ResourceInfo") {
            put_day(self.normaliser, item, "assured_date", &info.take_attribute("DateLastVerified"));
            put(item, "last_modified", &info.take_attribute("DateOfLastAction"));
        }
    }
}
