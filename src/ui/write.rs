//! Writing into cells: cut to a width, wrapped into lines, with what was searched for underlined.

use std::borrow::Cow;
use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::theme::Theme;

/// How many cells a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text in at most `cells` cells, an ellipsis telling that something is missing; in ASCII, signs that are none are
/// shown as question marks.
pub fn cut(text: &str, cells: usize, theme: Theme) -> Cow<'_, str> {
    let text = in_theme(beginning(text, cells + 1), theme);
    if text.width() <= cells {
        return text;
    }
    let more = theme.sign("…", "~");
    let mut kept = String::new();
    let mut used = 0;
    for cluster in text.graphemes(true) {
        used += cluster.width();
        if used + 1 > cells {
            break;
        }
        kept.push_str(cluster);
    }
    if cells > 0 {
        kept.push_str(more);
    }
    kept.into()
}

/// As much of a text as could fill so many cells; what lies beyond, kilobytes of it perhaps, is not looked at.
pub fn beginning(text: &str, cells: usize) -> &str {
    // A sign of one cell with all its marks takes fewer bytes than this.
    const MOST_BYTES: usize = 64;
    let most = cells.saturating_mul(MOST_BYTES);
    let end = (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or_default()]
}

/// The text with what this theme cannot draw replaced.
pub fn in_theme(text: &str, theme: Theme) -> Cow<'_, str> {
    let has_newline = text.contains('\n');
    if (!theme.ascii || text.is_ascii()) && !has_newline {
        return text.into();
    }
    let sign = |c: char| match c {
        '\n' => " ",
        _ if !theme.ascii => "",
        '–' | '—' | '─' | '‑' => "-",
        '’' | '‘' => "'",
        '“' | '”' => "\"",
        '…' => "~",
        '·' => "|",
        '•' | '●' => "*",
        '→' => "->",
        '£' => "GBP ",
        _ => "?",
    };
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match sign(c) {
            "" => out.push(c),
            _ if c.is_ascii() && c != '\n' => out.push(c),
            "?" => out.push_str(&letters(c)),
            said => out.push_str(said),
        }
    }
    out.into()
}

/// The plain letters under a letter with marks; a question mark where there are none.
fn letters(c: char) -> String {
    let mut plain = String::new();
    crate::model::text::fold(c, |part| plain.push(part));
    if plain.is_empty() || !plain.is_ascii() {
        return "?".to_owned();
    }
    if c.is_uppercase() { plain.to_ascii_uppercase() } else { plain }
}

/// The part of a text being typed that is seen in `room` cells with the cursor at the cell `column`, and the cell of the
/// cursor in it. Signs of two cells are never halved.
pub fn typed_part(text: &str, column: usize, room: usize) -> (&str, usize) {
    let mut hidden = 0;
    let mut rest = text;
    while column - hidden >= room.max(1) {
        let Some(first) = rest.graphemes(true).next() else { break };
        hidden += first.width();
        rest = &rest[first.len()..];
    }
    (rest, column.saturating_sub(hidden))
}

/// Writes one line of text at a place, cut to `cells`; returns how many cells it took.
pub fn put(buf: &mut Buffer, (x, y): (u16, u16), cells: u16, text: &str, style: Style, theme: Theme) -> u16 {
    let area = buf.area;
    if y >= area.bottom() || x >= area.right() || cells == 0 {
        return 0;
    }
    let cells = cells.min(area.right() - x);
    let text = cut(text, cells.into(), theme);
    let (end, _) = buf.set_stringn(x, y, &text, cells.into(), style);
    end - x
}

/// Writes one line with the byte ranges that `marks` finds in it in another style.
pub fn put_marked(
    buf: &mut Buffer,
    place: (u16, u16),
    cells: u16,
    text: &str,
    marks: impl Fn(&str) -> Vec<Range<usize>>,
    (style, marked): (Style, Style),
    theme: Theme,
) {
    let shown = cut(text, cells.into(), theme);
    let mut spans = Vec::new();
    let mut done = 0;
    for mark in marks(&shown) {
        if let (Some(before), Some(inside)) = (shown.get(done..mark.start), shown.get(mark.clone())) {
            spans.push(Span::styled(before.to_owned(), style));
            spans.push(Span::styled(inside.to_owned(), marked));
            done = mark.end;
        }
    }
    spans.push(Span::styled(shown.get(done..).unwrap_or_default().to_owned(), style));
    let area = Rect::new(place.0, place.1, cells, 1).intersection(buf.area);
    Line::from(spans).render(area, buf);
}

/// A horizontal rule with an optional heading in it.
pub fn rule(buf: &mut Buffer, area: Rect, heading: &str, (style, strong): (Style, Style), theme: Theme) {
    if theme.plain {
        put(buf, (area.x, area.y), area.width, heading, strong, theme);
        return;
    }
    let line = theme.sign("─", "-").repeat(area.width.into());
    put(buf, (area.x, area.y), area.width, &line, style, theme);
    if !heading.is_empty() && area.width > 8 {
        let text = format!(" {} ", cut(heading, usize::from(area.width) - 5, theme));
        put(buf, (area.x + 2, area.y), area.width - 2, &text, strong, theme);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_to_cells_not_bytes() {
        let theme = Theme::default();
        assert_eq!(cut("Nightstop", 20, theme), "Nightstop");
        assert_eq!(cut("Nightstop", 5, theme), "Nigh…");
        assert_eq!(width(&cut("日本語日本語", 5, theme)), 5);
        assert_eq!(cut("a", 0, theme), "");
        assert_eq!(cut("16–25 • é", 20, Theme { ascii: true, ..theme }), "16-25 * e");
    }

    #[test]
    fn the_cursor_stays_in_sight_of_what_is_typed() {
        assert_eq!(typed_part("Nightstop", 9, 20), ("Nightstop", 9));
        assert_eq!(typed_part("Nightstop", 9, 5), ("stop", 4));
        assert_eq!(typed_part("日本語日本語", 12, 5), ("本語", 4));
        assert_eq!(typed_part("abc", 3, 0), ("", 0));
        assert_eq!(typed_part("", 0, 1), ("", 0));
    }
}
