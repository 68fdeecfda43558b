//! Tokenizing: text into words in lower case, without diacritics and apostrophes.
//!
//! `Women's drop-in` becomes `womens`, `drop`, `in` and, for those who write it as one word, `dropin`.

use std::ops::Range;

use crate::model::text;

/// Words are cut after so many letters; longer ones are not words that anybody types.
pub(super) const MAX_WORD_LETTERS: usize = 64;

/// What stands behind an apostrophe is a word of its own from so many letters: O'Brien is asked for as Brien.
const MIN_TAIL: usize = 3;

/// Calls `each` with every word of a text and the bytes it was read from. A number with a point in it is one word (Unicode
/// Standard Annex 29, rules WB11 and WB12): `17.2` is what is said aloud.
pub(super) fn for_each_word(text: &str, mut each: impl FnMut(&str, Range<usize>)) {
    let mut tokenizer = Tokenizer::default();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let run = bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if run > 0 {
            tokenizer.push_run(&text[at..at + run], at);
            at += run;
        } else if byte == b'.' && tokenizer.ends_in_digit() && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
            tokenizer.push('.', at, at + 1);
            at += 1;
        } else {
            at += tokenizer.other(&text[at..], at, &mut each);
        }
    }
    tokenizer.end_word(false, &mut each);
}

/// The beginning of a text: at most so many bytes, cut between characters.
pub(super) fn truncated(text: &str, max_bytes: usize) -> &str {
    let end = (0..=max_bytes.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or_default()]
}

/// The words of a short text.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for_each_word(text, |word, _| found.push(word.to_owned()));
    found
}

/// Letters and digits only, in lower case: the form in which names of places and choices are compared.
pub(super) fn normalized(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        text::fold(c, |c| {
            if c.is_alphanumeric() {
                out.push(c);
            }
        });
    }
    out
}

/// The acronyms of a name, with and without its stop words: `bcfvs` and `bcvs` for the Bournemouth Council for Voluntary
/// Service. Names of fewer than three or more than eight words have none.
pub(super) fn acronyms(name: &str) -> Vec<String> {
    let (mut all, mut significant, mut count) = (String::new(), String::new(), 0);
    for_each_word(name, |word, _| {
        let Some(first) = word.chars().next().filter(|c| c.is_alphabetic()) else {
            return;
        };
        count += 1;
        all.push(first);
        if !matches!(word, "and" | "of" | "for" | "the" | "in" | "at" | "to" | "a") {
            significant.push(first);
        }
    });
    if !(3..=8).contains(&count) {
        return Vec::new();
    }
    let mut found = vec![all, significant];
    found.dedup();
    found.retain(|letters| letters.chars().count() > 2);
    found
}

/// The letters of a word as a bit set (a Bloom filter without hashing): comparing two sets rejects nearly every word
/// before a string is compared.
pub(super) fn letter_mask(word: &str) -> u64 {
    word.chars().fold(0, |set, c| set | 1 << letter_bit(c))
}

fn letter_bit(c: char) -> u32 {
    match c {
        'a'..='z' => c as u32 - 'a' as u32,
        '0'..='9' => 26 + (c as u32 - '0' as u32),
        c => 36 + c as u32 % 28,
    }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´')
}

fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '–')
}

/// The state of [`for_each_word`]: the word being read, and the parts joined to it by hyphens so far.
#[derive(Default)]
struct Tokenizer {
    word: String,
    letters: usize,
    /// Where in the word its last apostrophe was.
    tail_from: usize,
    span: Range<usize>,
    joined: String,
    joined_from: usize,
    parts: usize,
}

impl Tokenizer {
    /// Adds letters and digits of ASCII.
    fn push_run(&mut self, run: &str, at: usize) {
        if self.letters == 0 {
            self.span.start = at;
        }
        let kept = &run[..run.len().min(MAX_WORD_LETTERS.saturating_sub(self.letters))];
        let from = self.word.len();
        self.word.push_str(kept);
        self.word[from..].make_ascii_lowercase();
        self.letters += run.len();
        self.span.end = at + run.len();
    }

    fn ends_in_digit(&self) -> bool {
        self.word.ends_with(|c: char| c.is_ascii_digit())
    }

    /// Takes the next character, which is no letter and no digit of ASCII; returns how many bytes it has.
    fn other(&mut self, rest: &str, at: usize, each: &mut impl FnMut(&str, Range<usize>)) -> usize {
        let mut chars = rest.chars();
        let Some(c) = chars.next() else { return rest.len() };
        if is_apostrophe(c) && self.letters > 0 {
            self.tail_from = self.word.len();
        }
        if !is_apostrophe(c) && (c.is_ascii() || !self.push_folded(c, at, at + c.len_utf8())) {
            let joins = is_hyphen(c) && chars.next().is_some_and(char::is_alphanumeric);
            self.end_word(joins, each);
        }
        c.len_utf8()
    }

    fn push(&mut self, c: char, at: usize, end: usize) {
        if self.letters == 0 {
            self.span.start = at;
        }
        if self.letters < MAX_WORD_LETTERS {
            self.word.push(c);
        }
        self.letters += 1;
        self.span.end = end;
    }

    /// Adds a character that is not ASCII; false when it ends the word. A combining mark folds to nothing and so belongs
    /// to the letter before it.
    fn push_folded(&mut self, c: char, at: usize, end: usize) -> bool {
        let mut belongs = true;
        text::fold(c, |c| {
            if c.is_alphanumeric() {
                self.push(c, at, end);
            } else {
                belongs = false;
            }
        });
        belongs
    }

    fn end_word(&mut self, joins: bool, each: &mut impl FnMut(&str, Range<usize>)) {
        if self.letters == 0 {
            return;
        }
        each(&self.word, self.span.clone());
        if let Some(tail) = self.word.get(self.tail_from..).filter(|tail| self.tail_from > 0 && tail.len() >= MIN_TAIL)
        {
            each(tail, self.span.clone());
        }
        self.tail_from = 0;
        if joins || self.parts > 0 {
            if self.parts == 0 {
                self.joined_from = self.span.start;
            }
            self.parts += 1;
            if self.joined.len() + self.word.len() <= MAX_WORD_LETTERS {
                self.joined.push_str(&self.word);
            }
        }
        if !joins {
            if self.parts > 1 {
                each(&self.joined, self.joined_from..self.span.end);
            }
            self.parts = 0;
            self.joined.clear();
        }
        self.word.clear();
        self.letters = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_small_and_bare() {
        assert_eq!(
            words("Women’s drop-in, O'Brien & ÉCOLE"),
            ["womens", "drop", "in", "dropin", "obrien", "brien", "ecole"]
        );
        assert_eq!(words("DT4 8EQ – 24/7 -"), ["dt4", "8eq", "24", "7"]);
        assert_eq!(words(" - ' "), Vec::<String>::new());
        assert_eq!(words("17.2. v1.x .5 9.30–16.30"), ["17.2", "v1", "x", "5", "9.30", "16.30", "9.3016.30"]);
    }

    #[test]
    fn spans_are_where_the_words_stand() {
        let text = "Café d’Or—été";
        let mut found = Vec::new();
        for_each_word(text, |word, span| found.push((word.to_owned(), text[span].to_owned())));
        let expected = [("cafe", "Café"), ("dor", "d’Or"), ("ete", "été")];
        assert_eq!(found, expected.map(|(word, text)| (word.to_owned(), text.to_owned())));
    }

    #[test]
    fn a_long_word_is_cut_and_a_tower_of_marks_is_one_letter() {
        assert_eq!(words(&"x".repeat(100_000))[0].len(), MAX_WORD_LETTERS);
        assert_eq!(words(&format!("e{}f", "\u{301}".repeat(2_000))), ["ef"]);
    }

    #[test]
    fn acronyms_with_and_without_small_words() {
        assert_eq!(acronyms("Bournemouth Council for Voluntary Service"), ["bcfvs", "bcvs"]);
        assert_eq!(acronyms("Nightstop"), Vec::<String>::new());
    }
}
