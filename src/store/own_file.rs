//! A file of the workspace's own that takes the place of one that is part of the program: a map, the thesaurus.

use std::io;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::problem::{FileProblem, reason};
use super::{Disk, Storage, decode};
use crate::model::text::clean;

/// Reads a file by its path in the workspace; `None` where there is none.
pub(super) fn read<T: DeserializeOwned>(dir: &Path, file: &str, max_bytes: u64) -> Option<Result<T, FileProblem>> {
    let text = read_text(dir, file, max_bytes)?;
    Some(text.and_then(|text| parse(file, text.trim_start_matches('\u{feff}'))))
}

/// Reads a value that fills a whole text; the file is named where it has a mistake.
pub(super) fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, FileProblem> {
    decode::options().from_str(text).map_err(|error| {
        let at = error.span.start;
        FileProblem { line: at.line, col: at.col, ..FileProblem::whole(file, clean(&error.code.to_string())) }
    })
}

fn read_text(dir: &Path, file: &str, max_bytes: u64) -> Option<Result<String, FileProblem>> {
    let path = dir.join(file);
    let failed = |message: String| Some(Err(FileProblem::whole(file, message)));
    match Disk.stat(&path) {
        Ok(stat) if !stat.is_file => failed("this is a link or no file at all; put a regular file here".to_owned()),
        Ok(stat) if stat.length > max_bytes => {
            failed(format!("this file is larger than {} MB; make it smaller", max_bytes / 1024 / 1024))
        }
        Ok(_) => match Disk.read(&path).map(String::from_utf8) {
            Ok(Ok(text)) => Some(Ok(text)),
            Ok(Err(_)) => failed("this file is not UTF-8; save it as UTF-8 in your editor".to_owned()),
            Err(error) => failed(format!("this file cannot be read: {}", reason(&error))),
        },
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => None,
        Err(error) => failed(format!("this file cannot be read: {}", reason(&error))),
    }
}
