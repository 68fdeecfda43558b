//! Structured values that free text states: ages, sex, clients, routes; and whether it speaks of a refuge. Nothing is
//! guessed beyond the words, and words are read with their negation (`clause`).

mod ages;
mod clause;
mod refuge;

use std::ops::Range;

use crate::model::choice::{Choice, Set};
use crate::model::service::{Client, Route, Sex};
use clause::{Clause, Said, clauses};

pub use ages::ages;
pub use refuge::{Signs, is_refuge};

/// What a text asserts, and what it denies anywhere, of the things found in its clauses.
fn asserted<C: Choice>(text: &str, counts: fn(Said) -> bool, find: fn(&Clause) -> Vec<Found<C>>) -> Set<C> {
    let (mut yes, mut no) = (Set::default(), Set::default());
    for clause in clauses(text) {
        let found = find(&clause);
        let spans: Vec<Range<usize>> = found.iter().map(|(_, span)| span.clone()).collect();
        for ((thing, _), said) in found.iter().zip(clause.said(&spans)) {
            let set = if counts(said) { &mut yes } else { &mut no };
            set.insert(*thing);
        }
    }
    yes.iter().filter(|thing| !no.has(*thing)).collect()
}

/// What a stretch of words names.
type Found<T> = (T, Range<usize>);

/// The stretches of words that any of these phrases covers, in their order.
fn phrases<T: Copy>(clause: &Clause, table: &[(T, &[&str])]) -> Vec<Found<T>> {
    let mut found: Vec<Found<T>> = Vec::new();
    for (thing, phrases) in table {
        found.extend(phrases.iter().flat_map(|phrase| clause.find(phrase)).map(|span| (*thing, span)));
    }
    found.sort_by_key(|(_, span)| (span.start, std::cmp::Reverse(span.end)));
    found.dedup_by(|later, earlier| later.1.start < earlier.1.end);
    found
}

const ROUTES: &[(Route, &[&str])] = &[
    (
        Route::SelfReferral,
        &[
            "self refer",
            "self refers",
            "self referral",
            "self referrals",
            "self referred",
            "self referring",
            "self referral required",
            "refer yourself",
            "refer themselves",
            "self or agency referral",
        ],
    ),
    (Route::DropIn, &["drop in", "drop ins", "drop in's", "dropin", "walk in", "walk ins", "walk in's", "drop into"]),
    (
        Route::Agency,
        &[
            "agency referral",
            "agency referrals",
            "agencies referral",
            "referral from",
            "referrals from",
            "referral by",
            "referrals by",
            "referred by",
            "referral required",
            "referrals required",
            "referral is required",
            "referral needed",
            "referral is needed",
            "referral is necessary",
            "referral necessary",
            "must be referred",
            "professional referral",
            "professional referrals",
            "referral only",
            "referrals only",
            "gp referral",
            "gp referrals",
        ],
    ),
    (Route::Appointment, &["appointment", "appointments", "appt", "appts"]),
];

/// The referral routes that a text names.
pub fn routes(text: &str) -> Set<Route> {
    asserted(
        text,
        |said| matches!(said, Said::Yes | Said::NotOnly),
        |clause| {
            let mut found = phrases(clause, ROUTES);
            found.retain(|(route, span)| match route {
                Route::Agency => !PERSONS.contains(&clause.word(span.end)),
                Route::DropIn => clause.before(span.start, 1) != "a" || !FALLING.contains(&clause.word(span.end)),
                _ => true,
            });
            found
        },
    )
}

/// Those by whom one is not referred as by an agency: *referrals from individuals*.
const PERSONS: &[&str] =
    &["self", "yourself", "themselves", "individuals", "anyone", "you", "families", "family", "friends", "carers"];

/// What drops in another sense: *a drop in income*.
const FALLING: &[&str] = &["income", "numbers", "temperature", "funding", "demand", "attendance", "earnings"];

const CLIENTS: &[(Client, &[&str])] = &[
    (
        Client::InCustody,
        &["in custody", "in prison", "prisoner", "prisoners", "inmate", "inmates", "in a prison", "serving prisoners"],
    ),
    (
        Client::OnProbation,
        &["on probation", "on licence", "community order", "community orders", "probationer", "probationers"],
    ),
    (Client::Victim, &["victim", "victims"]),
    (
        Client::Family,
        &[
            "families of prisoners",
            "families of offenders",
            "family of prisoners",
            "families of people in prison",
            "families of people in custody",
            "families of those in prison",
            "families of those in custody",
            "families of a prisoner",
            "relatives of prisoners",
            "children of prisoners",
            "partners of prisoners",
            "family of a prisoner",
            "family of someone in prison",
            "prisoners families",
            "prisoners' families",
            "offenders' families",
            "prisoner families",
        ],
    ),
    (Client::Anyone, &["anyone", "everyone", "open to all", "no restrictions"]),
];

/// Words after which *anyone* still is anyone.
const STILL_ANYONE: &[&str] = &[
    "",
    ",",
    "and",
    "can",
    "may",
    "is",
    "welcome",
    "regardless",
    "irrespective",
    "will",
    "seeking",
    "needing",
    "requiring",
    "looking",
    "wishing",
    "interested",
];

/// The groups of clients that a text names.
pub fn clients(text: &str) -> Set<Client> {
    asserted(
        text,
        |said| said == Said::Yes,
        |clause| {
            let mut found = phrases(clause, CLIENTS);
            found.retain(|(client, span)| {
                let before = clause.before(span.start, 1);
                match client {
                    Client::Anyone => {
                        let is_needy = clause.word(span.end) == "in" && clause.word(span.end + 1) == "need";
                        (STILL_ANYONE.contains(&clause.word(span.end)) || is_needy) && before != "almost"
                    }
                    Client::InCustody => {
                        !["ex", "former", "been", "previously", "formerly", "were", "was"].contains(&before)
                    }
                    _ => before != "ex" && before != "former",
                }
            });
            found
        },
    )
}

const MEN: &[&str] = &["men", "man", "male", "males", "gentlemen", "boys"];
const WOMEN: &[&str] = &["women", "woman", "female", "females", "ladies", "girls"];

fn sex_of(word: &str) -> Option<Sex> {
    let bare = word.strip_suffix("'s").unwrap_or(word);
    match () {
        () if MEN.contains(&bare) => Some(Sex::Male),
        () if WOMEN.contains(&bare) => Some(Sex::Female),
        () => None,
    }
}

/// The sex to which a text restricts a service: `Men only`, `no men`.
pub fn sex(text: &str) -> Option<Sex> {
    let mut found: Vec<Sex> = Vec::new();
    for clause in clauses(text) {
        found.extend(only(&clause));
        found.extend(excluded(&clause));
    }
    found.dedup();
    match found[..] {
        [one] => Some(one),
        _ => None,
    }
}

/// Words between *only* and whom it is for.
const ONLY_FOR: &[&str] = &[
    "for",
    "to",
    "open",
    "accept",
    "accepts",
    "accepting",
    "admit",
    "admits",
    "support",
    "supports",
    "help",
    "helps",
    "work",
    "works",
    "with",
    "see",
    "sees",
    "available",
    "take",
    "takes",
    "house",
    "houses",
];

/// Words by which *men only* says something else: *men only need to ring*, *women only sessions on Mondays*.
const NOT_ALL: &[&str] = &[
    "need", "have", "on", "session", "sessions", "group", "groups", "evening", "staff", "hours", "swim", "class",
    "classes", "day", "days", "toilets", "ward", "wing", "part", "if", "when", "between", "until", "after", "at",
];

fn only(clause: &Clause) -> Option<Sex> {
    let mut found: Vec<(Sex, Range<usize>)> = Vec::new();
    for at in 0..clause.words.len() {
        let Some(sex) = sex_of(clause.word(at)) else { continue };
        if clause.word(at + 1) == "only" && !NOT_ALL.contains(&clause.word(at + 2)) {
            found.push((sex, at..at + 2));
            continue;
        }
        let back = (1..5).find(|back| !ONLY_FOR.contains(&clause.before(at, *back)));
        let is_only = back.filter(|back| matches!(clause.before(at, *back), "only" | "exclusively" | "solely"));
        let is_alone =
            clause.word(at + 1) != "and" && clause.word(at + 1) != "or" && !NOT_ALL.contains(&clause.word(at + 1));
        if let Some(back) =
            is_only.filter(|back| is_alone && !matches!(clause.before(at, back + 1), "not" | "and" | "staff"))
        {
            found.push((sex, at - back..at + 1));
        }
    }
    let spans: Vec<Range<usize>> = found.iter().map(|(_, span)| span.clone()).collect();
    let said = clause.said(&spans);
    let mut yes = found.iter().zip(said).filter(|(_, said)| *said == Said::Yes).map(|((sex, _), _)| *sex);
    let first = yes.next()?;
    yes.all(|sex| sex == first).then_some(first)
}

/// Whoever is let in where a clause shuts one sex out.
fn excluded(clause: &Clause) -> Option<Sex> {
    let named: Vec<(Sex, Range<usize>)> = (0..clause.words.len())
        .filter(|at| {
            !clause.word(*at).ends_with("'s") && clause.word(at + 1) != "only" && clause.before(*at, 1) != "only"
        })
        .filter_map(|at| Some((sex_of(clause.word(at))?, at..at + 1)))
        .collect();
    let spans: Vec<Range<usize>> = named.iter().map(|(_, span)| span.clone()).collect();
    let goes_on = [
        "",
        ",",
        "and",
        "or",
        "at",
        "in",
        "are",
        "is",
        "cannot",
        "will",
        "allowed",
        "admitted",
        "accepted",
        "please",
        "can't",
        "may",
        "aren't",
        "not",
        "permitted",
        "here",
        "unfortunately",
    ];
    let said = clause.said(&spans);
    let shut: Vec<Sex> =
        named.iter().zip(said).filter(|(_, said)| *said == Said::No).map(|((sex, _), _)| *sex).collect();
    let is_plain = named.iter().all(|(_, span)| goes_on.contains(&clause.word(span.end)));
    match (is_plain, shut.contains(&Sex::Male), shut.contains(&Sex::Female)) {
        (true, true, false) => Some(Sex::Female),
        (true, false, true) => Some(Sex::Male),
        _ => None,
    }
}
