//! `moot` without a command: the screens on a terminal, a plain summary elsewhere.

use std::io::{IsTerminal, Write};

use super::Global;
use super::exit::{Done, Failure};
use super::session::{Session, find_workspace, who};
use crate::app::Options;
use crate::model::Kind;
use crate::run::{self, Launch};
use crate::store::{self, Mode};

/// Opens the screens; where there is no terminal to open them on, prints a summary.
pub(super) fn run(global: &Global, out: &mut dyn Write) -> Done {
    let is_dumb = std::env::var("TERM").is_ok_and(|term| term == "dumb");
    if is_dumb || !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        if find_workspace(global).is_none() {
            return summary_of_sample(global, out);
        }
        return summary(&Session::open(global, Mode::Read)?, out);
    }
    let named = who(global);
    let options = Options {
        read_only: global.read_only,
        who_is_given: named.is_some(),
        who: named.unwrap_or_else(store::own_login),
        seed: run::seed(),
    };
    let directory = find_workspace(global);
    let launch = Launch { directory, options, ascii: global.ascii, plain: global.plain, colour: global.color.is_on() };
    let exit = run::app(launch);
    let exit = exit.map_err(|error| Failure::unreadable(format!("the terminal cannot be used: {error}")))?;
    if exit.sentence.is_empty() { Ok(exit.code) } else { Err(Failure { code: exit.code, sentence: exit.sentence }) }
}

/// Where there is no workspace yet: what the screens would open, and how to begin one's own.
fn summary_of_sample(global: &Global, out: &mut dyn Write) -> Done {
    let scratch = store::sample_scratch()?;
    let global = Global { workspace: Some(scratch.path().to_owned()), ..global.clone() };
    summary(&Session::open(&global, Mode::Read)?, out)?;
    writeln!(out, "This is the sample; begin your own with: moot init DIR --name NAME")?;
    Ok(0)
}

/// The partnership and how much is written down in it.
pub(super) fn summary(session: &Session, out: &mut dyn Write) -> Done {
    let workspace = session.workspace();
    if let Some(itself) = workspace.itself() {
        writeln!(out, "{}", crate::model::text::one_line(&itself.name))?;
    }
    for kind in Kind::ALL.iter().filter(|kind| kind.is_resident() && **kind != Kind::Partnership) {
        writeln!(out, "{:>7} {}", workspace.count(*kind), kind.plural())?;
    }
    Ok(0)
}
