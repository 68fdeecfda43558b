//! Exchange with others: import of Open Referral data in any dialect without loss, and export; elections in and out; the
//! topics, ballots and proceedings of an event that were typed elsewhere.
//!
//! [`read()`] makes a [`Package`] of a file, a folder or a zip: strings are cleaned, repairs are recorded, and each
//! service and organisation becomes one item in the shape of HSDS 3; rows without a parent are kept beside them.
//! [`plan_import()`] compares the package with the workspace and makes one [`Change`](crate::model::Change) of it.
//! [`export()`] writes the workspace in one of the [`Format`]s.

pub mod calendar;
pub mod detect;
pub mod export;
mod hours;
pub mod ids;
mod infer;
mod map;
mod normalise;
pub mod of_kind;
pub mod openspace;
pub mod pabulib;
mod patch;
pub mod plan;
mod read;
pub mod report;
mod sanitise;
pub mod schema;
pub mod sheet;
pub mod spreadsheet;
pub mod standard;
pub mod validate;
mod values;
pub mod write;

use std::path::Path;

pub use export::{ExportContext, Format, Written, export, export_to_bytes, for_others, for_tables};
pub use plan::{ImportContext, ImportPlan, import, plan_import};
pub use read::nest::Item;
pub use read::source::{display_path, display_place, follow_no_links};
pub use read::{Package, feed_name, read, read_text};
pub use report::{Conflict, Counts, Repair, RepairKind, Report, Twice};

/// Why something could not be read or written, as one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ExchangeError(pub String);

impl ExchangeError {
    fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind as E;
        let why = match error.kind() {
            E::NotFound => "it is not there; name a file or folder that is".to_owned(),
            E::PermissionDenied => "you may not read it; ask whoever owns it to let you".to_owned(),
            _ => error.to_string(),
        };
        Self(format!("{} cannot be read: {why}", display_path(path)))
    }
}

/// The progress of an import or export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The stage of the work, for display.
    pub stage: &'static str,
    /// The number of items done in this stage.
    pub done: usize,
}

/// Called now and then during an import or export; returning false cancels the work.
pub type ProgressCallback<'a> = dyn FnMut(Progress) -> bool + 'a;
