//! The running scores of a search: one for each document, to which the postings of every matched word are added.

use super::lexicon::{self, Posting};
use crate::model::SearchField;

/// Set in the terms of a document that holds an excluded term.
pub(super) const EXCLUDED: u16 = 1 << 15;

/// What is known of each document while the terms of a query are added up.
///
/// Which terms a document holds lies by itself: most documents are only asked for that, and the sets of a hundred
/// thousand of them stay in the cache of the processor.
#[derive(Default)]
pub(super) struct Accumulators {
    /// The terms that each document holds, a bit each.
    terms: Vec<u16>,
    /// The scores of the documents that hold a term; what stands with the others is of an earlier search.
    scores: Vec<RunningScore>,
}

/// The score of one document: the sum of the terms before the last one matched, and the best match of that one.
#[derive(Clone, Copy, Default)]
struct RunningScore {
    total: f32,
    last: f32,
    fields: u8,
    /// The terms that its name holds, a bit each.
    named: u16,
}

impl Accumulators {
    /// Forgets everything, for so many documents.
    pub fn reset(&mut self, documents: usize) {
        self.terms.clear();
        self.terms.resize(documents, 0);
        self.scores.resize(documents, RunningScore::default());
    }

    /// The terms that a document holds, as bits.
    pub fn terms(&self, document: u32) -> u16 {
        self.terms[document as usize]
    }

    /// How many of some documents hold each set of so many terms; those that hold an excluded one are left out.
    pub fn count_sets(&self, documents: &[u32], terms: usize) -> Vec<usize> {
        let mut counts = vec![0; 1 << terms];
        for document in documents {
            if let Some(count) = counts.get_mut(usize::from(self.terms(*document))) {
                *count += 1;
            }
        }
        counts
    }

    /// The score of a document and the fields in which terms were found.
    pub fn score(&self, document: u32) -> (f32, u8) {
        if self.terms(document) & !EXCLUDED == 0 {
            return (0.0, 0);
        }
        let RunningScore { total, last, fields, .. } = self.scores[document as usize];
        (total + last, fields)
    }

    /// Whether the name of a document that holds a term holds all of these, as bits.
    pub fn is_named(&self, document: u32, terms: u16) -> bool {
        self.scores[document as usize].named & terms == terms
    }

    /// Notes that a document holds an excluded term.
    pub fn exclude(&mut self, document: usize) {
        self.terms[document] |= EXCLUDED;
    }

    /// Adds the postings of one word.
    pub fn add(&mut self, postings: &[Posting], scorer: &PostingScorer<'_>) {
        for posting in postings {
            let fields = lexicon::fields(*posting);
            let (bonus, weight) = scorer.weights.0[fields as usize];
            let document = lexicon::document(*posting);
            if weight > 0.0 && self.terms[document] & scorer.required == scorer.required {
                let bonus = if scorer.is_literal { bonus } else { 0.0 };
                self.add_score(document, scorer.bit, bonus + scorer.quality * weight, fields);
            }
        }
    }

    /// Adds what a term means: so many points to each document, beside what the term says there.
    pub fn add_meaning(&mut self, postings: &[Posting], bit: u16, required: u16, points: f32) {
        for posting in postings {
            let document = lexicon::document(*posting);
            let (terms, running) = (&mut self.terms[document], &mut self.scores[document]);
            if *terms & required != required {
                continue;
            }
            let fields = lexicon::fields(*posting);
            *running = match *terms & !EXCLUDED {
                0 => RunningScore { total: points, fields, ..RunningScore::default() },
                _ => RunningScore { total: running.total + points, fields: running.fields | fields, ..*running },
            };
            *terms |= bit;
        }
    }

    /// Adds to documents that hold some term the literal points of a word beside the query.
    pub fn add_points(&mut self, postings: &[Posting], weights: &FieldWeights) {
        for posting in postings {
            let document = lexicon::document(*posting);
            if self.terms[document] & !EXCLUDED != 0 {
                self.scores[document].total += weights.0[lexicon::fields(*posting) as usize].0;
            }
        }
    }

    fn add_score(&mut self, document: usize, bit: u16, score: f32, fields: u8) {
        let (terms, running) = (&mut self.terms[document], &mut self.scores[document]);
        let named = if fields & SearchField::Name.bit() == 0 { 0 } else { bit };
        if *terms & !EXCLUDED == 0 {
            *running = RunningScore { total: 0.0, last: score, fields, named };
        } else if *terms & bit == 0 {
            running.total += running.last;
            (running.last, running.fields, running.named) = (score, running.fields | fields, running.named | named);
        } else {
            running.named |= named;
            if score > running.last {
                (running.last, running.fields) = (score, running.fields | fields);
            }
        }
        *terms |= bit;
    }
}

/// How the postings of one word are scored.
pub(super) struct PostingScorer<'a> {
    /// The bit of the term.
    pub bit: u16,
    /// The terms that a document must hold to be looked at.
    pub required: u16,
    /// Whether the word says the term, and is no guess.
    pub is_literal: bool,
    /// How well the word matches the term, times the weight of the term.
    pub quality: f32,
    /// The weights of the fields in which the term counts.
    pub weights: &'a FieldWeights,
}

/// For each set of fields in which a word may stand, what a literal match there gains, and its weight: the best field
/// decides, the others only break ties.
pub(super) struct FieldWeights([(f32, f32); 64]);

impl FieldWeights {
    /// For a term that counts in these fields only; a word that stands in none of them weighs nothing. `bonus` says what a
    /// literal match in a field gains.
    pub fn new(counted: u8, bonus: impl Fn(SearchField) -> f32) -> Self {
        let mut of_sets = [(0.0, 0.0); 64];
        for (set, (gains, weight)) in (0_u8..).zip(of_sets.iter_mut()) {
            let fields = || SearchField::ALL.into_iter().filter(|field| set & counted & field.bit() != 0);
            let weights = fields().map(SearchField::weight);
            let (most, sum) = weights.fold((0.0_f32, 0.0), |(most, sum), weight| (most.max(weight), sum + weight));
            *weight = most + 0.05 * (sum - most);
            *gains = fields().map(&bonus).fold(0.0, f32::max);
        }
        Self(of_sets)
    }
}
