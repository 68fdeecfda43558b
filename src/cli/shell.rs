//! What belongs to the shell around the program: completions and the manual page, made from the same description that
//! reads the arguments.

use std::io::Write;

use clap::Args;
use clap_complete::Shell;

use super::exit::CommandResult;

/// `moot completions`
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Your shell
    shell: Shell,
}

impl CompletionsArgs {
    #[allow(clippy::needless_pass_by_value)] // one form with the other commands
    pub(super) fn run(self, out: &mut dyn Write) -> CommandResult {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::command(), "moot", &mut script);
        out.write_all(&script)?;
        Ok(0)
    }
}

/// `moot man`
#[derive(Debug, Args)]
pub struct ManArgs {}

impl ManArgs {
    #[allow(clippy::unused_self)] // one form with the other commands
    pub(super) fn run(self, out: &mut dyn Write) -> CommandResult {
        clap_mangen::Man::new(super::command()).render(&mut *out)?;
        Ok(0)
    }
}
