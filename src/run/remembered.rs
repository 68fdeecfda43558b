//! Which workspace a person has begun: a bare `moot` opens it again, wherever it lies. It is kept as one line in the
//! directory for settings, so everybody on a host has their own.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::keys_file;

/// The file that says where the workspace lies.
pub fn file() -> Option<PathBuf> {
    Some(keys_file::path()?.with_file_name("workspace"))
}

/// Where the workspace lies that was begun last.
pub fn read() -> Option<PathBuf> {
    let text = keys_file::read_settings(&file()?).ok()?;
    let path = Path::new(text.lines().next()?.trim());
    path.is_absolute().then(|| path.to_owned())
}

/// Remembers a workspace.
///
/// # Errors
/// Why it cannot be remembered, without its subject.
pub fn write(workspace: &Path) -> Result<(), String> {
    let path = std::path::absolute(workspace).map_err(|error| error.to_string())?;
    let text = path.to_str().filter(|text| !text.contains('\n')).ok_or("its path is no plain text")?;
    let file = file().ok_or("there is no directory for settings")?;
    let folder = file.parent().ok_or("there is no directory for settings")?;
    let save = || -> std::io::Result<()> {
        fs::create_dir_all(folder)?;
        let mut beside = tempfile::NamedTempFile::new_in(folder)?;
        writeln!(beside, "{text}")?;
        beside.persist(&file).map(drop).map_err(|error| error.error)
    };
    save().map_err(|error| format!("{} cannot be written: {}", file.display(), error.kind()))
}

/// Remembers a workspace that was begun or kept, and says where it lies and how it is opened from now on.
pub fn remember(workspace: &Path, what: &str) -> String {
    let place = crate::exchange::display_place(workspace);
    match write(workspace) {
        Err(why) => format!("{what} in {place}; open it with moot -w {place}, as it could not be remembered: {why}"),
        Ok(()) if is_named_elsewhere() => {
            format!("{what} in {place}; as MOOT_WORKSPACE names another, open it with moot -w {place}")
        }
        Ok(()) => format!("{what} in {place}; moot opens it from now on"),
    }
}

/// Whether the environment names the workspace, whatever is remembered.
fn is_named_elsewhere() -> bool {
    super::confine::variable("MOOT_WORKSPACE").is_some()
}
