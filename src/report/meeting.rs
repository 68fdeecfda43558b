//! The papers of a forum: what those who come to its next meeting need before them, and the minutes of a meeting.

use super::actions;
use super::document::{Document, Table, Words};
use super::source::Source;
use super::words::{full_date, long_date, many, sentence};
use crate::model::choice::Choice;
use crate::model::forum::{self, NextMeeting};
use crate::model::meeting::attendance::{Member, members, presence};
use crate::model::meeting::{AgendaLine, Attendance, MinuteSort, Presence, agenda, lines};
use crate::model::{Action, Date, Forum, Id, Meeting, Refusal, Rules};

/// Makes the papers for the next meeting of a forum, of whatever forum meets first where none is named.
///
/// # Errors
/// There is no forum, or nobody knows when it meets.
pub(super) fn pack(source: &Source<'_>, id: Option<Id>) -> Result<Document, Refusal> {
    let next = match id {
        None => forum::next_forum(source.all, source.today),
        Some(id) => source.all.forums.get(id).and_then(|forum| forum::next_meeting(source.all, forum, source.today)),
    };
    let next = next.ok_or_else(|| {
        let help = "add the meeting (moot add meeting forum=… on=…), or give the forum a cycle";
        Refusal(format!("nobody knows when the forum meets next: {help}"))
    })?;
    let forum =
        source.seen.forums.get(next.forum).ok_or_else(|| Refusal(format!("there is no {} here", next.forum)))?;
    let meeting = next.meeting.and_then(|id| source.seen.meetings.get(id)).map(AsRef::as_ref);
    let mut document = Document::new(forum.name.as_str());
    document.subtitle = vec![format!("Papers for the meeting of {}", full_date(next.on))];
    document.subtitle.extend(meeting.and_then(place_and_time));
    document.part("Agenda");
    write_agenda(&mut document, source, forum, meeting);
    write_actions(&mut document, source, next);
    write_members(&mut document, source, forum);
    let last = forum::meetings_of(&source.seen, forum.id)
        .into_iter()
        .rfind(|one| one.on < Some(next.on) && !one.minutes.is_empty());
    if let Some(last) = last {
        document.part(format!("Minutes of the last meeting, {}", last.on.map(long_date).unwrap_or_default()));
        write_minutes(&mut document, source, last);
    }
    Ok(document)
}

/// Makes the minutes of a meeting.
///
/// # Errors
/// There is no such meeting, or nothing is minuted.
pub(super) fn minutes(source: &Source<'_>, id: Id) -> Result<Document, Refusal> {
    let meeting = source.seen.meetings.get(id);
    let meeting = meeting.ok_or_else(|| Refusal(format!("{id} is not a meeting here; see `moot list meetings`")))?;
    if meeting.minutes.is_empty() {
        return Err(Refusal(format!("{} has no minutes yet", meeting.title(source.all))));
    }
    let mut document = Document::new(format!("Minutes: {}", source.name(&meeting.forum)));
    document.subtitle.extend(meeting.on.map(full_date));
    document.subtitle.extend(place_and_time(meeting));
    document.subtitle.push(standing(meeting));
    document.part("Who was there");
    write_attendance(&mut document, source, meeting);
    document.part("Minutes");
    write_minutes(&mut document, source, meeting);
    if let Some(next) = meeting.next {
        document.part("Next meeting");
        document.say(sentence(&full_date(next)));
    }
    Ok(document)
}

fn place_and_time(meeting: &Meeting) -> Option<String> {
    let parts: Vec<String> = [meeting.starts.map(|at| at.to_string()), meeting.venue.as_ref().map(ToString::to_string)]
        .into_iter()
        .flatten()
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Whether the minutes can still change.
fn standing(meeting: &Meeting) -> String {
    match meeting.finished.first() {
        None => "Draft: these minutes are not finished".to_owned(),
        Some(finish) => {
            let on = finish.on.map(|on| format!(" on {}", long_date(on))).unwrap_or_default();
            let by = finish.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
            format!("Finished{on}{by}")
        }
    }
}

/// The agenda that is written down, else what is open as far as partners may see.
fn write_agenda(document: &mut Document, source: &Source<'_>, forum: &Forum, meeting: Option<&Meeting>) {
    let written = meeting.map(|meeting| meeting.agenda.clone()).filter(|agenda| !agenda.is_empty());
    let lines = written.unwrap_or_else(|| {
        document.say("The agenda is not written down yet. This is what is open:");
        let next = meeting.cloned().or_else(|| agenda::next(&source.seen, forum, Id::default(), source.today).ok());
        next.map(|meeting| agenda::lines(&source.seen, &meeting, source.today)).unwrap_or_default()
    });
    let line = |(number, line): (usize, &AgendaLine)| -> Vec<Words> {
        let cited = agenda::citation(line, source.all).map(|cited| format!(" [{cited}]")).unwrap_or_default();
        let text = line.text.as_deref().unwrap_or_default();
        vec![number.to_string().into(), format!("{text}{cited}").into(), line.why.as_deref().unwrap_or_default().into()]
    };
    let rows = (1..).zip(&lines).map(line).collect();
    document.table(Table::new("What there is to talk about", &["!No.", "Matter", "Why"]).with("", rows));
}

/// What should be done by the meeting.
fn write_actions(document: &mut Document, source: &Source<'_>, next: NextMeeting) {
    let is_due = |action: &&Action| {
        action.is_unfinished() && forum::due(source.all, action).is_some_and(|due: Date| due <= next.on)
    };
    let due: Vec<&Action> = source.seen.actions.iter().map(AsRef::as_ref).filter(is_due).collect();
    if !due.is_empty() {
        document.part("Actions due by the meeting");
        document.table(actions::table(source, "Actions that are overdue or due by then", due));
    }
}

/// The members, and how they attended the last meetings.
fn write_members(document: &mut Document, source: &Source<'_>, forum: &Forum) {
    let members = members(source.all, forum);
    if members.is_empty() {
        return;
    }
    document.part("Members");
    let attended = |member: &Member| match member.held {
        0 => String::new(),
        held => format!("at {} of {}", member.present, many(held, "meeting", "meetings")),
    };
    let rows = members.iter().map(|member| {
        let said = [attended(member), member.streak().unwrap_or_default()];
        let said: Vec<String> = said.into_iter().filter(|said| !said.is_empty()).collect();
        vec![source.name(&member.organisation).into(), said.join(", ").into()]
    });
    document.table(Table::new("Who belongs to the forum", &["Organisation", "Attendance"]).with("", rows.collect()));
}

fn write_attendance(document: &mut Document, source: &Source<'_>, meeting: &Meeting) {
    let of = |wanted: Presence| -> String {
        let all = meeting.attendance.iter().filter(|one| one.presence == wanted);
        all.map(|one| attendee(source, one)).collect::<Vec<_>>().join("; ")
    };
    let facts = [("Present", Presence::Present), ("Apologies", Presence::Apologies), ("Absent", Presence::Absent)];
    document.facts(facts.iter().map(|(label, wanted)| (*label, of(*wanted).into())).collect());
    let members = meeting.forum.get(&source.seen).map(|forum| forum.members.as_slice()).unwrap_or_default();
    let there = members.iter().filter(|one| presence(meeting, one) == Some(Presence::Present)).count();
    if !members.is_empty() {
        document.say(format!("{there} of the {} member organisations were there.", members.len()));
    }
}

fn attendee(source: &Source<'_>, one: &Attendance) -> String {
    let who = one.who.as_ref().map(|who| source.name(who));
    let organisation = one.organisation.as_ref().map(|organisation| source.name(organisation));
    [who, organisation].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The minutes with their numbers; decisions and actions are called so. What was put right since stands behind them.
fn write_minutes(document: &mut Document, source: &Source<'_>, meeting: &Meeting) {
    let row = |minute: &crate::model::meeting::Minute| -> Vec<Words> {
        let sort = if minute.sort == MinuteSort::Note { "" } else { minute.sort.label() };
        let cited = lines::citation(minute, source.all).map(|cited| format!(" [{cited}]")).unwrap_or_default();
        let text = minute.text.as_deref().unwrap_or_default();
        let until = minute.until.as_ref().map(|until| format!(", by {until}")).unwrap_or_default();
        let who = minute.who.as_ref().map(|who| format!("{who}{until}")).unwrap_or_default();
        vec![minute.number.as_str().into(), format!("{text}{cited}").into(), sort.into(), who.into()]
    };
    let rows = meeting.minutes.iter().map(row).collect();
    document.table(
        Table::new("What was said, decided and given somebody to do", &["!No.", "Minute", "Sort", "Who"])
            .with("", rows),
    );
    let correction = |one: &crate::model::meeting::Correction| {
        let number = one.number.as_ref().map(|number| format!("{number}: ")).unwrap_or_default();
        let on = one.on.map(|on| format!(" ({})", long_date(on))).unwrap_or_default();
        Words::from(format!("{number}{}{on}", one.text.as_deref().unwrap_or_default()))
    };
    if !meeting.corrections.is_empty() {
        document.say("Put right since:");
        document.list(meeting.corrections.iter().map(correction).collect());
    }
}
