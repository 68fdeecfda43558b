//! Tables become items: a service with its places, phones and schedules inside it, an organisation with its own, and
//! what belongs to nothing as a row by itself.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::identity::{Registry, identify};
use super::json;
use super::report::Rule;
use super::schema::{self, Sort, Table};
use super::tidy::{Normaliser, Object, arrange, text};

/// One item of a source in canonical shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its table.
    pub table: Box<str>,
    /// Its uuid.
    pub id: Box<str>,
    /// The item, as JSON in one line.
    pub json: Box<str>,
    /// The file it came from.
    pub file: Arc<str>,
    /// Its row there.
    pub row: usize,
}

struct Raw {
    table: Box<str>,
    item: Object,
    file: Arc<str>,
    row: usize,
}

/// Items on their way; their references are resolved when all are there.
#[derive(Default)]
pub struct Gathered(Vec<Raw>);

impl Gathered {
    /// Takes an item in.
    pub fn push(&mut self, normaliser: &Normaliser, table: &str, item: Object) {
        self.0.push(Raw { table: table.into(), item, file: normaliser.file.clone(), row: normaliser.row });
    }

    /// Resolves every reference and hands the items on.
    pub fn finish(self, normaliser: &mut Normaliser, registry: &Registry, items: &mut Vec<Item>) {
        for mut raw in self.0 {
            (normaliser.file, normaliser.row) = (raw.file, raw.row);
            if let Some(table) = schema::known_as(&raw.table) {
                json::resolve(normaliser, registry, table, &mut raw.item);
                raw.item = arrange(table, raw.item);
            }
            push_item(normaliser, items, &raw.table, &raw.item);
        }
    }
}

/// The most bytes an item may have, as the file of originals takes no more.
const LARGEST: usize = 4 * 1024 * 1024;

fn push_item(normaliser: &mut Normaliser, items: &mut Vec<Item>, table: &str, item: &Object) {
    let json = Value::Object(Object::new()).to_string();
    let json = serde_json::to_string(item).unwrap_or(json);
    if json.len() > LARGEST {
        normaliser.note(
            "item",
            Rule::Unreadable,
            &json,
            &format!("{} bytes; at most {LARGEST} can be kept", json.len()),
        );
        return;
    }
    let id = text(item, "id").into();
    items.push(Item { table: table.into(), id, json: json.into(), file: normaliser.file.clone(), row: normaliser.row });
}

/// A row of a table, before it is nested.
pub struct Row {
    /// Its fields, tidied.
    pub fields: Object,
    /// The file.
    pub file: Arc<str>,
    /// The row there.
    pub at: usize,
}

/// All tables of a source by name; rows of files that are no known table bear the name of their file.
#[derive(Default)]
pub struct Tables {
    /// Rows by table.
    pub known: HashMap<&'static str, Vec<Row>>,
    /// Rows of other files.
    pub other: Vec<(String, Row)>,
}

type Place = (&'static str, usize);

/// The tables with their rows tied together.
struct Tied {
    rows: HashMap<&'static str, Vec<Row>>,
    children: HashMap<Place, Vec<Place>>,
    belongs: HashMap<Place, Place>,
    used: HashSet<Place>,
    by_id: HashMap<&'static str, HashMap<String, usize>>,
}

/// Nests all tables into items. `go_on` is asked now and then; false stops the work.
pub fn nest(
    normaliser: &mut Normaliser,
    registry: &mut Registry,
    mut tables: Tables,
    items: &mut Vec<Item>,
    go_on: &mut dyn FnMut(usize) -> bool,
) -> bool {
    let mut tied = Tied {
        rows: HashMap::new(),
        children: HashMap::new(),
        belongs: HashMap::new(),
        used: HashSet::new(),
        by_id: HashMap::new(),
    };
    for table in schema::tables() {
        let rows = tables.known.remove(table.name).unwrap_or_default();
        tied.take(normaliser, registry, table, rows);
    }
    for table in schema::tables() {
        tied.tie(normaliser, registry, table);
    }
    let mut done = 0;
    for name in ["organizations", "services"] {
        for at in 0..tied.rows.get(name).map_or(0, Vec::len) {
            tied.hand_on(normaliser, (name, at), items);
            done += 1;
            if done % 500 == 0 && !go_on(done) {
                return false;
            }
        }
    }
    tied.hand_on_loose(normaliser, items);
    for (name, row) in tables.other {
        (normaliser.file, normaliser.row) = (row.file, row.at);
        let mut fields = row.fields;
        if let Some(table) = schema::table("other")
            && !identify(registry, normaliser, table, &mut fields, &name)
        {
            push_item(normaliser, items, &name, &fields);
        }
    }
    true
}

impl Tied {
    /// Gives every row its uuid; exact copies go.
    fn take(&mut self, normaliser: &mut Normaliser, registry: &mut Registry, table: &'static Table, rows: Vec<Row>) {
        let mut kept = Vec::with_capacity(rows.len());
        let by_id = self.by_id.entry(table.name).or_default();
        for mut row in rows {
            (normaliser.file, normaliser.row) = (row.file.clone(), row.at);
            let raw = text(&row.fields, "id").to_owned();
            if identify(registry, normaliser, table, &mut row.fields, "") {
                normaliser.note("id", Rule::Copy, &raw, "");
                continue;
            }
            let id = text(&row.fields, "id").to_owned();
            by_id.entry(raw).or_insert(kept.len());
            by_id.entry(id).or_insert(kept.len());
            kept.push(row);
        }
        self.rows.insert(table.name, kept);
    }

    fn find(&self, table: &'static str, raw: &str) -> Option<Place> {
        self.by_id.get(table)?.get(raw).filter(|_| !raw.is_empty()).map(|at| (table, *at))
    }

    /// Finds the parent of every row of a table and points its other references to uuids.
    fn tie(&mut self, normaliser: &mut Normaliser, registry: &Registry, table: &'static Table) {
        let mut rows = self.rows.remove(table.name).unwrap_or_default();
        for (at, row) in rows.iter_mut().enumerate() {
            (normaliser.file, normaliser.row) = (row.file.clone(), row.at);
            let here = (table.name, at);
            let parent = table.parents.iter().find_map(|link| {
                let to = leads_to(table, link, &row.fields)?;
                self.find(to, text(&row.fields, link)).map(|place| (*link, place))
            });
            if let Some((link, place)) = parent {
                if table.name != "programs" {
                    row.fields.shift_remove(link);
                }
                self.children.entry(place).or_default().push(here);
                self.belongs.insert(here, place);
            } else if table.is_owned() && table.parents.iter().all(|link| text(&row.fields, link).is_empty()) {
                normaliser.note(table.parents[0], Rule::Loose, "", "");
            }
            for (link, to, _) in schema::objects_in(table.name) {
                if let Some(place) = self.find(to, text(&row.fields, link)) {
                    self.used.insert(place);
                }
            }
            registry.resolve(normaliser, table, &mut row.fields);
        }
        self.rows.insert(table.name, rows);
    }

    /// A row with everything that nests in it.
    fn build(&self, place: Place) -> Object {
        let (Some(table), Some(row)) = (schema::table(place.0), self.rows.get(place.0).and_then(|r| r.get(place.1)))
        else {
            return Object::new();
        };
        let mut item = row.fields.clone();
        for (link, to, name) in schema::objects_in(place.0) {
            if let Some(object) = self.find(to, text(&item, link)) {
                item.shift_remove(*link);
                item.insert((*name).to_owned(), Value::Object(self.build(object)));
            }
        }
        for child in self.children.get(&place).into_iter().flatten() {
            let Some(child_table) = schema::table(child.0) else {
                continue;
            };
            let name = schema::nested_name(child_table, place.0);
            let rows = item.entry(name).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(rows) = rows {
                rows.push(Value::Object(self.build(*child)));
            }
        }
        arrange(table, item)
    }

    fn hand_on(&self, normaliser: &mut Normaliser, place: Place, items: &mut Vec<Item>) {
        if let Some(row) = self.rows.get(place.0).and_then(|rows| rows.get(place.1)) {
            (normaliser.file, normaliser.row) = (row.file.clone(), row.at);
        }
        push_item(normaliser, items, place.0, &self.build(place));
    }

    /// Rows that belong to nothing, and shared rows that nothing points to.
    fn hand_on_loose(&self, normaliser: &mut Normaliser, items: &mut Vec<Item>) {
        let others = schema::tables().iter().filter(|table| !matches!(table.name, "organizations" | "services"));
        for table in others {
            for at in 0..self.rows.get(table.name).map_or(0, Vec::len) {
                let place = (table.name, at);
                if !self.belongs.contains_key(&place) && !self.used.contains(&place) {
                    self.hand_on(normaliser, place, items);
                }
            }
        }
    }
}

/// The table that a link of this row leads to.
fn leads_to(table: &'static Table, link: &str, row: &Object) -> Option<&'static str> {
    let entity = |field: &str| schema::known_as(&text(row, field).to_lowercase()).map_or("services", |t| t.name);
    match (link, table.field(link)?.sort) {
        ("link_id", _) => Some(entity("link_entity")),
        ("resource_id", _) => Some(entity("resource_type")),
        (_, Sort::Ref(to)) => Some(to),
        _ => None,
    }
}
