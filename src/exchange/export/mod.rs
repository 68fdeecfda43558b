//! Export: imported items go out as they came in, patched with the changes made here.
//!
//! Notes and hidden addresses are never exported, persons only on request. Required fields without a value are filled in
//! and marked, so that a later import does not take them for data.

mod csv_package;
mod fill;
mod flat;
mod json;
mod redactor;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use crate::model::Ref;
use crate::model::order::Order as _;
use crate::model::place::Atlas;
use crate::model::thesaurus::Thesaurus;
use crate::model::{AnyRecord, Audience, Collection, Id, Organisation, Original, Service, Text, Workspace};

use super::map::{self, ServiceContext};
use super::normalise::{Object, is_uuid, name_uuid, str_field};
use super::{ExchangeError, Progress, ProgressCallback, patch, sheet, write};
use redactor::Redactor;

pub(super) use redactor::WITHHELD;

/// Declares the formats once: variant, name, description.
macro_rules! formats {
    ($($variant:ident = $name:literal, $description:literal;)+) => {
        /// The formats of an export.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Format {
            $(#[doc = $description] $variant,)+
        }

        impl Format {
            /// All formats.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name that people type.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The format in a few words.
            pub fn description(self) -> &'static str {
                match self {
                    $(Self::$variant => $description,)+
                }
            }
        }
    };
}

formats! {
    Hsds3Json = "hsds3-json", "Open Referral HSDS 3, one page of JSON";
    Hsds3Csv = "hsds3-csv", "Open Referral HSDS 3, CSV tables in a folder or a zip";
    Oruk3Json = "oruk3-json", "Open Referral UK 3, one page of JSON";
    Csv = "csv", "One line per service for a spreadsheet, in the columns of this program";
    GeoJson = "geojson", "The visible locations of services as points for a map";
}

impl std::str::FromStr for Format {
    type Err = ExchangeError;
    fn from_str(typed: &str) -> Result<Self, ExchangeError> {
        Self::ALL.iter().copied().find(|format| format.name().eq_ignore_ascii_case(typed)).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|format| format.name()).collect();
            ExchangeError(format!("there is no format {typed:?}; choose from {}", names.join(", ")))
        })
    }
}

/// What is exported.
#[derive(Clone, Copy)]
pub struct ExportContext<'a> {
    /// The records.
    pub workspace: &'a Workspace,
    /// The items that imports kept.
    pub originals: &'a Collection<Original>,
    /// What words and codes of taxonomies mean, as at the import.
    pub thesaurus: &'a Thesaurus,
    /// The map of the workspace, which knows the county of a postcode.
    pub atlas: &'a Atlas,
    /// Whether names and contact details of persons are exported.
    pub contacts: bool,
}

impl ExportContext<'_> {
    /// Whom the export is for.
    fn audience(&self) -> Audience {
        Audience::Everyone { with_contacts: self.contacts }
    }
}

/// Writes the directory to a path and returns the number of services.
///
/// # Errors
/// When something cannot be written, or `on_progress` returned false.
pub fn export(
    format: Format,
    path: &Path,
    context: &ExportContext<'_>,
    on_progress: &mut ProgressCallback<'_>,
) -> Result<usize, ExchangeError> {
    match format {
        Format::Csv => {
            let table = flat::table(context);
            table.write(path)?;
            Ok(table.count())
        }
        Format::Hsds3Csv => {
            let dataset = collect(context, on_progress)?;
            csv_package::write(path, &dataset)?;
            Ok(dataset.services.len())
        }
        Format::Hsds3Json | Format::Oruk3Json | Format::GeoJson => {
            let bytes = export_to_bytes(format, context, on_progress)?;
            write::write_file(path, &bytes.0)?;
            Ok(bytes.1)
        }
    }
}

/// The directory in a format that is one file, and the number of services in it.
///
/// # Errors
/// The format is several files, or `on_progress` returned false.
pub fn export_to_bytes(
    format: Format,
    context: &ExportContext<'_>,
    on_progress: &mut ProgressCallback<'_>,
) -> Result<(Vec<u8>, usize), ExchangeError> {
    match format {
        Format::Csv => {
            let table = flat::table(context);
            Ok((table.exact()?, table.count()))
        }
        Format::GeoJson => Ok(flat::points(context)),
        Format::Hsds3Json | Format::Oruk3Json => {
            let dataset = collect(context, on_progress)?;
            Ok((json::page(&dataset, format == Format::Oruk3Json), dataset.services.len()))
        }
        Format::Hsds3Csv => {
            Err(ExchangeError(format!("{} is many tables: name a folder, or a file that ends in .zip", format.name())))
        }
    }
}

/// All items of an export, redacted.
struct Dataset<'a> {
    atlas: &'a Atlas,
    services: Vec<Object>,
    organisations: BTreeMap<String, Object>,
    orphans: BTreeMap<String, Vec<Object>>,
}

fn collect<'a>(
    context: &ExportContext<'a>,
    on_progress: &mut ProgressCallback<'_>,
) -> Result<Dataset<'a>, ExchangeError> {
    let writer = Writer::new(context);
    let mut organisations = BTreeMap::new();
    for record in context.workspace.organisations.iter() {
        let item = writer.organisation(record);
        organisations.insert(str_field(&item, "id").to_owned(), item);
    }
    let mut services = Vec::with_capacity(context.workspace.services.len());
    for (at, record) in context.workspace.services.iter().enumerate() {
        if at % 200 == 0 && !on_progress(Progress { stage: "writing", done: at }) {
            return Err(ExchangeError("the export was stopped; nothing was written".to_owned()));
        }
        services.push(writer.service(record));
    }
    services.order_by(|one, other| str_field(one, "id").cmp(str_field(other, "id")));
    Ok(Dataset { atlas: context.atlas, services, organisations, orphans: writer.orphans() })
}

/// The redactor of all hidden addresses, both of the records and of their originals.
fn hidden_addresses(context: &ExportContext<'_>) -> Redactor {
    let mut redactor = Redactor::default();
    let hidden: HashMap<Id, &Service> = context
        .workspace
        .services
        .iter()
        .filter(|service| service.hide_address)
        .map(|service| (service.id, &**service))
        .collect();
    for service in hidden.values() {
        redactor.add(service, None);
    }
    for original in context.originals.iter() {
        if let Some(service) = original.record.and_then(|id| hidden.get(&id)) {
            redactor.add(service, serde_json::from_str(original.json.as_str()).ok().as_ref());
        }
    }
    redactor.sort();
    redactor
}

struct Writer<'a> {
    context: &'a ExportContext<'a>,
    originals: HashMap<Id, &'a Arc<Original>>,
    /// Organisations by source and the id in it.
    records: HashMap<(Text, String), Id>,
    redactor: Redactor,
}

impl<'a> Writer<'a> {
    fn new(context: &'a ExportContext<'a>) -> Self {
        let originals: HashMap<Id, &Arc<Original>> =
            context.originals.iter().filter_map(|original| Some((original.record?, original))).collect();
        let mut records = HashMap::new();
        for record in context.workspace.organisations.iter() {
            if let Some(source) = &record.source {
                records.insert((source.feed.clone(), source.id.to_string()), record.id);
            }
        }
        Self { context, originals, records, redactor: hidden_addresses(context) }
    }

    /// The exported uuid of a record.
    fn uuid(&self, table: &str, id: Id, source: Option<&str>) -> String {
        let original = self.originals.get(&id).and_then(|original| original.source_id.as_deref());
        let known = original.or(source).filter(|known| is_uuid(known)).map(str::to_owned);
        known.unwrap_or_else(|| name_uuid(&format!("moot|{table}|{id}")))
    }

    fn organisation_uuid(&self, to: &Ref<Organisation>) -> Option<String> {
        let record = self.context.workspace.organisations.get(to.id()?)?;
        Some(self.uuid("organizations", record.id, record.source.as_ref().map(|source| &*source.id)))
    }

    fn original(&self, id: Id) -> Option<(&'a Arc<Original>, Object)> {
        let original = self.originals.get(&id)?;
        serde_json::from_str(original.json.as_str()).ok().map(|item| (*original, item))
    }

    /// The reference in a field of an item, resolved as at the import.
    fn named(&self, feed: Option<&Text>, item: &Object, field: &str) -> Option<Ref<Organisation>> {
        let stated = match str_field(item, field) {
            "" => str_field(item, &format!("moot_{field}")),
            stated => stated,
        };
        let record = feed.and_then(|feed| self.records.get(&(feed.clone(), stated.to_owned())));
        record.map(|id| Ref::record(*id)).or_else(|| Text::some(stated).map(Ref::words))
    }

    fn organisation(&self, record: &Arc<Organisation>) -> Object {
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
        patch::patch_organisation(&mut item, &base, record, self.context.workspace, &|to| self.organisation_uuid(to));
        self.remove_hidden_fields(&AnyRecord::Organisation(Arc::clone(record)), &mut item);
        self.redactor.redact_item(Some(record.id), &mut item);
        self.remove_persons_unless_asked(&mut item);
        item
    }

    fn service(&self, record: &Arc<Service>) -> Object {
        let (mut item, base) = match self.original(record.id) {
            Some((original, item)) => {
                let organisation_ref = self.named(original.feed.as_ref(), &item, "organization_id");
                let organisation = organisation_ref.as_ref().and_then(Ref::id).and_then(|id| self.original(id));
                let organisation = organisation.map(|(_, item)| item);
                let service_context = ServiceContext {
                    organisation_item: organisation.as_ref(),
                    organisation_ref,
                    thesaurus: self.context.thesaurus,
                };
                let base = map::service(&item, &service_context);
                (item, base)
            }
            None => (self.blank("services", record.id, record.source.as_ref().map(|s| &*s.id)), Service::default()),
        };
        patch::patch_service(&mut item, &base, record, self.context.workspace, &|to| self.organisation_uuid(to));
        self.remove_hidden_fields(&AnyRecord::Service(Arc::clone(record)), &mut item);
        if record.hide_address {
            hide_address(&mut item);
        }
        self.redactor.redact_item(record.organisation.as_ref().and_then(Ref::id), &mut item);
        self.remove_persons_unless_asked(&mut item);
        item
    }

    fn blank(&self, table: &str, id: Id, source: Option<&str>) -> Object {
        Object::from_iter([("id".to_owned(), Value::String(self.uuid(table, id, source)))])
    }

    /// Removes every field that is hidden from the audience of the export, whether it was set here or came with the
    /// original: what a declaration hides must not depend on where the value is from.
    fn remove_hidden_fields(&self, record: &AnyRecord, item: &mut Object) {
        let (audience, workspace) = (self.context.audience(), self.context.workspace);
        for field in record.kind().fields().filter(|field| record.is_hidden(field, audience, workspace)) {
            item.shift_remove(&patch::own_key(field.name));
        }
    }

    /// Removes persons unless they were asked for.
    fn remove_persons_unless_asked(&self, item: &mut Object) {
        if !self.context.contacts {
            without_persons(item);
        }
    }

    /// The rows without a parent of earlier imports, by table.
    fn orphans(&self) -> BTreeMap<String, Vec<Object>> {
        let mut orphans: BTreeMap<String, Vec<Object>> = BTreeMap::new();
        let is_row = |original: &&Arc<Original>| original.record.is_none() && &*original.name != sheet::REMEMBERED;
        for original in self.context.originals.iter().filter(is_row) {
            let table = original.name.to_string();
            if let Ok(mut item) = serde_json::from_str::<Object>(original.json.as_str())
                && (self.context.contacts || table != "contacts")
            {
                let is_place = matches!(&*table, "addresses" | "locations" | "service_at_location");
                if is_place && self.redactor.is_hidden_place(None, &Value::Object(item.clone())) {
                    continue;
                }
                self.redactor.redact_item(None, &mut item);
                self.remove_persons_unless_asked(&mut item);
                orphans.entry(table).or_default().push(item);
            }
        }
        for rows in orphans.values_mut() {
            rows.order_by(|one, other| str_field(one, "id").cmp(str_field(other, "id")));
        }
        orphans
    }
}

/// Fields that name a person.
const PERSON_FIELDS: &[&str] =
    &["contacts", "moot_contacts", "assurer_email", "moot_verified_by", "admin_emails", "updated_by"];

fn without_persons(item: &mut Object) {
    item.retain(|key, _| !PERSON_FIELDS.contains(&key.as_str()));
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

/// References from which a hidden location could be found, and the parent that a moved row no longer has.
const LOCATION_REFERENCES: &[&str] =
    &["service_id", "location_id", "service_at_location_id", "moot_location_id", "moot_service_at_location_id"];

/// Removes every trace of a service's locations from its item.
fn hide_address(item: &mut Object) {
    let addresses = redactor::addresses_in(item);
    // phones, hours and the like belong to the service and are kept
    let places = item.shift_remove("service_at_locations");
    for place in places.iter().filter_map(Value::as_array).flatten().filter_map(Value::as_object) {
        for name in ["phones", "schedules", "contacts", "service_areas"] {
            move_rows(item, place, name);
            if let Some(location) = place.get("location").and_then(Value::as_object) {
                move_rows(item, location, name);
            }
        }
    }
    item.shift_remove("moot_locations");
    for rows in item.values_mut().filter_map(Value::as_array_mut) {
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            row.retain(|key, _| !LOCATION_REFERENCES.contains(&key.as_str()));
        }
    }
    for (key, value) in item.iter_mut() {
        if key != "id" {
            redactor::withhold(value, &addresses);
        }
    }
    item.insert("moot_hide_address".to_owned(), "yes".into());
}

fn move_rows(item: &mut Object, from: &Object, name: &str) {
    let Some(Value::Array(rows)) = from.get(name) else {
        return;
    };
    let there = item.entry(name).or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(there) = there {
        there.extend(rows.iter().cloned());
    }
}
