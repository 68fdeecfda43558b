//! A form: its parts with their headings, the field being typed in with what there is to choose, its help and its mistakes
//! beneath, and marks where it goes on above or below.

mod fields;
mod picks;
mod rows;
pub(super) mod text;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::theme::{Role, Theme};
use super::write::{put, rule};
use crate::app::form::text::label_cells;
use crate::app::form::{Form, Picks, title};
use fields::{closed_field, closed_height, open_field, open_height};

/// With what a field is drawn.
#[derive(Clone, Copy)]
struct Pen<'a> {
    theme: Theme,
    /// What there is to choose for what is typed.
    picks: &'a Picks,
}

/// One line or more of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// The heading of a part.
    Heading(&'static str),
    /// The field with this number.
    Field(usize),
    /// The line that unfolds the rest.
    More,
    /// The line that saves.
    Save,
}

/// Draws the form; the cursor stands where the next letter goes.
pub fn draw(form: &Form, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let open = form.fields.get(form.at).filter(|_| form.is_whole);
    if let Some((field, block)) = open.and_then(|field| Some((field, field.block()?))) {
        return Some(text::draw_whole(form, (field, block), theme, area, buf));
    }
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    rule(buf, Rect { height: 1, ..area }, &title(form), styles, theme);
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let pieces = pieces(form);
    let pen = Pen { theme, picks: &form.picks };
    let inner = Rect { width: body.width.saturating_sub(1), ..body };
    let first = first_seen(pen, form, &pieces, inner);
    let (mut y, mut cursor, mut drawn) = (inner.y, None, first);
    for piece in &pieces[first..] {
        if y >= inner.bottom() {
            break;
        }
        let place = Rect { y, height: inner.bottom() - y, ..inner };
        cursor = draw_piece(pen, form, *piece, inner, place, buf).or(cursor);
        y += height(pen, form, *piece, inner);
        drawn += usize::from(y <= inner.bottom());
    }
    marks(theme, (first > 0, drawn < pieces.len()), body, buf);
    cursor
}

/// Everything the form consists of, from top to bottom.
fn pieces(form: &Form) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut heading = None;
    let folded = form.first_folded();
    for (at, field) in form.fields.iter().enumerate().take(folded.unwrap_or(form.fields.len())) {
        let here = field.section.map(|section| section.heading);
        pieces.extend(here.filter(|_| here != heading).map(Piece::Heading));
        heading = here;
        pieces.push(Piece::Field(at));
    }
    pieces.extend(folded.map(|_| Piece::More));
    pieces.push(Piece::Save);
    pieces
}

fn is_open(form: &Form, piece: Piece) -> bool {
    match piece {
        Piece::Heading(_) => false,
        Piece::Field(at) => at == form.at,
        Piece::More => form.at == form.more_place(),
        Piece::Save => form.at == form.save_place(),
    }
}

fn height(pen: Pen<'_>, form: &Form, piece: Piece, body: Rect) -> u16 {
    match piece {
        Piece::Field(at) if at == form.at => open_height(pen, &form.fields[at], body),
        Piece::Field(at) => closed_height(&form.fields[at], body),
        _ => 1,
    }
}

/// The first piece that is seen, so that the open one is with its help, and what lies above it as far as there is room.
fn first_seen(pen: Pen<'_>, form: &Form, pieces: &[Piece], body: Rect) -> usize {
    let open = pieces.iter().position(|piece| is_open(form, *piece)).unwrap_or_default();
    let of = |at: usize| usize::from(height(pen, form, pieces[at], body));
    // The line below is seen as well: one sees where one goes.
    let below = usize::from(open + 1 < pieces.len());
    let mut left = usize::from(body.height).saturating_sub(of(open) + below);
    let mut first = open;
    while first > 0 && of(first - 1) <= left {
        left -= of(first - 1);
        first -= 1;
    }
    first
}

/// Draws one piece; where the cursor stands if it is in it.
fn draw_piece(pen: Pen<'_>, form: &Form, piece: Piece, body: Rect, place: Rect, buf: &mut Buffer) -> Option<Position> {
    let theme = pen.theme;
    let cells = label_cells(body.width);
    let role = if is_open(form, piece) { Role::Selected } else { Role::Text };
    match piece {
        Piece::Heading(heading) => {
            let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
            rule(buf, Rect { height: 1, ..place }, heading, styles, theme);
            None
        }
        Piece::Field(at) if at == form.at => Some(open_field(pen, &form.fields[at], body, place, buf)),
        Piece::Field(at) => {
            closed_field(&form.fields[at], theme, body, place, buf);
            None
        }
        Piece::More => {
            let x = place.x + 1;
            put(buf, (x, place.y), place.width - 1, &more(form, theme), theme.style(role), theme);
            is_open(form, piece).then(|| Position::new(x, place.y))
        }
        Piece::Save => {
            let x = place.x + cells + 1;
            put(buf, (x, place.y), 20, "[ Save ]", theme.style(role), theme);
            is_open(form, piece).then(|| Position::new(x, place.y))
        }
    }
}

/// What is folded away, and how much of it says something.
fn more(form: &Form, theme: Theme) -> String {
    let folded = &form.fields[form.first_folded().unwrap_or(form.fields.len())..];
    let stated = folded.iter().filter(|field| field.is_hidden || !field.typing.text().trim().is_empty()).count();
    let moved =
        if folded.iter().any(|field| field.moved.is_some()) { ", changed by a colleague meanwhile" } else { "" };
    let mut headings: Vec<&str> = Vec::new();
    for section in folded.iter().filter_map(|field| field.section) {
        if !headings.contains(&section.heading) {
            headings.push(section.heading);
        }
    }
    let sign = theme.sign("▸", "+");
    let count = folded.len();
    let rest = headings.join(", ").to_lowercase();
    format!("{sign} more: {stated} of {count} fields stated{moved} (enter): {rest}")
}

/// Marks at the edge: the form goes on above, below.
fn marks(theme: Theme, (above, below): (bool, bool), area: Rect, buf: &mut Buffer) {
    if area.height == 0 || area.width == 0 {
        return;
    }
    let x = area.right() - 1;
    if above {
        put(buf, (x, area.y), 1, theme.sign("▲", "^"), theme.style(Role::Key), theme);
    }
    if below {
        put(buf, (x, area.bottom() - 1), 1, theme.sign("▼", "v"), theme.style(Role::Key), theme);
    }
}
