//! A hidden address leaves in no spelling, from no record, in no format.

use assert_cmd::Command;
use folkmoot::exchange::Format;
use serde_json::{Value, json};

use super::Table;

const SPELLINGS: &[&str] = &[
    "7 Hidden Lane",
    "7  Hidden  Lane",
    "7 Hidden\nLane",
    "7, Hidden Lane",
    "7 Hidden Ln",
    "7 hidden ln.",
    "No. 7 HIDDEN LANE",
    "7-Hidden-Lane",
    "DT9 4ZZ",
    "DT94ZZ",
    "dt9-4zz",
    "DT9  4ZZ",
    "DT9.4ZZ",
    "Rose Cottage",
    "ROSE  COTTAGE",
    "Rose\nCott.",
    "https://maps.example.org/?q=DT9+4ZZ",
    "https://example.org/rose-cottage",
];

fn place(id: &str, name: &str, street: &str, postcode: &str, lat: f64) -> Value {
    json!({"id": id, "location_type": "physical", "name": name, "latitude": lat, "longitude": -2.5, "addresses": [{
        "address_1": street, "city": "Town", "postal_code": postcode, "country": "GB", "address_type": "physical"}]})
}

/// A refuge, its organisation that has the same house, and another service that describes the way to it.
fn directory(said: &str) -> Value {
    let house = place("h1", "Rose Cottage", "7 Hidden Lane", "DT9 4ZZ", 50.90123);
    let trust = json!({"id": "g1", "name": "Trust", "description": format!("See {said}."), "locations": [house]});
    json!({"contents": [
        {"id": "s1", "name": "A women's refuge", "status": "active", "organization": trust, "description": said,
         "service_at_locations": [{"location": house}]},
        {"id": "s2", "name": "Outreach", "status": "active", "organization": {"id": "g2", "name": "Other", "description": said},
         "description": format!("Meet at {said}, then walk"), "waymark": said,
         "service_at_locations": [{"location": place("o1", "Office", "1 Open Street", "DT1 1AA", 50.1), "description": said}]},
    ]})
}

/// What tells the house, whatever stands between its words.
fn tells(text: &str) -> Vec<&'static str> {
    let bare: String = text.replace("\\n", " ").to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    ["7hiddenl", "dt94zz", "rosecott", "5090123"].into_iter().filter(|word| bare.contains(word)).collect()
}

#[test]
fn no_spelling_of_a_hidden_address_leaves() {
    for said in SPELLINGS {
        assert!(!tells(&json!({"said": said}).to_string()).is_empty(), "the measure finds {said:?}");
        let table = Table::of_json(&directory(said));
        assert!(table.workspace.services.iter().any(|service| service.hide_address));
        for format in Format::ALL {
            for contacts in [false, true] {
                let text = table.everything(*format, contacts);
                assert_eq!(tells(&text), Vec::<&str>::new(), "{said:?} in {}: {text}", format.name());
            }
        }
    }
}

/// Nobody sees it here either: what the import kept of the refuge, and of the organisation that lists the same house.
#[test]
fn what_an_import_kept_of_a_hidden_house_is_shown_to_nobody() {
    let dir = tempfile::tempdir().unwrap();
    folkmoot::store::init(&dir.path().join("home"), "Table of the North", false).unwrap();
    let mut directory = directory("the old mill");
    directory["contents"][0]["organization"]["description"] = json!("A trust");
    std::fs::write(dir.path().join("feed.json"), directory.to_string()).unwrap();
    std::fs::write(dir.path().join("addresses.csv"), "id,location_id,address_1\n1,gone,7 Hidden Lane\n").unwrap();
    let run = |arguments: &[&str]| -> String {
        let mut command = Command::cargo_bin("moot").unwrap();
        command.env_remove("MOOT_WORKSPACE").env("HOME", dir.path()).current_dir(dir.path());
        let output = command.args(["-w", "home", "--as", "KP"]).args(arguments).output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    run(&["import", "feed.json"]);
    for arguments in [&["list", "originals"][..], &["list", "originals", "--json"], &["list", "originals", "--csv"]] {
        let listed = run(arguments);
        assert!(listed.contains("feed") || listed.contains("Usage"), "{arguments:?}: {listed}");
        assert_eq!(tells(&listed), Vec::<&str>::new(), "{arguments:?}: {listed}");
    }
    // the measure can fail: the other service's house is no secret
    assert!(run(&["list", "originals", "--json"]).contains("Open Street"));
}

/// What is only suspected goes out as that, in every format that is read again: where it comes in it is hidden, and a person
/// there decides.
#[test]
fn a_suspicion_stays_one_on_the_way_out_and_in() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("feed.json"), directory("the old mill").to_string()).unwrap();
    let run = |workspace: &str, arguments: &[&str]| -> String {
        let mut command = Command::cargo_bin("moot").unwrap();
        command.env_remove("MOOT_WORKSPACE").env("HOME", dir.path()).current_dir(dir.path());
        let output = command.args(["-w", workspace, "--as", "KP"]).args(arguments).output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    // Hidden, and undecided; `None`: not hidden.
    let standing = |workspace: &str| -> Option<bool> {
        let services: Vec<Value> = serde_json::from_str(&run(workspace, &["list", "services", "--json"])).unwrap();
        let house = services.iter().find(|service| service["name"] == "Wren House").unwrap();
        (house["hide_address"] == true).then(|| house["derived"].get("HideAddress").is_some())
    };
    let at = |workspace: &str| folkmoot::store::init(&dir.path().join(workspace), "Table of the North", false).unwrap();
    at("here");
    run("here", &["import", "feed.json"]);
    // Its name tells nobody what it is any more: what is known of it must come along.
    run("here", &["set", "A women's refuge", "name=Wren House", "summary=Beds"]);
    assert_eq!(standing("here"), Some(true));
    let ways: &[&[&str]] = &[
        &["hsds3-json", "out.json"],
        &["oruk3-json", "out3.json"],
        &["hsds3-csv", "tables"],
        &["hsds3-csv", "tables.zip"],
        &["csv", "flat.csv"],
        &["csv", "services", "table.csv"],
    ];
    for way in ways {
        let file = way[way.len() - 1];
        let export = |workspace: &str| run(workspace, &[&["export"], *way, &["--replace"]].concat());
        let there = format!("there-{file}");
        at(&there);
        let said = format!("{}{}", export("here"), run(&there, &["import", file]));
        assert_eq!(standing(&there), Some(true), "{file}: {said}");
        let home = run("here", &["import", file]);
        assert!(
            home.contains("nothing here had to change") || home.contains("are as the table says"),
            "{file}: {home}"
        );
        assert_eq!(standing("here"), Some(true), "{file}: home again");
        // On from there, and still nobody has said where the house is.
        export(&there);
        let again = format!("again-{file}");
        at(&again);
        run(&again, &["import", file]);
        assert_eq!(standing(&again), Some(true), "{file}: at the third table");
        let written = dir.path().join(file);
        let files = if written.is_dir() {
            std::fs::read_dir(&written).unwrap().map(|file| file.unwrap().path()).collect()
        } else {
            vec![written]
        };
        let text: String =
            files.iter().map(|file| String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned()).collect();
        assert_eq!(tells(&text), Vec::<&str>::new(), "{file}");
        // What a person decides goes out as a decision, and what went out before does not undo it.
        run(&there, &["set", "Wren House", "hide_address=no"]);
        let old = run(&there, &["import", file]);
        assert_eq!(standing(&there), None, "{file}: {old}");
        run(&there, &["set", "Wren House", "hide_address=yes"]);
        export(&there);
        let told = format!("told-{file}");
        at(&told);
        run(&told, &["import", file]);
        assert_eq!(standing(&told), Some(false), "{file}: decided");
        let said = run(&again, &["import", file]);
        assert_eq!(standing(&again), Some(false), "{file}: decided where it was open: {said}");
    }
}
