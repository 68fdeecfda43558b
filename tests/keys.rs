//! The table of commands: no key means two things in one place, everything has a name, a key or the palette, and help;
//! the docs that are made from it are fresh.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use std::collections::BTreeSet;

use folkmoot::app::columns::{Column, Columns, Field, SheetRead};
use folkmoot::app::command::{self, Command, Keymap, Meaning, Override, Scope};
use folkmoot::app::importing::Planned;
use folkmoot::app::key::{Key, Keys};
use folkmoot::app::screen::ScreenId;
use folkmoot::app::{Event, Layer};
use harness::{Harness, kept_fresh, keys, voting};

const HOW: &str = "UPDATE_DOCS=1 cargo test --test keys";

/// Ways into every place where keys mean something.
const PLACES: &[&str] = &[
    "5jjjj<enter>m",
    "5jjjjj<enter>m",
    "5G<enter>m",
    "5jjj<enter>",
    "5jjjj<enter>",
    "5jjjjj<enter>",
    "5G<enter>",
    "5jjjjjj<enter>",
    "5jjjjjj<enter>m",
    "5<enter>",
    "5<enter>r",
    "5mll<enter>",
    "",
    "<enter>",
    "m",
    "t",
    "mm",
    "/",
    "n",
    "6n<tab><tab>",
    "n<ctrl-f>notes<enter>",
    "n<tab>",
    "n<tab>p",
    "n<tab>pa<tab>",
    "6n<tab><tab>x<tab>har",
    "n<up><up>",
    ":",
    "?",
    ":new<enter>",
    ":about<enter>",
    "/ripple group<enter><space><space>c",
];

/// Ways into the places of a vote: the fields of the round, whether it is closed, and the keys.
const VOTING: [(Fields, bool, &str); 10] = [
    (&[], false, "3v"),
    (&[], false, "3vUM<enter>"),
    (&[], false, "3vUM<enter>1"),
    (&[], false, "3vUM<enter><down>"),
    (&[], false, "3w"),
    (&[], false, "3m"),
    (&[], true, "3r"),
    (WALL, false, "3v"),
    (WALL, false, "3v1"),
    (WALL, false, "3v<down>"),
];

type Fields = &'static [(&'static str, &'static str)];

const WALL: Fields = &[("method", "wall count")];

fn voting_chains() -> impl Iterator<Item = Vec<Scope>> {
    VOTING.into_iter().map(|(fields, is_closed, keys)| {
        let workspace = if is_closed { voting::closed_round(fields) } else { voting::open_round(fields) };
        let mut harness = voting::at(&workspace);
        harness.press(keys);
        harness.app.chain()
    })
}

/// The question that comes up where a changed copy of the sample is left.
fn leaving_the_sample() -> Vec<Scope> {
    let mut harness = Harness::sample();
    harness.app.scratch = true;
    harness.press("v<ctrl-c>");
    harness.app.chain()
}

/// The columns of a spreadsheet, and the list of fields over them.
fn columns() -> [Vec<Scope>; 2] {
    let field = Field { key: "name", label: "Service", help: "" };
    let column = Column { heading: "Project".to_owned(), samples: Vec::new(), field: 0 };
    let page = Columns { columns: vec![column], fields: vec![field], ..Columns::default() };
    let mut harness = Harness::sample();
    harness.event(Event::SheetRead(Box::new(SheetRead::Columns(page))));
    let beneath = harness.app.chain();
    harness.press("<enter>");
    [beneath, harness.app.chain()]
}

/// What an import would bring.
fn arriving() -> Vec<Scope> {
    let mut harness = Harness::sample();
    let base = harness.app.workspace.clone();
    let id = base.services.iter().next().unwrap().id;
    let change = harness::set(&base, &harness.app.author().unwrap(), id, "cost", "£3").unwrap();
    let planned = Planned { path: String::new(), change, preview: Vec::new(), report: Vec::new(), base };
    harness.event(Event::Planned(Box::new(planned)));
    harness.app.chain()
}

fn chains() -> BTreeSet<Vec<Scope>> {
    let screens = ScreenId::ALL.iter().flat_map(|screen| {
        ["", "/", "n", "m", "mm", "mmm", "P", "T", "<space>"].map(|keys| format!("{}{keys}", screen.key()))
    });
    let all = PLACES.iter().map(ToString::to_string).chain(screens);
    all.map(|place| {
        let mut harness = Harness::sample();
        harness.press(&place);
        harness.app.chain()
    })
    .chain(voting_chains())
    .chain([leaving_the_sample(), arriving()])
    .chain(columns())
    .chain([Harness::begun(harness::sample_dir(), "KP").app.chain()])
    .collect()
}

fn parse(text: &str) -> Keys {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Pairs of commands of one scope of which one takes the other's key away: the same key, or the beginning of it.
fn quarrels<'a>(commands: impl Iterator<Item = (&'a str, Scope, Vec<Keys>)>) -> Vec<String> {
    let all: Vec<_> = commands.collect();
    let mut found = Vec::new();
    for (at, (name, scope, keys)) in all.iter().enumerate() {
        for (other, other_scope, theirs) in &all[at + 1..] {
            let clash = keys.iter().find(|ours| {
                theirs.iter().any(|theirs| theirs.0.starts_with(&ours.0) || ours.0.starts_with(&theirs.0))
            });
            found.extend(
                clash.filter(|_| scope == other_scope).map(|clash| format!("{clash} does both {name} and {other}")),
            );
        }
    }
    found
}

fn table() -> impl Iterator<Item = (&'static str, Scope, Vec<Keys>)> {
    command::all().map(|it| (it.name, it.scope, it.keys.iter().map(|keys| parse(keys)).collect()))
}

#[test]
fn no_key_does_two_things_in_one_place() {
    assert_eq!(quarrels(table()), Vec::<String>::new());
    let wrong = [("a", Scope::MOVE, vec![parse("g")]), ("b", Scope::MOVE, vec![parse("g g")])];
    assert_eq!(quarrels(wrong.into_iter()), ["g does both a and b"], "the sweep can fail");
}

/// A key of an inner scope may take that of an outer one, but not by accident: these are all there are.
#[test]
fn inner_scopes_take_keys_only_on_purpose() {
    let meant: BTreeSet<&str> = [
        "form.accept over form.enter",
        "form.row-above over form.up",
        "form.row-below over form.down",
        "form.take over form.down",
        "form.take over form.next",
        "form.take over form.row-below",
        "form.take-back over form.previous",
        "form.take-back over form.row-above",
        "form.take-back over form.up",
        "text.page-down over form.section-next",
        "text.page-up over form.section-previous",
        "text.up over form.up",
        "text.down over form.down",
        "forum.next over record.new",
        "group.search over search",
        "list.search over search",
        "start.list over list.back",
        "start.list over record.open",
        "start.search over list.search",
        "start.search over search",
        "theming.name over search",
        "told.search over search",
        "wall.search over search",
        "meeting.after over record.new",
        "minutes.whole over text.whole",
        "gap.back over list.back",
        "map.open over record.open",
        "gap.new over record.new",
        "gap.open over record.open",
        "agreement.action over record.new",
        "minutes.whole over text.whole",
        "partners.open over record.open",
        "round.go over record.open",
        "round.new over record.new",
        "topic.post over record.new",
        "theming.pane over screen.next",
    ]
    .into();
    let mut taken = BTreeSet::new();
    for chain in chains() {
        let commands: Vec<(&Command, usize)> = command::all()
            .filter_map(|it| chain.iter().position(|scope| *scope == it.scope).map(|at| (it, at)))
            .collect();
        for (inner, depth) in &commands {
            for (outer, below) in &commands {
                let clash = inner
                    .keys
                    .iter()
                    .any(|ours| outer.keys.iter().any(|theirs| parse(theirs).0.starts_with(&parse(ours).0)));
                if depth < below && clash {
                    taken.insert(format!("{} over {}", inner.name, outer.name));
                }
            }
        }
    }
    let taken: BTreeSet<&str> = taken.iter().map(String::as_str).collect();
    assert_eq!(taken, meant);
}

#[test]
fn a_prefix_is_never_hidden_by_an_inner_key() {
    let map = Keymap::default();
    for chain in chains() {
        for command in command::all().filter(|command| chain.contains(&command.scope)) {
            for sequence in map.keys(command).iter().filter(|keys| keys.0.len() > 1) {
                for until in 1..sequence.0.len() {
                    let meaning = map.meaning(&chain, &sequence.0[..until]);
                    assert!(matches!(meaning, Meaning::Prefix), "{sequence} is cut short in {chain:?}");
                }
                let Meaning::Command(meant) = map.meaning(&chain, &sequence.0) else {
                    panic!("{sequence} means nothing")
                };
                assert_eq!(meant.name, command.name);
            }
        }
    }
}

#[test]
fn every_command_is_named_helped_and_reached() {
    let names: Vec<&str> = command::all().map(|command| command.name).collect();
    let distinct: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), distinct.len(), "names are given once");
    let reached: BTreeSet<Scope> = chains().into_iter().flatten().collect();
    for command in command::all() {
        let name = command.name;
        let is_word = |c: char| c.is_ascii_lowercase() || c == '.' || c == '-';
        assert!(name.chars().all(is_word), "{name}");
        assert!(command.help.len() > 4 && !command.help.ends_with('.'), "{name}: {}", command.help);
        assert!(command.hint.is_empty() || !command.keys.is_empty(), "{name} has a hint but no key");
        assert!(reached.contains(&command.scope), "{name} is nowhere in force");
        assert!(!command.scope.heading().is_empty(), "{name} has no heading");
        let typed_there =
            [Scope::SEARCH, Scope::FORM, Scope::ROWS, Scope::TEXT, Scope::COMMANDS, Scope::PROMPT, Scope::ALWAYS];
        for keys in command.keys.iter().filter(|_| typed_there.contains(&command.scope)) {
            assert!(parse(keys).0[0].types().is_none(), "{name}: {keys} cannot be typed any more");
        }
    }
    // What has no key is in the palette.
    let mut harness = Harness::sample();
    harness.press(":");
    let Some(Layer::Palette(palette)) = harness.app.layers.last() else { panic!("no palette") };
    for command in command::all().filter(|command| command.keys.is_empty()) {
        assert!(palette.rows.iter().any(|row| row.name == command.name), "{} cannot be reached", command.name);
    }
}

/// Terminals send the same bytes for these and for tab, enter, newline and escape.
#[test]
fn what_terminals_cannot_tell_apart_is_never_bound() {
    for wrong in ["ctrl-i", "ctrl-m", "ctrl-j", "ctrl-["] {
        assert!(wrong.parse::<Key>().is_err(), "{wrong}");
        let own = Override { command: "quit".into(), keys: vec![wrong.into()], line: 3, column: 5 };
        let (map, problems) = Keymap::with(&[own]);
        assert!(problems[0].starts_with("keys.ron:3:5: "), "{problems:?}");
        assert_eq!(map.first_key(command::named("quit").unwrap()), "q");
    }
    assert!(command::all().flat_map(|it| it.keys).all(|keys| keys.parse::<Keys>().is_ok()));
}

#[test]
fn a_persons_own_keys_are_in_force_and_shown() {
    let own = |command: &str, keys: &[&str]| Override {
        command: command.into(),
        keys: keys.iter().map(ToString::to_string).collect(),
        line: 1,
        column: 1,
    };
    let (map, problems) = Keymap::with(&[own("service.verify", &["V", "ctrl-v"]), own("no.such", &["x"])]);
    assert_eq!(problems, ["keys.ron:1:1: there is no command \"no.such\"; see `moot keys`"]);
    let mut harness = Harness::sample();
    harness.app.keymap = map;
    harness.press("/community chaplains<enter>v");
    assert_eq!(harness.said(), "");
    assert!(harness.screen().contains("V verify"), "{}", harness.screen());
    harness.press("V");
    assert_eq!(harness.said(), "Community Chaplains verified");
    assert!(harness.press("?verif").screen().contains("V, ctrl-v"), "{}", harness.screen());
}

#[test]
fn the_shell_prints_the_keys_in_force_and_what_is_wrong_with_ones_own() {
    let home = tempfile::tempdir().unwrap();
    let moot = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_moot"));
        command.env("HOME", home.path()).env_remove("XDG_CONFIG_HOME").arg("keys");
        let output = command.output().unwrap();
        assert!(output.status.success());
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (usual, wrong) = moot();
    assert_eq!(wrong, "");
    let path = usual.lines().next().unwrap().strip_prefix("Your own keys go into ").unwrap();
    std::fs::create_dir_all(std::path::Path::new(path).parent().unwrap()).unwrap();
    std::fs::write(path, "{\n  \"undo\": [\"ctrl-y\"],\n  \"quit\": [\"ctrl-j\"],\n}\n").unwrap();
    let (own, wrong) = moot();
    let line = |text: &str| text.lines().find(|line| line.contains(" undo ")).unwrap().trim().to_owned();
    assert!(line(&usual).starts_with("u ") && line(&own).starts_with("ctrl-y "), "{own}");
    assert!(wrong.starts_with("moot: keys.ron:3:3: ctrl-j is what terminals send for"), "{wrong}");
}

#[test]
fn keys_are_told_as_they_are_typed() {
    assert_eq!(keys("g<ctrl-p><").len(), 3);
    for command in command::all() {
        for text in command.keys {
            assert_eq!(parse(text).to_string(), *text, "{}", command.name);
        }
    }
}

#[test]
fn the_docs_are_fresh() {
    kept_fresh("docs/keys.md", &folkmoot::cli::keys_page(), HOW);
    kept_fresh("docs/commands.md", &folkmoot::cli::commands_page(), HOW);
}
