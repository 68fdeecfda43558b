//! Rows that say something at the left and what is to be said of it at the right, and one of them in full.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::theme::{Role, Theme};
use super::write::{put, width};
use crate::app::wrap::wrap;

/// A row being drawn.
pub(super) struct Row<'a> {
    /// The sign before it.
    pub mark: &'a str,
    /// The cells of its label and the label; none where several rows share the one above.
    pub label: (u16, &'a str),
    /// What it says.
    pub text: (&'a str, Role),
    /// What is to be said of it.
    pub state: &'a str,
    /// Whether that calls for attention.
    pub warns: bool,
    /// Whether the cursor stands on it.
    pub is_selected: bool,
}

impl Default for Row<'_> {
    fn default() -> Self {
        Self { mark: "", label: (0, ""), text: ("", Role::Text), state: "", warns: false, is_selected: false }
    }
}

impl Row<'_> {
    /// Draws it; on a narrow screen there is no room for its state.
    pub fn draw(&self, theme: Theme, area: Rect, buf: &mut Buffer) {
        let base = theme.style(if self.is_selected { Role::Selected } else { Role::Text });
        if self.is_selected {
            buf.set_style(area, base);
        }
        let style = |role| if self.is_selected { base } else { theme.style(role) };
        let cursor = if self.is_selected { theme.sign("▌", ">") } else { " " };
        let mark = if self.mark.is_empty() { cursor } else { self.mark };
        put(buf, (area.x, area.y), 1, mark, style(Role::Strong), theme);
        let (cells, label) = self.label;
        put(buf, (area.x + 2, area.y), cells.saturating_sub(1), label, style(Role::Quiet), theme);
        let x = area.x + 2 + cells;
        let room = area.right().saturating_sub(x);
        // What is said of it has at most two fifths of the room.
        let right = if area.width >= 60 { (width(self.state) as u16).min(room * 2 / 5) } else { 0 };
        let left = if right == 0 { room } else { room - right - 2 };
        let (text, role) = self.text;
        put(buf, (x, area.y), left, text, style(role), theme);
        let role = if self.warns { Role::Warn } else { Role::Quiet };
        put(buf, (area.right() - right, area.y), right, self.state, style(role), theme);
    }
}

/// What a row says, wrapped.
pub(super) fn in_full(text: &str, state: &str, theme: Theme, area: Rect, buf: &mut Buffer) {
    let said = if state.is_empty() { text.to_owned() } else { format!("{text} · {state}") };
    for (y, line) in (area.y..area.bottom()).zip(wrap(&said, area.width.into())) {
        put(buf, (area.x, y), area.width, &line, theme.style(Role::Text), theme);
    }
}
