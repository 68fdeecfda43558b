//! The best of very many hits, without sorting them all.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Hit;

/// Moves the best hits to the front, in order, by partial selection with a bounded heap; the others stay in
/// theirs.
pub(super) fn best_first(hits: &mut [Hit], count: usize) {
    let mut best: BinaryHeap<Reverse<u64>> = BinaryHeap::with_capacity(count + 1);
    for (at, hit) in (0_u32..).zip(hits.iter()) {
        // Scores are not negative, so their bits sort as they do; of equal ones the first is the best.
        let key = Reverse(u64::from(hit.score.to_bits()) << 32 | u64::from(!at));
        if best.len() < count {
            best.push(key);
        } else if best.peek().is_some_and(|worst| key < *worst) {
            best.pop();
            best.push(key);
        }
    }
    let best = best.into_sorted_vec().into_iter().map(|Reverse(key)| !(key as u32) as usize);
    move_to_front(hits, best.collect());
}

/// Moves the hits at these places to the front. Each run of hits between them moves to the right by as many as are taken
/// from behind it.
fn move_to_front(hits: &mut [Hit], places: Vec<usize>) {
    let first: Vec<Hit> = places.iter().map(|at| hits[*at]).collect();
    let mut taken = places;
    taken.sort_unstable();
    for (before, end) in taken.iter().enumerate().rev() {
        let start = before.checked_sub(1).map_or(0, |last| taken[last] + 1);
        hits.copy_within(start..*end, start + taken.len() - before);
    }
    hits[..first.len()].copy_from_slice(&first);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Id;

    proptest! {
        #[test]
        fn the_best_stand_first_and_the_others_as_they_were(
            scores in prop::collection::vec(0_u8..6, 0..60),
            count in 1_usize..20,
        ) {
            let hit = |(at, score): (u32, &u8)| {
                let mut hit = Hit::unranked(Id::from_number('S', at, 4));
                hit.score = f32::from(*score);
                hit
            };
            let mut hits: Vec<Hit> = (0_u32..).zip(&scores).map(hit).collect();
            let mut sorted: Vec<Hit> = hits.clone();
            sorted.sort_by(|a, b| b.score.total_cmp(&a.score));
            sorted.truncate(count);
            let others = hits.iter().filter(|hit| !sorted.contains(hit)).copied();
            let expected: Vec<Hit> = sorted.iter().copied().chain(others).collect();
            best_first(&mut hits, count);
            prop_assert_eq!(hits, expected);
        }
    }
}
