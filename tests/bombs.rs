//! Files that are made to fill a memory, to take for ever or to end a program: each is given to `moot` as a process of its own,
//! which must say one sentence (or read it), within bounds of memory, and write nothing. The usual run makes them small; with
//! `FOLKMOOT_HEAVY` they have their full size.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use folkmoot::model::text::is_unwelcome;

/// What a reader may take over the size of its file.
const ROOM_KB: u64 = 256 * 1024;

/// What takes longer than this hangs: far longer than any bomb takes, and no measure of speed.
const HANGS: Duration = Duration::from_secs(120);

/// Where the bytes of a bomb go, and how it is given to the program.
enum Given {
    /// `moot import FILE --dry-run`
    Import(&'static str),
    /// `moot import csv service FILE --dry-run`
    Table(&'static str),
    /// A file of the workspace, which `moot list services` or another command reads.
    OfWorkspace(&'static str, &'static [&'static str]),
}
use Given::{Import, OfWorkspace, Table};

/// A bomb: its name, how it is given, and its bytes at a size of so many bytes at most.
type Bomb = (&'static str, Given, fn(usize) -> Vec<u8>);

const MB: usize = 1024 * 1024;

fn heavy() -> bool {
    std::env::var_os("FOLKMOOT_HEAVY").is_some()
}

fn repeated(start: &str, middle: &str, end: &str, bytes: usize) -> Vec<u8> {
    let times = bytes / middle.len();
    [start, &middle.repeat(times), end].concat().into_bytes()
}

/// Numbered pieces until there are enough bytes.
fn numbered(start: &str, piece: impl Fn(usize) -> String, end: &str, bytes: usize) -> Vec<u8> {
    let mut text = start.to_owned();
    for number in 0.. {
        if text.len() >= bytes {
            break;
        }
        text.push_str(&piece(number));
    }
    text.push_str(end);
    text.into_bytes()
}

/// One file of a zip: its name, its bytes packed and their size, and the size it states.
struct Packed {
    name: String,
    bytes: Vec<u8>,
    checksum: u32,
    size: usize,
    /// Where its own header is, where it is not its own.
    borrowed: Option<usize>,
}

impl Packed {
    fn new(name: &str, text: &[u8]) -> Self {
        let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(text).unwrap();
        let mut sum = flate2::Crc::new();
        sum.update(text);
        let bytes = packer.finish().unwrap();
        Self { name: name.to_owned(), bytes, checksum: sum.sum(), size: text.len(), borrowed: None }
    }

    /// The fields that the header before the bytes and the entry in the list share.
    fn fields(&self) -> Vec<u8> {
        let mut fields = vec![20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0];
        for number in [self.checksum, self.bytes.len() as u32, self.size as u32] {
            fields.extend(number.to_le_bytes());
        }
        fields.extend((self.name.len() as u16).to_le_bytes());
        fields.extend([0, 0]);
        fields
    }
}

/// A zip, written as its format says, so that it can lie.
fn zip_of(files: &[Packed]) -> Vec<u8> {
    let (mut zip, mut list) = (Vec::new(), Vec::new());
    let mut starts = Vec::new();
    for file in files {
        let start = file.borrowed.map_or(zip.len(), |of| starts[of]);
        starts.push(start);
        if file.borrowed.is_none() {
            zip.extend([&b"PK\x03\x04"[..], &file.fields(), file.name.as_bytes(), &file.bytes].concat());
        }
        list.extend([&b"PK\x01\x02\x14\x00"[..], &file.fields(), &[0; 10]].concat());
        list.extend((start as u32).to_le_bytes());
        list.extend(file.name.as_bytes());
    }
    let (start, count) = (zip.len() as u32, (files.len() as u16).to_le_bytes());
    zip.extend(&list);
    zip.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &(list.len() as u32).to_le_bytes()].concat());
    zip.extend([&start.to_le_bytes()[..], &[0, 0]].concat());
    zip
}

fn zipped(name: &str, text: &[u8]) -> Vec<u8> {
    zip_of(&[Packed::new(name, text)])
}

/// As many bytes as a zip of 250 kB unpacks to, in the full size.
fn unpacked(bytes: usize) -> usize {
    if heavy() { 250 * MB } else { bytes }
}

fn overlapping(bytes: usize) -> Vec<u8> {
    let mut files = vec![Packed::new("services.csv", &repeated("id,name\n", "1,a\n", "", bytes))];
    for number in 0..500 {
        let Packed { bytes, checksum, size, .. } = Packed::new("x", &repeated("id,name\n", "1,a\n", "", files[0].size));
        files.push(Packed { name: format!("s{number}.csv"), bytes, checksum, size, borrowed: Some(0) });
        if bytes_of(&files) > 4 * MB {
            break;
        }
    }
    zip_of(&files)
}

fn bytes_of(files: &[Packed]) -> usize {
    files.iter().map(|file| file.bytes.len()).sum()
}

fn file_of(kind: &str, records: &str) -> String {
    format!("Folkmoot(\n  kind: \"{kind}\",\n  version: 1,\n  records: {{\n{records}  }},\n)\n")
}

fn deep_ron(bytes: usize) -> Vec<u8> {
    file_of("services", &format!("\"S-0001\": (name: {}", "(".repeat(bytes))).into_bytes()
}

fn election(votes: &str, bytes: usize) -> Vec<u8> {
    let head = "META\nkey;value\nnum_projects;2\nvote_type;approval\nPROJECTS\nproject_id;cost;name\n1;10;One\n2;10;Two\n\
                VOTES\nvoter_id;vote\n";
    repeated(head, votes, "", bytes)
}

const LIST: &[&str] = &["list", "services"];

/// The bombs. The workspace's own files are read by whoever opens it; all else is imported.
#[rustfmt::skip]
const BOMBS: &[Bomb] = &[
    ("zip of zeros in JSON", Import("a.zip"), |size| zipped("a.json", &repeated("[", "0,", "0]", unpacked(size)))),
    ("zip of empty objects", Import("a.zip"), |size| zipped("a.json", &repeated("[", "{},", "{}]", unpacked(size)))),
    ("zip of short rows", Import("a.zip"), |size| zipped("services.csv", &repeated("id,name\n", "1,a\n", "", unpacked(size)))),
    ("zip of rows of an unknown table", Import("a.zip"), |size| zipped("x.csv", &repeated("a,b\n", "1,a\n", "", unpacked(size)))),
    ("zip of numbered phones", Import("a.zip"), |size| zipped("phones.csv", &numbered("id,number\n", |at| format!("{at},1\n"), "", unpacked(size) / 5))),
    ("zip of a service with numbered phones", Import("a.zip"), |size| zip_of(&[Packed::new("services.csv", b"id,name\n1,a\n"), Packed::new("phones.csv", &numbered("id,service_id,number\n", |at| format!("{at},1,{at}\n"), "", unpacked(size) / 5))])),
    ("zip of nothing", Import("a.zip"), |size| zipped("services.csv", &vec![0; unpacked(size)])),
    ("zip within bounds of ratio", Import("a.zip"), |_| zipped("services.csv", &repeated("id,name\n", "1,a\n", "", 30 * MB / if heavy() { 1 } else { 80 }))),
    ("zip whose files overlap", Import("a.zip"), |size| overlapping(size)),
    ("zip with two files of one name", Import("a.zip"), |_| zip_of(&[Packed::new("services.csv", b"id,name\n1,a\n"), Packed::new("services.csv", b"id,name\n2,b\n")])),
    ("zip of many files", Import("a.zip"), |size| zip_of(&(0..(size / 100).min(60_000)).map(|at| Packed::new(&format!("{at}.csv"), b"")).collect::<Vec<_>>())),
    ("zip that leads out", Import("a.zip"), |_| zipped(&"../".repeat(1_000), b"id,name\n1,a\n")),
    ("zip cut short", Import("a.zip"), |size| { let mut zip = zipped("services.csv", &numbered("id,name\n", |at| format!("{at},a\n"), "", size)); zip.truncate(zip.len() / 2); zip }),
    ("zip that states less than it holds", Import("a.zip"), |size| { let mut file = Packed::new("services.csv", &vec![b'x'; size]); file.size = 10; zip_of(&[file]) }),
    ("zeros in JSON", Import("a.json"), |size| repeated("[", "0,", "0]", size)),
    ("empty objects", Import("a.json"), |size| repeated("[", "{},", "{}]", size)),
    ("objects of one service each", Import("a.json"), |size| numbered("[", |at| format!("{{\"name\":\"a\",\"id\":\"{at}\"}},"), "{}]", size)),
    ("one item of zeros", Import("a.json"), |size| repeated("{\"id\":\"1\",\"name\":\"a\",\"x\":[", "0,", "0]}", size)),
    ("one item of empty objects", Import("a.json"), |size| repeated("{\"id\":\"1\",\"name\":\"a\",\"phones\":[", "{},", "{}]}", size)),
    ("brackets all the way down", Import("a.json"), |size| repeated("", "[", "", size)),
    ("deep and closed", Import("a.json"), |size| [vec![b'['; size / 2], vec![b']'; size / 2]].concat()),
    ("objects all the way down", Import("a.json"), |size| repeated("{\"id\":\"1\",\"name\":\"a\",\"x\":", "{\"a\":", "", size)),
    ("one text", Import("a.json"), |size| [&b"{\"id\":\"1\",\"name\":\""[..], &vec![b'a'; 10 * size], b"\"}"].concat()),
    ("a million properties", Import("a.json"), |size| numbered("{\"id\":\"1\",\"name\":\"a\"", |at| format!(",\"p{at}\":1"), "}", size)),
    ("a million services with a property each", Import("a.json"), |size| numbered("[", |at| format!("{{\"id\":\"{at}\",\"name\":\"a\",\"p{at}\":1}},"), "{}]", size)),
    ("absurd numbers", Import("a.json"), |size| numbered("[", |at| format!("{{\"id\":\"{at}\",\"name\":\"a\",\"minimum_age\":1e{}}},", "9".repeat(300)), "{}]", size)),
    ("broken lines in JSON lines", Import("a.jsonl"), |size| repeated("{\"id\":\"1\",\"name\":\"a\"}\n", "{\"id\":\n", "", size)),
    ("one endless line in JSON lines", Import("a.jsonl"), |size| [&b"{\"id\":\"1\",\"name\":\"a\"}\n{\"id\":\""[..], &vec![b'a'; 10 * size]].concat()),
    ("a million services", Import("services.csv"), |size| numbered("id,name\n", |at| format!("{at},a\n"), "", if heavy() { 5 * size } else { size })),
    ("a million organisations", Import("organizations.csv"), |size| numbered("id,name\n", |at| format!("{at},a\n"), "", if heavy() { 5 * size } else { size })),
    ("a million rows with one id", Import("services.csv"), |size| numbered("id,name\n", |at| format!("1,{at}\n"), "", if heavy() { 5 * size } else { size })),
    ("a million columns", Import("services.csv"), |size| numbered("id,name", |at| format!(",{at}"), "\n1,a\n", size * 3)),
    ("rows of a million cells", Import("services.csv"), |size| repeated("id,name\n1", ",a", "\n", size)),
    ("one field", Import("services.csv"), |size| [&b"id,name\n1,"[..], &vec![b'a'; 20 * size]].concat()),
    ("a quote that is not closed", Import("services.csv"), |size| numbered("id,name\n1,\"a\n", |at| format!("{at},b\n"), "", size * 2)),
    ("tags that do not end", Import("services.csv"), |size| { let cell = "<a ".repeat(size.min(3 * MB) / 3); format!("id,name,description\n1,a,{cell}\n").into_bytes() }),
    ("comments that do not end", Import("services.csv"), |size| { let cell = "<!--".repeat(size.min(3 * MB) / 4); format!("id,name,description\n1,a,{cell}\n").into_bytes() }),
    ("entities that do not end", Import("services.csv"), |size| { let cell = "&amp".repeat(size.min(3 * MB) / 4); format!("id,name,description\n1,a,{cell}\n").into_bytes() }),
    ("entities in entities", Import("services.csv"), |size| { let cell = "&amp;lt;".repeat(size.min(3 * MB) / 8); format!("id,name,description\n1,a,{cell}\n").into_bytes() }),
    ("escapes that do not end", Import("services.csv"), |size| { let cell = "\u{1b}]0;".repeat(size.min(3 * MB) / 4); format!("id,name,description\n1,a,{cell}\n").into_bytes() }),
    ("a tower of combining marks", Import("services.csv"), |size| { let cell = "\u{301}\u{323}".repeat(size.min(3 * MB) / 4); format!("id,name,description\n1,a,e{cell}\n").into_bytes() }),
    ("huge ids", Import("services.csv"), |size| numbered("id,name\n", |at| format!("{at}{},a\n", "9".repeat(100_000)), "", size * 2)),
    ("attributes of attributes", Import("attributes.csv"), |size| numbered("id,link_id,link_entity\n0,0,attribute\n", |at| format!("{},{at},attribute\n", at + 1), "", size)),
    ("truncated UTF-8", Import("services.csv"), |size| [numbered("id,name\n", |at| format!("{at},日本\n"), "", size / 4), b"x,\xe6\x97".to_vec()].concat()),
    ("bytes that are no text", Import("services.csv"), |size| (0..size).map(|at| (at * 7919 % 256) as u8).collect()),
    ("zeros", Import("services.csv"), |size| vec![0; if heavy() { 1024 * MB } else { 8 * size }]),
    ("zeros that are called JSON", Import("a.json"), |size| vec![0; 8 * size]),
    ("rows of a table of one kind", Table("t.csv"), |size| repeated("name\n", "a\n", "", size)),
    ("columns of a table of one kind", Table("t.csv"), |size| repeated("name", ",name", "\n", size)),
    ("topics without end", Import("topics.csv"), |size| numbered("number,title,convener\n", |at| format!("{at},a,b\n"), "", size)),
    ("ballots without end", Import("ballots.csv"), |size| numbered("voter,1.1,1.2\n", |at| format!("{at},1,1\n"), "", size)),
    ("proceedings without end", Import("event.md"), |size| repeated("# Event\n", "## 1. Topic\n- x\n", "", size)),
    ("votes without end", Import("a.pb"), |size| election("1;1\n", size)),
    ("one ballot without end", Import("a.pb"), |size| repeated("META\nkey;value\nnum_projects;1\nPROJECTS\nproject_id;name\n1;One\nVOTES\nvoter_id;vote\n1;", "1,", "1\n", size)),
    ("brackets in a workspace file", OfWorkspace("services.ron", LIST), |size| deep_ron(size)),
    ("records in a workspace file", OfWorkspace("services.ron", LIST), |size| file_of("services", &"\"S-0001\": (name: \"a\"),\n".repeat(size / 24)).into_bytes()),
    ("comments in a workspace file", OfWorkspace("services.ron", LIST), |size| repeated("", "/*", "", size)),
    ("brackets in a thesaurus", OfWorkspace("thesaurus.ron", &["find", "housing"]), |size| repeated("(needs: ", "(", "", size)),
    ("brackets in a map", OfWorkspace("maps/dorset.ron", &["find", "housing"]), |size| repeated("(outline: ", "[", "", size)),
    ("brackets in unknown fields of a map", OfWorkspace("maps/dorset.ron", &["find", "housing"]), |size| repeated("(unknown: ", "(", "", size)),
    ("one text in keys.ron", OfWorkspace(".config/moot/keys.ron", &["keys"]), |size| [&b"{\"quit\": [\""[..], &vec![b'a'; 10 * size]].concat()),
    ("commands in keys.ron", OfWorkspace(".config/moot/keys.ron", &["keys"]), |size| numbered("{", |at| format!("\"c{at}\":[],"), "}", size)),
    ("brackets in keys.ron", OfWorkspace(".config/moot/keys.ron", &["keys"]), |size| repeated("{\"quit\": ", "[", "", size)),
];

/// What a process did.
#[derive(Debug)]
struct Outcome {
    code: Option<i32>,
    said: String,
    peak_kb: u64,
    seconds: f64,
    is_hung: bool,
}

/// Runs a program, looks at the most memory it ever had, and ends it where it hangs.
fn measured(command: &mut Command) -> Outcome {
    let began = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let out = std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
    let err = std::thread::spawn(move || {
        let mut said = Vec::new();
        err.by_ref().take(64 * 1024).read_to_end(&mut said).unwrap();
        std::io::copy(&mut err, &mut std::io::sink()).unwrap();
        String::from_utf8_lossy(&said).into_owned()
    });
    let (mut peak_kb, mut is_hung) = (0, false);
    let status = loop {
        peak_kb = peak_kb.max(peak_of(child.id()));
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if began.elapsed() > HANGS => {
                is_hung = true;
                child.kill().unwrap();
                break child.wait().unwrap();
            }
            None => std::thread::sleep(Duration::from_millis(1)),
        }
    };
    out.join().unwrap().unwrap();
    let said = err.join().unwrap();
    Outcome { code: status.code(), said, peak_kb, seconds: began.elapsed().as_secs_f64(), is_hung }
}

fn peak_of(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}

/// What is wrong with what a process did; `room_kb`: the memory it may have.
fn faults(outcome: &Outcome, room_kb: u64) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |is_one: bool, what: &str| {
        if is_one {
            faults.push(what.to_owned());
        }
    };
    fault(outcome.is_hung, "hangs");
    fault(outcome.peak_kb > room_kb, "too much memory");
    fault(!outcome.is_hung && !matches!(outcome.code, Some(0..=5)), "crashes");
    fault(outcome.said.contains("panicked"), "panics");
    let said = outcome.said.trim_end_matches('\n');
    fault(outcome.code != Some(0) && said.is_empty(), "says nothing");
    fault(outcome.code != Some(0) && said.lines().count() > 1, "says more than a sentence");
    fault(said.len() > 2_000, "says too much");
    fault(said.chars().any(|c| c != '\n' && is_unwelcome(c)), "says what is no text");
    fault(["Error(", "Err(", "Some(", "kind:"].iter().any(|sign| said.contains(sign)), "speaks as programs do");
    faults
}

/// All files below a folder with their sizes: what may not change.
fn files_below(dir: &Path) -> Vec<(PathBuf, u64)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        match entry.metadata().unwrap() {
            about if about.is_dir() => found.extend(files_below(&entry.path())),
            about => found.push((entry.path(), about.len())),
        }
    }
    found.sort();
    found
}

fn new_workspace() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    folkmoot::store::init(dir.path(), "Table of the North", true).unwrap();
    dir
}

/// Gives a bomb to the program; imports share a workspace, as nothing may be written into it.
fn set_off((_, given, bytes): &Bomb, size: usize, shared: &tempfile::TempDir) -> (Outcome, u64, bool) {
    let (outside, own) = (tempfile::tempdir().unwrap(), matches!(given, OfWorkspace(..)).then(new_workspace));
    let workspace = own.as_ref().unwrap_or(shared);
    let (path, arguments): (PathBuf, Vec<&str>) = match given {
        Import(name) => (outside.path().join(name), vec!["import", "FILE", "--dry-run"]),
        Table(name) => (outside.path().join(name), vec!["import", "csv", "service", "FILE", "--dry-run"]),
        OfWorkspace(name, arguments) => (workspace.path().join(name), arguments.to_vec()),
    };
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, bytes(size)).unwrap();
    let before = files_below(workspace.path());
    let mut command = Command::new(env!("CARGO_BIN_EXE_moot"));
    command.env_remove("MOOT_WORKSPACE").env_remove("XDG_CONFIG_HOME").env("HOME", workspace.path());
    command.arg("-w").arg(workspace.path()).args(["--as", "KP"]);
    for argument in arguments {
        if argument == "FILE" {
            command.arg(&path)
        } else {
            command.arg(argument)
        };
    }
    let outcome = measured(&mut command);
    let file_kb = fs::metadata(&path).unwrap().len() / 1024;
    (outcome, file_kb, files_below(workspace.path()) == before)
}

#[test]
fn no_file_fills_the_memory_or_ends_the_program() {
    let size = if heavy() { 10 * MB } else { MB / 12 };
    let only = std::env::var("FOLKMOOT_BOMB").unwrap_or_default();
    let shared = new_workspace();
    let mut report = String::new();
    let mut bad = Vec::new();
    for bomb in BOMBS.iter().filter(|(name, ..)| name.contains(&only)) {
        let (outcome, file_kb, is_as_it_was) = set_off(bomb, size, &shared);
        let mut faults = faults(&outcome, ROOM_KB + file_kb);
        if !is_as_it_was {
            faults.push("writes".to_owned());
        }
        let Outcome { code, said, peak_kb, seconds, .. } = outcome;
        let said: String = said.trim().chars().take(200).collect();
        let line = format!(
            "{seconds:6.1} s {:4} MB (file {:4} MB) {code:?} {}: {said}",
            peak_kb / 1024,
            file_kb / 1024,
            bomb.0
        );
        writeln!(report, "{line}").unwrap();
        if !faults.is_empty() {
            bad.push(format!("{}: {line}", faults.join(", ")));
        }
    }
    if heavy() || !only.is_empty() {
        writeln!(std::io::stderr(), "{report}{} bombs", BOMBS.len()).unwrap();
    }
    assert!(bad.is_empty(), "{} of {}:\n{}", bad.len(), BOMBS.len(), bad.join("\n"));
}

/// What stands in for a program with a fault: the tests themselves, which do it where they are asked to.
#[test]
fn planted() {
    match std::env::var("FOLKMOOT_PLANTED").as_deref() {
        Ok("panic") => panic!("planted"),
        Ok("abort") => std::process::abort(),
        Ok("memory") => {
            let much = vec![1_u8; (ROOM_KB as usize + 64 * 1024) * 1024];
            std::process::exit(i32::from(much[much.len() / 2] != 1));
        }
        Ok("silence") => std::process::exit(3),
        Ok("escape") => {
            let _ = std::io::stderr().write_all(b"moot: \x1b[31mred\n");
            std::process::exit(3);
        }
        Ok("debug") => {
            let _ = std::io::stderr().write_all(b"moot: Err(Custom { kind: Other })\n");
            std::process::exit(3);
        }
        _ => {}
    }
}

#[test]
fn what_is_planted_is_caught() {
    let caught = |what: &str| {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "planted", "--nocapture", "--test-threads=1"]).env("FOLKMOOT_PLANTED", what);
        faults(&measured(&mut command), ROOM_KB)
    };
    for (what, fault) in [
        ("panic", "panics"),
        ("abort", "crashes"),
        ("memory", "too much memory"),
        ("silence", "says nothing"),
        ("escape", "says what is no text"),
        ("debug", "speaks as programs do"),
    ] {
        assert!(caught(what).iter().any(|found| found == fault), "{what}: {:?}", caught(what));
    }
    assert!(caught("").is_empty(), "{:?}", caught(""));
}
