//! The search line of a screen: words and filters, typed and answered at once.

use super::command::{Command, Scope, always, commands};
use super::input::LineInput;
use super::key::Key;
use super::moving::Step;
use super::services::View;
use super::{App, Effects, Screen, people, services};

/// Keys of the search line; everything else is typed into it.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::Search;
    "search.keep" ["enter"] "keep" "keep the result and go to the list" always, keep;
    "search.clear" ["esc"] "clear" "clear the search" always, clear;
    "search.complete" ["tab"] "complete" "complete a filter: in:wey becomes in:Weymouth" always, complete;
    "search.up" ["up"] "" "one up in the result" always, |app| step(app, Step::Rows(-1));
    "search.down" ["down"] "" "one down in the result" always, |app| step(app, Step::Rows(1));
    "search.page-up" ["pgup"] "" "a screen up in the result" always, |app| step(app, Step::Windows(-1));
    "search.page-down" ["pgdn"] "" "a screen down in the result" always, |app| step(app, Step::Windows(1));
    "search.palette" ["ctrl-p"] "" "every command by name" always, super::palette::open;
};

/// The line that is being typed, if one is.
fn line(app: &mut App) -> Option<&mut LineInput> {
    match app.screen {
        Screen::Services => app.services.searching.then_some(&mut app.services.line),
        Screen::People => app.people.searching.then_some(&mut app.people.line),
    }
}

fn changed(app: &mut App) {
    match app.screen {
        Screen::Services => services::search(app),
        Screen::People => people::search(app),
    }
}

pub(crate) fn type_key(app: &mut App, key: Key) -> Effects {
    if let Some(line) = line(app) {
        let before = line.text().to_owned();
        line.key(key);
        if line.text() != before {
            changed(app);
        }
    }
    Vec::new()
}

pub(crate) fn paste(app: &mut App, text: &str) -> Effects {
    if let Some(line) = line(app) {
        line.paste(text);
        changed(app);
    }
    Vec::new()
}

/// Opens the search line, at the end of what it holds.
pub(crate) fn open(app: &mut App) -> Effects {
    match app.screen {
        Screen::Services => {
            app.services.searching = true;
            if app.services.view == View::Gaps {
                app.services.view = View::List;
            }
        }
        Screen::People => app.people.searching = true,
    }
    Vec::new()
}

fn keep(app: &mut App) -> Effects {
    app.services.searching = false;
    app.people.searching = false;
    Vec::new()
}

/// Clears the search line and leaves it.
pub(crate) fn clear(app: &mut App) -> Effects {
    if let Some(line) = line(app) {
        *line = LineInput::default();
        changed(app);
    }
    keep(app)
}

fn step(app: &mut App, step: Step) -> Effects {
    app.step(step);
    Vec::new()
}

fn complete(app: &mut App) -> Effects {
    let completion = {
        let Some(line) = line(app) else { return Vec::new() };
        let (text, cursor) = (line.text().to_owned(), line.cursor());
        crate::search::complete(&text, cursor, &app.index, &app.workspace, &app.atlas)
            .into_iter()
            .next()
            .map(|c| (text, c))
    };
    if let Some((text, completion)) = completion {
        let mut whole = text.clone();
        whole.replace_range(completion.range.clone(), &completion.text);
        let cursor = completion.range.start + completion.text.len();
        if let Some(line) = line(app) {
            line.set(&whole, cursor);
        }
        changed(app);
    }
    Vec::new()
}
