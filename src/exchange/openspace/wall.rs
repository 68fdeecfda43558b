//! The topics of one event while a file is taken over: which of them a number and a title mean, and the wall they hang on.

use std::collections::{HashMap, HashSet};

use super::adopt::Adopter;
use super::labels;
use super::names::Names;
use crate::model::event::{Slot, Space};
use crate::model::order::Order as _;
use crate::model::record::Record;
use crate::model::text::one_line;
use crate::model::topic::{Participant, Topic, of_event};
use crate::model::{Event, Id, ParseContext, Ref, Text, change};

/// The topics of an event.
pub struct Wall {
    /// The event.
    pub event: Id,
    by_number: HashMap<u16, Id>,
    /// Topics of one title, in the order of their numbers.
    by_title: HashMap<String, Vec<Id>>,
    /// Topics that the file has been found to speak of.
    met: HashSet<Id>,
    /// All numbers that the file states.
    stated: HashSet<u16>,
    /// Those it has stated so far, with the line and the title.
    seen: HashMap<u16, (usize, String)>,
    last: u16,
}

/// A title as it is compared.
pub fn key(title: &str) -> String {
    one_line(title).to_lowercase()
}

impl Wall {
    /// The topics of an event as they are here. `stated` are the numbers that the file gives to topics.
    pub fn of(adopter: &Adopter<'_>, event: Id, stated: impl Iterator<Item = u16>) -> Self {
        let stated: HashSet<u16> = stated.collect();
        let mut topics: Vec<&Topic> = of_event(&adopter.workspace, Some(&Ref::record(event))).collect();
        topics.order_by_key(|topic| (topic.number, topic.id));
        let mut by_title: HashMap<String, Vec<Id>> = HashMap::new();
        for topic in &topics {
            by_title.entry(key(&topic.title)).or_default().push(topic.id);
        }
        let by_number: HashMap<u16, Id> = topics.iter().filter_map(|topic| Some((topic.number?, topic.id))).collect();
        let last = by_number.keys().chain(&stated).copied().max().unwrap_or_default();
        Self { event, by_number, by_title, met: HashSet::new(), stated, seen: HashMap::new(), last }
    }

    /// Takes over a topic and says which record it is. A number that another topic of the file has is said, and the next
    /// free one is taken.
    pub fn post(&mut self, adopter: &mut Adopter<'_>, mut topic: Topic, line: usize) -> Option<Id> {
        topic.event = Some(Ref::record(self.event));
        let title = key(&topic.title);
        if let Some(number) = topic.number {
            match self.seen.get(&number) {
                Some((first, other)) if *other == title => {
                    let text = format!("left out: topic {number} {} stands in line {first} already", topic.title);
                    adopter.note(line, text);
                    return None;
                }
                Some((first, _)) => {
                    adopter.note(line, format!("{} is called {number} as is the topic in line {first}", topic.title));
                    topic.number = None;
                }
                None => drop(self.seen.insert(number, (line, title.clone()))),
            }
        }
        let known = self.known(adopter, topic.number, &title);
        let here = known.and_then(|id| adopter.workspace.topics.get(id)?.number);
        topic.number = topic.number.or(here).or_else(|| self.next());
        let name = topic.number.map_or_else(|| title.clone(), |number| number.to_string());
        let id = put(adopter, known, topic, &name, line)?;
        self.met.insert(id);
        Some(id)
    }

    /// The topic of this number; else the first of this title, unless the file speaks of that one under its own number.
    fn known(&self, adopter: &Adopter<'_>, number: Option<u16>, title: &str) -> Option<Id> {
        let by_number = number.and_then(|number| self.by_number.get(&number));
        let number_of = |id: &Id| adopter.workspace.topics.get(*id).and_then(|topic| topic.number);
        let is_free = |id: &&Id| !self.met.contains(id) && number_of(id).is_none_or(|of| !self.stated.contains(&of));
        by_number.or_else(|| self.by_title.get(title)?.iter().find(is_free)).copied()
    }

    fn next(&mut self) -> Option<u16> {
        self.last = self.last.checked_add(1)?;
        Some(self.last)
    }
}

/// Takes over a topic; where its place on the wall cannot be had, the place is said and stands in its discussion.
fn put(adopter: &mut Adopter<'_>, known: Option<Id>, mut topic: Topic, name: &str, line: usize) -> Option<Id> {
    let place: Vec<&str> = [&topic.slot, &topic.space].into_iter().flatten().map(Text::as_str).collect();
    if !place.is_empty() {
        let place = place.join(", ");
        match adopter.adopt(known, topic.clone(), name, line) {
            Ok(id) => return Some(id),
            Err(refusal) => adopter.note(line, format!("topic {name} is not placed ({place}): {refusal}")),
        }
        let said = topic.discussion.as_deref().unwrap_or_default();
        topic.discussion = Text::some(&format!("{said}\n\nto be placed: {place}"));
        (topic.slot, topic.space) = (None, None);
    }
    let adopted = adopter.adopt(known, topic, name, line);
    adopted.map_err(|refusal| adopter.note(line, format!("left out: {refusal}"))).ok()
}

/// Puts slots and spaces up that topics name, on a wall that has none of its own yet.
pub fn put_up(adopter: &mut Adopter<'_>, event: Id, slots: &[String], spaces: &[String]) {
    let Some(known) = adopter.workspace.events.get(event) else { return };
    if !known.slots.is_empty() || !known.spaces.is_empty() || slots.is_empty() || spaces.is_empty() {
        return;
    }
    let mut event = Event::clone(known);
    for name in slots {
        if event.slot(name).is_none() {
            event.slots.push(Slot { name: Text::some(name), ..Slot::default() });
        }
    }
    for name in spaces {
        if event.space(name).is_none() {
            event.spaces.push(Space { name: Text::some(name), ..Space::default() });
        }
    }
    if let Ok(change) = change::put(&adopter.workspace, event.into(), adopter.context.author) {
        adopter.say(change.sentence.clone());
        adopter.add(change);
    }
}

/// Sets a field of a topic from what a file says.
///
/// # Errors
/// What the field takes.
pub fn set_topic(
    topic: &mut Topic,
    field: &str,
    value: &str,
    names: &mut Names,
    context: ParseContext<'_>,
) -> Result<(), String> {
    match field {
        "conveners" => topic.conveners.extend(names.people(value, context)),
        "note_taker" => topic.note_taker = Some(names.person(value, context.workspace, context)),
        "participants" => {
            for person in names.people(value, context) {
                if !topic.participants.iter().any(|known| known.person == person) {
                    topic.participants.push(Participant { person, is_late: false });
                }
            }
        }
        labels::NUMBER => topic.number = Some(number(value).ok_or("write a whole number from 1")?),
        field => set(topic, field, value, context)?,
    }
    Ok(())
}

/// Sets a field of a record from what a file says.
///
/// # Errors
/// What the field takes.
pub fn set<R: Record>(record: &mut R, field: &str, value: &str, context: ParseContext<'_>) -> Result<(), String> {
    match R::FIELDS.iter().find(|known| known.info.name == field) {
        Some(known) => (known.parse)(record, value, context),
        None => Err("there is no such field".to_owned()),
    }
}

/// The number of a topic: `17`, `#17`, `17.`, and `17.0` as spreadsheets write it.
pub fn number(typed: &str) -> Option<u16> {
    let typed = typed.trim().trim_start_matches('#').trim_end_matches('.');
    let whole = typed.strip_suffix(".0").unwrap_or(typed);
    let is_plain = whole.bytes().all(|byte| byte.is_ascii_digit());
    whole.parse().ok().filter(|number| is_plain && *number > 0)
}
