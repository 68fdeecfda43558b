//! Who may use whom. The rooms of the house are kept apart by reading their sources: a path that leads into a forbidden
//! room, to a forbidden crate or to a part of the world the room must not touch fails here with its line, however it is
//! written.

#![allow(clippy::unwrap_used, clippy::expect_used)] // a test that cannot read the sources has failed

use std::fs;
use std::path::{Path, PathBuf};

#[path = "layers/paths.rs"]
mod paths;
#[path = "layers/screens.rs"]
mod screens;

use paths::{Mention, Source};

/// A room: what it may use of the house, which crates it may name, and which parts of the world it must not touch.
struct Room {
    name: &'static str,
    rooms: &'static [&'static str],
    crates: &'static [&'static str],
    never: &'static [&'static [&'static str]],
    /// The files that may touch the disk; `*` for all.
    disk: &'static [&'static str],
}

const DISK: &[&str] = &["std::fs", "rustix::fs", "tempfile", "std::os::unix::fs"];

/// Methods of `Path` that look at the disk.
const DISK_METHODS: &[&str] = &[
    "exists",
    "try_exists",
    "is_file",
    "is_dir",
    "is_symlink",
    "read_dir",
    "read_link",
    "canonicalize",
    "metadata",
    "symlink_metadata",
];

const CLOCK: &[&str] =
    &["std::time::Instant", "std::time::SystemTime", "Instant::now", "SystemTime::now", "Utc::now", "Local::now"];

const PROCESS: &[&str] = &["std::env", "std::process", "std::thread", "thread::spawn"];

const TERMINAL: &[&str] = &["std::io::stdin", "std::io::stdout", "std::io::stderr"];

const NETWORK: &[&str] = &["std::net", "std::os::unix::net"];

const PRINTING: &[&str] = &["print", "println", "eprint", "eprintln", "dbg"];

const ROOMS: &[Room] = &[
    Room {
        name: "model",
        rooms: &[],
        crates: &["serde", "chrono", "interim", "strsim", "unicode_normalization", "xxhash_rust"],
        never: &[CLOCK, PROCESS, TERMINAL, NETWORK, PRINTING],
        disk: &[],
    },
    Room {
        name: "search",
        rooms: &["model"],
        crates: &["fuzzy_matcher", "strsim", "hashbrown", "xxhash_rust"],
        // Building an index may use both cores (std::thread::scope); that starts nothing that outlives the call.
        never: &[CLOCK, &["std::time", "std::env", "std::process", "thread::spawn", "std::io"], NETWORK, PRINTING],
        disk: &[],
    },
    Room {
        name: "store",
        rooms: &["model"],
        crates: &[
            "ron",
            "serde",
            "strsim",
            "rustix",
            "nix",
            "tempfile",
            "notify",
            "xxhash_rust",
            "memchr",
            "thiserror",
            "chrono",
        ],
        never: &[TERMINAL, NETWORK, PRINTING],
        disk: &["*"],
    },
    Room {
        name: "exchange",
        rooms: &["model"],
        crates: &[
            "csv",
            "serde_json",
            "zip",
            "uuid",
            "encoding_rs",
            "html_escape",
            "calamine",
            "quick_xml",
            "icalendar",
            "rustix",
            "tempfile",
            "thiserror",
            "serde",
            "chrono",
            "unicode_normalization",
            "memchr",
            "xxhash_rust",
        ],
        never: &[CLOCK, PROCESS, TERMINAL, NETWORK, PRINTING],
        disk: &["*"],
    },
    Room {
        name: "report",
        rooms: &["model"],
        crates: &["html_escape", "chrono"],
        never: &[CLOCK, PROCESS, TERMINAL, NETWORK, PRINTING],
        disk: &[],
    },
    Room {
        name: "app",
        rooms: &["model", "search", "report"],
        // Widths of text: what scrolling counts must be what drawing draws.
        crates: &["unicode_width", "unicode_segmentation", "similar"],
        never: &[CLOCK, PROCESS, TERMINAL, NETWORK, PRINTING],
        disk: &[],
    },
    Room {
        name: "ui",
        rooms: &["app", "model", "search"],
        crates: &["ratatui", "unicode_width", "unicode_segmentation"],
        never: &[CLOCK, PROCESS, TERMINAL, NETWORK, PRINTING],
        disk: &[],
    },
    Room {
        name: "run",
        rooms: &["model", "search", "report", "store", "exchange", "app", "ui"],
        crates: &["*"],
        never: &[NETWORK, PRINTING],
        disk: &["confine.rs", "editor.rs", "keys_file.rs", "network_fs.rs", "remembered.rs"],
    },
    Room {
        name: "cli",
        rooms: &["model", "search", "report", "store", "exchange", "app", "run"],
        crates: &["*"],
        never: &[NETWORK, PRINTING],
        disk: &[],
    },
];

/// The house as its manifest and its directories say it.
struct House {
    crates: Vec<String>,
    rooms: Vec<String>,
}

impl House {
    fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
        let section = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
        let names = section.lines().filter_map(|line| line.split_once(" ="));
        let crates: Vec<String> = names.map(|(name, _)| name.trim().replace('-', "_")).collect();
        let dirs = fs::read_dir(root.join("src")).unwrap().flatten().filter(|entry| entry.path().is_dir());
        let rooms: Vec<String> = dirs.map(|entry| entry.file_name().into_string().unwrap()).collect();
        assert!(crates.len() > 20 && rooms.len() >= 8, "the manifest and the rooms were read");
        Self { crates, rooms }
    }
}

/// Whether a path leads through these segments, or imports everything from above them.
fn leads_to(mention: &Mention, forbidden: &str) -> bool {
    let wanted: Vec<&str> = forbidden.split("::").collect();
    let path: Vec<&str> = mention.path.iter().map(String::as_str).collect();
    let is_glob_above = path.split_last().is_some_and(|(last, above)| *last == "*" && wanted.starts_with(above));
    let is_crate = wanted.len() == 1 || matches!(wanted[0], "std" | "rustix");
    let leads =
        if is_crate { path.starts_with(&wanted) } else { path.windows(wanted.len()).any(|part| part == wanted) };
    leads && (path.len() > 1 || mention.is_import) || mention.is_import && is_glob_above
}

/// What a source of this room does that it must not.
fn offences(room: &Room, house: &House, file: &str, source: &str) -> Vec<String> {
    let module: Vec<String> = module_of(room, file);
    let source = Source::read(source, &module);
    let may_use_disk = room.disk.contains(&"*") || room.disk.contains(&file);
    let mut found: Vec<(usize, String)> = Vec::new();
    for mention in &source.paths {
        let path = mention.path.join("::");
        let mut offend = |what: String| found.push((mention.line, format!("{path}: {what}")));
        let is_house = mention.path[0] == "crate";
        if is_house && mention.is_import && mention.path.get(1).is_none_or(|name| name == "*") {
            offend("imports the whole house".to_owned());
        }
        let other = mention.path.get(1).filter(|name| is_house && house.rooms.contains(name));
        if let Some(other) = other.filter(|name| **name != room.name && !room.rooms.contains(&name.as_str())) {
            offend(format!("the room {other} is not for {}", room.name));
        }
        let is_foreign = house.crates.contains(&mention.path[0]) && (mention.path.len() > 1 || mention.is_import);
        if is_foreign && room.crates != ["*"] && !room.crates.contains(&mention.path[0].as_str()) {
            offend(format!("the crate {} is not for {}", mention.path[0], room.name));
        }
        for forbidden in room.never.iter().copied().flatten().filter(|word| leads_to(mention, word)) {
            offend(format!("{forbidden} is not for {}", room.name));
        }
        for forbidden in DISK.iter().filter(|word| !may_use_disk && leads_to(mention, word)) {
            offend(format!("{forbidden} touches the disk, which {} must not", room.name));
        }
    }
    let forbidden_macros = |name: &String| room.never.contains(&PRINTING) && PRINTING.contains(&name.as_str());
    let macros = source.macros.iter().filter(|(_, name)| forbidden_macros(name));
    found.extend(macros.map(|(line, name)| (*line, format!("{name}! in {}", room.name))));
    let methods = source.methods.iter().filter(|(_, name)| !may_use_disk && DISK_METHODS.contains(&name.as_str()));
    found.extend(
        methods.map(|(line, name)| (*line, format!(".{name}() looks at the disk, which {} must not", room.name))),
    );
    if room.name == "ui" {
        let changing = source.mutable.iter().filter(|mention| is_of_app(mention));
        found
            .extend(changing.map(|mention| (mention.line, format!("&mut {}: ui only looks", mention.path.join("::")))));
    }
    found.into_iter().map(|(line, what)| format!("{line}: {what}")).collect()
}

/// Whether a path is a type of the app.
fn is_of_app(mention: &Mention) -> bool {
    mention.path.starts_with(&["crate".to_owned(), "app".to_owned()]) || mention.path.last().is_some_and(|l| l == "App")
}

/// The path of a file's module in the house.
fn module_of(room: &Room, file: &str) -> Vec<String> {
    let inside = file.strip_suffix(".rs").unwrap_or(file).split('/').filter(|part| *part != "mod");
    std::iter::once(room.name).chain(inside).map(str::to_owned).collect()
}

fn room(name: &str) -> &'static Room {
    ROOMS.iter().find(|room| room.name == name).unwrap()
}

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") && path.file_name().is_some_and(|n| n != "tests.rs") {
            found.push(path);
        }
    }
    found
}

#[test]
fn rooms_use_only_what_they_may() {
    let house = House::read();
    let mut found = Vec::new();
    for room in ROOMS {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room.name);
        let files = sources(&dir);
        assert!(files.len() > 4, "the sources of {} were read", room.name);
        for path in files {
            let file = path.strip_prefix(&dir).unwrap().to_str().unwrap().to_owned();
            let all = offences(room, &house, &file, &fs::read_to_string(&path).unwrap());
            found.extend(all.into_iter().map(|offence| format!("{}:{offence}", path.display())));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_room_is_known_here() {
    for name in House::read().rooms {
        assert!(ROOMS.iter().any(|room| room.name == name), "who may use whom says nothing of {name}");
    }
}

/// Each line of the list is an offence by itself, planted at this place.
#[test]
fn an_offence_is_found_however_it_is_written() {
    let house = House::read();
    for (name, file, wrong) in [
        // other rooms
        ("app", "services.rs", "use crate::store::Store;"),
        ("app", "services.rs", "use crate::{model::Id, store};"),
        ("app", "services.rs", "use crate::{\n    model::{self, Id},\n    run::{self as engine},\n};"),
        ("app", "services.rs", "use {crate::store, std::fmt};"),
        ("app", "services.rs", "use super::super::store::Store;"),
        ("app", "services.rs", "fn f() { super::super::store::open(); }"),
        ("app", "services.rs", "use self::super::super::store;"),
        ("app", "mod.rs", "use super::store::Store;"),
        ("app", "mod.rs", "mod inner { use super::super::store; }"),
        ("ui", "map/land.rs", "use super::super::super::store;"),
        ("app", "services.rs", "use crate::*;"),
        ("app", "services.rs", "use crate as house;"),
        ("app", "services.rs", "use super::super::*;"),
        ("app", "services.rs", "fn f() -> crate::exchange::Format { todo!() }"),
        ("app", "services.rs", "fn f() { assert!(crate::store::is_workspace(p)); }"),
        ("app", "services.rs", "pub use crate::cli::Session as S;"),
        ("cli", "list.rs", "use crate::ui::draw;"),
        ("exchange", "mod.rs", "use crate::{store};"),
        // crates
        ("app", "services.rs", "use crossterm::event::Event;"),
        ("app", "services.rs", "use {csv, std::fmt};"),
        ("app", "services.rs", "fn f() { let _ = ::ron::to_string(&1); }"),
        ("ui", "mod.rs", "use crossterm as terminal;"),
        ("report", "html.rs", "use crate::exchange::write;"),
        ("report", "mod.rs", "fn f() { std::fs::write(p, b); }"),
        ("model", "id.rs", "use rustix::{fs::{self as files}};"),
        // the clock
        ("app", "mod.rs", "fn f() { let now = std::time::Instant::now(); }"),
        ("ui", "mod.rs", "use std::time; fn f() { time::SystemTime::now(); }"),
        ("ui", "mod.rs", "use std::time::*;"),
        ("model", "date.rs", "use std::{fmt, time::{Duration, Instant as Clock}};"),
        ("model", "date.rs", "fn f() { chrono::Utc::now(); }"),
        ("search", "mod.rs", "use std::time::Duration;"),
        ("exchange", "plan.rs", "use chrono::Local as Here; fn f() { Here::now(); }"),
        // the disk
        ("model", "mod.rs", "use std::{fmt, fs};"),
        ("ui", "mod.rs", "use std::{self as all}; fn f() { all::fs::read(p); }"),
        ("app", "mod.rs", "fn f(path: &Path) -> bool { path.exists() }"),
        ("cli", "backups.rs", "fn f() { std::fs::metadata(path); }"),
        ("cli", "session.rs", "fn f(dir: &Path) -> bool { dir.join(FILE).is_file() }"),
        ("run", "mod.rs", "use std::fs;"),
        ("run", "storage.rs", "use tempfile::NamedTempFile;"),
        // the rest of the world
        ("app", "mod.rs", "use std::{env, process::Command};"),
        ("search", "mod.rs", "use std::thread; fn f() { thread::spawn(g); }"),
        ("store", "mod.rs", "fn f() { println!(\"saved\"); }"),
        ("exchange", "mod.rs", "use std::net::TcpStream;"),
        // drawing that changes
        ("ui", "mod.rs", "use crate::app::App; fn draw(app: &mut App) {}"),
        ("ui", "mod.rs", "use crate::app::App; fn draw<'a>(app: &'a mut App) {}"),
        ("ui", "mod.rs", "fn draw(app: &mut crate::app::App) {}"),
        ("ui", "form.rs", "use crate::app::form::{Form as Shown}; fn draw(form: &mut Shown) {}"),
    ] {
        assert!(!offences(room(name), &house, file, wrong).is_empty(), "{name}/{file}: {wrong}");
    }
}

#[test]
fn what_is_allowed_is_no_offence() {
    let house = House::read();
    for (name, file, fine) in [
        ("app", "services.rs", "use crate::model::Id;"),
        ("app", "services.rs", "// crossterm::event is not for us\nconst SAID: &str = \"use crate::store;\";"),
        ("app", "services.rs", "use super::store;"),
        ("app", "services.rs", "use crate::{model::{self, Id}, search::Query};"),
        ("app", "services.rs", "#[cfg(test)]\nmod tests { use crate::store::Store; use std::fs; }"),
        ("app", "services.rs", "#[cfg(test)]\nuse crate::store::Store;\nfn f() {}"),
        ("app", "services.rs", "pub(crate) fn f(app: &mut App) {}"),
        ("search", "mod.rs", "fn f() { std::thread::scope(|scope| drop(scope)); }"),
        ("ui", "mod.rs", "use crate::app::App; fn draw(app: &App, buf: &mut Buffer) {}"),
        ("run", "editor.rs", "use std::fs;"),
        ("store", "mod.rs", "use std::{fs, time::SystemTime}; fn f(p: &Path) { p.exists(); }"),
    ] {
        assert_eq!(offences(room(name), &house, file, fine), Vec::<String>::new(), "{name}/{file}: {fine}");
    }
}
