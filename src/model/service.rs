//! Services: what exists, for whom, where, and how sure we are.
//!
//! A service is *located at* places and *serves* areas; the two are never mixed. What nobody has stated is *not stated*,
//! never "no". Every fact one would dial or rely on says when and by whom it was last verified; editing is not
//! verifying.

use serde::{Deserialize, Serialize};

use super::change::{Author, Change, Edit, Refusal, listed};
use super::choice::{Choice, Set, choices};
use super::date::{self, Date};
use super::place::Point;
use super::record::{atomic_merge, record};
use super::text::Text;
use super::typed::{Blank, FieldType, FieldValue, ParseContext, Ref, absent_or};
use super::{AnyRecord, Id, Kind, Workspace};

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

/// A place at which a service is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// The name of the building.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub name: Option<Text>,
    /// Street and number.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub address: Option<Text>,
    /// Town or village.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub town: Option<Text>,
    /// Postcode.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub postcode: Option<Text>,
    /// Where it is on the earth.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub point: Option<Point>,
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

impl FieldValue for Vec<Location> {
    fn format(&self, _: &Workspace) -> String {
        let say = |location: &Location| {
            let part = |text: &Option<Text>| text.as_deref().unwrap_or_default().replace(['|', '\n'], " ");
            let mut row = [&location.name, &location.address, &location.town, &location.postcode].map(part).to_vec();
            row.extend(location.point.map(|point| point.to_string()));
            row.join(" | ")
        };
        self.iter().map(say).collect::<Vec<_>>().join("\n")
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        let read = |line: &str| {
            let parts: Vec<&str> = line.split('|').collect();
            let part = |at: usize| parts.get(at).and_then(|text| Text::some(text));
            if parts.len() < 3 || parts.len() > 5 {
                return Err("write: name | address | town | postcode | lat, lon (an empty part stays empty)".to_owned());
            }
            let point = parts.get(4).map(|text| text.trim()).filter(|text| !text.is_empty());
            let point = point.map(str::parse::<Point>).transpose()?;
            Ok(Location { name: part(0), address: part(1), town: part(2), postcode: part(3), point })
        };
        typed.lines().filter(|line| !line.trim().is_empty()).map(read).collect()
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
    fn format(&self, _: &Workspace) -> String {
        match self {
            Some(Capacity { available, maximum: Some(maximum), on }) => format!("{available} of {maximum} on {on}"),
            Some(Capacity { available, maximum: None, on }) => format!("{available} on {on}"),
            None => String::new(),
        }
    }
    fn parse(typed: &str, context: ParseContext<'_>) -> Result<Self, String> {
        absent_or(typed, |typed| {
            let wrong = || "write free places and the day: 2 of 6 on fri, or 2 of 6 (today)".to_owned();
            let (numbers, on) = match typed.split_once(" on ") {
                Some((numbers, day)) => (numbers, date::parse_date(day, context.today)?),
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

/// Somebody at the service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Their name; a role or a context is a name too.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub name: Option<Text>,
    /// What they are called there.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub title: Option<Text>,
    /// Their number.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub phone: Option<Text>,
    /// Their address.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub email: Option<Text>,
}

impl FieldValue for Vec<Contact> {
    fn format(&self, _: &Workspace) -> String {
        let say = |contact: &Contact| {
            let part = |text: &Option<Text>| text.as_deref().unwrap_or_default().replace(['|', '\n'], " ");
            [&contact.name, &contact.title, &contact.phone, &contact.email].map(part).join(" | ")
        };
        self.iter().map(say).collect::<Vec<_>>().join("\n")
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        let read = |line: &str| {
            let parts: Vec<&str> = line.split('|').collect();
            let part = |at: usize| parts.get(at).and_then(|text| Text::some(text));
            let contact = Contact { name: part(0), title: part(1), phone: part(2), email: part(3) };
            if parts.len() > 4 || contact == Contact::default() {
                return Err("write: name | title | phone | e-mail (an empty part stays empty)".to_owned());
            }
            Ok(contact)
        };
        typed.lines().filter(|line| !line.trim().is_empty()).map(read).collect()
    }
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
atomic_merge!(Vec<Location>, Vec<Contact>, Status);

record! {
    /// A service.
    Service = Kind::Service;
    editable {
        /// What people call it.
        name: Text = "Name", FieldType::Line, "what people call it";
        /// Other names.
        aliases: Vec<Text> = "Also called", FieldType::Words, "other names, commas between";
        /// Who delivers it.
        organisation: Option<Ref> = "Delivered by", FieldType::Organisation, "the organisation that does the work";
        /// Who commissions it.
        commissioner: Option<Ref> = "Commissioned by", FieldType::Organisation, "who asked for it and oversees it";
        /// Who pays for it.
        funders: Vec<Ref> = "Funded by", FieldType::Organisations, "who pays, commas between";
        /// Who sends people to it.
        referrers: Vec<Ref> = "Referred by", FieldType::Organisations, "who sends people to it, commas between";
        /// Whether it runs.
        status: Status = "State", FieldType::One(Status::LABELS), "active, paused, closed or planned";
        /// What everybody must know before ringing.
        alert: Option<Text> = "Notice", FieldType::Line, "what everybody must know before ringing";
        /// What it does.
        summary: Option<Text> = "Summary", FieldType::Paragraph, "what it does, in a sentence or two";
        /// Which needs it meets.
        needs: Set<Need> = "Needs", FieldType::Some(Need::LABELS), "the needs it meets, commas between";
        /// The ages it is for.
        ages: Option<Ages> = "Ages", FieldType::Numbers, "16-25, 18+ or -17; empty: not stated";
        /// The sex it is for.
        sex: Option<Sex> = "Sex", FieldType::One(Sex::LABELS), "women, men or any; empty: not stated";
        /// Where its clients stand with the criminal justice system.
        clients: Set<Client> = "For", FieldType::Some(Client::LABELS), "in custody, on probation, victim, family, anyone";
        /// Who can have it, in words.
        eligibility: Option<Text> = "Who can have it", FieldType::Paragraph, "conditions in words: no arson, local link …";
        /// The areas it serves, whatever its address.
        serves: Vec<Text> = "Serves", FieldType::Areas, "districts, a council or the whole county; not where it is";
        /// Where it is.
        locations: Vec<Location> = "Located at", FieldType::Rows, "one a line: name | address | town | postcode | lat, lon";
        /// Whether nobody may see where it is: a refuge.
        hide_address: bool = "Hide address", FieldType::Flag, "yes for a refuge: address and dot appear nowhere";
        /// When it is open.
        opening: Option<Text> = "Open", FieldType::Paragraph, "Mon–Fri 9–5, or in words";
        /// What it costs.
        cost: Option<Text> = "Cost", FieldType::Line, "free, or how much";
        /// How one gets to it.
        routes: Set<Route> = "Ways in", FieldType::Some(Route::LABELS), "self, drop-in, referral by agency, appointment";
        /// What a referrer has to do.
        how_to_refer: Option<Text> = "How to refer", FieldType::Paragraph, "form, number, what they will ask";
        /// Free places and their day.
        capacity: Option<Capacity> = "Places free", FieldType::Numbers, "2 of 6 on fri";
        /// How long one waits.
        waiting: Option<Text> = "Waiting time", FieldType::Line, "how long one waits";
        /// Languages spoken.
        languages: Vec<Text> = "Languages", FieldType::Words, "commas between";
        /// Steps, lifts, loops, parking.
        accessibility: Option<Text> = "Access", FieldType::Paragraph, "steps, lift, loop, parking";
        /// The number to ring.
        phone: Option<Text> = "Phone", FieldType::Line, "the number to ring";
        /// The address to write to.
        email: Option<Text> = "E-mail", FieldType::Line, "the address to write to";
        /// Its page.
        url: Option<Text> = "Web", FieldType::Line, "its web address";
        /// People there.
        contacts: Vec<Contact> = "Contacts", FieldType::Rows, "one a line: name | title | phone | e-mail";
        /// The day its funding ends.
        funding_ends: Option<Date> = "Funding ends", FieldType::Date, "a day: 31 mar 2027";
        /// What colleagues should know; it stays here and is not exported.
        notes: Option<Text> = "Notes", FieldType::Paragraph, "for colleagues; never exported";
    }
    system {
        /// When, by whom and how the facts were last checked.
        verified: Option<Verified>;
        /// Where it was imported from.
        source: Option<Source>;
    }
}

#[allow(clippy::derivable_impls)] // the enum is written by a macro that knows no default
impl Default for Status {
    fn default() -> Self {
        Self::Active
    }
}
impl Blank for Status {
    fn is_blank(&self) -> bool {
        *self == Self::Active
    }
}
impl FieldValue for Status {
    fn format(&self, _: &Workspace) -> String {
        self.label().to_owned()
    }
    fn parse(typed: &str, _: ParseContext<'_>) -> Result<Self, String> {
        if typed.trim().is_empty() { Ok(Self::Active) } else { <Self as Choice>::parse(typed) }
    }
}

/// A service not checked for this many months is to be checked again.
pub const STALE_MONTHS: u32 = 12;

/// Funding that ends within this many months warns.
pub const WARN_MONTHS: u32 = 3;

/// How far a service's facts can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freshness {
    /// Checked within twelve months.
    Fresh,
    /// Checked, but longer ago.
    Stale,
    /// Nobody has ever said that they checked.
    Never,
}

impl Service {
    fn check_more(&self) -> Result<(), String> {
        if self.ages.is_some_and(|ages| ages.from.zip(ages.to).is_some_and(|(from, to)| from > to)) {
            return Err("ages: the youngest is older than the oldest".to_owned());
        }
        if self.capacity.is_some_and(|c| c.maximum.is_some_and(|maximum| c.available > maximum)) {
            return Err("capacity: more places are free than there are".to_owned());
        }
        if self.locations.iter().filter_map(|l| l.point).any(|point| !point.is_valid()) {
            return Err("locations: a point is (latitude, longitude) within ±90 and ±180".to_owned());
        }
        Ok(())
    }

    /// Whether it points to this organisation in any role.
    pub fn names(&self, organisation: &Ref) -> bool {
        self.organisation.as_ref() == Some(organisation)
            || self.commissioner.as_ref() == Some(organisation)
            || self.funders.contains(organisation)
            || self.referrers.contains(organisation)
    }

    /// Where it is, as far as anybody may see: nothing where the address is hidden.
    pub fn shown_locations(&self) -> &[Location] {
        if self.hide_address { &[] } else { &self.locations }
    }

    /// Its first town or place, as far as anybody may see.
    pub fn place(&self) -> Option<&str> {
        let first = self.shown_locations().first()?;
        first.town.as_ref().or(first.postcode.as_ref()).or(first.name.as_ref()).map(Text::as_str)
    }

    /// The number one would dial: its own, else its first contact's.
    pub fn any_phone(&self) -> Option<&str> {
        let contact = || self.contacts.iter().find_map(|contact| contact.phone.as_ref());
        self.phone.as_ref().or_else(contact).map(Text::as_str)
    }

    /// How far its facts can be trusted today.
    pub fn freshness(&self, today: Date) -> Freshness {
        match &self.verified {
            None => Freshness::Never,
            Some(verified) if verified.on >= date::months_before(today, STALE_MONTHS) => Freshness::Fresh,
            Some(_) => Freshness::Stale,
        }
    }

    /// Whether its funding ends within three months, or has ended.
    pub fn funding_warns(&self, today: Date) -> bool {
        self.funding_ends.is_some_and(|ends| ends <= date::months_after(today, WARN_MONTHS))
    }

    /// Whether it is run by whoever calls it theirs and can be used: not paused, closed or only planned.
    pub fn is_open(&self) -> bool {
        self.status == Status::Active
    }
}

/// Says that the facts of some services have been checked.
///
/// # Errors
/// An id that is no service.
pub fn verify(workspace: &Workspace, ids: &[Id], how: Option<&str>, author: &Author) -> Result<Change, Refusal> {
    each(workspace, ids, author, "verified", |service| {
        service.verified =
            Some(Verified { on: author.today, by: Text::some(&author.by), how: how.and_then(Text::some) });
    })
}

/// Pauses, closes, plans or opens services.
///
/// # Errors
/// An id that is no service.
pub fn set_status(workspace: &Workspace, ids: &[Id], status: Status, author: &Author) -> Result<Change, Refusal> {
    let done = match status {
        Status::Active => "active again",
        Status::Paused => "paused",
        Status::Closed => "closed",
        Status::Planned => "marked as planned",
    };
    each(workspace, ids, author, done, |service| service.status = status)
}

/// One change that does the same to several services.
fn each(
    workspace: &Workspace,
    ids: &[Id],
    author: &Author,
    done: &str,
    act: impl Fn(&mut Service),
) -> Result<Change, Refusal> {
    let mut edits = Vec::new();
    let mut names = Vec::new();
    for id in ids {
        let Some(service) = workspace.services.get(*id) else {
            return Err(Refusal(format!("{id} is not a service here; see `moot list services`")));
        };
        let before = AnyRecord::Service(service.clone());
        let mut after = Service::clone(service);
        act(&mut after);
        after.updated = author.stamp(Some(&before));
        names.push(after.name.to_string());
        edits.extend(Edit::new(Some(before), Some(after.into())));
    }
    Ok(Change { edits, sentence: format!("{} {done}", listed(&names)) })
}

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
