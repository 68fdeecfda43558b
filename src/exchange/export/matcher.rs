//! Finds phrases in texts however they are written: in any case, with any blanks, commas, hyphens or line breaks between
//! their words, streets abbreviated or not, postcodes with a blank or without.

use std::collections::HashMap;
use std::ops::Range;

use crate::exchange::values::postcode;
use crate::model::Id;

/// Short forms of words in addresses, as Royal Mail and the post of the United States write them.
const SHORT_FORMS: &[(&str, &str)] = &[
    ("ave", "avenue"),
    ("av", "avenue"),
    ("blvd", "boulevard"),
    ("bldg", "building"),
    ("bldgs", "buildings"),
    ("cl", "close"),
    ("cott", "cottage"),
    ("cres", "crescent"),
    ("cresc", "crescent"),
    ("ct", "court"),
    ("crt", "court"),
    ("dr", "drive"),
    ("est", "estate"),
    ("gdn", "garden"),
    ("gdns", "gardens"),
    ("gr", "grove"),
    ("grn", "green"),
    ("gro", "grove"),
    ("hse", "house"),
    ("hwy", "highway"),
    ("ind", "industrial"),
    ("la", "lane"),
    ("ln", "lane"),
    ("mt", "mount"),
    ("pde", "parade"),
    ("pk", "park"),
    ("pl", "place"),
    ("rd", "road"),
    ("saint", "street"), // one short form stands for both
    ("sq", "square"),
    ("st", "street"),
    ("str", "street"),
    ("ter", "terrace"),
    ("terr", "terrace"),
    ("wlk", "walk"),
    ("wy", "way"),
];

/// A word of a text: where it stands, and how it compares.
struct Word {
    at: Range<usize>,
    form: String,
}

/// The words of a text. An apostrophe is part of a word and does not count.
fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut is_inside = false;
    for (at, c) in text.char_indices() {
        let is_apostrophe = matches!(c, '\'' | '’');
        if !(c.is_alphanumeric() || is_inside && is_apostrophe) {
            is_inside = false;
            continue;
        }
        if !is_inside {
            words.push(Word { at: at..at, form: String::new() });
            is_inside = true;
        }
        if let Some(word) = words.last_mut().filter(|_| !is_apostrophe) {
            word.at.end = at + c.len_utf8();
            word.form.extend(c.to_lowercase());
        }
    }
    for word in &mut words {
        if let Some((_, long)) = SHORT_FORMS.iter().find(|(short, _)| *short == word.form) {
            (*long).clone_into(&mut word.form);
        }
    }
    words
}

/// The words of a phrase, as they are compared.
pub fn forms(phrase: &str) -> Vec<String> {
    words(phrase).into_iter().map(|word| word.form).collect()
}

/// Whether a text is a British postcode, with a blank or without.
pub fn is_postcode(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    postcode(&bare.to_lowercase()).is_some() // lower case is never the standard form
}

/// The words of a phrase, and whose texts it is looked for in; `None`: everybody's.
type Phrase = (Vec<String>, Option<Id>);

/// Phrases that are looked for, everywhere or in what belongs to one organisation only.
#[derive(Default)]
pub struct Matcher {
    by_first: HashMap<String, Vec<Phrase>>,
}

impl Matcher {
    /// A matcher for phrases that are looked for everywhere.
    pub fn of<'a>(phrases: impl IntoIterator<Item = &'a str>) -> Self {
        let mut matcher = Self::default();
        phrases.into_iter().for_each(|phrase| matcher.add(phrase, None));
        matcher
    }

    /// Adds a phrase; with an organisation it is looked for in what belongs to that only.
    pub fn add(&mut self, phrase: &str, within: Option<Id>) {
        if is_postcode(phrase) {
            let whole: String = phrase.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
            let (out, inward) = whole.split_at(whole.len().saturating_sub(3));
            self.add_forms(vec![out.to_owned(), inward.to_owned()], within);
            self.add_forms(vec![whole], within);
        } else {
            self.add_forms(forms(phrase), within);
        }
    }

    fn add_forms(&mut self, forms: Vec<String>, within: Option<Id>) {
        let Some(first) = forms.first().filter(|first| !first.is_empty()) else {
            return;
        };
        let known = self.by_first.entry(first.clone()).or_default();
        if !known.contains(&(forms.clone(), within)) {
            known.push((forms, within));
        }
    }

    /// Where phrases stand in a text of this organisation: the longest of those that begin at a word, none within another.
    pub fn find(&self, text: &str, organisation: Option<Id>) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        if self.by_first.is_empty() {
            return found;
        }
        let words = words(text);
        let mut at = 0;
        while at < words.len() {
            let length = self.longest(&words[at..], organisation);
            if length > 0 {
                found.push(words[at].at.start..words[at + length - 1].at.end);
            }
            at += length.max(1);
        }
        found
    }

    fn longest(&self, words: &[Word], organisation: Option<Id>) -> usize {
        let applies = |within: &Option<Id>| within.is_none() || *within == organisation;
        let stands = |forms: &[String]| {
            forms.len() <= words.len() && forms.iter().zip(words).all(|(form, word)| *form == word.form)
        };
        let phrases = self.by_first.get(&words[0].form).into_iter().flatten();
        let fitting = phrases.filter(|(forms, within)| applies(within) && stands(forms));
        fitting.map(|(forms, _)| forms.len()).max().unwrap_or_default()
    }

    /// A text with `instead` wherever a phrase stood; `None`: there is none in it.
    pub fn replace(&self, text: &str, organisation: Option<Id>, instead: &str) -> Option<String> {
        let found = self.find(text, organisation);
        if found.is_empty() {
            return None;
        }
        let mut replaced = text.to_owned();
        found.into_iter().rev().for_each(|at| replaced.replace_range(at, instead));
        Some(replaced)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_found_however_it_is_written() {
        let matcher = Matcher::of(["7 Hidden Lane", "DT9 4ZZ", "St John's House"]);
        for text in [
            "7 hidden lane",
            "at 7  Hidden\nLane.",
            "7, Hidden Ln",
            "DT9-4ZZ",
            "dt94zz",
            "DT9  4ZZ",
            "St. Johns Hse",
            "St John’s House",
        ] {
            let said = matcher.replace(text, None, "*").unwrap_or_default();
            assert!(said.contains('*') && !said.to_lowercase().contains("hid"), "{text}: {said}");
        }
        for text in ["17 Hidden Lane", "7 Hidden Lanes", "DT9 4ZZA", ""] {
            assert_eq!(matcher.find(text, None), [], "{text}");
        }
    }
}
