//! Rows of a page that can be stood on: an item, an action, a line of a text. A row that was wrapped is several lines and
//! is stood on as a whole.

use crate::app::moving::{Cursor, Step};
use crate::app::wrap::wrap;
use crate::model::{Emphasis, Id};

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// An item of the agreement that is shown, by its number.
    Item(u16),
    /// An action.
    Action(Id),
    /// A first conversation.
    Conversation(Id),
    /// An agreement, and an item of it.
    In(Id, Option<u16>),
}

impl Target {
    /// The record it is about, where that is another than the agreement that is shown.
    pub fn record(self) -> Option<Id> {
        match self {
            Self::Item(_) | Self::Conversation(_) => None,
            Self::Action(id) | Self::In(id, _) => Some(id),
        }
    }
}

/// A line of a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// What it says.
    pub text: String,
    /// How far to the right it begins.
    pub indent: u16,
    /// What stands before it, in the indent.
    pub mark: String,
    /// What stands at the right end.
    pub right: String,
    /// How much it is emphasised.
    pub emphasis: Emphasis,
    /// Whether it is a heading, and not stood on.
    pub is_heading: bool,
    /// Whether it goes on from the line before.
    pub goes_on: bool,
    /// Whether something holds or not: a tick or a cross stands before it.
    pub holds: Option<bool>,
    /// A bar at the right end: so much of so much.
    pub bar: Option<(u8, u8)>,
    /// What it is about.
    pub target: Option<Target>,
}

/// The cells that what stands at the right end takes.
pub const RIGHT: usize = 11;

impl Row {
    /// A heading.
    pub fn heading(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_heading: true, ..Self::default() }
    }

    /// A line of text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), indent: 2, ..Self::default() }
    }

    /// Something that belongs here and is not there yet.
    pub fn empty(text: &str) -> Self {
        Self { emphasis: Emphasis::Quiet, ..Self::text(text) }
    }

    /// It in lines of so many cells. Where it says something at the right end, its text leaves room for that.
    fn lines(self, cells: usize) -> Vec<Self> {
        let aside = if self.right.is_empty() && self.bar.is_none() { 0 } else { RIGHT };
        let room = cells.saturating_sub(usize::from(self.indent) + aside).max(8);
        let mut lines = wrap(&self.text, room);
        if self.is_heading || lines.is_empty() {
            lines = vec![self.text.clone()];
        }
        let is_text = self.target.is_none();
        let line = |(at, text)| match at {
            0 => Self { text, ..self.clone() },
            _ => Self {
                text,
                indent: self.indent,
                emphasis: self.emphasis,
                target: self.target,
                goes_on: !is_text,
                ..Self::default()
            },
        };
        lines.into_iter().enumerate().map(line).collect()
    }
}

/// Lines, and where one stands among them.
#[derive(Default)]
pub struct Rows {
    /// The lines.
    pub lines: Vec<Row>,
    /// The line one stands on, the first of its row.
    pub cursor: Cursor,
}

impl Rows {
    /// Takes other rows in; one stays on what one stood on, as far as it is still there.
    pub fn set(&mut self, rows: Vec<Row>, cells: usize, height: usize) {
        let held = self.target();
        self.lines = rows.into_iter().flat_map(|row| row.lines(cells)).collect();
        match held {
            Some(target) => self.stand_on(target, height),
            None => self.settle(height),
        }
    }

    /// What one stands on.
    pub fn target(&self) -> Option<Target> {
        self.lines.get(self.cursor.at).and_then(|row| row.target)
    }

    /// Stands on what is about this, if there is such a row.
    pub fn stand_on(&mut self, target: Target, height: usize) {
        if let Some(at) = self.lines.iter().position(|row| row.target == Some(target) && !row.goes_on) {
            self.cursor.at = at;
        }
        self.settle(height);
    }

    fn stops(&self) -> Vec<usize> {
        let is_stop = |row: &Row| !row.is_heading && !row.goes_on;
        self.lines.iter().enumerate().filter(|(_, row)| is_stop(row)).map(|(at, _)| at).collect()
    }

    /// Moves from row to row.
    pub fn step(&mut self, step: Step, height: usize) {
        let stops = self.stops();
        let now = stops.partition_point(|stop| *stop < self.cursor.at).min(stops.len().saturating_sub(1));
        let mut among = Cursor { at: now, top: 0 };
        among.step(step, stops.len(), height);
        self.cursor.at = stops.get(among.at).copied().unwrap_or_default();
        self.settle(height);
    }

    /// Moves to the first row below the next heading, or below the one before.
    pub fn step_section(&mut self, is_next: bool, height: usize) {
        let is_begin = |stop: &usize| stop.checked_sub(1).is_some_and(|above| self.lines[above].is_heading);
        let begins: Vec<usize> = self.stops().into_iter().filter(is_begin).collect();
        let at = self.cursor.at;
        let found = if is_next {
            begins.iter().find(|begin| **begin > at)
        } else {
            begins.iter().rev().find(|begin| **begin < at)
        };
        self.cursor.at = found.copied().unwrap_or(at);
        // What belongs to the heading is seen, as far as there is room.
        self.cursor.top = self.cursor.at.saturating_sub(1);
        self.settle(height);
    }

    /// Keeps one on a row that can be stood on, and the window around the whole of it.
    fn settle(&mut self, height: usize) {
        let stops = self.stops();
        let at = stops.iter().rev().find(|stop| **stop <= self.cursor.at).or(stops.first()).copied();
        self.cursor.at = at.unwrap_or_default();
        self.cursor = self.window(height);
    }

    /// Where one stands and what is seen in a window of this height: the whole row, and the beginning of the page where it
    /// is the first.
    pub fn window(&self, height: usize) -> Cursor {
        let at = self.cursor.at;
        let last = at + self.lines.iter().skip(at + 1).take_while(|row| row.goes_on).count();
        let is_first = last < height && self.stops().first() == Some(&at);
        let least = (last + 1).saturating_sub(height);
        let top = if is_first { 0 } else { self.cursor.top.max(least).min(at) };
        Cursor { at, top: top.min(self.lines.len().saturating_sub(height)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Rows {
        let item = |number| Row { target: Some(Target::Item(number)), ..Row::text("six words that are wrapped here") };
        let rows = vec![Row::heading("Head"), Row::text("one line"), Row::heading("Items"), item(1), item(2)];
        let mut found = Rows::default();
        found.set(rows, 20, 4);
        found
    }

    #[test]
    fn one_steps_from_row_to_row_over_headings_and_wrapped_lines() {
        let mut rows = rows();
        assert_eq!((rows.cursor.at, rows.cursor.top), (1, 0), "the heading above the first row is seen");
        rows.step(Step::Rows(1), 4);
        assert_eq!(rows.target(), Some(Target::Item(1)));
        assert!(rows.lines[rows.cursor.at + 1].goes_on);
        rows.step(Step::Last, 4);
        assert_eq!(rows.target(), Some(Target::Item(2)));
        assert!(rows.cursor.top + 4 >= rows.lines.len(), "the whole of the last row is seen");
        rows.step(Step::First, 4);
        assert_eq!(rows.cursor, Cursor { at: 1, top: 0 });
    }

    #[test]
    fn one_stays_on_what_one_stood_on() {
        let mut rows = rows();
        rows.stand_on(Target::Item(2), 4);
        let fewer = rows.lines.iter().filter(|row| !row.goes_on && row.target.is_some()).cloned().collect();
        rows.set(fewer, 80, 4);
        assert_eq!((rows.target(), rows.cursor.at), (Some(Target::Item(2)), 1));
        rows.set(Vec::new(), 80, 4);
        assert_eq!((rows.target(), rows.cursor), (None, Cursor::default()));
        rows.step(Step::Rows(1), 0);
    }
}
