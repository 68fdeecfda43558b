//! `moot` without a command: the screens on a terminal, a plain summary elsewhere.

use std::io::{IsTerminal, Write};

use super::Global;
use super::exit::{CommandError, CommandResult};
use super::session::{Session, acting_name, check_remembered, find_workspace};
use crate::app::Options;
use crate::model::Kind;
use crate::run::{self, Launch, confine};
use crate::store::{self, Mode};

/// Opens the screens; where there is no terminal to open them on, prints a summary.
pub(super) fn run(global: &Global, out: &mut dyn Write) -> CommandResult {
    let is_dumb = confine::variable("TERM").is_some_and(|term| term == "dumb");
    if is_dumb || !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        let own = find_workspace(global);
        match &own {
            None => summary_of_sample(global, out)?,
            Some(_) => summary(&Session::open(global, Mode::Read)?, out)?,
        };
        return next_steps(is_dumb, own.is_some(), out);
    }
    let named = acting_name(global);
    let options = Options {
        read_only: global.read_only,
        who_is_given: named.is_some(),
        who: named.unwrap_or_else(store::own_login),
        login: store::own_login(),
        seed: run::seed(),
        search_first: true,
        no_pictures: false,
        restricted: confine::is_on(),
    };
    let directory = find_workspace(global);
    directory.as_deref().map_or(Ok(()), check_remembered)?;
    let launch = Launch { directory, options, ascii: global.ascii, plain: global.plain, colour: global.color.is_on() };
    let exit = run::app(launch);
    let exit = exit.map_err(|error| CommandError::unreadable(format!("the terminal cannot be used: {error}")))?;
    if exit.sentence.is_empty() {
        Ok(exit.code)
    } else {
        Err(CommandError { code: exit.code, sentence: exit.sentence })
    }
}

/// Summarises the sample, which the screens would open where there is no workspace yet.
fn summary_of_sample(global: &Global, out: &mut dyn Write) -> CommandResult {
    let scratch = store::sample_scratch()?;
    let global = Global { workspace: Some(scratch.path().to_owned()), ..global.clone() };
    summary(&Session::open(&global, Mode::Read)?, out)
}

/// What to do where the screens do not open: why, and the commands with which one goes on.
fn next_steps(is_dumb: bool, is_own: bool, out: &mut dyn Write) -> CommandResult {
    let why = if is_dumb { "TERM is \"dumb\": this terminal" } else { "This is no terminal: it" };
    writeln!(out, "\n{why} cannot show the screens. Go on with:")?;
    for (command, does) in [
        ("moot find housing weymouth", "finds services by words"),
        ("moot list services", "lists them; moot list counts everything"),
        ("moot show NAME", "shows a record"),
        ("moot --help", "says what else there is"),
    ] {
        writeln!(out, "  {command:<28} {does}")?;
    }
    if !is_own {
        writeln!(out, "This is the sample; begin your own with: moot init DIR --name NAME")?;
    }
    Ok(0)
}

/// Prints the partnership's name and the number of records of each kind.
pub(super) fn summary(session: &Session, out: &mut dyn Write) -> CommandResult {
    let workspace = session.workspace();
    if let Some(itself) = workspace.itself() {
        writeln!(out, "{}", crate::model::text::one_line(&itself.name))?;
    }
    for kind in Kind::ALL.iter().filter(|kind| kind.is_resident() && **kind != Kind::Partnership) {
        writeln!(out, "{:>7} {}", workspace.count(*kind), kind.plural())?;
    }
    Ok(0)
}
