//! Saving a change: lock, read again, merge, build the new text, write, sync.

use std::collections::HashSet;
use std::sync::Arc;

use super::atomic::{Durability, save_if};
use super::backup::Outgoing;
use super::build::{MergedRecord, build, current};
use super::conflict::{self, Conflict};
use super::file_state::{Entry, FileState, file_name};
use super::lock::Lock;
use super::problem::StoreError;
use super::storage::{PRIVATE_FILE, SHARED_FILE};
use super::{FileRead, Store, backup, journal, said_elsewhere};
use crate::model::round::RoundState;
use crate::model::{AnyRecord, Change, Edit, Id, Kind, merge};

/// What a save did.
#[derive(Clone, Debug, Default)]
pub struct Saved {
    /// What others had changed in the meantime, and what merging with it made of the change itself; for the workspace
    /// in memory to follow.
    pub elsewhere: Change,
    /// Which edits lost a conflict, in sentences; all of them are kept among the conflicts.
    pub lost: Vec<String>,
    /// What others had saved and a text editor or a checkout has written over, which is kept as well; and stamps that came
    /// from a clock that was wrong. In sentences.
    pub overwritten: Vec<String>,
    /// The disk did not say that the new files would survive a power cut.
    pub is_unconfirmed: bool,
}

/// Refuses a change that adds a record which is there already, word for word, beside others that are not: it was not this
/// change that added it, as a change is saved whole. Two receipts of one person are equal, and each comes with a ballot.
fn refuse_taken(all: &[PreparedFile]) -> Result<(), StoreError> {
    let added = || all.iter().flat_map(|one| &one.added);
    let is_drawn = |id: Id| Kind::of(id).is_none_or(Kind::has_drawn_ids);
    match added().find(|(id, is_there)| *is_there && !is_drawn(*id)) {
        Some((id, _)) if added().any(|(_, is_there)| !is_there) => Err(StoreError::Taken(*id)),
        _ => Ok(()),
    }
}

/// What is to be said of an edit of a record whose stamp came from a clock that was wrong.
fn set_right(edit: &Edit) -> Option<String> {
    let (before, after) = (edit.before()?, edit.after()?);
    let (wrong, right) = (before.updated().0, after.updated().0);
    let is_set_right = wrong > right && wrong.is_ahead_of(super::now());
    is_set_right.then(|| format!("{} bore the time {wrong}, which is still to come; now {right}", after.title_alone()))
}

/// Edits that lost a conflict, each with the sentence that says so.
type Losses = Vec<(Conflict, String)>;

/// One file of a change, merged and verified, not yet written.
struct PreparedFile {
    kind: Kind,
    /// The new text, unless nothing in the file has to change.
    text: Option<String>,
    exists: bool,
    state: FileState,
    elsewhere: Vec<Edit>,
    lost: Losses,
    /// The records that the change adds, and whether they were there already.
    added: Vec<(Id, bool)>,
}

impl Store {
    /// Saves a change, all of it. When this returns, the disk has it.
    ///
    /// # Errors
    /// Nothing was saved, and why.
    pub fn commit(&mut self, change: &Change) -> Result<Saved, StoreError> {
        if let Some(reason) = &self.read_only {
            return Err(StoreError::ReadOnly(reason.clone()));
        }
        let mut saved = Saved::default();
        self.locked(|store, lock| store.commit_under(lock, change, &mut saved))?;
        saved.elsewhere.sentence = said_elsewhere(&saved.elsewhere.edits);
        Ok(saved)
    }

    fn commit_under(&mut self, lock: &Lock, change: &Change, saved: &mut Saved) -> Result<(), StoreError> {
        let kinds: Vec<Kind> =
            Kind::ALL.iter().copied().filter(|kind| change.edits.iter().any(|edit| edit.kind() == *kind)).collect();
        saved.overwritten = self.note_overwritten(lock, &kinds)?;
        saved.overwritten.extend(change.edits.iter().filter_map(set_right));
        let mut all = Vec::new();
        for kind in kinds {
            let edits: Vec<&Edit> = change.edits.iter().filter(|edit| edit.kind() == kind).collect();
            all.push(self.prepare(kind, &edits)?);
        }
        refuse_taken(&all)?;
        let lost: Vec<Conflict> = all.iter().flat_map(|one| &one.lost).map(|(lost, _)| lost.clone()).collect();
        if !lost.is_empty() {
            conflict::add(self.storage.as_ref(), lock, &self.private_dir(), &lost)?;
        }
        saved.is_unconfirmed |= self.write(lock, &all)? == Durability::Unconfirmed;
        for prepared in all {
            self.remember_saved(prepared.kind, prepared.text.as_deref());
            self.follow(prepared, saved);
        }
        Ok(())
    }

    /// Reads the file again, merges, and builds its new text.
    fn prepare(&self, kind: Kind, edits: &[&Edit]) -> Result<PreparedFile, StoreError> {
        let before = self.state(kind);
        let read = self.read(kind, self.files.get(&kind), None).map_err(StoreError::Broken)?;
        if let Some(problem) = read.problems.into_iter().next().or_else(|| read.state.problem.clone()) {
            return Err(StoreError::Broken(problem));
        }
        let read = FileRead { problems: Vec::new(), ..read };
        let touched: HashSet<Id> = edits.iter().map(|edit| edit.id()).collect();
        let mut elsewhere = if self.files.contains_key(&kind) && before.fingerprint != read.state.fingerprint {
            read.state.changes_since(&before)
        } else {
            Vec::new()
        };
        elsewhere.retain(|edit| !touched.contains(&edit.id()));
        let (merged_records, lost) = self.merge(kind, edits, &before, &read, &mut elsewhere)?;
        let of_edits = edits.iter().zip(&merged_records).filter(|(edit, _)| edit.before().is_none());
        let added = of_edits.map(|(_, one)| (one.id, one.current.is_some())).collect();
        let (text, state) = build(kind, &read, &merged_records)?;
        Ok(PreparedFile { kind, text, exists: read.contents.is_some(), state, elsewhere, lost, added })
    }

    fn merge(
        &self,
        kind: Kind,
        edits: &[&Edit],
        before: &FileState,
        read: &FileRead,
        elsewhere: &mut Vec<Edit>,
    ) -> Result<(Vec<MergedRecord>, Losses), StoreError> {
        let touched: HashSet<Id> = edits.iter().map(|edit| edit.id()).collect();
        let (seen, index) = (before.entries_of(&touched), read.state.entries_of(&touched));
        let mut merged_records = Vec::new();
        let mut lost = Vec::new();
        for edit in edits {
            let entry = index.get(&edit.id()).copied();
            let now = entry.map(|entry| current(kind, read, entry)).transpose().map_err(StoreError::Broken)?;
            let theirs = entry.and_then(|entry| entry.record.clone()).or_else(|| now.clone());
            let is_taken = edit.before().is_none() && theirs.is_some() && !seen.contains_key(&edit.id());
            if is_taken && kind.is_resident() && edit.after() != theirs.as_ref() {
                return Err(StoreError::Taken(edit.id()));
            }
            let merged = merge::merge(edit.before(), edit.after(), theirs.as_ref());
            if let (Some(loss), Some(kept)) = (&merged.lost, &merged.record) {
                let conflict = Conflict::new(loss, kept, super::now(), &self.by);
                let sentence = conflict.sentence(Some(kept));
                lost.push((conflict, sentence));
            }
            if kind.is_resident() {
                elsewhere.extend(Edit::new(edit.after().cloned(), merged.record.clone()));
            }
            merged_records.push(MergedRecord { id: edit.id(), current: now, merged: merged.record });
        }
        Ok((merged_records, lost))
    }

    /// Puts the new files in place, all of them or none, and keeps the old ones as backups. A private file is not part of
    /// that: it is saved first and by itself.
    fn write(&self, lock: &Lock, all: &[PreparedFile]) -> Result<Durability, StoreError> {
        let storage = self.storage.as_ref();
        let backups = self.private_dir().join("backups");
        let changed: Vec<(String, &PreparedFile, &str)> =
            all.iter().filter_map(|one| Some((file_name(one.kind), one, one.text.as_deref()?))).collect();
        let mut outgoing = Vec::new();
        for (name, ..) in changed.iter().filter(|(_, one, _)| one.exists && !self.would_show_voters(one.kind)) {
            match Outgoing::keep(storage, &self.dir, &backups, name) {
                Ok(kept) => outgoing.push(kept),
                Err(error) => {
                    for kept in outgoing {
                        kept.discard(storage);
                    }
                    return Err(StoreError::failed(name, &error));
                }
            }
        }
        let done = self.replace(lock, &changed);
        for kept in outgoing {
            match done {
                // A file may be in effect and not yet in place: then the old one is no backup yet.
                Ok(_) => backup::settle(storage, &self.dir, &kept),
                Err(_) => kept.discard(storage),
            }
        }
        for (name, ..) in changed.iter().filter(|_| done.is_ok()) {
            backup::prune(storage, &backups, name);
        }
        done
    }

    fn replace(&self, lock: &Lock, changed: &[(String, &PreparedFile, &str)]) -> Result<Durability, StoreError> {
        let storage = self.storage.as_ref();
        let of = |is_private: bool| {
            let wanted = changed.iter().filter(move |(_, one, _)| one.kind.is_private() == is_private);
            wanted.map(|(name, _, text)| (name.as_str(), text.as_bytes())).collect::<Vec<(&str, &[u8])>>()
        };
        let replace = |(name, bytes): (&str, &[u8]), mode: u32| {
            save_if(storage, &self.dir, name, bytes, mode, || lock.verify())
                .map_err(|error| StoreError::failed(name, &error))
        };
        let mut done = Durability::Confirmed;
        for file in of(true) {
            done = done.and(replace(file, PRIVATE_FILE)?);
        }
        done = done.and(match of(false)[..] {
            [] => Durability::Confirmed,
            [file] => replace(file, SHARED_FILE)?,
            ref files => journal::save(storage, lock, &self.dir, files)?,
        });
        Ok(done)
    }

    /// Whether two old versions of the file would show who gave which ballot: each vote of an anonymous round that is
    /// open adds one receipt and one ballot.
    pub(super) fn would_show_voters(&self, kind: Kind) -> bool {
        let is_anonymous = |entry: &Entry| {
            let Some(AnyRecord::Round(round)) = &entry.record else { return false };
            round.anonymous && round.state == RoundState::Open
        };
        matches!(kind, Kind::Ballot | Kind::Receipt)
            && self.files.get(&Kind::Round).is_some_and(|rounds| rounds.entries.iter().any(is_anonymous))
    }

    /// Follows what was saved.
    fn follow(&mut self, prepared: PreparedFile, saved: &mut Saved) {
        let PreparedFile { kind, text, mut state, elsewhere, lost, .. } = prepared;
        if text.is_some() {
            state.stat = self.storage.stat(&self.dir.join(file_name(kind))).ok();
        }
        self.files.insert(kind, Arc::new(state));
        saved.elsewhere.edits.extend(elsewhere);
        saved.lost.extend(lost.into_iter().map(|(_, sentence)| sentence));
    }
}
