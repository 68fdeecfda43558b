//! Text broken into lines of so many cells: scrolling counts these lines, and drawing draws them.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Breaks text into lines of at most `cells` cells, at blanks where it can.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    let lines_of = |paragraph| break_paragraph(paragraph, cells.max(1)).into_iter().map(move |at| &paragraph[at]);
    text.lines().flat_map(lines_of).map(|line| line.trim_end().to_owned()).collect()
}

/// The same lines as places in the text, for somebody who types in it: blanks at which a line was broken belong to it, and
/// every newline begins a line, the last one too.
pub fn places(text: &str, cells: usize) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let mut begin = 0;
    for paragraph in text.split('\n') {
        let lines = break_paragraph(paragraph, cells.max(1));
        places.extend(lines.into_iter().map(|at| begin + at.start..begin + at.end));
        begin += paragraph.len() + 1;
    }
    places
}

fn break_paragraph(paragraph: &str, cells: usize) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    let (mut from, mut at, mut used) = (0, 0, 0);
    for word in paragraph.split_inclusive(' ') {
        let wide = word.trim_end().width();
        if used > 0 && used + wide > cells {
            places.push(from..at);
            (from, used) = (at, 0);
        }
        if wide <= cells {
            used += word.width();
            at += word.len();
            continue;
        }
        for cluster in word.graphemes(true) {
            if used > 0 && used + cluster.width() > cells {
                places.push(from..at);
                (from, used) = (at, 0);
            }
            used += cluster.width();
            at += cluster.len();
        }
    }
    places.push(from..at);
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_at_blanks_and_never_lost() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("Tea first, then", 10), ["Tea first,", "then"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("", 3), Vec::<String>::new());
        assert_eq!(wrap("a\n\nb", 3), ["a", "", "b"]);
        let long = "word ".repeat(100);
        assert_eq!(wrap(&long, 13).join(" "), long.trim_end());
    }

    #[test]
    fn places_cover_the_whole_text_but_its_newlines() {
        assert_eq!(places("one two three\n", 7), [0..8, 8..13, 14..14]);
        assert_eq!(places("", 3), std::iter::once(0..0).collect::<Vec<_>>());
        assert_eq!(places("\n\n", 3), [0..0, 1..1, 2..2]);
        assert_eq!(places("日本語", 4), [0..6, 6..9]);
    }
}
