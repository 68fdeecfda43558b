//! Lists of commands: the palette (everything by name) and help (what works here). Both are searched as one types, show
//! each command's key or why it is not ready, and run what is chosen.

use super::command::{self, Command, Scope, always, commands};
use super::input::LineInput;
use super::key::{Key, Keys};
use super::moving::{Cursor, Step};
use super::{App, Effects, Layer, prompt};
use crate::model::order::Order as _;

/// Commands to choose from.
pub struct Palette {
    /// Whether it lists what works on this screen, with headings, rather than everything by name.
    pub is_help: bool,
    /// The scopes that were in force when it was opened.
    pub chain: Vec<Scope>,
    /// What is typed.
    pub input: LineInput,
    /// The commands that match, in order.
    pub rows: Vec<&'static Command>,
    /// Where the list is.
    pub cursor: Cursor,
}

/// Keys of the lists.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::COMMANDS;
    "commands.run" ["enter"] "run" "run the command" always, run;
    "commands.close" ["esc"] "close" "close the list" always, close;
    "commands.up" ["up", "ctrl-p"] "" "one up" always, |app| step(app, Step::Rows(-1));
    "commands.down" ["down", "ctrl-n", "tab"] "" "one down" always, |app| step(app, Step::Rows(1));
    "commands.page-up" ["pgup"] "" "a screen up" always, |app| step(app, Step::Windows(-1));
    "commands.page-down" ["pgdn"] "" "a screen down" always, |app| step(app, Step::Windows(1));
};

/// Commands that ask for one line, which may stand behind their name: `import services.csv`.
const ASKING: &[&str] = &["import", "export", "new", "who"];

/// A command that asks for a line, and that line.
fn with_answer(typed: &str) -> Option<(&'static Command, &str)> {
    let (name, answer) = typed.trim_start().split_once(' ')?;
    let name = ASKING.iter().find(|asking| asking.eq_ignore_ascii_case(name))?;
    let command = command::all().find(|command| command.name == *name)?;
    Some((command, answer.trim())).filter(|(_, answer)| !answer.is_empty())
}

impl Palette {
    /// A key that edits what is typed.
    pub fn type_key(&mut self, key: Key) {
        self.input.key(key);
    }
}

/// How many rows of a list of commands are seen.
pub fn height(size: (u16, u16)) -> usize {
    usize::from(size.1).saturating_sub(5).max(1)
}

/// Opens the palette.
pub(crate) fn open(app: &mut App) -> Effects {
    show(app, false)
}

/// Opens help for what is on the screen.
pub(crate) fn help(app: &mut App) -> Effects {
    show(app, true)
}

fn show(app: &mut App, is_help: bool) -> Effects {
    if matches!(app.layers.last(), Some(Layer::Palette(_))) {
        return Vec::new(); // its own keys stand at its foot
    }
    let chain = app.chain();
    let palette = Palette { is_help, chain, input: LineInput::default(), rows: Vec::new(), cursor: Cursor::default() };
    app.layers.push(Layer::Palette(palette));
    refresh(app);
    Vec::new()
}

/// Filters anew for what is typed: every word must stand in the name, the keys, the help of a command or its word in the footer.
pub(crate) fn refresh(app: &mut App) {
    // What cannot be done just now stands last in help; it is asked here, as the list itself is a layer of the app.
    let idle: Vec<&str> = command::all().filter(|it| (it.ready)(app).is_err()).map(|it| it.name).collect();
    let App { layers, keymap, size, .. } = app;
    let Some(Layer::Palette(palette)) = layers.last_mut() else { return };
    let words: Vec<String> = palette.input.text().to_lowercase().split_whitespace().map(str::to_owned).collect();
    let matches = |command: &&'static Command| {
        let key = keymap.first_key(command);
        let text = format!("{} {} {} {key}", command.name, command.hint, command.help).to_lowercase();
        words.iter().all(|word| text.contains(word.as_str()))
    };
    let mut rows: Vec<&'static Command> = command::all().filter(matches).collect();
    if palette.is_help {
        let place = |command: &Command| palette.chain.iter().position(|scope| *scope == command.scope);
        // A key that an inner scope takes does something else here.
        let takes = |inner: &Command, keys: &Keys, outer| {
            place(inner).is_some_and(|place| Some(place) < outer) && keymap.keys(inner).contains(keys)
        };
        let is_taken = |command: &Command| {
            let keys = keymap.keys(command);
            let is_key_taken = |keys: &Keys| command::all().any(|inner| takes(inner, keys, place(command)));
            !keys.is_empty() && keys.iter().all(is_key_taken)
        };
        rows.retain(|command| place(command).is_some() && !is_taken(command));
        rows.order_by_key(|command| (place(command), idle.contains(&command.name)));
    } else {
        if rows.is_empty() {
            rows.extend(with_answer(palette.input.text()).map(|(command, _)| command));
        }
        let own = |command: &&'static Command| command.scope != Scope::MOVE && command.scope != Scope::COMMANDS;
        rows.retain(own);
        // A whole name stands first, so that what is told as `:new` does just that; then what the person begins to
        // write: a command called so before one whose help speaks of it.
        let whole = words.join(" ");
        let first = words.first().cloned().unwrap_or_default();
        let starts = |command: &Command| command.name.split(['.', '-']).any(|part| part.starts_with(&first));
        rows.order_by_key(|command| (command.name != whole, !starts(command), !palette.chain.contains(&command.scope)));
    }
    palette.rows = rows;
    palette.cursor = Cursor::default();
    palette.cursor.follow(palette.rows.len(), height(*size));
}

fn step(app: &mut App, step: Step) -> Effects {
    let height = height(app.size);
    if let Some(Layer::Palette(palette)) = app.layers.last_mut() {
        palette.cursor.step(step, palette.rows.len(), height);
    }
    Vec::new()
}

fn close(app: &mut App) -> Effects {
    app.layers.pop();
    Vec::new()
}

fn run(app: &mut App) -> Effects {
    let Some(Layer::Palette(palette)) = app.layers.pop() else { return Vec::new() };
    let Some(command) = palette.rows.get(palette.cursor.at).copied() else {
        app.layers.push(Layer::Palette(palette)); // it says that nothing is called so
        return Vec::new();
    };
    if palette.chain.contains(&command.scope) || app.chain().contains(&command.scope) {
        let mut effects = app.run(command);
        let answer = with_answer(palette.input.text()).filter(|(named, _)| named.name == command.name);
        effects.extend(answer.map(|(_, answer)| prompt::give(app, answer)).unwrap_or_default());
        return effects;
    }
    let place = command.scope.heading();
    app.set_status(super::Severity::Warning, format!("{} works elsewhere: {}", command.name, place.to_lowercase()));
    Vec::new()
}
