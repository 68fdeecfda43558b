//! Merging lists of rows, row by row: what each side added, took out, moved or edited is known by aligning its rows with
//! those of the base.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::Row;
use crate::model::order::Order as _;
use crate::model::record::Merge;

impl<R: Row> Merge for Vec<R> {
    fn merge(base: &Self, ours: &Self, theirs: &Self, ours_wins: bool) -> (Self, bool) {
        RowMerge::new(base, ours, theirs).merge(ours_wins)
    }
}

/// A row of the outcome: which row of the base it continues, or which rows that were added it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// The row of the base with this number.
    Base(usize),
    /// The row that we added with this number among ours.
    Ours(usize),
    /// The row that they added with this number among theirs.
    Theirs(usize),
}

/// A three-way merge of lists. Rows of both sides are aligned with those of the base; what stands in both is merged
/// column by column, what one side added stays, what one side took out goes unless the other has changed it. Where one
/// side has put the rows in another order, that order is taken.
struct RowMerge<'a, R> {
    base: &'a [R],
    ours: &'a [R],
    theirs: &'a [R],
    /// For each row of ours where it comes from; likewise theirs. A row that both added is ours in both.
    our_origins: Vec<Origin>,
    their_origins: Vec<Origin>,
}

impl<'a, R: Row> RowMerge<'a, R> {
    fn new(base: &'a [R], ours: &'a [R], theirs: &'a [R]) -> Self {
        let origins = |side: &[R], added: fn(usize) -> Origin| -> Vec<Origin> {
            let aligned = align(base, side).into_iter().enumerate();
            aligned.map(|(at, from)| from.map_or_else(|| added(at), Origin::Base)).collect()
        };
        let mut merge = Self {
            base,
            ours,
            theirs,
            our_origins: origins(ours, Origin::Ours),
            their_origins: origins(theirs, Origin::Theirs),
        };
        merge.join_additions();
        let their_adoptions = adoptions(base, (ours, &merge.our_origins), (theirs, &merge.their_origins));
        let our_adoptions = adoptions(base, (theirs, &merge.their_origins), (ours, &merge.our_origins));
        for (at, from) in their_adoptions {
            merge.their_origins[at] = Origin::Base(from);
        }
        for (at, from) in our_adoptions {
            merge.our_origins[at] = Origin::Base(from);
        }
        merge
    }

    /// What both added, alike or under one key, is one row.
    fn join_additions(&mut self) {
        let mut free: Vec<usize> =
            (0..self.ours.len()).filter(|at| matches!(self.our_origins[*at], Origin::Ours(_))).collect();
        for (origin, row) in self.their_origins.iter_mut().zip(self.theirs) {
            let is_same = |ours: &R| ours == row || ours.key().is_some() && ours.key() == row.key();
            if matches!(origin, Origin::Theirs(_))
                && let Some(place) = free.iter().position(|at| is_same(&self.ours[*at]))
            {
                *origin = Origin::Ours(free.remove(place));
            }
        }
    }

    fn merge(&self, ours_wins: bool) -> (Vec<R>, bool) {
        let mut lost = false;
        let mut rows = Vec::new();
        for origin in self.order(ours_wins) {
            if let Some((row, gave_way)) = self.row(origin, ours_wins) {
                lost |= gave_way;
                rows.push(row);
            }
        }
        (rows, lost)
    }

    fn find(origins: &[Origin], rows: &'a [R], origin: Origin) -> Option<&'a R> {
        origins.iter().position(|known| *known == origin).map(|at| &rows[at])
    }

    /// What becomes of a row, and whether something of it gave way; `None`: it is gone.
    fn row(&self, origin: Origin, ours_wins: bool) -> Option<(R, bool)> {
        let ours = Self::find(&self.our_origins, self.ours, origin);
        let theirs = Self::find(&self.their_origins, self.theirs, origin);
        let blank = R::default();
        let base = if let Origin::Base(at) = origin { &self.base[at] } else { &blank };
        match (ours, theirs) {
            (Some(ours), Some(theirs)) => Some(R::merge_columns(base, ours, theirs, ours_wins)),
            (Some(row), None) | (None, Some(row)) if matches!(origin, Origin::Base(_)) => {
                (row != base).then(|| (row.clone(), true)) // an edit is worth more than a removal
            }
            (Some(row), None) | (None, Some(row)) => Some((row.clone(), false)),
            (None, None) => None,
        }
    }

    /// The order of the outcome: that of the side that moved rows, else that of the winner, with the rows that only the
    /// other side has behind those they stand behind there.
    fn order(&self, ours_wins: bool) -> Vec<Origin> {
        let is_moved = |origins: &[Origin]| {
            let places =
                origins.iter().filter_map(|origin| if let Origin::Base(at) = origin { Some(at) } else { None });
            !places.is_sorted()
        };
        let ours_first = match (is_moved(&self.our_origins), is_moved(&self.their_origins)) {
            (true, false) => true,
            (false, true) => false,
            _ => ours_wins,
        };
        let (first, second) = if ours_first {
            (&self.our_origins, &self.their_origins)
        } else {
            (&self.their_origins, &self.our_origins)
        };
        let mut order = first.clone();
        let mut before: Option<Origin> = None;
        for origin in second {
            if !order.contains(origin) {
                let at =
                    before.and_then(|before| order.iter().position(|known| *known == before)).map_or(0, |at| at + 1);
                order.insert(at, *origin);
            }
            before = Some(*origin);
        }
        order
    }
}

/// Of more rows than this that have no key and have changed, each is compared with one row only: comparing each with each
/// would take too long.
const MAX_COMPARED: usize = 200;

/// For each row of `side` the row of `base` it continues: the one that says the same, else the one with its key; where
/// rows have no keys, the one that is most like it, of those with which it shares at least half of what it says.
fn align<R: Row>(base: &[R], side: &[R]) -> Vec<Option<usize>> {
    let mut aligned = vec![None; side.len()];
    align_by(|row: &R| Some(format!("{row:?}")), base, side, &mut aligned);
    align_by(Row::key, base, side, &mut aligned);
    let taken: HashSet<usize> = aligned.iter().flatten().copied().collect();
    let free: Vec<usize> =
        (0..base.len()).filter(|from| base[*from].key().is_none() && !taken.contains(from)).collect();
    let open: Vec<usize> = (0..side.len()).filter(|at| side[*at].key().is_none() && aligned[*at].is_none()).collect();
    let pairs: Vec<(usize, usize)> = if open.len().max(free.len()) > MAX_COMPARED {
        open.into_iter().zip(free).collect()
    } else {
        open.iter().flat_map(|at| free.iter().map(move |from| (*at, *from))).collect()
    };
    let mut alike: Vec<(usize, usize)> =
        pairs.into_iter().filter(|(at, from)| is_alike(&side[*at], &base[*from])).collect();
    // Those that share most find each other first, or a new row that says little takes the place of one that was edited.
    alike.order_by_key(|(at, from)| Reverse(side[*at].likeness(&base[*from])));
    let mut taken = HashSet::new();
    for (at, from) in alike {
        if aligned[at].is_none() && taken.insert(from) {
            aligned[at] = Some(from);
        }
    }
    aligned
}

/// Aligns the rows that are still free by a name of theirs, in the order of the lists.
fn align_by<R: Row>(name: impl Fn(&R) -> Option<String>, base: &[R], side: &[R], aligned: &mut [Option<usize>]) {
    let taken: HashSet<usize> = aligned.iter().flatten().copied().collect();
    let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
    for from in (0..base.len()).rev().filter(|from| !taken.contains(from)) {
        if let Some(name) = name(&base[from]) {
            by_name.entry(name).or_default().push(from);
        }
    }
    for (row, from) in side.iter().zip(aligned).filter(|(_, from)| from.is_none()) {
        *from = name(row).and_then(|name| by_name.get_mut(&name)).and_then(Vec::pop);
    }
}

/// The rows a side seems to have put in the place of a row of the base that the other side has edited, and which hold
/// that edit or are like its outcome: they are that row, with edits of both sides. So a save that is repeated finds its
/// own outcome and does not add the row again.
fn adoptions<R: Row>(
    base: &[R],
    (edited, edited_origins): (&[R], &[Origin]),
    (side, origins): (&[R], &[Origin]),
) -> Vec<(usize, usize)> {
    let is_added = |origin: &Origin| !matches!(origin, Origin::Base(_)) && !edited_origins.contains(origin);
    let mut free: Vec<usize> =
        (0..side.len()).filter(|at| side[*at].key().is_none() && is_added(&origins[*at])).collect();
    let mut found = Vec::new();
    if free.len() > MAX_COMPARED {
        return found;
    }
    for (row, origin) in edited.iter().zip(edited_origins) {
        let Origin::Base(from) = *origin else { continue };
        if free.is_empty() || row.key().is_some() || *row == base[from] || origins.contains(origin) {
            continue;
        }
        let is_its = |other: &R| {
            let holds_edit = R::merge_columns(&base[from], row, other, true).0 == *other;
            other.likeness(row) > 0 && (holds_edit || is_alike(other, row))
        };
        let places = (0..free.len()).filter(|place| is_its(&side[free[*place]]));
        let best = places.max_by_key(|place| (side[free[*place]].likeness(row), Reverse(*place)));
        found.extend(best.map(|place| (free.remove(place), from)));
    }
    found
}

/// Whether a row shares at least half of what it says with another.
fn is_alike<R: Row>(row: &R, other: &R) -> bool {
    let shared = row.likeness(other);
    shared > 0 && shared * 2 >= row.likeness(row)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::field::Blank;
    use crate::model::row::{empty_context, row};
    use crate::model::{FieldValue, Text, Workspace};

    row! {
        /// Who came, for these tests.
        Guest key(name);
        /// Who.
        name: Option<Text> = "Name", "who";
        /// From where.
        from: Option<Text> = "From", "where they come from";
        /// What they brought.
        brought: Option<Text> = "Brought", "what they brought";
    }

    row! {
        /// A line without a key, for these tests.
        Note;
        /// Its heading.
        heading: Option<Text> = "Heading", "heading";
        /// Its text.
        text: Option<Text> = "Text", "text";
    }

    fn guests(typed: &str) -> Vec<Guest> {
        Vec::parse(typed, empty_context(&Workspace::default())).unwrap()
    }

    fn notes(typed: &str) -> Vec<Note> {
        Vec::parse(typed, empty_context(&Workspace::default())).unwrap()
    }

    fn merged(base: &str, ours: &str, theirs: &str) -> (String, bool) {
        let (rows, lost) = Merge::merge(&guests(base), &guests(ours), &guests(theirs), true);
        let (turned, also) = Merge::merge(&guests(base), &guests(theirs), &guests(ours), false);
        assert_eq!((&rows, lost), (&turned, also), "both directions agree");
        (rows.format(&Workspace::default()).replace('\n', "; "), lost)
    }

    #[test]
    fn two_who_add_a_row_each_keep_theirs() {
        assert_eq!(merged("Ann", "Ann\nBob", "Ann\nCy"), ("Ann; Cy; Bob".to_owned(), false));
        assert_eq!(merged("", "Ann | Poole", "Ann | | cake"), ("Ann | Poole | cake".to_owned(), false));
        assert_eq!(merged("", "Ann", "Ann"), ("Ann".to_owned(), false));
    }

    #[test]
    fn different_columns_of_one_row_are_joined() {
        assert_eq!(merged("Ann", "Ann | Poole", "Ann | | cake"), ("Ann | Poole | cake".to_owned(), false));
        assert_eq!(merged("Ann", "Ann | Poole", "Ann | Wool"), ("Ann | Poole".to_owned(), true));
    }

    #[test]
    fn an_edit_is_worth_more_than_a_removal() {
        assert_eq!(merged("Ann\nBob", "Ann", "Ann\nBob"), ("Ann".to_owned(), false));
        assert_eq!(merged("Ann\nBob", "Ann", "Ann\nBob | Poole"), ("Ann; Bob | Poole".to_owned(), true));
    }

    #[test]
    fn an_order_that_one_side_made_is_taken() {
        assert_eq!(merged("Ann\nBob\nCy", "Cy\nAnn\nBob", "Ann\nBob\nCy\nDi"), ("Cy; Di; Ann; Bob".to_owned(), false));
    }

    #[test]
    fn rows_without_a_key_are_known_by_what_they_say() {
        let (base, ours) = (notes("One | first\nTwo | second"), notes("One | first\nTwo | 2nd"));
        let theirs = notes("One | 1st\nTwo | second\nThree | third");
        let (rows, lost) = Merge::merge(&base, &ours, &theirs, true);
        assert_eq!((rows, lost), (notes("One | 1st\nTwo | 2nd\nThree | third"), false));
    }

    #[test]
    fn a_new_row_that_says_little_takes_no_other_row() {
        let places = |typed: &str| -> Vec<crate::model::service::Location> {
            Vec::parse(typed, empty_context(&Workspace::default())).unwrap()
        };
        let base = places("The Mill | 1 High Street | Poole");
        let ours = places("The Mill | 1 High Street | Poole | BH15 1AA");
        let theirs = places("| | Poole\nThe Mill | 2 High Street | Poole");
        let merged = places("| | Poole\nThe Mill | 2 High Street | Poole | BH15 1AA");
        assert_eq!(Merge::merge(&base, &ours, &theirs, true), (merged, false));
    }

    /// Together they changed more than half of the row, so that it is not like that of the base any more.
    #[test]
    fn a_save_that_is_repeated_adds_no_row_again() {
        let (base, ours) = (notes("One | first\nTwo | second"), notes("One | first\nTwo | 2nd"));
        let theirs = notes("One | first\nZwei | second");
        let once = Merge::merge(&base, &ours, &theirs, true);
        assert_eq!(once, (notes("One | first\nZwei | 2nd"), false));
        for side in [&ours, &theirs] {
            assert_eq!(Merge::merge(&base, side, &once.0, true), once);
        }
    }
}
