//! Search as you type: from a query to the matching records, best first.
//!
//! [`Index`] is an inverted index: every distinct word once, with the records it stands in, and beside it a column store
//! of the values that filters test. [`Query`] is the parsed text; [`Index::search`] matches its terms against the words,
//! adds up scores and applies the filters. A change updates the index by the ids it touched.
//!
//! This module knows nothing of screens and files, and no other uses the fuzzy matchers.

mod columns;
mod complete;
mod extract;
mod field_filter;
mod filter;
mod fit;
mod highlight;
mod lexicon;
mod query;
mod rank;
mod score;
#[cfg(test)]
mod tests;
mod top;
mod understand;
mod words;

use std::collections::HashSet;
use std::sync::Arc;

pub use crate::model::SearchField;
pub use complete::{Completion, complete};
pub use query::{Query, Understood};
pub use rank::{Context, Found, Hit};

use crate::model::place::Atlas;
use crate::model::record::FilterInfo;
use crate::model::thesaurus::Thesaurus;
use crate::model::{AnyRecord, Id, Kind, Workspace, referrers};
use columns::{AreaResolver, FilterColumns};
use extract::extract;
use lexicon::Lexicon;
use understand::Gazetteer;

/// Above so many changed or removed documents, building the index anew costs less than updating it.
const MAX_UPDATED: usize = 1_000;

/// The words and filterable values of all records of some kinds.
#[derive(Clone, Debug, Default)]
pub struct Index {
    kinds: Vec<Kind>,
    /// The id of each document; `None` where the record was changed or removed since.
    ids: Vec<Option<Id>>,
    /// The documents in the order of their names.
    by_name: Vec<u32>,
    lexicon: Lexicon,
    columns: FilterColumns,
    gazetteer: Gazetteer,
    thesaurus: Arc<Thesaurus>,
}

impl Index {
    /// Indexes all records of these kinds.
    pub fn build(kinds: &[Kind], workspace: &Workspace, atlas: &Atlas) -> Self {
        Self::build_filtered(&WordFilter::all(), kinds, workspace, atlas)
    }

    /// Indexes only the words that the query `text` could match: for one search and no other, as the command line makes
    /// it.
    pub fn build_for(
        text: &str,
        thesaurus: Arc<Thesaurus>,
        kinds: &[Kind],
        workspace: &Workspace,
        atlas: &Atlas,
    ) -> Self {
        let filter = WordFilter::for_query(text, &thesaurus);
        Self::build_filtered(&filter, kinds, workspace, atlas).with_thesaurus(thesaurus)
    }

    fn build_filtered(filter: &WordFilter, kinds: &[Kind], workspace: &Workspace, atlas: &Atlas) -> Self {
        let mut records: Vec<AnyRecord> = kinds.iter().flat_map(|kind| workspace.all(*kind)).collect();
        records.sort_by_cached_key(|record| (sort_key(&record.order(workspace)), record.id()));
        let ids: Vec<Option<Id>> = records.iter().map(|record| Some(record.id())).collect();
        let by_name = (0..ids.len() as u32).collect();
        // This thread also fills the columns, so it gets the smaller share of the words.
        let (early, late) = records.split_at(records.len() * 5 / 8);
        let (lexicon, columns) = std::thread::scope(|scope| {
            let first = scope.spawn(|| index_words(early, 0, filter, workspace));
            let second = index_words(late, early.len(), filter, workspace);
            let columns = build_columns(&records, workspace, atlas);
            let mut lexicon = first.join().unwrap_or_else(|_| index_words(early, 0, filter, workspace));
            lexicon.merge(second);
            lexicon.finish();
            (lexicon, columns)
        });
        let (gazetteer, thesaurus) = (Gazetteer::new(atlas), Arc::default());
        Self { kinds: kinds.to_vec(), ids, by_name, lexicon, columns, gazetteer, thesaurus }
    }

    /// With a table of what words mean: without it they only say what they say.
    #[must_use]
    pub fn with_thesaurus(mut self, thesaurus: Arc<Thesaurus>) -> Self {
        self.thesaurus = thesaurus;
        self
    }

    /// How many records are indexed.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// The kinds of records it finds.
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The filters that its kinds have, each once.
    pub fn filters(&self) -> Vec<FilterInfo> {
        let mut filters: Vec<FilterInfo> = Vec::new();
        for filter in self.kinds.iter().flat_map(|kind| kind.filters()) {
            if !filters.iter().any(|known| known.name == filter.name) {
                filters.push(filter);
            }
        }
        filters
    }

    /// Whether no record is indexed.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// Brings the index up to date after a change to these records; `workspace` already holds the new ones. Records that
    /// refer to one of them, and so hold its name, are indexed again as well. Old documents are marked removed and new ones appended;
    /// when too many are removed, or too many changed at once, the index is built anew.
    pub fn update(&mut self, workspace: &Workspace, atlas: &Atlas, ids: &[Id]) {
        self.index_again(workspace, atlas, &with_referrers(workspace, ids));
    }

    /// Indexes those of some records again that are of its kinds.
    fn index_again(&mut self, workspace: &Workspace, atlas: &Atlas, ids: &[Id]) {
        let is_indexed = |id: &Id| Kind::of(*id).is_some_and(|kind| self.kinds.contains(&kind));
        let affected: Vec<Id> = ids.iter().copied().filter(is_indexed).collect();
        let removed = self.documents_of(&affected);
        let dead = self.ids.len() - self.by_name.len() + removed.len();
        if affected.len() > MAX_UPDATED || dead > MAX_UPDATED + self.by_name.len() {
            let (kinds, thesaurus) = (std::mem::take(&mut self.kinds), std::mem::take(&mut self.thesaurus));
            *self = Self::build(&kinds, workspace, atlas).with_thesaurus(thesaurus);
            return;
        }
        self.remove(&removed);
        let mut resolver = AreaResolver::new(atlas);
        for record in affected.iter().filter_map(|id| workspace.get(*id)) {
            let document = self.ids.len() as u32;
            self.ids.push(Some(record.id()));
            index_record(&record, document, &WordFilter::all(), workspace, &mut self.lexicon);
            self.columns.push(&record, workspace, &mut resolver);
            self.insert_by_name(&record, document, workspace);
        }
    }

    /// The record of a document, if it is there.
    fn record(&self, document: usize, workspace: &Workspace) -> Option<AnyRecord> {
        self.ids[document].and_then(|id| workspace.get(id))
    }

    fn documents_of(&self, ids: &[Id]) -> HashSet<u32> {
        let wanted: HashSet<Id> = ids.iter().copied().collect();
        let documents = self.ids.iter().enumerate();
        documents.filter(|(_, id)| id.is_some_and(|id| wanted.contains(&id))).map(|(at, _)| at as u32).collect()
    }

    fn remove(&mut self, removed: &HashSet<u32>) {
        if removed.is_empty() {
            return;
        }
        let mut is_removed = vec![false; self.ids.len()];
        for document in removed {
            is_removed[*document as usize] = true;
            self.ids[*document as usize] = None;
        }
        self.lexicon.remove(|document| is_removed[document]);
        self.columns.remove(|document| is_removed[document]);
        self.by_name.retain(|document| !is_removed[*document as usize]);
    }

    fn insert_by_name(&mut self, record: &AnyRecord, document: u32, workspace: &Workspace) {
        let key = (sort_key(&record.order(workspace)), record.id());
        let is_before = |other: &u32| {
            let other = self.ids[*other as usize].and_then(|id| workspace.get(id));
            other.is_some_and(|other| (sort_key(&other.order(workspace)), other.id()) < key)
        };
        let at = self.by_name.partition_point(is_before);
        self.by_name.insert(at, document);
    }
}

/// All indexes of a program: one for each set of kinds that is searched together.
#[derive(Clone, Debug, Default)]
pub struct Indexes(Vec<Index>);

impl Indexes {
    /// Indexes all records of these sets of kinds.
    pub fn build(sets: &[&[Kind]], workspace: &Workspace, atlas: &Atlas) -> Self {
        Self(sets.iter().map(|kinds| Index::build(kinds, workspace, atlas)).collect())
    }

    /// With a table of what words mean.
    #[must_use]
    pub fn with_thesaurus(self, thesaurus: &Arc<Thesaurus>) -> Self {
        Self(self.0.into_iter().map(|index| index.with_thesaurus(thesaurus.clone())).collect())
    }

    /// The index of these kinds, if there is one.
    pub fn of(&self, kinds: &[Kind]) -> Option<&Index> {
        self.0.iter().find(|index| index.kinds == kinds)
    }

    /// Whether nothing has been indexed yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Brings every index up to date after a change to these records; see [`Index::update`].
    pub fn update(&mut self, workspace: &Workspace, atlas: &Atlas, ids: &[Id]) {
        let ids = with_referrers(workspace, ids);
        self.0.iter_mut().for_each(|index| index.index_again(workspace, atlas, &ids));
    }
}

/// Records and those that refer to them, each once: what holds a name of theirs.
fn with_referrers(workspace: &Workspace, ids: &[Id]) -> Vec<Id> {
    let mut affected = ids.to_vec();
    affected.extend(referrers(workspace, ids).iter().map(|referrer| referrer.record.id()));
    affected.sort_unstable();
    affected.dedup();
    affected
}

/// Which words to index: all, or those that could match a term of one query. A term is kept as its letter mask and the
/// number of letters a match may lack.
struct WordFilter(Option<Vec<(u64, u32)>>);

impl WordFilter {
    fn all() -> Self {
        Self(None)
    }

    fn for_query(text: &str, thesaurus: &Thesaurus) -> Self {
        let words = words::words(text);
        let same: Vec<String> = words.iter().flat_map(|word| thesaurus.same(word)).cloned().collect();
        let close = thesaurus.close(&words).into_iter().filter_map(|one| Some(one.word()?.to_owned()));
        let close: Vec<String> = close.collect();
        let terms = words.into_iter().chain(same).chain(close);
        let masks = terms.map(|term| (words::letter_mask(&term), lexicon::max_typos(term.chars().count()) as u32));
        Self(Some(masks.collect()))
    }

    fn accepts(&self, word: &str) -> bool {
        let Some(terms) = &self.0 else { return true };
        let mask = words::letter_mask(word);
        terms.iter().any(|(wanted, max_missing)| (wanted & !mask).count_ones() <= *max_missing)
    }
}

/// The form in which names are ordered.
fn sort_key(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    name.chars().take(256).for_each(|c| crate::model::text::fold(c, |c| out.push(c)));
    out
}

/// The words of records whose documents begin at `first`.
fn index_words(records: &[AnyRecord], first: usize, filter: &WordFilter, workspace: &Workspace) -> Lexicon {
    let mut lexicon = Lexicon::default();
    for (at, record) in records.iter().enumerate() {
        index_record(record, (first + at) as u32, filter, workspace, &mut lexicon);
    }
    lexicon
}

fn index_record(record: &AnyRecord, document: u32, filter: &WordFilter, workspace: &Workspace, lexicon: &mut Lexicon) {
    let mut add = |field: SearchField, text: &str| {
        words::for_each_word(text, |word, _| {
            if filter.accepts(word) {
                lexicon.add(word, document, field.bit());
            }
        });
        if matches!(field, SearchField::Name | SearchField::Alias | SearchField::Organisation) {
            for acronym in words::acronyms(text) {
                lexicon.add_acronym(&acronym, document, field.bit());
            }
        }
    };
    extract(record, workspace, &mut add);
}

fn build_columns(records: &[AnyRecord], workspace: &Workspace, atlas: &Atlas) -> FilterColumns {
    let mut columns = FilterColumns::with_capacity(records.len());
    let mut resolver = AreaResolver::new(atlas);
    for record in records {
        columns.push(record, workspace, &mut resolver);
    }
    columns.shrink();
    columns
}
