//! The lines of a page that can be stood on: headings in rules, ticks, numbers before items, states at the right end.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::app::partners::rows::{RIGHT, Row, Rows};
use crate::ui::list::role_of;
use crate::ui::theme::{Role, Theme};
use crate::ui::write::{put, rule, width};

/// Draws the rows around the cursor, which stands on the selected one.
pub fn draw(rows: &Rows, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let window = rows.window(area.height.into());
    let mut found = None;
    let mut is_selected = false;
    for (y, (at, row)) in (area.y..area.bottom()).zip(rows.lines.iter().enumerate().skip(window.top)) {
        is_selected = at == window.at && !row.is_heading || is_selected && row.goes_on;
        let line = Rect { y, height: 1, ..area };
        draw_row(row, is_selected, theme, line, buf);
        if at == window.at {
            found = Some(Position::new(area.x, y));
        }
    }
    found
}

fn draw_row(row: &Row, is_selected: bool, theme: Theme, area: Rect, buf: &mut Buffer) {
    if row.is_heading {
        let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
        return rule(buf, area, &row.text, styles, theme);
    }
    let style = theme.style(if is_selected { Role::Selected } else { role_of(row.emphasis) });
    if is_selected {
        buf.set_style(area, style);
    }
    let x = area.x + row.indent;
    let mark = match row.holds {
        Some(true) => theme.sign("✓", "+"),
        Some(false) => theme.sign("✗", "-"),
        None => row.mark.as_str(),
    };
    let mark_x = if row.holds.is_some() { area.x } else { x.saturating_sub(width(mark) as u16 + 1) };
    put(buf, (mark_x, area.y), x.saturating_sub(mark_x), mark, style, theme);
    if is_selected && mark_x > area.x {
        put(buf, (area.x, area.y), 1, theme.sign("▌", ">"), style, theme);
    }
    let aside = if row.right.is_empty() && row.bar.is_none() { 0 } else { RIGHT as u16 };
    let room = (area.right().saturating_sub(x)).saturating_sub(aside);
    put(buf, (x, area.y), room, &row.text, style, theme);
    draw_right(row, style, theme, area, buf);
}

fn draw_right(row: &Row, style: Style, theme: Theme, area: Rect, buf: &mut Buffer) {
    let right = match row.bar {
        Some((part, whole)) => {
            let rest = usize::from(whole.saturating_sub(part));
            format!("{}{}", theme.sign("█", "#").repeat(part.into()), theme.sign("░", ".").repeat(rest))
        }
        None => row.right.clone(),
    };
    let cells = (width(&right) as u16).min(area.width);
    put(buf, (area.right() - cells, area.y), cells, &right, style, theme);
}
