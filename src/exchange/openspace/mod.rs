//! What a facilitator types elsewhere, brought in: topics and ballots from a spreadsheet, the proceedings of an event from
//! a text editor.
//!
//! Such a file is nobody's database: columns stand in any order, labels in many words, names as initials. What can be
//! told is taken over, what cannot stays as it was written, and every line or row of which nothing could be made is
//! named with its number. A file that is imported again is compared with what it said the last time, which is kept among
//! the originals: what was changed in it changes here, what was changed here stays.

mod adopt;
mod ballots;
mod labels;
mod names;
mod proceedings;
mod sheet;
mod topics;
mod wall;

use std::fmt;

pub use proceedings::{Group, Item, Proceedings, Stated, Strange, read_proceedings};

use super::ExchangeError;
use crate::model::{Author, Change, Collection, Id, Original, Refusal, SplitMix64, Workspace};

/// The largest file of these sorts that is read, in bytes.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The most bytes of proceedings, in which each line may belong to all before it.
const MAX_PROCEEDINGS: usize = 2 * 1024 * 1024;

/// A sort of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A table of topics.
    Topics,
    /// A table of ballots.
    Ballots,
    /// The proceedings of an event, in Markdown or something like it.
    Proceedings,
}

impl Sort {
    /// The sort of a table with these columns, if it is one of ours.
    pub(super) fn of_table(columns: &[String]) -> Option<Self> {
        match () {
            () if ballots::is_table(columns) => Some(Self::Ballots),
            () if topics::is_table(columns) => Some(Self::Topics),
            () => None,
        }
    }
}

/// What such an import is compared with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The records.
    pub workspace: &'a Workspace,
    /// What earlier imports kept.
    pub originals: &'a Collection<Original>,
    /// Who imports, and when.
    pub author: &'a Author,
    /// The name of the source.
    pub feed: &'a str,
    /// The round that ballots belong to, where it was named.
    pub round: Option<Id>,
    /// The event that topics belong to, where it was named.
    pub event: Option<Id>,
}

/// What such an import does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The change; empty when the file says nothing new.
    pub change: Change,
    /// What is made of the file, a sentence for each record.
    pub made: Vec<String>,
    /// What somebody should look at, in the order of the file.
    pub notices: Vec<Notice>,
}

/// Something in a file that somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// The line, from 1; 0: the file as a whole.
    pub line: usize,
    /// What is the matter.
    pub text: String,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.text),
            line => write!(f, "line {line}: {}", self.text),
        }
    }
}

/// Why such a file was not imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It cannot be read.
    #[error(transparent)]
    Unusable(#[from] ExchangeError),
    /// A rule stands against it.
    #[error("{0}")]
    Refused(#[from] Refusal),
}

/// Plans the import of a file of one of these sorts.
///
/// # Errors
/// It is too large, or says too little to be placed: which event, which round.
pub fn plan(sort: Sort, text: &str, context: &Context<'_>, random: &mut SplitMix64) -> Result<Outcome, Failure> {
    let most = if sort == Sort::Proceedings { MAX_PROCEEDINGS } else { MAX_BYTES };
    if text.len() > most {
        let most = most / 1024 / 1024;
        return Err(ExchangeError(format!("{} holds more than {most} MB; split it", context.feed)).into());
    }
    match sort {
        Sort::Topics => topics::plan(text, context, random),
        Sort::Ballots => ballots::plan(text, context, random),
        Sort::Proceedings => proceedings::plan(text, context, random),
    }
}
