//! What lists say of an action beside what is to be done: who sees to it, until when, how far it is.

use super::Action;
use crate::model::choice::Choice;
use crate::model::column::{Cell, CellContext, Emphasis, Sign, SortKey};
use crate::model::date::format_date;
use crate::model::{AnyRecord, Workspace};

fn action(record: &AnyRecord) -> Option<&Action> {
    <&Action>::try_from(record).ok()
}

/// Who leads it: the person, else the organisation.
pub(super) fn who(record: &AnyRecord, context: &CellContext<'_>) -> Cell {
    let Some(action) = action(record) else { return Cell::default() };
    let lead = action.lead.as_ref().map(|lead| lead.name(context.workspace));
    let organisation = action.organisation.as_ref().map(|one| one.name(context.workspace));
    lead.or(organisation).map_or_else(|| "nobody yet".to_owned(), std::borrow::Cow::into_owned).into()
}

/// When it is due; what is overdue bears a sign.
pub(super) fn when(record: &AnyRecord, context: &CellContext<'_>) -> Cell {
    let Some(action) = action(record) else { return Cell::default() };
    let text = match action.due {
        Some(due) => format_date(due, context.today),
        None if action.by_next_forum => "next forum".to_owned(),
        None => String::new(),
    };
    let late = Sign { glyph: "!", ascii: "!", emphasis: Emphasis::Warn };
    Cell { sign: action.is_overdue(context.workspace, context.today).then_some(late), text }
}

/// How far it is.
pub(super) fn how_far(record: &AnyRecord, _: &CellContext<'_>) -> Cell {
    action(record).map(|action| action.state.label().to_owned()).unwrap_or_default().into()
}

/// By the day it is due; what has none stands last.
pub(super) fn by_due(record: &AnyRecord, _: &Workspace) -> SortKey {
    let due = action(record).and_then(|action| action.due);
    SortKey { is_last: due.is_none(), text: due.map(|due| due.to_string()).unwrap_or_default() }
}

/// By how far it is.
pub(super) fn by_state(record: &AnyRecord, _: &Workspace) -> SortKey {
    let state = action(record).map(|action| action.state.index()).unwrap_or_default();
    SortKey { is_last: false, text: state.to_string() }
}
