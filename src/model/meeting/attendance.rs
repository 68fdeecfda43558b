//! Who was at meetings: typed by initials, and by organisation how often and since when not.

use super::lines::{organisation, people_called};
use super::{Attendance, Meeting, Presence, minutes};
use crate::model::change::{Author, Change, Refusal};
use crate::model::choice::Choice;
use crate::model::text::count;
use crate::model::{Forum, Id, Organisation, Person, Ref, Workspace, forum};

/// How an organisation attends a forum.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The organisation.
    pub organisation: Ref<Organisation>,
    /// At how many of the meetings it was.
    pub present: usize,
    /// Of how many meetings it is known whether it was there.
    pub held: usize,
    /// How many times running it was not there, up to the last meeting.
    pub missed: usize,
    /// At how many of these it had sent apologies.
    pub apologies: usize,
}

impl Member {
    /// What is said of its absence, where it was not there more than once running.
    pub fn streak(&self) -> Option<String> {
        let times = |number: usize| if number == 1 { "1 time".to_owned() } else { format!("{number} times") };
        let apologies = match self.apologies {
            0 => String::new(),
            with if with == self.missed => " with apologies".to_owned(),
            with => format!(", {} with apologies", times(with)),
        };
        (self.missed > 1).then(|| format!("absent {} running{apologies}", times(self.missed)))
    }
}

/// Whether an organisation was at a meeting: the best of what is written down of it and of those who act for it.
pub fn presence(meeting: &Meeting, organisation: &Ref<Organisation>) -> Option<Presence> {
    let of = meeting.attendance.iter().filter(|one| one.organisation.as_ref() == Some(organisation));
    of.map(|one| one.presence).min()
}

/// The members of a forum in the order in which it has them, and how they attend. What counts are meetings of which it is
/// written down; a member of whom one says nothing was no member yet.
pub fn members(workspace: &Workspace, forum: &Forum) -> Vec<Member> {
    let meetings = forum::meetings_of(workspace, forum.id);
    forum.members.iter().map(|organisation| member(&meetings, organisation)).collect()
}

fn member(meetings: &[&Meeting], organisation: &Ref<Organisation>) -> Member {
    let known: Vec<Presence> = meetings.iter().rev().filter_map(|meeting| presence(meeting, organisation)).collect();
    let missed = known.iter().take_while(|one| **one != Presence::Present);
    Member {
        organisation: organisation.clone(),
        present: known.iter().filter(|one| **one == Presence::Present).count(),
        held: known.len(),
        missed: missed.clone().count(),
        apologies: missed.filter(|one| **one == Presence::Apologies).count(),
    }
}

/// Reads who was there: initials, names and organisations with blanks or commas between; `apologies` and `absent` hold
/// for what stands behind them, as `present` does at the beginning.
///
/// # Errors
/// Whom nobody here can be, or who is meant of two.
pub fn read(typed: &str, meeting: &Meeting, workspace: &Workspace) -> Result<Vec<Attendance>, String> {
    let mut presence = Presence::Present;
    let mut rows = Vec::new();
    for part in typed.split([',', '\n', ';']).map(str::trim).filter(|part| !part.is_empty()) {
        let mut part = part;
        while let Some((mode, rest)) = mode(part) {
            (presence, part) = (mode, rest);
        }
        if part.is_empty() {
            continue;
        }
        if let Ok(row) = one(part, presence, meeting, workspace) {
            rows.push(row);
            continue;
        }
        for word in part.split_whitespace() {
            match mode(word) {
                Some((mode, _)) => presence = mode,
                None => rows.push(one(word, presence, meeting, workspace)?),
            }
        }
    }
    if rows.is_empty() {
        Err("write initials, such as: KP JS apologies AB absent Shelter".to_owned())
    } else {
        Ok(rows)
    }
}

fn mode(part: &str) -> Option<(Presence, &str)> {
    let (word, rest) = part.split_once([' ', ':']).unwrap_or((part, ""));
    let found = Presence::ALL.iter().find(|presence| presence.label().eq_ignore_ascii_case(word))?;
    Some((*found, rest.trim_start_matches([':', ' '])))
}

fn one(name: &str, presence: Presence, meeting: &Meeting, workspace: &Workspace) -> Result<Attendance, String> {
    match people_called(name, workspace)[..] {
        [person] => {
            let who = Some(Ref::record(person.id));
            Ok(Attendance { who, organisation: acts_for(person, meeting, workspace), presence })
        }
        [] => match organisation(name, workspace) {
            Some(organisation) => Ok(Attendance { who: None, organisation: Some(organisation), presence }),
            None => {
                Err(format!("nobody here is called {name:?}; a guest can be written into the form of the meeting (e)"))
            }
        },
        [person, other, ..] => Err(format!("{name} is {} or {}: write the name", person.name, other.name)),
    }
}

/// The organisation for which somebody sits at the table: the member they act for, or the only one they act for at all.
fn acts_for(person: &Person, meeting: &Meeting, workspace: &Workspace) -> Option<Ref<Organisation>> {
    let mut theirs: Vec<&Ref<Organisation>> = person.roles.iter().map(|role| &role.organisation).collect();
    theirs.dedup();
    let members = meeting.forum.get(workspace).map(|forum| forum.members.as_slice()).unwrap_or_default();
    let member: Vec<&&Ref<Organisation>> = theirs.iter().filter(|one| members.contains(one)).collect();
    match (&member[..], &theirs[..]) {
        ([one], _) => Some((**one).clone()),
        ([], [one]) => Some((*one).clone()),
        _ => None,
    }
}

/// Writes down who was there. What is known of somebody already gives way.
///
/// # Errors
/// The minutes are finished.
pub fn mark(workspace: &Workspace, id: Id, rows: &[Attendance], author: &Author) -> Result<Change, Refusal> {
    let mut meeting = minutes::find(workspace, id)?.clone();
    for row in rows {
        let is_same = |known: &&mut Attendance| match &row.who {
            Some(_) => known.who == row.who,
            None => known.who.is_none() && known.organisation == row.organisation,
        };
        match meeting.attendance.iter_mut().find(is_same) {
            Some(known) => *known = row.clone(),
            None => meeting.attendance.push(row.clone()),
        }
    }
    let sentence = format!("{}: {}", meeting.day(), said(&meeting));
    minutes::replace(workspace, meeting, Vec::new(), sentence, author)
}

/// How many are present, sent apologies and are absent, in words.
pub fn said(meeting: &Meeting) -> String {
    let many = |presence: &Presence| meeting.attendance.iter().filter(|one| one.presence == *presence).count();
    let word = |presence: &Presence| if *presence == Presence::Apologies { "with apologies" } else { presence.label() };
    let parts = Presence::ALL.iter().map(|presence| (many(presence), word(presence)));
    let parts: Vec<String> =
        parts.filter(|(many, _)| *many > 0).map(|(many, label)| format!("{} {label}", count(many))).collect();
    if parts.is_empty() { "nobody written down yet".to_owned() } else { parts.join(", ") }
}
