//! The tally: ranks, bars and numbers, ties in effect bracketed, the cut.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::{begin_row, first_seen, heading, lines};
use crate::app::App;
use crate::app::votes::initials;
use crate::app::votes::tally::{Row, TallyView, cut_said, height, is_small};
use crate::model::choice::Choice;
use crate::model::tally::{Item, Tally};
use crate::model::text::count;
use crate::ui::theme::{Role, Theme};
use crate::ui::write::{put, rule};

/// A number that may not be known.
fn known(number: Option<u64>) -> String {
    number.map_or_else(|| "–".to_owned(), |number| count(number as usize))
}

/// Draws the view; the cursor stands on the selected row.
pub(super) fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let view = &app.screens.votes.tally;
    let round = app.screens.votes.round(&app.workspace)?;
    let Some(tally) = &view.tally else {
        lines(&["the results are hidden until the round closes".to_owned()], theme, area, buf);
        return None;
    };
    let state =
        if view.one_dot { format!("{}, one dot each", tally.state.label()) } else { tally.state.label().to_owned() };
    heading(&format!("{}, {state}", round.name), "", theme, area, buf);
    put(
        buf,
        (area.x, area.y + 1),
        area.width,
        &totals(tally, view.one_dot, area.width),
        theme.style(Role::Text),
        theme,
    );
    let layout = Layout::new(area.width);
    let heads = Rect { y: area.y + 2, height: 1, ..area };
    let top = if is_small(app.size) { 2 } else { 3 };
    if top == 3 {
        layout.heads(theme, heads, buf);
    }
    let rows = Rect { y: area.y + top, height: (height(app.size) as u16).min(area.height.saturating_sub(top)), ..area };
    let cursor = draw_rows(app, tally, &layout, theme, rows, buf);
    let foot = Rect { y: rows.bottom(), height: area.bottom().saturating_sub(rows.bottom()), ..area };
    draw_foot(app, view, tally, theme, foot, buf);
    cursor
}

/// The totals in a line; in a narrow one those that matter most.
fn totals(tally: &Tally, is_one_dot: bool, cells: u16) -> String {
    let totals = &tally.totals;
    let unused = totals.issued.map(|issued| issued.saturating_sub(totals.dots));
    let dots = format!("dots {} of {}", count(totals.dots as usize), known(totals.issued));
    let ballots = match totals.ballots {
        Some(ballots) => format!("ballots {} of {}", count(ballots as usize), known(totals.eligible)),
        None => "counted on the wall".to_owned(),
    };
    if is_one_dot {
        return format!("{ballots} · counted as one dot each: {} in all", count(totals.dots as usize));
    }
    if cells < 60 {
        return format!("{ballots} · {dots}");
    }
    format!("{ballots} · blank {} · {dots} · unused {}", known(totals.blank), known(unused))
}

/// The columns that have room.
struct Layout {
    is_wide: bool,
    /// Cells of the bar.
    bar: u16,
}

/// Cells of the bracket, the rank and the dots with the blanks behind them.
const FIRST: u16 = 1 + 1 + 5 + 6;
/// Cells of people, organisations, voluntary and statutory, and share.
const MORE: u16 = 7 + 6 + 9 + 6;

impl Layout {
    fn new(cells: u16) -> Self {
        Self {
            is_wide: cells >= 60,
            bar: if cells >= 100 {
                24
            } else if cells >= 60 {
                10
            } else {
                5
            },
        }
    }

    fn heads(&self, theme: Theme, area: Rect, buf: &mut Buffer) {
        let style = theme.style(Role::Quiet);
        let mut x = area.x + 2;
        let mut head = |text: &str, cells: u16| {
            put(buf, (x, area.y), cells, text, style, theme);
            x += cells;
        };
        head("rank", 5);
        head(" dots", 6);
        if self.is_wide {
            head("people", 7);
            head(" orgs", 6);
            head("vol/stat", 9);
            head("share", 6);
        }
        head("", self.bar + 1);
        head("recommendation", 14);
    }
}

fn draw_rows(
    app: &App,
    tally: &Tally,
    layout: &Layout,
    theme: Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<Position> {
    let view = &app.screens.votes.tally;
    let mut cursor = None;
    let seen = view.rows.iter().enumerate().skip(first_seen(view.at, view.rows.len(), area));
    for (y, (at, row)) in (area.y..area.bottom()).zip(seen) {
        let place = Rect { y, height: 1, ..area };
        let is_selected = at == view.at.at;
        if is_selected {
            cursor = Some(Position::new(area.x, y));
        }
        let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
        match row {
            Row::Cut => rule(buf, place, &cut_said(tally, view.cut), styles, theme),
            Row::Heading(text) => rule(buf, place, text, styles, theme),
            Row::Item(at) => {
                let style = begin_row(is_selected, theme, place, buf);
                draw_item(tally, *at, layout, style, theme, place, buf);
            }
            Row::Late(id) => {
                let style = begin_row(is_selected, theme, place, buf);
                let record = app.workspace.recommendations.get(*id);
                let text = record.map(|record| crate::model::Rules::title(&**record, &app.workspace));
                put(buf, (place.x + 2, y), place.width - 2, &text.unwrap_or_default(), style, theme);
            }
            Row::Invalid(at) => {
                let style = begin_row(is_selected, theme, place, buf);
                let (id, why) = &tally.invalid[*at];
                put(buf, (place.x + 2, y), place.width - 2, &format!("{id}: {why}"), style, theme);
            }
        }
    }
    cursor
}

/// The sign that brackets neighbours within two dots.
fn bracket(items: &[Item], at: usize, theme: Theme) -> &'static str {
    let band = items[at].band;
    let is_same = |other: Option<&Item>| band.is_some() && other.is_some_and(|other| other.band == band);
    match (is_same(at.checked_sub(1).map(|above| &items[above])), is_same(items.get(at + 1))) {
        (false, true) => theme.sign("┌", "/"),
        (true, true) => theme.sign("│", "|"),
        (true, false) => theme.sign("└", "\\"),
        (false, false) => " ",
    }
}

fn draw_item(tally: &Tally, at: usize, layout: &Layout, style: Style, theme: Theme, area: Rect, buf: &mut Buffer) {
    let item = &tally.items[at];
    let y = area.y;
    put(buf, (area.x + 1, y), 1, bracket(&tally.items, at, theme), style, theme);
    let rank = item.rank_in_words().unwrap_or_else(|| "–".to_owned());
    put(buf, (area.x + 2, y), 5, &format!("{rank:>4}"), style, theme);
    put(buf, (area.x + 7, y), 6, &format!("{:>5}", known(item.known_dots())), style, theme);
    let mut x = area.x + FIRST;
    if layout.is_wide {
        let sides = match (item.voluntary, item.statutory) {
            (None, None) => "–".to_owned(),
            (voluntary, statutory) => format!("{}/{}", known(voluntary), known(statutory)),
        };
        let share = item.known_dots().map_or_else(|| "–".to_owned(), |_| format!("{:.0} %", item.share * 100.0));
        let numbers = format!("{:>6} {:>5} {sides:>8} {share:>5} ", known(item.people), known(item.organisations));
        put(buf, (x, y), MORE, &numbers, style, theme);
        x += MORE;
    }
    let most = tally.items.first().map_or(0, |first| first.dots);
    put(buf, (x, y), layout.bar, &bar(item.dots, most, layout.bar, theme), style, theme);
    x += layout.bar + 1;
    let number = item.number.as_deref().unwrap_or_default();
    let text = format!("{number} {}", item.title);
    put(buf, (x, y), area.right().saturating_sub(x), text.trim_start(), style, theme);
}

/// A bar of at most so many cells; whatever has dots has some of it.
fn bar(dots: u64, most: u64, cells: u16, theme: Theme) -> String {
    let halves = (dots * u64::from(cells) * 2).div_ceil(most.max(1)) as usize;
    let half = if halves % 2 == 1 { theme.sign("▌", "-") } else { "" };
    format!("{}{half}", theme.sign("█", "#").repeat(halves / 2))
}

/// Who stands behind the dots on an item, as far as it is known.
fn behind(item: &Item) -> Vec<String> {
    let of = |number: u64, one: &str, more: &str| {
        if number == 1 { format!("1 {one}") } else { format!("{} {more}", count(number as usize)) }
    };
    let people =
        item.people.map_or_else(|| "nobody knows how many people".to_owned(), |many| of(many, "person", "people"));
    let organisations = item.organisations.map(|many| format!(" from {}", of(many, "organisation", "organisations")));
    let sides = item.voluntary.zip(item.statutory);
    let sides = sides.map(|(voluntary, statutory)| format!("{voluntary} voluntary, {statutory} statutory"));
    std::iter::once(people + &organisations.unwrap_or_default()).chain(sides).collect()
}

/// What the selected item says in full.
fn draw_foot(app: &App, view: &TallyView, tally: &Tally, theme: Theme, area: Rect, buf: &mut Buffer) {
    let Some(id) = view.selected() else { return };
    let item = match view.rows.get(view.at.at) {
        Some(Row::Item(at)) => tally.items.get(*at),
        _ => None,
    };
    let numbers: Vec<String> = item.map(behind).unwrap_or_default();
    let record = app.workspace.recommendations.get(id);
    let title = record.map(|record| crate::model::Rules::title(&**record, &app.workspace).into_owned());
    let initials = initials::said(app, id);
    let initials = if initials.is_empty() { "no initials yet".to_owned() } else { format!("initials: {initials}") };
    if is_small(app.size) {
        let said: Vec<String> = numbers.into_iter().chain([initials]).collect();
        return lines(&said, theme, area, buf);
    }
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    rule(buf, Rect { height: 1, ..area }, &title.clone().unwrap_or_default(), styles, theme);
    let numbers = (!numbers.is_empty()).then(|| numbers.join(" · "));
    let said: Vec<String> = title.into_iter().chain(numbers).chain([initials]).collect();
    lines(&said, theme, Rect { y: area.y + 1, height: area.height - 1, ..area }, buf);
}
