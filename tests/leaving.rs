//! Saving and leaving: what is on its way to the disk when somebody leaves, what is kept when it does not get there, and
//! what two people do in the same instant. The first part plays the app with a disk that answers late or not at all; the
//! second drives the real program, with real locks, signals, imports and files.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a test fails by panicking; helpers are no #[test]

mod harness;
mod terminal;

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

use folkmoot::app::{Event, Finished};
use folkmoot::model::{AnyRecord, Change, Edit, Id, Kind, Ref, Service, SplitMix64};
use folkmoot::store::{Mode, Store};
use harness::{Harness, id_of, set};
use portable_pty::CommandBuilder;
use rustix::process::Signal;
use terminal::{Home, Terminal, at_home};

// The app -----------------------------------------------------------------------------------------------------------------

#[test]
fn leaving_waits_for_the_answer_of_the_disk() {
    let mut harness = Harness::sample();
    harness.is_slow = true;
    harness.press("/street nurse<enter>vpq");
    assert!(
        !harness.has_quit && harness.said().contains("2 changes are being saved, then leaving"),
        "{}",
        harness.said()
    );
    harness.answer();
    assert!(!harness.has_quit, "one of two is saved");
    harness.answer();
    assert!(harness.has_quit && harness.app.saving.is_done());
    assert!(harness.service("Street Nurse").verified.is_some());
}

#[test]
fn changes_go_to_the_disk_one_after_the_other() {
    let mut harness = Harness::sample();
    harness.is_slow = true;
    harness.press("nThe Long Table<ctrl-s>v");
    assert_eq!(harness.unanswered.len(), 1, "the second waits for the first");
    harness.is_full = true;
    harness.answer();
    assert!(harness.unanswered.is_empty() && harness.said().contains("no space left"), "{}", harness.said());
    harness.is_full = false;
    harness.press("<ctrl-s>");
    harness.answer();
    harness.answer();
    assert!(harness.service("The Long Table").verified.is_some());
    assert_eq!(harness.said(), "everything is saved now");
}

#[test]
fn another_key_stays() {
    let mut harness = Harness::sample();
    harness.is_slow = true;
    harness.press("vqj");
    harness.answer();
    assert!(!harness.has_quit && harness.app.saving.is_done());
    harness.press("q");
    assert!(harness.has_quit);
}

#[test]
fn the_save_that_fails_while_somebody_leaves_is_said_and_asked_about() {
    let mut harness = Harness::sample();
    (harness.is_slow, harness.is_full) = (true, true);
    harness.press("vq");
    harness.answer();
    let screen = harness.screen();
    assert!(!harness.has_quit && screen.contains("Leave without saving?"), "{screen}");
    assert!(harness.said().contains("no space left"), "what failed is said: {}", harness.said());
    harness.press("<esc><ctrl-s>q");
    harness.is_full = false;
    harness.answer();
    assert!(harness.has_quit && harness.app.saving.is_done());
}

#[test]
fn what_is_left_unsaved_is_brought_back_at_the_next_start() {
    let mut harness = Harness::sample();
    harness.is_slow = true;
    harness.press("/street nurse<enter>vqq");
    assert!(harness.screen().contains("Leave without saving?"), "{}", harness.screen());
    harness.press("yes<enter>");
    assert!(harness.has_quit && !harness.app.saving.is_done());
    assert_eq!(harness.kept.len(), 1);
    let id = id_of(&harness.saved(), "Street Nurse");
    harness.is_slow = false;
    let mut harness = harness.restarted();
    assert_eq!(harness.said(), "not saved last time: Street Nurse verified; :restore brings it back");
    assert_ne!(harness.service("Street Nurse").verified.and_then(|it| it.by).as_deref(), Some("KP"));
    harness.colleague(|workspace, author| set(workspace, author, id, "cost", "free"));
    harness.press(":restore<enter>");
    assert_eq!(harness.said(), "Street Nurse verified");
    let service = harness.service("Street Nurse");
    assert_eq!(service.verified.unwrap().by.as_deref(), Some("KP"));
    assert_eq!(service.cost.as_deref(), Some("free"), "it is merged like any change");
    assert!(harness.kept.is_empty(), "what is saved is not kept any more");
    harness.press(":restore<enter>");
    assert_eq!(harness.said(), "everything was saved last time");
    harness.press("u");
    assert_ne!(harness.service("Street Nurse").verified.and_then(|it| it.by).as_deref(), Some("KP"));
}

#[test]
fn what_was_brought_back_is_kept_until_it_is_saved() {
    let mut harness = Harness::sample();
    harness.is_full = true;
    harness.press("/street nurse<enter>v");
    harness.event(Event::Hangup);
    let mut harness = harness.restarted();
    harness.press(":restore<enter>");
    assert!(harness.said().contains("no space left"), "{}", harness.said());
    harness.event(Event::Hangup);
    assert_eq!(harness.kept.len(), 1, "kept once, not once a start");
    harness.is_full = false;
    harness.press("<ctrl-s>");
    assert!(harness.kept.is_empty() && harness.service("Street Nurse").verified.is_some());
}

#[test]
fn what_is_saved_after_a_hang_up_is_not_offered_again() {
    let mut harness = Harness::sample();
    harness.is_slow = true;
    harness.press("v");
    harness.event(Event::Hangup);
    assert_eq!(harness.kept.len(), 1, "what is on its way may not arrive");
    harness.answer();
    assert!(harness.kept.is_empty());
}

#[test]
fn a_draft_stays_until_its_change_is_saved() {
    let mut harness = Harness::sample();
    harness.press("nThe Long Table<esc>D");
    assert_eq!(harness.drafts.len(), 1);
    harness.is_slow = true;
    harness.press("<ctrl-s>");
    assert_eq!(harness.drafts.len(), 1, "the disk has not answered");
    harness.answer();
    assert!(harness.drafts.is_empty());
}

#[test]
fn a_newer_draft_of_a_record_that_is_being_saved_stays() {
    let mut harness = Harness::sample();
    harness.press("/shingle house<enter>e");
    harness.field("cost").press("<ctrl-u>a pound<esc>e");
    harness.is_slow = true;
    harness.press("<ctrl-s>e");
    harness.field("cost").press("<ctrl-u>two pounds");
    harness.event(Event::Woke);
    harness.answer();
    assert_eq!(harness.drafts.len(), 1);
    harness.is_slow = false;
    let mut harness = harness.restarted();
    harness.press("D");
    assert_eq!(harness.typed("cost"), "two pounds");
}

#[test]
fn leaving_a_form_waits_for_its_draft() {
    let mut harness = Harness::sample();
    harness.is_full_for_drafts = true;
    harness.press("nThe Long Table<ctrl-c>");
    assert!(!harness.has_quit && harness.screen().contains("Leave without saving?"), "{}", harness.screen());
    assert!(harness.said().contains("the disk is full"), "{}", harness.said());
    harness.press("<esc>");
    harness.is_full_for_drafts = false;
    harness.press("<ctrl-c>");
    assert!(harness.has_quit && harness.drafts.len() == 1);
}

#[test]
fn an_import_under_way_is_stopped_before_leaving() {
    let mut harness = Harness::sample();
    harness.press(":import<enter>feed.json<enter>q");
    assert!(!harness.has_quit && harness.asked.ends_with(&["Import".into(), "Cancel".into()]), "{:?}", harness.asked);
    let before = harness.app.workspace.clone();
    let change =
        harness::set(&before, &harness.app.author().unwrap(), before.services.iter().next().unwrap().id, "cost", "x");
    harness.event(Event::Finished(Finished {
        sentence: "1 service imported".to_owned(),
        change: change.ok(),
        page: None,
        failed: false,
    }));
    assert!(harness.has_quit && harness.app.workspace == before, "an import that was stopped changes nothing");
}

#[test]
fn another_workspace_waits_until_everything_is_saved() {
    let mut harness = Harness::sample();
    harness.is_full = true;
    harness.press("v:new<enter>/tmp/x North<enter>");
    assert!(harness.screen().contains("1 change is not on the disk"), "{}", harness.screen());
    harness.is_full = false;
    harness.press("<esc><ctrl-s>:new<enter>/tmp/x North<enter>v");
    assert_eq!(harness.asked.last().map(String::as_str), Some("Begin"));
    assert_eq!(harness.said(), "the workspace is still being read", "nothing is changed in between");
}

/// The id that the harness draws next for a record of this kind.
fn next_id(harness: &Harness, kind: Kind) -> Id {
    let mut random: SplitMix64 = harness.app.random.clone();
    let workspace = &harness.app.workspace;
    random.new_id(kind.letter(), workspace.count(kind), |id| workspace.get(id).is_some())
}

/// A colleague adds a record with an id of their own choice.
fn added(record: AnyRecord) -> Change {
    let sentence = format!("{} added", record.title_alone());
    Change { edits: Edit::new(None, Some(record)).into_iter().collect(), sentence }
}

#[test]
fn two_people_draw_one_id_in_one_instant() {
    let mut harness = Harness::sample();
    let id = next_id(&harness, Kind::Service);
    let theirs = Service { id, name: "Theirs".into(), ..Service::default() };
    harness.colleague_unseen(|_, _| Ok(added(theirs.into())));
    harness.press("nOurs<ctrl-s>");
    assert!(!harness.screen().contains("NOT SAVED"), "{}", harness.screen());
    let (ours, theirs) = (harness.service("Ours"), harness.service("Theirs"));
    assert!(theirs.id == id && ours.id != id);
    assert!(harness.app.workspace.get(id).is_some_and(|record| record.title_alone() == "Theirs"), "both are here");
    assert_eq!(harness.app.selected().unwrap().id(), ours.id);
    harness.press("u");
    assert!(!harness.file("services.ron").contains("\"Ours\"") && harness.file("services.ron").contains("\"Theirs\""));
    harness.press("U");
    assert_eq!(harness.service("Ours").id, ours.id);
}

#[test]
fn an_organisation_that_gets_another_id_is_named_by_it() {
    let mut harness = Harness::sample();
    let id = next_id(&harness, Kind::Organisation);
    let theirs = folkmoot::model::Organisation { id, name: "Theirs".into(), ..Default::default() };
    harness.is_slow = true;
    harness.press("6oOurs<ctrl-s>1n");
    harness.field("name").press("Soup");
    harness.field("organisation").press("Ours<ctrl-s>");
    harness.colleague_unseen(|_, _| Ok(added(theirs.into())));
    harness.is_slow = false;
    harness.answer();
    let saved = harness.saved();
    let ours = id_of(&saved, "Ours");
    assert_ne!(ours, id);
    assert_eq!(harness.service("Soup").organisation, Some(Ref::record(ours)));
    assert_eq!(
        harness.app.workspace.services.iter().find(|s| s.name.as_str() == "Soup").unwrap().organisation,
        Some(Ref::record(ours))
    );
}

#[test]
fn a_colleagues_record_that_is_seen_first_takes_the_id() {
    let mut harness = Harness::sample();
    let id = next_id(&harness, Kind::Service);
    let theirs = Service { id, name: "Theirs".into(), phone: Some("1".into()), ..Service::default() };
    harness.is_slow = true;
    harness.press("vnOurs<ctrl-s>");
    harness.colleague(|_, _| Ok(added(theirs.into())));
    harness.is_slow = false;
    harness.answer();
    assert_eq!((harness.service("Theirs").id, harness.service("Ours").phone), (id, None));
    assert!(harness.app.saving.is_done());
}

#[test]
fn where_nobody_tells_of_changes_the_files_are_looked_at_after_a_pause() {
    let mut harness = Harness::sample();
    harness.unwatched = Some("it is on NFS".to_owned());
    let mut harness = harness.restarted();
    assert!(harness.said().contains("it is on NFS"), "{}", harness.said());
    let id = id_of(&harness.saved(), "Shingle House");
    harness.press("/shingle house<enter>");
    harness.colleague_unseen(|workspace, author| set(workspace, author, id, "cost", "a pound a night"));
    let asked = harness.asked.len();
    harness.press("jjkk");
    assert!(!harness.asked[asked..].contains(&"Reload".to_owned()), "not at every key: {:?}", harness.asked);
    harness.seconds += 2;
    harness.press("j");
    assert!(harness.app.workspace.services.get(id).unwrap().cost.as_deref() == Some("a pound a night"));
    assert!(!harness.said().contains("NFS"), "said once: {}", harness.said());
    harness.seconds -= 3_600; // the clock is put back
    let asked = harness.asked.len();
    harness.press("j");
    assert!(harness.asked[asked..].contains(&"Reload".to_owned()), "{:?}", harness.asked);
    let mut watched = Harness::sample();
    watched.seconds += 10;
    watched.press("j");
    assert!(!watched.asked.contains(&"Reload".to_owned()), "where the system tells, nobody looks");
}

// The program -------------------------------------------------------------------------------------------------------------

/// The lock of a workspace, held by somebody else.
fn hold(home: &Home) -> File {
    let lock =
        File::options().create(true).truncate(false).write(true).open(home.workspace().join(".moot/lock")).unwrap();
    lock.lock().unwrap();
    lock
}

/// Changes that were kept: the files, all of them for their writer alone.
fn kept(home: &Home) -> usize {
    let drafts = home.draft_files().into_iter();
    let kept: Vec<_> = drafts.filter(|path| path.file_name().unwrap().to_string_lossy().contains("changes-")).collect();
    for path in &kept {
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{}", path.display());
    }
    kept.len()
}

/// The program where no file may be larger than this many kilobytes: less than services.ron has, more than a draft.
fn start_limited(home: &Home) -> Terminal {
    let mut shell = CommandBuilder::new("bash");
    shell.args(["-c", &format!("ulimit -f 20; exec {} -w dorset --as KP", env!("CARGO_BIN_EXE_moot"))]);
    at_home(&mut shell, home.path());
    let terminal = Terminal::start(shell);
    terminal.until_commands();
    terminal
}

/// Who verified the service that stands first on the screen, as it is saved.
fn verified_by(home: &Home) -> Option<String> {
    let workspace = Store::open(&home.workspace(), Mode::Read).unwrap().workspace;
    let service = workspace.services.get(id_of(&workspace, "Street Nurse")).unwrap().clone();
    service.verified.as_ref()?.by.as_ref().map(ToString::to_string)
}

/// A change: a service is searched for, and verified.
fn verify(terminal: &Terminal) {
    terminal.type_in("/street nurse\r").until("1 of 67").type_in("v");
}

/// Brings back at the next start what the last one kept.
fn assert_comes_back(home: &Home) {
    assert_ne!(verified_by(home).as_deref(), Some("KP"), "it was not saved before");
    let mut terminal = home.start();
    terminal.until("not saved last time: Street Nurse verified; :restore brings it back");
    terminal.type_in(":restore\r").until_gone("not saved last time").until("saved").type_in("q");
    assert_eq!(terminal.end().0, 0);
    assert_eq!((verified_by(home).as_deref(), kept(home)), (Some("KP"), 0));
}

#[test]
fn leaving_while_somebody_holds_the_lock_asks_and_keeps() {
    let home = Home::new();
    let mut terminal = home.start();
    let lock = hold(&home);
    verify(&terminal);
    terminal.type_in("q").until("1 change is being saved, then leaving");
    terminal.until("Leave without saving?").until("the workspace is held by").type_in("yes\r");
    let (code, _) = terminal.end();
    terminal.assert_restored();
    terminal.until("moot: 1 change could not be saved; kept, and offered back at the next start");
    drop(lock);
    assert_eq!((code, kept(&home)), (6, 1));
    assert_comes_back(&home);
}

#[test]
fn leaving_waits_for_the_lock_and_then_leaves() {
    let home = Home::new();
    let mut terminal = home.start();
    let lock = hold(&home);
    verify(&terminal);
    terminal.type_in("q").until("1 change is being saved, then leaving");
    drop(lock);
    assert_eq!(terminal.end().0, 0);
    assert_eq!((verified_by(&home).as_deref(), kept(&home)), (Some("KP"), 0));
}

#[test]
fn saving_and_leaving_at_once_on_a_full_disk_loses_nothing() {
    let home = Home::new();
    let mut terminal = start_limited(&home);
    terminal.type_in("nThe Long Table").until("The Long Table").type_in("\x13q");
    terminal.until("Leave without saving?").until("services.ron was not saved: the file would be").type_in("yes\r");
    assert_eq!(terminal.end().0, 6);
    assert_eq!(kept(&home), 1);
    let again = home.start();
    again
        .until("not saved last time: The Long Table added")
        .type_in(":restore\r")
        .until_gone("not saved last time")
        .until("saved");
    assert!(home.services().contains("The Long Table"));
}

fn ends_with_the_lock_held(signal: Signal, code: u32) {
    let home = Home::new();
    let mut terminal = home.start();
    let lock = hold(&home);
    verify(&terminal);
    terminal.until("saving").type_in("nThe Long Table").until("The Long Table");
    terminal.signal(signal);
    let (ended, took) = terminal.end();
    println!("{signal:?} with the lock held: out after {} ms", took.as_millis());
    drop(lock);
    assert_eq!((ended, kept(&home), home.drafts()), (code, 1, 2), "a change, and what was typed");
    assert!(took < Duration::from_secs(5), "{took:?}"); // a second is what is wanted; the machine may be busy
    assert_comes_back(&home);
}

#[test]
fn a_terminate_signal_keeps_what_is_not_saved() {
    ends_with_the_lock_held(Signal::TERM, 143);
}

#[test]
fn a_hang_up_keeps_what_is_not_saved() {
    ends_with_the_lock_held(Signal::HUP, 129);
}

/// However it ends after it has said that a change is not saved, the change is kept.
fn ends_after_not_saved(end: impl FnOnce(&mut Terminal), code: u32) {
    let home = Home::new();
    let mut shell = CommandBuilder::new("bash");
    shell.args(["-c", &format!("ulimit -f 20; exec {} -w dorset --as KP", env!("CARGO_BIN_EXE_moot"))]);
    at_home(&mut shell, home.path());
    let mut terminal = Terminal::start_in(shell, (80, 24), Some("NOT SAVED"));
    terminal.until_commands();
    verify(&terminal);
    terminal.until("NOT SAVED");
    end(&mut terminal);
    assert_eq!((terminal.end().0, kept(&home)), (code, 1));
    assert_comes_back(&home);
}

#[test]
fn a_terminate_signal_after_not_saved_keeps_the_change() {
    ends_after_not_saved(|terminal| terminal.signal(Signal::TERM), 143);
}

#[test]
fn a_closed_terminal_after_not_saved_keeps_the_change() {
    ends_after_not_saved(Terminal::close, 129);
}

/// Verifies a service while something is wrong; that is said, and once it is right again the change is saved.
fn waits_out(home: &Home, said: &[&str], begin: impl FnOnce(), end: impl FnOnce()) {
    let mut terminal = home.start();
    begin();
    verify(&terminal);
    for one in said {
        terminal.until(one);
    }
    terminal.until("NOT SAVED");
    terminal.type_in("nThe Long Table").until("The Long Table");
    end();
    terminal.type_in("\x13").until("everything is saved now").type_in("q");
    assert_eq!(terminal.end().0, 0);
    assert_eq!((verified_by(home).as_deref(), kept(home), home.drafts()), (Some("KP"), 0, 0));
    assert!(home.services().contains("The Long Table"), "what was typed meanwhile is saved too");
}

#[test]
fn a_lock_that_somebody_holds_is_waited_out() {
    let home = Home::new();
    let lock = std::cell::Cell::new(None);
    waits_out(&home, &["the workspace is held by"], || lock.set(Some(hold(&home))), || drop(lock.take()));
}

#[test]
fn a_workspace_that_vanishes_is_waited_out() {
    let home = Home::new();
    let away = home.path().join("away");
    let (to, back) = ((home.workspace(), away.clone()), (away, home.workspace()));
    waits_out(
        &home,
        &["is not there any more; put it back"],
        || fs::rename(to.0, to.1).unwrap(),
        || fs::rename(back.0, back.1).unwrap(),
    );
}

#[test]
fn a_full_disk_is_waited_out() {
    if let Some((home, disk)) = Home::on_small_disk(2_000) {
        waits_out(&home, &["services.ron was not saved: the disk is full"], || disk.fill(), || disk.clear());
    }
}

#[test]
fn a_disk_that_goes_read_only_is_waited_out() {
    if let Some((home, disk)) = Home::on_small_disk(2_000) {
        let set = |is_read_only| disk.set_read_only(is_read_only);
        waits_out(&home, &["nothing was saved: the file system is read-only"], || set(true), || set(false));
    }
}

#[test]
fn a_lock_file_that_is_removed_stops_nobody() {
    let home = Home::new();
    let mut terminal = home.start();
    verify(&terminal);
    terminal.until("saved");
    fs::remove_file(home.workspace().join(".moot/lock")).unwrap();
    terminal
        .type_in("nThe Long Table")
        .until("The Long Table")
        .type_in("\x13")
        .until("The Long Table added")
        .until("saved");
    terminal.type_in("q");
    assert_eq!(terminal.end().0, 0);
    assert!(home.services().contains("The Long Table"));
}

/// A copy of the files without the private directory, as a checkout has it.
fn check_out(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten().filter(|entry| entry.path().is_file()) {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn a_checkout_in_the_place_of_the_workspace_is_gone_on_in() {
    let home = Home::new();
    let new = home.path().join("new");
    check_out(&home.workspace(), &new);
    let services = fs::read_to_string(new.join("services.ron")).unwrap();
    fs::write(new.join("services.ron"), services.replace("\"Street Nurse\"", "\"Street Doctor\"")).unwrap();
    let mut terminal = home.start();
    fs::rename(home.workspace(), home.path().join("old")).unwrap();
    terminal.until("this workspace is not there any more");
    fs::rename(new, home.workspace()).unwrap();
    std::thread::sleep(Duration::from_secs(3)); // the pause after which it looks again
    terminal.type_in("j").until("the files are in order again");
    terminal.type_in("/street doctor\r").until("Street Doctor").until(" of 67").type_in("v").until("saved");
    assert!(home.services().contains("Street Doctor") && home.workspace().join(".moot/backups").is_dir());
    // Where it is now, the system tells of what others do.
    let mut others = Store::open(&home.workspace(), Mode::Write).unwrap();
    let id = id_of(&others.workspace, "Street Doctor");
    let author =
        folkmoot::model::Author { by: "RS".into(), at: folkmoot::store::now(), today: folkmoot::store::now().date() };
    let change = set(&others.workspace, &author, id, "cost", "a pound").unwrap();
    others.store.commit(&change).unwrap();
    terminal.until("RS changed Street Doctor").type_in("q");
    assert_eq!(terminal.end().0, 0);
}

#[test]
fn what_an_editor_writes_over_is_said_and_taken_back() {
    let home = Home::new();
    let opened_in_editor = home.services();
    let mut terminal = home.start();
    verify(&terminal);
    terminal.until("saved");
    assert_eq!(verified_by(&home).as_deref(), Some("KP"));
    fs::write(home.workspace().join("services.ron"), opened_in_editor.replace("\"Shingle House\"", "\"Shingle Hall\""))
        .unwrap();
    terminal.until("Street Nurse: a text editor or a checkout wrote an older");
    assert_eq!(conflicts(&home), 1);
    terminal.type_in(":conflict.take-back\r").until("taken back: Street Nurse").until("saved").type_in("q");
    assert_eq!(terminal.end().0, 0);
    assert_eq!(verified_by(&home).as_deref(), Some("KP"));
    assert!(home.services().contains("Shingle Hall"), "what was typed in the editor is there as well");
}

/// A directory that takes some seconds to import.
fn long_feed(home: &Home) -> String {
    let service =
        |n: usize| format!(r#"{{"id":"{n}","name":"Service {n}","status":"active","description":"{n} beds"}}"#);
    let services: Vec<String> = (0..60_000).map(service).collect();
    let path = home.path().join("feed.json");
    fs::write(&path, format!("{{\"contents\": [{}]}}", services.join(","))).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_signal_during_an_import_keeps_what_is_typed_and_what_is_not_saved() {
    let home = Home::new();
    let feed = long_feed(&home);
    let mut terminal = home.start();
    terminal.type_in(&format!(":import\r{feed}\r")).until("import:");
    verify(&terminal);
    terminal.until("Street Nurse verified").type_in("nThe Long Table").until("The Long Table");
    terminal.signal(Signal::TERM);
    let (code, took) = terminal.end();
    println!("terminated during an import: out after {} ms", took.as_millis());
    assert_eq!(code, 143);
    let is_saved = verified_by(&home).as_deref() == Some("KP");
    println!("the change was {}", if is_saved { "saved" } else { "kept" });
    assert_eq!((kept(&home), home.drafts() - kept(&home)), (usize::from(!is_saved), 1));
    assert!(!home.services().contains("Service 59999"));
}

#[test]
fn leaving_stops_an_import() {
    let home = Home::new();
    let feed = long_feed(&home);
    let mut terminal = home.start();
    terminal.type_in(&format!(":import\r{feed}\r")).until("import:").type_in("q");
    assert_eq!(terminal.end().0, 0);
    assert!(!home.services().contains("Service 59999"));
}

#[test]
fn an_import_is_stopped_on_request_and_another_one_goes_through() {
    let home = Home::new();
    let feed = long_feed(&home);
    let terminal = home.start();
    terminal
        .type_in(&format!(":import\r{feed}\r"))
        .until("import:")
        .type_in(":cancel\r")
        .until("the import was stopped");
    assert!(!home.services().contains("Service 59999"));
    let small = home.path().join("small.json");
    fs::write(&small, r#"{"contents": [{"id":"1","name":"Beds and Board","status":"active"}]}"#).unwrap();
    terminal.type_in(&format!(":import\r{}\r", small.display())).until("This would come in");
    assert!(!home.services().contains("Beds and Board"), "nothing comes before somebody says so");
    terminal.type_in("\r").until("What the import did");
    terminal.type_in("q").until("68 services").until("saved");
    assert!(home.services().contains("Beds and Board"));
    terminal.type_in("u").until("67 services").until("saved");
    assert!(!home.services().contains("Beds and Board"));
}

#[test]
fn an_export_is_written_where_it_was_asked_for() {
    let home = Home::new();
    let terminal = home.start();
    let path = home.path().join("out.csv");
    terminal.type_in(&format!(":export\r\x15csv {}\r", path.display())).until("67 services written to");
    assert_eq!(csv::Reader::from_path(&path).unwrap().records().count(), 67);
    terminal.type_in(&format!(":export\r\x15csv {}\r", path.display())).until("is there already");
}

#[test]
fn a_workspace_of_ones_own_begins_from_the_screens() {
    let home = Home::new();
    let mut terminal = home.start();
    terminal.type_in(&format!(":new\r\x15{} Table of the North\r", home.path().join("north").display()));
    terminal.until("No services yet").type_in("n").until("Who are you?");
    terminal
        .type_in("Katy Pascoe\r")
        .until("New service")
        .type_in("Nightstop\x13")
        .until("Nightstop added")
        .until("saved");
    terminal.type_in("q");
    assert_eq!(terminal.end().0, 0);
    assert!(fs::read_to_string(home.path().join("north/services.ron")).unwrap().contains("Nightstop"));
    assert!(!home.services().contains("Nightstop"));
}

/// Two colleagues changed the cost of one service from the same beginning; the later one has it.
fn conflict(home: &Home) {
    let open = || Store::open(&home.workspace(), Mode::Write).unwrap();
    let (mut first, mut second) = (open(), open());
    for (opened, by, cost, seconds) in [(&mut first, "KP", "a pound", 1), (&mut second, "RS", "two pounds", 2)] {
        let at = folkmoot::model::Timestamp::from_seconds(harness::TEN + seconds);
        let author = folkmoot::model::Author { by: by.into(), at, today: harness::today() };
        let id = id_of(&opened.workspace, "Street Nurse");
        let change = set(&opened.workspace, &author, id, "cost", cost).unwrap();
        opened.store.commit(&change).unwrap();
    }
    assert_eq!(open().store.conflicts().len(), 1);
}

fn conflicts(home: &Home) -> usize {
    Store::open(&home.workspace(), Mode::Read).unwrap().store.conflicts().len()
}

#[test]
fn a_conflict_is_settled_when_what_was_lost_is_saved_again() {
    let home = Home::new();
    conflict(&home);
    let mut terminal = start_limited(&home);
    terminal.type_in(":conflict.take-back\r").until("services.ron was not saved: the file would be");
    assert_eq!(conflicts(&home), 1, "what is not saved is not settled");
    terminal.type_in("q").until("Leave without saving?").type_in("yes\r");
    assert_eq!(terminal.end().0, 6);
    let mut terminal = home.start();
    terminal.type_in(":conflict.take-back\r").until("taken back: Street Nurse").until("saved").type_in("q");
    assert_eq!(terminal.end().0, 0);
    assert_eq!(conflicts(&home), 0);
    assert!(home.services().contains("\"a pound\""));
}

#[test]
fn an_open_editor_does_not_stand_in_the_way_of_a_draft() {
    let home = Home::new();
    let script = home.path().join("editor");
    fs::write(&script, "#!/bin/sh\n: > opened\nsleep 3\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
    let mut command = home.moot(&[]);
    command.env("EDITOR", &script);
    let mut terminal = Terminal::start(command);
    terminal.until_commands().type_in("nThe Long Table").until("The Long Table").type_in("\x0f");
    let end = Instant::now() + terminal::PATIENCE;
    while !home.path().join("opened").exists() {
        assert!(Instant::now() < end, "the editor was not opened");
        std::thread::sleep(Duration::from_millis(2)); // a file does not tell when it comes
    }
    terminal.signal(Signal::TERM);
    assert_eq!((terminal.end().0, home.drafts()), (143, 1));
}

#[test]
fn without_a_watch_it_says_so_once_and_looks_after_a_pause() {
    let alone = "echo 0 > /proc/sys/user/max_inotify_instances";
    let is_possible =
        Command::new("unshare").args(["-Ur", "sh", "-c", alone]).output().is_ok_and(|it| it.status.success());
    if !is_possible {
        println!("skipped: this machine lets nobody take the watches away from a program of their own (unshare -Ur)");
        return;
    }
    let home = Home::new();
    let mut command = CommandBuilder::new("unshare");
    let moot = format!("{alone}; exec {} -w dorset --as KP", env!("CARGO_BIN_EXE_moot"));
    command.args(["-Ur", "sh", "-c", &moot]);
    at_home(&mut command, home.path());
    let terminal = Terminal::start(command);
    terminal.until("colleagues' changes are seen after a pause and a key").until_commands();
    let run = |arguments: &[&str]| {
        let mut moot = Command::new(env!("CARGO_BIN_EXE_moot"));
        moot.current_dir(home.path()).args(["-w", "dorset", "--as", "RS"]).args(arguments).output().unwrap()
    };
    assert!(run(&["add", "service", "name=Soup at Six"]).status.success());
    std::thread::sleep(Duration::from_secs(3)); // the pause after which it looks again
    terminal.type_in("j").until("68 services").until_gone("after a pause and a key");
}
