//! A text of several lines being typed: the text, a cursor in it, the window through which it is seen, and what can be
//! taken back.
//!
//! It is ours because what the libraries have does not fit here: they break lines while they draw, in cells behind the
//! back of whoever holds the state, whereas here drawing changes nothing and up and down must know the lines before
//! anything was drawn; and they take back letter by letter.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::motion::{self, Move};

use crate::app::wrap::places;
use crate::model::text::is_unwelcome;

/// One thing that can be taken back: what stood at a place, and what stands there instead.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    at: usize,
    removed: String,
    added: String,
    /// Where the cursor was before.
    cursor: usize,
}

impl Step {
    fn inverse(&self) -> Self {
        Self { at: self.at, removed: self.added.clone(), added: self.removed.clone(), cursor: self.cursor }
    }
}

/// A text of several lines being typed.
#[derive(Clone, Debug)]
pub struct BlockInput {
    text: String,
    /// A byte offset between two visible characters.
    cursor: usize,
    /// The cell to which up and down return after a shorter line.
    goal: Option<usize>,
    /// Cells in a line of the window.
    cells: usize,
    /// Lines of the window.
    rows: usize,
    /// The first line that is seen.
    top: usize,
    done: Vec<Step>,
    undone: Vec<Step>,
    /// Whether the next letter belongs to the step before it.
    is_typing: bool,
}

impl BlockInput {
    /// A text, the cursor at its end.
    pub fn new(text: &str) -> Self {
        let text = kept(text);
        Self {
            cursor: text.len(),
            text,
            goal: None,
            cells: 60,
            rows: 4,
            top: 0,
            done: Vec::new(),
            undone: Vec::new(),
            is_typing: false,
        }
    }

    /// The text, with newlines between its lines.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lines as they are seen, as places in the text.
    pub fn lines(&self) -> Vec<Range<usize>> {
        places(&self.text, self.cells)
    }

    /// The lines that are seen through the window, as text.
    pub fn seen(&self) -> Vec<&str> {
        self.lines().into_iter().skip(self.top).take(self.rows).map(|at| &self.text[at]).collect()
    }

    /// The cursor as a byte offset.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// The number of the line with the cursor, and its cell in it.
    pub fn place(&self) -> (usize, usize) {
        self.place_in(&self.lines())
    }

    /// The first line that is seen.
    pub fn top(&self) -> usize {
        self.top
    }

    /// Lines of the window.
    pub fn rows(&self) -> usize {
        self.rows
    }

    fn place_in(&self, lines: &[Range<usize>]) -> (usize, usize) {
        let row = lines.partition_point(|line| line.start <= self.cursor).saturating_sub(1);
        let start = lines.get(row).map_or(0, |line| line.start);
        (row, self.text.get(start..self.cursor).map_or(0, UnicodeWidthStr::width))
    }

    /// Gives the text so many cells and lines, and keeps the cursor in sight. Where it has left the window, some lines more
    /// come into sight, so that somebody who types on does not move the whole window with every line.
    pub fn fit(&mut self, cells: usize, rows: usize) {
        (self.cells, self.rows) = (cells.max(1), rows.max(1));
        let lines = self.lines();
        let (row, _) = self.place_in(&lines);
        let spare = self.rows / 4;
        if row < self.top {
            self.top = row.saturating_sub(spare);
        } else if row >= self.top + self.rows {
            self.top = row + spare + 1 - self.rows;
        }
        // Lines that became fewer leave no empty window; room for the line that is being begun is no waste.
        self.top = self.top.min((lines.len() + spare).saturating_sub(self.rows)).min(row);
    }

    /// Moves the cursor; false where there is nowhere to go.
    pub fn go(&mut self, to: Move) -> bool {
        let (target, goal) = self.target(to);
        self.is_typing = false;
        self.goal = goal;
        let has_moved = target != self.cursor;
        self.cursor = target;
        has_moved
    }

    /// Removes what lies between the cursor and where it would go.
    pub fn delete(&mut self, to: Move) -> bool {
        let (target, _) = self.target(to);
        let range = self.cursor.min(target)..self.cursor.max(target);
        let is_typing = self.is_typing && to == Move::Left;
        (self.is_typing, self.goal) = (false, None);
        if range.is_empty() {
            return false;
        }
        self.replace(range, "", is_typing);
        self.is_typing = to == Move::Left;
        true
    }

    /// Removes what is left of the paragraph, and at its end the newline.
    pub fn delete_to_end(&mut self) -> bool {
        self.delete(Move::ParagraphEnd) || self.delete(Move::Right)
    }

    /// Puts text in at the cursor, as one step that can be taken back.
    pub fn insert(&mut self, text: &str) {
        let text = kept(text);
        self.replace(self.cursor..self.cursor, &text, false);
        self.is_typing = false;
    }

    /// Types a letter or a newline; what is typed in one go is taken back word by word.
    pub fn type_char(&mut self, c: char) {
        if is_unwelcome(c) {
            return;
        }
        let before = self.text[..self.cursor].chars().next_back();
        let begins_word = before.is_none_or(char::is_whitespace) && !c.is_whitespace();
        let goes_on = self.is_typing && !begins_word && c != '\n';
        self.replace(self.cursor..self.cursor, c.encode_utf8(&mut [0; 4]), goes_on);
        self.is_typing = true;
    }

    /// Replaces the whole text, as one step that can be taken back.
    pub fn replace_all(&mut self, text: &str) {
        let text = kept(text);
        if text != self.text {
            self.replace(0..self.text.len(), &text, false);
        }
        self.is_typing = false;
    }

    /// Takes back what was done last; false when there is nothing.
    pub fn undo(&mut self) -> bool {
        self.goal = None;
        let Some(step) = self.done.pop() else { return false };
        self.put(&step.inverse());
        self.cursor = step.cursor;
        self.undone.push(step);
        true
    }

    /// Does again what was taken back last; false when there is nothing.
    pub fn redo(&mut self) -> bool {
        self.goal = None;
        let Some(step) = self.undone.pop() else { return false };
        self.put(&step);
        self.done.push(step);
        true
    }

    /// Whether something can be taken back, and whether something can be done again.
    pub fn can_undo_and_redo(&self) -> (bool, bool) {
        (!self.done.is_empty(), !self.undone.is_empty())
    }

    /// Replaces a part of the text; with `goes_on` it belongs to the step before.
    fn replace(&mut self, range: Range<usize>, with: &str, goes_on: bool) {
        let removed = self.text[range.clone()].to_owned();
        let step = Step { at: range.start, removed, added: with.to_owned(), cursor: self.cursor };
        self.put(&step);
        self.undone.clear();
        match self.done.last_mut().filter(|_| goes_on) {
            Some(last) if last.at + last.added.len() == step.at && step.removed.is_empty() => {
                last.added.push_str(&step.added);
            }
            Some(last) if step.at + step.removed.len() == last.at && last.added.is_empty() && step.added.is_empty() => {
                (last.at, last.removed) = (step.at, step.removed + &last.removed);
            }
            _ => self.done.push(step),
        }
    }

    fn put(&mut self, step: &Step) {
        self.text.replace_range(step.at..step.at + step.removed.len(), &step.added);
        self.cursor = motion::after_mark(&self.text, step.at + step.added.len());
        self.goal = None;
        self.is_typing = false;
    }

    /// Where a move leads, and the cell to which the next up or down returns.
    fn target(&self, to: Move) -> (usize, Option<usize>) {
        let at = match to {
            Move::LineStart | Move::LineEnd => self.line_end(to),
            Move::Up => return self.vertical(-1),
            Move::Down => return self.vertical(1),
            Move::PageUp => return self.vertical(-self.page()),
            Move::PageDown => return self.vertical(self.page()),
            _ => motion::target(&self.text, self.cursor, to),
        };
        (at, None)
    }

    /// One line of the window before is still seen after a page.
    fn page(&self) -> isize {
        isize::try_from(self.rows.saturating_sub(1).max(1)).unwrap_or(1)
    }

    /// The beginning or the end of the line that is seen; from there, that of the paragraph.
    fn line_end(&self, to: Move) -> usize {
        let lines = self.lines();
        let (row, _) = self.place_in(&lines);
        let (at, further) = if to == Move::LineStart {
            (lines[row].start, Move::ParagraphStart)
        } else {
            (self.last_place(&lines, row), Move::ParagraphEnd)
        };
        if at == self.cursor { self.target(further).0 } else { at }
    }

    /// The last place of the cursor in a line: its end, but where the line goes on below, before what it was broken at.
    fn last_place(&self, lines: &[Range<usize>], row: usize) -> usize {
        let line = &lines[row];
        let goes_on = lines.get(row + 1).is_some_and(|next| next.start == line.end);
        let text = &self.text[line.clone()];
        if !goes_on {
            return line.end;
        }
        let shown = text.trim_end().len();
        if shown < text.len() {
            return line.start + shown;
        }
        text.grapheme_indices(true).next_back().map_or(line.start, |(at, _)| line.start + at)
    }

    fn vertical(&self, by: isize) -> (usize, Option<usize>) {
        let lines = self.lines();
        let (row, cell) = self.place_in(&lines);
        let goal = self.goal.unwrap_or(cell);
        let to = row.saturating_add_signed(by).min(lines.len() - 1);
        if to == row {
            return (self.cursor, Some(goal));
        }
        let last = self.last_place(&lines, to);
        let mut at = lines[to].start;
        let mut used = 0;
        for cluster in self.text[lines[to].clone()].graphemes(true) {
            if used + cluster.width() > goal || at >= last {
                break;
            }
            used += cluster.width();
            at += cluster.len();
        }
        (at.min(last), Some(goal))
    }
}

/// A text without what could not be shown.
fn kept(text: &str) -> String {
    text.chars().filter(|c| !is_unwelcome(*c)).collect()
}
