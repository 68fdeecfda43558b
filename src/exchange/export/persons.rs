//! What names a person leaves only when it was asked for; the rule is by field, and what is not allowed stays here.
//!
//! - Contacts, and the log of who changed what, stay here as a whole, and so do the fields of the standard that name a
//!   person (`schema` marks them).
//! - Every other field of the standard, and those of older versions in [`STATEMENTS`], says something of a service and goes.
//! - Any other property of a source may hold a person, whatever its name. It goes where its value cannot: a number of a few
//!   digits, a date, yes or no, an id.
//! - In all that goes, "c/o" and "for the attention of" are taken out with the name after them, and so are the names and
//!   e-mail addresses of the contacts that are known here, unless a service or an organisation bears that name.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::matcher::Matcher;
use super::redactor::withhold;
use crate::exchange::normalise::{Object, is_uuid, str_field};
use crate::exchange::patch::{CLEARED_FIELDS, own_key};
use crate::exchange::read::items::child_of;
use crate::exchange::schema::{self, DataType, PERSONAL_TABLES, TableSchema};
use crate::exchange::values;
use crate::model::Kind;
use crate::model::field::Visibility;

/// The replacement for a name.
pub const NAME_WITHHELD: &str = "(name withheld)";

/// Fields of HSDS 1 and 2, ORUK 1 and Ohana that say something of a service, and of no person.
const STATEMENTS: &[&str] = &[
    "accessibility",
    "attending_access",
    "audience",
    "deliverable_type",
    "department",
    "eligibility",
    "keywords",
    "language",
    "maximum_age",
    "minimum_age",
    "original_text",
    "parent_name",
    "payment",
    "service_area",
    "short_desc",
    "taxonomy",
    "taxonomy_facet",
    "term",
    "weekday",
];

/// Keys of this program that say nothing of persons.
const OWN_KEYS: &[&str] = &["moot_filled", "moot_derived", "moot_hide_address", CLEARED_FIELDS];

/// How many values of which field stayed here, for whom it may concern: `contacts` → 12.
pub type Withheld = BTreeMap<String, usize>;

/// The names and e-mail addresses of contacts in items, that are looked for in texts.
#[derive(Default)]
pub struct KnownPersons(HashSet<String>);

impl KnownPersons {
    /// Adds all contacts in an item.
    pub fn add(&mut self, table: &str, item: &Object) {
        if table == "contacts" {
            self.add_person(str_field(item, "name"), str_field(item, "email"));
        }
        for (key, value) in item {
            let inner = if key == "contacts" { key } else { "" };
            match value {
                Value::Object(object) => self.add(inner, object),
                Value::Array(rows) => rows.iter().filter_map(Value::as_object).for_each(|row| self.add(inner, row)),
                _ => {}
            }
        }
    }

    /// Adds a person.
    pub fn add_person(&mut self, name: &str, email: &str) {
        let words = name.split_whitespace().count();
        let is_name = (2..=5).contains(&words) && !name.contains(|c: char| c.is_ascii_digit() || "/@:".contains(c));
        self.0.extend(is_name.then(|| name.to_owned()));
        self.0.extend(email.contains('@').then(|| email.to_owned()));
    }

    /// What is looked for: none of them that is part of a name a service or an organisation bears.
    pub fn matcher<'a>(&self, borne: impl Iterator<Item = &'a str>) -> Matcher {
        let all = Matcher::of(self.0.iter().map(String::as_str));
        let mut taken: HashSet<Vec<String>> = HashSet::new();
        for name in borne {
            taken.extend(all.find(name, None).into_iter().map(|at| super::matcher::forms(&name[at])));
        }
        Matcher::of(self.0.iter().map(String::as_str).filter(|name| !taken.contains(&super::matcher::forms(name))))
    }
}

/// Removes persons from a row of a table and from all that is nested in it.
pub struct PersonFilter<'a> {
    /// The persons who are known by name.
    pub known: &'a Matcher,
    /// What was removed.
    pub withheld: Withheld,
}

impl PersonFilter<'_> {
    /// Removes persons from a row of a table; `table` is `None` where the standard has no such table.
    pub fn filter(&mut self, table: Option<&'static TableSchema>, row: &mut Object) {
        let name = table.map_or("other", |table| table.name);
        let old = std::mem::take(row);
        for (key, mut value) in old {
            if self.keep(table, &key, &mut value) {
                row.insert(key, value);
            } else {
                self.count(name, &key, &value);
            }
        }
        let sort = if matches!(name, "addresses" | "locations") { Sort::Address } else { Sort::Prose };
        for value in row.values_mut().filter(|value| value.is_string()) {
            withhold(value, &|text| without_names(text, self.known, sort, ""));
        }
        row.retain(|_, value| value != "");
    }

    fn count(&mut self, table: &str, key: &str, value: &Value) {
        let field = if schema::table_by_alias(key).is_some() { key.to_owned() } else { format!("{table}.{key}") };
        *self.withheld.entry(field).or_default() += value.as_array().map_or(1, Vec::len);
    }

    /// Whether a property may go; what is nested in it is filtered.
    fn keep(&mut self, table: Option<&'static TableSchema>, key: &str, value: &mut Value) -> bool {
        if schema::table_by_alias(key).is_some_and(|table| PERSONAL_TABLES.contains(&table.name)) {
            return false;
        }
        if key.starts_with("moot_") {
            return Self::keep_own(table, key, value);
        }
        let Some(table) = table else {
            return key == "id" || is_harmless_property(key, value);
        };
        if let Some(field) = table.field(key) {
            return !field.is_personal && !value.is_object() && !value.is_array();
        }
        let of = child_of(table, key)
            .or_else(|| schema::nested_object(table.name, key).and_then(|(_, of)| schema::table(of)));
        match (of, &mut *value) {
            (Some(of), Value::Array(rows)) => self.keep_rows(of, rows),
            (Some(of), Value::Object(inner)) => {
                self.filter(Some(of), inner);
                true
            }
            (_, Value::String(_) | Value::Number(_)) if STATEMENTS.contains(&key) => true,
            _ => is_harmless_property(key, value),
        }
    }

    /// Filters rows; the phone of a contact goes with the contact.
    fn keep_rows(&mut self, table: &'static TableSchema, rows: &mut Vec<Value>) -> bool {
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            if is_of_person(table, row) {
                self.count(table.name, "of contacts", &Value::Null);
                row.clear();
            } else {
                self.filter(Some(table), row);
            }
        }
        rows.retain(|row| row.as_object().is_some_and(|row| !row.is_empty()));
        !rows.is_empty()
    }

    /// A key of this program: a field of a record that everybody may read, the id in the source, or what a field could not hold.
    fn keep_own(table: Option<&'static TableSchema>, key: &str, value: &Value) -> bool {
        if OWN_KEYS.contains(&key) {
            return true;
        }
        let name = key.trim_start_matches("moot_");
        if name == "id" {
            return value.as_str().is_none_or(|id| !id.contains(char::is_whitespace));
        }
        let is_reference = |table: &TableSchema| {
            matches!(name, "link_id" | "resource_id")
                || table.field(name).is_some_and(|field| matches!(field.data_type, DataType::Reference(_)))
        };
        let kind = match table.map(|table| table.name) {
            Some("services") => Some(Kind::Service),
            Some("organizations") => Some(Kind::Organisation),
            _ => None,
        };
        let is_public = kind.is_some_and(|kind| {
            kind.fields().any(|field| own_key(field.name) == key && field.visibility == Visibility::Public)
        });
        is_public || table.is_some_and(is_reference) || is_harmless_property(key, value)
    }
}

/// Whether a row is about a contact: its phone, or a term that is attached to it.
pub fn is_of_person(table: &TableSchema, row: &Object) -> bool {
    let of_contact = ["contact_id", "moot_contact_id"].iter().any(|key| row.contains_key(*key));
    let entity = str_field(row, "link_entity").to_lowercase();
    PERSONAL_TABLES.contains(&table.name) || of_contact || entity.starts_with("contact")
}

/// Whether a property of a source cannot name a person, neither by its value nor by what it is called.
fn is_harmless_property(key: &str, value: &Value) -> bool {
    let is_plain_key = key.len() <= 60 && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    is_plain_key && is_harmless(value)
}

/// Whether a value cannot name a person: a number too short for a telephone, yes or no, a date, a time, an id; of lists and
/// objects, all that is in them.
fn is_harmless(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(number) => is_short_number(&number.to_string()),
        Value::String(text) => is_harmless_text(text.trim()),
        Value::Array(rows) => rows.iter().all(is_harmless),
        Value::Object(object) => object.values().all(is_harmless),
    }
}

fn is_harmless_text(text: &str) -> bool {
    let is = |data_type| matches!(values::parse(data_type, text), values::Parsed::Valid(_));
    let is_answer = ["", "yes", "no", "true", "false", "y", "n", "none", "n/a", "unknown", "other"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(text));
    let is_moment = text.starts_with(|c: char| c.is_ascii_digit())
        && (is(DataType::Date) || is(DataType::Time) || is(DataType::Timestamp));
    is_answer || is_uuid(text) || is_short_number(text) || is_moment
}

/// At most six digits before the point: fewer than any telephone number of a person.
fn is_short_number(text: &str) -> bool {
    let whole = text.trim_start_matches('-').split('.').next().unwrap_or_default();
    text.parse::<f64>().is_ok() && whole.len() <= 6
}

/// How an address names a person: `c/o Ada Example`.
const CARE_OF: &[&str] = &["c/o", "c/-", "attn", "attention:", "fao", "f.a.o.", "for the attention of"];

/// The same in words that mean something else within a sentence: they count at the beginning of a line of an address only.
const CARE_OF_FIRST: &str = "care of";

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A line of an address, or what a place is called: whom it names goes up to the next comma.
    Address,
    /// Sentences: of them go the words with capitals that follow.
    Prose,
}

/// A text without those who are named in it as contacts; `None`: it names none. `instead`: what stands for whom a letter is
/// for; nothing where the line reads well without.
pub fn without_names(text: &str, known: &Matcher, sort: Sort, instead: &str) -> Option<String> {
    let free = without_care_of(text, sort, instead);
    let names = known.replace(free.as_deref().unwrap_or(text), None, NAME_WITHHELD);
    names.or(free)
}

/// A text without "c/o" and whom it names.
fn without_care_of(text: &str, sort: Sort, instead: &str) -> Option<String> {
    let mut from = 0;
    loop {
        let (at, length) = care_of(text, sort, from)?;
        let to = match sort {
            Sort::Address => {
                at + length + text[at + length..].find([',', ';', '\n', '|', ')']).unwrap_or(text.len() - at - length)
            }
            Sort::Prose => end_of_name(text, at + length),
        };
        if to == at + length {
            from = to; // nobody is named
            continue;
        }
        let rest = match (sort, instead) {
            (Sort::Address, "") => closed_up(&text[..at], &text[to..]),
            (_, "") => format!("{}{NAME_WITHHELD}{}", &text[..at], &text[to..]),
            _ => format!("{}{instead}{}", &text[..at], &text[to..]),
        };
        return Some(without_care_of(&rest, sort, instead).unwrap_or(rest));
    }
}

/// Where a text says that it is for somebody, and how long the words for that are.
fn care_of(text: &str, sort: Sort, from: usize) -> Option<(usize, usize)> {
    let lower = text.to_ascii_lowercase(); // of the same length
    let is_apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let stands = |at: usize, word: &str| {
        let after = lower[at + word.len()..].chars().next();
        at >= from
            && is_apart(lower[..at].chars().next_back())
            && (is_apart(after) || !word.ends_with(char::is_alphanumeric))
    };
    let is_first = |at: usize| {
        matches!(lower[..at].trim_end_matches(' ').chars().next_back(), None | Some(',' | ';' | '\n' | '|'))
    };
    let found = |word: &'static str| lower.match_indices(word).map(|(at, word)| (at, word.len())).collect::<Vec<_>>();
    let short = CARE_OF.iter().flat_map(|word| found(word));
    let long = found(CARE_OF_FIRST).into_iter().filter(|(at, _)| sort == Sort::Address && is_first(*at));
    short.chain(long).filter(|(at, length)| stands(*at, &lower[*at..at + length])).min()
}

/// The end of the words with capitals that stand after a place; the place itself where none does.
fn end_of_name(text: &str, from: usize) -> usize {
    let mut end = from;
    let mut at = from;
    for word in text[from..].split_inclusive(' ') {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let is_name = bare.chars().next().is_some_and(char::is_uppercase);
        if !is_name && !bare.is_empty() {
            break;
        }
        at += word.len();
        if is_name {
            end = at - (word.len() - word.trim_end_matches(|c: char| !c.is_alphanumeric()).len());
            if word.trim_end().ends_with([',', '.', ';', ')']) && bare.len() > 3 {
                break;
            }
        }
    }
    end
}

/// What stood before and after a name, with one comma between.
fn closed_up(before: &str, after: &str) -> String {
    let is_new_line = after.starts_with(['\n', '|']);
    let before = before.trim_end_matches([' ', ',', ';', '(']);
    let after = after.trim_start_matches([' ', ',', ';', ')']);
    let is_apart = before.is_empty() || after.is_empty() || is_new_line || before.ends_with(['\n', '|']);
    format!("{before}{}{after}", if is_apart { "" } else { ", " })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_a_letter_is_for_is_taken_out() {
        for (text, left) in [
            ("c/o Jane Example, 1 Street", "1 Street"),
            ("Annexe, C/O Jane Example", "Annexe"),
            ("1 Street (FAO Jane Example), Town", "1 Street, Town"),
            ("Attn: Jane Example\n1 Street", "\n1 Street"),
            ("care of Jane; c/o Alex, Hall", "Hall"),
        ] {
            assert_eq!(without_care_of(text, Sort::Address, "").as_deref(), Some(left), "{text}");
        }
        let marked = without_care_of("c/o Jane Example, 1 Street", Sort::Address, NAME_WITHHELD);
        assert_eq!(marked.as_deref(), Some("(name withheld), 1 Street"));
        for text in ["Care offices", "Attention deficit", "FAOs", "a/c only", "Take care of it, Jane", ""] {
            assert_eq!(without_care_of(text, Sort::Address, ""), None, "{text}");
        }
    }

    #[test]
    fn sentences_lose_the_name_and_nothing_else() {
        for (text, left) in [
            ("Write to the Trust, c/o Jane Example, any day.", "Write to the Trust, (name withheld), any day."),
            ("Referrals FAO Jane Example by e-mail", "Referrals (name withheld) by e-mail"),
            ("Ring the duty team FAO Dr. J Example.", "Ring the duty team (name withheld)."),
        ] {
            assert_eq!(without_care_of(text, Sort::Prose, "").as_deref(), Some(left), "{text}");
        }
        for text in ["We take care of People, and more", "FAO the duty manager", "attn", "c/o"] {
            assert_eq!(without_care_of(text, Sort::Prose, ""), None, "{text}");
        }
    }

    #[test]
    fn an_unknown_property_goes_only_where_its_value_names_nobody() {
        for fine in ["yes", "2026-01-31", "10:00", "123456", "-1.98", "7f0c2b2e-3c2b-4b6e-9a51-0d7c0a3b7e11"] {
            assert!(is_harmless(&fine.into()), "{fine}");
        }
        for named in ["Jane Example", "Jane", "jexample", "01632 960001", "01632960001", "j@example.org", "SMITH"] {
            assert!(!is_harmless(&named.into()), "{named}");
        }
        assert!(!is_harmless(&serde_json::json!({"a": [1, {"b": "Jane"}]})));
    }

    #[test]
    fn who_bears_the_name_of_a_service_is_no_secret() {
        let mut known = KnownPersons::default();
        known.add_person("Jane Example", "");
        known.add_person("Front Desk", "");
        let matcher = known.matcher(["The Front Desk of Poole"].into_iter());
        assert_eq!(
            without_names("Ask Jane  Example at the Front Desk", &matcher, Sort::Prose, "").as_deref(),
            Some("Ask (name withheld) at the Front Desk")
        );
    }
}
