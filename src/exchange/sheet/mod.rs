//! A spreadsheet of one's own: the list that a charity keeps in .xlsx, .ods or .csv, under headings of its own.
//!
//! [`read`] gives the cells as a person sees them; [`columns`] knows which heading means which field; `layout` finds the
//! row of headings and what stands beneath it; `row` makes a service of each row. What is made has the shape of Open Referral,
//! so that originals, reports, importing again and undo are those of every import. Every cell ends in a record or is named in
//! the report.
//!
//! Which column was taken for which field is remembered with the originals, in `originals.ron` under the name `columns`:
//! the next sheet with the same headings is read the same way.

pub mod columns;
mod layout;
mod ods;
pub mod read;
mod row;
pub mod template;
mod values;

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::normalise::{Normaliser, Object, name_uuid, str_field};
use super::read::source::{decode_saying, first_bytes, head, read_file};
use super::read::{SourceReader, items, table};
use super::report::{Repair, RepairKind};
use super::{ExchangeError, Item, Package, Progress, ProgressCallback};
use crate::model::field::Visibility;
use crate::model::order::Order as _;
use crate::model::{AnyRecord, Collection, Date, FieldInfo, Id, Kind, Original, Workspace};

pub use columns::{FIELDS, Field};
pub use layout::{Column, Layout, Table};
use read::{Grid, Row, Shape};
use row::RowReader;

/// The name under which originals remember which column is which field.
pub const REMEMBERED: &str = "columns";

/// What an import of such a file is called in its report.
pub const DIALECT: &str = "spreadsheet";

/// A spreadsheet with all its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workbook {
    /// Its file.
    pub file: Arc<str>,
    /// Its sheets.
    pub grids: Vec<Grid>,
    /// Whether it was taken for Windows-1252.
    pub was_windows: bool,
}

/// Which heading goes to which field: headings as people write them, and names of fields.
pub type Choices = Vec<(String, String)>;

impl Workbook {
    /// The workbook in a file, where it is a spreadsheet (`None`: something else). A CSV file is one where some of its
    /// headings are known and it is no table of Open Referral; with `is_told` whatever its headings are.
    ///
    /// # Errors
    /// It cannot be read: locked, of an old format, broken, too large.
    pub fn at(path: &Path, is_told: bool) -> Result<Option<Self>, ExchangeError> {
        if !path.is_file() {
            return Ok(None);
        }
        let file = path.file_name().map(|name| crate::model::text::clean(&name.to_string_lossy())).unwrap_or_default();
        if !read::may_be_workbook(&file, &first_bytes(path)?) {
            // A large table is not read before its beginning says that it is one of these.
            let is_one = is_table(&file) && (is_told || is_sheet(&file, &head(path)?));
            let read = || Ok(decode_saying(read_file(path)?));
            let Some((text, was_windows)) = is_one.then(read).transpose()? else { return Ok(None) };
            return Ok(Self::of_text(&file, &text, is_told)?.map(|book| Self { was_windows, ..book }));
        }
        let bytes = read_file(path)?;
        match read::shape(&file, &bytes)? {
            Shape::Other => Ok(None),
            shape => {
                Ok(Some(Self { grids: read::sheets(&file, bytes, shape)?, file: file.into(), was_windows: false }))
            }
        }
    }

    /// The workbook in a CSV file that is no table of Open Referral, whatever its headings are: for somebody who can say what
    /// they mean.
    ///
    /// # Errors
    /// As [`Self::at`].
    pub fn unknown(path: &Path) -> Result<Option<Self>, ExchangeError> {
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_file() && is_table(&file) && is_open_referral(&file, &table::header(&head(path)?)) {
            return Ok(None);
        }
        let Some(book) = Self::at(path, true)? else { return Ok(None) };
        let columns =
            |grid: &Grid| grid.rows.first().map(|row| row.cells.iter().map(|cell| cell.text.clone()).collect());
        let columns: Vec<String> = book.grids.first().and_then(columns).unwrap_or_default();
        let has_table = book.grids.first().is_some_and(|grid| layout::first_wide(grid).is_some());
        Ok(Some(book).filter(|book| has_table && !is_open_referral(&book.file, &columns)))
    }

    /// The workbook that a CSV text is, where it is one.
    ///
    /// # Errors
    /// As [`Self::at`].
    pub fn of_text(file: &str, text: &str, is_told: bool) -> Result<Option<Self>, ExchangeError> {
        if !is_text_of_table(text) || !is_told && !is_sheet(file, text) {
            return Ok(None);
        }
        let grids = vec![read::text(file, text)?];
        read::check_quotes(file, text)?;
        Ok(Some(Self { grids, file: file.into(), was_windows: false }))
    }

    /// The kind of record whose table this is, as this program writes it, with the table as CSV for [`super::of_kind`]: the columns
    /// are its fields by name, and at least one row speaks of a record that is here. It may have been another file in between.
    ///
    /// What an export leaves out says nothing when it comes back: a column of persons without any, and when facts were checked.
    pub fn own_table(&self, workspace: &Workspace) -> Option<(Kind, String)> {
        let mut filled = self.grids.iter().filter(|grid| !grid.rows.is_empty());
        let (Some(grid), None) = (filled.next(), filled.next()) else { return None };
        let (header, rows) = grid.rows.split_first()?;
        let headings: Vec<&str> = header.cells.iter().map(|cell| cell.text.as_str()).collect();
        let id = headings.iter().position(|heading| *heading == "id")?;
        let of =
            |row: &Row| row.text(id).parse::<Id>().ok().and_then(|id| workspace.get(id)).map(|record| record.kind());
        let kind = rows.iter().find_map(of).filter(|kind| kind.is_addable() && !kind.is_private())?;
        let is_field =
            |heading: &&str| ["id", "verified"].contains(heading) || kind.fields().any(|field| field.name == *heading);
        if !headings.iter().all(is_field) {
            return None;
        }
        let says_nothing = |column: usize| {
            let is_personal =
                |field: &FieldInfo| field.name == headings[column] && field.visibility == Visibility::Personal;
            // The flat table of an export says the day alone.
            let is_day = |row: &Row| row.text(column).is_empty() || row.text(column).parse::<Date>().is_ok();
            headings[column] == "verified" && rows.iter().all(is_day)
                || kind.fields().any(is_personal) && rows.iter().all(|row| row.text(column).is_empty())
        };
        let columns: Vec<usize> = (0..headings.len()).filter(|column| !says_nothing(*column)).collect();
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for row in &grid.rows {
            let record = row.text(id).parse::<Id>().ok().and_then(|id| workspace.get(id));
            let cell =
                |column: &usize| with_its_nought(row.text(*column), headings[*column], record.as_ref(), workspace);
            // What stands behind the last column is for the reader of tables to refuse.
            let behind = row.cells.iter().skip(headings.len()).map(|cell| cell.text.clone());
            let behind = behind.filter(|text| !text.is_empty());
            writer.write_record(columns.iter().map(cell).chain(behind)).ok()?;
        }
        Some((kind, String::from_utf8(writer.into_inner().ok()?).ok()?))
    }
}

/// A telephone number as the record has it, where a spreadsheet has only taken its nought or its blanks.
fn with_its_nought(cell: &str, heading: &str, record: Option<&AnyRecord>, workspace: &Workspace) -> String {
    let known = record.map(|record| record.format_field(heading, workspace)).unwrap_or_default();
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let is_same = values::with_nought(cell).is_some_and(|whole| !known.is_empty() && digits(&whole) == digits(&known));
    if heading == "phone" && is_same { known } else { cell.to_owned() }
}

fn is_table(file: &str) -> bool {
    let ending = file.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    matches!(ending.as_deref(), Some("csv" | "tsv" | "txt"))
}

/// Whether the headings are those of a table of Open Referral: names with a line between their words, or links.
fn is_open_referral(file: &str, columns: &[String]) -> bool {
    let is_of_theirs = |column: &String| {
        let is_field = super::schema::tables().iter().any(|table| table.field(column).is_some());
        column.contains('_') && is_field || column.ends_with("_id") || column.ends_with("_recordid")
    };
    let named = table::detect_table(file, &[]);
    let is_whole = |table: &super::schema::TableSchema| columns.iter().all(|column| table.field(column).is_some());
    let has_ids = columns.iter().any(|column| column == "id");
    named.is_some_and(|table| table.name != "services" || has_ids && is_whole(table))
        || columns.iter().any(is_of_theirs)
}

fn is_text_of_table(text: &str) -> bool {
    let trimmed = text.trim_start();
    !trimmed.is_empty() && !trimmed.starts_with(['{', '[', '<'])
}

/// Whether a text that begins so is a list of services and no table of Open Referral.
fn is_sheet(file: &str, text: &str) -> bool {
    is_text_of_table(text) && !is_open_referral(file, &table::header(text)) && has_headings(text)
}

/// Whether one of the first rows of a text has headings of a list of services.
fn has_headings(text: &str) -> bool {
    let beginning: String = text.split_inclusive('\n').take(60).collect();
    read::text("", &beginning).is_ok_and(|grid| layout::header(&grid, &[]).is_some())
}

/// What earlier imports remember of columns: for each row of headings (by its name, see [`Table::id`]) which heading goes to
/// which field. What was remembered under the same name of source stands first.
pub fn remembered(originals: &Collection<Original>, feed: &str) -> Vec<(String, Choices)> {
    let mut kept: Vec<_> = originals.iter().filter(|original| &*original.name == REMEMBERED).collect();
    kept.order_by_key(|original| (original.feed.as_deref() != Some(feed), std::cmp::Reverse(original.updated.clone())));
    let choices = |item: &Object| {
        let pairs = item.get("columns").and_then(Value::as_object).into_iter().flatten();
        pairs.filter_map(|(heading, field)| Some((heading.clone(), field.as_str()?.to_owned()))).collect()
    };
    kept.iter()
        .filter_map(|original| serde_json::from_str::<Object>(original.json.as_str()).ok())
        .map(|item| (str_field(&item, "id").to_owned(), choices(&item)))
        .collect()
}

/// Reads the services of a workbook.
///
/// # Errors
/// No table is found in it, or `on_progress` returned false.
pub fn package(
    book: &Workbook,
    layout: &Layout,
    feed: &str,
    on_progress: &mut ProgressCallback<'_>,
) -> Result<Package, ExchangeError> {
    layout.check_names(book)?;
    let mut reader = SourceReader { dialect: DIALECT, ..SourceReader::default() };
    reader.normaliser = Normaliser::new(feed);
    if book.was_windows {
        reader.normaliser.file = book.file.clone();
        reader.normaliser.note("file", RepairKind::Encoding, "not UTF-8", "Windows-1252");
    }
    let stopped = || ExchangeError("the import was stopped; nothing was changed".to_owned());
    let mut done = 0;
    for table in &layout.tables {
        let Some(grid) = book.grids.get(table.grid) else { continue };
        reader.normaliser.file = grid.name.clone();
        let mut rows = RowReader::new(grid, table);
        for at in 0..grid.rows.len() {
            if done % 500 == 0 && !on_progress(Progress { stage: "reading", done }) {
                return Err(stopped());
            }
            done += 1;
            if let Some(item) = rows.read(at, &mut reader.normaliser) {
                reader.normaliser.is_own = true; // what stands in it has been cleaned
                let gatherer = &mut reader.gatherer;
                items::gather_service(&mut reader.normaliser, &mut gatherer.registry, &mut gatherer.pending, item);
                reader.normaliser.is_own = false;
            }
        }
        rows.note_columns(&mut reader.normaliser);
    }
    for grid in layout.unread.iter().filter_map(|at| book.grids.get(*at)) {
        name_cells(grid, &mut reader.normaliser.repairs);
    }
    let mut asked = |done| on_progress(Progress { stage: "putting together", done });
    let mut package = reader.into_package(Path::new(&*book.file), &mut asked)?.ok_or_else(stopped)?;
    package.columns = layout.tables.iter().map(|table| memory(table, book)).collect();
    package.columns.dedup_by(|one, other| one.id == other.id);
    Ok(package)
}

/// Names every cell of a sheet in which no services were found.
fn name_cells(grid: &Grid, repairs: &mut Vec<Repair>) {
    for row in &grid.rows {
        let cells = row.cells.iter().enumerate().filter(|(_, cell)| !cell.text.is_empty());
        repairs.extend(cells.map(|(column, cell)| {
            skipped(
                grid,
                row.at,
                &layout::letters(column),
                &cell.text,
                "no headings of a list of services on this sheet",
            )
        }));
    }
}

/// A cell that is in no record, whole.
fn skipped(grid: &Grid, row: usize, field: &str, text: &str, why: &str) -> Repair {
    let old = crate::model::text::clean(text).replace('\n', "⏎");
    Repair {
        file: grid.name.clone(),
        row,
        field: field.into(),
        kind: RepairKind::Skipped,
        old: old.into(),
        new: why.into(),
    }
}

/// What is remembered of the columns of a table.
fn memory(table: &Table, book: &Workbook) -> Item {
    let pairs = table.columns.iter().map(|column| (column.heading.clone(), Value::from(column.field.key)));
    let id = table.id();
    let item = serde_json::json!({ "id": id, "columns": pairs.collect::<Object>() });
    let file = book.grids.get(table.grid).map_or_else(|| book.file.clone(), |grid| grid.name.clone());
    Item { table: REMEMBERED.into(), id: id.into(), json: item.to_string().into(), file, row: table.header_row }
}

/// The name of a row of headings: the same headings in the same order have the same.
fn header_id(headings: &[String]) -> String {
    let plain: Vec<String> = headings.iter().map(|heading| columns::plain(heading)).collect();
    name_uuid(&format!("columns|{}", plain.join("|")))
}
