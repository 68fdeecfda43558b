//! Storages that fail, and storages that do what must never be done.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use folkmoot::store::{Disk, Stat, Storage};

use super::heavy;

/// The calls of a storage, each as `self.call(…)` followed by the same call of `self.inner()`.
macro_rules! calls {
    ($($name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {$(
        fn $name(&self, $($argument: $type),*) -> io::Result<$result> {
            self.call(stringify!($name))?;
            self.inner().$name($($argument),*)
        }
    )*};
    (all but write) => {
        calls! {
            stat(path: &Path) -> Stat; stat_open(file: &File) -> Stat; read(path: &Path) -> Vec<u8>;
            list(dir: &Path) -> Vec<String>; create(path: &Path) -> File; open(path: &Path) -> File;
            overwrite(file: &mut File, bytes: &[u8]) -> (); set_mode(file: &File, mode: u32) -> ();
            give(file: &File, owner: Option<u32>, group: Option<u32>) -> (); try_lock(file: &File) -> bool; sync(file: &File) -> (); rename(from: &Path, to: &Path) -> ();
            link(from: &Path, to: &Path) -> (); remove(path: &Path) -> (); create_dir(path: &Path) -> ();
            open_dir(path: &Path) -> File; check_writable(dir: &Path) -> ();
        }
    };
}

/// What happens at the chosen call.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// The call fails with this error of the system.
    Error(i32),
    /// The process is gone: nothing works from here on.
    Death,
}

/// No space, quota, I/O error, read-only, permission, too large, interrupted by the network.
pub const ERRORS: [i32; 7] = [28, 122, 5, 30, 13, 27, 116];

/// Every fault of a sweep.
pub fn faults() -> impl Iterator<Item = Fault> {
    ERRORS.map(Fault::Error).into_iter().chain([Fault::Death])
}

/// For what takes long: a full disk, a broken one and death; with `FOLKMOOT_HEAVY` every fault.
pub fn main_faults() -> impl Iterator<Item = Fault> {
    faults().filter(|fault| heavy(0, 1) == 1 || matches!(fault, Fault::Error(28 | 5) | Fault::Death))
}

/// A storage that fails at the `at`-th call once it is armed.
pub struct Faulty {
    inner: Box<dyn Storage>,
    fault: Fault,
    at: usize,
    calls: AtomicUsize,
}

/// Before this, nothing fails.
const DISARMED: usize = usize::MAX / 2;

impl Faulty {
    pub fn new(inner: Box<dyn Storage>, fault: Fault, at: usize) -> Self {
        Self { inner, fault, at, calls: AtomicUsize::new(DISARMED) }
    }
    pub fn arm(&self) {
        self.calls.store(0, Ordering::Relaxed);
    }
    /// Whether the call that was to fail has come.
    pub fn has_struck(&self) -> bool {
        (self.at + 1..DISARMED).contains(&self.calls.load(Ordering::Relaxed))
    }
    fn inner(&self) -> &dyn Storage {
        self.inner.as_ref()
    }
    fn call(&self, _: &str) -> io::Result<()> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        match self.fault {
            Fault::Error(code) if call == self.at => Err(io::Error::from_raw_os_error(code)),
            Fault::Death if (self.at..DISARMED).contains(&call) => Err(io::Error::other("dead")),
            _ => Ok(()),
        }
    }
}

impl Storage for Faulty {
    calls!(all but write);
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.call("write") {
            let _ = self.inner.write(file, &bytes[..bytes.len() / 2]); // a full disk takes a part
            return Err(error);
        }
        self.inner.write(file, bytes)
    }
}

type Hook = Box<dyn FnMut(&str, usize) + Send>;

/// A storage on which something else happens before each call: the hook is told its name and number.
pub struct Hooked {
    inner: Box<dyn Storage>,
    hook: Mutex<Hook>,
    calls: AtomicUsize,
}

impl Hooked {
    pub fn new(inner: Box<dyn Storage>, hook: impl FnMut(&str, usize) + Send + 'static) -> Self {
        Self { inner, hook: Mutex::new(Box::new(hook)), calls: AtomicUsize::new(0) }
    }
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
    fn inner(&self) -> &dyn Storage {
        self.inner.as_ref()
    }
    #[allow(clippy::unnecessary_wraps)] // as the macro wants it
    fn call(&self, name: &str) -> io::Result<()> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        self.hook.lock().unwrap()(name, call);
        Ok(())
    }
}

impl Storage for Hooked {
    calls!(all but write);
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        self.call("write")?;
        self.inner.write(file, bytes)
    }
}

/// What must never be done, or rarely is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Broken {
    /// Files are written in place, as an ordinary editor does.
    InPlace,
    /// There is no journal.
    WithoutJournal,
    /// Nothing is removed, though it is said to be.
    WithoutRemoval,
    /// The file system cannot sync a directory.
    WithoutDirSync,
    /// The private directory is closed, as for somebody who is no member of its group.
    WithoutAccess,
}

impl Storage for Broken {
    calls! {
        stat(path: &Path) -> Stat; stat_open(file: &File) -> Stat; list(dir: &Path) -> Vec<String>;
        open(path: &Path) -> File; overwrite(file: &mut File, bytes: &[u8]) -> ();
        set_mode(file: &File, mode: u32) -> (); try_lock(file: &File) -> bool;
        give(file: &File, owner: Option<u32>, group: Option<u32>) -> ();
        link(from: &Path, to: &Path) -> (); create_dir(path: &Path) -> (); open_dir(path: &Path) -> File;
        check_writable(dir: &Path) -> ();
    }
    fn sync(&self, file: &File) -> io::Result<()> {
        if *self == Self::WithoutDirSync && file.metadata()?.is_dir() {
            return Err(io::Error::from_raw_os_error(22)); // EINVAL
        }
        Disk.sync(file)
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        if *self == Self::WithoutJournal && path.ends_with(".moot/journal.ron") {
            return Err(io::ErrorKind::NotFound.into());
        }
        if *self == Self::WithoutAccess && path.parent().is_some_and(|dir| dir.ends_with(".moot")) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Disk.read(path)
    }
    fn create(&self, path: &Path) -> io::Result<File> {
        match target(path) {
            Some(target) if *self == Self::InPlace => File::create(target),
            _ => Disk.create(path),
        }
    }
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        Disk.write(file, bytes)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        match self {
            Self::InPlace => Ok(()),
            Self::WithoutJournal if to.ends_with(".moot/journal.ron") => fs::remove_file(from),
            _ => Disk.rename(from, to),
        }
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        match self {
            Self::InPlace | Self::WithoutRemoval => Ok(()),
            Self::WithoutJournal | Self::WithoutAccess | Self::WithoutDirSync => Disk.remove(path),
        }
    }
}

impl Broken {
    #[allow(clippy::unused_self)] // as the macro wants it
    fn inner(&self) -> &dyn Storage {
        &Disk
    }
    #[allow(clippy::unnecessary_wraps, clippy::unused_self, clippy::trivially_copy_pass_by_ref)] // as the macro wants it
    fn call(&self, _: &str) -> io::Result<()> {
        Ok(())
    }
}

/// The file that a temporary one is to replace.
fn target(temp: &Path) -> Option<PathBuf> {
    let name = temp.file_name()?.to_str()?.strip_prefix('.')?.strip_suffix(".moot-tmp")?;
    Some(temp.with_file_name(name.rsplit_once('.')?.0))
}

/// How many temporary files are anywhere in a workspace.
pub fn temps(dir: &Path) -> usize {
    let own = dir.join(format!(".moot/drafts/{}", rustix::process::geteuid().as_raw()));
    let places = [dir.to_owned(), dir.join(".moot"), dir.join(".moot/backups"), dir.join(".moot/drafts"), own];
    let names = places.iter().flat_map(|place| fs::read_dir(place).into_iter().flatten().flatten());
    names.filter(|entry| entry.file_name().to_string_lossy().ends_with("-tmp")).count()
}
