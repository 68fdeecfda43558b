//! What a key press costs on the partners screen, from the app to the last cell, with 500 agreements between 100
//! organisations: the list, a page, an item written down and accepted, the matrix.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)] // a bench fails by panicking and prints its figures

mod budget;

use std::sync::Arc;

use folkmoot::app::key::{Code, Key};
use folkmoot::app::{App, Effect, Event, Loaded, Options, Saved};
use folkmoot::model::agreement::{Agreement, Item, ItemSort, Party, acts};
use folkmoot::model::{self, Action, Author, Date, Id, Organisation, Person, Ref, Timestamp, Workspace};
use folkmoot::search::Indexes;
use folkmoot::ui::{self, theme::Theme as Look};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const AGREEMENTS: u32 = 500;
const ORGANISATIONS: u32 = 100;
const ITEMS: u32 = 12;
const ACTIONS: u32 = 2_000;

/// A key press may take so many milliseconds, up to the last cell.
const KEY_MS: f64 = 10.0;

fn main() {
    println!("{AGREEMENTS} agreements of {ORGANISATIONS} organisations, {ITEMS} items each, {ACTIONS} actions");
    for (what, keys) in [
        (
            "the list: opened, searched, filtered",
            "5|jj/agr 17<enter>|<esc>/is:lapsed<enter>|<esc>/is:unanswered<enter>|<esc>",
        ),
        (
            "a page: opened, read, an item written, answered, accepted",
            "5|<enter>jj}}}}}|iorganisation 000 offers: A room|<enter>|A|<enter>|x|G|<esc>",
        ),
        ("the matrix: opened, walked, a cell and back", "5|m|jjlll|G|<end>|gg|l|<enter>|j|<enter>|<esc>|<esc>|<esc>"),
        ("a review of twelve keys", "5|<enter>r|012301230123|<enter>|<enter>|<esc>"),
    ] {
        let mut rounds = Vec::new();
        for _ in 0..5 {
            rounds.push(story(keys));
        }
        let times = budget::least(&rounds);
        budget::compare_all(what, &times, KEY_MS, "ms");
        let worst = keys_of(keys).into_iter().zip(&times).max_by(|one, other| one.1.total_cmp(other.1));
        println!("  the slowest key: {}", worst.unwrap().0);
    }
}

/// The milliseconds of each key.
fn story(keys: &str) -> Vec<f64> {
    let mut app = open();
    keys_of(keys).into_iter().map(|key| budget::milliseconds(|| press(&mut app, key))).collect()
}

fn keys_of(text: &str) -> Vec<Key> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((name, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
            found.push(name.parse().unwrap());
            rest = after;
        } else {
            rest = &rest[c.len_utf8()..];
            if c != '|' {
                found.push(Key::plain(Code::Char(c)));
            }
        }
    }
    found
}

fn press(app: &mut App, key: Key) {
    let effects = app.update(Event::Key(key));
    let area = Rect::new(0, 0, 80, 24);
    ui::draw(app, Look::default(), area, &mut Buffer::empty(area));
    for effect in effects {
        if let Effect::Commit(number, _) = effect {
            app.update(Event::Saved(
                number,
                Saved { elsewhere: model::Change::default(), lost: Vec::new(), unconfirmed: false },
            ));
        }
    }
}

fn open() -> App {
    let workspace = workspace();
    let mut app = App::new(Options { who: "KP".to_owned(), ..Options::default() }, &[]);
    app.update(Event::Clock(Timestamp::from_seconds(1_795_000_000), today()));
    app.update(Event::Size(80, 24));
    let atlas = Arc::default();
    let loaded = Loaded {
        indexes: Indexes::build(folkmoot::app::screen::SEARCHED, &workspace, &atlas),
        workspace,
        atlas,
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

fn today() -> Date {
    Date::from_ymd_opt(2026, 11, 21).unwrap()
}

/// Agreements of two to five parties, half of them accepted and one in ten changed since.
fn workspace() -> Workspace {
    let mut workspace = Workspace::default();
    let id = |letter, number| Id::from_number(letter, number, 4);
    let person =
        Person { id: id('P', 1), name: "Katy Pascoe".into(), initials: Some("KP".into()), ..Person::default() };
    workspace.place(person.id, Some(person.into()));
    for number in 0..ORGANISATIONS {
        let name = format!("Organisation {number:03} of the county");
        let one = Organisation { id: id('O', number), name: name.as_str().into(), ..Organisation::default() };
        workspace.place(one.id, Some(one.into()));
    }
    let organisation = |number: u32| Ref::<Organisation>::record(id('O', number % ORGANISATIONS));
    let author = Author { by: "KP".into(), at: Timestamp::from_seconds(1_794_000_000), today: today() };
    for number in 0..AGREEMENTS {
        let members: Vec<Ref<Organisation>> = (0..2 + number % 4).map(|at| organisation(number + at * 7)).collect();
        let parties = members.iter().map(|one| Party { organisation: one.clone(), ..Party::default() }).collect();
        let name = format!("Agreement {number:03}");
        let record = Agreement { id: id('G', number), name: name.as_str().into(), parties, ..Agreement::default() };
        workspace.place(record.id, Some(record.into()));
        for at in 0..ITEMS {
            let (from, to) =
                (members[at as usize % members.len()].clone(), members[(at as usize + 1) % members.len()].clone());
            let sort = if at % 2 == 0 { ItemSort::Expectation } else { ItemSort::Offer };
            let what = Some(format!("Something that is wanted, the {at}th").as_str().into());
            let item = Item { from, to, sort, what, ..Item::default() };
            let change = acts::voice(&workspace, id('G', number), item, &author).unwrap();
            workspace.apply(&change);
            if number % 2 == 0 && at == 9 + u32::from(number % 10 == 0) {
                accept_by_all(&mut workspace, id('G', number), &members, &author);
            }
        }
    }
    for number in 0..ACTIONS {
        let what = format!("Do the {number}th thing");
        let agreement = Some(Ref::record(id('G', number % AGREEMENTS)));
        let action = Action { id: id('A', number), what: what.as_str().into(), agreement, ..Action::default() };
        workspace.place(action.id, Some(action.into()));
    }
    workspace
}

fn accept_by_all(workspace: &mut Workspace, id: Id, members: &[Ref<Organisation>], author: &Author) {
    for member in members {
        let change = acts::accept(workspace, id, (member, None), None, author).unwrap();
        workspace.apply(&change);
    }
}
