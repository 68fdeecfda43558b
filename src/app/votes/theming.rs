//! Themes.
use super::{View, back_to_list, show};
use crate::app::command::{Command, Scope, always, commands};
use crate::app::key::Key;
use crate::app::moving::Step;
use crate::app::{App, Effects};
use crate::model::Id;

/// The scope of the view.
pub(super) const THEMING: Scope = Scope::new("Themes");

/// Keys of the view.
pub(super) const COMMANDS: &[Command] = commands! { THEMING;
    "theming.back" ["esc"] "back" "back to the rounds" always, back_to_list;
};

/// The state of the view.
#[derive(Default)]
pub struct Theming {}

impl Theming {
    /// The recommendation the cursor stands on.
    pub fn selected(&self) -> Option<Id> {
        None
    }
}

/// Opens the view.
pub(super) fn open(app: &mut App) -> Effects {
    show(app, View::Themes);
    Vec::new()
}
pub(super) fn refresh(_app: &mut App) {}
pub(super) fn step(_app: &mut App, _step: Step) {}
pub(super) fn type_key(_app: &mut App, _key: Key) -> Effects {
    Vec::new()
}
