//! The people screen: people first, then organisations, each with what they have a part in.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::services::facts_page;
use super::theme::{Role, Theme};
use super::write::{put, typed_part, width};
use crate::app::App;
use crate::app::detail;
use crate::app::services::list_height;
use crate::model::choice::Choice;
use crate::model::{AnyRecord, Id, Kind};

/// Draws the screen; the cursor stands in the search line or on the selected row.
pub fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let state = &app.people;
    let typed_at = search_line(app, theme, area, buf);
    let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
    let record = state.selected().and_then(|id| app.workspace.get(id));
    if let (true, Some(record)) = (state.detail_open, &record) {
        return Some(facts_page(app, record, state.detail_top, theme, body, buf));
    }
    let height = (list_height(app.size) as u16).min(body.height);
    let row = rows(app, theme, Rect { height, ..body }, buf);
    if let Some(record) = record.filter(|_| height + 1 < body.height) {
        let below = Rect { y: body.y + height, height: body.height - height, ..body };
        facts_page(app, &record, 0, theme, below, buf);
    }
    if state.searching { Some(typed_at) } else { row }
}

fn search_line(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    let state = &app.people;
    let (people, organisations) = (app.workspace.people.len(), app.workspace.organisations.len());
    let right = format!("{} people · {} organisations", detail::count(people), detail::count(organisations));
    let right_cells = (width(&right) as u16).min(area.width / 2);
    put(buf, (area.right() - right_cells, area.y), right_cells, &right, theme.style(Role::Quiet), theme);
    put(buf, (area.x, area.y), 2, "/ ", theme.style(Role::Key), theme);
    let cells = area.width - right_cells - 4;
    let (seen, column) = typed_part(state.line.text(), state.line.column(), cells.into());
    let (text, role) = match (seen, state.searching) {
        ("", false) => ("press / and type a name", Role::Quiet),
        (text, _) => (text, Role::Text),
    };
    put(buf, (area.x + 2, area.y), cells, text, theme.style(role), theme);
    Position::new(area.x + 2 + (column as u16).min(cells), area.y)
}

fn rows(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let state = &app.people;
    if state.rows.is_empty() && app.loaded {
        let text = if state.line.text().is_empty() {
            "Nobody yet. Press n for a person, o for an organisation."
        } else {
            "Nobody found. Esc clears the search."
        };
        put(buf, (area.x + 2, area.y + 1), area.width - 2, text, theme.style(Role::Text), theme);
    }
    let mut cursor = None;
    let seen = state.rows.iter().enumerate().skip(state.cursor.top).take(area.height.into());
    for (y, (at, id)) in (area.y..).zip(seen) {
        let is_selected = at == state.cursor.at;
        let style = theme.style(if is_selected { Role::Selected } else { Role::Text });
        if is_selected {
            buf.set_style(Rect { y, height: 1, ..area }, style);
            cursor = Some(Position::new(area.x, y));
        }
        let name_cells = (area.width - 2) * 2 / 5;
        let mark = if is_selected { theme.sign("▌", ">") } else { " " };
        put(buf, (area.x, y), 1, mark, style, theme);
        let (name, about) = said(app, *id);
        put(buf, (area.x + 1, y), name_cells, &name, style, theme);
        put(buf, (area.x + 2 + name_cells, y), area.width - name_cells - 2, &about, style, theme);
    }
    cursor
}

/// The name of a record, and in a few words who that is.
fn said(app: &App, id: Id) -> (String, String) {
    let Some(record) = app.workspace.get(id) else { return Default::default() };
    let about = match &record {
        AnyRecord::Person(person) => {
            let role = |role: &crate::model::person::Role| {
                let title = role.title.as_ref().map(|title| format!("{title}, ")).unwrap_or_default();
                format!("{title}{}", role.organisation.name(&app.workspace))
            };
            person.roles.iter().map(role).collect::<Vec<_>>().join("; ")
        }
        AnyRecord::Organisation(organisation) => {
            let sector = organisation.sector.map_or("sector not stated", Choice::label);
            format!("{} · {sector}", Kind::Organisation.singular())
        }
        _ => String::new(),
    };
    (record.title(&app.workspace).into_owned(), about)
}
