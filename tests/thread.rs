//! The thread: from any record to the question and back, in the model, by keys and on the command line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use std::collections::{BTreeMap, BTreeSet};

use folkmoot::model::thread::{Step, Thread, What, thread};
use folkmoot::model::{Id, Kind, Workspace};
use folkmoot::store::{Mode, Store};
use harness::{Harness, today};

fn sample() -> Workspace {
    Store::open(harness::sample_dir().path(), Mode::Read).unwrap().workspace
}

/// The threads of everything that has one.
fn threads(workspace: &Workspace) -> BTreeMap<Id, Thread> {
    let all = Kind::ALL.iter().filter(|kind| kind.is_resident()).flat_map(|kind| workspace.all(*kind));
    all.filter_map(|record| Some((record.id(), thread(workspace, record.id())?))).collect()
}

#[test]
fn what_one_thread_holds_holds_it_in_its_own() {
    let workspace = sample();
    let threads = threads(&workspace);
    let on_the_line: BTreeSet<Id> = threads.values().filter(|one| one.step.is_some()).map(|one| one.present).collect();
    let mut ties = 0;
    for (one, other) in on_the_line.iter().flat_map(|one| on_the_line.iter().map(move |other| (one, other))) {
        assert_eq!(threads[one].holds(*other), threads[other].holds(*one), "{one} and {other}");
        ties += usize::from(threads[one].holds(*other));
    }
    assert!(ties > 500, "the sample is tied together: {ties}");
}

#[test]
fn every_record_of_the_event_reaches_its_question_and_is_reached_from_it() {
    let workspace = sample();
    let threads = threads(&workspace);
    let event = workspace.events.iter().next().unwrap().id;
    for kind in [Kind::Topic, Kind::Recommendation, Kind::Theme, Kind::Round] {
        for record in workspace.all(kind) {
            assert!(threads[&record.id()].holds(event), "{} leads to the question", record.id());
            assert!(threads[&event].holds(record.id()), "the question leads to {}", record.id());
        }
    }
    let named = |id: Id| {
        let one = &threads[&id];
        let names = one.holds(event);
        (names, one.is_alone())
    };
    for person in &workspace.events.get(event).unwrap().delegates {
        assert!(named(person.id().unwrap()).0, "{person:?} was there");
    }
}

#[test]
fn gaps_are_said_in_words() {
    let workspace = sample();
    let topic = workspace.topics.iter().next().unwrap();
    let lines = thread(&workspace, topic.id).unwrap().lines(&workspace, today(), &BTreeSet::new());
    let gaps: Vec<&str> = lines.iter().filter(|line| line.what == What::Gap).map(|line| line.text.as_str()).collect();
    assert!(gaps.contains(&"nobody told yet"), "{gaps:?}");
    assert!(lines.iter().any(|line| line.is_present && line.step == Step::Topic), "{lines:?}");
}

/// What stands on the line of the cursor.
fn line(harness: &Harness) -> String {
    let (_, cursor) = harness.buffer(harness::MONO);
    harness.screen().lines().nth(cursor.unwrap().y.into()).unwrap().to_owned()
}

/// Goes down to the line that says something.
fn to(harness: &mut Harness, text: &str) {
    harness.press("<home>");
    for _ in 0..60 {
        if line(harness).contains(text) {
            return;
        }
        harness.press("<down>");
    }
    panic!("no line says {text}: {}", harness.screen());
}

#[test]
fn one_key_opens_the_thread_wherever_a_record_is_selected() {
    for keys in ["1", "1<enter>", "2", "2m", "2mm", "2<enter>", "3", "3r", "3rj", "3m", "3m<tab>", "6", "6<enter>"] {
        let mut harness = Harness::sample();
        let before = harness.press(keys).screen();
        harness.press("t");
        assert!(harness.screen().contains(" Thread of "), "{keys}: {}", harness.screen());
        harness.press("<esc>");
        assert_eq!(harness.screen(), before, "{keys}: back to where one was");
    }
}

#[test]
fn where_nothing_is_selected_it_is_said_what_to_do() {
    for keys in ["1mm", "1/zzyzx qqwqq<enter>"] {
        let mut harness = Harness::sample();
        harness.press(keys).press("t");
        assert_eq!(harness.said(), "no record is selected: move to one to see its thread", "{keys}");
    }
}

#[test]
fn a_step_is_opened_on_its_own_screen_and_left_for_where_one_was() {
    let mut harness = Harness::sample();
    let before = harness.press("2<right>").screen();
    let thread = harness.press("t").screen();
    to(&mut harness, "nobody told yet");
    harness.press("<enter>");
    assert_eq!(harness.said(), "nothing stands here yet: move to a record");
    to(&mut harness, "Theme");
    let with_cursor = harness.screen();
    harness.press("<enter>");
    assert!(
        harness.screen().contains("3 Votes") && harness.screen().contains("Priority since"),
        "{}",
        harness.screen()
    );
    harness.press("<esc>");
    assert_eq!(harness.screen(), with_cursor, "the thread again");
    harness.press("<home><esc>");
    assert_eq!(harness.screen(), before, "and the wall");
    assert_ne!(thread, before);
}

/// A search that would hide the record is cleared, and comes back with the way back.
#[test]
fn a_search_gives_way_and_comes_back() {
    let mut harness = Harness::sample();
    let before = harness.press("2m/17.2<enter>").screen();
    harness.press("t<home><down><enter>");
    assert!(
        harness.screen().contains("17 No address") && harness.screen().contains("Conveners"),
        "{}",
        harness.screen()
    );
    harness.press("<esc><esc>");
    assert_eq!(harness.screen(), before);
}

#[test]
fn the_thread_goes_on_from_a_step_and_comes_back() {
    let mut harness = Harness::sample();
    let first = harness.press("2m/17.2<enter>t").screen();
    harness.press("t");
    assert_eq!(harness.said(), "this is the thread of this record already");
    harness.press("<home><down>t");
    assert!(harness.screen().contains("Thread of 17 No address"), "{}", harness.screen());
    harness.press("<home>t");
    assert!(harness.screen().contains("Thread of Improving"), "{}", harness.screen());
    harness.press("<down><down><down><down><down>");
    assert!(line(&harness).contains("more"), "{}", line(&harness));
    let folded = harness.screen();
    harness.press("<enter>");
    assert!(harness.screen() != folded && !line(&harness).contains("more"), "{}", harness.screen());
    harness.press("<esc><esc>");
    assert_eq!(harness.screen(), first);
}

#[test]
fn a_colleagues_change_is_seen_in_an_open_thread() {
    let mut harness = Harness::sample();
    harness.press("2m/17.2<enter>t");
    let id = harness.saved().recommendations.iter().find(|one| one.text.contains("list of landlords")).unwrap().id;
    harness.colleague(|workspace, author| harness::set(workspace, author, id, "answer", "taken elsewhere"));
    assert!(harness.screen().contains("taken elsewhere"), "{}", harness.screen());
}

#[test]
fn the_shell_prints_the_thread() {
    let dir = harness::sample_dir();
    let moot = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_moot"));
        let output = command.arg("-w").arg(dir.path()).args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    let (code, text) = moot(&["thread", "17.2"]);
    assert_eq!(code, Some(0));
    assert!(text.lines().any(|line| line.starts_with("*  Recommendation") && line.contains("17.2")), "{text}");
    assert!(text.contains("13 dots, rank 5 of 71") && text.contains("no action yet"), "{text}");
    let (_, text) = moot(&["thread", "17.2", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let lines = json["thread"].as_array().unwrap();
    assert!(lines.iter().any(|line| line["present"] == true && line["step"] == "recommendation"), "{text}");
    assert!(lines.iter().any(|line| line["gap"] == true && line["id"].is_null()), "{text}");
    assert_eq!(moot(&["thread", "nobody at all"]).0, Some(1));
    let ballot = Store::open(dir.path(), Mode::Read).unwrap().workspace.ballots.iter().next().unwrap().id.to_string();
    let (code, text) = moot(&["thread", &ballot]);
    assert!(code == Some(5) && text.contains("belongs to no thread"), "{text}");
}
