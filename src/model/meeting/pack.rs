//! A meeting as it is handed round: the agenda beforehand, the minutes afterwards. Plain data; screens, the command line
//! and reports put it into words of their own.

use super::lines;
use super::{AgendaSort, Meeting, MinuteSort, Presence, agenda, attendance};
use crate::model::choice::Choice;
use crate::model::date::format_date;
use crate::model::{Date, Id, Organisation, Ref, Workspace, forum};

/// A meeting in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pack {
    /// The forum.
    pub forum: String,
    /// The day.
    pub on: Option<Date>,
    /// The day, `Fri 11 Dec`, and what else is known of when and where.
    pub place: String,
    /// Whether the minutes are finished, and by whom.
    pub finished: Option<String>,
    /// What is to be talked about.
    pub agenda: Vec<Matter>,
    /// Who was there, by organisation.
    pub table: Vec<Seat>,
    /// What was said, decided and given somebody to do.
    pub minutes: Vec<NumberedMinute>,
    /// What somebody is to do.
    pub actions: Vec<Given>,
    /// When the forum meets next.
    pub next: Option<Date>,
    /// Corrections that are about no single minute.
    pub corrections: Vec<String>,
}

/// A line of an agenda.
#[derive(Clone, Debug, PartialEq)]
pub struct Matter {
    /// Its number.
    pub number: usize,
    /// Where it comes from; `None`: somebody wants to talk about it.
    pub sort: Option<AgendaSort>,
    /// What it is about.
    pub text: String,
    /// Why it is there.
    pub why: Option<String>,
    /// The minute it goes on from: `11 Sep 2026, 2.1`.
    pub cites: Option<String>,
    /// The record it is about.
    pub about: Option<Id>,
    /// The minute it goes on from: the meeting, and the number where it is one minute.
    pub minute: Option<(Id, String)>,
}

impl Matter {
    /// All of it in one line: `Send the list (matter arising: Katy Pascoe, open) [11 Sep 2026, 2.1]`.
    pub fn line(&self) -> String {
        let sort = self.sort.filter(|_| self.why.is_some()).map(|sort| format!("{}: ", sort.label()));
        let why = self.why.as_ref().map(|why| format!(" ({}{why})", sort.unwrap_or_default()));
        let cites = self.cites.as_ref().map(|cites| format!(" [{cites}]"));
        format!("{}{}{}", self.text, why.unwrap_or_default(), cites.unwrap_or_default())
    }
}

/// An organisation at the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Seat {
    /// Its name; empty for those who act for none.
    pub organisation: String,
    /// Whether it was there; `None`: nothing is written down.
    pub presence: Option<Presence>,
    /// Who: initials, else a name, and what is said of those who were not there.
    pub people: Vec<String>,
    /// That it was not there several times running.
    pub streak: Option<String>,
}

/// A minute with its number.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberedMinute {
    /// Its number.
    pub number: String,
    /// How deep it stands: 0 for `1`, 1 for `1.1`.
    pub depth: usize,
    /// What it is.
    pub sort: MinuteSort,
    /// What it says; of an action, what is to be done.
    pub text: String,
    /// Who is to do it, as it was said.
    pub who: Option<String>,
    /// By when, as it was said.
    pub until: Option<String>,
    /// The minute it goes on from: `11 Sep 2026, 2.1`.
    pub cites: Option<String>,
    /// What was put right since: `corrected Mon 21 Sep by KP: …`.
    pub corrections: Vec<String>,
    /// The action that came of it.
    pub action: Option<Id>,
    /// The minute it goes on from.
    pub minute: Option<(Id, String)>,
}

impl NumberedMinute {
    /// All of it in one line: `Action KP by 27 Nov 2026: send the list [11 Sep 2026, 2.1]`.
    pub fn line(&self) -> String {
        let part =
            |word: &str, said: &Option<String>| said.as_ref().map(|said| format!("{word}{said}")).unwrap_or_default();
        let cites = self.cites.as_ref().map(|cites| format!(" [{cites}]")).unwrap_or_default();
        match self.sort {
            MinuteSort::Note => format!("{}{cites}", self.text),
            MinuteSort::Decision => format!("Decision: {}{cites}", self.text),
            MinuteSort::Action => {
                format!("Action{}{}: {}{cites}", part(" ", &self.who), part(" by ", &self.until), self.text)
            }
        }
    }
}

/// What somebody is to do.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The number of the minute.
    pub number: String,
    /// What is to be done.
    pub what: String,
    /// Who.
    pub who: String,
    /// By when, as it was said.
    pub until: Option<String>,
    /// How far it is, where the action is there.
    pub state: Option<&'static str>,
    /// The action.
    pub action: Option<Id>,
}

/// A meeting in words, seen from today.
pub fn pack(workspace: &Workspace, meeting: &Meeting, today: Date) -> Pack {
    let finished = meeting.finished.first().map(|finish| signed("finished", finish.on, finish.by.as_deref(), today));
    let of_none = |one: &&super::Correction| one.number.is_none();
    Pack {
        forum: meeting.forum.name(workspace).into_owned(),
        on: meeting.on,
        place: place(meeting, today),
        finished,
        agenda: matters(workspace, &meeting.agenda),
        table: table(workspace, meeting),
        minutes: numbered(workspace, meeting, today),
        actions: given(workspace, meeting),
        next: meeting.next,
        corrections: meeting.corrections.iter().filter(of_none).map(|one| corrected(one, today)).collect(),
    }
}

/// When and where a meeting is.
pub fn place(meeting: &Meeting, today: Date) -> String {
    let day = meeting.on.map_or_else(|| "no day yet".to_owned(), |on| format_date(on, today));
    let starts = meeting.starts.map(|starts| format!(" {starts}")).unwrap_or_default();
    let venue = meeting.venue.as_ref().map(|venue| format!(", {venue}")).unwrap_or_default();
    format!("{day}{starts}{venue}")
}

fn signed(done: &str, on: Option<Date>, by: Option<&str>, today: Date) -> String {
    let on = on.map(|on| format!(" {}", format_date(on, today))).unwrap_or_default();
    let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
    format!("{done}{on}{by}")
}

fn corrected(one: &super::Correction, today: Date) -> String {
    format!("{}: {}", signed("corrected", one.on, one.by.as_deref(), today), one.text.as_deref().unwrap_or_default())
}

/// The lines of an agenda with their numbers.
pub fn matters(workspace: &Workspace, lines: &[super::AgendaLine]) -> Vec<Matter> {
    let matter = |(at, line): (usize, &super::AgendaLine)| Matter {
        number: at + 1,
        sort: line.sort,
        text: line.text.as_deref().unwrap_or_default().to_owned(),
        why: line.why.as_ref().map(ToString::to_string),
        cites: agenda::citation(line, workspace),
        about: about(line),
        minute: minute_of(line.cites.as_ref(), line.cited.as_deref()),
    };
    lines.iter().enumerate().map(matter).collect()
}

fn about(line: &super::AgendaLine) -> Option<Id> {
    let action = line.action.as_ref().and_then(Ref::id);
    let recommendation = || line.recommendation.as_ref().and_then(Ref::id);
    action.or_else(|| line.agreement.as_ref().and_then(Ref::id)).or_else(recommendation)
}

fn minute_of(meeting: Option<&Ref<Meeting>>, number: Option<&str>) -> Option<(Id, String)> {
    Some((meeting?.id()?, number.unwrap_or_default().to_owned()))
}

/// The members in their order, then whoever else was there.
fn table(workspace: &Workspace, meeting: &Meeting) -> Vec<Seat> {
    let forum = meeting.forum.get(workspace);
    let members = forum.map(|forum| attendance::members(workspace, forum)).unwrap_or_default();
    let mut organisations: Vec<Option<&Ref<Organisation>>> =
        members.iter().map(|one| Some(&one.organisation)).collect();
    for one in &meeting.attendance {
        if !organisations.contains(&one.organisation.as_ref()) {
            organisations.push(one.organisation.as_ref());
        }
    }
    let streak = |organisation: Option<&Ref<Organisation>>| {
        members.iter().find(|one| Some(&one.organisation) == organisation).and_then(attendance::Member::streak)
    };
    organisations.into_iter().map(|one| Seat { streak: streak(one), ..seat(workspace, meeting, one) }).collect()
}

fn seat(workspace: &Workspace, meeting: &Meeting, organisation: Option<&Ref<Organisation>>) -> Seat {
    let theirs: Vec<_> = meeting.attendance.iter().filter(|one| one.organisation.as_ref() == organisation).collect();
    let presence = theirs.iter().map(|one| one.presence).min();
    let said = |one: &&super::Attendance| {
        let who = one.who.as_ref()?;
        let initials = who.get(workspace).and_then(|person| person.initials.as_ref()).map(ToString::to_string);
        let name = initials.unwrap_or_else(|| who.name(workspace).into_owned());
        let is_as_all = Some(one.presence) == presence;
        Some(if is_as_all { name } else { format!("{name} ({})", one.presence.label()) })
    };
    let organisation = organisation.map(|one| one.name(workspace).into_owned()).unwrap_or_default();
    Seat { organisation, presence, people: theirs.iter().filter_map(said).collect(), streak: None }
}

fn numbered(workspace: &Workspace, meeting: &Meeting, today: Date) -> Vec<NumberedMinute> {
    let minute = |minute: &super::Minute| {
        let number = minute.number.as_str();
        let of = meeting.corrections.iter().filter(|one| one.number.as_deref() == Some(number));
        NumberedMinute {
            number: number.to_owned(),
            depth: minute.number.depth(),
            sort: minute.sort,
            text: minute.text.as_deref().unwrap_or_default().to_owned(),
            who: minute.who.as_ref().map(ToString::to_string),
            until: minute.until.as_ref().map(ToString::to_string),
            cites: lines::citation(minute, workspace),
            corrections: of.map(|one| corrected(one, today)).collect(),
            action: minute.action.as_ref().and_then(Ref::id),
            minute: minute_of(minute.cites.as_ref(), minute.cited.as_deref()),
        }
    };
    meeting.minutes.iter().map(minute).collect()
}

fn given(workspace: &Workspace, meeting: &Meeting) -> Vec<Given> {
    let of = |minute: &super::Minute| Given {
        number: minute.number.as_str().to_owned(),
        what: minute.text.as_deref().unwrap_or_default().to_owned(),
        who: minute.who.as_ref().map_or_else(|| "nobody yet".to_owned(), ToString::to_string),
        until: minute.until.as_ref().map(ToString::to_string),
        state: minute.action.as_ref().and_then(|action| action.get(workspace)).map(|action| action.state.label()),
        action: minute.action.as_ref().and_then(Ref::id),
    };
    meeting.minutes.iter().filter(|minute| minute.sort == MinuteSort::Action).map(of).collect()
}

/// The agenda of the next meeting of a forum, with what is open by today, whether it is written down or not.
pub fn next(workspace: &Workspace, forum: &super::Forum, today: Date) -> Option<Pack> {
    let next = forum::next_meeting(workspace, forum, today)?;
    let written = next.meeting.and_then(|id| workspace.meetings.get(id)).map(|meeting| Meeting::clone(meeting));
    let mut meeting =
        written.unwrap_or_else(|| Meeting { forum: Ref::record(forum.id), on: Some(next.on), ..Meeting::default() });
    if !meeting.is_finished() {
        meeting.agenda = agenda::joined(&meeting.agenda, agenda::lines(workspace, &meeting, today));
    }
    Some(pack(workspace, &meeting, today))
}
