//! `moot --restricted`: what somebody may ask for whose host gives them the program and nothing else.

use std::any::TypeId;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command};

use super::exit::CommandError;
use super::{Arguments, Color, Global, help};
use crate::run::confine;

/// The commands that can be asked for over SSH. What is not here is for whoever looks after the host.
pub const REMOTE: &[&str] = &[
    "find", "list", "show", "thread", "fields", "add", "set", "verify", "join", "remove", "accept", "due", "loose",
    "tell", "agenda", "round", "vote", "count", "tally", "turnout", "import", "export", "exchange", "template",
    "validate", "report", "check", "keys",
];

/// Confines the program to its workspace, and returns what it is to do: what the line of the host says, or else what was
/// asked for over SSH.
///
/// # Errors
/// What is refused, in one sentence.
pub(super) fn confine(host: Arguments) -> Result<Arguments, Stop> {
    let Some(workspace) = host.global.workspace.clone() else {
        return Err(CommandError::usage("--restricted needs the workspace: moot --restricted -w DIR").into());
    };
    let workspace = confine::begin(&workspace, host.global.read_only).map_err(CommandError::unreadable)?;
    let host = Arguments { global: Global { workspace: Some(workspace), ..host.global }, ..host };
    let asked = confine::variable("SSH_ORIGINAL_COMMAND").unwrap_or_default();
    match &host.command {
        Some(_) if !asked.trim().is_empty() => {
            Err(CommandError::refused("nothing can be asked for here: the host says what is done").into())
        }
        Some(_) => Ok(host),
        None => take(host, &asked),
    }
}

/// Why the program does not go on: it was refused something, or only asked for help.
pub(super) enum Stop {
    /// Refused.
    Refused(CommandError),
    /// The help of the command line was asked for.
    Help(clap::Error),
}

impl From<CommandError> for Stop {
    fn from(error: CommandError) -> Self {
        Self::Refused(error)
    }
}

/// What was asked for, as words of the command line of the program itself. No shell reads it: of a shell's signs quotes
/// alone mean anything.
fn take(host: Arguments, asked: &str) -> Result<Arguments, Stop> {
    let words = shell_words::split(asked).map_err(|_| CommandError::usage("a quote is not closed in what was sent"))?;
    let is_name = |word: &String| word == "moot";
    let words: Vec<String> = words.iter().skip_while(|word| is_name(word)).cloned().collect();
    let (sent, matches) = help::parse_words(&words).map_err(|error| of_parser(error, &words))?;
    if sent.global.workspace.is_some() || sent.global.who.is_some() {
        return Err(CommandError::refused(
            "the host says which workspace this is, and for whom: leave out -w and --as",
        )
        .into());
    }
    if let Some((name, inner)) = matches.subcommand() {
        check_remote(name)?;
        for path in help::command().find_subcommand(name).map(|command| paths(command, inner)).unwrap_or_default() {
            confine::check(Path::new(&path)).map_err(CommandError::refused)?;
        }
    }
    Ok(Arguments { global: joined(host.global, &sent.global), command: sent.command })
}

/// What the host says, and how whoever asks wants to see it.
fn joined(host: Global, sent: &Global) -> Global {
    Global {
        read_only: host.read_only || sent.read_only,
        ascii: host.ascii || sent.ascii,
        plain: host.plain || sent.plain,
        color: if sent.color == Color::Auto { host.color } else { sent.color },
        ..host
    }
}

fn check_remote(name: &str) -> Result<(), CommandError> {
    if REMOTE.contains(&name) {
        return Ok(());
    }
    Err(CommandError::refused(format!("{name} is for whoever looks after this host; {}", choices())))
}

fn choices() -> String {
    format!("what can be asked for: {}", REMOTE.join(", "))
}

/// What the parser says, in one sentence; help is help.
fn of_parser(error: clap::Error, words: &[String]) -> Stop {
    if !error.use_stderr() {
        return Stop::Help(error);
    }
    if error.kind() == clap::error::ErrorKind::InvalidSubcommand {
        let word = words.iter().find(|word| !word.starts_with('-')).cloned().unwrap_or_default();
        return CommandError::refused(format!("{word:?} is no command of this program; {}", choices())).into();
    }
    let said = error.to_string();
    let first = said.split("\n\n").next().unwrap_or_default();
    CommandError::usage(first.strip_prefix("error: ").unwrap_or(first)).into()
}

/// The paths among the arguments of a command and of those within it, as they were typed.
fn paths(command: &Command, matches: &ArgMatches) -> Vec<OsString> {
    let typed = |arg: &Arg| {
        let values = matches.try_get_raw(arg.get_id().as_str()).ok().flatten();
        values.into_iter().flatten().map(OsString::from).collect::<Vec<_>>()
    };
    let mut all: Vec<OsString> = command.get_arguments().filter(|arg| is_path(arg)).flat_map(typed).collect();
    if let Some((name, inner)) = matches.subcommand() {
        all.extend(command.find_subcommand(name).map(|command| paths(command, inner)).unwrap_or_default());
    }
    all.retain(|path| path != "-"); // standard input and output are the caller's own
    all
}

/// Whether what an argument takes is a path, or could be one.
fn is_path(arg: &Arg) -> bool {
    let taken = arg.get_value_parser().type_id();
    arg.get_action().takes_values() && (taken == TypeId::of::<PathBuf>() || taken == TypeId::of::<OsString>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(words: &[&str]) -> Vec<OsString> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let (_, matches) = help::parse_words(&words).unwrap();
        let (name, inner) = matches.subcommand().unwrap();
        paths(help::command().find_subcommand(name).unwrap(), inner)
    }

    #[test]
    fn every_path_of_a_command_is_looked_at() {
        assert_eq!(asked(&["import", "/etc/passwd", "--report", "x"]).len(), 2);
        assert_eq!(asked(&["import", "csv", "services", "/etc/passwd"]), ["csv", "/etc/passwd"]);
        assert_eq!(asked(&["export", "csv", "-"]), [""; 0]);
        assert_eq!(asked(&["export", "pb", "Dots", "a/b"]), ["Dots", "a/b"]);
        assert!(asked(&["report", "summary", "-o", "/tmp/x"]).contains(&"/tmp/x".into()));
        assert!(asked(&["report", "-o", "/tmp/x", "summary"]).contains(&"/tmp/x".into()));
        assert_eq!(asked(&["find", "/etc/passwd"]), [""; 0], "words are no paths");
    }

    #[test]
    fn every_command_of_the_list_is_one() {
        let command = help::command();
        assert!(REMOTE.iter().all(|name| command.find_subcommand(name).is_some()));
        for name in ["init", "backups", "completions", "man"] {
            assert!(check_remote(name).is_err(), "{name}");
        }
    }
}
