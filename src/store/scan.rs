//! Reading RON without understanding it: where values, texts and comments begin and end, byte by byte. Whatever `ron`
//! accepts is passed over whole; what it cannot accept (a bracket or a quote that is not closed) is named where it
//! opened.

use std::ops::Range;

/// What is wrong at a byte of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The byte.
    pub at: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

/// How deep brackets may stand in each other.
const DEEPEST: usize = 32;

/// A place in a text that moves forward.
pub(super) struct Scan<'a> {
    text: &'a str,
    /// The byte it stands at.
    pub at: usize,
    /// Comments passed on the way, where they are asked for.
    pub comments: Vec<Range<usize>>,
}

impl<'a> Scan<'a> {
    /// Starts at a byte.
    pub fn new(text: &'a str, at: usize) -> Self {
        Self { text, at, comments: Vec::new() }
    }

    /// The byte it stands at.
    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn byte_at(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    /// A fault at the byte it stands at: what was expected and what stands there.
    pub fn fault(&self, expected: &str) -> Fault {
        let found = match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            None => "the end of the file".to_owned(),
            Some(c) => format!("`{}`", crate::model::text::clean(&c.to_string()).replace('\n', "\\n")),
        };
        Fault { at: self.at, message: format!("expected {expected}, found {found}") }
    }

    /// Passes over white space and comments.
    pub fn blank(&mut self) -> Result<(), Fault> {
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

    fn comment(&mut self) -> Result<(), Fault> {
        let start = self.at;
        match self.byte_at(1) {
            Some(b'/') => {
                let rest = &self.text.as_bytes()[self.at..];
                self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            }
            Some(b'*') => self.block_comment()?,
            _ => return Err(self.fault("a comment (// or /*)")),
        }
        self.comments.push(start..self.at);
        Ok(())
    }

    fn block_comment(&mut self) -> Result<(), Fault> {
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
        Err(Fault { at: start, message: "this comment is not closed: its */ is missing".to_owned() })
    }

    /// Passes over one sign that must stand here.
    pub fn expect(&mut self, sign: u8, what: &str) -> Result<(), Fault> {
        if self.peek() == Some(sign) {
            self.at += 1;
            return Ok(());
        }
        Err(self.fault(what))
    }

    /// Passes over a comma, if one stands here, and says where it ended.
    pub fn comma(&mut self) -> Option<usize> {
        (self.peek() == Some(b',')).then(|| {
            self.at += 1;
            self.at
        })
    }

    /// Passes over a name, also a raw one (`r#name`), and gives its letters; empty when none stands here.
    pub fn word(&mut self) -> Range<usize> {
        if self.text.as_bytes()[self.at..].starts_with(b"r#") && self.byte_at(2).is_some_and(is_word) {
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

    /// Passes over a text in quotes, raw or not, and gives what stands between the quotes.
    pub fn string(&mut self) -> Result<Range<usize>, Fault> {
        match self.peek() {
            Some(b'"') => self.quoted(),
            Some(b'r') if matches!(self.byte_at(1), Some(b'"' | b'#')) => {
                self.at += 1;
                self.raw()
            }
            _ => Err(self.fault("a text in quotes")),
        }
    }

    fn quoted(&mut self) -> Result<Range<usize>, Fault> {
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
        Err(Fault { at: start, message: "this text is not closed: its second quote is missing".to_owned() })
    }

    fn raw(&mut self) -> Result<Range<usize>, Fault> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let hashes = bytes[start..].iter().take_while(|byte| **byte == b'#').count();
        self.at += hashes;
        self.expect(b'"', "a raw text: r\"…\" or r#\"…\"#")?;
        let mut close = vec![b'"'];
        close.resize(hashes + 1, b'#');
        let Some(length) = memchr::memmem::find(&bytes[self.at..], &close) else {
            let message = format!("this raw text is not closed: \"{} is missing", "#".repeat(hashes));
            return Err(Fault { at: start - 1, message });
        };
        let inside = self.at..self.at + length;
        self.at = inside.end + close.len();
        Ok(inside)
    }

    /// A letter in single quotes.
    fn letter(&mut self) -> Result<(), Fault> {
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
            None => Err(Fault { at: start, message: "expected a value; texts stand in double quotes".to_owned() }),
        }
    }

    /// Passes over one value, up to the comma or bracket that ends it, and gives it without blanks at its end.
    pub fn value(&mut self) -> Result<Range<usize>, Fault> {
        let start = self.at;
        let mut end = start;
        let mut open: Vec<usize> = Vec::new();
        loop {
            self.blank()?;
            match self.peek() {
                Some(b',' | b')' | b']' | b'}') | None if open.is_empty() => break,
                None => return Err(not_closed(self.text, open.last().copied().unwrap_or(start))),
                Some(sign @ (b')' | b']' | b'}')) => self.close(sign, open.pop().unwrap_or(start))?,
                Some(b'(' | b'[' | b'{') => {
                    open.push(self.at);
                    if open.len() > DEEPEST {
                        return Err(self.fault("fewer brackets inside each other"));
                    }
                    self.at += 1;
                }
                Some(byte) => self.token(byte)?,
            }
            end = self.at;
        }
        if end == start { Err(self.fault("a value")) } else { Ok(start..end) }
    }

    fn close(&mut self, sign: u8, opened: usize) -> Result<(), Fault> {
        let wanted = closing(self.text.as_bytes()[opened]);
        if sign != wanted {
            let (line, col) = super::problem::line_and_col(self.text, opened);
            let of = format!("`{}` for the bracket opened at {line}:{col}", wanted as char);
            return Err(self.fault(&of));
        }
        self.at += 1;
        Ok(())
    }

    fn token(&mut self, byte: u8) -> Result<(), Fault> {
        match byte {
            b'"' => self.quoted().map(drop),
            b'\'' => self.letter(),
            b'b' if matches!(self.byte_at(1), Some(b'"')) => {
                self.at += 1;
                self.quoted().map(drop)
            }
            b'b' if self.byte_at(1) == Some(b'r') && matches!(self.byte_at(2), Some(b'"' | b'#')) => {
                self.at += 2;
                self.raw().map(drop)
            }
            b'b' if self.byte_at(1) == Some(b'\'') => {
                self.at += 1;
                self.letter()
            }
            b'r' if self.byte_at(1) == Some(b'"')
                || self.byte_at(1) == Some(b'#') && !self.byte_at(2).is_some_and(is_word) =>
            {
                self.string().map(drop)
            }
            byte if is_word(byte) => {
                if self.word().is_empty() {
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

/// Whether a name can hold this byte; letters beyond ASCII are looked at more closely later.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn closing(opening: u8) -> u8 {
    match opening {
        b'(' => b')',
        b'[' => b']',
        _ => b'}',
    }
}

/// A bracket that the file ends without closing.
pub(super) fn not_closed(text: &str, at: usize) -> Fault {
    let sign = text.as_bytes().get(at).copied().unwrap_or(b'(');
    let message = format!("this bracket is not closed: the file ends before its `{}`", closing(sign) as char);
    Fault { at, message }
}
