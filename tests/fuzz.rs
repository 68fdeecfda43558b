//! Every reader of data from outside, given some thousands of damaged files: none ends the program, none takes more memory than
//! such a small file can need, each refusal is one sentence, and no row goes without a line in the report. The inputs follow
//! from a seed; the usual run tries some hundreds, `FOLKMOOT_HEAVY` more than ten thousand.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

use std::fs;
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use folkmoot::exchange::{self, ImportContext, RepairKind, detect, of_kind, openspace, pabulib};
use folkmoot::model::text::is_unwelcome;
use folkmoot::model::{Author, Collection, Kind, Original, SplitMix64, Timestamp, Workspace};
use folkmoot::store;
use serde_json::Value;

/// The memory a damaged file of a few kilobytes may take.
const ROOM_KB: u64 = 64 * 1024;

/// What a reader made of a file.
#[derive(Default)]
struct Reading {
    /// Rows that are in records, in originals or in the report; `None` where rows are not counted.
    rows: Option<usize>,
    /// What it says of the file.
    said: Vec<String>,
}

/// A reader: its name, its small real-looking files, and how it reads one by its path; the file lies in a workspace.
struct Reader {
    name: &'static str,
    files: fn() -> Vec<(String, Vec<u8>)>,
    read: Read,
}

/// Reads a file by its path, in a workspace.
type Read = fn(&Path, &Path) -> Result<Reading, String>;

/// All readers; a new one costs a line.
#[rustfmt::skip]
const READERS: &[Reader] = &[
    Reader { name: "tables", files: || fixtures(&["hsds1", "hsds2", "ohana", "orservices"]), read: directory },
    Reader { name: "JSON", files: || fixtures(&["oruk1.json", "full.json", "deep.json"]), read: directory },
    Reader { name: "JSON lines", files: || fixtures(&["lines.jsonl"]), read: directory },
    Reader { name: "zip", files: zips, read: directory },
    Reader { name: "of an event", files: || fixtures(&["openspace"]), read: of_event },
    Reader { name: "election", files: || vec![("a.pb".to_owned(), ELECTION.into())], read: election },
    Reader { name: "table of a kind", files: || vec![("t.csv".to_owned(), TABLE.into())], read: table },
    Reader { name: "workspace", files: workspace_files, read: workspace },
    Reader { name: "conflicts", files: || vec![(".moot/conflicts.ron".to_owned(), CONFLICTS.into())], read: workspace },
    Reader { name: "notices", files: || vec![(".moot/overwritten.ron".to_owned(), NOTICES.into())], read: workspace },
    Reader { name: "journal", files: || vec![(".moot/journal.ron".to_owned(), JOURNAL.into())], read: workspace },
    Reader { name: "draft", files: || vec![(".moot/drafts/0-form.draft".to_owned(), TABLE.into())], read: workspace },
    Reader { name: "thesaurus", files: || own_files(&[("data/thesaurus.ron", "thesaurus.ron")]), read: thesaurus },
    Reader { name: "map", files: || own_files(&[("data/maps/dorset.ron", "maps/dorset.ron")]), read: map },
];

const ELECTION: &str = "META\nkey;value\ndescription;Invented\ncountry;Example\nunit;Test\nnum_projects;2\nnum_votes;3\nbudget;100\n\
    vote_type;approval\nrule;greedy\nmax_length;2\nPROJECTS\nproject_id;cost;votes;name\n1;10;2;A bench\n2;20;2;A wall\nVOTES\n\
    voter_id;age;vote\n1;34;1,2\n2;51;1\n3;17;2\n";

const TABLE: &str = "id,name,phone,needs,ages,locations\n,Example Nightstop,01632 960101,\"accommodation, women\",16 to 25,\n,\"Example \
    Kitchen\n(Poole)\",01632 960102,finance,,\n";

const CONFLICTS: &str = "[\n  (\n    at: \"2026-01-01T00:00:00Z\",\n    by: \"KP\",\n    record: \"S-0001\",\n    name: \"Example Nightstop\",\n    \
    fields: [\"phone\"],\n    version: \"(name: \\\"Example Nightstop\\\", phone: \\\"01632 960101\\\")\",\n  ),\n]\n";

const NOTICES: &str =
    "[\n  (\n    at: \"2026-01-01T00:00:00Z\",\n    said: \"services.ron was written over\",\n  ),\n]\n";

const JOURNAL: &str = "(version: 1, files: [(file: \"services.ron\", temp: \".services.ron.tmp\")])\n";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn fixtures(names: &[&str]) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for name in names {
        let path = root().join("tests/fixtures").join(name);
        let is_dir = path.is_dir();
        let paths =
            if is_dir { fs::read_dir(&path).unwrap().map(|file| file.unwrap().path()).collect() } else { vec![path] };
        files.extend(
            paths.iter().map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap())),
        );
    }
    files.sort();
    files
}

fn zips() -> Vec<(String, Vec<u8>)> {
    let zip = |name: &&str| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in fixtures(&[name]) {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(&bytes).unwrap();
        }
        ("a.zip".to_owned(), zip.finish().unwrap().into_inner())
    };
    ["hsds1", "ohana", "full.json"].iter().map(zip).collect()
}

fn own_files(paths: &[(&str, &str)]) -> Vec<(String, Vec<u8>)> {
    paths.iter().map(|(from, to)| ((*to).to_owned(), fs::read(root().join(from)).unwrap())).collect()
}

fn workspace_files() -> Vec<(String, Vec<u8>)> {
    let folder = fs::read_dir(root().join("data/sample")).unwrap();
    let mut files: Vec<_> = folder.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    files.iter().map(|name| (name.clone(), fs::read(root().join("data/sample").join(name)).unwrap())).collect()
}

fn author() -> Author {
    let at = Timestamp::from_seconds(1_795_000_000);
    Author { by: "KP".into(), at, today: at.date() }
}

fn directory(path: &Path, _: &Path) -> Result<Reading, String> {
    let package = exchange::read(path, "fuzz", &mut |_| true).map_err(|why| why.0)?;
    let (author, thesaurus) = (author(), store::default_thesaurus());
    let (workspace, originals) = (Workspace::default(), Collection::<Original>::default());
    let here = ImportContext { workspace: &workspace, originals: &originals, thesaurus: &thesaurus, author: &author };
    let items = package.services.len() + package.organisations.len() + package.orphans.len();
    let plan = exchange::plan_import(package, &here, &mut SplitMix64::new(1), &mut |_| true).map_err(|why| why.0)?;
    let by_kind = plan.report.by_kind();
    let told = [RepairKind::Copy, RepairKind::Unreadable].map(|kind| by_kind.get(&kind).copied().unwrap_or_default());
    let said = plan.report.repairs.iter().map(ToString::to_string).collect();
    Ok(Reading { rows: Some(items + told[0] + told[1]), said })
}

fn of_event(path: &Path, _: &Path) -> Result<Reading, String> {
    let detect::Holding::OfEvent(sort, text) = detect::holding(path).map_err(|why| why.0)? else {
        return directory(path, path).map(|reading| Reading { rows: None, ..reading });
    };
    let (author, originals) = (author(), Collection::<Original>::default());
    let workspace = sample();
    let context = openspace::Context {
        workspace: &workspace,
        originals: &originals,
        author: &author,
        feed: "fuzz",
        round: None,
        event: None,
    };
    let plan = openspace::plan(sort, &text, &context, &mut SplitMix64::new(1)).map_err(|why| why.to_string())?;
    Ok(Reading { rows: None, said: plan.notices.iter().map(ToString::to_string).collect() })
}

fn sample() -> Workspace {
    static SAMPLE: Mutex<Option<Workspace>> = Mutex::new(None);
    let mut kept = SAMPLE.lock().unwrap();
    let read = || {
        let dir = tempfile::tempdir().unwrap();
        store::init(dir.path(), "Table of the North", true).unwrap();
        store::Store::open(dir.path(), store::Mode::Read).unwrap().workspace
    };
    kept.get_or_insert_with(read).clone()
}

fn election(path: &Path, _: &Path) -> Result<Reading, String> {
    let election = pabulib::read_election(path).map_err(|why| why.0)?;
    let workspace = Workspace::default();
    let plan = pabulib::plan_election(&election, "fuzz", &workspace, &author(), &mut SplitMix64::new(1));
    Ok(Reading { rows: None, said: [plan.repeated, plan.invalid].concat() })
}

fn table(path: &Path, _: &Path) -> Result<Reading, String> {
    let text = exchange::read_text(path).map_err(|why| why.0)?;
    let (workspace, author) = (Workspace::default(), author());
    let context = of_kind::TableContext { kind: Kind::Service, workspace: &workspace, author: &author };
    let plan = of_kind::plan(&text, &context, &mut SplitMix64::new(1)).map_err(|why| why.0)?;
    Ok(Reading { rows: Some(plan.change.edits.len()), said: plan.made })
}

fn workspace(_: &Path, dir: &Path) -> Result<Reading, String> {
    let opened = store::Store::open(dir, store::Mode::Read).map_err(|why| why.to_string())?;
    let conflicts = opened.store.conflicts().iter().map(|conflict| conflict.name.to_string()).collect();
    let drafts = opened.store.drafts();
    let drafts: Vec<String> = drafts.list().iter().filter_map(|key| drafts.read(key)).collect();
    assert!(drafts.len() <= 1, "planted one at most");
    let problems: Vec<String> = opened.problems.iter().map(ToString::to_string).collect();
    Ok(Reading { rows: None, said: [problems, conflicts].concat() })
}

fn thesaurus(_: &Path, dir: &Path) -> Result<Reading, String> {
    let read = store::thesaurus(dir).map_err(|why| why.to_string())?;
    let needs = read.of_text("a hostel for women with debts").iter().count();
    Ok(Reading { said: vec![format!("{needs} needs")], ..Reading::default() })
}

fn map(_: &Path, dir: &Path) -> Result<Reading, String> {
    store::atlas(dir, &Workspace::default()).map(|_| Reading::default()).map_err(|why| why.to_string())
}

/// How many rows or items with anything in them a file of a directory has, counted without the program's readers.
fn rows_in(name: &str, bytes: &[u8]) -> usize {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let is_said = |text: &str| text.chars().any(char::is_alphanumeric);
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || name.contains(".zip") {
        return 0;
    }
    if Path::new(name).extension().is_some_and(|ending| ending == "csv") {
        let first = text.lines().next().unwrap_or_default();
        let most =
            [',', ';', '\t'].into_iter().max_by_key(|sign| (first.matches(*sign).count(), *sign == ',')).unwrap();
        let mut rows = csv::ReaderBuilder::new().flexible(true).delimiter(most as u8).from_reader(text.as_bytes());
        return rows.records().filter(|row| row.as_ref().is_ok_and(|row| row.iter().any(is_said))).count();
    }
    let is_item = |value: &&Value| is_said(&value.to_string().replace("null", ""));
    let lists = ["contents", "content", "items", "services", "organizations", "results", "data"];
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Array(list)) => list.iter().filter(is_item).count(),
        Ok(Value::Object(page)) if !page.contains_key("id") => {
            let of_page = lists.iter().filter_map(|name| page.get(*name).and_then(Value::as_array));
            of_page.flatten().filter(is_item).count()
        }
        Ok(_) => 1,
        Err(_) if text.lines().take(5).any(|line| serde_json::from_str::<serde_json::Map<_, _>>(line).is_ok()) => {
            text.lines().filter(|line| is_said(line)).count()
        }
        Err(_) => 0,
    }
}

/// What stands in for a mistake of people and programs.
const ABSURD: &[&[u8]] = &[
    b"99999999999999999999999999",
    b"-1",
    b"1e999",
    b"NaN",
    b"0x",
    b"2026-02-30",
    b"9999-12-31T23:59:60Z",
    b"null",
    b"true",
    b"\"",
    b"\"\"",
    b"'",
    b",",
    b";",
    b"\t",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"{",
    b"}",
    b"[",
    b"]",
    b"(",
    b")",
    b":",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"\0",
    b"\x1b[31m",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xae",
    b"\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
    b"\xf4\x90\x80\x80",
    b"<a ",
    b"<!--",
    b"&amp;",
    b"&#27;",
    b"PK\x05\x06",
    b"../../x",
    b"=1+1",
    b"//",
    b"/*",
    b"r#\"",
    b"S-0001",
    b"Some(",
    b"#",
];

fn pick(random: &mut SplitMix64, below: usize) -> usize {
    (random.next_u64() % below.max(1) as u64) as usize
}

/// A damaged copy of a file; `other` gives pieces of itself.
fn damaged(random: &mut SplitMix64, bytes: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=pick(random, 6) {
        let (at, length) = (pick(random, bytes.len()), pick(random, 40));
        let end = (at + length).min(bytes.len());
        let from = pick(random, other.len());
        match pick(random, 9) {
            _ if bytes.is_empty() => bytes = other.to_vec(),
            0 => bytes[at] ^= 1 << pick(random, 8),
            1 => bytes[at] = random.next_u64() as u8,
            2 => bytes.truncate(at.max(1)),
            3 => drop(bytes.splice(at..at, other[from..(from + length).min(other.len())].to_vec())),
            4 => drop(bytes.splice(at..at, bytes[at..end].repeat(1 + pick(random, 30)))),
            5 => drop(bytes.drain(at..end)),
            6 => swap_tokens(random, &mut bytes),
            _ => drop(bytes.splice(at..at, ABSURD[pick(random, ABSURD.len())].iter().copied())),
        }
    }
    bytes
}

/// Two words change their places.
fn swap_tokens(random: &mut SplitMix64, bytes: &mut Vec<u8>) {
    let mut words: Vec<Vec<u8>> =
        bytes.chunk_by(|a, b| a.is_ascii_alphanumeric() == b.is_ascii_alphanumeric()).map(<[u8]>::to_vec).collect();
    let (one, other) = (pick(random, words.len()), pick(random, words.len()));
    words.swap(one, other);
    *bytes = words.concat();
}

fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse().unwrap()
}

/// What is wrong with a sentence.
fn fault_of(sentence: &str) -> Option<&'static str> {
    let is_debug = ["Error(", "Err(", "Custom {", "Os {", "panicked"].iter().any(|sign| sentence.contains(sign));
    match () {
        () if sentence.trim().is_empty() => Some("says nothing"),
        () if sentence.chars().any(|c| c == '\n' || is_unwelcome(c)) => Some("says what is no text"),
        () if is_debug => Some("speaks as programs do"),
        () => None,
    }
}

/// What is wrong with how a reader takes one file.
fn faults(reader: &Reader, dir: &Path, name: &str, bytes: &[u8]) -> Vec<String> {
    let path = dir.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes).unwrap();
    fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = status("VmRSS:");
    let read = catch_unwind(AssertUnwindSafe(|| (reader.read)(&path, dir)));
    let grown = status("VmHWM:").saturating_sub(before);
    fs::remove_file(&path).unwrap();
    let mut faults = Vec::new();
    if grown > ROOM_KB {
        faults.push(format!("takes {grown} kB"));
    }
    match read {
        Err(_) => faults.push("panics".to_owned()),
        Ok(Err(why)) => faults.extend(fault_of(&why).map(|fault| format!("{fault}: {why:?}"))),
        Ok(Ok(reading)) => {
            faults.extend(reading.said.iter().filter_map(|line| Some(format!("{}: {line:?}", fault_of(line)?))));
            let rows = rows_in(name, bytes);
            if let Some(accounted) = reading.rows.filter(|accounted| *accounted < rows) {
                faults.push(format!("drops rows: {rows} are there, {accounted} are accounted for"));
            }
        }
    }
    faults
}

fn new_workspace() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    store::init(dir.path(), "Table of the North", false).unwrap();
    dir
}

/// Measured in one process, so that one sweep at a time may run.
static ALONE: Mutex<()> = Mutex::new(());

/// Gives a reader so many damaged files; what is wrong, with the file.
fn sweep(reader: &Reader, count: usize) -> Vec<String> {
    let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let files = (reader.files)();
    let mut random = SplitMix64::new(reader.name.len() as u64);
    let dir = new_workspace();
    let mut found = Vec::new();
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    for at in 0..count {
        let (name, bytes) = &files[at % files.len()];
        let other = pick(&mut random, files.len());
        let damaged = damaged(&mut random, bytes, &files[other].1);
        let faults = faults(reader, dir.path(), name, &damaged);
        let shown = || String::from_utf8_lossy(&damaged).chars().take(3_000).collect::<String>();
        found
            .extend(faults.first().map(|fault| format!("{}, {name}, input {at}: {fault}\n{:?}", reader.name, shown())));
    }
    std::panic::set_hook(hook);
    found
}

#[test]
fn every_reader_takes_damaged_files() {
    let count = if std::env::var_os("FOLKMOOT_HEAVY").is_some() { 1_000 } else { 40 };
    for reader in READERS {
        let found = sweep(reader, count);
        assert!(
            found.is_empty(),
            "{} of {count}:\n{}",
            found.len(),
            found.iter().take(3).cloned().collect::<Vec<_>>().join("\n")
        );
    }
    writeln!(std::io::stderr(), "{} readers, {count} damaged files each", READERS.len()).unwrap();
}

#[test]
fn files_that_are_whole_are_read() {
    for reader in READERS.iter().filter(|reader| reader.name != "tables") {
        let _alone = ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for (name, bytes) in (reader.files)() {
            let faults = faults(reader, new_workspace().path(), &name, &bytes);
            assert!(faults.is_empty(), "{} {name}: {faults:?}", reader.name);
        }
    }
}

#[test]
fn a_planted_reader_is_caught() {
    let good = || fixtures(&["hsds1", "full.json"]);
    let planted: [(&str, Read); 5] = [
        ("panics", |path, _| {
            let bytes = fs::read(path).unwrap();
            assert!(!bytes.contains(&b'\xff'), "planted");
            Ok(Reading::default())
        }),
        ("drops rows", |path, dir| {
            let reading = directory(path, dir)?;
            Ok(Reading { rows: reading.rows.map(|rows| rows.saturating_sub(1)), ..reading })
        }),
        ("takes", |path, _| {
            let bytes = fs::read(path).unwrap();
            let much = vec![1_u8; if bytes.len() % 7 == 0 { 100 << 20 } else { 1 }];
            Ok(Reading { said: vec![format!("{}", much[much.len() / 2])], ..Reading::default() })
        }),
        ("speaks as programs do", |path, _| Err(format!("{:?}", fs::read_to_string(path.join("x")).map_err(Box::new)))),
        ("says what is no text", |path, _| Err(String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned())),
    ];
    for (fault, read) in planted {
        let found = sweep(&Reader { name: "planted", files: good, read }, 200);
        assert!(found.iter().any(|line| line.contains(fault)), "{fault}: {found:?}");
    }
}
