//! Cells to bytes, as few as possible because links are slow: what differs from the last frame is found by ratatui; here
//! it becomes the shortest sequences, each frame wrapped so that a terminal shows it at once.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;
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
const MAX_GAP: u16 = 3;

/// Clearing to the end of the line pays from so many changed cells on.
const MIN_CLEARED: usize = 4;

/// A cell that differs, and where: column, row.
type Changed<'a> = (u16, u16, &'a Cell);

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
        for changes in self.shown.diff(&next).chunk_by(|one, other| one.1 == other.1) {
            encode_row(changes, &next, &mut pen);
        }
        pen.set_style(Style::reset());
        let is_drawn = !pen.out.is_empty();
        if let Some(at) = cursor.filter(|at| is_drawn || self.cursor != Some(*at)) {
            pen.move_to(at.x, at.y);
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

/// The changes of one row, from left to right. Where nothing but blanks follows, the rest of the line is cleared.
fn encode_row(changes: &[Changed<'_>], next: &Buffer, pen: &mut Pen) {
    let Some((_, row, _)) = changes.first() else { return };
    let blanks = next.area.right() - trailing_blanks(next, *row);
    for (at, (x, y, cell)) in changes.iter().enumerate() {
        if *x >= blanks && changes.len() - at >= MIN_CLEARED {
            pen.fill_gap(next, blanks, *y);
            // Where the cursor stands among the blanks already, it need not move.
            if !pen.at.is_some_and(|(column, row)| row == *y && (blanks..=*x).contains(&column)) {
                pen.move_to(*x, *y);
            }
            pen.set_style(Style::reset());
            pen.out.push_str("\x1b[K");
            return;
        }
        // The second half of a wide sign that has just been written comes with its first half.
        if !pen.is_past(*x, *y) {
            pen.fill_gap(next, *x, *y);
            pen.move_to(*x, *y);
            pen.write(cell);
        }
    }
}

/// How many cells at the end of a row show nothing.
fn trailing_blanks(buffer: &Buffer, row: u16) -> u16 {
    let is_blank = |x: &u16| {
        let cell = buffer.cell((*x, row));
        cell.is_some_and(|cell| cell.symbol() == Cell::EMPTY.symbol() && style_of(cell) == style_of(&Cell::EMPTY))
    };
    (buffer.area.left()..buffer.area.right()).rev().take_while(is_blank).count() as u16
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
    /// Whether the cursor has gone beyond this cell in its row.
    fn is_past(&self, x: u16, y: u16) -> bool {
        self.at.is_some_and(|(column, row)| row == y && column > x)
    }

    fn move_to(&mut self, x: u16, y: u16) {
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

    /// Writes the few unchanged cells before a change once more, where that is no longer than a jump.
    fn fill_gap(&mut self, next: &Buffer, x: u16, y: u16) {
        let Some((from, row)) = self.at else { return };
        if row != y || from >= x || x - from > MAX_GAP {
            return;
        }
        let cells: Vec<&Cell> = (from..x).filter_map(|x| next.cell((x, y))).collect();
        if cells.iter().all(|cell| style_of(cell) == self.style && cell.symbol().width() == 1) {
            for cell in cells {
                self.write(cell);
            }
        }
    }

    fn write(&mut self, cell: &Cell) {
        self.set_style(style_of(cell));
        self.out.push_str(if cell.symbol().is_empty() { " " } else { cell.symbol() });
        let width = cell.symbol().width().max(1) as u16;
        self.at = self.at.map(|(x, y)| (x + width, y));
    }

    /// Changes the style with one sequence: only what is added, or everything anew when something goes.
    fn set_style(&mut self, style: Style) {
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
            codes.extend(style.fg.map(|colour| colour_codes(colour, 30)));
        }
        if style.bg != before.bg {
            codes.extend(style.bg.map(|colour| colour_codes(colour, 40)));
        }
        let _ = write!(self.out, "\x1b[{}m", codes.join(";")); // writing to a String cannot fail
        self.style = style;
    }
}

fn modifiers(set: Modifier) -> impl Iterator<Item = String> {
    const CODES: [(Modifier, &str); 9] = [
        (Modifier::BOLD, "1"),
        (Modifier::DIM, "2"),
        (Modifier::ITALIC, "3"),
        (Modifier::UNDERLINED, "4"),
        (Modifier::SLOW_BLINK, "5"),
        (Modifier::RAPID_BLINK, "6"),
        (Modifier::REVERSED, "7"),
        (Modifier::HIDDEN, "8"),
        (Modifier::CROSSED_OUT, "9"),
    ];
    CODES.into_iter().filter(move |(modifier, _)| set.contains(*modifier)).map(|(_, code)| code.to_owned())
}

/// The codes of a colour (ECMA-48, and ISO 8613-6 for more than the usual ones); `base` is 30 for the letters, 40 for
/// what is behind them.
fn colour_codes(colour: Color, base: u8) -> String {
    let number = match colour {
        Color::Reset => 9,
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
        Color::Indexed(index) => return format!("{};5;{index}", base + 8),
        Color::Rgb(red, green, blue) => return format!("{};2;{red};{green};{blue}", base + 8),
    };
    (base + number).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
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

    #[test]
    fn every_colour_reaches_the_terminal() {
        let (rgb, indexed) = (Color::Rgb(1, 120, 255), Color::Indexed(208));
        let mut styled = buffer(&["    "]);
        let spans = [Style::new().fg(rgb).bg(indexed), Style::new().fg(indexed).bg(rgb), Style::new().bg(Color::White)];
        Line::from(spans.map(|style| Span::styled("x", style)).to_vec()).render(Rect::new(0, 0, 4, 1), &mut styled);
        let mut terminal = vt100::Parser::new(cells(1), cells(4), 0);
        terminal.process(&FrameEncoder::default().encode(styled, None));
        let seen = |at| terminal.screen().cell(0, at).map(|cell| (cell.fgcolor(), cell.bgcolor())).unwrap();
        assert_eq!(seen(0), (vt100::Color::Rgb(1, 120, 255), vt100::Color::Idx(208)));
        assert_eq!(seen(1), (vt100::Color::Idx(208), vt100::Color::Rgb(1, 120, 255)));
        assert_eq!(seen(2), (vt100::Color::Default, vt100::Color::Idx(15)));
    }

    #[test]
    fn a_few_unchanged_cells_are_written_and_many_are_jumped_over() {
        let mut encoder = FrameEncoder::default();
        encoder.encode(buffer(&["abcdefghijkl"]), None);
        let bytes = encoder.encode(buffer(&["AbcDefghijkL"]), None);
        assert_eq!(String::from_utf8(bytes).unwrap(), "\x1b[?2026h\x1b[1HAbcD\x1b[7CL\x1b[?2026l");
    }
}
