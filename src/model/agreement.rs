//! Agreements: what partners contract with one another to do, and who has accepted it.

use std::borrow::Cow;

use super::choice::choices;
use super::date::Date;
use super::field::{Blank, SearchField, default_choice};
use super::organisation::Organisation;
use super::person::Person;
use super::record::{Rules, record};
use super::reference::Ref;
use super::row::row;
use super::text::Text;
use super::{Kind, Workspace};

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

record! {
    /// What partners contract with one another.
    Agreement = agreements, Kind::Agreement;
    editable {
        /// What it is called.
        name: Text = "Name", "what it is called", required, public, search(SearchField::Name);
        /// What it is for.
        kind: AgreementKind = "Kind", "partnership, consortium bid, information sharing or referral protocol", public,
            column(20), filter("kind:");
        /// Between whom in the organisations it is made.
        level: Option<Level> = "Level", "strategic or operational", public, column(12);
        /// Between which organisations.
        parties: Vec<Party> = "Parties", "one a line: organisation | person | what it brings", column(30), back("Agreements");
        /// Why there is one.
        context: Option<Text> = "Context", "how things stood, and why there is an agreement", paragraph,
            search(SearchField::Text);
        /// What they want to reach together.
        vision: Option<Text> = "Vision", "what the parties want to reach together", paragraph, search(SearchField::Text);
        /// When they said so.
        vision_on: Option<Date> = "Vision of", "the day on which the vision was set";
    }
    system {}
}

impl Rules for Agreement {
    fn title<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Borrowed(&self.name)
    }
}
