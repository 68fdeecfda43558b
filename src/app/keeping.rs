//! The copy of the sample and what was changed in it: it goes when it is left, unless somebody keeps it as a workspace.

use super::command::{Command, Scope, commands};
use super::{App, Effect, Effects, Layer, Severity, form, leaving, prompt};

/// The question whether what was changed in the sample is to be kept.
pub struct KeepQuestion {
    then: Then,
}

/// What the person was about to do when the question came up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Leave,
    BeginAnother,
    GoOn,
}

/// What was asked for that ends with another workspace, until it has been answered.
#[derive(Default)]
pub(crate) struct Asked {
    /// The question, which comes back with what was typed where it could not be done.
    prompt: Option<prompt::Prompt>,
    /// Where the sample is to be kept, as soon as the last change is in it.
    place: Option<String>,
    /// What follows once the sample is kept.
    then: Option<Then>,
    /// The person gives the changed sample up.
    is_given_up: bool,
    /// The person has been told that changes in the sample are not kept.
    is_told: bool,
}

/// Where the question stands among the scopes of keys.
pub(crate) const KEEP: Scope = Scope::new("Leaving a changed sample");

/// The keys of the question: leaving without is what enter does, and no key that asked for it.
pub(crate) const COMMANDS: &[Command] = commands! { KEEP;
    "sample.drop" ["enter", "d"] "leave it, changes go" "leave the sample; what was changed in it goes" is_asking, give_up;
    "sample.keep" ["k"] "keep it" "keep the sample as a workspace of your own" is_asking, ask_place;
    "sample.stay" ["esc"] "stay" "stay in the sample" is_asking, stay;
};

/// What the question says.
pub const QUESTION: &str = "Keep the sample with what you changed?";

/// What is below it.
pub fn explanation(app: &App) -> String {
    let changes = match app.saving.made() {
        1 => "1 change is in this copy of the sample, and goes with it".to_owned(),
        n => format!("{n} changes are in this copy of the sample, and go with it"),
    };
    format!("{changes}. Press k to keep it as a workspace of your own; enter leaves without it.")
}

#[allow(clippy::unnecessary_wraps)] // the table asks every command the same question
fn is_asking(_: &App) -> Result<(), &'static str> {
    Ok(())
}

/// For the command that keeps the sample without leaving it.
///
/// # Errors
/// This is no copy of the sample.
pub(super) fn is_scratch(app: &App) -> Result<(), &'static str> {
    if app.scratch { Ok(()) } else { Err("this is no copy of the sample; what you change here is kept") }
}

/// Whether leaving would lose what was changed in the sample, and the person has not said that it may.
fn would_lose(app: &App) -> bool {
    app.scratch && app.saving.made() > 0 && !app.asked.is_given_up
}

/// Asks whether to keep the sample before it is left; `None` where there is nothing to ask.
pub(super) fn ask_before_leaving(app: &mut App) -> Option<Effects> {
    ask(app, Then::Leave)
}

/// As [`ask_before_leaving`], where another workspace is to be begun.
pub(super) fn ask_before_beginning(app: &mut App) -> Option<Effects> {
    ask(app, Then::BeginAnother)
}

fn ask(app: &mut App, then: Then) -> Option<Effects> {
    if matches!(app.layers.last(), Some(Layer::Keep(_))) {
        return Some(Vec::new()); // the key that asked does not answer
    }
    if !would_lose(app) {
        return None;
    }
    let effects = form::keep_draft(app);
    app.layers.push(Layer::Keep(KeepQuestion { then }));
    Some(effects)
}

fn answered(app: &mut App) -> Then {
    match app.layers.pop() {
        Some(Layer::Keep(question)) => question.then,
        Some(other) => {
            app.layers.push(other);
            Then::GoOn
        }
        None => Then::GoOn,
    }
}

fn give_up(app: &mut App) -> Effects {
    let then = answered(app);
    app.asked.is_given_up = true;
    go_on(app, then)
}

fn stay(app: &mut App) -> Effects {
    answered(app);
    Vec::new()
}

fn go_on(app: &mut App, then: Then) -> Effects {
    match then {
        Then::Leave => leaving::quit(app),
        Then::BeginAnother => prompt::ask_new_workspace(app),
        Then::GoOn => Vec::new(),
    }
}

fn ask_place(app: &mut App) -> Effects {
    let then = answered(app);
    ask_where(app, then)
}

/// Keeps the sample, and goes on in what was kept.
pub(super) fn keep(app: &mut App) -> Effects {
    ask_where(app, Then::GoOn)
}

fn ask_where(app: &mut App, then: Then) -> Effects {
    app.asked.then = Some(then);
    let hint = "a new directory; from then on moot opens it";
    prompt::ask(app, "Keep the sample where?", hint, "~/folkmoot", |app, typed| {
        if typed.is_empty() {
            return Err("write a directory, such as ~/folkmoot".to_owned());
        }
        if app.saving.has_failed() {
            leaving::check_saved(app)?;
        }
        // Nothing is changed until the answer is here.
        app.loaded = false;
        app.asked.place = Some(typed.to_owned());
        Ok(Vec::new())
    })
}

impl App {
    /// The first change in a copy of the sample says that it is one.
    pub(super) fn say_if_not_kept(&mut self) {
        if self.scratch && !std::mem::replace(&mut self.asked.is_told, true) {
            self.status.text.push_str(" · sample: keep it when you leave");
        }
    }

    /// What was said at the last change has given way to something else.
    pub(super) fn say_again_if_not_kept(&mut self) {
        self.asked.is_told = false;
    }

    /// The sample can be kept as soon as all changes are in it.
    pub(super) fn keep_when_saved(&mut self) -> Option<Effect> {
        let is_time = self.saving.is_done();
        self.asked.place.take_if(|_| is_time).map(Effect::KeepSample)
    }

    /// A question has been answered with something that may fail: then it comes back.
    pub(super) fn wait_for(&mut self, prompt: prompt::Prompt, effects: &Effects) {
        let may_fail = |effect: &Effect| matches!(effect, Effect::Import(_) | Effect::Export(..) | Effect::Begin(..));
        if self.asked.place.is_some() || effects.iter().any(may_fail) {
            self.asked.prompt = Some(prompt);
        }
    }

    /// A change did not get into the sample, so it cannot be kept with it.
    pub(super) fn not_kept(&mut self, why: &str) {
        if self.asked.place.take().is_some() {
            self.loaded = true;
            self.ask_again(why);
        }
    }

    /// What was asked for could not be done: the question stands there again, with what was typed and why.
    pub(super) fn ask_again(&mut self, why: &str) {
        // Where something else was begun meanwhile, that goes on.
        let is_free = self.layers.iter().all(|layer| matches!(layer, Layer::Keep(_) | Layer::Page(_)));
        if let Some(mut prompt) = self.asked.prompt.take().filter(|_| is_free) {
            prompt.ask_again(why.to_owned());
            self.layers.push(Layer::Prompt(prompt));
        }
    }

    /// What was asked for has been done.
    pub(super) fn answered(&mut self) {
        self.asked.prompt = None;
    }

    /// A workspace of one's own has been begun, or the sample was kept as one: says where it lies, and does what the person
    /// was about to do.
    pub(super) fn begun(&mut self, sentence: String) -> Effects {
        let asked = std::mem::take(&mut self.asked);
        self.set_status(Severity::Info, sentence.clone());
        match asked.then {
            Some(Then::Leave) => {
                self.farewell = Some(sentence);
                leaving::quit(self)
            }
            Some(then) => go_on(self, then),
            None => Vec::new(),
        }
    }
}
