//! The ages that a text states: `18+`, `aged 16-25`, `55 or over`, `anyone over 18`, `not for under-16s`.

use std::ops::Range;

use super::clause::{Clause, Said, clauses};
use crate::model::service::Ages;

/// What a stretch of words says of ages, and what it says where it is denied.
struct Limit {
    span: Range<usize>,
    ages: Ages,
    denied: Option<Ages>,
}

/// The ages a text states, where all it says of them goes together.
pub fn ages(text: &str) -> Option<Ages> {
    let found: Vec<Ages> = clauses(text).iter().filter(|clause| !is_beside(clause)).flat_map(stated).collect();
    let all = |end: fn(&Ages) -> Option<u8>| {
        let mut ends: Vec<u8> = found.iter().filter_map(end).collect();
        ends.sort_unstable();
        ends.dedup();
        ends
    };
    let (from, to) = (all(|ages| ages.from), all(|ages| ages.to));
    let one = from.len() < 2 && to.len() < 2 && !found.is_empty();
    let ages = Ages { from: from.first().copied(), to: to.first().copied() };
    (one && ages.from.zip(ages.to).is_none_or(|(from, to)| from <= to)).then_some(ages)
}

fn stated(clause: &Clause) -> Vec<Ages> {
    let own = (0..clause.words.len()).filter(|at| !is_of_company(clause, *at));
    let limits: Vec<Limit> = own.filter_map(|at| limit(clause, at)).collect();
    let spans: Vec<Range<usize>> = limits.iter().map(|limit| limit.span.clone()).collect();
    let said = clause.said(&spans);
    let meant = limits.iter().zip(said).filter_map(|(limit, said)| match said {
        Said::Yes => Some(limit.ages),
        Said::No => limit.denied,
        Said::NotOnly | Said::Either => None,
    });
    meant.collect()
}

/// Whether a clause names ages for another end: who needs company or consent, and what it costs.
fn is_beside(clause: &Clause) -> bool {
    let company = [
        "accompanied",
        "accompany",
        "consent",
        "permission",
        "supervised",
        "supervision",
        "guardian",
        "discount",
        "discounts",
        "concession",
        "concessions",
        "half",
        "staff",
        "volunteers",
        "experience",
        "concessionary",
    ];
    let free = ["free for", "go free", "are free", "is free", "free entry", "in free", "free if"];
    clause.words.iter().any(|word| company.contains(&word.as_str()))
        || free.iter().any(|phrase| clause.find(phrase).next().is_some())
}

/// Whether it is the age of those who come along: *women with children up to 5*, *families (boys under 12)*.
fn is_of_company(clause: &Clause, at: usize) -> bool {
    let young =
        ["children", "child", "infants", "infant", "babies", "baby", "boys", "girls", "kids", "sons", "dependents"];
    let brings = ["with", "their", "his", "her", "families", "parents", "mothers", "women", "whose", "have", "has"];
    let Some(back) = (1..=4).find(|back| young.contains(&clause.before(at, *back))) else { return false };
    clause.is_aside || clause.words[..at - back].iter().any(|word| brings.contains(&word.as_str()))
}

fn years(word: &str) -> Option<u8> {
    let named = ["eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
    let spelled = named.iter().position(|name| *name == word.trim_end_matches('s')).map(|at| at as u8 + 11);
    let bare = word.strip_suffix("'s").or_else(|| word.strip_suffix('s')).unwrap_or(word);
    spelled.or_else(|| bare.parse().ok()).filter(|age| *age < 120)
}

/// How many words *years of age* and its like are, there.
fn unit(clause: &Clause, at: usize) -> usize {
    let year = ["year", "years", "yrs", "yr", "yo"].contains(&clause.word(at));
    match (year, clause.word(at + 1), clause.word(at + 2)) {
        (true, "old" | "olds", _) => 2,
        (true, "of", "age") => 3,
        (true, ..) => 1,
        _ => 0,
    }
}

fn from(years: u8) -> Ages {
    Ages { from: Some(years), to: None }
}

fn to(years: u8) -> Ages {
    Ages { from: None, to: Some(years) }
}

fn limit(clause: &Clause, at: usize) -> Option<Limit> {
    let word = clause.word(at);
    if let Some(age) = word.strip_suffix('+').and_then(years) {
        return Some(Limit { span: at..at + 1, ages: from(age), denied: age.checked_sub(1).map(to) });
    }
    if let Some(age) = years(word) {
        return after(clause, at, age);
    }
    before(clause, at)
}

const AGED: &[&str] = &["age", "aged", "ages"];

/// Those who may have an age.
const PEOPLE: &[&str] = &[
    "people",
    "adults",
    "adult",
    "anyone",
    "anybody",
    "everyone",
    "those",
    "men",
    "women",
    "clients",
    "children",
    "child",
    "residents",
    "persons",
    "person",
    "girls",
    "boys",
    "one",
    "nobody",
    "noone",
    "youths",
    "males",
    "females",
    "patients",
    "parents",
    "carers",
    "veterans",
    "students",
    "individuals",
    "someone",
    "person's",
    "are",
    "is",
    "be",
    "mums",
    "members",
];

/// Words after a limit that do not make it one of something else: of miles, weeks, volunteers.
const GOES_ON: &[&str] = &[
    "",
    ",",
    "and",
    "or",
    "only",
    "with",
    "who",
    "in",
    "living",
    "welcome",
    "may",
    "can",
    "to",
    "are",
    "is",
    "must",
    "cannot",
    "will",
    "at",
    "from",
    "experiencing",
    "not",
    "please",
    "should",
    "need",
    "a",
    "affected",
    "leaving",
    "on",
    "facing",
    "can't",
    "by",
    "excluded",
    "unless",
    "for",
    "the",
    "accepted",
    "allowed",
    "admitted",
];

fn is_aged(clause: &Clause, at: usize) -> bool {
    (1..=3).any(|back| AGED.contains(&clause.before(at, back)))
}

/// What follows an age: `18 and over`, `16 to 25`, `18 years and under`.
fn after(clause: &Clause, at: usize, age: u8) -> Option<Limit> {
    let next = at + 1 + unit(clause, at + 1);
    let (link, word) = (clause.word(next), clause.word(next + 1));
    let is_linked = matches!(link, "and" | "or");
    let up = ["over", "above", "older", "up", "upwards", "upward"];
    let down = ["under", "below", "younger"];
    // "18 and over 65s" names two ages.
    let is_whole = years(clause.word(next + 2)).is_none();
    if is_linked && is_whole && up.contains(&word) {
        return Some(Limit { span: at..next + 2, ages: from(age), denied: age.checked_sub(1).map(to) });
    }
    if is_linked && is_whole && down.contains(&word) {
        return Some(Limit { span: at..next + 2, ages: to(age), denied: Some(from(age.saturating_add(1))) });
    }
    if matches!(link, "plus" | "upwards" | "onwards") && !clause.word(next + 1).starts_with("year") {
        return Some(Limit { span: at..next + 1, ages: from(age), denied: age.checked_sub(1).map(to) });
    }
    range(clause, at, age)
}

fn range(clause: &Clause, at: usize, age: u8) -> Option<Limit> {
    let joint = clause.word(at + 1 + unit(clause, at + 1));
    let last = at + 2 + unit(clause, at + 1);
    let is_between = clause.before(at, 1) == "between";
    let (until, end) = (years(clause.word(last))?, last + 1 + unit(clause, last + 1));
    let is_joined = matches!(joint, "to" | "until" | "through") || joint == "and" && is_between;
    let of_people = matches!(clause.before(at, 1), "between" | "from") && PEOPLE.contains(&clause.before(at, 2));
    let is_year = unit(clause, last + 1) > 0 || unit(clause, at + 1) > 0;
    let is_group = clause.word(last).len() > 1 && clause.word(last).ends_with('s');
    let is_clock =
        ["am", "pm", "noon", "o'clock", "minutes", "hours", "weeks", "months", "days"].contains(&clause.word(end));
    let is_meant = is_aged(clause, at) || of_people || is_year || is_group;
    let ages = Ages { from: Some(age), to: Some(until) };
    (is_joined && age <= until && !is_clock && is_meant).then_some(Limit { span: at..end, ages, denied: None })
}

/// Words before an age: the phrase, whether it is the oldest that it names, and whether the age itself is out.
const LEADING: &[(&str, bool, bool)] = &[
    ("over the age of", false, false),
    ("above the age of", false, false),
    ("over", false, false),
    ("above", false, false),
    ("older than", false, false),
    ("under the age of", true, true),
    ("below the age of", true, true),
    ("under age", true, true),
    ("under", true, true),
    ("below", true, true),
    ("younger than", true, true),
    ("up to the age of", true, false),
    ("up to age", true, false),
    ("up to", true, false),
    ("to the age of", true, false),
    ("at least", false, false),
    ("from age", false, false),
    ("from the age of", false, false),
    ("from", false, false),
    ("must be", false, false),
    ("minimum age", false, false),
    ("minimum age of", false, false),
    ("minimum age is", false, false),
    ("lower age limit", false, false),
    ("lower age limit of", false, false),
    ("lower age limit is", false, false),
    ("maximum age", true, false),
    ("maximum age of", true, false),
    ("maximum age is", true, false),
    ("upper age limit", true, false),
    ("upper age limit of", true, false),
    ("upper age limit is", true, false),
];

fn before(clause: &Clause, at: usize) -> Option<Limit> {
    let starts = |phrase: &str| phrase.split(' ').enumerate().all(|(step, word)| clause.word(at + step) == word);
    let length = |phrase: &str| phrase.split(' ').count();
    let leads = |phrase: &str| starts(phrase) && years(clause.word(at + length(phrase))).is_some();
    let (phrase, is_oldest, is_out) = LEADING.iter().find(|(phrase, ..)| leads(phrase))?;
    let place = at + length(phrase);
    let age = years(clause.word(place))?;
    let end = place + 1 + unit(clause, place + 1);
    let is_range = matches!(clause.word(end), "to" | "or") && years(clause.word(end + 1)).is_some();
    let is_other =
        matches!(clause.word(end), "and" | "or" | "plus" | "upwards" | "onwards") && limit(clause, place).is_some();
    if is_range || is_other || !is_age(clause, at, phrase, place, end) {
        return None;
    }
    let ages = match (is_oldest, is_out) {
        (true, true) => to(age.checked_sub(1)?),
        (true, false) => to(age),
        (false, _) => from(age),
    };
    let denied = match (is_oldest, is_out) {
        (true, true) => Some(from(age)),
        (true, false) => Some(from(age.saturating_add(1))),
        (false, _) if phrase.starts_with("at ") || phrase.starts_with('m') => None,
        (false, _) => Some(to(age)),
    };
    Some(Limit { span: at..end, ages, denied })
}

/// Whether a number behind such words is an age and not of miles, weeks or volunteers.
fn is_age(clause: &Clause, at: usize, phrase: &str, place: usize, end: usize) -> bool {
    let word = clause.word(place);
    let is_group = word.len() > 1 && word.ends_with('s');
    let is_named = phrase.contains("age") || unit(clause, place + 1) > 1 || is_aged(clause, at);
    let of_people = PEOPLE.contains(&clause.before(at, 1)) || phrase == "older than" || phrase == "younger than";
    let goes_on = GOES_ON.contains(&clause.word(end));
    match phrase {
        "up to" | "at least" | "from" => is_group || is_named || of_people && goes_on && phrase == "at least",
        "must be" => goes_on,
        _ => is_group || is_named || goes_on && unit(clause, place + 1) == 0,
    }
}
