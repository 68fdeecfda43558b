//! The lock is the file that is at its path, whatever becomes of the file.

use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use folkmoot::store::{self, Disk, Mode, Store};

use super::contention::moot;
use super::storage::Hooked;
use super::{adding, new_workspace, open, save, service};

/// Puts another lock file in the place of the present one, as a program that synchronises directories does.
fn replace_lock(dir: &Path) {
    let lock = dir.join(".moot/lock");
    fs::write(dir.join(".moot/lock-new"), "").unwrap();
    fs::rename(dir.join(".moot/lock-new"), lock).unwrap();
}

#[test]
fn a_file_that_is_gone_from_the_path_is_no_lock() {
    let dir = new_workspace(false);
    save(&mut open(dir.path()), &adding(service("S-0001", "First", 1)));
    let place = dir.path().to_owned();
    let (mut tries, watched) = (0, Arc::new(AtomicUsize::new(0)));
    let held = watched.clone();
    let watched_renames = AtomicUsize::new(0); // the first puts the new file in place
    let storage = Arc::new(Hooked::new(Box::new(Disk), move |name, _| match name {
        "try_lock" => {
            tries += 1;
            if tries == 1 {
                replace_lock(&place);
            }
        }
        // Whoever saves holds the lock that others would take.
        "rename" if watched_renames.fetch_add(1, Ordering::Relaxed) == 0 => {
            let lock = File::open(place.join(".moot/lock")).unwrap();
            assert!(matches!(lock.try_lock(), Err(TryLockError::WouldBlock)), "another could save now");
            held.fetch_add(1, Ordering::Relaxed);
        }
        _ => {}
    }));
    let mut ours = Store::open_on(storage, dir.path(), Mode::Write).unwrap();
    save(&mut ours, &adding(service("S-0002", "Second", 1)));
    assert_eq!(watched.load(Ordering::Relaxed), 1);
}

/// Nothing is put in place under a lock that is lost: the save begins again, and sees what others have saved meanwhile.
#[test]
fn a_lock_that_is_lost_while_saving_is_taken_again() {
    for call in ["link", "create"] {
        let dir = new_workspace(false);
        save(&mut open(dir.path()), &adding(service("S-0001", "First", 1)));
        let place = dir.path().to_owned();
        let (mut times, locks) = (0, Arc::new(AtomicUsize::new(0)));
        let taken = locks.clone();
        let storage = Arc::new(Hooked::new(Box::new(Disk), move |name, _| {
            taken.fetch_add(usize::from(name == "try_lock"), Ordering::Relaxed);
            if name == call {
                times += 1;
                if times == 1 {
                    replace_lock(&place);
                }
            }
        }));
        let mut ours = Store::open_on(storage, dir.path(), Mode::Write).unwrap();
        save(&mut ours, &adding(service("S-0002", "Second", 1)));
        assert_eq!(locks.load(Ordering::Relaxed), 4, "the file and its directory are locked twice");
        assert_eq!(open(dir.path()).workspace, ours.workspace);
    }
}

/// The directory is locked with the file: who comes while the file is gone waits all the same, and loses nothing.
#[test]
fn a_lock_file_that_is_removed_just_before_the_rename_lets_nobody_in() {
    let dir = new_workspace(false);
    save(&mut open(dir.path()), &adding(service("S-0001", "First", 1)));
    let place = dir.path().to_owned();
    let other = Arc::new(Mutex::new(None));
    let started = other.clone();
    let storage = Arc::new(Hooked::new(Box::new(Disk), move |name, _| {
        let mut other = started.lock().unwrap();
        if name == "rename" && other.is_none() {
            fs::remove_file(place.join(".moot/lock")).unwrap();
            *other = Some(moot(&place, &["add", "service", "name=Theirs"]).spawn().unwrap());
            std::thread::sleep(std::time::Duration::from_millis(500)); // it has read the file, if it ever could
        }
    }));
    let mut ours = Store::open_on(storage, dir.path(), Mode::Write).unwrap();
    save(&mut ours, &adding(service("S-0002", "Second", 1)));
    assert!(other.lock().unwrap().take().unwrap().wait().unwrap().success());
    assert_eq!(open(dir.path()).workspace.services.len(), 3);
}

#[test]
fn who_waits_is_told_who_saves() {
    let dir = new_workspace(false);
    save(&mut open(dir.path()), &adding(service("S-0001", "First", 1)));
    let lock = File::options().read(true).write(true).open(dir.path().join(".moot/lock")).unwrap();
    lock.lock().unwrap();
    let me = std::process::id();
    fs::write(dir.path().join(".moot/lock"), format!("BO {me} 1700000000")).unwrap();
    let mut ours = open(dir.path());
    let said = ours.store.commit(&adding(service("S-0002", "Second", 1))).unwrap_err().to_string();
    assert!(said.contains(&format!("held by BO, process {me}, for ")), "{said}");
    // What stands in the file is of somebody who is done: the system knows better.
    fs::write(dir.path().join(".moot/lock"), "BO 812 1700000000").unwrap();
    let said = ours.store.commit(&adding(service("S-0002", "Second", 1))).unwrap_err().to_string();
    let holder = format!("held by {}, process {me};", store::own_login());
    assert!(said.contains(&holder) || fs::read("/proc/locks").is_err(), "{said}");
    drop(lock);
    save(&mut ours, &adding(service("S-0002", "Second", 1)));
}
