//! Everything that changes data is a [`Change`]: records before and after, and a sentence that says what was done.

use super::date::{Date, Timestamp};
use super::field::Audience;
use super::order::Order as _;
use super::record::Updated;
use super::reference::{Referrer, referrers};
use super::text::Text;
use super::{AnyRecord, Id, Kind, Person, Workspace, person};

/// One record before and after.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// The record is new.
    Add(AnyRecord),
    /// The record was another.
    Replace {
        /// What the change began from.
        before: AnyRecord,
        /// What it made.
        after: AnyRecord,
    },
    /// The record is gone.
    Remove(AnyRecord),
}

impl Edit {
    /// The edit that leads from one to the other, with what the kind keeps of what the record was; `None` when there is
    /// no difference.
    pub fn new(before: Option<AnyRecord>, after: Option<AnyRecord>) -> Option<Self> {
        match (before, after) {
            (None, None) => None,
            (None, Some(after)) => Some(Self::Add(after)),
            (Some(before), None) => Some(Self::Remove(before)),
            (Some(before), Some(after)) if before == after => None,
            (Some(before), Some(mut after)) => {
                after.keep(&before);
                Some(Self::Replace { before, after })
            }
        }
    }

    /// What the change began from; `None`: the record is new.
    pub fn before(&self) -> Option<&AnyRecord> {
        match self {
            Self::Add(_) => None,
            Self::Replace { before, .. } | Self::Remove(before) => Some(before),
        }
    }

    /// What it made; `None`: the record is gone.
    pub fn after(&self) -> Option<&AnyRecord> {
        match self {
            Self::Add(after) | Self::Replace { after, .. } => Some(after),
            Self::Remove(_) => None,
        }
    }

    /// Both sides.
    pub fn into_sides(self) -> (Option<AnyRecord>, Option<AnyRecord>) {
        match self {
            Self::Add(after) => (None, Some(after)),
            Self::Replace { before, after } => (Some(before), Some(after)),
            Self::Remove(before) => (Some(before), None),
        }
    }

    /// The record as it is now, or as it last was.
    pub fn record(&self) -> &AnyRecord {
        match self {
            Self::Add(record) | Self::Replace { after: record, .. } | Self::Remove(record) => record,
        }
    }

    /// The id of the record.
    pub fn id(&self) -> Id {
        self.record().id()
    }

    /// The kind of the record.
    pub fn kind(&self) -> Kind {
        self.record().kind()
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

impl Change {
    /// What somebody should know of the records it makes and did not have to know before, in sentences. `workspace` is
    /// what it is about to change.
    pub fn warnings(&self, workspace: &Workspace) -> Vec<String> {
        let mut after = workspace.clone();
        after.apply(self);
        let made = self.edits.iter().filter_map(Edit::after);
        let mut found: Vec<String> = Vec::new();
        for record in made {
            let known = workspace.get(record.id()).map(|before| before.warnings(workspace)).unwrap_or_default();
            found.extend(record.warnings(&after).into_iter().filter(|warning| !known.contains(warning)));
        }
        found.dedup();
        found
    }

    /// Replaces `old` by `new` everywhere: where two people took one id in the same instant, one takes another.
    pub fn replace_id(&mut self, old: Id, new: Id) {
        for edit in &mut self.edits {
            let (before, after) = edit.clone().into_sides();
            let [before, after] = [before, after].map(|side| side.map(|record| record.with_id_replaced(old, new)));
            if let Some(replaced) = Edit::new(before, after) {
                *edit = replaced;
            }
        }
    }
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
    /// The signature of the change: initials, and the login of who signs as somebody else.
    pub by: Text,
    /// The moment of it.
    pub at: Timestamp,
    /// The day of it, where the person is.
    pub today: Date,
}

/// Before the login in a signature, `KP (katy)`.
const LOGIN: &str = " (";

/// The signature of somebody with these initials who is logged in as `login`: who signs as another, or as nobody's own
/// login, leaves the login too. In a sample, and where nobody is written down yet, anybody signs as they like.
pub fn signature(workspace: &Workspace, initials: &Text, login: &str) -> Text {
    let is_free = workspace.people.is_empty() || workspace.itself().is_some_and(|itself| itself.sample);
    let is_own = |person: &Person| person.login.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(login));
    if is_free || login.is_empty() || person::find(workspace, initials).is_ok_and(is_own) {
        return initials.clone();
    }
    Text::line(&format!("{initials}{LOGIN}{login})"))
}

/// The initials in a signature.
pub fn initials_of(signature: &str) -> &str {
    signature.split_once(LOGIN).map_or(signature, |(initials, _)| initials)
}

impl Author {
    /// The initials of who signs, without a login.
    pub fn initials(&self) -> Text {
        Text::line(initials_of(&self.by))
    }

    /// The stamp for a record that was last changed at `before`: later than that, unless that was a clock that was wrong.
    pub fn stamp(&self, before: Option<&AnyRecord>) -> Updated {
        let before = before.map(|record| record.updated().0).filter(|before| !before.is_ahead_of(self.at));
        Updated(before.map_or(self.at, |before| self.at.after(before)), self.by.clone())
    }
}

/// Adds a record, or puts an edited one in the place of the old.
///
/// # Errors
/// The rules of its kind.
pub fn put(workspace: &Workspace, mut record: AnyRecord, author: &Author) -> Result<Change, Refusal> {
    let before = workspace.get(record.id());
    match &before {
        None => {
            record.complete(workspace);
            record.sign(author);
        }
        Some(before) => record.revise(before, author),
    }
    record.check().map_err(Refusal)?;
    record.check_among(workspace)?;
    let title = record.title(workspace).into_owned();
    let changed = before.as_ref().map(|before| record.differing(before));
    if changed.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Change { edits: Vec::new(), sentence: format!("{title}: nothing changed") });
    }
    record.set_updated(author.stamp(before.as_ref()));
    let sentence = match before.as_ref().zip(changed) {
        None => format!("{title} added"),
        Some((before, fields)) => format!("{title} {}", said_of_change(before, &record, fields)),
    };
    Ok(Change { edits: Edit::new(before, Some(record)).into_iter().collect(), sentence })
}

/// The fields that changed, and those of which somebody said that they are as they were read.
fn said_of_change(before: &AnyRecord, record: &AnyRecord, mut changed: Vec<&'static str>) -> String {
    let fields = || record.kind().fields().map(|field| field.name);
    let is_confirmed = |field: &&str| before.unstated(field).is_some() && record.unstated(field).is_none();
    let confirmed: Vec<&str> = fields().filter(|field| is_confirmed(field) && !changed.contains(field)).collect();
    // What is written down of either is not worth a word beside them.
    let is_typed = |field: &&str| record.kind().field(field).is_some_and(|field| field.is_editable);
    if !confirmed.is_empty() || changed.iter().any(&is_typed) {
        changed.retain(is_typed);
    }
    let said = [("changed", &changed[..]), ("confirmed", &confirmed[..])];
    let said = said.iter().filter(|(_, fields)| !fields.is_empty());
    said.map(|(done, fields)| format!("{done}: {}", labels(record.kind(), fields))).collect::<Vec<_>>().join("; ")
}

/// The labels of some fields, in small letters, with commas between.
pub fn labels(kind: Kind, fields: &[&str]) -> String {
    let label = |name: &&str| kind.field(name).map_or(*name, |field| field.label).to_lowercase();
    fields.iter().map(label).collect::<Vec<_>>().join(", ")
}

/// Takes records away.
///
/// # Errors
/// The rules of its kind; a record that others refer to stays: the refusal names them.
pub fn remove(workspace: &Workspace, ids: &[Id]) -> Result<Change, Refusal> {
    let mut edits = Vec::new();
    let mut names = Vec::new();
    for id in ids {
        let Some(record) = workspace.get(*id) else {
            return Err(Refusal(format!("there is no {id}; it may have been removed already")));
        };
        record.check_removal()?;
        names.push(record.title(workspace).into_owned());
        edits.extend(Edit::new(Some(record), None));
    }
    refuse_if_referred_to(workspace, ids)?;
    Ok(Change { edits, sentence: format!("{} removed", listed(&names)) })
}

/// A record that stays and refers to one that goes would lead nowhere. Of what is hidden it is not said who: those who
/// voted for something must not be named by trying to remove it.
fn refuse_if_referred_to(workspace: &Workspace, going: &[Id]) -> Result<(), Refusal> {
    let mut staying = referrers(workspace, going);
    staying.retain(|referrer| !going.contains(&referrer.record.id()));
    let Some(first) = going.iter().find(|id| staying.iter().any(|referrer| referrer.to == **id)) else {
        return Ok(());
    };
    let is_shown = |one: &&Referrer| !one.record.is_hidden(one.field, Audience::Colleagues, workspace);
    let shown = staying.iter().filter(|one| one.to == *first).filter(is_shown);
    let mut holders: Vec<&AnyRecord> = shown.map(|one| &one.record).collect();
    holders.order_by_key(|record| std::cmp::Reverse(record.kind())); // what refers stands behind what it refers to
    holders.dedup_by_key(|record| record.id());
    let mut names: Vec<String> = holders.iter().map(|record| record.title(workspace).into_owned()).collect();
    if names.is_empty() {
        names.push("something that is hidden for now".to_owned());
    }
    let record = workspace.get(*first);
    let kind = record.as_ref().map_or("record", |record| record.kind().singular());
    Err(Refusal(format!(
        "{} is still named by {}; give those another {kind} or remove them first",
        record.as_ref().map_or_else(|| first.to_string(), |record| record.title(workspace).into_owned()),
        listed(&names)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Organisation, Ref, Service};

    #[test]
    fn an_id_is_replaced_everywhere() {
        let [old, new, other] = ["O-0001", "O-0002", "O-0003"].map(|id| id.parse::<Id>().unwrap());
        let named = |id| Some(Ref::record(id));
        let funders = vec![Ref::record(old), Ref::record(other)];
        let service = Service { organisation: named(old), commissioner: named(other), funders, ..Service::default() };
        let organisation = Organisation { id: old, parent: named(old), ..Organisation::default() };
        let edits =
            [AnyRecord::from(service), organisation.into()].map(|record| Edit::new(None, Some(record)).unwrap());
        let mut change = Change { edits: edits.to_vec(), sentence: String::new() };
        change.replace_id(old, new);
        let [Edit::Add(AnyRecord::Service(service)), Edit::Add(AnyRecord::Organisation(organisation))] =
            &change.edits[..]
        else {
            panic!("{change:?}")
        };
        assert_eq!((&service.organisation, &service.commissioner), (&named(new), &named(other)));
        assert_eq!(service.funders, [Ref::record(new), Ref::record(other)]);
        assert_eq!((organisation.id, &organisation.parent), (new, &named(new)));
    }
}
