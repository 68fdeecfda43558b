//! Services: what exists, for whom, where, and how sure we are.
//!
//! A service is *located at* places and *serves* areas; the two are never mixed. What nobody has stated is *not stated*,
//! never "no". Every fact one would dial or rely on says when and by whom it was last verified; editing is not
//! verifying. The values its fields have are in `values`.

mod checked;
mod derived;
mod marks;
mod values;

use std::borrow::Cow;

use super::change::{Author, Change, Edit, Refusal, listed};
use super::choice::{Choice, Set};
use super::column::{Cell, CellContext, Column, ColumnSource, Emphasis, Sign, SortKey, SortOrder, Width};
use super::date::{self, Date};
use super::field::{Audience, Blank, Holds, SearchField};
use super::opening::{Week, opening};
use super::organisation::Organisation;
use super::record::{FilterInfo, Rules, Section, record};
use super::reference::Ref;
use super::text::Text;
use super::{AnyRecord, Id, Kind, Workspace};

pub use checked::{Checked, Fact};
pub use derived::{Derived, Inferred, UNDECIDED};
pub use values::{Ages, Capacity, Client, Contact, Location, Need, Route, Sex, Source, Status, Verified};

/// A filter for words of an organisation.
pub(super) const ORGANISATION_FILTER: FilterInfo =
    FilterInfo { name: "org:", help: "words of an organisation: org:shelter" };
/// A filter for the sector of the organisations behind a record.
pub(super) const SECTOR_FILTER: FilterInfo = FilterInfo { name: "sector:", help: "voluntary, statutory or private" };
/// A filter for who verified or changed a record.
pub(super) const BY_FILTER: FilterInfo =
    FilterInfo { name: "by:", help: "initials of who verified or changed it: by:KP" };

/// A refuge: nobody sees where it is, not even colleagues.
fn address_is_hidden(record: &AnyRecord, _: Audience, _: &Workspace) -> bool {
    matches!(record, AnyRecord::Service(service) if service.hide_address)
}

record! {
    /// A service.
    Service = services, Kind::Service;
    editable {
        /// What people call it.
        name: Text = "Name", "what people call it", required, public, search(SearchField::Name);
        /// Other names.
        aliases: Vec<Text> = "Also called", "other names, commas between", public, search(SearchField::Alias);
        /// Who delivers it.
        organisation: Option<Ref<Organisation>> = "Delivered by", "the organisation that does the work", public,
            search(SearchField::Organisation), column(30), back("Delivers");
        /// Who commissions it.
        commissioner: Option<Ref<Organisation>> = "Commissioned by", "who asked for it and oversees it", public,
            search(SearchField::Organisation), back("Commissions");
        /// Who pays for it.
        funders: Vec<Ref<Organisation>> = "Funded by", "who pays, commas between", public,
            search(SearchField::Organisation), back("Funds");
        /// Who sends people to it.
        referrers: Vec<Ref<Organisation>> = "Referred by", "who sends people to it, commas between", public,
            search(SearchField::Organisation), back("Refers to");
        /// Whether it runs.
        status: Status = "State", "active, paused, closed or planned", public;
        /// What everybody must know before ringing.
        alert: Option<Text> = "Notice", "what everybody must know before ringing", public, search(SearchField::Text);
        /// What it does.
        summary: Option<Text> = "Summary", "what it does, in a sentence or two", paragraph, public,
            search(SearchField::Text);
        /// Which needs it meets.
        needs: Set<Need> = "Needs", "the needs it meets, commas between", public, search(SearchField::Need);
        /// The ages it is for.
        ages: Option<Ages> = "Ages", "16-25, 18+ or -17; empty: not stated", public;
        /// The sex it is for.
        sex: Option<Sex> = "Sex", "women, men or any; empty: not stated", public;
        /// Where its clients stand with the criminal justice system.
        clients: Set<Client> = "For", "in custody, on probation, victim, family, anyone", public,
            search(SearchField::Need);
        /// Who can have it, in words.
        eligibility: Option<Text> = "Who can have it", "conditions in words: no arson, local link …", paragraph, public,
            search(SearchField::Text);
        /// The areas it serves, whatever its address.
        serves: Vec<Text> = "Serves", "districts, a council or the whole county; not where it is", areas, public,
            search(SearchField::Place);
        /// Where it is.
        locations: Vec<Location> = "Located at", "one a line: name | address | town | postcode | lat, lon", public,
            hidden_if(address_is_hidden, "address hidden");
        /// Whether nobody may see where it is: a refuge.
        hide_address: bool = "Hide address", "yes for a refuge: address and dot appear nowhere", public;
        /// When it is open.
        opening: Option<Text> = "Open", "Mon–Fri 9–5, or in words", paragraph, public, search(SearchField::Text);
        /// What it costs.
        cost: Option<Text> = "Cost", "free, or how much", public, search(SearchField::Text);
        /// How one gets to it.
        routes: Set<Route> = "Ways in", "self, drop-in, referral by agency, appointment", public;
        /// What a referrer has to do.
        how_to_refer: Option<Text> = "How to refer", "form, number, what they will ask", paragraph, public,
            search(SearchField::Text);
        /// Free places and their day.
        capacity: Option<Capacity> = "Places free", "2 of 6 on fri", public;
        /// How long one waits.
        waiting: Option<Text> = "Waiting time", "how long one waits", public, search(SearchField::Text);
        /// Languages spoken.
        languages: Vec<Text> = "Languages", "commas between", public, search(SearchField::Text);
        /// Steps, lifts, loops, parking.
        accessibility: Option<Text> = "Access", "steps, lift, loop, parking", paragraph, public,
            search(SearchField::Text);
        /// The number to ring.
        phone: Option<Text> = "Phone", "the number to ring", public, holds(Holds::Phone);
        /// The address to write to.
        email: Option<Text> = "E-mail", "the address to write to", public, holds(Holds::Email);
        /// Its page.
        url: Option<Text> = "Web", "its web address", public, holds(Holds::Web);
        /// People there.
        contacts: Vec<Contact> = "Contacts", "one a line: name | title | phone | e-mail", personal;
        /// The day its funding ends.
        funding_ends: Option<Date> = "Funding ends", "a day: 31 mar 2027", ahead, public;
        /// What colleagues should know; it stays here and is not exported.
        notes: Option<Text> = "Notes", "for colleagues; never exported", paragraph, search(SearchField::Text);
    }
    system {
        /// When, by whom and how the facts were last checked.
        verified: Option<Verified> = "Verified", public;
        /// What was verified of facts that are others since, as fingerprints.
        verified_as: Checked = "Verified as";
        /// Which values an import read from free text, as fingerprints; a value that is another since is not marked.
        derived: Derived = "Read from the text";
        /// Where it was imported from.
        source: Option<Source> = "Imported from";
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
    /// Checked, but a fact one would dial or rely on has been changed since.
    Changed,
    /// Checked, but longer ago.
    Stale,
    /// Nobody has ever said that they checked.
    Never,
}

/// No places free is believed for this many days; after them nobody knows.
pub const FULL_DAYS: i64 = 14;

/// Whether somebody who asks today can have a service; the earlier, the better. How sure one can be of its facts is
/// another question: [`Freshness`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It runs, and nobody has said lately that it is full.
    Usable,
    /// It runs, and no place was free within the last fortnight.
    Full,
    /// It has not begun.
    Planned,
    /// It stopped and means to go on.
    Paused,
    /// It ended.
    Closed,
}

impl Standing {
    /// What is said of it wherever the service is named; nothing of one that can be had.
    pub fn mark(self) -> Option<&'static str> {
        match self {
            Self::Usable => None,
            Self::Full => Some("full"),
            Self::Planned => Some(Status::Planned.label()),
            Self::Paused => Some(Status::Paused.label()),
            Self::Closed => Some(Status::Closed.label()),
        }
    }
}

impl Rules for Service {
    const FORM: &'static [Section] = &[
        Section::new(
            "On the telephone",
            &[
                "name",
                "status",
                "phone",
                "opening",
                "eligibility",
                "routes",
                "how_to_refer",
                "capacity",
                "serves",
                "needs",
            ],
        ),
        Section::more("What it is", &["summary", "organisation", "aliases", "alert"]),
        Section::more("For whom", &["ages", "sex", "clients"]),
        Section::more("Where", &["locations", "hide_address", "accessibility", "languages"]),
        Section::more("Cost and waiting", &["cost", "waiting"]),
        Section::more("Other ways to reach it", &["email", "url", "contacts"]),
        Section::more("Who stands behind it", &["commissioner", "funders", "referrers", "funding_ends"]),
        Section::more("For colleagues", &["notes"]),
    ];
    const COLUMNS: &'static [Column] = &[
        Column {
            name: "place",
            heading: "Place",
            width: Width::Percent(20),
            in_narrow: true,
            source: ColumnSource::Computed(place_cell),
            order: Some(SortOrder { label: "by place", key: place_key }),
        },
        Column {
            name: "freshness",
            heading: "Verified",
            width: Width::Cells(9),
            in_narrow: false,
            source: ColumnSource::Computed(freshness_cell),
            order: Some(SortOrder { label: "longest unverified first", key: freshness_key }),
        },
    ];
    const LISTED: &'static [&'static str] = &["organisation", "place", "phone", "verified"];
    const FILTERS: &'static [FilterInfo] = &[
        FilterInfo { name: "need:", help: "a need: need:housing" },
        FilterInfo { name: "in:", help: "serves it or is located there: in:purbeck" },
        FilterInfo { name: "serves:", help: "serves a district, council or the county: serves:purbeck" },
        FilterInfo { name: "near:", help: "a postcode, a town or a point; nearest first: near:\"DT4 8\"" },
        FilterInfo { name: "age:", help: "years: age:17" },
        FilterInfo { name: "sex:", help: "f or m" },
        FilterInfo {
            name: "status:",
            help: "of the person: custody, probation, victim, family; of the service: active, paused, closed, planned",
        },
        FilterInfo {
            name: "is:",
            help: "open, stale, never, verified, located, hidden, undecided, paused, closed, planned",
        },
        FilterInfo { name: "funding:", help: "ends within or after: funding:<3m, funding:>1y" },
        ORGANISATION_FILTER,
        SECTOR_FILTER,
        BY_FILTER,
    ];

    fn title<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Borrowed(&self.name)
    }

    fn suffix(&self, today: Date) -> Option<Cow<'_, str>> {
        self.standing(today).mark().map(Cow::Borrowed)
    }

    fn is_set_back(&self, today: Date) -> bool {
        self.standing(today) != Standing::Usable
    }

    fn keep(&mut self, before: &Self) {
        self.keep_checked(before);
        self.keep_derived();
    }

    fn stated(&mut self, field: &str) {
        self.state(field);
    }

    fn unstated(&self, field: &str) -> Option<&'static str> {
        self.said_of_unstated(field)
    }

    fn open_word(&self, field: &str) -> Option<&'static str> {
        (field == Inferred::HideAddress.label() && self.is_hidden_on_suspicion()).then_some(UNDECIDED)
    }

    fn take_open_word(&mut self, field: &str, word: &str) -> bool {
        let is_open = field == Inferred::HideAddress.label() && word.trim().eq_ignore_ascii_case(UNDECIDED);
        if is_open {
            self.hide_address = true;
            self.mark_derived(Inferred::HideAddress);
        }
        is_open
    }

    fn check(&self) -> Result<(), String> {
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
}

/// Where it is; when a distance was asked for, how far; a service that only serves the place says so.
fn place_cell(record: &AnyRecord, context: &CellContext<'_>) -> Cell {
    let Ok(service) = <&Service>::try_from(record) else { return Cell::default() };
    if let Some(km) = context.km {
        return format!("{km:.1} km").into();
    }
    if service.hide_address {
        return "hidden".to_owned().into();
    }
    if context.only_serves {
        return "serves it".to_owned().into();
    }
    match (service.place(), service.serves.first()) {
        (Some(place), _) => place.to_owned().into(),
        (None, Some(area)) => format!("serves {area}").into(),
        (None, None) => Cell::default(),
    }
}

fn place_key(record: &AnyRecord, workspace: &Workspace) -> SortKey {
    let visible = record.visible_to(Audience::Colleagues, workspace);
    let text = <&Service>::try_from(&visible).ok().and_then(Service::place).map(str::to_lowercase);
    SortKey { is_last: text.is_none(), text: text.unwrap_or_default() }
}

/// The sign of how fresh the facts are, and how long ago they were checked.
fn freshness_cell(record: &AnyRecord, context: &CellContext<'_>) -> Cell {
    let Ok(service) = <&Service>::try_from(record) else { return Cell::default() };
    let (glyph, ascii, emphasis) = match service.freshness(context.today) {
        Freshness::Fresh => ("●", "*", Emphasis::Good),
        Freshness::Changed => ("≠", "~", Emphasis::Warn),
        Freshness::Stale => ("◐", "o", Emphasis::Warn),
        Freshness::Never => ("○", ".", Emphasis::Warn),
    };
    let text = match (service.freshness(context.today), &service.verified) {
        (Freshness::Changed, _) => "changed".to_owned(),
        (_, Some(verified)) => date::format_age(verified.on, context.today),
        (_, None) => "never".to_owned(),
    };
    Cell { sign: Some(Sign { glyph, ascii, emphasis }), text }
}

fn freshness_key(record: &AnyRecord, _: &Workspace) -> SortKey {
    let service = <&Service>::try_from(record).ok();
    let on = service.and_then(Service::verified_on).map(|on| on.to_string());
    SortKey { is_last: false, text: on.unwrap_or_default() }
}

impl Service {
    /// Its first town or place.
    pub fn place(&self) -> Option<&str> {
        let first = self.locations.first()?;
        first.town.as_ref().or(first.postcode.as_ref()).or(first.name.as_ref()).map(Text::as_str)
    }

    /// The number one would dial: its own, else its first contact's.
    pub fn any_phone(&self) -> Option<&str> {
        let contact = || self.contacts.iter().find_map(|contact| contact.phone.as_ref());
        self.phone.as_ref().or_else(contact).map(Text::as_str)
    }

    /// How far its facts can be trusted today.
    pub fn freshness(&self, today: Date) -> Freshness {
        match self.verified_on() {
            None => Freshness::Never,
            Some(Date::MIN) => Freshness::Changed,
            Some(on) if on >= date::months_before(today, STALE_MONTHS) => Freshness::Fresh,
            Some(_) => Freshness::Stale,
        }
    }

    /// The day on which its facts were verified as they stand; the earliest day there is where one of them was changed
    /// since.
    pub fn verified_on(&self) -> Option<Date> {
        let is_changed = !self.changed_since_verified().is_empty();
        self.verified.as_ref().map(|verified| if is_changed { Date::MIN } else { verified.on })
    }

    /// Whether somebody who asks today can have it.
    pub fn standing(&self, today: Date) -> Standing {
        let is_full = |capacity: Capacity| capacity.available == 0 && (today - capacity.on).num_days() <= FULL_DAYS;
        match self.status {
            Status::Active if self.capacity.is_some_and(is_full) => Standing::Full,
            Status::Active => Standing::Usable,
            Status::Planned => Standing::Planned,
            Status::Paused => Standing::Paused,
            Status::Closed => Standing::Closed,
        }
    }

    /// When it is open, where its words can be read.
    pub fn week(&self) -> Option<Week> {
        opening(self.opening.as_deref()?)
    }

    /// Whether its funding ends within three months, or has ended.
    pub fn funding_warns(&self, today: Date) -> bool {
        self.funding_ends.is_some_and(|ends| ends <= date::months_after(today, WARN_MONTHS))
    }

    /// Whether its funding has ended: on the last day of it there still is money.
    pub fn funding_ended(&self, today: Date) -> bool {
        self.funding_ends.is_some_and(|ends| ends < today)
    }

    /// "ends 31 Mar 2027", or "ended" with the day.
    pub fn funding_in_words(&self, today: Date) -> Option<String> {
        let word = if self.funding_ended(today) { "ended" } else { "ends" };
        self.funding_ends.map(|ends| format!("{word} {}", date::format_date(ends, today)))
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
        service.hold_to(&service.clone());
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
    fn no_place_free_is_believed_for_a_fortnight() {
        let today = "2026-11-21".parse().unwrap();
        let standing = |status, available, on: &str| {
            let capacity = Some(Capacity { available, maximum: Some(6), on: on.parse().unwrap() });
            Service { status, capacity, ..Service::default() }.standing(today)
        };
        assert_eq!(standing(Status::Active, 0, "2026-11-07"), Standing::Full);
        assert_eq!(standing(Status::Active, 0, "2026-11-06"), Standing::Usable);
        assert_eq!(standing(Status::Active, 1, "2026-11-21"), Standing::Usable);
        assert_eq!(standing(Status::Paused, 0, "2026-11-21"), Standing::Paused);
        let order = [Standing::Usable, Standing::Full, Standing::Planned, Standing::Paused, Standing::Closed];
        assert!(order.is_sorted());
    }
}
