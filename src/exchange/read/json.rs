//! Data in JSON: pages of HSDS 3, ORUK 3 and ORUK 1, bare lists, single objects, one object a line.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::fmt;
use std::io::{BufRead as _, BufReader, Read};

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::budget::MAX_CELLS;
use super::identity::{Registry, identify};
use super::kept::keep;
use super::nest::PendingItems;
use super::numbers::{self, Numbers};
use super::pages::Pages;
use super::{legacy, marks};
use crate::exchange::normalise::{Normaliser, Object, arrange, objects, str_field};
use crate::exchange::report::RepairKind;
use crate::exchange::schema::{self, TableSchema};

/// The fields in which paged responses hold their items.
const PAGES: &[&str] = &["contents", "content", "items", "services", "organizations", "results", "data"];

/// The most memory an item may take while it is read; one that takes more is reported and left out.
const MAX_ITEM_MEMORY: usize = 96 * 1024 * 1024;

/// The longest line that is read.
const MAX_LINE_BYTES: u64 = 16 * 1024 * 1024;

/// How deep the values of an item may be nested.
const MAX_DEPTH: usize = 100;

/// Takes an item with the name of its table (empty: unknown).
pub type TakeItem<'a> = dyn FnMut(&mut Normaliser, &str, Object) + 'a;

/// What a text in JSON is, as a whole: known before its items are read, as its fields may stand in any order.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// Whether this program wrote it.
    is_own: bool,
    /// Whether it is a page: an object that is no item itself and holds lists of them.
    is_page: bool,
    /// Whether it has a name, as an item has.
    has_name: bool,
}

impl Shape {
    /// Looks a text through, without keeping anything of it.
    ///
    /// # Errors
    /// It is not one value in JSON.
    pub fn of(text: impl Read) -> serde_json::Result<Self> {
        let mut from = serde_json::Deserializer::from_reader(BufReader::new(Numbers::new(text)));
        let shape = from.deserialize_any(ShapeOf)?;
        from.end().map(|()| shape)
    }
}

struct ShapeOf;

impl<'de> Visitor<'de> for ShapeOf {
    type Value = Shape;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or an object")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shape, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Shape::default())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Shape, A::Error> {
        let (mut shape, mut of_item, mut tables) = (Shape::default(), [false; 2], false);
        while let Some(key) = map.next_key::<String>()? {
            let is_list = map.next_value::<IsList>()?.0;
            shape.is_own |= key == "moot_version";
            shape.is_page |= is_list && PAGES.contains(&key.as_str());
            tables |= is_list && table_named(&key).is_some();
            of_item[0] |= key == "id";
            of_item[1] |= key == "name";
        }
        shape.has_name = of_item[1];
        shape.is_page &= of_item != [true; 2];
        shape.is_page |= tables && of_item == [false; 2]; // tables as lists
        Ok(shape)
    }
}

/// Whether a value is a list; nothing of it is kept.
struct IsList(bool);

impl<'de> Deserialize<'de> for IsList {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(IsListOf)
    }
}

struct IsListOf;

impl<'de> Visitor<'de> for IsListOf {
    type Value = IsList;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<IsList, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(IsList(true))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<IsList, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(IsList(false))
    }
    fn visit_bool<E>(self, _: bool) -> Result<IsList, E> {
        Ok(IsList(false))
    }
    fn visit_i64<E>(self, _: i64) -> Result<IsList, E> {
        Ok(IsList(false))
    }
    fn visit_u64<E>(self, _: u64) -> Result<IsList, E> {
        Ok(IsList(false))
    }
    fn visit_f64<E>(self, _: f64) -> Result<IsList, E> {
        Ok(IsList(false))
    }
    fn visit_str<E>(self, _: &str) -> Result<IsList, E> {
        Ok(IsList(false))
    }
    fn visit_unit<E>(self) -> Result<IsList, E> {
        Ok(IsList(false))
    }
}

/// Hands over all items of a text of this shape, one after another, each given up before the next is read.
pub fn read_items(normaliser: &mut Normaliser, text: impl Read, shape: &Shape, take: &mut TakeItem<'_>) {
    normaliser.is_own |= shape.is_own;
    let mut from = serde_json::Deserializer::from_reader(BufReader::new(Numbers::new(text)));
    let mut items = Items { normaliser, take, number: 0, is_page: shape.is_page, is_own: shape.is_own };
    if let Err(error) = from.deserialize_any(&mut items) {
        let why = format!("{}, line {}: {error}; mend it there", items.normaliser.file, error.line());
        items.normaliser.budget.refuse(&why);
    }
}

/// Hands over the items of a text with one value a line. A line that is not JSON is reported and passed over; where none of
/// the first lines is an object, the text is what `error` says: no JSON at all.
pub fn read_lines(normaliser: &mut Normaliser, text: impl Read, error: &serde_json::Error, take: &mut TakeItem<'_>) {
    let mut lines = Lines { from: BufReader::new(text), number: 0 };
    let first: Vec<Line> = std::iter::from_fn(|| lines.next()).take(5).collect();
    if !first.iter().any(|line| serde_json::from_reader::<_, Object>(Numbers::new(&line.text[..])).is_ok()) {
        normaliser.row = error.line();
        let start =
            first.iter().map(|line| String::from_utf8_lossy(&line.text).into_owned()).next().unwrap_or_default();
        normaliser.note(&format!("column {}", error.column()), RepairKind::Unreadable, &start, &error.to_string());
        return;
    }
    for line in first.into_iter().chain(lines) {
        if normaliser.budget.is_spent() {
            return;
        }
        read_line(normaliser, &line, take);
    }
}

fn read_line(normaliser: &mut Normaliser, line: &Line, take: &mut TakeItem<'_>) {
    let shape =
        if line.is_whole { Shape::of(&line.text[..]).map_err(|error| error.to_string()) } else { Err(too_long()) };
    let number = line.number;
    normaliser.row = number;
    match shape {
        // A line is an item, where it could be one.
        Ok(shape) => {
            let shape = Shape { is_page: shape.is_page && !shape.has_name, ..shape };
            read_items(normaliser, &line.text[..], &shape, &mut |normaliser, table, item| {
                normaliser.row = number;
                take(normaliser, table, item);
            });
        }
        Err(why) => normaliser.note("line", RepairKind::Unreadable, &String::from_utf8_lossy(&line.text), &why),
    }
}

fn too_long() -> String {
    format!("a line of more than {} MB", MAX_LINE_BYTES / 1024 / 1024)
}

/// A line that is not blank, or its beginning.
struct Line {
    number: usize,
    text: Vec<u8>,
    is_whole: bool,
}

/// The lines of a text that are not blank.
struct Lines<R> {
    from: BufReader<R>,
    number: usize,
}

impl<R: Read> Iterator for Lines<R> {
    type Item = Line;

    /// The next line; what cannot be read any more ends the text, which was read once before.
    fn next(&mut self) -> Option<Line> {
        loop {
            let mut text = Vec::new();
            self.number += 1;
            let length =
                self.from.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut text).ok().filter(|read| *read > 0)?;
            let is_whole = (length as u64) < MAX_LINE_BYTES || text.ends_with(b"\n");
            if !is_whole {
                text.truncate(1_000);
                self.from.skip_until(b'\n').ok()?;
            }
            if !text.trim_ascii().is_empty() {
                return Some(Line { number: self.number, text, is_whole });
            }
        }
    }
}

/// What hands over the items of a text.
struct Items<'a, 'b> {
    normaliser: &'a mut Normaliser,
    take: &'a mut TakeItem<'b>,
    number: usize,
    is_page: bool,
    /// Whether this program wrote it.
    is_own: bool,
}

impl Items<'_, '_> {
    fn take(&mut self, table: &str, item: Value, room: &Room) {
        self.number += 1;
        self.normaliser.row = self.number;
        for number in room.numbers.take() {
            self.normaliser.note("number", RepairKind::Number, &number, &format!("{number:?}"));
        }
        match item {
            Value::Object(item) if room.is_over() => {
                let named = [str_field(&item, "id"), str_field(&item, "name")].join(" ");
                self.normaliser.note(
                    "item",
                    RepairKind::Unreadable,
                    named.trim(),
                    "larger, or deeper, than an item can be",
                );
            }
            Value::Object(item) => (self.take)(self.normaliser, table, item),
            other => self.normaliser.note("item", RepairKind::Unreadable, &other.to_string(), "not an object"),
        }
    }

    /// Says what a page says beside its lists; of its numbers and flags none is of any use.
    fn name_rest(&mut self, key: &str, value: &Value) {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if !(value.is_null() || value.is_number() || value.is_boolean() || text.is_empty()) {
            self.normaliser.note_whole(key, RepairKind::Skipped, &text, "said of the page");
        }
    }

    /// The items of a list, and of every list in it that stands for a page.
    fn list<'de, A: SeqAccess<'de>>(&mut self, table: &str, mut list: A) -> Result<(), A::Error> {
        loop {
            if self.normaliser.budget.is_spent() {
                return Err(de::Error::custom("nothing more is read"));
            }
            let room = Room::new();
            match list.next_element_seed(room.value())? {
                Some(item) => self.take(table, item, &room),
                None => return Ok(()),
            }
        }
    }
}

impl<'de> Visitor<'de> for &mut Items<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list or an object")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        self.list("", list)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if !self.is_page {
            let room = Room::new();
            let item = room.value().visit_map(map)?;
            self.take("", item, &room);
            return Ok(());
        }
        let (mut envelope, before) = (Object::new(), self.number);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                key if Pages::is_told_by(key) => {
                    let value = map.next_value_seed(Room::new().value())?;
                    envelope.insert(key.to_owned(), value);
                }
                "moot_loose" => map.next_value_seed(Within { items: &mut *self, table: "loose", is_loose: true })?,
                "contents" if self.is_own => {
                    map.next_value_seed(Within { items: &mut *self, table: "services", is_loose: false })?;
                }
                "moot_organizations" => {
                    map.next_value_seed(Within { items: &mut *self, table: "organizations", is_loose: false })?;
                }
                key if table_named(key).is_some() || PAGES.contains(&key) => {
                    let table = table_named(key).unwrap_or_default();
                    map.next_value_seed(Within { items: &mut *self, table, is_loose: false })?;
                }
                _ if self.normaliser.is_own => drop(map.next_value::<IgnoredAny>()?),
                key => {
                    let value = map.next_value_seed(Room::new().value())?;
                    self.name_rest(key, &value);
                }
            }
        }
        self.normaliser.pages.add(&envelope, self.number - before);
        Ok(())
    }
}

/// A list of items of one table inside a page, or an object of such lists.
struct Within<'a, 'b, 'c> {
    items: &'a mut Items<'b, 'c>,
    table: &'a str,
    is_loose: bool,
}

impl<'de> DeserializeSeed<'de> for Within<'_, '_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Within<'_, '_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<(), A::Error> {
        self.items.list(self.table, list)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if !self.is_loose {
            // an object beside the lists says something of the page
            let said = Room::new().value().visit_map(map)?;
            self.items.name_rest(self.table, &said);
            return Ok(());
        }
        while let Some(table) = map.next_key::<String>()? {
            let table = format!("loose {table}");
            map.next_value_seed(Within { items: &mut *self.items, table: &table, is_loose: false })?;
        }
        Ok(())
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, said: &str) -> Result<(), E> {
        self.items.name_rest(self.table, &said.into());
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// The memory that one item may take, and its numbers that became texts.
struct Room {
    left: Cell<usize>,
    numbers: RefCell<Vec<String>>,
}

impl Room {
    fn new() -> Self {
        Self { left: Cell::new(MAX_ITEM_MEMORY), numbers: RefCell::default() }
    }

    fn value(&self) -> ValueIn<'_> {
        ValueIn { room: self, depth: 0 }
    }

    fn take(&self, bytes: usize) {
        self.left.set(self.left.get().saturating_sub(bytes));
    }

    fn is_over(&self) -> bool {
        self.left.get() == 0
    }
}

/// Reads a value while there is room for it; without room, the rest is passed over.
#[derive(Clone, Copy)]
struct ValueIn<'a> {
    room: &'a Room,
    depth: usize,
}

impl<'a> ValueIn<'a> {
    fn inner(self) -> ValueIn<'a> {
        ValueIn { depth: self.depth + 1, ..self }
    }
}

impl<'de> DeserializeSeed<'de> for ValueIn<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        if self.depth > MAX_DEPTH {
            self.room.left.set(0);
        }
        self.room.take(size_of::<Value>());
        if self.room.is_over() {
            return IgnoredAny::deserialize(from).map(|_| Value::Null);
        }
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueIn<'_> {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        self.room.take(2 * value.len());
        let number = value.strip_prefix(numbers::MARK);
        self.room.numbers.borrow_mut().extend(number.filter(|_| !self.room.is_over()).map(str::to_owned));
        Ok(if self.room.is_over() { Value::Null } else { number.unwrap_or(value).into() })
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(self.inner())? {
            if !self.room.is_over() {
                values.push(value);
            }
        }
        Ok(Value::Array(values))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Object::new();
        while let Some(key) = map.next_key::<String>()? {
            self.room.take(2 * key.len() + 64);
            let value = map.next_value_seed(self.inner())?;
            if object.len() >= MAX_CELLS {
                self.room.left.set(0);
            }
            if !self.room.is_over() {
                insert_beside(&mut object, key, value);
            }
        }
        Ok(Value::Object(object))
    }
}

/// Adds a field; where an object has two of a name, both are kept.
fn insert_beside(object: &mut Object, key: String, value: Value) {
    let is_other = object.get(&key).is_some_and(|known| *known != value && !known.is_null());
    let key = if is_other { format!("{key}#{}", object.len() + 1) } else { key };
    object.insert(key, value);
}

/// The table that a field of a page names: `phones`, `phones.csv`.
fn table_named(key: &str) -> Option<&str> {
    let name = key.strip_suffix(".csv").unwrap_or(key);
    schema::table_by_alias(name).map(|_| name)
}

/// Keeps an item beside those that become records.
pub fn gather_orphan(
    normaliser: &mut Normaliser,
    registry: &mut Registry,
    pending: &mut PendingItems,
    name: &str,
    item: Object,
) {
    let Some(table) = schema::table_by_alias(name).or_else(|| schema::table("other")) else {
        return;
    };
    let mut row = normalise_item(normaliser, table, name, item);
    if identify_item(normaliser, registry, table, &mut row, ("", "", "")) {
        normaliser.note("id", RepairKind::Copy, str_field(&row, "id"), "");
        return;
    }
    let name = if table.name == "other" { name } else { table.name };
    pending.push(normaliser, name, &row);
}

/// Adds an organisation, and the services in it.
pub fn gather_organisation(
    normaliser: &mut Normaliser,
    registry: &mut Registry,
    pending: &mut PendingItems,
    mut item: Object,
) {
    let Some(table) = schema::table("organizations") else {
        return;
    };
    let (services, others) = match item.shift_remove("services") {
        Some(Value::Array(list)) => list.into_iter().partition(Value::is_object),
        Some(other) => (Vec::new(), vec![other]),
        None => (Vec::new(), Vec::new()),
    };
    if !others.is_empty() {
        item.insert("services".to_owned(), others.into());
    }
    let row = normalise_item(normaliser, table, "organizations", item);
    let (id, is_copy) = put_organisation(normaliser, registry, pending, table, row);
    if is_copy {
        normaliser.note("id", RepairKind::Copy, &id, "");
    }
    for service in services {
        if let Value::Object(mut service) = service {
            service.entry("organization_id").or_insert_with(|| id.clone().into());
            gather_service(normaliser, registry, pending, service);
        }
    }
}

/// Adds a service, and the organisation in it.
pub fn gather_service(normaliser: &mut Normaliser, registry: &mut Registry, pending: &mut PendingItems, item: Object) {
    let Some((services, organisations)) = schema::table("services").zip(schema::table("organizations")) else {
        return;
    };
    let mut row = normalise_item(normaliser, services, "services", item);
    if identify_item(normaliser, registry, services, &mut row, ("", "", "")) {
        normaliser.note("id", RepairKind::Copy, str_field(&row, "id"), "");
        return;
    }
    if let Some(Value::Object(organisation)) = row.shift_remove("organization") {
        let raw = str_field(&organisation, "id").to_owned();
        let (id, _) = put_organisation(normaliser, registry, pending, organisations, organisation);
        let stated = str_field(&row, "organization_id").to_owned();
        if ![id.as_str(), &raw, ""].contains(&stated.as_str()) {
            normaliser.note("organization_id", RepairKind::DanglingReference, &stated, &id);
            row.insert("moot_organization_id".to_owned(), stated.into());
        }
        row.insert("organization_id".to_owned(), id.into());
    }
    pending.push(normaliser, "services", &row);
}

/// Adds an organisation and returns its uuid, and whether it is a copy. One whose id and name are known already is that
/// one: what it adds is added, and where it says otherwise the first stays, the report names both and the other is kept.
fn put_organisation(
    normaliser: &mut Normaliser,
    registry: &mut Registry,
    pending: &mut PendingItems,
    table: &'static TableSchema,
    mut row: Object,
) -> (String, bool) {
    let raw = str_field(&row, "id").to_owned();
    let Some((at, mut known)) = pending.organisation(&raw, &row) else {
        pending.was_said(&raw, &row);
        let is_copy = identify_item(normaliser, registry, table, &mut row, ("", "", ""));
        if !is_copy {
            pending.push_organisation(normaliser, &raw, &row);
        }
        return (str_field(&row, "id").to_owned(), is_copy);
    };
    let id = str_field(&known, "id").to_owned();
    let is_copy = pending.was_said(&raw, &row);
    if !is_copy {
        row.shift_remove("id");
        identify_within(normaliser, registry, table, &mut row, (&raw, &id));
        for (field, value) in row {
            join_field(normaliser, &mut known, field, value);
        }
        pending.put_organisation(normaliser, at, &arrange(table, known));
    }
    (id, is_copy)
}

/// Adds to an item what is said of it elsewhere in its source.
fn join_field(normaliser: &mut Normaliser, known: &mut Object, field: String, value: Value) {
    match (known.get_mut(&field), value) {
        (None, value) => drop(known.insert(field, value)),
        (Some(there), value) if *there == value => {}
        (Some(Value::Array(there)), Value::Array(rows)) if rows.iter().all(Value::is_object) => {
            let new = rows.into_iter().filter(|row| !there.iter().any(|one| one["id"] == row["id"]));
            let new: Vec<Value> = new.collect();
            there.extend(new);
        }
        (Some(there), value) => {
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            normaliser.note(&field, RepairKind::Differs, &text(&value), &text(there));
            keep(known, Value::Object(Object::from_iter([(field, value)])));
        }
    }
}

/// Normalises an item and everything nested in it: HSDS 3 names and clean values. Ids are assigned later.
fn normalise_item(normaliser: &mut Normaliser, table: &'static TableSchema, found: &str, mut raw: Object) -> Object {
    marks::leave_out(normaliser, table, &mut raw);
    if !normaliser.is_own {
        legacy::upgrade_row(normaliser, table, found, &mut raw);
    }
    let mut plain = Object::new();
    let mut inner: Vec<(String, Value)> = Vec::new();
    for (key, value) in raw {
        let object = schema::nested_object(table.name, &key).filter(|_| value.is_object());
        let child = child_of(table, &key).filter(|_| holds_rows(&value));
        let (value, others) = if child.is_some() { without_others(value) } else { (value, Vec::new()) };
        if !others.is_empty() {
            plain.insert(key.clone(), Value::Array(others));
        }
        if let Some((_, of)) = object {
            if let (Some(of_table), Value::Object(value)) = (schema::table(of), value) {
                inner.push((object_name(table, of), Value::Object(normalise_item(normaliser, of_table, of, value))));
            }
        } else if let Some(child) = child {
            let name = schema::nested_name(child, table.name).to_owned();
            inner.push((name, Value::Array(normalise_rows(normaliser, child, &key, value))));
        } else {
            plain.insert(key, value);
        }
    }
    let mut row = normaliser.fields(table, plain);
    for (name, value) in inner {
        merge_in(&mut row, name, value);
    }
    arrange(table, row)
}

fn merge_in(row: &mut Object, name: String, value: Value) {
    match (row.get_mut(&name), value) {
        (Some(Value::Array(there)), Value::Array(more)) => there.extend(more),
        (_, Value::Array(list)) if list.is_empty() => {}
        (_, Value::Object(object)) if object.is_empty() => {}
        (Some(_), value) => {
            row.insert(format!("moot_raw_{name}"), value); // another spelling of the name held one as well
        }
        (None, value) => {
            row.insert(name, value);
        }
    }
}

fn normalise_rows(normaliser: &mut Normaliser, child: &'static TableSchema, found: &str, value: Value) -> Vec<Value> {
    let rows = match value {
        Value::Array(rows) => rows,
        one => vec![one],
    };
    let shaped = rows.into_iter().filter_map(|row| match row {
        Value::Object(row) => Some(normalise_item(normaliser, child, found, row)).filter(|row| !row.is_empty()),
        _ => None,
    });
    shaped.map(Value::Object).collect()
}

/// The table of the rows in an array called `key` inside a row of `table`.
pub fn child_of(table: &'static TableSchema, key: &str) -> Option<&'static TableSchema> {
    let is_place = (table.name, key) == ("organizations", "locations");
    let child = schema::table_by_alias(key)?;
    let is_inside = is_place || schema::link_to(child, table.name).is_some();
    // a plain field of the schema wins over a table of the same name
    (is_inside && table.field(key).is_none()).then_some(child)
}

fn holds_rows(value: &Value) -> bool {
    match value {
        Value::Array(rows) => rows.iter().any(Value::is_object),
        other => other.is_object(),
    }
}

/// The rows of a list, and what else stands in it.
fn without_others(value: Value) -> (Value, Vec<Value>) {
    match value {
        Value::Array(list) => {
            let (rows, others) = list.into_iter().partition(Value::is_object);
            (Value::Array(rows), others)
        }
        one => (one, Vec::new()),
    }
}

fn object_name(table: &'static TableSchema, of: &str) -> String {
    let known = schema::nested_objects_in_json(table.name).iter().find(|(_, to, _)| *to == of);
    known.map_or("organization", |(_, _, name)| name).to_owned()
}

/// Assigns ids to a row and everything nested in it; `parent` is (table, original id, uuid). Returns whether the row is
/// a copy.
fn identify_item(
    normaliser: &mut Normaliser,
    registry: &mut Registry,
    table: &'static TableSchema,
    row: &mut Object,
    parent: (&str, &str, &str),
) -> bool {
    let link = schema::link_to(table, parent.0).filter(|_| table.name != "programs");
    if let Some(link) = link.filter(|link| [parent.1, parent.2].contains(&str_field(row, link))) {
        row.shift_remove(link);
    }
    let raw = str_field(row, "id").to_owned();
    let is_copy = identify(registry, normaliser, table, row, parent.2);
    let id = str_field(row, "id").to_owned();
    identify_within(normaliser, registry, table, row, (&raw, &id));
    let arranged = arrange(table, std::mem::take(row));
    *row = arranged;
    is_copy
}

/// Assigns ids to everything nested in a row with this original id and uuid.
fn identify_within(
    normaliser: &mut Normaliser,
    registry: &mut Registry,
    table: &'static TableSchema,
    row: &mut Object,
    (raw, id): (&str, &str),
) {
    identify_children(normaliser, registry, table, row, (table.name, raw, id));
    for (link, of, name) in schema::nested_objects_in_json(table.name) {
        if let (Some(of), Some(Value::Object(object))) = (schema::table(of), row.get_mut(*name)) {
            let raw = str_field(object, "id").to_owned();
            identify_item(normaliser, registry, of, object, ("", "", ""));
            let id = str_field(object, "id").to_owned();
            if [raw.as_str(), id.as_str()].contains(&str_field(row, link)) {
                row.shift_remove(*link);
            }
        }
    }
}

fn identify_children(
    normaliser: &mut Normaliser,
    registry: &mut Registry,
    table: &'static TableSchema,
    row: &mut Object,
    parent: (&str, &str, &str),
) {
    for (key, value) in row.iter_mut() {
        let (Some(child), Value::Array(rows)) = (child_of(table, key), value) else {
            continue;
        };
        if !rows.iter().all(Value::is_object) {
            continue;
        }
        let mut kept = Vec::with_capacity(rows.len());
        let mut ids = HashSet::new();
        for value in std::mem::take(rows) {
            if let Value::Object(mut inner) = value {
                let is_copy = identify_item(normaliser, registry, child, &mut inner, parent);
                let is_here = !ids.insert(str_field(&inner, "id").to_owned());
                if is_copy && is_here {
                    normaliser.note(key, RepairKind::Copy, str_field(&inner, "id"), "");
                } else {
                    kept.push(Value::Object(inner));
                }
            }
        }
        *rows = kept;
    }
}

/// Replaces the references in a row, and in everything nested in it, by uuids.
pub fn resolve_references(
    normaliser: &mut Normaliser,
    registry: &Registry,
    table: &'static TableSchema,
    row: &mut Object,
) {
    registry.resolve(normaliser, table, row);
    for (key, value) in row.iter_mut() {
        match value {
            Value::Array(rows) => {
                let Some(child) = child_of(table, key) else {
                    continue;
                };
                for inner in rows.iter_mut().filter_map(Value::as_object_mut) {
                    resolve_references(normaliser, registry, child, inner);
                }
            }
            Value::Object(inner) => {
                let object =
                    schema::nested_objects_in_json(table.name).iter().find(|(_, _, name)| *name == key.as_str());
                if let Some(of) = object.and_then(|(_, of, _)| schema::table(of)) {
                    resolve_references(normaliser, registry, of, inner);
                }
            }
            _ => {}
        }
    }
}

/// Whether an item is in the ORUK 1 dialect.
pub fn is_oruk_1(item: &Object) -> bool {
    let names = ["service_taxonomys", "service_taxonomies", "eligibilitys", "eligibilities", "deliverable_type"];
    names.iter().any(|name| item.contains_key(*name))
        || objects(item, "service_at_locations")
            .filter_map(|at| at.get("location"))
            .any(|location| location.get("physical_addresses").is_some())
}
