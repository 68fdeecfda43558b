//! Reads the cells of a spreadsheet (.xlsx, .ods, .csv) as the texts that a person sees in them, within limits: how much a
//! file unpacks to, how many rows and cells it has, and how much text is in them. Nothing is read before its size is known.

use std::io::{Cursor, Read};
use std::sync::Arc;

use calamine::{Data, DataRef, ExcelDateTime, Reader as _, Xlsx};
use quick_xml::events::Event;

use super::super::ExchangeError;

use super::super::spreadsheet::cell_text;
use super::ods;
use super::values::is_rounded;
use crate::model::order::Order as _;
use crate::model::text::count;

/// The most bytes that a workbook may unpack to.
const MAX_UNPACKED_BYTES: u64 = 256 * 1024 * 1024;

/// The most rows with anything in them.
const MAX_ROWS: usize = 100_000;

/// The most cells, with those to the left of one that holds something.
const MAX_CELLS: usize = 3_000_000;

/// The most columns; what stands behind them is somebody's scrap paper, and is refused rather than lost.
pub(super) const MAX_COLUMNS: usize = 500;

/// The most text in all cells together, in bytes: a workbook may show one long text in every cell.
const MAX_TEXT: usize = 64 * 1024 * 1024;

/// The most distinct texts of a workbook: the library keeps each of them.
const MAX_SHARED: usize = 2_000_000;

/// The most tags in those parts of a workbook that hold no cells: the library keeps something for each of them.
const MAX_TAGS: usize = 100_000;

/// What a cell holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The text that a person sees.
    pub text: String,
    /// How it got there.
    pub sort: CellSort,
}

/// How the text of a cell came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CellSort {
    /// Somebody typed it.
    #[default]
    Text,
    /// It was a number: noughts before it are lost.
    Number,
    /// It was a number of many figures that was rounded.
    Rounded,
    /// It was a formula that came to nothing: #REF!
    Error,
}

/// A row with something in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Its number as a spreadsheet counts; of a CSV file the line on which it begins.
    pub at: usize,
    /// Its cells from the first column on.
    pub cells: Vec<Cell>,
}

impl Row {
    /// The text of a cell; empty where there is none.
    pub fn text(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.text.as_str())
    }

    /// How many cells say something.
    pub fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.text.is_empty()).count()
    }

    fn put(&mut self, column: usize, cell: Cell) {
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cell::default());
        }
        // A broken file may name one place twice.
        let place = &mut self.cells[column];
        let text = if place.text.is_empty() { cell.text } else { format!("{}\n{}", place.text, cell.text) };
        *place = Cell { text, ..cell };
    }
}

/// Cells that were merged into one: from a row and column to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merge {
    /// Number of the first row.
    pub from_row: usize,
    /// Number of the last row.
    pub to_row: usize,
    /// First column.
    pub from_column: usize,
    /// Last column.
    pub to_column: usize,
}

/// One sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    /// Its name for a report: the file, and the sheet where there are several.
    pub name: Arc<str>,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Its merged cells.
    pub merges: Vec<Merge>,
    /// Whether nobody sees it who does not look for it.
    pub is_hidden: bool,
}

/// What may still be read.
pub(super) struct Budget {
    file: String,
    rows: usize,
    cells: usize,
    text: usize,
}

impl Budget {
    pub(super) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), rows: MAX_ROWS, cells: MAX_CELLS, text: MAX_TEXT }
    }

    /// Takes a cell into its sheet; an empty one costs nothing and is left out.
    pub(super) fn take(&mut self, grid: &mut Grid, row: usize, column: usize, cell: Cell) -> Result<(), ExchangeError> {
        if cell.text.trim().is_empty() {
            return Ok(());
        }
        if column >= MAX_COLUMNS {
            return Err(self.refuse(&format!("more than {MAX_COLUMNS} columns"), "delete those that are not needed"));
        }
        if grid.rows.last().is_none_or(|last| last.at != row) {
            self.rows = self.rows.checked_sub(1).ok_or_else(|| self.too_many(MAX_ROWS, "rows"))?;
            grid.rows.push(Row { at: row, cells: Vec::new() });
        }
        let there = grid.rows.last().map_or(0, |last| last.cells.len());
        let more = (column + 1).saturating_sub(there);
        self.cells = self.cells.checked_sub(more).ok_or_else(|| self.too_many(MAX_CELLS, "cells"))?;
        self.text = self.text.checked_sub(cell.text.len()).ok_or_else(|| self.too_many(MAX_TEXT, "letters"))?;
        if let Some(last) = grid.rows.last_mut() {
            last.put(column, cell);
        }
        Ok(())
    }

    fn too_many(&self, most: usize, of: &str) -> ExchangeError {
        self.refuse(&format!("more than {} {of}", count(most)), "split it")
    }

    fn refuse(&self, what: &str, remedy: &str) -> ExchangeError {
        ExchangeError(format!("{} has {what}; {remedy}", self.file))
    }
}

/// What a file is, by its first bytes and what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A workbook of Excel, since 2007.
    Xlsx,
    /// A spreadsheet of OpenDocument.
    Ods,
    /// Neither.
    Other,
}

/// Whether a file that begins so is worth being looked at as a workbook.
pub fn may_be_workbook(file: &str, begins: &[u8]) -> bool {
    let ending = file.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let is_named_so = matches!(ending.as_str(), "xlsx" | "xlsm" | "ods" | "xls" | "xlsb");
    is_named_so || begins.starts_with(b"PK\x03\x04") || begins.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
}

/// What a file is, where it is a spreadsheet.
///
/// # Errors
/// It is a spreadsheet that cannot be read: locked with a password, of an old format, or broken.
pub fn shape(file: &str, bytes: &[u8]) -> Result<Shape, ExchangeError> {
    let ending = file.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) {
        return Err(compound(file, bytes));
    }
    if !bytes.starts_with(b"PK\x03\x04") {
        let is_named_so = matches!(ending.as_str(), "xlsx" | "xlsm" | "ods" | "xls" | "xlsb");
        return if is_named_so { Err(not_whole(file)) } else { Ok(Shape::Other) };
    }
    let archive = zip::ZipArchive::new(Cursor::new(bytes));
    let names: Vec<String> = match &archive {
        Ok(archive) => archive.file_names().filter_map(Result::ok).map(|name| name.to_ascii_lowercase()).collect(),
        Err(_) if matches!(ending.as_str(), "xlsx" | "xlsm" | "ods") => return Err(not_whole(file)),
        Err(_) => return Ok(Shape::Other),
    };
    let has = |name: &str| names.iter().any(|known| known == name);
    match () {
        () if has("xl/workbook.bin") => Err(ExchangeError(format!(
            "{file} is a binary workbook (.xlsb); open it in a spreadsheet program and save it as .xlsx"
        ))),
        () if has("[content_types].xml") && names.iter().any(|name| name.ends_with("workbook.xml")) => Ok(Shape::Xlsx),
        () if has("content.xml") && (has("mimetype") || ending == "ods") => Ok(Shape::Ods),
        () => Ok(Shape::Other),
    }
}

/// What is wrong with a file in the compound format of older Office programs.
fn compound(file: &str, bytes: &[u8]) -> ExchangeError {
    // The names of its streams stand in it in UTF-16.
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let is_locked = memchr::memmem::find(bytes, &name).is_some();
    ExchangeError(if is_locked {
        format!("{file} is locked with a password; open it, save it without one, and import that")
    } else {
        format!("{file} is a workbook in the old format (.xls); open it in a spreadsheet program and save it as .xlsx")
    })
}

fn not_whole(file: &str) -> ExchangeError {
    ExchangeError(format!("{file} is not a whole spreadsheet; fetch it again, or save it again as .xlsx"))
}

/// Looks at how much a package unpacks to, without keeping any of it.
fn check_size(file: &str, bytes: &[u8]) -> Result<(), ExchangeError> {
    let broken = |_| not_whole(file);
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let mut left = MAX_UNPACKED_BYTES;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|_| not_whole(file))?;
        let name = entry.name().map(|name| name.to_ascii_lowercase()).unwrap_or_default();
        let most_tags = match () {
            () if name.contains("worksheets/") || name == "content.xml" => usize::MAX,
            () if name.ends_with("sharedstrings.xml") => 3 * MAX_SHARED,
            () if name.ends_with("styles.xml") || name.ends_with("workbook.xml") || name.contains("_rels/") => MAX_TAGS,
            () => usize::MAX,
        };
        let (mut tags, mut buffer) = (0, vec![0; 64 * 1024]);
        loop {
            let length = entry.read(&mut buffer).map_err(|_| not_whole(file))?;
            if length == 0 {
                break;
            }
            left = left.checked_sub(length as u64).ok_or_else(|| too_large(file))?;
            tags += memchr::memchr_iter(b'<', &buffer[..length]).count();
            if tags > most_tags {
                return Err(too_large(file));
            }
        }
    }
    Ok(())
}

fn too_large(file: &str) -> ExchangeError {
    ExchangeError(format!(
        "{file} unpacks to more than a spreadsheet of {} MB would; split it",
        MAX_UNPACKED_BYTES / 1024 / 1024
    ))
}

/// Refuses a workbook that claims to hold more texts than are read: the library believes it and reserves the memory.
fn check_claims(file: &str, bytes: &[u8]) -> Result<(), ExchangeError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| not_whole(file))?;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|_| not_whole(file))?;
        let is_texts = entry.name().is_ok_and(|name| name.to_ascii_lowercase().ends_with("sharedstrings.xml"));
        if is_texts && claimed(entry) > MAX_SHARED {
            return Err(too_large(file));
        }
    }
    Ok(())
}

/// How many texts a part of a workbook claims to hold.
fn claimed(part: impl Read) -> usize {
    let mut reader = quick_xml::Reader::from_reader(std::io::BufReader::new(part));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(start) | Event::Empty(start)) if start.local_name().as_ref() == "sst" => {
                let stated =
                    start.attributes().with_checks(false).flatten().find(|one| one.key.as_ref() == "uniqueCount");
                let digits = stated.map(|stated| stated.value.trim().to_owned()).unwrap_or_default();
                return if digits.is_empty() { 0 } else { digits.parse().unwrap_or(usize::MAX) };
            }
            Ok(Event::Eof) | Err(_) => return 0,
            Ok(_) => {}
        }
    }
}

/// The sheets of a workbook.
///
/// # Errors
/// It is locked, broken or too large.
pub fn sheets(file: &str, bytes: Vec<u8>, shape: Shape) -> Result<Vec<Grid>, ExchangeError> {
    check_size(file, &bytes)?;
    let mut budget = Budget::new(file);
    if shape == Shape::Ods {
        return ods::sheets(file, &bytes, &mut budget);
    }
    check_claims(file, &bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|problem| unreadable(file, &problem))?;
    let known: Vec<(String, bool)> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == calamine::SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible != calamine::SheetVisible::Visible))
        .collect();
    let mut grids = Vec::with_capacity(known.len());
    for (sheet, is_hidden) in &known {
        let mut grid = xlsx_sheet(file, &mut book, sheet, &mut budget)?;
        grid.name = name_of(file, sheet, known.len());
        grid.is_hidden = *is_hidden;
        grids.push(grid);
    }
    Ok(grids)
}

/// What a sheet is called in a report.
pub(super) fn name_of(file: &str, sheet: &str, of: usize) -> Arc<str> {
    let sheet = crate::model::text::one_line(&crate::model::text::clean(sheet));
    if of > 1 { format!("{file} [{sheet}]").into() } else { file.into() }
}

fn unreadable(file: &str, problem: &calamine::XlsxError) -> ExchangeError {
    match problem {
        calamine::XlsxError::Password => {
            ExchangeError(format!("{file} is locked with a password; open it, save it without one, and import that"))
        }
        _ => not_whole(file),
    }
}

type Book = Xlsx<Cursor<Vec<u8>>>;

fn xlsx_sheet(file: &str, book: &mut Book, sheet: &str, budget: &mut Budget) -> Result<Grid, ExchangeError> {
    let broken = |problem: calamine::XlsxError| unreadable(file, &problem);
    let mut grid = Grid::default();
    let mut cells = book.worksheet_cells_reader(sheet).map_err(broken)?;
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(broken)? {
        let format = cells.styles().get(style).and_then(|style| style.number_format.as_ref());
        let format = format.map_or("General", |format| format.format_code.as_str());
        let (row, column) = cell.get_position();
        let seen = seen(cell.get_value(), format);
        budget.take(&mut grid, row as usize + 1, column as usize, seen)?;
    }
    drop(cells);
    if !grid.rows.is_sorted_by_key(|row| row.at) {
        grid.rows.order_by_key(|row| row.at);
    }
    let merges = book.merge_cells_by_sheet_name(sheet).map_err(broken)?;
    grid.merges = merges
        .into_iter()
        .take(MAX_ROWS)
        .map(|merge| Merge {
            from_row: merge.start.0 as usize + 1,
            to_row: merge.end.0 as usize + 1,
            from_column: merge.start.1 as usize,
            to_column: merge.end.1 as usize,
        })
        .collect();
    Ok(grid)
}

/// A cell as a person sees it.
fn seen(value: &DataRef<'_>, format: &str) -> Cell {
    let of = |text: String, sort| Cell { text, sort };
    match value {
        DataRef::Empty => Cell::default(),
        DataRef::SharedString(text) => typed(text),
        DataRef::Int(number) => number_cell(*number as f64, format),
        DataRef::Float(number) => number_cell(*number, format),
        DataRef::Bool(yes) => typed(if *yes { "yes" } else { "no" }),
        DataRef::DateTime(at) => of(moment(at, format), CellSort::Text),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => typed(text),
        DataRef::Error(problem) => of(Data::Error(problem.clone()).to_string(), CellSort::Error),
    }
}

/// A cell that somebody typed; an apostrophe that disarms a formula is taken off.
pub(super) fn typed(text: &str) -> Cell {
    let text = cell_text(text.trim()).into_owned();
    let sort = match () {
        () if is_rounded(&text) => CellSort::Rounded,
        () if text.starts_with('#')
            && ["#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"].contains(&&*text) =>
        {
            CellSort::Error
        }
        () => CellSort::Text,
    };
    Cell { text, sort }
}

/// A number in the notation of its cell, as far as addresses and prices need it: noughts before it, decimals, per cent,
/// pounds.
fn number_cell(number: f64, format: &str) -> Cell {
    let format = format.split(';').next().unwrap_or_default();
    let figures: String = format.chars().filter(|c| matches!(c, '0' | '#' | '?' | '.')).collect();
    let (whole, decimals) = figures.split_once('.').unwrap_or((&figures, ""));
    let is_plain = |c: char| "0#?., -()\\\"+".contains(c);
    let text = match () {
        () if format.contains('%') => format!("{}%", shortest((number * 100.0 * 1e9).round() / 1e9)),
        () if format.contains(['£', '€', '$']) => {
            let sign = format.chars().find(|c| matches!(c, '£' | '€' | '$')).unwrap_or('£');
            format!("{sign}{number:.*}", decimals.len().min(4))
        }
        // as telephone numbers are kept: one nought for each figure, perhaps with a blank between
        () if whole.len() > 4 && whole.bytes().all(|b| b == b'0') && format.chars().all(is_plain) && number >= 0.0 => {
            return Cell { text: padded(number, format), sort: CellSort::Text };
        }
        () if !decimals.is_empty() && decimals.bytes().all(|b| b == b'0') && format.chars().all(is_plain) => {
            format!("{number:.*}", decimals.len().min(10))
        }
        () => shortest(number),
    };
    Cell { text, sort: CellSort::Number }
}

/// A number with its noughts, and the blanks of its format.
fn padded(number: f64, format: &str) -> String {
    let places = format.chars().filter(|c| *c == '0').count().min(20);
    let mut digits = format!("{number:0places$.0}").chars().collect::<Vec<_>>().into_iter();
    let more = digits.len().saturating_sub(places);
    let mut text: String = digits.by_ref().take(more).collect();
    for c in format.chars() {
        match c {
            '0' => text.extend(digits.next()),
            ' ' | '-' | '(' | ')' | '+' => text.push(c),
            _ => {}
        }
    }
    text
}

/// A number in as few figures as give it back; never in powers of ten.
fn shortest(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e18 { format!("{number:.0}") } else { format!("{number}") }
}

/// A day, a time of day, or both.
fn moment(at: &ExcelDateTime, format: &str) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day, hour, minute, _, _) = at.to_ymd_hms_milli();
    let month = MONTHS.get(usize::from(month).saturating_sub(1)).copied().unwrap_or_default();
    let is_time = at.is_duration() || (0.0..1.0).contains(&at.as_f64());
    let has_time = format.to_lowercase().contains('h') || at.as_f64().fract() != 0.0;
    match (is_time, has_time) {
        (true, _) => format!("{hour:02}:{minute:02}"),
        (false, true) => format!("{day} {month} {year} {hour:02}:{minute:02}"),
        (false, false) => format!("{day} {month} {year}"),
    }
}

/// The one sheet of a text.
///
/// # Errors
/// It has too many rows or columns, or a quotation mark that is never closed.
pub fn text(file: &str, source: &str) -> Result<Grid, ExchangeError> {
    let mut grid = Grid { name: file.into(), ..Grid::default() };
    let mut budget = Budget::new(file);
    let (delimiter, source) = delimiter(source);
    let mut reader = rows(source, delimiter);
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(grid),
            Ok(true) => {
                // Where lines end in two signs, a row seems to begin on the line of the one above.
                let begins = record.position().map_or(0, |at| at.byte() as usize);
                let is_before_end = source.as_bytes().get(begins) == Some(&b'\n');
                let line = record.position().map_or(0, |at| at.line() as usize) + usize::from(is_before_end);
                let line = line.max(grid.rows.last().map_or(0, |last| last.at) + 1);
                let has_many_lines = record.iter().map(|cell| cell.matches('\n').count()).max().unwrap_or_default();
                if has_many_lines > MAX_LINES {
                    return Err(ExchangeError(format!(
                        "{file}, line {line}: a quotation mark is opened there and {} lines are in one cell; close it",
                        count(has_many_lines)
                    )));
                }
                for (column, cell) in record.iter().enumerate() {
                    budget.take(&mut grid, line, column, typed(cell))?;
                }
            }
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                return Err(ExchangeError(format!("{file}, line {line} cannot be read: {error}")));
            }
        }
    }
}

/// Refuses a whole text in which a quotation mark is never closed: all that follows would stand in one cell.
pub fn check_quotes(file: &str, source: &str) -> Result<(), ExchangeError> {
    let (delimiter, rest) = delimiter(source);
    let before = source.lines().count() - rest.lines().count();
    super::super::read::table::unclosed_quote(rest, delimiter).map_or(Ok(()), |line| {
        let line = line + before;
        Err(ExchangeError(format!("{file}, line {line}: a quotation mark is opened there and never closed; close it")))
    })
}

fn rows(source: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().flexible(true).has_headers(false).delimiter(delimiter).from_reader(source.as_bytes())
}

/// What stands between the columns, and the text behind a first line that says so (`sep=;`): the mark by which most of the
/// first rows have the same number of columns. Rows of titles above the table have no marks at all.
fn delimiter(source: &str) -> (u8, &str) {
    let (first, rest) = source.split_once('\n').unwrap_or((source, ""));
    if let Some([mark]) = first.trim_end().strip_prefix("sep=").map(str::as_bytes) {
        return (*mark, rest);
    }
    let score = |delimiter: u8| {
        let widths: Vec<usize> = rows(source, delimiter).records().take(20).flatten().map(|row| row.len()).collect();
        let alike = |width: usize| widths.iter().filter(|other| **other == width).count();
        widths.iter().filter(|width| **width > 1).map(|width| (alike(*width), *width)).max().unwrap_or_default()
    };
    let best = [b',', b';', b'\t'].into_iter().map(|mark| (score(mark), mark == b',', mark)).max();
    (best.map_or(b',', |(_, _, mark)| mark), source)
}

/// The most lines of one cell.
const MAX_LINES: usize = 500;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_a_person_sees_them() {
        for (number, format, text) in [
            (1_632_960_111.0, "General", "1632960111"),
            (1_632_960_111.0, "00000000000", "01632960111"),
            (1_632_960_111.0, "00000 000000", "01632 960111"),
            (5.0, "\"£\"#,##0.00", "£5.00"),
            (0.5, "0%", "50%"),
            (2.5, "General", "2.5"),
            (12.0, "0.00", "12.00"),
            (1e21, "General", "1000000000000000000000"),
        ] {
            assert_eq!(number_cell(number, format).text, text, "{number} {format}");
        }
    }

    #[test]
    fn an_apostrophe_before_a_formula_goes() {
        assert_eq!(typed("'=1+1").text, "=1+1");
        assert_eq!(typed("'+44 1632 960111").text, "+44 1632 960111");
        assert_eq!(typed("'tis").text, "'tis");
        assert_eq!(typed("#REF!").sort, CellSort::Error);
    }
}
