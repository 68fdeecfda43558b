//! Plans an import: one change from a three-way merge of what the source said last time (the kept original), what it
//! says now, and the records as they are here.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::model::Ref;
use crate::model::needs::NeedTable;
use crate::model::original::Json;
use crate::model::record::Record;
use crate::model::service::Source;
use crate::model::text::{MAX_BYTES, Text};
use crate::model::{
    AnyRecord, Author, Change, Collection, Edit, Id, Kind, Organisation, Original, Service, SplitMix64, Workspace,
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
    /// Maps words and taxonomy codes to needs.
    pub needs: &'a NeedTable,
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

/// A kind of record that can be imported.
trait Sourced: Record + Into<AnyRecord> {
    fn source(&mut self) -> &mut Option<Source>;
    fn find_in(workspace: &Workspace, id: Id) -> Option<Arc<Self>>;
}

impl Sourced for Service {
    fn source(&mut self) -> &mut Option<Source> {
        &mut self.source
    }
    fn find_in(workspace: &Workspace, id: Id) -> Option<Arc<Self>> {
        workspace.services.get(id).cloned()
    }
}

impl Sourced for Organisation {
    fn source(&mut self) -> &mut Option<Source> {
        &mut self.source
    }
    fn find_in(workspace: &Workspace, id: Id) -> Option<Arc<Self>> {
        workspace.organisations.get(id).cloned()
    }
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
    for item in &package.orphans {
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
        let service_context =
            ServiceContext { organisation_item: organisation.as_ref(), organisation_ref, needs: self.context.needs };
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

    /// Whether nothing has to be merged: the item did not change and the record is not marked as missing.
    fn is_unchanged<R: Sourced>(&mut self, id: Id, is_same_json: bool, at: usize) -> bool {
        if !is_same_json {
            return false;
        }
        let is_missing = R::find_in(self.context.workspace, id).is_some_and(|record| {
            Arc::unwrap_or_clone(record).source().as_ref().is_some_and(|s| s.missing_since.is_some())
        });
        self.counts[at].unchanged += usize::from(!is_missing);
        !is_missing
    }

    /// Merges the base and the new state of an item with the record here, and adds the edit.
    fn merge_item<R: Sourced>(&mut self, item: &Item, id: Id, base: Option<R>, mut theirs: R, at: usize) {
        theirs.set_id(id);
        let source = Source { feed: self.feed.clone(), id: Text::line(&item.id), ..Source::default() };
        let ours = R::find_in(self.context.workspace, id);
        let before = ours.as_ref().map(|ours| R::clone(ours).into());
        let after = match ours {
            Some(ours) => self.merged(base, &ours, theirs),
            None if base.as_ref().is_some_and(|base| base.differing(&theirs).is_empty()) => None,
            None => {
                *theirs.source() = Some(source);
                theirs.set_updated(self.context.author.stamp(None));
                Some(theirs)
            }
        };
        match (&before, &after) {
            (_, None) => self.counts[at].unchanged += 1,
            (None, Some(_)) => self.counts[at].new += 1,
            (Some(_), Some(_)) => self.counts[at].changed += 1,
        }
        self.edits[at].extend(after.and_then(|after| Edit::new(before, Some(after.into()))));
    }

    /// The record with the changes of the source merged in; `None` when nothing changed. Conflicts become suggestions.
    fn merged<R: Sourced>(&self, base: Option<R>, ours: &Arc<R>, mut theirs: R) -> Option<R> {
        let mut source = R::clone(ours).source().clone().unwrap_or_default();
        let mut base = base.unwrap_or_default();
        for side in [&mut base, &mut theirs] {
            side.source().clone_from(R::clone(ours).source());
        }
        let (mut merged, both) = R::merge(&base, ours, &theirs, true);
        source.missing_since = None;
        let formatted = |record: &R, name: &str| self.format_field(record, name);
        source.suggestions.retain(|(name, value)| {
            formatted(&theirs, name) == **value && formatted(&merged, name) != **value && !both.contains(&name.as_str())
        });
        let offered = both.iter().filter_map(|name| Some((Text::line(name), Text::some(&formatted(&theirs, name))?)));
        source.suggestions.extend(offered);
        *merged.source() = Some(source);
        if merged.differing(ours).is_empty() {
            return None;
        }
        merged.set_updated(self.context.author.stamp(Some(&R::clone(ours).into())));
        Some(merged)
    }

    fn format_field<R: Sourced>(&self, record: &R, name: &str) -> String {
        let any: AnyRecord = record.clone().into();
        if let (AnyRecord::Service(service), "verified") = (&any, name) {
            return service.verified.as_ref().map(|verified| verified.on.to_string()).unwrap_or_default();
        }
        any.format_field(name, self.context.workspace)
    }

    /// Stores the item as an original: the base of the next import and of exports.
    fn keep_original(&mut self, item: &Item, record: Option<Id>) {
        let known = self.known.remove(&(item.table.to_string(), item.id.to_string()));
        if known.as_ref().is_some_and(|known| known.json.as_str() == &*item.json && known.record == record) {
            return;
        }
        let id = known.as_ref().map_or_else(|| self.new_id(Kind::Original), |known| known.id);
        let before = known.map(AnyRecord::Original);
        let after = Original {
            id,
            name: Text::line(&item.table),
            feed: Some(self.feed.clone()),
            source_id: Text::some(&item.id),
            json: Json::new(&item.json),
            record,
            updated: self.context.author.stamp(before.as_ref()),
        };
        self.edits[2].extend(Edit::new(before, Some(after.into())));
    }

    /// Marks records that the source no longer has; only rows without a record are deleted.
    fn mark_missing(&mut self) {
        let mut gone: Vec<Arc<Original>> = self.known.values().cloned().collect();
        gone.sort_by_key(|original| original.id);
        for original in gone {
            match original.record.map(|id| self.context.workspace.get(id)) {
                Some(Some(AnyRecord::Service(service))) => self.mark_record(service, 1),
                Some(Some(AnyRecord::Organisation(organisation))) => self.mark_record(organisation, 0),
                Some(_) => {}
                None => self.edits[2].extend(Edit::new(Some(AnyRecord::Original(original)), None)),
            }
        }
    }

    fn mark_record<R: Sourced>(&mut self, record: Arc<R>, at: usize) {
        self.counts[at].missing += 1;
        let before: AnyRecord = R::clone(&record).into();
        let mut after = Arc::unwrap_or_clone(record);
        let mut source = after.source().clone().unwrap_or_default();
        if source.missing_since.is_none() {
            source.missing_since = Some(self.context.author.today);
            *after.source() = Some(source);
            after.set_updated(self.context.author.stamp(Some(&before)));
            self.edits[at].extend(Edit::new(Some(before), Some(after.into())));
        }
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
