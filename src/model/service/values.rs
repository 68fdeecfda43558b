//! The values that the fields of a service have: needs, ages, places, free places, contacts, who checked the facts.

use serde::{Deserialize, Serialize};

use crate::model::Workspace;
use crate::model::choice::choices;
use crate::model::date::{self, Date, Lean};
use crate::model::field::{
    Blank, FieldType, FieldValue, Holds, ParseContext, SearchField, absent_or, default_choice, kept_by_the_program,
};
use crate::model::place::Point;
use crate::model::row::row;
use crate::model::text::Text;

choices! {
    /// What a person needs. The list follows the pathways out of offending and the groups the partnership speaks of.
    Need {
        /// A bed, a tenancy, keeping it.
        Accommodation = "accommodation",
        /// Work, training, school.
        Employment = "employment, training and education",
        /// Money, benefits, debt.
        Finance = "finance, benefit and debt",
        /// Drugs and alcohol.
        DrugsAndAlcohol = "drugs and alcohol",
        /// Mental health.
        MentalHealth = "mental health",
        /// Physical health.
        PhysicalHealth = "physical health",
        /// Family and relationships.
        Family = "family and relationships",
        /// Attitudes, thinking and behaviour.
        Attitudes = "attitudes and thinking",
        /// Mentors and peers.
        Mentoring = "mentoring and peer support",
        /// Victims, and meetings with those who harmed them.
        Victims = "victims and restorative justice",
        /// Services made for women.
        Women = "women",
        /// Services made for young people.
        YoungPeople = "young people",
        /// Services made for those who served in the forces.
        Veterans = "veterans",
        /// Advice, lawyers, courts.
        Legal = "advice and legal",
        /// Chaplains and communities of faith.
        Faith = "faith and chaplaincy",
    }
}

choices! {
    /// Which sex a service is for; not stated is not "any".
    Sex {
        /// Women only.
        Female = "women",
        /// Men only.
        Male = "men",
        /// Said to be for everyone.
        Any = "any",
    }
}

choices! {
    /// Where somebody stands with the criminal justice system.
    Client {
        /// In prison or another place of custody.
        InCustody = "in custody",
        /// Under supervision in the community, on licence or on an order.
        OnProbation = "on probation",
        /// Harmed by a crime.
        Victim = "victim",
        /// Belonging to one of them.
        Family = "family",
        /// Anyone at all.
        Anyone = "anyone",
    }
}

choices! {
    /// How a person gets to a service.
    Route {
        /// They ask for it themselves.
        SelfReferral = "self",
        /// They walk in.
        DropIn = "drop-in",
        /// An agency sends them.
        Agency = "referral by agency",
        /// With an appointment.
        Appointment = "appointment",
    }
}

choices! {
    /// Whether the service runs.
    Status {
        /// It runs.
        Active = "active",
        /// It stopped and means to go on.
        Paused = "paused",
        /// It ended.
        Closed = "closed",
        /// It has not begun.
        Planned = "planned",
    }
}

/// Ages a service is for; each end may be unstated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ages {
    /// The youngest, in years.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub from: Option<u8>,
    /// The oldest, in years.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub to: Option<u8>,
}

impl Ages {
    /// Whether some age is within both limits; an end that is not stated excludes nobody.
    pub fn meet(self, other: Self) -> bool {
        let from = self.from.max(other.from);
        let to = [self.to, other.to].into_iter().flatten().min();
        from.zip(to).is_none_or(|(from, to)| from <= to)
    }
}

impl FieldValue for Option<Ages> {
    const TYPE: FieldType = FieldType::Notation;
    fn format(&self, _: &Workspace) -> String {
        match self {
            Some(Ages { from: Some(from), to: Some(to) }) => format!("{from}–{to}"),
            Some(Ages { from: Some(from), to: None }) => format!("{from}+"),
            Some(Ages { from: None, to: Some(to) }) => format!("–{to}"),
            _ => String::new(),
        }
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        absent_or(typed, |typed| {
            let wrong = || "write ages as 16-25, 18+ or -17".to_owned();
            let number = |text: &str| match text.trim() {
                "" => Ok(None),
                text => text.parse::<u8>().map(Some).map_err(|_| wrong()),
            };
            let typed = typed.replace(['–', '—'], "-");
            let ages = match (typed.trim().strip_suffix('+'), typed.split_once('-')) {
                (Some(from), _) => Ages { from: number(from)?, to: None },
                (None, Some((from, to))) => Ages { from: number(from)?, to: number(to)? },
                (None, None) => return Err(wrong()),
            };
            if ages == Ages::default() || ages.from.zip(ages.to).is_some_and(|(from, to)| from > to) {
                return Err(wrong());
            }
            Ok(ages)
        })
    }
}

row! {
    /// A place at which a service is.
    Location;
    /// The name of the building.
    name: Option<Text> = "Name", "the name of the building", search(SearchField::Place);
    /// Street and number.
    address: Option<Text> = "Address", "street and number", search(SearchField::Text);
    /// Town or village.
    town: Option<Text> = "Town", "town or village", search(SearchField::Place);
    /// Postcode.
    postcode: Option<Text> = "Postcode", "postcode", search(SearchField::Place), holds(Holds::Postcode);
    /// Where it is on the earth.
    point: Option<Point> = "Lat, lon", "latitude, longitude: 50.61, -2.46";
}

impl Location {
    /// Its parts in one line, without the coordinates.
    pub fn line(&self) -> String {
        let parts = [&self.name, &self.address, &self.town, &self.postcode];
        let mut said: Vec<&str> = Vec::new();
        for part in parts.into_iter().flatten() {
            if !said.contains(&part.as_str()) {
                said.push(part);
            }
        }
        said.join(", ")
    }
}

impl FieldValue for Option<Point> {
    const TYPE: FieldType = FieldType::Notation;
    fn format(&self, _: &Workspace) -> String {
        self.map(|point| point.to_string()).unwrap_or_default()
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        absent_or(typed, str::parse)
    }
}

/// How many places there are, and on which day that was true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// Free places.
    pub available: u32,
    /// All places.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub maximum: Option<u32>,
    /// The day on which it was true.
    pub on: Date,
}

impl FieldValue for Option<Capacity> {
    const TYPE: FieldType = FieldType::Notation;
    fn format(&self, _: &Workspace) -> String {
        match self {
            Some(Capacity { available, maximum: Some(maximum), on }) => format!("{available} of {maximum} on {on}"),
            Some(Capacity { available, maximum: None, on }) => format!("{available} on {on}"),
            None => String::new(),
        }
    }
    fn display(&self, _: &Workspace, today: Date) -> String {
        self.map_or_else(String::new, |capacity| {
            let all = capacity.maximum.map(|maximum| format!(" of {maximum}")).unwrap_or_default();
            format!("{}{all} on {}", capacity.available, date::format_date(capacity.on, today))
        })
    }
    fn parse(typed: &str, context: ParseContext<'_>) -> Result<Self, String> {
        absent_or(typed, |typed| {
            let wrong = || "write free places and the day: 2 of 6 on fri, or 2 of 6 (today)".to_owned();
            let (numbers, on) = match typed.split_once(" on ") {
                // Places are counted, not foretold.
                Some((numbers, day)) => (numbers, date::parse_date_leaning(day, context.today, Lean::Back)?),
                None => (typed, context.today),
            };
            let number = |text: &str| text.trim().parse::<u32>().map_err(|_| wrong());
            let (available, maximum) = match numbers.split_once(" of ") {
                Some((available, maximum)) => (number(available)?, Some(number(maximum)?)),
                None => (number(numbers)?, None),
            };
            if maximum.is_some_and(|maximum| available > maximum) {
                return Err("more places are free than there are".to_owned());
            }
            Ok(Capacity { available, maximum, on })
        })
    }
}

row! {
    /// Somebody at the service.
    Contact;
    /// Their name; a role or a desk is a name too.
    name: Option<Text> = "Name", "their name, or that of a role or a desk", search(SearchField::Text);
    /// What they are called there.
    title: Option<Text> = "Title", "what they are called there", search(SearchField::Text);
    /// Their number.
    phone: Option<Text> = "Phone", "their number", holds(Holds::Phone);
    /// Their address.
    email: Option<Text> = "E-mail", "their address", holds(Holds::Email);
}

/// That somebody checked the facts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verified {
    /// The day.
    pub on: Date,
    /// Their initials, or whatever an imported directory says.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub by: Option<Text>,
    /// How: by telephone, by visit, on their page.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub how: Option<Text>,
}

/// Where a record was imported from, and what its source says by now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The directory it comes from.
    pub feed: Text,
    /// Its id there.
    pub id: Text,
    /// The day on which it was no longer in the source.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub missing_since: Option<Date>,
    /// What the source says of fields that were changed here as well: field, its value in words.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub suggestions: Vec<(Text, Text)>,
}
impl FieldValue for Option<Verified> {
    const TYPE: FieldType = FieldType::Notation;
    fn format(&self, _: &Workspace) -> String {
        self.as_ref().map_or_else(
            || "never".to_owned(),
            |verified| {
                let by = verified.by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
                let how = verified.how.as_deref().map(|how| format!(", {how}")).unwrap_or_default();
                format!("{}{by}{how}", verified.on)
            },
        )
    }
    fn parse(_: &str, _: ParseContext<'_>) -> Result<Self, String> {
        kept_by_the_program()
    }
}

impl FieldValue for Option<Source> {
    const TYPE: FieldType = FieldType::Notation;
    fn format(&self, _: &Workspace) -> String {
        self.as_ref().map(|source| format!("{}, as {}", source.feed, source.id)).unwrap_or_default()
    }
    fn parse(_: &str, _: ParseContext<'_>) -> Result<Self, String> {
        kept_by_the_program()
    }
    fn redact(&mut self, hidden: &[&'static str]) {
        if let Some(source) = self {
            source.suggestions.retain(|(field, _)| !hidden.contains(&field.as_str()));
        }
    }
}

default_choice!(Status);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_that_is_not_stated_excludes_nobody() {
        let ages = |from, to| Ages { from, to };
        let seventeen = ages(Some(17), Some(17));
        for (limits, meets) in [
            (ages(None, None), true),
            (ages(Some(16), None), true),
            (ages(None, Some(17)), true),
            (ages(Some(16), Some(25)), true),
            (ages(Some(18), None), false),
            (ages(None, Some(16)), false),
        ] {
            assert_eq!((limits.meet(seventeen), seventeen.meet(limits)), (meets, meets), "{limits:?}");
        }
    }
}
