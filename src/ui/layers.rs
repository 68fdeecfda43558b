//! What lies over a screen: lists of commands, a question, a page of text, records side by side.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::{Clear, Widget};

use super::theme::{Role, Theme};
use super::write::{cut, put, rule, typed_part};
use crate::app::App;
use crate::app::command::{Command, Scope};
use crate::app::compare::Compare;
use crate::app::page::Page;
use crate::app::palette::Palette;
use crate::app::prompt::Prompt;
use crate::app::wrap::wrap;

/// Cells for the keys of a command.
const KEY_CELLS: usize = 14;

/// A list of commands with their keys, or why they are not ready.
pub fn palette(app: &App, palette: &Palette, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    let title = if palette.is_help { "What can be done here (enter runs it)" } else { "Every command by name" };
    rule(buf, Rect { height: 1, ..area }, title, styles, theme);
    put(buf, (area.x, area.y + 1), 2, "> ", theme.style(Role::Key), theme);
    let (seen, column) = typed_part(palette.input.text(), palette.input.column(), usize::from(area.width) - 3);
    put(buf, (area.x + 2, area.y + 1), area.width - 2, seen, theme.style(Role::Text), theme);
    let typed_at = Position::new(area.x + 2 + column as u16, area.y + 1);
    let rows = Rect { y: area.y + 2, height: area.height - 2, ..area };
    let key_cells = if area.width < 60 { 10 } else { KEY_CELLS as u16 };
    let cells = area.width.saturating_sub(key_cells + 2);
    let chosen = palette.rows.get(palette.cursor.at).map(|command| in_lines(app, palette, command, cells));
    let taken = chosen.as_ref().map_or(1, Vec::len).min(rows.height.into());
    // What is chosen is said in full, so the rows above it give way where it would not fit.
    let top = palette.cursor.top.max((palette.cursor.at + taken).saturating_sub(rows.height.into()));
    let mut y = rows.y;
    for (at, command) in palette.rows.iter().enumerate().skip(top) {
        let is_selected = at == palette.cursor.at;
        let lines = chosen.clone().filter(|_| is_selected).unwrap_or_else(|| vec![said_of(app, palette, command)]);
        let height = (lines.len() as u16).min(rows.bottom().saturating_sub(y));
        let base = theme.style(if is_selected { Role::Selected } else { Role::Text });
        if is_selected {
            buf.set_style(Rect { y, height, ..rows }, base);
        }
        let keys: Vec<String> = app.keymap.keys(command).iter().map(ToString::to_string).collect();
        if height > 0 {
            put(buf, (area.x + 1, y), key_cells, &keys.join(", "), base, theme);
        }
        for (y, line) in (y..y + height).zip(&lines) {
            put(buf, (area.x + 2 + key_cells, y), cells, line, base, theme);
        }
        y += height;
    }
    if palette.rows.is_empty() {
        put(buf, (area.x + 2, rows.y), area.width - 2, "no command is called so", theme.style(Role::Quiet), theme);
    }
    Some(typed_at)
}

/// What a command does, or why it cannot be done just now.
fn said_of(app: &App, palette: &Palette, command: &Command) -> String {
    match (not_ready(app, palette, command), palette.is_help) {
        (Some(why), _) => format!("{} ({why})", command.help),
        (None, true) => command.help.to_owned(),
        (None, false) => format!("{}: {}", command.name, command.help),
    }
}

/// The same in as many lines as it takes.
fn in_lines(app: &App, palette: &Palette, command: &Command, cells: u16) -> Vec<String> {
    wrap(&said_of(app, palette, command), cells.into())
}

/// Why a command is not ready; asked only where the list lies over the command's own screen.
fn not_ready(app: &App, palette: &Palette, command: &Command) -> Option<&'static str> {
    let is_here = palette.chain.contains(&command.scope) && command.scope != Scope::COMMANDS;
    if is_here { (command.ready)(app).err() } else { None }
}

/// A question at the foot of the screen.
pub fn prompt(prompt: &Prompt, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let hint = prompt.error.as_deref().unwrap_or(&prompt.hint);
    let below = wrap(hint, area.width.saturating_sub(2).into());
    let height = (3 + below.len() as u16).min(area.height);
    let place = Rect { y: area.bottom() - height, height, ..area };
    Clear.render(place, buf);
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    rule(buf, Rect { height: 1, ..place }, prompt.question, styles, theme);
    put(buf, (place.x, place.y + 1), 2, "> ", theme.style(Role::Key), theme);
    let room = place.width - 3;
    let (seen, column) = typed_part(prompt.input.text(), prompt.input.column(), room.into());
    put(buf, (place.x + 2, place.y + 1), room, seen, theme.style(Role::Strong), theme);
    let role = if prompt.error.is_some() { Role::Wrong } else { Role::Quiet };
    for (y, line) in (place.y + 2..place.bottom()).zip(&below) {
        put(buf, (place.x + 2, y), place.width - 2, line, theme.style(role), theme);
    }
    Some(Position::new(place.x + 2 + column as u16, place.y + 1))
}

/// A page of text.
pub fn page(page: &Page, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    rule(buf, Rect { height: 1, ..area }, &page.title, styles, theme);
    let wrapped = page.wrapped(area.width.into());
    let lines = wrapped.iter().skip(page.top);
    for (y, line) in (area.y + 1..area.bottom()).zip(lines) {
        put(buf, (area.x, y), area.width, line, theme.style(Role::Text), theme);
    }
    Some(Position::new(area.x, area.y + 1))
}

/// The most lines that one field takes where records stand side by side.
const MAX_LINES: usize = 5;

/// Records side by side: what differs stands out.
pub fn compare(app: &App, compare: &Compare, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let records: Vec<_> = compare.ids.iter().filter_map(|id| app.workspace.get(*id)).collect();
    let names: Vec<_> = records.iter().map(|record| record.title(&app.workspace)).collect();
    let label_cells: u16 = if area.width < 60 { 9 } else { 16 };
    let cells = (area.width - label_cells) / names.len().max(1) as u16;
    let column = |at: usize| area.x + label_cells + cells * at as u16;
    for (at, name) in names.iter().enumerate() {
        let text = cut(name, cells.saturating_sub(1).into(), theme);
        put(buf, (column(at), area.y), cells, &text, theme.style(Role::Strong), theme);
    }
    let mut y = area.y + 1;
    for (label, said) in compare.rows.iter().skip(compare.top) {
        let differs = said.windows(2).any(|pair| pair[0] != pair[1]);
        let wrapped: Vec<Vec<String>> = said.iter().map(|text| short(text, cells.saturating_sub(1), theme)).collect();
        let height = wrapped.iter().map(Vec::len).max().unwrap_or(1).max(1) as u16;
        if y >= area.bottom() {
            break;
        }
        put(buf, (area.x, y), label_cells - 1, label, theme.style(Role::Quiet), theme);
        for (at, lines) in wrapped.iter().enumerate() {
            let role = if differs { Role::Strong } else { Role::Text };
            let shown: Vec<&str> = if lines.is_empty() {
                vec![theme.sign("–", "-")]
            } else {
                lines.iter().map(String::as_str).collect()
            };
            for (row, line) in (y..(y + height).min(area.bottom())).zip(shown) {
                put(buf, (column(at), row), cells.saturating_sub(1), line, theme.style(role), theme);
            }
        }
        y += height;
    }
    Some(Position::new(area.x, area.y + 1))
}

/// A text in at most five lines; the last says when there is more.
fn short(text: &str, cells: u16, theme: Theme) -> Vec<String> {
    let mut lines = wrap(text, cells.into());
    if lines.len() > MAX_LINES {
        lines.truncate(MAX_LINES);
        if let Some(last) = lines.last_mut() {
            let room = usize::from(cells).saturating_sub(2);
            *last = format!("{} {}", cut(last, room, theme).trim_end_matches(['…', '~']), theme.sign("…", "~"));
        }
    }
    lines
}
