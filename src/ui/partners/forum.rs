//! A forum or a meeting: what it is on top, and below it its rows, each over as many lines as it takes.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::App;
use crate::app::partners::forum::{Emphasis, Row, Table, View, forum_of, meeting_of};
use crate::app::wrap::wrap;
use crate::model::meeting::pack::place;
use crate::ui::theme::{Role, Theme};
use crate::ui::write::{put, width};

/// Draws the view; the cursor stands on the selected row.
pub(super) fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let table = &app.screens.partners.table;
    let (title, aside) = heading(app, table.view);
    let cells = (width(&aside) as u16).min(area.width / 2);
    put(buf, (area.right() - cells, area.y), cells, &aside, theme.style(Role::Quiet), theme);
    put(buf, (area.x, area.y), area.width.saturating_sub(cells + 2), &title, theme.style(Role::Strong), theme);
    rows(table, theme, Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area }, buf)
}

/// What is shown, and what is said beside it.
fn heading(app: &App, view: Option<View>) -> (String, String) {
    let forum = forum_of(app);
    match (view, meeting_of(app)) {
        (Some(View::Meeting), Some(meeting)) => {
            let name = meeting.forum.name(&app.workspace);
            let state = if meeting.is_finished() { "minutes finished" } else { "" };
            (format!("{name} · {}", place(meeting, app.today)), state.to_owned())
        }
        _ => {
            let cycle = forum.and_then(|forum| forum.cycle).map(|cycle| cycle.to_string());
            let name = forum.map(|forum| forum.name.to_string()).unwrap_or_default();
            (name, cycle.unwrap_or_else(|| "no cycle".to_owned()))
        }
    }
}

/// Cells before the text of the rows: those of the longest label.
fn label_cells(table: &Table, cells: u16) -> u16 {
    let longest = table.rows.iter().map(|row| width(&row.label)).max().unwrap_or_default() as u16;
    if longest == 0 { 2 } else { (longest + 3).min(cells / 3) }
}

/// The lines of a row.
fn lines(row: &Row, cells: u16) -> Vec<String> {
    match wrap(&row.text, cells.into()) {
        lines if lines.is_empty() => vec![String::new()],
        lines => lines,
    }
}

/// The rows from the first that lets the selected one be seen whole.
fn rows(table: &Table, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let label = label_cells(table, area.width);
    let cells =
        |row: &Row| if row.emphasis == Emphasis::Heading { area.width } else { area.width.saturating_sub(label) };
    let heights: Vec<usize> = table.rows.iter().map(|row| lines(row, cells(row)).len()).collect();
    let at = table.cursor.at;
    let is_seen = |top: &usize| heights[*top..=at].iter().sum::<usize>() <= usize::from(area.height);
    let top = (table.cursor.top.min(at)..at.min(heights.len())).find(is_seen).unwrap_or(at);
    let (mut y, mut found) = (area.y, None);
    for (here, row) in table.rows.iter().enumerate().skip(top) {
        if y >= area.bottom() {
            break;
        }
        let is_here = here == at;
        found = if is_here { Some(Position::new(area.x, y)) } else { found };
        y = one(row, is_here, label, theme, Rect { y, height: area.bottom() - y, ..area }, buf);
    }
    found
}

/// One row; returns the line below it.
fn one(row: &Row, is_here: bool, label: u16, theme: Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let is_heading = row.emphasis == Emphasis::Heading;
    let role = match (is_here, row.emphasis) {
        (true, _) => Role::Selected,
        (_, Emphasis::Plain) => Role::Text,
        (_, Emphasis::Heading) => Role::Strong,
        (_, Emphasis::Quiet) => Role::Quiet,
        (_, Emphasis::Warn) => Role::Warn,
    };
    let label = if is_heading { 0 } else { label };
    let text = lines(row, area.width.saturating_sub(label));
    let height = (text.len() as u16).min(area.height);
    if is_here {
        buf.set_style(Rect { height, ..area }, theme.style(role));
    }
    put(buf, (area.x + 1, area.y), label.saturating_sub(1), &row.label, theme.style(role), theme);
    for (y, line) in (area.y..area.bottom()).zip(&text) {
        put(buf, (area.x + label, y), area.width.saturating_sub(label), line, theme.style(role), theme);
    }
    area.y + height
}
