//! The map as it is moved on: from cluster to cluster, closer and back, and into what is there. Where there is no picture,
//! the table by district is moved in.

use std::collections::HashSet;

use super::{MAP, Part, PartOf, Services, View};
use crate::app::chart::{ACROSS, Cell, Cluster, DOWN, MAX_ZOOM, Projection, Tally, has_room};
use crate::app::command::{Command, commands};
use crate::app::moving::{Cursor, Step};
use crate::app::{App, Effects, Severity, list};
use crate::model::Id;
use crate::model::place::Point;
use crate::model::text::count;

/// Commands of the map.
pub(super) const COMMANDS: &[Command] = commands! { MAP;
    "map.open" ["enter"] "open" "everything about the service; of several, their list" has_spot, open;
    "map.closer" ["+", "="] "closer" "look closer at what is chosen" has_picture, |app| zoom(app, 2.0);
    "map.farther" ["-"] "farther" "see more of the county" has_picture, |app| zoom(app, 0.5);
};

/// How the map is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// The middle of the picture; `None`: the middle of the county.
    pub centre: Option<Point>,
    /// How much larger than the whole county.
    pub zoom: f64,
    /// The spot that is chosen, where the selected service has several.
    pub(super) spot: Option<Point>,
    /// The line of the table by district, where that takes the place of the map.
    pub line: usize,
}

impl Default for Look {
    fn default() -> Self {
        Self { centre: None, zoom: 1.0, spot: None, line: 0 }
    }
}

/// Cells across and down that the map has on a screen of this size; below it stands what the chosen service says.
pub fn map_size((columns, rows): (u16, u16)) -> (u16, u16) {
    let height = rows.saturating_sub(4);
    (columns, if height >= 16 { height - 4 } else { height })
}

/// Whether the table by district stands in the place of the map.
pub fn is_table(app: &App) -> bool {
    app.options.no_pictures || !has_room(map_size(app.size))
}

/// Lines of the table: the districts, and where there is one, that of services elsewhere.
pub fn table_lines(app: &App) -> usize {
    let counts = &app.screens.services.by_district;
    counts.districts.len().min(app.atlas.districts.len()) + usize::from(counts.elsewhere > 0)
}

fn has_picture(app: &App) -> Result<(), &'static str> {
    if is_table(app) {
        Err("there is no picture here: arrows move in the table, enter opens a district")
    } else {
        Ok(())
    }
}

fn has_spot(app: &App) -> Result<(), &'static str> {
    let is_empty = if is_table(app) { table_lines(app) == 0 } else { app.list().rows.is_empty() };
    if is_empty { Err("nothing is on the map: clear the search with esc") } else { Ok(()) }
}

/// The places of the selected service that the map shows as chosen: the one that was moved to, else all.
pub fn chosen(app: &App) -> Vec<Point> {
    let selected = app.list().selected_row().zip(app.index());
    let points = selected.map(|(row, index)| index.points_of(std::slice::from_ref(row))).unwrap_or_default();
    match app.screens.services.look.spot.filter(|spot| points.contains(spot)) {
        Some(spot) if app.screens.services.view == View::Map => vec![spot],
        _ => points,
    }
}

/// The map as it is drawn: how places become cells, and what stands on them.
fn drawn(app: &App) -> (Projection, Vec<Cluster>) {
    let state = &app.screens.services;
    let projection = Projection::new(&app.atlas, state.look.centre, state.look.zoom, map_size(app.size));
    let cells: Vec<Cell> = chosen(app).iter().filter_map(|point| projection.cell(*point)).collect();
    let clusters = Tally::new(&state.points, &projection).clusters(&cells);
    (projection, clusters)
}

/// Moves on the map: in lines and columns to what is nearest there, else in the list beneath.
pub(super) fn step(app: &mut App, step: Step) {
    let by = match step {
        Step::Rows(by) => (0.0, by as f64),
        Step::Columns(by) => (by as f64, 0.0),
        _ if is_table(app) => return step_table(app, step),
        _ => return list::step(app, step),
    };
    if app.list().is_detail_open {
        return list::step(app, step);
    }
    if is_table(app) {
        return step_table(app, step);
    }
    let (projection, clusters) = drawn(app);
    let from = clusters.iter().find(|cluster| cluster.is_chosen).map(|cluster| middle(cluster.at));
    let from = from.unwrap_or_else(|| middle((map_size(app.size).0 / 2, map_size(app.size).1 / 2)));
    let others = clusters.iter().filter(|cluster| !cluster.is_chosen);
    let nearest = others.filter_map(|cluster| Some((way(from, middle(cluster.at), by)?, cluster)));
    match nearest.min_by(|one, other| one.0.total_cmp(&other.0)) {
        Some((_, cluster)) => choose(app, &projection, &cluster.cells.clone()),
        None => go_beyond(app, &projection, from, by),
    }
}

fn step_table(app: &mut App, step: Step) {
    let lines = table_lines(app);
    let look = &mut app.screens.services.look;
    let mut cursor = Cursor { at: look.line, top: 0 };
    cursor.step(step, lines, lines);
    look.line = cursor.at;
}

/// The middle of a cell in dots.
fn middle((x, y): Cell) -> (f64, f64) {
    (f64::from(x) * ACROSS, f64::from(y) * DOWN)
}

/// How far it is from one dot to another in a direction; `None` where it lies the other way. What lies aside is farther.
fn way(from: (f64, f64), to: (f64, f64), by: (f64, f64)) -> Option<f64> {
    let (x, y) = (to.0 - from.0, to.1 - from.1);
    let (along, aside) = if by.0 == 0.0 { (y * by.1, x) } else { (x * by.0, y) };
    (along > 0.0).then(|| along + 2.0 * aside.abs())
}

/// Puts the cursor on the best service that has a place in these cells.
fn choose(app: &mut App, projection: &Projection, cells: &[Cell]) {
    let is_there = |point: &Point| projection.cell(*point).is_some_and(|cell| cells.contains(&cell));
    choose_where(app, is_there);
}

fn choose_where(app: &mut App, is_there: impl Fn(&Point) -> bool) {
    let Some(index) = app.index() else { return };
    let of = |row| index.points_of(std::slice::from_ref(row)).into_iter().find(&is_there);
    let found = app.list().rows.iter().enumerate().find_map(|(at, row)| Some((at, of(row)?)));
    let Some((at, spot)) = found else { return };
    let height = list::list_height(app.size);
    let list = app.list_mut();
    list.cursor.at = at;
    list.cursor.follow(list.rows.len(), height);
    app.screens.services.look.spot = Some(spot);
}

/// Where a part of the county is shown, goes on to what lies beyond its edge.
fn go_beyond(app: &mut App, projection: &Projection, from: (f64, f64), by: (f64, f64)) {
    if app.screens.services.look.zoom <= 1.0 {
        return;
    }
    let points = app.screens.services.points.clone();
    let beyond = points.iter().filter(|point| projection.is_near(**point) && projection.cell(**point).is_none());
    let nearest = beyond.filter_map(|point| Some((way(from, projection.dot(*point), by)?, *point)));
    if let Some((_, point)) = nearest.min_by(|one, other| one.0.total_cmp(&other.0)) {
        app.screens.services.look.centre = Some(point);
        choose_where(app, |other| *other == point);
    }
}

fn zoom(app: &mut App, by: f64) -> Effects {
    let spot = chosen(app).first().copied();
    let look = &mut app.screens.services.look;
    look.zoom = (look.zoom * by).clamp(1.0, MAX_ZOOM);
    look.centre = spot.or(look.centre).filter(|_| look.zoom > 1.0);
    let sentence = match look.zoom {
        1.0 => "the whole county".to_owned(),
        zoom => format!("{zoom} times as large"),
    };
    app.set_status(Severity::Info, sentence);
    Vec::new()
}

fn open(app: &mut App) -> Effects {
    if is_table(app) {
        open_line(app);
        return Vec::new();
    }
    let (projection, clusters) = drawn(app);
    let Some(cluster) = clusters.iter().find(|cluster| cluster.is_chosen) else {
        return open_selected(app);
    };
    let ids = services_in(app, &projection, cluster);
    if ids.len() < 2 {
        return open_selected(app);
    }
    let spot = chosen(app).first().copied().unwrap_or_default();
    let said = format!("{} services at and around {}", count(ids.len()), town_near(app, spot));
    narrow(app, said, PartOf::These(ids));
    Vec::new()
}

fn open_selected(app: &mut App) -> Effects {
    let list = app.list_mut();
    (list.is_detail_open, list.detail_top) = (true, 0);
    Vec::new()
}

fn services_in(app: &App, projection: &Projection, cluster: &Cluster) -> HashSet<Id> {
    let Some(index) = app.index() else { return HashSet::new() };
    let is_there = |point: &Point| projection.cell(*point).is_some_and(|cell| cluster.cells.contains(&cell));
    let has_place = |row: &&crate::search::Hit| index.points_of(std::slice::from_ref(*row)).iter().any(is_there);
    app.list().rows.iter().filter(has_place).map(|row| row.id).collect()
}

/// The town that is nearest to a point.
fn town_near(app: &App, point: Point) -> String {
    let towns = app.atlas.places.iter().filter(|place| &*place.kind == "town" && place.until.is_none());
    let nearest = towns.min_by(|one, other| one.point.km_to(point).total_cmp(&other.point.km_to(point)));
    nearest.map_or_else(|| "this spot".to_owned(), |town| town.name.to_string())
}

/// The services of a line of the table: those that serve a district or are in it; of the last, those of none.
fn open_line(app: &mut App) {
    let Some(index) = app.index() else { return };
    let at = app.screens.services.look.line;
    let ids: HashSet<Id> = index.in_district(&app.list().rows, at, app.atlas.districts.len()).into_iter().collect();
    let said = match app.atlas.districts.get(at) {
        Some(district) => format!("{} that serve {} or are there", count(ids.len()), district.name),
        None => format!("{} elsewhere", count(ids.len())),
    };
    narrow(app, said, PartOf::These(ids));
}

/// Lists a part of what was found; going back leads to the map.
fn narrow(app: &mut App, said: String, of: PartOf) {
    let state = &mut app.screens.services;
    let input = state.list.input.clone();
    state.part = Some(Part { said, of, from: View::Map, input });
    state.view = View::List;
    state.list.cursor = Cursor::default();
    app.refresh_screen(Services::ID);
}
