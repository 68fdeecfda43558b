//! Undo and redo without limit, as long as the program runs. Undoing is a change like any other: it is saved, merged
//! and can be undone.

use super::{App, Effects, Severity, list, screen};
use crate::model::{AnyRecord, Change, Edit, Id, Kind, conduct};

/// What can be undone and done again.
#[derive(Default)]
pub struct History {
    undo: Vec<Change>,
    redo: Vec<Change>,
}

impl History {
    /// A change was made; this is its inverse.
    pub fn did(&mut self, inverse: Change) {
        self.undo.push(inverse);
        self.redo.clear();
    }

    /// Whether there is something to undo.
    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// Whether anything was changed since the program began.
    pub fn is_begun(&self) -> bool {
        self.can_undo() || self.can_redo()
    }

    /// A record has another id.
    pub(super) fn replace_id(&mut self, old: Id, new: Id) {
        self.undo.iter_mut().chain(&mut self.redo).for_each(|change| change.replace_id(old, new));
    }

    /// Where it stands, to go back to.
    pub(super) fn mark(&self) -> Mark {
        Mark { undone: self.undo.len(), redo: self.redo.clone() }
    }

    /// Whether there is something to do again.
    pub fn can_redo(&self) -> bool {
        !self.redo.is_empty()
    }
}

/// Where the history stood once.
pub(super) struct Mark {
    undone: usize,
    redo: Vec<Change>,
}

/// Takes back what was done or undone since; of that nothing is left to do again.
pub(super) fn back_to(app: &mut App, mark: Mark) -> Effects {
    let mut effects = Vec::new();
    while app.history.undo.len() > mark.undone {
        effects.extend(undo(app));
    }
    while app.history.undo.len() < mark.undone && app.history.can_redo() {
        effects.extend(redo(app));
    }
    app.history.redo = mark.redo;
    effects
}

/// Takes the last change back.
pub(crate) fn undo(app: &mut App) -> Effects {
    let Some(change) = app.history.undo.pop().and_then(|change| allowed(app, change)) else { return Vec::new() };
    let sentence = format!("undone: {}", change.sentence);
    let change = stamped(app, change);
    let was_there = is_on(app, &change);
    let inverse = app.apply(&change);
    app.history.redo.push(inverse);
    let place = go_to_change(app, &change, was_there);
    app.set_status(Severity::Info, sentence + &place);
    app.save(change)
}

/// Does again what was undone last.
pub(crate) fn redo(app: &mut App) -> Effects {
    let Some(change) = app.history.redo.pop().and_then(|change| allowed(app, change)) else { return Vec::new() };
    let sentence = format!("done again: {}", change.sentence);
    let change = stamped(app, change);
    let was_there = is_on(app, &change);
    let inverse = app.apply(&change);
    app.history.undo.push(inverse);
    let place = go_to_change(app, &change, was_there);
    app.set_status(Severity::Info, sentence + &place);
    app.save(change)
}

/// Whether the cursor of the open screen stands on a record that a change is about.
fn is_on(app: &App, change: &Change) -> bool {
    let subject = app.screens.subject(app.screen);
    subject.is_some_and(|id| change.edits.iter().any(|edit| edit.id() == id))
}

/// Puts the cursor of the open screen on the record that was changed; where another screen shows it, that is said.
fn go_to_change(app: &mut App, change: &Change, was_there: bool) -> String {
    let is_shown_here = |id: &Id| Kind::of(*id).is_some_and(|kind| app.list().kinds.contains(&kind));
    let ids: Vec<Id> = change.edits.iter().map(Edit::id).collect();
    let here: Vec<Id> = ids.iter().copied().filter(is_shown_here).collect();
    if let Some(id) =
        here.iter().find(|id| app.workspace.get(**id).is_some()).filter(|_| !was_there && !is_on(app, change))
        && app.screens.shows_list(app.screen)
    {
        list::select(app, *id);
    }
    if was_there || !here.is_empty() {
        return String::new();
    }
    let place = ids.iter().find_map(|id| screen::home_of(Kind::of(*id)?));
    place.filter(|place| *place != app.screen).map(|place| format!(", on {}", place.title())).unwrap_or_default()
}

/// The change, unless it would change a vote that is over: then it is said, and the change is behind us.
fn allowed(app: &mut App, change: Change) -> Option<Change> {
    match conduct::refuse_undo(&app.workspace, &change) {
        Ok(()) => Some(change),
        Err(refusal) => {
            app.set_status(Severity::Error, format!("not undone: {}", refusal.0));
            None
        }
    }
}

/// Undoing is newer than what it undoes, or a merge would bring that back. It begins from the record as it now is where
/// that differs by its stamp alone: undoing a later change has renewed the stamp, and nobody has edited anything.
fn stamped(app: &App, change: Change) -> Change {
    let Some(author) = app.author() else { return change };
    let stamp = |edit: Edit| {
        let now = app.workspace.get(edit.id());
        let (mut before, mut after) = edit.into_sides();
        let differs_by_its_stamp =
            |before: &AnyRecord| now.as_ref().is_some_and(|now| before.differing(now).is_empty());
        if before.as_ref().is_some_and(differs_by_its_stamp) {
            before.clone_from(&now);
        }
        if let Some(after) = &mut after {
            after.set_updated(author.stamp(now.as_ref()));
        }
        Edit::new(before, after)
    };
    Change { edits: change.edits.into_iter().filter_map(stamp).collect(), sentence: change.sentence }
}
