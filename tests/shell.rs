//! The shell for those who do not know it by heart: what is asked in one way or another means the same, what cannot be
//! understood is said in one sentence, and what comes next stands there.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use serde_json::Value;

fn moot(dir: &Path) -> Command {
    let mut command = Command::cargo_bin("moot").unwrap();
    for name in ["MOOT_WORKSPACE", "MOOT_AS", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TERM"] {
        command.env_remove(name);
    }
    command.env("HOME", dir).current_dir(dir);
    command
}

/// Runs with `--as KP` in a workspace and gives what was printed, the exit code and what was said on stderr.
fn run(dir: &Path, arguments: &[&str]) -> (String, i32, String) {
    let output = moot(dir).args(["-w", dir.to_str().unwrap(), "--as", "KP"]).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), output.status.code().unwrap(), text(&output.stderr))
}

fn printed(dir: &Path, arguments: &[&str]) -> String {
    let (out, code, err) = run(dir, arguments);
    assert_eq!((code, err.as_str()), (0, ""), "{arguments:?}: {out}");
    out
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
fn a_filter_that_means_nothing_is_a_mistake_of_usage() {
    let dir = sample();
    for (words, says) in [
        (&["need:zzzz", "debt"][..], "need:zzzz means nothing here: choose from accommodation"),
        (&["in:atlantis"], "in:atlantis means nothing here"),
        (&["age:old", "--json"], "age:old means nothing here: write years"),
        (&["colour:red"], "there is no filter \"colour:\"; there are need:"),
        (&["debt in:atlantis age:old"], "in:atlantis means nothing here"),
    ] {
        let (out, code, err) = run(dir.path(), &[&["find"], words].concat());
        assert_eq!((out.as_str(), code, err.lines().count()), ("", 2, 1), "{words:?}: {err}");
        assert!(err.contains(says), "{words:?}: {err}");
    }
}

#[test]
fn one_quoted_argument_is_split_like_several() {
    let dir = sample();
    for (one, several) in [
        ("hous in:weymouth", &["hous", "in:weymouth"][..]),
        ("in:weymouth hous", &["in:weymouth", "hous"]),
        ("near:DT4 8 is:located debt", &["near:DT4 8", "is:located", "debt"]),
        ("need:mental health in:poole", &["need:mental health", "in:poole"]),
        ("in:Weymouth & Portland debt", &["in:Weymouth & Portland", "debt"]),
        ("org:gatepost mentor", &["org:gatepost", "mentor"]),
    ] {
        let split = printed(dir.path(), &[&["find"], several].concat());
        assert_eq!(printed(dir.path(), &["find", one]), split, "{one}");
        assert!(split.lines().count() > 0);
    }
}

#[test]
fn every_format_of_one_file_goes_to_the_standard_output() {
    let dir = sample();
    let dir = dir.path();
    let (file, round) = (dir.join("out"), printed(dir, &["list", "rounds"]));
    let round = round.split_whitespace().next().unwrap();
    let before = fs::read_dir(dir).unwrap().count();
    for what in [
        &["hsds3-json"][..],
        &["oruk3-json"],
        &["csv"],
        &["geojson"],
        &["vcf"],
        &["markdown"],
        &["html"],
        &["ics"],
        &["csv", "people"],
        &["csv", "services", "--contacts"],
        &["pb", round],
    ] {
        let exported = |path: &str| {
            let (out, code, err) = run(dir, &[&["export"], what, &[path]].concat());
            assert_eq!(code, 0, "{what:?}: {err}");
            assert!(err.is_empty() || err.ends_with("--contacts writes them too\n"), "{what:?}: {err}");
            out
        };
        let (alone, said) = (exported("-"), exported(file.to_str().unwrap()));
        assert_eq!(without_moments(&alone), without_moments(&fs::read_to_string(&file).unwrap()), "{what:?}");
        assert!(said.ends_with(&format!(" written to {}\n", file.display())), "{what:?}: {said}");
        fs::remove_file(&file).unwrap();
    }
    assert_eq!(fs::read_dir(dir).unwrap().count(), before, "nothing but the standard output was written to");
    let (out, code, err) = run(dir, &["export", "hsds3-csv", "-"]);
    assert_eq!((out.as_str(), code), ("", 2));
    assert!(err.contains("hsds3-csv is many tables: name a folder, or a file that ends in .zip"), "{err}");
    let report = printed(dir, &["report", "summary", "-o", "-"]);
    assert_eq!(report, printed(dir, &["report", "summary"]));
}

/// Lines that hold the moment in which they were written differ from run to run.
fn without_moments(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.starts_with("DTSTAMP")).collect()
}

#[test]
fn what_was_written_is_said_with_its_place_from_the_root_on() {
    let dir = sample();
    let dir = dir.path().canonicalize().unwrap();
    let said = printed(&dir, &["report", "summary", "-o", "summary.md"]);
    assert!(said.ends_with(&format!(" written to {}\n", dir.join("summary.md").display())), "{said}");
    let said = printed(&dir, &["export", "geojson", "services.json"]);
    assert!(said.ends_with(&format!("services written to {}\n", dir.join("services.json").display())), "{said}");
}

#[test]
fn list_alone_says_the_kinds_with_their_counts() {
    let dir = sample();
    let listed = printed(dir.path(), &["list"]);
    let counted: Vec<(&str, &str)> = listed.lines().map(|line| line.trim().split_once(' ').unwrap()).collect();
    assert!(counted.contains(&("67", "services")) && counted.contains(&("28", "topics")), "{listed}");
    assert!(counted.contains(&("0", "originals")) && !listed.contains("conversations"), "{listed}");
    for (count, kind) in &counted {
        assert_eq!(printed(dir.path(), &["list", kind]).lines().count().to_string(), *count, "{kind}");
    }
    let json: Value = serde_json::from_str(&printed(dir.path(), &["list", "--json"])).unwrap();
    assert_eq!(json["services"], 67);
}

#[test]
fn show_takes_a_name_where_it_is_unique() {
    let dir = sample();
    let dir = dir.path();
    let by_name = printed(dir, &["show", "street nurse"]);
    assert!(by_name.contains("Street Nurse"), "{by_name}");
    let id = by_name.lines().next().unwrap().split_whitespace().nth(1).unwrap().to_owned();
    assert_eq!(printed(dir, &["show", &id]), by_name);
    assert_eq!(
        printed(dir, &["show", "street nur"]),
        by_name,
        "the beginning of its words is enough where one alone has it"
    );
    let (out, code, err) = run(dir, &["show", "gatepost"]);
    assert_eq!((out.as_str(), code), ("", 2));
    assert!(
        err.contains("Gatepost Mentoring (organisation, O-") && err.contains("Gatepost Women (service, S-"),
        "{err}"
    );
    assert!(err.trim_end().ends_with("write the id"), "{err}");
    let (_, code, err) = run(dir, &["show", "xyzzy"]);
    assert!(code == 1 && err.contains("nothing here is called \"xyzzy\""), "{err}");
    // what changes something wants the whole name, and says which there is
    let (_, code, err) = run(dir, &["remove", "street nur"]);
    assert!(code == 1 && err.contains(&format!("there is Street Nurse (service, {id})")), "{err}");
}

#[test]
fn fields_stand_beside_their_labels() {
    let dir = own();
    for kind in ["service", "people", "agreements", "originals"] {
        let listed = printed(dir.path(), &["fields", kind]);
        let json: Value = serde_json::from_str(&printed(dir.path(), &["fields", kind, "--json"])).unwrap();
        let fields = json["fields"].as_array().unwrap();
        assert_eq!(listed.lines().count(), 1 + fields.len(), "{kind}");
        for (line, field) in listed.lines().skip(1).zip(fields) {
            for part in ["name", "label", "seen_by", "takes"] {
                assert!(line.contains(field[part].as_str().unwrap()), "{part}: {line}");
            }
        }
    }
    let listed = printed(dir.path(), &["fields", "service"]);
    let line = |name: &str| listed.lines().skip(1).find(|line| line.starts_with(name)).unwrap().to_owned();
    assert!(line("phone ").contains("everybody"), "{listed}");
    assert!(line("needs ").contains("some of: accommodation"), "{listed}");
    assert!(line("verified ").contains("kept by the program"), "{listed}");
    assert!(line("name ").contains("(required)"), "{listed}");
    let json: Value = serde_json::from_str(&printed(dir.path(), &["fields", "service", "--json"])).unwrap();
    let places = json["fields"].as_array().unwrap().iter().find(|field| field["name"] == "locations").unwrap();
    assert!(places["columns"][0]["name"].is_string(), "{places}");
    // no workspace is needed
    let alone = tempfile::tempdir().unwrap();
    assert_eq!(moot(alone.path()).args(["fields", "topic"]).output().unwrap().status.code(), Some(0));
}

#[test]
fn a_dumb_terminal_is_told_what_to_do_next() {
    let dir = own();
    let output = moot(dir.path()).args(["-w", dir.path().to_str().unwrap()]).env("TERM", "dumb").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(said.starts_with("Table of the North\n"), "{said}");
    assert!(said.contains("TERM is \"dumb\"") && said.contains("moot find housing weymouth"), "{said}");
    assert!(!said.contains("sample"), "{said}");
    let alone = tempfile::tempdir().unwrap();
    let output = moot(alone.path()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("This is no terminal") && said.contains("moot --help"), "{said}");
    assert!(said.ends_with("This is the sample; begin your own with: moot init DIR --name NAME\n"), "{said}");
}

#[test]
fn a_day_that_does_not_exist_is_named_at_its_place_with_what_to_write() {
    let dir = own();
    let file = |day: &str| {
        format!(
            "Folkmoot(\n  kind: \"services\",\n  version: 1,\n  records: {{\n    \"S-0001\": (\n      name: \"x\",\n      \
             verified: (on: \"{day}\"),\n      updated: (\"2026-01-01T00:00:00Z\", \"KP\"),\n    ),\n  }},\n)\n"
        )
    };
    for day in ["2026-13-45", "2026-02-30", "21.11.2026", "2026-11", "", "tomorrow"] {
        fs::write(dir.path().join("services.ron"), file(day)).unwrap();
        let (out, code, _) = run(dir.path(), &["check"]);
        let says = "write the year, the month and the day, such as 2026-11-21";
        assert_eq!(out, format!("services.ron:7:22: \"{day}\" is no day of the calendar: {says}\n"));
        assert_eq!(code, 3);
    }
    fs::write(dir.path().join("services.ron"), file("2026-11-21")).unwrap();
    assert_eq!(run(dir.path(), &["check"]).1, 0);
}

#[test]
fn a_telling_of_another_day_is_written_down_with_that_day() {
    let dir = sample();
    let dir = dir.path();
    let owed = printed(dir, &["tell"]);
    let partner = owed.lines().next().unwrap().split(':').next().unwrap().to_owned();
    let (out, code, err) = run(dir, &["tell", &partner, "--how", "telephone", "--on", "tomorrow"]);
    assert_eq!((out.as_str(), code), ("", 2));
    assert!(err.contains("is still to come; write a day that has been"), "{err}");
    assert_eq!(run(dir, &["tell", &partner, "--on", "yesterday"]).1, 2, "a day without a telling means nothing");
    printed(dir, &["tell", &partner, "--how", "telephone", "--on", "yesterday"]);
    let told: Value = serde_json::from_str(&printed(dir, &["list", "told", "--json"])).unwrap();
    let latest = told.as_array().unwrap().iter().map(|one| one["on"].as_str().unwrap()).max().unwrap();
    let yesterday = chrono::Local::now().date_naive().pred_opt().unwrap();
    assert_eq!(latest, yesterday.to_string());
    assert!(run(dir, &["tell", &partner]).0.contains("knows everything already"));
}

#[test]
fn paragraphs_stay_paragraphs() {
    let dir = own();
    let dir = dir.path();
    let text = "The first says how things stood.\n\nThe second says what is wanted.\nIt has two lines.";
    let id = printed(dir, &["add", "agreement", "name=Table", &format!("context={text}")]);
    let shown = printed(dir, &["show", id.trim()]);
    let indent = " ".repeat(17);
    let wanted = format!(
        "Context          The first says how things stood.\n\n{indent}The second says what is wanted.\n{indent}It has two lines.\n"
    );
    assert!(shown.contains(&wanted), "{shown}");
    // what the parties bring is a line each, without bars
    let sample = sample();
    let shown = printed(sample.path(), &["show", "Dorchester Healthcare Partnership"]);
    assert!(!shown.contains(" | ") && !shown.contains("\\n"), "{shown}");
}

#[test]
fn no_example_of_the_help_is_a_mistake_of_usage() {
    let bin = Path::new(env!("CARGO_BIN_EXE_moot")).parent().unwrap().to_owned();
    let mut seen = 0;
    for (path, example) in folkmoot::cli::examples() {
        let words: Vec<&str> = path.split(' ').collect();
        let dir = sample();
        let help = printed(dir.path(), &[words.as_slice(), &["--help"]].concat());
        assert!(help.contains(&format!("Example:\n  {example}")), "{path}: {help}");
        printed(dir.path(), &["add", "service", "name=Night Shelter"]);
        fs::create_dir_all(dir.path().join(".local/share/bash-completion/completions")).unwrap();
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", example]).current_dir(dir.path()).env("HOME", dir.path()).env("MOOT_AS", "KP");
        shell.env("MOOT_WORKSPACE", dir.path()).env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
        let output = shell.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code().is_some_and(|code| [0, 1, 3, 5].contains(&code)), "{example}: {said}");
        assert!(!said.contains("Usage:") && !said.contains("unrecognized"), "{example}: {said}");
        seen += 1;
    }
    assert!(seen > 30);
}

#[test]
fn help_groups_the_commands_by_what_they_are_for() {
    let dir = tempfile::tempdir().unwrap();
    for arguments in [&["--help"][..], &["-h"]] {
        let output = moot(dir.path()).args(arguments).output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        let place = |text: &str| help.find(text).unwrap_or_else(|| panic!("{text} is missing: {help}"));
        assert!(place("\nLook up:\n") < place("\n  find "), "{help}");
        assert!(place("\n  find ") < place("\nWrite down:\n") && place("\nVote:\n") < place("\n  tally "), "{help}");
        assert!(!help.contains("\nCommands:"), "each stands once: {help}");
        place("--workspace");
    }
    let man = moot(dir.path()).arg("man").output().unwrap();
    let man = String::from_utf8(man.stdout).unwrap();
    for name in ["find", "fields", "completions"] {
        assert!(man.contains(&format!("moot\\-{name}(1)")), "{name}: {man}");
    }
    let script = moot(dir.path()).args(["completions", "bash"]).output().unwrap();
    assert!(String::from_utf8(script.stdout).unwrap().contains("fields"));
}
