//! Making in place what a field names and nobody has recorded: a form of its own over this one, and the name it was given
//! put where it was missed.

use super::{going, top};
use crate::app::command::{Command, Scope, commands};
use crate::app::input::TextInput;
use crate::app::{App, Effects, Layer};
use crate::model::field::parts;
use crate::model::{Id, Kind, ParseContext};

/// The key that makes what is missing.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::FORM;
    "form.make" ["ctrl-n"] "make it" "make the organisation, person or other record that is named here and is not recorded yet" is_missed, make;
};

/// Where what is made is put when it is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fills {
    /// The field.
    field: &'static str,
    /// The words that named it.
    words: String,
}

/// What is missed: by the open field, else by the one that was left last.
fn missed(app: &App) -> Option<(&'static str, Kind, String)> {
    let form = app.layers.iter().rev().find_map(|layer| match layer {
        Layer::Form(form) => Some(form),
        _ => None,
    })?;
    let of = |at: usize| {
        let field = form.fields.get(at)?;
        let (kind, words) = field.unknown()?;
        Some((field.info.name, kind, words))
    };
    of(form.at).or_else(|| (0..form.at.min(form.fields.len())).rev().chain(form.at + 1..form.fields.len()).find_map(of))
}

fn is_missed(app: &App) -> Result<(), &'static str> {
    missed(app).map(|_| ()).ok_or("nothing is named here that is not recorded")
}

fn make(app: &mut App) -> Effects {
    going::leave(app);
    let Some((field, kind, words)) = missed(app) else { return Vec::new() };
    let id = app.new_id(kind);
    let mut record = kind.blank(id);
    let context = ParseContext { workspace: &app.workspace, today: app.today };
    if let Some(first) = kind.editable_fields().next() {
        // What its name does not take is typed in its form.
        let _ = record.set_field(first.name, &words, context);
    }
    super::show(app, record);
    if let Some(form) = top(app) {
        form.fills = Some(Fills { field, words });
    }
    Vec::new()
}

/// Puts what was made where it was missed.
pub(super) fn fill(app: &mut App, fills: &Fills, id: Id) {
    let Some(title) = app.workspace.get(id).map(|record| record.title(&app.workspace).into_owned()) else { return };
    let Some(form) = top(app) else { return };
    let Some(at) = form.fields.iter().position(|field| field.info.name == fills.field) else { return };
    let field = &mut form.fields[at];
    match &mut field.typing {
        TextInput::Rows(rows) => rows.replace_cells(&fills.words, &title),
        typing => {
            let text = typing.text();
            let named = |part: &str| if part == fills.words { title.clone() } else { part.to_owned() };
            let all: Vec<String> = parts(&text).map(named).collect();
            typing.set(&crate::model::field::join(all.iter()));
        }
    }
    let (App { layers, workspace, today, atlas, .. }, name) = (app, fills.field);
    let Some(Layer::Form(form)) = layers.last_mut() else { return };
    if let Some(field) = form.fields.iter_mut().find(|field| field.info.name == name) {
        field.check(ParseContext { workspace, today: *today });
        field.doubt(crate::model::doubt::Known { workspace, atlas });
    }
}
