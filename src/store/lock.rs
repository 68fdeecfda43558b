//! One process saves at a time. Readers never wait; a save holds the lock for some milliseconds, never across a key
//! press.
//!
//! The lock is whichever file is at its path. A process may lock a file that somebody has just removed or replaced, so
//! the path is looked at again after locking, once more before anything is put in place, and once more before it is said
//! to be saved ([`Store::locked`]). The directory of the lock file is locked with it: a file that is removed between two
//! looks lets nobody else in. Network file systems lock no directories; there the looks have to do.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::Store;
use super::access::Access;
use super::problem::{StoreError, reason};
use super::storage::{SHARED_FILE, Storage};
use crate::model::SplitMix64;

/// How long a save waits for the lock.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// Who holds the lock, as far as the lock file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder(pub String);

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The lock, held until this is dropped, or the process ends in whatever way.
pub struct Lock {
    storage: Arc<dyn Storage>,
    path: PathBuf,
    file: File,
    /// Held with the file, where the file system locks directories.
    _dir: Option<File>,
}

impl Drop for Lock {
    /// Whoever is told next who holds the lock is not told of this process.
    fn drop(&mut self) {
        let _ = self.storage.overwrite(&mut self.file, b""); // information, nothing more
    }
}

impl Lock {
    /// Waits for the lock, up to `timeout`, in short pauses of random length so that nobody starves.
    ///
    /// # Errors
    /// Who holds it, or why the lock file cannot be used.
    pub fn acquire(storage: &Arc<dyn Storage>, path: &Path, by: &str, timeout: Duration) -> Result<Self, StoreError> {
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly(reason(&error)),
            _ => StoreError::failed("the lock (.moot/lock)", &error),
        };
        let mut random = SplitMix64::new(u64::from(std::process::id()) << 32 | u64::from(nanos()));
        let began = Instant::now();
        loop {
            if let Some((mut file, dir)) = try_acquire(storage.as_ref(), path).map_err(failed)? {
                let holder = format!("{by} {} {}", std::process::id(), super::now().seconds());
                let _ = storage.overwrite(&mut file, holder.as_bytes()); // information for those who wait, nothing more
                return Ok(Self { storage: storage.clone(), path: path.to_owned(), file, _dir: dir });
            }
            if began.elapsed() >= timeout {
                return Err(StoreError::Held(read_holder(storage.as_ref(), path)));
            }
            std::thread::sleep(pause(began.elapsed(), timeout, random.next_u64()));
        }
    }

    /// Makes sure that the lock is still the file at its path: else somebody else may hold another one.
    ///
    /// # Errors
    /// It is not.
    pub fn verify(&self) -> io::Result<()> {
        if is_at(self.storage.as_ref(), &self.file, &self.path)? {
            return Ok(());
        }
        Err(io::Error::other("the lock file .moot/lock was replaced or removed in the meantime; try again"))
    }

    /// Whether it is known that the lock is no longer the file at its path.
    fn is_lost(&self) -> bool {
        is_at(self.storage.as_ref(), &self.file, &self.path).is_ok_and(|is_at| !is_at)
    }
}

/// How often something is done again because the lock file was removed while it was done.
const MAX_LOST: usize = 20;

impl Store {
    /// Does something under the lock, and once more from the beginning where the lock file was removed or replaced in the
    /// meantime: then somebody else may have saved over it, or before it.
    ///
    /// # Errors
    /// Those of `act`, and that the lock is not to be had.
    pub(super) fn locked<T>(
        &mut self,
        mut act: impl FnMut(&mut Self, &Lock) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        for _ in 0..MAX_LOST {
            let lock = self.lock(LOCK_TIMEOUT)?;
            let result = act(self, &lock);
            if !lock.is_lost() {
                return result;
            }
        }
        Err(StoreError::Held(Holder("somebody who removes .moot/lock again and again".to_owned())))
    }
}

/// Locks the file at the path, and its directory where that can be locked; `None` where another process holds one of
/// them, or where the file is at the path no longer.
fn try_acquire(storage: &dyn Storage, path: &Path) -> io::Result<Option<(File, Option<File>)>> {
    let file = open(storage, path)?;
    if !storage.try_lock(&file)? {
        return Ok(None);
    }
    let dir = path.parent().and_then(|dir| storage.open_dir(dir).ok());
    let is_free = dir.as_ref().map_or(Ok(true), |dir| storage.try_lock(dir));
    let is_ours = is_free.as_ref().copied().unwrap_or(true) && is_at(storage, &file, path)?;
    Ok(is_ours.then_some((file, dir.filter(|_| is_free.is_ok()))))
}

fn is_at(storage: &dyn Storage, file: &File, path: &Path) -> io::Result<bool> {
    match storage.stat(path) {
        Ok(stat) => Ok(stat.is_same_file(&storage.stat_open(file)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Opens the lock file, which is created once and never removed.
fn open(storage: &dyn Storage, path: &Path) -> io::Result<File> {
    match storage.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        result => return result,
    }
    match storage.create(path) {
        Ok(file) => {
            let dir = path.parent().unwrap_or(path);
            let access = Access::for_file(storage, dir, "", SHARED_FILE)?;
            if let Err(error) = access.give(storage, &file, dir) {
                let _ = storage.remove(path); // else colleagues could never lock it
                return Err(error);
            }
            Ok(file)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => storage.open(path),
        Err(error) => Err(error),
    }
}

/// How long to wait before the next try: at most 25 ms, and less the longer the wait has lasted, down to half a
/// millisecond after a fifth of `timeout`, so that those who have waited longest try most often.
fn pause(waited: Duration, timeout: Duration, roll: u64) -> Duration {
    let rest = (timeout / 5).saturating_sub(waited).as_micros();
    let longest = rest * 24_000 / (timeout / 5).as_micros().max(1);
    Duration::from_micros(500 + roll % u64::try_from(longest).unwrap_or_default().max(1))
}

fn nanos() -> u32 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.subsec_nanos())
}

fn read_holder(storage: &dyn Storage, path: &Path) -> Holder {
    let bytes = storage.read(path).unwrap_or_default();
    let written = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let parts: Vec<&str> = written.split(' ').collect();
    let held = match parts[..] {
        [by, pid, since] if !by.is_empty() && pid.parse::<u32>().is_ok() => {
            let seconds = since.parse().map_or(0, |since: i64| (super::now().seconds() - since).max(0));
            format!("{}, process {pid}, for {seconds} s", crate::model::text::clean(by))
        }
        _ => "somebody else".to_owned(),
    };
    Holder(held_by_system(storage, path, &parts).unwrap_or(held))
}

/// Who holds the lock as the system says it, where the file says something else: it is written by whoever takes the lock
/// with this program, and says nothing of others.
fn held_by_system(storage: &dyn Storage, path: &Path, written: &[&str]) -> Option<String> {
    let stat = storage.stat(path).ok()?;
    let (major, minor) = (rustix::fs::major(stat.device), rustix::fs::minor(stat.device));
    let place = format!("{major:02x}:{minor:02x}:{}", stat.inode);
    let locks = storage.read(Path::new("/proc/locks")).ok()?;
    let pid = String::from_utf8_lossy(&locks).lines().find_map(|line| flock_of(line, &place))?;
    if written.get(1).is_some_and(|known| *known == pid.to_string()) {
        return None;
    }
    let owner = storage.stat(Path::new(&format!("/proc/{pid}"))).ok()?.owner;
    Some(format!("{}, process {pid}", super::users::user_name(owner)))
}

/// The process that holds a lock, by a line of proc(5)'s list: `1: FLOCK  ADVISORY  WRITE 812 fe:00:1234 0 EOF`.
fn flock_of(line: &str, wanted: &str) -> Option<u32> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [_, "FLOCK", _, _, pid, place, ..] = words[..] else { return None };
    (place == wanted).then(|| pid.parse().ok())?
}
