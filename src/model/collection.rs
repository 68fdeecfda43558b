//! All records of one kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Id, Record};

/// All records of one kind, in the order of their ids.
#[derive(Clone, Debug, PartialEq)]
pub struct Collection<R>(BTreeMap<Id, Arc<R>>);

impl<R> Default for Collection<R> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<R: Record> Collection<R> {
    /// The record with this id.
    pub fn get(&self, id: Id) -> Option<&Arc<R>> {
        self.0.get(&id)
    }

    /// All records, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<R>> {
        self.0.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts a record in its place, or takes the one with this id away.
    pub(super) fn place(&mut self, id: Id, record: Option<Arc<R>>) {
        match record {
            Some(record) => self.0.insert(id, record),
            None => self.0.remove(&id),
        };
    }
}
