//! Open Space events: one question, a place, a date, and the wall of slots and spaces that the people who come fill with
//! topics.

use std::borrow::Cow;

use chrono::Datelike;

use super::change::Refusal;
use super::date::{Date, Time};
use super::field::{Blank, SearchField};
use super::organisation::Organisation;
use super::person::Person;
use super::record::{Rules, Section, record};
use super::reference::Ref;
use super::row::row;
use super::text::Text;
use super::{Kind, Workspace};

row! {
    /// A time in which groups meet, or a break.
    Slot key(name);
    /// What it is called on the wall.
    name: Option<Text> = "Name", "what it is called on the wall: A, morning, 11:15", required;
    /// When it begins.
    from: Option<Time> = "From", "when it begins: 11:15";
    /// When it ends.
    to: Option<Time> = "To", "when it ends: 12:00";
    /// Whether nobody can put a topic into it.
    is_break: bool = "Break", "yes: nobody can put a topic into it";
}

row! {
    /// A room or a table where a group meets.
    Space key(name);
    /// What it is called on the wall.
    name: Option<Text> = "Name", "what it is called: Hall, Table 3", required;
    /// How many people it seats.
    seats: Option<u16> = "Seats", "how many people it seats";
}

record! {
    /// An Open Space event.
    Event = events, Kind::Event;
    editable {
        /// What it is called.
        name: Text = "Name", "what the event is called", required, public, search(SearchField::Name);
        /// What it was, for whoever reads of it.
        summary: Option<Text> = "Summary", "what it was, in a sentence or two", paragraph, public, search(SearchField::Text);
        /// The question it asks.
        question: Option<Text> = "Question", "the one question the event asks", paragraph, public,
            search(SearchField::Text);
        /// The day it is held.
        date: Option<Date> = "Date", "the day: 12 mar", public, column(15);
        /// Where it is held.
        venue: Option<Text> = "Venue", "where it is held", public, search(SearchField::Place), column(30);
        /// Who holds it.
        hosts: Vec<Ref<Organisation>> = "Hosts", "the organisations that hold it, commas between", public,
            search(SearchField::Organisation), back("Hosts");
        /// Who prepares it.
        steering_group: Vec<Ref<Person>> = "Steering group", "the people who prepare it, commas between; reports name them",
            public, back("Steers");
        /// Whom to ask about what came of it.
        contacts: Vec<Ref<Person>> = "Contacts", "whom to ask about it, commas between; reports name them", public,
            back("Contact for");
        /// Who facilitates it.
        facilitators: Vec<Ref<Person>> = "Facilitators", "who facilitates it, commas between", back("Facilitates");
        /// Who was there; the list stays open for those who come late.
        delegates: Vec<Ref<Person>> = "Delegates", "who came, commas between; the list stays open", back("Was at");
        /// How many people were there, named here or not.
        present: Option<u32> = "People present", "how many people were there, named here or not", public;
        /// The times of the wall.
        slots: Vec<Slot> = "Slots", "one a line: name | from | to | break", public;
        /// The places of the wall.
        spaces: Vec<Space> = "Spaces", "one a line: name | seats", public;
        /// What colleagues should know.
        notes: Option<Text> = "Notes", "for colleagues; never exported", paragraph, search(SearchField::Text);
    }
    system {}
}

impl Rules for Event {
    const FORM: &'static [Section] = &[
        Section::new("What, when and where", &["name", "question", "summary", "date", "venue"]),
        Section::new("The wall", &["slots", "spaces"]),
        Section::new("Who", &["hosts", "steering_group", "facilitators", "contacts", "delegates", "present"]),
        Section::new("For colleagues", &["notes"]),
    ];
    fn title<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Borrowed(&self.name)
    }

    /// Refused only where it is typed: two people who move one end of a slot each may leave it so, and it does no harm.
    fn check_among(&self, _: &Workspace) -> Result<(), Refusal> {
        let backwards = |slot: &&Slot| slot.from.zip(slot.to).is_some_and(|(from, to)| to <= from);
        match self.slots.iter().find(backwards) {
            Some(slot) => {
                Err(Refusal(format!("slots: {} ends before it begins", slot.name.as_deref().unwrap_or("a slot"))))
            }
            None => Ok(()),
        }
    }
}

impl Event {
    /// The slot with this name.
    pub fn slot(&self, name: &str) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.name.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name)))
    }

    /// The space with this name.
    pub fn space(&self, name: &str) -> Option<&Space> {
        self.spaces.iter().find(|space| space.name.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name)))
    }
}

/// Refuses an event that is not here, unless the record named it before: a mistyped name would put it on no wall.
///
/// # Errors
/// What would help.
pub(super) fn refuse_unknown(
    event: Option<&Ref<Event>>,
    before: Option<&Ref<Event>>,
    workspace: &Workspace,
) -> Result<(), Refusal> {
    match event {
        Some(event) if event.get(workspace).is_none() && before != Some(event) => Err(Refusal(format!(
            "there is no event {}: name one that is here (moot list events), or make it first (moot add event name=…)",
            event.name(workspace)
        ))),
        _ => Ok(()),
    }
}

/// What the records of an event are ordered by, the latest event first; those of none stand last.
pub fn order(event: Option<&Ref<Event>>, workspace: &Workspace) -> String {
    let event = event.and_then(|event| event.get(workspace));
    let day = event.and_then(|event| event.date).map_or(0, |date| i64::from(date.num_days_from_ce()));
    let id = event.map(|event| event.id.to_string()).unwrap_or_default();
    format!("{:07} {id}", 9_999_999 - day)
}

/// The event that is meant where none is named: the latest by its date.
pub fn latest(workspace: &Workspace) -> Option<&Event> {
    workspace.events.iter().map(AsRef::as_ref).max_by_key(|event| (event.date, event.id))
}
