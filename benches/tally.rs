//! The tally of invented elections: seventy recommendations, five dots each, a hundred thousand and a million ballots.
//!
//! `cargo bench --bench tally` prints the times beside the budget with the memory that the ballots take, what reading a
//! hundred thousand of them from their file costs, then what divan measures.

#![allow(clippy::print_stdout, clippy::unwrap_used)] // a bench prints, and fails by panicking

mod budget;

use std::time::Instant;

use divan::Bencher;
use folkmoot::model::ballot::{Ballot, Vote, Votes};
use folkmoot::model::organisation::Sector;
use folkmoot::model::person::Role;
use folkmoot::model::round::{Method, Round, RoundState};
use folkmoot::model::tally::{Tally, tally};
use folkmoot::model::{
    AnyRecord, Audience, Change, Edit, Id, Kind, Organisation, Person, Recommendation, Ref, SplitMix64, Text, Workspace,
};
use folkmoot::store::{self, Mode, Store};

/// What is on the ballot, and how many dots each person has.
const ITEMS: u32 = 70;
const DOTS: u16 = 5;

/// How many organisations the voters come from.
const ORGANISATIONS: u32 = 300;

/// A tally of a million ballots may take a second, and of fewer their share of it.
const MILLION_MS: f64 = 1_000.0;

/// How many ballots are read from a file.
const IN_A_FILE: u32 = 100_000;

/// Whose ballots they are.
#[derive(Clone, Copy, PartialEq)]
enum Voters {
    /// People who are recorded, with a role in an organisation.
    Named,
    /// Ballots of paper that bear a number.
    Numbered,
}

fn id(kind: Kind, number: u32) -> Id {
    // As random as drawn ids are, and each once: the factor is odd, and there are 2^25 ids of five characters.
    Id::from_number(kind.letter(), number.wrapping_mul(797_003_437) & 0x01ff_ffff, 5)
}

fn round() -> Round {
    Round {
        id: id(Kind::Round, 0),
        name: "The vote of the bench".into(),
        method: Method::Ballots,
        dots: Some(DOTS),
        state: RoundState::Closed,
        options: (0..ITEMS).map(|at| Ref::record(id(Kind::Recommendation, at))).collect(),
        ..Round::default()
    }
}

fn organisation(number: u32) -> Organisation {
    let sector = Some(if number.is_multiple_of(2) { Sector::Voluntary } else { Sector::Statutory });
    let name = format!("Organisation {number}").as_str().into();
    Organisation { id: id(Kind::Organisation, number), name, sector, ..Organisation::default() }
}

fn person(number: u32) -> Person {
    let organisation = Ref::record(id(Kind::Organisation, number % ORGANISATIONS));
    let name = format!("Voter {number}").as_str().into();
    let roles = vec![Role { organisation, ..Role::default() }];
    Person { id: id(Kind::Person, number), name, roles, ..Person::default() }
}

/// All dots on one to five items.
fn ballot(number: u32, voters: Voters, random: &mut SplitMix64) -> Ballot {
    let first = random.next_u64() as u32;
    let items = 1 + first % u32::from(DOTS);
    let dots = |at: u32| if at == 0 { DOTS + 1 - items as u16 } else { 1 };
    let item = |at: u32| id(Kind::Recommendation, (first / 7 + at * 11) % ITEMS);
    let votes = (0..items).map(|at| Vote { item: Ref::record(item(at)), dots: Some(dots(at)) }).collect();
    let is_named = voters == Voters::Named;
    Ballot {
        id: id(Kind::Ballot, number),
        round: Ref::record(id(Kind::Round, 0)),
        person: is_named.then(|| Ref::record(id(Kind::Person, number))),
        number: (!is_named).then(|| Text::from(number.to_string().as_str())),
        votes: Votes(votes),
        ..Ballot::default()
    }
}

fn records(ballots: u32, voters: Voters) -> impl Iterator<Item = AnyRecord> {
    let mut random = SplitMix64::new(2010);
    let recommendation = |at: u32| Recommendation {
        id: id(Kind::Recommendation, at),
        text: format!("Recommendation {at}").as_str().into(),
        number: Some(at as u16 + 1),
        ..Recommendation::default()
    };
    let people = if voters == Voters::Named { ballots } else { 0 };
    (0..ORGANISATIONS)
        .map(|number| organisation(number).into())
        .chain((0..people).map(|number| person(number).into()))
        .chain((0..ITEMS).map(move |at| recommendation(at).into()))
        .chain([round().into()])
        .chain((0..ballots).map(move |number| ballot(number, voters, &mut random).into()))
}

fn election(ballots: u32, voters: Voters) -> Workspace {
    let mut workspace = Workspace::default();
    records(ballots, voters).for_each(|record| workspace.place(record.id(), Some(record)));
    assert_eq!(workspace.ballots.len(), ballots as usize);
    workspace
}

fn count(workspace: &Workspace, one_dot: bool) -> Tally {
    let round = workspace.rounds.iter().next().unwrap();
    let tally = tally(workspace, round, Audience::Colleagues, one_dot).unwrap();
    assert_eq!((tally.totals.ballots, tally.invalid.len()), (Some(workspace.ballots.len() as u64), 0));
    tally
}

/// The memory of this program, in MiB.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0
}

fn compare(ballots: u32, voters: Voters) {
    let workspace = election(ballots, voters);
    let who = if voters == Voters::Named { "named" } else { "numbered" };
    let name = format!("{} {who} ballots", folkmoot::model::text::count(ballots as usize));
    let times = |one_dot| (0..5).map(|_| budget::milliseconds(|| count(&workspace, one_dot))).collect::<Vec<_>>();
    let limit = MILLION_MS * f64::from(ballots) / 1_000_000.0;
    budget::compare_all(&name, &times(false), limit, "ms");
    budget::compare_all(&format!("{name}, one dot an item"), &times(true), limit, "ms");
}

/// What a million ballots take. It is asked first: what was freed before would be used again.
fn memory() {
    let before = resident();
    let workspace = election(1_000_000, Voters::Numbered);
    let held = resident() - before;
    println!("{} ballots take {held:.0} MiB", folkmoot::model::text::count(workspace.ballots.len()));
}

/// What somebody waits for who opens a workspace with so many ballots in it.
fn read_from_a_file() {
    let dir = tempfile::tempdir().unwrap();
    store::init(dir.path(), "Bench", false).unwrap();
    let edits = records(IN_A_FILE, Voters::Numbered).map(Edit::Add).collect();
    let mut store = Store::open(dir.path(), Mode::Write).unwrap().store;
    let began = Instant::now();
    store.commit(&Change { edits, sentence: String::new() }).unwrap();
    println!("{IN_A_FILE} ballots saved at once in {:.0} ms", began.elapsed().as_secs_f64() * 1_000.0);
    let bytes = std::fs::metadata(dir.path().join("ballots.ron")).unwrap().len();
    let read = || Store::open(dir.path(), Mode::Read).unwrap().workspace;
    let times: Vec<f64> = (0..5).map(|_| budget::milliseconds(read)).collect();
    let least = times.iter().copied().fold(f64::INFINITY, f64::min);
    println!("{IN_A_FILE} ballots read from a file of {bytes} bytes in {least:.0} ms, the best of five");
}

fn main() {
    memory();
    compare(100_000, Voters::Named);
    compare(100_000, Voters::Numbered);
    compare(1_000_000, Voters::Numbered);
    compare(1_000_000, Voters::Named);
    read_from_a_file();
    divan::main();
}

#[divan::bench(args = [100_000, 1_000_000], sample_count = 10)]
fn of_numbered(bencher: Bencher<'_, '_>, ballots: u32) {
    let workspace = election(ballots, Voters::Numbered);
    bencher.bench(|| count(&workspace, false));
}
