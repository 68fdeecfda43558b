//! Export: imported items go out as they came in, patched with the changes made here.
//!
//! Notes and hidden addresses are never exported, persons only on request (`persons` has the rule). Required fields without
//! a value are filled in and marked, and so is what was derived here and not stated, so that a later import does not take
//! either for data.

mod csv_package;
pub(super) mod derived;
pub(super) mod fill;
mod flat;
mod json;
mod matcher;
mod persons;
mod redactor;
mod vcard;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use crate::model::Ref;
use crate::model::order::Order as _;
use crate::model::place::Atlas;
use crate::model::service::UNDECIDED;
use crate::model::thesaurus::Thesaurus;
use crate::model::{
    AnyRecord, Audience, Change, Collection, Date, Edit, FieldType, Id, Kind, Organisation, Original, ParseContext,
    Service, Text, Workspace,
};

use super::map::{self, ServiceContext};
use super::normalise::{Object, is_uuid, name_uuid, str_field};
use super::read::kept::without_kept;
use super::{ExchangeError, Progress, ProgressCallback, patch, schema, sheet, write};
use matcher::Matcher;
use persons::{KnownPersons, NAME_WITHHELD, PersonFilter, Sort, Withheld};
use redactor::{Redactor, WITHHELD};

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
    VCard = "vcf", "The public numbers and addresses of organisations for an address book, vCard 4";
}

impl Format {
    /// What an export in this format counts.
    pub fn counted(self) -> &'static str {
        if self == Self::VCard { "organisations" } else { "services" }
    }

    /// Whether it is a table for spreadsheets.
    pub fn is_sheet(self) -> bool {
        self == Self::Csv
    }
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

/// What an export wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The number of records: services, or organisations in an address book.
    pub count: usize,
    /// How many values of which field stayed here, as they may name persons.
    pub withheld: Withheld,
}

/// Writes the directory to a path: one file, or for the tables of HSDS one folder, and nothing else.
///
/// # Errors
/// When something cannot be written, or `on_progress` returned false.
pub fn export(
    format: Format,
    path: &Path,
    context: &ExportContext<'_>,
    on_progress: &mut ProgressCallback<'_>,
) -> Result<Written, ExchangeError> {
    if format == Format::Hsds3Csv {
        let dataset = collect(context, on_progress)?;
        csv_package::write(path, &dataset)?;
        return Ok(dataset.written());
    }
    let (bytes, written) = export_to_bytes(format, context, on_progress)?;
    write::write_file(path, &bytes)?;
    Ok(written)
}

/// The directory in a format that is one file, and what is in it.
///
/// # Errors
/// The format is several files, or `on_progress` returned false.
pub fn export_to_bytes(
    format: Format,
    context: &ExportContext<'_>,
    on_progress: &mut ProgressCallback<'_>,
) -> Result<(Vec<u8>, Written), ExchangeError> {
    let flat = |(bytes, count): (Vec<u8>, usize)| (bytes, Written { count, ..Written::default() });
    match format {
        Format::Csv => flat::table(context).map(flat),
        Format::GeoJson => Ok(flat(flat::points(context))),
        Format::VCard => Ok(flat(vcard::cards(context))),
        Format::Hsds3Json | Format::Oruk3Json => {
            let dataset = collect(context, on_progress)?;
            Ok((json::page(&dataset, format == Format::Oruk3Json), dataset.written()))
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
    withheld: Withheld,
}

impl Dataset<'_> {
    fn written(&self) -> Written {
        Written { count: self.services.len(), withheld: self.withheld.clone() }
    }
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
        services.push(writer.service_with_derived(record));
    }
    services.order_by(|one, other| str_field(one, "id").cmp(str_field(other, "id")));
    let orphans = writer.orphans();
    Ok(Dataset { atlas: context.atlas, services, organisations, orphans, withheld: writer.withheld.into_inner() })
}

/// The records as the readers of an export may see them in words: no text of theirs tells a hidden address or, unless
/// they were asked for, the name of a contact.
pub fn for_others(context: &ExportContext<'_>) -> Workspace {
    told(context, "")
}

/// The same for tables that are read again: whatever was taken out left a mark, see [`is_as_told`].
pub fn for_tables(context: &ExportContext<'_>) -> Workspace {
    told(context, NAME_WITHHELD)
}

/// Whether a text is another with marks in place of what was withheld from it; `None`: there are no marks in it.
pub fn is_as_told(text: &str, whole: &str) -> Option<bool> {
    let text = text.replace(WITHHELD, NAME_WITHHELD);
    let parts: Vec<&str> = text.split(NAME_WITHHELD).map(str::trim).collect();
    let [first, between @ .., last] = parts.as_slice() else { return None };
    let whole = whole.trim();
    let mut rest = whole.strip_prefix(first);
    for part in between {
        rest = rest.and_then(|rest| rest.find(part).map(|at| &rest[at + part.len()..]));
    }
    Some(rest.is_some_and(|rest| rest.ends_with(last)))
}

fn told(context: &ExportContext<'_>, instead: &str) -> Workspace {
    let hidden = Hidden::of(context);
    let mut edits = Vec::new();
    for record in context.workspace.iter(Kind::Service).chain(context.workspace.iter(Kind::Organisation)) {
        let mut open = record.clone();
        for field in record.kind().editable_fields().filter(|field| !is_reference(field.field_type)) {
            let text = record.format_field(field.name, context.workspace);
            if let Some(said) = hidden.rewrite(&record, field.name, &text, instead) {
                let parse = ParseContext { workspace: context.workspace, today: Date::default() };
                if open.set_field(field.name, &said, parse).is_err() {
                    open.clear(&[field.name]); // better nothing than what is hidden
                }
            }
        }
        edits.extend(Edit::new(Some(record), Some(open)));
    }
    let mut workspace = context.workspace.clone();
    workspace.apply(&Change { edits, sentence: String::new() });
    workspace
}

fn is_reference(field_type: FieldType) -> bool {
    matches!(field_type, FieldType::Reference(_) | FieldType::References(_))
}

/// What must not be told: hidden addresses always, the names of contacts unless they were asked for.
struct Hidden {
    redactor: Redactor,
    persons: Option<Matcher>,
}

impl Hidden {
    fn of(context: &ExportContext<'_>) -> Self {
        let redactor = hidden_addresses(context);
        Self { redactor, persons: (!context.contacts).then(|| known_persons(context)) }
    }

    /// A text of a record without what is hidden; `None`: nothing is hidden in it. A service's own locations are shown or
    /// hidden by its own flag.
    fn rewrite(&self, record: &AnyRecord, field: &str, text: &str, instead: &str) -> Option<String> {
        let organisation = match record {
            AnyRecord::Service(service) => service.organisation.as_ref().and_then(Ref::id),
            other => Some(other.id()),
        };
        let placeless = if field == "locations" { None } else { self.redactor.rewrite(organisation, text) };
        let known = self.persons.as_ref().filter(|_| field != "contacts");
        let text = placeless.as_deref().unwrap_or(text);
        let sort = if field == "locations" { Sort::Address } else { Sort::Prose };
        let nameless = known.and_then(|known| persons::without_names(text, known, sort, instead));
        nameless.or(placeless)
    }
}

/// The names and addresses of all contacts, but for those that a service or an organisation bears.
fn known_persons(context: &ExportContext<'_>) -> Matcher {
    let mut known = KnownPersons::default();
    for original in context.originals.iter() {
        if let Ok(item) = serde_json::from_str(original.json.as_str()) {
            let table = schema::table_by_alias(&original.name).map_or("", |table| table.name);
            known.add(table, &item);
        }
    }
    let workspace = context.workspace;
    for contact in workspace.services.iter().flat_map(|service| &service.contacts) {
        let or_empty = |text: &Option<Text>| text.as_ref().map(ToString::to_string).unwrap_or_default();
        known.add_person(&or_empty(&contact.name), &or_empty(&contact.email));
    }
    let services = workspace.services.iter().map(|service| &*service.name);
    let public = workspace.services.iter().filter_map(|service| service.email.as_deref());
    let organisations = workspace.organisations.iter().map(|organisation| &*organisation.name);
    let theirs = workspace.organisations.iter().filter_map(|organisation| organisation.email.as_deref());
    known.matcher(services.chain(organisations).chain(public).chain(theirs))
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
    let names = |service: &Service| -> Vec<String> {
        let organisation = service.organisation.as_ref().map(|to| to.name(context.workspace).into_owned());
        std::iter::once(service.name.to_string()).chain(organisation).collect()
    };
    let mut add = |service: &Service, item: Option<&Object>| {
        let names = names(service);
        redactor.add(service, item, &names.iter().map(String::as_str).collect::<Vec<_>>());
    };
    for service in hidden.values() {
        add(service, None);
    }
    for original in context.originals.iter() {
        if let Some(service) = original.record.and_then(|id| hidden.get(&id)) {
            add(service, serde_json::from_str(original.json.as_str()).ok().as_ref());
        }
    }
    redactor
}

/// What came of each record. One that was joined with another has several originals: that of its own source goes out.
fn originals_of_records<'a>(context: &ExportContext<'a>) -> HashMap<Id, &'a Arc<Original>> {
    let mut originals: HashMap<Id, &Arc<Original>> = HashMap::new();
    let own = |id: Id| match context.workspace.get(id) {
        Some(AnyRecord::Service(service)) => service.source.clone(),
        Some(AnyRecord::Organisation(organisation)) => organisation.source.clone(),
        _ => None,
    };
    for original in context.originals.iter() {
        let Some(id) = original.record else { continue };
        let is_own = || {
            own(id).is_some_and(|own| original.source_id.as_ref() == Some(&own.id) && original.feed == Some(own.feed))
        };
        if !originals.contains_key(&id) || is_own() {
            originals.insert(id, original);
        }
    }
    originals
}

/// Writes records as items: as they came, patched with what was changed here.
pub(super) struct Writer<'a> {
    context: &'a ExportContext<'a>,
    originals: HashMap<Id, &'a Arc<Original>>,
    /// Organisations by source and the id in it.
    records: HashMap<(Text, String), Id>,
    hidden: Hidden,
    withheld: RefCell<Withheld>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(context: &'a ExportContext<'a>) -> Self {
        let originals = originals_of_records(context);
        let mut records = HashMap::new();
        for record in context.workspace.organisations.iter() {
            if let Some(source) = &record.source {
                records.insert((source.feed.clone(), source.id.to_string()), record.id);
            }
        }
        Self { context, originals, records, hidden: Hidden::of(context), withheld: RefCell::default() }
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
        let mut item: Object = serde_json::from_str(original.json.as_str()).ok()?;
        without_kept(&mut item);
        Some((*original, item))
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

    /// The item of an organisation.
    pub(super) fn organisation(&self, record: &Arc<Organisation>) -> Object {
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
        self.hidden.redactor.redact_item(Some(record.id), &mut item);
        self.remove_persons_unless_asked("organizations", &mut item);
        item
    }

    /// The item of a service.
    pub(super) fn service(&self, record: &Arc<Service>) -> Object {
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
            let said = if record.is_hidden_on_suspicion() { UNDECIDED } else { "yes" };
            item.insert(patch::own_key("hide_address"), said.into());
        }
        self.hidden.redactor.redact_item(record.organisation.as_ref().and_then(Ref::id), &mut item);
        self.remove_persons_unless_asked("services", &mut item);
        item
    }

    /// The item of a service with what was derived here.
    fn service_with_derived(&self, record: &Arc<Service>) -> Object {
        let mut item = self.service(record);
        let mut derived = derived::of(&item, record);
        self.hidden.redactor.redact_item(record.organisation.as_ref().and_then(Ref::id), &mut derived);
        self.remove_persons_unless_asked("services", &mut derived);
        derived::join(&mut item, derived);
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

    /// Removes persons from a row of a table unless they were asked for, and counts what stays here.
    fn remove_persons_unless_asked(&self, table: &str, item: &mut Object) {
        if let Some(known) = &self.hidden.persons {
            let mut filter = PersonFilter { known, withheld: self.withheld.take() };
            filter.filter(schema::table(table), item);
            self.withheld.replace(filter.withheld);
        }
    }

    /// The rows without a parent of earlier imports, by table.
    fn orphans(&self) -> BTreeMap<String, Vec<Object>> {
        let mut orphans: BTreeMap<String, Vec<Object>> = BTreeMap::new();
        let is_row = |original: &&Arc<Original>| original.record.is_none() && &*original.name != sheet::REMEMBERED;
        for original in self.context.originals.iter().filter(is_row) {
            let table = original.name.to_string();
            if let Ok(mut item) = serde_json::from_str::<Object>(original.json.as_str()) {
                let known = schema::table(&table);
                if !self.context.contacts && known.is_some_and(|known| persons::is_of_person(known, &item)) {
                    *self.withheld.borrow_mut().entry(table).or_default() += 1;
                    continue;
                }
                let is_place = matches!(&*table, "addresses" | "locations" | "service_at_location");
                if is_place && self.hidden.redactor.is_hidden_place(None, &Value::Object(item.clone())) {
                    continue;
                }
                without_kept(&mut item);
                self.hidden.redactor.redact_item(None, &mut item);
                self.remove_persons_unless_asked(&table, &mut item);
                orphans.entry(table).or_default().push(item);
            }
        }
        for rows in orphans.values_mut() {
            rows.order_by(|one, other| str_field(one, "id").cmp(str_field(other, "id")));
        }
        orphans
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
    let addresses = Matcher::of(addresses.iter().map(String::as_str));
    for (_, value) in item.iter_mut().filter(|(key, _)| *key != "id") {
        redactor::withhold(value, &|text| addresses.replace(text, None, WITHHELD));
    }
}

/// Moves rows of a place to its service, each once. Another service may be at the same place: each has its own copies, under
/// ids that do not tell which services share a place.
fn move_rows(item: &mut Object, from: &Object, name: &str) {
    let Some(Value::Array(rows)) = from.get(name) else {
        return;
    };
    let service = str_field(item, "id").to_owned();
    let there = item.entry(name).or_insert_with(|| Value::Array(Vec::new()));
    let Value::Array(there) = there else { return };
    for row in rows {
        let mut row = row.clone();
        give_ids(&mut row, &service);
        if !there.contains(&row) {
            there.push(row);
        }
    }
}

/// Gives a row, and every row in its lists, an id of its own at a service.
fn give_ids(row: &mut Value, service: &str) {
    let Some(row) = row.as_object_mut() else { return };
    if let Some(id) = row.get_mut("id") {
        *id = name_uuid(&format!("moved|{service}|{}", id.as_str().unwrap_or_default())).into();
    }
    for inner in row.values_mut().filter_map(Value::as_array_mut).flatten() {
        give_ids(inner, service);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_marks_is_known_again() {
        let whole = "Ask Ada Example at 7 Hidden Lane first";
        assert_eq!(is_as_told("Ask (name withheld) at (address withheld) first", whole), Some(true));
        assert_eq!(is_as_told("Ask (name withheld)", whole), Some(true));
        assert_eq!(is_as_told("Ask (name withheld) at (address withheld) last", whole), Some(false));
        assert_eq!(is_as_told("Ring (name withheld) first", whole), Some(false));
        assert_eq!(is_as_told(whole, whole), None);
    }
}
