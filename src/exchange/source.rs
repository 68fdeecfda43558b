//! Getting at the bytes: a file, a folder or a zip, with limits.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::Problem;

/// The most bytes read from one source, unpacked.
pub const MOST: u64 = 256 * 1024 * 1024;

/// The most files looked at in a folder or a zip.
const MOST_FILES: usize = 2_000;

/// A file of a source: its name inside it, and what it holds.
pub struct File {
    /// Its name.
    pub name: Arc<str>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Reads everything that could be data at this path.
///
/// # Errors
/// What cannot be read, or is too large.
pub fn files(path: &Path) -> Result<Vec<File>, Problem> {
    let about = fs::metadata(path).map_err(|error| Problem::unreadable(path, &error))?;
    if about.is_dir() {
        return folder(path);
    }
    if !about.is_file() {
        return Err(Problem(format!("{} is not a file or a folder; name one of these", said(path))));
    }
    let bytes = bounded(path, about.len())?;
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return unzip(path, bytes);
    }
    let name = path.file_name().map(|name| crate::model::text::clean(&name.to_string_lossy())).unwrap_or_default();
    Ok(vec![File { name: name.into(), bytes }])
}

/// A path as a message says it.
pub fn said(path: &Path) -> String {
    crate::model::text::clean(&path.to_string_lossy())
}

fn bounded(path: &Path, length: u64) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    if length <= MOST {
        let file = fs::File::open(path).map_err(|error| Problem::unreadable(path, &error))?;
        file.take(MOST + 1).read_to_end(&mut bytes).map_err(|error| Problem::unreadable(path, &error))?;
    }
    if length > MOST || bytes.len() as u64 > MOST {
        return Err(too_large(path));
    }
    Ok(bytes)
}

fn too_large(path: &Path) -> Problem {
    Problem(format!("{} holds more than {} MB; split it into smaller packages", said(path), MOST / 1024 / 1024))
}

fn is_data(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".txt"].iter().any(|ending| lower.ends_with(ending))
}

fn folder(path: &Path) -> Result<Vec<File>, Problem> {
    let mut paths = Vec::new();
    for inside in ["", "data"] {
        let Ok(entries) = fs::read_dir(path.join(inside)) else {
            continue;
        };
        for entry in entries.flatten().take(MOST_FILES) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_file() && is_data(&name) {
                paths.push((if inside.is_empty() { name } else { format!("{inside}/{name}") }, entry.path()));
            }
        }
    }
    paths.sort();
    let mut left = MOST;
    let mut files = Vec::new();
    for (name, at) in paths {
        let length = fs::metadata(&at).map_err(|error| Problem::unreadable(&at, &error))?.len();
        left = left.checked_sub(length).ok_or_else(|| too_large(path))?;
        files.push(File { name: crate::model::text::clean(&name).into(), bytes: bounded(&at, length)? });
    }
    Ok(files)
}

fn unzip(path: &Path, bytes: Vec<u8>) -> Result<Vec<File>, Problem> {
    let broken = |error: &dyn std::fmt::Display| {
        Problem(format!("{} is not a whole zip file ({error}); fetch it again", said(path)))
    };
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(|error| broken(&error))?;
    if archive.len() > MOST_FILES {
        return Err(Problem(format!("{} holds {} files; at most {MOST_FILES} are read", said(path), archive.len())));
    }
    let mut left = MOST;
    let mut files = Vec::new();
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|error| broken(&error))?;
        let name = crate::model::text::clean(entry.name());
        if entry.enclosed_name().is_none() {
            return Err(Problem(format!(
                "{} holds {name:?}, a path that leads out of it; it was not read",
                said(path)
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
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

/// The text of a file, and whether it had to be taken for Windows-1252.
pub fn text_of(bytes: Vec<u8>) -> (String, bool) {
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
