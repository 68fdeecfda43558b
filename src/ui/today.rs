//! Draws what is due today.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::rows::{Row, in_full};
use super::theme::{Role, Theme};
use super::write::{put, rule};
use crate::app::App;
use crate::app::today::{What, foot_height, heading};

/// Draws the screen of today; the cursor stands on the selected line.
pub fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let state = &app.screens.today;
    put(buf, (area.x, area.y), area.width, &heading(app), theme.style(Role::Strong), theme);
    let foot = (foot_height(app.size) as u16).min(area.height.saturating_sub(2));
    let rows = Rect { y: area.y + 1, height: area.height - 1 - foot, ..area };
    let mut window = state.cursor;
    window.follow(state.lines.len(), rows.height.into()); // the screen may have another size now
    // Where the first line is selected its heading is seen, too.
    window.top = if state.cursor.at <= 1 { 0 } else { window.top };
    let mut cursor = None;
    for (y, at) in (rows.y..rows.bottom()).zip(window.top..state.lines.len()) {
        let line = &state.lines[at];
        let place = Rect { y, height: 1, ..rows };
        if line.what == What::Heading {
            rule(buf, place, &line.text, (theme.style(Role::Quiet), theme.style(Role::Strong)), theme);
            continue;
        }
        let is_selected = at == state.cursor.at;
        if is_selected {
            cursor = Some(Position::new(area.x, y));
        }
        let text = Role::Text;
        Row { is_selected, warns: line.warns, text: (&line.text, text), state: &line.state, ..Row::default() }
            .draw(theme, place, buf);
    }
    if let Some(line) = state.lines.get(state.cursor.at) {
        let foot = Rect { y: rows.bottom(), height: foot, ..area };
        in_full(&line.text, &line.state, theme, foot, buf);
    }
    cursor
}
