//! A change of several files is all or nothing: the journal says which new files belong together.
//!
//! Each file of a change is first written and synced under a temporary name. Then the journal, which lists them, is
//! written and synced; then the files are renamed into place in the order of the list; then the journal is removed. A
//! change of one file needs no journal, as one rename is atomic.
//!
//! **The change takes effect with its first rename.** As long as no listed file has been renamed, everything is old.
//! Once one has been, everything is new: the contents of each listed file are in its temporary file while that exists,
//! and in its place afterwards. So a reader, who takes no lock, tells old from new by looking whether a listed
//! temporary file is missing, and reads through the journal where one is ([`Journal::in_effect`]). That holds because
//! - a listed temporary file is complete and on the disk before the journal is;
//! - it goes in no other way than by its rename, as long as there is the journal;
//! - whoever takes the lock next first finishes what the journal says ([`recover`]): a change in effect is completed,
//!   any other is undone, which nobody can notice, as nobody has read its files.
//!
//! A private file is never listed: whoever finishes the change of another login could not read it. It is saved by itself,
//! before the others.
//!
//! A reader reads several files one after the other, and the journal may come, take effect or go in between: see
//! [`super::snapshot`] for how it makes sure that all it has read is of one moment.

use std::fs::File;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::atomic::{self, Durability, StagedFile, is_temp_of, save_if};
use super::backup::{self, Outgoing};
use super::file_state::file_name;
use super::lock::Lock;
use super::problem::StoreError;
use super::storage::{SHARED_FILE, Storage};
use super::{PRIVATE_DIR, records};
use crate::model::Kind;

const FILE: &str = "journal.ron";

/// The version of the journals this program writes.
const VERSION: u32 = 1;

/// The files of one change, in the order in which they are renamed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    version: u32,
    files: Vec<JournalEntry>,
}

/// A file and its new contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct JournalEntry {
    file: String,
    temp: String,
}

impl Journal {
    fn new(staged: &[StagedFile]) -> Self {
        let files = staged.iter().map(|file| JournalEntry { file: file.name.clone(), temp: file.temp.clone() });
        Self { version: VERSION, files: files.collect() }
    }

    /// Reads the journal; `None`: there is none.
    fn read(storage: &dyn Storage, dir: &Path) -> io::Result<Option<Self>> {
        let bytes = match storage.read(&dir.join(PRIVATE_DIR).join(FILE)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let text = String::from_utf8(bytes).map_err(|_| not_understood())?;
        let journal: Self = records::options().from_str(&text).map_err(|_| not_understood())?;
        if journal.version == VERSION && journal.files.iter().all(JournalEntry::is_valid) {
            Ok(Some(journal))
        } else {
            Err(not_understood())
        }
    }

    /// The journal of a change that has taken effect and may not be complete; `None`: every file is what it is.
    pub fn in_effect(storage: &dyn Storage, dir: &Path) -> io::Result<Option<Self>> {
        let read = || match Self::read(storage, dir) {
            // Somebody outside the group may read the records all the same. In the worst case they see a change that is
            // being saved in this moment in part.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(None),
            result => result,
        };
        while let Some(journal) = read()? {
            if !journal.has_taken_effect(storage, dir)? {
                return Ok(None);
            }
            // Without the journal, a file may be missing because the change has been undone.
            if read()?.as_ref() == Some(&journal) {
                return Ok(Some(journal));
            }
        }
        Ok(None)
    }

    fn has_taken_effect(&self, storage: &dyn Storage, dir: &Path) -> io::Result<bool> {
        for entry in &self.files {
            if !atomic::exists(storage, &dir.join(&entry.temp))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The name under which the new contents of a file are, until it is renamed.
    pub fn temp_of(&self, file: &str) -> Option<&str> {
        self.files.iter().find(|entry| entry.file == file).map(|entry| entry.temp.as_str())
    }
}

impl JournalEntry {
    /// Whether it leads from a temporary file to the data file it was written for, and nowhere else.
    fn is_valid(&self) -> bool {
        Kind::ALL.iter().any(|kind| !kind.is_private() && file_name(*kind) == self.file)
            && is_temp_of(&self.file, &self.temp)
    }
}

fn not_understood() -> io::Error {
    io::Error::other(format!(
        "{PRIVATE_DIR}/{FILE} is not understood; update moot, or ask whoever last saved here what became of it"
    ))
}

/// Whether a save of several files is under way, or was interrupted.
pub(super) fn exists(storage: &dyn Storage, dir: &Path) -> bool {
    atomic::exists(storage, &dir.join(PRIVATE_DIR).join(FILE)).unwrap_or(true)
}

/// Replaces several files as one. Where that fails, all of them are the old ones.
pub(super) fn save(
    storage: &dyn Storage,
    lock: &Lock,
    dir: &Path,
    files: &[(&str, &[u8])],
) -> Result<Durability, StoreError> {
    let handle = storage.open_dir(dir).map_err(|error| StoreError::failed(files[0].0, &error))?;
    let staged = stage(storage, dir, files)?;
    // A change is not refused where the system cannot sync a directory, but it is said.
    let temps = Durability::of(&storage.sync(&handle));
    let listed = write(storage, lock, dir, &staged).and_then(|listed| take_effect(storage, &staged).map(|()| listed));
    let listed = listed.map_err(|error| {
        let _ = undo(storage, dir, &staged); // else whoever takes the lock next decides
        StoreError::failed(files[0].0, &error)
    })?;
    // From here on the change is in effect. What fails now is done by whoever takes the lock next.
    let placed = complete(storage, &handle, dir, &staged[1..]);
    Ok(temps.and(listed).and(placed.unwrap_or(Durability::Unconfirmed)))
}

fn stage(storage: &dyn Storage, dir: &Path, files: &[(&str, &[u8])]) -> Result<Vec<StagedFile>, StoreError> {
    let mut staged: Vec<StagedFile> = Vec::new();
    for (name, bytes) in files {
        match StagedFile::write(storage, dir, name, bytes, SHARED_FILE) {
            Ok(file) => staged.push(file),
            Err(error) => {
                discard(storage, &staged);
                return Err(StoreError::failed(name, &error));
            }
        }
    }
    Ok(staged)
}

fn write(storage: &dyn Storage, lock: &Lock, dir: &Path, staged: &[StagedFile]) -> io::Result<Durability> {
    let written = records::options().to_string(&Journal::new(staged)).map_err(io::Error::other)?;
    save_if(storage, &dir.join(PRIVATE_DIR), FILE, written.as_bytes(), SHARED_FILE, || lock.verify())
}

/// Places the first file; an error that comes although the file is in place does not count.
fn take_effect(storage: &dyn Storage, staged: &[StagedFile]) -> io::Result<()> {
    let Some(first) = staged.first() else { return Ok(()) };
    match first.place(storage) {
        Err(_) if atomic::exists(storage, &first.temp_path()).is_ok_and(|exists| !exists) => Ok(()),
        result => result,
    }
}

/// Undoes a change that has not taken effect. The journal goes first: with it, a missing file would mean that the change
/// is in effect.
fn undo(storage: &dyn Storage, dir: &Path, staged: &[StagedFile]) -> io::Result<()> {
    for file in staged {
        if !atomic::exists(storage, &file.temp_path())? {
            return Err(io::ErrorKind::NotFound.into()); // it has taken effect after all
        }
    }
    atomic::remove(storage, &dir.join(PRIVATE_DIR), FILE)?;
    discard(storage, staged);
    Ok(())
}

fn discard(storage: &dyn Storage, staged: &[StagedFile]) {
    for file in staged {
        file.discard(storage);
    }
}

/// Puts the other files in place, and removes the journal once they are there for good, as far as the file system can
/// tell.
fn complete(storage: &dyn Storage, handle: &File, dir: &Path, staged: &[StagedFile]) -> io::Result<Durability> {
    for file in staged {
        file.place(storage)?;
    }
    let synced = storage.sync(handle);
    let durability = Durability::of(&synced);
    if let Err(error) = synced
        && !matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported)
    {
        return Err(error);
    }
    // Of a journal whose files are all in place, nothing is left to do, should it come back.
    atomic::remove(storage, &dir.join(PRIVATE_DIR), FILE).map(|_| durability)
}

/// Finishes what a process that was killed or failed has left: completes a change that has taken effect, and undoes any
/// other. Only whoever holds the lock may call it.
pub(super) fn recover(storage: &dyn Storage, dir: &Path) -> Result<(), StoreError> {
    let failed = |error: io::Error| StoreError::Interrupted(super::problem::reason(&error));
    let Some(journal) = Journal::read(storage, dir).map_err(failed)? else {
        return Ok(());
    };
    let mut staged = Vec::new();
    for entry in &journal.files {
        if atomic::exists(storage, &dir.join(&entry.temp)).map_err(failed)? {
            staged.push(StagedFile::found(dir, &entry.temp, &entry.file));
        }
    }
    if staged.len() == journal.files.len() {
        return undo(storage, dir, &staged).map_err(failed);
    }
    let handle = storage.open_dir(dir).map_err(failed)?;
    let backups = dir.join(PRIVATE_DIR).join("backups");
    let mut outgoing = Vec::new();
    for file in &staged {
        // Somebody may have edited it by hand since.
        if atomic::exists(storage, &dir.join(&file.name)).map_err(failed)? {
            outgoing.push(Outgoing::keep(storage, dir, &backups, &file.name).map_err(failed)?);
        }
    }
    let completed = complete(storage, &handle, dir, &staged);
    for kept in outgoing {
        backup::settle(storage, dir, &kept);
    }
    completed.map(drop).map_err(failed)
}
