//! A field that is a table while it is typed in: a line a row under the labels of the columns; on a narrow screen the
//! row with the cursor, a line a cell.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::Pen;
use crate::app::input::{RowsInput, TypedRow};
use crate::model::FieldInfo;
use crate::ui::theme::Role;
use crate::ui::write::{beginning, put, typed_part, width};

/// Below so many columns a row of the table does not fit into a line.
const MIN_WIDTH: u16 = 60;

/// Cells between two columns.
const GAP: usize = 2;

/// Cells left of the first column, for the sign of a row.
const MARGIN: u16 = 3;

/// The most cells of a text that count when the widths of columns are weighed.
const MAX_WEIGHED: usize = 60;

/// Lines of the screen that the table takes where `area` is the whole form; what it takes and what is wrong comes below.
pub fn height(rows: &RowsInput, area: Rect) -> u16 {
    if area.width < MIN_WIDTH {
        return 1 + cells_seen(rows, area.height) as u16;
    }
    2 + rows_seen(rows, area.height) as u16
}

fn rows_seen(rows: &RowsInput, height: u16) -> usize {
    rows.rows().len().min(usize::from(height / 3).max(2))
}

fn cells_seen(rows: &RowsInput, height: u16) -> usize {
    rows.columns().len().min(usize::from(height / 2).max(1))
}

/// The first of the lines that are seen, so that the one with the cursor is.
fn first_seen(cursor: usize, seen: usize, all: usize) -> usize {
    let above = seen / 2;
    cursor.saturating_sub(above).min(all.saturating_sub(seen))
}

/// Draws the table below the label of its field; `screen` is the whole form. Returns where the cursor stands.
pub fn draw(pen: Pen<'_>, rows: &RowsInput, label_cells: u16, screen: Rect, area: Rect, buf: &mut Buffer) -> Position {
    let x = area.x + label_cells + 1;
    put(buf, (x, area.y), area.right().saturating_sub(x), &place(rows), pen.theme.style(Role::Quiet), pen.theme);
    let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if screen.width < MIN_WIDTH {
        cell_a_line(pen, rows, label_cells, cells_seen(rows, screen.height), below, buf)
    } else {
        row_a_line(pen, rows, rows_seen(rows, screen.height), below, buf)
    }
}

/// Which row the cursor is in.
fn place(rows: &RowsInput) -> String {
    let count = rows.rows().len() - 1;
    match rows.cursor().0 {
        0 if count == 0 => "nothing yet: type to add a row".to_owned(),
        row if row == count => format!("a new row behind {count}"),
        row => format!("row {} of {count}", row + 1),
    }
}

fn row_a_line(pen: Pen<'_>, rows: &RowsInput, seen: usize, area: Rect, buf: &mut Buffer) -> Position {
    let widths = column_widths(pen, rows, usize::from(area.width.saturating_sub(MARGIN)));
    let mut x = area.x + MARGIN;
    for (column, cells) in rows.columns().iter().zip(&widths) {
        let style = pen.theme.style(Role::Quiet);
        put(buf, (x, area.y), *cells as u16, &heading(column), style, pen.theme);
        x += (cells + GAP) as u16;
    }
    let mut cursor = Position::new(area.x + MARGIN, area.y);
    let top = first_seen(rows.cursor().0, seen, rows.rows().len());
    let lines = area.y + 1..area.bottom();
    for (y, (at, row)) in lines.zip(rows.rows().iter().enumerate().skip(top).take(seen)) {
        let line = Rect { y, height: 1, ..area };
        cursor = draw_row(pen, rows, (at, row), &widths, line, buf).unwrap_or(cursor);
    }
    cursor
}

/// One row in a line; the cursor, if it is in it.
fn draw_row(
    pen: Pen<'_>,
    rows: &RowsInput,
    (at, row): (usize, &TypedRow),
    widths: &[usize],
    area: Rect,
    buf: &mut Buffer,
) -> Option<Position> {
    let is_open = rows.cursor().0 == at;
    sign(pen, row, is_open, (area.x + 1, area.y), buf);
    if row.is_empty() && !is_open {
        let x = area.x + MARGIN;
        put(buf, (x, area.y), area.right() - x, "a new row", pen.theme.style(Role::Quiet), pen.theme);
        return None;
    }
    let mut cursor = None;
    let mut x = area.x + MARGIN;
    for (column, (cell, cells)) in row.cells.iter().zip(widths).enumerate() {
        let place = Rect { x, width: (*cells as u16).min(area.right().saturating_sub(x)), ..area };
        if rows.cursor() == (at, column) {
            cursor = Some(open_cell(pen, rows, place, buf));
        } else {
            let style = pen.theme.style(role(row, column, is_open));
            put(buf, (x, area.y), place.width, cell, style, pen.theme);
        }
        x += (cells + GAP) as u16;
    }
    cursor
}

/// The row with the cursor, a line a cell.
fn cell_a_line(
    pen: Pen<'_>,
    rows: &RowsInput,
    label_cells: u16,
    seen: usize,
    area: Rect,
    buf: &mut Buffer,
) -> Position {
    let (at, open) = rows.cursor();
    let mut cursor = Position::new(area.x, area.y);
    let Some(row) = rows.rows().get(at) else { return cursor };
    let cells = rows.columns().iter().zip(&row.cells).enumerate();
    let top = first_seen(open, seen, rows.columns().len());
    for (y, (column, (info, cell))) in (area.y..area.bottom()).zip(cells.skip(top).take(seen)) {
        let is_open = column == open;
        if row.error.as_ref().is_some_and(|error| error.column == column) {
            put(buf, (area.x + 1, y), 1, "!", pen.theme.style(Role::Wrong), pen.theme);
        } else if row.doubts[column].is_some() {
            put(buf, (area.x + 1, y), 1, "?", pen.theme.style(Role::Warn), pen.theme);
        }
        let style = pen.theme.style(if is_open { Role::Strong } else { Role::Quiet });
        put(buf, (area.x + 2, y), label_cells.saturating_sub(2), &heading(info), style, pen.theme);
        let x = area.x + label_cells + 1;
        let place = Rect { x, y, width: area.right().saturating_sub(x), height: 1 };
        if is_open {
            cursor = open_cell(pen, rows, place, buf);
        } else {
            let style = pen.theme.style(role(row, column, false));
            put(buf, (x, y), place.width, cell, style, pen.theme);
        }
    }
    cursor
}

fn heading(column: &FieldInfo) -> String {
    if column.is_required { format!("{}*", column.label) } else { column.label.to_owned() }
}

fn role(row: &TypedRow, column: usize, is_open: bool) -> Role {
    match &row.error {
        Some(error) if error.column == column => Role::Wrong,
        _ if row.doubts[column].is_some() => Role::Warn,
        _ if is_open => Role::Strong,
        _ => Role::Text,
    }
}

fn sign(pen: Pen<'_>, row: &TypedRow, is_open: bool, place: (u16, u16), buf: &mut Buffer) {
    if row.error.is_some() {
        put(buf, place, 1, "!", pen.theme.style(Role::Wrong), pen.theme);
    } else if row.doubts.iter().any(Option::is_some) {
        put(buf, place, 1, "?", pen.theme.style(Role::Warn), pen.theme);
    } else if is_open {
        put(buf, place, 1, pen.theme.sign("›", ">"), pen.theme.style(Role::Key), pen.theme);
    }
}

/// The cell with the cursor: a window around what is typed, and what is offered to complete it.
fn open_cell(pen: Pen<'_>, rows: &RowsInput, area: Rect, buf: &mut Buffer) -> Position {
    let line = rows.line();
    let (seen, column) = typed_part(line.text(), line.column(), area.width.into());
    let role = if line.is_proposed() { Role::Selected } else { Role::Strong };
    let used = put(buf, (area.x, area.y), area.width, seen, pen.theme.style(role), pen.theme);
    if let Some(offered) = pen.picks.offered() {
        let style = pen.theme.style(Role::Quiet);
        put(buf, (area.x + used, area.y), area.width - used, &offered, style, pen.theme);
    }
    Position::new(area.x + column as u16, area.y)
}

/// The widths of the columns: what their texts take. Where that is too much, the column with the cursor has what it
/// needs up to half of the room, and of the others the widest give way.
fn column_widths(pen: Pen<'_>, rows: &RowsInput, room: usize) -> Vec<usize> {
    let (_, open) = rows.cursor();
    let mut wanted: Vec<usize> = rows.columns().iter().map(|column| width(&heading(column))).collect();
    for row in rows.rows() {
        for (wanted, cell) in wanted.iter_mut().zip(&row.cells) {
            *wanted = (*wanted).max(width(beginning(cell, MAX_WEIGHED)).min(MAX_WEIGHED));
        }
    }
    let room = room.saturating_sub(GAP * (wanted.len() - 1));
    let offered = pen.picks.offered().map_or(0, |offered| width(&offered));
    let typed = width(beginning(rows.line().text(), MAX_WEIGHED)).min(MAX_WEIGHED);
    // One cell more: the cursor stands behind the last letter.
    let open_width = wanted[open].max(typed + offered).max(typed + 1);
    wanted[open] = open_width;
    if wanted.iter().sum::<usize>() <= room {
        return wanted;
    }
    wanted[open] = open_width.min(room / 2);
    let cut = |most: usize| -> Vec<usize> {
        wanted.iter().enumerate().map(|(at, wanted)| if at == open { *wanted } else { *wanted.min(&most) }).collect()
    };
    let most = (1..=room).rev().find(|most| cut(*most).iter().sum::<usize>() <= room);
    cut(most.unwrap_or(0))
}
