//! What an import would do: one change, made of the difference between what the source said last time, what it says
//! now, and what has been changed here since.

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

use super::map::{self, Around};
use super::nest::Item;
use super::report::{Counts, Repair, Report, Rule, shown};
use super::tidy::{Object, text};
use super::{GoOn, Package, Problem, Progress};

/// What an import meets here.
#[derive(Clone, Copy)]
pub struct Here<'a> {
    /// The records.
    pub workspace: &'a Workspace,
    /// What earlier imports brought.
    pub originals: &'a Collection<Original>,
    /// Which needs words speak of.
    pub needs: &'a NeedTable,
    /// Who imports, and when.
    pub author: &'a Author,
}

/// What an import would do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The change; empty when the source says nothing new.
    pub change: Change,
    /// What is said about it.
    pub report: Report,
}

/// A record that can come from a source.
trait Sourced: Record + Into<AnyRecord> {
    fn source(&mut self) -> &mut Option<Source>;
    fn here(workspace: &Workspace, id: Id) -> Option<Arc<Self>>;
}

impl Sourced for Service {
    fn source(&mut self) -> &mut Option<Source> {
        &mut self.source
    }
    fn here(workspace: &Workspace, id: Id) -> Option<Arc<Self>> {
        workspace.services.get(id).cloned()
    }
}

impl Sourced for Organisation {
    fn source(&mut self) -> &mut Option<Source> {
        &mut self.source
    }
    fn here(workspace: &Workspace, id: Id) -> Option<Arc<Self>> {
        workspace.organisations.get(id).cloned()
    }
}

/// Plans the import of a package.
///
/// # Errors
/// That `go_on` answered false.
pub fn plan(package: Package, here: &Here<'_>, random: &mut SplitMix64, go_on: &mut GoOn<'_>) -> Result<Plan, Problem> {
    let mut planner = Planner::new(&package, here, random);
    planner.name_organisations(&package);
    for item in &package.organisations {
        planner.take_organisation(item);
    }
    for (at, item) in package.services.iter().enumerate() {
        if at % 200 == 0 && !go_on(Progress { step: "comparing", done: at }) {
            return Err(Problem("the import was stopped; nothing was changed".to_owned()));
        }
        planner.take_service(item);
    }
    for item in &package.loose {
        planner.keep_original(item, None);
    }
    planner.mark_missing();
    let parts = planner.into_parts();
    Ok(finish(package, parts))
}

struct Planner<'a> {
    here: &'a Here<'a>,
    random: &'a mut SplitMix64,
    feed: Text,
    /// What earlier imports of this source brought, by table and id; taken out when the source still has it.
    known: HashMap<(String, String), Arc<Original>>,
    /// The records of a source's organisations and services, by id there.
    records: HashMap<(Kind, String), Id>,
    organisations: HashMap<String, &'a str>,
    /// The same, as the source had them last time.
    before: HashMap<String, Arc<Original>>,
    fresh: HashSet<Id>,
    edits: [Vec<Edit>; 3],
    counts: [Counts; 2],
    repairs: Vec<Repair>,
}

impl<'a> Planner<'a> {
    fn new(package: &'a Package, here: &'a Here<'a>, random: &'a mut SplitMix64) -> Self {
        let feed = Text::line(&package.feed);
        let of_feed = here.originals.iter().filter(|original| original.feed.as_ref() == Some(&feed));
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
        here.workspace.organisations.iter().for_each(|o| learn(Kind::Organisation, o.id, o.source.as_ref()));
        here.workspace.services.iter().for_each(|s| learn(Kind::Service, s.id, s.source.as_ref()));
        for ((table, id), original) in &known {
            let kind = if table == "services" { Kind::Service } else { Kind::Organisation };
            if let Some(record) = original.record {
                records.entry((kind, id.clone())).or_insert(record);
            }
        }
        let organisations = package.organisations.iter().map(|item| (item.id.to_string(), &*item.json)).collect();
        let is_organisation = |(table, _): &&(String, String)| table == "organizations";
        let before = known.iter().filter(|(key, _)| is_organisation(key)).map(|((_, id), o)| (id.clone(), o.clone()));
        let before = before.collect();
        Self {
            here,
            random,
            feed,
            known,
            records,
            organisations,
            before,
            fresh: HashSet::new(),
            edits: Default::default(),
            counts: Default::default(),
            repairs: Vec::new(),
        }
    }

    fn new_id(&mut self, kind: Kind) -> Id {
        let (workspace, originals, fresh) = (self.here.workspace, self.here.originals, &self.fresh);
        let count = if kind == Kind::Original { originals.len() } else { workspace.count(kind) } + fresh.len();
        let taken = |id| workspace.get(id).is_some() || originals.get(id).is_some() || fresh.contains(&id);
        let id = self.random.new_id(kind.letter(), count, taken);
        self.fresh.insert(id);
        id
    }

    /// Every organisation has its id before anything points to it.
    fn name_organisations(&mut self, package: &Package) {
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

    /// The organisation that a field of an item names: a record, or what the source says instead.
    fn organisation_of(&self, item: &Object, field: &str) -> Option<Ref<Organisation>> {
        let said = match text(item, field) {
            "" => text(item, &format!("moot_{field}")),
            said => said,
        };
        let record = self.records.get(&(Kind::Organisation, said.to_owned()));
        record.map(|id| Ref::record(*id)).or_else(|| Text::some(said).map(Ref::words))
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
        let deliverer = self.organisation_of(&object, "organization_id");
        let around = Around { organisation: organisation.as_ref(), deliverer, needs: self.here.needs };
        let service = map::service(&object, &around);
        (object, service)
    }

    fn take_organisation(&mut self, item: &Item) {
        let base = self.known(item).map(|known| known.json.clone());
        let is_same = base.as_ref().is_some_and(|base| base.as_str() == &*item.json);
        let id = self.records.get(&(Kind::Organisation, item.id.to_string())).copied().unwrap_or_default();
        if !self.is_settled::<Organisation>(id, is_same, 0) {
            let (object, theirs) = self.as_organisation(&item.json);
            let base = base.map(|base| self.as_organisation(base.as_str()).1);
            self.note_gaps(item, &object);
            self.meet(item, id, base, theirs, 0);
        }
        self.keep_original(item, Some(id));
    }

    fn take_service(&mut self, item: &Item) {
        let key = (Kind::Service, item.id.to_string());
        let id = match self.records.get(&key) {
            Some(id) => *id,
            None => self.new_id(Kind::Service),
        };
        self.records.insert(key, id);
        let base = self.known(item).map(|known| known.json.clone());
        let (now, before) = self.organisations_of(&item.json, base.as_ref());
        let is_same = base.as_ref().is_some_and(|base| base.as_str() == &*item.json) && now == before.as_deref();
        if !self.is_settled::<Service>(id, is_same, 1) {
            let (object, theirs) = self.as_service(&item.json, now);
            let base = base.map(|base| self.as_service(base.as_str(), before.as_deref()).1);
            self.note_gaps(item, &object);
            if theirs.hide_address && base.is_none() {
                self.note(item, "hide_address", Rule::Refuge, "", "yes");
            }
            self.meet(item, id, base, theirs, 1);
        }
        self.keep_original(item, Some(id));
    }

    /// The organisation's item of a service, as the source has it now and as it had it last time.
    fn organisations_of(&self, json: &str, base: Option<&Json>) -> (Option<&'a str>, Option<String>) {
        let id_in = |json: &str| id_in(json).map(str::to_owned);
        let now = id_in(json).and_then(|id| self.organisations.get(&id).copied());
        let before = base.and_then(|base| id_in(base.as_str())).and_then(|id| self.before.get(&id));
        (now, before.map(|original| original.json.as_str().to_owned()))
    }

    /// Whether nothing has to be compared: the source says what it said, and the record is as it was left.
    fn is_settled<R: Sourced>(&mut self, id: Id, is_same: bool, at: usize) -> bool {
        if !is_same {
            return false;
        }
        let is_missing = R::here(self.here.workspace, id).is_some_and(|record| {
            Arc::unwrap_or_clone(record).source().as_ref().is_some_and(|s| s.missing_since.is_some())
        });
        self.counts[at].unchanged += usize::from(!is_missing);
        !is_missing
    }

    /// Brings together what the source said, says now, and what the record says here.
    fn meet<R: Sourced>(&mut self, item: &Item, id: Id, base: Option<R>, mut theirs: R, at: usize) {
        theirs.set_id(id);
        let source = Source { feed: self.feed.clone(), id: Text::line(&item.id), ..Source::default() };
        let ours = R::here(self.here.workspace, id);
        let before = ours.as_ref().map(|ours| R::clone(ours).into());
        let after = match ours {
            Some(ours) => self.merged(base, &ours, theirs),
            None if base.as_ref().is_some_and(|base| base.differing(&theirs).is_empty()) => None,
            None => {
                *theirs.source() = Some(source);
                theirs.set_updated(self.here.author.stamp(None));
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

    /// Our record with what changed in the source; `None` when nothing did.
    fn merged<R: Sourced>(&self, base: Option<R>, ours: &Arc<R>, mut theirs: R) -> Option<R> {
        let mut source = R::clone(ours).source().clone().unwrap_or_default();
        let mut base = base.unwrap_or_default();
        for side in [&mut base, &mut theirs] {
            side.source().clone_from(R::clone(ours).source());
        }
        let (mut merged, both) = R::merge(&base, ours, &theirs, true);
        source.missing_since = None;
        let said = |record: &R, name: &str| self.say(record, name);
        source.suggestions.retain(|(name, value)| {
            said(&theirs, name) == **value && said(&merged, name) != **value && !both.contains(&name.as_str())
        });
        let offered = both.iter().filter_map(|name| Some((Text::line(name), Text::some(&said(&theirs, name))?)));
        source.suggestions.extend(offered);
        *merged.source() = Some(source);
        if merged.differing(ours).is_empty() {
            return None;
        }
        merged.set_updated(self.here.author.stamp(Some(&R::clone(ours).into())));
        Some(merged)
    }

    fn say<R: Sourced>(&self, record: &R, name: &str) -> String {
        let any: AnyRecord = record.clone().into();
        if let (AnyRecord::Service(service), "verified") = (&any, name) {
            return service.verified.as_ref().map(|verified| verified.on.to_string()).unwrap_or_default();
        }
        any.format_field(name, self.here.workspace)
    }

    /// Keeps the item whole: the base of the next import, and what an export gives back.
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
            updated: self.here.author.stamp(before.as_ref()),
        };
        self.edits[2].extend(Edit::new(before, Some(after.into())));
    }

    /// What the source no longer has is marked, never deleted; rows that belonged to nothing go with it.
    fn mark_missing(&mut self) {
        let mut gone: Vec<Arc<Original>> = self.known.values().cloned().collect();
        gone.sort_by_key(|original| original.id);
        for original in gone {
            match original.record.map(|id| self.here.workspace.get(id)) {
                Some(Some(AnyRecord::Service(service))) => self.mark(service, 1),
                Some(Some(AnyRecord::Organisation(organisation))) => self.mark(organisation, 0),
                Some(_) => {}
                None => self.edits[2].extend(Edit::new(Some(AnyRecord::Original(original)), None)),
            }
        }
    }

    fn mark<R: Sourced>(&mut self, record: Arc<R>, at: usize) {
        self.counts[at].missing += 1;
        let before: AnyRecord = R::clone(&record).into();
        let mut after = Arc::unwrap_or_clone(record);
        let mut source = after.source().clone().unwrap_or_default();
        if source.missing_since.is_none() {
            source.missing_since = Some(self.here.author.today);
            *after.source() = Some(source);
            after.set_updated(self.here.author.stamp(Some(&before)));
            self.edits[at].extend(Edit::new(Some(before), Some(after.into())));
        }
    }

    /// Writes down what a record could not take from its item.
    fn note_gaps(&mut self, item: &Item, object: &Object) {
        if text(object, "name").is_empty() {
            self.note(item, "name", Rule::Missing, "", "named by what else is known");
        }
        for (field, value) in object {
            if let Some(value) = value.as_str().filter(|value| value.len() > MAX_BYTES) {
                self.note(item, field, Rule::TooLong, value, "");
            }
        }
    }

    fn note(&mut self, item: &Item, field: &str, rule: Rule, old: &str, new: &str) {
        let (file, row) = (item.file.clone(), item.row);
        self.repairs.push(Repair { file, row, field: field.into(), rule, old: shown(old), new: shown(new) });
    }

    fn into_parts(self) -> ([Vec<Edit>; 3], [Counts; 2], Vec<Repair>) {
        (self.edits, self.counts, self.repairs)
    }
}

fn finish(package: Package, (edits, counts, noted): ([Vec<Edit>; 3], [Counts; 2], Vec<Repair>)) -> Plan {
    let [organisations, services] = counts;
    let edits: Vec<Edit> = edits.into_iter().flatten().collect();
    let sentence = if edits.is_empty() {
        format!("{} says nothing new", package.feed)
    } else {
        format!("{} imported: services {services}; organisations {organisations}", package.feed)
    };
    let mut repairs = package.repairs;
    repairs.extend(noted);
    let report = Report {
        feed: package.feed,
        dialect: package.dialect,
        services,
        organisations,
        locations: package.locations,
        loose_rows: package.loose.len(),
        repairs,
    };
    Plan { change: Change { edits, sentence }, report }
}

/// The organisation a service's item names, read without parsing the whole: its fields stand in a set order.
fn id_in(json: &str) -> Option<&str> {
    let rest = json.get(r#"{"id":"","#.len() + 36..)?;
    rest.strip_prefix(r#""organization_id":""#)?.get(..36)
}
