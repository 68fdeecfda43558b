//! `moot exchange`: the files that lie in a workspace to be imported, and those that were exported there.

use std::io::Write;

use clap::Args;

use super::Global;
use super::exit::{CommandError, CommandResult};
use super::session::Session;
use crate::model::text::one_line;
use crate::run::{confine, exit_code};
use crate::store::Mode;

/// `moot exchange`
#[derive(Debug, Args)]
pub struct ExchangeArgs {}

impl ExchangeArgs {
    #[allow(clippy::unused_self)] // one form with the other commands
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let session = Session::open(global, Mode::Read)?;
        let files = confine::files(session.opened.store.dir()).map_err(CommandError::unreadable)?;
        files.iter().try_for_each(|file| writeln!(out, "{}", one_line(file)))?;
        Ok(if files.is_empty() { exit_code::NOTHING_FOUND } else { exit_code::DONE })
    }
}
