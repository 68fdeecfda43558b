//! Takes over what a file states of records: three-way, from what it said the last time, what it says now, and what is
//! here.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::names::Names;
use super::{Context, Notice, Outcome};
use crate::exchange::ids::Ids;
use crate::exchange::report::{Counts, excerpt};
use crate::model::change::{self, listed};
use crate::model::order::Order as _;
use crate::model::original::Json;
use crate::model::record::Record;
use crate::model::{
    AnyRecord, Change, Edit, FieldType, Id, Kind, Original, ParseContext, Refusal, SplitMix64, Text, Updated, Workspace,
};

/// An import under way.
pub struct Adopter<'a> {
    /// What it is compared with.
    pub context: &'a Context<'a>,
    /// The records as they are with all that was taken over so far.
    pub workspace: Workspace,
    /// Who was named.
    pub names: Names,
    ids: Ids<'a>,
    /// What the file said of records the last time.
    before: HashMap<Id, Arc<Original>>,
    /// Records of which the file says something.
    met: HashSet<Id>,
    edits: Vec<Edit>,
    /// Where in `edits` each record stands.
    places: HashMap<Id, usize>,
    archive: Vec<Edit>,
    counts: BTreeMap<Kind, Counts>,
    made: Vec<String>,
    notices: Vec<Notice>,
}

impl<'a> Adopter<'a> {
    /// For a file.
    pub fn new(context: &'a Context<'a>, random: &'a mut SplitMix64) -> Self {
        let feed = Text::line(context.feed);
        let of_feed = context.originals.iter().filter(|original| original.feed.as_ref() == Some(&feed));
        let is_of_record = |original: &&Arc<Original>| {
            original.record.and_then(Kind::of).is_some_and(|kind| kind.plural() == &*original.name)
        };
        let before = of_feed.filter(is_of_record).filter_map(|original| Some((original.record?, original.clone())));
        Self {
            context,
            workspace: context.workspace.clone(),
            names: Names::default(),
            ids: Ids::new(context.workspace, random, context.originals.len()),
            before: before.collect(),
            met: HashSet::new(),
            edits: Vec::new(),
            places: HashMap::new(),
            archive: Vec::new(),
            counts: BTreeMap::new(),
            made: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// What is around the words of the file.
    pub fn parsing(&self) -> ParseContext<'a> {
        ParseContext { workspace: self.context.workspace, today: self.context.author.today }
    }

    /// Says something of a line.
    pub fn note(&mut self, line: usize, text: String) {
        self.notices.push(Notice { line, text });
    }

    /// Says what others noted.
    pub fn note_all(&mut self, notices: Vec<Notice>) {
        self.notices.extend(notices);
    }

    /// Whether the file has said something of this record before.
    pub fn has_stated(&self, id: Id) -> bool {
        self.before.contains_key(&id)
    }

    /// What the file said of a record the last time.
    fn base(&self, kind: Kind, id: Id) -> AnyRecord {
        let said = self.before.get(&id);
        let read = said.and_then(|original| {
            kind.deserialize(id, &mut serde_json::Deserializer::from_str(original.json.as_str())).ok()
        });
        read.unwrap_or_else(|| kind.blank(id))
    }

    /// Takes over what the file says of a record: `known` where it is here already. `key` is what the file calls it.
    ///
    /// # Errors
    /// The rules of its kind.
    pub fn adopt<R: Record + Into<AnyRecord>>(
        &mut self,
        known: Option<Id>,
        mut theirs: R,
        key: &str,
        line: usize,
    ) -> Result<Id, Refusal> {
        let id = known.unwrap_or_else(|| self.ids.draw(R::KIND));
        theirs.set_id(id);
        let theirs: AnyRecord = theirs.into();
        let record = match self.workspace.get(id) {
            Some(ours) => self.merged(&ours, &theirs, line),
            None => theirs.clone(),
        };
        let made = change::put(&self.workspace, record, self.context.author)?;
        self.workspace.apply(&made);
        self.count(R::KIND, &made);
        self.push(made.edits);
        self.keep(id, key, &theirs);
        Ok(id)
    }

    /// What is here with what has changed in the file. Where both have changed, what is here stays: of a paragraph both
    /// are kept, and of anything else it is said.
    fn merged(&mut self, ours: &AnyRecord, theirs: &AnyRecord, line: usize) -> AnyRecord {
        let base = self.base(ours.kind(), ours.id());
        let Some((mut merged, both)) = AnyRecord::merge_fields(&base, ours, theirs, true) else { return ours.clone() };
        for name in both {
            let value = |record: &AnyRecord| record.format_field(name, self.context.workspace);
            let (here, there) = (value(ours), value(theirs));
            let field = ours.kind().field(name);
            let is_paragraph = field.is_some_and(|field| field.field_type == FieldType::Paragraph);
            let is_kept = is_paragraph && merged.set_field(name, &joined(&here, &there), self.parsing()).is_ok();
            if !is_kept {
                let label = field.map_or(name, |field| field.label).to_lowercase();
                let title = ours.title(&self.workspace).into_owned();
                let (here, there) = (excerpt(&here), excerpt(&there));
                self.note(line, format!("{title}: the {label} stays {here:?}, as it is here; the file says {there:?}"));
            }
        }
        merged
    }

    fn count(&mut self, kind: Kind, made: &Change) {
        let counts = self.counts.entry(kind).or_default();
        match made.edits.first() {
            None => counts.unchanged += 1,
            Some(Edit::Add(_)) => counts.new += 1,
            Some(_) => counts.changed += 1,
        }
        if !made.edits.is_empty() {
            self.made.push(format!("{}: {}", kind.singular(), made.sentence));
        }
    }

    /// Keeps what the file says of a record, to compare it with the next time.
    fn keep(&mut self, record: Id, key: &str, theirs: &AnyRecord) {
        self.met.insert(record);
        let Ok(json) = serde_json::to_string(theirs) else { return }; // no record fails to be written
        let json = Json::new(json);
        let before = self.before.get(&record).cloned();
        if before.as_ref().is_some_and(|before| before.json == json) {
            return;
        }
        let id = before.as_ref().map_or_else(|| self.ids.draw(Kind::Original), |before| before.id);
        let before = before.map(AnyRecord::Original);
        let updated = self.context.author.stamp(before.as_ref());
        let name = Kind::of(record).map_or("", Kind::plural);
        self.archive.extend(Edit::new(before, Some(self.original(id, name, key, json, Some(record), updated))));
    }

    fn original(&self, id: Id, name: &str, key: &str, json: Json, record: Option<Id>, updated: Updated) -> AnyRecord {
        let feed = Some(Text::line(self.context.feed));
        let (name, source_id) = (Text::line(name), Text::some(key));
        Original { id, name, feed, source_id, json, record, updated }.into()
    }

    /// Keeps rows of which nothing could be made, each with what the file calls it; those that are kept already are not
    /// kept again. They are seen when `of`, the record they would have belonged to, shows all it has.
    pub fn keep_rows(&mut self, table: &str, of: Id, rows: Vec<(String, serde_json::Value)>, updated: &Updated) {
        let kept =
            self.context.originals.iter().filter(|original| &*original.name == table && original.record == Some(of));
        let mut kept: Vec<&Json> = kept.map(|original| &original.json).collect();
        for (key, row) in rows {
            let json = Json::new(row.to_string());
            if let Some(at) = kept.iter().position(|known| **known == json) {
                kept.swap_remove(at);
                continue;
            }
            let id = self.ids.draw(Kind::Original);
            let row = self.original(id, table, &key, json, Some(of), updated.clone());
            self.archive.push(Edit::Add(row));
        }
    }

    /// Adds a change that a rule has made.
    pub fn add(&mut self, change: Change) {
        self.workspace.apply(&change);
        self.push(change.edits);
    }

    /// A record that is changed twice is changed once, from what it was first to what it is last.
    fn push(&mut self, edits: Vec<Edit>) {
        for edit in edits {
            let at = self.places.get(&edit.id()).copied();
            let Some(first) = at.and_then(|at| self.edits.get_mut(at)) else {
                self.places.insert(edit.id(), self.edits.len());
                self.edits.push(edit);
                continue;
            };
            let (before, _) = first.clone().into_sides();
            if let Some(both) = Edit::new(before, edit.after().cloned()) {
                *first = both;
            }
        }
    }

    /// Says what was made, for those who rehearse.
    pub fn say(&mut self, sentence: String) {
        self.made.push(sentence);
    }

    /// Records of which the file said something the last time and says nothing now.
    fn note_missing(&mut self) {
        let mut gone: Vec<Id> = self.before.keys().copied().filter(|id| !self.met.contains(id)).collect();
        gone.sort();
        let titles = gone.iter().filter_map(|id| self.workspace.get(*id));
        let titles: Vec<String> = titles.map(|record| record.title(&self.workspace).into_owned()).collect();
        if !titles.is_empty() {
            self.note(0, format!("no longer in the file, and kept here: {}", listed(&titles)));
        }
    }

    /// What the import does, in the words of a summary of its own or in counts.
    pub fn finish(mut self, summary: Option<String>) -> Outcome {
        if summary.is_none() {
            self.note_missing();
        }
        let unknown = std::mem::take(&mut self.names).into_notices();
        self.note_all(unknown);
        self.notices.order_by_key(|notice| notice.line);
        let counted = self.counts.iter().map(|(kind, counts)| format!("{} {counts}", kind.plural()));
        let counted = summary.unwrap_or_else(|| counted.collect::<Vec<_>>().join("; "));
        let is_news = !self.edits.is_empty();
        let said = if is_news { format!("imported: {counted}") } else { "says nothing new".to_owned() };
        let sentence = format!("{} {said}", self.context.feed);
        // In an order that says nothing of who gave which ballot.
        self.edits.order_by_key(|edit| (edit.kind(), edit.id()));
        let edits = self.edits.into_iter().chain(self.archive).collect();
        Outcome { change: Change { edits, sentence }, made: self.made, notices: self.notices }
    }
}

/// Two texts, of the second only those lines that the first does not have.
fn joined(one: &str, other: &str) -> String {
    let known: HashSet<&str> = one.lines().map(str::trim).collect();
    let more: Vec<&str> = other.lines().filter(|line| !known.contains(line.trim())).collect();
    if more.is_empty() { one.to_owned() } else { format!("{one}\n\n{}", more.join("\n")) }
}
