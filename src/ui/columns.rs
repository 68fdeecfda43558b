//! The page of columns: a row a column, and beneath them what stands in the one the cursor is on.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::theme::{Role, Theme};
use super::write::{put, rule};
use crate::app::App;
use crate::app::columns::{Columns, foot_height, height};
use crate::app::wrap::wrap;

/// Draws the columns, or the fields to pick from.
pub fn draw(app: &App, page: &Columns, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    let heading = page.selected().map_or("", |column| column.heading.as_str());
    let title = if page.picking.is_some() {
        format!("Which field does {heading} go to?")
    } else {
        "Where does each column go?".to_owned()
    };
    rule(buf, Rect { height: 1, ..area }, &title, styles, theme);
    let rows = Rect { y: area.y + 1, height: height(app.size) as u16, ..area };
    let at = match page.picking {
        Some(cursor) => {
            let lines = page.fields.iter().map(|field| [field.label, field.help, ""].map(str::to_owned));
            list(cursor.at, cursor.top, lines, theme, rows, buf)
        }
        None => list(page.cursor.at, page.cursor.top, column_lines(page, theme), theme, rows, buf),
    };
    let foot = Rect { y: rows.bottom(), height: foot_height(app.size) as u16, ..area };
    draw_foot(page, theme, foot, buf);
    Some(Position::new(area.x, at))
}

/// Heading, field and samples of each column.
fn column_lines(page: &Columns, theme: Theme) -> impl Iterator<Item = [String; 3]> {
    page.columns.iter().map(move |column| {
        let field = page.field(column).map_or("", |field| field.label);
        let field = format!("{} {field}", theme.sign("→", ">"));
        [column.heading.clone(), field, column.samples.join(theme.sign(" · ", " | "))]
    })
}

/// Rows in three columns, of which a small screen shows two; says in which line the cursor stands.
fn list(
    cursor: usize,
    top: usize,
    lines: impl Iterator<Item = [String; 3]>,
    theme: Theme,
    area: Rect,
    buf: &mut Buffer,
) -> u16 {
    let first = (area.width * 3 / 10).max(16);
    let second = if area.width < 60 { area.width - first } else { area.width / 4 };
    let mut at = area.y;
    for (y, (number, [one, two, three])) in (area.y..area.bottom()).zip(lines.enumerate().skip(top)) {
        let style = theme.style(if number == cursor { Role::Selected } else { Role::Text });
        if number == cursor {
            at = y;
            buf.set_style(Rect { y, height: 1, ..area }, style);
        }
        put(buf, (area.x + 1, y), first - 2, &one, style, theme);
        let room = if three.is_empty() { area.width - first } else { second };
        put(buf, (area.x + first, y), room.saturating_sub(1), &two, style, theme);
        let after = area.x + first + second;
        put(buf, (after, y), area.right().saturating_sub(after), &three, style, theme);
    }
    at
}

/// What stands in the column, or what the import would do.
fn draw_foot(page: &Columns, theme: Theme, area: Rect, buf: &mut Buffer) {
    let what = if page.preview.is_some() { "This would come in" } else { "Its first cells" };
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    rule(buf, Rect { height: 1, ..area }, what, styles, theme);
    let samples = || page.selected().map(|column| column.samples.clone()).unwrap_or_default();
    let wrapped =
        |lines: &Vec<String>| lines.iter().flat_map(|line| wrap(line, area.width.saturating_sub(2).into())).collect();
    let lines: Vec<String> = page.preview.as_ref().map_or_else(samples, wrapped);
    for (y, line) in (area.y + 1..area.bottom()).zip(lines) {
        put(buf, (area.x + 1, y), area.width - 1, &line, theme.style(Role::Text), theme);
    }
}
