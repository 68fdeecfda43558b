//! Choices from a short list, and sets of them: needs, sectors, states. One byte or four, named the same in files, on
//! screens and on the command line.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One of a short list of things a field can be.
pub trait Choice: Copy + Eq + Ord + fmt::Debug + Serialize + for<'de> Deserialize<'de> + Send + Sync + 'static {
    /// Every choice, in the order in which screens list them.
    const ALL: &'static [Self];
    /// The words for all of them, in the same order.
    const LABELS: &'static [&'static str];

    /// Its place in [`Choice::ALL`].
    fn index(self) -> usize;

    /// The words a person reads.
    fn label(self) -> &'static str {
        Self::LABELS[self.index()]
    }

    /// The choice a person means: its words, its name in files, or an unmistakable beginning of either.
    ///
    /// # Errors
    /// A sentence that lists what can be chosen.
    fn parse(typed: &str) -> Result<Self, String> {
        let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        let wanted = plain(typed);
        let names = |choice: &Self| [plain(choice.label()), plain(&format!("{choice:?}"))];
        if let Some(exact) = Self::ALL.iter().find(|c| names(c).contains(&wanted)) {
            return Ok(*exact);
        }
        let mut begun = Self::ALL.iter().filter(|c| names(c).iter().any(|name| name.starts_with(&wanted)));
        match (begun.next(), begun.next()) {
            (Some(one), None) if !wanted.is_empty() => Ok(*one),
            _ => Err(format!("choose from: {}", Self::LABELS.join(", "))),
        }
    }
}

/// Declares a list of choices: the name in files, the words on screens, the meaning in the doc comment.
macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $label:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[doc = concat!("\n\nOn screens: ", $label, ".")] $variant),+ }

        impl $crate::model::choice::Choice for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];
            const LABELS: &'static [&'static str] = &[$($label),+];
            fn index(self) -> usize {
                self as usize
            }
        }
    };
}
pub(crate) use choices;

/// A set of choices in one word of memory; files show it as a list in the order of the choices.
pub struct Set<C>(u32, PhantomData<C>);

impl<C: Choice> Set<C> {
    /// Whether `choice` is in the set.
    pub fn has(self, choice: C) -> bool {
        self.0 & (1 << choice.index()) != 0
    }

    /// Puts `choice` in.
    pub fn insert(&mut self, choice: C) {
        self.0 |= 1 << choice.index();
    }

    /// The choices in the set, in their order.
    pub fn iter(self) -> impl Iterator<Item = C> {
        C::ALL.iter().copied().filter(move |choice| self.has(*choice))
    }

    /// Whether nothing is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many choices are in the set.
    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Everything that is in either set.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0, PhantomData)
    }

    /// Whether the two sets share a choice.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// What both sides did to `base`: whatever either added is in, whatever either took out is out.
    #[must_use]
    pub fn merge(base: Self, ours: Self, theirs: Self) -> Self {
        let gone = base.0 & !(ours.0 & theirs.0);
        Self((ours.0 | theirs.0) & !gone, PhantomData)
    }

    /// The words of the choices, with commas between.
    pub fn labels(self) -> String {
        self.iter().map(C::label).collect::<Vec<_>>().join(", ")
    }
}

impl<C> Clone for Set<C> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<C> Copy for Set<C> {}
impl<C> Default for Set<C> {
    fn default() -> Self {
        Self(0, PhantomData)
    }
}
impl<C> PartialEq for Set<C> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<C> Eq for Set<C> {}
impl<C: Choice> fmt::Debug for Set<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
impl<C: Choice> FromIterator<C> for Set<C> {
    fn from_iter<I: IntoIterator<Item = C>>(choices: I) -> Self {
        let mut set = Self::default();
        choices.into_iter().for_each(|choice| set.insert(choice));
        set
    }
}

impl<C: Choice> Serialize for Set<C> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut seq = to.serialize_seq(Some(self.len()))?;
        for choice in self.iter() {
            seq.serialize_element(&choice)?;
        }
        seq.end()
    }
}

impl<'de, C: Choice> Deserialize<'de> for Set<C> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader<C>(PhantomData<C>);
        impl<'de, C: Choice> Visitor<'de> for Reader<C> {
            type Value = Set<C>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list in square brackets")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Set<C>, A::Error> {
                let mut set = Set::default();
                while let Some(choice) = seq.next_element()? {
                    set.insert(choice);
                }
                Ok(set)
            }
        }
        from.deserialize_seq(Reader(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::service::Need;

    #[test]
    fn a_choice_is_read_as_people_type_it() {
        assert_eq!(Need::parse("drugs and alcohol"), Ok(Need::DrugsAndAlcohol));
        assert_eq!(Need::parse("DrugsAndAlcohol"), Ok(Need::DrugsAndAlcohol));
        assert_eq!(Need::parse("accom"), Ok(Need::Accommodation));
        assert!(Need::parse("").is_err());
        assert!(Need::parse("f").is_err(), "finance, family and faith all begin so");
    }

    #[test]
    fn merging_sets_keeps_what_both_sides_did() {
        let set = |needs: &[Need]| needs.iter().copied().collect::<Set<Need>>();
        let base = set(&[Need::Women, Need::Family]);
        let ours = set(&[Need::Women, Need::Family, Need::Faith]);
        let theirs = set(&[Need::Women]);
        assert_eq!(Set::merge(base, ours, theirs), set(&[Need::Women, Need::Faith]));
    }
}
