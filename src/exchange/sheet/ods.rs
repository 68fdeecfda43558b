//! Reads the cells of an OpenDocument spreadsheet. Its cells hold the very text that a person sees, and a cell that is
//! repeated a million times stands there once, with its number: it is counted against the limits before it is repeated.
//! (OASIS OpenDocument 1.2, part 1, 9.1 and 6.1.)

use std::io::{BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

use super::super::ExchangeError;
use super::read::{Budget, Cell, CellSort, Grid, MAX_COLUMNS, Merge, name_of, typed};

/// The sheets of a spreadsheet.
///
/// # Errors
/// It is locked, broken or too large.
pub(super) fn sheets(file: &str, bytes: &[u8], budget: &mut Budget) -> Result<Vec<Grid>, ExchangeError> {
    let broken =
        || ExchangeError(format!("{file} is not a whole spreadsheet; fetch it again, or save it again as .xlsx"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    if is_locked(&mut archive) {
        return Err(ExchangeError(format!(
            "{file} is locked with a password; open it, save it without one, and import that"
        )));
    }
    let content = archive.by_name("content.xml").map_err(|_| broken())?;
    let mut reader = Reader::from_reader(BufReader::new(content));
    let mut buffer = Vec::new();
    let mut sheets = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(start)) if start.name().as_ref() == "table:table" => {
                let name = attribute(&start, "table:name").unwrap_or_default();
                let mut sheet = Sheet { reader: &mut reader, budget, grid: Grid::default(), row: 0, broken: &broken };
                sheet.read()?;
                sheets.push((name, sheet.grid));
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(_) => return Err(broken()),
        }
    }
    let of = sheets.len();
    Ok(sheets.into_iter().map(|(name, grid)| Grid { name: name_of(file, &name, of), ..grid }).collect())
}

fn is_locked(archive: &mut zip::ZipArchive<Cursor<&[u8]>>) -> bool {
    let mut manifest = String::new();
    let Ok(entry) = archive.by_name("META-INF/manifest.xml") else { return false };
    entry.take(1024 * 1024).read_to_string(&mut manifest).is_ok() && manifest.contains("encryption-data")
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().with_checks(false).flatten().find(|attribute| attribute.key.as_ref() == name)?;
    found.normalized_value(quick_xml::XmlVersion::Implicit1_0).map(std::borrow::Cow::into_owned).ok()
}

/// How often something is repeated.
fn number(start: &BytesStart<'_>, name: &str) -> usize {
    attribute(start, name).and_then(|number| number.trim().parse().ok()).unwrap_or(1).max(1)
}

/// A sheet being read.
struct Sheet<'a, R: std::io::BufRead> {
    reader: &'a mut Reader<R>,
    budget: &'a mut Budget,
    grid: Grid,
    /// How many rows lie above.
    row: usize,
    broken: &'a dyn Fn() -> ExchangeError,
}

impl<R: std::io::BufRead> Sheet<'_, R> {
    fn read(&mut self) -> Result<(), ExchangeError> {
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            match self.reader.read_event_into(&mut buffer) {
                Ok(Event::Start(start)) if start.name().as_ref() == "table:table-row" => {
                    let times = number(&start, "table:number-rows-repeated");
                    let cells = self.cells()?;
                    self.put(&cells, times)?;
                }
                Ok(Event::Empty(start)) if start.name().as_ref() == "table:table-row" => {
                    self.row = self.row.saturating_add(number(&start, "table:number-rows-repeated"));
                }
                Ok(Event::End(end)) if end.name().as_ref() == "table:table" => return Ok(()),
                Ok(Event::Eof) | Err(_) => return Err((self.broken)()),
                Ok(_) => {}
            }
        }
    }

    /// Puts a row into the sheet as often as it is repeated; an empty one only moves what follows down.
    fn put(&mut self, cells: &[(usize, usize, Cell)], times: usize) -> Result<(), ExchangeError> {
        let filled = if cells.is_empty() { 0 } else { times };
        for at in 0..filled {
            for (column, repeated, cell) in cells {
                for column in *column..column.saturating_add(*repeated) {
                    self.budget.take(&mut self.grid, self.row.saturating_add(at + 1), column, cell.clone())?;
                }
            }
        }
        self.row = self.row.saturating_add(times);
        Ok(())
    }

    /// The cells of a row that say something: column, how often repeated, cell.
    fn cells(&mut self) -> Result<Vec<(usize, usize, Cell)>, ExchangeError> {
        let mut cells = Vec::new();
        let (mut column, mut buffer) = (0_usize, Vec::new());
        loop {
            buffer.clear();
            match self.reader.read_event_into(&mut buffer) {
                Ok(Event::Start(start)) if is_cell(&start) => {
                    let repeated = number(&start, "table:number-columns-repeated");
                    self.merge(&start, column);
                    let is_number = attribute(&start, "office:value-type").is_some_and(|sort| sort == "float");
                    let name = start.name().as_ref().to_owned();
                    let mut cell = typed(&self.text(&name)?);
                    if is_number && cell.sort == CellSort::Text && cell.text.bytes().all(|b| b.is_ascii_digit()) {
                        cell.sort = CellSort::Number;
                    }
                    if !cell.text.is_empty() {
                        cells.push((column, repeated.min(MAX_COLUMNS + 1), cell));
                    }
                    column = column.saturating_add(repeated);
                }
                Ok(Event::Empty(start)) if is_cell(&start) => {
                    self.merge(&start, column);
                    column = column.saturating_add(number(&start, "table:number-columns-repeated"));
                }
                Ok(Event::End(end)) if end.name().as_ref() == "table:table-row" => return Ok(cells),
                Ok(Event::Eof) | Err(_) => return Err((self.broken)()),
                Ok(_) => {}
            }
        }
    }

    fn merge(&mut self, start: &BytesStart<'_>, column: usize) {
        let down = number(start, "table:number-rows-spanned");
        let right = number(start, "table:number-columns-spanned");
        if (down > 1 || right > 1) && self.grid.merges.len() < 100_000 {
            let row = self.row.saturating_add(1);
            self.grid.merges.push(Merge {
                from_row: row,
                to_row: row.saturating_add(down - 1),
                from_column: column,
                to_column: column.saturating_add(right - 1),
            });
        }
    }

    /// The text of a cell up to its end: its paragraphs, a line each. Notes beside the cell are no part of it.
    fn text(&mut self, cell: &str) -> Result<String, ExchangeError> {
        let (mut text, mut paragraphs, mut in_note, mut in_text) = (String::new(), 0, 0_usize, 0_usize);
        let mut buffer = Vec::new();
        loop {
            buffer.clear();
            let event = self.reader.read_event_into(&mut buffer).map_err(|_| (self.broken)())?;
            match event {
                Event::Start(start) => match start.name().as_ref() {
                    "office:annotation" => in_note += 1,
                    "text:p" | "text:h" if in_note == 0 => {
                        if paragraphs > 0 {
                            text.push('\n');
                        }
                        paragraphs += 1;
                        in_text += 1;
                    }
                    _ => {}
                },
                Event::Empty(start) if in_note == 0 && in_text > 0 => match start.name().as_ref() {
                    "text:s" => text.extend(std::iter::repeat_n(' ', number(&start, "text:c").min(100))),
                    "text:tab" => text.push(' '),
                    "text:line-break" => text.push('\n'),
                    _ => {}
                },
                Event::End(end) => match end.name().as_ref() {
                    "office:annotation" => in_note = in_note.saturating_sub(1),
                    "text:p" | "text:h" if in_note == 0 => in_text = in_text.saturating_sub(1),
                    name if name == cell && in_note == 0 => return Ok(text),
                    _ => {}
                },
                Event::Text(part) if in_note == 0 && in_text > 0 => {
                    text.push_str(&part.xml_content(quick_xml::XmlVersion::Implicit1_0));
                }
                Event::CData(part) if in_note == 0 && in_text > 0 => {
                    text.push_str(&part.xml_content(quick_xml::XmlVersion::Implicit1_0));
                }
                Event::GeneralRef(part) if in_note == 0 && in_text > 0 => match part.resolve_char_ref() {
                    Ok(Some(c)) => text.push(c),
                    _ => text.push_str(resolve_predefined_entity(&part).unwrap_or_default()),
                },
                Event::Eof => return Err((self.broken)()),
                _ => {}
            }
        }
    }
}

fn is_cell(start: &BytesStart<'_>) -> bool {
    matches!(start.name().as_ref(), "table:table-cell" | "table:covered-table-cell")
}
