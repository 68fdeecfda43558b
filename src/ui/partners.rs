//! The partners screen: agreements, and the forums that keep them alive.

mod forum;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::list;
use super::theme::Theme;
use crate::app::App;

/// Draws the screen; the cursor stands on the selected row or in the search line.
pub fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    match app.screens.partners.table.view {
        Some(_) => forum::draw(app, theme, area, buf),
        None => list::draw(app, theme, area, buf),
    }
}
