//! Which needs words stand for: an editable table, from which imported services get the needs that the gaps matrix
//! counts.

use serde::{Deserialize, Serialize};

use super::choice::Set;
use super::service::Need;

/// The table: beginnings of words, and codes of other directories. `data/needs.ron` is the one that comes with the
/// program; a `needs.ron` in the workspace takes its place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NeedTable {
    /// Codes of taxonomies, letter for letter: `HOU` speaks of accommodation.
    pub codes: Vec<(String, Set<Need>)>,
    /// Beginnings of words or phrases in small letters: `tenan` speaks of accommodation.
    pub words: Vec<(String, Set<Need>)>,
}

impl NeedTable {
    /// The needs a code stands for; empty when the table does not know it.
    pub fn of_code(&self, code: &str) -> Set<Need> {
        let found = self.codes.iter().find(|(known, _)| known == code);
        found.map(|(_, needs)| *needs).unwrap_or_default()
    }

    /// The needs that the words of a text speak of. A phrase of several words must stand in the text as it is.
    pub fn of_text(&self, text: &str) -> Set<Need> {
        let mut plain = String::with_capacity(text.len() + 1);
        plain.push(' ');
        for c in text.chars().flat_map(char::to_lowercase) {
            let c = if c.is_alphanumeric() || c == '\'' { c } else { ' ' };
            if c != ' ' || !plain.ends_with(' ') {
                plain.push(c);
            }
        }
        let speaks = |beginning: &str| {
            plain.match_indices(beginning).any(|(at, _)| plain.as_bytes().get(at.wrapping_sub(1)) == Some(&b' '))
        };
        let found = self.words.iter().filter(|(beginning, _)| speaks(beginning));
        found.fold(Set::default(), |all, (_, needs)| all.union(*needs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_met_at_their_beginning_only() {
        let set = |need| [need].into_iter().collect::<Set<Need>>();
        let words =
            vec![("tenan".to_owned(), set(Need::Accommodation)), ("drug".to_owned(), set(Need::DrugsAndAlcohol))];
        let table = NeedTable { codes: vec![("HOU".to_owned(), set(Need::Accommodation))], words };
        assert_eq!(
            table.of_text("Support for TENANTS, drug-free"),
            set(Need::Accommodation).union(set(Need::DrugsAndAlcohol))
        );
        assert!(table.of_text("lieutenant").is_empty());
        assert_eq!(table.of_code("HOU"), set(Need::Accommodation));
        assert!(table.of_code("hou").is_empty());
    }
}
