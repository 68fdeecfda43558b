//! What comes with the program: a sample workspace, a map and a table of needs; and the creation of a new workspace.

use std::path::Path;

use super::file_state::{FileContents, FileState, file_name};
use super::problem::{FileProblem, StoreError};
use super::{Disk, Stat, Storage, atomic, text};
use crate::model::needs::NeedTable;
use crate::model::place::Atlas;
use crate::model::{AnyRecord, Kind, Partnership, SplitMix64, Text, Updated};

const PARTNERSHIP: &str = include_str!("../../data/dorset/partnership.ron");
const PEOPLE: &str = include_str!("../../data/dorset/people.ron");
const ORGANISATIONS: &str = include_str!("../../data/dorset/organisations.ron");
const SERVICES: &str = include_str!("../../data/dorset/services.ron");
const NEEDS: &str = include_str!("../../data/needs.ron");
const MAP: &str = include_str!("../../data/maps/dorset.ron");

/// Creates a new workspace: empty but for its name, or with the sample.
///
/// # Errors
/// The directory is a workspace already, or cannot be written.
pub fn init(dir: &Path, name: &str, sample: bool) -> Result<(), StoreError> {
    let own = dir.join(super::PRIVATE_DIR);
    let itself = file_name(Kind::Partnership);
    let name = Text::line(name);
    if name.is_empty() {
        return Err(StoreError::Refused("a partnership needs a name: give it one with --name".to_owned()));
    }
    if dir.join(&itself).exists() {
        let message = format!("{0} is a workspace already; open it with: moot -w {0}", dir.display());
        return Err(StoreError::Refused(message));
    }
    let failed = |error: std::io::Error| StoreError::failed(&dir.display().to_string(), &error);
    if let Some(parent) = dir.parent() {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    for dir in [dir, &own, &own.join("backups"), &own.join("drafts")] {
        atomic::make_dir(dir).map_err(failed)?;
    }
    let mut files = vec![];
    if sample {
        files.extend([(Kind::Person, PEOPLE), (Kind::Organisation, ORGANISATIONS), (Kind::Service, SERVICES)]);
    }
    // The partnership comes last: its presence makes the directory a workspace.
    for (kind, text) in files {
        write(dir, kind, text)?;
    }
    let record = partnership(name, sample).map_err(StoreError::Broken)?;
    let text = text::file(Kind::Partnership, &[record]).map_err(StoreError::Refused)?;
    write(dir, Kind::Partnership, &text)
}

fn write(dir: &Path, kind: Kind, text: &str) -> Result<(), StoreError> {
    let file = file_name(kind);
    let saved = atomic::save(&Disk, dir, &file, text.as_bytes(), atomic::SHARED_FILE);
    saved.map(drop).map_err(|error| StoreError::failed(&file, &error))
}

fn partnership(name: Text, sample: bool) -> Result<AnyRecord, FileProblem> {
    let now = super::now();
    let updated = Updated(now, Text::default());
    if sample {
        for record in embedded(Kind::Partnership, PARTNERSHIP)? {
            if let AnyRecord::Partnership(it) = record {
                return Ok(Partnership { name, sample: true, updated, ..(*it).clone() }.into());
            }
        }
    }
    let id = SplitMix64::new(now.seconds().unsigned_abs() ^ u64::from(std::process::id()) << 40).new_id(
        Kind::Partnership.letter(),
        0,
        |_| false,
    );
    Ok(Partnership { id, name, map: Text::some("dorset"), updated, ..Partnership::default() }.into())
}

/// The records of a file that is part of the program.
fn embedded(kind: Kind, text: &str) -> Result<Vec<AnyRecord>, FileProblem> {
    let contents = FileContents { text: text.to_owned(), has_mark: false, stat: Stat::NONE, fingerprint: 0 };
    let (state, problems) = FileState::parse(kind, &contents, None, &|_| Text::default());
    match problems.into_iter().next() {
        Some(problem) => Err(problem),
        None => Ok(state.entries.into_iter().filter_map(|entry| entry.record).collect()),
    }
}

/// A workspace for somebody who has none: the sample, in a directory that is removed when this is dropped.
#[derive(Debug)]
pub struct Scratch(tempfile::TempDir);

impl Scratch {
    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

/// Makes a scratch copy of the sample.
///
/// # Errors
/// The directory for temporary files cannot be written.
pub fn sample_scratch() -> Result<Scratch, StoreError> {
    let failed = |error: std::io::Error| StoreError::failed("the sample", &error);
    let dir = tempfile::Builder::new().prefix("moot-sample-").tempdir().map_err(failed)?;
    let itself = embedded(Kind::Partnership, PARTNERSHIP).map_err(StoreError::Broken)?;
    let name = itself.first().map_or_else(|| "Sample".to_owned(), AnyRecord::title_alone);
    init(dir.path(), &name, true)?;
    Ok(Scratch(dir))
}

/// The map that comes with the program.
///
/// # Errors
/// Only if the program was built with a map that does not read.
pub fn atlas() -> Result<Atlas, FileProblem> {
    read_whole("dorset.ron", MAP)
}

/// Which words mean which needs: the workspace's own `needs.ron`, or the table that comes with the program.
///
/// # Errors
/// What is wrong in the workspace's table.
pub fn need_table(dir: &Path) -> Result<NeedTable, FileProblem> {
    let own = dir.join("needs.ron");
    let bytes = match Disk.read(&own) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return read_whole("needs.ron", NEEDS),
        Err(error) => return Err(FileProblem::whole("needs.ron", super::problem::reason(&error))),
    };
    let text = String::from_utf8(bytes).map_err(|_| FileProblem::whole("needs.ron", "this file is not UTF-8"))?;
    read_whole("needs.ron", text.trim_start_matches('\u{feff}'))
}

fn read_whole<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, FileProblem> {
    super::records::options().without_recursion_limit().from_str(text).map_err(|error| {
        let at = error.span.start;
        let message = crate::model::text::clean(&error.code.to_string());
        FileProblem { line: at.line, col: at.col, ..FileProblem::whole(file, message) }
    })
}
