//! What stands between any two organisations: who expects what of whom, what was answered, and where only one of the two
//! has said anything.

use std::collections::BTreeMap;

use super::item::{Item, ItemSort, ItemState};
use super::{Agreement, version};
use crate::model::field::Blank;
use crate::model::organisation::Organisation;
use crate::model::reference::Ref;
use crate::model::{Id, Workspace};

/// What one organisation has to do with another, in one direction, over all agreements.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relation {
    /// The agreements in which both are parties, or which say something of the one to the other.
    pub agreements: Vec<Id>,
    /// What the first expects of the second.
    pub expectations: u32,
    /// How many of those were answered, with yes or no.
    pub answered: u32,
    /// What the first offers, commits to or helps the second with.
    pub gives: u32,
    /// What it promised and did not keep.
    pub not_kept: u32,
    /// Whether the first has said something to the second, and nothing was ever said the other way.
    pub is_one_way: bool,
    /// Whether an acceptance has lapsed in one of the agreements.
    pub has_lapsed: bool,
}

impl Relation {
    /// Whether there is nothing between the two.
    pub fn is_empty(&self) -> bool {
        self.agreements.is_empty()
    }

    fn count(&mut self, item: &Item, items: &[Item]) {
        match item.sort {
            ItemSort::Expectation => {
                self.expectations += 1;
                self.answered += u32::from(!item.is_unanswered(items));
            }
            _ => self.gives += 1,
        }
        self.not_kept += u32::from(item.state == ItemState::NotKept);
    }

    fn says_something(&self) -> bool {
        self.expectations + self.gives > 0
    }
}

/// The organisations of all agreements, by name, and what each has to do with each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matrix {
    /// The organisations, with their names as they were when it was made.
    pub organisations: Vec<(Ref<Organisation>, String)>,
    /// For each of them, of whom and to whom: a relation to each of them.
    pub rows: Vec<Vec<Relation>>,
}

/// The matrix of all agreements.
pub fn matrix(workspace: &Workspace) -> Matrix {
    let organisations = organisations(workspace);
    let places: BTreeMap<Ref<Organisation>, usize> =
        organisations.iter().enumerate().map(|(at, (organisation, _))| (organisation.clone(), at)).collect();
    let mut rows = vec![vec![Relation::default(); organisations.len()]; organisations.len()];
    for agreement in workspace.agreements.iter() {
        enter(&mut rows, agreement, &places);
    }
    let says: Vec<Vec<bool>> = rows.iter().map(|row| row.iter().map(Relation::says_something).collect()).collect();
    for (from, row) in rows.iter_mut().enumerate() {
        for (to, relation) in row.iter_mut().enumerate() {
            relation.is_one_way = says[from][to] && !says[to][from];
        }
    }
    Matrix { organisations, rows }
}

fn organisations(workspace: &Workspace) -> Vec<(Ref<Organisation>, String)> {
    let mut named: BTreeMap<Ref<Organisation>, String> = BTreeMap::new();
    for agreement in workspace.agreements.iter() {
        let in_items = agreement.items.iter().flat_map(|item| [&item.from, &item.to]);
        for organisation in agreement.organisations().chain(in_items).filter(|one| !one.is_blank()) {
            if !named.contains_key(organisation) {
                named.insert(organisation.clone(), organisation.name(workspace).into_owned());
            }
        }
    }
    let mut organisations: Vec<(Ref<Organisation>, String)> = named.into_iter().collect();
    organisations.sort_by_cached_key(|(organisation, name)| (name.to_lowercase(), organisation.clone()));
    organisations
}

/// Adds what an agreement says to the matrix.
fn enter(rows: &mut [Vec<Relation>], agreement: &Agreement, places: &BTreeMap<Ref<Organisation>, usize>) {
    let place = |organisation: &Ref<Organisation>| places.get(organisation).copied();
    let has_lapsed = version::has_lapsed(agreement);
    let parties: Vec<usize> = agreement.organisations().filter_map(place).collect();
    for (from, to) in parties.iter().flat_map(|from| parties.iter().map(move |to| (*from, *to))) {
        if from != to {
            name(&mut rows[from][to], agreement.id, has_lapsed);
        }
    }
    for item in agreement.items.iter().filter(|item| item.state != ItemState::Withdrawn) {
        if let Some((from, to)) = place(&item.from).zip(place(&item.to)).filter(|(from, to)| from != to) {
            rows[from][to].count(item, &agreement.items);
            name(&mut rows[from][to], agreement.id, has_lapsed);
            name(&mut rows[to][from], agreement.id, has_lapsed);
        }
    }
}

fn name(relation: &mut Relation, agreement: Id, has_lapsed: bool) {
    if !relation.agreements.contains(&agreement) {
        relation.agreements.push(agreement);
    }
    relation.has_lapsed |= has_lapsed;
}
