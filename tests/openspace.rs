//! An Open Space event by its rules: the wall, the vote, the tally, elections from elsewhere.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

use std::collections::HashSet;
use std::path::Path;

use folkmoot::exchange::pabulib::{plan_election, read_election};
use folkmoot::model::ballot::{Origin, Vote, Voter, vote};
use folkmoot::model::roll_up::by_theme;
use folkmoot::model::round::{Method, Round, RoundState, ballots_of, close, open};
use folkmoot::model::tally::{self, tally};
use folkmoot::model::topic::{self, Topic, TopicState};
use folkmoot::model::turnout::not_voted;
use folkmoot::model::wall::{count, differences};
use folkmoot::model::{
    AnyRecord, Audience, Author, Change, Event, Id, Kind, ParseContext, Person, Recommendation, Ref, Refusal,
    SplitMix64, Text, Theme, Timestamp, Workspace, change,
};
use proptest::prelude::*;

fn author() -> Author {
    Author { by: "KP".into(), at: Timestamp::from_seconds(1_000), today: "2026-11-21".parse().unwrap() }
}

fn add(workspace: &mut Workspace, kind: Kind, fields: &[(&str, &str)]) -> Result<Id, Refusal> {
    let number = u32::try_from(workspace.count(kind)).unwrap() + 1;
    let id = Id::from_number(kind.letter(), number, 4);
    let mut record = kind.blank(id);
    for (field, typed) in fields {
        let context = ParseContext { workspace, today: author().today };
        record.set_field(field, typed, context).map_err(Refusal)?;
    }
    let change = change::put(workspace, record, &author())?;
    workspace.apply(&change);
    Ok(id)
}

/// An event with a wall of two slots, a break and two spaces, three people and three topics.
fn wall() -> (Workspace, Vec<Id>) {
    let mut workspace = Workspace::default();
    for (name, initials) in [("Katy Pascoe", "KP"), ("Ruth Shearn", "RS"), ("Sam Wills", "SW")] {
        add(&mut workspace, Kind::Person, &[("name", name), ("initials", initials)]).unwrap();
    }
    let slots = "A | 10:00 | 11:00\nLunch | 12:00 | 13:00 | yes\nB | 13:00 | 14:00";
    let fields = [("name", "Verwood"), ("slots", slots), ("spaces", "Hall | 2\nRoom"), ("delegates", "KP, RS, SW")];
    add(&mut workspace, Kind::Event, &fields).unwrap();
    let topics = ["Mapping services", "Mentoring", "Sharing good practice"];
    let topics =
        topics.map(|title| add(&mut workspace, Kind::Topic, &[("title", title), ("conveners", "kp")]).unwrap());
    (workspace, topics.to_vec())
}

fn applied(workspace: &mut Workspace, rule: impl FnOnce(&Workspace) -> Result<Change, Refusal>) {
    let change = rule(workspace).unwrap();
    workspace.apply(&change);
}

fn topic_of(workspace: &Workspace, id: Id) -> &Topic {
    workspace.topics.get(id).unwrap()
}

#[test]
fn topics_are_numbered_as_they_are_posted() {
    let (workspace, topics) = wall();
    let numbers: Vec<_> = topics.iter().map(|id| topic_of(&workspace, *id).number).collect();
    assert_eq!(numbers, [Some(1), Some(2), Some(3)]);
    assert_eq!(workspace.get(topics[1]).unwrap().title(&workspace), "2 Mentoring");
}

#[test]
fn a_cell_holds_one_topic_and_a_break_none() {
    let (mut workspace, topics) = wall();
    let placed = topic::place(&workspace, topics[0], "A", "Hall", &author());
    assert_eq!(placed.as_ref().unwrap().sentence, "Topic 1 placed in Hall, A");
    workspace.apply(&placed.unwrap());
    for (slot, space, why) in [
        ("A", "Hall", "taken by topic 1 Mapping services"),
        ("Lunch", "Hall", "Lunch is a break"),
        ("C", "Hall", "the wall has no slot C; it has: A, Lunch, B"),
        ("A", "Attic", "the wall has no space Attic; it has: Hall, Room"),
    ] {
        let refusal = topic::place(&workspace, topics[1], slot, space, &author()).unwrap_err();
        assert!(refusal.0.contains(why), "{refusal}");
    }
    applied(&mut workspace, |it| topic::place(it, topics[1], "A", "Room", &author()));
    applied(&mut workspace, |it| topic::swap(it, topics[0], topics[1], &author()));
    assert_eq!(topic_of(&workspace, topics[0]).space.as_deref(), Some("Room"));
    assert_eq!(topic_of(&workspace, topics[1]).space.as_deref(), Some("Hall"));
}

#[test]
fn what_a_facilitator_should_know_is_said_and_forbids_nothing() {
    let (mut workspace, topics) = wall();
    applied(&mut workspace, |it| topic::place(it, topics[0], "A", "Hall", &author()));
    applied(&mut workspace, |it| topic::place(it, topics[1], "A", "Room", &author()));
    let fields =
        [("title", "Mapping of services"), ("conveners", "RS"), ("slot", "B"), ("space", "Hall"), ("interested", "9")];
    let similar = add(&mut workspace, Kind::Topic, &fields).unwrap();
    let warned = workspace.get(topics[1]).unwrap().warnings(&workspace);
    assert_eq!(warned, ["Katy Pascoe also convenes 1 Mapping services in A"]);
    let warned = workspace.get(similar).unwrap().warnings(&workspace);
    assert_eq!(warned.len(), 2, "{warned:?}");
    assert!(warned[0].starts_with("9 people want to come, and Hall seats 2"), "{warned:?}");
    assert!(warned[1].starts_with("1 Mapping services is similar"), "{warned:?}");
}

#[test]
fn combining_loses_nothing() {
    let (mut workspace, topics) = wall();
    let other = add(&mut workspace, Kind::Topic, &[("title", "Maps"), ("conveners", "RS, SW")]).unwrap();
    applied(&mut workspace, |it| topic::place(it, other, "A", "Hall", &author()));
    let before = workspace.clone();
    applied(&mut workspace, |it| topic::combine(it, other, topics[0], &author()));
    assert_eq!(workspace.topics.len(), before.topics.len(), "what was posted stays posted");
    let (from, into) = (topic_of(&workspace, other), topic_of(&workspace, topics[0]));
    assert_eq!((from.state, from.combined_into.as_ref().and_then(Ref::id)), (TopicState::Combined, Some(topics[0])));
    assert_eq!(into.conveners.len(), 3, "all conveners are kept");
    assert_eq!(from.conveners.len(), 2);
    assert!(topic::place(&workspace, other, "B", "Hall", &author()).is_err());
    assert!(topic::place(&workspace, topics[1], "A", "Hall", &author()).is_ok(), "its cell is free");
}

/// The wall with six recommendations and a round of five dots, at most three on one, that is open.
fn voting(fields: &[(&str, &str)]) -> (Workspace, Id, Vec<Id>) {
    let (mut workspace, _) = wall();
    let items: Vec<Id> = (0..6)
        .map(|at| {
            let topic = (at / 2 + 1).to_string();
            let text = format!("Recommendation {at}");
            add(&mut workspace, Kind::Recommendation, &[("text", &text), ("topic", &topic)]).unwrap()
        })
        .collect();
    let rules = [("name", "First vote"), ("dots", "5"), ("cap", "3")];
    let round = add(&mut workspace, Kind::Round, &[&rules[..], fields].concat()).unwrap();
    applied(&mut workspace, |it| open(it, round, &author()));
    (workspace, round, items)
}

fn votes(items: &[Id], dots: &[u16]) -> Vec<Vote> {
    let vote = |(item, dots): (&Id, &u16)| Vote { item: Ref::record(*item), dots: Some(*dots) };
    items.iter().zip(dots).map(vote).collect()
}

fn person(number: u32) -> Voter {
    Voter::Person(Id::from_number('P', number, 4))
}

fn cast(workspace: &Workspace, round: Id, voter: &Voter, votes: Vec<Vote>) -> Result<Change, Refusal> {
    vote(workspace, round, voter, votes, Origin::Typed, &author(), &mut SplitMix64::new(7))
}

fn round_of(workspace: &Workspace, id: Id) -> &Round {
    workspace.rounds.get(id).unwrap()
}

#[test]
fn a_vote_from_its_opening_to_an_honest_tally() {
    let (mut workspace, round, items) = voting(&[]);
    let late = add(&mut workspace, Kind::Recommendation, &[("text", "Too late"), ("topic", "1")]).unwrap();
    applied(&mut workspace, |it| cast(it, round, &person(1), votes(&items, &[3, 2])));
    applied(&mut workspace, |it| cast(it, round, &person(2), votes(&items, &[2, 3])));
    for (voter, dots, why) in [
        (person(3), &[4, 0][..], "at most 3 can be put on one"),
        (person(3), &[3, 3], "6 dots were put down, and each person has 5"),
        (person(9), &[1], "is not among those who may vote"),
    ] {
        let refusal = cast(&workspace, round, &voter, votes(&items, dots)).unwrap_err();
        assert!(refusal.0.contains(why), "{refusal}");
    }
    let refusal = cast(&workspace, round, &person(3), votes(&[late], &[1])).unwrap_err();
    assert!(refusal.0.contains("is not on the ballot"), "what is written down later is not on it: {refusal}");
    assert_eq!(not_voted(&workspace, round_of(&workspace, round)).len(), 1);
    let hidden = tally(&workspace, round_of(&workspace, round), Audience::Colleagues, false).unwrap_err();
    assert!(hidden.0.contains("hidden until it closes"));
    applied(&mut workspace, |it| cast(it, round, &person(2), votes(&items, &[0, 0, 1])));
    assert_eq!(ballots_of(&workspace, round).count(), 2, "who votes again replaces what they voted");
    applied(&mut workspace, |it| close(it, round, &author()));
    let tally = tally(&workspace, round_of(&workspace, round), Audience::Colleagues, false).unwrap();
    let ranks: Vec<_> = tally.items.iter().map(|item| (item.number.clone().unwrap(), item.rank, item.dots)).collect();
    assert_eq!(ranks[..3], [("1.1".to_owned(), 1, 3), ("1.2".to_owned(), 2, 2), ("2.1".to_owned(), 3, 1)]);
    assert_eq!((tally.totals.dots, tally.totals.issued, tally.totals.eligible), (6, Some(10), Some(3)));
    assert_eq!(tally::cut(&tally.items, 3), (3, false), "the next has only one dot less");
    assert!(cast(&workspace, round, &person(3), Vec::new()).is_err(), "a closed round takes no votes");
    assert!(open(&workspace, round, &author()).is_err() && close(&workspace, round, &author()).is_err(), "one way");
}

#[test]
fn limits_are_not_lowered_below_what_was_used() {
    let (mut workspace, round, items) = voting(&[]);
    applied(&mut workspace, |it| cast(it, round, &person(1), votes(&items, &[3, 2])));
    let lowered = |field: &str, to: &str| {
        let mut record = workspace.get(round).unwrap();
        record.set_field(field, to, ParseContext { workspace: &workspace, today: author().today }).unwrap();
        change::put(&workspace, record, &author())
    };
    let refusal = lowered("cap", "2").unwrap_err();
    assert!(refusal.0.contains("1.1 Recommendation 0 and 1.2 Recommendation 1"), "{refusal}");
    assert!(lowered("dots", "8").is_ok());
}

#[test]
fn two_counters_are_held_against_each_other() {
    let (mut workspace, round, items) = voting(&[("method", "two counters"), ("present", "3")]);
    for (at, item) in items.iter().enumerate() {
        let at = u32::try_from(at).unwrap();
        applied(&mut workspace, |it| count(it, round, &"KP".into(), (*item, at), &author()));
        let theirs = if [1, 3, 5].contains(&at) { at + 1 } else { at };
        applied(&mut workspace, |it| count(it, round, &"RS".into(), (*item, theirs), &author()));
    }
    let differing: Vec<_> = differences(round_of(&workspace, round)).iter().map(|one| one.item.id().unwrap()).collect();
    assert_eq!(differing, [items[1], items[3], items[5]], "exactly the three that were planted");
    let refusal = close(&workspace, round, &author()).unwrap_err();
    assert!(refusal.0.contains("differ on"), "{refusal}");
    for at in [1_u32, 3, 5] {
        applied(&mut workspace, |it| count(it, round, &"RS".into(), (items[at as usize], at), &author()));
    }
    applied(&mut workspace, |it| close(it, round, &author()));
    let tally = tally(&workspace, round_of(&workspace, round), Audience::Colleagues, false).unwrap();
    assert_eq!((tally.totals.dots, tally.totals.issued, tally.totals.ballots), (15, Some(15), None));
    assert!(tally.items.iter().all(|item| item.people.is_none()), "nobody knows who stuck the dots");
}

#[test]
fn an_anonymous_ballot_cannot_be_tied_to_a_person() {
    let (mut workspace, round, items) = voting(&[("anonymous", "yes")]);
    applied(&mut workspace, |it| cast(it, round, &person(1), votes(&items, &[3, 2])));
    let refusal = cast(&workspace, round, &person(1), Vec::new()).unwrap_err();
    assert!(refusal.0.contains("has voted"), "{refusal}");
    let ballot = ballots_of(&workspace, round).next().unwrap();
    assert_eq!((&ballot.person, &ballot.number, &ballot.updated), (&None, &None, &folkmoot::model::Updated::default()));
    let receipt = workspace.receipts.iter().next().unwrap();
    assert_eq!(receipt.updated, folkmoot::model::Updated::default(), "a receipt says neither when nor by whom");
    assert_ne!(&ballot.id.as_str()[2..], &receipt.id.as_str()[2..]);
    assert_eq!(not_voted(&workspace, round_of(&workspace, round)).len(), 2);
}

#[test]
fn results_are_hidden_in_every_shape_while_the_round_is_open() {
    let (mut workspace, round, items) = voting(&[]);
    applied(&mut workspace, |it| cast(it, round, &person(1), votes(&items, &[3, 2])));
    let ballot = workspace.all(Kind::Ballot).remove(0);
    for audience in [Audience::Colleagues, Audience::Everyone { with_contacts: true }] {
        let visible = ballot.visible_to(audience, &workspace);
        assert!(visible.is_blank("votes"), "{visible:?}");
        let mut texts = String::new();
        visible.each_text(&workspace, &mut |_, text| texts.push_str(text));
        assert!(!texts.contains("Recommendation"), "{texts}");
    }
    applied(&mut workspace, |it| close(it, round, &author()));
    assert!(!ballot.visible_to(Audience::Colleagues, &workspace).is_blank("votes"));
}

#[test]
fn themes_add_up_to_the_dots_that_were_cast() {
    let (mut workspace, round, items) = voting(&[]);
    add(&mut workspace, Kind::Theme, &[("name", "Mapping")]).unwrap();
    let theme = |workspace: &Workspace, id: Id| {
        let mut record = workspace.get(id).unwrap();
        record.set_field("theme", "mapping", ParseContext { workspace, today: author().today }).unwrap();
        change::put(workspace, record, &author())
    };
    for item in &items[..2] {
        applied(&mut workspace, |it| theme(it, *item));
    }
    applied(&mut workspace, |it| cast(it, round, &person(1), votes(&items, &[3, 1, 1])));
    applied(&mut workspace, |it| cast(it, round, &person(2), votes(&items[1..], &[2])));
    applied(&mut workspace, |it| close(it, round, &author()));
    let tally = tally(&workspace, round_of(&workspace, round), Audience::Colleagues, false).unwrap();
    let rows = by_theme(&workspace, &tally);
    assert_eq!(rows.values().map(|row| row.dots).sum::<u64>(), tally.totals.dots);
    let mapping = rows.iter().find(|(theme, _)| theme.is_some()).unwrap().1;
    assert_eq!((mapping.dots, mapping.recommendations, mapping.topics, mapping.best), (6, 2, 1, 3));
    assert_eq!(
        workspace.themes.iter().map(|one: &std::sync::Arc<Theme>| one.name.to_string()).collect::<Vec<_>>(),
        ["Mapping"]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// However votes are entered, changed and merged, nobody has more dots than they were given, equal dots have equal
    /// rank, and the dots of the items add up.
    #[test]
    fn nobody_exceeds_a_budget(
        attempts in proptest::collection::vec((1..4_u32, proptest::collection::vec(0..5_u16, 0..6)), 1..20)
    ) {
        let (mut workspace, round, items) = voting(&[]);
        for (voter, dots) in attempts {
            if let Ok(change) = cast(&workspace, round, &person(voter), votes(&items, &dots)) {
                workspace.apply(&change);
            }
        }
        applied(&mut workspace, |it| close(it, round, &author()));
        let voters: Vec<_> = ballots_of(&workspace, round).filter_map(|ballot| ballot.person.as_ref()?.id()).collect();
        prop_assert_eq!(voters.len(), voters.iter().collect::<HashSet<_>>().len(), "one ballot a person");
        for ballot in ballots_of(&workspace, round) {
            prop_assert!(ballot.votes.0.iter().map(|vote| vote.dots.unwrap_or_default()).sum::<u16>() <= 5);
        }
        let tally = tally(&workspace, round_of(&workspace, round), Audience::Colleagues, false).unwrap();
        prop_assert_eq!(tally.items.iter().map(|item| item.dots).sum::<u64>(), tally.totals.dots);
        for pair in tally.items.windows(2) {
            prop_assert_eq!(pair[0].dots == pair[1].dots, pair[0].rank == pair[1].rank);
        }
        prop_assert!(tally.items.iter().all(|item| item.people.unwrap_or_default() <= voters.len() as u64));
    }
}

/// A merge of one ballot that two people changed takes one of the two whole.
#[test]
fn a_ballot_is_merged_whole_or_not_at_all() {
    let (mut workspace, round, items) = voting(&[]);
    applied(&mut workspace, |it| cast(it, round, &person(1), votes(&items, &[1])));
    let base = workspace.all(Kind::Ballot).remove(0);
    let side = |dots: &[u16], seconds: i64| {
        let change = cast(&workspace, round, &person(1), votes(&items, dots)).unwrap();
        let mut record = change.edits[0].after().unwrap().clone();
        record.set_updated(folkmoot::model::Updated(Timestamp::from_seconds(seconds), "KP".into()));
        record
    };
    let (ours, theirs) = (side(&[3, 2], 5_000), side(&[0, 0, 3, 2], 6_000));
    let merged = folkmoot::model::merge::merge(Some(&base), Some(&ours), Some(&theirs));
    assert_eq!(merged.record.as_ref().map(|record| record.differing(&theirs)), Some(Vec::new()));
    assert!(merged.lost.is_some(), "the other is kept as a loss");
}

/// Every published election beside the project, tallied and held against its published columns.
#[test]
fn published_elections_come_out_as_published() {
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/real");
    let Ok(oracle) = std::fs::read_to_string(real.join("oracle.json")) else {
        eprintln!("skipped: no published elections lie beside the project");
        return;
    };
    let oracle: serde_json::Value = serde_json::from_str(&oracle).unwrap();
    for (file, expected) in oracle.as_object().unwrap() {
        let election = read_election(&real.join("pabulib").join(file)).unwrap();
        let mut workspace = Workspace::default();
        let plan = plan_election(&election, file, &workspace, &author(), &mut SplitMix64::new(1));
        workspace.apply(&plan.change);
        let tally = tally(&workspace, round_of(&workspace, plan.round), Audience::Colleagues, false).unwrap();
        assert_eq!(tally.invalid, [], "{file}");
        assert_eq!(tally.totals.ballots, expected["num_ballots"].as_u64(), "{file}");
        let is_approval = expected["vote_type"] == "approval";
        for project in expected["projects"].as_array().unwrap() {
            let item =
                tally.items.iter().find(|item| item.source_id.as_deref() == project["project_id"].as_str()).unwrap();
            // In some approval files the score is weighed otherwise; there the votes are the dots.
            let score = if is_approval { &project["votes"] } else { &project["score"] };
            assert_eq!(Some(item.dots), score.as_u64(), "{file}: {}", item.title);
            // One published file counts a voter four times who named one project four times; here nobody counts twice.
            let repeated = plan.repeated.len() as u64 * 3;
            let people = item.people.unwrap();
            let published = project["votes"].as_u64().unwrap();
            assert!(
                people == published || people + repeated == published,
                "{file}: {} {people} {published}",
                item.title
            );
        }
    }
}

#[test]
fn initials_that_could_be_two_people_stay_as_they_were_written() {
    let (mut workspace, _) = wall();
    workspace.apply(&Change {
        edits: vec![folkmoot::model::Edit::Add(
            Person {
                id: Id::from_number('P', 77, 4),
                name: "Sue West".into(),
                initials: Some("SX".into()),
                ..Person::default()
            }
            .into(),
        )],
        sentence: String::new(),
    });
    let id =
        add(&mut workspace, Kind::Recommendation, &[("text", "Share"), ("topic", "1"), ("initials", "SW | help\nZZ")])
            .unwrap();
    let AnyRecord::Recommendation(record) = workspace.get(id).unwrap() else { panic!("{id}") };
    let who: Vec<_> = record.initials.iter().map(|one| one.who.name(&workspace).into_owned()).collect();
    assert_eq!(who, ["Sam Wills", "ZZ"]);
    let _: (&Recommendation, Option<&Event>, Text, Method, RoundState) = (
        &record,
        workspace.events.iter().next().map(AsRef::as_ref),
        Text::default(),
        Method::Ballots,
        RoundState::Planned,
    );
}
