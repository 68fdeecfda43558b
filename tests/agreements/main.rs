//! Agreements: the laws of acceptance and of merging, the way from a first conversation to an agreement in force, and the
//! partners screen.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

#[path = "../harness/mod.rs"]
mod harness;
mod laws;
mod rules;
mod screens;

use folkmoot::model::agreement::{Agreement, Item, ItemSort, Party};
use folkmoot::model::{AnyRecord, Author, Change, Edit, Id, Organisation, Ref, Refusal, Timestamp, Workspace};

/// The agreement of these tests.
fn pact() -> Id {
    Id::from_number('G', 1, 4)
}

/// One of three organisations.
fn organisation(number: u32) -> Ref<Organisation> {
    Ref::record(Id::from_number('O', number, 4))
}

fn author() -> Author {
    Author { by: "KP".into(), at: Timestamp::from_seconds(1_795_255_200), today: "2026-11-21".parse().unwrap() }
}

/// Three organisations and an agreement between them.
fn workspace() -> Workspace {
    let mut workspace = Workspace::default();
    for (number, name) in [(1, "HMP Ashwell"), (2, "Ashwell Care Trust"), (3, "Ashwell Probation")] {
        let id = Id::from_number('O', number, 4);
        workspace.place(id, Some(Organisation { id, name: name.into(), ..Organisation::default() }.into()));
    }
    let parties = [1, 2, 3].map(|number| Party { organisation: organisation(number), ..Party::default() });
    let agreement =
        Agreement { id: pact(), name: "Care at Ashwell".into(), parties: parties.to_vec(), ..Agreement::default() };
    workspace.place(pact(), Some(agreement.into()));
    workspace
}

fn agreement(workspace: &Workspace) -> Agreement {
    Agreement::clone(workspace.agreements.get(pact()).unwrap())
}

/// Makes a change that the rules allow, and gives what was said.
fn make(workspace: &mut Workspace, change: Result<Change, Refusal>) -> String {
    let change = change.unwrap();
    workspace.apply(&change);
    change.sentence
}

/// Puts an agreement in the place of the one that is there.
fn put(workspace: &mut Workspace, record: Agreement) {
    let change = folkmoot::model::change::put(workspace, AnyRecord::from(record), &author()).unwrap();
    assert!(change.edits.iter().all(|edit| matches!(edit, Edit::Replace { .. })));
    workspace.apply(&change);
}

fn item(from: u32, to: u32, sort: ItemSort, what: &str) -> Item {
    Item { from: organisation(from), to: organisation(to), sort, what: Some(what.into()), ..Item::default() }
}
