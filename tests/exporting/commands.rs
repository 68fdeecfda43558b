//! `moot export` and `moot validate` as people run them.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use folkmoot::exchange::spreadsheet::{cell_text, text_cell};
use proptest::prelude::*;

fn run(dir: &Path, arguments: &[&str]) -> (Vec<u8>, i32, String) {
    let mut command = Command::cargo_bin("moot").unwrap();
    command.env_remove("MOOT_WORKSPACE").env_remove("MOOT_AS").env("HOME", dir).current_dir(dir);
    let output = command.args(["-w", "home", "--as", "KP"]).args(arguments).output().unwrap();
    (output.stdout, output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// A workspace with one service and one organisation in a folder `home`.
fn workspace() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    folkmoot::store::init(&dir.path().join("home"), "Table of the North", false).unwrap();
    let trust = [
        "add",
        "organisation",
        "name=Harbour; Trust, the",
        "phone=01632 960001",
        "url=https://example.org",
        "sector=voluntary",
    ];
    assert_eq!(run(dir.path(), &trust).1, 0);
    let beds = [
        "add",
        "service",
        "name=Beds",
        "phone=01632960001",
        "ages=16-25",
        "organisation=Harbour; Trust, the",
        "contacts=Ada Example | Manager | 01632 960002 | ada@example.org",
        "locations=| 1 Open Street | Town | DT1 1AA | 50.7, -2.4",
    ];
    assert_eq!(run(dir.path(), &beds).1, 0);
    dir
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.starts_with('.') && name != "home");
    names.sort();
    names
}

/// Every format that is one file, and what it begins with.
const SINGLE: &[(&str, &str)] = &[
    ("hsds3-json", "{"),
    ("oruk3-json", "{"),
    ("csv", "\u{feff}id,name"),
    ("geojson", "{"),
    ("vcf", "BEGIN:VCARD\r\nVERSION:4.0\r\n"),
    ("markdown", "# Directory of services"),
    ("html", "<!DOCTYPE html>"),
    ("ics", "BEGIN:VCALENDAR"),
];

#[test]
fn one_file_is_written_the_one_that_is_named_and_never_over_another() {
    let dir = workspace();
    let dir = dir.path();
    for (format, beginning) in SINGLE {
        let file = format!("out.{format}");
        let (_, code, said) = run(dir, &["export", format, &file]);
        assert_eq!(code, 0, "{format}: {said}");
        assert_eq!(names(dir), [file.as_str()], "{format}");
        let written = fs::read(dir.join(&file)).unwrap();
        assert!(written.starts_with(beginning.as_bytes()), "{format}: {}", String::from_utf8_lossy(&written));
        // the same on the standard output, and nothing else
        let (printed, code, _) = run(dir, &["export", format, "-"]);
        assert_eq!((code, printed == written), (0, true), "{format}");
        assert_eq!(names(dir), [file.as_str()], "{format}");
        // never over what is there
        fs::write(dir.join(&file), "mine").unwrap();
        assert_ne!(run(dir, &["export", format, &file]).1, 0, "{format}");
        assert_eq!(fs::read_to_string(dir.join(&file)).unwrap(), "mine", "{format}");
        assert_eq!(run(dir, &["export", format, &file, "--replace"]).1, 0, "{format}");
        assert_eq!(fs::read(dir.join(&file)).unwrap(), written, "{format}");
        fs::remove_file(dir.join(&file)).unwrap();
    }
    let (_, code, said) = run(dir, &["export", "hsds3-csv", "-"]);
    assert!(code != 0 && said.contains("many tables"), "{said}");
}

#[test]
fn the_mark_of_utf_8_is_left_out_when_it_is_not_wanted() {
    let dir = workspace();
    for what in [&["export", "csv", "-", "--no-bom"][..], &["export", "csv", "services", "-", "--no-bom"]] {
        assert!(run(dir.path(), what).0.starts_with(b"id,name"), "{what:?}");
    }
    assert!(run(dir.path(), &["export", "csv", "services", "-"]).0.starts_with(b"\xef\xbb\xbfid,name"));
}

#[test]
fn cells_a_spreadsheet_would_change_are_text_and_come_back() {
    let dir = workspace();
    let dir = dir.path();
    let (table, _, _) = run(dir, &["export", "csv", "-"]);
    let table = String::from_utf8(table).unwrap();
    assert!(table.contains(",'01632960001,"), "{table}");
    // our own table says nothing new
    assert_eq!(run(dir, &["export", "csv", "services", "services.csv", "--contacts"]).1, 0);
    let (said, code, why) = run(dir, &["import", "csv", "services", "services.csv"]);
    let (said, code, why) =
        if code == 2 { run(dir, &["import", "services.csv", "--kind", "services"]) } else { (said, code, why) };
    if code != 0 {
        super::skipped(&format!("the table is read in another way here: {why}"));
        return;
    }
    assert!(String::from_utf8_lossy(&said).contains("as the table says"), "{}", String::from_utf8_lossy(&said));
}

proptest! {
    #[test]
    fn every_cell_comes_back(cell in "('{0,2})([=+\\-@\\t\\r\\n0-9/:.,eE£ ]{0,14}|[0-9]{1,2} (Mar|sept|May)|\\PC{0,20})") {
        let safe = text_cell(&cell);
        prop_assert_eq!(cell_text(&safe), cell.as_str());
        let first = safe.chars().next();
        prop_assert!(!matches!(first, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n')), "{}", safe);
        // and what the reader of tables makes of it after the writer of tables
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record([safe.as_ref(), "x"]).unwrap();
        let bytes = writer.into_inner().unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        let row = reader.records().next().unwrap().unwrap();
        prop_assert_eq!(cell_text(&row[0]), cell.as_str());
    }

    /// Telephone numbers with zeros in front and long numbers are no numbers to a spreadsheet.
    #[test]
    fn numbers_that_would_lose_digits_are_text(zeros in "0{1,2}", digits in "[0-9]{5,16}", long in "[1-9][0-9]{11,20}") {
        let phone = format!("{zeros}{digits}");
        prop_assert!(text_cell(&phone).starts_with('\''));
        prop_assert!(text_cell(&long).starts_with('\''));
    }
}

#[test]
fn no_file_of_any_workspace_is_written_over() {
    let dir = workspace();
    let dir = dir.path();
    folkmoot::store::init(&dir.join("other"), "Table of the South", false).unwrap();
    fs::create_dir_all(dir.join("other/maps")).unwrap();
    fs::write(dir.join("other/maps/own.ron"), "map").unwrap();
    for target in [
        "home/services.ron",
        "home/partnership.ron",
        "home/new.ron",
        "home/.moot/lock",
        "home/.gitignore",
        "other/partnership.ron",
        "other/services.ron",
        "other/maps/own.ron",
        "other/.moot/kept",
    ] {
        if let Some(folder) = dir.join(target).parent() {
            fs::create_dir_all(folder).unwrap();
        }
        let before = fs::read(dir.join(target)).ok();
        let (_, code, said) = run(dir, &["export", "csv", target, "--replace"]);
        assert!(code != 0 && said.contains("belongs to the workspace"), "{target}: {said}");
        assert_eq!(fs::read(dir.join(target)).ok(), before, "{target}");
    }
    assert_eq!(run(dir, &["export", "csv", "home/services.csv"]).1, 0, "another file beside them is fine");
}

#[test]
fn an_address_book_is_read_by_others() {
    let dir = workspace();
    let cards = |arguments: &[&str]| -> Vec<Vec<(String, String)>> {
        let (text, _, _) = run(dir.path(), arguments);
        assert!(text.split(|b| *b == b'\n').all(|line| line.len() <= 76), "no line is too long");
        let cards = ical::VcardParser::new(std::io::Cursor::new(text)).map(|card| card.unwrap());
        cards
            .map(|card| card.properties.into_iter().map(|one| (one.name, one.value.unwrap_or_default())).collect())
            .collect()
    };
    let public = cards(&["export", "vcf", "-"]);
    assert_eq!(public.len(), 1);
    let of = |name: &str| public[0].iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(of("FN"), Some("Harbour\\; Trust\\, the"));
    assert_eq!(
        (of("TEL"), of("URL"), of("KIND"), of("CATEGORIES")),
        (Some("01632 960001"), Some("https://example.org"), Some("org"), Some("voluntary"))
    );
    assert!(of("UID").unwrap().starts_with("urn:uuid:"));
    assert_eq!(public, cards(&["export", "vcf", "-"]), "the same each time, so that an address book doubles nothing");
    let all = cards(&["export", "vcf", "-", "--contacts"]);
    assert_eq!(all.len(), 2);
    assert!(all[1].contains(&("FN".to_owned(), "Ada Example".to_owned())));
}

#[test]
fn a_file_is_judged_with_places_and_an_exit_code() {
    let dir = workspace();
    let dir = dir.path();
    for (format, file) in
        [("hsds3-json", "a.json"), ("oruk3-json", "b.json"), ("hsds3-csv", "c"), ("hsds3-csv", "d.zip")]
    {
        assert_eq!(run(dir, &["export", format, file]).1, 0);
        let (said, code, _) = run(dir, &["validate", file]);
        assert_eq!(code, 0, "{file}: {}", String::from_utf8_lossy(&said));
    }
    let judged = |file: &str, text: &str| -> (String, i32) {
        fs::write(dir.join(file), text).unwrap();
        let (said, code, _) = run(dir, &["validate", file]);
        (String::from_utf8(said).unwrap(), code)
    };
    let (said, code) = judged(
        "bad.json",
        r#"{"contents":[{"id":"7","name":"Beds","status":"open","url":"www.x","minimum_age":null}]}"#,
    );
    assert_eq!(code, 1);
    for fault in [
        "bad.json: $.contents[0].id: id is \"7\"",
        "$.contents[0].status: ",
        "none of active",
        "$.contents[0].url",
        "is null",
    ] {
        assert!(said.contains(fault), "{fault} in {said}");
    }
    let (said, code) = judged("services.csv", "id,name,status,organization_id\n1,Beds,active,2\n,,open,\n");
    assert_eq!(code, 1);
    for fault in [
        "services.csv:2: id is \"1\"",
        "services.csv:3: id is empty",
        "services.csv:3: name is empty",
        "services.csv:3: status",
    ] {
        assert!(said.contains(fault), "{fault} in {said}");
    }
    let (said, code) = judged("cut.json", "{\"contents\": [");
    assert!(code == 1 && said.contains("cut.json:1:"), "{said}");
    for (text, sentence) in [
        ("hello\n", "none.json:1:1: this is no JSON: expected value; mend it there, or fetch the file again\n"),
        (
            "{\"id\":\n  oops}",
            "none.json:2:3: this is no JSON: expected value; mend it there, or fetch the file again\n",
        ),
        ("[{},", "none.json:1:4: this is no JSON: it ends too early; mend it there, or fetch the file again\n"),
        ("", "none.json:1:1: this is no JSON: it is empty; mend it there, or fetch the file again\n"),
    ] {
        assert_eq!(judged("none.json", text), (sentence.to_owned(), 1), "one sentence, and nothing of a standard");
    }
    let (said, code) = judged("page.json", r#"{"contents":[],"total_items":0}"#);
    assert_eq!((said.as_str(), code), ("valid as HSDS 3.0: there is nothing in it\n", 0));
    let (_, code, said) = run(dir, &["validate", "absent.json"]);
    assert!(code > 1 && said.contains("absent.json"), "{code} {said}");
    fs::write(dir.join("cars.csv"), "plate,colour\nAB1,red\n").unwrap();
    let (_, code, said) = run(dir, &["validate", "cars.csv"]);
    assert!(code > 1 && said.contains("nothing of Open Referral"), "{code} {said}");
}
