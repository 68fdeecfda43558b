//! Leaving the program, or its workspace for another: when the disk has everything, or when the person says so.

use super::{App, Effect, Effects, Layer, Severity, form, keeping, prompt};

/// What is asked when leaving would lose something.
const LEAVE: &str = "Leave without saving?";

impl App {
    /// After every event: notes which effects will be answered, and leaves once nothing is waited for any more.
    pub(super) fn after_update(&mut self, mut effects: Effects) -> Effects {
        effects.extend(self.keep_when_saved());
        self.saving.expect(&effects);
        if self.saving.is_leaving && !self.saving.has_answers_to_come() {
            self.saving.is_leaving = false;
            if is_asking(self) {
                self.layers.pop();
            }
            effects.extend(self.visit());
            effects.push(Effect::Quit);
        }
        effects
    }

    /// That the person was here until now; not where nothing is to be written.
    pub(super) fn visit(&self) -> Option<Effect> {
        (self.loaded && !self.options.read_only).then_some(Effect::KeepVisit(self.now))
    }

    /// Something failed: who is leaving is asked, and does not leave unless they say so.
    pub(super) fn ask_if_leaving(&mut self) -> Effects {
        if std::mem::take(&mut self.saving.is_leaving) { ask_to_leave(self) } else { Vec::new() }
    }
}

/// Begins another workspace.
///
/// # Errors
/// Something of this one is not on the disk; the sentence says how to save it.
pub(super) fn begin(app: &mut App, directory: &str, name: &str) -> Result<Effects, String> {
    check_saved(app)?;
    // Nothing is changed until the other workspace is here, or it is known that it does not come.
    app.loaded = false;
    Ok(vec![Effect::Begin(directory.to_owned(), name.to_owned())])
}

/// Whether the disk has everything, for what ends with another workspace.
///
/// # Errors
/// How much it has not, and how to save that.
pub(super) fn check_saved(app: &App) -> Result<(), String> {
    if app.saving.is_done() {
        return Ok(());
    }
    Err(format!("{} not on the disk; press esc, then ctrl-s to save", unsaved_changes(app)))
}

/// Leaves a page; or the program, once the disk has everything. An import or export under way is stopped.
pub(super) fn quit(app: &mut App) -> Effects {
    if matches!(app.layers.last(), Some(Layer::Page(_) | Layer::Compare(_) | Layer::Thread(_) | Layer::Palette(_))) {
        app.layers.pop();
        return Vec::new();
    }
    if is_asking(app) {
        return Vec::new();
    }
    if let Some(effects) = keeping::ask_before_leaving(app) {
        return effects;
    }
    if app.saving.is_leaving || app.saving.has_failed() && !app.saving.is_under_way() {
        return ask_to_leave(app);
    }
    app.saving.is_leaving = true;
    let mut effects = form::keep_draft(app);
    if app.saving.has_jobs() {
        app.set_status(Severity::Warning, "stopping the import or export, then leaving; any key stays".to_owned());
        effects.push(Effect::Cancel);
    } else if !app.saving.is_done() {
        let sentence = format!("{} being saved, then leaving; q again asks, any other key stays", unsaved_changes(app));
        app.set_status(Severity::Warning, sentence);
    }
    effects
}

fn is_asking(app: &App) -> bool {
    matches!(app.layers.last(), Some(Layer::Prompt(prompt)) if prompt.question == LEAVE)
}

fn ask_to_leave(app: &mut App) -> Effects {
    if is_asking(app) {
        return Vec::new();
    }
    let what = match (app.saving.is_done(), app.saving.has_jobs()) {
        (false, _) => format!("{} not on the disk; ctrl-s after esc tries again", unsaved_changes(app)),
        (true, true) => "an import or export is still being stopped".to_owned(),
        (true, false) => "what you typed is not on the disk".to_owned(),
    };
    prompt::ask(app, LEAVE, format!("{what}; write yes to leave all the same"), "", |app, typed| {
        if typed.eq_ignore_ascii_case("yes") {
            let mut effects = app.keep_all();
            effects.extend(app.visit());
            effects.push(Effect::Quit);
            Ok(effects)
        } else {
            Err("write yes, or press esc".to_owned())
        }
    })
}

fn unsaved_changes(app: &App) -> String {
    match app.saving.count() {
        1 => "1 change is".to_owned(),
        n => format!("{n} changes are"),
    }
}
