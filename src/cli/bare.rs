//! `moot` without a command: the screens on a terminal, a plain summary elsewhere.

use std::io::Write;

use super::Global;
use super::outcome::Done;
use super::place::Session;
use crate::model::Kind;
use crate::store::Mode;

/// Opens the screens; where there is no terminal, or `--plain` was asked for, prints a summary.
pub(super) fn run(global: &Global, out: &mut dyn Write) -> Done {
    summary(&Session::open(global, Mode::Read)?, out)
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
