//! What is done to topics: placed, swapped, joined, combined, run, cancelled.

use super::{Participant, Topic, TopicState};
use crate::model::change::{Author, Change, Edit, Refusal, listed};
use crate::model::choice::Choice;
use crate::model::record::Rules;
use crate::model::{Id, Person, Ref, Text, Workspace};

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
        return Err(Refusal(format!("topic {} is {}", Rules::title(topic, workspace), Choice::label(topic.state))));
    }
    let mut placed = topic.clone();
    (placed.slot, placed.space) = (Text::some(slot), Text::some(space));
    placed.check_among(workspace)?;
    let number = topic.number.map_or_else(|| topic.title.to_string(), |number| number.to_string());
    let edit = edit(workspace, topic, author, |topic| (topic.slot, topic.space) = (placed.slot, placed.space));
    Ok(change([edit], format!("Topic {number} placed in {space}, {slot}")))
}

/// Takes a topic off the wall; it stays posted.
///
/// # Errors
/// It is no topic.
pub fn unplace(workspace: &Workspace, id: Id, author: &Author) -> Result<Change, Refusal> {
    let topic = find(workspace, id)?;
    let edit = edit(workspace, topic, author, |topic| (topic.slot, topic.space) = (None, None));
    Ok(change([edit], format!("Topic {} has no place now", Rules::title(topic, workspace))))
}

/// Writes down who joined a group: each once, as come later where the group has met already or is meeting.
///
/// # Errors
/// It is no topic.
pub fn join(workspace: &Workspace, id: Id, people: &[Ref<Person>], author: &Author) -> Result<Change, Refusal> {
    let topic = find(workspace, id)?;
    let is_known = |person: &Ref<Person>| topic.participants.iter().any(|one| one.person == *person);
    let mut joining: Vec<&Ref<Person>> = Vec::new();
    for person in people {
        if !is_known(person) && !joining.contains(&person) {
            joining.push(person);
        }
    }
    let names: Vec<String> = joining.iter().map(|person| person.name(workspace).into_owned()).collect();
    let title = Rules::title(topic, workspace);
    if names.is_empty() {
        return Ok(change([], format!("they are in the group of {title} already")));
    }
    let is_late = topic.state != TopicState::Posted;
    let joining = joining.into_iter().map(|person| Participant { person: person.clone(), is_late });
    let joined: Vec<Participant> = topic.participants.iter().cloned().chain(joining).collect();
    let edit = edit(workspace, topic, author, |topic| topic.participants = joined);
    Ok(change([edit], format!("{} in the group of {title}", listed(&names))))
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

/// Says what became of topics. One that was cancelled and whose cell has been given away since comes back without a
/// place.
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
        let mut after = Topic { state, ..topic.clone() };
        if after.check_among(workspace).is_err() {
            (after.slot, after.space) = (None, None);
        }
        edits.push(edit(workspace, topic, author, |topic| {
            (topic.state, topic.slot, topic.space) = (state, after.slot, after.space);
        }));
    }
    let word = Choice::label(state);
    Ok(change(edits, format!("{} {word}", listed(&titles))))
}
