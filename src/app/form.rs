//! Forms: one field a line, for every kind of record alike, made from the kind's table of fields. A field that is a list
//! of rows is edited as a table.
//!
//! What is typed is kept as a draft: after a pause, after many letters, on esc, on a lost connection. A field that a
//! colleague changes meanwhile is marked, with both values at hand; nothing typed is ever thrown away. Saving merges
//! field by field what was typed with what the record has become.

mod completion;
mod drafts;
mod field;
mod removed;
pub(crate) mod rows;
pub mod text;

use std::time::Duration;

use super::command::{Command, Scope, always, commands};
use super::draft::Draft;
use super::input::{RowsInput, TextInput, tabs_to_bars};
use super::key::{Code, Key};
use super::{App, Effect, Effects, Layer, Severity, minutes, prompt};
use crate::model::{AnyRecord, Audience, Change, Kind, ParseContext, Text, Workspace};
pub use completion::Completion;
use drafts::{drop_typed, lay_over};
pub(crate) use drafts::{keep_draft, take_up_draft};
pub use field::FormField;
pub(super) use removed::say as say_removed;

/// A pause in typing after which the draft is kept.
const PAUSE: Duration = Duration::from_secs(2);

/// So many key presses after which the draft is kept even without a pause.
const MANY_KEYS: usize = 200;

/// A record being typed.
pub struct Form {
    /// The record as it was when the form was opened.
    pub record: AnyRecord,
    /// Whether the record is new.
    pub is_new: bool,
    /// The fields, in their order.
    pub fields: Vec<FormField>,
    /// The field that is being typed in; one past the last is the line that saves.
    pub at: usize,
    /// What is left to type of what was begun; `right` takes it.
    pub completion: Option<Completion>,
    /// Whether a text of several lines has the whole screen.
    pub is_whole: bool,
    /// Whether a colleague has removed the record meanwhile.
    pub is_removed: bool,
    /// Keys typed since the draft was last kept.
    keys: usize,
    /// What was dropped, as long as it can be brought back.
    dropped: Option<Draft>,
}

impl Form {
    /// The scopes in which keys are looked up here, the innermost first.
    pub fn scopes(&self) -> &'static [Scope] {
        match self.fields.get(self.at) {
            Some(field) if field.rows().is_some() => &[Scope::ROWS, Scope::FORM],
            Some(field) if field.block().is_some() => &[Scope::TEXT, Scope::FORM],
            _ => &[Scope::FORM],
        }
    }
}

/// Keys of a form; everything else is typed into the field.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::FORM;
    "form.save" ["ctrl-s"] "save" "save the record" always, save;
    "form.next" ["tab"] "next" "the next field" always, |app| go(app, 1);
    "form.previous" ["shift-tab"] "" "the field before" always, |app| go(app, -1);
    "form.enter" ["enter"] "" "go on; in a text of several lines a new line" always, enter;
    "form.up" ["up"] "" "the field above" always, |app| go(app, -1);
    "form.down" ["down"] "" "the field below" always, |app| go(app, 1);
    "form.close" ["esc"] "back, draft kept" "leave the form; what you typed is kept" always, close;
    "form.editor" ["ctrl-o"] "" "this text in your editor" always, in_editor;
    "form.drop" ["ctrl-x"] "" "drop what you typed and begin again; once more brings it back" always, drop_typed;
};

/// Opens a form, with the draft of it if there is one.
pub(crate) fn open(app: &mut App, record: AnyRecord) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    let draft = app.drafts.iter().find(|draft| draft.id == record.id() && !draft.is_of_minutes()).cloned();
    show(app, record);
    if let Some(draft) = draft {
        lay_over(app, &draft);
    }
    Vec::new()
}

fn show(app: &mut App, record: AnyRecord) {
    let is_new = app.workspace.get(record.id()).is_none();
    let fields = record.kind().editable_fields().map(|info| FormField::new(info, &record, &app.workspace)).collect();
    let form = Form {
        record,
        is_new,
        fields,
        at: 0,
        completion: None,
        is_whole: false,
        is_removed: false,
        keys: 0,
        dropped: None,
    };
    app.layers.push(Layer::Form(Box::new(form)));
}

/// The open form, if one is on top.
pub fn top(app: &mut App) -> Option<&mut Form> {
    match app.layers.last_mut() {
        Some(Layer::Form(form)) => Some(form),
        _ => None,
    }
}

/// The table that is being typed in, if the open field is one.
fn rows_mut(app: &mut App) -> Option<&mut RowsInput> {
    let form = top(app)?;
    let at = form.at;
    match &mut form.fields.get_mut(at)?.typing {
        TextInput::Rows(rows) => Some(rows),
        _ => None,
    }
}

fn go(app: &mut App, by: isize) -> Effects {
    check_field(app);
    if let Some(form) = top(app) {
        let rows = form.fields.len() + 1;
        form.at = (form.at + rows).saturating_add_signed(by) % rows;
        form.is_whole = false;
    }
    if let Some(rows) = rows_mut(app) {
        rows.go_to_start(by > 0);
    }
    Vec::new()
}

/// Says beside the field what is wrong with it, as soon as it is left.
fn check_field(app: &mut App) {
    let App { layers, workspace, today, .. } = app;
    let Some(Layer::Form(form)) = layers.last_mut() else { return };
    if let Some(field) = form.fields.get_mut(form.at).filter(|field| field.is_changed()) {
        field.check(ParseContext { workspace, today: *today });
    }
}

fn enter(app: &mut App) -> Effects {
    let Some(form) = top(app) else { return Vec::new() };
    match form.fields.get_mut(form.at) {
        None => save(app),
        Some(FormField { typing: typing @ TextInput::Multi(_), .. }) => {
            typing.key(Key::plain(Code::Enter));
            typed(app)
        }
        Some(_) => go(app, 1),
    }
}

/// A key that no command has is typed into the field; at the end of the text, right takes the completion.
pub(crate) fn type_key(app: &mut App, key: Key) -> Effects {
    let Some(form) = top(app) else { return Vec::new() };
    let at = form.at;
    let Some(field) = form.fields.get_mut(at) else { return Vec::new() };
    let taken = form.completion.take_if(|_| key == Key::plain(Code::Right));
    let is_typed = match taken {
        Some(completion) => {
            field.typing.set_line(&completion.line);
            true
        }
        None => field.typing.key(key),
    };
    if is_typed { typed(app) } else { Vec::new() }
}

/// Finds what is left to type, and keeps the cursor of a long text in sight; done once after each event, for drawing and for
/// the keys that follow.
pub(crate) fn complete(app: &mut App) {
    text::fit(app);
    let found = match app.layers.last() {
        Some(Layer::Form(form)) => completion::find(app, form),
        _ => return,
    };
    if let Some(form) = top(app) {
        form.completion = found;
    }
}

/// Pasted text comes as it is, because tabs lie between the cells of a table and mean nothing anywhere else.
pub(crate) fn paste(app: &mut App, raw: &str) -> Effects {
    let Some(form) = top(app) else { return Vec::new() };
    let at = form.at;
    if let Some(field) = form.fields.get_mut(at) {
        let text = if field.rows().is_some() { Text::new(&tabs_to_bars(raw)) } else { Text::new(raw) };
        field.typing.paste(&text);
    }
    typed(app)
}

/// The text of the field as the editor left it.
pub(crate) fn replace_text(app: &mut App, text: &str) -> Effects {
    let clean = Text::new(text.trim_end());
    let Some(form) = top(app) else { return Vec::new() };
    let at = form.at;
    if let Some(field) = form.fields.get_mut(at) {
        field.typing.replace(&clean);
    }
    typed(app)
}

/// Something was typed: the error is old, and the draft is due.
fn typed(app: &mut App) -> Effects {
    let Some(form) = top(app) else { return minutes::typed(app) };
    let at = form.at;
    form.keys += 1;
    let is_due = form.keys >= MANY_KEYS;
    if let Some(field) = form.fields.get_mut(at) {
        field.forget_error();
    }
    if is_due { keep_draft(app) } else { vec![Effect::Wake(PAUSE)] }
}

fn save(app: &mut App) -> Effects {
    if top(app).is_some_and(|form| form.is_removed) {
        return removed::ask(app);
    }
    let App { layers, workspace, today, .. } = app;
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
    for field in form.fields.iter_mut().filter(|field| field.is_changed()) {
        if let Some(typed) = field.check(context) {
            record.merge_field(&field.base, &typed, field.info.name);
        }
    }
    if let Some(wrong) = form.fields.iter().position(|field| field.error.is_some()) {
        form.is_whole &= form.at == wrong;
        form.at = wrong;
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
        return Vec::new();
    }
    store(app, record)
}

/// Hands the record over; the form closes when the rules accept it.
fn store(app: &mut App, record: AnyRecord) -> Effects {
    let Some(author) = app.author() else { return prompt::ask_who(app) };
    let id = record.id();
    match crate::model::change::put(&app.workspace, record, &author) {
        Ok(change) => {
            app.layers.pop();
            let effects = app.submit_typed(change, &id.to_string());
            super::list::select(app, id);
            effects
        }
        Err(refusal) => {
            app.set_status(Severity::Error, refusal.0);
            Vec::new()
        }
    }
}

fn close(app: &mut App) -> Effects {
    if let Some(form) = top(app).filter(|form| form.is_whole) {
        form.is_whole = false;
        return keep_draft(app);
    }
    let effects = keep_draft(app);
    if let Some(Effect::KeepDraft(draft)) = effects.first() {
        let name = draft.name.clone();
        app.set_status(Severity::Warning, format!("what you typed about {name} is kept: D takes it up again"));
    }
    app.layers.pop();
    effects
}

/// What is typed is kept before the editor takes over the terminal: whatever happens there, this is safe.
fn in_editor(app: &mut App) -> Effects {
    let mut effects = keep_draft(app);
    let Some(form) = top(app) else { return effects };
    let field = form.fields.get(form.at).filter(|field| !field.is_hidden);
    effects.extend(field.map(|field| Effect::EditText(field.typing.text())));
    effects
}

/// Marks what others changed in the record that is being typed: fields nobody touched here follow, the others keep what
/// was typed and show both.
pub(crate) fn mark_moved(app: &mut App, change: &Change) {
    let App { layers, workspace, .. } = app;
    for layer in layers {
        let Layer::Form(form) = layer else { continue };
        let Some(edit) = change.edits.iter().find(|edit| edit.id() == form.record.id()) else { continue };
        form.is_removed = edit.after().is_none();
        let Some(after) = edit.after() else { continue };
        hide_what_is_hidden(form, after, workspace);
        for field in &mut form.fields {
            field.follow(after, workspace);
        }
    }
}

fn hide_what_is_hidden(form: &mut Form, after: &AnyRecord, workspace: &Workspace) {
    for field in form.fields.iter_mut().filter(|field| !field.is_hidden && !field.is_changed()) {
        if after.is_hidden(field.info, Audience::Author, workspace) {
            field.hide();
        }
    }
}

/// What a form is called.
pub fn title(form: &Form) -> String {
    let kind = form.record.kind();
    match (form.is_new, kind) {
        (true, _) => format!("New {}", kind.singular()),
        (false, Kind::Partnership) => "The partnership".to_owned(),
        (false, _) if form.is_removed => format!("{}, which a colleague has removed", form.record.title_alone()),
        (false, _) => form.record.title_alone(),
    }
}
