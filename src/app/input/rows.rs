//! A list of rows being typed as a table: the texts of all cells, and an input line for the cell under the cursor.
//!
//! The last row is always empty: typing into it adds a row. Texts that have several lines, which one cell cannot show,
//! stay as they are until somebody types in their cell.

use super::LineInput;
use crate::app::form::picks::is_replaced;
use crate::app::key::{Code, Key};
use crate::model::doubt::{Doubt, Known, doubt};
use crate::model::row::{join_cells, split_cells};
use crate::model::text::one_line;
use crate::model::{FieldInfo, FieldType, Kind};

/// What is wrong with a row, and in which column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellError {
    /// The number of the column.
    pub column: usize,
    /// What it takes.
    pub reason: String,
}

/// One row being typed.
#[derive(Clone, Debug)]
pub struct TypedRow {
    /// The text of each column.
    pub cells: Vec<String>,
    /// What is wrong with it, as far as it was checked.
    pub error: Option<CellError>,
    /// What is to be doubted in each column.
    pub doubts: Vec<Option<Doubt>>,
}

impl TypedRow {
    fn empty(columns: usize) -> Self {
        Self { cells: vec![String::new(); columns], error: None, doubts: vec![None; columns] }
    }

    /// A row from its text; what lies beyond the last column goes into that one, so that nothing is lost.
    fn from_line(line: &str, columns: usize) -> Self {
        let mut cells = split_cells(line);
        if cells.len() > columns {
            let rest = cells.split_off(columns - 1);
            cells.push(rest.join(" | "));
        }
        cells.resize(columns, String::new());
        Self { cells, error: None, doubts: vec![None; columns] }
    }

    /// Whether nothing is typed in it.
    pub fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cell.trim().is_empty())
    }

    /// Whether it has nothing but names with semicolons between.
    fn holds_several(&self, columns: &[FieldInfo]) -> bool {
        let is_named = columns.first().is_some_and(|column| matches!(column.field_type, FieldType::Reference(_)));
        let (Some((first, rest)), true) = (self.cells.split_first(), is_named) else { return false };
        first.contains(';')
            && first.split(';').any(|name| !name.trim().is_empty())
            && rest.iter().all(|cell| cell.trim().is_empty())
    }

    fn line(&self) -> String {
        join_cells(&self.cells.iter().map(|cell| cell.trim()).collect::<Vec<_>>())
    }

    /// What is wrong with it: a required column is empty, or what `parse` says of its text.
    fn find_error(&self, columns: &[FieldInfo], parse: impl Fn(&str) -> Result<(), String>) -> Option<CellError> {
        if self.is_empty() {
            return None;
        }
        let is_missing = |(column, cell): (&FieldInfo, &String)| column.is_required && cell.trim().is_empty();
        if let Some(column) = columns.iter().zip(&self.cells).position(is_missing) {
            return Some(CellError { column, reason: "it cannot stay empty".to_owned() });
        }
        parse(&self.line()).err().map(|sentence| locate(columns, sentence))
    }
}

/// The error of a row begins with the label of its column.
fn locate(columns: &[FieldInfo], sentence: String) -> CellError {
    let reason_in = |column: &FieldInfo| {
        let rest = sentence.strip_prefix(&column.label.to_lowercase())?;
        rest.strip_prefix(": ").map(str::to_owned)
    };
    let found = columns.iter().enumerate().find_map(|(at, column)| Some((at, reason_in(column)?)));
    let (column, reason) = found.unwrap_or((0, sentence));
    CellError { column, reason }
}

/// Rows being typed.
pub struct RowsInput {
    columns: &'static [FieldInfo],
    rows: Vec<TypedRow>,
    row: usize,
    column: usize,
    line: LineInput,
    /// Rows that were removed, each with its place.
    removed: Vec<(usize, TypedRow)>,
}

impl RowsInput {
    /// The rows of a text, the cursor in the first cell.
    pub fn new(text: &str, columns: &'static [FieldInfo]) -> Self {
        let mut input =
            Self { columns, rows: Vec::new(), row: 0, column: 0, line: LineInput::default(), removed: Vec::new() };
        input.set(text);
        input
    }

    /// The text: one row a line, bars between the columns.
    pub fn text(&self) -> String {
        let lines: Vec<String> = self.rows.iter().filter(|row| !row.is_empty()).map(TypedRow::line).collect();
        lines.join("\n")
    }

    /// The columns.
    pub fn columns(&self) -> &'static [FieldInfo] {
        self.columns
    }

    /// All rows, and the empty one at the end.
    pub fn rows(&self) -> &[TypedRow] {
        &self.rows
    }

    /// The row and the column of the cursor.
    pub fn cursor(&self) -> (usize, usize) {
        (self.row, self.column)
    }

    /// The column of the cursor.
    pub fn column(&self) -> &'static FieldInfo {
        &self.columns[self.column]
    }

    /// The cell under the cursor.
    pub fn line(&self) -> &LineInput {
        &self.line
    }

    /// Whether the cursor is in the empty row at the end.
    pub fn is_at_new_row(&self) -> bool {
        self.row + 1 == self.rows.len()
    }

    /// Replaces all rows; the cursor stays in its place as far as there is one.
    pub fn set(&mut self, text: &str) {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        self.rows = lines.map(|line| TypedRow::from_line(line, self.columns.len())).collect();
        self.removed.clear();
        self.put_new_row();
        self.go_to(self.row.min(self.rows.len() - 1), self.column);
    }

    fn put_new_row(&mut self) {
        if self.rows.last().is_none_or(|row| !row.is_empty()) {
            self.rows.push(TypedRow::empty(self.columns.len()));
        }
    }

    /// Puts the cursor at the end of a cell.
    pub fn go_to(&mut self, row: usize, column: usize) {
        self.split_names();
        (self.row, self.column) = (row.min(self.rows.len() - 1), column);
        let text = &self.rows[self.row].cells[column];
        self.line =
            if is_replaced(self.column().field_type) { LineInput::proposing(text) } else { LineInput::new(text) };
    }

    /// Puts the cursor where somebody who comes from above or from below begins.
    pub fn come(&mut self, from_above: bool) {
        self.go_to(if from_above { 0 } else { self.rows.len() - 1 }, 0);
    }

    /// Names with semicolons between, typed into a row that has nothing else, are as many rows.
    fn split_names(&mut self) {
        let Some(row) = self.rows.get(self.row).filter(|row| row.holds_several(self.columns)) else { return };
        let names: Vec<String> =
            row.cells[0].split(';').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let of = |name: String| {
            let mut row = TypedRow::empty(self.columns.len());
            row.cells[0] = name;
            row
        };
        let rows: Vec<TypedRow> = names.into_iter().map(of).collect();
        self.rows.splice(self.row..=self.row, rows);
        self.put_new_row();
    }

    /// The next cell, or the one before; false at the ends. There is none behind the row that is still empty.
    pub fn step_cell(&mut self, forward: bool) -> bool {
        let last = self.columns.len() - 1;
        let next = match (forward, self.row, self.column) {
            (true, ..) if self.is_at_new_row() => return false,
            (true, row, column) if column < last => (row, column + 1),
            (true, row, _) => (row + 1, 0),
            (false, 0, 0) => return false,
            (false, row, 0) => (row - 1, last),
            (false, row, column) => (row, column - 1),
        };
        self.go_to(next.0, next.1);
        true
    }

    /// The row below, or the one above; false at the ends.
    pub fn step_row(&mut self, down: bool) -> bool {
        let row = if down { self.row.checked_add(1) } else { self.row.checked_sub(1) };
        let Some(row) = row.filter(|row| *row < self.rows.len()) else { return false };
        self.go_to(row, self.column);
        true
    }

    /// Takes a key; false when it means nothing here. A bar goes on to the next cell, as in the text of a row; so do
    /// left and right at the ends of a cell.
    pub fn key(&mut self, key: Key) -> bool {
        let last = self.columns.len() - 1;
        let plain = |code| key == Key::plain(code);
        if plain(Code::Left) && self.line.cursor() == 0 && self.column > 0 {
            self.go_to(self.row, self.column - 1);
        } else if plain(Code::Right) && self.line.is_at_end() && self.column < last {
            self.go_to(self.row, self.column + 1);
            self.line.set(&self.rows[self.row].cells[self.column], 0);
        } else if plain(Code::Char('|')) && self.column < last {
            let text = self.line.text().trim_end().to_owned();
            self.set_cell(&text);
            self.go_to(self.row, self.column + 1);
        } else if plain(Code::Char(' ')) && self.line.text().is_empty() {
            // The blank that one writes behind a bar.
        } else if self.line.key(key) {
            self.keep_cell();
        } else {
            return false;
        }
        true
    }

    /// Puts text into the cell at the cursor.
    pub fn insert(&mut self, text: &str) {
        self.line.paste(text);
        self.keep_cell();
    }

    /// Replaces what stands in the cell.
    pub fn set_cell(&mut self, text: &str) {
        self.line.set(text, text.len());
        self.keep_cell();
    }

    /// The cell under the cursor has what was typed; a text of several lines that nobody touched stays.
    fn keep_cell(&mut self) {
        let row = &mut self.rows[self.row];
        let cell = &mut row.cells[self.column];
        if LineInput::new(cell).text() != self.line.text() {
            self.line.text().clone_into(cell);
            row.error = None;
            row.doubts[self.column] = None;
        }
        self.put_new_row();
        while self.rows.len() > self.row + 1 && self.rows[self.rows.len() - 2].is_empty() {
            self.rows.pop();
        }
    }

    /// Puts pasted text in at the cursor. Text with bars, or lines where there is one column, are rows: they come into
    /// the empty row, or behind the one with the cursor.
    pub fn paste(&mut self, text: &str) {
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        let are_rows = match self.columns.len() {
            1 => lines.len() > 1,
            _ => lines.iter().any(|line| split_cells(line).len() > 1),
        };
        if !are_rows {
            return self.insert(text);
        }
        let at = if self.rows[self.row].is_empty() { self.row } else { self.row + 1 };
        let rows: Vec<TypedRow> = lines
            .iter()
            .map(|line| TypedRow::from_line(line, self.columns.len()))
            .filter(|row| !row.is_empty())
            .collect();
        let last = (at + rows.len()).saturating_sub(1);
        self.rows.splice(at..at, rows);
        self.go_to(last, 0);
    }

    /// Removes the row with the cursor and returns its text.
    pub fn remove_row(&mut self) -> Option<String> {
        if self.is_at_new_row() {
            return None;
        }
        let row = self.rows.remove(self.row);
        let line = row.line();
        self.removed.push((self.row, row));
        self.go_to(self.row, self.column);
        Some(line)
    }

    /// Brings the row back that was removed last.
    pub fn restore_row(&mut self) {
        if let Some((place, row)) = self.removed.pop() {
            let place = place.min(self.rows.len() - 1);
            self.rows.insert(place, row);
            self.go_to(place, self.column);
        }
    }

    /// Whether a row that was removed can be brought back.
    pub fn has_removed(&self) -> bool {
        !self.removed.is_empty()
    }

    /// Where the row with the cursor goes when it is moved down or up; `None` at the ends.
    pub fn place_beside(&self, down: bool) -> Option<usize> {
        let last = self.rows.len().checked_sub(2).filter(|_| !self.is_at_new_row())?;
        let place = if down { self.row + 1 } else { self.row.checked_sub(1)? };
        (place <= last).then_some(place)
    }

    /// Moves the row with the cursor down or up.
    pub fn move_row(&mut self, down: bool) {
        if let Some(place) = self.place_beside(down) {
            self.rows.swap(self.row, place);
            self.row = place;
        }
    }

    /// Checks one row.
    pub fn check_row(&mut self, row: usize, parse: impl Fn(&str) -> Result<(), String>) {
        if let Some(row) = self.rows.get_mut(row) {
            row.error = row.find_error(self.columns, parse);
        }
    }

    /// Checks every row.
    pub fn check(&mut self, parse: impl Fn(&str) -> Result<(), String>) {
        for row in &mut self.rows {
            row.error = row.find_error(self.columns, &parse);
        }
    }

    /// Says what is to be doubted in a cell.
    pub fn doubt_cell(&mut self, row: usize, column: usize, known: Known<'_>) {
        let Some(info) = self.columns.get(column) else { return };
        if let Some(row) = self.rows.get_mut(row) {
            row.doubts[column] = row.cells.get(column).and_then(|cell| doubt(info, cell, known));
        }
    }

    /// Says what is to be doubted in every cell.
    pub fn doubt(&mut self, known: Known<'_>) {
        for row in 0..self.rows.len() {
            for column in 0..self.columns.len() {
                self.doubt_cell(row, column, known);
            }
        }
    }

    /// What is named and nowhere recorded: in the row with the cursor first.
    pub fn unknown(&self) -> Option<(Kind, String)> {
        let mut rows = self.rows.get(self.row).into_iter().chain(&self.rows);
        rows.find_map(|row| row.doubts.iter().flatten().find_map(|doubt| doubt.unknown.clone()))
    }

    /// Puts another name wherever this one stands in a cell that names records.
    pub fn replace_cells(&mut self, old: &str, new: &str) {
        for row in &mut self.rows {
            for (cell, column) in row.cells.iter_mut().zip(self.columns) {
                if matches!(column.field_type, FieldType::Reference(_)) && one_line(cell) == old {
                    new.clone_into(cell);
                }
            }
        }
        self.go_to(self.row, self.column);
    }

    /// The place of the first cell that is known to be wrong.
    pub fn first_error(&self) -> Option<(usize, &CellError)> {
        self.rows.iter().enumerate().find_map(|(at, row)| Some((at, row.error.as_ref()?)))
    }

    /// Puts the cursor into the first cell that is known to be wrong.
    pub fn go_to_error(&mut self) {
        if let Some((row, column)) = self.first_error().map(|(row, error)| (row, error.column)) {
            self.go_to(row, column);
        }
    }

    /// Row and column of the first cell that is known to be wrong, and what it takes, in one sentence.
    pub fn error_sentence(&self) -> Option<String> {
        let (row, CellError { column, reason }) = self.first_error()?;
        Some(format!("row {}, {}: {reason}", row + 1, self.columns[*column].label.to_lowercase()))
    }
}

/// Lines with tabs, as tables copy them, in the notation of rows.
pub fn tabs_to_bars(text: &str) -> String {
    let line = |line: &str| {
        if line.contains('\t') { join_cells(&line.split('\t').collect::<Vec<_>>()) } else { line.to_owned() }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::row::Row;
    use crate::model::service::Contact;

    fn rows(text: &str) -> RowsInput {
        RowsInput::new(text, Contact::COLUMNS)
    }

    #[test]
    fn text_comes_back_as_it_was() {
        for text in ["", "Ann", "Ann | Clerk\nBob", "| Clerk", "a\\|b | c\\\\d | two\\nlines"] {
            assert_eq!(rows(text).text(), text);
        }
        assert_eq!(rows("a | b | c | d | e | f").text(), "a | b | c | d \\| e \\| f", "nothing is lost");
    }

    #[test]
    fn a_text_of_several_lines_stays_until_it_is_typed_in() {
        let mut input = rows("Ann\\nLee | Clerk");
        assert!(input.key(Key::plain(Code::Left)));
        assert_eq!(input.text(), "Ann\\nLee | Clerk");
        input.insert("x");
        assert_eq!(input.text(), "Ann Lexe | Clerk");
    }

    #[test]
    fn the_row_at_the_end_is_empty_whatever_is_typed() {
        let mut input = rows("");
        input.insert("A");
        assert_eq!((input.rows().len(), input.cursor()), (2, (0, 0)));
        input.key(Key::plain(Code::Backspace));
        assert_eq!((input.rows().len(), input.text().as_str()), (1, ""));
    }

    #[test]
    fn tabs_become_bars_and_bars_stay_themselves() {
        assert_eq!(tabs_to_bars("Ann\tClerk|IT\n\nBob"), "Ann | Clerk\\|IT\n\nBob");
    }
}
