//! The screen of today: what is due and what is late.

use super::command::{Command, Scope};
use super::list::RecordList;
use super::screen::Screen;
use crate::model::Kind;

/// The state of the screen.
pub struct Today {
    list: RecordList,
}

impl Default for Today {
    fn default() -> Self {
        let empty = "Nothing is due. Actions that are due or late stand here.";
        Self { list: RecordList::new(Self::KINDS, "press / and type words of an action", empty) }
    }
}

impl Screen for Today {
    const KINDS: &'static [Kind] = &[Kind::Action];
    const COMMANDS: &'static [&'static [Command]] = &[];

    fn list(&self) -> &RecordList {
        &self.list
    }

    fn list_mut(&mut self) -> &mut RecordList {
        &mut self.list
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::LIST, Scope::RECORD, Scope::MOVE, Scope::GLOBAL]
    }
}
