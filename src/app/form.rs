//! Forms: one field a line, for every kind of record alike, made from the kind's table of fields. A field that is a list
//! of rows is edited as a table.
//!
//! What is typed is kept as a draft: after a pause, after many letters, on esc, on a lost connection. A field that a
//! colleague changes meanwhile is marked, with both values at hand; nothing typed is ever thrown away. Saving merges
//! field by field what was typed with what the record has become.

mod drafts;
mod field;
pub(crate) mod fill;
pub(crate) mod going;
pub(crate) mod picks;
mod removed;
pub(crate) mod rows;
mod save;
pub mod text;

use std::time::Duration;

use super::command::{Command, Scope, always, commands};
use super::draft::Draft;
use super::input::{RowsInput, TextInput, tabs_to_bars};
use super::key::Key;
use super::{App, Effect, Effects, Layer, Severity, minutes, prompt};
use crate::model::{AnyRecord, Audience, Change, Kind, Text, Workspace};
use drafts::{drop_typed, lay_over};
pub(crate) use drafts::{keep_draft, take_up_draft};
pub use field::FormField;
pub use fill::Fills;
use going::go;
pub use picks::{Pick, Picks};
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
    /// The field that is being typed in, or one of the lines below them: see `save_place` and `more_place`.
    pub at: usize,
    /// What there is to choose for what is being typed.
    pub picks: Picks,
    /// Whether something was typed since the cursor came to where it is.
    pub is_typed: bool,
    /// Whether what is not wanted every time is folded away.
    pub is_folded: bool,
    /// The field of the form below that this record was missed in.
    pub fills: Option<Fills>,
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
    pub fn scopes(&self) -> Vec<Scope> {
        let field = self.fields.get(self.at);
        let is_cell = field.is_some_and(|field| field.rows().is_some());
        let of_field = match field {
            Some(_) if is_cell => Some(Scope::ROWS),
            Some(field) if field.block().is_some() => Some(Scope::TEXT),
            _ => None,
        };
        self.picks.scopes(is_cell).iter().copied().chain(of_field).chain([Scope::FORM]).collect()
    }
}

/// What is done with a form as a whole; the keys that go through it are those of `going`.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::FORM;
    "form.save" ["ctrl-s"] "save" "save the record" always, save::save;
    "form.close" ["esc"] "back, draft kept" "leave the form; what you typed is kept" always, close;
    "form.editor" ["ctrl-o"] "" "this text in your editor" App::may_leave, in_editor;
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
    let known = record.kind().form_fields().into_iter();
    let fields = known.map(|(section, info)| FormField::new(section, info, &record, &app.workspace)).collect();
    app.layers.push(Layer::Form(Box::new(Form {
        record,
        is_new,
        fields,
        at: 0,
        picks: Picks::default(),
        is_typed: false,
        is_folded: true,
        fills: None,
        is_whole: false,
        is_removed: false,
        keys: 0,
        dropped: None,
    })));
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

/// A key that no command has is typed into the field.
pub(crate) fn type_key(app: &mut App, key: Key) -> Effects {
    let Some(form) = top(app) else { return Vec::new() };
    let at = form.at;
    let Some(field) = form.fields.get_mut(at) else { return Vec::new() };
    let before = place(field);
    let is_typed = field.typing.key(key);
    let after = place(field);
    // A key that went to another cell has typed nothing there.
    form.is_typed = is_typed && before.0 == after.0 && (form.is_typed || before.1 != after.1);
    if is_typed { typed(app) } else { Vec::new() }
}

/// The cell with the cursor, and what stands where it is.
fn place(field: &FormField) -> ((usize, usize), String) {
    let cell = field.rows().map(RowsInput::cursor).unwrap_or_default();
    (cell, field.typing.line().map(|line| line.text().to_owned()).unwrap_or_default())
}

/// Finds what there is to choose, and keeps the cursor of a long text in sight; done once after each event, for drawing and for
/// the keys that follow.
pub(crate) fn complete(app: &mut App) {
    text::fit(app);
    let found = match app.layers.last() {
        Some(Layer::Form(form)) => picks::find(app, form),
        _ => return,
    };
    if let Some(form) = top(app) {
        form.picks = found;
    }
}

/// Pasted text comes as it is, because tabs lie between the cells of a table and mean nothing anywhere else.
pub(crate) fn paste(app: &mut App, raw: &str) -> Effects {
    let Some(form) = top(app) else { return Vec::new() };
    let at = form.at;
    if let Some(field) = form.fields.get_mut(at) {
        let text = if field.rows().is_some() { Text::new(&tabs_to_bars(raw)) } else { Text::new(raw) };
        field.typing.paste(&text);
        field.is_touched = true;
        form.is_typed = true;
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
        // Who types the same again says it, too.
        field.is_touched |= field.is_changed();
        field.forget_error();
    }
    if is_due { keep_draft(app) } else { vec![Effect::Wake(PAUSE)] }
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
