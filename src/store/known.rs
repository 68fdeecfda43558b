//! What the store knows of a file: where its records are, a fingerprint of each, and the records themselves (shared
//! with the workspace in memory, so they cost a pointer). Whatever has another fingerprint was changed by somebody.

use std::collections::{HashMap, HashSet};
use std::io;
use std::ops::Range;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_128;

use super::atomic::{Stat, Storage};
use super::problem::{Problem, line_and_col, reason};
use super::records::{self, Span, VERSION};
use crate::model::{AnyRecord, Edit, Id, Kind, Text, Timestamp, Updated};

/// The largest file that is read.
const LARGEST: u64 = 256 * 1024 * 1024;

/// From this many records on, two threads read.
const MANY: usize = 800;

/// The name of the file of a kind.
pub(super) fn file_name(kind: Kind) -> String {
    format!("{}.ron", kind.plural())
}

/// A file as it was found.
pub(super) struct Found {
    /// Its text, without a byte order mark.
    pub text: String,
    /// Whether a byte order mark stood before it.
    pub has_mark: bool,
    /// What the disk says of it.
    pub stat: Stat,
    /// The fingerprint of the text.
    pub print: u128,
}

/// What the disk says of a file; `None`: there is none.
pub(super) fn stat(storage: &dyn Storage, dir: &Path, kind: Kind) -> Result<Option<Stat>, Problem> {
    let file = file_name(kind);
    match storage.stat(&dir.join(&file)) {
        Ok(stat) if !stat.is_file => {
            Err(Problem::whole(&file, "this is a link or no file at all; put a regular file in its place"))
        }
        Ok(stat) if stat.length > LARGEST => {
            Err(Problem::whole(&file, "this file is larger than 256 MB; move some records to another workspace"))
        }
        Ok(stat) if stat.length == 0 => Err(Problem::whole(
            &file,
            format!(
                "this file is empty; copy the newest .moot/backups/{file}.* over it, or delete it if it never held records"
            ),
        )),
        Ok(stat) => Ok(Some(stat)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Problem::whole(&file, format!("this file cannot be read: {}", reason(&error)))),
    }
}

/// Reads a file that is there.
pub(super) fn find(storage: &dyn Storage, dir: &Path, kind: Kind, stat: Stat) -> Result<Found, Problem> {
    let file = file_name(kind);
    let bytes = storage.read(&dir.join(&file));
    let bytes = bytes.map_err(|e| Problem::whole(&file, format!("this file cannot be read: {}", reason(&e))))?;
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..good]).into_owned();
        let (line, col) = line_and_col(&before, good);
        let message = "this byte is not UTF-8; save the file as UTF-8 in your editor";
        Problem { line, col, ..Problem::whole(&file, message) }
    })?;
    let has_mark = text.starts_with('\u{feff}');
    if has_mark {
        text.drain(..'\u{feff}'.len_utf8());
    }
    let print = xxh3_128(text.as_bytes());
    Ok(Found { text, has_mark, stat, print })
}

/// From this many bytes on, glibc maps a block of memory by itself and gives it back to the system when it is freed.
const MAPPED: usize = 128 * 1024;

/// glibc raises that limit to the size of every such block it frees, up to this one.
const MAX_MAPPED: usize = 32 * 1024 * 1024;

impl Found {
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

/// A record of a file.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Where it is.
    pub span: Span,
    /// The fingerprint of its text.
    pub print: u64,
    /// The record; `None` where it does not read, or is of a kind that is not kept in memory.
    pub record: Option<AnyRecord>,
}

/// What is known of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// What the disk said of it when it was read; `None`: there was no file.
    pub stat: Option<Stat>,
    /// The fingerprint of its text.
    pub print: Option<u128>,
    /// Its records, in the order of the file.
    pub entries: Vec<Entry>,
    /// The bracket in which they stand.
    pub inside: Range<usize>,
    /// Why it must not be written over.
    pub problem: Option<Problem>,
    /// Whether a newer version of the program wrote it.
    pub is_newer: bool,
}

/// Who stands behind a change that bears no stamp: when the file was written, and by whom.
pub(super) struct Hand<'a> {
    /// Initials or login of the owner of the file.
    pub by: &'a dyn Fn(u32) -> Text,
}

impl Known {
    /// The records by id.
    pub fn index(&self) -> HashMap<Id, &Entry> {
        self.entries.iter().map(|entry| (entry.span.id, entry)).collect()
    }

    /// Those of the records that have one of these ids.
    pub fn some(&self, ids: &HashSet<Id>) -> HashMap<Id, &Entry> {
        let wanted = self.entries.iter().filter(|entry| ids.contains(&entry.span.id));
        wanted.map(|entry| (entry.span.id, entry)).collect()
    }

    /// Reads a file, taking over every record whose text is as it was `before`.
    pub fn read(kind: Kind, found: &Found, before: Option<&Known>, hand: &Hand<'_>) -> (Self, Vec<Problem>) {
        let file = file_name(kind);
        let (split, fault) = records::split(&found.text, kind);
        let is_newer = split.version > VERSION;
        let mut problems: Vec<Problem> =
            fault.into_iter().map(|fault| Problem::at(&file, &found.text, fault)).collect();
        let old = before.map(Known::index).unwrap_or_default();
        let entry = |span: &Span| Entry { span: span.clone(), print: span.print(&found.text), record: None };
        let mut entries: Vec<Entry> = split.records.iter().map(entry).collect();
        if kind.is_resident() {
            let reader = Reader { file: &file, text: &found.text, kind, old: &old, is_newer };
            problems.extend(reader.read_all(&mut entries));
            sign_hand_edits(&mut entries, &old, found, hand);
        }
        if is_newer {
            let message = format!(
                "this file has version {} and was written by a newer moot; update moot to change anything here",
                split.version
            );
            problems = vec![Problem::whole(&file, message)];
        }
        let problem = problems.iter().find(|problem| problem.is_blocking).cloned();
        let known =
            Self { stat: Some(found.stat), print: Some(found.print), entries, inside: split.inside, problem, is_newer };
        (known, problems)
    }

    /// What changed since `before`.
    pub fn changes_since(&self, before: &Known) -> Vec<Edit> {
        let (old, new) = (before.index(), self.index());
        let gone = before.entries.iter().filter(|entry| !new.contains_key(&entry.span.id));
        let gone = gone.filter_map(|entry| Edit::new(entry.record.clone(), None));
        let changed = self.entries.iter().filter_map(|entry| {
            let was = old.get(&entry.span.id);
            if was.is_some_and(|was| was.print == entry.print) {
                return None;
            }
            Edit::new(was.and_then(|was| was.record.clone()), entry.record.clone())
        });
        changed.chain(gone).collect()
    }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    kind: Kind,
    old: &'a HashMap<Id, &'a Entry>,
    is_newer: bool,
}

impl Reader<'_> {
    fn read_all(&self, entries: &mut [Entry]) -> Vec<Problem> {
        if entries.len() < MANY {
            return self.read_some(entries);
        }
        let (first, second) = entries.split_at_mut(entries.len() / 2);
        std::thread::scope(|scope| {
            let other = scope.spawn(|| self.read_some(second));
            let mut problems = self.read_some(first);
            problems.extend(
                other.join().unwrap_or_else(|_| {
                    vec![Problem::whole(self.file, "the second half of this file could not be read")]
                }),
            );
            problems
        })
    }

    fn read_some(&self, entries: &mut [Entry]) -> Vec<Problem> {
        entries.iter_mut().filter_map(|entry| self.read_one(entry).err()).collect()
    }

    fn read_one(&self, entry: &mut Entry) -> Result<(), Problem> {
        let was = self.old.get(&entry.span.id).filter(|was| was.print == entry.print && was.record.is_some());
        entry.record = match was {
            Some(was) => was.record.clone(),
            None if self.is_newer => {
                records::read_newer(self.file, self.text, self.kind, entry.span.id, &entry.span.body)
            }
            None => Some(records::read(self.file, self.text, self.kind, entry.span.id, &entry.span.body)?),
        };
        Ok(())
    }
}

/// A text that changed under the same stamp was changed by hand: without a stamp of its own it would always lose.
fn sign_hand_edits(entries: &mut [Entry], old: &HashMap<Id, &Entry>, found: &Found, hand: &Hand<'_>) {
    let since = found.stat.modified.duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap_or_default();
    let written = Timestamp::from_seconds(i64::try_from(since.as_secs()).unwrap_or_default());
    for entry in entries {
        let Some(was) = old.get(&entry.span.id).filter(|was| was.print != entry.print) else {
            continue;
        };
        let (Some(was), Some(now)) = (&was.record, &mut entry.record) else {
            continue;
        };
        if now.updated() == was.updated() && !now.differing(was).is_empty() {
            now.set_updated(Updated(written.after(was.updated().0), (hand.by)(found.stat.owner)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::atomic::Disk;
    use super::*;

    fn found(text: &str) -> Found {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(file_name(Kind::Person)), text).unwrap();
        let stat = stat(&Disk, dir.path(), Kind::Person).unwrap().unwrap();
        find(&Disk, dir.path(), Kind::Person, stat).unwrap()
    }

    #[test]
    fn a_mark_is_taken_off() {
        let found = found("\u{feff}Folkmoot()");
        assert_eq!((found.text.as_str(), found.has_mark), ("Folkmoot()", true));
    }

    #[test]
    fn the_text_of_a_large_file_is_given_back_when_it_is_freed() {
        let large = "x".repeat(MAPPED);
        for text in [large.clone(), format!("\u{feff}{large}")] {
            let mut found = found(&text);
            found.keep_mapped();
            assert_eq!(found.text, large);
            assert!(found.text.capacity() > MAX_MAPPED, "{}", found.text.capacity());
        }
        let mut small = found("small");
        small.keep_mapped();
        assert!(small.text.capacity() < MAPPED);
    }
}
