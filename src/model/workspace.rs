//! Everything a partnership knows, changed by changes only.

use std::sync::Arc;

use super::change::{Change, Edit};
use super::text::one_line;
use super::{AnyRecord, Kind, Partnership, Workspace, merge};

impl Workspace {
    /// The records that answer to what somebody types: 17.2, initials, a name.
    pub fn called(&self, typed: &str) -> Vec<AnyRecord> {
        let wanted = one_line(typed).to_lowercase();
        let all = Kind::ALL.iter().filter(|kind| kind.is_resident()).flat_map(|kind| self.iter(*kind));
        all.filter(|record| record.answers_to(&wanted, self)).collect()
    }

    /// The records that people add whose names hold these words: each begins a word of the name.
    pub fn called_like(&self, typed: &str) -> Vec<AnyRecord> {
        let wanted = one_line(typed).to_lowercase();
        let wanted: Vec<&str> = wanted.split_whitespace().collect();
        let is_like = |record: &AnyRecord| {
            let name = record.title(self).to_lowercase();
            let has =
                |word: &&str| name.split(|sign: char| !sign.is_alphanumeric()).any(|part| part.starts_with(*word));
            !wanted.is_empty() && wanted.iter().all(has)
        };
        let kinds = Kind::ALL.iter().filter(|kind| kind.is_resident() && kind.is_addable() && !kind.is_private());
        kinds.flat_map(|kind| self.iter(*kind)).filter(is_like).collect()
    }

    /// The partnership's own record, if the workspace has one.
    pub fn itself(&self) -> Option<&Arc<Partnership>> {
        self.partnership.iter().next()
    }

    /// All records of a kind, in the order of their ids.
    pub fn all(&self, kind: Kind) -> Vec<AnyRecord> {
        self.iter(kind).collect()
    }

    /// Applies a change to what is in memory and returns the change that undoes it.
    ///
    /// Where a record is no longer what the change began from, the two are merged field by field, just as the files
    /// will be: a colleague's edit that arrived in between stays.
    pub fn apply(&mut self, change: &Change) -> Change {
        let mut undo = Vec::with_capacity(change.edits.len());
        for edit in &change.edits {
            let now = self.get(edit.id());
            let merged = merge::merge(edit.before(), edit.after(), now.as_ref()).record;
            self.place(edit.id(), merged.clone());
            undo.extend(Edit::new(merged, now));
        }
        undo.reverse();
        Change { edits: undo, sentence: change.sentence.clone() }
    }
}
