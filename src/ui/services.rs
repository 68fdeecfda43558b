//! The services screen: the list with the map beside it, the map, the gaps.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::gaps::{self, GapsTheme};
use super::list::{headed, open_detail, role_of, rows_or_empty, search_line};
use super::map::{self, MapTheme, MapView, draw_map};
use super::theme::{Role, Theme};
use super::write::{beginning, put};
use crate::app::App;
use crate::app::detail::{self, Preview};
use crate::app::list::list_height;
use crate::app::services::{View, chosen, is_table, map_size};
use crate::app::wrap::wrap;
use crate::model::{Audience, Emphasis, Service};

/// From this many columns on, list and map stand side by side.
const WIDE: u16 = 100;

/// Draws the screen; the cursor stands in the search line or on the selected row.
pub fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let typed_at = search_line(app, theme, Rect { height: 1, ..area }, buf);
    let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
    let row = match app.screens.services.view {
        View::Gaps => gaps_view(app, theme, body, buf),
        View::Map | View::List if app.list().is_detail_open => open_detail(app, theme, body, buf),
        View::Map => Some(map_view(app, theme, body, buf)),
        View::List => list_view(app, theme, body, buf),
    };
    if app.list().is_searching { Some(typed_at) } else { row }
}

fn list_view(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let height = (list_height(app.size) as u16).min(area.height);
    let wide = area.width >= WIDE && !theme.plain && !theme.ascii;
    let list = Rect { height, width: if wide { area.width * 3 / 5 } else { area.width }, ..area };
    let cursor = rows_or_empty(app, theme, list, buf);
    if wide {
        let right = Rect { x: list.right() + 1, width: area.width - list.width - 1, ..list };
        map_of_found(app, theme, right, buf);
    }
    if height + 1 < area.height {
        let brief_area = Rect { y: area.y + height, height: area.height - height, ..area };
        brief(app, theme, brief_area, buf);
    }
    cursor
}

/// The selected service in a few lines: what one reads out on the telephone, in the order of a call.
fn brief(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) {
    let Some(record) = app.selected() else { return };
    let visible = record.visible_to(Audience::Colleagues, &app.workspace);
    let Ok(service) = <&Service>::try_from(&visible) else { return };
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    let answers = detail::preview(&record, service, app.asked());
    let lines: Vec<(String, Emphasis)> = answers.iter().flat_map(|answer| folded(answer, area.width.into())).collect();
    let more = lines.len().saturating_sub(usize::from(area.height) - 1);
    headed(buf, Rect { height: 1, ..area }, &service.name, more, styles, theme);
    for (y, (text, emphasis)) in (area.y + 1..area.bottom()).zip(&lines) {
        put(buf, (area.x, y), area.width, text, theme.style(role_of(*emphasis)), theme);
    }
}

/// An answer over the lines it may have; the last is cut where it has no room.
fn folded(answer: &Preview, cells: usize) -> Vec<(String, Emphasis)> {
    let mut lines = wrap(beginning(&answer.text, (answer.lines + 1) * cells), cells);
    if lines.len() > answer.lines {
        let last = lines.drain(answer.lines - 1..).collect::<Vec<_>>().join(" ");
        lines.push(last);
    }
    lines.into_iter().map(|line| (line, answer.emphasis)).collect()
}

/// The map with the selected service below it; where there is no picture, the table that is moved in.
fn map_view(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    let map_area = Rect { height: map_size(app.size).1.min(area.height), ..area };
    if is_table(app) {
        let cursor = Some((app.screens.services.look.line, theme.style(Role::Selected)));
        let at = map::district_table(&app.screens.services.by_district, &app.atlas, cursor, area, buf);
        return at.unwrap_or(area.as_position());
    }
    let at = map_of_found(app, theme, map_area, buf);
    if map_area.height < area.height {
        let below = Rect { y: map_area.bottom(), height: area.height - map_area.height, ..area };
        brief(app, theme, below, buf);
    }
    at.unwrap_or(Position::new(area.x, map_area.bottom().min(area.bottom() - 1)))
}

fn map_of_found(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let state = &app.screens.services;
    if theme.ascii || theme.plain || !map::has_room(area) {
        map::district_table(&state.by_district, &app.atlas, None, area, buf);
        return None;
    }
    let selected = chosen(app);
    let is_moved_on = state.view == View::Map;
    let (centre, zoom) = if is_moved_on { (state.look.centre, state.look.zoom) } else { (None, 1.0) };
    let theme = if theme.colour { MapTheme::default() } else { MapTheme::mono() };
    let view = MapView { atlas: &app.atlas, dots: &state.points, chosen: &selected, centre, zoom, theme };
    draw_map(&view, area, buf).cursor
}

fn gaps_view(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let colours = if theme.colour { GapsTheme::default() } else { GapsTheme::mono() };
    let gaps_theme = GapsTheme { is_ascii: theme.ascii, ..colours };
    gaps::draw_gaps(&app.screens.services.gaps, &app.atlas, app.screens.services.gap, area, buf, gaps_theme)
}

#[cfg(test)]
mod tests;
