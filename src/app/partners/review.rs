//! A review that is being filled in: twelve questions, a key each. What was answered stays until it is saved, also when one
//! leaves and comes back.

use super::{View, agreement, show};
use crate::app::command::{Command, Scope, always, commands};
use crate::app::moving::{Cursor, Step};
use crate::app::{App, Effects, Severity, prompt};
use crate::model::agreement::acts;
use crate::model::agreement::review::{QUESTIONS, Scores};
use crate::model::{Id, Text};

/// The scope of the view.
pub(super) const REVIEW: Scope = Scope::new("A review");

/// Keys of the view.
pub(super) const COMMANDS: &[Command] = commands! { REVIEW;
    "review.save" ["enter", "ctrl-s"] "save" "write the review down, with today's date" is_begun, ask_note;
    "review.not" ["0"] "not at all" "it does not hold; on to the next question" always, |app| answer(app, Some(0));
    "review.partly" ["1"] "" "it holds for some, or at times" always, |app| answer(app, Some(1));
    "review.mostly" ["2"] "" "it mostly holds" always, |app| answer(app, Some(2));
    "review.fully" ["3"] "fully" "it holds" always, |app| answer(app, Some(3));
    "review.none" ["-", "del"] "leave out" "leave the question out" always, |app| answer(app, None);
    "review.again" ["backspace"] "" "back to the question before" always, |app| { step(app, Step::Rows(-1)); Vec::new() };
    "review.back" ["esc"] "back" "back to the agreement; what was answered is kept" always, |app| show(app, View::Page);
};

/// The state of the view.
#[derive(Default)]
pub struct ReviewView {
    /// The agreement it is about.
    of: Option<Id>,
    /// What was answered.
    pub scores: Scores,
    /// The question that is answered next.
    pub at: usize,
}

/// For `ready`.
pub(super) fn may_begin(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    agreement(app).map(|_| ()).ok_or("no agreement is open")
}

/// Opens the questions.
pub(super) fn open(app: &mut App) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    let state = &mut app.screens.partners;
    if state.review.of != state.agreement {
        state.review = ReviewView { of: state.agreement, ..ReviewView::default() };
    }
    show(app, View::Review)
}

fn is_begun(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    let is_begun = app.screens.partners.review.scores.iter().any(Option::is_some);
    if is_begun { Ok(()) } else { Err("answer at least one question: 0, 1, 2 or 3") }
}

/// Moves from question to question.
pub(super) fn step(app: &mut App, step: Step) {
    let state = &mut app.screens.partners.review;
    let mut cursor = Cursor { at: state.at, top: 0 };
    cursor.step(step, QUESTIONS, QUESTIONS);
    state.at = cursor.at;
}

fn answer(app: &mut App, score: Option<u8>) -> Effects {
    let state = &mut app.screens.partners.review;
    if let Some(place) = state.scores.get_mut(state.at) {
        *place = score;
    }
    if state.at + 1 == QUESTIONS && state.scores.iter().all(Option::is_some) {
        app.set_status(Severity::Info, "all twelve are answered: enter writes the review down".to_owned());
    }
    step(app, Step::Rows(1));
    Vec::new()
}

fn ask_note(app: &mut App) -> Effects {
    prompt::ask(app, "What else was said?", "in a sentence; enter alone: nothing", "", |app, typed| {
        let state = &app.screens.partners;
        let (id, scores) = (state.review.of.ok_or("no agreement is open any more")?, state.review.scores);
        let author = app.author().ok_or("say who you are first")?;
        let change = acts::review(&app.workspace, id, (app.today, scores, Text::some(typed)), &author);
        let change = change.map_err(|refusal| refusal.0)?;
        app.screens.partners.review = ReviewView::default();
        let mut effects = show(app, View::Page);
        effects.extend(app.submit(change));
        Ok(effects)
    })
}
