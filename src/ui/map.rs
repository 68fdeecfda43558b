//! The map: where services are, on the outline of the county, in characters.
//!
//! The coast and the districts are drawn in braille dots; over them stand the services (a dot, or a number where several
//! share a spot), the chosen one (a diamond), and the names of towns where there is room. Where braille cannot be shown
//! or the room is too small, the same facts stand in a table by district. Nothing here decides what is shown: the caller
//! hands in points that anybody may see.

mod backdrop;
mod land;
mod marks;

use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;

use crate::model::gaps::DistrictCounts;
use crate::model::place::{Atlas, Point};
use crate::model::text::count;

use super::grid::around;
use backdrop::{Backdrop, backdrop};

/// How a map looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapTheme {
    /// The coast and the border of the county.
    pub outline: Color,
    /// The lines between districts, which are dotted as well.
    pub border: Color,
    /// Names of towns.
    pub town: Style,
    /// Services and their numbers.
    pub service: Style,
    /// The chosen service, which is a diamond as well.
    pub chosen: Style,
    /// Whether braille and other signs beyond ASCII must be left out: a table takes the place of the map.
    pub is_ascii: bool,
}

impl Default for MapTheme {
    fn default() -> Self {
        Self {
            outline: Color::Reset,
            border: Color::DarkGray,
            town: Style::new(),
            service: Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD),
            chosen: Style::new().fg(Color::Yellow).add_modifier(Modifier::BOLD.union(Modifier::REVERSED)),
            is_ascii: false,
        }
    }
}

impl MapTheme {
    /// Without colours.
    pub fn mono() -> Self {
        let bold = Style::new().add_modifier(Modifier::BOLD);
        Self { border: Color::Reset, service: bold, chosen: bold.add_modifier(Modifier::REVERSED), ..Self::default() }
    }
}

/// What a map shows.
#[derive(Clone, Copy, Debug)]
pub struct MapView<'a> {
    /// The county.
    pub atlas: &'a Arc<Atlas>,
    /// Where services are.
    pub dots: &'a Arc<[Point]>,
    /// Where the chosen service is; these points are among the dots.
    pub chosen: &'a [Point],
    /// The middle of the picture; `None`: the middle of the county.
    pub centre: Option<Point>,
    /// How much larger than the whole county in the whole area: 1 shows all of it.
    pub zoom: f64,
    /// How it looks.
    pub theme: MapTheme,
}

/// What became of the dots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Dots that lie nowhere near the county and are not on the map.
    pub elsewhere: usize,
    /// Dots beyond the edge of a map that is zoomed in.
    pub beyond: usize,
    /// The cell of the chosen service, for the real cursor.
    pub cursor: Option<Position>,
}

/// Whether a map can be read in this much room.
pub fn has_room(area: Rect) -> bool {
    crate::app::chart::has_room((area.width, area.height))
}

/// Draws the map. Where [`has_room`] says no, or in ASCII, nothing is drawn: show a [`district_table`] there.
pub fn draw_map(view: &MapView<'_>, area: Rect, buf: &mut Buffer) -> Drawn {
    let area = area.intersection(buf.area);
    if !has_room(area) || view.theme.is_ascii {
        return Drawn::default();
    }
    draw_on(&backdrop(view, area), view, area, buf)
}

/// Draws on a backdrop what may differ from frame to frame.
fn draw_on(backdrop: &Backdrop, view: &MapView<'_>, area: Rect, buf: &mut Buffer) -> Drawn {
    backdrop.draw_land(buf);
    let mut room = marks::Room::new(area);
    let drawn = marks::draw_services(view, backdrop, &mut room, buf);
    let said = note(drawn);
    if !said.is_empty() {
        marks::draw_note(&said, view.theme.town, &mut room, buf);
    }
    marks::draw_towns(view, &backdrop.projection, &mut room, buf);
    drawn
}

/// What is not on the map, in words.
fn note(drawn: Drawn) -> String {
    let part = |number: usize, what: &str| (number > 0).then(|| format!("{} {what}", count(number)));
    [part(drawn.elsewhere, "elsewhere"), part(drawn.beyond, "off the map")]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

/// The table that stands where a map cannot: a line for each district, as many as there is room for, and what is left
/// out in the last. Where one moves in it, the lines around the cursor. Returns where that stands.
pub fn district_table(
    counts: &DistrictCounts,
    atlas: &Atlas,
    cursor: Option<(usize, Style)>,
    area: Rect,
    buf: &mut Buffer,
) -> Option<Position> {
    let area = area.intersection(buf.area);
    let lines = table_lines(counts, atlas, area.width);
    let room = usize::from(area.height).checked_sub(1)?;
    let heading = row("District", "serve", "here");
    write(&heading, Style::new().add_modifier(Modifier::BOLD), area, buf);
    let rows = (area.top() + 1)..area.bottom();
    let Some((at, style)) = cursor else {
        let is_short = lines.len() > room;
        let shown = if is_short { room.saturating_sub(1) } else { lines.len() };
        let rest = is_short.then(|| format!("and {} more lines", lines.len() - shown));
        for (y, line) in rows.zip(lines.iter().take(shown).chain(&rest)) {
            write(line, Style::new(), Rect { y, ..area }, buf);
        }
        return None;
    };
    let seen = around(at, &vec![1; lines.len()], room.max(1) as u16);
    let mut found = None;
    for (y, line) in rows.zip(seen) {
        let is_here = line == at.min(lines.len().saturating_sub(1));
        write(&lines[line], if is_here { style } else { Style::new() }, Rect { y, ..area }, buf);
        found = if is_here { Some(Position::new(area.x, y)) } else { found };
    }
    found
}

fn table_lines(counts: &DistrictCounts, atlas: &Atlas, width: u16) -> Vec<String> {
    let of = |(district, (serving, here)): (&crate::model::place::District, &(usize, usize))| {
        let name = if width >= 36 { &district.name } else { &district.short };
        row(name, &count(*serving), &count(*here))
    };
    let mut lines: Vec<String> = atlas.districts.iter().zip(&counts.districts).map(of).collect();
    if counts.elsewhere > 0 {
        lines.push(row("elsewhere", "", &count(counts.elsewhere)));
    }
    lines
}

fn write(line: &str, style: Style, area: Rect, buf: &mut Buffer) {
    let line = if area.width >= 36 { line.to_owned() } else { line.replacen(WIDE_GAP, "", 1) };
    buf.set_stringn(area.left(), area.y, line, area.width.into(), style);
}

/// The blanks that a line of the table can do without where names are short.
const WIDE_GAP: &str = "            ";

fn row(name: &str, serving: &str, here: &str) -> String {
    let name_width = Line::from(name).width();
    let gap = " ".repeat(23_usize.saturating_sub(name_width));
    format!("{name}{gap}{serving:>6}{here:>7}")
}

#[cfg(test)]
mod tests;
