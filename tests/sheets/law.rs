//! Every cell is in a record or named in the report.

use std::collections::HashSet;
use std::path::Path;
use std::sync::LazyLock;

use folkmoot::exchange::sheet::{Layout, Workbook, package, remembered};
use folkmoot::exchange::{ImportContext, ImportPlan, plan_import};
use folkmoot::model::thesaurus::Thesaurus;
use folkmoot::model::{AnyRecord, Author, Edit, Kind, SplitMix64, Timestamp, Workspace};
use folkmoot::store;

pub fn author() -> Author {
    let at = Timestamp::from_seconds(1_795_000_000);
    Author { by: "KP".into(), at, today: at.date() }
}

/// Reads a sheet into a workspace, with some columns as they are told.
pub fn import(workspace: &mut Workspace, name: &str, bytes: &[u8], told: &[(&str, &str)]) -> (Workbook, ImportPlan) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    import_at(workspace, &path, told)
}

static THESAURUS: LazyLock<Thesaurus> = LazyLock::new(store::default_thesaurus);

pub fn import_at(workspace: &mut Workspace, path: &Path, told: &[(&str, &str)]) -> (Workbook, ImportPlan) {
    let feed = folkmoot::exchange::feed_name(path);
    let told = told.iter().map(|(heading, field)| ((*heading).to_owned(), (*field).to_owned())).collect();
    let book = Workbook::at(path, true).unwrap().unwrap();
    let layout = Layout::of(&book, &told, &remembered(&workspace.originals, &feed)).unwrap();
    let package = package(&book, &layout, &feed, &mut |_| true).unwrap();
    let author = author();
    let here = ImportContext { workspace, originals: &workspace.originals, thesaurus: &THESAURUS, author: &author };
    let plan = plan_import(package, &here, &mut SplitMix64::new(1), &mut |_| true).unwrap();
    workspace.apply(&plan.change);
    (book, plan)
}

fn tokens(text: &str) -> impl Iterator<Item = String> {
    // A day is one day however it is written.
    let lower = text.to_lowercase().replace("3 feb 2026", "2026-02-03").replace("03/04/2026", "2026-04-03");
    let words: Vec<String> =
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    words.into_iter()
}

/// The words that a record says in its own fields, and its organisation's name.
fn said(record: &AnyRecord, workspace: &Workspace) -> String {
    let mut text = String::new();
    for field in record.kind().fields().filter(|field| field.is_editable || field.name == "verified") {
        text += &record.format_field(field.name, workspace);
        text.push('\n');
    }
    text
}

/// The cells that are in no record and not in the report, each with its sheet and row.
pub fn lost(workspace: &Workspace, book: &Workbook, plan: &ImportPlan) -> Vec<String> {
    let is_new =
        |edit: &&Edit| edit.after().is_some_and(|after| [Kind::Service, Kind::Organisation].contains(&after.kind()));
    let records: Vec<(HashSet<String>, String)> = plan
        .change
        .edits
        .iter()
        .filter(is_new)
        .filter_map(Edit::after)
        .map(|record| {
            let service = <&folkmoot::model::Service>::try_from(record).ok();
            let organisation = service.and_then(|service| workspace.get(service.organisation.as_ref()?.id()?));
            said(record, workspace) + &organisation.map(|one| said(&one, workspace)).unwrap_or_default()
        })
        .map(|text| (tokens(&text).collect(), bare(&text)))
        .collect();
    let mut lost = Vec::new();
    for grid in &book.grids {
        for row in &grid.rows {
            let reported: String = plan
                .report
                .repairs
                .iter()
                .filter(|repair| repair.file == grid.name && repair.row == row.at)
                .map(|repair| format!("{} {} {}\n", repair.field, repair.old, repair.new))
                .collect();
            let reported: HashSet<String> = tokens(&reported).collect();
            // All cells of the row in one record, or in the report.
            let cells: Vec<&str> =
                row.cells.iter().map(|cell| cell.text.as_str()).filter(|text| !text.is_empty()).collect();
            let missing = |(known, whole): &(HashSet<String>, String)| {
                let is_there =
                    |word: &String| known.contains(word) || reported.contains(word) || whole.contains(word.as_str());
                cells.iter().filter(|cell| !tokens(cell).all(|word| is_there(&word))).count()
            };
            let nothing = (HashSet::new(), String::new());
            let best = records.iter().chain([&nothing]).map(missing).min().unwrap_or_default();
            if best > 0 {
                lost.push(format!("{} row {}: {best} of {cells:?}", grid.name, row.at));
            }
        }
    }
    lost
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The rows but those of headings.
fn lost_below_headings(workspace: &Workspace, book: &Workbook, plan: &ImportPlan) -> Vec<String> {
    let layout = Layout::of(book, &Vec::new(), &[]).unwrap();
    let headings: Vec<String> = layout
        .tables
        .iter()
        .map(|table| format!("{} row {}:", book.grids[table.grid].name, table.header_row))
        .collect();
    let mut lost = lost(workspace, book, plan);
    lost.retain(|line| !headings.iter().any(|heading| line.starts_with(heading)));
    lost
}

#[test]
fn every_cell_of_the_three_sheets_is_in_a_record_or_named_in_the_report() {
    let cases = [
        ("titled.xlsx", crate::titled(), 3),
        ("advice.ods", crate::two_numbers(), 2),
        ("food.csv", crate::TURNED_ROUND.as_bytes().to_vec(), 2),
    ];
    for (name, bytes, services) in cases {
        let mut workspace = Workspace::default();
        let (book, plan) = import(&mut workspace, name, &bytes, &[]);
        assert_eq!(plan.report.services.new, services, "{name}");
        assert_eq!(lost_below_headings(&workspace, &book, &plan), Vec::<String>::new(), "{name}");
        // A record that loses one field is found out: the law can fail.
        let mut poorer = plan.clone();
        for edit in &mut poorer.change.edits {
            if let Some(AnyRecord::Service(service)) = edit.after() {
                let mut service = folkmoot::model::Service::clone(service);
                service.phone = None;
                service.notes = None;
                *edit = Edit::new(None, Some(service.into())).unwrap();
            }
        }
        assert_ne!(lost_below_headings(&workspace, &book, &poorer), Vec::<String>::new(), "{name}");
        // The same sheet once more.
        let (_, again) = import(&mut workspace, name, &bytes, &[]);
        assert!(again.change.edits.is_empty(), "{name}: {}", again.change.sentence);
    }
}

/// Sheets of any words under any headings, some of them known: what is read of them is all there.
#[test]
fn no_cell_of_a_generated_sheet_is_lost() {
    let heavy = std::env::var_os("FOLKMOOT_HEAVY").is_some();
    let mut random = SplitMix64::new(7);
    let headings = [
        "Service",
        "Organisation",
        "Phone",
        "Address",
        "Town",
        "Postcode",
        "Who for",
        "Opening times",
        "Website",
        "E-mail",
        "Cost",
        "How to refer",
        "Notes",
        "Needs",
        "Ages",
        "Sex",
        "State",
        "Contact",
        "Contact phone",
        "Contact details",
        "Last checked",
        "Area covered",
        "Latitude",
        "Charity number",
        "Places free",
        "Languages",
        "Hide address",
        "Shoe size",
        "",
        "Funding ends",
    ];
    let values = [
        "",
        "",
        "01632 960111",
        "1632960111",
        "01632 960111 / 07700 900222 (evenings)",
        "see web",
        "9-5 Mon to Fri",
        "DT4 8XX",
        "12 High Street, Weymouth, Dorset DT4 8XX",
        "www.example.org and www.example.com",
        "a@example.org",
        "a@example.org; b@example.org",
        "=1+1",
        "'=1+1",
        "#REF!",
        "1.63E+09",
        "16-25",
        "adults",
        "women",
        "free",
        "£5",
        "3 Feb 2026",
        "03/04/2026",
        "soon",
        "yes",
        "housing; debt",
        "Ann Example, manager, 01632 960113",
        "<b>bold</b> &amp; plain",
        "50.6",
        "two\nlines",
        "\u{202e}odd\u{200b}",
        "Unit 5",
        "2 of 6 on 3 Feb 2026",
        "no",
        "English / Polish",
        "n/a",
        "-",
        "?",
    ];
    let mut pick = |of: usize| usize::try_from(random.next_u64() % of as u64).unwrap();
    for round in 0..if heavy { 5_000 } else { 150 } {
        let width = 2 + pick(10);
        let mut text = String::new();
        let names: Vec<&str> =
            (0..width).map(|at| if at == 0 { "Service" } else { headings[pick(headings.len())] }).collect();
        text += &line(&names);
        for row in 0..=pick(6) {
            let name = format!("Service {row} of {round}");
            let cells: Vec<&str> =
                (0..width).map(|at| if at == 0 { name.as_str() } else { values[pick(values.len())] }).collect();
            text += &line(&cells);
        }
        if names.iter().filter(|name| !name.is_empty() && **name != "Shoe size").collect::<HashSet<_>>().len() < 2 {
            continue;
        }
        let mut workspace = Workspace::default();
        let (book, plan) = import(&mut workspace, "generated.csv", text.as_bytes(), &[]);
        let lost = lost_below_headings(&workspace, &book, &plan);
        assert_eq!(lost, Vec::<String>::new(), "round {round}:\n{text}");
        let (_, again) = import(&mut workspace, "generated.csv", text.as_bytes(), &[]);
        assert!(again.change.edits.is_empty(), "round {round}: {}\n{text}", again.change.sentence);
    }
}

fn line(cells: &[&str]) -> String {
    let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    quoted.join(",") + "\n"
}
