//! Tables of records for spreadsheets, and calendars: what is written comes back, and nothing else happens.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod generate;

use std::path::Path;

use assert_cmd::Command;
use folkmoot::exchange::calendar;
use folkmoot::exchange::of_kind::{TableContext, plan, write};
use folkmoot::model::{
    Action, AnyRecord, Audience, Author, Kind, Partnership, Shown, SplitMix64, Timestamp, Updated, Workspace,
};
use folkmoot::store::{self, Mode, Store};
use generate::{from_file, hostile, typed};

fn run(dir: &Path, arguments: &[&str]) -> (String, i32, String) {
    let mut command = Command::cargo_bin("moot").unwrap();
    command.env_remove("MOOT_WORKSPACE").env_remove("MOOT_AS").env("HOME", dir).current_dir(dir);
    let output = command.args(["-w", ".", "--as", "KP"]).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), output.status.code().unwrap(), text(&output.stderr))
}

fn sample() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    store::init(dir.path(), "Table of the North", true).unwrap();
    dir
}

fn author() -> Author {
    Author { by: "KP".into(), at: Timestamp::from_seconds(1_795_255_200), today: generate::today() }
}

fn tables() -> impl Iterator<Item = Kind> {
    Kind::ALL.iter().copied().filter(|kind| kind.is_addable() && !kind.is_private())
}

/// A workspace with a dozen records of a kind that hold whatever texts can hold.
fn generated(kind: Kind, seed: u64) -> Workspace {
    let mut workspace = generate::known().clone();
    for number in 0..12 {
        let make = if number % 2 == 0 { typed } else { from_file };
        let record =
            make(kind, generate::id(kind, 100 + number), &[(seed + u64::from(number) + 1) * 1_000_003], hostile);
        workspace.place(record.id(), Some(record));
    }
    workspace
}

/// What comes back changes nothing, whoever it was written for: a cell that says what the record says leaves it alone.
#[test]
fn what_was_written_comes_back_unchanged() {
    let mut rows = 0;
    for kind in tables() {
        for seed in 0..8 {
            let workspace = generated(kind, seed * 100);
            for audience in [
                Audience::Colleagues,
                Audience::Everyone { with_contacts: true },
                Audience::Everyone { with_contacts: false },
            ] {
                let records = workspace.all(kind);
                let table = write(kind, &records, audience, &workspace, Shown::into_value).unwrap();
                let context = TableContext { kind, workspace: &workspace, author: &author() };
                let text = String::from_utf8(table).unwrap();
                match plan(&text, &context, &mut SplitMix64::new(7)) {
                    Ok(plan) => assert_eq!(plan.made, Vec::<String>::new(), "{kind:?}, {audience:?}:\n{text}"),
                    Err(error) => panic!("{kind:?}, {audience:?}: {error}\n{text}"),
                }
                rows += records.len();
            }
        }
    }
    assert!(rows > 1_000, "{rows}");
}

#[test]
fn a_changed_cell_changes_that_field_and_a_new_row_adds() {
    let dir = sample();
    let dir = dir.path();
    let (said, code, _) = run(dir, &["export", "csv", "services", "services.csv"]);
    assert_eq!((said, code), (format!("67 services written to {}\n", dir.join("services.csv").display()), 0));
    let table = std::fs::read_to_string(dir.join("services.csv")).unwrap();
    assert!(!table.contains("Eleven volunteers"), "notes stay here");
    let (said, code, _) = run(dir, &["import", "csv", "services", "services.csv"]);
    assert_eq!((said.as_str(), code), ("the services here are as the table says\n", 0));
    let changed = "id,name,phone\nS-2K9N,Garden of Quiet Work,'+44 1632 960999\n,Night Kitchen,01632 960998\n";
    std::fs::write(dir.join("changed.csv"), changed).unwrap();
    let before = std::fs::read_to_string(dir.join("services.ron")).unwrap();
    let (said, code, _) = run(dir, &["import", "csv", "services", "changed.csv", "--dry-run"]);
    assert_eq!(code, 0);
    assert!(
        said.contains("row 2: Garden of Quiet Work changed: phone") && said.contains("row 3: Night Kitchen added"),
        "{said}"
    );
    assert_eq!(std::fs::read_to_string(dir.join("services.ron")).unwrap(), before, "a rehearsal writes nothing");
    let (said, _, _) = run(dir, &["import", "csv", "services", "changed.csv"]);
    assert_eq!(said, "1 service added and 1 changed\n");
    let (shown, _, _) = run(dir, &["show", "S-2K9N"]);
    assert!(shown.contains("+44 1632 960999") && shown.contains("Allotment mornings"), "{shown}");
    assert!(run(dir, &["show", "Night Kitchen"]).0.contains("01632 960998"));
}

#[test]
fn every_mistake_is_named_with_its_row_and_column_and_nothing_is_changed() {
    let dir = sample();
    let dir = dir.path();
    let before = std::fs::read_to_string(dir.join("services.ron")).unwrap();
    for (table, expected) in [
        ("id,name,ages\nS-2K9N,Good name,18+\nS-3985,Other,old\n", "row 3, column ages: write ages as"),
        ("id,name\nS-ZZZZ,Nobody\n", "row 2, column id: there is no service S-ZZZZ here"),
        ("id,name\nP-1MGH,Nobody\n", "row 2, column id: there is no service P-1MGH here"),
        ("id,name\nS-2K9N,A\nS-2K9N,B\n", "row 3, column id: S-2K9N stands in another row already"),
        ("id,nam\nS-2K9N,A\n", "column \"nam\": a service has no such field"),
        ("id,verified\nS-2K9N,today\n", "column verified: this is kept by the program"),
        ("id,name,Name\nS-2K9N,A,B\n", "column name is there twice"),
        ("name,phone\n,01632 960001\n", "row 2, the name is missing"),
        ("id,name\nS-2K9N,A,beyond\n", "row 2, a cell behind the last column says \"beyond\""),
        ("id,capacity\nS-2K9N,7 of 6\n", "row 2, column capacity: more places are free than there are"),
    ] {
        std::fs::write(dir.join("wrong.csv"), table).unwrap();
        let (said, code, error) = run(dir, &["import", "csv", "services", "wrong.csv"]);
        assert!(code != 0 && said.is_empty() && error.contains(expected), "{table}{code} {error}");
        assert_eq!(std::fs::read_to_string(dir.join("services.ron")).unwrap(), before);
    }
    for (arguments, expected) in [
        (&["export", "csv", "ballots", "out.csv"][..], "there is no table of \"ballots\""),
        (&["import", "xls", "services", "wrong.csv"], "write: moot import csv KIND FILE"),
        (&["import", "csv", "services", "absent.csv"], "cannot be read"),
        (&["export", "ics", "dates", "out.ics"], "moot export ics PATH"),
    ] {
        let (_, code, error) = run(dir, arguments);
        assert!(code != 0 && error.contains(expected), "{arguments:?}: {code} {error}");
    }
}

/// A refuge's table has no address in it, and bringing it back does not take the address away.
#[test]
fn what_is_hidden_survives_the_way_out_and_back() {
    let dir = sample();
    let opened = Store::open(dir.path(), Mode::Read).unwrap();
    let hidden = |workspace: &Workspace| -> Vec<AnyRecord> {
        let all = workspace.services.iter().filter(|service| service.hide_address);
        all.map(|service| AnyRecord::Service(service.clone())).collect()
    };
    let refuges = hidden(&opened.workspace);
    assert!(!refuges.is_empty());
    for arguments in [&["export", "csv", "services", "out.csv"][..], &["export", "csv", "people", "people.csv"]] {
        assert_eq!(run(dir.path(), arguments).1, 0);
    }
    let table = std::fs::read_to_string(dir.path().join("out.csv")).unwrap();
    let changed = table.replacen("Wren House Refuge", "Wren House for women", 1);
    assert_ne!(table, changed);
    std::fs::write(dir.path().join("out.csv"), changed).unwrap();
    assert_eq!(run(dir.path(), &["import", "csv", "services", "out.csv"]).0, "1 service changed\n");
    let now = hidden(&Store::open(dir.path(), Mode::Read).unwrap().workspace);
    let places = |records: &[AnyRecord]| -> Vec<String> {
        records.iter().map(|record| record.format_field("locations", &Workspace::default())).collect()
    };
    assert_eq!(places(&now), places(&refuges));
    let people = std::fs::read_to_string(dir.path().join("people.csv")).unwrap();
    assert!(people.contains("Katy Pascoe") && !people.contains("Olive Paddock"), "{people}");
    let (said, _, error) = run(dir.path(), &["import", "csv", "people", "people.csv"]);
    assert_eq!(said, "the people here are as the table says\n", "{error}");
}

/// Semicolons, Windows line ends, a byte order mark and the labels of the form, as spreadsheets write them here.
#[test]
fn what_a_spreadsheet_makes_of_a_table_is_read() {
    let dir = sample();
    let table = "\u{feff}id;Name;Summary\r\nS-2K9N;Garden of Quiet Work;\"two\r\nlines\"\r\n;;\r\n";
    std::fs::write(dir.path().join("sheet.csv"), table).unwrap();
    let (said, _, error) = run(dir.path(), &["import", "csv", "services", "sheet.csv"]);
    assert_eq!(said, "1 service changed\n", "{error}");
    let opened = Store::open(dir.path(), Mode::Read).unwrap();
    let garden = opened.workspace.services.get("S-2K9N".parse().unwrap()).unwrap().clone();
    assert_eq!(garden.summary.as_deref(), Some("two\nlines"));
}

/// What an independent reader makes of a calendar: the properties of its events.
fn read_calendar(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut calendars = ical::IcalParser::new(text.as_bytes());
    let calendar = calendars.next().unwrap().unwrap();
    let unescaped =
        |text: String| text.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
    let properties = |event: ical::parser::ical::component::IcalEvent| {
        event.properties.into_iter().map(|one| (one.name, unescaped(one.value.unwrap_or_default()))).collect()
    };
    calendar.events.into_iter().map(properties).collect()
}

#[test]
fn a_calendar_is_read_by_others_and_written_again_doubles_nothing() {
    let mut workspace = Workspace::default();
    let id = |text: &str| text.parse().unwrap();
    let what = "Ring the landlords; ask for \"one friend\" each, then write it down – all of it – in the list that everybody keeps";
    let updated = Updated(Timestamp::from_seconds(1_795_255_200), "KP".into());
    workspace.place(
        id("W-0001"),
        Some(Partnership { id: id("W-0001"), name: "North".into(), ..Partnership::default() }.into()),
    );
    let due = Some("2026-12-04".parse().unwrap());
    let action = Action { id: id("A-0001"), what: what.into(), due, updated, ..Action::default() };
    workspace.place(action.id, Some(action.clone().into()));
    let calendar = calendar::of(&workspace, generate::today());
    assert_eq!(calendar.dates, 1);
    assert!(calendar.text.split("\r\n").all(|line| line.len() <= 75), "lines are folded: {}", calendar.text);
    let events = read_calendar(&calendar.text);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["SUMMARY"], format!("Due: {what}"));
    assert_eq!((events[0]["DTSTART"].as_str(), events[0]["DTSTAMP"].as_str()), ("20261204", "20261121T100000Z"));
    assert_eq!(events[0]["UID"], "A-0001.due.W-0001@folkmoot");
    assert_eq!(
        calendar::of(&workspace, generate::today()).text,
        calendar.text,
        "the same workspace gives the same file"
    );
    let moved = Action { due: Some("2026-12-11".parse().unwrap()), ..action };
    workspace.place(moved.id, Some(moved.into()));
    let again = read_calendar(&calendar::of(&workspace, generate::today()).text);
    assert_eq!((again[0]["UID"].as_str(), again[0]["DTSTART"].as_str()), (events[0]["UID"].as_str(), "20261211"));
}

#[test]
fn the_calendar_of_the_sample_is_written() {
    let dir = sample();
    let (said, code, error) = run(dir.path(), &["export", "ics", "dates.ics"]);
    assert_eq!(code, 0, "{error}");
    let events = read_calendar(&std::fs::read_to_string(dir.path().join("dates.ics")).unwrap());
    let path = dir.path().join("dates.ics");
    assert_eq!(said, format!("{} dates written to {}\n", events.len(), path.display()));
    let ids: std::collections::BTreeSet<&str> = events.iter().map(|event| event["UID"].as_str()).collect();
    assert_eq!(ids.len(), events.len(), "no id twice");
}
