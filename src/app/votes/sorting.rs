//! Sorting into themes by keys: what is marked goes into the theme whose letter is pressed, into a new one, or gets an
//! answer; a theme gets its decision.

use super::theming::{Next, THEMING, ThemeRow, back, event_of, filter, step, turn};
use crate::app::command::{Command, always, commands};
use crate::app::key::Key;
use crate::app::moving::Step;
use crate::app::{App, Effects, Severity, form, prompt};
use crate::model::change::{Change, Refusal};
use crate::model::{Author, Id, Kind, theming};

/// Keys of the view; a capital letter puts what is chosen into the theme beside which it stands.
pub(super) const COMMANDS: &[Command] = commands! { THEMING;
    "theming.back" ["esc"] "back" "drop the marks, or go back" always, back;
    "theming.pane" ["tab"] "other pane" "from the recommendations to the themes and back" always, turn;
    "theming.mark" ["space"] "mark" "mark and go on; a letter then puts all marked into its theme" has_item, mark;
    "theming.new" ["n"] "new theme" "a new theme, with what is marked in it" App::may_change, ask_new;
    "theming.accept" ["enter"] "as suggested" "put it into the theme that is suggested; on a theme: its decision" can_accept, accept;
    "theming.similar" ["s"] "similar" "mark what is like the selected recommendation" has_item, mark_similar;
    "theming.also" ["a"] "also in" "then a letter: in that theme as well, not counted again" may_sort, |app| expect(app, Next::Also);
    "theming.out" ["-"] "" "out of its theme" may_sort, |app| sort(app, None);
    "theming.name" ["/"] "" "into a theme by its name" may_sort, ask_name;
    "theming.priority" ["p"] "priority" "then a letter: the decision to act on a theme" App::may_change, |app| expect(app, Next::Priority);
    "theming.answer" ["r"] "answer" "answer the recommendation: chosen, open to anyone, taken elsewhere, not now" may_sort, ask_answer;
    "theming.initials" ["i"] "" "initials beside the selected recommendation" super::initials::may_add, super::initials::ask;
    "theming.filter" ["f"] "" "only what has no theme yet, or everything" always, filter;
};

fn has_item(app: &App) -> Result<(), &'static str> {
    app.screens.votes.theming.selected().map(|_| ()).ok_or("move to a recommendation first")
}

fn may_sort(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    if app.screens.votes.theming.chosen().is_empty() { Err("move to a recommendation first") } else { Ok(()) }
}

fn can_accept(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    let state = &app.screens.votes.theming;
    match (state.selected_theme(), state.suggested.filter(|_| !state.is_in_themes)) {
        (None, None) => Err("no theme is suggested: press the letter of one, or n for a new one"),
        _ => Ok(()),
    }
}

fn mark(app: &mut App) -> Effects {
    let state = &mut app.screens.votes.theming;
    if let Some(id) = state.selected()
        && !state.marks.remove(&id)
    {
        state.marks.insert(id);
    }
    step(app, Step::Rows(1));
    Vec::new()
}

fn mark_similar(app: &mut App) -> Effects {
    let state = &mut app.screens.votes.theming;
    let Some(id) = state.selected() else { return Vec::new() };
    let is_unsorted = |id: &Id| state.items.iter().any(|item| item.id == *id && item.theme.is_none());
    let alike: Vec<Id> = state.words.alike(id).into_iter().filter(is_unsorted).collect();
    let said = match alike.len() {
        0 => "nothing without a theme is like it".to_owned(),
        n => format!("marked with {n} like it: space takes a mark away, a letter or n sorts them"),
    };
    if !alike.is_empty() {
        state.marks.insert(id);
        state.marks.extend(alike);
    }
    app.set_status(Severity::Info, said);
    Vec::new()
}

/// A capital letter is a theme.
pub(super) fn type_key(app: &mut App, key: Key) -> Effects {
    let state = &mut app.screens.votes.theming;
    let Some(letter) = key.types().filter(char::is_ascii_uppercase) else { return Vec::new() };
    let Some(theme) = state.themes.iter().find(|row| row.letter == Some(letter)).and_then(|row| row.id) else {
        app.set_status(Severity::Warning, format!("no theme has the letter {letter}: n makes a new one"));
        return Vec::new();
    };
    match std::mem::take(&mut state.next) {
        Next::Priority => decide(app, theme),
        Next::Into | Next::Also if app.may_change().is_err() => {
            app.may_change().map_or_else(|why| warn(app, why), |()| Vec::new())
        }
        Next::Into => sort(app, Some(theme)),
        Next::Also => apply(app, |app, ids, author| theming::place_also(&app.workspace, ids, theme, author)),
    }
}

fn warn(app: &mut App, why: &str) -> Effects {
    app.set_status(Severity::Warning, why.to_owned());
    Vec::new()
}

fn expect(app: &mut App, next: Next) -> Effects {
    let theme = app.screens.votes.theming.selected_theme();
    if let (Next::Priority, Some(theme)) = (next, theme) {
        return decide(app, theme);
    }
    app.screens.votes.theming.next = next;
    let said =
        if next == Next::Also { "also in which theme? press its letter" } else { "which theme? press its letter" };
    app.set_status(Severity::Info, said.to_owned());
    Vec::new()
}

/// A rule of the model for what is chosen; then the cursor goes on.
fn apply(app: &mut App, rule: impl Fn(&App, &[Id], &Author) -> Result<Change, Refusal>) -> Effects {
    let Some(author) = app.author() else { return prompt::ask_who(app) };
    let ids = app.screens.votes.theming.chosen();
    if ids.is_empty() {
        return warn(app, "move to a recommendation first");
    }
    match rule(app, &ids, &author) {
        Ok(change) => {
            let is_one = app.screens.votes.theming.marks.is_empty() && !app.screens.votes.theming.only_unsorted;
            app.screens.votes.theming.marks.clear();
            let effects = app.submit(change);
            if is_one {
                step(app, Step::Rows(1));
            }
            effects
        }
        Err(refusal) => {
            app.set_status(Severity::Error, refusal.0);
            Vec::new()
        }
    }
}

fn sort(app: &mut App, theme: Option<Id>) -> Effects {
    apply(app, |app, ids, author| theming::place(&app.workspace, ids, theme, author))
}

fn accept(app: &mut App) -> Effects {
    let state = &app.screens.votes.theming;
    match (state.selected_theme(), state.suggested) {
        (Some(theme), _) => decide(app, theme),
        (None, Some(theme)) => sort(app, Some(theme)),
        (None, None) => Vec::new(),
    }
}

fn ask_new(app: &mut App) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    let count = app.screens.votes.theming.marks.len();
    let hint = match count {
        0 => "what recommendations have in common; nothing is marked, so it is made empty".to_owned(),
        1 => "what they have in common; the marked recommendation goes into it".to_owned(),
        n => format!("what they have in common; the {n} marked recommendations go into it"),
    };
    prompt::ask(app, "What is the theme called?", hint, "", |app, typed| {
        let Some(author) = app.author() else { return Ok(Vec::new()) };
        let (id, event) = (app.new_id(Kind::Theme), event_of(app));
        let marks: Vec<Id> = app.screens.votes.theming.marks.iter().copied().collect();
        let change =
            theming::make(&app.workspace, (id, typed), event.as_ref(), &marks, &author).map_err(|why| why.0)?;
        app.screens.votes.theming.marks.clear();
        Ok(app.submit(change))
    })
}

fn ask_name(app: &mut App) -> Effects {
    let hint = "the name of a theme, or an unmistakable beginning of it";
    prompt::ask(app, "Into which theme?", hint, "", |app, typed| {
        let wanted = typed.to_lowercase();
        let themes = app.screens.votes.theming.themes.iter().filter(|row| row.id.is_some());
        let fits: Vec<&ThemeRow> = themes.filter(|row| row.name.to_lowercase().starts_with(&wanted)).collect();
        let exact = fits.iter().find(|row| row.name.to_lowercase() == wanted);
        match (exact, &fits[..]) {
            (Some(row), _) | (None, [row]) => Ok(sort(app, row.id)),
            (None, []) => Err(format!("no theme is called {typed}; n makes a new one")),
            (None, several) => Err(format!("{} themes begin so: write more", several.len())),
        }
    })
}

fn ask_answer(app: &mut App) -> Effects {
    let hint = "chosen, open to anyone, taken elsewhere or not now (a letter does), the reason, | and whom to ask";
    prompt::ask(app, "What is the answer?", hint, "", |app, typed| {
        let answer = theming::read_answer(typed).map_err(|refusal| refusal.0)?;
        Ok(apply(app, |app, ids, author| theming::answer(&app.workspace, ids, &answer, author)))
    })
}

/// The decision about a theme: since when it is a priority, who was there, why, with what.
fn decide(app: &mut App, theme: Id) -> Effects {
    let Some(record) = app.workspace.get(theme) else { return Vec::new() };
    let effects = form::open(app, record);
    if let Some(form) = form::top(app) {
        form.at = form.fields.iter().position(|field| field.info.name == "priority_since").unwrap_or_default();
    }
    effects
}
