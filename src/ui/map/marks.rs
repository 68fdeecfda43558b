//! What is drawn over the land: services, the chosen one, names of towns. No mark covers another.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;

use super::backdrop::Backdrop;
use super::land::Projection;
use super::{Drawn, MapView};
use crate::model::place::Point;
use crate::model::text::count;

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

/// Several services that share a spot.
struct Cluster {
    at: Position,
    count: usize,
    is_chosen: bool,
}

impl Cluster {
    fn text(&self) -> String {
        match (self.is_chosen, self.count) {
            (true, 0 | 1) => CHOSEN.to_owned(),
            (true, number) => format!("{CHOSEN}{}", count(number)),
            (false, 1) => ONE.to_owned(),
            (false, number) => count(number),
        }
    }

    /// The cells its text takes, moved to the left where it would leave the area.
    fn strip(&self, area: Rect) -> Rect {
        let width = (Line::from(self.text()).width() as u16).min(area.width);
        Rect::new(self.at.x.min(area.right() - width), self.at.y, width, 1)
    }
}

/// How many services stand in each cell of an area, row by row, and how many in none.
pub(super) struct Tally {
    cells: Vec<usize>,
    elsewhere: usize,
    beyond: usize,
}

impl Tally {
    /// Counts the services of a map.
    pub(super) fn new(dots: &[Point], projection: &Projection, area: Rect) -> Self {
        let room = Room::new(area);
        let mut tally = Self { cells: vec![0; area.area() as usize], elsewhere: 0, beyond: 0 };
        for dot in dots {
            match projection.cell(*dot).and_then(|at| room.index(at)) {
                Some(index) if projection.is_near(*dot) => tally.cells[index] += 1,
                _ if projection.is_near(*dot) => tally.beyond += 1,
                _ => tally.elsewhere += 1,
            }
        }
        tally
    }
}

/// Draws the services, those that are close to one another as one number.
pub(super) fn draw_services(view: &MapView<'_>, backdrop: &Backdrop, room: &mut Room, buf: &mut Buffer) -> Drawn {
    let Backdrop { projection, tally, .. } = backdrop;
    let chosen: Vec<Position> = view.chosen.iter().filter_map(|point| projection.cell(*point)).collect();
    let clusters = gather(tally.cells.clone(), &chosen, room);
    for cluster in &clusters {
        let style = if cluster.is_chosen { view.theme.chosen } else { view.theme.service };
        put(cluster.strip(room.area), &cluster.text(), style, buf);
    }
    let cursor = clusters.iter().find(|cluster| cluster.is_chosen).map(|c| c.strip(room.area).as_position());
    Drawn { elsewhere: tally.elsewhere, beyond: tally.beyond, cursor }
}

/// Makes clusters: around the chosen ones first, then around the fullest cells. A cell whose number would touch another
/// number is counted there.
fn gather(mut counts: Vec<usize>, chosen: &[Position], room: &mut Room) -> Vec<Cluster> {
    let width = usize::from(room.area.width);
    let place =
        |index: usize, area: Rect| Position::new(area.x + (index % width) as u16, area.y + (index / width) as u16);
    let mut clusters: Vec<Cluster> = Vec::new();
    for at in chosen {
        let count = room.index(*at).map_or(0, |index| std::mem::take(&mut counts[index]));
        add(Cluster { at: *at, count, is_chosen: true }, room, &mut clusters);
    }
    let mut full: Vec<(usize, usize)> = counts.iter().copied().enumerate().filter(|(_, count)| *count > 0).collect();
    full.sort_by_key(|(index, count)| (std::cmp::Reverse(*count), *index));
    for (index, count) in full {
        add(Cluster { at: place(index, room.area), count, is_chosen: false }, room, &mut clusters);
    }
    clusters
}

/// Adds a cluster, or its count to the one that holds its cells already.
fn add(cluster: Cluster, room: &mut Room, clusters: &mut Vec<Cluster>) {
    let strip = cluster.strip(room.area);
    // A free cell on both sides: "12" and "3" side by side would read as 123.
    let wanted = Rect { x: strip.x.saturating_sub(1), width: strip.width + 2, ..strip };
    let holder = wanted.positions().find_map(|at| room.holder(at));
    if let Some((holder, other)) = holder.and_then(|holder| Some((holder, clusters.get_mut(holder as usize)?))) {
        other.count += cluster.count;
        room.take(other.strip(room.area), holder);
    } else {
        room.take(strip, clusters.len() as u32);
        clusters.push(cluster);
    }
}

/// Draws the names of towns, the important ones first: as many as the picture bears, each where it covers least.
pub(super) fn draw_towns(view: &MapView<'_>, projection: &Projection, room: &mut Room, buf: &mut Buffer) {
    let most = NAMES.0 + room.area.area() / NAMES.1;
    let mut named = 0;
    for town in view.atlas.places.iter().filter(|place| &*place.kind == "town" && place.until.is_none()) {
        if named >= most {
            return;
        }
        let Some(at) = projection.cell(town.point) else { continue };
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
