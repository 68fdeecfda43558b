//! What is private to a login: a file of its own that nobody else can read, and so are its old versions and its losses.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use folkmoot::model::{AnyRecord, Change, Conversation, Edit, Kind, Ref, Text, Timestamp, Updated};
use folkmoot::store::own_login;

use super::{adding, id, mode, new_workspace, open, save, service};

const SECRET: &str = "the wing staff are not listened to";

fn own_file() -> String {
    format!("conversations-{}.ron", own_login())
}

fn conversation(notes: &str, seconds: i64) -> Conversation {
    Conversation {
        id: id("N-0001"),
        agreement: Ref::record(id("G-0001")),
        notes: Text::line(notes),
        updated: Updated(Timestamp::from_seconds(seconds), "KP".into()),
        ..Conversation::default()
    }
}

fn changing(from: &Conversation, to: &Conversation) -> Change {
    let edit = Edit::new(Some(from.clone().into()), Some(to.clone().into()));
    Change { edits: edit.into_iter().collect(), sentence: String::new() }
}

/// The files below a directory that hold the secret.
fn holders(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holders(&path));
        } else if String::from_utf8_lossy(&fs::read(&path).unwrap()).contains(SECRET) {
            found.push(path);
        }
    }
    found
}

#[test]
fn it_lies_in_files_that_only_their_author_can_read() {
    let dir = new_workspace(false);
    let (first, second) = (conversation(SECRET, 1), conversation(&format!("{SECRET}, they say"), 2));
    let mut opened = open(dir.path());
    // Beside a record for everybody, in one change.
    let mut both = adding(first.clone());
    both.edits.extend(adding(service("S-0001", "Nightstop", 1)).edits);
    save(&mut opened, &both);
    // Two who edit at once: what gives way is kept, and that is private too.
    let mut other = open(dir.path());
    save(&mut opened, &changing(&first, &second));
    let lost = save(&mut other, &changing(&first, &conversation("nothing to say", 3)));
    assert_eq!(lost.lost.len(), 1);
    let kept = open(dir.path()).store.conflicts();
    assert!(kept.len() == 1 && kept[0].version.contains(SECRET));

    let holders = holders(dir.path());
    assert!(holders.len() >= 3, "two old versions and the loss: {holders:?}");
    for path in &holders {
        assert_eq!(mode(path), 0o600, "{path:?}");
    }
    assert_eq!(mode(&dir.path().join(own_file())), 0o600);
    assert_eq!(mode(&dir.path().join("services.ron")), 0o660, "what is for everybody stays so");
    assert!(!dir.path().join(".moot/conflicts.ron").exists(), "the list of everybody has nothing of it");

    // A copy may have opened it to others; the next start closes it.
    fs::set_permissions(dir.path().join(own_file()), fs::Permissions::from_mode(0o664)).unwrap();
    let mut again = open(dir.path());
    assert_eq!(mode(&dir.path().join(own_file())), 0o600);
    let backup = again.store.backups(Kind::Conversation).remove(0);
    again.store.restore(&backup).unwrap();
    assert_eq!(mode(&dir.path().join(own_file())), 0o600);
    assert!(
        matches!(again.store.reload().change.edits[..], [Edit::Replace { ref after, .. }] if *after == AnyRecord::from(first))
    );
    assert!(again.store.settle(&kept[0]).is_ok() && again.store.conflicts().is_empty());
}

#[test]
fn what_is_private_to_another_login_is_not_looked_at() {
    let dir = new_workspace(false);
    save(&mut open(dir.path()), &adding(conversation(SECRET, 1)));
    fs::rename(dir.path().join(own_file()), dir.path().join("conversations-someone-else.ron")).unwrap();
    let opened = open(dir.path());
    assert_eq!(opened.workspace.count(Kind::Conversation), 0);
    assert!(opened.store.backups(Kind::Conversation).is_empty());
}

#[test]
fn a_file_of_ones_own_name_that_somebody_else_wrote_is_not_believed() {
    let dir = new_workspace(false);
    let path = dir.path().join(own_file());
    save(&mut open(dir.path()), &adding(conversation(SECRET, 1)));
    if std::os::unix::fs::chown(&path, Some(12_345), None).is_err() {
        println!("skipped: only root gives files away");
        return;
    }
    let opened = folkmoot::store::Store::open(dir.path(), folkmoot::store::Mode::Write).unwrap();
    assert_eq!(opened.workspace.count(Kind::Conversation), 0);
    assert!(opened.problems[0].message.contains("belongs to somebody else"), "{:?}", opened.problems);
}
