//! A list of records with its search line, and below it what the selected record says. The columns are those its kinds
//! declare.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::theme::{Role, Theme};
use super::write::{put, put_marked, rule, typed_part, width};
use crate::app::App;
use crate::app::detail::{self, DetailLine};
use crate::app::list::{RecordList, list_height, marked_in_words};
use crate::app::sorting::order_label;
use crate::app::wrap::wrap;
use crate::model::column::Width;
use crate::model::text::count;
use crate::model::{AnyRecord, Column, Emphasis};
use crate::search::Hit;

/// Below this many columns a list has room for its title and one column more.
const NARROW: u16 = 60;

/// Whether a screen of this size shows one thing at a time.
pub(super) fn is_small((columns, rows): (u16, u16)) -> bool {
    columns < NARROW || rows < 16
}

/// Draws a screen that is a list; the cursor stands in the search line or on the selected row.
pub fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    draw_with(rows, app, theme, area, buf)
}

/// How the rows of a list are drawn; the cursor stands on the selected one.
pub(super) type DrawRows = fn(&App, Theme, Rect, &mut Buffer) -> Option<Position>;

/// As [`draw`], with rows that are drawn otherwise.
pub(super) fn draw_with(rows: DrawRows, app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let list = app.list();
    let typed_at = search_line(app, theme, Rect { height: 1, ..area }, buf);
    let body = Rect { y: area.y + 1, height: area.height - 1, ..area };
    let row = if list.is_detail_open {
        open_detail(app, theme, body, buf)
    } else {
        list_and_detail(rows, app, theme, body, buf)
    };
    if list.is_searching { Some(typed_at) } else { row }
}

fn list_and_detail(rows: DrawRows, app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let height = (list_height(app.size) as u16).min(area.height);
    let above = Rect { height, ..area };
    let row =
        if app.list().rows.is_empty() { rows_or_empty(app, theme, above, buf) } else { rows(app, theme, above, buf) };
    if let Some(record) = app.selected().filter(|_| height + 1 < area.height) {
        let below = Rect { y: area.y + height, height: area.height - height, ..area };
        detail_page(app, &record, 0, theme, below, buf);
    }
    row
}

/// The open detail of the selected record.
pub(super) fn open_detail(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let record = app.selected()?;
    Some(detail_page(app, &record, app.list().detail_top, theme, area, buf))
}

/// The line that is searched with, and how much it found.
pub(super) fn search_line(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    search_line_with(&summary(app, area.width), app, theme, area, buf)
}

/// The line that is searched with, and beside it what is said of what was found.
pub(super) fn search_line_with(right: &str, app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Position {
    let list = app.list();
    let right_cells = (width(right) as u16).min(area.width / 2);
    put(buf, (area.right() - right_cells, area.y), right_cells, right, theme.style(Role::Quiet), theme);
    let cells = area.width.saturating_sub(right_cells + 4);
    put(buf, (area.x, area.y), 2, "/ ", theme.style(Role::Key), theme);
    let (seen, column) = typed_part(list.input.text(), list.input.column(), cells.into());
    let (text, role) = match (seen.is_empty(), list.is_searching) {
        (true, true) if list.is_waiting => (list.placeholder.trim_start_matches("press / and "), Role::Quiet),
        (true, false) => (app.screens.narrowed(app.screen).unwrap_or(list.placeholder), Role::Quiet),
        _ => (seen, Role::Text),
    };
    put(buf, (area.x + 2, area.y), cells, text, theme.style(role), theme);
    Position::new(area.x + 2 + (column as u16).min(cells), area.y)
}

/// What stands beside the search line: how many there are, how many were found, what is marked, in which order.
fn summary(app: &App, cells: u16) -> String {
    let list = app.list();
    let is_wide = cells >= NARROW;
    if !app.loaded {
        return "reading the workspace".to_owned();
    }
    if !list.marks.is_empty() {
        return marked_in_words((list.marks.len(), list.marks_in_view().len()));
    }
    let all: usize = list.kinds.iter().map(|kind| app.workspace.count(*kind)).sum();
    let mut text = match (list.is_partial, list.is_unsearched()) {
        (_, true) if app.screens.narrowed(app.screen).is_none() => counts(app, list),
        (true, _) if !is_wide => "nearest".to_owned(),
        (true, _) => "nothing has every word; nearest:".to_owned(),
        (false, _) => format!("{} of {}", count(list.rows.len()), count(all)),
    };
    if let Some(part) = app.screens.narrowed(app.screen).filter(|_| is_wide && !list.is_unsearched()) {
        text = format!("{text} · {part}");
    }
    if let Some(note) = app.screens.note(app.screen).filter(|_| is_wide && !list.is_partial) {
        text = format!("{text} · {note}");
    }
    if let Some(label) = order_label(list.kinds, list.order).filter(|_| is_wide) {
        text = format!("{text} · {label}");
    }
    text
}

fn counts(app: &App, list: &RecordList) -> String {
    let of = |kind: &crate::model::Kind| match app.workspace.count(*kind) {
        1 => format!("1 {}", kind.singular()),
        many => format!("{} {}", count(many), kind.plural()),
    };
    list.kinds.iter().map(of).collect::<Vec<_>>().join(" · ")
}

/// The rows, or what belongs on an empty list and which key puts it there.
pub(super) fn rows_or_empty(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    if !app.list().rows.is_empty() {
        return rows(app, theme, area, buf);
    }
    if app.loaded {
        empty(app, theme, area, buf);
    }
    None
}

fn empty(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) {
    let list = app.list();
    let mut lines = Vec::new();
    if list.is_unsearched() {
        lines.push(app.screens.nothing_here(app.screen).unwrap_or_else(|| list.empty.to_owned()));
    } else {
        lines.push("Nothing found. Esc clears the search.".to_owned());
        lines.extend(list.query.problems.iter().skip(1).cloned()); // the first stands in the status line
        if let Some((query, found)) = &list.suggestion {
            lines.push(format!("One word less, {query}, finds {}.", count(*found)));
        }
    }
    let wrapped = lines.iter().flat_map(|line| wrap(line, area.width.saturating_sub(4).into()));
    for (y, line) in (area.y + 1..area.bottom()).zip(wrapped) {
        put(buf, (area.x + 2, y), area.width - 2, &line, theme.style(Role::Text), theme);
    }
}

/// The columns of a kind that have room, each with its cells, and what is left for the title.
fn layout(kind: crate::model::Kind, cells: u16) -> (u16, Vec<(Column, u16)>) {
    let columns = kind.columns();
    if cells < NARROW {
        let column = columns.iter().find(|column| column.in_narrow).or(columns.first()).copied();
        let width = if column.is_some() { 12.min(cells / 3) } else { 0 };
        return (cells.saturating_sub(width + 3), column.map(|column| (column, width)).into_iter().collect());
    }
    let fixed: u16 = columns.iter().map(|column| if let Width::Cells(cells) = column.width { cells } else { 0 }).sum();
    let rest = cells.saturating_sub(2 + fixed + columns.len() as u16); // a mark, a blank at the end, one before each
    let width = |column: &Column| match column.width {
        Width::Percent(percent) => (u32::from(rest) * u32::from(percent) / 100) as u16,
        Width::Cells(cells) => cells,
    };
    let columns: Vec<(Column, u16)> = columns.into_iter().map(|column| (column, width(&column))).collect();
    let taken: u16 = columns.iter().map(|(_, cells)| cells).sum();
    ((rest + fixed).saturating_sub(taken), columns)
}

fn rows(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    let list = app.list();
    let layouts = layouts(list, area.width);
    let seen = list.rows.len().min(list.cursor.top + usize::from(area.height));
    let mut cursor = None;
    for (y, at) in (area.y..).zip(list.cursor.top..seen) {
        cursor = row(app, at, &layouts, theme, Rect { y, height: 1, ..area }, buf).or(cursor);
    }
    cursor
}

/// The cells that title and columns have, for each kind of a list.
pub(super) type Layouts = Vec<(crate::model::Kind, (u16, Vec<(Column, u16)>))>;

/// How the kinds of a list are laid out on so many cells.
pub(super) fn layouts(list: &RecordList, cells: u16) -> Layouts {
    list.kinds.iter().map(|kind| (*kind, layout(*kind, cells))).collect()
}

/// One row of the list; the place of the cursor where it stands on it.
pub(super) fn row(
    app: &App,
    at: usize,
    layouts: &Layouts,
    theme: Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<Position> {
    let list = app.list();
    let hit = list.rows.get(at)?;
    let record = app.workspace.get(hit.id)?;
    let (_, (title, columns)) = layouts.iter().find(|(kind, _)| *kind == record.kind())?;
    let is_selected = at == list.cursor.at;
    ListRow { app, hit, record: &record, is_selected, theme }.draw(*title, columns, area, buf);
    is_selected.then(|| Position::new(area.x, area.y))
}

/// One row being drawn.
struct ListRow<'a> {
    app: &'a App,
    hit: &'a Hit,
    record: &'a AnyRecord,
    is_selected: bool,
    theme: Theme,
}

impl ListRow<'_> {
    fn draw(&self, title_cells: u16, columns: &[(Column, u16)], area: Rect, buf: &mut Buffer) {
        let Self { app, theme, .. } = *self;
        let list = app.list();
        let base = theme.style(match (self.is_selected, self.record.is_set_back(app.today)) {
            (true, _) => Role::Selected,
            (false, true) => Role::Quiet,
            (false, false) => Role::Text,
        });
        if self.is_selected {
            buf.set_style(area, base);
        }
        let mark = match (list.marks.contains(&self.record.id()), self.is_selected) {
            (true, _) => theme.sign("✓", "x"),
            (false, true) => theme.sign("▌", ">"),
            (false, false) => " ",
        };
        put(buf, (area.x, area.y), 1, mark, base, theme);
        let styles = (base, base.patch(theme.style(Role::Match)));
        let marks = |text: &str| list.query.highlight(text);
        // The title gives way to its state, which is never cut off.
        let suffix = self.record.suffix(app.today).map(|suffix| format!(" ({suffix})")).unwrap_or_default();
        let room = title_cells.saturating_sub(width(&suffix) as u16);
        let title = self.record.title(&app.workspace);
        put_marked(buf, (area.x + 1, area.y), room, &title, marks, styles, theme);
        let taken = room.min(width(&title) as u16);
        put(buf, (area.x + 1 + taken, area.y), title_cells - taken, &suffix, base, theme);
        let context = list.cell_context(self.hit, &app.workspace, app.today);
        let mut x = area.x + 1 + title_cells + 1;
        for (column, cells) in columns {
            let cell = column.cell(self.record, &context);
            match cell.sign {
                None => put_marked(buf, (x, area.y), *cells, &cell.text, marks, styles, theme),
                Some(sign) => {
                    let style = |role| if self.is_selected { base } else { theme.style(role) };
                    put(buf, (x, area.y), 2, theme.sign(sign.glyph, sign.ascii), style(role_of(sign.emphasis)), theme);
                    put(buf, (x + 2, area.y), cells.saturating_sub(2), &cell.text, style(Role::Quiet), theme);
                }
            }
            x += cells + 1;
        }
    }
}

/// The role in which an emphasis is drawn.
pub(super) fn role_of(emphasis: Emphasis) -> Role {
    match emphasis {
        Emphasis::Plain => Role::Text,
        Emphasis::Quiet => Role::Quiet,
        Emphasis::Strong => Role::Strong,
        Emphasis::Good => Role::Good,
        Emphasis::Warn => Role::Warn,
    }
}

/// A rule with what stands below it and, at its end, how many lines of that there is no room for.
pub(super) fn headed(
    buf: &mut Buffer,
    area: Rect,
    heading: &str,
    more: usize,
    styles: (ratatui::style::Style, ratatui::style::Style),
    theme: Theme,
) {
    let mark = match more {
        0 => String::new(),
        1 => " 1 more line ".to_owned(),
        more => format!(" {} more lines ", count(more)),
    };
    let cells = width(&mark) as u16;
    let room = area.width.saturating_sub(cells + 1);
    rule(buf, Rect { width: if more == 0 { area.width } else { room }, ..area }, heading, styles, theme);
    put(buf, (area.x + room, area.y), cells, &mark, styles.0, theme);
}

/// What a record says as a page, with labels in a column of their own.
pub(super) fn detail_page(
    app: &App,
    record: &AnyRecord,
    top: usize,
    theme: Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Position {
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    let title = record.title(&app.workspace);
    let label_cells = detail::label_cells(area.width);
    let text_cells = area.width.saturating_sub(label_cells + 1);
    let lines = detail::lines(record, app.asked(), area.width);
    let height = usize::from(area.height) - 1;
    let top = top.min(lines.len().saturating_sub(height));
    headed(buf, Rect { height: 1, ..area }, &title, lines.len().saturating_sub(top + height), styles, theme);
    for (y, DetailLine { label, text, emphasis }) in (area.y + 1..area.bottom()).zip(lines.iter().skip(top)) {
        put(buf, (area.x, y), label_cells, label, theme.style(Role::Quiet), theme);
        put(buf, (area.x + label_cells + 1, y), text_cells, text, theme.style(role_of(*emphasis)), theme);
    }
    Position::new(area.x, area.y + 1)
}
