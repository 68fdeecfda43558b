//! Many at once, and some of them killed.

use std::collections::HashSet;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use folkmoot::model::{Kind, SplitMix64};
use folkmoot::store::{Mode, Opened, Store};

use super::{adding, heavy, id, new_workspace, open, save, service, text};

/// The program, or the one that `FOLKMOOT_MOOT` names (to measure another build).
pub fn moot(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var("FOLKMOOT_MOOT").unwrap_or(env!("CARGO_BIN_EXE_moot").to_owned()));
    command.arg("-w").arg(dir).args(["--as", "KP"]).args(arguments);
    command
}

#[test]
fn nobody_loses_an_addition() {
    let (writers, each) = (heavy(6, 20), heavy(5, 100));
    let dir = new_workspace(false);
    let began = Instant::now();
    let add = |writer: usize| {
        let one = |number: usize| {
            let began = Instant::now();
            let name = format!("name=from {writer} number {number}");
            let output = moot(dir.path(), &["add", "service", &name]).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            (String::from_utf8(output.stdout).unwrap().trim().to_owned(), began.elapsed())
        };
        (0..each).map(one).collect::<Vec<_>>()
    };
    let done: Vec<(String, Duration)> = thread::scope(|scope| {
        let writers: Vec<_> = (0..writers).map(|writer| scope.spawn(move || add(writer))).collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    let mut times: Vec<Duration> = done.iter().map(|(_, time)| *time).collect();
    times.sort();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    println!(
        "{writers} x {each} moot add: p50 {:?}, p99 {:?}, longest {:?}, all in {:?}",
        at(50),
        at(99),
        at(100),
        began.elapsed()
    );
    let opened = open(dir.path());
    let ids: HashSet<&str> = done.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!((ids.len(), opened.workspace.services.len()), (writers * each, writers * each));
    assert!(done.iter().all(|(said, _)| opened.workspace.services.get(id(said)).is_some()));
}

#[test]
fn a_killed_save_leaves_the_old_or_the_new() {
    let dir = new_workspace(false);
    let mut opened = open(dir.path());
    for number in 0..40 {
        save(&mut opened, &adding(service(&format!("S-00{number:02}"), "Somebody listens ", 5)));
    }
    let mut random = SplitMix64::new(u64::from(std::process::id()));
    // Some are killed before they save, some after, however slow the machine is.
    let began = Instant::now();
    assert!(moot(dir.path(), &["set", "S-0007", "phone=0"]).output().unwrap().status.success());
    let usual = u64::try_from(began.elapsed().as_micros()).unwrap();
    let mut now = String::new();
    let (mut killed, mut new) = (0, 0);
    for round in 0..heavy(60, 500) {
        let phone = format!("phone=01305 555 {round:04}");
        let mut child = moot(dir.path(), &["set", "S-0007", &phone]).stdout(Stdio::piped()).spawn().unwrap();
        thread::sleep(Duration::from_micros(random.next_u64() % (2 * usual)));
        let _ = child.kill(); // it may have ended by itself
        let output = child.wait_with_output().unwrap();
        let has_said = String::from_utf8(output.stdout).unwrap().contains("changed");
        killed += usize::from(output.status.code().is_none());
        let opened = open(dir.path());
        assert_eq!(opened.workspace.services.len(), 40, "round {round}");
        let is_new = text(dir.path(), "services.ron").contains(&phone[6..]);
        assert!(is_new || !has_said, "round {round}: said to be saved, and is not");
        if is_new {
            now = phone[6..].to_owned();
            new += 1;
        }
        assert!(text(dir.path(), "services.ron").contains(&now), "round {round}: neither old nor new");
        let left = std::fs::read_dir(dir.path()).unwrap().flatten();
        assert_eq!(left.filter(|entry| entry.file_name().to_string_lossy().ends_with("-tmp")).count(), 0);
    }
    println!("{killed} killed, {new} saved");
    assert!(killed > 0 && new > 0);
}

/// How many organisations, services and originals there are.
fn counts(opened: &mut Opened) -> [usize; 3] {
    assert_eq!(opened.problems, []);
    let originals = opened.store.load_kind(Kind::Original).unwrap();
    [opened.workspace.organisations.len(), opened.workspace.services.len(), originals.len()]
}

/// An import changes three files.
#[test]
fn a_killed_import_leaves_nothing_or_all_of_it() {
    let feed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/full.json");
    let import = |dir: &Path| moot(dir, &["import", feed.to_str().unwrap()]);
    let dir = new_workspace(false);
    let began = Instant::now();
    assert!(import(dir.path()).output().unwrap().status.success());
    let usual = u64::try_from(began.elapsed().as_micros()).unwrap();
    let all = counts(&mut open(dir.path()));
    assert!(all.iter().all(|count| *count > 0), "{all:?}");
    let mut random = SplitMix64::new(u64::from(std::process::id()));
    let (mut none, mut whole) = (0, 0);
    for round in 0..heavy(100, 2_000) {
        let dir = new_workspace(false);
        let mut child = import(dir.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_micros(random.next_u64() % (2 * usual)));
        let _ = child.kill(); // it may have ended by itself
        child.wait().unwrap();
        let seen = counts(&mut Store::open(dir.path(), Mode::Read).unwrap());
        assert!(seen == all || seen == [0; 3], "round {round}: {seen:?} of {all:?}");
        assert_eq!(counts(&mut open(dir.path())), seen, "round {round}: the next start changes nothing that was seen");
        assert!(!dir.path().join(".moot/journal.ron").exists(), "round {round}");
        none += usize::from(seen == [0; 3]);
        whole += usize::from(seen == all);
    }
    println!("{none} with nothing, {whole} with all");
    assert!(none > 0 && whole > 0);
}
