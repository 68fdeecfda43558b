//! What a key press costs on the votes screen, from the app to the last cell, with 2,000 items and 5,000 ballots: a ballot
//! typed and cast, the tally opened and recounted, a theme filled.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)] // a bench fails by panicking and prints its figures

mod budget;
mod keys;

use folkmoot::model::ballot::{Ballot, Vote, Votes};
use folkmoot::model::round::{Method, RoundState};
use folkmoot::model::{
    self, Id, Organisation, Person, Recommendation, Ref, Round, SplitMix64, Theme, Topic, Workspace,
};

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
        keys::tell(what, keys, || keys::open(workspace(state), "P0"));
    }
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
