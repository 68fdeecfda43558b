//! Errors, in sentences that say what to do: mistakes in files, and failures to read or save them.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::lock::Holder;
use super::scan::SyntaxError;
use crate::model::Id;

/// Something wrong in a file: where, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProblem {
    /// The name of the file in the workspace.
    pub file: String,
    /// The line, counted from 1; 0 where it is about no place in a file.
    pub line: usize,
    /// The character in the line, counted from 1.
    pub col: usize,
    /// What is wrong and what would be right.
    pub message: String,
    /// Whether the file is never written over until it is put right.
    pub is_blocking: bool,
}

impl FileProblem {
    /// A problem with a whole file.
    pub(super) fn whole(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: 1, col: 1, message: message.into(), is_blocking: true }
    }

    /// A problem at a byte of a text.
    pub(super) fn at(file: &str, text: &str, error: SyntaxError) -> Self {
        let error = conflict_marker(text, error.at).unwrap_or(error);
        let (line, col) = line_and_col(text, error.at);
        Self { file: file.to_owned(), line, col, message: error.message, is_blocking: true }
    }
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}:{}: {}", self.file, self.col, self.message),
        }
    }
}

/// FieldText and column of a byte, both counted from 1, columns in characters.
pub(super) fn line_and_col(text: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line = 1 + memchr::memchr_iter(b'\n', before.as_bytes()).count();
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (line, 1 + before[start..].chars().count())
}

/// The first conflict marker of a version-control program near an error: then the marker is the error to name.
fn conflict_marker(text: &str, near: usize) -> Option<SyntaxError> {
    let is_marker = |line: &str| {
        ["<<<<<<< ", ">>>>>>> ", "||||||| "].iter().any(|sign| line.starts_with(sign)) || line.trim_end() == "======="
    };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if is_marker(line) {
            let message = "a conflict of a version-control program was left here (<<<<<<< ======= >>>>>>>): \
                           keep one side and delete these lines";
            return Some(SyntaxError { at, message: message.to_owned() });
        }
        at += line.len();
        if at > near.saturating_add(4096) {
            break;
        }
    }
    None
}

/// Why something could not be read or saved.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The directory holds no workspace.
    #[error("{} is not a workspace, as it holds no partnership.ron; make one with: moot init {} --name NAME", .0.display(), .0.display())]
    NotAWorkspace(PathBuf),
    /// A workspace or a file that cannot be read.
    #[error("{} cannot be read: {why}", .path.display())]
    Unreadable {
        /// What was to be read.
        path: PathBuf,
        /// Why that failed.
        why: String,
    },
    /// Somebody else held the lock for longer than a save waits.
    #[error("the workspace is held by {0}; nothing was saved, try again in a moment")]
    Held(Holder),
    /// Nothing can be saved here.
    #[error("nothing was saved: {0}")]
    ReadOnly(String),
    /// A file does not read, so it is not written over.
    #[error("nothing was saved, as a file has a mistake: {0}")]
    Broken(FileProblem),
    /// Something failed while writing.
    #[error("{file} was not saved: {why}; the old file is as it was")]
    Failed {
        /// The file.
        file: String,
        /// The reason, in words.
        why: String,
    },
    /// Somebody else has given this id to another record in the meantime: the new record needs another id.
    #[error("{0} was given to another record in this moment; try again")]
    Taken(Id),
    /// A save of several files was interrupted, and must be completed before anything else is saved.
    #[error("nothing was saved, as an earlier save was interrupted and could not be completed: {0}")]
    Interrupted(String),
    /// The directory of the workspace was there and is not any more.
    #[error("nothing was saved: {} is not there any more; put it back, then save again", .0.display())]
    Gone(PathBuf),
    /// What was asked for cannot be.
    #[error("{0}")]
    Refused(String),
}

impl StoreError {
    /// The exit code with which a command ends because of it.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::NotAWorkspace(_)
            | Self::Unreadable { .. }
            | Self::Broken(_)
            | Self::Failed { .. }
            | Self::Gone(_)
            | Self::Interrupted(_) => 3,
            Self::Held(_) | Self::Taken(_) => 4,
            Self::ReadOnly(_) | Self::Refused(_) => 5,
        }
    }

    pub(super) fn failed(file: &str, error: &io::Error) -> Self {
        Self::Failed { file: file.to_owned(), why: reason(error) }
    }

    pub(super) fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self::Unreadable { path: path.to_owned(), why: reason(error) }
    }
}

/// Why the system refused, in words that say what helps.
pub(super) fn reason(error: &io::Error) -> String {
    use io::ErrorKind as E;
    match error.kind() {
        E::StorageFull => "the disk is full; free some space and try again".to_owned(),
        E::QuotaExceeded => "your disk quota is used up; free some space and try again".to_owned(),
        E::FileTooLarge => "the file would be larger than is allowed here (ulimit -f)".to_owned(),
        E::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        E::PermissionDenied => "permission denied; ask whoever owns the directory for write permission".to_owned(),
        E::NotFound => "it is not there".to_owned(),
        _ => match error.raw_os_error() {
            Some(5) => "the disk reports an error (I/O error); check it before you go on".to_owned(),
            _ => error.to_string(),
        },
    }
}
