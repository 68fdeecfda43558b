//! Draws the thread of a record: a line for each step, and beneath them the selected one in full.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::rows::{Row, in_full};
use super::theme::{Role, Theme};
use super::write::rule;
use crate::app::App;
use crate::app::thread::{ThreadView, foot_height};
use crate::model::thread::{Line, What};

/// Cells of the names of the steps; narrow screens have fewer.
fn label_cells(columns: u16) -> u16 {
    if columns < 60 { 9 } else { 15 }
}

/// Draws the layer; the cursor stands on the selected line.
pub fn draw(app: &App, view: &ThreadView, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    let title = app.workspace.get(view.thread.present);
    let title = title.map(|record| format!("Thread of {}", record.title(&app.workspace))).unwrap_or_default();
    rule(buf, Rect { height: 1, ..area }, &title, styles, theme);
    let foot = (foot_height(app.size) as u16).min(area.height.saturating_sub(2));
    let rows = Rect { y: area.y + 1, height: area.height - 1 - foot, ..area };
    let mut window = view.cursor;
    window.follow(view.lines.len(), rows.height.into()); // the screen may have another size now
    let mut cursor = None;
    for (y, at) in (rows.y..rows.bottom()).zip(window.top..view.lines.len()) {
        let is_first =
            at.checked_sub(1).is_none_or(|above| view.lines[above].step != view.lines[at].step) || y == rows.y;
        let is_selected = at == view.cursor.at;
        if is_selected {
            cursor = Some(Position::new(area.x, y));
        }
        row(&view.lines[at], is_first, is_selected, theme, Rect { y, height: 1, ..rows }, buf);
    }
    selected(view, theme, Rect { y: rows.bottom(), height: foot, ..area }, buf);
    cursor
}

fn row(line: &Line, is_first: bool, is_selected: bool, theme: Theme, area: Rect, buf: &mut Buffer) {
    let role = match (line.what, line.is_present) {
        (What::Gap, _) => Role::Warn,
        (What::More(_), _) => Role::Quiet,
        (_, true) => Role::Strong,
        _ => Role::Text,
    };
    let mark = if line.is_present { theme.sign("●", "*") } else { "" };
    let label = (label_cells(area.width), if is_first { line.step.label() } else { "" });
    Row { mark, label, text: (&line.text, role), state: &line.state, warns: line.warns, is_selected }
        .draw(theme, area, buf);
}

/// What the selected line says, under the name of its step where there is room.
fn selected(view: &ThreadView, theme: Theme, area: Rect, buf: &mut Buffer) {
    let Some(line) = view.line() else { return };
    let mut area = area;
    if area.height > 2 {
        let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
        rule(buf, Rect { height: 1, ..area }, line.step.label(), styles, theme);
        area = Rect { y: area.y + 1, height: area.height - 1, ..area };
    }
    let state = if matches!(line.what, What::More(_)) { "enter shows them" } else { &line.state };
    in_full(&line.text, state, theme, area, buf);
}
