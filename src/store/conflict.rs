//! Edits that lost a conflict: `.moot/conflicts.ron` keeps what a later change of somebody else replaced, so that no
//! work is lost unnoticed.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::atomic::save_if;
use super::lock::Lock;
use super::problem::StoreError;
use super::storage::{PRIVATE_FILE, SHARED_FILE, Storage};
use super::{Store, records, text, users};
use crate::model::merge::Lost;
use crate::model::{AnyRecord, Author, Change, Edit, Id, Kind, Refusal, Text, Timestamp, Workspace};

/// An edit that lost against another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conflict {
    /// When it lost.
    pub at: Timestamp,
    /// Whose work it was: the initials of its stamp.
    pub by: Text,
    /// The record.
    pub record: Id,
    /// What people call the record.
    pub name: Text,
    /// The fields in which it lost; none for a removal that an edit overruled, and for a record that is gone as a whole.
    pub fields: Vec<String>,
    /// The losing version, as in a file; empty for a removal.
    pub version: String,
}

impl Conflict {
    /// The record of what a merge lost.
    pub(super) fn new(lost: &Lost, kept: &AnyRecord, at: Timestamp, by: &str) -> Self {
        let version = lost.version.as_ref();
        Self {
            at,
            by: version.map_or_else(|| Text::line(by), |version| version.updated().1.clone()),
            record: kept.id(),
            name: Text::line(&kept.title_alone()),
            fields: lost.fields.iter().map(|field| (*field).to_owned()).collect(),
            version: version.and_then(|version| text::to_ron(version).ok()).unwrap_or_default(),
        }
    }

    /// What happened, in a sentence; `kept` is the record as it is now, where there is one.
    pub fn sentence(&self, kept: Option<&AnyRecord>) -> String {
        let (name, by, fields) = (&self.name, &self.by, self.fields.join(", "));
        match (kept, self.losing()) {
            (_, None) => format!("{name} was removed by one and edited by another: the edit stays"),
            (None, Some(_)) => {
                format!("{name} is gone: a text editor or a checkout wrote over what {by} had saved, which is kept")
            }
            (Some(kept), Some(lost)) if kept.updated().0 < lost.updated().0 => format!(
                "{name}: a text editor or a checkout wrote an older {fields} over what {by} had saved, which is kept"
            ),
            (Some(kept), Some(_)) => {
                let winner = &kept.updated().1;
                format!("{name}: {fields} by {by} gave way to the later change by {winner}; what {by} wrote is kept")
            }
        }
    }

    /// The losing version; `None` for a removal.
    fn losing(&self) -> Option<AnyRecord> {
        text::from_ron(Kind::of(self.record)?, self.record, &self.version).ok()
    }

    /// Whether `other` is the same loss, whenever it was noticed.
    fn is_repeat_of(&self, other: &Self) -> bool {
        self.record == other.record && self.fields == other.fields && self.version == other.version
    }

    /// The change that takes the losing values back.
    ///
    /// # Errors
    /// The record is gone, or the kept version does not read any more.
    pub fn take_back(&self, workspace: &Workspace, author: &Author) -> Result<Change, Refusal> {
        let nothing = || Refusal(format!("{} has nothing to take back here", self.name));
        let mut lost = self.losing().ok_or_else(nothing)?;
        let Some(now) = workspace.get(self.record) else {
            if !self.fields.is_empty() {
                return Err(nothing());
            }
            lost.set_updated(author.stamp(Some(&lost)));
            let sentence = format!("{} is back", self.name);
            return Ok(Change { edits: Edit::new(None, Some(lost)).into_iter().collect(), sentence });
        };
        let sentence = format!("{}: took back {}", self.name, self.fields.join(", "));
        let mut after = with_fields_of(&now, &lost, &self.fields).map_err(Refusal)?;
        after.set_updated(author.stamp(Some(&now)));
        Ok(Change { edits: Edit::new(Some(now), Some(after)).into_iter().collect(), sentence })
    }
}

/// `now` with some fields of `lost`: put together as text, so that no field needs code of its own.
fn with_fields_of(now: &AnyRecord, lost: &AnyRecord, fields: &[String]) -> Result<AnyRecord, String> {
    let is_taken = |name: &str| fields.iter().any(|field| field == name);
    let mut lines: Vec<_> = text::lines(now, 2)?.into_iter().filter(|(name, _)| !is_taken(name)).collect();
    lines.extend(text::lines(lost, 2)?.into_iter().filter(|(name, _)| is_taken(name)));
    let written = text::body(&lines, "", "\n");
    let kind = Kind::of(now.id()).unwrap_or(now.kind());
    records::read(now.id().as_str(), &written, kind, now.id(), &(0..written.len())).map_err(|problem| problem.message)
}

/// A list of edits that lost: that of everybody, or that of what is private to this login.
struct List {
    file: String,
    mode: u32,
    is_private: bool,
}

fn lists() -> [List; 2] {
    let shared = List { file: "conflicts.ron".to_owned(), mode: SHARED_FILE, is_private: false };
    [shared, List { file: users::own_file("conflicts"), mode: PRIVATE_FILE, is_private: true }]
}

impl List {
    fn holds(&self, conflict: &Conflict) -> bool {
        Kind::of(conflict.record).is_some_and(Kind::is_private) == self.is_private
    }

    /// Adds what is new. A list that does not parse is renamed, never written over.
    fn add(&self, storage: &dyn Storage, lock: &Lock, dir: &Path, new: &[&Conflict]) -> io::Result<()> {
        let mut all = match self.read(storage, dir) {
            Ok(all) => all,
            Err(ListError::Broken) => {
                let aside = self.file.replace(".ron", &format!("-{}.ron", super::now().seconds()));
                storage.rename(&dir.join(&self.file), &dir.join(aside))?;
                Vec::new()
            }
            Err(ListError::Failed(error)) => return Err(error),
        };
        let count = all.len();
        for conflict in new {
            if !all.iter().any(|known| conflict.is_repeat_of(known)) {
                all.push((*conflict).clone());
            }
        }
        if all.len() == count { Ok(()) } else { self.write(storage, lock, dir, &all) }
    }

    fn write(&self, storage: &dyn Storage, lock: &Lock, dir: &Path, all: &[Conflict]) -> io::Result<()> {
        let config = ron::ser::PrettyConfig::new().indentor("  ").separate_tuple_members(false);
        let written = records::options().to_string_pretty(&all, config).map_err(io::Error::other)?;
        let written = format!("{written}\n");
        save_if(storage, dir, &self.file, written.as_bytes(), self.mode, || lock.verify()).map(drop)
    }

    fn read(&self, storage: &dyn Storage, dir: &Path) -> Result<Vec<Conflict>, ListError> {
        let path = dir.join(&self.file);
        if self.is_private && storage.stat(&path).is_ok_and(|stat| !users::is_own(&stat)) {
            let why = "this list bears your login and belongs to somebody else; move it away";
            return Err(ListError::Failed(io::Error::other(why)));
        }
        let bytes = match storage.read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(ListError::Failed(error)),
        };
        let text = String::from_utf8(bytes).map_err(|_| ListError::Broken)?;
        records::options().from_str(&text).map_err(|_| ListError::Broken)
    }
}

/// Adds what is new to the lists.
///
/// # Errors
/// The disk's, with the name of the list.
pub(super) fn add(storage: &dyn Storage, lock: &Lock, dir: &Path, new: &[Conflict]) -> Result<(), StoreError> {
    for list in lists() {
        let held: Vec<&Conflict> = new.iter().filter(|conflict| list.holds(conflict)).collect();
        if !held.is_empty() {
            list.add(storage, lock, dir, &held).map_err(|error| StoreError::failed(&list.file, &error))?;
        }
    }
    Ok(())
}

enum ListError {
    Broken,
    Failed(io::Error),
}

impl From<ListError> for io::Error {
    fn from(error: ListError) -> Self {
        match error {
            ListError::Broken => Self::other("this list in .moot does not parse; move it away"),
            ListError::Failed(error) => error,
        }
    }
}

impl Store {
    /// What lost, oldest first.
    pub fn conflicts(&self) -> Vec<Conflict> {
        let read = |list: &List| list.read(self.storage.as_ref(), &self.private_dir()).unwrap_or_default();
        let mut all: Vec<Conflict> = lists().iter().flat_map(read).collect();
        all.sort_by_key(|conflict| conflict.at);
        all
    }

    /// Takes a conflict off its list, once somebody has looked at it.
    ///
    /// # Errors
    /// Why the list could not be written.
    pub fn settle(&mut self, conflict: &Conflict) -> Result<(), StoreError> {
        if let Some(reason) = &self.read_only {
            return Err(StoreError::ReadOnly(reason.clone()));
        }
        let Some(list) = lists().into_iter().find(|list| list.holds(conflict)) else { return Ok(()) };
        let dir = self.private_dir();
        self.locked(|store, lock| {
            let (storage, failed) = (store.storage.as_ref(), |error: io::Error| StoreError::failed(&list.file, &error));
            let mut all = list.read(storage, &dir).map_err(|error| failed(error.into()))?;
            let count = all.len();
            all.retain(|known| !conflict.is_repeat_of(known));
            if all.len() == count { Ok(()) } else { list.write(storage, lock, &dir, &all).map_err(failed) }
        })
    }
}
