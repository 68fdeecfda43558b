//! How a command ends: an exit code, and one sentence where it failed.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::model::Refusal;
use crate::model::text::{clean, one_line};
use crate::run::exit_code;
use crate::store::StoreError;

/// How a command ended: its exit code, or a failure.
pub type Done = Result<u8, Failure>;

/// Why a command failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    /// What happened and what to do; empty where nothing is to be said.
    pub sentence: String,
}

impl Failure {
    /// A command that cannot be understood.
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self { code: exit_code::USAGE, sentence: sentence.into() }
    }

    /// Something a rule does not allow.
    pub fn refused(sentence: impl Into<String>) -> Self {
        Self { code: exit_code::REFUSED, sentence: sentence.into() }
    }

    /// Something that is not there.
    pub fn nothing(sentence: impl Into<String>) -> Self {
        Self { code: exit_code::NOTHING_FOUND, sentence: sentence.into() }
    }

    /// A workspace or a file that cannot be read.
    pub fn unreadable(sentence: impl Into<String>) -> Self {
        Self { code: exit_code::UNUSABLE, sentence: sentence.into() }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self { code: error.exit_code(), sentence: error.to_string() }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::refused(refusal.0)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // Whoever read our output has seen enough.
            io::ErrorKind::BrokenPipe => Self { code: exit_code::DONE, sentence: String::new() },
            _ => Self::unreadable(format!("the output cannot be written: {error}")),
        }
    }
}

/// Says something beside the output, in one line without control characters.
pub fn remark(sentence: &str) {
    let _ = writeln!(io::stderr(), "moot: {}", one_line(&clean(sentence))); // nobody to tell if stderr is closed
}

/// Ends the program.
pub(super) fn exit(done: Done) -> ExitCode {
    match done {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            if !failure.sentence.is_empty() {
                remark(&failure.sentence);
            }
            ExitCode::from(failure.code)
        }
    }
}
