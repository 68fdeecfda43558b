//! The people screen: people and organisations with their roles, and what they have a part in.

use super::App;
use super::command::{Command, Scope, commands};
use super::list::{self, RecordList};
use super::screen::Screen;
use crate::model::Kind;

/// The scope of its own keys.
const PEOPLE: Scope = Scope::new("People and organisations");

/// The state of the screen.
pub struct People {
    list: RecordList,
}

impl Default for People {
    fn default() -> Self {
        let empty = "Nobody yet. Press n for a person, o for an organisation.";
        Self { list: RecordList::new(Self::KINDS, "press / and type a name", empty) }
    }
}

impl Screen for People {
    const KINDS: &'static [Kind] = &[Kind::Person, Kind::Organisation];
    const COMMANDS: &'static [&'static [Command]] = &[commands! { PEOPLE;
        "people.new-organisation" ["o"] "new organisation" "a new organisation" App::may_change, |app| list::new_of(app, Kind::Organisation);
    }];

    fn list(&self) -> &RecordList {
        &self.list
    }

    fn list_mut(&mut self) -> &mut RecordList {
        &mut self.list
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::LIST, PEOPLE, Scope::RECORD, Scope::MOVE, Scope::GLOBAL]
    }

    fn nothing_selected(&self) -> &'static str {
        "nobody is selected: clear the search with esc, or press n for a new person"
    }
}
