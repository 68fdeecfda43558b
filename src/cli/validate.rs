//! `moot validate`: whether a file of Open Referral is what the standard says, for those who send it and those who get it.

use std::io::Write;
use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use super::exit::CommandResult;
use crate::exchange::standard::Standard;
use crate::exchange::validate::{Verdict, validate};
use crate::model::text::{clean, count};

/// `moot validate`
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// A file of JSON or CSV, a folder of tables, or a zip of them
    path: PathBuf,
    /// The version it must fit; without this the one it fits best
    #[arg(long, value_name = "VERSION")]
    standard: Option<Version>,
}

/// A version, as it is typed.
#[derive(Clone, Copy, Debug)]
struct Version(Standard);

impl ValueEnum for Version {
    fn value_variants<'a>() -> &'a [Self] {
        &[Version(Standard::Hsds30), Version(Standard::Hsds31), Version(Standard::Oruk3)]
    }
    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.word()))
    }
}

impl ValidateArgs {
    /// Exit code 0 without faults, 1 with some.
    pub(super) fn run(self, out: &mut dyn Write) -> CommandResult {
        let verdict = validate(&self.path, self.standard.map(|version| version.0))?;
        for fault in &verdict.faults {
            writeln!(out, "{}: {}", clean(&fault.place), fault.what)?;
        }
        // What is no JSON at all was held against no standard.
        if !verdict.checked.is_empty() {
            writeln!(out, "{}", summary(&verdict))?;
        }
        Ok(u8::from(!verdict.faults.is_empty()))
    }
}

/// What was looked at, and how it stands.
fn summary(verdict: &Verdict) -> String {
    let mut tables: Vec<(&String, &usize)> = verdict.checked.iter().filter(|(_, rows)| **rows > 0).collect();
    tables.sort_by_key(|(name, rows)| (std::cmp::Reverse(**rows), name.to_owned()));
    let tables: Vec<String> = tables.into_iter().map(|(name, rows)| format!("{name} {}", count(*rows))).collect();
    let standing = match verdict.faults.len() {
        0 => "valid".to_owned(),
        1 => "1 fault".to_owned(),
        faults => format!("{} faults", count(faults)),
    };
    let tables =
        if tables.is_empty() { ": there is nothing in it".to_owned() } else { format!(" ({})", tables.join(", ")) };
    format!("{standing} as {}{tables}", verdict.standard.label())
}
