//! What is typed in a form and not yet saved: kept as a draft, taken up again, dropped and brought back.

use super::{Form, FormField, show, top};
use crate::app::draft::Draft;
use crate::app::{App, Effect, Effects, Layer, Severity, minutes, prompt};
use crate::model::{ParseContext, Timestamp, Workspace};

/// Puts what a draft holds into the open form.
pub(super) fn lay_over(app: &mut App, draft: &Draft) {
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
    // Who comes back goes on where they were, as far as that can be told: in the last field they typed in.
    let last = form.fields.iter().rposition(FormField::is_stated).unwrap_or_default();
    form.put_at(last);
    app.set_status(Severity::Warning, "what you typed before is back; ctrl-x drops it".to_owned());
}

/// Opens the newest draft.
pub(crate) fn take_up_draft(app: &mut App) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    let Some(draft) = app.drafts.iter().max_by_key(|draft| draft.at).cloned() else { return Vec::new() };
    if draft.is_of_minutes() {
        return minutes::open(app, draft.id);
    }
    let record = app.workspace.get(draft.id).unwrap_or_else(|| draft.kind.blank(draft.id));
    show(app, record);
    lay_over(app, &draft);
    Vec::new()
}

/// Keeps what is typed in the open form, if anything is.
pub(crate) fn keep_draft(app: &mut App) -> Effects {
    let App { layers, workspace, drafts, now, .. } = app;
    let mut effects = Vec::new();
    // A form may lie over another, in which what it makes was missed.
    for layer in layers.iter_mut().rev() {
        let Layer::Form(form) = layer else { continue };
        form.keys = 0;
        let Some(draft) = form.draft(workspace, *now) else { continue };
        drafts.retain(|other| other.key() != draft.key());
        drafts.push(draft.clone());
        effects.push(Effect::KeepDraft(draft));
    }
    effects
}

impl Form {
    /// What is typed, if anything is.
    fn draft(&self, workspace: &Workspace, at: Timestamp) -> Option<Draft> {
        if !self.fields.iter().any(FormField::is_stated) {
            return None;
        }
        // A new record is nowhere else: what came with it, from a cell of the gaps, is kept as well.
        let is_new = self.is_new;
        let is_kept = |field: &&FormField| field.is_stated() || is_new && !field.typing.text().is_empty();
        let kept: Vec<&FormField> = self.fields.iter().filter(is_kept).collect();
        let base: Vec<(String, String)> =
            kept.iter().filter(|_| !is_new).filter_map(|field| field.base_text(workspace)).collect();
        let fields: Vec<(String, String)> =
            kept.iter().map(|field| (field.info.name.to_owned(), field.typing.text())).collect();
        let typed_name = fields.iter().find(|(name, _)| name == "name").map(|(_, text)| text.clone());
        let name = typed_name.filter(|_| is_new).unwrap_or_else(|| self.record.title_alone());
        let name = if name.is_empty() { format!("a new {}", self.record.kind().singular()) } else { name };
        Some(Draft { id: self.record.id(), kind: self.record.kind(), name, at, fields, base })
    }
}

/// Drops what is typed; where nothing is, what was dropped before comes back.
pub(super) fn drop_typed(app: &mut App) -> Effects {
    let Some(Layer::Form(form)) = app.layers.pop() else { return Vec::new() };
    let typed = form.draft(&app.workspace, app.now);
    let back = form.dropped.filter(|_| typed.is_none());
    let key = form.record.id().to_string();
    app.drafts.retain(|draft| draft.key() != key);
    let record = app.workspace.get(form.record.id()).unwrap_or(form.record);
    show(app, record);
    if let Some(draft) = back {
        lay_over(app, &draft);
        return keep_draft(app);
    }
    let sentence = if typed.is_some() {
        "the form is as it was before you typed; ctrl-x brings back what you typed"
    } else {
        "the form is as it was before you typed"
    };
    app.set_status(Severity::Info, sentence.to_owned());
    if let Some(form) = top(app) {
        form.dropped = typed;
    }
    vec![Effect::DropDraft(key)]
}
