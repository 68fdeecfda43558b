//! Matching and ranking: term-at-a-time evaluation with score accumulators (Buckley and Lewit, 1985).
//!
//! Each term of the query matches words of the lexicon; their postings add to one accumulator per document. A literal
//! match (the word, or a word it begins) outweighs any number of fuzzy ones, so that a guess never stands before what a
//! record says; fuzzy matches are looked for only where literal ones are few or lead to nothing.

use std::borrow::Cow;
use std::cell::RefCell;

use super::Index;
use super::filter::CompiledFilter;
use super::fit::Asked;
use super::lexicon::{self, FIELD_BITS, Match, Posting};
use super::query::{Query, Term};
use super::score::{Accumulators, EXCLUDED, FieldWeights, PostingScorer};
use super::top;
use super::understand::Means;
use super::words::for_each_word;
use crate::model::SearchField;
use crate::model::place::{Atlas, Point};
use crate::model::{Date, Id, Text, Workspace};

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

/// What a need gains that words of a query mean, and what each further word of the phrase adds: less than a word that is
/// literally there, more than any number of guesses.
const MEANING: f32 = 30.0;
const LONGER_MEANING: f32 = 5.0;

/// What a service gains that does not say where it is or whom it serves, when a place is asked for: not stated is not no.
const NOWHERE: f32 = 5.0;

/// What a service gains that is at the place that was asked for; less with every kilometre, nothing at [`FAR_KM`].
const NEAR: f32 = 10.0;
const FAR_KM: f32 = 30.0;

/// What a literal match in a long text gains where needs are asked for: many words are said there in passing; the rarer
/// one is, the more it says.
const IN_PASSING: f32 = 15.0;
const IN_PASSING_RARE: f32 = 45.0;

/// What a document gains for a word that speaks of the same thing as one that was asked for, in a long text and elsewhere.
const CLOSE: f32 = 9.0;
const CLOSE_IN_NAME: f32 = 14.0;

/// What a record gains whose number was asked for.
const NUMBER: f32 = 200.0;

/// What a record gains for its share of the words when none holds all.
const SHARE: f32 = 120.0;

/// What a record gains whose name holds all of several words: more than what they mean besides.
const ALL_NAMED: f32 = 60.0;

/// So much a hit that holds every word literally may lose for facts that were not checked.
const ROUNDING: f32 = 2.0;

/// So many hits that hold every word are enough; where they are fewer, and needs are asked for, those that meet the needs
/// follow.
const ENOUGH: usize = 5;

/// So many of the best hits are asked whether they are open.
const MAX_LOOKED_AT: usize = 100;

/// So many of the best hits are looked at for how they are called: a large screen of them.
const MAX_NAMED: usize = 50;

/// What a record gains whose name begins with the first word, and for each two words that follow one another there too:
/// more than the letters of a word that were not typed cost.
const NAMED: f32 = 1.0;

/// What a service gains that is open when it is needed, and one loses that is closed then.
const OPEN: f32 = 15.0;

/// A term of the query and what it matches.
struct TermMatches<'a> {
    term: &'a Term,
    literal: Vec<Match>,
    /// `None` until they are looked for.
    fuzzy: Option<Vec<Match>>,
    /// The documents that have what the term means, and how many points each gains.
    means: Vec<(Cow<'a, [Posting]>, f32)>,
    /// The number of postings of all these words.
    count: usize,
    /// The number of all postings, those of its meaning as well.
    documents: usize,
}

impl TermMatches<'_> {
    fn fuzzy(&self) -> &[Match] {
        self.fuzzy.as_deref().unwrap_or_default()
    }

    fn is_beside(&self) -> bool {
        self.term.is_beside()
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

impl<'a> Search<'a> {
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
        let hits = if is_named { hits } else { self.with_close(&terms, all, hits, accumulators) };
        if terms.is_empty() || is_named || hits.len() >= ENOUGH || !(hits.is_empty() || self.asked.need) {
            return self.found(hits);
        }
        if self.asked.need {
            self.hits_with(&terms, all, accumulators, false);
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
        accumulators.reset(self.index.ids.len());
        self.exclude(accumulators);
        self.accumulate(terms, accumulators, if only_these { required } else { 0 });
        if is_impossible {
            return Vec::new();
        }
        self.holding(terms, required, accumulators)
    }

    /// The documents that hold the required ones of some terms, as far as they were added up. Those gain whose names hold all
    /// of several terms, whatever is said of the person.
    fn holding(&self, terms: &[TermMatches<'_>], required: u16, accumulators: &Accumulators) -> Vec<Hit> {
        let is_wanted = |document| accumulators.terms(document) & (required | EXCLUDED) == required;
        let set = |is_meant: &dyn Fn(&TermMatches<'_>) -> bool| {
            (0..).zip(terms).filter(|(_, matches)| is_meant(matches)).fold(0_u16, |set, (at, _)| set | 1 << at)
        };
        let names = [set(&|_| true), set(&|matches| !matches.is_beside())].into_iter();
        let names: Vec<u16> = names.filter(|set| set.count_ones() > 1).collect();
        self.hits(is_wanted, |document| {
            let (score, fields) = accumulators.score(document);
            let is_named = names.iter().any(|set| accumulators.is_named(document, *set));
            (score + if is_named { ALL_NAMED } else { 0.0 }, fields)
        })
    }

    /// Where only the person or the day is spoken of: those that say they are for this person, and those that hold the words.
    fn hits_for_person(&self, terms: &[TermMatches<'_>], accumulators: &mut Accumulators) -> Vec<Hit> {
        accumulators.reset(self.index.ids.len());
        self.exclude(accumulators);
        self.accumulate(terms, accumulators, 0);
        let (person, is_day) = (&self.asked.person, self.query.when().is_some());
        let is_wanted = |document| {
            let held = accumulators.terms(document);
            held & EXCLUDED == 0 && (held != 0 || is_day || self.index.columns.fits[document as usize].says_so(person))
        };
        self.hits(is_wanted, |document| accumulators.score(document))
    }

    /// The terms that a record must hold with what they match, rarest first: later terms then only look at the few
    /// documents that hold the earlier ones. Those beside which a record is a hit all the same come last.
    fn match_terms(&self) -> Vec<TermMatches<'a>> {
        let terms = self.query.terms.iter().filter(|term| !term.is_excluded);
        // The first letter of a further word says nothing yet: the list stays as it is until the next.
        let is_letter = |term: &Term| term.text.len() == 1 && term.text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let is_begun = |term: &&Term| !term.is_finished && is_letter(term);
        let is_alone = self.query.terms.len() == 1;
        let mut found: Vec<TermMatches<'_>> =
            terms.filter(|term| is_alone || !is_begun(term)).map(|term| self.match_term(term)).collect();
        found.sort_by_key(|matches| (matches.is_beside(), matches.documents));
        found
    }

    fn match_term(&self, term: &'a Term) -> TermMatches<'a> {
        let lexicon = &self.index.lexicon;
        let mut literal = match term.is_beside() {
            true => lexicon.prefix_matches(&term.text, true, true),
            false if term.is_small => Vec::new(),
            false => lexicon.prefix_matches(&term.text, term.is_exact, term.is_finished),
        };
        for same in self.index.thesaurus.same(&term.text).iter().filter(|_| !term.is_exact) {
            literal.extend(lexicon.prefix_matches(same, true, true));
        }
        let (count, means) = (self.count_postings(&literal), self.meaning(term));
        let documents = count + means.iter().map(|(postings, _)| postings.len()).sum::<usize>();
        let mut matches = TermMatches { term, literal, fuzzy: None, means, count, documents };
        let is_missing = documents < MIN_LITERAL_MATCHES && !term.is_beside();
        if is_missing || term.is_guess {
            self.add_fuzzy(&mut matches);
        }
        matches
    }

    /// The documents that have what a term means, and the points each gains.
    fn meaning(&self, term: &Term) -> Vec<(Cow<'a, [Posting]>, f32)> {
        let columns = &self.index.columns;
        let points = (MEANING + LONGER_MEANING * (1.0 / term.share - 1.0)) * term.share;
        let list = |lists: &'a [Vec<Posting>], at: usize, points| {
            let list = lists.get(at).map(Vec::as_slice).unwrap_or_default();
            (Cow::Borrowed(list), points)
        };
        match &term.means {
            Some(means @ Means::Needs(needs, _)) => {
                let most = needs.iter().map(|(_, weight)| *weight).fold(0.01, f32::max);
                let points = points * means.weight(term.share) / most;
                needs.iter().map(|(need, weight)| list(&columns.of_needs, *need as usize, points * weight)).collect()
            }
            Some(Means::Where(spot)) => {
                let districts = spot.districts.positions();
                let served = districts.map(|at| list(&columns.of_districts, at, points / spot.districts.len() as f32));
                let nowhere = (Cow::Borrowed(columns.of_nowhere.as_slice()), NOWHERE * term.share);
                served.chain([nowhere]).collect()
            }
            Some(Means::Address(address)) => vec![(Cow::Owned(self.addressed(address)), NUMBER * term.share)],
            Some(Means::Number(number)) => vec![(Cow::Owned(columns.with_number(*number)), NUMBER * term.share)],
            _ => Vec::new(),
        }
    }

    /// The services and organisations with an e-mail or web address. All records are read: this is asked rarely, and in an
    /// index the words of addresses would cost every other search.
    fn addressed(&self, address: &str) -> Vec<Posting> {
        let holds = |text: &Text| text.to_lowercase().contains(address);
        let workspace = self.context.workspace;
        let is_meant = |id: &Id| {
            let service = workspace.services.get(*id);
            let organisation = match service {
                Some(service) => service.organisation.as_ref().and_then(|one| one.get(workspace)),
                None => workspace.organisations.get(*id).map(AsRef::as_ref),
            };
            let own = service.map(|one| [&one.email, &one.url]).into_iter().flatten();
            let contacts = service.map(|one| one.contacts.as_slice()).unwrap_or_default();
            let theirs = organisation.map(|one| [&one.email, &one.url]).into_iter().flatten();
            let written = contacts.iter().map(|contact| &contact.email);
            own.chain(theirs).chain(written).flatten().any(holds)
        };
        let documents = (0_u32..).zip(&self.index.ids);
        let found = documents.filter(|(_, id)| id.as_ref().is_some_and(is_meant));
        found.map(|(document, _)| document << FIELD_BITS | u32::from(SearchField::Text.bit())).collect()
    }

    fn count_postings(&self, matches: &[Match]) -> usize {
        matches.iter().map(|found| self.index.lexicon.postings(found.word).len()).sum()
    }

    /// Adds the words that a term may stand for with a typing mistake or as an abbreviation.
    fn add_fuzzy(&self, matches: &mut TermMatches<'_>) {
        let is_alone = self.query.terms.len() == 1;
        let is_short = matches.term.text.chars().nth(2).is_none(); // abbreviates a word only beside another
        let is_said = matches.is_beside() && !matches.term.is_guess;
        let is_known = matches.fuzzy.is_some() || matches.term.is_exact || matches.term.is_small;
        if is_known || is_said || is_alone && is_short {
            return;
        }
        let fuzzy = self.index.lexicon.fuzzy_matches(&matches.term.text, matches.term.is_finished);
        let count = self.count_postings(&fuzzy);
        matches.count += count;
        matches.documents += count;
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

    /// Adds the scores of all terms. Documents that lack an earlier one of the `required` terms are skipped.
    ///
    /// A term weighs by its inverse document frequency (Spärck Jones, 1972), scaled to 0 to 1 so that collections of
    /// every size rank alike.
    fn accumulate(&self, terms: &[TermMatches<'_>], accumulators: &mut Accumulators, required: u16) {
        let documents = self.index.len().max(1) as f32;
        for (at, matches) in terms.iter().enumerate() {
            let bit = 1 << at;
            let required = required & (bit - 1);
            let frequency = matches.count.max(1) as f32;
            let rarity = ((1.0 + documents / frequency).ln() / (1.0 + documents).ln()).clamp(0.05, 1.0);
            let weights = self.weights(matches.term, rarity);
            let literal = matches.literal.iter().map(|found| (found, true));
            for (found, is_literal) in literal.chain(matches.fuzzy().iter().map(|found| (found, false))) {
                let quality = found.quality * MAX_TERM_WEIGHT * rarity;
                let scorer = PostingScorer { bit, required, is_literal, quality, weights: &weights };
                accumulators.add(self.index.lexicon.postings(found.word), &scorer);
            }
            for (postings, points) in &matches.means {
                accumulators.add_meaning(postings, bit, required, *points);
            }
        }
    }

    /// Hits that hold these terms, with what they gain that say other words of the same thing.
    fn with_close(
        &self,
        terms: &[TermMatches<'_>],
        required: u16,
        hits: Vec<Hit>,
        accumulators: &mut Accumulators,
    ) -> Vec<Hit> {
        if hits.is_empty() || self.query.close.is_empty() {
            return hits;
        }
        self.accumulate_close(accumulators);
        self.holding(terms, required, accumulators)
    }

    /// Adds what documents gain that say other words of the same thing.
    fn accumulate_close(&self, accumulators: &mut Accumulators) {
        let weights =
            FieldWeights::new(u8::MAX, |field| if field == SearchField::Text { CLOSE } else { CLOSE_IN_NAME });
        let lexicon = &self.index.lexicon;
        let words = self.query.close.iter().flat_map(|(word, is_beginning)| lexicon.begun(word, !is_beginning));
        for word in words {
            accumulators.add_points(lexicon.postings(word), &weights);
        }
    }

    /// What a term gains in each field.
    fn weights(&self, term: &Term, rarity: f32) -> FieldWeights {
        let asks_needs = self.asked.need;
        let means_need = matches!(term.means, Some(Means::Needs(..)));
        let counted = if term.is_beside() || term.is_guess { NAMES } else { term.fields & !ignored_fields(term) };
        FieldWeights::new(counted, |field| match field {
            SearchField::Text if asks_needs => IN_PASSING + IN_PASSING_RARE * rarity,
            SearchField::Need if means_need => 0.0, // what it means is counted by itself
            _ => LITERAL_BONUS,
        })
    }

    /// Those of some documents that pass the filters, in the order of names, with their scores and the fields in which
    /// terms were found.
    fn hits(&self, is_wanted: impl Fn(u32) -> bool, score: impl Fn(u32) -> (f32, u8)) -> Vec<Hit> {
        // Counting first costs less than room for all of them and giving most of it back.
        let mut hits = Vec::with_capacity(self.index.by_name.iter().filter(|one| is_wanted(**one)).count());
        self.for_each(is_wanted, |document| {
            if let Some(id) = self.index.ids[document as usize] {
                let (score, flags) = score(document);
                let score = (score + self.index.columns.fits[document as usize].score(&self.asked)).max(0.0);
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

    /// Ranks hits that come in the order of names; sorting is stable, so equal ones stay in it.
    fn ranked(&self, mut hits: Vec<Hit>) -> Vec<Hit> {
        if self.near.is_some() {
            hits.sort_by(|a, b| a.km.total_cmp(&b.km).then(b.score.total_cmp(&a.score)));
        } else if self.query.terms.is_empty() {
            return hits;
        } else {
            self.add_nearness(&mut hits);
            if hits.len() <= MAX_SORTED {
                hits.sort_by(|a, b| b.score.total_cmp(&a.score));
            } else {
                top::best_first(&mut hits, MAX_RANKED);
            }
            self.put_named_first(&mut hits);
            self.put_open_first(&mut hits);
        }
        hits
    }

    /// Among the best hits that are found alike, those stand first that are called what was typed.
    fn put_named_first(&self, hits: &mut [Hit]) {
        let typed: Vec<&str> =
            self.query.terms.iter().filter(|term| !term.is_excluded).map(|term| &*term.text).collect();
        let count = MAX_NAMED.min(hits.len());
        let best = &mut hits[..count];
        for hit in best.iter_mut().filter(|hit| hit.flags & SearchField::Name.bit() != 0) {
            let record = self.context.workspace.get(hit.id);
            let title = record.as_ref().map(|record| record.title(self.context.workspace));
            hit.score += NAMED * title.map_or(0, |title| named(&title, &typed)) as f32;
        }
        best.sort_by(|a, b| b.score.total_cmp(&a.score));
    }

    /// Where a day is asked for, the best hits that are open then stand before those that are closed.
    fn put_open_first(&self, hits: &mut [Hit]) {
        let Some(when) = self.query.when() else { return };
        let count = MAX_LOOKED_AT.min(hits.len());
        let best = &mut hits[..count];
        for hit in best.iter_mut() {
            let service = self.context.workspace.services.get(hit.id);
            hit.score += match service.and_then(|service| service.week()) {
                Some(week) if when.is_open(&week, self.context.today) => OPEN,
                Some(_) => -OPEN,
                None => 0.0,
            };
        }
        best.sort_by(|a, b| b.score.total_cmp(&a.score));
    }

    /// Where a place is asked for by name, the nearer ones gain.
    fn add_nearness(&self, hits: &mut [Hit]) {
        let Some(from) = self.query.spot().and_then(|spot| spot.point).filter(|_| hits.len() <= MAX_SORTED) else {
            return;
        };
        for hit in hits {
            let km = self.km_from(from, hit.document as usize);
            hit.score += NEAR * (1.0 - km / FAR_KM).max(0.0);
        }
    }

    /// The documents that hold most of the terms, and a suggestion.
    fn partial(&self, terms: &[TermMatches<'_>], accumulators: &Accumulators) -> Found {
        let sets = accumulators.count_sets(&self.index.by_name, terms.len());
        let suggestion = self.suggest(terms, &sets, accumulators);
        let found = self.most(terms, accumulators);
        Found { partial: !found.hits.is_empty(), suggestion, ..found }
    }

    /// The documents that hold at least half as much as those that hold most. What a need or a place means weighs more than
    /// a word, a rare word more than one that stands everywhere.
    fn most(&self, terms: &[TermMatches<'_>], accumulators: &Accumulators) -> Found {
        let sets = accumulators.count_sets(&self.index.by_name, terms.len());
        let weights = self.weights_of(terms);
        let weight = |set: usize| -> f32 {
            (0..).zip(&weights).filter(|(at, _)| set & 1 << at != 0).map(|(_, weight)| *weight).sum()
        };
        let of_sets: Vec<f32> = (0..sets.len()).map(weight).collect();
        let most = of_sets.iter().zip(&sets).filter(|(_, count)| **count > 0).map(|(weight, _)| *weight);
        let most = most.fold(0.0, f32::max);
        let held = |document| of_sets.get(usize::from(accumulators.terms(document))).copied().unwrap_or_default();
        let is_wanted = |document| held(document) > 0.0 && held(document) * 2.0 >= most;
        let hits = self.hits(is_wanted, |document| {
            let (score, fields) = accumulators.score(document);
            (score + SHARE * held(document) / most, fields)
        });
        Found { unknown: unknown(terms), ..self.found(hits) }
    }

    /// How much each term weighs among the others.
    fn weights_of(&self, terms: &[TermMatches<'_>]) -> Vec<f32> {
        let documents = self.index.len().max(1) as f32;
        let weight = |matches: &TermMatches<'_>| match &matches.term.means {
            Some(means) => 2.0 * means.weight(matches.term.share) * matches.term.share + 0.01,
            None => (1.0 + documents / matches.count.max(1) as f32).ln() / (1.0 + documents).ln(),
        };
        terms.iter().map(weight).collect()
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
            let required = required_of(terms) & !dropped.fold(0, |set, (at, _)| set | 1 << at);
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

/// The set of those terms that a record must hold, a bit each. Where one term says surely what is asked for, those that only
/// may mean something are not asked of a record.
fn required_of(terms: &[TermMatches<'_>]) -> u16 {
    let weight = |matches: &TermMatches<'_>| matches.term.means.as_ref().map(|means| means.weight(matches.term.share));
    let is_sure = |matches: &TermMatches<'_>| weight(matches).is_some_and(|weight| weight >= 1.0);
    let any_sure = terms.iter().any(is_sure);
    let is_vague = |matches: &TermMatches<'_>| any_sure && weight(matches).is_some_and(|weight| weight < 1.0);
    let required = (0..).zip(terms).filter(|(_, matches)| !matches.is_beside() && !is_vague(matches));
    required.fold(0, |set, (at, _)| set | 1 << at)
}

/// How much a name is what was typed: one where it begins with the first word, one for each two words that follow one
/// another in both, and one where that is all it is.
fn named(name: &str, typed: &[&str]) -> usize {
    let (mut count, mut words) = (0, 0);
    let mut follows: Vec<usize> = typed.first().map(|_| 0).into_iter().collect();
    for_each_word(name, |word, _| {
        words += 1;
        count += follows.iter().filter(|at| typed.get(**at).is_some_and(|typed| word.starts_with(typed))).count();
        follows = (0..typed.len()).filter(|at| word.starts_with(typed[*at])).map(|at| at + 1).collect();
    });
    count + usize::from(words == typed.len() && count == words)
}

/// The words of terms that stand nowhere.
fn unknown(terms: &[TermMatches<'_>]) -> Vec<String> {
    let unknown = terms.iter().filter(|matches| matches.documents == 0 && !matches.is_beside());
    unknown.map(|matches| matches.term.text.clone()).collect()
}

/// The fields in which a word counts that speaks of the person, or that means something only if it was mistyped: in a name
/// it is a name.
const NAMES: u8 = 0b111;

/// The fields in which most words stand: needs, descriptions.
const PASSING: u8 = 0b10_1000;

/// The fields in which a term is not looked for: a single letter that is still being typed would match nearly every
/// description.
fn ignored_fields(term: &Term) -> u8 {
    if !term.is_finished && !term.is_exact && term.text.len() == 1 { PASSING } else { 0 }
}
