//! A form: one field a line, the one being typed in with its help and its mistakes beneath.

mod rows;
pub(super) mod text;

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::theme::{Role, Theme};
use super::write::{cut, put, rule, typed_part, width};
use crate::app::form::text::{NARROW, label_cells};
use crate::app::form::{Completion, Form, FormField, title};
use crate::app::input::TextInput;
use crate::app::wrap::wrap;
use crate::model::text::one_line;

/// With what a field is drawn.
#[derive(Clone, Copy)]
struct Pen<'a> {
    theme: Theme,
    /// What is offered to complete what is typed.
    completion: Option<&'a Completion>,
}

/// Draws the form; the cursor stands where the next letter goes.
pub fn draw(form: &Form, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let open = form.fields.get(form.at).filter(|_| form.is_whole);
    if let Some((field, block)) = open.and_then(|field| Some((field, field.block()?))) {
        return Some(text::draw_whole(form, (field, block), theme, area, buf));
    }
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    rule(buf, Rect { height: 1, ..area }, &title(form), styles, theme);
    let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
    let label_cells = label_cells(area.width);
    let mut y = body.y;
    let mut cursor = None;
    let pen = Pen { theme, completion: form.completion.as_ref() };
    for at in first_seen(form, label_cells, body)..=form.fields.len() {
        if y >= body.bottom() {
            break;
        }
        let row = Rect { y, height: body.bottom() - y, ..body };
        let Some(field) = form.fields.get(at) else {
            let role = if form.at == at { Role::Selected } else { Role::Text };
            put(buf, (area.x + label_cells + 1, y), 20, "[ Save ]", theme.style(role), theme);
            cursor = cursor.or((form.at == at).then(|| Position::new(area.x + label_cells + 1, y)));
            break;
        };
        if form.at == at {
            cursor = Some(open_field(pen, field, label_cells, body, row, buf));
            y += open_height(field, label_cells, body);
        } else {
            closed_field(field, label_cells, theme, row, buf);
            y += 1;
        }
    }
    cursor
}

/// The first field that is seen, so that the open one is with its help.
fn first_seen(form: &Form, label_cells: u16, body: Rect) -> usize {
    let open = form.fields.get(form.at).map_or(1, |field| open_height(field, label_cells, body));
    let above = usize::from(body.height.saturating_sub(open + 1));
    form.at.saturating_sub(above)
}

/// Lines that the field being typed in takes.
fn open_height(field: &FormField, label_cells: u16, body: Rect) -> u16 {
    let cells = usize::from(body.width - label_cells - 1);
    input_height(field, body) + below(field, cells).len() as u16
}

fn input_height(field: &FormField, body: Rect) -> u16 {
    match &field.typing {
        TextInput::Single(_) => 1,
        TextInput::Multi(block) => u16::from(is_narrow(body)) + block.rows() as u16,
        TextInput::Rows(input) => rows::height(input, body),
    }
}

/// Whether a long text stands below its label, to have the whole width.
fn is_narrow(body: Rect) -> bool {
    body.width < NARROW
}

/// What is said of the field that is typed in: what is wrong, else what it takes.
fn said(field: &FormField) -> (Cow<'_, str>, Role) {
    error_here(field).map_or_else(|| (field.hint(), Role::Quiet), |error| (error, Role::Wrong))
}

/// What a colleague wrote in it meanwhile.
fn moved(field: &FormField) -> Option<String> {
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

fn label(field: &FormField, style: Role, cells: u16, theme: Theme, area: Rect, buf: &mut Buffer) {
    let sign = if field.error.is_some() {
        "!"
    } else if field.moved.is_some() {
        theme.sign("↻", "~")
    } else if field.is_missing() {
        "*"
    } else {
        " "
    };
    put(buf, (area.x, area.y), 1, sign, theme.style(Role::Wrong), theme);
    put(buf, (area.x + 1, area.y), cells - 1, field.info.label, theme.style(style), theme);
}

fn closed_field(field: &FormField, cells: u16, theme: Theme, area: Rect, buf: &mut Buffer) {
    label(field, Role::Quiet, cells, theme, area, buf);
    let text = one_line(&field.typing.text());
    let room = usize::from(area.width - cells - 1);
    let (text, role) = match (&field.error, text.is_empty(), field.is_hidden) {
        (Some(error), ..) => {
            // What is wrong is seen, however long the text is.
            let left = room.saturating_sub(width(error) + 2).max(room / 4);
            (format!("{}  {error}", cut(&text, left, theme)), Role::Wrong)
        }
        (None, true, true) => ("hidden; what you type here replaces it".to_owned(), Role::Quiet),
        (None, _, _) if field.is_changed() => (text, Role::Strong),
        _ => (text, Role::Text),
    };
    put(buf, (area.x + cells + 1, area.y), area.width - cells - 1, &text, theme.style(role), theme);
}

/// The field being typed in: text, completion, what it takes or what is wrong.
fn open_field(pen: Pen<'_>, field: &FormField, cells: u16, body: Rect, area: Rect, buf: &mut Buffer) -> Position {
    let theme = pen.theme;
    label(field, Role::Strong, cells, theme, area, buf);
    let text_area = Rect { x: area.x + cells + 1, width: area.width - cells - 1, ..area };
    let cursor = match &field.typing {
        TextInput::Single(line) => {
            let room = usize::from(text_area.width) - 1;
            let (seen, column) = typed_part(line.text(), line.column(), room);
            let used = put(buf, (text_area.x, area.y), text_area.width, seen, theme.style(Role::Strong), theme);
            if let Some(completion) = pen.completion {
                let at = text_area.x + used;
                put(buf, (at, area.y), text_area.right() - at, &completion.offered, theme.style(Role::Quiet), theme);
            }
            Position::new(text_area.x + column as u16, area.y)
        }
        TextInput::Multi(block) if is_narrow(body) => {
            let under = Rect { x: area.x + 1, y: area.y + 1, width: area.width - 1, height: area.height - 1 };
            text::draw(block, theme, under, buf)
        }
        TextInput::Multi(block) => text::draw(block, theme, text_area, buf),
        TextInput::Rows(input) => rows::draw(pen, input, cells, body, area, buf),
    };
    let under = area.y + input_height(field, body);
    for (y, (text, role)) in (under..area.bottom()).zip(below(field, text_area.width.into())) {
        put(buf, (text_area.x, y), text_area.width, &text, theme.style(role), theme);
    }
    Position::new(cursor.x.min(area.right() - 1), cursor.y.min(area.bottom() - 1))
}
