//! The full report of an event: every topic and recommendation, how the votes came out, what the themes gather, and whose
//! notes are missing.

use std::collections::HashMap;

use super::document::{Document, Words};
use super::source::Source;
use super::summary::{question_and_numbers, title_lines};
use super::votes;
use super::words::{and, many, sentence};
use crate::model::agenda::Wall;
use crate::model::choice::Choice;
use crate::model::order::Order as _;
use crate::model::tally::Item;
use crate::model::topic::{self, TopicState};
use crate::model::{Event, Id, Recommendation, Ref, Refusal, Rules, Text, Topic, recommendation};

/// Makes the full report of an event.
///
/// # Errors
/// There is no event.
pub(super) fn make(source: &Source<'_>, event: Option<Id>) -> Result<Document, Refusal> {
    let event = source.event(event)?;
    let mut document = Document::new(event.name.as_str());
    document.subtitle = title_lines(event);
    document.subtitle.push("Full report".to_owned());
    document.part("The event");
    document.say(event.summary.as_deref().map(sentence).unwrap_or_default());
    question_and_numbers(&mut document, source, event);
    let topics = Topics::of(source, event);
    topics.write(&mut document);
    topics.write_missing(&mut document);
    votes::write(&mut document, source, event);
    votes::write_themes(&mut document, source, event);
    Ok(document)
}

/// The topics of an event and what is known of them.
struct Topics<'a> {
    source: &'a Source<'a>,
    topics: Vec<&'a Topic>,
    wall: Wall,
    items: HashMap<Id, Item>,
}

impl<'a> Topics<'a> {
    fn of(source: &'a Source<'a>, event: &Event) -> Self {
        let reference = Ref::record(event.id);
        let mut topics: Vec<&Topic> = topic::of_event(&source.seen, Some(&reference)).collect();
        topics.order_by_key(|topic| (topic.number, topic.id));
        let items = votes::last_outcome(source, event).map(|tally| tally.items).unwrap_or_default();
        let items = items.into_iter().map(|item| (item.id, item)).collect();
        Self { source, topics, wall: Wall::of(source.all, event), items }
    }

    fn write(&self, document: &mut Document) {
        if self.topics.is_empty() {
            return;
        }
        document.part("Topics and recommendations");
        for topic in &self.topics {
            self.write_topic(document, topic);
        }
    }

    fn write_topic(&self, document: &mut Document, topic: &Topic) {
        document.section(topic.title(self.source.all));
        let conveners = self.source.names(&topic.conveners).join(", ");
        let notes = topic.note_taker.as_ref().map(|person| self.source.name(person)).unwrap_or_default();
        document.facts(vec![
            ("Convened by", conveners.into()),
            ("Notes by", notes.into()),
            ("Took part", people(topic.participants.len()).into()),
            ("What became of it", self.fate(topic).into()),
        ]);
        for (label, text) in [
            ("", &topic.discussion),
            ("What there is already: ", &topic.resources),
            ("Asked of others: ", &topic.requests),
        ] {
            say(document, label, text.as_ref());
        }
        document
            .facts(self.recommendations(topic).iter().map(|(label, said)| (label.as_str(), said.clone())).collect());
    }

    /// What became of a topic, where it is not that its group met and reported.
    fn fate(&self, topic: &Topic) -> String {
        match (&topic.state, &topic.combined_into) {
            (TopicState::Combined, Some(into)) => format!("taken into {}", self.source.name(into)),
            (TopicState::Cancelled, _) => "cancelled".to_owned(),
            _ if self.is_missing(topic) => "no notes have come in from this group".to_owned(),
            _ => String::new(),
        }
    }

    /// The recommendations of a topic by their numbers, with what they were given and what was said to them.
    fn recommendations(&self, topic: &Topic) -> Vec<(String, Words)> {
        let mut all: Vec<&Recommendation> = recommendation::of_topic(&self.source.seen, topic.id).collect();
        all.order_by_key(|one| (one.number, one.id));
        let label = |one: &Recommendation| one.label(self.source.all).unwrap_or_else(|| "–".to_owned());
        all.into_iter().map(|one| (label(one), self.recommendation(one))).collect()
    }

    fn recommendation(&self, one: &Recommendation) -> Words {
        let dots = self.items.get(&one.id).and_then(|item| {
            let rank = item.rank_in_words()?;
            Some(format!("{}, rank {rank}", many(item.dots as usize, "dot", "dots")))
        });
        let theme = one.theme.as_ref().map(|theme| format!("theme: {}", self.source.name(theme)));
        let answer = one.answer.map(|answer| match &one.reason {
            Some(reason) => format!("{}: {reason}", answer.label()),
            None => answer.label().to_owned(),
        });
        let said: Vec<String> = [dots, theme, answer].into_iter().flatten().collect();
        let said = if said.is_empty() { String::new() } else { format!(" ({})", said.join("; ")) };
        Words::from(format!("{}{said}", one.text))
    }

    fn is_missing(&self, topic: &Topic) -> bool {
        topic.is_to_report() && !self.wall.noted.contains(&topic.id)
    }

    /// Whose notes are missing, and whom to ask for them.
    fn write_missing(&self, document: &mut Document) {
        let missing: Vec<&&Topic> = self.topics.iter().filter(|topic| self.is_missing(topic)).collect();
        if missing.is_empty() {
            return;
        }
        document.part("Topics without notes");
        document.say("Nothing has come in from these groups yet. Whoever was there, please send what you have:");
        let line = |topic: &&&Topic| {
            let conveners = and(&self.source.names(&topic.conveners));
            let by = if conveners.is_empty() { String::new() } else { format!(", convened by {conveners}") };
            Words::from(format!("{}{by}", topic.title(self.source.all)))
        };
        document.list(missing.iter().map(line).collect());
    }
}

fn people(number: usize) -> String {
    if number == 0 { String::new() } else { many(number, "person", "people") }
}

/// Says a text of several lines, with a label before the first.
fn say(document: &mut Document, label: &str, text: Option<&Text>) {
    let Some(text) = text else { return };
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    if let Some(first) = lines.next() {
        let label = if label.is_empty() { Words::default() } else { Words::strong(label) };
        document.say(label.and(first));
    }
    lines.for_each(|line| document.say(line));
}
