//! An import in the program: what it would bring is looked at before anything of it is here.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a test fails by panicking; helpers are no #[test]

mod harness;
mod terminal;

use folkmoot::app::importing::Planned;
use folkmoot::app::{Effect, Event, Layer};
use folkmoot::model::{AnyRecord, Change, Edit, Service};
use harness::{Harness, id_of, keys, set};
use terminal::{Home, Terminal};

/// An import of one new service and one change, as the app is told of it.
fn planned(harness: &Harness) -> Event {
    let base = harness.app.workspace.clone();
    let new: AnyRecord =
        Service { id: "S-7ZZZ".parse().unwrap(), name: "Bread Van".into(), ..Service::default() }.into();
    let author = harness.app.author().unwrap();
    let mut change = set(&base, &author, id_of(&base, "Shingle House"), "cost", "£3").unwrap();
    change.edits.extend(Edit::new(None, Some(new)));
    let change = Change { sentence: "feed imported".to_owned(), ..change };
    let lines = |line: &str| vec![line.to_owned()];
    let (preview, report) = (lines("feed: 2 services would come"), lines("feed: 2 services came"));
    Event::Planned(Box::new(Planned { path: "feed.json".to_owned(), change, preview, report, base }))
}

fn is_here(harness: &Harness) -> bool {
    harness.saved().services.iter().any(|service| &*service.name == "Bread Van")
}

#[test]
fn nothing_comes_before_somebody_says_so() {
    let mut harness = Harness::sample();
    harness.press(":import<enter>feed.json<enter>");
    harness.event(planned(&harness));
    assert!(harness.screen().contains("feed: 2 services would come"), "{}", harness.screen());
    assert!(harness.screen().contains("nothing is imported yet") && !is_here(&harness));
    harness.press("q<space>x<down>");
    assert!(!is_here(&harness) && harness.screen().contains("would come"), "only enter and esc answer");
    harness.press("<esc>");
    assert_eq!(harness.said(), "nothing was imported");
    assert!(!is_here(&harness) && harness.app.layers.is_empty());

    harness.event(planned(&harness));
    harness.press("<enter>");
    assert!(harness.screen().contains("What the import did") && harness.screen().contains("2 services came"));
    assert!(is_here(&harness) && harness.service("Shingle House").cost.as_deref() == Some("£3"));
    harness.press("<esc>u");
    assert!(!is_here(&harness) && harness.service("Shingle House").cost.as_deref() != Some("£3"), "one undo");
}

/// A key that goes to what is being typed is no yes.
#[test]
fn the_question_waits_below_what_is_being_typed() {
    let mut harness = Harness::sample();
    harness.press("nThe Long Table");
    harness.event(planned(&harness));
    assert!(harness.said().contains("waits for your yes"), "{}", harness.said());
    harness.press("<enter><enter>");
    assert!(!is_here(&harness) && matches!(harness.app.layers.last(), Some(Layer::Form(_))));
    harness.press("<esc>");
    assert!(harness.screen().contains("2 services would come"), "{}", harness.screen());
    harness.press("<enter>");
    assert!(is_here(&harness));
}

/// What a colleague changed meanwhile is not imported over: the import is looked at once more.
#[test]
fn what_was_changed_meanwhile_is_looked_at_once_more() {
    let mut harness = Harness::sample();
    harness.event(planned(&harness));
    harness.colleague(|workspace, author| set(workspace, author, id_of(workspace, "Shingle House"), "cost", "£5"));
    harness.press("<enter>");
    assert!(harness.said().contains("looking once more"), "{}", harness.said());
    assert_eq!(harness.asked.last().map(String::as_str), Some("Import"));
    assert!(!is_here(&harness) && harness.service("Shingle House").cost.as_deref() == Some("£5"));
    harness.event(planned(&harness));
    harness.colleague(|workspace, author| {
        let theirs = Service { id: "S-7ZZZ".parse().unwrap(), name: "Soup Van".into(), ..Service::default() };
        folkmoot::model::change::put(workspace, theirs.into(), author)
    });
    harness.press("<enter>");
    assert!(harness.saved().services.iter().any(|service| &*service.name == "Soup Van") && !is_here(&harness));
}

#[test]
fn what_says_nothing_new_asks_nothing() {
    let mut harness = Harness::sample();
    let (base, report) = (harness.app.workspace.clone(), vec!["feed: 0 new".to_owned()]);
    let change = Change { edits: Vec::new(), sentence: "feed says nothing new".to_owned() };
    let planned = Planned { path: "feed.json".to_owned(), change, preview: Vec::new(), report, base };
    harness.event(Event::Planned(Box::new(planned)));
    assert!(harness.screen().contains("nothing here had to change"), "{}", harness.screen());
    harness.press("<enter>");
    assert!(harness.app.layers.is_empty());
}

const FEED: &str = r#"{"contents": [
    {"id": "1", "name": "Beds and Board (invented)", "status": "active", "organization": {"id": "o1", "name": "Harbour Trust (invented)"}},
    {"id": "2", "name": "Harbour Refuge (invented)", "status": "active", "organization": {"id": "o1", "name": "Harbour Trust (invented)"}},
    {"id": "3", "name": "The Fold", "status": "active", "description": "Invented"}]}"#;

fn snapshot(name: &str, (columns, rows): (u16, u16), terminal: &Terminal) {
    let screen = terminal.screen();
    let lines: Vec<&str> = screen.lines().map(str::trim_end).collect();
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("importing_{name}_{columns}x{rows}"), lines.join("\n"));
    });
}

#[test]
fn a_directory_is_looked_at_and_brought_in_on_a_terminal() {
    for size in [(80, 24), (40, 12)] {
        let home = Home::new();
        std::fs::write(home.path().join("feed.json"), FEED).unwrap();
        let mut terminal = Terminal::start_in(home.moot(&[]), size, None);
        terminal.until("67 services").type_in(":import").type_in("\r").until("Import from which");
        terminal.type_in("feed.json\r").until("This would come in").until("nothing is imported yet");
        terminal.until("3 services");
        snapshot("look", size, &terminal);
        assert!(!terminal.screen().contains("moot set") && !home.services().contains("Beds and Board"));
        terminal.type_in("\x1b").until("nothing was imported").type_in(":import").type_in("\r");
        terminal.until("Import from which").type_in("feed.json\r").until("This would come in");
        assert!(!home.services().contains("Beds and Board"), "what was left is not here");
        terminal.type_in("\r").until("What the import did").until("saved");
        assert!(home.services().contains("Beds and Board") && home.services().contains("Harbour Refuge"));
        terminal.type_in("\x1b").until_gone("What the import did").type_in(":quit").type_in("\r");
        assert_eq!(terminal.end().0, 0);
    }
}

/// What the last of these keys asks for.
fn asked_by(harness: &mut Harness, typed: &str) -> Vec<Effect> {
    keys(typed).into_iter().map(|key| harness.app.update(Event::Key(key))).last().unwrap()
}

/// What is asked may be said at once, as people are used to from other programs.
#[test]
fn an_answer_may_stand_behind_the_name_of_a_command() {
    let mut harness = Harness::sample();
    let effects = asked_by(&mut harness, ":import feed.json<enter>");
    assert!(matches!(&effects[..], [Effect::Import(path)] if path == "feed.json"), "{effects:?}");
    harness.press(":import");
    assert!(harness.screen().contains("import a directory"));
    harness.press(" <enter>");
    assert!(harness.screen().contains("Import from which file"), "{}", harness.screen());
    harness.press("<esc>:imprt feed.json<enter>");
    assert!(harness.screen().contains("no command is called so"), "enter does not close it: {}", harness.screen());
    harness.press("<esc>");
    assert!(harness.app.layers.is_empty());
}

/// Where it is not known yet who acts, that is asked first, and the answer waits.
#[test]
fn an_answer_waits_until_it_is_known_who_acts() {
    let mut harness = Harness::sample();
    harness.app.me = None;
    let effects = asked_by(&mut harness, ":import feed.json<enter>");
    assert!(effects.is_empty() && harness.screen().contains("Who are you?"), "{}", harness.screen());
    let effects = asked_by(&mut harness, "KP<enter>");
    assert!(matches!(&effects[..], [Effect::Commit(..), Effect::Import(path)] if path == "feed.json"), "{effects:?}");
}
