//! The commands, run as people run them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

use std::fs;
use std::path::Path;

use assert_cmd::Command;

fn moot(dir: &Path) -> Command {
    let mut command = Command::cargo_bin("moot").unwrap();
    command.env_remove("MOOT_WORKSPACE").env_remove("MOOT_AS").env("HOME", dir).current_dir(dir);
    command.args(["-w", dir.to_str().unwrap()]);
    command
}

/// Runs with `--as KP` and gives what was printed, the exit code and what was said on stderr.
fn run(dir: &Path, arguments: &[&str]) -> (String, i32, String) {
    let output = moot(dir).args(["--as", "KP"]).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), output.status.code().unwrap(), text(&output.stderr))
}

/// Says that something is not tested; `println!` would be captured by the test runner.
fn skipped(why: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

fn sample() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    folkmoot::store::init(dir.path(), "Table of the North", true).unwrap();
    dir
}

fn own() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    folkmoot::store::init(dir.path(), "Table of the North", false).unwrap();
    dir
}

#[test]
fn a_record_from_first_to_last() {
    let dir = own();
    let dir = dir.path();
    let (id, code, _) = run(dir, &["add", "service", "name=Nightstop", "phone=01305 555 0100", "needs=accommodation"]);
    let id = id.trim();
    assert_eq!((code, id.len()), (0, 6));
    assert_eq!(run(dir, &["set", id, "cost=free"]), ("Nightstop changed: cost\n".into(), 0, String::new()));
    assert_eq!(run(dir, &["set", id, "cost=free"]).0, "Nightstop: nothing changed\n");
    assert_eq!(run(dir, &["verify", id, "--how", "by telephone"]).0, "Nightstop verified\n");
    let (shown, _, _) = run(dir, &["show", id]);
    assert!(shown.contains("01305 555 0100") && shown.contains("by KP, by telephone"), "{shown}");
    let (json, _, _) = run(dir, &["show", id, "--json"]);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value.as_object().unwrap().keys().next().unwrap(), "id");
    assert_eq!((&value["name"], &value["needs"][0]), (&"Nightstop".into(), &"Accommodation".into()));
    let (listed, _, _) = run(dir, &["list", "services"]);
    assert_eq!(listed.lines().count(), 1);
    assert_eq!(run(dir, &["remove", id]).0, "Nightstop removed\n");
    assert_eq!(run(dir, &["show", id]).1, 1);
}

#[test]
fn an_old_version_comes_back_byte_for_byte() {
    let dir = sample();
    let dir = dir.path();
    let file = dir.join("services.ron");
    let before = fs::read(&file).unwrap();
    let (listed, _, _) = run(dir, &["list", "services"]);
    let id = listed.split_whitespace().next().unwrap();
    assert_eq!(run(dir, &["backups", "services"]), (String::new(), 1, String::new()));
    assert_eq!(run(dir, &["verify", id]).1, 0);
    assert_ne!(fs::read(&file).unwrap(), before);
    let (versions, code, _) = run(dir, &["backups", "services"]);
    let when = versions.split_whitespace().next().unwrap();
    assert_eq!((versions.lines().count(), code), (1, 0));
    assert_eq!(run(dir, &["backups", "service", "--restore", "yesterday"]).1, 1);
    assert_eq!(run(dir, &["backups", "service", "--restore", when]).1, 0);
    assert_eq!(fs::read(&file).unwrap(), before);
    let (versions, _, _) = run(dir, &["backups", "services"]);
    assert_eq!(versions.lines().count(), 2, "what was replaced is kept as well");
}

#[test]
fn exit_codes_and_sentences() {
    let dir = own();
    let dir = dir.path();
    for (arguments, code, said) in [
        (&["list", "boats"][..], 2, "[possible values: partnership, people"),
        (&["show", "nonsense"], 1, "nothing here is called \"nonsense\"; an id looks like"),
        (&["add", "service", "name=x", "name=y"], 2, "name stands here twice"),
        (&["show", "S-0000"], 1, "no S-0000"),
        (&["add", "service", "colour=red"], 2, "a service has no such field"),
        (&["add", "organisation", "colour=red"], 2, "an organisation has no such field"),
        (&["add", "original", "name=x"], 2, "[possible values: people, organisations, services"),
        (&["list", "\u{202e}x"], 2, "invalid value '<U+202E>x'"),
        (&["add", "service", "name"], 2, "FIELD=VALUE"),
        (&["add", "service", "phone=1"], 5, "name is missing"),
        (&["add", "service", "name=x", "ages=old"], 2, "ages"),
        (&["init", dir.to_str().unwrap(), "--name", "Again"], 5, "already"),
        (&["--read-only", "add", "service", "name=x"], 5, "look at only"),
        (&["--read-only", "init", "other", "--name", "Other"], 5, "--read-only"),
        (&["export", "xml", "out.xml"], 2, "hsds3-json, hsds3-csv, oruk3-json, csv, geojson"),
        (&["fly"], 2, "unrecognized"),
    ] {
        let (out, got, err) = run(dir, arguments);
        assert_eq!(got, code, "{arguments:?}: {err}");
        assert!(err.contains(said), "{arguments:?}: {err}");
        assert_eq!(out, "", "{arguments:?}");
    }
    assert!(!dir.join("other").exists());
    fs::remove_file(dir.join("partnership.ron")).unwrap();
    let (_, code, err) = run(dir, &["list", "services"]);
    assert!(code == 3 && err.contains("moot init"), "{err}");
}

#[test]
fn whoever_acts_must_be_known() {
    let dir = own();
    let dir = dir.path();
    let acting = |who: &str, arguments: &[&str]| {
        let output = moot(dir).args(["--as", who]).args(arguments).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(acting("KP", &["add", "person", "name=Karin Prowse", "initials=KP"]).0, 0);
    let (code, said) = acting("ZZ", &["add", "service", "name=x"]);
    assert!(code == 5 && said.contains("--as INITIALS") && said.contains("initials=AB"), "{said}");
    assert_eq!(acting("kp", &["add", "service", "name=x"]).0, 0);
    assert_eq!(acting("AB", &["add", "person", "name=Abel Brown", "initials=ab"]).0, 0, "one may add oneself");
    let (code, said) = acting("AB", &["add", "person", "name=Another", "initials=KP"]);
    assert!(code == 5 && said.contains("already signs for Karin Prowse"), "{said}");
}

#[test]
fn a_hidden_address_appears_nowhere() {
    let dir = own();
    let dir = dir.path();
    let place = "locations=Safe House | 1 Secret Lane | Poole | BH15 1AA | 50.7, -1.9";
    let (id, code, err) = run(dir, &["add", "service", "name=Refuge", place, "hide_address=yes"]);
    assert_eq!(code, 0, "{err}");
    let id = id.trim();
    for arguments in [
        &["list", "services"][..],
        &["list", "services", "--json"],
        &["list", "services", "--csv"],
        &["show", id],
        &["show", id, "--json"],
    ] {
        let (out, code, _) = run(dir, arguments);
        assert_eq!(code, 0);
        assert!(out.contains("Refuge"));
        for secret in ["Safe House", "Secret Lane", "Poole", "BH15", "50.7", "-1.9"] {
            assert!(!out.contains(secret), "{arguments:?} shows {secret}: {out}");
        }
    }
    assert_eq!(run(dir, &["set", id, "cost=free"]).1, 0);
    assert!(fs::read_to_string(dir.join("services.ron")).unwrap().contains("Secret Lane"), "hiding is not deleting");
}

#[test]
fn tables_hold_every_record_and_no_formula() {
    let dir = sample();
    let dir = dir.path();
    let count = folkmoot::store::Store::open(dir, folkmoot::store::Mode::Read).unwrap().workspace.services.len();
    assert_eq!(run(dir, &["list", "services"]).0.lines().count(), count);
    let (json, _, _) = run(dir, &["list", "service", "--json"]);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap().as_array().unwrap().len(), count);
    run(dir, &["add", "service", "name==1+1", "phone=+44 1305 555 0100", "summary=\u{1b}[31mred"]);
    let (csv, _, _) = run(dir, &["list", "services", "--csv"]);
    let mut table = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), count + 1);
    assert!(csv.contains("'=1+1") && csv.contains("'+44 1305"), "{csv}");
    assert!(csv.contains("<U+001B>[31mred"), "an escape is shown, not sent: {csv}");
    assert!(rows.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '-', '@'])));
    for arguments in [&["list", "services"][..], &["list", "services", "--json"], &["list", "services", "--csv"]] {
        let (out, _, _) = run(dir, arguments);
        assert!(out.chars().all(|c| c == '\n' || !c.is_control()), "{arguments:?}");
        assert!(out.contains("=1+1"), "the hostile record is among them: {arguments:?}");
    }
}

#[test]
fn a_mistake_in_a_file_is_named_and_the_rest_works() {
    let dir = sample();
    let dir = dir.path();
    assert_eq!(run(dir, &["check"]), (String::new(), 0, String::new()));
    let path = dir.join("services.ron");
    let broken = fs::read_to_string(&path).unwrap().replacen("organisation:", "organistion:", 1);
    fs::write(&path, &broken).unwrap();
    let (out, code, _) = run(dir, &["check"]);
    assert_eq!(code, 3);
    assert!(out.starts_with("services.ron:7:7: ") && out.contains("did you mean `organisation`?"), "{out}");
    assert_eq!(run(dir, &["list", "services"]).1, 3);
    assert_eq!(run(dir, &["list", "people"]).1, 0);
    assert_eq!(run(dir, &["add", "person", "name=Somebody New"]).1, 0);
    let (_, code, err) = run(dir, &["add", "service", "name=x"]);
    assert!(code == 3 && err.contains("services.ron:7:7:"), "{err}");
    assert_eq!(fs::read_to_string(&path).unwrap(), broken);
}

#[test]
fn the_workspace_is_found_upward() {
    let dir = own();
    let below = dir.path().join("one/two");
    fs::create_dir_all(&below).unwrap();
    let run = |set: Option<&Path>| {
        let mut command = Command::cargo_bin("moot").unwrap();
        command.env_remove("MOOT_WORKSPACE").current_dir(&below).env("HOME", &below).env_remove("XDG_DATA_HOME");
        if let Some(set) = set {
            command.env("MOOT_WORKSPACE", set);
        }
        command.args(["show", "--json", "W-0000"]).output().unwrap().status.code().unwrap()
    };
    assert_eq!(run(None), 1, "found, and no such record in it");
    assert_eq!(run(Some(&below)), 3, "what is named goes before what is near");
    fs::remove_file(dir.path().join("partnership.ron")).unwrap();
    assert_eq!(run(None), 3);
    let own = below.join(".local/share/folkmoot");
    folkmoot::store::init(&own, "Mine", false).unwrap();
    assert_eq!(run(None), 1);
}

#[test]
fn somebody_who_holds_the_lock_is_named() {
    let dir = own();
    let lock =
        fs::File::options().create(true).truncate(false).write(true).open(dir.path().join(".moot/lock")).unwrap();
    lock.lock().unwrap();
    let me = std::process::id();
    fs::write(dir.path().join(".moot/lock"), format!("JB {me} 1000")).unwrap();
    let (_, code, err) = run(dir.path(), &["add", "service", "name=x"]);
    assert_eq!(code, 4);
    assert!(err.contains(&format!("held by JB, process {me}, for ")), "{err}");
}

#[test]
fn find_prints_what_is_meant_best_first() {
    let dir = sample();
    let dir = dir.path();
    let (lines, code, _) = run(dir, &["find", "debt", "weymouth"]);
    assert!(code == 0 && lines.contains("Weymouth"), "{lines}");
    let (near, _, _) = run(dir, &["find", "is:located", "near:DT4 8", "--limit", "2"]);
    assert!(near.lines().count() == 2 && near.lines().all(|line| line.ends_with(" km")), "{near}");
    let (json, _, _) = run(dir, &["find", "det", "weymuth", "--json", "--limit", "1"]);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(value[0]["score"].is_number() && value[0]["matched"].is_array(), "{json}");
    let (lines, code, said) = run(dir, &["find", "debt", "xylophone"]);
    assert!(code == 0 && lines.contains("Debt Advice"), "a word that nothing has does not empty the list: {lines}");
    assert!(said.contains("nothing here has xylophone"), "{said}");
    assert_eq!(run(dir, &["find", "xylophone"]).1, 1);
    assert_eq!(run(dir, &["find"]).1, 2);
    let (_, _, said) = run(dir, &["find", "need:zzzz", "debt"]);
    let (people, _, _) = run(dir, &["find", "--kind", "people", "sector:voluntary", "katy"]);
    assert!(people.starts_with("P-") && people.lines().count() == 1, "{people}");
    let (lines, code, kind) = run(dir, &["find", "--kind", "person", "katy", "xylophone"]);
    assert!(code == 0 && lines == people && kind.contains("moot find --kind people katy"), "{kind}");
    assert!(said.contains("need:zzzz means nothing here"), "{said}");
}

/// Writes the name of a map into the partnership's file.
fn name_map(dir: &Path, name: &str) {
    let path = dir.join("partnership.ron");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("map: \"dorset\""), "{text}");
    fs::write(&path, text.replace("map: \"dorset\"", &format!("map: \"{name}\""))).unwrap();
}

#[test]
fn a_workspace_has_the_map_it_names() {
    let dir = own();
    let dir = dir.path();
    let square = "[[(52.0, -1.0), (53.0, -1.0), (53.0, 0.0), (52.0, 0.0)]]";
    let map = |count: usize| {
        let districts: Vec<String> = (0..count).map(|at| format!("(name: \"Part {at}\", rings: {square})")).collect();
        format!("(name: \"Rutland\", districts: [{}])", districts.join(", "))
    };
    assert_eq!(run(dir, &["add", "service", "name=Beds", "serves=Part 40"]).1, 0);
    fs::create_dir(dir.join("maps")).unwrap();
    fs::write(dir.join("maps/rutland.ron"), map(41)).unwrap();
    name_map(dir, "rutland");
    assert_eq!(run(dir, &["check"]), (String::new(), 0, String::new()));
    let (found, code, said) = run(dir, &["find", "serves:rutland"]);
    assert!(code == 0 && found.contains("Beds") && said.is_empty(), "the 41st district is part of the whole: {said}");
    // a map that breaks a limit is refused in a sentence, and the rest works
    fs::write(dir.join("maps/rutland.ron"), map(129)).unwrap();
    let (said, code, _) = run(dir, &["check"]);
    assert_eq!(said, "maps/rutland.ron:1:1: this map has 129 districts; at most 128 are possible: join small ones\n");
    assert_eq!(code, 0, "no record is in danger");
    let (found, code, said) = run(dir, &["find", "beds"]);
    assert!(code == 0 && found.contains("Beds") && said.contains("at most 128"), "{said}");
    fs::write(dir.join("maps/rutland.ron"), "(name: \"Rutland\", colour: 1)").unwrap();
    assert!(run(dir, &["check"]).0.starts_with("maps/rutland.ron:1:"));
}

#[test]
fn an_unknown_map_is_a_problem_and_the_program_works_without() {
    let dir = own();
    let dir = dir.path();
    assert_eq!(run(dir, &["add", "service", "name=Beds", "needs=accommodation"]).1, 0);
    fs::create_dir(dir.join("maps")).unwrap();
    fs::write(dir.join("maps/mine.ron"), "(name: \"Mine\")").unwrap();
    for name in ["atlantis", "../services", "mine.ron"] {
        name_map(dir, name);
        let (out, code, _) = run(dir, &["check"]);
        let says = format!("there is no map {name:?}; write one of dorset, mine, or put your own into maps/NAME.ron");
        assert!(out.starts_with("partnership.ron:") && out.contains(&says), "{out}");
        let line = fs::read_to_string(dir.join("partnership.ron")).unwrap();
        let line = 1 + line.lines().position(|line| line.contains("map:")).unwrap();
        assert!(out.starts_with(&format!("partnership.ron:{line}:12: ")), "the field is named: {out}");
        assert_eq!(code, 0);
        let (found, code, said) = run(dir, &["find", "need:housing"]);
        assert!(code == 0 && found.contains("Beds") && said.contains("there is no map"), "{said}");
        let text = fs::read_to_string(dir.join("partnership.ron")).unwrap();
        fs::write(dir.join("partnership.ron"), text.replace(name, "dorset")).unwrap();
    }
    assert_eq!(run(dir, &["check"]).0, "");
}

#[test]
fn a_file_that_may_not_grow_is_told_and_intact() {
    let dir = sample();
    let before = fs::read_to_string(dir.path().join("services.ron")).unwrap();
    let script = format!("ulimit -f 40; '{}' -w '{}' --as KP add service name=x", bin(), dir.path().display());
    let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("services.ron was not saved: the file would be larger than is allowed"), "{said}");
    assert_eq!(fs::read_to_string(dir.path().join("services.ron")).unwrap(), before);
    let left = fs::read_dir(dir.path()).unwrap().flatten();
    assert_eq!(left.filter(|entry| entry.file_name().to_string_lossy().ends_with("-tmp")).count(), 0);
}

fn bin() -> &'static str {
    env!("CARGO_BIN_EXE_moot")
}

#[test]
fn a_reference_that_leads_nowhere_is_shown_at_its_place() {
    let dir = own();
    let page = "Folkmoot(\n  kind: \"services\",\n  version: 1,\n  records: {\n    \"S-0001\": (\n      name: \"x\",\n      \
                organisation: \"O-9KTD\",\n      updated: (\"2026-01-01T00:00:00Z\", \"KP\"),\n    ),\n  },\n)\n";
    fs::write(dir.path().join("services.ron"), page).unwrap();
    let (out, code, _) = run(dir.path(), &["check"]);
    assert!(out.starts_with("services.ron:7:22: O-9KTD is not recorded here"), "{out}");
    assert_eq!(code, 0, "the file reads, and may be changed");
    assert_eq!(run(dir.path(), &["set", "S-0001", "cost=free"]).1, 0);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let dir = sample();
    let script = format!("'{}' -w '{}' list services --json | head -c 10", bin(), dir.path().display());
    let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert_eq!(output.stdout.len(), 10);
}

/// The published directory of Dorset, where it is there; its names are not repeated here.
#[test]
fn find_knows_a_real_directory() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/real");
    let source = std::env::var_os("FOLKMOOT_REAL").map_or_else(beside, Into::into).join("dorset-oruk3.json");
    if !source.exists() {
        skipped(&format!("{} is not there; FOLKMOOT_REAL can name its folder", source.display()));
        return;
    }
    let dir = own();
    let dir = dir.path();
    let (_, code, said) = run(dir, &["import", source.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    let found = |words: &[&str]| -> Vec<serde_json::Value> {
        let (json, _, _) = run(dir, &[&["find", "--json"], words].concat());
        serde_json::from_str(&json).unwrap()
    };
    let right = found(&["crime", "legal", "weymouth"]);
    let mistyped = found(&["crim", "leagl", "wemouth"]);
    for service in [&right[0], &mistyped[0]] {
        assert!(service["name"].as_str().unwrap().starts_with("Crime legal aid"), "{service}");
        assert_eq!(service["locations"][0]["town"], "Weymouth");
        assert!(service["locations"][0]["point"].is_array(), "on the map");
    }
    assert_eq!(right[0]["id"], mistyped[0]["id"]);
    let near = found(&["family legal", "near:BH1"]);
    assert!(near[0]["name"].as_str().unwrap().starts_with("Family"), "{}", near[0]);
    assert!(near[0]["km"].as_f64().unwrap() < 2.0 && near.len() > 50, "{}", near.len());
    let far = near.iter().map(|service| service["km"].as_f64().unwrap_or(f64::INFINITY));
    assert!(far.is_sorted());
}

/// Everything in a workspace that is a record, as one text.
fn records(dir: &Path) -> String {
    let mut paths: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "ron"));
    paths.sort();
    paths.into_iter().flat_map(|path| [path.display().to_string(), fs::read_to_string(path).unwrap()]).collect()
}

fn page(services: &str) -> String {
    format!("{{\"contents\": [{services}]}}")
}

#[test]
fn an_import_is_rehearsed_reported_and_repeated() {
    let (dir, place) = (own(), tempfile::tempdir().unwrap());
    let dir = dir.path();
    let (feed, report) = (place.path().join("feed.json"), place.path().join("report.txt"));
    let (feed_path, report_path) = (feed.to_str().unwrap(), report.to_str().unwrap());
    let beds = |fees: &str| format!(r#"{{"id":"1","name":"Beds","status":"open","fees_description":"{fees}"}}"#);
    let board = r#"{"id":"2","name":"Board","status":"active"}"#;
    fs::write(&feed, page(&format!("{},{board}", beds("free")))).unwrap();
    let before = records(dir);
    let (said, code, _) = run(dir, &["import", feed_path, "--dry-run"]);
    assert!(code == 0 && said.starts_with("rehearsed, nothing written:\n") && said.contains("2 new"), "{said}");
    assert_eq!(records(dir), before);
    let (said, code, _) = run(dir, &["import", feed_path, "--report", report_path]);
    assert!(code == 0 && said.contains("2 new"), "{said}");
    let reported = fs::read_to_string(&report).unwrap();
    assert!(reported.contains("status") && reported.contains("\"open\""), "{reported}");
    let once = records(dir);
    assert!(run(dir, &["import", feed_path]).0.ends_with("nothing here had to change\n"));
    assert_eq!(records(dir), once);
    // a local edit stays, what the source says now is offered, and what it dropped is marked
    let (listed, _, _) = run(dir, &["list", "services", "--json"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let id = |name: &str| {
        let found = listed.as_array().unwrap().iter().find(|service| service["name"] == name);
        found.unwrap()["id"].as_str().unwrap().to_owned()
    };
    assert_eq!(run(dir, &["set", &id("Beds"), "cost=£5 a night"]).1, 0);
    fs::write(&feed, page(&beds("£3"))).unwrap();
    assert_eq!(run(dir, &["import", feed_path]).1, 0);
    let shown = |name: &str| -> serde_json::Value {
        serde_json::from_str(&run(dir, &["show", &id(name), "--json"]).0).unwrap()
    };
    assert_eq!(shown("Beds")["cost"], "£5 a night");
    assert!(shown("Beds")["source"]["suggestions"].to_string().contains("£3"), "{}", shown("Beds"));
    assert!(shown("Board")["source"]["missing_since"].is_string(), "{}", shown("Board"));
}

#[test]
fn what_cannot_be_imported_is_said_in_a_sentence() {
    let (dir, place) = (own(), tempfile::tempdir().unwrap());
    let (dir, place) = (dir.path(), place.path());
    let mut archive = zip::ZipWriter::new(fs::File::create(place.join("out.zip")).unwrap());
    archive.start_file("../services.csv", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut archive, b"id,name\n1,Out\n").unwrap();
    archive.finish().unwrap();
    let before = records(dir);
    for (name, bytes, says) in [
        ("out.zip", None, "a path that leads out of it"),
        ("broken.zip", Some(&b"PK\x03\x04broken"[..]), "not a whole zip file"),
        ("empty.csv", Some(b""), "no rows at all"),
        ("cars.csv", Some(b"plate,colour\nAB1,red\n"), "the columns plate, colour"),
        ("absent.json", None, "cannot be read"),
    ] {
        let path = place.join(name);
        if let Some(bytes) = bytes {
            fs::write(&path, bytes).unwrap();
        }
        let (out, code, err) = run(dir, &["import", path.to_str().unwrap()]);
        assert_eq!((out.as_str(), code, err.lines().count()), ("", 3, 1), "{name}: {err}");
        assert!(err.contains(says) && err.contains(name), "{err}");
        assert_eq!(records(dir), before, "{name}");
    }
    fs::write(place.join("services.csv"), b"id,name\n1,Caf\xe9\n").unwrap();
    let (said, code, _) = run(dir, &["import", place.join("services.csv").to_str().unwrap()]);
    assert!(code == 0 && said.contains("Windows-1252"), "{said}");
    assert!(run(dir, &["list", "services"]).0.contains("Café"));
}

#[test]
fn an_export_takes_the_place_of_nothing_unasked() {
    let (dir, place) = (own(), tempfile::tempdir().unwrap());
    let (dir, place) = (dir.path(), place.path());
    assert_eq!(run(dir, &["add", "service", "name=Beds"]).1, 0);
    let export = |path: &Path, more: &[&str]| {
        let (_, code, err) = run(dir, &[&["export", "hsds3-json", path.to_str().unwrap()], more].concat());
        (code, err)
    };
    let (file, sub) = (place.join("out.json"), place.join("sub"));
    fs::create_dir(&sub).unwrap();
    fs::write(&file, "mine").unwrap();
    let (code, said) = export(&file, &[]);
    assert!(code == 5 && said.contains("is there already") && said.contains("--replace"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(export(&file, &["--replace"]).0, 0);
    assert!(fs::read_to_string(&file).unwrap().contains("Beds"));
    assert_eq!(export(&sub.join("../beside.json"), &[]).0, 0, "one names the place one means");
    assert!(place.join("beside.json").is_file());
    // no link is followed or replaced
    let (target, link) = (place.join("target"), place.join("link.json"));
    fs::write(&target, "theirs").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    for more in [&[][..], &["--replace"]] {
        let (code, said) = export(&link, more);
        assert!(code == 5 && said.contains("is a link") && !said.contains("--replace"), "{said}");
    }
    assert!(link.is_symlink() && fs::read_to_string(&target).unwrap() == "theirs");
    // nor anything of the workspace
    let before = records(dir);
    fs::create_dir_all(dir.join(".moot")).unwrap();
    for name in ["services.ron", "new.ron", ".moot/x.json"] {
        let (code, said) = export(&dir.join(name), &["--replace"]);
        assert!(code == 5 && said.contains("belongs to the workspace itself"), "{name}: {said}");
    }
    assert_eq!(records(dir), before);
    let (code, said) = export(&place.join("absent/out.json"), &[]);
    assert!(code == 3 && said.contains("absent/out.json cannot be written"), "{said}");
    let (_, code, said) = run(dir, &["import", file.to_str().unwrap(), "--report", target.to_str().unwrap()]);
    assert!(code == 5 && said.contains("is there already"), "{said}");
    assert!(records(dir) == before && fs::read_to_string(&target).unwrap() == "theirs");
}

#[test]
fn a_folder_where_nobody_may_write_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, place) = (own(), tempfile::tempdir().unwrap());
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o500)).unwrap();
    if fs::write(place.path().join("probe"), "").is_ok() {
        skipped("whoever runs this may write everywhere");
        return;
    }
    let path = place.path().join("out.json");
    let (_, code, said) = run(dir.path(), &["export", "hsds3-json", path.to_str().unwrap()]);
    assert!(code == 3 && said.contains("out.json cannot be written: permission denied"), "{said}");
}

/// A workspace with two people, an event, a topic with two recommendations, and an open round of three dots.
fn voting(round: &[&str]) -> tempfile::TempDir {
    let dir = own();
    for add in [
        &["person", "name=Katy Pascoe", "initials=KP"][..],
        &["person", "name=Ruth Shearn", "initials=RS"],
        &["event", "name=Verwood", "delegates=KP, RS"],
        &["topic", "title=Maps", "conveners=KP"],
        &["recommendation", "text=Draw one map", "topic=1"],
        &["recommendation", "text=Ask every agency", "topic=1"],
        &[&["round", "name=Dots", "dots=3", "cap=2"], round].concat(),
    ] {
        let (_, code, error) = run(dir.path(), &[&["add"], add].concat());
        assert_eq!((code, error.as_str()), (0, ""), "{add:?}");
    }
    let (said, ..) = run(dir.path(), &["round", "open", "dots"]);
    assert_eq!(said, "Dots opened with 2 recommendations on the ballot\n");
    dir
}

#[test]
fn a_vote_by_command_is_hidden_until_it_closes() {
    let dir = voting(&[]);
    let dir = dir.path();
    assert_eq!(run(dir, &["vote", "dots", "KP", "1.1=2", "1.2=1"]).1, 0);
    let (_, code, error) = run(dir, &["vote", "dots", "RS", "1.1=3"]);
    assert!(code != 0 && error.contains('2'), "{code} {error}");
    let (turnout, ..) = run(dir, &["turnout", "dots"]);
    assert_eq!(turnout, "1 of 2 have voted\nnot yet  Ruth Shearn\nvoted  Katy Pascoe\n");
    assert_eq!(run(dir, &["vote", "dots", "RS", "1.1=1"]).1, 0);
    assert_eq!(run(dir, &["vote", "dots", "RS", "1.1=2"]).1, 0, "a ballot can be changed while the round is open");
    let (_, code, error) = run(dir, &["tally", "dots"]);
    assert!(code != 0 && error.contains("hidden until it closes"), "{error}");
    for command in [
        &["list", "ballots"][..],
        &["list", "rounds", "--json"],
        &["find", "--json", "1.1"],
        &["list", "ballots", "--json"],
    ] {
        let (listed, ..) = run(dir, command);
        assert!(!listed.contains("1.1") && !listed.contains("Draw one map"), "{command:?}: {listed}");
    }
    assert_eq!(run(dir, &["round", "close", "dots"]).1, 0);
    let (counted, code, _) = run(dir, &["tally", "dots", "--json"]);
    assert_eq!(code, 0);
    let counted: serde_json::Value = serde_json::from_str(&counted).unwrap();
    let dots: Vec<_> = counted["items"].as_array().unwrap().iter().map(|item| item["dots"].as_u64()).collect();
    assert_eq!(dots, [Some(4), Some(1)]);
    assert_ne!(run(dir, &["vote", "dots", "RS", "1.2=1"]).1, 0, "the round is closed");
    assert_ne!(run(dir, &["round", "open", "dots"]).1, 0, "and stays so");
}

#[test]
fn no_two_old_versions_show_who_gave_an_anonymous_ballot() {
    for (anonymous, kept) in [("no", 1), ("yes", 0)] {
        let dir = voting(&[&format!("anonymous={anonymous}")]);
        let dir = dir.path();
        assert_eq!(run(dir, &["vote", "dots", "KP", "1.1=2"]).1, 0);
        assert_eq!(run(dir, &["vote", "dots", "RS", "1.2=2"]).1, 0);
        let names = fs::read_dir(dir.join(".moot/backups")).unwrap().map(|file| file.unwrap().file_name());
        let secret = names.filter(|name| {
            let name = name.to_string_lossy();
            name.starts_with("ballots.ron") || name.starts_with("receipts.ron")
        });
        assert_eq!(secret.count(), kept, "anonymous: {anonymous}");
        let texts = fs::read_to_string(dir.join("ballots.ron")).unwrap();
        assert_eq!(texts.contains("person:"), anonymous == "no", "{texts}");
    }
}

#[test]
fn an_election_from_elsewhere_is_counted() {
    let dir = own();
    let dir = dir.path();
    let election = "META\nkey;value\ndescription;Example vote\nvote_type;cumulative\nmax_sum_points;4\nPROJECTS\n\
                    project_id;cost;votes;score;name\np1;10;2;5;A bench\np2;20;1;2;A tree\nVOTES\n\
                    voter_id;vote;points\n1;p1,p2;2,2\n2;p1;3\n";
    fs::write(dir.join("example.pb"), election).unwrap();
    let (said, code, _) = run(dir, &["import", "example.pb", "--dry-run"]);
    assert!(code == 0 && said.starts_with("rehearsed") && !said.contains("moot tally"), "no id of nothing: {said}");
    let (said, code, error) = run(dir, &["import", "example.pb"]);
    assert_eq!(code, 0, "{said}{error}");
    let (counted, _, error) = run(dir, &["tally", "Vote: Example vote", "--json"]);
    let counted: serde_json::Value = serde_json::from_str(&counted).unwrap_or_else(|_| panic!("{counted}{error}"));
    let items: Vec<_> = counted["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["dots"].as_u64(), item["people"].as_u64()))
        .collect();
    assert_eq!(items, [(Some(5), Some(2)), (Some(2), Some(1))]);
    fs::write(dir.join("broken.pb"), election.replace("3\n", "many\n")).unwrap();
    let (_, code, error) = run(dir, &["import", "broken.pb"]);
    assert!(code != 0 && error.contains("broken.pb"), "{error}");
}

/// Fields are called as in files or as on screens, in whatever letters; what is unknown names the nearest.
#[test]
fn fields_are_set_by_label_or_name() {
    let dir = sample();
    let dir = dir.path();
    let (id, ..) = run(dir, &["add", "service", "NAME=The Long Table", "Who can have it=anyone", "Phone=01632 960107"]);
    let id = id.trim();
    for field in ["Who can have it", "who can have it", "eligibility", "ELIGIBILITY", "How to refer"] {
        let (said, code, _) = run(dir, &["set", id, &format!("{field}=as {field} says")]);
        assert_eq!(code, 0, "{field}: {said}");
    }
    let shown = run(dir, &["show", id]).0;
    assert!(shown.contains("as ELIGIBILITY says") && shown.contains("as How to refer says"), "{shown}");
    let (_, code, said) = run(dir, &["set", id, "eligibilty=x"]);
    assert!(code == 2 && said.contains("is eligibility meant (Who can have it)?"), "{said}");
    let (_, code, said) = run(dir, &["add", "service", "name=x", "Who may have it=x"]);
    assert!(code == 2 && said.contains("is eligibility meant (Who can have it)?"), "{said}");
}

/// What cannot be dialled is said and saved.
#[test]
fn what_cannot_be_used_is_noted() {
    let dir = sample();
    let dir = dir.path();
    let (id, code, said) = run(dir, &["add", "service", "name=The Long Table", "phone=01632 96010", "serves=Atlantis"]);
    assert!(code == 0 && id.trim().len() == 6, "{id}");
    assert!(said.contains("phone: 01632 96010 cannot be dialled"), "{said}");
    assert!(said.contains("serves: no area of the map is called Atlantis"), "{said}");
    let (said, ..) = run(dir, &["set", id.trim(), "url=the leaflet", "organisation=Clinks"]);
    assert!(said.contains("note: url: no page is at the leaflet") && !said.contains("Clinks is"), "{said}");
}
