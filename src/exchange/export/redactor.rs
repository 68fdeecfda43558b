//! Redacts hidden addresses from everything that is exported.
//!
//! The item of a hidden service loses its locations. But its organisation may list the same house, or another service
//! may describe the way to it; so all hidden addresses are collected first and redacted from every text.

use std::collections::HashSet;

use serde_json::Value;

use super::fill::BLANK_URL;
use super::matcher::{Matcher, forms, is_postcode};
use crate::exchange::normalise::{Object, objects, str_field};
use crate::model::Ref;
use crate::model::service::Location;
use crate::model::{Id, Service};

/// The replacement for an address.
pub const WITHHELD: &str = "(address withheld)";

/// Words that name no particular house.
const ORDINARY: &[&str] = &[
    "a",
    "and",
    "annexe",
    "at",
    "base",
    "building",
    "buildings",
    "central",
    "centre",
    "center",
    "church",
    "clinic",
    "college",
    "community",
    "council",
    "county",
    "court",
    "drop",
    "east",
    "floor",
    "first",
    "ground",
    "hall",
    "head",
    "headquarters",
    "health",
    "hostel",
    "hospital",
    "house",
    "hub",
    "in",
    "library",
    "location",
    "main",
    "north",
    "of",
    "office",
    "offices",
    "one",
    "place",
    "prison",
    "reception",
    "refuge",
    "room",
    "safe",
    "school",
    "second",
    "service",
    "services",
    "shelter",
    "site",
    "south",
    "street",
    "suite",
    "the",
    "town",
    "two",
    "unit",
    "village",
    "virtual",
    "west",
    "women",
    "womens",
];

/// All hidden addresses.
#[derive(Default)]
pub struct Redactor {
    /// Addresses that mean one house only are looked for in every text; parts of addresses, which may also be ordinary
    /// words, in the items of the organisation.
    addresses: Matcher,
    /// The ids of hidden locations.
    places: HashSet<String>,
}

impl Redactor {
    /// Adds the addresses of a hidden service and of the item it came from. `names`: what it and its organisation are
    /// called, which is not hidden.
    pub fn add(&mut self, service: &Service, item: Option<&Object>, names: &[&str]) {
        let organisation = service.organisation.as_ref().and_then(Ref::id);
        for address in addresses_of(service, item) {
            self.put(&address, is_distinctive(&address), organisation);
        }
        for house in houses_of(service, item).iter().filter(|house| !is_part_of_any(house, names)) {
            let words = forms(house);
            let is_known_by_name = words.iter().any(|word| !ORDINARY.contains(&word.as_str()));
            if is_known_by_name {
                self.put(house, words.len() > 1, organisation);
            }
        }
        let places = item.into_iter().flat_map(|item| objects(item, "service_at_locations"));
        let ids = places.filter_map(|at| at.get("location")?.get("id")?.as_str());
        self.places.extend(ids.map(str::to_owned));
    }

    fn put(&mut self, address: &str, is_everywhere: bool, organisation: Option<Id>) {
        if is_everywhere {
            self.addresses.add(address, None);
        } else if organisation.is_some() {
            self.addresses.add(address, organisation);
        }
    }

    /// A text with the addresses that are hidden struck out; `None`: there are none in it.
    pub fn rewrite(&self, organisation: Option<Id>, text: &str) -> Option<String> {
        self.addresses.replace(text, organisation, WITHHELD)
    }

    /// Redacts an item except for its own locations, which are shown or hidden by the service's own flag.
    pub fn redact_item(&self, organisation: Option<Id>, item: &mut Object) {
        if let Some(Value::Array(places)) = item.get_mut("locations") {
            places.retain(|place| !self.is_hidden_place(organisation, place));
            if places.is_empty() {
                item.shift_remove("locations");
            }
        }
        let strike = |text: &str| self.rewrite(organisation, text);
        for (key, value) in item.iter_mut().filter(|(key, _)| !matches!(key.as_str(), "id" | "moot_locations")) {
            if key == "service_at_locations" {
                let places = value.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut);
                places.for_each(|place| withhold_around(place, &strike));
            } else {
                withhold(value, &strike);
            }
        }
    }

    /// Whether a location, or a row that refers to one, is hidden.
    pub fn is_hidden_place(&self, organisation: Option<Id>, place: &Value) -> bool {
        let leads = ["id", "location_id"]
            .iter()
            .any(|field| place.get(*field).and_then(Value::as_str).is_some_and(|id| self.places.contains(id)));
        leads || self.says_hidden(organisation, place)
    }

    fn says_hidden(&self, organisation: Option<Id>, value: &Value) -> bool {
        match value {
            Value::String(text) => !self.addresses.find(text, organisation).is_empty(),
            Value::Array(rows) => rows.iter().any(|row| self.says_hidden(organisation, row)),
            Value::Object(object) => object.values().any(|value| self.says_hidden(organisation, value)),
            _ => false,
        }
    }
}

/// Whether a phrase stands in one of the names.
fn is_part_of_any(phrase: &str, names: &[&str]) -> bool {
    let phrase = Matcher::of([phrase]);
    names.iter().any(|name| !phrase.find(name, None).is_empty())
}

/// Whether a text identifies one house: a postcode, or a street with a house number. `Unit 5` does not.
fn is_distinctive(address: &str) -> bool {
    let (number, street) = address.split_once([' ', ',']).unwrap_or((address, ""));
    let letters = number.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = number.len() > letters.len() && letters.len() < 2 && street.len() > 5;
    is_postcode(address) || is_numbered && street.trim_start().starts_with(char::is_alphabetic)
}

/// All address texts of a service and its item.
fn addresses_of(service: &Service, item: Option<&Object>) -> Vec<String> {
    let mut addresses = Vec::new();
    for Location { address, postcode, .. } in &service.locations {
        addresses.extend([address, postcode].into_iter().flatten().map(ToString::to_string));
    }
    if let Some(item) = item {
        addresses.extend(address_texts(item));
    }
    with_parts(addresses)
}

/// What the houses of a service are called.
fn houses_of(service: &Service, item: Option<&Object>) -> Vec<String> {
    let mut houses: Vec<String> =
        service.locations.iter().filter_map(|at| at.name.as_ref()).map(ToString::to_string).collect();
    let places = item.into_iter().flat_map(|item| objects(item, "service_at_locations"));
    for place in places.filter_map(|at| at.get("location")?.as_object()) {
        houses.extend(["name", "alternate_name"].map(|field| str_field(place, field).to_owned()));
    }
    // in `Rose Cottage, 5 Some Lane` the house stands before its street
    let addresses = addresses_of(service, item);
    houses.extend(
        addresses
            .into_iter()
            .filter(|part| !part.contains([',', '\n']) && !part.contains(|c: char| c.is_ascii_digit())),
    );
    houses.retain(|house| house.len() > 3);
    houses
}

/// All address texts in an item, with their parts.
pub fn addresses_in(item: &Object) -> Vec<String> {
    with_parts(address_texts(item))
}

fn address_texts(item: &Object) -> Vec<String> {
    let mut addresses = Vec::new();
    for place in objects(item, "service_at_locations").filter_map(|at| at.get("location")?.as_object()) {
        addresses.push(str_field(place, "external_identifier").to_owned());
        for address in objects(place, "addresses") {
            addresses
                .extend(["address_1", "address_2", "postal_code"].map(|field| str_field(address, field).to_owned()));
        }
    }
    addresses
}

/// Adds each part of an address by itself: what stands between commas, and a street with its number (`Flat 2 7 Some Lane`
/// has `7 Some Lane` in it).
fn with_parts(addresses: Vec<String>) -> Vec<String> {
    let mut all = Vec::new();
    for address in addresses {
        let parts = address.split([',', '\n', ';']).map(|part| part.trim().to_owned());
        all.extend(parts.flat_map(|part| [from_last_number(&part), part]));
        all.push(from_last_number(&address));
        all.push(address);
    }
    all.retain(|address| address.len() > 3 && address != WITHHELD);
    all.sort();
    all.dedup();
    all
}

/// What stands from the last number that is followed by words.
fn from_last_number(address: &str) -> String {
    let words: Vec<&str> = address.split_whitespace().collect();
    let is_number = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
    match words.iter().rposition(is_number) {
        Some(at) if at + 1 < words.len() => words[at..].join(" "),
        _ => String::new(),
    }
}

/// What tells where a location is, and is shown where the location is.
const PLACE_FIELDS: &[&str] = &["id", "name", "alternate_name", "addresses", "external_identifier"];

/// Rewrites what is said around a service's own location, which itself stays.
fn withhold_around(place: &mut Object, rewrite: &dyn Fn(&str) -> Option<String>) {
    for (key, value) in place.iter_mut().filter(|(key, _)| *key != "id") {
        match value {
            Value::Object(location) if key == "location" => {
                let around = location.iter_mut().filter(|(key, _)| !PLACE_FIELDS.contains(&key.as_str()));
                around.for_each(|(_, value)| withhold(value, rewrite));
            }
            other => withhold(other, rewrite),
        }
    }
}

/// Rewrites every text of a value in which `rewrite` finds something; a URL or an e-mail address with that in it is
/// replaced altogether.
pub fn withhold(value: &mut Value, rewrite: &dyn Fn(&str) -> Option<String>) {
    match value {
        Value::String(text) => {
            if let Some(said) = rewrite(text) {
                let is_one_word = !text.contains(char::is_whitespace);
                *text = match () {
                    () if is_one_word && text.contains("://") => BLANK_URL.to_owned(),
                    () if is_one_word && text.contains('@') => String::new(),
                    () => said,
                };
            }
        }
        Value::Array(rows) => rows.iter_mut().for_each(|row| withhold(row, rewrite)),
        Value::Object(object) => {
            let open = object.iter_mut().filter(|(key, _)| *key != "id");
            open.for_each(|(_, value)| withhold(value, rewrite));
            object.retain(|_, value| value != "");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_struck_out_however_it_is_written() {
        let mut item =
            serde_json::json!({"id": "BH15 1AA", "text": "at bh15 1aa, BH151AA", "url": "https://x.org/BH151AA"});
        let matcher = Matcher::of(["BH15 1AA"]);
        withhold(&mut item, &|text| matcher.replace(text, None, WITHHELD));
        assert_eq!(item["id"], "BH15 1AA");
        assert_eq!(item["text"], format!("at {WITHHELD}, {WITHHELD}"));
        assert_eq!(item["url"], BLANK_URL);
    }

    #[test]
    fn a_word_of_everyday_is_no_address() {
        assert!(["7 Hidden Lane", "7b Hidden Lane", "BH15 1AA", "BH151AA"].into_iter().all(is_distinctive));
        assert!(!["High Street", "Poole", "Unit 5", "1st Floor", "2026"].into_iter().any(is_distinctive));
    }

    #[test]
    fn the_street_of_a_flat_is_its_address_too() {
        assert!(with_parts(vec!["Flat 2, 7 Some Lane".to_owned()]).contains(&"7 Some Lane".to_owned()));
        assert!(with_parts(vec!["Flat 2 7 Some Lane".to_owned()]).contains(&"7 Some Lane".to_owned()));
    }
}
