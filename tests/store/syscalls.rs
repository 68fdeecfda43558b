//! The real program, seen from the system: every system call of a save fails once, in every way, and the process dies at
//! each. What is on the disk is old or new as a whole, and what the program says of it is true.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;

use folkmoot::model::Kind;
use folkmoot::store::{Disk, Mode, Storage, Store};

use super::contention::moot;
use super::faults::copy_of;
use super::storage::{Broken, temps};
use super::{adding, heavy, new_workspace, open, service};

/// What happens at the chosen call.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Tampering {
    Fails(&'static str),
    Dies,
}

const TAMPERINGS: [Tampering; 6] = [
    Tampering::Dies,
    Tampering::Fails("EIO"),
    Tampering::Fails("ENOSPC"),
    Tampering::Fails("EROFS"),
    Tampering::Fails("EMFILE"),
    Tampering::Fails("EINTR"),
];

/// The calls that touch files. Those that only ask for memory, time or threads are left alone.
const CALLS: &[&str] = &[
    "access",
    "chmod",
    "close",
    "copy_file_range",
    "faccessat2",
    "fchmod",
    "fchmodat",
    "fchown",
    "fdatasync",
    "flock",
    "fstat",
    "fsync",
    "ftruncate",
    "getdents64",
    "link",
    "linkat",
    "lseek",
    "mkdir",
    "mkdirat",
    "newfstatat",
    "openat",
    "pread64",
    "pwrite64",
    "read",
    "rename",
    "renameat",
    "renameat2",
    "sendfile",
    "statx",
    "unlink",
    "unlinkat",
    "utimensat",
    "write",
    "writev",
];

/// What an act is before it, after it, and otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Old,
    New,
    Neither,
}

/// Something that somebody has the program do.
struct Act {
    name: &'static str,
    command: fn(&Path) -> Command,
    state: fn(&Path) -> State,
    /// The file whose old version is among the backups afterwards.
    keeps: Option<&'static str>,
}

fn run(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = moot(dir, arguments);
    command.env("XDG_CONFIG_HOME", dir.join("none"));
    command
}

fn feed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/full.json")
}

/// Tells by a service and the number of services what has been done.
fn by_service(dir: &Path, count: usize, is_new: impl Fn(&folkmoot::model::Service) -> bool) -> State {
    let Ok(opened) = Store::open(dir, Mode::Read) else { return State::Neither };
    let services = &opened.workspace.services;
    if !opened.problems.is_empty() || services.len() != count {
        return State::Neither;
    }
    match services.iter().filter(|service| is_new(service)).count() {
        0 => State::Old,
        1 => State::New,
        _ => State::Neither,
    }
}

fn state_of_add(dir: &Path) -> State {
    match [by_service(dir, 3, |_| false), by_service(dir, 4, |service| service.name.as_str() == "Soup")] {
        [State::Old, _] => State::Old,
        [_, State::New] => State::New,
        _ => State::Neither,
    }
}

fn state_of_remove(dir: &Path) -> State {
    let is_there = by_service(dir, 3, |service| service.name.as_str() == "Nightstop");
    let is_gone = by_service(dir, 2, |service| service.name.as_str() == "Nightstop");
    match (is_there, is_gone) {
        (State::New, _) => State::Old,
        (_, State::Old) => State::New,
        _ => State::Neither,
    }
}

fn state_of_import(dir: &Path) -> State {
    let Ok(mut opened) = Store::open(dir, Mode::Read) else { return State::Neither };
    let Ok(originals) = opened.store.load_kind(Kind::Original) else { return State::Neither };
    let seen = (opened.workspace.organisations.len(), opened.workspace.services.len(), originals.len());
    match seen {
        (0, 3, 0) => State::Old,
        (organisations, services, originals) if organisations > 0 && services > 3 && originals > 0 => State::New,
        _ => State::Neither,
    }
}

fn state_of_export(dir: &Path) -> State {
    let said = fs::read_to_string(dir.join("out.json")).unwrap_or_default();
    let is_whole = serde_json::from_str::<serde_json::Value>(&said).is_ok();
    match ["Nightstop", "Street Kitchen", "Mentors"].iter().filter(|name| said.contains(**name)).count() {
        0 if said == "old\n" => State::Old,
        3 if is_whole => State::New,
        _ => State::Neither,
    }
}

fn state_of_draft(dir: &Path) -> State {
    let drafts = Store::open(dir, Mode::Read).map(|opened| opened.store.drafts().read("S-0001"));
    match drafts.ok().flatten().as_deref() {
        Some("half a sen") => State::Old,
        Some("half a sentence") => State::New,
        _ => State::Neither,
    }
}

const ACTS: &[Act] = &[
    Act {
        name: "set",
        command: |dir| run(dir, &["set", "S-0001", "cost=free"]),
        state: |dir| by_service(dir, 3, |service| service.cost.as_deref() == Some("free")),
        keeps: Some("services.ron"),
    },
    Act {
        name: "add",
        command: |dir| run(dir, &["add", "service", "name=Soup"]),
        state: state_of_add,
        keeps: Some("services.ron"),
    },
    Act {
        name: "remove",
        command: |dir| run(dir, &["remove", "S-0001"]),
        state: state_of_remove,
        keeps: Some("services.ron"),
    },
    Act {
        name: "verify",
        command: |dir| run(dir, &["verify", "S-0001"]),
        state: |dir| by_service(dir, 3, |service| service.verified.is_some()),
        keeps: Some("services.ron"),
    },
    Act {
        name: "import",
        command: |dir| run(dir, &["import", feed().to_str().unwrap()]),
        state: state_of_import,
        keeps: Some("services.ron"),
    },
    Act {
        name: "export",
        command: |dir| run(dir, &["export", "--replace", "oruk3-json", dir.join("out.json").to_str().unwrap()]),
        state: state_of_export,
        keeps: None,
    },
    Act {
        name: "restore",
        command: |dir| {
            let version = open(dir).store.backups(Kind::Service).remove(0).replaced;
            run(dir, &["backups", "services", "--restore", &version])
        },
        state: |dir| match [by_service(dir, 3, |_| false), by_service(dir, 1, |_| false)] {
            [State::Old, _] => State::Old,
            [_, State::Old] => State::New,
            _ => State::Neither,
        },
        keeps: Some("services.ron"),
    },
    Act { name: "draft", command: |dir| probe("draft", dir), state: state_of_draft, keeps: None },
];

/// The act of an in-place writer, which the sweep must catch.
const IN_PLACE: Act = Act { name: "in place", command: |dir| probe("in place", dir), ..ACTS[0] };

/// A workspace with three services, a draft, and a file that an export replaces.
fn workspace() -> tempfile::TempDir {
    let dir = new_workspace(false);
    for (at, name) in [("S-0001", "Nightstop"), ("S-0002", "Street Kitchen"), ("S-0003", "Mentors")] {
        open(dir.path()).store.commit(&adding(service(at, name, 9))).unwrap();
    }
    open(dir.path()).store.drafts().write("S-0001", "half a sen").unwrap();
    fs::write(dir.path().join("out.json"), "old\n").unwrap();
    dir
}

/// This very test, as a program that does one thing with the store.
fn probe(what: &str, dir: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "syscalls::probed", "--test-threads=1", "--nocapture"]);
    command.env("FOLKMOOT_PROBE", what).env("FOLKMOOT_PROBED", dir);
    command
}

#[test]
fn probed() {
    let (Some(what), Some(dir)) = (std::env::var_os("FOLKMOOT_PROBE"), std::env::var_os("FOLKMOOT_PROBED")) else {
        return; // the others start it with these
    };
    let storage: Arc<dyn Storage> = if what == "in place" { Arc::new(Broken::InPlace) } else { Arc::new(Disk) };
    let Ok(mut opened) = Store::open_on(storage, Path::new(&dir), Mode::Write) else { std::process::exit(3) };
    let done = if what == "draft" {
        opened.store.drafts().write("S-0001", "half a sentence").is_ok()
    } else {
        let set = |service: &mut folkmoot::model::Service| service.cost = Some("free".into());
        let change = super::changing(&opened, "S-0001", "KP", set);
        opened.store.commit(&change).is_ok()
    };
    std::process::exit(if done { 0 } else { 3 });
}

/// A call of a process: its name, and which of its calls of that name it is, counted from 1.
type Point = (String, usize);

/// Runs a command below strace; says how it ended and what strace wrote.
fn traced(command: &Command, options: &[&str]) -> Option<(ExitStatus, String)> {
    let trace = tempfile::NamedTempFile::new().unwrap();
    let mut strace = Command::new("strace");
    strace.args(["-f", "-qq", "-o"]).arg(trace.path()).args(options).arg("--").arg(command.get_program());
    strace.args(command.get_args()).stdout(Stdio::null()).stderr(Stdio::null());
    command.get_envs().for_each(|(name, value)| {
        strace.env(name, value.unwrap_or_default());
    });
    let status = strace.status().ok()?;
    Some((status, fs::read_to_string(trace.path()).unwrap_or_default()))
}

/// Whether calls can be made to fail here; else why not is printed.
pub fn can_trace() -> bool {
    let tried = traced(&Command::new("true"), &["-e", "inject=close:error=EIO:when=1"]);
    let is_possible = tried.is_some_and(|(_, trace)| trace.contains("INJECTED"));
    if !is_possible {
        println!("skipped: needs strace, and the right to trace processes (apt-get install strace)");
    }
    is_possible
}

/// The calls of an act from the first that names its workspace on.
fn points(act: &Act, template: &Path) -> Vec<Point> {
    let dir = copy_of(template);
    let (status, trace) = traced(&(act.command)(dir.path()), &[]).unwrap();
    assert!(status.success() && (act.state)(dir.path()) == State::New, "{}: {status:?}", act.name);
    let place = format!("\"{}", dir.path().display());
    let (mut counts, mut points) = (std::collections::HashMap::new(), Vec::new());
    let mut has_begun = false;
    for line in trace.lines() {
        let Some((process, call)) = line.split_once(' ') else { continue };
        let Some((name, arguments)) = call.trim_start().split_once('(') else { continue };
        let count = counts.entry((process.to_owned(), name.to_owned())).or_insert(0);
        *count += 1;
        has_begun |= arguments.contains(&place) && name != "execve";
        if has_begun && CALLS.contains(&name) {
            points.push((name.to_owned(), *count));
        }
    }
    points.dedup();
    points
}

/// What a sweep found.
#[derive(Clone, Copy, Debug, Default)]
struct Report {
    points: usize,
    died: usize,
    refused: usize,
    /// It was done, as the tampering did not matter.
    done: usize,
    /// Neither all old nor all new.
    corrupt: usize,
    /// It ended with 0, and the disk does not have it.
    false_saved: usize,
    /// It ended with another code, and the disk has it.
    false_refused: usize,
    /// Temporary files, journals and files set aside that the next start has left.
    left: usize,
    /// The new is there, and the old not among the backups; or a backup is the live file.
    unkept: usize,
}

impl Report {
    fn is_clean(&self) -> bool {
        [self.corrupt, self.false_saved, self.false_refused, self.left, self.unkept] == [0; 5]
    }

    fn add(&mut self, other: &Self) {
        self.points += other.points;
        self.died += other.died;
        self.refused += other.refused;
        self.done += other.done;
        self.corrupt += other.corrupt;
        self.false_saved += other.false_saved;
        self.false_refused += other.false_refused;
        self.left += other.left;
        self.unkept += other.unkept;
    }
}

fn tamper(act: &Act, template: &Path, (name, number): &Point, tampering: Tampering) -> Report {
    let dir = copy_of(template);
    let what = match tampering {
        Tampering::Fails(error) => format!("error={error}"),
        Tampering::Dies => "signal=SIGKILL".to_owned(),
    };
    let inject = format!("inject={name}:{what}:when={number}");
    let (status, _) = traced(&(act.command)(dir.path()), &["-e", &inject]).unwrap();
    let report = judge(act, template, dir.path(), status);
    if !report.is_clean() {
        println!("{} {inject}: {status:?} {report:?}", act.name);
    }
    report
}

/// What became of a workspace.
fn judge(act: &Act, template: &Path, dir: &Path, status: ExitStatus) -> Report {
    let state = (act.state)(dir);
    let mut report = Report { points: 1, ..Report::default() };
    match status.code() {
        None => report.died = 1,
        Some(0) => report.done = 1,
        Some(_) => report.refused = 1,
    }
    report.corrupt = usize::from(state == State::Neither);
    report.false_saved = usize::from(status.success() && state != State::New);
    report.false_refused = usize::from(report.refused == 1 && state == State::New);
    report.unkept = usize::from(is_live_among_backups(dir));
    let next = Store::open(dir, Mode::Write);
    report.corrupt +=
        usize::from(next.is_ok_and(|opened| !opened.problems.is_empty() || !opened.overwritten.is_empty()));
    report.corrupt += usize::from((act.state)(dir) != state);
    // Temporary files of drafts are removed an hour later.
    let is_draft = act.name == "draft";
    report.left = usize::from(!is_draft && temps(dir) > 0) + usize::from(dir.join(".moot/journal.ron").exists());
    report.left += usize::from(names(&dir.join(".moot/backups")).iter().any(|name| name.ends_with("-aside")));
    if let Some(file) = act.keeps.filter(|_| state == State::New) {
        report.unkept += usize::from(!is_kept(template, dir, file));
    }
    report
}

fn names(dir: &Path) -> Vec<String> {
    fs::read_dir(dir).unwrap().flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Whether a backup is the file that is in place, so that an editor that writes in place would change both.
fn is_live_among_backups(dir: &Path) -> bool {
    let inode = |path: &Path| fs::metadata(path).map(|meta| meta.ino()).ok();
    let live: Vec<u64> =
        Kind::ALL.iter().filter_map(|kind| inode(&dir.join(folkmoot::store::file_name(*kind)))).collect();
    let backups = dir.join(".moot/backups");
    let is_backup = |name: &String| !name.starts_with('.');
    names(&backups)
        .iter()
        .filter(|name| is_backup(name))
        .any(|name| inode(&backups.join(name)).is_some_and(|it| live.contains(&it)))
}

fn is_kept(template: &Path, dir: &Path, file: &str) -> bool {
    let old = fs::read_to_string(template.join(file)).unwrap();
    let backups = dir.join(".moot/backups");
    names(&backups).iter().any(|name| fs::read_to_string(backups.join(name)).is_ok_and(|text| text == old))
}

/// Every point of an act, or every so many-th of them.
fn sweep(act: &Act, tampering: Tampering, template: &Path, points: &[Point], first: usize, step: usize) -> Report {
    let mut report = Report::default();
    for point in points.iter().skip(first).step_by(step) {
        report.add(&tamper(act, template, point, tampering));
    }
    report
}

#[test]
fn whatever_call_fails_it_is_old_or_new_and_what_is_said_is_true() {
    if !can_trace() {
        return;
    }
    let template = workspace();
    let caught = points(&IN_PLACE, template.path());
    let mut blind = Report::default();
    for tampering in [Tampering::Dies, Tampering::Fails("ENOSPC")] {
        blind.add(&sweep(&IN_PLACE, tampering, template.path(), &caught, caught.len() / 2, heavy(2, 1)));
    }
    assert!(blind.corrupt + blind.unkept > 0, "the sweep is blind: {blind:?}");
    println!("in place, which must be caught: {blind:?}");
    let mut all = Report::default();
    for (number, act) in ACTS.iter().enumerate() {
        let points = points(act, template.path());
        assert!(points.len() > 40, "{}: {}", act.name, points.len());
        let mut of_act = Report::default();
        for (other, tampering) in TAMPERINGS.into_iter().enumerate() {
            // No file system lets the closing of a directory fail, and the standard library ends the process if it does.
            let is_meant = |(name, _): &&Point| tampering == Tampering::Dies || name != "close";
            let points: Vec<Point> = points.iter().filter(is_meant).cloned().collect();
            let step = heavy(points.len() / 3, 1);
            of_act.add(&sweep(act, tampering, template.path(), &points, (number * 7 + other * 11) % step, step));
        }
        println!("{}: {} calls; {of_act:?}", act.name, points.len());
        all.add(&of_act);
    }
    println!("all: {all:?}");
    assert!(all.died > 0 && all.refused > 0 && all.done > 0, "{all:?}");
    assert!(all.is_clean(), "{all:?}");
}

/// The disk takes a part of what is written and no more: a limit of the size of files, at every size.
#[test]
fn a_file_that_grows_over_a_limit_is_old_or_new() {
    let template = workspace();
    let mut all = Report::default();
    for act in ACTS.iter().filter(|act| act.name != "draft") {
        for blocks in (0..heavy(3, 40)).map(|number| number as u64) {
            let dir = copy_of(template.path());
            let command = (act.command)(dir.path());
            let mut shell = Command::new("bash");
            shell.args(["-c", &format!("ulimit -f {blocks}; exec \"$0\" \"$@\"")]).arg(command.get_program());
            shell.args(command.get_args()).stdout(Stdio::null()).stderr(Stdio::null());
            let Ok(status) = shell.status() else {
                println!("skipped: there is no bash here");
                return;
            };
            let report = judge(act, template.path(), dir.path(), status);
            if !report.is_clean() {
                println!("{} with {blocks} kB: {status:?} {report:?}", act.name);
            }
            all.add(&report);
        }
    }
    println!("{all:?}");
    assert!(all.is_clean() && all.died + all.refused > 0, "{all:?}");
}

/// In the real program: what is written is synced, then renamed, then its directory is synced, and only then it is said.
#[test]
fn saved_is_said_after_everything_is_synced() {
    if !can_trace() {
        return;
    }
    for act in ACTS.iter().filter(|act| act.keeps.is_some()) {
        let dir = copy_of(workspace().path());
        let calls = "trace=openat,write,fsync,rename,flock";
        let (status, trace) = traced(&(act.command)(dir.path()), &["-y", "-e", calls]).unwrap();
        assert!(status.success(), "{}", act.name);
        let place = dir.path().display().to_string();
        let at = |what: &dyn Fn(&str) -> bool| trace.lines().position(what);
        let last = |what: &dyn Fn(&str) -> bool| trace.lines().collect::<Vec<_>>().iter().rposition(|line| what(line));
        let is_temp =
            |line: &str| line.contains("/.services.ron.") && line.contains("moot-tmp") && !line.contains("/backups/");
        let locked = at(&|line| line.contains("flock("));
        let written = last(&|line| line.contains(" write(") && is_temp(line));
        let synced = last(&|line| line.contains("fsync(") && is_temp(line));
        let placed = last(&|line| line.contains("rename(") && is_temp(line) && line.contains("/services.ron\""));
        let made_last = last(&|line| line.contains("fsync(") && line.contains(&format!("<{place}>")));
        let said = at(&|line| line.contains(" write(1<"));
        let order = [locked, written, synced, placed, made_last, said];
        assert!(order.iter().all(Option::is_some), "{}: {order:?}\n{trace}", act.name);
        assert!(order.is_sorted(), "{}: {order:?}\n{trace}", act.name);
    }
}

/// Leaves nothing behind that is not a workspace, whoever runs it.
#[test]
fn where_nothing_is_there_yet_the_probe_does_nothing() -> io::Result<()> {
    let empty = tempfile::tempdir()?;
    let status = probe("draft", empty.path()).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    assert_eq!(status.code(), Some(3));
    assert_eq!(fs::read_dir(empty.path())?.count(), 0);
    Ok(())
}
