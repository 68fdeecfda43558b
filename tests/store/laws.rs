//! Laws that hold for whatever records and files, of every kind: reading gives back what was written, typing gives back
//! what was shown, a save changes nothing else, and what is hidden is nowhere. `PROPTEST_CASES` sets how many cases are
//! tried. The laws of merging are in `merging.rs`.

use std::fmt::Write as _;
use std::fs;

use folkmoot::model::{
    AnyRecord, Audience, Change, Edit, FieldInfo, Id, Kind, ParseContext, Service, Updated, Workspace,
};
use folkmoot::store::{Opened, from_ron, to_ron};
use proptest::collection::vec;
use proptest::prelude::*;

use super::generate::{self, any_kind, any_numbers, any_record, from_file, hostile, known, marked, marks_in, typed};
use super::{new_workspace, open};

/// As many cases as the environment says, else `usual`.
pub fn cases(usual: u32) -> ProptestConfig {
    let said = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    ProptestConfig { cases: said.unwrap_or(usual), failure_persistence: None, ..ProptestConfig::default() }
}

/// What was never set in many records of each kind; and how many fields were.
fn never_set(make: fn(Kind, Id, &[u64]) -> AnyRecord) -> (Vec<String>, usize) {
    let mut missing = Vec::new();
    let mut count = 0;
    for kind in Kind::ALL.iter().copied().filter(|kind| kind.is_resident() && kind.is_addable()) {
        let records: Vec<AnyRecord> = (1..40).map(|seed| make(kind, generate::id(kind, 40), &[seed])).collect();
        for field in kind.fields() {
            let is_set = records.iter().any(|record| !record.is_blank(field.name));
            count += usize::from(is_set);
            missing.extend((!is_set).then(|| format!("{}.{}", kind.plural(), field.name)));
        }
    }
    (missing, count)
}

/// The laws hold for nothing they never see: every field of every kind that people add has something in it now and then.
#[test]
fn every_field_of_every_kind_is_generated() {
    let (missing, count) = never_set(|kind, id, numbers| typed(kind, id, numbers, hostile));
    println!("{count} fields of {} kinds are set", Kind::ALL.len());
    // What was changed after a check follows from the change: its laws stand beside the rule.
    assert_eq!(missing, ["services.verified_as"]);
    // Every column of every row as well.
    for kind in Kind::ALL.iter().copied() {
        for (field, columns) in kind.editable_fields().filter_map(|field| Some((field, generate::columns(field)?))) {
            let records = (1..40).map(|seed| typed(kind, generate::id(kind, 40), &[seed], hostile));
            let rows: Vec<serde_json::Value> =
                records.flat_map(|record| generate::elements(&record, field.name)).collect();
            let never = columns.iter().find(|column| rows.iter().all(|row| row.get(column.name).is_none()));
            assert_eq!(never.map(|column| column.name), None, "{} of {}", field.name, kind.plural());
        }
    }
    let without = |kind: Kind, id, numbers: &[u64]| {
        let mut record = typed(kind, id, numbers, hostile);
        let emptied = kind.editable_fields().find(|field| !field.is_required).unwrap();
        record.set_field(emptied.name, "", generate::context()).unwrap();
        record
    };
    assert!(!never_set(without).0.is_empty(), "the count sees a field that is never set");
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn a_record_reads_as_it_was_written(record in any_record()) {
        let written = to_ron(&record).unwrap();
        prop_assert_eq!(from_ron(record.kind(), record.id(), &written).unwrap(), record);
        prop_assert!(!written.chars().any(|c| c != '\n' && c.is_control()));
    }

    /// What a form shows, typed again, is the same value; also where nobody could have typed it, nothing changes any
    /// more once it has been typed.
    #[test]
    fn what_is_shown_can_be_typed(kind in any_kind(), numbers in any_numbers()) {
        let id = generate::id(kind, 40);
        let (people, file) = (typed(kind, id, &numbers, hostile), from_file(kind, id, &numbers, hostile));
        prop_assert_eq!(untypable(&people, |record, field| record.format_field(field.name, known())), Vec::<String>::new());
        for field in kind.editable_fields() {
            let mut again = file.clone();
            if again.set_field(field.name, &file.format_field(field.name, known()), generate::context()).is_ok() {
                let steady = again.format_field(field.name, known());
                let mut once_more = again.clone();
                prop_assert_eq!(once_more.set_field(field.name, &steady, generate::context()), Ok(()));
                prop_assert_eq!(once_more.format_field(field.name, known()), steady, "{}", field.name);
            }
        }
    }
}

/// The fields in which typing what is shown gives another value, or is refused.
fn untypable(record: &AnyRecord, show: fn(&AnyRecord, &FieldInfo) -> String) -> Vec<String> {
    let mut wrong = Vec::new();
    for field in record.kind().editable_fields() {
        let shown = show(record, field);
        let mut again = record.clone();
        let set = again.set_field(field.name, &shown, generate::context());
        let is_kept_by_program = set.as_ref().is_err_and(|why| why.contains("never by hand"));
        if !is_kept_by_program && (set.is_err() || again != *record) {
            wrong.push(format!("{}.{}: {shown:?} {set:?}", record.kind().plural(), field.name));
        }
    }
    wrong
}

#[test]
fn the_law_of_typing_sees_a_wording_that_cannot_be_typed() {
    let record = typed(Kind::Service, generate::id(Kind::Service, 40), &[3], hostile);
    let read = |record: &AnyRecord, field: &FieldInfo| {
        record
            .show(field, folkmoot::model::Wording::Read(generate::today()), Audience::Colleagues, known())
            .into_words()
    };
    assert!(!untypable(&record, read).is_empty(), "tables are read with commas and typed with bars");
}

/// The id of a record that is not there is an id all the same; the title of one that is there is its title, however many
/// blanks are in it.
#[test]
fn a_reference_reads_as_it_was_typed() {
    let dir = new_workspace(false);
    let mut opened = open(dir.path());
    let parent = typed(Kind::Organisation, generate::id(Kind::Organisation, 2), &[0], |_, _| "Bed,  Bath".to_owned());
    super::save(&mut opened, &super::adding(parent));
    for (number, typed, wanted) in [(3, "O-ZZZZ", "O-ZZZZ"), (4, "Bed,  Bath", "O-0002"), (5, "bed, bath", "O-0002")] {
        let mut record = generate::typed(Kind::Organisation, generate::id(Kind::Organisation, number), &[0], hostile);
        let context = ParseContext { workspace: &opened.workspace, today: generate::today() };
        record.set_field("parent", typed, context).unwrap();
        super::save(&mut opened, &super::adding(record));
        let saved = open(dir.path()).workspace.get(generate::id(Kind::Organisation, number)).unwrap();
        assert_eq!(generate::json(&saved)["parent"], wanted, "{typed}");
    }
}

/// What is too long to be read from a file again is refused while it is typed, in every field; also where it becomes too
/// long only by making invisible signs visible.
#[test]
fn a_text_that_is_too_long_is_refused_where_it_is_typed() {
    let mut refused = 0;
    for kind in Kind::ALL.iter().copied() {
        for (field, length, sign) in
            kind.editable_fields().flat_map(|field| [(field, 70_000, "x"), (field, 60_000, "\u{1b}")])
        {
            let mut record = typed(kind, generate::id(kind, 40), &[0], |_, _| "x".to_owned());
            let text = match generate::columns(field) {
                Some(columns) => vec![sign.repeat(length); columns.len().min(2)].join(" | "),
                None => sign.repeat(length),
            };
            if record.set_field(field.name, &text, generate::context()).is_err() {
                refused += 1;
                continue;
            }
            let written = to_ron(&record).unwrap();
            let read = from_ron(kind, record.id(), &written);
            assert!(read.is_ok_and(|read| read == record), "{}.{} does not read back", kind.plural(), field.name);
        }
    }
    assert!(refused > 60, "{refused}");
}

/// A file as people leave them: comments, blank lines and odd spaces between the lines of the program.
fn untidy(text: &str, mess: &[u8]) -> (String, usize) {
    let mut out = String::new();
    let mut comments = 0;
    for (line, mess) in text.lines().zip(mess.iter().cycle()) {
        let is_inside_list = line.starts_with("        ");
        match mess % 7 {
            0 if !is_inside_list => {
                writeln!(out, "  // note {comments:03}!, with ) and \" in it").unwrap();
                comments += 1;
            }
            1 => out.push('\n'),
            2 if !is_inside_list => {
                write!(out, "/* note {comments:03}! /* nested */ */ ").unwrap();
                comments += 1;
            }
            _ => {}
        }
        out.push_str(line);
        if mess % 5 == 0 && !is_inside_list && !line.ends_with('[') {
            write!(out, " // note {comments:03}!").unwrap();
            comments += 1;
        }
        out.push('\n');
    }
    (out, comments)
}

/// The records of a kind as they are on the disk.
fn records(opened: &mut Opened, kind: Kind) -> Vec<AnyRecord> {
    if kind.is_resident() { opened.workspace.all(kind) } else { opened.store.load_kind(kind).unwrap() }
}

/// A change from what is on the disk to these records.
fn change_to(opened: &mut Opened, to: &[AnyRecord]) -> Change {
    let now = records(opened, to[0].kind());
    let before = |after: &AnyRecord| now.iter().find(|record| record.id() == after.id()).cloned();
    let gone = now.iter().filter(|record| !to.iter().any(|after| after.id() == record.id()));
    let gone = gone.filter_map(|record| Edit::new(Some(record.clone()), None));
    let edits = gone.chain(to.iter().filter_map(|after| Edit::new(before(after), Some(after.clone())))).collect();
    Change { edits, sentence: String::new() }
}

/// Records in a file that is then made untidy, some of them changed, and one added. Says what was in the file before and
/// after, and how many comments were in it.
fn saved(base: &[AnyRecord], after: &[AnyRecord], mess: &[u8]) -> (String, String, usize) {
    let kind = base[0].kind();
    let dir = new_workspace(false);
    let path = dir.path().join(folkmoot::store::file_name(kind));
    let mut opened = open(dir.path());
    let first = change_to(&mut opened, base);
    opened.store.commit(&first).unwrap();
    let (text, comments) = untidy(&fs::read_to_string(&path).unwrap(), mess);
    fs::write(&path, &text).unwrap();
    let mut opened = open(dir.path());
    assert_eq!(records(&mut opened, kind), base);
    let second = change_to(&mut opened, after);
    opened.store.commit(&second).unwrap();
    // A change notes by itself which checked facts it changed; nothing else of a record differs from what was given.
    let edited = |id| second.edits.iter().find(|edit| edit.id() == id).and_then(Edit::after);
    let noted = |one: &AnyRecord| match (one, edited(one.id())) {
        (AnyRecord::Service(one), Some(AnyRecord::Service(edited))) => {
            AnyRecord::from(Service { verified_as: edited.verified_as.clone(), ..Service::clone(one) })
        }
        _ => one.clone(),
    };
    let expected: Vec<AnyRecord> = after.iter().map(noted).collect();
    assert_eq!(records(&mut open(dir.path()), kind), expected);
    (text, fs::read_to_string(&path).unwrap(), comments)
}

proptest! {
    #![proptest_config(cases(super::heavy(60, 300) as u32))]

    #[test]
    fn comments_survive_whatever_is_saved(
        kind in any_kind(), numbers in vec(any_numbers(), 4..=4), which in 0..8u8, adds: bool,
        mess in vec(any::<u8>(), 20..60), edits in any::<[u64; 3]>(),
    ) {
        let make = |(at, numbers): (u32, &Vec<u64>)| from_file(kind, generate::id(kind, at), numbers, hostile);
        let base: Vec<AnyRecord> = [2, 4, 6].into_iter().zip(&numbers).map(make).collect();
        let mut after = base.clone();
        for (at, record) in after.iter_mut().enumerate().filter(|(at, _)| which >> at & 1 == 1) {
            let mut dice = generate::Dice::new(edits[at]);
            for field in kind.fields().filter(|_| dice.below(4) == 0).collect::<Vec<_>>() {
                *record = generate::edited(record, field, &mut dice, hostile);
            }
            let stamp = record.updated().0.after(record.updated().0);
            record.set_updated(Updated(stamp, "RS".into()));
        }
        if adds {
            after.insert(2, make((5, &numbers[3])));
        }
        let (before, text, comments) = saved(&base, &after, &mess);
        for number in 0..comments {
            let note = format!("note {number:03}!");
            prop_assert_eq!(text.matches(&note).count(), 1, "{}\n---- became ----\n{}", before, text);
        }
        if base == after {
            prop_assert_eq!(before, text);
        }
    }
}

// What is hidden ----------------------------------------------------------------------------------------------------------

/// Everybody who may look.
const AUDIENCES: [Audience; 3] =
    [Audience::Colleagues, Audience::Everyone { with_contacts: true }, Audience::Everyone { with_contacts: false }];

/// The marks of the fields that an audience must not see and that are in a text all the same.
fn leaked(record: &AnyRecord, audience: Audience, workspace: &Workspace, text: &str) -> Vec<String> {
    let seen = marks_in(text);
    let hidden = record.kind().fields().filter(|field| record.is_hidden(field, audience, workspace));
    let marks = hidden.flat_map(|field| marks_in(&generate::json(record)[field.name].to_string()));
    marks.filter(|mark| seen.contains(mark)).collect()
}

/// A record in which every text is a word of its own.
fn any_marked() -> impl Strategy<Value = AnyRecord> {
    (any_kind(), any_numbers()).prop_map(|(kind, numbers)| from_file(kind, generate::id(kind, 40), &numbers, marked))
}

proptest! {
    #![proptest_config(cases(300))]

    /// Nothing of a hidden field is in the record that is shown, however it is written down.
    #[test]
    fn what_is_hidden_is_not_in_what_is_visible(record in any_marked()) {
        for audience in AUDIENCES {
            let visible = record.visible_to(audience, known());
            let written = to_ron(&visible).unwrap() + &format!("{visible:?}");
            prop_assert_eq!(leaked(&record, audience, known(), &written), Vec::<String>::new());
            for field in record.kind().fields() {
                let shown = format!("{:?}", record.show(field, folkmoot::model::Wording::Typed, audience, known()));
                prop_assert_eq!(leaked(&record, audience, known(), &shown), Vec::<String>::new());
                if record.is_hidden(field, audience, known()) {
                    prop_assert!(visible.is_blank(field.name), "{} is hidden and is there", field.name);
                }
            }
            // Who edits what is visible takes nothing away of what is not.
            let back = visible.with_unseen_fields_of(&record, audience, known());
            let names = record.differing(&back);
            prop_assert!(names.iter().all(|name| !hides(&record, name, audience)), "{:?} did not come back", names);
        }
    }
}

fn hides(record: &AnyRecord, name: &str, audience: Audience) -> bool {
    record.kind().field(name).is_some_and(|field| record.is_hidden(field, audience, known()))
}

/// The law can fail: it sees what a record says that was shown to the wrong audience, and a field that was forgotten.
#[test]
fn the_law_of_hiding_sees_what_is_shown() {
    let mut seen = 0;
    for kind in Kind::ALL.iter().copied() {
        let record = from_file(kind, generate::id(kind, 40), &[5], marked);
        for audience in AUDIENCES {
            let hidden: Vec<_> = kind.fields().filter(|field| record.is_hidden(field, audience, known())).collect();
            let marks = hidden.iter().map(|field| marks_in(&generate::json(&record)[field.name].to_string()).len());
            let all = to_ron(&record).unwrap();
            assert_eq!(leaked(&record, audience, known(), &all).len(), marks.sum::<usize>());
            seen += leaked(&record, audience, known(), &all).len();
        }
    }
    assert!(seen > 20, "{seen} marks of hidden fields");
}
