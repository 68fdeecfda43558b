//! A new action from wherever somebody is: what is selected there is its source, where it can be one.

use super::{App, Effects, form};
use crate::model::Kind;
use crate::model::action::out_of;

/// Opens a form for it.
pub(crate) fn open(app: &mut App) -> Effects {
    let source = app.selected().map(|record| out_of(&record));
    let mut action = app.screen.new_action(app).or(source).unwrap_or_default();
    action.id = app.new_id(Kind::Action);
    form::open(app, action.into())
}
