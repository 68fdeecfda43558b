//! A page of text over the screen: the whole of a message, the list of problems, what the program is.

use super::command::{Command, Scope, always, commands};
use super::moving::{Step, scroll};
use super::wrap::wrap;
use super::{App, Effects, Layer};

/// Text to read, scrolled by lines.
pub struct Page {
    /// Its heading.
    pub title: String,
    /// Its lines; long ones are wrapped when drawn.
    pub lines: Vec<String>,
    /// The first of the wrapped lines that is seen.
    pub top: usize,
}

/// Keys of a page.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::PAGE;
    "page.close" ["esc", "enter"] "back" "close the page" always, close;
};

impl Page {
    /// A page from its beginning.
    pub fn new(title: impl Into<String>, lines: Vec<String>) -> Self {
        Self { title: title.into(), lines, top: 0 }
    }

    /// Its lines, wrapped to so many cells.
    pub fn wrapped(&self, cells: usize) -> Vec<String> {
        let wrapped = |line: &String| match wrap(line, cells) {
            lines if lines.is_empty() => vec![String::new()],
            lines => lines,
        };
        self.lines.iter().flat_map(wrapped).collect()
    }

    /// Scrolls.
    pub fn step(&mut self, step: Step, size: (u16, u16)) {
        let height = usize::from(size.1).saturating_sub(4).max(1);
        self.top = scroll(self.top, step, self.wrapped(size.0.into()).len(), height);
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
