//! Writes exports and reports: only to the named path, atomically, and on the disk unless it says that it is not sure.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use super::ExchangeError;
use super::read::source::display_path;

/// The file whose presence makes a directory a workspace.
const WORKSPACE_FILE: &str = "partnership.ron";

/// Checks that a path may be written to: nothing exists there or it may be replaced; never a symbolic link, and never a
/// file of a workspace, be it this one or another.
///
/// # Errors
/// When the path must not be written to.
pub fn check_target(path: &Path, workspace: &Path, replace: bool) -> Result<(), ExchangeError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let is_ours = folder.canonicalize().is_ok_and(|folder| belongs_to_workspace(&folder, path, workspace));
    if is_ours {
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
        Ok(about) if !about.is_dir() && !about.is_file() => {
            Err(ExchangeError(format!("{} is no file; name a file", display_path(path))))
        }
        Ok(_) if replace => Ok(()),
        Ok(_) => Err(ExchangeError(format!("{} is there already; name another place", display_path(path)))),
    }
}

/// Whether a path in this folder is a file of a workspace: records, maps and the thesaurus end in `.ron`, and what a program
/// keeps for itself lies in folders that are hidden. The folder of an export is none, whatever its name ends in.
fn belongs_to_workspace(folder: &Path, path: &Path, workspace: &Path) -> bool {
    let homes = workspace
        .canonicalize()
        .into_iter()
        .chain(folder.ancestors().filter(|home| home.join(WORKSPACE_FILE).is_file()).map(Path::to_path_buf));
    let is_hidden = |part: &std::ffi::OsStr| part.as_encoded_bytes().starts_with(b".");
    let is_record = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("ron"));
    let mut below = homes.filter_map(|home| folder.strip_prefix(home).ok().map(Path::to_path_buf));
    let is_hidden_file = path.file_name().is_some_and(is_hidden);
    below.any(|below| is_record || is_hidden_file || below.components().any(|part| is_hidden(part.as_os_str())))
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
    // Opened now: once the file is in place, only the sync may fail.
    let handle = fs::File::open(folder).map_err(|error| failed(&error))?;
    let mut beside = builder.tempfile_in(folder).map_err(|error| failed(&error.kind()))?; // the full error would name the temporary file
    let keep_mode = replaced.map_or(Ok(()), |about| beside.as_file().set_permissions(about.permissions()));
    keep_mode
        .and_then(|()| beside.write_all(bytes))
        .and_then(|()| beside.as_file().sync_all())
        .map_err(|error| failed(&error))?;
    beside.persist(path).map_err(|error| failed(&error.error))?;
    confirm(&handle);
    Ok(())
}

static IS_UNCONFIRMED: AtomicBool = AtomicBool::new(false);

/// Makes sure that the name of a new file is on the disk as its content is. Where that fails the file is there all the same.
fn confirm(folder: &fs::File) {
    IS_UNCONFIRMED.fetch_or(folder.sync_all().is_err(), Ordering::Relaxed);
}

/// Whether a file was written since this was asked last of which the disk did not confirm that it would survive a power cut.
pub fn was_unconfirmed() -> bool {
    IS_UNCONFIRMED.swap(false, Ordering::Relaxed)
}

/// Creates the folder for a package, or checks that an existing one holds nothing but an earlier package.
///
/// # Errors
/// When the path is no folder, holds other files or cannot be created.
pub fn prepare_folder(path: &Path, names: &[&str]) -> Result<(), ExchangeError> {
    let failed = |error: &std::io::Error| ExchangeError(format!("{} cannot be written: {error}", display_path(path)));
    if fs::symlink_metadata(path).is_err() {
        fs::create_dir_all(path).map_err(|error| failed(&error))?;
        let above = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        confirm(&fs::File::open(above).map_err(|error| failed(&error))?);
        return Ok(());
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
