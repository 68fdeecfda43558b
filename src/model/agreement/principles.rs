//! The four principles of a dialogue between partners: whether each holds for an agreement, and which record proves it.
//! Nothing is scored; what is said can be looked up.

use super::review::Principle;
use super::{Agreement, version};
use crate::model::change::listed;
use crate::model::date::{Date, format_date};
use crate::model::order::Order as _;
use crate::model::{Action, Id, Ref, Workspace};

/// Whether a principle holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Which.
    pub principle: Principle,
    /// Whether it holds.
    pub holds: bool,
    /// What proves it, or what is missing, in a few words.
    pub said: String,
    /// The record that proves it, and its field.
    pub record: Option<(Id, &'static str)>,
}

/// The joint plan of an agreement: the actions that serve it, but for those that were dropped.
pub fn plan<'a>(agreement: &Agreement, workspace: &'a Workspace) -> Vec<&'a Action> {
    let id = Some(agreement.id);
    let serves = |action: &&Action| action.agreement.as_ref().and_then(Ref::id) == id;
    let mut plan: Vec<&Action> = workspace.actions.iter().map(AsRef::as_ref).filter(serves).collect();
    plan.order_by_key(|action| (!action.is_unfinished(), action.due.is_none(), action.due, action.id));
    plan
}

/// The four principles, in their order.
pub fn proofs(agreement: &Agreement, workspace: &Workspace, today: Date) -> [Proof; 4] {
    let own = |field| Some((agreement.id, field));
    let potential = match (&agreement.vision, agreement.vision_on) {
        (Some(_), Some(on)) => (true, format!("a vision of {}", format_date(on, today)), own("vision")),
        (Some(_), None) => (false, "a vision without a date".to_owned(), own("vision")),
        (None, _) => (false, "no vision yet".to_owned(), None),
    };
    let standing = version::standing(agreement);
    let participation = if standing.is_in_force() {
        (true, format!("every party accepted version {}", standing.number), own("acceptances"))
    } else {
        (false, version::in_a_sentence(agreement, workspace).replacen("not in force: ", "", 1), None)
    };
    let plan = plan(agreement, workspace);
    let coherence = match plan.iter().find(|action| !is_dropped(action)) {
        Some(first) => (true, said_of_plan(&plan), Some((first.id, "agreement"))),
        None => (false, "no action serves it yet".to_owned(), None),
    };
    let unheard = unheard(agreement, workspace);
    let awareness = match (agreement.parties.is_empty(), &unheard[..]) {
        (true, _) => (false, "no parties yet".to_owned(), None),
        (_, []) => (true, format!("perspectives of {}", heard(agreement)), own("perspectives")),
        (_, names) => (false, format!("nothing was heard from {} yet", listed(names)), None),
    };
    let proof = |principle, (holds, said, record)| Proof { principle, holds, said, record };
    [
        proof(Principle::Potential, potential),
        proof(Principle::Participation, participation),
        proof(Principle::Coherence, coherence),
        proof(Principle::Awareness, awareness),
    ]
}

fn is_dropped(action: &Action) -> bool {
    action.state == crate::model::action::ActionState::Dropped
}

fn said_of_plan(plan: &[&Action]) -> String {
    let standing: Vec<_> = plan.iter().filter(|action| !is_dropped(action)).collect();
    let done = standing.iter().filter(|action| !action.is_unfinished()).count();
    match standing.len() {
        1 => format!("1 action, {done} done"),
        many => format!("{many} actions, {done} done"),
    }
}

/// The parties of which no perspective has been written down, by name.
fn unheard(agreement: &Agreement, workspace: &Workspace) -> Vec<String> {
    let is_heard = |organisation: &_| agreement.perspectives.iter().any(|one| one.organisation == *organisation);
    let unheard = agreement.organisations().filter(|organisation| !is_heard(*organisation));
    unheard.map(|organisation| organisation.name(workspace).into_owned()).collect()
}

fn heard(agreement: &Agreement) -> String {
    match agreement.parties.len() {
        2 => "both parties".to_owned(),
        many => format!("all {many} parties"),
    }
}
