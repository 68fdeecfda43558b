//! What is known of a source before it is imported: the items it had last time, the records that were made of them, and
//! under which name it came, if this time it has another.
//!
//! Identity is the record's own id in its source, whatever the source is called: equal uuids are the same record, and an id
//! under which this program exported a record is that record.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;

use super::ImportContext;
use crate::exchange::Package;
use crate::exchange::normalise::name_uuid;
use crate::exchange::read::nest::Item;
use crate::model::service::Source;
use crate::model::text::Text;
use crate::model::{Id, Kind, Original};

/// A table and an id in it.
pub(super) type Key = (String, String);

/// What is known of a source.
pub(super) struct Known {
    /// Its originals; those that it still has are taken out as they are met.
    pub of_feed: HashMap<Key, Arc<Original>>,
    /// The originals of all sources.
    pub anywhere: HashMap<Key, Arc<Original>>,
    /// Records by the id in a source: this one's first.
    records: HashMap<(Kind, String), Id>,
    /// Records by the id under which this program exports them.
    ours: HashMap<(Kind, String), Id>,
}

fn key_of(original: &Original) -> Key {
    (original.name.to_string(), original.source_id.as_deref().unwrap_or_default().to_owned())
}

/// The kind of record that items of a table become.
fn kind_of(table: &str) -> Kind {
    if table == "services" { Kind::Service } else { Kind::Organisation }
}

impl Known {
    pub fn new(feed: &Text, context: &ImportContext<'_>) -> Self {
        let (mut of_feed, mut anywhere, mut records) = (HashMap::new(), HashMap::new(), HashMap::new());
        let sources = sources(context);
        let learn = |records: &mut HashMap<(Kind, String), Id>, is_wanted: &dyn Fn(&Source) -> bool| {
            for (kind, id, source) in sources.iter().filter(|(_, _, source)| is_wanted(source)) {
                records.entry((*kind, source.id.to_string())).or_insert(*id);
            }
        };
        learn(&mut records, &|source| source.feed == *feed);
        let (own, others): (Vec<&Arc<Original>>, Vec<_>) =
            context.originals.iter().partition(|original| original.feed.as_ref() == Some(feed));
        for original in own.iter().chain(&others) {
            let key = key_of(original);
            let kind = kind_of(&key.0);
            // The files of an event keep originals of records of other kinds, perhaps under the same name.
            if let Some(record) = original.record.filter(|record| record.letter() == kind.letter()) {
                records.entry((kind, key.1.clone())).or_insert(record);
            }
            anywhere.entry(key).or_insert_with(|| Arc::clone(original));
        }
        of_feed.extend(own.into_iter().map(|original| (key_of(original), Arc::clone(original))));
        learn(&mut records, &|source| source.feed != *feed);
        let workspace = context.workspace;
        let exported = |kind, table: &str, id: Id| ((kind, name_uuid(&format!("moot|{table}|{id}"))), id);
        let organisations =
            workspace.organisations.iter().map(|one| exported(Kind::Organisation, "organizations", one.id));
        let services = workspace.services.iter().map(|one| exported(Kind::Service, "services", one.id));
        let ours = organisations.chain(services).collect();
        Self { of_feed, anywhere, records, ours }
    }

    /// The organisations of this source.
    pub fn organisations_of_feed(&self) -> HashMap<Key, Arc<Original>> {
        let of_feed = self.of_feed.iter().filter(|((table, _), _)| table == "organizations");
        of_feed.map(|(key, original)| (key.clone(), Arc::clone(original))).collect()
    }

    /// The record that an item with this id became, or of which it is an export.
    pub fn record(&self, kind: Kind, id: &str) -> Option<Id> {
        self.imported(kind, id).or_else(|| self.exported(kind, id))
    }

    /// The record that an item with this id became.
    pub fn imported(&self, kind: Kind, id: &str) -> Option<Id> {
        self.records.get(&(kind, id.to_owned())).copied()
    }

    /// The record that this program exports under this id.
    pub fn exported(&self, kind: Kind, id: &str) -> Option<Id> {
        self.ours.get(&(kind, id.to_owned())).copied()
    }

    pub fn learn(&mut self, kind: Kind, id: &str, record: Id) {
        self.records.entry((kind, id.to_owned())).or_insert(record);
    }

    /// The item as it came last time; where this source never had it, as another source had it.
    pub fn base(&self, item: &Item) -> Option<&Arc<Original>> {
        let key = (item.table.to_string(), item.id.to_string());
        self.of_feed.get(&key).or_else(|| self.anywhere.get(&key))
    }
}

/// Where the records here were imported from.
fn sources<'a>(context: &ImportContext<'a>) -> Vec<(Kind, Id, &'a Source)> {
    let workspace = context.workspace;
    let organisations = workspace.organisations.iter().map(|one| (Kind::Organisation, one.id, one.source.as_ref()));
    let services = workspace.services.iter().map(|one| (Kind::Service, one.id, one.source.as_ref()));
    organisations.chain(services).filter_map(|(kind, id, source)| Some((kind, id, source?))).collect()
}

/// What tells an item: its id as its publisher writes it, and its name.
#[derive(Deserialize)]
struct Sign {
    #[serde(default)]
    id: String,
    moot_id: Option<String>,
    #[serde(default)]
    name: String,
}

fn sign(json: &str) -> Option<Sign> {
    let sign: Sign = serde_json::from_str(json).ok()?;
    Some(Sign { name: sign.name.to_lowercase(), ..sign })
}

/// What one source had: names by table and id, and the names of rows that had no id of their own.
#[derive(Default)]
struct Signs {
    by_id: HashMap<Key, String>,
    without_id: HashSet<Key>,
}

impl Signs {
    fn add(&mut self, table: &str, sign: Sign) {
        if sign.moot_id.is_none() {
            self.without_id.insert((table.to_owned(), sign.name.clone()));
        }
        self.by_id.insert((table.to_owned(), sign.moot_id.unwrap_or(sign.id)), sign.name);
    }

    /// Whether an item has an id that is known here, and whether it has the name that goes with it.
    fn tell(&self, table: &str, sign: &Sign) -> (bool, bool) {
        let id = sign.moot_id.as_ref().unwrap_or(&sign.id);
        if let Some(name) = self.by_id.get(&(table.to_owned(), id.clone())) {
            return (true, *name == sign.name);
        }
        let is_same = sign.moot_id.is_none() && self.without_id.contains(&(table.to_owned(), sign.name.clone()));
        (is_same, is_same)
    }
}

/// The name under which a source came before, where it comes under a new one: most of the ids it shares with that source
/// have the same names there. Where only one does, two sources may have it by chance: the flag says that more do.
pub(super) fn earlier_feed(package: &Package, context: &ImportContext<'_>) -> Option<(String, bool)> {
    let feed = Text::line(&package.feed);
    if package.is_own || context.originals.iter().any(|original| original.feed.as_ref() == Some(&feed)) {
        return None;
    }
    let mut feeds: HashMap<Text, Signs> = HashMap::new();
    for original in context.originals.iter().filter(|original| matches!(&*original.name, "services" | "organizations"))
    {
        if let (Some(feed), Some(sign)) = (&original.feed, sign(original.json.as_str())) {
            feeds.entry(feed.clone()).or_default().add(&original.name, sign);
        }
    }
    let items = || package.services.iter().chain(&package.organisations);
    let signs: Vec<(&str, Sign)> = items().filter_map(|item| Some((&*item.table, sign(&item.json)?))).collect();
    let score = |known: &Signs| {
        let told: Vec<(bool, bool)> = signs.iter().map(|(table, sign)| known.tell(table, sign)).collect();
        let met = told.iter().filter(|(is_met, _)| *is_met).count();
        let same = told.iter().filter(|(_, is_same)| *is_same).count();
        (same > 0 && same * 2 >= met && same * 2 >= signs.len().min(known.by_id.len())).then_some(same)
    };
    let scored = feeds.iter().filter_map(|(feed, known)| Some((score(known)?, feed)));
    scored.max().map(|(same, feed)| (feed.to_string(), same > 1))
}

/// Whether everything in a source came under its name before, word for word.
pub(super) fn is_known_whole(package: &Package, context: &ImportContext<'_>) -> bool {
    let feed = Text::line(&package.feed);
    let of_feed = context.originals.iter().filter(|original| original.feed.as_ref() == Some(&feed));
    let known: HashSet<(&str, &str)> = of_feed.map(|original| (&*original.name, original.json.as_str())).collect();
    let items = package.services.iter().chain(&package.organisations).chain(&package.orphans);
    items.map(|item| (&*item.table, &*item.json)).all(|item| known.contains(&item))
}
