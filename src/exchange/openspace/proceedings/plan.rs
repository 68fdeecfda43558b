//! From what proceedings say to records: the event, its topics, their recommendations.

use std::collections::{HashMap, HashSet};

use super::{Group, Item, Proceedings, Stated, read_proceedings};
use crate::exchange::ExchangeError;
use crate::exchange::openspace::adopt::Adopter;
use crate::exchange::openspace::wall::{Wall, put_up, set, set_topic};
use crate::exchange::openspace::{Context, Failure, Outcome};
use crate::exchange::report::excerpt;
use crate::model::recommendation::Recommendation;
use crate::model::text::{MAX_BYTES, one_line};
use crate::model::topic::{Topic, TopicState};
use crate::model::{Date, Event, Id, ParseContext, Ref, Refusal, SplitMix64, Text, date};

/// Plans the import of proceedings.
///
/// # Errors
/// They name no event, or say more of one thing than a record can hold.
pub fn plan(text: &str, context: &Context<'_>, random: &mut SplitMix64) -> Result<Outcome, Failure> {
    let mut found = read_proceedings(text);
    refuse_too_long(&found)?;
    let mut adopter = Adopter::new(context, random);
    let (event, known) = read_event(&mut adopter, &mut found)?;
    let event = adopter.adopt(known, event, "event", 1)?;
    let said = |field: &str| {
        let all = found.groups.iter().flat_map(|group| &group.stated).filter(|stated| stated.field == field);
        all.map(|stated| one_line(&stated.text)).collect::<Vec<_>>()
    };
    put_up(&mut adopter, event, &said("slot"), &said("space"));
    let mut wall = Wall::of(&adopter, event, found.groups.iter().filter_map(|group| group.number));
    for group in &found.groups {
        let topic = read_topic(&mut adopter, group);
        if let Some(id) = wall.post(&mut adopter, topic, group.line) {
            recommend(&mut adopter, id, group);
        }
    }
    for strange in &found.strange {
        let kept = if strange.is_in_topic { "kept in the discussion" } else { "kept in the notes of the event" };
        adopter.note(strange.line, format!("not understood, {kept}: {}", excerpt(&strange.text)));
    }
    Ok(adopter.finish(None))
}

/// A record that could not be read again must not be written.
fn refuse_too_long(found: &Proceedings) -> Result<(), ExchangeError> {
    let stated = found.event.iter().chain(found.groups.iter().flat_map(|group| &group.stated));
    let stated = stated.map(|stated| (stated.line, stated.text.len()));
    let titles = found.groups.iter().map(|group| (group.line, group.title.len()));
    let items = found.groups.iter().flat_map(|group| &group.items).map(|item| (item.line, item.text.len()));
    match stated.chain(titles).chain(items).find(|(_, length)| *length > MAX_BYTES) {
        Some((line, _)) => Err(ExchangeError(format!(
            "more than {MAX_BYTES} bytes are said of one thing from line {line} on: put headings between, or split the file"
        ))),
        None => Ok(()),
    }
}

/// What the file says of the event, and which event of the workspace that is, if any.
fn read_event(adopter: &mut Adopter<'_>, found: &mut Proceedings) -> Result<(Event, Option<Id>), Failure> {
    let parsing = adopter.parsing();
    let mut event = Event::default();
    let mut notes: Vec<String> = Vec::new();
    for Stated { line, field, text } in &found.event {
        if *field == "notes" {
            notes.insert(0, text.clone());
            continue;
        }
        if let Err(why) = set_event(&mut event, field, text, adopter, parsing) {
            let field = field.replace('_', " ");
            adopter.note(*line, format!("the {field} is not understood, kept in the notes of the event: {why}"));
            notes.push(format!("{field}: {text}"));
        }
    }
    event.notes = Text::some(&notes.join("\n"));
    let known = known_event(adopter, &event);
    if let Some(named) = adopter.context.event.and_then(|id| adopter.workspace.events.get(id)) {
        event.name.clone_from(&named.name);
    }
    if event.name.is_empty() {
        let help = "begin it with a heading such as \"# Open Space in Verwood\", or say which one with --event";
        return Err(Refusal(format!("{} names no event: {help}", adopter.context.feed)).into());
    }
    Ok((event, known))
}

/// The event that was asked for, else the one of this name, else the one that this file spoke of the last time and that
/// was held on the same day.
fn known_event(adopter: &Adopter<'_>, event: &Event) -> Option<Id> {
    let same_name = |known: &Event| one_line(&known.name).to_lowercase() == one_line(&event.name).to_lowercase();
    let renamed = |known: &Event| known.date.is_some() && known.date == event.date && adopter.has_stated(known.id);
    let events = || adopter.workspace.events.iter();
    let named = || events().find(|known| same_name(known)).or_else(|| events().find(|known| renamed(known)));
    adopter.context.event.or_else(|| named().map(|known| known.id))
}

fn set_event(
    event: &mut Event,
    field: &str,
    text: &str,
    adopter: &mut Adopter<'_>,
    parsing: ParseContext<'_>,
) -> Result<(), String> {
    match field {
        "steering_group" => event.steering_group = adopter.names.people(text, parsing),
        "facilitators" => event.facilitators = adopter.names.people(text, parsing),
        "delegates" => event.delegates = adopter.names.people(text, parsing),
        "date" => event.date = Some(read_date(text, parsing.today)?),
        "hosts" => set(event, field, &text.replace([';', '/'], ","), parsing)?,
        field => set(event, field, text, parsing)?,
    }
    Ok(())
}

/// A day as one writes it over proceedings: also with the day of the week before it, `8th June` and a full stop.
fn read_date(text: &str, today: Date) -> Result<Date, String> {
    let kept = text.trim().trim_end_matches('.').replace(',', " ");
    let words = kept.split_whitespace().map(|word| {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let is_ordinal = digits > 0 && ["st", "nd", "rd", "th"].contains(&word[digits..].to_lowercase().as_str());
        if is_ordinal { &word[..digits] } else { word }
    });
    let words: Vec<&str> = words.filter(|word| !word.eq_ignore_ascii_case("of")).collect();
    let has_weekday = words.len() > 1 && words[0].to_lowercase().ends_with("day");
    date::parse_date(&words[usize::from(has_weekday)..].join(" "), today)
}

/// What the file says of a topic. What its fields do not take stays in its discussion.
fn read_topic(adopter: &mut Adopter<'_>, group: &Group) -> Topic {
    let parsing = adopter.parsing();
    let mut topic = Topic { number: group.number, title: Text::line(&group.title), ..Topic::default() };
    let mut more: Vec<String> = Vec::new();
    for Stated { line, field, text } in &group.stated {
        let value =
            if matches!(*field, "slot" | "space" | "state" | "interested") { one_line(text) } else { text.clone() };
        if let Err(why) = set_topic(&mut topic, field, &value, &mut adopter.names, parsing) {
            adopter.note(*line, format!("the {field} is not understood, kept in the discussion: {why}"));
            more.push(format!("{field}: {text}"));
        }
    }
    if !more.is_empty() {
        let said = topic.discussion.as_deref().unwrap_or_default();
        topic.discussion = Text::some(&format!("{said}\n\n{}", more.join("\n")));
    }
    let is_reported = topic.discussion.is_some() || !group.items.is_empty();
    if is_reported && topic.state == TopicState::Posted {
        topic.state = TopicState::Reported;
    }
    topic
}

/// The recommendations of a topic as they are here.
struct Known {
    by_number: HashMap<u16, Id>,
    by_text: HashMap<String, Id>,
    /// Those that an item of the file was found to be.
    met: HashSet<Id>,
    last: u16,
}

impl Known {
    fn of(adopter: &Adopter<'_>, topic: Id) -> Self {
        let mut known = Self { by_number: HashMap::new(), by_text: HashMap::new(), met: HashSet::new(), last: 0 };
        let of_topic = adopter.workspace.recommendations.iter();
        for one in of_topic.filter(|one| one.topic.as_ref().and_then(Ref::id) == Some(topic)) {
            known.by_number.extend(one.number.map(|number| (number, one.id)));
            known.by_text.entry(one_line(&one.text).to_lowercase()).or_insert(one.id);
            known.last = known.last.max(one.number.unwrap_or_default());
        }
        known
    }

    /// The recommendation that an item is, by its text, else by its number.
    fn find(&self, item: &Item, number: Option<u16>) -> Option<Id> {
        let by_text = self.by_text.get(&one_line(&item.text).to_lowercase());
        let by_number = number.and_then(|number| self.by_number.get(&number));
        let free = |id: &&Id| !self.met.contains(id);
        if item.number.is_some() { by_number.filter(free).or(by_text.filter(free)) } else { by_text.filter(free) }
            .copied()
    }
}

/// Takes over the recommendations of a group. Those without a number of their own get the next; one that is here already is
/// known by its number or its words, and where both have changed by its place in the list.
fn recommend(adopter: &mut Adopter<'_>, topic: Id, group: &Group) {
    let mut known = Known::of(adopter, topic);
    let stated: HashSet<u16> = group.items.iter().filter_map(|item| item.number).collect();
    let mut used = HashSet::new();
    let numbers: Vec<Option<u16>> =
        group.items.iter().map(|item| item.number.filter(|number| used.insert(*number))).collect();
    known.last = stated.iter().copied().chain([known.last]).max().unwrap_or_default();
    let mut found: Vec<Option<Id>> = Vec::with_capacity(group.items.len());
    for (item, number) in group.items.iter().zip(&numbers) {
        let one = known.find(item, *number);
        known.met.extend(one);
        found.push(one);
    }
    for (at, item) in group.items.iter().enumerate() {
        let place = u16::try_from(at + 1).ok().filter(|_| numbers[at].is_none());
        let by_place = place.and_then(|place| known.by_number.get(&place)).copied();
        let one = found[at].or_else(|| by_place.filter(|id| !known.met.contains(id) && adopter.has_stated(*id)));
        known.met.extend(one);
        let here = one.and_then(|id| adopter.workspace.recommendations.get(id)?.number);
        let Some(number) = numbers[at].or(here).or_else(|| next(&mut known.last)) else { continue };
        take_over(adopter, one, topic, number, item);
    }
}

fn next(last: &mut u16) -> Option<u16> {
    *last = last.checked_add(1)?;
    Some(*last)
}

fn take_over(adopter: &mut Adopter<'_>, known: Option<Id>, topic: Id, number: u16, item: &Item) {
    let text = Text::line(&item.text);
    let one =
        Recommendation { text, topic: Some(Ref::record(topic)), number: Some(number), ..Recommendation::default() };
    let key = adopter.workspace.topics.get(topic).and_then(|topic| topic.number);
    let key = key.map_or_else(|| number.to_string(), |topic| format!("{topic}.{number}"));
    if let Err(refusal) = adopter.adopt(known, one, &key, item.line) {
        adopter.note(item.line, format!("left out: {refusal}"));
    }
}
