//! Plans an import: one change from a three-way merge of what the source said last time (the kept original), what it
//! says now, and the records as they are here.

mod alike;
mod known;
mod merge;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use crate::model::Ref;
use crate::model::choice::Choice;
use crate::model::original::Json;
use crate::model::place::Atlas;
use crate::model::service::Inferred;
use crate::model::text::{MAX_BYTES, Text};
use crate::model::thesaurus::Thesaurus;
use crate::model::{
    AnyRecord, Author, Change, Collection, Edit, Id, Kind, Organisation, Original, Record, Service, SplitMix64,
    Workspace,
};

use super::export::{ExportContext, Writer};
use super::map::{self, ServiceContext};
use super::normalise::{Object, str_field};
use super::read::nest::Item;
use super::report::{Conflict, Counts, Repair, RepairKind, Report};
use super::sheet;
use super::{ExchangeError, Package, Progress, ProgressCallback};
use alike::Alike;
use known::{Key, Known};

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

impl ImportPlan {
    /// The plan of an import that is not made: no id of a new record is for good.
    #[must_use]
    pub fn rehearsed(mut self) -> Self {
        let new = self.change.edits.iter().filter(|edit| edit.before().is_none());
        self.report.unmade = new.filter_map(|edit| edit.after()).map(AnyRecord::id).collect();
        self
    }
}

/// Reads a source and plans its import. One that is known here under another name goes on under that: nothing comes twice
/// because a file was renamed.
///
/// # Errors
/// Those of [`read`](super::read()) and of [`plan_import`].
pub fn import(
    path: &Path,
    feed: &str,
    context: &ImportContext<'_>,
    random: &mut SplitMix64,
    on_progress: &mut ProgressCallback<'_>,
) -> Result<ImportPlan, ExchangeError> {
    let mut package = super::read(path, feed, on_progress)?;
    if let Some((known, is_told_by_many)) = known::earlier_feed(&package, context) {
        let again = super::read(path, &known, on_progress)?;
        if is_told_by_many || known::is_known_whole(&again, context) {
            package = Package { given_as: Some(feed.to_owned()), ..again };
        }
    }
    plan_import(package, context, random, on_progress)
}

/// Plans the import of a package.
///
/// # Errors
/// When `on_progress` returned false.
#[allow(clippy::needless_pass_by_value)] // nobody has any use for a package that was planned
pub fn plan_import(
    package: Package,
    context: &ImportContext<'_>,
    random: &mut SplitMix64,
    on_progress: &mut ProgressCallback<'_>,
) -> Result<ImportPlan, ExchangeError> {
    let ImportContext { workspace, originals, thesaurus, .. } = *context;
    let nowhere = Atlas::default();
    let exports =
        [true, false].map(|contacts| ExportContext { workspace, originals, thesaurus, atlas: &nowhere, contacts });
    let writers = if package.is_own { exports.iter().map(Writer::new).collect() } else { Vec::new() };
    let mut planner = Planner::new(&package, context, writers, random);
    planner.join_by_name(&package);
    for item in &package.organisations {
        planner.record_of(Kind::Organisation, item); // before services refer to them
    }
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
    planner.mark_missing(&package);
    Ok(planner.into_plan(&package))
}

struct Planner<'a> {
    context: &'a ImportContext<'a>,
    random: &'a mut SplitMix64,
    feed: Text,
    known: Known,
    organisations: HashMap<String, &'a str>,
    /// Organisations as this source had them last time.
    before: HashMap<Key, Arc<Original>>,
    /// What this program would export now, with and without persons, where the source is an export of it.
    exported: Vec<Writer<'a>>,
    alike: Alike,
    new_ids: HashSet<Id>,
    /// Organisations that a spreadsheet names: their names are as they are here.
    joined: HashSet<Id>,
    /// Records that were merged with an item already: what else came of them is kept and changes nothing.
    merged: HashSet<Id>,
    edits: [Vec<Edit>; 3],
    counts: [Counts; 2],
    repairs: Vec<Repair>,
    conflicts: Vec<Conflict>,
    missing: Vec<(Id, Text)>,
}

impl<'a> Planner<'a> {
    fn new(
        package: &'a Package,
        context: &'a ImportContext<'a>,
        exported: Vec<Writer<'a>>,
        random: &'a mut SplitMix64,
    ) -> Self {
        let feed = Text::line(&package.feed);
        let known = Known::new(&feed, context);
        let organisations = package.organisations.iter().map(|item| (item.id.to_string(), &*item.json)).collect();
        Self {
            context,
            random,
            before: known.organisations_of_feed(),
            known,
            feed,
            organisations,
            exported,
            alike: Alike::new(context.workspace),
            new_ids: HashSet::new(),
            joined: HashSet::new(),
            merged: HashSet::new(),
            edits: Default::default(),
            counts: Default::default(),
            repairs: Vec::new(),
            conflicts: Vec::new(),
            missing: Vec::new(),
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

    /// The record that an item is or becomes.
    fn record_of(&mut self, kind: Kind, item: &Item) -> Id {
        let ours = || self.known.exported(kind, &item.id).filter(|id| self.is_like(*id, item));
        self.known.imported(kind, &item.id).or_else(ours).unwrap_or_else(|| {
            let id = self.new_id(kind);
            self.known.learn(kind, &item.id, id);
            id
        })
    }

    /// Organisations in a spreadsheet have no ids: one that has the name of one organisation here is that one. Where several
    /// have it, or the numbers of the charities differ, it is another, which looks like them.
    fn join_by_name(&mut self, package: &Package) {
        if package.dialect != sheet::DIALECT {
            return;
        }
        let here = alike::organisations_by_name(self.context.workspace);
        for item in &package.organisations {
            let (_, said) = self.as_organisation(&item.json);
            let Some([one]) = here.get(&alike::plain(&said.name)).map(Vec::as_slice) else { continue };
            let differs = |known: &Text| said.identifier.as_ref().is_some_and(|number| number != known);
            if self.known.imported(Kind::Organisation, &item.id).is_none()
                && !one.identifier.as_ref().is_some_and(differs)
            {
                self.known.learn(Kind::Organisation, &item.id, one.id);
                self.joined.insert(one.id);
            }
        }
    }

    /// Whether an item says something of a record that the record says as well. Another workspace may have another record under
    /// the same short id.
    fn is_like(&self, id: Id, item: &Item) -> bool {
        let Some(record) = self.context.workspace.get(id) else { return false };
        let object: Object = serde_json::from_str(&item.json).unwrap_or_default();
        let told =
            [("name", "name"), ("summary", "description"), ("email", "email"), ("url", "url"), ("url", "website")];
        told.iter().any(|(field, name)| {
            let said = str_field(&object, name);
            !said.is_empty() && record.format_field(field, self.context.workspace) == said
        })
    }

    /// The organisation to which a field of an item refers: a record, or the text in the source.
    fn organisation_of(&self, item: &Object, field: &str) -> Option<Ref<Organisation>> {
        let stated = match str_field(item, field) {
            "" => str_field(item, &format!("moot_{field}")),
            stated => stated,
        };
        let record = self.known.record(Kind::Organisation, stated);
        record.map(Ref::record).or_else(|| Text::some(stated).map(Ref::words))
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
        let id = self.record_of(Kind::Organisation, item);
        let base = self.known.base(item).map(|known| known.json.clone());
        let is_same_json = base.as_ref().is_some_and(|base| base.as_str() == &*item.json);
        if !self.is_unchanged::<Organisation>(item, id, is_same_json, 0) {
            let (object, mut theirs) = self.as_organisation(&item.json);
            let base = base.map(|base| self.as_organisation(base.as_str()).1);
            self.note_missing_and_long(item, &object);
            let ours = self.context.workspace.organisations.get(id);
            if let Some(ours) = ours.filter(|_| self.joined.contains(&id)) {
                theirs.name = ours.name.clone();
            }
            for (writer, ours) in self.exported.iter().filter_map(|writer| Some((writer, ours?))) {
                let (_, said) = self.as_organisation(&json_of(&writer.organisation(ours)));
                keep_unsaid(&mut theirs, &said, ours);
            }
            self.merge_item(item, id, base, theirs, 0);
        }
        self.keep_original(item, Some(id));
    }

    fn plan_service(&mut self, item: &Item) {
        let id = self.record_of(Kind::Service, item);
        let base = self.known.base(item).map(|known| known.json.clone());
        let (now, before) = self.organisations_of(&item.json, base.as_ref());
        let is_same_json = base.as_ref().is_some_and(|base| base.as_str() == &*item.json) && now == before.as_deref();
        if !self.is_unchanged::<Service>(item, id, is_same_json, 1) {
            let (object, mut theirs) = self.as_service(&item.json, now);
            let base = base.map(|base| self.as_service(base.as_str(), before.as_deref()).1);
            self.note_missing_and_long(item, &object);
            let ours = self.context.workspace.services.get(id);
            for (writer, ours) in self.exported.iter().filter_map(|writer| Some((writer, ours?))) {
                let (_, said) = self.as_service(&json_of(&writer.service(ours)), now);
                keep_unsaid(&mut theirs, &said, ours);
            }
            self.note_derived(item, base.as_ref(), &theirs);
            self.merge_item(item, id, base, theirs, 1);
        }
        self.keep_original(item, Some(id));
    }

    /// Reports what was read from the text of a service, and a refuge on which a person is to decide.
    fn note_derived(&mut self, item: &Item, base: Option<&Service>, theirs: &Service) {
        for of in Inferred::ALL.iter().filter(|of| theirs.is_derived(**of)) {
            let field = of.label();
            if *of == Inferred::HideAddress {
                self.note(item, field, RepairKind::Refuge, &theirs.name, "yes, until somebody decides");
            } else if base.is_none_or(|base| !base.is_derived(*of) || base.derived.get(*of) != theirs.derived.get(*of))
            {
                let value = AnyRecord::from(theirs.clone()).format_field(field, self.context.workspace);
                self.note(item, field, RepairKind::Derived, "", &value);
            }
        }
    }

    /// The item of a service's organisation, as it is now and as it was at the last import.
    fn organisations_of(&self, json: &str, base: Option<&Json>) -> (Option<&'a str>, Option<String>) {
        let organisation_id_in = |json: &str| organisation_id_in(json).map(str::to_owned);
        let now = organisation_id_in(json).and_then(|id| self.organisations.get(&id).copied());
        let key = base.and_then(|base| organisation_id_in(base.as_str())).map(|id| ("organizations".to_owned(), id));
        let before = key.and_then(|key| self.before.get(&key).or_else(|| self.known.anywhere.get(&key)));
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
        self.repairs.push(Repair::new((item.file.clone(), item.row), field, kind, (old, new)));
    }
}

/// An item as text.
fn json_of(item: &Object) -> String {
    serde_json::to_string(item).unwrap_or_default()
}

/// What an export of this program says of a record here is only news where it differs from what it would say today; what it
/// does not say, it may have held back.
fn keep_unsaid<R: Record>(theirs: &mut R, said: &R, ours: &R) {
    let differing = theirs.differing(said);
    for field in R::FIELDS {
        // Marks are not held back: where one is gone, somebody has decided.
        let is_held_back = (field.is_blank)(theirs) && field.info.name != "derived";
        if !differing.contains(&field.info.name) || is_held_back {
            (field.copy)(theirs, ours);
        }
    }
}

impl Planner<'_> {
    /// The plan, and what the report says of it.
    fn into_plan(self, package: &Package) -> ImportPlan {
        let [organisations, services] = self.counts;
        let edits: Vec<Edit> = self.edits.into_iter().flatten().collect();
        let sentence = if edits.is_empty() {
            format!("{} says nothing new", package.feed)
        } else {
            format!("{} imported: services {services}; organisations {organisations}", package.feed)
        };
        let loose = package.orphans.iter().fold(BTreeMap::new(), |mut loose, item| {
            *loose.entry(item.table.to_string()).or_default() += 1;
            loose
        });
        let report = Report {
            feed: package.feed.clone(),
            dialect: package.dialect,
            services,
            organisations,
            locations: package.locations,
            orphan_rows: package.orphans.len(),
            repairs: package.repairs.iter().cloned().chain(self.repairs).collect(),
            conflicts: self.conflicts,
            missing: self.missing,
            twice: self.alike.found,
            refuges: edits.iter().filter_map(undecided_refuge).collect(),
            unmade: HashSet::new(),
            pages: package.pages,
            given_as: package.given_as.clone(),
            loose,
            unlisted: package.unlisted.clone(),
        };
        ImportPlan { change: Change { edits, sentence }, report }
    }
}

/// The service that an edit makes or leaves one on whose address a person is to decide, and its name.
fn undecided_refuge(edit: &Edit) -> Option<(Id, Text)> {
    let service = <&Service>::try_from(edit.after()?).ok()?;
    service.is_hidden_on_suspicion().then(|| (service.id, service.name.clone()))
}

/// The `organization_id` of a service's item, read without parsing it: canonical order puts it right after the id.
fn organisation_id_in(json: &str) -> Option<&str> {
    let rest = json.get(r#"{"id":"","#.len() + 36..)?;
    rest.strip_prefix(r#""organization_id":""#)?.get(..36)
}
