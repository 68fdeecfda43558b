//! The commands of a field that is a table: from row to row, and what is done to a row as a whole. From cell to cell one
//! goes as from field to field.

use super::{Picks, go, rows_mut, typed};
use crate::app::command::{Command, Scope, always, commands};
use crate::app::input::{RowsInput, TextInput};
use crate::app::{App, Effects, Layer, Severity, command};
use crate::model::ParseContext;
use crate::model::doubt::Known;
use crate::model::text::one_line;

/// Keys of a field that is a table; the others are those of every form.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::ROWS;
    "form.row-add" ["alt-a"] "add row" "go to the empty row at the end, to add one" always, add;
    "form.row-above" ["up"] "" "the row above; from the first the field above" always,
        |app| step(app, false);
    "form.row-below" ["down"] "" "the row below; from the last the field below" always,
        |app| step(app, true);
    "form.row-remove" ["ctrl-d"] "remove" "remove the row" has_row, remove;
    "form.row-restore" ["ctrl-r"] "bring back" "bring back the row that was removed last" has_removed, restore;
    "form.row-up" ["alt-up"] "" "move the row up" |app| can_move(app, false), |app| move_row(app, false);
    "form.row-down" ["alt-down"] "" "move the row down" |app| can_move(app, true), |app| move_row(app, true);
};

/// The table being typed in; help, which asks what can be done in it, may lie over it.
fn rows(app: &App) -> Option<&RowsInput> {
    let form = app.layers.iter().rev().find_map(|layer| match layer {
        Layer::Form(form) => Some(form),
        _ => None,
    })?;
    form.fields.get(form.at)?.rows()
}

/// A row down or up; behind the ends to the field there.
fn step(app: &mut App, down: bool) -> Effects {
    let Some(rows) = rows_mut(app) else { return Vec::new() };
    let (left, column) = rows.cursor();
    if !rows.step_row(down) {
        return go(app, if down { 1 } else { -1 });
    }
    left_cell(app, left, column);
    Vec::new()
}

/// The empty row at the end.
fn add(app: &mut App) -> Effects {
    let Some(rows) = rows_mut(app) else { return Vec::new() };
    let (left, column) = rows.cursor();
    let last = rows.rows().len() - 1;
    rows.go_to(last, 0);
    left_cell(app, left, column);
    Vec::new()
}

/// A cell was left: what is wrong with its row is said when that is left, what is to be doubted of the cell at once.
pub(super) fn left_cell(app: &mut App, row: usize, column: usize) {
    let App { layers, workspace, today, atlas, .. } = app;
    let Some(Layer::Form(form)) = layers.last_mut() else { return };
    form.is_typed = false;
    form.picks = Picks::default();
    let at = form.at;
    let Some(field) = form.fields.get_mut(at).filter(|field| field.is_changed()) else { return };
    let TextInput::Rows(rows) = &mut field.typing else { return };
    rows.doubt_cell(row, column, Known { workspace, atlas });
    if rows.cursor().0 != row {
        field.check_row(row, ParseContext { workspace, today: *today });
    }
}

fn has_row(app: &App) -> Result<(), &'static str> {
    if rows(app).is_some_and(|rows| !rows.is_at_new_row()) { Ok(()) } else { Err("this row is empty already") }
}

fn has_removed(app: &App) -> Result<(), &'static str> {
    if rows(app).is_some_and(RowsInput::has_removed) { Ok(()) } else { Err("no row was removed") }
}

fn can_move(app: &App, down: bool) -> Result<(), &'static str> {
    if rows(app).is_some_and(|rows| rows.place_beside(down).is_some()) {
        Ok(())
    } else if down {
        Err("there is no row below to change places with")
    } else {
        Err("there is no row above to change places with")
    }
}

fn remove(app: &mut App) -> Effects {
    let Some(line) = rows_mut(app).and_then(RowsInput::remove_row) else { return Vec::new() };
    let key = command::named("form.row-restore").map(|command| app.keymap.first_key(command)).unwrap_or_default();
    app.set_status(Severity::Warning, format!("{key} brings back the row that was removed: {}", one_line(&line)));
    typed(app)
}

fn restore(app: &mut App) -> Effects {
    if let Some(rows) = rows_mut(app) {
        rows.restore_row();
    }
    typed(app)
}

fn move_row(app: &mut App, down: bool) -> Effects {
    if let Some(rows) = rows_mut(app) {
        rows.move_row(down);
    }
    typed(app)
}
