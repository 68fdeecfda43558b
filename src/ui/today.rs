//! Draws what is due.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::list;
use super::theme::Theme;
use crate::app::App;

/// Draws the screen of today.
pub fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    list::draw(app, theme, area, buf)
}
