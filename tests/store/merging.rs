//! Laws of merging, for whatever two people did to a record of whatever kind. Each law is tried with broken merges too and
//! must find them.

use std::collections::HashSet;

use folkmoot::model::merge::{Merged, merge};
use folkmoot::model::{AnyRecord, Change, Edit, FieldInfo, FieldType, Kind, Workspace};
use folkmoot::store::{Mode, Store};
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, RngSeed, TestRng, TestRunner};
use serde_json::Value;

use super::generate::{self, Sides, any_sides, columns, elements, json, marked, typed};
use super::laws::cases;
use super::{new_workspace, open};

/// Something that merges; [`merge`] or a broken one.
type Merge = fn(Option<&AnyRecord>, Option<&AnyRecord>, Option<&AnyRecord>) -> Merged;

/// What a merge did wrong, if it did.
type Law = fn(&Sides, Merge) -> Result<(), String>;

const LAWS: [(&str, Law); 4] = [
    ("both directions agree", both_directions_agree),
    ("merging again changes nothing", merging_again_changes_nothing),
    ("nothing is lost unreported", nothing_is_lost),
    ("what one took out is out", removals_hold),
];

proptest! {
    #![proptest_config(steady(super::heavy(1_500, 20_000) as u32))]

    #[test]
    fn merging_is_lawful(sides in any_sides()) {
        for (name, law) in LAWS {
            let kept = law(&sides, merge);
            prop_assert!(kept.is_ok(), "{}: {}", name, kept.unwrap_err());
        }
    }
}

/// The usual run tries the same cases every time, so that it says the same of the same program; with `FOLKMOOT_HEAVY` they
/// are others each time.
fn steady(usual: u32) -> ProptestConfig {
    let rng_seed = if super::heavy(0, 1) == 1 { RngSeed::Random } else { RngSeed::Fixed(1) };
    ProptestConfig { rng_seed, ..cases(usual) }
}

fn expect(is_so: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if is_so { Ok(()) } else { Err(what()) }
}

fn both_directions_agree(sides: &Sides, merge: Merge) -> Result<(), String> {
    let (base, ours, theirs) = sides.all();
    let (one, other) = (merge(base, ours, theirs), merge(base, theirs, ours));
    expect(one.record == other.record, || format!("{:?} or {:?}", one.record, other.record))?;
    let fields = |merged: &Merged| merged.lost.as_ref().map(|lost| lost.fields.clone());
    expect(fields(&one) == fields(&other), || format!("{:?} or {:?} lost", one.lost, other.lost))
}

fn merging_again_changes_nothing(sides: &Sides, merge: Merge) -> Result<(), String> {
    let (base, ours, theirs) = sides.all();
    let once = merge(base, ours, theirs).record;
    let same = |what: &str, other: Merged| {
        expect(other.record == once, || format!("{what}: {once:?} became {:?}", other.record))
    };
    same("merged with itself", merge(base, once.as_ref(), once.as_ref()))?;
    same("with nothing new", merge(theirs, once.as_ref(), theirs))?;
    // Whoever does not know whether a save went through saves again.
    if !is_unsure(sides, &merge(base, ours, theirs)) {
        let twice = merge(base, ours, once.as_ref()).record;
        let is_same = twice.as_ref().map(without_order) == once.as_ref().map(without_order);
        expect(is_same, || format!("saved twice: {once:?} became {twice:?}"))?;
    }
    expect(merge(base, ours, base).record.as_ref() == ours, || "what nobody else touched is not ours".to_owned())?;
    expect(merge(base, base, theirs).record.as_ref() == theirs, || "what we did not touch is not theirs".to_owned())
}

/// The record with the rows of its tables in the order of their texts: the order that a side made can be lost to a row
/// that is hard to recognise, the rows cannot.
fn without_order(record: &AnyRecord) -> Value {
    let mut fields = json(record);
    for field in record.kind().fields().filter(|field| columns(field).is_some()) {
        if let Some(rows) = fields.get_mut(field.name).and_then(Value::as_array_mut) {
            rows.sort_by_key(Value::to_string);
        }
    }
    fields
}

/// Where nobody can say which row is which, a save that is repeated may add a row again: where one stands twice, or where
/// both changed so much of one without a key that something in it gave way.
fn is_unsure(sides: &Sides, merged: &Merged) -> bool {
    let (base, ours, theirs) = sides.all();
    let is_table = |name: &&str| merged.record.as_ref().and_then(|record| record.kind().field(name)).and_then(columns);
    let gave_way = merged.lost.as_ref().is_some_and(|lost| lost.fields.iter().any(|name| is_table(name).is_some()));
    gave_way || [base, ours, theirs].into_iter().flatten().any(has_twins)
}

/// Whether two rows of a record may be one that stands twice, as a file can hold it: nothing tells two that begin alike
/// apart, so that where one of them was taken out and one is left, nobody can say which.
fn has_twins(record: &AnyRecord) -> bool {
    record.kind().fields().filter(|field| columns(field).is_some()).any(|field| {
        let rows = elements(record, field.name);
        let name = columns(field).and_then(|columns| columns.first()).map_or("", |column| column.name);
        rows.iter().enumerate().any(|(at, row)| rows[..at].iter().any(|other| other.get(name) == row.get(name)))
    })
}

/// Everything either side did is in the outcome, or reported and kept.
fn nothing_is_lost(sides: &Sides, merge: Merge) -> Result<(), String> {
    let (base, ours, theirs) = sides.all();
    let merged = merge(base, ours, theirs);
    let Some(kept) = &merged.record else {
        let is_edited = [ours, theirs].into_iter().any(|side| side.is_some() && side != base);
        return expect(!is_edited, || "an edit gave way to a removal".to_owned());
    };
    let (Some(ours), Some(theirs)) = (ours, theirs) else {
        let is_told = merged.lost.as_ref().is_some_and(|lost| lost.version.is_none());
        return expect(base.is_none() || is_told, || "a removal was overruled".to_owned());
    };
    let blank = kept.kind().blank(kept.id());
    let base = base.unwrap_or(&blank);
    for (side, other) in [(ours, theirs), (theirs, ours)] {
        for field in side.differing(base) {
            let lost = merged.lost.as_ref().filter(|lost| lost.fields.contains(&field));
            let loser = lost.and_then(|lost| lost.version.as_ref());
            expect(lost.is_none() || loser == Some(side) || loser == Some(other), || "a stranger is kept".to_owned())?;
            let is_loser = loser == Some(side);
            expect(is_loser || is_in(field, base, side, kept), || {
                format!("{field} of {:?} vanished from {:?}", json(side)[field], json(kept)[field])
            })?;
        }
    }
    Ok(())
}

/// Whether what a side did to a field is in the outcome: the value; of a list, whatever it added; of rows, each row it
/// added or changed, in a row of its own.
fn is_in(field: &str, base: &AnyRecord, side: &AnyRecord, kept: &AnyRecord) -> bool {
    let [base_parts, parts, all] = [base, side, kept].map(|record| elements(record, field));
    match kept.kind().field(field).map(|field| field.field_type) {
        Some(FieldType::Rows(_)) => {
            let own: Vec<&Value> = parts.iter().filter(|row| !base_parts.contains(row)).collect();
            has_places(&own, &all, &|row, place| continues(row, place, &base_parts))
        }
        Some(FieldType::Words | FieldType::Areas | FieldType::Some(_) | FieldType::References(_)) => {
            parts.iter().all(|part| base_parts.contains(part) || all.contains(part))
        }
        _ => json(side)[field] == json(kept)[field],
    }
}

/// Whether each row finds a place of its own among all.
fn has_places(rows: &[&Value], all: &[Value], fits: &dyn Fn(&Value, &Value) -> bool) -> bool {
    fn search(
        rows: &[&Value],
        all: &[Value],
        used: &mut HashSet<usize>,
        fits: &dyn Fn(&Value, &Value) -> bool,
    ) -> bool {
        let Some((first, rest)) = rows.split_first() else { return true };
        (0..all.len()).any(|at| {
            let is_free = fits(first, &all[at]) && used.insert(at);
            let is_found = is_free && search(rest, all, used, fits);
            if is_free && !is_found {
                used.remove(&at);
            }
            is_found
        })
    }
    search(rows, all, &mut HashSet::new(), fits)
}

/// Whether a row of one side is in this row of the outcome: each column says the same, or this side left it as it was in
/// the row of the base that it comes from (if any), so that the other side could change it.
fn continues(row: &Value, place: &Value, base: &[Value]) -> bool {
    let names =
        |value: &Value| value.as_object().map(|all| all.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    let columns: HashSet<String> = names(row).into_iter().chain(names(place)).collect();
    let from = |origin: Option<&Value>| {
        columns.iter().all(|column| {
            row.get(column) == place.get(column) || row.get(column) == origin.and_then(|row| row.get(column))
        })
    };
    from(None) || base.iter().any(|origin| from(Some(origin)))
}

/// What one side took out of a list, and the other left as it was, is not there any more.
fn removals_hold(sides: &Sides, merge: Merge) -> Result<(), String> {
    let (Some(base), Some(ours), Some(theirs)) = sides.all() else { return Ok(()) };
    let merged = merge(Some(base), Some(ours), Some(theirs));
    let Some(kept) = &merged.record else { return Ok(()) };
    let reported = |name: &str| merged.lost.as_ref().is_some_and(|lost| lost.fields.contains(&name));
    for field in kept.kind().fields().filter(|field| !reported(field.name)) {
        let parts = |record| elements(record, field.name);
        for part in parts(base) {
            let count = |record| parts(record).iter().filter(|other| **other == part).count();
            for (side, other) in [(ours, theirs), (theirs, ours)] {
                let is_out = count(side) == 0 && count(other) == count(base);
                expect(!is_out || count(kept) == 0, || format!("{part} is back in {}", field.name))?;
            }
        }
    }
    Ok(())
}

// Broken merges -----------------------------------------------------------------------------------------------------------

/// Whatever was saved last is all there is.
fn last_one_wins(_: Option<&AnyRecord>, ours: Option<&AnyRecord>, _: Option<&AnyRecord>) -> Merged {
    Merged { record: ours.cloned(), lost: None }
}

fn tells_nothing(base: Option<&AnyRecord>, ours: Option<&AnyRecord>, theirs: Option<&AnyRecord>) -> Merged {
    Merged { lost: None, ..merge(base, ours, theirs) }
}

fn keeps_the_winner(base: Option<&AnyRecord>, ours: Option<&AnyRecord>, theirs: Option<&AnyRecord>) -> Merged {
    let mut merged = merge(base, ours, theirs);
    if let Some(version) = merged.lost.as_mut().and_then(|lost| lost.version.as_mut()) {
        version.clone_from(if Some(&*version) == ours { theirs.unwrap() } else { ours.unwrap() });
    }
    merged
}

fn lets_removals_win(base: Option<&AnyRecord>, ours: Option<&AnyRecord>, theirs: Option<&AnyRecord>) -> Merged {
    if base.is_some() && (ours.is_none() || theirs.is_none()) {
        return Merged { record: None, lost: None };
    }
    merge(base, ours, theirs)
}

/// The outcome with the rows of every field edited, where both sides had changed something.
fn with_rows(
    (base, ours, theirs): (Option<&AnyRecord>, Option<&AnyRecord>, Option<&AnyRecord>),
    edit: fn(&mut Vec<Value>),
) -> Merged {
    let mut merged = merge(base, ours, theirs);
    let is_plain = base == ours || base == theirs || ours == theirs;
    if let Some(record) = merged.record.as_mut().filter(|_| !is_plain) {
        let mut fields = json(record);
        for field in record.kind().fields().filter(|field| columns(field).is_some()) {
            if let Some(rows) = fields.get_mut(field.name).and_then(Value::as_array_mut) {
                edit(rows);
            }
        }
        *record = record.kind().deserialize(record.id(), fields).unwrap();
    }
    merged
}

fn drops_a_row(base: Option<&AnyRecord>, ours: Option<&AnyRecord>, theirs: Option<&AnyRecord>) -> Merged {
    with_rows((base, ours, theirs), |rows| drop(rows.pop()))
}

fn doubles_a_row(base: Option<&AnyRecord>, ours: Option<&AnyRecord>, theirs: Option<&AnyRecord>) -> Merged {
    with_rows((base, ours, theirs), |rows| rows.extend(rows.first().cloned()))
}

/// Takes every row that stands on either side, as a merge of sets would: what was taken out comes back.
fn unites_rows(base: Option<&AnyRecord>, ours: Option<&AnyRecord>, theirs: Option<&AnyRecord>) -> Merged {
    let mut merged = merge(base, ours, theirs);
    let (Some(base), Some(record)) = (base, merged.record.as_mut()) else { return merged };
    let mut fields = json(record);
    for field in record.kind().fields().filter(|field| columns(field).is_some()) {
        let rows: Vec<Value> = elements(base, field.name);
        if let Some(all) = fields.get_mut(field.name).and_then(Value::as_array_mut) {
            let missing: Vec<Value> = rows.into_iter().filter(|row| !all.contains(row)).collect();
            all.extend(missing);
        }
    }
    *record = record.kind().deserialize(record.id(), fields).unwrap();
    merged
}

/// Each law finds the merges that break it.
#[test]
fn the_laws_find_broken_merges() {
    let broken: [(&str, Merge, &[usize]); 7] = [
        ("the last one wins", last_one_wins, &[0, 2]),
        ("nothing is told", tells_nothing, &[2]),
        ("the winner is kept as the loser", keeps_the_winner, &[2]),
        ("removals win", lets_removals_win, &[2]),
        ("a row is dropped", drops_a_row, &[2]),
        ("a row is doubled", doubles_a_row, &[1]),
        ("rows are united", unites_rows, &[3]),
    ];
    for (name, broken, by) in broken {
        for law in by {
            let (law_name, law) = LAWS[*law];
            let config = ProptestConfig { cases: 3_000, max_shrink_iters: 0, ..cases(3_000) };
            let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::default()));
            let outcome = runner.run(&any_sides(), |sides| law(&sides, broken).map_err(TestCaseError::fail));
            assert!(outcome.is_err(), "{name}: not found by the law that {law_name}");
        }
    }
}

// Rows, case by case ------------------------------------------------------------------------------------------------------

/// A record with four rows in this field that have nothing in common.
fn with_four_rows(kind: Kind, field: &FieldInfo) -> AnyRecord {
    let mut record = typed(kind, generate::id(kind, 40), &[0], marked);
    let rows: Vec<String> = (0..4).map(|number| row(kind, field, number)).collect();
    record.set_field(field.name, &rows.join("\n"), generate::context()).unwrap();
    record.set_updated(generate::stamp(1));
    record
}

/// A row that says something in every column that takes words, and that no other number gives.
fn row(kind: Kind, field: &FieldInfo, number: u64) -> String {
    let cell = |column: &FieldInfo| match column.field_type {
        FieldType::Notation => String::new(),
        FieldType::Reference(_) => {
            marked(&mut generate::Dice::new(number * 100), &format!("{}.{}", kind.plural(), column.name))
        }
        _ => {
            generate::text_for(kind, column, &mut generate::Dice::new(number * 100 + column.name.len() as u64), marked)
        }
    };
    let cells: Vec<String> = columns(field).unwrap().iter().map(cell).collect();
    shown(kind, field, &folkmoot::model::row::join_cells(&cells))
}

/// A row as it is shown once it has been typed.
fn shown(kind: Kind, field: &FieldInfo, row: &str) -> String {
    let mut record = kind.blank(generate::id(kind, 40));
    record.set_field(field.name, row, generate::context()).unwrap();
    record.format_field(field.name, generate::known())
}

/// A row that no other number gives.
type NewRow<'a> = &'a dyn Fn(u64) -> String;

/// What two people make of the rows of one field, each stamped later than the last.
fn both(
    kind: Kind,
    field: &FieldInfo,
    ours: impl Fn(&mut Vec<String>, NewRow),
    theirs: impl Fn(&mut Vec<String>, NewRow),
) -> (Merged, Vec<String>) {
    let base = with_four_rows(kind, field);
    let rows = |record: &AnyRecord| -> Vec<String> {
        record.format_field(field.name, generate::known()).lines().map(str::to_owned).collect()
    };
    let side = |edit: &dyn Fn(&mut Vec<String>, NewRow), seconds| {
        let mut rows = rows(&base);
        edit(&mut rows, &|number| row(kind, field, number));
        let mut record = base.clone();
        record.set_field(field.name, &rows.join("\n"), generate::context()).unwrap();
        record.set_updated(generate::stamp(seconds));
        record
    };
    let merged = merge(Some(&base), Some(&side(&ours, 2)), Some(&side(&theirs, 3)));
    let all = rows(merged.record.as_ref().unwrap());
    (merged, all)
}

/// Every field of rows of every kind.
fn row_fields() -> Vec<(Kind, &'static FieldInfo)> {
    let kinds = Kind::ALL.iter().filter(|kind| kind.is_addable()); // a ballot is merged whole or not at all
    let all = kinds.flat_map(|kind| kind.editable_fields().map(|field| (*kind, field)));
    all.filter(|(_, field)| columns(field).is_some()).collect()
}

#[test]
fn rows_of_two_people_are_joined_in_every_kind() {
    assert!(row_fields().len() >= 3);
    for (kind, field) in row_fields() {
        let name = format!("{}.{}", kind.plural(), field.name);
        let base = with_four_rows(kind, field).format_field(field.name, generate::known());
        let base: Vec<&str> = base.lines().collect();
        let (added, rows) = both(kind, field, |rows, new| rows.push(new(7)), |rows, new| rows.insert(1, new(8)));
        assert_eq!((rows.len(), added.lost), (6, None), "{name}: {rows:?}");
        assert!([7, 8].iter().all(|number| rows.contains(&row(kind, field, *number))), "{name}: {rows:?}");

        let (moved, rows) = both(kind, field, |rows, _| rows.reverse(), |rows, new| rows.push(new(8)));
        let old: Vec<&str> = rows.iter().map(String::as_str).filter(|row| base.contains(row)).collect();
        assert_eq!((rows.len(), moved.lost), (5, None), "{name}: {rows:?}");
        assert!(old.iter().eq(base.iter().rev()), "{name}: {rows:?}");

        let [one, other] = telling_columns(kind, field);
        let (edited, rows) = both(
            kind,
            field,
            |rows, _| rows[2] = changed(kind, field, &rows[2], one),
            |rows, _| rows[2] = changed(kind, field, &rows[2], other),
        );
        let in_both = changed(kind, field, &changed(kind, field, base[2], one), other);
        let is_joined = rows.contains(&in_both) && rows.len() == 4;
        let are_both = [one, other].iter().all(|column| rows.contains(&changed(kind, field, base[2], *column)));
        assert!(is_joined || are_both, "{name}: {rows:?}");
        assert!(edited.lost.is_none() || !is_joined, "{name}: only where both rows stand is anything to be told");

        let (removed, rows) = both(kind, field, |rows, _| drop(rows.remove(2)), |rows, new| rows.push(new(8)));
        assert!(rows.len() == 4 && !rows.contains(&base[2].to_owned()) && removed.lost.is_none(), "{name}: {rows:?}");
    }
}

/// The first two columns in which another value is a change: the numbers of minutes follow from their order.
fn telling_columns(kind: Kind, field: &FieldInfo) -> [usize; 2] {
    let before = with_four_rows(kind, field);
    let rows: Vec<String> = before.format_field(field.name, generate::known()).lines().map(str::to_owned).collect();
    let mut telling = (0..columns(field).unwrap().len()).filter(|column| {
        let (mut after, mut rows) = (before.clone(), rows.clone());
        rows[2] = changed(kind, field, &rows[2], *column);
        after.set_field(field.name, &rows.join("\n"), generate::context()).unwrap();
        !after.differing(&before).is_empty()
    });
    [telling.next().unwrap(), telling.next().unwrap()]
}

/// A row with something else in this column.
fn changed(kind: Kind, field: &FieldInfo, row: &str, column: usize) -> String {
    let columns = columns(field).unwrap();
    let mut cells = folkmoot::model::row::split_cells(row);
    cells.resize(columns.len(), String::new());
    cells[column] = match columns[column].field_type {
        FieldType::Number => "77".to_owned(),
        FieldType::Date => "2026-02-03".to_owned(),
        FieldType::Time => "09:05".to_owned(),
        FieldType::Flag => "yes".to_owned(),
        FieldType::One(labels) => labels[labels.len() - 1].to_owned(),
        _ => format!("another {column}"),
    };
    shown(kind, field, &folkmoot::model::row::join_cells(&cells))
}

/// A long list, in which somebody puts a row before all others while somebody else changes one: the change stays in its
/// row.
#[test]
fn a_row_before_many_moves_no_change_to_another_row() {
    for (kind, field) in row_fields() {
        let mut long: Vec<String> = (0..400).map(|number| row(kind, field, number)).collect();
        // Of one day there is one row where the day is the key.
        let (mut days, is_by_day) = (HashSet::new(), columns(field).unwrap()[0].field_type == FieldType::Date);
        long.retain(|row| !is_by_day || days.insert(folkmoot::model::row::split_cells(row)[0].clone()));
        long.truncate(300);
        let [telling, _] = telling_columns(kind, field);
        let record = |rows: &[String], seconds| {
            let mut record = with_four_rows(kind, field);
            record.set_field(field.name, &rows.join("\n"), generate::context()).unwrap();
            record.set_updated(generate::stamp(seconds));
            record
        };
        let (mut ours, mut theirs) = (long.clone(), long.clone());
        ours.insert(0, row(kind, field, 900));
        theirs[200] = changed(kind, field, &theirs[200], telling);
        let merged = merge(Some(&record(&long, 1)), Some(&record(&ours, 2)), Some(&record(&theirs, 3)));
        ours[201] = changed(kind, field, &ours[201], telling);
        let rows = merged.record.unwrap().format_field(field.name, generate::known());
        let wrong = rows.lines().zip(&ours).find(|(found, wanted)| found != wanted);
        assert_eq!((wrong, rows.lines().count(), merged.lost), (None, 301, None), "{}.{}", kind.plural(), field.name);
    }
}

/// Two changes within one second, one of which is saved twice, as one does who does not know whether a save went through.
#[test]
fn a_save_that_is_repeated_turns_nothing_over() {
    let with = |cost: &str, notes: &str, aliases: &[&str], seconds| {
        let mut service = super::service("S-0001", "Nightstop", seconds);
        (service.cost, service.notes) = (Some(cost.into()), Some(notes.into()));
        service.aliases = aliases.iter().map(|alias| (*alias).into()).collect();
        AnyRecord::from(service)
    };
    let base = with("m", "a", &["one", "two", "three"], 1);
    // By the texts of the whole records the other wins, by what both changed this one does.
    let ours = with("a", "z", &["two", "three", "one"], 2);
    let theirs = with("m", "b", &["one", "two", "three", "four"], 2);
    let once = merge(Some(&base), Some(&ours), Some(&theirs)).record;
    assert_eq!(once, Some(with("a", "z", &["two", "three", "one", "four"], 2)));
    for side in [&ours, &theirs] {
        assert_eq!(merge(Some(&base), Some(side), once.as_ref()).record, once);
    }
}

// Workspaces --------------------------------------------------------------------------------------------------------------

proptest! {
    #![proptest_config(cases(200))]

    /// A change and its inverse cancel out, and the inverse of the inverse is the change, for records of every kind.
    #[test]
    fn an_inverse_is_one(sides in proptest::collection::vec(any_sides(), 1..4)) {
        let mut workspace = Workspace::default();
        let mut edits = Vec::new();
        for sides in sides {
            let Some(base) = sides.base else { continue };
            if workspace.get(base.id()).is_none() {
                workspace.place(base.id(), Some(base.clone()));
                edits.extend(Edit::new(Some(base), sides.ours));
            }
        }
        let before = workspace.clone();
        let inverse = workspace.apply(&Change { edits, sentence: String::new() });
        let after = workspace.clone();
        let again = workspace.apply(&inverse);
        prop_assert_eq!(&workspace, &before);
        workspace.apply(&again);
        prop_assert_eq!(&workspace, &after);
    }
}

/// What several people add to every list of every kind, each from what they read before the others saved.
#[test]
fn a_stale_base_loses_nothing() {
    let kinds = Kind::ALL.iter().copied().filter(|kind| kind.is_resident() && kind.is_addable());
    for (kind, field) in kinds.flat_map(|kind| kind.editable_fields().map(move |field| (kind, field))) {
        let part = |number: u64| match field.field_type {
            FieldType::Words | FieldType::Areas | FieldType::References(_) => Some(format!("number {number},\n")),
            FieldType::Rows(_) => Some(row(kind, field, 50 + number) + "\n"),
            _ => None,
        };
        let is_list = |part: &dyn Fn(u64) -> Option<String>| {
            let mut record = kind.blank(generate::id(kind, 40));
            let two = [0, 1].map(|number| part(number).unwrap()).concat();
            record.set_field(field.name, &two, generate::context()).is_ok() && elements(&record, field.name).len() == 2
        };
        if part(0).is_none() || !is_list(&part) {
            continue; // an area that is one and not many
        }
        let dir = new_workspace(false);
        let id = generate::id(kind, 40);
        let record = typed(kind, id, &[0], marked);
        open(dir.path()).store.commit(&super::adding(record)).unwrap();
        let mut stores: Vec<_> = (0..4).map(|_| Store::open(dir.path(), Mode::Write).unwrap()).collect();
        for number in 0..12 {
            let opened = &mut stores[number as usize % 4];
            let before = opened.workspace.get(id).unwrap();
            let mut after = before.clone();
            let text = before.format_field(field.name, &opened.workspace);
            let text = format!("{}\n{}", text.trim_end(), part(number).unwrap());
            let context = folkmoot::model::ParseContext { workspace: &opened.workspace, today: generate::today() };
            after.set_field(field.name, &text, context).unwrap();
            after.set_updated(generate::stamp(number + 1));
            let edits = Edit::new(Some(before), Some(after)).into_iter().collect();
            super::save(opened, &Change { edits, sentence: String::new() });
        }
        let last = open(dir.path()).workspace.get(id).unwrap();
        assert_eq!(elements(&last, field.name).len(), 12, "{}.{}", kind.plural(), field.name);
    }
}
