//! Matching and ranking: term-at-a-time evaluation with score accumulators (Buckley and Lewit, 1985).
//!
//! Each term of the query matches words of the lexicon; their postings add to one accumulator per document. A literal
//! match (the word, or a word it begins) outweighs any number of fuzzy ones, so that a guess never stands before what a
//! record says; fuzzy matches are looked for only where literal ones are few or lead to nothing.

mod matching;
mod order;
mod partly;

use std::cell::RefCell;

use super::Index;
use super::filter::CompiledFilter;
use super::fit::Asked;
use super::query::Query;
use super::score::{Accumulators, EXCLUDED};
use super::understand::Means;
use crate::model::SearchField;
use crate::model::place::{Atlas, Point};
use crate::model::{Date, Id, Workspace};
use matching::{TermMatches, required_of};

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
    /// The words that no record holds.
    pub unknown: Vec<String>,
    /// Where nothing matches: the query less the one part without which it finds most, and how many that are.
    pub suggestion: Option<(String, usize)>,
}

/// Added to the score of a literal match. Above the sum of all weights ([`super::query::MAX_TERMS`] times
/// `MAX_TERM_WEIGHT` and what several fields add), so the number of literal matches always decides first.
const LITERAL_BONUS: f32 = 100.0;

/// What a record gains whose name holds all of several words: more than what they mean besides.
const ALL_NAMED: f32 = 60.0;

/// So much a hit that holds every word literally may lose for facts that were not checked.
const ROUNDING: f32 = 2.0;

/// So many hits that hold every word are enough; where they are fewer, and needs are asked for, those that meet the needs
/// follow.
const ENOUGH: usize = 5;

impl Index {
    /// Finds the records that match a query.
    pub fn search(&self, query: &Query, context: Context<'_>) -> Found {
        thread_local! {
            static ACCUMULATORS: RefCell<Accumulators> = RefCell::default();
        }
        let mut accumulators = ACCUMULATORS.take();
        let filters = self.compile_filters(query, context.today);
        let asks_needs = query.terms.iter().any(|term| matches!(term.means, Some(Means::Needs(..))));
        let asked = Asked::on(context.today, query.person(), asks_needs);
        let search = Search { index: self, query, context, filters, near: query.near(), asked };
        let found = search.run(&mut accumulators);
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
    asked: Asked,
}

impl Search<'_> {
    fn run(&self, accumulators: &mut Accumulators) -> Found {
        let mut terms = self.match_terms();
        if terms.is_empty() && !self.query.terms.iter().any(|term| term.is_excluded) {
            return self.found(self.hits(|_| true, |_| (0.0, 0)));
        }
        let all = required_of(&terms);
        if all == 0 && !terms.is_empty() {
            return self.found(self.hits_for_person(&terms, accumulators));
        }
        let hits = self.hits_with(&terms, all, accumulators, true);
        // What is called by all the words is what is meant.
        let literal = LITERAL_BONUS * all.count_ones() as f32 - ROUNDING;
        let is_named = hits.iter().any(|hit| hit.score >= literal);
        let hits = if is_named { hits } else { self.with_close(&terms, hits, accumulators) };
        if terms.is_empty() || is_named || hits.len() >= ENOUGH || !(hits.is_empty() || self.asked.need) {
            return self.found(hits);
        }
        if self.asked.need {
            self.add_up(&terms, accumulators, 0);
            self.accumulate_close(accumulators);
            return self.most(&terms, accumulators);
        }
        for matches in &mut terms {
            self.add_fuzzy(matches);
        }
        let hits = self.hits_with(&terms, all, accumulators, false);
        if hits.is_empty() { self.partial(&terms, accumulators) } else { self.found(hits) }
    }

    /// The documents that hold some terms. With `only_these`, nothing is said of the others; without, the accumulators know
    /// the terms that each holds.
    fn hits_with(
        &self,
        terms: &[TermMatches<'_>],
        required: u16,
        accumulators: &mut Accumulators,
        only_these: bool,
    ) -> Vec<Hit> {
        let is_impossible = (0..).zip(terms).any(|(at, matches)| required & 1 << at != 0 && matches.documents == 0);
        if is_impossible && only_these {
            return Vec::new();
        }
        self.add_up(terms, accumulators, if only_these { required } else { 0 });
        if is_impossible {
            return Vec::new();
        }
        self.holding(terms, required, accumulators)
    }

    /// Adds up from nothing what each document gains by these terms; those that lack a `required` one are skipped.
    fn add_up(&self, terms: &[TermMatches<'_>], accumulators: &mut Accumulators, required: u16) {
        accumulators.reset(self.index.ids.len());
        self.exclude(accumulators);
        self.accumulate(terms, accumulators, required);
    }

    /// The documents that hold the required ones of some terms, as far as they were added up.
    fn holding(&self, terms: &[TermMatches<'_>], required: u16, accumulators: &Accumulators) -> Vec<Hit> {
        let is_wanted = |document| accumulators.terms(document) & (required | EXCLUDED) == required;
        self.hits(is_wanted, scores(terms, accumulators))
    }

    /// Where only the person or the day is spoken of: those that say they are for this person, and those that hold the words.
    fn hits_for_person(&self, terms: &[TermMatches<'_>], accumulators: &mut Accumulators) -> Vec<Hit> {
        self.add_up(terms, accumulators, 0);
        let (person, is_day) = (&self.asked.person, self.query.when().is_some());
        let is_wanted = |document| {
            let held = accumulators.terms(document);
            held & EXCLUDED == 0 && (held != 0 || is_day || self.index.columns.fits[document as usize].says_so(person))
        };
        self.hits(is_wanted, |document| accumulators.score(document))
    }

    /// Hits that hold these terms, with what they gain that say other words of the same thing.
    fn with_close(&self, terms: &[TermMatches<'_>], mut hits: Vec<Hit>, accumulators: &mut Accumulators) -> Vec<Hit> {
        if hits.is_empty() || self.query.close.is_empty() {
            return hits;
        }
        self.accumulate_close(accumulators);
        let score = scores(terms, accumulators);
        for hit in &mut hits {
            hit.score = self.fitting(hit.document, score(hit.document).0);
        }
        hits
    }

    /// Those of some documents that pass the filters, in the order of names, with their scores and the fields in which
    /// terms were found.
    fn hits(&self, is_wanted: impl Fn(u32) -> bool, score: impl Fn(u32) -> (f32, u8)) -> Vec<Hit> {
        // Counting first costs less than room for all of them and giving most of it back.
        let count = self.index.by_name.iter().filter(|one| is_wanted(**one)).count();
        self.hits_among(count, is_wanted, score)
    }

    /// As [`hits`](Self::hits), where it is known how many documents are wanted.
    fn hits_among(&self, count: usize, is_wanted: impl Fn(u32) -> bool, score: impl Fn(u32) -> (f32, u8)) -> Vec<Hit> {
        let mut hits = Vec::with_capacity(count);
        self.for_each(is_wanted, |document| {
            if let Some(id) = self.index.ids[document as usize] {
                let (score, flags) = score(document);
                let score = self.fitting(document, score);
                hits.push(Hit { id, document, flags, score, km: f32::INFINITY });
            }
        });
        if !self.filters.is_empty() {
            hits.retain_mut(|hit| self.passes_all(hit));
            hits.shrink_to_fit();
        }
        hits
    }

    /// A score with what a document gains or loses by how well it fits what is asked for.
    fn fitting(&self, document: u32, score: f32) -> f32 {
        (score + self.index.columns.fits[document as usize].score(&self.asked)).max(0.0)
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
        self.near.map_or(f32::INFINITY, |from| self.km_from(from, document))
    }

    /// The distance from a point; infinite where no address is known.
    fn km_from(&self, from: Point, document: usize) -> f32 {
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
        Found { hits: self.ranked(hits), ..Found::default() }
    }
}

/// What documents gain by these terms, as far as they were added up, and in which fields those stand. Those gain more whose
/// names hold all of several, whatever is said of the person.
fn scores(terms: &[TermMatches<'_>], accumulators: &Accumulators) -> impl Fn(u32) -> (f32, u8) {
    let set = |is_meant: &dyn Fn(&TermMatches<'_>) -> bool| {
        (0..).zip(terms).filter(|(_, matches)| is_meant(matches)).fold(0_u16, |set, (at, _)| set | 1 << at)
    };
    let names = [set(&|_| true), set(&|matches| !matches.is_beside())].into_iter();
    let names: Vec<u16> = names.filter(|set| set.count_ones() > 1).collect();
    move |document| {
        let (score, fields) = accumulators.score(document);
        let is_named = names.iter().any(|set| accumulators.is_named(document, *set));
        (score + if is_named { ALL_NAMED } else { 0.0 }, fields)
    }
}
