//! The land: coast, county and districts in braille dots.

use std::collections::HashSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Color;
use ratatui::symbols::Marker;
use ratatui::widgets::Widget;
use ratatui::widgets::canvas::{Canvas, Painter, Shape};

use super::MapTheme;
use crate::app::chart::{ACROSS, DOWN, Projection};
use crate::model::place::{Atlas, Point, Ring};

/// Of a dotted line, one dot in so many is drawn.
const DOTTED: i64 = 3;

/// The longest line that is drawn, in dots: it bounds what an extreme zoom costs.
const LONGEST: f64 = 4000.0;

/// Draws the land: districts first, so that the coast lies over them.
pub(super) fn draw(atlas: &Atlas, projection: &Projection, theme: MapTheme, area: Rect, buf: &mut Buffer) {
    let (right, bottom) = (f64::from(area.width) * ACROSS, f64::from(area.height) * DOWN);
    Canvas::default()
        .marker(Marker::Braille)
        .x_bounds([0.0, right])
        .y_bounds([0.0, bottom])
        .paint(|context| context.draw(&Land { atlas, projection, theme, size: (right, bottom) }))
        .render(area, buf);
}

struct Land<'a> {
    atlas: &'a Atlas,
    projection: &'a Projection,
    theme: MapTheme,
    /// Dots across and down.
    size: (f64, f64),
}

impl Shape for Land<'_> {
    fn draw(&self, painter: &mut Painter<'_, '_>) {
        // A border belongs to two districts and is drawn once: two dotted lines on one another would be a whole one.
        let mut seen = HashSet::new();
        for ring in &self.atlas.outline {
            sides(ring).for_each(|side| {
                seen.insert(key(side));
            });
        }
        for ring in self.atlas.districts.iter().flat_map(|district| &district.rings) {
            let mut phase = 0;
            for side in sides(ring).filter(|side| seen.insert(key(*side))) {
                self.line(painter, side, self.theme.border, Some(&mut phase));
            }
        }
        for side in self.atlas.outline.iter().flat_map(sides) {
            self.line(painter, side, self.theme.outline, None);
        }
    }
}

impl Land<'_> {
    /// One straight line, dotted if a phase runs along with it.
    fn line(&self, painter: &mut Painter<'_, '_>, side: (Point, Point), color: Color, mut phase: Option<&mut i64>) {
        let (from, to) = (self.projection.dot(side.0), self.projection.dot(side.1));
        let misses = |a: f64, b: f64, size: f64| a.max(b) < -1.0 || a.min(b) > size + 1.0;
        if misses(from.0, to.0, self.size.0) || misses(from.1, to.1, self.size.1) {
            return;
        }
        let steps = (to.0 - from.0).abs().max((to.1 - from.1).abs()).round().clamp(1.0, LONGEST);
        for step in 0..steps as u32 {
            if let Some(phase) = phase.as_deref_mut() {
                *phase += 1;
                if *phase % DOTTED != 0 {
                    continue;
                }
            }
            let part = f64::from(step) / steps;
            let (x, y) = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
            let (x, y) = (x.round(), y.round());
            if x >= 0.0 && y >= 0.0 && x < self.size.0 && y < self.size.1 {
                painter.paint(x as usize, y as usize, color);
            }
        }
    }
}

/// The sides of a ring, the last point joined to the first.
fn sides(ring: &Ring) -> impl Iterator<Item = (Point, Point)> {
    ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))
}

/// The same for both directions of a side.
fn key((from, to): (Point, Point)) -> [u64; 4] {
    let bits = |point: Point| [point.0.to_bits(), point.1.to_bits()];
    let ([a, b], [c, d]) = (bits(from).min(bits(to)), bits(from).max(bits(to)));
    [a, b, c, d]
}
