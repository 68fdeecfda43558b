//! What becomes of the records of an import: merged with what was changed here, kept as the source has them, and marked
//! where the source has them no longer.

use std::collections::HashSet;
use std::sync::Arc;

use super::Planner;
use crate::exchange::Package;
use crate::exchange::read::nest::Item;
use crate::exchange::report::Conflict;
use crate::model::order::Order as _;
use crate::model::original::Json;
use crate::model::record::Record;
use crate::model::service::Source;
use crate::model::text::Text;
use crate::model::{AnyRecord, Edit, Id, Kind, Organisation, Original, Service, Workspace};

/// A kind of record that can be imported.
pub(super) trait Sourced: Record + Into<AnyRecord> {
    fn source(&mut self) -> &mut Option<Source>;
    fn find_in(workspace: &Workspace, id: Id) -> Option<Arc<Self>>;
    /// What the source says of its checks is said of its own values; of another value that is kept here it says nothing.
    fn take_check(&mut self, _base: &Self, _theirs: &Self) {}
}

impl Sourced for Service {
    fn source(&mut self) -> &mut Option<Source> {
        &mut self.source
    }
    fn find_in(workspace: &Workspace, id: Id) -> Option<Arc<Self>> {
        workspace.services.get(id).cloned()
    }
    fn take_check(&mut self, base: &Self, theirs: &Self) {
        if theirs.verified != base.verified && self.verified == theirs.verified {
            self.hold_to(theirs);
        }
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

impl Planner<'_> {
    /// Whether nothing has to be merged: the item did not change and the record is not marked as missing, or the record was
    /// merged with another item already, as records are that were joined here.
    pub(super) fn is_unchanged<R: Sourced>(&mut self, item: &Item, id: Id, is_same_json: bool, at: usize) -> bool {
        let source =
            R::find_in(self.context.workspace, id).and_then(|record| Arc::unwrap_or_clone(record).source().clone());
        let is_other =
            || self.known.base(item).is_some() && source.as_ref().is_some_and(|source| *source.id != *item.id);
        let is_missing = source.as_ref().is_some_and(|source| source.missing_since.is_some());
        let is_unchanged = !is_missing && (is_same_json || is_other()) || !self.merged.insert(id);
        self.counts[at].unchanged += usize::from(is_unchanged);
        is_unchanged
    }

    /// Merges the base and the new state of an item with the record here, and adds the edit.
    pub(super) fn merge_item<R: Sourced>(&mut self, item: &Item, id: Id, base: Option<R>, mut theirs: R, at: usize) {
        theirs.set_id(id);
        let source = Source { feed: self.feed.clone(), id: Text::line(&item.id), ..Source::default() };
        let ours = R::find_in(self.context.workspace, id);
        let before = ours.as_ref().map(|ours| R::clone(ours).into());
        let after = match ours {
            Some(ours) => self.merged(base, &ours, theirs, source),
            None if base.as_ref().is_some_and(|base| base.differing(&theirs).is_empty()) => None,
            None => {
                *theirs.source() = Some(source);
                theirs.set_updated(self.context.author.stamp(None));
                Some(theirs)
            }
        };
        match (&before, &after) {
            (_, None) => self.counts[at].unchanged += 1,
            (None, Some(record)) => {
                self.counts[at].new += 1;
                self.alike.look(&record.clone().into());
            }
            (Some(_), Some(_)) => self.counts[at].changed += 1,
        }
        self.edits[at].extend(after.and_then(|after| Edit::new(before, Some(after.into()))));
    }

    /// The record with the changes of the source merged in; `None` when nothing changed. Conflicts become suggestions. What
    /// was made here has no source, whoever sends it back, unless that suggests something.
    fn merged<R: Sourced>(&mut self, base: Option<R>, ours: &Arc<R>, mut theirs: R, from: Source) -> Option<R> {
        let known = R::clone(ours).source().clone();
        let is_made_here = known.is_none();
        let mut source = known.unwrap_or(from);
        let mut base = base.unwrap_or_default();
        for side in [&mut base, &mut theirs] {
            side.source().clone_from(R::clone(ours).source());
        }
        let (mut merged, both) = R::merge(&base, ours, &theirs, true);
        merged.take_check(&base, &theirs);
        source.missing_since = None;
        let mut conflicts = Vec::new();
        let formatted = |record: &R, name: &str| self.format_field(record, name);
        source.suggestions.retain(|(name, value)| {
            formatted(&theirs, name) == **value && formatted(&merged, name) != **value && !both.contains(&name.as_str())
        });
        for name in &both {
            let title = Text::line(&merged.title(self.context.workspace));
            let (mine, theirs) = (formatted(&merged, name), formatted(&theirs, name));
            let field = R::KIND.field(name).map_or("field", |field| field.label);
            conflicts.push(Conflict { id: ours.id(), title, field, mine, theirs });
        }
        let offered = both.iter().filter_map(|name| Some((Text::line(name), Text::some(&formatted(&theirs, name))?)));
        source.suggestions.extend(offered);
        self.conflicts.extend(conflicts);
        *merged.source() = Some(source).filter(|source| !is_made_here || !source.suggestions.is_empty());
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

    /// Stores the item as an original: the base of the next import and of exports. What another source brought word for word
    /// is there already, and an export of this program is no source of what is here.
    pub(super) fn keep_original(&mut self, item: &Item, record: Option<Id>) {
        let key = (item.table.to_string(), item.id.to_string());
        let known = self.known.of_feed.remove(&key);
        let is_same = |known: &Original| known.json.as_str() == &*item.json && known.record == record;
        let elsewhere = || self.known.anywhere.get(&key);
        let is_ours = || !self.exported.is_empty() && (elsewhere().is_some() || self.is_here(record));
        if known.as_ref().is_some_and(|known| is_same(known))
            || is_ours()
            || known.is_none() && elsewhere().is_some_and(|other| is_same(other))
        {
            return;
        }
        let id = known.as_ref().map_or_else(|| self.new_id(Kind::Original), |known| known.id);
        let before = known.map(AnyRecord::Original);
        let after = Original {
            id,
            name: Text::line(&item.table),
            feed: Some(self.feed.clone()),
            source_id: Text::some(&item.id),
            json: Json::new(item.json.clone()),
            record,
            updated: self.context.author.stamp(before.as_ref()),
        };
        self.edits[2].extend(Edit::new(before, Some(after.into())));
    }

    fn is_here(&self, record: Option<Id>) -> bool {
        record.is_some_and(|id| self.context.workspace.get(id).is_some())
    }

    /// Marks records that the source no longer has; only rows without a record are deleted. Of a source of which a part is here
    /// nobody knows what it no longer has.
    pub(super) fn mark_missing(&mut self, package: &Package) {
        let met = package.services.len() + package.organisations.len();
        let is_part =
            package.given_as.is_some() && met < self.known.of_feed.values().filter(|o| o.record.is_some()).count();
        if package.pages.is_some() || is_part {
            return;
        }
        let mut gone: Vec<Arc<Original>> = self.known.of_feed.values().cloned().collect();
        gone.order_by_key(|original| original.id);
        let ids: HashSet<Id> = gone.iter().map(|original| original.id).collect();
        let elsewhere = self.context.originals.iter().filter(|original| !ids.contains(&original.id));
        let still_there: HashSet<Id> = elsewhere.filter_map(|original| original.record).collect();
        for original in gone {
            match original.record.map(|id| self.context.workspace.get(id)) {
                Some(Some(record)) if still_there.contains(&record.id()) => {}
                Some(Some(AnyRecord::Organisation(ours))) if ours.source.is_none() => {} // a spreadsheet named it
                Some(Some(AnyRecord::Service(service))) => self.mark_record(service, 1),
                Some(Some(AnyRecord::Organisation(organisation))) => self.mark_record(organisation, 0),
                Some(_) => {}
                None => self.edits[2].extend(Edit::new(Some(AnyRecord::Original(original)), None)),
            }
        }
    }

    fn mark_record<R: Sourced>(&mut self, record: Arc<R>, at: usize) {
        self.counts[at].missing += 1;
        self.missing.push((record.id(), Text::line(&record.title(self.context.workspace))));
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
}
