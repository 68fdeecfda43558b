//! Matching and ranking: term-at-a-time evaluation with score accumulators (Buckley and Lewit, 1985).
//!
//! Each term of the query matches words of the lexicon; their postings add to one accumulator per document. A literal
//! match (the word, or a word it begins) outweighs any number of fuzzy ones, so that a guess never stands before what a
//! record says; fuzzy matches are looked for only where literal ones are few or lead to nothing.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Index;
use super::filter::CompiledFilter;
use super::lexicon::{self, Match};
use super::query::{Query, Term};
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

/// Set in [`Accumulator::terms`] of a document that holds an excluded term.
const EXCLUDED: u16 = 1 << 15;

/// The running score of one document: the sum of the terms before the last one matched, and the best match of that one.
#[derive(Clone, Copy, Default)]
struct Accumulator {
    total: f32,
    last: f32,
    /// The terms matched, a bit each.
    terms: u16,
    fields: u8,
}

/// A term of the query and the words it matches.
struct TermMatches<'q> {
    term: &'q Term,
    literal: Vec<Match>,
    fuzzy: Vec<Match>,
    /// The number of postings of all these words.
    count: usize,
}

impl Index {
    /// Finds the records that match a query.
    pub fn search(&self, query: &Query, context: Context<'_>) -> Found {
        thread_local! {
            static ACCUMULATORS: RefCell<Vec<Accumulator>> = const { RefCell::new(Vec::new()) };
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
    fn run(&self, accumulators: &mut Vec<Accumulator>) -> Found {
        accumulators.clear();
        let mut terms = self.match_terms();
        if terms.is_empty() && !self.query.terms.iter().any(|term| term.is_excluded) {
            return self.found(self.collect(None, 0));
        }
        accumulators.resize(self.index.ids.len(), Accumulator::default());
        self.exclude(accumulators);
        self.accumulate(&terms, accumulators, true);
        let all = (1_u16 << terms.len()) - 1;
        let hits = self.collect(Some(accumulators), all);
        if !hits.is_empty() || terms.is_empty() {
            return self.found(hits);
        }
        for matches in &mut terms {
            self.add_fuzzy(matches);
        }
        accumulators.fill(Accumulator::default());
        self.exclude(accumulators);
        self.accumulate(&terms, accumulators, false);
        let hits = self.collect(Some(accumulators), all);
        if hits.is_empty() { self.partial(&terms, accumulators) } else { self.found(hits) }
    }

    /// The terms that a record must hold with the words they match, rarest first: later terms then only look at the few
    /// documents that hold the earlier ones.
    fn match_terms(&self) -> Vec<TermMatches<'_>> {
        let terms = self.query.terms.iter().filter(|term| !term.is_excluded);
        let mut found: Vec<TermMatches<'_>> = terms
            .map(|term| {
                let literal = self.index.lexicon.prefix_matches(&term.text, term.is_exact, term.is_finished);
                let count = self.count_postings(&literal);
                let mut matches = TermMatches { term, literal, fuzzy: Vec::new(), count };
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
        if matches.term.is_exact || !matches.fuzzy.is_empty() {
            return;
        }
        matches.fuzzy = self.index.lexicon.fuzzy_matches(&matches.term.text, matches.term.is_finished);
        matches.count += self.count_postings(&matches.fuzzy);
    }

    fn exclude(&self, accumulators: &mut [Accumulator]) {
        for term in self.query.terms.iter().filter(|term| term.is_excluded) {
            for found in self.index.lexicon.prefix_matches(&term.text, term.is_exact, true) {
                let postings = self.index.lexicon.postings(found.word).iter();
                for posting in postings.filter(|posting| lexicon::fields(**posting) & term.fields != 0) {
                    accumulators[lexicon::document(*posting)].terms |= EXCLUDED;
                }
            }
        }
    }

    /// Adds the scores of all terms. With `only_all`, documents that lack an earlier term are skipped.
    ///
    /// A term weighs by its inverse document frequency (Spärck Jones, 1972), scaled to 0 to 1 so that collections of
    /// every size rank alike.
    fn accumulate(&self, terms: &[TermMatches<'_>], accumulators: &mut [Accumulator], only_all: bool) {
        let documents = self.index.len().max(1) as f32;
        for (at, matches) in terms.iter().enumerate() {
            let required = if only_all { (1_u16 << at) - 1 } else { 0 };
            let frequency = matches.count.max(1) as f32;
            let rarity = (1.0 + documents / frequency).ln() / (1.0 + documents).ln();
            let scale = MAX_TERM_WEIGHT * rarity.clamp(0.05, 1.0);
            let fields = matches.term.fields & !ignored_fields(matches.term);
            let literal = matches.literal.iter().map(|found| (found, LITERAL_BONUS));
            for (found, bonus) in literal.chain(matches.fuzzy.iter().map(|found| (found, 0.0))) {
                let scores = FieldScores::new(bonus, found.quality * scale, fields);
                let scorer = PostingScorer { bit: 1 << at, required, scores };
                scorer.add(self.index.lexicon.postings(found.word), accumulators);
            }
        }
    }

    /// The documents that hold all these terms and pass the filters, in the order of names.
    fn collect(&self, accumulators: Option<&[Accumulator]>, all: u16) -> Vec<Hit> {
        let mut hits = Vec::with_capacity(self.index.len()); // pages never written to take no memory
        let all_terms = Accumulator { terms: all, ..Accumulator::default() };
        for document in &self.index.by_name {
            let accumulator = accumulators.map_or(all_terms, |known| known[*document as usize]);
            if accumulator.terms == all {
                hits.extend(self.hit(*document, accumulator));
            }
        }
        hits.shrink_to_fit();
        hits
    }

    /// A document as a hit, unless a filter rejects it.
    fn hit(&self, document: u32, accumulator: Accumulator) -> Option<Hit> {
        let document = document as usize;
        let id = self.index.ids[document]?;
        let passes = (0..self.filters.len()).all(|at| self.passes(at, document));
        passes.then(|| {
            let is_located = self.filters.iter().any(|(filter, _)| filter.is_located(document, self.index));
            let flags = accumulator.fields | if is_located { LOCATED } else { 0 };
            Hit {
                id,
                document: document as u32,
                flags,
                score: accumulator.total + accumulator.last,
                km: self.km(document),
            }
        })
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
            top_first(&mut hits);
        }
        hits
    }

    /// The documents that hold the most terms, and a suggestion.
    fn partial(&self, terms: &[TermMatches<'_>], accumulators: &[Accumulator]) -> Found {
        let all = (1_u16 << terms.len()) - 1;
        let suggestion = self.suggest(terms, accumulators, all);
        let most = accumulators.iter().map(|accumulator| count_terms(accumulator.terms)).max().unwrap_or_default();
        let mut hits = Vec::new();
        for held in (1..=most.min(terms.len() as u32)).rev() {
            let documents = self.index.by_name.iter();
            let holding = documents.filter(|at| count_terms(accumulators[**at as usize].terms) == held);
            hits = holding.filter_map(|at| self.hit(*at, accumulators[*at as usize])).collect();
            if !hits.is_empty() {
                break;
            }
        }
        let partial = !hits.is_empty();
        Found { hits: self.ranked(hits), partial, suggestion }
    }

    /// The query without the part whose absence finds most. Nothing is searched again: the accumulators already say which
    /// terms each document holds.
    fn suggest(&self, terms: &[TermMatches<'_>], accumulators: &[Accumulator], all: u16) -> Option<(String, usize)> {
        let mut counts: Vec<(usize, usize)> = Vec::new();
        let parts = terms.iter().map(|matches| matches.term.part).chain(self.query.filters.iter().map(|c| c.part));
        for part in parts {
            if counts.iter().any(|(_, known)| *known == part) {
                continue;
            }
            let dropped = terms.iter().enumerate().filter(|(_, matches)| matches.term.part == part);
            let required = all & !dropped.fold(0, |set, (at, _)| set | 1 << at);
            counts.push((self.count_without(part, required, accumulators), part));
        }
        let (count, part) = counts.into_iter().max()?;
        let text = self.query.without(part);
        (count > 0 && !text.is_empty()).then_some((text, count))
    }

    fn count_without(&self, part: usize, required: u16, accumulators: &[Accumulator]) -> usize {
        let filters: Vec<usize> = (0..self.filters.len()).filter(|at| self.query.filters[*at].part != part).collect();
        let documents = self.index.by_name.iter().map(|at| *at as usize);
        let holding = documents.filter(|at| accumulators[*at].terms & (required | EXCLUDED) == required);
        holding.filter(|document| filters.iter().all(|filter| self.passes(*filter, *document))).count()
    }
}

/// The fields in which a term is not looked for: a single letter that is still being typed would match nearly every
/// description.
fn ignored_fields(term: &Term) -> u8 {
    if !term.is_finished && !term.is_exact && term.text.len() == 1 { SearchField::Text.bit() } else { 0 }
}

/// How many terms a document holds; none when it holds an excluded one.
fn count_terms(terms: u16) -> u32 {
    if terms & EXCLUDED == 0 { terms.count_ones() } else { 0 }
}

/// The score of a word for each combination of fields it may stand in, computed once per word and not per posting.
struct FieldScores([f32; 64]);

impl FieldScores {
    fn new(bonus: f32, weight: f32, fields: u8) -> Self {
        let mut scores = [0.0; 64];
        for (set, score) in (0_u8..).zip(scores.iter_mut()) {
            let counted = SearchField::ALL.into_iter().filter(|field| set & fields & field.bit() != 0);
            let weights = counted.map(SearchField::weight);
            let (most, sum) = weights.fold((0.0_f32, 0.0), |(most, sum), weight| (most.max(weight), sum + weight));
            if most > 0.0 {
                // the best field decides; the others only break ties
                *score = bonus + weight * (most + 0.05 * (sum - most));
            }
        }
        Self(scores)
    }
}

/// Adds the postings of one word to the accumulators.
struct PostingScorer {
    /// The bit of the term.
    bit: u16,
    /// The terms that a document must hold to be looked at.
    required: u16,
    scores: FieldScores,
}

impl PostingScorer {
    fn add(&self, postings: &[lexicon::Posting], accumulators: &mut [Accumulator]) {
        for posting in postings {
            let fields = lexicon::fields(*posting);
            let score = self.scores.0[fields as usize];
            let accumulator = &mut accumulators[lexicon::document(*posting)];
            if accumulator.terms & self.required != self.required || score == 0.0 {
                continue;
            }
            if accumulator.terms & self.bit == 0 {
                accumulator.terms |= self.bit;
                accumulator.total += accumulator.last;
                accumulator.last = score;
                accumulator.fields |= fields;
            } else if score > accumulator.last {
                accumulator.last = score;
                accumulator.fields |= fields;
            }
        }
    }
}

/// Moves the best [`MAX_RANKED`] hits to the front, in order, by partial selection with a bounded heap; the others stay
/// as they are.
fn top_first(hits: &mut Vec<Hit>) {
    let mut best: BinaryHeap<Reverse<(u32, Reverse<u32>)>> = BinaryHeap::with_capacity(MAX_RANKED + 1);
    for (at, hit) in (0_u32..).zip(hits.iter()) {
        // scores are not negative, so their bits sort as they do
        let key = Reverse((hit.score.to_bits(), Reverse(at)));
        if best.len() < MAX_RANKED {
            best.push(key);
        } else if best.peek().is_some_and(|worst| key < *worst) {
            best.pop();
            best.push(key);
        }
    }
    let best: Vec<usize> = best.into_sorted_vec().into_iter().map(|Reverse((_, Reverse(at)))| at as usize).collect();
    let first: Vec<Hit> = best.iter().map(|at| hits[*at]).collect();
    let mut taken = best;
    taken.sort_unstable();
    let mut taken = taken.into_iter().peekable();
    let mut at = 0;
    hits.retain(|_| {
        let is_taken = taken.next_if_eq(&at).is_some();
        at += 1;
        !is_taken
    });
    hits.splice(0..0, first);
}
