//! A new action from wherever somebody is: the record on which the cursor stands is its source, where it can be one.

use super::{App, Effects, form};
use crate::model::Kind;
use crate::model::action::out_of;

/// Opens a form for it.
pub(crate) fn open(app: &mut App) -> Effects {
    let subject = app.screens.subject(app.screen).and_then(|id| app.workspace.get(id));
    let source = subject.map(|record| out_of(&record));
    let mut action = app.screen.new_action(app).or(source).unwrap_or_default();
    action.id = app.new_id(Kind::Action);
    form::open(app, action.into())
}
