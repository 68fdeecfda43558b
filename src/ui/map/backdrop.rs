//! What lies below the chosen service: the land, and how many services stand in each cell.
//!
//! While somebody steps through a list it is the same in every frame, and with thousands of services it takes longer to
//! compute than everything else in the frame.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::land;
use super::{MapTheme, MapView};
use crate::app::chart::{Projection, Tally};
use crate::model::place::{Atlas, Point};

/// The land and the services of a map.
pub(super) struct Backdrop {
    /// How points become cells.
    pub projection: Projection,
    /// The services.
    pub tally: Tally,
    land: Buffer,
}

impl Backdrop {
    /// Computes all of it.
    pub(super) fn new(view: &MapView<'_>, area: Rect) -> Self {
        let projection = Projection::new(view.atlas, view.centre, view.zoom, (area.width, area.height));
        let mut land = Buffer::empty(area);
        land::draw(view.atlas, &projection, view.theme, area, &mut land);
        Self { tally: Tally::new(view.dots, &projection), land, projection }
    }

    /// Draws the land over whatever stands in its area.
    pub(super) fn draw_land(&self, buf: &mut Buffer) {
        let width = usize::from(self.land.area.width);
        for (y, row) in (self.land.area.top()..).zip(self.land.content.chunks(width)) {
            let start = buf.index_of(self.land.area.x, y);
            buf.content[start..start + width].clone_from_slice(row);
        }
    }
}

/// Everything a backdrop depends on. It holds the points and the atlas, so that no others can take their address.
#[derive(Clone)]
struct Key {
    atlas: Arc<Atlas>,
    dots: Arc<[Point]>,
    centre: Option<Point>,
    zoom: f64,
    theme: MapTheme,
    area: Rect,
}

impl Key {
    fn new(view: &MapView<'_>, area: Rect) -> Self {
        let (atlas, dots) = (Arc::clone(view.atlas), Arc::clone(view.dots));
        Self { atlas, dots, centre: view.centre, zoom: view.zoom, theme: view.theme, area }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        let values = |key: &Self| (key.centre, key.zoom, key.theme, key.area);
        Arc::ptr_eq(&self.atlas, &other.atlas) && Arc::ptr_eq(&self.dots, &other.dots) && values(self) == values(other)
    }
}

/// The backdrop of a map: the last one if nothing it depends on has changed since.
pub(super) fn backdrop(view: &MapView<'_>, area: Rect) -> Rc<Backdrop> {
    // Drawing sees the app by shared reference, so the last backdrop cannot be kept there; and no other room should
    // know of it.
    thread_local! {
        static LAST: RefCell<Option<(Key, Rc<Backdrop>)>> = const { RefCell::new(None) };
    }
    let key = Key::new(view, area);
    let last = LAST.take().filter(|(known, _)| *known == key);
    let (key, backdrop) = last.unwrap_or_else(|| (key, Rc::new(Backdrop::new(view, area))));
    LAST.set(Some((key, Rc::clone(&backdrop))));
    backdrop
}
