//! How every type of value is typed by a person, shown to one and searched.

use super::{FieldType, SearchField};
use crate::model::Workspace;
use crate::model::choice::{Choice, Set};
use crate::model::date::{self, Date, DateTime, Lean, Time};
use crate::model::id::{Id, NotAnId};
use crate::model::text::{self, Text};

/// What is around a person who types: the records that can be named, and the date.
#[derive(Clone, Copy)]
pub struct ParseContext<'a> {
    /// Where names are looked up.
    pub workspace: &'a Workspace,
    /// The date that "fri" is seen from.
    pub today: Date,
}

/// Receives the texts of a record that are searched, each with the field it counts as.
pub type EachText<'a> = dyn FnMut(SearchField, &str) + 'a;

/// A type of value that a field can have.
pub trait FieldValue: Sized {
    /// What a field of this type takes, unless its declaration says something else.
    const TYPE: FieldType;

    /// The value in words; typing them again gives the same value.
    fn format(&self, workspace: &Workspace) -> String;

    /// The value as one reads it: dates seen from `today`, tables with commas.
    fn display(&self, workspace: &Workspace, _today: Date) -> String {
        self.format(workspace).trim_end().to_owned()
    }

    /// The value a person typed; nothing typed is the absent value.
    ///
    /// # Errors
    /// What the field takes, as a sentence without its subject.
    fn parse(typed: &str, context: ParseContext<'_>) -> Result<Self, String>;

    /// The same where the field declares whether its days have happened or are still to come.
    ///
    /// # Errors
    /// As those of [`FieldValue::parse`].
    fn parse_leaning(typed: &str, _lean: Lean, context: ParseContext<'_>) -> Result<Self, String> {
        Self::parse(typed, context)
    }

    /// Hands out the texts in it that are searched as `field`; values that are searched by parts of their own look at
    /// those instead.
    fn each_text(&self, field: Option<SearchField>, workspace: &Workspace, each: &mut EachText<'_>) {
        if let Some(field) = field {
            each(field, &self.format(workspace));
        }
    }

    /// Hands out the ids of the records it refers to.
    fn each_reference(&self, _each: &mut dyn FnMut(Id)) {}

    /// Lets every reference to `old` lead to `new`.
    fn replace_reference(&mut self, _old: Id, _new: Id) {}

    /// Takes out what it says of fields of its record that are hidden, by their names.
    fn redact(&mut self, _hidden: &[&'static str]) {}
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
        self.trim().is_empty()
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

impl FieldValue for Text {
    const TYPE: FieldType = FieldType::Line;
    fn format(&self, _: &Workspace) -> String {
        self.to_string()
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        fitting(Self::line(typed))
    }
    fn each_text(&self, field: Option<SearchField>, _: &Workspace, each: &mut EachText<'_>) {
        if let Some(field) = field {
            each(field, self);
        }
    }
}

impl FieldValue for Option<Text> {
    const TYPE: FieldType = FieldType::Line;
    fn format(&self, _: &Workspace) -> String {
        self.as_deref().unwrap_or_default().to_owned()
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        Text::some(typed).map(fitting).transpose()
    }
    fn each_text(&self, field: Option<SearchField>, workspace: &Workspace, each: &mut EachText<'_>) {
        if let Some(text) = self {
            text.each_text(field, workspace, each);
        }
    }
}

impl FieldValue for Vec<Text> {
    const TYPE: FieldType = FieldType::Words;
    fn format(&self, _: &Workspace) -> String {
        join(self.iter().map(Text::as_str))
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        parts(typed).map(|part| fitting(Text::line(part))).collect()
    }
    fn each_text(&self, field: Option<SearchField>, workspace: &Workspace, each: &mut EachText<'_>) {
        for text in self {
            text.each_text(field, workspace, each);
        }
    }
}

impl FieldValue for bool {
    const TYPE: FieldType = FieldType::Flag;
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

/// Whole numbers: absent when nothing is typed.
macro_rules! numbers {
    ($($number:ty),+) => {$(
        impl FieldValue for Option<$number> {
            const TYPE: FieldType = FieldType::Number;
            fn format(&self, _: &Workspace) -> String {
                self.map(|number| number.to_string()).unwrap_or_default()
            }
            fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
                absent_or(typed, |typed| {
                    let most = <$number>::MAX;
                    typed.trim().parse().map_err(|_| format!("write a whole number from 0 to {most}"))
                })
            }
        }
    )+};
}
numbers!(u8, u16, u32);

impl FieldValue for Option<Date> {
    const TYPE: FieldType = FieldType::Date;
    fn format(&self, _: &Workspace) -> String {
        self.map(|date| date.to_string()).unwrap_or_default()
    }
    fn display(&self, _: &Workspace, today: Date) -> String {
        self.map(|date| date::format_date(date, today)).unwrap_or_default()
    }
    fn parse(typed: &str, context: ParseContext<'_>) -> Result<Self, String> {
        absent_or(typed, |typed| date::parse_date(typed, context.today))
    }
    fn parse_leaning(typed: &str, lean: Lean, context: ParseContext<'_>) -> Result<Self, String> {
        absent_or(typed, |typed| date::parse_date_leaning(typed, context.today, lean))
    }
}

impl FieldValue for Option<Time> {
    const TYPE: FieldType = FieldType::Time;
    fn format(&self, _: &Workspace) -> String {
        self.map(|time| time.to_string()).unwrap_or_default()
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        absent_or(typed, date::parse_time)
    }
}

impl FieldValue for Option<DateTime> {
    const TYPE: FieldType = FieldType::DateTime;
    fn format(&self, _: &Workspace) -> String {
        self.map(|at| at.to_string()).unwrap_or_default()
    }
    fn display(&self, _: &Workspace, today: Date) -> String {
        self.map(|at| format!("{} {}", date::format_date(at.date, today), at.time)).unwrap_or_default()
    }
    fn parse(typed: &str, context: ParseContext<'_>) -> Result<Self, String> {
        absent_or(typed, |typed| date::parse_date_time(typed, context.today))
    }
}

/// A pointer that the program keeps by itself; people point with [`crate::model::Ref`].
impl FieldValue for Option<Id> {
    const TYPE: FieldType = FieldType::Line;
    fn format(&self, _: &Workspace) -> String {
        self.map(|id| id.to_string()).unwrap_or_default()
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        absent_or(typed, |typed| typed.trim().parse().map_err(|error: NotAnId| error.to_string()))
    }
    fn replace_reference(&mut self, old: Id, new: Id) {
        if *self == Some(old) {
            *self = Some(new);
        }
    }
}

impl<C: Choice> FieldValue for Option<C> {
    const TYPE: FieldType = FieldType::One(C::LABELS);
    fn format(&self, _: &Workspace) -> String {
        self.map(C::label).unwrap_or_default().to_owned()
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        absent_or(typed, C::parse)
    }
    fn each_text(&self, field: Option<SearchField>, _: &Workspace, each: &mut EachText<'_>) {
        if let (Some(field), Some(choice)) = (field, self) {
            each(field, choice.label());
        }
    }
}

impl<C: Choice> FieldValue for Set<C> {
    const TYPE: FieldType = FieldType::Some(C::LABELS);
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
    fn each_text(&self, field: Option<SearchField>, _: &Workspace, each: &mut EachText<'_>) {
        if let Some(field) = field {
            for choice in self.iter() {
                each(field, choice.label());
            }
        }
    }
}

/// Writes the [`FieldValue`] of a choice that is always made: what is not typed is the first of the choices.
macro_rules! default_choice {
    ($choice:ty) => {
        impl Default for $choice {
            fn default() -> Self {
                <$choice as $crate::model::choice::Choice>::ALL[0]
            }
        }
        impl $crate::model::field::Blank for $choice {
            fn is_blank(&self) -> bool {
                *self == Self::default()
            }
        }
        impl $crate::model::field::FieldValue for $choice {
            const TYPE: $crate::model::field::FieldType =
                $crate::model::field::FieldType::One(<$choice as $crate::model::choice::Choice>::LABELS);
            fn format(&self, _: &$crate::model::Workspace) -> String {
                $crate::model::choice::Choice::label(*self).to_owned()
            }
            fn parse(typed: &str, _: $crate::model::ParseContext<'_>) -> Result<Self, String> {
                if typed.trim().is_empty() {
                    return Ok(Self::default());
                }
                <Self as $crate::model::choice::Choice>::parse(typed)
            }
        }
        $crate::model::record::atomic_merge!($choice);
    };
}
pub(crate) use default_choice;

/// The error for a field that only the program writes.
///
/// # Errors
/// Always: the sentence that says so.
pub(crate) fn kept_by_the_program<T>() -> Result<T, String> {
    Err("this is kept by the program, nobody types it".to_owned())
}

/// The text, unless it is too long to be read from a file again: as it is kept, which can be longer than it was typed.
///
/// # Errors
/// How much fits.
pub(crate) fn fitting(text: Text) -> Result<Text, String> {
    let most = text::MAX_BYTES;
    if text.len() > most { Err(format!("at most {most} characters fit here")) } else { Ok(text) }
}

/// Parses with `parse` unless nothing was typed.
///
/// # Errors
/// Those of `parse`.
pub(crate) fn absent_or<T>(typed: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, String> {
    if typed.trim().is_empty() { Ok(None) } else { parse(typed).map(Some) }
}

/// What stands between commas or semicolons, or, where lines are used, on each line; without blanks around and without
/// empty parts.
pub(crate) fn parts(typed: &str) -> impl Iterator<Item = &str> {
    let between: &[char] = if typed.contains('\n') { &['\n'] } else { &[',', ';'] };
    typed.split(between).map(str::trim).filter(|part| !part.is_empty())
}

/// The opposite of [`parts`]: commas between, or lines where a part holds a comma or a semicolon itself.
pub(crate) fn join<T: AsRef<str>>(parts: impl Iterator<Item = T>) -> String {
    let parts: Vec<T> = parts.collect();
    let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    if parts.iter().any(|part| part.contains([',', ';'])) { parts.join("\n") + "\n" } else { parts.join(", ") }
}
