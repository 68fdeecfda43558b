//! What was saved last of each file, so that an older version that somebody puts in its place is noticed.
//!
//! A text editor takes no lock: what it writes is the file as it was when it was opened, with the edits of one person,
//! over whatever colleagues have saved since. So does a checkout of a version-control program. The stamps of the records
//! tell it: no save ever makes a record older. What was saved and is older in the file now, or gone from it, is kept as a
//! conflict, and the whole text among the backups; the file itself stays as it was written, as an older version may have
//! been wanted.
//!
//! The copy lies among the backups, as `.services.ron.saved-…`; its name tells of which file it is the text, so that
//! nothing has to be read as long as that is in place. It is not synced: a save does not wait for it, and one that is torn
//! is not believed.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use xxhash_rust::xxh3::xxh3_128;

use super::access::Access;
use super::atomic::StagedFile;
use super::conflict::{self, Conflict};
use super::file_state::{self, Entry, FileContents, FileState, file_name};
use super::lock::Lock;
use super::problem::StoreError;
use super::storage::{Stat, Storage};
use super::{Store, backup};
use crate::model::merge::Lost;
use crate::model::text::count;
use crate::model::{AnyRecord, Kind, Text, Timestamp};

/// From so many records on, what was written over is kept as one old version of the file only.
const MAX_CONFLICTS: usize = 50;

/// What the name of the copy of a file begins with.
fn prefix(name: &str) -> String {
    format!(".{name}.saved-")
}

/// The name of the copy of a file as it is in place now.
fn copy_name(name: &str, stat: &Stat) -> String {
    let since = stat.modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    format!("{}{:x}-{:x}-{:x}", prefix(name), stat.inode, since.as_nanos(), stat.length)
}

/// The copies there are of a file; more than one where a save was killed.
fn copies(storage: &dyn Storage, backups: &Path, name: &str) -> Vec<String> {
    let all = storage.list(backups).unwrap_or_default();
    all.into_iter().filter(|copy| copy.starts_with(&prefix(name))).collect()
}

fn read(storage: &dyn Storage, path: &Path) -> io::Result<FileContents> {
    let stat = storage.stat(path)?;
    let text = String::from_utf8(storage.read(path)?).map_err(io::Error::other)?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Ok(FileContents { fingerprint: xxh3_128(text.as_bytes()), text, has_mark: false, stat })
}

/// A record that was saved and is older now, or gone.
struct Overwritten<'a> {
    saved: &'a AnyRecord,
    now: Option<&'a AnyRecord>,
    fields: Vec<&'static str>,
}

/// What was saved and is older in the file now. A record that is gone was removed on purpose by whoever had seen it: by
/// whoever has something in the file that was saved later.
fn overwritten<'a>(saved: &'a FileState, now: &'a FileState) -> Vec<Overwritten<'a>> {
    let index = now.index();
    let stamp = |record: &AnyRecord| record.updated().0;
    let of = |entry: &'a Entry| {
        let saved = entry.record.as_ref()?;
        Some((saved, index.get(&entry.span.id).and_then(|entry| entry.record.as_ref())))
    };
    let pairs: Vec<_> = saved.entries.iter().filter_map(of).collect();
    let kept = pairs.iter().filter_map(|(saved, now)| now.filter(|now| stamp(now) <= stamp(saved)).map(stamp));
    let seen_until = kept.max().unwrap_or(Timestamp::from_seconds(i64::MIN));
    let one = |(saved, now): (&'a AnyRecord, Option<&'a AnyRecord>)| {
        let fields = match now {
            Some(now) if stamp(now) < stamp(saved) => saved.differing(now),
            None if stamp(saved) > seen_until => Vec::new(),
            _ => return None,
        };
        let is_lost = now.is_none() || !fields.is_empty();
        is_lost.then_some(Overwritten { saved, now, fields })
    };
    pairs.into_iter().filter_map(one).collect()
}

impl Store {
    fn backups_dir(&self) -> PathBuf {
        self.private_dir().join("backups")
    }

    /// Kinds whose files are not those of which a copy is kept: saved in this moment, or changed without the program.
    fn unfamiliar(&self) -> Vec<Kind> {
        let names = self.storage.list(&self.backups_dir()).unwrap_or_default();
        let is_unfamiliar = |kind: &Kind| {
            let file = file_name(*kind);
            let mut copies = names.iter().filter(|name| name.starts_with(&prefix(&file))).peekable();
            let stat = || self.storage.stat(&self.dir.join(&file)).ok();
            copies.peek().is_some() && stat().is_some_and(|stat| copies.all(|copy| *copy != copy_name(&file, &stat)))
        };
        Kind::ALL.iter().copied().filter(|kind| kind.is_resident()).filter(is_unfamiliar).collect()
    }

    /// Looks whether something older was put in the place of what was saved, if nobody is saving in this moment.
    pub(super) fn look_for_overwritten(&mut self) -> Vec<String> {
        let unfamiliar = if self.read_only.is_some() { Vec::new() } else { self.unfamiliar() };
        if unfamiliar.is_empty() {
            return Vec::new();
        }
        let Ok(lock) = self.lock(Duration::ZERO) else { return Vec::new() }; // the next save looks again
        self.note_overwritten(&lock, &unfamiliar).unwrap_or_else(|error| vec![error.to_string()])
    }

    /// Keeps what was saved of these kinds and is older in the files now; says what.
    pub(super) fn note_overwritten(&mut self, lock: &Lock, kinds: &[Kind]) -> Result<Vec<String>, StoreError> {
        let mut said = Vec::new();
        for kind in kinds.iter().copied().filter(|kind| kind.is_resident()) {
            if self.would_show_voters(kind) {
                continue;
            }
            let of_kind = self.note_overwritten_of(lock, kind)?;
            self.give_notice(lock, kind, &of_kind);
            said.extend(of_kind);
        }
        Ok(said)
    }

    fn note_overwritten_of(&self, lock: &Lock, kind: Kind) -> Result<Vec<String>, StoreError> {
        let (storage, file, backups) = (self.storage.as_ref(), file_name(kind), self.backups_dir());
        let copies = copies(storage, &backups, &file);
        let is_familiar = |stat: &Stat| copies.contains(&copy_name(&file, stat));
        if copies.is_empty() || storage.stat(&self.dir.join(&file)).is_ok_and(|stat| is_familiar(&stat)) {
            return Ok(Vec::new());
        }
        let Ok(Some(now)) = file_state::read(storage, &self.dir, kind, None) else { return Ok(Vec::new()) };
        let mut said = Vec::new();
        for copy in copies {
            let Ok(saved) = read(storage, &backups.join(copy)) else { continue };
            if saved.fingerprint != now.fingerprint {
                said.extend(self.keep_overwritten(lock, kind, &saved, &now)?);
            }
        }
        self.remember_saved(kind, Some(&now.text));
        Ok(said)
    }

    fn keep_overwritten(
        &self,
        lock: &Lock,
        kind: Kind,
        saved: &FileContents,
        now: &FileContents,
    ) -> Result<Vec<String>, StoreError> {
        let (storage, file) = (self.storage.as_ref(), file_name(kind));
        let parse = |contents| FileState::parse(kind, contents, None, &|_| Text::default());
        let ((saved_state, torn), (now_state, broken)) = (parse(saved), parse(now));
        if !torn.is_empty() || !broken.is_empty() {
            return Ok(Vec::new());
        }
        let overwritten = overwritten(&saved_state, &now_state);
        if overwritten.is_empty() {
            return Ok(Vec::new());
        }
        let conflict = |one: &Overwritten<'_>| {
            let lost = Lost { version: Some(one.saved.clone()), fields: one.fields.clone() };
            Conflict::new(&lost, one.now.unwrap_or(one.saved), super::now(), &self.by)
        };
        let conflicts: Vec<Conflict> = overwritten.iter().take(MAX_CONFLICTS).map(conflict).collect();
        backup::keep_text(storage, &self.backups_dir(), &file, saved.text.as_bytes(), Access::of(&now.stat))
            .map_err(|error| StoreError::failed(&file, &error))?;
        if overwritten.len() > MAX_CONFLICTS {
            let many = count(overwritten.len());
            return Ok(vec![format!(
                "{file} was written over with an older version: {many} records are older than what was saved; that is \
                 kept, see: moot backups {}",
                kind.plural()
            )]);
        }
        conflict::add(storage, lock, &self.private_dir(), &conflicts)?;
        Ok(conflicts.iter().zip(&overwritten).map(|(conflict, one)| conflict.sentence(one.now)).collect())
    }

    /// Keeps a copy of what has been saved in the place of the one before. Where that fails there is none, and nothing
    /// else is lost.
    pub(super) fn remember_saved(&self, kind: Kind, text: Option<&str>) {
        let Some(text) = text.filter(|_| kind.is_resident()) else { return };
        let (storage, file, backups) = (self.storage.as_ref(), file_name(kind), self.backups_dir());
        let written = if self.would_show_voters(kind) { None } else { self.write_copy(kind, text).ok() };
        for old in copies(storage, &backups, &file).into_iter().filter(|copy| Some(copy) != written.as_ref()) {
            let _ = storage.remove(&backups.join(old)); // the next save tries again
        }
    }

    fn write_copy(&self, kind: Kind, text: &str) -> io::Result<String> {
        let (storage, file) = (self.storage.as_ref(), file_name(kind));
        let stat = storage.stat(&self.dir.join(&file))?;
        let name = copy_name(&file, &stat);
        let access = Access::of(&stat);
        let staged = StagedFile::write_copy(storage, &self.backups_dir(), &name, text.as_bytes(), access)?;
        staged.place(storage).inspect_err(|_| staged.discard(storage))?;
        Ok(name)
    }
}
