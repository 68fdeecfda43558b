//! Reading several files as of one moment, without a lock.
//!
//! Each file is replaced atomically, but while one is read another may be replaced. So after the files were read they
//! are looked at again, and what differs is read again, until a pass finds no difference. Then all files were as they
//! were read at one moment: when that pass began, by looking which change was in effect (see [`super::journal`]). What
//! has been read is the contents of the files with that change, so it has all of it, and nothing of one that took effect
//! later.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::file_state::{Entry, FileState, file_name};
use super::journal::Journal;
use super::problem::{FileProblem, StoreError, reason};
use super::storage::Stat;
use super::{FileRead, Store, file_state, records, said_elsewhere};
use crate::model::{AnyRecord, Change, Kind};

/// How many passes are made before giving up; others would have to save during each of them.
const MAX_PASSES: u32 = 200;

/// What others changed.
#[derive(Clone, Debug, Default)]
pub struct Reloaded {
    /// The records before and after; nothing, when nothing changed.
    pub change: Change,
    /// What is wrong in files now.
    pub problems: Vec<FileProblem>,
    /// What was saved and has been written over without the program, in sentences; it is kept.
    pub overwritten: Vec<String>,
}

/// What the passes have found so far.
#[derive(Default)]
struct Passes {
    /// Whether the files are read for the first time.
    is_first_read: bool,
    /// The files as they were when they were looked at last.
    seen: BTreeMap<Kind, Result<Option<Stat>, FileProblem>>,
    problems: BTreeMap<Kind, Vec<FileProblem>>,
}

impl Store {
    /// Reads all resident kinds for the first time.
    pub(super) fn load(&mut self) -> Result<Vec<FileProblem>, StoreError> {
        match self.refresh(true) {
            Ok(problems) => Ok(problems),
            Err(error) => Err(StoreError::unreadable(&self.dir, &error)),
        }
    }

    /// Reads what others have changed, parsing only files and records that differ.
    ///
    /// Of a file that does not parse any more, the last good state stays, and the file is not written over.
    pub fn reload(&mut self) -> Reloaded {
        let before = self.files.clone();
        if matches!(self.storage.stat(&self.dir), Err(error) if error.kind() == io::ErrorKind::NotFound) {
            let why = "this workspace is not there any more; put it back, and work goes on";
            let name = self.dir.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            let problem = FileProblem { line: 0, ..FileProblem::whole(&crate::model::text::clean(&name), why) };
            return Reloaded { problems: vec![problem], ..Reloaded::default() };
        }
        let _ = self.restore_private_dirs(); // else the next save says why
        match self.refresh(false) {
            Ok(problems) => {
                let changed = self.files.iter().filter_map(|(kind, state)| Some((before.get(kind)?, state)));
                let edits: Vec<_> = changed.flat_map(|(before, state)| state.changes_since(before)).collect();
                let mut overwritten = self.look_for_overwritten();
                overwritten.extend(self.noticed_by_others());
                Reloaded { change: Change { sentence: said_elsewhere(&edits), edits }, problems, overwritten }
            }
            Err(error) => {
                self.files = before;
                let problem = FileProblem::whole(&self.dir.display().to_string(), reason(&error));
                Reloaded { problems: vec![problem], ..Reloaded::default() }
            }
        }
    }

    /// Reads a kind that is not kept in memory, such as originals. It may be newer than the records in memory; where
    /// [`Store::reload`] finds nothing changed afterwards, both are of one moment.
    ///
    /// # Errors
    /// The first mistake in its file.
    pub fn load_kind(&mut self, kind: Kind) -> Result<Vec<AnyRecord>, FileProblem> {
        let journal = self.journal().map_err(|error| FileProblem::whole(&file_name(kind), reason(&error)))?;
        let read = self.read(kind, None, journal.as_ref())?;
        if let Some(problem) = read.problems.into_iter().next() {
            return Err(problem);
        }
        if kind.is_resident() {
            return Ok(read.state.entries.iter().filter_map(|entry| entry.record.clone()).collect());
        }
        let text = read.contents.as_ref().map_or("", |contents| &contents.text);
        let file = file_name(kind);
        let one = |entry: &Entry| records::read(&file, text, kind, entry.span.id, &entry.span.body());
        read.state.entries.iter().map(one).collect()
    }

    /// Reads what differs from what was read last, until all of it is of one moment. The error is one of the journal.
    fn refresh(&mut self, is_first_read: bool) -> io::Result<Vec<FileProblem>> {
        let mut passes = Passes { is_first_read, ..Passes::default() };
        for pass in 0..MAX_PASSES {
            pause(pass);
            let journal = self.journal()?;
            let mut is_still = true;
            for kind in Kind::ALL.iter().copied().filter(|kind| kind.is_resident()) {
                is_still &= !self.refresh_kind(kind, journal.as_ref(), &mut passes);
            }
            if is_still {
                return Ok(passes.problems.into_values().flatten().collect());
            }
        }
        Err(never_still())
    }

    /// The change that is in effect and may not be complete.
    pub(super) fn journal(&self) -> io::Result<Option<Journal>> {
        Journal::in_effect(self.storage.as_ref(), &self.dir)
    }

    /// Reads a file if it differs from what was seen last; whether it did.
    fn refresh_kind(&mut self, kind: Kind, journal: Option<&Journal>, passes: &mut Passes) -> bool {
        let now = file_state::stat(self.storage.as_ref(), &self.dir, kind, journal);
        let is_as_read = match passes.seen.get(&kind) {
            Some(seen) => *seen == now,
            None => self.is_as_read(kind, &now),
        };
        if !is_as_read {
            let before = if passes.is_first_read { None } else { self.files.get(&kind).cloned() };
            let read = self.read(kind, before.as_ref(), journal);
            let problems = self.keep(kind, read, now.as_ref().ok().copied().flatten(), passes.is_first_read);
            passes.problems.insert(kind, problems);
        }
        passes.seen.insert(kind, now);
        !is_as_read
    }

    fn is_as_read(&self, kind: Kind, now: &Result<Option<Stat>, FileProblem>) -> bool {
        let state = self.files.get(&kind).filter(|state| state.problem.is_none());
        state.is_some_and(|state| now.as_ref().is_ok_and(|now| *now == state.stat))
    }

    /// Keeps the new state of a file. Of one that has become wrong, the last good state stays, marked as not to be
    /// written over; of one that was wrong from the beginning, what could be read.
    fn keep(
        &mut self,
        kind: Kind,
        read: Result<FileRead, FileProblem>,
        stat: Option<Stat>,
        is_first_read: bool,
    ) -> Vec<FileProblem> {
        let (mut state, problems) = match read {
            Ok(read) => (read.state, read.problems),
            Err(problem) => (Arc::default(), vec![problem]),
        };
        if !problems.is_empty() && !is_first_read {
            state = self.state(kind);
        }
        let kept: &mut FileState = Arc::make_mut(&mut state);
        kept.problem = problems.first().cloned();
        if problems.is_empty() {
            kept.stat = stat;
        }
        self.files.insert(kind, state);
        problems
    }
}

/// Lets a save that is under way come to its end.
fn pause(pass: u32) {
    if pass > 4 {
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn never_still() -> io::Error {
    io::Error::other("others save without a pause; try again in a moment")
}
