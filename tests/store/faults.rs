//! Every step of a save fails once, in every way; and the process dies at every step.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use folkmoot::model::{Change, Edit, Organisation, Service, Timestamp, Updated};
use folkmoot::store::{Disk, Mode, Stat, Storage, Store};

use super::{id, new_workspace, open, service, text};

/// What happens at the chosen call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// The call fails with this error of the system.
    Error(i32),
    /// The process is gone: nothing works from here on.
    Death,
}

/// A storage that fails at the `at`-th call once it is armed.
struct Faulty {
    inner: Box<dyn Storage>,
    fault: Fault,
    at: usize,
    calls: AtomicUsize,
}

/// Before this, nothing fails.
const DISARMED: usize = usize::MAX / 2;

impl Faulty {
    fn call(&self) -> io::Result<()> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        match self.fault {
            Fault::Error(code) if call == self.at => Err(io::Error::from_raw_os_error(code)),
            Fault::Death if (self.at..DISARMED).contains(&call) => Err(io::Error::other("dead")),
            _ => Ok(()),
        }
    }
}

impl Storage for Faulty {
    fn stat(&self, path: &Path) -> io::Result<Stat> {
        self.call()?;
        self.inner.stat(path)
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.call()?;
        self.inner.read(path)
    }
    fn create(&self, path: &Path) -> io::Result<File> {
        self.call()?;
        self.inner.create(path)
    }
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.call() {
            let _ = self.inner.write(file, &bytes[..bytes.len() / 2]); // a full disk takes a part
            return Err(error);
        }
        self.inner.write(file, bytes)
    }
    fn set_mode(&self, file: &File, mode: u32) -> io::Result<()> {
        self.call()?;
        self.inner.set_mode(file, mode)
    }
    fn sync(&self, file: &File) -> io::Result<()> {
        self.call()?;
        self.inner.sync(file)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call()?;
        self.inner.rename(from, to)
    }
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.call()?;
        self.inner.link(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.call()?;
        self.inner.remove(path)
    }
    fn open_dir(&self, path: &Path) -> io::Result<File> {
        self.call()?;
        self.inner.open_dir(path)
    }
}

/// What must never be: a disk that is written in place, as an ordinary editor does.
struct InPlace;

fn target(temp: &Path) -> PathBuf {
    let name = temp.file_name().unwrap().to_str().unwrap();
    temp.with_file_name(format!("{}.ron", name.trim_start_matches('.').split(".ron").next().unwrap()))
}

impl Storage for InPlace {
    fn stat(&self, path: &Path) -> io::Result<Stat> {
        Disk.stat(path)
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        Disk.read(path)
    }
    fn create(&self, path: &Path) -> io::Result<File> {
        File::create(target(path))
    }
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        Disk.write(file, bytes)
    }
    fn set_mode(&self, file: &File, mode: u32) -> io::Result<()> {
        Disk.set_mode(file, mode)
    }
    fn sync(&self, file: &File) -> io::Result<()> {
        Disk.sync(file)
    }
    fn rename(&self, _: &Path, _: &Path) -> io::Result<()> {
        Ok(())
    }
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        Disk.link(from, to)
    }
    fn remove(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
    fn open_dir(&self, path: &Path) -> io::Result<File> {
        Disk.open_dir(path)
    }
}

/// What a sweep found.
#[derive(Debug, Default, PartialEq)]
struct Report {
    points: usize,
    refused: usize,
    corrupt: usize,
    false_saved: usize,
    temps_left: usize,
    foreign_texts_kept: usize,
}

const FILES: [&str; 2] = ["organisations.ron", "services.ron"];

/// A workspace in which a colleague has changed what our change also changes, and our change.
struct Scene {
    dir: tempfile::TempDir,
    ours: folkmoot::store::Opened,
    change: Change,
}

fn scene(storage: Arc<dyn Storage>) -> Scene {
    let dir = new_workspace(false);
    let mut theirs = open(dir.path());
    let organisation = Organisation { id: id("O-0001"), name: "Shelter".into(), ..Organisation::default() };
    let both = [
        Edit::new(None, Some(organisation.clone().into())),
        Edit::new(None, Some(service("S-0001", "Nightstop", 9).into())),
    ];
    theirs.store.commit(&Change { edits: both.into_iter().flatten().collect(), sentence: String::new() }).unwrap();
    let ours = Store::open_on(storage, dir.path(), Mode::Write).unwrap();
    let change = |phone: &str, at, by: &str| {
        let old = service("S-0001", "Nightstop", 9);
        let new = Service {
            phone: Some(phone.into()),
            updated: Updated(Timestamp::from_seconds(at), by.into()),
            ..old.clone()
        };
        Edit::new(Some(old.into()), Some(new.into()))
    };
    let theirs_first = change("1", 20, "BO").into_iter().collect();
    theirs.store.commit(&Change { edits: theirs_first, sentence: String::new() }).unwrap();
    let renamed = Organisation { name: "Shelter Dorset".into(), ..organisation.clone() };
    let edits = [Edit::new(Some(organisation.into()), Some(renamed.into())), change("2", 30, "AN")];
    Scene { dir, ours, change: Change { edits: edits.into_iter().flatten().collect(), sentence: String::new() } }
}

fn contents(dir: &Path) -> Vec<String> {
    FILES
        .iter()
        .map(|file| String::from_utf8_lossy(&fs::read(dir.join(file)).unwrap_or_default()).into_owned())
        .collect()
}

fn temps(dir: &Path) -> usize {
    let places = [dir.to_owned(), dir.join(".moot"), dir.join(".moot/backups"), dir.join(".moot/drafts")];
    let names = places.iter().flat_map(|place| fs::read_dir(place).unwrap().flatten());
    names.filter(|entry| entry.file_name().to_string_lossy().ends_with("-tmp")).count()
}

/// Lets every call of a save fail with `fault`, one after the other, until a save comes through untouched.
fn sweep(fault: Fault, disk: fn() -> Box<dyn Storage>) -> Report {
    let mut report = Report::default();
    let mut plain = scene(Arc::new(Disk));
    let old = contents(plain.dir.path());
    plain.ours.store.commit(&plain.change).unwrap();
    let new = contents(plain.dir.path());
    for at in 0..500 {
        let faulty = Arc::new(Faulty { inner: disk(), fault, at, calls: AtomicUsize::new(DISARMED) });
        let Scene { dir, mut ours, change } = scene(faulty.clone());
        faulty.calls.store(0, Ordering::Relaxed);
        let result = ours.store.commit(&change);
        let is_over = faulty.calls.load(Ordering::Relaxed) <= at;
        drop(ours);
        if fault == Fault::Death {
            drop(Store::open(dir.path(), Mode::Write)); // the next start sweeps
        }
        let now = contents(dir.path());
        report.points += 1;
        report.refused += usize::from(result.is_err());
        report.corrupt +=
            now.iter().zip(old.iter().zip(&new)).filter(|(now, (old, new))| now != old && now != new).count();
        report.false_saved += usize::from(result.is_ok() && now != new);
        report.temps_left += temps(dir.path());
        let kept = fs::read_to_string(dir.path().join(".moot/conflicts.ron")).unwrap_or_default();
        report.foreign_texts_kept += usize::from(now[1] == new[1] && kept.contains("phone: \\\"1\\\""));
        let lost = now[1] == new[1] && !kept.contains("phone: \\\"1\\\"");
        assert!(!lost || report.corrupt > 0, "{fault:?} at {at}: the loser is kept before it loses");
        if is_over {
            return report;
        }
    }
    panic!("a save takes more than 500 calls");
}

/// No space, quota, I/O error, read-only, permission, too large, interrupted by the network.
const ERRORS: [i32; 7] = [28, 122, 5, 30, 13, 27, 116];

#[test]
fn whatever_fails_a_file_is_old_or_new() {
    for fault in ERRORS.map(Fault::Error).into_iter().chain([Fault::Death]) {
        let report = sweep(fault, || Box::new(Disk));
        println!("{fault:?}: {report:?}");
        assert!(report.points > 20 && report.refused > 10, "the sweep must reach the steps: {report:?}");
        assert_eq!((report.corrupt, report.false_saved, report.temps_left), (0, 0, 0), "{fault:?}: {report:?}");
    }
}

#[test]
fn the_sweep_catches_a_writer_in_place() {
    for fault in [Fault::Error(28), Fault::Death] {
        let report = sweep(fault, || Box::new(InPlace));
        assert!(report.corrupt > 0, "{fault:?}: {report:?}");
    }
}

#[test]
fn the_reason_is_told_in_words() {
    for (code, words) in
        [(28, "disk is full"), (122, "quota"), (5, "I/O error"), (30, "read-only"), (13, "permission"), (27, "larger")]
    {
        let faulty = Arc::new(Faulty {
            inner: Box::new(Disk),
            fault: Fault::Error(code),
            at: 7,
            calls: AtomicUsize::new(DISARMED),
        });
        let Scene { dir, mut ours, change } = scene(faulty.clone());
        faulty.calls.store(0, Ordering::Relaxed);
        let said = ours.store.commit(&change).unwrap_err().to_string();
        assert!(said.contains(words) && said.contains(".ron") && !said.contains("Os {"), "{said}");
        assert!(ours.store.commit(&change).is_ok(), "trying again helps");
        assert!(text(dir.path(), "organisations.ron").contains("Shelter Dorset"));
    }
}
