//! The actions screen: what is to be done, by whom, until when; by due date, by priority, on a board by state; and who is
//! still to be told of it.

mod acts;
mod ledger;
mod views;

use super::command::{Command, Scope};
use super::list::{self, RecordList};
use super::moving::Step;
use super::screen::Screen;
use super::{App, Effects};
use crate::model::action::views::{By, Grouping, Me, Only};
use crate::model::{Id, Kind};

pub use ledger::{Ledger, ledger_height};

/// The scope of its own keys on actions.
const ACTIONS: Scope = Scope::new("Actions");
/// The scope of what the screen shows, in all its views.
const VIEWS: Scope = Scope::new("Actions, in every view");
/// The scope of the told ledger.
const LEDGER: Scope = Scope::new("The told ledger");

/// What the screen shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Actions in groups; by state the groups stand side by side.
    Grouped(By),
    /// Partners, and what they are still to be told.
    Told,
}

impl View {
    /// Every view.
    const ALL: [Self; 4] = [Self::Grouped(By::Due), Self::Grouped(By::Priority), Self::Grouped(By::State), Self::Told];
}

impl Default for View {
    fn default() -> Self {
        Self::Grouped(By::Due)
    }
}

/// Actions that stand together in the list, one behind the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What they are called.
    pub heading: String,
    /// The first of them in the list.
    pub start: usize,
    /// How many they are.
    pub len: usize,
}

impl Group {
    /// Whether a row of the list is in it.
    pub fn has(&self, at: usize) -> bool {
        (self.start..self.start + self.len).contains(&at)
    }
}

/// The state of the screen.
pub struct Actions {
    list: RecordList,
    /// What is shown.
    pub view: View,
    /// Which actions are shown.
    pub only: Only,
    /// How the list falls into groups; empty ones are there only where they say something.
    pub groups: Vec<Group>,
    /// How many of the listed actions are overdue.
    overdue: usize,
    /// Who is still to be told of what.
    pub ledger: Ledger,
}

impl Default for Actions {
    fn default() -> Self {
        let empty = "No actions yet. Press n to write down the first one.";
        Self {
            list: RecordList::new(Self::KINDS, "press / and type words of an action", empty),
            view: View::default(),
            only: Only::default(),
            groups: Vec::new(),
            overdue: 0,
            ledger: Ledger::default(),
        }
    }
}

impl Actions {
    /// Shows something else. Actions and partners are searched apart.
    fn turn_to(&mut self, view: View) {
        if (self.view == View::Told) != (view == View::Told) {
            std::mem::swap(&mut self.list.input, &mut self.ledger.other_input);
        }
        self.view = view;
    }
}

impl Screen for Actions {
    const KINDS: &'static [Kind] = &[Kind::Action];
    const COMMANDS: &'static [&'static [Command]] = &[acts::COMMANDS, ledger::COMMANDS, views::COMMANDS];

    fn list(&self) -> &RecordList {
        &self.list
    }

    fn list_mut(&mut self) -> &mut RecordList {
        &mut self.list
    }

    fn scopes(&self) -> &'static [Scope] {
        match self.view {
            View::Told => &[LEDGER, VIEWS, Scope::MOVE, Scope::GLOBAL],
            View::Grouped(_) => &[Scope::LIST, ACTIONS, VIEWS, Scope::RECORD, Scope::MOVE, Scope::GLOBAL],
        }
    }

    fn shows_list(&self) -> bool {
        self.view != View::Told
    }

    fn selected(&self) -> Option<Id> {
        match self.view {
            View::Told => self.ledger.selected().and_then(|account| account.partner.id()),
            View::Grouped(_) => self.list.selected(),
        }
    }

    fn nothing_selected(&self) -> &'static str {
        match self.view {
            View::Told => "nobody is selected",
            View::Grouped(_) => "no action is selected: clear the search with esc, or press n for a new one",
        }
    }

    fn arrange(app: &mut App) {
        arrange(app);
    }

    fn refresh(app: &mut App) {
        let App { screens, workspace, today, size, revision, .. } = app;
        let state = &mut screens.actions;
        let is_overdue = |id: Id| workspace.actions.get(id).is_some_and(|action| action.is_overdue(workspace, *today));
        state.overdue = state.list.rows.iter().filter(|row| is_overdue(row.id)).count();
        if state.view == View::Told {
            state.ledger.refresh(workspace, state.list.input.text(), *revision, *today, *size);
        }
    }

    fn step(app: &mut App, step: Step) {
        let state = &mut app.screens.actions;
        match state.view {
            View::Told => state.ledger.step(step, app.size),
            View::Grouped(By::State) if !state.list.is_detail_open => views::step_board(app, step),
            View::Grouped(_) => list::step(app, step),
        }
    }

    fn can_go_back(&self) -> bool {
        self.view != View::default() || self.only != Only::default()
    }

    /// First to everything, then to the list by due date.
    fn back(&mut self) {
        if self.only == Only::default() {
            self.turn_to(View::default());
        }
        self.only = Only::default();
    }

    /// The ledger has no actions to show in full.
    fn show_record(&mut self) {
        if self.view == View::Told {
            self.turn_to(View::default());
        }
    }

    fn widen(&mut self) {
        self.only = Only::default();
    }

    fn view(&self) -> u8 {
        View::ALL.iter().position(|view| *view == self.view).unwrap_or(0) as u8
    }

    fn set_view(&mut self, view: u8) {
        self.turn_to(View::ALL[usize::from(view).min(3)]);
    }

    fn note(&self) -> Option<String> {
        let only = (self.only != Only::Everything).then(|| self.only.label().to_owned());
        let overdue = (self.overdue > 0 && self.only != Only::Overdue).then(|| format!("{} overdue", self.overdue));
        let parts: Vec<String> = [only, overdue].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" · "))
    }
}

/// Leaves out what is not asked for, and puts the rest in groups; within a group the order stays.
fn arrange(app: &mut App) {
    let App { screens, workspace, today, me, .. } = app;
    let Actions { list, view, only, groups, .. } = &mut screens.actions;
    let View::Grouped(by) = *view else { return };
    let me = Me::new(workspace, me.as_ref(), *today);
    let action = |id: Id| workspace.actions.get(id).map(AsRef::as_ref);
    list.rows.retain(|row| action(row.id).is_some_and(|action| only.holds(action, &me, workspace, *today)));
    let grouping = Grouping::new(by, workspace, *today);
    let place = |id: Id| action(id).map_or(0, |action| grouping.place(action, workspace));
    list.rows.sort_by_cached_key(|row| place(row.id));
    let mut lengths = vec![0; grouping.headings.len()];
    for row in &list.rows {
        lengths[place(row.id)] += 1;
    }
    // A priority for which nothing is done is to be seen; a column of the board keeps its place.
    let last = lengths.len() - 1;
    let is_whole = list.is_unsearched() && *only == Only::Everything;
    let says = |at: usize| by == By::State || by == By::Priority && is_whole && at < last;
    let mut start = 0;
    groups.clear();
    for (at, (heading, len)) in grouping.headings.into_iter().zip(lengths).enumerate() {
        if len > 0 || says(at) {
            groups.push(Group { heading, start, len });
        }
        start += len;
    }
}

/// Shows something else; what was selected stays so, where it is still to be seen.
fn show(app: &mut App, view: View, only: Only) -> Effects {
    let state = &mut app.screens.actions;
    state.only = only;
    state.turn_to(view);
    state.list.is_detail_open = false;
    state.list.is_searching = false;
    app.refresh_screen(Actions::ID);
    Vec::new()
}
