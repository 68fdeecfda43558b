//! The people screen: people and organisations with their roles, and what they have a part in.

use super::command::{Command, Scope, commands};
use super::input::LineInput;
use super::moving::{Cursor, Step};
use super::{App, Effect, Effects, Severity, detail, form, prompt, search_line};
use crate::model::{AnyRecord, Id, Kind, change};
use crate::search::Query;

/// The state of the screen.
#[derive(Default)]
pub struct People {
    /// The search line.
    pub line: LineInput,
    /// Whether the search line is being typed in.
    pub searching: bool,
    /// What stands in the list: people, then organisations.
    pub rows: Vec<Id>,
    /// Where the list is.
    pub cursor: Cursor,
    /// Whether the detail fills the screen.
    pub detail_open: bool,
    /// How far the open detail is scrolled.
    pub detail_top: usize,
}

impl People {
    /// The scopes of the keys, the innermost first.
    pub fn scopes(&self) -> &'static [Scope] {
        if self.searching { &[Scope::Search] } else { &[Scope::People, Scope::Move, Scope::Global] }
    }

    /// The record the cursor stands on.
    pub fn selected(&self) -> Option<Id> {
        self.rows.get(self.cursor.at).copied()
    }
}

fn has_record(app: &App) -> Result<(), &'static str> {
    app.people
        .selected()
        .map(|_| ())
        .ok_or("nobody is selected: clear the search with esc, or press n for a new person")
}

fn may_edit(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    has_record(app)
}

fn is_clearable(app: &App) -> Result<(), &'static str> {
    let nothing = app.people.line.text().is_empty() && !app.people.detail_open;
    if nothing { Err("nothing to go back from; q leaves") } else { Ok(()) }
}

/// Commands of the people screen.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::People;
    "people.back" ["esc"] "back" "back: close the detail, clear the search" is_clearable, back;
    "people.open" ["enter"] "open" "everything about the selected person or organisation" has_record, open;
    "people.search" ["/"] "search" "search as you type" super::command::always, search_line::open;
    "people.new" ["n"] "new person" "a new person" App::may_change, |app| new(app, Kind::Person);
    "people.new-organisation" ["o"] "new organisation" "a new organisation" App::may_change, |app| new(app, Kind::Organisation);
    "people.edit" ["e"] "edit" "edit every field" may_edit, edit;
    "people.delete" ["d"] "" "delete (u brings it back)" may_edit, delete;
    "people.copy" ["y"] "" "copy the facts" has_record, copy;
};

/// Searches anew for what the line says; the cursor goes to the first.
pub(crate) fn search(app: &mut App) {
    app.people.cursor = Cursor::default();
    app.people.detail_open = false;
    refresh(app);
    app.people.cursor = Cursor::default();
}

/// Finds again, after something changed; the cursor stays on its record.
pub(crate) fn refresh(app: &mut App) {
    let held = app.people.selected();
    let query = Query::parse(app.people.line.text(), &app.people_index, &app.atlas);
    let found = app.people_index.search(&query, app.search_context());
    let mut rows: Vec<Id> = found.hits.iter().map(|hit| hit.id).collect();
    if query.is_empty() {
        rows.sort_by_key(|id| Kind::of(*id)); // people, then organisations; within them the order of names stays
    }
    let state = &mut app.people;
    state.rows = rows;
    if let Some(at) = held.and_then(|held| state.rows.iter().position(|id| *id == held)) {
        state.cursor.at = at;
    }
    state.cursor.follow(state.rows.len(), super::services::list_height(app.size));
}

/// Puts the cursor on a person or an organisation.
pub(crate) fn select(app: &mut App, id: Id) {
    if !app.people.rows.contains(&id) {
        app.people.line = LineInput::default();
        refresh(app);
    }
    let state = &mut app.people;
    if let Some(at) = state.rows.iter().position(|row| *row == id) {
        state.cursor.at = at;
        state.cursor.follow(state.rows.len(), super::services::list_height(app.size));
    }
}

/// Moves in the list or the open detail.
pub(crate) fn step(app: &mut App, step: Step) {
    let height = super::services::list_height(app.size);
    let state = &mut app.people;
    if state.detail_open {
        let mut cursor = Cursor { at: state.detail_top, top: 0 };
        cursor.step(step, detail::MAX_LINES, height);
        state.detail_top = cursor.at;
    } else {
        state.cursor.step(step, state.rows.len(), height);
    }
}

fn open(app: &mut App) -> Effects {
    app.people.detail_open = !app.people.detail_open;
    app.people.detail_top = 0;
    Vec::new()
}

fn back(app: &mut App) -> Effects {
    if app.people.detail_open {
        app.people.detail_open = false;
    } else {
        app.people.line = LineInput::default();
        refresh(app);
    }
    Vec::new()
}

fn new(app: &mut App, kind: Kind) -> Effects {
    let id = app.new_id(kind);
    form::open(app, kind.blank(id))
}

fn edit(app: &mut App) -> Effects {
    match app.selected() {
        Some(record) => form::open(app, record),
        None => Vec::new(),
    }
}

fn delete(app: &mut App) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    let Some(id) = app.people.selected() else { return Vec::new() };
    match change::remove(&app.workspace, &[id]) {
        Ok(change) => app.submit(change),
        Err(refusal) => {
            app.set_status(Severity::Error, refusal.0);
            Vec::new()
        }
    }
}

fn copy(app: &mut App) -> Effects {
    let text = app.selected().map(|record: AnyRecord| detail::plain(&record, &app.workspace, app.today));
    app.set_status(Severity::Info, "sent to your terminal".to_owned());
    text.map(Effect::Copy).into_iter().collect()
}
