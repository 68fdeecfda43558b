//! Files that are no spreadsheet, or more of one than anybody can want: one sentence each, and little memory.

use std::path::Path;

use assert_cmd::Command;

use crate::book::{Sheet, ods_of, words, xlsx, zipped};

/// Runs `moot import` on a file, and gives the exit code and what was said. The memory of the program is bounded: where it
/// asks for more, it dies and the code is another.
fn refused(name: &str, bytes: &[u8]) -> (i32, String) {
    let dir = tempfile::tempdir().unwrap();
    folkmoot::store::init(dir.path(), "Table of the North", false).unwrap();
    std::fs::write(dir.path().join(name), bytes).unwrap();
    let output = bounded(dir.path(), bytes.len()).args(["--as", "KP", "import", name]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !dir.path().join("services.ron").metadata().is_ok_and(|file| file.len() > 200),
        "{name}: something was written"
    );
    (output.status.code().unwrap_or(-1), said)
}

/// The program with 256 MB of memory over the size of the file.
fn bounded(dir: &Path, size: usize) -> Command {
    let moot = assert_cmd::cargo::cargo_bin("moot");
    let kilobytes = (256 * 1024 * 1024 + size) / 1024;
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v {kilobytes}; exec \"$0\" \"$@\""), moot.to_str().unwrap(), "-w"]).arg(dir);
    command.env_remove("MOOT_WORKSPACE").env_remove("MOOT_AS").env("HOME", dir).current_dir(dir);
    command
}

/// A compound file of older Office programs, with the names of its streams in UTF-16.
fn compound(stream: &str) -> Vec<u8> {
    let mut bytes = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    bytes.resize(512, 0);
    bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    bytes.resize(4096, 0);
    bytes
}

fn small() -> Vec<u8> {
    let rows = vec![words(&["Service", "Phone"]), words(&["Night Shelter (invented)", "01632 960201"])];
    xlsx(&[Sheet { name: "List", rows, merged: &[] }])
}

fn with_part(part: &str, content: &str) -> Vec<u8> {
    with_parts(&[(part, content)])
}

/// The parts of a workbook, with some of them in the place of what was there.
fn with_parts(others: &[(&str, &str)]) -> Vec<u8> {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(small())).unwrap();
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        let (name, mut bytes) = (entry.name().unwrap().into_owned(), Vec::new());
        entry.read_to_end(&mut bytes).unwrap();
        parts.push((name, bytes));
    }
    for (name, bytes) in &mut parts {
        let other = others.iter().find(|(part, _)| part == name);
        *bytes = other.map_or_else(|| std::mem::take(bytes), |(_, content)| content.as_bytes().to_vec());
    }
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    zipped(&parts)
}

const HEAD: &str = r#"<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Service</t></is></c><c r="B1" t="inlineStr"><is><t>Phone</t></is></c></row>"#;

#[test]
fn each_bad_file_is_refused_in_one_sentence_and_in_bounded_memory() {
    let whole = small();
    let sheet = "xl/worksheets/sheet1.xml";
    let zeros = " ".repeat(300 * 1024 * 1024);
    let long = format!("<sst><si><t>{}</t></si></sst>", "x".repeat(30_000));
    let shown = format!(
        "{HEAD}{}</sheetData></worksheet>",
        (2..6_000).map(|n| format!(r#"<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>"#)).collect::<String>()
    );
    let many = with_parts(&[("xl/sharedStrings.xml", &long), (sheet, &shown)]);
    let far = format!(
        "{HEAD}{}</sheetData></worksheet>",
        (2..90_000).map(|n| format!(r#"<row r="{n}"><c r="SF{n}"><v>1</v></c></row>"#)).collect::<String>()
    );
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("locked.xlsx", compound("EncryptedPackage"), "locked with a password"),
        ("old.xls", compound("Workbook"), "old format (.xls)"),
        ("half.xlsx", whole[..whole.len() / 2].to_vec(), "not a whole spreadsheet"),
        ("words.xlsx", b"no workbook at all".to_vec(), "not a whole spreadsheet"),
        ("bomb.xlsx", with_part(sheet, &zeros), "unpacks to more than"),
        ("bomb.ods", ods_of(&zeros), "unpacks to more than"),
        (
            "claims.xlsx",
            with_part("xl/sharedStrings.xml", r#"<sst uniqueCount="9999999999999"></sst>"#),
            "unpacks to more than",
        ),
        (
            "claims too.xlsx",
            with_part("xl/sharedStrings.xml", "<sst uniqueCount = '99999999999999999999999'></sst>"),
            "unpacks to more than",
        ),
        (
            "styles.xlsx",
            with_part(
                "xl/styles.xml",
                &format!("<styleSheet><cellXfs>{}</cellXfs></styleSheet>", "<xf/>".repeat(2_000_000)),
            ),
            "unpacks to more than",
        ),
        ("one text everywhere.xlsx", many, "letters"),
        ("far right.xlsx", with_part(sheet, &far), "cells"),
        (
            "repeated.ods",
            ods_of(
                r#"<table:table table:name="a"><table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16000"><text:p>x</text:p></table:table-cell></table:table-row></table:table>"#,
            ),
            "columns",
        ),
        (
            "repeated rows.ods",
            ods_of(
                r#"<table:table table:name="a"><table:table-row table:number-rows-repeated="4000000000"><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row></table:table>"#,
            ),
            "rows",
        ),
        (
            "unclosed.csv",
            format!("Service,Phone\nNight Shelter,\"01632 960201\n{}", "a,b\n".repeat(2_000)).into_bytes(),
            "quotation mark",
        ),
    ];
    for (name, bytes, said) in cases {
        let (code, sentence) = refused(name, &bytes);
        assert_eq!(code, 3, "{name}: {sentence}");
        assert!(sentence.contains(said) && sentence.lines().count() == 1, "{name}: {sentence}");
    }
}

#[test]
fn a_million_empty_rows_and_formulas_that_came_to_nothing_are_read() {
    let rows = "<row r=\"3\"/>".repeat(1_048_000);
    let last = r#"<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>Night Shelter (invented)</t></is></c><c r="B1048576" t="e"><v>#REF!</v></c></row>"#;
    let book = with_part("xl/worksheets/sheet1.xml", &format!("{HEAD}{rows}{last}</sheetData></worksheet>"));
    let dir = tempfile::tempdir().unwrap();
    folkmoot::store::init(dir.path(), "Table of the North", false).unwrap();
    std::fs::write(dir.path().join("long.xlsx"), &book).unwrap();
    let output = bounded(dir.path(), book.len())
        .args(["--as", "KP", "import", "long.xlsx", "--report", "r.txt"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = std::fs::read_to_string(dir.path().join("r.txt")).unwrap();
    assert!(
        report.contains("long.xlsx:1048576:Phone: a formula that came to nothing, left out: \"#REF!\""),
        "{report}"
    );
}

/// A broken workbook says so or is read; it never ends the program.
#[test]
fn mutated_workbooks_never_break_the_reader() {
    use folkmoot::exchange::sheet::{Layout, Workbook, package};
    let rounds = if std::env::var_os("FOLKMOOT_HEAVY").is_some() { 20_000 } else { 400 };
    let mut random = folkmoot::model::SplitMix64::new(11);
    let dir = tempfile::tempdir().unwrap();
    let (mut read, mut refused) = (0, 0);
    for (name, seed) in [
        ("a.xlsx", crate::titled()),
        ("a.ods", crate::two_numbers()),
        ("a.csv", crate::TURNED_ROUND.as_bytes().to_vec()),
    ] {
        for _ in 0..rounds / 3 {
            let bytes = mutated(&seed, &mut random);
            let path = dir.path().join(name);
            std::fs::write(&path, &bytes).unwrap();
            let outcome = Workbook::at(&path, true).and_then(|book| {
                let Some(book) = book else { return Ok(0) };
                let layout = Layout::of(&book, &Vec::new(), &[])?;
                package(&book, &layout, "a", &mut |_| true).map(|package| package.services.len())
            });
            match outcome {
                Ok(_) => read += 1,
                Err(why) => {
                    assert!(!why.0.is_empty() && !why.0.contains('\n'), "{why}");
                    refused += 1;
                }
            }
        }
    }
    assert!(read > rounds / 20 && refused > rounds / 20, "{read} read, {refused} refused: the mutations say nothing");
}

/// A workbook with bytes exchanged, cut out or doubled: within its parts, so that what is beneath the zip is reached.
fn mutated(seed: &[u8], random: &mut folkmoot::model::SplitMix64) -> Vec<u8> {
    use std::io::Read;
    let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(seed)) else { return scrambled(seed, random) };
    let chosen = usize::try_from(random.next_u64() % archive.len() as u64).unwrap();
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).unwrap();
        let (name, mut bytes) = (entry.name().unwrap().into_owned(), Vec::new());
        entry.read_to_end(&mut bytes).unwrap();
        parts.push((name, if at == chosen { scrambled(&bytes, random) } else { bytes }));
    }
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let bytes = zipped(&parts);
    if random.next_u64().is_multiple_of(8) { scrambled(&bytes, random) } else { bytes }
}

fn scrambled(bytes: &[u8], random: &mut folkmoot::model::SplitMix64) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.next_u64() % 4 {
        if bytes.is_empty() {
            break;
        }
        let mut place = |of: usize| usize::try_from(random.next_u64() % of as u64).unwrap();
        let (at, to) = (place(bytes.len()), place(bytes.len()));
        match place(5) {
            0 => bytes[at] = b"<>\"'&;,\n\0\xff9A"[place(12)],
            1 => bytes.truncate(at),
            2 => bytes.drain(at.min(to)..at.max(to).min(at.min(to) + 40)).for_each(drop),
            3 => bytes.splice(at..at, b"99999999999999999999".iter().copied()).for_each(drop),
            _ => bytes.splice(at..at, bytes[to..(to + 60).min(bytes.len())].to_vec()).for_each(drop),
        }
    }
    bytes
}

#[test]
fn a_quote_that_is_never_closed_is_named_where_it_opens() {
    for (text, line) in [("name,phone\nA,1\n\"open,2\nB,3\n", 3), ("sep=;\nname;phone\n\"open;2\n", 3)] {
        let read = folkmoot::exchange::sheet::Workbook::of_text("list.csv", text, true);
        let said = read.unwrap_err().to_string();
        assert_eq!(said, format!("list.csv, line {line}: a quotation mark is opened there and never closed; close it"));
    }
}
