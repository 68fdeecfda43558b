//! Columns: what a list says of each record, and in which orders it can stand. A kind declares them; the lists of the
//! screens and of the shell are drawn from them.

use super::field::{Audience, FieldInfo, FieldType, Wording};
use super::text::one_line;
use super::{AnyRecord, Date, Workspace};

/// What a cell needs to know besides its record.
#[derive(Clone, Copy)]
pub struct CellContext<'a> {
    /// The other records.
    pub workspace: &'a Workspace,
    /// The date it is.
    pub today: Date,
    /// How far the record is from the point that was asked for, in kilometres.
    pub km: Option<f32>,
    /// Whether an area was asked for, and the record only serves it.
    pub only_serves: bool,
}

/// How much a text is emphasised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emphasis {
    /// As it is.
    #[default]
    Plain,
    /// Said in passing.
    Quiet,
    /// What one came for.
    Strong,
    /// Fresh, done.
    Good,
    /// Something to look at: a warning, an old check.
    Warn,
}

/// A sign before the text of a cell, for terminals that can draw and for those that cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sign {
    /// The sign.
    pub glyph: &'static str,
    /// The same in ASCII.
    pub ascii: &'static str,
    /// How much it is emphasised.
    pub emphasis: Emphasis,
}

/// What one cell of a list says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// A sign before the text.
    pub sign: Option<Sign>,
    /// The text.
    pub text: String,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { sign: None, text }
    }
}

/// How wide a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// A share of what the columns of fixed width leave.
    Percent(u8),
    /// So many cells.
    Cells(u16),
}

/// Where a column has its text from.
#[derive(Clone, Copy, Debug)]
pub enum ColumnSource {
    /// A field.
    Field(&'static FieldInfo),
    /// A function of the record.
    Computed(fn(&AnyRecord, &CellContext<'_>) -> Cell),
}

/// What records are ordered by; records for which `is_last` holds stand behind all others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortKey {
    /// Whether it stands behind all others, having nothing to be ordered by.
    pub is_last: bool,
    /// What it is ordered by.
    pub text: String,
}

/// An order in which a list can stand.
#[derive(Clone, Copy, Debug)]
pub struct SortOrder {
    /// What it is called: "by place".
    pub label: &'static str,
    /// What a record is ordered by.
    pub key: fn(&AnyRecord, &Workspace) -> SortKey,
}

/// A column of a list, besides the first, which is the title.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name, for lists that choose their columns.
    pub name: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// How wide it is.
    pub width: Width,
    /// Whether it stays where there is room for one column only; where none is marked so, the first stays.
    pub in_narrow: bool,
    /// Where its text comes from.
    pub source: ColumnSource,
    /// The order by it, where that is not the order of its text.
    pub order: Option<SortOrder>,
}

impl Column {
    /// The column of a field.
    pub fn of(field: &'static FieldInfo, percent: u8) -> Self {
        Self {
            name: field.name,
            heading: field.label,
            width: Width::Percent(percent),
            in_narrow: false,
            source: ColumnSource::Field(field),
            order: None,
        }
    }

    /// What it says of a record.
    pub fn cell(&self, record: &AnyRecord, context: &CellContext<'_>) -> Cell {
        match self.source {
            ColumnSource::Computed(cell) => cell(record, context),
            ColumnSource::Field(field) => {
                let wording = Wording::Read(context.today);
                let shown = record.show(field, wording, Audience::Colleagues, context.workspace).into_words();
                one_line(&shown.replace('\n', "; ")).into()
            }
        }
    }

    /// What a record is ordered by in this column.
    pub fn sort_key(&self, record: &AnyRecord, workspace: &Workspace) -> SortKey {
        if let Some(order) = self.order {
            return (order.key)(record, workspace);
        }
        let text = match self.source {
            ColumnSource::Field(field) => {
                let shown = record.show(field, Wording::Typed, Audience::Colleagues, workspace).into_words();
                in_order(field.field_type, &shown)
            }
            ColumnSource::Computed(cell) => {
                let context = CellContext { workspace, today: Date::default(), km: None, only_serves: false };
                cell(record, &context).text.to_lowercase()
            }
        };
        SortKey { is_last: text.is_empty(), text }
    }

    /// What the order by it is called.
    pub fn sort_label(&self) -> String {
        self.order.map_or_else(|| format!("by {}", self.heading.to_lowercase()), |order| order.label.to_owned())
    }
}

/// A value as a text whose order is that of the values: numbers by size, choices as they are declared, dates as files
/// have them, everything else by its words.
fn in_order(field_type: FieldType, typed: &str) -> String {
    let place = match field_type {
        FieldType::Number => typed.parse().ok(),
        FieldType::One(labels) => labels.iter().position(|label| *label == typed).map(|at| at as u64),
        _ => None,
    };
    place.map_or_else(|| typed.to_lowercase(), |place| format!("{place:020}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Kind, Service};

    /// These values of a field of services as a list sorted by its column shows them.
    fn sorted<'a>(field: &str, values: &[&'a str]) -> Vec<&'a str> {
        let workspace = Workspace::default();
        let field = Kind::Service.field(field).unwrap();
        let context = crate::model::row::empty_context(&workspace);
        let mut values = values.to_vec();
        values.sort_by_cached_key(|value| {
            let mut record = AnyRecord::from(Service::default());
            record.set_field(field.name, value, context).unwrap();
            Column::of(field, 10).sort_key(&record, &workspace)
        });
        values
    }

    #[test]
    fn a_column_stands_in_the_order_of_its_values() {
        assert_eq!(sorted("funding_ends", &["2027-02-01", "", "2026-12-05"]), ["2026-12-05", "2027-02-01", ""]);
        assert_eq!(sorted("status", &["planned", "closed", "paused"]), ["paused", "closed", "planned"]);
        assert_eq!(sorted("phone", &["b", "", "A"]), ["A", "b", ""]);
        assert!(in_order(FieldType::Number, "9") < in_order(FieldType::Number, "12"));
    }
}
