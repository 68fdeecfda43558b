//! What every kind of record has in common: an id, a name, a stamp of the last change, and a table of its fields.
//!
//! `record!` writes a kind down once: each field with its type, the label and hint of its form line. From that one
//! place come the struct, the files, the forms, `moot set`, tables, and the merging of two people's changes.

use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use super::choice::{Choice, Set};
use super::date::Timestamp;
use super::id::Id;
use super::text::Text;
use super::typed::{FieldType, ParseContext, Ref};
use super::{Kind, Workspace};

/// Who changed a record last, and when: `("2026-11-21T10:04:00Z", "KP")` in files.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Updated(pub Timestamp, pub Text);

/// One field of a kind, as forms, tables and the command line see it.
pub struct Field<R> {
    /// What is said about it.
    pub info: FieldInfo,
    /// Its value in words.
    pub format: fn(&R, &Workspace) -> String,
    /// Sets it from what a person typed.
    pub parse: fn(&mut R, &str, ParseContext<'_>) -> Result<(), String>,
}

/// What is said about a field.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    /// Its name in files and on the command line.
    pub name: &'static str,
    /// Its name on screens.
    pub label: &'static str,
    /// What it takes.
    pub field_type: FieldType,
    /// How to type it, shown while the field is being typed.
    pub hint: &'static str,
}

/// A kind of record.
pub trait Record:
    Clone + Debug + Default + PartialEq + Serialize + for<'de> Deserialize<'de> + Send + Sync + 'static
{
    /// Which kind it is.
    const KIND: Kind;
    /// The fields people type, in the order of the form.
    const FIELDS: &'static [Field<Self>];

    /// The id; in files it is the key of the record, not one of its fields.
    fn id(&self) -> Id;
    /// Gives it an id.
    fn set_id(&mut self, id: Id);
    /// What people call it.
    fn name(&self) -> &str;
    /// Its last change.
    fn updated(&self) -> &Updated;
    /// Stamps it.
    fn set_updated(&mut self, updated: Updated);
    /// Three-way merge, field by field: see [`super::merge`].
    #[must_use]
    fn merge(base: &Self, ours: &Self, theirs: &Self, ours_wins: bool) -> (Self, Vec<&'static str>);
    /// The names of the fields in which the two differ; the stamp is no field.
    fn differing(&self, other: &Self) -> Vec<&'static str>;

    /// What must hold for the record by itself, wherever it comes from.
    ///
    /// # Errors
    /// A sentence that says which field is wrong and what would be right.
    fn check(&self) -> Result<(), String>;
}

/// What a field's type does when two people changed it.
pub trait Merge: Clone + PartialEq + Debug {
    /// What becomes of the field, or `None` when both changed it and only one can have it.
    fn merge(base: &Self, ours: &Self, theirs: &Self) -> Option<Self>;
}

/// Both changed one value: nothing to be united.
macro_rules! atomic_merge {
    ($($(#[$generic:ident])? $type:ty),+ $(,)?) => {
        $(impl $(<$generic: Clone + PartialEq + std::fmt::Debug>)? $crate::model::record::Merge for $type {
            fn merge(_: &Self, _: &Self, _: &Self) -> Option<Self> {
                None
            }
        })+
    };
}
pub(crate) use atomic_merge;
atomic_merge!(bool, Text, #[T] Option<T>);

impl<C: Choice> Merge for Set<C> {
    fn merge(base: &Self, ours: &Self, theirs: &Self) -> Option<Self> {
        Some(Set::merge(*base, *ours, *theirs))
    }
}

/// Lists that are sets: what either added is in, what either took out is out. Additions are sorted, so that both
/// directions of a merge agree.
fn merge_lists<T: Clone + Ord>(base: &[T], ours: &[T], theirs: &[T]) -> Vec<T> {
    let mut merged: Vec<T> = base.iter().filter(|item| ours.contains(item) && theirs.contains(item)).cloned().collect();
    let mut added: Vec<T> = ours.iter().chain(theirs).filter(|item| !base.contains(item)).cloned().collect();
    added.sort();
    added.dedup();
    merged.append(&mut added);
    merged
}

impl Merge for Vec<Text> {
    fn merge(base: &Self, ours: &Self, theirs: &Self) -> Option<Self> {
        Some(merge_lists(base, ours, theirs))
    }
}

impl Merge for Vec<Ref> {
    fn merge(base: &Self, ours: &Self, theirs: &Self) -> Option<Self> {
        Some(merge_lists(base, ours, theirs))
    }
}

/// One field of a record, merged; a field that only one side can have is named in `lost`.
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
    T::merge(base, ours, theirs).unwrap_or_else(|| {
        lost.push(name);
        if ours_wins { ours.clone() } else { theirs.clone() }
    })
}

/// Writes a kind of record down: first what people type, then what the program keeps.
macro_rules! record {
    (
        $(#[$doc:meta])*
        $name:ident = $kind:expr;
        editable { $( $(#[$tdoc:meta])* $editable:ident: $ttype:ty = $label:literal, $field_type:expr, $hint:literal; )+ }
        system { $( $(#[$kdoc:meta])* $system:ident: $ktype:ty; )* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $name {
            /// The key of the record in its file.
            #[serde(skip)]
            pub id: $crate::model::id::Id,
            $( $(#[$tdoc])* #[serde(skip_serializing_if = "Blank::is_blank")] pub $editable: $ttype, )+
            $( $(#[$kdoc])* #[serde(skip_serializing_if = "Blank::is_blank")] pub $system: $ktype, )*
            /// Who changed it last, and when.
            pub updated: $crate::model::record::Updated,
        }

        impl $crate::model::record::Record for $name {
            const KIND: $crate::model::Kind = $kind;
            const FIELDS: &'static [$crate::model::record::Field<Self>] = &[
                $($crate::model::record::Field {
                    info: $crate::model::record::FieldInfo {
                        name: stringify!($editable), label: $label, field_type: $field_type, hint: $hint,
                    },
                    format: |record, workspace| $crate::model::typed::FieldValue::format(&record.$editable, workspace),
                    parse: |record, typed, context| {
                        record.$editable = $crate::model::typed::FieldValue::parse(typed, context)?;
                        Ok(())
                    },
                }),+
            ];
            fn id(&self) -> $crate::model::id::Id {
                self.id
            }
            fn set_id(&mut self, id: $crate::model::id::Id) {
                self.id = id;
            }
            fn name(&self) -> &str {
                &self.name
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
            fn check(&self) -> Result<(), String> {
                if self.name.trim().is_empty() {
                    return Err("the name is missing: give it one".to_owned());
                }
                self.check_more()
            }
        }
    };
}
pub(crate) use record;
