//! The tally of a closed round: its items by rank, the cut, what came too late for the ballot, ballots that break the
//! rules. It is computed when something changed, not when it is drawn.

use super::{View, back_to_list, round, show};
use crate::app::command::{Command, Scope, always, commands};
use crate::app::moving::{Cursor, Step};
use crate::app::{App, Effects, Severity};
use crate::model::initials::Written;
use crate::model::tally::{Tally, cut, late, next_cut, tally};
use crate::model::{Audience, Id};

/// The scope of the view.
pub(super) const TALLY: Scope = Scope::new("The tally");

/// Keys of the view.
pub(super) const COMMANDS: &[Command] = commands! { TALLY;
    "tally.back" ["esc"] "back" "back to the rounds" always, back_to_list;
    "tally.more" ["+"] "cut lower" "move the cut below the next item, never through a tie" always, |app| move_cut(app, true);
    "tally.fewer" ["-"] "" "move the cut above the last item, never through a tie" always, |app| move_cut(app, false);
    "tally.one-dot" ["o"] "one dot each" "count as if each person could put one dot on an item, and back" has_ballots, one_dot;
    "tally.initials" ["i"] "initials" "initials beside the selected recommendation" super::initials::may_add, super::initials::ask;
    "tally.themes" ["m"] "themes" "sort recommendations into themes" always, super::theming::open;
};

/// A row of the view.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// An item, by its place in the tally.
    Item(usize),
    /// The cut.
    Cut,
    /// A heading.
    Heading(&'static str),
    /// A recommendation that was not on the ballot.
    Late(Id),
    /// A ballot that was not counted, by its place in the tally.
    Invalid(usize),
}

/// The state of the view.
#[derive(Default)]
pub struct TallyView {
    /// The tally; `None` while there is none to be seen.
    pub tally: Option<Tally>,
    /// Whether each person's dots on an item count as one.
    pub one_dot: bool,
    /// After how many items the cut is made, and whether it is robust.
    pub cut: (usize, bool),
    /// What is listed.
    pub rows: Vec<Row>,
    /// Where the list is.
    pub at: Cursor,
    /// Initials that were written and can mean several people.
    pub(super) clash: Option<Written>,
}

impl TallyView {
    /// The recommendation the cursor stands on.
    pub fn selected(&self) -> Option<Id> {
        match self.rows.get(self.at.at)? {
            Row::Item(at) => self.tally.as_ref()?.items.get(*at).map(|item| item.id),
            Row::Late(id) => Some(*id),
            _ => None,
        }
    }
}

/// Whether a screen of this size leaves out the heads of the columns and the columns that say who voted.
pub fn is_small((columns, rows): (u16, u16)) -> bool {
    columns < 60 || rows < 16
}

/// How many rows of the tally are seen, between what stands above it and what the selected item says.
pub fn height(size: (u16, u16)) -> usize {
    let beside = if is_small(size) { 2 + 3 } else { 3 + 5 };
    usize::from(size.1).saturating_sub(3 + beside).max(1)
}

/// Opens the tally of the selected round.
pub(super) fn open(app: &mut App) -> Effects {
    let dots = round(app).and_then(|round| round.dots).unwrap_or(1);
    app.screens.votes.tally = TallyView { cut: (dots.into(), true), ..TallyView::default() };
    show(app, View::Tally);
    Vec::new()
}

/// Counts anew.
pub(super) fn refresh(app: &mut App) {
    let Some(round) = round(app) else { return };
    let one_dot = app.screens.votes.tally.one_dot;
    let tally = tally(&app.workspace, round, Audience::Colleagues, one_dot).ok();
    let late = if tally.is_some() { late(&app.workspace, round) } else { Vec::new() };
    let height = height(app.size);
    let state = &mut app.screens.votes.tally;
    state.tally = tally;
    let wanted = state.cut.0;
    state.cut = state.tally.as_ref().map_or((0, true), |tally| cut(&tally.items, wanted));
    state.rows = rows(state.tally.as_ref(), state.cut.0, &late);
    state.at.follow(state.rows.len(), height);
    leave_headings(state, 1, height);
}

fn rows(tally: Option<&Tally>, cut: usize, late: &[Id]) -> Vec<Row> {
    let Some(tally) = tally else { return Vec::new() };
    let mut rows: Vec<Row> = (0..tally.items.len()).map(Row::Item).collect();
    let counted = tally.items.iter().filter(|item| item.is_counted).count();
    if (1..counted).contains(&cut) {
        rows.insert(cut, Row::Cut);
    }
    if !late.is_empty() {
        rows.push(Row::Heading("not on the ballot"));
        rows.extend(late.iter().map(|id| Row::Late(*id)));
    }
    if !tally.invalid.is_empty() {
        rows.push(Row::Heading("not counted, as they break the rules of the round"));
        rows.extend((0..tally.invalid.len()).map(Row::Invalid));
    }
    rows
}

/// The cursor stands on no heading and not on the cut: it goes on by one.
fn leave_headings(state: &mut TallyView, by: isize, height: usize) {
    let is_heading = |at: usize| matches!(state.rows.get(at), Some(Row::Cut | Row::Heading(_)));
    if is_heading(state.at.at) {
        state.at.step(Step::Rows(by), state.rows.len(), height);
    }
}

/// Moves in the list.
pub(super) fn step(app: &mut App, step: Step) {
    let height = height(app.size);
    let state = &mut app.screens.votes.tally;
    let before = state.at.at;
    state.at.step(step, state.rows.len(), height);
    leave_headings(state, if state.at.at < before { -1 } else { 1 }, height);
}

fn has_ballots(app: &App) -> Result<(), &'static str> {
    let has = app.screens.votes.tally.tally.as_ref().is_some_and(|tally| tally.totals.ballots.is_some());
    if has { Ok(()) } else { Err("nobody knows who put the dots on the wall: only ballots can be counted otherwise") }
}

fn one_dot(app: &mut App) -> Effects {
    let state = &mut app.screens.votes.tally;
    state.one_dot = !state.one_dot;
    let said = if state.one_dot {
        "counted as if each person could put one dot on an item; o counts all dots again"
    } else {
        "all dots are counted"
    };
    refresh(app);
    app.set_status(Severity::Info, said.to_owned());
    Vec::new()
}

fn move_cut(app: &mut App, is_more: bool) -> Effects {
    let state = &mut app.screens.votes.tally;
    let Some(tally) = &state.tally else { return Vec::new() };
    let held = state.selected();
    let at = next_cut(&tally.items, state.cut.0, is_more);
    let said = cut_said(tally, cut(&tally.items, at));
    state.cut.0 = at;
    refresh(app);
    select(app, held);
    app.set_status(Severity::Info, said);
    Vec::new()
}

fn select(app: &mut App, id: Option<Id>) {
    let height = height(app.size);
    let state = &mut app.screens.votes.tally;
    let found = (0..state.rows.len()).find(|at| {
        let of_item = |at: usize| state.tally.as_ref().and_then(|tally| tally.items.get(at)).map(|item| item.id);
        match state.rows[*at] {
            Row::Item(at) => of_item(at) == id,
            Row::Late(late) => Some(late) == id,
            _ => false,
        }
    });
    state.at.at = found.unwrap_or(state.at.at);
    state.at.follow(state.rows.len(), height);
}

/// What is to be said of a cut: where it is, and whether it is robust.
pub fn cut_said(tally: &Tally, (at, is_robust): (usize, bool)) -> String {
    let dots = |at: usize| tally.items.get(at).map_or(0, |item| item.dots);
    match (at, is_robust) {
        (0, _) => "no cut".to_owned(),
        (at, _) if tally.items.get(at).is_none_or(|next| !next.is_counted) => {
            "no cut: everything is above it".to_owned()
        }
        (at, true) => format!("cut after {at}, robust: the next has {} dots less", dots(at - 1) - dots(at)),
        (at, false) => {
            format!("cut after {at}, not robust: the next has {} fewer, a tie in effect", dots(at - 1) - dots(at))
        }
    }
}
