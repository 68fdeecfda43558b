//! Numbers in JSON that cannot be counted with: larger or longer than the reader holds (`1e999`, thirty figures). They come in
//! as the text they are written as, instead of rounded, or of refusing the file.

use std::io::{self, BufRead, BufReader, Read};

/// What stands before such a number where it has become a text. No text of a source keeps it: it is a control character.
pub const MARK: char = '\u{1}';

/// The longest number that becomes a text; the reader says where a longer one is.
const MAX_DIGITS: usize = 1_000;

/// JSON in which these numbers are texts. What is no JSON passes as it is.
pub struct Numbers<R> {
    from: BufReader<R>,
    state: State,
    ready: Vec<u8>,
    at: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Between,
    Text,
    /// Behind a backslash in a text.
    Escape,
    Number,
    /// A number too long to be looked at.
    Long,
}

impl<R: Read> Numbers<R> {
    /// Reads this JSON.
    pub fn new(from: R) -> Self {
        Self { from: BufReader::new(from), state: State::Between, ready: Vec::new(), at: 0 }
    }

    /// Turns the next piece; nothing where the text is at its end.
    fn fill(&mut self) -> io::Result<()> {
        // A number may go on in the next piece.
        let mut number = Vec::new();
        self.ready.clear();
        self.at = 0;
        loop {
            let piece = self.from.fill_buf()?;
            let (length, mut at) = (piece.len(), 0);
            while at < length {
                let byte = piece[at];
                match self.state {
                    State::Text => {
                        let end = memchr::memchr2(b'"', b'\\', &piece[at..]).map_or(length, |found| at + found);
                        self.ready.extend_from_slice(&piece[at..end]);
                        if let Some(byte) = piece.get(end) {
                            self.ready.push(*byte);
                            self.state = if *byte == b'"' { State::Between } else { State::Escape };
                        }
                        at = end + 1;
                        continue;
                    }
                    State::Escape => self.state = State::Text,
                    State::Number if is_of_number(byte) && number.len() < MAX_DIGITS => {
                        number.push(byte);
                        at += 1;
                        continue;
                    }
                    State::Number => {
                        let is_long = is_of_number(byte);
                        put(&mut self.ready, &number, is_long);
                        number.clear();
                        self.state = if is_long { State::Long } else { State::Between };
                        continue;
                    }
                    State::Long if is_of_number(byte) => {}
                    State::Between if byte == b'-' || byte.is_ascii_digit() => {
                        self.state = State::Number;
                        continue;
                    }
                    State::Between | State::Long => {
                        self.state = if byte == b'"' { State::Text } else { State::Between };
                    }
                }
                self.ready.push(byte);
                at += 1;
            }
            self.from.consume(length);
            if length == 0 {
                put(&mut self.ready, &number, false);
                number.clear();
            }
            if number.is_empty() && self.state != State::Number {
                return Ok(());
            }
            if length == 0 {
                self.state = State::Between;
                return Ok(());
            }
        }
    }
}

impl<R: Read> Read for Numbers<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.ready.len() {
            self.fill()?;
        }
        let ready = &self.ready[self.at..];
        let length = ready.len().min(into.len());
        into[..length].copy_from_slice(&ready[..length]);
        self.at += length;
        Ok(length)
    }
}

fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E')
}

fn put(ready: &mut Vec<u8>, number: &[u8], is_long: bool) {
    match std::str::from_utf8(number) {
        Ok(text) if !is_long && !is_held(text) => ready.extend_from_slice(format!("\"\\u0001{text}\"").as_bytes()),
        _ => ready.extend_from_slice(number),
    }
}

/// Whether a number is held with all its figures; also what is no number.
fn is_held(text: &str) -> bool {
    let is_short = text.len() <= 15 && !text.contains(['e', 'E']);
    if is_short || text.parse::<i64>().is_ok() || text.parse::<u64>().is_ok() {
        return true;
    }
    text.parse::<f64>().map_or(true, |number| number.is_finite() && figures(&number.to_string()) == figures(text))
}

/// The figures of a number that say something, and the power of ten of the first.
fn figures(text: &str) -> (String, i64) {
    let lower = text.trim_start_matches('-').to_ascii_lowercase();
    let (digits, power) = lower.split_once('e').unwrap_or((&lower, "0"));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{part}");
    let said = all.trim_start_matches('0');
    let power =
        power.parse::<i64>().unwrap_or(i64::from(i32::MAX)) + whole.len() as i64 - (all.len() - said.len()) as i64;
    let said = said.trim_end_matches('0');
    if said.is_empty() { (String::new(), 0) } else { (said.to_owned(), power) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, piece: usize) -> String {
        let mut numbers = Numbers::new(text.as_bytes());
        numbers.from = BufReader::with_capacity(piece, text.as_bytes());
        let mut read = String::new();
        numbers.read_to_string(&mut read).unwrap();
        read
    }

    #[test]
    fn what_is_not_held_becomes_a_text() {
        let marked = |text: &str| format!("\"\\u0001{text}\"");
        for number in ["1e999", "-1E+999", "123456789012345678901234", "1e-999", "50.71234567890123456789", "0.1e400"] {
            let (text, turned) = (format!("[{number}]"), format!("[{}]", marked(number)));
            for piece in 1..12 {
                assert_eq!(read(&text, piece), turned);
            }
        }
        for same in [
            "[1,-2.50,1e3,1.5E-7,12345678901234567,18446744073709551615,0.1,50.71234567890123,0,0.0e5,100000000000000000000]",
            r#"{"a":"1e999","b\"1e999":[true,null,"\\"],"c":1.20}"#,
            "1e5",
            "not 1e999x JSON",
            "",
        ] {
            for piece in 1..12 {
                let read = read(same, piece);
                assert!(read == same || same.starts_with("not"), "{read}");
            }
        }
        let long = format!("[{}]", "9".repeat(5_000));
        assert_eq!(read(&long, 64), long);
    }
}
