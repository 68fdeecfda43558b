//! What a path holds, told by its content: a directory of services, a spreadsheet, an election, or a file of an event.

use std::path::Path;

use super::ExchangeError;
use super::openspace::Sort;
use super::read::source::{head, is_zip};
use super::read::table;
use super::sheet::Workbook;

/// What a path holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holding {
    /// A directory of services, in whatever dialect; also whatever cannot be told.
    Directory,
    /// An election.
    Election,
    /// A file of an event, with its text.
    OfEvent(Sort, String),
    /// A spreadsheet with headings of its own.
    Sheet(Workbook),
}

/// How many lines of a text are looked at.
const LOOKED_AT: usize = 200;

/// Tells what a path holds.
///
/// # Errors
/// The file cannot be read.
pub fn holding(path: &Path) -> Result<Holding, ExchangeError> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "pb" => return Ok(Holding::Election),
        "csv" | "tsv" | "txt" | "md" | "markdown" | "" => {}
        _ => return sheet_or_directory(path),
    }
    if !path.is_file() {
        return Ok(Holding::Directory);
    }
    if is_zip(path)? {
        return sheet_or_directory(path);
    }
    let text = head(path)?;
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(match sort(&file, &ending, &text) {
        Some(sort) => Holding::OfEvent(sort, super::read_text(path)?),
        None if is_election(&text) => Holding::Election,
        None => sheet_or_directory(path)?,
    })
}

fn sheet_or_directory(path: &Path) -> Result<Holding, ExchangeError> {
    Ok(Workbook::at(path, false)?.map_or(Holding::Directory, Holding::Sheet))
}

fn sort(file: &str, ending: &str, text: &str) -> Option<Sort> {
    if matches!(ending, "md" | "markdown") {
        return Some(Sort::Proceedings);
    }
    let columns = table::header(text);
    if table::detect_table(file, &columns).is_some() || text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let is_heading = |line: &str| line.starts_with("# ") || line.starts_with("## ");
    let is_text = matches!(ending, "txt" | "") && text.lines().take(LOOKED_AT).any(is_heading);
    Sort::of_table(&columns).or_else(|| is_text.then_some(Sort::Proceedings))
}

fn is_election(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty());
    first.is_some_and(|line| line == "META") && text.lines().take(LOOKED_AT).any(|line| line.trim() == "PROJECTS")
}
