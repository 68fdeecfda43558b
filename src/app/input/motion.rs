//! Where a key takes the cursor in a text: the same in a line, in a cell and in a text of several lines.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// Where a cursor can go. Lines are those that are seen, paragraphs end with a newline.
#[allow(missing_docs)] // the names say it
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    Left,
    Right,
    WordLeft,
    WordRight,
    Up,
    Down,
    PageUp,
    PageDown,
    LineStart,
    LineEnd,
    ParagraphStart,
    ParagraphEnd,
    Start,
    End,
}

/// Where a move leads that does not depend on how the text is broken into lines; other moves lead nowhere.
pub(super) fn target(text: &str, cursor: usize, to: Move) -> usize {
    let (before, after) = text.split_at_checked(cursor).unwrap_or((text, ""));
    match to {
        Move::Left => before.grapheme_indices(true).next_back().map_or(0, |(at, _)| at),
        Move::Right => after.graphemes(true).next().map_or(text.len(), |cluster| cursor + cluster.len()),
        Move::WordLeft => word_starts(before).last().unwrap_or(0),
        Move::WordRight => word_starts(after).find(|at| *at > 0).map_or(text.len(), |at| cursor + at),
        Move::ParagraphStart => before.rfind('\n').map_or(0, |at| at + 1),
        Move::ParagraphEnd => after.find('\n').map_or(text.len(), |at| cursor + at),
        Move::Start => 0,
        Move::End => text.len(),
        _ => cursor,
    }
}

/// The first place from here on that does not lie within one visible character.
pub(super) fn after_mark(text: &str, at: usize) -> usize {
    let mut grapheme = GraphemeCursor::new(at, text.len(), true);
    match grapheme.is_boundary(text, 0) {
        Ok(false) => grapheme.next_boundary(text, 0).ok().flatten().unwrap_or(text.len()),
        _ => at,
    }
}

/// Where words begin.
fn word_starts(text: &str) -> impl Iterator<Item = usize> {
    let words = text.split_word_bound_indices();
    words.filter(|(_, word)| word.contains(char::is_alphanumeric)).map(|(at, _)| at)
}
