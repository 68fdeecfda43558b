//! Who may read and write what is saved: owner, group and mode of a file stay as they are when it is replaced, and a new
//! file is as open as the workspace is, which is as open as its `partnership.ron`.
//!
//! A file is replaced by renaming another over it, and that one would belong to whoever saves. Where the old group cannot
//! be kept, or the file is not this user's to write, nothing is saved and the sentence says with which command that is
//! mended: one save must never lock colleagues out, nor let anybody in.

use std::fs::File;
use std::io;
use std::path::Path;

use super::file_state::file_name;
use super::storage::{PRIVATE_DIR, PRIVATE_FILE, SHARED_DIR, SHARED_FILE, Stat, Storage};
use super::users::{self, group_name, user_name};
use crate::model::Kind;

/// Who may read and write a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Access {
    mode: u32,
    /// The owner, where this user can say so: root alone.
    owner: Option<u32>,
    /// The group, where it matters.
    group: Option<u32>,
}

impl Access {
    /// Of a file that is this user's alone.
    pub const PRIVATE: Self = Self { mode: PRIVATE_FILE, owner: None, group: None };

    /// As a file has it now.
    pub fn of(stat: &Stat) -> Self {
        let is_root = rustix::process::geteuid().is_root();
        Self { mode: stat.mode & 0o777, owner: is_root.then_some(stat.owner), group: Some(stat.group) }
    }

    /// For the file `name`, which is to be replaced or made: `mode` tells private files from those of everybody.
    ///
    /// # Errors
    /// This user may not write the file, with what would help; or the disk's.
    pub fn for_file(storage: &dyn Storage, dir: &Path, name: &str, mode: u32) -> io::Result<Self> {
        if mode == PRIVATE_FILE {
            return Ok(Self::PRIVATE);
        }
        let path = dir.join(name);
        match storage.stat(&path) {
            Ok(stat) if stat.is_file => {
                storage.check_writable(&path).map_err(|error| protected(error, &path, &stat))?;
                Ok(Self::of(&stat))
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(Self::of_new(storage, dir, mode)),
        }
    }

    /// Of a new file: as of the partnership's own, which lies beside it or above it.
    fn of_new(storage: &dyn Storage, dir: &Path, mode: u32) -> Self {
        let Some(model) = model(storage, dir) else { return Self { mode, owner: None, group: None } };
        let mode = if model.is_shared() { mode } else { PRIVATE_FILE };
        Self { mode, ..Self::of(&model) }
    }

    /// Gives an open file these rights. It is this user's alone until then.
    ///
    /// # Errors
    /// What would be changed by it for colleagues, with the command that mends it; or the disk's.
    pub fn give(&self, storage: &dyn Storage, file: &File, dir: &Path) -> io::Result<()> {
        let now = storage.stat_open(file)?;
        let owner = self.owner.filter(|owner| *owner != now.owner);
        let group = self.group.filter(|group| *group != now.group);
        if owner.is_some() || group.is_some() {
            let given = storage.give(file, owner, group);
            let is_refused = given.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied);
            match group {
                Some(group) if is_refused && self.mode & 0o070 != 0 => return Err(locked_out(group, dir)),
                _ if is_refused => {}
                _ => given?,
            }
        }
        storage.set_mode(file, self.mode)
    }

    /// As [`Self::give`] for a copy, which may be less open than what it is of, and never more.
    pub fn give_copy(&self, storage: &dyn Storage, file: &File, dir: &Path) -> io::Result<()> {
        self.give(storage, file, dir).or_else(|_| storage.set_mode(file, self.mode & 0o700))
    }
}

/// The partnership's own file, of the workspace that a directory is or belongs to.
fn model(storage: &dyn Storage, dir: &Path) -> Option<Stat> {
    let file = file_name(Kind::Partnership);
    dir.ancestors().take(3).find_map(|dir| storage.stat(&dir.join(&file)).ok()).filter(|stat| stat.is_file)
}

/// Why a file may not be written, where that lies with its mode or its group.
fn protected(error: io::Error, path: &Path, stat: &Stat) -> io::Error {
    if error.kind() != io::ErrorKind::PermissionDenied {
        return error;
    }
    let (mode, place, owner) = (stat.mode & 0o777, path.display(), user_name(stat.owner));
    match (users::is_own(stat), stat.mode & 0o200 != 0, stat.mode & 0o020 != 0) {
        (true, true, _) => error,
        (true, false, _) => {
            io::Error::other(format!("it is protected (mode {mode:o}); this lets it be written: chmod u+w {place}"))
        }
        (false, _, false) => {
            io::Error::other(format!("only {owner} may write it (mode {mode:o}); as {owner}: chmod g+w {place}"))
        }
        (false, _, true) => {
            let (group, login) = (group_name(stat.group), users::own_login());
            io::Error::other(format!("only the group {group} may write it; as root: usermod -aG {group} {login}"))
        }
    }
}

fn locked_out(group: u32, dir: &Path) -> io::Error {
    let (group, dir) = (group_name(group), dir.display());
    io::Error::other(format!(
        "it belongs to the group {group}, which could not open it any more; chmod g+s {dir} keeps it"
    ))
}

/// Makes a directory of a workspace, as open as that is, unless it exists. What is in its place and no directory, or a link
/// to one, is refused.
///
/// # Errors
/// The disk's, or what is in its place.
pub(super) fn make_dir(storage: &dyn Storage, dir: &Path) -> io::Result<()> {
    let above = dir.parent().unwrap_or(dir);
    let is_shared = model(storage, above).is_none_or(|model| model.is_shared());
    make_dir_as(storage, dir, is_shared, model(storage, above).map(|model| model.group))
}

/// As [`make_dir`], where it is known already whether colleagues are to enter it, and which group they are.
pub(super) fn make_dir_as(storage: &dyn Storage, dir: &Path, is_shared: bool, group: Option<u32>) -> io::Result<()> {
    match storage.create_dir(dir) {
        Ok(()) => {
            let access = Access { mode: if is_shared { SHARED_DIR } else { PRIVATE_DIR }, owner: None, group };
            access.give(storage, &storage.open_dir(dir)?, dir.parent().unwrap_or(dir))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => storage.open_dir(dir).map(drop),
        Err(error) => Err(error),
    }
}

/// Makes sure that a directory of the program's own is one, and no link to another.
///
/// # Errors
/// What is in its place; or the disk's.
pub(super) fn check_dir(storage: &dyn Storage, dir: &Path) -> io::Result<()> {
    match storage.stat(dir) {
        Ok(stat) if stat.is_dir => Ok(()),
        Ok(_) => Err(io::Error::other(format!("{} is a link or no folder; put a folder in its place", dir.display()))),
        Err(error) => Err(error),
    }
}

/// Whether what is made now is to be for colleagues too: unless the umask lets them read nothing.
pub(super) fn is_shared_by_umask(storage: &dyn Storage) -> bool {
    umask(storage) & 0o040 == 0
}

/// The umask, as the system says it; where it does not say, it is read by setting it.
fn umask(storage: &dyn Storage) -> u32 {
    let status = storage.read(Path::new("/proc/self/status")).unwrap_or_default();
    let said = String::from_utf8_lossy(&status);
    let line = said.lines().find_map(|line| line.strip_prefix("Umask:"));
    line.and_then(|digits| u32::from_str_radix(digits.trim(), 8).ok()).unwrap_or_else(|| {
        let umask = rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
        rustix::process::umask(umask);
        umask.bits()
    })
}

/// The mode of the first file of a workspace, which says how open all of it is.
pub(super) fn first_mode(is_shared: bool) -> u32 {
    if is_shared { SHARED_FILE } else { PRIVATE_FILE }
}
