//! Text that means harm, written by hand into every field of every kind: nothing of it reaches a screen, a terminal or a
//! pipe as anything but text.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a test fails by panicking; helpers are no #[test]

mod generate;
mod harness;
mod terminal;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use folkmoot::app::Layer;
use folkmoot::app::screen::ScreenId;
use folkmoot::model::text::is_unwelcome;
use folkmoot::model::{Id, Kind};
use folkmoot::store;
use folkmoot::ui::theme::Theme;
use generate::{from_file, in_place, placed};
use harness::{ASCII, FINE, Harness, MONO, PLAIN, text_of};
use terminal::{Terminal, moot, strays};

/// As it stands between quotes in a file: written by hand, by somebody who knows RON's escapes and the raw bytes.
fn nasty(which: usize) -> String {
    let all = [
        "\u{1b}[31mred\u{1b}]0;title\u{7}\u{9b}2J".to_owned(),
        "\\u{1b}[2J\\u{1b}]52;c;aGk=\\u{7}\\u{0}\\r\\n\\t\\u{8}".to_owned(),
        "\u{202e}gnp.exe\u{202c}\u{2066}\u{200b}\u{200d}\u{feff}\u{ad}\\u{202e}".to_owned(),
        format!("e{}", "\u{301}".repeat(2_000)),
        format!("{} {}", "wide 日本語 ".repeat(2_500), "x".repeat(20_000)),
        "\u{e000}\u{e0041}\u{fe0f}\u{2028}\u{2029}\u{85}\u{3164}\u{115f}".to_owned(),
        "\\u{7f}\\u{80}\\u{9f}|=cmd()|';--\\\\\\\"<b>".to_owned(),
    ];
    all[which % all.len()].clone()
}

/// How many sorts of harm there are.
const SORTS: u32 = 7;

/// The id of the record with this sort of harm: `S-0000`, `S-0011`, `S-0022` …
fn id(kind: Kind, which: u32) -> Id {
    generate::id(kind, 33 * which)
}

/// The most of a very long line that stands in a place that has none.
const SHORT: usize = 400;

/// A record with harm of one sort in every text, as it stands in a file, whatever is declared about its fields. A place
/// that refuses the harm when it is read (initials, a map that would have to be there) has a plain word instead; those
/// are returned too.
fn record(kind: Kind, which: u32, long: &[&str]) -> (String, Vec<String>) {
    let record = from_file(kind, id(kind, which), &[u64::from(which) + 1], placed);
    let written = store::to_ron(&record).unwrap();
    let harm = |place: &str| -> String {
        let is_long = long.is_empty() || long.contains(&place);
        nasty(which as usize).chars().take(if is_long { usize::MAX } else { SHORT }).collect()
    };
    let mut places = Vec::new();
    in_place(&written, |place| {
        places.push(place.to_owned());
        String::new()
    });
    places.sort();
    places.dedup();
    // A map of that name is looked for, and without one nothing would be drawn.
    let reads = |place: &String| {
        let only = in_place(&written, |other| if other == place { harm(other) } else { "word".to_owned() });
        place != "partnership.map" && store::from_ron(kind, record.id(), &only).is_ok()
    };
    let (_, refused): (Vec<String>, Vec<String>) = places.into_iter().partition(reads);
    let dorset = |place: &str| if place == "partnership.map" { "dorset" } else { "word" }.to_owned();
    let is_refused = |place: &str| refused.iter().any(|other| other == place);
    let text = in_place(&written, |place| if is_refused(place) { dorset(place) } else { harm(place) });
    let by = harm("");
    let by = if by.len() > 200 { "KP" } else { &by };
    let stamp = format!("\"{}\")", record.updated().1);
    (text.replace(&stamp, &format!("\"{by}\")")), refused)
}

/// The file of one kind: for every sort of harm one record; of the partnership there is only one.
fn file(kind: Kind, long: &[&str]) -> (String, Vec<String>) {
    let count = if kind == Kind::Partnership { 1 } else { SORTS };
    let mut records = String::new();
    let mut refused = Vec::new();
    for which in 0..count {
        let (text, places) = record(kind, which, long);
        writeln!(records, "    \"{}\": {},", id(kind, which), text.trim_end()).unwrap();
        refused.extend(places);
    }
    let kind = kind.plural();
    (format!("Folkmoot(\n  kind: \"{kind}\",\n  version: 1,\n  records: {{\n{records}  }},\n)\n"), refused)
}

/// A workspace in which every text of every kind means harm; the places named are those with very long lines, all where
/// none is named. Says which places refused some harm.
fn harmful(long: &[&str]) -> (Arc<tempfile::TempDir>, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    store::init(dir.path(), "Table of the North", false).unwrap();
    let mut refused = Vec::new();
    for kind in Kind::ALL.iter().copied() {
        let (text, places) = file(kind, long);
        std::fs::write(dir.path().join(store::file_name(kind)), text).unwrap();
        refused.extend(places);
    }
    refused.sort();
    refused.dedup();
    (Arc::new(dir), refused)
}

fn workspace(long: &[&str]) -> Arc<tempfile::TempDir> {
    harmful(long).0
}

/// What must never be in the text of a screen or of an output.
fn unwelcome(text: &str) -> Vec<String> {
    let mut found: Vec<String> =
        text.chars().filter(|c| is_unwelcome(*c)).map(|c| format!("U+{:04X}", c as u32)).collect();
    let mut run = 0;
    for c in text.chars() {
        run = if ('\u{300}'..='\u{36f}').contains(&c) { run + 1 } else { 0 };
        if run > 8 {
            found.push("a tower of marks".to_owned());
            break;
        }
    }
    found
}

#[test]
fn the_files_read_and_hold_the_harm_as_text() {
    let (dir, refused) = harmful(&[]);
    let mut opened = store::Store::open(dir.path(), store::Mode::Read).unwrap();
    assert!(opened.problems.is_empty(), "{}", opened.problems[0]);
    println!("refused when read: {}", refused.join(", "));
    assert!(refused.len() <= 3, "{refused:?}");
    for kind in Kind::ALL.iter().copied() {
        let originals = |opened: &mut store::Opened| opened.store.load_kind(kind).unwrap();
        let records = if kind.is_resident() { opened.workspace.all(kind) } else { originals(&mut opened) };
        assert_eq!(records.len(), if kind == Kind::Partnership { 1 } else { SORTS as usize }, "{}", kind.plural());
        let all = format!("{records:?}");
        assert!(all.contains("<U+001B>[31mred"), "shown, not hidden: {}", kind.plural());
        // Fingerprints are written when a fact is changed, and by imports; they hold no text.
        for field in kind.fields().filter(|field| !["verified_as", "derived"].contains(&field.name)) {
            let is_filled = records.iter().any(|record| !record.is_blank(field.name));
            assert!(is_filled, "nothing stands in {}.{}", kind.plural(), field.name);
        }
    }
    assert!(!unwelcome("a\u{1b}").is_empty() && !unwelcome(&nasty(3)).is_empty(), "the sweep can fail");
}

#[test]
fn no_screen_shows_anything_that_is_no_text() {
    let mut harness = Harness::at(workspace(&[]), "P-0066");
    let stories = [
        "jjj",
        "<enter>",
        "<esc><space><space><space>c",
        "jjj",
        "<esc><esc>m",
        "m",
        "m/name",
        "<esc>/zz\u{301}",
        "<esc>?",
        "<esc>:ver",
        "<esc>:about<enter>",
        "<esc>e",
        "<tab><tab><tab><tab><tab><tab><tab><tab>x<esc>",
        "v!",
        "<esc>6jjj<enter>",
        "<esc>e",
        "<esc>Ge",
        "<esc>d!",
        "<esc>:partnership<enter>",
        "<esc>yy1yy",
    ];
    let mut seen = 0;
    for story in stories {
        harness.press(story);
        seen += looked_at(&mut harness, &[FINE, MONO, ASCII, PLAIN], &[(80, 24), (40, 12), (200, 60)], story);
    }
    assert!(seen > 1_000_000);
    assert_eq!(harness.copied.len(), 2, "{}", harness.screen());
    assert_eq!(unwelcome(&harness.copied.join("\n")), Vec::<String>::new());
}

/// Every record that a screen lists, in its form, field by field; and the form of the partnership.
#[test]
fn no_form_of_any_kind_shows_anything_that_is_no_text() {
    let mut harness = Harness::at(workspace(&[]), "P-0066");
    let mut kinds = BTreeSet::new();
    let mut open = |harness: &mut Harness, keys: &str| {
        harness.press(keys);
        let Some(Layer::Form(form)) = harness.app.layers.last() else { panic!("{keys}: {}", harness.screen()) };
        let (kind, count) = (form.record.kind(), form.fields.len());
        kinds.insert(kind);
        for at in 0..count {
            looked_at(harness, &[FINE, ASCII], &[(80, 24)], &format!("{keys}, field {at} of a {}", kind.singular()));
            harness.press("<tab>");
        }
        harness.press("<esc>");
    };
    for screen in ScreenId::ALL {
        harness.press(screen.key()).press("/<enter>");
        for at in 0..harness.app.list().rows.len() {
            open(&mut harness, &format!("gg{}e", "j".repeat(at)));
        }
    }
    open(&mut harness, ":partnership<enter>");
    let listed = ScreenId::ALL.iter().flat_map(|screen| screen.kinds().iter().copied());
    let all: BTreeSet<Kind> = listed.chain([Kind::Partnership]).collect();
    assert_eq!(kinds, all, "a kind that a screen lists, and of which no form was drawn");
}

/// Looks at what is drawn in these looks at these sizes, and says how much that was.
fn looked_at(harness: &mut Harness, looks: &[Theme], sizes: &[(u16, u16)], story: &str) -> usize {
    let mut seen = 0;
    for (columns, rows) in sizes {
        harness.size(*columns, *rows);
        for look in looks.iter().copied() {
            let (buffer, _) = harness.buffer(look);
            // Cell by cell: a newline in a cell would be as bad as an escape.
            for cell in &buffer.content {
                let symbol = cell.symbol();
                assert!(!symbol.chars().any(|c| c == '\n' || is_unwelcome(c)), "{story}: {symbol:?}");
                assert!(!look.ascii || symbol.is_ascii(), "{story}: {symbol:?}");
                seen += symbol.len();
            }
            assert_eq!(unwelcome(&text_of(&buffer)), Vec::<String>::new(), "{story}");
        }
    }
    harness.size(80, 24);
    seen
}

fn run(dir: &Path, arguments: &[&str]) -> (Vec<u8>, Vec<u8>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_moot"));
    command.env("HOME", dir).env_remove("MOOT_WORKSPACE").current_dir(dir);
    let output = command.args(["--as", "P-0066"]).args(arguments).output().unwrap();
    (output.stdout, output.stderr)
}

#[test]
fn no_command_prints_anything_that_is_no_text() {
    // Every run reads all of it, so very long lines stand in three fields here.
    let dir = workspace(&["services.name", "services.summary", "organisations.phone"]);
    let dir = dir.path();
    let mut commands: Vec<Vec<&str>> =
        vec![vec![], vec!["check"], vec!["find", "name"], vec!["find", "name", "--json"], vec!["keys"]];
    for kind in Kind::ALL.iter().map(|kind| kind.plural()) {
        commands.extend([vec!["list", kind], vec!["list", kind, "--json"], vec!["list", kind, "--csv"]]);
    }
    // Every sort of harm in services, and two in the others: each run reads some megabytes.
    let sorts = |kind: Kind| if kind == Kind::Service { vec![0, 1, 2, 3, 4, 5, 6] } else { vec![0, 2] };
    let ids: Vec<String> = Kind::ALL
        .iter()
        .flat_map(|kind| sorts(*kind).into_iter().map(move |which| id(*kind, which).to_string()))
        .collect();
    for id in &ids {
        commands.extend([vec!["show", id], vec!["show", id, "--json"]]);
    }
    commands.extend([vec!["show", "S-\u{1b}[31m"], vec!["list", "\u{202e}x"], vec!["find", "in:\u{1b}]0;x"]]);
    commands.extend([vec!["verify", "S-0000"], vec!["set", "S-0000", "phone=\u{1b}[2J"], vec!["remove", "S-0011"]]);
    let mut printed = 0;
    for arguments in commands {
        for bytes in <[Vec<u8>; 2]>::from(run(dir, &arguments)) {
            printed += bytes.len();
            let text = String::from_utf8(bytes).unwrap_or_else(|_| panic!("{arguments:?} prints what is no text"));
            assert_eq!(unwelcome(&text), Vec::<String>::new(), "{arguments:?}: {}", text.escape_debug());
        }
    }
    println!("{printed} bytes printed, none that was not meant");
    assert!(printed > 100_000);
    // A mistake in a file is told without repeating what is in it raw.
    let services = std::fs::read_to_string(dir.join("services.ron")).unwrap();
    std::fs::write(dir.join("services.ron"), services.replacen("name:", "\u{1b}[31mname\u{202e}:", 1)).unwrap();
    for arguments in [&["check"][..], &["list", "services"], &["find", "name"]] {
        let (out, err) = run(dir, arguments);
        let text = String::from_utf8([out, err].concat()).unwrap();
        assert!(text.contains("services.ron:"), "{text}");
        assert_eq!(unwelcome(&text), Vec::<String>::new(), "{arguments:?}: {}", text.escape_debug());
    }
}

#[test]
fn nothing_reaches_the_terminal_but_our_own_sequences() {
    let dir = workspace(&[]);
    let mut terminal = Terminal::start(moot(dir.path(), &["-w", ".", "--as", "P-0066"]));
    terminal.until("7 services");
    for keys in [
        "jjjj", "\r", "\x1b", "mm", "m", "   c", "\x1b", "/name", "\r", "\x1b", "e", "\t\t\t", "\x1b", "6jjj\r",
        "\x1b", "?", "\x1b", "y", "y", "1yy",
    ] {
        terminal.type_in(keys).until_quiet(std::time::Duration::from_millis(40));
    }
    // On a busy machine escape and the next key come as one, so it may be anywhere by now: ctrl-c closes and leaves.
    for _ in 0..20 {
        if terminal.child.try_wait().unwrap().is_none() {
            terminal.type_in("\x03").until_quiet(std::time::Duration::from_millis(100));
        }
    }
    assert_eq!(terminal.end().0, 0);
    terminal.assert_restored();
    let bytes = terminal.bytes();
    println!("{} bytes sent, leaked: {}", bytes.len(), strays(&bytes).len());
    assert!(bytes.len() > 10_000);
    assert_eq!(strays(&bytes), Vec::<String>::new());
}
