//! What matters where several people share a host: nothing is said to be saved or not that is otherwise, nobody signs for
//! another without a trace, and no name that somebody chose reaches a terminal as a command to it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use folkmoot::app::Options;
use folkmoot::store::{self, own_login};
use harness::Harness;

fn moot(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_moot"));
    command.arg("-w").arg(dir).args(arguments).env_clear().env("HOME", dir).current_dir(dir);
    command
}

fn run(dir: &Path, arguments: &[&str]) -> (i32, String, String) {
    said(&moot(dir, arguments).output().unwrap())
}

fn said(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn own() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    store::init(dir.path(), "Table of the North", false).unwrap();
    dir
}

fn services(dir: &Path) -> String {
    fs::read_to_string(dir.join("services.ron")).unwrap_or_default()
}

/// What is on the disk stays there, and that is said, whatever becomes of the output.
#[test]
fn what_is_saved_is_said_to_be_where_the_output_fails() {
    let Ok(full) = File::options().write(true).open("/dev/full") else { return }; // not every system has it
    let dir = own();
    run(dir.path(), &["--as", "KP", "add", "service", "name=Nightstop"]);
    for (arguments, part) in [
        (&["add", "service", "name=The Long Table"][..], "name: \"The Long Table\""),
        (&["set", "Nightstop", "cost=free"], "cost: \"free\""),
        (&["verify", "Nightstop"], "verified:"),
    ] {
        let mut command = moot(dir.path(), &["--as", "KP"]);
        let output = command.args(arguments).stdout(full.try_clone().unwrap()).output().unwrap();
        let (code, _, said) = said(&output);
        assert_eq!(code, 0, "whoever goes by the code does not save it twice; {arguments:?}: {said}");
        assert!(said.contains("saved, but the answer cannot be written"), "{arguments:?}: {said}");
        assert!(services(dir.path()).contains(part), "{arguments:?}");
    }
    // Where nothing is saved, nothing is said to be.
    let output = moot(dir.path(), &["list", "services"]).stdout(full).output().unwrap();
    let (code, _, said) = said(&output);
    assert!(code == 3 && !said.contains("saved"), "{said}");
}

#[test]
fn who_reads_no_more_is_no_reason_to_take_anything_back() {
    let dir = own();
    let mut child =
        moot(dir.path(), &["--as", "KP", "add", "service", "name=x"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
    assert!(services(dir.path()).contains("name: \"x\""));
}

#[test]
fn a_file_with_a_mistake_is_no_record_that_is_missing() {
    let dir = own();
    let id = run(dir.path(), &["--as", "KP", "add", "service", "name=Nightstop"]).1;
    run(dir.path(), &["--as", "KP", "add", "organisation", "name=Second Tide"]);
    let broken = services(dir.path()).replace("name: \"Nightstop\"", "name: \"Nightstop");
    fs::write(dir.path().join("services.ron"), &broken).unwrap();
    for arguments in [
        &["set", id.trim(), "cost=free"][..],
        &["set", "Nightstop", "cost=free"],
        &["show", id.trim()],
        &["remove", id.trim()],
    ] {
        let (code, _, said) = run(dir.path(), &[&["--as", "KP"], arguments].concat());
        assert!(code == 3 && said.contains("services.ron:"), "{arguments:?}: {code}: {said}");
    }
    assert_eq!(run(dir.path(), &["show", "O-0000"]).0, 1, "its file is in order, and it is not there");
    assert_eq!(run(dir.path(), &["show", "Second Tide"]).0, 0);
    assert_eq!(services(dir.path()), broken);
}

#[test]
fn no_name_that_somebody_chose_is_a_command_to_the_terminal() {
    let dir = own();
    let place = dir.path().join("a\u{1b}[2Jb");
    let feed = "f\u{1b}]0;x\u{7}";
    fs::write(dir.path().join("services.csv"), "id,name,status\n1,The Long Table,active\n").unwrap();
    fs::write(dir.path().join("topics.csv"), "number,title,convener\n1,Who does what,KP\n").unwrap();
    run(dir.path(), &["--as", "KP", "add", "event", "name=Open Space"]);
    for arguments in [
        &["init", place.to_str().unwrap(), "--name", "N"][..],
        &["init", place.to_str().unwrap(), "--name", "N"],
        &["--as", "KP", "import", "services.csv", "--feed", feed],
        &["--as", "KP", "import", "topics.csv", "--feed", feed],
        &["-w", place.to_str().unwrap(), "check"],
    ] {
        let (_, out, said) = run(dir.path(), arguments);
        for text in [&out, &said] {
            let is_stray = |c: char| c.is_control() && c != '\n';
            assert!(!text.contains(is_stray), "{arguments:?}: {text:?}");
        }
        assert!(!(out + &said).is_empty());
    }
}

/// The stamp of the record that holds this text.
fn stamp(dir: &Path, text: &str) -> String {
    let all = services(dir);
    let after = all.split(text).nth(1).unwrap();
    after.split("updated: (").nth(1).unwrap().split(')').next().unwrap().split("\", \"").nth(1).unwrap().to_owned()
}

#[test]
fn who_signs_as_another_leaves_the_login_too() {
    let dir = own();
    let dir = dir.path();
    let add = |who: &str, name: &str| run(dir, &["--as", who, "add", "service", &format!("name={name}")]);
    assert_eq!(run(dir, &["--as", "KP", "add", "person", "name=Katy Pole", "initials=KP", "login=katy"]).0, 0);
    assert_eq!(
        run(dir, &["--as", "KP", "add", "person", "name=Me Myself", "initials=MM", &format!("login={}", own_login())])
            .0,
        0
    );
    assert_eq!(add("KP", "Signed for Katy").0, 0);
    assert_eq!(add("MM", "Signed by me").0, 0);
    let katy = format!("KP ({}", own_login());
    assert_eq!((stamp(dir, "Signed for Katy"), stamp(dir, "Signed by me").trim_end_matches('"')), (katy, "MM"));
    // She is found by her initials all the same.
    let found = run(dir, &["find", "by:kp"]);
    assert!(found.1.contains("Signed for Katy"), "{found:?}");
}

#[test]
fn who_says_in_the_program_that_they_are_another_leaves_the_login_too() {
    let dir = own();
    run(dir.path(), &["--as", "KP", "add", "person", "name=Katy Pole", "initials=KP", "login=katy"]);
    run(dir.path(), &["--as", "KP", "add", "person", "name=Rob Stone", "initials=RS", "login=rob"]);
    let options = Options { who: "katy".to_owned(), login: "katy".to_owned(), ..Options::default() };
    let mut harness = Harness::with(Arc::new(dir), options);
    let signature = |harness: &Harness| harness.app.author().unwrap().by.to_string();
    assert_eq!(signature(&harness), "KP");
    harness.press(":who<enter>RS<enter>");
    assert_eq!(signature(&harness), "RS (katy)");
    harness.press(":who<enter>KP<enter>");
    assert_eq!(signature(&harness), "KP");
}
