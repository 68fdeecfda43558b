//! The partners screen: agreements between organisations, and the forums that keep them alive.

pub mod forum;

use super::App;
use super::command::{Command, Scope, commands};
use super::list::{self, RecordList};
use super::moving::Step;
use super::screen::Screen;
use crate::model::{Id, Kind};

/// The scope of its own keys.
const PARTNERS: Scope = Scope::new("Partners");

/// The state of the screen.
pub struct Partners {
    list: RecordList,
    /// What is shown of a forum.
    pub table: forum::Table,
}

impl Default for Partners {
    fn default() -> Self {
        let empty = "No agreements yet. Press n for an agreement, F for a forum, M for a meeting of it.";
        Self {
            list: RecordList::new(Self::KINDS, "press / and type words of an agreement", empty),
            table: forum::Table::default(),
        }
    }
}

impl Screen for Partners {
    const KINDS: &'static [Kind] = &[Kind::Agreement, Kind::Forum, Kind::Meeting];
    const COMMANDS: &'static [&'static [Command]] = &[
        forum::ROW_COMMANDS,
        commands! { PARTNERS;
            "forum.new" ["F"] "new forum" "a new forum" App::may_change, |app| list::new_of(app, Kind::Forum);
            "meeting.new" ["M"] "new meeting" "a new meeting of a forum" App::may_change, |app| list::new_of(app, Kind::Meeting);
        },
        forum::FORUM_COMMANDS,
        forum::MEETING_COMMANDS,
    ];

    fn list(&self) -> &RecordList {
        &self.list
    }

    fn list_mut(&mut self) -> &mut RecordList {
        &mut self.list
    }

    fn scopes(&self) -> &'static [Scope] {
        match self.table.scopes() {
            Some(scopes) => scopes,
            None if forum::is_of_forum(self.list.selected()) && !self.list.is_detail_open => {
                &[forum::ROW, Scope::LIST, PARTNERS, Scope::RECORD, Scope::MOVE, Scope::GLOBAL]
            }
            None => &[Scope::LIST, PARTNERS, Scope::RECORD, Scope::MOVE, Scope::GLOBAL],
        }
    }

    fn shows_list(&self) -> bool {
        self.table.view.is_none()
    }

    fn selected(&self) -> Option<Id> {
        if self.table.view.is_some() { self.table.selected() } else { self.list.selected() }
    }

    fn refresh(app: &mut App) {
        forum::refresh(app);
    }

    fn step(app: &mut App, step: Step) {
        if app.screens.partners.table.view.is_some() { forum::step(app, step) } else { list::step(app, step) }
    }

    fn search(&mut self) {
        self.table.view = None;
    }

    fn nothing_selected(&self) -> &'static str {
        "no agreement is selected: clear the search with esc, or press n for a new one"
    }
}
