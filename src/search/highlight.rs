//! Why a record matched: the letters of a text to mark, and the fields of a record to name.

use std::ops::Range;

use super::Hit;
use super::lexicon::{FuzzyPattern, match_abbreviation};
use super::query::{Query, Term};
use super::words::{acronyms, for_each_word, letter_mask, truncated};

use crate::model::{AnyRecord, Audience, FieldInfo, FieldType, Kind, SearchField, Shown, Wording, Workspace};

/// Only so many bytes of a text are highlighted: more than any screen shows of one field.
const MAX_BYTES: usize = 16 * 1024;

impl Query {
    /// The bytes of a text that the terms of the query match, in order and without overlaps.
    ///
    /// Where a term matches literally, its fuzzy matches are not marked.
    pub fn highlight(&self, text: &str) -> Vec<Range<usize>> {
        let terms: Vec<&Term> = self.terms.iter().filter(|term| !term.is_excluded).collect();
        if terms.is_empty() {
            return Vec::new();
        }
        let text = truncated(text, MAX_BYTES);
        let mut words: Vec<(String, Range<usize>)> = Vec::new();
        for_each_word(text, |word, span| words.push((word.to_owned(), span)));
        merge_ranges(terms.into_iter().flat_map(|term| term_spans(term, text, &words)).collect())
    }
}

/// The fields of a kind that count as a search field, whole or with a column.
fn fields_searched_as(field: SearchField, kind: Kind) -> Vec<&'static FieldInfo> {
    let is_searched_so = |info: &FieldInfo| match info.field_type {
        FieldType::Rows(columns) => columns.iter().any(|column| column.search == Some(field)),
        _ => info.search == Some(field),
    };
    kind.fields().filter(|info| is_searched_so(info)).collect()
}

impl Query {
    /// The names of the fields of a record that made it a hit, as they are in files; none that colleagues may not see.
    pub fn matched(&self, hit: &Hit, record: &AnyRecord, workspace: &Workspace) -> Vec<&'static str> {
        let has = |field: &FieldInfo| match record.show(field, Wording::Typed, Audience::Colleagues, workspace) {
            Shown::Value(text) => !self.highlight(&text).is_empty(),
            Shown::Hidden(_) => false,
        };
        let mut found: Vec<&'static str> = Vec::new();
        for searched in hit.fields().map(|field| fields_searched_as(field, record.kind())) {
            let before = found.len();
            found.extend(searched.iter().filter(|field| has(field)).map(|field| field.name));
            if found.len() == before {
                // an alias of an organisation matches without standing in the record itself
                found.extend(searched.first().map(|field| field.name));
            }
        }
        let mut seen = std::collections::HashSet::new();
        found.retain(|name| seen.insert(*name));
        found
    }
}

fn term_spans(term: &Term, text: &str, words: &[(String, Range<usize>)]) -> Vec<Range<usize>> {
    let literal: Vec<Range<usize>> =
        words.iter().filter_map(|(word, span)| prefix_span(term, word, &text[span.clone()], span.start)).collect();
    if !literal.is_empty() || term.is_exact {
        return literal;
    }
    if acronyms(text).contains(&term.text) {
        return acronym_spans(&term.text, text, words);
    }
    let pattern = FuzzyPattern::new(&term.text, term.is_finished);
    let typo =
        |(word, span): &(String, Range<usize>)| pattern.typo_score(word, letter_mask(word)).map(|_| span.clone());
    let typos: Vec<Range<usize>> = words.iter().filter_map(typo).collect();
    if !typos.is_empty() {
        return typos;
    }
    let best = words.iter().filter_map(|(word, span)| Some((match_abbreviation(word, &term.text)?, span)));
    let best = best.max_by(|((a, _), _), ((b, _), _)| a.total_cmp(b));
    best.map(|((_, positions), span)| letter_spans(&positions, &text[span.clone()], span.start)).unwrap_or_default()
}

/// The span of the term at the beginning of a word.
fn prefix_span(term: &Term, word: &str, written: &str, at: usize) -> Option<Range<usize>> {
    let rest = word.strip_prefix(term.text.as_str())?;
    if rest.is_empty() {
        return Some(at..at + written.len());
    }
    if term.is_exact {
        return None;
    }
    Some(at..at + end_of_letters(written, term.text.chars().count()))
}

/// Where the first `count` folded letters of a word end in its original spelling.
fn end_of_letters(written: &str, count: usize) -> usize {
    let mut seen = 0;
    for (at, c) in written.char_indices() {
        if seen >= count {
            return at;
        }
        seen += folded_len(c);
    }
    written.len()
}

fn folded_len(c: char) -> usize {
    let mut count = 0;
    crate::model::text::fold(c, |c| count += usize::from(c.is_alphanumeric()));
    count
}

/// The spans in the original spelling of the folded letters at these positions.
fn letter_spans(positions: &[usize], written: &str, start: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut seen = 0;
    for (at, c) in written.char_indices() {
        let next = seen + folded_len(c);
        if positions.iter().any(|position| (seen..next).contains(position)) {
            found.push(start + at..start + at + c.len_utf8());
        }
        seen = next;
    }
    found
}

/// The first letters of the words that an acronym stands for.
fn acronym_spans(acronym: &str, text: &str, words: &[(String, Range<usize>)]) -> Vec<Range<usize>> {
    let mut wanted = acronym.chars().peekable();
    let mut found = Vec::new();
    for (word, span) in words {
        if wanted.peek().is_some_and(|letter| word.starts_with(*letter)) {
            wanted.next();
            let first = text[span.clone()].chars().next().map_or(0, char::len_utf8);
            found.push(span.start..span.start + first);
        }
    }
    found
}

/// Sorts ranges and joins those that touch.
fn merge_ranges(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut found: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match found.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => found.push(range),
        }
    }
    found
}
