//! Where no record holds all that was asked for: those that hold most of it, and what to leave out.

use super::matching::{TermMatches, required_of};
use super::{Found, Search};
use crate::search::score::{Accumulators, EXCLUDED};

/// What a record gains for its share of the words when none holds all.
const SHARE: f32 = 120.0;

impl Search<'_> {
    /// The documents that hold most of the terms, and a suggestion.
    pub(super) fn partial(&self, terms: &[TermMatches<'_>], accumulators: &Accumulators) -> Found {
        let sets = accumulators.count_sets(&self.index.by_name, terms.len());
        let suggestion = self.suggest(terms, &sets, accumulators);
        let found = self.most(terms, accumulators);
        Found { partial: !found.hits.is_empty(), suggestion, ..found }
    }

    /// The documents that hold at least half as much as those that hold most. What a need or a place means weighs more than
    /// a word, a rare word more than one that stands everywhere.
    pub(super) fn most(&self, terms: &[TermMatches<'_>], accumulators: &Accumulators) -> Found {
        let sets = accumulators.count_sets(&self.index.by_name, terms.len());
        let weights = self.weights_of(terms);
        let weight = |set: usize| -> f32 {
            (0..).zip(&weights).filter(|(at, _)| set & 1 << at != 0).map(|(_, weight)| *weight).sum()
        };
        let of_sets: Vec<f32> = (0..sets.len()).map(weight).collect();
        let most = of_sets.iter().zip(&sets).filter(|(_, count)| **count > 0).map(|(weight, _)| *weight);
        let most = most.fold(0.0, f32::max);
        let set_of = |document| usize::from(accumulators.terms(document));
        let wanted: Vec<bool> = of_sets.iter().map(|weight| *weight > 0.0 && weight * 2.0 >= most).collect();
        let is_wanted = |document| wanted.get(set_of(document)).copied().unwrap_or_default();
        let count = wanted.iter().zip(&sets).filter(|(is_wanted, _)| **is_wanted).map(|(_, count)| count).sum();
        let hits = self.hits_among(count, is_wanted, |document| {
            let (score, fields) = accumulators.score(document);
            (score + SHARE * of_sets.get(set_of(document)).copied().unwrap_or_default() / most, fields)
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

/// The words of terms that stand nowhere.
fn unknown(terms: &[TermMatches<'_>]) -> Vec<String> {
    let unknown = terms.iter().filter(|matches| matches.documents == 0 && !matches.is_beside());
    unknown.map(|matches| matches.term.text.clone()).collect()
}
