//! What records mean: plain data and pure rules. No clock, no disk, no terminal; a rule looks at a [`Workspace`] and
//! answers with a [`Change`] or a [`Refusal`].
//!
//! A kind of record costs its struct (written with `record!` of [`record`]), its rules, and one line in the list of kinds
//! below.

pub mod change;
pub mod choice;
pub mod date;
pub mod gaps;
pub mod id;
pub mod merge;
pub mod needs;
pub mod organisation;
pub mod original;
pub mod partnership;
pub mod person;
pub mod place;
pub mod record;
mod rename;
pub mod service;
pub mod text;
pub mod typed;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use change::{Author, Change, Edit, Refusal};
pub use date::{Date, Timestamp};
pub use id::{Id, SplitMix64};
pub use organisation::Organisation;
pub use original::Original;
pub use partnership::Partnership;
pub use person::Person;
pub use record::{FieldInfo, Record, Updated};
pub use service::Service;
pub use text::Text;
pub use typed::{ParseContext, Ref};

/// All records of one kind, in the order of their ids.
#[derive(Clone, Debug, PartialEq)]
pub struct Collection<R>(BTreeMap<Id, Arc<R>>);

impl<R> Default for Collection<R> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<R: Record> Collection<R> {
    /// The record with this id.
    pub fn get(&self, id: Id) -> Option<&Arc<R>> {
        self.0.get(&id)
    }

    /// All records, in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<R>> {
        self.0.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn put(&mut self, id: Id, record: Option<Arc<R>>) {
        match record {
            Some(record) => self.0.insert(id, record),
            None => self.0.remove(&id),
        };
    }
}

/// The list of kinds: the struct, its collection in a workspace (also the name of its file), one of it, the letter of
/// its ids. Everything that works on all kinds alike is written here once.
macro_rules! kinds {
    ($( $(#[$doc:meta])* $name:ident $plural:ident $singular:literal $letter:literal; )+) => {
        /// A kind of record. The order is that in which files are written: what is referred to comes first.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $( $(#[$doc])* $name, )+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Kind] = &[$(Kind::$name),+];

            /// Its name for many, which is also that of its file.
            pub fn plural(self) -> &'static str {
                match self { $(Kind::$name => stringify!($plural)),+ }
            }

            /// Its name for one.
            pub fn singular(self) -> &'static str {
                match self { $(Kind::$name => $singular),+ }
            }

            /// The letter with which its ids begin.
            pub fn letter(self) -> char {
                match self { $(Kind::$name => $letter),+ }
            }

            /// The fields people type.
            pub fn fields(self) -> Vec<&'static FieldInfo> {
                match self { $(Kind::$name => $name::FIELDS.iter().map(|field| &field.info).collect()),+ }
            }

            /// A record of this kind with nothing in it but an id.
            pub fn blank(self, id: Id) -> AnyRecord {
                match self { $(Kind::$name => AnyRecord::$name(Arc::new($name { id, ..Default::default() }))),+ }
            }

            /// Reads a record of this kind from any format.
            ///
            /// # Errors
            /// Those of the format.
            pub fn read<'de, D: Deserializer<'de>>(self, id: Id, from: D) -> Result<AnyRecord, D::Error> {
                Ok(match self { $(Kind::$name => {
                    let mut record = $name::deserialize(from)?;
                    record.id = id;
                    AnyRecord::$name(Arc::new(record))
                }),+ })
            }
        }

        /// A record of any kind. Cloning it shares it.
        #[derive(Clone, Debug, PartialEq)]
        pub enum AnyRecord { $( $(#[$doc])* $name(Arc<$name>), )+ }

        impl AnyRecord {
            /// Its kind.
            pub fn kind(&self) -> Kind {
                match self { $(Self::$name(_) => Kind::$name),+ }
            }

            /// Its id.
            pub fn id(&self) -> Id {
                match self { $(Self::$name(record) => record.id()),+ }
            }

            /// What people call it.
            pub fn name(&self) -> &str {
                match self { $(Self::$name(record) => record.name()),+ }
            }

            /// Its last change.
            pub fn updated(&self) -> &Updated {
                match self { $(Self::$name(record) => record.updated()),+ }
            }

            /// Stamps it.
            pub fn set_updated(&mut self, updated: Updated) {
                match self { $(Self::$name(record) => Arc::make_mut(record).set_updated(updated)),+ }
            }

            /// What must hold for it by itself.
            ///
            /// # Errors
            /// A sentence that says which field is wrong and what would be right.
            pub fn check(&self) -> Result<(), String> {
                match self { $(Self::$name(record) => record.check()),+ }
            }

            /// A field in words; empty when absent or unknown.
            pub fn format_field(&self, field: &str, workspace: &Workspace) -> String {
                match self { $(Self::$name(record) => $name::FIELDS.iter()
                    .find(|known| known.info.name == field)
                    .map(|known| (known.format)(record, workspace))
                    .unwrap_or_default()),+ }
            }

            /// Sets a field from what a person typed.
            ///
            /// # Errors
            /// What the field takes, or the names there are.
            pub fn set_field(&mut self, field: &str, typed: &str, context: ParseContext<'_>) -> Result<(), String> {
                match self { $(Self::$name(record) => match $name::FIELDS.iter().find(|known| known.info.name == field) {
                    Some(known) => (known.parse)(Arc::make_mut(record), typed, context),
                    None => Err(no_such_field($name::KIND)),
                }),+ }
            }

            /// Three-way merge of records of one kind; see [`merge`].
            pub(crate) fn merge_fields(
                base: &Self, ours: &Self, theirs: &Self, ours_wins: bool,
            ) -> Option<(Self, Vec<&'static str>)> {
                match (base, ours, theirs) {
                    $( (Self::$name(base), Self::$name(ours), Self::$name(theirs)) => {
                        let (merged, lost) = $name::merge(base, ours, theirs, ours_wins);
                        Some((Self::$name(Arc::new(merged)), lost))
                    } )+
                    _ => None,
                }
            }

            /// The names of the fields in which the two differ; the stamp is no field.
            pub fn differing(&self, other: &Self) -> Vec<&'static str> {
                match (self, other) {
                    $( (Self::$name(one), Self::$name(other)) => one.differing(other), )+
                    _ => Vec::new(),
                }
            }
        }

        $(impl From<$name> for AnyRecord {
            fn from(record: $name) -> Self {
                Self::$name(Arc::new(record))
            }
        })+

        impl Serialize for AnyRecord {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$name(record) => record.serialize(to)),+ }
            }
        }

        /// Everything a partnership knows: every collection.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Workspace { $( $(#[$doc])* pub $plural: Collection<$name>, )+ }

        impl Workspace {
            /// The record with this id, of whatever kind.
            pub fn get(&self, id: Id) -> Option<AnyRecord> {
                match id.letter() {
                    $( $letter => self.$plural.get(id).cloned().map(AnyRecord::$name), )+
                    _ => None,
                }
            }

            /// All records of a kind, in the order of their ids.
            pub fn all(&self, kind: Kind) -> Vec<AnyRecord> {
                match kind { $(Kind::$name => self.$plural.iter().cloned().map(AnyRecord::$name).collect()),+ }
            }

            /// How many records of a kind there are.
            pub fn count(&self, kind: Kind) -> usize {
                match kind { $(Kind::$name => self.$plural.len()),+ }
            }

            /// Puts a record in its place, or takes the one with this id away. Only [`Workspace::apply`] and the
            /// loading of files do this; everything else goes through a [`Change`].
            pub fn place(&mut self, id: Id, record: Option<AnyRecord>) {
                match record {
                    $( Some(AnyRecord::$name(record)) => self.$plural.put(id, Some(record)), )+
                    None => match id.letter() {
                        $( $letter => self.$plural.put(id, None), )+
                        _ => {}
                    },
                }
            }
        }
    };
}

kinds! {
    /// The partnership itself: one record.
    Partnership partnership "partnership" 'W';
    /// People and their roles.
    Person people "person" 'P';
    /// Organisations.
    Organisation organisations "organisation" 'O';
    /// Services.
    Service services "service" 'S';
    /// What imports brought, as they brought it; on disk, and in memory only while something is imported or exported.
    Original originals "original" 'X';
}

impl Kind {
    /// The kind a word means, in singular or plural.
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.to_lowercase();
        Self::ALL.iter().copied().find(|kind| word == kind.plural() || word == kind.singular())
    }

    /// Whether its records are kept in memory. Originals are not: they would double it, and only exchange needs them.
    pub fn is_resident(self) -> bool {
        self != Self::Original
    }

    /// The kind of an id.
    pub fn of(id: Id) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.letter() == id.letter())
    }
}

fn no_such_field(kind: Kind) -> String {
    let names: Vec<_> = kind.fields().iter().map(|field| field.name).collect();
    format!("a {} has no such field; it has: {}", kind.singular(), names.join(", "))
}

impl Workspace {
    /// The partnership's own record, if the workspace has one.
    pub fn itself(&self) -> Option<&Arc<Partnership>> {
        self.partnership.iter().next()
    }

    /// Applies a change to what is in memory and returns the change that undoes it.
    ///
    /// Where a record is no longer what the change began from, the two are merged field by field, just as the files
    /// will be: a colleague's edit that arrived in between stays.
    pub fn apply(&mut self, change: &Change) -> Change {
        let mut undo = Vec::with_capacity(change.edits.len());
        for edit in &change.edits {
            let now = self.get(edit.id());
            let merged = merge::merge(edit.before.as_ref(), edit.after.as_ref(), now.as_ref()).record;
            self.place(edit.id(), merged.clone());
            if let Some(back) = Edit::new(merged, now) {
                undo.push(back);
            }
        }
        undo.reverse();
        Change { edits: undo, sentence: change.sentence.clone() }
    }
}
