//! Which records a query means, and in which order.
//!
//! Each word of the query becomes words of the lexicon; their postings are added up in one array with a place for every
//! record. A word met letter for letter is worth more than any number of words met with a mistake, so guesses never
//! stand before what was really said; and guesses are made only where there is little or nothing to be found without.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Index;
use super::filter::Ready;
use super::lexicon::{self, Meant};
use super::query::{Query, Word};
use super::said::Field;
use crate::model::place::{Atlas, Point};
use crate::model::{Date, Id, Workspace};

/// What surrounds a search.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The records.
    pub workspace: &'a Workspace,
    /// The map.
    pub atlas: &'a Atlas,
    /// The day it is.
    pub today: Date,
}

/// A record that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Its id.
    pub id: Id,
    flags: u8,
    /// How well it was meant; more is better. The hundreds count the words that were met letter for letter.
    pub score: f32,
    km: f32,
}

const LOCATED: u8 = 1 << 6;

impl Hit {
    /// How far it is from the point of `near:`; `None` where no address is known or it is hidden.
    pub fn km(&self) -> Option<f32> {
        self.km.is_finite().then_some(self.km)
    }

    /// Whether it is located in the area of `in:`, not only serving it.
    pub fn is_located(&self) -> bool {
        self.flags & LOCATED != 0
    }

    /// The fields in which words were found.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        let flags = self.flags;
        Field::ALL.into_iter().filter(move |field| flags & field.bit() != 0)
    }
}

/// The outcome of a search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Every record found. The best stand first, in order; where there are very many, those behind the best two hundred
    /// follow in the order of their names, which is what somebody who scrolls so far is looking for.
    pub hits: Vec<Hit>,
    /// Nothing held all the words: these hold most of them.
    pub partial: bool,
    /// The query with one word or filter less that finds most, and how much; only where all together find nothing.
    pub instead: Option<(String, usize)>,
}

/// How many of very many hits are put in order.
const BEST: usize = 200;

/// Up to so many hits, all are put in order.
const SORTED: usize = 2_000;

/// What a word met letter for letter is worth beyond its weight; weights stay below it even when all are added.
const PLAIN: f32 = 100.0;

/// The most that a word weighs.
const HEAVIEST: f32 = 5.0;

/// A word for which fewer records than this are found is also taken for a mistake or an abbreviation.
const SCARCE: usize = 5;

const EXCLUDED: u16 = 1 << 15;

/// What is known of a record during a search: what the words before the last one met are worth together, and that one.
#[derive(Clone, Copy, Default)]
struct Cell {
    total: f32,
    last: f32,
    words: u16,
    fields: u8,
}

/// A word of the query with what it means.
struct Sought<'q> {
    word: &'q Word,
    plain: Vec<Meant>,
    loose: Vec<Meant>,
    count: usize,
}

impl Index {
    /// Finds what a query means.
    pub fn search(&self, query: &Query, context: Context<'_>) -> Found {
        thread_local! {
            static CELLS: RefCell<Vec<Cell>> = const { RefCell::new(Vec::new()) };
        }
        let mut cells = CELLS.take();
        let filters = self.ready(query, context.today);
        let found = Search { index: self, query, context, filters, near: query.near() }.run(&mut cells);
        CELLS.set(cells);
        found
    }

    fn ready<'q>(&self, query: &'q Query, today: Date) -> Vec<(Ready<'q>, bool)> {
        query.filters.iter().map(|clause| (Ready::new(&clause.test, self, today), clause.is_not)).collect()
    }
}

struct Search<'a> {
    index: &'a Index,
    query: &'a Query,
    context: Context<'a>,
    filters: Vec<(Ready<'a>, bool)>,
    near: Option<Point>,
}

impl Search<'_> {
    fn run(&self, cells: &mut Vec<Cell>) -> Found {
        cells.clear();
        let mut sought = self.sought();
        if sought.is_empty() && !self.query.words.iter().any(|word| word.is_excluded) {
            return self.found(self.collect(None, 0));
        }
        cells.resize(self.index.ids.len(), Cell::default());
        self.exclude(cells);
        self.add_up(&sought, cells, true);
        let all = (1_u16 << sought.len()) - 1;
        let hits = self.collect(Some(cells), all);
        if !hits.is_empty() || sought.is_empty() {
            return self.found(hits);
        }
        for sought in &mut sought {
            self.guess(sought);
        }
        cells.fill(Cell::default());
        self.exclude(cells);
        self.add_up(&sought, cells, false);
        let hits = self.collect(Some(cells), all);
        if hits.is_empty() { self.partial(&sought, cells) } else { self.found(hits) }
    }

    /// The words that must be found with their meanings, rarest first.
    fn sought(&self) -> Vec<Sought<'_>> {
        let words = self.query.words.iter().filter(|word| !word.is_excluded);
        let mut sought: Vec<Sought<'_>> = words
            .map(|word| {
                let plain = self.index.lexicon.plain_meanings(&word.text, word.is_exact, word.is_finished);
                let count = self.count(&plain);
                let mut sought = Sought { word, plain, loose: Vec::new(), count };
                if count < SCARCE {
                    self.guess(&mut sought);
                }
                sought
            })
            .collect();
        sought.sort_by_key(|sought| sought.count);
        sought
    }

    fn count(&self, meant: &[Meant]) -> usize {
        meant.iter().map(|meant| self.index.lexicon.postings(meant.word).len()).sum()
    }

    /// Takes a word also for a mistake or an abbreviation.
    fn guess(&self, sought: &mut Sought<'_>) {
        if sought.word.is_exact || !sought.loose.is_empty() {
            return;
        }
        sought.loose = self.index.lexicon.loose_meanings(&sought.word.text, sought.word.is_finished);
        sought.count += self.count(&sought.loose);
    }

    fn exclude(&self, cells: &mut [Cell]) {
        for word in self.query.words.iter().filter(|word| word.is_excluded) {
            for meant in self.index.lexicon.plain_meanings(&word.text, word.is_exact, true) {
                let postings = self.index.lexicon.postings(meant.word).iter();
                for posting in postings.filter(|posting| lexicon::fields(**posting) & word.fields != 0) {
                    cells[lexicon::document(*posting)].words |= EXCLUDED;
                }
            }
        }
    }

    /// Adds up what each record is worth. With `only_all`, records that lack an earlier word are left aside.
    fn add_up(&self, sought: &[Sought<'_>], cells: &mut [Cell], only_all: bool) {
        let all = self.index.len().max(1) as f32;
        for (at, sought) in sought.iter().enumerate() {
            let before = if only_all { (1_u16 << at) - 1 } else { 0 };
            let rarity = (1.0 + all / sought.count.max(1) as f32).ln() / (1.0 + all).ln();
            let scale = HEAVIEST * rarity.clamp(0.05, 1.0);
            let tiers = [(&sought.plain, PLAIN), (&sought.loose, 0.0)];
            for (meant, base) in tiers.into_iter().flat_map(|(tier, base)| tier.iter().map(move |meant| (meant, base)))
            {
                let worth = Worth::new(base, meant.quality * scale, sought.word.fields & !faint(sought.word));
                let step = Step { bit: 1 << at, before, worth };
                step.add(self.index.lexicon.postings(meant.word), cells);
            }
        }
    }

    /// The hits in the order of names: what holds all these words and passes the filters.
    fn collect(&self, cells: Option<&[Cell]>, all: u16) -> Vec<Hit> {
        let mut hits = Vec::with_capacity(self.index.len()); // memory not written to costs nothing
        for number in &self.index.by_name {
            let cell = cells.map_or(Cell { words: all, ..Cell::default() }, |cells| cells[*number as usize]);
            if cell.words == all {
                hits.extend(self.hit(*number, cell));
            }
        }
        hits.shrink_to_fit();
        hits
    }

    /// A record as a hit, unless a filter keeps it out.
    fn hit(&self, number: u32, cell: Cell) -> Option<Hit> {
        let document = number as usize;
        let id = self.index.ids[document]?;
        let passes = (0..self.filters.len()).all(|at| self.passes(at, document));
        passes.then(|| {
            let is_located = self.filters.iter().any(|(ready, _)| ready.is_located(document, self.index));
            let flags = cell.fields | if is_located { LOCATED } else { 0 };
            Hit { id, flags, score: cell.total + cell.last, km: self.km(document) }
        })
    }

    /// How far a record is from the point of the query; endless where either is not known.
    fn km(&self, document: usize) -> f32 {
        let Some(from) = self.near else {
            return f32::INFINITY;
        };
        let points = self.index.book.spots(document).iter().filter_map(|spot| spot.point());
        points.map(|point| point.km_to(from) as f32).fold(f32::INFINITY, f32::min)
    }

    fn passes(&self, filter: usize, document: usize) -> bool {
        let (ready, is_not) = &self.filters[filter];
        match ready.holds(document, self.index, self.context.workspace) {
            Some(holds) => holds != *is_not,
            None => ready.lets_silence_pass() || *is_not,
        }
    }

    fn found(&self, hits: Vec<Hit>) -> Found {
        Found { hits: self.in_order(hits), partial: false, instead: None }
    }

    /// Puts hits in order that come in the order of their names.
    fn in_order(&self, mut hits: Vec<Hit>) -> Vec<Hit> {
        if self.near.is_some() {
            hits.sort_by(|a, b| a.km.total_cmp(&b.km).then(b.score.total_cmp(&a.score)));
        } else if self.query.words.is_empty() {
            return hits;
        } else if hits.len() <= SORTED {
            hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        } else {
            best_first(&mut hits);
        }
        hits
    }

    /// What holds most of the words, and what one word less would find.
    fn partial(&self, sought: &[Sought<'_>], cells: &[Cell]) -> Found {
        let all = (1_u16 << sought.len()) - 1;
        let instead = self.instead(sought, cells, all);
        let most = cells.iter().map(|cell| words_in(cell.words)).max().unwrap_or_default();
        let mut hits = Vec::new();
        for held in (1..=most.min(sought.len() as u32)).rev() {
            let numbers = self.index.by_name.iter().filter(|at| words_in(cells[**at as usize].words) == held);
            hits = numbers.filter_map(|at| self.hit(*at, cells[*at as usize])).collect();
            if !hits.is_empty() {
                break;
            }
        }
        let partial = !hits.is_empty();
        Found { hits: self.in_order(hits), partial, instead }
    }

    /// Leaves out each word and each filter in turn, and keeps what finds most.
    fn instead(&self, sought: &[Sought<'_>], cells: &[Cell], all: u16) -> Option<(String, usize)> {
        let mut counts: Vec<(usize, usize)> = Vec::new();
        let parts = sought.iter().map(|sought| sought.word.part).chain(self.query.filters.iter().map(|c| c.part));
        for part in parts {
            if counts.iter().any(|(_, known)| *known == part) {
                continue;
            }
            let left = sought.iter().enumerate().filter(|(_, sought)| sought.word.part == part);
            let needed = all & !left.fold(0, |set, (at, _)| set | 1 << at);
            counts.push((self.count_without(part, needed, cells), part));
        }
        let (count, part) = counts.into_iter().max()?;
        let text = self.query.without(part);
        (count > 0 && !text.is_empty()).then_some((text, count))
    }

    fn count_without(&self, part: usize, needed: u16, cells: &[Cell]) -> usize {
        let filters: Vec<usize> = (0..self.filters.len()).filter(|at| self.query.filters[*at].part != part).collect();
        let by_name = self.index.by_name.iter().map(|at| *at as usize);
        let holding = by_name.filter(|at| cells[*at].words & (needed | EXCLUDED) == needed);
        holding.filter(|document| filters.iter().all(|filter| self.passes(*filter, *document))).count()
    }
}

/// The fields in which a word says nothing yet: one letter that is still being typed begins a word of nearly every
/// description.
fn faint(word: &Word) -> u8 {
    if !word.is_finished && !word.is_exact && word.text.len() == 1 { Field::Text.bit() } else { 0 }
}

/// How many words a record holds; none when it holds an excluded one.
fn words_in(words: u16) -> u32 {
    if words & EXCLUDED == 0 { words.count_ones() } else { 0 }
}

/// What a word is worth in each combination of fields, so that adding up only looks it up.
struct Worth([f32; 64]);

impl Worth {
    fn new(base: f32, weight: f32, fields: u8) -> Self {
        let mut worth = [0.0; 64];
        for (set, worth) in (0_u8..).zip(worth.iter_mut()) {
            let counted = Field::ALL.into_iter().filter(|field| set & fields & field.bit() != 0);
            let weights = counted.map(Field::weight);
            let (most, sum) = weights.fold((0.0_f32, 0.0), |(most, sum), weight| (most.max(weight), sum + weight));
            if most > 0.0 {
                *worth = base + weight * (most + 0.05 * (sum - most));
            }
        }
        Self(worth)
    }
}

/// One word of the lexicon being added up.
struct Step {
    bit: u16,
    before: u16,
    worth: Worth,
}

impl Step {
    fn add(&self, postings: &[lexicon::Posting], cells: &mut [Cell]) {
        for posting in postings {
            let fields = lexicon::fields(*posting);
            let worth = self.worth.0[fields as usize];
            let cell = &mut cells[lexicon::document(*posting)];
            if cell.words & self.before != self.before || worth == 0.0 {
                continue;
            }
            if cell.words & self.bit == 0 {
                cell.words |= self.bit;
                cell.total += cell.last;
                cell.last = worth;
                cell.fields |= fields;
            } else if worth > cell.last {
                cell.last = worth;
                cell.fields |= fields;
            }
        }
    }
}

/// Puts the best two hundred first, in order; the others stay as they came.
fn best_first(hits: &mut Vec<Hit>) {
    let mut best: BinaryHeap<Reverse<(u32, Reverse<u32>)>> = BinaryHeap::with_capacity(BEST + 1);
    for (at, hit) in (0_u32..).zip(hits.iter()) {
        // scores are not negative, so their bits are ordered as they are
        let key = Reverse((hit.score.to_bits(), Reverse(at)));
        if best.len() < BEST {
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
