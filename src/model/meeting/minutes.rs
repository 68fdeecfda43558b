//! What is done to minutes: typed, finished, corrected. Typing makes and follows actions, all in one change.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_128;

use super::lines::{self, Around, Line, Task, task};
use super::number::renumber;
use super::{Attendance, Correction, Finish, Meeting, Minute, MinuteSort, Presence};
use crate::model::action::Action;
use crate::model::change::{Author, Change, Edit, Refusal};
use crate::model::choice::Choice;
use crate::model::record::{Merge, Rules};
use crate::model::row::join_cells;
use crate::model::text::count;
use crate::model::{Id, Ref, Text, Workspace};

/// The meeting with an id.
///
/// # Errors
/// It is none.
pub fn find(workspace: &Workspace, id: Id) -> Result<&Meeting, Refusal> {
    let found = workspace.meetings.get(id).map(AsRef::as_ref);
    found.ok_or_else(|| Refusal(format!("{id} is not a meeting here; see `moot list meetings`")))
}

/// A change that puts a meeting in the place of what it was, after its rules.
pub(super) fn replace(
    workspace: &Workspace,
    mut meeting: Meeting,
    others: Vec<Edit>,
    sentence: String,
    author: &Author,
) -> Result<Change, Refusal> {
    meeting.check().map_err(Refusal)?;
    meeting.check_among(workspace)?;
    let before = workspace.get(meeting.id);
    let is_same = matches!(&before, Some(crate::model::AnyRecord::Meeting(was)) if **was == meeting);
    if !is_same {
        meeting.updated = author.stamp(before.as_ref());
    }
    let edits = others.into_iter().chain(Edit::new(before, Some(meeting.into()))).collect();
    Ok(Change { edits, sentence })
}

/// Writes down the minutes that somebody typed, and the actions in them. `base` are the minutes as they stood when the
/// typing began: what others wrote meanwhile stays. `new_id` gives ids for new actions.
///
/// # Errors
/// The minutes are finished.
pub fn write(
    workspace: &Workspace,
    id: Id,
    base: &[Minute],
    typed: &str,
    author: &Author,
    new_id: &mut dyn FnMut() -> Id,
) -> Result<Change, Refusal> {
    let before = find(workspace, id)?;
    let around = Around { workspace, meeting: before, today: author.today };
    let lines = lines::read(typed, around);
    let problems = lines.iter().filter(|line| line.problem.is_some()).count();
    let ours = continued(base, lines);
    let mut meeting = before.clone();
    meeting.minutes = Merge::merge(&base.to_vec(), &ours, &before.minutes, true).0;
    renumber(&mut meeting.minutes);
    let mut actions = Vec::new();
    let mut made = 0;
    for minute in meeting.minutes.iter_mut().filter(|minute| minute.sort == MinuteSort::Action) {
        if minute.action.is_none() {
            minute.action = Some(Ref::record(new_id()));
            made += 1;
            let action = new_action(minute, before, workspace, author);
            actions.extend(Edit::new(None, action.map(Into::into)));
        }
    }
    actions.extend(followed(workspace, before, &meeting, author));
    let sentence = said(&meeting, made, problems);
    replace(workspace, meeting, actions, sentence, author)
}

fn said(meeting: &Meeting, made: usize, problems: usize) -> String {
    let many = |number: usize, one: &str| format!("{} {one}{}", count(number), if number == 1 { "" } else { "s" });
    let lines = many(meeting.minutes.len(), "line");
    let made = if made > 0 { format!(", {}", many(made, "new action")) } else { String::new() };
    let notes = match problems {
        0 => String::new(),
        _ => format!("; {} not understood and kept as a note", many(problems, "line")),
    };
    format!("minutes of {}: {lines}{made}{notes}", meeting.day())
}

/// The rows that lines make: a line that stood there already goes on in its row, with the action that came of it, and so
/// does one that stands, worded anew, between two that are as they were.
fn continued(base: &[Minute], lines: Vec<Line>) -> Vec<Minute> {
    let mut rows: Vec<Minute> = lines.into_iter().map(|line| line.minute).collect();
    let pairs = aligned(base, &rows);
    let mut from = (0, 0);
    for (old, new) in pairs.into_iter().chain([(base.len(), rows.len())]) {
        for (old, new) in (from.0..old).zip(from.1..new) {
            go_on(&base[old], &mut rows[new]);
        }
        if let (Some(old), Some(new)) = (base.get(old), rows.get_mut(new)) {
            go_on(old, new);
        }
        from = (old + 1, new + 1);
    }
    rows
}

/// An action that is still one keeps its record.
fn go_on(old: &Minute, new: &mut Minute) {
    if new.sort == MinuteSort::Action {
        new.action.clone_from(&old.action);
    }
}

/// The rows that say the same, in order: for each row of `base` the first free one behind the last.
fn aligned(base: &[Minute], rows: &[Minute]) -> Vec<(usize, usize)> {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, row) in rows.iter().enumerate().rev() {
        places.entry(row.text.as_deref().unwrap_or_default()).or_default().push(at);
    }
    let mut next = 0;
    let mut pairs = Vec::new();
    for (old, row) in base.iter().enumerate() {
        let Some(free) = places.get_mut(row.text.as_deref().unwrap_or_default()) else { continue };
        free.retain(|at| *at >= next);
        if let Some(at) = free.pop() {
            pairs.push((old, at));
            next = at + 1;
        }
    }
    pairs
}

fn new_action(minute: &Minute, meeting: &Meeting, workspace: &Workspace, author: &Author) -> Option<Action> {
    let Task { lead, helpers, organisation, due, by_next_forum, what } = task(minute, workspace);
    let mut action = Action {
        id: minute.action.as_ref()?.id()?,
        what,
        lead,
        helpers,
        organisation,
        due,
        by_next_forum,
        meeting: Some(Ref::record(meeting.id)),
        minute: Text::some(minute.number.as_str()),
        updated: author.stamp(None),
        ..Action::default()
    };
    action.sign(author);
    Some(action)
}

/// The actions that follow their minutes: where a minute says something else than before, so does its action; where it has
/// another number or is gone, the action says so.
fn followed(workspace: &Workspace, before: &Meeting, after: &Meeting, author: &Author) -> Vec<Edit> {
    let minute_of = |meeting: &'_ Meeting| -> HashMap<Id, Minute> {
        let of = |minute: &Minute| Some((minute.action.as_ref()?.id()?, minute.clone()));
        meeting.minutes.iter().filter_map(of).collect()
    };
    let (was, is) = (minute_of(before), minute_of(after));
    let mut ids: Vec<Id> = was.keys().chain(is.keys()).copied().collect();
    ids.sort();
    ids.dedup();
    let known = ids.into_iter().filter_map(|id| workspace.actions.get(id).map(AsRef::as_ref));
    known.filter_map(|action| follow(workspace, action, was.get(&action.id), is.get(&action.id), author)).collect()
}

fn follow(
    workspace: &Workspace,
    action: &Action,
    was: Option<&Minute>,
    is: Option<&Minute>,
    author: &Author,
) -> Option<Edit> {
    let mut after = action.clone();
    after.minute = is.and_then(|minute| Text::some(minute.number.as_str()));
    if let (Some(was), Some(is)) = (was, is) {
        let (was, is) = (task(was, workspace), task(is, workspace));
        take(&mut after.what, &was.what, is.what);
        take(&mut after.lead, &was.lead, is.lead);
        take(&mut after.helpers, &was.helpers, is.helpers);
        take(&mut after.organisation, &was.organisation, is.organisation);
        take(&mut after.due, &was.due, is.due);
        take(&mut after.by_next_forum, &was.by_next_forum, is.by_next_forum);
    }
    if after == *action {
        return None;
    }
    after.revise(action, author);
    let before = workspace.get(action.id);
    after.updated = author.stamp(before.as_ref());
    Edit::new(before, Some(after.into()))
}

/// What the minute says otherwise than before.
fn take<T: PartialEq>(kept: &mut T, was: &T, is: T) {
    if *was != is {
        *kept = is;
    }
}

/// Finishes the minutes: from then on they stay as they are. Members of whom nothing is written were absent.
///
/// # Errors
/// The meeting has not met, nothing is minuted, nobody was there, or they are finished already.
pub fn finish(workspace: &Workspace, id: Id, author: &Author) -> Result<Change, Refusal> {
    let mut meeting = find(workspace, id)?.clone();
    let before = meeting.clone();
    may_finish(&meeting, author)?;
    let forum = meeting.forum.get(workspace);
    for member in forum.map(|forum| forum.members.clone()).unwrap_or_default() {
        if super::attendance::presence(&meeting, &member).is_none() {
            let absent = Attendance { organisation: Some(member), presence: Presence::Absent, who: None };
            meeting.attendance.push(absent);
        }
    }
    renumber(&mut meeting.minutes);
    let seal = Text::some(&seal(&meeting));
    meeting.finished = vec![Finish { on: Some(author.today), by: Some(author.by.clone()), seal }];
    let others = followed(workspace, &before, &meeting, author);
    let sentence = format!("the minutes of {} are finished", meeting.title(workspace));
    replace(workspace, meeting, others, sentence, author)
}

/// Whether minutes can be finished.
///
/// # Errors
/// What is missing.
pub fn may_finish(meeting: &Meeting, author: &Author) -> Result<(), Refusal> {
    let is_there = |one: &Attendance| one.presence == Presence::Present;
    let why = if meeting.is_finished() {
        "they are finished already"
    } else if meeting.on.is_none_or(|on| on > author.today) {
        "the meeting has not met yet"
    } else if meeting.minutes.is_empty() {
        "no minutes are typed yet"
    } else if !meeting.attendance.iter().any(is_there) {
        "nobody is written down as present"
    } else {
        return Ok(());
    };
    Err(Refusal(format!("the minutes of {} cannot be finished: {why}", meeting.day())))
}

/// Writes beside finished minutes what is right.
///
/// # Errors
/// The minutes are not finished, nothing is written, or there is no minute with this number.
pub fn correct(
    workspace: &Workspace,
    id: Id,
    number: Option<&str>,
    text: &Text,
    author: &Author,
) -> Result<Change, Refusal> {
    let mut meeting = find(workspace, id)?.clone();
    if !meeting.is_finished() {
        return Err(Refusal("these minutes are not finished: type what is right in them".to_owned()));
    }
    if text.trim().is_empty() {
        return Err(Refusal("write what is right, in a sentence".to_owned()));
    }
    if let Some(number) = number.filter(|number| meeting.minute(number).is_none()) {
        return Err(Refusal(format!("there is no minute {number} of {}", meeting.day())));
    }
    let number = number.and_then(Text::some);
    let about = number.as_ref().map(|number| format!("minute {number} of ")).unwrap_or_default();
    let sentence = format!("{about}{} corrected", meeting.day());
    let (on, by) = (Some(author.today), Some(author.by.clone()));
    let row = Correction { number, text: Some(text.clone()), on, by };
    if !meeting.corrections.contains(&row) {
        meeting.corrections.push(row);
    }
    replace(workspace, meeting, Vec::new(), sentence, author)
}

/// What follows from the minutes as they are: another for other minutes, so that whoever changes the file is found out.
pub fn seal(meeting: &Meeting) -> String {
    let said = |text: &Option<Text>| text.as_deref().unwrap_or_default().to_owned();
    let minute = |minute: &Minute| {
        let number = minute.number.as_str().to_owned();
        join_cells(&[
            number,
            said(&minute.text),
            minute.sort.label().to_owned(),
            said(&minute.who),
            said(&minute.until),
        ])
    };
    let there = |one: &Attendance| {
        let target = |id: Option<Id>| id.map(|id| id.to_string()).unwrap_or_default();
        let who = target(one.who.as_ref().and_then(Ref::id));
        join_cells(&[who, target(one.organisation.as_ref().and_then(Ref::id)), one.presence.label().to_owned()])
    };
    let mut lines = vec![meeting.on.map(|on| on.to_string()).unwrap_or_default()];
    lines.extend(meeting.minutes.iter().map(minute));
    lines.extend(meeting.attendance.iter().map(there));
    format!("{:032x}", xxh3_128(lines.join("\n").as_bytes()))
}
