//! The promises of the store, on a real disk: nothing lost, nothing torn, nothing of anybody's overwritten.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a test fails by panicking; helpers are no #[test]

mod ballots;
mod clocks;
mod contention;
mod damage;
mod faults;
#[path = "../generate/mod.rs"]
mod generate;
mod journal;
mod laws;
mod lock;
mod merging;
mod modes;
mod overwritten;
mod power;
mod private;
mod storage;
mod syscalls;
mod users;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use folkmoot::model::{AnyRecord, Change, Edit, Id, Kind, Service, Text, Timestamp, Updated};
use folkmoot::store::{self, Mode, Opened, Saved, Store, StoreError};

/// How much a heavy variant does beside the usual one: all of it where `FOLKMOOT_HEAVY` is set.
fn heavy(usual: usize, all: usize) -> usize {
    if std::env::var_os("FOLKMOOT_HEAVY").is_some() { all } else { usual }
}

fn new_workspace(sample: bool) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    store::init(dir.path(), "Table of the North", sample).unwrap();
    dir
}

fn open(dir: &Path) -> Opened {
    let opened = Store::open(dir, Mode::Write).unwrap();
    assert_eq!(opened.problems, []);
    assert_eq!(opened.read_only, None);
    opened
}

fn id(text: &str) -> Id {
    text.parse().unwrap()
}

fn service(at: &str, name: &str, seconds: i64) -> Service {
    let updated = Updated(Timestamp::from_seconds(seconds), Text::from("KP"));
    Service { id: id(at), name: name.into(), updated, ..Service::default() }
}

fn adding(record: impl Into<AnyRecord>) -> Change {
    Change { edits: Edit::new(None, Some(record.into())).into_iter().collect(), sentence: String::new() }
}

/// The change that `edit` makes of a service, stamped one second later by `by`.
fn changing(opened: &Opened, at: &str, by: &str, edit: impl Fn(&mut Service)) -> Change {
    let before = opened.workspace.services.get(id(at)).unwrap();
    let mut after = Service::clone(before);
    edit(&mut after);
    after.updated = Updated(Timestamp::from_seconds(before.updated.0.seconds() + 1), by.into());
    let edit = Edit::new(Some(before.clone().into_any()), Some(after.into()));
    Change { edits: edit.into_iter().collect(), sentence: String::new() }
}

trait IntoAny {
    fn into_any(self) -> AnyRecord;
}
impl IntoAny for Arc<Service> {
    fn into_any(self) -> AnyRecord {
        AnyRecord::Service(self)
    }
}

fn save(opened: &mut Opened, change: &Change) -> Saved {
    let saved = opened.store.commit(change).unwrap();
    opened.workspace.apply(change);
    opened.workspace.apply(&saved.elsewhere);
    saved
}

fn text(dir: &Path, file: &str) -> String {
    fs::read_to_string(dir.join(file)).unwrap()
}

#[test]
fn the_sample_is_written_as_the_program_writes() {
    let dir = new_workspace(true);
    let opened = open(dir.path());
    for kind in Kind::ALL.iter().copied().filter(|kind| *kind != Kind::Partnership && opened.workspace.count(*kind) > 0)
    {
        let written = text(dir.path(), &format!("{}.ron", kind.plural()));
        let written = written.lines().filter(|line| !line.starts_with("//")).collect::<Vec<_>>().join("\n");
        let path = dir.path().join(format!("{}.ron", kind.plural()));
        fs::remove_file(&path).unwrap();
        let mut fresh = Store::open(dir.path(), Mode::Write).unwrap();
        let edits = opened.workspace.all(kind).into_iter().filter_map(|record| Edit::new(None, Some(record))).collect();
        fresh.store.commit(&Change { edits, sentence: String::new() }).unwrap();
        similar(&written, &text(dir.path(), &format!("{}.ron", kind.plural())));
    }
}

/// Equal but for the order inside sets, or the first line that is not.
fn similar(one: &str, other: &str) {
    let is_set = |line: &str| ["needs: [", "clients: [", "routes: ["].iter().any(|set| line.trim().starts_with(set));
    for (at, (one, other)) in one.lines().zip(other.lines()).enumerate().filter(|(_, (one, _))| !is_set(one)) {
        assert_eq!(one, other, "line {}", at + 1);
    }
    assert_eq!(one.lines().count(), other.lines().count());
}

#[test]
fn comments_and_untouched_bytes_survive_a_save() {
    let dir = new_workspace(false);
    let hand = "// our services, kept by hand\nFolkmoot(\n  kind: \"services\", version: 1,\n  records: {\n\
        \x20   // housing first\n    \"S-0002\": ( name: \"Nightstop\", /* ask for Ann */ phone: \"01305 555 0100\" ), // ring twice\n\n\
        \x20   \"S-0003\": (\n      // the new one\n      name: r#\"The \"Old\" Mill\"#,\n      phone: \"01305 555 0101\", // only mornings\n\
        \x20     updated: (\"2026-01-01T00:00:00Z\", \"KP\"),\n    ),\n  },\n)\n// the end\n";
    fs::write(dir.path().join("services.ron"), hand).unwrap();
    let mut opened = open(dir.path());
    let change = changing(&opened, "S-0003", "KP", |s| {
        s.phone = Some("01305 555 0199".into());
        s.email = Some("mill@example.org".into());
        s.summary = Some("Bread, and \"company\"".into());
    });
    save(&mut opened, &change);
    let want = hand
        .replace(
            "01305 555 0101\", // only mornings",
            "01305 555 0199\", // only mornings\n      email: \"mill@example.org\",",
        )
        .replace("Mill\"#,", "Mill\"#,\n      summary: \"Bread, and \\\"company\\\"\",")
        .replace("00:00:00Z\", \"KP\"", "00:00:01Z\", \"KP\"");
    assert_eq!(text(dir.path(), "services.ron"), want);

    let change = changing(&opened, "S-0002", "KP", |s| s.cost = Some("free".into()));
    save(&mut opened, &change);
    let want = want.replace(
        "( name: \"Nightstop\", /* ask for Ann */ phone:",
        "( name: \"Nightstop\", cost: \"free\", /* ask for Ann */ phone:",
    );
    let want = want.replace("555 0100\" )", "555 0100\", updated: (\"1970-01-01T00:00:01Z\", \"KP\"), )");
    assert_eq!(text(dir.path(), "services.ron"), want);

    save(&mut opened, &adding(service("S-0001", "First", 5)));
    save(&mut opened, &adding(service("S-0004", "Last", 5)));
    let change = changing(&opened, "S-0003", "KP", |s| s.email = None);
    save(&mut opened, &change);
    let written = text(dir.path(), "services.ron");
    assert!(written.starts_with("// our services, kept by hand\n") && written.ends_with("},\n)\n// the end\n"));
    assert!(!written.contains("mill@example.org") && written.contains("// the new one"));
    let order: Vec<usize> = ["S-0001", "S-0002", "S-0003", "S-0004"].map(|id| written.find(id).unwrap()).to_vec();
    assert!(order.is_sorted(), "{written}");
    assert_eq!(open(dir.path()).workspace, opened.workspace);
}

#[test]
fn two_people_edit_one_record() {
    let dir = new_workspace(false);
    let mut ann = open(dir.path());
    save(&mut ann, &adding(service("S-0001", "Nightstop", 100)));
    let mut bob = open(dir.path());
    let change = changing(&ann, "S-0001", "AN", |s| s.phone = Some("1".into()));
    save(&mut ann, &change);
    let change = changing(&bob, "S-0001", "BO", |s| s.email = Some("a@example.org".into()));
    let saved = save(&mut bob, &change);
    assert!(saved.lost.is_empty());
    assert_eq!(bob.workspace.services.get(id("S-0001")).unwrap().phone, Some("1".into()));
    let news = ann.store.reload();
    assert_eq!(news.problems, []);
    assert_eq!(news.change.sentence, "BO changed Nightstop");
    ann.workspace.apply(&news.change);
    assert_eq!(ann.workspace, bob.workspace);
    assert!(ann.store.reload().change.edits.is_empty());
}

#[test]
fn the_loser_of_a_conflict_is_kept_and_taken_back() {
    let dir = new_workspace(false);
    let mut ann = open(dir.path());
    save(&mut ann, &adding(service("S-0001", "Nightstop", 100)));
    let mut bob = open(dir.path());
    let change = changing(&ann, "S-0001", "AN", |s| s.phone = Some("1".into()));
    save(&mut ann, &change);
    let change = changing(&bob, "S-0001", "BO", |s| s.phone = Some("2".into()));
    let saved = save(&mut bob, &change);
    assert_eq!(saved.lost, ["Nightstop: phone by AN gave way to the later change by BO; what AN wrote is kept"]);
    let conflicts = bob.store.conflicts();
    assert_eq!((conflicts.len(), &conflicts[0].fields[..]), (1, &["phone".to_owned()][..]));
    assert!(conflicts[0].version.contains("phone: \"1\""));
    let author = folkmoot::model::Author {
        by: "AN".into(),
        at: Timestamp::from_seconds(500),
        today: Timestamp::from_seconds(500).date(),
    };
    let back = conflicts[0].take_back(&bob.workspace, &author).unwrap();
    save(&mut bob, &back);
    assert_eq!(bob.workspace.services.get(id("S-0001")).unwrap().phone, Some("1".into()));
    bob.store.settle(&conflicts[0]).unwrap();
    assert_eq!(bob.store.conflicts(), []);
}

#[test]
fn broken_files_are_named_and_never_written_over() {
    for (content, place, said) in [
        ("", "1:1", "empty"),
        ("Folkmoot(\n  kind: \"services\",\n  version: 1,\n  records: {\n", "4:12", "not closed"),
        (
            "Folkmoot(kind: \"services\", version: 1, records: {\"S-0001\": (nmae: \"x\")})",
            "1:61",
            "did you mean `name`",
        ),
        ("Folkmoot(kind: \"services\", version: 1, records: {\"P-0001\": (name: \"x\")})", "1:51", "begin with S-"),
        (
            "Folkmoot(\nkind: \"services\", version: 1, records: {\n<<<<<<< HEAD\n\"S-0001\": (name: \"x\"),\n",
            "3:1",
            "conflict",
        ),
        (
            "Folkmoot(kind: \"services\", version: 1, records: {\"S-0001\": (name: \"é\", needs: [Housing])})",
            "1:80",
            "Housing",
        ),
        (
            "Folkmoot(kind: \"services\", version: 1, records: {\"S-0001\": (name: \"x\"), \"S-0001\": (name: \"y\")})",
            "1:74",
            "second time",
        ),
        (
            "Folkmoot(kind: \"services\", version: 1, records: {\"S-0001\": (name: \"x\", locations: [(point: (NaN, 1))])})",
            "1:83",
            "point",
        ),
        (
            "Folkmoot(kind: \"services\", version: 2, records: {\"S-0001\": (name: \"x\", new: 1)})",
            "1:1",
            "update moot",
        ),
    ] {
        let dir = new_workspace(false);
        let path = dir.path().join("services.ron");
        fs::write(&path, content).unwrap();
        let mut opened = Store::open(dir.path(), Mode::Write).unwrap();
        let problem = opened.problems[0].to_string();
        assert!(
            problem.starts_with(&format!("services.ron:{place}: ")) && problem.contains(said),
            "{content}\n{problem}"
        );
        assert!(opened.store.commit(&adding(service("S-0009", "New", 1))).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
}

#[test]
fn a_mistake_is_named_to_the_character() {
    let dir = new_workspace(false);
    let path = dir.path().join("services.ron");
    for (fields, wrong, said) in [
        ("name: \"é\", needs: [Housing]", "Housing", "expected one of `Accommodation`"),
        ("name: \"é\",\r\n\t  phone: 12", "12", "Expected string"),
        ("name: \"x\",\n ages: (from: 900)", "900", "out of bounds"),
        ("name: \"x\", locations: [\n(twon: \"Poole\")]", "twon", "`town`"),
        ("name: \"漢字 e\u{301}\", updated: (\"yesterday\", \"KP\")", "yesterday", "a moment like"),
        ("name: \"x\" phone: \"y\"", "phone", "comma"),
        ("name: \"x\",\n\n phone: \"y", "\"y", "second quote is missing"),
        ("name: \"x\", ages: (from: 20, to: 10)", "(from", "the youngest is older"),
    ] {
        let page = format!("Folkmoot(kind: \"services\", version: 1, records: {{\"S-0001\": ({fields})}})");
        fs::write(&path, &page).unwrap();
        let problem = Store::open(dir.path(), Mode::Read).unwrap().problems.remove(0);
        let before = &page[..page.rfind(wrong).unwrap()];
        let line = 1 + before.matches('\n').count();
        let col = 1 + before.rsplit('\n').next().unwrap().chars().count();
        assert_eq!((problem.line, problem.col), (line, col), "{problem}");
        assert!(problem.message.contains(said), "{problem}");
    }
}

#[test]
fn a_byte_order_mark_and_foreign_line_ends_stay() {
    let dir = new_workspace(false);
    let hand = "\u{feff}Folkmoot(\r\n  kind: \"services\",\r\n  version: 1,\r\n  records: {\r\n    \"S-0001\": (\r\n      name: \"x\",\r\n    ),\r\n  },\r\n)\r\n";
    fs::write(dir.path().join("services.ron"), hand).unwrap();
    let mut opened = open(dir.path());
    let change = changing(&opened, "S-0001", "KP", |s| s.cost = Some("free".into()));
    save(&mut opened, &change);
    save(&mut opened, &adding(service("S-0002", "y", 1)));
    let written = text(dir.path(), "services.ron");
    assert!(written.starts_with('\u{feff}'));
    assert_eq!(written.matches('\n').count(), written.matches("\r\n").count());
    assert_eq!(open(dir.path()).workspace, opened.workspace);
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// What goes past the trait [`store::Storage`] cannot be made to fail, so no sweep would see it.
#[test]
fn the_disk_is_touched_through_the_storage_only() {
    let mut seen = 0;
    let store = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    for path in files_below(&store).into_iter().filter(|path| !path.ends_with("storage.rs")) {
        for line in fs::read_to_string(&path).unwrap().split("#[cfg(test)]").next().unwrap().lines() {
            let code = line.replace("std::fs::File;", "").replace("&std::fs::File", "");
            let is_past = ["fs::", "File::open", "File::create", "OpenOptions", ".exists()", ".is_dir()", ".is_file()"]
                .iter()
                .any(|word| code.split("//").next().unwrap_or_default().contains(word));
            assert!(!is_past, "{}: {line}", path.display());
            seen += usize::from(line.contains("storage."));
        }
    }
    assert!(seen > 40, "the sources were read: {seen}");
}

#[test]
fn a_taken_id_is_refused() {
    let dir = new_workspace(false);
    let (mut ann, mut bob) = (open(dir.path()), open(dir.path()));
    save(&mut ann, &adding(service("S-0001", "Ann's", 1)));
    let refused = bob.store.commit(&adding(service("S-0001", "Bob's", 1)));
    assert!(matches!(refused, Err(StoreError::Taken(_))), "{refused:?}");
}

#[test]
fn drafts_are_kept_under_safe_names() {
    let dir = new_workspace(false);
    let drafts = open(dir.path()).store.drafts();
    for key in ["services/S-0001", "../../etc/passwd", "a b\u{1b}\0", ""] {
        drafts.write(key, "half a sen").unwrap();
        drafts.write(key, "half a sentence").unwrap();
        assert_eq!(drafts.read(key).as_deref(), Some("half a sentence"));
    }
    assert_eq!(drafts.list().len(), 4);
    assert_eq!(drafts.list()[0], "");
    let own = dir.path().join(format!(".moot/drafts/{}", rustix::process::geteuid().as_raw()));
    let files: Vec<_> = fs::read_dir(own).unwrap().flatten().collect();
    assert_eq!(files.len(), 4, "all of them are where drafts are, and no temporary file is left");
    for file in files {
        assert_eq!(mode(&file.path()), 0o600);
    }
    drafts.remove("services/S-0001").unwrap();
    drafts.remove("services/S-0001").unwrap();
    assert_eq!(drafts.read("services/S-0001"), None);
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn an_old_version_comes_back_byte_for_byte() {
    let dir = new_workspace(true);
    let mut opened = open(dir.path());
    let mut versions = vec![text(dir.path(), "services.ron")];
    for number in 0..24 {
        save(&mut opened, &adding(service(&format!("S-00{number:02}"), "New", 5)));
        versions.push(text(dir.path(), "services.ron"));
    }
    let backups = opened.store.backups(Kind::Service);
    assert_eq!(backups.len(), 20, "the last twenty");
    for (backup, version) in backups.iter().rev().zip(versions.iter().rev().skip(1)) {
        assert_eq!(&fs::read_to_string(&backup.path).unwrap(), version);
    }
    fs::write(dir.path().join("services.ron"), "").unwrap();
    assert!(opened.store.reload().problems[0].message.contains("backups/services.ron"));
    opened.store.restore(&backups[19]).unwrap();
    assert_eq!(text(dir.path(), "services.ron"), versions[23]);
    let news = opened.store.reload();
    assert_eq!((news.problems.len(), news.change.edits.len()), (0, 1), "the last addition is gone again");
    opened.workspace.apply(&news.change);
    assert_eq!(open(dir.path()).workspace, opened.workspace);
}

#[test]
fn a_hand_edit_without_a_stamp_is_stamped() {
    let dir = new_workspace(false);
    let mut ann = open(dir.path());
    save(&mut ann, &adding(service("S-0001", "Nightstop", 100)));
    let path = dir.path().join("services.ron");
    fs::write(&path, text(dir.path(), "services.ron").replace("Nightstop", "Daystop")).unwrap();
    let news = ann.store.reload();
    let after = news.change.edits[0].after().cloned().unwrap();
    assert_eq!(after.title_alone(), "Daystop");
    let age = store::now().seconds() - after.updated().0.seconds();
    assert!((-1..60).contains(&age), "the time of the file: {age} s ago");
    assert_eq!(*after.updated().1, *store::own_login(), "the owner of the file");
    ann.workspace.apply(&news.change);
    let change = changing(&ann, "S-0001", "AN", |s| s.phone = Some("1".into()));
    save(&mut ann, &change);
    assert!(text(dir.path(), "services.ron").contains("Daystop"));
    assert_eq!(open(dir.path()).workspace, ann.workspace);
}

#[test]
fn links_and_directories_are_no_data_files() {
    let dir = new_workspace(false);
    let elsewhere = dir.path().join("elsewhere");
    fs::write(&elsewhere, "private").unwrap();
    std::os::unix::fs::symlink(&elsewhere, dir.path().join("services.ron")).unwrap();
    fs::create_dir(dir.path().join("people.ron")).unwrap();
    let mut opened = Store::open(dir.path(), Mode::Write).unwrap();
    assert_eq!(opened.problems.len(), 2);
    assert!(opened.problems.iter().all(|problem| problem.message.contains("regular file")));
    assert!(opened.store.commit(&adding(service("S-0001", "x", 1))).is_err());
    assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "private");
}

#[test]
fn modes_depend_on_no_umask_but_one_that_shuts_colleagues_out() {
    for (umask, of_dir, of_file) in
        [("000", 0o2770, 0o660), ("022", 0o2770, 0o660), ("027", 0o2770, 0o660), ("077", 0o700, 0o600)]
    {
        let dir = tempfile::tempdir().unwrap();
        let (place, moot) = (dir.path().join("w"), env!("CARGO_BIN_EXE_moot"));
        let script = format!(
            "umask {umask}; '{moot}' init '{0}' --name N --sample && '{moot}' -w '{0}' --as KP add service name=x",
            place.display()
        );
        let done = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        for directory in [place.clone(), place.join(".moot"), place.join(".moot/backups")] {
            assert_eq!(mode(&directory), of_dir, "{umask} {directory:?}");
        }
        for file in ["services.ron", "people.ron", "partnership.ron", ".moot/lock"] {
            assert_eq!(mode(&place.join(file)), of_file, "{umask} {file}");
        }
    }
}

#[test]
fn a_watch_tells_of_colleagues_and_not_of_our_own_looking() {
    let dir = new_workspace(false);
    let (tell, told) = std::sync::mpsc::channel();
    let mut ann = open(dir.path());
    let _watch = ann.store.watch(move || tell.send(()).unwrap_or_default()).unwrap();
    let mut bob = open(dir.path());
    ann.store.reload();
    assert!(told.recv_timeout(std::time::Duration::from_millis(200)).is_err(), "reading is no change");
    save(&mut bob, &adding(service("S-0001", "x", 1)));
    told.recv_timeout(std::time::Duration::from_secs(5)).unwrap();
    assert_eq!(ann.store.reload().change.edits.len(), 1);
}

#[test]
fn where_nothing_can_be_written_everything_can_be_read() {
    let dir = new_workspace(true);
    let mut opened = Store::open(dir.path(), Mode::Read).unwrap();
    assert!(opened.read_only.is_some());
    assert!(matches!(opened.store.commit(&adding(service("S-0001", "x", 1))), Err(StoreError::ReadOnly(_))));
    if rustix::process::geteuid().is_root() {
        println!("skipped: the directory without write permission, as root may write everywhere");
        return;
    }
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o550)).unwrap();
    let opened = Store::open(dir.path(), Mode::Write).unwrap();
    assert!(opened.read_only.unwrap().contains("read-only: permission denied"));
    assert!(!opened.workspace.services.is_empty());
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o770)).unwrap();
}

#[test]
fn a_file_that_is_gone_is_not_made_anew() {
    let dir = new_workspace(true);
    let mut opened = open(dir.path());
    fs::remove_file(dir.path().join("services.ron")).unwrap();
    let news = opened.store.reload();
    assert!(news.change.edits.is_empty() && news.problems[0].message.contains("gone"));
    assert!(opened.store.commit(&adding(service("S-0001", "x", 1))).is_err());
    assert!(!dir.path().join("services.ron").exists());
}
