//! The groups as they meet, and in the chase list those whose notes are missing: one a line, and below what the selected
//! one wrote.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{about, head, initials, paragraph, topic};
use crate::app::App;
use crate::app::topics::{View, group_height};
use crate::model::recommendation::of_topic;
use crate::model::record::Rules;
use crate::model::{Event, Topic};
use crate::ui::theme::{Role, Theme};
use crate::ui::write::put;

/// Below this many columns a line holds place and title only.
const NARROW: u16 = 60;

/// A column: its heading and its width; the title takes what is left.
type Column = (&'static str, u16);

const PLACE: Column = ("Place", 17);
const WHO: Column = ("Convener", 14);
const ASK: Column = ("Ask", 14);
const GROUP: Column = ("Group", 5);
const RECOMMENDED: Column = ("Recs", 4);
const NOTES: Column = ("Notes", 5);

/// Draws the list and the selected group.
pub(super) fn draw(app: &App, event: &Event, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let state = &app.screens.topics;
    let is_chase = state.view == View::Chase;
    head(event, state.wall.numbers, theme, Rect { height: 1, ..area }, buf);
    let columns = columns(is_chase, area.width);
    headings(is_chase, &columns, theme, Rect { y: area.y + 1, height: 1, ..area }, buf);
    let height = (group_height(app.size) as u16).min(area.height.saturating_sub(2));
    let rows = Rect { y: area.y + 2, height, ..area };
    if state.groups.is_empty() {
        let text = if is_chase {
            "Every group that met has written something down."
        } else {
            "No groups yet: n posts a topic."
        };
        paragraph(text, Role::Text, theme, rows, buf);
        return None;
    }
    let mut found = None;
    let seen = state.groups.iter().enumerate().skip(state.cursor.top).take(height.into());
    for (y, (at, id)) in (rows.y..).zip(seen) {
        let Some(topic) = topic(app, *id) else { continue };
        let is_here = at == state.cursor.at;
        line(app, topic, is_here, &columns, theme, Rect { y, height: 1, ..rows }, buf);
        found = if is_here { Some(Position::new(area.x, y)) } else { found };
    }
    let below = Rect { y: rows.bottom(), height: area.bottom().saturating_sub(rows.bottom()), ..area };
    if let Some(topic) = state.groups.get(state.cursor.at).and_then(|id| topic(app, *id)).filter(|_| below.height > 1) {
        about(app, topic, theme, below, buf);
    }
    found
}

/// The columns, the title between the first and the others.
fn columns(is_chase: bool, cells: u16) -> Vec<Column> {
    match (cells < NARROW, is_chase) {
        (true, true) => vec![("Place", 9), ("Ask", 6)],
        (true, false) => vec![("Place", 9), NOTES],
        (false, true) => vec![PLACE, ASK, GROUP, RECOMMENDED],
        (false, false) => vec![PLACE, WHO, GROUP, RECOMMENDED, NOTES],
    }
}

/// How many cells the title takes.
fn title_cells(columns: &[Column], cells: u16) -> u16 {
    cells.saturating_sub(columns.iter().map(|(_, width)| width + 1).sum())
}

fn headings(is_chase: bool, columns: &[Column], theme: Theme, area: Rect, buf: &mut Buffer) {
    let title = if is_chase { "Whose notes are missing" } else { "Topic" };
    let headings = columns.iter().map(|(heading, _)| (*heading).to_owned()).collect::<Vec<_>>();
    cells(&headings, title, columns, theme.style(Role::Quiet), theme, area, buf);
}

fn line(app: &App, topic: &Topic, is_here: bool, columns: &[Column], theme: Theme, area: Rect, buf: &mut Buffer) {
    let style = theme.style(if is_here { Role::Selected } else { Role::Text });
    if is_here {
        buf.set_style(area, style);
    }
    let said: Vec<String> = columns.iter().map(|column| said(app, topic, column.0, theme)).collect();
    cells(&said, &topic.title(&app.workspace), columns, style, theme, area, buf);
}

fn cells(
    said: &[String],
    title: &str,
    columns: &[Column],
    style: ratatui::style::Style,
    theme: Theme,
    area: Rect,
    buf: &mut Buffer,
) {
    let mut x = area.x;
    for (at, (text, (_, width))) in said.iter().zip(columns).enumerate() {
        put(buf, (x, area.y), *width, text, style, theme);
        x += width + 1;
        if at == 0 {
            let title_cells = title_cells(columns, area.width);
            put(buf, (x, area.y), title_cells.saturating_sub(1), title, style, theme);
            x += title_cells;
        }
    }
}

/// What a topic says under a heading.
fn said(app: &App, topic: &Topic, heading: &str, theme: Theme) -> String {
    let number = |many: usize| if many == 0 { String::new() } else { many.to_string() };
    match heading {
        "Place" => topic
            .slot
            .as_ref()
            .zip(topic.space.as_ref())
            .map_or_else(|| "no place yet".to_owned(), |(slot, space)| format!("{slot} {space}")),
        "Ask" => match &topic.note_taker {
            Some(taker) => initials(app, std::slice::from_ref(taker)),
            None => initials(app, &topic.conveners),
        },
        "Convener" => initials(app, &topic.conveners),
        "Group" => number(topic.participants.len()),
        "Recs" => number(of_topic(&app.workspace, topic.id).count()),
        _ if topic.is_missing_notes(&app.workspace) => theme.sign("–", "-").to_owned(),
        _ if topic.discussion.is_some() => theme.sign("✓", "yes").to_owned(),
        _ => String::new(),
    }
}
