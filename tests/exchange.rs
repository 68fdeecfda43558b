//! Exchange, end to end: reading every dialect, planning, importing again, giving back.
//!
//! Small invented sources show each fault on its own; the published directories beside the repository are read as well
//! where they are there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // helpers of tests fail as tests do

use std::path::{Path, PathBuf};

use folkmoot::exchange::{self, Format, Here, Outgoing, Plan};
use folkmoot::model::needs::NeedTable;
use folkmoot::model::service::{Need, Sex};
use folkmoot::model::{Author, Dice, Moment, Service, Workspace};

/// The published directories, where they are there; says so where they are not.
fn real(name: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/real");
    let path = std::env::var_os("FOLKMOOT_REAL").map_or_else(beside, PathBuf::from).join(name);
    if !path.exists() {
        println!("skipped: {} is not there", path.display());
        return None;
    }
    Some(path)
}

fn needs() -> NeedTable {
    ron::from_str(include_str!("../data/needs.ron")).unwrap()
}

fn author() -> Author {
    let at = Moment::from_seconds(1_795_000_000);
    Author { by: "KP".into(), at, today: at.day() }
}

/// A workspace that remembers what imports brought.
#[derive(Default)]
struct Desk {
    workspace: Workspace,
}

impl Desk {
    fn plan(&self, path: &Path, feed: &str) -> Plan {
        let package = exchange::read(path, feed, &mut |_| true).unwrap();
        let (needs, author) = (needs(), author());
        let here =
            Here { workspace: &self.workspace, originals: &self.workspace.originals, needs: &needs, author: &author };
        exchange::plan(package, &here, &mut Dice::new(1), &mut |_| true).unwrap()
    }

    fn import(&mut self, path: &Path, feed: &str) -> Plan {
        let plan = self.plan(path, feed);
        self.workspace.apply(&plan.change);
        plan
    }

    fn export(&self, format: Format, path: &Path, contacts: bool) {
        let needs = needs();
        let what =
            Outgoing { workspace: &self.workspace, originals: &self.workspace.originals, needs: &needs, contacts };
        exchange::export(format, path, &what, &mut |_| true).unwrap();
    }

    fn service(&self, name: &str) -> &Service {
        self.workspace.services.iter().find(|service| &*service.name == name).unwrap()
    }
}

#[test]
fn dorset_is_whole_and_says_nothing_new_the_second_time() {
    let Some(path) = real("dorset-oruk3.json") else {
        return;
    };
    let mut desk = Desk::default();
    let report = desk.import(&path, "dorset").report;
    assert_eq!((report.services.new, report.organisations.new, report.locations), (128, 50, 101));
    let dependency = desk.service("Dependency and Recovery Services in Dorset");
    assert_eq!(dependency.sex, Some(Sex::Male));
    assert_eq!(dependency.ages.map(|ages| (ages.from, ages.to)), Some((Some(18), None)));
    assert!(dependency.needs.has(Need::DrugsAndAlcohol));
    assert_eq!(dependency.serves.iter().map(ToString::to_string).collect::<Vec<_>>(), ["Dorset PCC area"]);
    let family = desk.service("Family legal aid - Simon Lacey Law Associates");
    assert_eq!(family.needs.labels(), "family and relationships, advice and legal");
    assert_eq!(family.phone.as_deref(), Some("01305 777 711"));
    assert_eq!(family.place(), Some("Weymouth"));
    assert!(desk.plan(&path, "dorset").change.edits.is_empty());
}

/// Out, in again into an empty workspace, and out once more: the same bytes.
fn comes_back_the_same(source: &Path, folder: &Path) {
    let mut desk = Desk::default();
    desk.import(source, "source");
    for (format, ending) in [(Format::Hsds3Json, "json"), (Format::Oruk3Json, "oruk.json"), (Format::Hsds3Csv, "zip")] {
        let (first, second) = (folder.join(format!("first.{ending}")), folder.join(format!("second.{ending}")));
        desk.export(format, &first, true);
        let mut other = Desk::default();
        other.import(&first, "again");
        other.export(format, &second, true);
        let same = std::fs::read(&first).unwrap() == std::fs::read(&second).unwrap();
        assert!(same, "{} as {format:?}", source.display());
        assert_eq!(desk.workspace.services.len(), other.workspace.services.len());
        assert_eq!(desk.workspace.organisations.len(), other.workspace.organisations.len());
    }
}

#[test]
fn real_directories_come_back_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let all = [
        "dorset-oruk3.json",
        "oruk3-mock.json",
        "ohana-sample",
        "dc-hsds-broken.zip",
        "miami-hsds-1.1.zip",
        "big-hsds3.zip",
    ];
    let some = if std::env::var_os("FOLKMOOT_HEAVY").is_some() { &all[..] } else { &all[..3] };
    for path in some.iter().filter_map(|name| real(name)) {
        comes_back_the_same(&path, folder.path());
    }
}
