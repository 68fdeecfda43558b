//! Forms: one field a line, for every kind of record alike, made from the kind's table of fields. A field that is a list
//! of rows is edited as a table.
//!
//! What is typed is kept as a draft: after a pause, after many letters, on esc, on a lost connection. A field that a
//! colleague changes meanwhile is marked, with both values at hand; nothing typed is ever thrown away. Saving merges
//! field by field what was typed with what the record has become.

mod completion;
mod field;
pub(crate) mod rows;

use std::time::Duration;

use super::command::{Command, Scope, always, commands};
use super::draft::Draft;
use super::input::{RowsInput, TextInput, tabs_to_bars};
use super::key::{Code, Key};
use super::{App, Effect, Effects, Layer, Severity, prompt};
use crate::model::{AnyRecord, Audience, Change, Kind, ParseContext, Text, Workspace};
pub use completion::Completion;
pub use field::FormField;

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
    /// Keys typed since the draft was last kept.
    keys: usize,
}

impl Form {
    /// The scopes in which keys are looked up here, the innermost first.
    pub fn scopes(&self) -> &'static [Scope] {
        match self.fields.get(self.at) {
            Some(field) if field.rows().is_some() => &[Scope::ROWS, Scope::FORM],
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
    "form.up" ["up"] "" "a line or a field up" always, |app| vertical(app, Code::Up);
    "form.down" ["down"] "" "a line or a field down" always, |app| vertical(app, Code::Down);
    "form.close" ["esc"] "back, draft kept" "leave the form; what you typed is kept" always, close;
    "form.editor" ["ctrl-o"] "" "this text in your editor" always, in_editor;
    "form.drop" ["ctrl-x"] "" "drop what you typed and begin again" always, drop_typed;
};

/// Opens a form, with the draft of it if there is one.
pub(crate) fn open(app: &mut App, record: AnyRecord) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    let draft = app.drafts.iter().find(|draft| draft.id == record.id()).cloned();
    show(app, record);
    if let Some(draft) = draft {
        lay_over(app, &draft);
    }
    Vec::new()
}

fn show(app: &mut App, record: AnyRecord) {
    let is_new = app.workspace.get(record.id()).is_none();
    let fields = record.kind().editable_fields().map(|info| FormField::new(info, &record, &app.workspace)).collect();
    app.layers.push(Layer::Form(Box::new(Form { record, is_new, fields, at: 0, completion: None, keys: 0 })));
}

/// Puts what a draft holds into the open form.
fn lay_over(app: &mut App, draft: &Draft) {
    let App { layers, workspace, today, .. } = app;
    let Some(Layer::Form(form)) = layers.last_mut() else { return };
    let context = ParseContext { workspace, today: *today };
    for (name, text) in &draft.fields {
        if let Some(field) = form.fields.iter_mut().find(|field| field.info.name == name) {
            // There is nothing to merge with where the record is new, or is no longer there.
            let base = draft.base.iter().find(|(base, _)| base == name && !form.is_new);
            field.take_up(text, base.map(|(_, text)| text.as_str()), context);
        }
    }
    app.set_status(Severity::Warning, "what you typed before is back; ctrl-x drops it".to_owned());
}

/// Opens the newest draft.
pub(crate) fn take_up_draft(app: &mut App) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    let Some(draft) = app.drafts.iter().max_by_key(|draft| draft.at).cloned() else { return Vec::new() };
    let record = app.workspace.get(draft.id).unwrap_or_else(|| draft.kind.blank(draft.id));
    show(app, record);
    lay_over(app, &draft);
    Vec::new()
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

/// Up and down move within a text of several lines, and leave it at its ends.
fn vertical(app: &mut App, code: Code) -> Effects {
    let by = if code == Code::Up { -1 } else { 1 };
    let Some(form) = top(app) else { return Vec::new() };
    if let Some(FormField { typing: TextInput::Multi(block), .. }) = form.fields.get_mut(form.at) {
        let row = block.cursor().0;
        let is_at_end = if by < 0 { row == 0 } else { row + 1 == block.lines().len() };
        if !is_at_end {
            block.input(ratatui_textarea::Input {
                key: if by < 0 { ratatui_textarea::Key::Up } else { ratatui_textarea::Key::Down },
                ..Default::default()
            });
            return Vec::new();
        }
    }
    go(app, by)
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

/// Finds what is left to type; done once after each event, for drawing and for the key that takes it.
pub(crate) fn complete(app: &mut App) {
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
        field.typing.set(&clean);
    }
    typed(app)
}

/// Something was typed: the error is old, and the draft is due.
fn typed(app: &mut App) -> Effects {
    let Some(form) = top(app) else { return Vec::new() };
    let at = form.at;
    form.keys += 1;
    let is_due = form.keys >= MANY_KEYS;
    if let Some(field) = form.fields.get_mut(at) {
        field.forget_error();
    }
    if is_due { keep_draft(app) } else { vec![Effect::Wake(PAUSE)] }
}

fn save(app: &mut App) -> Effects {
    let App { layers, workspace, today, .. } = app;
    let Some(Layer::Form(form)) = layers.last_mut() else { return Vec::new() };
    let context = ParseContext { workspace, today: *today };
    // What colleagues did to other fields meanwhile stays: only the fields typed in here are set.
    let mut record = workspace.get(form.record.id()).unwrap_or_else(|| form.record.clone());
    if form.is_new {
        record = form.record.clone();
    }
    for field in form.fields.iter_mut().filter(|field| field.is_changed()) {
        if let Some(typed) = field.check(context) {
            record.merge_field(&field.base, &typed, field.info.name);
        }
    }
    if let Some(wrong) = form.fields.iter().position(|field| field.error.is_some()) {
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
            let effects = app.submit_typed(change, id);
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
    let effects = keep_draft(app);
    if let Some(Effect::KeepDraft(draft)) = effects.first() {
        let name = draft.name.clone();
        app.set_status(Severity::Warning, format!("what you typed about {name} is kept: D takes it up again"));
    }
    app.layers.pop();
    effects
}

/// Keeps what is typed in the open form, if anything is.
pub(crate) fn keep_draft(app: &mut App) -> Effects {
    let App { layers, workspace, drafts, now, .. } = app;
    let form = layers.iter_mut().rev().find_map(|layer| match layer {
        Layer::Form(form) => Some(form),
        _ => None,
    });
    let Some(form) = form else { return Vec::new() };
    form.keys = 0;
    if !form.fields.iter().any(FormField::is_changed) {
        return Vec::new();
    }
    // A new record is nowhere else: what came with it, from a cell of the gaps, is kept as well.
    let is_new = form.is_new;
    let is_kept = |field: &&FormField| field.is_changed() || is_new && !field.typing.text().is_empty();
    let kept: Vec<&FormField> = form.fields.iter().filter(is_kept).collect();
    let base: Vec<(String, String)> =
        kept.iter().filter(|_| !is_new).filter_map(|field| field.base_text(workspace)).collect();
    let fields: Vec<(String, String)> =
        kept.iter().map(|field| (field.info.name.to_owned(), field.typing.text())).collect();
    let typed_name = fields.iter().find(|(name, _)| name == "name").map(|(_, text)| text.clone());
    let name = typed_name.filter(|_| form.is_new).unwrap_or_else(|| form.record.title_alone());
    let name = if name.is_empty() { format!("a new {}", form.record.kind().singular()) } else { name };
    let draft = Draft { id: form.record.id(), kind: form.record.kind(), name, at: *now, fields, base };
    drafts.retain(|other| other.id != draft.id);
    drafts.push(draft.clone());
    vec![Effect::KeepDraft(draft)]
}

fn drop_typed(app: &mut App) -> Effects {
    let Some(Layer::Form(form)) = app.layers.pop() else { return Vec::new() };
    let key = form.record.id().to_string();
    app.drafts.retain(|draft| draft.key() != key);
    let record = app.workspace.get(form.record.id()).unwrap_or(form.record);
    show(app, record);
    app.set_status(Severity::Info, "the form is as it was before you typed".to_owned());
    vec![Effect::DropDraft(key)]
}

fn in_editor(app: &mut App) -> Effects {
    let Some(form) = top(app) else { return Vec::new() };
    match form.fields.get(form.at) {
        Some(field) if !field.is_hidden => vec![Effect::EditText(field.typing.text())],
        _ => Vec::new(),
    }
}

/// Marks what others changed in the record that is being typed: fields nobody touched here follow, the others keep what
/// was typed and show both.
pub(crate) fn mark_moved(app: &mut App, change: &Change) {
    let App { layers, workspace, .. } = app;
    for layer in layers {
        let Layer::Form(form) = layer else { continue };
        let edit = change.edits.iter().find(|edit| edit.id() == form.record.id());
        let Some(after) = edit.and_then(|edit| edit.after()) else { continue };
        hide_what_is_hidden(form, after, workspace);
        for field in &mut form.fields {
            field.follow(after, workspace);
        }
    }
}

fn hide_what_is_hidden(form: &mut Form, after: &AnyRecord, workspace: &Workspace) {
    for field in form.fields.iter_mut().filter(|field| !field.is_hidden && !field.is_changed()) {
        if after.is_hidden(field.info, Audience::Colleagues, workspace) {
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
        (false, _) => form.record.title_alone(),
    }
}
