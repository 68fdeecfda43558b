//! Directories as pages of JSON.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{Maker, STRANGE_COLUMNS};

/// Nested tables of JSON: name, columns, and what nests in it (`*`: a list, `+`: one object).
pub(super) const NESTED_3: &str = "\
services name description url:u email:e status:s fees_description minimum_age:a assured_date:d last_modified:m organization+ program+ phones* contacts* schedules* service_areas* service_at_locations* languages* funding* cost_options* required_documents* attributes* metadata*
organization name description website:u phones* contacts* organization_identifiers* funding*
program name description
phones number:p extension:n description languages*
languages name code
contacts name title email:e phones*
schedules valid_from:d freq byday opens_at:h description
service_areas name extent
service_at_locations description location+ contacts* phones* schedules*
location name location_type:l latitude:n longitude:n addresses* accessibility* phones* languages*
addresses address_1 city postal_code country
accessibility description details
funding source
cost_options option amount:n valid_from:d
required_documents document
organization_identifiers identifier_type identifier
attributes link_type value taxonomy_term+
taxonomy_term code name description
metadata last_action_date:d field_name previous_value";

pub(super) const ORUK_1: &str = "\
services name description url:u email:e status:s fees deliverable_type attending_access organization+ contacts* service_taxonomys* eligibilitys* fundings* regular_schedules* holiday_schedules* service_areas* cost_options* languages* reviews* service_at_locations*
organization name description url:u
contacts name title phones*
phones number:p
service_taxonomys taxonomy+
taxonomy name vocabulary
eligibilitys eligibility minimum_age:a
fundings source
regular_schedules weekday:w opens_at:h
holiday_schedules closed start_date:d
service_areas service_area
cost_options option amount:n
languages language
reviews title score
service_at_locations location+ regular_schedules*
location name latitude:n physical_addresses* accessibility_for_disabilities*
physical_addresses address_1 city postal_code
accessibility_for_disabilities accessibility";

/// Organisations with their places and the services at each, as the Ohana API gives them.
pub(super) const OHANA_API: &str = "\
organizations name description website:u date_incorporated:d phones* contacts* locations* services*
locations name description latitude:n addresses* phones* contacts* services*
services name description status:s fees_description email:e phones* contacts* schedules* funding*
phones number:p extension:n description
contacts name title email:e
addresses address_1 city postal_code
schedules valid_from:d byday:w opens_at:h description
funding source";

impl Maker {
    pub(super) fn pages(&mut self, spec: &str, folder: &Path) {
        let style = self.below(3);
        let root = spec.split(' ').next().unwrap();
        let services: Vec<Value> = (0..2 + self.below(4)).map(|_| self.object(spec, root, style, "")).collect();
        let (name, text) = match self.below(4) {
            0 => ("feed.json", json!(services).to_string()),
            1 => ("feed.jsonl", services.iter().map(Value::to_string).collect::<Vec<_>>().join("\n")),
            2 => ("feed.json", json!({ root: services }).to_string()),
            _ => ("feed.json", json!({"total_items": services.len(), "contents": services}).to_string()),
        };
        std::fs::write(folder.join(name), text.replace("\"huge ", "").replace(" huge\"", "")).unwrap();
    }

    fn object(&mut self, spec: &str, table: &str, style: u64, parent: &str) -> Value {
        let line = spec.lines().find(|line| line.split(' ').next() == Some(table)).unwrap();
        let mut object = Map::new();
        let again = (table == "organization" && self.one_in(3)).then(|| self.organisation.clone()).flatten();
        if let Some((id, name)) = again {
            object.insert("id".to_owned(), id.into());
            object.extend(name.map(|name| ("name".to_owned(), name))); // the same one, of which more is said
        } else if !self.one_in(8) {
            let id = self.id(style);
            object.insert("id".to_owned(), id.into());
        }
        let word = self.plain_word();
        object.insert("note_of_ours".to_owned(), word.clone().into());
        if !parent.is_empty() {
            self.made.links.push((word.clone(), parent.to_owned()));
        }
        for part in line.split(' ').skip(1) {
            if object.contains_key(part) {
                continue;
            }
            let value = match (part.strip_suffix('*'), part.strip_suffix('+')) {
                _ if self.one_in(4) => continue,
                (Some(name), _) => (name, self.list(spec, (table, name), style, &word)),
                (_, Some(name)) if self.one_in(10) => (name, self.words().into()),
                // An organisation is an item of its own.
                (_, Some(name)) => {
                    let within = if name == "organization" { "" } else { word.as_str() };
                    (name, self.object(spec, name, style, within))
                }
                _ => {
                    let (name, sort) = part.split_once(':').unwrap_or((part, "t"));
                    (name, self.plain_value(sort))
                }
            };
            object.insert(value.0.to_owned(), value.1);
        }
        if let ("organization", Some(id)) = (table, object.get("id").and_then(Value::as_str)) {
            self.organisation = Some((id.to_owned(), object.get("name").cloned()));
        }
        if spec.starts_with(table) && !object.contains_key("name") {
            object.insert("name".to_owned(), self.words().into());
            object.entry("status").or_insert_with(|| "active".into());
        }
        if self.one_in(4) {
            let name = self.of(STRANGE_COLUMNS);
            let value = self.words();
            let is_new = !object.contains_key(name);
            object.entry(name).or_insert_with(|| value.clone().into());
            if !is_new {
                self.made.values.pop();
            }
        }
        Value::Object(object)
    }

    fn plain_value(&mut self, sort: &str) -> Value {
        if self.one_in(15) {
            return Value::Null;
        }
        if self.one_in(60) {
            self.count += 1;
            let number = format!("-{}.5e999", self.count); // larger than any number that is counted with
            self.made.values.push((number.clone(), false));
            return format!("huge {number} huge").into();
        }
        let text = self.value(sort);
        text.parse::<i64>().ok().filter(|number| number.to_string() == text).map_or_else(|| text.into(), Value::from)
    }

    /// Rows; or words, words among rows, one row without a list.
    fn list(&mut self, spec: &str, (table, name): (&str, &str), style: u64, parent: &str) -> Value {
        // An item of its own; of the places of an organisation those are, at which something is given.
        let is_apart = spec.starts_with("organizations") && (name == "locations" || table == "organizations");
        let parent = if is_apart && ["locations", "services"].contains(&name) { "" } else { parent };
        let rows: Vec<Value> = (0..self.below(3)).map(|_| self.object(spec, name, style, parent)).collect();
        match self.below(12) {
            0 => rows.into_iter().chain([Value::from(self.words())]).collect(),
            1..4 if rows.len() == 1 => rows.into_iter().collect::<Vec<_>>().remove(0),
            4 if rows.is_empty() => self.words().into(),
            _ => rows.into(),
        }
    }
}
