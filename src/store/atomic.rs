//! Atomic replacement of a file: a temporary file beside it is written, synced and renamed over it, and the directory
//! is synced.
//!
//! Every step goes through [`Storage`], so that tests can make each of them fail.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use rustix::fs::OFlags;

/// The mode of files that colleagues share.
pub const SHARED_FILE: u32 = 0o660;

/// The mode of directories that colleagues share: new files in them belong to their group.
pub const SHARED_DIR: u32 = 0o2770;

/// The metadata of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Whether it is a regular file, and no link to one.
    pub is_file: bool,
    /// Its length in bytes.
    pub length: u64,
    /// When it was last written.
    pub modified: SystemTime,
    /// Which file of the disk it is.
    pub inode: u64,
    /// The number of the user who owns it.
    pub owner: u32,
}

impl Stat {
    /// Of a text that is embedded in the program.
    pub(super) const NONE: Stat =
        Stat { is_file: true, length: 0, modified: SystemTime::UNIX_EPOCH, inode: 0, owner: 0 };
}

/// The disk, or what a test puts in its place.
pub trait Storage: Send + Sync {
    /// The metadata of a file; a link is not followed.
    fn stat(&self, path: &Path) -> io::Result<Stat>;
    /// Everything in a file; a link is not followed.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// Makes a new file that only we can read; one that is there already is an error.
    fn create(&self, path: &Path) -> io::Result<File>;
    /// Writes all of it.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;
    /// Sets the mode, whatever the umask.
    fn set_mode(&self, file: &File, mode: u32) -> io::Result<()>;
    /// Waits until a file or a directory is on the disk.
    fn sync(&self, file: &File) -> io::Result<()>;
    /// Replaces one file by another atomically.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Gives a file a second name.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Takes a file away.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Opens a directory, to sync it later.
    fn open_dir(&self, path: &Path) -> io::Result<File>;
}

/// The real disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

impl Storage for Disk {
    fn stat(&self, path: &Path) -> io::Result<Stat> {
        let meta = fs::symlink_metadata(path)?;
        Ok(Stat {
            is_file: meta.is_file(),
            length: meta.len(),
            modified: meta.modified()?,
            inode: meta.ino(),
            owner: meta.uid(),
        })
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut file = OpenOptions::new().read(true).custom_flags(OFlags::NOFOLLOW.bits() as i32).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
    fn create(&self, path: &Path) -> io::Result<File> {
        let flags = OFlags::NOFOLLOW.bits() as i32;
        OpenOptions::new().write(true).create_new(true).mode(0o600).custom_flags(flags).open(path)
    }
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }
    fn set_mode(&self, file: &File, mode: u32) -> io::Result<()> {
        file.set_permissions(Permissions::from_mode(mode))
    }
    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_all()
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::hard_link(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }
    fn open_dir(&self, path: &Path) -> io::Result<File> {
        File::open(path)
    }
}

/// Whether a save is known to survive a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Durability {
    /// It is.
    Confirmed,
    /// The new file is in its place, but the disk did not say that it would stay there.
    Unconfirmed,
}

/// Puts `bytes` in the place of the file `name`; whatever fails, the file is the old one or the new one.
pub(super) fn save(storage: &dyn Storage, dir: &Path, name: &str, bytes: &[u8], mode: u32) -> io::Result<Durability> {
    let handle = storage.open_dir(dir)?;
    let temp = dir.join(temp_name(name));
    let mut file = storage.create(&temp)?;
    let written = fill(storage, &mut file, bytes, mode).and_then(|()| storage.rename(&temp, &dir.join(name)));
    if let Err(error) = written {
        let _ = storage.remove(&temp); // what cannot be removed now is swept at the next start
        return Err(error);
    }
    match storage.sync(&handle) {
        Ok(()) => Ok(Durability::Confirmed),
        Err(_) => Ok(Durability::Unconfirmed),
    }
}

fn fill(storage: &dyn Storage, file: &mut File, bytes: &[u8], mode: u32) -> io::Result<()> {
    storage.write(file, bytes)?;
    storage.set_mode(file, mode)?;
    storage.sync(file)
}

/// Copies a file under a second name, complete or not at all.
pub(super) fn copy(storage: &dyn Storage, from: &Path, dir: &Path, name: &str) -> io::Result<()> {
    let bytes = storage.read(from)?;
    save(storage, dir, name, &bytes, SHARED_FILE).map(drop)
}

const TEMP_SUFFIX: &str = ".moot-tmp";

fn temp_name(name: &str) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!(".{name}.{}-{count}{TEMP_SUFFIX}", std::process::id())
}

/// Removes what killed saves of ours have left for longer than `age`. Where files are saved under the lock, call it
/// only while the lock is held: then nobody is saving.
pub(super) fn remove_stale_temps(dir: &Path, age: Duration) {
    for path in stale_temps(dir, age) {
        let _ = fs::remove_file(path); // the next start tries again
    }
}

/// Temporary files of ours that are older than `age`.
pub(super) fn stale_temps(dir: &Path, age: Duration) -> Vec<PathBuf> {
    let me = rustix::process::geteuid().as_raw();
    let is_stale = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let is_temp = name.starts_with('.') && name.ends_with(TEMP_SUFFIX);
        let is_old = |meta: &fs::Metadata| meta.modified().is_ok_and(|at| at.elapsed().unwrap_or_default() >= age);
        is_temp && fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file() && meta.uid() == me && is_old(&meta))
    };
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(is_stale).collect()
}

/// Makes a directory that colleagues share, unless it is there.
pub(super) fn make_dir(dir: &Path) -> io::Result<()> {
    match fs::create_dir(dir) {
        Ok(()) => fs::set_permissions(dir, Permissions::from_mode(SHARED_DIR)),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && dir.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}
