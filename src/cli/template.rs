//! `moot template`: an empty sheet to fill in, for `moot import`.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::{CommandError, CommandResult};
use super::export::is_stdout;
use crate::exchange::{self, display_place, sheet};

/// `moot template`
#[derive(Debug, Args)]
pub struct TemplateArgs {
    /// The file to write, which must end in .csv; or - for the standard output. Every spreadsheet program opens it, and may
    /// save it as .xlsx or .ods
    path: PathBuf,
}

impl TemplateArgs {
    pub(super) fn run(self, out: &mut dyn Write) -> CommandResult {
        let sheet = sheet::template::csv()?;
        if is_stdout(&self.path) {
            out.write_all(&sheet)?;
            return Ok(0);
        }
        if !self.path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
            return Err(CommandError::usage(
                "the sheet is written as .csv: moot template services.csv; a spreadsheet program opens that, and saves it as .xlsx",
            ));
        }
        let is_free = exchange::write::check_target(&self.path, Path::new(""), false);
        is_free.map_err(|problem| CommandError::refused(problem.0))?;
        exchange::write::write_file(&self.path, &sheet)?;
        writeln!(out, "an empty sheet written to {}", display_place(&self.path))?;
        writeln!(out, "fill it in below the second row, then moot import it")?;
        Ok(0)
    }
}
