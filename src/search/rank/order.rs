//! The order of hits.

use super::{Hit, Search};
use crate::model::SearchField;
use crate::search::top;
use crate::search::words::for_each_word;

/// How many hits are ranked when there are more than [`MAX_SORTED`].
const MAX_RANKED: usize = 200;

/// Up to so many hits are sorted whole; above it sorting would take longer than the search.
const MAX_SORTED: usize = 2_000;

/// What a service gains that is at the place that was asked for; less with every kilometre, nothing at [`FAR_KM`].
const NEAR: f32 = 10.0;
const FAR_KM: f32 = 30.0;

/// So many of the best hits are asked whether they are open.
const MAX_LOOKED_AT: usize = 100;

/// So many of the best hits are looked at for how they are called: a large screen of them.
const MAX_NAMED: usize = 50;

/// What a record gains whose name begins with the first word, and for each two words that follow one another there too:
/// more than the letters of a word that were not typed cost.
const NAMED: f32 = 1.0;

/// What a service gains that is open when it is needed, and one loses that is closed then.
const OPEN: f32 = 15.0;

impl Search<'_> {
    /// Ranks hits that come in the order of names; sorting is stable, so equal ones stay in it.
    pub(super) fn ranked(&self, mut hits: Vec<Hit>) -> Vec<Hit> {
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
