//! What is done to the agreement whose page is open: an item written down, answered, kept or taken back, a version
//! accepted, an action begun.

use super::agreement;
use super::page::{self, PAGE};
use super::rows::Target;
use crate::app::command::{Command, commands};
use crate::app::{App, Effects, Severity, new_action, prompt};
use crate::model::agreement::acts::{self, Answer};
use crate::model::agreement::item::{Item, ItemSort, next_number};
use crate::model::agreement::{read, version};
use crate::model::{Action, Author, Change, Id, Ref, Refusal, Text, Workspace};

/// Keys of the page that change the agreement.
pub(super) const COMMANDS: &[Command] = commands! { PAGE;
    "agreement.item" ["i"] "item" "write down who expects, offers or commits what, in one line" may_voice, ask_item;
    "agreement.answer" ["a"] "answer" "answer the item: accept it, decline it with a reason, or commit to something" on_item, ask_answer;
    "agreement.kept" ["x"] "kept" "what was promised was kept" on_item, kept;
    "agreement.not-kept" ["X"] "not kept" "what was promised was not kept: say why" on_item, ask_not_kept;
    "agreement.withdraw" ["w"] "" "take the item back; it stays where it is, with the reason" on_item, ask_withdraw;
    "agreement.accept" ["A"] "accept" "accept the agreement for a party, as it stands" may_accept, ask_accept;
    "agreement.action" ["n"] "action" "a new action of the plan, for the item if the cursor stands on one" may_act, new_action::open;
};

fn may_act(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    agreement(app).map(|_| ()).ok_or("no agreement is open")
}

fn may_voice(app: &App) -> Result<(), &'static str> {
    may_act(app)?;
    let is_alone = agreement(app).is_none_or(|agreement| agreement.parties.len() < 2);
    if is_alone { Err("an item goes from one party to another: e adds the parties first") } else { Ok(()) }
}

fn may_accept(app: &App) -> Result<(), &'static str> {
    may_act(app)?;
    match agreement(app).map(version::standing) {
        Some(standing) if standing.open.is_empty() && !standing.accepted.is_empty() => {
            Err("every party has accepted it as it stands")
        }
        Some(standing) if standing.open.is_empty() => Err("it has no parties yet: e adds them"),
        _ => Ok(()),
    }
}

fn on_item(app: &App) -> Result<(), &'static str> {
    may_act(app)?;
    page::item(app).map(|_| ()).ok_or("move to an item first; i writes one down")
}

/// Makes the change that a rule allows for the open agreement; a refusal goes back to whoever asked.
fn change(
    app: &mut App,
    rule: impl FnOnce(&Workspace, Id, &Author) -> Result<Change, Refusal>,
) -> Result<Effects, String> {
    let id = app.screens.partners.agreement.ok_or("no agreement is open any more")?;
    let author = app.author().ok_or("say who you are first")?;
    let change = rule(&app.workspace, id, &author).map_err(|refusal| refusal.0)?;
    Ok(app.submit(change))
}

/// The same for the item that was asked about.
fn change_asked(
    app: &mut App,
    rule: impl FnOnce(&Workspace, Id, u16, &Author) -> Result<Change, Refusal>,
) -> Result<Effects, String> {
    let number = app.screens.partners.page.asked.ok_or("no item is selected any more")?;
    change(app, |workspace, id, author| rule(workspace, id, number, author))
}

/// Asks something, about the item that the cursor stands on if there is one.
fn ask(
    app: &mut App,
    question: &'static str,
    hint: String,
    text: &str,
    answer: fn(&mut App, &str) -> Result<Effects, String>,
) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    app.screens.partners.page.asked = page::item(app).and_then(|item| item.number);
    prompt::ask(app, question, hint, text, answer)
}

fn ask_item(app: &mut App) -> Effects {
    ask(app, "Who expects, offers or commits what?", read::NOTATION.to_owned(), "", |app, typed| {
        let (agreement, today) = (agreement(app).ok_or("no agreement is open any more")?, app.today);
        let item = read::item(typed, &app.workspace, agreement, today).map_err(|refusal| refusal.0)?;
        voice(app, item)
    })
}

/// Writes an item down and stands on it.
fn voice(app: &mut App, item: Item) -> Result<Effects, String> {
    let number = agreement(app).map(|agreement| next_number(&agreement.items));
    let effects = change(app, |workspace, id, author| acts::voice(workspace, id, item, author))?;
    stand_on(app, number);
    Ok(effects)
}

fn stand_on(app: &mut App, number: Option<u16>) {
    let height = page::height(app.size);
    if let Some(number) = number {
        app.screens.partners.page.rows.stand_on(Target::Item(number), height);
    }
}

fn ask_answer(app: &mut App) -> Effects {
    let said = page::item(app).map(|item| item.sentence(&app.workspace)).unwrap_or_default();
    let hint = format!("{said} (write: accept, decline and why, or commit and to what | by when)");
    ask(app, "What is the answer?", hint, "", |app, typed| {
        let answer = read_answer(typed, app)?;
        let asked = app.screens.partners.page.asked;
        let effects =
            change_asked(app, |workspace, id, number, author| acts::answer(workspace, id, number, answer, author))?;
        stand_on(app, asked);
        Ok(effects)
    })
}

/// `accept`, `decline no room`, `commit two nurses | 24 dec`; their first letters do.
fn read_answer(typed: &str, app: &App) -> Result<Answer, String> {
    let (word, rest) = typed.split_once([' ', ':']).unwrap_or((typed, ""));
    let word = word.to_lowercase();
    let is = |whole: &str| !word.is_empty() && (whole.starts_with(&word) || word.starts_with(whole));
    if is("accept") || word == "yes" {
        return Ok(Answer::Accept);
    }
    if is("decline") || word == "no" {
        return Ok(Answer::Decline(Text::line(rest)));
    }
    if is("commit") {
        let (what, due) = read::dated(rest, app.today).map_err(|refusal| refusal.0)?;
        return Ok(Answer::Commit(what.ok_or("write what is committed to")?, due));
    }
    Err("begin with accept, decline or commit".to_owned())
}

fn kept(app: &mut App) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    app.screens.partners.page.asked = page::item(app).and_then(|item| item.number);
    let done =
        change_asked(app, |workspace, id, number, author| acts::keep(workspace, id, number, (true, None), author));
    done.unwrap_or_else(|why| {
        app.set_status(Severity::Error, why);
        Vec::new()
    })
}

fn ask_not_kept(app: &mut App) -> Effects {
    ask(app, "Why was it not kept?", "in a sentence; empty: not stated".to_owned(), "", |app, typed| {
        let reason = Text::some(typed);
        change_asked(app, |workspace, id, number, author| acts::keep(workspace, id, number, (false, reason), author))
    })
}

fn ask_withdraw(app: &mut App) -> Effects {
    ask(app, "Why is it taken back?", "in a sentence; empty: not stated".to_owned(), "", |app, typed| {
        let reason = Text::some(typed);
        change_asked(app, |workspace, id, number, author| acts::withdraw(workspace, id, number, reason, author))
    })
}

fn ask_accept(app: &mut App) -> Effects {
    let standing = agreement(app).map(version::standing).unwrap_or_default();
    let first = standing.open.first().map(|party| party.name(&app.workspace).into_owned()).unwrap_or_default();
    let hint = format!("version {}, as it stands on this page: the party that accepts it", standing.number);
    ask(app, "Accepted by whom?", hint, &first, |app, typed| {
        let agreement = agreement(app).ok_or("no agreement is open any more")?;
        let party = read::party(&app.workspace, agreement, typed).map_err(|refusal| refusal.0)?;
        change(app, |workspace, id, author| acts::accept(workspace, id, (&party, None), None, author))
    })
}

/// A form for a new action, with where it comes from filled in.
/// An action of the plan; of an item, for whoever is to do it.
pub(super) fn planned(app: &App) -> Option<Action> {
    let mut action = Action { agreement: Some(Ref::record(agreement(app)?.id)), ..Action::default() };
    if let Some(item) = page::item(app) {
        let doer = if item.sort == ItemSort::Expectation { &item.to } else { &item.from };
        action.what = item.what.clone().unwrap_or_default();
        (action.item, action.due, action.organisation) = (item.number, item.due, Some(doer.clone()));
    }
    Some(action)
}
