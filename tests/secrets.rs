//! Forty words that stand nowhere else are planted in the sample: ten in first conversations, ten in hidden addresses, ten
//! in what people can be reached by, ten in stories that nobody else may read. Then every byte of every report, export,
//! screen, copy and command output is searched for them, by whom it is for. What was voted namelessly has no word to look
//! for; tests/secrecy.rs holds two worlds against each other instead.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a test fails by panicking; helpers are no #[test]

mod harness;
#[path = "secrets/planted.rs"]
mod planted;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use folkmoot::app::Layer;
use folkmoot::app::command;
use folkmoot::app::screen::ScreenId;
use folkmoot::exchange::Format;
use folkmoot::model::{Audience, Id, Kind};
use folkmoot::store::{Mode, Store};
use harness::Harness;
use planted::{COLLEAGUES, EVERYONE, GROUPS, PARTNERS, id, workspace};

/// What was searched, and what was found in it.
#[derive(Default)]
struct Sweep {
    bytes: usize,
    outputs: usize,
    /// The groups found, and in what.
    found: BTreeMap<(&'static str, String), BTreeSet<String>>,
    /// One output for each, to read.
    shown: BTreeMap<(&'static str, String), String>,
}

impl Sweep {
    /// Searches an output for what is secret from its audience, but for the words that it is there to show.
    fn search(&mut self, sort: &str, audience: Audience, text: &str, name: &str, may_tell: &dyn Fn(&str) -> bool) {
        self.outputs += 1;
        self.bytes += text.len();
        let low = text.to_lowercase();
        for group in GROUPS.iter().filter(|group| group.from.contains(&audience) && low.contains(group.stem)) {
            let words = group.sought().into_iter().filter(|word| low.contains(word.as_str()) && !may_tell(word));
            for word in words {
                let key = (group.name, sort.to_owned());
                self.found.entry(key.clone()).or_default().insert(word.clone());
                self.shown.entry(key).or_insert_with(|| format!("{word} in {name}:\n{}", around(text, &word)));
            }
        }
    }

    fn all(&mut self, sort: &str, audience: Audience, text: &str, name: &str) {
        self.search(sort, audience, text, name, &|_| false);
    }

    /// Nothing was found; or, where all was leaked, each group in each output that it is leaked to.
    fn judge(&self, is_leaking: bool, sorts: &[&str]) {
        let found: Vec<_> = self.found.iter().map(|((group, sort), words)| (group, sort, words.len())).collect();
        println!("{} bytes in {} outputs, leaking: {is_leaking}: {found:?}", self.bytes, self.outputs);
        assert!(self.bytes > 50 * self.outputs && self.outputs > 20, "hardly anything was searched");
        if !is_leaking {
            assert!(self.found.is_empty(), "{:#?}", self.shown.values().collect::<Vec<_>>());
            return;
        }
        for group in &GROUPS {
            for sort in group.seen_in.iter().filter(|sort| sorts.iter().any(|one| sort.starts_with(one))) {
                assert!(
                    self.found.contains_key(&(group.name, (*sort).to_owned())),
                    "the sweep does not see {} leaked to {sort}: {found:?}",
                    group.name
                );
            }
        }
    }
}

/// The line and its neighbours that hold a word.
fn around(text: &str, word: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.to_lowercase().contains(word)).unwrap_or_default();
    lines[at.saturating_sub(2)..lines.len().min(at + 2)].join("\n")
}

/// The commands of which a call may be refused: what they say then is searched as well.
const MAY_REFUSE: [&str; 7] = ["find", "thread", "backups", "round", "import", "verify", "accept"];

/// Runs a command as somebody at the table, and gives all it printed.
fn run(dir: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_moot"));
    command.env_remove("MOOT_WORKSPACE").env("HOME", dir).current_dir(dir).args(["-w", ".", "--as", "KP"]);
    let output = command.args(arguments).output().unwrap();
    assert!(
        output.status.code().is_some_and(|code| code <= 1 || MAY_REFUSE.contains(&arguments[0]) && code < 100),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// Every kind of which commands tell.
fn kinds() -> impl Iterator<Item = Kind> {
    Kind::ALL.iter().copied().filter(|kind| !kind.is_private())
}

/// The records that are looked at one by one: what holds a word, what names it or is named by it, and one of
/// each kind; and whether a word was planted in it.
fn looked_at(dir: &Path) -> BTreeMap<Id, bool> {
    let workspace = Store::open(dir, Mode::Read).unwrap().workspace;
    let planted = GROUPS.iter().flat_map(|group| group.planted.iter().chain(group.leak)).map(|(one, _, _)| id(one));
    let planted: BTreeSet<Id> = planted.chain([id("G-4C7N")]).collect();
    let first = kinds().filter(|kind| kind.is_resident()).filter_map(|kind| Some(workspace.all(kind).first()?.id()));
    let near: Vec<Id> = planted
        .iter()
        .flat_map(|one| {
            let mut near = Vec::new();
            let from = folkmoot::model::referrers(&workspace, &[*one]);
            near.extend(from.into_iter().map(|one| one.record.id()));
            workspace.get(*one).unwrap().each_reference(&mut |_, to| near.push(to));
            near
        })
        .filter(|one| workspace.get(*one).is_some())
        .collect();
    first.chain(near).map(|one| (one, false)).chain(planted.iter().map(|one| (*one, true))).collect()
}

fn sweep_commands(dir: &Path) -> Sweep {
    let mut sweep = Sweep::default();
    let mut read = |sort: &str, arguments: &[&str]| {
        let audience = if sort == "tell" { PARTNERS } else { COLLEAGUES };
        let text = run(dir, arguments);
        sweep.all(sort, audience, &text, &arguments.join(" "));
    };
    for kind in kinds().map(Kind::plural) {
        for call in [&["list", kind][..], &["list", kind, "--json"], &["list", kind, "--csv"], &["backups", kind]] {
            read(call[0], call);
        }
    }
    for (one, is_planted) in looked_at(dir) {
        let one = one.to_string();
        for name in ["show", "thread"] {
            read(name, &[name, &one]);
            if is_planted {
                read(name, &[name, &one, "--json"]);
            }
        }
    }
    let rest = "due|due --json|due --login|loose|loose --json|loose answers|loose notes --json|agenda|agenda --json|check|\
                tell|tell --json|tell O-ZPTZ|tell O-DWRK --json|tell P-HF59|tally V-D0TS|turnout V-D0TS|keys|man|\
                round certify V-D0TS|tell O-DWRK --how letter --dry-run|import --dry-run stories.ron|verify S-9999|\
                accept G-4C7N --party O-9999";
    for call in rest.split('|') {
        let words: Vec<&str> = call.split(' ').collect();
        read(words[0], &words);
    }
    sweep
}

/// Whoever guesses a word learns nothing: the answer is that to a word which stands nowhere at all.
fn sweep_search(dir: &Path, guesses: usize) -> Sweep {
    const NOWHERE: &str = "bxwqvy";
    let mut sweep = Sweep::default();
    let of_kinds = ["services", "agreements", "people", "organisations"].map(|kind| (kind, "'"));
    for (kind, before) in of_kinds.into_iter().chain([("services", "in:"), ("services", "near:")]) {
        let answer = |typed: &str| run(dir, &["find", &format!("{before}{typed}"), "--kind", kind]);
        let nothing = answer(NOWHERE);
        for group in GROUPS.iter().filter(|group| group.from.contains(&COLLEAGUES)) {
            for word in (0..guesses).map(|at| group.word(at)) {
                let found = answer(&word);
                let told = if found == nothing.replace(NOWHERE, &word) { "" } else { word.as_str() };
                sweep.all("find", COLLEAGUES, told, &format!("find {before}{word} --kind {kind}: {found}"));
                sweep.bytes += found.len();
            }
        }
    }
    sweep
}

/// The text of a file, or of all files in a folder.
fn content(path: &Path) -> String {
    if path.is_file() {
        return String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    }
    std::fs::read_dir(path).unwrap().map(|entry| content(&entry.unwrap().path())).collect()
}

/// Every report in every notation, and every export, each with and without persons.
fn sweep_leaving(dir: &Path) -> Sweep {
    let mut sweep = Sweep::default();
    let reports = "summary|full|directory|bulletin O-ZPTZ|bulletin O-DWRK|bulletin O-YK98|bulletin O-JSCM|forum|\
                   minutes M-2C9H|minutes M-6R4T";
    for report in reports.split('|').map(|call| call.split(' ').collect::<Vec<_>>()) {
        let is_for_partners = ["bulletin", "forum", "minutes"].contains(&report[0]);
        for contacts in [&[][..], &["--contacts"]] {
            let audience = match (is_for_partners, contacts.is_empty()) {
                (true, _) => PARTNERS,
                (false, is_without) => Audience::Everyone { with_contacts: !is_without },
            };
            for notation in [&[][..], &["--html"], &["--text"]] {
                let call = [&["report"], &report[..], contacts, notation].concat();
                sweep.all(&call[..2].join(" "), audience, &run(dir, &call), &call.join(" "));
            }
        }
    }
    let formats = Format::ALL.iter().map(|format| vec![format.name()]);
    let of_kinds = Kind::ALL.iter().filter(|kind| kind.is_addable() && !kind.is_private());
    let of_kinds = of_kinds.map(|kind| vec!["csv", kind.plural()]);
    let calls: Vec<_> = formats.chain(of_kinds).chain([vec!["ics"], vec!["pb", "V-D0TS"]]).collect();
    for call in calls {
        for with_contacts in [false, true] {
            let to = format!("out-{}-{with_contacts}", call.join("-"));
            let contacts: &[&str] = if with_contacts { &["--contacts"] } else { &[] };
            let call = [&["export"], &call[..], &[&to], contacts].concat();
            let said = run(dir, &call);
            let text = said + &content(&dir.join(&to));
            sweep.all(&call[..2].join(" "), Audience::Everyone { with_contacts }, &text, &call.join(" "));
        }
    }
    sweep
}

#[test]
fn no_command_tells_a_secret() {
    for is_leaking in [true, false] {
        let dir = workspace(is_leaking);
        sweep_commands(dir.path()).judge(is_leaking, &["list", "show", "thread", "tell", "agenda"]);
    }
}

#[test]
fn no_search_tells_that_a_guess_was_right() {
    for is_leaking in [true, false] {
        let dir = workspace(is_leaking);
        sweep_search(dir.path(), if is_leaking { 2 } else { 10 }).judge(is_leaking, &["find"]);
    }
}

#[test]
fn no_report_and_no_export_tells_a_secret() {
    for is_leaking in [true, false] {
        let dir = workspace(is_leaking);
        sweep_leaving(dir.path()).judge(is_leaking, &["report", "export"]);
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

fn at(dir: &Arc<tempfile::TempDir>) -> Harness {
    let copy = Arc::new(tempfile::tempdir().unwrap());
    for entry in std::fs::read_dir(dir.path()).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file()) {
        std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    let mut harness = Harness::at(copy, "KP");
    harness.editor = look;
    harness
}

/// Whether a form is open that is there to show the words of a group: its author's own.
fn own_form(harness: &Harness) -> Option<Kind> {
    harness.app.layers.iter().find_map(|layer| match layer {
        Layer::Form(form) => Some(form.record.kind()),
        _ => None,
    })
}

/// Everything that is seen, heard and taken away after a command.
fn take_in(sweep: &mut Sweep, harness: &mut Harness, command: &str, keys: &str) {
    let name = format!("{keys} {command}");
    let form = own_form(harness);
    let (conversations, addresses) = (&GROUPS[0], &GROUPS[1]);
    let is_speaker = |word: &str| conversations.sought()[..4].iter().any(|one| one == word);
    let on_page = harness.app.screen == ScreenId::Partners;
    let shows_own = |word: &str| match form {
        Some(Kind::Conversation) => word.starts_with(conversations.stem),
        Some(Kind::Service) => word.starts_with(addresses.stem),
        _ => on_page && is_speaker(word),
    };
    let typed = keys.split_once("/'").and_then(|(_, typed)| typed.split('<').next());
    for (columns, rows) in [(80, 24), (120, 40)] {
        harness.size(columns, rows);
        // What somebody typed to search for stands in the search line; whether it was right does not.
        let shown = harness.screen().replace(typed.unwrap_or("\0"), "");
        sweep.search("screen", COLLEAGUES, &shown, &name, &shows_own);
    }
    harness.size(80, 24);
    let said = format!("{:?}\n{:?}", harness.said(), harness.app.status.more);
    sweep.all("status", COLLEAGUES, &said, &name);
    if form.is_none() {
        sweep.all("editor", COLLEAGUES, &EDITED.with_borrow(|texts| texts.join("\n")), &name);
    }
    let report = match command.strip_prefix("report.") {
        Some("summary" | "full" | "directory") => Some(EVERYONE),
        Some(_) => Some(PARTNERS),
        None => None,
    };
    if let (Some(audience), Some(Layer::Page(page))) = (report, harness.app.layers.last()) {
        sweep.all("screen of report", audience, &page.lines.join("\n"), &name);
    }
    let is_told = command == "told.copy";
    let (sort, audience) = if is_told { ("copy of told", PARTNERS) } else { ("copy", COLLEAGUES) };
    sweep.all(sort, audience, &harness.copied.join("\n"), &name);
}

/// Gets out of everything and takes back what was changed; anew where that is not enough.
fn settle(harness: &mut Harness, dir: &Arc<tempfile::TempDir>) {
    harness.press("<esc><esc><esc><esc>");
    for _ in 0..5 {
        if harness.app.layers.is_empty() && harness.app.history.can_undo() {
            harness.press("u");
        }
    }
    if harness.has_quit
        || harness.app.history.can_undo()
        || !harness.app.layers.is_empty()
        || !harness.drafts.is_empty()
    {
        *harness = at(dir);
    }
}

/// What is typed on each screen before each command: at its first record, at records that hold words, at a search.
const TYPED: [(ScreenId, &[&str]); 7] = [
    (ScreenId::Today, &["", "<enter>"]),
    (ScreenId::Services, &["", "/wren house out<enter>", "/wren house out<enter><enter>", "/'kzyqab<enter>"]),
    (ScreenId::Topics, &["", "<enter>"]),
    (ScreenId::Votes, &["", "<enter>"]),
    (ScreenId::Actions, &["", "<enter>", "T<ctrl-a>", "T<enter>"]),
    (ScreenId::Partners, &["", "/dorchester<enter><enter>", "/'vuxqug<enter>"]),
    (ScreenId::People, &["", "/grandmother<enter>", "/'qfyxab<enter>", "/'jwqzug<enter>"]),
];

fn sweep_screens(dir: &Arc<tempfile::TempDir>, screens: &[ScreenId]) -> Sweep {
    let mut sweep = Sweep::default();
    let mut harness = at(dir);
    for (screen, typed) in TYPED.into_iter().filter(|(screen, _)| screens.contains(screen)) {
        for typed in typed {
            let keys = format!("{}{typed}", screen.key());
            for command in std::iter::once(None).chain(command::all().map(Some)) {
                settle(&mut harness, dir);
                EDITED.with_borrow_mut(Vec::clear);
                harness.copied.clear();
                harness.press(&keys);
                let Some(command) = command else {
                    take_in(&mut sweep, &mut harness, "", &keys);
                    continue;
                };
                if harness.app.chain().contains(&command.scope) {
                    harness.run(command);
                    take_in(&mut sweep, &mut harness, command.name, &keys);
                }
            }
        }
    }
    sweep
}

#[test]
fn no_screen_and_no_copy_tells_a_secret() {
    sweep_screens(&workspace(false), ScreenId::ALL).judge(false, &[]);
}

#[test]
fn the_sweep_of_the_screens_would_notice() {
    let leaked_to = [ScreenId::Services, ScreenId::Actions, ScreenId::Partners];
    sweep_screens(&workspace(true), &leaked_to).judge(true, &["screen", "copy", "editor"]);
}
