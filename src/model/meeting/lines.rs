//! Minutes as they are typed: each line is a minute, an indented line belongs to the one above it.
//!
//! `Action KP by fri: send the list` becomes an action, and so do `Action KP | fri: send the list` and
//! `Action KP: send the list | fri`; `Decision: …` a decision; `[2.1]` cites a minute of the last
//! meeting, `[11 Sep 2026, 2.1]` one of another. Nothing is guessed: what is not understood stays a note as it was typed,
//! and why is said beside it.

use super::number::{MAX_DEPTH, numbers};
use super::{Meeting, Minute, MinuteSort};
use crate::model::date::{Lean, parse_date, parse_date_leaning};
use crate::model::person::{Fit, fit};
use crate::model::text::one_line;
use crate::model::{Date, Organisation, Person, Ref, Rules, Text, Workspace, forum};

/// What is around somebody who types minutes.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// Where names and old minutes are looked up.
    pub workspace: &'a Workspace,
    /// The meeting whose minutes they are.
    pub meeting: &'a Meeting,
    /// The date.
    pub today: Date,
}

impl Around<'_> {
    /// The day from which "fri" is seen: that of the meeting, however much later the minutes are typed.
    fn said_on(&self) -> Date {
        self.meeting.on.unwrap_or(self.today).min(self.today)
    }
}

/// A line as it was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The minute it makes.
    pub minute: Minute,
    /// What was not understood of it.
    pub problem: Option<String>,
}

/// What a minute wants done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Task {
    /// Who sees to it.
    pub lead: Option<Ref<Person>>,
    /// Who helps.
    pub helpers: Vec<Ref<Person>>,
    /// The organisation that sees to it.
    pub organisation: Option<Ref<Organisation>>,
    /// By when.
    pub due: Option<Date>,
    /// Whether it is due when the forum meets next.
    pub by_next_forum: bool,
    /// What is to be done.
    pub what: Text,
}

impl Task {
    /// The first who is named leads, the others help.
    fn add(&mut self, person: Ref<Person>) {
        match self.lead {
            None => self.lead = Some(person),
            Some(_) => self.helpers.push(person),
        }
    }
}

/// So many minutes are read of one text; nobody types more at one meeting.
const MAX_LINES: usize = 1_000;

/// Reads minutes as they are typed.
pub fn read(typed: &str, around: Around<'_>) -> Vec<Line> {
    let mut indents: Vec<usize> = Vec::new();
    let mut lines: Vec<Line> = Vec::new();
    for typed in typed.lines().filter(|line| !line.trim().is_empty()).take(MAX_LINES) {
        let text = typed.trim_start();
        let indent = typed[..typed.len() - text.len()].chars().map(|c| if c == '\t' { 2 } else { 1 }).sum();
        while indents.last().is_some_and(|last| *last >= indent) {
            indents.pop();
        }
        let depth = indents.len().min(MAX_DEPTH);
        indents.push(indent);
        let mut line = read_line(text, around);
        line.minute.number = super::Number::new(&vec!["1"; depth + 1].join("."));
        lines.push(line);
    }
    let all = numbers(lines.iter().map(|line| line.minute.number.depth()));
    for (line, number) in lines.iter_mut().zip(all) {
        line.minute.number = number;
    }
    lines
}

fn read_line(typed: &str, around: Around<'_>) -> Line {
    let mut minute = Minute::default();
    let (text, cited) = take_citation(typed, around);
    let mut problem = None;
    match cited {
        Some(Ok((meeting, number))) => (minute.cites, minute.cited) = (Some(meeting), Some(number)),
        Some(Err(why)) => problem = Some(why),
        None => {}
    }
    let mut said = text.as_str();
    if let Some(decision) = after_word(text.trim_start(), "decision").and_then(|rest| rest.strip_prefix(':')) {
        (minute.sort, said) = (MinuteSort::Decision, decision);
    } else if let Some(action) = after_word(text.trim_start(), "action") {
        match read_action(action, around) {
            Ok(found) => {
                (minute.sort, minute.who, minute.until) = (MinuteSort::Action, found.who, found.until);
                said = found.what;
            }
            Err(why) => problem = why.or(problem),
        }
    }
    minute.text = Text::some(&one_line(said));
    if minute.text.is_none() {
        minute = Minute { text: Some(Text::line(typed)), ..Minute::default() };
        problem = Some("say what was decided or is to be done".to_owned());
    }
    Line { minute, problem }
}

/// What stands behind a word with which a text begins, in whatever letters.
fn after_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(word.len())?;
    let ends = rest.starts_with([':', ' ']);
    (head.eq_ignore_ascii_case(word) && ends).then(|| rest.trim_start())
}

struct ActionLine<'a> {
    who: Option<Text>,
    until: Option<Text>,
    what: &'a str,
}

/// What stands behind "Action": who, by when, a colon, what. A colon may stand in a time, so the first is taken behind
/// which the rest makes sense. Without a colon it is no action, and nothing is wrong with it.
fn read_action<'a>(text: &'a str, around: Around<'_>) -> Result<ActionLine<'a>, Option<String>> {
    let mut first = None;
    for (at, _) in text.match_indices(':').take(3) {
        let said = text[at + 1..].trim();
        let head = read_head(text[..at].trim(), around);
        let says_day = head.as_ref().is_ok_and(|(_, until)| until.is_some());
        let (what, behind) = if says_day { (said, None) } else { take_day_behind(said, around) };
        match head.map(|(who, until)| (who, until.or(behind))) {
            Ok(_) if !what.contains(char::is_alphanumeric) => {
                first = first.or_else(|| Some("say what is to be done".to_owned()));
            }
            Ok((who, until)) => return Ok(ActionLine { who, until, what }),
            Err(why) => first = first.or(Some(why)),
        }
    }
    Err(first)
}

/// What is to be done without the day that stands behind a bar at its end, and that day. A bar before anything else is text.
fn take_day_behind<'a>(what: &'a str, around: Around<'_>) -> (&'a str, Option<Text>) {
    let split = what.rsplit_once('|').and_then(|(before, until)| {
        let until = until.trim();
        let until = until.strip_prefix("by ").unwrap_or(until);
        Some((before.trim_end(), read_until(until, around.said_on()).ok()?))
    });
    split.map_or((what, None), |(what, until)| (what, Some(until)))
}

/// Who and by when, both as they will be kept. A bar stands for "by".
fn read_head(head: &str, around: Around<'_>) -> Result<(Option<Text>, Option<Text>), String> {
    let padded = format!(" {head} ").replacen('|', " by ", 1).replacen(" by  by ", " by ", 1);
    let (who, until) = match padded.to_ascii_lowercase().rfind(" by ") {
        Some(at) => (&padded[..at], Some(padded[at + 4..].trim())),
        None => (padded.as_str(), None),
    };
    let until = until.map(|until| read_until(until, around.said_on())).transpose()?;
    let names = names(who);
    let (mut task, mut unknown) = (Task::default(), None);
    for name in &names {
        take_name(&mut task, name, around.workspace).unwrap_or_else(|why| unknown = Some(why));
    }
    match unknown {
        Some(why) => Err(why),
        None => Ok((Text::some(&names.join(", ")), until)),
    }
}

fn read_until(until: &str, said_on: Date) -> Result<Text, String> {
    if is_next_forum(until) {
        return Ok(Text::line(NEXT_FORUM));
    }
    match parse_date_leaning(until, said_on, Lean::Ahead) {
        Ok(day) => Ok(Text::line(&day.format("%-d %b %Y").to_string())),
        Err(why) if why.contains("no such day") => Err(why),
        Err(_) => Err(format!("{until:?} is no day: write by fri, by 12 mar, by next forum")),
    }
}

const NEXT_FORUM: &str = "next forum";

fn is_next_forum(until: &str) -> bool {
    let until = until.to_lowercase();
    [NEXT_FORUM, "next meeting", "forum"].contains(&until.trim_start_matches("the "))
}

/// The names in a list of people.
fn names(who: &str) -> Vec<String> {
    let who = one_line(who).replace(" and ", ",").replace(" & ", ",");
    who.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Who is meant by a name: a person by initials or whole name, else an organisation; initials that nobody or more than one
/// has stay as they are. Anything else is no name.
fn take_name(task: &mut Task, name: &str, workspace: &Workspace) -> Result<(), String> {
    let person = match people_called(name, workspace)[..] {
        [one] => Some(Ref::record(one.id)),
        [] => match organisation(name, workspace) {
            Some(organisation) => {
                task.organisation.get_or_insert(organisation);
                return Ok(());
            }
            None => None,
        },
        _ => None,
    };
    let is_initials =
        (1..=4).contains(&name.chars().count()) && name.chars().all(|c| c.is_uppercase() || c.is_numeric());
    let person = match person {
        Some(person) => person,
        None if is_initials => Ref::words(Text::line(name)),
        None => return Err(format!("nobody here is called {name:?}: write initials, or who by when, and a colon")),
    };
    task.add(person);
    Ok(())
}

/// The first two people who have these initials or this name. Whoever types minutes types them key by key, so nobody's name
/// is looked at closely that has another length.
pub(super) fn people_called<'a>(name: &str, workspace: &'a Workspace) -> Vec<&'a Person> {
    let could_be = |text: &str| text.len() == name.len() || !text.is_ascii() || !name.is_ascii();
    let could_be_called = |person: &&Person| {
        could_be(&person.name) || could_be(person.id.as_str()) || person.initials.as_deref().is_some_and(could_be)
    };
    let people = workspace.people.iter().map(AsRef::as_ref).filter(could_be_called);
    people.filter(|person| fit(person, name) == Some(Fit::Exact)).take(2).collect()
}

/// The one organisation that is called so.
pub(super) fn organisation(name: &str, workspace: &Workspace) -> Option<Ref<Organisation>> {
    let wanted = name.to_lowercase();
    let is_called = |one: &Organisation| {
        one.answers_to(&wanted, workspace) || one.aliases.iter().any(|alias| alias.to_lowercase() == wanted)
    };
    let mut found = workspace.organisations.iter().filter(|one| is_called(one)).map(|one| one.id);
    found.next().filter(|_| found.next().is_none()).map(Ref::record)
}

/// What a minute that is an action wants done.
pub fn task(minute: &Minute, workspace: &Workspace) -> Task {
    let mut task = Task { what: minute.text.clone().unwrap_or_default(), ..Task::default() };
    for name in names(minute.who.as_deref().unwrap_or_default()) {
        if take_name(&mut task, &name, workspace).is_err() {
            task.add(Ref::words(Text::line(&name)));
        }
    }
    let until = minute.until.as_deref().unwrap_or_default();
    task.by_next_forum = is_next_forum(until);
    task.due = parse_date(until, Date::default()).ok().filter(|_| !task.by_next_forum);
    task
}

/// What a citation gave: where it leads, or why nowhere.
type Cited = Result<(Ref<Meeting>, Text), String>;

/// The text without its citation, and where that leads. Brackets that hold no number of a minute are ordinary text.
fn take_citation(typed: &str, around: Around<'_>) -> (String, Option<Cited>) {
    let brackets = typed.rfind('[').and_then(|open| Some((open, open + typed[open..].find(']')?)));
    let Some((open, close)) = brackets else { return (typed.to_owned(), None) };
    let inside = typed[open + 1..close].trim();
    let (day, number) = inside.rsplit_once([' ', ',']).unwrap_or(("", inside));
    let is_number = !number.is_empty() && number.split('.').all(|part| part.parse::<u16>().is_ok());
    if !is_number {
        return (typed.to_owned(), None);
    }
    match find_cited(day.trim_end_matches([',', ' ']), number, around) {
        Ok(found) => {
            let without = [typed[..open].trim_end(), typed[close + 1..].trim()].join(" ");
            (without, Some(Ok(found)))
        }
        Err(why) => (typed.to_owned(), Some(Err(why))),
    }
}

fn find_cited(day: &str, number: &str, around: Around<'_>) -> Cited {
    let Around { workspace, meeting, .. } = around;
    let day = day.to_lowercase();
    let is_of = |other: &&&Meeting| {
        let iso = other.on.map(|on| on.to_string()).unwrap_or_default();
        other.id != meeting.id && (other.day().to_lowercase().starts_with(&day) || iso == day)
    };
    let meetings = meeting.forum.id().map(|forum| forum::meetings_of(workspace, forum)).unwrap_or_default();
    let found = if day.is_empty() { meeting.previous(workspace) } else { meetings.iter().rfind(is_of).copied() };
    let found = found.ok_or_else(|| match day.as_str() {
        "" => "there are no minutes of a meeting before this one".to_owned(),
        day => format!("the forum did not meet on {day}"),
    })?;
    match found.minute(number) {
        Some(_) => Ok((Ref::record(found.id), Text::line(number))),
        None => Err(format!("there is no minute {number} of {}", found.day())),
    }
}

/// Minutes as they would be typed.
pub fn write(minutes: &[Minute], workspace: &Workspace) -> String {
    let mut typed = String::new();
    for minute in minutes {
        typed.push_str(&"  ".repeat(minute.number.depth()));
        typed.push_str(&in_words(minute, workspace));
        typed.push('\n');
    }
    typed
}

/// One minute as it is typed and read: what it is, who, by when, what, what it goes on from.
pub fn in_words(minute: &Minute, workspace: &Workspace) -> String {
    let text = minute.text.as_deref().unwrap_or_default();
    let said = match minute.sort {
        MinuteSort::Note => text.to_owned(),
        MinuteSort::Decision => format!("Decision: {text}"),
        MinuteSort::Action => {
            let who = minute.who.as_ref().map(|who| format!(" {who}")).unwrap_or_default();
            let until = minute.until.as_ref().map(|until| format!(" by {until}")).unwrap_or_default();
            format!("Action{who}{until}: {text}")
        }
    };
    format!("{said}{}", citation(minute, workspace).map(|cited| format!(" [{cited}]")).unwrap_or_default())
}

/// What a minute goes on from: `11 Sep 2026, 2.1`.
pub fn citation(minute: &Minute, workspace: &Workspace) -> Option<String> {
    let (meeting, number) = minute.cites.as_ref().zip(minute.cited.as_ref())?;
    Some(said_citation(meeting, number, workspace))
}

/// A minute of another meeting, as it is cited.
pub fn said_citation(meeting: &Ref<Meeting>, number: &str, workspace: &Workspace) -> String {
    let day = meeting.get(workspace).map_or_else(|| meeting.name(workspace).into_owned(), Meeting::day);
    format!("{day}, {number}")
}
