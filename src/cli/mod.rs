//! The command line: everything the program does without its screens.
//!
//! One file per group of commands. Data goes to stdout, errors to stderr in one sentence that says what to do; exit
//! codes stand in [`crate::run::exit_code`].

mod accept;
mod backups;
mod default;
mod due;
mod edit;
mod exchanged;
mod exit;
mod export;
mod fields;
mod find;
mod forum;
mod help;
mod import;
mod join;
mod keys;
mod list;
mod report;
mod restricted;
mod session;
mod shell;
mod tell;
mod template;
mod thread;
mod validate;
mod vote;

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

pub use exit::{CommandError, CommandResult};
pub use help::{command, examples};
pub use keys::{commands_page, keys_page};
use restricted::Stop;
pub use session::{Session, find_workspace};

use crate::run::confine;

/// The table of a multi-agency partnership: services, who runs them, and what came of it.
///
/// Without a command the program opens its screens.
#[derive(Debug, Parser)]
#[command(name = "moot", version, disable_help_subcommand = true)]
pub struct Arguments {
    /// The options of every command.
    #[command(flatten)]
    pub global: Global,
    /// The command; without one the screens open.
    #[command(subcommand)]
    pub command: Option<CliCommand>,
}

/// The options of every command.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Global {
    /// The directory of the workspace; else MOOT_WORKSPACE, the nearest one upward from here, the one you began last, or your
    /// own
    #[arg(short, long, value_name = "DIR", global = true, help_heading = "Options of every command")]
    pub workspace: Option<PathBuf>,
    /// Who you are: initials, login, name or id of a person; else MOOT_AS or your login
    #[arg(long = "as", value_name = "KP", global = true, help_heading = "Options of every command")]
    pub who: Option<String>,
    /// Look only: nothing in the workspace is written
    #[arg(long, global = true, help_heading = "Options of every command")]
    pub read_only: bool,
    /// Give the program and nothing else, for sshd: no editor, no suspending, no files but those in the workspace's folder
    /// exchange, nothing of the environment but terminal and language; -w names the workspace
    #[arg(long, global = true, help_heading = "Options of every command")]
    pub restricted: bool,
    /// Draw with plain ASCII characters
    #[arg(long, global = true, help_heading = "Options of every command")]
    pub ascii: bool,
    /// Draw without borders, pictures and braille
    #[arg(long, global = true, help_heading = "Options of every command")]
    pub plain: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", global = true, help_heading = "Options of every command", default_value = "auto")]
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
            Self::Auto => confine::variable("NO_COLOR").is_none(),
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// The commands; the arguments of each are in the file of its group.
#[derive(Debug, Subcommand)]
pub enum CliCommand {
    /// Find services, or records of another kind, best first
    ///
    /// Words and filters are taken as in the search of the screens; one quoted argument is the same as several.
    Find(find::FindArgs),
    /// List all records of a kind, one per line, or count them all
    List(list::ListArgs),
    /// Show one record
    Show(list::ShowArgs),
    /// Show where a record came from, and what came of it
    Thread(thread::ThreadArgs),
    /// Say which fields a kind of record has, and what each takes
    Fields(fields::FieldsArgs),
    /// Add a record, and print its id
    Add(edit::AddArgs),
    /// Change fields of a record
    Set(edit::SetArgs),
    /// Say that the facts of services have been checked
    Verify(edit::VerifyArgs),
    /// Join two services, or two organisations, that are one
    ///
    /// Every reference, original and thread of the first leads to the second from then on, which also gains what it did not
    /// say itself. Where both say something, the second has the last word, and the first's is kept beside it.
    Join(join::JoinArgs),
    /// Remove records
    Remove(edit::RemoveArgs),
    /// Accept an agreement for one of its parties, as it stands
    Accept(accept::AcceptArgs),
    /// List what is overdue or due within two weeks, yours first
    ///
    /// With --as only what is due of that person.
    Due(due::DueArgs),
    /// Count what has no follow-up, or list it
    Loose(due::LooseArgs),
    /// Say what partners are to be told, or write down that they were
    Tell(tell::TellArgs),
    /// Print the agenda of the next meeting of a forum
    ///
    /// What is open by today is on it.
    Agenda(forum::AgendaArgs),
    /// Open, close or certify a voting round
    #[command(subcommand)]
    Round(vote::RoundCommand),
    /// Cast a ballot in an open round
    ///
    /// Who votes again replaces what they voted before.
    Vote(vote::VoteArgs),
    /// Write down what you counted on the wall
    Count(vote::CountArgs),
    /// Print the outcome of a closed round
    Tally(vote::TallyArgs),
    /// Say who has voted in a round and who has not
    ///
    /// What they voted is never said.
    Turnout(vote::TurnoutArgs),
    /// Read a directory, an election, or what was typed of an event
    ///
    /// A directory is read from Open Referral data of any version, or from whatever table it comes in.
    Import(import::ImportArgs),
    /// Write an empty sheet for services to fill in
    ///
    /// It is for a spreadsheet program; moot import reads it again.
    Template(template::TemplateArgs),
    /// Write the services or a round for others, in an open format
    ///
    /// What is hidden is never written.
    Export(export::ExportArgs),
    /// Say whether a file of Open Referral is valid, and where not
    ///
    /// HSDS 3.0, HSDS 3.1 and ORUK 3, as JSON or as tables. The exit code is 1 when there are faults.
    Validate(validate::ValidateArgs),
    /// List the files in the workspace's folder exchange
    ///
    /// That is where a restricted program finds what is to be imported, and leaves what it exports.
    Exchange(exchanged::ExchangeArgs),
    /// Write a report for others to read: Markdown, text or HTML
    Report(report::ReportArgs),
    /// Make a new workspace: a directory that holds all records
    Init(edit::InitArgs),
    /// Name every problem in the files, as file:line:col: message
    Check(list::CheckArgs),
    /// List the old versions of a file, or go back to one
    Backups(backups::BackupsArgs),
    /// Print what every key does, with your own keys in force
    Keys(keys::KeysArgs),
    /// Print completions for a shell
    Completions(shell::CompletionsArgs),
    /// Print the manual page
    Man(shell::ManArgs),
}

impl CliCommand {
    fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        match self {
            Self::Init(arguments) => arguments.run(global, out),
            Self::Find(arguments) => arguments.run(global, out),
            Self::List(arguments) => arguments.run(global, out),
            Self::Show(arguments) => arguments.run(global, out),
            Self::Thread(arguments) => arguments.run(global, out),
            Self::Fields(arguments) => arguments.run(out),
            Self::Due(arguments) => arguments.run(global, out),
            Self::Loose(arguments) => arguments.run(global, out),
            Self::Add(arguments) => arguments.run(global, out),
            Self::Set(arguments) => arguments.run(global, out),
            Self::Verify(arguments) => arguments.run(global, out),
            Self::Remove(arguments) => arguments.run(global, out),
            Self::Round(command) => command.run(global, out),
            Self::Vote(arguments) => arguments.run(global, out),
            Self::Count(arguments) => arguments.run(global, out),
            Self::Tally(arguments) => arguments.run(global, out),
            Self::Turnout(arguments) => arguments.run(global, out),
            Self::Accept(arguments) => arguments.run(global, out),
            Self::Agenda(arguments) => arguments.run(global, out),
            Self::Join(arguments) => arguments.run(global, out),
            Self::Import(arguments) => arguments.run(global, out),
            Self::Template(arguments) => arguments.run(out),
            Self::Export(arguments) => arguments.run(global, out),
            Self::Exchange(arguments) => arguments.run(global, out),
            Self::Tell(arguments) => arguments.run(global, out),
            Self::Validate(arguments) => arguments.run(out),
            Self::Report(arguments) => arguments.run(global, out),
            Self::Check(arguments) => arguments.run(global, out),
            Self::Keys(arguments) => arguments.run(out),
            Self::Backups(arguments) => arguments.run(global, out),
            Self::Completions(arguments) => arguments.run(out),
            Self::Man(arguments) => arguments.run(out),
        }
    }
}

/// Runs the program with the arguments it was given.
pub fn main() -> ExitCode {
    let arguments = match help::parse() {
        Ok(arguments) => arguments,
        Err(error) => return exit::exit_unparsed(&error),
    };
    let arguments = match if arguments.global.restricted { restricted::confine(arguments) } else { Ok(arguments) } {
        Ok(arguments) => arguments,
        Err(Stop::Refused(error)) => return exit::exit(Err(error)),
        Err(Stop::Help(help)) => return exit::exit_unparsed(&help),
    };
    // Ignoring SIGXFSZ turns a file over the size limit into an error that can be reported. Failure is not fatal.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, std::sync::Arc::default());
    // No core dumps: memory holds personal data. Failure is not fatal.
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(rustix::process::Resource::Core, none);
    // stdout stays unlocked: other threads must be able to restore the terminal while the screens are open.
    let mut out = BufWriter::new(exit::Output(std::io::stdout()));
    let done = match arguments.command {
        Some(command) => command.run(&arguments.global, &mut out),
        None => default::run(&arguments.global, &mut out),
    };
    let done = out.flush().map_err(CommandError::from).and(done);
    if crate::exchange::write::was_unconfirmed() {
        exit::warn("written, but the disk did not confirm that it would survive a power cut");
    }
    exit::exit(done)
}
