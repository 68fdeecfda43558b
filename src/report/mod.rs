//! Reports: what others read of a workspace. Each is a [`Document`], made by a pure function of the records and the day, and
//! written as Markdown, as plain text or as one page of HTML.
//!
//! A report is for everyone but for those who keep the workspace. It is made from a [`Source`], which holds every record as
//! its readers may see it; so a field that is hidden from them is empty here, whatever a report does with it. Numbers come
//! from the functions that the screens ask too.

mod directory;
mod document;
mod full;
mod html;
mod markdown;
mod people;
mod plain;
mod source;
mod summary;
mod votes;
mod words;

pub use document::{Block, Document, Group, Level, Sort, Span, Table, TableColumn, Words};
pub use source::Source;

use crate::model::{Id, Refusal};

/// A report that can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// What everybody is told of an event, the latest where none is named.
    Summary(Option<Id>),
    /// Every topic and recommendation of an event, how the votes came out, and whose notes are missing.
    Full(Option<Id>),
    /// The services, for printing.
    Directory,
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
pub fn make(report: Report, source: &Source<'_>) -> Result<Document, Refusal> {
    let mut document = match report {
        Report::Summary(event) => summary::make(source, event)?,
        Report::Full(event) => full::make(source, event)?,
        Report::Directory => directory::make(source)?,
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
