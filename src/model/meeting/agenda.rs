//! The agenda of a meeting, made from what is open: matters arising, actions that are due, agreements, recommendations.

use super::lines::said_citation;
use super::{AgendaLine, AgendaSort, Meeting, minutes};
use crate::model::action::Action;
use crate::model::agreement::Agreement;
use crate::model::agreement::item::Item;
use crate::model::change::{Author, Change, Refusal};
use crate::model::choice::Choice;
use crate::model::date::format_date;
use crate::model::order::Order as _;
use crate::model::record::Rules;
use crate::model::row::Row;
use crate::model::{Date, Event, Forum, Id, Organisation, Recommendation, Ref, Text, Workspace, forum};

/// More new recommendations than this are one matter.
const MAX_RECOMMENDATIONS: usize = 8;

fn line(sort: AgendaSort, text: &str, why: &str) -> AgendaLine {
    AgendaLine { text: Text::some(text), why: Text::some(why), sort: Some(sort), ..AgendaLine::default() }
}

/// What a meeting should talk about, seen from today.
pub fn lines(workspace: &Workspace, meeting: &Meeting, today: Date) -> Vec<AgendaLine> {
    let previous = meeting.previous(workspace);
    let mut lines = vec![line(AgendaSort::Opening, "Welcome and apologies", "")];
    if let Some(previous) = previous {
        lines.push(AgendaLine {
            cites: Some(Ref::record(previous.id)),
            ..line(AgendaSort::LastMinutes, &format!("Minutes of {}", previous.day()), "")
        });
    }
    let arising = arising(workspace, previous, today);
    let due = due(workspace, meeting, today);
    let is_arising = |other: &AgendaLine| arising.iter().any(|line| line.action == other.action);
    lines.extend(due.into_iter().filter(|line| !is_arising(line)));
    lines.extend(arising);
    lines.extend(agreements(workspace, meeting, today));
    lines.extend(recommendations(workspace, previous));
    lines.push(line(AgendaSort::NextDate, "Date of the next meeting", ""));
    lines.order_by_key(|line| place(line.sort));
    lines
}

/// Where a line stands: in the order of the sorts, what somebody wants to talk about before the date of the next meeting.
fn place(sort: Option<AgendaSort>) -> usize {
    match sort {
        Some(AgendaSort::NextDate) => usize::MAX,
        Some(sort) => sort.index(),
        None => usize::MAX - 1,
    }
}

/// What the last meeting wanted done and is not finished, with the number of its minute.
fn arising(workspace: &Workspace, previous: Option<&Meeting>, today: Date) -> Vec<AgendaLine> {
    let Some(previous) = previous else { return Vec::new() };
    let of = |minute: &super::Minute| {
        let action = minute.action.as_ref()?.get(workspace).filter(|action| action.is_unfinished())?;
        let cited = Text::line(minute.number.as_str());
        Some(AgendaLine {
            action: Some(Ref::record(action.id)),
            cites: Some(Ref::record(previous.id)),
            cited: Some(cited),
            ..line(AgendaSort::MatterArising, &action.what, &why(workspace, action, today))
        })
    };
    previous.minutes.iter().filter_map(of).collect()
}

/// The actions that should be done when the forum meets.
fn due(workspace: &Workspace, meeting: &Meeting, today: Date) -> Vec<AgendaLine> {
    let by = meeting.on.unwrap_or(today);
    let is_due = |action: &&Action| {
        forum::due(workspace, action).is_some_and(|due| due <= by)
            && is_for(workspace, meeting, organisations_of(workspace, action, today))
    };
    let mut actions: Vec<&Action> =
        workspace.actions.iter().map(AsRef::as_ref).filter(|action| action.is_unfinished()).filter(is_due).collect();
    actions.sort_by_cached_key(|action| (forum::due(workspace, action), action.what.to_lowercase(), action.id));
    let of = |action: &Action| AgendaLine {
        action: Some(Ref::record(action.id)),
        ..line(AgendaSort::Due, &action.what, &why(workspace, action, today))
    };
    actions.into_iter().map(of).collect()
}

/// Who leads an action, how far it is, and when it is due.
fn why(workspace: &Workspace, action: &Action, today: Date) -> String {
    let lead = action.lead.as_ref().map(|lead| lead.name(workspace).into_owned());
    let organisation = || action.organisation.as_ref().map(|one| one.name(workspace).into_owned());
    let lead = lead.or_else(organisation).unwrap_or_else(|| "nobody yet".to_owned());
    let due = forum::due(workspace, action).map(|due| {
        let word = if due < today { "overdue since" } else { "due" };
        format!(", {word} {}", format_date(due, today))
    });
    format!("{lead}, {}{}", action.state.label(), due.unwrap_or_default())
}

/// Whether something is for this forum: where there is only one, everything; else what is of no organisation, or of one of
/// its members.
fn is_for<'a>(
    workspace: &Workspace,
    meeting: &Meeting,
    organisations: impl Iterator<Item = &'a Ref<Organisation>>,
) -> bool {
    let members = meeting.forum.get(workspace).map(|forum| forum.members.as_slice()).unwrap_or_default();
    let mut organisations = organisations.peekable();
    workspace.forums.len() < 2 || organisations.peek().is_none() || organisations.any(|one| members.contains(one))
}

/// The organisations of which an action is: the one that leads it, and those of the person who does.
fn organisations_of<'a>(
    workspace: &'a Workspace,
    action: &'a Action,
    today: Date,
) -> impl Iterator<Item = &'a Ref<Organisation>> {
    let lead = action.lead.as_ref().and_then(|lead| lead.get(workspace));
    action.organisation.iter().chain(lead.map(|lead| lead.organisations(today)).unwrap_or_default())
}

/// The agreements that should be looked at again when the forum meets, and what was promised in them and not kept.
fn agreements(workspace: &Workspace, meeting: &Meeting, today: Date) -> Vec<AgendaLine> {
    let by = meeting.on.unwrap_or(today);
    let mut all: Vec<&Agreement> = workspace.agreements.iter().map(AsRef::as_ref).collect();
    all.retain(|agreement| is_for(workspace, meeting, agreement.organisations()));
    all.sort_by_cached_key(|agreement| (agreement.name.to_lowercase(), agreement.id));
    let of = |agreement: &Agreement| Some(Ref::record(agreement.id));
    let review = |agreement: &&Agreement| {
        let on = agreement.review_on.filter(|_| agreement.is_due_for_review(by))?;
        let why = format!("to be looked at again from {}", format_date(on, today));
        Some(AgendaLine { agreement: of(agreement), ..line(AgendaSort::Review, &agreement.name, &why) })
    };
    let broken = |agreement: &&Agreement| -> Vec<AgendaLine> {
        let item = |item: &Item| AgendaLine {
            agreement: of(agreement),
            item: item.number.and_then(|number| Text::some(&number.to_string())),
            ..line(AgendaSort::NotKept, &item.sentence(workspace), item.reason.as_deref().unwrap_or(&agreement.name))
        };
        agreement.not_kept().map(item).collect()
    };
    all.iter().filter_map(review).chain(all.iter().flat_map(broken)).collect()
}

/// The recommendations of events since the last meeting that have no answer; many are one matter.
fn recommendations(workspace: &Workspace, previous: Option<&Meeting>) -> Vec<AgendaLine> {
    let since = previous.and_then(|previous| previous.on);
    let is_new = |event: &&Event| since.is_none() || event.date > since;
    let mut events: Vec<&Event> = workspace.events.iter().map(AsRef::as_ref).filter(is_new).collect();
    events.order_by_key(|event| (event.date, event.id));
    let latest = events.len().saturating_sub(if since.is_none() { 1 } else { events.len() });
    events.into_iter().skip(latest).flat_map(|event| of_event(workspace, event)).collect()
}

fn of_event(workspace: &Workspace, event: &Event) -> Vec<AgendaLine> {
    let is_of = |one: &&Recommendation| {
        let topic = one.topic.as_ref().and_then(|topic| topic.get(workspace));
        let of = topic.and_then(|topic| topic.event.as_ref()).and_then(Ref::id);
        one.answer.is_none() && of == Some(event.id)
    };
    let mut open: Vec<&Recommendation> = workspace.recommendations.iter().map(AsRef::as_ref).filter(is_of).collect();
    open.sort_by_cached_key(|one| (one.order(workspace).into_owned(), one.id));
    let title = event.title(workspace).into_owned();
    if open.len() > MAX_RECOMMENDATIONS {
        let text = format!("{} new recommendations without an answer", open.len());
        return vec![line(AgendaSort::NewRecommendation, &text, &title)];
    }
    let of = |one: &&Recommendation| AgendaLine {
        recommendation: Some(Ref::record(one.id)),
        ..line(AgendaSort::NewRecommendation, &one.title(workspace), &title)
    };
    open.iter().map(of).collect()
}

/// An agenda with what was made anew: lines that are there stay as somebody worded them, new ones stand behind those of
/// their sort.
pub fn joined(known: &[AgendaLine], made: Vec<AgendaLine>) -> Vec<AgendaLine> {
    let mut agenda = known.to_vec();
    for line in made {
        let is_there = |other: &AgendaLine| match line.key() {
            Some(key) => other.key() == Some(key),
            None => other.key().is_none() && other.sort == line.sort,
        };
        if !agenda.iter().any(is_there) {
            let at = agenda.iter().rposition(|other| place(other.sort) <= place(line.sort)).map_or(0, |at| at + 1);
            agenda.insert(at, line);
        }
    }
    agenda
}

/// Puts on the agenda of a meeting what is open by now.
///
/// # Errors
/// The minutes are finished.
pub fn generate(workspace: &Workspace, id: Id, author: &Author) -> Result<Change, Refusal> {
    let mut meeting = minutes::find(workspace, id)?.clone();
    let before = meeting.agenda.len();
    meeting.agenda = joined(&meeting.agenda, lines(workspace, &meeting, author.today));
    let sentence = match meeting.agenda.len() - before {
        0 => format!("the agenda of {} has everything already", meeting.day()),
        1 => format!("1 matter put on the agenda of {}", meeting.day()),
        many => format!("{many} matters put on the agenda of {}", meeting.day()),
    };
    minutes::replace(workspace, meeting, Vec::new(), sentence, author)
}

/// The next meeting of a forum as it would be written down: on the day its cycle gives, where it met last, with an agenda.
///
/// # Errors
/// The next meeting is written down already, or the forum has no cycle.
pub fn next(workspace: &Workspace, forum: &Forum, id: Id, today: Date) -> Result<Meeting, Refusal> {
    let next = forum::next_meeting(workspace, forum, today).ok_or_else(|| {
        Refusal(format!("{} has no cycle: edit it (e), or add a meeting with its day (M)", forum.name))
    })?;
    if let Some(known) = next.meeting.and_then(|id| workspace.meetings.get(id)) {
        return Err(Refusal(format!("the next meeting is written down already: {}", known.day())));
    }
    let last = forum::meetings_of(workspace, forum.id).into_iter().rfind(|meeting| meeting.on.is_some());
    let mut meeting = Meeting {
        id,
        forum: Ref::record(forum.id),
        on: Some(next.on),
        starts: last.and_then(|last| last.starts),
        venue: last.and_then(|last| last.venue.clone()),
        ..Meeting::default()
    };
    meeting.agenda = lines(workspace, &meeting, today);
    Ok(meeting)
}

/// The minute of an earlier meeting that a line of an agenda goes on from: `11 Sep 2026, 2.1`.
pub fn citation(line: &AgendaLine, workspace: &Workspace) -> Option<String> {
    let (meeting, number) = line.cites.as_ref().zip(line.cited.as_ref())?;
    Some(said_citation(meeting, number, workspace))
}
