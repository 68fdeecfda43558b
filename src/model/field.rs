//! What a field is: its name, type, who may see it, how it is searched; and how every type of value is typed by a
//! person, shown to one and searched. Forms, the command line, tables, exports and the index share this one place.
//!
//! A field says all of that once, where it is declared (see [`super::record`]). The default is the careful choice:
//! a field is internal, is not searched and is no column until its declaration says otherwise.

use super::choice::{Choice, Set};
use super::date::{self, Date, DateTime, Time};
use super::id::Id;
use super::text::{Text, one_line};
use super::{AnyRecord, Kind, Workspace};

/// What a field takes, so that a form can offer the right input and completion.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldType {
    /// One line of text.
    Line,
    /// Several lines of text.
    Paragraph,
    /// Texts with commas between.
    Words,
    /// Yes or no.
    Flag,
    /// A whole number.
    Number,
    /// A date.
    Date,
    /// A time of day.
    Time,
    /// A date with a time of day.
    DateTime,
    /// A value with a notation of its own; the hint shows it.
    Notation,
    /// One of these words.
    One(&'static [&'static str]),
    /// Some of these words, with commas between.
    Some(&'static [&'static str]),
    /// One record of this kind, by name.
    Reference(Kind),
    /// Records of this kind, by name, with commas between.
    References(Kind),
    /// Districts, councils or the whole county, with commas between.
    Areas,
    /// A table: one row a line, with these columns.
    Rows(&'static [FieldInfo]),
}

/// Where in a record a word stands, as the search weighs it. The order is that of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SearchField {
    /// What it is called.
    Name,
    /// What else it is called.
    Alias,
    /// The people and organisations it has to do with.
    Organisation,
    /// What it is about: the needs it meets, whom it is for, a role, a state.
    Need,
    /// Where it is and what it serves.
    Place,
    /// Everything else that is said about it.
    Text,
}

impl SearchField {
    /// Every search field.
    pub const ALL: [Self; 6] = [Self::Name, Self::Alias, Self::Organisation, Self::Need, Self::Place, Self::Text];

    /// The word for it.
    pub fn label(self) -> &'static str {
        ["name", "alias", "organisation", "need", "place", "text"][self as usize]
    }

    /// It as one bit, for sets of search fields.
    pub fn bit(self) -> u8 {
        1 << self as u8
    }

    /// What a match in it counts, relative to the name. Chosen by hand so that the order of results is the one people
    /// expect: a name or alias is what a record *is*, the organisation, needs and places say what it is *about*, and a
    /// description mentions many things in passing. The gap before `Text` is wide enough that a word in a description
    /// does not outrank the same word in any other field.
    pub fn weight(self) -> f32 {
        [1.0, 0.9, 0.7, 0.6, 0.55, 0.2][self as usize]
    }
}

/// Whom something is shown to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Those who work in the workspace: screens and commands.
    Colleagues,
    /// Everybody else: whatever leaves in an export.
    Everyone {
        /// Whether persons were asked for.
        with_contacts: bool,
    },
}

/// Who may see a field at all; a [`HiddenIf`] can narrow that for single records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Visibility {
    /// Everybody: it is exported.
    Public,
    /// It names persons: it is exported only when they are asked for.
    Personal,
    /// Colleagues only. Whatever says nothing else is this.
    #[default]
    Internal,
}

impl Visibility {
    /// Whether this audience may see it.
    pub fn admits(self, audience: Audience) -> bool {
        match (self, audience) {
            (_, Audience::Colleagues) | (Self::Public, _) => true,
            (Self::Personal, Audience::Everyone { with_contacts }) => with_contacts,
            (Self::Internal, Audience::Everyone { .. }) => false,
        }
    }
}

/// When a field of a record is hidden from an audience, whatever its [`Visibility`].
#[derive(Clone, Copy, Debug)]
pub struct HiddenIf {
    /// Whether it is hidden; asked with the record, whom it is for, and everything else.
    pub test: fn(&AnyRecord, Audience, &Workspace) -> bool,
    /// What is said in its place.
    pub placeholder: &'static str,
}

/// In which words a value is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// As one types it: typing it again gives the same value.
    Typed,
    /// As one reads it, on this date.
    Read(Date),
}

/// A field of a record as an audience may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The value in words; empty when nothing is stated.
    Value(String),
    /// There is a value, and it is not for this audience; the words for that.
    Hidden(&'static str),
}

impl Shown {
    /// The words to put on a screen: the value, or that it is hidden.
    pub fn into_words(self) -> String {
        match self {
            Self::Value(text) => text,
            Self::Hidden(placeholder) => placeholder.to_owned(),
        }
    }
}

/// What is declared about a field.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    /// Its name in files and on the command line.
    pub name: &'static str,
    /// Its name on screens.
    pub label: &'static str,
    /// How to type it, shown while the field is being typed.
    pub hint: &'static str,
    /// What it takes.
    pub field_type: FieldType,
    /// Who may see it.
    pub visibility: Visibility,
    /// When it is hidden although they may.
    pub hidden_if: Option<HiddenIf>,
    /// Where its words count in a search; `None`: it is not searched. Rows are searched by what their columns say.
    pub search: Option<SearchField>,
    /// Its share of a list in percent; `None`: it is no column.
    pub column: Option<u8>,
    /// The name by which lists are filtered with it: `convener:`.
    pub filter: Option<&'static str>,
    /// What a record calls those that refer to it with this field: what an organisation `Delivers`.
    pub back: Option<&'static str>,
    /// Whether a record without it is refused.
    pub is_required: bool,
    /// Whether people type it; the program keeps the others.
    pub is_editable: bool,
}

impl PartialEq for FieldInfo {
    fn eq(&self, other: &Self) -> bool {
        (self.name, self.label, self.hint) == (other.name, other.label, other.hint)
    }
}

/// The words with which a declaration says what a field is.
impl FieldInfo {
    /// A field of which nothing more is said: internal, not searched, no column.
    pub const fn new(name: &'static str, label: &'static str, hint: &'static str, field_type: FieldType) -> Self {
        Self {
            name,
            label,
            hint,
            field_type,
            visibility: Visibility::Internal,
            hidden_if: None,
            search: None,
            column: None,
            filter: None,
            back: None,
            is_required: false,
            is_editable: true,
        }
    }

    /// Everybody may see it; it is exported.
    #[must_use]
    pub const fn public(self) -> Self {
        Self { visibility: Visibility::Public, ..self }
    }

    /// It names persons: exported only when they are asked for.
    #[must_use]
    pub const fn personal(self) -> Self {
        Self { visibility: Visibility::Personal, ..self }
    }

    /// It is hidden where `test` says so, and `placeholder` is said instead.
    #[must_use]
    pub const fn hidden_if(
        self,
        test: fn(&AnyRecord, Audience, &Workspace) -> bool,
        placeholder: &'static str,
    ) -> Self {
        Self { hidden_if: Some(HiddenIf { test, placeholder }), ..self }
    }

    /// Its words are searched, and count as this field does.
    #[must_use]
    pub const fn search(self, field: SearchField) -> Self {
        Self { search: Some(field), ..self }
    }

    /// It is a column of lists, with so many percent of their width.
    #[must_use]
    pub const fn column(self, percent: u8) -> Self {
        Self { column: Some(percent), ..self }
    }

    /// Lists can be filtered by it under this name, colon included.
    #[must_use]
    pub const fn filter(self, name: &'static str) -> Self {
        Self { filter: Some(name), ..self }
    }

    /// Records it refers to call those that do so this.
    #[must_use]
    pub const fn back(self, label: &'static str) -> Self {
        Self { back: Some(label), ..self }
    }

    /// A record without it is refused.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    /// Its text has several lines.
    #[must_use]
    pub const fn paragraph(self) -> Self {
        Self { field_type: FieldType::Paragraph, ..self }
    }

    /// Its texts are areas of the map.
    #[must_use]
    pub const fn areas(self) -> Self {
        Self { field_type: FieldType::Areas, ..self }
    }

    /// The program keeps it; nobody types it.
    #[must_use]
    pub const fn system(self) -> Self {
        Self { is_editable: false, ..self }
    }
}

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

/// A pointer that the program keeps by itself; people point with [`super::Ref`].
impl FieldValue for Option<Id> {
    const TYPE: FieldType = FieldType::Line;
    fn format(&self, _: &Workspace) -> String {
        self.map(|id| id.to_string()).unwrap_or_default()
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        absent_or(typed, |typed| typed.trim().parse().map_err(|error: super::id::NotAnId| error.to_string()))
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

/// Writes the [`FieldValue`] of a choice that is always made: what is not typed is its default.
macro_rules! default_choice {
    ($choice:ty) => {
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
    let most = super::text::MAX_BYTES;
    if text.len() > most { Err(format!("at most {most} characters fit here")) } else { Ok(text) }
}

/// Parses with `parse` unless nothing was typed.
///
/// # Errors
/// Those of `parse`.
pub(crate) fn absent_or<T>(typed: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, String> {
    if typed.trim().is_empty() { Ok(None) } else { parse(typed).map(Some) }
}

/// What stands between commas, or, where lines are used, on each line; without blanks around and without empty parts.
pub(crate) fn parts(typed: &str) -> impl Iterator<Item = &str> {
    let between = if typed.contains('\n') { '\n' } else { ',' };
    typed.split(between).map(str::trim).filter(|part| !part.is_empty())
}

/// The opposite of [`parts`]: commas between, or lines where a part holds a comma itself.
pub(crate) fn join<T: AsRef<str>>(parts: impl Iterator<Item = T>) -> String {
    let parts: Vec<T> = parts.collect();
    let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    if parts.iter().any(|part| part.contains(',')) { parts.join("\n") + "\n" } else { parts.join(", ") }
}

/// A label as one writes it in the middle of a sentence: without a capital, unless it is an abbreviation or a name.
pub fn in_a_sentence(label: &str) -> String {
    one_line(label).to_lowercase()
}
