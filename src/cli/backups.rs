//! `moot backups`: the old versions of a file, and the way back to one of them.

use std::io::Write;

use clap::Args;

use super::Global;
use super::exit::{CommandError, CommandResult};
use super::session::Session;
use crate::model::Kind;
use crate::store::Mode;

/// `moot backups`
#[derive(Debug, Args)]
pub struct BackupsArgs {
    /// The kind of record, in singular or plural
    kind: String,
    /// Put this version in the place of the file; the present one is kept among the backups first
    #[arg(long, value_name = "WHEN")]
    restore: Option<String>,
}

impl BackupsArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let kind = Kind::from_word(&self.kind).ok_or_else(|| {
            CommandError::usage(format!("{:?} is no kind of record; see `moot list --help`", self.kind))
        })?;
        let mode = if self.restore.is_some() { Mode::Write } else { Mode::Read };
        let mut session = Session::open(global, mode)?;
        let backups = session.opened.store.backups(kind);
        let Some(when) = self.restore else {
            for backup in backups.iter().rev() {
                writeln!(out, "{}  {:>12} bytes", backup.replaced, crate::model::text::count(backup.bytes() as usize))?;
            }
            return Ok(u8::from(backups.is_empty()));
        };
        let backup = backups.iter().find(|backup| backup.replaced == when).ok_or_else(|| {
            CommandError::not_found(format!("there is no version {when:?}; see `moot backups {}`", kind.plural()))
        })?;
        session.opened.store.restore(backup)?;
        super::exit::has_saved();
        writeln!(out, "{} are as they were until {when}", kind.plural())?;
        Ok(0)
    }
}
