//! Nobody ever sees half of a change of several files, whatever happens to it and whenever it is looked at.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use folkmoot::model::{AnyRecord, Kind};
use folkmoot::store::{Disk, Mode, Opened, Storage, Store, StoreError};

use super::faults::{add_three, copy_of, edit_three, is_whole, seen, version};
use super::storage::{Broken, Fault, Faulty, Hooked};
use super::{adding, changing, heavy, new_workspace, open, save, service};

/// A workspace with the three records, copied from one that was made once.
fn three() -> tempfile::TempDir {
    static THREE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let made = THREE.get_or_init(|| {
        let dir = new_workspace(false);
        add_three(dir.path());
        dir
    });
    copy_of(made.path())
}

/// Makes the change as a process that dies at its `at`-th call.
pub fn die_at(disk: Box<dyn Storage>, dir: &Path, at: usize) {
    let faulty = Arc::new(Faulty::new(disk, Fault::Death, at));
    let mut dying = Store::open_on(faulty.clone(), dir, Mode::Write).unwrap();
    faulty.arm();
    let _ = dying.store.commit(&edit_three(0, 1));
}

/// Whether everything a reader reads is of one version, now and after looking again.
fn reads_whole(opened: &mut Opened) -> bool {
    let is_whole_at_first = opened.problems.is_empty() && is_whole(opened);
    let originals = opened.store.load_kind(Kind::Original).unwrap();
    let news = opened.store.reload();
    let feed = match &originals[..] {
        [AnyRecord::Original(original)] => original.feed.as_ref().map(ToString::to_string),
        _ => None,
    };
    let is_of_one_moment = !news.change.edits.is_empty() || feed == version(opened);
    opened.workspace.apply(&news.change);
    is_whole_at_first && is_of_one_moment && news.problems.is_empty() && is_whole(opened)
}

/// The names of the calls that `act` makes, after opening the workspace where that is not the act itself.
fn calls_of(dir: &Path, act: Option<fn(&mut Opened)>) -> Vec<String> {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let seen = calls.clone();
    let storage = Arc::new(Hooked::new(Box::new(Disk), move |name, _| seen.lock().unwrap().push(name.to_owned())));
    let mut opened = Store::open_on(storage, dir, Mode::Write).unwrap();
    if let Some(act) = act {
        calls.lock().unwrap().clear();
        act(&mut opened);
    }
    let calls = calls.lock().unwrap();
    calls.clone()
}

/// The places before and after each call of this name, and with `FOLKMOOT_HEAVY` all places.
fn around(calls: &[String], name: &str) -> BTreeSet<usize> {
    let is_meant = |at: &usize| calls[*at] == name || heavy(0, 1) == 1;
    (0..calls.len()).filter(is_meant).flat_map(|at| [at, at + 1]).collect()
}

/// Where a writer dies, and where whoever takes the lock next dies: around each rename of a change, and, where it has
/// not taken effect, around each removal that undoes it.
fn deaths() -> Vec<(usize, usize)> {
    let never = 10_000;
    let dir = three();
    let mut calls = calls_of(dir.path(), Some(|opened| drop(opened.store.commit(&edit_three(0, 1)).unwrap())));
    let renames: Vec<usize> = (0..calls.len()).filter(|at| calls[*at] == "rename").collect();
    assert_eq!(
        renames.len(),
        9,
        "the journal and three files, then three old versions and two copies of what was saved"
    );
    calls.truncate(heavy(renames[3] + 2, calls.len()));
    let mut deaths: Vec<(usize, usize)> = around(&calls, "rename").into_iter().map(|at| (at, never)).collect();
    let dir = three();
    die_at(Box::new(Disk), dir.path(), renames[1]);
    let undoing = around(&calls_of(dir.path(), None), "remove");
    assert!(undoing.len() > 4, "the journal and three files");
    deaths.extend(undoing.into_iter().map(|at| (renames[1], at)));
    deaths
}

/// At a call of the reader, a writer makes the change and dies at one of its own calls; at a later one, the next takes
/// the lock, and may die as well. Whether the reader ever saw half. Where time is short, each death meets every second
/// call of the reader, and the next death the others.
fn sweep_reader(writer: fn() -> Box<dyn Storage>, is_open: bool) -> bool {
    let template = three();
    for (number, (writer_dies, next_dies)) in deaths().into_iter().enumerate() {
        let step = heavy(2, 1);
        for at in (number % step..500).step_by(step) {
            let dir = copy_of(template.path());
            let place: PathBuf = dir.path().to_owned();
            let armed = Arc::new(AtomicBool::new(is_open));
            let is_armed = armed.clone();
            let mut calls = 0;
            let storage = Arc::new(Hooked::new(Box::new(Disk), move |_, _| {
                if is_armed.load(Ordering::Relaxed) {
                    if calls == at {
                        die_at(writer(), &place, writer_dies);
                    } else if calls == at + 2 {
                        let faulty = Faulty::new(Box::new(Disk), Fault::Death, next_dies);
                        faulty.arm();
                        drop(Store::open_on(Arc::new(faulty), &place, Mode::Write));
                    }
                    calls += 1;
                }
            }));
            let mut opened = Store::open_on(storage.clone(), dir.path(), Mode::Read).unwrap();
            let before = storage.calls();
            armed.store(true, Ordering::Relaxed);
            if !reads_whole(&mut opened) {
                return true;
            }
            if at > if is_open { storage.calls() } else { storage.calls() - before } {
                break;
            }
        }
    }
    false
}

#[test]
fn a_reader_between_any_two_steps_sees_old_or_new() {
    for is_open in [true, false] {
        assert!(sweep_reader(|| Box::new(Broken::WithoutJournal), is_open), "the sweep is blind");
        assert!(!sweep_reader(|| Box::new(Disk), is_open));
    }
}

/// Readers beside a writer whose renames are slow. Says how often they saw half, and how many versions.
fn read_beside(disk: fn() -> Box<dyn Storage>) -> (usize, usize) {
    let dir = three();
    let is_over = AtomicBool::new(false);
    let halves = AtomicUsize::new(0);
    let mut versions = BTreeSet::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let slow = |name: &str, _| {
                if name == "rename" {
                    std::thread::sleep(Duration::from_millis(2));
                }
            };
            let storage = Arc::new(Hooked::new(disk(), slow));
            let mut writer = Store::open_on(storage, dir.path(), Mode::Write).unwrap().store;
            let began = Instant::now();
            let mut number = 0;
            while began.elapsed() < Duration::from_millis(heavy(1_500, 20_000) as u64) {
                writer.commit(&edit_three(number, number + 1)).unwrap();
                number += 1;
            }
            is_over.store(true, Ordering::Relaxed);
        });
        while !is_over.load(Ordering::Relaxed) {
            let mut opened = Store::open(dir.path(), Mode::Read).unwrap();
            halves.fetch_add(usize::from(!reads_whole(&mut opened)), Ordering::Relaxed);
            versions.extend(version(&opened));
        }
    });
    (halves.into_inner(), versions.len())
}

#[test]
fn readers_beside_a_writer_see_old_or_new() {
    let (halves, _) = read_beside(|| Box::new(Broken::WithoutJournal));
    assert!(halves > 0, "the test is blind");
    let (halves, versions) = read_beside(|| Box::new(Disk));
    println!("{versions} versions seen");
    assert_eq!(halves, 0);
    assert!(versions > 10, "the reader must keep up: {versions}");
}

#[test]
fn a_killed_change_is_finished_by_the_next_save() {
    let mut outcomes = BTreeSet::new();
    for at in (0..80).step_by(heavy(2, 1)) {
        let dir = three();
        die_at(Box::new(Disk), dir.path(), at);
        let before = seen(dir.path());
        let mut opened = Store::open(dir.path(), Mode::Read).unwrap();
        assert!(is_whole(&opened), "at {at}");
        // Somebody who has been here all the time saves something else.
        opened = open(dir.path());
        save(&mut opened, &adding(service("S-0002", "Another", 5)));
        assert!(!dir.path().join(".moot/journal.ron").exists(), "at {at}");
        assert!(seen(dir.path()).starts_with(&before[..40]), "at {at}");
        outcomes.insert(version(&opened).unwrap());
    }
    assert_eq!(outcomes.into_iter().collect::<Vec<_>>(), ["0", "1"], "some come before its effect, some after");
}

/// What was edited by hand between the death of a save and the next one is among the backups.
#[test]
fn a_hand_edit_over_half_a_change_is_kept() {
    let dir = (0..80).map(|at| {
        let dir = three();
        die_at(Box::new(Disk), dir.path(), at);
        dir
    });
    let is_half = |dir: &tempfile::TempDir| {
        let file = |name| fs::read_to_string(dir.path().join(name)).unwrap();
        file("organisations.ron").contains("\"1\"") && file("services.ron").contains("\"0\"")
    };
    let dir = dir.into_iter().find(is_half).expect("one dies between two renames");
    let path = dir.path().join("services.ron");
    let by_hand = fs::read_to_string(&path).unwrap().replace("Nightstop", "Daystop");
    fs::write(&path, &by_hand).unwrap();
    let opened = open(dir.path());
    assert_eq!(version(&opened).as_deref(), Some("1"));
    let backups = opened.store.backups(Kind::Service);
    assert!(backups.iter().any(|backup| fs::read_to_string(&backup.path).unwrap() == by_hand));
}

#[test]
fn a_journal_that_is_not_understood_stops_everything() {
    let temp = "(version:1,files:[(file:\"services.ron\",temp:\".services.ron.1-1.moot-tmp\")])";
    for (journal, is_fine) in [
        (temp.to_owned(), true),
        (temp.replace("version:1", "version:2"), false),
        (temp.replace(".services.ron.1-1", "../.services.ron.1-1"), false),
        (temp.replace(".services.ron.1-1", ".services.ron/../1-1"), false),
        (temp.replace("services.ron", "lock"), false),
        (temp.replace(".services.ron.1-1.moot-tmp", "people.ron"), false),
        (temp[..30].to_owned(), false),
        ("\u{0}\u{ff}".to_owned(), false),
    ] {
        let dir = three();
        let before = fs::read_to_string(dir.path().join("services.ron")).unwrap();
        let mut ours = open(dir.path());
        fs::write(dir.path().join(".moot/journal.ron"), &journal).unwrap();
        let opened = Store::open(dir.path(), Mode::Read);
        let change = changing(&ours, "S-0001", "KP", |service| service.cost = Some("free".into()));
        let saved = ours.store.commit(&change);
        if is_fine {
            assert!(opened.is_ok() && saved.is_ok(), "{journal}");
            continue;
        }
        let said = opened.map(drop).unwrap_err().to_string();
        assert!(said.contains("journal.ron is not understood"), "{said}");
        assert!(matches!(saved, Err(StoreError::Interrupted(_))), "{saved:?}");
        assert!(ours.store.reload().problems[0].message.contains("not understood"));
        assert_eq!(fs::read_to_string(dir.path().join("services.ron")).unwrap(), before);
    }
}

/// Who may read the records but not the private directory reads them without the journal.
#[test]
fn a_closed_private_directory_stops_no_reader() {
    let dir = three();
    let opened = Store::open_on(Arc::new(Broken::WithoutAccess), dir.path(), Mode::Read).unwrap();
    assert_eq!((opened.problems.len(), version(&opened).as_deref()), (0, Some("0")));
    let mut ours = Store::open_on(Arc::new(Broken::WithoutAccess), dir.path(), Mode::Write).unwrap();
    let refused = ours.store.commit(&edit_three(0, 1));
    assert!(matches!(refused, Err(StoreError::Interrupted(_))), "{refused:?}");
}

/// Some file systems cannot sync a directory: then nothing is known to survive a power cut, and everything else works.
#[test]
fn a_directory_that_cannot_be_synced_stops_nobody() {
    let dir = three();
    let mut opened = Store::open_on(Arc::new(Broken::WithoutDirSync), dir.path(), Mode::Write).unwrap();
    for number in 0..3 {
        let saved = opened.store.commit(&edit_three(number, number + 1)).unwrap();
        assert!(saved.is_unconfirmed && !dir.path().join(".moot/journal.ron").exists());
    }
    assert_eq!(version(&open(dir.path())).as_deref(), Some("3"));
}

/// A journal costs two more syncs of directories and of a file; who changes one file does not pay for it.
#[test]
fn a_change_of_one_file_needs_no_journal() {
    let dir = three();
    let count = |act| {
        let calls = calls_of(dir.path(), Some(act));
        ["sync", "rename", "write"].map(|name| calls.iter().filter(|call| *call == name).count())
    };
    let one: fn(&mut Opened) = |opened| {
        let change = changing(opened, "S-0001", "KP", |service| service.cost = Some("free".into()));
        opened.store.commit(&change).unwrap();
    };
    // Beside the file: its old version, and a copy of what was saved, for which nobody waits.
    assert_eq!(count(one), [2, 1 + 2, 1 + 1]);
    assert_eq!(count(|opened| drop(opened.store.commit(&edit_three(0, 1)).unwrap())), [8, 4 + 5, 4 + 2]);
}
