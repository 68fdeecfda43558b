//! Text broken into lines of so many cells: scrolling counts these lines, and drawing draws them.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Breaks text into lines of at most `cells` cells, at blanks where it can.
pub fn wrap(text: &str, cells: usize) -> Vec<String> {
    text.lines().flat_map(|paragraph| wrap_paragraph(paragraph, cells.max(1))).collect()
}

fn wrap_paragraph(paragraph: &str, cells: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in paragraph.split_inclusive(' ') {
        let wide = word.trim_end().width();
        if used > 0 && used + wide > cells {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            used = 0;
        }
        if wide <= cells {
            line.push_str(word);
            used += word.width();
            continue;
        }
        for cluster in word.graphemes(true) {
            if used + cluster.width() > cells {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push_str(cluster);
            used += cluster.width();
        }
    }
    lines.push(line.trim_end().to_owned());
    lines
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
}
