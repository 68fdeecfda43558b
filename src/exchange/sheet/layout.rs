//! Where in a spreadsheet the services stand: the row of headings, which column is which field, and what is beside them.

use super::columns::{self, FIELDS, Field, KEEP, field, of_heading, of_samples, plain};
use super::read::{Grid, Row};
use super::{Choices, Workbook, header_id};
use crate::exchange::ExchangeError;

/// How many rows may stand above the headings.
const TITLE_ROWS: usize = 30;

/// The longest heading; a longer text is no heading.
const MAX_HEADING: usize = 80;

/// How many cells of a column are shown.
const SAMPLES: usize = 3;

/// How many cells of a column are looked at to tell what it holds.
const LOOKED_AT: usize = 50;

/// A column of a table.
#[derive(Clone, Debug)]
pub struct Column {
    /// What stands over it.
    pub heading: String,
    /// Its number in the sheet, from 0.
    pub at: usize,
    /// The field it goes to.
    pub field: &'static Field,
    /// The first texts in it.
    pub samples: Vec<String>,
}

/// A table of services in a workbook.
#[derive(Clone, Debug)]
pub struct Table {
    /// The number of its sheet.
    pub grid: usize,
    /// Which of the rows of its sheet holds the headings.
    pub header: usize,
    /// The number of that row, as a spreadsheet counts.
    pub header_row: usize,
    /// Its columns.
    pub columns: Vec<Column>,
}

impl Table {
    /// The name of its headings: the same headings have the same.
    pub fn id(&self) -> String {
        header_id(&self.columns.iter().map(|column| column.heading.clone()).collect::<Vec<_>>())
    }

    /// Whether a row is the one of an empty sheet of ours that says what to write. A service may have a cell or two that
    /// say the same, but is not called so.
    pub(super) fn is_help(&self, row: &Row) -> bool {
        let says_help = |column: &&Column| {
            let text = row.text(column.at);
            !text.is_empty() && plain(text) == plain(column.field.help)
        };
        let filled = self.columns.iter().filter(|column| !row.text(column.at).is_empty()).count();
        let as_help: Vec<&Column> = self.columns.iter().filter(says_help).collect();
        let is_called_so = as_help.iter().any(|column| matches!(column.field.key, "name" | "organisation"));
        is_called_so && as_help.len() >= 2 && as_help.len() * 2 > filled
    }
}

/// The tables of a workbook, and the sheets without one.
#[derive(Clone, Debug)]
pub struct Layout {
    /// Tables of services.
    pub tables: Vec<Table>,
    /// Sheets in which there is something else.
    pub unread: Vec<usize>,
}

impl Layout {
    /// Finds the tables of a workbook. Each column goes to the field that was told, else to the one that is remembered for
    /// these headings, else to the one that its heading or its cells mean.
    ///
    /// # Errors
    /// There is no table, or what was told names no column or no field.
    pub fn of(book: &Workbook, told: &Choices, remembered: &[(String, Choices)]) -> Result<Self, ExchangeError> {
        let mut layout = Self { tables: Vec::new(), unread: Vec::new() };
        for (at, grid) in book.grids.iter().enumerate().filter(|(_, grid)| !grid.rows.is_empty()) {
            let told_here = told.iter().map(|(heading, _)| plain(heading)).collect::<Vec<_>>();
            match header(grid, &told_here) {
                Some(header) => layout.tables.push(table(grid, at, header, told, remembered)?),
                None => layout.unread.push(at),
            }
        }
        // Nothing is known of the headings: then the first row with several cells has them.
        if layout.tables.is_empty() {
            let first = book.grids.iter().enumerate().find_map(|(at, grid)| Some((at, grid, first_wide(grid)?)));
            if let Some((at, grid, header)) = first {
                layout.unread.retain(|unread| *unread != at);
                layout.tables.push(table(grid, at, header, told, remembered)?);
            }
        }
        layout.check_headings(book, told)?;
        Ok(layout)
    }

    /// Every column of every table, those with the same heading once.
    pub fn columns(&self) -> Vec<&Column> {
        let mut seen: Vec<&Column> = Vec::new();
        for column in self.tables.iter().flat_map(|table| &table.columns) {
            if seen.iter().all(|other| other.heading != column.heading) {
                seen.push(column);
            }
        }
        seen
    }

    /// Refuses tables in which no column says what a service is called.
    ///
    /// # Errors
    /// None does.
    pub fn check_names(&self, book: &Workbook) -> Result<(), ExchangeError> {
        let columns = self.columns();
        if columns.iter().any(|column| matches!(column.field.key, "name" | "organisation")) {
            return Ok(());
        }
        let known: Vec<&str> = columns.iter().map(|column| column.heading.as_str()).collect();
        Err(ExchangeError(format!(
            "{}: no column is the name of a service; say which is, as in --map \"{}=name\"; it has {}",
            book.file,
            known.first().unwrap_or(&"Heading"),
            known.join(", ")
        )))
    }

    /// What a workbook holds, in one line.
    pub fn about(&self, book: &Workbook) -> String {
        let rows = |table: &Table| book.grids.get(table.grid).map_or(0, |grid| grid.rows.len() - table.header - 1);
        let rows = crate::model::text::count(self.tables.iter().map(rows).sum());
        let names = self.unread.iter().filter_map(|at| book.grids.get(*at)).map(|grid| grid.name.to_string());
        let unread: Vec<String> = names.collect();
        let unread = if unread.is_empty() { String::new() } else { format!("; not read: {}", unread.join(", ")) };
        format!("{}: {rows} rows{unread}", book.file)
    }

    fn check_headings(&self, book: &Workbook, told: &Choices) -> Result<(), ExchangeError> {
        let columns = self.columns();
        if columns.is_empty() {
            return Err(ExchangeError(format!(
                "{}: no headings were found in its first {TITLE_ROWS} rows; write Service, Phone, Town and the like over the columns",
                book.file
            )));
        }
        for (heading, _) in told {
            if columns.iter().all(|column| plain(&column.heading) != plain(heading)) {
                let known: Vec<&str> = columns.iter().map(|column| column.heading.as_str()).collect();
                return Err(ExchangeError(format!(
                    "{} has no column {heading:?}; it has {}",
                    book.file,
                    known.join(", ")
                )));
            }
        }
        Ok(())
    }
}

/// The row of headings: the one of the first rows in which most fields are named. `told`: headings that somebody named.
pub(super) fn header(grid: &Grid, told: &[String]) -> Option<usize> {
    let score = |row: &Row| {
        let texts = || row.cells.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty());
        if row.filled() < 2 || texts().any(|text| text.len() > MAX_HEADING && of_heading(text).is_none()) {
            return 0;
        }
        let mut known: Vec<&str> = texts().filter_map(of_heading).map(|field| field.key).collect();
        known.sort_unstable();
        known.dedup();
        let named = texts().filter(|text| told.contains(&plain(text))).count();
        known.len() + 2 * named
    };
    let scores = grid.rows.iter().take(TITLE_ROWS).map(score).enumerate();
    let best = scores.max_by_key(|(at, score)| (*score, std::cmp::Reverse(*at)));
    best.filter(|(_, score)| *score >= 2).map(|(at, _)| at)
}

/// The first row that fills at least half of the columns.
pub(super) fn first_wide(grid: &Grid) -> Option<usize> {
    let widest = grid.rows.iter().take(TITLE_ROWS).map(Row::filled).max().filter(|widest| *widest >= 2)?;
    grid.rows.iter().take(TITLE_ROWS).position(|row| row.filled() * 2 > widest)
}

fn table(
    grid: &Grid,
    at: usize,
    header: usize,
    told: &Choices,
    remembered: &[(String, Choices)],
) -> Result<Table, ExchangeError> {
    let row = &grid.rows[header];
    let below = &grid.rows[header + 1..];
    let width = below.iter().map(|row| row.cells.len()).max().unwrap_or_default().max(row.cells.len());
    let is_used =
        |column: &usize| !row.text(*column).is_empty() || below.iter().any(|row| !row.text(*column).is_empty());
    let mut table = Table { grid: at, header, header_row: row.at, columns: Vec::new() };
    // A row of one cell is most often a title between the rows.
    let is_title = |row: &Row| row.filled() == 1 && width > 1;
    let samples = |column: usize, is_left_out: &dyn Fn(&Row) -> bool| -> Vec<String> {
        let rows = below.iter().filter(|row| !is_left_out(row));
        rows.map(|row| row.text(column)).filter(|text| !text.is_empty()).take(LOOKED_AT).map(str::to_owned).collect()
    };
    for column in (0..width).filter(is_used) {
        let heading = heading(row.text(column), column, &table.columns);
        let samples = samples(column, &is_title);
        let field = guess(row.text(column), &samples);
        table.columns.push(Column { heading, at: column, field, samples });
    }
    settle_names(&mut table.columns);
    let known = remembered.iter().find(|(id, _)| *id == table.id()).map(|(_, choices)| choices);
    for (heading, key) in known.into_iter().flatten().chain(told) {
        let field = field(key).ok_or_else(|| no_field(key))?;
        let meant = table.columns.iter_mut().filter(|column| plain(&column.heading) == plain(heading));
        meant.for_each(|column| column.field = field);
    }
    let help: Vec<usize> = below.iter().take(LOOKED_AT).filter(|row| table.is_help(row)).map(|row| row.at).collect();
    for column in &mut table.columns {
        column.samples = samples(column.at, &|row| is_title(row) || help.contains(&row.at));
        column.samples.truncate(SAMPLES);
    }
    Ok(table)
}

fn no_field(key: &str) -> ExchangeError {
    let known: Vec<&str> = FIELDS.iter().map(|field| field.key).collect();
    ExchangeError(format!("there is no field {key:?}; choose from {}", known.join(", ")))
}

/// A heading on one line that no other column has; a column without one is called by its letters.
fn heading(text: &str, at: usize, before: &[Column]) -> String {
    let line = crate::model::text::one_line(&crate::model::text::clean(text));
    let short: String = line.chars().take(MAX_HEADING).collect();
    let name = if short.is_empty() { format!("Column {}", letters(at)) } else { short };
    let times =
        before.iter().filter(|column| column.heading == name || column.heading.starts_with(&format!("{name} #")));
    match times.count() {
        0 => name,
        n => format!("{name} #{}", n + 1),
    }
}

/// What a spreadsheet calls a column: A, B … Z, AA.
pub(super) fn letters(at: usize) -> String {
    let letter = char::from(b'A' + (at % 26) as u8);
    if at < 26 { letter.to_string() } else { format!("{}{letter}", letters(at / 26 - 1)) }
}

fn guess(heading: &str, samples: &[String]) -> &'static Field {
    let samples: Vec<&str> = samples.iter().map(String::as_str).collect();
    let by_cells = || of_samples(&samples);
    of_heading(heading).or_else(by_cells).or_else(|| field(KEEP)).unwrap_or(&FIELDS[FIELDS.len() - 1])
}

/// The fields of which a service has one: a second column of the kind is kept in the notes.
const ONCE: &[&str] =
    &["id", "name", "organisation", "verified", "status", "ages", "sex", "capacity", "latitude", "longitude"];

/// Sees to it that one column names the service. Where only organisations are named, each is its own service; of two that
/// could be the name, the first is.
fn settle_names(columns: &mut [Column]) {
    let Some(keep) = columns::field(KEEP) else { return };
    for key in ONCE {
        // The one that is called exactly so is the one.
        let is_meant = |column: &Column| column.field.key == *key;
        let exact =
            columns.iter().position(|column| is_meant(column) && plain(&column.heading) == plain(column.field.label));
        let chosen = exact.or_else(|| columns.iter().position(is_meant));
        for (at, column) in columns.iter_mut().enumerate() {
            if column.field.key == *key && Some(at) != chosen {
                column.field = keep;
            }
        }
    }
    // Beside a name and an organisation, "Contact" may well be a number.
    let looks_like_phones = |column: &Column| {
        column.field.key == "contact"
            && of_samples(&column.samples.iter().map(String::as_str).collect::<Vec<_>>()).is_some()
    };
    if let Some(reach) = field("reach") {
        columns.iter_mut().filter(|column| looks_like_phones(column)).for_each(|column| column.field = reach);
    }
}
