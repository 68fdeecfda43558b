//! The power goes: what is on the disk then is not what was written. Every write, sync and rename of a save is recorded,
//! and every state is made that a disk may be in at every moment: what was not synced is lost, empty or there in part, and
//! what was done in a directory since that was synced has happened or not, in any combination.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use folkmoot::model::SplitMix64;
use folkmoot::store::{Disk, Mode, Opened, Stat, Storage, Store};

use super::faults::{add_three, copy_of, edit_three, is_whole, version};
use super::{adding, changing, heavy, new_workspace, open, save, service};

/// Something done to the disk. Files have numbers of their own, as the numbers of the disk are used again.
#[derive(Clone, Debug)]
enum Step {
    Create(PathBuf, usize),
    Write(usize, Vec<u8>),
    Sync(usize),
    SyncDir(PathBuf),
    Rename(PathBuf, PathBuf),
    Link(PathBuf, PathBuf),
    Remove(PathBuf),
    /// The program has said that it is saved.
    Said,
}

/// A disk that writes down what is done to it.
#[derive(Default)]
struct Recorder {
    steps: Mutex<Vec<Step>>,
    numbers: Mutex<HashMap<u64, usize>>,
}

impl Recorder {
    fn note(&self, step: Step) {
        self.steps.lock().unwrap().push(step);
    }
    /// The number of an open file that was made meanwhile; others, such as the lock, do not matter.
    fn number(&self, file: &File) -> Option<usize> {
        self.numbers.lock().unwrap().get(&file.metadata().unwrap().ino()).copied()
    }
}

impl Storage for Recorder {
    fn stat(&self, path: &Path) -> io::Result<Stat> {
        Disk.stat(path)
    }
    fn stat_open(&self, file: &File) -> io::Result<Stat> {
        Disk.stat_open(file)
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        Disk.read(path)
    }
    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        Disk.list(dir)
    }
    fn create(&self, path: &Path) -> io::Result<File> {
        let file = Disk.create(path)?;
        let number = self.steps.lock().unwrap().len() + FIRST_NEW;
        self.numbers.lock().unwrap().insert(file.metadata()?.ino(), number);
        self.note(Step::Create(path.to_owned(), number));
        Ok(file)
    }
    fn open(&self, path: &Path) -> io::Result<File> {
        Disk.open(path)
    }
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        if let Some(number) = self.number(file) {
            self.note(Step::Write(number, bytes.to_owned()));
        }
        Disk.write(file, bytes)
    }
    fn overwrite(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        Disk.overwrite(file, bytes)
    }
    fn set_mode(&self, file: &File, mode: u32) -> io::Result<()> {
        Disk.set_mode(file, mode)
    }
    fn give(&self, file: &File, owner: Option<u32>, group: Option<u32>) -> io::Result<()> {
        Disk.give(file, owner, group)
    }
    fn try_lock(&self, file: &File) -> io::Result<bool> {
        Disk.try_lock(file)
    }
    fn sync(&self, file: &File) -> io::Result<()> {
        if file.metadata()?.is_dir() {
            use std::os::fd::AsRawFd;
            let path = fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
            self.note(Step::SyncDir(path));
        } else if let Some(number) = self.number(file) {
            self.note(Step::Sync(number));
        }
        Disk.sync(file)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.note(Step::Rename(from.to_owned(), to.to_owned()));
        Disk.rename(from, to)
    }
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        Disk.link(from, to)?;
        self.note(Step::Link(from.to_owned(), to.to_owned()));
        Ok(())
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        Disk.remove(path)?;
        self.note(Step::Remove(path.to_owned()));
        Ok(())
    }
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        Disk.create_dir(path)
    }
    fn open_dir(&self, path: &Path) -> io::Result<File> {
        Disk.open_dir(path)
    }
    fn check_writable(&self, dir: &Path) -> io::Result<()> {
        Disk.check_writable(dir)
    }
}

/// Files that were there before have lower numbers.
const FIRST_NEW: usize = 100_000;

/// What a name in a directory becomes: the file with a number, or none.
type Entry = (PathBuf, Option<usize>);

/// The disk at a moment: what has reached it, and what may have.
#[derive(Clone, Default)]
struct Medium {
    /// The contents of files, and whether they were synced.
    files: BTreeMap<usize, (Vec<u8>, bool)>,
    /// The names as the system sees them.
    names: BTreeMap<PathBuf, usize>,
    /// The names that have reached the disk.
    durable: BTreeMap<PathBuf, usize>,
    /// What was done in a directory since it was synced; each is one act: a rename takes one name and gives another.
    pending: BTreeMap<PathBuf, Vec<Vec<Entry>>>,
}

impl Medium {
    fn of(dir: &Path) -> Self {
        let mut medium = Self::default();
        medium.add(dir);
        medium.durable = medium.names.clone();
        medium
    }

    fn add(&mut self, dir: &Path) {
        for entry in fs::read_dir(dir).unwrap().flatten() {
            if entry.path().is_dir() {
                self.add(&entry.path());
            } else {
                let number = self.files.len();
                self.files.insert(number, (fs::read(entry.path()).unwrap(), true));
                self.names.insert(entry.path(), number);
            }
        }
    }

    fn act(&mut self, path: &Path, entries: Vec<Entry>) {
        for (path, number) in &entries {
            match number {
                Some(number) => self.names.insert(path.clone(), *number),
                None => self.names.remove(path),
            };
        }
        self.pending.entry(path.parent().unwrap().to_owned()).or_default().push(entries);
    }

    fn take(&mut self, step: &Step) {
        match step {
            Step::Create(path, number) => {
                self.files.insert(*number, (Vec::new(), false));
                self.act(path, vec![(path.clone(), Some(*number))]);
            }
            Step::Write(number, bytes) => {
                let file = self.files.get_mut(number).unwrap();
                file.0.extend(bytes);
                file.1 = false;
            }
            Step::Sync(number) => self.files.get_mut(number).unwrap().1 = true,
            Step::SyncDir(dir) => {
                for (path, number) in self.pending.remove(dir).unwrap_or_default().into_iter().flatten() {
                    match number {
                        Some(number) => self.durable.insert(path, number),
                        None => self.durable.remove(&path),
                    };
                }
            }
            Step::Rename(from, to) => {
                let number = self.names[from];
                self.act(to, vec![(from.clone(), None), (to.clone(), Some(number))]);
            }
            Step::Link(from, to) => {
                let number = self.names[from];
                self.act(to, vec![(to.clone(), Some(number))]);
            }
            Step::Remove(path) => self.act(path, vec![(path.clone(), None)]),
            Step::Said => {}
        }
    }

    fn pending(&self) -> Vec<&Vec<Entry>> {
        self.pending.values().flatten().collect()
    }

    /// Writes down the state in which these of the pending acts have happened, and of what is not synced there is this
    /// part: all, half or nothing.
    fn write(&self, has_happened: impl Fn(usize) -> bool, part: usize, from: &Path, to: &Path) {
        let mut names = self.durable.clone();
        for (_, entries) in self.pending().into_iter().enumerate().filter(|(at, _)| has_happened(*at)) {
            for (path, number) in entries {
                match number {
                    Some(number) => names.insert(path.clone(), *number),
                    None => names.remove(path),
                };
            }
        }
        for (path, number) in names {
            let (bytes, is_synced) = &self.files[&number];
            let length = if *is_synced { bytes.len() } else { bytes.len() * part / 2 };
            let path = to.join(path.strip_prefix(from).unwrap());
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &bytes[..length]).unwrap();
        }
    }
}

/// What was found among the states of a disk.
#[derive(Debug, Default)]
struct Report {
    moments: usize,
    states: usize,
    old: usize,
    new: usize,
    /// Neither all old nor all new, or a file that does not read.
    corrupt: usize,
    /// It was said to be saved and is not there.
    lost: usize,
}

/// A save, and how to tell old from new.
struct Case {
    prepare: fn(&Path),
    act: fn(&mut Opened),
    /// `None`: neither.
    is_new: fn(&Opened) -> Option<bool>,
}

const ONE: Case = Case {
    prepare: |dir| save(&mut open(dir), &adding(service("S-0001", "Nightstop", 9))).lost.clear(),
    act: |opened| {
        let change = changing(opened, "S-0001", "KP", |service| service.cost = Some("free".into()));
        opened.store.commit(&change).unwrap();
    },
    is_new: |opened| Some(opened.workspace.services.iter().next()?.cost.is_some()),
};

const THREE: Case = Case {
    prepare: add_three,
    act: |opened| drop(opened.store.commit(&edit_three(0, 1)).unwrap()),
    is_new: |opened| is_whole(opened).then(|| version(opened).as_deref() == Some("1")),
};

/// Every state that a disk may be in while this is saved, and afterwards. `is_kept`: which steps the disk heeds.
fn cut(case: &Case, is_kept: fn(&Step) -> bool) -> Report {
    cut_until(case, is_kept, heavy(FEW, 4_096), |_| false)
}

/// How many combinations of what has happened are looked at, of each moment.
const FEW: usize = 8;

/// As [`cut`] with so many combinations, until enough has been seen.
fn cut_until(case: &Case, is_kept: fn(&Step) -> bool, most: usize, is_enough: fn(&Report) -> bool) -> Report {
    let dir = new_workspace(false);
    (case.prepare)(dir.path());
    let recorder = Arc::new(Recorder::default());
    let mut opened = Store::open_on(recorder.clone(), dir.path(), Mode::Write).unwrap();
    let before = Medium::of(dir.path());
    recorder.steps.lock().unwrap().clear();
    (case.act)(&mut opened);
    recorder.note(Step::Said);
    let steps: Vec<Step> = recorder.steps.lock().unwrap().iter().filter(|step| is_kept(step)).cloned().collect();
    let (mut medium, mut report, mut has_said) = (before, Report::default(), false);
    let mut random = SplitMix64::new(9);
    for step in std::iter::once(None).chain(steps.iter().map(Some)) {
        if let Some(step) = step {
            medium.take(step);
        }
        has_said |= matches!(step, Some(Step::Said));
        report.moments += 1;
        let count = medium.pending().len();
        let all = 1_usize << count.min(12);
        let chosen: Vec<usize> = if all <= most {
            (0..all).collect()
        } else {
            let some = (0..most - 2).map(|_| random.next_u64() as usize % all);
            [0, all - 1].into_iter().chain(some).collect()
        };
        for happened in chosen {
            for part in 0..3 {
                look(case, &medium, happened, part, dir.path(), has_said, &mut report);
                if is_enough(&report) {
                    return report;
                }
            }
        }
    }
    report
}

fn look(case: &Case, medium: &Medium, happened: usize, part: usize, from: &Path, has_said: bool, report: &mut Report) {
    let to = tempfile::tempdir().unwrap();
    medium.write(|at| happened & (1 << at.min(11)) != 0, part, from, to.path());
    report.states += 1;
    // A reader first, and then somebody who saves, finishes what was left.
    let seen = [Mode::Read, Mode::Write].map(|mode| {
        let opened = Store::open(to.path(), mode).ok()?;
        let is_sound = opened.problems.is_empty() && opened.overwritten.is_empty();
        is_sound.then(|| (case.is_new)(&opened)).flatten()
    });
    match seen {
        [Some(true), Some(true)] => report.new += 1,
        [Some(false), Some(false)] => {
            report.old += 1;
            report.lost += usize::from(has_said);
        }
        _ => {
            report.corrupt += 1;
            report.lost += usize::from(has_said);
        }
    }
}

#[test]
fn whatever_reaches_the_disk_it_is_old_or_new_and_what_was_said_is_there() {
    for (name, case) in [("one file", &ONE), ("three files", &THREE)] {
        let without = |what: &str, is_kept: fn(&Step) -> bool| {
            let blind = cut_until(case, is_kept, FEW, |report| report.lost > 0);
            println!("{name} without {what}, which must be caught: {blind:?}");
            assert!(blind.lost > 0, "the simulation is blind: {blind:?}");
        };
        without("any sync", |step| !matches!(step, Step::Sync(_) | Step::SyncDir(_)));
        without("syncs of directories", |step| !matches!(step, Step::SyncDir(_)));
        without("syncs of files", |step| !matches!(step, Step::Sync(_)));
        let report = cut(case, |_| true);
        println!("{name}: {report:?}");
        assert_eq!((report.corrupt, report.lost), (0, 0), "{name}: {report:?}");
        assert!(report.old > 20 && report.new > 5 && report.moments > 8, "{name}: {report:?}");
    }
}

/// The power goes again while the next start puts right what the first cut has left: a copy of a workspace that died
/// between two renames, and a save of it.
#[test]
fn a_second_cut_does_no_more_than_the_first() {
    const AFTER_DEATH: Case = Case {
        prepare: |dir| {
            add_three(dir);
            for at in 0..150 {
                let copy = copy_of(dir);
                super::journal::die_at(Box::new(Disk), copy.path(), at);
                let file = |name| fs::read_to_string(copy.path().join(name)).unwrap();
                if file("organisations.ron").contains("\"1\"") && file("services.ron").contains("\"0\"") {
                    fs::remove_dir_all(dir).unwrap();
                    fs::rename(copy.path(), dir).unwrap();
                    fs::create_dir(copy.path()).unwrap(); // so that dropping it finds something
                    return;
                }
            }
            panic!("one dies between two renames");
        },
        act: |opened| drop(opened.store.commit(&adding(service("S-0002", "Another", 9))).unwrap()),
        is_new: |opened| {
            let is_version = version(opened).as_deref() == Some("1");
            is_version.then(|| opened.workspace.services.len() == 2)
        },
    };
    let report = cut(&AFTER_DEATH, |_| true);
    println!("{report:?}");
    assert_eq!((report.corrupt, report.lost), (0, 0), "{report:?}");
}
