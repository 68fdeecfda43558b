//! The line in which `17.2 5` is typed and the items of the round below it: a ballot and the count of a wall have the
//! same. Keys go to the line until an arrow leads into the list; there a number is for the selected item.

use std::collections::HashMap;

use super::{View, round};
use crate::app::command::{Command, Scope, always, commands};
use crate::app::input::LineInput;
use crate::app::key::Key;
use crate::app::moving::{Cursor, Step};
use crate::app::{App, Effects, palette};
use crate::model::change::Refusal;
use crate::model::{Id, entry};

/// The scope of the line, where moving leads into the list.
pub(super) const SHEET: Scope = Scope::new("Ballots and counts, while typing");

/// Keys of the line; everything else is typed into it.
pub(super) const COMMANDS: &[Command] = commands! { SHEET;
    "sheet.up" ["up"] "" "one up in the list" always, |app| go(app, Step::Rows(-1));
    "sheet.down" ["down"] "list" "one down in the list" always, |app| go(app, Step::Rows(1));
    "sheet.page-up" ["pgup"] "" "a screen up in the list" always, |app| go(app, Step::Windows(-1));
    "sheet.page-down" ["pgdn"] "" "a screen down in the list" always, |app| go(app, Step::Windows(1));
    "sheet.palette" ["ctrl-p"] "" "every command by name" always, palette::open;
};

/// An item that is voted for or counted.
#[derive(Clone, Debug, PartialEq)]
pub struct OptionRow {
    /// The recommendation.
    pub id: Id,
    /// Its number: 17.2.
    pub label: String,
    /// What it asks for.
    pub text: String,
}

/// The line and the items.
#[derive(Default)]
pub struct Sheet {
    /// What is being typed.
    pub line: LineInput,
    /// What was wrong with the last entry; said where it was typed.
    pub problem: Option<String>,
    /// The items, in the order of the ballot.
    pub options: Vec<OptionRow>,
    /// The items by their numbers.
    labels: HashMap<String, Id>,
    /// Where the list is.
    pub at: Cursor,
    /// Whether keys go to the list.
    pub is_in_list: bool,
}

impl Sheet {
    /// Begins anew: nothing typed, the list at its beginning.
    pub(super) fn clear(&mut self) {
        self.line = LineInput::default();
        self.problem = None;
        self.at = Cursor::default();
        self.is_in_list = false;
    }

    /// The scopes in the list, in an empty line, and while something is typed.
    pub(super) fn scopes(
        &self,
        list: &'static [Scope],
        empty: &'static [Scope],
        typing: &'static [Scope],
    ) -> &'static [Scope] {
        match (self.line.text().is_empty(), self.is_in_list) {
            (true, true) => list,
            (true, false) => empty,
            (false, _) => typing,
        }
    }

    /// The item the cursor stands on.
    pub fn selected(&self) -> Option<Id> {
        self.options.get(self.at.at).map(|option| option.id)
    }

    /// The number of an item.
    pub fn label(&self, item: Id) -> &str {
        self.options.iter().find(|option| option.id == item).map_or("", |option| &option.label)
    }

    /// What an entry looks like, with the first item that there is.
    pub fn example(&self, dots: u32) -> String {
        let label = self.options.first().map_or("17.2", |option| &option.label);
        format!("item and dots: {label} {dots}")
    }

    /// What the line says.
    pub(super) fn read(&self) -> Result<Vec<(Id, Option<u32>)>, Refusal> {
        entry::read(self.line.text(), |label| self.labels.get(label).copied())
    }

    /// Puts the cursor on an item.
    pub(super) fn put_cursor_on(&mut self, item: Id, height: usize) {
        if let Some(at) = self.options.iter().position(|option| option.id == item) {
            self.at.at = at;
        }
        self.at.follow(self.options.len(), height);
    }

    /// Types a key into the line; the list goes along with the number that is being typed.
    pub(super) fn type_key(&mut self, key: Key, height: usize) {
        self.line.key(key);
        self.follow_line(height);
    }

    fn follow_line(&mut self, height: usize) {
        self.problem = None;
        let typed = self.line.text().split_whitespace().rev().find(|word| word.contains('.'));
        let begins = |typed: &str| self.options.iter().find(|option| option.label.starts_with(typed));
        let meant = typed.and_then(|typed| self.labels.get(typed).copied().or_else(|| begins(typed).map(|one| one.id)));
        if let Some(item) = meant {
            self.put_cursor_on(item, height);
        }
    }
}

/// How many rows of a list are seen below the lines on top of these views.
pub fn height(size: (u16, u16)) -> usize {
    usize::from(size.1).saturating_sub(6).max(1)
}

/// Reads the items of the round anew.
pub(super) fn refresh(app: &mut App) {
    let Some(round) = round(app) else { return };
    let row = |item: &crate::model::Ref<crate::model::Recommendation>| {
        let id = item.id()?;
        let record = item.get(&app.workspace);
        let label = record.and_then(|record| record.label(&app.workspace)).unwrap_or_else(|| id.to_string());
        let text = record.map_or_else(|| item.name(&app.workspace).into_owned(), |record| record.text.to_string());
        Some(OptionRow { id, label, text })
    };
    let options: Vec<OptionRow> = round.options.iter().filter_map(row).collect();
    let height = height(app.size);
    let sheet = &mut app.screens.votes.sheet;
    sheet.labels = options.iter().map(|option| (option.label.clone(), option.id)).collect();
    sheet.options = options;
    sheet.at.follow(sheet.options.len(), height);
}

fn go(app: &mut App, by: Step) -> Effects {
    app.step(by);
    Vec::new()
}

/// Moves in the list; the first step leads into it, the one above its first row out of it.
pub(super) fn step(app: &mut App, step: Step) {
    let height = height(app.size);
    let sheet = &mut app.screens.votes.sheet;
    sheet.problem = None;
    let goes_out = sheet.at.at == 0 && matches!(step, Step::Rows(by) if by < 0);
    match (sheet.is_in_list, goes_out) {
        (false, _) => sheet.is_in_list = sheet.line.text().is_empty() && !goes_out,
        (true, true) => sheet.is_in_list = false,
        (true, false) => sheet.at.step(step, sheet.options.len(), height),
    }
}

/// From the line into the list, and back.
pub(super) fn turn(app: &mut App) -> Effects {
    let sheet = &mut app.screens.votes.sheet;
    sheet.is_in_list = !sheet.is_in_list && sheet.line.text().is_empty();
    Vec::new()
}

/// Pasted text goes into the line and never enters anything.
pub(super) fn paste(app: &mut App, text: &str) -> Effects {
    let height = height(app.size);
    let state = &mut app.screens.votes;
    state.sheet.is_in_list = state.sheet.is_in_list && state.view == View::Count;
    state.sheet.line.paste(text);
    state.sheet.follow_line(height);
    Vec::new()
}
