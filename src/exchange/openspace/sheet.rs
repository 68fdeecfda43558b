//! A small table: its header, and its rows with their lines.

use super::Notice;
use crate::exchange::read::table;
use crate::model::text::{MAX_BYTES, clean};

/// The most rows that are read.
const MAX_ROWS: usize = 100_000;

/// A table.
#[derive(Debug, Default)]
pub struct Sheet {
    /// The cells of the first line.
    pub header: Vec<String>,
    /// The rows with anything in them, each with its line.
    pub rows: Vec<(usize, Vec<String>)>,
    /// Rows that could not be read.
    pub notices: Vec<Notice>,
}

impl Sheet {
    /// Reads a table.
    pub fn read(text: &str) -> Self {
        let mut sheet = Self { header: table::header(text), ..Self::default() };
        let mut reader = table::reader(text);
        let mut record = csv::StringRecord::new();
        loop {
            let read = reader.read_record(&mut record);
            let line = record.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or_default());
            match read {
                Ok(false) => break,
                Ok(true) => sheet.take(line, &record),
                Err(error) => sheet.note(line, format!("the row cannot be read: {error}")),
            }
        }
        sheet
    }

    fn take(&mut self, line: usize, record: &csv::StringRecord) {
        let cells: Vec<String> = record.iter().map(cell).collect();
        match () {
            () if cells.iter().all(String::is_empty) => {}
            () if self.rows.len() >= MAX_ROWS => {
                if self.rows.len() == MAX_ROWS && self.notices.last().is_none_or(|last| last.line != 0) {
                    self.note(0, format!("only the first {MAX_ROWS} rows were read"));
                }
            }
            () if cells.iter().any(|cell| cell.len() > MAX_BYTES) => {
                self.note(line, format!("left out: a text of more than {MAX_BYTES} bytes"));
            }
            () => self.rows.push((line, cells)),
        }
    }

    fn note(&mut self, line: usize, text: String) {
        self.notices.push(Notice { line, text });
    }
}

/// A cell as it was meant: an apostrophe that keeps a spreadsheet from calculating is no part of it.
fn cell(raw: &str) -> String {
    let text = clean(raw);
    let text = text.trim();
    let bare = text.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@']));
    bare.unwrap_or(text).to_owned()
}
