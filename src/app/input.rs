//! Text being typed: one line, several, or a table. Nothing gets in that could not be shown, and a key does the same in all
//! of them.

mod block;
mod motion;
mod rows;

use unicode_width::UnicodeWidthStr;

use super::key::{Code, Key};
use crate::model::FieldType;
use crate::model::text::{is_unwelcome, one_line};
pub use block::BlockInput;
pub use motion::Move;
pub use rows::{CellError, RowsInput, TypedRow, tabs_to_bars};

/// One line being typed.
#[derive(Clone, Debug, Default)]
pub struct LineInput {
    text: String,
    /// A byte offset between two visible characters.
    cursor: usize,
    /// Whether what stands here was put here for somebody to take or to replace: the first letter typed replaces it.
    is_proposed: bool,
}

impl LineInput {
    /// A line with this text, the cursor at its end.
    pub fn new(text: &str) -> Self {
        let text = one_line_kept(text);
        Self { cursor: text.len(), text, is_proposed: false }
    }

    /// A line with a text that typing replaces as a whole, unless the cursor is moved first.
    pub fn proposing(text: &str) -> Self {
        let line = Self::new(text);
        Self { is_proposed: !line.text.is_empty(), ..line }
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the first letter typed replaces the whole text.
    pub fn is_proposed(&self) -> bool {
        self.is_proposed
    }

    /// The column of the cursor, in cells from the beginning of the text.
    pub fn column(&self) -> usize {
        self.text.get(..self.cursor).map_or(0, UnicodeWidthStr::width)
    }

    /// The cursor as a byte offset.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Whether the cursor stands at the end.
    pub fn is_at_end(&self) -> bool {
        self.cursor == self.text.len()
    }

    /// Takes a key; false when it means nothing here. Each does what it does in a text of several lines.
    pub fn key(&mut self, key: Key) -> bool {
        match (key.code, key.ctrl, key.alt) {
            (Code::Char(c), false, false) if !is_unwelcome(c) => {
                self.drop_proposed();
                self.insert(c.encode_utf8(&mut [0; 4]));
            }
            _ => match LINE_KEYS
                .iter()
                .find(|(code, ctrl, alt, _)| (*code, *ctrl, *alt) == (key.code, key.ctrl, key.alt))
            {
                Some((.., act)) => self.act(*act),
                None => return false,
            },
        }
        self.is_proposed = false;
        true
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Go(to) => self.cursor = motion::target(&self.text, self.cursor, to),
            Act::Erase(to) => {
                let target = motion::target(&self.text, self.cursor, to);
                let range = self.cursor.min(target)..self.cursor.max(target);
                self.cursor = range.start;
                self.text.replace_range(range, "");
                self.cursor = motion::after_mark(&self.text, self.cursor);
            }
        }
    }

    fn drop_proposed(&mut self) {
        if std::mem::take(&mut self.is_proposed) {
            *self = Self::default();
        }
    }

    fn insert(&mut self, text: &str) {
        self.text.insert_str(self.cursor, text);
        self.cursor = motion::after_mark(&self.text, self.cursor + text.len());
    }

    /// Puts text in at the cursor.
    pub fn paste(&mut self, text: &str) {
        self.drop_proposed();
        let kept: String = one_line(text).chars().filter(|c| !is_unwelcome(*c)).collect();
        self.insert(&kept);
    }

    /// Replaces the text; the cursor goes to `cursor`, a byte offset.
    pub fn set(&mut self, text: &str, cursor: usize) {
        let before = one_line_kept(text.get(..cursor).unwrap_or(text));
        *self = Self { cursor: before.len(), text: one_line_kept(text), is_proposed: false };
    }
}

/// What a key does in a line.
#[derive(Clone, Copy)]
enum Act {
    Go(Move),
    Erase(Move),
}

/// Keys of a line: with ctrl, with alt, and what they do. Those of a text of several lines are commands of the form, and a
/// test sees that both do the same.
const LINE_KEYS: [(Code, bool, bool, Act); 21] = [
    (Code::Left, false, false, Act::Go(Move::Left)),
    (Code::Right, false, false, Act::Go(Move::Right)),
    (Code::Left, true, false, Act::Go(Move::WordLeft)),
    (Code::Left, false, true, Act::Go(Move::WordLeft)),
    (Code::Char('b'), false, true, Act::Go(Move::WordLeft)),
    (Code::Right, true, false, Act::Go(Move::WordRight)),
    (Code::Right, false, true, Act::Go(Move::WordRight)),
    (Code::Char('f'), false, true, Act::Go(Move::WordRight)),
    (Code::Home, false, false, Act::Go(Move::ParagraphStart)),
    (Code::Char('a'), true, false, Act::Go(Move::ParagraphStart)),
    (Code::End, false, false, Act::Go(Move::ParagraphEnd)),
    (Code::Char('e'), true, false, Act::Go(Move::ParagraphEnd)),
    (Code::Backspace, false, false, Act::Erase(Move::Left)),
    (Code::Char('h'), true, false, Act::Erase(Move::Left)),
    (Code::Delete, false, false, Act::Erase(Move::Right)),
    (Code::Backspace, false, true, Act::Erase(Move::WordLeft)),
    (Code::Char('w'), true, false, Act::Erase(Move::WordLeft)),
    (Code::Char('d'), false, true, Act::Erase(Move::WordRight)),
    (Code::Delete, true, false, Act::Erase(Move::WordRight)),
    (Code::Char('u'), true, false, Act::Erase(Move::ParagraphStart)),
    (Code::Char('k'), true, false, Act::Erase(Move::ParagraphEnd)),
];

/// Newlines to blanks, but a blank at the end stays: somebody is typing.
fn one_line_kept(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { ' ' } else { c }).filter(|c| !is_unwelcome(*c)).collect()
}

/// A field being typed.
pub enum TextInput {
    /// One line.
    Single(LineInput),
    /// Several lines.
    Multi(Box<BlockInput>),
    /// A table.
    Rows(Box<RowsInput>),
}

impl TextInput {
    /// An input for a field of this type, with this text.
    pub fn new(field_type: FieldType, text: &str) -> Self {
        match field_type {
            FieldType::Rows(columns) => Self::Rows(Box::new(RowsInput::new(text, columns))),
            FieldType::Paragraph => Self::Multi(Box::new(BlockInput::new(text))),
            _ if text.contains('\n') => Self::Multi(Box::new(BlockInput::new(text))),
            _ => Self::Single(LineInput::new(text)),
        }
    }

    /// The text; several lines with newlines between.
    pub fn text(&self) -> String {
        match self {
            Self::Single(line) => line.text().to_owned(),
            Self::Multi(block) => block.text().to_owned(),
            Self::Rows(rows) => rows.text(),
        }
    }

    /// Takes a key; false when it means nothing here.
    pub fn key(&mut self, key: Key) -> bool {
        match self {
            Self::Single(line) => line.key(key),
            Self::Multi(block) => block_key(block, key),
            Self::Rows(rows) => rows.key(key),
        }
    }

    /// Puts text in at the cursor.
    pub fn paste(&mut self, text: &str) {
        match self {
            Self::Single(line) => line.paste(text),
            Self::Multi(block) => block.insert(text),
            Self::Rows(rows) => rows.paste(text),
        }
    }

    /// Replaces the whole text; several lines in a field of one make it one of several.
    pub fn set(&mut self, text: &str) {
        match self {
            Self::Single(_) if !text.contains('\n') => *self = Self::Single(LineInput::new(text)),
            Self::Single(_) | Self::Multi(_) => *self = Self::Multi(Box::new(BlockInput::new(text))),
            Self::Rows(rows) => rows.set(text),
        }
    }

    /// Replaces the whole text as somebody does who types it, so that it can be taken back where that is possible.
    pub fn replace(&mut self, text: &str) {
        match self {
            Self::Multi(block) => block.replace_all(text),
            _ => self.set(text),
        }
    }

    /// The line with the cursor, where the text is not one of several lines.
    pub fn line(&self) -> Option<&LineInput> {
        match self {
            Self::Single(line) => Some(line),
            Self::Multi(_) => None,
            Self::Rows(rows) => Some(rows.line()),
        }
    }

    /// Proposes what stands in the line: the first letter typed replaces it.
    pub fn propose(&mut self) {
        if let Self::Single(line) = self {
            *line = LineInput::proposing(line.text());
        }
    }

    /// Replaces the line with the cursor: the text, or in a table the cell.
    pub fn set_line(&mut self, text: &str) {
        match self {
            Self::Single(line) => line.set(text, text.len()),
            Self::Multi(_) => {}
            Self::Rows(rows) => rows.set_cell(text),
        }
    }
}

/// What is typed into a text of several lines; how one moves in it are commands of the form.
pub(crate) fn block_key(block: &mut BlockInput, key: Key) -> bool {
    match (key.code, key.ctrl, key.alt) {
        (Code::Char(c), false, false) if !is_unwelcome(c) => block.type_char(c),
        (Code::Enter, ..) => block.type_char('\n'),
        (Code::Backspace, false, false) | (Code::Char('h'), true, false) => return block.delete(Move::Left),
        (Code::Delete, false, false) => return block.delete(Move::Right),
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names that hold commas stand one a line; a colleague's change may bring such a text into a field of one line.
    #[test]
    fn a_text_of_several_lines_stays_so_in_a_field_of_one() {
        let mut input = TextInput::new(FieldType::Words, "Ann");
        input.set("Smith, Lee\nAnn\n");
        assert_eq!(input.text(), "Smith, Lee\nAnn\n");
        input.set("Ann");
        assert_eq!(input.text(), "Ann");
    }
}
