//! A key press in the search box over the topics and recommendations of sixty Open Space events: two thousand topics with
//! their notes, ten thousand recommendations.
//!
//! `cargo bench --bench openspace` prints the times beside their budgets, then what divan measures.

#![allow(clippy::print_stdout, clippy::unwrap_used)] // a bench prints, and fails by panicking

mod budget;

use std::sync::LazyLock;

use divan::Bencher;
use folkmoot::model::place::Atlas;
use folkmoot::model::{Event, Id, Kind, Person, Recommendation, Ref, SplitMix64, Text, Topic, Workspace};
use folkmoot::search::{Context, Index, Query};

const EVENTS: u32 = 60;
const TOPICS: u32 = 2_000;
const RECOMMENDATIONS: u32 = 10_000;
const PEOPLE: u32 = 3_000;

/// A key press may take so many milliseconds, and a search from the shell with its index.
const KEY_MS: f64 = 1.0;
const SHELL_MS: f64 = 20.0;

/// What is typed, key by key: words, mistakes, abbreviations, a number, a convener.
const TYPED: [&str; 6] =
    ["mapping services", "mentring prisn", "hsng young ppl", "17.2", "voter 17 mapping", "information sharing network"];

const WORDS: [&str; 40] = [
    "mapping",
    "services",
    "mentoring",
    "peer",
    "support",
    "housing",
    "young",
    "people",
    "prison",
    "leaving",
    "families",
    "information",
    "sharing",
    "network",
    "database",
    "consortium",
    "voluntary",
    "statutory",
    "bid",
    "images",
    "positive",
    "practice",
    "employers",
    "training",
    "volunteers",
    "courts",
    "probation",
    "police",
    "victims",
    "restorative",
    "women",
    "veterans",
    "health",
    "drugs",
    "alcohol",
    "debt",
    "advice",
    "rural",
    "transport",
    "funding",
];

fn words(random: &mut SplitMix64, count: usize) -> String {
    // One in four is rare, so that the index has as many words as real notes have.
    let mut word = || match random.next_u64() % 4 {
        0 => format!("w{}", random.next_u64() % 8_000),
        _ => WORDS[random.next_u64() as usize % WORDS.len()].to_owned(),
    };
    (0..count).map(|_| word()).collect::<Vec<_>>().join(" ")
}

fn id(letter: char, number: u32) -> Id {
    Id::from_number(letter, number, 5)
}

fn invented() -> Workspace {
    let mut random = SplitMix64::new(2010);
    let mut workspace = Workspace::default();
    let mut put = |id: Id, record: folkmoot::model::AnyRecord| workspace.place(id, Some(record));
    for at in 0..PEOPLE {
        let name = format!("Voter {at}").as_str().into();
        put(id('P', at), Person { id: id('P', at), name, ..Person::default() }.into());
    }
    for at in 0..EVENTS {
        let name = format!("Event {at}").as_str().into();
        put(id('E', at), Event { id: id('E', at), name, ..Event::default() }.into());
    }
    for at in 0..TOPICS {
        let topic = Topic {
            id: id('T', at),
            title: words(&mut random, 4).as_str().into(),
            number: Some((at / EVENTS) as u16 + 1),
            event: Some(Ref::record(id('E', at % EVENTS))),
            conveners: vec![Ref::record(id('P', random.next_u64() as u32 % PEOPLE))],
            discussion: Text::some(&words(&mut random, 120)),
            ..Topic::default()
        };
        put(topic.id, topic.into());
    }
    for at in 0..RECOMMENDATIONS {
        let recommendation = Recommendation {
            id: id('R', at),
            text: words(&mut random, 9).as_str().into(),
            topic: Some(Ref::record(id('T', at % TOPICS))),
            number: Some((at / TOPICS) as u16 + 1),
            ..Recommendation::default()
        };
        put(recommendation.id, recommendation.into());
    }
    workspace
}

/// What is searched together on a screen.
const SETS: [(&str, &[Kind]); 3] = [
    ("topics", &[Kind::Topic]),
    ("recommendations", &[Kind::Recommendation]),
    ("both", &[Kind::Topic, Kind::Recommendation]),
];

static WORKSPACE: LazyLock<Workspace> = LazyLock::new(invented);
static ATLAS: LazyLock<Atlas> = LazyLock::new(Atlas::default);

fn press(index: &Index, typed: &str) -> usize {
    let query = Query::parse(typed, index, &ATLAS);
    let context = Context { workspace: &WORKSPACE, atlas: &ATLAS, today: "2026-11-21".parse().unwrap() };
    index.search(&query, context).hits.len()
}

/// Every state of the search box while the queries are typed.
fn keys() -> Vec<&'static str> {
    TYPED.iter().flat_map(|typed| (1..=typed.len()).map(|end| &typed[..end])).collect()
}

fn main() {
    for (name, kinds) in SETS {
        let build = || budget::milliseconds(|| Index::build(kinds, &WORKSPACE, &ATLAS));
        let built = (0..5).map(|_| build()).fold(f64::INFINITY, f64::min);
        let index = Index::build(kinds, &WORKSPACE, &ATLAS);
        println!("{name}: {} records, index built in {built:.1} ms", index.len());
        let round = |_| keys().into_iter().map(|typed| budget::milliseconds(|| press(&index, typed))).collect();
        let times = budget::least(&(0..5).map(round).collect::<Vec<_>>());
        budget::compare_all(&format!("a key of a search, {name}"), &times, KEY_MS, "ms");
        let shell = |typed: &&str| {
            let run = || {
                budget::milliseconds(|| {
                    press(&Index::build_for(typed, std::sync::Arc::default(), kinds, &WORKSPACE, &ATLAS), typed)
                })
            };
            (0..5).map(|_| run()).fold(f64::INFINITY, f64::min)
        };
        let times: Vec<f64> = TYPED.iter().map(shell).collect();
        budget::compare_all(&format!("a search of the shell, {name}"), &times, SHELL_MS, "ms");
    }
    divan::main();
}

#[divan::bench(args = ["m", "mentring prisn", "17.2"])]
fn key(bencher: Bencher<'_, '_>, typed: &str) {
    let index = Index::build(SETS[2].1, &WORKSPACE, &ATLAS);
    bencher.bench(|| press(&index, typed));
}
