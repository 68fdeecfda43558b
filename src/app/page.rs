//! A page of text over the screen: the whole of a message, the list of problems, what the program is.

use super::command::{Command, Scope, always, commands};
use super::moving::{Cursor, Step};
use super::{App, Effects, Layer};

/// Text to read, scrolled by lines.
pub struct Page {
    /// Its heading.
    pub title: String,
    /// Its lines; long ones are wrapped when drawn.
    pub lines: Vec<String>,
    /// The first line that is seen.
    pub top: usize,
}

/// Keys of a page.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::Page;
    "page.close" ["esc", "enter"] "back" "close the page" always, close;
};

impl Page {
    /// A page from its beginning.
    pub fn new(title: impl Into<String>, lines: Vec<String>) -> Self {
        Self { title: title.into(), lines, top: 0 }
    }

    /// Scrolls.
    pub fn step(&mut self, step: Step, size: (u16, u16)) {
        let height = usize::from(size.1).saturating_sub(4).max(1);
        let mut cursor = Cursor { at: self.top, top: 0 };
        cursor.step(step, self.lines.len(), height);
        self.top = cursor.at;
    }
}

fn close(app: &mut App) -> Effects {
    app.layers.pop();
    Vec::new()
}

/// Opens a page.
pub(crate) fn open(app: &mut App, title: &str, text: &str) -> Effects {
    app.layers.push(Layer::Page(Page::new(title, text.lines().map(str::to_owned).collect())));
    Vec::new()
}
