//! The people screen: people and organisations with their roles and what they have a part in, and stories of what worked.

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
        let empty = "Nobody yet. Press n for a person, o for an organisation, w for a story of what worked.";
        Self { list: RecordList::new(Self::KINDS, "press / and type a name", empty) }
    }
}

impl Screen for People {
    const KINDS: &'static [Kind] = &[Kind::Person, Kind::Organisation, Kind::Story];
    const COMMANDS: &'static [&'static [Command]] = &[commands! { PEOPLE;
        "people.new-organisation" ["o"] "new organisation" "a new organisation" App::may_change, |app| list::new_of(app, Kind::Organisation);
        "people.new-story" ["w"] "" "a new story: what worked, and who may read it" App::may_change, |app| list::new_of(app, Kind::Story);
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
