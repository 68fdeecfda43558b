//! The commands of a field that is a table: from cell to cell and row to row, and what is done to a row as a whole.

use super::{go, rows_mut, typed};
use crate::app::command::{Command, Scope, always, commands};
use crate::app::input::RowsInput;
use crate::app::{App, Effects, Layer, Severity, command};
use crate::model::ParseContext;
use crate::model::text::one_line;

/// Keys of a field that is a table; the others are those of every form.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::ROWS;
    "form.cell-next" ["tab"] "next cell" "the next cell; from the empty row at the end the next field" always,
        |app| step(app, 1, |rows| rows.step_cell(true));
    "form.cell-previous" ["shift-tab"] "" "the cell before; from the first the field before" always,
        |app| step(app, -1, |rows| rows.step_cell(false));
    "form.row-next" ["enter"] "" "the next row; from the empty row at the end the next field" always,
        |app| step(app, 1, RowsInput::next_row);
    "form.row-above" ["up"] "" "the row above; from the first the field above" always,
        |app| step(app, -1, |rows| rows.step_row(false));
    "form.row-below" ["down"] "" "the row below; from the last the field below" always,
        |app| step(app, 1, |rows| rows.step_row(true));
    "form.row-remove" ["ctrl-d"] "remove row" "remove the row" has_row, remove;
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

/// Goes on within the table, or where that is not possible to the field `by` further. A row that is left is checked.
fn step(app: &mut App, by: isize, within: impl Fn(&mut RowsInput) -> bool) -> Effects {
    let Some(rows) = rows_mut(app) else { return Vec::new() };
    let (left, _) = rows.cursor();
    if !within(rows) {
        return go(app, by);
    }
    if rows.cursor().0 != left {
        check_row(app, left);
    }
    Vec::new()
}

fn check_row(app: &mut App, row: usize) {
    let App { layers, workspace, today, .. } = app;
    let Some(Layer::Form(form)) = layers.last_mut() else { return };
    if let Some(field) = form.fields.get_mut(form.at).filter(|field| field.is_changed()) {
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
