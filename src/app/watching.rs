//! Seeing what colleagues change where the system does not tell: on network file systems, and where it has no watch to
//! give. Then the files are looked at again whenever somebody comes back to the keys.

use super::{App, Effect, Effects, Severity};

/// So many whole seconds without a key are a pause; the clock of the app counts no less than seconds.
const PAUSE: i64 = 2;

/// Why nobody tells of colleagues' changes, if so, and what was done about it.
#[derive(Default)]
pub struct Watching {
    unwatched: Option<String>,
    is_said: bool,
    /// The second of the last key.
    last_key: i64,
}

impl Watching {
    /// Whether the system tells of changes, or why it does not.
    pub(super) fn begin(&mut self, unwatched: Option<String>) {
        *self = Self { unwatched, is_said: false, last_key: self.last_key };
    }

    /// What is to be said of it, once.
    pub(super) fn notice(&mut self) -> Option<String> {
        let why = self.unwatched.as_ref().filter(|_| !self.is_said)?;
        self.is_said = true;
        Some(format!("colleagues' changes are seen after a pause and a key: {why}"))
    }
}

/// The directory was replaced, or has come back.
pub(super) fn go_on(app: &mut App, unwatched: Option<String>) -> Effects {
    app.watching.begin(unwatched);
    if let Some(notice) = app.watching.notice().filter(|_| app.status.severity != Severity::Error) {
        app.set_status(Severity::Warning, notice);
    }
    Vec::new()
}

/// A key was pressed: after a pause the files are looked at again, where nobody tells of changes.
pub(super) fn reload_after_pause(app: &mut App) -> Effects {
    let now = app.now.seconds();
    let is_pause = !(0..PAUSE).contains(&(now - app.watching.last_key)); // the clock may have been put back
    app.watching.last_key = now;
    if app.watching.unwatched.is_none() || !is_pause {
        return Vec::new();
    }
    // Something worse was said at the start.
    if let Some(notice) = app.watching.notice() {
        app.set_status(Severity::Warning, notice);
    }
    vec![Effect::Reload]
}
