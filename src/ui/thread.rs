//! Draws the thread of a record: a line for each step, and beneath them the selected one in full.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::theme::{Role, Theme};
use super::write::{put, rule, width};
use crate::app::App;
use crate::app::thread::{ThreadView, foot_height};
use crate::app::wrap::wrap;
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
    in_full(view, theme, Rect { y: rows.bottom(), height: foot, ..area }, buf);
    cursor
}

fn row(line: &Line, is_first: bool, is_selected: bool, theme: Theme, area: Rect, buf: &mut Buffer) {
    let base = theme.style(if is_selected { Role::Selected } else { Role::Text });
    if is_selected {
        buf.set_style(area, base);
    }
    let style = |role| if is_selected { base } else { theme.style(role) };
    let mark = match (line.is_present, is_selected) {
        (true, _) => theme.sign("●", "*"),
        (false, true) => theme.sign("▌", ">"),
        (false, false) => " ",
    };
    put(buf, (area.x, area.y), 1, mark, style(Role::Strong), theme);
    let labels = label_cells(area.width);
    if is_first {
        put(buf, (area.x + 2, area.y), labels - 1, line.step.label(), style(Role::Quiet), theme);
    }
    let x = area.x + 2 + labels;
    let room = area.right().saturating_sub(x);
    // What it says of itself stands at the right, in at most two fifths of the room.
    let is_wide = area.width >= 60;
    let state_cells = if is_wide { (width(&line.state) as u16).min(room * 2 / 5) } else { 0 };
    let text_cells = if state_cells == 0 { room } else { room - state_cells - 2 };
    let role = match (line.what, line.is_present) {
        (What::Gap, _) => Role::Warn,
        (What::More(_), _) => Role::Quiet,
        (_, true) => Role::Strong,
        _ => Role::Text,
    };
    put(buf, (x, area.y), text_cells, &line.text, style(role), theme);
    let role = if line.warns { Role::Warn } else { Role::Quiet };
    put(buf, (area.right() - state_cells, area.y), state_cells, &line.state, style(role), theme);
}

/// What the selected line says, wrapped.
fn in_full(view: &ThreadView, theme: Theme, area: Rect, buf: &mut Buffer) {
    let Some(line) = view.line() else { return };
    let mut area = area;
    if area.height > 2 {
        let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
        rule(buf, Rect { height: 1, ..area }, line.step.label(), styles, theme);
        area = Rect { y: area.y + 1, height: area.height - 1, ..area };
    }
    let said = match (line.what, line.state.as_str()) {
        (What::More(_), _) => format!("{}: enter shows them", line.text),
        (_, "") => line.text.clone(),
        (_, state) => format!("{} · {state}", line.text),
    };
    for (y, text) in (area.y..area.bottom()).zip(wrap(&said, area.width.into())) {
        put(buf, (area.x, y), area.width, &text, theme.style(Role::Text), theme);
    }
}
