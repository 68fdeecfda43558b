//! Postings in the order in which they are read, document by document, and their inversion into lists by word.
//!
//! This is the inversion of a collection in memory by counting sort (Witten, Moffat and Bell, Managing Gigabytes): a
//! growing list for each word would leave many small holes in memory that the program never gives back.

use super::{FIELD_BITS, Posting, document, fields};

/// glibc gives a freed block back to the system by itself if it is large, and takes blocks of that size for small from then
/// on, up to this many bytes. Entries in a block that is larger still leave that limit where it was; otherwise what
/// building an index frees would stay with the program. What is reserved and never written takes no memory.
const MAX_MAPPED: usize = 32 * 1024 * 1024;

/// What each document holds, until all are read.
#[derive(Clone, Debug, Default)]
pub(super) struct ForwardIndex {
    /// The words of a document with their fields, in the form of a posting: a word where that has a document.
    entries: Vec<u32>,
    /// Each document, and where its entries begin.
    documents: Vec<(u32, u32)>,
    /// For each word the end of its latest entry.
    latest: Vec<u32>,
}

impl ForwardIndex {
    /// Notes that a document holds a word. The words of a document must come together.
    pub fn add(&mut self, word: u32, document: u32, fields: u8) {
        if self.entries.capacity() == 0 {
            let _ = self.entries.try_reserve_exact(MAX_MAPPED / size_of::<u32>() + 1); // where there is no room, it grows
        }
        if self.documents.last().is_none_or(|(last, _)| *last != document) {
            self.documents.push((document, self.entries.len() as u32));
        }
        let start = self.documents.last().map_or(0, |(_, start)| *start);
        let at = word as usize;
        if at >= self.latest.len() {
            self.latest.resize(at + 1, 0);
        }
        let latest = &mut self.latest[at];
        if *latest > start {
            self.entries[*latest as usize - 1] |= u32::from(fields);
        } else {
            self.entries.push(word << FIELD_BITS | u32::from(fields));
            *latest = self.entries.len() as u32;
        }
    }

    /// Appends other documents, whose words have the numbers that `numbers` says.
    pub fn append(&mut self, other: &Self, numbers: &[u32]) {
        let start = self.entries.len() as u32;
        self.documents.extend(other.documents.iter().map(|(document, at)| (*document, start + at)));
        self.entries.reserve_exact(other.entries.len());
        let renamed = |entry: &u32| numbers[document(*entry)] << FIELD_BITS | u32::from(fields(*entry));
        self.entries.extend(other.entries.iter().map(renamed));
        self.latest.clear();
    }

    /// The postings of all words one after the other, in the order that `rank` gives each word, and where each begins.
    pub fn invert(&self, rank: &[u32]) -> (Vec<Posting>, Vec<u32>) {
        let ranks = || self.entries.iter().map(|entry| rank[document(*entry)] as usize);
        let mut starts = vec![0_u32; rank.len() + 1];
        ranks().for_each(|rank| starts[rank + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut postings = vec![0; self.entries.len()];
        let mut documents = self.documents.iter().peekable();
        let mut of = 0;
        for (at, (entry, rank)) in (0_u32..).zip(self.entries.iter().zip(ranks())) {
            while let Some((document, _)) = documents.next_if(|(_, start)| *start <= at) {
                of = *document;
            }
            postings[next[rank] as usize] = of << FIELD_BITS | u32::from(fields(*entry));
            next[rank] += 1;
        }
        (postings, starts)
    }
}
