//! The partners screen: the list, the page of an agreement, the matrix, what stands between two, a review.

mod matrix;
mod page;
mod review;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::list;
use super::theme::Theme;
use crate::app::App;
use crate::app::partners::View;

/// Draws the screen; the cursor stands on the selected row or cell.
pub fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let state = &app.screens.partners;
    match state.view {
        View::List => list::draw(app, theme, area, buf),
        View::Page => page::draw(&state.page.rows, theme, area, buf),
        View::Forum | View::Meeting => page::draw(&state.forum.rows, theme, area, buf),
        View::Between => page::draw(&state.matrix.between, theme, area, buf),
        View::Matrix => matrix::draw(app, theme, area, buf),
        View::Review => Some(review::draw(app, theme, area, buf)),
    }
}
