//! Reads the files of a source (a file, a folder or a zip) within limits.

use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::OFlags;

use super::ExchangeError;
use crate::model::order::Order as _;

/// The total size limit of one source, unpacked.
pub const MAX_SOURCE_BYTES: u64 = 256 * 1024 * 1024;

/// The number of entries that are looked at in a folder or a zip.
const MAX_FILES: usize = 2_000;

/// A file of a source.
pub struct File {
    /// Its path inside the source.
    pub name: Arc<str>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Whether a link is no way to a file.
static FOLLOWS_NO_LINKS: AtomicBool = AtomicBool::new(false);

/// From now on no link is followed to a file.
pub fn follow_no_links() {
    FOLLOWS_NO_LINKS.store(true, Ordering::Relaxed);
}

/// Opens a regular file to read it. What somebody has put there instead is not waited for: a pipe would never answer.
fn open(path: &Path) -> io::Result<fs::File> {
    let link = if FOLLOWS_NO_LINKS.load(Ordering::Relaxed) { OFlags::NOFOLLOW } else { OFlags::empty() };
    let flags = (OFlags::NONBLOCK | link).bits() as i32;
    let file = fs::File::options().read(true).custom_flags(flags).open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no regular file")) }
}

/// Reads all data files at this path.
///
/// # Errors
/// When something cannot be read, is too large or is a damaged or unsafe zip.
pub fn read_files(path: &Path) -> Result<Vec<File>, ExchangeError> {
    let about = fs::metadata(path).map_err(|error| ExchangeError::unreadable(path, &error))?;
    if about.is_dir() {
        return folder(path);
    }
    let bytes = read_file(path)?;
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return unzip(path, bytes);
    }
    let name = path.file_name().map(|name| crate::model::text::clean(&name.to_string_lossy())).unwrap_or_default();
    Ok(vec![File { name: name.into(), bytes }])
}

/// Reads one file.
///
/// # Errors
/// When it is no regular file, cannot be read or is too large.
pub fn read_file(path: &Path) -> Result<Vec<u8>, ExchangeError> {
    let about = fs::metadata(path).map_err(|error| ExchangeError::unreadable(path, &error))?;
    if !about.is_file() {
        return Err(ExchangeError(format!("{} is not a file or a folder; name one of these", display_path(path))));
    }
    read_limited(path, about.len())
}

/// A path for a message, without control characters.
pub fn display_path(path: &Path) -> String {
    crate::model::text::clean(&path.to_string_lossy())
}

/// Where a file is, from the root on, for a message: somebody who reads it may not know in which folder the program runs.
pub fn display_place(path: &Path) -> String {
    std::path::absolute(path).map_or_else(|_| display_path(path), |place| display_path(&place))
}

fn read_limited(path: &Path, length: u64) -> Result<Vec<u8>, ExchangeError> {
    let mut bytes = Vec::new();
    if length <= MAX_SOURCE_BYTES {
        let file = open(path).map_err(|error| ExchangeError::unreadable(path, &error))?;
        file.take(MAX_SOURCE_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| ExchangeError::unreadable(path, &error))?;
    }
    if length > MAX_SOURCE_BYTES || bytes.len() as u64 > MAX_SOURCE_BYTES {
        return Err(too_large(path));
    }
    Ok(bytes)
}

fn too_large(path: &Path) -> ExchangeError {
    ExchangeError(format!(
        "{} holds more than {} MB; split it into smaller packages",
        display_path(path),
        MAX_SOURCE_BYTES / 1024 / 1024
    ))
}

fn is_data(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".txt"].iter().any(|ending| lower.ends_with(ending))
}

fn folder(path: &Path) -> Result<Vec<File>, ExchangeError> {
    let mut paths = Vec::new();
    for inside in ["", "data"] {
        let Ok(entries) = fs::read_dir(path.join(inside)) else {
            continue;
        };
        for entry in entries.flatten().take(MAX_FILES) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_file() && is_data(&name) {
                paths.push((if inside.is_empty() { name } else { format!("{inside}/{name}") }, entry.path()));
            }
        }
    }
    paths.sort();
    let mut left = MAX_SOURCE_BYTES;
    let mut files = Vec::new();
    for (name, at) in paths {
        let length = fs::metadata(&at).map_err(|error| ExchangeError::unreadable(&at, &error))?.len();
        left = left.checked_sub(length).ok_or_else(|| too_large(path))?;
        files.push(File { name: crate::model::text::clean(&name).into(), bytes: read_limited(&at, length)? });
    }
    Ok(files)
}

fn unzip(path: &Path, bytes: Vec<u8>) -> Result<Vec<File>, ExchangeError> {
    let broken = |error: &dyn std::fmt::Display| {
        ExchangeError(format!("{} is not a whole zip file ({error}); fetch it again", display_path(path)))
    };
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(|error| broken(&error))?;
    if archive.len() > MAX_FILES {
        return Err(ExchangeError(format!(
            "{} holds {} files; at most {MAX_FILES} are read",
            display_path(path),
            archive.len()
        )));
    }
    let mut left = MAX_SOURCE_BYTES;
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|error| broken(&error))?;
        let name = crate::model::text::clean(entry.name());
        if entry.enclosed_name().is_none() {
            return Err(ExchangeError(format!(
                "{} holds {name:?}, a path that leads out of it; it was not read",
                display_path(path)
            )));
        }
        if !entry.is_file() || !is_data(&name) {
            continue;
        }
        let mut bytes = Vec::new();
        entry.take(left + 1).read_to_end(&mut bytes).map_err(|error| broken(&error))?;
        left = left.checked_sub(bytes.len() as u64).ok_or_else(|| too_large(path))?;
        files.push(File { name: name.into(), bytes });
    }
    files.order_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

/// Decodes a file; the flag says whether it was taken for Windows-1252.
pub fn decode(bytes: Vec<u8>) -> (String, bool) {
    if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(&bytes)
        && encoding != encoding_rs::UTF_8
    {
        return (encoding.decode_without_bom_handling(&bytes[length..]).0.into_owned(), false);
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text), false),
        Err(error) => (encoding_rs::WINDOWS_1252.decode_without_bom_handling(error.as_bytes()).0.into_owned(), true),
    }
}
