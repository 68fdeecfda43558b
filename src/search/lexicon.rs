//! Every distinct word of a collection once, with the records that hold it.
//!
//! A word that is typed is compared with these words, never with records: a directory of a hundred thousand services
//! has some ten thousand of them.

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use super::words::letters;

/// One place where a word stands: the number of the record, and in six bits the fields that hold it.
pub(super) type Posting = u32;

/// How many bits of a posting say which fields.
pub(super) const FIELD_BITS: u32 = 6;

/// The number of the record of a posting.
pub(super) fn document(posting: Posting) -> usize {
    (posting >> FIELD_BITS) as usize
}

/// The fields of a posting, as bits.
pub(super) fn fields(posting: Posting) -> u8 {
    (posting & ((1 << FIELD_BITS) - 1)) as u8
}

/// Stands before the initials of a name in the lexicon: they are met by whoever types them, and are no words.
const ACRONYM: char = '^';

/// Words in the order in which they came, one text for all of them, and a table that finds a word by its hash.
#[derive(Clone, Debug, Default)]
pub(super) struct Lexicon {
    text: String,
    ends: Vec<u32>,
    letters: Vec<u64>,
    postings: Vec<Vec<Posting>>,
    /// The number of each word at the place its hash gives, with the upper half of the hash: most words that are not
    /// meant are told apart without being read.
    slots: Vec<(u32, u32)>,
}

/// A word of the lexicon that a typed word means, and how well, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Meant {
    pub word: u32,
    pub quality: f32,
}

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

    /// Where a word stands, in the order of records.
    pub fn postings(&self, word: u32) -> &[Posting] {
        &self.postings[word as usize]
    }

    /// Notes that a record holds a word in these fields. Records must come in the order of their numbers.
    pub fn add(&mut self, word: &str, document: u32, fields: u8) {
        let at = self.find_or_insert(word);
        let list = &mut self.postings[at as usize];
        match list.last_mut() {
            Some(last) if *last >> FIELD_BITS == document => *last |= u32::from(fields),
            _ => list.push(document << FIELD_BITS | u32::from(fields)),
        }
    }

    /// Notes the initials of a name.
    pub fn add_acronym(&mut self, initials: &str, document: u32, fields: u8) {
        self.add(&format!("{ACRONYM}{initials}"), document, fields);
    }

    /// Forgets every place in these records.
    pub fn forget(&mut self, is_gone: impl Fn(usize) -> bool) {
        for list in &mut self.postings {
            list.retain(|posting| !is_gone(document(*posting)));
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
        self.letters.push(letters(word));
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

    /// Takes in what another lexicon holds of records with higher numbers. What has been taken in is let go at once:
    /// the two never lie in memory twice.
    pub fn absorb(&mut self, mut other: Self) {
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

    /// Puts the words in the order of the alphabet and gives back the memory that was needed while they came: words
    /// with one beginning then lie side by side, which is how they are read.
    pub fn settle(&mut self) {
        let mut order: Vec<(u64, u32)> = (0..self.len() as u32).map(|at| (beginning(self.word(at)), at)).collect();
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| self.word(a.1).cmp(self.word(b.1))));
        let mut settled = Self::default();
        for (_, at) in order {
            let word = self.word(at);
            settled.text.push_str(word);
            settled.ends.push(settled.text.len() as u32);
            settled.letters.push(self.letters[at as usize]);
            settled.postings.push(std::mem::take(&mut self.postings[at as usize]).as_slice().into());
        }
        settled.text.shrink_to_fit();
        *self = settled;
        self.grow();
    }

    /// The words that a typed word means letter for letter: itself, and, unless it is `exact`, what it begins. A word
    /// that is finished means itself before what it begins.
    pub fn plain_meanings(&self, typed: &str, exact: bool, is_finished: bool) -> Vec<Meant> {
        let wanted = letters(typed);
        let count = typed.chars().count();
        let factor = if is_finished { 0.7 } else { 0.9 };
        let mut found = Vec::new();
        for (at, letters) in self.letters.iter().enumerate() {
            if letters & wanted != wanted {
                continue;
            }
            let word = self.word(at as u32);
            let (word, is_acronym) = word.strip_prefix(ACRONYM).map_or((word, false), |word| (word, true));
            let quality = match word.strip_prefix(typed) {
                Some("") if is_acronym && count < 3 => continue,
                Some("") => 1.0,
                Some(_) if exact || is_acronym => continue,
                Some(rest) => factor - 0.2 * rest.len() as f32 / word.len() as f32,
                None => continue,
            };
            if !self.postings[at].is_empty() {
                found.push(Meant { word: at as u32, quality });
            }
        }
        found
    }

    /// The words that a typed word may stand for: typed with a mistake, or shortened.
    pub fn loose_meanings(&self, typed: &str, is_finished: bool) -> Vec<Meant> {
        let guess = Guess::new(typed, is_finished);
        let mut short = Vec::new();
        let mut found = Vec::new();
        for (at, letters) in self.letters.iter().enumerate() {
            if self.postings[at].is_empty() || !guess.may_mean(*letters) {
                continue;
            }
            let word = self.word(at as u32);
            if word.starts_with(ACRONYM) || word.starts_with(typed) {
                continue;
            }
            if let Some(quality) = guess.mistyped(word, *letters) {
                found.push(Meant { word: at as u32, quality });
            } else if let Some(score) = guess.shortened(word, *letters) {
                short.push((at as u32, score));
            }
        }
        let best = short.iter().map(|(_, score)| *score).fold(0.0, f32::max);
        let good = short.into_iter().filter(|(_, score)| *score >= best * 0.7);
        found.extend(good.map(|(word, score)| Meant { word, quality: 0.1 + 0.2 * score }));
        found
    }
}

/// What a word with a mistake in it, or one with letters left out, may stand for.
pub(super) struct Guess<'a> {
    typed: &'a str,
    letters: u64,
    count: usize,
    first: Option<char>,
    mistakes: usize,
    is_finished: bool,
}

/// The least letters that an abbreviation has: with two, every other word would do.
const LEAST_SHORT: usize = 3;

impl<'a> Guess<'a> {
    pub fn new(typed: &'a str, is_finished: bool) -> Self {
        let count = typed.chars().count();
        let mistakes = match count {
            ..4 => 0,
            4..8 => 1,
            _ => 2,
        };
        let has_digit = typed.bytes().any(|b| b.is_ascii_digit());
        let mistakes = if has_digit { 0 } else { mistakes }; // BH1 is not BH2
        Self { typed, letters: letters(typed), count, first: typed.chars().next(), mistakes, is_finished }
    }

    /// Whether a word with these letters can be meant at all.
    fn may_mean(&self, letters: u64) -> bool {
        (self.letters & !letters).count_ones() as usize <= self.mistakes
    }

    /// How near a word is to what was typed, if it is near enough: 0.3 to 0.6.
    pub fn mistyped(&self, word: &str, letters: u64) -> Option<f32> {
        if self.mistakes == 0 || !self.may_mean(letters) {
            return None;
        }
        let length = word.chars().count();
        let distance = if length.abs_diff(self.count) <= self.mistakes {
            strsim::osa_distance(self.typed, word)
        } else {
            usize::MAX
        };
        if distance <= self.mistakes {
            return Some(0.65 - 0.15 * distance as f32);
        }
        let is_begun = !self.is_finished && self.count > 4 && length > self.count && word.chars().next() == self.first;
        is_begun.then(|| self.mistyped_beginning(word)).flatten()
    }

    /// The word being typed may have a mistake already: `wemou` on the way to `weymouth`.
    fn mistyped_beginning(&self, word: &str) -> Option<f32> {
        let beginning = |count: usize| {
            let end = word.char_indices().nth(count).map_or(word.len(), |(at, _)| at);
            strsim::osa_distance(self.typed, &word[..end])
        };
        let nearest = (self.count - 1..=self.count + 1).map(beginning).min()?;
        (nearest <= 1).then_some(0.35)
    }

    /// How well a word is shortened to what was typed, from 0 to 1: same first letter, the others in order.
    fn shortened(&self, word: &str, letters: u64) -> Option<f32> {
        let length = word.chars().count();
        let can_be = self.count >= LEAST_SHORT
            && self.letters & !letters == 0
            && word.chars().next() == self.first
            && length > self.count
            && length <= self.count * 3 + 2;
        if !can_be {
            return None;
        }
        shorten(word, self.typed).map(|(score, _)| score / (1.0 + length as f32 / 40.0))
    }
}

/// How well `typed` shortens `word`, and which of its letters are meant.
pub(super) fn shorten(word: &str, typed: &str) -> Option<(f32, Vec<usize>)> {
    thread_local! {
        static MATCHER: SkimMatcherV2 = SkimMatcherV2::default().smart_case();
    }
    let count = typed.chars().count();
    if count < LEAST_SHORT || word.chars().next() != typed.chars().next() {
        return None;
    }
    let (score, places) = MATCHER.with(|matcher| matcher.fuzzy_indices(word, typed))?;
    // The first letter of a word counts most: a match that leaves it out is none.
    if places.first() != Some(&0) {
        return None;
    }
    let most = 24.0 * count as f32;
    Some(((score as f32 / most).clamp(0.05, 1.0), places))
}

/// The first eight bytes of a word as a number, in the order of the words: what sorts most of them without reading on.
fn beginning(word: &str) -> u64 {
    let mut bytes = [0; 8];
    let count = word.len().min(8);
    bytes[..count].copy_from_slice(&word.as_bytes()[..count]);
    u64::from_be_bytes(bytes)
}

/// FNV-1a: short words, no enemy who gains by collisions beyond a slower search of his own text.
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

    fn said(lexicon: &Lexicon, meant: Vec<Meant>) -> Vec<&str> {
        let mut meant = meant;
        meant.sort_by(|a, b| b.quality.total_cmp(&a.quality));
        meant.into_iter().map(|meant| lexicon.word(meant.word)).collect()
    }

    #[test]
    fn words_are_kept_once_and_found_again() {
        let mut lexicon = Lexicon::default();
        for document in 0..3_000_u32 {
            lexicon.add("same", document, 1);
            lexicon.add("same", document, 2);
            lexicon.add(&format!("w{document}"), document, 4);
        }
        lexicon.settle();
        assert_eq!(lexicon.len(), 3_001);
        lexicon.add("w7", 3_000, 1);
        assert_eq!(lexicon.len(), 3_001, "the table still finds a word after settling");
        let same = lexicon.plain_meanings("same", true, true)[0].word;
        assert_eq!(lexicon.postings(same).len(), 3_000);
        assert_eq!(fields(lexicon.postings(same)[5]), 3);
        lexicon.forget(|document| document != 5);
        assert_eq!(lexicon.postings(same).iter().map(|p| document(*p)).collect::<Vec<_>>(), [5]);
    }

    #[test]
    fn two_halves_make_one() {
        let mut whole = lexicon(&["a", "b", "a", "c"]);
        let (mut first, mut second) = (lexicon(&["a", "b"]), Lexicon::default());
        second.add("a", 2, 1);
        second.add("c", 3, 1);
        first.absorb(second);
        whole.settle();
        first.settle();
        assert_eq!((&whole.text, &whole.postings), (&first.text, &first.postings));
    }

    #[test]
    fn meanings_in_order() {
        let lexicon = lexicon(&["house", "housing", "households", "hospital", "horse", "hour", "weymouth", "wareham"]);
        assert_eq!(said(&lexicon, lexicon.plain_meanings("hous", false, false)), ["house", "housing", "households"]);
        assert_eq!(said(&lexicon, lexicon.plain_meanings("house", true, true)), ["house"]);
        assert_eq!(said(&lexicon, lexicon.loose_meanings("hsng", true)), ["housing"]);
        assert_eq!(said(&lexicon, lexicon.loose_meanings("wemouth", true)), ["weymouth"]);
        assert_eq!(said(&lexicon, lexicon.loose_meanings("wemou", false)), ["weymouth"]);
        assert_eq!(said(&lexicon, lexicon.loose_meanings("housnig", true)), ["housing"]);
    }

    #[test]
    fn a_postcode_is_not_mistyped_into_another() {
        let lexicon = lexicon(&["bh11", "bh12", "dt4a"]);
        assert_eq!(lexicon.loose_meanings("bh13", true), []);
    }

    #[test]
    fn initials_are_met_whole() {
        let mut lexicon = Lexicon::default();
        lexicon.add_acronym("bcvs", 0, 1);
        assert_eq!(lexicon.plain_meanings("bcvs", false, false).len(), 1);
        assert_eq!(lexicon.plain_meanings("bcv", false, false).len(), 0);
        assert_eq!(lexicon.loose_meanings("bcsv", true).len(), 0);
    }
}
