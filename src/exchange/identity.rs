//! Which row is which: one uuid for every row of a source, copies merged, other rows with the same id kept apart.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use super::report::Rule;
use super::schema::{self, Sort, Table};
use super::tidy::{Normaliser, Object, is_uuid, made_uuid, text};

/// A row's place among those with its id.
#[derive(Debug, PartialEq, Eq)]
pub enum Version {
    /// Nobody had this id, or only rows with other content.
    New(String),
    /// The very same row was there.
    Copy(String),
}

/// Every id of a source.
#[derive(Default)]
pub struct Registry {
    versions: HashMap<(&'static str, String), Vec<u64>>,
    firsts: HashMap<(&'static str, String), String>,
    finals: HashSet<(&'static str, String)>,
    counts: HashMap<&'static str, usize>,
}

impl Registry {
    /// The uuid of a row by the id it came with and its content; `owner` is the row it belongs to, if to one.
    pub fn register(
        &mut self,
        normaliser: &Normaliser,
        table: &'static Table,
        raw: &str,
        owner: &str,
        content: &str,
    ) -> Version {
        let whole = xxh3_64(content.as_bytes()) ^ xxh3_64(owner.as_bytes()).rotate_left(1);
        if raw.is_empty() {
            let id = made_uuid(&format!("{}|{}|{owner}|{content}", normaliser.feed, table.name));
            return if self.settle(table.name, &id) { Version::New(id) } else { Version::Copy(id) };
        }
        let versions = self.versions.entry((table.name, raw.to_owned())).or_default();
        let known = versions.iter().position(|version| *version == whole);
        let at = known.unwrap_or(versions.len());
        let id = if at == 0 { raw.to_owned() } else { format!("{raw}#{}", at + 1) };
        let id = normaliser.uuid(table.name, &id);
        if known.is_some() {
            return Version::Copy(id);
        }
        versions.push(whole);
        self.firsts.entry((table.name, raw.to_owned())).or_insert_with(|| id.clone());
        self.settle(table.name, &id);
        Version::New(id)
    }

    fn settle(&mut self, table: &'static str, id: &str) -> bool {
        let is_new = self.finals.insert((table, id.to_owned()));
        *self.counts.entry(table).or_default() += usize::from(is_new);
        is_new
    }

    /// The uuid of the row that a reference means.
    pub fn find(&self, table: &'static str, raw: &str) -> Option<String> {
        let key = (table, raw.to_owned());
        self.firsts.get(&key).cloned().or_else(|| self.finals.contains(&key).then_some(key.1))
    }

    /// How many different rows a table has.
    pub fn count(&self, table: &str) -> usize {
        self.counts.get(table).copied().unwrap_or_default()
    }

    /// Points the references of one row to uuids. What leads nowhere stays: a uuid in its field, other text beside it.
    pub fn resolve(&self, normaliser: &mut Normaliser, table: &'static Table, row: &mut Object) {
        for field in &table.fields {
            if let Sort::Ref(to) = field.sort {
                self.resolve_one(normaliser, field.name, to, row);
            }
        }
        let entity = |field: &str| schema::known_as(&text(row, field).to_lowercase()).map_or("services", |t| t.name);
        let open = [("link_id", entity("link_entity")), ("resource_id", entity("resource_type"))];
        for (field, to) in open {
            if table.field(field).is_some() {
                self.resolve_one(normaliser, field, to, row);
            }
        }
    }

    fn resolve_one(&self, normaliser: &mut Normaliser, field: &'static str, to: &'static str, row: &mut Object) {
        let raw = text(row, field).to_owned();
        if raw.is_empty() {
            return;
        }
        if let Some(id) = self.find(to, &raw) {
            row.insert(field.to_owned(), Value::String(id));
            return;
        }
        normaliser.note(field, Rule::Loose, &raw, &raw);
        if !is_uuid(&raw) {
            row.shift_remove(field);
            row.insert(format!("moot_{field}"), Value::String(raw));
        }
    }
}

/// Gives a row its uuid, keeps the id it came with beside it, and says whether it is a copy.
pub fn identify(
    registry: &mut Registry,
    normaliser: &mut Normaliser,
    table: &'static Table,
    row: &mut Object,
    owner: &str,
) -> bool {
    let raw = row.shift_remove("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
    let raw = raw.unwrap_or_default();
    let content = Value::Object(std::mem::take(row));
    let owner = if table.is_owned() && table.name != "programs" { owner } else { "" };
    let version = registry.register(normaliser, table, &raw, owner, &content.to_string());
    if let Value::Object(content) = content {
        *row = content;
    }
    let (id, is_copy) = match version {
        Version::New(id) => (id, false),
        Version::Copy(id) => (id, true),
    };
    if !is_copy && id != raw {
        let rule = if is_uuid(&raw) { Rule::SameId } else { Rule::Id };
        normaliser.note("id", rule, &raw, &id);
    }
    if id != raw && !raw.is_empty() {
        row.entry("moot_id").or_insert_with(|| Value::String(raw));
    }
    row.insert("id".to_owned(), Value::String(id));
    is_copy
}
