//! Meetings of forums: agenda, who was there, minutes, and what may no longer be changed once these are finished.
//!
//! Minutes are typed as text ([`lines`]) and kept as rows; their numbers follow from where they stand. Finishing freezes
//! them, and what was wrong is put right beside them.

pub mod agenda;
pub mod attendance;
pub mod lines;
pub mod minutes;
mod number;
pub mod pack;

use std::borrow::Cow;

use super::action::Action;
use super::agreement::Agreement;
use super::change::{Author, Refusal};
use super::choice::choices;
use super::date::{Date, Time};
use super::field::{Audience, Blank, SearchField, default_choice};
use super::forum::Forum;
use super::organisation::Organisation;
use super::person::Person;
use super::recommendation::Recommendation;
use super::record::{Rules, StateFilter, record};
use super::reference::Ref;
use super::row::row;
use super::text::Text;
use super::{AnyRecord, Kind, Workspace};
pub use number::Number;

choices! {
    /// Where a line of an agenda comes from, in the order in which agendas have them; what somebody wants to talk about has
    /// none.
    AgendaSort {
        /// Who is there.
        Opening = "opening",
        /// Whether the minutes of the last meeting are right.
        LastMinutes = "last minutes",
        /// What the last meeting wanted done and is not finished.
        MatterArising = "matter arising",
        /// An action that should be done when the forum meets.
        Due = "action due",
        /// An agreement that is to be looked at again.
        Review = "agreement for review",
        /// What somebody promised and has not kept.
        NotKept = "commitment not kept",
        /// A recommendation made since the last meeting.
        NewRecommendation = "new recommendation",
        /// When it meets again.
        NextDate = "next date",
    }
}

choices! {
    /// Whether somebody was at a meeting.
    Presence {
        /// They were there.
        Present = "present",
        /// They had said that they could not come.
        Apologies = "apologies",
        /// They were not there.
        Absent = "absent",
    }
}

default_choice!(Presence);

choices! {
    /// What a minute is.
    MinuteSort {
        /// What was said.
        Note = "note",
        /// What was decided.
        Decision = "decision",
        /// What somebody is to do.
        Action = "action",
    }
}

default_choice!(MinuteSort);

row! {
    /// A line of an agenda. Those that were made from what is open lead there, and are known by it: so they can be worded
    /// anew and are not made again.
    AgendaLine key(action, agreement, item, recommendation);
    /// What it is about.
    text: Option<Text> = "Matter", "what it is about", required, search(SearchField::Text);
    /// Why it is there.
    why: Option<Text> = "Why", "why it is there", search(SearchField::Text);
    /// Where it comes from.
    sort: Option<AgendaSort> = "From", "where it comes from; empty: somebody wants to talk about it";
    /// The action it is about.
    action: Option<Ref<Action>> = "Action", "the action it is about";
    /// The agreement it is about.
    agreement: Option<Ref<Agreement>> = "Agreement", "the agreement it is about";
    /// The number of the item in the agreement.
    item: Option<Text> = "Item", "the number of the item in the agreement";
    /// The recommendation it is about.
    recommendation: Option<Ref<Recommendation>> = "Recommendation", "the recommendation it is about: 17.2";
    /// The meeting whose minutes it goes on from.
    cites: Option<Ref<Meeting>> = "Cites", "the meeting whose minutes it goes on from";
    /// The number of the minute there.
    cited: Option<Text> = "Minute", "the number of the minute there: 2.1";
}

row! {
    /// Whether somebody, or an organisation, was there.
    Attendance key(who, organisation);
    /// Who.
    who: Option<Ref<Person>> = "Who", "initials or a name", search(SearchField::Organisation);
    /// For which organisation.
    organisation: Option<Ref<Organisation>> = "Organisation", "for which organisation", search(SearchField::Organisation);
    /// Whether they were there.
    presence: Presence = "Presence", "present, apologies or absent";
}

row! {
    /// One minute. It is known by what it says; its number follows from where it stands.
    Minute key(text);
    /// Its number.
    number: Number = "Number", "1, 1.1: it follows from the place";
    /// What it says.
    text: Option<Text> = "Minute", "what was said, decided or is to be done", required, search(SearchField::Text);
    /// What it is.
    sort: MinuteSort = "Sort", "note, decision or action";
    /// Who is to do it, as it was said.
    who: Option<Text> = "Who", "who is to do it: initials", search(SearchField::Organisation);
    /// By when, as it was said.
    until: Option<Text> = "By", "by when: 27 Nov 2026, next forum";
    /// The action that came of it.
    action: Option<Ref<Action>> = "Action", "the action that came of it";
    /// The meeting whose minutes it goes on from.
    cites: Option<Ref<Meeting>> = "Cites", "the meeting whose minutes it goes on from";
    /// The number of the minute there.
    cited: Option<Text> = "Minute there", "the number of the minute there: 2.1";
}

row! {
    /// That the minutes are finished.
    Finish key(on, by);
    /// The day.
    on: Option<Date> = "Finished", "the day", required;
    /// Who finished them: initials.
    by: Option<Text> = "By", "who finished them: initials";
    /// What follows from the minutes as they were then, so that a later change of the file is seen.
    seal: Option<Text> = "Seal", "what follows from the minutes as they were";
}

row! {
    /// What is put right beside finished minutes.
    Correction key(number, on, by, text);
    /// The number of the minute it is about.
    number: Option<Text> = "Number", "the number of the minute it is about";
    /// What is right.
    text: Option<Text> = "Correction", "what is right", required, search(SearchField::Text);
    /// The day.
    on: Option<Date> = "On", "the day";
    /// Who wrote it: initials.
    by: Option<Text> = "By", "who wrote it: initials";
}

/// Who was at a meeting concerns those who sit at the table, and nobody else.
fn is_for_nobody_else(_: &AnyRecord, audience: Audience, _: &Workspace) -> bool {
    matches!(audience, Audience::Everyone { with_contacts: false })
}

record! {
    /// A meeting of a forum.
    Meeting = meetings, Kind::Meeting;
    editable {
        /// The forum that meets.
        forum: Ref<Forum> = "Forum", "the forum that meets", required, public, search(SearchField::Organisation),
            filter("forum:"), back("Meetings");
        /// The day.
        on: Option<Date> = "Day", "the day: fri, +3w, 12 mar", required, public, column(14);
        /// When it begins.
        starts: Option<Time> = "Starts", "when it begins: 10:00", public;
        /// Where.
        venue: Option<Text> = "Venue", "where it meets", public, column(30), search(SearchField::Place);
        /// What is to be talked about.
        agenda: Vec<AgendaLine> = "Agenda", "one matter a line; what is open can be put on it by itself", public,
            back("On the agenda");
        /// Who was there.
        attendance: Vec<Attendance> = "Attendance", "one a line: initials | organisation | present, apologies or absent",
            public, hidden_if(is_for_nobody_else, "who was there is for the partners alone"), back("Attended");
        /// What was said, decided and given somebody to do.
        minutes: Vec<Minute> = "Minutes", "one a line: number | minute | note, decision or action", public,
            back("In the minutes");
        /// When the forum meets next.
        next: Option<Date> = "Next meeting", "when the forum meets next: 11 dec", ahead, public;
    }
    system {
        /// Since when the minutes are finished, and by whom.
        finished: Vec<Finish> = "Minutes finished", public;
        /// What was put right since.
        corrections: Vec<Correction> = "Corrections", public;
    }
}

impl Rules for Meeting {
    const STATES: &'static [StateFilter<Self>] = &[
        StateFilter { word: "finished", holds: |meeting, _, _| meeting.is_finished() },
        StateFilter { word: "to-come", holds: |meeting, _, today| meeting.on.is_some_and(|on| on >= today) },
    ];

    fn title<'a>(&'a self, workspace: &'a Workspace) -> Cow<'a, str> {
        let day = self.on.map(|on| format!(" of {}", on.format("%-d %B %Y"))).unwrap_or_default();
        Cow::Owned(format!("{}{day}", self.forum.name(workspace)))
    }

    fn order<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Owned(self.on.map(|on| on.to_string()).unwrap_or_default())
    }

    fn suffix(&self, _today: Date) -> Option<Cow<'_, str>> {
        self.is_finished().then_some(Cow::Borrowed("minutes finished"))
    }

    fn complete(&mut self, _: &Workspace) {
        number::renumber(&mut self.minutes);
    }

    fn revise(&mut self, _: &Self, _: &Author) {
        if !self.is_finished() {
            number::renumber(&mut self.minutes);
        }
    }

    /// What is finished stays, and so does every correction.
    fn check_among(&self, workspace: &Workspace) -> Result<(), Refusal> {
        let Some(before) = workspace.meetings.get(self.id).filter(|before| before.is_finished()) else { return Ok(()) };
        let is_changed = super::record::Record::differing(self, before).iter().any(|field| *field != "corrections");
        let is_lost = before.corrections.iter().any(|correction| !self.corrections.contains(correction));
        if is_changed || is_lost { Err(Refusal(frozen(&self.title(workspace)))) } else { Ok(()) }
    }

    fn check_removal(&self) -> Result<(), Refusal> {
        if self.is_finished() { Err(Refusal(frozen("this meeting"))) } else { Ok(()) }
    }

    fn warnings(&self, workspace: &Workspace) -> Vec<String> {
        let mut found = Vec::new();
        if self.finished.first().is_some_and(|finish| finish.seal.as_deref() != Some(&*minutes::seal(self))) {
            found.push("the minutes are not those that were finished: compare them with the backup".to_owned());
        }
        if workspace
            .meetings
            .iter()
            .any(|other| other.id != self.id && self.on.is_some() && other.on == self.on && other.forum == self.forum)
        {
            found.push("the forum has two meetings on this day".to_owned());
        }
        found
    }
}

fn frozen(what: &str) -> String {
    format!("the minutes of {what} are finished and stay as they are: write a correction beside them")
}

impl Meeting {
    /// Whether the minutes are finished.
    pub fn is_finished(&self) -> bool {
        !self.finished.is_empty()
    }

    /// The day as minutes name it: `11 Sep 2026`.
    pub fn day(&self) -> String {
        self.on.map_or_else(|| "no day yet".to_owned(), |on| on.format("%-d %b %Y").to_string())
    }

    /// The minute with a number.
    pub fn minute(&self, number: &str) -> Option<&Minute> {
        self.minutes.iter().find(|minute| minute.number.as_str() == number)
    }

    /// The meeting of the same forum before this one: the last of which there are minutes.
    pub fn previous<'a>(&self, workspace: &'a Workspace) -> Option<&'a Meeting> {
        let of = super::forum::meetings_of(workspace, self.forum.id()?);
        of.into_iter().rfind(|one| one.id != self.id && one.on < self.on && one.on.is_some() && !one.minutes.is_empty())
    }
}
