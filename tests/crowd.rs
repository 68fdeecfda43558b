//! Many at one workspace: processes that add and change and are killed now and then, programs on terminals that are left
//! in every way while saves wait, and the lock file deleted under all of them. What was said to be saved is there at the
//! end, and no program ends with 0 while something of it is neither saved nor kept.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a test fails by panicking; helpers are no #[test]

mod terminal;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use folkmoot::model::{Service, SplitMix64};
use folkmoot::store::{Mode, Store};
use rustix::process::Signal;
use terminal::{Home, Terminal};

fn heavy(usual: usize, all: usize) -> usize {
    if std::env::var_os("FOLKMOOT_HEAVY").is_some() { all } else { usual }
}

/// What was said, for the end.
#[derive(Default)]
struct Ledger {
    /// Names of services that were said to be added.
    added: BTreeSet<String>,
    /// The last number that was said to be saved in a service, by its id.
    costs: BTreeMap<String, usize>,
    /// Names of which a program ended with 0.
    left_with_0: BTreeSet<String>,
    /// Names of which a program ended with another code, and said that they are kept.
    kept: BTreeSet<String>,
    /// How often something was said to be saved.
    acknowledged: usize,
    done: usize,
    killed: usize,
    refused: usize,
}

/// Everybody at one workspace.
struct Crowd {
    home: Home,
    ledger: Mutex<Ledger>,
    is_over: AtomicBool,
    locks_removed: AtomicUsize,
}

impl Crowd {
    fn note(&self, what: impl FnOnce(&mut Ledger)) {
        what(&mut self.ledger.lock().unwrap());
    }

    fn moot(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(terminal::program());
        command.env("HOME", self.home.path()).env_remove("XDG_CONFIG_HOME").arg("-w").arg(self.home.workspace());
        command.args(["--as", "KP"]).args(arguments).stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// Runs a command, and kills it now and then; whether it ended with 0.
    fn run(&self, arguments: &[&str], random: &mut SplitMix64) -> bool {
        let mut child = self.moot(arguments).spawn().unwrap();
        if random.next_u64().is_multiple_of(6) {
            thread::sleep(Duration::from_micros(random.next_u64() % 120_000));
            let _ = child.kill(); // it may have ended by itself
        }
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains("a text editor or a checkout"), "nobody wrote by hand: {said}");
        match output.status.code() {
            Some(0) => {}
            None => self.note(|ledger| ledger.killed += 1),
            Some(code) => {
                assert_eq!(code, 4, "refused for no reason but that others are saving: {said}");
                self.note(|ledger| ledger.refused += 1);
            }
        }
        self.note(|ledger| {
            ledger.done += 1;
            ledger.acknowledged += usize::from(output.status.success());
        });
        output.status.success()
    }

    /// A process after the other: services are added, and one of its own is changed again and again.
    fn write(&self, number: usize, each: usize) {
        let mut random = SplitMix64::new(number as u64 * 7919 + u64::from(std::process::id()));
        let own = format!("Own {number}");
        while !self.run(&["add", "service", &format!("name={own}")], &mut random) && self.find(&own).is_none() {}
        let id = self.find(&own).unwrap().id.to_string();
        for round in 1..=each {
            if round.is_multiple_of(3) {
                let name = format!("Added by {number} in {round}");
                if self.run(&["add", "service", &format!("name={name}")], &mut random) {
                    self.note(|ledger| _ = ledger.added.insert(name));
                }
            } else if self.run(&["set", &id, &format!("cost={round}")], &mut random) {
                self.note(|ledger| _ = ledger.costs.insert(id.clone(), round));
            }
        }
    }

    fn find(&self, name: &str) -> Option<Service> {
        let opened = Store::open(&self.home.workspace(), Mode::Read).unwrap();
        assert_eq!(opened.problems, []);
        opened
            .workspace
            .services
            .iter()
            .find(|service| service.name.as_str() == name)
            .map(|service| Service::clone(service))
    }

    /// A program on a terminal after the other: services are added in it, and it is left in some way.
    fn sit(&self, seat: usize, sittings: usize) {
        for sitting in 0..sittings {
            let way = WAYS[(sitting + seat * 3) % WAYS.len()];
            let name = |number: usize| format!("Seat {seat} sitting {sitting} number {number}");
            // Once this is seen nobody reads it any more, and it can be closed.
            let last: Option<&'static str> = (way == Way::Close).then(|| &*name(2).leak());
            let mut terminal = Terminal::start_in(self.home.moot(&[]), (80, 24), last);
            terminal.until(" services").until("enter commands");
            until_commands(&terminal);
            let enter = |number: usize| {
                terminal.type_in("n").until("New service").type_at_once(&name(number)).until(&name(number));
                terminal.type_at_once("\x13");
            };
            enter(0);
            terminal.until_gone("New service");
            until_saved(&terminal);
            let mut all = vec![name(0)];
            self.note(|ledger| {
                ledger.added.insert(name(0));
                ledger.acknowledged += 1;
            });
            // The others wait, as somebody holds the lock.
            let lock = (way != Way::Quit).then(|| self.hold());
            if lock.is_some() {
                enter(1);
                terminal.until_gone("New service");
                enter(2);
                if way == Way::Close {
                    thread::sleep(Duration::from_millis(100));
                } else {
                    terminal.until_gone("New service");
                }
                all.extend([name(1), name(2)]);
            }
            let code = way.leave(&mut terminal);
            drop(lock);
            self.note(|ledger| {
                ledger.done += all.len();
                match code {
                    Some(0) => ledger.left_with_0.extend(all),
                    Some(_) => ledger.kept.extend(all),
                    None => {} // killed: nothing was said of what waited
                }
            });
        }
    }

    /// The lock, once it is free.
    fn hold(&self) -> File {
        let path = self.home.workspace().join(".moot/lock");
        loop {
            let file = File::options().create(true).truncate(false).write(true).open(&path).unwrap();
            file.lock().unwrap();
            let dir = File::open(path.parent().unwrap()).unwrap();
            if dir.try_lock().is_ok() {
                return dir; // whoever deletes the file does not take this away
            }
            drop(file);
            thread::sleep(Duration::from_millis(1));
        }
    }

    /// Deletes the lock file, again and again.
    fn delete_locks(&self) {
        while !self.is_over.load(Ordering::Relaxed) {
            let is_removed = fs::remove_file(self.home.workspace().join(".moot/lock")).is_ok();
            self.locks_removed.fetch_add(usize::from(is_removed), Ordering::Relaxed);
            thread::sleep(Duration::from_millis(70));
        }
    }
}

/// Until letters are commands.
fn until_commands(terminal: &Terminal) {
    for _ in 0..10 {
        terminal.type_at_once("\x1b").until_quiet(Duration::from_millis(500));
        if terminal.screen().contains("v verify") {
            return;
        }
    }
    panic!("no commands:\n{}", terminal.screen());
}

/// Until the disk has everything; who is refused, as others save without a pause, tries again.
fn until_saved(terminal: &Terminal) {
    for _ in 0..20 {
        terminal.until_gone("saving"); // what others do may have taken the place of "saved"
        if !terminal.screen().contains("NOT SAVED") {
            return;
        }
        terminal.type_at_once("\x13").until_gone("NOT SAVED");
    }
    panic!("never saved:\n{}", terminal.screen());
}

/// The ways of leaving.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Quit,
    QuitWithoutSaving,
    Signal(Signal, u8),
    Close,
    Kill,
}

const WAYS: [Way; 6] = [
    Way::Quit,
    Way::QuitWithoutSaving,
    Way::Signal(Signal::TERM, 143),
    Way::Signal(Signal::HUP, 129),
    Way::Close,
    Way::Kill,
];

impl Way {
    /// Leaves; says the exit code, unless it was killed.
    fn leave(self, terminal: &mut Terminal) -> Option<u32> {
        match self {
            Self::Quit => _ = terminal.type_in("q"),
            Self::QuitWithoutSaving => {
                _ = terminal.type_in("q").type_in("q").until("Leave without saving?").type_in("yes\r");
            }
            Self::Signal(signal, _) => terminal.signal(signal),
            Self::Close => terminal.close(),
            Self::Kill => terminal.signal(Signal::KILL),
        }
        let (code, _) = terminal.end();
        match self {
            Self::Kill => None,
            Self::Signal(_, expected) => {
                assert_eq!(code, u32::from(expected));
                Some(code)
            }
            _ => Some(code),
        }
    }
}

#[test]
fn nothing_that_was_said_to_be_saved_is_lost_in_a_crowd() {
    let (writers, each, sittings) = (heavy(5, 20), heavy(12, 190), heavy(3, 42));
    let crowd = Crowd {
        home: Home::new(),
        ledger: Mutex::default(),
        is_over: AtomicBool::new(false),
        locks_removed: AtomicUsize::new(0),
    };
    thread::scope(|scope| {
        let deleter = scope.spawn(|| crowd.delete_locks());
        let crowd = &crowd;
        let writers = (0..writers).map(|number| scope.spawn(move || crowd.write(number, each)));
        let seats = (0..2).map(|seat| scope.spawn(move || crowd.sit(seat, sittings)));
        let all: Vec<_> = writers.chain(seats).collect();
        let outcomes: Vec<_> = all.into_iter().map(thread::ScopedJoinHandle::join).collect();
        crowd.is_over.store(true, Ordering::Relaxed);
        deleter.join().unwrap();
        assert!(outcomes.iter().all(Result::is_ok), "somebody was refused for no reason");
    });
    let opened = Store::open(&crowd.home.workspace(), Mode::Write).unwrap();
    assert_eq!((opened.problems, opened.overwritten), (Vec::new(), Vec::new()));
    let services = &opened.workspace.services;
    let there: BTreeSet<String> = services.iter().map(|service| service.name.to_string()).collect();
    let ledger = crowd.ledger.into_inner().unwrap();
    let lost: Vec<&String> = ledger.added.iter().filter(|name| !there.contains(*name)).collect();
    let cost = |id: &str| -> Option<usize> { services.get(id.parse().unwrap())?.cost.as_ref()?.parse().ok() };
    let behind: Vec<_> = ledger.costs.iter().filter(|(id, said)| cost(id).is_none_or(|now| now < **said)).collect();
    let logins = fs::read_dir(crowd.home.workspace().join(".moot/drafts")).unwrap().flatten();
    let drafts = logins.flat_map(|login| fs::read_dir(login.path()).into_iter().flatten().flatten());
    let drafts: String = drafts.map(|draft| fs::read_to_string(draft.path()).unwrap_or_default()).collect();
    let left: Vec<_> = ledger.left_with_0.iter().filter(|name| !there.contains(*name)).collect();
    let unkept: Vec<_> =
        ledger.kept.iter().filter(|name| !there.contains(*name) && !drafts.contains(name.as_str())).collect();
    println!(
        "{} operations, {} killed, {} refused, the lock file removed {} times; acknowledged {}, lost {}; left with 0 and \
         not on the disk {}; neither saved nor kept {}",
        ledger.done,
        ledger.killed,
        ledger.refused,
        crowd.locks_removed.into_inner(),
        ledger.acknowledged,
        lost.len() + behind.len(),
        left.len(),
        unkept.len()
    );
    assert!(lost.is_empty() && behind.is_empty(), "{lost:?} {behind:?}");
    assert!(left.is_empty() && unkept.is_empty(), "{left:?} {unkept:?}");
    assert!(ledger.killed > 0 && !ledger.kept.is_empty());
}
