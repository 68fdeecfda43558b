//! `moot`: arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    folkmoot::cli::main()
}
