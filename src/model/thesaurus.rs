//! What people say, and the needs and circumstances they mean by it: "nowhere to sleep" is accommodation, "on tag" is
//! somebody on probation, "for a" carries nothing. One table for import, filters, forms and search.
//!
//! An entry is a word or a phrase. At each word the longest entry that stands there decides, so that a phrase can mean
//! something else than its words do; of entries of one word the most particular one decides: `nursery` before `nurs*`.

mod single;
mod table;

use std::collections::HashMap;
use std::ops::Range;

use serde::Deserialize;

use super::choice::Set;
use super::service::{Ages, Client, Need, Sex};
use super::text;
use single::Singles;

/// The table, made ready for looking words up. `data/thesaurus.ron` comes with the program; a `thesaurus.ron` in the
/// workspace takes its place.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "table::Table")]
pub struct Thesaurus {
    codes: HashMap<String, Set<Need>>,
    singles: Singles,
    /// Entries of several words by the first of them.
    phrases: HashMap<String, Vec<Phrase>>,
    same: HashMap<String, Vec<String>>,
    close: Vec<Vec<CloseWord>>,
}

/// A word or a phrase that speaks of the same thing as others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseWord {
    /// Its words.
    words: Vec<String>,
    /// Whether the last is the beginning of one.
    pub is_beginning: bool,
}

impl CloseWord {
    fn new(text: &str) -> Self {
        let plain = plain_words(text.trim_end_matches('*'));
        Self { words: plain.split_ascii_whitespace().map(str::to_owned).collect(), is_beginning: text.ends_with('*') }
    }

    /// It, where it is one word.
    pub fn word(&self) -> Option<&str> {
        if let [word] = self.words.as_slice() { Some(word) } else { None }
    }

    fn stands_in(&self, words: &[String]) -> bool {
        let Some((last, before)) = self.words.split_last() else { return false };
        words.windows(self.words.len()).any(|window| {
            let ends = window.last().is_some_and(|word| stands_for(last, self.is_beginning, word));
            ends && before.iter().zip(window).all(|(own, word)| own == word)
        })
    }
}

/// What some words of a query mean.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meaning {
    /// The words.
    pub words: Range<usize>,
    /// The needs with their weights, the heaviest first: 1, or 0.5 where the words may mean others as well.
    pub needs: Vec<(Need, f32)>,
    /// Where the person stands with the criminal justice system.
    pub clients: Set<Client>,
    /// Which sex the person is of.
    pub sex: Option<Sex>,
    /// How old the person is, as far as the words say.
    pub ages: Option<Ages>,
    /// Whether the words carry nothing.
    pub is_nothing: bool,
    /// Whether the word is no entry, and was taken for one that it resembles or begins.
    pub is_guess: bool,
}

/// What is meant by words that are typed for a choice alone.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Value {
    /// The needs that they mean most.
    pub needs: Set<Need>,
    /// Where somebody stands with the criminal justice system.
    pub clients: Set<Client>,
    /// Which sex somebody is of.
    pub sex: Option<Sex>,
}

/// The weight of a need that words may mean among others.
const PERHAPS: f32 = 0.5;

/// What one entry means: everything that the lists of the table say of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Sense {
    said: Set<Need>,
    asked: Set<Need>,
    perhaps: Set<Need>,
    clients: Set<Client>,
    sex: Option<Sex>,
    ages: Option<Ages>,
    is_nothing: bool,
    /// Whether it only keeps its words from meaning something: a tennis court is no court.
    is_none: bool,
}

/// An entry of several words.
#[derive(Clone, Debug)]
struct Phrase {
    /// Its words after the first, a blank between.
    rest: String,
    /// How many they are.
    count: usize,
    /// Whether its last word is the beginning of one.
    is_beginning: bool,
    sense: Sense,
}

impl Thesaurus {
    /// The needs that a code of a taxonomy stands for, letter for letter; empty where it is not known.
    pub fn of_code(&self, code: &str) -> Set<Need> {
        self.codes.get(code).copied().unwrap_or_default()
    }

    /// The needs that a description speaks of: only by entries that mean a need wherever they stand.
    pub fn of_text(&self, text: &str) -> Set<Need> {
        let plain = plain_words(text);
        let words: Vec<&str> = plain.split_ascii_whitespace().collect();
        let (mut needs, mut at) = (Set::default(), 0);
        while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
            let found = self.longest(rest, false, |sense| sense.is_none || !sense.said.is_empty());
            needs = found.map_or(needs, |(_, sense)| needs.union(sense.said));
            at += found.map_or(1, |(count, _)| count);
        }
        needs
    }

    /// What the words of a query mean, from the left, the longest entry first; of words that mean nothing known it says
    /// nothing. `is_open`: the last word is still being typed. The words are folded as search folds them: small letters
    /// without accents and apostrophes, apart at hyphens.
    pub fn read(&self, words: &[String], is_open: bool) -> Vec<Meaning> {
        let (mut meanings, mut at) = (Vec::new(), 0);
        while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
            let is_last = is_open && rest.len() == 1;
            let found = self.longest(rest, is_open, |_| true);
            let found = found.map(|(count, sense)| (self.kept(rest, count, sense, is_open), *sense));
            let is_guess = found.is_none();
            let (count, sense) = found
                .or_else(|| Some((1, self.singles.guess(&rest[0], is_last)?)))
                .unwrap_or((1, Sense { is_none: true, ..Sense::default() }));
            if !sense.is_none {
                let meaning = self.with_circumstances(sense, &words[at..at + count]).meaning(at..at + count);
                meanings.push(Meaning { is_guess, ..meaning });
            }
            at += count;
        }
        meanings
    }

    /// What a value means that is typed for a choice alone, in a filter or in a field: its surest needs, and its
    /// circumstances. It may still be open.
    pub fn of_value(&self, typed: &str) -> Value {
        let words: Vec<String> = plain_words(typed).split_ascii_whitespace().map(str::to_owned).collect();
        let mut meanings = self.read(&words, true);
        if let ([word], true) = (words.as_slice(), meanings.is_empty()) {
            meanings.extend(self.singles.begun(word).map(|sense| sense.meaning(0..1)));
        }
        let weights = meanings.iter().flat_map(|meaning| &meaning.needs);
        let most = weights.clone().map(|(_, weight)| *weight).fold(0.0, f32::max);
        Value {
            needs: weights.filter(|(_, weight)| *weight >= most).map(|(need, _)| *need).collect(),
            clients: meanings.iter().fold(Set::default(), |all, meaning| all.union(meaning.clients)),
            sex: meanings.iter().find_map(|meaning| meaning.sex),
        }
    }

    /// The other spellings of a word: `centre` is `center` and `ctr`.
    pub fn same(&self, word: &str) -> &[String] {
        self.same.get(word).map_or(&[], Vec::as_slice)
    }

    /// The words that speak of the same thing as some words of a query: what they do not say themselves, each once.
    pub fn close(&self, words: &[String]) -> Vec<&CloseWord> {
        let asked = self.close.iter().filter(|group| group.iter().any(|one| one.stands_in(words)));
        let mut found: Vec<&CloseWord> = Vec::new();
        for one in asked.flatten().filter(|one| one.word().is_some() && !one.stands_in(words)) {
            if !found.contains(&one) {
                found.push(one);
            }
        }
        found
    }

    /// The longest entry at the beginning of some words, and how many of them it takes.
    fn longest<W: AsRef<str>>(
        &self,
        words: &[W],
        is_open: bool,
        counts: impl Fn(&Sense) -> bool,
    ) -> Option<(usize, &Sense)> {
        let first = words.first()?.as_ref();
        let phrases = self.phrases.get(first).map_or(&[] as &[Phrase], Vec::as_slice);
        let standing = phrases.iter().filter(|phrase| counts(&phrase.sense) && phrase.stands(&words[1..], is_open));
        let longest =
            standing.max_by_key(|phrase| phrase.particularity()).map(|phrase| (1 + phrase.count, &phrase.sense));
        longest.or_else(|| Some((1, self.singles.find(first, counts)?)))
    }

    /// A phrase that says nothing of circumstances has those of the words in it: "pregnant woman" is a woman.
    fn with_circumstances(&self, sense: Sense, words: &[String]) -> Sense {
        if words.len() < 2 || sense.is_nothing || sense.has_circumstances() {
            return sense;
        }
        let inner = |at: usize| {
            let end = if at == 0 { words.len() - 1 } else { words.len() };
            self.longest(&words[at..end], false, |_| true).map(|(_, sense)| sense.circumstances())
        };
        (0..words.len()).filter_map(inner).fold(sense, Sense::or)
    }

    /// How many words an entry keeps: one that carries nothing gives way to a longer one that begins inside of it and
    /// ends behind it: of "looking for somewhere to live" the last three words are kept together.
    fn kept(&self, words: &[String], count: usize, sense: &Sense, is_open: bool) -> usize {
        let is_cut = |at: &usize| {
            let found = self.longest(&words[*at..], is_open, |sense| !sense.is_nothing);
            found.is_some_and(|(length, _)| at + length > count)
        };
        (1..count).find(|at| sense.is_nothing && is_cut(at)).unwrap_or(count)
    }
}

impl Phrase {
    /// By how much it is preferred to another that begins with the same word.
    fn particularity(&self) -> (usize, usize, bool) {
        (self.count, self.rest.len(), !self.is_beginning)
    }

    /// Whether its words after the first stand at the beginning of `words`. The last word of all may still be open.
    fn stands<W: AsRef<str>>(&self, words: &[W], is_open: bool) -> bool {
        let is_last = |at: usize| at + 1 == self.count;
        let stands = |(at, entry): (usize, &str)| {
            let word = words[at].as_ref();
            let is_open = is_open && !word.is_empty(); // what was read otherwise stands here as an empty word
            let is_begun = is_open && is_last(at) && words.len() == self.count && entry.starts_with(word);
            word == entry || is_last(at) && (stands_for(entry, self.is_beginning, word) || is_begun)
        };
        words.len() >= self.count && self.rest.split(' ').enumerate().all(stands)
    }
}

/// Whether a word is the word of an entry: the word itself, its plural, or whatever it begins.
fn stands_for(entry: &str, is_beginning: bool, word: &str) -> bool {
    word.strip_prefix(entry).is_some_and(|rest| is_beginning || matches!(rest, "" | "s" | "es"))
}

impl Sense {
    fn has_circumstances(&self) -> bool {
        !self.clients.is_empty() || self.sex.is_some() || self.ages.is_some()
    }

    fn circumstances(&self) -> Self {
        Self { clients: self.clients, sex: self.sex, ages: self.ages, ..Self::default() }
    }

    fn needs(self) -> Set<Need> {
        self.said.union(self.asked).union(self.perhaps)
    }

    /// What either of two entries means.
    fn or(self, other: Self) -> Self {
        Self {
            said: self.said.union(other.said),
            asked: self.asked.union(other.asked),
            perhaps: self.perhaps.union(other.perhaps),
            clients: self.clients.union(other.clients),
            sex: self.sex.or(other.sex),
            ages: self.ages.or(other.ages),
            is_nothing: self.is_nothing || other.is_nothing,
            is_none: self.is_none || other.is_none,
        }
    }

    fn meaning(self, words: Range<usize>) -> Meaning {
        let sure = self.said.union(self.asked);
        let mut needs: Vec<(Need, f32)> = sure.iter().map(|need| (need, 1.0)).collect();
        needs.extend(self.perhaps.iter().filter(|need| !sure.has(*need)).map(|need| (need, PERHAPS)));
        let Self { clients, sex, ages, is_nothing, .. } = self;
        Meaning { words, needs, clients, sex, ages, is_nothing, is_guess: false }
    }
}

/// A text as its words, folded, each with a blank before it.
fn plain_words(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        match c {
            '\'' | '’' | '‘' | 'ʼ' | '`' | '´' => {}
            _ => text::fold(c, |c| plain.push(if c.is_alphanumeric() { c } else { ' ' })),
        }
    }
    plain
}

#[cfg(test)]
mod tests;
