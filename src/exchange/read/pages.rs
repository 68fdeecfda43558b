//! Pages of a source that comes in several: how many items are here, and how many there are by what the pages state.

use serde_json::Value;

use crate::exchange::normalise::Object;

/// What was read of pages so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pages {
    read: usize,
    stated: usize,
    is_more: bool,
}

/// Names of the count of all items, by dialect.
const TOTALS: &[&str] = &["total_items", "totalElements", "total_count", "total"];

/// What else a page says of itself.
const ENVELOPE: &[&str] = &["total_pages", "totalPages", "first_page", "first", "last_page", "last"];

impl Pages {
    /// Whether a field of a page says something of the others.
    pub fn is_told_by(field: &str) -> bool {
        TOTALS.contains(&field) || ENVELOPE.contains(&field)
    }

    /// Takes note of one page with this many items. Totals are often wrong; they are believed only where the page says that
    /// there are others.
    pub fn add(&mut self, envelope: &Object, items: usize) {
        let number = |name: &str| envelope.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
        let is = |names: [&str; 2]| names.iter().find_map(|name| envelope.get(*name).and_then(Value::as_bool));
        let pages = number("total_pages").or_else(|| number("totalPages")).unwrap_or(1);
        let is_part = is(["first_page", "first"]) == Some(false) || is(["last_page", "last"]) == Some(false);
        self.read += items;
        self.stated = self.stated.max(TOTALS.iter().find_map(|name| number(name)).unwrap_or_default());
        self.is_more |= pages > 1 || is_part;
    }

    /// How many items were read and how many there are, where some are absent.
    pub fn missing(&self) -> Option<(usize, usize)> {
        (self.is_more && self.read < self.stated).then_some((self.read, self.stated))
    }
}
