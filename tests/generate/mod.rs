//! Records of every kind for tests, made from nothing but what is declared: [`Kind::ALL`], the fields of each kind, and
//! what each field takes. A kind or a field that is declared tomorrow is in every law and every sweep tomorrow.

#![allow(dead_code)] // each test file uses what it needs
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a test fails by panicking

mod arbitrary;
mod sides;
mod texts;

use std::collections::HashMap;
use std::sync::OnceLock;

use folkmoot::model::row::join_cells;
use folkmoot::model::{
    AnyRecord, Date, FieldInfo, FieldType, Id, Kind, ParseContext, SplitMix64, Text, Timestamp, Updated, Workspace,
};
use serde_json::Value;

#[allow(unused_imports)] // each test file uses what it needs
pub use sides::{Sides, any_kind, any_numbers, any_record, any_sides, edited};
#[allow(unused_imports)] // each test file uses what it needs
pub use texts::{Texts, hostile, in_place, marked, marks_in, placed, plain};

/// Random numbers that always fall the same way for the same seed.
pub struct Dice(SplitMix64);

impl Dice {
    /// Those of this seed.
    pub fn new(seed: u64) -> Self {
        Self(SplitMix64::new(seed))
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below this one.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// One of these.
    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// The day on which everything is typed.
pub fn today() -> Date {
    "2026-11-21".parse().unwrap()
}

/// The first ids of a kind.
pub fn id(kind: Kind, number: u32) -> Id {
    Id::from_number(kind.letter(), number, 4)
}

/// What can be referred to: of each kind three records, with titles that are not easy to type. Their ids end in 11, 22
/// and 33.
pub fn known() -> &'static Workspace {
    static KNOWN: OnceLock<Workspace> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let mut known = Workspace::default();
        let names = ["North House", "Bed,  Bath & Bread", "The \"Old\" Mill | Café \\ Bar"];
        for kind in Kind::ALL.iter().filter(|kind| kind.is_resident()) {
            for (number, name) in (1..).zip(names) {
                let mut record = kind.blank(id(*kind, 33 * number));
                for field in kind.editable_fields().filter(|field| field.is_required) {
                    let typed = format!("{name} {}", kind.singular());
                    let _ = record.set_field(field.name, &typed, ParseContext { workspace: &known, today: today() });
                }
                known.place(record.id(), Some(record));
            }
        }
        known
    })
}

/// What is around somebody who types.
pub fn context() -> ParseContext<'static> {
    ParseContext { workspace: known(), today: today() }
}

/// A record of this kind as people type it. Each number fills one field, the last is the stamp; 0 leaves a field empty
/// that may be empty.
pub fn typed(kind: Kind, id: Id, numbers: &[u64], texts: Texts) -> AnyRecord {
    let mut record = kind.blank(id);
    let mut fields: Vec<(usize, &'static FieldInfo)> = kind.fields().enumerate().collect();
    fields.sort_by_key(|(_, field)| !field.is_required);
    let number = |at: usize| numbers.get(at % numbers.len().max(1)).copied().unwrap_or(0);
    let mut others = Vec::new();
    for (at, field) in fields {
        let (number, mut dice) = (number(at), Dice::new(number(at) ^ at as u64));
        if number == 0 && !field.is_required {
            continue;
        }
        if !field.is_editable || !fill(&mut record, field, &mut dice, texts) {
            others.push((field.name, dice));
        }
    }
    for (name, mut dice) in others {
        record = with_arbitrary(record, name, &mut dice, texts);
    }
    record.set_updated(stamp(number(numbers.len().saturating_sub(1))));
    assert_eq!(record.check(), Ok(()), "{record:?}");
    record
}

/// A record of this kind as a file written by hand can hold it: also with texts that nobody can type into a field.
pub fn from_file(kind: Kind, id: Id, numbers: &[u64], texts: Texts) -> AnyRecord {
    let base = typed(kind, id, numbers, texts);
    let mut dice = Dice::new(numbers.iter().fold(1, |all, number| all ^ number));
    let named: Vec<&str> = kind.fields().map(|field| field.name).filter(|name| !base.is_blank(name)).collect();
    let mut record = base;
    for name in named {
        let changed = with_arbitrary(record.clone(), name, &mut dice, texts);
        if changed.check().is_ok() {
            record = changed;
        }
    }
    record
}

/// A stamp; few enough that two are alike now and then.
pub fn stamp(number: u64) -> Updated {
    Updated(Timestamp::from_seconds((number % 50) as i64), Text::from(["KP", "RS", "AN"][number as usize % 3]))
}

/// Types something into a field, and says whether something stands there now.
pub fn fill(record: &mut AnyRecord, field: &FieldInfo, dice: &mut Dice, texts: Texts) -> bool {
    for attempt in 0..8 {
        let texts = if attempt < 4 { texts } else { texts::short };
        let text = text_for(record.kind(), field, dice, texts);
        let mut filled = record.clone();
        let is_set = filled.set_field(field.name, &text, context()).is_ok();
        // "no" is a value too, and leaves the field blank.
        let is_said = !filled.is_blank(field.name) || field.field_type == FieldType::Flag;
        if is_set && is_said && !is_refused(&filled) {
            *record = filled;
            return true;
        }
    }
    !record.is_blank(field.name)
}

/// Whether a rule stands against a record, besides that something is missing in it.
fn is_refused(record: &AnyRecord) -> bool {
    let is_whole = record.kind().fields().all(|field| !field.is_required || !record.is_blank(field.name));
    is_whole && record.check().is_err()
}

/// The record with a value in a field that came out of a file.
fn with_arbitrary(record: AnyRecord, field: &'static str, dice: &mut Dice, texts: Texts) -> AnyRecord {
    let Some(other) = arbitrary::record(record.kind(), record.id(), &[field], dice, texts) else { return record };
    let (mut fields, from) = (json(&record), json(&other));
    let Some(value) = from.get(field) else { return record };
    fields[field] = value.clone();
    record.kind().deserialize(record.id(), fields).unwrap()
}

/// The columns of a field that holds rows.
pub fn columns(field: &FieldInfo) -> Option<&'static [FieldInfo]> {
    if let FieldType::Rows(columns) = field.field_type { Some(columns) } else { None }
}

/// The record as programs read it; fields in which nothing is stated are not there.
pub fn json(record: &AnyRecord) -> Value {
    serde_json::to_value(record).unwrap()
}

/// The elements of a list, or the rows of a field; none where nothing is stated.
pub fn elements(record: &AnyRecord, field: &str) -> Vec<Value> {
    json(record).get(field).and_then(Value::as_array).cloned().unwrap_or_default()
}

/// Something that fits a field, as a person types it.
pub fn text_for(kind: Kind, field: &FieldInfo, dice: &mut Dice, texts: Texts) -> String {
    let place = format!("{}.{}", kind.plural(), field.name);
    match field.field_type {
        FieldType::Line | FieldType::Paragraph => texts(dice, &place),
        FieldType::Words | FieldType::Areas => lines(dice, |dice| texts(dice, &place).replace('\n', " ")),
        FieldType::Flag => (*dice.one_of(&["yes", "no"])).to_owned(),
        FieldType::Number => dice.below(300).to_string(),
        FieldType::Date => date(dice),
        FieldType::Time => time(dice),
        FieldType::DateTime => format!("{} {}", date(dice), time(dice)),
        FieldType::Notation => notation(field, dice),
        FieldType::One(words) => (*dice.one_of(words)).to_owned(),
        FieldType::Some(words) => {
            let some: Vec<&str> = (0..=dice.below(3)).map(|_| *dice.one_of(words)).collect();
            some.join(", ")
        }
        FieldType::Reference(to) => reference(to, dice, texts, &place),
        FieldType::References(to) => lines(dice, |dice| reference(to, dice, texts, &place).replace('\n', " ")),
        FieldType::Rows(columns) => lines(dice, |dice| row(kind, columns, dice, texts)),
    }
}

/// One to three parts, each in a line of its own.
fn lines(dice: &mut Dice, mut part: impl FnMut(&mut Dice) -> String) -> String {
    let count = 1 + dice.below(3);
    (0..count).map(|_| part(dice) + "\n").collect()
}

fn row(kind: Kind, columns: &'static [FieldInfo], dice: &mut Dice, texts: Texts) -> String {
    let cell = |column: &FieldInfo, dice: &mut Dice| {
        if column.is_required || dice.below(4) > 0 { text_for(kind, column, dice, texts) } else { String::new() }
    };
    let cells: Vec<String> = columns.iter().map(|column| cell(column, dice)).collect();
    join_cells(&cells)
}

fn date(dice: &mut Dice) -> String {
    format!("{}-{:02}-{:02}", 1900 + dice.below(300), 1 + dice.below(12), 1 + dice.below(28))
}

fn time(dice: &mut Dice) -> String {
    format!("{:02}:{:02}", dice.below(24), dice.below(60))
}

/// A record that is there by its title or id, one that is not there, or words.
fn reference(to: Kind, dice: &mut Dice, texts: Texts, place: &str) -> String {
    let known = known().all(to);
    match dice.below(5) {
        0 | 1 if !known.is_empty() => dice.one_of(&known).title_alone(),
        2 if !known.is_empty() => dice.one_of(&known).id().to_string(),
        3 => id(to, 1_000 + dice.below(9) as u32).to_string(),
        _ => texts(dice, place),
    }
}

/// A value in a notation of its own, after the examples in the hint, with other digits where they fit as well.
fn notation(field: &FieldInfo, dice: &mut Dice) -> String {
    let examples = examples();
    let Some(examples) = examples.get(field.hint) else { return String::new() };
    let example = dice.one_of(examples);
    if dice.below(3) == 0 {
        return example.clone();
    }
    let other = |c: char, dice: &mut Dice| if c.is_ascii_digit() { char::from(b'0' + dice.below(10) as u8) } else { c };
    example.chars().map(|c| other(c, dice)).collect()
}

/// The examples in the hints of fields and columns with a notation of their own: whatever in a hint can be typed into
/// the field it belongs to.
fn examples() -> &'static HashMap<&'static str, Vec<String>> {
    static EXAMPLES: OnceLock<HashMap<&'static str, Vec<String>>> = OnceLock::new();
    EXAMPLES.get_or_init(|| {
        let mut found = HashMap::new();
        for (kind, field) in Kind::ALL.iter().flat_map(|kind| kind.editable_fields().map(|field| (*kind, field))) {
            let fits = |text: &str| {
                let mut record = kind.blank(id(kind, 1));
                record.set_field(field.name, text, context()).is_ok() && !record.is_blank(field.name)
            };
            if field.field_type == FieldType::Notation {
                found.insert(field.hint, parts_of(field.hint).filter(|part| fits(part)).collect());
            }
            let FieldType::Rows(columns) = field.field_type else { continue };
            for (at, column) in columns.iter().enumerate().filter(|(_, one)| one.field_type == FieldType::Notation) {
                let in_row = |part: &str| {
                    let cell = |(which, column): (usize, &FieldInfo)| {
                        if which == at {
                            return part.to_owned();
                        }
                        let needed = || text_for(kind, column, &mut Dice::new(1), texts::short);
                        if column.is_required { needed() } else { String::new() }
                    };
                    join_cells(&columns.iter().enumerate().map(cell).collect::<Vec<_>>())
                };
                found.insert(column.hint, parts_of(column.hint).filter(|part| fits(&in_row(part))).collect());
            }
        }
        found
    })
}

/// Up to six words of a hint that stand together, without the punctuation around them.
fn parts_of(hint: &'static str) -> impl Iterator<Item = String> {
    let words: Vec<&str> = hint.split_whitespace().collect();
    let runs = (0..words.len()).flat_map(|from| (from + 1..=words.len().min(from + 6)).map(move |to| (from, to)));
    let all: Vec<String> = runs.map(|(from, to)| words[from..to].join(" ")).collect();
    all.into_iter().map(|part| part.trim_matches([',', ';', ':', '.', '(', ')']).to_owned())
}
