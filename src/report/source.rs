//! What reports are made from: every record as their readers may see it.

use super::words::long_date;
use crate::model::place::Atlas;
use crate::model::record::Record;
use crate::model::{Audience, Date, Event, Id, Kind, Person, Ref, Refusal, Workspace, event};

/// What every report is made from.
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    /// The records.
    pub workspace: &'a Workspace,
    /// The map.
    pub atlas: &'a Atlas,
    /// The day on which the report is made.
    pub today: Date,
    /// Whether persons are named with their numbers and addresses.
    pub with_contacts: bool,
}

/// The records of a workspace as the readers of a report may see them, and what else a report is made from.
pub struct Source<'a> {
    /// The records as readers may see them; what they may not is empty.
    pub seen: Workspace,
    /// The records as they are: for counting, and for names of what readers see a reference to.
    pub all: &'a Workspace,
    /// The map.
    pub atlas: &'a Atlas,
    /// The day on which the report is made.
    pub today: Date,
    /// For whom the report is.
    pub audience: Audience,
}

impl<'a> Source<'a> {
    /// What an audience may see of a workspace.
    pub fn new(inputs: &Inputs<'a>, audience: Audience) -> Self {
        let Inputs { workspace: all, atlas, today, .. } = *inputs;
        let mut seen = Workspace::default();
        for kind in Kind::ALL.iter().filter(|kind| kind.is_resident() && !kind.is_private()) {
            for record in all.iter(*kind) {
                seen.place(record.id(), Some(record.visible_to(audience, all)));
            }
        }
        Self { seen, all, atlas, today, audience }
    }

    /// Whether persons are named with their numbers and addresses.
    pub fn with_contacts(&self) -> bool {
        self.audience == Audience::Everyone { with_contacts: true }
    }

    /// What a record is called that readers see a reference to.
    pub fn name<K: Record>(&self, reference: &Ref<K>) -> String {
        reference.name(self.all).into_owned()
    }

    /// The names of records that readers see references to.
    pub fn names<K: Record>(&self, references: &[Ref<K>]) -> Vec<String> {
        references.iter().map(|reference| self.name(reference)).collect()
    }

    /// A person as readers may see them; `None`: somebody who is not recorded.
    pub fn person(&self, reference: &Ref<Person>) -> Option<&Person> {
        reference.get(&self.seen)
    }

    /// The event that is meant, the latest where none is named, as readers may see it.
    ///
    /// # Errors
    /// There is no event yet.
    pub fn event(&self, id: Option<Id>) -> Result<&Event, Refusal> {
        let id = id.or_else(|| event::latest(self.all).map(|event| event.id));
        let found = id.and_then(|id| self.seen.events.get(id)).map(AsRef::as_ref);
        found.ok_or_else(|| {
            Refusal("there is no event to report on yet: make one first (moot add event name=…)".to_owned())
        })
    }

    /// What the partnership is called.
    pub fn partnership(&self) -> Option<&str> {
        self.seen.itself().map(|itself| itself.name.as_str())
    }

    /// Whether the records are a sample, and must be taken for nothing else.
    pub fn is_sample(&self) -> bool {
        self.seen.itself().is_some_and(|itself| itself.sample)
    }

    /// The last line of every report: whose it is and of which day.
    pub fn footer(&self) -> String {
        let name = self.partnership().map(|name| format!("{name} · ")).unwrap_or_default();
        let sample = if self.is_sample() { " · a sample: to be taken for nothing else" } else { "" };
        format!("{name}as of {}{sample}", long_date(self.today))
    }
}
