//! Sets of districts, as small and fast as a number.

/// The number of districts a map may have: the bits of a [`Districts`].
pub const MAX_DISTRICTS: usize = u128::BITS as usize;

/// A set of districts, as their positions in [`super::Atlas::districts`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Districts(u128);

impl Districts {
    /// Whether the district at this position is in the set.
    pub fn has(self, at: usize) -> bool {
        at < MAX_DISTRICTS && self.0 >> at & 1 == 1
    }

    /// Adds the district at this position. [`super::Atlas::check`] lets no map in that has positions beyond the limit.
    pub fn insert(&mut self, at: usize) {
        if at < MAX_DISTRICTS {
            self.0 |= 1 << at;
        }
    }

    /// The districts in either set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a district is in both sets.
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether no district is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The number of districts in the set.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The positions of the districts in the set, in order.
    pub fn positions(self) -> impl Iterator<Item = usize> {
        let mut left = self.0;
        std::iter::from_fn(move || {
            let at = (left != 0).then(|| left.trailing_zeros() as usize)?;
            left &= left - 1;
            Some(at)
        })
    }
}

impl FromIterator<usize> for Districts {
    fn from_iter<I: IntoIterator<Item = usize>>(positions: I) -> Self {
        let mut set = Self::default();
        positions.into_iter().for_each(|at| set.insert(at));
        set
    }
}

impl FromIterator<Self> for Districts {
    fn from_iter<I: IntoIterator<Item = Self>>(sets: I) -> Self {
        sets.into_iter().fold(Self::default(), Self::union)
    }
}
