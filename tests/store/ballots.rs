//! Twenty processes cast ballots at one round at once, some of them twice, some over budget.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use folkmoot::model::ballot::{Ballot, Origin, Vote, Voter, Votes, vote};
use folkmoot::model::round::{Round, ballots_of};
use folkmoot::model::tally::tally;
use folkmoot::model::{
    AnyRecord, Audience, Author, Change, Edit, Id, Person, Recommendation, Ref, SplitMix64, Timestamp, Topic,
    Workspace, round,
};
use folkmoot::store::{Mode, Store, StoreError};

use super::contention::moot;
use super::{heavy, new_workspace, open};

/// The dots of one ballot, item by item.
type Dots = Vec<u16>;

/// Each person's dots, and how many can go on one item.
const BUDGET: u16 = 5;
const CAP: u16 = 3;
const ITEMS: u32 = 6;

/// A ballot that somebody hands in, and what came of it.
#[derive(Clone, Debug)]
struct Cast {
    person: Id,
    dots: Dots,
    is_accepted: bool,
}

fn author() -> Author {
    Author { by: "KP".into(), at: Timestamp::from_seconds(1_000), today: "2026-11-21".parse().unwrap() }
}

fn item(at: u32) -> Id {
    Id::from_number('R', at + 1, 4)
}

fn person(number: u32) -> Id {
    Id::from_number('P', number + 1, 4)
}

/// A workspace with so many people and an open round of five dots, at most three on one of six items.
fn voting(people: u32, anonymous: bool) -> (tempfile::TempDir, Id) {
    let dir = new_workspace(false);
    let mut opened = open(dir.path());
    let round = Id::from_number('V', 1, 4);
    let topic = Topic { id: Id::from_number('T', 1, 4), title: "Mapping".into(), number: Some(1), ..Topic::default() };
    // The first also types for the others.
    let initials = |number| (number == 0).then(|| "KP".into());
    let voter = |number| {
        let name = format!("Voter {number}").as_str().into();
        Person { id: person(number), name, initials: initials(number), ..Person::default() }
    };
    let option = |at: u32| Recommendation {
        id: item(at),
        text: format!("Recommendation {at}").as_str().into(),
        topic: Some(Ref::record(topic.id)),
        number: Some(at as u16 + 1),
        ..Recommendation::default()
    };
    let rules = Round {
        id: round,
        name: "First vote".into(),
        dots: Some(BUDGET),
        cap: Some(CAP),
        anonymous,
        options: (0..ITEMS).map(|at| Ref::record(item(at))).collect(),
        ..Round::default()
    };
    let mut records: Vec<AnyRecord> = (0..people).map(|number| voter(number).into()).collect();
    records.extend((0..ITEMS).map(|at| option(at).into()));
    records.extend([topic.into(), rules.into()]);
    let change = Change { edits: records.into_iter().map(Edit::Add).collect(), sentence: String::new() };
    opened.store.commit(&change).unwrap();
    opened.workspace.apply(&change);
    let change = round::open(&opened.workspace, round, &author()).unwrap();
    opened.store.commit(&change).unwrap();
    (dir, round)
}

/// Some dots within the budget and the cap.
fn some_dots(random: &mut SplitMix64) -> Dots {
    let mut dots = vec![0; ITEMS as usize];
    let mut left = BUDGET;
    for _ in 0..3 {
        let (at, count) = (random.next_u64() as usize % dots.len(), (random.next_u64() % 3) as u16);
        let count = count.min(left).min(CAP - dots[at]);
        dots[at] += count;
        left -= count;
    }
    dots
}

/// What everybody hands in: each person a ballot, every tenth another one, every tenth one over the budget or the cap, in
/// no order.
fn hand_ins(people: u32, random: &mut SplitMix64) -> Vec<(Id, Dots)> {
    let mut all: Vec<(Id, Dots)> = (0..people).map(|number| (person(number), some_dots(random))).collect();
    for number in (0..people).step_by(10) {
        all.push((person(number), some_dots(random)));
        let too_many = if number % 20 == 0 { vec![2, 2, 2, 0, 0, 0] } else { vec![0, 0, 0, 0, 4, 0] };
        all.push((person((number + 5) % people), too_many));
    }
    for at in (1..all.len()).rev() {
        all.swap(at, random.next_u64() as usize % (at + 1));
    }
    all
}

/// Casts a ballot as a process of its own.
fn cast(dir: &Path, person: Id, dots: &Dots) -> (Cast, Duration) {
    let votes: Vec<String> = dots
        .iter()
        .zip(1..)
        .filter(|(dots, _)| **dots > 0)
        .map(|(dots, number)| format!("1.{number}={dots}"))
        .collect();
    let mut arguments = vec!["vote", "First vote", person.as_str()];
    arguments.extend(votes.iter().map(String::as_str));
    let began = Instant::now();
    let is_accepted = loop {
        let output = moot(dir, &arguments).output().unwrap();
        match output.status.code() {
            Some(0) => break true,
            Some(5) => break false,
            Some(4) => {} // others held the lock for too long: it says so, and one tries again
            other => panic!("{arguments:?} ended with {other:?}: {}", String::from_utf8_lossy(&output.stderr)),
        }
    };
    (Cast { person, dots: dots.clone(), is_accepted }, began.elapsed())
}

fn dots_of(ballot: &Ballot) -> Dots {
    let dots = |at| {
        let of_item = ballot.votes.0.iter().filter(|vote| vote.item.id() == Some(item(at)));
        of_item.filter_map(|vote| vote.dots).sum()
    };
    (0..ITEMS).map(dots).collect()
}

/// What is wrong with the ballots of a round after all this was handed in: more than one of a person, one over the
/// budget, one that was accepted and is not there, one that nobody handed in.
fn violations(workspace: &Workspace, round: Id, casts: &[Cast]) -> Vec<String> {
    let rules = workspace.rounds.get(round).unwrap();
    let ballots: Vec<&Ballot> = ballots_of(workspace, round).collect();
    let mut found = Vec::new();
    for (ballot, dots) in ballots.iter().map(|ballot| (ballot, dots_of(ballot))) {
        if dots.iter().sum::<u16>() > BUDGET || dots.iter().any(|dots| *dots > CAP) {
            found.push(format!("{} is over budget: {dots:?}", ballot.id));
        }
    }
    let accepted = |person: Id| casts.iter().filter(move |cast| cast.is_accepted && cast.person == person);
    let mut people: Vec<Id> = casts.iter().map(|cast| cast.person).collect();
    people.sort_unstable();
    people.dedup();
    people.retain(|person| accepted(*person).next().is_some());
    if ballots.len() != people.len() {
        found.push(format!("{} people have voted, and there are {} ballots", people.len(), ballots.len()));
    }
    if rules.anonymous {
        found.extend(people.iter().filter(|one| accepted(**one).count() > 1).map(|one| format!("{one} voted twice")));
        let mut kept: Vec<Dots> = ballots.iter().map(|ballot| dots_of(ballot)).collect();
        let mut cast: Vec<Dots> = casts.iter().filter(|cast| cast.is_accepted).map(|cast| cast.dots.clone()).collect();
        kept.sort();
        cast.sort();
        if kept != cast {
            found.push("the ballots are not those that were cast".to_owned());
        }
        return found;
    }
    let mut of_person: BTreeMap<Id, Vec<Dots>> = BTreeMap::new();
    for ballot in &ballots {
        of_person.entry(ballot.person.as_ref().and_then(Ref::id).unwrap()).or_default().push(dots_of(ballot));
    }
    for person in people {
        match of_person.get(&person).map_or(&[][..], Vec::as_slice) {
            [] => found.push(format!("the ballot of {person} is lost")),
            [dots] if accepted(person).all(|cast| cast.dots != *dots) => {
                found.push(format!("{person} did not hand in {dots:?}"));
            }
            [_] => {}
            more => found.push(format!("{person} has {} ballots", more.len())),
        }
    }
    found
}

/// So many processes cast ballots at once, each one after the other.
#[allow(clippy::print_stdout)] // its figures
fn cast_at_once(anonymous: bool) {
    let (processes, people) = (heavy(8, 20), heavy(60, 2_000) as u32);
    let (dir, round) = voting(people, anonymous);
    let all = hand_ins(people, &mut SplitMix64::new(2_010));
    let began = Instant::now();
    let shares: Vec<&[(Id, Dots)]> = all.chunks(all.len().div_ceil(processes)).collect();
    let run = |share: &[(Id, Dots)]| share.iter().map(|(one, dots)| cast(dir.path(), *one, dots)).collect::<Vec<_>>();
    let done: Vec<(Cast, Duration)> = thread::scope(|scope| {
        let processes: Vec<_> = shares.into_iter().map(|share| scope.spawn(move || run(share))).collect();
        processes.into_iter().flat_map(|process| process.join().unwrap()).collect()
    });
    let mut times: Vec<Duration> = done.iter().map(|(_, time)| *time).collect();
    times.sort();
    println!(
        "{processes} processes, {} ballots handed in: p50 {:?}, p99 {:?}, longest {:?}, all in {:?}",
        all.len(),
        times[times.len() / 2],
        times[times.len() * 99 / 100],
        times[times.len() - 1],
        began.elapsed()
    );
    let casts: Vec<Cast> = done.into_iter().map(|(cast, _)| cast).collect();
    let workspace = open(dir.path()).workspace;
    assert_eq!(violations(&workspace, round, &casts), Vec::<String>::new());
    let refused = casts.iter().filter(|cast| !cast.is_accepted).count();
    let twice = if anonymous { people.div_ceil(10) } else { 0 };
    assert_eq!(refused, (people.div_ceil(10) + twice) as usize, "those over budget, and who votes twice namelessly");
    if anonymous {
        assert_eq!(workspace.receipts.len(), people as usize);
    }
    let mut closed = open(dir.path());
    let change = round::close(&closed.workspace, round, &author()).unwrap();
    closed.store.commit(&change).unwrap();
    let workspace = Store::open(dir.path(), Mode::Read).unwrap().workspace;
    let tally = tally(&workspace, workspace.rounds.get(round).unwrap(), Audience::Colleagues, false).unwrap();
    assert_eq!((tally.totals.ballots, tally.invalid.len()), (Some(u64::from(people)), 0));
}

#[test]
fn ballots_that_are_cast_at_once() {
    cast_at_once(false);
}

#[test]
fn nameless_ballots_that_are_cast_at_once() {
    cast_at_once(true);
}

/// Saves a ballot as a program would that knows no rules: under any id, whatever it says.
fn save_without_rules(dir: &Path, round: Id, number: u32, person: Option<Id>, dots: &Dots) {
    let votes = (0..).zip(dots).map(|(at, dots)| Vote { item: Ref::record(item(at)), dots: Some(*dots) });
    let ballot = Ballot {
        id: Id::from_number('B', number, 5),
        round: Ref::record(round),
        person: person.map(Ref::record),
        votes: Votes(votes.collect()),
        ..Ballot::default()
    };
    open(dir).store.commit(&Change { edits: vec![Edit::Add(ballot.into())], sentence: String::new() }).unwrap();
}

/// Who hands in what.
type Handed<'a> = &'a [(u32, &'a Dots)];

/// Each rule is broken on purpose, and the check names it.
#[test]
fn the_check_would_notice_each_rule_that_is_broken() {
    let good = vec![1, 1, 0, 0, 0, 0];
    let cast = |number, dots: &Dots| Cast { person: person(number), dots: dots.clone(), is_accepted: true };
    for anonymous in [false, true] {
        let whose = |number| (!anonymous).then(|| person(number));
        let broken: [(&str, Handed<'_>, Handed<'_>); 5] = [
            ("nothing is broken", &[(1, &good), (2, &good)], &[(1, &good), (2, &good)]),
            ("two ballots of one person", &[(1, &good), (1, &good)], &[(1, &good), (1, &good)]),
            ("over budget", &[(1, &vec![2, 2, 2, 0, 0, 0])], &[(1, &vec![2, 2, 2, 0, 0, 0])]),
            ("one is lost", &[(1, &good), (2, &good)], &[(1, &good)]),
            ("votes of two mixed", &[(1, &good)], &[(1, &vec![0, 0, 1, 1, 0, 0])]),
        ];
        for (what, casts, ballots) in broken {
            let (dir, round) = voting(3, anonymous);
            for (number, (voter, dots)) in (0..).zip(ballots) {
                save_without_rules(dir.path(), round, number, whose(*voter), dots);
            }
            let casts: Vec<Cast> = casts.iter().map(|(voter, dots)| cast(*voter, dots)).collect();
            let found = violations(&open(dir.path()).workspace, round, &casts);
            assert_eq!(found.is_empty(), what == "nothing is broken", "{what}, anonymous: {anonymous}: {found:?}");
        }
    }
}

/// Two who save the whole file as they know it lose a ballot: the check must see what the lock and the merge prevent.
#[test]
fn the_check_would_notice_a_save_without_the_lock() {
    let (dir, round) = voting(3, false);
    let file: PathBuf = dir.path().join("ballots.ron");
    let dots = vec![1, 0, 0, 0, 0, 0];
    cast(dir.path(), person(0), &dots);
    let before = std::fs::read(&file).unwrap();
    cast(dir.path(), person(1), &dots);
    std::fs::write(&file, before).unwrap();
    let casts = [0, 1].map(|number| Cast { person: person(number), dots: dots.clone(), is_accepted: true });
    let found = violations(&open(dir.path()).workspace, round, &casts);
    assert!(found.iter().any(|why| why.contains("is lost")), "{found:?}");
}

/// Two terminals let one person vote in one instant: the receipts are equal word for word, and still one of the two comes
/// second. What is saved again after its answer got lost is no second vote.
#[test]
fn a_person_who_votes_nameless_at_two_terminals_in_one_instant_votes_once() {
    let (dir, round) = voting(3, true);
    let voter = Voter::Person(person(1));
    let change = |workspace: &Workspace, seed: u64| {
        let votes = vec![Vote { item: Ref::record(item(0)), dots: Some(1) }];
        vote(workspace, round, &voter, votes, Origin::Kiosk, &author(), &mut SplitMix64::new(seed)).unwrap()
    };
    let (mut one, mut other) = (open(dir.path()), open(dir.path()));
    let (first, second) = (change(&one.workspace, 1), change(&other.workspace, 2));
    one.store.commit(&first).unwrap();
    let refused = other.store.commit(&second);
    assert!(matches!(&refused, Err(StoreError::Taken(id)) if id.letter() == 'K'), "{refused:?}");
    one.store.commit(&first).unwrap();
    other.store.commit(&first).unwrap();
    let workspace = open(dir.path()).workspace;
    assert_eq!((workspace.receipts.len(), ballots_of(&workspace, round).count()), (1, 1));
}
