//! Filters such as `need:housing`: their names, parsing their values, and testing records. The words that values go by
//! are in `vocabulary`.
//!
//! An unknown value is not "no": a service that states no age limit passes every `age:`, and so with sex and clients. A
//! hidden address is in no column, so no filter finds it.

mod vocabulary;

use std::num::NonZeroU32;

use super::Index;
use super::columns::{FilterRow, NO_TOWN};
use super::field_filter::{FieldTest, field_of};
use super::words::normalized;
use crate::model::Workspace;
use crate::model::choice::{Choice, Set};
use crate::model::date::{self, Date};
use crate::model::organisation::Sector;
use crate::model::place::{Atlas, Districts, Point};
use crate::model::service::{Ages, Client, Need, STALE_MONTHS, Sex, Status};
use crate::model::thesaurus::Thesaurus;

pub(super) use vocabulary::IS_VALUES;
use vocabulary::{CLIENTS, IsValue, MATCH_LEVELS, MatchLevel, SECTORS, SEXES, STATUSES, match_choices, matches_word};

/// A parsed filter value: what a record must be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Predicate {
    Needs(Set<Need>),
    Clients(Set<Client>),
    Status(Status),
    Sex(Sex),
    Ages(Ages),
    Sectors(Set<Sector>),
    Is(IsValue),
    /// `span` counts from the day of the search, so a query kept overnight stays right.
    Funding {
        ends_before: bool,
        span: String,
    },
    In(PlaceMatch),
    Serves(PlaceMatch),
    Near(Point),
    By(String),
    /// A word of `is:` that the kinds declare.
    State(&'static str),
    /// A field that is declared to be a filter.
    Field(FieldTest),
}

/// What the value of `in:` or `serves:` stands for: districts, and names of towns and areas.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PlaceMatch {
    /// A service that serves one of these matches.
    serves: Districts,
    /// A location in one of these matches.
    located: Districts,
    /// Normalized names of towns and areas that match.
    names: Vec<String>,
}

/// Parses the value of a filter.
///
/// # Errors
/// A sentence that says what the filter takes.
pub(super) fn parse_predicate(name: &str, value: &str, index: &Index, atlas: &Atlas) -> Result<Predicate, String> {
    let invalid = |takes: String| format!("{name}{value} means nothing here: {takes}");
    let one_of = |labels: &[&str]| invalid(format!("choose from {}", labels.join(", ")));
    if let Some(field) = field_of(name, &index.kinds) {
        return FieldTest::parse(field, value).map(Predicate::Field).map_err(invalid);
    }
    match name {
        "need:" => non_empty(match_choices(value, &[], |typed| index.thesaurus.of_value(typed).needs))
            .map(Predicate::Needs)
            .ok_or_else(|| one_of(Need::LABELS)),
        "sector:" => non_empty(match_choices(value, &SECTORS, |_| Set::default()))
            .map(Predicate::Sectors)
            .ok_or_else(|| one_of(Sector::LABELS)),
        "sex:" => match_choices(value, &SEXES, |typed| index.thesaurus.of_value(typed).sex.into_iter().collect())
            .iter()
            .next()
            .map(Predicate::Sex)
            .ok_or_else(|| one_of(Sex::LABELS)),
        "status:" => {
            parse_status(value, &index.thesaurus).ok_or_else(|| one_of(&[Client::LABELS, Status::LABELS].concat()))
        }
        "is:" if !states(index).is_empty() => {
            parse_state(value, index).map(Predicate::State).ok_or_else(|| one_of(&states(index)))
        }
        "is:" => parse_is(value).map(Predicate::Is).ok_or_else(|| one_of(&IS_VALUES.map(|(word, _)| word))),
        "age:" => {
            parse_ages(value).map(Predicate::Ages).ok_or_else(|| invalid("write years, such as age:17".to_owned()))
        }
        "funding:" => parse_funding(value).ok_or_else(|| invalid("write funding:<3m or funding:>1y".to_owned())),
        "by:" => Ok(Predicate::By(normalized(value))),
        "near:" => parse_near(value, index, atlas)
            .map(Predicate::Near)
            .ok_or_else(|| invalid("write a postcode such as DT4 8, a town on the map, or a point".to_owned())),
        _ => {
            let place = PlaceMatch::parse(value, index, atlas)
                .ok_or_else(|| invalid("it is no district, council or town on the map or in the records".to_owned()))?;
            Ok(if name == "serves:" { Predicate::Serves(place) } else { Predicate::In(place) })
        }
    }
}

fn non_empty<C: Choice>(set: Set<C>) -> Option<Set<C>> {
    (!set.is_empty()).then_some(set)
}

fn parse_status(value: &str, thesaurus: &Thesaurus) -> Option<Predicate> {
    let statuses = match_choices(value, &STATUSES, |_| Set::default());
    let meant = |typed: &str| if statuses.is_empty() { thesaurus.of_value(typed).clients } else { Set::default() };
    let clients = match_choices(value, &CLIENTS, meant);
    let typed = normalized(value);
    let is_status = Status::ALL.iter().any(|status| status.label() == typed);
    match (non_empty(clients), statuses.iter().next()) {
        (Some(clients), None) => Some(Predicate::Clients(clients)),
        (Some(clients), Some(_)) if !is_status => Some(Predicate::Clients(clients)),
        (_, status) => status.map(Predicate::Status),
    }
}

fn parse_is(value: &str) -> Option<IsValue> {
    let typed = normalized(value);
    let find = |level| IS_VALUES.iter().find(|(word, _)| matches_word(word, &typed, level)).map(|(_, value)| *value);
    MATCH_LEVELS.into_iter().find_map(find)
}

/// The words of `is:` that the kinds of an index declare.
pub(super) fn states(index: &Index) -> Vec<&'static str> {
    index.kinds.iter().flat_map(|kind| kind.states()).collect()
}

fn parse_state(value: &str, index: &Index) -> Option<&'static str> {
    let (typed, words) = (normalized(value), states(index));
    let find = |level| words.iter().copied().find(|word| matches_word(&normalized(word), &typed, level));
    MATCH_LEVELS.into_iter().find_map(find)
}

fn parse_ages(value: &str) -> Option<Ages> {
    let number = |text: &str| text.trim().parse::<u8>().ok();
    let value = value.replace('–', "-");
    let (from, to) = match value.split_once('-') {
        None => (number(&value)?, number(&value)?),
        Some((from, "")) => (number(from)?, u8::MAX),
        Some((from, to)) => (number(from)?, number(to)?),
    };
    Some(Ages { from: Some(from), to: Some(to) })
}

fn parse_funding(value: &str) -> Option<Predicate> {
    let ends_before = !value.starts_with('>');
    let mut span = value.trim_start_matches(['<', '>', '=']).to_lowercase();
    if span.bytes().all(|b| b.is_ascii_digit()) && !span.is_empty() {
        span.push('m'); // a bare number means months
    }
    date::parse_date(&span, Date::default()).ok()?;
    Some(Predicate::Funding { ends_before, span })
}

fn parse_near(value: &str, index: &Index, atlas: &Atlas) -> Option<Point> {
    if let Some(point) = atlas.find(value) {
        return Some(point);
    }
    let typed = normalized(value);
    let code =
        atlas.postcodes.iter().find(|postcode| !typed.is_empty() && normalized(&postcode.code).starts_with(&typed));
    let is_fuzzy = |name: &str| matches_word(&normalized(name), &typed, MatchLevel::Fuzzy);
    let place = || atlas.places.iter().find(|place| is_fuzzy(&place.name)).map(|place| place.point);
    let district = || atlas.districts.iter().find(|district| is_fuzzy(&district.name)).map(|district| district.label);
    code.map(|code| code.point).or_else(|| town_centroid(&typed, index)).or_else(place).or_else(district)
}

/// The mean of the points of a town that is in the records but not on the map.
fn town_centroid(town: &str, index: &Index) -> Option<Point> {
    let number = |level| index.columns.names.iter().position(|(name, _)| matches_word(name, town, level));
    let number = number(MatchLevel::Exact).or_else(|| number(MatchLevel::Prefix))? as u32;
    let points: Vec<Point> = (0..index.ids.len())
        .flat_map(|document| index.columns.sites(document))
        .filter(|site| site.town == number)
        .filter_map(|site| site.point())
        .collect();
    let count = points.len() as f64;
    let sum = points.iter().fold(Point(0.0, 0.0), |sum, point| Point(sum.0 + point.0, sum.1 + point.1));
    (count > 0.0).then(|| Point(sum.0 / count, sum.1 / count))
}

impl PlaceMatch {
    fn parse(value: &str, index: &Index, atlas: &Atlas) -> Option<Self> {
        let typed = normalized(value);
        if typed.is_empty() {
            return None;
        }
        if let Some(districts) = atlas.area(value) {
            return Some(Self { serves: districts, located: districts, names: vec![typed] });
        }
        MATCH_LEVELS.into_iter().find_map(|level| Self::lookup(&typed, level, index, atlas))
    }

    /// Every town and area that matches what was typed at this level.
    fn lookup(typed: &str, level: MatchLevel, index: &Index, atlas: &Atlas) -> Option<Self> {
        let mut found = Self::default();
        let towns = atlas.places.iter().filter(|place| &*place.kind == "town");
        for town in towns.filter(|town| matches_word(&normalized(&town.name), typed, level)) {
            let district = atlas.districts.iter().position(|district| district.name == town.district);
            found.serves = found.serves.union(district.into_iter().collect());
            found.names.push(normalized(&town.name));
        }
        for area in atlas.area_names().into_iter().filter(|area| matches_word(&normalized(area), typed, level)) {
            let districts = atlas.area(area).unwrap_or_default();
            found.serves = found.serves.union(districts);
            found.located = found.located.union(districts);
        }
        let stated = index.columns.names.iter().filter(|(name, _)| matches_word(name, typed, level));
        found.names.extend(stated.map(|(name, _)| name.to_string()));
        (found != Self::default()).then_some(found)
    }
}

/// A predicate prepared for one search: names resolved to ids, spans to dates.
pub(super) struct CompiledFilter<'a> {
    predicate: &'a Predicate,
    /// For each name of the columns, whether it matches.
    name_matches: Vec<bool>,
    day: Option<Date>,
    /// Who signed, if anybody signs so.
    signature: Option<NonZeroU32>,
    today: Date,
}

impl<'a> CompiledFilter<'a> {
    pub fn new(predicate: &'a Predicate, index: &Index, today: Date) -> Self {
        let mut compiled = Self { predicate, name_matches: Vec::new(), day: None, signature: None, today };
        match predicate {
            Predicate::In(place) | Predicate::Serves(place) => {
                let is_wanted = |name: &str| place.names.iter().any(|wanted| wanted == name);
                compiled.name_matches = index.columns.names.iter().map(|(name, _)| is_wanted(name)).collect();
            }
            Predicate::Funding { span, .. } => compiled.day = date::parse_date(span, today).ok(),
            Predicate::By(initials) => compiled.signature = index.columns.signature(initials),
            Predicate::Is(_) => compiled.day = Some(date::months_before(today, STALE_MONTHS)),
            _ => {}
        }
        compiled
    }

    /// Whether a record matches; `None` where it does not state the value.
    pub fn matches(&self, document: usize, index: &Index, workspace: &Workspace) -> Option<bool> {
        let row = &index.columns.rows[document];
        match self.predicate {
            Predicate::Needs(needs) => Some(row.needs.meets(*needs)),
            Predicate::Clients(clients) if row.clients.is_empty() && !clients.is_empty() => None,
            Predicate::Clients(clients) => Some(row.clients.meets(*clients) || row.clients.has(Client::Anyone)),
            Predicate::Status(status) => Some(row.status == *status),
            Predicate::Sex(sex) => row.sex.map(|is| is == *sex || is == Sex::Any || *sex == Sex::Any),
            Predicate::Ages(ages) => row.ages.map(|limits| limits.meet(*ages)),
            Predicate::Sectors(sectors) => {
                (!row.sectors.is_empty()).then(|| row.sectors.meets(*sectors)).or(Some(false))
            }
            Predicate::Is(value) => Some(self.is(*value, row, document, index)),
            Predicate::Funding { ends_before, .. } => {
                let (ends, day) = row.funding_ends.zip(self.day)?;
                Some(if *ends_before { ends <= day } else { ends >= day })
            }
            Predicate::In(place) => Some(self.serves(place, document, index) || self.is_located(document, index)),
            Predicate::Serves(place) => Some(self.serves(place, document, index)),
            Predicate::Near(_) => Some(true),
            Predicate::By(_) => Some(self.signature.is_some() && row.signatures.contains(&self.signature)),
            Predicate::State(word) => index.record(document, workspace)?.is(word, workspace, self.today),
            Predicate::Field(test) => test.matches(&index.record(document, workspace)?, workspace, self.today),
        }
    }

    /// Whether a record that does not state the value passes. It does for limits, where saying nothing means no limit;
    /// a date, a name or a state that is not known answers no question about it.
    pub fn accepts_unknown(&self) -> bool {
        !matches!(self.predicate, Predicate::Funding { .. } | Predicate::State(_) | Predicate::Field(_))
    }

    fn is(&self, value: IsValue, row: &FilterRow, document: usize, index: &Index) -> bool {
        let is_fresh = || row.verified.zip(self.day).is_some_and(|(on, since)| on >= since);
        match value {
            IsValue::Open => row.status == Status::Active,
            IsValue::Stale => !is_fresh(),
            IsValue::Never => row.verified.is_none(),
            IsValue::Verified => is_fresh(),
            IsValue::Located => !index.columns.sites(document).is_empty(),
            IsValue::Hidden => row.is_hidden,
            IsValue::Undecided => row.is_undecided,
            IsValue::Status(status) => row.status == status,
        }
    }

    fn serves(&self, place: &PlaceMatch, document: usize, index: &Index) -> bool {
        let is_wanted = |area: &u32| self.name_matches.get(*area as usize).copied().unwrap_or_default();
        index.columns.rows[document].serves.intersects(place.serves)
            || index.columns.areas(document).iter().any(is_wanted)
    }

    /// Whether a record is located in the area of an `in:` filter; false for every other filter.
    pub fn is_located(&self, document: usize, index: &Index) -> bool {
        let Predicate::In(place) = self.predicate else {
            return false;
        };
        let in_town = |town: u32| town != NO_TOWN && self.name_matches.get(town as usize).copied().unwrap_or_default();
        index.columns.rows[document].located.intersects(place.located)
            || index.columns.sites(document).iter().any(|site| in_town(site.town))
    }
}
