//! The wall: slots are columns, spaces are rows; both scroll around the cursor. Breaks are narrow columns.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{about, head, initials, numbers_in_words, paragraph, topic};
use crate::app::App;
use crate::app::topics::Place;
use crate::app::wrap::wrap;
use crate::model::agenda::{Cell, Wall};
use crate::model::event::Slot;
use crate::model::record::Rules;
use crate::model::topic::TopicState;
use crate::model::{Event, Topic};
use crate::ui::grid::around;
use crate::ui::theme::{Role, Theme};
use crate::ui::write::{beginning, put, width};

/// The least width of a column, the blank behind it included.
const COLUMN: u16 = 12;
/// The width of a break.
const BREAK: u16 = 2;
/// The most lines of a cell.
const MOST_LINES: u16 = 6;
/// The most cells that the names of spaces take.
const MOST_LABEL: u16 = 16;

/// What a slot is called, and when it begins.
pub(super) fn slot_heading(slot: &Slot) -> String {
    let name = slot.name.as_deref().unwrap_or_default();
    match slot.from {
        Some(from) if !name.contains(&from.to_string()) => format!("{name} {from}"),
        _ => name.to_owned(),
    }
}

/// Draws the wall with the selected topic beneath; the cursor stands on its cell.
pub(super) fn draw(app: &App, event: &Event, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let wall = &app.screens.topics.wall;
    head(event, wall.numbers, theme, Rect { height: 1, ..area }, buf);
    let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
    let has_tray = !wall.unplaced.is_empty() || app.screens.topics.carried.is_some();
    let below = if body.height < 12 { 2 } else { 4 } + u16::from(has_tray);
    let grid_area = Rect { height: body.height.saturating_sub(below), ..body };
    let drawing = Drawing { app, wall, theme, has_cursor: true };
    let (used, on_wall) = drawing.grid(event, grid_area, buf);
    let mut rest = Rect { y: body.y + used, height: body.height - used, ..body };
    let mut on_tray = None;
    if has_tray {
        on_tray = drawing.tray(Rect { height: 1, ..rest }, buf);
        rest = Rect { y: rest.y + 1, height: rest.height - 1, ..rest };
    }
    let selected = app.screens.topics.carried.or_else(|| app.screens.topics.place.topic(wall));
    match selected.and_then(|id| topic(app, id)) {
        Some(topic) => about(app, topic, theme, rest, buf),
        None => about_cell(app, event, theme, rest, buf),
    }
    on_wall.or(on_tray)
}

/// Under a cell in which nothing stands: which cell it is, and the question of the event.
fn about_cell(app: &App, event: &Event, theme: Theme, area: Rect, buf: &mut Buffer) {
    let wall = &app.screens.topics.wall;
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    crate::ui::write::rule(buf, Rect { height: 1, ..area }, "", styles, theme);
    let mut rest = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if let Place::Cell(cell) = app.screens.topics.place
        && let Some((slot, space)) = wall.names(cell)
    {
        let used = paragraph(&format!("{space}, {slot} is free"), Role::Text, theme, rest, buf);
        rest = Rect { y: rest.y + used, height: rest.height - used, ..rest };
    }
    paragraph(event.question.as_deref().unwrap_or(&event.name), Role::Quiet, theme, rest, buf);
}

/// Draws the wall for a projector: the question, the numbers, and as much of the wall as there is room for.
pub(super) fn draw_large(app: &App, event: &Event, theme: Theme, area: Rect, buf: &mut Buffer) {
    let wall = &app.screens.topics.wall;
    let question = event.question.as_deref().unwrap_or(&event.name);
    let used = paragraph(question, Role::Strong, theme, Rect { height: area.height.min(3), ..area }, buf);
    let line = Rect { y: area.y + used, height: 1, ..area };
    let numbers = numbers_in_words(wall.numbers, area.width.into());
    put(buf, (line.x, line.y), line.width, &numbers, theme.style(Role::Quiet), theme);
    let tray = u16::from(!wall.unplaced.is_empty());
    let top = used + 2;
    let drawing = Drawing { app, wall, theme, has_cursor: false };
    let grid_area = Rect { y: area.y + top, height: area.height.saturating_sub(top + tray), ..area };
    let (height, _) = drawing.grid(event, grid_area, buf);
    if tray > 0 {
        drawing.tray(Rect { y: (grid_area.y + height).min(area.bottom() - 1), height: 1, ..area }, buf);
    }
}

/// The widths of the columns, which fill the room or more than that. A break is seen where groups meet before and after it.
fn column_widths(wall: &Wall, room: u16) -> Vec<u16> {
    let open: Vec<usize> = (0..wall.slots.len()).filter(|at| !wall.slots[*at].is_break).collect();
    let Some((first, last)) = open.first().zip(open.last()) else { return vec![0; wall.slots.len()] };
    let is_seen = |at: usize| (*first..=*last).contains(&at) && !(at > 0 && wall.slots[at - 1].is_break);
    let breaks = (0..wall.slots.len()).filter(|at| wall.slots[*at].is_break && is_seen(*at)).count() as u16;
    let each = room.saturating_sub(breaks * BREAK) / open.len() as u16;
    let each = if each >= COLUMN { each } else { room / (room / COLUMN).max(1) };
    let width = |at: usize| match wall.slots[at].is_break {
        false => each,
        true if is_seen(at) => BREAK,
        true => 0,
    };
    (0..wall.slots.len()).map(width).collect()
}

/// How many a space seats, in words.
pub(super) fn seats_of(seats: u16) -> String {
    if seats == 1 { "1 seat".to_owned() } else { format!("{seats} seats") }
}

/// The wall being drawn.
struct Drawing<'a> {
    app: &'a App,
    wall: &'a Wall,
    theme: Theme,
    has_cursor: bool,
}

/// Where things stand: the columns and rows that are seen, and their sizes.
struct Layout {
    label: u16,
    widths: Vec<u16>,
    columns: Range<usize>,
    rows: Range<usize>,
    height: u16,
}

impl Layout {
    fn new(wall: &Wall, at: Cell, area: Rect) -> Self {
        let seats = |seats: u16| seats_of(seats).len() as u16;
        let names = wall.spaces.iter().map(|space| {
            let name = width(space.name.as_deref().unwrap_or_default()) as u16;
            name.max(space.seats.map_or(0, seats)) + 1
        });
        let label = names.max().unwrap_or(0).min(MOST_LABEL).min(area.width / 4);
        let room = area.width - label;
        let widths = column_widths(wall, room);
        let room_for_rows = area.height.saturating_sub(1);
        let height = (room_for_rows / (wall.spaces.len() as u16).max(1)).clamp(1, MOST_LINES);
        let rows = around(at.space, &vec![height; wall.spaces.len()], room_for_rows);
        Self { label, columns: around(at.slot, &widths, room), rows, widths, height }
    }

    fn x(&self, column: usize, area: Rect) -> u16 {
        area.x + self.label + self.widths[self.columns.start..column].iter().sum::<u16>()
    }
}

impl Drawing<'_> {
    /// Draws slots and spaces; how many lines that took, and where the cursor stands.
    fn grid(&self, event: &Event, area: Rect, buf: &mut Buffer) -> (u16, Option<Position>) {
        if self.wall.slots.iter().all(|slot| slot.is_break) || self.wall.spaces.is_empty() {
            let help = format!("{} has no slots or no spaces yet: Q gives the event its wall.", event.name);
            return (paragraph(&help, Role::Text, self.theme, area, buf), None);
        }
        let at = if let Place::Cell(cell) = self.app.screens.topics.place { cell } else { self.last_row() };
        let layout = Layout::new(self.wall, at, area);
        self.headings(&layout, at, area, buf);
        let mut found = None;
        for (line, space) in layout.rows.clone().enumerate() {
            let y = area.y + 1 + line as u16 * layout.height;
            self.label(space, &layout, (area.x, y), buf);
            for slot in layout.columns.clone() {
                let cell = Cell { space, slot };
                let rect = Rect { x: layout.x(slot, area), y, width: layout.widths[slot], height: layout.height };
                let rect = rect.intersection(area);
                let is_here = self.has_cursor && self.app.screens.topics.place == Place::Cell(cell);
                self.cell(cell, is_here, rect, buf);
                found = if is_here { Some(Position::new(rect.x, y)) } else { found };
            }
        }
        ((1 + layout.rows.len() as u16 * layout.height).min(area.height), found)
    }

    fn last_row(&self) -> Cell {
        Cell { space: self.wall.spaces.len().saturating_sub(1), slot: 0 }
    }

    /// The names of the slots, and signs that there is more on either side, above or below.
    fn headings(&self, layout: &Layout, at: Cell, area: Rect, buf: &mut Buffer) {
        let theme = self.theme;
        for slot in layout.columns.clone().filter(|slot| !self.wall.slots[*slot].is_break) {
            let role = if slot == at.slot && self.has_cursor { Role::Strong } else { Role::Quiet };
            let heading = slot_heading(&self.wall.slots[slot]);
            put(buf, (layout.x(slot, area), area.y), layout.widths[slot] - 1, &heading, theme.style(role), theme);
        }
        let more = [
            (layout.columns.start > 0, theme.sign("‹", "<")),
            (layout.columns.end < self.wall.slots.len(), theme.sign("›", ">")),
            (layout.rows.start > 0, theme.sign("↑", "^")),
            (layout.rows.end < self.wall.spaces.len(), theme.sign("↓", "v")),
        ];
        let signs: String = more.iter().filter(|(is_more, _)| *is_more).map(|(_, sign)| *sign).collect();
        put(buf, (area.x, area.y), layout.label, &signs, theme.style(Role::Key), theme);
    }

    fn label(&self, space: usize, layout: &Layout, (x, y): (u16, u16), buf: &mut Buffer) {
        let space = &self.wall.spaces[space];
        let cells = layout.label.saturating_sub(1);
        let name = space.name.as_deref().unwrap_or_default();
        put(buf, (x, y), cells, name, self.theme.style(Role::Strong), self.theme);
        if let Some(seats) = space.seats.filter(|_| layout.height > 1) {
            put(buf, (x, y + 1), cells, &seats_of(seats), self.theme.style(Role::Quiet), self.theme);
        }
    }

    fn cell(&self, cell: Cell, is_here: bool, area: Rect, buf: &mut Buffer) {
        let theme = self.theme;
        if self.wall.slots[cell.slot].is_break {
            for y in area.y..area.bottom() {
                put(buf, (area.x, y), area.width.min(1), theme.sign("│", "|"), theme.style(Role::Quiet), theme);
            }
            return;
        }
        let inside = Rect { width: area.width.saturating_sub(1), ..area };
        let carried = self.app.screens.topics.carried.filter(|_| is_here).and_then(|id| topic(self.app, id));
        let (text, role) = self.said(cell, carried);
        if is_here {
            buf.set_style(inside, theme.style(Role::Selected));
        }
        let style = theme.style(if is_here { Role::Selected } else { role });
        for (y, line) in (inside.y..inside.bottom()).zip(lines(&text, inside, theme)) {
            put(buf, (inside.x, y), inside.width, &line, style, theme);
        }
    }

    /// What stands in a cell, and how it is meant.
    fn said(&self, cell: Cell, carried: Option<&Topic>) -> (String, Role) {
        let there = self.wall.at(cell);
        if let Some(carried) = carried {
            let other = there.first().filter(|id| **id != carried.id).and_then(|id| topic(self.app, *id));
            let other =
                other.and_then(|topic| topic.number).map(|number| format!(" {} {number}", self.theme.sign("⇄", "<>")));
            let title = carried.title(&self.app.workspace);
            return (format!("{}{} {title}", self.theme.sign("→", ">"), other.unwrap_or_default()), Role::Text);
        }
        let Some(topic) = there.first().and_then(|id| topic(self.app, *id)) else {
            return (self.theme.sign("·", ".").to_owned(), Role::Quiet);
        };
        // What is not right is for whoever is at the keys, not for the room.
        let is_warned = self.has_cursor && self.wall.warned.contains(&topic.id);
        let more = if there.len() > 1 { format!(" +{}", there.len() - 1) } else { String::new() };
        let text = format!("{}{}{more}", if is_warned { "!" } else { "" }, self.brief(topic));
        let role = match topic.state {
            _ if is_warned => Role::Warn,
            TopicState::Reported => Role::Quiet,
            _ => Role::Text,
        };
        (text, role)
    }

    /// Number, state, title and conveners.
    fn brief(&self, topic: &Topic) -> String {
        let number = topic.number.map(|number| number.to_string()).unwrap_or_default();
        let state = match topic.state {
            _ if self.wall.noted.contains(&topic.id) => self.theme.sign("✓", "+"),
            TopicState::Run | TopicState::Reported => self.theme.sign("•", "*"),
            _ => "",
        };
        let conveners = initials(self.app, &topic.conveners);
        let conveners = if conveners.is_empty() { conveners } else { format!(" ({conveners})") };
        format!("{number}{state} {}{conveners}", topic.title)
    }

    /// The topics that have no place yet, those around the cursor.
    fn tray(&self, area: Rect, buf: &mut Buffer) -> Option<Position> {
        let theme = self.theme;
        let place = self.app.screens.topics.place;
        let at = if let Place::Unplaced(at) = place { Some(at) } else { None };
        let label =
            if at.is_some() && self.app.screens.topics.carried.is_some() { "off the wall:" } else { "to place:" };
        let mut x = area.x + put(buf, (area.x, area.y), area.width, label, theme.style(Role::Key), theme) + 1;
        let texts: Vec<String> =
            self.wall.unplaced.iter().filter_map(|id| topic(self.app, *id)).map(|topic| self.brief(topic)).collect();
        let widths: Vec<u16> = texts.iter().map(|text| (width(text) as u16).min(area.width / 2) + 3).collect();
        let shown = around(at.unwrap_or(0), &widths, area.right().saturating_sub(x));
        let mut found = None;
        if shown.start > 0 {
            put(buf, (x.saturating_sub(1), area.y), 1, theme.sign("‹", "<"), theme.style(Role::Key), theme);
        }
        for number in shown.clone().filter(|number| *number < texts.len()) {
            let is_here = self.has_cursor && at == Some(number);
            let role = if is_here { Role::Selected } else { Role::Text };
            found = if is_here { Some(Position::new(x, area.y)) } else { found };
            x += put(buf, (x, area.y), widths[number] - 3, &texts[number], theme.style(role), theme) + 3;
        }
        if shown.end < texts.len() {
            put(buf, (area.right().saturating_sub(1), area.y), 1, theme.sign("›", ">"), theme.style(Role::Key), theme);
        }
        found.or(at.map(|_| Position::new(area.x, area.y)))
    }
}

/// A text in the lines of a cell; what does not fit stands cut in the last.
fn lines(text: &str, area: Rect, theme: Theme) -> Vec<String> {
    let text =
        crate::ui::write::in_theme(beginning(text, usize::from(area.width) * (usize::from(area.height) + 1)), theme);
    let mut lines = wrap(&text, area.width.into());
    let height = usize::from(area.height).max(1);
    if lines.len() > height {
        let last = lines.split_off(height - 1).join(" ");
        lines.push(last);
    }
    lines
}
