//! The services screen: search line, list, detail, map, gaps.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::gaps::GapsTheme;
use super::map::{MapTheme, MapView, draw_map};
use super::theme::{Role, Theme};
use super::write::{beginning, cut, put, put_marked, rule, typed_part, width, wrap};
use super::{gaps, map};
use crate::app::App;
use crate::app::detail::{self, DetailRow};
use crate::app::services::{Sort, View, list_height};
use crate::model::date::format_age;
use crate::model::gaps::{count_by_district, points_of};
use crate::model::service::{Freshness, Service, Sex};
use crate::model::{AnyRecord, Emphasis, Id};
use crate::search::Hit;

/// From this many columns on, list and map stand side by side.
const WIDE: u16 = 100;

/// Whether a screen of this size shows one thing at a time.
pub(super) fn is_small((columns, rows): (u16, u16)) -> bool {
    columns < 60 || rows < 16
}

/// Draws the screen; the cursor stands in the search line or on the selected row.
pub fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let state = &app.services;
    let typed_at = search_line(app, theme, Rect { height: 1, ..area }, buf);
    let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
    let row = match state.view {
        View::Gaps => gaps_view(app, theme, body, buf),
        View::Map => Some(map_view(app, theme, body, buf)),
        View::List if state.detail_open => detail(app, theme, body, buf),
        View::List => list_view(app, theme, body, buf),
    };
    if state.searching { Some(typed_at) } else { row }
}

/// The line that is searched with, and how much it found.
fn search_line(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    let state = &app.services;
    let all = app.workspace.services.len();
    let mut right = match (state.found.partial, state.line.text().trim().is_empty()) {
        _ if !app.loaded => "reading the workspace".to_owned(),
        (_, true) => format!("{} services", detail::count(all)),
        (true, _) if area.width < 60 => "nearest".to_owned(),
        (true, _) => "nothing has every word; nearest:".to_owned(),
        (false, _) => format!("{} of {}", detail::count(state.rows.len()), detail::count(all)),
    };
    if area.width >= 60 && state.to_verify > 0 && !state.found.partial {
        right = format!("{right} · {} to verify", detail::count(state.to_verify));
    }
    if !state.marks.is_empty() {
        right = format!("{} marked", detail::count(state.marks.len()));
    } else if state.sort != Sort::Rank && area.width >= 60 {
        right = format!("{right} · {}", state.sort.label());
    }
    let right_cells = (width(&right) as u16).min(area.width / 2);
    put(buf, (area.right() - right_cells, area.y), right_cells, &right, theme.style(Role::Quiet), theme);
    let cells = area.width.saturating_sub(right_cells + 4);
    put(buf, (area.x, area.y), 2, "/ ", theme.style(Role::Key), theme);
    let (seen, column) = typed_part(state.line.text(), state.line.column(), cells.into());
    let (text, role) = match (seen.is_empty(), state.searching) {
        (true, false) => ("press / and type what you need", Role::Quiet),
        _ => (seen, Role::Text),
    };
    put(buf, (area.x + 2, area.y), cells, text, theme.style(role), theme);
    Position::new(area.x + 2 + (column as u16).min(cells), area.y)
}

fn list_view(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let height = (list_height(app.size) as u16).min(area.height);
    let wide = area.width >= WIDE && !theme.plain && !theme.ascii;
    let list = Rect { height, width: if wide { area.width * 3 / 5 } else { area.width }, ..area };
    let cursor = if app.services.rows.is_empty() { empty(app, theme, list, buf) } else { rows(app, theme, list, buf) };
    if wide {
        let right = Rect { x: list.right() + 1, width: area.width - list.width - 1, ..list };
        map_of_found(app, theme, right, buf);
    }
    if height + 1 < area.height {
        let brief_area = Rect { y: area.y + height, height: area.height - height, ..area };
        brief(app, theme, brief_area, buf);
    }
    cursor
}

/// What belongs on an empty screen, and which key puts it there.
fn empty(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let state = &app.services;
    let mut lines = Vec::new();
    if !app.loaded {
        return None;
    }
    if state.line.text().trim().is_empty() {
        lines.push("No services yet. Press n to add the first one, or : and write import.".to_owned());
    } else {
        lines.push("Nothing found. Esc clears the search.".to_owned());
        lines.extend(state.query.problems.iter().skip(1).cloned()); // the first stands in the status line
        if let Some((query, count)) = &state.found.suggestion {
            lines.push(format!("One word less, {query}, finds {}.", detail::count(*count)));
        }
    }
    for (at, line) in lines.iter().flat_map(|line| wrap(line, area.width.saturating_sub(4).into())).enumerate() {
        let y = area.y + 1 + at as u16;
        if y < area.bottom() {
            put(buf, (area.x + 2, y), area.width - 2, &line, theme.style(Role::Text), theme);
        }
    }
    None
}

/// Where the columns of the list stand: name, organisation, place, verified; a width of 0 is not drawn.
fn columns(cells: u16) -> [u16; 4] {
    if cells < 60 {
        let place = 12.min(cells / 3);
        return [cells.saturating_sub(place + 3), 0, place, 0];
    }
    let rest = cells - 2 - 9 - 3;
    let (organisation, place) = (rest * 3 / 10, rest / 5);
    [rest - place - organisation, organisation, place, 9]
}

fn rows(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let state = &app.services;
    let mut cursor = None;
    let seen = state.rows.iter().enumerate().skip(state.cursor.top).take(area.height.into());
    for (y, (at, id)) in (area.y..).zip(seen) {
        let Some(service) = app.workspace.services.get(*id) else { continue };
        let is_selected = at == state.cursor.at;
        row(app, service, is_selected, theme, Rect { y, height: 1, ..area }, buf);
        if is_selected {
            cursor = Some(Position::new(area.x, y));
        }
    }
    cursor
}

fn row(app: &App, service: &Service, is_selected: bool, theme: Theme, area: Rect, buf: &mut Buffer) {
    let base = if is_selected { theme.style(Role::Selected) } else { theme.style(Role::Text) };
    if is_selected {
        buf.set_style(area, base);
    }
    let quiet = if is_selected { base } else { theme.style(Role::Quiet) };
    let is_marked = app.services.marks.contains(&service.id);
    let mark = if is_marked {
        theme.sign("✓", "x")
    } else if is_selected {
        theme.sign("▌", ">")
    } else {
        " "
    };
    put(buf, (area.x, area.y), 1, mark, base, theme);
    let [name, organisation, place, verified] = columns(area.width);
    let mut x = area.x + 1;
    let closed = if service.is_open() { String::new() } else { format!(" ({})", state_word(service)) };
    let text = format!("{}{closed}", service.name);
    let styles = (base, base.patch(theme.style(Role::Match)));
    let marks = |text: &str| app.services.query.highlight(text);
    put_marked(buf, (x, area.y), name, &text, marks, styles, theme);
    x += name + 1;
    if organisation > 0 {
        let said = service.organisation.as_ref().map_or("".into(), |o| o.name(&app.workspace));
        put_marked(buf, (x, area.y), organisation, &said, marks, styles, theme);
        x += organisation + 1;
    }
    put_marked(buf, (x, area.y), place, &place_of(app, service), marks, styles, theme);
    x += place + 1;
    if verified > 0 {
        let (sign, age, role) = freshness(app, service, theme);
        let style = if is_selected { base } else { theme.style(role) };
        put(buf, (x, area.y), 2, sign, style, theme);
        put(buf, (x + 2, area.y), verified - 2, &age, if is_selected { base } else { quiet }, theme);
    }
}

fn state_word(service: &Service) -> &'static str {
    use crate::model::choice::Choice;
    service.status.label()
}

/// Where it is; when a distance was asked for, how far; a service that only serves the place says so.
fn place_of(app: &App, service: &Service) -> String {
    let hit: Option<&Hit> = app.services.found.hits.iter().find(|hit| hit.id == service.id);
    if let Some(km) = app.services.query.near().and(hit).and_then(Hit::km) {
        return format!("{km:.1} km");
    }
    if service.hide_address {
        return "hidden".to_owned();
    }
    if app.services.query.asks_in() && hit.is_some_and(|hit| !hit.is_located()) {
        return "serves it".to_owned();
    }
    match service.place() {
        Some(place) => place.to_owned(),
        None if service.serves.is_empty() => String::new(),
        None => format!("serves {}", service.serves[0]),
    }
}

/// The sign of how fresh the facts are, and how long ago they were checked.
fn freshness(app: &App, service: &Service, theme: Theme) -> (&'static str, String, Role) {
    let age = service.verified.as_ref().map_or("never".to_owned(), |verified| format_age(verified.on, app.today));
    match service.freshness(app.today) {
        Freshness::Fresh => (theme.sign("●", "*"), age, Role::Good),
        Freshness::Stale => (theme.sign("◐", "o"), age, Role::Warn),
        Freshness::Never => (theme.sign("○", "."), age, Role::Warn),
    }
}

/// The selected service in a few lines: what one reads out on the telephone.
fn brief(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) {
    let Some(service) = app.services.selected().and_then(|id| app.workspace.services.get(id)) else { return };
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    rule(buf, Rect { height: 1, ..area }, &service.name, styles, theme);
    for (y, (text, role)) in (area.y + 1..area.bottom()).zip(brief_lines(app, service, area.width.into())) {
        put(buf, (area.x, y), area.width, &text, theme.style(role), theme);
    }
}

fn brief_lines(app: &App, service: &Service, cells: usize) -> Vec<(String, Role)> {
    let record: AnyRecord = service.clone().into();
    let say = |field: &str| detail::words_of(&record, field, &app.workspace, app.today).replace('\n', "; ");
    let mut lines = Vec::new();
    let verified = detail::verified(service, app.today);
    let phone = service.any_phone().unwrap_or("phone not stated");
    let role = if verified.emphasis == Emphasis::Warn { Role::Warn } else { Role::Strong };
    lines.push((join(&[phone, &format!("verified {}", verified.text)]), role));
    if let Some(alert) = &service.alert {
        lines.push((alert.to_string(), Role::Warn));
    }
    if let Some(summary) = &service.summary {
        let wrapped = wrap(&crate::model::text::one_line(beginning(summary, 3 * cells)), cells);
        lines.extend(wrapped.into_iter().take(2).map(|line| (line, Role::Text)));
    }
    let ages = service.ages.map(|_| say("ages")).unwrap_or_default();
    let sex = if service.sex == Some(Sex::Any) { "any sex".to_owned() } else { say("sex") };
    lines.push((join(&[&ages, &sex, &say("clients"), &say("needs")]), Role::Text));
    let free = service.capacity.map(|_| format!("places free: {}", say("capacity"))).unwrap_or_default();
    lines.push((join(&[&say("routes"), &free, &say("opening")]), Role::Text));
    let serves = if service.serves.is_empty() { String::new() } else { format!("serves {}", say("serves")) };
    lines.push((join(&[&serves, &say("locations")]), Role::Text));
    if service.funding_warns(app.today) {
        let ends = service.funding_ends.map(|day| crate::model::date::format_date(day, app.today)).unwrap_or_default();
        lines.push((format!("funding ends {ends}"), Role::Warn));
    }
    lines.retain(|(text, _)| !text.is_empty());
    lines
}

/// The parts that say something, with dots between.
fn join(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ")
}

/// Everything about the selected service.
fn detail(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let record = app.selected()?;
    Some(facts_page(app, &record, app.services.detail_top, theme, area, buf))
}

/// The facts of a record as a page, with labels in a column of their own.
pub(super) fn facts_page(
    app: &App,
    record: &AnyRecord,
    top: usize,
    theme: Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Position {
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    rule(buf, Rect { height: 1, ..area }, &record.title(&app.workspace), styles, theme);
    let label_cells: u16 = if area.width < 60 { 12 } else { 16 };
    let text_cells = usize::from(area.width.saturating_sub(label_cells + 1));
    let mut lines: Vec<(&str, String, Role)> = Vec::new();
    for DetailRow { label, text, emphasis } in detail::rows(record, &app.workspace, app.today) {
        let role = match emphasis {
            Emphasis::Plain => Role::Text,
            Emphasis::Good => Role::Good,
            Emphasis::Warn => Role::Warn,
            Emphasis::Quiet => Role::Quiet,
        };
        for (at, line) in wrap(&text, text_cells).into_iter().enumerate() {
            lines.push((if at == 0 { label } else { "" }, line, role));
        }
    }
    let rows = usize::from(area.height) - 1;
    let top = top.min(lines.len().saturating_sub(rows));
    for (y, (label, text, role)) in (area.y + 1..area.bottom()).zip(lines.iter().skip(top)) {
        put(buf, (area.x, y), label_cells, label, theme.style(Role::Quiet), theme);
        put(buf, (area.x + label_cells + 1, y), text_cells as u16, text, theme.style(*role), theme);
    }
    Position::new(area.x, area.y + 1)
}

/// The map with the selected service below it.
fn map_view(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    let brief_height = if area.height >= 16 { 4 } else { 0 };
    let map_area = Rect { height: area.height - brief_height, ..area };
    map_of_found(app, theme, map_area, buf);
    if brief_height > 0 {
        brief(app, theme, Rect { y: map_area.bottom(), height: brief_height, ..area }, buf);
    }
    Position::new(area.x, map_area.bottom().min(area.bottom() - 1))
}

fn map_of_found(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) {
    if theme.ascii || theme.plain || area.width < 24 || area.height < 8 {
        let counts = count_by_district(&app.services.rows, &app.workspace, &app.atlas);
        map::district_table(&counts, &app.atlas, area, buf);
        return;
    }
    let dots = points_of(&app.services.rows, &app.workspace);
    let selected: Vec<Id> = app.services.selected().into_iter().collect();
    let selected = points_of(&selected, &app.workspace);
    let map_theme = if theme.colour { MapTheme::default() } else { MapTheme::mono() };
    draw_map(
        &MapView { atlas: &app.atlas, dots: &dots, chosen: &selected, centre: None, zoom: 1.0, theme: map_theme },
        area,
        buf,
    );
}

fn gaps_view(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let colours = if theme.colour { GapsTheme::default() } else { GapsTheme::mono() };
    let gaps_theme = GapsTheme { is_ascii: theme.ascii, ..colours };
    gaps::draw_gaps(&app.services.gaps, &app.atlas, app.services.gap, area, buf, gaps_theme)
}

/// A heading cut to its place.
pub(super) fn heading(text: &str, cells: u16, theme: Theme) -> String {
    cut(text, cells.into(), theme).into_owned()
}
