//! The lexicon of an inverted index: every distinct word once, with the documents that hold it.
//!
//! A term of a query is compared with these words and never with records: a directory of a hundred thousand services
//! has some ten thousand distinct words, few enough to scan them all at every key press.

mod forward;
mod fuzzy;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use xxhash_rust::xxh3::xxh3_64;

use super::words::letter_mask;
use forward::ForwardIndex;
pub(super) use fuzzy::{FuzzyPattern, match_abbreviation, max_typos};

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

/// Words in one string, numbered in the order in which they were pushed.
#[derive(Clone, Debug, Default)]
struct Words {
    text: String,
    ends: Vec<u32>,
}

impl Words {
    fn len(&self) -> usize {
        self.ends.len()
    }

    fn get(&self, at: u32) -> &str {
        let at = at as usize;
        let from = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[from..self.ends[at] as usize]
    }

    fn push(&mut self, word: &str) {
        self.text.push_str(word);
        self.ends.push(self.text.len() as u32);
    }
}

/// The words in order of arrival until [`Lexicon::finish`] sorts them, and a hash table of their numbers. Postings are
/// collected by document until then, and lie by word afterwards.
#[derive(Clone, Debug, Default)]
pub(super) struct Lexicon {
    words: Words,
    letter_masks: Vec<u64>,
    lists: Vec<PostingList>,
    /// The lists as [`Lexicon::finish`] left them, one after the other.
    packed: Vec<Posting>,
    /// The lists that were added to since.
    grown: Vec<Vec<Posting>>,
    numbers: HashTable<u32>,
    /// The postings, until the lexicon is finished.
    forward: ForwardIndex,
    is_finished: bool,
    /// So many of the words, the first ones, are sorted.
    sorted: u32,
}

/// Where the postings of a word are. Most words have one or two, so a vector for each would cost more than they do.
#[derive(Clone, Copy, Debug)]
enum PostingList {
    /// A range of [`Lexicon::packed`].
    Packed { start: u32, end: u32 },
    /// An index of [`Lexicon::grown`].
    Grown(u32),
}

/// A word of the lexicon that matches a term, and how well, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Match {
    pub word: u32,
    pub quality: f32,
}

impl Lexicon {
    /// How many words there are.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether some document holds this word.
    pub fn holds(&self, word: &str) -> bool {
        let known = self.numbers.find(hash(word), |at| self.words.get(*at) == word);
        known.is_some_and(|at| !self.postings(*at).is_empty())
    }

    /// The word with this number.
    pub fn word(&self, at: u32) -> &str {
        self.words.get(at)
    }

    /// The postings of a word, in the order of documents.
    pub fn postings(&self, word: u32) -> &[Posting] {
        match self.lists[word as usize] {
            PostingList::Packed { start, end } => &self.packed[start as usize..end as usize],
            PostingList::Grown(at) => &self.grown[at as usize],
        }
    }

    /// The postings of a word to add to.
    fn grow(&mut self, word: u32) -> &mut Vec<Posting> {
        let list = &mut self.lists[word as usize];
        let at = match *list {
            PostingList::Grown(at) => at,
            PostingList::Packed { start, end } => {
                let at = self.grown.len() as u32;
                self.grown.push(self.packed[start as usize..end as usize].to_vec());
                *list = PostingList::Grown(at);
                at
            }
        };
        &mut self.grown[at as usize]
    }

    /// Adds a posting. Documents must come in the order of their numbers.
    pub fn add(&mut self, word: &str, document: u32, fields: u8) {
        let at = self.find_or_insert(word);
        if !self.is_finished {
            return self.forward.add(at, document, fields);
        }
        let list = self.grow(at);
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
        let is_kept = |posting: &Posting| !is_removed(document(*posting));
        self.retain_packed(is_kept);
        self.grown.iter_mut().for_each(|list| list.retain(is_kept));
    }

    /// Keeps some of the packed postings. The lists lie in the order of their words, so each moves to the left.
    fn retain_packed(&mut self, is_kept: impl Fn(&Posting) -> bool) {
        let mut end_of_kept = 0;
        for list in &mut self.lists {
            if let PostingList::Packed { start, end } = list {
                let range = *start as usize..*end as usize;
                *start = end_of_kept as u32;
                for at in range {
                    let posting = self.packed[at];
                    if is_kept(&posting) {
                        self.packed[end_of_kept] = posting;
                        end_of_kept += 1;
                    }
                }
                *end = end_of_kept as u32;
            }
        }
        self.packed.truncate(end_of_kept);
    }

    fn find_or_insert(&mut self, word: &str) -> u32 {
        let next = self.len() as u32;
        let is_equal = |at: &u32| self.words.get(*at) == word;
        let rehash = |at: &u32| hash(self.words.get(*at));
        match self.numbers.entry(hash(word), is_equal, rehash) {
            Entry::Occupied(known) => return *known.get(),
            Entry::Vacant(slot) => slot.insert(next),
        };
        self.words.push(word);
        self.letter_masks.push(letter_mask(word));
        self.lists.push(PostingList::Packed { start: 0, end: 0 });
        next
    }

    /// Adds the postings of another lexicon, whose documents have higher numbers. Neither is finished.
    pub fn merge(&mut self, other: Self) {
        let Self { words, forward, .. } = other;
        let numbers: Vec<u32> = (0..words.len() as u32).map(|at| self.find_or_insert(words.get(at))).collect();
        self.forward.append(&forward, &numbers);
    }

    /// Sorts the words, so that those with one prefix lie side by side for the scans, and lays their postings out by
    /// word.
    pub fn finish(&mut self) {
        let mut order: Vec<(u64, u32)> = (0..self.len() as u32).map(|at| (prefix_key(self.word(at)), at)).collect();
        order.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| self.word(a.1).cmp(self.word(b.1))));
        let mut rank = vec![0; order.len()];
        let mut sorted = Self { numbers: HashTable::with_capacity(order.len()), is_finished: true, ..Self::default() };
        for (_, at) in order {
            rank[at as usize] = sorted.find_or_insert(self.word(at));
        }
        let (packed, starts) = self.forward.invert(&rank);
        sorted.packed = packed;
        sorted.sorted = sorted.len() as u32;
        sorted.lists = starts.windows(2).map(|pair| PostingList::Packed { start: pair[0], end: pair[1] }).collect();
        sorted.shrink();
        *self = sorted;
    }

    fn shrink(&mut self) {
        self.words.text.shrink_to_fit();
        self.words.ends.shrink_to_fit();
        self.letter_masks.shrink_to_fit();
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
            if !self.postings(at as u32).is_empty() {
                found.push(Match { word: at as u32, quality });
            }
        }
        found
    }

    /// The words that begin so, or only the word itself; found without going through all.
    pub fn begun(&self, beginning: &str, is_whole: bool) -> Vec<u32> {
        if is_whole {
            let known = self.numbers.find(hash(beginning), |at| self.words.get(*at) == beginning);
            return known.copied().into_iter().collect();
        }
        let (mut low, mut high) = (0, self.sorted);
        while low < high {
            let middle = low.midpoint(high);
            if self.word(middle) < beginning { low = middle + 1 } else { high = middle }
        }
        let sorted = (low..self.sorted).take_while(|at| self.word(*at).starts_with(beginning));
        let later = (self.sorted..self.len() as u32).filter(|at| self.word(*at).starts_with(beginning));
        sorted.chain(later).collect()
    }

    /// The words that a term may stand for with a typing mistake or as an abbreviation. Abbreviations score below every
    /// mistake (0.1 to 0.3), and only those near the best one count: many words contain the letters of a short term.
    pub fn fuzzy_matches(&self, term: &str, is_finished: bool) -> Vec<Match> {
        let pattern = FuzzyPattern::new(term, is_finished);
        let mut abbreviated = Vec::new();
        let mut found = Vec::new();
        for (at, mask) in self.letter_masks.iter().enumerate() {
            if !pattern.may_match(*mask) || self.postings(at as u32).is_empty() {
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

/// The first eight bytes of a word as a number that sorts like the word: most comparisons end here.
fn prefix_key(word: &str) -> u64 {
    let mut bytes = [0; 8];
    let count = word.len().min(8);
    bytes[..count].copy_from_slice(&word.as_bytes()[..count]);
    u64::from_be_bytes(bytes)
}

fn hash(word: &str) -> u64 {
    xxh3_64(word.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon(words: &[&str]) -> Lexicon {
        let mut lexicon = Lexicon::default();
        for (at, word) in words.iter().enumerate() {
            lexicon.add(word, at as u32, 1);
        }
        lexicon.finish();
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
    fn packed_lists_are_updated_like_others() {
        let mut lexicon = lexicon(&["a", "b", "a", "c", "b"]);
        lexicon.add("b", 5, 1);
        lexicon.add("d", 6, 1);
        lexicon.remove(|document| [0, 4].contains(&document));
        lexicon.add("a", 7, 1);
        lexicon.add("c", 7, 1);
        lexicon.remove(|document| document == 3);
        let documents = |word: &str| {
            let found = lexicon.prefix_matches(word, true, true);
            found.iter().flat_map(|found| lexicon.postings(found.word)).map(|p| document(*p)).collect::<Vec<_>>()
        };
        assert_eq!(["a", "b", "c", "d"].map(documents), [vec![2, 7], vec![1, 5], vec![7], vec![6]]);
    }

    #[test]
    fn two_halves_make_one() {
        let whole = lexicon(&["b", "a", "b", "c", "a", "b"]);
        let (mut first, mut second) = (Lexicon::default(), Lexicon::default());
        for (document, word) in ["b", "a", "b"].into_iter().enumerate() {
            first.add(word, document as u32, 1);
        }
        for (document, word) in ["c", "a", "b"].into_iter().enumerate() {
            second.add(word, 3 + document as u32, 1);
        }
        first.merge(second);
        first.finish();
        assert_eq!((&whole.words.text, &whole.packed), (&first.words.text, &first.packed));
        assert_eq!((whole.postings(0), whole.postings(2)), (first.postings(0), first.postings(2)));
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
        lexicon.finish();
        assert_eq!(lexicon.prefix_matches("bcvs", false, false).len(), 1);
        assert_eq!(lexicon.prefix_matches("bcv", false, false).len(), 0);
        assert_eq!(lexicon.fuzzy_matches("bcsv", true).len(), 0);
    }
}
