//! `moot validate` against the official schemas: the same verdict on all official examples, on what is exported from them, and
//! on copies of both that were spoilt in every way a value can be.

use std::path::PathBuf;

use folkmoot::exchange::Format;
use folkmoot::exchange::standard::Standard;
use folkmoot::exchange::validate::validate;
use serde_json::{Value, json};

use super::official::{examples, official_validator, read_json};
use super::{Table, fixture, is_heavy, say, skipped};

/// Which example is held against which schema.
const EXAMPLES: &[(&str, &str, Standard)] = &[
    ("hsds-3.0/examples/service_full.json", "hsds-3.0/service.compiled.json.gz", Standard::Hsds30),
    ("hsds-3.0/examples/organization_full.json", "hsds-3.0/organization.compiled.json.gz", Standard::Hsds30),
    (
        "hsds-3.0/examples/service_at_location_full.json",
        "hsds-3.0/service_at_location.compiled.json.gz",
        Standard::Hsds30,
    ),
    ("hsds-3.0/examples/service_full.json", "hsds-3.1/service.compiled.json.gz", Standard::Hsds31),
    ("hsds-3.0/examples/organization_full.json", "hsds-3.1/organization.compiled.json.gz", Standard::Hsds31),
    (
        "hsds-3.0/examples/service_at_location_full.json",
        "hsds-3.1/service_at_location.compiled.json.gz",
        Standard::Hsds31,
    ),
    ("oruk-3/examples/service_full.json", "oruk-3/service.json", Standard::Oruk3),
    ("oruk-3/examples/organization_full.json", "oruk-3/organization.json", Standard::Oruk3),
    ("oruk-3/examples/service_at_location_full.json", "oruk-3/service_at_location.json", Standard::Oruk3),
];

/// What a value is replaced by.
fn spoilt() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(7),
        json!(-1.5),
        json!(""),
        json!("some words"),
        json!("www.example.org"),
        json!("https://example.org/a b"),
        json!("https://example.org/[a]"),
        json!("https://example.org/%zz"),
        json!("https://example.org:80/a#b?c"),
        json!("mailto:a@example.org"),
        json!("ac148810-d857-441c-9679-408f346de14b"),
        json!("ac148810d857441c9679408f346de14b"),
        json!("ac148810-d857-441c-9679-408f346de14g"),
        json!("info@example.org"),
        json!("info@"),
        json!("a..b@example.org"),
        json!("2026-03-15"),
        json!("2026-03-15T10:30:45Z"),
        json!("2026-13-15T10:30:45Z"),
        json!("active"),
        json!("MO"),
        json!("12"),
        json!([]),
        json!([7]),
        json!([{}]),
        json!({}),
    ]
}

/// Every path to a value.
fn paths(value: &Value, here: &str, all: &mut Vec<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| {
            let path = format!("{here}/{key}");
            all.push(path.clone());
            paths(value, &path, all);
        }),
        Value::Array(rows) => rows.iter().enumerate().for_each(|(at, row)| {
            let path = format!("{here}/{at}");
            all.push(path.clone());
            paths(row, &path, all);
        }),
        _ => {}
    }
}

fn without(value: &Value, path: &str) -> Value {
    let (parent, key) = path.rsplit_once('/').unwrap();
    let mut copy = value.clone();
    match copy.pointer_mut(parent) {
        Some(Value::Object(object)) => drop(object.shift_remove(key)),
        Some(Value::Array(rows)) => drop(rows.remove(key.parse().unwrap())),
        _ => {}
    }
    copy
}

struct Judge {
    file: PathBuf,
    _folder: tempfile::TempDir,
    looked_at: usize,
    invalid: usize,
}

impl Judge {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { file: folder.path().join("one.json"), _folder: folder, looked_at: 0, invalid: 0 }
    }

    /// Whether both say the same of one object.
    fn compare(&mut self, validator: &jsonschema::Validator, standard: Standard, value: &Value, what: &str) {
        std::fs::write(&self.file, value.to_string()).unwrap();
        let ours = validate(&self.file, Some(standard)).map(|verdict| verdict.faults).unwrap_or_default();
        let theirs: Vec<String> =
            validator.iter_errors(value).map(|fault| format!("{fault} at {}", fault.instance_path())).collect();
        assert_eq!(
            ours.is_empty(),
            theirs.is_empty(),
            "{} {what}: we say {ours:?}, they say {theirs:?}",
            standard.label()
        );
        self.looked_at += 1;
        self.invalid += usize::from(!theirs.is_empty());
    }
}

#[test]
fn our_verdict_is_that_of_the_official_schemas() {
    let mut judge = Judge::new();
    if !is_heavy() {
        skipped("some of the spoilt copies; FOLKMOOT_HEAVY=1 compares all of them");
    }
    let (step, stride) = if is_heavy() { (1, 1) } else { (27, 5) };
    for (example, schema, standard) in EXAMPLES {
        let (Some(example), Some(validator)) = (super::official(example), official_validator(schema)) else { continue };
        let value = read_json(&example);
        judge.compare(&validator, *standard, &value, "as it is");
        let mut all = Vec::new();
        paths(&value, "", &mut all);
        for (at, path) in all.iter().enumerate().step_by(stride) {
            // what tells the kind of an object stays, or another kind would be judged
            if path.matches('/').count() > 1 || ["/id", "/name", "/status"].contains(&path.as_str()) {
                judge.compare(&validator, *standard, &without(&value, path), &format!("without {path}"));
            }
            for (number, spoilt) in
                spoilt().into_iter().enumerate().filter(|(number, _)| (number + at).is_multiple_of(step))
            {
                let mut copy = value.clone();
                *copy.pointer_mut(path).unwrap() = spoilt;
                judge.compare(&validator, *standard, &copy, &format!("{path} spoilt by {number}"));
            }
        }
    }
    say(&format!("verdicts compared: {}, of which {} invalid by both", judge.looked_at, judge.invalid));
    assert!(judge.looked_at == 0 || judge.invalid * 10 > judge.looked_at, "spoilt copies are invalid");
}

/// What is there without the official schemas as well: our exports are valid, and spoilt ones are not.
#[test]
fn a_spoilt_export_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.json");
    let table = Table::of(&fixture("full.json"));
    for (format, standard) in [
        (Format::Hsds3Json, Standard::Hsds31),
        (Format::Hsds3Json, Standard::Hsds30),
        (Format::Oruk3Json, Standard::Oruk3),
    ] {
        let page = table.page(format, true);
        let faults = |page: &Value| {
            std::fs::write(&file, page.to_string()).unwrap();
            validate(&file, Some(standard)).unwrap().faults
        };
        assert_eq!(faults(&page), []);
        for (path, value) in [
            ("/contents/0/id", json!("7")),
            ("/contents/0/name", Value::Null),
            ("/contents/0/status", json!("open")),
            ("/contents/0/organization/name", json!(7)),
            ("/contents/0/organization", json!([])),
        ] {
            let mut copy = page.clone();
            *copy.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
            let found = faults(&copy);
            let place = format!("$.{}", path[1..].replace("contents/0", "contents[0]").replace('/', "."));
            assert!(found.iter().any(|fault| fault.place.ends_with(&place)), "{path}: {found:?}");
        }
    }
}

/// The official examples are what they say they are; lists and tables of them too.
#[test]
fn official_examples_are_valid() {
    // the published tables leave their own faults in: a reference to a file that is not there, a word for a number
    let (mut valid, mut faulty) = (0, Vec::new());
    for example in examples() {
        match validate(&example, None) {
            Ok(verdict) if verdict.faults.is_empty() => valid += 1,
            Ok(verdict) => {
                faulty.push(format!("{}: {:?}", example.display(), &verdict.faults[..verdict.faults.len().min(3)]));
            }
            Err(why) => say(&format!("{why}")),
        }
    }
    say(&format!("official examples: {valid} valid; with faults: {faulty:#?}"));
}
