//! What is hidden from an audience reaches it through no command and no export, for records of every kind in which every
//! text is a word that stands nowhere else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a test fails by panicking

mod generate;

use std::collections::BTreeSet;
use std::path::Path;

use assert_cmd::Command;
use folkmoot::model::{AnyRecord, Audience, Change, Edit, Id, Kind, Workspace};
use folkmoot::store::{self, Mode, Store};
use generate::{from_file, marked, marks_in, typed};

/// Runs a command as somebody at the table, and gives all it printed.
fn run(dir: &Path, arguments: &[&str]) -> String {
    let mut command = Command::cargo_bin("moot").unwrap();
    command.env_remove("MOOT_WORKSPACE").env("HOME", dir).current_dir(dir).args(["-w", ".", "--as", "KP"]);
    let output = command.args(arguments).output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// A workspace with some records of every kind, and those records.
fn workspace() -> (tempfile::TempDir, Vec<AnyRecord>) {
    let dir = tempfile::tempdir().unwrap();
    store::init(dir.path(), "Table of the North", false).unwrap();
    let mut opened = Store::open(dir.path(), Mode::Write).unwrap();
    let kinds = Kind::ALL.iter().filter(|kind| **kind != Kind::Partnership);
    let record = |kind: Kind, number: u32| {
        // Far apart, so that no two fields of two records get one word.
        let make = if number.is_multiple_of(2) { typed } else { from_file };
        make(kind, generate::id(kind, 100 + number), &[u64::from(number + 1) * 1_000_003], marked)
    };
    let records: Vec<AnyRecord> = kinds.flat_map(|kind| (0..12).map(|number| record(*kind, number))).collect();
    let edits = records.iter().filter_map(|record| Edit::new(None, Some(record.clone()))).collect();
    opened.store.commit(&Change { edits, sentence: String::new() }).unwrap();
    (dir, records)
}

/// The marks in the fields of a record, of those that are hidden from an audience or of the others.
fn marks(record: &AnyRecord, audience: Audience, workspace: &Workspace, are_hidden: bool) -> Vec<String> {
    let fields = record.kind().fields().filter(|field| record.is_hidden(field, audience, workspace) == are_hidden);
    fields.flat_map(|field| marks_in(&generate::json(record)[field.name].to_string())).collect()
}

/// The marks that an audience may see nowhere: those of hidden fields that stand in no visible field of any record.
fn secrets(records: &[AnyRecord], audience: Audience, workspace: &Workspace) -> BTreeSet<String> {
    let all = |are_hidden| records.iter().flat_map(move |record| marks(record, audience, workspace, are_hidden));
    let visible: BTreeSet<String> = all(false).collect();
    all(true).filter(|mark| !visible.contains(mark)).collect()
}

/// The secrets in a text.
fn leaked(text: &str, secrets: &BTreeSet<String>) -> Vec<String> {
    marks_in(text).into_iter().filter(|mark| secrets.contains(mark)).collect()
}

fn opened(dir: &Path) -> Workspace {
    Store::open(dir, Mode::Read).unwrap().workspace
}

#[test]
fn no_command_tells_what_is_hidden_from_colleagues() {
    let (dir, records) = workspace();
    let workspace = opened(dir.path());
    let secrets = secrets(&records, Audience::Colleagues, &workspace);
    let all: String = records.iter().map(|record| store::to_ron(record).unwrap()).collect();
    assert!(secrets.len() > 5 && leaked(&all, &secrets).len() >= secrets.len(), "the law sees what is told");
    let mut printed = 0;
    let mut told = |arguments: &[&str]| {
        let text = run(dir.path(), arguments);
        assert_eq!(leaked(&text, &secrets), Vec::<String>::new(), "moot {}:\n{text}", arguments.join(" "));
        printed += marks_in(&text).len();
        text
    };
    for kind in Kind::ALL.iter().filter(|kind| !kind.is_private()).map(|kind| kind.plural()) {
        for form in [&["list", kind][..], &["list", kind, "--json"], &["list", kind, "--csv"]] {
            told(form);
        }
    }
    for record in records.iter().filter(|record| record.kind().is_resident()) {
        let id = record.id().to_string();
        told(&["show", &id]);
        told(&["show", &id, "--json"]);
    }
    for record in records.iter().filter(|record| record.kind() == Kind::Service) {
        let name = record.title_alone();
        assert!(told(&["find", &name, "--json"]).contains(record.id().as_str()), "{name} is found by its name");
        told(&["find", &name]);
        // Who guesses what is hidden is not told that it was right.
        for secret in marks(record, Audience::Colleagues, &workspace, true) {
            let found = run(dir.path(), &["find", &format!("'{secret}")]);
            assert!(!found.contains(record.id().as_str()), "{secret}: {found}");
        }
    }
    println!("{} secrets, {printed} words printed that are none", secrets.len());
    assert!(printed > 500, "{printed}");
}

#[test]
fn no_export_tells_what_is_hidden_from_everyone() {
    let (dir, records) = workspace();
    let workspace = opened(dir.path());
    let everyone = |with_contacts| secrets(&records, Audience::Everyone { with_contacts }, &workspace);
    assert!(everyone(false).len() > everyone(true).len() && everyone(true).len() > 20);
    let all: String = records.iter().map(|record| store::to_ron(record).unwrap()).collect();
    assert!(leaked(&all, &everyone(true)).len() >= everyone(true).len(), "the law sees what is told");
    for format in ["hsds3-json", "hsds3-csv", "oruk3-json", "csv", "geojson"] {
        for with_contacts in [false, true] {
            let to = format!("out-{format}-{with_contacts}");
            let mut arguments = vec!["export", format, &to];
            arguments.extend(with_contacts.then_some("--contacts"));
            run(dir.path(), &arguments);
            let text = content(&dir.path().join(&to));
            assert!(marks_in(&text).len() > 3, "{format} tells something: {text}");
            assert_eq!(
                leaked(&text, &everyone(with_contacts)),
                Vec::<String>::new(),
                "{format}, contacts: {with_contacts}"
            );
        }
    }
}

/// The text of a file, or of all files in a folder.
fn content(path: &Path) -> String {
    if path.is_file() {
        return std::fs::read_to_string(path).unwrap();
    }
    std::fs::read_dir(path).unwrap().map(|entry| content(&entry.unwrap().path())).collect()
}

/// The laws above see something of every kind that hides a field: from colleagues, or, where they may read everything, from
/// partners or everybody.
#[test]
fn every_kind_that_hides_something_is_among_the_records() {
    let (_dir, records) = workspace();
    let hides = |kind: &Kind| kind.fields().any(|field| field.hidden_if.is_some()) && kind.is_resident();
    for kind in Kind::ALL.iter().copied().filter(hides) {
        let audience = match kind {
            Kind::Story => Audience::Partners,
            Kind::Person | Kind::Meeting => Audience::Everyone { with_contacts: false },
            _ => Audience::Colleagues,
        };
        let of_kind = records.iter().filter(|record| record.kind() == kind);
        let ids: Vec<Id> = of_kind
            .filter(|record| {
                kind.fields().any(|field| {
                    field.visibility.admits(audience)
                        && record.is_hidden(field, audience, generate::known())
                        && !record.is_blank(field.name)
                })
            })
            .map(AnyRecord::id)
            .collect();
        assert!(!ids.is_empty(), "no {} hides anything: the laws are blind for them", kind.singular());
    }
}
