//! What the person on the telephone sees: which number, is it open, may he have it, and how sure one can be.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use std::path::Path;

use assert_cmd::Command;
use folkmoot::app::Event;
use folkmoot::model::Time;
use harness::{FINE, Harness, MONO, PLAIN, id_of, set, today};

/// The sample on Saturday at ten, searched for some words; the search is kept and the list has the keys.
fn found(words: &str) -> Harness {
    let mut harness = Harness::sample();
    harness.event(Event::TimeOfDay(Time::from_minutes(600).unwrap()));
    harness.press("1<esc><esc>/").press(words).press("<enter>");
    harness
}

/// Field by field, as a colleague would change it, saved at once.
fn change(harness: &mut Harness, name: &str, fields: &[(&str, &str)]) {
    for (field, value) in fields {
        let id = id_of(&harness.app.workspace, name);
        let author = harness.app.author().unwrap();
        let change = set(&harness.app.workspace, &author, id, field, value).unwrap();
        harness.submit(change);
    }
}

/// Where words stand, as line numbers.
fn order(screen: &str, words: &[&str]) -> Vec<usize> {
    let line = |word: &&str| {
        let at = screen.lines().position(|line| line.contains(*word));
        at.unwrap_or_else(|| panic!("{word} is not on\n{screen}"))
    };
    words.iter().map(line).collect()
}

#[test]
fn everything_stands_in_the_order_of_a_call() {
    let mut harness = found("shingle house");
    change(&mut harness, "Shingle House", &[("status", "paused"), ("alert", "Ring twice.")]);
    harness.press("<enter>").size(80, 40);
    let words = [
        "State",
        "Ring twice.",
        "Phone",
        "Verified",
        "Open",
        "Ages",
        "Ways in",
        "Places free",
        "Located at",
        "Delivered by",
    ];
    for theme in [MONO, PLAIN] {
        let screen = harness.screen_in(theme);
        let lines = order(&screen, &words);
        assert!(lines.is_sorted(), "{lines:?}\n{screen}");
    }
    harness.press("<esc>").size(80, 24);
    let preview = harness.screen();
    assert!(
        order(&preview, &["PAUSED", "Ring twice.", "01632 960107", "Staffed day and night", "places free"]).is_sorted()
    );
    assert!(preview.contains("more lines"), "{preview}");
}

#[test]
fn the_smallest_screen_says_which_number_is_it_open_and_may_he_have_it() {
    let mut harness = found("shingle house");
    harness.size(40, 12);
    let list = harness.screen();
    assert!(list.contains("01632 960107 · open now"), "{list}");
    harness.press("<enter>");
    let detail = harness.screen();
    for word in ["01632 960107", "01632 960140", "open now", "For "] {
        assert!(detail.contains(word), "{word}: {detail}");
    }
    assert!(detail.contains("more lines"), "{detail}");
    insta::assert_snapshot!("call_40x12_mono", harness.screen_in(MONO));
    insta::assert_snapshot!("call_80x24_mono", harness.size(80, 24).screen_in(MONO));
    insta::assert_snapshot!("call_120x40_mono", harness.size(120, 40).screen_in(MONO));
}

#[test]
fn whether_it_is_open_is_said_where_its_hours_can_be_read_and_nowhere_else() {
    let mut harness = found("wren house outreach");
    assert!(harness.screen().contains("closed now, opens Mon 09:00 · Mon–Fri 9–6"), "{}", harness.screen());
    change(&mut harness, "Wren House Outreach", &[("opening", "Court days")]);
    assert!(harness.screen().contains("open: Court days"), "{}", harness.screen());
    change(&mut harness, "Wren House Outreach", &[("opening", "24/7"), ("status", "closed")]);
    assert!(!harness.screen().contains("open now"), "what is closed is not open: {}", harness.screen());
}

#[test]
fn funding_that_has_ended_says_so() {
    let mut harness = found("shingle house");
    change(&mut harness, "Shingle House", &[("funding_ends", "2026-03-31")]);
    assert!(harness.screen().contains("funding ended Tue 31 Mar"), "{}", harness.screen());
    harness.press("<enter>");
    assert!(harness.screen().contains("ended Tue 31 Mar"), "{}", harness.screen());
    harness.press("<esc>0").size(120, 40);
    assert!(harness.screen().contains("whose funding has ended"), "{}", harness.screen());
}

#[test]
fn a_changed_number_is_no_longer_verified_until_it_is_changed_back() {
    let mut harness = found("shingle house");
    let to_verify = |harness: &mut Harness| {
        harness.press("<esc><esc>/is:stale<enter>");
        let stale = harness.app.list().rows.len();
        harness.press("<esc><esc>/shingle house<enter>");
        stale
    };
    let before = to_verify(&mut harness);
    harness.press("e").field("phone").press("<ctrl-u>01632 960999<ctrl-s>");
    let screen = harness.screen();
    let said = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("changed since verified by KP on Thu 12 Nov: phone"), "{screen}");
    assert!(screen.lines().any(|line| line.contains("Shingle House") && line.contains("≠ changed")), "{screen}");
    assert_eq!(to_verify(&mut harness), before + 1);
    assert_eq!(harness.service("Shingle House").changed_since_verified().len(), 1, "so it is saved");
    harness.press("u");
    assert!(harness.screen().contains("verified Thu 12 Nov by KP"), "{}", harness.screen());
    assert_eq!(to_verify(&mut harness), before);
    harness.press("e").field("opening").press("<ctrl-u>Mon 9–5<ctrl-s>v");
    assert!(!harness.screen().contains("changed since"), "{}", harness.screen());
    assert_eq!(to_verify(&mut harness), before);
}

#[test]
fn y_shows_what_can_be_copied_and_says_what_was_sent() {
    let mut harness = found("shingle house");
    harness.press("y");
    let screen = harness.screen();
    let menu = screen.lines().last().unwrap();
    assert_eq!(menu.trim_end(), "p phone  n name and phone  w web address  y everything", "{screen}");
    harness.press("p");
    assert_eq!(harness.said(), "phone of Shingle House sent to your terminal's clipboard");
    assert_eq!(harness.copied, ["01632 960107"]);
    harness.press("yn");
    assert_eq!(harness.copied[1], "Shingle House, 01632 960107");
    change(&mut harness, "Shingle House", &[("url", "")]);
    harness.press("y");
    assert!(!harness.screen().contains("web address"), "what is not there is not offered: {}", harness.screen());
    harness.press("w");
    assert!(harness.said().starts_with("no web address is stated here") && harness.copied.len() == 2);
    harness.press("yy");
    assert!(harness.copied[2].contains("Phone: 01632 960107"), "{}", harness.copied[2]);
}

#[test]
fn every_prefix_shows_its_choices_and_the_present_order() {
    let mut harness = found("");
    harness.press("s");
    let last = |harness: &Harness| harness.screen().lines().rev().take(2).collect::<Vec<_>>().join("\n");
    assert!(
        last(&harness).contains("s best first (now)") && last(&harness).contains("n by name"),
        "{}",
        last(&harness)
    );
    harness.press("2");
    assert_eq!(harness.said(), "sorted by place");
    harness.press("s");
    assert!(last(&harness).contains("2 by place (now)"), "{}", last(&harness));
    let first = |harness: &Harness| harness.app.list().rows.first().map(|row| row.id);
    harness.press("n");
    let by_name = first(&harness);
    harness.press("s3");
    assert_ne!(first(&harness), by_name);
    harness.press("ss");
    assert_eq!(harness.app.list().order, 0);
}

const LONG: &str = "The very long name of a house that nobody could write in a list of forty cells";

#[test]
fn what_cannot_be_had_is_dimmed_and_bears_its_state() {
    let mut harness = found("");
    change(&mut harness, "Shingle House", &[("capacity", "0 of 6 on 2026-11-20"), ("name", LONG)]);
    harness.press("/very long name<enter>");
    for size in [(80, 24), (40, 12), (120, 40)] {
        harness.size(size.0, size.1);
        let screen = harness.screen();
        let row = screen.lines().position(|line| line.contains("The very") && line.contains("(full)"));
        assert!(row.is_some(), "{size:?}: {screen}");
    }
    harness.press("<esc><esc>").size(120, 90).press("<down>");
    let (buffer, _) = harness.buffer(FINE);
    let screen = harness.screen();
    let rows = |mark: &str| screen.lines().position(|line| line.contains(mark)).unwrap() as u16;
    let (planned, usual) = (rows("(planned)"), rows("Garden of Quiet Work"));
    assert_ne!(buffer[(2, usual)].style(), buffer[(2, planned)].style(), "{screen}");
    // Two weeks later nobody knows whether it still is full.
    let capacity = set(
        &harness.app.workspace,
        &harness.app.author().unwrap(),
        id_of(&harness.app.workspace, LONG),
        "capacity",
        "0 of 6 on 2026-11-01",
    );
    harness.submit(capacity.unwrap());
    let screen = harness.screen();
    assert!(screen.lines().any(|line| line.contains("very long") && !line.contains("(full)")), "{screen}");
}

fn moot(dir: &Path, arguments: &[&str]) -> String {
    let mut command = Command::cargo_bin("moot").unwrap();
    command.env_remove("MOOT_WORKSPACE").env_remove("MOOT_AS").env("HOME", dir).current_dir(dir);
    let output = command.args(["-w", dir.to_str().unwrap(), "--as", "KP"]).args(arguments).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_shell_says_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    folkmoot::store::init(dir, "Table of the North", false).unwrap();
    let add = ["add", "service", "name=Nightstop", "phone=01632 960100", "opening=Mon–Fri 9–5", "capacity=0 of 6"];
    let id = moot(dir, &add).trim().to_owned();
    assert!(moot(dir, &["list", "services"]).contains("Nightstop (full)"));
    assert!(moot(dir, &["find", "nightstop"]).contains("Nightstop (full)"));
    assert!(moot(dir, &["list", "services", "--json"]).contains("\"standing\": \"full\""));
    assert!(moot(dir, &["find", "nightstop", "--json"]).contains("\"standing\": \"full\""));
    moot(dir, &["verify", &id]);
    moot(dir, &["set", &id, "phone=01632 960199"]);
    let shown = moot(dir, &["show", &id]);
    assert!(shown.contains("changed since verified by KP on ") && shown.contains(": phone)"), "{shown}");
    assert!(order(&shown, &["State", "Phone", "Verified", "Open", "Places free"]).is_sorted(), "{shown}");
    assert!(moot(dir, &["find", "is:stale"]).contains("Nightstop"));
    moot(dir, &["set", &id, "phone=01632 960100", "status=paused"]);
    assert!(!moot(dir, &["show", &id]).contains("changed since"));
    assert!(moot(dir, &["list", "services"]).contains("Nightstop (paused)"));
}

#[test]
fn a_colleagues_change_undoes_my_check_of_that_fact() {
    let mut harness = found("shingle house");
    harness.colleague_unseen(|workspace, author| {
        let id = id_of(workspace, "Shingle House");
        set(workspace, author, id, "phone", "01632 960555")
    });
    harness.press("v"); // of the old number, which is what the screen showed
    harness.reload();
    let service = harness.service("Shingle House");
    assert_eq!(service.verified.as_ref().unwrap().on, today());
    assert_eq!(service.changed_since_verified().len(), 1, "nobody has dialled the new number");
}
