//! What was typed and not yet saved: kept beside the records, offered back after a lost connection or a crash.

use crate::model::{Id, Kind, Timestamp};

/// The typed fields of one form.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The record it is about; new records have their id from the beginning.
    pub id: Id,
    /// Its kind.
    pub kind: Kind,
    /// What the record was called.
    pub name: String,
    /// When it was last typed at.
    pub at: Timestamp,
    /// The fields that were typed in: name, text.
    pub fields: Vec<(String, String)>,
    /// The same fields as they stood in the record when typing began, so that what others change until the draft is
    /// taken up again is merged and not overwritten. A field that was hidden is not here.
    pub base: Vec<(String, String)>,
}

impl Draft {
    /// The name under which it is kept.
    pub fn key(&self) -> String {
        self.id.to_string()
    }
}
