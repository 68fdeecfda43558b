//! The thread: the line from a question to what came of it, walked over the references between records and back again.
//!
//! Each kind that has a place on the line says so in one row of `PLACES`. Walking goes one way, from what came first to
//! what came of it or the other way round, and never turns: so the thread of one record holds another exactly where the
//! thread of the other holds the one. People, organisations and forums are no steps; their threads begin at what names
//! them.

mod lines;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::field::Audience;
use super::order::Order as _;
use super::place::Atlas;
use super::reference::referrers;
use super::{AnyRecord, Id, Kind, Service, Workspace};
pub use lines::{Line, What, standing};

/// A step of the line. The order is that in which one comes of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// What an event asked.
    Question,
    /// What was talked about.
    Topic,
    /// What was asked for.
    Recommendation,
    /// What was voted.
    Dots,
    /// Who wants to help.
    Initials,
    /// What it has in common with others.
    Theme,
    /// That it was decided to act on it.
    Priority,
    /// What exists already.
    Service,
    /// What partners contracted.
    Agreement,
    /// What is done.
    Action,
    /// Where it was dealt with.
    Forum,
    /// Who has been informed.
    Told,
    /// What worked, written down for others.
    Story,
}

/// The place of a kind on the line.
pub(super) struct Place {
    kind: Kind,
    step: Step,
    /// The word of `is:` that must hold for a record to stand here.
    when: Option<&'static str>,
    /// The field that must hold the reference by which a record is reached; `None`: any.
    through: Option<&'static str>,
    /// The field that is read instead of the title.
    called: Option<&'static str>,
    /// The fields that are said of a record.
    says: &'static [&'static str],
    /// The word of `is:` that calls for attention.
    warns: Option<&'static str>,
}

const fn place(kind: Kind, step: Step, says: &'static [&'static str]) -> Place {
    Place { kind, step, says, when: None, through: None, called: None, warns: None }
}

/// The kinds that have a place on the line, and what is said of them there. What stands in no row is in no thread.
pub(super) const PLACES: &[Place] = &[
    Place { called: Some("question"), ..place(Kind::Event, Step::Question, &["date"]) },
    Place { warns: Some("missing-notes"), ..place(Kind::Topic, Step::Topic, &["state", "conveners"]) },
    place(Kind::Recommendation, Step::Recommendation, &["answer", "contact"]),
    place(Kind::Round, Step::Dots, &["state"]),
    Place { through: Some("initials"), ..place(Kind::Person, Step::Initials, &[]) },
    place(Kind::Theme, Step::Theme, &[]),
    Place { when: Some("priority"), ..place(Kind::Theme, Step::Priority, &["priority_since", "reason"]) },
    place(Kind::Service, Step::Service, &["organisation"]),
    place(Kind::Agreement, Step::Agreement, &["kind", "level"]),
    Place { warns: Some("overdue"), ..place(Kind::Action, Step::Action, &["state", "lead", "organisation", "due"]) },
    place(Kind::Meeting, Step::Forum, &["on", "venue"]),
    place(Kind::Told, Step::Told, &["how", "by"]),
    place(Kind::Story, Step::Story, &["sharing"]),
];

/// Kinds that are no step: their threads begin at what names them.
const NAMED: &[Kind] = &[Kind::Person, Kind::Organisation, Kind::Forum];

/// Steps that stand beside the recommendations: they are shown of every recommendation, and nothing is walked through them.
const BESIDE: &[Step] = &[Step::Dots, Step::Initials];

/// The step of a kind, the first where it has several.
fn step_of(kind: Kind) -> Option<Step> {
    PLACES.iter().find(|place| place.kind == kind).map(|place| place.step)
}

fn step_of_id(id: Id) -> Option<Step> {
    Kind::of(id).and_then(step_of)
}

/// A record of a thread, and how many references lead from the present one to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knot {
    /// The record.
    pub id: Id,
    /// How many references away it is.
    pub hops: u32,
}

/// The thread of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct Thread {
    /// The record from which it was walked.
    pub present: Id,
    /// Where that stands; `None`: it is no step.
    pub step: Option<Step>,
    /// Whether an action on it is to fill a gap of the services map.
    fills_gap: bool,
    /// What was found, by step; the nearest first, and of these as their kinds order them.
    knots: BTreeMap<Step, Vec<Knot>>,
}

impl Thread {
    /// Everything on a step, the nearest first.
    pub fn at(&self, step: Step) -> &[Knot] {
        self.knots.get(&step).map_or(&[], Vec::as_slice)
    }

    /// Whether it leads to a record.
    pub fn holds(&self, id: Id) -> bool {
        self.knots.values().flatten().any(|knot| knot.id == id)
    }

    /// Whether it leads anywhere at all.
    pub fn is_alone(&self) -> bool {
        self.knots.values().flatten().all(|knot| knot.id == self.present)
    }
}

/// The references between the records of the line, both ways.
#[derive(Default)]
struct Net {
    /// From each record to what came of it.
    down: HashMap<Id, Vec<Id>>,
    /// From each record to what it came out of.
    up: HashMap<Id, Vec<Id>>,
    /// What stands beside each.
    beside: HashMap<Id, Vec<Id>>,
}

impl Net {
    /// One pass over all records that have a place. What is hidden from colleagues leads nowhere.
    fn of(workspace: &Workspace, atlas: &Atlas) -> Self {
        let mut net = Self::default();
        let kinds: BTreeSet<Kind> = PLACES.iter().filter(|place| place.through.is_none()).map(|it| it.kind).collect();
        for record in kinds.into_iter().flat_map(|kind| workspace.iter(kind)) {
            for end in ends(&record, workspace) {
                net.tie(record.id(), end);
            }
        }
        for (action, service) in met(workspace, atlas) {
            net.beside.entry(action).or_default().push(service);
        }
        net
    }

    /// What refers to another of its own kind goes on in that one, as a topic does that was combined.
    fn tie(&mut self, from: Id, to: Id) {
        let (first, then) = if step_of_id(from) <= step_of_id(to) { (from, to) } else { (to, from) };
        if is_beside(then) {
            self.beside.entry(first).or_default().push(then);
            return;
        }
        self.down.entry(first).or_default().push(then);
        self.up.entry(then).or_default().push(first);
    }
}

/// The actions that are to fill a gap of the services map, each with the services that meet its need where it is.
fn met(workspace: &Workspace, atlas: &Atlas) -> Vec<(Id, Id)> {
    let mut found = Vec::new();
    for action in workspace.actions.iter() {
        let Some(need) = action.need else { continue };
        let area = action.area.as_ref().map(|_| atlas.cover(action.area.as_slice()));
        let meets = |service: &&std::sync::Arc<Service>| {
            let is_there = || area.is_none_or(|area| atlas.cover(&service.serves).intersects(area));
            service.is_open() && service.needs.has(need) && is_there()
        };
        found.extend(workspace.services.iter().filter(meets).map(|service| (action.id, service.id)));
    }
    found
}

fn is_beside(id: Id) -> bool {
    step_of_id(id).is_some_and(|step| BESIDE.contains(&step))
}

/// The records with a place to which one refers, each once, as far as colleagues may see.
fn ends(record: &AnyRecord, workspace: &Workspace) -> BTreeSet<Id> {
    let mut ends = BTreeSet::new();
    record.each_reference(&mut |field, to| {
        let place = Kind::of(to).and_then(|kind| PLACES.iter().find(|place| place.kind == kind));
        let leads = place.is_some_and(|place| place.through.is_none_or(|through| through == field.name));
        if leads && to != record.id() && !record.is_hidden(field, Audience::Colleagues, workspace) {
            ends.insert(to);
        }
    });
    ends.retain(|end| workspace.get(*end).is_some());
    ends
}

/// Everything that can be reached one way, with the fewest hops to each.
fn walk(ways: &HashMap<Id, Vec<Id>>, begin: &[Knot], found: &mut HashMap<Id, u32>) {
    let mut seen: HashSet<Id> = begin.iter().map(|knot| knot.id).collect();
    let mut edge: Vec<Knot> = begin.to_vec();
    edge.order_by_key(|knot| knot.hops);
    let mut at = 0;
    while let Some(Knot { id, hops }) = edge.get(at).copied() {
        at += 1;
        let known = found.entry(id).or_insert(hops);
        *known = hops.min(*known);
        let next = ways.get(&id).into_iter().flatten().filter(|next| seen.insert(**next));
        edge.extend(next.map(|next| Knot { id: *next, hops: hops + 1 }));
    }
}

/// Where the thread of a record begins that is no step: at what names it; that of an organisation also at what names its
/// people.
fn naming(workspace: &Workspace, id: Id) -> Vec<Knot> {
    let named = |ids: &[Id], hops: u32| -> Vec<Knot> {
        let shown = referrers(workspace, ids).into_iter();
        let shown = shown.filter(|one| !one.record.is_hidden(one.field, Audience::Colleagues, workspace));
        shown.map(|one| Knot { id: one.record.id(), hops }).collect()
    };
    let mut found = named(&[id], 1);
    if Kind::of(id) == Some(Kind::Organisation) {
        let is_person = |id: &Id| Kind::of(*id) == Some(Kind::Person);
        let people: Vec<Id> = found.iter().map(|knot| knot.id).filter(is_person).collect();
        found.extend(named(&people, 2));
    }
    found.retain(|knot| step_of_id(knot.id).is_some() && !is_beside(knot.id));
    found
}

/// Where the walk begins: at the record itself, or, where that stands beside the line, at what it has to do with.
fn beginnings(workspace: &Workspace, net: &Net, present: &AnyRecord) -> Vec<Knot> {
    let mut begin = match present.kind() {
        kind if NAMED.contains(&kind) => naming(workspace, present.id()),
        _ if is_beside(present.id()) => ends(present, workspace).into_iter().map(|id| Knot { id, hops: 1 }).collect(),
        Kind::Service => {
            let fills = |(_, services): &(&Id, &Vec<Id>)| services.contains(&present.id());
            let actions = net.beside.iter().filter(fills).map(|(action, _)| Knot { id: *action, hops: 1 });
            std::iter::once(Knot { id: present.id(), hops: 0 }).chain(actions).collect()
        }
        _ => vec![Knot { id: present.id(), hops: 0 }],
    };
    let mut seen = HashSet::new();
    begin.retain(|knot| seen.insert(knot.id)); // the nearest stand first
    begin
}

/// The thread of a record; `None` where it is not here, or is of a kind that is in no thread.
pub fn thread(workspace: &Workspace, atlas: &Atlas, present: Id) -> Option<Thread> {
    let record = workspace.get(present)?;
    let is_named = NAMED.contains(&record.kind());
    let step = step_of(record.kind()).filter(|_| !is_named);
    if step.is_none() && !is_named {
        return None;
    }
    let net = Net::of(workspace, atlas);
    let begin = beginnings(workspace, &net, &record);
    let mut found: HashMap<Id, u32> = begin.iter().map(|knot| (knot.id, knot.hops)).collect();
    // What was asked spans the whole event: what only names it leads no further.
    let is_way = |knot: &&Knot| knot.hops == 0 || step_of_id(knot.id) != Some(Step::Question);
    let begin: Vec<Knot> = begin.iter().filter(is_way).copied().collect();
    walk(&net.down, &begin, &mut found);
    walk(&net.up, &begin, &mut found);
    if !is_named {
        add_beside(&net, present, &mut found);
    }
    if step_of(record.kind()).is_some() {
        found.insert(present, 0);
    }
    let fills_gap = found.keys().filter_map(|id| workspace.actions.get(*id)).any(|action| action.need.is_some());
    Some(Thread { present, step, fills_gap, knots: on_steps(workspace, found) })
}

/// Adds what stands beside the recommendations and actions that were found, and beside the present record itself.
fn add_beside(net: &Net, present: Id, found: &mut HashMap<Id, u32>) {
    let has_beside = |id: Id| id == present || matches!(step_of_id(id), Some(Step::Recommendation | Step::Action));
    for (id, hops) in found.clone().into_iter().filter(|(id, _)| has_beside(*id)) {
        for beside in net.beside.get(&id).into_iter().flatten() {
            let known = found.entry(*beside).or_insert(hops + 1);
            *known = (hops + 1).min(*known);
        }
    }
}

/// What was found, on its steps and in order.
fn on_steps(workspace: &Workspace, found: HashMap<Id, u32>) -> BTreeMap<Step, Vec<Knot>> {
    let mut knots: BTreeMap<Step, Vec<(Knot, String)>> = BTreeMap::new();
    for (id, hops) in found {
        let Some(record) = workspace.get(id) else { continue };
        for place in places_of(&record, workspace) {
            let order = record.order(workspace).to_lowercase();
            knots.entry(place.step).or_default().push((Knot { id, hops }, order));
        }
    }
    let in_order = |(step, mut knots): (Step, Vec<(Knot, String)>)| {
        knots.order_by(|(one, name), (other, others)| (one.hops, name, one.id).cmp(&(other.hops, others, other.id)));
        (step, knots.into_iter().map(|(knot, _)| knot).collect())
    };
    knots.into_iter().map(in_order).collect()
}

/// The places at which a record stands.
fn places_of<'a>(record: &'a AnyRecord, workspace: &'a Workspace) -> impl Iterator<Item = &'static Place> + 'a {
    let stands = |place: &&'static Place| {
        let holds = |word| record.is(word, workspace, super::Date::default()).unwrap_or(false);
        place.kind == record.kind() && place.when.is_none_or(holds)
    };
    PLACES.iter().filter(stands)
}
