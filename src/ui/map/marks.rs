//! What is drawn over the land: services, the chosen one, names of towns. No mark covers another.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;

use super::backdrop::Backdrop;
use super::{Drawn, MapView};
use crate::app::chart::{Cell, Cluster, Projection};

/// A service by itself.
const ONE: &str = "•";
/// The chosen service.
const CHOSEN: &str = "◆";
/// A town, where no service stands on its spot.
const TOWN: &str = "·";
/// How many towns are named on the smallest picture, and for how many cells more there is one more.
const NAMES: (u32, u32) = (2, 150);

/// Which cells are taken.
pub(super) struct Room {
    area: Rect,
    taken: Vec<Option<u32>>,
}

impl Room {
    /// An area in which nothing stands yet.
    pub(super) fn new(area: Rect) -> Self {
        Self { area, taken: vec![None; area.area() as usize] }
    }

    fn index(&self, at: Position) -> Option<usize> {
        let (x, y) = (at.x.checked_sub(self.area.x)?, at.y.checked_sub(self.area.y)?);
        let is_inside = x < self.area.width && y < self.area.height;
        is_inside.then(|| usize::from(y) * usize::from(self.area.width) + usize::from(x))
    }

    /// Who stands on a cell.
    fn holder(&self, at: Position) -> Option<u32> {
        self.index(at).and_then(|index| self.taken[index])
    }

    fn take(&mut self, strip: Rect, holder: u32) {
        for at in strip.intersection(self.area).positions() {
            if let Some(index) = self.index(at) {
                self.taken[index] = Some(holder);
            }
        }
    }

    /// Whether a strip lies wholly in the area and is free, the cells at both of its ends too.
    fn is_free(&self, strip: Rect) -> bool {
        let margin = Rect { x: strip.x.saturating_sub(1), width: strip.width + 2, ..strip };
        self.area.union(strip) == self.area && margin.positions().all(|at| self.holder(at).is_none())
    }
}

/// Where a cell of the map stands on the screen.
fn place((x, y): Cell, area: Rect) -> Position {
    Position::new(area.x + x, area.y + y)
}

/// The cells of the screen that a cluster takes.
fn strip(cluster: &Cluster, area: Rect) -> Rect {
    let (x, cells) = cluster.strip(area.width);
    let at = place((x, cluster.at.1), area);
    Rect::new(at.x, at.y, cells, 1)
}

/// Draws the services, those that are close to one another as one number.
pub(super) fn draw_services(view: &MapView<'_>, backdrop: &Backdrop, room: &mut Room, buf: &mut Buffer) -> Drawn {
    let Backdrop { projection, tally, .. } = backdrop;
    let chosen: Vec<Cell> = view.chosen.iter().filter_map(|point| projection.cell(*point)).collect();
    let clusters = tally.clusters(&chosen);
    for (holder, cluster) in (0..).zip(&clusters) {
        let style = if cluster.is_chosen { view.theme.chosen } else { view.theme.service };
        let strip = strip(cluster, room.area);
        put(strip, &cluster.text(ONE, CHOSEN), style, buf);
        room.take(strip, holder);
    }
    let cursor = clusters.iter().find(|cluster| cluster.is_chosen).map(|one| strip(one, room.area).as_position());
    Drawn { elsewhere: tally.elsewhere, beyond: tally.beyond, cursor }
}

/// Draws the names of towns, the important ones first: as many as the picture bears, each where it covers least.
pub(super) fn draw_towns(view: &MapView<'_>, projection: &Projection, room: &mut Room, buf: &mut Buffer) {
    let most = NAMES.0 + room.area.area() / NAMES.1;
    let mut named = 0;
    for town in view.atlas.places.iter().filter(|place| &*place.kind == "town" && place.until.is_none()) {
        if named >= most {
            return;
        }
        let Some(at) = projection.cell(town.point).map(|cell| place(cell, room.area)) else { continue };
        let name = Line::from(town.name.as_str());
        let Some(strip) = best_place(at, name.width() as u16, room, buf) else { continue };
        clear_beside(strip, room, buf);
        put(strip, &town.name, view.theme.town, buf);
        room.take(strip, u32::MAX);
        if room.holder(at).is_none() {
            let spot = Rect::new(at.x, at.y, 1, 1);
            put(spot, TOWN, view.theme.town, buf);
            room.take(spot, u32::MAX);
        }
        named += 1;
    }
}

/// Clears the land beside a name: dots of braille that touch letters are hard to read.
fn clear_beside(strip: Rect, room: &Room, buf: &mut Buffer) {
    for x in [strip.x.checked_sub(1), strip.x.checked_add(strip.width)].into_iter().flatten() {
        let at = Position::new(x, strip.y);
        if room.index(at).is_some() && room.holder(at).is_none() {
            put(Rect::new(at.x, at.y, 1, 1), " ", Style::new(), buf);
        }
    }
}

/// The free strip near a spot that hides the least of the land.
fn best_place(at: Position, width: u16, room: &Room, buf: &Buffer) -> Option<Rect> {
    places(at, width, room)
        .filter(|strip| room.is_free(*strip))
        .enumerate()
        .min_by_key(|(order, strip)| {
            let hidden = strip.positions().filter(|cell| buf[*cell].symbol() != " ").count();
            (hidden * 2 + order, *order)
        })
        .map(|(_, strip)| strip)
}

/// Where a name can stand: right and left of what is on the spot, then above and below.
fn places(at: Position, width: u16, room: &Room) -> impl Iterator<Item = Rect> {
    let row = |x: i32, dy: i32| (x, i32::from(at.y) + dy);
    let (x, width_i) = (i32::from(at.x), i32::from(width));
    let holder = room.holder(at);
    let held = |step: i32| {
        let mut end = x;
        let is_held = |x: i32| u16::try_from(x).is_ok_and(|x| room.holder(Position::new(x, at.y)) == holder);
        while holder.is_some() && is_held(end + step) {
            end += step;
        }
        end + step * (1 + i32::from(holder.is_some()))
    };
    let middle = x - width_i / 2;
    [
        row(held(1), 0),
        row(held(-1) - width_i + 1, 0),
        row(middle, -1),
        row(middle, 1),
        row(x, -1),
        row(x, 1),
        row(x - width_i + 1, -1),
        row(x - width_i + 1, 1),
    ]
    .into_iter()
    .filter_map(move |(x, y)| Some(Rect::new(u16::try_from(x).ok()?, u16::try_from(y).ok()?, width, 1)))
}

/// Says what is not on the map, in the first corner that is free: the sea is mostly at the bottom.
pub(super) fn draw_note(note: &str, style: Style, room: &mut Room, buf: &mut Buffer) {
    let width = Line::from(note).width() as u16;
    if width > room.area.width {
        return;
    }
    let (left, right) = (room.area.left(), room.area.right() - width);
    let corners = [
        (right, room.area.bottom() - 1),
        (left, room.area.bottom() - 1),
        (left, room.area.top()),
        (right, room.area.top()),
    ];
    let strips = corners.map(|(x, y)| Rect::new(x, y, width, 1));
    if let Some(strip) = strips.into_iter().find(|strip| room.is_free(*strip)) {
        put(strip, note, style, buf);
        room.take(strip, u32::MAX);
    }
}

/// Writes text over whatever the land has drawn there.
fn put(strip: Rect, text: &str, style: Style, buf: &mut Buffer) {
    buf.set_stringn(strip.x, strip.y, text, strip.width.into(), Style::reset().patch(style));
}
