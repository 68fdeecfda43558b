//! Everything that changes data is a [`Change`]: records before and after, and a sentence that says what was done.

use super::date::{Date, Timestamp};
use super::record::Updated;
use super::text::Text;
use super::typed::Ref;
use super::{AnyRecord, Id, Kind, Workspace};

/// One record before and after. At least one side is there, and both have one id.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// What the change began from; `None`: the record is new.
    pub before: Option<AnyRecord>,
    /// What it made; `None`: the record is gone.
    pub after: Option<AnyRecord>,
}

impl Edit {
    /// The edit that leads from one to the other; `None` when there is no difference.
    pub fn new(before: Option<AnyRecord>, after: Option<AnyRecord>) -> Option<Self> {
        (before != after).then_some(Self { before, after })
    }

    /// The id of the record.
    pub fn id(&self) -> Id {
        self.after.as_ref().or(self.before.as_ref()).map_or_else(Id::default, AnyRecord::id)
    }

    /// The kind of the record.
    pub fn kind(&self) -> Kind {
        self.after.as_ref().or(self.before.as_ref()).map_or(Kind::Partnership, AnyRecord::kind)
    }
}

/// What was done, in records and in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// The records it touches, what is referred to before what refers.
    pub edits: Vec<Edit>,
    /// What was done, in the words of the domain: "Nightstop verified".
    pub sentence: String,
}

/// Why a rule does not allow something, and what would help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub String);

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refusal {}

/// Who acts, and when: handed in from outside, as the model has no clock.
#[derive(Clone, Debug)]
pub struct Author {
    /// The initials that sign the change.
    pub by: Text,
    /// The moment of it.
    pub at: Timestamp,
    /// The day of it, where the person is.
    pub today: Date,
}

impl Author {
    /// The stamp for a record that was last changed at `before`.
    pub fn stamp(&self, before: Option<&AnyRecord>) -> Updated {
        let at = before.map_or(self.at, |record| self.at.after(record.updated().0));
        Updated(at, self.by.clone())
    }
}

/// Adds a record, or puts an edited one in the place of the old.
///
/// # Errors
/// The record's own rules, or a name that its kind has already.
pub fn put(workspace: &Workspace, mut record: AnyRecord, author: &Author) -> Result<Change, Refusal> {
    record.check().map_err(Refusal)?;
    super::person::check_initials(workspace, &record)?;
    let before = workspace.get(record.id());
    let changed = before.as_ref().map(|before| record.differing(before));
    if changed.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Change { edits: Vec::new(), sentence: format!("{}: nothing changed", record.name()) });
    }
    record.set_updated(author.stamp(before.as_ref()));
    let sentence = match &changed {
        None => format!("{} added", record.name()),
        Some(fields) => format!("{} changed: {}", record.name(), labels(record.kind(), fields)),
    };
    Ok(Change { edits: Edit::new(before, Some(record)).into_iter().collect(), sentence })
}

/// The labels of some fields, in small letters, with commas between.
fn labels(kind: Kind, fields: &[&str]) -> String {
    let known = kind.fields();
    let label = |name: &&str| {
        let label = known.iter().find(|field| field.name == *name).map_or(*name, |field| field.label);
        label.to_lowercase()
    };
    fields.iter().map(label).collect::<Vec<_>>().join(", ")
}

/// Takes records away.
///
/// # Errors
/// A record that others point to stays: the refusal names them.
pub fn remove(workspace: &Workspace, ids: &[Id]) -> Result<Change, Refusal> {
    let mut edits = Vec::new();
    let mut names = Vec::new();
    for id in ids {
        let Some(record) = workspace.get(*id) else {
            return Err(Refusal(format!("there is no {id}; it may have been removed already")));
        };
        if record.kind() == Kind::Partnership {
            return Err(Refusal("the partnership itself cannot be removed; remove its directory instead".to_owned()));
        }
        refuse_if_pointed_to(workspace, &record, ids)?;
        names.push(record.name().to_owned());
        edits.extend(Edit::new(Some(record), None));
    }
    Ok(Change { edits, sentence: format!("{} removed", listed(&names)) })
}

fn refuse_if_pointed_to(workspace: &Workspace, record: &AnyRecord, also: &[Id]) -> Result<(), Refusal> {
    if record.kind() != Kind::Organisation {
        return Ok(());
    }
    let here = Ref::Record(record.id());
    let services = workspace.services.iter().filter(|s| s.names(&here)).map(|s| (s.id, s.name.to_string()));
    let people = workspace.people.iter().filter(|p| p.roles.iter().any(|role| role.organisation == here));
    let people = people.map(|p| (p.id, p.name.to_string()));
    let holders: Vec<String> = services.chain(people).filter(|(id, _)| !also.contains(id)).map(|(_, n)| n).collect();
    if holders.is_empty() {
        return Ok(());
    }
    Err(Refusal(format!(
        "{} is still named by {}; give those another organisation or remove them first",
        record.name(),
        listed(&holders)
    )))
}

/// Up to three names, and how many more.
pub fn listed(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, two, three] => format!("{one}, {two} and {three}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} more", rest.len()),
    }
}
