//! `s`: the orders in which a list can stand, each with a key of its own.

use super::command::{Command, Scope, commands};
use super::{App, Effects, Severity};
use crate::model::{Column, Kind, Workspace};
use crate::search::Hit;

/// Commands that put a list in order; what each is called on the open screen says [`label`].
pub(crate) const COMMANDS: &[Command] = commands! { Scope::LIST;
    "list.sort" ["s s"] "" "best first: sort as the search ranks" |app| can_sort(app, 0), |app| sort(app, 0);
    "list.sort-name" ["s n"] "" "by name: sort by name" |app| can_sort(app, 1), |app| sort(app, 1);
    "list.sort-first" ["s 1"] "" "by the first column: sort by it" |app| can_sort(app, 2), |app| sort(app, 2);
    "list.sort-second" ["s 2"] "" "by the second column: sort by it" |app| can_sort(app, 3), |app| sort(app, 3);
    "list.sort-third" ["s 3"] "" "by the third column: sort by it" |app| can_sort(app, 4), |app| sort(app, 4);
    "list.sort-fourth" ["s 4"] "" "by the fourth column: sort by it" |app| can_sort(app, 5), |app| sort(app, 5);
};

/// The orders in which a list of these kinds can stand, besides that of the search: by title, then by each column.
fn orders(kinds: &[Kind]) -> Vec<(String, Option<Column>)> {
    let columns = kinds.first().map(|kind| kind.columns()).unwrap_or_default();
    let by_column = columns.into_iter().map(|column| (column.sort_label(), Some(column)));
    std::iter::once(("by name".to_owned(), None)).chain(by_column).collect()
}

/// What the order of a list is called; `None` for that of the search.
pub fn order_label(kinds: &[Kind], order: usize) -> Option<String> {
    orders(kinds).into_iter().nth(order.checked_sub(1)?).map(|(label, _)| label)
}

/// What a command that sorts is called where it stands, and that it is what the list stands in; `None` for any other.
pub(super) fn label(app: &App, command: &Command) -> Option<String> {
    let order = COMMANDS.iter().position(|one| one.name == command.name)?;
    let label = order_label(app.list().kinds, order).unwrap_or_else(|| "best first".to_owned());
    Some(if order == app.list().order { format!("{label} (now)") } else { label })
}

fn can_sort(app: &App, order: usize) -> Result<(), &'static str> {
    if order <= orders(app.list().kinds).len() { Ok(()) } else { Err("this list has no such column") }
}

/// Puts what a list of these kinds shows in an order.
pub(super) fn put_in_order(kinds: &[Kind], order: usize, rows: &mut [Hit], workspace: &Workspace) {
    let Some(at) = order.checked_sub(1) else { return };
    let Some((_, column)) = orders(kinds).into_iter().nth(at) else { return };
    rows.sort_by_cached_key(|row| {
        let record = workspace.get(row.id);
        let key = column.zip(record.as_ref()).map(|(column, record)| column.sort_key(record, workspace));
        (key, record.map(|record| record.order(workspace).to_lowercase()))
    });
}

fn sort(app: &mut App, order: usize) -> Effects {
    app.list_mut().order = order;
    let label = order_label(app.list().kinds, order).unwrap_or_else(|| "best first".to_owned());
    app.set_status(Severity::Info, format!("sorted {label}"));
    app.refresh_screen(app.screen);
    Vec::new()
}
