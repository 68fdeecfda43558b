//! What each term of a query matches, and what a document gains by it.

use std::borrow::Cow;

use super::{LITERAL_BONUS, Search};
use crate::model::{Id, SearchField, Text};
use crate::search::lexicon::{self, FIELD_BITS, Match, Posting};
use crate::search::query::Term;
use crate::search::score::{Accumulators, FieldWeights, PostingScorer};
use crate::search::understand::Means;

/// The weight of the rarest term. Large enough for rarity to be seen beside the weights of fields (0.2 to 1), small
/// enough for [`LITERAL_BONUS`].
const MAX_TERM_WEIGHT: f32 = 5.0;

/// A term with fewer literal matches than this is matched fuzzily as well.
const MIN_LITERAL_MATCHES: usize = 5;

/// What a need gains that words of a query mean, and what each further word of the phrase adds: less than a word that is
/// literally there, more than any number of guesses.
const MEANING: f32 = 30.0;
const LONGER_MEANING: f32 = 5.0;

/// What a service gains that does not say where it is or whom it serves, when a place is asked for: not stated is not no.
const NOWHERE: f32 = 5.0;

/// What a literal match in a long text gains where needs are asked for: many words are said there in passing; the rarer
/// one is, the more it says.
const IN_PASSING: f32 = 15.0;
const IN_PASSING_RARE: f32 = 45.0;

/// What a document gains for a word that speaks of the same thing as one that was asked for, in a long text and elsewhere.
const CLOSE: f32 = 9.0;
const CLOSE_IN_NAME: f32 = 14.0;

/// What a record gains whose number was asked for.
const NUMBER: f32 = 200.0;

/// The fields in which a word counts that speaks of the person, or that means something only if it was mistyped: in a name
/// it is a name.
const NAMES: u8 = 0b111;

/// The fields in which most words stand: needs, descriptions.
const PASSING: u8 = 0b10_1000;

/// A term of the query and what it matches.
pub(super) struct TermMatches<'a> {
    /// The term.
    pub(super) term: &'a Term,
    literal: Vec<Match>,
    /// `None` until they are looked for.
    fuzzy: Option<Vec<Match>>,
    /// The documents that have what the term means, and how many points each gains.
    means: Vec<(Cow<'a, [Posting]>, f32)>,
    /// The number of postings of all these words.
    pub(super) count: usize,
    /// The number of all postings, those of its meaning as well.
    pub(super) documents: usize,
}

impl TermMatches<'_> {
    fn fuzzy(&self) -> &[Match] {
        self.fuzzy.as_deref().unwrap_or_default()
    }

    pub(super) fn is_beside(&self) -> bool {
        self.term.is_beside()
    }
}

impl<'a> Search<'a> {
    /// The terms that a record must hold with what they match, rarest first: later terms then only look at the few
    /// documents that hold the earlier ones. Those beside which a record is a hit all the same come last.
    pub(super) fn match_terms(&self) -> Vec<TermMatches<'a>> {
        let terms = self.query.terms.iter().filter(|term| !term.is_excluded);
        // The first letter of a further word says nothing yet: the list stays as it is until the next.
        let is_letter = |term: &Term| term.text.len() == 1 && term.text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let is_begun = |term: &&Term| !term.is_finished && is_letter(term);
        let is_alone = self.query.terms.len() == 1;
        let mut found: Vec<TermMatches<'_>> =
            terms.filter(|term| is_alone || !is_begun(term)).map(|term| self.match_term(term)).collect();
        found.sort_by_key(|matches| (matches.is_beside(), matches.documents));
        found
    }

    fn match_term(&self, term: &'a Term) -> TermMatches<'a> {
        let lexicon = &self.index.lexicon;
        let mut literal = match term.is_beside() {
            true => lexicon.prefix_matches(&term.text, true, true),
            false if term.is_small => Vec::new(),
            false => lexicon.prefix_matches(&term.text, term.is_exact, term.is_finished),
        };
        for same in self.index.thesaurus.same(&term.text).iter().filter(|_| !term.is_exact) {
            literal.extend(lexicon.prefix_matches(same, true, true));
        }
        let (count, means) = (self.count_postings(&literal), self.meaning(term));
        let documents = count + means.iter().map(|(postings, _)| postings.len()).sum::<usize>();
        let mut matches = TermMatches { term, literal, fuzzy: None, means, count, documents };
        let is_missing = documents < MIN_LITERAL_MATCHES && !term.is_beside();
        if is_missing || term.is_guess {
            self.add_fuzzy(&mut matches);
        }
        matches
    }

    /// The documents that have what a term means, and the points each gains.
    fn meaning(&self, term: &Term) -> Vec<(Cow<'a, [Posting]>, f32)> {
        let columns = &self.index.columns;
        let points = (MEANING + LONGER_MEANING * (1.0 / term.share - 1.0)) * term.share;
        let list = |lists: &'a [Vec<Posting>], at: usize, points| {
            let list = lists.get(at).map(Vec::as_slice).unwrap_or_default();
            (Cow::Borrowed(list), points)
        };
        match &term.means {
            Some(means @ Means::Needs(needs, _)) => {
                let most = needs.iter().map(|(_, weight)| *weight).fold(0.01, f32::max);
                let points = points * means.weight(term.share) / most;
                needs.iter().map(|(need, weight)| list(&columns.of_needs, *need as usize, points * weight)).collect()
            }
            Some(Means::Where(spot)) => {
                let districts = spot.districts.positions();
                let served = districts.map(|at| list(&columns.of_districts, at, points / spot.districts.len() as f32));
                let nowhere = (Cow::Borrowed(columns.of_nowhere.as_slice()), NOWHERE * term.share);
                served.chain([nowhere]).collect()
            }
            Some(Means::Address(address)) => vec![(Cow::Owned(self.addressed(address)), NUMBER * term.share)],
            Some(Means::Number(number)) => vec![(Cow::Owned(columns.with_number(*number)), NUMBER * term.share)],
            _ => Vec::new(),
        }
    }

    /// The services and organisations with an e-mail or web address. All records are read: this is asked rarely, and in an
    /// index the words of addresses would cost every other search.
    fn addressed(&self, address: &str) -> Vec<Posting> {
        let holds = |text: &Text| text.to_lowercase().contains(address);
        let workspace = self.context.workspace;
        let is_meant = |id: &Id| {
            let service = workspace.services.get(*id);
            let organisation = match service {
                Some(service) => service.organisation.as_ref().and_then(|one| one.get(workspace)),
                None => workspace.organisations.get(*id).map(AsRef::as_ref),
            };
            let own = service.map(|one| [&one.email, &one.url]).into_iter().flatten();
            let contacts = service.map(|one| one.contacts.as_slice()).unwrap_or_default();
            let theirs = organisation.map(|one| [&one.email, &one.url]).into_iter().flatten();
            let written = contacts.iter().map(|contact| &contact.email);
            own.chain(theirs).chain(written).flatten().any(holds)
        };
        let documents = (0_u32..).zip(&self.index.ids);
        let found = documents.filter(|(_, id)| id.as_ref().is_some_and(is_meant));
        found.map(|(document, _)| document << FIELD_BITS | u32::from(SearchField::Text.bit())).collect()
    }

    fn count_postings(&self, matches: &[Match]) -> usize {
        matches.iter().map(|found| self.index.lexicon.postings(found.word).len()).sum()
    }

    /// Adds the words that a term may stand for with a typing mistake or as an abbreviation.
    pub(super) fn add_fuzzy(&self, matches: &mut TermMatches<'_>) {
        let is_alone = self.query.terms.len() == 1;
        let is_short = matches.term.text.chars().nth(2).is_none(); // abbreviates a word only beside another
        let is_said = matches.is_beside() && !matches.term.is_guess;
        let is_known = matches.fuzzy.is_some() || matches.term.is_exact || matches.term.is_small;
        if is_known || is_said || is_alone && is_short {
            return;
        }
        let fuzzy = self.index.lexicon.fuzzy_matches(&matches.term.text, matches.term.is_finished);
        let count = self.count_postings(&fuzzy);
        matches.count += count;
        matches.documents += count;
        matches.fuzzy = Some(fuzzy);
    }

    pub(super) fn exclude(&self, accumulators: &mut Accumulators) {
        for term in self.query.terms.iter().filter(|term| term.is_excluded) {
            for found in self.index.lexicon.prefix_matches(&term.text, term.is_exact, true) {
                let postings = self.index.lexicon.postings(found.word).iter();
                for posting in postings.filter(|posting| lexicon::fields(**posting) & term.fields != 0) {
                    accumulators.exclude(lexicon::document(*posting));
                }
            }
        }
    }

    /// Adds the scores of all terms. Documents that lack an earlier one of the `required` terms are skipped.
    ///
    /// A term weighs by its inverse document frequency (Spärck Jones, 1972), scaled to 0 to 1 so that collections of
    /// every size rank alike.
    pub(super) fn accumulate(&self, terms: &[TermMatches<'_>], accumulators: &mut Accumulators, required: u16) {
        let documents = self.index.len().max(1) as f32;
        for (at, matches) in terms.iter().enumerate() {
            let bit = 1 << at;
            let required = required & (bit - 1);
            let frequency = matches.count.max(1) as f32;
            let rarity = ((1.0 + documents / frequency).ln() / (1.0 + documents).ln()).clamp(0.05, 1.0);
            let weights = self.weights(matches.term, rarity);
            let literal = matches.literal.iter().map(|found| (found, true));
            for (found, is_literal) in literal.chain(matches.fuzzy().iter().map(|found| (found, false))) {
                let quality = found.quality * MAX_TERM_WEIGHT * rarity;
                let scorer = PostingScorer { bit, required, is_literal, quality, weights: &weights };
                accumulators.add(self.index.lexicon.postings(found.word), &scorer);
            }
            for (postings, points) in &matches.means {
                accumulators.add_meaning(postings, bit, required, *points);
            }
        }
    }

    /// Adds what documents gain that say other words of the same thing.
    pub(super) fn accumulate_close(&self, accumulators: &mut Accumulators) {
        let weights =
            FieldWeights::new(u8::MAX, |field| if field == SearchField::Text { CLOSE } else { CLOSE_IN_NAME });
        let lexicon = &self.index.lexicon;
        let words = self.query.close.iter().flat_map(|(word, is_beginning)| lexicon.begun(word, !is_beginning));
        for word in words {
            accumulators.add_points(lexicon.postings(word), &weights);
        }
    }

    /// What a term gains in each field.
    fn weights(&self, term: &Term, rarity: f32) -> FieldWeights {
        let asks_needs = self.asked.need;
        let means_need = matches!(term.means, Some(Means::Needs(..)));
        let counted = if term.is_beside() || term.is_guess { NAMES } else { term.fields & !ignored_fields(term) };
        FieldWeights::new(counted, |field| match field {
            SearchField::Text if asks_needs => IN_PASSING + IN_PASSING_RARE * rarity,
            SearchField::Need if means_need => 0.0, // what it means is counted by itself
            _ => LITERAL_BONUS,
        })
    }
}

/// The set of those terms that a record must hold, a bit each. Where one term says surely what is asked for, those that only
/// may mean something are not asked of a record.
pub(super) fn required_of(terms: &[TermMatches<'_>]) -> u16 {
    let weight = |matches: &TermMatches<'_>| matches.term.means.as_ref().map(|means| means.weight(matches.term.share));
    let is_sure = |matches: &TermMatches<'_>| weight(matches).is_some_and(|weight| weight >= 1.0);
    let any_sure = terms.iter().any(is_sure);
    let is_vague = |matches: &TermMatches<'_>| any_sure && weight(matches).is_some_and(|weight| weight < 1.0);
    let required = (0..).zip(terms).filter(|(_, matches)| !matches.is_beside() && !is_vague(matches));
    required.fold(0, |set, (at, _)| set | 1 << at)
}

/// The fields in which a term is not looked for: a single letter that is still being typed would match nearly every
/// description.
fn ignored_fields(term: &Term) -> u8 {
    if !term.is_finished && !term.is_exact && term.text.len() == 1 { PASSING } else { 0 }
}
