//! A text of several lines while it is typed in: a window of lines in the form, or the whole screen.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::fields::{moved, said};
use crate::app::form::{Form, FormField, title};
use crate::app::input::BlockInput;
use crate::ui::theme::{Role, Theme};
use crate::ui::write::{put, rule};

/// Draws the lines that are seen; returns where the cursor stands.
pub fn draw(block: &BlockInput, theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    for (y, line) in (area.y..area.bottom()).zip(block.seen()) {
        put(buf, (area.x, y), area.width, line.trim_end(), theme.style(Role::Strong), theme);
    }
    let (row, cell) = block.place();
    // Blanks at which a line was broken hang over its end.
    let x = (area.x + cell as u16).min(area.right().saturating_sub(1));
    Position::new(x, area.y + row.saturating_sub(block.top()) as u16)
}

/// The text over the whole screen: what it belongs to and where one is in it, the text, what it takes or what is wrong.
pub fn draw_whole(
    form: &Form,
    (field, block): (&FormField, &BlockInput),
    theme: Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Position {
    let heading = format!("{} · {} · {}", field.info.label, position(block), title(form));
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    rule(buf, Rect { height: 1, ..area }, &heading, styles, theme);
    let text = Rect { x: area.x + 1, y: area.y + 1, width: area.width - 1, height: area.height.saturating_sub(2) };
    let cursor = draw(block, theme, text, buf);
    let (mut text, mut role) = said(field);
    if let Some(moved) = moved(field).filter(|_| role == Role::Quiet) {
        (text, role) = (moved.into(), Role::Warn);
    }
    put(buf, (area.x + 1, area.bottom() - 1), area.width - 1, &text, theme.style(role), theme);
    cursor
}

/// Where in the text one is.
pub fn position(block: &BlockInput) -> String {
    format!("line {} of {}", block.place().0 + 1, block.lines().len())
}
