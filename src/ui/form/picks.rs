//! The list of what there is to choose, below the field that is typed in.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Pen;
use crate::app::form::Picks;
use crate::ui::theme::Role;
use crate::ui::write::put;

/// So many choices are seen at once; on low screens fewer.
const MOST: u16 = 6;

/// Choices that are seen.
fn seen(picks: &Picks, body: Rect) -> u16 {
    let room = (body.height / 3).clamp(1, MOST);
    room.min(picks.options.len() as u16)
}

/// Lines that the list takes.
pub(super) fn height(picks: &Picks, body: Rect) -> u16 {
    let seen = seen(picks, body);
    seen + u16::from(hidden(picks, seen) > 0)
}

/// How many choices are not seen.
fn hidden(picks: &Picks, seen: u16) -> usize {
    picks.options.len() - usize::from(seen).min(picks.options.len()) + picks.more
}

/// Draws the list; the choice that stands in the field is marked.
pub(super) fn draw(pen: Pen<'_>, body: Rect, area: Rect, buf: &mut Buffer) {
    let (picks, theme) = (pen.picks, pen.theme);
    let seen = seen(picks, body);
    let at = picks.at.unwrap_or_default();
    let top = (at + 1).saturating_sub(seen.into());
    let mut lines = area.y..area.bottom();
    for (at, pick) in picks.options.iter().enumerate().skip(top).take(seen.into()) {
        let Some(y) = lines.next() else { return };
        let is_taken = picks.at == Some(at);
        let sign = if is_taken { theme.sign("›", ">") } else { " " };
        put(buf, (area.x, y), 1, sign, theme.style(Role::Key), theme);
        let style = theme.style(if is_taken { Role::Strong } else { Role::Text });
        let x = area.x + 2;
        let used = put(buf, (x, y), area.right().saturating_sub(x), &pick.value, style, theme);
        if let Some(because) = &pick.because {
            let x = x + used + 2;
            put(buf, (x, y), area.right().saturating_sub(x), because, theme.style(Role::Quiet), theme);
        }
    }
    let hidden = hidden(picks, seen);
    if let Some(y) = lines.next().filter(|_| hidden > 0) {
        let more = format!("  {} {hidden} more", theme.sign("…", "~"));
        put(buf, (area.x, y), area.width, &more, theme.style(Role::Quiet), theme);
    }
}
