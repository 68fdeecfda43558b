//! The command line: what the program does without its screens, for scripts and for people who know what they want.
//!
//! One file per group of commands. Data goes to stdout, errors to stderr in one sentence that says what to do; exit
//! codes stand in [`crate::run::exit_code`].

mod backups;
mod default;
mod edit;
mod exit;
mod export;
mod find;
mod import;
mod keys;
mod list;
mod session;
mod shell;

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

pub use exit::{Done, Failure};
pub use keys::{commands_page, keys_page};
pub use session::{Session, find_workspace};

/// The table of a multi-agency partnership: services, who runs them, and what came of it.
///
/// Without a command the program opens its screens.
#[derive(Debug, Parser)]
#[command(name = "moot", version, disable_help_subcommand = true)]
pub struct Arguments {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What holds for every command.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Global {
    /// The workspace; else MOOT_WORKSPACE, the nearest one upward from here, or your own
    #[arg(short, long, value_name = "DIR", global = true)]
    pub workspace: Option<PathBuf>,
    /// Who you are: initials, login, name or id of a person; else MOOT_AS or your login
    #[arg(long = "as", value_name = "KP", global = true)]
    pub who: Option<String>,
    /// Look only: nothing is written
    #[arg(long, global = true)]
    pub read_only: bool,
    /// Draw with plain ASCII characters
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Draw without borders, pictures and braille
    #[arg(long, global = true)]
    pub plain: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto")]
    pub color: Color,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Whether colours are used on a terminal.
    pub(super) fn is_on(self) -> bool {
        match self {
            Self::Auto => std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// What can be done from the command line: one line each, with its arguments in the file of its group.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a new workspace
    Init(edit::Init),
    /// Find services by words and filters, best first
    Find(find::Find),
    /// List the records of a kind
    List(list::List),
    /// Show one record
    Show(list::Show),
    /// Add a record; prints its id
    Add(edit::Add),
    /// Change fields of a record
    Set(edit::Set),
    /// Say that the facts of services have been checked
    Verify(edit::Verify),
    /// Remove records
    Remove(edit::Remove),
    /// Read a directory of services: any dialect of Open Referral, as file, folder or zip
    Import(import::Import),
    /// Write the directory for others: hsds3-json, hsds3-csv, oruk3-json, csv or geojson
    Export(export::Export),
    /// Name every problem in the files, as file:line:col: message
    Check(list::Check),
    /// Print what every key does, with your own keys in force
    Keys(keys::Keys),
    /// List the old versions of a file, or go back to one
    Backups(backups::Backups),
    /// Print completions for a shell
    Completions(shell::Completions),
    /// Print the manual page
    Man(shell::Man),
}

impl Command {
    fn run(self, global: &Global, out: &mut dyn Write) -> Done {
        match self {
            Self::Init(it) => it.run(out),
            Self::Find(it) => it.run(global, out),
            Self::List(it) => it.run(global, out),
            Self::Show(it) => it.run(global, out),
            Self::Add(it) => it.run(global, out),
            Self::Set(it) => it.run(global, out),
            Self::Verify(it) => it.run(global, out),
            Self::Remove(it) => it.run(global, out),
            Self::Import(it) => it.run(global, out),
            Self::Export(it) => it.run(global, out),
            Self::Check(it) => it.run(global, out),
            Self::Keys(it) => it.run(out),
            Self::Backups(it) => it.run(global, out),
            Self::Completions(it) => it.run(out),
            Self::Man(it) => it.run(out),
        }
    }
}

/// Runs the program with the arguments it was given.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print(); // help goes to stdout, mistakes to stderr; a closed pipe is no error
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    // A file that grows over a limit is an error to be told, not a reason to die; where this fails, it is not told.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
    // No memory with people's data is written to a disk if the program breaks; where this fails, it is not told.
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
    // Not locked: while the screens are open, other threads must be able to give the terminal back.
    let mut out = BufWriter::new(std::io::stdout());
    let done = match arguments.command {
        Some(command) => command.run(&arguments.global, &mut out),
        None => default::run(&arguments.global, &mut out),
    };
    let done = out.flush().map_err(Failure::from).and(done);
    exit::exit(done)
}
