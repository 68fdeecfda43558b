//! The report of an import: every repair and every dangling reference, with its position in the source.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::Arc;

/// The kinds of repairs and faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RepairKind {
    /// The file was not UTF-8.
    Encoding,
    /// Escape sequences, control, direction and invisible characters were taken out.
    Controls,
    /// Unusual white space became blanks.
    Blanks,
    /// A literal `\\n` became a newline.
    Newlines,
    /// HTML entities were decoded.
    Entities,
    /// HTML tags became text.
    Tags,
    /// White space at the ends was removed.
    Trimmed,
    /// A `null` was dropped.
    Null,
    /// A URL got its scheme.
    Scheme,
    /// A value is not of the type of its field; it is kept beside it.
    WrongType,
    /// A time, date, number or word was rewritten in the standard form.
    Standard,
    /// A date could be read in two ways.
    Ambiguous,
    /// Impossible or incomplete coordinates.
    BadCoordinates,
    /// A postcode was put into its standard form.
    Postcode,
    /// An id became a uuid, or a missing one was made.
    Id,
    /// An exact copy of a row was merged.
    Copy,
    /// Another row with the same id: both are kept, under different ids.
    SameId,
    /// A row has more cells than the table has columns.
    Ragged,
    /// A row, line or item that could not be read; it is kept here, whole.
    Unreadable,
    /// A reference to a row that is not in the source.
    DanglingReference,
    /// A required value is missing.
    Missing,
    /// A refuge: its address is hidden until somebody says otherwise.
    Refuge,
    /// A text longer than a record can hold; the whole of it stays with the original.
    TooLong,
    /// A cell of a spreadsheet that is in no record: a title, or what stands on another sheet.
    Skipped,
    /// Cells that were merged into one: what it says is said in each row.
    Merged,
    /// A telephone number got back the nought that a spreadsheet took.
    Nought,
    /// A number that a spreadsheet rounded: its last figures are lost.
    Rounded,
    /// A formula that came to nothing.
    Formula,
    /// What fits no field is in the notes of the record.
    InNotes,
    /// What fits no field is kept with the original alone.
    InOriginal,
}

impl RepairKind {
    /// A description in a few words.
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
            Self::WrongType => "not what this field takes, kept beside it",
            Self::Standard => "written the standard way",
            Self::Ambiguous => "a day that could be read in two ways",
            Self::BadCoordinates => "coordinates that are no place",
            Self::Postcode => "postcode given its blank",
            Self::Id => "id made a uuid",
            Self::Copy => "an exact copy, merged",
            Self::SameId => "same id, other content: both kept",
            Self::Ragged => "more cells than columns, kept",
            Self::Unreadable => "could not be read, kept here",
            Self::DanglingReference => "leads nowhere, kept as text",
            Self::Missing => "missing, filled in",
            Self::Refuge => "a refuge: address hidden",
            Self::TooLong => "longer than a record can hold, whole in the original",
            Self::Skipped => "in no record, named here",
            Self::Merged => "merged cells, said in each row",
            Self::Nought => "number given its nought back",
            Self::Rounded => "rounded by a spreadsheet, figures are lost",
            Self::Formula => "a formula that came to nothing, left out",
            Self::InNotes => "fits no field, in the notes",
            Self::InOriginal => "fits no field, kept with the original",
        }
    }
}

/// One repair or dangling reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The file, as it is called inside the package.
    pub file: Arc<str>,
    /// The row: the line of the header is 1; for JSON the number of the item.
    pub row: usize,
    /// The field.
    pub field: Box<str>,
    /// What was done.
    pub kind: RepairKind,
    /// What stood there.
    pub old: Box<str>,
    /// What stands there now.
    pub new: Box<str>,
}

/// The length at which a value in the report is cut.
const MAX_EXCERPT_CHARS: usize = 120;

/// A value on one line, cut where it is long.
pub(crate) fn excerpt(text: &str) -> Box<str> {
    let line = |text: &str| crate::model::text::clean(text).replace('\n', "⏎");
    match text.char_indices().nth(MAX_EXCERPT_CHARS) {
        None => line(text).into(),
        Some((at, _)) => format!("{}… (+{} characters)", line(&text[..at]), text[at..].chars().count()).into(),
    }
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}: {:?} -> {:?}", self.file, self.row, self.field, self.kind.label(), self.old, self.new)
    }
}

/// What an import did, in counts and single repairs.
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
    /// Rows without a parent and unreferenced shared rows, kept as they are.
    pub orphan_rows: usize,
    /// All repairs and dangling references.
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
    /// How many records the source has.
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
    /// The dangling references.
    pub fn dangling(&self) -> impl Iterator<Item = &Repair> {
        self.repairs.iter().filter(|repair| repair.kind == RepairKind::DanglingReference)
    }

    /// The number of repairs of each kind.
    pub fn by_kind(&self) -> BTreeMap<RepairKind, usize> {
        self.repairs.iter().fold(BTreeMap::new(), |mut counts, repair| {
            *counts.entry(repair.kind).or_default() += 1;
            counts
        })
    }

    /// A summary in a few lines.
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
            self.orphan_rows
        );
        for (kind, count) in self.by_kind() {
            let _ = write!(text, "\n  {count:>7}  {}", kind.label()); // writing to a String cannot fail
        }
        text
    }
}
