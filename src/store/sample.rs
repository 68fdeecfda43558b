//! The sample workspace that comes with the program, and the creation of a new one.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::file_state::{FileContents, FileState, file_name};
use super::problem::{FileProblem, StoreError};
use super::storage::{Disk, PRIVATE_FILE, SHARED_FILE, Stat, Storage};
use super::{access, atomic, draft, text};
use crate::model::{AnyRecord, Kind, Partnership, SplitMix64, Text, Updated};

const PARTNERSHIP: &str = include_str!("../../data/sample/partnership.ron");
/// The other files of the sample.
const SAMPLE: &[(Kind, &str)] = &[
    (Kind::Person, include_str!("../../data/sample/people.ron")),
    (Kind::Organisation, include_str!("../../data/sample/organisations.ron")),
    (Kind::Service, include_str!("../../data/sample/services.ron")),
    (Kind::Event, include_str!("../../data/sample/events.ron")),
    (Kind::Topic, include_str!("../../data/sample/topics.ron")),
    (Kind::Theme, include_str!("../../data/sample/themes.ron")),
    (Kind::Recommendation, include_str!("../../data/sample/recommendations.ron")),
    (Kind::Action, include_str!("../../data/sample/actions.ron")),
    (Kind::Told, include_str!("../../data/sample/told.ron")),
    (Kind::Story, include_str!("../../data/sample/stories.ron")),
    (Kind::Agreement, include_str!("../../data/sample/agreements.ron")),
    (Kind::Forum, include_str!("../../data/sample/forums.ron")),
    (Kind::Meeting, include_str!("../../data/sample/meetings.ron")),
    (Kind::Round, include_str!("../../data/sample/rounds.ron")),
    (Kind::Ballot, include_str!("../../data/sample/ballots.ron")),
];

/// Creates a new workspace: empty but for its name, or with the sample.
///
/// # Errors
/// The directory is a workspace already, or cannot be written.
pub fn init(dir: &Path, name: &str, sample: bool) -> Result<(), StoreError> {
    init_on(&Disk, dir, name, sample)
}

/// As [`init`], through a [`Storage`] other than the disk.
///
/// # Errors
/// As [`init`].
pub fn init_on(storage: &dyn Storage, dir: &Path, name: &str, sample: bool) -> Result<(), StoreError> {
    let mode = access::first_mode(access::is_shared_by_umask(storage));
    make(storage, dir, name, sample, &|file, text| atomic::save(storage, dir, file, text.as_bytes(), mode).map(drop))
}

/// Keeps a copy of the sample, with all that was changed in it, as a workspace in another directory.
///
/// # Errors
/// The directory is a workspace already, or cannot be written.
pub fn keep_copy(copy: &Path, dir: &Path) -> Result<(), StoreError> {
    make_dirs(&Disk, dir)?;
    let save = |from: &Path, to: &Path, mode: u32| -> Result<(), StoreError> {
        let name = from.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let saved = Disk.read(from).and_then(|bytes| atomic::save(&Disk, to, &name, &bytes, mode));
        saved.map(drop).map_err(|error| StoreError::failed(&name, &error))
    };
    let shared = access::first_mode(access::is_shared_by_umask(&Disk));
    let drafts = Path::new(super::PRIVATE_DIR).join("drafts");
    let disk: Arc<dyn Storage> = Arc::new(Disk);
    draft::copy_all(&disk, &copy.join(&drafts), &dir.join(&drafts))?;
    // The partnership comes last: its presence makes the directory a workspace.
    for kind in Kind::ALL.iter().rev() {
        let from = copy.join(file_name(*kind));
        if Disk.stat(&from).is_ok() {
            save(&from, dir, if kind.is_private() { PRIVATE_FILE } else { shared })?;
        }
    }
    Ok(())
}

/// Makes a workspace of files that `save` writes, each by its name and its text.
fn make(
    storage: &dyn Storage,
    dir: &Path,
    name: &str,
    sample: bool,
    save: &dyn Fn(&str, &str) -> io::Result<()>,
) -> Result<(), StoreError> {
    let name = Text::line(name);
    if name.is_empty() {
        return Err(StoreError::Refused("a partnership needs a name: give it one with --name".to_owned()));
    }
    make_dirs(storage, dir)?;
    let write = |kind: Kind, text: &str| {
        let file = file_name(kind);
        save(&file, text).map_err(|error| StoreError::failed(&file, &error))
    };
    // The partnership comes last: its presence makes the directory a workspace.
    for (kind, text) in SAMPLE.iter().filter(|_| sample) {
        write(*kind, text)?;
    }
    let record = partnership(name, sample).map_err(StoreError::Broken)?;
    write(Kind::Partnership, &text::file(Kind::Partnership, &[record]).map_err(StoreError::Refused)?)
}

/// Makes the directories of a workspace.
///
/// # Errors
/// There is one already, or they cannot be made.
fn make_dirs(storage: &dyn Storage, dir: &Path) -> Result<(), StoreError> {
    let failed = |error: io::Error| StoreError::failed(&dir.display().to_string(), &error);
    match storage.stat(&dir.join(file_name(Kind::Partnership))) {
        Ok(_) => {
            let message = format!("{0} is a workspace already; open it with: moot -w {0}", dir.display());
            return Err(StoreError::Refused(message));
        }
        Err(error) if is_absent(&error) => {}
        Err(error) => return Err(failed(error)),
    }
    if let Some(parent) = dir.parent() {
        create_dirs(storage, parent).map_err(failed)?;
    }
    let private = dir.join(super::PRIVATE_DIR);
    let is_shared = access::is_shared_by_umask(storage);
    for dir in [dir, &private, &private.join("backups"), &private.join("drafts")] {
        access::make_dir_as(storage, dir, is_shared, None).map_err(failed)?;
    }
    Ok(())
}

/// Neither the file nor, maybe, the directory it would be in exists.
fn is_absent(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

fn create_dirs(storage: &dyn Storage, dir: &Path) -> io::Result<()> {
    match storage.stat(dir) {
        Err(error) if is_absent(&error) && !dir.as_os_str().is_empty() => {
            dir.parent().map_or(Ok(()), |parent| create_dirs(storage, parent))?;
            storage.create_dir(dir)
        }
        _ => Ok(()),
    }
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
    Ok(Partnership { id, name, map: super::map::default_name(), updated, ..Partnership::default() }.into())
}

/// The records of a file that is part of the program.
fn embedded(kind: Kind, text: &str) -> Result<Vec<AnyRecord>, FileProblem> {
    let contents = FileContents { text: text.to_owned(), has_mark: false, stat: Stat::EMBEDDED, fingerprint: 0 };
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
    let failed = |error: io::Error| StoreError::failed("the sample", &error);
    let dir = tempfile::Builder::new().prefix("moot-sample-").tempdir().map_err(failed)?;
    let partnership = embedded(Kind::Partnership, PARTNERSHIP).map_err(StoreError::Broken)?;
    let name = partnership.first().map_or_else(|| "Sample".to_owned(), AnyRecord::title_alone);
    // Nobody waits for the disk: the copy is to be gone soon, and a first look must be quick on a slow disk too.
    make(&Disk, dir.path(), &name, true, &|file, text| {
        let mut written = Disk.create(&dir.path().join(file))?;
        Disk.write(&mut written, text.as_bytes())?;
        Disk.set_mode(&written, SHARED_FILE)
    })?;
    Ok(Scratch(dir))
}
