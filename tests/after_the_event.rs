//! What comes after an event, in key presses: from a priority to an action, what becomes of it, and who hears of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use folkmoot::model::action::ActionState;
use folkmoot::model::{Action, Kind};
use harness::Harness;

const WHAT: &str = "Print the first map for every waiting room";

fn action(harness: &Harness) -> Action {
    let saved = harness.saved();
    Action::clone(saved.actions.iter().find(|action| &*action.what == WHAT).unwrap())
}

/// The lines of a file that hold these words.
fn lines(harness: &Harness, file: &str, words: &str) -> String {
    let text = harness.file(file);
    let at = text.find(words).unwrap_or_else(|| panic!("{words:?} is not in {file}"));
    let begin = text[..at].rfind("\n    \"").unwrap() + 1;
    let end = at + text[at..].find("\n    ),").unwrap();
    text[begin..end].to_owned()
}

/// Goes down to the line of these words.
fn stand_on(harness: &mut Harness, words: &str) {
    let found = (0..99).any(|_| harness.line_at_cursor().contains(words) || harness.press("<down>").has_quit);
    assert!(found, "{words} is not listed:\n{}", harness.screen());
}

#[test]
fn from_a_priority_to_a_bulletin() {
    let mut harness = Harness::sample();
    harness.press("3/mapping<enter><ctrl-n>").press(WHAT).field("lead").press("Katy Pascoe");
    harness.field("due").press("+2w").field("asked").press("HMP Dorchester").press("<ctrl-s>");
    assert_eq!(harness.said(), format!("{WHAT} added"), "{}", harness.screen());
    let theme = action(&harness).theme.unwrap();
    assert!(theme.name(&harness.saved()).starts_with("Mapping services"), "its source is filled in");

    harness.press("4/print the first map<enter>aThe printer has the file<enter>");
    assert_eq!(action(&harness).state, ActionState::UnderWay);
    harness.press("m+4w<enter>");
    assert_eq!(action(&harness).former_due.len(), 1, "the day before stays");
    harness.press("x");
    let done = action(&harness);
    assert_eq!((done.state, done.written_by.as_deref()), (ActionState::Done, Some("KP")));
    let written = lines(&harness, "actions.ron", WHAT);
    for part in ["state: Done", "The printer has the file", "former_due: [", "asked: ["] {
        assert!(written.contains(part), "{part} in {written}");
    }

    // Whoever asked has not been told; the ledger says what, the bulletin is copied, and then they have been.
    harness.press("<esc>T");
    stand_on(&mut harness, "HMP Dorchester");
    assert!(harness.screen().contains("1 thing"), "{}", harness.screen());
    harness.press("y");
    let bulletin = harness.copied.last().unwrap().clone();
    assert!(bulletin.contains("Bulletin for HMP Dorchester") && bulletin.contains(WHAT), "{bulletin}");
    let told = harness.saved().count(Kind::Told);
    harness.press("ie-mail<enter>");
    assert_eq!(harness.saved().count(Kind::Told), told + 1, "{}", harness.said());
    let written = lines(&harness, "told.ron", WHAT);
    assert!(written.contains("how: Email") && written.contains("done"), "{written}");
    assert!(!harness.press("y").copied.last().unwrap().contains(&format!("new: {WHAT}")));

    // What changes is told anew.
    harness.press("<esc>4/print the first map<enter>aOne more box came<enter>T");
    stand_on(&mut harness, "HMP Dorchester");
    assert!(harness.line_at_cursor().contains("1 thing"), "{}", harness.screen());
}

#[test]
fn an_agreement_and_a_meeting_are_opened_from_elsewhere_and_left_for_there() {
    for (from, words, page) in [
        ("5/referral at the gate<enter>t", "Referral at the gate", "Vision"),
        ("0", "Resettlement forum of 11 December", "── Agenda"),
    ] {
        let mut harness = Harness::sample();
        harness.press(from);
        stand_on(&mut harness, words);
        let before = harness.screen();
        harness.press("<enter>");
        assert!(harness.screen().contains(page), "{}", harness.screen());
        harness.press("<esc>");
        assert_eq!(harness.screen(), before);
    }
}

/// In lists and wherever else the cursor stands on a record.
#[test]
fn a_new_action_has_the_source_that_the_cursor_stands_on() {
    for (keys, field) in [
        ("2m/17.2<enter><ctrl-n>", "recommendation"),
        ("3r<ctrl-n>", "recommendation"),
        ("3m<ctrl-n>", "recommendation"),
        ("5<enter><ctrl-n>", "agreement"),
        ("5/11 september<enter><ctrl-n>", "meeting"),
    ] {
        let mut harness = Harness::sample();
        harness.press(keys).press("Something to do");
        assert!(!harness.typed(field).is_empty(), "{keys}: {field}\n{}", harness.screen());
    }
}
