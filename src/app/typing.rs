//! Typing finds. Where letters are commands, letters typed at once are a word all the same: the word is searched for, and
//! what the first letter did is taken back.
//!
//! **The rule.** Two different letters, the second within [`AT_ONCE`] of the first, are a word. No words are: the keys that
//! move and the blank, however many of them stand between; a key that is held down; the keys of one sequence (`o m`); a
//! small letter and then a capital (`n` and the name that a form is to have); a figure and then a letter (`4n`); and the
//! answer to a question that the first letter asked. So of a word never more than one command has run when it is known to
//! be one. That command is taken back: its change as undo does it, what it opened is closed, and what cannot be taken back
//! (leaving, the editor, the clipboard) waits until the word could no longer be one. Without times, as in a session that
//! is played back, nothing is a word.

use std::collections::BTreeSet;
use std::time::Duration;

use super::command::{Meaning, Scope};
use super::key::{Code, Key};
use super::screen::{self, ScreenId};
use super::{App, Effect, Effects, Layer, Severity, history};
use crate::model::Id;

/// Letters that follow one another within so much time are typed at once. Most people type the letters of a word faster,
/// and nobody decides upon another command so soon.
pub const AT_ONCE: Duration = Duration::from_millis(250);

/// What is known of the letters typed last.
#[derive(Default)]
pub(super) struct Typing {
    /// The time since the program began, where it is told.
    pub(super) moment: Option<Duration>,
    burst: Option<Burst>,
    /// What cannot be taken back and waits.
    held: Effects,
}

/// Letters that have followed one another at once, and have been commands so far.
struct Burst {
    text: String,
    /// The first letter that does not move.
    first: Option<char>,
    last: Duration,
    /// Where the letters were looked up as it began.
    chain: Vec<Scope>,
    before: Before,
}

/// What one command may have changed, as it was before.
struct Before {
    screen: ScreenId,
    view: u8,
    layers: usize,
    marks: BTreeSet<Id>,
    order: usize,
    history: history::Mark,
}

/// What a letter is to those before it.
enum Letter {
    /// It goes on: a key that moves, a key again, the next of a sequence.
    GoesOn,
    /// With them it is a word.
    Word,
    /// It has nothing to do with them.
    Apart,
}

/// Looks at a key before it is looked up: where it makes a word of the letters before it, they are searched for.
pub(super) fn read(app: &mut App, key: Key) -> Option<Effects> {
    let before = app.typing.burst.take();
    let (c, now) = key.types().zip(app.typing.moment)?;
    let going_on = before.filter(|burst| now.saturating_sub(burst.last) <= AT_ONCE && !is_answered(app, burst, key));
    let mut burst = going_on.or_else(|| begin(app, now))?;
    match letter(app, &mut burst, key, c) {
        Letter::Word => return Some(search_for(app, burst, c)),
        Letter::Apart => {
            burst = begin(app, now).filter(|_| c.is_alphanumeric())?;
            burst.first = Some(c);
        }
        Letter::GoesOn => {}
    }
    burst.text.push(c);
    burst.last = now;
    app.typing.burst = Some(burst);
    None
}

/// Whether the letters before have opened something to which this key is the answer.
fn is_answered(app: &App, burst: &Burst, key: Key) -> bool {
    if app.layers.len() <= burst.before.layers {
        return false;
    }
    match app.layers.last() {
        Some(Layer::Form(_)) => false,
        Some(Layer::Page(_) | Layer::Compare(_) | Layer::Thread(_)) => {
            matches!(app.keymap.meaning(&app.chain()[..1], &[key]), Meaning::Command(_))
        }
        _ => true,
    }
}

fn begin(app: &App, now: Duration) -> Option<Burst> {
    let chain = app.chain();
    let screen = app.screen;
    let are_commands = chain.contains(&Scope::GLOBAL) && !app.screens.sorts_by_letters(screen);
    are_commands.then(|| Burst {
        text: String::new(),
        first: None,
        last: now,
        chain,
        before: Before {
            screen,
            view: app.screens.view(screen),
            layers: app.layers.len(),
            marks: app.list().marks.clone(),
            order: app.list().order,
            history: app.history.mark(),
        },
    })
}

fn letter(app: &App, burst: &mut Burst, key: Key, c: char) -> Letter {
    let is_text = c.is_alphanumeric() || key.code == Code::Char(' ');
    if !is_text && !matches!(app.keymap.meaning(&burst.chain, &[key]), Meaning::Nothing) {
        return Letter::Apart;
    }
    if !c.is_alphanumeric() || moves(app, burst, key) || is_of_sequence(app, key) {
        return Letter::GoesOn;
    }
    match burst.first {
        None => {
            burst.first = Some(c);
            Letter::GoesOn
        }
        Some(first) if first == c => Letter::GoesOn,
        Some(first) if first.is_lowercase() && c.is_uppercase() => Letter::Apart,
        Some(first) if first.is_ascii_digit() && !c.is_ascii_digit() => Letter::Apart,
        Some(_) => Letter::Word,
    }
}

/// Whether a key moves, or begins to: `g` does.
fn moves(app: &App, burst: &Burst, key: Key) -> bool {
    let moves = |keys: &[Key]| match app.keymap.meaning(&burst.chain, keys) {
        Meaning::Command(command) => command.scope == Scope::MOVE,
        _ => false,
    };
    moves(&[key]) || moves(&[key, key])
}

/// Whether the keys that were pressed go on with this one.
fn is_of_sequence(app: &App, key: Key) -> bool {
    let keys: Vec<Key> = app.pressed.iter().copied().chain([key]).collect();
    keys.len() > 1 && !matches!(app.keymap.meaning(&app.chain(), &keys), Meaning::Nothing)
}

/// Takes back what the letters did as commands, and searches for them.
fn search_for(app: &mut App, burst: Burst, c: char) -> Effects {
    let Burst { mut text, before, .. } = burst;
    text.push(c);
    app.typing.held.clear();
    app.pressed.clear();
    app.saving.cancel_leaving();
    app.layers.truncate(before.layers);
    let mut effects = history::back_to(app, before.history);
    app.screen = before.screen;
    app.screens.set_view(before.screen, before.view);
    let list = app.list_mut();
    (list.marks, list.order) = (before.marks, before.order);
    effects.extend(screen::search_for(app, text.trim_start()));
    let sentence = "typed at once, so it is searched for; letters pressed one by one are commands";
    app.set_status(Severity::Info, sentence.to_owned());
    effects
}

/// What cannot be taken back waits as long as the letter that asked for it may be the first of a word.
pub(super) fn hold(app: &mut App, effects: Effects) -> Effects {
    if app.typing.burst.is_none() {
        return effects;
    }
    let is_for_good = |effect: &Effect| {
        let leaves = matches!(effect, Effect::Quit | Effect::KeepVisit(_) | Effect::Suspend);
        leaves || matches!(effect, Effect::EditRecord(_) | Effect::EditText(_) | Effect::Copy(_))
    };
    let (held, mut now): (Effects, Effects) = effects.into_iter().partition(is_for_good);
    if !held.is_empty() {
        app.typing.held.extend(held);
        now.push(Effect::Wake(AT_ONCE));
    }
    now
}

/// The letter was no word: what waited is done.
pub(super) fn release(app: &mut App) -> Effects {
    std::mem::take(&mut app.typing.held)
}
