//! The gaps matrix: which need is met in which district, and where nobody is.
//!
//! A row for each need, a column for each district; where nobody serves and nobody is, the cell says *gap* in that word,
//! so that neither colour nor a legend is needed to see it. Columns and rows scroll around the cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;

use super::grid::around;
use crate::model::choice::Choice;
use crate::model::gaps::GapCell;
use crate::model::place::Atlas;
use crate::model::service::Need;

/// How the matrix looks.
#[derive(Clone, Copy, Debug)]
pub struct GapsTheme {
    /// Names of districts.
    pub head: Style,
    /// The name of a need and the numbers of a cell.
    pub plain: Style,
    /// A cell in which nobody is.
    pub gap: Style,
    /// A cell in which nothing was verified within twelve months.
    pub unverified: Style,
    /// The explanation below.
    pub quiet: Style,
    /// What is put over the cell under the cursor.
    pub cursor: Style,
    /// Whether signs beyond ASCII must be left out.
    pub is_ascii: bool,
}

impl Default for GapsTheme {
    fn default() -> Self {
        Self {
            head: Style::new().add_modifier(Modifier::BOLD),
            plain: Style::new(),
            gap: Style::new().fg(Color::Red).add_modifier(Modifier::BOLD),
            unverified: Style::new().fg(Color::Yellow),
            quiet: Style::new().fg(Color::DarkGray),
            cursor: Style::new().add_modifier(Modifier::REVERSED),
            is_ascii: false,
        }
    }
}

impl GapsTheme {
    /// Without colours.
    pub fn mono() -> Self {
        let gap = Style::new().add_modifier(Modifier::BOLD);
        Self { gap, unverified: Style::new(), quiet: Style::new(), ..Self::default() }
    }
}

/// The longest short name of a need; see [`short`].
const LABEL: u16 = 15;

/// A name for narrow columns.
fn short(need: Need) -> &'static str {
    match need {
        Need::Accommodation => "Accommodation",
        Need::Employment => "Work, training",
        Need::Finance => "Money, debt",
        Need::DrugsAndAlcohol => "Drugs, alcohol",
        Need::MentalHealth => "Mental health",
        Need::PhysicalHealth => "Physical health",
        Need::Family => "Family",
        Need::Attitudes => "Attitudes",
        Need::Mentoring => "Mentoring",
        Need::Victims => "Victims",
        Need::Women => "Women",
        Need::YoungPeople => "Young people",
        Need::Veterans => "Veterans",
        Need::Legal => "Advice, legal",
        Need::Faith => "Faith",
    }
}

/// What stands in a cell: `5/3/4`, or `gap`.
fn said(cell: GapCell) -> String {
    if cell.is_gap() { "gap".to_owned() } else { format!("{}/{}/{}", cell.serves, cell.located, cell.verified) }
}

/// A cell in a sentence: what the three numbers mean just here.
pub fn say_cell(cell: GapCell, need: Need, district: &str) -> String {
    let need = short(need);
    if cell.is_gap() {
        return format!("{need} in {district}: nobody serves it and nobody is there");
    }
    let verified = match cell.verified {
        0 => "none verified".to_owned(),
        count => format!("{count} verified"),
    };
    let all = if cell.all == 1 { "1 service".to_owned() } else { format!("{} services", cell.all) };
    format!("{need} in {district}: {all}: {} serve it, {} are there, {verified}", cell.serves, cell.located)
}

/// Where things stand: columns and rows that are shown.
struct Layout {
    /// The width of the names of needs.
    label: u16,
    /// The width of each district's column.
    widths: Vec<u16>,
    /// Lines of names of districts.
    head: u16,
    /// The districts shown.
    columns: std::ops::Range<usize>,
    /// The needs shown.
    rows: std::ops::Range<usize>,
}

/// Draws the matrix with the cursor on (need, district), each counted from 0; a cursor beyond the end stands on the last.
/// Returns the cell for the real cursor.
pub fn draw_gaps(
    rows: &[Vec<GapCell>],
    atlas: &Atlas,
    cursor: (usize, usize),
    area: Rect,
    buf: &mut Buffer,
    theme: GapsTheme,
) -> Option<Position> {
    let area = area.intersection(buf.area);
    let districts = rows.first().map_or(0, Vec::len).min(atlas.districts.len());
    let needs = rows.len().min(Need::ALL.len());
    if districts == 0 || needs == 0 || area.width < LABEL + 9 || area.height < 3 {
        return None;
    }
    let cursor = (cursor.0.min(needs - 1), cursor.1.min(districts - 1));
    let foot = if area.height >= 8 { draw_foot(rows, atlas, cursor, area, buf, theme) } else { 0 };
    let area = Rect { height: area.height - foot, ..area };
    let layout = Layout::new(&rows[..needs], &names(atlas, districts), cursor, area);
    draw_head(&layout, &names(atlas, districts), area, buf, theme);
    draw_rows(rows, &layout, cursor, area, buf, theme)
}

fn names(atlas: &Atlas, districts: usize) -> Vec<&str> {
    let name = |district: &crate::model::place::District| district.short.as_str().len();
    let short = atlas.districts.iter().take(districts);
    short.map(|d| if name(d) == 0 { d.name.as_str() } else { d.short.as_str() }).collect()
}

impl Layout {
    fn new(rows: &[Vec<GapCell>], names: &[&str], cursor: (usize, usize), area: Rect) -> Self {
        let cells = |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| said(*cell).len()).max();
        let column = |at: usize, name: usize| 1 + name.max(cells(at).unwrap_or(0)).max(3) as u16;
        let one_line = names.iter().enumerate().map(|(at, name)| column(at, wide(name))).collect::<Vec<_>>();
        let broken = names.iter().enumerate().map(|(at, name)| column(at, broken(name).map(wide).max().unwrap_or(0)));
        let room = area.width - LABEL;
        let is_one_line = one_line.iter().sum::<u16>() <= room || !names.iter().any(|name| name.contains(' '));
        let widths = if is_one_line { one_line } else { broken.collect() };
        let head = if is_one_line { 1 } else { 2 };
        let longest = Need::LABELS.iter().map(|label| wide(label) as u16).max().unwrap_or(LABEL);
        let label = if widths.iter().sum::<u16>() + longest <= area.width { longest } else { LABEL };
        let room = area.width - label;
        let arrows = if widths.iter().sum::<u16>() > room { 2 } else { 0 };
        let columns = around(cursor.1, &widths, room - arrows);
        let head = if columns.clone().any(|at| head == 2 && names[at].contains(' ')) { 2 } else { 1 };
        let heights = vec![1; rows.len()];
        Self { label, columns, head, rows: around(cursor.0, &heights, area.height.saturating_sub(head).max(1)), widths }
    }

    /// Where a column begins.
    fn x(&self, column: usize, area: Rect) -> u16 {
        area.x + self.label + self.widths[self.columns.start..column].iter().sum::<u16>()
    }
}

fn wide(text: &str) -> usize {
    Line::from(text).width()
}

/// A name in at most two lines.
fn broken(name: &str) -> impl Iterator<Item = &str> {
    name.splitn(2, ' ')
}

fn draw_head(layout: &Layout, names: &[&str], area: Rect, buf: &mut Buffer, theme: GapsTheme) {
    for column in layout.columns.clone() {
        let lines: Vec<&str> = if layout.head == 1 { vec![names[column]] } else { broken(names[column]).collect() };
        let first = area.y + layout.head - lines.len() as u16;
        for (y, line) in (first..area.bottom()).zip(lines) {
            right(layout.x(column, area), y, layout.widths[column], line, theme.head, buf);
        }
    }
    let (more_left, more_right) = if theme.is_ascii { ("<", ">") } else { ("‹", "›") };
    let y = area.y + layout.head - 1;
    if layout.columns.start > 0 {
        buf.set_stringn(layout.x(layout.columns.start, area).saturating_sub(1), y, more_left, 1, theme.head);
    }
    if layout.columns.end < names.len() {
        buf.set_stringn(layout.x(layout.columns.end, area) + 1, y, more_right, 1, theme.head);
    }
}

fn draw_rows(
    rows: &[Vec<GapCell>],
    layout: &Layout,
    cursor: (usize, usize),
    area: Rect,
    buf: &mut Buffer,
    theme: GapsTheme,
) -> Option<Position> {
    let mut found = None;
    for (y, row) in (area.y + layout.head..area.bottom()).zip(layout.rows.clone()) {
        let label = if layout.label > LABEL { Need::LABELS[row] } else { short(Need::ALL[row]) };
        let style = if row == cursor.0 { theme.head } else { theme.plain };
        buf.set_stringn(area.x, y, label, layout.label.into(), style);
        for column in layout.columns.clone() {
            let cell = rows[row].get(column).copied().unwrap_or_default();
            let style = match cell {
                cell if cell.is_gap() => theme.gap,
                GapCell { verified: 0, .. } => theme.unverified,
                _ => theme.plain,
            };
            let is_here = (row, column) == cursor;
            let style = if is_here { style.patch(theme.cursor) } else { style };
            let at = right(layout.x(column, area), y, layout.widths[column], &said(cell), style, buf);
            found = if is_here { Some(at) } else { found };
        }
    }
    found
}

/// Text at the right end of a column; where it began.
fn right(x: u16, y: u16, width: u16, text: &str, style: Style, buf: &mut Buffer) -> Position {
    let x = x + width.saturating_sub(wide(text) as u16);
    buf.set_stringn(x, y, text, width.into(), style);
    Position::new(x, y)
}

/// What the numbers mean, and the cell under the cursor in words. Returns how many lines that took.
fn draw_foot(
    rows: &[Vec<GapCell>],
    atlas: &Atlas,
    cursor: (usize, usize),
    area: Rect,
    buf: &mut Buffer,
    theme: GapsTheme,
) -> u16 {
    let cell = rows[cursor.0].get(cursor.1).copied().unwrap_or_default();
    let sentence = say_cell(cell, Need::ALL[cursor.0], &atlas.districts[cursor.1].name);
    let legends = [
        "serve it / located there / verified within 12 months   gap: nobody",
        "serve / located / verified   gap: nobody",
        "serve/located/verified",
    ];
    let legend = legends.into_iter().find(|text| wide(text) <= usize::from(area.width)).unwrap_or_default();
    let mut lines: Vec<(String, Style)> =
        folded(&sentence, area.width.into()).into_iter().map(|line| (line, theme.plain)).collect();
    // The sentence matters more than what the numbers mean.
    if lines.len() < usize::from(area.height / 3) {
        lines.insert(0, (legend.to_owned(), theme.quiet));
    }
    let count = (lines.len() as u16).min(area.height / 3);
    for (y, (line, style)) in (area.bottom() - count..area.bottom()).zip(&lines) {
        buf.set_stringn(area.x, y, line, area.width.into(), *style);
    }
    count
}

/// A sentence in lines of at most this width.
fn folded(sentence: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in sentence.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if wide(line) + 1 + wide(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests;
