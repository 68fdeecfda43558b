//! A record that a colleague removes while it is edited: that is said at once, and who saves is asked. What was typed is
//! lost in no case.

use super::save::save;
use super::top;
use crate::app::{App, Effect, Effects, Severity, prompt};

/// Says so, where it has happened to the open form.
pub(in crate::app) fn say(app: &mut App) {
    let Some(form) = top(app).filter(|form| form.is_removed) else { return };
    let sentence =
        format!("a colleague has just removed {}; what you typed stays, and saving asks", form.record.title_alone());
    app.set_status(Severity::Warning, sentence);
}

/// Asks whether what was typed becomes a record of its own, or is dropped.
pub(super) fn ask(app: &mut App) -> Effects {
    let question = "A colleague has removed this record. What shall become of what you typed?";
    let hint = "keep makes a new record of it, drop lets it go; esc goes back to the form";
    prompt::ask(app, question, hint, "", |app, typed| match typed.to_lowercase().as_str() {
        "keep" | "k" => Ok(keep(app)),
        "drop" | "d" => Ok(drop_it(app)),
        _ => Err("write keep or drop, or press esc".to_owned()),
    })
}

/// Makes a new record of it, with an id of its own: the other may be somebody's undo away.
fn keep(app: &mut App) -> Effects {
    let Some(kind) = top(app).map(|form| form.record.kind()) else { return Vec::new() };
    let new = app.new_id(kind);
    let mut effects = drop_draft(app);
    if let Some(form) = top(app) {
        form.record = form.record.clone().with_id_replaced(form.record.id(), new);
        (form.is_new, form.is_removed) = (true, false);
    }
    effects.extend(save(app));
    effects
}

fn drop_it(app: &mut App) -> Effects {
    let effects = drop_draft(app);
    let Some(form) = top(app) else { return effects };
    let sentence = format!("{} is removed, and what you typed is dropped", form.record.title_alone());
    app.layers.pop();
    app.set_status(Severity::Info, sentence);
    effects
}

fn drop_draft(app: &mut App) -> Effects {
    let Some(key) = top(app).map(|form| form.record.id().to_string()) else { return Vec::new() };
    let is_kept = app.drafts.iter().any(|draft| draft.key() == key);
    app.drafts.retain(|draft| draft.key() != key);
    is_kept.then_some(Effect::DropDraft(key)).into_iter().collect()
}
