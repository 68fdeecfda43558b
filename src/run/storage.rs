//! The thread that owns the workspace on the disk. It does one thing after the other: load, save, look again, import,
//! export. The app never waits for it; what must not wait either is in `drafts`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use super::drafts::{read_drafts, read_kept, read_visit};
use super::work::{self, Cancel};
use super::{Message, confine, network_fs, remembered};
use crate::app::{self, Event, Loaded, NotSaved};
use crate::model::place::Atlas;
use crate::model::{Author, Change, Edit, Id, Workspace};
use crate::search::Indexes;
use crate::store::{self, Mode, Scratch, Store, StoreError};

/// What the thread is asked to do.
pub enum Job {
    /// Save a change and answer with its number.
    Commit(u64, Change),
    /// See what others changed.
    Reload,
    /// Import from a path.
    Import(String, Box<work::Request>),
    /// Export in a format to a path.
    Export(String, String, Box<Workspace>),
    /// Begin a workspace in a directory, with a name, and go on in it.
    Begin(String, String),
    /// Keep the copy of the sample in a directory, and go on in it.
    KeepSample(String),
    /// Take back the newest edit that gave way.
    TakeBack(Box<Workspace>, Author),
    /// Take the conflict with this number off the list.
    SettleConflict(u64),
    /// Say from now on who saves.
    Sign(String),
    /// Let the workspace go, a scratch copy with it, and answer when everything before this is done.
    Close(Sender<()>),
}

/// The way to the thread.
pub struct StorageWorker {
    jobs: Sender<(Job, Cancel)>,
    cancel: RefCell<Cancel>,
}

impl StorageWorker {
    /// Starts the thread on a workspace, or on a scratch copy of the sample.
    pub fn start(dir: Option<PathBuf>, mode: Mode, to: Sender<Message>) -> Self {
        let (jobs, inbox) = channel();
        let worker = Worker { jobs: jobs.clone(), to, open: None };
        std::thread::spawn(move || worker.run(dir, mode, &inbox));
        Self { jobs, cancel: RefCell::default() }
    }

    /// Asks for something; what is asked first is done first.
    pub fn send(&self, job: Job) {
        let cancel = self.cancel.borrow_mut().next();
        // The thread only ends with the program.
        drop(self.jobs.send((job, cancel)));
    }

    /// Stops the imports and exports that were asked for.
    pub fn cancel(&self) {
        self.cancel.borrow().stop();
    }

    /// Waits until everything asked for is done and the workspace is let go, but not for ever: the terminal may be gone.
    pub fn close(&self, timeout: std::time::Duration) {
        let (done, wait) = channel();
        self.send(Job::Close(done));
        let _ = wait.recv_timeout(timeout); // late or never, the program ends
    }
}

/// A workspace that is open.
struct Open {
    store: Store,
    /// Notices what others do, as long as it lives.
    watch: Option<store::Watch>,
    /// Whether a watch was lost and has to be set up again.
    is_looking: bool,
    /// The directory of the sample goes when this does.
    _scratch: Option<Scratch>,
    /// Conflicts whose losing values are being saved again, by number.
    conflicts: BTreeMap<u64, store::Conflict>,
    /// Records that others have added since the workspace was opened, and that were not saved from here.
    added_elsewhere: BTreeSet<Id>,
}

impl Open {
    fn new(store: Store, watch: Option<store::Watch>, scratch: Option<Scratch>) -> Self {
        Self {
            store,
            watch,
            is_looking: false,
            _scratch: scratch,
            conflicts: BTreeMap::new(),
            added_elsewhere: BTreeSet::new(),
        }
    }

    fn run_job(&mut self, job: Job, cancel: &Cancel, to: &Sender<Message>) -> Option<Event> {
        match job {
            Job::Commit(number, change) => Some(self.commit(number, &change)),
            Job::Reload => Some(self.reload()),
            Job::Import(path, request) => {
                Some(Event::Finished(work::import(&mut self.store, &path, *request, to, cancel)))
            }
            Job::Export(format, path, workspace) => {
                Some(Event::Finished(work::export(&mut self.store, &format, &path, &workspace, cancel)))
            }
            Job::TakeBack(workspace, author) => Some(self.take_back(&workspace, &author)),
            Job::SettleConflict(number) => self.settle(number),
            Job::Sign(initials) => {
                self.store.sign(&initials);
                None
            }
            Job::Close(_) | Job::Begin(..) | Job::KeepSample(_) => None,
        }
    }

    fn commit(&mut self, number: u64, change: &Change) -> Event {
        let is_new = |edit: &&Edit| edit.before().is_none();
        let taken = change.edits.iter().filter(is_new).map(Edit::id).find(|id| self.added_elsewhere.contains(id));
        let outcome = match taken {
            Some(id) => Err(StoreError::Taken(id)),
            None => self.store.commit(change),
        };
        match outcome {
            Ok(saved) => {
                self.added_elsewhere.retain(|id| change.edits.iter().all(|edit| edit.id() != *id));
                self.note_added(&saved.elsewhere);
                let lost = [saved.overwritten, saved.lost].concat();
                Event::Saved(number, app::Saved { elsewhere: saved.elsewhere, lost, unconfirmed: saved.is_unconfirmed })
            }
            Err(error) => {
                let taken = if let StoreError::Taken(id) = &error { Some(*id) } else { None };
                let details = format!("{error}\n\nWhat was not saved: {}", change.sentence);
                Event::NotSaved(number, NotSaved { sentence: error.to_string(), details, taken })
            }
        }
    }

    /// Records that are new from elsewhere: a record of ours that is new under one of these ids is another record.
    fn note_added(&mut self, elsewhere: &Change) {
        let new = elsewhere.edits.iter().filter(|edit| edit.before().is_none());
        self.added_elsewhere.extend(new.map(Edit::id));
    }

    fn reload(&mut self) -> Event {
        let reloaded = self.store.reload();
        self.note_added(&reloaded.change);
        let problems = reloaded.problems.iter().map(ToString::to_string).collect();
        Event::Reloaded(reloaded.change, problems, reloaded.overwritten)
    }

    fn take_back(&mut self, workspace: &Workspace, author: &Author) -> Event {
        let Some(conflict) = self.store.conflicts().into_iter().next_back() else {
            return failed("nothing gave way to anything".to_owned());
        };
        match conflict.take_back(workspace, author) {
            Ok(change) => {
                let number = self.conflicts.keys().next_back().map_or(0, |last| last + 1);
                self.conflicts.insert(number, conflict);
                Event::TakenBack(change, number)
            }
            Err(refusal) => failed(refusal.0),
        }
    }

    fn settle(&mut self, number: u64) -> Option<Event> {
        let conflict = self.conflicts.remove(&number)?;
        self.store.settle(&conflict).err().map(|error| Event::Failed(error.to_string()))
    }
}

struct Worker {
    jobs: Sender<(Job, Cancel)>,
    to: Sender<Message>,
    open: Option<Open>,
}

impl Worker {
    fn run(mut self, dir: Option<PathBuf>, mode: Mode, inbox: &Receiver<(Job, Cancel)>) {
        self.load(dir, mode, None);
        while let Ok((job, cancel)) = inbox.recv() {
            self.run_job(job, &cancel);
        }
    }

    fn send(&self, event: Event) {
        // The receiver is gone once the program ends.
        drop(self.to.send(Message::Event(event)));
    }

    /// Loads a workspace; where it has just been begun, `begun` says where it lies.
    fn load(&mut self, dir: Option<PathBuf>, mode: Mode, begun: Option<String>) {
        match self.open(dir, mode) {
            Ok((loaded, unreadable)) => {
                // The records are on the screen before their words are read.
                let (workspace, atlas) = (loaded.workspace.clone(), loaded.atlas.clone());
                self.send(Event::Loaded(Box::new(loaded)));
                if let Some(sentence) = begun {
                    self.send(Event::Begun(sentence));
                }
                for why in unreadable {
                    self.send(Event::Failed(why));
                }
                let indexes = Indexes::build(app::screen::SEARCHED, &workspace, &atlas);
                self.send(Event::Indexed(Box::new(indexes)));
            }
            Err(why) => self.send(Event::NotLoaded(why)),
        }
    }

    /// Opens a workspace; with it comes what of earlier runs does not read.
    fn open(&mut self, dir: Option<PathBuf>, mode: Mode) -> Result<(Loaded, Vec<String>), String> {
        let said = |error: store::StoreError| error.to_string();
        let scratch = if dir.is_none() { Some(store::sample_scratch().map_err(said)?) } else { None };
        let dir = dir.or_else(|| scratch.as_ref().map(|scratch| scratch.path().to_owned())).unwrap_or_default();
        let opened = Store::open(&dir, mode).map_err(said)?;
        let (atlas, map_problem) = match store::atlas(&dir, &opened.workspace) {
            Ok(atlas) => (atlas, None),
            Err(problem) => (Atlas::default(), Some(problem)), // the program works without a map
        };
        let (thesaurus, thesaurus_problem) = match store::thesaurus(&dir) {
            Ok(thesaurus) => (thesaurus, None),
            Err(problem) => (store::default_thesaurus(), Some(problem)),
        };
        let workspace = opened.workspace;
        let (watch, unwatched) = self.watch(&opened.store);
        let drafts = opened.store.drafts();
        let (kept, unreadable) = read_kept(&drafts);
        let loaded = Loaded {
            indexes: Indexes::default(),
            atlas: Arc::new(atlas),
            thesaurus: Arc::new(thesaurus),
            directory: if scratch.is_some() {
                "a scratch copy of the sample".to_owned()
            } else {
                dir.display().to_string()
            },
            problems: opened
                .problems
                .iter()
                .chain(&map_problem)
                .chain(&thesaurus_problem)
                .map(ToString::to_string)
                .collect(),
            read_only: opened.read_only,
            drafts: read_drafts(&drafts),
            kept,
            unwatched,
            conflicts: conflicts(&opened.store, &workspace, opened.overwritten),
            scratch: scratch.is_some(),
            workspace,
        };
        self.send(Event::LastVisit(read_visit(&drafts)));
        // The receiver is gone once the program ends.
        drop(self.to.send(Message::Drafts(drafts)));
        self.open = Some(Open::new(opened.store, watch, scratch));
        Ok((loaded, unreadable))
    }

    /// The directory may have been replaced by another: then the system tells of the one that is gone.
    fn watch_again(&mut self) {
        let is_lost = |open: &Open| open.watch.as_ref().is_some_and(|watch| !watch.is_in_place());
        let Some(mut open) = self.open.take_if(|open| is_lost(open) || open.is_looking) else { return };
        let had = std::mem::take(&mut open.watch).is_some();
        let (watch, unwatched) = self.watch(&open.store);
        open.is_looking = watch.is_none();
        if had || watch.is_some() {
            self.send(Event::Watching(unwatched));
        }
        open.watch = watch;
        self.open = Some(open);
    }

    /// Has the system tell of others' changes, or says why it does not tell of all of them.
    fn watch(&self, store: &Store) -> (Option<store::Watch>, Option<String>) {
        let jobs = self.jobs.clone();
        match store.watch(move || drop(jobs.send((Job::Reload, Cancel::default())))) {
            Ok(watch) => (Some(watch), network_notice(store.dir())),
            Err(error) => (None, Some(error.to_string())),
        }
    }

    fn run_job(&mut self, job: Job, cancel: &Cancel) {
        match job {
            Job::Close(done) => {
                self.open = None;
                let _ = done.send(()); // whoever asked may have lost patience
            }
            Job::Begin(dir, name) => {
                let begun = format!("{} begun", crate::model::text::one_line(&name));
                self.go_on_in(&dir, |dir| store::init(dir, &name, false), &begun);
            }
            Job::KeepSample(dir) => {
                if let Some(from) = self.open.as_ref().map(|open| open.store.dir().to_owned()) {
                    self.go_on_in(&dir, |dir| store::keep_copy(&from, dir), "the sample is kept");
                }
            }
            job => {
                if matches!(job, Job::Reload) {
                    self.watch_again();
                }
                if let Some(event) = self.open.as_mut().and_then(|open| open.run_job(job, cancel, &self.to)) {
                    self.send(event);
                }
            }
        }
    }

    /// Goes on in a workspace that has just been made, which is remembered; or says why it could not be made.
    fn go_on_in(&mut self, typed: &str, make: impl FnOnce(&Path) -> Result<(), StoreError>, what: &str) {
        let made = confine::place(typed).and_then(|dir| make(&dir).map(|()| dir).map_err(|error| error.to_string()));
        match made {
            Ok(dir) => {
                let begun = remembered::remember(&dir, what);
                self.load(Some(dir), Mode::Write, Some(begun));
            }
            Err(why) => self.send(failed(why)),
        }
    }
}

/// Why the watch does not tell of all changes, where it does not: on a network file system those of other hosts.
fn network_notice(dir: &Path) -> Option<String> {
    let name = network_fs::name_of(dir)?;
    Some(format!("{} is on {name}, which may not tell of other hosts", dir.display()))
}

/// What was written over, and what gave way to later changes and is kept, a sentence each, the newest first.
fn conflicts(store: &Store, workspace: &Workspace, overwritten: Vec<String>) -> Vec<String> {
    let kept = store.conflicts();
    let mut said = overwritten;
    let all = kept.iter().rev().map(|conflict| conflict.sentence(workspace.get(conflict.record).as_ref()));
    all.for_each(|sentence| {
        if !said.contains(&sentence) {
            said.push(sentence);
        }
    });
    said
}

/// Something that was asked for failed, and nothing else is to be said of it.
pub fn failed(sentence: String) -> Event {
    Event::Finished(app::Finished { sentence, change: None, page: None, failed: true })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AnyRecord, Service};

    fn adding(id: Id, name: &str) -> Change {
        let service: AnyRecord = Service { id, name: name.into(), ..Service::default() }.into();
        Change { edits: Edit::new(None, Some(service)).into_iter().collect(), sentence: format!("{name} added") }
    }

    /// The files are looked at between the moment in which the app draws an id and that in which its record is saved.
    #[test]
    fn a_record_that_is_new_here_is_not_merged_with_one_that_came_under_its_id() {
        let dir = tempfile::tempdir().unwrap();
        store::init(dir.path(), "Table", false).unwrap();
        let open = || Store::open(dir.path(), Mode::Write).unwrap().store;
        let (mut ours, id) = (Open::new(open(), None, None), "S-0001".parse::<Id>().unwrap());
        open().commit(&adding(id, "Theirs")).unwrap();
        assert!(matches!(ours.reload(), Event::Reloaded(change, ..) if change.edits.len() == 1));
        let answer = ours.commit(1, &adding(id, "Ours"));
        assert!(matches!(answer, Event::NotSaved(1, NotSaved { taken: Some(taken), .. }) if taken == id));
        let services = std::fs::read_to_string(dir.path().join("services.ron")).unwrap();
        assert!(services.contains("\"Theirs\"") && !services.contains("\"Ours\""));
    }
}
