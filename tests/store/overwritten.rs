//! What somebody has saved, and a text editor or a checkout writes over with an older version: kept, and said once.

use std::fs;
use std::path::Path;

use folkmoot::model::{Author, Timestamp};
use folkmoot::store::{Mode, Opened, Store};

use super::contention::moot;
use super::{adding, changing, id, new_workspace, open, save, service, text};

/// Three services, and the text of their file as an editor has it.
fn three() -> (tempfile::TempDir, String) {
    let dir = new_workspace(false);
    for (at, name) in [("S-0001", "Nightstop"), ("S-0002", "Street Kitchen"), ("S-0003", "Mentors")] {
        save(&mut open(dir.path()), &adding(service(at, name, 100)));
    }
    let in_editor = text(dir.path(), "services.ron");
    (dir, in_editor)
}

/// A colleague saves a phone number.
fn colleague(dir: &Path) {
    let mut bob = open(dir);
    let change = changing(&bob, "S-0001", "BO", |service| service.phone = Some("01632 960001".into()));
    save(&mut bob, &change);
}

/// The editor is closed: its text is the file, with a name that was changed in it.
fn write_by_hand(dir: &Path, in_editor: &str) {
    fs::write(dir.join("services.ron"), in_editor.replace("\"Mentors\"", "\"Mentors of the North\"")).unwrap();
}

const SAID: &str = "Nightstop: a text editor or a checkout wrote an older phone over what BO had saved, which is kept";

/// It is kept as a conflict, which brings it back beside what was typed by hand; the text is among the backups; and
/// nobody is told twice.
fn assert_kept(dir: &Path) {
    let mut opened = open(dir);
    assert_eq!(opened.overwritten, Vec::<String>::new(), "said once");
    let conflicts = opened.store.conflicts();
    assert_eq!(conflicts.len(), 1, "{conflicts:?}");
    let backups = opened.store.backups(folkmoot::model::Kind::Service);
    assert!(backups.iter().any(|backup| fs::read_to_string(&backup.path).unwrap().contains("01632 960001")));
    let author =
        Author { by: "KP".into(), at: Timestamp::from_seconds(900), today: Timestamp::from_seconds(900).date() };
    let back = conflicts[0].take_back(&opened.workspace, &author).unwrap();
    save(&mut opened, &back);
    let now = text(dir, "services.ron");
    assert!(now.contains("01632 960001") && now.contains("Mentors of the North"), "{now}");
}

#[test]
fn a_program_that_is_open_says_it() {
    let (dir, in_editor) = three();
    let mut ann = open(dir.path());
    colleague(dir.path());
    assert_eq!(ann.store.reload().overwritten, Vec::<String>::new());
    write_by_hand(dir.path(), &in_editor);
    assert_eq!(ann.store.reload().overwritten, [SAID]);
    assert_eq!(ann.store.reload().overwritten, Vec::<String>::new());
    assert_kept(dir.path());
}

#[test]
fn a_save_says_it() {
    let (dir, in_editor) = three();
    let mut ann = open(dir.path());
    colleague(dir.path());
    write_by_hand(dir.path(), &in_editor);
    let change = changing(&ann, "S-0002", "AN", |service| service.cost = Some("free".into()));
    assert_eq!(save(&mut ann, &change).overwritten, [SAID]);
    assert!(text(dir.path(), "services.ron").contains("free"));
    assert_kept(dir.path());
}

#[test]
fn the_next_start_says_it() {
    let (dir, in_editor) = three();
    colleague(dir.path());
    write_by_hand(dir.path(), &in_editor);
    assert_eq!(
        Store::open(dir.path(), Mode::Read).unwrap().overwritten,
        Vec::<String>::new(),
        "a reader writes nothing"
    );
    let output = moot(dir.path(), &["set", "S-0002", "cost=free"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.contains(SAID), "{said}");
    assert_kept(dir.path());
}

/// Everybody is told: each program that is open, whoever saw it first, and the shell at its next command; each once.
#[test]
fn every_program_that_is_open_says_it_and_the_next_command() {
    let (dir, in_editor) = three();
    let (mut ann, mut bob, mut looking) =
        (open(dir.path()), open(dir.path()), Store::open(dir.path(), Mode::Read).unwrap());
    colleague(dir.path());
    ann.store.reload();
    write_by_hand(dir.path(), &in_editor);
    assert_eq!(ann.store.reload().overwritten, [SAID], "the first that sees it");
    let change = changing(&ann, "S-0003", "AN", |service| service.phone = Some("01632 960003".into()));
    assert_eq!(save(&mut ann, &change).overwritten, Vec::<String>::new());
    for (who, others) in [("another", &mut bob), ("one that only looks", &mut looking)] {
        assert_eq!(others.store.reload().overwritten, [SAID], "{who}");
        assert_eq!(others.store.reload().overwritten, Vec::<String>::new(), "{who}, once");
    }
    assert_eq!(ann.store.reload().overwritten, Vec::<String>::new(), "once");
    let said = |arguments: &[&str]| {
        let output = moot(dir.path(), arguments).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(&["find", "nightstop"]).contains(SAID), "the shell says it, also where it only looks");
    assert!(said(&["set", "S-0002", "cost=free"]).contains(SAID), "who only looked wrote nothing down");
    assert_eq!(said(&["set", "S-0002", "cost=none"]), "", "said");
    assert_eq!(said(&["find", "nightstop"]), "", "said");
    assert_kept(dir.path());
}

/// A program that looked while another held the lock is woken once that has written down what it noticed.
#[test]
fn what_is_noticed_wakes_the_programs() {
    let (dir, in_editor) = three();
    let (ann, mut bob) = (open(dir.path()), open(dir.path()));
    colleague(dir.path());
    write_by_hand(dir.path(), &in_editor);
    let (wake, woken) = std::sync::mpsc::channel();
    let _watch = ann.store.watch(move || wake.send(()).unwrap_or_default()).unwrap();
    assert_eq!(bob.store.reload().overwritten, [SAID]);
    assert!(woken.recv_timeout(std::time::Duration::from_secs(20)).is_ok(), "no file of the records was written");
}

/// What the shell notices itself it says once, and a program that is open says it too.
#[test]
fn what_the_shell_notices_is_said_in_the_programs() {
    let (dir, in_editor) = three();
    let mut ann = open(dir.path());
    colleague(dir.path());
    write_by_hand(dir.path(), &in_editor);
    let set = |cost: &str| moot(dir.path(), &["set", "S-0002", cost]).output().unwrap().stderr;
    assert!(String::from_utf8(set("cost=free")).unwrap().contains(SAID));
    assert_eq!(String::from_utf8(set("cost=none")).unwrap(), "");
    assert_eq!(ann.store.reload().overwritten, [SAID]);
    assert_kept(dir.path());
}

fn names(opened: &Opened) -> Vec<String> {
    opened.store.conflicts().iter().map(|conflict| conflict.name.to_string()).collect()
}

/// A record that the editor has never seen was not removed on purpose; one that it has was.
#[test]
fn what_was_added_meanwhile_is_kept_and_what_was_removed_by_hand_is_not() {
    let (dir, in_editor) = three();
    save(&mut open(dir.path()), &adding(service("S-0004", "Soup", 200)));
    write_by_hand(dir.path(), &in_editor);
    let mut opened = Store::open(dir.path(), Mode::Write).unwrap();
    assert_eq!(
        opened.overwritten,
        ["Soup is gone: a text editor or a checkout wrote over what KP had saved, which is kept"]
    );
    assert_eq!(names(&opened), ["Soup"]);
    let author =
        Author { by: "KP".into(), at: Timestamp::from_seconds(900), today: Timestamp::from_seconds(900).date() };
    let back = opened.store.conflicts()[0].take_back(&opened.workspace, &author).unwrap();
    save(&mut opened, &back);
    assert!(opened.workspace.services.get(id("S-0004")).is_some());

    let (dir, in_editor) = three();
    let from = in_editor.find("    \"S-0002\"").unwrap();
    let until = in_editor.find("    \"S-0003\"").unwrap();
    let without = format!("{}{}", &in_editor[..from], &in_editor[until..]);
    fs::write(dir.path().join("services.ron"), without).unwrap();
    let opened = Store::open(dir.path(), Mode::Write).unwrap();
    assert_eq!((opened.overwritten.len(), opened.workspace.services.len()), (0, 2), "{:?}", opened.overwritten);
}

#[test]
fn an_edit_by_hand_of_what_is_there_is_no_loss() {
    let (dir, _) = three();
    colleague(dir.path());
    let newest = text(dir.path(), "services.ron");
    write_by_hand(dir.path(), &newest);
    let opened = Store::open(dir.path(), Mode::Write).unwrap();
    assert_eq!((opened.overwritten.len(), names(&opened).len()), (0, 0));
}

/// An older checkout as a whole: one sentence, and the version that was saved last among the backups.
#[test]
fn an_older_file_is_one_sentence() {
    let dir = new_workspace(false);
    let mut opened = open(dir.path());
    let all = (0..60).map(|number| service(&format!("S-1{number:03}"), "Nightstop", 100));
    let edits = all.flat_map(|service| adding(service).edits).collect();
    save(&mut opened, &folkmoot::model::Change { edits, sentence: String::new() });
    let old = text(dir.path(), "services.ron");
    let ids: Vec<String> = (0..60).map(|number| format!("S-1{number:03}")).collect();
    let edit = |at: &String| changing(&opened, at, "BO", |service| service.cost = Some("free".into())).edits;
    let edits = ids.iter().flat_map(edit).collect();
    save(&mut opened, &folkmoot::model::Change { edits, sentence: String::new() });
    let new = text(dir.path(), "services.ron");
    let mut other = open(dir.path());
    fs::write(dir.path().join("services.ron"), old).unwrap();
    let said = opened.store.reload().overwritten;
    assert!(said.len() == 1 && said[0].contains("60 records are older") && names(&opened).is_empty(), "{said:?}");
    assert_eq!(other.store.reload().overwritten, said, "each program says it");
    let newest = opened.store.backups(folkmoot::model::Kind::Service).pop().unwrap();
    assert_eq!(fs::read_to_string(&newest.path).unwrap(), new);
    // It is brought back as every version is, and that is no loss of anything.
    opened.store.restore(&newest).unwrap();
    assert_eq!(opened.store.reload().overwritten, Vec::<String>::new());
    assert_eq!(text(dir.path(), "services.ron"), new);
}

/// A copy that a power cut has torn, or somebody has changed, is not believed.
#[test]
fn a_torn_copy_is_no_loss() {
    let (dir, _) = three();
    let backups = dir.path().join(".moot/backups");
    let copies: Vec<_> = fs::read_dir(&backups)
        .unwrap()
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().contains(".saved-"))
        .collect();
    assert_eq!(copies.len(), 1);
    let whole = fs::read_to_string(copies[0].path()).unwrap();
    for torn in [&whole[..whole.len() / 2], "", "\u{0}\u{0}"] {
        fs::write(copies[0].path(), torn).unwrap();
        fs::write(dir.path().join("services.ron"), format!("{}\n", text(dir.path(), "services.ron"))).unwrap();
        let opened = Store::open(dir.path(), Mode::Write).unwrap();
        assert_eq!((opened.overwritten.len(), opened.problems.len()), (0, 0));
        fs::write(backups.join(copies[0].file_name()), &whole).unwrap();
    }
}
