//! Two or three records side by side, field by field.

use super::command::{Command, Scope, always, commands};
use super::detail::{self, DetailRow};
use super::moving::{Cursor, Step};
use super::{App, Effects, Layer};
use crate::model::{AnyRecord, Id};

/// How many records fit side by side.
pub(crate) const MAX_COMPARED: usize = 3;

/// Records side by side.
pub struct Compare {
    /// Which.
    pub ids: Vec<Id>,
    /// Field by field: its label and what each says.
    pub rows: Vec<(&'static str, Vec<String>)>,
    /// The first row that is seen.
    pub top: usize,
}

/// Keys of the comparison.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::COMPARE;
    "compare.close" ["esc", "enter", "c"] "back" "back to the list" always, |app| { app.layers.pop(); Vec::new() };
};

impl Compare {
    /// Scrolls by rows.
    pub fn step(&mut self, step: Step) {
        let mut cursor = Cursor { at: self.top, top: 0 };
        cursor.step(step, self.rows.len(), 10);
        self.top = cursor.at;
    }
}

/// Opens the comparison of the marked records.
pub(crate) fn open(app: &mut App) -> Effects {
    let ids: Vec<Id> = app.list().marks_in_view().into_iter().collect();
    let records: Vec<_> = ids.iter().filter_map(|id| app.workspace.get(*id)).collect();
    let rows = rows(app, &records);
    app.layers.push(Layer::Compare(Compare { ids, rows, top: 0 }));
    Vec::new()
}

/// Row by row what the records say, each label once. Where a kind has no such field, its record says nothing.
fn rows(app: &App, records: &[AnyRecord]) -> Vec<(&'static str, Vec<String>)> {
    let said: Vec<Vec<DetailRow>> = records.iter().map(|record| labelled(app, record)).collect();
    let mut rows: Vec<(&'static str, Vec<String>)> = Vec::new();
    for DetailRow { label, .. } in said.iter().flatten() {
        if rows.iter().all(|(known, _)| known != label) {
            let text = |of: &Vec<DetailRow>| of.iter().find(|row| row.label == *label).map(|row| row.text.clone());
            rows.push((label, said.iter().map(|of| text(of).unwrap_or_default()).collect()));
        }
    }
    rows.retain(|(_, said)| said.iter().any(|text| !text.is_empty()));
    rows
}

/// What leads the detail of a record, then its fields; the title stands above the columns.
fn labelled(app: &App, record: &AnyRecord) -> Vec<DetailRow> {
    let mut rows = detail::leading(record, app.today);
    let fields = record.kind().editable_fields().filter(|field| !detail::is_title(record.kind(), field));
    rows.extend(fields.map(|field| detail::field_row(record, field, &app.workspace, app.today)));
    rows
}
