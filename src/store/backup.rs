//! Old versions of files: the last twenty of each, and one a day for thirty days. A backup is a hard link to the
//! outgoing file, so it costs nothing to make.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::Store;
use super::access::check_dir;
use super::atomic::{copy, exists, save_if};
use super::file_state::{file_mode, file_name};
use super::lock::LOCK_TIMEOUT;
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
    /// When it was replaced, as in its name: `20261121T100400.123456Z`.
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

/// Keeps the file `name` as it is now.
pub(super) fn keep(storage: &dyn Storage, dir: &Path, backups: &Path, name: &str) -> io::Result<()> {
    check_dir(storage, backups)?;
    let now: DateTime<Utc> = std::time::SystemTime::now().into();
    let kept = format!("{name}.{}", now.format("%Y%m%dT%H%M%S%.6fZ"));
    let outgoing = dir.join(name);
    // A save that failed later may have kept the same version already.
    let inode = |path: &Path| storage.stat(path).ok().map(|stat| stat.inode);
    let newest = versions(storage, backups, name).pop();
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
pub(super) fn prune(storage: &dyn Storage, backups: &Path, name: &str) {
    let mut kept = versions(storage, backups, name);
    kept.reverse();
    let mut days = BTreeSet::new();
    for (age, (replaced, path)) in kept.iter().enumerate() {
        let is_first_of_day = days.insert(replaced.get(..8).unwrap_or_default().to_owned());
        if age >= MAX_RECENT && !(is_first_of_day && days.len() <= MAX_DAYS) {
            let _ = storage.remove(path); // one too many does no harm
        }
    }
}

/// The versions of a file, oldest first: when each was replaced, and where it is.
fn versions(storage: &dyn Storage, backups: &Path, name: &str) -> Vec<(String, PathBuf)> {
    let files = storage.list(backups).unwrap_or_default();
    let version = |file: &String| {
        let replaced = file.strip_prefix(name)?.strip_prefix('.')?.to_owned();
        Some((replaced, backups.join(file)))
    };
    let mut versions: Vec<(String, PathBuf)> = files.iter().filter_map(version).collect();
    versions.sort();
    versions
}

impl Store {
    /// The old versions of a kind's file, oldest first.
    pub fn backups(&self, kind: Kind) -> Vec<Backup> {
        let versions = versions(self.storage.as_ref(), &self.private_dir().join("backups"), &file_name(kind));
        versions.into_iter().map(|(replaced, path)| Backup { kind, replaced, path }).collect()
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
        let (name, mode) = (file_name(backup.kind), file_mode(backup.kind));
        let failed = |error: &io::Error| StoreError::failed(&name, error);
        let lock = self.lock(LOCK_TIMEOUT)?;
        let storage = self.storage.as_ref();
        let bytes = storage.read(&backup.path).map_err(|error| failed(&error))?;
        if exists(storage, &self.dir.join(&name)).map_err(|error| failed(&error))? {
            keep(storage, &self.dir, &self.private_dir().join("backups"), &name).map_err(|error| failed(&error))?;
        }
        let saved = save_if(storage, &self.dir, &name, &bytes, mode, || lock.verify());
        saved.map(drop).map_err(|error| failed(&error))
    }
}
