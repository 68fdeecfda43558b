//! Reads proceedings: from lines to an event, its topics and what was not understood. Every line that is not blank is
//! either counted as understood or listed.

use super::lines::{Line, Look, bare, leading_number, numbered, split};
use super::{Group, Item, Proceedings, Stated, Strange};
use crate::exchange::openspace::labels::{self, RECOMMENDATIONS, Words};
use crate::exchange::openspace::wall;

/// Fields whose words may fill several paragraphs.
const PARAGRAPHS: &[&str] = &["discussion", "resources", "requests", "notes", RECOMMENDATIONS];

/// Fields that are said in one line, and once.
const SINGLE: &[&str] =
    &["conveners", "slot", "space", "state", "interested", "date", "venue", "present", "note_taker"];

/// Headings that only say what comes.
const DIVIDERS: &[&str] =
    &["topics", "the topics", "groups", "discussion groups", "the groups", "sessions", "proceedings", "reports"];

/// Labels that stand under a topic and nowhere else: they tell that a heading without a number is one.
const OF_A_GROUP: &[&str] = &["conveners", "note_taker", "participants", "discussion", RECOMMENDATIONS];

/// Reads proceedings.
pub fn read_proceedings(text: &str) -> Proceedings {
    let lines = split(text);
    let found = Proceedings::default();
    let mut reader = Reader { lines: &lines, found, open: None, level: 0, in_topic: false, item: Near::No };
    for at in 0..lines.len() {
        reader.take(at);
    }
    reader.found
}

/// Whether the last line belonged to a recommendation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Near {
    No,
    /// The present line does.
    Here,
    /// The line before does.
    Before,
}

struct Reader<'a> {
    lines: &'a [Line],
    found: Proceedings,
    /// The field that is being said.
    open: Option<&'static str>,
    /// The level of the heading of the present topic.
    level: usize,
    in_topic: bool,
    item: Near,
}

impl Reader<'_> {
    fn take(&mut self, at: usize) {
        let line = &self.lines[at];
        if line.after_blank && self.closes_at_blank() {
            self.open = None;
        }
        self.item = if self.item == Near::Here { Near::Before } else { Near::No };
        let understood = match &line.look {
            Look::Rule => true,
            Look::Heading(level, words) => self.heading(at, *level, &bare(words)),
            Look::Item(number, words) => self.item(line, *number, words),
            Look::Text => self.text(line),
        };
        if understood {
            self.found.understood += 1;
        } else {
            self.list(line);
        }
    }

    /// Whether a blank line ends the open field: a line or some names, once something is said of them.
    fn closes_at_blank(&self) -> bool {
        self.open
            .is_some_and(|field| !PARAGRAPHS.contains(&field) && self.said(field).is_some_and(|said| !said.is_empty()))
    }

    fn stated(&mut self) -> &mut Vec<Stated> {
        match self.found.groups.last_mut() {
            Some(group) if self.in_topic => &mut group.stated,
            _ => &mut self.found.event,
        }
    }

    fn said(&self, field: &str) -> Option<&str> {
        let stated = match self.found.groups.last() {
            Some(group) if self.in_topic => &group.stated,
            _ => &self.found.event,
        };
        stated.iter().find(|known| known.field == field).map(|known| known.text.as_str())
    }

    fn words(&self) -> &'static [Words] {
        if self.in_topic { labels::TOPIC } else { labels::EVENT }
    }

    /// Adds to what is said of a field.
    fn say(&mut self, field: &'static str, line: &Line, text: &str) {
        let text = text.trim();
        let stated = self.stated();
        match stated.iter_mut().find(|known| known.field == field) {
            None => stated.push(Stated { line: line.number, field, text: text.to_owned() }),
            Some(known) if known.text.is_empty() => text.clone_into(&mut known.text),
            Some(known) => {
                known.text.push_str(if line.after_blank { "\n\n" } else { "\n" });
                known.text.push_str(text);
            }
        }
    }

    /// Lists a line, and keeps it where it stands: in the discussion of its topic, else in the notes of the event.
    fn list(&mut self, line: &Line) {
        let is_in_topic = self.in_topic;
        self.found.strange.push(Strange { line: line.number, text: line.text.clone(), is_in_topic });
        let field = if is_in_topic { "discussion" } else { "notes" };
        self.say(field, line, &line.text.clone());
    }

    fn heading(&mut self, at: usize, level: usize, words: &str) -> bool {
        let line = &self.lines[at];
        if let Some((topic, number, text)) = numbered(words)
            && self.is_of_topic(topic)
        {
            return self.recommend(line, Some(number), text);
        }
        let may_be_topic = !self.in_topic || level <= self.level;
        let is_name = !self.in_topic && level == 1 && !self.has_name() && !self.has_equals(at, level);
        if let Some((number, title)) = topic_heading(words, may_be_topic && !is_name) {
            return self.begin(line, level, number, title);
        }
        if self.in_topic && level <= self.level && self.is_divider(words) {
            return true;
        }
        if let Some(understood) = self.label(line, words) {
            return understood;
        }
        if !self.in_topic && !self.has_name() {
            self.say("name", line, words);
            self.open = None;
            return true;
        }
        if may_be_topic && self.has_group_under(at, level) {
            return self.begin(line, level, None, words.to_owned());
        }
        if self.is_divider(words) {
            return true;
        }
        self.in_topic &= level > self.level;
        self.open = None;
        false
    }

    /// Whether words only say that topics follow; the event is open again then.
    fn is_divider(&mut self, words: &str) -> bool {
        let is_divider = DIVIDERS.contains(&labels::plain(words).as_str());
        if is_divider {
            self.in_topic = false;
            self.open = None;
        }
        is_divider
    }

    fn has_name(&self) -> bool {
        self.found.event.iter().any(|stated| stated.field == "name") || !self.found.groups.is_empty()
    }

    /// Whether another heading of this level bears a number, so that one with a number is no name of an event.
    fn has_equals(&self, at: usize, level: usize) -> bool {
        let rest = self.lines[at + 1..].iter();
        let mut equals = rest.filter_map(|line| match &line.look {
            Look::Heading(other, words) if *other == level => Some(bare(words)),
            _ => None,
        });
        equals.any(|words| topic_heading(&words, true).is_some())
    }

    /// Whether a group's form stands under a heading, before the next of its level.
    fn has_group_under(&self, at: usize, level: usize) -> bool {
        let below = self.lines[at + 1..].iter();
        let below = below.take_while(|line| !matches!(&line.look, Look::Heading(other, _) if *other <= level));
        let labelled = |line: &Line| {
            let words = match &line.look {
                Look::Heading(_, words) | Look::Item(None, words) => bare(words),
                _ => bare(&line.text),
            };
            split_label(&words, labels::TOPIC).is_some_and(|(field, _)| OF_A_GROUP.contains(&field))
        };
        below.into_iter().any(labelled)
    }

    /// Begins a topic; one whose number and title stand above already goes on.
    fn begin(&mut self, line: &Line, level: usize, number: Option<u16>, title: String) -> bool {
        (self.in_topic, self.open, self.level) = (true, None, level);
        let is_same = |group: &Group| group.number == number && wall::key(&group.title) == wall::key(&title);
        match self.found.groups.iter().position(is_same) {
            Some(at) => {
                let group = self.found.groups.remove(at);
                self.found.groups.push(group);
            }
            None => self.found.groups.push(Group { line: line.number, number, title, ..Group::default() }),
        }
        true
    }

    /// Opens the field that a label names; `None` where the words are no label.
    fn label(&mut self, line: &Line, words: &str) -> Option<bool> {
        let (field, rest) = split_label(words, self.words())?;
        let is_named = self.said(field).is_some_and(|said| !said.is_empty());
        let is_out_of_place = ["title", "event", labels::NUMBER].contains(&field) && self.in_topic;
        let is_its_name = field == "name" && rest.is_none(); // "Event" alone can be what it is called
        if is_out_of_place || is_its_name || (is_named && (SINGLE.contains(&field) || field == "name")) {
            return None;
        }
        self.open = Some(field);
        let rest = rest.unwrap_or_default();
        if field == RECOMMENDATIONS && !rest.is_empty() {
            return Some(self.recommend(line, None, rest));
        }
        if field != RECOMMENDATIONS && !rest.is_empty() {
            self.say(field, line, rest);
            self.open = Some(field).filter(|field| !SINGLE.contains(field));
        }
        Some(true)
    }

    fn item(&mut self, line: &Line, number: Option<u16>, words: &str) -> bool {
        if let Some((topic, number, text)) = numbered(&bare(words))
            && self.is_of_topic(topic)
        {
            return self.recommend(line, Some(number), text);
        }
        let is_listing = self.open.is_some_and(|field| PARAGRAPHS.contains(&field));
        let is_bold = words.starts_with("**") || words.starts_with("__");
        if (!is_listing || is_bold)
            && let Some(understood) = self.label(line, &bare(words))
        {
            return understood;
        }
        match self.open {
            Some(RECOMMENDATIONS) if line.is_indented && number.is_none() => self.go_on(words),
            Some(RECOMMENDATIONS) => self.recommend(line, number, words),
            Some(field) if PARAGRAPHS.contains(&field) => self.write(field, line),
            Some(field) => {
                self.say(field, line, words);
                true
            }
            None if self.in_topic => self.write("discussion", line),
            None => false,
        }
    }

    fn text(&mut self, line: &Line) -> bool {
        let words = bare(&line.text);
        if let Some((topic, number, text)) = numbered(&words)
            && self.is_of_topic(topic)
        {
            return self.recommend(line, Some(number), text);
        }
        let says_topic = words.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("topic"));
        if says_topic && let Some((number @ Some(_), title)) = topic_heading(&words, false) {
            let level = if self.level == 0 { 2 } else { self.level };
            return self.begin(line, level, number, title);
        }
        if let Some(understood) = self.label(line, &words) {
            return understood;
        }
        match self.open {
            Some(RECOMMENDATIONS) if !line.after_blank || line.is_indented => self.go_on(&line.text),
            Some(RECOMMENDATIONS) => false,
            Some(field) if self.takes_more(field) => {
                self.write(field, line);
                self.open = Some(field).filter(|field| !SINGLE.contains(field));
                true
            }
            _ => {
                self.open = None;
                self.in_topic && self.write("discussion", line)
            }
        }
    }

    /// Whether a line of text still belongs to a field: to paragraphs, to what nothing is said of yet, and to a list that
    /// ends with a sign that more follows.
    fn takes_more(&self, field: &str) -> bool {
        let said = self.said(field).unwrap_or_default();
        let is_open = said.is_empty() || said.ends_with([',', ';', '/']);
        PARAGRAPHS.contains(&field) || field == "question" || is_open
    }

    fn write(&mut self, field: &'static str, line: &Line) -> bool {
        self.say(field, line, &line.text);
        true
    }

    /// Whether a number before a point is that of the present topic.
    fn is_of_topic(&self, number: u16) -> bool {
        self.in_topic && self.found.groups.last().is_some_and(|group| group.number == Some(number))
    }

    fn recommend(&mut self, line: &Line, number: Option<u16>, text: &str) -> bool {
        let text = bare(text);
        self.open = Some(RECOMMENDATIONS);
        let Some(group) = self.found.groups.last_mut().filter(|_| self.in_topic && !text.is_empty()) else {
            return false;
        };
        group.items.push(Item { line: line.number, number, text });
        self.item = Near::Here;
        true
    }

    /// Adds to the recommendation that stands right before.
    fn go_on(&mut self, text: &str) -> bool {
        let group = self.found.groups.last_mut().filter(|_| self.in_topic && self.item == Near::Before);
        let Some(item) = group.and_then(|group| group.items.last_mut()) else { return false };
        item.text.push(' ');
        item.text.push_str(&bare(text));
        self.item = Near::Here;
        true
    }
}

/// `Topic 17: Housing`, `17 Housing`, `#17 – Housing`, `Topic: Housing`: its number and title. Without the word the number
/// must be one that a wall can have, and no year.
fn topic_heading(words: &str, is_wordless: bool) -> Option<(Option<u16>, String)> {
    let lower = words.to_lowercase();
    let word = ["topic", "group"].iter().find(|word| lower.starts_with(**word));
    let rest = word.map_or(Some(words), |word| words.get(word.len()..))?.trim_start();
    let unsigned = rest.strip_prefix('#').unwrap_or(rest);
    let title = |rest: &str| {
        let between = |c: char| c.is_whitespace() || matches!(c, ':' | '.' | ')' | '-' | '–' | '—');
        let title = bare(rest.trim_start_matches(between));
        (!title.is_empty()).then_some(title)
    };
    match (word, leading_number(unsigned)) {
        (Some(_), Some((number, rest))) if ends_a_number(rest) => Some((Some(number), title(rest)?)),
        (None, Some((number, rest))) if is_wordless && number < 1000 && ends_a_number(rest) => {
            Some((Some(number), title(rest)?))
        }
        (Some(&"topic"), None) => Some((None, title(rest.strip_prefix(':')?)?)),
        _ => None,
    }
}

/// Whether a number ends here: 17 does in `17: Housing` and not in `17th` or `17.2`.
fn ends_a_number(rest: &str) -> bool {
    let mut next = rest.chars();
    match next.next() {
        Some('.') => next.next().is_some_and(char::is_whitespace),
        Some(c) => c.is_whitespace() || matches!(c, ':' | ')' | '-' | '–' | '—'),
        None => false,
    }
}

/// `Convener: KP`, or `Recommendations` alone: the field, and what stands behind the colon, if one stands there.
fn split_label<'w>(words: &'w str, known: &[Words]) -> Option<(&'static str, Option<&'w str>)> {
    match words.split_once(':') {
        Some((label, rest)) if label.len() <= 40 => Some((labels::field(known, label)?, Some(rest.trim()))),
        _ => Some((labels::field(known, words)?, None)),
    }
}
