//! Nests the rows of flat tables into items: a service with its locations, phones and schedules inside it, an
//! organisation likewise. Rows without a parent become items of their own.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::budget::MAX_ITEM_BYTES;
use super::identity::{Registry, id_hash, identify};
use super::{items, legacy, marks};
use crate::exchange::normalise::{Normaliser, Object, arrange, str_field};
use crate::exchange::report::RepairKind;
use crate::exchange::schema::{self, DataType, TableSchema};

/// One item of a source in the shape of HSDS 3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The table it belongs to.
    pub table: Box<str>,
    /// Its uuid.
    pub id: Box<str>,
    /// The item, as JSON in one line.
    pub json: Arc<str>,
    /// The file it came from.
    pub file: Arc<str>,
    /// Its row there.
    pub row: usize,
}

/// A row or an item that waits until all of them are known: as text, which takes a fifth of the memory.
#[derive(Clone, Debug, Default)]
struct Packed(Box<str>);

/// What a packed row costs beside its text, with its place in the tables, in bytes of memory.
const ROW_BYTES: usize = 160;

impl Packed {
    fn new(fields: &Object) -> Self {
        Self(serde_json::to_string(fields).unwrap_or_default().into())
    }

    fn open(&self) -> Object {
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    fn cost(&self) -> usize {
        self.0.len() + ROW_BYTES
    }
}

struct PendingItem {
    table: Box<str>,
    item: Packed,
    file: Arc<str>,
    row: usize,
}

/// Items whose references are resolved once all items are known.
#[derive(Default)]
pub struct PendingItems {
    all: Vec<PendingItem>,
    /// Where the first organisation of each id of the source stands.
    organisations: HashMap<u64, usize>,
    /// What was said of organisations, by their ids.
    said: HashSet<u64>,
}

/// How large an organisation may become by what is said of it elsewhere in its source.
const MAX_JOINED_BYTES: usize = 64 * 1024;

impl PendingItems {
    /// Adds an item.
    pub fn push(&mut self, normaliser: &mut Normaliser, table: &str, item: &Object) {
        let (item, file, row) = (Packed::new(item), normaliser.file.clone(), normaliser.row);
        normaliser.budget.count(table);
        normaliser.budget.spend(item.cost());
        self.all.push(PendingItem { table: table.into(), item, file, row });
    }

    /// Adds an organisation, which others of this id may join.
    pub fn push_organisation(&mut self, normaliser: &mut Normaliser, raw: &str, item: &Object) {
        self.push(normaliser, "organizations", item);
        if !raw.is_empty() {
            self.organisations.entry(id_hash("organizations", raw)).or_insert(self.all.len() - 1);
        }
    }

    /// The organisation of this id that waits, where a row of the same id speaks of it: the names do not differ. `None` where
    /// the row is of another, and where all of the row was said before.
    pub fn organisation(&mut self, raw: &str, row: &Object) -> Option<(usize, Object)> {
        let at = *self.organisations.get(&id_hash("organizations", raw)).filter(|_| !raw.is_empty())?;
        let known = &self.all[at].item;
        let known = if known.0.len() < MAX_JOINED_BYTES { known.open() } else { return None };
        let name = |row: &Object| str_field(row, "name").trim().to_lowercase();
        let (one, other) = (name(&known), name(row));
        (one == other || one.is_empty() || other.is_empty()).then_some((at, known))
    }

    /// Whether a row of an organisation says what was said before, word for word.
    pub fn was_said(&mut self, raw: &str, row: &Object) -> bool {
        let text = serde_json::to_string(row).unwrap_or_default();
        !self.said.insert(id_hash(raw, &text))
    }

    /// Puts an organisation back with what was said of it elsewhere.
    pub fn put_organisation(&mut self, normaliser: &mut Normaliser, at: usize, item: &Object) {
        let item = Packed::new(item);
        normaliser.budget.give_back(self.all[at].item.cost());
        normaliser.budget.spend(item.cost());
        self.all[at].item = item;
    }

    /// Resolves all references and appends the items to `items`.
    pub fn finish(self, normaliser: &mut Normaliser, registry: &Registry, items: &mut Vec<Item>) {
        for pending in self.all {
            (normaliser.file, normaliser.row) = (pending.file, pending.row);
            let mut item = pending.item.open();
            normaliser.budget.give_back(pending.item.cost());
            if let Some(table) = schema::table_by_alias(&pending.table) {
                items::resolve_references(normaliser, registry, table, &mut item);
                item = arrange(table, item);
            }
            push_item(normaliser, items, &pending.table, &item);
        }
    }
}

fn too_large() -> String {
    format!("with all its rows larger than {} MB, the most that can be kept", MAX_ITEM_BYTES / 1024 / 1024)
}

fn push_item(normaliser: &mut Normaliser, items: &mut Vec<Item>, table: &str, item: &Object) {
    let json = serde_json::to_string(item).unwrap_or_default();
    if json.len() > MAX_ITEM_BYTES {
        return push_in_parts(normaliser, items, table, item.clone());
    }
    normaliser.budget.spend(json.len() + ROW_BYTES);
    let id = str_field(item, "id").into();
    items.push(Item { table: table.into(), id, json: json.into(), file: normaliser.file.clone(), row: normaliser.row });
}

/// An item that is larger than can be kept: its longest lists leave it as rows of their own, which name it; what else is that
/// long is in the report.
fn push_in_parts(normaliser: &mut Normaliser, items: &mut Vec<Item>, table: &str, mut item: Object) {
    let known = schema::table_by_alias(table);
    let id = str_field(&item, "id").to_owned();
    normaliser.note("item", RepairKind::TooLong, &id, &too_large());
    let length = |value: &Value| value.to_string().len();
    while item.values().map(length).sum::<usize>() > MAX_ITEM_BYTES / 2 {
        let longest = item.iter().filter(|(key, _)| *key != "id").max_by_key(|(_, value)| length(value));
        let Some((key, value)) = longest.map(|(key, _)| key.clone()).and_then(|key| item.shift_remove_entry(&key))
        else {
            break;
        };
        let of = known.and_then(|table| Some((table, items::child_of(table, &key)?)));
        match (of, value) {
            (Some((table, child)), Value::Array(rows)) => {
                for mut row in
                    rows.into_iter().filter_map(|row| if let Value::Object(row) = row { Some(row) } else { None })
                {
                    name_parent(&mut row, child, table.name, &id);
                    push_item(normaliser, items, child.name, &row);
                }
            }
            (_, value) => normaliser.note(&key, RepairKind::Unreadable, &value.to_string(), &too_large()),
        }
    }
    if item.values().map(length).sum::<usize>() <= MAX_ITEM_BYTES / 2 {
        push_item(normaliser, items, table, &item);
    }
}

/// Lets a row that stands alone name the one it belongs to.
fn name_parent(row: &mut Object, child: &'static TableSchema, parent: &str, id: &str) {
    let Some(link) = schema::link_to(child, parent) else { return };
    row.insert(link.to_owned(), id.into());
    if link == "link_id" {
        row.entry("link_entity").or_insert_with(|| parent.into());
    }
}

/// A row of a table before nesting.
pub struct SourceRow {
    fields: Packed,
    file: Arc<str>,
    at: usize,
}

impl SourceRow {
    /// A row with its fields, normalised, and where it stands.
    pub fn new(normaliser: &mut Normaliser, fields: &Object) -> Self {
        let row = Self { fields: Packed::new(fields), file: normaliser.file.clone(), at: normaliser.row };
        normaliser.budget.spend(row.fields.cost());
        row
    }

    /// Its fields.
    pub fn fields(&self) -> Object {
        self.fields.open()
    }

    /// Replaces its fields.
    pub fn set_fields(&mut self, fields: &Object) {
        self.fields = Packed::new(fields);
    }
}

/// All tables of a source. Rows of unknown files go under the name of their file.
#[derive(Default)]
pub struct SourceTables {
    /// Rows by table.
    pub known: HashMap<&'static str, Vec<SourceRow>>,
    /// Rows of unknown files.
    pub other: Vec<(Arc<str>, SourceRow)>,
}

type RowKey = (&'static str, usize);

/// All rows with the links between parents and children.
struct LinkedTables {
    rows: HashMap<&'static str, Vec<SourceRow>>,
    children: HashMap<RowKey, Vec<RowKey>>,
    parent_of: HashMap<RowKey, RowKey>,
    referenced: HashSet<RowKey>,
    /// The row of an id, original or assigned, by its hash.
    by_id: HashMap<u64, usize>,
    /// Rows that are in some item.
    placed: RefCell<HashSet<RowKey>>,
    /// Those of them that the last item brought.
    placed_last: RefCell<Vec<RowKey>>,
}

/// Whether rows of this table stand in several items.
fn is_shared(table: &str) -> bool {
    schema::tables().iter().any(|of| schema::nested_objects(of.name).iter().any(|(_, to, _)| *to == table))
}

/// How deep rows are nested. Tables nest in fewer levels; only rows that go round in circles reach it.
const MAX_NESTING: usize = 12;

/// Nests all tables into items and appends them to `items`. Returns false when `on_progress` cancelled the work.
pub fn nest_tables(
    normaliser: &mut Normaliser,
    registry: &mut Registry,
    (mut tables, pending): (SourceTables, PendingItems),
    items: &mut Vec<Item>,
    on_progress: &mut dyn FnMut(usize) -> bool,
) -> bool {
    let mut linked = LinkedTables {
        rows: HashMap::new(),
        children: HashMap::new(),
        parent_of: HashMap::new(),
        referenced: HashSet::new(),
        by_id: HashMap::new(),
        placed: RefCell::default(),
        placed_last: RefCell::default(),
    };
    for table in schema::tables() {
        let rows = tables.known.remove(table.name).unwrap_or_default();
        linked.add_rows(normaliser, registry, table, rows);
    }
    pending.finish(normaliser, registry, items);
    for table in schema::tables() {
        linked.link(normaliser, registry, table);
    }
    let mut done = 0;
    for name in ["organizations", "services"] {
        for at in 0..linked.rows.get(name).map_or(0, Vec::len) {
            linked.emit(normaliser, (name, at), items);
            done += 1;
            if normaliser.budget.is_spent() || done % 500 == 0 && !on_progress(done) {
                return false;
            }
        }
    }
    linked.emit_orphans(normaliser, items);
    for (name, row) in tables.other {
        let mut fields = row.fields();
        (normaliser.file, normaliser.row) = (row.file, row.at);
        if let Some(table) = schema::table("other")
            && !identify(registry, normaliser, table, &mut fields, &name)
        {
            push_item(normaliser, items, &name, &fields);
        }
    }
    true
}

impl LinkedTables {
    /// Assigns uuids to the rows of a table; exact copies are dropped.
    fn add_rows(
        &mut self,
        normaliser: &mut Normaliser,
        registry: &mut Registry,
        table: &'static TableSchema,
        rows: Vec<SourceRow>,
    ) {
        let mut kept = Vec::with_capacity(rows.len());
        for mut row in rows {
            (normaliser.file, normaliser.row) = (row.file.clone(), row.at);
            let mut fields = row.fields();
            let raw = str_field(&fields, "id").to_owned();
            if identify(registry, normaliser, table, &mut fields, "") {
                normaliser.note("id", RepairKind::Copy, &raw, "");
                continue;
            }
            let id = str_field(&fields, "id").to_owned();
            for known in [raw.as_str(), &id].into_iter().chain(legacy::other_id(table, &fields)) {
                self.by_id.entry(id_hash(table.name, known)).or_insert(kept.len());
            }
            if let Some(other) = legacy::other_id(table, &fields) {
                registry.call(table.name, other, &id);
            }
            row.set_fields(&fields);
            kept.push(row);
        }
        self.rows.insert(table.name, kept);
    }

    fn find(&self, table: &'static str, raw: &str) -> Option<RowKey> {
        self.by_id.get(&id_hash(table, raw)).filter(|_| !raw.is_empty()).map(|at| (table, *at))
    }

    /// Links every row of a table to its parent and replaces its other references by uuids.
    fn link(&mut self, normaliser: &mut Normaliser, registry: &Registry, table: &'static TableSchema) {
        let mut rows = self.rows.remove(table.name).unwrap_or_default();
        for (at, row) in rows.iter_mut().enumerate() {
            (normaliser.file, normaliser.row) = (row.file.clone(), row.at);
            let here = (table.name, at);
            let mut fields = row.fields();
            let parent = table.parents.iter().find_map(|link| {
                let to = target_table(table, link, &fields)?;
                self.find(to, str_field(&fields, link)).map(|key| (*link, key))
            });
            if let Some((link, key)) = parent {
                if table.name != "programs" {
                    fields.shift_remove(link);
                }
                self.children.entry(key).or_default().push(here);
                self.parent_of.insert(here, key);
            } else if table.is_owned() && table.parents.iter().all(|link| str_field(&fields, link).is_empty()) {
                normaliser.note(table.parents[0], RepairKind::DanglingReference, "", "");
            }
            for (link, to, _) in schema::nested_objects(table.name) {
                if let Some(key) = self.find(to, str_field(&fields, link)) {
                    self.referenced.insert(key);
                }
            }
            registry.resolve(normaliser, table, &mut fields);
            row.set_fields(&fields);
        }
        self.rows.insert(table.name, rows);
    }

    /// A row with everything nested in it, as far as `left` bytes go; what is larger is no item that can be kept.
    fn nested(&self, key: RowKey, depth: usize, left: &mut usize) -> Object {
        if self.placed.borrow_mut().insert(key) {
            self.placed_last.borrow_mut().push(key);
        }
        let (Some(table), Some(row)) = (schema::table(key.0), self.rows.get(key.0).and_then(|r| r.get(key.1))) else {
            return Object::new();
        };
        *left = left.saturating_sub(row.fields.0.len());
        if *left == 0 {
            return Object::new();
        }
        let mut item = row.fields();
        if depth > MAX_NESTING {
            return arrange(table, item);
        }
        for (link, to, name) in schema::nested_objects(key.0) {
            if let Some(object) = self.find(to, str_field(&item, link)) {
                item.shift_remove(*link);
                item.insert((*name).to_owned(), Value::Object(self.nested(object, depth + 1, left)));
            }
        }
        for child in self.children.get(&key).into_iter().flatten() {
            let Some(child_table) = schema::table(child.0) else {
                continue;
            };
            let name = schema::nested_name(child_table, key.0);
            if let Value::Array(rows) = item.entry(name).or_insert_with(|| Value::Array(Vec::new())) {
                rows.push(Value::Object(self.nested(*child, depth + 1, left)));
            }
        }
        arrange(table, item)
    }

    fn emit(&mut self, normaliser: &mut Normaliser, key: RowKey, items: &mut Vec<Item>) {
        if let Some(row) = self.rows.get(key.0).and_then(|rows| rows.get(key.1)) {
            (normaliser.file, normaliser.row) = (row.file.clone(), row.at);
        }
        let mut left = MAX_ITEM_BYTES;
        self.placed_last.borrow_mut().clear();
        let mut item = self.nested(key, 0, &mut left);
        let own = |key: &RowKey| self.rows.get(key.0).and_then(|rows| rows.get(key.1)).map(SourceRow::fields);
        if left == 0 {
            // It stands without the rows in it, which follow as rows of their own.
            let last = std::mem::take(&mut *self.placed_last.borrow_mut());
            let is_other = |other: &&RowKey| **other != key;
            for other in last.iter().filter(is_other) {
                self.placed.borrow_mut().remove(other);
            }
            item = own(&key).unwrap_or_default();
            normaliser.note("item", RepairKind::TooLong, str_field(&item, "id"), &too_large());
        }
        if let (Some(parent), Some(table)) = (self.parent_of.get(&key), schema::table(key.0)) {
            let id = own(parent).map(|fields| str_field(&fields, "id").to_owned()).unwrap_or_default();
            name_parent(&mut item, table, parent.0, &id);
        }
        marks::leave_out_derived(normaliser, &mut item);
        push_item(normaliser, items, key.0, &item);
        self.give_up(normaliser);
    }

    /// Gives up the rows that the last item brought and that stand in no other, but for their ids.
    fn give_up(&mut self, normaliser: &mut Normaliser) {
        for key in std::mem::take(self.placed_last.get_mut()) {
            if self.stands_elsewhere(key) {
                continue;
            }
            if let Some(row) = self.rows.get_mut(key.0).and_then(|rows| rows.get_mut(key.1)) {
                let mut fields = row.fields();
                fields.retain(|name, _| name == "id");
                let before = row.fields.cost();
                row.fields = Packed::new(&fields);
                normaliser.budget.give_back(before.saturating_sub(row.fields.cost()));
            }
        }
    }

    /// Whether a row, or one above it, is of a table whose rows stand in several items.
    fn stands_elsewhere(&self, key: RowKey) -> bool {
        let above = std::iter::successors(Some(key), |key| self.parent_of.get(key).copied());
        above.take(MAX_NESTING + 2).any(|key| is_shared(key.0))
    }

    /// Emits rows without a parent, shared rows to which nothing refers, and last what hangs on itself alone.
    fn emit_orphans(&mut self, normaliser: &mut Normaliser, items: &mut Vec<Item>) {
        for must_be_alone in [true, false] {
            for table in schema::tables() {
                for at in 0..self.rows.get(table.name).map_or(0, Vec::len) {
                    let key = (table.name, at);
                    if normaliser.budget.is_spent() {
                        return;
                    }
                    if (!must_be_alone || self.is_alone(&key)) && !self.placed.get_mut().contains(&key) {
                        self.emit(normaliser, key, items);
                    }
                }
            }
        }
    }

    fn is_alone(&self, key: &RowKey) -> bool {
        !self.parent_of.contains_key(key) && !self.referenced.contains(key)
    }
}

/// The table to which a link field of this row refers. What says something of any row is itself no parent of such rows, so
/// that no row is above itself and no line of parents is without end.
fn target_table(table: &'static TableSchema, link: &str, row: &Object) -> Option<&'static str> {
    let entity =
        |field: &str| schema::table_by_alias(&str_field(row, field).to_lowercase()).map_or("services", |t| t.name);
    match (link, table.field(link)?.data_type) {
        ("link_id", _) => Some(entity("link_entity")).filter(|to| !matches!(*to, "attributes" | "metadata")),
        ("resource_id", _) => Some(entity("resource_type")).filter(|to| *to != "metadata"),
        (_, DataType::Reference(to)) => Some(to),
        _ => None,
    }
}
