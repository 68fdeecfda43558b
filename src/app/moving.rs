//! Moving in lists and pages: a cursor with a window around it, and the keys that move it.

use super::command::{Command, Scope, always, commands};
use super::{App, Effects};

/// A cursor in a list of `len` rows, of which a window of `height` rows is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The row it stands on.
    pub at: usize,
    /// The first row that is seen.
    pub top: usize,
}

/// How far a key moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// By rows.
    Rows(isize),
    /// By windows.
    Windows(isize),
    /// By half windows.
    Halves(isize),
    /// To the beginning.
    First,
    /// To the end.
    Last,
    /// Sideways, by columns.
    Columns(isize),
}

impl Cursor {
    /// Moves, and keeps within the list.
    pub fn step(&mut self, step: Step, len: usize, height: usize) {
        let window = isize::try_from(height.max(1)).unwrap_or(1);
        let by = match step {
            Step::Rows(by) => by,
            Step::Windows(by) => by * (window - 1).max(1),
            Step::Halves(by) => by * (window / 2).max(1),
            Step::First => isize::MIN / 2,
            Step::Last => isize::MAX / 2,
            Step::Columns(_) => 0,
        };
        let last = len.saturating_sub(1);
        self.at = self.at.saturating_add_signed(by).min(last);
        self.follow(len, height);
    }

    /// Keeps the cursor in the list and the window around the cursor.
    pub fn follow(&mut self, len: usize, height: usize) {
        let height = height.max(1);
        self.at = self.at.min(len.saturating_sub(1));
        self.top = self.top.min(self.at).max((self.at + 1).saturating_sub(height)).min(len.saturating_sub(height));
    }
}

/// Scrolls a text of `length` lines of which `height` are seen: the first line that is seen then. The end of the text
/// never leaves the lower edge.
pub fn scroll(top: usize, step: Step, length: usize, height: usize) -> usize {
    let last_top = length.saturating_sub(height);
    let mut cursor = Cursor { at: top.min(last_top), top: 0 };
    cursor.step(step, last_top + 1, height);
    cursor.at
}

fn step(app: &mut App, step: Step) -> Effects {
    app.step(step);
    Vec::new()
}

/// Keys that move.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::MOVE;
    "move.up" ["up", "k"] "" "one up" always, |app| step(app, Step::Rows(-1));
    "move.down" ["down", "j"] "" "one down" always, |app| step(app, Step::Rows(1));
    "move.left" ["left", "h"] "" "to the left" always, |app| step(app, Step::Columns(-1));
    "move.right" ["right", "l"] "" "to the right" always, |app| step(app, Step::Columns(1));
    "move.first" ["g g", "home"] "" "to the first" always, |app| step(app, Step::First);
    "move.last" ["G", "end"] "" "to the last" always, |app| step(app, Step::Last);
    "move.page-up" ["pgup"] "" "a screen up" always, |app| step(app, Step::Windows(-1));
    "move.page-down" ["pgdn"] "" "a screen down" always, |app| step(app, Step::Windows(1));
    "move.half-up" ["ctrl-u"] "" "half a screen up" always, |app| step(app, Step::Halves(-1));
    "move.half-down" ["ctrl-d"] "" "half a screen down" always, |app| step(app, Step::Halves(1));
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_follows_the_cursor_and_neither_leaves_the_list() {
        let mut cursor = Cursor::default();
        cursor.step(Step::Rows(-1), 100, 10);
        assert_eq!(cursor, Cursor { at: 0, top: 0 });
        cursor.step(Step::Windows(1), 100, 10);
        assert_eq!(cursor, Cursor { at: 9, top: 0 });
        cursor.step(Step::Last, 100, 10);
        assert_eq!(cursor, Cursor { at: 99, top: 90 });
        cursor.follow(5, 10);
        assert_eq!(cursor, Cursor { at: 4, top: 0 });
        cursor.step(Step::First, 0, 0);
        assert_eq!(cursor, Cursor::default());
    }
}
