//! Who may use whom. The rooms of the house are kept apart by reading their sources: a `use` or a path that leads into a
//! forbidden room, to a forbidden crate or to a part of the world the room must not touch fails here with its line.

#![allow(clippy::unwrap_used)] // a test that cannot read the sources has failed

use std::fs;
use std::path::{Path, PathBuf};

/// A room: what it may use of the house, which crates it may name, and which parts of the world it must not touch.
struct Room {
    name: &'static str,
    rooms: &'static [&'static str],
    crates: &'static [&'static str],
    never: &'static [&'static str],
}

const WORLD: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "std::io::std",
    "std::time::Instant",
    "std::time::SystemTime",
    "Instant::now",
    "SystemTime::now",
    "Utc::now",
    "Local::now",
    "println!",
    "eprintln!",
];

const ROOMS: &[Room] = &[
    Room { name: "model", rooms: &[], crates: &["serde", "chrono", "interim", "unicode_normalization"], never: WORLD },
    Room {
        name: "search",
        rooms: &["model"],
        crates: &["fuzzy_matcher", "strsim", "hashbrown", "xxhash_rust"],
        // Building an index may use both cores; that starts nothing that outlives the call.
        never: &[
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "std::io",
            "std::time",
            "Utc::now",
            "Local::now",
            "thread::spawn",
            "println!",
            "eprintln!",
        ],
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
        never: &["println!", "eprintln!", "std::net"],
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
            "tempfile",
            "thiserror",
            "serde",
            "chrono",
            "unicode_normalization",
            "memchr",
            "xxhash_rust",
        ],
        never: &["println!", "eprintln!", "std::net", "Utc::now", "Local::now", "SystemTime::now"],
    },
    Room {
        name: "app",
        rooms: &["model", "search"],
        // Widths of text: what scrolling counts must be what drawing draws.
        crates: &["tui_input", "ratatui_textarea", "unicode_width", "unicode_segmentation"],
        never: WORLD,
    },
    Room {
        name: "ui",
        rooms: &["app", "model", "search"],
        crates: &["ratatui", "ratatui_textarea", "unicode_width", "unicode_segmentation"],
        never: WORLD,
    },
    Room { name: "cli", rooms: &["model", "search", "store", "exchange", "app", "run"], crates: &["*"], never: &[] },
];

/// The source without its tests, line by line, comments cut off.
fn lines(source: &str) -> Vec<(usize, &str)> {
    let body = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    body.lines().enumerate().map(|(at, line)| (at + 1, line.split("//").next().unwrap_or_default())).collect()
}

fn is_word_before(line: &str, at: usize) -> bool {
    line[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
}

/// What a source of this room does that it must not.
fn offences(room: &Room, crates: &[String], house: &[String], source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in lines(source) {
        for other in house.iter().filter(|other| *other != room.name && !room.rooms.contains(&other.as_str())) {
            if line.contains(&format!("crate::{other}")) {
                found.push(format!("{number}: the room {other} is not for {}", room.name));
            }
        }
        for name in crates.iter().filter(|name| !room.crates.contains(&name.as_str()) && room.crates != ["*"]) {
            let path = format!("{name}::");
            let starts = line.match_indices(&path).any(|(at, _)| !is_word_before(line, at));
            if starts {
                found.push(format!("{number}: the crate {name} is not for {}", room.name));
            }
        }
        found.extend(
            room.never
                .iter()
                .filter(|word| line.contains(*word))
                .map(|word| format!("{number}: {word} in {}", room.name)),
        );
    }
    found
}

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") && path.file_name().is_some_and(|n| n != "tests.rs") {
            found.push(path);
        }
    }
    found
}

/// The crates of Cargo.toml, as sources name them.
fn crates() -> Vec<String> {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap();
    let section = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let names = section.lines().filter_map(|line| line.split_once(" =")).map(|(name, _)| name.trim().replace('-', "_"));
    names.collect()
}

fn house() -> Vec<String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let dirs = fs::read_dir(src).unwrap().flatten().filter(|entry| entry.path().is_dir());
    dirs.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

#[test]
fn rooms_use_only_what_they_may() {
    let (crates, house) = (crates(), house());
    assert!(crates.len() > 20 && house.len() >= 8, "the manifest and the rooms were read");
    let mut found = Vec::new();
    for room in ROOMS {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(room.name);
        for path in sources(&dir) {
            let source = fs::read_to_string(&path).unwrap();
            let all = offences(room, &crates, &house, &source);
            found.extend(all.into_iter().map(|offence| format!("{}:{offence}", path.display())));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_room_is_known_here() {
    for name in house() {
        assert!(name == "run" || ROOMS.iter().any(|room| room.name == name), "who may use whom says nothing of {name}");
    }
}

#[test]
fn an_offence_is_found() {
    let (crates, house) = (crates(), house());
    let app = ROOMS.iter().find(|room| room.name == "app").unwrap();
    for wrong in ["use crate::store::Store;", "use crossterm::event::Event;", "let now = std::time::Instant::now();"] {
        assert!(!offences(app, &crates, &house, wrong).is_empty(), "{wrong}");
    }
    for fine in ["use crate::model::Id;", "// crossterm::event is not for us", "use super::store;"] {
        assert!(offences(app, &crates, &house, fine).is_empty(), "{fine}");
    }
}

/// Drawing looks and cannot change anything: nothing in ui takes the app but by shared reference.
#[test]
fn drawing_cannot_change_the_app() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui");
    for path in sources(&dir) {
        let source = fs::read_to_string(&path).unwrap();
        assert!(!source.contains("&mut App"), "{}", path.display());
    }
}
