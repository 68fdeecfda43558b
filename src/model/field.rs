//! What a field is: its name, type, who may see it, how it is searched. Forms, the command line, tables, exports and the
//! index share this one place. How each type of value is typed, shown and searched is in `value`.
//!
//! A field says all of that once, where it is declared (see [`super::record`]). The default is the careful choice:
//! a field is internal, is not searched and is no column until its declaration says otherwise.

mod value;

use super::date::{Date, Lean};
use super::text::one_line;
use super::{AnyRecord, Kind, Workspace};

pub use value::{Blank, EachText, FieldValue, ParseContext};
pub(crate) use value::{absent_or, default_choice, fitting, join, kept_by_the_program, parts};

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
    /// The one whose notes they are: their form, and the page on which they asked for them.
    Author,
    /// Those who work in the workspace: screens and commands.
    Colleagues,
    /// The partners: a bulletin, what they are told, the reports of the partnership to itself.
    Partners,
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
    /// Nobody but its author.
    Private,
    /// Colleagues only. Whatever says nothing else is this.
    #[default]
    Internal,
}

impl Visibility {
    /// Whether this audience may see it.
    pub fn admits(self, audience: Audience) -> bool {
        match (self, audience) {
            (_, Audience::Author) | (Self::Public, _) | (Self::Personal | Self::Internal, Audience::Colleagues) => true,
            (Self::Personal, Audience::Everyone { with_contacts }) => with_contacts,
            (Self::Private | Self::Internal, _) | (Self::Personal, Audience::Partners) => false,
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
    /// The value alone: nothing where it is hidden.
    pub fn into_value(self) -> String {
        match self {
            Self::Value(text) => text,
            Self::Hidden(_) => String::new(),
        }
    }

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
    /// Whether its days have happened or are still to come.
    pub lean: Lean,
    /// What stands in it that somebody will want to use.
    pub holds: Option<Holds>,
}

/// What a text is used for, so that what is of no use can be doubted: see [`super::doubt`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// A number to dial.
    Phone,
    /// An address to write to.
    Email,
    /// The address of a page.
    Web,
    /// A postcode, by which a place is found.
    Postcode,
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
            lean: Lean::Either,
            holds: None,
        }
    }

    /// It holds something that is dialled, written to or looked up; what is of no use is doubted.
    #[must_use]
    pub const fn holds(self, what: Holds) -> Self {
        Self { holds: Some(what), ..self }
    }

    /// Its days have happened: "fri" is the last one.
    #[must_use]
    pub const fn past(self) -> Self {
        Self { lean: Lean::Back, ..self }
    }

    /// Its days are still to come: "12 mar" is the next one.
    #[must_use]
    pub const fn ahead(self) -> Self {
        Self { lean: Lean::Ahead, ..self }
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

    /// It is for its author alone.
    #[must_use]
    pub const fn private(self) -> Self {
        Self { visibility: Visibility::Private, ..self }
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

/// A label as one writes it in the middle of a sentence: without a capital, unless it is an abbreviation or a name.
pub fn in_a_sentence(label: &str) -> String {
    one_line(label).to_lowercase()
}
