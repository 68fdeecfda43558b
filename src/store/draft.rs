//! Drafts: text that is being typed and is not saved yet, one small file each. They lie in a folder of their writer's own,
//! which nobody else can enter, though the workspace is everybody's.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::atomic::{self, save};
use super::problem::StoreError;
use super::storage::{PRIVATE_DIR, PRIVATE_FILE, Storage};
use super::users::is_own;

/// The drafts of one person in one workspace.
#[derive(Clone)]
pub struct Drafts {
    storage: Arc<dyn Storage>,
    /// The directory of everybody's folders.
    dir: PathBuf,
    user: u32,
}

/// How the name of a draft ends.
const ENDING: &str = ".draft";

/// So many folders that bear a user's number and belong to somebody else are passed over.
const MAX_TAKEN: u32 = 100;

/// The mode of the directory of everybody's folders, beside that of a shared directory: only their owner renames or removes
/// them.
const STICKY: u32 = 0o1000;

impl Drafts {
    pub(super) fn new(storage: Arc<dyn Storage>, dir: PathBuf) -> Self {
        Self { storage, dir, user: rustix::process::geteuid().as_raw() }
    }

    /// Keeps `text` under `key` in the place of what was kept there.
    ///
    /// # Errors
    /// Why the disk did not take it.
    pub fn write(&self, key: &str, text: &str) -> Result<(), StoreError> {
        let folder = self.make_folder();
        let saved = folder
            .and_then(|folder| save(self.storage.as_ref(), &folder, &file_name(key), text.as_bytes(), PRIVATE_FILE));
        saved.map(drop).map_err(|error| StoreError::failed("the draft", &error))
    }

    /// What is kept under `key`; not what somebody else has put there.
    pub fn read(&self, key: &str) -> Option<String> {
        let path = self.folder().ok()??.join(file_name(key));
        self.storage.stat(&path).ok().filter(is_own)?;
        String::from_utf8(self.storage.read(&path).ok()?).ok()
    }

    /// The keys of all drafts, in their order.
    pub fn list(&self) -> Vec<String> {
        let names = self.folder().ok().flatten().and_then(|folder| self.storage.list(&folder).ok()).unwrap_or_default();
        let mut keys: Vec<String> = names.iter().filter_map(|name| decode_key(name.strip_suffix(ENDING)?)).collect();
        keys.sort();
        keys
    }

    /// Takes a draft away; one that is not there is no error.
    ///
    /// # Errors
    /// Why it is still there.
    pub fn remove(&self, key: &str) -> Result<(), StoreError> {
        let removed = self.folder().and_then(|folder| match folder {
            Some(folder) => self.storage.remove(&folder.join(file_name(key))),
            None => Ok(()),
        });
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::failed("the draft", &error)),
            _ => Ok(()),
        }
    }

    /// Where this user's folder may be, the best place first: somebody else may have taken its name.
    fn places(&self) -> impl Iterator<Item = PathBuf> {
        let name = |n: u32| if n == 0 { self.user.to_string() } else { format!("{}-{n}", self.user) };
        (0..MAX_TAKEN).map(move |n| self.dir.join(name(n)))
    }

    /// This user's folder, if there is one.
    fn folder(&self) -> io::Result<Option<PathBuf>> {
        for place in self.places() {
            match self.storage.stat(&place) {
                Ok(stat) if stat.is_dir && is_own(&stat) => return Ok(Some(place)),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// This user's folder, made where there is none; nobody else can enter it.
    fn make_folder(&self) -> io::Result<PathBuf> {
        let storage = self.storage.as_ref();
        for place in self.places() {
            match storage.stat(&place) {
                Ok(stat) if stat.is_dir && is_own(&stat) => return close(storage, place, stat.mode),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => match storage.create_dir(&place) {
                    // Above it, the directory may hand on more than the folder is to have.
                    Ok(()) => return close(storage, place, 0o777),
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(error),
                },
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("others have taken every place for it in .moot/drafts; have them removed"))
    }

    /// Makes sure that nobody else can remove this user's folder, as far as this user can; takes in what earlier versions of
    /// the program have left beside it; and removes what killed saves have left. What fails of it can be done without.
    pub(super) fn prepare(&self) {
        let storage = self.storage.as_ref();
        if let Ok(stat) = storage.stat(&self.dir)
            && stat.is_shared()
            && stat.mode & STICKY == 0
            && is_own(&stat)
        {
            let _ = storage.open_dir(&self.dir).and_then(|dir| storage.set_mode(&dir, stat.mode | STICKY));
        }
        let _ = self.take_in_former();
        for dir in [Some(self.dir.clone()), self.folder().ok().flatten()].into_iter().flatten() {
            atomic::remove_stale_temps(storage, &dir, atomic::STALE_AFTER);
        }
    }

    /// Drafts once lay side by side, those of everybody.
    fn take_in_former(&self) -> io::Result<()> {
        let storage = self.storage.as_ref();
        let prefix = format!("{}-", self.user);
        for name in storage.list(&self.dir)? {
            let Some(key) = name.strip_prefix(&prefix).and_then(|key| key.strip_suffix(ENDING)) else { continue };
            let path = self.dir.join(&name);
            if storage.stat(&path).is_ok_and(|stat| stat.is_file && is_own(&stat)) {
                storage.rename(&path, &self.make_folder()?.join(format!("{key}{ENDING}")))?;
            }
        }
        Ok(())
    }
}

/// Makes sure that a folder is its owner's alone.
fn close(storage: &dyn Storage, folder: PathBuf, mode: u32) -> io::Result<PathBuf> {
    if mode & 0o7777 != PRIVATE_DIR {
        storage.set_mode(&storage.open_dir(&folder)?, PRIVATE_DIR)?;
    }
    Ok(folder)
}

/// Puts the drafts of one workspace into another.
///
/// # Errors
/// The first that could not be kept.
pub(super) fn copy_all(storage: &Arc<dyn Storage>, from: &Path, to: &Path) -> Result<(), StoreError> {
    let of = |dir: &Path| Drafts::new(storage.clone(), dir.to_owned());
    let (from, to) = (of(from), of(to));
    let mut kept = from.list().into_iter().filter_map(|key| Some((from.read(&key)?, key)));
    kept.try_for_each(|(text, key)| to.write(&key, &text))
}

fn file_name(key: &str) -> String {
    format!("{}{ENDING}", encode_key(key))
}

/// A key as a part of a file name, percent-encoded: letters and digits as they are, every other byte as `%2f`, at most 60 bytes of it.
pub(super) fn encode_key(key: &str) -> String {
    let mut name = String::new();
    for byte in key.bytes().take(60) {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => name.push(byte as char),
            other => {
                let _ = write!(name, "%{other:02x}"); // writing to a String cannot fail
            }
        }
    }
    name
}

/// The key that [`encode_key`] encoded.
fn decode_key(name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = name.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}
