//! The partners screen: agreements between organisations, and the forums that keep them alive.

use super::App;
use super::command::{Command, Scope, commands};
use super::list::{self, RecordList};
use super::screen::Screen;
use crate::model::Kind;

/// The scope of its own keys.
const PARTNERS: Scope = Scope::new("Partners");

/// The state of the screen.
pub struct Partners {
    list: RecordList,
}

impl Default for Partners {
    fn default() -> Self {
        let empty = "No agreements yet. Press n for an agreement, F for a forum, M for a meeting of it.";
        Self { list: RecordList::new(Self::KINDS, "press / and type words of an agreement", empty) }
    }
}

impl Screen for Partners {
    const KINDS: &'static [Kind] = &[Kind::Agreement, Kind::Forum, Kind::Meeting];
    const COMMANDS: &'static [&'static [Command]] = &[commands! { PARTNERS;
        "forum.new" ["F"] "new forum" "a new forum" App::may_change, |app| list::new_of(app, Kind::Forum);
        "meeting.new" ["M"] "new meeting" "a new meeting of a forum" App::may_change, |app| list::new_of(app, Kind::Meeting);
    }];

    fn list(&self) -> &RecordList {
        &self.list
    }

    fn list_mut(&mut self) -> &mut RecordList {
        &mut self.list
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::LIST, PARTNERS, Scope::RECORD, Scope::MOVE, Scope::GLOBAL]
    }

    fn nothing_selected(&self) -> &'static str {
        "no agreement is selected: clear the search with esc, or press n for a new one"
    }
}
