//! Redacts hidden addresses from everything that is exported.
//!
//! The item of a hidden service loses its locations. But its organisation may list the same house, or another service
//! may describe the way to it; so all hidden addresses are collected first and redacted from every text.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::fill::BLANK_URL;
use crate::exchange::normalise::{Object, objects, str_field};
use crate::exchange::values::postcode;
use crate::model::Ref;
use crate::model::order::Order as _;
use crate::model::service::Location;
use crate::model::{Id, Service};

/// The replacement for an address.
pub const WITHHELD: &str = "(address withheld)";

/// All hidden addresses.
#[derive(Default)]
pub struct Redactor {
    /// Addresses that mean one house only: redacted in every text.
    everywhere: Vec<String>,
    /// All parts of addresses, which may also be ordinary words: redacted in the items of the organisation.
    within: HashMap<Id, Vec<String>>,
    /// The ids of hidden locations.
    places: HashSet<String>,
}

impl Redactor {
    /// Adds the addresses of a hidden service and of the item it came from.
    pub fn add(&mut self, service: &Service, item: Option<&Object>) {
        let addresses = addresses_of(service, item);
        self.everywhere.extend(addresses.iter().filter(|address| is_distinctive(address)).cloned());
        if let Some(organisation) = service.organisation.as_ref().and_then(Ref::id) {
            self.within.entry(organisation).or_default().extend(addresses);
        }
        let places = item.into_iter().flat_map(|item| objects(item, "service_at_locations"));
        let ids = places.filter_map(|at| at.get("location")?.get("id")?.as_str());
        self.places.extend(ids.map(str::to_owned));
    }

    /// Sorts the longest addresses first, so that no part of one is left over.
    pub fn sort(&mut self) {
        for addresses in self.within.values_mut().chain([&mut self.everywhere]) {
            addresses.order_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
            addresses.dedup();
        }
    }

    /// The addresses to redact in records of this organisation.
    fn for_organisation(&self, organisation: Option<Id>) -> impl Iterator<Item = &String> {
        organisation.and_then(|id| self.within.get(&id)).into_iter().flatten().chain(&self.everywhere)
    }

    /// Redacts a text.
    pub fn redact(&self, organisation: Option<Id>, text: &str) -> String {
        let mut text = text.to_owned();
        self.for_organisation(organisation).for_each(|address| redact(&mut text, address));
        text
    }

    /// Redacts an item except for its own locations, which are shown or hidden by the service's own flag.
    pub fn redact_item(&self, organisation: Option<Id>, item: &mut Object) {
        let whole = Value::Object(item.clone()).to_string().to_ascii_lowercase();
        let relevant: Vec<&String> = self
            .for_organisation(organisation)
            .filter(|address| whole.contains(&address.to_ascii_lowercase()))
            .collect();
        if let Some(Value::Array(places)) = item.get_mut("locations") {
            places.retain(|place| !self.is_hidden_place(organisation, place));
            if places.is_empty() {
                item.shift_remove("locations");
            }
        }
        let open = item.iter_mut().filter(|(key, _)| *key != "service_at_locations" && *key != "moot_locations");
        open.filter(|(key, _)| *key != "id").for_each(|(_, value)| withhold(value, &relevant));
    }

    /// Whether a location, or a row that refers to one, is hidden.
    pub fn is_hidden_place(&self, organisation: Option<Id>, place: &Value) -> bool {
        let leads = ["id", "location_id"]
            .iter()
            .any(|field| place.get(*field).and_then(Value::as_str).is_some_and(|id| self.places.contains(id)));
        let text = place.to_string().to_ascii_lowercase();
        leads || self.for_organisation(organisation).any(|address| text.contains(&address.to_ascii_lowercase()))
    }
}

/// Whether a text identifies one house: a postcode, or a street with a house number. `Unit 5` does not.
fn is_distinctive(address: &str) -> bool {
    let (number, street) = address.split_once(' ').unwrap_or((address, ""));
    let letters = number.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = number.len() > letters.len() && letters.len() < 2 && street.len() > 5;
    is_postcode(address) || is_numbered && street.starts_with(char::is_alphabetic)
}

fn is_postcode(address: &str) -> bool {
    postcode(&address.replace(' ', "").to_lowercase()).is_some() // lower case is never the standard form
}

/// All address texts of a service and its item.
fn addresses_of(service: &Service, item: Option<&Object>) -> Vec<String> {
    let mut addresses = Vec::new();
    for Location { address, postcode, .. } in &service.locations {
        addresses.extend([address, postcode].into_iter().flatten().map(ToString::to_string));
    }
    if let Some(item) = item {
        addresses.extend(addresses_in(item));
    }
    with_parts(addresses)
}

/// All address texts in an item.
pub fn addresses_in(item: &Object) -> Vec<String> {
    let mut addresses = Vec::new();
    for place in objects(item, "service_at_locations").filter_map(|at| at.get("location")?.as_object()) {
        addresses.push(str_field(place, "external_identifier").to_owned());
        for address in objects(place, "addresses") {
            addresses
                .extend(["address_1", "address_2", "postal_code"].map(|field| str_field(address, field).to_owned()));
        }
    }
    with_parts(addresses)
}

/// Adds each part of an address by itself, and postcodes without their blank; the longest first.
fn with_parts(addresses: Vec<String>) -> Vec<String> {
    let mut all = Vec::new();
    for address in addresses {
        all.extend(address.split(',').map(|part| part.trim().to_owned()));
        all.extend(is_postcode(&address).then(|| address.replace(' ', "")));
        all.push(address);
    }
    all.retain(|address| address.len() > 3 && address != WITHHELD);
    all.order_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    all.dedup();
    all
}

/// Redacts an address in a text, ignoring case.
fn redact(text: &mut String, address: &str) {
    let address = address.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.to_ascii_lowercase().find(&address)) {
        text.replace_range(from + at..from + at + address.len(), WITHHELD);
        from += at + WITHHELD.len();
    }
}

/// Redacts addresses in every text of a value; a URL that contains one is replaced altogether.
pub fn withhold<T: AsRef<str>>(value: &mut Value, addresses: &[T]) {
    match value {
        Value::String(text) => {
            let before = text.clone();
            for address in addresses {
                redact(text, address.as_ref());
            }
            if *text != before && before.contains("://") && !before.contains(char::is_whitespace) {
                BLANK_URL.clone_into(text);
            }
        }
        Value::Array(rows) => rows.iter_mut().for_each(|row| withhold(row, addresses)),
        Value::Object(object) => {
            let open = object.iter_mut().filter(|(key, _)| *key != "id");
            open.for_each(|(_, value)| withhold(value, addresses));
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
        withhold(&mut item, &with_parts(vec!["BH15 1AA".to_owned()]));
        assert_eq!(item["id"], "BH15 1AA");
        assert_eq!(item["text"], format!("at {WITHHELD}, {WITHHELD}"));
        assert_eq!(item["url"], BLANK_URL);
    }

    #[test]
    fn a_word_of_everyday_is_no_address() {
        assert!(["7 Hidden Lane", "7b Hidden Lane", "BH15 1AA", "BH151AA"].into_iter().all(is_distinctive));
        assert!(!["High Street", "Poole", "Unit 5", "1st Floor", "2026"].into_iter().any(is_distinctive));
    }
}
