//! What others changed since a moment: from the stamp that every record bears.

use super::date::Timestamp;
use super::field::Audience;
use super::order::Order as _;
use super::text::Text;
use super::{AnyRecord, Id, Kind, Workspace};

/// A record that somebody changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The record.
    pub id: Id,
    /// When it was changed last.
    pub at: Timestamp,
    /// Who did: initials.
    pub by: Text,
}

/// What others than `me` changed after a moment, the newest first. Ballots and receipts are not among it, nor what
/// colleagues may not see.
pub fn since(workspace: &Workspace, moment: Timestamp, me: Option<&Text>) -> Vec<Changed> {
    let kinds = Kind::ALL.iter().filter(|kind| kind.is_resident() && kind.is_addable() && !kind.is_private());
    let is_news = |record: &AnyRecord| {
        let updated = record.updated();
        updated.0 > moment && !updated.1.is_empty() && Some(&updated.1) != me
    };
    let news = kinds.flat_map(|kind| workspace.iter(*kind)).filter(is_news);
    let mut found: Vec<Changed> = news
        .filter(|record| is_seen(record, workspace))
        .map(|record| Changed { id: record.id(), at: record.updated().0, by: record.updated().1.clone() })
        .collect();
    found.order_by_key(|changed| (std::cmp::Reverse(changed.at), changed.id));
    found
}

/// Whether colleagues may know what a record is called.
fn is_seen(record: &AnyRecord, workspace: &Workspace) -> bool {
    let title = record.kind().fields().find(|field| field.is_required);
    title.is_none_or(|title| !record.is_hidden(title, Audience::Colleagues, workspace))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Action, Ballot, Updated};

    #[test]
    fn only_what_others_changed_since_is_news_and_no_ballot_ever() {
        let mut workspace = Workspace::default();
        for (number, at, by) in [(1, 5, "RS"), (2, 20, "RS"), (3, 30, "KP"), (4, 40, "SW"), (5, 50, "")] {
            let id = Id::from_number('A', number, 4);
            let updated = Updated(Timestamp::from_seconds(at), by.into());
            workspace.place(id, Some(Action { id, updated, ..Action::default() }.into()));
        }
        let id = Id::from_number('B', 1, 4);
        let updated = Updated(Timestamp::from_seconds(60), "RS".into());
        workspace.place(id, Some(Ballot { id, updated, ..Ballot::default() }.into()));
        let found = since(&workspace, Timestamp::from_seconds(10), Some(&"KP".into()));
        let found: Vec<&str> = found.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(found, ["A-0004", "A-0002"]);
    }
}
