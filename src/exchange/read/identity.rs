//! Identity of rows: every row of a source gets one uuid; exact copies are merged, and different rows that share an id
//! get different uuids.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::exchange::normalise::{Normaliser, Object, is_uuid, name_uuid, str_field};
use crate::exchange::report::RepairKind;
use crate::exchange::schema::{self, DataType, TableSchema};

/// The result of registering a row under its id.
#[derive(Debug, PartialEq, Eq)]
pub enum Identity {
    /// The id is new, or was used only by rows with other content.
    New(String),
    /// A row with the same id and content is already registered.
    Copy(String),
}

/// All ids of one source.
///
/// A row costs a few dozen bytes here: ids are kept as hashes.
#[derive(Default)]
pub struct Registry {
    /// How many different rows have this original id.
    versions: HashMap<u64, u32>,
    /// Which of them a row with this original id and this content is.
    known: HashMap<u64, u32>,
    assigned: HashSet<u64>,
    /// The uuids of rows by another id that they are called by.
    called: HashMap<u64, Box<str>>,
    counts: HashMap<&'static str, usize>,
}

/// What a row costs in a registry, in bytes of memory.
pub const ROW_BYTES: usize = 80;

/// The hash of an id of a table.
pub fn id_hash(table: &str, id: &str) -> u64 {
    xxh3_64_with_seed(id.as_bytes(), xxh3_64(table.as_bytes()))
}

impl Registry {
    /// Registers a row by its original id and its content; `owner` is the uuid of its parent, or empty.
    pub fn register(
        &mut self,
        normaliser: &Normaliser,
        table: &'static TableSchema,
        raw: &str,
        owner: &str,
        content: &str,
    ) -> Identity {
        let whole = xxh3_64(content.as_bytes()) ^ xxh3_64(owner.as_bytes()).rotate_left(1);
        if raw.is_empty() {
            let id = name_uuid(&format!("{}|{}|{owner}|{content}", normaliser.feed, table.name));
            return if self.record_final(table.name, &id) { Identity::New(id) } else { Identity::Copy(id) };
        }
        let row = id_hash(table.name, raw);
        let count = self.versions.entry(row).or_default();
        let at = *self.known.entry(whole ^ row.rotate_left(7)).or_insert(*count);
        let is_new = at == *count;
        let id = if at == 0 { raw.to_owned() } else { format!("{raw}#{}", at + 1) };
        let id = normaliser.uuid(table.name, &id);
        if !is_new {
            return Identity::Copy(id);
        }
        *count += 1;
        self.record_final(table.name, &id);
        Identity::New(id)
    }

    /// Lets references lead to a row by another id as well.
    pub fn call(&mut self, table: &'static str, other: &str, id: &str) {
        self.called.entry(id_hash(table, other)).or_insert_with(|| id.into());
    }

    fn record_final(&mut self, table: &'static str, id: &str) -> bool {
        let is_new = self.assigned.insert(id_hash(table, id));
        *self.counts.entry(table).or_default() += usize::from(is_new);
        is_new
    }

    /// The uuid of the row to which a reference in `table` leads: the first with this original id, or that of this uuid.
    pub fn find(&self, normaliser: &Normaliser, table: &'static str, raw: &str) -> Option<String> {
        let row = id_hash(table, raw);
        let of_original = || self.versions.contains_key(&row).then(|| normaliser.uuid(table, raw));
        let called = || self.called.get(&row).map(ToString::to_string);
        of_original().or_else(|| self.assigned.contains(&row).then(|| raw.to_owned())).or_else(called)
    }

    /// The number of distinct rows of a table.
    pub fn count(&self, table: &str) -> usize {
        self.counts.get(table).copied().unwrap_or_default()
    }

    /// Replaces the references in one row by uuids. A dangling uuid stays in its field; other dangling text is moved to
    /// `moot_FIELD`.
    pub fn resolve(&self, normaliser: &mut Normaliser, table: &'static TableSchema, row: &mut Object) {
        for field in &table.fields {
            if let DataType::Reference(to) = field.data_type {
                self.resolve_one(normaliser, field.name, to, row);
            }
        }
        let entity =
            |field: &str| schema::table_by_alias(&str_field(row, field).to_lowercase()).map_or("services", |t| t.name);
        let open = [("link_id", entity("link_entity")), ("resource_id", entity("resource_type"))];
        for (field, to) in open {
            if table.field(field).is_some() {
                self.resolve_one(normaliser, field, to, row);
            }
        }
    }

    fn resolve_one(&self, normaliser: &mut Normaliser, field: &'static str, to: &'static str, row: &mut Object) {
        let raw = str_field(row, field).to_owned();
        if raw.is_empty() {
            return;
        }
        if let Some(id) = self.find(normaliser, to, &raw) {
            row.insert(field.to_owned(), Value::String(id));
            return;
        }
        normaliser.note(field, RepairKind::DanglingReference, &raw, &raw);
        if !is_uuid(&raw) {
            row.shift_remove(field);
            row.insert(format!("moot_{field}"), Value::String(raw));
        }
    }
}

/// Gives a row its uuid, keeps its original id in `moot_id`, and returns whether the row is a copy.
pub fn identify(
    registry: &mut Registry,
    normaliser: &mut Normaliser,
    table: &'static TableSchema,
    row: &mut Object,
    owner: &str,
) -> bool {
    let raw = row.shift_remove("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
    let raw = raw.unwrap_or_default();
    normaliser.budget.spend(ROW_BYTES);
    let content = Value::Object(std::mem::take(row));
    let owner = if table.is_owned() && table.name != "programs" { owner } else { "" };
    let version = registry.register(normaliser, table, &raw, owner, &content.to_string());
    if let Value::Object(content) = content {
        *row = content;
    }
    let (id, is_copy) = match version {
        Identity::New(id) => (id, false),
        Identity::Copy(id) => (id, true),
    };
    if !is_copy && id != raw {
        let kind = if is_uuid(&raw) { RepairKind::SameId } else { RepairKind::Id };
        normaliser.note("id", kind, &raw, &id);
    }
    if id != raw && !raw.is_empty() {
        row.entry("moot_id").or_insert_with(|| Value::String(raw));
    }
    row.insert("id".to_owned(), Value::String(id));
    is_copy
}
