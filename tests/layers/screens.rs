//! A screen is one state file, one line in the list of screens, and at most one drawing file; nothing else names it. And
//! which files of a room use each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::paths::Source;
use super::{module_of, room, sources};

/// A screen as the list of screens has it: `Services services "1" "Services" drawn;`.
struct ScreenLine {
    state: String,
    module: String,
}

/// The list of screens.
const LIST: &str = "app/screen.rs";

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file)).unwrap()
}

fn screens() -> Vec<ScreenLine> {
    let source = read(LIST);
    let list = source.split("$each! {").nth(1).and_then(|rest| rest.split('}').next()).unwrap();
    let lines = list.lines().map(str::trim).filter(|line| line.ends_with(';'));
    let words = lines.map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    words.map(|words| ScreenLine { state: words[0].clone(), module: words[1].clone() }).collect()
}

/// Whether a file is the list of screens or belongs to this screen.
fn may_name(file: &str, screen: &ScreenLine) -> bool {
    let of_screen = |room: &str| {
        let own = format!("{room}/{}", screen.module);
        file == format!("{own}.rs") || file.starts_with(&format!("{own}/"))
    };
    file == LIST || of_screen("app") || of_screen("ui")
}

/// Where a file (its path below `src`) names a screen that it should not know.
fn offences(file: &str, source: &str, screens: &[ScreenLine]) -> Vec<String> {
    let (room_name, inside) = file.split_once('/').unwrap_or(("", file));
    let module = if room_name.is_empty() { Vec::new() } else { module_of(room(room_name), inside) };
    let source = Source::read(source, &module);
    let mut found = Vec::new();
    for screen in screens.iter().filter(|screen| !may_name(file, screen)) {
        let fields = source.fields.iter().filter(|(_, of, name)| of == "screens" && *name == screen.module);
        found.extend(fields.map(|(line, of, name)| format!("{file}:{line}: {of}.{name}")));
        for mention in &source.paths {
            let path: Vec<&str> = mention.path.iter().map(String::as_str).collect();
            let is_file = [["crate", "app"], ["crate", "ui"]]
                .iter()
                .any(|above| path.starts_with(above) && path.get(2) == Some(&screen.module.as_str()));
            let is_id = path.windows(2).any(|part| part == ["ScreenId", screen.state.as_str()]);
            if is_file || is_id {
                found.push(format!("{file}:{}: {}", mention.line, path.join("::")));
            }
        }
    }
    found
}

fn all_sources() -> Vec<(String, String)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let name = |path: &Path| path.strip_prefix(&dir).unwrap().to_str().unwrap().to_owned();
    sources(&dir).iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn only_its_own_files_and_the_list_name_a_screen() {
    let screens = screens();
    assert!(screens.len() >= 2 && screens.iter().all(|screen| !read(&format!("app/{}.rs", screen.module)).is_empty()));
    let found: Vec<String> = all_sources().iter().flat_map(|(file, source)| offences(file, source, &screens)).collect();
    assert!(found.is_empty(), "only app/NAME.rs, ui/NAME.rs and the list name a screen:\n{}", found.join("\n"));
}

/// Each line is an offence by itself, planted at this place.
#[test]
fn a_screen_that_is_named_elsewhere_is_found() {
    let screens = screens();
    for (file, wrong) in [
        ("app/form.rs", "fn f(app: &App) { app.screens.services.gaps.clear(); }"),
        ("app/mod.rs", "fn f(&self) -> bool { self.screens.people.list().is_searching }"),
        ("app/list.rs", "fn f(app: &mut App) { assert!(app.screens.services.shows_map); }"),
        ("app/list.rs", "use super::services::Services;"),
        ("app/list.rs", "use super::{App, people};"),
        ("app/people.rs", "use super::services;"),
        ("app/global.rs", "use super::screen::{self, ScreenId}; fn f() { open(ScreenId::Services); }"),
        ("ui/list.rs", "use crate::app::people::People;"),
        ("ui/mod.rs", "fn f() { services::draw(); } use self::services;"),
        ("ui/map.rs", "fn f(screen: &crate::app::services::Services) {}"),
        ("run/work.rs", "use crate::app::{App, services as map};"),
        ("cli/find.rs", "use crate::ui::services::draw;"),
    ] {
        assert!(!offences(file, wrong, &screens).is_empty(), "{file}: {wrong}");
    }
    for (file, fine) in [
        ("app/services.rs", "fn f(app: &App) { app.screens.services.gaps.clear(); }"),
        ("ui/services.rs", "use crate::app::services::Services;"),
        ("app/services/found.rs", "fn f(app: &App) { app.screens.services.gaps.clear(); }"),
        ("app/form.rs", "fn f(workspace: &Workspace) { workspace.services.len(); app.screens.list(screen); }"),
        ("app/list.rs", "// app.screens.services\nuse crate::model::service::Service;"),
        ("app/list.rs", "#[cfg(test)]\nmod tests { use super::super::services::Services; }"),
    ] {
        assert_eq!(offences(file, fine, &screens), Vec::<String>::new(), "{file}: {fine}");
    }
}

/// Which files of a room use which others of it; what stands in `mod.rs` is everybody's.
fn uses(room_name: &str, files: &[(String, String)]) -> BTreeMap<String, BTreeSet<String>> {
    let inside = |file: &str| file.strip_prefix(&format!("{room_name}/")).map(str::to_owned);
    let files: Vec<(String, &str)> =
        files.iter().filter_map(|(file, source)| Some((inside(file)?, source.as_str()))).collect();
    let name = |file: &str| file.trim_end_matches(".rs").split('/').next().unwrap_or_default().to_owned();
    let names: BTreeSet<String> = files.iter().map(|(file, _)| name(file)).filter(|name| name != "mod").collect();
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, source) in files.iter().filter(|(file, _)| file != "mod.rs") {
        let own = name(file);
        for mention in Source::read(source, &module_of(room(room_name), file)).paths {
            let is_of_room = mention.path.first().is_some_and(|first| first == "crate")
                && mention.path.get(1).is_some_and(|second| second == room_name);
            let other = mention.path.get(2).filter(|other| is_of_room && names.contains(*other) && **other != own);
            uses.entry(own.clone()).or_default().extend(other.cloned());
        }
    }
    uses
}

/// Everything a file uses, through others too.
fn reach(uses: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(file) = open.pop() {
        for next in uses.get(file).into_iter().flatten() {
            if found.insert(next.clone()) {
                open.push(next);
            }
        }
    }
    found
}

/// The groups of files in which each leads to each, in the order of their names.
fn circles(uses: &BTreeMap<String, BTreeSet<String>>) -> Vec<BTreeSet<String>> {
    let mut found: Vec<BTreeSet<String>> = Vec::new();
    for file in uses.keys() {
        let reached = reach(uses, file);
        let circle: BTreeSet<String> = reached.into_iter().filter(|other| reach(uses, other).contains(file)).collect();
        if !circle.is_empty() && !found.contains(&circle) {
            found.push(circle);
        }
    }
    found
}

/// The uses that close a circle and are meant: who uses whom (`*` for whomever), and why.
const MEANT: [(&str, &str, &str, &str); 8] = [
    ("app", "command", "*", "the one table of commands joins the slices that stand beside the functions they name"),
    ("app", "event", "saving", "what was kept when saving failed is part of what is loaded"),
    ("app", "form", "list", "the cursor goes to the record that was saved"),
    ("app", "list", "screen", "a list is searched for the screen it belongs to, and a screen is drawn from its list"),
    ("app", "prompt", "leaving", "the question where a workspace is begun leads out of the open one"),
    ("app", "prompt", "keeping", "a changed sample is offered before another workspace is begun"),
    ("app", "leaving", "keeping", "leaving a changed sample asks first, and the question leads on to leaving"),
    ("app", "search_line", "list", "what is typed searches the list that opened the line"),
];

/// The circles of a room that are left without these uses.
fn circles_without(
    room_name: &str,
    uses: &BTreeMap<String, BTreeSet<String>>,
    meant: &[(&str, &str, &str, &str)],
) -> Vec<BTreeSet<String>> {
    let mut uses = uses.clone();
    for (_, from, to, _) in meant.iter().filter(|(of, ..)| *of == room_name) {
        if let Some(used) = uses.get_mut(*from) {
            used.retain(|other| *to != "*" && other != to);
        }
    }
    circles(&uses)
}

#[test]
fn files_of_a_room_stand_in_no_circle_but_those_that_are_meant() {
    let files = all_sources();
    for room_name in ["app", "ui"] {
        let uses = uses(room_name, &files);
        assert!(uses.len() > 5, "the sources of {room_name} were read");
        let all = circles(&uses);
        println!(
            "{room_name}: {} circles with {} files in them",
            all.len(),
            all.iter().map(BTreeSet::len).sum::<usize>()
        );
        let left = circles_without(room_name, &uses, &MEANT);
        assert!(left.is_empty(), "{room_name}: files that lead to each other, which nobody meant: {left:?}");
        for at in (0..MEANT.len()).filter(|at| MEANT[*at].0 == room_name) {
            let others = [&MEANT[..at], &MEANT[at + 1..]].concat();
            let is_needed = !circles_without(room_name, &uses, &others).is_empty();
            assert!(is_needed, "{:?} closes no circle any more: take it out of the list", MEANT[at]);
        }
    }
}

#[test]
fn a_circle_that_nobody_meant_is_found() {
    let files = |more: &str| {
        let with = |(file, source): (String, String)| {
            let source = if file == "ui/write.rs" { format!("{more}\n{source}") } else { source };
            (file, source)
        };
        all_sources().into_iter().map(with).collect::<Vec<_>>()
    };
    let left = |more| circles_without("ui", &uses("ui", &files(more)), &MEANT);
    assert_eq!(left(""), Vec::<BTreeSet<String>>::new());
    for wrong in ["use super::list;", "fn f() { super::form::draw(); }", "use crate::ui::{layers as over, theme};"] {
        assert_eq!(left(wrong).len(), 1, "{wrong}");
    }
}
