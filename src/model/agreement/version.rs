//! Versions of an agreement and who has accepted them.
//!
//! A version is a text that somebody has accepted: parties and what they bring, the lead body, context, vision and every
//! item that is neither declined nor withdrawn. It is known by a fingerprint of what is said, so that an acceptance
//! lapses exactly when that changes, and holds again when it is changed back. Whether an item was kept, how the parties
//! are called, and in which order items stand, is no part of it.

use std::fmt::Write as _;

use chrono::Datelike;
use xxhash_rust::xxh3::xxh3_128;

use super::item::Item;
use super::{Agreement, Party};
use crate::model::Workspace;
use crate::model::change::listed;
use crate::model::date::{Date, format_date};
use crate::model::field::Blank;
use crate::model::order::Order as _;
use crate::model::organisation::Organisation;
use crate::model::person::Person;
use crate::model::reference::{Ref, Target};
use crate::model::row::row;
use crate::model::text::{Text, one_line};

row! {
    /// A text that somebody has accepted.
    Version key(fingerprint);
    /// What it is known by.
    fingerprint: Option<Text> = "Fingerprint", "", required;
    /// The number by which people name it.
    number: Option<u16> = "Number", "";
    /// The day on which the first party accepted it.
    on: Option<Date> = "Since", "";
    /// What it says, in lines.
    text: Option<Text> = "Text", "";
}

row! {
    /// That a party has accepted a version.
    Acceptance key(organisation, version);
    /// The party.
    organisation: Ref<Organisation> = "Organisation", "", required;
    /// The fingerprint of the version.
    version: Option<Text> = "Version", "", required;
    /// The day.
    on: Option<Date> = "Day", "";
    /// Who wrote it down: initials.
    by: Option<Text> = "By", "";
    /// Who spoke for the party.
    person: Option<Ref<Person>> = "Person", "";
}

/// What an agreement is known by as it stands. Items and parties count in whatever order they stand: each has a
/// fingerprint of its own, and those are taken in the order of their size.
pub fn fingerprint(agreement: &Agreement) -> Text {
    let mut mark = Mark::default();
    let mut parties: Vec<u128> = agreement.parties.iter().map(|party| of_party(party, &mut mark)).collect();
    let items = agreement.items.iter().filter(|item| item.is_in_text());
    let mut items: Vec<u128> = items.map(|item| of_item(item, &mut mark)).collect();
    parties.sort_unstable();
    items.sort_unstable();
    mark.text("agreement");
    mark.organisation(agreement.lead.as_ref());
    mark.text(said(agreement.context.as_ref()));
    mark.text(said(agreement.vision.as_ref()));
    for part in [parties, items] {
        mark.value(&part.len());
        for part in &part {
            mark.value(part);
        }
    }
    Text::line(&format!("{:032x}", mark.finish()))
}

fn of_party(party: &Party, mark: &mut Mark) -> u128 {
    mark.text("party");
    mark.organisation(Some(&party.organisation));
    mark.text(said(party.brings.as_ref()));
    mark.finish()
}

fn of_item(item: &Item, mark: &mut Mark) -> u128 {
    mark.text("item");
    mark.organisation(Some(&item.from));
    mark.organisation(Some(&item.to));
    mark.text(item.sort.verb());
    mark.text(said(item.what.as_ref()));
    mark.value(&item.number.map_or(-1, i32::from));
    mark.value(&item.answers.map_or(-1, i32::from));
    mark.value(&item.due.map_or(0, |due| due.num_days_from_ce()));
    mark.finish()
}

fn said(text: Option<&Text>) -> &str {
    text.map_or("", Text::as_str)
}

/// What a fingerprint is taken of: texts with their lengths before them, so that no two ways of saying it are one.
#[derive(Default)]
struct Mark(String);

impl Mark {
    fn text(&mut self, text: &str) {
        self.value(&text.len());
        self.0.push_str(text);
    }

    fn value(&mut self, value: &impl std::fmt::Display) {
        let _ = write!(self.0, "{value};"); // writing to a String cannot fail
    }

    /// A name may change: an organisation is known by its id, and by words only where it has none.
    fn organisation(&mut self, organisation: Option<&Ref<Organisation>>) {
        match organisation.map(Ref::target) {
            None => self.text(""),
            Some(Target::Record(id)) => self.text(id.as_str()),
            Some(Target::Words(words)) => {
                self.text("words");
                self.text(words);
            }
        }
    }

    fn finish(&mut self) -> u128 {
        let fingerprint = xxh3_128(self.0.as_bytes());
        self.0.clear();
        fingerprint
    }
}

/// What an agreement says as it stands, in lines: what a party accepts, and what versions are compared by.
pub fn text(agreement: &Agreement, workspace: &Workspace) -> Text {
    let mut lines = String::new();
    let mut line = |text: &str| {
        let _ = writeln!(lines, "{text}"); // writing to a String cannot fail
    };
    line("Parties");
    for party in &agreement.parties {
        let brings = party.brings.as_ref().map(|brings| format!(": {}", one_line(brings))).unwrap_or_default();
        line(&format!("  {}{brings}", party.organisation.name(workspace)));
    }
    if let Some(lead) = &agreement.lead {
        line(&format!("Lead body: {}", lead.name(workspace)));
    }
    for (label, text) in [("Context", &agreement.context), ("Vision", &agreement.vision)] {
        let Some(text) = text else { continue };
        line(label);
        text.lines().for_each(|part| line(&format!("  {part}")));
    }
    let mut items: Vec<&Item> = agreement.items.iter().filter(|item| item.is_in_text()).collect();
    items.order_by_key(|item| (item.number, item.from.clone(), item.to.clone()));
    if !items.is_empty() {
        line("Items");
    }
    for item in items {
        let number = item.number.map(|number| format!("{number}. ")).unwrap_or_default();
        let answers = item.answers.map(|number| format!(" (answers {number})")).unwrap_or_default();
        let due = item.due.map(|due| format!(", by {}", due.format("%-d %B %Y"))).unwrap_or_default();
        line(&format!("  {number}{}{due}{answers}", item.sentence(workspace)));
    }
    Text::new(lines.trim_end())
}

/// How an agreement stands with its parties.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// The number of the version it is in, which it gets when the first party accepts it.
    pub number: u16,
    /// Whether anybody has accepted it as it is.
    pub is_known: bool,
    /// The parties that have accepted it as it is.
    pub accepted: Vec<Ref<Organisation>>,
    /// Those that have not.
    pub open: Vec<Ref<Organisation>>,
    /// Those of them that accepted another version: their acceptance has lapsed.
    pub lapsed: Vec<Ref<Organisation>>,
}

impl Standing {
    /// Whether every party has accepted it as it is. One party alone agrees with nobody.
    pub fn is_in_force(&self) -> bool {
        self.open.is_empty() && self.accepted.len() > 1
    }
}

/// How it stands.
pub fn standing(agreement: &Agreement) -> Standing {
    if agreement.versions.is_empty() && agreement.acceptances.is_empty() {
        return Standing { number: 1, open: agreement.organisations().cloned().collect(), ..Standing::default() };
    }
    let present = fingerprint(agreement);
    let known = agreement.versions.iter().find(|version| version.fingerprint.as_ref() == Some(&present));
    let has_accepted = |party: &Ref<Organisation>, this: bool| {
        let is = |one: &Acceptance| one.organisation == *party && (one.version.as_ref() == Some(&present)) == this;
        agreement.acceptances.iter().any(is)
    };
    let (accepted, open): (Vec<_>, Vec<_>) =
        agreement.organisations().cloned().partition(|party| has_accepted(party, true));
    Standing {
        number: known.and_then(|version| version.number).unwrap_or_else(|| next_number(agreement)),
        is_known: known.is_some(),
        lapsed: open.iter().filter(|party| has_accepted(party, false)).cloned().collect(),
        accepted,
        open,
    }
}

/// The number that the next version gets.
pub fn next_number(agreement: &Agreement) -> u16 {
    agreement.versions.iter().filter_map(|version| version.number).max().unwrap_or(0).saturating_add(1)
}

/// Whether every party has accepted it as it is.
pub fn is_in_force(agreement: &Agreement) -> bool {
    standing(agreement).is_in_force()
}

/// Whether somebody accepted another version and not this one.
pub fn has_lapsed(agreement: &Agreement) -> bool {
    !standing(agreement).lapsed.is_empty()
}

/// How it stands, in a word or two: for lists.
pub fn in_a_word(agreement: &Agreement) -> String {
    let standing = standing(agreement);
    match (standing.accepted.len(), standing.lapsed.is_empty()) {
        _ if standing.is_in_force() => "in force".to_owned(),
        (0, true) => "not accepted".to_owned(),
        (0, false) => "lapsed".to_owned(),
        (some, _) => format!("{some} of {} accepted", agreement.parties.len()),
    }
}

/// How it stands, in a sentence: "version 2 accepted by HMP Dorchester, not yet by the trust".
pub fn in_a_sentence(agreement: &Agreement, workspace: &Workspace) -> String {
    let standing = standing(agreement);
    let names = |parties: &[Ref<Organisation>]| {
        listed(&parties.iter().map(|party| party.name(workspace).into_owned()).collect::<Vec<_>>())
    };
    let number = standing.number;
    match (agreement.parties.len(), &standing) {
        (0 | 1, _) => "not in force: it takes two parties at least".to_owned(),
        (_, standing) if standing.is_in_force() => {
            format!("in force: version {number} accepted by {}", names(&standing.accepted))
        }
        (_, Standing { accepted, lapsed, .. }) if accepted.is_empty() && lapsed.is_empty() => {
            "not in force: nobody has accepted it yet".to_owned()
        }
        (_, Standing { accepted, lapsed, .. }) if accepted.is_empty() => {
            format!("not in force: it was changed since {} accepted it", names(lapsed))
        }
        (_, Standing { accepted, open, .. }) => {
            format!("not in force: version {number} accepted by {}, not yet by {}", names(accepted), names(open))
        }
    }
}

/// Each acceptance in a sentence, the last first.
pub fn history(agreement: &Agreement, workspace: &Workspace, today: Date) -> Vec<String> {
    let number = |fingerprint: &Option<Text>| {
        let of = agreement.versions.iter().find(|version| version.fingerprint == *fingerprint);
        of.and_then(|version| version.number)
            .map_or_else(|| "a version".to_owned(), |number| format!("version {number}"))
    };
    let mut acceptances: Vec<&Acceptance> = agreement.acceptances.iter().collect();
    acceptances.order_by_key(|one| (std::cmp::Reverse(one.on), one.organisation.clone()));
    let sentence = |one: &&Acceptance| {
        let on = one.on.map(|on| format!(" on {}", format_date(on, today))).unwrap_or_default();
        let person = one.person.as_ref().filter(|person| !person.is_blank());
        let person = person.map(|person| format!(", for it {}", person.name(workspace))).unwrap_or_default();
        format!("{} accepted {}{on}{person}", one.organisation.name(workspace), number(&one.version))
    };
    acceptances.iter().map(sentence).collect()
}
