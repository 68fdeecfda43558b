//! Two records that are one: said where it is likely, joined by a person, and every reference, original and thread follows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests fail as tests do

mod directory;
mod harness;

use std::fs;
use std::path::Path;

use directory::author;
use folkmoot::model::join::join;
use folkmoot::model::reference::referrers;
use folkmoot::model::{Action, AnyRecord, Id, Organisation, Ref, Service, Workspace};
use harness::Harness;

type Directory = directory::Harness;

fn feed(path: &Path, ids: (&str, &str), name: &str, phone: &str, fees: &str) {
    let text = format!(
        r#"[{{"id":"{}","name":"{name}","status":"active","fees_description":"{fees}","phones":[{{"id":"p-{0}","number":"{phone}"}}],
        "organization":{{"id":"{}","name":"Harbour Trust Ltd"}},"service_at_locations":[{{"id":"at-{0}","location":
        {{"id":"l-{0}","addresses":[{{"id":"a-{0}","address_1":"1 Quay","city":"Poole","postal_code":"BH15 1AA"}}]}}}}]}}]"#,
        ids.0, ids.1
    );
    fs::write(path, text).unwrap();
}

/// Two directories that have one service under two ids, and an action that is about it.
fn twice() -> (Directory, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut directory = Directory::default();
    for (name, ids, title, phone, fees) in [
        ("county", ("c1", "co"), "Night Beds", "01632 960001", "free"),
        ("town", ("t1", "to"), "Night beds", "01632 960002", ""),
    ] {
        let path = folder.path().join(format!("{name}.json"));
        feed(&path, ids, title, phone, fees);
        let plan = directory.import(&path, name);
        assert_eq!(plan.report.twice.len(), if name == "town" { 2 } else { 0 }, "{:?}", plan.report.twice);
    }
    (directory, folder)
}

#[test]
fn what_is_likely_here_twice_is_said_and_joined_with_all_that_hangs_on_it() {
    let (mut directory, folder) = twice();
    let untouched = directory.workspace.clone();
    let (from, into) = (directory.service("Night beds").id, directory.service("Night Beds").id);
    let organisation_of = |id: Id| untouched.services.get(id).unwrap().organisation.as_ref().unwrap().id().unwrap();
    let of = |directory: &Directory, id: Id| {
        directory.workspace.originals.iter().filter(|one| one.record == Some(id)).count()
    };
    let organisations = (organisation_of(from), organisation_of(into));
    let asked = vec![Ref::record(organisations.0)];
    let action = Action { id: "A-4F7Q".parse().unwrap(), what: "Ring them".into(), asked, ..Action::default() };
    directory.workspace.place(action.id, Some(action.into()));
    let before = directory.workspace.clone();
    let mut undo = Vec::new();
    for pair in [(from, into), organisations] {
        let workspace = &directory.workspace;
        let named_by = referrers(workspace, &[pair.0]).len();
        assert_eq!(named_by > 0, pair == organisations, "the action and, until it went, the service");
        let change = join(workspace, &workspace.originals, pair, &author()).unwrap();
        undo.push(directory.workspace.apply(&change));
        assert_eq!(directory.workspace.get(pair.0), None);
        assert!(referrers(&directory.workspace, &[pair.0]).is_empty());
        assert_eq!((of(&directory, pair.0), of(&directory, pair.1)), (0, 2), "the originals follow");
    }
    let asked = &directory.workspace.actions.iter().next().unwrap().asked;
    assert_eq!(*asked, [Ref::record(organisations.1)], "its thread leads to the one that stays");
    let beds = directory.service("Night Beds");
    assert_eq!((beds.phone.as_deref(), beds.cost.as_deref()), (Some("01632 960001"), Some("free")));
    let said = format!("{:?}", beds.source.as_ref().unwrap().suggestions);
    assert!(said.contains("01632 960002"), "what the other said is kept beside it: {said}");
    // neither directory brings the other back
    for (name, feed) in [("county.json", "county"), ("town.json", "town")] {
        let report = directory.plan(&folder.path().join(name), feed).report;
        assert_eq!((report.services.new, report.services.missing, report.organisations.new), (0, 0, 0), "{name}");
    }
    undo.iter().rev().for_each(|inverse| drop(directory.workspace.apply(inverse)));
    assert_eq!(directory.workspace, before, "undo");
}

#[test]
fn organisations_are_joined_and_a_circle_is_none() {
    let mut workspace = Workspace::default();
    let [one, other]: [Id; 2] = ["O-4F7Q", "O-4F7R"].map(|id| id.parse().unwrap());
    let mut add = |record: AnyRecord| workspace.place(record.id(), Some(record));
    add(Organisation {
        id: one,
        name: "Harbour".into(),
        phone: Some("01632 960001".into()),
        ..Organisation::default()
    }
    .into());
    let child = Organisation {
        id: other,
        name: "Harbour Trust".into(),
        parent: Some(Ref::record(one)),
        ..Organisation::default()
    };
    add(child.into());
    let service = Service {
        id: "S-4F7Q".parse().unwrap(),
        name: "Beds".into(),
        funders: vec![Ref::record(one), Ref::record(other)],
        ..Service::default()
    };
    add(service.into());
    let change = join(&workspace, &workspace.originals, (one, other), &author()).unwrap();
    workspace.apply(&change);
    let trust = workspace.organisations.get(other).unwrap();
    assert_eq!((trust.parent.clone(), trust.phone.as_deref()), (None, Some("01632 960001")));
    assert_eq!(trust.aliases, ["Harbour".into()]);
    let beds = workspace.services.iter().next().unwrap();
    assert_eq!(beds.funders, [Ref::record(other)], "once");
    for pair in [(other, other), (other, beds.id), (one, other)] {
        assert!(join(&workspace, &workspace.originals, pair, &author()).is_err());
    }
}

#[test]
fn two_marked_services_are_joined_in_the_program_and_undone() {
    let mut harness = Harness::sample();
    let count = harness.app.workspace.services.len();
    harness.press("J");
    assert_eq!(harness.app.workspace.services.len(), count, "two have to be marked");
    harness.press("<space><space>J");
    assert!(harness.said().contains("joined with"), "{}", harness.said());
    assert_eq!((harness.app.workspace.services.len(), harness.saved().services.len()), (count - 1, count - 1));
    harness.press("u");
    assert_eq!((harness.app.workspace.services.len(), harness.saved().services.len()), (count, count));
}

#[test]
fn moot_join_joins_two_and_moves_their_originals() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("table");
    folkmoot::store::init(&dir, "Table of the North", false).unwrap();
    let run = |arguments: &[&str]| -> (String, String) {
        let mut command = assert_cmd::Command::cargo_bin("moot").unwrap();
        command.env_remove("MOOT_WORKSPACE").env("HOME", folder.path()).args([
            "-w",
            dir.to_str().unwrap(),
            "--as",
            "KP",
        ]);
        let output = command.args(arguments).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (text(output.stdout), text(output.stderr))
    };
    for (name, ids, title) in [("county", ("c1", "co"), "Night Beds"), ("town", ("t1", "to"), "Night beds")] {
        let path = folder.path().join(format!("{name}.json"));
        feed(&path, ids, title, "01632 960001", "");
        // The ids of a rehearsal are those of nothing: no command has them.
        let rehearsed = folder.path().join(format!("{name}.txt"));
        let paths = [&path, &rehearsed].map(|path| path.to_str().unwrap());
        let (said, _) = run(&["import", paths[0], "--dry-run", "--report", paths[1]]);
        let reported = std::fs::read_to_string(&rehearsed).unwrap();
        for text in [said, reported] {
            assert!(!text.contains("moot join"), "{text}");
            assert_eq!(text.matches("Night beds: looks like S-").count(), usize::from(name == "town"), "{text}");
        }
        let (said, _) = run(&["import", path.to_str().unwrap()]);
        assert_eq!(said.matches("moot join S-").count(), usize::from(name == "town"), "{said}");
        if let Some(line) = said.lines().find(|line| line.contains("moot join S-")) {
            let words: Vec<&str> = line.rsplit(' ').take(2).collect();
            let (said, why) = run(&["join", words[1], words[0]]);
            assert!(said.contains("joined with"), "{said}{why}");
            assert!(run(&["show", words[1]]).1.contains("there is no"), "it is gone");
            assert!(run(&["join", words[0], words[0]]).1.contains("two different"));
        }
        assert!(run(&["import", path.to_str().unwrap()]).0.ends_with("nothing here had to change\n"));
    }
    assert_eq!(run(&["list", "services"]).0.lines().count(), 1);
}

#[test]
fn another_workspace_may_use_the_same_short_ids() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.json");
    let with = |name: &str, email: &str| {
        let mut directory = Directory::default();
        let id = "S-4F7Q".parse().unwrap();
        let service = Service { id, name: name.into(), email: Some(email.into()), ..Service::default() };
        directory.workspace.place(id, Some(service.into()));
        directory
    };
    let mut ours = with("Night beds", "beds@example.org");
    with("Bread van", "bread@example.org").export(folkmoot::exchange::Format::Hsds3Json, &path, true);
    assert_eq!(ours.import(&path, "theirs").report.services.new, 1);
    assert_eq!(ours.workspace.services.len(), 2, "two records, whatever their ids");
    // what has another name since is known by what else it says
    let home = folder.path().join("home.json");
    let mut ours = with("Night beds", "beds@example.org");
    ours.export(folkmoot::exchange::Format::Hsds3Json, &home, true);
    ours.edit("Night beds", |beds| beds.name = "Nightstop".into());
    ours.import(&home, "home");
    assert_eq!(ours.workspace.services.len(), 1);
    assert_eq!(&*ours.workspace.services.iter().next().unwrap().name, "Nightstop", "what was changed here since stays");
}
