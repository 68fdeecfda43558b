//! The thread that owns the workspace on the disk. It does one thing after the other: load, save, look again, keep
//! drafts, import, export. The app never waits for it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use super::{Message, work};
use crate::app::draft::Draft;
use crate::app::{self, Event, Loaded};
use crate::model::place::Atlas;
use crate::model::{Author, Change, Id, Kind, Workspace};
use crate::search::Indexes;
use crate::store::{self, Mode, Scratch, Store};

/// What the thread is asked to do.
pub enum Job {
    /// Save a change and answer with its number.
    Commit(u64, Change),
    /// See what others changed.
    Reload,
    /// Keep a draft.
    KeepDraft(Draft),
    /// Let a draft go.
    DropDraft(String),
    /// Import from a path.
    Import(String, Box<work::Request>),
    /// Export in a format to a path.
    Export(String, String, Box<Workspace>),
    /// Begin a workspace in a directory, with a name, and go on in it.
    Begin(String, String),
    /// Take back the newest edit that gave way.
    TakeBack(Box<Workspace>, Author),
    /// Say from now on who saves.
    Sign(String),
    /// Let the workspace go, a scratch copy with it, and answer when everything before this is done.
    Close(Sender<()>),
}

/// The way to the thread.
pub struct StorageWorker {
    jobs: Sender<Job>,
    cancel: Arc<AtomicBool>,
}

impl StorageWorker {
    /// Starts the thread on a workspace, or on a scratch copy of the sample.
    pub fn start(dir: Option<PathBuf>, mode: Mode, to: Sender<Message>) -> Self {
        let (jobs, inbox) = channel();
        let cancel = Arc::new(AtomicBool::new(false));
        let worker = Worker { jobs: jobs.clone(), to, cancel: cancel.clone(), open: None };
        std::thread::spawn(move || worker.run(dir, mode, &inbox));
        Self { jobs, cancel }
    }

    /// Asks for something; what is asked first is done first.
    pub fn ask(&self, job: Job) {
        // The thread only ends with the program.
        drop(self.jobs.send(job));
    }

    /// Stops the import or export under way.
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }

    /// Waits until everything asked for is done and the workspace is let go, but not for ever: the terminal may be gone.
    pub fn close(&self, at_most: std::time::Duration) {
        let (done, wait) = channel();
        self.ask(Job::Close(done));
        let _ = wait.recv_timeout(at_most); // late or never, the program ends
    }
}

/// A workspace that is open.
struct Open {
    store: Store,
    /// Notices what others do, as long as it lives.
    _watch: Option<store::Watch>,
    /// The directory of the sample goes when this does.
    _scratch: Option<Scratch>,
}

struct Worker {
    jobs: Sender<Job>,
    to: Sender<Message>,
    cancel: Arc<AtomicBool>,
    open: Option<Open>,
}

impl Worker {
    fn run(mut self, dir: Option<PathBuf>, mode: Mode, inbox: &Receiver<Job>) {
        self.load(dir, mode);
        while let Ok(job) = inbox.recv() {
            self.work(job);
        }
    }

    fn tell(&self, event: Event) {
        // Nobody listens any more once the program ends.
        drop(self.to.send(Message::Event(event)));
    }

    fn load(&mut self, dir: Option<PathBuf>, mode: Mode) {
        match self.open(dir, mode) {
            Ok(loaded) => {
                // The records are on the screen before their words are read.
                let (workspace, atlas) = (loaded.workspace.clone(), loaded.atlas.clone());
                self.tell(Event::Loaded(Box::new(loaded)));
                let indexes = Indexes::build(app::screen::SEARCHED, &workspace, &atlas);
                self.tell(Event::Indexed(Box::new(indexes)));
            }
            Err(why) => self.tell(Event::NotLoaded(why)),
        }
    }

    fn open(&mut self, dir: Option<PathBuf>, mode: Mode) -> Result<Loaded, String> {
        let said = |error: store::StoreError| error.to_string();
        let scratch = if dir.is_none() { Some(store::sample_scratch().map_err(said)?) } else { None };
        let dir = dir.or_else(|| scratch.as_ref().map(|scratch| scratch.path().to_owned())).unwrap_or_default();
        let opened = Store::open(&dir, mode).map_err(said)?;
        let (atlas, map_problem) = match store::atlas(&dir, &opened.workspace) {
            Ok(atlas) => (atlas, None),
            Err(problem) => (Atlas::default(), Some(problem)), // the program works without a map
        };
        let jobs = self.jobs.clone();
        // Where the directory cannot be watched, others' changes are seen at the next save.
        let watch = opened.store.watch(move || drop(jobs.send(Job::Reload))).ok();
        let workspace = opened.workspace;
        let loaded = Loaded {
            indexes: Indexes::default(),
            atlas: Arc::new(atlas),
            directory: if scratch.is_some() {
                "a scratch copy of the sample".to_owned()
            } else {
                dir.display().to_string()
            },
            problems: opened.problems.iter().chain(&map_problem).map(ToString::to_string).collect(),
            read_only: opened.read_only,
            drafts: read_drafts(&opened.store),
            conflicts: kept_conflicts(&opened.store, &workspace),
            scratch: scratch.is_some(),
            workspace,
        };
        self.open = Some(Open { store: opened.store, _watch: watch, _scratch: scratch });
        Ok(loaded)
    }

    fn work(&mut self, job: Job) {
        match job {
            Job::Close(done) => {
                self.open = None;
                let _ = done.send(()); // whoever asked may have lost patience
            }
            Job::Begin(dir, name) => self.begin(&dir, &name),
            job => {
                let Some(open) = &mut self.open else { return };
                let event = match job {
                    Job::Commit(number, change) => Some(commit(&mut open.store, number, &change)),
                    Job::Reload => Some(look(&mut open.store)),
                    Job::KeepDraft(draft) => keep_draft(&open.store, &draft),
                    Job::DropDraft(key) => open.store.drafts().remove(&key).err().map(|e| failed(e.to_string())),
                    Job::Import(path, request) => {
                        self.cancel.store(false, Ordering::Relaxed);
                        Some(Event::Finished(work::import(&mut open.store, &path, *request, &self.to, &self.cancel)))
                    }
                    Job::Export(format, path, workspace) => {
                        self.cancel.store(false, Ordering::Relaxed);
                        let done = work::export(&mut open.store, &format, &path, &workspace, &self.cancel);
                        Some(Event::Finished(done))
                    }
                    Job::TakeBack(workspace, author) => Some(take_back(&mut open.store, &workspace, &author)),
                    Job::Sign(initials) => {
                        open.store.sign(&initials);
                        None
                    }
                    Job::Close(_) | Job::Begin(..) => None,
                };
                if let Some(event) = event {
                    self.tell(event);
                }
            }
        }
    }

    fn begin(&mut self, dir: &str, name: &str) {
        let dir = super::expand(dir);
        match store::init(&dir, name, false) {
            Ok(()) => self.load(Some(dir), Mode::Write),
            Err(error) => self.tell(failed(error.to_string())),
        }
    }
}

/// What gave way to later changes and is kept, a sentence each, the newest first.
fn kept_conflicts(store: &Store, workspace: &Workspace) -> Vec<String> {
    let kept = store.conflicts();
    let say = |conflict: &store::Conflict| Some(conflict.sentence(&workspace.get(conflict.record)?));
    kept.iter().rev().filter_map(say).collect()
}

/// Something failed, and nothing else is to be said of it.
fn failed(sentence: String) -> Event {
    Event::Finished(app::Finished { sentence, change: None, page: None, failed: true })
}

fn commit(store: &mut Store, number: u64, change: &Change) -> Event {
    match store.commit(change) {
        Ok(saved) => Event::Saved(
            number,
            app::Saved { elsewhere: saved.elsewhere, lost: saved.lost, unconfirmed: saved.is_unconfirmed },
        ),
        Err(error) => {
            let whole = format!("{error}\n\nWhat was not saved: {}", change.sentence);
            Event::NotSaved(error.to_string(), whole)
        }
    }
}

fn look(store: &mut Store) -> Event {
    let reloaded = store.reload();
    let problems = reloaded.problems.iter().map(ToString::to_string).collect();
    Event::Reloaded(reloaded.change, problems)
}

fn take_back(store: &mut Store, workspace: &Workspace, author: &Author) -> Event {
    let Some(conflict) = store.conflicts().into_iter().next_back() else {
        return failed("nothing gave way to anything".to_owned());
    };
    let change = match conflict.take_back(workspace, author) {
        Ok(change) => change,
        Err(refusal) => return failed(refusal.0),
    };
    match store.settle(&conflict) {
        Ok(()) => {
            let sentence = format!("taken back: {}", change.sentence);
            Event::Finished(app::Finished { sentence, change: Some(change), page: None, failed: false })
        }
        Err(error) => failed(error.to_string()),
    }
}

/// A draft as it lies on the disk: kind, name, moment in seconds, fields.
type Written = (String, String, i64, Vec<(String, String)>);

fn keep_draft(store: &Store, draft: &Draft) -> Option<Event> {
    let written: Written =
        (draft.kind.singular().to_owned(), draft.name.clone(), draft.at.seconds(), draft.fields.clone());
    let text = ron::to_string(&written).ok()?;
    store.drafts().write(&draft.key(), &text).err().map(|error| failed(error.to_string()))
}

fn read_drafts(store: &Store) -> Vec<Draft> {
    let drafts = store.drafts();
    let read = |key: String| {
        let id: Id = key.parse().ok()?;
        let (kind, name, at, fields): Written = ron::from_str(&drafts.read(&key)?).ok()?;
        let name = crate::model::text::clean(&name);
        let at = crate::model::Timestamp::from_seconds(at);
        Some(Draft { id, kind: Kind::from_word(&kind)?, name, at, fields })
    };
    drafts.list().into_iter().filter_map(read).collect()
}
