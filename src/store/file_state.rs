//! The state of a file as the store last read it: where its records are, a fingerprint of each, and the records
//! themselves (shared with the workspace in memory, so each costs a pointer). A record whose fingerprint differs was
//! changed by somebody else.

use std::collections::{HashMap, HashSet};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_128;

use super::journal::Journal;
use super::problem::{FileProblem, line_and_col, reason};
use super::records::{self, Span, VERSION};
use super::storage::{PRIVATE_FILE, SHARED_FILE, Stat, Storage};
use super::users;
use crate::model::{AnyRecord, Edit, Id, Kind, Text, Timestamp, Updated};

/// The largest file that is read.
const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// From this many records on, two threads parse them.
const MIN_PARALLEL_RECORDS: usize = 800;

/// The name of the file of a kind; of a private one each login has a file of its own.
pub fn file_name(kind: Kind) -> String {
    if kind.is_private() { users::own_file(kind.plural()) } else { format!("{}.ron", kind.plural()) }
}

/// The mode of the file of a kind.
pub(super) fn file_mode(kind: Kind) -> u32 {
    if kind.is_private() { PRIVATE_FILE } else { SHARED_FILE }
}

/// The contents of a file.
pub(super) struct FileContents {
    /// Its text, without a byte order mark.
    pub text: String,
    /// Whether a byte order mark stood before it.
    pub has_mark: bool,
    /// What the disk says of it.
    pub stat: Stat,
    /// The fingerprint of the text.
    pub fingerprint: u128,
}

/// Where the contents of a file may be, the first that exists being the one: what a change in effect has staged for it,
/// then its own place.
fn places(dir: &Path, kind: Kind, journal: Option<&Journal>) -> impl Iterator<Item = PathBuf> {
    let file = file_name(kind);
    let temp = journal.and_then(|journal| journal.temp_of(&file)).map(|temp| dir.join(temp));
    temp.into_iter().chain([dir.join(file)])
}

/// The metadata of a file; `None`: there is none.
pub(super) fn stat(
    storage: &dyn Storage,
    dir: &Path,
    kind: Kind,
    journal: Option<&Journal>,
) -> Result<Option<Stat>, FileProblem> {
    for path in places(dir, kind, journal) {
        if let Some(stat) = stat_at(storage, &path, kind)? {
            return Ok(Some(stat));
        }
    }
    Ok(None)
}

/// The contents of a file; `None`: there is none.
pub(super) fn read(
    storage: &dyn Storage,
    dir: &Path,
    kind: Kind,
    journal: Option<&Journal>,
) -> Result<Option<FileContents>, FileProblem> {
    for path in places(dir, kind, journal) {
        if let Some(contents) = read_at(storage, &path, kind)? {
            return Ok(Some(contents));
        }
    }
    Ok(None)
}

fn stat_at(storage: &dyn Storage, path: &Path, kind: Kind) -> Result<Option<Stat>, FileProblem> {
    let file = file_name(kind);
    let problem = |message: &str| Err(FileProblem::whole(&file, message));
    match storage.stat(path) {
        Ok(stat) if !stat.is_file => problem("this is a link or no file at all; put a regular file in its place"),
        Ok(stat) if kind.is_private() && !users::is_own(&stat) => {
            problem("this file bears your login and belongs to somebody else; move it away")
        }
        Ok(stat) if stat.length > MAX_FILE_BYTES => {
            problem("this file is larger than 256 MB; move some records to another workspace")
        }
        Ok(stat) if stat.length == 0 => problem(&format!(
            "this file is empty; copy the newest .moot/backups/{file}.* over it, or delete it if it never held records"
        )),
        Ok(stat) => Ok(Some(stat)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(&file, &error)),
    }
}

fn read_at(storage: &dyn Storage, path: &Path, kind: Kind) -> Result<Option<FileContents>, FileProblem> {
    let Some(stat) = stat_at(storage, path, kind)? else { return Ok(None) };
    let file = file_name(kind);
    let bytes = match storage.read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None), // renamed in this moment
        Err(error) => return Err(unreadable(&file, &error)),
    };
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
        let (line, col) = line_and_col(&before, good);
        let message = "this byte is not UTF-8; save the file as UTF-8 in your editor";
        FileProblem { line, col, ..FileProblem::whole(&file, message) }
    })?;
    let has_mark = text.starts_with('\u{feff}');
    if has_mark {
        text.drain(..'\u{feff}'.len_utf8());
    }
    let fingerprint = xxh3_128(text.as_bytes());
    Ok(Some(FileContents { text, has_mark, stat, fingerprint }))
}

/// From this many bytes on, glibc maps a block of memory by itself and gives it back to the system when it is freed.
const MAPPED: usize = 128 * 1024;

/// glibc raises that limit to the size of every such block it frees, up to this one.
const MAX_MAPPED: usize = 32 * 1024 * 1024;

impl FileContents {
    /// Makes the buffer of a large text larger than any that raises the limit. Otherwise, once the text has been freed,
    /// nothing that loading and indexing free would be given back, and the program would hold a sixth more memory for as
    /// long as it runs. What is reserved and never written takes no memory; where there is no room for it, nothing is
    /// lost. This is for the first reading only: memory that is given back has to be fetched again, so that each save
    /// would take longer.
    pub fn keep_mapped(&mut self) {
        if self.text.len() >= MAPPED {
            let _ = self.text.try_reserve_exact(MAX_MAPPED);
        }
    }
}

fn unreadable(file: &str, error: &io::Error) -> FileProblem {
    FileProblem::whole(file, format!("this file cannot be read: {}", reason(error)))
}

/// A record of a file.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Where it is.
    pub span: Span,
    /// The fingerprint of its text.
    pub fingerprint: u64,
    /// The record; `None` where it does not read, or is of a kind that is not kept in memory.
    pub record: Option<AnyRecord>,
}

/// A file as it was last read.
#[derive(Clone, Debug, Default)]
pub(super) struct FileState {
    /// What the disk said of it when it was read; `None`: there was no file.
    pub stat: Option<Stat>,
    /// The fingerprint of its text.
    pub fingerprint: Option<u128>,
    /// Its records, in the order of the file.
    pub entries: Vec<Entry>,
    /// The range between the brackets of the map of records.
    pub records_range: Range<usize>,
    /// Why it must not be written over.
    pub problem: Option<FileProblem>,
    /// Whether a newer version of the program wrote it.
    pub is_newer: bool,
}

/// The signature of the user with this number: their initials, or their login.
pub(super) type Signature<'a> = &'a dyn Fn(u32) -> Text;

impl FileState {
    /// The records by id.
    pub fn index(&self) -> HashMap<Id, &Entry> {
        self.entries.iter().map(|entry| (entry.span.id, entry)).collect()
    }

    /// Those with one of these ids.
    pub fn entries_of(&self, ids: &HashSet<Id>) -> HashMap<Id, &Entry> {
        let wanted = self.entries.iter().filter(|entry| ids.contains(&entry.span.id));
        wanted.map(|entry| (entry.span.id, entry)).collect()
    }

    /// Parses a file, reusing every record whose text is as it was `before`.
    pub fn parse(
        kind: Kind,
        contents: &FileContents,
        before: Option<&FileState>,
        signature: Signature<'_>,
    ) -> (Self, Vec<FileProblem>) {
        let file = file_name(kind);
        let (split, error) = records::split(&contents.text, kind);
        let is_newer = split.version > VERSION;
        let mut problems: Vec<FileProblem> =
            error.into_iter().map(|error| FileProblem::at(&file, &contents.text, error)).collect();
        let old = before.map(FileState::index).unwrap_or_default();
        let entry =
            |span: &Span| Entry { span: span.clone(), fingerprint: span.fingerprint(&contents.text), record: None };
        let mut entries: Vec<Entry> = split.records.iter().map(entry).collect();
        if kind.is_resident() {
            let parser = RecordParser { file: &file, text: &contents.text, kind, old: &old, is_newer };
            problems.extend(parser.parse_all(&mut entries));
            stamp_hand_edits(&mut entries, &old, contents, signature);
        }
        if is_newer {
            let message = format!(
                "this file has version {} and was written by a newer moot; update moot to change anything here",
                split.version
            );
            problems = vec![FileProblem::whole(&file, message)];
        }
        let problem = problems.iter().find(|problem| problem.is_blocking).cloned();
        let state = Self {
            stat: Some(contents.stat),
            fingerprint: Some(contents.fingerprint),
            entries,
            records_range: split.records_range,
            problem,
            is_newer,
        };
        (state, problems)
    }

    /// What changed since `before`.
    pub fn changes_since(&self, before: &FileState) -> Vec<Edit> {
        let (old, new) = (before.index(), self.index());
        let gone = before.entries.iter().filter(|entry| !new.contains_key(&entry.span.id));
        let gone = gone.filter_map(|entry| Edit::new(entry.record.clone(), None));
        let changed = self.entries.iter().filter_map(|entry| {
            let was = old.get(&entry.span.id);
            if was.is_some_and(|was| was.fingerprint == entry.fingerprint) {
                return None;
            }
            Edit::new(was.and_then(|was| was.record.clone()), entry.record.clone())
        });
        changed.chain(gone).collect()
    }
}

struct RecordParser<'a> {
    file: &'a str,
    text: &'a str,
    kind: Kind,
    old: &'a HashMap<Id, &'a Entry>,
    is_newer: bool,
}

impl RecordParser<'_> {
    fn parse_all(&self, entries: &mut [Entry]) -> Vec<FileProblem> {
        if entries.len() < MIN_PARALLEL_RECORDS {
            return self.parse_some(entries);
        }
        let (first, second) = entries.split_at_mut(entries.len() / 2);
        std::thread::scope(|scope| {
            let other = scope.spawn(|| self.parse_some(second));
            let mut problems = self.parse_some(first);
            problems.extend(other.join().unwrap_or_else(|_| {
                vec![FileProblem::whole(self.file, "the second half of this file could not be read")]
            }));
            problems
        })
    }

    fn parse_some(&self, entries: &mut [Entry]) -> Vec<FileProblem> {
        entries.iter_mut().filter_map(|entry| self.parse_one(entry).err()).collect()
    }

    fn parse_one(&self, entry: &mut Entry) -> Result<(), FileProblem> {
        let was =
            self.old.get(&entry.span.id).filter(|was| was.fingerprint == entry.fingerprint && was.record.is_some());
        entry.record = match was {
            Some(was) => was.record.clone(),
            None if self.is_newer => {
                records::read_newer(self.file, self.text, self.kind, entry.span.id, &entry.span.body())
            }
            None => Some(records::read(self.file, self.text, self.kind, entry.span.id, &entry.span.body())?),
        };
        Ok(())
    }
}

/// Stamps records that were edited by hand, that is, whose text changed under the same stamp, with the time and the
/// owner of the file: without a stamp of their own they would lose every merge.
fn stamp_hand_edits(
    entries: &mut [Entry],
    old: &HashMap<Id, &Entry>,
    contents: &FileContents,
    signature: Signature<'_>,
) {
    let since = contents.stat.modified.duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap_or_default();
    let modified = Timestamp::from_seconds(i64::try_from(since.as_secs()).unwrap_or_default());
    for entry in entries {
        let Some(was) = old.get(&entry.span.id).filter(|was| was.fingerprint != entry.fingerprint) else {
            continue;
        };
        let (Some(was), Some(now)) = (&was.record, &mut entry.record) else {
            continue;
        };
        if now.updated() == was.updated() && !now.differing(was).is_empty() {
            now.set_updated(Updated(modified.after(was.updated().0), signature(contents.stat.owner)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::storage::Disk;
    use super::*;

    fn contents(text: &str) -> FileContents {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(file_name(Kind::Person));
        std::fs::write(&path, text).unwrap();
        read_at(&Disk, &path, Kind::Person).unwrap().unwrap()
    }

    #[test]
    fn a_mark_is_taken_off() {
        let contents = contents("\u{feff}Folkmoot()");
        assert_eq!((contents.text.as_str(), contents.has_mark), ("Folkmoot()", true));
    }

    #[test]
    fn the_text_of_a_large_file_is_given_back_when_it_is_freed() {
        let large = "x".repeat(MAPPED);
        for text in [large.clone(), format!("\u{feff}{large}")] {
            let mut contents = contents(&text);
            contents.keep_mapped();
            assert_eq!(contents.text, large);
            assert!(contents.text.capacity() > MAX_MAPPED, "{}", contents.text.capacity());
        }
        let mut small = contents("small");
        small.keep_mapped();
        assert!(small.text.capacity() < MAPPED);
    }
}
