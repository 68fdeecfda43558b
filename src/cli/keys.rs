//! `moot keys`: what every key does, with the person's own keys in force.

use std::fmt::Write as _;
use std::io::Write;

use clap::Args;

use super::exit::{CommandResult, warn};
use crate::app::command::{Command, Keymap, Scope, all};
use crate::run::keys_file;

/// `moot keys`
#[derive(Debug, Args)]
pub struct KeysArgs {}

impl KeysArgs {
    #[allow(clippy::unused_self)] // one form with the other commands
    pub(super) fn run(self, out: &mut dyn Write) -> CommandResult {
        let (own, mut problems) = keys_file::read();
        let (keymap, more) = Keymap::with(&own);
        problems.extend(more);
        for problem in &problems {
            warn(problem);
        }
        if let Some(path) = keys_file::path() {
            writeln!(out, "Your own keys go into {}\n", crate::exchange::display_path(&path))?;
        }
        for scope in Scope::all() {
            writeln!(out, "{}", scope.heading())?;
            for command in all().filter(|command| command.scope == scope) {
                writeln!(out, "  {:<16} {:<24} {}", key_list(&keymap, command), command.name, command.help)?;
            }
            writeln!(out)?;
        }
        Ok(0)
    }
}

/// The keys of a command, separated by commas.
fn key_list(keymap: &Keymap, command: &Command) -> String {
    keymap.keys(command).iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// docs/keys.md: the table of all commands of the screens, with the keys they have unless somebody changes them.
pub fn keys_page() -> String {
    let keymap = Keymap::default();
    let mut page = "# Keys\n\nThis page is made from the program's own table; `moot keys` prints the same with your own \
                    keys.\n\nTo change keys, write `keys.ron` in your settings (`moot keys` says where), such as\n\n    { \
                    \"service.verify\": [\"V\"], \"undo\": [\"u\", \"ctrl-y\"] }\n\nCommands without a key are in the \
                    palette: press `:` and write their name.\n"
        .to_owned();
    for scope in Scope::all() {
        let _ = write!(page, "\n## {}\n\n| keys | command | does |\n|---|---|---|\n", scope.heading()); // writing to a String cannot fail
        for command in all().filter(|command| command.scope == scope) {
            let keys: Vec<String> = keymap.keys(command).iter().map(|keys| format!("`{keys}`")).collect();
            let _ = writeln!(page, "| {} | {} | {} |", keys.join(", "), command.name, command.help); // writing to a String cannot fail
        }
    }
    page
}

/// docs/commands.md: the commands of the shell, with their arguments.
pub fn commands_page() -> String {
    let mut moot = super::command().term_width(100).bin_name("moot");
    moot.build();
    let mut page = format!(
        "# Commands of the shell\n\nThis page is made from the program's own description; `moot COMMAND --help` says the \
         same.\n\nExit codes: 0 done, 1 nothing found, 2 usage, 3 the workspace cannot be read, 4 somebody holds the lock, \
         5 refused by a rule, 6 the screens were left with something not on the disk, 128 and more: ended by a signal.\n\n```text\n{}```\n",
        trimmed(&moot.render_help().to_string())
    );
    for command in moot.get_subcommands() {
        // The global options are printed once, above.
        let mut own = command.clone().mut_args(|argument| {
            let is_global = argument.is_global_set();
            argument.hide(is_global)
        });
        if let Some(whole) = command.get_long_about() {
            own = own.about(whole.clone());
        }
        let help = trimmed(&own.render_help().to_string());
        let _ = write!(page, "\n## moot {}\n\n```text\n{}\n```\n", command.get_name(), help.trim_end()); // writing to a String cannot fail
    }
    page
}

fn trimmed(help: &str) -> String {
    help.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}
