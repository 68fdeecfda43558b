//! Everything a person can do stands in one table: its name, its keys, where it works, what it is called in footer and
//! help, why it may not be ready, and the function that does it.
//!
//! Dispatch, `?`, the footer, the palette, `moot keys`, docs/keys.md and keys.ron all read this table, with the
//! person's own keys applied. Each screen's slice stands beside its functions; [`all`] joins them.

use super::key::{Key, Keys};
use super::{App, Effects};
use crate::model::order::Order as _;

/// Where a command works. A key is looked up in the scopes of the top layer first, then in those below it that the
/// layer lets through. Each screen and each layer has one or more of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope(&'static str);

impl Scope {
    /// Everywhere, even while text is being typed.
    pub const ALWAYS: Self = Self::new("Everywhere, also while typing");
    /// Everywhere but where text is being typed.
    pub const GLOBAL: Self = Self::new("Everywhere");
    /// Where there is something to move in.
    pub const MOVE: Self = Self::new("Moving");
    /// The list of a screen.
    pub const LIST: Self = Self::new("In a list");
    /// The records of a list.
    pub const RECORD: Self = Self::new("On a record");
    /// The search line as the program begins, before anything is typed.
    pub const START: Self = Self::new("At the start");
    /// The search line.
    pub const SEARCH: Self = Self::new("While searching");
    /// A form.
    pub const FORM: Self = Self::new("In a form");
    /// Choices that what is typed could go on to.
    pub const TAKE: Self = Self::new("While there is something to take");
    /// The way back through them.
    pub const TAKE_BACK: Self = Self::new("While something can be taken back");
    /// Choices where nothing is typed yet.
    pub const CHOOSE: Self = Self::new("Where something can be chosen");
    /// A field of a form that is a table.
    pub const ROWS: Self = Self::new("In a table of a form");
    /// A field of a form that is a text of several lines.
    pub const TEXT: Self = Self::new("In a long text");
    /// A list of commands: palette and help.
    pub const COMMANDS: Self = Self::new("Lists of commands");
    /// A question with one line for the answer.
    pub const PROMPT: Self = Self::new("A question");
    /// A page of text.
    pub const PAGE: Self = Self::new("A page of text");
    /// Records side by side.
    pub const COMPARE: Self = Self::new("Side by side");

    /// A scope with this heading in help and docs.
    pub const fn new(heading: &'static str) -> Self {
        Self(heading)
    }

    /// Its heading in help and docs.
    pub fn heading(self) -> &'static str {
        self.0
    }

    /// Every scope, in the order of the docs.
    pub fn all() -> Vec<Self> {
        let mut scopes: Vec<Self> = Vec::new();
        for command in all() {
            if !scopes.contains(&command.scope) {
                scopes.push(command.scope);
            }
        }
        scopes
    }
}

/// Something a person can do.
pub struct Command {
    /// Its name in the palette, in keys.ron and in docs: `service.verify`.
    pub name: &'static str,
    /// The keys it has unless keys.ron says otherwise.
    pub keys: &'static [&'static str],
    /// Where it works.
    pub scope: Scope,
    /// Its word in the footer; empty: not in the footer.
    pub hint: &'static str,
    /// One line for help, palette and docs.
    pub help: &'static str,
    /// Why it cannot be done just now.
    pub ready: fn(&App) -> Result<(), &'static str>,
    /// Does it.
    pub run: fn(&mut App) -> Effects,
}

/// For commands that can always be done: it never fails.
#[allow(clippy::unnecessary_wraps)] // the table asks every command the same question
pub(crate) fn always(_: &App) -> Result<(), &'static str> {
    Ok(())
}

/// Writes a slice of the table, one command a line.
macro_rules! commands {
    ($scope:expr; $($name:literal $keys:tt $hint:literal $help:literal $ready:expr, $run:expr;)+) => {
        $crate::app::command::commands! { $scope; $($name, $keys $hint $help, $ready, $run;)+ }
    };
    ($scope:expr; $($name:expr, $keys:tt $hint:literal $help:expr, $ready:expr, $run:expr;)+) => {
        &[$($crate::app::command::Command {
            name: $name, keys: &$keys, scope: $scope, hint: $hint, help: $help, ready: $ready, run: $run,
        }),+]
    };
}
pub(crate) use commands;

/// Every command of the program: those of the screens, of their lists, of the layers, of everywhere.
pub fn all() -> impl Iterator<Item = &'static Command> {
    let screens = super::screen::COMMANDS.iter().copied().flatten().copied();
    let shared = [
        super::list::COMMANDS,
        super::sorting::COMMANDS,
        super::list::RECORD_COMMANDS,
        super::search_line::START_COMMANDS,
        super::copying::COMMANDS,
        super::search_line::COMMANDS,
        super::form::COMMANDS,
        super::form::going::COMMANDS,
        super::form::fill::COMMANDS,
        super::form::picks::COMMANDS,
        super::form::picks::BACK_COMMANDS,
        super::form::picks::CHOOSE_COMMANDS,
        super::form::rows::COMMANDS,
        super::form::text::COMMANDS,
        super::minutes::COMMANDS,
        super::compare::COMMANDS,
        super::thread::COMMANDS,
        super::page::COMMANDS,
        super::prompt::COMMANDS,
        super::keeping::COMMANDS,
        super::columns::COMMANDS,
        super::columns::PICK_COMMANDS,
        super::importing::COMMANDS,
        super::palette::COMMANDS,
        super::moving::COMMANDS,
        super::screen::OPEN,
        super::thread::SHOW,
        super::global::COMMANDS,
        super::reports::COMMANDS,
        super::global::ALWAYS,
    ];
    screens.chain(shared).flatten()
}

/// The command with this name.
pub fn named(name: &str) -> Option<&'static Command> {
    all().find(|command| command.name == name)
}

/// One line of a person's keys.ron: which command, its keys, and where that stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The name of the command.
    pub command: String,
    /// Its keys; they take the place of the defaults.
    pub keys: Vec<String>,
    /// Line in the file.
    pub line: usize,
    /// Column in the file.
    pub column: usize,
}

/// The keys in force.
pub struct Keymap(Vec<(&'static Command, Vec<Keys>)>);

/// What a key means in a chain of scopes.
pub enum Meaning {
    /// It does this.
    Command(&'static Command),
    /// It begins one or more sequences.
    Prefix,
    /// It is not bound here.
    Nothing,
}

impl Default for Keymap {
    fn default() -> Self {
        Self(all().map(|command| (command, usual_keys(command))).collect())
    }
}

impl Keymap {
    /// The defaults with a person's own keys over them, taken as a whole: two commands may exchange their keys. What is
    /// wrong is said with line and column, in the order of the file, and the rest of them holds.
    pub fn with(overrides: &[Override]) -> (Self, Vec<String>) {
        let mut map = Self::default();
        let mut wrong: Vec<(&Override, String)> = Vec::new();
        let mut bound: Vec<&Override> = Vec::new();
        for entry in overrides {
            match map.bind(entry) {
                Ok(()) => bound.push(entry),
                Err(why) => wrong.push((entry, why)),
            }
        }
        // What is taken back has its usual keys again, which another entry may have taken meanwhile.
        bound.order_by_key(|entry| (entry.line, entry.column));
        while let Some((at, why)) = map.last_clash(&bound) {
            let entry = bound.remove(at);
            map.put(&entry.command, usual_keys);
            wrong.push((entry, why));
        }
        wrong.order_by_key(|(entry, _)| (entry.line, entry.column));
        let problems = wrong.iter().map(|(entry, why)| format!("keys.ron:{}:{}: {why}", entry.line, entry.column));
        (map, problems.collect())
    }

    fn bind(&mut self, entry: &Override) -> Result<(), String> {
        let name = crate::model::text::clean(&entry.command);
        let command = named(&name).ok_or_else(|| format!("there is no command {name:?}; see `moot keys`"))?;
        let keys = entry.keys.iter().map(|keys| keys.parse()).collect::<Result<Vec<Keys>, String>>()?;
        self.put(command.name, |_| keys);
        Ok(())
    }

    fn put(&mut self, name: &str, keys: impl FnOnce(&Command) -> Vec<Keys>) {
        if let Some(place) = self.0.iter_mut().find(|(known, _)| known.name == name) {
            place.1 = keys(place.0);
        }
    }

    /// The last of these entries that has a key of another command beside it, and which.
    fn last_clash(&self, entries: &[&Override]) -> Option<(usize, String)> {
        entries.iter().enumerate().rev().find_map(|(at, entry)| Some((at, self.clash(named(&entry.command)?)?)))
    }

    /// Which key of a command another one beside it has as well.
    fn clash(&self, command: &Command) -> Option<String> {
        let ours = self.keys(command);
        let is_taken = |theirs: &&Keys| ours.iter().any(|ours| begins(ours, theirs) || begins(theirs, ours));
        let rivals =
            self.0.iter().filter(|(other, _)| other.name != command.name && is_beside(other.scope, command.scope));
        rivals
            .filter_map(|(other, theirs)| Some((other, theirs.iter().find(is_taken)?)))
            .map(|(other, taken)| format!("{taken} already does {}; give that another key first", other.name))
            .next()
    }

    /// What the pressed keys mean in these scopes, the first scope first.
    pub fn meaning(&self, chain: &[Scope], pressed: &[Key]) -> Meaning {
        for scope in chain {
            let mut is_prefix = false;
            for (command, keys) in self.0.iter().filter(|(command, _)| command.scope == *scope) {
                if keys.iter().any(|keys| keys.0 == pressed) {
                    return Meaning::Command(command);
                }
                is_prefix |= keys.iter().any(|keys| keys.0.starts_with(pressed));
            }
            if is_prefix {
                return Meaning::Prefix;
            }
        }
        Meaning::Nothing
    }

    /// The commands whose keys go on from what was pressed, with the rest of their keys.
    pub fn continuations(&self, chain: &[Scope], pressed: &[Key]) -> Vec<(String, &'static Command)> {
        let goes_on = |keys: &&Keys| keys.0.len() > pressed.len() && keys.0.starts_with(pressed);
        let rest = |keys: &Keys| Keys(keys.0[pressed.len()..].to_vec()).to_string();
        let of = |(command, keys): &(&'static Command, Vec<Keys>)| {
            keys.iter().find(goes_on).map(|keys| (rest(keys), *command))
        };
        self.0.iter().filter(|(command, _)| chain.contains(&command.scope)).filter_map(of).collect()
    }

    /// The keys of a command, the first being the one to show.
    pub fn keys(&self, command: &Command) -> &[Keys] {
        self.0.iter().find(|(known, _)| known.name == command.name).map_or(&[], |(_, keys)| keys)
    }

    /// The first key of a command as text; empty when it has none.
    pub fn first_key(&self, command: &Command) -> String {
        self.keys(command).first().map(Keys::to_string).unwrap_or_default()
    }
}

/// The keys that a command has unless somebody gives it others.
fn usual_keys(command: &Command) -> Vec<Keys> {
    command.keys.iter().filter_map(|keys| keys.parse().ok()).collect()
}

/// Whether two scopes are looked up side by side, so that a key in one would hide the same key in the other: those of
/// a screen and of its list.
fn is_beside(one: Scope, other: Scope) -> bool {
    let is_of_list = |scope: Scope| [Scope::LIST, Scope::RECORD].contains(&scope);
    let is_of_screen = |scope: Scope| {
        super::screen::COMMANDS.iter().copied().flatten().copied().flatten().any(|command| command.scope == scope)
    };
    let is_of_either = |scope| is_of_list(scope) || is_of_screen(scope);
    one == other || is_of_either(one) && is_of_either(other) && (is_of_list(one) || is_of_list(other))
}

fn begins(short: &Keys, long: &Keys) -> bool {
    long.0.starts_with(&short.0)
}
