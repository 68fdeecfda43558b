//! What was typed, taken apart: words, excluded words, exact words, filters, and what could not be understood.

use super::Index;
use super::filter::{self, FILTERS, Test};
use super::said::Field;
use super::words::{beginning, each_word};
use crate::model::place::{Atlas, Point};

/// A query. Parse it anew when the text or the index changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub(super) words: Vec<Word>,
    pub(super) filters: Vec<Clause>,
    /// What could not be understood, a sentence each. The rest of the query holds.
    pub problems: Vec<String>,
    /// What was typed, in parts between blanks, so that a part can be left out.
    parts: Vec<String>,
}

/// A word that must be found, or must not.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub text: String,
    pub is_exact: bool,
    pub is_excluded: bool,
    /// Something follows it: it is not still being typed.
    pub is_finished: bool,
    /// The fields in which it counts, as bits.
    pub fields: u8,
    /// The part of the text it stands in.
    pub part: usize,
}

/// A filter, and whether it is turned around by `!`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clause {
    pub test: Test,
    pub is_not: bool,
    pub part: usize,
}

/// The most words of a query that are searched for.
pub(super) const MOST_WORDS: usize = 12;

/// The most bytes of a query that are read.
const MOST_BYTES: usize = 2_000;

const EVERY_FIELD: u8 = 0x3f;

/// Words too small to be asked for: "housing in Weymouth" means two words.
const SMALL: [&str; 13] = ["a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to", "with"];

impl Query {
    /// Takes a text apart. What it names is looked up in the index and on the map.
    pub fn parse(text: &str, index: &Index, atlas: &Atlas) -> Self {
        let mut query = Self::default();
        let text = if text.len() > MOST_BYTES {
            query.problems.push(format!("only the first {MOST_BYTES} bytes of the search are used"));
            beginning(text, MOST_BYTES)
        } else {
            text
        };
        query.parts = parts(text);
        let is_open = !text.ends_with([' ', '"']);
        for at in 0..query.parts.len() {
            let part = query.parts[at].clone();
            let is_finished = !is_open || at + 1 < query.parts.len();
            query.take(at, &part, is_finished, index, atlas);
        }
        query.leave_out_small_words();
        query
    }

    /// Whether it asks for nothing: everything is found then.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.filters.is_empty()
    }

    /// The point that distances are measured from.
    pub fn near(&self) -> Option<Point> {
        self.filters.iter().find_map(|clause| match clause.test {
            Test::Near(point) if !clause.is_not => Some(point),
            _ => None,
        })
    }

    /// Whether it asks what is in an area, so that hits differ in whether they are located there or only serve it.
    pub fn asks_in(&self) -> bool {
        self.filters.iter().any(|clause| matches!(clause.test, Test::In(_)) && !clause.is_not)
    }

    /// The text without one of its parts.
    pub(super) fn without(&self, part: usize) -> String {
        let kept = self.parts.iter().enumerate().filter(|(at, _)| *at != part).map(|(_, text)| text.as_str());
        kept.collect::<Vec<_>>().join(" ")
    }

    fn take(&mut self, part: usize, text: &str, is_finished: bool, index: &Index, atlas: &Atlas) {
        let (text, is_excluded) = text.strip_prefix('!').map_or((text, false), |text| (text, true));
        if let Some((name, value)) = filter_of(text) {
            self.take_filter(part, (name, value), (is_excluded, is_finished), index, atlas);
            return;
        }
        if let Some(name) = unknown_filter(text) {
            let names = FILTERS.map(|(name, _)| name).join(" ");
            self.problems.push(format!("there is no filter {name:?}; there are {names}"));
        }
        let (text, is_exact) = text.strip_prefix('\'').map_or((text, false), |text| (text, true));
        self.take_words(
            text,
            &Word { text: String::new(), is_exact, is_excluded, is_finished, fields: EVERY_FIELD, part },
        );
    }

    fn take_filter(
        &mut self,
        part: usize,
        (name, value): (&'static str, &str),
        (is_not, is_finished): (bool, bool),
        index: &Index,
        atlas: &Atlas,
    ) {
        let value = value.replace('"', "");
        let value = value.trim();
        if value.is_empty() {
            return; // still being typed
        }
        if name == "org:" {
            let like = Word {
                text: String::new(),
                is_exact: false,
                is_excluded: is_not,
                is_finished,
                fields: Field::Organisation.bit(),
                part,
            };
            return self.take_words(value, &like);
        }
        match filter::read(name, value, index, atlas) {
            Ok(test) => self.filters.push(Clause { test, is_not, part }),
            Err(problem) => self.problems.push(problem),
        }
    }

    fn take_words(&mut self, text: &str, like: &Word) {
        let first = self.words.len();
        let mut until = 0;
        each_word(text, |word, span| {
            // a word written with hyphens comes in its parts, then joined: the parts are asked for
            if span.start >= until {
                until = span.end;
                self.words.push(Word { text: word.to_owned(), is_finished: true, ..like.clone() });
            }
        });
        if let Some(last) = self.words[first..].last_mut() {
            last.is_finished = like.is_finished;
        }
        if self.words.len() > MOST_WORDS {
            self.words.truncate(MOST_WORDS);
            let problem = format!("only the first {MOST_WORDS} words are searched for");
            if !self.problems.contains(&problem) {
                self.problems.push(problem);
            }
        }
    }

    fn leave_out_small_words(&mut self) {
        let is_small = |word: &Word| {
            word.is_finished && !word.is_exact && !word.is_excluded && SMALL.contains(&word.text.as_str())
        };
        if self.words.iter().any(|word| !is_small(word) && !word.is_excluded) {
            self.words.retain(|word| !is_small(word));
        }
    }
}

/// The text between blanks; quotes keep blanks, and the second half of a postcode stays with `near:` without them.
pub(super) fn parts(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut part = String::new();
    let mut is_quoted = false;
    for c in text.chars() {
        is_quoted ^= c == '"';
        if c.is_whitespace() && !is_quoted {
            found.push(std::mem::take(&mut part));
        } else {
            part.push(c);
        }
    }
    found.push(part);
    found.retain(|part| !part.is_empty());
    join_postcodes(&mut found);
    found
}

fn join_postcodes(parts: &mut Vec<String>) {
    let is_outward = |part: &str| {
        let value = part.strip_prefix("near:").unwrap_or_default();
        (2..=4).contains(&value.len())
            && value.starts_with(|c: char| c.is_ascii_alphabetic())
            && value.contains(|c: char| c.is_ascii_digit())
            && value.chars().all(|c| c.is_ascii_alphanumeric())
    };
    let is_inward = |part: &str| {
        part.len() <= 3
            && part.starts_with(|c: char| c.is_ascii_digit())
            && part.chars().skip(1).all(|c| c.is_ascii_alphabetic())
    };
    if let Some(at) = parts.windows(2).position(|pair| is_outward(&pair[0]) && is_inward(&pair[1])) {
        let inward = parts.remove(at + 1);
        let value = parts[at].trim_start_matches("near:");
        parts[at] = format!("near:\"{value} {inward}\"");
    }
}

/// The filter that a part is, and its value.
pub(super) fn filter_of(text: &str) -> Option<(&'static str, &str)> {
    let (name, value) = text.split_once(':')?;
    let known = FILTERS.iter().find(|(known, _)| known.trim_end_matches(':').eq_ignore_ascii_case(name))?;
    Some((known.0, value))
}

/// What looks like a filter and is none: `town:poole`, but not a time of day or a web address.
fn unknown_filter(text: &str) -> Option<&str> {
    let (name, value) = text.split_once(':')?;
    let is_name = (2..=12).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase());
    (is_name && !value.starts_with("//") && !value.is_empty()).then(|| &text[..=name.len()])
}
