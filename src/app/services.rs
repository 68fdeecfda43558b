//! The services screen: the list, the map, and the matrix of gaps.

use std::sync::Arc;

use super::command::{Command, Scope, commands};
use super::list::{self, RecordList, may_edit};
use super::moving::{Cursor, Step};
use super::screen::Screen;
use super::{App, Effects, Severity, form};
use crate::model::choice::Choice;
use crate::model::gaps::{DistrictCounts, GapCell, matrix};
use crate::model::place::Point;
use crate::model::service::{Need, Status, set_status, verify};
use crate::model::text::count;
use crate::model::{Action, Id, Kind, Service};

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

/// The scope of the screen's own keys, in all its views.
const SERVICES: Scope = Scope::new("Services");
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
            to_verify: 0,
            points: Arc::default(),
            by_district: DistrictCounts::default(),
        }
    }
}

impl Screen for Services {
    const KINDS: &'static [Kind] = &[Kind::Service];
    const COMMANDS: &'static [&'static [Command]] = &[SERVICE_COMMANDS, GAP_COMMANDS];

    fn list(&self) -> &RecordList {
        &self.list
    }

    fn list_mut(&mut self) -> &mut RecordList {
        &mut self.list
    }

    fn scopes(&self) -> &'static [Scope] {
        match self.view {
            View::Gaps => &[GAPS, Scope::LIST, SERVICES, Scope::RECORD, Scope::MOVE, Scope::GLOBAL],
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
            View::Gaps => step_gaps(&mut state.gap, step, districts),
            _ => list::step(app, step),
        }
    }

    /// On a gap the action that is to fill it.
    fn new_action(app: &App) -> Option<Action> {
        let (need, district) = cell_names(app).filter(|_| app.screens.services.view == View::Gaps)?;
        Some(Action { need: Some(need), area: Some(district.as_str().into()), ..Action::default() })
    }

    fn can_go_back(&self) -> bool {
        self.view != View::List
    }

    fn back(&mut self) {
        self.view = View::List;
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
};

/// Commands of the matrix of gaps.
const GAP_COMMANDS: &[Command] = commands! { GAPS;
    "gap.open" ["enter"] "services" "the services of this cell" super::command::always, open_cell;
    "gap.new" ["n"] "new" "a new service for this need and district" App::may_change, new_for_cell;
    "gap.back" ["esc"] "back" "back to the list" super::command::always, |app| { app.screens.services.view = View::List; Vec::new() };
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

fn step_gaps((need, district): &mut (usize, usize), step: Step, districts: usize) {
    if let Step::Columns(by) = step {
        *district = district.saturating_add_signed(by).min(districts.saturating_sub(1));
        return;
    }
    let mut cursor = Cursor { at: *need, top: 0 };
    cursor.step(step, Need::ALL.len(), Need::ALL.len());
    *need = cursor.at;
}

fn turn(app: &mut App) -> Effects {
    let state = &mut app.screens.services;
    state.list.is_detail_open = false;
    state.view = match state.view {
        View::List => View::Map,
        View::Map => View::Gaps,
        View::Gaps => View::List,
    };
    refresh(app);
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

/// The name of the need and of the district the cursor stands on.
fn cell_names(app: &App) -> Option<(Need, String)> {
    let (need, district) = app.screens.services.gap;
    Some((*Need::ALL.get(need)?, app.atlas.districts.get(district)?.name.to_string()))
}

fn open_cell(app: &mut App) -> Effects {
    if let Some((need, district)) = cell_names(app) {
        let text = format!("need:\"{}\" in:\"{district}\"", need.label());
        let state = &mut app.screens.services;
        state.list.input.set(&text, text.len());
        state.view = View::List;
        list::search(app);
        if app.list().rows.is_empty() {
            app.set_status(Severity::Warning, format!("nobody meets {} in {district}: n adds a service", need.label()));
        }
    }
    Vec::new()
}

fn new_for_cell(app: &mut App) -> Effects {
    let Some((need, district)) = cell_names(app) else { return Vec::new() };
    let mut service = Service { id: app.new_id(Kind::Service), ..Service::default() };
    service.needs.insert(need);
    service.serves = vec![district.as_str().into()];
    form::open(app, service.into())
}
