//! Old versions of files: the last twenty of each, and one a day for thirty days. A backup is the outgoing file under a
//! second name, so it costs nothing to make.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::atomic::{Durability, Storage, copy};
use super::known::file_name;
use super::lock::{Lock, PATIENCE};
use super::problem::StoreError;
use super::{Store, atomic};
use crate::model::Kind;

/// How many versions are kept whatever their age.
const LAST: usize = 20;

/// For how many days one version a day is kept beyond that.
const DAYS: usize = 30;

/// An old version of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The kind whose file it was.
    pub kind: Kind,
    /// When it was replaced, as in its name: `20261121T100400.123456Z`.
    pub replaced: String,
    /// Where it is.
    pub path: PathBuf,
}

impl Backup {
    /// Its size in bytes; 0 where it is gone by now.
    pub fn bytes(&self) -> u64 {
        std::fs::metadata(&self.path).map(|file| file.len()).unwrap_or_default()
    }
}

/// Keeps the file `name` as it is now.
pub(super) fn keep(storage: &dyn Storage, dir: &Path, backups: &Path, name: &str) -> io::Result<()> {
    let now: DateTime<Utc> = std::time::SystemTime::now().into();
    let kept = format!("{name}.{}", now.format("%Y%m%dT%H%M%S%.6fZ"));
    let outgoing = dir.join(name);
    // A save that failed after this point has kept the same version already.
    let inode = |path: &Path| storage.stat(path).ok().map(|stat| stat.inode);
    let newest = versions(backups, name).pop();
    if newest.is_some_and(|(_, path)| inode(&path).is_some() && inode(&path) == inode(&outgoing)) {
        return Ok(());
    }
    match storage.link(&outgoing, &backups.join(&kept)) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(_) => copy(storage, &outgoing, backups, &kept),
    }
}

/// Removes the versions that are too many.
pub(super) fn prune(backups: &Path, name: &str) {
    let mut kept = versions(backups, name);
    kept.reverse();
    let mut days = BTreeSet::new();
    for (age, (replaced, path)) in kept.iter().enumerate() {
        let is_first_of_day = days.insert(replaced.get(..8).unwrap_or_default().to_owned());
        if age >= LAST && !(is_first_of_day && days.len() <= DAYS) {
            let _ = std::fs::remove_file(path); // one too many harms nobody
        }
    }
}

/// The versions of a file, oldest first: when each was replaced, and where it is.
fn versions(backups: &Path, name: &str) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(backups).into_iter().flatten().flatten();
    let mut found: Vec<(String, PathBuf)> = entries
        .filter_map(|entry| {
            let file = entry.file_name().into_string().ok()?;
            Some((file.strip_prefix(name)?.strip_prefix('.')?.to_owned(), entry.path()))
        })
        .collect();
    found.sort();
    found
}

impl Store {
    /// The old versions of a kind's file, oldest first.
    pub fn backups(&self, kind: Kind) -> Vec<Backup> {
        let found = versions(&self.own().join("backups"), &file_name(kind));
        found.into_iter().map(|(replaced, path)| Backup { kind, replaced, path }).collect()
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
        let name = file_name(backup.kind);
        let failed = |error: &io::Error| StoreError::failed(&name, error);
        let _lock = Lock::take(&self.own().join("lock"), &self.by, PATIENCE)?;
        let bytes = self.storage.read(&backup.path).map_err(|error| failed(&error))?;
        if self.storage.stat(&self.dir.join(&name)).is_ok() {
            keep(self.storage.as_ref(), &self.dir, &self.own().join("backups"), &name).map_err(|e| failed(&e))?;
        }
        match atomic::save(self.storage.as_ref(), &self.dir, &name, &bytes, atomic::SHARED_FILE) {
            Ok(Durability::Confirmed | Durability::Unconfirmed) => Ok(()),
            Err(error) => Err(failed(&error)),
        }
    }
}
