//! The person's own editor, on a record or on one text.

use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::model::AnyRecord;
use crate::store;

/// What an editor is given: a file that its owner alone reads, in a folder that its owner alone enters, for editors put
/// copies beside it. Both go with this.
struct EditorFile {
    _folder: TempDir,
    path: PathBuf,
}

impl EditorFile {
    fn new(text: &str, ending: &str) -> io::Result<Self> {
        let private = std::fs::Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new().prefix("moot-").permissions(private).tempdir()?;
        let path = folder.path().join(format!("moot{ending}"));
        let mut file = std::fs::File::options().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(text.as_bytes())?;
        Ok(Self { _folder: folder, path })
    }
}

/// Opens a text in the editor and returns it as it was left; `None` when it was left as it was.
///
/// # Errors
/// A sentence: the editor cannot be started, failed, or left something that is no text.
pub fn text(text: &str, ending: &str) -> Result<Option<String>, String> {
    let file =
        EditorFile::new(text, ending).map_err(|error| format!("there is no room for the editor's file: {error}"))?;
    open(&file.path, None)?;
    let after =
        std::fs::read_to_string(&file.path).map_err(|error| format!("what the editor left is no text: {error}"))?;
    Ok((after != text).then_some(after))
}

/// Opens a record in the editor until it reads, or until the person leaves it as it is.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn record(record: &AnyRecord) -> Result<Option<AnyRecord>, String> {
    let before = store::to_ron(record)?;
    let wrong = |error: std::io::Error| format!("the editor's file could not be kept: {error}");
    let file = EditorFile::new(&before, ".ron").map_err(wrong)?;
    let mut line = None;
    let mut last = before.clone();
    loop {
        open(&file.path, line)?;
        let after = std::fs::read_to_string(&file.path).map_err(wrong)?;
        // The error of the last round stands above the record as comments.
        let body: String = after.split_inclusive('\n').filter(|l| !l.starts_with(COMPLAINT)).collect();
        if body == before {
            return Ok(None);
        }
        match store::from_ron(record.kind(), record.id(), &body) {
            Ok(read) => return Ok(Some(read)),
            Err(problem) if body == last && line.is_some() => {
                return Err(format!("the record stays as it was: line {}: {}", problem.line, problem.message));
            }
            Err(problem) => {
                let complaint = format!("{COMPLAINT} line {}: {}\n", problem.line + 1, problem.message);
                std::fs::write(&file.path, format!("{complaint}{body}")).map_err(wrong)?;
                line = Some(problem.line + 1);
                last = body;
            }
        }
    }
}

/// What stands before the error of a record that does not parse.
const COMPLAINT: &str = "// moot:";

/// Runs `$VISUAL` or `$EDITOR`, which may carry arguments, on a file.
fn open(path: &Path, line: Option<usize>) -> Result<(), String> {
    let named = ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var(name).ok()).filter(|e| !e.trim().is_empty());
    let editor = named.unwrap_or_else(|| "nano".to_owned());
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or("nano");
    let mut command = Command::new(program);
    command.args(words);
    // Every common editor takes +LINE before the file.
    command.args(line.map(|line| format!("+{line}")));
    let status = command
        .arg(path)
        .status()
        .map_err(|error| format!("the editor {program} does not start ({error}); set EDITOR to the one you use"))?;
    if status.success() { Ok(()) } else { Err(format!("the editor {program} gave up; nothing was changed")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_editor_is_given_is_its_owners_alone() {
        let file = EditorFile::new("half a sentence", ".txt").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&file.path), mode(file.path.parent().unwrap())), (0o600, 0o700));
        let folder = file.path.parent().unwrap().to_owned();
        drop(file);
        assert!(!folder.exists());
    }
}
