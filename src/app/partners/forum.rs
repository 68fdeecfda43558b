//! The forum on the partners screen: the series with its members and meetings, and one meeting with agenda, attendance and
//! minutes.

use super::rows::{Row, Rows, Target};
use super::{View, leave, page, show};
use crate::app::command::{Command, Scope, always, commands};
use crate::app::moving::Step;
use crate::app::{App, Effects, Severity, list, minutes, prompt, screen};
use crate::model::change::{Refusal, put};
use crate::model::choice::Choice as _;
use crate::model::date::format_date;
use crate::model::meeting::pack::{Matter, NumberedMinute, Pack, Seat, pack};
use crate::model::meeting::{Presence, agenda, attendance, minutes as rules};
use crate::model::{Author, Change, Date, Emphasis, Forum, Id, Kind, Meeting, Text, Workspace, forum};

/// The scope of a forum.
pub(super) const FORUM: Scope = Scope::new("A forum");
/// The scope of a meeting.
pub(super) const MEETING: Scope = Scope::new("A meeting");

/// The state of both views.
#[derive(Default)]
pub struct ForumView {
    /// The forum that is shown, or whose meeting is.
    forum: Option<Id>,
    /// The meeting that is shown.
    meeting: Option<Id>,
    /// The lines.
    pub rows: Rows,
    /// The meetings from which minutes were looked up, each with what one stood on.
    trail: Vec<(Id, Option<Target>)>,
    /// The minute that a correction was asked about.
    asked: Option<String>,
}

impl ForumView {
    /// The record that commands act on: the meeting, or the one the cursor stands on in its forum, or the forum.
    pub(super) fn selected(&self) -> Option<Id> {
        let on = match self.rows.target() {
            Some(Target::Action(id)) if Kind::of(id) == Some(Kind::Meeting) => Some(id),
            _ => None,
        };
        self.meeting.or(on).or(self.forum)
    }

    /// The record that one stands on, else the meeting or the forum.
    pub(super) fn subject(&self) -> Option<Id> {
        self.rows.target().and_then(Target::record).or(self.meeting).or(self.forum)
    }
}

/// Keys of a forum.
pub(super) const COMMANDS: &[Command] = commands! { FORUM;
    "forum.enter" ["enter"] "open" "the meeting, or everything about the member" has_goal, follow;
    "forum.next" ["n"] "next meeting" "write down the next meeting, with an agenda of what is open" App::may_change, next_meeting;
    "forum.back" ["esc"] "back" "back to the list" always, back;
};

/// Keys of a meeting.
pub(super) const MEETING_COMMANDS: &[Command] = commands! { MEETING;
    "meeting.type" ["m"] "minutes" "type the minutes" may_type, type_minutes;
    "meeting.attend" ["p"] "present" "write down who is there, by initials" may_type, ask_attendance;
    "meeting.agenda" ["a"] "agenda" "put on the agenda what is open by now; what is worded anew stays" may_type, make_agenda;
    "meeting.finish" ["f"] "finish" "finish the minutes, for good" may_type, ask_finish;
    "meeting.correct" ["c"] "correct" "write beside finished minutes what is right" may_correct, ask_correction;
    "meeting.follow" ["enter"] "open" "what the line is about, or the minute it goes on from" has_goal, follow;
    "meeting.after" ["n"] "next meeting" "write down the next meeting, with an agenda of what is open" App::may_change, next_meeting;
    "meeting.previous" ["["] "" "the meeting before" always, |app| neighbour(app, -1);
    "meeting.next" ["]"] "" "the next meeting" always, |app| neighbour(app, 1);
    "meeting.back" ["esc"] "back" "back to where one came from, or to the forum" always, back;
};

fn state(app: &App) -> &ForumView {
    &app.screens.partners.forum
}

/// The meeting that is shown.
fn meeting_of(app: &App) -> Option<&Meeting> {
    state(app).meeting.and_then(|id| app.workspace.meetings.get(id)).map(AsRef::as_ref)
}

/// The forum that is shown.
fn forum_of(app: &App) -> Option<&Forum> {
    state(app).forum.and_then(|id| app.workspace.forums.get(id)).map(AsRef::as_ref)
}

/// Opens a forum or a meeting from the list.
pub(super) fn open(app: &mut App, id: Id) -> Effects {
    app.screens.partners.forum.trail.clear();
    go(app, id, None)
}

/// Shows a forum or a meeting, on what one stood on there.
fn go(app: &mut App, id: Id, on: Option<Target>) -> Effects {
    let meeting = app.workspace.meetings.get(id);
    let forum = meeting.map_or(Some(id), |meeting| meeting.forum.id());
    let (meeting, view) =
        (meeting.map(|meeting| meeting.id), if meeting.is_some() { View::Meeting } else { View::Forum });
    let state = &mut app.screens.partners.forum;
    (state.forum, state.meeting, state.rows) = (forum, meeting, Rows::default());
    let effects = show(app, view);
    if let Some(target) = on {
        let height = page::height(app.size);
        app.screens.partners.forum.rows.stand_on(target, height);
    }
    effects
}

/// Makes the lines anew; where a colleague has removed what was shown, the list is shown again.
pub(super) fn refresh(app: &mut App) {
    let rows = match app.screens.partners.view {
        View::Meeting => meeting_of(app).map(|meeting| meeting_rows(&pack(&app.workspace, meeting, app.today))),
        _ => forum_of(app).map(|forum| forum_rows(&app.workspace, forum, app.today)),
    };
    let (cells, height) = (usize::from(app.size.0), page::height(app.size));
    match rows {
        Some(rows) => app.screens.partners.forum.rows.set(rows, cells, height),
        None => app.screens.partners.view = View::List,
    }
}

/// Cells before the rows that begin with a day, and those that begin with a number.
const DAY: u16 = 13;
const NUMBER: u16 = 6;

fn row(indent: u16, mark: impl Into<String>, text: impl Into<String>) -> Row {
    Row { indent, mark: mark.into(), ..Row::text(text) }
}

/// What it is, its meetings from the last to the first, its members.
fn forum_rows(workspace: &Workspace, forum: &Forum, today: Date) -> Vec<Row> {
    let mut rows = vec![Row::heading(forum.name.as_str())];
    let cycle = forum.cycle.map_or_else(|| "no cycle yet".to_owned(), |cycle| cycle.to_string());
    let chair = forum.chair.as_ref().map(|who| format!(" · led by {}", who.name(workspace))).unwrap_or_default();
    let minutes =
        forum.secretary.as_ref().map(|who| format!(" · minutes by {}", who.name(workspace))).unwrap_or_default();
    rows.push(Row { emphasis: Emphasis::Quiet, ..Row::text(format!("Meets {cycle}{chair}{minutes}")) });
    rows.push(Row::heading("Meetings"));
    if let Some(next) = forum::next_meeting(workspace, forum, today).filter(|next| next.meeting.is_none()) {
        let text = "by the cycle, not written down yet: n writes it down, with an agenda";
        rows.push(Row { emphasis: Emphasis::Quiet, ..row(DAY, format_date(next.on, today), text) });
    }
    let meetings = forum::meetings_of(workspace, forum.id);
    if meetings.is_empty() && forum.cycle.is_none() {
        rows.push(Row::empty("No meetings yet: give the forum a cycle (e), then n writes the first one down."));
    }
    rows.extend(meetings.into_iter().rev().map(|meeting| meeting_row(meeting, today)));
    rows.push(Row::heading("Members"));
    rows.extend(attendance::members(workspace, forum).iter().map(|member| member_row(workspace, member)));
    if forum.members.is_empty() {
        rows.push(Row::empty("No members yet: e writes them down."));
    }
    if let Some(terms) = &forum.terms {
        rows.push(Row::heading("Terms of reference"));
        rows.extend(terms.lines().map(Row::text));
    }
    rows
}

fn meeting_row(meeting: &Meeting, today: Date) -> Row {
    let is_to_come = meeting.on.is_some_and(|on| on >= today);
    let state = match (meeting.is_finished(), is_to_come, meeting.minutes.len()) {
        (true, ..) => "minutes finished".to_owned(),
        (_, true, 0) if meeting.agenda.len() == 1 => "to come, 1 matter on the agenda".to_owned(),
        (_, true, 0) => format!("to come, {} matters on the agenda", meeting.agenda.len()),
        (_, _, 0) => "no minutes yet".to_owned(),
        (.., 1) => "1 minute, not finished".to_owned(),
        (.., many) => format!("{many} minutes, not finished"),
    };
    let there =
        if meeting.attendance.is_empty() { String::new() } else { format!(" · {}", attendance::said(meeting)) };
    let venue = meeting.venue.as_ref().map(|venue| format!(" · {venue}")).unwrap_or_default();
    let day = meeting.on.map_or_else(|| "no day".to_owned(), |on| format_date(on, today));
    let emphasis = if is_to_come || meeting.is_finished() { Emphasis::Plain } else { Emphasis::Warn };
    Row { emphasis, target: Some(Target::Action(meeting.id)), ..row(DAY, day, format!("{state}{there}{venue}")) }
}

fn member_row(workspace: &Workspace, member: &attendance::Member) -> Row {
    let name = member.organisation.name(workspace);
    let streak = member.streak();
    let said = match (member.held, &streak) {
        (0, _) => "no meeting yet".to_owned(),
        (_, Some(streak)) => format!("at {} of {} meetings, {streak}", member.present, member.held),
        (_, None) => format!("at {} of {} meetings", member.present, member.held),
    };
    let emphasis = if streak.is_some() { Emphasis::Warn } else { Emphasis::Plain };
    let target = member.organisation.id().map(Target::Action);
    Row { emphasis, target, ..Row::text(format!("{name}: {said}")) }
}

/// When and where; agenda, minutes and attendance, the minutes first once they are finished.
fn meeting_rows(pack: &Pack) -> Vec<Row> {
    let place = Row { emphasis: Emphasis::Quiet, ..Row::text(&pack.place) };
    let mut rows = vec![Row::heading(&pack.forum), place];
    let parts = if pack.finished.is_some() { [minute_part, agenda_part] } else { [agenda_part, minute_part] };
    rows.extend(parts.into_iter().chain([attendance_part as fn(&Pack) -> Vec<Row>]).flat_map(|part| part(pack)));
    rows
}

fn agenda_part(pack: &Pack) -> Vec<Row> {
    let mut rows = vec![Row::heading("Agenda")];
    rows.extend(pack.agenda.iter().map(matter_row));
    if pack.agenda.is_empty() {
        rows.push(Row::empty("Nothing yet: a puts on it what is open."));
    }
    rows
}

fn minute_part(pack: &Pack) -> Vec<Row> {
    let finished = pack.finished.as_ref().map(|finished| format!(", {finished}")).unwrap_or_default();
    let mut rows = vec![Row::heading(format!("Minutes{finished}"))];
    rows.extend(pack.minutes.iter().enumerate().flat_map(|(at, minute)| minute_rows(at, minute)));
    rows.extend(pack.corrections.iter().map(|said| Row { emphasis: Emphasis::Warn, ..Row::text(said) }));
    if pack.minutes.is_empty() {
        rows.push(Row::empty("No minutes yet: m types them, one a line."));
    }
    rows.extend(pack.next.map(|next| Row::text(format!("Next meeting: {}", next.format("%a %-d %b %Y")))));
    rows
}

fn attendance_part(pack: &Pack) -> Vec<Row> {
    let mut rows = vec![Row::heading("Attendance")];
    rows.extend(pack.table.iter().map(seat_row));
    if pack.table.is_empty() {
        rows.push(Row::empty("Nobody yet: p writes down who is there."));
    }
    rows
}

fn matter_row(matter: &Matter) -> Row {
    Row { target: Some(Target::Matter(matter.number - 1)), ..row(NUMBER, matter.number.to_string(), matter.line()) }
}

/// A minute, under it what was put right, which is stood on as the minute is.
fn minute_rows(at: usize, minute: &NumberedMinute) -> Vec<Row> {
    let target = Some(Target::Minute(at));
    let indent = NUMBER + 2 * minute.depth as u16;
    let said = Row { target, ..row(indent, &minute.number, minute.line()) };
    let corrected = |said: &String| Row { target, emphasis: Emphasis::Warn, goes_on: true, ..row(indent, "", said) };
    std::iter::once(said).chain(minute.corrections.iter().map(corrected)).collect()
}

fn seat_row(seat: &Seat) -> Row {
    let presence = seat.presence.map_or("nothing written down", Presence::label);
    let people = if seat.people.is_empty() { String::new() } else { format!(": {}", seat.people.join(", ")) };
    let streak = seat.streak.as_ref().map(|streak| format!(" ({streak})")).unwrap_or_default();
    let name = if seat.organisation.is_empty() { "for no organisation" } else { &seat.organisation };
    let emphasis = match (&seat.streak, seat.presence) {
        (Some(_), _) => Emphasis::Warn,
        (_, None) => Emphasis::Quiet,
        _ => Emphasis::Plain,
    };
    Row { emphasis, ..Row::text(format!("{name} {presence}{people}{streak}")) }
}

/// Moves in the view.
pub(super) fn step(app: &mut App, step: Step) {
    let height = page::height(app.size);
    app.screens.partners.forum.rows.step(step, height);
}

/// Back to the meeting from which a minute was looked up, else from a meeting to its forum, else to the list.
fn back(app: &mut App) -> Effects {
    if let Some((from, on)) = app.screens.partners.forum.trail.pop() {
        return go(app, from, on);
    }
    let shown = state(app).meeting.or(state(app).forum);
    if leave(app, shown) {
        return Vec::new();
    }
    match (state(app).meeting, state(app).forum.filter(|_| forum_of(app).is_some())) {
        (Some(meeting), Some(forum)) => go(app, forum, Some(Target::Action(meeting))),
        (meeting, forum) => {
            let effects = show(app, View::List);
            if let Some(id) = meeting.or(forum) {
                list::select(app, id);
            }
            effects
        }
    }
}

fn neighbour(app: &mut App, by: isize) -> Effects {
    let Some((forum, now)) = state(app).forum.zip(state(app).meeting) else { return Vec::new() };
    let meetings: Vec<Id> = forum::meetings_of(&app.workspace, forum).iter().map(|meeting| meeting.id).collect();
    let at = meetings.iter().position(|id| *id == now).and_then(|at| at.checked_add_signed(by));
    if let Some(id) = at.and_then(|at| meetings.get(at)) {
        return go(app, *id, None);
    }
    let end = if by < 0 { "first meeting" } else { "last meeting; n writes down the next" };
    app.set_status(Severity::Info, format!("this is the {end}"));
    Vec::new()
}

/// Where the row leads on which one stands: to a record, or to a minute of another meeting.
fn goal(app: &App) -> Option<(Id, Option<String>)> {
    let pack = || meeting_of(app).map(|meeting| pack(&app.workspace, meeting, app.today));
    let (minute, record) = match state(app).rows.target()? {
        Target::Action(id) => (None, Some(id)),
        Target::Matter(at) => pack()?.agenda.get(at).map(|matter| (matter.minute.clone(), matter.about))?,
        Target::Minute(at) => pack()?.minutes.get(at).map(|minute| (minute.minute.clone(), minute.action))?,
        _ => return None,
    };
    minute.map(|(meeting, number)| (meeting, Some(number))).or(record.map(|id| (id, None)))
}

fn has_goal(app: &App) -> Result<(), &'static str> {
    goal(app).map(|_| ()).ok_or("this line leads nowhere")
}

/// To what the row is about. A minute is looked up where it stands, and esc comes back from it.
fn follow(app: &mut App) -> Effects {
    match goal(app) {
        Some((meeting, Some(number))) => {
            let on = state(app).rows.target();
            let from = state(app).meeting.map(|from| (from, on));
            app.screens.partners.forum.trail.extend(from);
            let minutes = app.workspace.meetings.get(meeting).map(|meeting| meeting.minutes.as_slice());
            let at = minutes.and_then(|all| all.iter().position(|minute| minute.number.as_str() == number));
            go(app, meeting, at.map(Target::Minute))
        }
        Some((id, None)) if matches!(Kind::of(id), Some(Kind::Meeting | Kind::Forum)) => go(app, id, None),
        Some((id, None)) if Kind::of(id) == Some(Kind::Agreement) => page::open(app, id, None),
        Some((id, None)) => screen::go_to(app, id),
        None => Vec::new(),
    }
}

/// Applies a rule as whoever acts; a refusal goes to the status line.
fn apply(app: &mut App, rule: impl Fn(&App, Id, &Author) -> Result<Change, Refusal>) -> Effects {
    let Some(author) = app.author() else { return prompt::ask_who(app) };
    let Some(id) = state(app).meeting else { return Vec::new() };
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
    let id = state(app).meeting.ok_or("no meeting is shown any more")?;
    let author = app.author().ok_or("say who you are first")?;
    rule(app, id, &author).map_err(|refusal| refusal.0)
}

fn next_meeting(app: &mut App) -> Effects {
    let Some(author) = app.author() else { return prompt::ask_who(app) };
    let id = app.new_id(Kind::Meeting);
    let Some(forum) = forum_of(app) else { return Vec::new() };
    let made = agenda::next(&app.workspace, forum, id, app.today)
        .and_then(|meeting| put(&app.workspace, meeting.into(), &author));
    match made {
        Ok(change) => {
            let mut effects = app.submit(change);
            effects.extend(go(app, id, None));
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
    match state(app).meeting {
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
    let number = match state(app).rows.target() {
        Some(Target::Minute(at)) => meeting_of(app).and_then(|meeting| meeting.minutes.get(at)),
        _ => None,
    };
    let number = number.map(|minute| minute.number.as_str().to_owned());
    let hint = match &number {
        Some(number) => format!("about minute {number}: what is right, in a sentence; it stands beside the minute"),
        None => "about the minutes as a whole: what is right, in a sentence; on a minute it is about that".to_owned(),
    };
    app.screens.partners.forum.asked = number;
    prompt::ask(app, "What is right?", hint, "", |app, typed| {
        let (number, text) = (state(app).asked.clone(), Text::line(typed));
        let rule =
            |app: &App, id, author: &Author| rules::correct(&app.workspace, id, number.as_deref(), &text, author);
        let change = answer(app, rule)?;
        Ok(app.submit_for_good(change))
    })
}
