//! What a key press costs on the actions screen, from the app to the last cell, with 10,000 actions of 300 organisations: by
//! due date, by priority, on the board, in the told ledger.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)] // a bench fails by panicking and prints its figures

mod budget;
mod keys;

use folkmoot::model::action::ActionState;
use folkmoot::model::choice::Choice;
use folkmoot::model::person::Role;
use folkmoot::model::recommendation::{Answer, Initials};
use folkmoot::model::told::{Partner, ledger, tell};
use folkmoot::model::{
    Action, AnyRecord, Author, Date, Id, Organisation, Person, Recommendation, Ref, Text, Theme, Timestamp, Workspace,
};

const ACTIONS: u32 = 10_000;
const ORGANISATIONS: u32 = 300;
const PEOPLE: u32 = 600;
const RECOMMENDATIONS: u32 = 500;
const THEMES: u32 = 40;

fn main() {
    println!("{ACTIONS} actions of {ORGANISATIONS} organisations, {RECOMMENDATIONS} recommendations, {THEMES} themes");
    for (what, keys) in [
        (
            "by due date: opened, searched, walked, noted",
            "4|jj/ring 17<enter>jj|<esc>|G|<esc>|aIt goes well<enter>|x|u",
        ),
        ("by priority: turned to, searched, walked, done", "4v|jj/ring 17<enter>jj|<esc>|G|<pgup>|x|u"),
        ("the board: turned to, walked, done", "4vv|<right>jjj|<left>|G|x|u"),
        ("saved views: one after the other", "4|om|oo|ow|on|ol|oa"),
        ("the told ledger: turned to, walked, told", "4T|jjj|G|gg|ie-m<enter>|u"),
    ] {
        keys::tell(what, keys, || keys::open(workspace(), "KP"));
    }
}

fn today() -> Date {
    Date::from_ymd_opt(2026, 11, 21).unwrap()
}

/// Two people for each organisation; half of the partners were told everything a while ago.
fn workspace() -> Workspace {
    let mut workspace = Workspace::default();
    let id = |letter, number| Id::from_number(letter, number, 4);
    let mut put = |record: AnyRecord| workspace.place(record.id(), Some(record));
    for number in 0..ORGANISATIONS {
        let name = Text::line(&format!("Organisation {number:03}"));
        put(Organisation { id: id('O', number), name, ..Organisation::default() }.into());
    }
    for number in 0..PEOPLE {
        let roles = vec![Role { organisation: Ref::record(id('O', number % ORGANISATIONS)), ..Role::default() }];
        let initials = Some(if number == 0 { "KP".into() } else { Text::line(&format!("P{number}")) });
        let name = Text::line(&format!("Person {number:03}"));
        put(Person { id: id('P', number), name, initials, roles, ..Person::default() }.into());
    }
    for number in 0..THEMES {
        let since = (number < 4).then(today);
        let name = Text::line(&format!("Theme {number:02}"));
        put(Theme { id: id('H', number), name, priority_since: since, ..Theme::default() }.into());
    }
    for number in 0..RECOMMENDATIONS {
        let who = |one: u32| Initials { who: Ref::record(id('P', (number * 7 + one * 13) % PEOPLE)), interest: None };
        let text = Text::line(&format!("Let somebody see to matter {number}"));
        let (initials, answer) = ((0..3).map(who).collect(), Some(Answer::Chosen));
        put(Recommendation { id: id('R', number), text, initials, answer, ..Recommendation::default() }.into());
    }
    for number in 0..ACTIONS {
        let due = today() + chrono::Days::new(u64::from(number % 400)) - chrono::Days::new(100);
        put(Action {
            id: id('A', number),
            what: Text::line(&format!("Ring {} about matter {number}", number % 100)),
            lead: Some(Ref::record(id('P', number % PEOPLE))),
            due: Some(due),
            state: ActionState::ALL[(number % 4) as usize],
            theme: Some(Ref::record(id('H', number % THEMES))),
            recommendation: Some(Ref::record(id('R', number % RECOMMENDATIONS))),
            written_by: Some("KP".into()),
            ..Action::default()
        }
        .into());
    }
    told(workspace)
}

fn told(mut workspace: Workspace) -> Workspace {
    let author = Author { by: "KP".into(), at: Timestamp::from_seconds(1_794_000_000), today: today() };
    let half = ledger(&workspace, today()).into_iter().step_by(2).map(|account| account.partner);
    let partners: Vec<(Id, Partner)> = (0..).map(|number| Id::from_number('L', number, 4)).zip(half).collect();
    let change = tell(&workspace, &partners, None, &author).unwrap();
    workspace.apply(&change);
    workspace
}
