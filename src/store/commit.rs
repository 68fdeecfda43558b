//! Saving a change: lock, look again, merge, splice, write, sync.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::atomic::{self, Durability, SHARED_FILE};
use super::conflict::{self, Conflict};
use super::known::{Entry, Known, file_name};
use super::lock::{Lock, PATIENCE};
use super::problem::{Problem, StoreError};
use super::records;
use super::splice::{Page, Patch, apply};
use super::{Read, Store, backup, said_elsewhere, text};
use crate::model::{AnyRecord, Change, Edit, Id, Kind, merge};
use xxhash_rust::xxh3::xxh3_128;

/// What a save did.
#[derive(Clone, Debug, Default)]
pub struct Saved {
    /// What others had changed in the meantime, and what merging with it made of the change itself; for the workspace
    /// in memory to follow.
    pub elsewhere: Change,
    /// Whose work gave way, in sentences; all of it is kept among the conflicts.
    pub lost: Vec<String>,
    /// The disk did not say that the new files would survive a power cut.
    pub is_unconfirmed: bool,
}

/// What lost, and the sentence that says so.
type Losses = Vec<(Conflict, String)>;

/// One file of a change, ready to be written.
struct Ready {
    kind: Kind,
    /// The new text, unless nothing in the file has to change.
    text: Option<String>,
    is_there: bool,
    known: Known,
    elsewhere: Vec<Edit>,
    lost: Losses,
}

/// A record of the change, merged with what is on the disk.
struct Outcome {
    id: Id,
    /// What the file says now.
    now: Option<AnyRecord>,
    /// What it is to say.
    merged: Option<AnyRecord>,
}

impl Store {
    /// Saves a change. When this returns, the disk has it.
    ///
    /// # Errors
    /// Nothing was saved, and why; of a change of several kinds, the files named first in [`Kind::ALL`] may have been.
    pub fn commit(&mut self, change: &Change) -> Result<Saved, StoreError> {
        if let Some(reason) = &self.read_only {
            return Err(StoreError::ReadOnly(reason.clone()));
        }
        let _lock = Lock::take(&self.own().join("lock"), &self.by, PATIENCE)?;
        let mut all = Vec::new();
        for kind in Kind::ALL {
            let edits: Vec<&Edit> = change.edits.iter().filter(|edit| edit.kind() == *kind).collect();
            if !edits.is_empty() {
                all.push(self.prepare(*kind, &edits)?);
            }
        }
        let lost: Vec<Conflict> = all.iter().flat_map(|ready| &ready.lost).map(|(lost, _)| lost.clone()).collect();
        if !lost.is_empty() {
            conflict::add(self.storage.as_ref(), &self.own(), &lost)
                .map_err(|error| StoreError::failed("conflicts.ron", &error))?;
        }
        let mut saved = Saved::default();
        for ready in all {
            self.write(ready, &mut saved)?;
        }
        saved.elsewhere.sentence = said_elsewhere(&saved.elsewhere.edits);
        Ok(saved)
    }

    /// Reads the file again, merges, and makes its new text.
    fn prepare(&self, kind: Kind, edits: &[&Edit]) -> Result<Ready, StoreError> {
        let before = self.known(kind);
        let read = self.read(kind, self.files.get(&kind)).map_err(StoreError::Broken)?;
        if let Some(problem) = read.problems.into_iter().next().or_else(|| read.known.problem.clone()) {
            return Err(StoreError::Broken(problem));
        }
        let read = Read { problems: Vec::new(), ..read };
        let touched: HashSet<Id> = edits.iter().map(|edit| edit.id()).collect();
        let mut elsewhere = if self.files.contains_key(&kind) && before.print != read.known.print {
            read.known.changes_since(&before)
        } else {
            Vec::new()
        };
        elsewhere.retain(|edit| !touched.contains(&edit.id()));
        let (outcomes, lost) = self.merge(kind, edits, &before, &read, &mut elsewhere)?;
        let (text, known) = make(kind, &read, &outcomes)?;
        Ok(Ready { kind, text, is_there: read.found.is_some(), known, elsewhere, lost })
    }

    fn merge(
        &self,
        kind: Kind,
        edits: &[&Edit],
        before: &Known,
        read: &Read,
        elsewhere: &mut Vec<Edit>,
    ) -> Result<(Vec<Outcome>, Losses), StoreError> {
        let touched: HashSet<Id> = edits.iter().map(|edit| edit.id()).collect();
        let (seen, index) = (before.some(&touched), read.known.some(&touched));
        let mut outcomes = Vec::new();
        let mut lost = Vec::new();
        for edit in edits {
            let entry = index.get(&edit.id()).copied();
            let now = entry.map(|entry| current(kind, read, entry)).transpose().map_err(StoreError::Broken)?;
            let theirs = entry.and_then(|entry| entry.record.clone()).or_else(|| now.clone());
            let is_taken = edit.before().is_none() && theirs.is_some() && !seen.contains_key(&edit.id());
            if is_taken && kind.is_resident() && edit.after() != theirs.as_ref() {
                return Err(StoreError::Taken(edit.id()));
            }
            let merged = merge::merge(edit.before(), edit.after(), theirs.as_ref());
            if let (Some(loss), Some(kept)) = (&merged.lost, &merged.record) {
                let conflict = Conflict::new(loss, kept, super::now(), &self.by);
                let sentence = conflict.sentence(kept);
                lost.push((conflict, sentence));
            }
            if kind.is_resident() {
                elsewhere.extend(Edit::new(edit.after().cloned(), merged.record.clone()));
            }
            outcomes.push(Outcome { id: edit.id(), now, merged: merged.record });
        }
        Ok((outcomes, lost))
    }

    fn write(&mut self, ready: Ready, saved: &mut Saved) -> Result<(), StoreError> {
        let Ready { kind, text, is_there, mut known, elsewhere, lost } = ready;
        let name = file_name(kind);
        if let Some(text) = text {
            let storage = self.storage.as_ref();
            let backups = self.own().join("backups");
            let failed = |error: std::io::Error| StoreError::failed(&name, &error);
            if is_there {
                backup::keep(storage, &self.dir, &backups, &name).map_err(failed)?;
            }
            let done = atomic::save(storage, &self.dir, &name, text.as_bytes(), SHARED_FILE).map_err(failed)?;
            saved.is_unconfirmed |= done == Durability::Unconfirmed;
            backup::prune(&backups, &name);
            known.stat = storage.stat(&self.dir.join(&name)).ok();
        }
        self.files.insert(kind, Arc::new(known));
        saved.elsewhere.edits.extend(elsewhere);
        saved.lost.extend(lost.into_iter().map(|(_, sentence)| sentence));
        Ok(())
    }
}

/// The record as its text has it, without the stamp a hand edit is given in memory.
fn current(kind: Kind, read: &Read, entry: &Entry) -> Result<AnyRecord, Problem> {
    let text = read.found.as_ref().map_or("", |found| found.text.as_str());
    records::read(&file_name(kind), text, kind, entry.span.id, &entry.span.body)
}

/// The new text of a file, checked by reading it, and what is known of it then.
fn make(kind: Kind, read: &Read, outcomes: &[Outcome]) -> Result<(Option<String>, Known), StoreError> {
    let outcomes: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.now != outcome.merged).collect();
    if outcomes.is_empty() {
        return Ok((None, (*read.known).clone()));
    }
    let Some(found) = &read.found else {
        return make_new(kind, &outcomes);
    };
    let mut whole = HashSet::new();
    for _ in 0..2 {
        let patched = splice(&found.text, &read.known, &outcomes, &whole).map_err(|why| not_written(kind, why))?;
        match check(kind, &read.known, &outcomes, patched) {
            Ok((text, known)) => {
                let text = if found.has_mark { format!("\u{feff}{text}") } else { text };
                return Ok((Some(text), known));
            }
            Err(Unlike::Records(ids)) => whole.extend(ids),
            Err(Unlike::File(why)) => return Err(not_written(kind, why)),
        }
    }
    let ids: Vec<String> = whole.iter().map(ToString::to_string).collect();
    Err(not_written(kind, format!("{} would not read back as it is", ids.join(", "))))
}

fn not_written(kind: Kind, why: String) -> StoreError {
    StoreError::Failed { file: file_name(kind), why }
}

fn make_new(kind: Kind, outcomes: &[&Outcome]) -> Result<(Option<String>, Known), StoreError> {
    let mut records: Vec<AnyRecord> = outcomes.iter().filter_map(|outcome| outcome.merged.clone()).collect();
    records.sort_by_key(AnyRecord::id);
    let text = text::file(kind, &records).map_err(|why| not_written(kind, why))?;
    match check(kind, &Known::default(), outcomes, text) {
        Ok((text, known)) => Ok((Some(text), known)),
        Err(Unlike::File(why)) => Err(not_written(kind, why)),
        Err(Unlike::Records(ids)) => {
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            Err(not_written(kind, format!("{} would not read back as it is", ids.join(", "))))
        }
    }
}

/// Changes the text; records in `whole` are written anew instead of field by field.
fn splice(text: &str, known: &Known, outcomes: &[&Outcome], whole: &HashSet<Id>) -> Result<String, String> {
    let page = Page::new(text);
    let changed: HashSet<Id> = outcomes.iter().map(|outcome| outcome.id).collect();
    let spans = || known.entries.iter().map(|entry| &entry.span);
    let index: HashMap<Id, &records::Span> =
        spans().filter(|span| changed.contains(&span.id)).map(|span| (span.id, span)).collect();
    let mut patches: Vec<Patch> = Vec::new();
    let mut new: Vec<&AnyRecord> = Vec::new();
    for outcome in outcomes {
        match (index.get(&outcome.id), &outcome.merged) {
            (None, Some(record)) => new.push(record),
            (None, None) => {}
            (Some(span), None) => {
                patches.push(page.remove(span, &outcome.now.as_ref().map(AnyRecord::title_alone).unwrap_or_default()));
            }
            (Some(span), Some(record)) if whole.contains(&outcome.id) => patches.push(page.rewrite(span, record)?),
            (Some(span), Some(record)) => {
                let mut changed = outcome.now.as_ref().map(|now| record.differing(now)).unwrap_or_default();
                changed.push("updated");
                patches.extend(page.change(span, record, &changed).map_err(|fault| fault.message)?);
            }
        }
    }
    if !new.is_empty() {
        new.sort_by_key(|record| record.id());
        let gone: HashSet<Id> = outcomes.iter().filter(|o| o.merged.is_none()).map(|o| o.id).collect();
        let staying: Vec<&records::Span> = spans().filter(|span| !gone.contains(&span.id)).collect();
        patches.extend(page.add_all(&staying, &known.inside, &new)?);
    }
    Ok(apply(text, patches))
}

/// How a new text is not what it should be.
enum Unlike {
    /// These records would not read as they are in memory.
    Records(Vec<Id>),
    /// The file as a whole is wrong.
    File(String),
}

/// Splits the new text, reads every changed record of it, and makes sure that nothing else has changed.
fn check(kind: Kind, known: &Known, outcomes: &[&Outcome], text: String) -> Result<(String, Known), Unlike> {
    let file = file_name(kind);
    let (split, fault) = records::split(&text, kind);
    if let Some(fault) = fault {
        return Err(Unlike::File(Problem::at(&file, &text, fault).to_string()));
    }
    let changed: HashMap<Id, &Outcome> = outcomes.iter().map(|outcome| (outcome.id, *outcome)).collect();
    let old = known.index();
    let mut unlike = Vec::new();
    let mut entries = Vec::with_capacity(split.records.len());
    for span in split.records {
        let print = span.print(&text);
        let record = match changed.get(&span.id) {
            Some(outcome) => {
                let read = records::read(&file, &text, kind, span.id, &span.body);
                if read.as_ref().ok() != outcome.merged.as_ref() {
                    unlike.push(span.id);
                }
                outcome.merged.clone().filter(|_| kind.is_resident())
            }
            None => match old.get(&span.id).filter(|entry| entry.print == print) {
                Some(entry) => entry.record.clone(),
                None => return Err(Unlike::File(format!("{} would have changed with it", span.id))),
            },
        };
        entries.push(Entry { span, print, record });
    }
    let expected = old.keys().filter(|id| !changed.contains_key(id)).count()
        + outcomes.iter().filter(|outcome| outcome.merged.is_some()).count();
    if !unlike.is_empty() {
        return Err(Unlike::Records(unlike));
    }
    if entries.len() != expected {
        return Err(Unlike::File("a record would have gone with it".to_owned()));
    }
    let print = xxh3_128(text.as_bytes());
    let known = Known { stat: None, print: Some(print), entries, inside: split.inside, problem: None, is_newer: false };
    Ok((text, known))
}
