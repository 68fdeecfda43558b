//! Minutes being typed: the text, and beside or below it what becomes of each line.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::form::text;
use super::theme::{Role, Theme};
use super::write::{put, rule, width};
use crate::app::App;
use crate::app::minutes::{Minutes, room};
use crate::app::wrap::wrap;
use crate::model::meeting::MinuteSort;
use crate::model::meeting::lines::{Line, in_words};

/// Draws the text and the preview; returns where the cursor stands.
pub fn draw(app: &App, minutes: &Minutes, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    let heading = format!("Minutes of {} · {}", minutes.title, text::position(&minutes.block));
    rule(buf, Rect { height: 1, ..area }, &heading, styles, theme);
    let (cells, rows) = room(minutes, app.size);
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let typed = Rect { x: area.x + 1, width: cells, height: rows.min(body.height), ..body };
    let cursor = text::draw(&minutes.block, theme, typed, buf);
    let below = Rect { y: typed.bottom(), height: body.bottom().saturating_sub(typed.bottom()), ..body };
    if typed.right() + 2 < area.right() && below.height == 0 {
        preview(
            app,
            minutes,
            theme,
            Rect { x: typed.right() + 2, width: area.right() - typed.right() - 2, ..body },
            buf,
        );
    } else if below.height > 1 {
        rule(buf, Rect { height: 1, ..below }, "What becomes of it", styles, theme);
        preview(app, minutes, theme, Rect { y: below.y + 1, height: below.height - 1, ..below }, buf);
    }
    Some(cursor)
}

/// What becomes of the lines, so that the one being typed is seen.
fn preview(app: &App, minutes: &Minutes, theme: Theme, area: Rect, buf: &mut Buffer) {
    let current = minutes.current().unwrap_or_default();
    let said: Vec<Vec<(String, Role)>> =
        minutes.preview.iter().map(|line| lines(app, line, area.width.saturating_sub(1))).collect();
    let is_seen = |top: &usize| {
        said.get(*top..=current).is_some_and(|part| part.iter().map(Vec::len).sum::<usize>() <= area.height.into())
    };
    let top = (0..current).find(is_seen).unwrap_or(current);
    let rows = said.iter().enumerate().skip(top).flat_map(|(at, lines)| lines.iter().map(move |line| (at, line)));
    for (y, (at, (text, role))) in (area.y..area.bottom()).zip(rows) {
        if at == current {
            put(buf, (area.x, y), 1, theme.sign("▌", ">"), theme.style(Role::Quiet), theme);
        }
        put(buf, (area.x + 1, y), area.width.saturating_sub(1), text, theme.style(*role), theme);
    }
}

/// One minute with its number, and below it what is not understood of it.
fn lines(app: &App, line: &Line, cells: u16) -> Vec<(String, Role)> {
    let number = line.minute.number.as_str();
    let said = in_words(&line.minute, &app.workspace);
    let (text, role) = match line.minute.sort {
        MinuteSort::Note => (said, Role::Text),
        MinuteSort::Decision => (said, Role::Strong),
        MinuteSort::Action => (said, Role::Good),
    };
    let indent = width(number) + 1;
    let wrapped = wrap(&text, usize::from(cells).saturating_sub(indent).max(1));
    let first = |at: usize| if at == 0 { format!("{number} ") } else { " ".repeat(indent) };
    let mut lines: Vec<(String, Role)> =
        wrapped.into_iter().enumerate().map(|(at, text)| (format!("{}{text}", first(at)), role)).collect();
    lines.extend(line.problem.iter().flat_map(|why| {
        let why = wrap(&format!("not understood: {why}"), usize::from(cells).saturating_sub(indent).max(1));
        why.into_iter().map(move |line| (format!("{}{line}", " ".repeat(indent)), Role::Warn))
    }));
    lines
}
