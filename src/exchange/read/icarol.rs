//! The table that iCarol exports: one row for each agency, program, site, and program at a site, with the same columns at
//! every level. BC 211 leaves the level out: there a row with a parent is a program that stands at its own address.
//!
//! Names of columns: the export as its users in British Columbia and Ontario read it.

use std::collections::HashMap;

use serde_json::Value;

use super::kept::{add_row, add_term, country, hide, join, keep, put, put_day, put_standard, row};
use super::table;
use super::xml::says_yes;
use crate::exchange::normalise::{Normaliser, Object};
use crate::exchange::report::RepairKind;

/// Whether a table has these columns.
pub fn is_icarol(columns: &[String]) -> bool {
    columns.iter().any(|column| column.eq_ignore_ascii_case("ResourceAgencyNum"))
}

/// A row, whose cells are taken out as they are read; what is left is kept.
#[derive(Default)]
struct Cells {
    cells: Object,
    line: usize,
}

impl Cells {
    fn take(&mut self, column: &str) -> String {
        let found = self.cells.keys().find(|name| name.eq_ignore_ascii_case(column)).cloned();
        let value = found.and_then(|name| self.cells.shift_remove(&name));
        value.as_ref().and_then(Value::as_str).unwrap_or_default().trim().to_owned()
    }

    fn peek(&self, column: &str) -> &str {
        let found = self.cells.iter().find(|(name, _)| name.eq_ignore_ascii_case(column));
        found.and_then(|(_, value)| value.as_str()).unwrap_or_default().trim()
    }

    /// The first of these columns that says something; the others stay.
    fn first(&mut self, columns: &[&str]) -> String {
        let column = columns.iter().find(|column| !self.peek(column).is_empty());
        column.map(|column| self.take(column)).unwrap_or_default()
    }

    /// The parts of a cell that holds a list.
    fn list(&mut self, columns: &[&str]) -> Vec<String> {
        let parts = |text: String| text.split([';', '\n']).map(|part| part.trim().to_owned()).collect::<Vec<_>>();
        parts(self.first(columns)).into_iter().filter(|part| !part.is_empty()).collect()
    }

    /// Whether a flag is set, by any of its names; what is neither yes nor no stays.
    fn is_set(&mut self, columns: &[String]) -> bool {
        columns.iter().fold(false, |is_set, column| {
            let says = says_yes(self.peek(column));
            if says || matches!(self.peek(column).to_lowercase().as_str(), "no" | "false" | "n" | "0") {
                self.take(column);
            }
            says || is_set
        })
    }
}

/// What a row stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Agency,
    Program,
    Site,
    ProgramAtSite,
}

fn level(cells: &mut Cells) -> Level {
    let stated: String = cells.peek("TaxonomyLevelName").to_lowercase().chars().filter(|c| c.is_alphabetic()).collect();
    let known = match stated.as_str() {
        "agency" => Some(Level::Agency),
        "site" => Some(Level::Site),
        "programatsite" | "servicesite" | "serviceatsite" => Some(Level::ProgramAtSite),
        "program" | "service" => Some(Level::Program),
        _ => None,
    };
    match known {
        Some(level) => {
            cells.take("TaxonomyLevelName");
            level
        }
        None if matches!(cells.peek("ParentAgencyNum"), "" | "0") => Level::Agency,
        None => Level::Program,
    }
}

/// All rows of a table as organisations and services.
pub fn read(normaliser: &mut Normaliser, text: &str) -> Vec<(String, Object)> {
    let columns = table::header(text);
    let mut reader = table::reader(text);
    let mut directory = Directory::default();
    let mut record = csv::StringRecord::new();
    loop {
        let at = record.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or_default());
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let line = record.position().map_or(at, |at| usize::try_from(at.line()).unwrap_or_default());
                normaliser.row = line;
                directory.add(normaliser, cells(&columns, &record, line));
            }
            Err(error) => normaliser.note(
                "row",
                RepairKind::Unreadable,
                &record.iter().collect::<Vec<_>>().join(","),
                &error.to_string(),
            ),
        }
    }
    directory.into_items(normaliser)
}

/// The cells of a row that say something; a repeated or missing name of a column gets a number.
fn cells(columns: &[String], record: &csv::StringRecord, line: usize) -> Cells {
    let mut cells = Object::new();
    for (at, cell) in record.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()) {
        let name = columns.get(at).filter(|name| !name.is_empty() && !cells.contains_key(*name));
        let name =
            name.cloned().unwrap_or_else(|| format!("{}#{}", columns.get(at).map_or("column", String::as_str), at + 1));
        cells.insert(name, cell.into());
    }
    Cells { cells, line }
}

/// A service with what its row says of where it is.
struct Program {
    item: Object,
    place: Option<Object>,
    is_secret: bool,
}

/// What a table holds, by level.
#[derive(Default)]
struct Directory {
    agencies: Vec<Object>,
    programs: Vec<Program>,
    sites: Vec<(Object, bool, String)>,
    links: Vec<Cells>,
}

impl Directory {
    fn add(&mut self, normaliser: &mut Normaliser, mut cells: Cells) {
        if cells.cells.is_empty() {
            return;
        }
        match level(&mut cells) {
            Level::Agency => self.agencies.push(agency(normaliser, cells)),
            Level::Program => self.programs.push(program(normaliser, cells)),
            Level::Site => self.sites.push(site(normaliser, cells)),
            Level::ProgramAtSite => self.links.push(cells),
        }
    }

    fn into_items(mut self, normaliser: &mut Normaliser) -> Vec<(String, Object)> {
        let programs = by_number(self.programs.iter().map(|program| &program.item));
        let sites = by_number(self.sites.iter().map(|site| &site.0));
        let mut used = vec![false; self.sites.len()];
        for mut cells in std::mem::take(&mut self.links) {
            normaliser.row = cells.line;
            let site = sites.get(cells.peek("ConnectsToSiteNum")).copied();
            let of = programs.get(cells.peek("ConnectsToProgramNum")).copied();
            for (link, found) in [("ConnectsToSiteNum", site), ("ConnectsToProgramNum", of)] {
                let named = cells.take(link);
                if found.is_none() && !named.is_empty() {
                    normaliser.note(link, RepairKind::DanglingReference, &named, &named);
                    cells.cells.insert(link.to_owned(), named.into());
                }
            }
            if let Some(at) = site {
                used[at] = true;
            }
            let site = site.map(|at| (self.sites[at].0.clone(), self.sites[at].1));
            if let Some(at) = of {
                stand(normaliser, &mut self.programs[at], site, cells);
            } else {
                let mut alone = Program { item: Object::new(), place: None, is_secret: false };
                put(&mut alone.item, "id", cells.peek("ResourceAgencyNum"));
                put(&mut alone.item, "name", cells.peek("PublicName"));
                put(&mut alone.item, "organization_id", cells.peek("ParentAgencyNum"));
                stand(normaliser, &mut alone, site, cells);
                self.programs.push(alone);
            }
        }
        self.idle_sites(&used);
        let services = self.programs.into_iter().map(|program| ("services".to_owned(), program.finish()));
        let agencies = self.agencies.into_iter().map(|item| ("organizations".to_owned(), item));
        agencies.chain(services).collect()
    }

    /// Sites at which nothing is given belong to their agency; a secret one is only kept with it.
    fn idle_sites(&mut self, used: &[bool]) {
        let mut known = by_number(self.agencies.iter());
        let sites = std::mem::take(&mut self.sites).into_iter().zip(used).filter(|(_, is_used)| !**is_used);
        for ((site, is_secret, parent), _) in sites {
            let mut made = || {
                let name = site.get("name").and_then(Value::as_str).unwrap_or_default();
                self.agencies.push(row(&[("id", &parent), ("name", name)]));
                self.agencies.len() - 1
            };
            let at = if parent.is_empty() { made() } else { *known.entry(parent.clone()).or_insert_with(made) };
            if is_secret {
                keep(&mut self.agencies[at], Value::Object(site));
            } else {
                add_row(&mut self.agencies[at], "locations", site);
            }
        }
    }
}

/// Where the first item of each number stands; the empty number is nobody's.
fn by_number<'a>(items: impl DoubleEndedIterator<Item = &'a Object> + ExactSizeIterator) -> HashMap<String, usize> {
    let all = items.enumerate().rev().map(|(at, item)| (id_of(item), at));
    all.filter(|(number, _)| !number.is_empty()).collect()
}

fn id_of(item: &Object) -> String {
    item.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()
}

impl Program {
    /// The service, at its own address where no row says where it is given.
    fn finish(mut self) -> Object {
        match self.place.take() {
            Some(place) if !self.item.contains_key("service_at_locations") => {
                if self.is_secret {
                    hide(&mut self.item);
                }
                let at = Object::from_iter([("location".to_owned(), Value::Object(place))]);
                add_row(&mut self.item, "service_at_locations", at);
            }
            Some(place) => keep(&mut self.item, Value::Object(place)),
            None => {}
        }
        self.item
    }
}

/// Fields of which a program takes over what it does not say from where it is given.
const OF_SERVICE: &[&str] = &[
    "description",
    "url",
    "email",
    "eligibility_description",
    "application_process",
    "fees_description",
    "wait_time",
    "alert",
    "assured_date",
    "last_modified",
    "status",
    "required_documents",
    "cost_options",
    "attributes",
];

/// Arrays that belong to a service at one place.
const AT_PLACE: &[&str] = &["phones", "schedules", "contacts", "service_areas", "languages"];

/// A program is given at a site.
fn stand(normaliser: &mut Normaliser, program: &mut Program, site: Option<(Object, bool)>, mut cells: Cells) {
    let (place, is_secret) = address_of(normaliser, &mut cells);
    let mut said = service(normaliser, cells);
    let mut at = Object::new();
    at.extend(said.shift_remove("id").map(|id| ("id".to_owned(), id)));
    let name = said.shift_remove("name").filter(|name| program.item.get("name") != Some(name));
    at.extend(name.map(|name| ("description".to_owned(), name)));
    for (field, value) in said {
        match program.item.get(&field) {
            Some(known) if *known == value => {}
            None if OF_SERVICE.contains(&field.as_str()) => drop(program.item.insert(field, value)),
            Some(_) if field == "attributes" => join(&mut program.item, Object::from_iter([(field, value)])),
            _ if AT_PLACE.contains(&field.as_str()) => drop(at.insert(field, value)),
            _ => keep(&mut at, Value::Object(Object::from_iter([(field, value)]))),
        }
    }
    let hides = site.as_ref().map_or(is_secret, |site| site.1 || is_secret);
    match (site, place) {
        (Some((site, _)), place) => {
            if let Some(place) = place {
                keep(&mut at, Value::Object(place));
            }
            at.insert("location".to_owned(), Value::Object(site));
        }
        (None, Some(place)) => drop(at.insert("location".to_owned(), Value::Object(place))),
        (None, None) => {}
    }
    if hides {
        hide(&mut program.item);
    }
    add_row(&mut program.item, "service_at_locations", at);
}

fn agency(normaliser: &mut Normaliser, mut cells: Cells) -> Object {
    let (place, is_secret) = address_of(normaliser, &mut cells);
    let mut item = named(&mut cells);
    put(&mut item, "website", &cells.take("WebsiteAddress"));
    put(&mut item, "legal_status", &cells.take("LegalStatus"));
    put(&mut item, "year_incorporated", &cells.take("YearIncorporated"));
    let number = cells.take("FEIN");
    if !number.is_empty() {
        let identifier = row(&[("identifier_scheme", "US-EIN"), ("identifier_type", "FEIN"), ("identifier", &number)]);
        add_row(&mut item, "organization_identifiers", identifier);
    }
    cells.list(&["SourceOfFunds"]).iter().for_each(|source| add_row(&mut item, "funding", row(&[("source", source)])));
    if cells.peek("ParentAgencyNum") == "0" {
        cells.take("ParentAgencyNum");
    }
    put(&mut item, "parent_organization_id", &cells.take("ParentAgencyNum"));
    shared(normaliser, &mut cells, &mut item, "organization");
    match place {
        Some(place) if is_secret => keep(&mut item, Value::Object(place)),
        Some(place) => add_row(&mut item, "locations", place),
        None => {}
    }
    finish(normaliser, cells, &mut item);
    item
}

fn program(normaliser: &mut Normaliser, mut cells: Cells) -> Program {
    let (place, is_secret) = address_of(normaliser, &mut cells);
    Program { item: service(normaliser, cells), place, is_secret }
}

fn service(normaliser: &mut Normaliser, mut cells: Cells) -> Object {
    let mut item = named(&mut cells);
    put(&mut item, "organization_id", &cells.take("ParentAgencyNum"));
    put(&mut item, "url", &cells.take("WebsiteAddress"));
    for (field, columns) in [
        ("eligibility_description", &["Eligibility"][..]),
        ("application_process", &["ApplicationProcess"]),
        ("fees_description", &["FeeStructureSource"]),
        ("wait_time", &["NormalWaitTime"]),
        ("alert", &["TemporaryMessage"]),
        ("accreditations", &["LicenseAccreditation"]),
    ] {
        put(&mut item, field, &cells.first(columns));
    }
    for (field, column) in [("assured_date", "LastVerifiedOn"), ("last_modified", "UpdatedOn")] {
        let stated = cells.take(column);
        put_day(normaliser, &mut item, field, &stated);
    }
    let stated = cells.take("AgencyStatus");
    put_standard(normaliser, &mut item, "status", (&stated, status(&stated)));
    for document in cells.list(&["DocumentsRequired"]) {
        add_row(&mut item, "required_documents", row(&[("document", &document)]));
    }
    for method in cells.list(&["PaymentMethods"]) {
        add_row(&mut item, "cost_options", row(&[("option", &method)]));
    }
    areas(&mut cells, &mut item);
    shared(normaliser, &mut cells, &mut item, "service");
    add_row(&mut item, "schedules", row(&[("description", &cells.first(&["HoursOfOperation", "Hours", "WorkHours"]))]));
    for language in cells.list(&["LanguagesOfferedList", "LanguagesOffered"]) {
        add_row(&mut item, "languages", row(&[("name", &language)]));
    }
    finish(normaliser, cells, &mut item);
    item
}

/// A site as a location, whether its address is private, and its agency.
fn site(normaliser: &mut Normaliser, mut cells: Cells) -> (Object, bool, String) {
    let (place, is_secret) = address_of(normaliser, &mut cells);
    let mut item = place.unwrap_or_default();
    let parent = cells.take("ParentAgencyNum");
    put(&mut item, "organization_id", &parent);
    let email = cells.take("EmailAddressMain");
    join(&mut item, named(&mut cells));
    put(&mut item, "location_type", "physical");
    put(&mut item, "url", &cells.take("WebsiteAddress"));
    telephones(normaliser, &mut cells, &mut item);
    contacts(normaliser, &mut cells, &mut item);
    add_row(&mut item, "schedules", row(&[("description", &cells.first(&["HoursOfOperation", "Hours"]))]));
    for language in cells.list(&["LanguagesOfferedList", "LanguagesOffered"]) {
        add_row(&mut item, "languages", row(&[("name", &language)]));
    }
    if !email.is_empty() {
        keep(&mut item, Value::Object(row(&[("EmailAddressMain", &email)])));
    }
    finish(normaliser, cells, &mut item);
    (item, is_secret, parent)
}

/// What agencies, programs and sites have alike.
fn named(cells: &mut Cells) -> Object {
    let mut item = row(&[
        ("id", &cells.take("ResourceAgencyNum")),
        ("name", &cells.take("PublicName")),
        ("description", &cells.take("AgencyDescription")),
    ]);
    let names = [cells.take("AlternateName"), cells.take("OfficialName")];
    let names: Vec<&str> = names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    put(&mut item, "alternate_name", &names.join("; "));
    item
}

fn shared(normaliser: &mut Normaliser, cells: &mut Cells, item: &mut Object, entity: &str) {
    put(item, "email", &cells.take("EmailAddressMain"));
    telephones(normaliser, cells, item);
    contacts(normaliser, cells, item);
    let codes = cells.list(&["TaxonomyCodes"]);
    let names = cells.list(&["TaxonomyTerms", "TaxonomyTerm", "TaxonomyTermsNotDeactivated"]);
    if codes.len() == names.len() {
        for (code, name) in codes.iter().zip(&names) {
            add_term(item, code, name, entity);
        }
    } else {
        for (code, name) in
            codes.iter().map(|code| (code.as_str(), "")).chain(names.iter().map(|name| ("", name.as_str())))
        {
            add_term(item, code, name, entity);
        }
    }
}

fn status(stated: &str) -> &'static str {
    match stated.to_lowercase().as_str() {
        "" => "",
        text if text.starts_with("active") => "active",
        text if text.contains("closed") || text.contains("defunct") => "defunct",
        _ => "inactive",
    }
}

/// The areas a service serves: `British Columbia - Metro Vancouver - Burnaby` by its last part.
fn areas(cells: &mut Cells, item: &mut Object) {
    for area in cells.list(&["Coverage", "CoverageArea", "CoverageAreaText"]) {
        let name = area.rsplit(" - ").next().unwrap_or(&area).trim();
        add_row(item, "service_areas", row(&[("name", name), ("description", &area)]));
    }
}

/// Columns of telephones with what each is, beside `Phone1Number` to `Phone5Number`.
const TELEPHONES: &[(&str, &str)] = &[
    ("PhoneFax", "fax"),
    ("PhoneTTY", "textphone"),
    ("PhoneTollFree", "toll free"),
    ("PhoneNumberHotline", "hotline"),
    ("PhoneNumberBusinessLine", "business line"),
    ("PhoneNumberOutOfArea", "out of area"),
    ("PhoneNumberAfterHours", "after hours"),
];

fn telephones(normaliser: &mut Normaliser, cells: &mut Cells, item: &mut Object) {
    for at in 1..=5 {
        let start = format!("Phone{at}");
        let (name, stated) = (cells.take(&format!("{start}Name")), cells.take(&format!("{start}Type")));
        let sort =
            if [&name, &stated].iter().any(|text| text.to_lowercase().contains("fax")) { "fax" } else { "voice" };
        let said = [name, stated, cells.take(&format!("{start}Description"))];
        let number = cells.take(&format!("{start}Number"));
        telephone(normaliser, cells, item, (&start, &number, sort), &said);
    }
    for (start, sort) in TELEPHONES {
        let said = [cells.take(&format!("{start}Description"))];
        let number = cells.take(start);
        telephone(normaliser, cells, item, (start, &number, sort), &said);
    }
}

fn telephone(
    normaliser: &mut Normaliser,
    cells: &mut Cells,
    item: &mut Object,
    (start, number, sort): (&str, &str, &str),
    said: &[String],
) {
    let is_private = cells.is_set(&[format!("{start}IsPrivate"), format!("{start}IsUnlisted")]);
    let said: Vec<&str> = said.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    let phone = row(&[("number", number), ("type", sort), ("description", &said.join(", "))]);
    if is_private && !number.is_empty() {
        normaliser.note(start, RepairKind::Private, "", "");
    }
    match number.contains(|c: char| c.is_ascii_digit()) && !is_private {
        true => add_row(item, "phones", phone),
        false if number.is_empty() && said.is_empty() => {}
        false => keep(item, Value::Object(phone)),
    }
}

fn contacts(normaliser: &mut Normaliser, cells: &mut Cells, item: &mut Object) {
    for start in ["MainContact", "SeniorWorker"] {
        let is_private = cells.is_set(&[format!("{start}IsPrivate")]);
        let part = |cells: &mut Cells, part: &str| cells.take(&format!("{start}{part}"));
        let mut person = row(&[
            ("name", &part(cells, "Name")),
            ("title", &part(cells, "Title")),
            ("email", &part(cells, "EmailAddress")),
            ("department", &part(cells, "Type")),
        ]);
        add_row(&mut person, "phones", row(&[("number", &part(cells, "PhoneNumber"))]));
        match person.values().next() {
            Some(_) if is_private => {
                normaliser.note(start, RepairKind::Private, "", "");
                keep(item, Value::Object(person));
            }
            Some(_) => add_row(item, "contacts", person),
            None => {}
        }
    }
}

/// The address of a row as a location without a name, and whether it is private.
fn address_of(normaliser: &mut Normaliser, cells: &mut Cells) -> (Option<Object>, bool) {
    let mut item = Object::new();
    let is_secret = cells.is_set(&["PhysicalAddressIsPrivate".to_owned()]);
    let mails_privately = cells.is_set(&["MailingAddressIsPrivate".to_owned()]);
    for (start, sort, is_private) in [("Physical", "physical", false), ("Mailing", "postal", mails_privately)] {
        let part = |cells: &mut Cells, part: &str| cells.take(&format!("{start}{part}"));
        let further: Vec<String> =
            (2..=4).map(|line| part(cells, &format!("Address{line}"))).filter(|line| !line.is_empty()).collect();
        let mut address = row(&[
            ("attention", &part(cells, "AttentionName")),
            ("address_1", &part(cells, "Address1")),
            ("address_2", &further.join(", ")),
            ("city", &part(cells, "City")),
            ("region", &part(cells, "County")),
            ("state_province", &part(cells, "StateProvince")),
            ("postal_code", &part(cells, "PostalCode")),
        ]);
        let stated = part(cells, "Country");
        put_standard(normaliser, &mut address, "country", (&stated, country(&stated)));
        if address.is_empty() {
            continue;
        }
        put(&mut address, "address_type", sort);
        if is_private {
            normaliser.note("MailingAddress", RepairKind::Private, "", "");
            keep(&mut item, Value::Object(address));
        } else {
            add_row(&mut item, "addresses", address);
        }
    }
    put(&mut item, "latitude", &cells.take("Latitude"));
    put(&mut item, "longitude", &cells.take("Longitude"));
    let ways =
        ["PhysicalLocationDescription", "BusServiceAccess", "PublicAccessTransportation"].map(|name| cells.take(name));
    let ways: Vec<&str> = ways.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    put(&mut item, "transportation", &ways.join("\n"));
    add_row(&mut item, "accessibility", row(&[("description", &cells.take("DisabilitiesAccess"))]));
    if is_secret {
        normaliser.note("PhysicalAddress", RepairKind::Private, "", "address hidden");
    }
    if !["addresses", "latitude", "longitude"].iter().any(|field| item.contains_key(*field)) {
        cells.cells.extend(item); // no place: what is said of one stays with the row
        return (None, is_secret);
    }
    (Some(item), is_secret)
}

/// Keeps what is left of a row.
fn finish(normaliser: &mut Normaliser, cells: Cells, item: &mut Object) {
    for flag in ["ExcludeFromWebsite", "ExcludeFromDirectory"] {
        if says_yes(cells.peek(flag)) {
            normaliser.note(
                flag,
                RepairKind::Private,
                "not for the web or a directory",
                "kept, and here for colleagues",
            );
        }
    }
    if !cells.cells.is_empty() {
        keep(item, Value::Object(cells.cells));
    }
}
