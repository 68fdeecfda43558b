//! `moot export`: the directory for others, in their formats.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValue;

use super::Global;
use super::exit::{CommandError, CommandResult};
use super::import::{clear_progress, load_originals, show_progress};
use super::session::Session;
use crate::exchange::{self, ExportContext, Format};
use crate::store::{self, Mode};

/// `moot export`
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The format
    #[arg(value_enum, ignore_case = true)]
    format: Format,
    /// The file to write; for hsds3-csv a folder, or a file that ends in .zip. Nothing is overwritten without --replace
    path: PathBuf,
    /// Write the names and contact details of persons as well; they are left out otherwise
    #[arg(long)]
    contacts: bool,
    /// Replace what is there already
    #[arg(long)]
    replace: bool,
}

impl clap::ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }
    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.description()))
    }
}

impl ExportArgs {
    /// Refuses a path that must not be written to before any work is done.
    fn check(&self, workspace: &Path) -> Result<(), CommandError> {
        let check = |replace| exchange::write::check_target(&self.path, workspace, replace);
        check(self.replace).map_err(|problem| match check(true) {
            Ok(()) => CommandError::refused(format!("{}, or add --replace", problem.0)),
            Err(_) => CommandError::refused(problem.0),
        })
    }

    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let mut session = Session::open(global, Mode::Read)?;
        self.check(session.opened.store.dir())?;
        let originals = load_originals(&mut session)?;
        let needs = store::need_table(session.opened.store.dir());
        let needs = needs.map_err(|problem| CommandError::unreadable(problem.to_string()))?;
        let context = ExportContext {
            workspace: session.workspace(),
            originals: &originals,
            needs: &needs,
            atlas: &session.atlas(),
            contacts: self.contacts,
        };
        let count = exchange::export(self.format, &self.path, &context, &mut show_progress)?;
        clear_progress();
        writeln!(out, "{count} services written to {}", exchange::display_path(&self.path))?;
        Ok(0)
    }
}
