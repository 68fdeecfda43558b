//! One field of several records at once: `e` where several are marked. What is typed is the field, a colon and the value;
//! what that would do is said while it is typed.

use super::{App, Effects, Layer, Severity, detail, prompt};
use crate::model::change::put;
use crate::model::{AnyRecord, Audience, Change, FieldInfo, FieldType, Id, Kind, ParseContext};

/// Asks for the field and its value.
pub(crate) fn ask(app: &mut App, ids: &[Id]) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    if kind_of(ids).is_none() {
        app.set_status(Severity::Error, "what is marked is of several kinds: mark records of one kind".to_owned());
        return Vec::new();
    }
    let effects = prompt::ask(app, "Edit one field of all that are marked", "", "", answer);
    if let Some(Layer::Prompt(prompt)) = app.layers.last_mut() {
        prompt.preview = Some(|app, typed| preview(app, typed).unwrap_or_else(|why| why));
    }
    prompt::refresh(app);
    effects
}

/// The kind that all of them are of.
fn kind_of(ids: &[Id]) -> Option<Kind> {
    let kind = Kind::of(*ids.first()?)?;
    ids.iter().all(|id| Kind::of(*id) == Some(kind)).then_some(kind)
}

/// The fields that several records can share: not what they are called, and no tables.
fn fields(kind: Kind) -> impl Iterator<Item = &'static FieldInfo> {
    let is_shared =
        move |field: &&FieldInfo| !detail::is_title(kind, field) && !matches!(field.field_type, FieldType::Rows(_));
    kind.editable_fields().filter(is_shared)
}

/// The field that is meant: called so, or the only one that begins so.
fn field(kind: Kind, typed: &str) -> Result<&'static FieldInfo, String> {
    let typed = typed.trim().to_lowercase();
    let is_called = |field: &&FieldInfo| field.label.to_lowercase() == typed || field.name == typed;
    let begins = |field: &&FieldInfo| field.label.to_lowercase().starts_with(&typed) || field.name.starts_with(&typed);
    if let Some(field) = fields(kind).find(is_called) {
        return Ok(field);
    }
    let begun: Vec<&FieldInfo> = fields(kind).filter(begins).collect();
    match &begun[..] {
        [field] => Ok(field),
        [] => Err(format!("there is no field {typed}: {}", labels(fields(kind)))),
        several => Err(format!("which field: {}", labels(several.iter().copied()))),
    }
}

fn labels<'a>(fields: impl Iterator<Item = &'a FieldInfo>) -> String {
    fields.map(|field| field.label.to_lowercase()).collect::<Vec<_>>().join(", ")
}

/// The field and what is typed for it; without a colon, which fields there are.
fn read(kind: Kind, typed: &str) -> Result<(&'static FieldInfo, &str), String> {
    let Some((name, value)) = typed.split_once([':', '=']) else {
        let name = typed.trim();
        return match field(kind, name) {
            Ok(field) if !name.is_empty() => Err(format!("{}: write a colon and the value", field.label)),
            Err(why) if !name.is_empty() => Err(why),
            _ => Err(format!("write the field, a colon and the value. Fields: {}", labels(fields(kind)))),
        };
    };
    Ok((field(kind, name)?, value.trim()))
}

/// The records as they would be.
fn edited(app: &App, field: &FieldInfo, value: &str) -> Result<Vec<AnyRecord>, String> {
    let context = ParseContext { workspace: &app.workspace, today: app.today };
    let records = app.chosen().into_iter().filter_map(|id| app.workspace.get(id));
    let edit = |mut record: AnyRecord| {
        if record.is_hidden(field, Audience::Author, &app.workspace) {
            return Err(format!("{} of {} is hidden: edit that one alone", field.label, record.title_alone()));
        }
        record.set_field(field.name, value, context)?;
        Ok(record)
    };
    records.map(edit).collect()
}

/// What would be done, in a sentence.
fn preview(app: &App, typed: &str) -> Result<String, String> {
    let kind = kind_of(&app.chosen()).ok_or("nothing is marked any more")?;
    let (field, value) = read(kind, typed)?;
    let records = edited(app, field, value).map_err(|why| format!("{}: {why}", field.label))?;
    let said = records.first().map(|record| record.format_field(field.name, &app.workspace)).unwrap_or_default();
    let said = if said.is_empty() { "not stated" } else { &said };
    Ok(format!("{} {}: {} -> {said}", records.len(), kind.plural(), field.label))
}

fn answer(app: &mut App, typed: &str) -> Result<Effects, String> {
    let sentence = preview(app, typed)?;
    let author = app.author().ok_or("say who you are first")?;
    let kind = kind_of(&app.chosen()).ok_or("nothing is marked any more")?;
    let (field, value) = read(kind, typed)?;
    let mut change = Change { edits: Vec::new(), sentence };
    for record in edited(app, field, value)? {
        change.edits.extend(put(&app.workspace, record, &author).map_err(|refusal| refusal.0)?.edits);
    }
    for id in app.chosen() {
        app.list_mut().marks.remove(&id);
    }
    Ok(app.submit(change))
}
