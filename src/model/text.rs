//! Cleaned text: the only kind of text a record holds.
//!
//! Text from outside (a file, an import, a paste) is cleaned once, where it enters. What is left can be drawn, printed
//! and exported without looking at it again: no control characters but the newline, no marks that turn the reading
//! direction around, no invisible characters, at most eight combining marks on a character.

use std::fmt::{self, Write as _};
use std::ops::Deref;

use serde::{Deserialize, Serialize};
use unicode_normalization::char::{canonical_combining_class, decompose_compatible, is_combining_mark};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The most bytes one text of a record may hold: a bound on what a hostile file can make us keep and search.
pub const MAX_BYTES: usize = 64 * 1024;

/// The most combining marks kept on one character; real scripts need no more than a handful.
const MAX_MARKS: usize = 8;

/// Text that has been cleaned. Sixteen bytes. Absent text is `None`, not an empty text.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Text(Box<str>);

impl Text {
    /// Cleans `raw`; several lines stay several lines.
    pub fn new(raw: &str) -> Self {
        Self(clean(raw).into())
    }

    /// Cleans `raw` and makes one line of it: newlines become blanks, blanks at the ends go.
    pub fn line(raw: &str) -> Self {
        let text = clean(raw);
        if text.contains('\n') { Self(one_line(&text).into()) } else { Self(text.trim().into()) }
    }

    /// `None` when nothing but blanks is left: absent is absent, never an empty text.
    pub fn some(raw: &str) -> Option<Self> {
        let text = clean(raw);
        let kept = text.trim();
        (!kept.is_empty()).then(|| Self(kept.into()))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl From<&str> for Text {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Cleaner;
        impl serde::de::Visitor<'_> for Cleaner {
            type Value = Text;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text in quotes")
            }
            fn visit_str<E: serde::de::Error>(self, raw: &str) -> Result<Text, E> {
                if raw.len() > MAX_BYTES {
                    return Err(E::custom(format!("this text has {} bytes; at most {MAX_BYTES} fit", raw.len())));
                }
                Ok(Text::new(raw))
            }
        }
        from.deserialize_str(Cleaner)
    }
}

/// `text` with every run of white space made one blank: for a place that has one line.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A count with thousands separators.
pub fn count(number: usize) -> String {
    let digits = number.to_string();
    let mut said = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    said
}

/// Cleans text from outside. Idempotent: cleaning twice changes nothing more.
///
/// Carriage returns before a newline go, tabs and odd blanks become blanks, line separators become newlines; every
/// other control, direction or invisible character becomes visible as `<U+202E>`; the rest is put into NFC with at
/// most eight marks on a character.
pub fn clean(raw: &str) -> String {
    if raw.bytes().all(|b| (0x20..0x7f).contains(&b) || b == b'\n') {
        return raw.to_owned();
    }
    let visible = if raw.chars().any(is_unwelcome) { replace_unwelcome(raw) } else { raw.to_owned() };
    let composed =
        if is_nfc_quick(visible.chars()) == IsNormalized::Yes { visible } else { visible.nfc().collect::<String>() };
    limit_marks(composed)
}

fn replace_unwelcome(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => out.push('\n'),
            '\t' | '\u{b}' | '\u{c}' | '\u{a0}' | '\u{202f}' | '\u{2007}' => out.push(' '),
            c if is_unwelcome(c) => {
                let _ = write!(out, "<U+{:04X}>", c as u32); // writing to a String cannot fail
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether a character must not reach a terminal, a file or a reader as it is.
pub fn is_unwelcome(c: char) -> bool {
    match c {
        '\n' => false,
        c if c.is_control() => true,
        // blanks that are not the blank, joiners, fillers, direction and variation marks, private use, tags
        '\u{a0}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{2007}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202f}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{e000}'..='\u{f8ff}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{10ffff}' => true,
        _ => false,
    }
}

/// The small letters a character is compared by: without marks, ligatures taken apart. `É` gives `e`, `ß` gives `ss`,
/// a mark alone gives nothing.
pub fn fold(c: char, mut put: impl FnMut(char)) {
    if c.is_ascii() {
        return put(c.to_ascii_lowercase());
    }
    decompose_compatible(c, |part| match part {
        'ß' | 'ẞ' => "ss".chars().for_each(&mut put),
        'æ' | 'Æ' => "ae".chars().for_each(&mut put),
        'œ' | 'Œ' => "oe".chars().for_each(&mut put),
        'ø' | 'Ø' => put('o'),
        'ł' | 'Ł' => put('l'),
        'đ' | 'Đ' | 'ð' | 'Ð' => put('d'),
        part if is_mark(part) => {}
        part => part.to_lowercase().filter(|c| !is_mark(*c)).for_each(&mut put),
    });
}

fn is_mark(c: char) -> bool {
    is_combining_mark(c) || canonical_combining_class(c) != 0
}

/// Each character, and whether it may reach a reader as it is: it is welcome, and no more marks than a few are on one
/// character.
pub(super) fn each_welcome(text: &str) -> impl Iterator<Item = (char, bool)> {
    let mut run = 0;
    text.chars().map(move |c| {
        run = if is_mark(c) { run + 1 } else { 0 };
        (c, run <= MAX_MARKS && !is_unwelcome(c))
    })
}

fn limit_marks(text: String) -> String {
    let mut run = 0;
    let too_many = text.chars().any(|c| {
        run = if is_mark(c) { run + 1 } else { 0 };
        run > MAX_MARKS
    });
    if !too_many {
        return text;
    }
    let mut run = 0;
    text.chars()
        .filter(|c| {
            run = if is_mark(*c) { run + 1 } else { 0 };
            run <= MAX_MARKS
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_direction_marks_become_visible() {
        assert_eq!(clean("a\u{1b}[31mb\u{202e}c"), "a<U+001B>[31mb<U+202E>c");
        assert_eq!(clean("one\r\ntwo\tthree\u{2028}four"), "one\ntwo three\nfour");
    }

    #[test]
    fn marks_are_limited_and_text_is_composed() {
        let tower = format!("e{}", "\u{301}".repeat(2000));
        assert_eq!(clean(&tower).chars().count(), 1 + MAX_MARKS);
        assert_eq!(clean("e\u{301}"), "é");
    }

    #[test]
    fn cleaning_twice_changes_nothing_more() {
        for raw in ["plain", "a\u{1b}b", "\u{feff}x", "e\u{301}\u{301}", "\u{1100}\u{1161}\u{11a8}"] {
            assert_eq!(clean(&clean(raw)), clean(raw));
        }
    }

    #[test]
    fn folding_leaves_small_letters() {
        let folded = |text: &str| {
            let mut out = String::new();
            text.chars().for_each(|c| fold(c, |c| out.push(c)));
            out
        };
        assert_eq!(folded("ÉCOLE Straße Ærø ﬁne İ e\u{301} 42"), "ecole strasse aero fine i e 42");
    }

    #[test]
    fn counts_have_separators() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn nothing_left_is_absent() {
        assert_eq!(Text::some(" \n "), None);
        assert_eq!(Text::line(" a\nb ").as_str(), "a b");
    }
}
