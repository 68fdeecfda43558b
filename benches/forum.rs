//! What a key press costs at a forum that has met for ten years: 120 meetings of forty organisations, forty minutes each,
//! a thousand actions that are due when it meets next, three thousand people.
//!
//! `cargo bench --bench forum` prints the times beside their budget.

#![allow(clippy::print_stdout, clippy::unwrap_used)] // a bench prints, and fails by panicking

mod budget;

use folkmoot::model::meeting::lines::{self, Around};
use folkmoot::model::meeting::pack::pack;
use folkmoot::model::meeting::{Attendance, Minute, MinuteSort, Number, Presence, agenda, attendance, minutes};
use folkmoot::model::{
    Action, Author, Date, Forum, Id, Kind, Meeting, Organisation, Person, Ref, Text, Timestamp, Workspace, forum,
};

/// A key press may take so many milliseconds.
const KEY_MS: f64 = 10.0;

const MEETINGS: u32 = 120;
const MEMBERS: u32 = 40;
const PEOPLE: u32 = 3_000;
const ACTIONS: u32 = 1_000;

fn today() -> Date {
    "2026-11-21".parse().unwrap()
}

fn workspace() -> Workspace {
    let mut workspace = Workspace::default();
    let organisation = |number| Ref::record(Id::from_number('O', number, 4));
    for number in 0..MEMBERS {
        let (id, name) = (Id::from_number('O', number, 4), format!("Organisation {number}").as_str().into());
        workspace.place(id, Some(Organisation { id, name, ..Organisation::default() }.into()));
    }
    for number in 0..PEOPLE {
        let (id, name) = (Id::from_number('P', number, 4), format!("Person Number{number}").as_str().into());
        let initials = Text::some(&format!("P{number}"));
        workspace.place(id, Some(Person { id, name, initials, ..Person::default() }.into()));
    }
    let forum = Forum {
        id: Id::from_number('F', 0, 4),
        name: "Forum".into(),
        members: (0..MEMBERS).map(organisation).collect(),
        cycle: folkmoot::model::cycle::Cycle::parse("every month").ok(),
        ..Forum::default()
    };
    let of = Ref::record(forum.id);
    workspace.place(forum.id, Some(forum.into()));
    for number in 0..MEETINGS {
        let minute = |at: u32| Minute {
            number: Number::new(&(at + 1).to_string()),
            text: Text::some(&format!("What was said about matter {at} of meeting {number}")),
            sort: if at.is_multiple_of(5) { MinuteSort::Action } else { MinuteSort::Note },
            who: Text::some(&format!("P{}", number * 7 + at)).filter(|_| at.is_multiple_of(5)),
            ..Minute::default()
        };
        let there = |at: u32| Attendance {
            who: Some(Ref::record(Id::from_number('P', at, 4))),
            organisation: Some(organisation(at)),
            presence: if (at + number).is_multiple_of(3) { Presence::Absent } else { Presence::Present },
        };
        let meeting = Meeting {
            id: Id::from_number('M', number, 4),
            forum: of.clone(),
            on: today().checked_sub_months(chrono::Months::new(MEETINGS - number - 1)),
            attendance: (0..MEMBERS).map(there).collect(),
            minutes: (0..40).map(minute).collect(),
            ..Meeting::default()
        };
        workspace.place(meeting.id, Some(meeting.into()));
    }
    for number in 0..ACTIONS {
        let what = format!("Action {number}").as_str().into();
        let action = Action { id: Id::from_number('A', number, 4), what, by_next_forum: true, ..Action::default() };
        workspace.place(action.id, Some(action.into()));
    }
    workspace
}

/// Prints the least time of some rounds.
fn measure<R>(what: &str, run: impl Fn() -> R) {
    let rounds: Vec<Vec<f64>> = (0..7).map(|_| vec![budget::milliseconds(&run)]).collect();
    budget::compare_all(what, &budget::least(&rounds), KEY_MS, "ms");
}

fn main() {
    let workspace = workspace();
    let meeting = workspace.meetings.get(Id::from_number('M', MEETINGS - 1, 4)).unwrap();
    let forum = workspace.forums.get(Id::from_number('F', 0, 4)).unwrap();
    let typed = lines::write(&meeting.minutes, &workspace);
    let around = Around { workspace: &workspace, meeting, today: today() };
    let author = Author { by: "P1".into(), at: Timestamp::from_seconds(1_795_000_000), today: today() };
    println!("{MEETINGS} meetings, {ACTIONS} actions, {PEOPLE} people");
    measure("a key while 40 minutes are typed: reading them", || lines::read(&typed, around));
    measure("the lines of a meeting", || pack(&workspace, meeting, today()));
    measure("the members and how they attend", || attendance::members(&workspace, forum));
    measure("the next forum", || forum::next_forum(&workspace, today()));
    measure("the agenda", || agenda::lines(&workspace, meeting, today()));
    measure("when a thousand actions are due", || {
        workspace.actions.iter().filter_map(|action| forum::due(&workspace, action)).count()
    });
    measure("saving 40 minutes with 8 new actions", || {
        let next = std::cell::Cell::new(ACTIONS);
        let mut new_id = || {
            next.set(next.get() + 1);
            Id::from_number(Kind::Action.letter(), next.get(), 4)
        };
        minutes::write(&workspace, meeting.id, &meeting.minutes, &typed, &author, &mut new_id)
    });
    divan::main();
}
