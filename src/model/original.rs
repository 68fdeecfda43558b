//! What an import brought, kept as it came: the base for the next import of the same directory, and the reason why an
//! export gives back everything, also what this program has no field for.
//!
//! An original is one item of a source in the canonical shape of Open Referral (HSDS 3, nested), cleaned and repaired,
//! or one row that nothing pointed to. It is no record people edit; `originals.ron` is an archive beside the others.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::field::{Audience, Blank, FieldType, FieldValue, ParseContext};
use super::record::{Rules, atomic_merge, record};
use super::text::{self, Text};
use super::{AnyRecord, Id, Kind, Ref, Service, Workspace};

/// The longest item that is kept, in bytes.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// JSON as text: one object in one line. It is shared, as an import holds it in its package and in its plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Json(Arc<str>);

impl Json {
    /// Keeps JSON that was written by a JSON library, and so holds no raw control character. Other characters that must
    /// not reach a reader as they are (they can only stand within its texts) are written as `\u202e`: the same JSON.
    pub fn new(json: impl Into<Arc<str>>) -> Self {
        let json = json.into();
        if text::each_welcome(&json).all(|(_, is_welcome)| is_welcome) {
            return Self(json);
        }
        let mut escaped = String::with_capacity(json.len());
        for (c, is_welcome) in text::each_welcome(&json) {
            if is_welcome {
                escaped.push(c);
            } else {
                escaped.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
            }
        }
        Self(escaped.into())
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

impl Serialize for Json {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        if text.len() > MAX_BYTES {
            return Err(serde::de::Error::custom(format!(
                "this item has {} bytes; at most {MAX_BYTES} fit",
                text.len()
            )));
        }
        if text.chars().any(char::is_control) {
            return Err(serde::de::Error::custom(
                "this item holds a control character; JSON would write it as \\u001b",
            ));
        }
        Ok(Self::new(text))
    }
}

impl Blank for Json {
    fn is_blank(&self) -> bool {
        self.0.is_empty()
    }
}
impl FieldValue for Json {
    const TYPE: FieldType = FieldType::Paragraph;
    fn format(&self, _: &Workspace) -> String {
        self.0.to_string()
    }
    fn parse(_: &str, _: ParseContext<'_>) -> Result<Self, String> {
        Err("originals are written by imports, never by hand".to_owned())
    }
}
atomic_merge!(Json);

/// What an import brought of a record says all that is hidden in the record. The organisation of a refuge may list the same
/// house, and so may a row without a record that came with it.
fn record_is_hidden(record: &AnyRecord, audience: Audience, workspace: &Workspace) -> bool {
    let AnyRecord::Original(original) = record else { return false };
    let hides = |of: &AnyRecord| {
        of.kind().fields().any(|field| field.hidden_if.is_some() && of.is_hidden(field, audience, workspace))
    };
    let any_service = |belongs: &dyn Fn(&Service) -> bool| {
        let services = workspace.services.iter().filter(|service| belongs(service));
        services.into_iter().any(|service| hides(&AnyRecord::Service(service.clone())))
    };
    match original.record.and_then(|id| workspace.get(id)) {
        Some(AnyRecord::Organisation(of)) => {
            any_service(&|service| service.organisation.as_ref().and_then(Ref::id) == Some(of.id))
        }
        Some(of) => hides(&of),
        None => any_service(&|service| service.source.as_ref().map(|source| &source.feed) == original.feed.as_ref()),
    }
}

record! {
    /// One item of a source.
    Original = originals, Kind::Original;
    editable {
        /// The table it stands in: `services`, `organizations`, `phones` …
        name: Text = "Table", "the table it stands in", required;
        /// The directory it comes from.
        feed: Option<Text> = "Feed", "the directory it comes from";
        /// Its id there.
        source_id: Option<Text> = "Id there", "its id in the source";
        /// The item itself, as JSON.
        json: Json = "Item", "as it came", paragraph, hidden_if(record_is_hidden, "hidden");
    }
    system {
        /// The record that was made of it; none for a row that nothing pointed to.
        record: Option<Id> = "Record";
    }
}

impl Rules for Original {
    const IS_RESIDENT: bool = false;
    const IS_ADDABLE: bool = false;
    const LISTED: &'static [&'static str] = &["feed", "source_id"];

    fn title<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Borrowed(&self.name)
    }
}
