//! Why a record matched: the letters of a text that the words of a query mean.

use std::ops::Range;

use super::Hit;
use super::lexicon::{Guess, shorten};
use super::query::{Query, Word};
use super::said::Field;
use super::words::{acronyms, beginning, each_word, letters};

use crate::model::{AnyRecord, Workspace};

/// The most bytes of a text that are looked at: more than any screen shows of one field.
const MOST_BYTES: usize = 16 * 1024;

impl Query {
    /// The bytes of a text that the words of the query mean, in order and without overlaps.
    ///
    /// A word that stands in the text letter for letter is not also marked where it may be a guess.
    pub fn highlight(&self, text: &str) -> Vec<Range<usize>> {
        let sought: Vec<&Word> = self.words.iter().filter(|word| !word.is_excluded).collect();
        if sought.is_empty() {
            return Vec::new();
        }
        let text = beginning(text, MOST_BYTES);
        let mut said: Vec<(String, Range<usize>)> = Vec::new();
        each_word(text, |word, span| said.push((word.to_owned(), span)));
        let mut marked: Vec<Range<usize>> = Vec::new();
        for word in sought {
            marked.extend(in_words(word, text, &said));
        }
        united(marked)
    }
}

/// The fields of records whose texts are searched as one.
fn members(field: Field) -> &'static [&'static str] {
    match field {
        Field::Name => &["name"],
        Field::Alias => &["aliases", "initials", "login"],
        Field::Organisation => &["organisation", "commissioner", "funders", "referrers", "roles", "parent"],
        Field::Need => &["needs", "clients", "roles", "sector"],
        Field::Place => &["serves", "locations"],
        Field::Text => &[
            "summary",
            "eligibility",
            "alert",
            "how_to_refer",
            "notes",
            "opening",
            "cost",
            "waiting",
            "accessibility",
            "languages",
            "contacts",
            "locations",
            "identifier",
        ],
    }
}

impl Query {
    /// The names of the fields of a record that made it a hit, as they are in files.
    pub fn matched(&self, hit: &Hit, record: &AnyRecord, workspace: &Workspace) -> Vec<&'static str> {
        let is_hidden = matches!(record, AnyRecord::Service(service) if service.hide_address);
        let may_show = |name: &str| !(is_hidden && name == "locations");
        let has =
            |name: &&&'static str| may_show(name) && !self.highlight(&record.format_field(name, workspace)).is_empty();
        let mut found: Vec<&'static str> = Vec::new();
        for group in hit.fields().map(members) {
            let shown: Vec<&'static str> = group.iter().filter(has).copied().collect();
            // another name of an organisation is not to be seen in the record itself
            found.extend(if shown.is_empty() { &group[..1] } else { &shown });
        }
        let mut seen = std::collections::HashSet::new();
        found.retain(|name| seen.insert(*name));
        found
    }
}

fn in_words(sought: &Word, text: &str, said: &[(String, Range<usize>)]) -> Vec<Range<usize>> {
    let plain: Vec<Range<usize>> =
        said.iter().filter_map(|(word, span)| plain_mark(sought, word, &text[span.clone()], span.start)).collect();
    if !plain.is_empty() || sought.is_exact {
        return plain;
    }
    if acronyms(text).contains(&sought.text) {
        return initials(&sought.text, text, said);
    }
    let guess = Guess::new(&sought.text, sought.is_finished);
    let mistyped = |(word, span): &(String, Range<usize>)| guess.mistyped(word, letters(word)).map(|_| span.clone());
    let mistyped: Vec<Range<usize>> = said.iter().filter_map(mistyped).collect();
    if !mistyped.is_empty() {
        return mistyped;
    }
    let best = said.iter().filter_map(|(word, span)| Some((shorten(word, &sought.text)?, span)));
    let best = best.max_by(|((a, _), _), ((b, _), _)| a.total_cmp(b));
    best.map(|((_, places), span)| letters_at(&places, &text[span.clone()], span.start)).unwrap_or_default()
}

/// The part of a word that was typed, when it begins with it.
fn plain_mark(sought: &Word, word: &str, written: &str, at: usize) -> Option<Range<usize>> {
    let rest = word.strip_prefix(sought.text.as_str())?;
    if rest.is_empty() {
        return Some(at..at + written.len());
    }
    if sought.is_exact {
        return None;
    }
    Some(at..at + end_of(written, sought.text.chars().count()))
}

/// Where in a word as it is written its first `count` letters end.
fn end_of(written: &str, count: usize) -> usize {
    let mut seen = 0;
    for (at, c) in written.char_indices() {
        if seen >= count {
            return at;
        }
        seen += folded_letters(c);
    }
    written.len()
}

fn folded_letters(c: char) -> usize {
    let mut count = 0;
    crate::model::text::fold(c, |c| count += usize::from(c.is_alphanumeric()));
    count
}

/// The letters of a written word that stand at these places among its folded ones.
fn letters_at(places: &[usize], written: &str, start: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut seen = 0;
    for (at, c) in written.char_indices() {
        let next = seen + folded_letters(c);
        if places.iter().any(|place| (seen..next).contains(place)) {
            found.push(start + at..start + at + c.len_utf8());
        }
        seen = next;
    }
    found
}

/// The first letters of the words that initials stand for.
fn initials(typed: &str, text: &str, said: &[(String, Range<usize>)]) -> Vec<Range<usize>> {
    let mut wanted = typed.chars().peekable();
    let mut found = Vec::new();
    for (word, span) in said {
        if wanted.peek().is_some_and(|letter| word.starts_with(*letter)) {
            wanted.next();
            let first = text[span.clone()].chars().next().map_or(0, char::len_utf8);
            found.push(span.start..span.start + first);
        }
    }
    found
}

fn united(mut marked: Vec<Range<usize>>) -> Vec<Range<usize>> {
    marked.sort_by_key(|range| (range.start, range.end));
    let mut found: Vec<Range<usize>> = Vec::new();
    for range in marked {
        match found.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => found.push(range),
        }
    }
    found
}
