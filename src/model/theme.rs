//! Themes: clusters of recommendations from any topics, found after the vote; and priorities, which are decisions taken
//! beside the tally, not the tally itself.

use std::borrow::Cow;

use super::change::Refusal;
use super::date::Date;
use super::event::{Event, latest, refuse_unknown};
use super::field::{Blank, SearchField};
use super::person::Person;
use super::record::{Rules, StateFilter, record};
use super::reference::Ref;
use super::text::Text;
use super::{Kind, Workspace};

record! {
    /// A theme across topics; with a decision, a priority.
    Theme = themes, Kind::Theme;
    editable {
        /// What it is called. Themes stand by name, never by votes.
        name: Text = "Name", "what the recommendations have in common", required, public, search(SearchField::Name);
        /// What it means.
        summary: Option<Text> = "Summary", "what it means, in a sentence or two", paragraph, public,
            search(SearchField::Text);
        /// The event.
        event: Option<Ref<Event>> = "Event", "the event; the latest when nothing is written", public, filter("event:"),
            back("Themes");
        /// The day on which it was decided to act on it.
        priority_since: Option<Date> = "Priority since", "the day it was decided to act on it: 12 mar", past, public, column(20);
        /// Who decided.
        decided_by: Vec<Ref<Person>> = "Decided by", "who was there, commas between", back("Decided on");
        /// Why.
        reason: Option<Text> = "Reason", "why it was chosen", paragraph, public, search(SearchField::Text);
        /// What there is to act with.
        capacity: Option<Text> = "Capacity", "what there is to act with", paragraph, public;
    }
    system {}
}

impl Rules for Theme {
    const STATES: &'static [StateFilter<Self>] =
        &[StateFilter { word: "priority", holds: |theme, _, _| theme.priority_since.is_some() }];

    fn title<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Borrowed(&self.name)
    }

    fn complete(&mut self, workspace: &Workspace) {
        if self.event.is_none() {
            self.event = latest(workspace).map(|event| Ref::record(event.id));
        }
    }

    fn check_among(&self, workspace: &Workspace) -> Result<(), Refusal> {
        let before = workspace.themes.get(self.id).and_then(|before| before.event.as_ref());
        refuse_unknown(self.event.as_ref(), before, workspace)
    }
}
