//! Notices colleagues' changes: the system reports them, so nothing polls.

use std::path::Path;

use notify::{Event, EventKind, RecursiveMode, Watcher};

use super::problem::StoreError;

/// A watch over a directory; it ends when this is dropped.
pub struct Watch {
    _watcher: notify::RecommendedWatcher,
}

/// Calls `notice` from another thread whenever a data file of the directory may have changed.
pub(super) fn watch(dir: &Path, notice: impl Fn() + Send + 'static) -> Result<Watch, StoreError> {
    let refused = |error: notify::Error| StoreError::Unreadable {
        path: dir.to_owned(),
        why: format!("it cannot be watched for colleagues' changes ({error})"),
    };
    let on_event = move |event: notify::Result<Event>| {
        if event.is_ok_and(|event| is_about_data(&event)) {
            notice();
        }
    };
    let mut watcher = notify::recommended_watcher(on_event).map_err(refused)?;
    watcher.watch(dir, RecursiveMode::NonRecursive).map_err(refused)?;
    Ok(Watch { _watcher: watcher })
}

/// Whether an event can change data: reading a file, or writing a temporary one, does not.
fn is_about_data(event: &Event) -> bool {
    let is_data = |path: &std::path::PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        !name.starts_with('.') && Path::new(name).extension().is_some_and(|end| end == "ron")
    };
    !matches!(event.kind, EventKind::Access(_)) && (event.paths.is_empty() || event.paths.iter().any(is_data))
}
