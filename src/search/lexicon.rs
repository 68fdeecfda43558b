//! The lexicon of an inverted index: every distinct word once, with the documents that hold it.
//!
//! A term of a query is compared with these words and never with records: a directory of a hundred thousand services
//! has some ten thousand distinct words, few enough to scan them all at every key press.

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use super::words::letter_mask;

/// That a document holds a word: its number, and in the low six bits the search fields the word stands in.
pub(super) type Posting = u32;

/// The bits of a posting that hold the fields.
pub(super) const FIELD_BITS: u32 = 6;

/// The document of a posting.
pub(super) fn document(posting: Posting) -> usize {
    (posting >> FIELD_BITS) as usize
}

/// The fields of a posting, as bits.
pub(super) fn fields(posting: Posting) -> u8 {
    (posting & ((1 << FIELD_BITS) - 1)) as u8
}

/// Stands before an acronym in the lexicon, which only a term equal to it matches.
const ACRONYM: char = '^';

/// The words in one string, in order of arrival until [`Lexicon::finish`] sorts them, and a hash table over them.
#[derive(Clone, Debug, Default)]
pub(super) struct Lexicon {
    text: String,
    ends: Vec<u32>,
    letter_masks: Vec<u64>,
    postings: Vec<Vec<Posting>>,
    /// Open addressing with linear probing: the number of a word and the upper half of its hash, which tells most other
    /// words apart without reading them.
    slots: Vec<(u32, u32)>,
}

/// A word of the lexicon that matches a term, and how well, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Match {
    pub word: u32,
    pub quality: f32,
}

/// A slot of the hash table without a word.
const EMPTY: (u32, u32) = (u32::MAX, 0);

impl Lexicon {
    /// How many words there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The word with this number.
    pub fn word(&self, at: u32) -> &str {
        let at = at as usize;
        let from = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[from..self.ends[at] as usize]
    }

    /// The postings of a word, in the order of documents.
    pub fn postings(&self, word: u32) -> &[Posting] {
        &self.postings[word as usize]
    }

    /// Adds a posting. Documents must come in the order of their numbers.
    pub fn add(&mut self, word: &str, document: u32, fields: u8) {
        let at = self.find_or_insert(word);
        let list = &mut self.postings[at as usize];
        match list.last_mut() {
            Some(last) if *last >> FIELD_BITS == document => *last |= u32::from(fields),
            _ => list.push(document << FIELD_BITS | u32::from(fields)),
        }
    }

    /// Adds a posting of an acronym.
    pub fn add_acronym(&mut self, acronym: &str, document: u32, fields: u8) {
        self.add(&format!("{ACRONYM}{acronym}"), document, fields);
    }

    /// Removes the postings of these documents.
    pub fn remove(&mut self, is_removed: impl Fn(usize) -> bool) {
        for list in &mut self.postings {
            list.retain(|posting| !is_removed(document(*posting)));
        }
    }

    fn find_or_insert(&mut self, word: &str) -> u32 {
        if self.slots.len() < (self.len() + 1) * 2 {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let hash = hash(word);
        let tag = (hash >> 32) as u32;
        let mut slot = hash as usize & mask;
        while self.slots[slot] != EMPTY {
            let (known, known_tag) = self.slots[slot];
            if known_tag == tag && self.word(known) == word {
                return known;
            }
            slot = (slot + 1) & mask;
        }
        let at = self.len() as u32;
        self.slots[slot] = (at, tag);
        self.text.push_str(word);
        self.ends.push(self.text.len() as u32);
        self.letter_masks.push(letter_mask(word));
        self.postings.push(Vec::new());
        at
    }

    fn grow(&mut self) {
        let size = ((self.len() + 1) * 4).next_power_of_two().max(1024);
        let mut slots = vec![EMPTY; size];
        for at in 0..self.len() as u32 {
            let hash = hash(self.word(at));
            let mut slot = hash as usize & (size - 1);
            while slots[slot] != EMPTY {
                slot = (slot + 1) & (size - 1);
            }
            slots[slot] = (at, (hash >> 32) as u32);
        }
        self.slots = slots;
    }

    /// Adds the postings of another lexicon, whose documents have higher numbers. Each list is freed as soon as it is
    /// copied, so that memory never holds both lexicons whole.
    pub fn merge(&mut self, mut other: Self) {
        for at in 0..other.len() {
            let theirs = std::mem::take(&mut other.postings[at]);
            let word = self.find_or_insert(other.word(at as u32)) as usize;
            if self.postings[word].is_empty() {
                self.postings[word] = theirs;
            } else {
                self.postings[word].extend_from_slice(&theirs);
            }
        }
    }

    /// Sorts the words, so that those with one prefix lie side by side for the scans, and frees what growing reserved.
    pub fn finish(&mut self) {
        let mut order: Vec<(u64, u32)> = (0..self.len() as u32).map(|at| (prefix_key(self.word(at)), at)).collect();
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| self.word(a.1).cmp(self.word(b.1))));
        let mut sorted = Self::default();
        for (_, at) in order {
            let word = self.word(at);
            sorted.text.push_str(word);
            sorted.ends.push(sorted.text.len() as u32);
            sorted.letter_masks.push(self.letter_masks[at as usize]);
            sorted.postings.push(std::mem::take(&mut self.postings[at as usize]).as_slice().into());
        }
        sorted.text.shrink_to_fit();
        *self = sorted;
        self.grow();
    }

    /// The words equal to a term and, unless it is `is_exact`, those it is a prefix of. Equal words score 1. Longer ones
    /// score less the more letters were not typed: from 0.9 while the term is still being typed, from 0.7 once it is
    /// finished, because then the word itself is the likelier meaning.
    pub fn prefix_matches(&self, term: &str, is_exact: bool, is_finished: bool) -> Vec<Match> {
        let wanted = letter_mask(term);
        let count = term.chars().count();
        let prefix_quality = if is_finished { 0.7 } else { 0.9 };
        let mut found = Vec::new();
        for (at, mask) in self.letter_masks.iter().enumerate() {
            if mask & wanted != wanted {
                continue;
            }
            let word = self.word(at as u32);
            let (word, is_acronym) = word.strip_prefix(ACRONYM).map_or((word, false), |word| (word, true));
            let quality = match word.strip_prefix(term) {
                Some("") if is_acronym && count < 3 => continue,
                Some("") => 1.0,
                Some(_) if is_exact || is_acronym => continue,
                Some(rest) => prefix_quality - 0.2 * rest.len() as f32 / word.len() as f32,
                None => continue,
            };
            if !self.postings[at].is_empty() {
                found.push(Match { word: at as u32, quality });
            }
        }
        found
    }

    /// The words that a term may stand for with a typing mistake or as an abbreviation. Abbreviations score below every
    /// mistake (0.1 to 0.3), and only those near the best one count: many words contain the letters of a short term.
    pub fn fuzzy_matches(&self, term: &str, is_finished: bool) -> Vec<Match> {
        let pattern = FuzzyPattern::new(term, is_finished);
        let mut abbreviated = Vec::new();
        let mut found = Vec::new();
        for (at, mask) in self.letter_masks.iter().enumerate() {
            if self.postings[at].is_empty() || !pattern.may_match(*mask) {
                continue;
            }
            let word = self.word(at as u32);
            if word.starts_with(ACRONYM) || word.starts_with(term) {
                continue;
            }
            if let Some(quality) = pattern.typo_score(word, *mask) {
                found.push(Match { word: at as u32, quality });
            } else if let Some(score) = pattern.abbreviation_score(word, *mask) {
                abbreviated.push((at as u32, score));
            }
        }
        let best = abbreviated.iter().map(|(_, score)| *score).fold(0.0, f32::max);
        let good = abbreviated.into_iter().filter(|(_, score)| *score >= best * 0.7);
        found.extend(good.map(|(word, score)| Match { word, quality: 0.1 + 0.2 * score }));
        found
    }
}

/// How many typing mistakes a term of so many letters may hold. In words of three letters a mistake leaves nearly any
/// other word; in long ones two are common.
pub(super) fn max_typos(letters: usize) -> usize {
    match letters {
        ..4 => 0,
        4..8 => 1,
        _ => 2,
    }
}

/// Matches words that a term may stand for with a typing mistake, or with letters left out.
pub(super) struct FuzzyPattern<'a> {
    term: &'a str,
    mask: u64,
    count: usize,
    first: Option<char>,
    max_typos: usize,
    is_finished: bool,
}

/// The shortest abbreviation: two letters would abbreviate every other word.
const MIN_ABBREVIATION: usize = 3;

impl<'a> FuzzyPattern<'a> {
    pub fn new(term: &'a str, is_finished: bool) -> Self {
        let count = term.chars().count();
        let has_digit = term.bytes().any(|b| b.is_ascii_digit());
        let max_typos = if has_digit { 0 } else { max_typos(count) }; // BH1 is not BH2
        Self { term, mask: letter_mask(term), count, first: term.chars().next(), max_typos, is_finished }
    }

    /// Whether a word with these letters can match at all: each letter of the term that it lacks is a mistake.
    fn may_match(&self, mask: u64) -> bool {
        (self.mask & !mask).count_ones() as usize <= self.max_typos
    }

    /// How well a word matches with typing mistakes: 0.5 with one, 0.35 with two or with one in a prefix. The distance is
    /// optimal string alignment (Damerau and Levenshtein, each letter edited once), so swapped neighbours are one mistake.
    pub fn typo_score(&self, word: &str, mask: u64) -> Option<f32> {
        if self.max_typos == 0 || !self.may_match(mask) {
            return None;
        }
        let length = word.chars().count();
        let distance = if length.abs_diff(self.count) <= self.max_typos {
            strsim::osa_distance(self.term, word)
        } else {
            usize::MAX
        };
        if distance <= self.max_typos {
            return Some(0.65 - 0.15 * distance as f32);
        }
        let may_be_prefix =
            !self.is_finished && self.count > 4 && length > self.count && word.chars().next() == self.first;
        may_be_prefix.then(|| self.prefix_typo_score(word)).flatten()
    }

    /// A term still being typed may already have a mistake: `wemou` on the way to `weymouth`.
    fn prefix_typo_score(&self, word: &str) -> Option<f32> {
        let distance_to_prefix = |count: usize| {
            let end = word.char_indices().nth(count).map_or(word.len(), |(at, _)| at);
            strsim::osa_distance(self.term, &word[..end])
        };
        let nearest = (self.count - 1..=self.count + 1).map(distance_to_prefix).min()?;
        (nearest <= 1).then_some(0.35)
    }

    /// How well the term abbreviates a word, from 0 to 1: same first letter, the others in order. Longer words score
    /// less, and a word is at most about three times as long as its abbreviation.
    fn abbreviation_score(&self, word: &str, mask: u64) -> Option<f32> {
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
pub(super) fn match_abbreviation(word: &str, term: &str) -> Option<(f32, Vec<usize>)> {
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

/// The first eight bytes of a word as a number that sorts like the word: most comparisons end here.
fn prefix_key(word: &str) -> u64 {
    let mut bytes = [0; 8];
    let count = word.len().min(8);
    bytes[..count].copy_from_slice(&word.as_bytes()[..count]);
    u64::from_be_bytes(bytes)
}

/// FNV-1a (Fowler, Noll, Vo), with the upper bits mixed in: fast for short words. Collisions only slow down a search.
fn hash(word: &str) -> u64 {
    let mixed = word
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    mixed ^ (mixed >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon(words: &[&str]) -> Lexicon {
        let mut lexicon = Lexicon::default();
        for (at, word) in words.iter().enumerate() {
            lexicon.add(word, at as u32, 1);
        }
        lexicon
    }

    fn words_of(lexicon: &Lexicon, mut matches: Vec<Match>) -> Vec<&str> {
        matches.sort_by(|a, b| b.quality.total_cmp(&a.quality));
        matches.into_iter().map(|found| lexicon.word(found.word)).collect()
    }

    #[test]
    fn words_are_kept_once_and_found_again() {
        let mut lexicon = Lexicon::default();
        for document in 0..3_000_u32 {
            lexicon.add("same", document, 1);
            lexicon.add("same", document, 2);
            lexicon.add(&format!("w{document}"), document, 4);
        }
        lexicon.finish();
        assert_eq!(lexicon.len(), 3_001);
        lexicon.add("w7", 3_000, 1);
        assert_eq!(lexicon.len(), 3_001, "the table still finds a word after sorting");
        let same = lexicon.prefix_matches("same", true, true)[0].word;
        assert_eq!(lexicon.postings(same).len(), 3_000);
        assert_eq!(fields(lexicon.postings(same)[5]), 3);
        lexicon.remove(|document| document != 5);
        assert_eq!(lexicon.postings(same).iter().map(|p| document(*p)).collect::<Vec<_>>(), [5]);
    }

    #[test]
    fn two_halves_make_one() {
        let mut whole = lexicon(&["a", "b", "a", "c"]);
        let (mut first, mut second) = (lexicon(&["a", "b"]), Lexicon::default());
        second.add("a", 2, 1);
        second.add("c", 3, 1);
        first.merge(second);
        whole.finish();
        first.finish();
        assert_eq!((&whole.text, &whole.postings), (&first.text, &first.postings));
    }

    #[test]
    fn matches_in_order() {
        let lexicon = lexicon(&["house", "housing", "households", "hospital", "horse", "hour", "weymouth", "wareham"]);
        assert_eq!(
            words_of(&lexicon, lexicon.prefix_matches("hous", false, false)),
            ["house", "housing", "households"]
        );
        assert_eq!(words_of(&lexicon, lexicon.prefix_matches("house", true, true)), ["house"]);
        assert_eq!(words_of(&lexicon, lexicon.fuzzy_matches("hsng", true)), ["housing"]);
        assert_eq!(words_of(&lexicon, lexicon.fuzzy_matches("wemouth", true)), ["weymouth"]);
        assert_eq!(words_of(&lexicon, lexicon.fuzzy_matches("wemou", false)), ["weymouth"]);
        assert_eq!(words_of(&lexicon, lexicon.fuzzy_matches("housnig", true)), ["housing"]);
    }

    #[test]
    fn a_postcode_is_not_mistyped_into_another() {
        let lexicon = lexicon(&["bh11", "bh12", "dt4a"]);
        assert_eq!(lexicon.fuzzy_matches("bh13", true), []);
    }

    #[test]
    fn acronyms_match_only_whole() {
        let mut lexicon = Lexicon::default();
        lexicon.add_acronym("bcvs", 0, 1);
        assert_eq!(lexicon.prefix_matches("bcvs", false, false).len(), 1);
        assert_eq!(lexicon.prefix_matches("bcv", false, false).len(), 0);
        assert_eq!(lexicon.fuzzy_matches("bcsv", true).len(), 0);
    }
}
