//! The forum on the partners screen: the series with its members and meetings, and one meeting with agenda, attendance and
//! minutes.

use crate::app::command::{Command, Scope, always, commands};
use crate::app::moving::{Cursor, Step};
use crate::app::{App, Effects, Severity, detail, form, list, minutes, page, prompt};
use crate::model::change::Refusal;
use crate::model::choice::Choice;
use crate::model::date::format_date;
use crate::model::meeting::pack::{Matter, NumberedMinute, Pack, Seat, pack};
use crate::model::meeting::{Presence, agenda, attendance, minutes as rules};
use crate::model::{Author, Change, Date, Forum, Id, Kind, Meeting, Text, Workspace, forum};

/// The scope of a forum or a meeting in the list of the screen.
pub(super) const ROW: Scope = Scope::new("A forum or a meeting in the list");
/// The scope of a forum.
pub(super) const FORUM: Scope = Scope::new("A forum");
/// The scope of a meeting.
pub(super) const MEETING: Scope = Scope::new("A meeting");

/// What is shown of a forum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// The series: members and meetings.
    Forum,
    /// One meeting.
    Meeting,
}

/// How a row is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emphasis {
    /// As it is.
    #[default]
    Plain,
    /// It stands over others.
    Heading,
    /// It is an aside.
    Quiet,
    /// Something is to be seen to.
    Warn,
}

/// Where a row leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// To a record.
    Record(Id),
    /// To a minute of a meeting.
    Minute(Id, String),
}

/// A row of what is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// What stands before it: a number, a day.
    pub label: String,
    /// What it says; wrapped when drawn.
    pub text: String,
    /// How it is meant.
    pub emphasis: Emphasis,
    /// Where it leads.
    pub goal: Option<Goal>,
    /// The number of the minute it is of.
    pub number: Option<String>,
}

impl Row {
    fn new(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self { label: label.into(), text: text.into(), ..Self::default() }
    }

    fn heading(text: impl Into<String>) -> Self {
        Self { text: text.into(), emphasis: Emphasis::Heading, ..Self::default() }
    }

    fn quiet(text: impl Into<String>) -> Self {
        Self { text: text.into(), emphasis: Emphasis::Quiet, ..Self::default() }
    }

    fn to(self, goal: Option<Goal>) -> Self {
        Self { goal, ..self }
    }
}

/// The state of the forum's views.
#[derive(Default)]
pub struct Table {
    /// What is shown; `None`: nothing of a forum.
    pub view: Option<View>,
    /// The forum.
    pub forum: Option<Id>,
    /// The meeting.
    pub meeting: Option<Id>,
    /// What is shown, row by row.
    pub rows: Vec<Row>,
    /// Where one is in it.
    pub cursor: Cursor,
    /// The meetings from which minutes were looked up, each with its row.
    trail: Vec<(Id, usize)>,
    /// The minute that a correction was asked about.
    asked: Option<String>,
}

/// Keys of a forum or a meeting in the list.
pub(super) const ROW_COMMANDS: &[Command] = commands! { ROW;
    "forum.open" ["enter"] "open" "the forum with its members and meetings, or the meeting" always, open_selected;
};

/// Keys of a forum.
pub(super) const FORUM_COMMANDS: &[Command] = commands! { FORUM;
    "forum.enter" ["enter"] "open" "the meeting, or everything about the member" has_goal, follow;
    "forum.next" ["n"] "next meeting" "write down the next meeting, with an agenda of what is open" App::may_change, next_meeting;
    "forum.edit" ["e"] "edit" "edit the forum, or the meeting the cursor stands on" App::may_change, edit;
    "forum.back" ["esc"] "back" "back to the list" always, |app| { back(app); Vec::new() };
};

/// Keys of a meeting.
pub(super) const MEETING_COMMANDS: &[Command] = commands! { MEETING;
    "meeting.type" ["m"] "minutes" "type the minutes" may_type, type_minutes;
    "meeting.attend" ["p"] "present" "write down who is there, by initials" may_type, ask_attendance;
    "meeting.agenda" ["a"] "agenda" "put on the agenda what is open by now; what is worded anew stays" may_type, make_agenda;
    "meeting.finish" ["f"] "finish" "finish the minutes, for good" may_type, ask_finish;
    "meeting.correct" ["c"] "correct" "write beside finished minutes what is right" may_correct, ask_correction;
    "meeting.follow" ["enter"] "open" "what the line is about, or the minute it goes on from" has_goal, follow;
    "meeting.edit" ["e"] "" "edit every field of the meeting" App::may_change, edit;
    "meeting.previous" ["["] "" "the meeting before" always, |app| neighbour(app, -1);
    "meeting.next" ["]"] "" "the next meeting" always, |app| neighbour(app, 1);
    "meeting.back" ["esc"] "back" "back to where one came from, or to the forum" always, |app| { back(app); Vec::new() };
};

impl Table {
    /// The scopes in which keys are looked up here, the innermost first; `None`: nothing of a forum is shown.
    pub(super) fn scopes(&self) -> Option<&'static [Scope]> {
        match self.view? {
            View::Forum => Some(&[FORUM, Scope::RECORD, Scope::MOVE, Scope::GLOBAL]),
            View::Meeting => Some(&[MEETING, Scope::RECORD, Scope::MOVE, Scope::GLOBAL]),
        }
    }

    /// The record that commands act on.
    pub(super) fn selected(&self) -> Option<Id> {
        match self.view? {
            View::Meeting => self.meeting,
            View::Forum => self.meeting_of_row().or(self.forum),
        }
    }

    fn meeting_of_row(&self) -> Option<Id> {
        match self.row()?.goal {
            Some(Goal::Record(id)) if Kind::of(id) == Some(Kind::Meeting) => Some(id),
            _ => None,
        }
    }

    fn row(&self) -> Option<&Row> {
        self.rows.get(self.cursor.at)
    }

    /// Shows a forum or a meeting; false for anything else.
    pub(super) fn show(&mut self, id: Id, workspace: &Workspace) -> bool {
        let (view, forum) = match Kind::of(id) {
            Some(Kind::Forum) => (View::Forum, Some(id)),
            Some(Kind::Meeting) => (View::Meeting, workspace.meetings.get(id).and_then(|meeting| meeting.forum.id())),
            _ => return false,
        };
        (self.view, self.forum, self.cursor) = (Some(view), forum, Cursor::default());
        self.meeting = Some(id).filter(|_| view == View::Meeting);
        true
    }
}

/// How many rows are seen on a screen of this size: a heading stands above them.
pub fn height((_, rows): (u16, u16)) -> usize {
    usize::from(rows).saturating_sub(5).max(1)
}

fn table(app: &App) -> &Table {
    &app.screens.partners.table
}

/// The meeting that is shown.
pub fn meeting_of(app: &App) -> Option<&Meeting> {
    table(app).meeting.and_then(|id| app.workspace.meetings.get(id)).map(AsRef::as_ref)
}

/// The forum that is shown.
pub fn forum_of(app: &App) -> Option<&Forum> {
    table(app).forum.and_then(|id| app.workspace.forums.get(id)).map(AsRef::as_ref)
}

/// Lets the view follow what changed beneath it.
pub(super) fn refresh(app: &mut App) {
    let rows = match table(app).view {
        None => return,
        Some(View::Forum) => forum_of(app).map(|forum| forum_rows(&app.workspace, forum, app.today)),
        Some(View::Meeting) => meeting_of(app).map(|meeting| meeting_rows(&pack(&app.workspace, meeting, app.today))),
    };
    let height = height(app.size);
    let table = &mut app.screens.partners.table;
    match rows {
        Some(rows) => {
            table.rows = rows;
            table.cursor.follow(table.rows.len(), height);
        }
        None => *table = Table::default(), // a colleague has removed it
    }
}

/// The next meeting, the meetings from the last to the first, the members.
fn forum_rows(workspace: &Workspace, forum: &Forum, today: Date) -> Vec<Row> {
    let mut rows = vec![Row::heading("Meetings")];
    let next = forum::next_meeting(workspace, forum, today);
    if let Some(next) = next.filter(|next| next.meeting.is_none()) {
        let text = "by the cycle; not written down yet: n writes it down, with an agenda";
        rows.push(Row { emphasis: Emphasis::Quiet, ..Row::new(format_date(next.on, today), text) });
    }
    let meetings = forum::meetings_of(workspace, forum.id);
    rows.extend(meetings.into_iter().rev().map(|meeting| meeting_row(meeting, today)));
    if rows.len() == 1 {
        rows.push(Row::quiet("No meetings yet: give the forum a cycle (e), then n writes the first one down."));
    }
    rows.push(Row::heading("Members"));
    rows.extend(attendance::members(workspace, forum).iter().map(|member| member_row(workspace, member)));
    if forum.members.is_empty() {
        rows.push(Row::quiet("No members yet: e writes them down."));
    }
    if let Some(terms) = &forum.terms {
        rows.push(Row::heading("Terms of reference"));
        rows.extend(terms.lines().map(Row::quiet));
    }
    rows
}

fn meeting_row(meeting: &Meeting, today: Date) -> Row {
    let is_late = meeting.on.is_some_and(|on| on < today) && !meeting.is_finished();
    let state = match (meeting.is_finished(), meeting.on.is_some_and(|on| on >= today), meeting.minutes.len()) {
        (true, ..) => "minutes finished".to_owned(),
        (_, true, 0) => format!("to come, {} on the agenda", matters(meeting.agenda.len())),
        (_, _, 0) => "no minutes yet".to_owned(),
        (.., 1) => "1 minute, not finished".to_owned(),
        (.., many) => format!("{many} minutes, not finished"),
    };
    let there =
        if meeting.attendance.is_empty() { String::new() } else { format!(" · {}", attendance::said(meeting)) };
    let venue = meeting.venue.as_ref().map(|venue| format!(" · {venue}")).unwrap_or_default();
    let day = meeting.on.map_or_else(|| "no day".to_owned(), |on| format_date(on, today));
    let emphasis = if is_late { Emphasis::Warn } else { Emphasis::Plain };
    Row { emphasis, ..Row::new(day, format!("{state}{there}{venue}")) }.to(Some(Goal::Record(meeting.id)))
}

fn matters(many: usize) -> String {
    if many == 1 { "1 matter".to_owned() } else { format!("{many} matters") }
}

fn member_row(workspace: &Workspace, member: &attendance::Member) -> Row {
    let name = member.organisation.name(workspace);
    let streak = member.streak();
    let said = match (member.held, &streak) {
        (0, _) => "no meeting yet".to_owned(),
        (_, Some(streak)) => format!("at {} of {} · {streak}", member.present, member.held),
        (_, None) => format!("at {} of {}", member.present, member.held),
    };
    let emphasis = if streak.is_some() { Emphasis::Warn } else { Emphasis::Plain };
    let goal = member.organisation.id().map(Goal::Record);
    Row { emphasis, ..Row::new("", format!("{name}: {said}")) }.to(goal)
}

/// Agenda, attendance, minutes, actions, and when the forum meets next.
fn meeting_rows(pack: &Pack) -> Vec<Row> {
    let mut rows = Vec::new();
    let minutes = |rows: &mut Vec<Row>| {
        rows.push(Row::heading(match &pack.finished {
            Some(finished) => format!("Minutes, {finished}"),
            None => "Minutes".to_owned(),
        }));
        rows.extend(pack.minutes.iter().flat_map(minute_rows));
        rows.extend(pack.corrections.iter().map(|said| Row { emphasis: Emphasis::Warn, ..Row::new("", said) }));
        if pack.minutes.is_empty() {
            rows.push(Row::quiet("No minutes yet: m types them, one a line."));
        }
    };
    if pack.finished.is_some() {
        minutes(&mut rows);
    }
    rows.push(Row::heading("Agenda"));
    rows.extend(pack.agenda.iter().map(matter_row));
    if pack.agenda.is_empty() {
        rows.push(Row::quiet("Nothing yet: a puts on it what is open."));
    }
    if pack.finished.is_none() {
        minutes(&mut rows);
    }
    rows.push(Row::heading("Attendance"));
    rows.extend(pack.table.iter().map(seat_row));
    if pack.table.is_empty() {
        rows.push(Row::quiet("Nobody yet: p writes down who is there."));
    }
    rows
}

fn matter_row(matter: &Matter) -> Row {
    let from =
        matter.sort.filter(|_| matter.why.is_some()).map(|sort| format!("{}: ", sort.label())).unwrap_or_default();
    let why = matter.why.as_ref().map(|why| format!(" ({from}{why})")).unwrap_or_default();
    let cites = matter.cites.as_ref().map(|cites| format!(" [{cites}]")).unwrap_or_default();
    let minute = matter.minute.clone().map(|(meeting, number)| Goal::Minute(meeting, number));
    Row::new(matter.number.to_string(), format!("{}{why}{cites}", matter.text))
        .to(minute.or(matter.about.map(Goal::Record)))
}

fn minute_rows(minute: &NumberedMinute) -> Vec<Row> {
    let cited = minute.minute.clone().map(|(meeting, number)| Goal::Minute(meeting, number));
    let goal = cited.or(minute.action.map(Goal::Record));
    let mut rows = vec![Row::new(&minute.number, minute.line()).to(goal)];
    rows.extend(minute.corrections.iter().map(|said| Row { emphasis: Emphasis::Warn, ..Row::new("", said) }));
    rows.into_iter().map(|row| Row { number: Some(minute.number.clone()), ..row }).collect()
}

fn seat_row(seat: &Seat) -> Row {
    let presence = seat.presence.map_or("nothing written down", Presence::label);
    let people = if seat.people.is_empty() { String::new() } else { format!(": {}", seat.people.join(", ")) };
    let streak = seat.streak.as_ref().map(|streak| format!(" · {streak}")).unwrap_or_default();
    let name = if seat.organisation.is_empty() { "for no organisation" } else { &seat.organisation };
    let emphasis = match (&seat.streak, seat.presence) {
        (Some(_), _) => Emphasis::Warn,
        (_, None) => Emphasis::Quiet,
        _ => Emphasis::Plain,
    };
    Row { emphasis, ..Row::new("", format!("{name}: {presence}{people}{streak}")) }
}

pub(super) fn step(app: &mut App, step: Step) {
    let height = height(app.size);
    let table = &mut app.screens.partners.table;
    table.cursor.step(step, table.rows.len(), height);
}

fn show(app: &mut App, id: Id) -> Effects {
    let App { screens, workspace, .. } = app;
    screens.partners.table.show(id, workspace);
    refresh(app);
    Vec::new()
}

fn open_selected(app: &mut App) -> Effects {
    app.screens.partners.table.trail.clear();
    match app.list().selected() {
        Some(id) => show(app, id),
        None => Vec::new(),
    }
}

/// Back to the meeting from which a minute was looked up, else from the meeting to its forum, else to the list.
pub(super) fn back(app: &mut App) {
    let table = &mut app.screens.partners.table;
    let (view, meeting, forum) = (table.view, table.meeting, table.forum);
    if let Some((from, at)) = table.trail.pop() {
        show(app, from);
        app.screens.partners.table.cursor.at = at;
        return refresh(app);
    }
    match (view, forum) {
        (Some(View::Meeting), Some(forum)) => {
            show(app, forum);
            let is_it = |row: &Row| row.goal == meeting.map(Goal::Record);
            let table = &mut app.screens.partners.table;
            table.cursor.at = table.rows.iter().position(is_it).unwrap_or(0);
            refresh(app);
        }
        _ => {
            app.screens.partners.table.view = None;
            if let Some(id) = forum.or(meeting) {
                list::select(app, id);
            }
        }
    }
}

fn neighbour(app: &mut App, by: isize) -> Effects {
    let Some((forum, now)) = table(app).forum.zip(table(app).meeting) else { return Vec::new() };
    let meetings: Vec<Id> = forum::meetings_of(&app.workspace, forum).iter().map(|meeting| meeting.id).collect();
    let at = meetings.iter().position(|id| *id == now).and_then(|at| at.checked_add_signed(by));
    match at.and_then(|at| meetings.get(at)) {
        Some(id) => show(app, *id),
        None => {
            let end = if by < 0 {
                "this is the first meeting"
            } else {
                "this is the last meeting; n in the forum makes the next"
            };
            app.set_status(Severity::Info, end.to_owned());
            Vec::new()
        }
    }
}

fn has_goal(app: &App) -> Result<(), &'static str> {
    let has = table(app).row().is_some_and(|row| row.goal.is_some());
    if has { Ok(()) } else { Err("this line leads nowhere") }
}

/// To what the row is about. A minute is looked up where it stands, and esc comes back from it.
fn follow(app: &mut App) -> Effects {
    match table(app).row().and_then(|row| row.goal.clone()) {
        Some(Goal::Record(id)) if matches!(Kind::of(id), Some(Kind::Meeting | Kind::Forum)) => show(app, id),
        Some(Goal::Record(id)) => open_record(app, id),
        Some(Goal::Minute(meeting, number)) => {
            let table = &mut app.screens.partners.table;
            table.trail.extend(table.meeting.map(|from| (from, table.cursor.at)));
            show(app, meeting);
            let is_it = |row: &Row| row.number.as_deref() == Some(&number);
            let table = &mut app.screens.partners.table;
            table.cursor.at = table.rows.iter().position(is_it).unwrap_or(0);
            refresh(app);
            Vec::new()
        }
        None => Vec::new(),
    }
}

fn open_record(app: &mut App, id: Id) -> Effects {
    let Some(record) = app.workspace.get(id) else { return Vec::new() };
    let title = record.title(&app.workspace).into_owned();
    let text = detail::plain(&record, &app.workspace, app.today);
    page::open(app, &title, &text)
}

fn edit(app: &mut App) -> Effects {
    match table(app).selected().and_then(|id| app.workspace.get(id)) {
        Some(record) => form::open(app, record),
        None => Vec::new(),
    }
}

/// Applies a rule as whoever acts; a refusal goes to the status line.
fn apply(app: &mut App, rule: impl Fn(&App, Id, &Author) -> Result<Change, Refusal>) -> Effects {
    let Some(author) = app.author() else { return prompt::ask_who(app) };
    let Some(id) = table(app).meeting else { return Vec::new() };
    match rule(app, id, &author) {
        Ok(change) => app.submit(change),
        Err(refusal) => {
            app.set_status(Severity::Error, refusal.0);
            Vec::new()
        }
    }
}

/// The same as the answer to a question, to which a refusal goes back.
fn answer(app: &App, rule: impl Fn(&App, Id, &Author) -> Result<Change, Refusal>) -> Result<Change, String> {
    let id = table(app).meeting.ok_or("no meeting is shown any more")?;
    let author = app.author().ok_or("say who you are first")?;
    rule(app, id, &author).map_err(|refusal| refusal.0)
}

fn next_meeting(app: &mut App) -> Effects {
    let Some(author) = app.author() else { return prompt::ask_who(app) };
    let id = app.new_id(Kind::Meeting);
    let Some(forum) = forum_of(app) else { return Vec::new() };
    let made = agenda::next(&app.workspace, forum, id, app.today)
        .and_then(|meeting| crate::model::change::put(&app.workspace, meeting.into(), &author));
    match made {
        Ok(change) => {
            let effects = app.submit(change);
            show(app, id);
            effects
        }
        Err(refusal) => {
            app.set_status(Severity::Error, refusal.0);
            Vec::new()
        }
    }
}

fn may_type(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    let is_finished = meeting_of(app).is_some_and(Meeting::is_finished);
    if is_finished {
        Err("these minutes are finished and stay as they are: c writes a correction beside them")
    } else {
        Ok(())
    }
}

fn may_correct(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    let is_finished = meeting_of(app).is_some_and(Meeting::is_finished);
    if is_finished { Ok(()) } else { Err("these minutes are not finished: m types what is right") }
}

fn make_agenda(app: &mut App) -> Effects {
    apply(app, |app, id, author| agenda::generate(&app.workspace, id, author))
}

fn type_minutes(app: &mut App) -> Effects {
    match table(app).meeting {
        Some(id) => minutes::open(app, id),
        None => Vec::new(),
    }
}

fn ask_attendance(app: &mut App) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    let hint = "initials with blanks between, organisations with commas: KP JS apologies AB, absent Shelter";
    prompt::ask(app, "Who is there?", hint, "", |app, typed| {
        let meeting = meeting_of(app).ok_or("no meeting is shown any more")?;
        let rows = attendance::read(typed, meeting, &app.workspace)?;
        let change = answer(app, |app, id, author| attendance::mark(&app.workspace, id, &rows, author))?;
        Ok(app.submit(change))
    })
}

fn ask_finish(app: &mut App) -> Effects {
    let Some(author) = app.author() else { return prompt::ask_who(app) };
    if let Some(Err(refusal)) = meeting_of(app).map(|meeting| rules::may_finish(meeting, &author)) {
        app.set_status(Severity::Error, refusal.0);
        return Vec::new();
    }
    let silent = meeting_of(app).map_or(0, |meeting| {
        let of = pack(&app.workspace, meeting, app.today).table;
        of.iter().filter(|seat| seat.presence.is_none()).count()
    });
    let said = match silent {
        0 => String::new(),
        1 => "1 member of whom nothing is written was absent then. ".to_owned(),
        many => format!("{many} members of whom nothing is written were absent then. "),
    };
    let hint = format!("{said}The minutes stay as they are then, and it cannot be undone; write yes to finish them");
    prompt::ask(app, "Finish the minutes?", hint, "", |app, typed| {
        if !typed.eq_ignore_ascii_case("yes") {
            return Err("write yes, or press esc".to_owned());
        }
        let change = answer(app, |app, id, author| rules::finish(&app.workspace, id, author))?;
        Ok(app.submit_for_good(change))
    })
}

/// Asks what is right of the minute that the cursor stands on.
fn ask_correction(app: &mut App) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    let number = table(app).row().and_then(|row| row.number.clone());
    let hint = match &number {
        Some(number) => format!("about minute {number}: what is right, in a sentence; it stands beside the minute"),
        None => "about the minutes as a whole: what is right, in a sentence; on a minute it is about that".to_owned(),
    };
    app.screens.partners.table.asked = number;
    prompt::ask(app, "What is right?", hint, "", |app, typed| {
        let (number, text) = (table(app).asked.clone(), Text::line(typed));
        let rule =
            |app: &App, id, author: &Author| rules::correct(&app.workspace, id, number.as_deref(), &text, author);
        let change = answer(app, rule)?;
        Ok(app.submit_for_good(change))
    })
}

/// Whether the selected record of the list is a forum or a meeting.
pub(super) fn is_of_forum(id: Option<Id>) -> bool {
    matches!(id.and_then(Kind::of), Some(Kind::Forum | Kind::Meeting))
}
