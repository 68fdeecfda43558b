//! Reads an election from its file.

use std::path::Path;

use super::{Election, PaperBallot, Project};
use crate::exchange::ExchangeError;
use crate::exchange::read::source::{self, display_path};
use crate::model::text::MAX_BYTES;

/// The most rows that are read: several times those of the largest election published.
const MAX_ROWS: usize = 600_000;

/// Reads an election from a file.
///
/// # Errors
/// The file cannot be read, is too large, or has no such sections; with the line.
pub fn read_election(path: &Path) -> Result<Election, ExchangeError> {
    let bytes = source::read_file(path)?;
    parse_election(&bytes).map_err(|why| ExchangeError(format!("{}: {why}", display_path(path))))
}

/// Parses an election.
///
/// # Errors
/// What is wrong, with the line.
pub fn parse_election(bytes: &[u8]) -> Result<Election, String> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b';').flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut election = Election::default();
    let mut section = Section::None;
    let mut rows = 0;
    for row in reader.records() {
        let row = row.map_err(|error| format!("a row cannot be read: {error}"))?;
        rows += 1;
        if rows > MAX_ROWS {
            return Err(format!("more than {MAX_ROWS} rows"));
        }
        let line = row.position().map_or(0, csv::Position::line);
        let next = Section::of(&row);
        section = match next {
            Some(next) => next,
            None => section.take(&row, &mut election).map_err(|why| format!("line {line}: {why}"))?,
        };
    }
    if election.projects.is_empty() {
        return Err("there is no section PROJECTS with a project in it".to_owned());
    }
    if election.meta.get("vote_type").is_some_and(|kind| kind == "ordinal") {
        return Err("its ballots rank the projects (ordinal), which cannot be counted in dots".to_owned());
    }
    Ok(election)
}

/// The section that is being read, with the columns its header names.
enum Section {
    None,
    Meta,
    Projects(Option<Vec<String>>),
    Votes(Option<Vec<String>>),
}

impl Section {
    fn of(row: &csv::StringRecord) -> Option<Self> {
        if row.len() != 1 {
            return None;
        }
        match row.get(0)?.trim().to_ascii_uppercase().as_str() {
            "META" => Some(Self::Meta),
            "PROJECTS" => Some(Self::Projects(None)),
            "VOTES" => Some(Self::Votes(None)),
            _ => None,
        }
    }

    fn take(self, row: &csv::StringRecord, election: &mut Election) -> Result<Self, String> {
        let header = || Some(row.iter().map(|cell| cell.trim().to_ascii_lowercase()).collect());
        let cell = |columns: &[String], name: &str| {
            let at = columns.iter().position(|column| column == name);
            at.and_then(|at| row.get(at)).map(str::trim).unwrap_or_default().to_owned()
        };
        match &self {
            Self::None => return Err("the file begins with neither META nor PROJECTS".to_owned()),
            Self::Meta => {
                let value = row.iter().skip(1).collect::<Vec<_>>().join(";").trim().to_owned();
                fitting(&value)?;
                election.meta.insert(row.get(0).unwrap_or_default().trim().to_owned(), value);
            }
            Self::Projects(None) => return Ok(Self::Projects(header())),
            Self::Votes(None) => return Ok(Self::Votes(header())),
            Self::Projects(Some(columns)) => {
                let (id, name) = (cell(columns, "project_id"), cell(columns, "name"));
                if id.is_empty() {
                    return Err("a project without project_id".to_owned());
                }
                if election.projects.len() >= usize::from(u16::MAX) {
                    return Err(format!("more than {} projects", u16::MAX));
                }
                fitting(&id).and_then(|()| fitting(&name))?;
                election.projects.push(Project { name: if name.is_empty() { id.clone() } else { name }, id });
            }
            Self::Votes(Some(columns)) => {
                let (voter, vote, points) = (cell(columns, "voter_id"), cell(columns, "vote"), cell(columns, "points"));
                fitting(&voter).and_then(|()| fitting(&vote)).and_then(|()| fitting(&points))?;
                let votes = if is_none(&vote) && is_none(&points) { Vec::new() } else { parse_votes(&vote, &points)? };
                election.ballots.push(PaperBallot { voter, votes });
            }
        }
        Ok(self)
    }
}

/// Refuses a text that no record can hold.
fn fitting(text: &str) -> Result<(), String> {
    if text.len() > MAX_BYTES { Err(format!("a text of more than {MAX_BYTES} bytes")) } else { Ok(()) }
}

/// Whether a cell says that nothing stands in it, in the word that other programs use for it.
fn is_none(cell: &str) -> bool {
    cell.is_empty() || cell.eq_ignore_ascii_case("none")
}

/// The votes of one ballot: projects with commas between, and as many points; without points each counts one.
fn parse_votes(projects: &str, points: &str) -> Result<Vec<(String, u16)>, String> {
    let projects: Vec<&str> = projects.split(',').map(str::trim).filter(|one| !one.is_empty()).collect();
    let points: Vec<&str> = points.split(',').map(str::trim).filter(|one| !one.is_empty()).collect();
    if !points.is_empty() && points.len() != projects.len() {
        return Err(format!("{} projects and {} points on one ballot", projects.len(), points.len()));
    }
    let parse = |at: usize| match points.get(at) {
        None => Ok(1),
        Some(text) => text.parse::<u16>().map_err(|_| format!("{text:?} is no number of points")),
    };
    projects.iter().enumerate().map(|(at, project)| Ok(((*project).to_owned(), parse(at)?))).collect()
}
