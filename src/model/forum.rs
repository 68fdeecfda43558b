//! Forums: series of meetings that keep agreements and actions alive, and when they meet next.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use super::action::Action;
use super::cycle::Cycle;
use super::date::Date;
use super::field::{Blank, SearchField};
use super::meeting::Meeting;
use super::order::Order as _;
use super::organisation::Organisation;
use super::person::Person;
use super::record::{Rules, record};
use super::reference::Ref;
use super::text::Text;
use super::{Id, Kind, Workspace};

record! {
    /// A series of meetings.
    Forum = forums, Kind::Forum;
    editable {
        /// What it is called.
        name: Text = "Name", "what the forum is called", required, public, search(SearchField::Name);
        /// How often it meets.
        cycle: Option<Cycle> = "Cycle", "every 3 months, every 6 weeks, second Tuesday of the month", public, column(26);
        /// What it is for and what it may decide.
        terms: Option<Text> = "Terms of reference", "what it is for and what it may decide", paragraph, public,
            search(SearchField::Text);
        /// The organisations that belong to it.
        members: Vec<Ref<Organisation>> = "Members", "the organisations that belong to it, commas between", public,
            search(SearchField::Organisation), back("Forums");
        /// Who leads its meetings.
        chair: Option<Ref<Person>> = "Chair", "who leads its meetings: initials or a name", search(SearchField::Organisation),
            back("Chairs");
        /// Who writes its minutes.
        secretary: Option<Ref<Person>> = "Secretary", "who writes its minutes: initials or a name",
            search(SearchField::Organisation), back("Secretary of");
    }
    system {}
}

impl Rules for Forum {
    fn title<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Borrowed(&self.name)
    }
}

/// When a forum meets next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextMeeting {
    /// The forum.
    pub forum: Id,
    /// The day.
    pub on: Date,
    /// The meeting, where it is written down already; else the day follows from the cycle.
    pub meeting: Option<Id>,
}

/// The meetings of a forum in the order of their days; those without a day stand last.
pub fn meetings_of(workspace: &Workspace, forum: Id) -> Vec<&Meeting> {
    let mut found: Vec<&Meeting> = meetings(workspace, forum).collect();
    found.order_by_key(|meeting| (meeting.on.is_none(), meeting.on, meeting.id));
    found
}

fn meetings(workspace: &Workspace, forum: Id) -> impl Iterator<Item = &Meeting> {
    workspace.meetings.iter().map(AsRef::as_ref).filter(move |meeting| meeting.forum.id() == Some(forum))
}

/// The days on which forums met and will meet, each forum's in their order. They follow from the meetings and are asked for
/// of many actions at once, so they are put together once, and anew when a meeting has changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Days(OnceLock<HashMap<Id, Vec<(Date, Id)>>>);

/// What follows from the meetings makes no difference between workspaces.
impl PartialEq for Days {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The days of a forum, with the meetings.
fn days(workspace: &Workspace, forum: Id) -> &[(Date, Id)] {
    let all = workspace.days.0.get_or_init(|| {
        let mut all: HashMap<Id, Vec<(Date, Id)>> = HashMap::new();
        for meeting in workspace.meetings.iter() {
            if let Some((forum, on)) = meeting.forum.id().zip(meeting.on) {
                all.entry(forum).or_default().push((on, meeting.id));
            }
        }
        for days in all.values_mut() {
            days.sort_unstable();
        }
        all
    });
    all.get(&forum).map(Vec::as_slice).unwrap_or_default()
}

/// When a forum meets on or after a day: the first such meeting that is written down, else the day that follows from its
/// cycle and its last meeting.
pub fn meets_from(workspace: &Workspace, forum: &Forum, from: Date) -> Option<NextMeeting> {
    let days = days(workspace, forum.id);
    if let Some((on, id)) = days.get(days.partition_point(|(on, _)| *on < from)) {
        return Some(NextMeeting { forum: forum.id, on: *on, meeting: Some(*id) });
    }
    let on = forum.cycle?.next(days.last().map(|(on, _)| *on), from)?;
    Some(NextMeeting { forum: forum.id, on, meeting: None })
}

/// The next meeting of a forum: the first from today on whose minutes are not finished, else the day that its cycle
/// gives.
pub fn next_meeting(workspace: &Workspace, forum: &Forum, today: Date) -> Option<NextMeeting> {
    let held = meetings(workspace, forum.id).any(|meeting| meeting.on == Some(today) && meeting.is_finished());
    meets_from(workspace, forum, if held { today.succ_opt()? } else { today })
}

/// The next meeting of whatever forum meets first.
pub fn next_forum(workspace: &Workspace, today: Date) -> Option<NextMeeting> {
    let next = workspace.forums.iter().filter_map(|forum| next_meeting(workspace, forum, today));
    next.min_by_key(|next| (next.on, next.forum))
}

/// The day by which an action is due: the one it has, or, where it is due by the next forum, the first meeting after the
/// day on which that was said; of the forum whose minutes it stands in, else of whatever forum meets first.
pub fn due(workspace: &Workspace, action: &Action) -> Option<Date> {
    if action.due.is_some() || !action.by_next_forum {
        return action.due;
    }
    let after = action.said_on(workspace).succ_opt()?;
    let own = action.meeting.as_ref().and_then(|meeting| meeting.get(workspace)).and_then(|meeting| meeting.forum.id());
    let is_meant = |forum: &&std::sync::Arc<Forum>| own.is_none_or(|own| forum.id == own);
    let meets = workspace.forums.iter().filter(is_meant).filter_map(|forum| meets_from(workspace, forum, after));
    meets.map(|next| next.on).min()
}
