//! What the screen of today and a thread cost in a large partnership: 10,000 actions, 500 agreements, 300 organisations.
//! Today is put together when something changed and while it is seen; a step in it only draws.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)] // a bench fails by panicking and prints its figures

mod budget;

use std::sync::{Arc, LazyLock};

use folkmoot::app::key::{Code, Key};
use folkmoot::app::{App, Event, Loaded, Options};
use folkmoot::model::action::ActionState;
use folkmoot::model::agreement::{Item, Party};
use folkmoot::model::choice::Choice;
use folkmoot::model::place::Atlas;
use folkmoot::model::recommendation::Answer;
use folkmoot::model::service::Need;
use folkmoot::model::thread::thread;
use folkmoot::model::{
    Action, Agreement, Date, Id, Organisation, Person, Recommendation, Ref, Service, Theme, Timestamp, Topic, Updated,
    Workspace,
};
use folkmoot::search::Indexes;
use folkmoot::store;
use folkmoot::ui::{self, theme::Theme as Look};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const ACTIONS: u32 = 10_000;
const AGREEMENTS: u32 = 500;
const ORGANISATIONS: u32 = 300;
const PEOPLE: u32 = 1_000;
const RECOMMENDATIONS: u32 = 500;
const TOPICS: u32 = 100;
const THEMES: u32 = 20;
const SERVICES: u32 = 1_000;

/// The screen may take so many milliseconds to open, and to follow a change.
const TODAY_MS: f64 = 50.0;

/// A step in it may take as many as any key.
const KEY_MS: f64 = 10.0;

fn main() {
    println!("{ACTIONS} actions, {AGREEMENTS} agreements, {ORGANISATIONS} organisations");
    let least = |times: Vec<f64>| times.into_iter().fold(f64::INFINITY, f64::min);
    let open = (0..10).map(|_| {
        let mut app = at_services();
        budget::milliseconds(|| press(&mut app, '0'))
    });
    budget::compare("opening today, to the last cell", least(open.collect()), TODAY_MS, "ms");
    let mut app = at_services();
    press(&mut app, '0');
    budget::compare(
        "a step down in it",
        least((0..20).map(|_| budget::milliseconds(|| press(&mut app, 'j'))).collect()),
        KEY_MS,
        "ms",
    );
    let threads = (0..10).map(|at| {
        let id = Id::from_number('A', at * 997, 4);
        budget::milliseconds(|| thread(&app.workspace, &DATA.atlas, id))
    });
    budget::compare("walking the thread of an action", least(threads.collect()), TODAY_MS, "ms");
}

fn press(app: &mut App, key: char) {
    app.update(Event::Key(Key::plain(Code::Char(key))));
    let area = Rect::new(0, 0, 80, 24);
    let mut buffer = Buffer::empty(area);
    ui::draw(app, Look::default(), area, &mut buffer);
}

fn id(letter: char, number: u32) -> Id {
    Id::from_number(letter, number, 4)
}

#[allow(clippy::unnecessary_wraps)] // the fields it fills may be empty
fn some<K>(letter: char, number: u32) -> Option<Ref<K>> {
    Some(Ref::record(id(letter, number)))
}

fn day(number: u32) -> Option<Date> {
    Date::from_ymd_opt(2026, 9, 1).unwrap().checked_add_days(chrono::Days::new(u64::from(number % 200)))
}

fn workspace() -> Workspace {
    let mut workspace = Workspace::default();
    let updated = Updated(Timestamp::from_seconds(1_794_000_000), "RS".into());
    for n in 0..ORGANISATIONS {
        let name = format!("Organisation {n}").as_str().into();
        let one = Organisation { id: id('O', n), name, updated: updated.clone(), ..Organisation::default() };
        workspace.place(one.id, Some(one.into()));
    }
    for n in 0..PEOPLE {
        let role = folkmoot::model::person::Role {
            organisation: Ref::record(id('O', n % ORGANISATIONS)),
            ..Default::default()
        };
        let name = format!("Person {n}").as_str().into();
        let initials = Some(format!("P{n}").as_str().into());
        let one = Person { id: id('P', n), name, initials, roles: vec![role], ..Person::default() };
        workspace.place(one.id, Some(one.into()));
    }
    for n in 0..SERVICES {
        let needs = [Need::ALL[n as usize % Need::ALL.len()]].into_iter().collect();
        let name = format!("Service {n}").as_str().into();
        let one =
            Service { id: id('S', n), name, needs, organisation: some('O', n % ORGANISATIONS), ..Service::default() };
        workspace.place(one.id, Some(one.into()));
    }
    place_line(&mut workspace);
    place_promises(&mut workspace);
    workspace
}

/// Topics, recommendations and themes.
fn place_line(workspace: &mut Workspace) {
    for n in 0..TOPICS {
        let title = format!("Topic {n}").as_str().into();
        let one = Topic { id: id('T', n), title, number: Some(n as u16 + 1), ..Topic::default() };
        workspace.place(one.id, Some(one.into()));
    }
    for n in 0..THEMES {
        let name = format!("Theme {n}").as_str().into();
        let one = Theme { id: id('H', n), name, priority_since: day(n), ..Theme::default() };
        workspace.place(one.id, Some(one.into()));
    }
    for n in 0..RECOMMENDATIONS {
        let initials = (0..4).map(|at| folkmoot::model::recommendation::Initials {
            who: Ref::record(id('P', (n * 7 + at * 13) % PEOPLE)),
            ..Default::default()
        });
        let one = Recommendation {
            id: id('R', n),
            text: format!("Recommendation {n}").as_str().into(),
            topic: some('T', n % TOPICS),
            number: Some((n / TOPICS) as u16 + 1),
            theme: some('H', n % THEMES),
            initials: initials.collect(),
            answer: (n % 3 > 0).then_some(Answer::OpenToAnyone),
            ..Recommendation::default()
        };
        workspace.place(one.id, Some(one.into()));
    }
}

/// Actions and agreements.
fn place_promises(workspace: &mut Workspace) {
    let updated = Updated(Timestamp::from_seconds(1_794_000_000), "RS".into());
    for n in 0..ACTIONS {
        let one = Action {
            id: id('A', n),
            what: format!("Action {n} of many that were written down").as_str().into(),
            lead: some('P', n % PEOPLE).filter(|_| n % 10 > 0),
            organisation: some('O', n % ORGANISATIONS),
            due: day(n),
            state: if n % 4 == 0 { ActionState::Done } else { ActionState::UnderWay },
            recommendation: some('R', n % RECOMMENDATIONS),
            theme: some('H', n % THEMES),
            updated: updated.clone(),
            ..Action::default()
        };
        workspace.place(one.id, Some(one.into()));
    }
    for n in 0..AGREEMENTS {
        let organisation = |at: u32| Ref::record(id('O', (n * 3 + at) % ORGANISATIONS));
        let parties = (0..3).map(|at| Party { organisation: organisation(at), ..Party::default() }).collect();
        let items = (0..4).map(|at| Item {
            number: Some(at as u16 + 1),
            from: organisation(at % 3),
            to: organisation((at + 1) % 3),
            what: Some(format!("Expectation {at}").as_str().into()),
            ..Item::default()
        });
        let name = format!("Agreement {n}").as_str().into();
        let one = Agreement {
            id: id('G', n),
            name,
            parties,
            items: items.collect(),
            review_on: day(n),
            ..Agreement::default()
        };
        workspace.place(one.id, Some(one.into()));
    }
}

struct Data {
    atlas: Arc<Atlas>,
    workspace: Workspace,
    indexes: Indexes,
}

static DATA: LazyLock<Data> = LazyLock::new(|| {
    let atlas = store::atlas(std::path::Path::new(""), &Workspace::default()).unwrap();
    let workspace = workspace();
    let indexes = Indexes::build(folkmoot::app::screen::SEARCHED, &workspace, &atlas);
    Data { indexes, workspace, atlas: Arc::new(atlas) }
});

/// The program as it opens, with a visit a while ago.
fn at_services() -> App {
    let mut app = App::new(Options { who: "P1".to_owned(), ..Options::default() }, &[]);
    app.update(Event::Clock(Timestamp::from_seconds(1_795_000_000), Date::from_ymd_opt(2026, 11, 21).unwrap()));
    app.update(Event::LastVisit(Some(Timestamp::from_seconds(1_793_000_000))));
    let loaded = Loaded {
        indexes: DATA.indexes.clone(),
        workspace: DATA.workspace.clone(),
        atlas: DATA.atlas.clone(),
        thesaurus: std::sync::Arc::new(folkmoot::store::default_thesaurus()),
        directory: String::new(),
        problems: Vec::new(),
        kept: Vec::new(),
        unwatched: None,
        read_only: None,
        drafts: Vec::new(),
        conflicts: Vec::new(),
        scratch: false,
    };
    app.update(Event::Loaded(Box::new(loaded)));
    app
}
