//! Sorting into themes: recommendations with the letters of their themes, and the themes with what they gather.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{begin_row, first_seen, heading, lines};
use crate::app::App;
use crate::app::votes::initials;
use crate::app::votes::theming::{ItemRow, ThemeRow, Theming, heights};
use crate::model::choice::Choice;
use crate::model::roll_up::RollUp;
use crate::model::text::count;
use crate::model::{Ref, Rules};
use crate::ui::theme::{Role, Theme};
use crate::ui::write::{cut, put, rule};

/// Draws the view; the cursor stands on the selected row of the pane the keys go to.
pub(super) fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let state = &app.screens.votes.theming;
    let unsorted = state.themes.last().map_or(0, |row| row.roll_up.recommendations);
    let right = format!("{} without a theme", count(unsorted));
    let left = match state.marks.len() {
        0 => "Themes".to_owned(),
        n => format!("Themes · {n} marked"),
    };
    heading(&left, &right, theme, Rect { height: 1, ..area }, buf);
    let (items, themes) = heights(app.size);
    let (items, themes) = (items as u16, themes as u16);
    let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
    if app.size.0 < 60 || app.size.1 < 16 {
        return if state.is_in_themes {
            draw_themes(state, theme, Rect { height: themes + 1, ..body }, buf)
        } else {
            let cursor = draw_items(state, theme, Rect { height: items + 1, ..body }, buf);
            let foot = Rect { y: body.y + items + 1, height: 1, ..body };
            put(buf, (foot.x, foot.y), foot.width, &place_of(app, state), theme.style(Role::Quiet), theme);
            cursor
        };
    }
    let is_wide = app.size.0 >= 100;
    let left = Rect { width: if is_wide { area.width / 2 } else { area.width }, height: items + 1, ..body };
    let right = if is_wide {
        Rect { x: left.right() + 1, width: area.width - left.width - 1, ..left }
    } else {
        Rect { y: left.bottom(), height: themes + 1, ..left }
    };
    let item_at = draw_items(state, theme, left, buf);
    let theme_at = draw_themes(state, theme, right, buf);
    let foot = right.bottom();
    draw_foot(app, state, theme, Rect { y: foot, height: area.bottom().saturating_sub(foot), ..area }, buf);
    if state.is_in_themes { theme_at } else { item_at }
}

fn draw_items(state: &Theming, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let dots = if state.has_dots { "dots" } else { "" };
    let filter = if state.only_unsorted { "recommendations without a theme" } else { "recommendations" };
    let head = format!("  no.    {dots:>4}    {filter}");
    put(buf, (area.x, area.y), area.width, &head, theme.style(Role::Quiet), theme);
    let mut cursor = None;
    let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let seen = state.items.iter().enumerate().skip(first_seen(state.at, state.items.len(), rows));
    for (y, (at, item)) in (rows.y..rows.bottom()).zip(seen) {
        let row = Rect { y, height: 1, ..area };
        let is_selected = at == state.at.at;
        let style = begin_row(is_selected && !state.is_in_themes, theme, row, buf);
        let mark = if state.marks.contains(&item.id) { theme.sign("✓", "x") } else { "" };
        put(buf, (row.x + 1, y), 1, mark, style, theme);
        put(buf, (row.x + 2, y), row.width.saturating_sub(2), &item_line(state, item), style, theme);
        if is_selected {
            cursor = Some(Position::new(row.x, y));
        }
    }
    cursor
}

fn item_line(state: &Theming, item: &ItemRow) -> String {
    let dots = match (state.has_dots, item.dots) {
        (true, Some(dots)) => count(dots as usize),
        (true, None) => "–".to_owned(),
        (false, _) => String::new(),
    };
    let letter = match (item.theme, state.letter(item.theme)) {
        (Some(_), Some(letter)) => letter,
        (Some(_), None) => '*',
        (None, _) => ' ',
    };
    let answer = item.answer.map(|answer| format!(" ({})", answer.label())).unwrap_or_default();
    format!("{:<6} {dots:>4}  {letter} {}{answer}", item.label, item.text)
}

/// The heads of the numbers of a theme, from those for much room to those for little.
const HEADS: [&str; 3] = [" dots  best people items topics initials", " dots  best people items", " dots items"];

fn draw_themes(state: &Theming, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let head = HEADS[usize::from(area.width < 70) + usize::from(area.width < 46)];
    let cells = head.len() as u16;
    let name = area.width.saturating_sub(cells + 5);
    put(buf, (area.x + 4, area.y), name, "themes", theme.style(Role::Quiet), theme);
    put(buf, (area.x + 4 + name, area.y), cells, head, theme.style(Role::Quiet), theme);
    let mut cursor = None;
    let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let seen = state.themes.iter().enumerate().skip(first_seen(state.theme_at, state.themes.len(), rows));
    for (y, (at, one)) in (rows.y..rows.bottom()).zip(seen) {
        let row = Rect { y, height: 1, ..area };
        let is_selected = at == state.theme_at.at && state.is_in_themes;
        let style = begin_row(is_selected, theme, row, buf);
        let letter = one.letter.map(String::from).unwrap_or_default();
        put(buf, (row.x + 1, y), 2, &letter, style, theme);
        let priority = if one.is_priority { " (priority)" } else { "" };
        let short = cut(&one.name, usize::from(name).saturating_sub(priority.len()), theme);
        put(buf, (row.x + 4, y), name, &format!("{short}{priority}"), style, theme);
        put(buf, (row.x + 4 + name, y), cells, &numbers(state, one, head), style, theme);
        if is_selected {
            cursor = Some(Position::new(row.x, y));
        }
    }
    cursor
}

fn numbers(state: &Theming, row: &ThemeRow, head: &str) -> String {
    let gathered = &row.roll_up;
    let dots = |dots: u64| if state.has_dots { count(dots as usize) } else { "–".to_owned() };
    let (all, best) = (dots(gathered.dots), dots(gathered.best));
    let people = gathered.voters.map_or_else(|| "–".to_owned(), |people| count(people as usize));
    let RollUp { recommendations: items, topics, people: initials, .. } = gathered;
    match head {
        head if head == HEADS[0] => format!("{all:>5} {best:>5} {people:>6} {items:>5} {topics:>6} {initials:>8}"),
        head if head == HEADS[1] => format!("{all:>5} {best:>5} {people:>6} {items:>5}"),
        _ => format!("{all:>5} {items:>5}"),
    }
}

/// Where the selected recommendation is, or what is suggested.
fn place_of(app: &App, state: &Theming) -> String {
    let Some(record) = state.items.get(state.at.at).and_then(|item| app.workspace.recommendations.get(item.id)) else {
        return String::new();
    };
    let also: Vec<String> = record.also.iter().map(|theme| theme.name(&app.workspace).into_owned()).collect();
    let also = if also.is_empty() { String::new() } else { format!(", also in {}", also.join(", ")) };
    match (record.theme.as_ref(), state.suggested) {
        (Some(theme), _) => format!("in {}{also}", theme.name(&app.workspace)),
        (None, Some(theme)) => format!("no theme{also}; its words speak for {}: enter", state.name(theme)),
        (None, None) => format!("no theme{also}"),
    }
}

fn draw_foot(app: &App, state: &Theming, theme: Theme, area: Rect, buf: &mut Buffer) {
    if area.height == 0 {
        return;
    }
    let Some(record) = state.items.get(state.at.at).and_then(|item| app.workspace.recommendations.get(item.id)) else {
        return lines(&["no recommendations yet: they come from the topics".to_owned()], theme, area, buf);
    };
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    let topic = record.topic.as_ref().map(|topic: &Ref<_>| topic.name(&app.workspace).into_owned()).unwrap_or_default();
    rule(buf, Rect { height: 1, ..area }, &topic, styles, theme);
    let initials = initials::said(app, record.id);
    let reason = record.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let answer = record.answer.map(|answer| format!("{}{reason}", answer.label()));
    let rest: Vec<String> = [Some(initials).filter(|it| !it.is_empty()), answer].into_iter().flatten().collect();
    let mut said = vec![record.title(&app.workspace).into_owned(), place_of(app, state)];
    said.extend((!rest.is_empty()).then(|| rest.join(" · ")));
    lines(&said, theme, Rect { y: area.y + 1, height: area.height - 1, ..area }, buf);
}
