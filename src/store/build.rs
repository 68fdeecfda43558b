//! The new text of a file: the merged records spliced into the old text, and verified by reading the result back.

use std::collections::{HashMap, HashSet};

use xxhash_rust::xxh3::xxh3_128;

use super::file_state::{Entry, FileState, file_name};
use super::problem::{FileProblem, StoreError};
use super::records::{self, Span};
use super::splice::{Document, Patch, apply_patches};
use super::{FileRead, text};
use crate::model::{AnyRecord, Id, Kind};

/// A record of the change, merged with what is on the disk.
pub(super) struct MergedRecord {
    /// Its id.
    pub id: Id,
    /// What the file says now.
    pub current: Option<AnyRecord>,
    /// What it is to say.
    pub merged: Option<AnyRecord>,
}

/// The record as its text has it, without the stamp a hand edit is given in memory.
pub(super) fn current(kind: Kind, read: &FileRead, entry: &Entry) -> Result<AnyRecord, FileProblem> {
    let text = read.contents.as_ref().map_or("", |contents| contents.text.as_str());
    records::read(&file_name(kind), text, kind, entry.span.id, &entry.span.body())
}

/// The new text of a file, verified by reading it back, and its state; no text where nothing in the file changes.
pub(super) fn build(
    kind: Kind,
    read: &FileRead,
    merged_records: &[MergedRecord],
) -> Result<(Option<String>, FileState), StoreError> {
    let merged_records: Vec<&MergedRecord> = merged_records.iter().filter(|one| one.current != one.merged).collect();
    if merged_records.is_empty() {
        return Ok((None, (*read.state).clone()));
    }
    let Some(contents) = &read.contents else {
        return build_new(kind, &merged_records);
    };
    let mut whole = HashSet::new();
    for _ in 0..2 {
        let patched =
            splice(&contents.text, &read.state, &merged_records, &whole).map_err(|why| build_error(kind, why))?;
        match verify(kind, &read.state, &merged_records, patched) {
            Ok((text, state)) => {
                let text = if contents.has_mark { format!("\u{feff}{text}") } else { text };
                return Ok((Some(text), state));
            }
            Err(VerifyError::Records(ids)) => whole.extend(ids),
            Err(VerifyError::File(why)) => return Err(build_error(kind, why)),
        }
    }
    Err(not_read_back(kind, whole))
}

fn not_read_back(kind: Kind, ids: impl IntoIterator<Item = Id>) -> StoreError {
    let ids: Vec<String> = ids.into_iter().map(|id| id.to_string()).collect();
    build_error(kind, format!("{} would not read back as it is", ids.join(", ")))
}

fn build_error(kind: Kind, why: String) -> StoreError {
    StoreError::Failed { file: file_name(kind), why }
}

fn build_new(kind: Kind, merged_records: &[&MergedRecord]) -> Result<(Option<String>, FileState), StoreError> {
    let mut records: Vec<AnyRecord> = merged_records.iter().filter_map(|one| one.merged.clone()).collect();
    records.sort_by_key(AnyRecord::id);
    let text = text::file(kind, &records).map_err(|why| build_error(kind, why))?;
    match verify(kind, &FileState::default(), merged_records, text) {
        Ok((text, state)) => Ok((Some(text), state)),
        Err(VerifyError::File(why)) => Err(build_error(kind, why)),
        Err(VerifyError::Records(ids)) => Err(not_read_back(kind, ids)),
    }
}

/// Changes the text; records in `whole` are rewritten as a whole instead of field by field.
fn splice(
    text: &str,
    state: &FileState,
    merged_records: &[&MergedRecord],
    whole: &HashSet<Id>,
) -> Result<String, String> {
    let document = Document::new(text);
    let changed: HashSet<Id> = merged_records.iter().map(|one| one.id).collect();
    let spans = || state.entries.iter().map(|entry| &entry.span);
    let index: HashMap<Id, &Span> =
        spans().filter(|span| changed.contains(&span.id)).map(|span| (span.id, span)).collect();
    let mut patches: Vec<Patch> = Vec::new();
    let mut new: Vec<&AnyRecord> = Vec::new();
    for one in merged_records {
        match (index.get(&one.id), &one.merged) {
            (None, Some(record)) => new.push(record),
            (None, None) => {}
            (Some(span), None) => {
                patches
                    .push(document.remove(span, &one.current.as_ref().map(AnyRecord::title_alone).unwrap_or_default()));
            }
            (Some(span), Some(record)) if whole.contains(&one.id) => patches.push(document.rewrite(span, record)?),
            (Some(span), Some(record)) => {
                let mut changed = one.current.as_ref().map(|now| record.differing(now)).unwrap_or_default();
                changed.push("updated");
                patches.extend(document.change(span, record, &changed).map_err(|error| error.message)?);
            }
        }
    }
    if !new.is_empty() {
        new.sort_by_key(|record| record.id());
        let gone: HashSet<Id> = merged_records.iter().filter(|one| one.merged.is_none()).map(|one| one.id).collect();
        let staying: Vec<&Span> = spans().filter(|span| !gone.contains(&span.id)).collect();
        patches.extend(document.add_all(&staying, &state.records_range, &new)?);
    }
    Ok(apply_patches(text, patches))
}

/// Why a new text is not what it should be.
enum VerifyError {
    /// These records would not read as they are in memory.
    Records(Vec<Id>),
    /// The file as a whole is wrong.
    File(String),
}

/// Splits the new text, reads every changed record of it, and makes sure that nothing else has changed.
fn verify(
    kind: Kind,
    before: &FileState,
    merged_records: &[&MergedRecord],
    text: String,
) -> Result<(String, FileState), VerifyError> {
    let (split, error) = records::split(&text, kind);
    if let Some(error) = error {
        return Err(VerifyError::File(FileProblem::at(&file_name(kind), &text, error).to_string()));
    }
    let changed: HashMap<Id, &MergedRecord> = merged_records.iter().map(|one| (one.id, *one)).collect();
    let old = before.index();
    let mut differing = Vec::new();
    let mut entries = Vec::with_capacity(split.records.len());
    for span in split.records {
        let entry = match changed.get(&span.id) {
            Some(one) => {
                if !reads_as(kind, &text, &span, one.merged.as_ref()) {
                    differing.push(span.id);
                }
                let record = one.merged.clone().filter(|_| kind.is_resident());
                Entry { fingerprint: span.fingerprint(&text), span, record }
            }
            None => unchanged(&old, span, &text)?,
        };
        entries.push(entry);
    }
    let expected = old.keys().filter(|id| !changed.contains_key(id)).count()
        + merged_records.iter().filter(|one| one.merged.is_some()).count();
    if !differing.is_empty() {
        return Err(VerifyError::Records(differing));
    }
    if entries.len() != expected {
        return Err(VerifyError::File("a record would have gone with it".to_owned()));
    }
    let fingerprint = Some(xxh3_128(text.as_bytes()));
    let state = FileState { fingerprint, entries, records_range: split.records_range, ..FileState::default() };
    Ok((text, state))
}

fn reads_as(kind: Kind, text: &str, span: &Span, wanted: Option<&AnyRecord>) -> bool {
    let read = records::read(&file_name(kind), text, kind, span.id, &span.body());
    read.as_ref().ok() == wanted
}

/// The entry of a record that the change does not touch; its text must be what it was.
fn unchanged(old: &HashMap<Id, &Entry>, span: Span, text: &str) -> Result<Entry, VerifyError> {
    let fingerprint = span.fingerprint(text);
    match old.get(&span.id).filter(|entry| entry.fingerprint == fingerprint) {
        Some(entry) => Ok(Entry { span, fingerprint, record: entry.record.clone() }),
        None => Err(VerifyError::File(format!("{} would have changed with it", span.id))),
    }
}
