//! The numbers of minutes: 1, 1.1, 1.2, 2.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Minute;
use crate::model::field::{Blank, FieldType, FieldValue, ParseContext, fitting};
use crate::model::record::atomic_merge;
use crate::model::{Text, Workspace};

/// The deepest minute is `1.1.1.1`.
pub const MAX_DEPTH: usize = 3;

/// The number of a minute. It follows from how deep the minute stands and from those before it; so two numbers are equal
/// where they are equally deep, and a line that somebody put in above changes nothing in the rows below it: what two people
/// type at once is merged as if there were no numbers.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Number(Text);

impl Number {
    /// A number as it is said.
    pub fn new(said: &str) -> Self {
        Self(Text::line(said))
    }

    /// As it is said.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How deep its minute stands: 0 for `1`, 1 for `1.1`.
    pub fn depth(&self) -> usize {
        self.0.matches('.').count().min(MAX_DEPTH)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.depth() == other.depth()
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.depth().fmt(f)
    }
}

impl Blank for Number {
    fn is_blank(&self) -> bool {
        self.0.is_blank()
    }
}

impl FieldValue for Number {
    const TYPE: FieldType = FieldType::Line;
    fn format(&self, _: &Workspace) -> String {
        self.0.to_string()
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        fitting(Text::line(typed)).map(Self)
    }
}

atomic_merge!(Number);

/// Numbers for minutes that stand so deep, in their order: none is more than one deeper than the one before.
pub fn numbers(depths: impl IntoIterator<Item = usize>) -> Vec<Number> {
    let mut counts: Vec<usize> = Vec::new();
    let number = |depth: usize| {
        let depth = depth.min(counts.len()).min(MAX_DEPTH);
        counts.truncate(depth + 1);
        match counts.get_mut(depth) {
            Some(last) => *last += 1,
            None => counts.push(1),
        }
        Number::new(&counts.iter().map(ToString::to_string).collect::<Vec<_>>().join("."))
    };
    depths.into_iter().map(number).collect()
}

/// Gives minutes the numbers that follow from where they stand.
pub fn renumber(minutes: &mut [Minute]) {
    let numbers = numbers(minutes.iter().map(|minute| minute.number.depth()));
    for (minute, number) in minutes.iter_mut().zip(numbers) {
        minute.number = number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_from_depths() {
        let said = |depths: &[usize]| {
            numbers(depths.iter().copied()).iter().map(|number| number.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(said(&[0, 1, 1, 0, 1, 2, 0]), ["1", "1.1", "1.2", "2", "2.1", "2.1.1", "3"]);
        assert_eq!(said(&[2, 9, 9, 9, 9]), ["1", "1.1", "1.1.1", "1.1.1.1", "1.1.1.2"], "none is left out");
    }
}
