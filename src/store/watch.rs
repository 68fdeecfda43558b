//! Notices colleagues' changes: the system reports them, so nothing polls.

use std::path::{Path, PathBuf};

use notify::event::ModifyKind;
use notify::{Event, EventKind, RecursiveMode, Watcher};

use super::problem::StoreError;
use super::storage::{Disk, Stat, Storage};

/// A watch over a directory; it ends when this is dropped.
pub struct Watch {
    _watcher: notify::RecommendedWatcher,
    dir: PathBuf,
    stat: Option<Stat>,
}

impl Watch {
    /// Whether the directory is still at its path: a watch over one that was moved or removed tells of nothing.
    pub fn is_in_place(&self) -> bool {
        let is_same = |watched: Stat| Disk.stat(&self.dir).is_ok_and(|now| now.is_same_file(&watched));
        self.stat.is_some_and(is_same)
    }
}

/// Calls `notice` from another thread whenever a data file of the directory may have changed.
/// `private`: where the program keeps its own files.
pub(super) fn watch(dir: &Path, private: &Path, notice: impl Fn() + Send + 'static) -> Result<Watch, StoreError> {
    let refused = |error: notify::Error| StoreError::Unreadable {
        path: dir.to_owned(),
        why: format!("it cannot be watched for colleagues' changes ({error})"),
    };
    let (stat, watched) = (Disk.stat(dir).ok(), dir.to_owned());
    let on_event = move |event: notify::Result<Event>| {
        if event.is_ok_and(|event| is_about_data(&watched, &event)) {
            notice();
        }
    };
    let mut watcher = notify::recommended_watcher(on_event).map_err(refused)?;
    watcher.watch(dir, RecursiveMode::NonRecursive).map_err(refused)?;
    // What another program has noticed; where it cannot be watched, it is said with the next change.
    let _ = watcher.watch(private, RecursiveMode::NonRecursive);
    Ok(Watch { _watcher: watcher, dir: dir.to_owned(), stat })
}

/// Whether an event can change data: reading a file, or writing a temporary one, does not; that the directory itself is
/// moved or removed does.
fn is_about_data(dir: &Path, event: &Event) -> bool {
    let is_data = |path: &std::path::PathBuf| {
        if path == dir {
            return matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)));
        }
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        !name.starts_with('.') && Path::new(name).extension().is_some_and(|end| end == "ron")
    };
    !matches!(event.kind, EventKind::Access(_)) && (event.paths.is_empty() || event.paths.iter().any(is_data))
}
