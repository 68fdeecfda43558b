//! Every access of the store to the disk, as one trait, so that tests can make each call fail.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::SystemTime;

use rustix::fs::OFlags;

/// The mode of files that colleagues share.
pub const SHARED_FILE: u32 = 0o660;

/// The mode of directories that colleagues share: new files in them belong to their group.
pub const SHARED_DIR: u32 = 0o2770;

/// The mode of files that only their owner reads.
pub(super) const PRIVATE_FILE: u32 = 0o600;

/// The mode of directories that only their owner enters.
pub(super) const PRIVATE_DIR: u32 = 0o700;

/// The bits of a mode that say what colleagues, the file's group, may do.
const OF_COLLEAGUES: u32 = 0o070;

/// The metadata of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Whether it is a regular file, and no link to one.
    pub is_file: bool,
    /// Whether it is a directory, and no link to one.
    pub is_dir: bool,
    /// Who may do what with it: the bits of chmod, with those for setgid and the like.
    pub mode: u32,
    /// The number of the group it belongs to.
    pub group: u32,
    /// Its length in bytes.
    pub length: u64,
    /// When it was last written.
    pub modified: SystemTime,
    /// The file system it is on.
    pub device: u64,
    /// Its number in the file system.
    pub inode: u64,
    /// The number of the user who owns it.
    pub owner: u32,
}

impl Stat {
    /// Of a text that is embedded in the program.
    pub(super) const EMBEDDED: Stat = Stat {
        is_file: true,
        is_dir: false,
        mode: SHARED_FILE,
        group: 0,
        length: 0,
        modified: SystemTime::UNIX_EPOCH,
        device: 0,
        inode: 0,
        owner: 0,
    };

    fn new(meta: &fs::Metadata) -> io::Result<Self> {
        Ok(Self {
            is_file: meta.is_file(),
            is_dir: meta.is_dir(),
            mode: meta.mode() & 0o7777,
            group: meta.gid(),
            length: meta.len(),
            modified: meta.modified()?,
            device: meta.dev(),
            inode: meta.ino(),
            owner: meta.uid(),
        })
    }

    /// Whether colleagues, the group it belongs to, may do anything with it.
    pub(super) fn is_shared(&self) -> bool {
        self.mode & OF_COLLEAGUES != 0
    }

    /// Whether both are of one file, whatever has been written to it in between.
    pub(super) fn is_same_file(&self, other: &Self) -> bool {
        (self.device, self.inode) == (other.device, other.inode)
    }
}

/// The disk, or what a test puts in its place.
pub trait Storage: Send + Sync {
    /// The metadata of a file; a link is not followed.
    fn stat(&self, path: &Path) -> io::Result<Stat>;
    /// The metadata of an open file.
    fn stat_open(&self, file: &File) -> io::Result<Stat>;
    /// Everything in a regular file; a link is not followed.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// The names of everything in a directory.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;
    /// Creates a new file that only its owner can read; one that exists is an error.
    fn create(&self, path: &Path) -> io::Result<File>;
    /// Opens an existing file for reading and writing; a link is not followed.
    fn open(&self, path: &Path) -> io::Result<File>;
    /// Appends bytes at the current position.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;
    /// Replaces the contents of an open file in place, which is not atomic.
    fn overwrite(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;
    /// Sets the mode, whatever the umask.
    fn set_mode(&self, file: &File, mode: u32) -> io::Result<()>;
    /// Gives a file to another owner or another group.
    fn give(&self, file: &File, owner: Option<u32>, group: Option<u32>) -> io::Result<()>;
    /// Locks a file for this process unless another one holds the lock; whether it did. The lock ends with the file.
    fn try_lock(&self, file: &File) -> io::Result<bool>;
    /// Waits until a file or a directory is on the disk.
    fn sync(&self, file: &File) -> io::Result<()>;
    /// Replaces one file by another atomically.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Creates a hard link.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Creates a directory that only its owner can enter; one that exists is an error.
    fn create_dir(&self, path: &Path) -> io::Result<()>;
    /// Opens a directory, to sync it later or to set its mode.
    fn open_dir(&self, path: &Path) -> io::Result<File>;
    /// Fails where the user may not write to a directory or a file.
    fn check_writable(&self, path: &Path) -> io::Result<()>;
}

/// The real disk.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

/// Follows no link, and does not wait for the other end of a pipe.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32);
    options
}

impl Storage for Disk {
    fn stat(&self, path: &Path) -> io::Result<Stat> {
        Stat::new(&fs::symlink_metadata(path)?)
    }
    fn stat_open(&self, file: &File) -> io::Result<Stat> {
        Stat::new(&file.metadata()?)
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut file = options().read(true).open(path)?;
        if !file.metadata()?.is_file() {
            return Err(io::Error::other("this is no regular file; put a regular file in its place"));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let names = fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.file_name().into_string().ok()));
        names.filter_map(Result::transpose).collect()
    }
    fn create(&self, path: &Path) -> io::Result<File> {
        options().write(true).create_new(true).mode(PRIVATE_FILE).open(path)
    }
    fn open(&self, path: &Path) -> io::Result<File> {
        options().read(true).write(true).open(path)
    }
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }
    fn overwrite(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(bytes)
    }
    fn set_mode(&self, file: &File, mode: u32) -> io::Result<()> {
        file.set_permissions(Permissions::from_mode(mode))
    }
    fn give(&self, file: &File, owner: Option<u32>, group: Option<u32>) -> io::Result<()> {
        std::os::unix::fs::fchown(file, owner, group)
    }
    fn try_lock(&self, file: &File) -> io::Result<bool> {
        match file.try_lock() {
            Ok(()) => Ok(true),
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
        }
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
    fn create_dir(&self, path: &Path) -> io::Result<()> {
        fs::DirBuilder::new().mode(PRIVATE_DIR).create(path)
    }
    fn open_dir(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).custom_flags(OFlags::DIRECTORY.bits() as i32).open(path)
    }
    fn check_writable(&self, path: &Path) -> io::Result<()> {
        rustix::fs::access(path, rustix::fs::Access::WRITE_OK).map_err(io::Error::from)
    }
}
