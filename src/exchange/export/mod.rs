//! Giving a directory back: what came in goes out as it came, with what was changed here written into it.
//!
//! Nothing goes out that must not: no notes, no hidden address, no persons unless they are asked for. What the schemas
//! demand and nobody has said is filled in and marked, so that reading it again does not take it for news.

mod fill;
mod flat;
mod page;
mod redactor;
mod tables;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use crate::model::Ref;
use crate::model::needs::NeedTable;
use crate::model::{Audience, Collection, Id, Organisation, Original, Service, Text, Workspace};

use super::map::{self, Around};
use super::tidy::{Object, is_uuid, made_uuid, text};
use super::{GoOn, Problem, Progress, patch, write};
use redactor::Redactor;

/// What can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A page of HSDS 3 in JSON.
    Hsds3Json,
    /// Tables of HSDS 3, as a folder or a zip.
    Hsds3Csv,
    /// The same page with the names of ORUK 3 beside.
    Oruk3Json,
    /// One line a service, in our own columns.
    Csv,
    /// Points for a map.
    GeoJson,
}

impl Format {
    /// The formats by the names people type.
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("hsds3-json", Self::Hsds3Json),
        ("hsds3-csv", Self::Hsds3Csv),
        ("oruk3-json", Self::Oruk3Json),
        ("csv", Self::Csv),
        ("geojson", Self::GeoJson),
    ];
}

/// What is exported, and how.
#[derive(Clone, Copy)]
pub struct Outgoing<'a> {
    /// The records.
    pub workspace: &'a Workspace,
    /// What imports brought.
    pub originals: &'a Collection<Original>,
    /// Which needs words speak of, as at the import.
    pub needs: &'a NeedTable,
    /// Whether persons may go out.
    pub contacts: bool,
}

impl Outgoing<'_> {
    /// Whom it is for.
    fn audience(&self) -> Audience {
        Audience::Everyone { with_contacts: self.contacts }
    }
}

/// Writes the directory to a path, and says how many services went out.
///
/// # Errors
/// What cannot be written, or that `go_on` answered false.
pub fn export(format: Format, path: &Path, what: &Outgoing<'_>, go_on: &mut GoOn<'_>) -> Result<usize, Problem> {
    match format {
        Format::Csv => return flat::write_table(path, what),
        Format::GeoJson => return flat::write_points(path, what),
        _ => {}
    }
    let whole = whole(what, go_on)?;
    match format {
        Format::Hsds3Csv => tables::write_package(path, &whole)?,
        _ => write::file(path, &page::bytes(&whole, format == Format::Oruk3Json))?,
    }
    Ok(whole.services.len())
}

/// Everything that goes out, as items.
struct Whole {
    services: Vec<Object>,
    organisations: BTreeMap<String, Object>,
    loose: BTreeMap<String, Vec<Object>>,
}

fn whole(what: &Outgoing<'_>, go_on: &mut GoOn<'_>) -> Result<Whole, Problem> {
    let writer = Writer::new(what);
    let mut organisations = BTreeMap::new();
    for record in what.workspace.organisations.iter() {
        let item = writer.organisation(record);
        organisations.insert(text(&item, "id").to_owned(), item);
    }
    let mut services = Vec::with_capacity(what.workspace.services.len());
    for (at, record) in what.workspace.services.iter().enumerate() {
        if at % 200 == 0 && !go_on(Progress { step: "writing", done: at }) {
            return Err(Problem("the export was stopped; nothing was written".to_owned()));
        }
        services.push(writer.service(record));
    }
    services.sort_by(|one, other| text(one, "id").cmp(text(other, "id")));
    Ok(Whole { services, organisations, loose: writer.loose() })
}

/// Every address that must not be known, as it is recorded here and as it came.
fn secrets_of(what: &Outgoing<'_>) -> Redactor {
    let mut redactor = Redactor::default();
    let hidden: HashMap<Id, &Service> = what
        .workspace
        .services
        .iter()
        .filter(|service| service.hide_address)
        .map(|service| (service.id, &**service))
        .collect();
    for service in hidden.values() {
        redactor.add(service, None);
    }
    for original in what.originals.iter() {
        if let Some(service) = original.record.and_then(|id| hidden.get(&id)) {
            redactor.add(service, serde_json::from_str(original.json.as_str()).ok().as_ref());
        }
    }
    redactor.sort();
    redactor
}

struct Writer<'a> {
    what: &'a Outgoing<'a>,
    originals: HashMap<Id, &'a Arc<Original>>,
    /// Organisations by source and id there.
    records: HashMap<(Text, String), Id>,
    redactor: Redactor,
}

impl<'a> Writer<'a> {
    fn new(what: &'a Outgoing<'a>) -> Self {
        let originals: HashMap<Id, &Arc<Original>> =
            what.originals.iter().filter_map(|original| Some((original.record?, original))).collect();
        let mut records = HashMap::new();
        for record in what.workspace.organisations.iter() {
            if let Some(source) = &record.source {
                records.insert((source.feed.clone(), source.id.to_string()), record.id);
            }
        }
        Self { what, originals, records, redactor: secrets_of(what) }
    }

    /// The uuid by which others know a record.
    fn uuid(&self, table: &str, id: Id, source: Option<&str>) -> String {
        let original = self.originals.get(&id).and_then(|original| original.source_id.as_deref());
        let known = original.or(source).filter(|known| is_uuid(known)).map(str::to_owned);
        known.unwrap_or_else(|| made_uuid(&format!("moot|{table}|{id}")))
    }

    fn organisation_uuid(&self, to: &Ref<Organisation>) -> Option<String> {
        let record = self.what.workspace.organisations.get(to.id()?)?;
        Some(self.uuid("organizations", record.id, record.source.as_ref().map(|source| &*source.id)))
    }

    fn original(&self, id: Id) -> Option<(&'a Arc<Original>, Object)> {
        let original = self.originals.get(&id)?;
        serde_json::from_str(original.json.as_str()).ok().map(|item| (*original, item))
    }

    /// What a reference in an item meant when it was imported.
    fn named(&self, feed: Option<&Text>, item: &Object, field: &str) -> Option<Ref<Organisation>> {
        let said = match text(item, field) {
            "" => text(item, &format!("moot_{field}")),
            said => said,
        };
        let record = feed.and_then(|feed| self.records.get(&(feed.clone(), said.to_owned())));
        record.map(|id| Ref::record(*id)).or_else(|| Text::some(said).map(Ref::words))
    }

    fn organisation(&self, record: &Organisation) -> Object {
        let (mut item, base) = match self.original(record.id) {
            Some((original, item)) => {
                let parent = self.named(original.feed.as_ref(), &item, "parent_organization_id");
                let base = map::organisation(&item, parent);
                (item, base)
            }
            None => (
                self.blank("organizations", record.id, record.source.as_ref().map(|s| &*s.id)),
                Organisation::default(),
            ),
        };
        patch::organisation(&mut item, &base, record, self.what.workspace, &|to| self.organisation_uuid(to));
        self.redactor.redact_item(Some(record.id), &mut item);
        self.guard(&mut item);
        item
    }

    fn service(&self, record: &Service) -> Object {
        let (mut item, base) = match self.original(record.id) {
            Some((original, item)) => {
                let deliverer = self.named(original.feed.as_ref(), &item, "organization_id");
                let organisation = deliverer.as_ref().and_then(Ref::id).and_then(|id| self.original(id));
                let organisation = organisation.map(|(_, item)| item);
                let around = Around { organisation: organisation.as_ref(), deliverer, needs: self.what.needs };
                let base = map::service(&item, &around);
                (item, base)
            }
            None => (self.blank("services", record.id, record.source.as_ref().map(|s| &*s.id)), Service::default()),
        };
        patch::service(&mut item, &base, record, self.what.workspace, &|to| self.organisation_uuid(to));
        if record.hide_address {
            hide(&mut item);
        }
        self.redactor.redact_item(record.organisation.as_ref().and_then(Ref::id), &mut item);
        self.guard(&mut item);
        item
    }

    fn blank(&self, table: &str, id: Id, source: Option<&str>) -> Object {
        Object::from_iter([("id".to_owned(), Value::String(self.uuid(table, id, source)))])
    }

    /// Persons go out only where they are asked for.
    fn guard(&self, item: &mut Object) {
        if !self.what.contacts {
            without_persons(item);
        }
    }

    /// Rows that belonged to nothing when they came.
    fn loose(&self) -> BTreeMap<String, Vec<Object>> {
        let mut loose: BTreeMap<String, Vec<Object>> = BTreeMap::new();
        for original in self.what.originals.iter().filter(|original| original.record.is_none()) {
            let table = original.name.to_string();
            if let Ok(mut item) = serde_json::from_str::<Object>(original.json.as_str())
                && (self.what.contacts || table != "contacts")
            {
                let is_place = matches!(&*table, "addresses" | "locations" | "service_at_location");
                if is_place && self.redactor.is_hidden_place(None, &Value::Object(item.clone())) {
                    continue;
                }
                self.redactor.redact_item(None, &mut item);
                self.guard(&mut item);
                loose.entry(table).or_default().push(item);
            }
        }
        for rows in loose.values_mut() {
            rows.sort_by(|one, other| text(one, "id").cmp(text(other, "id")));
        }
        loose
    }
}

/// Whatever names a person.
const PERSONS: &[&str] =
    &["contacts", "moot_contacts", "assurer_email", "moot_verified_by", "admin_emails", "updated_by"];

fn without_persons(item: &mut Object) {
    item.retain(|key, _| !PERSONS.contains(&key.as_str()));
    for value in item.values_mut() {
        each_object(value, &mut without_persons);
    }
}

fn each_object(value: &mut Value, act: &mut dyn FnMut(&mut Object)) {
    match value {
        Value::Object(object) => act(object),
        Value::Array(rows) => rows.iter_mut().for_each(|row| each_object(row, act)),
        _ => {}
    }
}

/// What leads from a row to the place it was kept with, and to the service that has it now.
const WHERE: &[&str] =
    &["service_id", "location_id", "service_at_location_id", "moot_location_id", "moot_service_at_location_id"];

/// Takes every trace of where a service is out of its item.
fn hide(item: &mut Object) {
    let traces = redactor::traces_in(item);
    // telephone and hours belong to the service, not to the house
    let places = item.shift_remove("service_at_locations");
    for place in places.iter().filter_map(Value::as_array).flatten().filter_map(Value::as_object) {
        for name in ["phones", "schedules", "contacts", "service_areas"] {
            lift(item, place, name);
            if let Some(location) = place.get("location").and_then(Value::as_object) {
                lift(item, location, name);
            }
        }
    }
    item.shift_remove("moot_locations");
    for rows in item.values_mut().filter_map(Value::as_array_mut) {
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            row.retain(|key, _| !WHERE.contains(&key.as_str()));
        }
    }
    for (key, value) in item.iter_mut() {
        if key != "id" {
            redactor::withhold(value, &traces);
        }
    }
    item.insert("moot_hide_address".to_owned(), "yes".into());
}

fn lift(item: &mut Object, from: &Object, name: &str) {
    let Some(Value::Array(rows)) = from.get(name) else {
        return;
    };
    let there = item.entry(name).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(there) = there {
        there.extend(rows.iter().cloned());
    }
}
