//! What is done to actions by keys: noting, finishing, dropping, moving, handing over. Each acts on all that is marked.

use super::ACTIONS;
use crate::app::command::{Command, commands};
use crate::app::list::{self, may_edit};
use crate::app::{App, Effects, prompt};
use crate::model::action::{self, ActionState};
use crate::model::date::{Lean, parse_date_leaning};
use crate::model::field::FieldValue;
use crate::model::{Author, Change, Id, ParseContext, Person, Ref, Refusal, Text};

/// Commands on actions.
pub(super) const COMMANDS: &[Command] = commands! { ACTIONS;
    "action.note" ["a"] "note" "write down how it goes, in one line" may_edit, ask_note;
    "action.done" ["x"] "done" "it is done, or is not after all" may_edit, done;
    "action.under-way" ["w"] "" "somebody is at it, or nobody is after all" may_edit, under_way;
    "action.stuck" ["K"] "" "it does not go on without help: say at what it is stuck" may_edit, ask_stuck;
    "action.drop" ["X"] "" "it will not be done: say why" may_edit, ask_dropped;
    "action.due" ["m"] "move" "set another day by which it is due; the old one stays written down" may_edit, ask_due;
    "action.assign" ["L"] "" "say who leads it" may_edit, ask_lead;
};

/// To a state, or back to open where all chosen actions are in it already.
fn toggle(app: &mut App, state: ActionState) -> Effects {
    let is_so = |id: &Id| app.workspace.actions.get(*id).is_some_and(|action| action.state == state);
    let target = if app.chosen().iter().all(is_so) { ActionState::Open } else { state };
    list::apply(app, |app, ids, author| action::set_state(&app.workspace, ids, target, None, author))
}

fn done(app: &mut App) -> Effects {
    toggle(app, ActionState::Done)
}

fn under_way(app: &mut App) -> Effects {
    toggle(app, ActionState::UnderWay)
}

/// Applies a rule to the chosen actions as the answer to a question; a refusal goes back to the question.
fn answer(app: &mut App, rule: impl Fn(&App, &[Id], &Author) -> Result<Change, Refusal>) -> Result<Effects, String> {
    let author = app.author().ok_or("say who you are first")?;
    let change = rule(app, &app.chosen(), &author).map_err(|refusal| refusal.0)?;
    app.list_mut().marks.clear();
    Ok(app.submit(change))
}

/// Asks something about the chosen actions.
fn ask(
    app: &mut App,
    question: &'static str,
    hint: &str,
    then: fn(&mut App, &str) -> Result<Effects, String>,
) -> Effects {
    if app.author().is_none() { prompt::ask_who(app) } else { prompt::ask(app, question, hint, "", then) }
}

fn ask_note(app: &mut App) -> Effects {
    ask(app, "How does it go?", "in a sentence; what was open is under way then", |app, typed| {
        answer(app, |app, ids, author| action::note(&app.workspace, ids, &Text::line(typed), author))
    })
}

fn ask_stuck(app: &mut App) -> Effects {
    ask(app, "What is it stuck at?", "in a sentence", |app, typed| with_reason(app, ActionState::Stuck, typed))
}

fn ask_dropped(app: &mut App) -> Effects {
    ask(app, "Why is it dropped?", "in a sentence", |app, typed| with_reason(app, ActionState::Dropped, typed))
}

fn with_reason(app: &mut App, state: ActionState, typed: &str) -> Result<Effects, String> {
    let reason = Text::some(typed);
    answer(app, |app, ids, author| action::set_state(&app.workspace, ids, state, reason.as_ref(), author))
}

fn ask_due(app: &mut App) -> Effects {
    ask(app, "When is it due?", "fri, +2w, 12 mar", |app, typed| {
        let due = parse_date_leaning(typed, app.today, Lean::Ahead)?;
        answer(app, |app, ids, author| action::move_due(&app.workspace, ids, due, author))
    })
}

fn ask_lead(app: &mut App) -> Effects {
    ask(app, "Who leads it?", "initials or a name", |app, typed| {
        let context = ParseContext { workspace: &app.workspace, today: app.today };
        let lead = Option::<Ref<Person>>::parse(typed, context)?.ok_or("write initials or a name")?;
        answer(app, |app, ids, author| action::assign(&app.workspace, ids, &lead, author))
    })
}
