//! The words by which the values of filters go, and how closely what is typed must match one of them.

use crate::model::choice::{Choice, Set};
use crate::model::organisation::Sector;
use crate::model::service::{Client, Sex, Status};
use crate::search::lexicon;
use crate::search::words::{normalized, words};

/// The values of `is:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::search) enum IsValue {
    Open,
    Stale,
    Never,
    Verified,
    Located,
    Hidden,
    Undecided,
    Status(Status),
}

/// The words for the values of `is:`. Stale includes never verified: both are due to be verified.
pub(in crate::search) const IS_VALUES: [(&str, IsValue); 10] = [
    ("open", IsValue::Open),
    ("stale", IsValue::Stale),
    ("never", IsValue::Never),
    ("verified", IsValue::Verified),
    ("located", IsValue::Located),
    ("hidden", IsValue::Hidden),
    ("undecided", IsValue::Undecided),
    ("paused", IsValue::Status(Status::Paused)),
    ("closed", IsValue::Status(Status::Closed)),
    ("planned", IsValue::Status(Status::Planned)),
];

/// Beside what the thesaurus says, which must not take these for more in a search.
pub(super) const CLIENTS: [(&str, Client); 2] = [("order", Client::OnProbation), ("community", Client::OnProbation)];

pub(super) const SECTORS: [(&str, Sector); 13] = [
    ("vcs", Sector::Voluntary),
    ("vcse", Sector::Voluntary),
    ("charity", Sector::Voluntary),
    ("charities", Sector::Voluntary),
    ("community", Sector::Voluntary),
    ("third", Sector::Voluntary),
    ("ngo", Sector::Voluntary),
    ("public", Sector::Statutory),
    ("government", Sector::Statutory),
    ("state", Sector::Statutory),
    ("company", Sector::Private),
    ("business", Sector::Private),
    ("firm", Sector::Private),
];

/// Beside what the thesaurus says: their first letters are typed.
pub(super) const SEXES: [(&str, Sex); 3] = [("female", Sex::Female), ("male", Sex::Male), ("both", Sex::Any)];

pub(super) const STATUSES: [(&str, Status); 2] = [("open", Status::Active), ("suspended", Status::Paused)];

/// How closely a word must match what was typed.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum MatchLevel {
    Exact,
    Prefix,
    Fuzzy,
}

/// Tried in this order; the first that matches anything decides.
pub(super) const MATCH_LEVELS: [MatchLevel; 3] = [MatchLevel::Exact, MatchLevel::Prefix, MatchLevel::Fuzzy];

pub(super) fn matches_word(word: &str, typed: &str, level: MatchLevel) -> bool {
    match level {
        MatchLevel::Exact => word == typed,
        MatchLevel::Prefix => word.starts_with(typed),
        MatchLevel::Fuzzy => {
            let max_typos = lexicon::max_typos(typed.chars().count());
            max_typos > 0 && strsim::osa_distance(word, typed) <= max_typos
        }
    }
}

/// The choices whose label, a word of the label, or a synonym matches what was typed; where none does, or none without a
/// typing mistake, what the thesaurus says of it.
pub(super) fn match_choices<C: Choice>(
    typed: &str,
    synonyms: &[(&str, C)],
    meant: impl FnOnce(&str) -> Set<C>,
) -> Set<C> {
    let plain = normalized(typed);
    if plain.is_empty() || plain.len() > 64 {
        return Set::default();
    }
    let matching = |level| {
        let by_label = C::ALL.iter().copied().filter(|choice| {
            let label = choice.label();
            matches_word(&normalized(label), &plain, level)
                || words(label).iter().any(|word| matches_word(word, &plain, level))
        });
        let by_synonym =
            synonyms.iter().filter(|(word, _)| matches_word(word, &plain, level)).map(|(_, choice)| *choice);
        Some(by_label.chain(by_synonym).collect::<Set<C>>()).filter(|found| !found.is_empty())
    };
    let literal = matching(MatchLevel::Exact).or_else(|| matching(MatchLevel::Prefix));
    let meant = || Some(meant(typed)).filter(|found| !found.is_empty());
    literal.or_else(meant).or_else(|| matching(MatchLevel::Fuzzy)).unwrap_or_default()
}
