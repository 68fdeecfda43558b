//! Writing what leaves: into the named path only, whole or not at all.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::Problem;
use super::source::said;

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
    let mut beside = builder.tempfile_in(folder).map_err(|error| failed(&error))?;
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
