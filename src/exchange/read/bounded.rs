//! One value in JSON, as far as there is room for it.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::budget::MAX_CELLS;
use super::numbers;
use crate::exchange::normalise::Object;

/// The most memory an item may take while it is read; one that takes more is reported and left out.
const MAX_ITEM_MEMORY: usize = 96 * 1024 * 1024;

/// How deep the values of an item may be nested.
const MAX_DEPTH: usize = 100;

/// The memory that one item may take, and its numbers that became texts.
pub(super) struct Room {
    left: Cell<usize>,
    /// Those numbers, as they were written.
    pub numbers: RefCell<Vec<String>>,
}

impl Room {
    /// All of it.
    pub fn new() -> Self {
        Self { left: Cell::new(MAX_ITEM_MEMORY), numbers: RefCell::default() }
    }

    /// Reads a value into it.
    pub fn value(&self) -> ValueIn<'_> {
        ValueIn { room: self, depth: 0 }
    }

    fn take(&self, bytes: usize) {
        self.left.set(self.left.get().saturating_sub(bytes));
    }

    /// Whether there was less room than it would have taken.
    pub fn is_over(&self) -> bool {
        self.left.get() == 0
    }
}

/// Reads a value while there is room for it; without room, the rest is passed over.
#[derive(Clone, Copy)]
pub(super) struct ValueIn<'a> {
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
