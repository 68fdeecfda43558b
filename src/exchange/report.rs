//! What an import did to what it read: every repair and every reference that leads nowhere, with its place.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::Arc;

/// Why something was changed, or could not be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The file was not UTF-8.
    Encoding,
    /// Escape sequences, control, direction and invisible characters were taken out.
    Controls,
    /// Odd blanks became blanks.
    Blanks,
    /// Backslash and n became a new line.
    Newlines,
    /// Character entities became characters.
    Entities,
    /// Tags became text.
    Tags,
    /// Blanks at the ends went.
    Trimmed,
    /// `null` stood for nothing.
    Null,
    /// A web address got its scheme.
    Scheme,
    /// A value is not of the sort its field takes; it is kept beside it.
    WrongSort,
    /// A time, day, number or word was written the standard way.
    Standard,
    /// A day could be read in two ways.
    Ambiguous,
    /// Coordinates that are no place.
    NoPlace,
    /// A postcode got its blank.
    Postcode,
    /// An id became a uuid, or a missing one was made.
    Id,
    /// The same row with the same id came again.
    Copy,
    /// Another row with the same id: both are kept, under different ids.
    SameId,
    /// A row has more cells than the table has columns.
    Ragged,
    /// A row, line or item that could not be read; it is kept here, whole.
    Unreadable,
    /// A reference leads nowhere.
    Loose,
    /// Something a record must have was missing.
    Missing,
    /// A refuge: its address is hidden until somebody says otherwise.
    Refuge,
    /// A text longer than a record can hold; the whole of it stays with the original.
    TooLong,
}

impl Rule {
    /// The rule in a few words.
    pub fn label(self) -> &'static str {
        match self {
            Self::Encoding => "read as Windows-1252",
            Self::Controls => "control or invisible characters taken out",
            Self::Blanks => "odd blanks made plain",
            Self::Newlines => "backslash-n made a new line",
            Self::Entities => "entities decoded",
            Self::Tags => "tags made text",
            Self::Trimmed => "blanks at the ends taken off",
            Self::Null => "null left out",
            Self::Scheme => "web address given its scheme",
            Self::WrongSort => "not what this field takes, kept beside it",
            Self::Standard => "written the standard way",
            Self::Ambiguous => "a day that could be read in two ways",
            Self::NoPlace => "coordinates that are no place",
            Self::Postcode => "postcode given its blank",
            Self::Id => "id made a uuid",
            Self::Copy => "an exact copy, merged",
            Self::SameId => "same id, other content: both kept",
            Self::Ragged => "more cells than columns, kept",
            Self::Unreadable => "could not be read, kept here",
            Self::Loose => "leads nowhere, kept as text",
            Self::Missing => "missing, filled in",
            Self::Refuge => "a refuge: address hidden",
            Self::TooLong => "longer than a record can hold, whole in the original",
        }
    }
}

/// One thing that was repaired, or a reference that could not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The file, as it is called inside the package.
    pub file: Arc<str>,
    /// The row: the line of the header is 1; for JSON the number of the item.
    pub row: usize,
    /// The field.
    pub field: Box<str>,
    /// What was done.
    pub rule: Rule,
    /// What stood there.
    pub old: Box<str>,
    /// What stands there now.
    pub new: Box<str>,
}

/// The most characters of one value that a line of the report shows, with a count of the rest.
const SHOWN: usize = 120;

/// A value as the report shows it: one line, its end counted where it is long.
pub(crate) fn shown(text: &str) -> Box<str> {
    let line = |text: &str| crate::model::text::clean(text).replace('\n', "⏎");
    match text.char_indices().nth(SHOWN) {
        None => line(text).into(),
        Some((at, _)) => format!("{}… (+{} characters)", line(&text[..at]), text[at..].chars().count()).into(),
    }
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}: {:?} -> {:?}", self.file, self.row, self.field, self.rule.label(), self.old, self.new)
    }
}

/// What an import did, in numbers and in single repairs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The name under which the source is known here.
    pub feed: String,
    /// What kind of data it was.
    pub dialect: &'static str,
    /// Services by what became of them.
    pub services: Counts,
    /// Organisations by what became of them.
    pub organisations: Counts,
    /// Different locations.
    pub locations: usize,
    /// Rows that belong to nothing or that nothing points to, kept as they are.
    pub loose_rows: usize,
    /// Every repair, and every reference that leads nowhere.
    pub repairs: Vec<Repair>,
}

/// What became of the records of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Not known before.
    pub new: usize,
    /// Changed in the source.
    pub changed: usize,
    /// As they were.
    pub unchanged: usize,
    /// No longer in the source.
    pub missing: usize,
}

impl Counts {
    /// How many the source has.
    pub fn in_source(&self) -> usize {
        self.new + self.changed + self.unchanged
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} new, {} changed, {} unchanged", self.new, self.changed, self.unchanged)?;
        if self.missing > 0 { write!(f, ", {} no longer in the source", self.missing) } else { Ok(()) }
    }
}

impl Report {
    /// The references that lead nowhere.
    pub fn loose(&self) -> impl Iterator<Item = &Repair> {
        self.repairs.iter().filter(|repair| repair.rule == Rule::Loose)
    }

    /// How often each rule was applied.
    pub fn by_rule(&self) -> BTreeMap<Rule, usize> {
        self.repairs.iter().fold(BTreeMap::new(), |mut counts, repair| {
            *counts.entry(repair.rule).or_default() += 1;
            counts
        })
    }

    /// What the import did, in a few lines.
    pub fn summary(&self) -> String {
        let mut text = format!(
            "{} ({}): {} services ({}); {} organisations ({}); {} locations; {} loose rows kept",
            self.feed,
            self.dialect,
            self.services.in_source(),
            self.services,
            self.organisations.in_source(),
            self.organisations,
            self.locations,
            self.loose_rows
        );
        for (rule, count) in self.by_rule() {
            let _ = write!(text, "\n  {count:>7}  {}", rule.label()); // writing to a String cannot fail
        }
        text
    }
}
