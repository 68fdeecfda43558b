//! The count of the wall: `17.2 14`, or a number on the selected item, by one counter or by two who count independently.
//!
//! While the round is open the screen shows which items have been counted, the sum of all dots against those given out,
//! and on which items two counters differ; never how many dots an item has.

use std::collections::HashSet;

use super::sheet::{self, height, turn};
use super::{View, back_to_list, round, show};
use crate::app::command::{Command, Scope, always, commands};
use crate::app::input::LineInput;
use crate::app::key::Key;
use crate::app::moving::Step;
use crate::app::{App, Effects, history, prompt};
use crate::model::change::Refusal;
use crate::model::round::Method;
use crate::model::wall::{self, checksum};
use crate::model::{Id, Text};

/// The scope of the count while the line is empty.
pub(super) const EMPTY: Scope = Scope::new("The count of the wall, where nothing is being typed");
/// The scope of the count.
pub(super) const COUNT: Scope = Scope::new("The count of the wall");

/// Keys while the line is empty.
pub(super) const EMPTY_COMMANDS: &[Command] = commands! { EMPTY;
    "count.undo" ["u", "backspace"] "undo" "take the last change back" can_undo, history::undo;
};

/// Keys of the count; everything else is typed.
pub(super) const COMMANDS: &[Command] = commands! { COUNT;
    "count.enter" ["enter"] "write down" "write the count down" always, enter;
    "count.counter" ["ctrl-t"] "who counts" "say whose count this is" always, ask_counter;
    "count.list" ["tab"] "" "from the line to the list and back" always, turn;
    "count.back" ["esc"] "back" "back to the rounds" always, back;
};

/// The state of the view.
#[derive(Default)]
pub struct Counting {
    /// Whose count it is: initials.
    pub counter: Text,
    /// What they have counted.
    pub counted: HashSet<Id>,
    /// The items two counters differ on.
    pub differing: Vec<Id>,
    /// The items that another has counted and this one has not.
    pub waiting: usize,
    /// The sum of all dots held against those given out.
    pub checksum: String,
}

fn can_undo(app: &App) -> Result<(), &'static str> {
    if app.history.can_undo() { Ok(()) } else { Err("nothing to undo") }
}

/// Opens the count of whoever acts.
pub(super) fn open(app: &mut App) -> Effects {
    let me = app.me.clone().unwrap_or_default();
    let state = &mut app.screens.votes;
    state.sheet.clear();
    state.counting.counter = me;
    show(app, View::Count);
    Vec::new()
}

/// What has been counted, by whom, and where they differ.
pub(super) fn refresh(app: &mut App) {
    sheet::refresh(app);
    let Some(round) = round(app) else { return };
    let counter = &app.screens.votes.counting.counter;
    let all = wall::counted(round);
    let is_of_two = round.method == Method::TwoCounters;
    let mine = all.iter().find(|one| one.counter == *counter).cloned();
    let mine = if is_of_two { mine } else { Some(wall::counted_together(round)) };
    let counted: HashSet<Id> = mine.iter().flat_map(|one| one.items.iter().copied()).collect();
    let is_counted_by_all =
        |one: &&wall::Difference| one.counts.len() > 1 && one.counts.iter().all(|it| it.1.is_some());
    let differences = if is_of_two { wall::differences(round) } else { Vec::new() };
    let differing = differences.iter().filter(is_counted_by_all).filter_map(|one| one.item.id()).collect();
    let others: HashSet<Id> = all.iter().flat_map(|one| one.items.iter().copied()).collect();
    let waiting = others.difference(&counted).count();
    let checksum = checksum(mine.as_ref().map_or(0, |one| one.dots), wall::issued(&app.workspace, round));
    let counter = counter.clone();
    app.screens.votes.counting = Counting { counter, counted, differing, waiting, checksum };
}

/// A key on the count: what is typed in the list is the number of the selected item.
pub(super) fn type_key(app: &mut App, key: Key) -> Effects {
    let height = height(app.size);
    let sheet = &mut app.screens.votes.sheet;
    let is_number = key.types().is_none_or(|c| c.is_ascii_digit());
    sheet.is_in_list = sheet.is_in_list && is_number;
    sheet.type_key(key, height);
    Vec::new()
}

/// What the line says: in the list a number is for the selected item.
fn typed(app: &App) -> Result<Vec<(Id, u32)>, Refusal> {
    let sheet = &app.screens.votes.sheet;
    let text = sheet.line.text().trim();
    if let (true, Some(item), Ok(dots)) = (sheet.is_in_list, sheet.selected(), text.parse::<u32>()) {
        return Ok(vec![(item, dots)]);
    }
    if text.is_empty() {
        return Err(Refusal("write the item and its dots: 17.2 14; or move to it and write the number".to_owned()));
    }
    let has_dots = |(item, dots): (Id, Option<u32>)| {
        let missing = || Refusal(format!("how many dots are on {0}? write {0} and the number", sheet.label(item)));
        dots.map(|dots| (item, dots)).ok_or_else(missing)
    };
    sheet.read()?.into_iter().map(has_dots).collect()
}

fn enter(app: &mut App) -> Effects {
    let Some(author) = app.author() else { return prompt::ask_who(app) };
    let mut effects = Vec::new();
    let entries = match typed(app) {
        Ok(entries) => entries,
        Err(refusal) => return refuse(app, refusal),
    };
    for entry in entries {
        let Some(id) = app.screens.votes.round else { return effects };
        match wall::count(&app.workspace, id, &app.screens.votes.counting.counter, entry, &author) {
            Ok(change) => effects.extend(app.submit(change)),
            Err(refusal) => return refuse(app, refusal),
        }
        let height = height(app.size);
        app.screens.votes.sheet.put_cursor_on(entry.0, height);
    }
    let is_in_list = app.screens.votes.sheet.is_in_list;
    app.screens.votes.sheet.line = LineInput::default();
    app.screens.votes.sheet.problem = None;
    if is_in_list {
        sheet::step(app, Step::Rows(1)); // down the wall, one number after the other
    }
    effects
}

fn refuse(app: &mut App, refusal: Refusal) -> Effects {
    app.screens.votes.sheet.problem = Some(refusal.0);
    Vec::new()
}

fn ask_counter(app: &mut App) -> Effects {
    let hint = "initials; each of two counters writes down their own count, without looking at the other's";
    prompt::ask(app, "Who counted?", hint, "", |app, typed| {
        let counter = Text::some(typed).ok_or("write the initials of whoever counted")?;
        let known = crate::model::person::find(&app.workspace, &counter).ok();
        let counter = known.and_then(|person| person.initials.clone()).unwrap_or(counter);
        app.screens.votes.counting.counter = counter;
        refresh(app);
        Ok(Vec::new())
    })
}

fn back(app: &mut App) -> Effects {
    let sheet = &mut app.screens.votes.sheet;
    if std::mem::take(&mut sheet.is_in_list) { Vec::new() } else { back_to_list(app) }
}
