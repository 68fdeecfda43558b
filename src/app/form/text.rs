//! The commands of a field that is a text of several lines, and the room it has on the screen.

use super::{Form, go, top, typed};
use crate::app::command::{Command, Scope, always, commands};
use crate::app::input::{BlockInput, Move, TextInput};
use crate::app::{App, Effects, Layer, Severity, command, minutes};

/// Keys of a field that is a text of several lines; the others are those of every form.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::TEXT;
    "text.whole" ["ctrl-g"] "zoom" "give this text the whole screen, or the form again" always, whole;
    "text.undo" ["alt-u", "ctrl-_"] "" "take back what you typed in this text, word by word" can_undo,
        |app| act(app, BlockInput::undo);
    "text.redo" ["alt-U", "ctrl-y"] "" "type again what you took back" can_redo, |app| act(app, BlockInput::redo);
    "text.up" ["up"] "" "a line up; from the first the field above" always, |app| line(app, Move::Up, -1);
    "text.down" ["down"] "" "a line down; from the last the field below" always, |app| line(app, Move::Down, 1);
    "text.left" ["left"] "" "a letter back" always, |app| step(app, Move::Left);
    "text.right" ["right"] "" "a letter on" always, |app| step(app, Move::Right);
    "text.word-left" ["ctrl-left", "alt-left", "alt-b"] "" "to the beginning of the word, or of the one before" always,
        |app| step(app, Move::WordLeft);
    "text.word-right" ["ctrl-right", "alt-right", "alt-f"] "" "to the next word" always,
        |app| step(app, Move::WordRight);
    "text.page-up" ["pgup"] "" "a window up" always, |app| step(app, Move::PageUp);
    "text.page-down" ["pgdn"] "" "a window down" always, |app| step(app, Move::PageDown);
    "text.line-start" ["home", "ctrl-a"] "" "to the beginning of the line; once more, of the paragraph" always,
        |app| step(app, Move::LineStart);
    "text.line-end" ["end", "ctrl-e"] "" "to the end of the line; once more, of the paragraph" always,
        |app| step(app, Move::LineEnd);
    "text.start" ["ctrl-home"] "" "to the beginning of the text" always, |app| step(app, Move::Start);
    "text.end" ["ctrl-end"] "" "to the end of the text" always, |app| step(app, Move::End);
    "text.erase-word" ["ctrl-w", "alt-backspace"] "" "erase the word before the cursor" always,
        |app| act(app, |block| block.delete(Move::WordLeft));
    "text.erase-next-word" ["alt-d", "alt-del", "ctrl-del"] "" "erase up to the next word" always,
        |app| act(app, |block| block.delete(Move::WordRight));
    "text.erase-to-start" ["ctrl-u"] "" "erase back to the beginning of the paragraph" always,
        |app| erase(app, |block| block.delete(Move::ParagraphStart));
    "text.erase-to-end" ["ctrl-k"] "" "erase on to the end of the paragraph" always,
        |app| erase(app, BlockInput::delete_to_end);
};

/// Below so many columns a label stands above its text.
pub const NARROW: u16 = 60;

/// The least lines that a text has while it is being typed.
const LEAST_ROWS: usize = 4;

/// So many lines of the form are left to its other fields and to what is said of this one.
const OTHERS: u16 = 5;

/// Lines longer than this are hard to read.
const MOST_CELLS: u16 = 100;

/// Cells left of a text in a form: those of the labels.
pub fn label_cells(columns: u16) -> u16 {
    if columns < NARROW { 12 } else { 17 }
}

/// The cells and the lines of a text of several lines in a form of so many columns and rows. In a form it grows with what
/// is typed, in steps, so that what stands below does not move with every line.
pub fn room(form: &Form, block: &BlockInput, (columns, rows): (u16, u16)) -> (usize, usize) {
    let is_narrow = columns < NARROW;
    if form.is_whole {
        let cells = columns.saturating_sub(2).min(MOST_CELLS);
        return (cells.into(), usize::from(rows.saturating_sub(1)).max(1));
    }
    let left = if is_narrow { 2 } else { label_cells(columns) + 2 };
    let cells = columns.saturating_sub(left).min(MOST_CELLS);
    let most = usize::from(rows.saturating_sub(OTHERS)).max(LEAST_ROWS - 1);
    let lines = crate::app::wrap::places(block.text(), cells.into()).len();
    (cells.into(), lines.next_multiple_of(LEAST_ROWS).min(most))
}

/// The columns and rows of a form on a screen of this size: without tabs, heading, status and hints.
fn form_size((columns, rows): (u16, u16)) -> (u16, u16) {
    (columns, rows.saturating_sub(4))
}

/// Gives the open text the room it has, with its cursor in sight.
pub(super) fn fit(app: &mut App) {
    let size = form_size(app.size);
    let Some(form) = top(app) else { return };
    let Some(block) = form.fields.get(form.at).and_then(|field| field.block()) else { return };
    let (cells, rows) = room(form, block, size);
    if let Some(block) = block_mut(app) {
        block.fit(cells, rows);
    }
}

fn block_mut(app: &mut App) -> Option<&mut BlockInput> {
    if matches!(app.layers.last(), Some(Layer::Minutes(_))) {
        return minutes::block_mut(app);
    }
    let form = top(app)?;
    match &mut form.fields.get_mut(form.at)?.typing {
        TextInput::Multi(block) => Some(block),
        _ => None,
    }
}

/// The text being typed; help, which asks what can be done in it, may lie over it.
fn block(app: &App) -> Option<&BlockInput> {
    if let Some(block) = minutes::block(app) {
        return Some(block);
    }
    let form = app.layers.iter().rev().find_map(|layer| match layer {
        Layer::Form(form) => Some(form),
        _ => None,
    })?;
    form.fields.get(form.at)?.block()
}

fn can_undo(app: &App) -> Result<(), &'static str> {
    if block(app).is_some_and(|block| block.can_undo_and_redo().0) { Ok(()) } else { Err("nothing was typed here") }
}

fn can_redo(app: &App) -> Result<(), &'static str> {
    if block(app).is_some_and(|block| block.can_undo_and_redo().1) {
        Ok(())
    } else {
        Err("nothing was taken back here")
    }
}

fn step(app: &mut App, to: Move) -> Effects {
    if let Some(block) = block_mut(app) {
        block.go(to);
    }
    Vec::new()
}

/// A line further; at its end the text is left, unless it has the whole screen.
fn line(app: &mut App, to: Move, by: isize) -> Effects {
    let is_whole = top(app).is_some_and(|form| form.is_whole);
    let has_moved = block_mut(app).is_none_or(|block| block.go(to));
    if has_moved || is_whole { Vec::new() } else { go(app, by) }
}

fn act(app: &mut App, act: impl FnOnce(&mut BlockInput) -> bool) -> Effects {
    if block_mut(app).is_some_and(act) { typed(app) } else { Vec::new() }
}

/// Erases what may be much, and says how it comes back.
fn erase(app: &mut App, erase: impl FnOnce(&mut BlockInput) -> bool) -> Effects {
    let effects = act(app, erase);
    if !effects.is_empty() {
        let key = command::named("text.undo").map(|command| app.keymap.first_key(command)).unwrap_or_default();
        app.set_status(Severity::Info, format!("{key} brings back what you erased"));
    }
    effects
}

fn whole(app: &mut App) -> Effects {
    if let Some(form) = top(app) {
        form.is_whole = !form.is_whole;
    }
    Vec::new()
}
