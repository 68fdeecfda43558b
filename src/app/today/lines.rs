//! The lines of the day: a section for each question with which one comes, those that have no answer left out.

use super::Found;
use crate::app::App;
use crate::model::date::format_date;
use crate::model::event::Slot;
use crate::model::loose_ends::Loose;
use crate::model::service::Need;
use crate::model::text::{count, one_line};
use crate::model::thread::standing;
use crate::model::{Date, Id, Kind, Service, changes, due, event_day, forum, person};

/// What a line leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Nothing: a heading.
    Heading,
    /// A record.
    Record(Id),
    /// The loose ends of a sort.
    Sort(&'static str),
    /// The services that meet a need in a district.
    Gap(Need, usize),
    /// What a search for words finds among the records of a kind.
    Search(Kind, String),
    /// Nothing: a sentence.
    Said,
}

/// A line of the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it leads to.
    pub what: What,
    /// What it says.
    pub text: String,
    /// What it says of that, at the right.
    pub state: String,
    /// Whether it calls for attention.
    pub warns: bool,
}

/// So many lines of a section are shown; the others are counted.
const SHOWN: usize = 4;

/// Loose ends that have a section of their own.
const APART: [&str; 3] = ["overdue", "told", "verify"];

fn line(what: What, text: impl Into<String>, state: impl Into<String>) -> Line {
    Line { what, text: text.into(), state: state.into(), warns: false }
}

fn title(app: &App, id: Id) -> String {
    app.workspace.get(id).map_or_else(|| id.to_string(), |record| one_line(&record.title(&app.workspace)))
}

fn record(app: &App, id: Id, state: impl Into<String>) -> Line {
    line(What::Record(id), title(app, id), state)
}

/// The day in sections.
pub(super) fn of_day(found: &[Found], app: &App) -> Vec<Line> {
    let sections = [
        ("The event of today".to_owned(), event(app)),
        ("Late, and due within two weeks".to_owned(), due_lines(app)),
        ("Due for review".to_owned(), reviews(found, app)),
        ("The next forum".to_owned(), forum(app)),
        (changed_heading(app), changed(app)),
        ("Still to tell".to_owned(), told(found)),
        ("Loose ends".to_owned(), loose(found)),
    ];
    let mut lines = Vec::new();
    for (heading, section) in sections.into_iter().filter(|(_, section)| !section.is_empty()) {
        lines.push(line(What::Heading, heading, ""));
        lines.extend(section);
    }
    if lines.is_empty() && app.loaded {
        lines.push(line(What::Said, "Nothing is due, nothing was changed, and there are no loose ends.", ""));
    }
    lines
}

/// Loose ends of one sort, a line each.
pub(super) fn of_loose(loose: &[Loose], app: &App) -> Vec<Line> {
    let of = |one: &Loose| {
        let gap = one.gap.map(|(need, district)| What::Gap(need, district));
        match one.record.and_then(|id| app.workspace.get(id)) {
            None => line(gap.unwrap_or(What::Said), one.says.clone(), ""),
            Some(found) if one.says.is_empty() => record(app, found.id(), standing(&found, &app.workspace, app.today)),
            Some(found) => line(What::Record(found.id()), one.says.clone(), ""),
        }
    };
    loose.iter().map(of).collect()
}

/// How the event of this day stands.
fn event(app: &App) -> Vec<Line> {
    let Some(day) = event_day::on(&app.workspace, app.today, app.time) else { return Vec::new() };
    let mut lines = vec![record(app, day.event, day.slot.as_ref().map(slot_said).unwrap_or_default())];
    if !day.missing_notes.is_empty() {
        let text = format!("{} groups have met and have no notes", count(day.missing_notes.len()));
        lines.push(Line { warns: true, ..line(What::Sort("notes"), text, "") });
    }
    lines.extend(day.open_rounds.iter().map(|round| record(app, *round, "the vote is open")));
    lines
}

fn slot_said((slot, runs): &(Slot, bool)) -> String {
    let name = slot.name.as_deref().unwrap_or("a slot");
    let time = |time: Option<crate::model::Time>| time.map(|time| time.to_string()).unwrap_or_default();
    if *runs { format!("{name} until {}", time(slot.to)) } else { format!("next: {name} at {}", time(slot.from)) }
}

/// Whoever sits here, as far as it is known.
fn me(app: &App) -> Option<Id> {
    app.me.as_ref().and_then(|me| person::find(&app.workspace, me).ok()).map(|person| person.id)
}

fn due_lines(app: &App) -> Vec<Line> {
    let all = due::due(&app.workspace, app.today, me(app));
    let say = |due: &due::Due| {
        let yours = if due.is_mine { "yours, " } else { "" };
        let state = format!("{yours}{}", due::says(due, &app.workspace, app.today));
        Line { warns: due.is_overdue, ..record(app, due.action, state) }
    };
    let mut lines: Vec<Line> = all.iter().take(SHOWN).map(say).collect();
    if all.len() > SHOWN {
        let late = all.iter().filter(|due| due.is_overdue).count();
        let rest = format!("and {} more", count(all.len() - SHOWN));
        let what =
            if late > SHOWN { What::Sort("overdue") } else { What::Search(Kind::Action, "is:unfinished".to_owned()) };
        lines.push(line(what, rest, format!("{} overdue in all", count(late))));
    }
    lines
}

fn reviews(found: &[Found], app: &App) -> Vec<Line> {
    let due = app.workspace.agreements.iter().filter(|agreement| agreement.is_due_for_review(app.today));
    let on = |on: Option<crate::model::Date>| on.map(|on| format_date(on, app.today)).unwrap_or_default();
    let mut lines: Vec<Line> = due.map(|one| record(app, one.id, format!("review of {}", on(one.review_on)))).collect();
    lines.extend(counted(found, "verify"));
    for (holds, says, search) in FUNDING {
        let found = app.workspace.services.iter().filter(|one| one.is_open() && holds(one, app.today)).count();
        let text = if found == 1 { "1 service".to_owned() } else { format!("{} services", count(found)) };
        let search = What::Search(Kind::Service, (*search).to_owned());
        lines.extend((found > 0).then(|| line(search, format!("{text} whose funding {says}"), "")));
    }
    lines
}

/// What is to be said of services by their funding: which, in what words, and the search that finds them.
type Funding = (fn(&Service, Date) -> bool, &'static str, &'static str);

const FUNDING: &[Funding] = &[
    (Service::funding_ended, "has ended", "funding:<0d is:open"),
    (
        |one, today| one.funding_warns(today) && !one.funding_ended(today),
        "ends within three months",
        "funding:<3m is:open",
    ),
];

/// The sentence that counts the loose ends of a sort.
fn counted(found: &[Found], name: &'static str) -> Option<Line> {
    let (sort, loose) = found.iter().find(|(sort, _)| sort.name == name)?;
    Some(line(What::Sort(sort.name), sort.sentence(loose.len()), ""))
}

fn forum(app: &App) -> Vec<Line> {
    let next = forum::next_forum(&app.workspace, app.today);
    let of = |next: forum::NextMeeting| match next.meeting {
        Some(meeting) => record(app, meeting, format_date(next.on, app.today)),
        None => record(app, next.forum, format!("{}, not written down yet", format_date(next.on, app.today))),
    };
    next.map(of).into_iter().collect()
}

fn changed_heading(app: &App) -> String {
    let since = app.last_visit.map(|at| format_date(at.date(), app.today)).unwrap_or_default();
    format!("Changed by others since you were here on {since}")
}

fn changed(app: &App) -> Vec<Line> {
    let Some(since) = app.last_visit else { return Vec::new() };
    let me = app.author().map(|author| author.by);
    let all = changes::since(&app.workspace, since, me.as_ref());
    let state = |one: &changes::Changed| {
        let kind = Kind::of(one.id).map_or("record", Kind::singular);
        format!("{kind}, {}, {}", one.by, format_date(one.at.date(), app.today))
    };
    let mut lines: Vec<Line> = all.iter().take(SHOWN).map(|one| record(app, one.id, state(one))).collect();
    if all.len() > SHOWN {
        lines.push(line(What::Said, format!("and {} more", count(all.len() - SHOWN)), ""));
    }
    lines
}

fn told(found: &[Found]) -> Vec<Line> {
    let Some((_, loose)) = found.iter().find(|(sort, _)| sort.name == "told") else { return Vec::new() };
    let of = |one: &Loose| {
        let what = one.record.map_or(What::Said, What::Record);
        let (who, state) = one.says.split_once(": ").unwrap_or((&one.says, ""));
        line(what, who, state)
    };
    let mut lines: Vec<Line> = loose.iter().take(SHOWN).map(of).collect();
    if loose.len() > SHOWN {
        lines.push(line(What::Sort("told"), format!("and {} more", count(loose.len() - SHOWN)), ""));
    }
    lines
}

fn loose(found: &[Found]) -> Vec<Line> {
    let others = found.iter().filter(|(sort, _)| !APART.contains(&sort.name));
    others.map(|(sort, loose)| line(What::Sort(sort.name), sort.sentence(loose.len()), "")).collect()
}
