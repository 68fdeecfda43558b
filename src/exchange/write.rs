//! Writing what leaves: into the named path only, whole or not at all.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::Problem;
use super::source::said;

/// Whether a path may be written to: nothing is there yet, or it may be replaced; never a link, and never a file of the
/// workspace itself.
///
/// # Errors
/// What is there, and what to do.
pub fn check(path: &Path, workspace: &Path, replace: bool) -> Result<(), Problem> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let inside = folder.canonicalize().ok().zip(workspace.canonicalize().ok());
    let is_hidden =
        |folder: &Path| folder.components().any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"."));
    let is_record = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ron"));
    if let Some((folder, home)) = inside
        && let Ok(below) = folder.strip_prefix(&home)
        && (is_record || is_hidden(below))
    {
        return Err(Problem(format!("{} belongs to the workspace itself; name another place", said(path))));
    }
    match fs::symlink_metadata(path) {
        Err(_) => Ok(()),
        Ok(about) if about.is_symlink() => {
            Err(Problem(format!("{} is a link, and links are not followed; name a file", said(path))))
        }
        Ok(about) if about.is_dir() && is_empty(path) => Ok(()),
        Ok(_) if replace => Ok(()),
        Ok(_) => Err(Problem(format!("{} is there already; name another place", said(path)))),
    }
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// Writes a file in one step: readers see the old one or the new one. A link at that place is replaced, never followed.
///
/// # Errors
/// The path is a directory, or the disk says no.
pub fn file(path: &Path, bytes: &[u8]) -> Result<(), Problem> {
    let failed = |error: &dyn std::fmt::Display| Problem(format!("{} cannot be written: {error}", said(path)));
    let here = PathBuf::from(".");
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(&here);
    if fs::symlink_metadata(path).is_ok_and(|about| about.is_dir()) {
        return Err(Problem(format!("{} is a folder; name a file", said(path))));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".moot-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666)); // the umask takes its part
    }
    let mut beside = builder.tempfile_in(folder).map_err(|error| failed(&error.kind()))?; // the rest names our own file
    beside.write_all(bytes).and_then(|()| beside.as_file().sync_all()).map_err(|error| failed(&error))?;
    beside.persist(path).map_err(|error| failed(&error.error))?;
    Ok(())
}

/// Makes a folder for a package; one that holds anything else than an earlier package is left alone.
///
/// # Errors
/// It is no folder, or holds other files.
pub fn folder(path: &Path, names: &[&str]) -> Result<(), Problem> {
    let failed = |error: &std::io::Error| Problem(format!("{} cannot be written: {error}", said(path)));
    if fs::symlink_metadata(path).is_err() {
        return fs::create_dir_all(path).map_err(|error| failed(&error));
    }
    if !fs::symlink_metadata(path).map_err(|error| failed(&error))?.is_dir() {
        return Err(Problem(format!("{} is not a folder; name one, or a file that ends in .zip", said(path))));
    }
    for entry in fs::read_dir(path).map_err(|error| failed(&error))? {
        let name = entry.map_err(|error| failed(&error))?.file_name().to_string_lossy().into_owned();
        if !names.contains(&name.as_str()) && name != "datapackage.json" && !is_table(&name) {
            return Err(Problem(format!(
                "{} holds {:?}, which is no part of a package; name an empty folder",
                said(path),
                crate::model::text::clean(&name)
            )));
        }
    }
    Ok(())
}

fn is_table(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "csv")
}
