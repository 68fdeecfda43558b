//! The report of an import: every repair and every dangling reference, with its position in the source.

use std::collections::{BTreeMap, HashSet};
use std::fmt::{self, Write as _};
use std::sync::Arc;

use crate::model::text::count;
use crate::model::{Id, Text};

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
    /// What seems to be a refuge: its address is hidden until somebody decides.
    Refuge,
    /// A value that was read from free text; the record marks it so.
    Derived,
    /// What its source keeps private: hidden here, or kept with the original and never exported.
    Private,
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
    /// A spreadsheet among other files, which is not read with them.
    Unopened,
    /// Said otherwise of the same organisation elsewhere in the source.
    Differs,
    /// A number larger or longer than can be counted with, kept as the text it is.
    Number,
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
            Self::Refuge => "seems to be a refuge: address hidden until somebody decides",
            Self::Derived => "read from the text and marked so",
            Self::Private => "private in the source: hidden, or kept and never exported",
            Self::TooLong => "longer than a record can hold, the rest kept beside it",
            Self::Skipped => "in no record, named here",
            Self::Merged => "merged cells, said in each row",
            Self::Nought => "number given its nought back",
            Self::Rounded => "rounded by a spreadsheet, figures are lost",
            Self::Unopened => "a spreadsheet, not read with other files",
            Self::Differs => "said otherwise elsewhere in the source: the first stays, this is kept beside it",
            Self::Number => "a number too large or too long to count with, kept as text",
            Self::Formula => "a formula that came to nothing, left out",
            Self::InNotes => "fits no field, in the notes",
            Self::InOriginal => "fits no field, kept with the original",
        }
    }
}

impl RepairKind {
    /// Whether the record or its original says all that the report would say.
    pub fn is_harmless(self) -> bool {
        matches!(
            self,
            Self::Controls
                | Self::Blanks
                | Self::Newlines
                | Self::Entities
                | Self::Tags
                | Self::Trimmed
                | Self::Null
                | Self::Scheme
                | Self::Standard
                | Self::Postcode
                | Self::Id
        )
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

impl Repair {
    /// A repair at a place (file, row), with what stood there and what stands there now. What could not be read is kept here
    /// alone, so it is whole; other values are cut where they are long.
    pub(super) fn new(at: (Arc<str>, usize), field: &str, kind: RepairKind, (old, new): (&str, &str)) -> Self {
        let old = if kind == RepairKind::Unreadable { whole(old) } else { excerpt(old) };
        Self { file: at.0, row: at.1, field: field.into(), kind, old, new: excerpt(new) }
    }
}

fn on_one_line(text: &str) -> String {
    crate::model::text::clean(text).replace('\n', "⏎")
}

/// The length at which a value in the report is cut.
const MAX_EXCERPT_CHARS: usize = 120;

/// A value on one line, cut where it is long.
pub(crate) fn excerpt(text: &str) -> Box<str> {
    match text.char_indices().nth(MAX_EXCERPT_CHARS) {
        None => on_one_line(text).into(),
        Some((at, _)) => format!("{}… (+{} characters)", on_one_line(&text[..at]), text[at..].chars().count()).into(),
    }
}

/// The most of what could not be read that the report keeps.
const MAX_WHOLE_BYTES: usize = 8 * 1024 * 1024;

/// What could not be read and is nowhere else, whole, on one line.
fn whole(text: &str) -> Box<str> {
    let is_short = text.len() <= MAX_WHOLE_BYTES;
    if is_short { on_one_line(text).into() } else { excerpt(text) }
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
    /// Repairs and dangling references.
    pub repairs: Vec<Repair>,
    /// Values that were changed both here and in the source.
    pub conflicts: Vec<Conflict>,
    /// Titles of the records that are no longer in the source, with their ids.
    pub missing: Vec<(Id, Text)>,
    /// New records that look like others.
    pub twice: Vec<Twice>,
    /// Titles of the new and changed records that seem to be refuges, on which a person is to decide, with their ids.
    pub refuges: Vec<(Id, Text)>,
    /// The new records of an import that is only rehearsed: the ids they have here are nobody's, and no command may name them.
    pub unmade: HashSet<Id>,
    /// Of a source that is read in pages: how many items were here, and how many there are. Nothing was marked as no longer in
    /// the source then.
    pub pages: Option<(usize, usize)>,
    /// The name under which the source was given, where it was recognised as one that has another name here.
    pub given_as: Option<String>,
    /// How many more repairs of each kind there were, in which nothing was lost.
    pub unlisted: BTreeMap<RepairKind, usize>,
    /// Loose rows by their table.
    pub loose: BTreeMap<String, usize>,
}

/// A value that was changed here and in the source: the one here stays, that of the source is kept beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The record.
    pub id: Id,
    /// What it is called.
    pub title: Text,
    /// The label of the field.
    pub field: &'static str,
    /// The value here, which stays.
    pub mine: String,
    /// What the source says.
    pub theirs: String,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, title, field, mine, theirs } = self;
        write!(
            f,
            "{title} ({id}), {}: here {:?}, the source says {:?}",
            field.to_lowercase(),
            excerpt(mine),
            excerpt(theirs)
        )
    }
}

/// Two records that look alike and have different ids in their sources: they may be one, which a person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twice {
    /// The new record.
    pub new: Id,
    /// The one that looks like it.
    pub other: Id,
    /// What both are called.
    pub title: Text,
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

/// What did not happen is not said.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.new, "new"),
            (self.changed, "changed"),
            (self.unchanged, "unchanged"),
            (self.missing, "no longer in the source"),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| format!("{} {what}", count(*number)))
            .collect();
        f.write_str(if parts.is_empty() { "none" } else { "" })?;
        f.write_str(&parts.join(", "))
    }
}

/// So many of something.
fn so_many(number: usize, one: &str, several: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { several })
}

/// The most spreadsheets that are named before and after; all of them are listed.
const MAX_REMARKS: usize = 5;

impl Report {
    /// The dangling references.
    pub fn dangling(&self) -> impl Iterator<Item = &Repair> {
        self.repairs.iter().filter(|repair| repair.kind == RepairKind::DanglingReference)
    }

    /// What a person should look at: conflicts, records that the source no longer has, what seems to be a refuge, and what
    /// is likely here twice.
    pub fn decisions(&self) -> impl Iterator<Item = String> {
        let conflicts = self.conflicts.iter().map(ToString::to_string);
        let missing = self.missing.iter().map(|(id, title)| format!("{title} ({id}): no longer in the source"));
        let refuges = self.refuges.iter().map(|(id, title)| self.said_of_refuge(*id, title));
        conflicts.chain(missing).chain(refuges).chain(self.twice.iter().map(|twice| self.said_of_twice(twice)))
    }

    fn said_of_refuge(&self, id: Id, title: &Text) -> String {
        if self.unmade.contains(&id) {
            return format!("{title}: seems to be a refuge, so its address will be hidden until somebody decides");
        }
        format!(
            "{title} ({id}): seems to be a refuge, so its address is hidden; if it is none: moot set {id} hide_address=no"
        )
    }

    fn said_of_twice(&self, Twice { new, other, title }: &Twice) -> String {
        match (self.unmade.contains(new), self.unmade.contains(other)) {
            (false, _) => format!("{title}: {new} looks like {other}; if they are one: moot join {new} {other}"),
            (true, false) => format!("{title}: looks like {other}, which is here"),
            (true, true) => format!("{title}: looks like another new one of the source"),
        }
    }

    /// All of the report but the summary, a line for each: what to look at, repairs, and last what leads nowhere.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        let is_loose = |repair: &&Repair| repair.kind == RepairKind::DanglingReference;
        let repairs = self.repairs.iter().filter(move |repair| !is_loose(repair)).map(ToString::to_string);
        let loose = self.dangling().map(ToString::to_string);
        let count = self.dangling().count();
        let head = (count > 0).then(|| [String::new(), format!("{count} references lead nowhere:")]);
        self.decisions().chain(repairs).chain(head.into_iter().flatten()).chain(loose)
    }

    /// The number of repairs of each kind.
    pub fn by_kind(&self) -> BTreeMap<RepairKind, usize> {
        self.repairs.iter().fold(self.unlisted.clone(), |mut counts, repair| {
            *counts.entry(repair.kind).or_default() += 1;
            counts
        })
    }

    /// What somebody should know before and after, a sentence each.
    pub fn remarks(&self) -> Vec<String> {
        let given = self
            .given_as
            .iter()
            .map(|given| format!("{given} holds what came as {} before: it goes on under that name", self.feed));
        let pages = self.pages.iter().map(|(here, all)| {
            format!(
                "{here} of {all}: the other pages are not here, so nothing is marked as no longer in the source; \
                import a folder with all pages for that"
            )
        });
        let unopened = self.repairs.iter().filter(|repair| repair.kind == RepairKind::Unopened);
        let unopened = unopened.map(|sheet| format!("{} is a spreadsheet and was not read: {}", sheet.file, sheet.new));
        let counted = |number: usize, one, several| (number > 0).then(|| so_many(number, one, several));
        let rest = [
            counted(
                self.conflicts.len(),
                "value was changed here and in the source: yours stays",
                "values were changed here and in the source: yours stay",
            ),
            counted(
                self.twice.len(),
                "new record looks like another: likely twice",
                "new records look like others: likely twice",
            ),
        ];
        given.chain(pages).chain(unopened.take(MAX_REMARKS)).chain(rest.into_iter().flatten()).collect()
    }

    /// A summary in a few lines.
    pub fn summary(&self) -> String {
        let of = |counts: &Counts, one, several| match counts.in_source() {
            0 if counts.missing == 0 => so_many(0, one, several),
            number => format!("{} ({counts})", so_many(number, one, several)),
        };
        let mut parts = vec![
            of(&self.services, "service", "services"),
            of(&self.organisations, "organisation", "organisations"),
            so_many(self.locations, "location", "locations"),
        ];
        if self.orphan_rows > 0 {
            let loose: Vec<String> =
                self.loose.iter().map(|(table, number)| format!("{} {table}", count(*number))).collect();
            let rows = so_many(self.orphan_rows, "loose row kept", "loose rows kept");
            parts.push(if loose.is_empty() { rows } else { format!("{rows} ({})", loose.join(", ")) });
        }
        let mut text = format!("{} ({}): {}", self.feed, self.dialect, parts.join("; "));
        for line in self.remarks() {
            let _ = write!(text, "\n{line}");
        }
        for (kind, count) in self.by_kind() {
            let _ = write!(text, "\n  {count:>7}  {}", kind.label()); // writing to a String cannot fail
        }
        text
    }
}
