//! Finding: from what a person types to the records that are meant, best first, before the sentence is finished.
//!
//! People mean words, so words are compared with words: [`Index`] holds every distinct word of a collection once, with
//! the records it stands in; [`Query`] is what was typed, taken apart; [`Index::search`] puts the two together. An
//! index is brought up to date by the ids that a change touched, never rebuilt for one.
//!
//! This room knows nothing of screens and files, and is the only one that names the matchers.

mod complete;
mod facts;
mod filter;
mod highlight;
mod lexicon;
mod query;
mod rank;
mod said;
#[cfg(test)]
mod tests;
mod words;

use std::collections::HashSet;

pub use complete::{Completion, complete};
pub use filter::FILTERS;
pub use query::Query;
pub use rank::{Context, Found, Hit};
pub use said::Field;

use crate::model::place::Atlas;
use crate::model::{AnyRecord, Id, Kind, Ref, Workspace};
use facts::{FactBook, Surveyor};
use lexicon::Lexicon;
use said::Teller;

/// What can be found: the words and the facts of all records of some kinds.
#[derive(Clone, Debug, Default)]
pub struct Index {
    kinds: Vec<Kind>,
    /// The id of each record by its number; numbers of records that are gone stay empty.
    ids: Vec<Option<Id>>,
    /// The numbers of all records in the order of their names.
    by_name: Vec<u32>,
    lexicon: Lexicon,
    book: FactBook,
}

impl Index {
    /// Reads all records of these kinds.
    pub fn build(kinds: &[Kind], workspace: &Workspace, atlas: &Atlas) -> Self {
        Self::build_through(&Gate::open(), kinds, workspace, atlas)
    }

    /// Reads of all records of these kinds only the words that `text` could mean: for one search and no other, as the
    /// command line makes it.
    pub fn build_for(text: &str, kinds: &[Kind], workspace: &Workspace, atlas: &Atlas) -> Self {
        Self::build_through(&Gate::of(text), kinds, workspace, atlas)
    }

    fn build_through(gate: &Gate, kinds: &[Kind], workspace: &Workspace, atlas: &Atlas) -> Self {
        let mut records: Vec<AnyRecord> = kinds.iter().flat_map(|kind| workspace.all(*kind)).collect();
        records.sort_by_cached_key(|record| (folded(record.name()), record.id()));
        let ids: Vec<Option<Id>> = records.iter().map(|record| Some(record.id())).collect();
        let by_name = (0..ids.len() as u32).collect();
        // The thread that reads the facts as well gets the smaller part of the words.
        let (early, late) = records.split_at(records.len() * 5 / 8);
        let (lexicon, book) = std::thread::scope(|scope| {
            let first = scope.spawn(|| read_words(early, 0, gate, workspace));
            let second = read_words(late, early.len(), gate, workspace);
            let book = read_facts(&records, workspace, atlas);
            let mut lexicon = first.join().unwrap_or_else(|_| read_words(early, 0, gate, workspace));
            lexicon.absorb(second);
            lexicon.settle();
            (lexicon, book)
        });
        Self { kinds: kinds.to_vec(), ids, by_name, lexicon, book }
    }

    /// How many records can be found.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// Takes in what a change did to these records, which the workspace holds already as they now are. What names a
    /// changed organisation is read again as well.
    pub fn update(&mut self, workspace: &Workspace, atlas: &Atlas, ids: &[Id]) {
        let touched = self.touched(workspace, ids);
        let gone: HashSet<u32> = self.numbers_of(&touched);
        let holes = self.ids.len() - self.by_name.len() + gone.len();
        if touched.len() > 1_000 || holes > 1_000 + self.by_name.len() {
            let kinds = std::mem::take(&mut self.kinds);
            *self = Self::build(&kinds, workspace, atlas);
            return;
        }
        self.forget(&gone);
        let mut surveyor = Surveyor::new(atlas);
        for record in touched.iter().filter_map(|id| workspace.get(*id)) {
            let number = self.ids.len() as u32;
            self.ids.push(Some(record.id()));
            read_record(&record, number, &Gate::open(), workspace, &mut self.lexicon);
            self.book.add(&record, workspace, &mut surveyor);
            self.insert_by_name(&record, number, workspace);
        }
    }

    /// The ids whose texts are to be read again, each once.
    fn touched(&self, workspace: &Workspace, ids: &[Id]) -> Vec<Id> {
        let mut touched: Vec<Id> = Vec::new();
        for id in ids {
            if Kind::of(*id).is_some_and(|kind| self.kinds.contains(&kind)) {
                touched.push(*id);
            }
            if Kind::of(*id) == Some(Kind::Organisation) {
                let naming = said::naming(&Ref::Record(*id), &self.kinds, workspace);
                touched.extend(naming.iter().map(AnyRecord::id));
            }
        }
        touched.sort_unstable();
        touched.dedup();
        touched
    }

    fn numbers_of(&self, ids: &[Id]) -> HashSet<u32> {
        let wanted: HashSet<Id> = ids.iter().copied().collect();
        let numbers = self.ids.iter().enumerate();
        numbers.filter(|(_, id)| id.is_some_and(|id| wanted.contains(&id))).map(|(at, _)| at as u32).collect()
    }

    fn forget(&mut self, gone: &HashSet<u32>) {
        if gone.is_empty() {
            return;
        }
        let mut is_gone = vec![false; self.ids.len()];
        for number in gone {
            is_gone[*number as usize] = true;
            self.ids[*number as usize] = None;
        }
        self.lexicon.forget(|document| is_gone[document]);
        self.by_name.retain(|number| !is_gone[*number as usize]);
    }

    fn insert_by_name(&mut self, record: &AnyRecord, number: u32, workspace: &Workspace) {
        let key = (folded(record.name()), record.id());
        let is_before = |other: &u32| {
            let other = self.ids[*other as usize].and_then(|id| workspace.get(id));
            other.is_some_and(|other| (folded(other.name()), other.id()) < key)
        };
        let at = self.by_name.partition_point(is_before);
        self.by_name.insert(at, number);
    }
}

/// Which words are read at all: every one, or those whose letters one of the words sought could mean.
struct Gate(Option<Vec<(u64, u32)>>);

impl Gate {
    fn open() -> Self {
        Self(None)
    }

    fn of(text: &str) -> Self {
        // As many letters may be missing as the lexicon forgives mistakes.
        let sought = words::words(text).into_iter().map(|word| match word.chars().count() {
            8.. => (words::letters(&word), 2),
            4.. => (words::letters(&word), 1),
            _ => (words::letters(&word), 0),
        });
        Self(Some(sought.collect()))
    }

    fn lets(&self, word: &str) -> bool {
        let Some(sought) = &self.0 else { return true };
        let letters = words::letters(word);
        sought.iter().any(|(wanted, missing)| (wanted & !letters).count_ones() <= *missing)
    }
}

/// The form in which names are ordered.
fn folded(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    name.chars().take(256).for_each(|c| crate::model::text::fold(c, |c| out.push(c)));
    out
}

/// The words of records that are numbered from `first` on.
fn read_words(records: &[AnyRecord], first: usize, gate: &Gate, workspace: &Workspace) -> Lexicon {
    let mut lexicon = Lexicon::default();
    for (number, record) in records.iter().enumerate() {
        read_record(record, (first + number) as u32, gate, workspace, &mut lexicon);
    }
    lexicon
}

fn read_record(record: &AnyRecord, number: u32, gate: &Gate, workspace: &Workspace, lexicon: &mut Lexicon) {
    let mut each = |field: Field, text: &str| {
        words::each_word(text, |word, _| {
            if gate.lets(word) {
                lexicon.add(word, number, field.bit());
            }
        });
        if matches!(field, Field::Name | Field::Alias | Field::Organisation) {
            for initials in words::acronyms(text) {
                lexicon.add_acronym(&initials, number, field.bit());
            }
        }
    };
    Teller::new(&mut each).tell(record, workspace);
}

fn read_facts(records: &[AnyRecord], workspace: &Workspace, atlas: &Atlas) -> FactBook {
    let mut book = FactBook::default();
    let mut surveyor = Surveyor::new(atlas);
    for record in records {
        book.add(record, workspace, &mut surveyor);
    }
    book
}
