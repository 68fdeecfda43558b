//! Everything that is exported against the official schemas, where they are there: JSON against those of HSDS 3.0, HSDS 3.1 and
//! ORUK 3, tables against the datapackages of HSDS. The reader of datapackages here is the tests' own.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use folkmoot::exchange::Format;
use folkmoot::exchange::standard::Standard;
use folkmoot::exchange::validate::validate;
use serde_json::Value;

use super::{Table, fixture, is_heavy, official, real, say, skipped};

/// Reads a schema, packed or not.
pub fn read_json(path: &Path) -> Value {
    let file = std::fs::File::open(path).unwrap();
    if path.extension().is_some_and(|ending| ending == "gz") {
        return serde_json::from_reader(flate2::read::GzDecoder::new(file)).unwrap();
    }
    serde_json::from_reader(file).unwrap()
}

pub fn validator(schema: &Value) -> jsonschema::Validator {
    jsonschema::options().should_validate_formats(true).build(schema).unwrap()
}

/// An official schema, where it is there.
pub fn official_validator(name: &str) -> Option<jsonschema::Validator> {
    official(name).map(|path| validator(&read_json(&path)))
}

/// What is held against what: a version, the format of the export, its schemas of a service and of an organisation.
const SCHEMAS: &[(&str, Format, &str, &str)] = &[
    ("HSDS 3.0", Format::Hsds3Json, "hsds-3.0/service.compiled.json.gz", "hsds-3.0/organization.compiled.json.gz"),
    ("HSDS 3.1", Format::Hsds3Json, "hsds-3.1/service.compiled.json.gz", "hsds-3.1/organization.compiled.json.gz"),
    ("ORUK 3", Format::Oruk3Json, "oruk-3/service.json", "oruk-3/organization.json"),
];

const REAL: &[&str] = &["dorset-oruk3.json", "oruk3-mock.json", "ohana-sample"];
const LARGE: &[&str] = &["dc-hsds-broken.zip", "miami-hsds-1.1.zip", "big-hsds3.zip"];
const FIXTURES: &[&str] =
    &["hsds1", "ohana", "hsds2", "orservices", "oruk1.json", "lines.jsonl", "full.json", "deep.json"];

/// The official examples, files and folders of tables.
pub fn examples() -> Vec<PathBuf> {
    let mut all = Vec::new();
    for version in ["hsds-3.0", "oruk-3"] {
        let Some(folder) = official(&format!("{version}/examples")) else { continue };
        let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        all.extend(files.filter(|path| path.extension().is_some_and(|ending| ending == "json")));
        all.push(folder.join("csv"));
    }
    all.sort();
    all
}

/// Faults and how much was looked at, by what was looked at.
#[derive(Default)]
struct Counts(BTreeMap<String, (usize, usize)>);

impl Counts {
    fn say(&self) {
        for (what, (looked_at, faults)) in &self.0 {
            say(&format!("{what:<32} {looked_at:>8} looked at, {faults} invalid"));
        }
    }

    fn add(&mut self, what: &str, looked_at: usize, faults: &[String]) {
        let count = self.0.entry(what.to_owned()).or_default();
        count.0 += looked_at;
        count.1 += faults.len();
        if !faults.is_empty() {
            say(&format!("{what}: {:?}", &faults[..faults.len().min(4)]));
        }
    }
}

fn faults(validator: &jsonschema::Validator, items: &[Value]) -> Vec<String> {
    let each = |item: &Value| -> Vec<String> {
        validator.iter_errors(item).map(|fault| format!("{fault} at {}", fault.instance_path())).collect()
    };
    items.iter().flat_map(each).collect()
}

#[test]
fn whatever_came_in_goes_out_valid() {
    let large = if is_heavy() { LARGE } else { &[] };
    if !is_heavy() {
        skipped("the large directories; FOLKMOOT_HEAVY=1 reads them too");
    }
    let mut sources: Vec<PathBuf> = FIXTURES.iter().map(|name| fixture(name)).collect();
    sources.extend(REAL.iter().chain(large).filter_map(|name| real(name)));
    sources.extend(examples());
    let schemas: Vec<_> = SCHEMAS
        .iter()
        .filter_map(|(name, format, service, organisation)| {
            Some((*name, *format, official_validator(service)?, official_validator(organisation)?))
        })
        .collect();
    let packages: Vec<(&str, Value)> = ["hsds-3.0", "hsds-3.1"]
        .iter()
        .filter_map(|name| Some((*name, read_json(&official(&format!("{name}/datapackage.json"))?))))
        .collect();
    let mut counts = Counts::default();
    for source in sources {
        let name = format!("{}", source.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(&source).display());
        let mut table = Table::default();
        if let Err(why) = table.import(&source, "source") {
            say(&format!("not a directory: {name}: {why}"));
            continue;
        }
        for contacts in [false, true] {
            let pages = [Format::Hsds3Json, Format::Oruk3Json].map(|format| (format, table.page(format, contacts)));
            for (schema, format, service, organisation) in &schemas {
                let page = &pages.iter().find(|(of, _)| of == format).unwrap().1;
                for (list, validator) in [("contents", service), ("moot_organizations", organisation)] {
                    let items = page[list].as_array().map_or(&[][..], Vec::as_slice);
                    counts.add(&format!("{schema} {list}"), items.len(), &faults(validator, items));
                }
            }
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("tables");
            table.export(Format::Hsds3Csv, &path, contacts);
            for (schema, package) in &packages {
                let (rows, faults) = against_datapackage(package, &path);
                counts.add(&format!("{schema} tables"), rows, &faults);
            }
            // and by our own table of the standard, which is also there where the schemas are not
            let verdict = validate(&path, Some(Standard::Hsds31)).unwrap();
            let own: Vec<String> =
                verdict.faults.iter().map(|fault| format!("{name} {}: {}", fault.place, fault.what)).collect();
            counts.add("moot validate tables", verdict.checked.values().sum(), &own);
            for (format, page) in &pages {
                let file = folder.path().join("page.json");
                std::fs::write(&file, page.to_string()).unwrap();
                let standard = if *format == Format::Oruk3Json { Standard::Oruk3 } else { Standard::Hsds31 };
                let verdict = validate(&file, Some(standard)).unwrap();
                let own: Vec<String> =
                    verdict.faults.iter().map(|fault| format!("{name} {}: {}", fault.place, fault.what)).collect();
                counts.add("moot validate JSON", verdict.checked.values().sum(), &own);
            }
        }
    }
    counts.say();
    assert!(counts.0.values().all(|(_, faults)| *faults == 0), "see above");
    assert!(counts.0.values().all(|(looked_at, _)| *looked_at > 0), "each looked at something");
}

/// A folder of tables against an official datapackage, and how many rows there were.
fn against_datapackage(package: &Value, folder: &Path) -> (usize, Vec<String>) {
    type Rows = Vec<HashMap<String, String>>;
    let mut tables: HashMap<String, Rows> = HashMap::new();
    let resources = package["resources"].as_array().unwrap();
    for resource in resources {
        let path = folder.join(resource["path"].as_str().unwrap());
        if path.exists() {
            let mut reader = csv::Reader::from_path(&path).unwrap();
            let columns: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
            let rows = reader.records().map(|row| {
                let row = row.unwrap();
                columns.iter().cloned().zip(row.iter().map(str::to_owned)).collect()
            });
            tables.insert(resource["name"].as_str().unwrap().to_owned(), rows.collect());
        }
    }
    let (mut rows_seen, mut faults) = (0, Vec::new());
    for resource in resources {
        let name = resource["name"].as_str().unwrap();
        let Some(rows) = tables.get(name) else { continue };
        rows_seen += rows.len();
        for field in resource["schema"]["fields"].as_array().unwrap() {
            let column = field["name"].as_str().unwrap();
            let required = field["constraints"]["required"] == true;
            let mut seen = HashSet::new();
            for row in rows {
                let cell = row.get(column).map_or("", String::as_str);
                let is_wrong = if cell.is_empty() { required } else { !fits(field, cell) };
                if is_wrong {
                    faults.push(format!("{name}.{column} {cell:?}"));
                }
                if column == "id" && !seen.insert(cell) {
                    faults.push(format!("{name}.id {cell} twice"));
                }
            }
        }
        for key in resource["schema"]["foreignKeys"].as_array().into_iter().flatten() {
            let (column, to) = (key["fields"].as_str().unwrap(), key["reference"]["resource"].as_str().unwrap());
            let ids: HashSet<&String> = tables.get(to).into_iter().flatten().map(|row| &row["id"]).collect();
            let cells = rows.iter().filter_map(|row| row.get(column)).filter(|cell| !cell.is_empty());
            faults.extend(
                cells.filter(|cell| !ids.contains(cell)).map(|cell| format!("{name}.{column} {cell} leads nowhere")),
            );
        }
    }
    (rows_seen, faults)
}

fn fits(field: &Value, cell: &str) -> bool {
    let words = field["constraints"]["enum"].as_array();
    if words.is_some_and(|words| !words.iter().any(|word| word == cell)) {
        return false;
    }
    let by_schema =
        |format: &str| validator(&serde_json::json!({"type": "string", "format": format})).is_valid(&cell.into());
    match (field["type"].as_str().unwrap(), field["format"].as_str().unwrap_or("")) {
        ("number", _) => cell.parse::<f64>().is_ok(),
        ("date", _) => chrono::NaiveDate::parse_from_str(cell, "%Y-%m-%d").is_ok(),
        ("time", _) => cell.len() == 8 && chrono::NaiveTime::parse_from_str(cell, "%H:%M:%S").is_ok(),
        ("datetime", _) => chrono::DateTime::parse_from_rfc3339(cell).is_ok(),
        ("string", "uuid") => uuid::Uuid::try_parse(cell).is_ok(),
        ("string", format @ ("uri" | "email")) => by_schema(format),
        _ => true,
    }
}

#[test]
fn the_measure_of_tables_can_fail() {
    let Some(path) = official("hsds-3.0/datapackage.json") else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("services.csv"), "id,organization_id,name,status\n1,2,,open\n").unwrap();
    std::fs::write(folder.path().join("schedules.csv"), "id,opens_at,valid_from\n1,10:00,1 May\n1,10:00:00,\n")
        .unwrap();
    let (rows, faults) = against_datapackage(&read_json(&path), folder.path());
    assert_eq!((rows, faults.len()), (3, 10), "{faults:?}");
}
