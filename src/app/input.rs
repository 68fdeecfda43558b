//! Text being typed: one line, several, or a table. The state types of lines come from libraries; this turns our keys
//! into theirs and lets nothing in that could not be shown.

mod rows;

use ratatui_textarea::{CursorMove, TextArea};
use tui_input::{Input, InputRequest};

use super::key::{Code, Key};
use crate::model::FieldType;
use crate::model::text::{is_unwelcome, one_line};
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
    Multi(Box<TextArea<'static>>),
    /// A table.
    Rows(Box<RowsInput>),
}

impl TextInput {
    /// An input for a field of this type, with this text.
    pub fn new(field_type: FieldType, text: &str) -> Self {
        match field_type {
            FieldType::Rows(columns) => Self::Rows(Box::new(RowsInput::new(text, columns))),
            FieldType::Paragraph => Self::Multi(Box::new(block(text))),
            _ if text.contains('\n') => Self::Multi(Box::new(block(text))),
            _ => Self::Single(LineInput::new(text)),
        }
    }

    /// The text; several lines with newlines between.
    pub fn text(&self) -> String {
        match self {
            Self::Single(line) => line.text().to_owned(),
            Self::Multi(block) => block.lines().join("\n"),
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
            Self::Multi(block) => {
                let kept: String = text.chars().filter(|c| !is_unwelcome(*c)).collect();
                block.insert_str(kept);
            }
            Self::Rows(rows) => rows.paste(text),
        }
    }

    /// Replaces the whole text; several lines in a field of one make it one of several.
    pub fn set(&mut self, text: &str) {
        match self {
            Self::Single(_) if !text.contains('\n') => *self = Self::Single(LineInput::new(text)),
            Self::Single(_) | Self::Multi(_) => *self = Self::Multi(Box::new(block(text))),
            Self::Rows(rows) => rows.set(text),
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

fn block(text: &str) -> TextArea<'static> {
    let kept: String = text.chars().filter(|c| !is_unwelcome(*c)).collect();
    let mut area = TextArea::new(kept.split('\n').map(str::to_owned).collect());
    area.move_cursor(CursorMove::Bottom);
    area.move_cursor(CursorMove::End);
    area
}

fn block_key(block: &mut TextArea<'static>, key: Key) -> bool {
    use ratatui_textarea::{Input, Key as Theirs};
    let theirs = match key.code {
        Code::Char(c) if is_unwelcome(c) => return false,
        Code::Char(c) => Theirs::Char(c),
        Code::Enter => Theirs::Enter,
        Code::Backspace => Theirs::Backspace,
        Code::Delete => Theirs::Delete,
        Code::Left => Theirs::Left,
        Code::Right => Theirs::Right,
        Code::Up => Theirs::Up,
        Code::Down => Theirs::Down,
        Code::Home => Theirs::Home,
        Code::End => Theirs::End,
        _ => return false,
    };
    block.input(Input { key: theirs, ctrl: key.ctrl, alt: key.alt, shift: false });
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
