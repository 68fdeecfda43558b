//! What lies where on the map: how places become cells, and which services share one. The map is drawn from this, and the
//! keys that move on it go by it.

use crate::model::place::{Atlas, Point};
use crate::model::text::count;

/// Dots of braille in a cell, across and down. A cell is twice as high as it is wide, so dots are square.
pub const ACROSS: f64 = 2.0;
/// Likewise, down.
pub const DOWN: f64 = 4.0;

/// The closest look there is.
pub const MAX_ZOOM: f64 = 64.0;

/// A cell of the map, counted from its north-west corner: across and down.
pub type Cell = (u16, u16);

/// Whether a map can be read in so many cells.
pub fn has_room((width, height): (u16, u16)) -> bool {
    width >= 24 && height >= 8
}

/// How degrees become dots of braille, and dots cells.
#[derive(Clone, Debug)]
pub struct Projection {
    /// The north-west corner of the whole area.
    corner: Point,
    /// Dots for a degree of latitude.
    scale: f64,
    /// The length of a degree of longitude in degrees of latitude.
    narrowing: f64,
    /// Cells across and down.
    size: (u16, u16),
    /// South-west and north-east of the county, with a margin.
    near: (Point, Point),
}

impl Projection {
    /// The county in the middle of so many cells, or a part of it.
    pub fn new(atlas: &Atlas, centre: Option<Point>, zoom: f64, size: (u16, u16)) -> Self {
        let (low, high) = atlas.bounds();
        let middle = Point(f64::midpoint(low.0, high.0), f64::midpoint(low.1, high.1));
        let narrowing = middle.0.to_radians().cos().max(0.05);
        let (dots_x, dots_y) = (f64::from(size.0) * ACROSS, f64::from(size.1) * DOWN);
        let (wide, tall) = (((high.1 - low.1) * narrowing).max(1e-6), (high.0 - low.0).max(1e-6));
        let zoom = if zoom.is_finite() { zoom.clamp(1.0, MAX_ZOOM) } else { 1.0 };
        let scale = ((dots_x - 1.0) / wide).min((dots_y - 1.0) / tall) * zoom;
        let at = centre.filter(|point| point.is_valid()).unwrap_or(middle);
        let corner = Point(at.0 + (dots_y - 1.0) / 2.0 / scale, at.1 - (dots_x - 1.0) / 2.0 / scale / narrowing);
        let (lat, lon) = ((high.0 - low.0) * 0.02, (high.1 - low.1) * 0.02);
        let near = (Point(low.0 - lat, low.1 - lon), Point(high.0 + lat, high.1 + lon));
        Self { corner, scale, narrowing, size, near }
    }

    /// The dot of a point, counted from the north-west corner; it may lie outside.
    pub fn dot(&self, point: Point) -> (f64, f64) {
        ((point.1 - self.corner.1) * self.narrowing * self.scale, (self.corner.0 - point.0) * self.scale)
    }

    /// The cell of a point, if there is one for it.
    pub fn cell(&self, point: Point) -> Option<Cell> {
        let (x, y) = self.dot(point);
        let (x, y) = (((x + 0.5) / ACROSS).floor(), ((y + 0.5) / DOWN).floor());
        let is_inside = x >= 0.0 && y >= 0.0 && x < f64::from(self.size.0) && y < f64::from(self.size.1);
        is_inside.then_some((x as u16, y as u16))
    }

    /// Whether a point lies in the county or close to its border.
    pub fn is_near(&self, point: Point) -> bool {
        let (low, high) = self.near;
        (low.0..=high.0).contains(&point.0) && (low.1..=high.1).contains(&point.1)
    }

    fn index(&self, (x, y): Cell) -> usize {
        usize::from(y) * usize::from(self.size.0) + usize::from(x)
    }
}

/// Several services that share a spot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// Where it is.
    pub at: Cell,
    /// How many they are.
    pub count: usize,
    /// Whether the chosen one is among them.
    pub is_chosen: bool,
    /// Every cell whose services are counted here.
    pub cells: Vec<Cell>,
}

impl Cluster {
    /// The signs it is drawn with: `one` for a service by itself, `chosen` for the chosen one.
    pub fn text(&self, one: &str, chosen: &str) -> String {
        match (self.is_chosen, self.count) {
            (true, 0 | 1) => chosen.to_owned(),
            (true, number) => format!("{chosen}{}", count(number)),
            (false, 1) => one.to_owned(),
            (false, number) => count(number),
        }
    }

    /// The cells its signs take in its line: the first, and how many; moved to the left where they would leave the map.
    pub fn strip(&self, width: u16) -> (u16, u16) {
        let cells = (self.text("1", "1").len() as u16).min(width);
        (self.at.0.min(width - cells), cells)
    }
}

/// How many services stand in each cell, row by row, and how many in none.
#[derive(Clone, Debug)]
pub struct Tally {
    cells: Vec<usize>,
    width: u16,
    /// Those nowhere near the county.
    pub elsewhere: usize,
    /// Those beyond the edge of a map that shows a part of it.
    pub beyond: usize,
}

impl Tally {
    /// Counts the services of a map.
    pub fn new(dots: &[Point], projection: &Projection) -> Self {
        let (width, height) = projection.size;
        let cells = vec![0; usize::from(width) * usize::from(height)];
        let mut tally = Self { cells, width, elsewhere: 0, beyond: 0 };
        for dot in dots {
            match projection.cell(*dot).filter(|_| projection.is_near(*dot)) {
                Some(cell) => tally.cells[projection.index(cell)] += 1,
                None if projection.is_near(*dot) => tally.beyond += 1,
                None => tally.elsewhere += 1,
            }
        }
        tally
    }

    /// Makes clusters: around the chosen cells first, then around the fullest. A cell whose number would touch another number
    /// is counted there.
    pub fn clusters(&self, chosen: &[Cell]) -> Vec<Cluster> {
        let mut counts = self.cells.clone();
        let mut gathered = Gathered { clusters: Vec::new(), holders: vec![None; counts.len()], width: self.width };
        for at in chosen {
            let index = usize::from(at.1) * usize::from(self.width) + usize::from(at.0);
            let count = counts.get_mut(index).map_or(0, std::mem::take);
            gathered.add(Cluster { at: *at, count, is_chosen: true, cells: vec![*at] });
        }
        let mut full: Vec<(usize, usize)> = counts.into_iter().enumerate().filter(|(_, count)| *count > 0).collect();
        full.sort_by_key(|(index, count)| (std::cmp::Reverse(*count), *index));
        for (index, count) in full {
            let width = usize::from(self.width);
            let at = ((index % width) as u16, (index / width) as u16);
            gathered.add(Cluster { at, count, is_chosen: false, cells: vec![at] });
        }
        gathered.clusters
    }
}

/// Clusters, and which of them each cell belongs to.
struct Gathered {
    clusters: Vec<Cluster>,
    holders: Vec<Option<usize>>,
    width: u16,
}

impl Gathered {
    /// The cells of a line from one to before another, as far as the line goes.
    fn line(&self, y: u16, from: u16, to: u16) -> std::ops::Range<usize> {
        let start = usize::from(y) * usize::from(self.width);
        let end = |x: u16| (start + usize::from(x.min(self.width))).min(self.holders.len());
        end(from)..end(to)
    }

    fn take(&mut self, holder: usize) {
        let cluster = &self.clusters[holder];
        let (x, cells) = cluster.strip(self.width);
        let line = self.line(cluster.at.1, x, x + cells);
        self.holders[line].fill(Some(holder));
    }

    /// Adds a cluster, or its count to the one that holds its cells already.
    fn add(&mut self, cluster: Cluster) {
        let (x, cells) = cluster.strip(self.width);
        // A free cell on both sides: "12" and "3" side by side would read as 123.
        let wanted = self.line(cluster.at.1, x.saturating_sub(1), x + cells + 1);
        let holder = self.holders[wanted].iter().find_map(|holder| *holder);
        let holder = holder.unwrap_or(self.clusters.len());
        match self.clusters.get_mut(holder) {
            Some(other) => {
                other.count += cluster.count;
                other.cells.extend(cluster.cells);
            }
            None => self.clusters.push(cluster),
        }
        self.take(holder);
    }
}
