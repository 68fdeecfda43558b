//! What puts hits in order beside their words: whether one can go there now, whether it is for who asks, how sure it is.
//! Kept in a few bytes for each record, so that those of a hundred thousand stay in the cache of the processor.

use super::columns::FilterRow;
use super::understand::Person;
use crate::model::Date;
use crate::model::choice::Set;
use crate::model::date::{days_before, months_before};
use crate::model::service::{Ages, Client, FULL_DAYS, STALE_MONTHS, Service, Sex, Status};

/// What a record says of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    ages: Option<Ages>,
    clients: Set<Client>,
    sex: Option<Sex>,
    status: Status,
    /// The day on which no place was free.
    full_on: Option<Date>,
    /// The day of the last check.
    verified: Option<Date>,
    /// How many needs it meets.
    needs: u8,
}

/// What a record of which nothing can be had loses, by its status: a guess from what words mean stands before it.
const SINKS: [(Status, f32); 3] = [(Status::Planned, 60.0), (Status::Paused, 80.0), (Status::Closed, 100.0)];
/// What a record loses that has no free place.
const FULL_SINKS: f32 = 40.0;
/// What a record loses that was not checked for long: less than any word gives.
const UNVERIFIED_SINKS: f32 = 1.0;
/// What a record loses that says it is for others.
const OTHERS_SINK: f32 = 200.0;
/// What a record gains that says it is for who asks.
const FITS: f32 = 12.0;
/// What a record gains that meets one need only, when a need is asked for; one that meets many gains less.
const SPECIAL: f32 = 6.0;

/// What is asked beside words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    /// Of the person.
    pub person: Person,
    /// Whether a need is.
    pub need: bool,
    since: Date,
    full_since: Date,
}

impl Asked {
    /// On this day.
    pub fn on(today: Date, person: Person, need: bool) -> Self {
        let full_since = days_before(today, FULL_DAYS as u32);
        Self { person, need, since: months_before(today, STALE_MONTHS), full_since }
    }
}

impl Fit {
    /// Of a record whose filterable values are known.
    pub fn new(row: &FilterRow, service: Option<&Service>) -> Self {
        let capacity = service.and_then(|service| service.capacity).filter(|capacity| capacity.available == 0);
        Self {
            ages: row.ages,
            clients: row.clients,
            sex: row.sex,
            status: row.status,
            full_on: capacity.map(|capacity| capacity.on),
            verified: row.verified,
            needs: row.needs.len() as u8,
        }
    }

    /// How many points it gains or loses.
    pub fn score(&self, asked: &Asked) -> f32 {
        let sinks = match SINKS.iter().find(|(status, _)| *status == self.status) {
            Some((_, sinks)) => *sinks,
            None if self.full_on.is_some_and(|on| on >= asked.full_since) => FULL_SINKS,
            None => 0.0,
        };
        let unsure = if self.verified.is_none_or(|on| on < asked.since) { UNVERIFIED_SINKS } else { 0.0 };
        let special = if asked.need { SPECIAL / f32::from(self.needs.max(1)) } else { 0.0 };
        special - sinks - unsure + self.fits(&asked.person)
    }

    fn fits(&self, person: &Person) -> f32 {
        self.answers(person).into_iter().flatten().map(|fits| if fits { FITS } else { -OTHERS_SINK }).sum()
    }

    /// Whether it says that it is for somebody, in nothing that it is for others.
    pub fn says_so(&self, person: &Person) -> bool {
        let answers = self.answers(person);
        answers.contains(&Some(true)) && !answers.contains(&Some(false))
    }

    /// For age, sex and circumstance: whether it is for this person; `None` where it or the person says nothing.
    fn answers(&self, person: &Person) -> [Option<bool>; 3] {
        let ages = self.ages.zip(person.ages).map(|(limits, ages)| limits.meet(ages));
        let sex = self.sex.zip(person.sex).filter(|(own, _)| *own != Sex::Any).map(|(own, asked)| own == asked);
        let stated = !self.clients.is_empty() && !person.clients.is_empty();
        let clients = stated.then(|| self.clients.meets(person.clients) || self.clients.has(Client::Anyone));
        [ages, sex, clients]
    }
}
