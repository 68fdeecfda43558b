//! While a round is open the program tells nobody what was voted, and of a nameless vote the files do not tell it either.
//!
//! Nothing is looked for here; two worlds are held against each other in which the same people have voted at the same
//! moment, and only their votes differ. Whatever tells nothing of the votes is the same in both, byte for byte: every
//! command, every export, every screen, every command of every screen. For a nameless vote the votes are the same in both
//! worlds too, and only who cast which has changed; then the files as well are the same but for what is drawn at random.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a test fails by panicking; helpers are no #[test]

#[path = "secrecy/files.rs"]
mod files;
mod harness;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use clap::CommandFactory;
use folkmoot::app::command;
use folkmoot::app::screen::ScreenId;
use folkmoot::cli::Arguments;
use folkmoot::exchange::Format;
use folkmoot::model::ballot::{Origin, Vote, Voter, vote};
use folkmoot::model::round::{Method, Round};
use folkmoot::model::{
    AnyRecord, Author, Change, Edit, Event, Id, Kind, Person, Recommendation, Ref, SplitMix64, Text, Timestamp, Topic,
    round, wall,
};
use folkmoot::store::{self, Mode, Store};
use harness::Harness;

const PEOPLE: u32 = 12;
const ITEMS: u32 = 4;

fn id(letter: char, number: u32) -> Id {
    Id::from_number(letter, number, 4)
}

fn author(by: &str) -> Author {
    Author { by: by.into(), at: Timestamp::from_seconds(1_000), today: harness::today() }
}

/// What the votes of one person are in one of the worlds. They are as long in each, as files have a size.
fn votes(world: u32, person: u32) -> Vec<Vote> {
    let which = person + world; // for each of a dozen another pair of items
    let vote = |at: u32, dots: u16| Vote { item: Ref::record(id('R', (which + at) % ITEMS)), dots: Some(dots) };
    vec![vote(0, 3), vote(1 + which / ITEMS % (ITEMS - 1), 2)]
}

/// How the vote is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Named,
    Nameless,
    Counted,
}

fn save(store: &mut Store, workspace: &mut folkmoot::model::Workspace, change: &Change) {
    store.commit(change).unwrap();
    workspace.apply(change);
}

/// A directory with an open round in which nobody has voted.
fn open_round(way: Way) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    store::init(dir.path(), "Table of the North", false).unwrap();
    let mut opened = Store::open(dir.path(), Mode::Write).unwrap();
    let person = |number: u32| {
        let initials =
            Some(["KP", "RS"].get(number as usize).map_or_else(|| format!("V{number}"), ToString::to_string));
        Person {
            id: id('P', number),
            name: format!("Voter {number}").as_str().into(),
            initials: initials.map(|initials| initials.as_str().into()),
            ..Person::default()
        }
    };
    let event = Event { id: id('E', 0), name: "Meeting of the North".into(), ..Event::default() };
    let topic = Topic {
        id: id('T', 0),
        title: "Mapping services".into(),
        number: Some(1),
        event: Some(Ref::record(event.id)),
        ..Topic::default()
    };
    let item = |at: u32| Recommendation {
        id: id('R', at),
        text: format!("Recommendation {at}").as_str().into(),
        topic: Some(Ref::record(topic.id)),
        number: Some(at as u16 + 1),
        ..Recommendation::default()
    };
    let method = if way == Way::Counted { Method::TwoCounters } else { Method::Ballots };
    let rules = Round {
        id: id('V', 0),
        name: "First vote".into(),
        event: Some(Ref::record(event.id)),
        method,
        dots: Some(5),
        cap: Some(3),
        anonymous: way == Way::Nameless,
        eligible: (0..PEOPLE).map(|number| Ref::record(id('P', number))).collect(),
        options: (0..ITEMS).map(|at| Ref::record(id('R', at))).collect(),
        ..Round::default()
    };
    let mut records: Vec<AnyRecord> = (0..PEOPLE).map(|number| person(number).into()).collect();
    records.extend((0..ITEMS).map(|at| item(at).into()));
    records.extend([event.into(), topic.into(), rules.into()]);
    let change = Change { edits: records.into_iter().map(Edit::Add).collect(), sentence: String::new() };
    save(&mut opened.store, &mut opened.workspace, &change);
    let change = round::open(&opened.workspace, id('V', 0), &author("KP")).unwrap();
    save(&mut opened.store, &mut opened.workspace, &change);
    dir
}

/// A world in which all but two have voted, or two have counted the wall, at the same moments and with the same random
/// numbers as in the others.
fn world(way: Way, number: u32) -> Arc<tempfile::TempDir> {
    let dir = open_round(way);
    let mut opened = Store::open(dir.path(), Mode::Write).unwrap();
    let mut random = SplitMix64::new(7);
    let voters = if way == Way::Counted { 0 } else { PEOPLE - 2 };
    for person in 0..voters {
        let (voter, votes) = (Voter::Person(id('P', person)), votes(number, person));
        let by = author("KP");
        let change = vote(&opened.workspace, id('V', 0), &voter, votes, Origin::Typed, &by, &mut random).unwrap();
        save(&mut opened.store, &mut opened.workspace, &change);
    }
    let counted = if way == Way::Counted { ITEMS } else { 0 };
    for at in 0..counted {
        for by in ["KP", "RS"] {
            // The sum of a counter's dots and where the two differ may be known: they are the same in both worlds.
            let dots = 10 + (at + number) % ITEMS + u32::from(by == "RS" && at == 0);
            let change =
                wall::count(&opened.workspace, id('V', 0), &Text::line(by), (id('R', at), dots), &author(by)).unwrap();
            save(&mut opened.store, &mut opened.workspace, &change);
        }
    }
    Arc::new(dir)
}

/// Both worlds.
fn worlds(way: Way) -> [Arc<tempfile::TempDir>; 2] {
    [world(way, 0), world(way, 1)]
}

/// Closes the round in a world: from then on everybody may know.
fn close(dir: &Path) {
    let mut opened = Store::open(dir, Mode::Write).unwrap();
    let mut round = Round::clone(opened.workspace.rounds.get(id('V', 0)).unwrap());
    let before = AnyRecord::from(round.clone());
    round.state = folkmoot::model::round::RoundState::Closed;
    let edits = vec![Edit::Replace { before, after: round.into() }];
    opened.store.commit(&Change { edits, sentence: String::new() }).unwrap();
}

/// Runs a command and gives its exit code with all it printed.
fn run(dir: &Path, arguments: &[String]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_moot"));
    command.env_remove("MOOT_WORKSPACE").env("HOME", dir).env("USER", "katy").current_dir(dir);
    let output = command.args(["-w", ".", "--as", "KP"]).args(arguments).output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    format!("{:?}\n{}", output.status.code(), text.replace(&dir.display().to_string(), "."))
}

/// The ways to call each command: one that is not here fails the sweep. Those of `round` end it and are left out.
#[allow(clippy::too_many_lines)] // a table
fn calls(format: Format) -> Vec<(&'static str, Vec<Vec<String>>)> {
    let words = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
    let kinds = || Kind::ALL.iter().map(|kind| kind.plural());
    let addable = || Kind::ALL.iter().filter(|kind| kind.is_addable()).map(|kind| kind.plural());
    let each = |forms: &[&str], over: &mut dyn Iterator<Item = &'static str>| -> Vec<Vec<String>> {
        over.flat_map(|kind| forms.iter().map(|form| words(&form.replace('%', kind))).collect::<Vec<_>>()).collect()
    };
    let all = |forms: &[&str]| forms.iter().map(|form| words(form)).collect::<Vec<_>>();
    let out = format!("out-{}", format.name());
    vec![
        ("list", each(&["list", "list --json", "list %", "list % --json", "list % --csv"], &mut kinds())),
        ("fields", each(&["fields %", "fields % --json"], &mut addable())),
        (
            "find",
            each(&["find 1.2 --kind %", "find recommendation --json --kind %", "find 3 --kind %"], &mut addable()),
        ),
        (
            "report",
            all(&[
                "report summary",
                "report summary --contacts --html",
                "report summary --text -o out.txt",
                "report full",
                "report directory",
            ]),
        ),
        ("tally", all(&["tally V-0000", "tally V-0000 --json", "tally V-0000 --one-dot"])),
        ("due", all(&["due", "due --json", "due --login"])),
        ("loose", all(&["loose", "loose --json", "loose answers", "loose notes --json"])),
        ("turnout", all(&["turnout V-0000", "turnout V-0000 --json"])),
        ("agenda", all(&["agenda", "agenda --json"])),
        ("backups", each(&["backups %"], &mut kinds().filter(|kind| *kind != "ballots"))),
        ("check", all(&["check"])),
        ("exchange", all(&["exchange"])),
        ("accept", all(&["accept G-0000 --party O-0000", "accept G-0000 --party O-0000 --version 2"])),
        ("round", all(&["round open V-0000", "round certify V-0000"])),
        ("vote", all(&["vote V-0000 P-0000 1.1=4", "vote V-0000 P-0000 1.1=1", "vote V-0000 P-000B 1.2=2"])),
        ("count", all(&["count V-0000 1.1 12"])),
        ("set", all(&["set R-0000 answer=chosen", "set V-0000 present=40", "set V-0000 anonymous=yes"])),
        ("tell", all(&["tell", "tell --json", "tell P-0000", "tell P-0000 --how letter", "tell P-000B --json"])),
        ("add", all(&["add recommendation text=Share topic=1", "add ballot round=V-0000"])),
        ("remove", all(&["remove R-0001", "remove V-0000"])),
        ("verify", all(&["verify R-0000"])),
        (
            "export",
            all(&[
                &format!("export {} {out}", format.name()),
                &format!("export {} V-0000 {out}", format.name()),
                &format!("export csv rounds {out} --replace"),
                &format!("export csv recommendations {out} --replace"),
                &format!("export ics {out} --replace"),
                &format!("export {} -", format.name()),
                "export csv rounds -",
            ]),
        ),
        ("import", all(&["import people.ron", "import --dry-run rounds.ron", "import csv rounds rounds.ron"])),
        ("join", all(&["join R-0000 R-0001"])),
        ("validate", all(&["validate rounds.ron", "validate out-hsds3-json"])),
        ("template", all(&["template sheet.csv", "template sheet.csv --replace"])),
        ("init", all(&["init beside --name Beside"])),
        ("keys", all(&["keys"])),
        ("completions", all(&["completions bash"])),
        ("man", all(&["man"])),
    ]
}

/// The text of a file, or of all files in a folder with their names.
fn content(path: &Path) -> String {
    if path.is_file() {
        return String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    }
    let Ok(entries) = std::fs::read_dir(path) else { return String::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let named = |path: &std::path::PathBuf| [path.display().to_string(), content(path)].join("\n");
    paths.iter().map(named).collect::<Vec<_>>().join("\n")
}

/// A text in which ids that are drawn by chance, and moments, are the same.
fn masked(text: &str) -> String {
    let is_drawn = |word: &str| word.parse::<Id>().is_ok_and(|id| !id.as_str()[2..].starts_with("00"));
    let moment = |word: &str| {
        word.split_once('-').filter(|(number, _)| number.starts_with('v')).map(|(_, moment)| moment.to_owned())
    };
    let is_moment = |word: &str| {
        let moment = moment(word).unwrap_or_else(|| word.to_owned()); // that of an old version stands behind its number
        moment.len() > 7 && moment.starts_with("20") && moment.ends_with('Z')
    };
    let mut out = String::new();
    for part in text.split_inclusive(|c: char| !c.is_alphanumeric() && !"-.:".contains(c)) {
        let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        out.push_str(if is_drawn(word) || is_moment(word) { "*" } else { word });
        out.push_str(&part[word.len()..]);
    }
    out
}

/// The commands that do not print the same in both worlds.
fn telling_commands(worlds: &[Arc<tempfile::TempDir>; 2]) -> Vec<String> {
    let both = |call: &[String]| {
        let [one, other] = worlds.each_ref().map(|dir| masked(&run(dir.path(), call)));
        (one != other).then(|| format!("moot {}:\n{one}\n{other}", call.join(" ")))
    };
    // The partnership's own id is drawn, so it is another in each world.
    let ids = |dir: &Path| -> Vec<Id> {
        let workspace = Store::open(dir, Mode::Read).unwrap().workspace;
        let kinds = Kind::ALL.iter().filter(|kind| **kind != Kind::Partnership);
        kinds.flat_map(|kind| workspace.all(*kind)).map(|record| record.id()).collect()
    };
    let mut found = Vec::new();
    for id in ids(worlds[0].path()) {
        found.extend(both(&["show".to_owned(), id.to_string()]));
        found.extend(both(&["show".to_owned(), id.to_string(), "--json".to_owned()]));
        found.extend(both(&["thread".to_owned(), id.to_string()]));
        found.extend(both(&["thread".to_owned(), id.to_string(), "--json".to_owned()]));
    }
    for format in Format::ALL {
        for call in calls(*format).into_iter().filter(|(name, _)| *name == "export").flat_map(|(_, calls)| calls) {
            found.extend(both(&call));
        }
        let out = format!("out-{}", format.name());
        let [one, other] = worlds.each_ref().map(|dir| {
            let text = content(&dir.path().join(&out));
            masked(&text.replace(&dir.path().display().to_string(), ""))
        });
        if one != other {
            found.push(format!("export {}:\n{one}\n{other}", format.name()));
        }
    }
    let rest = calls(Format::ALL[0]).into_iter().filter(|(name, _)| *name != "export");
    found.extend(rest.flat_map(|(_, calls)| calls).filter_map(|call| both(&call)));
    found
}

#[test]
fn every_command_is_among_those_that_are_run() {
    let known: BTreeSet<&str> =
        calls(Format::ALL[0]).into_iter().map(|(name, _)| name).chain(["show", "thread"]).collect();
    let command = Arguments::command();
    let all: BTreeSet<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
    assert_eq!(all.difference(&known).collect::<Vec<_>>(), Vec::<&&str>::new(), "add how they are called to `calls`");
}

#[test]
fn no_command_and_no_export_tells_what_was_voted() {
    for way in [Way::Named, Way::Nameless, Way::Counted] {
        let found = telling_commands(&worlds(way));
        assert!(found.is_empty(), "{way:?}: {}", found.join("\n\n"));
    }
}

/// Once it is closed, everybody may know, and so the sweep must see a difference.
#[test]
fn the_sweep_of_the_commands_would_notice() {
    for way in [Way::Named, Way::Nameless, Way::Counted] {
        let worlds = worlds(way);
        for dir in &worlds {
            close(dir.path());
        }
        let found = telling_commands(&worlds);
        assert!(found.iter().any(|one| one.starts_with("moot tally")), "{way:?}: {found:?}");
        let lists = if way == Way::Counted { "moot show V-" } else { "moot show B-" };
        assert!(found.iter().any(|one| one.starts_with(lists)), "{way:?}: {found:?}");
    }
}

thread_local! {
    /// What an editor was given.
    static EDITED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn look(text: &str) -> String {
    EDITED.with_borrow_mut(|texts| texts.push(text.to_owned()));
    text.to_owned()
}

/// Somebody at a copy of a world, as what commands save must not reach the next look.
fn at_copy(dir: &Path) -> Harness {
    let copy = Arc::new(tempfile::tempdir().unwrap());
    copy_all(dir, copy.path());
    let mut harness = Harness::at(copy, "KP");
    harness.editor = look;
    harness
}

/// Everything a person sees, hears and takes away after some keys and a command; `None` where the round is closed by it,
/// or the command works elsewhere only.
fn seen(harness: &mut Harness, keys: &str, run: Option<&'static command::Command>) -> Option<String> {
    EDITED.with_borrow_mut(Vec::clear);
    harness.copied.clear();
    harness.press(keys);
    if let Some(command) = run {
        if !harness.app.chain().contains(&command.scope) {
            return None;
        }
        harness.run(command);
    }
    if harness.app.workspace.rounds.iter().any(|round| round.is_closed()) {
        return None;
    }
    let mut all = format!("{:?}\n{:?}\n", harness.said(), harness.app.status.more);
    for (columns, rows) in [(120, 60), (40, 12), (80, 24)] {
        harness.size(columns, rows);
        all += &harness.screen();
    }
    harness.press("!");
    all += &harness.screen();
    all += &harness.copied.join("\n");
    all += &EDITED.with_borrow(|texts| texts.join("\n"));
    Some(masked(&all))
}

fn copy_all(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy_all(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// What is typed on each screen before a command is run.
const TYPED: [&str; 4] = ["", "j", "<enter>", "/1.2<enter>"];

/// What does not look the same in both worlds; and how many looks were taken. Where the heavy variant is asked for, each
/// look begins anew; else the same person goes on, until something has been changed.
fn telling_screens(worlds: &[Arc<tempfile::TempDir>; 2]) -> (Vec<String>, usize) {
    let is_heavy = std::env::var_os("FOLKMOOT_HEAVY").is_some();
    let begin = || worlds.each_ref().map(|dir| at_copy(dir.path()));
    let (mut found, mut looks) = (Vec::new(), 0);
    let mut both = begin();
    for screen in ScreenId::ALL {
        for typed in TYPED {
            let keys = format!("<esc><esc><esc>{}{typed}", screen.key());
            for command in std::iter::once(None).chain(command::all().map(Some)) {
                if is_heavy || both.iter().any(is_elsewhere) {
                    both = begin();
                }
                let [one, other] = both.each_mut().map(|harness| seen(harness, &keys, command));
                looks += usize::from(one.is_some());
                if one != other {
                    let name = command.map_or("", |command| command.name);
                    found.push(format!("{keys} {name}:\n{}\n{}", one.unwrap_or_default(), other.unwrap_or_default()));
                }
            }
        }
    }
    (found, looks)
}

/// Whether somebody has changed something, left, or is at something that escape does not end.
fn is_elsewhere(harness: &Harness) -> bool {
    harness.has_quit
        || harness.app.history.can_undo()
        || harness.app.history.can_redo()
        || !harness.drafts.is_empty()
        || harness.app.layers.len() > 3
}

#[test]
fn no_screen_and_none_of_its_commands_shows_what_was_voted() {
    for way in [Way::Named, Way::Nameless, Way::Counted] {
        let (found, looks) = telling_screens(&worlds(way));
        assert!(found.is_empty(), "{way:?}: {}", found.join("\n\n"));
        println!("{way:?}: {looks} looks, the same in both worlds");
        assert!(looks > ScreenId::ALL.len() * TYPED.len() * 20, "{looks}");
    }
}
