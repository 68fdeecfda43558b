//! Two or three services side by side, field by field.

use super::command::{Command, Scope, always, commands};
use super::moving::{Cursor, Step};
use super::{App, Effects, Layer, Tone, facts};
use crate::model::{Id, Kind};

/// How many services fit side by side.
const MOST: usize = 3;

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
pub(crate) const COMMANDS: &[Command] = commands! { Scope::Compare;
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
    let ids: Vec<Id> = app.services.marks.iter().copied().collect();
    if !(2..=MOST).contains(&ids.len()) {
        app.say(Tone::Note, "mark two or three services with space, then press c".to_owned());
        return Vec::new();
    }
    let records: Vec<_> = ids.iter().filter_map(|id| app.workspace.get(*id)).collect();
    let rows = Kind::Service
        .fields()
        .into_iter()
        .map(|field| {
            let say = |record| facts::say(record, field.name, &app.workspace);
            (field.label, records.iter().map(say).collect::<Vec<_>>())
        })
        .filter(|(_, said)| said.iter().any(|text| !text.is_empty()))
        .collect();
    app.layers.push(Layer::Compare(Compare { ids, rows, top: 0 }));
    Vec::new()
}
