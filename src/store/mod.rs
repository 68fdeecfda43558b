//! How records lie on disk: one directory, one RON file per kind, several people at once.
//!
//! Readers take no lock: files change in one step. A save locks, reads again what is there, merges field by field,
//! changes nothing but the fields that changed, and is said to be done only when the disk has it. A file that does not
//! read is never written over. What the program keeps for itself is in `.moot`: the lock, backups, drafts, and the
//! losers of conflicts.

mod atomic;
mod backup;
mod commit;
mod conflict;
mod draft;
mod known;
mod lock;
mod owner;
mod problem;
mod records;
mod sample;
mod scan;
mod splice;
mod text;
mod watch;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::model::{AnyRecord, Change, Edit, Kind, Text, Timestamp, Workspace, change::listed};

pub use atomic::{Disk, SHARED_DIR, SHARED_FILE, Stat, Storage};
pub use backup::Backup;
pub use commit::Saved;
pub use conflict::Conflict;
pub use draft::Drafts;
pub use lock::Holder;
pub use owner::own_login;
pub use problem::{Problem, StoreError};
pub use records::VERSION;
pub use sample::{Scratch, atlas, init, need_table, sample_scratch};
pub use text::{from_ron, to_ron};
pub use watch::Watch;

use known::{Hand, Known, file_name};

/// Where the program keeps what is its own, inside a workspace.
const OWN: &str = ".moot";

/// What a workspace is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// To look at: nothing is written, not even a lock.
    Read,
    /// To work in.
    Write,
}

/// A workspace that has been opened.
pub struct Opened {
    /// What reads and saves it from now on.
    pub store: Store,
    /// Its records, as far as they read; kinds that are not resident are left on the disk.
    pub workspace: Workspace,
    /// What is wrong in its files.
    pub problems: Vec<Problem>,
    /// Why nothing can be saved here, if nothing can.
    pub read_only: Option<String>,
}

/// A workspace on disk.
pub struct Store {
    dir: PathBuf,
    storage: Arc<dyn Storage>,
    by: String,
    read_only: Option<String>,
    files: BTreeMap<Kind, Arc<Known>>,
}

/// The moment it is.
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
        let itself = dir.join(file_name(Kind::Partnership));
        match std::fs::symlink_metadata(&itself) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(StoreError::NotAWorkspace(dir.to_owned()));
            }
            Err(error) => return Err(StoreError::unreadable(&itself, &error)),
        }
        let by = std::env::var("USER").unwrap_or_default();
        let by: String = by.chars().filter(char::is_ascii_graphic).take(16).collect();
        let mut store = Self { dir: dir.to_owned(), storage, by, read_only: None, files: BTreeMap::new() };
        store.read_only = match mode {
            Mode::Read => Some("it was opened to look at only".to_owned()),
            Mode::Write => store.prepare_own().err(),
        };
        let mut workspace = Workspace::default();
        let mut problems = Vec::new();
        for kind in Kind::ALL.iter().copied().filter(|kind| kind.is_resident()) {
            problems.extend(store.load(kind, &mut workspace));
        }
        if let Some(newer) = store.files.iter().find(|(_, known)| known.is_newer) {
            store.read_only = Some(format!("{} was written by a newer moot; update moot", file_name(*newer.0)));
        }
        let read_only = store.read_only.clone();
        Ok(Opened { store, workspace, problems, read_only })
    }

    /// The directories of our own; what fails is the reason why nothing can be saved.
    fn prepare_own(&self) -> Result<(), String> {
        let refused =
            |error: &std::io::Error| format!("{} is open read-only: {}", self.dir.display(), problem::reason(error));
        rustix::fs::access(&self.dir, rustix::fs::Access::WRITE_OK).map_err(|error| refused(&error.into()))?;
        for dir in [self.own(), self.own().join("backups"), self.own().join("drafts")] {
            atomic::make_dir(&dir).map_err(|error| refused(&error))?;
        }
        let places = [self.dir.clone(), self.own(), self.own().join("backups")];
        let is_left = places.iter().any(|place| !atomic::leftovers(place, Duration::ZERO).is_empty());
        // What lies there may be of somebody who is saving in this moment; under the lock it cannot be.
        if is_left && let Ok(_held) = lock::Lock::take(&self.own().join("lock"), &self.by, Duration::ZERO) {
            for place in &places {
                atomic::sweep(place, Duration::ZERO);
            }
        }
        // Drafts are written without the lock.
        atomic::sweep(&self.own().join("drafts"), Duration::from_secs(3600));
        Ok(())
    }

    /// Where the workspace is.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Why nothing can be saved here, if nothing can.
    pub fn read_only(&self) -> Option<&str> {
        self.read_only.as_deref()
    }

    /// Says who saves from now on: colleagues who must wait are told so.
    pub fn sign(&mut self, initials: &str) {
        self.by = initials.chars().filter(|c| !c.is_whitespace() && !c.is_control()).take(16).collect();
    }

    /// The texts that are being typed here and are not saved yet.
    pub fn drafts(&self) -> Drafts {
        Drafts::new(&self.own().join("drafts"))
    }

    /// Calls `notice` whenever something in the directory may have changed; until the watch is dropped.
    ///
    /// # Errors
    /// The directory cannot be watched.
    pub fn watch(&self, notice: impl Fn() + Send + 'static) -> Result<Watch, StoreError> {
        watch::watch(&self.dir, notice)
    }

    fn own(&self) -> PathBuf {
        self.dir.join(OWN)
    }

    fn known(&self, kind: Kind) -> Arc<Known> {
        self.files.get(&kind).cloned().unwrap_or_default()
    }

    /// Reads a kind for the first time.
    fn load(&mut self, kind: Kind, workspace: &mut Workspace) -> Vec<Problem> {
        let (known, problems) = match self.read(kind, None) {
            Ok(read) => (read.known, read.problems),
            Err(problem) => (Arc::new(Known { problem: Some(problem.clone()), ..Known::default() }), vec![problem]),
        };
        for entry in &known.entries {
            if let Some(record) = &entry.record {
                workspace.place(entry.span.id, Some(record.clone()));
            }
        }
        self.files.insert(kind, known);
        problems
    }

    /// Reads a file again, as far as it has changed since `before`.
    fn read(&self, kind: Kind, before: Option<&Arc<Known>>) -> Result<Read, Problem> {
        let storage = self.storage.as_ref();
        let Some(stat) = known::stat(storage, &self.dir, kind)? else {
            return match before {
                Some(before) if !before.entries.is_empty() => Err(Problem::whole(
                    &file_name(kind),
                    format!("this file is gone; copy the newest .moot/backups/{}.* to its place", file_name(kind)),
                )),
                _ => Ok(Read::default()),
            };
        };
        let mut found = known::find(storage, &self.dir, kind, stat)?;
        if before.is_none() {
            found.keep_mapped();
        }
        if let Some(before) = before.filter(|before| before.print == Some(found.print) && before.problem.is_none()) {
            return Ok(Read { found: Some(found), known: before.clone(), problems: Vec::new() });
        }
        let by = |uid| self.initials_of(uid);
        let (known, problems) = Known::read(kind, &found, before.map(AsRef::as_ref), &Hand { by: &by });
        Ok(Read { found: Some(found), known: Arc::new(known), problems })
    }

    /// How the owner of a file signs: by initials where people know the login, else by the login.
    fn initials_of(&self, uid: u32) -> Text {
        let login = owner::login(uid);
        let people = self.known(Kind::Person);
        let initials = people.entries.iter().find_map(|entry| match &entry.record {
            Some(AnyRecord::Person(person)) if person.login.as_deref() == Some(login.as_str()) => {
                person.initials.clone()
            }
            _ => None,
        });
        initials.unwrap_or_else(|| Text::line(&login))
    }

    /// Reads a kind that is not kept in memory, such as originals.
    ///
    /// # Errors
    /// The first mistake in its file.
    pub fn load_kind(&mut self, kind: Kind) -> Result<Vec<AnyRecord>, Problem> {
        let read = self.read(kind, None)?;
        if let Some(problem) = read.problems.into_iter().next() {
            return Err(problem);
        }
        if kind.is_resident() {
            return Ok(read.known.entries.iter().filter_map(|entry| entry.record.clone()).collect());
        }
        let text = read.found.as_ref().map_or("", |found| &found.text);
        let file = file_name(kind);
        let one = |entry: &known::Entry| records::read(&file, text, kind, entry.span.id, &entry.span.body);
        read.known.entries.iter().map(one).collect()
    }

    /// Looks what others have changed, reading only files and records that differ.
    ///
    /// A file that does not read any more leaves what was read before as it is, and is not written over.
    pub fn reload(&mut self) -> Reloaded {
        let mut edits = Vec::new();
        let mut problems = Vec::new();
        for kind in Kind::ALL.iter().copied().filter(|kind| kind.is_resident()) {
            let known = self.known(kind);
            let stat = known::stat(self.storage.as_ref(), &self.dir, kind);
            if known.problem.is_none() && stat.as_ref().is_ok_and(|stat| *stat == known.stat) {
                continue;
            }
            let read = self.read(kind, Some(&known));
            match read {
                Ok(read) if read.problems.is_empty() => {
                    edits.extend(read.known.changes_since(&known));
                    self.files.insert(kind, Arc::new(Known { stat: stat.ok().flatten(), ..(*read.known).clone() }));
                }
                Ok(read) => problems.extend(self.block(kind, read.problems)),
                Err(problem) => problems.extend(self.block(kind, vec![problem])),
            }
        }
        Reloaded { change: Change { sentence: said_elsewhere(&edits), edits }, problems }
    }

    /// References that lead nowhere, each at its place. They are no mistakes of the files, and block nothing.
    pub fn loose_references(&self, workspace: &Workspace) -> Vec<Problem> {
        let mut problems = Vec::new();
        for kind in Kind::ALL.iter().copied().filter(|kind| kind.is_resident()) {
            let Ok(Read { found: Some(found), known, .. }) = self.read(kind, self.files.get(&kind)) else {
                continue;
            };
            for entry in &known.entries {
                let ids = records::ids_in(&found.text, &entry.span.body);
                for (at, id) in ids.into_iter().filter(|(_, id)| workspace.get(*id).is_none()) {
                    let message = format!("{id} is not recorded here; name what was meant, or empty the field");
                    let problem = Problem::at(&file_name(kind), &found.text, scan::Fault { at, message });
                    problems.push(Problem { is_blocking: false, ..problem });
                }
            }
        }
        problems
    }

    /// Keeps what is known of a file, and marks it as not to be written over.
    fn block(&mut self, kind: Kind, problems: Vec<Problem>) -> Vec<Problem> {
        let problem = problems.first().cloned();
        self.files.insert(kind, Arc::new(Known { problem, ..(*self.known(kind)).clone() }));
        problems
    }
}

/// A file read again.
#[derive(Default)]
struct Read {
    found: Option<known::Found>,
    known: Arc<Known>,
    problems: Vec<Problem>,
}

/// What others changed.
#[derive(Clone, Debug, Default)]
pub struct Reloaded {
    /// The records before and after; nothing, when nothing changed.
    pub change: Change,
    /// What is wrong in files now.
    pub problems: Vec<Problem>,
}

/// What was changed by others, in a sentence.
fn said_elsewhere(edits: &[Edit]) -> String {
    let name = |edit: &Edit| edit.after.as_ref().or(edit.before.as_ref()).map(|record| record.name().to_owned());
    let names: Vec<String> = edits.iter().filter_map(name).collect();
    match edits {
        [] => String::new(),
        [Edit { after: Some(after), .. }] if !after.updated().1.is_empty() => {
            format!("{} changed {}", after.updated().1, listed(&names))
        }
        _ => format!("changed elsewhere: {}", listed(&names)),
    }
}
