//! What callers say, per need and circumstance.

use std::ops::Range;

use super::choice::Set;
use super::service::{Ages, Client, Need, Sex};

/// The table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thesaurus {}

/// What some words of a query mean.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meaning {
    pub words: Range<usize>,
    pub needs: Vec<(Need, f32)>,
    pub clients: Set<Client>,
    pub sex: Option<Sex>,
    pub ages: Option<Ages>,
    pub is_nothing: bool,
}

impl Thesaurus {
    pub fn read(&self, _words: &[String], _is_open: bool) -> Vec<Meaning> {
        Vec::new()
    }
    pub fn same(&self, _word: &str) -> &[String] {
        &[]
    }
}
