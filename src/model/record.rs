//! What every kind of record has in common: an id, a title, a stamp of the last change, and a table of its fields.
//!
//! `record!` writes a kind down once: each field with its type, its label, its hint, and behind those whatever else is to
//! be said of it (see [`FieldInfo`]). From that one place come the struct, the files, the forms, `moot set`, tables, the
//! index, exports, and the merging of two people's changes. What differs from kind to kind beyond its fields are its
//! [`Rules`].

use std::borrow::Cow;
use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use super::change::{Author, Refusal};
use super::choice::{Choice, Set};
use super::column::Column;
use super::date::{Date, DateTime, Time, Timestamp};
use super::field::{EachText, FieldInfo, ParseContext, SearchField};
use super::id::Id;
use super::reference::Ref;
use super::text::Text;
use super::{Collection, Kind, Workspace};

/// Who changed a record last, and when: `("2026-11-21T10:04:00Z", "KP")` in files.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Updated(pub Timestamp, pub Text);

/// One field of a kind: what is declared about it, and the ways to its value.
pub struct Field<R> {
    /// What is declared about it.
    pub info: FieldInfo,
    /// Its value in words.
    pub format: fn(&R, &Workspace) -> String,
    /// Its value as one reads it.
    pub display: fn(&R, &Workspace, Date) -> String,
    /// Sets it from what a person typed.
    pub parse: fn(&mut R, &str, ParseContext<'_>) -> Result<(), String>,
    /// Whether nothing is stated.
    pub is_blank: fn(&R) -> bool,
    /// Empties it.
    pub clear: fn(&mut R),
    /// Takes it over from another record.
    pub copy: fn(&mut R, &R),
    /// Hands out its searched texts, which count as the given search field unless parts of it say otherwise.
    pub each_text: fn(&R, Option<SearchField>, &Workspace, &mut EachText<'_>),
    /// Hands out the ids it refers to.
    pub each_reference: fn(&R, &mut dyn FnMut(Id)),
    /// Lets every reference to one id lead to another.
    pub replace_reference: fn(&mut R, Id, Id),
    /// Takes out what it says of fields that are hidden.
    pub redact: fn(&mut R, &[&'static str]),
}

/// A word that `is:` understands for a kind, and the records it holds for.
pub struct StateFilter<R> {
    /// The word.
    pub word: &'static str,
    /// Whether it holds for a record.
    pub holds: fn(&R, &Workspace, Date) -> bool,
}

/// A filter of lists: its name with the colon, and what it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterInfo {
    /// Its name, colon included.
    pub name: &'static str,
    /// What it takes.
    pub help: &'static str,
}

/// A part of a form, under a heading of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub heading: &'static str,
    /// The names of its fields, in their order.
    pub fields: &'static [&'static str],
    /// Whether it is folded away until somebody wants more.
    pub is_more: bool,
}

impl Section {
    /// A part that is seen at once.
    pub const fn new(heading: &'static str, fields: &'static [&'static str]) -> Self {
        Self { heading, fields, is_more: false }
    }

    /// A part that is folded away.
    pub const fn more(heading: &'static str, fields: &'static [&'static str]) -> Self {
        Self { heading, fields, is_more: true }
    }
}

/// What differs from kind to kind beyond the fields.
pub trait Rules: Sized + 'static {
    /// Whether its records are kept in memory.
    const IS_RESIDENT: bool = true;
    /// Whether people add records of it.
    const IS_ADDABLE: bool = true;
    /// Whether they are for their author alone: each login has a file of its own, which nobody else can read.
    const IS_PRIVATE: bool = false;
    /// Whether the id of a record is drawn by chance, so that one who meets another under it takes another id. Where it
    /// follows from what the record says, the other is the same record, and it was there first.
    const HAS_DRAWN_ID: bool = true;
    /// The parts of its form, for a kind with more than ten fields; those that are folded stand last.
    const FORM: &'static [Section] = &[];
    /// Columns beyond those of its fields, behind them in lists.
    const COLUMNS: &'static [Column] = &[];
    /// What `moot list` says of each record besides id and title: names of columns or fields; empty: its columns.
    const LISTED: &'static [&'static str] = &[];
    /// Filters beyond those of its fields.
    const FILTERS: &'static [FilterInfo] = &[];
    /// The words of `is:`.
    const STATES: &'static [StateFilter<Self>] = &[];

    /// What people call a record.
    fn title<'a>(&'a self, workspace: &'a Workspace) -> Cow<'a, str>;

    /// What lists say in brackets behind the title: that a service is closed, that a topic was cancelled.
    fn suffix(&self, _today: Date) -> Option<Cow<'_, str>> {
        None
    }

    /// Whether lists dim it: it is there, and what one looks for in its kind cannot be had of it today.
    fn is_set_back(&self, _today: Date) -> bool {
        false
    }

    /// What records are ordered by where nothing else is asked: their titles, unless their kind has an order of its own.
    fn order<'a>(&'a self, workspace: &'a Workspace) -> Cow<'a, str> {
        self.title(workspace)
    }

    /// What somebody should know of a record among the others, in sentences: nothing of it forbids anything.
    fn warnings(&self, _workspace: &Workspace) -> Vec<String> {
        Vec::new()
    }

    /// What it is called for short, where that is no field of its own: `17.2`. It is searched as another name.
    fn code(&self, _workspace: &Workspace) -> Option<String> {
        None
    }

    /// Fills in what a new record leaves out and the others tell: the next number, the latest event.
    fn complete(&mut self, _workspace: &Workspace) {}

    /// Writes down who added a record, where its kind keeps that.
    fn sign(&mut self, _author: &Author) {}

    /// Writes down what its kind keeps of an edit, such as the day by which something was due before.
    fn revise(&mut self, _before: &Self, _author: &Author) {}

    /// Writes down that a person states a field, whatever stands there already.
    fn stated(&mut self, _field: &str) {}

    /// What is said beside a field whose value was read from a text, as long as nobody has stated it.
    fn unstated(&self, _field: &str) -> Option<&'static str> {
        None
    }

    /// The word that a table has in place of a value on which a person is to decide and nobody has, where a field has one.
    fn open_word(&self, _field: &str) -> Option<&'static str> {
        None
    }

    /// Takes that word for a field; whether it is one.
    fn take_open_word(&mut self, _field: &str, _word: &str) -> bool {
        false
    }

    /// Writes down what its kind keeps of what a record was, whatever way it came to be changed: by hand, from the shell, by
    /// an import.
    fn keep(&mut self, _before: &Self) {}

    /// What it has to do with a record to which a field of it refers, in a few words: the title somebody has in an
    /// organisation, how much they want to do for a recommendation.
    fn relation(&self, _field: &str, _to: Id, _today: Date) -> Option<String> {
        None
    }

    /// Whether somebody who types this, in small letters, means the record.
    fn answers_to(&self, typed: &str, workspace: &Workspace) -> bool {
        self.title(workspace).to_lowercase() == typed
    }

    /// What must hold for a record by itself, wherever it comes from. Required fields are seen to already.
    ///
    /// # Errors
    /// A sentence that begins with the name of the field, and says what would be right.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    /// What must hold for a record among the others before it is added or changed.
    ///
    /// # Errors
    /// What stands against it, and what would help.
    fn check_among(&self, _workspace: &Workspace) -> Result<(), Refusal> {
        Ok(())
    }

    /// Whether a record may be removed, as far as it is concerned itself.
    ///
    /// # Errors
    /// Why not, and what would help.
    fn check_removal(&self) -> Result<(), Refusal> {
        Ok(())
    }
}

/// A kind of record.
pub trait Record:
    Rules + Clone + Debug + Default + PartialEq + Serialize + for<'de> Deserialize<'de> + Send + Sync + 'static
{
    /// Which kind it is.
    const KIND: Kind;
    /// Its fields, in the order of the form.
    const FIELDS: &'static [Field<Self>];

    /// The records of this kind.
    fn collection(workspace: &Workspace) -> &Collection<Self>;
    /// The id; in files it is the key of the record, not one of its fields.
    fn id(&self) -> Id;
    /// Gives it an id.
    fn set_id(&mut self, id: Id);
    /// Its last change.
    fn updated(&self) -> &Updated;
    /// Stamps it.
    fn set_updated(&mut self, updated: Updated);
    /// Three-way merge, field by field: see [`super::merge`].
    #[must_use]
    fn merge(base: &Self, ours: &Self, theirs: &Self, ours_wins: bool) -> (Self, Vec<&'static str>);
    /// The names of the fields in which the two differ; the stamp is no field.
    fn differing(&self, other: &Self) -> Vec<&'static str>;

    /// Checks the required fields and the rules of the kind.
    ///
    /// # Errors
    /// A sentence that says which field is wrong and what would be right.
    fn check_fields(&self) -> Result<(), String> {
        match Self::FIELDS.iter().find(|field| field.info.is_required && (field.is_blank)(self)) {
            Some(field) => Err(format!("the {} is missing: give it one", field.info.label.to_lowercase())),
            None => self.check(),
        }
    }
}

/// What becomes of a value that two people changed.
pub trait Merge: Clone + PartialEq + Debug {
    /// The value both are to have, and whether one side's work gave way in it.
    fn merge(base: &Self, ours: &Self, theirs: &Self, ours_wins: bool) -> (Self, bool);
}

/// Values that are one thing: when both sides changed it, the winner's stands whole.
macro_rules! atomic_merge {
    ($($(#[$generic:ident])? $type:ty),+ $(,)?) => {
        $(impl $(<$generic: Clone + PartialEq + std::fmt::Debug>)? $crate::model::record::Merge for $type {
            fn merge(_: &Self, ours: &Self, theirs: &Self, ours_wins: bool) -> (Self, bool) {
                (if ours_wins { ours.clone() } else { theirs.clone() }, true)
            }
        })+
    };
}
pub(crate) use atomic_merge;
atomic_merge!(bool, Text, u8, u16, u32, Date, Time, DateTime, #[T] Option<T>, #[T] Ref<T>);

impl<C: Choice> Merge for Set<C> {
    fn merge(base: &Self, ours: &Self, theirs: &Self, _: bool) -> (Self, bool) {
        (Set::merge(*base, *ours, *theirs), false)
    }
}

/// Lists that are sets: what either added is in, what either took out is out. An order that one side made is taken, of
/// two the larger, and additions are sorted: so both directions of a merge agree, and merging again changes nothing.
fn merge_lists<T: Clone + Ord>(base: &[T], ours: &[T], theirs: &[T]) -> Vec<T> {
    let is_kept = |item: &&T| base.contains(item) && ours.contains(item) && theirs.contains(item);
    let kept = |side: &[T]| side.iter().filter(is_kept).cloned().collect::<Vec<T>>();
    let (order, one, other) = (kept(base), kept(ours), kept(theirs));
    let mut merged = match (one == order, other == order) {
        (true, _) => other,
        (false, true) => one,
        (false, false) => one.max(other),
    };
    let mut added: Vec<T> = ours.iter().chain(theirs).filter(|item| !base.contains(item)).cloned().collect();
    added.sort();
    added.dedup();
    merged.append(&mut added);
    merged
}

impl Merge for Vec<Text> {
    fn merge(base: &Self, ours: &Self, theirs: &Self, _: bool) -> (Self, bool) {
        (merge_lists(base, ours, theirs), false)
    }
}

impl<K> Merge for Vec<Ref<K>> {
    fn merge(base: &Self, ours: &Self, theirs: &Self, _: bool) -> (Self, bool) {
        (merge_lists(base, ours, theirs), false)
    }
}

/// One field of a record or one column of a row, merged; where work gave way it is named in `lost`.
pub(crate) fn merge_field<T: Merge>(
    name: &'static str,
    (base, ours, theirs): (&T, &T, &T),
    ours_wins: bool,
    lost: &mut Vec<&'static str>,
) -> T {
    if ours == theirs || theirs == base {
        return ours.clone();
    }
    if ours == base {
        return theirs.clone();
    }
    let (merged, gave_way) = T::merge(base, ours, theirs, ours_wins);
    if gave_way {
        lost.push(name);
    }
    merged
}

/// Writes a kind of record down: first the fields people edit, then those the program keeps.
macro_rules! record {
    (
        $(#[$doc:meta])*
        $name:ident = $plural:ident, $kind:expr;
        editable { $(
            $(#[$edoc:meta])* $editable:ident: $etype:ty = $elabel:literal, $ehint:literal
                $(, $eattribute:ident $(($($eargument:expr),+))?)*;
        )+ }
        system { $(
            $(#[$sdoc:meta])* $system:ident: $stype:ty = $slabel:literal
                $(, $sattribute:ident $(($($sargument:expr),+))?)*;
        )* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $name {
            /// The key of the record in its file.
            #[serde(skip)]
            pub id: $crate::model::id::Id,
            $( $(#[$edoc])* #[serde(skip_serializing_if = "Blank::is_blank")] pub $editable: $etype, )+
            $( $(#[$sdoc])* #[serde(skip_serializing_if = "Blank::is_blank")] pub $system: $stype, )*
            /// Who changed it last, and when.
            pub updated: $crate::model::record::Updated,
        }

        impl $crate::model::record::Record for $name {
            const KIND: $crate::model::Kind = $kind;
            const FIELDS: &'static [$crate::model::record::Field<Self>] = &[
                $($crate::model::record::field!(
                    $editable, $etype,
                    $crate::model::FieldInfo::new(
                        stringify!($editable), $elabel, $ehint, <$etype as $crate::model::field::FieldValue>::TYPE,
                    )$(.$eattribute($($($eargument),+)?))*
                ),)+
                $($crate::model::record::field!(
                    $system, $stype,
                    $crate::model::FieldInfo::new(
                        stringify!($system), $slabel, "", <$stype as $crate::model::field::FieldValue>::TYPE,
                    ).system()$(.$sattribute($($($sargument),+)?))*
                ),)*
            ];
            fn collection(workspace: &$crate::model::Workspace) -> &$crate::model::Collection<Self> {
                &workspace.$plural
            }
            fn id(&self) -> $crate::model::id::Id {
                self.id
            }
            fn set_id(&mut self, id: $crate::model::id::Id) {
                self.id = id;
            }
            fn updated(&self) -> &$crate::model::record::Updated {
                &self.updated
            }
            fn set_updated(&mut self, updated: $crate::model::record::Updated) {
                self.updated = updated;
            }
            fn merge(base: &Self, ours: &Self, theirs: &Self, ours_wins: bool) -> (Self, Vec<&'static str>) {
                let mut lost = Vec::new();
                let merged = Self {
                    id: ours.id,
                    $( $editable: $crate::model::record::merge_field(
                        stringify!($editable), (&base.$editable, &ours.$editable, &theirs.$editable), ours_wins, &mut lost,
                    ), )+
                    $( $system: $crate::model::record::merge_field(
                        stringify!($system), (&base.$system, &ours.$system, &theirs.$system), ours_wins, &mut lost,
                    ), )*
                    updated: std::cmp::max(&ours.updated, &theirs.updated).clone(),
                };
                (merged, lost)
            }
            fn differing(&self, other: &Self) -> Vec<&'static str> {
                let mut names = Vec::new();
                $( if self.$editable != other.$editable { names.push(stringify!($editable)); } )+
                $( if self.$system != other.$system { names.push(stringify!($system)); } )*
                names
            }
        }
    };
}
pub(crate) use record;

/// One entry of [`Record::FIELDS`].
macro_rules! field {
    ($field:ident, $type:ty, $info:expr) => {
        $crate::model::record::Field {
            info: $info,
            format: |record, workspace| $crate::model::field::FieldValue::format(&record.$field, workspace),
            display: |record, workspace, today| {
                $crate::model::field::FieldValue::display(&record.$field, workspace, today)
            },
            parse: |record, typed, context| {
                const INFO: $crate::model::FieldInfo = $info;
                record.$field = $crate::model::field::FieldValue::parse_leaning(typed, INFO.lean, context)?;
                Ok(())
            },
            is_blank: |record| $crate::model::field::Blank::is_blank(&record.$field),
            clear: |record| record.$field = <$type>::default(),
            copy: |record, from| record.$field.clone_from(&from.$field),
            each_text: |record, search, workspace, each| {
                $crate::model::field::FieldValue::each_text(&record.$field, search, workspace, each);
            },
            each_reference: |record, each| $crate::model::field::FieldValue::each_reference(&record.$field, each),
            replace_reference: |record, old, new| {
                $crate::model::field::FieldValue::replace_reference(&mut record.$field, old, new);
            },
            redact: |record, hidden| $crate::model::field::FieldValue::redact(&mut record.$field, hidden),
        }
    };
}
pub(crate) use field;
