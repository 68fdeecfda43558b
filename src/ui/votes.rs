//! The votes screen: the list of rounds and themes, and the views into which a round leads.

mod ballot;
mod tally;
mod theming;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::list::{detail_page, open_detail, rows_or_empty, search_line};
use super::theme::{Role, Theme};
use super::write::{put, rule, typed_part, width};
use crate::app::App;
use crate::app::input::LineInput;
use crate::app::list::list_height;
use crate::app::moving::Cursor;
use crate::app::votes::View;
use crate::app::votes::turnout::Line;
use crate::app::wrap::wrap;
use crate::model::choice::Choice;
use crate::model::round::{RoundState, ballots_of};
use crate::model::text::count;
use crate::model::{AnyRecord, Round, conduct};

/// Draws the screen; the cursor stands in the line being typed or on the selected row.
pub fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    match app.screens.votes.view {
        View::Rounds => rounds(app, theme, area, buf),
        View::Voter => Some(ballot::voters(app, theme, area, buf)),
        View::Ballot => Some(ballot::ballot(app, theme, area, buf)),
        View::Count => Some(ballot::count(app, theme, area, buf)),
        View::Tally => tally::draw(app, theme, area, buf),
        View::Turnout => Some(turnout(app, theme, area, buf)),
        View::Themes => theming::draw(app, theme, area, buf),
    }
}

fn rounds(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let typed_at = search_line(app, theme, Rect { height: 1, ..area }, buf);
    let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
    let row = if app.list().is_detail_open {
        open_detail(app, theme, body, buf)
    } else {
        let height = (list_height(app.size) as u16).min(body.height);
        let row = rows_or_empty(app, theme, Rect { height, ..body }, buf);
        if height + 1 < body.height {
            brief(app, theme, Rect { y: body.y + height, height: body.height - height, ..body }, buf);
        }
        row
    };
    if app.list().is_searching { Some(typed_at) } else { row }
}

/// The selected record in a few lines.
fn brief(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) {
    match app.selected() {
        Some(AnyRecord::Round(round)) => {
            let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
            rule(buf, Rect { height: 1, ..area }, &round.name, styles, theme);
            lines(&about(app, &round), theme, Rect { y: area.y + 1, height: area.height - 1, ..area }, buf);
        }
        Some(record) => drop(detail_page(app, &record, 0, theme, area, buf)),
        None => {}
    }
}

/// What is to be said of a round at any time: its rules and how far it is; nothing of what was voted.
fn about(app: &App, round: &Round) -> Vec<String> {
    let dots = round.dots.unwrap_or_default();
    let cap = match round.cap {
        Some(1) => ", one on each item".to_owned(),
        Some(cap) => format!(", at most {cap} on one item"),
        None => String::new(),
    };
    let anonymous = if round.anonymous { ", anonymous" } else { "" };
    let ballots = ballots_of(&app.workspace, round.id).count();
    let mut said = vec![
        format!("{}, by {}{anonymous}", round.state.label(), round.method.label()),
        format!("{dots} dots each{cap}"),
    ];
    match round.state {
        RoundState::Planned => {
            said.extend(conduct::guidance(&app.workspace, round.event.as_ref()));
            said.push("o opens the vote".to_owned());
        }
        state => {
            said.push(format!("{} recommendations on the ballot", count(round.options.len())));
            said.extend((ballots > 0).then(|| format!("{} ballots cast", count(ballots))));
            let hidden = "the results are hidden until the round closes".to_owned();
            said.push(if state == RoundState::Open { hidden } else { "r shows the results".to_owned() });
        }
    }
    said.extend(round.certified_by.as_ref().map(|by| format!("certified by {by}")));
    said
}

/// Sentences, each in as many lines as it needs.
fn lines(said: &[String], theme: Theme, area: Rect, buf: &mut Buffer) {
    let wrapped = said.iter().flat_map(|line| wrap(line, area.width.into()));
    for (y, line) in (area.y..area.bottom()).zip(wrapped) {
        put(buf, (area.x, y), area.width, &line, theme.style(Role::Text), theme);
    }
}

/// The line on top of a view: what it is about, and at the right a number that matters.
fn heading(left: &str, right: &str, theme: Theme, area: Rect, buf: &mut Buffer) {
    let cells = (width(right) as u16).min(area.width);
    let room = area.width.saturating_sub(cells + 2);
    put(buf, (area.x, area.y), room, left, theme.style(Role::Strong), theme);
    put(buf, (area.right() - cells, area.y), cells, right, theme.style(Role::Text), theme);
}

/// A line that is typed in, and where its cursor stands.
fn typed_line(line: &LineInput, hint: &str, theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    put(buf, (area.x, area.y), 2, "> ", theme.style(Role::Key), theme);
    let room = area.width.saturating_sub(3);
    let (seen, column) = typed_part(line.text(), line.column(), room.into());
    let (text, role) = if line.text().is_empty() { (hint, Role::Quiet) } else { (seen, Role::Strong) };
    put(buf, (area.x + 2, area.y), room, text, theme.style(role), theme);
    Position::new(area.x + 2 + column as u16, area.y)
}

fn turnout(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    let state = &app.screens.votes;
    let name = state.round(&app.workspace).map_or("", |round| round.name.as_str());
    heading(name, &state.turnout.summary, theme, area, buf);
    for (y, line) in (area.y + 1..area.bottom()).zip(state.turnout.lines.iter().skip(state.turnout.top)) {
        let (x, text, role) = match line {
            Line::Heading(text) => (0, text, Role::Strong),
            Line::Name(name) => (2, name, Role::Text),
        };
        put(buf, (area.x + x, y), area.width - x, text, theme.style(role), theme);
    }
    Position::new(area.x, area.y + 1)
}

/// The sign at the left of a row, which also tells the selected one apart without colour, and the style of the row.
fn begin_row(is_selected: bool, theme: Theme, area: Rect, buf: &mut Buffer) -> ratatui::style::Style {
    let style = theme.style(if is_selected { Role::Selected } else { Role::Text });
    if is_selected {
        buf.set_style(area, style);
        put(buf, (area.x, area.y), 1, theme.sign("▌", ">"), style, theme);
    }
    style
}

/// The first row that is seen in this area: the window follows the cursor, whatever size the screen has become.
fn first_seen(at: Cursor, len: usize, area: Rect) -> usize {
    let mut at = at;
    at.follow(len, area.height.into());
    at.top
}
