//! Drafts: text that is being typed and is not saved yet, one small file each that only its writer can read.

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::atomic::save;
use super::problem::StoreError;
use super::storage::{PRIVATE_FILE, Storage};

/// The drafts of one person in one workspace.
#[derive(Clone)]
pub struct Drafts {
    storage: Arc<dyn Storage>,
    dir: PathBuf,
    prefix: String,
}

impl Drafts {
    pub(super) fn new(storage: Arc<dyn Storage>, dir: PathBuf) -> Self {
        let prefix = format!("{}-", rustix::process::geteuid().as_raw());
        Self { storage, dir, prefix }
    }

    /// Keeps `text` under `key` in the place of what was kept there.
    ///
    /// # Errors
    /// Why the disk did not take it.
    pub fn write(&self, key: &str, text: &str) -> Result<(), StoreError> {
        let name = self.name(key);
        save(self.storage.as_ref(), &self.dir, &name, text.as_bytes(), PRIVATE_FILE)
            .map(drop)
            .map_err(|error| StoreError::failed("the draft", &error))
    }

    /// What is kept under `key`.
    pub fn read(&self, key: &str) -> Option<String> {
        let bytes = self.storage.read(&self.dir.join(self.name(key))).ok()?;
        String::from_utf8(bytes).ok()
    }

    /// The keys of all drafts, in their order.
    pub fn list(&self) -> Vec<String> {
        let names = self.storage.list(&self.dir).unwrap_or_default();
        let key = |name: &String| decode_key(name.strip_prefix(&self.prefix)?.strip_suffix(".draft")?);
        let mut keys: Vec<String> = names.iter().filter_map(key).collect();
        keys.sort();
        keys
    }

    /// Takes a draft away; one that is not there is no error.
    ///
    /// # Errors
    /// Why it is still there.
    pub fn remove(&self, key: &str) -> Result<(), StoreError> {
        match self.storage.remove(&self.dir.join(self.name(key))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::failed("the draft", &error)),
            _ => Ok(()),
        }
    }

    fn name(&self, key: &str) -> String {
        format!("{}{}.draft", self.prefix, encode_key(key))
    }
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
