//! Tables that are larger than the screen: which of their rows and columns are seen.

use std::ops::Range;

/// The neighbours of `at`, itself among them, that fit into `room`: from the beginning if that shows it, else ending
/// with it; none where there is none.
pub(super) fn around(at: usize, sizes: &[u16], room: u16) -> Range<usize> {
    if sizes.is_empty() {
        return 0..0;
    }
    let at = at.min(sizes.len() - 1);
    let fits = |range: Range<usize>| sizes[range].iter().sum::<u16>() <= room;
    let start = (0..=at).find(|start| fits(*start..at + 1)).unwrap_or(at);
    let end = (at + 1..=sizes.len()).rev().find(|end| fits(start..*end)).unwrap_or(at + 1);
    start..end
}
