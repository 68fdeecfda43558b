//! Normalises one row or object at a time: field names of HSDS 3, values of the type of their field, clean text.
//!
//! A value that its field cannot hold is never dropped: it is kept beside the field as `moot_raw_FIELD`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::read::budget::Budget;
use super::read::pages::Pages;
use super::report::{Repair, RepairKind};
use super::sanitise;
use super::schema::{self, DataType, TableSchema};
use super::values::{self, Parsed};
use crate::model::order::Order as _;

/// A JSON object.
pub type Object = Map<String, Value>;

/// The uuid namespace of all ids that are derived from names (RFC 4122, version 5).
const NAME_SPACE: Uuid = Uuid::from_u128(0x6b86_6c3e_239d_5bf2_8809_62bd_a688_0f3d);

/// The nesting depth up to which unknown values keep their shape; deeper ones become text.
const MAX_DEPTH: usize = 24;

/// The most repairs of a kind that are listed one by one, where nothing is lost.
const MAX_LISTED: usize = 20_000;

/// What the texts of a repair cost beside their letters, in bytes of memory.
const REPAIR_BYTES: usize = 48;

/// Normalises rows, and records each repair with the position in the source.
pub struct Normaliser {
    /// The name of the source.
    pub feed: String,
    /// Whether this program wrote the source: its text is not decoded a second time.
    pub is_own: bool,
    /// The repairs so far.
    pub repairs: Vec<Repair>,
    /// Repairs of each kind, listed or only counted.
    pub counts: BTreeMap<RepairKind, usize>,
    /// What reading may still cost.
    pub budget: Budget,
    /// The file being read.
    pub file: Arc<str>,
    /// The row being read.
    pub row: usize,
    /// The pages that were read, of a source that comes in several.
    pub pages: Pages,
}

impl Normaliser {
    /// A normaliser for a source with this name.
    pub fn new(feed: &str) -> Self {
        Self {
            feed: feed.to_owned(),
            is_own: false,
            repairs: Vec::new(),
            counts: BTreeMap::new(),
            budget: Budget::default(),
            file: "".into(),
            row: 0,
            pages: Pages::default(),
        }
    }

    /// Records a repair at the present position; of those that lose nothing the first thousands are listed, and the others
    /// counted.
    pub fn note(&mut self, field: &str, kind: RepairKind, old: &str, new: &str) {
        let counted = self.counts.entry(kind).or_default();
        *counted += 1;
        if kind.is_harmless() && *counted > MAX_LISTED {
            return;
        }
        self.push(Repair::new((self.file.clone(), self.row), field, kind, (old, new)));
    }

    /// Records what is kept in the report alone, whole.
    pub fn note_whole(&mut self, field: &str, kind: RepairKind, old: &str, new: &str) {
        *self.counts.entry(kind).or_default() += 1;
        let (old, field) = (crate::model::text::clean(old).replace('\n', "⏎").into(), field.into());
        self.push(Repair { file: self.file.clone(), row: self.row, field, kind, old, new: new.into() });
    }

    fn push(&mut self, repair: Repair) {
        let (field, kind) = (&repair.field, repair.kind);
        let texts = field.len() + repair.old.len() + repair.new.len();
        self.budget.spend(size_of::<Repair>() + REPAIR_BYTES + texts);
        self.repairs.push(repair);
        if kind == RepairKind::Unreadable {
            self.budget.count_unreadable();
        }
    }

    /// How many repairs of each kind are not listed.
    pub fn unlisted(&self) -> BTreeMap<RepairKind, usize> {
        let more = |(kind, count): (&RepairKind, &usize)| (*kind, count.saturating_sub(MAX_LISTED));
        self.counts.iter().map(more).filter(|(kind, more)| kind.is_harmless() && *more > 0).collect()
    }

    /// The uuid for an id of this source: the id itself where it is a uuid, else one derived from it.
    pub fn uuid(&self, table: &str, id: &str) -> String {
        if is_uuid(id) { id.to_owned() } else { name_uuid(&format!("{}|{table}|{id}", self.feed)) }
    }

    /// Cleans a text and records the repairs.
    pub fn clean_text(&mut self, field: &str, raw: &str) -> String {
        let cleaned = if self.is_own { sanitise::own(raw) } else { sanitise::foreign(raw) };
        for kind in cleaned.kinds {
            self.note(field, kind, raw, &cleaned.text);
        }
        cleaned.text
    }

    /// Cleans the name of a field and puts it on one line.
    pub fn clean_key(raw: &str) -> String {
        if raw.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return raw.to_owned();
        }
        let cleaned = crate::model::text::one_line(&sanitise::foreign(raw).text);
        cleaned.chars().take(200).collect()
    }

    /// Normalises the plain fields of a row of `table`; nested rows are the caller's.
    pub fn fields(&mut self, table: &'static TableSchema, raw: Object) -> Object {
        let mut normalised = Object::new();
        for (key, value) in raw {
            let key = Self::clean_key(&key);
            if let Some(value) = self.value(&key, value, 0) {
                self.put(table, &mut normalised, key, value);
            }
        }
        self.check_coordinates(table, &mut normalised);
        normalised
    }

    /// Cleans a value of any shape; `None` when nothing is in it.
    fn value(&mut self, key: &str, value: Value, depth: usize) -> Option<Value> {
        match value {
            Value::Null => {
                self.note(key, RepairKind::Null, "null", "");
                None
            }
            Value::String(raw) => Some(self.clean_text(key, &raw)).filter(|text| !text.is_empty()).map(Value::String),
            Value::Array(_) | Value::Object(_) if depth > MAX_DEPTH => {
                Some(Value::String(self.clean_text(key, &value.to_string())))
            }
            Value::Array(items) => {
                let items: Vec<Value> = items.into_iter().filter_map(|item| self.value(key, item, depth + 1)).collect();
                (!items.is_empty()).then_some(Value::Array(items))
            }
            Value::Object(object) => {
                let object: Object = object
                    .into_iter()
                    .filter_map(|(key, value)| {
                        let key = Self::clean_key(&key);
                        self.value(&key, value, depth + 1).map(|value| (key, value))
                    })
                    .collect();
                (!object.is_empty()).then_some(Value::Object(object))
            }
            plain => Some(plain),
        }
    }

    /// Stores a cleaned value in its field, or beside it where its type is wrong.
    fn put(&mut self, table: &'static TableSchema, row: &mut Object, key: String, value: Value) {
        let Some(field) = table.field(&key) else {
            // Rows of the table of this name may be nested here later: both are kept.
            let holds_rows = || match &value {
                Value::Array(rows) => rows.iter().all(Value::is_object),
                one => one.is_object(),
            };
            let is_misplaced = schema::is_nest(table, &key) && !holds_rows();
            let key = if is_misplaced { self.set_beside(&key, &value) } else { key };
            row.insert(key, value);
            return;
        };
        let text = match value {
            Value::Number(number) if field.data_type == DataType::Number => {
                row.insert(key, Value::Number(number));
                return;
            }
            Value::String(text) => text,
            plain @ (Value::Number(_) | Value::Bool(_)) => {
                self.note(&key, RepairKind::Standard, &plain.to_string(), &format!("{:?}", plain.to_string()));
                plain.to_string()
            }
            shaped => {
                let beside = self.set_beside(&key, &shaped);
                row.insert(beside, shaped);
                return;
            }
        };
        self.put_text(table.name, row, key, text, field.data_type);
    }

    /// The key beside a field, for a value that the field itself cannot hold; the move is recorded.
    fn set_beside(&mut self, key: &str, value: &Value) -> String {
        let beside = format!("moot_raw_{key}");
        let old = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.note(key, RepairKind::WrongType, &old, &beside);
        beside
    }

    fn put_text(&mut self, table: &str, row: &mut Object, key: String, text: String, data_type: DataType) {
        let postcode = || (table == "addresses" && key == "postal_code").then(|| values::postcode(&text)).flatten();
        if let Some(postcode) = postcode() {
            self.note(&key, RepairKind::Postcode, &text, &postcode);
            row.insert(key, Value::String(postcode));
            return;
        }
        match values::parse(data_type, &text) {
            Parsed::Valid(value) => {
                row.insert(key, value);
            }
            Parsed::Repaired(value, kind) => {
                let said = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                self.note(&key, kind, &text, &said);
                // A moment says more than its day.
                if data_type == DataType::Date && text.len() > said.len() && text.starts_with(&said) {
                    row.insert(format!("moot_raw_{key}"), Value::String(text));
                }
                row.insert(key, value);
            }
            Parsed::Invalid => {
                let beside = format!("moot_raw_{key}");
                self.note(&key, RepairKind::WrongType, &text, &beside);
                row.insert(beside, Value::String(text));
            }
        }
    }

    /// Moves impossible coordinates, incomplete ones and 0, 0 out of their fields.
    fn check_coordinates(&mut self, table: &'static TableSchema, row: &mut Object) {
        if table.name != "locations" {
            return;
        }
        let number = |row: &Object, key: &str| row.get(key).and_then(Value::as_f64);
        let is_place = match (number(row, "latitude"), number(row, "longitude")) {
            (None, None) => true,
            (Some(lat), Some(lon)) => {
                let point = crate::model::place::Point(lat, lon);
                point.is_valid() && !(lat == 0.0 && lon == 0.0)
            }
            _ => false,
        };
        for key in ["latitude", "longitude"] {
            if !is_place && let Some(value) = row.shift_remove(key) {
                self.note(key, RepairKind::BadCoordinates, &value.to_string(), &format!("moot_raw_{key}"));
                row.insert(format!("moot_raw_{key}"), value);
            }
        }
    }
}

/// Whether a text is a hyphenated uuid.
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

/// The uuid derived from a name (version 5).
pub fn name_uuid(name: &str) -> String {
    Uuid::new_v5(&NAME_SPACE, name.as_bytes()).to_string()
}

/// The text in a field; empty where there is none.
pub fn str_field<'a>(row: &'a Object, key: &str) -> &'a str {
    row.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The objects in an array field.
pub fn objects<'a>(row: &'a Object, key: &str) -> impl Iterator<Item = &'a Object> {
    row.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// Renames a field unless the new name is already in use.
pub fn rename(row: &mut Object, from: &str, to: &str) {
    if row.get(to).is_none_or(|value| value.as_str().is_some_and(|text| text.trim().is_empty()))
        && let Some(value) = row.shift_remove(from)
    {
        row.shift_remove(to);
        row.insert(to.to_owned(), value);
    }
}

/// Puts fields into canonical order, so that equal rows serialise to equal text: schema fields, unknown fields, nested
/// values, then those of this program.
pub fn arrange(table: &'static TableSchema, row: Object) -> Object {
    let rank = |key: &str, value: &Value| -> (u8, usize) {
        if let Some(at) = table.position_of(key) {
            (0, at)
        } else if key.starts_with("moot_") {
            (3, 0)
        } else {
            (1 + u8::from(value.is_array() || value.is_object()), 0)
        }
    };
    let in_order = |(one, other): ((&String, &Value), (&String, &Value))| {
        (rank(one.0, one.1), one.0) <= (rank(other.0, other.1), other.0)
    };
    if row.iter().zip(row.iter().skip(1)).all(in_order) {
        return row;
    }
    let mut fields: Vec<((u8, usize), String, Value)> =
        row.into_iter().map(|(key, value)| (rank(&key, &value), key, value)).collect();
    fields.order_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    fields.into_iter().map(|(_, key, value)| (key, value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalised(table: &str, json: &str) -> (Object, Vec<Repair>) {
        let mut normaliser = Normaliser::new("test");
        let row = serde_json::from_str(json).unwrap();
        let row = normaliser.fields(schema::table(table).unwrap(), row);
        (row, normaliser.repairs)
    }

    #[test]
    fn ids_are_made_as_agreed() {
        let normaliser = Normaliser::new("miami-211");
        assert_eq!(normaliser.uuid("services", "136"), "8af79f7a-e51a-5f6c-830b-b3ebe297fedc");
    }

    #[test]
    fn what_a_field_cannot_hold_stays_beside_it() {
        let (row, repairs) =
            normalised("services", r#"{"maximum_age":null,"minimum_age":"eighteen","url":"www.a.org","fees":3}"#);
        assert_eq!(str_field(&row, "moot_raw_minimum_age"), "eighteen");
        assert_eq!(str_field(&row, "url"), "https://www.a.org");
        assert_eq!(str_field(&row, "fees"), "3");
        let kinds: Vec<RepairKind> = repairs.iter().map(|repair| repair.kind).collect();
        assert_eq!(kinds, [RepairKind::Null, RepairKind::WrongType, RepairKind::Scheme, RepairKind::Standard]);
    }

    #[test]
    fn no_place_is_no_point() {
        for (lat, lon) in [("0", "0"), ("100", "3"), ("50.1", "")] {
            let (row, _) = normalised("locations", &format!(r#"{{"latitude":"{lat}","longitude":"{lon}"}}"#));
            assert!(row.get("latitude").is_none() && row.get("longitude").is_none(), "{lat} {lon}");
        }
        let (row, _) = normalised("locations", r#"{"latitude":"50.70","longitude":"-1.98"}"#);
        assert_eq!(row["longitude"].to_string(), "-1.98");
    }
}
