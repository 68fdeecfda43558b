//! What leaves: valid by the official schemas, nobody named unasked, nothing false, nothing a spreadsheet runs or changes; and
//! `moot validate`, which judges the files of others as the official schemas do.

#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // helpers of tests fail as tests do

mod commands;
mod hidden;
mod judging;
mod official;
mod persons;
mod truth;

use std::path::{Path, PathBuf};

use folkmoot::exchange::{self, ExchangeError, ExportContext, Format, ImportContext, Written};
use folkmoot::model::place::Atlas;
use folkmoot::model::{Author, SplitMix64, Timestamp, Workspace};
use folkmoot::store;
use serde_json::Value;

/// A file or a folder beside the repository, where it is there; says so where it is not.
fn beside(folder: &str, variable: &str, name: &str) -> Option<PathBuf> {
    let there = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(folder);
    let path = std::env::var_os(variable).map_or_else(there, PathBuf::from).join(name);
    if !path.exists() {
        skipped(&format!("{} is not there; {variable} can name its folder", path.display()));
        return None;
    }
    Some(path)
}

/// A published directory.
fn real(name: &str) -> Option<PathBuf> {
    beside("real", "FOLKMOOT_REAL", name)
}

/// An official schema or example.
fn official(name: &str) -> Option<PathBuf> {
    beside("schemas", "FOLKMOOT_SCHEMAS", name)
}

/// Says something on stderr that the test runner does not swallow.
fn say(what: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{what}");
}

fn skipped(why: &str) {
    say(&format!("skipped: {why}"));
}

fn is_heavy() -> bool {
    std::env::var_os("FOLKMOOT_HEAVY").is_some()
}

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

/// A workspace that remembers what imports brought.
#[derive(Default)]
struct Table {
    workspace: Workspace,
}

impl Table {
    fn of(path: &Path) -> Self {
        let mut table = Self::default();
        table.import(path, "source").unwrap();
        table
    }

    /// A directory from JSON.
    fn of_json(json: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("feed.json");
        std::fs::write(&path, json.to_string()).unwrap();
        Self::of(&path)
    }

    fn import(&mut self, path: &Path, feed: &str) -> Result<usize, ExchangeError> {
        let package = exchange::read(path, feed, &mut |_| true)?;
        let thesaurus = store::default_thesaurus();
        let at = Timestamp::from_seconds(1_795_000_000);
        let author = Author { by: "KP".into(), at, today: at.date() };
        let here = ImportContext {
            workspace: &self.workspace,
            originals: &self.workspace.originals,
            thesaurus: &thesaurus,
            author: &author,
        };
        let plan = exchange::plan_import(package, &here, &mut SplitMix64::new(1), &mut |_| true)?;
        self.workspace.apply(&plan.change);
        Ok(plan.change.edits.len())
    }

    fn with_context<T>(&self, contacts: bool, act: impl FnOnce(&ExportContext<'_>) -> T) -> T {
        let (thesaurus, atlas) = (store::default_thesaurus(), Atlas::default());
        act(&ExportContext {
            workspace: &self.workspace,
            originals: &self.workspace.originals,
            thesaurus: &thesaurus,
            atlas: &atlas,
            contacts,
        })
    }

    fn export(&self, format: Format, path: &Path, contacts: bool) -> Written {
        self.with_context(contacts, |context| exchange::export(format, path, context, &mut |_| true).unwrap())
    }

    /// A format that is one file.
    fn text(&self, format: Format, contacts: bool) -> String {
        self.with_context(contacts, |context| {
            let (bytes, _) = exchange::export_to_bytes(format, context, &mut |_| true).unwrap();
            String::from_utf8(bytes).unwrap()
        })
    }

    fn page(&self, format: Format, contacts: bool) -> Value {
        serde_json::from_str(&self.text(format, contacts)).unwrap()
    }

    /// All that an export writes, in whatever files.
    fn everything(&self, format: Format, contacts: bool) -> String {
        if format != Format::Hsds3Csv {
            return self.text(format, contacts);
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tables");
        self.export(format, &path, contacts);
        let files = std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path());
        files.map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }
}
