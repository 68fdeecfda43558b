//! What comes with the program: a sample workspace and a table of needs; and the making of a new workspace.

use std::path::Path;

use super::known::{Found, Hand, Known, file_name};
use super::problem::{Problem, StoreError};
use super::{Disk, Stat, Storage, atomic, text};
use crate::model::needs::NeedTable;
use crate::model::{AnyRecord, Kind, Partnership, SplitMix64, Text, Updated};

const PARTNERSHIP: &str = include_str!("../../data/sample/partnership.ron");
const PEOPLE: &str = include_str!("../../data/sample/people.ron");
const ORGANISATIONS: &str = include_str!("../../data/sample/organisations.ron");
const SERVICES: &str = include_str!("../../data/sample/services.ron");
const NEEDS: &str = include_str!("../../data/needs.ron");

/// Makes a new workspace: with nothing in it but its name, or with the sample.
///
/// # Errors
/// The directory is a workspace already, or cannot be written.
pub fn init(dir: &Path, name: &str, sample: bool) -> Result<(), StoreError> {
    let own = dir.join(super::OWN);
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

fn partnership(name: Text, sample: bool) -> Result<AnyRecord, Problem> {
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
    Ok(Partnership { id, name, map: super::map::default_name(), updated, ..Partnership::default() }.into())
}

/// The records of a file that is part of the program.
fn embedded(kind: Kind, text: &str) -> Result<Vec<AnyRecord>, Problem> {
    let found = Found { text: text.to_owned(), has_mark: false, stat: Stat::NONE, print: 0 };
    let (known, problems) = Known::read(kind, &found, None, &Hand { by: &|_| Text::default() });
    match problems.into_iter().next() {
        Some(problem) => Err(problem),
        None => Ok(known.entries.into_iter().filter_map(|entry| entry.record).collect()),
    }
}

/// A workspace for somebody who has none: the sample, in a directory that goes with this.
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
    init(dir.path(), itself.first().map_or("Sample", AnyRecord::name), true)?;
    Ok(Scratch(dir))
}

/// Which needs words speak of: the workspace's own `needs.ron`, or the table that comes with the program.
///
/// # Errors
/// What is wrong in the workspace's table.
pub fn need_table(dir: &Path) -> Result<NeedTable, Problem> {
    let own = dir.join("needs.ron");
    let bytes = match Disk.read(&own) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return read_whole("needs.ron", NEEDS),
        Err(error) => return Err(Problem::whole("needs.ron", super::problem::reason(&error))),
    };
    let text = String::from_utf8(bytes).map_err(|_| Problem::whole("needs.ron", "this file is not UTF-8"))?;
    read_whole("needs.ron", text.trim_start_matches('\u{feff}'))
}

pub(super) fn read_whole<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, Problem> {
    super::records::options().without_recursion_limit().from_str(text).map_err(|error| {
        let at = error.span.start;
        let message = crate::model::text::clean(&error.code.to_string());
        Problem { line: at.line, col: at.col, ..Problem::whole(file, message) }
    })
}
