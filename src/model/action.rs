//! Actions: what is done about a recommendation or a priority, by whom, until when, and how far it is.

mod columns;
pub mod views;

use std::borrow::Cow;

use super::agreement::Agreement;
use super::change::{Author, Change, Edit, Refusal, listed};
use super::choice::{Choice, choices};
use super::column::{Column, ColumnSource, SortOrder, Width};
use super::date::{Date, format_date};
use super::field::{Blank, SearchField, default_choice};
use super::meeting::Meeting;
use super::organisation::Organisation;
use super::person::Person;
use super::recommendation::Recommendation;
use super::record::{Rules, Section, StateFilter, record};
use super::reference::Ref;
use super::row::row;
use super::service::Need;
use super::text::Text;
use super::theme::Theme;
use super::{AnyRecord, Id, Kind, Workspace, forum};

choices! {
    /// How far an action is.
    ActionState {
        /// Nobody has begun.
        Open = "open",
        /// Somebody is at it.
        UnderWay = "under way",
        /// It does not go on without help.
        Stuck = "stuck",
        /// It is done.
        Done = "done",
        /// It will not be done, for a reason.
        Dropped = "dropped",
    }
}

default_choice!(ActionState);

row! {
    /// What somebody wrote down of how it goes.
    Progress key(note, on, by);
    /// What they wrote.
    note: Option<Text> = "Note", "how it goes, in a sentence", required, search(SearchField::Text);
    /// The day.
    on: Option<Date> = "Day", "the day: today, fri, 12 mar", past;
    /// Who wrote it: initials.
    by: Option<Text> = "By", "who wrote it: initials";
}

row! {
    /// A day by which it was to be done, before another was set.
    FormerDue key(due, moved);
    /// The day it was due.
    due: Option<Date> = "Was due", "the day it was due", required;
    /// When another day was set.
    moved: Option<Date> = "Moved on", "the day another was set";
    /// Who set it: initials.
    by: Option<Text> = "By", "who set it: initials";
}

record! {
    /// Something that is to be done.
    Action = actions, Kind::Action;
    editable {
        /// What is to be done.
        what: Text = "Action", "what is to be done, in a sentence", required, public, search(SearchField::Name);
        /// Who sees to it; nobody yet where nothing is written.
        lead: Option<Ref<Person>> = "Lead", "who sees to it: initials or a name; empty: nobody yet", public,
            search(SearchField::Organisation), filter("lead:"), back("Leads");
        /// The organisation that sees to it.
        organisation: Option<Ref<Organisation>> = "Organisation", "the organisation that sees to it", public,
            search(SearchField::Organisation), filter("org:"), back("Leads");
        /// Who helps.
        helpers: Vec<Ref<Person>> = "Helpers", "who helps, commas between", public, back("Helps with");
        /// When it is due.
        due: Option<Date> = "Due", "when it is due: fri, +2w, 12 mar", ahead, public;
        /// Whether it is due when the forum meets next.
        by_next_forum: bool = "By next forum", "yes: it is due when the forum meets next", public;
        /// How far it is.
        state: ActionState = "State", "open, under way, stuck, done or dropped", public, filter("state:");
        /// Why it was dropped, or what it is stuck at.
        reason: Option<Text> = "Reason", "why it was dropped, or what it is stuck at", public, search(SearchField::Text);
        /// The theme it serves; where that is a priority, the action stands under it.
        theme: Option<Ref<Theme>> = "Theme", "the theme or priority it serves", public, filter("theme:"), back("Actions");
        /// The recommendation it came out of.
        recommendation: Option<Ref<Recommendation>> = "Recommendation", "the recommendation it came out of: 17.2", public,
            back("Actions");
        /// The need of the gap in the services map that it is to fill.
        need: Option<Need> = "Need", "the need it is about, where it fills a gap of the services map", public;
        /// Where that gap is.
        area: Option<Text> = "Area", "where that gap is: a district, a council or the whole county", areas, public;
        /// Who is to hear of it beside those who have a part in it.
        asked: Vec<Ref<Organisation>> = "Asked to be told", "organisations that want to hear of it, commas between", public,
            back("Asked to be told of");
        /// The agreement whose plan it is part of.
        agreement: Option<Ref<Agreement>> = "Agreement", "the agreement whose plan it is part of", public,
            filter("agreement:"), back("Plan");
        /// The item of the agreement it serves.
        item: Option<u16> = "Item", "the number of the item of the agreement it serves", public;
        /// The meeting in whose minutes it was written down.
        meeting: Option<Ref<Meeting>> = "Meeting", "the meeting of a forum in whose minutes it stands", public, back("Actions");
        /// The number of the minute there.
        minute: Option<Text> = "Minute", "the number of the minute there: 2.1", public;
        /// How it goes.
        progress: Vec<Progress> = "Progress", "one a line: note | day | by", public, journal;
    }
    system {
        /// Who wrote it down first: initials.
        written_by: Option<Text> = "Written by", public;
        /// The day on which it was said that it is due by the next forum, where that is not the day of the last change.
        by_forum_since: Option<Date> = "By next forum since";
        /// The days by which it was to be done before, the last one at the end.
        former_due: Vec<FormerDue> = "Was due", public;
    }
}

impl Rules for Action {
    const FORM: &'static [Section] = &[
        Section::new(
            "What, who and when",
            &["what", "lead", "organisation", "helpers", "due", "by_next_forum", "state", "reason", "progress"],
        ),
        Section::more("Where it comes from", &["theme", "recommendation", "agreement", "item", "meeting", "minute"]),
        Section::more("The gap it fills", &["need", "area"]),
        Section::more("Who wants to hear of it", &["asked"]),
    ];
    const COLUMNS: &'static [Column] = &[
        Column {
            name: "who",
            heading: "Lead",
            width: Width::Percent(26),
            in_narrow: false,
            source: ColumnSource::Computed(columns::who),
            order: None,
        },
        Column {
            name: "when",
            heading: "Due",
            width: Width::Cells(14),
            in_narrow: true,
            source: ColumnSource::Computed(columns::when),
            order: Some(SortOrder { label: "by due date", key: columns::by_due }),
        },
        Column {
            name: "how_far",
            heading: "State",
            width: Width::Cells(9),
            in_narrow: false,
            source: ColumnSource::Computed(columns::how_far),
            order: Some(SortOrder { label: "by state", key: columns::by_state }),
        },
    ];
    const LISTED: &'static [&'static str] = &["lead", "organisation", "due", "state"];
    const STATES: &'static [StateFilter<Self>] = &[
        StateFilter { word: "overdue", holds: |action, all, today| action.is_overdue(all, today) },
        StateFilter { word: "unfinished", holds: |action, _, _| action.is_unfinished() },
        StateFilter { word: "nobodys", holds: |action, _, _| action.is_nobodys() },
    ];

    fn title<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Borrowed(&self.what)
    }

    /// What is due first stands first; what is over stands last.
    fn order<'a>(&'a self, workspace: &'a Workspace) -> Cow<'a, str> {
        let (is_over, _, due, what) = self.rank(workspace);
        let due = due.map_or_else(|| "~".to_owned(), |due| due.to_string());
        Cow::Owned(format!("{} {due} {what}", u8::from(is_over)))
    }

    fn suffix(&self, _today: Date) -> Option<Cow<'_, str>> {
        (!self.is_unfinished()).then(|| Cow::Borrowed(self.state.label()))
    }

    /// Refused only where it is typed: one may drop it while another takes the reason out.
    fn check_among(&self, _: &Workspace) -> Result<(), Refusal> {
        if self.state == ActionState::Dropped && self.reason.is_none() {
            return Err(Refusal("reason: say why it was dropped".to_owned()));
        }
        Ok(())
    }

    fn sign(&mut self, author: &Author) {
        self.written_by = Some(author.initials());
    }

    /// The day by which it was due stays, where another is set; and so does the day from which the next forum counts.
    fn revise(&mut self, before: &Self, author: &Author) {
        self.by_forum_since = match (self.by_next_forum, before.by_next_forum) {
            (true, true) => Some(before.by_forum_since.unwrap_or(before.updated.0.date())),
            (true, false) => Some(author.today),
            (false, _) => None,
        };
        let Some(due) = before.due.filter(|due| self.due != Some(*due)) else { return };
        let former = FormerDue { due: Some(due), moved: Some(author.today), by: Some(author.by.clone()) };
        if !self.former_due.contains(&former) {
            self.former_due.push(former);
        }
    }

    /// Nobody sees to it, or it is late.
    fn warnings(&self, _: &Workspace) -> Vec<String> {
        match (&self.lead, &self.organisation) {
            (None, None) if self.is_unfinished() => vec!["nobody leads it yet".to_owned()],
            _ => Vec::new(),
        }
    }
}

impl Action {
    /// Where it stands among others: what is due first before the rest, what is over last.
    pub fn rank<'a>(&'a self, workspace: &Workspace) -> (bool, bool, Option<Date>, &'a str) {
        let due = forum::due(workspace, self);
        (!self.is_unfinished(), due.is_none(), due, &self.what)
    }

    /// Whether something is still to be done.
    pub fn is_unfinished(&self) -> bool {
        !matches!(self.state, ActionState::Done | ActionState::Dropped)
    }

    /// Whether it should have been done by now; by the next forum too, once that has met.
    pub fn is_overdue(&self, workspace: &Workspace, today: Date) -> bool {
        self.is_unfinished() && forum::due(workspace, self).is_some_and(|due| due < today)
    }

    /// The day after which the next forum is meant: that of the meeting in whose minutes it stands, else that on which it was
    /// said.
    pub fn said_on(&self, workspace: &Workspace) -> Date {
        let met = self.meeting.as_ref().and_then(|meeting| meeting.get(workspace)).and_then(|meeting| meeting.on);
        met.or(self.by_forum_since).unwrap_or(self.updated.0.date())
    }

    /// Whether nobody sees to it.
    pub fn is_nobodys(&self) -> bool {
        self.is_unfinished() && self.lead.is_none() && self.organisation.is_none()
    }
}

/// A new action out of a record, its source filled in; an empty one where the record is no source of actions. Of a record of
/// which a part is the source, an item or a minute, whoever knows the part fills that in.
pub fn out_of(record: &AnyRecord) -> Action {
    let blank = Action::default();
    match record {
        AnyRecord::Recommendation(one) => {
            Action { recommendation: Some(Ref::record(one.id)), theme: one.theme.clone(), ..blank }
        }
        AnyRecord::Theme(theme) => Action { theme: Some(Ref::record(theme.id)), ..blank },
        AnyRecord::Agreement(one) => Action { agreement: Some(Ref::record(one.id)), ..blank },
        AnyRecord::Meeting(one) => Action { meeting: Some(Ref::record(one.id)), ..blank },
        AnyRecord::Organisation(one) => Action { organisation: Some(Ref::record(one.id)), ..blank },
        AnyRecord::Person(person) => Action { lead: Some(Ref::record(person.id)), ..blank },
        AnyRecord::Action(other) => Action {
            theme: other.theme.clone(),
            recommendation: other.recommendation.clone(),
            need: other.need,
            area: other.area.clone(),
            ..blank
        },
        _ => blank,
    }
}

fn find(workspace: &Workspace, id: Id) -> Result<&Action, Refusal> {
    let found = workspace.actions.get(id).map(AsRef::as_ref);
    found.ok_or_else(|| Refusal(format!("{id} is not an action here; see `moot list actions`")))
}

/// An action after somebody has done something to it.
fn edit(
    workspace: &Workspace,
    action: &Action,
    author: &Author,
    act: impl FnOnce(&mut Action),
) -> Result<Option<Edit>, Refusal> {
    let before = workspace.get(action.id);
    let mut after = action.clone();
    act(&mut after);
    after.revise(action, author);
    after.check_among(workspace)?;
    after.updated = author.stamp(before.as_ref());
    Ok(Edit::new(before, Some(after.into())))
}

/// The same act on several actions.
fn each(
    workspace: &Workspace,
    ids: &[Id],
    author: &Author,
    act: impl Fn(&mut Action),
    said: impl FnOnce(&str) -> String,
) -> Result<Change, Refusal> {
    let mut edits = Vec::new();
    let mut titles = Vec::new();
    for id in ids {
        let action = find(workspace, *id)?;
        titles.push(action.what.to_string());
        edits.extend(edit(workspace, action, author, &act)?);
    }
    Ok(Change { edits, sentence: said(&listed(&titles)) })
}

/// Says how far actions are; for one that is dropped, why.
///
/// # Errors
/// One of them is no action; one is dropped without a reason.
pub fn set_state(
    workspace: &Workspace,
    ids: &[Id],
    state: ActionState,
    reason: Option<&Text>,
    author: &Author,
) -> Result<Change, Refusal> {
    let act = |action: &mut Action| {
        action.state = state;
        if let Some(reason) = reason {
            action.reason = Some(reason.clone());
        }
    };
    each(workspace, ids, author, act, |titles| format!("{titles}: {}", state.label()))
}

/// Writes down how it goes; what was open is under way then.
///
/// # Errors
/// One of them is no action; nothing is written.
pub fn note(workspace: &Workspace, ids: &[Id], note: &Text, author: &Author) -> Result<Change, Refusal> {
    if note.is_empty() {
        return Err(Refusal("write how it goes, in a sentence".to_owned()));
    }
    let row = Progress { on: Some(author.today), by: Some(author.by.clone()), note: Some(note.clone()) };
    let act = |action: &mut Action| {
        if !action.progress.contains(&row) {
            action.progress.push(row.clone());
        }
        if action.state == ActionState::Open {
            action.state = ActionState::UnderWay;
        }
    };
    each(workspace, ids, author, act, |titles| format!("noted of {titles}: {note}"))
}

/// Sets another day by which actions are due; the old one stays written down.
///
/// # Errors
/// One of them is no action.
pub fn move_due(workspace: &Workspace, ids: &[Id], due: Date, author: &Author) -> Result<Change, Refusal> {
    let said = |titles: &str| format!("{titles}: due {}", format_date(due, author.today));
    each(workspace, ids, author, |action| action.due = Some(due), said)
}

/// Hands actions to somebody.
///
/// # Errors
/// One of them is no action.
pub fn assign(workspace: &Workspace, ids: &[Id], lead: &Ref<Person>, author: &Author) -> Result<Change, Refusal> {
    let name = lead.name(workspace).into_owned();
    each(workspace, ids, author, |action| action.lead = Some(lead.clone()), |titles| format!("{name} leads {titles}"))
}
