//! One field of a form: closed in a few lines, or open with everything that is to be said of it.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use unicode_width::UnicodeWidthStr;

use super::{Pen, picks, rows, text};
use crate::app::form::FormField;
use crate::app::form::text::{NARROW, label_cells};
use crate::app::input::{LineInput, TextInput};
use crate::app::wrap::{places, wrap};
use crate::model::FieldType;
use crate::model::row::split_cells;
use crate::model::text::one_line;
use crate::ui::theme::{Role, Theme};
use crate::ui::write::{beginning, cut, put};

/// The most lines that a field takes while nobody types in it.
const CLOSED_LINES: usize = 3;

/// The most lines that a line being typed is broken into.
const OPEN_LINES: usize = 4;

/// Cells right of the labels.
fn text_cells(body: Rect) -> usize {
    usize::from(body.width.saturating_sub(label_cells(body.width) + 1)).max(1)
}

/// Lines that the field being typed in takes.
pub(super) fn open_height(pen: Pen<'_>, field: &FormField, body: Rect) -> u16 {
    let said = below(field, text_cells(body)).len() as u16;
    input_height(field, body) + said + picks::height(pen.picks, body)
}

fn input_height(field: &FormField, body: Rect) -> u16 {
    match &field.typing {
        TextInput::Single(line) => line_places(line, text_cells(body)).len().min(OPEN_LINES) as u16,
        TextInput::Multi(block) => u16::from(is_narrow(body)) + block.rows() as u16,
        TextInput::Rows(input) => rows::height(input, body),
    }
}

/// Whether a long text stands below its label, to have the whole width.
fn is_narrow(body: Rect) -> bool {
    body.width < NARROW
}

/// What is said of the field that is typed in: what is wrong, else what is to be doubted, else what it takes.
pub(super) fn said(field: &FormField) -> (Cow<'_, str>, Role) {
    if let Some(error) = error_here(field) {
        return (error, Role::Wrong);
    }
    match doubt_here(field) {
        Some(doubt) => (doubt.into(), Role::Warn),
        None => (field.hint(), Role::Quiet),
    }
}

/// What a colleague wrote in it meanwhile.
pub(super) fn moved(field: &FormField) -> Option<String> {
    field.moved.as_ref().map(|moved| match one_line(moved) {
        nothing if nothing.is_empty() => "a colleague emptied this meanwhile".to_owned(),
        said if field.is_changed() && field.is_list() => {
            format!("a colleague changed this meanwhile, saving keeps both: {said}")
        }
        said => format!("a colleague wrote meanwhile: {said}"),
    })
}

/// What stands beneath the field that is typed in: where one is in a long text, what it takes or what is wrong, and what a
/// colleague wrote.
fn below(field: &FormField, cells: usize) -> Vec<(String, Role)> {
    let (mut text, role) = said(field);
    if let Some(block) = field.block().filter(|block| block.lines().len() > block.rows()) {
        text = format!("{} · {text}", text::position(block)).into();
    }
    let lines =
        |text: &str, role| wrap(text, cells).into_iter().take(3).map(move |line| (line, role)).collect::<Vec<_>>();
    let mut all = lines(&text, role);
    all.extend(moved(field).map(|moved| lines(&moved, Role::Warn)).unwrap_or_default());
    all
}

/// What is wrong where the cursor is: in the field, or in the row of its table.
fn error_here(field: &FormField) -> Option<Cow<'_, str>> {
    let Some(input) = field.rows().filter(|input| input.first_error().is_some()) else {
        return field.error.as_deref().map(Cow::Borrowed);
    };
    let (row, column) = input.cursor();
    let error = input.rows().get(row)?.error.as_ref()?;
    let wrong = input.columns().get(error.column).filter(|_| error.column != column);
    Some(wrong.map_or(Cow::Borrowed(&*error.reason), |wrong| format!("{}: {}", wrong.label, error.reason).into()))
}

/// What is to be doubted where the cursor is.
fn doubt_here(field: &FormField) -> Option<String> {
    let Some(input) = field.rows() else { return field.doubt.as_ref().map(offering) };
    let row = input.rows().get(input.cursor().0)?;
    let (column, doubt) = row.doubts.iter().enumerate().find_map(|(at, doubt)| Some((at, doubt.as_ref()?)))?;
    let said = offering(doubt);
    Some(if column == input.cursor().1 { said } else { format!("{}: {said}", input.columns()[column].label) })
}

/// A doubt, with the key that makes what is missing.
fn offering(doubt: &crate::model::doubt::Doubt) -> String {
    let offer = if doubt.unknown.is_some() { "; ctrl-n adds it" } else { "" };
    format!("{}{offer}", doubt.sentence)
}

/// What is said beside a field that is closed.
fn beside(field: &FormField) -> Option<(String, Role)> {
    let wrong = field.error.clone().map(|error| (error, Role::Wrong));
    let doubt = || match field.rows() {
        None => field.doubt.as_ref().map(offering),
        Some(input) => {
            let mut rows = input.rows().iter().enumerate();
            rows.find_map(|(at, row)| {
                Some(format!("row {}: {}", at + 1, offering(row.doubts.iter().flatten().next()?)))
            })
        }
    };
    let unstated = || field.unstated().map(|said| (said.to_owned(), Role::Quiet));
    wrong.or_else(|| doubt().map(|said| (said, Role::Warn))).or_else(unstated)
}

fn label(field: &FormField, style: Role, theme: Theme, cells: u16, area: Rect, buf: &mut Buffer) {
    let (sign, role) = match beside(field) {
        Some((_, Role::Wrong)) => ("!", Role::Wrong),
        Some((_, Role::Warn)) => ("?", Role::Warn),
        _ if field.moved.is_some() => (theme.sign("↻", "~"), Role::Wrong),
        _ if field.is_missing() => ("*", Role::Wrong),
        _ => (" ", Role::Text),
    };
    put(buf, (area.x, area.y), 1, sign, theme.style(role), theme);
    put(buf, (area.x + 1, area.y), cells - 1, field.info.label, theme.style(style), theme);
}

/// What a closed field says, line by line: a table row by row, a text broken into lines.
fn closed_lines(field: &FormField, cells: usize) -> Vec<String> {
    let text = field.typing.text();
    if matches!(field.info.field_type, FieldType::Rows(_)) {
        let row = |line: &str| {
            let cells: Vec<String> = split_cells(line).into_iter().filter(|cell| !cell.is_empty()).collect();
            one_line(&cells.join(" | "))
        };
        return text.lines().map(row).collect();
    }
    wrap(&one_line(beginning(&text, cells * (CLOSED_LINES + 1))), cells)
}

/// Lines that are said below a closed field, where there is no room beside its text.
fn said_below(field: &FormField, body: Rect) -> Vec<String> {
    let cells = text_cells(body);
    let said = beside(field).filter(|_| !is_beside(field, body)).map(|(said, _)| wrap(&said, cells));
    said.unwrap_or_default().into_iter().take(CLOSED_LINES).collect()
}

pub(super) fn closed_height(field: &FormField, body: Rect) -> u16 {
    let lines = closed_lines(field, text_cells(body)).len();
    let said = said_below(field, body).len();
    (lines.clamp(usize::from(said == 0), CLOSED_LINES) + said) as u16
}

/// Whether there is room beside the text for what is to be said of it.
fn is_beside(field: &FormField, body: Rect) -> bool {
    let said = beside(field).map_or(0, |(said, _)| said.width());
    let lines = closed_lines(field, text_cells(body));
    lines.len() <= 1 && lines.first().map_or(0, |line| line.width() + 2) + said <= text_cells(body)
}

pub(super) fn closed_field(field: &FormField, theme: Theme, body: Rect, area: Rect, buf: &mut Buffer) {
    let cells = label_cells(body.width);
    label(field, Role::Quiet, theme, cells, area, buf);
    let (x, room) = (area.x + cells + 1, area.width.saturating_sub(cells + 1));
    let lines = closed_lines(field, room.into());
    if lines.is_empty() && field.is_hidden && field.error.is_none() {
        put(buf, (x, area.y), room, "hidden; what you type here replaces it", theme.style(Role::Quiet), theme);
        return;
    }
    let style = theme.style(if field.is_stated() { Role::Strong } else { Role::Text });
    let is_cut = lines.len() > CLOSED_LINES;
    let mut used = 0;
    for (at, line) in lines.iter().take(CLOSED_LINES).enumerate() {
        let y = area.y + at as u16;
        if y >= area.bottom() {
            return;
        }
        let is_last = is_cut && at + 1 == CLOSED_LINES;
        let text = match lines.len().saturating_sub(at) {
            rows if is_last && field.rows().is_some() => format!("{} {rows} more", theme.sign("…", "~")),
            _ if is_last => {
                format!("{}{}", cut(line, usize::from(room).saturating_sub(1), theme), theme.sign("…", "~"))
            }
            _ => line.clone(),
        };
        used = put(buf, (x, y), room, &text, style, theme);
    }
    let Some((said, role)) = beside(field) else { return };
    if is_beside(field, body) {
        let gap = if used > 0 { used + 2 } else { 0 };
        put(buf, (x + gap, area.y), room.saturating_sub(gap), &said, theme.style(role), theme);
        return;
    }
    let under = area.y + lines.len().min(CLOSED_LINES) as u16;
    for (y, line) in (under..area.bottom()).zip(said_below(field, body)) {
        put(buf, (x, y), room, &line, theme.style(role), theme);
    }
}

/// The lines of a line that is typed, as places in it; one more cell than its text, for the cursor behind it.
fn line_places(line: &LineInput, cells: usize) -> Vec<std::ops::Range<usize>> {
    places(line.text(), cells.saturating_sub(1).max(1))
}

/// The field being typed in: text, what there is to choose, what it takes or what is wrong.
pub(super) fn open_field(pen: Pen<'_>, field: &FormField, body: Rect, area: Rect, buf: &mut Buffer) -> Position {
    let theme = pen.theme;
    let cells = label_cells(body.width);
    label(field, Role::Strong, theme, cells, area, buf);
    let text_area = Rect { x: area.x + cells + 1, width: area.width.saturating_sub(cells + 1), ..area };
    let cursor = match &field.typing {
        TextInput::Single(line) => open_line(pen, line, text_area, buf),
        TextInput::Multi(block) if is_narrow(body) => {
            let under =
                Rect { x: area.x + 1, y: area.y + 1, width: area.width - 1, height: area.height.saturating_sub(1) };
            text::draw(block, theme, under, buf)
        }
        TextInput::Multi(block) => text::draw(block, theme, text_area, buf),
        TextInput::Rows(input) => rows::draw(pen, input, cells, body, area, buf),
    };
    let mut y = area.y + input_height(field, body);
    for (text, role) in below(field, text_area.width.into()) {
        if y < area.bottom() {
            put(buf, (text_area.x, y), text_area.width, &text, theme.style(role), theme);
        }
        y += 1;
    }
    picks::draw(pen, body, Rect { y, height: area.bottom().saturating_sub(y), ..text_area }, buf);
    Position::new(cursor.x.min(area.right() - 1), cursor.y.min(area.bottom() - 1))
}

/// A line broken into as many as it needs, with what would complete it behind.
fn open_line(pen: Pen<'_>, line: &LineInput, area: Rect, buf: &mut Buffer) -> Position {
    let theme = pen.theme;
    let lines = line_places(line, area.width.into());
    let row = lines.partition_point(|at| at.start <= line.cursor()).saturating_sub(1);
    let top = (row + 1).saturating_sub(OPEN_LINES);
    let style = theme.style(if line.is_proposed() { Role::Selected } else { Role::Strong });
    let mut used = 0;
    let mut last = area.y;
    for (y, at) in (area.y..area.bottom()).zip(lines.iter().skip(top).take(OPEN_LINES)) {
        used = put(buf, (area.x, y), area.width, &line.text()[at.clone()], style, theme);
        last = y;
    }
    if let Some(offered) = pen.picks.offered() {
        put(buf, (area.x + used, last), area.width.saturating_sub(used), &offered, theme.style(Role::Quiet), theme);
    }
    let start = lines.get(row).map_or(0, |at| at.start);
    let column = line.text().get(start..line.cursor()).map_or(0, UnicodeWidthStr::width);
    Position::new(area.x + column as u16, area.y + (row - top.min(row)) as u16)
}
