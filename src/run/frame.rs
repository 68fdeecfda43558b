//! Cells to bytes, as few as a slow link deserves: only what differs from the last frame, the shortest way from one
//! difference to the next, and each frame wrapped so that a terminal shows it at once.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use unicode_width::UnicodeWidthStr;

/// What the terminal shows, as far as we know.
#[derive(Default)]
pub struct FrameEncoder {
    shown: Buffer,
    cursor: Option<Position>,
    /// Whether what is on the terminal is known at all.
    is_known: bool,
}

/// Rewriting so many cells that have not changed is no longer than jumping over them.
const GAP: u16 = 3;

/// Clearing to the end of the line pays from so many cells on.
const TAIL: u16 = 4;

impl FrameEncoder {
    /// The terminal may show anything: the next frame is drawn whole.
    pub fn invalidate(&mut self) {
        self.is_known = false;
    }

    /// The bytes that lead from what is shown to `next`; nothing when nothing has changed.
    pub fn encode(&mut self, next: Buffer, cursor: Option<Position>) -> Vec<u8> {
        let mut pen = Pen::default();
        if !self.is_known || self.shown.area != next.area {
            pen.out.push_str("\x1b[m\x1b[H\x1b[2J");
            self.shown = Buffer::empty(next.area);
            self.cursor = None;
        }
        let is_hidden = cursor.is_none() && (self.cursor.is_some() || !self.is_known);
        for y in next.area.top()..next.area.bottom() {
            row(&self.shown, &next, y, &mut pen);
        }
        pen.set(Style::reset());
        let is_drawn = !pen.out.is_empty();
        if let Some(at) = cursor.filter(|at| is_drawn || self.cursor != Some(*at)) {
            pen.go(at.x, at.y);
        }
        if cursor.is_some() && self.cursor.is_none() {
            pen.out.push_str("\x1b[?25h");
        } else if is_hidden {
            pen.out.push_str("\x1b[?25l");
        }
        (self.shown, self.cursor, self.is_known) = (next, cursor, true);
        if pen.out.is_empty() { Vec::new() } else { format!("\x1b[?2026h{}\x1b[?2026l", pen.out).into_bytes() }
    }
}

/// One row: runs of cells that differ.
fn row(shown: &Buffer, next: &Buffer, y: u16, pen: &mut Pen) {
    let Rect { x: left, width, .. } = next.area;
    let right = left + width;
    let cell = |buffer: &Buffer, x: u16| buffer.cell((x, y)).cloned().unwrap_or_default();
    let differs = |x: u16| cell(shown, x) != cell(next, x);
    let Some(first) = (left..right).find(|x| differs(*x)) else { return };
    let has_wide = |buffer: &Buffer| (left..right).any(|x| cell(buffer, x).symbol().width() > 1);
    // Where signs are two cells wide, half of one may be left over: such rows are drawn whole from the difference on.
    let is_wide = has_wide(shown) || has_wide(next);
    let first = if is_wide { left } else { first };
    let blank = Cell::EMPTY;
    let tail = (left..right).rev().take_while(|x| is_blank(&cell(next, *x), &blank)).last().unwrap_or(right);
    let mut x = first;
    while x < right {
        if x >= tail && right - x >= TAIL && (x..right).filter(|x| differs(*x)).count() >= usize::from(TAIL) {
            pen.go(x, y);
            pen.set(Style::reset());
            pen.out.push_str("\x1b[K");
            return;
        }
        if !is_wide && !differs(x) {
            let Some(again) = (x..right).find(|x| differs(*x)) else { return };
            if again - x > GAP || !pen.is_at(x, y) || (x..again).any(|x| pen.style != style_of(&cell(next, x))) {
                x = again;
                continue;
            }
        }
        let here = cell(next, x);
        pen.go(x, y);
        pen.set(style_of(&here));
        let cells = here.symbol().width().max(1) as u16;
        pen.put(if here.symbol().is_empty() { " " } else { here.symbol() }, cells);
        x += cells;
    }
}

fn is_blank(cell: &Cell, blank: &Cell) -> bool {
    cell.symbol() == blank.symbol() && style_of(cell) == style_of(blank)
}

fn style_of(cell: &Cell) -> Style {
    Style { fg: Some(cell.fg), bg: Some(cell.bg), add_modifier: cell.modifier, ..Style::default() }
}

/// Where the terminal's cursor is and what it writes with.
struct Pen {
    out: String,
    at: Option<(u16, u16)>,
    style: Style,
}

impl Default for Pen {
    fn default() -> Self {
        let style = Style { fg: Some(Color::Reset), bg: Some(Color::Reset), ..Style::default() };
        Self { out: String::new(), at: None, style }
    }
}

impl Pen {
    fn is_at(&self, x: u16, y: u16) -> bool {
        self.at == Some((x, y))
    }

    fn go(&mut self, x: u16, y: u16) {
        match self.at {
            Some(at) if at == (x, y) => {}
            Some((from, row)) if row == y && from < x => {
                let by = if x - from == 1 { String::new() } else { (x - from).to_string() };
                let _ = write!(self.out, "\x1b[{by}C"); // writing to a String cannot fail
            }
            _ if x == 0 => {
                let _ = write!(self.out, "\x1b[{}H", y + 1); // writing to a String cannot fail
            }
            _ => {
                let _ = write!(self.out, "\x1b[{};{}H", y + 1, x + 1);
            }
        }
        self.at = Some((x, y));
    }

    fn put(&mut self, symbol: &str, cells: u16) {
        self.out.push_str(symbol);
        self.at = self.at.map(|(x, y)| (x + cells, y));
    }

    /// Changes the style with one sequence: only what is added, or everything anew when something goes.
    fn set(&mut self, style: Style) {
        let style = Style {
            fg: style.fg.or(Some(Color::Reset)),
            bg: style.bg.or(Some(Color::Reset)),
            add_modifier: style.add_modifier,
            ..Style::default()
        };
        if style == self.style {
            return;
        }
        let plain = Pen::default().style;
        let gone = |old: Option<Color>, new: Option<Color>| old != new && new == Some(Color::Reset);
        let loses = !(self.style.add_modifier - style.add_modifier).is_empty()
            || gone(self.style.fg, style.fg)
            || gone(self.style.bg, style.bg);
        if style == plain {
            self.out.push_str("\x1b[m");
            self.style = style;
            return;
        }
        let before = if loses { plain } else { self.style };
        let mut codes: Vec<String> = Vec::new();
        if loses {
            codes.push("0".to_owned());
        }
        codes.extend(modifiers(style.add_modifier - before.add_modifier));
        if style.fg != before.fg {
            codes.extend(style.fg.map(|colour| colour_code(colour, 30)));
        }
        if style.bg != before.bg {
            codes.extend(style.bg.map(|colour| colour_code(colour, 40)));
        }
        let _ = write!(self.out, "\x1b[{}m", codes.join(";")); // writing to a String cannot fail
        self.style = style;
    }
}

fn modifiers(set: Modifier) -> impl Iterator<Item = String> {
    const CODES: [(Modifier, &str); 6] = [
        (Modifier::BOLD, "1"),
        (Modifier::DIM, "2"),
        (Modifier::ITALIC, "3"),
        (Modifier::UNDERLINED, "4"),
        (Modifier::REVERSED, "7"),
        (Modifier::CROSSED_OUT, "9"),
    ];
    CODES.into_iter().filter(move |(modifier, _)| set.contains(*modifier)).map(|(_, code)| code.to_owned())
}

/// The code of one of the sixteen colours; `base` is 30 for the letters, 40 for what is behind them.
fn colour_code(colour: Color, base: u8) -> String {
    let number = match colour {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 60,
        Color::LightRed => 61,
        Color::LightGreen => 62,
        Color::LightYellow => 63,
        Color::LightBlue => 64,
        Color::LightMagenta => 65,
        Color::LightCyan => 66,
        Color::White => 67,
        _ => 9,
    };
    (base + number).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::text::{Line, Span};
    use ratatui::widgets::Widget;

    fn cells(count: u16) -> std::num::NonZero<u16> {
        std::num::NonZero::new(count).unwrap()
    }

    fn buffer(lines: &[&str]) -> Buffer {
        Buffer::with_lines(lines.iter().copied())
    }

    /// Draws frame after frame into a terminal emulator and compares what it shows with what was meant.
    fn show(frames: Vec<Buffer>) -> Vec<usize> {
        let area = frames[0].area;
        let mut screen = FrameEncoder::default();
        let mut terminal = vt100::Parser::new(cells(area.height), cells(area.width), 0);
        let mut sizes = Vec::new();
        for frame in frames {
            let meant: Vec<String> = (0..area.height)
                .map(|y| {
                    let mut text = String::new();
                    let mut x = 0;
                    while x < area.width {
                        let symbol = frame[(x, y)].symbol();
                        text.push_str(symbol);
                        x += symbol.width().max(1) as u16;
                    }
                    text.trim_end().to_owned()
                })
                .collect();
            let bytes = screen.encode(frame, None);
            sizes.push(bytes.len());
            terminal.process(&bytes);
            let shown: Vec<String> =
                terminal.screen().rows(0, area.width).map(|row| row.trim_end().to_owned()).collect();
            assert_eq!(shown, meant);
        }
        sizes
    }

    #[test]
    fn only_differences_are_sent() {
        let sizes = show(vec![
            buffer(&["one two three", "four five six", "             "]),
            buffer(&["one two three", "four five six", "             "]),
            buffer(&["one 2wo three", "four five six", "             "]),
            buffer(&["one 2wo three", "             ", "seven        "]),
        ]);
        assert_eq!(sizes[1], 0, "an unchanged frame is not sent");
        assert!(sizes[2] < 30 && sizes[3] < 45, "{sizes:?}");
    }

    #[test]
    fn wide_signs_leave_no_halves_behind() {
        show(vec![
            buffer(&["日本語 text"]),
            buffer(&["a日本語tex "]),
            buffer(&["plain again"]),
            buffer(&["語本日 text"]),
        ]);
    }

    #[test]
    fn styles_come_and_go() {
        let mut styled = buffer(&["          "]);
        Line::from(vec![Span::styled("ab", Style::new().bold().fg(Color::Red)), Span::raw("cd")])
            .render(Rect::new(0, 0, 4, 1), &mut styled);
        let mut screen = FrameEncoder::default();
        let mut terminal = vt100::Parser::new(cells(1), cells(10), 0);
        terminal.process(&screen.encode(styled, None));
        let cell = |at| terminal.screen().cell(0, at).map(|cell| (cell.bold(), cell.fgcolor())).unwrap();
        assert_eq!(cell(1), (true, vt100::Color::Idx(1)));
        assert_eq!(cell(2), (false, vt100::Color::Default));
    }
}
