//! What the help of the shell says beyond the arguments themselves: the commands by what they are for, and an example of
//! each.

use std::fmt::Write as _;

use clap::builder::StyledStr;
use clap::{ArgMatches, Command, CommandFactory, FromArgMatches};

use super::Arguments;

/// The commands by what they are for, each with an example; a command within a command stands behind it.
const GROUPS: &[(&str, &[(&str, &str)])] = &[
    (
        "Look up",
        &[
            ("find", "moot find housing in:weymouth age:17"),
            ("list", "moot list services"),
            ("show", "moot show \"Turnkey House\""),
            ("thread", "moot thread 17.2"),
            ("fields", "moot fields service"),
        ],
    ),
    (
        "Write down",
        &[
            ("add", "moot add service name=\"Night Shelter\" phone=\"01632 960107\" needs=accommodation"),
            ("set", "moot set \"Night Shelter\" cost=free ages=16-25"),
            ("verify", "moot verify \"Night Shelter\" --how \"by telephone\""),
            ("remove", "moot remove \"Night Shelter\""),
            ("accept", "moot accept \"Referral at the gate\" --party \"Second Tide\""),
        ],
    ),
    (
        "See what is to be done",
        &[
            ("due", "moot due --as KP"),
            ("loose", "moot loose"),
            ("tell", "moot tell \"Second Tide\" --how telephone --on yesterday"),
            ("agenda", "moot agenda"),
        ],
    ),
    (
        "Vote",
        &[
            ("round", "moot round open \"Dots\""),
            ("round open", "moot round open \"Dots\""),
            ("round close", "moot round close \"Dots\""),
            ("round certify", "moot round certify \"Dots\""),
            ("vote", "moot vote \"Dots\" KP 17.2=3 4.1=2"),
            ("count", "moot count \"Dots\" 17.2 31"),
            ("tally", "moot tally \"Dots\""),
            ("turnout", "moot turnout \"Dots\""),
        ],
    ),
    (
        "Exchange with others",
        &[
            ("import", "moot import directory.json --dry-run"),
            ("export", "moot export csv services.csv"),
            ("exchange", "moot exchange"),
            ("report", "moot report summary --html -o summary.html"),
            ("report summary", "moot report summary --html -o summary.html"),
            ("report full", "moot report full -o report.md"),
            ("report directory", "moot report directory --html -o directory.html"),
            ("report bulletin", "moot report bulletin \"Second Tide\" --text"),
            ("report forum", "moot report forum"),
            ("report minutes", "moot report minutes M-4XQ2"),
        ],
    ),
    (
        "Look after the workspace",
        &[
            ("init", "moot init ~/folkmoot --name \"Our Criminal Justice Partnership\""),
            ("check", "moot check"),
            ("backups", "moot backups services"),
            ("keys", "moot keys"),
            ("completions", "moot completions bash > ~/.local/share/bash-completion/completions/moot"),
            ("man", "moot man > moot.1"),
        ],
    ),
];

/// The description of the command line, with what this file adds: help, completions, the manual page and the parser are
/// all made of it.
pub fn command() -> Command {
    let command = Arguments::command();
    let template = template(&command);
    command.help_template(template).mut_subcommands(|command| with_example("", command))
}

/// Reads the command line.
///
/// # Errors
/// Help that was asked for, or what is wrong in it.
pub(super) fn parse() -> Result<Arguments, clap::Error> {
    let mut command = command();
    let matches = command.try_get_matches_from_mut(std::env::args_os())?;
    Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// Reads words as if they were the command line, behind the name of the program.
///
/// # Errors
/// As for the command line.
pub(super) fn parse_words(words: &[String]) -> Result<(Arguments, ArgMatches), clap::Error> {
    let mut command = command();
    let line = ["moot".to_owned()].into_iter().chain(words.iter().cloned());
    let matches = command.try_get_matches_from_mut(line)?;
    let arguments = Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    Ok((arguments, matches))
}

/// Every example, with the command it stands for.
pub fn examples() -> impl Iterator<Item = (&'static str, &'static str)> {
    GROUPS.iter().flat_map(|(_, commands)| commands.iter().copied())
}

/// A command and those within it, each with its example in front of whatever else its help ends with.
fn with_example(within: &str, command: Command) -> Command {
    let path = format!("{within}{}", command.get_name());
    let example = examples().find(|(of, _)| *of == path).map(|(_, example)| format!("Example:\n  {example}"));
    let further = command.get_after_help().map(ToString::to_string);
    let text: Vec<String> = example.into_iter().chain(further).collect();
    let inside = format!("{path} ");
    command.after_help(text.join("\n\n")).mut_subcommands(|command| with_example(&inside, command))
}

/// The help of the program itself: its commands stand in groups, which clap has no words for.
fn template(command: &Command) -> StyledStr {
    let mut text = "{about-with-newline}\n{usage-heading} {usage}\n".to_owned();
    for (heading, commands) in GROUPS {
        text.extend(["\n", heading, ":\n"]);
        for about in commands.iter().filter_map(|(name, _)| command.find_subcommand(name)) {
            let said = about.get_about().map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(text, "  {:<12} {said}", about.get_name()); // writing to a String cannot fail
        }
    }
    text.push_str("\nOptions, also of every command (moot COMMAND --help says the others):\n{options}");
    StyledStr::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(within: &str, command: &Command) -> Vec<String> {
        let path = |command: &Command| format!("{within}{}", command.get_name());
        let below = |command: &Command| paths(&format!("{} ", path(command)), command);
        command.get_subcommands().flat_map(|one| [vec![path(one)], below(one)].concat()).collect()
    }

    #[test]
    fn every_command_stands_in_one_group_with_an_example() {
        let mut known: Vec<String> = examples().map(|(path, _)| path.to_owned()).collect();
        let mut all = paths("", &Arguments::command());
        known.sort();
        all.sort();
        assert_eq!(known, all);
        for (path, example) in examples() {
            assert!(example.starts_with(&format!("moot {}", path.split(' ').next().unwrap())), "{example}");
        }
    }

    #[test]
    fn the_commands_fit_into_eighty_columns() {
        let help = command().render_help().to_string();
        for (heading, _) in GROUPS {
            assert!(help.contains(&format!("\n{heading}:\n")), "{help}");
        }
        let listed = help.split("\nOptions").next().unwrap();
        let mut commands = listed.lines().filter(|line| line.starts_with("  "));
        assert!(commands.all(|line| line.chars().count() < 80), "{listed}");
    }
}
