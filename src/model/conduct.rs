//! The conduct of a vote: what should be known before it opens, and what can no longer be taken back.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, Edit, Refusal, listed};
use super::event::Event;
use super::order::Order as _;
use super::reference::Ref;
use super::round::{Method, Round, RoundState, options_for, suggested_dots};
use super::text::count;
use super::topic::{self, long_words, share};
use super::turnout::turnout;
use super::{AnyRecord, Id, Rules, Workspace, merge};

/// How many dots are good practice for what the event has to vote on, in a sentence; `None` while there is nothing.
pub fn guidance(workspace: &Workspace, event: Option<&Ref<Event>>) -> Option<String> {
    let options = options_for(workspace, event).len();
    let what = if options == 1 { "recommendation" } else { "recommendations" };
    let dots = suggested_dots(options);
    (options > 0).then(|| format!("{options} {what} to vote on: {dots} dots each is good practice"))
}

/// What should be known before a round opens, in sentences; nothing of it forbids anything.
pub fn before_opening(workspace: &Workspace, round: &Round) -> Vec<String> {
    let mut said: Vec<String> = guidance(workspace, round.event.as_ref()).into_iter().collect();
    let dots = round.dots.unwrap_or_default();
    let advised = suggested_dots(options_for(workspace, round.event.as_ref()).len());
    if !said.is_empty() && dots != advised {
        said.push(format!("this round has {dots}"));
    }
    let pairs: Vec<String> = similar_topics(workspace, round.event.as_ref())
        .into_iter()
        .map(|(one, other)| format!("topics {one} and {other}"))
        .collect();
    if !pairs.is_empty() {
        said.push(format!("similar titles split the vote: {}", listed(&pairs)));
    }
    said
}

/// What is still missing of a vote before it closes, in a sentence; nothing of it forbids anything.
pub fn before_closing(workspace: &Workspace, round: &Round) -> Option<String> {
    let (missing, one, many) = if round.method == Method::Ballots {
        let waiting = turnout(workspace, round).not_yet.len();
        (waiting, "one of those who may vote has not voted", "of those who may vote have not voted")
    } else {
        let counted: BTreeSet<Id> = round.counts.iter().filter_map(|count| count.item.id()).collect();
        (
            round.options.len().saturating_sub(counted.len()),
            "one item has not been counted",
            "items have not been counted",
        )
    };
    match missing {
        0 => None,
        1 => Some(one.to_owned()),
        n => Some(format!("{} {many}", count(n))),
    }
}

/// The pairs of topics of an event whose titles are alike, as they are called, in the order of their numbers.
pub fn similar_topics(workspace: &Workspace, event: Option<&Ref<Event>>) -> Vec<(String, String)> {
    let mut topics: Vec<_> = topic::of_event(workspace, event).filter(|topic| topic.is_on_the_wall()).collect();
    topics.order_by_key(|topic| (topic.number, topic.id));
    let words: Vec<BTreeSet<String>> = topics.iter().map(|topic| long_words(&topic.title)).collect();
    let name = |at: usize| topics[at].title(workspace).into_owned();
    let alike = |(one, other): &(usize, usize)| share(&words[*one], &words[*other]) >= 0.5;
    sharing_a_word(&words).into_iter().filter(alike).map(|(one, other)| (name(one), name(other))).collect()
}

/// The pairs of sets that have a word in common: nothing else needs to be compared.
fn sharing_a_word(sets: &[BTreeSet<String>]) -> BTreeSet<(usize, usize)> {
    let mut holders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut pairs = BTreeSet::new();
    for (at, words) in sets.iter().enumerate() {
        for word in words {
            let others = holders.entry(word).or_default();
            pairs.extend(others.iter().map(|other| (*other, at)));
            others.push(at);
        }
    }
    pairs
}

/// Whether a change that takes back an earlier one, or does it again, leaves every vote and all finished minutes as they
/// are: a step of a round goes one way, and once a round is closed its ballots, its counts and its rules stay.
///
/// # Errors
/// Which round or meeting stands against it.
pub fn refuse_undo(workspace: &Workspace, change: &Change) -> Result<(), Refusal> {
    change.edits.iter().try_for_each(|edit| match edit.record() {
        AnyRecord::Ballot(ballot) => refuse_unless_open(workspace, ballot.round.id()),
        AnyRecord::Receipt(receipt) => refuse_unless_open(workspace, receipt.round.id()),
        AnyRecord::Round(_) | AnyRecord::Meeting(_) => refuse_undo_of_step(workspace, edit),
        _ => Ok(()),
    })
}

fn refuse_unless_open(workspace: &Workspace, round: Option<Id>) -> Result<(), Refusal> {
    match round.and_then(|id| workspace.rounds.get(id)) {
        Some(round) if round.state != RoundState::Open => {
            Err(Refusal(format!("{} is closed: its ballots stay as they were cast", round.name)))
        }
        _ => Ok(()),
    }
}

/// What went one way stays: a round that is closed, minutes that are finished.
fn refuse_undo_of_step(workspace: &Workspace, edit: &Edit) -> Result<(), Refusal> {
    let Some(now) = workspace.get(edit.id()) else { return Ok(()) };
    match merge::merge(edit.before(), edit.after(), Some(&now)).record {
        Some(after) => after.check_among(workspace),
        None => now.check_removal(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Topic;

    #[test]
    fn similar_titles_are_pointed_out_in_pairs() {
        let mut workspace = Workspace::default();
        let event = Some(Ref::record(Id::from_number('E', 1, 4)));
        for (number, title) in ["Mentoring for leavers", "Mentors for young leavers", "Maps"].into_iter().enumerate() {
            let id = Id::from_number('T', number as u32, 4);
            let topic = Topic { id, title: title.into(), event: event.clone(), ..Topic::default() };
            workspace.place(id, Some(topic.into()));
        }
        let pair = ("Mentoring for leavers".to_owned(), "Mentors for young leavers".to_owned());
        assert_eq!(similar_topics(&workspace, event.as_ref()), [pair]);
        assert_eq!(similar_topics(&workspace, None), []);
    }
}
