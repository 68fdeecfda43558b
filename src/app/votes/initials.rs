//! Initials beside a recommendation, typed one after the other: `KP lead`, `sw`. Where initials can mean two people it is
//! asked who is meant; what stays unresolved stays as it was written.

use super::View;
use crate::app::{App, Effects, prompt};
use crate::model::change::Refusal;
use crate::model::choice::Choice;
use crate::model::initials::{self, Written};
use crate::model::recommendation::Interest;
use crate::model::{Id, Person, Ref, Text};

/// The recommendation the cursor stands on.
fn selected(app: &App) -> Option<Id> {
    let state = &app.screens.votes;
    match state.view {
        View::Tally => state.tally.selected(),
        View::Themes => state.theming.selected(),
        _ => None,
    }
}

/// For `ready`.
pub(super) fn may_add(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    selected(app).map(|_| ()).ok_or("move to the recommendation the initials stand beside")
}

/// Asks for initials.
pub(super) fn ask(app: &mut App) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    ask_more(app, "")
}

fn ask_more(app: &mut App, said: &str) -> Effects {
    let name = selected(app).map(Ref::<crate::model::Recommendation>::record);
    let name = name.map(|item| item.name(&app.workspace).into_owned()).unwrap_or_default();
    let hint = format!(
        "{said}{name}: initials and lead, help or keep me informed (help where nothing is written); enter alone ends"
    );
    prompt::ask(app, "Initials", hint, "", answer)
}

fn answer(app: &mut App, typed: &str) -> Result<Effects, String> {
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    let parts: Vec<&str> = typed.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() > 1 {
        return answer_all(app, &parts);
    }
    let written = initials::read(&app.workspace, typed).map_err(|refusal| refusal.0)?;
    match written.who[..] {
        [] => add(app, &Ref::words(written.initials.clone()), written.interest),
        [one] => add(app, &Ref::record(one), written.interest),
        _ => Ok(ask_which(app, written)),
    }
}

/// Several initials in one line; those that can mean two people are to be written alone, so that it can be asked.
fn answer_all(app: &mut App, parts: &[&str]) -> Result<Effects, String> {
    let read = |part: &&str| initials::read(&app.workspace, part).map_err(|refusal| refusal.0);
    let all = parts.iter().map(read).collect::<Result<Vec<Written>, String>>()?;
    if let Some(clash) = all.iter().find(|written| written.who.len() > 1) {
        return Err(format!("{} can mean {} people: write it alone", clash.initials, clash.who.len()));
    }
    let mut effects = Vec::new();
    for written in all {
        let who = written.who.first().map_or_else(|| Ref::words(written.initials.clone()), |id| Ref::record(*id));
        app.layers.retain(|layer| !matches!(layer, crate::app::Layer::Prompt(_)));
        effects.extend(add(app, &who, written.interest)?);
    }
    Ok(effects)
}

/// Several people have these initials: who is meant?
fn ask_which(app: &mut App, written: Written) -> Effects {
    let names: Vec<String> =
        written.who.iter().enumerate().map(|(at, id)| format!("{} {}", at + 1, described(app, *id))).collect();
    let hint = format!(
        "{} may be {}; write the number, or press enter to keep {0} as it is written",
        written.initials,
        names.join(", ")
    );
    app.screens.votes.tally.clash = Some(written);
    prompt::ask(app, "Who is meant?", hint, "", which)
}

/// A name and where the person works: enough to tell two people apart.
fn described(app: &App, id: Id) -> String {
    let Some(person) = app.workspace.people.get(id) else { return id.to_string() };
    match person.organisations(app.today).first() {
        Some(organisation) => format!("{} ({})", person.name, organisation.name(&app.workspace)),
        None => person.name.to_string(),
    }
}

fn which(app: &mut App, typed: &str) -> Result<Effects, String> {
    let Some(written) = app.screens.votes.tally.clash.clone() else { return Ok(Vec::new()) };
    let number = typed.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let who = match (typed.is_empty(), number.and_then(|at| written.who.get(at))) {
        (true, _) => Ref::words(written.initials.clone()),
        (false, Some(id)) => Ref::record(*id),
        (false, None) => return Err(format!("write a number from 1 to {}, or press enter", written.who.len())),
    };
    app.screens.votes.tally.clash = None;
    add(app, &who, written.interest)
}

fn add(app: &mut App, who: &Ref<Person>, interest: Interest) -> Result<Effects, String> {
    let (Some(item), Some(author)) = (selected(app), app.author()) else { return Ok(Vec::new()) };
    let change = initials::add(&app.workspace, item, who, interest, &author).map_err(|Refusal(why)| why)?;
    let said = format!("{}. ", change.sentence);
    let mut effects = app.submit(change);
    effects.extend(ask_more(app, &said));
    Ok(effects)
}

/// The initials beside a recommendation in a line: `KP lead, SW help`.
pub fn said(app: &App, item: Id) -> String {
    let Some(record) = app.workspace.recommendations.get(item) else { return String::new() };
    let one = |one: &crate::model::recommendation::Initials| {
        let known = one.who.get(&app.workspace);
        let who: Text = known
            .and_then(|person| person.initials.clone())
            .unwrap_or_else(|| Text::line(&one.who.name(&app.workspace)));
        match one.interest {
            Some(interest) => format!("{who} {}", interest.label()),
            None => who.to_string(),
        }
    };
    record.initials.iter().map(one).collect::<Vec<_>>().join(", ")
}
