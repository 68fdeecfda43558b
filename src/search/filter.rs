//! Filters: what a record must be, beside the words it must hold.
//!
//! Unknown is not "no": a service that states no age limit is never excluded by an age, nor one that does not say for
//! which sex or for whom it is. A hidden address is no place: nothing finds it.

use super::Index;
use super::facts::{Facts, NOWHERE};
use super::words::{plain, words};
use crate::model::choice::{Choice, Set};
use crate::model::date::{self, Date};
use crate::model::organisation::Sector;
use crate::model::place::{Atlas, Districts, Point};
use crate::model::service::{Ages, Client, Need, STALE_MONTHS, Sex, Status};
use crate::model::{AnyRecord, Workspace};

/// The filters there are, with what each takes: for completion, help and the sentence about an unknown one.
pub const FILTERS: [(&str, &str); 12] = [
    ("need:", "a need: need:housing"),
    ("in:", "serves it or is located there: in:purbeck"),
    ("serves:", "serves a district, council or the county: serves:purbeck"),
    ("near:", "a postcode, a town or a point; nearest first: near:\"DT4 8\""),
    ("age:", "years: age:17"),
    ("sex:", "f or m"),
    ("status:", "of the person: custody, probation, victim, family; of the service: active, paused, closed, planned"),
    ("is:", "open, stale, never, verified, located, hidden, paused, closed, planned"),
    ("funding:", "ends within or after: funding:<3m, funding:>1y"),
    ("org:", "words of an organisation: org:shelter"),
    ("sector:", "voluntary, statutory or private"),
    ("by:", "initials of who verified or changed it: by:KP"),
];

/// What `is:` can say of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Is {
    Open,
    Stale,
    Never,
    Verified,
    Located,
    Hidden,
    State(Status),
}

/// The words of `is:`. Stale is whatever is to be checked again, so it includes what was never checked.
pub(super) const IS: [(&str, Is); 9] = [
    ("open", Is::Open),
    ("stale", Is::Stale),
    ("never", Is::Never),
    ("verified", Is::Verified),
    ("located", Is::Located),
    ("hidden", Is::Hidden),
    ("paused", Is::State(Status::Paused)),
    ("closed", Is::State(Status::Closed)),
    ("planned", Is::State(Status::Planned)),
];

/// What a record must be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    Needs(Set<Need>),
    Clients(Set<Client>),
    State(Status),
    Sex(Sex),
    Ages(Ages),
    Sectors(Set<Sector>),
    Is(Is),
    Funding { ends_before: bool, step: String },
    In(Where),
    Serves(Where),
    Near(Point),
    By(String),
}

/// An area: districts, and the names that people write for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Where {
    /// Who serves one of these serves it.
    serves: Districts,
    /// What lies in one of these lies in it.
    located: Districts,
    names: Vec<String>,
}

const NEEDS: [(&str, Need); 55] = [
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

const CLIENTS: [(&str, Client); 10] = [
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

const SECTORS: [(&str, Sector); 13] = [
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

const SEXES: [(&str, Sex); 8] = [
    ("female", Sex::Female),
    ("woman", Sex::Female),
    ("girls", Sex::Female),
    ("w", Sex::Female),
    ("male", Sex::Male),
    ("man", Sex::Male),
    ("boys", Sex::Male),
    ("both", Sex::Any),
];

const STATES: [(&str, Status); 2] = [("open", Status::Active), ("suspended", Status::Paused)];

/// How near what was typed must be to a word to mean it.
#[derive(Clone, Copy, PartialEq)]
enum Nearness {
    Same,
    Begun,
    Mistyped,
}

const NEARER_FIRST: [Nearness; 3] = [Nearness::Same, Nearness::Begun, Nearness::Mistyped];

fn is_near(word: &str, typed: &str, nearness: Nearness) -> bool {
    match nearness {
        Nearness::Same => word == typed,
        Nearness::Begun => word.starts_with(typed),
        Nearness::Mistyped => match typed.chars().count() {
            ..4 => false,
            4..8 => strsim::osa_distance(word, typed) <= 1,
            _ => strsim::osa_distance(word, typed) <= 2,
        },
    }
}

/// The choices a word may mean: by its label or a word of it, by another word for it, begun or with a typing mistake.
pub(super) fn choose<C: Choice>(typed: &str, synonyms: &[(&str, C)]) -> Set<C> {
    let typed = plain(typed);
    if typed.is_empty() || typed.len() > 64 {
        return Set::default();
    }
    for nearness in NEARER_FIRST {
        let labelled = C::ALL.iter().copied().filter(|choice| {
            let label = choice.label();
            is_near(&plain(label), &typed, nearness) || words(label).iter().any(|word| is_near(word, &typed, nearness))
        });
        let named = synonyms.iter().filter(|(word, _)| is_near(word, &typed, nearness)).map(|(_, choice)| *choice);
        let found: Set<C> = labelled.chain(named).collect();
        if !found.is_empty() {
            return found;
        }
    }
    Set::default()
}

/// What was typed behind the name of a filter, read.
///
/// # Errors
/// A sentence that says what the filter takes.
pub(super) fn read(name: &str, value: &str, index: &Index, atlas: &Atlas) -> Result<Test, String> {
    let wrong = |takes: String| format!("{name}{value} means nothing here: {takes}");
    let one_of = |labels: &[&str]| wrong(format!("choose from {}", labels.join(", ")));
    match name {
        "need:" => some(choose(value, &NEEDS)).map(Test::Needs).ok_or_else(|| one_of(Need::LABELS)),
        "sector:" => some(choose(value, &SECTORS)).map(Test::Sectors).ok_or_else(|| one_of(Sector::LABELS)),
        "sex:" => choose(value, &SEXES).iter().next().map(Test::Sex).ok_or_else(|| one_of(Sex::LABELS)),
        "status:" => read_status(value).ok_or_else(|| one_of(&[Client::LABELS, Status::LABELS].concat())),
        "is:" => read_is(value).map(Test::Is).ok_or_else(|| one_of(&IS.map(|(word, _)| word))),
        "age:" => read_ages(value).map(Test::Ages).ok_or_else(|| wrong("write years, such as age:17".to_owned())),
        "funding:" => read_funding(value).ok_or_else(|| wrong("write funding:<3m or funding:>1y".to_owned())),
        "by:" => Ok(Test::By(plain(value))),
        "near:" => read_near(value, index, atlas)
            .map(Test::Near)
            .ok_or_else(|| wrong("write a postcode such as DT4 8, a town on the map, or a point".to_owned())),
        _ => {
            let place = Where::read(value, index, atlas)
                .ok_or_else(|| wrong("it is no district, council or town on the map or in the records".to_owned()))?;
            Ok(if name == "serves:" { Test::Serves(place) } else { Test::In(place) })
        }
    }
}

fn some<C: Choice>(set: Set<C>) -> Option<Set<C>> {
    (!set.is_empty()).then_some(set)
}

fn read_status(value: &str) -> Option<Test> {
    let clients = choose(value, &CLIENTS);
    let states = choose(value, &STATES);
    let typed = plain(value);
    let is_state = Status::ALL.iter().any(|state| state.label() == typed);
    match (some(clients), states.iter().next()) {
        (Some(clients), None) => Some(Test::Clients(clients)),
        (Some(clients), Some(_)) if !is_state => Some(Test::Clients(clients)),
        (_, state) => state.map(Test::State),
    }
}

fn read_is(value: &str) -> Option<Is> {
    let typed = plain(value);
    let find = |nearness| IS.iter().find(|(word, _)| is_near(word, &typed, nearness)).map(|(_, is)| *is);
    NEARER_FIRST.into_iter().find_map(find)
}

fn read_ages(value: &str) -> Option<Ages> {
    let number = |text: &str| text.trim().parse::<u8>().ok();
    let value = value.replace('–', "-");
    let (from, to) = match value.split_once('-') {
        None => (number(&value)?, number(&value)?),
        Some((from, "")) => (number(from)?, u8::MAX),
        Some((from, to)) => (number(from)?, number(to)?),
    };
    Some(Ages { from: Some(from), to: Some(to) })
}

fn read_funding(value: &str) -> Option<Test> {
    let ends_before = !value.starts_with('>');
    let mut step = value.trim_start_matches(['<', '>', '=']).to_lowercase();
    if step.bytes().all(|b| b.is_ascii_digit()) && !step.is_empty() {
        step.push('m'); // still being typed, or months by habit
    }
    date::parse_date(&step, Date::default()).ok()?;
    Some(Test::Funding { ends_before, step })
}

fn read_near(value: &str, index: &Index, atlas: &Atlas) -> Option<Point> {
    if let Some(point) = atlas.find(value) {
        return Some(point);
    }
    let typed = plain(value);
    let code = atlas.postcodes.iter().find(|postcode| !typed.is_empty() && plain(&postcode.code).starts_with(&typed));
    let mistyped = |name: &str| is_near(&plain(name), &typed, Nearness::Mistyped);
    let place = || atlas.places.iter().find(|place| mistyped(&place.name)).map(|place| place.point);
    let district = || atlas.districts.iter().find(|district| mistyped(&district.name)).map(|district| district.label);
    code.map(|code| code.point).or_else(|| town_middle(&typed, index)).or_else(place).or_else(district)
}

/// The middle of the places that say they are in a town which no map here shows.
fn town_middle(town: &str, index: &Index) -> Option<Point> {
    let number = |nearness| index.book.names.iter().position(|(name, _)| is_near(name, town, nearness));
    let number = number(Nearness::Same).or_else(|| number(Nearness::Begun))? as u32;
    let points: Vec<Point> = (0..index.ids.len())
        .flat_map(|document| index.book.spots(document))
        .filter(|spot| spot.town == number)
        .filter_map(|spot| spot.point())
        .collect();
    let count = points.len() as f64;
    let sum = points.iter().fold(Point(0.0, 0.0), |sum, point| Point(sum.0 + point.0, sum.1 + point.1));
    (count > 0.0).then(|| Point(sum.0 / count, sum.1 / count))
}

impl Where {
    fn read(value: &str, index: &Index, atlas: &Atlas) -> Option<Self> {
        let typed = plain(value);
        if typed.is_empty() {
            return None;
        }
        if let Some(districts) = atlas.area(value) {
            return Some(Self { serves: districts, located: districts, names: vec![typed] });
        }
        NEARER_FIRST.into_iter().find_map(|nearness| Self::near(&typed, nearness, index, atlas))
    }

    /// Every area, town and name that is as near as this to what was typed.
    fn near(typed: &str, nearness: Nearness, index: &Index, atlas: &Atlas) -> Option<Self> {
        let mut found = Self::default();
        let towns = atlas.places.iter().filter(|place| &*place.kind == "town");
        for town in towns.filter(|town| is_near(&plain(&town.name), typed, nearness)) {
            let district = atlas.districts.iter().position(|district| district.name == town.district);
            found.serves = found.serves.union(district.into_iter().collect());
            found.names.push(plain(&town.name));
        }
        for area in atlas.area_names().into_iter().filter(|area| is_near(&plain(area), typed, nearness)) {
            let districts = atlas.area(area).unwrap_or_default();
            found.serves = found.serves.union(districts);
            found.located = found.located.union(districts);
        }
        let named = index.book.names.iter().filter(|(name, _)| is_near(name, typed, nearness));
        found.names.extend(named.map(|(name, _)| name.to_string()));
        (found != Self::default()).then_some(found)
    }
}

/// A filter made ready for one search: names have become numbers, spans have become days.
pub(super) struct Ready<'a> {
    test: &'a Test,
    names: Vec<bool>,
    day: Option<Date>,
}

impl<'a> Ready<'a> {
    pub fn new(test: &'a Test, index: &Index, today: Date) -> Self {
        let mut ready = Self { test, names: Vec::new(), day: None };
        match test {
            Test::In(place) | Test::Serves(place) => {
                let is_meant = |name: &str| place.names.iter().any(|wanted| wanted == name);
                ready.names = index.book.names.iter().map(|(name, _)| is_meant(name)).collect();
            }
            Test::Funding { step, .. } => ready.day = date::parse_date(step, today).ok(),
            Test::Is(_) => ready.day = Some(date::months_before(today, STALE_MONTHS)),
            _ => {}
        }
        ready
    }

    /// Whether the record is so; `None`: it does not say.
    pub fn holds(&self, document: usize, index: &Index, workspace: &Workspace) -> Option<bool> {
        let facts = &index.book.facts[document];
        match self.test {
            Test::Needs(needs) => Some(facts.needs.meets(*needs)),
            Test::Clients(clients) if facts.clients.is_empty() && !clients.is_empty() => None,
            Test::Clients(clients) => Some(facts.clients.meets(*clients) || facts.clients.has(Client::Anyone)),
            Test::State(state) => Some(facts.status == *state),
            Test::Sex(sex) => facts.sex.map(|is| is == *sex || is == Sex::Any || *sex == Sex::Any),
            Test::Ages(ages) => facts.ages.map(|limits| limits.meet(*ages)),
            Test::Sectors(sectors) => {
                (!facts.sectors.is_empty()).then(|| facts.sectors.meets(*sectors)).or(Some(false))
            }
            Test::Is(is) => Some(self.is(*is, facts, document, index)),
            Test::Funding { ends_before, .. } => {
                let (ends, day) = facts.funding_ends.zip(self.day)?;
                Some(if *ends_before { ends <= day } else { ends >= day })
            }
            Test::In(place) => Some(self.serves(place, document, index) || self.is_located(document, index)),
            Test::Serves(place) => Some(self.serves(place, document, index)),
            Test::Near(_) => Some(true),
            Test::By(initials) => Some(is_by(initials, document, index, workspace)),
        }
    }

    /// Whether silence passes: it does where it would be unkind to take it for a no.
    pub fn lets_silence_pass(&self) -> bool {
        !matches!(self.test, Test::Funding { .. })
    }

    fn is(&self, is: Is, facts: &Facts, document: usize, index: &Index) -> bool {
        let is_fresh = || facts.verified.zip(self.day).is_some_and(|(on, since)| on >= since);
        match is {
            Is::Open => facts.status == Status::Active,
            Is::Stale => !is_fresh(),
            Is::Never => facts.verified.is_none(),
            Is::Verified => is_fresh(),
            Is::Located => !index.book.spots(document).is_empty(),
            Is::Hidden => facts.is_hidden,
            Is::State(state) => facts.status == state,
        }
    }

    fn serves(&self, place: &Where, document: usize, index: &Index) -> bool {
        let is_meant = |area: &u32| self.names.get(*area as usize).copied().unwrap_or_default();
        index.book.facts[document].serves.intersects(place.serves) || index.book.areas(document).iter().any(is_meant)
    }

    /// Whether a record is located in the area of this filter; false for filters that are no area.
    pub fn is_located(&self, document: usize, index: &Index) -> bool {
        let Test::In(place) = self.test else {
            return false;
        };
        let in_town = |town: u32| town != NOWHERE && self.names.get(town as usize).copied().unwrap_or_default();
        index.book.facts[document].located.intersects(place.located)
            || index.book.spots(document).iter().any(|spot| in_town(spot.town))
    }
}

fn is_by(initials: &str, document: usize, index: &Index, workspace: &Workspace) -> bool {
    let Some(record) = index.ids[document].and_then(|id| workspace.get(id)) else {
        return false;
    };
    let verified = match &record {
        AnyRecord::Service(service) => service.verified.as_ref().and_then(|verified| verified.by.clone()),
        _ => None,
    };
    plain(&record.updated().1) == initials || verified.is_some_and(|by| plain(&by) == initials)
}
