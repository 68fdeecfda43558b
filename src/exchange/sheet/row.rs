//! Makes a service of a row, in the shape of Open Referral.
//!
//! Each cell goes to the field of its column, or to several: the postcode in an address, two numbers in one cell. What its
//! field does not take, and what has no field, is kept in the notes under its heading; an address never is, for it may be one
//! that nobody may see.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::layout::{Column, Table, letters};
use super::read::{Cell, CellSort, Grid, Row};
use super::values::{self, Phone};
use super::{columns, skipped};
use crate::exchange::infer;
use crate::exchange::normalise::{Normaliser, Object, name_uuid};
use crate::exchange::patch;
use crate::exchange::report::RepairKind;
use crate::exchange::values as standard;
use crate::model::choice::Set;
use crate::model::record::{Record, Rules as _};
use crate::model::service::{Contact, Location, Need};
use crate::model::text::{Text, clean, one_line};
use crate::model::{Date, FieldValue as _, ParseContext, Service, Workspace};

/// The fields that say where it is: what they hold is never kept in the notes.
const WHERE: &[&str] = &["locations", "address", "town", "postcode", "place", "latitude", "longitude"];

/// Reads the rows of a table, one after the other.
pub(super) struct RowReader<'a> {
    grid: &'a Grid,
    table: &'a Table,
    nobody: Workspace,
    /// Whether numbers are dialled in Britain: then a nought that is missing can be given back.
    is_british: bool,
    /// The words under which the rows below stand, where they are divided by titles.
    section: String,
    /// The charity numbers by organisation.
    numbers: HashMap<String, String>,
    /// For each cell that merged cells below repeat: the text, by row and column.
    merged: HashMap<(usize, usize), String>,
}

/// A row on its way to a service.
struct Draft {
    service: Service,
    id: String,
    needs: Vec<String>,
    county: String,
    checked: String,
    organisation: String,
    /// Headings and texts for the notes.
    left: Vec<(String, String)>,
}

/// A cell with its column.
struct Part<'a> {
    key: &'static str,
    heading: &'a str,
    text: String,
    sort: CellSort,
    /// Whether the record says it.
    is_placed: bool,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(grid: &'a Grid, table: &'a Table) -> Self {
        let mut reader = Self {
            grid,
            table,
            nobody: Workspace::default(),
            is_british: false,
            section: String::new(),
            numbers: HashMap::new(),
            merged: merged(grid, table),
        };
        reader.is_british = reader
            .texts("phone")
            .any(|text| text.trim_start().starts_with(['0', '(']) || text.contains("+44"))
            || reader.texts("postcode").chain(reader.texts("address")).any(|text| values::has_postcode(text).is_some());
        reader.numbers = reader.charity_numbers();
        reader
    }

    /// The texts of all columns of a field.
    fn texts(&self, key: &'static str) -> impl Iterator<Item = &'a str> {
        let columns = self.table.columns.iter().filter(move |column| column.field.key == key);
        let below = &self.grid.rows[self.table.header + 1..];
        columns.flat_map(move |column| below.iter().map(move |row| row.text(column.at)))
    }

    /// The charity number of each organisation that has one in some row: all rows of an organisation speak of the same one.
    fn charity_numbers(&self) -> HashMap<String, String> {
        let column = |key| self.table.columns.iter().find(|column| column.field.key == key);
        let (Some(name), Some(number)) = (column("organisation"), column("charity_number")) else {
            return HashMap::new();
        };
        let mut numbers = HashMap::new();
        for row in &self.grid.rows[self.table.header + 1..] {
            let (name, number) = (columns::plain(row.text(name.at)), row.text(number.at).trim());
            if !name.is_empty() && !number.is_empty() {
                numbers.entry(name).or_insert_with(|| number.to_owned());
            }
        }
        numbers
    }

    /// The item of a row; `None` where it is none of a service. What is in no record is named.
    pub(super) fn read(&mut self, at: usize, normaliser: &mut Normaliser) -> Option<Object> {
        let row = &self.grid.rows[at];
        normaliser.row = row.at;
        if at == self.table.header {
            return None;
        }
        if let Some(why) = self.why_no_service(at) {
            if why == SECTION {
                self.section =
                    one_line(&clean(row.cells.iter().map(|cell| &*cell.text).find(|text| !text.is_empty())?));
            }
            self.name_row(row, why, normaliser);
            return None;
        }
        let mut parts = self.parts(row, normaliser);
        let mut draft = Draft {
            service: Service::default(),
            id: String::new(),
            needs: Vec::new(),
            county: String::new(),
            checked: String::new(),
            organisation: String::new(),
            left: Vec::new(),
        };
        self.fill(&mut draft, &mut parts, normaliser);
        if draft.service.name.is_empty() && draft.organisation.is_empty() {
            self.name_row(row, "no name of a service or an organisation in this row", normaliser);
            return None;
        }
        if draft.service.name.is_empty() {
            draft.service.name = Text::line(&draft.organisation);
        }
        self.keep_what_is_left(&mut draft, &mut parts, normaliser);
        Some(self.item(draft))
    }

    /// Why a row is not one of a service.
    fn why_no_service(&self, at: usize) -> Option<&'static str> {
        let row = &self.grid.rows[at];
        if at < self.table.header {
            return Some("above the headings");
        }
        let columns = || self.table.columns.iter();
        let same = |text: &str, said: &str| !text.is_empty() && columns::plain(text) == columns::plain(said);
        let filled = columns().filter(|column| !row.text(column.at).is_empty()).count();
        let header = &self.grid.rows[self.table.header];
        let as_heading = columns().filter(|column| same(row.text(column.at), header.text(column.at))).count();
        let is_wide = self.grid.merges.iter().any(|merge| {
            merge.from_row == row.at
                && merge.to_row == row.at
                && merge.to_column > merge.from_column
                && !row.text(merge.from_column).is_empty()
        });
        match () {
            () if self.table.is_help(row) => Some(HELP),
            () if as_heading >= 2 && as_heading == filled => Some("the headings once more"),
            () if filled == 1 && is_wide => Some(SECTION),
            () => None,
        }
    }

    /// Names each cell of a row. Of the help of an empty sheet the first stands for all that are as they were.
    fn name_row(&self, row: &Row, why: &str, normaliser: &mut Normaliser) {
        let mut is_help_named = false;
        for (at, cell) in row.cells.iter().enumerate().filter(|(_, cell)| !cell.text.is_empty()) {
            let column = self.table.columns.iter().find(|column| column.at == at && row.at > self.table.header_row);
            let is_help = |column: &Column| columns::plain(&cell.text) == columns::plain(column.field.help);
            if why == HELP && column.is_some_and(is_help) && std::mem::replace(&mut is_help_named, true) {
                continue;
            }
            let field = column.map_or_else(|| letters(at), |column| column.heading.clone());
            normaliser.repairs.push(skipped(self.grid, row.at, &field, &cell.text, why));
        }
    }

    /// The cells of a row that say something, cleaned, each with its column. What a formula could not give is named.
    fn parts(&self, row: &Row, normaliser: &mut Normaliser) -> Vec<Part<'a>> {
        let mut parts = Vec::new();
        for column in &self.table.columns {
            let empty = Cell::default();
            let cell = row.cells.get(column.at).unwrap_or(&empty);
            let (raw, sort) = match self.merged.get(&(row.at, column.at)) {
                Some(above) if cell.text.is_empty() => {
                    normaliser.note(&column.heading, RepairKind::Merged, "", above);
                    (above.as_str(), CellSort::Text)
                }
                _ => (cell.text.as_str(), cell.sort),
            };
            match sort {
                _ if raw.is_empty() => {}
                CellSort::Error => normaliser.note(&column.heading, RepairKind::Formula, raw, ""),
                _ => {
                    let text = normaliser.clean_text(&column.heading, raw);
                    if sort == CellSort::Rounded {
                        normaliser.note(&column.heading, RepairKind::Rounded, raw, &text);
                    }
                    let (key, heading) = (column.field.key, column.heading.as_str());
                    parts.push(Part { key, heading, text, sort, is_placed: false });
                }
            }
        }
        parts.retain(|part| !part.text.is_empty());
        parts
    }

    fn fill(&self, draft: &mut Draft, parts: &mut [Part<'_>], normaliser: &mut Normaliser) {
        let joined = |parts: &[Part<'_>], key: &str, between: &str| {
            let texts: Vec<&str> = parts.iter().filter(|part| part.key == key).map(|part| part.text.as_str()).collect();
            texts.join(between)
        };
        draft.id = one_line(&joined(parts, "id", " "));
        draft.service.name = Text::line(&joined(parts, "name", " "));
        draft.organisation = one_line(&joined(parts, "organisation", " "));
        Self::locate(draft, parts, &joined);
        for part in parts.iter_mut() {
            part.is_placed = match part.key {
                "id" | "name" | "organisation" => true,
                "phone" => self.take_phones(&mut draft.service, part, normaliser),
                "contacts" if part.text.contains('|') => {
                    set_field(&mut draft.service, "contacts", &part.text, &self.nobody)
                }
                "contacts" | "reach" => take_reach(&mut draft.service, &part.text),
                "contact_phone" => self.take_phone_of_contact(&mut draft.service, part, normaliser),
                "charity_number" => self.is_charity_number(draft, &part.text),
                "verified" => take_check(draft, &part.text),
                "needs" => take_needs(draft, &part.text),
                "url" => set_url(&mut draft.service, &part.text),
                _ => part.is_placed,
            };
        }
        for (key, between) in PLAIN {
            self.set(draft, parts, key, &joined(parts, key, between));
        }
        Self::set_contact(draft, parts, &joined);
    }

    /// Sets a field to what is typed, by the rules of the form.
    fn set(&self, draft: &mut Draft, parts: &mut [Part<'_>], key: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        let typed = in_the_words_of_the_form(key, text);
        let is_set = set_field(&mut draft.service, key, &typed, &self.nobody);
        if is_set && typed != text {
            parts
                .iter_mut()
                .filter(|part| part.key == key)
                .for_each(|part| part.is_placed = same_words(&part.text, &typed));
        }
        // Who it is for is told to whoever rings, also in words that are no age and no sex.
        if !is_set && matches!(key, "ages" | "sex" | "clients") {
            let before = draft.service.eligibility.as_deref().map(|text| format!("{text}\n")).unwrap_or_default();
            let heading = parts.iter().find(|part| part.key == key).map_or(key, |part| part.heading);
            draft.service.eligibility = Text::some(&format!("{before}{heading}: {text}"));
        }
    }

    /// Where it is: address, town and postcode from their columns, or from one.
    fn locate(draft: &mut Draft, parts: &mut [Part<'_>], joined: &dyn Fn(&[Part<'_>], &str, &str) -> String) {
        let (town, postcode) = (joined(parts, "town", ", "), joined(parts, "postcode", " "));
        let whole = joined(parts, "address", "\n");
        let mut address = values::address(&whole, !town.is_empty());
        let in_column = values::has_postcode(&postcode);
        // A town with its postcode in one cell.
        let in_town = values::has_postcode(&town);
        let town = match &in_town {
            Some((_, rest)) => rest.clone(),
            None => town,
        };
        if !town.is_empty() {
            address.town = one_line(&town);
        }
        let found = in_column.or(in_town).map(|(postcode, _)| postcode);
        let stated = if postcode.is_empty() { None } else { Some(one_line(&postcode)) };
        let inner = std::mem::take(&mut address.postcode);
        let chosen = found.or(stated).unwrap_or_else(|| inner.clone());
        // Two different postcodes: the one within the address stays there.
        if !inner.is_empty() && inner != chosen {
            let street = std::mem::take(&mut address.street);
            address.street = if street.is_empty() { inner } else { format!("{street}, {inner}") };
        }
        let point =
            joined(parts, "latitude", "").trim().parse().ok().zip(joined(parts, "longitude", "").trim().parse().ok());
        let point = point.map(|(lat, lon)| crate::model::place::Point(lat, lon));
        let location = Location {
            name: Text::some(&one_line(&joined(parts, "place", ", "))),
            address: Text::some(&address.street),
            town: Text::some(&address.town),
            postcode: Text::some(&chosen),
            point: point.filter(|point| point.is_valid() && (point.0, point.1) != (0.0, 0.0)),
        };
        let has_point = location.point.is_some();
        if location != Location::default() {
            draft.service.locations.push(location);
        }
        draft.county = address.county;
        for part in parts.iter_mut().filter(|part| matches!(part.key, "latitude" | "longitude")) {
            part.is_placed = has_point;
        }
    }

    /// The first number is the one to ring, the others stand with the contacts, each with what is said of it.
    fn take_phones(&self, service: &mut Service, part: &Part<'_>, normaliser: &mut Normaliser) -> bool {
        if part.sort == CellSort::Rounded {
            return false;
        }
        let phones = values::phones(&part.text);
        let is_one = phones.len() == 1 && service.phone.is_none();
        for (at, phone) in phones.iter().enumerate() {
            let number = self.dialled(&phone.number, part, normaliser);
            if service.phone.is_none() && is_first_to_ring(phone, &phones[at + 1..]) {
                service.phone = Text::some(&number);
                if !phone.note.is_empty() {
                    service.contacts.push(contact(&phone.note, &number));
                }
            } else {
                let note = if phone.note.is_empty() { part.heading } else { &phone.note };
                service.contacts.push(contact(note, &number));
            }
        }
        // A word beside the only number is said, and so is "and" between two.
        !phones.is_empty()
            && (is_one || digits(&part.text) == phones.iter().map(|phone| digits(&phone.number)).collect::<String>())
    }

    fn take_phone_of_contact(&self, service: &mut Service, part: &Part<'_>, normaliser: &mut Normaliser) -> bool {
        let phones = values::phones(&part.text);
        let Some((first, others)) = phones.split_first() else { return false };
        let number = self.dialled(&first.number, part, normaliser);
        match service.contacts.iter_mut().find(|contact| contact.phone.is_none()) {
            Some(contact) => contact.phone = Text::some(&number),
            None => service.contacts.insert(0, Contact { phone: Text::some(&number), ..Contact::default() }),
        }
        service.contacts.extend(others.iter().map(|phone| contact(&phone.note, &phone.number)));
        first.note.is_empty()
    }

    /// A number as it is dialled: with the nought that a spreadsheet took from it.
    fn dialled(&self, number: &str, part: &Part<'_>, normaliser: &mut Normaliser) -> String {
        let whole = values::with_nought(number).filter(|_| self.is_british);
        if let Some(whole) = &whole {
            normaliser.note(part.heading, RepairKind::Nought, number, whole);
        }
        whole.unwrap_or_else(|| number.to_owned())
    }

    fn is_charity_number(&self, draft: &Draft, text: &str) -> bool {
        self.numbers.get(&columns::plain(&draft.organisation)).is_some_and(|known| known == text.trim())
    }

    /// Who is there: a person with a post, a number and an address.
    fn set_contact(draft: &mut Draft, parts: &mut [Part<'_>], joined: &dyn Fn(&[Part<'_>], &str, &str) -> String) {
        let part = |key| Text::some(&one_line(&joined(parts, key, ", ")));
        let (name, title, email) = (part("contact"), part("contact_title"), part("contact_email"));
        if name.is_none() && title.is_none() && email.is_none() {
            return;
        }
        let contacts = &mut draft.service.contacts;
        if contacts.first().is_none_or(|first| first.title.is_some() || first.name.is_some()) {
            contacts.insert(0, Contact::default());
        }
        if let Some(first) = contacts.first_mut() {
            (first.name, first.title, first.email) = (name, title, email);
        }
    }

    /// What the record does not say goes to the notes, under its heading.
    fn keep_what_is_left(&self, draft: &mut Draft, parts: &mut [Part<'_>], normaliser: &mut Normaliser) {
        let said = said(&draft.service, &draft.organisation, &self.nobody);
        for part in parts.iter_mut() {
            if part.is_placed || says(&said, &part.text) {
                continue;
            }
            if WHERE.contains(&part.key) {
                normaliser.note(part.heading, RepairKind::InOriginal, &part.text, &draft.county);
                continue;
            }
            // What a need means, the thesaurus says; its words are kept all the same.
            if ![columns::KEEP, "needs"].contains(&part.key) {
                normaliser.note(part.heading, RepairKind::InNotes, &part.text, "");
            }
            draft.left.push((part.heading.to_owned(), part.text.clone()));
        }
        if !self.section.is_empty() {
            draft.needs.push(self.section.clone());
            draft.left.push(("Section".to_owned(), self.section.clone()));
        }
    }

    /// The service as an item of Open Referral.
    fn item(&self, draft: Draft) -> Object {
        let Draft { mut service, id, needs, county, checked, organisation, left } = draft;
        let postcode = service.locations.first().and_then(|place| place.postcode.clone()).unwrap_or_default();
        let named = [&*service.name, &organisation, &postcode].map(columns::plain).join("|");
        let id = if id.is_empty() { name_uuid(&format!("sheet|services|{named}")) } else { id };
        let notes = left.iter().map(|(heading, text)| format!("{heading}: {text}"));
        let notes: Vec<String> = service.notes.take().map(|notes| notes.to_string()).into_iter().chain(notes).collect();
        let mut item = Object::from_iter([("id".to_owned(), Value::from(id))]);
        patch::patch_service(&mut item, &Service::default(), &service, &self.nobody, &|_| None);
        let mut put = |field: &str, value: Value| drop(item.insert(field.to_owned(), value));
        if !notes.is_empty() {
            put(&patch::own_key("notes"), notes.join("\n").into());
        }
        if !checked.is_empty() {
            put("assured_date", checked.into());
        }
        if !needs.is_empty() {
            let term = |need: &String| {
                let name = Object::from_iter([("name".to_owned(), need.as_str().into())]);
                let row =
                    [("link_entity".to_owned(), "service".into()), ("taxonomy_term".to_owned(), Value::Object(name))];
                Value::Object(patch::with_ids(&named, "attributes", row.into_iter().collect()))
            };
            put("attributes", needs.iter().map(term).collect());
        }
        if !organisation.is_empty() {
            put("organization", self.organisation(&organisation));
        }
        if !county.is_empty() {
            put_county(&mut item, &county);
        }
        item
    }

    fn organisation(&self, name: &str) -> Value {
        let plain = columns::plain(name);
        let mut item = json!({ "id": name_uuid(&format!("sheet|organizations|{plain}")), "name": name });
        if let Some(number) = self.numbers.get(&plain) {
            item["organization_identifiers"] = json!([{ "identifier_type": "charity number", "identifier": number }]);
        }
        item
    }

    /// Says of each column without a field that it is in the notes.
    pub(super) fn note_columns(&self, normaliser: &mut Normaliser) {
        normaliser.row = self.table.header_row;
        for column in self.table.columns.iter().filter(|column| column.field.key == columns::KEEP) {
            normaliser.note(&column.heading, RepairKind::InNotes, &column.heading, "the whole column");
        }
    }
}

/// Why the second row of an empty sheet of ours is no service.
const HELP: &str = "the help of an empty sheet";

/// Said of a title between the rows, under which those below it stand.
const SECTION: &str = "a title; kept in the notes of the rows below it";

/// Fields that are set as the form takes them, with what stands between several columns of one.
const PLAIN: &[(&str, &str)] = &[
    ("eligibility", "\n"),
    ("locations", "\n"),
    ("aliases", ", "),
    ("commissioner", ", "),
    ("funders", ", "),
    ("referrers", ", "),
    ("status", " "),
    ("alert", "\n"),
    ("summary", "\n"),
    ("ages", " "),
    ("sex", " "),
    ("clients", ", "),
    ("serves", ", "),
    ("hide_address", " "),
    ("opening", "\n"),
    ("cost", "; "),
    ("routes", ", "),
    ("how_to_refer", "\n"),
    ("capacity", " "),
    ("waiting", "; "),
    ("languages", ", "),
    ("accessibility", "\n"),
    ("email", ", "),
    ("funding_ends", " "),
    ("notes", "\n"),
];

/// What a person writes into a cell, as the form takes it.
fn in_the_words_of_the_form(key: &str, text: &str) -> String {
    let lower = text.trim().to_lowercase();
    match key {
        "status" => match lower.as_str() {
            "open" | "running" | "live" | "current" | "yes" | "y" | "ongoing" => "active".to_owned(),
            "suspended" | "on hold" | "temporarily closed" => "paused".to_owned(),
            "ended" | "no longer running" | "no" | "n" | "defunct" => "closed".to_owned(),
            _ => text.to_owned(),
        },
        "ages" => infer::ages(text).map_or_else(|| text.to_owned(), |ages| Some(ages).format(&Workspace::default())),
        "serves" | "languages" | "aliases" | "funders" | "referrers" => text.replace(['\n', ';', '/'], ", "),
        "email" | "waiting" | "cost" => one_line(text),
        _ => text.to_owned(),
    }
}

fn set_field(service: &mut Service, key: &str, typed: &str, nobody: &Workspace) -> bool {
    let Some(field) = Service::FIELDS.iter().find(|field| field.info.name == key) else { return false };
    if service.take_open_word(key, typed) {
        return true;
    }
    let before = service.clone();
    let context = ParseContext { workspace: nobody, today: Date::default() };
    let is_set = (field.parse)(service, typed, context).is_ok() && service.check().is_ok();
    if !is_set {
        *service = before;
    }
    is_set
}

fn set_url(service: &mut Service, text: &str) -> bool {
    let mut words = text.split_whitespace().map(|word| word.trim_matches([',', ';']));
    let address = words.clone().find_map(standard::url);
    match (address, &service.url) {
        (Some(address), None) => {
            let is_all = words.by_ref().count() == 1;
            service.url = Text::some(&address);
            is_all
        }
        (None, None) => {
            service.url = Text::some(&one_line(text));
            true
        }
        (_, Some(_)) => false,
    }
}

/// A number, an e-mail address and a web address out of one cell.
fn take_reach(service: &mut Service, text: &str) -> bool {
    let words: Vec<&str> =
        text.split_whitespace().map(|word| word.trim_matches([',', ';', '<', '>', '(', ')'])).collect();
    let email = words.iter().find(|word| values::is_email(word));
    let web = words.iter().find(|word| values::is_web(word));
    let rest: Vec<&str> = text
        .split([' ', '\n'])
        .filter(|word| !word.contains('@') && !values::is_web(word.trim_matches([',', ';'])))
        .collect();
    let phones = values::phones(&rest.join(" "));
    if service.email.is_none() {
        service.email = email.and_then(|email| Text::some(email));
    }
    if service.url.is_none() {
        service.url = web.and_then(|web| standard::url(web)).and_then(|web| Text::some(&web));
    }
    for phone in &phones {
        if service.phone.is_none() && phone.note.is_empty() {
            service.phone = Text::some(&phone.number);
        } else {
            service.contacts.push(contact(&phone.note, &phone.number));
        }
    }
    false // what else the cell says is looked for
}

fn contact(note: &str, number: &str) -> Contact {
    Contact { title: Text::some(&one_line(note)), phone: Text::some(number), ..Contact::default() }
}

/// Whether this is the number to ring: the first, but for one of which something is said where another follows bare.
fn is_first_to_ring(phone: &Phone, others: &[Phone]) -> bool {
    phone.note.is_empty() || others.iter().all(|other| !other.note.is_empty())
}

fn take_check(draft: &mut Draft, text: &str) -> bool {
    let day = standard::day(text.trim())
        .or_else(|| standard::day(text.split_whitespace().take(3).collect::<Vec<_>>().join(" ").as_str()));
    let is_day = day.is_some();
    // A day that could be read in two ways is reported where it is put into its field.
    draft.checked = day
        .map(|(day, is_ambiguous)| if is_ambiguous { text.trim().to_owned() } else { day.to_string() })
        .unwrap_or_default();
    is_day
}

/// The needs, one term each: what they mean is for the thesaurus to say. Words that are no need by name are kept as well.
fn take_needs(draft: &mut Draft, text: &str) -> bool {
    let needs = text.split([',', ';', '\n', '/', '|']).map(one_line).filter(|need| !need.is_empty());
    let is_known = |need: &String| {
        Set::<Need>::parse(need, ParseContext { workspace: &Workspace::default(), today: Date::default() }).is_ok()
    };
    let needs: Vec<String> = needs.collect();
    let are_known = needs.iter().all(is_known);
    draft.needs.extend(needs);
    are_known
}

fn put_county(item: &mut Object, county: &str) {
    let places =
        item.get_mut("service_at_locations").and_then(Value::as_array_mut).and_then(|places| places.first_mut());
    let address = places.and_then(|place| place.pointer_mut("/location/addresses/0")).and_then(Value::as_object_mut);
    if let Some(address) = address {
        address.insert("state_province".to_owned(), county.into());
    }
}

/// The texts that merged cells stand for in the rows below the first.
fn merged(grid: &Grid, table: &Table) -> HashMap<(usize, usize), String> {
    /// The most cells that are looked at.
    const MOST: usize = 2_000_000;
    let mut texts = HashMap::new();
    let mut left = MOST;
    for merge in grid.merges.iter().filter(|merge| merge.to_row > merge.from_row && merge.from_row > table.header_row) {
        let first = grid.rows.partition_point(|row| row.at < merge.from_row);
        let Some(above) = grid.rows.get(first).filter(|row| row.at == merge.from_row) else { continue };
        let text = above.text(merge.from_column);
        if text.is_empty() {
            continue;
        }
        for row in grid.rows[first + 1..].iter().take_while(|row| row.at <= merge.to_row) {
            left = left.saturating_sub(1);
            if left == 0 {
                return texts;
            }
            texts.insert((row.at, merge.from_column), text.to_owned());
        }
    }
    texts
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// The letters and figures of a text alone.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn same_words(one: &str, other: &str) -> bool {
    bare(one) == bare(other)
}

/// Everything that a record says, field by field.
fn said(service: &Service, organisation: &str, nobody: &Workspace) -> Vec<String> {
    let fields = Service::FIELDS.iter().filter(|field| field.info.is_editable);
    fields.map(|field| bare(&(field.format)(service, nobody))).chain([bare(organisation)]).collect()
}

/// Whether one of the fields says a text.
fn says(said: &[String], text: &str) -> bool {
    let text = bare(text);
    !text.is_empty() && said.iter().any(|field| field.contains(&text))
}
