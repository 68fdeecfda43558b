//! What people make of records, and everything as strategies of proptest.

use folkmoot::model::row::{join_cells, split_cells};
use folkmoot::model::{AnyRecord, FieldInfo, FieldType, Kind};
use proptest::prelude::*;

use super::{
    Dice, Texts, columns, context, from_file, hostile, id, known, row, stamp, text_for, typed, with_arbitrary,
};

/// The record after somebody has worked on one of its fields: typed it anew or emptied it, or, where it is a list, added,
/// moved, taken out or changed one part of it.
pub fn edited(record: &AnyRecord, field: &'static FieldInfo, dice: &mut Dice, texts: Texts) -> AnyRecord {
    let mut after = record.clone();
    if !field.is_editable {
        return with_arbitrary(after, field.name, dice, texts);
    }
    let parts = parts_in(&record.format_field(field.name, known()));
    let text = match field.field_type {
        FieldType::Rows(columns) if !parts.is_empty() => edited_rows(record.kind(), columns, parts, dice, texts),
        FieldType::Words | FieldType::Areas | FieldType::References(_) if !parts.is_empty() => {
            let more = parts_in(&text_for(record.kind(), field, dice, texts));
            edited_parts(parts, more, dice).join("\n") + "\n"
        }
        _ if dice.below(8) == 0 => String::new(),
        _ => text_for(record.kind(), field, dice, texts),
    };
    let is_set = after.set_field(field.name, &text, context()).is_ok();
    if is_set && after.check().is_ok() { after } else { record.clone() }
}

fn parts_in(text: &str) -> Vec<String> {
    let between = if text.contains('\n') { "\n" } else { ", " };
    text.split(between).filter(|part| !part.trim().is_empty()).map(str::to_owned).collect()
}

fn edited_parts(mut parts: Vec<String>, more: Vec<String>, dice: &mut Dice) -> Vec<String> {
    let (at, other) = (dice.below(parts.len()), dice.below(parts.len()));
    match dice.below(4) {
        0 => drop(parts.remove(at)),
        1 => parts.swap(at, other),
        _ => parts.extend(more),
    }
    parts
}

fn edited_rows(
    kind: Kind,
    columns: &'static [FieldInfo],
    mut rows: Vec<String>,
    dice: &mut Dice,
    texts: Texts,
) -> String {
    for _ in 0..=dice.below(2) {
        let at = dice.below(rows.len());
        match dice.below(6) {
            0 => drop(rows.remove(at)),
            1 => rows.insert(at, row(kind, columns, dice, texts)),
            2 => rows.push(row(kind, columns, dice, texts)),
            3 => {
                let moved = rows.remove(at);
                rows.insert(dice.below(rows.len() + 1), moved);
            }
            _ => {
                let mut cells = split_cells(&rows[at]);
                cells.resize(columns.len(), String::new());
                let column = dice.below(columns.len());
                cells[column] = text_for(kind, &columns[column], dice, texts);
                rows[at] = join_cells(&cells);
            }
        }
        if rows.is_empty() {
            break;
        }
    }
    rows.join("\n")
}

/// One number a field: shrinking makes fields empty.
pub fn any_numbers() -> impl Strategy<Value = Vec<u64>> {
    let number = prop_oneof![1 => Just(0), 3 => any::<u64>()];
    proptest::collection::vec(number, 40)
}

/// Any kind.
pub fn any_kind() -> impl Strategy<Value = Kind> {
    proptest::sample::select(Kind::ALL)
}

/// A record of any kind, half of them as people type it, half as a file may hold it.
pub fn any_record() -> impl Strategy<Value = AnyRecord> {
    (any_kind(), any_numbers(), any::<bool>()).prop_map(|(kind, numbers, is_typed)| {
        let make = if is_typed { typed } else { from_file };
        make(kind, id(kind, 40), &numbers, hostile)
    })
}

/// A record, and what two people made of it without knowing of each other. `None` is a record that is not there.
#[derive(Clone, Debug)]
pub struct Sides {
    /// What both began from.
    pub base: Option<AnyRecord>,
    /// What one made of it.
    pub ours: Option<AnyRecord>,
    /// What the other made of it.
    pub theirs: Option<AnyRecord>,
}

impl Sides {
    /// All three, for functions that take references.
    pub fn all(&self) -> (Option<&AnyRecord>, Option<&AnyRecord>, Option<&AnyRecord>) {
        (self.base.as_ref(), self.ours.as_ref(), self.theirs.as_ref())
    }
}

/// The edits of one side: which fields, and how.
type Edits = Vec<(usize, u64)>;

/// A record of any kind, edited on two sides; now and then added on both, or removed on one.
pub fn any_sides() -> impl Strategy<Value = Sides> {
    let edits = || proptest::collection::vec((0..1000usize, any::<u64>()), 0..5);
    let base = (any_kind(), any_numbers(), any::<bool>());
    (base, edits(), edits(), 0..14u8, any::<(u64, u64)>()).prop_map(
        |((kind, numbers, is_typed), left, right, gone, stamps)| {
            let base = if is_typed { typed } else { from_file }(kind, id(kind, 40), &numbers, hostile);
            let ours = Some(side(&base, &left, stamps.0));
            // Stamps of two sides that are alike are those of one person within one second.
            let theirs = Some(side(&base, &right, stamps.1));
            match gone {
                0 => Sides { base: None, ours, theirs },
                1 => Sides { base: Some(base), ours: None, theirs },
                2 => Sides { base: Some(base), ours, theirs: None },
                3 => Sides { base: Some(base), ours: None, theirs: None },
                _ => Sides { base: Some(base), ours, theirs },
            }
        },
    )
}

fn side(base: &AnyRecord, edits: &Edits, number: u64) -> AnyRecord {
    let mut fields: Vec<&'static FieldInfo> = base.kind().fields().collect();
    // Tables are where merging is hardest: half of all edits are theirs.
    let tables: Vec<&'static FieldInfo> = fields.iter().copied().filter(|field| columns(field).is_some()).collect();
    let others = fields.len();
    fields.extend(tables.iter().cycle().take(if tables.is_empty() { 0 } else { others }));
    let mut record = base.clone();
    for (field, seed) in edits {
        record = edited(&record, fields[field % fields.len()], &mut Dice::new(*seed), hostile);
    }
    if record != *base {
        record.set_updated(stamp(number));
    }
    record
}
