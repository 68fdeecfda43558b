//! Days for the calendars of those who work in the workspace: actions that are due, meetings, reviews of agreements. Each day
//! bears an id that follows from its record, so that a calendar which reads the file again updates what it has and doubles
//! nothing.

use icalendar::{Calendar, Component, Event, EventLike};

use crate::model::order::Order as _;
use crate::model::{Agreement, AnyRecord, Audience, Date, Forum, Meeting, Time, Updated, Workspace, forum};

/// The days of a workspace in the format of calendars (RFC 5545).
#[derive(Clone, Debug)]
pub struct Days {
    /// The file.
    pub text: String,
    /// How many dates it holds.
    pub dates: usize,
}

/// The days of a workspace, as colleagues may see them.
pub fn of(workspace: &Workspace, today: Date) -> Days {
    let mut days: Vec<Day> = Vec::new();
    for action in workspace.actions.iter().filter(|action| action.is_unfinished()) {
        let lead = action.lead.as_ref().map(|lead| format!(" ({})", lead.name(workspace))).unwrap_or_default();
        let day = forum::due(workspace, action)
            .map(|due| Day::new(action.id, "due", due, format!("Due: {}{lead}", action.what)));
        days.extend(day.map(|day| day.stamped(&action.updated)));
    }
    days.extend(workspace.meetings.iter().filter_map(|meeting| meeting_day(meeting, workspace)));
    days.extend(workspace.forums.iter().filter_map(|forum| next_day(forum, workspace, today)));
    days.extend(workspace.agreements.iter().flat_map(|agreement| agreement_days(agreement, workspace)));
    days.order_by(|one, other| (one.on, &one.uid).cmp(&(other.on, &other.uid)));
    let itself = workspace.itself();
    let mut calendar = Calendar::new();
    calendar.name(&itself.map_or_else(|| "Folkmoot".to_owned(), |itself| itself.name.to_string()));
    // Two workspaces may use one id; the partnership's own tells their days apart.
    let home = itself.map_or_else(|| "moot".to_owned(), |itself| itself.id.to_string());
    for day in &days {
        calendar.push(day.event(&home));
    }
    Days { text: calendar.to_string(), dates: days.len() }
}

fn meeting_day(meeting: &Meeting, workspace: &Workspace) -> Option<Day> {
    let mut day = Day::new(meeting.id, "meeting", meeting.on?, meeting.forum.name(workspace).into_owned());
    day.at = meeting.starts;
    day.place = meeting.venue.as_ref().map(ToString::to_string);
    Some(day.stamped(&meeting.updated))
}

/// The next meeting of a forum, where only its cycle tells the day.
fn next_day(forum: &Forum, workspace: &Workspace, today: Date) -> Option<Day> {
    let next = forum::next_meeting(workspace, forum, today).filter(|next| next.meeting.is_none())?;
    let summary = format!("{} (expected)", forum.name);
    Some(Day::new(forum.id, "next", next.on, summary).stamped(&forum.updated))
}

fn agreement_days(agreement: &Agreement, workspace: &Workspace) -> Vec<Day> {
    let AnyRecord::Agreement(agreement) =
        AnyRecord::from(agreement.clone()).visible_to(Audience::Colleagues, workspace)
    else {
        return Vec::new();
    };
    let review =
        agreement.review_on.map(|on| Day::new(agreement.id, "review", on, format!("Review: {}", agreement.name)));
    let bid =
        agreement.deadline.map(|on| Day::new(agreement.id, "deadline", on, format!("Bid due: {}", agreement.name)));
    [review, bid].into_iter().flatten().map(|day| day.stamped(&agreement.updated)).collect()
}

/// One day, and why it stands in a calendar.
struct Day {
    uid: String,
    on: Date,
    at: Option<Time>,
    summary: String,
    place: Option<String>,
    changed: i64,
}

impl Day {
    fn new(id: crate::model::Id, why: &str, on: Date, summary: String) -> Self {
        Self { uid: format!("{id}.{why}"), on, at: None, summary, place: None, changed: 0 }
    }

    fn stamped(self, updated: &Updated) -> Self {
        Self { changed: updated.0.seconds(), ..self }
    }

    fn event(&self, home: &str) -> Event {
        let changed = chrono::DateTime::from_timestamp(self.changed, 0).unwrap_or_default();
        let mut event = Event::new();
        event.uid(&format!("{}.{home}@folkmoot", self.uid)).summary(&self.summary).timestamp(changed);
        event.last_modified(changed);
        match self.at.and_then(|at| self.on.and_hms_opt(u32::from(at.minutes() / 60), u32::from(at.minutes() % 60), 0))
        {
            // The time of the wall clock where the meeting is: it has no zone.
            Some(at) => event.starts(at),
            None => event.starts(self.on),
        };
        if let Some(place) = &self.place {
            event.location(place);
        }
        event.done()
    }
}
