//! The actions screen: the list in groups, the board by state, the told ledger.

mod board;
mod told;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::list;
use super::theme::{Role, Theme};
use super::write::put;
use crate::app::App;
use crate::app::actions::{Group, View};
use crate::model::action::views::By;
use crate::model::text::count;

/// Draws the screen; the cursor stands on the selected row or card, or in the search line.
pub fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    match app.screens.actions.view {
        View::Told => Some(told::draw(app, theme, area, buf)),
        View::Grouped(By::State) => list::draw_with(board::draw, app, theme, area, buf),
        View::Grouped(_) => list::draw_with(in_groups, app, theme, area, buf),
    }
}

/// A line of the grouped list.
#[derive(Clone, Copy)]
enum Line<'a> {
    Heading(&'a Group),
    Row(usize),
}

fn lines(groups: &[Group]) -> Vec<Line<'_>> {
    let of = |group: &'_ Group| (group.start..group.start + group.len).map(Line::Row);
    groups.iter().flat_map(|group| std::iter::once(Line::Heading(group)).chain(of(group))).collect()
}

/// The rows under the headings of their groups. The list scrolls by rows; headings push the selected one out of sight at
/// times, and the window then goes on as far as it must.
fn in_groups(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let list = app.list();
    let lines = lines(&app.screens.actions.groups);
    let line_of = |row: usize| lines.iter().position(|line| matches!(line, Line::Row(at) if *at == row)).unwrap_or(0);
    let height = usize::from(area.height);
    // With the first row of a group its heading is seen.
    let first = line_of(list.cursor.top).saturating_sub(1);
    let last = lines.len().saturating_sub(height);
    let top = first.max((line_of(list.cursor.at) + 1).saturating_sub(height)).min(last);
    let layouts = list::layouts(list, area.width);
    let mut cursor = None;
    for (y, line) in (area.y..area.bottom()).zip(lines.iter().skip(top)) {
        let at = Rect { y, height: 1, ..area };
        match line {
            Line::Heading(group) => heading(group, theme, at, buf),
            Line::Row(row) => cursor = list::row(app, *row, &layouts, theme, at, buf).or(cursor),
        }
    }
    cursor
}

fn heading(group: &Group, theme: Theme, area: Rect, buf: &mut Buffer) {
    let many = if group.len == 0 { "no action yet".to_owned() } else { count(group.len) };
    let cells = super::write::width(&many) as u16 + 1;
    put(buf, (area.x, area.y), area.width.saturating_sub(cells + 1), &group.heading, theme.style(Role::Strong), theme);
    put(buf, (area.right().saturating_sub(cells), area.y), cells, &many, theme.style(Role::Quiet), theme);
}
