//! Loose ends: what has no follow-up. Each sort is a row of one table: its name, how many there are in a sentence, and how
//! they are found, in one pass.

use std::collections::HashSet;

use super::action::ActionState;
use super::choice::Choice;
use super::date::Date;
use super::gaps;
use super::place::{Atlas, Districts};
use super::reference::Ref;
use super::service::{Freshness, Need};
use super::text::count;
use super::{Id, Workspace, due, told, topic};

/// What loose ends are looked for in.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The records.
    pub workspace: &'a Workspace,
    /// The map, for gaps in it.
    pub atlas: &'a Atlas,
    /// The day it is.
    pub today: Date,
}

/// Something that has no follow-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loose {
    /// The record it is about, where it is one.
    pub record: Option<Id>,
    /// What is to be said of it; of a record, besides its title.
    pub says: String,
    /// Where it is about no record: the need that is not met in a district.
    pub gap: Option<(Need, usize)>,
}

impl Loose {
    fn of(record: Id) -> Self {
        Self { record: Some(record), says: String::new(), gap: None }
    }
}

/// A sort of loose ends.
pub struct LooseEnd {
    /// The word for it.
    pub name: &'static str,
    /// What is said of one.
    one: &'static str,
    /// What is said of several, behind their number.
    many: &'static str,
    /// Finds them all.
    pub find: fn(Context<'_>) -> Vec<Loose>,
}

impl LooseEnd {
    /// How many there are, in a sentence.
    pub fn sentence(&self, number: usize) -> String {
        if number == 1 { self.one.to_owned() } else { format!("{} {}", count(number), self.many) }
    }
}

/// Every sort of loose ends, along the line from the question to who was told.
pub const ALL: &[LooseEnd] = &[
    LooseEnd {
        name: "notes",
        one: "1 group met and has no notes",
        many: "groups met and have no notes",
        find: without_notes,
    },
    LooseEnd {
        name: "answers",
        one: "1 recommendation with dots or initials has no answer",
        many: "recommendations with dots or initials have no answer",
        find: without_answer,
    },
    LooseEnd {
        name: "priorities",
        one: "1 priority has no action",
        many: "priorities have no action",
        find: without_action,
    },
    LooseEnd { name: "leads", one: "1 action has no lead", many: "actions have no lead", find: without_lead },
    LooseEnd { name: "overdue", one: "1 action is past its day", many: "actions are past their day", find: overdue },
    LooseEnd {
        name: "expectations",
        one: "1 expectation has no answer",
        many: "expectations have no answer",
        find: unanswered,
    },
    LooseEnd {
        name: "told",
        one: "1 partner has not been told how things stand",
        many: "partners have not been told how things stand",
        find: untold,
    },
    LooseEnd {
        name: "gaps",
        one: "1 gap in the services map has no action",
        many: "gaps in the services map have no action",
        find: open_gaps,
    },
    LooseEnd {
        name: "undecided",
        one: "1 service seems to be a refuge, and nobody has decided",
        many: "services seem to be refuges, and nobody has decided",
        find: undecided,
    },
    LooseEnd {
        name: "verify",
        one: "1 service is to be verified",
        many: "services are to be verified",
        find: unverified,
    },
];

/// The sort that a word means.
pub fn named(word: &str) -> Option<&'static LooseEnd> {
    ALL.iter().find(|one| one.name == word)
}

/// Every sort of which there are any, with them.
pub fn loose_ends(context: Context<'_>) -> Vec<(&'static LooseEnd, Vec<Loose>)> {
    let found = ALL.iter().map(|sort| (sort, (sort.find)(context)));
    found.filter(|(_, loose)| !loose.is_empty()).collect()
}

fn without_notes(Context { workspace, .. }: Context<'_>) -> Vec<Loose> {
    topic::without_notes(workspace).map(|topic| Loose::of(topic.id)).collect()
}

/// What has at least one dot in a vote that is closed: what runs, or was never closed, is known to nobody.
fn with_dots(workspace: &Workspace) -> HashSet<Id> {
    let closed: HashSet<Id> = workspace.rounds.iter().filter(|one| one.is_closed()).map(|one| one.id).collect();
    let ballots = workspace.ballots.iter().filter(|ballot| ballot.round.id().is_some_and(|id| closed.contains(&id)));
    let votes = ballots.flat_map(|ballot| &ballot.votes.0).filter(|vote| vote.dots.is_some_and(|dots| dots > 0));
    let mut found: HashSet<Id> = votes.filter_map(|vote| vote.item.id()).collect();
    let walls = workspace.rounds.iter().filter(|round| closed.contains(&round.id)).flat_map(|round| &round.counts);
    found.extend(walls.filter(|one| one.dots.is_some_and(|dots| dots > 0)).filter_map(|one| one.item.id()));
    found
}

fn without_answer(Context { workspace, .. }: Context<'_>) -> Vec<Loose> {
    let voted = with_dots(workspace);
    let open = workspace.recommendations.iter().filter(|one| one.answer.is_none());
    open.filter(|one| !one.initials.is_empty() || voted.contains(&one.id)).map(|one| Loose::of(one.id)).collect()
}

/// Priorities for which nothing was ever undertaken, neither for themselves nor for one of their recommendations.
fn without_action(Context { workspace, .. }: Context<'_>) -> Vec<Loose> {
    let mut served: HashSet<Id> = HashSet::new();
    for action in workspace.actions.iter() {
        served.extend(action.theme.as_ref().and_then(Ref::id));
        let source = action.recommendation.as_ref().and_then(|one| one.get(workspace));
        served.extend(source.and_then(|one| one.theme.as_ref()).and_then(Ref::id));
    }
    let priorities = workspace.themes.iter().filter(|theme| theme.priority_since.is_some());
    priorities.filter(|theme| !served.contains(&theme.id)).map(|theme| Loose::of(theme.id)).collect()
}

fn without_lead(Context { workspace, .. }: Context<'_>) -> Vec<Loose> {
    workspace.actions.iter().filter(|action| action.is_nobodys()).map(|action| Loose::of(action.id)).collect()
}

fn overdue(Context { workspace, today, .. }: Context<'_>) -> Vec<Loose> {
    due::due(workspace, today, None).iter().filter(|due| due.is_overdue).map(|due| Loose::of(due.action)).collect()
}

/// Needs that no service meets in a district, and about which nothing is done.
fn open_gaps(Context { workspace, atlas, today }: Context<'_>) -> Vec<Loose> {
    if workspace.services.is_empty() {
        return Vec::new(); // a map that nobody has begun is one gap
    }
    let begun = workspace.actions.iter().filter(|action| action.state != ActionState::Dropped);
    let about: Vec<(Need, Districts)> =
        begun.filter_map(|action| Some((action.need?, atlas.cover(action.area.as_slice())))).collect();
    let mut found = Vec::new();
    for (need, row) in Need::ALL.iter().zip(gaps::matrix(workspace, atlas, today)) {
        let is_begun = |at: usize| about.iter().any(|(of, districts)| of == need && districts.has(at));
        let cells = row.iter().zip(&atlas.districts).enumerate();
        let open = cells.filter(|(at, (cell, _))| cell.is_gap() && !is_begun(*at));
        found.extend(open.map(|(at, (_, district))| Loose {
            record: None,
            says: format!("{} in {}: no service", need.label(), district.name),
            gap: Some((*need, at)),
        }));
    }
    found
}

/// Expectations that nobody has answered, by their agreements.
fn unanswered(Context { workspace, .. }: Context<'_>) -> Vec<Loose> {
    let of = |agreement: &std::sync::Arc<super::Agreement>| {
        let said = agreement.unanswered().map(|item| item.sentence(workspace));
        let record = Some(agreement.id);
        said.map(|says| Loose { record, says, gap: None }).collect::<Vec<_>>()
    };
    workspace.agreements.iter().flat_map(of).collect()
}

/// Partners whom something concerns that they have not heard yet.
fn untold(Context { workspace, today, .. }: Context<'_>) -> Vec<Loose> {
    let owed = told::still_to_tell(workspace, today).into_iter();
    owed.map(|account| Loose {
        record: account.partner.id(),
        gap: None,
        says: format!(
            "{}: {} to tell, {}",
            account.partner.name(workspace),
            count(account.owed.len()),
            account.last_told(today)
        ),
    })
    .collect()
}

/// Services whose address an import has hidden on suspicion.
fn undecided(Context { workspace, .. }: Context<'_>) -> Vec<Loose> {
    let open = workspace.services.iter().filter(|service| service.is_hidden_on_suspicion());
    open.map(|service| Loose::of(service.id)).collect()
}

fn unverified(Context { workspace, today, .. }: Context<'_>) -> Vec<Loose> {
    let open = workspace.services.iter().filter(|service| service.is_open());
    let stale = open.filter(|service| service.freshness(today) != Freshness::Fresh);
    stale.map(|service| Loose::of(service.id)).collect()
}
