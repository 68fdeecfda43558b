//! The told ledger: partners, how much they are still to be told, and since when they have heard nothing.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::App;
use crate::app::actions::{Ledger, ledger_height};
use crate::app::list::marked_in_words;
use crate::app::wrap::wrap;
use crate::model::choice::Choice;
use crate::model::date::format_date;
use crate::model::text::count;
use crate::model::told::Account;
use crate::ui::list;
use crate::ui::theme::{Role, Theme};
use crate::ui::write::{put, rule};

/// The cells of the columns behind the name: how much is to be told, when they were told last, the silence since.
const COLUMNS: [u16; 3] = [11, 26, 12];
/// The same where there is little room; when it was is left out.
const NARROW_COLUMNS: [u16; 3] = [11, 0, 11];

/// Draws the ledger; the cursor stands on the selected partner.
pub(super) fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    let ledger = &app.screens.actions.ledger;
    let typed_at = top_line(app, theme, Rect { height: 1, ..area }, buf);
    let columns = if area.width < 60 { NARROW_COLUMNS } else { COLUMNS };
    let heads = Rect { y: area.y + 1, height: 1, ..area };
    let headings = ["Partner", "To be told", "Told last", "Silence"].map(str::to_owned);
    cells(&headings, columns, theme.style(Role::Quiet), theme, heads, buf);
    let height = (ledger_height(app.size) as u16).min(area.height.saturating_sub(2));
    let rows = Rect { y: area.y + 2, height, ..area };
    let cursor = partners(app, ledger, columns, theme, rows, buf);
    let below = Rect { y: rows.bottom(), height: area.bottom().saturating_sub(rows.bottom()), ..area };
    if let Some(account) = ledger.selected().filter(|_| below.height > 1) {
        to_be_told(app, account, theme, below, buf);
    }
    if app.list().is_searching { typed_at } else { cursor }
}

/// What the partners are, or what is searched for among them.
fn top_line(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    let ledger = &app.screens.actions.ledger;
    let is_searched = !app.list().is_unsearched();
    let summary =
        if is_searched && ledger.accounts.is_empty() { "no such partner".to_owned() } else { summary(ledger) };
    if app.list().is_searching || is_searched {
        return list::search_line_with(&summary, app, theme, area, buf);
    }
    put(buf, (area.x, area.y), area.width, &summary, theme.style(Role::Quiet), theme);
    area.as_position()
}

fn summary(ledger: &Ledger) -> String {
    if !ledger.marks.is_empty() {
        return marked_in_words(ledger.marked());
    }
    match (ledger.accounts.len(), ledger.to_tell()) {
        (0, _) => "Nothing that is written down concerns anybody yet.".to_owned(),
        (1, 0) => "1 partner, who knows everything".to_owned(),
        (all, 0) => format!("{} partners, who know everything", count(all)),
        (all, some) => format!("{} of {} partners still to be told something", count(some), count(all)),
    }
}

fn partners(app: &App, ledger: &Ledger, columns: [u16; 3], theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    let mut cursor = Position::new(area.x, area.y);
    let seen = ledger.accounts.iter().enumerate().skip(ledger.cursor.top);
    for (y, (at, account)) in (area.y..area.bottom()).zip(seen) {
        let is_selected = at == ledger.cursor.at;
        let row = Rect { y, height: 1, ..area };
        let style = match (is_selected, account.owed.is_empty()) {
            (true, _) => theme.style(Role::Selected),
            (false, true) => theme.style(Role::Quiet),
            (false, false) => theme.style(Role::Text),
        };
        if is_selected {
            buf.set_style(row, style);
            cursor = Position::new(area.x, y);
        }
        let mark = match (ledger.marks.contains(&account.partner), is_selected) {
            (true, _) => theme.sign("✓", "x"),
            (false, true) => theme.sign("▌", ">"),
            (false, false) => " ",
        };
        put(buf, (area.x, y), 1, mark, style, theme);
        cells(&words(app, account), columns, style, theme, row, buf);
    }
    cursor
}

fn words(app: &App, account: &Account) -> [String; 4] {
    let name = account.partner.name(&app.workspace).into_owned();
    let to_tell = match account.owed.len() {
        0 => "nothing".to_owned(),
        1 => "1 thing".to_owned(),
        many => format!("{} things", count(many)),
    };
    let how = account.told_how.map(|how| format!(", {}", how.label())).unwrap_or_default();
    let last = account.told_on.map(|on| format!("{}{how}", format_date(on, app.today))).unwrap_or_default();
    let silence = match account.silence(app.today) {
        None => "never told".to_owned(),
        Some(0) => "told today".to_owned(),
        Some(1) => "1 day".to_owned(),
        Some(days) => format!("{} days", count(usize::try_from(days).unwrap_or_default())),
    };
    [name, to_tell, last, silence]
}

/// One line of the table; the name has what the columns leave.
fn cells(
    words: &[String; 4],
    columns: [u16; 3],
    style: ratatui::style::Style,
    theme: Theme,
    area: Rect,
    buf: &mut Buffer,
) {
    let behind: u16 = columns.iter().sum();
    let name = area.width.saturating_sub(behind + 1);
    let mut x = area.x + 1;
    for (word, cells) in words.iter().zip(std::iter::once(name).chain(columns)) {
        put(buf, (x, area.y), cells.saturating_sub(1), word, style, theme);
        x += cells;
    }
}

/// What the selected partner is still to be told, as far as there is room.
fn to_be_told(app: &App, account: &Account, theme: Theme, area: Rect, buf: &mut Buffer) {
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    rule(buf, Rect { height: 1, ..area }, &account.partner.name(&app.workspace), styles, theme);
    let known = "They know everything that concerns them.".to_owned();
    let said =
        account.owed.iter().map(|owed| format!("{} {}", if owed.is_change { "changed:" } else { "new:" }, owed.said));
    let said: Vec<String> = if account.owed.is_empty() { vec![known] } else { said.collect() };
    let lines = said.iter().flat_map(|one| wrap(one, area.width.saturating_sub(1).into()));
    for (y, line) in (area.y + 1..area.bottom()).zip(lines) {
        put(buf, (area.x + 1, y), area.width - 1, &line, theme.style(Role::Text), theme);
    }
}
