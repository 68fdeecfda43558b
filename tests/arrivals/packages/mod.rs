//! Directories made by a seed, in every dialect, each with faults: columns named like tables, links that lead nowhere, words
//! where numbers and lists belong, rows without a parent, ids that repeat.

mod airs;
mod icarol;
mod pages;
mod tables;

use std::path::Path;

use folkmoot::model::SplitMix64;
use serde_json::Value;

use pages::{NESTED_3, OHANA_API, ORUK_1};
use tables::{HSDS_1, HSDS_2, HSDS_3, HSDS_31, OHANA, ORSERVICES};

/// The dialects.
pub const DIALECTS: &[&str] = &[
    "HSDS 1.1",
    "HSDS 2.0",
    "HSDS 3.0",
    "HSDS 3.1",
    "Ohana",
    "ORServices",
    "HSDS 3 JSON",
    "ORUK 3 JSON",
    "ORUK 1 JSON",
    "AIRS XML 3.1",
    "iCarol CSV",
    "Ohana API JSON",
];

/// Columns that people's databases add: many of them are named like tables.
const STRANGE_COLUMNS: &[&str] = &[
    "phones",
    "contacts",
    "languages",
    "services",
    "locations",
    "addresses",
    "schedules",
    "eligibility",
    "accessibility",
    "attributes",
    "organization",
    "location",
    "funding",
    "service_areas",
    "cost_options",
    "taxonomy_term",
    "program",
    "service_at_locations",
    "capacities",
    "metadata",
    "Colour of the door",
    "notes",
    "internal_no",
    "moot_filled",
    "moot_derived",
];

/// What a package was made of.
pub struct Made {
    /// Every value that is not empty, and whether it is a word that stands nowhere else.
    pub values: Vec<(String, bool)>,
    /// Words of a row and of the row it hangs on.
    pub links: Vec<(String, String)>,
}

pub struct Maker {
    dice: SplitMix64,
    count: u64,
    made: Made,
    /// Id and name of the last organisation that stood within a service.
    organisation: Option<(String, Option<Value>)>,
}

/// Writes a package of this dialect into an empty folder, and tells what is in it.
pub fn make(dialect: &str, seed: u64, folder: &Path) -> Made {
    let made = Made { values: Vec::new(), links: Vec::new() };
    let mut maker = Maker { dice: SplitMix64::new(seed), count: 0, made, organisation: None };
    match dialect {
        "HSDS 1.1" => maker.tables(HSDS_1, folder),
        "HSDS 2.0" => maker.tables(HSDS_2, folder),
        "HSDS 3.0" => maker.tables(HSDS_3, folder),
        "HSDS 3.1" => maker.tables(&format!("{HSDS_3}\n{HSDS_31}"), folder),
        "Ohana" => maker.tables(OHANA, folder),
        "ORServices" => maker.tables(ORSERVICES, folder),
        "ORUK 1 JSON" => maker.pages(ORUK_1, folder),
        "Ohana API JSON" => maker.pages(OHANA_API, folder),
        "AIRS XML 3.1" => maker.agencies(folder),
        "iCarol CSV" => maker.export_of_icarol(folder),
        _ => maker.pages(NESTED_3, folder),
    }
    maker.made
}

impl Maker {
    fn below(&mut self, limit: u64) -> u64 {
        self.dice.next_u64() % limit.max(1)
    }

    fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len() as u64) as usize]
    }

    /// A word that stands nowhere else, among others.
    fn words(&mut self) -> String {
        self.count += 1;
        let word = format!("w{:06}", self.count);
        self.made.values.push((word.clone(), true));
        match self.below(6) {
            0 => format!("<b>{word}</b> & more"),
            1 => format!("{word}\nof two lines, \"quoted\""),
            2 => format!("  {word} é"),
            _ => word,
        }
    }

    /// A value of a sort: now and then words where it should be none.
    fn value(&mut self, sort: &str) -> String {
        if self.one_in(8) {
            return self.words();
        }
        self.count += 1;
        let n = self.count;
        let text = match sort {
            "n" if n.is_multiple_of(2) => format!("{}.25", n % 90),
            "n" => n.to_string(),
            "a" => (n % 99).to_string(),
            "d" if n.is_multiple_of(5) => format!("20{:02}-0{}-1{}T10:{:02}:33Z", n % 30, n % 9 + 1, n % 9, n % 60),
            "d" if n.is_multiple_of(3) => format!("1{}/0{}/20{:02}", n % 9, n % 9 + 1, n % 30),
            "d" => format!("20{:02}-0{}-1{}", n % 30, n % 9 + 1, n % 9),
            "m" => format!("20{:02}-0{}-1{} 10:{:02}:33.125", n % 30, n % 9 + 1, n % 9, n % 60),
            "h" if n.is_multiple_of(3) => format!("{}:{:02}am", n % 11 + 1, n % 60),
            "h" => format!("{:02}:{:02}", n % 24, n % 60),
            "w" => self.of(&["Monday", "Mon-Fri", "3", "SA,SU", "never"]).to_owned(),
            "s" => self.of(&["active", "inactive", "defunct", "temporarily closed", "on holiday"]).to_owned(),
            "l" => self.of(&["physical", "postal", "virtual", "boat"]).to_owned(),
            "p" => format!("01632 960{:03}", n % 1000),
            "u" => return format!("{}example.org/{}", self.of(&["https://", "www.", ""]), self.plain_word()),
            "e" => return format!("{}@example.org", self.plain_word()),
            _ => return self.words(),
        };
        self.made.values.push((text.clone(), false));
        text
    }

    fn plain_word(&mut self) -> String {
        self.count += 1;
        let word = format!("w{:06}", self.count);
        self.made.values.push((word.clone(), true));
        word
    }

    fn id(&mut self, style: u64) -> String {
        self.count += 1;
        let id = match style {
            0 => self.count.to_string(),
            1 => format!("{:08x}-0000-4000-8000-{:012x}", self.count, self.count),
            _ => format!("PN-8100.{}", self.count),
        };
        self.made.values.push((id.clone(), false));
        id
    }
}
