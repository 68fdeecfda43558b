//! Whose ballot, a ballot being filled in, the count of the wall: a line that is typed in with a list below it.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::{begin_row, first_seen, heading, typed_line};
use crate::app::App;
use crate::app::votes::sheet::Sheet;
use crate::app::wrap::wrap;
use crate::model::text::count as number;
use crate::model::{Id, Round};
use crate::ui::theme::{Role, Theme};
use crate::ui::write::put;

/// The three lines on top: what it is about, the line, what was wrong or what there is to know. Returns where the cursor of
/// the line stands, and the rest.
fn top(
    (left, right): (&str, &str),
    (line, hint): (&crate::app::input::LineInput, &str),
    (said, is_wrong): (&str, bool),
    theme: Theme,
    area: Rect,
    buf: &mut Buffer,
) -> (Position, Rect) {
    heading(left, right, theme, Rect { height: 1, ..area }, buf);
    let typed_at = typed_line(line, hint, theme, Rect { y: area.y + 1, height: 1, ..area }, buf);
    let role = if is_wrong { Role::Wrong } else { Role::Quiet };
    // What was wrong is said in full; the list gives way.
    let most = if is_wrong { usize::from(area.height.saturating_sub(4)).clamp(1, 4) } else { 1 };
    let mut said_lines = if is_wrong { wrap(said, area.width.into()) } else { vec![said.to_owned()] };
    said_lines.truncate(most);
    let taken = 2 + said_lines.len().max(1) as u16;
    for (y, line) in (area.y + 2..area.bottom()).zip(&said_lines) {
        put(buf, (area.x, y), area.width, line, theme.style(role), theme);
    }
    (typed_at, Rect { y: area.y + taken, height: area.height.saturating_sub(taken), ..area })
}

fn round_of(app: &App) -> Option<&Round> {
    app.screens.votes.round(&app.workspace)
}

/// Whose ballot comes next.
pub(super) fn voters(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    let entry = &app.screens.votes.entry;
    let name = round_of(app).map_or("", |round| round.name.as_str());
    let (cast, of) = entry.turnout;
    let of = of.map(|of| format!(" of {}", number(of as usize))).unwrap_or_default();
    let right = format!("{}{of} cast", number(cast));
    let said = entry.problem.as_deref().unwrap_or("# is the next paper ballot without a name, #7 that one");
    let hint = "whose ballot? initials or a name";
    let (typed_at, rows) = top((name, &right), (&entry.line, hint), (said, entry.problem.is_some()), theme, area, buf);
    let seen = entry.voters.iter().enumerate().skip(first_seen(entry.at, entry.voters.len(), rows));
    for (y, (at, voter)) in (rows.y..rows.bottom()).zip(seen) {
        let row = Rect { y, height: 1, ..rows };
        let style = begin_row(at == entry.at.at, theme, row, buf);
        put(buf, (row.x + 1, y), 5, &voter.initials, style, theme);
        let voted = if voter.has_voted { "voted" } else { "" };
        put(buf, (row.right().saturating_sub(6), y), 6, voted, style, theme);
        put(buf, (row.x + 7, y), row.width.saturating_sub(14), &voter.name, style, theme);
    }
    typed_at
}

/// A ballot being filled in.
pub(super) fn ballot(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    let state = &app.screens.votes;
    let (Some(round), Some(ballot)) = (round_of(app), &state.entry.ballot) else { return area.as_position() };
    let budget = u32::from(round.dots.unwrap_or_default());
    let sum = ballot.filling.sum();
    let right = format!("{sum} of {budget} dots, {} left", budget.saturating_sub(sum));
    let left = if ballot.replaces {
        format!("{}, in place of the ballot they cast", ballot.name)
    } else {
        ballot.name.clone()
    };
    let down: Vec<String> =
        ballot.filling.dots.iter().map(|(item, dots)| format!("{} {dots}", state.sheet.label(*item))).collect();
    let down =
        if down.is_empty() { "nothing is put down yet".to_owned() } else { format!("down: {}", down.join("  ")) };
    let said = state.sheet.problem.as_ref().map_or((down.as_str(), false), |problem| (problem.as_str(), true));
    let hint = "item and dots: 17.2 5";
    let (typed_at, rows) = top((&left, &right), (&state.sheet.line, hint), said, theme, area, buf);
    let dots = |item: Id| match ballot.filling.on(item) {
        0 => String::new(),
        dots => dots.to_string(),
    };
    let row_at = items(&state.sheet, (3, &dots), theme, rows, buf);
    if state.sheet.is_in_list { row_at.unwrap_or(typed_at) } else { typed_at }
}

/// The count of the wall.
pub(super) fn count(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    let state = &app.screens.votes;
    let counting = &state.counting;
    let left = format!("counted by {}", counting.counter);
    let right = format!("{} of {} counted", counting.counted.len(), state.sheet.options.len());
    let differ: Vec<&str> = counting.differing.iter().map(|item| state.sheet.label(*item)).collect();
    let told = match (differ.is_empty(), counting.waiting) {
        (false, _) => format!("the counters differ, count again: {}", differ.join(", ")),
        (true, 0) => counting.checksum.clone(),
        (true, waiting) => format!("{}; {waiting} counted by the other alone", counting.checksum),
    };
    let is_wrong = state.sheet.problem.is_some() || !differ.is_empty();
    let said = state.sheet.problem.as_deref().unwrap_or(&told);
    let hint = "item and dots: 17.2 14";
    let (typed_at, rows) = top((&left, &right), (&state.sheet.line, hint), (said, is_wrong), theme, area, buf);
    let sign = |item: Id| match (counting.differing.contains(&item), counting.counted.contains(&item)) {
        (true, _) => "differ".to_owned(),
        (false, true) => "done".to_owned(),
        (false, false) => String::new(),
    };
    let row_at = items(&state.sheet, (7, &sign), theme, rows, buf);
    let is_typing = !state.sheet.line.text().is_empty();
    if state.sheet.is_in_list && !is_typing { row_at.unwrap_or(typed_at) } else { typed_at }
}

/// The items of the round, each with what is to be said of it; where the selected one stands.
fn items(
    sheet: &Sheet,
    (cells, said): (u16, &dyn Fn(Id) -> String),
    theme: Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<Position> {
    let mut selected = None;
    let seen = sheet.options.iter().enumerate().skip(first_seen(sheet.at, sheet.options.len(), area));
    for (y, (at, option)) in (area.y..area.bottom()).zip(seen) {
        let row = Rect { y, height: 1, ..area };
        let is_selected = at == sheet.at.at;
        // Until an arrow leads into the list the row is only pointed at.
        let style = begin_row(is_selected && sheet.is_in_list, theme, row, buf);
        if is_selected {
            put(buf, (row.x, y), 1, theme.sign("▌", ">"), style, theme);
            selected = Some(Position::new(row.x, y));
        }
        put(buf, (row.x + 1, y), cells, &said(option.id), style, theme);
        put(buf, (row.x + 2 + cells, y), 6, &option.label, style, theme);
        let x = row.x + 9 + cells;
        put(buf, (x, y), row.right().saturating_sub(x), &option.text, style, theme);
    }
    selected
}
