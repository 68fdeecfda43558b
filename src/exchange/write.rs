//! Writes exports and reports: only to the named path, and atomically.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::ExchangeError;
use super::source::display_path;

/// Checks that a path may be written to: nothing exists there or it may be replaced; never a symbolic link, and never a
/// file of the workspace itself.
///
/// # Errors
/// When the path must not be written to.
pub fn check_target(path: &Path, workspace: &Path, replace: bool) -> Result<(), ExchangeError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let inside = folder.canonicalize().ok().zip(workspace.canonicalize().ok());
    let is_hidden =
        |folder: &Path| folder.components().any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"."));
    let is_record = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ron"));
    if let Some((folder, home)) = inside
        && let Ok(below) = folder.strip_prefix(&home)
        && (is_record || is_hidden(below))
    {
        return Err(ExchangeError(format!(
            "{} belongs to the workspace itself; name another place",
            display_path(path)
        )));
    }
    match fs::symlink_metadata(path) {
        Err(_) => Ok(()),
        Ok(about) if about.is_symlink() => {
            Err(ExchangeError(format!("{} is a link, and links are not followed; name a file", display_path(path))))
        }
        Ok(about) if about.is_dir() && is_empty(path) => Ok(()),
        Ok(_) if replace => Ok(()),
        Ok(_) => Err(ExchangeError(format!("{} is there already; name another place", display_path(path)))),
    }
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// Writes a file atomically: readers see the old one or the new one. A symbolic link is replaced, never followed.
///
/// # Errors
/// When the path is a directory or the file cannot be written.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<(), ExchangeError> {
    let failed =
        |error: &dyn std::fmt::Display| ExchangeError(format!("{} cannot be written: {error}", display_path(path)));
    let here = PathBuf::from(".");
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(&here);
    if fs::symlink_metadata(path).is_ok_and(|about| about.is_dir()) {
        return Err(ExchangeError(format!("{} is a folder; name a file", display_path(path))));
    }
    // What replaces a file can be read by whom that could be read.
    let replaced = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".moot-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(if replaced.is_some() { 0o600 } else { 0o666 })); // less the umask
    }
    let mut beside = builder.tempfile_in(folder).map_err(|error| failed(&error.kind()))?; // the full error would name the temporary file
    let keep_mode = replaced.map_or(Ok(()), |about| beside.as_file().set_permissions(about.permissions()));
    keep_mode
        .and_then(|()| beside.write_all(bytes))
        .and_then(|()| beside.as_file().sync_all())
        .map_err(|error| failed(&error))?;
    beside.persist(path).map_err(|error| failed(&error.error))?;
    Ok(())
}

/// Creates the folder for a package, or checks that an existing one holds nothing but an earlier package.
///
/// # Errors
/// When the path is no folder, holds other files or cannot be created.
pub fn prepare_folder(path: &Path, names: &[&str]) -> Result<(), ExchangeError> {
    let failed = |error: &std::io::Error| ExchangeError(format!("{} cannot be written: {error}", display_path(path)));
    if fs::symlink_metadata(path).is_err() {
        return fs::create_dir_all(path).map_err(|error| failed(&error));
    }
    if !fs::symlink_metadata(path).map_err(|error| failed(&error))?.is_dir() {
        return Err(ExchangeError(format!(
            "{} is not a folder; name one, or a file that ends in .zip",
            display_path(path)
        )));
    }
    for entry in fs::read_dir(path).map_err(|error| failed(&error))? {
        let name = entry.map_err(|error| failed(&error))?.file_name().to_string_lossy().into_owned();
        if !names.contains(&name.as_str()) && name != "datapackage.json" && !is_table(&name) {
            return Err(ExchangeError(format!(
                "{} holds {:?}, which is no part of a package; name an empty folder",
                display_path(path),
                crate::model::text::clean(&name)
            )));
        }
    }
    Ok(())
}

fn is_table(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "csv")
}
