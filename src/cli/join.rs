//! `moot join`: two records that are one.

use std::io::Write;

use clap::Args;

use super::Global;
use super::exit::{CommandError, CommandResult};
use super::import::load_originals;
use super::session::Session;
use crate::model::join::join;
use crate::model::text::one_line;
use crate::store::Mode;

/// `moot join`
#[derive(Debug, Args)]
pub struct JoinArgs {
    /// The service or organisation that is joined with the other and goes: its id, or what it alone is called
    #[arg(value_name = "A")]
    from: String,
    /// The one that stays, gains what the other says, and has all its references
    #[arg(value_name = "B")]
    into: String,
}

impl JoinArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let mut session = Session::open(global, Mode::Write)?;
        let author = session.author()?;
        let originals = load_originals(&mut session)?;
        let pair = (session.record(&self.from)?.id(), session.record(&self.into)?.id());
        let change = join(session.workspace(), &originals, pair, &author).map_err(CommandError::from)?;
        session.commit(&author, &change)?;
        writeln!(out, "{}", one_line(&change.sentence))?;
        Ok(0)
    }
}
