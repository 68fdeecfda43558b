//! What themes gather: the dots of their recommendations, the people behind them, how many they are.
//!
//! Bigger clusters win by size, and the reader must see it: beside the sum stands the best single recommendation.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::event::Event;
use super::recommendation::Recommendation;
use super::reference::Ref;
use super::round::{ballots_of, options_for};
use super::tally::Tally;
use super::{Id, Workspace};

/// What a theme gathers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RollUp {
    /// The dots of its recommendations.
    pub dots: u64,
    /// How many people put dots on one of them, each once; `None`: it is not known.
    pub voters: Option<u64>,
    /// How many recommendations it has.
    pub recommendations: usize,
    /// How many topics they come from.
    pub topics: usize,
    /// Those who wrote their initials beside one of them, each once.
    pub people: usize,
    /// The dots of the best single recommendation.
    pub best: u64,
}

/// A roll-up that is being added up.
#[derive(Default)]
struct Sum<'a> {
    row: RollUp,
    topics: HashSet<Id>,
    people: HashSet<&'a super::Target>,
}

/// The roll-ups of a tally by theme; `None` gathers what has no theme, so that the totals add up.
pub fn by_theme(workspace: &Workspace, tally: &Tally) -> BTreeMap<Option<Id>, RollUp> {
    let records = tally.items.iter().filter_map(|item| workspace.recommendations.get(item.id));
    roll_up(workspace, records.map(AsRef::as_ref), Some(tally))
}

/// The roll-ups of all recommendations of an event, those that were not on the ballot too; without a tally nobody knows
/// of any dots.
pub fn of_event(
    workspace: &Workspace,
    event: Option<&Ref<Event>>,
    tally: Option<&Tally>,
) -> BTreeMap<Option<Id>, RollUp> {
    roll_up(workspace, options_for(workspace, event).into_iter(), tally)
}

fn theme_of(record: &Recommendation) -> Option<Id> {
    record.theme.as_ref().and_then(Ref::id)
}

fn roll_up<'a>(
    workspace: &'a Workspace,
    records: impl Iterator<Item = &'a Recommendation>,
    tally: Option<&Tally>,
) -> BTreeMap<Option<Id>, RollUp> {
    let dots: HashMap<Id, u64> = tally.iter().flat_map(|tally| &tally.items).map(|item| (item.id, item.dots)).collect();
    let mut sums: BTreeMap<Option<Id>, Sum<'_>> = BTreeMap::new();
    for record in records {
        let sum = sums.entry(theme_of(record)).or_default();
        let dots = dots.get(&record.id).copied().unwrap_or_default();
        sum.row.dots += dots;
        sum.row.recommendations += 1;
        sum.row.best = sum.row.best.max(dots);
        sum.topics.extend(record.topic.as_ref().and_then(Ref::id));
        sum.people.extend(record.initials.iter().map(|one| one.who.target()));
    }
    let voters = tally.and_then(|tally| voters(workspace, tally));
    let finish = |(theme, sum): (Option<Id>, Sum<'_>)| {
        let voters = voters.as_ref().map(|voters| voters.get(&theme).copied().unwrap_or_default());
        (theme, RollUp { topics: sum.topics.len(), people: sum.people.len(), voters, ..sum.row })
    };
    sums.into_iter().map(finish).collect()
}

/// How many people put dots on something of each theme: a ballot is a person, and counts once in each.
fn voters(workspace: &Workspace, tally: &Tally) -> Option<BTreeMap<Option<Id>, u64>> {
    tally.totals.ballots?;
    let themes: HashMap<Id, Option<Id>> = workspace.recommendations.iter().map(|one| (one.id, theme_of(one))).collect();
    let invalid: HashSet<Id> = tally.invalid.iter().map(|(id, _)| *id).collect();
    let mut voters: HashMap<Option<Id>, u64> = HashMap::new();
    let mut touched: Vec<Option<Id>> = Vec::new();
    for ballot in ballots_of(workspace, tally.round).filter(|ballot| !invalid.contains(&ballot.id)) {
        let voted = ballot.votes.0.iter().filter(|vote| vote.dots.is_some_and(|dots| dots > 0));
        touched.clear();
        touched.extend(voted.filter_map(|vote| themes.get(&vote.item.id()?)));
        touched.sort_unstable();
        touched.dedup();
        for theme in &touched {
            *voters.entry(*theme).or_default() += 1;
        }
    }
    Some(voters.into_iter().collect())
}
