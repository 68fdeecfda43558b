//! Laws that hold for whatever records and files: reading gives back what was written, a save changes nothing else, and
//! merging agrees with itself. `PROPTEST_CASES` sets how many cases are tried.

use std::fmt::Write as _;
use std::fs;

use folkmoot::model::choice::{Choice, Set};
use folkmoot::model::merge::{Merged, merge};
use folkmoot::model::place::Point;
use folkmoot::model::service::{Ages, Contact, Location, Need, Status, Verified};
use folkmoot::model::{AnyRecord, Change, Edit, FieldType, Id, Kind, Ref, Service, Text, Timestamp, Updated};
use folkmoot::store::{Mode, Store, from_ron, to_ron};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::{new_workspace, open};

/// As many cases as the environment says, else `usual`.
fn cases(usual: u32) -> ProptestConfig {
    let said = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    ProptestConfig { cases: said.unwrap_or(usual), failure_persistence: None, ..ProptestConfig::default() }
}

/// Texts with everything in them that could matter to a file.
fn any_text() -> impl Strategy<Value = Text> {
    let hostile = prop_oneof![
        Just("\"".to_owned()),
        Just("\\".to_owned()),
        Just("'".to_owned()),
        Just("\n".to_owned()),
        Just("// no comment".to_owned()),
        Just("/* ".to_owned()),
        Just("),".to_owned()),
        Just("}\u{1b}[31m".to_owned()),
        Just("r#\"".to_owned()),
        Just("<<<<<<< HEAD\n".to_owned()),
        Just("e\u{301}\u{301}".to_owned()),
        Just("–ß漢\u{202e}\u{feff}".to_owned()),
        "[a-z ]{0,12}",
        any::<char>().prop_map(String::from),
    ];
    vec(hostile, 1..5).prop_map(|parts| Text::new(&parts.concat()))
}

fn any_set() -> impl Strategy<Value = Set<Need>> {
    vec(0..Need::ALL.len(), 0..4).prop_map(|places| places.into_iter().map(|place| Need::ALL[place]).collect())
}

fn any_service(at: Id) -> impl Strategy<Value = Service> {
    let location =
        (option::of(any_text()), option::of((-90.0..90.0, -180.0..180.0))).prop_map(|(name, point)| Location {
            name,
            town: Some("Poole".into()),
            point: point.map(|(lat, lon)| Point(lat, lon)),
            ..Location::default()
        });
    let contact = any_text().prop_map(|name| Contact { name: Some(name), ..Contact::default() });
    let texts = (any_text(), option::of(any_text()), option::of(any_text()), vec(any_text(), 0..4), any_set());
    let others = (vec(location, 0..3), vec(contact, 0..3), 0..4usize, any::<bool>(), option::of(any_text()), 0..50i64);
    (texts, others).prop_map(
        move |((name, phone, notes, aliases, needs), (locations, contacts, status, hide, by, at_second))| Service {
            id: at,
            name: Text::new(&format!("x{name}")),
            organisation: Some(Ref::record("O-0001".parse().unwrap())).filter(|_| hide),
            phone,
            notes,
            aliases,
            needs,
            locations,
            contacts,
            status: Status::ALL[status % Status::ALL.len()],
            hide_address: hide,
            ages: hide.then_some(Ages { from: Some(16), to: None }),
            verified: by.clone().map(|by| Verified {
                on: Timestamp::from_seconds(1_700_000_000).date(),
                by: Some(by),
                how: None,
            }),
            updated: Updated(Timestamp::from_seconds(at_second), by.unwrap_or_default()),
            ..Service::default()
        },
    )
}

fn any_record(at: &'static str) -> impl Strategy<Value = AnyRecord> {
    any_service(at.parse().unwrap()).prop_map(AnyRecord::from)
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn a_record_reads_as_it_was_written(record in any_record("S-0001")) {
        let written = to_ron(&record).unwrap();
        prop_assert_eq!(from_ron(Kind::Service, record.id(), &written).unwrap(), record);
        prop_assert!(!written.chars().any(|c| c != '\n' && c.is_control()));
    }
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

const IDS: [&str; 3] = ["S-0002", "S-0004", "S-0006"];

/// `base` in a file with the mess, then changed to `after`, with a record added. Says what was in the file before and
/// after, and how many comments were in it.
fn saved(base: &[Service], after: &[Service], new: Option<&Service>, mess: &[u8]) -> (String, String, usize) {
    let dir = new_workspace(false);
    let path = dir.path().join("services.ron");
    let edits = |from: Option<&[Service]>, to: &[Service]| -> Vec<Edit> {
        let before = |at: usize| from.map(|all| AnyRecord::from(all[at].clone()));
        let edit = |(at, record): (usize, &Service)| Edit::new(before(at), Some(record.clone().into()));
        to.iter().enumerate().filter_map(edit).collect()
    };
    let mut opened = open(dir.path());
    opened.store.commit(&Change { edits: edits(None, base), sentence: String::new() }).unwrap();
    let (text, comments) = untidy(&fs::read_to_string(&path).unwrap(), mess);
    fs::write(&path, &text).unwrap();
    let mut opened = open(dir.path());
    assert_eq!(opened.workspace.services.len(), base.len());
    let mut change = edits(Some(base), after);
    change.extend(new.and_then(|record| Edit::new(None, Some(record.clone().into()))));
    let change = Change { edits: change, sentence: String::new() };
    opened.store.commit(&change).unwrap();
    let again = open(dir.path());
    for record in after.iter().chain(new) {
        assert_eq!(again.workspace.services.get(record.id).unwrap().as_ref(), record);
    }
    assert_eq!(again.workspace.services.len(), base.len() + usize::from(new.is_some()));
    (text, fs::read_to_string(&path).unwrap(), comments)
}

fn any_three() -> impl Strategy<Value = Vec<Service>> {
    IDS.into_iter().map(|id| any_service(id.parse().unwrap())).collect::<Vec<_>>()
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn comments_survive_whatever_is_saved(
        base in any_three(), mut after in any_three(), which in 0..8u8, mess in vec(any::<u8>(), 20..60),
        new in option::of(any_service("S-0005".parse().unwrap())),
    ) {
        for (at, (after, base)) in after.iter_mut().zip(&base).enumerate() {
            if which >> at & 1 == 1 {
                after.updated.0 = base.updated.0.after(after.updated.0);
            } else {
                *after = base.clone();
            }
        }
        let (before, text, comments) = saved(&base, &after, new.as_ref(), &mess);
        for number in 0..comments {
            let note = format!("note {number:03}!");
            prop_assert_eq!(text.matches(&note).count(), 1, "{}\n---- became ----\n{}", before, text);
        }
        if which == 0 && new.is_none() {
            prop_assert_eq!(before, text);
        }
    }
}

/// One side's version of a base, sharing some fields with it, so that merges meet every case.
fn mixed(base: &Service, other: &Service, which: u8) -> AnyRecord {
    let mut mixed = base.clone();
    if which & 1 > 0 {
        mixed.phone.clone_from(&other.phone);
        mixed.notes.clone_from(&other.notes);
    }
    if which & 2 > 0 {
        mixed.aliases.clone_from(&other.aliases);
    }
    if which & 4 > 0 {
        mixed.needs = other.needs;
        mixed.locations.clone_from(&other.locations);
    }
    if which > 0 {
        mixed.updated = other.updated.clone();
    }
    mixed.into()
}

fn any_sides() -> impl Strategy<Value = (Option<AnyRecord>, Option<AnyRecord>, Option<AnyRecord>)> {
    let one = || any_service("S-0001".parse().unwrap());
    let sides = (one(), one(), one(), 0..8u8, 0..8u8, 0..12u8);
    sides.prop_map(|(base, one, other, left, right, gone)| {
        let (left, right) = (mixed(&base, &one, left), mixed(&base, &other, right));
        match gone {
            0 => (None, Some(left), Some(right)),
            1 => (Some(base.into()), None, Some(right)),
            2 => (Some(base.into()), Some(left), None),
            3 => (Some(base.into()), None, None),
            _ => (Some(base.into()), Some(left), Some(right)),
        }
    })
}

/// What of the two sides is neither in the merged record nor reported as lost.
fn unreported(
    base: Option<&AnyRecord>,
    ours: Option<&AnyRecord>,
    theirs: Option<&AnyRecord>,
    merged: &Merged,
) -> Option<String> {
    let is_removed = base.is_some() && (ours.is_none() || theirs.is_none());
    let Some(kept) = &merged.record else {
        // A record may only go if nobody has edited it.
        let is_edited = [ours, theirs].into_iter().any(|side| side.is_some() && side != base);
        return is_edited.then(|| "an edit gave way to a removal".to_owned());
    };
    if is_removed {
        let is_told = merged.lost.as_ref().is_some_and(|lost| lost.version.is_none());
        return (!is_told).then(|| "a removal was overruled".to_owned());
    }
    let (Some(ours), Some(theirs)) = (ours, theirs) else { return None };
    let blank = kept.kind().blank(kept.id());
    let base = base.unwrap_or(&blank);
    let lost: &[&str] = merged.lost.as_ref().map_or(&[], |lost| &lost.fields);
    for (side, other) in [(ours, theirs), (theirs, ours)] {
        // Every field a side changed is in the result, is of a list that was united, or is lost, and kept as this side has it.
        let is_kept = |field: &str| {
            lost.contains(&field)
                && merged.lost.as_ref().is_some_and(|lost| {
                    let version = lost.version.as_ref();
                    version == Some(side) || version == Some(other) && !side.differing(kept).contains(&field)
                })
        };
        // Sets are united and rows merged one by one; laws of their own hold for those.
        let is_list = |field_type| {
            use FieldType::{Areas, References, Rows, Some, Words};
            matches!(field_type, Words | Areas | Some(_) | References(_) | Rows(_))
        };
        let is_united = |field: &str| kept.kind().field(field).is_some_and(|field| is_list(field.field_type));
        let missing = side.differing(base).into_iter().filter(|field| side.differing(kept).contains(field));
        if let Some(field) = missing.into_iter().find(|field| !is_united(field) && !is_kept(field)) {
            return Some(format!("{field} vanished"));
        }
    }
    None
}

/// The law can fail: it finds each part of a merge that is taken away.
#[test]
fn the_law_of_losses_sees_what_is_missing() {
    let at = |phone: &str, seconds| {
        let service = super::service("S-0001", "Nightstop", seconds);
        AnyRecord::from(Service { phone: Some(phone.into()), ..service })
    };
    let (base, ours, theirs) = (at("0", 1), at("1", 3), at("2", 2));
    let conflict = merge(Some(&base), Some(&ours), Some(&theirs));
    let removal = merge(Some(&base), Some(&ours), None);
    let find = |theirs, merged: &Merged| unreported(Some(&base), Some(&ours), theirs, merged);
    assert_eq!((find(Some(&theirs), &conflict), find(None, &removal)), (None, None));
    let silent = |merged: &Merged| Merged { lost: None, ..merged.clone() };
    assert_eq!(find(Some(&theirs), &silent(&conflict)).as_deref(), Some("phone vanished"));
    assert_eq!(find(None, &silent(&removal)).as_deref(), Some("a removal was overruled"));
    let gone = Merged { record: None, lost: None };
    assert_eq!(find(None, &gone).as_deref(), Some("an edit gave way to a removal"));
    let mut wrong = conflict;
    wrong.lost.as_mut().unwrap().version = Some(ours.clone());
    assert_eq!(find(Some(&theirs), &wrong).as_deref(), Some("phone vanished"), "the winner was kept as the loser");
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn both_directions_of_a_merge_agree((base, ours, theirs) in any_sides()) {
        let one = merge(base.as_ref(), ours.as_ref(), theirs.as_ref());
        let other = merge(base.as_ref(), theirs.as_ref(), ours.as_ref());
        prop_assert_eq!(&one.record, &other.record);
        prop_assert_eq!(one.lost.is_some(), other.lost.is_some());
        let names = |merged: &Merged| merged.lost.as_ref().map(|lost| lost.fields.clone());
        prop_assert_eq!(names(&one), names(&other));
    }

    #[test]
    fn merging_again_changes_nothing((base, ours, theirs) in any_sides()) {
        let once = merge(base.as_ref(), ours.as_ref(), theirs.as_ref()).record;
        let same = merge(base.as_ref(), once.as_ref(), once.as_ref());
        prop_assert_eq!(&same.record, &once);
        prop_assert_eq!(same.lost, None);
        prop_assert_eq!(merge(theirs.as_ref(), once.as_ref(), theirs.as_ref()).record, once.clone());
        prop_assert_eq!(merge(base.as_ref(), ours.as_ref(), base.as_ref()).record, ours.clone());
        prop_assert_eq!(merge(base.as_ref(), base.as_ref(), theirs.as_ref()).record, theirs);
    }

    #[test]
    fn nothing_is_lost_unreported((base, ours, theirs) in any_sides()) {
        let merged = merge(base.as_ref(), ours.as_ref(), theirs.as_ref());
        prop_assert_eq!(unreported(base.as_ref(), ours.as_ref(), theirs.as_ref(), &merged), None);
    }

    #[test]
    fn sets_are_united((base, ours, theirs) in any_sides()) {
        let merged = merge(base.as_ref(), ours.as_ref(), theirs.as_ref()).record;
        let of = |record: &Option<AnyRecord>| match record {
            Some(AnyRecord::Service(service)) => Some((service.needs, service.aliases.clone())),
            _ => None,
        };
        let (Some((base, old)), Some((ours, mine)), Some((theirs, yours)), Some((merged, all))) =
            (of(&base), of(&ours), of(&theirs), of(&merged)) else { return Ok(()); };
        for need in Need::ALL {
            let wanted = if base.has(*need) { ours.has(*need) && theirs.has(*need) } else { ours.has(*need) || theirs.has(*need) };
            prop_assert_eq!(merged.has(*need), wanted);
        }
        for alias in mine.iter().chain(&yours).filter(|alias| !old.contains(alias)) {
            prop_assert!(all.contains(alias), "an addition vanished");
        }
    }
}

/// What saves of two people, in either order and with any bases, make of one file.
#[test]
fn a_stale_base_loses_nothing() {
    let dir = new_workspace(false);
    let mut first = open(dir.path());
    super::save(&mut first, &super::adding(super::service("S-0001", "x", 1)));
    let mut stores: Vec<_> = (0..8).map(|_| Store::open(dir.path(), Mode::Write).unwrap()).collect();
    for round in 0..25 {
        for (who, opened) in stores.iter_mut().enumerate() {
            let change =
                super::changing(opened, "S-0001", "KP", |s| s.aliases.push(format!("{who}-{round}").as_str().into()));
            super::save(opened, &change);
        }
    }
    let last = open(dir.path());
    let aliases = &last.workspace.services.get("S-0001".parse().unwrap()).unwrap().aliases;
    assert_eq!(aliases.len(), 8 * 25);
}
