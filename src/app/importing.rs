//! What an import would do, before it does it: a page to read, and the question whether to bring it in. What is brought in is
//! what the page said: where the records it was held against are others by then, it is looked at once more.

use super::command::{Command, Scope, always, commands};
use super::page::Page;
use super::{App, Effect, Effects, Layer, Severity};
use crate::model::{Change, Workspace};

/// An import that is planned; nothing of it is here.
pub struct Planned {
    /// What was read, as it was typed.
    pub path: String,
    /// What would change here.
    pub change: Change,
    /// What it would do, line by line. No id of a record that is not here is named.
    pub preview: Vec<String>,
    /// What it will have done.
    pub report: Vec<String>,
    /// The records it was planned on.
    pub base: Workspace,
}

/// The page that asks.
pub struct Arrival {
    /// What it would do.
    pub page: Page,
    planned: Planned,
}

/// The keys of the page.
pub(crate) const ARRIVAL: Scope = Scope::new("What an import would bring");

/// Commands of the page.
pub(crate) const COMMANDS: &[Command] = commands! { ARRIVAL;
    "arrival.bring-in" ["enter", "ctrl-s"] "bring it in" "import what the page says" always, bring_in;
    "arrival.leave" ["esc"] "leave it" "leave it where it is; nothing is imported" always, leave;
};

impl Planned {
    /// Whether the records of the kinds it changes are those it was planned on.
    fn holds(&self, workspace: &Workspace) -> bool {
        let mut kinds: Vec<_> = self.change.edits.iter().map(crate::model::Edit::kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds.into_iter().all(|kind| self.base.iter(kind).eq(workspace.iter(kind)))
    }
}

/// An import was planned. Where something is being typed, that goes on, and the question waits below it.
pub(super) fn take_planned(app: &mut App, planned: Planned) -> Effects {
    if app.saving.is_leaving {
        app.set_status(Severity::Warning, "the import was stopped: nothing of it is here".to_owned());
        return Vec::new();
    }
    if planned.change.edits.is_empty() {
        app.set_status(Severity::Info, planned.change.sentence);
        app.layers.push(Layer::Page(Page::new("What the import found: nothing here had to change", planned.report)));
        return Vec::new();
    }
    let page = Page::new("This would come in", planned.preview.clone());
    let said =
        if app.layers.is_empty() { "nothing is imported yet" } else { "the import waits for your yes below this" };
    app.set_status(Severity::Info, said.to_owned());
    app.layers.insert(0, Layer::Arrival(Box::new(Arrival { page, planned })));
    Vec::new()
}

fn bring_in(app: &mut App) -> Effects {
    let Some(Layer::Arrival(arrival)) = app.layers.pop() else { return Vec::new() };
    let planned = arrival.planned;
    if !planned.holds(&app.workspace) {
        app.set_status(Severity::Warning, "something was changed here meanwhile: looking once more".to_owned());
        return vec![Effect::Import(planned.path)];
    }
    let Planned { change, report, .. } = planned;
    let sentence = change.sentence.clone();
    let effects = app.submit(change);
    app.set_status(Severity::Info, sentence);
    app.layers.push(Layer::Page(Page::new("What the import did (u takes it back)", report)));
    effects
}

fn leave(app: &mut App) -> Effects {
    app.layers.pop();
    app.set_status(Severity::Info, "nothing was imported".to_owned());
    Vec::new()
}
