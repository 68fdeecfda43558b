//! Workspaces that are begun in the program and found again, and the sample, which is not kept unless somebody keeps it:
//! the real program on a real terminal, in a home of its own.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod terminal;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use folkmoot::store::{Mode, Store};
use terminal::{Terminal, moot};

/// The bare program, with the sample on its screen.
fn at_sample(home: &Path) -> Terminal {
    let terminal = Terminal::start(moot(home, &["--as", "KP"]));
    terminal.until("67 services");
    terminal
}

/// Runs a command of the palette by its name.
fn command(terminal: &Terminal, name: &str) {
    terminal.type_in("\u{10}").until("Every command by name");
    terminal.type_in(name).until(&format!("{name}:"));
    terminal.type_in("\r");
}

/// Verifies a service of the sample.
fn change_something(terminal: &Terminal) {
    command(terminal, "service.verify");
    terminal.until("keep it when you leave");
}

/// A command of the shell, somewhere, with these variables set.
fn shell(home: &Path, folder: &Path, arguments: &[&str], set: &[(&str, &Path)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_moot"));
    command.env_clear().env("HOME", home).env("USER", "kp").current_dir(folder).args(arguments);
    command.envs(set.iter().copied());
    command.output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn remembered(home: &Path) -> PathBuf {
    home.join(".config/moot/workspace")
}

#[test]
fn a_workspace_that_was_begun_is_found_by_a_bare_moot() {
    let (home, elsewhere, beside) =
        (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let home = home.path();
    let mut terminal = at_sample(home);
    command(&terminal, "new");
    terminal.until("Begin a workspace").type_in("Our Table\r");
    let place = home.join("folkmoot");
    terminal.until("Our Table begun in").until("moot opens it from");
    terminal.type_in("\u{3}");
    assert_eq!(terminal.end().0, 0);
    assert_eq!(fs::read_to_string(remembered(home)).unwrap(), format!("{}\n", place.display()));
    // from anywhere; what is named goes before it, and so does what is near
    assert!(out(&shell(home, elsewhere.path(), &[], &[])).starts_with("Our Table\n"));
    folkmoot::store::init(beside.path(), "Another", false).unwrap();
    let named = ["-w", beside.path().to_str().unwrap()];
    assert!(out(&shell(home, elsewhere.path(), &named, &[])).starts_with("Another\n"));
    let set = [("MOOT_WORKSPACE", beside.path())];
    assert!(out(&shell(home, elsewhere.path(), &[], &set)).starts_with("Another\n"));
    assert!(out(&shell(home, beside.path(), &[], &[])).starts_with("Another\n"));
    // another user of the host has their own
    let other = tempfile::tempdir().unwrap();
    assert!(out(&shell(other.path(), elsewhere.path(), &[], &[])).contains("This is the sample"));
    // and where it is gone, that is said, and the sample does not take its place
    fs::rename(&place, home.join("moved")).unwrap();
    for arguments in [&[][..], &["list", "services"], &["find", "debt"]] {
        let output = shell(home, elsewhere.path(), arguments, &[]);
        let said = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!((output.status.code(), out(&output).as_str(), said.lines().count()), (Some(3), "", 1), "{said}");
        assert!(said.contains(&format!("is not at {} any more: name it with -w DIR", place.display())), "{said}");
    }
}

#[test]
fn the_first_workspace_that_is_made_by_command_is_found_too() {
    let (home, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (home, elsewhere) = (home.path(), elsewhere.path());
    let said = out(&shell(home, elsewhere, &["init", "sample", "--name", "Sample", "--sample"], &[]));
    assert!(said.ends_with("open it with: moot -w sample\n"), "{said}");
    assert!(!remembered(home).exists());
    let said = out(&shell(home, elsewhere, &["init", "one", "--name", "One"], &[]));
    assert_eq!(said, "made one; open it with: moot\n");
    assert!(out(&shell(home, home, &[], &[])).starts_with("One\n"));
    let said = out(&shell(home, elsewhere, &["init", "two", "--name", "Two"], &[]));
    assert_eq!(said, "made two; open it with: moot -w two\n");
    assert!(out(&shell(home, home, &[], &[])).starts_with("One\n"), "what is remembered stays");
}

#[test]
fn the_sample_says_that_changes_are_not_kept() {
    let home = tempfile::tempdir().unwrap();
    let terminal = Terminal::start_in(moot(home.path(), &[]), (100, 24), None);
    terminal.until("67 services").until("SAMPLE, not kept").until("a sample, not kept");
    command(&terminal, "service.verify");
    terminal.until("Who are you?").type_in("KP\r").until("keep it when you leave");
    // "saved" would be read as if it were kept
    terminal.until_screen("not kept, in the status line", |screen| {
        let screen = screen.contents();
        screen.lines().any(|line| line.contains("keep it when") && line.trim_end().ends_with("not kept"))
    });
    command(&terminal, "undo");
    terminal.until_gone("keep it when");
}

#[test]
fn leaving_a_changed_sample_offers_to_keep_it() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let mut terminal = at_sample(home);
    change_something(&terminal);
    terminal.type_in("\u{3}").until("Keep the sample with what you changed?").until("1 change is in this copy");
    // the key that asked does not answer, esc stays
    terminal.type_in("\u{3}q").type_in("\u{1b}").until_gone("Keep the sample with");
    terminal.type_in("\u{3}").until("Keep the sample with").type_in("k").until("Keep the sample where?");
    terminal.until("> ~/folkmoot").type_in("\r");
    let (code, _) = terminal.end();
    let place = home.join("folkmoot");
    assert_eq!(code, 0);
    let said = String::from_utf8_lossy(&terminal.bytes()).into_owned();
    assert!(said.contains(&format!("the sample is kept in {}; moot opens it from now on", place.display())), "{said}");
    let kept = Store::open(&place, Mode::Read).unwrap().workspace;
    assert_eq!(kept.services.len(), 67);
    let today = chrono::Local::now().date_naive();
    let verified =
        kept.services.iter().filter(|one| one.verified.as_ref().is_some_and(|it| it.on >= today.pred_opt().unwrap()));
    assert_eq!(verified.count(), 1, "with what was changed in it");
    assert!(out(&shell(home, home, &["list"], &[])).contains("67 services"));
}

#[test]
fn enter_leaves_the_sample_without_its_changes() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = at_sample(home.path());
    change_something(&terminal);
    terminal.type_in("\u{3}").until("Keep the sample with").type_in("\r");
    assert_eq!(terminal.end().0, 0);
    terminal.assert_restored();
    assert!(!remembered(home.path()).exists() && !home.path().join("folkmoot").exists());
    // where nothing was changed nothing is asked
    let mut terminal = at_sample(home.path());
    terminal.type_in("\u{3}");
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn a_place_that_cannot_be_written_keeps_what_was_typed() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    folkmoot::store::init(&home.join("folkmoot"), "Mine", false).unwrap();
    let mut terminal = at_sample(home);
    change_something(&terminal);
    terminal.type_in("\u{3}").until("Keep the sample with").type_in("k").until("> ~/folkmoot").type_in("\r");
    terminal.until("is a workspace already").until("> ~/folkmoot").type_in("-2\r");
    assert_eq!(terminal.end().0, 0);
    assert_eq!(Store::open(&home.join("folkmoot-2"), Mode::Read).unwrap().workspace.services.len(), 67);
    assert_eq!(Store::open(&home.join("folkmoot"), Mode::Read).unwrap().workspace.services.len(), 0);
}

#[test]
fn a_changed_sample_is_offered_before_another_workspace_is_begun() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = at_sample(home.path());
    change_something(&terminal);
    command(&terminal, "new");
    terminal.until("Keep the sample with").type_in("\r").until("Begin a workspace");
    terminal.type_in("Our Table\r").until("Our Table begun in");
    terminal.type_in("\u{3}");
    assert_eq!(terminal.end().0, 0, "what was given up is not asked about again");
}

#[test]
fn the_sample_can_be_kept_without_leaving_it() {
    let home = tempfile::tempdir().unwrap();
    let mut terminal = at_sample(home.path());
    command(&terminal, "keep");
    terminal.until("Keep the sample where?").type_in("\r").until("the sample is kept in");
    terminal.until_gone("not kept").until("67 services");
    command(&terminal, "keep");
    terminal.until("this is no copy of the sample");
    terminal.type_in("\u{3}");
    assert_eq!(terminal.end().0, 0);
}
