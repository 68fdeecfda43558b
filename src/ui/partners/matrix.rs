//! The matrix of partners: a row for each organisation, a column for each by its letters, and the cell under the cursor in
//! a sentence. Columns and rows scroll around the cursor; their heads stay.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::App;
use crate::app::partners::matrix::{MatrixView, cell, kinds, say};
use crate::app::wrap::wrap;
use crate::ui::grid::around;
use crate::ui::theme::{Role, Theme};
use crate::ui::write::{put, width};

/// The most cells that the name of an organisation takes at the left.
const NAME: u16 = 24;

/// Draws the matrix; the cursor stands on its cell.
pub fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let state = &app.screens.partners.matrix;
    if state.matrix.organisations.is_empty() {
        let said = "No agreements yet. Esc goes to the list, n makes the first one there.";
        for (y, line) in (area.y + 1..area.bottom()).zip(wrap(said, area.width.saturating_sub(4).into())) {
            put(buf, (area.x + 2, y), area.width - 2, &line, theme.style(Role::Text), theme);
        }
        return None;
    }
    let foot = foot_lines(app, state, area);
    let foot_height = (foot.len() as u16).min(area.height / 2);
    let table = Rect { height: area.height - foot_height, ..area };
    let layout = Layout::new(state, theme, table);
    head(state, &layout, theme, table, buf);
    let found = body(state, &layout, theme, table, buf);
    for (y, (text, role)) in (table.bottom()..area.bottom()).zip(foot) {
        put(buf, (area.x, y), area.width, &text, theme.style(role), theme);
    }
    found
}

/// What the cell says, and what its signs mean.
fn foot_lines(app: &App, state: &MatrixView, area: Rect) -> Vec<(String, Role)> {
    let Some(([(_, from), (_, to)], relation)) = state.pair().zip(state.relation()) else { return Vec::new() };
    let sentence = if from == to { from.clone() } else { say(relation, from, to) };
    let kinds = kinds(relation, &app.workspace);
    let sentence = if kinds.is_empty() { sentence } else { format!("{sentence} ({kinds})") };
    let mut lines: Vec<(String, Role)> =
        wrap(&sentence, area.width.into()).into_iter().map(|line| (line, Role::Text)).collect();
    let legend = "answered/expected +given  → one way  ! lapsed";
    if area.height >= 12 && width(legend) <= area.width.into() {
        lines.insert(0, (legend.to_owned(), Role::Quiet));
    }
    lines
}

/// Where things stand.
struct Layout<'a> {
    codes: &'a [String],
    /// The cells of names at the left.
    name: u16,
    widths: Vec<u16>,
    columns: Range<usize>,
    rows: Range<usize>,
}

impl<'a> Layout<'a> {
    fn new(state: &'a MatrixView, theme: Theme, area: Rect) -> Self {
        let codes = state.codes.as_slice();
        let longest = state.matrix.organisations.iter().map(|(_, name)| width(name)).max().unwrap_or(0) as u16;
        let name = (longest + 6).min(NAME + 6).min(area.width / 2);
        let room = area.width - name;
        // A column takes four cells at least: what stands further from the cursor is not seen and need not be measured.
        let reach = usize::from(room / 4);
        let wide = |column: usize| {
            if column.abs_diff(state.at.1) > reach {
                return 4;
            }
            let cells = state.matrix.rows.iter().filter_map(|row| row.get(column));
            let cells = cells.map(|relation| width(&cell(relation, theme.ascii))).max().unwrap_or(0);
            cells.max(width(&codes[column])).max(3) as u16 + 1
        };
        let widths: Vec<u16> = (0..codes.len()).map(wide).collect();
        let arrows = if widths.iter().sum::<u16>() > room { 2 } else { 0 };
        let columns = around(state.at.1, &widths, room.saturating_sub(arrows));
        let rows = around(state.at.0, &vec![1; codes.len()], area.height.saturating_sub(1).max(1));
        Self { codes, name, widths, columns, rows }
    }

    fn x(&self, column: usize, area: Rect) -> u16 {
        area.x + self.name + self.widths[self.columns.start..column].iter().sum::<u16>()
    }
}

fn head(state: &MatrixView, layout: &Layout<'_>, theme: Theme, area: Rect, buf: &mut Buffer) {
    put(buf, (area.x, area.y), layout.name, "expects of / gives", theme.style(Role::Quiet), theme);
    for column in layout.columns.clone() {
        let role = if column == state.at.1 { Role::Strong } else { Role::Quiet };
        right(layout.x(column, area), layout.widths[column], &layout.codes[column], (area.y, role), theme, buf);
    }
    let (less, more) = (theme.sign("‹", "<"), theme.sign("›", ">"));
    if layout.columns.start > 0 {
        put(buf, (area.x + layout.name - 1, area.y), 1, less, theme.style(Role::Strong), theme);
    }
    if layout.columns.end < layout.codes.len() {
        put(buf, (layout.x(layout.columns.end, area) + 1, area.y), 1, more, theme.style(Role::Strong), theme);
    }
}

fn body(state: &MatrixView, layout: &Layout<'_>, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let mut found = None;
    for (y, row) in (area.y + 1..area.bottom()).zip(layout.rows.clone()) {
        let role = if row == state.at.0 { Role::Strong } else { Role::Text };
        let code = &layout.codes[row];
        let code_cells = width(code) as u16 + 1;
        let name_cells = layout.name.saturating_sub(code_cells + 1);
        put(buf, (area.x, y), name_cells, &state.matrix.organisations[row].1, theme.style(role), theme);
        right(area.x + name_cells, code_cells, code, (y, Role::Quiet), theme, buf);
        for column in layout.columns.clone() {
            let relation = &state.matrix.rows[row][column];
            let text = if row == column { theme.sign("╲", "\\").to_owned() } else { cell(relation, theme.ascii) };
            let role = match (relation.has_lapsed, relation.answered < relation.expectations) {
                _ if (row, column) == state.at => Role::Selected,
                (true, _) => Role::Wrong,
                (_, true) => Role::Warn,
                _ => Role::Text,
            };
            let text = if text.is_empty() && (row, column) == state.at { " ".to_owned() } else { text };
            let at = right(layout.x(column, area), layout.widths[column], &text, (y, role), theme, buf);
            if (row, column) == state.at {
                found = Some(at);
            }
        }
    }
    found
}

/// Text at the right end of a column; where it begins.
fn right(x: u16, cells: u16, text: &str, (y, role): (u16, Role), theme: Theme, buf: &mut Buffer) -> Position {
    let x = x + cells.saturating_sub(width(text) as u16);
    put(buf, (x, y), cells, text, theme.style(role), theme);
    Position::new(x, y)
}
