//! A scanner for RON: where values, strings and comments begin and end, byte by byte, without interpreting them.
//! Whatever `ron` accepts is skipped as a whole; a bracket or a quote that is not closed is an error at its opening.

use std::ops::Range;

/// What is wrong at a byte of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    /// The byte.
    pub at: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

/// How deep brackets may be nested.
const MAX_DEPTH: usize = 32;

/// A position in a text that moves forward.
pub(super) struct Scanner<'a> {
    text: &'a str,
    /// The current position.
    pub at: usize,
    /// The comments skipped so far.
    pub comments: Vec<Range<usize>>,
}

impl<'a> Scanner<'a> {
    /// Starts at a position.
    pub fn new(text: &'a str, at: usize) -> Self {
        Self { text, at, comments: Vec::new() }
    }

    /// The byte at the current position.
    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn byte_at(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    /// An error at the current byte: what was expected and what stands there.
    pub fn error(&self, expected: &str) -> SyntaxError {
        let found = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            None => "the end of the file".to_owned(),
            Some(c) => format!("`{}`", crate::model::text::clean(&c.to_string()).replace('\n', "\\n")),
        };
        SyntaxError { at: self.at, message: format!("expected {expected}, found {found}") }
    }

    /// Skips white space and comments.
    pub fn skip_blank(&mut self) -> Result<(), SyntaxError> {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c) => self.at += 1,
                Some(b'/') => self.comment()?,
                Some(0x80..) => match self.text[self.at..].chars().next() {
                    Some(c @ ('\u{85}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}')) => self.at += c.len_utf8(),
                    _ => return Ok(()),
                },
                _ => return Ok(()),
            }
        }
    }

    fn comment(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        match self.byte_at(1) {
            Some(b'/') => {
                let rest = &self.text.as_bytes()[self.at..];
                self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            }
            Some(b'*') => self.block_comment()?,
            _ => return Err(self.error("a comment (// or /*)")),
        }
        self.comments.push(start..self.at);
        Ok(())
    }

    fn block_comment(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut depth = 0;
        while let Some(ahead) = memchr::memchr2(b'/', b'*', &bytes[self.at..]) {
            self.at += ahead;
            let step = match (bytes[self.at], self.byte_at(1)) {
                (b'/', Some(b'*')) => 1,
                (b'*', Some(b'/')) => -1,
                _ => 0,
            };
            depth += step;
            self.at += if step == 0 { 1 } else { 2 };
            if depth == 0 {
                return Ok(());
            }
        }
        Err(SyntaxError { at: start, message: "this comment is not closed: its */ is missing".to_owned() })
    }

    /// Skips one byte that must stand here.
    pub fn expect(&mut self, byte: u8, what: &str) -> Result<(), SyntaxError> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.error(what))
    }

    /// Skips a comma, if one stands here, and returns its end.
    pub fn comma(&mut self) -> Option<usize> {
        (self.peek() == Some(b',')).then(|| {
            self.at += 1;
            self.at
        })
    }

    /// Skips an identifier, also a raw one (`r#name`), and returns its range without `r#`; empty when none stands here.
    pub fn identifier(&mut self) -> Range<usize> {
        if self.text.as_bytes()[self.at..].starts_with(b"r#") && self.byte_at(2).is_some_and(is_identifier_byte) {
            self.at += 2;
        }
        let start = self.at;
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            if byte.is_ascii_alphanumeric() || *byte == b'_' {
                self.at += 1;
            } else if *byte >= 0x80 {
                match self.text[self.at..].chars().next() {
                    Some(c) if c.is_alphanumeric() => self.at += c.len_utf8(),
                    _ => break,
                }
            } else {
                break;
            }
        }
        start..self.at
    }

    /// Skips a string, raw or not, and returns the range between its quotes.
    pub fn string(&mut self) -> Result<Range<usize>, SyntaxError> {
        match self.peek() {
            Some(b'"') => self.quoted_string(),
            Some(b'r') if matches!(self.byte_at(1), Some(b'"' | b'#')) => {
                self.at += 1;
                self.raw_string()
            }
            _ => Err(self.error("a text in quotes")),
        }
    }

    fn quoted_string(&mut self) -> Result<Range<usize>, SyntaxError> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        self.at += 1;
        while let Some(ahead) = bytes.get(self.at..).and_then(|rest| memchr::memchr2(b'"', b'\\', rest)) {
            self.at += ahead + 1;
            if bytes[self.at - 1] == b'"' {
                return Ok(start + 1..self.at - 1);
            }
            self.at += 1;
        }
        self.at = bytes.len();
        Err(SyntaxError { at: start, message: "this text is not closed: its second quote is missing".to_owned() })
    }

    fn raw_string(&mut self) -> Result<Range<usize>, SyntaxError> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let hashes = bytes[start..].iter().take_while(|byte| **byte == b'#').count();
        self.at += hashes;
        self.expect(b'"', "a raw text: r\"…\" or r#\"…\"#")?;
        let mut close = vec![b'"'];
        close.resize(hashes + 1, b'#');
        let Some(length) = memchr::memmem::find(&bytes[self.at..], &close) else {
            let message = format!("this raw text is not closed: \"{} is missing", "#".repeat(hashes));
            return Err(SyntaxError { at: start - 1, message });
        };
        let inside = self.at..self.at + length;
        self.at = inside.end + close.len();
        Ok(inside)
    }

    /// Skips a character in single quotes.
    fn char_literal(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        self.at += 1;
        if self.peek() == Some(b'\\') {
            self.at += 2;
        } else if let Some(c) = self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            self.at += c.len_utf8();
        }
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        match memchr::memchr(b'\'', &rest[..rest.len().min(12)]) {
            Some(ahead) => {
                self.at += ahead + 1;
                Ok(())
            }
            None => {
                Err(SyntaxError { at: start, message: "expected a value; texts stand in double quotes".to_owned() })
            }
        }
    }

    /// Skips one value, up to the comma or bracket that ends it, and returns its range without white space at its end.
    pub fn value(&mut self) -> Result<Range<usize>, SyntaxError> {
        let start = self.at;
        let mut end = start;
        let mut open: Vec<usize> = Vec::new();
        loop {
            self.skip_blank()?;
            match self.peek() {
                Some(b',' | b')' | b']' | b'}') | None if open.is_empty() => break,
                None => return Err(not_closed(self.text, open.last().copied().unwrap_or(start))),
                Some(byte @ (b')' | b']' | b'}')) => self.close(byte, open.pop().unwrap_or(start))?,
                Some(b'(' | b'[' | b'{') => {
                    open.push(self.at);
                    if open.len() > MAX_DEPTH {
                        return Err(self.error("fewer brackets inside each other"));
                    }
                    self.at += 1;
                }
                Some(byte) => self.token(byte)?,
            }
            end = self.at;
        }
        if end == start { Err(self.error("a value")) } else { Ok(start..end) }
    }

    fn close(&mut self, byte: u8, opened: usize) -> Result<(), SyntaxError> {
        let wanted = closing(self.text.as_bytes()[opened]);
        if byte != wanted {
            let (line, col) = super::problem::line_and_col(self.text, opened);
            let of = format!("`{}` for the bracket opened at {line}:{col}", wanted as char);
            return Err(self.error(&of));
        }
        self.at += 1;
        Ok(())
    }

    fn token(&mut self, byte: u8) -> Result<(), SyntaxError> {
        match byte {
            b'"' => self.quoted_string().map(drop),
            b'\'' => self.char_literal(),
            b'b' if matches!(self.byte_at(1), Some(b'"')) => {
                self.at += 1;
                self.quoted_string().map(drop)
            }
            b'b' if self.byte_at(1) == Some(b'r') && matches!(self.byte_at(2), Some(b'"' | b'#')) => {
                self.at += 2;
                self.raw_string().map(drop)
            }
            b'b' if self.byte_at(1) == Some(b'\'') => {
                self.at += 1;
                self.char_literal()
            }
            b'r' if self.byte_at(1) == Some(b'"')
                || self.byte_at(1) == Some(b'#') && !self.byte_at(2).is_some_and(is_identifier_byte) =>
            {
                self.string().map(drop)
            }
            byte if is_identifier_byte(byte) => {
                if self.identifier().is_empty() {
                    self.at += self.text[self.at..].chars().next().map_or(1, char::len_utf8);
                }
                Ok(())
            }
            _ => {
                self.at += 1;
                Ok(())
            }
        }
    }
}

/// Whether an identifier can hold this byte; letters beyond ASCII are decoded by the caller.
fn is_identifier_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn closing(opening: u8) -> u8 {
    match opening {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

/// The error of a bracket that is not closed before the file ends.
pub(super) fn not_closed(text: &str, at: usize) -> SyntaxError {
    let byte = text.as_bytes().get(at).copied().unwrap_or(b'(');
    let message = format!("this bracket is not closed: the file ends before its `{}`", closing(byte) as char);
    SyntaxError { at, message }
}
