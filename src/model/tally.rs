//! The tally of a round: who got how many dots, from how many people, and how sure the order is.
//!
//! Equal dots have equal rank (1, 2=, 2=, 4). Neighbours within two dots are a tie in effect and bear one band. People are
//! united as sets, dots are added; what is not known, such as the people behind a wall count, is `None`, never zero.

use std::collections::{HashMap, HashSet};

use super::ballot::{Ballot, check_votes_among};
use super::change::Refusal;
use super::field::Audience;
use super::order::Order as _;
use super::organisation::Sector;
use super::reference::Ref;
use super::round::{Method, Round, RoundState, ballots_of, options_for};
use super::turnout::eligible;
use super::wall::{differences, issued};
use super::{AnyRecord, Id, Kind, Text, Workspace};

/// The outcome of a round.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// The round.
    pub round: Id,
    /// How far it is.
    pub state: RoundState,
    /// Its totals.
    pub totals: Totals,
    /// Its items, those with most dots first; among equals in the order of the ballot.
    pub items: Vec<Item>,
    /// Ballots that break the rules of the round; they are not counted.
    pub invalid: Vec<(Id, String)>,
}

/// What stands above a tally.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many may vote; `None`: it is not known.
    pub eligible: Option<u64>,
    /// How many ballots were cast; `None` for a wall count.
    pub ballots: Option<u64>,
    /// How many of them are blank, which is legal.
    pub blank: Option<u64>,
    /// How many dots were put down.
    pub dots: u64,
    /// How many could have been: those of everybody who voted, or, on the wall, of everybody present.
    pub issued: Option<u64>,
}

/// What one item got.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The recommendation.
    pub id: Id,
    /// Its number: 17.2.
    pub number: Option<String>,
    /// The id it had in the file it was imported from.
    pub source_id: Option<Text>,
    /// What it asks for.
    pub title: String,
    /// Its rank, from 1; equal dots have equal rank; 0: nobody counted it.
    pub rank: usize,
    /// Whether another item has as many dots.
    pub is_tied: bool,
    /// Its dots.
    pub dots: u64,
    /// Whether they are known: of an item of the wall that nobody counted nothing is, which is not the same as no dots.
    pub is_counted: bool,
    /// How many people put dots on it.
    pub people: Option<u64>,
    /// How many organisations they come from.
    pub organisations: Option<u64>,
    /// How many of them come from the voluntary sector.
    pub voluntary: Option<u64>,
    /// How many of them come from the statutory sector.
    pub statutory: Option<u64>,
    /// Its share of all dots, from 0 to 1.
    pub share: f64,
    /// The number of the group of neighbours within two dots it belongs to, from 1; `None`: it stands alone.
    pub band: Option<usize>,
}

impl Item {
    /// Its dots, where they are known.
    pub fn known_dots(&self) -> Option<u64> {
        self.is_counted.then_some(self.dots)
    }

    /// Its rank as one writes it: `2=` where another has as many dots; `None`: nobody counted it.
    pub fn rank_in_words(&self) -> Option<String> {
        (self.rank > 0).then(|| format!("{}{}", self.rank, if self.is_tied { "=" } else { "" }))
    }
}

/// Neighbours this close are a tie in effect.
const BAND: u64 = 2;

/// Counts a round as this audience may see it. With `one_dot` each person's dots on an item count as one.
///
/// # Errors
/// Its results are hidden until it closes.
pub fn tally(workspace: &Workspace, round: &Round, audience: Audience, one_dot: bool) -> Result<Tally, Refusal> {
    let record = AnyRecord::Round(std::sync::Arc::new(round.clone()));
    let hidden = Kind::Round.field("counts").is_some_and(|field| record.is_hidden(field, audience, workspace));
    if hidden {
        return Err(Refusal(format!("the results of {} are hidden until it closes", round.name)));
    }
    Ok(if round.method == Method::Ballots { of_ballots(workspace, round, one_dot) } else { of_wall(workspace, round) })
}

/// Adds up ballots: for each of `items` its dots and the number of ballots that have any. A ballot is a list of places in
/// `items` and dots.
pub fn add_up<'a>(items: usize, ballots: impl IntoIterator<Item = &'a [(u32, u32)]>, one_dot: bool) -> Vec<(u64, u64)> {
    let mut sums = vec![(0_u64, 0_u64); items];
    for ballot in ballots {
        for (item, dots) in ballot.iter().filter(|(_, dots)| *dots > 0) {
            if let Some(sum) = sums.get_mut(*item as usize) {
                sum.0 += if one_dot { 1 } else { u64::from(*dots) };
                sum.1 += 1;
            }
        }
    }
    sums
}

fn of_ballots(workspace: &Workspace, round: &Round, one_dot: bool) -> Tally {
    let places: HashMap<Id, u32> = round.options.iter().filter_map(Ref::id).zip(0..).collect();
    let mut invalid = Vec::new();
    let mut valid: Vec<(&Ballot, Vec<(u32, u32)>)> = Vec::new();
    for ballot in ballots_of(workspace, round.id) {
        match check_votes_among(round, |item| places.contains_key(&item), &ballot.votes.0, workspace) {
            Ok(()) => valid.push((ballot, votes_of(ballot, &places))),
            Err(refusal) => invalid.push((ballot.id, refusal.0)),
        }
    }
    let sums = add_up(round.options.len(), valid.iter().map(|(_, votes)| votes.as_slice()), one_dot);
    let people = Supporters::of(workspace, &valid, round);
    let ballots = valid.len() as u64;
    let totals = Totals {
        eligible: eligible(workspace, round),
        ballots: Some(ballots),
        blank: Some(valid.iter().filter(|(_, votes)| votes.is_empty()).count() as u64),
        dots: sums.iter().map(|(dots, _)| dots).sum(),
        issued: Some(ballots * u64::from(round.dots.unwrap_or_default())),
    };
    let items = items(workspace, round, &totals, |at| Count {
        dots: sums[at].0,
        is_counted: true,
        people: Some(sums[at].1),
        ..people.count(at)
    });
    Tally { round: round.id, state: round.state, totals, items, invalid }
}

fn votes_of(ballot: &Ballot, places: &HashMap<Id, u32>) -> Vec<(u32, u32)> {
    let place = |item: Option<Id>| item.and_then(|item| places.get(&item)).copied();
    let votes = ballot.votes.0.iter();
    votes
        .filter_map(|vote| Some((place(vote.item.id())?, u32::from(vote.dots?))))
        .filter(|(_, dots)| *dots > 0)
        .collect()
}

/// The dots of the wall. Where two counted and agree it is their number; where only one has, it is theirs.
fn of_wall(workspace: &Workspace, round: &Round) -> Tally {
    let differing: HashSet<Option<Id>> = if round.method == Method::TwoCounters {
        differences(round).iter().map(|one| one.item.id()).collect()
    } else {
        HashSet::new()
    };
    let mut counted: HashMap<Id, u64> = HashMap::new();
    for count in round.counts.iter().filter(|count| !differing.contains(&count.item.id())) {
        if let (Some(item), Some(dots)) = (count.item.id(), count.dots) {
            counted.insert(item, u64::from(dots));
        }
    }
    let dots = |at: usize| round.options[at].id().and_then(|item| counted.get(&item)).copied();
    let totals = Totals {
        eligible: eligible(workspace, round),
        dots: (0..round.options.len()).filter_map(dots).sum(),
        issued: issued(workspace, round),
        ..Totals::default()
    };
    let count = |at| Count { dots: dots(at).unwrap_or_default(), is_counted: dots(at).is_some(), ..Count::default() };
    let items = items(workspace, round, &totals, count);
    Tally { round: round.id, state: round.state, totals, items, invalid: Vec::new() }
}

/// What is known of one item.
#[derive(Clone, Copy, Default)]
struct Count {
    dots: u64,
    is_counted: bool,
    people: Option<u64>,
    organisations: Option<u64>,
    voluntary: Option<u64>,
    statutory: Option<u64>,
}

fn items(workspace: &Workspace, round: &Round, totals: &Totals, count: impl Fn(usize) -> Count) -> Vec<Item> {
    let counts: Vec<Count> = (0..round.options.len()).map(&count).collect();
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.order_by_key(|at| (!counts[*at].is_counted, std::cmp::Reverse(counts[*at].dots), *at));
    // What nobody counted stands last and has no rank.
    let counted = order.iter().filter(|at| counts[**at].is_counted);
    let sorted: Vec<u64> = counted.map(|at| counts[*at].dots).collect();
    let (ranks, bands) = (ranks(&sorted), bands(&sorted));
    let is_tied = |place: usize| {
        let neighbours = [place.checked_sub(1), Some(place + 1)];
        let is_same = |other: usize| sorted.get(other).is_some_and(|dots| Some(dots) == sorted.get(place));
        neighbours.into_iter().flatten().any(is_same)
    };
    let item = |(place, at): (usize, &usize)| {
        let option = &round.options[*at];
        let record = option.get(workspace);
        Item {
            id: option.id().unwrap_or_default(),
            number: record.and_then(|record| record.label(workspace)),
            source_id: record.and_then(|record| record.source_id.clone()),
            title: record.map_or_else(|| option.name(workspace).into_owned(), |record| record.text.to_string()),
            rank: ranks.get(place).copied().unwrap_or_default(),
            is_tied: is_tied(place),
            dots: counts[*at].dots,
            is_counted: counts[*at].is_counted,
            people: counts[*at].people,
            organisations: counts[*at].organisations,
            voluntary: counts[*at].voluntary,
            statutory: counts[*at].statutory,
            share: if totals.dots == 0 { 0.0 } else { counts[*at].dots as f64 / totals.dots as f64 },
            band: bands.get(place).copied().flatten(),
        }
    };
    order.iter().enumerate().map(item).collect()
}

/// The ranks of dots that stand in order, the most first: 1, 2, 2, 4.
pub fn ranks(sorted: &[u64]) -> Vec<usize> {
    let mut ranks: Vec<usize> = Vec::with_capacity(sorted.len());
    for (at, dots) in sorted.iter().enumerate() {
        let is_equal = at > 0 && sorted[at - 1] == *dots;
        ranks.push(if is_equal { ranks[at - 1] } else { at + 1 });
    }
    ranks
}

/// The bands of dots that stand in order: neighbours within two dots share one, numbered from 1.
pub fn bands(sorted: &[u64]) -> Vec<Option<usize>> {
    let mut bands: Vec<Option<usize>> = vec![None; sorted.len()];
    let mut number = 0;
    for at in 1..sorted.len() {
        if sorted[at - 1] - sorted[at] <= BAND {
            if bands[at - 1].is_none() {
                number += 1;
                bands[at - 1] = Some(number);
            }
            bands[at] = bands[at - 1];
        }
    }
    bands
}

/// The items whose dots are known: they stand first.
fn counted(items: &[Item]) -> &[Item] {
    &items[..items.iter().take_while(|item| item.is_counted).count()]
}

/// Whether a cut after so many items goes through a tie.
fn is_through_tie(items: &[Item], at: usize) -> bool {
    at > 0 && at < items.len() && items[at].dots == items[at - 1].dots
}

/// Where a cut after about `wanted` items can be made: after so many, never through a tie; and whether it is robust, which
/// it is not where it goes through neighbours within two dots.
pub fn cut(items: &[Item], wanted: usize) -> (usize, bool) {
    let items = counted(items);
    let at = (wanted.min(items.len())..items.len()).find(|at| !is_through_tie(items, *at)).unwrap_or(items.len());
    let is_robust = at == 0 || at >= items.len() || items[at - 1].dots - items[at].dots > BAND;
    (at, is_robust)
}

/// The next place for a cut after one more item, or after one less: never through a tie, and never beyond the ends.
pub fn next_cut(items: &[Item], at: usize, is_more: bool) -> usize {
    let items = counted(items);
    let is_fine = |at: &usize| !is_through_tie(items, *at);
    let found =
        if is_more { (at + 1..items.len()).find(is_fine) } else { (0..at.min(items.len())).rev().find(is_fine) };
    found.unwrap_or(if is_more { items.len() } else { 0 })
}

/// The recommendations of the round's event that were written down after it opened: they are not on the ballot, which is
/// not the same as no dots.
pub fn late(workspace: &Workspace, round: &Round) -> Vec<Id> {
    let options: HashSet<Id> = round.options.iter().filter_map(Ref::id).collect();
    let all = options_for(workspace, round.event.as_ref());
    all.iter().map(|one| one.id).filter(|id| !options.contains(id)).collect()
}

/// The organisations and sectors behind the dots on each item; nothing is known where voters bear no names.
struct Supporters(Option<Vec<Support>>);

/// Who stands behind the dots on one item.
#[derive(Clone, Default)]
struct Support {
    people: u64,
    /// For each organisation of the workspace whether one of its people voted for the item.
    organisations: Vec<bool>,
    /// Those of whom a sector is known, on either side.
    with_sector: u64,
    voluntary: u64,
    statutory: u64,
}

impl Supporters {
    fn of(workspace: &Workspace, ballots: &[(&Ballot, Vec<(u32, u32)>)], round: &Round) -> Self {
        let is_named = !round.anonymous && ballots.iter().all(|(ballot, _)| ballot.person.is_some());
        if !is_named || ballots.is_empty() {
            return Self(None);
        }
        let known: HashMap<Id, (usize, Option<Sector>)> =
            workspace.organisations.iter().enumerate().map(|(at, one)| (one.id, (at, one.sector))).collect();
        let support = Support { organisations: vec![false; known.len()], ..Support::default() };
        let mut of_items = vec![support; round.options.len()];
        let mut organisations: Vec<(usize, Option<Sector>)> = Vec::new();
        // For whom somebody acted on the day of the vote; who has gone elsewhere since voted for those all the same.
        let day = round.event.as_ref().and_then(|event| event.get(workspace)).and_then(|event| event.date);
        for (ballot, votes) in ballots {
            let person = ballot.person.as_ref().and_then(|person| person.get(workspace));
            let roles = person.map(|person| person.roles.as_slice()).unwrap_or_default();
            let held = roles.iter().filter(|role| day.is_none_or(|day| role.is_held(day)));
            organisations.clear();
            organisations.extend(held.filter_map(|role| known.get(&role.organisation.id()?)));
            let sits_on = |sector| organisations.iter().any(|(_, of)| *of == Some(sector));
            let (is_voluntary, is_statutory) = (sits_on(Sector::Voluntary), sits_on(Sector::Statutory));
            for (item, _) in votes {
                let support = &mut of_items[*item as usize];
                support.people += 1;
                for (at, _) in &organisations {
                    support.organisations[*at] = true;
                }
                support.with_sector += u64::from(is_voluntary || is_statutory);
                support.voluntary += u64::from(is_voluntary);
                support.statutory += u64::from(is_statutory);
            }
        }
        Self(Some(of_items))
    }

    /// Of people without a role nobody knows the organisation, and of one without a sector nobody knows the side: where that
    /// is so of all, it is not known, which is not none.
    fn count(&self, at: usize) -> Count {
        let Some(support) = self.0.as_ref().map(|items| &items[at]) else { return Count::default() };
        let is_nobody = support.people == 0;
        let organisations = support.organisations.iter().filter(|votes| **votes).count() as u64;
        let knows_sector = is_nobody || support.with_sector > 0;
        Count {
            organisations: (is_nobody || organisations > 0).then_some(organisations),
            voluntary: knows_sector.then_some(support.voluntary),
            statutory: knows_sector.then_some(support.statutory),
            ..Count::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_dots_have_equal_rank() {
        assert_eq!(ranks(&[9, 7, 7, 3, 0, 0]), [1, 2, 2, 4, 5, 5]);
        assert_eq!(ranks(&[]), Vec::<usize>::new());
    }

    #[test]
    fn neighbours_within_two_dots_are_one_band() {
        assert_eq!(bands(&[20, 18, 17, 10, 5, 4]), [Some(1), Some(1), Some(1), None, Some(2), Some(2)]);
    }

    #[test]
    fn a_cut_moves_over_ties() {
        let item = |dots| Item {
            id: Id::default(),
            number: None,
            source_id: None,
            title: String::new(),
            rank: 1,
            is_tied: false,
            dots,
            is_counted: true,
            people: None,
            organisations: None,
            voluntary: None,
            statutory: None,
            share: 0.0,
            band: None,
        };
        let items: Vec<Item> = [9, 7, 7, 7, 2].map(item).into();
        assert_eq!([0, 1, 4, 5].map(|at| next_cut(&items, at, true)), [1, 4, 5, 5]);
        assert_eq!([0, 1, 4, 5].map(|at| next_cut(&items, at, false)), [0, 0, 1, 4]);
        assert_eq!(next_cut(&[], 3, false), 0);
    }

    #[test]
    fn dots_are_added_and_ballots_counted() {
        let ballots: [&[(u32, u32)]; 3] = [&[(0, 3), (1, 2)], &[(0, 1)], &[]];
        assert_eq!(add_up(2, ballots, false), [(4, 2), (2, 1)]);
        assert_eq!(add_up(2, ballots, true), [(2, 2), (1, 1)]);
    }
}
