//! Text being typed: one line, several, or a table. The state of one line comes from a library; this turns our keys into
//! its requests. Nothing gets in that could not be shown.

mod block;
mod rows;

use tui_input::{Input, InputRequest};

use super::key::{Code, Key};
use crate::model::FieldType;
use crate::model::text::{is_unwelcome, one_line};
pub use block::{BlockInput, Move};
pub use rows::{CellError, RowsInput, TypedRow, tabs_to_bars};

/// One line being typed.
#[derive(Clone, Debug, Default)]
pub struct LineInput(Input);

impl LineInput {
    /// A line with this text, the cursor at its end.
    pub fn new(text: &str) -> Self {
        Self(Input::new(one_line_kept(text)))
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.0.value()
    }

    /// The column of the cursor, in cells from the beginning of the text.
    pub fn column(&self) -> usize {
        self.0.visual_cursor()
    }

    /// The cursor as a byte offset.
    pub fn cursor(&self) -> usize {
        self.text().char_indices().nth(self.0.cursor()).map_or(self.text().len(), |(at, _)| at)
    }

    /// Whether the cursor stands at the end.
    pub fn is_at_end(&self) -> bool {
        self.cursor() == self.text().len()
    }

    /// Takes a key; false when it means nothing here.
    pub fn key(&mut self, key: Key) -> bool {
        let request = match (key.code, key.ctrl, key.alt) {
            (Code::Char(c), false, false) if !is_unwelcome(c) => InputRequest::InsertChar(c),
            (Code::Backspace, false, false) | (Code::Char('h'), true, false) => InputRequest::DeletePrevChar,
            (Code::Delete, false, false) => InputRequest::DeleteNextChar,
            (Code::Left, false, false) => InputRequest::GoToPrevChar,
            (Code::Right, false, false) => InputRequest::GoToNextChar,
            (Code::Left, true, _) | (Code::Left | Code::Char('b'), false, true) => InputRequest::GoToPrevWord,
            (Code::Right, true, _) | (Code::Right | Code::Char('f'), false, true) => InputRequest::GoToNextWord,
            (Code::Home, ..) | (Code::Char('a'), true, false) => InputRequest::GoToStart,
            (Code::End, ..) | (Code::Char('e'), true, false) => InputRequest::GoToEnd,
            (Code::Char('w'), true, false) | (Code::Backspace, _, true) => InputRequest::DeletePrevWord,
            (Code::Char('u'), true, false) => InputRequest::DeleteFromStart,
            (Code::Char('k'), true, false) => InputRequest::DeleteTillEnd,
            _ => return false,
        };
        self.0.handle(request);
        true
    }

    /// Puts text in at the cursor.
    pub fn paste(&mut self, text: &str) {
        for c in one_line(text).chars().filter(|c| !is_unwelcome(*c)) {
            self.0.handle(InputRequest::InsertChar(c));
        }
    }

    /// Replaces the text; the cursor goes to `cursor`, a byte offset.
    pub fn set(&mut self, text: &str, cursor: usize) {
        let chars = text.get(..cursor).unwrap_or(text).chars().count();
        self.0 = Input::new(one_line_kept(text)).with_cursor(chars);
    }
}

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
