//! Stories of key presses: each is typed into the app and drawn, up to the last cell.

use std::sync::Arc;

use folkmoot::app::key::{Code, Key};
use folkmoot::app::{App, Effect, Event, Loaded, Options, Saved};
use folkmoot::model::{Change, Date, Timestamp, Workspace};
use folkmoot::search::Indexes;
use folkmoot::ui::{self, theme::Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::budget;

/// A key press may take so many milliseconds, up to the last cell.
const KEY_MS: f64 = 10.0;

/// How often each story is told; the least of each key counts.
const ROUNDS: usize = 5;

/// Types the keys of a story into an app opened anew each time, and holds the times against the budget. A bar in the keys
/// means nothing but a pause for the reader.
pub fn tell(what: &str, keys: &str, open: impl Fn() -> App) {
    let story = || {
        let mut app = open();
        let press = |key| budget::milliseconds(|| press(&mut app, key));
        keys_of(keys).into_iter().map(press).collect::<Vec<f64>>()
    };
    let rounds: Vec<Vec<f64>> = (0..ROUNDS).map(|_| story()).collect();
    let times = budget::least(&rounds);
    budget::compare_all(what, &times, KEY_MS, "ms");
    let worst = keys_of(keys).into_iter().zip(&times).max_by(|one, other| one.1.total_cmp(other.1));
    println!("  the slowest key: {}", worst.unwrap().0);
}

fn keys_of(text: &str) -> Vec<Key> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((name, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
            found.push(name.parse().unwrap());
            rest = after;
        } else {
            rest = &rest[c.len_utf8()..];
            if c != '|' {
                found.push(Key::plain(Code::Char(c)));
            }
        }
    }
    found
}

fn press(app: &mut App, key: Key) {
    let effects = app.update(Event::Key(key));
    let area = Rect::new(0, 0, 80, 24);
    ui::draw(app, Theme::default(), area, &mut Buffer::empty(area));
    for effect in effects {
        if let Effect::Commit(number, _) = effect {
            app.update(Event::Saved(
                number,
                Saved { elsewhere: Change::default(), lost: Vec::new(), unconfirmed: false },
            ));
        }
    }
}

/// An app of 80x24 at a workspace that has been read.
pub fn open(workspace: Workspace, who: &str) -> App {
    let mut app = App::new(Options { who: who.to_owned(), ..Options::default() }, &[]);
    app.update(Event::Clock(Timestamp::from_seconds(1_795_000_000), Date::from_ymd_opt(2026, 11, 21).unwrap()));
    app.update(Event::Size(80, 24));
    let atlas = Arc::default();
    let loaded = Loaded {
        indexes: Indexes::build(folkmoot::app::screen::SEARCHED, &workspace, &atlas),
        workspace,
        atlas,
        thesaurus: std::sync::Arc::new(folkmoot::store::default_thesaurus()),
        directory: String::new(),
        problems: Vec::new(),
        kept: Vec::new(),
        unwatched: None,
        read_only: None,
        drafts: Vec::new(),
        conflicts: Vec::new(),
        scratch: false,
    };
    app.update(Event::Loaded(Box::new(loaded)));
    app
}
