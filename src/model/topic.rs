//! Topics: what delegates post on the wall, and the groups that meet about them.
//!
//! A topic has a number in the order of posting, a title and one or more conveners. It is posted, perhaps placed, moved,
//! run and reported; or cancelled, which still counts; or combined into another, where it stays with the trace of where
//! it went. Nothing is merged by deleting: what was posted stays posted.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::change::{Author, Change, Edit, Refusal};
use super::choice::choices;
use super::event::{Event, latest, refuse_unknown};
use super::field::{Blank, SearchField, default_choice};
use super::person::Person;
use super::record::{Rules, StateFilter, record};
use super::reference::Ref;
use super::row::row;
use super::text::Text;
use super::{Id, Kind, Workspace};

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

#[allow(clippy::derivable_impls)] // the enum is written by a macro that knows no default
impl Default for TopicState {
    fn default() -> Self {
        Self::Posted
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
            search(SearchField::Organisation), column(25), filter("convener:"), back("Convenes");
        /// The event.
        event: Option<Ref<Event>> = "Event", "the event; the latest when nothing is written", public, filter("event:"),
            back("Topics");
        /// The slot on the wall.
        slot: Option<Text> = "Slot", "the slot on the wall", public, column(10), filter("slot:");
        /// The space on the wall.
        space: Option<Text> = "Space", "the space on the wall", public, column(12), filter("space:");
        /// What became of it.
        state: TopicState = "State", "posted, run, reported, cancelled or combined", public, column(10), filter("state:");
        /// How many people said that they would come.
        interested: Option<u16> = "Interested", "how many people said that they would come", public;
        /// Who took notes.
        note_taker: Option<Ref<Person>> = "Note-taker", "who took notes: initials or a name", public, back("Took notes of");
        /// Who took part.
        participants: Vec<Participant> = "Participants", "one a line: person | joined later", public, back("Took part in");
        /// What was said.
        discussion: Option<Text> = "Discussion", "what was said", paragraph, public, search(SearchField::Text);
        /// What there is already.
        resources: Option<Text> = "Resources", "what there is already", paragraph, public, search(SearchField::Text);
        /// What the group asks of others.
        requests: Option<Text> = "Requests", "what the group asks of others", paragraph, public, search(SearchField::Text);
    }
    system {
        /// Its number, in the order of posting within its event.
        number: Option<u16> = "Number", public, search(SearchField::Alias);
        /// The topic it was taken into.
        combined_into: Option<Ref<Topic>> = "Combined into", public, back("Combined from");
    }
}

impl Rules for Topic {
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

    fn suffix(&self) -> Option<Cow<'_, str>> {
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
        self.is_on_the_wall() && self.is_placed() && self.discussion.is_none() && !has_recommendation()
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

/// What a facilitator should know of a topic, in sentences: nothing of it forbids anything.
pub fn warnings(workspace: &Workspace, topic: &Topic) -> Vec<String> {
    let mut warnings = Vec::new();
    for other in
        of_event(workspace, topic.event.as_ref()).filter(|other| other.id != topic.id && other.is_on_the_wall())
    {
        let title = Rules::title(other, workspace);
        let shared = topic.conveners.iter().find(|convener| other.conveners.contains(convener));
        if let (Some(convener), Some(slot)) =
            (shared, topic.slot.as_ref().filter(|slot| same(other.slot.as_ref(), slot)))
        {
            warnings.push(format!("{} also convenes {title} in {slot}", convener.name(workspace)));
        }
        if likeness(&topic.title, &other.title) >= 0.5 {
            warnings.push(format!("{title} is similar: two like it split the vote"));
        }
    }
    let event = topic.event.as_ref().and_then(|event| event.get(workspace));
    let space = event.zip(topic.space.as_ref()).and_then(|(event, space)| event.space(space));
    if let Some((space, interested)) = space.zip(topic.interested)
        && space.seats.is_some_and(|seats| interested > seats)
    {
        let (name, seats) = (space.name.as_deref().unwrap_or_default(), space.seats.unwrap_or_default());
        warnings.push(format!("{interested} people want to come, and {name} seats {seats}"));
    }
    warnings
}

/// Which share of the longer words of two titles is in both, from 0 to 1 (Jaccard index over the first six letters, so that
/// `mentor` meets `mentoring`).
pub fn likeness(one: &str, other: &str) -> f64 {
    let words = |title: &str| -> BTreeSet<String> {
        let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 3);
        words.map(|word| word.to_lowercase().chars().take(6).collect()).collect()
    };
    let (one, other) = (words(one), words(other));
    let all = one.union(&other).count();
    if all == 0 { 0.0 } else { one.intersection(&other).count() as f64 / all as f64 }
}

fn find(workspace: &Workspace, id: Id) -> Result<&Topic, Refusal> {
    let found = workspace.topics.get(id).map(AsRef::as_ref);
    found.ok_or_else(|| Refusal(format!("{id} is not a topic here; see `moot list topics`")))
}

/// An edit of a topic, stamped; the rules of placing hold for the outcome.
fn edit(workspace: &Workspace, topic: &Topic, author: &Author, act: impl FnOnce(&mut Topic)) -> Option<Edit> {
    let before = workspace.get(topic.id);
    let mut after = topic.clone();
    act(&mut after);
    after.updated = author.stamp(before.as_ref());
    Edit::new(before, Some(after.into()))
}

fn change(edits: impl IntoIterator<Item = Option<Edit>>, sentence: String) -> Change {
    Change { edits: edits.into_iter().flatten().collect(), sentence }
}

/// Puts a topic into a cell of the wall.
///
/// # Errors
/// The cell is taken, a break, or not on the wall; the topic is cancelled or combined.
pub fn place(workspace: &Workspace, id: Id, slot: &str, space: &str, author: &Author) -> Result<Change, Refusal> {
    let topic = find(workspace, id)?;
    if !topic.is_on_the_wall() {
        return Err(Refusal(format!(
            "topic {} is {}",
            Rules::title(topic, workspace),
            super::choice::Choice::label(topic.state)
        )));
    }
    let mut placed = topic.clone();
    (placed.slot, placed.space) = (Text::some(slot), Text::some(space));
    placed.check_among(workspace)?;
    let number = topic.number.map_or_else(|| topic.title.to_string(), |number| number.to_string());
    let edit = edit(workspace, topic, author, |topic| (topic.slot, topic.space) = (placed.slot, placed.space));
    Ok(change([edit], format!("Topic {number} placed in {space}, {slot}")))
}

/// Exchanges the places of two topics, in one act.
///
/// # Errors
/// One of them is no topic.
pub fn swap(workspace: &Workspace, one: Id, other: Id, author: &Author) -> Result<Change, Refusal> {
    let (one, other) = (find(workspace, one)?, find(workspace, other)?);
    let put = |topic: &Topic, from: &Topic| {
        let (slot, space) = (from.slot.clone(), from.space.clone());
        edit(workspace, topic, author, move |topic| (topic.slot, topic.space) = (slot, space))
    };
    let sentence = format!("Topics {} and {} swapped", Rules::title(one, workspace), Rules::title(other, workspace));
    Ok(change([put(one, other), put(other, one)], sentence))
}

/// Takes one topic into another: it stays, marked with where it went, gives its place up, and the other gains its
/// conveners.
///
/// # Errors
/// A topic cannot be taken into itself, nor into one that is itself cancelled or combined.
pub fn combine(workspace: &Workspace, from: Id, into: Id, author: &Author) -> Result<Change, Refusal> {
    let (from, into) = (find(workspace, from)?, find(workspace, into)?);
    if from.id == into.id || !into.is_on_the_wall() || !from.is_on_the_wall() {
        return Err(Refusal("combine two topics that are both on the wall, one into the other".to_owned()));
    }
    let sentence = format!("Topic {} combined into {}", Rules::title(from, workspace), Rules::title(into, workspace));
    let conveners = from.conveners.clone();
    let gone = edit(workspace, from, author, |topic| {
        topic.state = TopicState::Combined;
        topic.combined_into = Some(Ref::record(into.id));
        (topic.slot, topic.space) = (None, None);
    });
    let stays = edit(workspace, into, author, |topic| {
        for convener in conveners {
            if !topic.conveners.contains(&convener) {
                topic.conveners.push(convener);
            }
        }
    });
    Ok(change([gone, stays], sentence))
}

/// Says what became of topics.
///
/// # Errors
/// One of them is no topic, or was combined into another.
pub fn set_state(workspace: &Workspace, ids: &[Id], state: TopicState, author: &Author) -> Result<Change, Refusal> {
    let mut edits = Vec::new();
    let mut titles = Vec::new();
    for id in ids {
        let topic = find(workspace, *id)?;
        if topic.state == TopicState::Combined {
            return Err(Refusal(format!("topic {} was combined into another", Rules::title(topic, workspace))));
        }
        titles.push(Rules::title(topic, workspace).into_owned());
        edits.push(edit(workspace, topic, author, |topic| topic.state = state));
    }
    let word = super::choice::Choice::label(state);
    Ok(change(edits, format!("{} {word}", super::change::listed(&titles))))
}
