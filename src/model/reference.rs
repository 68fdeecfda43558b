//! References from one record to others, typed by the kind they lead to, and the way back: who refers to this record.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashSet;
use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use super::field::{
    Blank, EachText, FieldInfo, FieldType, FieldValue, ParseContext, SearchField, fitting, join, parts,
};
use super::id::Id;
use super::record::Record;
use super::text::{Text, one_line};
use super::{AnyRecord, Kind, Workspace};

/// Where a reference leads: a record, or, where none is known, the words somebody wrote. A reference that leads nowhere
/// stays as it is and is shown as loose; nothing is ever joined by guessing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A record of this workspace, or one that was.
    Record(Id),
    /// Words that name one which is not recorded here.
    Words(Text),
}

/// A reference to a record of kind `K`.
pub struct Ref<K> {
    target: Target,
    kind: PhantomData<fn() -> K>,
}

impl<K> Ref<K> {
    /// A reference to the record with this id.
    pub fn record(id: Id) -> Self {
        Self { target: Target::Record(id), kind: PhantomData }
    }

    /// Where it leads.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The id, where it is one.
    pub fn id(&self) -> Option<Id> {
        match self.target {
            Target::Record(id) => Some(id),
            Target::Words(_) => None,
        }
    }
}

impl<K: Record> Ref<K> {
    /// A reference by words, for what is not recorded here. An id is never words: in a file the two would look alike.
    pub fn words(words: Text) -> Self {
        match words.parse::<Id>() {
            Ok(id) if id.letter() == K::KIND.letter() && id.as_str() == words.as_str() => Self::record(id),
            _ => Self { target: Target::Words(words), kind: PhantomData },
        }
    }

    /// The record it leads to, if it is there.
    pub fn get<'a>(&self, workspace: &'a Workspace) -> Option<&'a K> {
        self.id().and_then(|id| K::collection(workspace).get(id)).map(AsRef::as_ref)
    }

    /// The name a person reads.
    pub fn name<'a>(&'a self, workspace: &'a Workspace) -> Cow<'a, str> {
        match &self.target {
            Target::Record(id) => {
                K::collection(workspace).get(*id).map_or(Cow::Borrowed(id.as_str()), |record| record.title(workspace))
            }
            Target::Words(words) => Cow::Borrowed(words),
        }
    }
}

impl<K> Clone for Ref<K> {
    fn clone(&self) -> Self {
        Self { target: self.target.clone(), kind: PhantomData }
    }
}
impl<K> Default for Ref<K> {
    fn default() -> Self {
        Self { target: Target::Words(Text::default()), kind: PhantomData }
    }
}
impl<K> PartialEq for Ref<K> {
    fn eq(&self, other: &Self) -> bool {
        self.target == other.target
    }
}
impl<K> Eq for Ref<K> {}
impl<K> PartialOrd for Ref<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Ref<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.target.cmp(&other.target)
    }
}
impl<K> std::fmt::Debug for Ref<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.target.fmt(f)
    }
}

impl<K> Serialize for Ref<K> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.target {
            Target::Record(id) => id.serialize(to),
            Target::Words(words) => words.serialize(to),
        }
    }
}

impl<'de, K: Record> Deserialize<'de> for Ref<K> {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Text::deserialize(from).map(Self::words)
    }
}

impl<K> Blank for Ref<K> {
    fn is_blank(&self) -> bool {
        matches!(&self.target, Target::Words(words) if words.is_blank())
    }
}

impl<K: Record> FieldValue for Ref<K> {
    const TYPE: FieldType = FieldType::Reference(K::KIND);

    fn format(&self, workspace: &Workspace) -> String {
        self.name(workspace).into_owned()
    }

    /// An id, what only one record answers to (a name, initials), or any words.
    fn parse(typed: &str, context: ParseContext<'_>) -> Result<Self, String> {
        let records = K::collection(context.workspace);
        if let Some(id) = typed.trim().parse::<Id>().ok().filter(|id| records.get(*id).is_some()) {
            return Ok(Self::record(id));
        }
        let wanted = one_line(typed).to_lowercase();
        // Blanks are typed as one sees them: two of them in a title count as one.
        let is_called = |record: &K| one_line(&record.title(context.workspace)).to_lowercase() == wanted;
        let mut named =
            records.iter().filter(|record| record.answers_to(&wanted, context.workspace) || is_called(record));
        match (named.next(), named.next()) {
            (Some(one), None) => Ok(Self::record(one.id())),
            (Some(one), Some(other)) => {
                let titles = [one, other].map(|record| record.title(context.workspace).into_owned());
                let [one, other] =
                    if titles[0] == titles[1] { [one, other].map(|record| record.id().to_string()) } else { titles };
                Err(format!("two {} are called so: write {one} or {other}", K::KIND.plural()))
            }
            _ => fitting(Text::line(typed)).map(Self::words),
        }
    }

    /// The name, and what else the record is called.
    fn each_text(&self, field: Option<SearchField>, workspace: &Workspace, each: &mut EachText<'_>) {
        let Some(field) = field else { return };
        each(field, &self.name(workspace));
        let Some(record) = self.get(workspace) else { return };
        for known in K::FIELDS.iter().filter(|known| known.info.search == Some(SearchField::Alias)) {
            (known.each_text)(record, known.info.search, workspace, &mut |_, text| each(field, text));
        }
    }

    fn each_reference(&self, each: &mut dyn FnMut(Id)) {
        self.id().into_iter().for_each(each);
    }

    fn replace_reference(&mut self, old: Id, new: Id) {
        if self.id() == Some(old) {
            *self = Self::record(new);
        }
    }
}

impl<K: Record> FieldValue for Option<Ref<K>> {
    const TYPE: FieldType = FieldType::Reference(K::KIND);
    fn format(&self, workspace: &Workspace) -> String {
        self.as_ref().map(|to| to.format(workspace)).unwrap_or_default()
    }
    fn parse(typed: &str, context: ParseContext<'_>) -> Result<Self, String> {
        super::field::absent_or(typed, |typed| Ref::parse(typed, context))
    }
    fn each_text(&self, field: Option<SearchField>, workspace: &Workspace, each: &mut EachText<'_>) {
        if let Some(to) = self {
            to.each_text(field, workspace, each);
        }
    }
    fn each_reference(&self, each: &mut dyn FnMut(Id)) {
        if let Some(to) = self {
            to.each_reference(each);
        }
    }
    fn replace_reference(&mut self, old: Id, new: Id) {
        if let Some(to) = self {
            to.replace_reference(old, new);
        }
    }
}

impl<K: Record> FieldValue for Vec<Ref<K>> {
    const TYPE: FieldType = FieldType::References(K::KIND);
    fn format(&self, workspace: &Workspace) -> String {
        join(self.iter().map(|to| to.name(workspace)))
    }
    fn parse(typed: &str, context: ParseContext<'_>) -> Result<Self, String> {
        parts(typed).map(|part| Ref::parse(part, context)).collect()
    }
    fn each_text(&self, field: Option<SearchField>, workspace: &Workspace, each: &mut EachText<'_>) {
        for to in self {
            to.each_text(field, workspace, each);
        }
    }
    fn each_reference(&self, each: &mut dyn FnMut(Id)) {
        for to in self {
            to.each_reference(each);
        }
    }
    fn replace_reference(&mut self, old: Id, new: Id) {
        if self.iter().any(|to| to.id() == Some(old)) {
            self.retain(|to| to.id() != Some(new)); // the other takes its place
            for to in self {
                to.replace_reference(old, new);
            }
        }
    }
}

/// Whether some record of a kind answers to a name, or to an id.
pub fn is_known(kind: Kind, typed: &str, workspace: &Workspace) -> bool {
    let by_id = typed.trim().parse::<Id>().ok().and_then(|id| workspace.get(id));
    let wanted = one_line(typed).to_lowercase();
    let is_called = |record: AnyRecord| {
        record.answers_to(&wanted, workspace) || one_line(&record.title(workspace)).to_lowercase() == wanted
    };
    by_id.is_some_and(|record| record.kind() == kind) || workspace.iter(kind).any(is_called)
}

/// A record that refers to another, and the field in which it does.
#[derive(Clone, Debug, PartialEq)]
pub struct Referrer {
    /// The record that refers.
    pub record: AnyRecord,
    /// Its field that holds the reference.
    pub field: &'static FieldInfo,
    /// The record it refers to.
    pub to: Id,
}

/// Everything that refers to one of these records, in the order of kinds, ids and fields. One pass over the records,
/// however many are asked for.
pub fn referrers(workspace: &Workspace, to: &[Id]) -> Vec<Referrer> {
    let to: HashSet<Id> = to.iter().copied().collect();
    let asked: HashSet<char> = to.iter().map(|id| id.letter()).collect();
    let mut found = Vec::new();
    for kind in Kind::ALL.iter().filter(|kind| kind.is_resident() && kind.refers_to_any(&asked)) {
        for record in workspace.iter(*kind) {
            let first = found.len();
            record.each_reference(&mut |field, id| {
                let is_new = |found: &[Referrer]| !found.iter().any(|one| one.field == field && one.to == id);
                if to.contains(&id) && is_new(&found[first..]) {
                    found.push(Referrer { record: record.clone(), field, to: id });
                }
            });
        }
    }
    found
}
