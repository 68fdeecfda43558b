//! Exchange, end to end: reading every dialect, planning, importing again, giving back.
//!
//! Small invented sources show each fault on its own; the published directories beside the repository are read as well
//! where they are there. A test that skips something says so on stderr, which the test runner does not swallow.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // helpers of tests fail as tests do

mod directory;

use std::path::{Path, PathBuf};

use directory::{Harness, changes_of_own_exports, changes_of_what_is_known, real, skipped, validators};
use folkmoot::exchange::{self, Format, RepairKind, Report};
use folkmoot::model::place::Atlas;
use folkmoot::model::service::{Ages, Contact, Need, Sex, Status, Verified};
use folkmoot::model::{AnyRecord, Change, Edit, Organisation, Record, Ref, Service};
use folkmoot::store;
use proptest::prelude::*;

/// The invented directories, one a dialect; the last nests everything that HSDS 3 lets nest, each with its fault.
const FIXTURES: &[&str] =
    &["hsds1", "ohana", "hsds2", "orservices", "oruk1.json", "lines.jsonl", "full.json", "deep.json"];

#[test]
fn dorset_is_whole_and_says_nothing_new_the_second_time() {
    let Some(path) = real("dorset-oruk3.json") else {
        return;
    };
    let mut harness = Harness::default();
    let report = harness.import(&path, "dorset").report;
    assert_eq!((report.services.new, report.organisations.new, report.locations), (128, 50, 101));
    let dependency = harness.service("Dependency and Recovery Services in Dorset");
    assert_eq!(dependency.sex, Some(Sex::Male));
    assert_eq!(dependency.ages.map(|ages| (ages.from, ages.to)), Some((Some(18), None)));
    assert!(dependency.needs.has(Need::DrugsAndAlcohol));
    assert_eq!(dependency.serves.iter().map(ToString::to_string).collect::<Vec<_>>(), ["Dorset PCC area"]);
    let family = harness.service("Family legal aid - Simon Lacey Law Associates");
    assert_eq!(family.needs.labels(), "family and relationships, advice and legal");
    assert_eq!(family.phone.as_deref(), Some("01305 777 711"));
    assert_eq!(family.place(), Some("Weymouth"));
    assert!(harness.plan(&path, "dorset").change.edits.is_empty());
}

/// Out, in again into an empty workspace, and out once more: the same bytes.
fn comes_back_the_same(source: &Path, folder: &Path) {
    let mut harness = Harness::default();
    harness.import(source, "source");
    assert!(!harness.workspace.services.is_empty(), "{} has services", source.display());
    for (format, ending) in [(Format::Hsds3Json, "json"), (Format::Oruk3Json, "oruk.json"), (Format::Hsds3Csv, "zip")] {
        let (first, second) = (folder.join(format!("first.{ending}")), folder.join(format!("second.{ending}")));
        harness.export(format, &first, true);
        let mut other = Harness::default();
        other.import(&first, "again");
        other.export(format, &second, true);
        let same = std::fs::read(&first).unwrap() == std::fs::read(&second).unwrap();
        assert!(same, "{} as {format:?}", source.display());
        assert_eq!(harness.workspace.services.len(), other.workspace.services.len());
        assert_eq!(harness.workspace.organisations.len(), other.workspace.organisations.len());
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
    if some.len() < all.len() {
        skipped("the large directories; FOLKMOOT_HEAVY=1 reads them too");
    }
    for path in some.iter().filter_map(|name| real(name)) {
        comes_back_the_same(&path, folder.path());
    }
}

/// A source is known by the ids of its records, whatever its file is called; and what this program exported is known as well.
#[test]
fn nothing_comes_twice() {
    let real_ones = ["dorset-oruk3.json", "oruk3-mock.json", "ohana-sample"];
    let heavy = ["dc-hsds-broken.zip", "miami-hsds-1.1.zip", "big-hsds3.zip"];
    let heavy = heavy.iter().filter(|_| std::env::var_os("FOLKMOOT_HEAVY").is_some());
    let sources =
        FIXTURES.iter().map(|name| fixture(name)).chain(real_ones.iter().chain(heavy).filter_map(|name| real(name)));
    for source in sources {
        let mut harness = Harness::default();
        harness.import(&source, "first-name");
        let changed = changes_of_what_is_known(&harness, &source, "first-name");
        assert!(changed.is_empty(), "{}: {changed:#?}", source.display());
        println!("{}: nothing had to change", source.display());
    }
}

/// What was made here and never imported comes home as it went out.
#[test]
fn what_was_made_here_comes_home_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    store::init(folder.path(), "Table of the North", true).unwrap();
    let workspace = store::Store::open(folder.path(), store::Mode::Read).unwrap().workspace;
    assert!(workspace.services.iter().all(|service| service.source.is_none()));
    let changed = changes_of_own_exports(&Harness { workspace });
    assert!(changed.is_empty(), "{changed:#?}");
}

/// What comes of these files, and what changes when exports of it come home.
fn made_of(files: &[(&str, &str)]) -> (Harness, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in files {
        std::fs::write(folder.path().join(file), text).unwrap();
    }
    let mut harness = Harness::default();
    harness.import(folder.path(), "made");
    let changed = changes_of_own_exports(&harness);
    (harness, changed)
}

/// A service of which nothing but its table says that it is one, beside an organisation without services.
#[test]
fn what_says_little_of_itself_comes_home_as_what_it_is() {
    let (harness, changed) = made_of(&[
        ("organizations.csv", "id,name,description\n1,Quay Trust,Invented\n"),
        ("services.csv", "id,name,description,status,taxonomy\n7,Drop-in,Invented,unheard of,advice\n"),
    ]);
    assert_eq!((harness.workspace.services.len(), harness.workspace.organisations.len()), (1, 1));
    assert!(changed.is_empty(), "{changed:#?}");
}

/// A number that is none goes out beside those that are, which come home before it.
#[test]
fn places_are_those_that_are_counted() {
    let (harness, changed) = made_of(&[
        ("services.csv", "id,name,status\n8,Beds,active\n"),
        (
            "service_capacity.csv",
            "id,service_id,available,maximum,updated\n1,8,many,,2026-01-02\n2,8,3,5,2026-01-03T10:00:00Z\n",
        ),
    ]);
    assert_eq!(harness.service("Beds").capacity.as_ref().map(|capacity| capacity.available), Some(3));
    assert!(changed.is_empty(), "{changed:#?}");
}

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn imported(name: &str) -> (Harness, Report) {
    let mut harness = Harness::default();
    let report = harness.import(&fixture(name), "test").report;
    (harness, report)
}

fn count(report: &Report, kind: RepairKind) -> usize {
    report.by_kind().get(&kind).copied().unwrap_or_default()
}

#[test]
fn a_faulty_package_of_hsds_1_comes_in_whole() {
    let (harness, report) = imported("hsds1");
    assert_eq!(report.dialect, "HSDS 1");
    assert_eq!((report.services.new, report.organisations.new), (5, 4), "a copy is merged, another row is kept");
    for (kind, times) in [
        (RepairKind::Encoding, 1),
        (RepairKind::Copy, 1),
        (RepairKind::SameId, 0),
        (RepairKind::Ragged, 2),
        (RepairKind::BadCoordinates, 4),
        (RepairKind::Postcode, 1),
        (RepairKind::Refuge, 1),
        (RepairKind::Newlines, 2),
    ] {
        assert_eq!(count(&report, kind), times, "{kind:?}");
    }
    let loose: Vec<String> = report.dangling().map(|repair| format!("{}:{}", repair.file, repair.old)).collect();
    for expected in [
        "services.csv:999888777666555",
        "phones.csv:100,102",
        "services_at_location.csv:555",
        "services_taxonomy.csv:XX-1",
        "eligibility.csv:",
    ] {
        assert!(loose.iter().any(|known| known == expected), "{expected} in {loose:?}");
    }
    let beds = harness.service("Night beds");
    assert_eq!(beds.summary.as_deref(), Some("First line\n\nSecond line"));
    assert_eq!(beds.opening.as_deref(), Some("Mon–Fri 08:30–17:00\nSat 10:00–12:00"));
    assert_eq!(beds.needs.labels(), "accommodation");
    assert_eq!(beds.locations[0].point, None);
    assert_eq!(beds.locations[0].postcode.as_deref(), Some("DT1 3BJ"));
    assert_eq!(harness.service("Loose end").organisation, Some(Ref::words("999888777666555".into())));
    let café = harness.service("Café and “advice”");
    assert_eq!((café.sex, café.status), (Some(Sex::Male), Status::Paused));
    assert!(harness.service("Women's refuge").hide_address);
    assert_eq!(report.orphan_rows, 6, "two places, a term, a phone, a link and a condition");
}

#[test]
fn lists_in_cells_of_ohana_are_unfolded() {
    let (harness, report) = imported("ohana");
    assert_eq!((report.dialect, report.services.new, report.organisations.new), ("Ohana", 1, 1));
    let service = harness.service("Second Chance");
    assert_eq!(service.status, Status::Closed);
    assert_eq!(
        service.organisation.as_ref().map(|to| to.name(&harness.workspace).into_owned()),
        Some("Harbour Trust".to_owned())
    );
    assert_eq!(service.languages.len() + service.serves.len() + service.funders.len(), 6);
    assert_eq!(service.accessibility.as_deref(), Some("ramp; lift"));
    assert_eq!(service.ages.and_then(|ages| ages.from), Some(55));
    assert!(service.needs.has(Need::Employment));
    assert_eq!(
        (count(&report, RepairKind::Ambiguous), count(&report, RepairKind::WrongType)),
        (1, 2),
        "holidays in the year 1"
    );
}

#[test]
fn every_other_dialect_comes_in() {
    let (harness, report) = imported("hsds2");
    assert_eq!((report.dialect, report.services.new), ("HSDS 2", 1));
    let advice = harness.service("Walk-in advice");
    assert_eq!(advice.summary.as_deref(), Some("Zerowidth, narrow blank, an escape red, a bell  and a turn"));
    assert!(advice.needs.has(Need::Finance) && advice.needs.has(Need::Legal));

    let (harness, report) = imported("oruk1.json");
    assert_eq!((report.dialect, report.services.new, report.organisations.new), ("ORUK 1 JSON", 1, 1));
    let service = harness.service("Drop-in");
    assert_eq!(service.opening.as_deref(), Some("Mon 09:00–12:30"));
    assert_eq!(service.ages.map(|ages| (ages.from, ages.to)), Some((Some(16), Some(25))));
    assert_eq!((service.place(), service.routes.labels()), (Some("Wareham"), "drop-in".to_owned()));
    assert_eq!(service.contacts[0].phone.as_deref(), Some("01929 555 0100"));
    assert_eq!(service.serves, ["Purbeck".into()]);

    let (harness, report) = imported("orservices");
    assert_eq!((report.dialect, report.services.new, report.organisations.new), ("ORServices", 1, 1));
    let beds = harness.service("Night beds");
    assert_eq!((beds.locations.len(), beds.place()), (2, Some("Weymouth")));
    assert_eq!(
        beds.organisation.as_ref().map(|to| to.name(&harness.workspace).into_owned()),
        Some("Harbour Trust".to_owned())
    );

    let (_, report) = imported("lines.jsonl");
    assert_eq!(
        (report.services.new, count(&report, RepairKind::Unreadable), count(&report, RepairKind::Null)),
        (2, 1, 1)
    );
}

#[test]
fn fixtures_come_back_the_same() {
    let folder = tempfile::tempdir().unwrap();
    for name in FIXTURES {
        comes_back_the_same(&fixture(name), folder.path());
    }
}

/// The bound of a source counts each of its services once.
#[test]
fn a_service_is_counted_once() {
    let folder = tempfile::tempdir().unwrap();
    let read = |file: &str, text: &str| {
        let path = folder.path().join(file);
        std::fs::write(&path, text).unwrap();
        exchange::read(&path, "x", &mut |_| true)
    };
    let table = |count: usize| {
        let rows = (0..count).map(|at| format!("{at},a,active\n"));
        std::iter::once("id,name,status\n".to_owned()).chain(rows).collect::<String>()
    };
    assert_eq!(read("services.csv", &table(76_000)).unwrap().services.len(), 76_000, "more than half of what may be");
    let why = read("services.csv", &table(150_001)).unwrap_err().to_string();
    assert!(why.contains("more than 150,000 services"), "{why}");
}

/// One sentence with one remedy, and no word of the system's own.
#[test]
fn what_cannot_be_read_is_said_once() {
    let folder = tempfile::tempdir().unwrap();
    let said = |file: &str| exchange::read(&folder.path().join(file), "x", &mut |_| true).unwrap_err().to_string();
    let absent = said("absent.json");
    assert!(absent.ends_with("absent.json cannot be read: it is not there; name a file or folder that is"), "{absent}");
    std::fs::write(folder.path().join("cut.xml"), "<Source><Agency>").unwrap();
    let cut = said("cut.xml");
    assert_eq!(cut.matches("fetch").count(), 1, "{cut}");
    assert!(
        cut.ends_with("line 1, cannot be read: the file ends within an element; mend it there, or fetch it again"),
        "{cut}"
    );
}

#[test]
fn what_is_no_directory_is_named_with_its_columns() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text, says) in [
        ("cars.csv", "plate,colour\nAB1,red\n", "plate, colour"),
        ("empty.csv", "", "no rows"),
        ("broken.json", "{\"contents\": [", "line 1"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let problem = exchange::read(&path, "test", &mut |_| true).unwrap_err();
        assert!(problem.0.contains(says), "{problem}");
    }
    let absent = exchange::read(&folder.path().join("absent"), "test", &mut |_| true).unwrap_err();
    assert!(absent.0.contains("absent cannot be read"), "{absent}");
    let stopped = exchange::read(&fixture("hsds1"), "test", &mut |_| false);
    assert!(stopped.unwrap_err().0.contains("stopped"));
}

#[test]
fn a_zip_that_leads_out_of_itself_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.zip");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    archive.start_file("../services.csv", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut archive, b"id,name\n1,Out\n").unwrap();
    archive.finish().unwrap();
    let problem = exchange::read(&path, "test", &mut |_| true).unwrap_err();
    assert!(problem.0.contains("leads out of it"), "{problem}");
}

fn page(services: &[&str]) -> String {
    format!("{{\"contents\": [{}]}}", services.join(","))
}

fn edit(harness: &mut Harness, name: &str, act: impl FnOnce(&mut Service)) {
    let before = harness.workspace.services.iter().find(|service| &*service.name == name).unwrap().clone();
    let mut after = Service::clone(&before);
    act(&mut after);
    let edit = Edit::new(Some(AnyRecord::Service(before)), Some(after.into()));
    harness.workspace.apply(&Change { edits: edit.into_iter().collect(), sentence: String::new() });
}

#[test]
fn importing_again_keeps_what_was_changed_here() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.json");
    let service = |id: &str, name: &str, fees: &str, wait: &str| {
        format!(r#"{{"id":"{id}","name":"{name}","status":"active","fees_description":"{fees}","wait_time":"{wait}"}}"#)
    };
    std::fs::write(&path, page(&[&service("1", "Beds", "free", "a week"), &service("2", "Board", "free", "none")]))
        .unwrap();
    let mut harness = Harness::default();
    harness.import(&path, "feed");
    edit(&mut harness, "Beds", |beds| {
        beds.cost = Some("£5".into());
        beds.phone = Some("01305 555 0100".into());
    });
    // the source changes the cost too, and the waiting time, and drops the other one
    std::fs::write(&path, page(&[&service("1", "Beds", "£3", "a day")])).unwrap();
    let report = harness.import(&path, "feed").report;
    assert_eq!((report.services.changed, report.services.missing), (1, 1));
    let beds = harness.service("Beds");
    assert_eq!((beds.cost.as_deref(), beds.waiting.as_deref()), (Some("£5"), Some("a day")));
    assert_eq!(beds.phone.as_deref(), Some("01305 555 0100"));
    let source = beds.source.as_ref().unwrap();
    assert_eq!(source.suggestions, [("cost".into(), "£3".into())]);
    assert!(harness.service("Board").source.as_ref().unwrap().missing_since.is_some());
    assert!(harness.plan(&path, "feed").change.edits.is_empty());
    // it comes back
    std::fs::write(&path, page(&[&service("1", "Beds", "£3", "a day"), &service("2", "Board", "free", "none")]))
        .unwrap();
    harness.import(&path, "feed");
    assert_eq!(harness.service("Board").source.as_ref().unwrap().missing_since, None);
}

#[test]
fn local_changes_go_out_and_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let (mut harness, _) = imported("hsds1");
    edit(&mut harness, "Night beds", |beds| {
        beds.needs.insert(Need::Veterans);
        beds.ages = Some(Ages { from: Some(18), to: None });
        beds.opening = Some("ring first".into());
        beds.notes = Some("the back door sticks".into());
        beds.languages = vec!["Portuguese, of Brazil".into()];
        beds.contacts = vec![Contact { name: Some("Front harness".into()), ..Contact::default() }];
        beds.commissioner = Some(Ref::words("The council".into()));
        beds.funding_ends = Some("2027-03-31".parse().unwrap());
        beds.verified = Some(Verified { on: "2026-11-20".parse().unwrap(), by: Some("KP".into()), how: None });
    });
    for (format, name) in [(Format::Hsds3Json, "out.json"), (Format::Hsds3Csv, "out")] {
        let path = folder.path().join(name);
        harness.export(format, &path, true);
        let mut other = Harness::default();
        other.import(&path, "again");
        let second = folder.path().join(format!("again-{name}"));
        other.export(format, &second, true);
        let file = |path: &Path| if path.is_dir() { path.join("services.csv") } else { path.to_owned() };
        assert_eq!(std::fs::read_to_string(file(&path)).unwrap(), std::fs::read_to_string(file(&second)).unwrap());
        let (ours, theirs) = (harness.service("Night beds"), other.service("Night beds"));
        let mut theirs = theirs.clone();
        theirs.notes.clone_from(&ours.notes);
        theirs.source.clone_from(&ours.source);
        theirs.organisation.clone_from(&ours.organisation);
        assert_eq!(ours.differing(&theirs), Vec::<&str>::new(), "{name}");
    }
}

#[test]
fn what_is_emptied_here_stays_empty() {
    let folder = tempfile::tempdir().unwrap();
    let (mut harness, _) = imported("full.json");
    edit(&mut harness, "Full women only refuge", |full| {
        let said = full.differing(&Service::default());
        assert!(said.len() > 24, "only {said:?} could come back");
        *full = Service { id: full.id, name: full.name.clone(), source: full.source.clone(), ..Service::default() };
    });
    let before = harness.workspace.organisations.iter().next().unwrap().clone();
    let (id, name, source) = (before.id, before.name.clone(), before.source.clone());
    let after = Organisation { id, name, source, ..Organisation::default() };
    assert!(before.differing(&after).len() > 5);
    let edit = Edit::new(Some(AnyRecord::Organisation(before)), Some(after.clone().into()));
    harness.workspace.apply(&Change { edits: edit.into_iter().collect(), sentence: String::new() });
    for (format, name) in [(Format::Hsds3Json, "a.json"), (Format::Oruk3Json, "b.json"), (Format::Hsds3Csv, "c")] {
        let path = folder.path().join(name);
        harness.export(format, &path, true);
        let mut other = Harness::default();
        other.import(&path, "again");
        let ours = harness.service("Full women only refuge");
        assert_eq!(other.service(&ours.name).differing(ours), ["source"], "{name}");
        let organisation = other.workspace.organisations.iter().next().unwrap();
        assert_eq!(organisation.differing(&after), ["source"], "{name}");
    }
}

#[test]
fn what_must_not_leave_does_not() {
    let (mut harness, _) = imported("hsds1");
    edit(&mut harness, "Women's refuge", |refuge| {
        refuge.summary = Some("We are at 7 Hidden Lane".into());
        refuge.notes = Some("code 4711".into());
    });
    edit(&mut harness, "Café and “advice”", |other| other.hide_address = true);
    let secrets = ["Hidden Lane", "BH15 1AA", "Quay House", "50.61", "4711", "someone@example.org"];
    let said = |harness: &Harness, contacts: bool| -> Vec<&str> {
        let texts: Vec<String> = Format::ALL.iter().map(|format| harness.exported_text(*format, contacts)).collect();
        secrets.into_iter().filter(|secret| texts.iter().any(|text| text.contains(secret))).collect()
    };
    assert_eq!(said(&harness, false), Vec::<&str>::new());
    // the measure can fail: what is not hidden and was asked for is said, and notes never are
    for name in ["Women's refuge", "Café and “advice”"] {
        edit(&mut harness, name, |service| service.hide_address = false);
    }
    assert_eq!(said(&harness, true), ["Hidden Lane", "BH15 1AA", "Quay House", "50.61", "someone@example.org"]);
}

/// What a declaration hides does not depend on where the value is from: here it came with the source.
#[test]
fn a_field_for_colleagues_leaves_with_no_original_either() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.json");
    let service =
        r#"{"id":"1","name":"Beds","status":"active","moot_notes":"the back door sticks","moot_waiting":"a week"}"#;
    std::fs::write(&path, page(&[service])).unwrap();
    let mut harness = Harness::default();
    harness.import(&path, "feed");
    assert_eq!(harness.service("Beds").notes.as_deref(), Some("the back door sticks"));
    for format in Format::ALL {
        let text = harness.exported_text(*format, true);
        assert!(!text.contains("back door"), "{}: {text}", format.name());
    }
    assert!(harness.exported_text(Format::Hsds3Json, false).contains("a week"), "what is public does leave");
}

#[test]
fn nobody_else_tells_a_hidden_address() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.json");
    let place = |id: &str, street: &str, town: &str, postcode: &str, lat: &str| {
        format!(
            r#"{{"id":"{id}","location_type":"physical","latitude":{lat},"longitude":-2.4,"external_identifier":"100{lat}",
            "addresses":[{{"address_1":"{street}","city":"{town}","postal_code":"{postcode}","address_type":"physical"}}]}}"#
        )
    };
    let house = place("house", "9 Secret Grove", "Sandbanks", "BH15 9ZZ", "50.70123");
    let office = place("office", "1 Open Street", "Poole", "BH15 1AA", "50.71");
    let trust = format!(
        r#"{{"id":"trust","name":"Trust","description":"Our house is 9 Secret Grove.","locations":[{house},{office}]}}"#
    );
    let service = |id: &str, name: &str, place: &str, more: &str| {
        format!(
            r#"{{"id":"{id}","name":"{name}","status":"active","organization":{trust},{more},
            "service_at_locations":[{{"location":{place}}}]}}"#
        )
    };
    let outreach = r#""description":"Ask at 9 SECRET GROVE (bh159zz)","url":"https://maps.example.org/?q=BH159ZZ""#;
    let refuge = service("1", "A refuge", &house, r#""description":"9 Secret Grove""#);
    std::fs::write(&path, page(&[&refuge, &service("2", "Outreach", &office, outreach)])).unwrap();
    let mut harness = Harness::default();
    harness.import(&path, "feed");
    assert!(harness.service("A refuge").hide_address);
    let secrets = ["secret grove", "bh15 9zz", "bh159zz", "sandbanks", "50.70123"];
    let leaks = |harness: &Harness, format: Format| -> (bool, Vec<&str>) {
        let text = harness.exported_text(format, true).to_lowercase();
        (text.contains("1 open street"), secrets.into_iter().filter(|secret| text.contains(secret)).collect())
    };
    // an address book has no addresses of services
    let placed = || Format::ALL.iter().filter(|format| **format != Format::VCard);
    assert_eq!(leaks(&harness, Format::VCard).1, Vec::<&str>::new());
    for format in placed() {
        assert_eq!(leaks(&harness, *format), (true, vec![]), "{format:?}");
    }
    // the measure can fail
    edit(&mut harness, "A refuge", |refuge| refuge.hide_address = false);
    for format in placed() {
        assert!(leaks(&harness, *format).1.len() > 2, "{format:?}");
    }
}

/// A map of one square, with one postcode district in it and one beside it.
fn small_map() -> Atlas {
    ron::Options::default()
        .with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME)
        .from_str(
            r#"(name: "Rutland",
            districts: [(name: "Oakham", rings: [[(52.0, -1.0), (53.0, -1.0), (53.0, 0.0), (52.0, 0.0)]])],
            postcodes: [(code: "LE15", point: (52.6, -0.7)), (code: "PE9", point: (52.6, 0.4))])"#,
        )
        .unwrap()
}

#[test]
fn a_county_is_stated_only_where_the_record_or_the_map_says_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.json");
    let service = |id: &str, address: &str| {
        format!(
            r#"{{"id":"{id}","name":"{id}","status":"active","service_at_locations":[{{"location":{{"id":"at-{id}",
            "location_type":"physical","addresses":[{{"address_1":"1 Street","city":"Town","country":"GB",
            "address_type":"physical",{address}}}]}}}}]}}"#
        )
    };
    let services = [
        service("inside", r#""postal_code":"LE15 6AA""#),
        service("beside", r#""postal_code":"PE9 1AA""#),
        service("far", r#""postal_code":"M1 1AA""#),
        service("says", r#""postal_code":"LE15 6AA","state_province":"Leicestershire""#),
    ];
    std::fs::write(&path, page(&services.each_ref().map(String::as_str))).unwrap();
    let mut harness = Harness::default();
    harness.import(&path, "feed");
    for format in [Format::Hsds3Json, Format::Oruk3Json] {
        let out = folder.path().join("out.json");
        harness.export_with(&small_map(), format, &out, true);
        let page: serde_json::Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
        for (name, county, is_filled) in [
            ("inside", "Rutland", true),
            ("beside", "not stated", true),
            ("far", "not stated", true),
            ("says", "Leicestershire", false),
        ] {
            let found = page["contents"].as_array().unwrap().iter().find(|service| service["name"] == name).unwrap();
            let address = &found["service_at_locations"][0]["location"]["addresses"][0];
            assert_eq!(address["state_province"], county, "{name}");
            let filled = address["moot_filled"].as_array().is_some_and(|all| all.contains(&"state_province".into()));
            assert_eq!(filled, is_filled, "{name}");
        }
    }
}

#[test]
fn exported_services_are_valid() {
    let folder = tempfile::tempdir().unwrap();
    let mut sources: Vec<PathBuf> = FIXTURES.iter().map(|name| fixture(name)).collect();
    let heavy = ["dc-hsds-broken.zip", "miami-hsds-1.1.zip", "big-hsds3.zip"];
    let heavy = heavy.iter().filter(|_| std::env::var_os("FOLKMOOT_HEAVY").is_some());
    sources.extend(
        ["dorset-oruk3.json", "oruk3-mock.json", "ohana-sample"].iter().chain(heavy).filter_map(|name| real(name)),
    );
    let hsds = validators("hsds3");
    let oruk = validators("oruk3");
    for source in sources {
        let mut harness = Harness::default();
        harness.import(&source, "source");
        for (format, validators) in [(Format::Hsds3Json, &hsds), (Format::Oruk3Json, &oruk)] {
            let path = folder.path().join("page.json");
            harness.export(format, &path, true);
            let page: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let items = page["contents"].as_array().unwrap();
            assert!(!items.is_empty(), "{}", source.display());
            for (schema, validator) in validators {
                for item in items {
                    let faults: Vec<String> = validator
                        .iter_errors(item)
                        .map(|fault| format!("{fault} at {}", fault.instance_path()))
                        .collect();
                    assert!(faults.is_empty(), "{} {schema}: {faults:?}", source.display());
                }
            }
        }
    }
    // the measure can fail
    let nameless = serde_json::json!({"id": "7", "status": "open"});
    for (schema, validator) in hsds.iter().chain(&oruk) {
        assert!(!validator.is_valid(&nameless), "{schema}");
    }
}

/// No character that could do anything but be read.
fn assert_clean(text: &str) {
    assert!(!text.chars().any(folkmoot::model::text::is_unwelcome), "{text:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn nothing_read_from_anything_is_unclean(
        cells in prop::collection::vec("[\\PC\\x00-\\x1f\\u{202e}\\u{200b}<>&\\\\\",;]{0,30}", 1..20),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        json in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut text = if json {
            let fields: Vec<String> = cells.chunks(2).map(|pair| format!(
                "{}:{}", serde_json::json!(pair[0]), serde_json::json!(pair.get(1)))).collect();
            format!("[{{\"id\":1,\"name\":{},{}}}]", serde_json::json!(cells[0]), fields.join(",")).into_bytes()
        } else {
            format!("id,name,organization_id,{}\n1,{}\n", cells[0], cells.join(",")).into_bytes()
        };
        if cells.len() % 3 == 0 {
            text.extend(bytes);
        }
        let path = folder.path().join(if json { "any.json" } else { "services.csv" });
        std::fs::write(&path, text).unwrap();
        if let Ok(package) = exchange::read(&path, "any", &mut |_| true) {
            for item in package.services.iter().chain(&package.organisations).chain(&package.orphans) {
                assert_clean(&item.json);
            }
            package.repairs.iter().for_each(|repair| assert_clean(&repair.new.replace('⏎', "")));
            let mut harness = Harness::default();
            harness.import(&path, "any");
            for record in harness.workspace.services.iter() {
                assert_eq!(record.check_fields(), Ok(()));
                assert_clean(&ron::to_string(&**record).unwrap().replace("\\n", ""));
            }
        }
    }
}
