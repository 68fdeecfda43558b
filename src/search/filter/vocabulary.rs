//! The words by which the values of filters go, and how closely what is typed must match one of them.

use crate::model::choice::{Choice, Set};
use crate::model::organisation::Sector;
use crate::model::service::{Client, Need, Sex, Status};
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
    Status(Status),
}

/// The words for the values of `is:`. Stale includes never verified: both are due to be verified.
pub(in crate::search) const IS_VALUES: [(&str, IsValue); 9] = [
    ("open", IsValue::Open),
    ("stale", IsValue::Stale),
    ("never", IsValue::Never),
    ("verified", IsValue::Verified),
    ("located", IsValue::Located),
    ("hidden", IsValue::Hidden),
    ("paused", IsValue::Status(Status::Paused)),
    ("closed", IsValue::Status(Status::Closed)),
    ("planned", IsValue::Status(Status::Planned)),
];

pub(super) const NEEDS: [(&str, Need); 55] = [
    ("housing", Need::Accommodation),
    ("house", Need::Accommodation),
    ("homeless", Need::Accommodation),
    ("hostel", Need::Accommodation),
    ("tenancy", Need::Accommodation),
    ("rent", Need::Accommodation),
    ("bed", Need::Accommodation),
    ("shelter", Need::Accommodation),
    ("job", Need::Employment),
    ("work", Need::Employment),
    ("skills", Need::Employment),
    ("school", Need::Employment),
    ("college", Need::Employment),
    ("ete", Need::Employment),
    ("money", Need::Finance),
    ("benefits", Need::Finance),
    ("substance", Need::DrugsAndAlcohol),
    ("addiction", Need::DrugsAndAlcohol),
    ("drink", Need::DrugsAndAlcohol),
    ("recovery", Need::DrugsAndAlcohol),
    ("wellbeing", Need::MentalHealth),
    ("counselling", Need::MentalHealth),
    ("psychology", Need::MentalHealth),
    ("doctor", Need::PhysicalHealth),
    ("gp", Need::PhysicalHealth),
    ("nurse", Need::PhysicalHealth),
    ("dentist", Need::PhysicalHealth),
    ("parenting", Need::Family),
    ("children", Need::Family),
    ("behaviour", Need::Attitudes),
    ("anger", Need::Attitudes),
    ("mentor", Need::Mentoring),
    ("befriending", Need::Mentoring),
    ("reparation", Need::Victims),
    ("female", Need::Women),
    ("woman", Need::Women),
    ("girls", Need::Women),
    ("youth", Need::YoungPeople),
    ("teenagers", Need::YoungPeople),
    ("children", Need::YoungPeople),
    ("forces", Need::Veterans),
    ("army", Need::Veterans),
    ("military", Need::Veterans),
    ("law", Need::Legal),
    ("lawyer", Need::Legal),
    ("solicitor", Need::Legal),
    ("court", Need::Legal),
    ("barrister", Need::Legal),
    ("church", Need::Faith),
    ("religion", Need::Faith),
    ("chaplain", Need::Faith),
    ("spiritual", Need::Faith),
    ("debts", Need::Finance),
    ("relationship", Need::Family),
    ("education", Need::Employment),
];

pub(super) const CLIENTS: [(&str, Client); 10] = [
    ("prison", Client::InCustody),
    ("prisoner", Client::InCustody),
    ("inside", Client::InCustody),
    ("remand", Client::InCustody),
    ("licence", Client::OnProbation),
    ("order", Client::OnProbation),
    ("community", Client::OnProbation),
    ("released", Client::OnProbation),
    ("relative", Client::Family),
    ("everyone", Client::Anyone),
];

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

pub(super) const SEXES: [(&str, Sex); 8] = [
    ("female", Sex::Female),
    ("woman", Sex::Female),
    ("girls", Sex::Female),
    ("w", Sex::Female),
    ("male", Sex::Male),
    ("man", Sex::Male),
    ("boys", Sex::Male),
    ("both", Sex::Any),
];

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

/// The choices whose label, a word of the label, or a synonym matches what was typed.
pub(super) fn match_choices<C: Choice>(typed: &str, synonyms: &[(&str, C)]) -> Set<C> {
    let typed = normalized(typed);
    if typed.is_empty() || typed.len() > 64 {
        return Set::default();
    }
    for level in MATCH_LEVELS {
        let by_label = C::ALL.iter().copied().filter(|choice| {
            let label = choice.label();
            matches_word(&normalized(label), &typed, level)
                || words(label).iter().any(|word| matches_word(word, &typed, level))
        });
        let by_synonym =
            synonyms.iter().filter(|(word, _)| matches_word(word, &typed, level)).map(|(_, choice)| *choice);
        let found: Set<C> = by_label.chain(by_synonym).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Set::default()
}
