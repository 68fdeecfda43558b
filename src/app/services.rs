//! The services screen: search as you type, list and detail, map, gaps.

use std::collections::BTreeSet;

use super::command::{Command, Scope, commands};
use super::input::LineInput;
use super::moving::{Cursor, Step};
use super::{App, Effect, Effects, Severity, compare, detail, form, prompt, search_line};
use crate::model::choice::Choice;
use crate::model::gaps::{Cell, matrix};
use crate::model::service::{Need, Status, set_status, verify};
use crate::model::{Id, Kind, Service, change};
use crate::search::{Found, Query};

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

/// In which order the list stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// As the search ranks it; without words, by name.
    #[default]
    Rank,
    /// By name.
    Name,
    /// By place.
    Place,
    /// By organisation.
    Organisation,
    /// The longest unverified first.
    Verified,
}

impl Sort {
    const ALL: [(Sort, &'static str); 5] = [
        (Sort::Rank, "best first"),
        (Sort::Name, "by name"),
        (Sort::Place, "by place"),
        (Sort::Organisation, "by organisation"),
        (Sort::Verified, "longest unverified first"),
    ];

    /// What it is called.
    pub fn label(self) -> &'static str {
        Self::ALL.iter().find(|(sort, _)| *sort == self).map_or("", |(_, label)| label)
    }

    fn next(self) -> Self {
        let at = Self::ALL.iter().position(|(sort, _)| *sort == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()].0
    }
}

/// The state of the screen.
#[derive(Default)]
pub struct Services {
    /// The search line.
    pub line: LineInput,
    /// Whether the search line is being typed in.
    pub searching: bool,
    /// The search as it was understood.
    pub query: Query,
    /// What it found.
    pub found: Found,
    /// What stands in the list, in its order.
    pub rows: Vec<Id>,
    /// Where the list is.
    pub cursor: Cursor,
    /// How many rows of the list can be seen; the drawing decides, from the size alone.
    pub marks: BTreeSet<Id>,
    /// The order of the list.
    pub sort: Sort,
    /// What is shown.
    pub view: View,
    /// Whether the detail fills the screen.
    pub detail_open: bool,
    /// How far the open detail is scrolled.
    pub detail_top: usize,
    /// The need and the district the cursor stands on.
    pub gap: (usize, usize),
    /// The matrix, when it is shown.
    pub gaps: Vec<Vec<Cell>>,
    /// How many of the found services are to be verified.
    pub to_verify: usize,
}

impl Services {
    /// The scopes of the keys, the innermost first.
    pub fn scopes(&self) -> &'static [Scope] {
        match (self.searching, self.view) {
            (true, _) => &[Scope::Search],
            (false, View::Gaps) => &[Scope::Gaps, Scope::Services, Scope::Move, Scope::Global],
            (false, _) => &[Scope::Services, Scope::Move, Scope::Global],
        }
    }

    /// The service the cursor stands on.
    pub fn selected(&self) -> Option<Id> {
        self.rows.get(self.cursor.at).copied()
    }

    /// The marked services, or the one the cursor stands on.
    pub fn chosen(&self) -> Vec<Id> {
        if self.marks.is_empty() { self.selected().into_iter().collect() } else { self.marks.iter().copied().collect() }
    }

    /// Another workspace was opened: nothing that pointed into the old one holds.
    pub fn forget(&mut self) {
        self.marks.clear();
        self.rows.clear();
        self.cursor = Cursor::default();
    }
}

/// How many rows of the list are seen on a screen of this size.
pub fn list_height((columns, rows): (u16, u16)) -> usize {
    let rows = usize::from(rows);
    match (columns, rows) {
        (..60, _) | (_, ..16) => rows.saturating_sub(4),
        (100.., _) => rows.saturating_sub(4 + 10),
        _ => rows.saturating_sub(4 + 9),
    }
    .max(1)
}

fn has_service(app: &App) -> Result<(), &'static str> {
    if app.services.view == View::Gaps {
        return Err("no service is selected here: enter opens the services of this cell");
    }
    app.services
        .selected()
        .map(|_| ())
        .ok_or("no service is selected: clear the search with esc, or press n for a new one")
}

fn may_edit(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    has_service(app)
}

fn can_compare(app: &App) -> Result<(), &'static str> {
    let fits = (2..=compare::MOST).contains(&app.services.marks.len());
    if fits { Ok(()) } else { Err("mark two or three services with space, then press c") }
}

fn is_clearable(app: &App) -> Result<(), &'static str> {
    let s = &app.services;
    let nothing = s.marks.is_empty() && s.line.text().is_empty() && !s.detail_open && s.view == View::List;
    if nothing { Err("nothing to go back from; q leaves") } else { Ok(()) }
}

/// Commands of the services screen.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::Services;
    "service.back" ["esc"] "back" "back: close the detail, drop the marks, clear the search" is_clearable, back;
    "service.compare" ["c"] "compare" "two or three marked services side by side" can_compare, compare::open;
    "service.open" ["enter"] "open" "everything about the selected service" has_service, open;
    "service.search" ["/"] "search" "search as you type" super::command::always, search_line::open;
    "service.filter" ["f"] "filter" "filter: need: in: serves: near: age: is: org: …" super::command::always, filter;
    "service.verify" ["v"] "verify" "say that the facts have been checked today" may_edit, verify_chosen;
    "service.new" ["n"] "new" "a new service" App::may_change, new;
    "service.edit" ["e"] "edit" "edit every field of the service" may_edit, edit;
    "service.map" ["m"] "map" "turn list, map, gaps" super::command::always, turn;
    "service.pause" ["p"] "" "pause the service, or let it go on" may_edit, pause;
    "service.close" ["x"] "" "close the service, or open it again" may_edit, close;
    "service.delete" ["d"] "" "delete the service (u brings it back)" may_edit, delete;
    "service.mark" ["space"] "" "mark and go on; commands then act on all marked" has_service, mark;
    "service.mark-all" ["ctrl-a"] "" "mark everything found, or nothing" has_service, mark_all;
    "service.sort" ["s"] "" "sort: best, name, place, organisation, longest unverified" super::command::always, sort;
    "service.copy" ["y"] "" "copy the service's facts" has_service, copy;
};

/// Commands of the matrix of gaps.
pub(crate) const GAPS: &[Command] = commands! { Scope::Gaps;
    "gap.open" ["enter"] "services" "the services of this cell" super::command::always, open_cell;
    "gap.new" ["n"] "new" "a new service for this need and district" App::may_change, new_for_cell;
    "gap.back" ["esc"] "back" "back to the list" super::command::always, |app| { app.services.view = View::List; Vec::new() };
};

/// Searches anew for what the line says; the cursor goes to the best.
pub(crate) fn search(app: &mut App) {
    app.services.cursor = Cursor::default();
    app.services.detail_open = false;
    refresh(app);
    app.services.cursor = Cursor::default();
}

/// Finds again, after something changed; the cursor stays on its service.
pub(crate) fn refresh(app: &mut App) {
    let held = app.services.selected();
    let query = Query::parse(app.services.line.text(), &app.index, &app.atlas);
    let found = app.index.search(&query, app.search_context());
    let rows = if app.is_indexed() { found.hits.iter().map(|hit| hit.id).collect() } else { by_name(app) };
    let state = &mut app.services;
    state.rows = rows;
    (state.query, state.found) = (query, found);
    state.marks.retain(|id| app.workspace.services.get(*id).is_some());
    order(app);
    let state = &mut app.services;
    if let Some(at) = held.and_then(|held| state.rows.iter().position(|id| *id == held)) {
        state.cursor.at = at;
    }
    let height = list_height(app.size);
    state.cursor.follow(state.rows.len(), height);
    let stale = |id: &&Id| {
        let service = app.workspace.services.get(**id);
        service.is_some_and(|s| s.freshness(app.today) != crate::model::service::Freshness::Fresh)
    };
    state.to_verify = state.rows.iter().filter(stale).count();
    if state.view == View::Gaps {
        state.gaps = matrix(&app.workspace, &app.atlas, app.today);
    }
}

/// Puts the cursor on a service.
pub(crate) fn select(app: &mut App, id: Id) {
    if !app.services.rows.contains(&id) {
        app.services.line = LineInput::default();
        refresh(app);
    }
    let state = &mut app.services;
    if let Some(at) = state.rows.iter().position(|row| *row == id) {
        state.cursor.at = at;
        state.cursor.follow(state.rows.len(), list_height(app.size));
    }
}

/// Every service by name: what the list shows while the words are still being read.
fn by_name(app: &App) -> Vec<Id> {
    let mut rows: Vec<Id> = app.workspace.services.iter().map(|service| service.id).collect();
    rows.sort_by_cached_key(|id| app.workspace.services.get(*id).map(|service| service.name.to_lowercase()));
    rows
}

/// Puts the rows into the chosen order.
fn order(app: &mut App) {
    let App { services, workspace, .. } = app;
    let service = |id: &Id| workspace.services.get(*id).map(AsRef::as_ref);
    let name = |id: &Id| service(id).map(|s: &Service| s.name.to_lowercase());
    match services.sort {
        Sort::Rank => {}
        Sort::Name => services.rows.sort_by_cached_key(name),
        Sort::Place => services.rows.sort_by_cached_key(|id| {
            let place = service(id).and_then(|s| s.place()).map(str::to_lowercase);
            (place.is_none(), place, name(id))
        }),
        Sort::Organisation => services.rows.sort_by_cached_key(|id| {
            let of = |s: &Service| s.organisation.as_ref().map(|o| o.name(workspace).to_lowercase());
            let organisation = service(id).and_then(of);
            (organisation.is_none(), organisation, name(id))
        }),
        Sort::Verified => services
            .rows
            .sort_by_cached_key(|id| (service(id).and_then(|s| s.verified.as_ref()).map(|v| v.on), name(id))),
    }
}

/// Moves in the list, the open detail, or the matrix.
pub(crate) fn step(app: &mut App, step: Step) {
    let height = list_height(app.size);
    let rows = usize::from(app.size.1).saturating_sub(3);
    let districts = app.atlas.districts.len();
    let state = &mut app.services;
    match (state.view, state.detail_open) {
        (View::Gaps, _) => step_gaps(&mut state.gap, step, districts),
        (_, true) => {
            let mut cursor = Cursor { at: state.detail_top, top: 0 };
            cursor.step(step, detail::MAX_LINES, rows);
            state.detail_top = cursor.at;
        }
        _ => state.cursor.step(step, state.rows.len(), height),
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

fn open(app: &mut App) -> Effects {
    app.services.detail_open = !app.services.detail_open;
    app.services.detail_top = 0;
    Vec::new()
}

fn filter(app: &mut App) -> Effects {
    let text = app.services.line.text().trim_end().to_owned();
    let text = if text.is_empty() { text } else { text + " " };
    app.services.line.set(&text, text.len());
    app.set_status(
        Severity::Warning,
        "filters: need: in: serves: near: age: sex: status: is: funding: org: sector:  tab completes".to_owned(),
    );
    search_line::open(app)
}

fn turn(app: &mut App) -> Effects {
    app.services.detail_open = false;
    app.services.view = match app.services.view {
        View::List => View::Map,
        View::Map => View::Gaps,
        View::Gaps => View::List,
    };
    refresh(app);
    Vec::new()
}

fn back(app: &mut App) -> Effects {
    let state = &mut app.services;
    if state.detail_open {
        state.detail_open = false;
    } else if !state.marks.is_empty() {
        state.marks.clear();
    } else if !state.line.text().is_empty() {
        state.line = LineInput::default();
        refresh(app);
    } else {
        state.view = View::List;
    }
    Vec::new()
}

fn mark(app: &mut App) -> Effects {
    if let Some(id) = app.services.selected()
        && !app.services.marks.remove(&id)
    {
        app.services.marks.insert(id);
    }
    app.step(Step::Rows(1));
    say_marks(app)
}

fn mark_all(app: &mut App) -> Effects {
    let state = &mut app.services;
    let all = state.rows.iter().all(|id| state.marks.contains(id));
    if all {
        state.marks.clear();
    } else {
        state.marks.extend(state.rows.iter().copied());
    }
    say_marks(app)
}

fn say_marks(app: &mut App) -> Effects {
    let sentence = match app.services.marks.len() {
        0 => "nothing is marked".to_owned(),
        1 => "1 service marked".to_owned(),
        n => format!("{} services marked", detail::count(n)),
    };
    app.set_status(Severity::Info, sentence);
    Vec::new()
}

fn sort(app: &mut App) -> Effects {
    app.services.sort = app.services.sort.next();
    app.set_status(Severity::Info, format!("sorted {}", app.services.sort.label()));
    refresh(app);
    Vec::new()
}

/// A rule of the model, applied to the chosen services by whoever acts.
fn apply(
    app: &mut App,
    rule: impl Fn(&App, &[Id], &crate::model::Author) -> Result<change::Change, change::Refusal>,
) -> Effects {
    let Some(author) = app.author() else { return prompt::ask_who(app) };
    let ids = app.services.chosen();
    match rule(app, &ids, &author) {
        Ok(change) => {
            app.services.marks.clear();
            app.submit(change)
        }
        Err(refusal) => {
            app.set_status(Severity::Error, refusal.0);
            Vec::new()
        }
    }
}

fn verify_chosen(app: &mut App) -> Effects {
    apply(app, |app, ids, author| verify(&app.workspace, ids, None, author))
}

/// To `status`, or back to active where all chosen services are in it already.
fn toggle(app: &mut App, status: Status) -> Effects {
    let is = |id: &Id| app.workspace.services.get(*id).is_some_and(|s| s.status == status);
    let target = if app.services.chosen().iter().all(is) { Status::Active } else { status };
    apply(app, |app, ids, author| set_status(&app.workspace, ids, target, author))
}

fn pause(app: &mut App) -> Effects {
    toggle(app, Status::Paused)
}

fn close(app: &mut App) -> Effects {
    toggle(app, Status::Closed)
}

fn delete(app: &mut App) -> Effects {
    apply(app, |app, ids, _| change::remove(&app.workspace, ids))
}

fn new(app: &mut App) -> Effects {
    let id = app.new_id(Kind::Service);
    form::open(app, Kind::Service.blank(id))
}

fn edit(app: &mut App) -> Effects {
    match app.selected() {
        Some(record) => form::open(app, record),
        None => Vec::new(),
    }
}

fn copy(app: &mut App) -> Effects {
    let ids = app.services.chosen();
    let text: Vec<String> = ids
        .iter()
        .filter_map(|id| app.workspace.get(*id))
        .map(|record| detail::plain(&record, &app.workspace, app.today))
        .collect();
    app.set_status(Severity::Info, "sent to your terminal".to_owned());
    vec![Effect::Copy(text.join("\n\n"))]
}

/// The name of the need and of the district the cursor stands on.
fn cell_names(app: &App) -> Option<(Need, String)> {
    let (need, district) = app.services.gap;
    Some((*Need::ALL.get(need)?, app.atlas.districts.get(district)?.name.to_string()))
}

fn open_cell(app: &mut App) -> Effects {
    if let Some((need, district)) = cell_names(app) {
        let text = format!("need:\"{}\" in:\"{district}\"", need.label());
        app.services.line.set(&text, text.len());
        app.services.view = View::List;
        search(app);
        if app.services.rows.is_empty() {
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

impl App {
    /// What a search looks at.
    pub(crate) fn search_context(&self) -> crate::search::Context<'_> {
        crate::search::Context { workspace: &self.workspace, atlas: &self.atlas, today: self.today }
    }
}
