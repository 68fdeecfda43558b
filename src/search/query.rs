//! Parsing a query: terms, excluded terms, exact terms, filters, and what could not be understood.

use std::ops::Range;

use super::Index;
use super::field_filter::field_of;
use super::filter::{self, Predicate};
use super::understand::{Means, Person, Spot, Unit, When, Word, understand};
use super::words::{for_each_word, truncated};
use crate::model::place::{Atlas, Point};
use crate::model::record::FilterInfo;
use crate::model::{Kind, SearchField};

/// A parsed query. Parse it anew when the text or the index changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    pub(super) terms: Vec<Term>,
    pub(super) filters: Vec<Filter>,
    /// What could not be understood, a sentence each. The rest of the query is searched for.
    pub problems: Vec<String>,
    /// The first of them that is about a filter: what is found is not what was asked for.
    pub misunderstood: Option<String>,
    /// The text split at blanks, so that a suggestion can leave out one part.
    parts: Vec<String>,
    /// What its words were understood as.
    units: Vec<Unit>,
    /// Words that speak of the same thing, and whether each is a beginning.
    pub(super) close: Vec<(String, bool)>,
}

/// A word that a record must hold, or must not.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    pub text: String,
    pub is_exact: bool,
    pub is_excluded: bool,
    /// Whether something follows it: otherwise it is still being typed.
    pub is_finished: bool,
    /// The fields in which it counts, as bits.
    pub fields: u8,
    /// The index of its part.
    pub part: usize,
    /// What it means beside what it says.
    pub means: Option<Means>,
    /// Its share of the words that mean this together.
    pub share: f32,
    /// Whether it is a small word in a phrase, which says nothing by itself.
    pub is_small: bool,
    /// Whether it means that only if it was mistyped.
    pub is_guess: bool,
}

impl Term {
    /// Whether a record is a hit without it: what is said of the person or the day only puts hits in order.
    pub fn is_beside(&self) -> bool {
        matches!(self.means, Some(Means::Person(_) | Means::When(_)))
    }
}

/// A predicate on a record, negated by `!`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Filter {
    pub predicate: Predicate,
    pub is_negated: bool,
    pub part: usize,
}

/// What some parts of a query were understood as.
#[derive(Clone, Debug, PartialEq)]
pub struct Understood {
    /// In the words of the domain: accommodation, serves Weymouth.
    pub label: String,
    /// The numbers of the parts.
    pub parts: Range<usize>,
}

/// The parts of the query in which the words of a unit stand.
fn parts_of(words: &[Word], unit: &Unit) -> Range<usize> {
    let part = |at: usize| words.get(at).map_or(0, |word| word.part);
    part(unit.words.start)..part(unit.words.end.saturating_sub(1)) + 1
}

/// The most terms of a query that are searched for: each is a bit of a 16-bit set while scores are added up.
pub(super) const MAX_TERMS: usize = 12;

/// The most bytes of a query that are parsed.
const MAX_BYTES: usize = 2_000;

const ALL_FIELDS: u8 = 0x3f;

/// Words left out of a query that has others: "housing in Weymouth" asks for two words.
const STOP_WORDS: [&str; 13] = ["a", "an", "and", "at", "by", "for", "in", "of", "on", "or", "the", "to", "with"];

impl Query {
    /// Parses a text. Towns and areas in it are looked up in the index and on the map.
    pub fn parse(text: &str, index: &Index, atlas: &Atlas) -> Self {
        let mut query = Self::default();
        let text = if text.len() > MAX_BYTES {
            query.problems.push(format!("only the first {MAX_BYTES} bytes of the search are used"));
            truncated(text, MAX_BYTES)
        } else {
            text
        };
        query.parts = parts(text);
        let is_open = !text.ends_with([' ', '"']);
        for at in 0..query.parts.len() {
            let part = query.parts[at].clone();
            let is_finished = !is_open || at + 1 < query.parts.len();
            query.parse_part(at, &part, is_finished, index, atlas);
        }
        query.understand(is_open, index, atlas);
        query.drop_stop_words();
        query
    }

    /// Reads what its plain words mean.
    fn understand(&mut self, is_open: bool, index: &Index, atlas: &Atlas) {
        if !index.kinds().contains(&Kind::Service) {
            return;
        }
        let is_plain = |term: &&mut Term| !term.is_exact && !term.is_excluded && term.fields == ALL_FIELDS;
        let mut plain: Vec<&mut Term> = self.terms.iter_mut().filter(is_plain).collect();
        let word = |term: &&mut Term| Word {
            text: term.text.clone(),
            part: term.part,
            typed: self.parts.get(term.part).cloned().unwrap_or_default(),
        };
        let words: Vec<Word> = plain.iter().map(word).collect();
        let is_growing = is_open && plain.last().is_some_and(|term| !term.is_finished);
        let units = understand(&words, is_growing, index, atlas);
        for unit in &units {
            let share = 1.0 / unit.words.len() as f32;
            for term in &mut plain[unit.words.clone()] {
                let is_small = share < 1.0 && STOP_WORDS.contains(&term.text.as_str());
                (term.means, term.share, term.is_small) = (Some(unit.means.clone()), share, is_small);
                term.is_guess = unit.is_guess;
            }
        }
        if units.iter().any(|unit| matches!(unit.means, Means::Needs(..))) {
            let texts: Vec<String> = words.iter().map(|word| word.text.clone()).collect();
            let close = index.thesaurus.close(&texts).into_iter();
            self.close = close.filter_map(|one| Some((one.word()?.to_owned(), one.is_beginning))).collect();
        }
        self.units = units.into_iter().map(|unit| Unit { words: parts_of(&words, &unit), ..unit }).collect();
    }

    /// What was understood of the words beside what they say, each with its parts of the query, from the left.
    pub fn understood(&self) -> Vec<Understood> {
        let said = self.units.iter().filter(|unit| unit.means != Means::Nothing);
        said.map(|unit| Understood { label: unit.means.label(), parts: unit.words.clone() }).collect()
    }

    /// The text with some parts taken for what they say and no more: `'flat` is found as it is written.
    pub fn literal(&self, parts: Range<usize>) -> String {
        let literal =
            |(at, text): (usize, &String)| if parts.contains(&at) { format!("'{text}") } else { text.clone() };
        self.parts.iter().enumerate().map(literal).collect::<Vec<_>>().join(" ")
    }

    /// What is said of the person who asks.
    pub(super) fn person(&self) -> Person {
        let said = self.units.iter().filter_map(|unit| match &unit.means {
            Means::Needs(_, person) | Means::Person(person) => Some(*person),
            _ => None,
        });
        said.fold(Person::default(), Person::and)
    }

    /// When it is to be open.
    pub(super) fn when(&self) -> Option<When> {
        self.units.iter().find_map(|unit| match &unit.means {
            Means::When(when) => Some(*when),
            _ => None,
        })
    }

    /// The place that its words name.
    pub(super) fn spot(&self) -> Option<&Spot> {
        self.units.iter().find_map(|unit| match &unit.means {
            Means::Where(spot) => Some(spot),
            _ => None,
        })
    }

    /// Whether it has neither terms nor filters: it then finds everything.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.filters.is_empty()
    }

    /// The point that distances are measured from.
    pub fn near(&self) -> Option<Point> {
        self.filters.iter().find_map(|filter| match filter.predicate {
            Predicate::Near(point) if !filter.is_negated => Some(point),
            _ => None,
        })
    }

    /// Whether it filters by `in:`, so that a hit may be located in the area or only serve it.
    pub fn asks_in(&self) -> bool {
        self.filters.iter().any(|filter| matches!(filter.predicate, Predicate::In(_)) && !filter.is_negated)
    }

    /// The text without one of its parts.
    pub(super) fn without(&self, part: usize) -> String {
        let kept = self.parts.iter().enumerate().filter(|(at, _)| *at != part).map(|(_, text)| text.as_str());
        kept.collect::<Vec<_>>().join(" ")
    }

    fn parse_part(&mut self, part: usize, text: &str, is_finished: bool, index: &Index, atlas: &Atlas) {
        let (text, is_excluded) = text.strip_prefix('!').map_or((text, false), |text| (text, true));
        if let Some((name, value)) = split_filter(text, &index.filters()) {
            self.parse_filter(part, (name, value), (is_excluded, is_finished), index, atlas);
            return;
        }
        if let Some(name) = unknown_filter(text).filter(|_| !index.kinds().is_empty()) {
            let names = index.filters().iter().map(|filter| filter.name).collect::<Vec<_>>().join(" ");
            self.misunderstand(format!("there is no filter {name:?}; there are {names}"));
        }
        let (text, is_exact) = text.strip_prefix('\'').map_or((text, false), |text| (text, true));
        self.push_terms(
            text,
            &Term {
                text: String::new(),
                is_exact,
                is_excluded,
                is_finished,
                fields: ALL_FIELDS,
                part,
                means: None,
                share: 1.0,
                is_small: false,
                is_guess: false,
            },
        );
    }

    fn parse_filter(
        &mut self,
        part: usize,
        (name, value): (&'static str, &str),
        (is_negated, is_finished): (bool, bool),
        index: &Index,
        atlas: &Atlas,
    ) {
        let value = value.replace('"', "");
        let value = value.trim();
        if value.is_empty() {
            return; // still being typed
        }
        if name == "org:" && field_of(name, index.kinds()).is_none() {
            let template = Term {
                text: String::new(),
                is_exact: false,
                is_excluded: is_negated,
                is_finished,
                fields: SearchField::Organisation.bit(),
                part,
                means: None,
                share: 1.0,
                is_small: false,
                is_guess: false,
            };
            return self.push_terms(value, &template);
        }
        match filter::parse_predicate(name, value, index, atlas) {
            Ok(predicate) => self.filters.push(Filter { predicate, is_negated, part }),
            Err(problem) => self.misunderstand(problem),
        }
    }

    fn misunderstand(&mut self, problem: String) {
        self.misunderstood.get_or_insert_with(|| problem.clone());
        self.problems.push(problem);
    }

    fn push_terms(&mut self, text: &str, template: &Term) {
        let first = self.terms.len();
        let mut end = 0;
        for_each_word(text, |word, span| {
            // a hyphenated word comes in parts, then joined: only the parts become terms
            if span.start >= end {
                end = span.end;
                self.terms.push(Term { text: word.to_owned(), is_finished: true, ..template.clone() });
            }
        });
        if let Some(last) = self.terms[first..].last_mut() {
            last.is_finished = template.is_finished;
        }
        if self.terms.len() > MAX_TERMS {
            self.terms.truncate(MAX_TERMS);
            let problem = format!("only the first {MAX_TERMS} words are searched for");
            if !self.problems.contains(&problem) {
                self.problems.push(problem);
            }
        }
    }

    fn drop_stop_words(&mut self) {
        let is_stop_word = |term: &Term| {
            let says_nothing = match term.means {
                None => STOP_WORDS.contains(&term.text.as_str()),
                Some(ref means) => *means == Means::Nothing,
            };
            term.is_finished && !term.is_exact && !term.is_excluded && says_nothing
        };
        if self.terms.iter().any(|term| !is_stop_word(term) && !term.is_excluded) {
            self.terms.retain(|term| !is_stop_word(term));
        }
    }
}

/// Splits at blanks outside quotes. The second half of a postcode stays with `near:` even without quotes.
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

/// The name and value of a part that is one of these filters.
pub(super) fn split_filter<'t>(text: &'t str, filters: &[FilterInfo]) -> Option<(&'static str, &'t str)> {
    let (name, value) = text.split_once(':')?;
    let known = filters.iter().find(|known| known.name.trim_end_matches(':').eq_ignore_ascii_case(name))?;
    Some((known.name, value))
}

/// The name of a part that is written as a filter but is none: `town:poole`, but not a time of day or a web address.
fn unknown_filter(text: &str) -> Option<&str> {
    let (name, value) = text.split_once(':')?;
    let is_name = (2..=12).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_lowercase());
    (is_name && !value.starts_with("//") && !value.is_empty()).then(|| &text[..=name.len()])
}
