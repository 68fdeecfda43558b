//! Who has voted in a round and who has not, and nothing of what they voted: it may be known while the round is open.

use std::collections::HashSet;

use super::person::Person;
use super::reference::Ref;
use super::round::{Round, ballots_of};
use super::text::count;
use super::{Id, Workspace};

/// Who has voted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turnout {
    /// Those who have voted by name, in the order of the electorate, and behind it those who are not in it.
    pub voted: Vec<Ref<Person>>,
    /// Those who may vote and have not, in the order of the electorate; empty where nobody is named.
    pub not_yet: Vec<Ref<Person>>,
    /// How many ballots bear a number and no name.
    pub numbered: usize,
    /// How many may vote; `None`: it is not known.
    pub eligible: Option<u64>,
}

impl Turnout {
    /// How many ballots were cast.
    pub fn cast(&self) -> usize {
        self.voted.len() + self.numbered
    }

    /// How many have voted of how many, in words.
    pub fn summary(&self) -> String {
        let of = self.eligible.map(|eligible| format!(" of {}", count(eligible as usize))).unwrap_or_default();
        let numbered = match self.numbered {
            0 => String::new(),
            numbered => format!(", {} of them by number", count(numbered)),
        };
        format!("{}{of} have voted{numbered}", count(self.cast()))
    }
}

/// How many may vote: the number that was written down, else those who are named.
pub fn eligible(workspace: &Workspace, round: &Round) -> Option<u64> {
    let named = round.electorate(workspace).map(|people| people.len() as u64);
    round.eligible_count.map(u64::from).or(named)
}

/// The people who have voted in a round: by name, or by a receipt.
pub fn voters(workspace: &Workspace, round: Id) -> HashSet<Id> {
    let by_name = ballots_of(workspace, round).filter_map(|ballot| ballot.person.as_ref()?.id());
    let receipts = workspace.receipts.iter().filter(|one| one.round.id() == Some(round));
    by_name.chain(receipts.filter_map(|one| one.person.id())).collect()
}

/// Who has voted in a round and who has not.
pub fn turnout(workspace: &Workspace, round: &Round) -> Turnout {
    let mut voters = voters(workspace, round.id);
    let electorate = round.electorate(workspace).unwrap_or_default();
    let (mut voted, not_yet): (Vec<_>, Vec<_>) =
        electorate.iter().cloned().partition(|one| one.id().is_some_and(|id| voters.contains(&id)));
    for one in &voted {
        one.id().map(|id| voters.remove(&id));
    }
    let mut others: Vec<Id> = voters.into_iter().collect();
    others.sort();
    voted.extend(others.into_iter().map(Ref::record));
    let numbered = ballots_of(workspace, round.id).filter(|one| one.person.is_none() && one.number.is_some()).count();
    Turnout { voted, not_yet, numbered, eligible: eligible(workspace, round) }
}

/// Who may vote and has not, in the order of the electorate.
pub fn not_voted(workspace: &Workspace, round: &Round) -> Vec<Ref<Person>> {
    turnout(workspace, round).not_yet
}
