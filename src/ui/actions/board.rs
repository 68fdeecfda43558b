//! The board: a column for each state, a card for each action. Where there is no room for all columns one is shown.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::App;
use crate::app::actions::Group;
use crate::app::wrap::wrap;
use crate::model::action::ActionState;
use crate::model::choice::Choice;
use crate::model::date::format_date;
use crate::model::text::count;
use crate::model::{Action, Id, forum};
use crate::ui::list::is_small;
use crate::ui::theme::{Role, Theme};
use crate::ui::write::put;

/// Draws the columns; the cursor stands on the selected card.
pub(super) fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let groups = &app.screens.actions.groups;
    let now = groups.iter().position(|group| group.has(app.list().cursor.at))?;
    let heads = Rect { height: 1, ..area };
    let cards = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if is_small(app.size) {
        beside(groups, now, theme, heads, buf);
        return column(app, &groups[now], theme, cards, buf);
    }
    let cells = area.width / (groups.len() as u16).max(1);
    let mut cursor = None;
    for (x, (at, group)) in (area.x..).step_by(cells.into()).zip(groups.iter().enumerate()) {
        let role = if at == now { Role::Strong } else { Role::Quiet };
        let heading = format!("{} {}", group.heading, count(group.len));
        put(buf, (x + 1, heads.y), cells - 2, &heading, theme.style(role), theme);
        cursor = column(app, group, theme, Rect { x, width: cells - 1, ..cards }, buf).or(cursor);
    }
    cursor
}

/// The heading of the one column there is room for, and what lies to either side.
fn beside(groups: &[Group], now: usize, theme: Theme, area: Rect, buf: &mut Buffer) {
    let named = |group: &Group| format!("{} {}", group.heading, count(group.len));
    let is_filled = |group: &&Group| group.len > 0;
    let before = groups[..now].iter().rev().find(is_filled);
    let after = groups[now + 1..].iter().find(is_filled);
    let arrow = |fine, ascii| theme.sign(fine, ascii);
    let left = before.map(|_| format!("{} ", arrow("←", "<-"))).unwrap_or_default();
    let text = format!("{left}{}", named(&groups[now]));
    let used = put(buf, (area.x, area.y), area.width, &text, theme.style(Role::Strong), theme);
    let right = after.map(|group| format!("  {} {}", arrow("→", "->"), named(group))).unwrap_or_default();
    put(buf, (area.x + used, area.y), area.width - used, &right, theme.style(Role::Quiet), theme);
}

/// The cards of one column; they turn by whole screens as the cursor moves on.
fn column(app: &App, group: &Group, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let height = if is_small(app.size) { 2 } else { 3 };
    let fitting = usize::from(area.height / height).max(1);
    let at = app.list().cursor.at;
    let first = if group.has(at) { (at - group.start) / fitting * fitting } else { 0 };
    let mut cursor = None;
    for (y, row) in (area.y..).step_by(height.into()).zip(group.start + first..group.start + group.len).take(fitting) {
        let place = Rect { y, height: height.min(area.bottom() - y), ..area };
        let Some(hit) = app.list().rows.get(row) else { continue };
        card(app, hit.id, row == at, theme, place, buf);
        if row == at {
            cursor = Some(Position::new(area.x, y));
        }
    }
    cursor
}

/// What is to be done in the lines there are but one, and in the last who leads it and when it is due.
fn card(app: &App, id: Id, is_selected: bool, theme: Theme, area: Rect, buf: &mut Buffer) {
    let Some(action) = app.workspace.actions.get(id) else { return };
    let base = theme.style(if is_selected { Role::Selected } else { Role::Text });
    if is_selected {
        buf.set_style(area, base);
    }
    let mark = match (app.list().marks.contains(&id), is_selected) {
        (true, _) => theme.sign("✓", "x"),
        (false, true) => theme.sign("▌", ">"),
        (false, false) => " ",
    };
    put(buf, (area.x, area.y), 1, mark, base, theme);
    let cells = area.width.saturating_sub(1);
    let (title, rows) = (wrap(&action.what, cells.into()), usize::from(area.height.saturating_sub(1)).max(1));
    for (y, at) in (area.y..area.bottom()).zip(0..rows.min(title.len())) {
        // What has no room is not dropped in silence: the last line is cut with its sign.
        let rest = if at + 1 == rows { title[at..].join(" ") } else { title[at].clone() };
        put(buf, (area.x + 1, y), cells, &rest, base, theme);
    }
    let is_late = action.is_overdue(&app.workspace, app.today);
    let style = match (is_selected, is_late) {
        (true, _) => base,
        (false, true) => theme.style(Role::Warn),
        (false, false) => theme.style(Role::Quiet),
    };
    let below = area.y + (rows.min(title.len()) as u16).min(area.height - 1);
    if area.height > 1 {
        put(buf, (area.x + 1, below), cells, &who_and_when(app, action), style, theme);
    }
}

fn who_and_when(app: &App, action: &Action) -> String {
    let workspace = &app.workspace;
    let initials = action.lead.as_ref().map(|lead| {
        let known = lead.get(workspace).and_then(|person| person.initials.as_ref());
        known.map_or_else(|| lead.name(workspace).into_owned(), ToString::to_string)
    });
    let organisation = action.organisation.as_ref().map(|one| one.name(workspace).into_owned());
    let who = initials.or(organisation).unwrap_or_else(|| "nobody yet".to_owned());
    let when = match forum::due(workspace, action) {
        _ if action.state == ActionState::Dropped => action.state.label().to_owned(),
        Some(due) if action.is_overdue(&app.workspace, app.today) => format!("late, {}", format_date(due, app.today)),
        Some(due) => format_date(due, app.today),
        None if action.by_next_forum => "next forum".to_owned(),
        None => return who,
    };
    format!("{who} · {when}")
}
