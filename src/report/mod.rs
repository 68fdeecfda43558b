//! Reports: what others read of a workspace. Each is a [`Document`], made by a pure function of the records and the day, and
//! written as Markdown, as plain text or as one page of HTML.
//!
//! A report is for everybody, or for the partners; never for those alone who keep the workspace. It is made from a `Source`, which holds every record as
//! its readers may see it; so a field that is hidden from them is empty here, whatever a report does with it. Numbers come
//! from the functions that the screens ask too.

mod actions;
mod bulletin;
mod directory;
mod document;
mod full;
mod html;
mod markdown;
mod meeting;
mod people;
mod plain;
mod source;
mod summary;
mod votes;
mod words;

pub use document::{Block, Document, Group, Level, Sort, Span, Table, TableColumn, Words};
pub use source::Inputs;

use crate::model::{Audience, Id, Refusal};
use source::Source;

/// A report that can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// What everybody is told of an event, the latest where none is named.
    Summary(Option<Id>),
    /// Every topic and recommendation of an event, how the votes came out, and whose notes are missing.
    Full(Option<Id>),
    /// The services, for printing.
    Directory,
    /// What concerns an organisation, and what it has not been told.
    Bulletin(Id),
    /// What those need who come to the next meeting of a forum, of the one that meets first where none is named.
    Forum(Option<Id>),
    /// The minutes of a meeting.
    Minutes(Id),
}

impl Report {
    /// For whom it is.
    fn audience(self, with_contacts: bool) -> Audience {
        match self {
            Self::Summary(_) | Self::Full(_) | Self::Directory => Audience::Everyone { with_contacts },
            Self::Bulletin(_) | Self::Forum(_) | Self::Minutes(_) => Audience::Partners,
        }
    }
}

/// What a report is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notation {
    /// Markdown.
    #[default]
    Markdown,
    /// Text without any notation.
    Plain,
    /// One page of HTML.
    Html,
}

/// Makes a report.
///
/// # Errors
/// There is nothing to report yet, and what would help.
pub fn make(report: Report, inputs: &Inputs<'_>) -> Result<Document, Refusal> {
    let source = &Source::new(inputs, report.audience(inputs.with_contacts));
    let mut document = match report {
        Report::Summary(event) => summary::make(source, event)?,
        Report::Full(event) => full::make(source, event)?,
        Report::Directory => directory::make(source)?,
        Report::Bulletin(organisation) => bulletin::make(source, organisation)?,
        Report::Forum(forum) => meeting::pack(source, forum)?,
        Report::Minutes(meeting) => meeting::minutes(source, meeting)?,
    };
    document.footer = source.footer();
    Ok(document)
}

impl Document {
    /// The report as text in some notation.
    pub fn write(&self, notation: Notation) -> String {
        match notation {
            Notation::Markdown => markdown::render(self),
            Notation::Plain => plain::render(self),
            Notation::Html => html::render(self),
        }
    }
}
