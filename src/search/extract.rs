//! The searchable texts of a record, each with the search field it belongs to, as its declaration says.

use super::words::truncated;
use crate::model::{AnyRecord, Audience, SearchField, Workspace};

/// The most bytes of one search field of one record that are indexed: enough for a long description, and a limit on
/// what a hostile file can cost.
const MAX_FIELD_BYTES: usize = 4096;

/// Passes every searchable text of a record to a callback, each search field up to its limit. What colleagues may not
/// see is not searched either.
pub(super) fn extract(record: &AnyRecord, workspace: &Workspace, emit: &mut dyn FnMut(SearchField, &str)) {
    let mut remaining = [MAX_FIELD_BYTES; SearchField::ALL.len()];
    let visible = record.visible_to(Audience::Colleagues, workspace);
    let mut limited = |field: SearchField, text: &str| {
        let remaining = &mut remaining[field as usize];
        if text.is_empty() || *remaining == 0 {
            return;
        }
        let text = truncated(text, *remaining);
        *remaining -= text.len().max(1);
        emit(field, text);
    };
    // A title that is no field of its own is made of several: the forum and the day of a meeting.
    if !record.kind().fields().any(|field| field.search == Some(SearchField::Name)) {
        limited(SearchField::Name, &visible.title(workspace));
    }
    visible.each_text(workspace, &mut limited);
}
