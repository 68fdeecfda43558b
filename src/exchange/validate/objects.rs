//! Objects of JSON, each against the table it belongs to, with all that is nested in it.

use serde_json::Value;

use super::{Verdict, formats};
use crate::exchange::normalise::Object;
use crate::exchange::standard::{Rule, Shape};
use crate::model::text::clean;

/// What an object by itself may be, in the order in which it is asked.
const KINDS: &[&str] =
    &["services", "organizations", "service_at_location", "locations", "taxonomy_terms", "taxonomies"];

/// Checks what stands in one file.
pub struct Checker<'a> {
    /// The file, and the line where each has an object of its own.
    pub file: &'a str,
    /// Where faults go.
    pub verdict: &'a mut Verdict,
}

impl Checker<'_> {
    /// Notes a fault at a path.
    pub fn fault(&mut self, path: &str, what: String) {
        self.verdict.fault(format!("{}: {path}", self.file), what);
    }

    /// Checks a list of objects, each of which may be of any kind.
    pub fn items(&mut self, path: &str, items: &[Value]) {
        self.rows(path, items, "");
    }

    /// Checks a list of objects of a table; without a name each may be of any kind.
    pub fn rows(&mut self, path: &str, rows: &[Value], table: &str) {
        for (at, row) in rows.iter().enumerate() {
            let path = format!("{path}[{at}]");
            match row {
                Value::Object(row) => self.item(&path, row, table),
                other => self.fault(&path, format!("this is {}, and an object is wanted", kind_of(other))),
            }
        }
    }

    /// Checks an object of a table, or of the kind it looks like.
    pub fn item(&mut self, path: &str, item: &Object, table: &str) {
        let table = if table.is_empty() { self.kind(item) } else { table };
        self.object(path, item, table, &[]);
    }

    /// The kind of which an object has the most fields; of several the one of which it lacks the fewest.
    fn kind(&self, item: &Object) -> &'static str {
        let standard = self.verdict.standard;
        let known = KINDS.iter().enumerate().filter_map(|(at, kind)| Some((at, *kind, standard.rules(kind)?)));
        let best = known.max_by_key(|(at, _, rules)| {
            let has = rules.iter().filter(|rule| item.contains_key(rule.name)).count();
            let lacks = rules.iter().filter(|rule| rule.is_required && !item.contains_key(rule.name)).count();
            (has, std::cmp::Reverse(lacks), std::cmp::Reverse(*at))
        });
        best.map_or("services", |(_, kind, _)| kind)
    }

    /// Checks an object. `above`: the tables it is nested in; what would lead back up is not looked at, as in the official
    /// schemas.
    fn object(&mut self, path: &str, object: &Object, table: &str, above: &[&str]) {
        let Some(rules) = self.verdict.standard.rules(table) else { return };
        self.verdict.count(table);
        for rule in rules.iter().filter(|rule| !leads_back(table, rule.name, above)) {
            match object.get(rule.name) {
                None if rule.is_required => self.fault(path, format!("{} is missing", rule.name)),
                None => {}
                Some(value) => self.value(&format!("{path}.{}", rule.name), value, rule, table, above),
            }
        }
    }

    fn value(&mut self, path: &str, value: &Value, rule: &Rule, table: &str, above: &[&str]) {
        let name = rule.name;
        let inside = [above, &[table]].concat();
        match (rule.shape, value) {
            (Shape::Rows(of), Value::Array(rows)) => {
                for (at, row) in rows.iter().enumerate() {
                    self.nested(&format!("{path}[{at}]"), row, of, &inside);
                }
            }
            (Shape::Nested(of), inner @ Value::Object(_)) => self.nested(path, inner, of, &inside),
            (Shape::Number, Value::Number(_)) => {}
            (shape, Value::String(text)) if is_text(shape) => {
                if let Some(what) = formats::fault(shape, text) {
                    self.fault(path, format!("{name} is {what}"));
                }
            }
            (_, Value::Null) => self.fault(path, format!("{name} is null; what is not known is left out")),
            (shape, other) => {
                let wanted = match shape {
                    Shape::Rows(_) => "a list",
                    Shape::Nested(_) => "an object",
                    Shape::Number => "a number",
                    _ => "text",
                };
                self.fault(path, format!("{name} is {}, and {wanted} is wanted", kind_of(other)));
            }
        }
    }

    fn nested(&mut self, path: &str, value: &Value, table: &str, above: &[&str]) {
        match value {
            Value::Object(inner) => self.object(path, inner, table, above),
            other => self.fault(path, format!("this is {}, and an object is wanted", kind_of(other))),
        }
    }
}

fn is_text(shape: Shape) -> bool {
    shape.is_column() && shape != Shape::Number
}

/// Whether a nested field leads back to what the object is nested in: services stand in an organisation only where that
/// stands alone, and places of a service only where the service does not stand in one.
fn leads_back(table: &str, field: &str, above: &[&str]) -> bool {
    match (table, field) {
        ("organizations", "services") | ("service_at_location", "service") => !above.is_empty(),
        ("services", "service_at_locations") => above.contains(&"service_at_location"),
        _ => false,
    }
}

fn kind_of(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(is) => is.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text {:?}", clean(&text.chars().take(40).collect::<String>())),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
