//! Two or three services side by side, field by field.

use super::command::{Command, Scope, always, commands};
use super::moving::{Cursor, Step};
use super::{App, Effects, Layer, detail};
use crate::model::{AnyRecord, Id, Kind, Service};

/// How many services fit side by side.
pub(crate) const MAX_COMPARED: usize = 3;

/// Services side by side.
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

/// Opens the comparison of the marked services.
pub(crate) fn open(app: &mut App) -> Effects {
    let ids: Vec<Id> = app.list().marks.iter().copied().collect();
    let records: Vec<_> = ids.iter().filter_map(|id| app.workspace.get(*id)).collect();
    let rows = rows(app, &records);
    app.layers.push(Layer::Compare(Compare { ids, rows, top: 0 }));
    Vec::new()
}

/// Field by field what the services say: first the number to ring and how far it can be trusted.
fn rows(app: &App, records: &[AnyRecord]) -> Vec<(&'static str, Vec<String>)> {
    let said = |label, field: &str| {
        let say = |record| detail::words_of(record, field, &app.workspace, app.today);
        (label, records.iter().map(say).collect::<Vec<_>>())
    };
    let services: Vec<&Service> = records
        .iter()
        .filter_map(|record| match record {
            AnyRecord::Service(service) => Some(service.as_ref()),
            _ => None,
        })
        .collect();
    let phone = |service: &&Service| service.any_phone().unwrap_or_default().to_owned();
    let verified = |service: &&Service| detail::verified(service, app.today).text;
    let mut rows = vec![
        ("Phone", services.iter().map(phone).collect()),
        ("Verified", services.iter().map(verified).collect::<Vec<_>>()),
    ];
    let others = Kind::Service.editable_fields().filter(|field| !["name", "phone"].contains(&field.name));
    rows.extend(others.map(|field| said(field.label, field.name)));
    rows.retain(|(_, said)| said.iter().any(|text| !text.is_empty()));
    rows
}
