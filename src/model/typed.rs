//! How every sort of field is typed by a person and said to one: the one place that forms, the command line, tables and
//! copies of records share.

use serde::{Deserialize, Serialize};

use super::choice::{Choice, Set};
use super::date::{self, Date};
use super::id::Id;
use super::text::{Text, one_line};
use super::{Kind, Workspace};

/// What a field takes, so that a form can offer the right help and completion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// One line of text.
    Line,
    /// Several lines of text.
    Paragraph,
    /// Texts with commas between.
    Words,
    /// Yes or no.
    Flag,
    /// A day.
    Date,
    /// Two numbers or a number and a day; the hint shows how.
    Numbers,
    /// One of these words.
    One(&'static [&'static str]),
    /// Some of these words, with commas between.
    Some(&'static [&'static str]),
    /// One organisation, by name.
    Organisation,
    /// Organisations, by name, with commas between.
    Organisations,
    /// Districts, councils or the whole county, with commas between.
    Areas,
    /// One entry a line, its parts with bars between.
    Rows,
}

/// What is around a person who types: the records that can be named, and the day.
#[derive(Clone, Copy)]
pub struct ParseContext<'a> {
    /// Where names are looked up.
    pub workspace: &'a Workspace,
    /// The day that "fri" is seen from.
    pub today: Date,
}

/// A sort of value that a person can type and read.
pub trait FieldValue: Sized {
    /// The value in words; typing them again gives the same value.
    fn format(&self, workspace: &Workspace) -> String;
    /// The value a person typed; nothing typed is the absent value.
    ///
    /// # Errors
    /// What the field takes, as a sentence without its subject.
    fn parse(typed: &str, context: ParseContext<'_>) -> Result<Self, String>;
}

/// Whether a value is absent: absent values are left out of files and shown as "not stated".
pub trait Blank {
    /// True when there is nothing to write down.
    fn is_blank(&self) -> bool;
}

impl Blank for bool {
    fn is_blank(&self) -> bool {
        !self
    }
}
impl Blank for Text {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}
impl<T> Blank for Option<T> {
    fn is_blank(&self) -> bool {
        self.is_none()
    }
}
impl<T> Blank for Vec<T> {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}
impl<C: Choice> Blank for Set<C> {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}

/// A pointer to an organisation: a record, or, where none is known, the words somebody wrote. A reference that leads
/// nowhere stays as it is and is shown as loose; nothing is ever joined by guessing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ref {
    /// An organisation of this workspace.
    Record(Id),
    /// Words that name one which is not recorded here.
    Words(Text),
}

impl Ref {
    /// The id, where it is one.
    pub fn id(&self) -> Option<Id> {
        match self {
            Self::Record(id) => Some(*id),
            Self::Words(_) => None,
        }
    }

    /// The name a person reads.
    pub fn name<'a>(&'a self, workspace: &'a Workspace) -> &'a str {
        match self {
            Self::Record(id) => workspace.organisations.get(*id).map_or(id.as_str(), |o| &o.name),
            Self::Words(words) => words,
        }
    }
}

impl Serialize for Ref {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Record(id) => id.serialize(to),
            Self::Words(words) => words.serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for Ref {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let words = Text::deserialize(from)?;
        let letter = Kind::Organisation.letter();
        Ok(match words.parse::<Id>() {
            Ok(id) if id.letter() == letter && id.as_str() == words.as_str() => Self::Record(id),
            _ => Self::Words(words),
        })
    }
}

impl FieldValue for Text {
    fn format(&self, _: &Workspace) -> String {
        self.to_string()
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        Ok(Self::line(typed))
    }
}

impl FieldValue for Option<Text> {
    fn format(&self, _: &Workspace) -> String {
        self.as_deref().unwrap_or_default().to_owned()
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        if typed.len() > super::text::LONGEST {
            return Err(format!("at most {} characters fit here", super::text::LONGEST));
        }
        Ok(Text::some(typed))
    }
}

impl FieldValue for Vec<Text> {
    fn format(&self, _: &Workspace) -> String {
        join(self.iter().map(Text::as_str))
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        Ok(parts(typed).map(Text::line).collect())
    }
}

impl FieldValue for bool {
    fn format(&self, _: &Workspace) -> String {
        if *self { "yes".to_owned() } else { String::new() }
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        match typed.trim().to_lowercase().as_str() {
            "yes" | "y" | "true" | "1" => Ok(true),
            "no" | "n" | "false" | "0" | "" => Ok(false),
            _ => Err("write yes or no".to_owned()),
        }
    }
}

impl FieldValue for Option<Date> {
    fn format(&self, _: &Workspace) -> String {
        self.map(|day| day.to_string()).unwrap_or_default()
    }
    fn parse(typed: &str, context: ParseContext<'_>) -> Result<Self, String> {
        absent_or(typed, |typed| date::parse_date(typed, context.today))
    }
}

impl FieldValue for Ref {
    fn format(&self, workspace: &Workspace) -> String {
        self.name(workspace).to_owned()
    }
    /// An id, the name of an organisation (its only bearer, whatever the case of the letters), or any words.
    fn parse(typed: &str, context: ParseContext<'_>) -> Result<Self, String> {
        let organisations = &context.workspace.organisations;
        if let Some(id) = typed.trim().parse::<Id>().ok().filter(|id| organisations.get(*id).is_some()) {
            return Ok(Self::Record(id));
        }
        let wanted = one_line(typed).to_lowercase();
        let mut named = organisations.iter().filter(|o| o.name.to_lowercase() == wanted);
        match (named.next(), named.next()) {
            (Some(one), None) => Ok(Self::Record(one.id)),
            (Some(one), Some(other)) => {
                Err(format!("two organisations are called so: write {} or {}", one.id, other.id))
            }
            _ => Ok(Self::Words(Text::line(typed))),
        }
    }
}

impl FieldValue for Option<Ref> {
    fn format(&self, workspace: &Workspace) -> String {
        self.as_ref().map(|r| r.format(workspace)).unwrap_or_default()
    }
    fn parse(typed: &str, context: ParseContext<'_>) -> Result<Self, String> {
        absent_or(typed, |typed| Ref::parse(typed, context))
    }
}

impl FieldValue for Vec<Ref> {
    fn format(&self, workspace: &Workspace) -> String {
        join(self.iter().map(|r| r.name(workspace)))
    }
    fn parse(typed: &str, context: ParseContext<'_>) -> Result<Self, String> {
        parts(typed).map(|part| Ref::parse(part, context)).collect()
    }
}

impl<C: Choice> FieldValue for Option<C> {
    fn format(&self, _: &Workspace) -> String {
        self.map(C::label).unwrap_or_default().to_owned()
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        absent_or(typed, C::parse)
    }
}

impl<C: Choice> FieldValue for Set<C> {
    fn format(&self, _: &Workspace) -> String {
        self.labels()
    }
    /// Labels with commas between; a label that itself holds a comma is recognised whole.
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        let mut rest = typed.to_lowercase();
        let mut set = Self::default();
        for choice in C::ALL {
            let label = choice.label();
            if label.contains(',') && rest.contains(label) {
                rest = rest.replacen(label, "", 1);
                set.insert(*choice);
            }
        }
        for part in parts(&rest) {
            set.insert(C::parse(part)?);
        }
        Ok(set)
    }
}

/// Reads with `read` unless nothing was typed.
pub(crate) fn absent_or<T>(typed: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, String> {
    if typed.trim().is_empty() { Ok(None) } else { read(typed).map(Some) }
}

/// What stands between commas, or, where lines are used, on each line; without blanks around and without empty parts.
pub(crate) fn parts(typed: &str) -> impl Iterator<Item = &str> {
    let between = if typed.contains('\n') { '\n' } else { ',' };
    typed.split(between).map(str::trim).filter(|part| !part.is_empty())
}

/// The opposite of [`parts`]: commas between, or lines where a part holds a comma itself.
fn join<'a>(parts: impl Iterator<Item = &'a str>) -> String {
    let parts: Vec<&str> = parts.collect();
    if parts.iter().any(|part| part.contains(',')) { parts.join("\n") + "\n" } else { parts.join(", ") }
}
