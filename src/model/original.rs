//! What an import brought, kept as it came: the base for the next import of the same directory, and the reason why an
//! export gives back everything, also what this program has no field for.
//!
//! An original is one item of a source in the canonical shape of Open Referral (HSDS 3, nested), cleaned and repaired,
//! or one row that nothing pointed to. It is no record people edit; `originals.ron` is an archive beside the others.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::record::{atomic_merge, record};
use super::text::Text;
use super::typed::{Blank, FieldType, FieldValue, ParseContext};
use super::{Id, Kind, Workspace};

/// The longest item that is kept, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// JSON as text: one object in one line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Json(Box<str>);

impl Json {
    /// Keeps JSON that was written by a JSON library, and so holds no raw control character.
    pub fn new(json: &str) -> Self {
        Self(json.into())
    }

    /// The JSON.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        if text.len() > LONGEST {
            return Err(serde::de::Error::custom(format!("this item has {} bytes; at most {LONGEST} fit", text.len())));
        }
        if text.chars().any(char::is_control) {
            return Err(serde::de::Error::custom(
                "this item holds a control character; JSON would write it as \\u001b",
            ));
        }
        Ok(Self(text.into()))
    }
}

impl Blank for Json {
    fn is_blank(&self) -> bool {
        self.0.is_empty()
    }
}
impl FieldValue for Json {
    fn format(&self, _: &Workspace) -> String {
        self.0.to_string()
    }
    fn parse(_: &str, _: ParseContext<'_>) -> Result<Self, String> {
        Err("originals are written by imports, never by hand".to_owned())
    }
}
atomic_merge!(Json);

record! {
    /// One item of a source.
    Original = Kind::Original;
    editable {
        /// The table it stands in: `services`, `organizations`, `phones` …
        name: Text = "Table", FieldType::Line, "the table it stands in";
        /// The directory it comes from.
        feed: Option<Text> = "Feed", FieldType::Line, "the directory it comes from";
        /// Its id there.
        source_id: Option<Text> = "Id there", FieldType::Line, "its id in the source";
        /// The item itself, as JSON.
        json: Json = "Item", FieldType::Paragraph, "as it came";
    }
    system {
        /// The record that was made of it; none for a row that nothing pointed to.
        record: Option<Id>;
    }
}

impl Original {
    #[allow(clippy::unused_self, clippy::unnecessary_wraps)] // every kind has this place for rules of its own
    fn check_more(&self) -> Result<(), String> {
        Ok(())
    }
}
