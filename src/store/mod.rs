//! How records lie on disk: one directory, one RON file per kind, several people at once.
//!
//! Readers take no lock, as each file is replaced atomically. A save locks, reads the file again, merges field by
//! field, writes nothing but the fields that changed, and reports success only when the disk has them. A file that does
//! not parse is never written over. `.moot` is the private directory of the program: the lock, backups, drafts, and
//! edits that lost a conflict.

mod access;
mod atomic;
mod backup;
mod build;
mod commit;
mod conflict;
mod decode;
mod draft;
mod file_state;
mod journal;
mod last_saved;
mod lock;
mod map;
mod notices;
mod own_file;
mod problem;
mod records;
mod sample;
mod scan;
mod snapshot;
mod splice;
mod storage;
mod text;
mod thesaurus;
mod users;
mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::model::{AnyRecord, Edit, Kind, Text, Timestamp, Workspace, change::listed};

pub use backup::Backup;
pub use commit::Saved;
pub use conflict::Conflict;
pub use draft::Drafts;
pub use lock::Holder;
pub use map::atlas;
pub use problem::{FileProblem, StoreError};
pub use records::VERSION;
pub use sample::{Scratch, init, init_on, keep_copy, sample_scratch};
pub use snapshot::Reloaded;
use storage::PRIVATE_FILE;
pub use storage::{Disk, SHARED_DIR, SHARED_FILE, Stat, Storage};
pub use text::{from_ron, to_ron};
pub use thesaurus::{default_thesaurus, thesaurus};
pub use users::own_login;
pub use watch::Watch;

pub use file_state::file_name;

use file_state::FileState;
use journal::Journal;
use lock::Lock;
use notices::Notice;

/// The directory inside a workspace where the program keeps its own files.
const PRIVATE_DIR: &str = ".moot";

/// Whether a directory is a workspace: the partnership's file makes it one.
pub fn is_workspace(dir: &Path) -> bool {
    Disk.stat(&dir.join(file_name(Kind::Partnership))).is_ok()
}

/// What a workspace is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// To read: nothing is written, not even a lock.
    Read,
    /// To read and save.
    Write,
}

/// Makes a folder in a workspace, open to whom the workspace is, unless it exists.
///
/// # Errors
/// The disk's.
pub fn make_folder(dir: &Path) -> std::io::Result<()> {
    access::make_dir(&Disk, dir)
}

/// A workspace that has been opened.
pub struct Opened {
    /// What reads and saves it from now on.
    pub store: Store,
    /// Its records, as far as they read; kinds that are not resident are left on the disk.
    pub workspace: Workspace,
    /// What is wrong in its files.
    pub problems: Vec<FileProblem>,
    /// What was saved and has been written over without the program since, in sentences; it is kept.
    pub overwritten: Vec<String>,
    /// Why nothing can be saved here, if nothing can.
    pub read_only: Option<String>,
}

/// A workspace on disk.
pub struct Store {
    dir: PathBuf,
    storage: Arc<dyn Storage>,
    by: String,
    read_only: Option<String>,
    files: BTreeMap<Kind, Arc<FileState>>,
    /// What was said of what was written over, as this program knows it.
    noticed: Vec<Notice>,
}

/// The current time.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_seconds(i64::try_from(since.as_secs()).unwrap_or_default())
}

impl Store {
    /// Opens a workspace and reads it.
    ///
    /// # Errors
    /// The directory is no workspace, or cannot be read at all. Mistakes in files are no error: see
    /// [`Opened::problems`].
    pub fn open(dir: &Path, mode: Mode) -> Result<Opened, StoreError> {
        Self::open_on(Arc::new(Disk), dir, mode)
    }

    /// Opens a workspace through a [`Storage`] other than the disk.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_on(storage: Arc<dyn Storage>, dir: &Path, mode: Mode) -> Result<Opened, StoreError> {
        let partnership = dir.join(file_name(Kind::Partnership));
        match storage.stat(&partnership) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::NotAWorkspace(dir.to_owned()));
            }
            Err(error) => return Err(StoreError::unreadable(&partnership, &error)),
        }
        let by: String = own_login().chars().filter(char::is_ascii_graphic).take(16).collect();
        let mut store =
            Self { dir: dir.to_owned(), storage, by, read_only: None, files: BTreeMap::new(), noticed: Vec::new() };
        store.noticed = store.notices();
        store.read_only = match mode {
            Mode::Read => Some("it was opened to look at only".to_owned()),
            Mode::Write => store.prepare_private_dir().err(),
        };
        let mut problems = store.load()?;
        problems.extend(thesaurus::former_table(store.storage.as_ref(), dir));
        let mut workspace = Workspace::default();
        for entry in store.files.values().flat_map(|state| &state.entries) {
            if let Some(record) = &entry.record {
                workspace.place(entry.span.id, Some(record.clone()));
            }
        }
        if let Some(newer) = store.files.iter().find(|(_, state)| state.is_newer) {
            store.read_only = Some(format!("{} was written by a newer moot; update moot", file_name(*newer.0)));
        }
        let (read_only, overwritten) = (store.read_only.clone(), store.look_for_overwritten());
        Ok(Opened { store, workspace, problems, overwritten, read_only })
    }

    /// Creates the private directories and removes stale temporary files; the error says why nothing can be saved.
    fn prepare_private_dir(&self) -> Result<(), String> {
        let refused =
            |error: &std::io::Error| format!("{} is open read-only: {}", self.dir.display(), problem::reason(error));
        let storage = self.storage.as_ref();
        storage.check_writable(&self.dir).map_err(|error| refused(&error))?;
        self.create_private_dirs().map_err(|error| refused(&error))?;
        let places = [self.dir.clone(), self.private_dir(), self.private_dir().join("backups")];
        let backups = &places[2];
        let is_left = journal::exists(storage, &self.dir)
            || !backup::asides(storage, backups).is_empty()
            || places.iter().any(|place| !atomic::stale_temps(storage, place, Duration::ZERO).is_empty());
        // A temporary file may belong to a save in progress; under the lock it cannot.
        if is_left && let Ok(_lock) = self.lock(Duration::ZERO) {
            for place in &places {
                atomic::remove_stale_temps(storage, place, Duration::ZERO);
            }
            backup::settle_all(storage, &self.dir, backups);
        }
        self.close_private_files().map_err(|error| refused(&error))?;
        self.drafts().prepare();
        Ok(())
    }

    fn create_private_dirs(&self) -> std::io::Result<()> {
        let private = self.private_dir();
        let all = [private.clone(), private.join("backups"), private.join("drafts")];
        let storage = self.storage.as_ref();
        all.iter().try_for_each(|dir| access::make_dir(storage, dir).and_then(|()| access::check_dir(storage, dir)))
    }

    /// A checkout that was put in the place of the workspace has no private directory.
    fn restore_private_dirs(&self) -> std::io::Result<()> {
        let is_gone =
            |dir: &Path| self.storage.stat(dir).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
        let is_needed = self.read_only.is_none() && is_gone(&self.private_dir()) && !is_gone(&self.dir);
        if is_needed { self.create_private_dirs() } else { Ok(()) }
    }

    /// Takes from everybody else the right to read what is private, should a copy have given it to them.
    fn close_private_files(&self) -> std::io::Result<()> {
        let storage = self.storage.as_ref();
        for kind in Kind::ALL.iter().filter(|kind| kind.is_private()) {
            let path = self.dir.join(file_name(*kind));
            if storage.stat(&path).is_ok_and(|stat| stat.is_file && users::is_own(&stat)) {
                storage.set_mode(&storage.open(&path)?, PRIVATE_FILE)?;
            }
        }
        Ok(())
    }

    /// Takes the lock, and finishes what an interrupted save has left.
    fn lock(&self, timeout: Duration) -> Result<Lock, StoreError> {
        self.restore_private_dirs().map_err(|error| StoreError::failed(PRIVATE_DIR, &error))?;
        if matches!(self.storage.stat(&self.dir), Err(error) if error.kind() == std::io::ErrorKind::NotFound) {
            return Err(StoreError::Gone(self.dir.clone()));
        }
        let lock = Lock::acquire(&self.storage, &self.private_dir().join("lock"), &self.by, timeout)?;
        journal::recover(self.storage.as_ref(), &self.dir)?;
        Ok(lock)
    }

    /// Where the workspace is.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Why nothing can be saved here, if nothing can.
    pub fn read_only(&self) -> Option<&str> {
        self.read_only.as_deref()
    }

    /// Sets whose initials colleagues are shown while they wait for the lock.
    pub fn sign(&mut self, initials: &str) {
        self.by = initials.chars().filter(|c| !c.is_whitespace() && !c.is_control()).take(16).collect();
    }

    /// The drafts of this user: text that is being typed and is not saved yet.
    pub fn drafts(&self) -> Drafts {
        Drafts::new(self.storage.clone(), self.private_dir().join("drafts"))
    }

    /// Calls `notice` whenever something in the directory may have changed; until the watch is dropped.
    ///
    /// # Errors
    /// The directory cannot be watched.
    pub fn watch(&self, notice: impl Fn() + Send + 'static) -> Result<Watch, StoreError> {
        watch::watch(&self.dir, &self.private_dir(), notice)
    }

    fn private_dir(&self) -> PathBuf {
        self.dir.join(PRIVATE_DIR)
    }

    fn state(&self, kind: Kind) -> Arc<FileState> {
        self.files.get(&kind).cloned().unwrap_or_default()
    }

    /// Reads a file again, as far as it has changed since `before`.
    fn read(
        &self,
        kind: Kind,
        before: Option<&Arc<FileState>>,
        journal: Option<&Journal>,
    ) -> Result<FileRead, FileProblem> {
        let Some(mut contents) = file_state::read(self.storage.as_ref(), &self.dir, kind, journal)? else {
            return match before {
                Some(before) if !before.entries.is_empty() => Err(FileProblem::whole(
                    &file_name(kind),
                    format!("this file is gone; copy the newest .moot/backups/{}.* to its place", file_name(kind)),
                )),
                _ => Ok(FileRead::default()),
            };
        };
        if before.is_none() {
            contents.keep_mapped();
        }
        if let Some(before) =
            before.filter(|before| before.fingerprint == Some(contents.fingerprint) && before.problem.is_none())
        {
            return Ok(FileRead { contents: Some(contents), state: before.clone(), problems: Vec::new() });
        }
        let signature = |uid| self.signature_of(uid);
        let (state, problems) = FileState::parse(kind, &contents, before.map(AsRef::as_ref), &signature);
        Ok(FileRead { contents: Some(contents), state: Arc::new(state), problems })
    }

    /// The initials of the person with the login of this user, else the login.
    fn signature_of(&self, uid: u32) -> Text {
        let login = users::user_name(uid);
        let people = self.state(Kind::Person);
        let initials = people.entries.iter().find_map(|entry| match &entry.record {
            Some(AnyRecord::Person(person)) if person.login.as_deref() == Some(login.as_str()) => {
                person.initials.clone()
            }
            _ => None,
        });
        initials.unwrap_or_else(|| Text::line(&login))
    }

    /// Dangling references, each at its position. They do not block saving.
    pub fn loose_references(&self, workspace: &Workspace) -> Vec<FileProblem> {
        let mut problems = Vec::new();
        let journal = self.journal().ok().flatten();
        for kind in Kind::ALL.iter().copied().filter(|kind| kind.is_resident()) {
            let Ok(FileRead { contents: Some(contents), state, .. }) =
                self.read(kind, self.files.get(&kind), journal.as_ref())
            else {
                continue;
            };
            for entry in &state.entries {
                let ids = records::ids_in(&contents.text, &entry.span.body());
                for (at, id) in ids.into_iter().filter(|(_, id)| workspace.get(*id).is_none()) {
                    let message = format!("{id} is not recorded here; name what was meant, or empty the field");
                    let problem = FileProblem::at(&file_name(kind), &contents.text, scan::SyntaxError { at, message });
                    problems.push(FileProblem { is_blocking: false, ..problem });
                }
            }
        }
        problems
    }
}

/// A file read again.
#[derive(Default)]
struct FileRead {
    contents: Option<file_state::FileContents>,
    state: Arc<FileState>,
    problems: Vec<FileProblem>,
}

/// What was changed by others, in a sentence.
fn said_elsewhere(edits: &[Edit]) -> String {
    let names: Vec<String> = edits.iter().map(|edit| edit.record().title_alone()).collect();
    match edits {
        [] => String::new(),
        [Edit::Add(after) | Edit::Replace { after, .. }] if !after.updated().1.is_empty() => {
            format!("{} changed {}", after.updated().1, listed(&names))
        }
        _ => format!("changed elsewhere: {}", listed(&names)),
    }
}
