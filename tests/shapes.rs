//! What a file is, told by what is in it: every official example as what it is, pages without their sisters, tables in
//! folders, services inside their places; and what cannot be told is refused with what was seen.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // helpers of tests fail as tests do

mod directory;

use std::fs;
use std::path::{Path, PathBuf};

use directory::{Harness, author, skipped, thesaurus};
use folkmoot::exchange::{self, Format, ImportContext, Report};
use folkmoot::model::SplitMix64;

/// The services, organisations and loose rows of a source.
fn counts(report: &Report) -> (usize, usize, Vec<(&str, usize)>) {
    let loose = report.loose.iter().map(|(table, count)| (table.as_str(), *count)).collect();
    (report.services.new, report.organisations.new, loose)
}

fn imported(files: &[(&str, &str)]) -> (Harness, Report) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut harness = Harness::default();
    let report = harness.import(folder.path(), "test").report;
    (harness, report)
}

fn refusal(name: &str, text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    refusal_of(&path)
}

fn refusal_of(path: &Path) -> String {
    let harness = Harness::default();
    let here = ImportContext {
        workspace: &harness.workspace,
        originals: &harness.workspace.originals,
        thesaurus: thesaurus(),
        author: &author(),
    };
    exchange::import(path, "test", &here, &mut SplitMix64::new(1), &mut |_| true).unwrap_err().0
}

/// The official examples, where they are there.
fn examples() -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/schemas");
    let path = std::env::var_os("FOLKMOOT_SCHEMAS").map_or(path, PathBuf::from);
    if path.exists() {
        return Some(path);
    }
    skipped("the official examples are not there; FOLKMOOT_SCHEMAS can name their folder");
    None
}

#[test]
fn each_official_example_comes_in_as_what_it_is() {
    let Some(folder) = examples() else { return };
    let none: &[(&str, usize)] = &[];
    let expected = [
        ("location.json", (0, 0, &[("locations", 1)][..])),
        ("organization_full.json", (1, 1, none)),
        ("organization_list.json", (0, 1, none)),
        ("service_full.json", (1, 1, none)),
        ("service_list.json", (1, 1, none)),
        ("service_at_location_full.json", (1, 1, none)),
        ("service_at_location_list.json", (1, 1, none)),
        ("taxonomy.json", (0, 0, &[("taxonomies", 1)])),
        ("taxonomy_list.json", (0, 0, &[("taxonomies", 1)])),
        ("taxonomy_term.json", (0, 0, &[("taxonomy_terms", 1)])),
        ("taxonomy_term_list.json", (0, 0, &[("taxonomy_terms", 1)])),
    ];
    let mut wrong = Vec::new();
    for version in ["hsds-3.0", "oruk-3"] {
        for (name, (services, organisations, loose)) in expected {
            let path = folder.join(version).join("examples").join(name);
            if !path.exists() {
                continue;
            }
            let report = Harness::default().import(&path, "example").report;
            println!("{version}/{name}: {:?}", counts(&report));
            if counts(&report) != (services, organisations, loose.to_vec()) {
                wrong.push(format!("{version}/{name}: {:?}", counts(&report)));
            }
        }
        let csv = folder.join(version).join("examples/csv");
        let report = Harness::default().import(&csv, "example").report;
        println!("{version}/csv: {:?}", counts(&report));
        if (report.services.new, report.organisations.new) != (1, 1) {
            wrong.push(format!("{version}/csv: {:?}", counts(&report)));
        }
    }
    let tabular = Harness::default().import(&folder.join("hsds-3.0/examples/tabular.json"), "example").report;
    println!("tabular.json: {:?}", counts(&tabular));
    assert_eq!((tabular.services.new, tabular.organisations.new), (1, 1), "tables as lists");
    assert!(wrong.is_empty(), "{wrong:#?}");
    let base = fs::read_to_string(folder.join("hsds-3.0/examples/base.json")).unwrap();
    let said = refusal("base.json", &base);
    assert!(said.contains("openapi_url, profile, version"), "{said}");
}

#[test]
fn services_inside_their_places_and_organisations_are_services() {
    let place = |id: u8, services: &str| {
        format!(
            r#"{{"id":{id},"name":"Hall {id}","address":{{"address_1":"{id} High Street","city":"Poole"}},
            "latitude":50.7,"longitude":-1.9{id},"services":[{services}]}}"#
        )
    };
    let beds = r#"{"id":7,"name":"Beds","status":"active"}"#;
    let text = format!(
        r#"[{{"id":1,"name":"Trust","website":"https://example.org","locations":[{},{}]}}]"#,
        place(2, beds),
        place(3, &format!(r#"{beds},{{"id":8,"name":"Board","status":"active"}}"#))
    );
    let (harness, report) = imported(&[("organizations.json", &text)]);
    assert_eq!(counts(&report), (2, 1, vec![]));
    let beds = harness.service("Beds");
    assert_eq!(beds.locations.len(), 2, "one service at two places");
    assert_eq!(beds.organisation.as_ref().unwrap().name(&harness.workspace), "Trust");
    let alone = format!(r#"{{"items":[{}]}}"#, place(2, r#"{"id":7,"name":"Beds"}"#));
    let (harness, report) = imported(&[("feed.json", &alone)]);
    assert_eq!((counts(&report), harness.service("Beds").place()), ((1, 0, vec![]), Some("Poole")));
}

#[test]
fn what_cannot_be_told_is_refused_with_what_was_seen() {
    let cases = [
        ("people.json", r#"[{"id":1,"name":"A","shoe_size":9},{"id":2,"name":"B","shoe_size":8}]"#, "name, shoe_size"),
        ("cars.csv", "plate,colour\nAB1,red\nAB2,blue\n", "plate, colour"),
        ("broken.json", "{\"contents\": [", "line 1"),
    ];
    for (name, text, says) in cases {
        let said = refusal(name, text);
        assert!(said.contains(says) && said.contains(name), "{said}");
        assert_eq!((said.lines().count(), said.matches(says).count()), (1, 1), "once: {said}");
    }
    // what its own fields do not tell, the others of its list do, or the file's name
    let mixed = r#"[{"id":1,"name":"A"},{"id":2,"name":"B","status":"active"}]"#;
    assert_eq!(counts(&imported(&[("feed.json", mixed)]).1), (2, 0, vec![]));
    assert_eq!(counts(&imported(&[("services.json", r#"[{"id":1,"name":"A"}]"#)]).1), (1, 0, vec![]));
    assert_eq!(counts(&imported(&[("organizations.json", r#"[{"id":1,"name":"A"}]"#)]).1), (0, 1, vec![]));
}

#[test]
fn tables_link_in_lists_folders_and_files_of_json() {
    let tables = [
        ("organizations", r#"[{"id":1,"name":"Trust","website":"https://example.org"}]"#),
        ("services", r#"[{"id":7,"name":"Beds","organization_id":1}]"#),
        ("phones", r#"[{"id":9,"service_id":7,"number":"01632 960001"}]"#),
    ];
    let one: Vec<String> = tables.iter().map(|(name, rows)| format!(r#""{name}":{rows}"#)).collect();
    let as_files: Vec<(String, &str)> =
        tables.iter().map(|(name, rows)| (format!("deep/in/{name}.json"), *rows)).collect();
    let as_files: Vec<(&str, &str)> = as_files.iter().map(|(name, rows)| (name.as_str(), *rows)).collect();
    let as_csv = [
        ("a/organizations.csv", "id,name\n1,Trust\n"),
        ("a/b/services.csv", "id,name,organization_id\n7,Beds,1\n"),
        ("a/b/c/phones.csv", "id,service_id,number\n9,7,01632 960001\n"),
    ];
    let one = format!("{{{}}}", one.join(","));
    for files in [&[("feed.json", one.as_str())][..], &as_files, &as_csv] {
        let (harness, report) = imported(files);
        assert_eq!(counts(&report), (1, 1, vec![]), "{files:?}");
        let beds = harness.service("Beds");
        assert_eq!(beds.phone.as_deref(), Some("01632 960001"), "{files:?}");
        assert_eq!(beds.organisation.as_ref().unwrap().name(&harness.workspace), "Trust", "{files:?}");
    }
}

#[test]
fn links_by_record_ids_and_terms_by_their_codes() {
    let files = [
        ("organizations.csv", "id,organization_recordid,organization_name\n1,orgA,Trust\n"),
        ("services.csv", "id,service_recordid,service_name,service_organization\n5,srvA,Beds,orgA\n"),
        ("phones.csv", "id,phone_recordid,phone_number,service_recordid\n9,phoA,01632 960001,srvA\n"),
    ];
    let (harness, report) = imported(&files);
    let beds = harness.service("Beds");
    assert_eq!(beds.organisation.as_ref().unwrap().name(&harness.workspace), "Trust");
    assert_eq!((beds.phone.as_deref(), report.orphan_rows), (Some("01632 960001"), 0));
    let files = [
        ("services.csv", "id,name\n5,Beds\n"),
        ("taxonomy.csv", "id,taxonomy_id,name\n1,BH-1800,Emergency housing\n"),
        ("services_taxonomy.csv", "id,service_id,taxonomy_id\n3,5,BH-1800\n"),
    ];
    let (harness, report) = imported(&files);
    let original = harness.workspace.originals.iter().find(|one| &*one.name == "services").unwrap();
    assert!(original.json.as_str().contains("Emergency housing"), "{}", original.json.as_str());
    assert_eq!((report.orphan_rows, report.dangling().count()), (0, 0));
}

fn page(number: usize, of: usize, each: usize, total: usize) -> String {
    let items: Vec<String> = (0..each)
        .map(|at| format!(r#"{{"id":"{}","name":"Service {number}-{at}","status":"active"}}"#, number * 100 + at))
        .collect();
    format!(
        r#"{{"total_items":{total},"total_pages":{of},"page_number":{number},"first_page":{},"last_page":{},"contents":[{}]}}"#,
        number == 1,
        number == of,
        items.join(",")
    )
}

#[test]
fn a_page_without_its_sisters_is_said_and_nothing_vanishes() {
    let folder = tempfile::tempdir().unwrap();
    let all = folder.path().join("pages");
    fs::create_dir(&all).unwrap();
    for number in 1..=3 {
        fs::write(all.join(format!("page-{number}.json")), page(number, 3, 5, 15)).unwrap();
    }
    let mut harness = Harness::default();
    let report = harness.import(&all, "paged").report;
    assert_eq!((report.services.new, report.pages), (15, None), "a folder of pages is whole");
    let one = folder.path().join("one.json");
    fs::write(&one, page(1, 3, 5, 15)).unwrap();
    let report = harness.import(&one, "paged").report;
    assert_eq!((report.pages, report.services.missing), (Some((5, 15)), 0));
    assert!(report.summary().contains("5 of 15"), "{}", report.summary());
    assert!(harness.workspace.services.iter().all(|one| one.source.as_ref().unwrap().missing_since.is_none()));
    // the measure can fail: without the other pages being stated, ten have gone
    fs::write(&one, page(1, 1, 5, 5)).unwrap();
    let report = harness.import(&one, "paged").report;
    assert_eq!((report.services.missing, report.missing.len()), (10, 10));
    assert!(report.lines().any(|line| line.contains("Service 3-4") && line.contains("no longer")), "each is named");
}

#[test]
fn a_broken_line_is_kept_whole_and_a_moment_too() {
    let long = "x".repeat(70_000);
    let broken = format!(r#"{{"id":"2","name":"Board","note":"{long}" "#);
    let text = format!(
        "{}\n{broken}\n{}\n",
        r#"{"id":"1","name":"Beds","status":"active","assured_date":"2024-01-05T10:20:30Z","last_modified":"2024-01-05 10:20:30.125"}"#,
        r#"{"id":"3","name":"Bread","status":"active"}"#
    );
    let (harness, report) = imported(&[("feed.jsonl", &text)]);
    assert_eq!(report.services.new, 2);
    assert!(report.lines().any(|line| line.contains("feed.jsonl:2:") && line.contains(&long)), "whole, with its line");
    let beds = harness.workspace.originals.iter().find(|one| one.json.as_str().contains("Beds")).unwrap();
    for moment in ["2024-01-05T10:20:30Z", "10:20:30.125"] {
        assert!(beds.json.as_str().contains(moment), "{}", beds.json.as_str());
    }
}

#[test]
fn each_conflict_is_named_with_both_values() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("feed.json");
    let write = |path: &Path, fees: &str| {
        let text = format!(r#"[{{"id":"1","name":"Beds","status":"active","fees_description":"{fees}"}}]"#);
        fs::write(path, text).unwrap();
    };
    write(&path, "free");
    let mut harness = Harness::default();
    harness.import(&path, "feed");
    harness.edit("Beds", |beds| beds.cost = Some("£5 a night".into()));
    write(&path, "£3");
    let report = harness.import(&path, "feed").report;
    let said = report.lines().find(|line| line.contains("Beds")).unwrap();
    assert!(said.contains("cost") && said.contains("£5 a night") && said.contains("£3"), "{said}");
}

#[test]
fn a_service_of_more_than_four_megabytes_is_here_with_all_its_rows() {
    let words = "of no use ".repeat(100);
    let row = |at: usize| format!(r#"{{"id":"s{at}","description":"row{at} {words}"}}"#);
    let rows: Vec<String> = (0..5_000).map(row).collect();
    let json = format!(r#"[{{"id":"1","name":"Beds","status":"active","schedules":[{}]}}]"#, rows.join(","));
    let csv: Vec<String> = (0..5_000).map(|at| format!("s{at},1,row{at} {words}\n")).collect();
    let csv = format!("id,service_id,description\n{}", csv.concat());
    let services = "id,name,status\n1,Beds,active\n";
    for files in [&[("feed.json", json.as_str())][..], &[("services.csv", services), ("schedules.csv", csv.as_str())]] {
        let (harness, report) = imported(files);
        assert_eq!((report.services.new, harness.service("Beds").name.as_str()), (1, "Beds"), "{}", files[0].0);
        let beds = &harness.service("Beds").source.as_ref().unwrap().id;
        let kept = harness
            .workspace
            .originals
            .iter()
            .filter(|one| one.json.as_str().contains("row") && one.json.as_str().contains(beds.as_str()));
        assert_eq!(kept.count(), 5_000, "each row names its service");
        assert!(report.lines().any(|line| line.contains("longer than")), "and it is said");
    }
    let long = "x".repeat(5_000_000);
    let text = format!(r#"[{{"id":"1","name":"Beds","status":"active","description":"{long}"}}]"#);
    let (harness, report) = imported(&[("feed.json", &text)]);
    assert_eq!(harness.workspace.services.len(), 1);
    assert!(report.lines().any(|line| line.contains(&long)), "what no record can hold is whole in the report");
}

/// What the originals hold, as one text.
fn kept(harness: &Harness) -> String {
    harness.workspace.originals.iter().map(|original| original.json.as_str().to_owned() + "\n").collect()
}

#[test]
fn a_number_that_cannot_be_counted_with_comes_in_as_it_is_written() {
    let service =
        r#"{"id":123456789012345678901234,"name":"Beds","status":"active","minimum_age":1e999,"x":-1e-999,"y":[1.5]}"#;
    let other = r#"{"id":"2","name":"Meals","status":"active"}"#;
    for (name, text) in [
        ("feed.json", format!("[{service},{other}]")),
        ("feed.json", service.to_owned()),
        ("feed.json", format!(r#"{{"contents":[{service},{other}],"total":1e999}}"#)),
        ("feed.jsonl", format!("{service}\n{other}\n")),
    ] {
        let (harness, report) = imported(&[(name, &text)]);
        assert_eq!(report.services.new, if text.contains("Meals") { 2 } else { 1 }, "{text}");
        let kept = kept(&harness);
        for number in ["\"123456789012345678901234\"", "\"1e999\"", "\"-1e-999\"", "[1.5]"] {
            assert!(kept.contains(number), "{number} of {text} in {kept}");
        }
        let lines: Vec<String> = report.lines().filter(|line| line.contains("too large or too long")).collect();
        assert_eq!(lines.len(), 3, "{lines:?}");
    }
    let (harness, _) = imported(&[("feed.json", &format!("[{service}]"))]);
    assert!(harness.service("Beds").ages.is_none());
}

#[test]
fn what_a_mark_of_ours_names_comes_in_all_the_same() {
    let trust = r#""organization":{"id":"8","name":"Trust","description":"w5","moot_filled":"*"}"#;
    let text = format!(
        r#"[{{"id":"1","name":"Beds","description":"w1","status":"active","minimum_age":18,
        "phones":[{{"id":"3","number":"01632 960111","moot_filled":"*"}}],"fees_description":"w2",
        "moot_filled":["description","status","phones","w3"],"moot_derived":"minimum_age fees_description",
        "attributes":[{{"id":"4","value":"w4","moot_derived":"*"}}],{trust}}}]"#
    );
    let (harness, report) = imported(&[("feed.json", &text)]);
    let kept = kept(&harness);
    for word in ["w1", "w2", "w3", "w4", "w5", "01632 960111", "\"minimum_age\":18", "Trust"] {
        assert!(kept.contains(word), "{word} in {kept}");
    }
    assert!(report.lines().any(|line| line.contains("moot_filled")), "said in the report");
    assert_eq!((report.services.new, report.organisations.new), (1, 1));
    let cleared = r#"[{"id":"1","name":"Beds","status":"active","description":"w1","moot_cleared":"summary"}]"#;
    let (harness, report) = imported(&[("feed.json", cleared)]);
    assert_eq!(harness.service("Beds").summary.as_deref(), Some("w1"));
    assert!(report.lines().any(|line| line.contains("moot_cleared")), "said in the report");
    let rows = "id,name,description,status,moot_filled\n1,Beds,w1,active,description status\n2,Meals,w2,active,*\n";
    let (harness, report) = imported(&[("services.csv", rows)]);
    assert_eq!(report.services.new, 2);
    assert_eq!(harness.service("Beds").summary.as_deref(), Some("w1"));
    assert_eq!(harness.service("Meals").summary.as_deref(), Some("w2"));
}

#[test]
fn what_somebody_wrote_over_a_placeholder_comes_home() {
    let feed = r#"[{"id":"1","name":"Beds","status":"active","eligibility_description":"Over 18s",
        "organization":{"id":"2","name":"Trust"}}]"#;
    for format in [Format::Hsds3Json, Format::Oruk3Json] {
        let (mut harness, _) = imported(&[("feed.json", feed)]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.json");
        harness.export(format, &path, true);
        let mut page: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert!(harness.plan(&path, "home").change.edits.is_empty());
        let service = &mut page["contents"][0];
        assert_eq!(service["organization"]["description"], "Trust", "the placeholder");
        service["organization"]["description"] = "All of the town".into();
        service["minimum_age"] = 21.into();
        fs::write(&path, page.to_string()).unwrap();
        let plan = harness.import(&path, "home");
        assert_eq!((plan.report.services.changed, plan.report.organisations.changed), (1, 1), "{:?}", plan.report);
        let trust = harness.workspace.organisations.iter().next().unwrap();
        assert_eq!(trust.summary.as_deref(), Some("All of the town"));
        assert_eq!(harness.service("Beds").ages.and_then(|ages| ages.from), Some(21));
    }
}

#[test]
fn an_organisation_that_several_services_hold_is_one() {
    let feed = r#"[
        {"id":"1","name":"Beds","status":"active","organization":{"id":"8","name":"Trust","description":"Since 1900","phones":[{"id":"p1","number":"01632 960111"}]}},
        {"id":"2","name":"Meals","status":"active","organization":{"id":"8","name":"trust ","description":"Since 1901","website":"https://example.org","phones":[{"id":"p1","number":"01632 960111"},{"id":"p2","number":"01632 960112"}]}},
        {"id":"3","name":"Walks","status":"active","organization_id":"8","organization":{"id":"8","legal_status":"charity"}},
        {"id":"4","name":"Talks","status":"active","organization":{"id":"8","name":"Trust","description":"Since 1902"}},
        {"id":"5","name":"Rooms","status":"active","organization":{"id":"8","name":"Another","description":"By chance"}}
    ]"#;
    let (harness, report) = imported(&[("feed.json", feed)]);
    assert_eq!(report.organisations.new, 2, "{}", report.summary());
    let named = |name: &str| harness.workspace.organisations.iter().find(|one| &*one.name == name).unwrap().clone();
    let trust = named("Trust");
    assert_eq!((trust.summary.as_deref(), trust.url.as_deref()), (Some("Since 1900"), Some("https://example.org")));
    assert_eq!(trust.phone.as_deref(), Some("01632 960111"));
    for service in ["Beds", "Meals", "Walks", "Talks"] {
        let of = harness.service(service).organisation.as_ref().and_then(folkmoot::model::Ref::id);
        assert_eq!(of, Some(trust.id), "{service}");
    }
    let kept = kept(&harness);
    for said in ["Since 1901", "Since 1902", "01632 960112", "charity", "\"trust\""] {
        assert!(kept.contains(said), "{said} in {kept}");
    }
    let lines: Vec<String> = report.lines().filter(|line| line.contains("said otherwise elsewhere")).collect();
    let says = |words: [&str; 2]| lines.iter().any(|line| words.iter().all(|word| line.contains(word)));
    assert!(says(["Since 1901", "Since 1900"]) && says(["Since 1902", "Since 1900"]), "{lines:?}");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("feed.json"), feed).unwrap();
    let changed = directory::changes_of_what_is_known(&harness, folder.path(), "test");
    assert!(changed.is_empty(), "{changed:?}");
    harness.export(Format::Hsds3Json, &folder.path().join("out.json"), true);
    let out = fs::read_to_string(folder.path().join("out.json")).unwrap();
    assert!(!out.contains("Since 1901"), "what is only kept does not go out");
}

#[test]
fn of_two_fields_of_one_name_both_are_kept() {
    let (harness, _) =
        imported(&[("feed.json", r#"[{"id":"1","name":"Beds","status":"active","fees":"w1","fees":"w2"}]"#)]);
    let kept = kept(&harness);
    assert!(kept.contains("w1") && kept.contains("w2"), "{kept}");
    let feed = r#"[{"id":"1","name":"Trust","website":"https://example.org","services":["w1",{"id":"2","name":"Beds","status":"active"}]},
        {"id":"3","name":"Other","website":"https://example.org","services":"w2"}]"#;
    let (harness, report) = imported(&[("organizations.json", feed)]);
    let kept = self::kept(&harness);
    assert!(kept.contains("w1") && kept.contains("w2"), "{kept}");
    assert_eq!((report.services.new, report.organisations.new), (1, 2));
}

#[test]
fn a_spreadsheet_among_other_files_is_named() {
    let services = "id,name,description,status\n1,Beds,A bed,active\n";
    let (_, report) =
        imported(&[("services.csv", services), ("lists/own list.xlsx", "PK"), ("own.ODS", ""), ("~$own.xlsx", "")]);
    let named: Vec<String> = report.lines().filter(|line| line.contains("not read with other files")).collect();
    assert_eq!(named.len(), 2, "{named:?}");
    assert!(named.iter().all(|line| line.contains("moot import ")), "{named:?}");
    assert!(report.summary().contains("own list.xlsx is a spreadsheet and was not read: "), "{}", report.summary());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("own.xlsx"), "PK").unwrap();
    let refused = refusal_of(folder.path());
    assert!(refused.contains("own.xlsx") && refused.contains("moot import "), "{refused}");
    let zip = folder.path().join("all.zip");
    let mut writer = zip::ZipWriter::new(fs::File::create(&zip).unwrap());
    for (name, text) in [("services.csv", services), ("own.xlsx", "PK")] {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut writer, text.as_bytes()).unwrap();
    }
    writer.finish().unwrap();
    let report = Harness::default().import(&zip, "zip").report;
    assert!(report.lines().any(|line| line.contains("unpack it and bring it in by itself: moot import own.xlsx")));
}

/// A site that is kept private, with a telephone and somebody to ask; two services are given there.
const HIDDEN_SITE: &str = r#"<Source><Agency><Key>1</Key><Name>Trust (invented)</Name><Site><Key>2</Key><Name>House</Name>
    <PhysicalAddress Confidential="true"><Line1>7 Hidden Lane</Line1></PhysicalAddress>
    <Phone><PhoneNumber>01632 960111</PhoneNumber></Phone>
    <Contact><Name>Ann Example</Name><Phone><PhoneNumber>01632 960112</PhoneNumber></Phone></Contact>
    <SiteService><Key>3</Key><Name>Rooms</Name></SiteService><SiteService><Key>4</Key><Name>Talks</Name></SiteService>
    </Site></Agency></Source>"#;

#[test]
fn what_leaves_a_hidden_place_is_with_each_of_its_services() {
    let (harness, _) = imported(&[("directory.xml", HIDDEN_SITE)]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.json");
    harness.export(Format::Hsds3Json, &path, true);
    let page: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let ids = |service: usize, rows: &str| page["contents"][service][rows][0]["id"].as_str().unwrap().to_owned();
    assert_ne!(ids(0, "phones"), ids(1, "phones"), "an id must not tell which services share a place");
    let path = folder.path().join("out");
    harness.export(Format::Hsds3Csv, &path, true);
    let phones = fs::read_to_string(path.join("phones.csv")).unwrap();
    for number in ["01632 960111", "01632 960112"] {
        assert_eq!(phones.matches(number).count(), 2, "{phones}");
    }
}

#[test]
fn a_row_of_icarol_without_a_number_is_no_parent_of_others() {
    let table = "ResourceAgencyNum,PublicName,TaxonomyLevelName,ParentAgencyNum,ConnectsToSiteNum,ConnectsToProgramNum,PhysicalAddress1\n\
        ,Nameless Hall,Site,,,,1 Mill Lane\n,Nameless Help,Program,,,,\n7,Beds,ProgramAtSite,missing,,,\n8,Quay,Site,nobody,,,2 Quay\n\
        9,Soup,ProgramAtSite,nobody,8,,\n";
    let (harness, _) = imported(&[("export.csv", table)]);
    let beds = harness.service("Beds");
    assert!(beds.locations.is_empty(), "{beds:?}");
    assert!(kept(&harness).contains("nobody"));
    assert!(harness.workspace.services.iter().any(|service| &*service.name == "Nameless Help"));
}

#[test]
fn what_a_page_says_beside_its_lists_is_in_the_report() {
    let page = r#"{"services":[{"id":"1","name":"Beds","status":"active"}],"publisher":{"note":"w1"},"licence":"w2",
        "languages":"w3","contacts":{"note":"w4"},"total_items":1,"next":null}"#;
    let (_, report) = imported(&[("feed.json", page)]);
    let lines: Vec<String> = report.lines().filter(|line| line.contains("said of the page")).collect();
    let has = |word: &&str| lines.iter().any(|line| line.contains(*word));
    assert!(["w1", "w2", "w3", "w4"].iter().all(has) && lines.len() == 4, "{lines:?}");
    let trust =
        r#"{"name":"Trust","website":"https://example.org","services":[{"id":"1","name":"Beds","status":"active"}]}"#;
    let (harness, report) = imported(&[("feed.jsonl", &format!("{trust}\n{}\n", trust.replace("Trust", "Other")))]);
    assert_eq!((report.services.new, report.organisations.new), (2, 2), "{}", kept(&harness));
}
