//! Fingerprints kept beside a record, one for each of a few things that can be said of it.
//!
//! A mark holds as long as what it was made of stays as it was, so that nobody has to take it off: what is changed by
//! hand, by a merge or in a file is another value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Workspace;
use crate::model::choice::Choice;
use crate::model::field::{Blank, FieldType, FieldValue, ParseContext, kept_by_the_program};
use crate::model::record::{Merge, merge_field};

/// A fingerprint for each thing that is marked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(serialize = "K: Serialize", deserialize = "K: Deserialize<'de> + Ord"))]
pub struct Marks<K>(BTreeMap<K, u32>);

impl<K> Default for Marks<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Choice + Ord> Marks<K> {
    /// The fingerprint of a thing that is marked.
    pub fn get(&self, of: K) -> Option<u32> {
        self.0.get(&of).copied()
    }

    /// Marks a thing.
    pub fn set(&mut self, of: K, fingerprint: u32) {
        self.0.insert(of, fingerprint);
    }

    /// Takes a mark off.
    pub fn remove(&mut self, of: K) {
        self.0.remove(&of);
    }

    /// What is marked, in its order.
    pub fn iter(&self) -> impl Iterator<Item = (K, u32)> {
        self.0.iter().map(|(of, fingerprint)| (*of, *fingerprint))
    }
}

impl<K> Blank for Marks<K> {
    fn is_blank(&self) -> bool {
        self.0.is_empty()
    }
}

impl<K: Choice + Ord> FieldValue for Marks<K> {
    const TYPE: FieldType = FieldType::Notation;
    /// Nothing a person could read; what follows from it is said beside the fields.
    fn format(&self, _: &Workspace) -> String {
        String::new()
    }
    fn parse(_: &str, _: ParseContext<'_>) -> Result<Self, String> {
        kept_by_the_program()
    }
}

/// Mark by mark, so that what one person and what another did both hold.
impl<K: Choice + Ord> Merge for Marks<K> {
    fn merge(base: &Self, ours: &Self, theirs: &Self, ours_wins: bool) -> (Self, bool) {
        let merged = K::ALL.iter().filter_map(|of| {
            let [base, ours, theirs] = [base, ours, theirs].map(|side| side.get(*of));
            Some((*of, merge_field("", (&base, &ours, &theirs), ours_wins, &mut Vec::new())?))
        });
        (Self(merged.collect()), false)
    }
}

/// A fingerprint that is the same on every machine (FNV-1a, 32 bits).
pub fn fingerprint(text: &str) -> u32 {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
    text.bytes().fold(2_166_136_261, step)
}
