//! Words that a term may stand for without being a prefix of them: typed with a mistake, or abbreviated.

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use crate::search::words::letter_mask;

/// How many typing mistakes a term of so many letters may hold. In words of three letters a mistake leaves nearly any
/// other word; in long ones two are common.
pub(in crate::search) fn max_typos(letters: usize) -> usize {
    match letters {
        ..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

/// Matches words that a term may stand for with a typing mistake, or with letters left out.
pub(in crate::search) struct FuzzyPattern<'a> {
    term: &'a str,
    mask: u64,
    count: usize,
    first: Option<char>,
    max_typos: usize,
    is_finished: bool,
}

/// The shortest abbreviation: one letter would abbreviate every other word.
const MIN_ABBREVIATION: usize = 2;

/// A beginning may lack so many letters of a word that was typed to its end: the `s` of `George's`.
const MAX_REST: usize = 2;

impl<'a> FuzzyPattern<'a> {
    pub fn new(term: &'a str, is_finished: bool) -> Self {
        let count = term.chars().count();
        let has_digit = term.bytes().any(|b| b.is_ascii_digit());
        let max_typos = if has_digit { 0 } else { max_typos(count) }; // BH1 is not BH2
        Self { term, mask: letter_mask(term), count, first: term.chars().next(), max_typos, is_finished }
    }

    /// Whether a word with these letters can match at all: each letter of the term that it lacks is a mistake.
    pub fn may_match(&self, mask: u64) -> bool {
        (self.mask & !mask).count_ones() as usize <= self.max_typos
    }

    /// How well a word matches with typing mistakes: 0.5 with one, 0.35 with two or with one in a prefix. The distance is
    /// optimal string alignment (Damerau and Levenshtein, each letter edited once), so swapped neighbours are one mistake.
    pub fn typo_score(&self, word: &str, mask: u64) -> Option<f32> {
        if self.max_typos == 0 || !self.may_match(mask) {
            return None;
        }
        let length = word.chars().count();
        // a letter of the word that the term lacks is a mistake, too
        let is_near = (mask & !self.mask).count_ones() as usize <= self.max_typos;
        let distance = if is_near && length.abs_diff(self.count) <= self.max_typos {
            strsim::osa_distance(self.term, word)
        } else {
            usize::MAX
        };
        if distance <= self.max_typos {
            return Some(0.65 - 0.15 * distance as f32);
        }
        let is_begun = if self.is_finished { length <= self.count + MAX_REST } else { length > self.count };
        let may_be_prefix = is_begun && self.count > 4 && length + 1 > self.count && word.chars().next() == self.first;
        may_be_prefix.then(|| self.prefix_typo_score(word)).flatten()
    }

    /// A term still being typed may already have a mistake: `wemou` on the way to `weymouth`.
    fn prefix_typo_score(&self, word: &str) -> Option<f32> {
        let distance_to_prefix = |count: usize| {
            let end = word.char_indices().nth(count).map_or(word.len(), |(at, _)| at);
            strsim::osa_distance(self.term, &word[..end])
        };
        let nearest = (self.count - 1..=self.count + 1).map(distance_to_prefix).min()?; // of one letter more or less
        (nearest <= 1).then_some(0.35)
    }

    /// How well the term abbreviates a word, from 0 to 1: same first letter, the others in order. Longer words score
    /// less, and a word is at most about three times as long as its abbreviation.
    pub fn abbreviation_score(&self, word: &str, mask: u64) -> Option<f32> {
        let length = word.chars().count();
        let can_be = self.count >= MIN_ABBREVIATION
            && self.mask & !mask == 0
            && word.chars().next() == self.first
            && length > self.count
            && length <= self.count * 3 + 2;
        if !can_be {
            return None;
        }
        match_abbreviation(word, self.term).map(|(score, _)| score / (1.0 + length as f32 / 40.0))
    }
}

/// How well `term` abbreviates `word`, and the positions of the letters it keeps.
pub(in crate::search) fn match_abbreviation(word: &str, term: &str) -> Option<(f32, Vec<usize>)> {
    thread_local! {
        static MATCHER: SkimMatcherV2 = SkimMatcherV2::default().smart_case();
    }
    let count = term.chars().count();
    if count < MIN_ABBREVIATION || word.chars().next() != term.chars().next() {
        return None;
    }
    let (score, positions) = MATCHER.with(|matcher| matcher.fuzzy_indices(word, term))?;
    // an abbreviation keeps the first letter
    if positions.first() != Some(&0) {
        return None;
    }
    // the matcher gives about 24 points for each letter at best
    let most = 24.0 * count as f32;
    Some(((score as f32 / most).clamp(0.05, 1.0), positions))
}
