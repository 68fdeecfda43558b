//! Addresses that must not be known, and striking them out of whatever else repeats them.
//!
//! A refuge's own item loses its places altogether. But its organisation may list the house as well, or another service
//! may tell the way to it; so what is hidden is gathered first, and struck out of every text that leaves.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::fill::NOWHERE;
use crate::exchange::tidy::{Object, objects, text};
use crate::exchange::values::postcode;
use crate::model::Ref;
use crate::model::service::Location;
use crate::model::{Id, Service};

/// What stands where an address stood.
pub const WITHHELD: &str = "(address withheld)";

/// Every hidden address.
#[derive(Default)]
pub struct Redactor {
    /// What tells one house from all others: it goes out of every text.
    everywhere: Vec<String>,
    /// All parts of an address, which also may be words of everyday: these go where the organisation speaks.
    within: HashMap<Id, Vec<String>>,
    /// The places themselves, by their ids.
    places: HashSet<String>,
}

impl Redactor {
    /// Takes in a hidden service, with the item it came from.
    pub fn add(&mut self, service: &Service, item: Option<&Object>) {
        let traces = traces_of(service, item);
        self.everywhere.extend(traces.iter().filter(|trace| is_telling(trace)).cloned());
        if let Some(organisation) = service.organisation.as_ref().and_then(Ref::id) {
            self.within.entry(organisation).or_default().extend(traces);
        }
        let places = item.into_iter().flat_map(|item| objects(item, "service_at_locations"));
        let ids = places.filter_map(|at| at.get("location")?.get("id")?.as_str());
        self.places.extend(ids.map(str::to_owned));
    }

    /// The longest first, so that no half of an address is left standing.
    pub fn sort(&mut self) {
        for traces in self.within.values_mut().chain([&mut self.everywhere]) {
            traces.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
            traces.dedup();
        }
    }

    /// What must not be said by a record of this organisation.
    fn for_organisation(&self, organisation: Option<Id>) -> impl Iterator<Item = &String> {
        organisation.and_then(|id| self.within.get(&id)).into_iter().flatten().chain(&self.everywhere)
    }

    /// Strikes what is hidden out of a text.
    pub fn redact(&self, organisation: Option<Id>, said: &str) -> String {
        let mut said = said.to_owned();
        self.for_organisation(organisation).for_each(|trace| redact(&mut said, trace));
        said
    }

    /// Strikes what is hidden out of an item; the places of other services stay, as each is shown or hidden by itself.
    pub fn redact_item(&self, organisation: Option<Id>, item: &mut Object) {
        let whole = Value::Object(item.clone()).to_string().to_ascii_lowercase();
        let said: Vec<&String> =
            self.for_organisation(organisation).filter(|trace| whole.contains(&trace.to_ascii_lowercase())).collect();
        if let Some(Value::Array(places)) = item.get_mut("locations") {
            places.retain(|place| !self.is_hidden_place(organisation, place));
            if places.is_empty() {
                item.shift_remove("locations");
            }
        }
        let open = item.iter_mut().filter(|(key, _)| *key != "service_at_locations" && *key != "moot_locations");
        open.filter(|(key, _)| *key != "id").for_each(|(_, value)| withhold(value, &said));
    }

    /// Whether a place, or a row of one, is one of those that are hidden.
    pub fn is_hidden_place(&self, organisation: Option<Id>, place: &Value) -> bool {
        let leads = ["id", "location_id"]
            .iter()
            .any(|field| place.get(*field).and_then(Value::as_str).is_some_and(|id| self.places.contains(id)));
        let said = place.to_string().to_ascii_lowercase();
        leads || self.for_organisation(organisation).any(|trace| said.contains(&trace.to_ascii_lowercase()))
    }
}

/// Whether a text means one house and nothing else: a postcode, or a line that begins with a number. `Unit 5` does not.
fn is_telling(trace: &str) -> bool {
    let (number, street) = trace.split_once(' ').unwrap_or((trace, ""));
    let letters = number.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = number.len() > letters.len() && letters.len() < 2 && street.len() > 5;
    is_postcode(trace) || is_numbered && street.starts_with(char::is_alphabetic)
}

fn is_postcode(trace: &str) -> bool {
    postcode(&trace.replace(' ', "").to_lowercase()).is_some() // in small letters none is right already
}

/// Everything by which the places of a service would be known.
fn traces_of(service: &Service, item: Option<&Object>) -> Vec<String> {
    let mut traces = Vec::new();
    for Location { address, postcode, .. } in &service.locations {
        traces.extend([address, postcode].into_iter().flatten().map(ToString::to_string));
    }
    if let Some(item) = item {
        traces.extend(traces_in(item));
    }
    with_parts(traces)
}

/// The addresses that an item says.
pub fn traces_in(item: &Object) -> Vec<String> {
    let mut traces = Vec::new();
    for place in objects(item, "service_at_locations").filter_map(|at| at.get("location")?.as_object()) {
        traces.push(text(place, "external_identifier").to_owned());
        for address in objects(place, "addresses") {
            traces.extend(["address_1", "address_2", "postal_code"].map(|field| text(address, field).to_owned()));
        }
    }
    with_parts(traces)
}

/// The same with each line of an address by itself, and a postcode without its blank; the longest first.
fn with_parts(traces: Vec<String>) -> Vec<String> {
    let mut all = Vec::new();
    for trace in traces {
        all.extend(trace.split(',').map(|part| part.trim().to_owned()));
        all.extend(is_postcode(&trace).then(|| trace.replace(' ', "")));
        all.push(trace);
    }
    all.retain(|trace| trace.len() > 3 && trace != WITHHELD);
    all.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    all.dedup();
    all
}

/// Strikes a trace out of a text, however it is capitalised.
fn redact(said: &mut String, trace: &str) {
    let trace = trace.to_ascii_lowercase();
    let mut from = 0;
    while let Some(at) = said.get(from..).and_then(|rest| rest.to_ascii_lowercase().find(&trace)) {
        said.replace_range(from + at..from + at + trace.len(), WITHHELD);
        from += at + WITHHELD.len();
    }
}

/// Strikes addresses out of every text in a value; a link that holds one leads nowhere then.
pub fn withhold<T: AsRef<str>>(value: &mut Value, traces: &[T]) {
    match value {
        Value::String(said) => {
            let before = said.clone();
            for trace in traces {
                redact(said, trace.as_ref());
            }
            if *said != before && before.contains("://") && !before.contains(char::is_whitespace) {
                NOWHERE.clone_into(said);
            }
        }
        Value::Array(rows) => rows.iter_mut().for_each(|row| withhold(row, traces)),
        Value::Object(object) => {
            let open = object.iter_mut().filter(|(key, _)| *key != "id");
            open.for_each(|(_, value)| withhold(value, traces));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_struck_out_however_it_is_written() {
        let mut said =
            serde_json::json!({"id": "BH15 1AA", "text": "at bh15 1aa, BH151AA", "url": "https://x.org/BH151AA"});
        withhold(&mut said, &with_parts(vec!["BH15 1AA".to_owned()]));
        assert_eq!(said["id"], "BH15 1AA");
        assert_eq!(said["text"], format!("at {WITHHELD}, {WITHHELD}"));
        assert_eq!(said["url"], NOWHERE);
    }

    #[test]
    fn a_word_of_everyday_is_no_address() {
        assert!(["7 Hidden Lane", "7b Hidden Lane", "BH15 1AA", "BH151AA"].into_iter().all(is_telling));
        assert!(!["High Street", "Poole", "Unit 5", "1st Floor", "2026"].into_iter().any(is_telling));
    }
}
