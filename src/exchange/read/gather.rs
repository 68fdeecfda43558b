//! Gathers what JSON holds: items as they are nested, flat rows for the tables, services that stand inside their places or
//! their organisations.

use std::collections::HashMap;

use serde_json::Value;

use super::identity::Registry;
use super::items;
use super::nest::{PendingItems, SourceTables};
use super::shape;
use super::table::{self, FileHints};
use crate::exchange::normalise::{Normaliser, Object, str_field};
use crate::exchange::schema::{self, TableSchema};

/// How many objects are held until one of their file tells what they are.
const MAX_UNTOLD: usize = 1_000;

/// What was read of all files so far.
#[derive(Default)]
pub struct Gatherer {
    /// All ids.
    pub registry: Registry,
    /// Items that are nested already.
    pub pending: PendingItems,
    /// Rows that are not.
    pub tables: SourceTables,
    places: Services,
    /// Objects of this file of which their own fields do not tell what they are, with their rows.
    untold: Vec<(usize, Object)>,
    /// What the others in this file are.
    told: Option<&'static TableSchema>,
}

/// Services that stand inside their places: one that has several is one service.
#[derive(Default)]
struct Services {
    all: Vec<(usize, Object)>,
    by_id: HashMap<String, usize>,
}

impl Services {
    fn add(&mut self, row: usize, mut service: Object, place: Object) {
        let id = service.get("id").map(ToString::to_string).unwrap_or_default();
        let places = service.shift_remove("service_at_locations");
        let known = self.by_id.get(&id).copied().filter(|at| without_places(&self.all[*at].1) == service);
        let at = known.unwrap_or_else(|| {
            self.all.push((row, service));
            self.all.len() - 1
        });
        if !id.is_empty() {
            self.by_id.entry(id).or_insert(at);
        }
        let more = places.map(|places| if let Value::Array(list) = places { list } else { vec![places] });
        let list = self.all[at].1.entry("service_at_locations").or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.extend(more.into_iter().flatten());
            list.push(Value::Object(place));
        }
    }
}

fn without_places(service: &Object) -> Object {
    let fields = service.iter().filter(|(key, _)| *key != "service_at_locations");
    fields.map(|(key, value)| (key.clone(), value.clone())).collect()
}

impl Gatherer {
    /// Takes an item, with the name of its table where that is known.
    pub fn take(&mut self, normaliser: &mut Normaliser, table_name: &str, item: Object) {
        if let Some(name) = table_name.strip_prefix("loose ") {
            return items::gather_orphan(normaliser, &mut self.registry, &mut self.pending, name, item);
        }
        match schema::table_by_alias(table_name).or_else(|| shape::table_of(&item)) {
            Some(table) => {
                self.told.get_or_insert(table);
                self.put(normaliser, table, item);
            }
            None if self.untold.len() < MAX_UNTOLD => self.untold.push((normaliser.row, item)),
            None => self.put_untold(normaliser, item),
        }
    }

    /// The file is at its end: what is not told is what the others of its list are, or what the file is called.
    pub fn end_file(&mut self, normaliser: &mut Normaliser) {
        let row = normaliser.row;
        for (row, item) in std::mem::take(&mut self.untold) {
            normaliser.row = row;
            self.put_untold(normaliser, item);
        }
        normaliser.row = row;
        self.told = None;
    }

    fn put_untold(&mut self, normaliser: &mut Normaliser, item: Object) {
        let named = schema::table_by_alias(&table::table_name(&normaliser.file));
        match self.told.or(named) {
            Some(table) => self.put(normaliser, table, item),
            None => items::gather_orphan(normaliser, &mut self.registry, &mut self.pending, "other", item),
        }
    }

    /// All files are read: the services that stood inside their places.
    pub fn end(&mut self, normaliser: &mut Normaliser) {
        for (row, service) in std::mem::take(&mut self.places).all {
            normaliser.row = row;
            items::gather_service(normaliser, &mut self.registry, &mut self.pending, service);
        }
    }

    fn put(&mut self, normaliser: &mut Normaliser, table: &'static TableSchema, item: Object) {
        if !normaliser.is_own && is_flat(&item) {
            return table::add_row(normaliser, &mut self.tables, (table, table.name), item, FileHints::default());
        }
        match table.name {
            "services" => items::gather_service(normaliser, &mut self.registry, &mut self.pending, item),
            "organizations" => self.put_organisation(normaliser, item),
            "locations" => self.put_location(normaliser, item),
            "service_at_location" => self.put_place(normaliser, item),
            name => items::gather_orphan(normaliser, &mut self.registry, &mut self.pending, name, item),
        }
    }

    /// An organisation; its places may hold its services.
    fn put_organisation(&mut self, normaliser: &mut Normaliser, mut item: Object) {
        let mut within = Services::default();
        if let Some(place) = item.get_mut("locations").filter(|places| places.is_object()) {
            *place = Value::Array(vec![place.take()]);
        }
        if let Some(Value::Array(places)) = item.get_mut("locations") {
            places.retain_mut(|place| {
                let Some(place) = place.as_object_mut() else { return true };
                let services = take_services(place);
                let is_empty = services.is_empty();
                for service in services {
                    within.add(0, service, place_of(place));
                }
                is_empty
            });
        }
        let mut services = match item.shift_remove("services") {
            Some(Value::Array(services)) => services,
            Some(other) => vec![other],
            None => Vec::new(),
        };
        services.extend(within.all.into_iter().map(|(_, service)| Value::Object(service)));
        if !services.is_empty() {
            item.insert("services".to_owned(), services.into());
        }
        items::gather_organisation(normaliser, &mut self.registry, &mut self.pending, item);
    }

    /// A place; it may hold its services and its organisation.
    fn put_location(&mut self, normaliser: &mut Normaliser, mut item: Object) {
        let services = take_services(&mut item);
        if let Some(Value::Object(organisation)) = item.get("organization").cloned() {
            item.shift_remove("organization");
            if let Some(id) = organisation.get("id") {
                item.entry("organization_id").or_insert_with(|| id.clone());
            }
            if let Some(table) = schema::table("organizations") {
                self.put(normaliser, table, organisation);
            }
        }
        if services.is_empty() {
            return items::gather_orphan(normaliser, &mut self.registry, &mut self.pending, "locations", item);
        }
        for mut service in services {
            if let Some(id) = item.get("organization_id").filter(|_| !service.contains_key("organization")) {
                service.entry("organization_id").or_insert_with(|| id.clone());
            }
            self.places.add(normaliser.row, service, place_of(&item));
        }
    }

    /// A service at a location; it may hold the service.
    fn put_place(&mut self, normaliser: &mut Normaliser, mut item: Object) {
        match item.shift_remove("service") {
            Some(Value::Object(service)) => {
                if str_field(&item, "service_id") == str_field(&service, "id") {
                    item.shift_remove("service_id");
                }
                self.places.add(normaliser.row, service, item);
            }
            other => {
                item.extend(other.map(|other| ("service".to_owned(), other)));
                items::gather_orphan(normaliser, &mut self.registry, &mut self.pending, "service_at_location", item);
            }
        }
    }
}

/// Takes the services out of a place, where it holds nothing else under that name.
fn take_services(place: &mut Object) -> Vec<Object> {
    let is_list = place.get("services").and_then(Value::as_array).is_some_and(|list| list.iter().all(Value::is_object));
    match place.shift_remove("services") {
        Some(Value::Array(list)) if is_list => {
            list.into_iter().filter_map(|one| if let Value::Object(one) = one { Some(one) } else { None }).collect()
        }
        other => {
            place.extend(other.map(|other| ("services".to_owned(), other)));
            Vec::new()
        }
    }
}

/// A service at a location.
fn place_of(location: &Object) -> Object {
    Object::from_iter([("location".to_owned(), Value::Object(location.clone()))])
}

/// Whether nothing is nested in an object: a row of a table.
fn is_flat(item: &Object) -> bool {
    let is_plain = |value: &Value| match value {
        Value::Object(_) => false,
        Value::Array(list) => !list.iter().any(Value::is_object),
        _ => true,
    };
    item.values().all(is_plain)
}
