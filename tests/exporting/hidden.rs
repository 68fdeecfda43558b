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

/// Workspaces in one folder, and the files between them.
struct Tables(tempfile::TempDir);

impl Tables {
    /// One with a refuge whose name tells nobody what it is any more: what is known of it must come along.
    fn with_suspicion() -> Self {
        let tables = Self(tempfile::tempdir().unwrap());
        std::fs::write(tables.0.path().join("feed.json"), directory("the old mill").to_string()).unwrap();
        tables.begin("here");
        tables.run("here", &["import", "feed.json"]);
        tables.run("here", &["set", "A women's refuge", "name=Wren House", "summary=Beds"]);
        tables
    }

    fn begin(&self, workspace: &str) {
        folkmoot::store::init(&self.0.path().join(workspace), "Table of the North", false).unwrap();
    }

    fn run(&self, workspace: &str, arguments: &[&str]) -> String {
        let mut command = Command::cargo_bin("moot").unwrap();
        command.env_remove("MOOT_WORKSPACE").env("HOME", self.0.path()).current_dir(self.0.path());
        let output = command.args(["-w", workspace, "--as", "KP"]).args(arguments).output().unwrap();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    }

    /// Exports from one workspace into a new one.
    fn hand_on(&self, from: &str, way: &[&str], to: &str) -> String {
        self.begin(to);
        let exported = self.run(from, &[&["export"], way, &["--replace"]].concat());
        format!("{exported}{}", self.run(to, &["import", way[way.len() - 1]]))
    }

    /// Hidden, and whether on suspicion; `None`: not hidden.
    fn standing(&self, workspace: &str) -> Option<bool> {
        let services: Vec<Value> = serde_json::from_str(&self.run(workspace, &["list", "services", "--json"])).unwrap();
        let house = services.iter().find(|service| service["name"] == "Wren House").unwrap();
        (house["hide_address"] == true).then(|| house["derived"].get("HideAddress").is_some())
    }

    /// All that was written under a name.
    fn written(&self, file: &str) -> String {
        let written = self.0.path().join(file);
        let files = if written.is_dir() {
            std::fs::read_dir(&written).unwrap().map(|file| file.unwrap().path()).collect()
        } else {
            vec![written]
        };
        files.iter().map(|file| String::from_utf8_lossy(&std::fs::read(file).unwrap()).into_owned()).collect()
    }
}

/// Formats that are read again.
const WAYS: &[&[&str]] = &[
    &["hsds3-json", "out.json"],
    &["oruk3-json", "out3.json"],
    &["hsds3-csv", "tables"],
    &["hsds3-csv", "tables.zip"],
    &["csv", "flat.csv"],
    &["csv", "services", "table.csv"],
];

/// What is only suspected goes out as that, in every format that is read again: where it comes in it is hidden, and a person
/// there decides.
#[test]
fn a_suspicion_stays_one_on_the_way_out_and_in() {
    let tables = Tables::with_suspicion();
    assert_eq!(tables.standing("here"), Some(true));
    for way in WAYS {
        let file = way[way.len() - 1];
        let [there, again] = ["there", "again"].map(|name| format!("{name}-{file}"));
        let said = tables.hand_on("here", way, &there);
        assert_eq!(tables.standing(&there), Some(true), "{file}: {said}");
        let home = tables.run("here", &["import", file]);
        assert!(home.contains("nothing here had to change") || home.contains("as the table says"), "{file}: {home}");
        assert_eq!(tables.standing("here"), Some(true), "{file}: home again");
        // On from there, and still nobody has said where the house is.
        let said = tables.hand_on(&there, way, &again);
        assert_eq!(tables.standing(&again), Some(true), "{file}: at the third table: {said}");
        assert_eq!(tells(&tables.written(file)), Vec::<&str>::new(), "{file}");
    }
}

/// What a person decides goes out as a decision, and what went out before does not undo it.
#[test]
fn a_decision_goes_out_as_one_and_stands() {
    let tables = Tables::with_suspicion();
    for way in WAYS {
        let file = way[way.len() - 1];
        let [there, again, told] = ["there", "again", "told"].map(|name| format!("{name}-{file}"));
        tables.hand_on("here", way, &there);
        tables.hand_on(&there, way, &again);
        tables.run(&there, &["set", "Wren House", "hide_address=no"]);
        let old = tables.run(&there, &["import", file]);
        assert_eq!(tables.standing(&there), None, "{file}: {old}");
        tables.run(&there, &["set", "Wren House", "hide_address=yes"]);
        tables.hand_on(&there, way, &told);
        assert_eq!(tables.standing(&told), Some(false), "{file}: decided");
        let said = tables.run(&again, &["import", file]);
        assert_eq!(tables.standing(&again), Some(false), "{file}: decided where it was open: {said}");
    }
}
