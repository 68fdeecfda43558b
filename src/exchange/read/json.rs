//! Data in JSON: pages of HSDS 3, ORUK 3 and ORUK 1, bare lists, single objects, one object a line.

use std::fmt;
use std::io::{BufRead as _, BufReader, Read};

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::bounded::Room;
use super::numbers::Numbers;
use super::pages::Pages;
use crate::exchange::normalise::{Normaliser, Object, objects, str_field};
use crate::exchange::report::RepairKind;
use crate::exchange::schema;

/// The fields in which paged responses hold their items.
const PAGES: &[&str] = &["contents", "content", "items", "services", "organizations", "results", "data"];

/// The longest line that is read.
const MAX_LINE_BYTES: u64 = 16 * 1024 * 1024;

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
/// The table that a field of a page names: `phones`, `phones.csv`.
fn table_named(key: &str) -> Option<&str> {
    let name = key.strip_suffix(".csv").unwrap_or(key);
    schema::table_by_alias(name).map(|_| name)
}

/// Whether an item is in the ORUK 1 dialect.
pub fn is_oruk_1(item: &Object) -> bool {
    let names = ["service_taxonomys", "service_taxonomies", "eligibilitys", "eligibilities", "deliverable_type"];
    names.iter().any(|name| item.contains_key(*name))
        || objects(item, "service_at_locations")
            .filter_map(|at| at.get("location"))
            .any(|location| location.get("physical_addresses").is_some())
}
