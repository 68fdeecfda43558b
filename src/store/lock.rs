//! One process saves at a time. Readers never wait; a save holds the lock for some milliseconds, never across a key
//! press.

use std::fmt;
use std::fs::{File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use rustix::fs::OFlags;

use super::atomic::SHARED_FILE;
use super::problem::StoreError;
use crate::model::SplitMix64;

/// How long a save waits for the lock.
pub const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// Who holds the lock, as far as the lock file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder(pub String);

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The lock, held until this is dropped, or the process ends in whatever way.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock, up to `timeout`, in short pauses of random length so that nobody starves.
    ///
    /// # Errors
    /// Who holds it, or why the lock file cannot be used.
    pub fn acquire(path: &Path, by: &str, timeout: Duration) -> Result<Self, StoreError> {
        let mut file = open(path).map_err(|error| StoreError::failed("the lock (.moot/lock)", &error))?;
        let mut random = SplitMix64::new(u64::from(std::process::id()) << 32 | u64::from(nanos()));
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => {
                    let _ = write_holder(&mut file, by); // information for those who wait, no part of the lock
                    return Ok(Self { _file: file });
                }
                Err(TryLockError::WouldBlock) if began.elapsed() < timeout => {
                    std::thread::sleep(pause(began.elapsed(), timeout, random.next_u64()));
                }
                Err(TryLockError::WouldBlock) => return Err(StoreError::Held(read_holder(&mut file))),
                Err(TryLockError::Error(error)) => return Err(StoreError::failed("the lock (.moot/lock)", &error)),
            }
        }
    }
}

/// How long to wait before the next try: at most 25 ms, and less the longer the wait has lasted, down to half a
/// millisecond after a fifth of `timeout`, so that those who have waited longest try most often.
fn pause(waited: Duration, timeout: Duration, roll: u64) -> Duration {
    let rest = (timeout / 5).saturating_sub(waited).as_micros();
    let longest = rest * 24_000 / (timeout / 5).as_micros().max(1);
    Duration::from_micros(500 + roll % u64::try_from(longest).unwrap_or_default().max(1))
}

fn nanos() -> u32 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.subsec_nanos())
}

/// Opens the lock file, which is created once and never removed.
fn open(path: &Path) -> io::Result<File> {
    let options = || {
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(OFlags::NOFOLLOW.bits() as i32);
        options
    };
    match options().create_new(true).mode(SHARED_FILE).open(path) {
        Ok(file) => {
            file.set_permissions(Permissions::from_mode(SHARED_FILE))?;
            Ok(file)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => options().open(path),
        Err(error) => Err(error),
    }
}

fn write_holder(file: &mut File, by: &str) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{by} {} {}", std::process::id(), super::now().seconds())
}

fn read_holder(file: &mut File) -> Holder {
    let mut said = String::new();
    let _ = file.rewind().and_then(|()| file.take(200).read_to_string(&mut said));
    let parts: Vec<&str> = said.split(' ').collect();
    let held = match parts[..] {
        [by, pid, since] if !by.is_empty() && pid.parse::<u32>().is_ok() => {
            let seconds = since.parse().map_or(0, |since: i64| (super::now().seconds() - since).max(0));
            format!("{}, process {pid}, for {seconds} s", crate::model::text::clean(by))
        }
        _ => "somebody else".to_owned(),
    };
    Holder(held)
}
