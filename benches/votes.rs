//! What a key press costs on the votes screen, from the app to the last cell, with 2,000 items and 5,000 ballots: a ballot
//! typed and cast, the tally opened and recounted, a theme filled.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)] // a bench fails by panicking and prints its figures

mod budget;

use std::sync::Arc;

use folkmoot::app::key::{Code, Key};
use folkmoot::app::votes::View;
use folkmoot::app::{App, Effect, Event, Loaded, Options, Saved};
use folkmoot::model::ballot::{Ballot, Vote, Votes};
use folkmoot::model::round::{Method, RoundState};
use folkmoot::model::{
    self, Date, Id, Organisation, Person, Recommendation, Ref, Round, SplitMix64, Theme, Timestamp, Topic, Workspace,
};
use folkmoot::search::Indexes;
use folkmoot::ui::{self, theme::Theme as Look};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const ITEMS: u32 = 2_000;
const VOTERS: u32 = 5_000;
const WORDS: [&str; 12] = [
    "mentors",
    "housing",
    "courts",
    "families",
    "training",
    "transport",
    "health",
    "debt",
    "victims",
    "schools",
    "employers",
    "prisons",
];

/// A key press may take so many milliseconds, up to the last cell.
const KEY_MS: f64 = 10.0;

fn main() {
    println!("{ITEMS} items, {VOTERS} ballots");
    for (what, state, keys) in [
        (
            "a ballot typed and cast, and the next begun",
            RoundState::Open,
            "<v>P4999|<enter>17.2 3|<enter>|<down>|2|<enter>|P49",
        ),
        ("the tally: opened, recounted, cut, left", RoundState::Closed, "<r>|o|o|+|-|j|G|<esc>"),
        ("themes: opened, sorted, similar, suggested", RoundState::Closed, "<m>|A|A|B|s|C|u|j|<tab>|j|<esc>"),
        ("who has voted", RoundState::Open, "<w>|G|<esc>"),
    ] {
        let mut rounds = Vec::new();
        for _ in 0..5 {
            rounds.push(story(state, keys));
        }
        let times = budget::least(&rounds);
        budget::compare_all(what, &times, KEY_MS, "ms");
        let worst = keys_of(keys).into_iter().zip(&times).max_by(|one, other| one.1.total_cmp(other.1));
        println!("  the slowest key: {}", worst.unwrap().0);
    }
}

/// The milliseconds of each key.
fn story(state: RoundState, keys: &str) -> Vec<f64> {
    let mut app = open(state);
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

fn open(state: RoundState) -> App {
    let workspace = workspace(state);
    let mut app = App::new(Options { who: "P0".to_owned(), ..Options::default() }, &[]);
    app.update(Event::Clock(Timestamp::from_seconds(1_795_000_000), Date::from_ymd_opt(2026, 11, 21).unwrap()));
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
    press(&mut app, Key::plain(Code::Char('3')));
    assert!(app.screens.votes.view == View::Rounds);
    app
}

fn id(letter: char, number: u32) -> Id {
    Id::from_number(letter, number, 4)
}

fn workspace(state: RoundState) -> Workspace {
    let mut workspace = Workspace::default();
    let mut random = SplitMix64::new(1);
    let event = Some(Ref::record(id('E', 1)));
    for number in 0..20 {
        let name = format!("Organisation {number}").as_str().into();
        workspace
            .place(id('O', number), Some(Organisation { id: id('O', number), name, ..Organisation::default() }.into()));
        let theme = Theme {
            id: id('H', number),
            name: format!("Theme {number} of {}", WORDS[number as usize % 12]).as_str().into(),
            event: event.clone(),
            ..Theme::default()
        };
        workspace.place(theme.id, Some(theme.into()));
    }
    for number in 0..VOTERS {
        let role = model::person::Role { organisation: Ref::record(id('O', number % 20)), ..Default::default() };
        let person = Person {
            id: id('P', number),
            name: format!("Voter{number} Made-up").as_str().into(),
            initials: Some(format!("P{number}").as_str().into()),
            roles: vec![role],
            ..Person::default()
        };
        workspace.place(person.id, Some(person.into()));
    }
    let delegates = (0..VOTERS).map(|number| Ref::record(id('P', number))).collect();
    let there = model::Event { id: id('E', 1), name: "Event".into(), delegates, ..model::Event::default() };
    workspace.place(there.id, Some(there.into()));
    items(&mut workspace, &mut random, event.as_ref());
    votes(&mut workspace, &mut random, state, event);
    workspace
}

fn items(workspace: &mut Workspace, random: &mut SplitMix64, event: Option<&Ref<model::Event>>) {
    for number in 0..ITEMS / 10 {
        let topic = Topic {
            id: id('T', number),
            number: Some(number as u16 + 1),
            title: format!("Topic {number}").as_str().into(),
            event: event.cloned(),
            ..Topic::default()
        };
        workspace.place(topic.id, Some(topic.into()));
    }
    for number in 0..ITEMS {
        let mut word = || WORDS[random.next_u64() as usize % WORDS.len()];
        let item = Recommendation {
            id: id('R', number),
            topic: Some(Ref::record(id('T', number / 10))),
            number: Some((number % 10) as u16 + 1),
            text: format!("Bring {} and {} together with {}", word(), word(), word()).as_str().into(),
            theme: (number % 3 == 0).then(|| Ref::record(id('H', number % 20))),
            ..Recommendation::default()
        };
        workspace.place(item.id, Some(item.into()));
    }
}

fn votes(workspace: &mut Workspace, random: &mut SplitMix64, state: RoundState, event: Option<Ref<model::Event>>) {
    let round = Round {
        id: id('V', 1),
        name: "Vote".into(),
        event,
        method: Method::Ballots,
        dots: Some(8),
        state,
        options: (0..ITEMS).map(|number| Ref::record(id('R', number))).collect(),
        ..Round::default()
    };
    workspace.place(round.id, Some(round.into()));
    for number in 0..VOTERS - 10 {
        let first = random.next_u64() as u32 % (ITEMS / 2);
        let vote = |at: u32| Vote { item: Ref::record(id('R', first + at * at * 11)), dots: Some(1) };
        let ballot = Ballot {
            id: Id::from_number('B', number, 5),
            round: Ref::record(id('V', 1)),
            person: Some(Ref::record(id('P', number))),
            votes: Votes((0..8).map(vote).collect()),
            ..Ballot::default()
        };
        workspace.place(ballot.id, Some(ballot.into()));
    }
}
