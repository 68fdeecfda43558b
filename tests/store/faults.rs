//! Every call of the store to its storage fails once, in every way; and the process dies at every call.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use folkmoot::model::{Change, Edit, Kind, Organisation, Original, Service, Timestamp, Updated};
use folkmoot::store::{self, Disk, Mode, Opened, Storage, Store, StoreError, to_ron};

use super::generate::{self, from_file, hostile};
use super::storage::{Broken, Fault, Faulty, faults, main_faults, temps};
use super::{adding, id, new_workspace, open, service, text};

/// Something the store does in a workspace, and what of it people see afterwards.
struct Case {
    /// Makes the workspace.
    prepare: fn(&Path),
    /// Opens it, before anything fails.
    open: fn(Arc<dyn Storage>, &Path) -> Opened,
    act: fn(&mut Opened) -> Result<(), StoreError>,
    /// What a reader sees.
    view: fn(&Path) -> String,
}

/// What a sweep found.
#[derive(Debug, Default, PartialEq)]
struct Report {
    points: usize,
    refused: usize,
    /// Readers saw neither all old nor all new.
    corrupt: usize,
    /// It was said to be done, and was not.
    false_saved: usize,
    /// It was said not to be done, and was.
    false_refused: usize,
    temps_left: usize,
    /// The new was there, and the old not among what is kept.
    lost: usize,
}

impl Report {
    fn is_clean(&self) -> bool {
        (self.corrupt, self.false_saved, self.false_refused, self.temps_left, self.lost) == (0, 0, 0, 0, 0)
    }
}

fn open_store(storage: Arc<dyn Storage>, dir: &Path) -> Opened {
    Store::open_on(storage, dir, Mode::Write).unwrap()
}

/// What an act makes of a workspace when nothing fails: the view before and after.
fn plain(case: &Case, template: &Path) -> (String, String) {
    let dir = copy_of(template);
    let mut opened = (case.open)(Arc::new(Disk), dir.path());
    let old = (case.view)(dir.path());
    (case.act)(&mut opened).unwrap();
    (old, (case.view)(dir.path()))
}

/// Lets every call of an act fail with `fault`, one after the other, until one comes through untouched; where it makes
/// very many, every `step`-th.
fn sweep(case: &Case, fault: Fault, step: usize, disk: fn() -> Box<dyn Storage>) -> Report {
    let mut report = Report::default();
    let template = new_workspace(false);
    (case.prepare)(template.path());
    let (old, new) = plain(case, template.path());
    assert_ne!(old, new, "a sweep that cannot tell old from new is blind");
    for at in (0..1000).step_by(step) {
        let dir = copy_of(template.path());
        let faulty = Arc::new(Faulty::new(disk(), fault, at));
        let mut opened = (case.open)(faulty.clone(), dir.path());
        faulty.arm();
        let result = (case.act)(&mut opened);
        let has_struck = faulty.has_struck();
        drop(opened);
        let now = (case.view)(dir.path());
        report.points += 1;
        report.refused += usize::from(result.is_err());
        report.corrupt += usize::from(now != old && now != new);
        report.false_saved += usize::from(result.is_ok() && now != new);
        report.false_refused += usize::from(result.is_err() && fault != Fault::Death && now != old);
        let left = || temps(dir.path()) + usize::from(dir.path().join(".moot/journal.ron").exists());
        // The next start removes and completes what was left; where it finds the lock held, the one after it. A child of
        // another test may hold it for an instant, between its fork and its program.
        for _ in 0..3 {
            drop(Store::open(dir.path(), Mode::Write));
            if left() == 0 {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let then = (case.view)(dir.path());
        report.corrupt += usize::from(then != now);
        report.temps_left += left();
        report.lost += usize::from(then == new && !is_kept(dir.path(), &old));
        if !has_struck {
            return report;
        }
    }
    panic!("more than 1000 calls");
}

/// Whether the old version of every data file that has changed is among the backups, and the phone number that gave way
/// is among the conflicts.
fn is_kept(dir: &Path, old: &str) -> bool {
    let backups: Vec<String> = fs::read_dir(dir.join(".moot/backups"))
        .unwrap()
        .flatten()
        .map(|entry| fs::read_to_string(entry.path()).unwrap())
        .collect();
    let old_files = old.split(END_OF_FILE).filter(|text| text.contains("Folkmoot("));
    let is_same = |text: &str, file: &str| fs::read_to_string(dir.join(file)).is_ok_and(|now| now == text);
    let mut all = old_files
        .map(|text| backups.iter().any(|backup| backup == text) || files().iter().any(|file| is_same(text, file)));
    let kept = fs::read_to_string(dir.join(".moot/conflicts.ron")).unwrap_or_default();
    all.all(|is_there| is_there) && (!old.contains("phone: \"1\"") || kept.contains("phone: \\\"1\\\""))
}

/// The file of every kind.
fn files() -> Vec<String> {
    Kind::ALL.iter().copied().map(store::file_name).collect()
}

const END_OF_FILE: &str = "\u{0}";

/// The data files as they are on the disk. Where a change is in effect and not complete, the new contents count, as
/// they do for readers: they are taken from what a reader sees.
fn view_of_files(dir: &Path) -> String {
    let raw = || text_of_files(dir);
    if !dir.join(".moot/journal.ron").exists() {
        return raw();
    }
    let before = seen(dir);
    let copy = copy_of(dir);
    if let Err(error) = Store::open(copy.path(), Mode::Write) {
        return error.to_string();
    }
    assert_eq!(seen(copy.path()), before, "completing or undoing a change is nothing that a reader sees");
    text_of_files(copy.path())
}

fn text_of_files(dir: &Path) -> String {
    let all = files().into_iter().map(|file| fs::read_to_string(dir.join(file)).unwrap_or_default());
    all.collect::<Vec<_>>().join(END_OF_FILE)
}

pub fn copy_of(dir: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    copy_all(dir, copy.path());
    copy
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// All records as a reader without the lock reads them; or what is wrong.
pub fn seen(dir: &Path) -> String {
    let mut opened = match Store::open(dir, Mode::Read) {
        Ok(opened) if opened.problems.is_empty() => opened,
        Ok(opened) => return format!("{:?}", opened.problems),
        Err(error) => return error.to_string(),
    };
    let originals = opened.store.load_kind(Kind::Original).unwrap_or_default();
    let others = Kind::ALL.iter().rev().filter(|kind| kind.is_resident()); // the partnership last, which is in all of them
    let all = others.flat_map(|kind| opened.workspace.all(*kind));
    all.chain(originals).map(|record| to_ron(&record).unwrap()).collect()
}

fn change(edits: impl IntoIterator<Item = Option<Edit>>) -> Change {
    Change { edits: edits.into_iter().flatten().collect(), sentence: String::new() }
}

fn organisation(name: &str) -> Organisation {
    Organisation { id: id("O-0001"), name: name.into(), ..Organisation::default() }
}

fn original(feed: &str) -> Original {
    Original { id: id("X-0001"), name: "services".into(), feed: Some(feed.into()), ..Original::default() }
}

fn with_phone(phone: &str, at: i64, by: &str) -> Service {
    let updated = Updated(Timestamp::from_seconds(at), by.into());
    Service { phone: Some(phone.into()), updated, ..service("S-0001", "Nightstop", 9) }
}

/// The change that edits the three records to the `number`-th version of them, from the one before.
pub fn edit_three(from: usize, to: usize) -> Change {
    let one = |number: usize| {
        let said = number.to_string();
        (organisation(&said), with_phone(&said, 100 + number as i64, "KP"), original(&said))
    };
    let (before, after) = (one(from), one(to));
    change([
        Edit::new(Some(before.0.into()), Some(after.0.into())),
        Edit::new(Some(before.1.into()), Some(after.1.into())),
        Edit::new(Some(before.2.into()), Some(after.2.into())),
    ])
}

/// The records that [`edit_three`] begins from.
pub fn add_three(dir: &Path) {
    let three = edit_three(1, 0).edits.into_iter().map(|edit| Edit::new(None, edit.after().cloned()));
    open(dir).store.commit(&change(three)).unwrap();
}

/// One file.
const SAVE_ONE: Case = Case {
    prepare: |dir| drop(open(dir).store.commit(&adding(service("S-0001", "Nightstop", 9))).unwrap()),
    open: open_store,
    act: |opened| {
        let edit = Edit::new(Some(service("S-0001", "Nightstop", 9).into()), Some(with_phone("2", 30, "AN").into()));
        opened.store.commit(&change([edit])).map(drop)
    },
    view: view_of_files,
};

/// Three files, and in one of them an edit of a colleague that gives way.
const SAVE_THREE: Case = Case {
    prepare: |dir| {
        add_three(dir);
        let old = service("S-0001", "Nightstop", 9);
        let reset = Edit::new(Some(with_phone("0", 100, "KP").into()), Some(old.into()));
        open(dir).store.commit(&change([reset])).unwrap();
    },
    open: |storage, dir| {
        let ours = open_store(storage, dir);
        let old = service("S-0001", "Nightstop", 9);
        let theirs = Edit::new(Some(old.into()), Some(with_phone("1", 20, "BO").into()));
        open(dir).store.commit(&change([theirs])).unwrap();
        ours
    },
    act: |opened| {
        let mut edits = edit_three(0, 2).edits;
        edits[1] = Edit::new(Some(service("S-0001", "Nightstop", 9).into()), edits[1].after().cloned()).unwrap();
        opened.store.commit(&change(edits.into_iter().map(Some))).map(drop)
    },
    view: view_of_files,
};

/// A record of every kind is edited, with something in every field.
const SAVE_ALL: Case = Case {
    prepare: |dir| drop(open(dir).store.commit(&edit_all(None, 1)).unwrap()),
    open: open_store,
    act: |opened| opened.store.commit(&edit_all(Some(1), 2)).map(drop),
    view: view_of_files,
};

/// The change from one version of a record of every kind to another; what is private is never part of a change of others.
fn edit_all(from: Option<u64>, to: u64) -> Change {
    let record = |kind: Kind, number: u64| {
        let mut record = from_file(kind, generate::id(kind, 40), &[number], hostile);
        record.set_updated(generate::stamp(number));
        if kind == Kind::Round {
            // While an anonymous round is open, ballots and receipts have no backups, and the sweep looks for them.
            record.set_field("anonymous", "no", generate::context()).unwrap();
        }
        record
    };
    change(
        Kind::ALL
            .iter()
            .filter(|kind| !kind.is_private())
            .map(|kind| Edit::new(from.map(|from| record(*kind, from)), Some(record(*kind, to)))),
    )
}

/// The one before the last version of a file is put back.
const RESTORE: Case = Case {
    prepare: |dir| {
        for number in 0..24 {
            open(dir).store.commit(&adding(service(&format!("S-00{number:02}"), "New", 5))).unwrap();
        }
    },
    open: open_store,
    act: |opened| {
        let backups = opened.store.backups(Kind::Service);
        let backup = backups.last().ok_or(StoreError::Refused("no backups".to_owned()))?;
        opened.store.restore(backup)
    },
    view: view_of_files,
};

/// The twenty-fifth version of a file, so that one of the backups has to go.
const PRUNE: Case =
    Case { act: |opened| opened.store.commit(&adding(service("S-0099", "New", 5))).map(drop), ..RESTORE };

const SETTLE: Case = Case {
    prepare: |dir| {
        (SAVE_THREE.prepare)(dir);
        let mut opened = (SAVE_THREE.open)(Arc::new(Disk), dir);
        (SAVE_THREE.act)(&mut opened).unwrap();
    },
    open: open_store,
    act: |opened| {
        let all = |opened: &Opened| opened.store.conflicts().into_iter().next();
        let conflict = all(&Store::open(opened.store.dir(), Mode::Read).unwrap());
        opened.store.settle(&conflict.unwrap())
    },
    view: |dir| {
        let list = fs::read_to_string(dir.join(".moot/conflicts.ron")).unwrap_or_default();
        list.lines().filter(|line| !line.trim().starts_with("at:")).collect()
    },
};

const WRITE_DRAFT: Case = Case {
    prepare: |dir| open(dir).store.drafts().write("S-0001", "half a sen").unwrap(),
    open: open_store,
    act: |opened| opened.store.drafts().write("S-0001", "half a sentence"),
    view: view_of_drafts,
};

const REMOVE_DRAFT: Case = Case { act: |opened| opened.store.drafts().remove("S-0001"), ..WRITE_DRAFT };

fn view_of_drafts(dir: &Path) -> String {
    let drafts = Store::open(dir, Mode::Read).unwrap().store.drafts();
    drafts.list().iter().map(|key| drafts.read(key).unwrap()).collect()
}

fn sweep_all(name: &str, case: &Case, faults: impl Iterator<Item = Fault>, at_least: usize) {
    for fault in faults {
        let mut report = sweep(case, fault, 1, || Box::new(Disk));
        assert!(report.points > at_least && report.refused > 0, "{name} must reach the steps: {report:?}");
        if fault == Fault::Death && name.ends_with("draft") {
            report.temps_left = 0; // those of drafts are removed an hour later
        }
        assert!(report.is_clean(), "{name}, {fault:?}: {report:?}");
    }
}

/// A sweep that does not see what a broken storage does is blind.
fn must_be_caught(name: &str, case: &Case, broken: fn() -> Box<dyn Storage>) {
    for fault in [Fault::Error(28), Fault::Death] {
        let report = sweep(case, fault, 1, broken);
        assert!(!report.is_clean(), "{name}, {fault:?}: {report:?}");
    }
}

#[test]
fn a_save_is_old_or_new() {
    must_be_caught("save in place", &SAVE_ONE, || Box::new(Broken::InPlace));
    sweep_all("save", &SAVE_ONE, faults(), 20);
}

#[test]
fn a_save_of_three_files_is_old_or_new_as_a_whole() {
    must_be_caught("save three in place", &SAVE_THREE, || Box::new(Broken::InPlace));
    must_be_caught("save three without a journal", &SAVE_THREE, || Box::new(Broken::WithoutJournal));
    sweep_all("save three", &SAVE_THREE, main_faults(), 50);
}

#[test]
fn a_save_of_every_kind_is_old_or_new_as_a_whole() {
    let step = super::heavy(4, 1);
    let blind = sweep(&SAVE_ALL, Fault::Death, step, || Box::new(Broken::WithoutJournal));
    assert!(!blind.is_clean(), "the sweep is blind: {blind:?}");
    for fault in [Fault::Error(28), Fault::Death] {
        let report = sweep(&SAVE_ALL, fault, step, || Box::new(Disk));
        assert!(report.points * step > 10 * Kind::ALL.len() && report.refused > 0, "{report:?}");
        assert!(report.is_clean(), "{fault:?}: {report:?}");
    }
}

#[test]
fn a_restored_version_is_there_or_not() {
    must_be_caught("restore in place", &RESTORE, || Box::new(Broken::InPlace));
    sweep_all("restore", &RESTORE, main_faults(), 15);
}

#[test]
fn pruning_touches_nothing_else() {
    must_be_caught("prune in place", &PRUNE, || Box::new(Broken::InPlace));
    sweep_all("prune", &PRUNE, main_faults(), 20);
}

#[test]
fn a_conflict_is_settled_or_not() {
    must_be_caught("settle in place", &SETTLE, || Box::new(Broken::InPlace));
    sweep_all("settle", &SETTLE, main_faults(), 10);
}

#[test]
fn a_draft_is_old_or_new() {
    must_be_caught("draft in place", &WRITE_DRAFT, || Box::new(Broken::InPlace));
    sweep_all("write draft", &WRITE_DRAFT, faults(), 5);
}

#[test]
fn a_draft_is_removed_or_not() {
    must_be_caught("draft not removed", &REMOVE_DRAFT, || Box::new(Broken::WithoutRemoval));
    sweep_all("remove draft", &REMOVE_DRAFT, faults(), 1);
}

/// Opening a workspace that a killed save of three files has left: whatever fails, what was read is old or new, or it
/// is said that it could not be read.
#[test]
fn opening_says_what_it_could_not_read() {
    // Halfway is a step or two: every death is looked at, and of each the first faults only.
    assert!(sweep_opening(|| Box::new(Broken::WithoutJournal), 1, 2) > 0, "the sweep is blind");
    assert_eq!(sweep_opening(|| Box::new(Disk), super::heavy(8, 3), 400), 0);
}

/// How many times opening has read something that is neither old nor new, or left it so. Every so manieth death of a save is
/// looked at, and at most so many faults of opening what it left.
fn sweep_opening(disk: fn() -> Box<dyn Storage>, deaths: usize, most: usize) -> usize {
    let mut wrong = 0;
    for died_at in (0..120).step_by(deaths) {
        let died = new_workspace(false);
        add_three(died.path());
        let faulty = Arc::new(Faulty::new(Box::new(Disk), Fault::Death, died_at));
        let mut dying = open_store(faulty.clone(), died.path());
        faulty.arm();
        let _ = dying.store.commit(&edit_three(0, 1));
        for (fault, step) in [(Fault::Error(5), 3), (Fault::Death, 5)] {
            for at in (0..400).step_by(step).take(most) {
                let dir = copy_of(died.path());
                let faulty = Arc::new(Faulty::new(disk(), fault, at));
                faulty.arm();
                let opened = Store::open_on(faulty.clone(), dir.path(), Mode::Write).ok();
                let opened = opened.filter(|opened| opened.problems.is_empty());
                wrong += usize::from(opened.is_some_and(|opened| !is_whole(&opened)));
                wrong += usize::from(!is_whole(&Store::open(dir.path(), Mode::Read).unwrap()));
                if !faulty.has_struck() {
                    break;
                }
            }
        }
    }
    wrong
}

/// Whether the records are all of one version of [`edit_three`]; the originals are read where they can be.
pub fn is_whole(opened: &Opened) -> bool {
    version(opened).is_some()
}

/// The version of [`edit_three`] that the organisation and the service have.
pub fn version(opened: &Opened) -> Option<String> {
    let name = opened.workspace.organisations.get(id("O-0001"))?.name.to_string();
    let phone = opened.workspace.services.get(id("S-0001"))?.phone.as_ref()?.to_string();
    (name == phone).then_some(name)
}

#[test]
fn a_new_workspace_is_there_or_not() {
    for fault in main_faults() {
        let mut points = 0;
        loop {
            let dir = tempfile::tempdir().unwrap();
            let place = dir.path().join("some/where");
            let faulty = Faulty::new(Box::new(Disk), fault, points);
            faulty.arm();
            let result = store::init_on(&faulty, &place, "Table of the North", true);
            let opened = Store::open(&place, Mode::Write);
            assert!(result.is_err() || opened.is_ok(), "{fault:?} at {points}: said to be there");
            if let Ok(opened) = opened {
                assert!(opened.problems.is_empty() && !opened.workspace.services.is_empty(), "{fault:?} at {points}");
            } else {
                store::init(&place, "Table of the North", true).unwrap();
            }
            points += 1;
            if !faulty.has_struck() {
                break;
            }
        }
        assert!(points > 20, "the sweep must reach the steps: {points}");
    }
}

/// Each error at every third call at least, so that between them every call fails; and at one call trying again helps.
#[test]
fn the_reason_is_told_in_words() {
    let template = new_workspace(false);
    (SAVE_THREE.prepare)(template.path());
    let step = super::heavy(3, 1);
    let words = ["disk is full", "quota", "I/O error", "read-only", "permission", "larger"];
    for (number, (code, words)) in [28, 122, 5, 30, 13, 27].into_iter().zip(words).enumerate() {
        let mut told = 0;
        for at in (number % step..100).step_by(step) {
            let dir = copy_of(template.path());
            let faulty = Arc::new(Faulty::new(Box::new(Disk), Fault::Error(code), at));
            let mut ours = (SAVE_THREE.open)(faulty.clone(), dir.path());
            faulty.arm();
            let Err(error) = (SAVE_THREE.act)(&mut ours) else { continue };
            let said = error.to_string();
            assert!(said.contains(words) && !said.contains("Os {") && said.contains("saved"), "{said}");
            told += 1;
            if told == 8 {
                (SAVE_THREE.act)(&mut ours).unwrap();
                assert!(text(dir.path(), "organisations.ron").contains("name: \"2\""), "trying again helps");
            }
        }
        assert!(told * step > 30, "{told}");
    }
}
