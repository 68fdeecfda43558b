//! A meeting from its agenda to finished minutes, key by key; and what is typed and not yet saved.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use std::sync::Arc;

use folkmoot::model::action::Action;
use folkmoot::model::{Id, Meeting};
use harness::{Harness, set};

fn id(text: &str) -> Id {
    text.parse().unwrap()
}

/// The meeting of the sample that is to come, on a day that has been.
fn at_the_meeting() -> Harness {
    let mut harness = Harness::sample();
    harness.colleague(|workspace, author| set(workspace, author, id("M-B1XD"), "on", "2026-11-20"));
    harness.press("5jjjjjj<enter>");
    assert!(harness.screen().contains("Resettlement forum"), "{}", harness.screen());
    harness
}

fn meeting(harness: &Harness) -> Meeting {
    Meeting::clone(harness.saved().meetings.get(id("M-B1XD")).unwrap())
}

/// What the minutes gave somebody to do, in the order of their numbers.
fn given(harness: &Harness) -> Vec<Arc<Action>> {
    let workspace = harness.saved();
    let is_given = |action: &&Arc<Action>| action.meeting.as_ref().is_some_and(|of| of.id() == Some(id("M-B1XD")));
    let mut found: Vec<Arc<Action>> = workspace.actions.iter().filter(is_given).cloned().collect();
    found.sort_by_key(|action| action.minute.clone());
    found
}

const TYPED: &str = "Rooms<enter><tab>two are free<enter>Action LP by 27 nov: send the list<enter><shift-tab>Decision: one \
                     list for all<enter>Action BL by next forum: ask the gate once more [2]";

#[test]
fn from_the_agenda_to_finished_minutes() {
    let mut harness = at_the_meeting();
    harness.press("a");
    assert!(harness.said().contains("put on the agenda of 20 Nov 2026"), "{}", harness.said());
    let lines = meeting(&harness).agenda.len();
    harness.press("a");
    assert_eq!(
        (meeting(&harness).agenda.len(), harness.said()),
        (lines, "the agenda of 20 Nov 2026 has everything already")
    );
    harness.press("pEV BL LP nobody<enter>");
    assert!(harness.screen().contains("nobody here is called \"nobody\""), "{}", harness.screen());
    harness.press("<backspace><backspace><backspace><backspace><backspace><backspace>, apologies NC<enter>");
    assert_eq!(harness.said(), "20 Nov 2026: 3 present, 1 with apologies");
    harness.press("m").press(TYPED);
    let seen = harness.screen();
    assert!(
        seen.contains("1.2 Action LP by 27 Nov 2026: send the list"),
        "what becomes of it is seen while typing: {seen}"
    );
    harness.press("<ctrl-s>");
    assert_eq!(harness.said(), "minutes of 20 Nov 2026: 5 lines, 2 new actions");
    let [list, gate] = &given(&harness)[..] else { panic!("two actions") };
    assert_eq!((&*list.what, list.minute.as_deref()), ("send the list", Some("1.2")));
    assert_eq!(
        (&*gate.what, gate.by_next_forum, gate.written_by.as_deref()),
        ("ask the gate once more", true, Some("KP"))
    );
    let file = harness.file("meetings.ron");
    assert!(file.contains(&format!(
        "(number: \"3\", text: \"ask the gate once more\", sort: Action, who: \"BL\", until: \"next forum\", action: \"{}\", \
         cites: \"M-6R4T\", cited: \"2\")",
        gate.id
    )));
    // One key undoes all of it, actions and minutes alike, another brings it back.
    harness.press("u");
    assert_eq!((meeting(&harness).minutes.len(), given(&harness).len()), (0, 0), "{}", harness.said());
    harness.press("U");
    assert_eq!((meeting(&harness).minutes.len(), given(&harness).len()), (5, 2));
    harness.press("f");
    assert!(harness.screen().contains("it cannot be undone"), "{}", harness.screen());
    harness.press("<enter>");
    assert!(!meeting(&harness).is_finished(), "enter alone finishes nothing");
    harness.press("yes<enter>");
    assert!(meeting(&harness).is_finished());
    let frozen = meeting(&harness);
    harness.press("m");
    assert!(harness.said().contains("finished and stay"), "{}", harness.said());
    harness.press("u");
    assert!(harness.said().starts_with("not undone"), "{}", harness.said());
    harness.press("e").field("venue").paste("elsewhere").press("<ctrl-s>");
    assert!(harness.said().contains("write a correction"), "{}", harness.said());
    harness.press("<ctrl-x><esc>");
    assert_eq!(meeting(&harness), frozen);
}

#[test]
fn what_is_typed_is_kept_and_comes_back() {
    let mut harness = at_the_meeting();
    harness.press("mRooms<enter>two are free<esc>");
    assert!(harness.said().contains("D takes it up again"), "{}", harness.said());
    assert_eq!(meeting(&harness).minutes.len(), 0);
    harness.press("e").field("venue").paste("Library").press("<esc>");
    let mut harness = harness.restarted();
    assert_eq!(harness.app.drafts.len(), 2, "the draft of the form and that of the minutes do not know each other");
    harness.colleague(|workspace, author| {
        let mut new_id = || id("A-0001");
        folkmoot::model::meeting::minutes::write(workspace, id("M-B1XD"), &[], "Mentors", author, &mut new_id)
    });
    harness.press("5jjjjjj<enter>m");
    assert!(harness.screen().contains("two are free"), "{}", harness.screen());
    harness.press("<ctrl-s>");
    let mut said: Vec<String> =
        meeting(&harness).minutes.iter().map(|one| one.text.as_ref().unwrap().to_string()).collect();
    said.sort();
    assert_eq!(said, ["Mentors", "Rooms", "two are free"], "what a colleague wrote meanwhile stays");
    assert_eq!(harness.app.drafts.len(), 1);
    harness.press("mlost<ctrl-x>");
    assert!(!harness.screen().contains("lost"), "{}", harness.screen());
    harness.press("<ctrl-x>");
    assert!(harness.screen().contains("lost"), "ctrl-x brings it back: {}", harness.screen());
}

#[test]
fn a_minute_leads_to_the_one_it_goes_on_from_and_back() {
    let mut harness = Harness::sample();
    harness.press("5jjjjj<enter>j");
    assert!(harness.screen().contains("[12 Jun 2026, 2.2]"), "{}", harness.screen());
    harness.press("<enter>");
    let seen = harness.screen();
    assert!(seen.contains("Fri 12 Jun") && seen.contains("corrected Mon 22 Jun by BL"), "{seen}");
    harness.press("c");
    assert!(harness.screen().contains("about minute 2.2"), "it stands on the minute: {}", harness.screen());
    harness.press("The list goes to two houses.<enter>");
    assert_eq!(harness.said(), "minute 2.2 of 12 Jun 2026 corrected");
    harness.press("<esc>");
    assert!(harness.screen().contains("Fri 11 Sep"), "{}", harness.screen());
    harness.press("<esc>");
    let seen = harness.screen();
    assert!(seen.contains("Second Tide: at 0 of 2 meetings, absent 2 times running"), "{seen}");
    harness.press("<esc>");
    assert!(harness.screen().contains("Dorchester Healthcare"), "{}", harness.screen());
}

#[test]
fn the_next_meeting_is_written_down_with_what_is_open() {
    let mut harness = at_the_meeting();
    harness.press("<esc>n");
    let seen = harness.screen();
    assert!(seen.contains("12 Feb 2027") && seen.contains("Corn Exchange"), "{seen}");
    let workspace = harness.saved();
    assert_eq!(workspace.meetings.len(), 4);
    harness.press("<esc>n");
    assert!(harness.said().contains("written down already: 12 Feb 2027"), "{}", harness.said());
}
