//! Agreements: what partners contract with one another to do, and who has accepted it.
//!
//! An agreement has parties, the perspectives that were heard, a dated vision, and items that one party has to do with
//! another: an expectation, an offer, a commitment, help with the other's own goal. What may be done to them are the
//! rules in [`acts`]; what a version is, and who has accepted it, stands in [`version`]; whether the partnership works in
//! [`principles`] and [`review`]; what stands between any two organisations in [`between`].

pub mod acts;
pub mod between;
pub mod item;
pub mod principles;
pub mod read;
pub mod review;
pub mod version;

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::change::{Author, Refusal};
use super::choice::choices;
use super::column::{Cell, CellContext, Column, ColumnSource, Width};
use super::date::Date;
use super::field::{Blank, SearchField, default_choice};
use super::organisation::Organisation;
use super::person::Person;
use super::record::{Rules, Section, StateFilter, record};
use super::reference::Ref;
use super::row::row;
use super::text::Text;
use super::{AnyRecord, Kind, Workspace};
pub use item::{Item, ItemSort, ItemState};
pub use review::Review;
pub use version::{Acceptance, Version};

choices! {
    /// What an agreement is for.
    AgreementKind {
        /// To work together.
        Partnership = "partnership",
        /// To bid for work together, under one lead body.
        ConsortiumBid = "consortium bid",
        /// To tell one another what each knows.
        InformationSharing = "information sharing",
        /// To send people to one another.
        ReferralProtocol = "referral protocol",
    }
}

default_choice!(AgreementKind);

choices! {
    /// Between whom in the organisations it is made.
    Level {
        /// Between those who lead them.
        Strategic = "strategic",
        /// Between those who do the work.
        Operational = "operational",
    }
}

choices! {
    /// From where somebody sees a partnership.
    Standpoint {
        /// From where its direction is set.
        Strategic = "strategic",
        /// From a profession.
        Professional = "professional",
        /// From an organisation as a whole.
        Organisational = "organisational",
        /// From where the work is done.
        Operational = "operational",
        /// From a rank.
        Hierarchical = "hierarchical",
    }
}

row! {
    /// An organisation that is party to an agreement.
    Party key(organisation);
    /// Which.
    organisation: Ref<Organisation> = "Organisation", "the organisation", required, search(SearchField::Organisation);
    /// Who speaks for it.
    person: Option<Ref<Person>> = "Person", "who speaks for it: initials or a name", search(SearchField::Organisation);
    /// What it brings.
    brings: Option<Text> = "Brings", "what it brings", search(SearchField::Text);
}

row! {
    /// How the partnership looks from where somebody stands, as the others have heard it.
    Perspective key(organisation, standpoint, text);
    /// The party it is a perspective of.
    organisation: Ref<Organisation> = "Organisation", "the party it is a perspective of", required,
        search(SearchField::Organisation);
    /// From where in it.
    standpoint: Option<Standpoint> = "Seen from", "strategic, professional, organisational, operational, hierarchical";
    /// What was said.
    text: Option<Text> = "Perspective", "how things look from there", required, search(SearchField::Text);
    /// In which role it was said.
    role: Option<Text> = "Role", "in which role it was said: a senior nurse", search(SearchField::Need);
}

record! {
    /// What partners contract with one another.
    Agreement = agreements, Kind::Agreement;
    editable {
        /// What it is called.
        name: Text = "Name", "what it is called", required, public, search(SearchField::Name);
        /// What it is for.
        kind: AgreementKind = "Kind", "partnership, consortium bid, information sharing or referral protocol", public,
            column(24), filter("kind:");
        /// Between whom in the organisations it is made.
        level: Option<Level> = "Level", "strategic or operational", public, filter("level:");
        /// Between which organisations.
        parties: Vec<Party> = "Parties", "one a line: organisation | person | what it brings",
            filter("party:"), back("Agreements");
        /// Who leads a bid.
        lead: Option<Ref<Organisation>> = "Lead body", "the organisation that leads a bid", public,
            search(SearchField::Organisation), back("Leads");
        /// Why there is one.
        context: Option<Text> = "Context", "how things stood, and why there is an agreement", paragraph,
            search(SearchField::Text);
        /// How it looks to each of the parties.
        perspectives: Vec<Perspective> = "Perspectives", "one a line: organisation | seen from | perspective | role";
        /// What they want to reach together.
        vision: Option<Text> = "Vision", "what the parties want to reach together", paragraph, search(SearchField::Text);
        /// When they said so.
        vision_on: Option<Date> = "Vision of", "the day on which the vision was set", past;
        /// What one party has to do with another.
        items: Vec<Item> = "Items", "one a line: number | from | to | sort | what | answers | state | reason | due";
        /// By when a bid must be in.
        deadline: Option<Date> = "Deadline", "the day by which a bid must be in: fri, +3w, 12 mar", ahead, public;
        /// What a bid still lacks.
        missing: Vec<Text> = "Missing", "what is still missing of a bid, commas between", search(SearchField::Text);
        /// When the parties look at it together next.
        review_on: Option<Date> = "Next review", "the day of the next review: +6w, 12 mar", ahead;
        /// How often they do.
        cycle: Option<Text> = "Reviewed", "how often it is reviewed: every 6 months";
        /// What they found.
        reviews: Vec<Review> = "Reviews", "one a line: day | twelve times 0, 1, 2 or 3 | note";
    }
    system {
        /// The texts that somebody has accepted, the last at the end.
        versions: Vec<Version> = "Versions";
        /// Who has accepted which of them.
        acceptances: Vec<Acceptance> = "Accepted";
    }
}

impl Rules for Agreement {
    const FORM: &'static [Section] = &[
        Section::new("Between whom", &["name", "kind", "level", "parties", "lead"]),
        Section::new("How things stand", &["context", "perspectives"]),
        Section::new("What is agreed", &["vision", "vision_on", "items"]),
        Section::new("A bid", &["deadline", "missing"]),
        Section::new("Reviews", &["review_on", "cycle", "reviews"]),
    ];
    const COLUMNS: &'static [Column] = &[
        Column {
            name: "between",
            heading: "Between",
            width: Width::Percent(24),
            in_narrow: false,
            source: ColumnSource::Computed(between_cell),
            order: None,
        },
        Column {
            name: "standing",
            heading: "Stands",
            width: Width::Cells(17),
            in_narrow: true,
            source: ColumnSource::Computed(standing_cell),
            order: None,
        },
    ];
    const LISTED: &'static [&'static str] = &["standing", "kind", "between"];
    const STATES: &'static [StateFilter<Self>] = &[
        StateFilter { word: "in-force", holds: |agreement, _, _| version::is_in_force(agreement) },
        StateFilter { word: "lapsed", holds: |agreement, _, _| version::has_lapsed(agreement) },
        StateFilter { word: "to-review", holds: |agreement, _, today| agreement.is_due_for_review(today) },
        StateFilter { word: "unanswered", holds: |agreement, _, _| agreement.unanswered().next().is_some() },
        StateFilter { word: "not-kept", holds: |agreement, _, _| agreement.not_kept().next().is_some() },
    ];

    fn title<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Borrowed(&self.name)
    }

    fn complete(&mut self, _: &Workspace) {
        item::number_all(&mut self.items);
    }

    /// Items that were typed without a number get one.
    fn revise(&mut self, _: &Self, _: &Author) {
        item::number_all(&mut self.items);
    }

    /// Refused only where it is typed: two people may have taken one number at once.
    fn check_among(&self, workspace: &Workspace) -> Result<(), Refusal> {
        let known = workspace.agreements.get(self.id).map(|before| item::shared_numbers(&before.items));
        match item::shared_numbers(&self.items).difference(&known.unwrap_or_default()).next() {
            Some(number) => {
                let free = item::next_number(&self.items);
                Err(Refusal(format!("items: two have the number {number}; give one of them {free}")))
            }
            None => Ok(()),
        }
    }

    fn warnings(&self, workspace: &Workspace) -> Vec<String> {
        let shared = item::shared_numbers(&self.items).into_iter();
        let shared = shared.map(|number| format!("two items have the number {number}: press e and give one another"));
        let outside = self.outsiders().into_iter();
        let outside = outside.map(|one| format!("{} is in an item and no party", one.name(workspace)));
        shared.chain(outside).collect()
    }
}

impl Agreement {
    /// Whether this organisation is party to it.
    pub fn has_party(&self, organisation: &Ref<Organisation>) -> bool {
        self.parties.iter().any(|party| party.organisation == *organisation)
    }

    /// The parties by their organisations.
    pub fn organisations(&self) -> impl Iterator<Item = &Ref<Organisation>> {
        self.parties.iter().map(|party| &party.organisation)
    }

    /// Organisations that items name and that are no party.
    fn outsiders(&self) -> BTreeSet<&Ref<Organisation>> {
        let named = self.items.iter().flat_map(|item| [&item.from, &item.to]);
        named.filter(|organisation| !organisation.is_blank() && !self.has_party(organisation)).collect()
    }

    /// Expectations that nobody has answered yet.
    pub fn unanswered(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.is_unanswered(&self.items))
    }

    /// What was promised and not kept.
    pub fn not_kept(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.state == ItemState::NotKept)
    }

    /// Whether the parties should have looked at it together by now.
    pub fn is_due_for_review(&self, today: Date) -> bool {
        self.review_on.is_some_and(|on| on <= today)
    }

    /// Whether it is a bid that is not in yet and must be soon: within so many days of `today`, or late.
    pub fn is_bid_due(&self, today: Date, days: i64) -> bool {
        let is_near = |on: Date| (on - today).num_days() <= days;
        self.kind == AgreementKind::ConsortiumBid && !self.missing.is_empty() && self.deadline.is_some_and(is_near)
    }
}

/// The parties by name, without what each of them brings.
fn between_cell(record: &AnyRecord, context: &CellContext<'_>) -> Cell {
    let Ok(agreement) = <&Agreement>::try_from(record) else { return Cell::default() };
    let names: Vec<_> = agreement.organisations().map(|party| party.name(context.workspace)).collect();
    names.join(", ").into()
}

fn standing_cell(record: &AnyRecord, _: &CellContext<'_>) -> Cell {
    <&Agreement>::try_from(record).map(|agreement| version::in_a_word(agreement).into()).unwrap_or_default()
}
