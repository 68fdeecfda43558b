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

/// The field of minutes that are being typed. They are no field of a form, and are kept beside what is typed into the form
/// of their meeting.
pub const MINUTES: &str = "typed minutes";

/// What the name of a draft of minutes has behind the id of the meeting.
const MINUTES_KEY: &str = ".minutes";

impl Draft {
    /// The name under which it is kept.
    pub fn key(&self) -> String {
        format!("{}{}", self.id, if self.is_of_minutes() { MINUTES_KEY } else { "" })
    }

    /// The record that is meant by such a name.
    pub fn id_of(key: &str) -> Option<Id> {
        key.trim_end_matches(MINUTES_KEY).parse().ok()
    }

    /// Whether it holds minutes that are being typed.
    pub fn is_of_minutes(&self) -> bool {
        self.fields.iter().any(|(name, _)| name == MINUTES)
    }
}
