//! Themes.
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::App;
use crate::ui::theme::Theme;

/// Draws the view.
pub(super) fn draw(_app: &App, _theme: Theme, _area: Rect, _buf: &mut Buffer) -> Option<Position> {
    None
}
