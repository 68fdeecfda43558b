//! The search line of a screen: words and filters, typed and answered at once.

use super::command::{Command, Scope, always, commands};
use super::input::LineInput;
use super::key::Key;
use super::moving::Step;
use super::{App, Effects, list};

/// Keys of the search line as the program begins; letters are typed into it, everything else is as without it.
pub(crate) const START_COMMANDS: &[Command] = commands! { Scope::START;
    "start.list" ["enter", "esc"] "commands" "leave the search line: letters are commands from then on, and / searches" always, keep;
    "start.search" ["/"] "" "stay in the search line, to begin with a figure" always, open;
};

/// Keys of the search line; everything else is typed into it.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::SEARCH;
    "search.keep" ["enter"] "keep" "keep the result and go to the list" always, keep;
    "search.clear" ["esc"] "clear" "clear the search" always, clear;
    "search.complete" ["tab"] "complete" "complete a filter: in:wey becomes in:Weymouth" always, complete;
    "search.literal" ["ctrl-x"] "as written" "take the word at the cursor, or the last that was understood, for what it says and no more: 'flat" has_understood, literal;
    "search.up" ["up"] "" "one up in the result" always, |app| step(app, Step::Rows(-1));
    "search.down" ["down"] "" "one down in the result" always, |app| step(app, Step::Rows(1));
    "search.page-up" ["pgup"] "" "a screen up in the result" always, |app| step(app, Step::Windows(-1));
    "search.page-down" ["pgdn"] "" "a screen down in the result" always, |app| step(app, Step::Windows(1));
    "search.palette" ["ctrl-p"] "" "every command by name" always, super::palette::open;
};

/// The line that is being typed, if one is.
fn line(app: &mut App) -> Option<&mut LineInput> {
    let list = app.list_mut();
    list.is_searching.then_some(&mut list.input)
}

/// A key that no command has: it edits the line, and the list is searched anew.
pub(crate) fn type_key(app: &mut App, key: Key) -> Effects {
    if let Some(line) = line(app) {
        let before = line.text().to_owned();
        line.key(key);
        if line.text() != before {
            app.list_mut().is_waiting = false;
            list::search(app);
        }
    }
    Vec::new()
}

/// Puts pasted text into the line.
pub(crate) fn paste(app: &mut App, text: &str) -> Effects {
    if let Some(line) = line(app) {
        line.paste(text);
        app.list_mut().is_waiting = false;
        list::search(app);
    }
    Vec::new()
}

/// Opens the search line, at the end of what it holds.
pub(crate) fn open(app: &mut App) -> Effects {
    app.screens.search(app.screen);
    let list = app.list_mut();
    (list.is_searching, list.is_waiting) = (true, false);
    Vec::new()
}

fn keep(app: &mut App) -> Effects {
    let list = app.list_mut();
    (list.is_searching, list.is_waiting) = (false, false);
    Vec::new()
}

/// Clears the search line and leaves it.
pub(crate) fn clear(app: &mut App) -> Effects {
    if let Some(line) = line(app) {
        *line = LineInput::default();
        list::search(app);
    }
    keep(app)
}

fn has_understood(app: &App) -> Result<(), &'static str> {
    let is_any = !app.list().query.understood().is_empty();
    if is_any { Ok(()) } else { Err("no word here is understood as more than it says") }
}

/// Drops one part of what was understood: its words stay, and say what they say.
fn literal(app: &mut App) -> Effects {
    let list = app.list();
    let cursor = list.input.cursor();
    let before = list.input.text().get(..cursor).unwrap_or_default();
    let at = before.split_whitespace().count().saturating_sub(1);
    let understood = list.query.understood();
    let here = understood.iter().find(|one| one.parts.contains(&at)).or_else(|| understood.last());
    let Some(text) = here.map(|one| list.query.literal(one.parts.clone())) else { return Vec::new() };
    if let Some(line) = line(app) {
        line.set(&text, text.len());
        list::search(app);
    }
    Vec::new()
}

fn step(app: &mut App, step: Step) -> Effects {
    app.step(step);
    Vec::new()
}

fn complete(app: &mut App) -> Effects {
    let completion = {
        let Some(line) = line(app) else { return Vec::new() };
        let (text, cursor) = (line.text().to_owned(), line.cursor());
        let Some(index) = app.index() else { return Vec::new() };
        let completions = crate::search::complete(&text, cursor, index, &app.workspace, &app.atlas);
        completions.into_iter().next().map(|completion| (text, completion))
    };
    if let Some((text, completion)) = completion {
        let mut whole = text.clone();
        whole.replace_range(completion.range.clone(), &completion.text);
        let cursor = completion.range.start + completion.text.len();
        if let Some(line) = line(app) {
            line.set(&whole, cursor);
        }
        list::search(app);
    }
    Vec::new()
}
