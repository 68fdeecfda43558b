//! The services screen: the list, the map, and the matrix of gaps.

mod gaps;
mod map;

use std::collections::HashSet;
use std::sync::Arc;

use super::command::{Command, Scope, commands};
use super::input::LineInput;
use super::list::{self, RecordList, may_edit};
use super::moving::Step;
use super::screen::Screen;
use super::{App, Effect, Effects};
use crate::model::gaps::{DistrictCounts, GapCell, in_cell, matrix};
use crate::model::place::Point;
use crate::model::service::{Need, Status, set_status, verify};
use crate::model::text::count;
use crate::model::{Action, AnyRecord, Id, Kind};
pub use map::{Look, chosen, is_table, map_size};

/// What the screen shows beside the search line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The list, and what the selected service says.
    #[default]
    List,
    /// The map.
    Map,
    /// Needs by districts.
    Gaps,
}

/// What the list is narrowed down to besides the search.
pub struct Part {
    /// What that is, in words.
    pub said: String,
    of: PartOf,
    /// The view from which it was opened.
    from: View,
    /// What was searched for there.
    input: LineInput,
}

/// Which services a part holds.
enum PartOf {
    /// Those that a cell of the matrix counts.
    Cell(Need, usize),
    /// These.
    These(HashSet<Id>),
}

/// The scope of the screen's own keys, in all its views.
const SERVICES: Scope = Scope::new("Services");
/// The scope of the map.
const MAP: Scope = Scope::new("The map");
/// The scope of the matrix of gaps.
const GAPS: Scope = Scope::new("Gaps");

/// The state of the screen.
pub struct Services {
    list: RecordList,
    /// What is shown.
    pub view: View,
    /// The need and the district the cursor stands on.
    pub gap: (usize, usize),
    /// The matrix, when it is shown.
    pub gaps: Vec<Vec<GapCell>>,
    /// What the list is narrowed down to.
    part: Option<Part>,
    /// How the map is looked at.
    pub look: Look,
    /// How many of the found services are to be verified.
    pub to_verify: usize,
    /// Where the found services are, as far as anybody may see; computed when what is found changes.
    pub points: Arc<[Point]>,
    /// How many of them there are in each district; likewise.
    pub by_district: DistrictCounts,
}

impl Default for Services {
    fn default() -> Self {
        let empty = "No services yet. Press n to add the first one, or : and write import.";
        Self {
            list: RecordList::new(Self::KINDS, "press / and type what you need", empty),
            view: View::default(),
            gap: (0, 0),
            gaps: Vec::new(),
            part: None,
            look: Look::default(),
            to_verify: 0,
            points: Arc::default(),
            by_district: DistrictCounts::default(),
        }
    }
}

impl Screen for Services {
    const KINDS: &'static [Kind] = &[Kind::Service];
    const COMMANDS: &'static [&'static [Command]] = &[SERVICE_COMMANDS, map::COMMANDS, gaps::COMMANDS];

    fn list(&self) -> &RecordList {
        &self.list
    }

    fn list_mut(&mut self) -> &mut RecordList {
        &mut self.list
    }

    fn scopes(&self) -> &'static [Scope] {
        match self.view {
            View::Gaps => &[GAPS, Scope::LIST, SERVICES, Scope::RECORD, Scope::MOVE, Scope::GLOBAL],
            View::Map if !self.list.is_detail_open => {
                &[MAP, Scope::LIST, SERVICES, Scope::RECORD, Scope::MOVE, Scope::GLOBAL]
            }
            _ => &[Scope::LIST, SERVICES, Scope::RECORD, Scope::MOVE, Scope::GLOBAL],
        }
    }

    fn shows_list(&self) -> bool {
        self.view != View::Gaps
    }

    fn nothing_selected(&self) -> &'static str {
        match self.view {
            View::Gaps => "no service is selected here: enter opens the services of this cell",
            _ => "no service is selected: clear the search with esc, or press n for a new one",
        }
    }

    fn refresh(app: &mut App) {
        refresh(app);
    }

    fn step(app: &mut App, step: Step) {
        let districts = app.atlas.districts.len();
        let state = &mut app.screens.services;
        match state.view {
            View::Gaps => gaps::step(&mut state.gap, step, districts),
            View::Map => map::step(app, step),
            View::List => list::step(app, step),
        }
    }

    /// On a gap the action that is to fill it.
    fn new_action(app: &App) -> Option<Action> {
        let (need, district) = gaps::cell_names(app)?;
        Some(Action { need: Some(need), area: Some(district.as_str().into()), ..Action::default() })
    }

    /// On a gap the service that is to fill it.
    fn new_record(app: &App, record: AnyRecord) -> AnyRecord {
        gaps::fill(app, record)
    }

    fn show_gap(app: &mut App, need: Need, district: usize) {
        gaps::list_cell(app, need, district);
    }

    fn arrange(app: &mut App) {
        let App { screens, workspace, atlas, .. } = app;
        let Services { list, part, .. } = &mut screens.services;
        let Some(part) = part else { return };
        let counted = match &part.of {
            PartOf::Cell(need, district) => Some(in_cell(workspace, atlas, *need, *district).into_iter().collect()),
            PartOf::These(_) => None,
        };
        let ids: &HashSet<Id> = match (&part.of, &counted) {
            (PartOf::These(ids), _) | (_, Some(ids)) => ids,
            _ => return,
        };
        list.rows.retain(|row| ids.contains(&row.id));
    }

    fn can_go_back(&self) -> bool {
        self.part.is_some() || self.view != View::List
    }

    /// From a part to where it was opened, from a close look to the whole map, from another view to the list.
    fn back(&mut self) {
        if let Some(part) = self.part.take() {
            (self.view, self.list.input) = (part.from, part.input);
        } else if self.view == View::Map && self.look.zoom > 1.0 {
            self.look = Look { line: self.look.line, ..Look::default() };
        } else {
            self.view = View::List;
        }
    }

    fn narrowed(&self) -> Option<&str> {
        self.part.as_ref().map(|part| part.said.as_str())
    }

    fn widen(&mut self) {
        self.part = None;
    }

    fn nothing_here(&self) -> Option<String> {
        let said = self.narrowed()?;
        Some(format!("No service yet: {said}. Press n for a new one, ctrl-n for an action, esc to go back."))
    }

    fn search(&mut self) {
        if self.view == View::Gaps {
            self.view = View::List;
        }
    }

    fn show_record(&mut self) {
        self.view = View::List;
    }

    fn view(&self) -> u8 {
        self.view as u8
    }

    fn set_view(&mut self, view: u8) {
        self.view = [View::List, View::Map, View::Gaps][usize::from(view).min(2)];
    }

    fn note(&self) -> Option<String> {
        (self.to_verify > 0).then(|| format!("{} to verify", count(self.to_verify)))
    }
}

/// Commands of the services screen.
const SERVICE_COMMANDS: &[Command] = commands! { SERVICES;
    "service.verify" ["v"] "verify" "say that the facts have been checked today" may_edit, verify_chosen;
    "service.map" ["m"] "map" "turn list, map, gaps" super::command::always, turn;
    "service.pause" ["p"] "" "pause the service, or let it go on" may_edit, pause;
    "service.close" ["x"] "" "close the service, or open it again" may_edit, close;
    "service.join" ["J"] "" "two that are marked are one: join the other with the one under the cursor" may_join, join_marked;
};

/// What the map, the matrix and the line beside the search say of what was found.
fn refresh(app: &mut App) {
    let App { screens, indexes, workspace, atlas, today, .. } = app;
    let state = &mut screens.services;
    if let Some(index) = indexes.of(Services::KINDS) {
        state.to_verify = index.count_stale(&state.list.rows, *today);
        state.points = index.points_of(&state.list.rows).into();
        state.by_district = index.count_by_district(&state.list.rows, atlas);
    }
    if state.view == View::Gaps {
        state.gaps = matrix(workspace, atlas, *today);
    }
}

fn turn(app: &mut App) -> Effects {
    let state = &mut app.screens.services;
    state.list.is_detail_open = false;
    state.part = None;
    state.view = match state.view {
        View::List => View::Map,
        View::Map => View::Gaps,
        View::Gaps => View::List,
    };
    app.refresh_screen(Services::ID);
    Vec::new()
}

fn verify_chosen(app: &mut App) -> Effects {
    list::apply(app, |app, ids, author| verify(&app.workspace, ids, None, author))
}

/// To `status`, or back to active where all chosen services are in it already.
fn toggle(app: &mut App, status: Status) -> Effects {
    let is = |id: &Id| app.workspace.services.get(*id).is_some_and(|s| s.status == status);
    let target = if app.chosen().iter().all(is) { Status::Active } else { status };
    list::apply(app, |app, ids, author| set_status(&app.workspace, ids, target, author))
}

fn pause(app: &mut App) -> Effects {
    toggle(app, Status::Paused)
}

fn close(app: &mut App) -> Effects {
    toggle(app, Status::Closed)
}

/// For `ready`: two services are marked.
fn may_join(app: &App) -> Result<(), &'static str> {
    may_edit(app)?;
    if app.chosen().len() == 2 { Ok(()) } else { Err("mark the two services that are one: space marks") }
}

/// The one under the cursor stays; where that is neither, the first of the two.
fn join_marked(app: &mut App) -> Effects {
    let [one, other] = app.chosen()[..] else { return Vec::new() };
    let is_other = app.screens.selected(Services::ID) == Some(other);
    let (from, into) = if is_other { (one, other) } else { (other, one) };
    app.screens.services.list.marks.clear();
    vec![Effect::Join(from, into)]
}
