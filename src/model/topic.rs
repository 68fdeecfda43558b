//! Topics: what delegates post on the wall, and the groups that meet about them.
//!
//! A topic has a number in the order of posting, a title and one or more conveners. It is posted, perhaps placed, moved,
//! run and reported; or cancelled, which still counts; or combined into another, where it stays with the trace of where
//! it went. Nothing is merged by deleting: what was posted stays posted.

mod acts;
mod warnings;

use std::borrow::Cow;
use std::collections::HashSet;

use super::change::Refusal;
use super::choice::choices;
use super::event::{Event, latest, refuse_unknown};
use super::field::{Blank, SearchField, default_choice};
use super::person::Person;
use super::record::{Rules, Section, StateFilter, record};
use super::reference::Ref;
use super::row::row;
use super::text::Text;
use super::{Id, Kind, Workspace};
pub use acts::{combine, join, place, set_state, swap, unplace};
pub use warnings::{likeness, long_words, share};

choices! {
    /// What became of a topic.
    TopicState {
        /// It stands on the list or on the wall.
        Posted = "posted",
        /// Its group met.
        Run = "run",
        /// Its group met and wrote down what it found.
        Reported = "reported",
        /// Nobody came, or it was withdrawn; it still counts as posted.
        Cancelled = "cancelled",
        /// It was taken into another.
        Combined = "combined",
    }
}

default_choice!(TopicState);

row! {
    /// Somebody who took part in a group; people come and go, so the list is open.
    Participant key(person);
    /// Who.
    person: Ref<Person> = "Person", "who took part", required, search(SearchField::Organisation);
    /// Whether they joined later.
    is_late: bool = "Joined later", "yes when they joined later";
}

record! {
    /// A topic of an event.
    Topic = topics, Kind::Topic;
    editable {
        /// What it asks.
        title: Text = "Title", "what the group is to talk about", required, public, search(SearchField::Name);
        /// Who posted it and opens its group.
        conveners: Vec<Ref<Person>> = "Conveners", "who posted it: initials or names, commas between", public,
            search(SearchField::Organisation), column(22), filter("convener:"), back("Convenes");
        /// The event.
        event: Option<Ref<Event>> = "Event", "the event; the latest when nothing is written", public, filter("event:"),
            back("Topics");
        /// The slot on the wall.
        slot: Option<Text> = "Slot", "the slot on the wall", public, column(10), filter("slot:");
        /// The space on the wall.
        space: Option<Text> = "Space", "the space on the wall", public, column(12), filter("space:");
        /// What became of it.
        state: TopicState = "State", "posted, run, reported, cancelled or combined", public, column(13), filter("state:");
        /// How many people said that they would come.
        interested: Option<u16> = "Interested", "how many people said that they would come", public;
        /// Who took notes.
        note_taker: Option<Ref<Person>> = "Note-taker", "who took notes: initials or a name", public, back("Took notes of");
        /// What was said.
        discussion: Option<Text> = "Discussion", "what was said", paragraph, public, search(SearchField::Text);
        /// What there is already.
        resources: Option<Text> = "Resources", "what there is already", paragraph, public, search(SearchField::Text);
        /// What the group asks of others.
        requests: Option<Text> = "Requests", "what the group asks of others", paragraph, public, search(SearchField::Text);
        /// Who took part.
        participants: Vec<Participant> = "Participants", "one a line: person | joined later", public, back("Took part in");
    }
    system {
        /// Its number, in the order of posting within its event.
        number: Option<u16> = "Number", public, search(SearchField::Alias);
        /// The topic it was taken into.
        combined_into: Option<Ref<Topic>> = "Combined into", public, back("Combined from");
    }
}

impl Rules for Topic {
    const FORM: &'static [Section] = &[
        Section::new("On the wall", &["title", "conveners", "event", "slot", "space", "state", "interested"]),
        Section::new("What came of it", &["note_taker", "discussion", "resources", "requests", "participants"]),
    ];
    const STATES: &'static [StateFilter<Self>] = &[
        StateFilter { word: "placed", holds: |topic, _, _| topic.is_placed() },
        StateFilter { word: "unplaced", holds: |topic, _, _| topic.is_on_the_wall() && !topic.is_placed() },
        StateFilter { word: "missing-notes", holds: |topic, workspace, _| topic.is_missing_notes(workspace) },
        StateFilter { word: "cancelled", holds: |topic, _, _| topic.state == TopicState::Cancelled },
        StateFilter { word: "combined", holds: |topic, _, _| topic.state == TopicState::Combined },
    ];

    fn title<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        match self.number {
            Some(number) => Cow::Owned(format!("{number} {}", self.title)),
            None => Cow::Borrowed(&self.title),
        }
    }

    /// The latest event first, then in the order of posting.
    fn order<'a>(&'a self, workspace: &'a Workspace) -> Cow<'a, str> {
        let event = super::event::order(self.event.as_ref(), workspace);
        Cow::Owned(format!("{event} {:05}", self.number.unwrap_or(u16::MAX)))
    }

    /// A convener in two places at once, a title like another, more people than seats.
    fn warnings(&self, workspace: &Workspace) -> Vec<String> {
        warnings::warnings(workspace, self)
    }

    fn suffix(&self, _today: super::Date) -> Option<Cow<'_, str>> {
        match self.state {
            TopicState::Cancelled => Some(Cow::Borrowed("cancelled")),
            TopicState::Combined => Some(Cow::Borrowed("combined")),
            _ => None,
        }
    }

    /// Its number, or its title.
    fn answers_to(&self, typed: &str, workspace: &Workspace) -> bool {
        let is_number = self.number.is_some_and(|number| number.to_string() == typed) && self.is_of_latest(workspace);
        is_number || self.title.to_lowercase() == typed || Rules::title(self, workspace).to_lowercase() == typed
    }

    /// The latest event, and the next number on its wall.
    fn complete(&mut self, workspace: &Workspace) {
        if self.event.is_none() {
            self.event = latest(workspace).map(|event| Ref::record(event.id));
        }
        if self.number.is_none() {
            let numbers = of_event(workspace, self.event.as_ref()).filter_map(|topic| topic.number);
            self.number = Some(numbers.max().unwrap_or(0).saturating_add(1));
        }
    }

    fn check_among(&self, workspace: &Workspace) -> Result<(), Refusal> {
        let before = workspace.topics.get(self.id).and_then(|before| before.event.as_ref());
        refuse_unknown(self.event.as_ref(), before, workspace)?;
        let Some(event) = self.event.as_ref().and_then(|event| event.get(workspace)) else {
            let help = "there is no such event yet: make one first (moot add event name=…)";
            return if self.slot.is_some() || self.event.is_none() { Err(Refusal(help.to_owned())) } else { Ok(()) };
        };
        self.check_place(event, workspace)
    }
}

impl Topic {
    /// Whether it has a place on the wall.
    pub fn is_placed(&self) -> bool {
        self.slot.is_some() && self.space.is_some()
    }

    /// Whether it is neither cancelled nor combined.
    pub fn is_on_the_wall(&self) -> bool {
        !matches!(self.state, TopicState::Cancelled | TopicState::Combined)
    }

    /// Whether its group has met, or was to meet, and nothing is written down: neither discussion nor recommendation.
    pub fn is_missing_notes(&self, workspace: &Workspace) -> bool {
        let has_recommendation =
            || workspace.recommendations.iter().any(|one| one.topic.as_ref().and_then(Ref::id) == Some(self.id));
        self.is_to_report() && self.discussion.is_none() && !has_recommendation()
    }

    /// Whether its group has met, or has a place to meet, so that notes of it are due.
    pub fn is_to_report(&self) -> bool {
        self.is_on_the_wall() && (self.is_placed() || self.state != TopicState::Posted)
    }

    fn is_of_latest(&self, workspace: &Workspace) -> bool {
        self.event.as_ref().and_then(Ref::id) == latest(workspace).map(|event| event.id)
    }

    /// A cell holds one topic, a break none, and both halves of a place are on the wall of the event.
    fn check_place(&self, event: &Event, workspace: &Workspace) -> Result<(), Refusal> {
        let (slot, space) = match (&self.slot, &self.space) {
            (None, None) => return Ok(()),
            (Some(slot), Some(space)) => (slot, space),
            _ => return Err(Refusal("a place on the wall is a slot and a space: name both".to_owned())),
        };
        let names = |names: Vec<&str>| names.join(", ");
        let Some(known) = event.slot(slot) else {
            let slots = event.slots.iter().filter_map(|slot| slot.name.as_deref()).collect();
            return Err(Refusal(format!("the wall has no slot {slot}; it has: {}", names(slots))));
        };
        if event.space(space).is_none() {
            let spaces = event.spaces.iter().filter_map(|space| space.name.as_deref()).collect();
            return Err(Refusal(format!("the wall has no space {space}; it has: {}", names(spaces))));
        }
        if known.is_break {
            return Err(Refusal(format!("{slot} is a break: nobody can put a topic into it")));
        }
        let rival = of_event(workspace, self.event.as_ref())
            .filter(|other| other.id != self.id && other.is_on_the_wall() && self.is_on_the_wall())
            .find(|other| same(other.slot.as_ref(), slot) && same(other.space.as_ref(), space));
        match rival {
            Some(rival) => {
                let rival = Rules::title(rival, workspace);
                Err(Refusal(format!("{space}, {slot} is taken by topic {rival}: swap the two, or choose another cell")))
            }
            None => Ok(()),
        }
    }
}

fn same(name: Option<&Text>, other: &str) -> bool {
    name.is_some_and(|name| name.eq_ignore_ascii_case(other))
}

/// The topics of an event, in the order of their ids.
pub fn of_event<'a>(workspace: &'a Workspace, event: Option<&Ref<Event>>) -> impl Iterator<Item = &'a Topic> {
    let event = event.cloned();
    workspace.topics.iter().map(AsRef::as_ref).filter(move |topic| topic.event == event)
}

/// The topics whose groups have met, or were to meet, and of which nothing is written down, in one pass.
pub fn without_notes(workspace: &Workspace) -> impl Iterator<Item = &Topic> {
    let all = workspace.recommendations.iter();
    let noted: HashSet<Id> = all.filter_map(|one| one.topic.as_ref().and_then(Ref::id)).collect();
    let is_bare =
        move |topic: &&Topic| topic.is_to_report() && topic.discussion.is_none() && !noted.contains(&topic.id);
    workspace.topics.iter().map(AsRef::as_ref).filter(is_bare)
}

/// The topic of an event that somebody means: by its number, or by words of its title.
///
/// # Errors
/// Nothing is called so, or more than one.
pub fn named(workspace: &Workspace, event: Id, typed: &str) -> Result<Id, Refusal> {
    let event = Ref::record(event);
    let topics: Vec<&Topic> = of_event(workspace, Some(&event)).collect();
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let is_meant = |topic: &&&Topic| {
        let title = topic.title.to_lowercase();
        !words.is_empty() && words.iter().all(|word| title.contains(word.as_str()))
    };
    if let Ok(number) = typed.parse::<u16>() {
        let found = topics.iter().find(|topic| topic.number == Some(number));
        return found.map(|topic| topic.id).ok_or_else(|| Refusal(format!("there is no topic {number}")));
    }
    let found: Vec<&&Topic> = topics.iter().filter(is_meant).collect();
    match found.as_slice() {
        [] => Err(Refusal(format!("no topic is called {typed}; write its number or words of its title"))),
        [one] => Ok(one.id),
        many => {
            let titles: Vec<String> = many.iter().map(|topic| Rules::title(**topic, workspace).into_owned()).collect();
            Err(Refusal(format!("{typed} can be {}; write the number", super::change::listed(&titles))))
        }
    }
}

/// The topic of an event that waits longest for a place.
pub fn next_unplaced(workspace: &Workspace, event: Id) -> Option<&Topic> {
    let event = Ref::record(event);
    let waiting = of_event(workspace, Some(&event)).filter(|topic| topic.is_on_the_wall() && !topic.is_placed());
    waiting
        .min_by_key(|topic| (topic.number, topic.id))
        .and_then(|topic| workspace.topics.get(topic.id))
        .map(AsRef::as_ref)
}
