//! Atomic replacement of a file: a temporary file beside it is written, synced and renamed over it, and the directory
//! is synced.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::access::Access;
use super::storage::Storage;
use super::users::is_own;

/// Whether a save is known to survive a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Durability {
    /// It is.
    Confirmed,
    /// The new file is in place, but its directory could not be synced.
    Unconfirmed,
}

impl Durability {
    /// Of something that was to be synced.
    pub fn of(synced: &io::Result<()>) -> Self {
        if synced.is_ok() { Self::Confirmed } else { Self::Unconfirmed }
    }

    /// Of both.
    pub fn and(self, other: Self) -> Self {
        if self == Self::Confirmed { other } else { self }
    }
}

/// New contents of a file, complete and synced under a temporary name beside it.
pub(super) struct StagedFile {
    dir: PathBuf,
    /// The name of the temporary file.
    pub temp: String,
    /// The name of the file it is to replace.
    pub name: String,
}

impl StagedFile {
    /// Writes the new contents of the file `name`; where that fails, nothing of it is left.
    pub fn write(storage: &dyn Storage, dir: &Path, name: &str, bytes: &[u8], mode: u32) -> io::Result<Self> {
        let access = Access::for_file(storage, dir, name, mode)?;
        Self::write_as(storage, dir, name, bytes, |file| {
            access.give(storage, file, dir).and_then(|()| storage.sync(file))
        })
    }

    /// As [`StagedFile::write`], for a copy of the file `of`, which may be torn by a power cut.
    pub fn write_unsynced(storage: &dyn Storage, of: &Path, dir: &Path, name: &str, bytes: &[u8]) -> io::Result<Self> {
        let access = Access::of(&storage.stat(of)?);
        Self::write_as(storage, dir, name, bytes, |file| access.give_copy(storage, file, dir))
    }

    /// As [`Self::write`]; `open_up` gives the file, which nobody else can read until then, its rights, and syncs it.
    fn write_as(
        storage: &dyn Storage,
        dir: &Path,
        name: &str,
        bytes: &[u8],
        open_up: impl FnOnce(&File) -> io::Result<()>,
    ) -> io::Result<Self> {
        let staged = Self { dir: dir.to_owned(), temp: temp_name(name), name: name.to_owned() };
        let mut file = storage.create(&staged.temp_path())?;
        let written = storage.write(&mut file, bytes);
        match written.and_then(|()| open_up(&file)) {
            Ok(()) => Ok(staged),
            Err(error) => {
                staged.discard(storage);
                Err(error)
            }
        }
    }

    /// New contents that another process has staged.
    pub fn found(dir: &Path, temp: &str, name: &str) -> Self {
        Self { dir: dir.to_owned(), temp: temp.to_owned(), name: name.to_owned() }
    }

    /// Where the new contents are until they are placed.
    pub fn temp_path(&self) -> PathBuf {
        self.dir.join(&self.temp)
    }

    /// Renames it over the old file; where that fails, it is still staged.
    pub fn place(&self, storage: &dyn Storage) -> io::Result<()> {
        storage.rename(&self.temp_path(), &self.dir.join(&self.name))
    }

    /// Removes it. What cannot be removed now is removed as a stale file at the next start.
    pub fn discard(&self, storage: &dyn Storage) {
        let _ = storage.remove(&self.temp_path());
    }
}

/// Replaces the file `name`; whatever fails, the file is the old one or the new one.
pub(super) fn save(storage: &dyn Storage, dir: &Path, name: &str, bytes: &[u8], mode: u32) -> io::Result<Durability> {
    save_if(storage, dir, name, bytes, mode, || Ok(()))
}

/// As [`save`], unless `check` fails when the new contents are ready.
pub(super) fn save_if(
    storage: &dyn Storage,
    dir: &Path,
    name: &str,
    bytes: &[u8],
    mode: u32,
    check: impl FnOnce() -> io::Result<()>,
) -> io::Result<Durability> {
    // Opened now: once the file is renamed, only the sync may fail.
    let handle = storage.open_dir(dir)?;
    let staged = StagedFile::write(storage, dir, name, bytes, mode)?;
    place(storage, &handle, &staged, check)
}

fn place(
    storage: &dyn Storage,
    handle: &File,
    staged: &StagedFile,
    check: impl FnOnce() -> io::Result<()>,
) -> io::Result<Durability> {
    if let Err(error) = check().and_then(|()| staged.place(storage)) {
        staged.discard(storage);
        return Err(error);
    }
    Ok(Durability::of(&storage.sync(handle)))
}

/// Removes a file for good; one that is not there is no error.
pub(super) fn remove(storage: &dyn Storage, dir: &Path, name: &str) -> io::Result<Durability> {
    let handle = storage.open_dir(dir)?;
    match storage.remove(&dir.join(name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(Durability::of(&storage.sync(&handle))),
    }
}

/// Whether there is something at a path; an error is not taken for an answer.
pub(super) fn exists(storage: &dyn Storage, path: &Path) -> io::Result<bool> {
    match storage.stat(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Copies a file under a second name, complete or not at all; the copy can be read by whoever can read the file.
pub(super) fn copy(storage: &dyn Storage, from: &Path, dir: &Path, name: &str) -> io::Result<()> {
    save_beside(storage, from, dir, name, &storage.read(from)?)
}

/// Saves a text that can be read by whoever can read the file `of`.
pub(super) fn save_beside(storage: &dyn Storage, of: &Path, dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let (access, handle) = (Access::of(&storage.stat(of)?), storage.open_dir(dir)?);
    let staged = StagedFile::write_as(storage, dir, name, bytes, |file| {
        access.give_copy(storage, file, dir).and_then(|()| storage.sync(file))
    })?;
    place(storage, &handle, &staged, || Ok(())).map(drop)
}

/// How old a temporary file must be before it is taken for stale where it may belong to somebody who is saving.
pub(super) const STALE_AFTER: Duration = Duration::from_secs(3600);

const TEMP_SUFFIX: &str = ".moot-tmp";

fn temp_name(name: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!(".{name}.{}-{count}{TEMP_SUFFIX}", std::process::id())
}

/// Whether a file could be a temporary file of `target`, or of any file where that is empty.
pub(super) fn is_temp_of(target: &str, name: &str) -> bool {
    let rest = name.strip_prefix('.').and_then(|rest| rest.strip_prefix(target));
    rest.is_some_and(|rest| rest.ends_with(TEMP_SUFFIX) && !rest.contains('/'))
}

/// Removes what killed saves have left, those of this user for longer than `age`. Where files are saved under the lock,
/// call it only while the lock is held: then nobody is saving.
pub(super) fn remove_stale_temps(storage: &dyn Storage, dir: &Path, age: Duration) {
    for path in stale_temps(storage, dir, age) {
        let _ = storage.remove(&path); // the next start tries again
    }
}

/// Temporary files of this user that are older than `age`, and those of other logins that are older than an hour.
pub(super) fn stale_temps(storage: &dyn Storage, dir: &Path, age: Duration) -> Vec<PathBuf> {
    let is_stale = |path: &PathBuf| {
        let Some(stat) = storage.stat(path).ok().filter(|stat| stat.is_file) else { return false };
        let age = if is_own(&stat) { age } else { age.max(STALE_AFTER) };
        stat.modified.elapsed().unwrap_or_default() >= age
    };
    let names = storage.list(dir).unwrap_or_default();
    names.iter().filter(|name| is_temp_of("", name)).map(|name| dir.join(name)).filter(is_stale).collect()
}
