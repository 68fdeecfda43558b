//! A table of topics: number, title, convener, and perhaps where and when they met and what they wrote down.

use std::collections::HashMap;

use super::super::ExchangeError;
use super::adopt::Adopter;
use super::sheet::Sheet;
use super::wall::{Wall, number, put_up, set_topic};
use super::{Context, Failure, Outcome, labels};
use crate::model::change::listed;
use crate::model::event::latest;
use crate::model::text::{clean, count};
use crate::model::topic::Topic;
use crate::model::{Event, FieldValue, Id, Ref, Refusal, SplitMix64};

/// The most topics of one table: those of many events.
const MAX_TOPICS: usize = 5_000;

/// Whether these columns are those of a table of topics: a title, and a number or a convener.
pub fn is_table(columns: &[String]) -> bool {
    let has = |field: &str| columns.iter().any(|column| labels::field(labels::TOPIC, column) == Some(field));
    let says_topic = columns.iter().any(|column| ["topic", "topics"].contains(&labels::plain(column).as_str()));
    has("title") && (says_topic || has(labels::NUMBER) || has("conveners"))
}

/// Plans the import of topics.
///
/// # Errors
/// There is no event they could belong to.
pub fn plan(text: &str, context: &Context<'_>, random: &mut SplitMix64) -> Result<Outcome, Failure> {
    let sheet = Sheet::read(text);
    if sheet.rows.len() > MAX_TOPICS {
        let why = format!("{} holds more than {} topics; split it by events", context.feed, count(MAX_TOPICS));
        return Err(ExchangeError(why).into());
    }
    let mut adopter = Adopter::new(context, random);
    let columns = columns(&sheet.header, &mut adopter);
    let events = events(&sheet, &columns, context)?;
    let cell = |row: &[String], field: &str| -> Option<String> {
        let at = columns.iter().position(|column| *column == Some(field))?;
        row.get(at).filter(|cell| !cell.is_empty()).cloned()
    };
    let mut walls: HashMap<Id, Wall> = HashMap::new();
    for (event, rows) in in_order(&events) {
        let named = |field: &str| rows.iter().filter_map(|at| cell(&sheet.rows[*at].1, field)).collect::<Vec<_>>();
        put_up(&mut adopter, event, &named("slot"), &named("space"));
        let numbers = named(labels::NUMBER);
        walls.insert(event, Wall::of(&adopter, event, numbers.iter().filter_map(|typed| number(typed))));
    }
    let mut rejected: HashMap<Id, Vec<(String, serde_json::Value)>> = HashMap::new();
    for ((line, row), event) in sheet.rows.iter().zip(&events) {
        let posted = read_topic(&mut adopter, &columns, row, *line);
        let wall = walls.get_mut(event);
        if posted.zip(wall).and_then(|(topic, wall)| wall.post(&mut adopter, topic, *line)).is_none() {
            rejected.entry(*event).or_default().push((String::new(), as_json(&sheet.header, row)));
        }
    }
    let stamp = context.author.stamp(None);
    for (event, rows) in rejected {
        adopter.keep_rows("rows of topics", event, rows, &stamp);
    }
    adopter.note_all(sheet.notices);
    Ok(adopter.finish(None))
}

/// The fields of the columns; those that mean nothing here are named.
fn columns(header: &[String], adopter: &mut Adopter<'_>) -> Vec<Option<&'static str>> {
    let mut columns: Vec<Option<&'static str>> = Vec::new();
    for name in header {
        let field = labels::field(labels::TOPIC, name).filter(|field| *field != labels::RECOMMENDATIONS);
        let is_new = field.is_some() && !columns.contains(&field);
        if !is_new && !name.is_empty() {
            adopter.note(1, format!("the column {:?} is left out: topics have no such field", clean(name)));
        }
        columns.push(field.filter(|_| is_new));
    }
    columns
}

/// The event of each row: that in its column, else the one that was named, else the latest.
fn events(sheet: &Sheet, columns: &[Option<&'static str>], context: &Context<'_>) -> Result<Vec<Id>, Failure> {
    let at = columns.iter().position(|column| *column == Some("event"));
    let otherwise = context.event.or_else(|| latest(context.workspace).map(|event| event.id));
    let parsing = crate::model::ParseContext { workspace: context.workspace, today: context.author.today };
    let mut unknown = Vec::new();
    let mut events = Vec::with_capacity(sheet.rows.len());
    for (_, row) in &sheet.rows {
        let typed = at.and_then(|at| row.get(at)).map(String::as_str).filter(|typed| !typed.is_empty());
        let Some(typed) = typed else {
            let help = "there is no event these topics could belong to: make one first (moot add event name=…)";
            events.push(otherwise.ok_or_else(|| Refusal(help.to_owned()))?);
            continue;
        };
        let found = Ref::<Event>::parse(typed, parsing).map_err(Refusal)?;
        match found.get(context.workspace) {
            Some(event) => events.push(event.id),
            None if unknown.iter().any(|known| known == typed) => {}
            None => unknown.push(typed.to_owned()),
        }
    }
    if unknown.is_empty() {
        return Ok(events);
    }
    let help = "make it first (moot add event name=…), or leave the column out";
    Err(Refusal(format!("there is no event called {}: {help}", listed(&unknown))).into())
}

/// The events, in the order in which they come up, with their rows.
fn in_order(events: &[Id]) -> Vec<(Id, Vec<usize>)> {
    let mut order: Vec<(Id, Vec<usize>)> = Vec::new();
    for (at, event) in events.iter().enumerate() {
        match order.iter_mut().find(|(known, _)| known == event) {
            Some((_, rows)) => rows.push(at),
            None => order.push((*event, vec![at])),
        }
    }
    order
}

/// The topic in a row; `None` where it has no title.
fn read_topic(
    adopter: &mut Adopter<'_>,
    columns: &[Option<&'static str>],
    row: &[String],
    line: usize,
) -> Option<Topic> {
    let mut topic = Topic::default();
    let parsing = adopter.parsing();
    for (field, value) in columns.iter().zip(row).filter_map(|(field, value)| Some(((*field)?, value))) {
        if value.is_empty() || field == "event" {
            continue;
        }
        if let Err(why) = set_topic(&mut topic, field, value, &mut adopter.names, parsing) {
            adopter.note(line, format!("the {} {value:?} is left out: {why}", field.replace('_', " ")));
        }
    }
    if topic.title.is_empty() {
        adopter.note(line, "left out: it has no title; the row is kept among the originals".to_owned());
        return None;
    }
    Some(topic)
}

/// A row with the names of its columns.
pub fn as_json(header: &[String], row: &[String]) -> serde_json::Value {
    let name = |at: usize| {
        let is_first = |name: &&String| !name.is_empty() && header.iter().position(|known| known == *name) == Some(at);
        header.get(at).filter(is_first).map(|name| clean(name))
    };
    let cells = row.iter().enumerate().filter(|(_, cell)| !cell.is_empty());
    let cells =
        cells.map(|(at, cell)| (name(at).unwrap_or_else(|| format!("column {}", at + 1)), cell.as_str().into()));
    serde_json::Value::Object(cells.collect())
}
