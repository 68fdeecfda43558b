//! Nothing lost: every value of every row of every table is in a record, in the originals or in the report, whatever the
//! dialect and whatever its faults; what comes out of it is valid; and what comes a second time changes nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // helpers of tests fail as tests do

#[path = "../directory/mod.rs"]
mod directory;
mod packages;

use std::collections::HashSet;
use std::path::Path;

use directory::{Harness, changes_of_what_is_known, validators};
use folkmoot::exchange::{Format, Report};
use serde_json::Value;

/// All that arrived: whole values, and the words in them.
#[derive(Default)]
struct Arrived {
    whole: HashSet<String>,
    words: HashSet<String>,
}

impl Arrived {
    fn of(harness: &Harness, report: &Report) -> Self {
        let mut arrived = Self::default();
        for original in harness.workspace.originals.iter() {
            arrived.each(&serde_json::from_str(original.json.as_str()).unwrap());
        }
        for service in harness.workspace.services.iter() {
            arrived.add(&ron::to_string(&**service).unwrap());
        }
        for repair in &report.repairs {
            arrived.add(&repair.old);
            arrived.add(&repair.new);
        }
        arrived
    }

    fn each(&mut self, value: &Value) {
        match value {
            Value::Array(list) => list.iter().for_each(|one| self.each(one)),
            Value::Object(object) => object.values().for_each(|one| self.each(one)),
            Value::String(text) => self.add(text),
            other => self.add(&other.to_string()),
        }
    }

    fn add(&mut self, text: &str) {
        self.whole.insert(text.to_owned());
        self.words.extend(text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned));
    }

    fn has(&self, value: &str, is_word: bool) -> bool {
        if is_word { self.words.contains(value) } else { self.whole.contains(value) }
    }
}

/// Links of which no item holds both ends.
fn broken_links(harness: &Harness, links: &[(String, String)]) -> Vec<(String, String)> {
    let items: Vec<Arrived> = harness
        .workspace
        .originals
        .iter()
        .map(|original| {
            let mut item = Arrived::default();
            item.each(&serde_json::from_str(original.json.as_str()).unwrap());
            item
        })
        .collect();
    let is_whole =
        |(child, parent): &&(String, String)| items.iter().any(|item| item.has(child, true) && item.has(parent, true));
    links.iter().filter(|link| !is_whole(link)).cloned().collect()
}

/// The dialects that are made, each with its place in the list: all, or those in whose names `FOLKMOOT_DIALECT` stands.
fn dialects() -> impl Iterator<Item = (usize, &'static str)> {
    let asked = std::env::var("FOLKMOOT_DIALECT").unwrap_or_default().to_lowercase();
    let all = packages::DIALECTS.iter().copied().enumerate();
    all.filter(move |(_, name)| name.to_lowercase().contains(&asked))
}

/// How many packages of each dialect are made.
fn rounds(few: u64, many: u64) -> u64 {
    if std::env::var_os("FOLKMOOT_HEAVY").is_some() { many } else { few }
}

/// What stands around a value in the files of a folder.
fn around(value: &str, folder: &Path) -> String {
    let files =
        std::fs::read_dir(folder).unwrap().filter_map(|file| std::fs::read_to_string(file.unwrap().path()).ok());
    let text = files.into_iter().find(|text| text.contains(value)).unwrap_or_default();
    let Some((before, after)) = text.split_once(value) else { return String::new() };
    let before: Vec<char> = before.chars().rev().take(80).collect();
    before.into_iter().rev().chain(value.chars()).chain(after.chars().take(40)).collect()
}

/// The law for one package: what is unaccounted for, loose or new the second time.
fn faults_of(dialect: &str, seed: u64, folder: &Path) -> (usize, Vec<String>, Harness) {
    let made = packages::make(dialect, seed, folder);
    let mut harness = Harness::default();
    let plan = harness.import(folder, "made");
    let arrived = Arrived::of(&harness, &plan.report);
    let lost = made.values.iter().filter(|(value, is_word)| !arrived.has(value, *is_word));
    let mut faults: Vec<String> =
        lost.map(|(value, _)| format!("lost: {value} in {:?}", around(value, folder))).collect();
    let broken = broken_links(&harness, &made.links);
    faults.extend(broken.into_iter().map(|(child, parent)| format!("apart: {child} of {parent}")));
    (made.values.len(), faults, harness)
}

#[test]
fn every_value_of_every_row_arrives() {
    let (mut values, mut count, mut faults) = (0, 0, Vec::new());
    for (at, dialect) in dialects() {
        for seed in 0..rounds(30, 1_000) {
            let folder = tempfile::tempdir().unwrap();
            let (held, found, _) = faults_of(dialect, seed * 16 + at as u64, folder.path());
            values += held;
            count += 1;
            faults.extend(found.into_iter().map(|fault| format!("{dialect}, seed {seed}: {fault}")));
        }
    }
    assert!(values > count * 40, "{values} values in {count} packages");
    let shown: Vec<&String> = faults.iter().step_by(1 + faults.len() / 12).collect();
    assert!(faults.is_empty(), "{} of {values} in {count} packages: {shown:#?}", faults.len());
    println!("{values} values in {count} packages");
}

#[test]
fn none_of_it_comes_twice() {
    let (mut count, mut faults) = (0, Vec::new());
    for (at, dialect) in dialects() {
        for seed in 0..rounds(4, 1_000) {
            let folder = tempfile::tempdir().unwrap();
            let (_, _, harness) = faults_of(dialect, seed * 16 + at as u64, folder.path());
            count += 1;
            let changed = changes_of_what_is_known(&harness, folder.path(), "made");
            faults.extend(changed.into_iter().map(|fault| format!("{dialect}, seed {seed}: {fault}")));
        }
    }
    let shown: Vec<&String> = faults.iter().step_by(1 + faults.len() / 12).collect();
    assert!(faults.is_empty(), "{} in {count} packages: {shown:#?}", faults.len());
    println!("{count} packages, each eight times, and nothing had to change");
}

#[test]
fn what_goes_out_of_it_is_valid() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.json");
    let formats = [(Format::Hsds3Json, validators("hsds3")), (Format::Oruk3Json, validators("oruk3"))];
    let (mut count, mut faults) = (0, Vec::new());
    for (at, dialect) in dialects() {
        for seed in 0..rounds(5, 1_000) {
            let folder = tempfile::tempdir().unwrap();
            let (_, _, harness) = faults_of(dialect, seed * 16 + at as u64, folder.path());
            for (format, validators) in &formats {
                harness.export(*format, &path, true);
                let page: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
                for item in page["contents"].as_array().unwrap() {
                    count += 1;
                    for (schema, validator) in validators {
                        let of =
                            validator.iter_errors(item).map(|fault| format!("{fault} at {}", fault.instance_path()));
                        faults.extend(of.map(|fault| format!("{dialect}, seed {seed}, {schema}: {fault}")));
                    }
                }
            }
        }
    }
    let shown: Vec<&String> = faults.iter().step_by(1 + faults.len() / 12).collect();
    assert!(faults.is_empty(), "{} faults in {count} services: {shown:#?}", faults.len());
    println!("{count} services, each valid");
}
