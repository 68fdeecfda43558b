//! What somebody types of an agreement in one line: an item, a party, a day behind a bar.

use super::Agreement;
use super::item::{Item, ItemSort};
use crate::model::Workspace;
use crate::model::change::{Refusal, listed};
use crate::model::date::{Date, parse_date};
use crate::model::organisation::Organisation;
use crate::model::reference::Ref;
use crate::model::text::{Text, one_line};

/// The party that somebody means: its name, its id, the beginning of a word of it or its first letters.
///
/// # Errors
/// None, or more than one: the refusal names the parties.
pub fn party(workspace: &Workspace, agreement: &Agreement, typed: &str) -> Result<Ref<Organisation>, Refusal> {
    let wanted = one_line(typed).to_lowercase();
    for way in [is_named, has_letters, begins_words].iter().filter(|_| !wanted.is_empty()) {
        let is_it = |party: &&Ref<Organisation>| names(party, workspace).iter().any(|name| way(name, &wanted));
        let mut found = agreement.organisations().filter(is_it);
        match (found.next(), found.next()) {
            (Some(one), None) => return Ok(one.clone()),
            (Some(one), Some(other)) => {
                let (one, other) = (one.name(workspace), other.name(workspace));
                return Err(Refusal(format!("{typed} is both {one} and {other}: write more of the name")));
            }
            _ => {}
        }
    }
    let names: Vec<String> = agreement.organisations().map(|party| party.name(workspace).into_owned()).collect();
    Err(Refusal(format!("{typed:?} is no party of {}; its parties: {}", agreement.name, listed(&names))))
}

/// What a party is called: its name, its other names and its id.
fn names(party: &Ref<Organisation>, workspace: &Workspace) -> Vec<String> {
    let aliases = party.get(workspace).map(|organisation| organisation.aliases.as_slice()).unwrap_or_default();
    let names = aliases.iter().map(|alias| alias.to_lowercase());
    let names = names.chain(party.id().map(|id| id.as_str().to_lowercase()));
    names.chain([party.name(workspace).to_lowercase()]).collect()
}

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split([' ', '-', '/']).filter(|word| !word.is_empty())
}

fn is_named(name: &str, wanted: &str) -> bool {
    name == wanted
}

/// `dpct` and `pct` are the Dorset Primary Care Trust.
fn has_letters(name: &str, wanted: &str) -> bool {
    let letters: String = words(name).filter_map(|word| word.chars().next()).collect();
    letters == wanted || letters.ends_with(wanted) && wanted.chars().count() > 2
}

fn begins_words(name: &str, wanted: &str) -> bool {
    wanted.split(' ').all(|part| words(name).any(|word| word.starts_with(part)))
}

/// What people write between the two parties of an item, the longer before the shorter.
const VERBS: [(&str, ItemSort); 12] = [
    ("expects of", ItemSort::Expectation),
    ("expects from", ItemSort::Expectation),
    ("expects", ItemSort::Expectation),
    ("wants of", ItemSort::Expectation),
    ("offers to", ItemSort::Offer),
    ("offers", ItemSort::Offer),
    ("commits itself to", ItemSort::Commitment),
    ("commits to", ItemSort::Commitment),
    ("commits", ItemSort::Commitment),
    ("promises", ItemSort::Commitment),
    ("helps with", ItemSort::Help),
    ("helps", ItemSort::Help),
];

/// What an item looks like as it is typed.
pub const NOTATION: &str =
    "hmp expects of pct: a nurse at every unlock | +2w (offers, commits to, helps; the day may be missing)";

/// An item as it is typed in one line. Where an agreement has two parties, the second need not be named.
///
/// # Errors
/// What is missing or not understood, with an example.
pub fn item(typed: &str, workspace: &Workspace, agreement: &Agreement, today: Date) -> Result<Item, Refusal> {
    let unclear = || Refusal(format!("write: {NOTATION}"));
    let (head, what) = typed.split_once(':').ok_or_else(unclear)?;
    let head = format!(" {} ", one_line(head).to_lowercase());
    let found = VERBS.iter().find_map(|(verb, sort)| {
        head.split_once(&format!(" {verb} ")).map(|(from, to)| (from.trim(), to.trim(), *sort))
    });
    let (from, to, sort) = found.ok_or_else(unclear)?;
    let from = party(workspace, agreement, from)?;
    let to = match (to, &agreement.parties[..]) {
        ("", [one, other]) => if one.organisation == from { other } else { one }.organisation.clone(),
        (to, _) => party(workspace, agreement, to)?,
    };
    let (what, due) = dated(what, today)?;
    Ok(Item { from, to, sort, what, due, ..Item::default() })
}

/// What is to be done, and behind a bar by when.
///
/// # Errors
/// The day is none.
pub fn dated(typed: &str, today: Date) -> Result<(Option<Text>, Option<Date>), Refusal> {
    let (what, due) = typed.rsplit_once('|').unwrap_or((typed, ""));
    let due = if due.trim().is_empty() { None } else { Some(parse_date(due, today).map_err(Refusal)?) };
    Ok((Text::some(&one_line(what)), due))
}
