//! The three sheets in the shell: shown, corrected, imported, found on the telephone, imported again.

use std::path::Path;

use assert_cmd::Command;

/// Who acts.
pub const KP: &str = "KP";

/// Runs a command and gives what was printed, the exit code and what was said on stderr.
pub fn run(dir: &Path, who: &str, arguments: &[&str]) -> (String, i32, String) {
    let mut command = Command::cargo_bin("moot").unwrap();
    command.env_remove("MOOT_WORKSPACE").env_remove("MOOT_AS").env("HOME", dir).current_dir(dir);
    let output = command.args(["-w", dir.to_str().unwrap(), "--as", who]).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), output.status.code().unwrap(), text(&output.stderr))
}

/// Runs a command that must succeed.
pub fn ok(dir: &Path, arguments: &[&str]) -> String {
    let (said, code, why) = run(dir, KP, arguments);
    assert_eq!(code, 0, "{arguments:?}: {why}");
    said
}

fn workspace(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    folkmoot::store::init(dir.path(), "Table of the North", false).unwrap();
    for (name, bytes) in files {
        std::fs::write(dir.path().join(name), bytes).unwrap();
    }
    dir
}

#[test]
fn three_sheets_are_imported_and_found_by_phone_place_and_need() {
    let dir = workspace(&[
        ("titled.xlsx", &crate::titled()),
        ("advice.ods", &crate::two_numbers()),
        ("food.csv", crate::TURNED_ROUND.as_bytes()),
    ]);
    let dir = dir.path();
    for (file, services) in [("titled.xlsx", 3), ("advice.ods", 2), ("food.csv", 2)] {
        let said = ok(dir, &["import", file]);
        assert!(said.contains(&format!("{services} services ({services} new)")), "{said}");
    }
    for (words, name) in [
        // the first number, the second of the same cell, one that lost its nought, one that was padded, one behind an apostrophe
        ("01632 960111", "Listening Ear"),
        ("07700 900222", "Listening Ear"),
        ("01632 960201", "Night Shelter"),
        ("01632 960202", "Deposit Scheme"),
        ("01632960122", "Bread & Company"),
        // the town and the postcode out of one cell, a town of its own column
        ("in:weymouth kitchen", "Harbour Kitchen"),
        ("near:DT4 kitchen", "Harbour Kitchen"),
        ("in:dorchester ear", "Listening Ear"),
        ("in:portland larder", "Community Larder"),
        // what it is for: a column of needs, and a title between the rows
        ("need:health", "Listening Ear"),
        ("need:debt dorchester", "Debt Desk"),
        ("need:housing", "Night Shelter"),
        ("age:17 sex:f kitchen", "Harbour Kitchen"),
        ("fleet homes deposit", "Deposit Scheme"),
    ] {
        let found = ok(dir, &["find", words]);
        assert!(found.contains(name), "{words}:\n{found}");
    }
    let shown = ok(dir, &["show", "Harbour Kitchen"]);
    for said in ["9-5 Mon to Fri", "12 Custom House Quay, Weymouth, DT4 8XX", "16-25", "women", "Shoe size: 44"] {
        assert!(shown.contains(said), "{said}:\n{shown}");
    }
    let shown = ok(dir, &["show", "Night Shelter"]);
    for said in ["£5.50", "2026-02-03", "Ann Example", "ann@example.org", "Allergens: nuts & seeds", "Section: HOUSING"]
    {
        assert!(shown.contains(said), "{said}:\n{shown}");
    }
    for file in ["titled.xlsx", "advice.ods", "food.csv"] {
        assert!(ok(dir, &["import", file]).ends_with("nothing here had to change\n"), "{file}");
    }
    // What stands in the notes and who is there stays here.
    ok(dir, &["export", "hsds3-json", "out.json"]);
    let out = std::fs::read_to_string(dir.join("out.json")).unwrap();
    for private in ["nuts", "Ann Example", "moot_notes", "Shoe size", "\"columns\""] {
        assert!(!out.contains(private), "{private}");
    }
    assert!(out.contains("9-5 Mon to Fri") && out.contains("DT4 8XX"));
}

#[test]
fn columns_are_shown_corrected_and_remembered() {
    let sheet = "Naam,Telefoon,Voor wie\nNight Shelter (invented),01632 960201,men only\n";
    let other = "Naam,Telefoon,Voor wie\nDay Centre (invented),01632 960202,women only\n";
    let dir = workspace(&[("a.csv", sheet.as_bytes()), ("b.csv", other.as_bytes())]);
    let dir = dir.path();
    let (_, code, why) = run(dir, KP, &["import", "a.csv"]);
    assert!(code == 3 && why.contains("no services and no organisations"), "{why}");
    let told = ["--map", "Naam=name", "--map", "voor wie=Who for", "--map", "Telefoon=phone"];
    let shown = ok(dir, &[&["import", "a.csv", "--dry-run"], &told[..]].concat());
    assert!(shown.contains("Voor wie -> eligibility (Who for): men only"), "{shown}");
    assert!(ok(dir, &["list", "services"]).is_empty());
    ok(dir, &[&["import", "a.csv"], &told[..]].concat());
    let shown = ok(dir, &["show", "Night Shelter (invented)"]);
    assert!(shown.contains("men only") && shown.contains("01632 960201"), "{shown}");
    // Another sheet under the same headings: the columns are known.
    ok(dir, &["import", "b.csv"]);
    assert!(ok(dir, &["show", "Day Centre (invented)"]).contains("women only"));
    for (told, said) in [
        ("Name=name", "has no column \"Name\"; it has Naam, Telefoon, Voor wie"),
        ("Naam=shoe", "there is no field \"shoe\"; choose from id, "),
        ("Naam", "write a heading, = and a field"),
    ] {
        let (_, code, why) = run(dir, KP, &["import", "a.csv", "--map", told]);
        assert!(code != 0 && why.contains(said), "{told}: {why}");
    }
}

#[test]
fn importing_again_keeps_what_was_changed_here_and_one_undo_takes_all_back() {
    let dir = workspace(&[("food.csv", crate::TURNED_ROUND.as_bytes())]);
    let dir = dir.path();
    ok(dir, &["import", "food.csv"]);
    ok(dir, &["set", "Harbour Kitchen", "cost=free on Sundays"]);
    let changed = crate::TURNED_ROUND.replace("9-5 Mon to Fri", "10-4 Mon to Fri");
    std::fs::write(dir.join("food.csv"), changed).unwrap();
    assert!(ok(dir, &["import", "food.csv"]).contains("(1 changed, 1 unchanged)"));
    let shown = ok(dir, &["show", "Harbour Kitchen"]);
    assert!(shown.contains("free on Sundays") && shown.contains("10-4 Mon to Fri"), "{shown}");
}
