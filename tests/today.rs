//! The screen of today, loose ends and what is due: by rules, by keys and on the command line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use folkmoot::app::Event;
use folkmoot::model::date::parse_time;
use folkmoot::model::loose_ends::{self, Context, Loose};
use folkmoot::model::place::Atlas;
use folkmoot::model::service::Inferred;
use folkmoot::model::{Id, Service, Workspace, change};
use folkmoot::store::{self, Mode, Store};
use harness::{Harness, today};

fn sample() -> (Workspace, Atlas) {
    let dir = harness::sample_dir();
    let workspace = Store::open(dir.path(), Mode::Read).unwrap().workspace;
    let atlas = store::atlas(dir.path(), &workspace).unwrap();
    (workspace, atlas)
}

/// The loose ends of one sort, by what they are called.
fn loose(sort: &str, workspace: &Workspace, atlas: &Atlas) -> Vec<String> {
    let context = Context { workspace, atlas, today: today() };
    let found = (loose_ends::named(sort).unwrap().find)(context);
    let title = |id: Id| workspace.get(id).unwrap().title(workspace).into_owned();
    let say = |one: &Loose| if one.says.is_empty() { title(one.record.unwrap()) } else { one.says.clone() };
    found.iter().map(say).collect()
}

#[test]
fn the_loose_ends_of_the_sample_are_these() {
    let (workspace, atlas) = sample();
    let mut listed = String::new();
    for sort in loose_ends::ALL {
        let all = loose(sort.name, &workspace, &atlas);
        listed.extend([sort.name, ": ", &sort.sentence(all.len()), "\n"]);
        listed.extend(all.iter().map(|one| format!("  {one}\n")));
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("loose_ends_of_the_sample", listed);
    });
}

/// The line of the cursor.
fn line(harness: &Harness) -> String {
    let (_, cursor) = harness.buffer(harness::MONO);
    harness.screen().lines().nth(cursor.unwrap().y.into()).unwrap().to_owned()
}

/// Goes down to the line that says something.
fn to(harness: &mut Harness, text: &str) {
    harness.press("<home>");
    for _ in 0..200 {
        if line(harness).contains(text) {
            return;
        }
        harness.press("<down>");
    }
    panic!("no line says {text}: {}", harness.screen());
}

#[test]
fn a_line_opens_its_record_and_leads_back() {
    let mut harness = Harness::sample();
    harness.press("0");
    assert!(line(&harness).contains("overdue since"), "{}", harness.screen());
    let before = harness.screen();
    harness.press("<enter>");
    assert!(harness.screen().contains("State") && harness.screen().contains("Due"), "{}", harness.screen());
    harness.press("<esc>");
    assert_eq!(harness.screen(), before);
    harness.press("t");
    assert!(harness.screen().contains("Thread of"), "{}", harness.screen());
    harness.press("<esc>");
    assert_eq!(harness.screen(), before);
}

#[test]
fn a_count_opens_what_it_counts() {
    let mut harness = Harness::sample();
    harness.press("0");
    to(&mut harness, "expectations have no answer");
    let before = harness.screen();
    harness.press("<enter>");
    assert!(harness.screen().contains("2 expectations have no answer"), "{}", harness.screen());
    harness.press("<enter>");
    assert!(harness.screen().contains("5 Partners"), "{}", harness.screen());
    harness.press("<esc>");
    assert!(harness.screen().contains("2 expectations have no answer"), "back in the list: {}", harness.screen());
    harness.press("<esc>");
    assert_eq!(harness.screen(), before);
    to(&mut harness, "gaps in the services map");
    harness.press("<enter><enter>");
    assert!(harness.screen().contains("No service yet: "), "its need and its district: {}", harness.screen());
    harness.press("0<esc>");
    to(&mut harness, "whose funding ends");
    harness.press("<enter>");
    assert!(harness.screen().contains("funding:<3m"), "{}", harness.screen());
}

#[test]
fn what_is_done_leaves_the_day_and_ones_own_stands_first() {
    let mut harness = Harness::sample();
    harness.press("4nRing the landlords");
    harness.field("lead").press("KP");
    harness.field("due").press("2026-11-20<ctrl-s>");
    harness.press("0<home>");
    assert!(line(&harness).contains("Ring the landlords") && line(&harness).contains("yours"), "{}", harness.screen());
    harness.press("<enter>x<esc>");
    assert!(!harness.screen().contains("Ring the landlords"), "{}", harness.screen());
}

#[test]
fn what_others_changed_is_told_from_the_second_visit_on() {
    let mut harness = Harness::sample();
    harness.press("0");
    assert!(!harness.screen().contains("Changed by others"), "{}", harness.screen());
    harness.press("q");
    assert!(harness.has_quit && harness.visit.is_some(), "the visit is written down");
    harness.seconds += 60;
    let id = harness::id_of(&harness.saved(), "Shingle House");
    harness.colleague_unseen(|workspace, author| harness::set(workspace, author, id, "cost", "free"));
    harness.seconds += 60;
    let mut harness = harness.restarted();
    harness.press("0");
    to(&mut harness, "Shingle House");
    assert!(line(&harness).contains("service, RS, Sat 21 Nov"), "{}", line(&harness));
    assert!(harness.screen().contains("Changed by others since you were here on Sat 21 Nov"), "{}", harness.screen());
    // One's own changes are no news.
    harness.press("<enter>v<esc>");
    assert!(!harness.screen().contains("Shingle House"), "{}", harness.screen());
}

#[test]
fn who_only_looks_leaves_no_trace() {
    let options =
        folkmoot::app::Options { who: "KP".to_owned(), seed: 7, read_only: true, ..folkmoot::app::Options::default() };
    let mut harness = Harness::with(harness::sample_dir(), options);
    harness.press("q");
    assert!(harness.has_quit && harness.visit.is_none());
}

#[test]
fn a_colleagues_change_is_followed_while_the_day_is_seen() {
    let mut harness = Harness::sample();
    harness.press("0");
    let selected = harness.app.selected().unwrap().id();
    assert!(line(&harness).contains("overdue"));
    harness.colleague(|workspace, author| harness::set(workspace, author, selected, "state", "done"));
    assert_ne!(harness.app.selected().unwrap().id(), selected, "{}", harness.screen());
}

#[test]
fn on_the_day_of_an_event_it_is_said_how_that_stands() {
    let mut harness = Harness::sample();
    let event = harness.saved().events.iter().next().unwrap().id;
    harness.colleague(|workspace, author| harness::set(workspace, author, event, "date", "2026-11-21"));
    harness.event(Event::TimeOfDay(parse_time("11:30").unwrap()));
    harness.press("0");
    assert!(harness.screen().contains("The event of today"), "{}", harness.screen());
    assert!(line(&harness).contains("Improving") && line(&harness).contains("until"), "{}", harness.screen());
}

#[test]
fn an_empty_workspace_says_that_nothing_is_due() {
    let mut harness = Harness::empty();
    harness.press("0");
    assert!(harness.screen().contains("Nothing is due"), "{}", harness.screen());
    harness.press("<enter><up><down><esc>t");
    assert_eq!(harness.said(), "no record is selected: move to one to see its thread");
}

/// Dots of a vote that runs count as nothing.
#[test]
fn a_running_vote_leaves_nothing_loose() {
    let (mut workspace, atlas) = sample();
    let recommendation = workspace.recommendations.iter().next().unwrap().id;
    let clear = |workspace: &mut Workspace, state| {
        let mut one = folkmoot::model::Recommendation::clone(workspace.recommendations.get(recommendation).unwrap());
        (one.answer, one.initials) = (None, Vec::new());
        workspace.place(one.id, Some(one.into()));
        let round = workspace.rounds.iter().next().unwrap();
        let round = folkmoot::model::Round { state, ..folkmoot::model::Round::clone(round) };
        workspace.place(round.id, Some(round.into()));
    };
    clear(&mut workspace, folkmoot::model::round::RoundState::Closed);
    let closed = loose("answers", &workspace, &atlas).len();
    clear(&mut workspace, folkmoot::model::round::RoundState::Open);
    assert_eq!(loose("answers", &workspace, &atlas).len() + 1, closed);
}

fn moot(dir: &std::path::Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_moot"));
    command.env_remove("MOOT_WORKSPACE").env_remove("MOOT_AS").env("HOME", dir).current_dir("/");
    let output = command.args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
}

/// A workspace with one person and actions of theirs, late and soon due, by the real clock.
fn with_actions() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("table");
    let at = path.to_str().unwrap();
    moot(dir.path(), &["init", at, "--name", "Table of the North"]);
    for add in [
        ["person", "name=Katy Pascoe", "initials=KP", "", ""],
        ["person", "name=Ruth Shearn", "initials=RS", "", ""],
        ["action", "what=Ring the landlords", "lead=KP", "due=2020-01-01", ""],
        ["action", "what=Write it down", "lead=KP", "due=+2d", ""],
        ["action", "what=Tea", "lead=RS", "due=+3d", ""],
        ["action", "what=Cake", "", "", ""],
    ] {
        let fields = add.into_iter().filter(|field| !field.is_empty());
        let arguments: Vec<&str> = ["-w", at, "--as", "KP", "add"].into_iter().chain(fields).collect();
        let (code, said) = moot(dir.path(), &arguments);
        assert_eq!(code, Some(0), "{said}");
    }
    dir
}

#[test]
fn the_shell_lists_what_is_due_and_what_is_loose() {
    let dir = with_actions();
    let path = dir.path().join("table");
    let at = path.to_str().unwrap();
    let run = |arguments: &[&str]| moot(dir.path(), &[&["-w", at], arguments].concat());
    let (code, all) = run(&["due"]);
    assert!(
        code == Some(0) && all.lines().count() == 3 && all.contains("overdue since 1 Jan 2020, Katy Pascoe"),
        "{all}"
    );
    assert_eq!(run(&["--as", "RS", "due"]).1.lines().count(), 1);
    assert_eq!(run(&["--as", "ZZ", "due"]).0, Some(1));
    let json: serde_json::Value = serde_json::from_str(&run(&["--as", "KP", "due", "--json"]).1).unwrap();
    assert!(json[0]["overdue"] == true && json[0]["yours"] == true && json.as_array().unwrap().len() == 2, "{json}");
    assert_eq!(run(&["--as", "KP", "due", "--login"]), (Some(0), "2 actions are due, 1 overdue: moot\n".to_owned()));
    assert_eq!(run(&["--as", "nobody", "due", "--login"]), (Some(0), String::new()));
    assert_eq!(moot(dir.path(), &["due", "--login"]), (Some(0), String::new()), "there is no workspace here");
    assert_eq!(moot(dir.path(), &["-w", "/nowhere", "due", "--login"]), (Some(0), String::new()));
    let (code, counted) = run(&["loose"]);
    assert_eq!(code, Some(0));
    assert!(counted.contains("1 action is past its day") && counted.contains("1 action has no lead"), "{counted}");
    assert!(run(&["loose", "leads"]).1.trim_end().ends_with("Cake"));
    let json: serde_json::Value = serde_json::from_str(&run(&["loose", "--json"]).1).unwrap();
    assert_eq!(json["overdue"][0]["title"], "Ring the landlords");
    assert_eq!(run(&["loose", "ends"]).0, Some(2));
}

#[test]
fn what_is_undecided_is_seen_at_any_time_until_somebody_decides() {
    let mut harness = Harness::sample();
    let suspect = |harness: &mut Harness, name: &'static str| {
        harness.colleague(|workspace, author| {
            let mut service = Service::clone(workspace.services.get(harness::id_of(workspace, name)).unwrap());
            service.hide_address = true;
            service.mark_derived(Inferred::HideAddress);
            change::put(workspace, service.into(), author)
        });
    };
    let place = harness.path().to_str().unwrap().to_owned();
    let undecided = |harness: &Harness| moot(harness.path(), &["-w", &place, "loose", "undecided"]).1;
    assert_eq!(undecided(&harness), "", "the refuges of the sample are stated");
    suspect(&mut harness, "Shingle House");
    suspect(&mut harness, "Wren House Refuge");
    let said = undecided(&harness);
    assert!(said.lines().count() == 2 && said.contains("Shingle House") && said.contains("Wren House"), "{said}");
    let (_, found) = moot(harness.path(), &["-w", &place, "find", "is:undecided"]);
    assert!(found.lines().count() == 2 && found.contains("Shingle House"), "{found}");
    harness.press("0");
    to(&mut harness, "2 services seem to be refuges, and nobody has decided");
    harness.press("<enter>");
    assert!(
        harness.screen().contains("Shingle House") && harness.screen().contains("Wren House"),
        "{}",
        harness.screen()
    );
    to(&mut harness, "Shingle House");
    harness.press("<enter>e").field("hide_address").press("no<ctrl-s>");
    assert!(!undecided(&harness).contains("Shingle House"));
    harness.press("1/is:undecided<enter>");
    assert!(harness.screen().contains("Wren House") && !harness.screen().contains("Shingle"), "{}", harness.screen());
}
