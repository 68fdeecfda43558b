//! Matching and ranking: term-at-a-time evaluation with score accumulators (Buckley and Lewit, 1985).
//!
//! Each term of the query matches words of the lexicon; their postings add to one accumulator per document. A literal
//! match (the word, or a word it begins) outweighs any number of fuzzy ones, so that a guess never stands before what a
//! record says; fuzzy matches are looked for only where literal ones are few or lead to nothing.

use std::cell::RefCell;

use super::Index;
use super::filter::CompiledFilter;
use super::lexicon::{self, Match};
use super::query::{Query, Term};
use super::score::{Accumulators, EXCLUDED, FieldWeights, PostingScorer};
use super::top;
use crate::model::SearchField;
use crate::model::place::{Atlas, Point};
use crate::model::{Date, Id, Workspace};

/// What a search reads beside the index.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The records.
    pub workspace: &'a Workspace,
    /// The map.
    pub atlas: &'a Atlas,
    /// The day it is.
    pub today: Date,
}

/// A record that matches a query.
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    /// Its id.
    pub id: Id,
    /// Its document in the index; [`UNRANKED`] where it was not found by one.
    document: u32,
    flags: u8,
    /// How well it matches; more is better. The hundreds count the terms that match literally.
    pub score: f32,
    km: f32,
}

/// Equal is what matches alike; the document is a matter of the index.
impl PartialEq for Hit {
    fn eq(&self, other: &Self) -> bool {
        (self.id, self.flags, self.score, self.km) == (other.id, other.flags, other.score, other.km)
    }
}

const LOCATED: u8 = 1 << 6;
const UNRANKED: u32 = u32::MAX;

impl Hit {
    /// A record that no index has found.
    pub fn unranked(id: Id) -> Self {
        Self { id, document: UNRANKED, flags: 0, score: 0.0, km: f32::INFINITY }
    }

    /// Its document in the index that found it.
    pub(super) fn document(&self) -> Option<usize> {
        (self.document != UNRANKED).then_some(self.document as usize)
    }

    /// How far it is from the point of `near:`; `None` where no address is known or it is hidden.
    pub fn km(&self) -> Option<f32> {
        self.km.is_finite().then_some(self.km)
    }

    /// Whether it is located in the area of `in:`, not only serving it.
    pub fn is_located(&self) -> bool {
        self.flags & LOCATED != 0
    }

    /// The search fields in which terms were found.
    pub fn fields(&self) -> impl Iterator<Item = SearchField> {
        let flags = self.flags;
        SearchField::ALL.into_iter().filter(move |field| flags & field.bit() != 0)
    }
}

/// The result of a search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Every match, best first. Where there are more than a screen could ever need, only the first two hundred are
    /// ranked and the others follow in the order of their names, which suits somebody who scrolls that far.
    pub hits: Vec<Hit>,
    /// No record matches every term: these match the most terms.
    pub partial: bool,
    /// Where nothing matches: the query less the one part without which it finds most, and how many that are.
    pub suggestion: Option<(String, usize)>,
}

/// How many hits are ranked when there are more than [`MAX_SORTED`].
const MAX_RANKED: usize = 200;

/// Up to so many hits are sorted whole; above it sorting would take longer than the search.
const MAX_SORTED: usize = 2_000;

/// Added to the score of a literal match. Above the sum of all weights ([`super::query::MAX_TERMS`] times
/// [`MAX_TERM_WEIGHT`] and what several fields add), so the number of literal matches always decides first.
const LITERAL_BONUS: f32 = 100.0;

/// The weight of the rarest term. Large enough for rarity to be seen beside the weights of fields (0.2 to 1), small
/// enough for [`LITERAL_BONUS`].
const MAX_TERM_WEIGHT: f32 = 5.0;

/// A term with fewer literal matches than this is matched fuzzily as well.
const MIN_LITERAL_MATCHES: usize = 5;

/// A term of the query and the words it matches.
struct TermMatches<'q> {
    term: &'q Term,
    literal: Vec<Match>,
    /// `None` until they are looked for.
    fuzzy: Option<Vec<Match>>,
    /// The number of postings of all these words.
    count: usize,
}

impl TermMatches<'_> {
    fn fuzzy(&self) -> &[Match] {
        self.fuzzy.as_deref().unwrap_or_default()
    }
}

impl Index {
    /// Finds the records that match a query.
    pub fn search(&self, query: &Query, context: Context<'_>) -> Found {
        thread_local! {
            static ACCUMULATORS: RefCell<Accumulators> = RefCell::default();
        }
        let mut accumulators = ACCUMULATORS.take();
        let filters = self.compile_filters(query, context.today);
        let found = Search { index: self, query, context, filters, near: query.near() }.run(&mut accumulators);
        ACCUMULATORS.set(accumulators);
        found
    }

    fn compile_filters<'q>(&self, query: &'q Query, today: Date) -> Vec<(CompiledFilter<'q>, bool)> {
        query
            .filters
            .iter()
            .map(|filter| (CompiledFilter::new(&filter.predicate, self, today), filter.is_negated))
            .collect()
    }
}

struct Search<'a> {
    index: &'a Index,
    query: &'a Query,
    context: Context<'a>,
    filters: Vec<(CompiledFilter<'a>, bool)>,
    near: Option<Point>,
}

impl Search<'_> {
    fn run(&self, accumulators: &mut Accumulators) -> Found {
        let mut terms = self.match_terms();
        if terms.is_empty() && !self.query.terms.iter().any(|term| term.is_excluded) {
            return self.found(self.hits(|_| true, |_| (0.0, 0)));
        }
        let hits = self.hits_with_all(&terms, accumulators, true);
        if !hits.is_empty() || terms.is_empty() {
            return self.found(hits);
        }
        for matches in &mut terms {
            self.add_fuzzy(matches);
        }
        let hits = self.hits_with_all(&terms, accumulators, false);
        if hits.is_empty() { self.partial(&terms, accumulators) } else { self.found(hits) }
    }

    /// The documents that hold all terms. With `only_all`, nothing is said of the others; without, the accumulators know
    /// the terms that each holds.
    fn hits_with_all(&self, terms: &[TermMatches<'_>], accumulators: &mut Accumulators, only_all: bool) -> Vec<Hit> {
        let is_impossible = terms.iter().any(|matches| matches.count == 0);
        if is_impossible && only_all {
            return Vec::new();
        }
        accumulators.reset(self.index.ids.len());
        self.exclude(accumulators);
        self.accumulate(terms, accumulators, only_all);
        if is_impossible {
            return Vec::new();
        }
        let all = all_of(terms);
        self.hits(|document| accumulators.terms(document) == all, |document| accumulators.score(document))
    }

    /// The terms that a record must hold with the words they match, rarest first: later terms then only look at the few
    /// documents that hold the earlier ones.
    fn match_terms(&self) -> Vec<TermMatches<'_>> {
        let terms = self.query.terms.iter().filter(|term| !term.is_excluded);
        let mut found: Vec<TermMatches<'_>> = terms
            .map(|term| {
                let literal = self.index.lexicon.prefix_matches(&term.text, term.is_exact, term.is_finished);
                let count = self.count_postings(&literal);
                let mut matches = TermMatches { term, literal, fuzzy: None, count };
                if count < MIN_LITERAL_MATCHES {
                    self.add_fuzzy(&mut matches);
                }
                matches
            })
            .collect();
        found.sort_by_key(|matches| matches.count);
        found
    }

    fn count_postings(&self, matches: &[Match]) -> usize {
        matches.iter().map(|found| self.index.lexicon.postings(found.word).len()).sum()
    }

    /// Adds the words that a term may stand for with a typing mistake or as an abbreviation.
    fn add_fuzzy(&self, matches: &mut TermMatches<'_>) {
        if matches.term.is_exact || matches.fuzzy.is_some() {
            return;
        }
        let fuzzy = self.index.lexicon.fuzzy_matches(&matches.term.text, matches.term.is_finished);
        matches.count += self.count_postings(&fuzzy);
        matches.fuzzy = Some(fuzzy);
    }

    fn exclude(&self, accumulators: &mut Accumulators) {
        for term in self.query.terms.iter().filter(|term| term.is_excluded) {
            for found in self.index.lexicon.prefix_matches(&term.text, term.is_exact, true) {
                let postings = self.index.lexicon.postings(found.word).iter();
                for posting in postings.filter(|posting| lexicon::fields(**posting) & term.fields != 0) {
                    accumulators.exclude(lexicon::document(*posting));
                }
            }
        }
    }

    /// Adds the scores of all terms. With `only_all`, documents that lack an earlier term are skipped.
    ///
    /// A term weighs by its inverse document frequency (Spärck Jones, 1972), scaled to 0 to 1 so that collections of
    /// every size rank alike.
    fn accumulate(&self, terms: &[TermMatches<'_>], accumulators: &mut Accumulators, only_all: bool) {
        let documents = self.index.len().max(1) as f32;
        for (at, matches) in terms.iter().enumerate() {
            let required = if only_all { (1_u16 << at) - 1 } else { 0 };
            let frequency = matches.count.max(1) as f32;
            let rarity = (1.0 + documents / frequency).ln() / (1.0 + documents).ln();
            let scale = MAX_TERM_WEIGHT * rarity.clamp(0.05, 1.0);
            let weights = FieldWeights::new(matches.term.fields & !ignored_fields(matches.term));
            let literal = matches.literal.iter().map(|found| (found, LITERAL_BONUS));
            for (found, bonus) in literal.chain(matches.fuzzy().iter().map(|found| (found, 0.0))) {
                let quality = found.quality * scale;
                let scorer = PostingScorer { bit: 1 << at, required, bonus, quality, weights: &weights };
                accumulators.add(self.index.lexicon.postings(found.word), &scorer);
            }
        }
    }

    /// Those of some documents that pass the filters, in the order of names, with their scores and the fields in which
    /// terms were found.
    fn hits(&self, is_wanted: impl Fn(u32) -> bool, score: impl Fn(u32) -> (f32, u8)) -> Vec<Hit> {
        // Counting first costs less than room for all of them and giving most of it back.
        let mut hits = Vec::with_capacity(self.index.by_name.iter().filter(|one| is_wanted(**one)).count());
        self.for_each(is_wanted, |document| {
            if let Some(id) = self.index.ids[document as usize] {
                let (score, flags) = score(document);
                hits.push(Hit { id, document, flags, score, km: f32::INFINITY });
            }
        });
        if !self.filters.is_empty() {
            hits.retain_mut(|hit| self.passes_all(hit));
            hits.shrink_to_fit();
        }
        hits
    }

    /// Goes through the documents that are wanted, in the order of names. Of some at a time each is written down, and
    /// counted only if it is wanted: whether it is cannot be foreseen, and a wrong guess of the processor costs more than
    /// writing.
    fn for_each(&self, is_wanted: impl Fn(u32) -> bool, mut each: impl FnMut(u32)) {
        let mut wanted = [0; 256];
        for documents in self.index.by_name.chunks(wanted.len()) {
            let mut count = 0;
            for document in documents {
                wanted[count] = *document;
                count += usize::from(is_wanted(*document));
            }
            wanted[..count].iter().for_each(|document| each(*document));
        }
    }

    /// Whether a hit passes the filters; what they say of its place is noted in it.
    fn passes_all(&self, hit: &mut Hit) -> bool {
        let document = hit.document as usize;
        if !(0..self.filters.len()).all(|at| self.passes(at, document)) {
            return false;
        }
        if self.filters.iter().any(|(filter, _)| filter.is_located(document, self.index)) {
            hit.flags |= LOCATED;
        }
        hit.km = self.km(document);
        true
    }

    /// The distance from the point of `near:`; infinite where either is not known.
    fn km(&self, document: usize) -> f32 {
        let Some(from) = self.near else {
            return f32::INFINITY;
        };
        let points = self.index.columns.sites(document).iter().filter_map(|site| site.point());
        points.map(|point| point.km_to(from) as f32).fold(f32::INFINITY, f32::min)
    }

    fn passes(&self, filter: usize, document: usize) -> bool {
        let (filter, is_negated) = &self.filters[filter];
        match filter.matches(document, self.index, self.context.workspace) {
            Some(matches) => matches != *is_negated,
            None => filter.accepts_unknown() || *is_negated,
        }
    }

    fn found(&self, hits: Vec<Hit>) -> Found {
        Found { hits: self.ranked(hits), partial: false, suggestion: None }
    }

    /// Ranks hits that come in the order of names; sorting is stable, so equal ones stay in it.
    fn ranked(&self, mut hits: Vec<Hit>) -> Vec<Hit> {
        if self.near.is_some() {
            hits.sort_by(|a, b| a.km.total_cmp(&b.km).then(b.score.total_cmp(&a.score)));
        } else if self.query.terms.is_empty() {
            return hits;
        } else if hits.len() <= MAX_SORTED {
            hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        } else {
            top::best_first(&mut hits, MAX_RANKED);
        }
        hits
    }

    /// The documents that hold the most terms, and a suggestion.
    fn partial(&self, terms: &[TermMatches<'_>], accumulators: &Accumulators) -> Found {
        let sets = accumulators.count_sets(&self.index.by_name, terms.len());
        let suggestion = self.suggest(terms, &sets, accumulators);
        let held = (0_u16..).zip(&sets).filter(|(_, documents)| **documents > 0).map(|(set, _)| set.count_ones());
        let most = held.max();
        let mut hits = Vec::new();
        for held in (1..=most.unwrap_or_default()).rev() {
            let is_wanted = |document| accumulators.count_terms(document) == held;
            hits = self.hits(is_wanted, |document| accumulators.score(document));
            if !hits.is_empty() {
                break;
            }
        }
        let partial = !hits.is_empty();
        Found { hits: self.ranked(hits), partial, suggestion }
    }

    /// The query without the part whose absence finds most. Nothing is searched again: it is known how many documents
    /// hold each set of terms.
    fn suggest(
        &self,
        terms: &[TermMatches<'_>],
        sets: &[usize],
        accumulators: &Accumulators,
    ) -> Option<(String, usize)> {
        let mut counts: Vec<(usize, usize)> = Vec::new();
        let parts = terms.iter().map(|matches| matches.term.part).chain(self.query.filters.iter().map(|c| c.part));
        for part in parts {
            if counts.iter().any(|(_, known)| *known == part) {
                continue;
            }
            let dropped = terms.iter().enumerate().filter(|(_, matches)| matches.term.part == part);
            let required = all_of(terms) & !dropped.fold(0, |set, (at, _)| set | 1 << at);
            counts.push((self.count_without(part, required, sets, accumulators), part));
        }
        let (count, part) = counts.into_iter().max()?;
        let text = self.query.without(part);
        (count > 0 && !text.is_empty()).then_some((text, count))
    }

    fn count_without(&self, part: usize, required: u16, sets: &[usize], accumulators: &Accumulators) -> usize {
        let filters: Vec<usize> = (0..self.filters.len()).filter(|at| self.query.filters[*at].part != part).collect();
        if filters.is_empty() {
            return (0_u16..).zip(sets).filter(|(set, _)| set & required == required).map(|(_, count)| count).sum();
        }
        let is_holding = |document| accumulators.terms(document) & (required | EXCLUDED) == required;
        let mut count = 0;
        self.for_each(is_holding, |document| {
            count += usize::from(filters.iter().all(|filter| self.passes(*filter, document as usize)));
        });
        count
    }
}

/// The set of all terms, a bit each.
fn all_of(terms: &[TermMatches<'_>]) -> u16 {
    (1 << terms.len()) - 1
}

/// The fields in which a term is not looked for: a single letter that is still being typed would match nearly every
/// description.
fn ignored_fields(term: &Term) -> u8 {
    if !term.is_finished && !term.is_exact && term.text.len() == 1 { SearchField::Text.bit() } else { 0 }
}
