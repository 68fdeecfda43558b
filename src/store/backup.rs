//! Old versions of files: the last twenty of each, and one a day for thirty days. A backup is the outgoing file itself, so
//! it costs nothing to make.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::Store;
use super::access::check_dir;
use super::atomic::{copy, exists, save_beside, save_if};
use super::file_state::{file_mode, file_name};
use super::lock::Lock;
use super::problem::StoreError;
use super::storage::Storage;
use crate::model::Kind;

/// How many versions are kept whatever their age.
const MAX_RECENT: usize = 20;

/// For how many days one version a day is kept beyond that.
const MAX_DAYS: usize = 30;

/// An old version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The kind whose file it was.
    pub kind: Kind,
    /// Its number and when it was replaced, as in its name: `v000017-20261121T100400Z`.
    pub replaced: String,
    /// Where it is.
    pub path: PathBuf,
}

impl Backup {
    /// Its size in bytes; 0 where it is gone by now.
    pub fn bytes(&self) -> u64 {
        super::Disk.stat(&self.path).map(|stat| stat.length).unwrap_or_default()
    }
}

/// The version of a file that is about to be replaced. It is a second name of the file that is in place, so it is no
/// backup before that is replaced: an editor that writes in place would change both.
pub(super) struct Outgoing {
    backups: PathBuf,
    name: String,
}

const ASIDE: &str = ".moot-aside";

fn aside_name(name: &str) -> String {
    format!(".{name}{ASIDE}")
}

impl Outgoing {
    /// Sets the file `name` aside; first, whatever a killed save of it has left is settled.
    pub fn keep(storage: &dyn Storage, dir: &Path, backups: &Path, name: &str) -> io::Result<Self> {
        check_dir(storage, backups)?;
        let outgoing = Self { backups: backups.to_owned(), name: name.to_owned() };
        settle(storage, dir, &outgoing);
        if storage.link(&dir.join(name), &outgoing.aside()).is_err() {
            copy(storage, &dir.join(name), backups, &aside_name(name))?;
        }
        Ok(outgoing)
    }

    fn aside(&self) -> PathBuf {
        self.backups.join(aside_name(&self.name))
    }

    /// The file has been replaced: what was set aside is the newest backup.
    pub fn promote(&self, storage: &dyn Storage) -> io::Result<()> {
        let number = versions(storage, &self.backups, &self.name)?.last().map_or(0, |(replaced, _)| sequence(replaced));
        let now: DateTime<Utc> = std::time::SystemTime::now().into();
        let kept = format!("{}.v{:06}-{}", self.name, number + 1, now.format("%Y%m%dT%H%M%SZ"));
        storage.rename(&self.aside(), &self.backups.join(kept))
    }

    /// The file has not been replaced.
    pub fn discard(&self, storage: &dyn Storage) {
        let _ = storage.remove(&self.aside()); // the next save settles it
    }
}

/// Makes a backup of what has been set aside, unless it is the file in place. Only whoever holds the lock may.
pub(super) fn settle(storage: &dyn Storage, dir: &Path, outgoing: &Outgoing) {
    let Ok(kept) = storage.stat(&outgoing.aside()) else { return };
    if storage.stat(&dir.join(&outgoing.name)).is_ok_and(|now| now.is_same_file(&kept)) {
        outgoing.discard(storage);
    } else {
        let _ = outgoing.promote(storage); // the next save tries again
    }
}

/// As [`settle`], of every file. Whether there is anything to settle is known without the lock.
pub(super) fn settle_all(storage: &dyn Storage, dir: &Path, backups: &Path) {
    for aside in asides(storage, backups) {
        if let Some(name) = aside.strip_prefix('.').and_then(|aside| aside.strip_suffix(ASIDE)) {
            settle(storage, dir, &Outgoing { backups: backups.to_owned(), name: name.to_owned() });
        }
    }
}

/// What saves have set aside.
pub(super) fn asides(storage: &dyn Storage, backups: &Path) -> Vec<String> {
    let names = storage.list(backups).unwrap_or_default();
    names.into_iter().filter(|name| name.starts_with('.') && name.ends_with(ASIDE)).collect()
}

/// Keeps a text as the newest version of the file `name`, which it no longer is.
pub(super) fn keep_text(storage: &dyn Storage, dir: &Path, backups: &Path, name: &str, text: &[u8]) -> io::Result<()> {
    check_dir(storage, backups)?;
    save_beside(storage, &dir.join(name), backups, &aside_name(name), text)?;
    Outgoing { backups: backups.to_owned(), name: name.to_owned() }.promote(storage)
}

/// Removes the versions that are too many.
pub(super) fn prune(storage: &dyn Storage, backups: &Path, name: &str) {
    let mut kept = versions(storage, backups, name).unwrap_or_default();
    kept.reverse();
    let mut days = BTreeSet::new();
    for (age, (replaced, path)) in kept.iter().enumerate() {
        let day = replaced.rsplit('-').next().and_then(|moment| moment.get(..8));
        let is_first_of_day = days.insert(day.unwrap_or_default().to_owned());
        if age >= MAX_RECENT && !(is_first_of_day && days.len() <= MAX_DAYS) {
            let _ = storage.remove(path); // one too many does no harm
        }
    }
}

/// The versions of a file, oldest first: when each was replaced, and where it is. Their order is that of their numbers
/// and not that of the moments, as a clock may go backwards. Those of earlier programs have no number and come first.
fn versions(storage: &dyn Storage, backups: &Path, name: &str) -> io::Result<Vec<(String, PathBuf)>> {
    let files = storage.list(backups)?;
    let version = |file: &String| {
        let replaced = file.strip_prefix(name)?.strip_prefix('.')?.to_owned();
        Some((replaced, backups.join(file)))
    };
    let mut versions: Vec<(String, PathBuf)> = files.iter().filter_map(version).collect();
    versions.sort_by_cached_key(|(replaced, _)| (sequence(replaced), replaced.clone()));
    Ok(versions)
}

/// The number of a version by its name, `v000017-20261121T100400Z`.
fn sequence(replaced: &str) -> u64 {
    let number = replaced.strip_prefix('v').and_then(|rest| rest.split('-').next());
    number.and_then(|number| number.parse().ok()).unwrap_or_default()
}

impl Store {
    /// The old versions of a kind's file, oldest first.
    pub fn backups(&self, kind: Kind) -> Vec<Backup> {
        let versions = versions(self.storage.as_ref(), &self.private_dir().join("backups"), &file_name(kind));
        versions.unwrap_or_default().into_iter().map(|(replaced, path)| Backup { kind, replaced, path }).collect()
    }

    /// Puts an old version in the place of the file, byte for byte, even of one that does not read. The present one is
    /// kept among the backups first. Afterwards, [`Store::reload`] says what has changed by it.
    ///
    /// # Errors
    /// Why nothing was restored.
    pub fn restore(&mut self, backup: &Backup) -> Result<(), StoreError> {
        if let Some(reason) = &self.read_only {
            return Err(StoreError::ReadOnly(reason.clone()));
        }
        if self.would_show_voters(backup.kind) {
            // The present version would be kept beside the final one: two votes apart, the two would name the voters.
            let why = "an old version can be put back once the open round without names has closed";
            return Err(StoreError::Refused(format!("nothing was restored: {why}")));
        }
        self.locked(|store, lock| {
            store.note_overwritten(lock, &[backup.kind])?;
            store.put_back(lock, backup)
        })
    }

    fn put_back(&self, lock: &Lock, backup: &Backup) -> Result<(), StoreError> {
        let (name, mode) = (file_name(backup.kind), file_mode(backup.kind));
        let failed = |error: io::Error| StoreError::failed(&name, &error);
        let storage = self.storage.as_ref();
        let backups = self.private_dir().join("backups");
        let bytes = storage.read(&backup.path).map_err(failed)?;
        let is_there = exists(storage, &self.dir.join(&name)).map_err(failed)?;
        let keep = || Outgoing::keep(storage, &self.dir, &backups, &name).map_err(failed);
        let outgoing = is_there.then(keep).transpose()?;
        let saved = save_if(storage, &self.dir, &name, &bytes, mode, || lock.verify());
        match (&saved, outgoing) {
            (Ok(_), Some(outgoing)) => drop(outgoing.promote(storage)), // else the next save does
            (Err(_), Some(outgoing)) => outgoing.discard(storage),
            (_, None) => {}
        }
        saved.map_err(failed)?;
        self.remember_saved(backup.kind, std::str::from_utf8(&bytes).ok());
        Ok(())
    }
}
