//! What every kind of record has by its declaration alone: whatever is in the list of kinds is typed, written, merged,
//! found, listed and kept at home as all others are, without a line here that names it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use folkmoot::app::screen::ScreenId;
use folkmoot::exchange::{self, ExportContext, Format};
use folkmoot::model::field::Visibility;
use folkmoot::model::merge::merge;
use folkmoot::model::place::Atlas;
use folkmoot::model::row::join_cells;
use folkmoot::model::{AnyRecord, Audience, Change, Edit, FieldInfo, FieldType, Id, Kind, ParseContext, Workspace};
use folkmoot::store::{Mode, Store, from_ron, to_ron};
use harness::{Harness, sample_dir, today};

/// Fields in which a command takes only what another record has: a place on the wall of the event, the number of a
/// topic. The latest event is taken where none is named.
const RELATED: [(Kind, &str, Option<&str>); 6] = [
    (Kind::Topic, "event", None),
    (Kind::Topic, "slot", None),
    (Kind::Topic, "space", None),
    (Kind::Recommendation, "topic", Some("1")),
    (Kind::Theme, "event", None),
    (Kind::Round, "event", None),
];

/// The kinds of which people add records.
fn addable() -> impl Iterator<Item = Kind> {
    Kind::ALL.iter().copied().filter(|kind| kind.is_addable())
}

/// A word that stands nowhere else, one for each field of a record and each of three versions of it.
fn word(kind: Kind, field: &FieldInfo, which: usize) -> String {
    let bytes = kind.plural().bytes().chain(field.name.bytes()).chain(field.hint.bytes());
    let sum = bytes.fold(0, |sum, byte| (sum * 31 + usize::from(byte)) % 26_usize.pow(4));
    let letter = |at: u32| char::from(b'a' + u8::try_from(sum / 26_usize.pow(at) % 26).unwrap());
    format!("zq{}{which}", (0..4).map(letter).collect::<String>())
}

/// The words that an example of a field holds.
fn words_in(kind: Kind, field: &FieldInfo) -> Vec<String> {
    match field.field_type {
        FieldType::Line | FieldType::Areas | FieldType::Paragraph | FieldType::Words => vec![word(kind, field, 0)],
        FieldType::Rows(columns) => columns.iter().flat_map(|column| words_in(kind, column)).collect(),
        _ => Vec::new(),
    }
}

/// Something to type into a field, made from its type; a notation of its own is taken from the hint that shows it.
fn example(kind: Kind, field: &FieldInfo, which: usize, workspace: &Workspace) -> String {
    let title = |of: Kind| match workspace.all(of).get(which) {
        Some(record) => record.title(workspace).into_owned(),
        None => word(kind, field, which), // words, as long as nobody has added it
    };
    match field.field_type {
        FieldType::Line | FieldType::Areas => word(kind, field, which),
        FieldType::Paragraph => format!("{}\nand more", word(kind, field, which)),
        FieldType::Words => format!("{}, and {which}", word(kind, field, which)),
        FieldType::Flag => ["yes", "no", "yes"][which].to_owned(),
        FieldType::Number => (9 + which).to_string(),
        FieldType::Date => format!("2027-01-0{}", which + 1),
        FieldType::Time => format!("1{which}:30"),
        FieldType::DateTime => format!("2027-01-0{} 10:00", which + 1),
        FieldType::Notation => field.hint.split([',', ';', ':']).next().unwrap().trim().to_owned(),
        FieldType::One(labels) | FieldType::Some(labels) => labels[(which + 1) % labels.len()].to_owned(),
        FieldType::Reference(of) | FieldType::References(of) => title(of),
        FieldType::Rows(columns) => {
            let cell = |(at, column): (usize, &FieldInfo)| match column.field_type {
                FieldType::Notation => String::new(),
                FieldType::Time => format!("1{which}:{at}0"), // from before to
                _ => example(kind, column, which, workspace),
            };
            join_cells(&columns.iter().enumerate().map(cell).collect::<Vec<_>>())
        }
    }
}

/// A record of a kind with something in these fields.
fn filled(kind: Kind, fields: &[&FieldInfo], which: usize, workspace: &Workspace) -> AnyRecord {
    let mut record = kind.blank(format!("{}-0001", kind.letter()).parse::<Id>().unwrap());
    for field in fields {
        let typed = example(kind, field, which, workspace);
        let set = record.set_field(field.name, &typed, ParseContext { workspace, today: today() });
        assert_eq!(set, Ok(()), "{} of {}: {typed:?}", field.name, kind.with_article());
    }
    record
}

fn fields_of(kind: Kind) -> Vec<&'static FieldInfo> {
    kind.editable_fields().collect()
}

#[test]
fn a_record_of_every_kind_is_read_as_it_was_typed_and_written() {
    let workspace = Harness::sample().saved();
    for kind in addable() {
        let fields = fields_of(kind);
        let record = filled(kind, &fields, 0, &workspace);
        assert_eq!(record.check(), Ok(()), "{kind:?}");
        let stated: Vec<&str> = fields.iter().map(|field| field.name).collect();
        assert_eq!(record.differing(&kind.blank(record.id())), stated, "{kind:?} has something in every field");
        assert_eq!(from_ron(kind, record.id(), &to_ron(&record).unwrap()).unwrap(), record);
        let mut again = kind.blank(record.id());
        for field in &fields {
            let typed = record.format_field(field.name, &workspace);
            again.set_field(field.name, &typed, ParseContext { workspace: &workspace, today: today() }).unwrap();
        }
        assert_eq!(again.differing(&record), Vec::<&str>::new(), "what is shown in a form means the same typed again");
    }
}

#[test]
fn two_people_at_one_record_of_any_kind_lose_nothing_in_silence() {
    let workspace = Harness::sample().saved();
    for kind in addable() {
        let fields = fields_of(kind);
        let base = filled(kind, &fields, 0, &workspace);
        let changed = |field: &FieldInfo, which| {
            let (mut record, typed) = (base.clone(), example(kind, field, which, &workspace));
            record.set_field(field.name, &typed, ParseContext { workspace: &workspace, today: today() }).unwrap();
            record
        };
        for (one, other) in fields.iter().flat_map(|one| fields.iter().map(move |other| (one, other))) {
            let (ours, theirs) = (changed(one, 1), changed(other, 2));
            let [merged, mirrored] =
                [(&ours, &theirs), (&theirs, &ours)].map(|(ours, theirs)| merge(Some(&base), Some(ours), Some(theirs)));
            let record = merged.record.unwrap();
            assert_eq!(Some(&record), mirrored.record.as_ref(), "{} and {} of {kind:?}", one.name, other.name);
            if one.name != other.name {
                assert_eq!(merged.lost, None, "{} and {} of {kind:?}", one.name, other.name);
                for (side, field) in [(&ours, one), (&theirs, other)] {
                    assert!(!record.differing(side).contains(&field.name), "{} of {kind:?}", field.name);
                }
            } else if record.differing(&ours).contains(&one.name) && record.differing(&theirs).contains(&one.name) {
                let both = record.format_field(one.name, &workspace);
                for side in [ours, theirs].map(|side| side.format_field(one.name, &workspace)) {
                    let is_in = |part: &str| both.contains(part.trim_end());
                    assert!(side.split(", ").all(is_in), "{} of {kind:?}: {both:?} without {side:?}", one.name);
                }
            }
        }
    }
}

fn run(dir: &Path, arguments: &[&str]) -> String {
    let mut moot = Command::new(env!("CARGO_BIN_EXE_moot"));
    moot.env("HOME", dir).env_remove("MOOT_WORKSPACE").args(["-w", dir.to_str().unwrap(), "--as", "KP"]);
    let output = moot.args(arguments).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_shell_knows_every_kind() {
    let dir = sample_dir();
    let dir = dir.path();
    let workspace = Harness::sample().saved();
    let mut ids = Vec::new();
    for kind in addable() {
        let related = |field: &FieldInfo| RELATED.iter().find(|(of, name, _)| (*of, *name) == (kind, field.name));
        let mut fields = fields_of(kind);
        fields.retain(|field| related(field).is_none_or(|(.., typed)| typed.is_some()));
        let typed = |field: &&FieldInfo| match related(field) {
            Some((.., typed)) => typed.unwrap_or_default().to_owned(),
            None => example(kind, field, 0, &workspace),
        };
        let typed: Vec<String> = fields.iter().map(|field| format!("{}={}", field.name, typed(field))).collect();
        let arguments: Vec<&str> =
            ["add", kind.singular()].into_iter().chain(typed.iter().map(String::as_str)).collect();
        let id = run(dir, &arguments).trim().to_owned();
        let saved = Store::open(dir, Mode::Read).unwrap().workspace;
        let title = saved.get(id.parse().unwrap()).unwrap().title(&saved).into_owned();
        let (shown, csv) = (run(dir, &["show", &id]), run(dir, &["list", kind.plural(), "--csv"]));
        for field in fields.iter().filter(|field| field.field_type == FieldType::Line) {
            assert!(
                shown.contains(&word(kind, field, 0)) && csv.contains(&word(kind, field, 0)),
                "{} of {kind:?}",
                field.name
            );
        }
        assert!(csv.starts_with(&format!("id,{}", fields[0].name)), "{csv}");
        let listed = run(dir, &["list", kind.plural()]);
        assert!(listed.contains(&title), "{title:?} of {kind:?} in:\n{listed}");
        assert!(run(dir, &["list", kind.plural(), "--json"]).contains(&id));
        let found = run(dir, &["find", "--kind", kind.plural(), &title]);
        assert!(found.lines().count() == 1 && found.starts_with(&id), "{found}");
        let renamed = format!("{}={}", fields[0].name, word(kind, fields[0], 1));
        assert!(run(dir, &["set", &id, &renamed]).contains(&word(kind, fields[0], 1)));
        ids.push(id);
    }
    for id in ids.iter().rev() {
        assert!(run(dir, &["remove", id]).contains("removed"));
    }
    let (help, script) = (run(dir, &["add", "--help"]), run(dir, &["completions", "bash"]));
    for kind in addable() {
        assert!(help.contains(kind.plural()) && script.contains(kind.plural()), "{} in:\n{help}", kind.plural());
    }
}

#[test]
fn every_screen_adds_finds_compares_and_takes_back() {
    for screen in ScreenId::ALL.iter().filter(|screen| screen.kinds().first().is_some_and(|kind| kind.is_addable())) {
        let mut harness = Harness::sample();
        let kind = screen.kinds()[0];
        let before = harness.saved().count(kind);
        for name in ["Zq one", "Zq two"] {
            harness.press(screen.key()).press("n").press(name).press("<ctrl-s>");
        }
        assert_eq!(harness.saved().count(kind), before + 2, "{}", harness.screen());
        harness.press("/zq<enter>");
        assert!(harness.screen().contains("2 of ") && harness.screen().contains("Zq one"), "{}", harness.screen());
        // If there is such a field, one that no other kind has, so that a comparison of another kind's fields is seen.
        let is_shared = |field: &FieldInfo| addable().any(|other| other != kind && other.field(field.name).is_some());
        let is_text = |field: &FieldInfo| matches!(field.field_type, FieldType::Line | FieldType::Paragraph);
        let is_free = |it: &FieldInfo| {
            it.name != "initials" && !RELATED.iter().any(|(of, name, _)| (*of, *name) == (kind, it.name))
        };
        let mut texts: Vec<_> = fields_of(kind).into_iter().filter(|it| is_text(it) && is_free(it)).collect();
        texts.sort_by_key(|field| (field.is_required, is_shared(field)));
        let field = texts[0];
        harness.press("e").field(field.name).paste("compared with nothing").press("<ctrl-s>");
        harness.press("<space><space>c");
        assert!(harness.screen().contains("compared with nothing"), "{}", harness.screen());
        // The title stands above the columns without its label.
        let has_label = !folkmoot::app::detail::is_title(kind, field);
        assert!(!has_label || harness.screen().contains(field.label), "{}", harness.screen());
        harness.press("<esc>d");
        assert_eq!(harness.saved().count(kind), before, "{}", harness.screen());
        harness.press("u");
        assert_eq!(harness.saved().count(kind), before + 2);
    }
}

/// A workspace with a record of every kind, something in every field.
fn full() -> Workspace {
    let mut workspace = Harness::sample().saved();
    for kind in addable() {
        let record = filled(kind, &fields_of(kind), 0, &workspace);
        workspace.apply(&Change { edits: vec![Edit::Add(record)], sentence: String::new() });
    }
    workspace
}

/// Everything that an export writes.
fn exported(workspace: &Workspace, format: Format, contacts: bool) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out");
    let thesaurus = folkmoot::store::default_thesaurus();
    let (originals, atlas) = (&workspace.originals, Atlas::default());
    let context = ExportContext { workspace, originals, thesaurus: &thesaurus, atlas: &atlas, contacts };
    exchange::export(format, &path, &context, &mut |_| true).unwrap();
    let dir = if path.is_dir() { &path } else { folder.path() };
    let files = std::fs::read_dir(dir).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    files.collect()
}

#[test]
fn nothing_is_exported_that_is_not_declared_public() {
    let workspace = full();
    for contacts in [false, true] {
        let (mut leaks, mut written) = (BTreeSet::new(), 0);
        for format in Format::ALL {
            let text = exported(&workspace, *format, contacts);
            for (kind, field) in addable().flat_map(|kind| fields_of(kind).into_iter().map(move |field| (kind, field)))
            {
                let is_exported = matches!(kind, Kind::Service | Kind::Organisation)
                    && field.visibility.admits(Audience::Everyone { with_contacts: contacts });
                let found = words_in(kind, field).into_iter().filter(|word| text.contains(word)).count();
                if is_exported {
                    written += found;
                } else if found > 0 {
                    leaks.insert(format!("{} of {kind:?} in {}", field.name, format.name()));
                }
            }
        }
        assert_eq!(leaks, BTreeSet::new());
        assert!(written > 40, "the words that may leave are found: {written}");
    }
    let all = addable().flat_map(|kind| fields_of(kind).into_iter().map(move |field| (kind, field)));
    let hidden = all.filter(|(_, field)| field.visibility != Visibility::Public);
    assert!(hidden.flat_map(|(kind, field)| words_in(kind, field)).count() > 5, "there is something to hide");
    let is_noted = |service: &std::sync::Arc<folkmoot::model::Service>| {
        service.notes.as_deref().is_some_and(|notes| notes.starts_with("zq"))
    };
    assert!(workspace.services.iter().any(is_noted), "and the workspace holds it");
}
