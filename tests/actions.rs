//! What is to be done, by keys: from a priority to an action, its progress, a day that moves, and its end.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use folkmoot::model::Action;
use folkmoot::model::action::ActionState;
use harness::{Harness, today};

fn one() -> Harness {
    let mut harness = Harness::sample();
    harness.press("4nAsk for every entry on the map");
    harness.field("lead").press("KP");
    harness.field("due").press("2026-11-20");
    harness.field("theme").press("Mapping services, databases, information sharing and a pan-Dorset network<ctrl-s>");
    assert_eq!(harness.said(), "Ask for every entry on the map added", "{}", harness.screen());
    harness.press("/ask for every entry on the map<enter>");
    harness
}

fn saved(harness: &Harness) -> Action {
    let workspace = harness.saved();
    let mut all = workspace.actions.iter();
    Action::clone(all.find(|action| *action.what == *"Ask for every entry on the map").unwrap())
}

#[test]
fn a_note_begins_an_action_and_bears_day_and_author() {
    let mut harness = one();
    assert!(harness.screen().contains("1 overdue"), "{}", harness.screen());
    harness.press("aTwelve of thirty have answered<enter>");
    let action = saved(&harness);
    assert_eq!(action.state, ActionState::UnderWay);
    let note = &action.progress[0];
    assert_eq!((note.on, note.by.as_deref()), (Some(today()), Some("KP")));
    harness.press("a<enter>");
    assert!(harness.screen().contains("write how it goes, in a sentence"), "{}", harness.screen());
}

#[test]
fn the_day_before_stays_written_down_however_another_is_set() {
    let mut harness = one();
    harness.press("m+2w<enter>");
    harness.press("e").field("due").press("<ctrl-u>2027-01-15<ctrl-s>");
    let action = saved(&harness);
    let former: Vec<_> = action.former_due.iter().map(|one| one.due.unwrap().to_string()).collect();
    assert_eq!(former, ["2026-11-20", "2026-12-05"]);
    assert_eq!(action.due.unwrap().to_string(), "2027-01-15");
    harness.press("uu");
    assert_eq!(saved(&harness).former_due, [], "what is undone was never moved");
}

#[test]
fn what_is_dropped_has_a_reason_and_what_is_over_stands_last() {
    let mut harness = one();
    harness.press("X<enter>");
    assert!(harness.screen().contains("say why it was dropped"), "{}", harness.screen());
    harness.press("The councils keep their own<enter><esc>");
    harness.press("nBuy tea<ctrl-s>");
    assert_eq!(harness.said(), "Buy tea added; nobody leads it yet");
    harness.size(80, 60).press("<end>");
    let screen = harness.screen();
    let line = |text: &str| screen.lines().position(|line| line.contains(text)).unwrap();
    assert!(line("Buy tea") < line("done or dropped") && line("done or dropped") < line("Ask for every"), "{screen}");
    harness.press("/is:nobodys tea<enter>x");
    assert_eq!(harness.said(), "Buy tea: done");
}

#[test]
fn a_priority_names_what_is_done_about_it() {
    let mut harness = one();
    harness.press("3/mapping services<enter><enter><end>");
    assert!(harness.screen().contains("Ask for every entry on the map"), "{}", harness.screen());
}
