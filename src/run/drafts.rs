//! Drafts on the disk: what is being typed, and changes that could not be saved. A thread of their own writes them, so
//! that they wait for no save and no import.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use super::Message;
use crate::app::Event;
use crate::app::draft::Draft;
use crate::app::saving::{KEPT_PREFIX, KeptChanges};
use crate::model::text::clean;
use crate::model::{AnyRecord, Change, Edit, Id, Kind, Timestamp};
use crate::store::{self, Drafts};

/// What the thread is asked to do.
pub enum DraftJob {
    /// Keep drafts here from now on.
    Open(Drafts),
    /// Keep what is being typed.
    Keep(Draft),
    /// Keep changes that are not saved, under a key.
    KeepChanges(String, Vec<Change>),
    /// Write down until when the person was here.
    KeepVisit(Timestamp),
    /// Let go what is kept under a key.
    Drop(String),
    /// Answer, when everything before this is done, with what could not be kept.
    Flush(Sender<Vec<String>>),
}

/// The way to the thread.
pub struct DraftWorker {
    jobs: Sender<DraftJob>,
}

impl DraftWorker {
    /// Starts the thread.
    pub fn start(to: Sender<Message>) -> Self {
        let (jobs, inbox) = channel();
        std::thread::spawn(move || DraftThread { to, drafts: None, failures: BTreeMap::new() }.run(&inbox));
        Self { jobs }
    }

    /// Asks for something; what is asked first is done first.
    pub fn send(&self, job: DraftJob) {
        // The thread only ends with the program.
        drop(self.jobs.send(job));
    }

    /// Waits until everything asked for is done, and says what could not be kept.
    pub fn flush(&self, timeout: Duration) -> Vec<String> {
        let (done, wait) = channel();
        self.send(DraftJob::Flush(done));
        wait.recv_timeout(timeout).unwrap_or_else(|_| vec!["the disk does not answer".to_owned()])
    }
}

struct DraftThread {
    to: Sender<Message>,
    drafts: Option<Drafts>,
    /// What could not be kept, by key.
    failures: BTreeMap<String, String>,
}

impl DraftThread {
    fn run(mut self, inbox: &Receiver<DraftJob>) {
        while let Ok(job) = inbox.recv() {
            match job {
                DraftJob::Open(drafts) => self.drafts = Some(drafts),
                DraftJob::Keep(draft) => self.keep(draft.key(), write_draft(&draft)),
                DraftJob::KeepChanges(key, changes) => self.keep(key, write_changes(&changes)),
                DraftJob::KeepVisit(at) => self.keep_visit(at),
                DraftJob::Drop(key) => {
                    self.failures.remove(&key);
                    let dropped = self.drafts.as_ref().map_or(Ok(()), |drafts| drafts.remove(&key));
                    self.answer(dropped.map_err(|error| error.to_string()));
                }
                DraftJob::Flush(done) => drop(done.send(self.failures.values().cloned().collect())),
            }
        }
    }

    fn keep(&mut self, key: String, text: Result<String, String>) {
        let write = |text: String| match &self.drafts {
            Some(drafts) => drafts.write(&key, &text).map_err(|error| error.to_string()),
            None => Err("nothing can be kept before the workspace is open".to_owned()),
        };
        let outcome = text.and_then(write);
        match &outcome {
            Ok(()) => self.failures.remove(&key),
            Err(why) => self.failures.insert(key, why.clone()),
        };
        self.answer(outcome);
    }

    /// Nobody waits for it, and nothing is lost where it fails: what others changed is then told of once more.
    fn keep_visit(&self, at: Timestamp) {
        if let Some(drafts) = &self.drafts {
            let _ = drafts.write(VISIT, &at.seconds().to_string());
        }
    }

    fn answer(&self, outcome: Result<(), String>) {
        // The receiver is gone once the program ends.
        drop(self.to.send(Message::Event(Event::DraftDone(outcome))));
    }
}

/// The key under which the last visit is kept.
const VISIT: &str = "last-visit";

/// When the person left this workspace last.
pub fn read_visit(drafts: &Drafts) -> Option<Timestamp> {
    let seconds = drafts.read(VISIT)?.trim().parse().ok()?;
    Some(Timestamp::from_seconds(seconds))
}

/// A draft as it lies on the disk: kind, name, moment in seconds, fields, and those as they were before.
type WrittenDraft = (String, String, i64, Fields, Fields);

/// A draft as it was written before the fields as they were before were kept as well.
type BareDraft = (String, String, i64, Fields);

/// Fields: name, text.
type Fields = Vec<(String, String)>;

/// An edit as it lies on the disk: the id, and the record before and after, as in a file of the workspace.
type WrittenEdit = (String, Option<String>, Option<String>);

/// A change as it lies on the disk: its sentence and its edits.
type WrittenChange = (String, Vec<WrittenEdit>);

fn write_draft(draft: &Draft) -> Result<String, String> {
    let kind = draft.kind.singular().to_owned();
    let written: WrittenDraft =
        (kind, draft.name.clone(), draft.at.seconds(), draft.fields.clone(), draft.base.clone());
    ron::to_string(&written).map_err(|error| error.to_string())
}

fn write_changes(changes: &[Change]) -> Result<String, String> {
    let side = |record: Option<&AnyRecord>| record.map(store::to_ron).transpose();
    let edit = |edit: &Edit| Ok((edit.id().to_string(), side(edit.before())?, side(edit.after())?));
    let change = |change: &Change| -> Result<WrittenChange, String> {
        Ok((change.sentence.clone(), change.edits.iter().map(edit).collect::<Result<_, String>>()?))
    };
    let written = changes.iter().map(change).collect::<Result<Vec<_>, String>>()?;
    ron::to_string(&written).map_err(|error| error.to_string())
}

/// The drafts of records that are kept here.
pub fn read_drafts(drafts: &Drafts) -> Vec<Draft> {
    let read = |key: String| read_draft(key.parse().ok()?, &drafts.read(&key)?);
    drafts.list().into_iter().filter_map(read).collect()
}

fn read_draft(id: Id, text: &str) -> Option<Draft> {
    let bare = |(kind, name, at, fields): BareDraft| (kind, name, at, fields, Vec::new());
    let written = ron::from_str::<WrittenDraft>(text).or_else(|_| ron::from_str(text).map(bare));
    let (kind, name, at, fields, base) = written.ok()?;
    let at = Timestamp::from_seconds(at);
    Some(Draft { id, kind: Kind::from_word(&kind)?, name: clean(&name), at, fields, base })
}

/// The changes that earlier runs kept, the oldest first, and what of them does not read.
pub fn read_kept(drafts: &Drafts) -> (Vec<KeptChanges>, Vec<String>) {
    let (mut kept, mut problems) = (Vec::new(), Vec::new());
    for key in drafts.list().into_iter().filter(|key| key.starts_with(KEPT_PREFIX)) {
        match drafts.read(&key).ok_or_else(|| "it cannot be read".to_owned()).and_then(|text| read_changes(&text)) {
            Ok(changes) => kept.push(KeptChanges { key, changes }),
            Err(why) => problems.push(format!("changes of an earlier run, kept in .moot/drafts ({key}): {why}")),
        }
    }
    (kept, problems)
}

fn read_changes(text: &str) -> Result<Vec<Change>, String> {
    let written: Vec<WrittenChange> = ron::from_str(text).map_err(|error| clean(&error.to_string()))?;
    let read = |(sentence, edits): WrittenChange| {
        let edits = edits.into_iter().map(read_edit).collect::<Result<_, String>>()?;
        Ok(Change { edits, sentence: clean(&sentence) })
    };
    written.into_iter().map(read).collect()
}

fn read_edit((id, before, after): WrittenEdit) -> Result<Edit, String> {
    let id: Id = id.parse().map_err(|error: crate::model::id::NotAnId| error.to_string())?;
    let kind = Kind::of(id).ok_or_else(|| format!("{id} is no record of this program"))?;
    let side = |text: Option<String>| {
        text.map(|text| store::from_ron(kind, id, &text)).transpose().map_err(|problem| problem.to_string())
    };
    Edit::new(side(before)?, side(after)?).ok_or_else(|| format!("{id} has nothing to change"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Service, Text, Updated};

    #[test]
    fn changes_come_back_as_they_were() {
        let id: Id = "S-0001".parse().unwrap();
        let by = Updated(Timestamp::from_seconds(1_795_255_200), "KP".into());
        let before = Service { id, name: "Beds".into(), hide_address: true, updated: by, ..Service::default() };
        let after = Service { notes: Text::some("two\nlines, \"quoted\""), ..before.clone() };
        let edited = Edit::new(Some(before.clone().into()), Some(after.into())).unwrap();
        let removed = Edit::new(Some(before.into()), None).unwrap();
        let changes = vec![
            Change { edits: vec![edited], sentence: "Beds changed: notes".to_owned() },
            Change { edits: vec![removed], sentence: "Beds removed".to_owned() },
        ];
        assert_eq!(read_changes(&write_changes(&changes).unwrap()), Ok(changes));
        for broken in ["", "[(\"x\", [(\"S-1\", None, None)])]", "[(\"x\", [(\"S-0001\", None, Some(\"(\"))])]"] {
            assert!(read_changes(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_draft_without_what_was_before_is_read() {
        let id: Id = "S-0001".parse().unwrap();
        let draft = read_draft(id, r#"("service","Beds",7,[("cost","free")])"#).unwrap();
        assert_eq!((draft.fields, draft.base), (vec![("cost".to_owned(), "free".to_owned())], Vec::new()));
        assert_eq!(read_draft(id, r#"("service","Beds",7)"#), None);
    }

    #[test]
    fn a_draft_that_cannot_be_kept_is_told_until_it_is() {
        let dir = tempfile::tempdir().unwrap();
        store::init(dir.path(), "Table", false).unwrap();
        let opened = store::Store::open(dir.path(), store::Mode::Write).unwrap();
        let (to, inbox) = channel();
        let worker = DraftWorker::start(to);
        worker.send(DraftJob::Open(opened.store.drafts()));
        let draft = Draft {
            id: "S-0001".parse().unwrap(),
            kind: Kind::Service,
            name: "Beds".to_owned(),
            at: Timestamp::default(),
            fields: vec![("name".to_owned(), "Beds".to_owned())],
            base: vec![("name".to_owned(), "Bed".to_owned())],
        };
        let (here, away) = (dir.path().join(".moot/drafts"), dir.path().join("away"));
        std::fs::rename(&here, &away).unwrap();
        worker.send(DraftJob::Keep(draft.clone()));
        assert_eq!(worker.flush(Duration::from_secs(30)).len(), 1);
        std::fs::rename(&away, &here).unwrap();
        worker.send(DraftJob::Keep(draft.clone()));
        assert_eq!(worker.flush(Duration::from_secs(30)), Vec::<String>::new());
        let outcomes: Vec<bool> = inbox
            .try_iter()
            .filter_map(|message| match message {
                Message::Event(Event::DraftDone(outcome)) => Some(outcome.is_ok()),
                _ => None,
            })
            .collect();
        assert_eq!(outcomes, [false, true]);
        assert_eq!(read_drafts(&opened.store.drafts()), [draft]);
    }
}
