//! Handing a form over: what was typed, merged with what the record has become meanwhile, goes through the rules.

use super::{fill, going, removed, top};
use crate::app::input::TextInput;
use crate::app::{App, Effects, Layer, Severity, list, prompt};
use crate::model::doubt::Known;
use crate::model::{AnyRecord, ParseContext, change};

pub(super) fn save(app: &mut App) -> Effects {
    if top(app).is_some_and(|form| form.is_removed) {
        return removed::ask(app);
    }
    going::leave(app);
    let App { layers, workspace, today, atlas, .. } = app;
    let Some(Layer::Form(form)) = layers.last_mut() else { return Vec::new() };
    let context = ParseContext { workspace, today: *today };
    // What colleagues did to other fields meanwhile stays: only the fields typed in here are set.
    let mut record = workspace.get(form.record.id()).unwrap_or_else(|| form.record.clone());
    if form.is_new {
        record = form.record.clone();
    }
    // Words that name somebody who was added since lead there, though nothing was typed.
    for field in form.fields.iter_mut().filter(|field| !field.is_changed() && !field.is_hidden) {
        field.link(&mut record, context);
    }
    for field in form.fields.iter_mut().filter(|field| field.is_stated()) {
        if let Some(typed) = field.check(context) {
            record.merge_field(&field.base, &typed, field.info.name);
        }
        field.doubt(Known { workspace, atlas });
    }
    match form.fields.iter().position(|field| field.error.is_some()) {
        Some(wrong) => show_error(app, wrong),
        None => store(app, record),
    }
}

/// Goes to the first field that is wrong and says how many are.
fn show_error(app: &mut App, wrong: usize) -> Effects {
    let Some(form) = top(app) else { return Vec::new() };
    if form.at != wrong {
        form.put_at(wrong);
    }
    if let Some(TextInput::Rows(rows)) = form.fields.get_mut(wrong).map(|field| &mut field.typing) {
        rows.go_to_error();
    }
    let count = form.fields.iter().filter(|field| field.error.is_some()).count();
    let sentence = if count == 1 {
        "one field needs another look".to_owned()
    } else {
        format!("{count} fields need another look")
    };
    app.set_status(Severity::Error, sentence);
    Vec::new()
}

/// Hands the record over; the form closes when the rules accept it.
fn store(app: &mut App, record: AnyRecord) -> Effects {
    let Some(author) = app.author() else { return prompt::ask_who(app) };
    let id = record.id();
    match change::put(&app.workspace, record, &author) {
        Ok(change) => {
            let fills = match app.layers.pop() {
                Some(Layer::Form(form)) => form.fills,
                _ => None,
            };
            let effects = app.submit_typed(change, &id.to_string());
            match fills {
                Some(fills) => fill::fill(app, &fills, id),
                None => list::select(app, id),
            }
            effects
        }
        Err(refusal) => {
            app.set_status(Severity::Error, refusal.0);
            Vec::new()
        }
    }
}
