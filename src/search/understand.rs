//! What the words of a query mean beside what they say: needs, a place, who asks, when, a telephone number.
//!
//! Words are read in this order, and what was read is not read again: telephone numbers, postcodes, places, phrases of the
//! thesaurus, ages, days. Whatever they mean, words also stay words: a service of that name is found first.

use std::ops::Range;

use super::Index;
use super::lexicon::max_typos;
use super::words::normalized;
use crate::model::choice::{Choice, Set};
use crate::model::date::{Weekday, weekday};
use crate::model::opening::Week;
use crate::model::place::{Atlas, Districts, Point};
use crate::model::service::{Ages, Client, Need, Sex};
use crate::model::thesaurus::Meaning;
use crate::model::{Date, Time};

/// A word of a query that stands for itself alone or for more.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    /// In small letters, without accents and apostrophes.
    pub text: String,
    /// The part of the query it stands in.
    pub part: usize,
    /// As it was typed, for telephone numbers.
    pub typed: String,
}

/// What some neighbouring words of a query were understood as.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Unit {
    /// The words.
    pub words: Range<usize>,
    /// What they mean.
    pub means: Means,
    /// Whether they mean it only if they were mistyped.
    pub is_guess: bool,
}

/// What words mean.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Means {
    /// A need or several, each with a weight from 0 to 1, and perhaps something of the person.
    Needs(Vec<(Need, f32)>, Person),
    /// Something of the person alone.
    Person(Person),
    /// A place.
    Where(Spot),
    /// A day of the week, and whether the evening is meant.
    When(When),
    /// The digits of a telephone or register number, without the country's code.
    Number(u64),
    /// An e-mail or web address, in small letters.
    Address(String),
    /// Nothing.
    Nothing,
}

/// What is said of the person who needs something.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Person {
    /// How old.
    pub ages: Option<Ages>,
    /// Of which sex.
    pub sex: Option<Sex>,
    /// Where they stand with the criminal justice system.
    pub clients: Set<Client>,
}

/// A place that is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spot {
    /// What it is called.
    pub name: String,
    /// The districts it lies in, or is made of.
    pub districts: Districts,
    /// Where it is.
    pub point: Option<Point>,
}

/// When something has to be open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum When {
    /// Today.
    Today,
    /// In the evening of today.
    Tonight,
    /// Tomorrow.
    Tomorrow,
    /// On Saturday or Sunday.
    Weekend,
    /// On the next such day.
    On(Weekday),
}

const WHEN: [(&str, When); 22] = [
    ("today", When::Today),
    ("now", When::Today),
    ("tonight", When::Tonight),
    ("tonite", When::Tonight),
    ("evening", When::Tonight),
    ("tomorrow", When::Tomorrow),
    ("weekend", When::Weekend),
    ("weekends", When::Weekend),
    ("monday", When::On(Weekday::Mon)),
    ("mon", When::On(Weekday::Mon)),
    ("tuesday", When::On(Weekday::Tue)),
    ("tues", When::On(Weekday::Tue)),
    ("wednesday", When::On(Weekday::Wed)),
    ("weds", When::On(Weekday::Wed)),
    ("thursday", When::On(Weekday::Thu)),
    ("thurs", When::On(Weekday::Thu)),
    ("friday", When::On(Weekday::Fri)),
    ("fri", When::On(Weekday::Fri)),
    ("saturday", When::On(Weekday::Sat)),
    ("sat", When::On(Weekday::Sat)),
    ("sunday", When::On(Weekday::Sun)),
    ("sun", When::On(Weekday::Sun)),
];

/// What is open tonight is open at one of these times, in minutes from midnight.
const EVENING: [u16; 3] = [19 * 60, 21 * 60, 23 * 60];

impl When {
    /// Whether something that is open in this week is open then, seen from today.
    pub fn is_open(self, week: &Week, today: Date) -> bool {
        let late = |day: Weekday| {
            let evening = EVENING.into_iter().filter_map(Time::from_minutes);
            evening.into_iter().any(|time| week.is_open_at(day, time) == Some(true))
        };
        match self {
            Self::Tonight => late(weekday(today)),
            _ => self.days(today).into_iter().any(|day| week.is_open_on(day)),
        }
    }

    /// The days that are meant, seen from today.
    fn days(self, today: Date) -> Vec<Weekday> {
        match self {
            Self::Today | Self::Tonight => vec![weekday(today)],
            Self::Tomorrow => vec![weekday(today).succ()],
            Self::Weekend => vec![Weekday::Sat, Weekday::Sun],
            Self::On(day) => vec![day],
        }
    }

    fn label(self) -> String {
        match self {
            Self::Today => "open today".to_owned(),
            Self::Tonight => "open tonight".to_owned(),
            Self::Tomorrow => "open tomorrow".to_owned(),
            Self::Weekend => "open at the weekend".to_owned(),
            Self::On(day) => format!("open on {day}"),
        }
    }
}

/// What a need weighs that a word for a person brings along: a lad may want anything.
const OF_PERSON: f32 = 0.4;

impl Means {
    /// How surely a need or a place is asked for, from 0 to 1.
    pub fn weight(&self, share: f32) -> f32 {
        match self {
            Self::Needs(needs, person) => {
                let most = needs.iter().map(|(_, weight)| *weight).fold(0.0, f32::max);
                let is_of_person = share >= 1.0 && (person.sex.is_some() || person.ages.is_some());
                if is_of_person { most * OF_PERSON } else { most }
            }
            Self::Where(_) | Self::Number(_) | Self::Address(_) => 1.0,
            Self::Person(_) | Self::When(_) | Self::Nothing => 0.0,
        }
    }

    /// It in the words of the domain.
    pub fn label(&self) -> String {
        match self {
            Self::Needs(needs, person) => {
                let most = needs.iter().map(|(_, weight)| *weight).fold(0.0, f32::max);
                let needs = needs.iter().filter(|(_, weight)| *weight >= most);
                let needs = needs.map(|(need, _)| need.label()).collect::<Vec<_>>().join(" or ");
                std::iter::once(needs).chain(person.labels()).collect::<Vec<_>>().join(", ")
            }
            Self::Person(person) => person.labels().join(", "),
            Self::Where(spot) if spot.districts.is_empty() => format!("near {}", spot.name),
            Self::Where(spot) => format!("serves {}", spot.name),
            Self::When(when) => when.label(),
            Self::Number(_) => "a telephone or register number".to_owned(),
            Self::Address(address) => address.clone(),
            Self::Nothing => String::new(),
        }
    }
}

impl Person {
    fn labels(&self) -> Vec<String> {
        let ages = self.ages.map(|ages| match (ages.from, ages.to) {
            (Some(from), Some(to)) if from == to => format!("aged {from}"),
            (Some(from), Some(to)) => format!("aged {from} to {to}"),
            (Some(from), None) => format!("{from} or over"),
            (_, to) => format!("under {}", to.map_or(0, |to| to.saturating_add(1))),
        });
        let sex = self.sex.map(|sex| match sex {
            Sex::Female => "a woman",
            Sex::Male => "a man",
            Sex::Any => "either sex",
        });
        let clients = self.clients.iter().map(|client| client.label().to_owned());
        ages.into_iter().chain(sex.map(str::to_owned)).chain(clients).collect()
    }

    /// What two parts of a query say of one person.
    pub fn and(self, other: Self) -> Self {
        Self { ages: self.ages.or(other.ages), sex: self.sex.or(other.sex), clients: self.clients.union(other.clients) }
    }
}

/// What the words of a query mean, from the left. `is_open`: the last is still being typed.
pub(super) fn understand(words: &[Word], is_open: bool, index: &Index, atlas: &Atlas) -> Vec<Unit> {
    let mut reader = Reader { words, is_open, is_read: vec![false; words.len()], units: Vec::new() };
    reader.addresses();
    reader.numbers();
    reader.places(index, atlas);
    reader.phrases(index);
    reader.ages();
    reader.days();
    reader.units.sort_by_key(|unit| unit.words.start);
    reader.units
}

struct Reader<'a> {
    words: &'a [Word],
    is_open: bool,
    is_read: Vec<bool>,
    units: Vec<Unit>,
}

/// Fewer digits than this are a year, an age or the number of a house.
const MIN_DIGITS: usize = 5;

impl Reader<'_> {
    fn push(&mut self, words: Range<usize>, means: Means) {
        self.is_read[words.clone()].fill(true);
        self.units.push(Unit { words, means, is_guess: false });
    }

    fn is_free(&self, words: &Range<usize>) -> bool {
        words.end <= self.words.len() && !self.is_read[words.clone()].contains(&true)
    }

    fn text(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| word.text.as_str())
    }

    /// Whether a word may still become another.
    fn is_growing(&self, at: usize) -> bool {
        self.is_open && at + 1 == self.words.len()
    }

    /// E-mail and web addresses, whose words stand in one part.
    fn addresses(&mut self) {
        let mut at = 0;
        while at < self.words.len() {
            let part = self.words[at].part;
            let len = self.words[at..].iter().take_while(|word| word.part == part).count();
            if let Some(address) = address(&self.words[at].typed) {
                self.push(at..at + len, Means::Address(address));
            }
            at += len;
        }
    }

    /// Runs of words made of digits: 01632 960107, +44 1632 960107.
    fn numbers(&mut self) {
        let is_digits = |word: &Word| word.text.bytes().all(|byte| byte.is_ascii_digit());
        let mut at = 0;
        while at < self.words.len() {
            let run = self.words[at..].iter().take_while(|word| is_digits(word)).count();
            let digits: String = self.words[at..at + run].iter().map(|word| word.text.as_str()).collect();
            let is_international = run > 0 && self.words[at].typed.starts_with('+');
            if digits.len() >= MIN_DIGITS
                && let Some(number) = national(&digits, is_international)
            {
                self.push(at..at + run, Means::Number(number));
            }
            at += run.max(1);
        }
    }

    /// Postcodes, then the names of places, the longest first.
    fn places(&mut self, index: &Index, atlas: &Atlas) {
        for at in 0..self.words.len() {
            for len in (1..=4).rev() {
                let words = at..at + len;
                if !self.is_free(&words) {
                    continue;
                }
                if let Some(spot) = self.spot(words.clone(), index, atlas) {
                    self.push(words, Means::Where(spot));
                    break;
                }
            }
        }
    }

    fn spot(&self, words: Range<usize>, index: &Index, atlas: &Atlas) -> Option<Spot> {
        let joined: String = self.words[words.clone()].iter().map(|word| word.text.as_str()).collect();
        if words.len() <= 2
            && let Some((code, point)) = postcode(&self.words[words.clone()], atlas)
        {
            return Some(Spot {
                name: code,
                districts: atlas.district_at(point).into_iter().collect(),
                point: Some(point),
            });
        }
        if let Some(spot) = index.gazetteer.get(&joined) {
            return Some(spot.clone());
        }
        let is_name = words.len() == 1 && joined.len() >= 5 && !index.lexicon.holds(&joined);
        is_name.then(|| index.gazetteer.mistyped(&joined, self.is_growing(words.start))).flatten()
    }

    fn phrases(&mut self, index: &Index) {
        let free = |(at, word): (usize, &Word)| if self.is_read[at] { String::new() } else { word.text.clone() };
        let texts: Vec<String> = self.words.iter().enumerate().map(free).collect();
        for meaning in index.thesaurus.read(&texts, self.is_open) {
            // A word that stands in the records is not taken for another, nor is the beginning of one while it grows: Hearth
            // is no mistake for health.
            let (at, lexicon) = (meaning.words.start, &index.lexicon);
            let is_known = meaning.is_guess
                && (lexicon.holds(self.text(at))
                    || self.is_growing(at) && !lexicon.begun(self.text(at), false).is_empty());
            if self.is_free(&meaning.words) && !is_known {
                let (words, is_guess) = (meaning.words.clone(), meaning.is_guess);
                self.is_read[words.clone()].fill(true);
                self.units.push(Unit { words, means: means(meaning), is_guess });
            }
        }
    }

    /// `19`, `19 year old`, `aged 19`, `under 18`, `over 50s`.
    fn ages(&mut self) {
        for at in 0..self.words.len() {
            let Some((years, has_unit)) = years(self.text(at)).filter(|_| !self.is_read[at]) else { continue };
            let unit = |at: usize| matches!(self.text(at), "year" | "years" | "yr" | "yrs" | "yo" | "y");
            let mut end = at + 1;
            end += usize::from(unit(end));
            end += usize::from(self.text(end) == "old");
            let before = at.checked_sub(1).map(|before| self.text(before)).unwrap_or_default();
            let ages = match before {
                "under" | "below" => Ages { from: None, to: Some(years.saturating_sub(1)) },
                "over" | "above" => Ages { from: Some(years), to: None },
                _ => Ages { from: Some(years), to: Some(years) },
            };
            let is_led = matches!(before, "under" | "below" | "over" | "above" | "aged" | "age");
            // A bare number is an age where something else is asked for as well.
            if !(is_led || has_unit || end > at + 1 || (10..=99).contains(&years) && self.words.len() > 1) {
                continue;
            }
            let words = at - usize::from(is_led)..end;
            let person = Person { ages: Some(ages), ..Person::default() };
            self.is_read[words.clone()].fill(false);
            self.units.retain(|unit| unit.words.end <= words.start || unit.words.start >= words.end);
            self.push(words, Means::Person(person));
        }
    }

    fn days(&mut self) {
        for at in 0..self.words.len() {
            let known = WHEN.iter().find(|(word, _)| *word == self.text(at));
            if let Some((_, when)) = known.filter(|_| !self.is_read[at]) {
                let led = at > 0 && !self.is_read[at - 1] && matches!(self.text(at - 1), "this" | "on" | "next");
                self.push(at - usize::from(led)..at + 1, Means::When(*when));
            }
        }
    }
}

fn means(meaning: Meaning) -> Means {
    let person = Person { ages: meaning.ages, sex: meaning.sex, clients: meaning.clients };
    match (meaning.is_nothing, meaning.needs.is_empty()) {
        (true, _) => Means::Nothing,
        (false, true) => Means::Person(person),
        (false, false) => Means::Needs(meaning.needs, person),
    }
}

/// A number of years, and whether its unit stands with it: `19`, `19yo`, `50s`.
fn years(text: &str) -> Option<(u8, bool)> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &text[digits.len()..];
    let is_known = matches!(unit, "" | "yo" | "y" | "yr" | "yrs" | "s");
    (is_known && digits.len() <= 2).then(|| digits.parse().ok()).flatten().map(|years| (years, unit.len() > 1))
}

/// The digits of a telephone number as one dials it from home, without the leading nought: two ways of writing one number
/// are equal. Numbers of Great Britain and North America are known.
pub(super) fn national(digits: &str, is_international: bool) -> Option<u64> {
    let bare = match digits.strip_prefix("00").or(is_international.then_some(digits)) {
        Some(rest) => rest.strip_prefix("44").or_else(|| rest.strip_prefix('1')).unwrap_or(rest),
        None if digits.len() == 12 && digits.starts_with("44") => &digits[2..],
        None if digits.len() == 11 && digits.starts_with('1') => &digits[1..],
        None => digits,
    };
    bare.trim_start_matches('0').parse().ok()
}

/// The ends of addresses that are written without their beginning.
const DOMAINS: [&str; 8] = ["uk", "org", "com", "net", "gov", "info", "eu", "us"];

/// An e-mail or web address as it is compared, without what all of them begin with.
fn address(typed: &str) -> Option<String> {
    let typed = typed.to_lowercase();
    let bare = typed.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    let host = bare.split('/').next().unwrap_or_default();
    let is_domain = host.rsplit_once('.').is_some_and(|(name, end)| !name.is_empty() && DOMAINS.contains(&end));
    let is_address = is_domain || bare.len() < typed.len() || bare.contains('@');
    (is_address && bare.len() > 3).then(|| bare.trim_end_matches('/').to_owned())
}

/// A postcode or its first half, with its point.
fn postcode(words: &[Word], atlas: &Atlas) -> Option<(String, Point)> {
    let code = words.iter().map(|word| word.text.to_uppercase()).collect::<Vec<_>>().join(" ");
    let first = words.first()?.text.as_str();
    let letters = first.bytes().take_while(u8::is_ascii_alphabetic).count();
    let is_code = (1..=2).contains(&letters) && first.as_bytes().get(letters).is_some_and(u8::is_ascii_digit);
    let is_inward = |word: &Word| word.text.starts_with(|c: char| c.is_ascii_digit()) && word.text.len() <= 3;
    let fits = is_code && words.get(1).is_none_or(is_inward);
    let known = fits && atlas.holds_postcode(&code);
    known.then(|| atlas.find(&code)).flatten().map(|point| (code, point))
}

/// The places of a map by their names.
#[derive(Clone, Debug, Default)]
pub(super) struct Gazetteer(Vec<(String, Spot)>);

/// A name of fewer letters is not understood as a place: Wool is a village.
const MIN_NAME: usize = 5;

impl Gazetteer {
    /// Of a map: the county, councils, districts, towns.
    pub fn new(atlas: &Atlas) -> Self {
        let spot = |name: &str, districts: Districts, point| {
            (normalized(name), Spot { name: name.to_owned(), districts, point })
        };
        let areas = atlas.area_names().into_iter();
        let areas = areas.map(|name| spot(name, atlas.area(name).unwrap_or_default(), None));
        let shorts =
            atlas.districts.iter().map(|one| spot(&one.short, atlas.area(&one.short).unwrap_or_default(), None));
        let towns = atlas.places.iter().filter(|place| &*place.kind == "town");
        let towns =
            towns.map(|town| spot(&town.name, atlas.area(&town.district).unwrap_or_default(), Some(town.point)));
        let mut all: Vec<(String, Spot)> = towns.chain(areas).chain(shorts).collect();
        all.retain(|(name, _)| name.len() >= MIN_NAME);
        all.sort_by(|a, b| a.0.cmp(&b.0)); // stable: a town stands before the district of its name
        all.dedup_by(|a, b| a.0 == b.0);
        Self(all)
    }

    fn get(&self, name: &str) -> Option<&Spot> {
        let at = self.0.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        self.0.get(at).map(|(_, spot)| spot)
    }

    /// A place whose name was typed with a mistake, or, while it is still growing, in part.
    fn mistyped(&self, name: &str, is_growing: bool) -> Option<Spot> {
        let max_typos = max_typos(name.chars().count());
        let is_near = |known: &str| {
            is_growing && known.starts_with(name)
                || known.chars().next() == name.chars().next() && strsim::osa_distance(known, name) <= max_typos
        };
        self.0.iter().find(|(known, _)| is_near(known)).map(|(_, spot)| spot.clone())
    }
}
