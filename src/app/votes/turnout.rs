//! Who has voted and who has not: names and nothing else, so that it can be looked at while the round is open.

use super::{View, back_to_list, round, show};
use crate::app::command::{Command, Scope, always, commands};
use crate::app::moving::{Step, scroll};
use crate::app::{App, Effects};
use crate::model::text::count;
use crate::model::turnout::turnout;

/// The scope of the view.
pub(super) const TURNOUT: Scope = Scope::new("Who has voted");

/// Keys of the view.
pub(super) const COMMANDS: &[Command] = commands! { TURNOUT;
    "turnout.back" ["esc", "enter"] "back" "back to the rounds" always, back_to_list;
};

/// The state of the view.
#[derive(Default)]
pub struct TurnoutView {
    /// How many have voted of how many, in a sentence.
    pub summary: String,
    /// The names under their headings; a heading has no name.
    pub lines: Vec<Line>,
    /// The first line that is seen.
    pub top: usize,
}

/// A line of the view.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// A heading.
    Heading(String),
    /// Somebody.
    Name(String),
}

/// Opens the view.
pub(super) fn open(app: &mut App) -> Effects {
    app.screens.votes.turnout.top = 0;
    show(app, View::Turnout);
    Vec::new()
}

/// Reads anew who has voted.
pub(super) fn refresh(app: &mut App) {
    let Some(round) = round(app) else { return };
    let turnout = turnout(&app.workspace, round);
    let names = |people: &[crate::model::Ref<crate::model::Person>]| {
        let mut names: Vec<String> = people.iter().map(|one| one.name(&app.workspace).into_owned()).collect();
        names.sort_by_cached_key(|name| name.to_lowercase());
        names
    };
    let mut lines = Vec::new();
    for (heading, people) in [("Not yet", &turnout.not_yet), ("Voted", &turnout.voted)] {
        lines.push(Line::Heading(format!("{heading}: {}", count(people.len()))));
        lines.extend(names(people).into_iter().map(Line::Name));
    }
    let state = &mut app.screens.votes.turnout;
    state.summary = turnout.summary();
    state.lines = lines;
}

/// How many lines are seen.
pub fn height(size: (u16, u16)) -> usize {
    usize::from(size.1).saturating_sub(4).max(1)
}

/// Scrolls.
pub(super) fn step(app: &mut App, step: Step) {
    let height = height(app.size);
    let state = &mut app.screens.votes.turnout;
    state.top = scroll(state.top, step, state.lines.len(), height);
}
