//! What the reading of one source may cost. Memory is proportional to what is kept, and what is kept is bounded by the size
//! of the source: a small file cannot fill a host, and a large directory is as welcome as it is.

use crate::model::text::count;

/// What any source may keep, however small it is, in bytes of memory.
const BASE_BYTES: u64 = 136 * 1024 * 1024;

/// How many bytes of memory a byte of a plain source may cost: rows are kept until all of them are linked, and then once
/// more as items.
const PLAIN_FACTOR: u64 = 2;

/// The same for a byte of a packed source whose services and organisations earn it: directories pack to a tenth of their
/// size.
const PACKED_FACTOR: u64 = 20;

/// What a service or an organisation of a packed source earns for its rows, in bytes of memory: those of a large directory
/// need five thousand each.
const EARNED_BYTES: u64 = 8 * 1024;

/// The most services, and the most organisations, of one source.
const MAX_RECORDS: usize = 150_000;

/// How many items and lines may be unreadable where fewer can be read; beyond them a source is no directory.
const MAX_UNREADABLE: usize = 2_000;

/// The largest item: that of an entry in the file of originals.
pub const MAX_ITEM_BYTES: usize = 4 * 1024 * 1024;

/// The most cells of a row, and the most properties of an object: those of the largest spreadsheets.
pub const MAX_CELLS: usize = 16_384;

/// What is left to spend, and why nothing more is read.
#[derive(Clone, Debug)]
pub struct Budget {
    left: u64,
    /// What records may still earn.
    to_earn: u64,
    services: usize,
    organisations: usize,
    rows: usize,
    unreadable: usize,
    refusal: Option<String>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::for_source(0, false)
    }
}

impl Budget {
    /// The budget of a source of so many bytes on disk.
    pub fn for_source(bytes: u64, is_packed: bool) -> Self {
        let to_earn = if is_packed { bytes.saturating_mul(PACKED_FACTOR - PLAIN_FACTOR) } else { 0 };
        let left = BASE_BYTES.saturating_add(bytes.saturating_mul(PLAIN_FACTOR));
        Self { left, to_earn, services: 0, organisations: 0, rows: 0, unreadable: 0, refusal: None }
    }

    /// Spends so many bytes of memory.
    pub fn spend(&mut self, bytes: usize) {
        match self.left.checked_sub(bytes as u64) {
            Some(left) => self.left = left,
            None => {
                self.refuse("it holds far more rows than a file of its size should; split it into smaller packages");
            }
        }
    }

    /// Gives back what was spent on something that is no longer kept.
    pub fn give_back(&mut self, bytes: usize) {
        self.left = self.left.saturating_add(bytes as u64);
    }

    /// Counts a row or an item of a table.
    pub fn count(&mut self, table: &str) {
        self.rows += 1;
        let (counted, what) = match table {
            "services" => (&mut self.services, "services"),
            "organizations" => (&mut self.organisations, "organisations"),
            _ => return,
        };
        *counted += 1;
        let earned = EARNED_BYTES.min(self.to_earn);
        (self.left, self.to_earn) = (self.left.saturating_add(earned), self.to_earn - earned);
        if *counted > MAX_RECORDS {
            self.refuse(&format!("it holds more than {} {what}; split it into smaller packages", count(MAX_RECORDS)));
        }
    }

    /// Counts what could not be read.
    pub fn count_unreadable(&mut self) {
        self.unreadable += 1;
        if self.unreadable > MAX_UNREADABLE && self.unreadable > self.rows {
            self.refuse("most of its rows cannot be read; it is no directory of services");
        }
    }

    /// Says why nothing more is read; the first reason stays.
    pub fn refuse(&mut self, why: &str) {
        self.refusal.get_or_insert_with(|| why.to_owned());
    }

    /// Whether nothing more is to be read.
    pub fn is_spent(&self) -> bool {
        self.refusal.is_some()
    }

    /// Why nothing more is read.
    pub fn refusal(&self) -> Option<&str> {
        self.refusal.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_a_packed_source_have_room_by_the_services_they_may_belong_to() {
        let spent_by = |services: usize, bytes: u64| {
            let mut budget = Budget::for_source(10_000_000, true);
            (0..services).for_each(|_| budget.count("services"));
            budget.spend(BASE_BYTES as usize + bytes as usize);
            budget.is_spent()
        };
        assert!(!spent_by(0, 20_000_000) && spent_by(0, 20_000_001), "twice its size");
        assert!(!spent_by(1_000, 28_000_000) && spent_by(1_000, 29_000_000), "8 kB for each service");
        assert!(!spent_by(100_000, 200_000_000) && spent_by(100_000, 200_000_001), "twenty times its size at most");
    }

    #[test]
    fn what_is_spent_is_spent_and_the_first_reason_stays() {
        let mut budget = Budget::for_source(10, true);
        budget.spend(BASE_BYTES as usize + 20);
        assert!(!budget.is_spent());
        budget.give_back(5);
        budget.spend(5);
        assert!(!budget.is_spent());
        budget.spend(1);
        budget.refuse("later");
        assert!(budget.refusal().is_some_and(|why| why.contains("more rows than a file of its size")));
    }

    #[test]
    fn records_and_what_cannot_be_read_are_counted() {
        let mut budget = Budget::default();
        (0..MAX_RECORDS).for_each(|_| budget.count("services"));
        (0..MAX_UNREADABLE).for_each(|_| budget.count_unreadable());
        (0..=MAX_RECORDS).for_each(|_| budget.count("phones"));
        assert!(!budget.is_spent());
        budget.count("services");
        assert!(budget.refusal().is_some_and(|why| why.contains("150,000 services")));
    }
}
