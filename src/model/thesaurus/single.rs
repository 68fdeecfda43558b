//! Entries of one word: looked up by the word, by what is typed of it, and by what was mistyped.

use super::{Sense, stands_for};
use crate::model::choice::Set;

/// Shorter words are not guessed at: too many others are one letter from them.
const MIN_MISTYPED: usize = 5;

/// Shorter beginnings say too little.
const MIN_BEGUN: usize = 4;

/// All entries of one word.
#[derive(Clone, Debug, Default)]
pub(super) struct Singles(Vec<Single>);

/// One of them.
#[derive(Clone, Debug)]
struct Single {
    word: String,
    is_beginning: bool,
    /// Its letters as bits: most words that differ too much are told by them.
    letters: u64,
    sense: Sense,
}

impl Singles {
    pub fn new(entries: impl IntoIterator<Item = (String, bool, Sense)>) -> Self {
        let single = |(word, is_beginning, sense): (String, bool, Sense)| Single {
            letters: letters(&word),
            word,
            is_beginning,
            sense,
        };
        let mut singles: Vec<Single> = entries.into_iter().map(single).collect();
        singles.sort_by(|a, b| (&a.word, !a.is_beginning).cmp(&(&b.word, !b.is_beginning)));
        Self(singles)
    }

    /// The entry that stands for a word: the longest, and before a beginning the word itself.
    pub fn find(&self, word: &str, counts: impl Fn(&Sense) -> bool) -> Option<&Sense> {
        // Whatever begins the word stands before it, among entries with the same two letters.
        let (start, after) = (word.as_bytes().get(..2)?, self.0.partition_point(|single| single.word.as_str() <= word));
        let near = self.0[..after].iter().rev().take_while(|single| single.word.as_bytes().starts_with(start));
        let mut standing = near.filter(|single| stands_for(&single.word, single.is_beginning, word));
        standing.find(|single| counts(&single.sense)).map(|single| &single.sense)
    }

    /// What a word could mean that no entry stands for: a word that it begins, when it is still open, or else one from
    /// which it is one typing mistake away.
    pub fn guess(&self, word: &str, is_open: bool) -> Option<Sense> {
        let letters = word.chars().count();
        let begun = if is_open && letters >= MIN_BEGUN { self.begun(word) } else { None };
        begun.or_else(|| if letters >= MIN_MISTYPED { self.mistyped(word, letters) } else { None })
    }

    /// What the entries mean that begin so; where they mean several needs, each only perhaps.
    fn begun(&self, word: &str) -> Option<Sense> {
        let from = self.0.partition_point(|single| single.word.as_str() < word);
        let begun = self.0[from..].iter().take_while(|single| single.word.starts_with(word));
        let sense = begun.map(|single| single.sense).filter(Sense::is_meant).reduce(Sense::or)?;
        let needs = sense.needs();
        let is_sure = needs.len() <= 1;
        Some(if is_sure {
            sense
        } else {
            Sense { said: Set::default(), asked: Set::default(), perhaps: needs, ..sense }
        })
    }

    fn mistyped(&self, word: &str, length: usize) -> Option<Sense> {
        let typed = letters(word);
        let near = self.0.iter().filter(|single| {
            (single.letters & !typed).count_ones() <= 1
                && (single.is_beginning || (typed & !single.letters).count_ones() <= 2)
        });
        let mut meant = near.filter(|single| single.sense.is_meant() && single.is_near(word, length));
        meant.next().map(|single| single.sense)
    }
}

impl Single {
    /// Whether a word is one typing mistake away; of a beginning, whether one of the word's own beginnings is.
    fn is_near(&self, word: &str, length: usize) -> bool {
        let own = self.word.chars().count();
        if own < MIN_MISTYPED || (!self.is_beginning && !(own - 1..=own + 2).contains(&length)) {
            return false;
        }
        let is_near = |typed: &str| strsim::osa_distance(&self.word, typed) <= 1;
        if !self.is_beginning {
            return is_near(word) || word.strip_suffix('s').is_some_and(is_near);
        }
        let ends = word.char_indices().map(|(at, _)| at).chain([word.len()]).skip(own - 1).take(3);
        ends.into_iter().any(|end| is_near(&word[..end]))
    }
}

impl Sense {
    fn is_meant(&self) -> bool {
        !self.is_nothing && !self.is_none
    }
}

/// The letters of a word as a set of bits.
fn letters(word: &str) -> u64 {
    word.bytes().fold(0, |set, byte| set | 1 << (byte % 64))
}
