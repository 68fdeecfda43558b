//! Forums: series of meetings that keep agreements and actions alive.

use std::borrow::Cow;

use super::field::{Blank, SearchField};
use super::organisation::Organisation;
use super::person::Person;
use super::record::{Rules, record};
use super::reference::Ref;
use super::text::Text;
use super::{Kind, Workspace};

record! {
    /// A series of meetings.
    Forum = forums, Kind::Forum;
    editable {
        /// What it is called.
        name: Text = "Name", "what the forum is called", required, public, search(SearchField::Name);
        /// How often it meets.
        cycle: Option<Text> = "Cycle", "how often it meets: every 3 months", public, column(20);
        /// What it is for and what it may decide.
        terms: Option<Text> = "Terms of reference", "what it is for and what it may decide", paragraph, public,
            search(SearchField::Text);
        /// The organisations that belong to it.
        members: Vec<Ref<Organisation>> = "Members", "the organisations that belong to it, commas between", public,
            search(SearchField::Organisation), back("Forums");
        /// Who leads its meetings.
        chair: Option<Ref<Person>> = "Chair", "who leads its meetings: initials or a name", search(SearchField::Organisation),
            back("Chairs");
        /// Who writes its minutes.
        secretary: Option<Ref<Person>> = "Secretary", "who writes its minutes: initials or a name",
            search(SearchField::Organisation), back("Secretary of");
    }
    system {}
}

impl Rules for Forum {
    fn title<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Borrowed(&self.name)
    }
}
