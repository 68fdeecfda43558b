//! Ids for the records of an import.

use std::collections::HashSet;

use crate::model::{Id, Kind, SplitMix64, Workspace};

/// Draws ids that neither the workspace nor this import knows.
pub struct Ids<'a> {
    workspace: &'a Workspace,
    random: &'a mut SplitMix64,
    drawn: HashSet<Id>,
    expected: usize,
}

impl<'a> Ids<'a> {
    /// For an import that brings about `expected` records of a kind.
    pub fn new(workspace: &'a Workspace, random: &'a mut SplitMix64, expected: usize) -> Self {
        Self { workspace, random, drawn: HashSet::new(), expected }
    }

    /// An id for a new record.
    pub fn draw(&mut self, kind: Kind) -> Id {
        let count = self.workspace.count(kind).max(self.expected);
        let id =
            self.random.new_id(kind.letter(), count, |id| self.workspace.get(id).is_some() || self.drawn.contains(&id));
        self.drawn.insert(id);
        id
    }
}
