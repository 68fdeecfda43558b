//! The dots on the wall, as one person counts them or two independently.
//!
//! While the round is open nobody is shown what was counted on an item; what is shown is which items have been counted, on
//! which the two differ, and the sum of all dots against those that were given out.

use std::collections::{BTreeMap, HashMap};

use super::change::{Author, Change, Refusal};
use super::choice::Choice;
use super::recommendation::Recommendation;
use super::reference::Ref;
use super::round::{Method, Round, RoundState, WallCount, edit, find};
use super::{Id, Text, Workspace};

/// Writes down what one person counted on one item of the wall. It replaces what they counted there before; where two do
/// not count independently, also what another did.
///
/// # Errors
/// The round is not open or not counted on the wall, or the item is not on its ballot.
pub fn count(
    workspace: &Workspace,
    id: Id,
    counter: &Text,
    (item, dots): (Id, u32),
    author: &Author,
) -> Result<Change, Refusal> {
    let round = find(workspace, id)?;
    if round.state != RoundState::Open || round.method == Method::Ballots {
        return Err(Refusal(format!(
            "{} takes no wall counts: it is {} by {}",
            round.name,
            round.state.label(),
            round.method.label()
        )));
    }
    if !round.has_option(item) {
        return Err(Refusal(format!("{item} is not on the ballot of {}", round.name)));
    }
    let row = WallCount { counter: Some(counter.clone()), item: Ref::record(item), dots: Some(dots) };
    let name = row.item.name(workspace).into_owned();
    // How many stands in the record, which is hidden while the round is open, and in no sentence.
    Ok(edit(workspace, round, author, format!("{counter} counted {name}"), |round| {
        let is_of_two = round.method == Method::TwoCounters;
        let is_replaced = |count: &WallCount| count.item == row.item && (!is_of_two || count.counter == row.counter);
        round.counts.retain(|count| !is_replaced(count));
        round.counts.push(row);
    }))
}

/// An item on which those who counted do not agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The item.
    pub item: Ref<Recommendation>,
    /// Who counted how many; `None`: they have not counted it.
    pub counts: Vec<(Text, Option<u32>)>,
}

/// The items on which those who counted do not agree, or which one of them has not counted, in the order of the ballot.
pub fn differences(round: &Round) -> Vec<Difference> {
    let mut counters: Vec<&Text> = round.counts.iter().filter_map(|count| count.counter.as_ref()).collect();
    counters.sort();
    counters.dedup();
    let counted: HashMap<(&Text, Option<Id>), Option<u32>> = round
        .counts
        .iter()
        .filter_map(|count| Some(((count.counter.as_ref()?, count.item.id()), count.dots)))
        .collect();
    let of = |item: &Ref<Recommendation>| -> Vec<(Text, Option<u32>)> {
        counters
            .iter()
            .map(|counter| ((*counter).clone(), counted.get(&(*counter, item.id())).copied().flatten()))
            .collect()
    };
    let all = round.options.iter().map(|item| Difference { item: item.clone(), counts: of(item) });
    all.filter(|one| {
        one.counts.len() < 2 || one.counts.windows(2).any(|pair| pair[0].1 != pair[1].1 || pair[0].1.is_none())
    })
    .collect()
}

/// How far somebody is with counting, and what their dots come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Who counts: initials.
    pub counter: Text,
    /// The items they have counted.
    pub items: Vec<Id>,
    /// The sum of their dots.
    pub dots: u64,
}

/// All that was counted by whomever, where nobody counts independently of others.
pub fn counted_together(round: &Round) -> Counted {
    let all = counted(round);
    Counted {
        counter: all.first().map(|one| one.counter.clone()).unwrap_or_default(),
        dots: all.iter().map(|one| one.dots).sum(),
        items: all.into_iter().flat_map(|one| one.items).collect(),
    }
}

/// Those who count, in the order of their initials.
pub fn counted(round: &Round) -> Vec<Counted> {
    let mut by_counter: BTreeMap<&Text, (Vec<Id>, u64)> = BTreeMap::new();
    for count in &round.counts {
        if let (Some(counter), Some(item)) = (&count.counter, count.item.id()) {
            let (items, dots) = by_counter.entry(counter).or_default();
            items.push(item);
            *dots += u64::from(count.dots.unwrap_or_default());
        }
    }
    let counted = |(counter, (items, dots)): (&Text, (Vec<Id>, u64))| Counted { counter: counter.clone(), items, dots };
    by_counter.into_iter().map(counted).collect()
}

/// How many dots were given out: those of everybody present. `None`: it is not known how many people were there.
pub fn issued(workspace: &Workspace, round: &Round) -> Option<u64> {
    let event = round.event.as_ref().and_then(|event| event.get(workspace));
    let present = round.present.or_else(|| event.and_then(|event| event.present))?;
    Some(u64::from(present) * u64::from(round.dots.unwrap_or_default()))
}

/// The sum of somebody's dots held against those that were given out, in words.
pub fn checksum(dots: u64, issued: Option<u64>) -> String {
    match issued {
        None => format!("{dots} dots; write down how many were present to check them"),
        Some(issued) if dots > issued => format!("{dots} dots, {} more than the {issued} given out", dots - issued),
        Some(issued) => format!("{dots} dots of {issued} given out, {} not used", issued - dots),
    }
}
