//! Our own table comes home as it went out, whatever a spreadsheet program made of the file in between; an empty sheet of
//! ours is read once it is filled in.

use std::path::Path;

use folkmoot::exchange::sheet::{Layout, Workbook};

use crate::book::{Put, Sheet, xlsx};
use crate::shell::{KP, ok, run};

fn sample() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    folkmoot::store::init(dir.path(), "Table of the North", true).unwrap();
    dir
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// As a spreadsheet program saves it again: a mark of UTF-8, semicolons, line ends of its own.
fn saved_again(rows: &[Vec<String>]) -> Vec<u8> {
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    let mut writer =
        csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(&mut bytes);
    for row in rows {
        writer.write_record(row).unwrap();
    }
    writer.flush().unwrap();
    drop(writer);
    bytes
}

fn as_workbook(rows: &[Vec<String>]) -> Vec<u8> {
    let cell = |cell: &String| if cell.is_empty() { Put::Nothing } else { Put::Words(cell.clone().leak()) };
    let rows = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    xlsx(&[Sheet { name: "own", rows, merged: &[] }])
}

#[test]
fn our_own_table_comes_home_unchanged_through_every_program() {
    let dir = sample();
    let dir = dir.path();
    // What a spreadsheet would take for a formula, or change.
    ok(dir, &["add", "service", "name==1+1 Club", "phone=+44 1632 960111", "aliases=-dash, @at", "notes='quoted"]);
    ok(dir, &["add", "service", "name=Plain Number", "phone=01632960112"]);
    for (export, file) in [
        (&["export", "csv", "services", "own.csv"] as &[&str], "own.csv"),
        (&["export", "csv", "flat.csv"], "flat.csv"),
    ] {
        ok(dir, export);
        let rows = rows(&dir.join(file));
        let no_nought = |row: &Vec<String>| {
            row.iter().map(|cell| if cell == "01632960112" { cell[1..].to_owned() } else { cell.clone() }).collect()
        };
        let without: Vec<Vec<String>> = rows.iter().map(no_nought).collect();
        for (name, bytes) in
            [("own2.csv", saved_again(&rows)), ("own.xlsx", as_workbook(&rows)), ("nought.csv", saved_again(&without))]
        {
            std::fs::write(dir.join(name), bytes).unwrap();
            for name in [file, name] {
                let (said, code, why) = run(dir, KP, &["import", name]);
                assert_eq!((code, said.as_str()), (0, "the services here are as the table says\n"), "{name}: {why}");
            }
        }
    }
    // And what is changed there is changed here.
    let mut rows = rows(&dir.join("own.csv"));
    let at = rows[0].iter().position(|heading| heading == "cost").unwrap();
    let row = rows.iter_mut().find(|row| row[1] == "Plain Number").unwrap();
    row[at] = "five pounds".to_owned();
    std::fs::write(dir.join("changed.xlsx"), as_workbook(&rows)).unwrap();
    assert_eq!(ok(dir, &["import", "changed.xlsx"]), "1 service changed\n");
    assert_eq!(ok(dir, &["import", "csv", "services", "changed.xlsx"]), "the services here are as the table says\n");
}

#[test]
fn our_own_table_reaches_another_workspace() {
    let (here, there) = (sample(), tempfile::tempdir().unwrap());
    folkmoot::store::init(there.path(), "Table of the South", false).unwrap();
    let file = there.path().join("own.csv");
    ok(here.path(), &["export", "csv", "services", file.to_str().unwrap()]);
    let rehearsed = ok(there.path(), &["import", "own.csv", "--dry-run"]);
    let columns: Vec<&str> =
        rehearsed.lines().filter(|line| line.contains(" -> ") || line.contains("go there")).collect();
    assert_eq!(columns.len(), 1, "columns of our own are no news: {rehearsed}");
    assert!(columns[0].ends_with("are called as the fields of this program, and go there"), "{rehearsed}");
    let said = ok(there.path(), &["import", "own.csv"]);
    assert!(said.contains("67 services (67 new"), "{said}");
    assert!(ok(there.path(), &["import", "own.csv"]).ends_with("nothing here had to change\n"));
    let fields = ["name", "phone", "opening", "eligibility", "locations", "ages", "languages", "cost", "how_to_refer"];
    let list = |dir: &Path| {
        ok(dir, &["export", "csv", "services", "out.csv", "--replace"]);
        let rows = rows(&dir.join("out.csv"));
        let at = |field: &str| rows[0].iter().position(|heading| heading == field).unwrap();
        let mut list: Vec<Vec<String>> =
            rows[1..].iter().map(|row| fields.iter().map(|field| row[at(field)].clone()).collect()).collect();
        list.sort();
        list
    };
    assert_eq!(list(here.path()), list(there.path()));
}

#[test]
fn an_empty_sheet_is_filled_in_and_read() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    folkmoot::store::init(dir, "Table of the North", false).unwrap();
    assert!(ok(dir, &["template", "services.csv"]).contains("an empty sheet written to"));
    let (_, code, why) = run(dir, KP, &["template", "services.csv"]);
    assert!(code == 5 && why.contains("is there already"), "{why}");
    let (_, code, why) = run(dir, KP, &["template", "services.xlsx"]);
    assert!(code == 2 && why.contains("saves it as .xlsx"), "{why}");
    let mut rows = rows(&dir.join("services.csv"));
    assert_eq!(rows.len(), 2);
    let own = ["Night Shelter (invented)", "Fleet Homes", "beds for a night", "01632 960201"];
    let width = rows[0].len();
    rows.push(
        own.iter()
            .map(|cell| (*cell).to_owned())
            .chain(std::iter::repeat_n(String::new(), width - own.len()))
            .collect(),
    );
    for (name, bytes) in [("filled.csv", saved_again(&rows)), ("filled.xlsx", as_workbook(&rows))] {
        std::fs::write(dir.join(name), bytes).unwrap();
        let said = ok(dir, &["import", name, "--feed", "ours", "--report", &format!("{name}.txt")]);
        assert!(said.contains("1 service ("), "{said}");
        let report = std::fs::read_to_string(dir.join(format!("{name}.txt"))).unwrap();
        assert!(report.contains("\"what people call it\" -> \"the help of an empty sheet\""), "{report}");
        assert_eq!(report.matches("the help of an empty sheet").count(), 1, "once for the whole row: {report}");
    }
    let shown = ok(dir, &["find", "night shelter"]);
    assert_eq!(shown.lines().count(), 1, "{shown}");
    assert!(shown.contains("01632 960201") && shown.contains("Fleet Homes"), "{shown}");
}

#[test]
fn a_cell_that_says_what_the_help_says_is_shown_and_read_and_only_the_row_of_help_is_not() {
    let sheet = "Service,Open,Post Code,Web\n\
        what people call it,9-5 Mon to Fri,DT4 8AA,www.example.org\n\
        Harbour Kitchen,9-5 Mon to Fri,DT4 8AA,\n\
        Net Loft,by appointment,DT4 7AA,www.example.org\n";
    let book = Workbook::of_text("own.csv", sheet, true).unwrap().unwrap();
    let layout = Layout::of(&book, &Vec::new(), &[]).unwrap();
    let samples: Vec<&[String]> = layout.columns().iter().map(|column| column.samples.as_slice()).collect();
    assert_eq!(samples[0], ["Harbour Kitchen", "Net Loft"]);
    assert_eq!(samples[1], ["9-5 Mon to Fri", "by appointment"]);
    assert_eq!(samples[2], ["DT4 8AA", "DT4 7AA"]);
    assert_eq!(samples[3], ["www.example.org"]);
    let dir = tempfile::tempdir().unwrap();
    folkmoot::store::init(dir.path(), "Table of the North", false).unwrap();
    std::fs::write(dir.path().join("own.csv"), sheet).unwrap();
    let said = ok(dir.path(), &["import", "own.csv"]);
    assert!(said.contains("2 services (2 new"), "{said}");
}
