//! From place to place in a form: fields, cells of a table, what is folded, the line that saves.

use super::{Form, save, top, typed};
use crate::app::command::{Command, Scope, always, commands};
use crate::app::form::{picks, rows_mut};
use crate::app::input::TextInput;
use crate::app::key::{Code, Key};
use crate::app::{App, Effects, Layer, prompt};
use crate::model::ParseContext;
use crate::model::doubt::Known;

/// Keys of a form; everything else is typed into the field.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::FORM;
    "form.next" ["tab"] "next" "go on to the next cell or field" always, |app| step(app, 1);
    "form.previous" ["shift-tab"] "" "go back to the cell or field before" always, |app| step(app, -1);
    "form.enter" ["enter"] "" "go on; in a text of several lines a new line" always, enter;
    "form.up" ["up"] "" "the field above" always, |app| go(app, -1);
    "form.down" ["down"] "" "the field below" always, |app| go(app, 1);
    "form.section-next" ["pgdn"] "" "the next part of the form" always, |app| part(app, true);
    "form.section-previous" ["pgup"] "" "the part of the form before" always, |app| part(app, false);
    "form.find" ["ctrl-f"] "" "go to a field by its name" always, ask_field;
};

impl Form {
    /// The place of the line that saves.
    pub fn save_place(&self) -> usize {
        self.fields.len()
    }

    /// The place of the line that unfolds the rest.
    pub fn more_place(&self) -> usize {
        self.fields.len() + 1
    }

    /// The first field that is folded away, where some are.
    pub fn first_folded(&self) -> Option<usize> {
        self.fields
            .iter()
            .position(|field| field.section.is_some_and(|section| section.is_more))
            .filter(|_| self.is_folded)
    }

    /// Every place in the order in which one comes through them.
    fn places(&self) -> Vec<usize> {
        let end = self.first_folded();
        let mut places: Vec<usize> = (0..end.unwrap_or(self.fields.len())).collect();
        places.extend(end.map(|_| self.more_place()));
        places.push(self.save_place());
        places
    }

    /// Goes to a place; what is folded there unfolds.
    pub(super) fn put_at(&mut self, at: usize) {
        self.is_folded &= self.first_folded().is_none_or(|first| at < first || at >= self.fields.len());
        self.at = at;
        self.is_whole = false;
        self.is_typed = false;
        self.picks = picks::Picks::default();
        if let Some(field) = self.fields.get_mut(at) {
            picks::enter(&mut field.typing, field.info.field_type);
        }
    }

    /// The field where a part begins, from here on or back.
    fn part_from(&self, forward: bool) -> usize {
        let heading = |at: usize| self.fields.get(at).and_then(|field| field.section).map(|section| section.heading);
        let places = self.places();
        let begins = |at: &&usize| **at >= self.fields.len() || **at == 0 || heading(**at) != heading(**at - 1);
        let here = places.iter().position(|at| *at == self.at).unwrap_or_default();
        let found =
            if forward { places[here..].iter().skip(1).find(begins) } else { places[..here].iter().rev().find(begins) };
        found.copied().unwrap_or(self.at)
    }
}

/// Goes on to the next cell, and behind the last to the next field; or back.
fn step(app: &mut App, by: isize) -> Effects {
    let Some(rows) = rows_mut(app) else { return go(app, by) };
    let (left, column) = rows.cursor();
    if !rows.step_cell(by > 0) {
        return go(app, by);
    }
    super::rows::left_cell(app, left, column);
    Vec::new()
}

/// Goes to another field, on or back.
pub(super) fn go(app: &mut App, by: isize) -> Effects {
    leave(app);
    if let Some(form) = top(app) {
        let places = form.places();
        let here = places.iter().position(|at| *at == form.at).unwrap_or_default();
        form.put_at(places[(here + places.len()).saturating_add_signed(by) % places.len()]);
    }
    if let Some(rows) = rows_mut(app) {
        rows.come(by > 0);
    }
    Vec::new()
}

fn part(app: &mut App, forward: bool) -> Effects {
    leave(app);
    if let Some(form) = top(app) {
        let to = form.part_from(forward);
        form.put_at(to);
    }
    if let Some(rows) = rows_mut(app) {
        rows.come(true);
    }
    Vec::new()
}

/// Says beside the field what is wrong with it or to be doubted, as soon as it is left.
pub(super) fn leave(app: &mut App) {
    let App { layers, workspace, today, atlas, .. } = app;
    let Some(Layer::Form(form)) = layers.last_mut() else { return };
    let meant = form.picks.only_meant();
    let Some(field) = form.fields.get_mut(form.at).filter(|field| field.is_changed()) else { return };
    let context = ParseContext { workspace, today: *today };
    field.check(context);
    if let Some(meant) = meant.filter(|_| field.error.is_some() && field.rows().is_none()) {
        field.typing.set_line(&meant);
        field.check(context);
    }
    field.doubt(Known { workspace, atlas });
}

/// Enter goes on; on the lines below the fields it does what they say.
pub(super) fn enter(app: &mut App) -> Effects {
    let Some(form) = top(app) else { return Vec::new() };
    if form.at == form.save_place() {
        return save::save(app);
    }
    if form.at == form.more_place() {
        let first = form.first_folded().unwrap_or_default();
        form.put_at(first);
        return Vec::new();
    }
    match form.fields.get_mut(form.at).map(|field| &mut field.typing) {
        Some(typing @ TextInput::Multi(_)) => {
            typing.key(Key::plain(Code::Enter));
            typed(app)
        }
        _ => step(app, 1),
    }
}

fn ask_field(app: &mut App) -> Effects {
    prompt::ask(app, "Which field?", "its name or the beginning of it", "", |app, typed| {
        let Some(form) = top(app) else { return Ok(Vec::new()) };
        let wanted = typed.to_lowercase();
        let labels = || form.fields.iter().map(|field| field.info.label.to_lowercase());
        let found = labels().position(|label| label == wanted);
        let found = found.or_else(|| labels().position(|label| label.starts_with(&wanted)));
        let found = found.or_else(|| labels().position(|label| label.contains(&wanted)));
        let found = found.or_else(|| form.fields.iter().position(|field| field.info.name.starts_with(&wanted)));
        match found.filter(|_| !wanted.is_empty()) {
            Some(at) => {
                let is_other = at != form.at;
                if is_other {
                    leave(app);
                }
                if let Some(form) = top(app).filter(|_| is_other) {
                    form.put_at(at);
                }
                if let Some(rows) = rows_mut(app) {
                    rows.come(true);
                }
                Ok(Vec::new())
            }
            None => Err(format!("no field of this form is called {typed}")),
        }
    })
}
