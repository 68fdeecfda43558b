//! How a command ends: an exit code, and one sentence where it failed.

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::model::Refusal;
use crate::model::text::{clean, one_line};
use crate::run::exit_code;
use crate::store::StoreError;

/// The result of a command: its exit code, or an error.
pub type CommandResult = Result<u8, CommandError>;

/// The error of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandError {
    /// The exit code.
    pub code: u8,
    /// What happened and what to do; empty where nothing should be printed.
    pub sentence: String,
}

impl CommandError {
    /// The command line is wrong (exit code 2).
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self { code: exit_code::USAGE, sentence: sentence.into() }
    }

    /// A rule does not allow it (exit code 5).
    pub fn refused(sentence: impl Into<String>) -> Self {
        Self { code: exit_code::REFUSED, sentence: sentence.into() }
    }

    /// Nothing was found (exit code 1).
    pub fn not_found(sentence: impl Into<String>) -> Self {
        Self { code: exit_code::NOTHING_FOUND, sentence: sentence.into() }
    }

    /// A workspace or a file cannot be read or written (exit code 3).
    pub fn unreadable(sentence: impl Into<String>) -> Self {
        Self { code: exit_code::UNUSABLE, sentence: sentence.into() }
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        Self { code: error.exit_code(), sentence: error.to_string() }
    }
}

impl From<Refusal> for CommandError {
    fn from(refusal: Refusal) -> Self {
        Self::refused(refusal.0)
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // The reader of the pipe has closed it: no error.
            io::ErrorKind::BrokenPipe => Self { code: exit_code::DONE, sentence: String::new() },
            _ if was_saved() => {
                Self::unreadable(format!("it is saved, but what is to be said of it cannot be written: {error}"))
            }
            _ => Self::unreadable(format!("the output cannot be written: {error}")),
        }
    }
}

/// Whether this command has saved something: where its output fails then, that is said, for nothing is taken back.
static HAS_SAVED: AtomicBool = AtomicBool::new(false);

/// Something is on the disk.
pub(super) fn saved() {
    HAS_SAVED.store(true, Ordering::Relaxed);
}

fn was_saved() -> bool {
    HAS_SAVED.load(Ordering::Relaxed)
}

/// Prints a message to stderr, in one line without control characters.
pub fn warn(sentence: &str) {
    let _ = writeln!(io::stderr(), "moot: {}", one_line(&clean(sentence))); // nothing to do if stderr is closed
}

/// Prints what the parser of the command line has to say, help or a mistake, and returns the exit code. A mistake repeats
/// what was typed, which may hold control characters.
pub(super) fn exit_unparsed(error: &clap::Error) -> ExitCode {
    let _ = if error.use_stderr() {
        write!(io::stderr(), "{}", clean(&error.render().to_string()))
    } else {
        error.print() // a closed pipe is no error
    };
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(exit_code::USAGE))
}

/// Prints the error, if any, and returns the exit code.
pub(super) fn exit(done: CommandResult) -> ExitCode {
    match done {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            if !failure.sentence.is_empty() {
                warn(&failure.sentence);
            }
            ExitCode::from(failure.code)
        }
    }
}
