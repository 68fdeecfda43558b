//! Plans an import: one change from a three-way merge of what the source said last time (the kept original), what it
//! says now, and the records as they are here.

mod merge;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::model::Ref;
use crate::model::original::Json;
use crate::model::service::Source;
use crate::model::text::{MAX_BYTES, Text};
use crate::model::thesaurus::Thesaurus;
use crate::model::{
    Author, Change, Collection, Edit, Id, Kind, Organisation, Original, Service, SplitMix64, Workspace,
};

use super::map::{self, ServiceContext};
use super::nest::Item;
use super::normalise::{Object, str_field};
use super::report::{Counts, Repair, RepairKind, Report, excerpt};
use super::{ExchangeError, Package, Progress, ProgressCallback};

/// What an import is compared with.
#[derive(Clone, Copy)]
pub struct ImportContext<'a> {
    /// The records.
    pub workspace: &'a Workspace,
    /// The items that earlier imports kept.
    pub originals: &'a Collection<Original>,
    /// What words and codes of taxonomies mean.
    pub thesaurus: &'a Thesaurus,
    /// Who imports, and when.
    pub author: &'a Author,
}

/// The outcome of planning an import.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportPlan {
    /// The change; empty when the source says nothing new.
    pub change: Change,
    /// What was read and repaired.
    pub report: Report,
}

/// Plans the import of a package.
///
/// # Errors
/// When `on_progress` returned false.
pub fn plan_import(
    package: Package,
    context: &ImportContext<'_>,
    random: &mut SplitMix64,
    on_progress: &mut ProgressCallback<'_>,
) -> Result<ImportPlan, ExchangeError> {
    let mut planner = Planner::new(&package, context, random);
    planner.assign_organisation_ids(&package);
    for item in &package.organisations {
        planner.plan_organisation(item);
    }
    for (at, item) in package.services.iter().enumerate() {
        if at % 200 == 0 && !on_progress(Progress { stage: "comparing", done: at }) {
            return Err(ExchangeError("the import was stopped; nothing was changed".to_owned()));
        }
        planner.plan_service(item);
    }
    for item in package.orphans.iter().chain(&package.columns) {
        planner.keep_original(item, None);
    }
    planner.mark_missing();
    let parts = planner.into_parts();
    Ok(into_plan(package, parts))
}

struct Planner<'a> {
    context: &'a ImportContext<'a>,
    random: &'a mut SplitMix64,
    feed: Text,
    /// Originals of this source by table and id; those that the source still has are removed as they are met.
    known: HashMap<(String, String), Arc<Original>>,
    /// Record ids by kind and the id in the source.
    records: HashMap<(Kind, String), Id>,
    organisations: HashMap<String, &'a str>,
    /// Organisations as the source had them last time.
    before: HashMap<String, Arc<Original>>,
    new_ids: HashSet<Id>,
    edits: [Vec<Edit>; 3],
    counts: [Counts; 2],
    repairs: Vec<Repair>,
}

impl<'a> Planner<'a> {
    fn new(package: &'a Package, context: &'a ImportContext<'a>, random: &'a mut SplitMix64) -> Self {
        let feed = Text::line(&package.feed);
        let of_feed = context.originals.iter().filter(|original| original.feed.as_ref() == Some(&feed));
        let key = |original: &Original| {
            (original.name.to_string(), original.source_id.as_deref().unwrap_or_default().to_owned())
        };
        let known: HashMap<_, _> = of_feed.map(|original| (key(original), original.clone())).collect();
        let mut records = HashMap::new();
        let mut learn = |kind, id, source: Option<&Source>| {
            if let Some(source) = source.filter(|source| source.feed == feed) {
                records.insert((kind, source.id.to_string()), id);
            }
        };
        context.workspace.organisations.iter().for_each(|o| learn(Kind::Organisation, o.id, o.source.as_ref()));
        context.workspace.services.iter().for_each(|s| learn(Kind::Service, s.id, s.source.as_ref()));
        for ((table, id), original) in &known {
            let kind = if table == "services" { Kind::Service } else { Kind::Organisation };
            // The files of an event keep originals of records of other kinds, perhaps under the same name.
            if let Some(record) = original.record.filter(|record| record.letter() == kind.letter()) {
                records.entry((kind, id.clone())).or_insert(record);
            }
        }
        let organisations = package.organisations.iter().map(|item| (item.id.to_string(), &*item.json)).collect();
        let is_organisation = |(table, _): &&(String, String)| table == "organizations";
        let before = known.iter().filter(|(key, _)| is_organisation(key)).map(|((_, id), o)| (id.clone(), o.clone()));
        let before = before.collect();
        Self {
            context,
            random,
            feed,
            known,
            records,
            organisations,
            before,
            new_ids: HashSet::new(),
            edits: Default::default(),
            counts: Default::default(),
            repairs: Vec::new(),
        }
    }

    fn new_id(&mut self, kind: Kind) -> Id {
        let (workspace, originals, new_ids) = (self.context.workspace, self.context.originals, &self.new_ids);
        let count = if kind == Kind::Original { originals.len() } else { workspace.count(kind) } + new_ids.len();
        let taken = |id| workspace.get(id).is_some() || originals.get(id).is_some() || new_ids.contains(&id);
        let id = self.random.new_id(kind.letter(), count, taken);
        self.new_ids.insert(id);
        id
    }

    /// Assigns ids to new organisations before services refer to them.
    fn assign_organisation_ids(&mut self, package: &Package) {
        for item in &package.organisations {
            let key = (Kind::Organisation, item.id.to_string());
            if !self.records.contains_key(&key) {
                let id = self.new_id(Kind::Organisation);
                self.records.insert(key, id);
            }
        }
    }

    fn known(&self, item: &Item) -> Option<&Arc<Original>> {
        self.known.get(&(item.table.to_string(), item.id.to_string()))
    }

    /// The organisation to which a field of an item refers: a record, or the text in the source.
    fn organisation_of(&self, item: &Object, field: &str) -> Option<Ref<Organisation>> {
        let stated = match str_field(item, field) {
            "" => str_field(item, &format!("moot_{field}")),
            stated => stated,
        };
        let record = self.records.get(&(Kind::Organisation, stated.to_owned()));
        record.map(|id| Ref::record(*id)).or_else(|| Text::some(stated).map(Ref::words))
    }

    fn as_organisation(&self, json: &str) -> (Object, Organisation) {
        let object: Object = serde_json::from_str(json).unwrap_or_default();
        let parent = self.organisation_of(&object, "parent_organization_id");
        let organisation = map::organisation(&object, parent);
        (object, organisation)
    }

    fn as_service(&self, json: &str, organisation: Option<&str>) -> (Object, Service) {
        let object: Object = serde_json::from_str(json).unwrap_or_default();
        let organisation: Option<Object> = organisation.and_then(|json| serde_json::from_str(json).ok());
        let organisation_ref = self.organisation_of(&object, "organization_id");
        let service_context = ServiceContext {
            organisation_item: organisation.as_ref(),
            organisation_ref,
            thesaurus: self.context.thesaurus,
        };
        let service = map::service(&object, &service_context);
        (object, service)
    }

    fn plan_organisation(&mut self, item: &Item) {
        let base = self.known(item).map(|known| known.json.clone());
        let is_same_json = base.as_ref().is_some_and(|base| base.as_str() == &*item.json);
        let id = self.records.get(&(Kind::Organisation, item.id.to_string())).copied().unwrap_or_default();
        if !self.is_unchanged::<Organisation>(id, is_same_json, 0) {
            let (object, theirs) = self.as_organisation(&item.json);
            let base = base.map(|base| self.as_organisation(base.as_str()).1);
            self.note_missing_and_long(item, &object);
            self.merge_item(item, id, base, theirs, 0);
        }
        self.keep_original(item, Some(id));
    }

    fn plan_service(&mut self, item: &Item) {
        let key = (Kind::Service, item.id.to_string());
        let id = match self.records.get(&key) {
            Some(id) => *id,
            None => self.new_id(Kind::Service),
        };
        self.records.insert(key, id);
        let base = self.known(item).map(|known| known.json.clone());
        let (now, before) = self.organisations_of(&item.json, base.as_ref());
        let is_same_json = base.as_ref().is_some_and(|base| base.as_str() == &*item.json) && now == before.as_deref();
        if !self.is_unchanged::<Service>(id, is_same_json, 1) {
            let (object, theirs) = self.as_service(&item.json, now);
            let base = base.map(|base| self.as_service(base.as_str(), before.as_deref()).1);
            self.note_missing_and_long(item, &object);
            if theirs.hide_address && base.is_none() {
                self.note(item, "hide_address", RepairKind::Refuge, "", "yes");
            }
            self.merge_item(item, id, base, theirs, 1);
        }
        self.keep_original(item, Some(id));
    }

    /// The item of a service's organisation, as it is now and as it was at the last import.
    fn organisations_of(&self, json: &str, base: Option<&Json>) -> (Option<&'a str>, Option<String>) {
        let organisation_id_in = |json: &str| organisation_id_in(json).map(str::to_owned);
        let now = organisation_id_in(json).and_then(|id| self.organisations.get(&id).copied());
        let before = base.and_then(|base| organisation_id_in(base.as_str())).and_then(|id| self.before.get(&id));
        (now, before.map(|original| original.json.as_str().to_owned()))
    }

    /// Reports a missing name and texts that are too long for a record.
    fn note_missing_and_long(&mut self, item: &Item, object: &Object) {
        if str_field(object, "name").is_empty() {
            self.note(item, "name", RepairKind::Missing, "", "named by what else is known");
        }
        for (field, value) in object {
            if let Some(value) = value.as_str().filter(|value| value.len() > MAX_BYTES) {
                self.note(item, field, RepairKind::TooLong, value, "");
            }
        }
    }

    fn note(&mut self, item: &Item, field: &str, kind: RepairKind, old: &str, new: &str) {
        let (file, row) = (item.file.clone(), item.row);
        self.repairs.push(Repair { file, row, field: field.into(), kind, old: excerpt(old), new: excerpt(new) });
    }

    fn into_parts(self) -> ([Vec<Edit>; 3], [Counts; 2], Vec<Repair>) {
        (self.edits, self.counts, self.repairs)
    }
}

fn into_plan(
    package: Package,
    (edits, counts, more_repairs): ([Vec<Edit>; 3], [Counts; 2], Vec<Repair>),
) -> ImportPlan {
    let [organisations, services] = counts;
    let edits: Vec<Edit> = edits.into_iter().flatten().collect();
    let sentence = if edits.is_empty() {
        format!("{} says nothing new", package.feed)
    } else {
        format!("{} imported: services {services}; organisations {organisations}", package.feed)
    };
    let mut repairs = package.repairs;
    repairs.extend(more_repairs);
    let report = Report {
        feed: package.feed,
        dialect: package.dialect,
        services,
        organisations,
        locations: package.locations,
        orphan_rows: package.orphans.len(),
        repairs,
    };
    ImportPlan { change: Change { edits, sentence }, report }
}

/// The `organization_id` of a service's item, read without parsing it: canonical order puts it right after the id.
fn organisation_id_in(json: &str) -> Option<&str> {
    let rest = json.get(r#"{"id":"","#.len() + 36..)?;
    rest.strip_prefix(r#""organization_id":""#)?.get(..36)
}
