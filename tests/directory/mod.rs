//! A workspace that imports and exports, the published directories, and the official schemas: for every test of exchange.

#![allow(dead_code)] // each test file uses what it needs
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests fail as tests do

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use folkmoot::exchange::{self, ExportContext, Format, ImportContext, ImportPlan};
use folkmoot::model::place::Atlas;
use folkmoot::model::thesaurus::Thesaurus;
use folkmoot::model::{AnyRecord, Author, Change, Edit, Service, SplitMix64, Timestamp, Workspace};
use folkmoot::store;

/// The published directories, where they are there; says so where they are not.
pub fn real(name: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/real");
    let path = std::env::var_os("FOLKMOOT_REAL").map_or_else(beside, PathBuf::from).join(name);
    if !path.exists() {
        skipped(&format!("{} is not there; FOLKMOOT_REAL can name its folder", path.display()));
        return None;
    }
    Some(path)
}

/// Says that something is not tested; `println!` would be captured.
pub fn skipped(why: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

pub fn author() -> Author {
    let at = Timestamp::from_seconds(1_795_000_000);
    Author { by: "KP".into(), at, today: at.date() }
}

/// The words of the program, read once.
pub fn thesaurus() -> &'static Thesaurus {
    static WORDS: OnceLock<Thesaurus> = OnceLock::new();
    WORDS.get_or_init(store::default_thesaurus)
}

/// A workspace that remembers what imports brought.
#[derive(Default)]
pub struct Harness {
    pub workspace: Workspace,
}

impl Harness {
    pub fn plan(&self, path: &Path, feed: &str) -> ImportPlan {
        let here = ImportContext {
            workspace: &self.workspace,
            originals: &self.workspace.originals,
            thesaurus: thesaurus(),
            author: &author(),
        };
        exchange::import(path, feed, &here, &mut SplitMix64::new(1), &mut |_| true).unwrap()
    }

    pub fn import(&mut self, path: &Path, feed: &str) -> ImportPlan {
        let plan = self.plan(path, feed);
        self.workspace.apply(&plan.change);
        plan
    }

    pub fn export(&self, format: Format, path: &Path, contacts: bool) {
        self.export_with(&Atlas::default(), format, path, contacts);
    }

    pub fn export_with(&self, atlas: &Atlas, format: Format, path: &Path, contacts: bool) {
        let what = ExportContext {
            workspace: &self.workspace,
            originals: &self.workspace.originals,
            thesaurus: thesaurus(),
            atlas,
            contacts,
        };
        exchange::export(format, path, &what, &mut |_| true).unwrap();
    }

    /// Everything that an export writes, as one text.
    pub fn exported_text(&self, format: Format, contacts: bool) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format.name());
        self.export(format, &path, contacts);
        let files: Vec<PathBuf> = if path.is_dir() {
            std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect()
        } else {
            std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect()
        };
        assert!(!files.is_empty());
        files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }

    /// Somebody changes a service.
    pub fn edit(&mut self, name: &str, act: impl FnOnce(&mut Service)) {
        let before = self.workspace.services.iter().find(|service| &*service.name == name).unwrap().clone();
        let mut after = Service::clone(&before);
        act(&mut after);
        let edit = Edit::new(Some(AnyRecord::Service(before)), Some(after.into()));
        self.workspace.apply(&Change { edits: edit.into_iter().collect(), sentence: String::new() });
    }

    pub fn service(&self, name: &str) -> &Service {
        self.workspace.services.iter().find(|service| &*service.name == name).unwrap()
    }
}

/// The official schemas for a format, where they are there.
pub fn official_schemas(name: &str) -> Vec<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/schemas");
    let folder = std::env::var_os("FOLKMOOT_SCHEMAS").map_or_else(beside, PathBuf::from);
    let files: &[&str] = match name {
        "hsds3" => &["hsds-3.0/service.compiled.json.gz", "hsds-3.1/service.compiled.json.gz"],
        "oruk3" => &["oruk-3/service.json"],
        other => panic!("no schemas are known for {other}"),
    };
    let paths = files.iter().map(|file| folder.join(file));
    let (there, absent): (Vec<_>, Vec<_>) = paths.partition(|path| path.exists());
    for path in absent {
        skipped(&format!("the schema {} is not there; FOLKMOOT_SCHEMAS can name its folder", path.display()));
    }
    there
}

pub fn read_schema(path: &Path) -> serde_json::Value {
    let file = std::fs::File::open(path).unwrap();
    if path.extension().is_some_and(|ending| ending == "gz") {
        return serde_json::from_reader(flate2::read::GzDecoder::new(file)).unwrap();
    }
    serde_json::from_reader(file).unwrap()
}

pub fn validators(name: &str) -> Vec<(String, jsonschema::Validator)> {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/schemas").join(format!("{name}-service.json"));
    let read = |path: PathBuf| {
        let options = jsonschema::options().should_validate_formats(true);
        (path.display().to_string(), options.build(&read_schema(&path)).unwrap())
    };
    std::iter::once(own).chain(official_schemas(name)).map(read).collect()
}

/// Everything that would change by a source coming a second time: as it is, under another name, and as this program exports
/// it, with and without the names of persons. Nothing should.
pub fn changes_of_what_is_known(harness: &Harness, source: &Path, feed: &str) -> Vec<String> {
    let mut changed = Vec::new();
    changed.extend(changes_of(harness, "again", source, feed));
    changed.extend(changes_of(harness, "renamed", source, "another-name"));
    changed.extend(changes_of_own_exports(harness));
    changed
}

/// What an import would change.
fn changes_of(harness: &Harness, what: &str, path: &Path, feed: &str) -> Option<String> {
    let ImportPlan { change, .. } = harness.plan(path, feed);
    let first = change.edits.first()?;
    let fields = if let Edit::Replace { before, after } = first { before.differing(after) } else { Vec::new() };
    Some(format!("{what}: {} edits, {}; first of {fields:?} {first:?}", change.edits.len(), change.sentence))
}

/// Everything that would change by an export of this program coming home.
pub fn changes_of_own_exports(harness: &Harness) -> Vec<String> {
    let mut changed = Vec::new();
    let folder = tempfile::tempdir().unwrap();
    for (format, ending) in [(Format::Hsds3Json, "json"), (Format::Oruk3Json, "oruk.json"), (Format::Hsds3Csv, "zip")] {
        for contacts in [true, false] {
            let path = folder.path().join(format!("{contacts}.{ending}"));
            harness.export(format, &path, contacts);
            changed.extend(changes_of(harness, &format!("{} {contacts}", format.name()), &path, "home"));
        }
    }
    changed
}
