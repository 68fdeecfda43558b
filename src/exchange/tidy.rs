//! One row or object at a time: names as HSDS 3 has them, values of the sort their field takes, nothing unclean.
//!
//! A value its field cannot hold is never thrown away: it stays beside the field as `moot_FIELD`.

use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::clean;
use super::report::{Repair, Rule, shown};
use super::schema::{Sort, Table};
use super::values::{self, Read};

/// A JSON object.
pub type Object = Map<String, Value>;

/// The name space of the ids made here.
const NAME_SPACE: Uuid = Uuid::from_u128(0x6b86_6c3e_239d_5bf2_8809_62bd_a688_0f3d);

/// Deeper than this nothing is kept in its shape; it becomes text.
const DEEPEST: usize = 24;

/// Whoever tidies: knows the source and the place, and writes down every repair.
pub struct Normaliser {
    /// The name of the source.
    pub feed: String,
    /// Whether this program wrote the source: then nothing is decoded a second time.
    pub is_own: bool,
    /// What was repaired.
    pub repairs: Vec<Repair>,
    /// The file being read.
    pub file: Arc<str>,
    /// The row being read.
    pub row: usize,
}

impl Normaliser {
    /// A normaliser for a source with this name.
    pub fn new(feed: &str) -> Self {
        Self { feed: feed.to_owned(), is_own: false, repairs: Vec::new(), file: "".into(), row: 0 }
    }

    /// Writes a repair down.
    pub fn note(&mut self, field: &str, rule: Rule, old: &str, new: &str) {
        let file = self.file.clone();
        self.repairs.push(Repair { file, row: self.row, field: field.into(), rule, old: shown(old), new: shown(new) });
    }

    /// The uuid that stands for an id of this source: itself where it is one.
    pub fn uuid(&self, table: &str, id: &str) -> String {
        if is_uuid(id) { id.to_owned() } else { made_uuid(&format!("{}|{table}|{id}", self.feed)) }
    }

    /// A cleaned text, its repairs written down.
    pub fn text(&mut self, field: &str, raw: &str) -> String {
        let cleaned = if self.is_own { clean::own(raw) } else { clean::foreign(raw) };
        for rule in cleaned.rules {
            self.note(field, rule, raw, &cleaned.text);
        }
        cleaned.text
    }

    /// The name of a field, cleaned and on one line.
    pub fn key(raw: &str) -> String {
        if raw.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return raw.to_owned();
        }
        let cleaned = crate::model::text::one_line(&clean::foreign(raw).text);
        cleaned.chars().take(200).collect()
    }

    /// Tidies the plain fields of a row of `table`; what nests in it is left to the caller.
    pub fn fields(&mut self, table: &'static Table, raw: Object) -> Object {
        let mut tidy = Object::new();
        for (key, value) in raw {
            let key = Self::key(&key);
            if let Some(value) = self.value(&key, value, 0) {
                self.put(table, &mut tidy, key, value);
            }
        }
        self.check_place(table, &mut tidy);
        tidy
    }

    /// Cleans a value of any shape; `None` when nothing is in it.
    fn value(&mut self, key: &str, value: Value, depth: usize) -> Option<Value> {
        match value {
            Value::Null => {
                self.note(key, Rule::Null, "null", "");
                None
            }
            Value::String(raw) => Some(self.text(key, &raw)).filter(|text| !text.is_empty()).map(Value::String),
            Value::Array(_) | Value::Object(_) if depth > DEEPEST => {
                Some(Value::String(self.text(key, &value.to_string())))
            }
            Value::Array(items) => {
                let items: Vec<Value> = items.into_iter().filter_map(|item| self.value(key, item, depth + 1)).collect();
                (!items.is_empty()).then_some(Value::Array(items))
            }
            Value::Object(object) => {
                let object: Object = object
                    .into_iter()
                    .filter_map(|(key, value)| {
                        let key = Self::key(&key);
                        self.value(&key, value, depth + 1).map(|value| (key, value))
                    })
                    .collect();
                (!object.is_empty()).then_some(Value::Object(object))
            }
            plain => Some(plain),
        }
    }

    /// Puts a cleaned value where it belongs: in its field, or beside it.
    fn put(&mut self, table: &'static Table, row: &mut Object, key: String, value: Value) {
        let Some(field) = table.field(&key) else {
            row.insert(key, value);
            return;
        };
        let text = match value {
            Value::Number(number) if field.sort == Sort::Number => {
                row.insert(key, Value::Number(number));
                return;
            }
            Value::String(text) => text,
            plain @ (Value::Number(_) | Value::Bool(_)) => {
                self.note(&key, Rule::Standard, &plain.to_string(), &format!("{:?}", plain.to_string()));
                plain.to_string()
            }
            shaped => {
                self.note(&key, Rule::WrongSort, &shaped.to_string(), "");
                row.insert(format!("moot_raw_{key}"), shaped);
                return;
            }
        };
        self.put_text(table.name, row, key, text, field.sort);
    }

    fn put_text(&mut self, table: &str, row: &mut Object, key: String, text: String, sort: Sort) {
        let postcode = || (table == "addresses" && key == "postal_code").then(|| values::postcode(&text)).flatten();
        if let Some(postcode) = postcode() {
            self.note(&key, Rule::Postcode, &text, &postcode);
            row.insert(key, Value::String(postcode));
            return;
        }
        match values::read(sort, &text) {
            Read::Right(value) => {
                row.insert(key, value);
            }
            Read::Repaired(value, rule) => {
                self.note(&key, rule, &text, value.as_str().unwrap_or_default());
                row.insert(key, value);
            }
            Read::Wrong => {
                let beside = format!("moot_raw_{key}");
                self.note(&key, Rule::WrongSort, &text, &beside);
                row.insert(beside, Value::String(text));
            }
        }
    }

    /// Coordinates that are on no earth, or on the line and the meridian at once, say nothing: they go beside.
    fn check_place(&mut self, table: &'static Table, row: &mut Object) {
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
                self.note(key, Rule::NoPlace, &value.to_string(), &format!("moot_raw_{key}"));
                row.insert(format!("moot_raw_{key}"), value);
            }
        }
    }
}

/// Whether a text is a uuid as it stands.
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

/// The uuid made of a name; the same name always makes the same one.
pub fn made_uuid(name: &str) -> String {
    Uuid::new_v5(&NAME_SPACE, name.as_bytes()).to_string()
}

/// The text in a field; empty when there is none.
pub fn text<'a>(row: &'a Object, key: &str) -> &'a str {
    row.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The objects in an array.
pub fn objects<'a>(row: &'a Object, key: &str) -> impl Iterator<Item = &'a Object> {
    row.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// Gives a field another name, unless something stands there already.
pub fn rename(row: &mut Object, from: &str, to: &str) {
    if row.get(to).is_none_or(|value| value.as_str().is_some_and(|text| text.trim().is_empty()))
        && let Some(value) = row.shift_remove(from)
    {
        row.shift_remove(to);
        row.insert(to.to_owned(), value);
    }
}

/// Fields in a set order, so that two rows with the same content are the same text: those of the schema, then unknown
/// ones, then what nests, then ours.
pub fn arrange(table: &'static Table, row: Object) -> Object {
    let rank = |key: &str, value: &Value| -> (u8, usize) {
        if let Some(at) = table.place_of(key) {
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
    fields.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    fields.into_iter().map(|(_, key, value)| (key, value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::schema;

    fn tidy(table: &str, json: &str) -> (Object, Vec<Repair>) {
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
            tidy("services", r#"{"maximum_age":null,"minimum_age":"eighteen","url":"www.a.org","fees":3}"#);
        assert_eq!(text(&row, "moot_raw_minimum_age"), "eighteen");
        assert_eq!(text(&row, "url"), "https://www.a.org");
        assert_eq!(text(&row, "fees"), "3");
        let rules: Vec<Rule> = repairs.iter().map(|repair| repair.rule).collect();
        assert_eq!(rules, [Rule::Null, Rule::WrongSort, Rule::Scheme, Rule::Standard]);
    }

    #[test]
    fn no_place_is_no_point() {
        for (lat, lon) in [("0", "0"), ("100", "3"), ("50.1", "")] {
            let (row, _) = tidy("locations", &format!(r#"{{"latitude":"{lat}","longitude":"{lon}"}}"#));
            assert!(row.get("latitude").is_none() && row.get("longitude").is_none(), "{lat} {lon}");
        }
        let (row, _) = tidy("locations", r#"{"latitude":"50.70","longitude":"-1.98"}"#);
        assert_eq!(row["longitude"].to_string(), "-1.98");
    }
}
