//! Votes by keys: rounds, ballots, the count of a wall, the tally, initials and themes; and that nothing is to be seen of
//! an outcome before the round closes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use folkmoot::app::votes::View;
use folkmoot::model::round::{RoundState, ballots_of};
use folkmoot::model::{Ballot, Id, Round, Workspace};
use harness::Harness;
use harness::voting::{at_the_event, the_round};

fn round_of(workspace: &Workspace) -> Round {
    Round::clone(workspace.rounds.iter().next().unwrap())
}

fn ballots(workspace: &Workspace) -> Vec<Ballot> {
    ballots_of(workspace, the_round(workspace)).cloned().collect()
}

/// The votes of a person's ballot as one would write them.
fn voted(workspace: &Workspace, name: &str) -> String {
    let of = |ballot: &&Ballot| ballot.person.as_ref().is_some_and(|person| person.name(workspace) == name);
    let all = ballots(workspace);
    let ballot = all.iter().find(of).unwrap_or_else(|| panic!("{name} has no ballot"));
    let label = |item: Id| workspace.recommendations.get(item).unwrap().label(workspace).unwrap();
    let vote = |vote: &folkmoot::model::ballot::Vote| {
        format!("{} {}", label(vote.item.id().unwrap()), vote.dots.unwrap_or_default())
    };
    ballot.votes.0.iter().map(vote).collect::<Vec<_>>().join(", ")
}

fn view(harness: &Harness) -> View {
    harness.app.screens.votes.view
}

#[track_caller]
fn shows(harness: &Harness, text: &str) {
    let screen = harness.screen();
    assert!(screen.contains(text), "{text:?} is not on the screen:\n{screen}");
}

#[test]
fn a_vote_from_the_first_key_to_the_tally() {
    let mut harness = at_the_event();
    harness.press("3");
    shows(&harness, "No voting round yet. Press n to make the first one.");
    harness.press("n");
    assert_eq!(harness.said(), "12 recommendations to vote on: 4 dots each is good practice");
    assert_eq!(harness.typed("dots"), "4", "good practice is proposed");
    harness.press("First vote");
    harness.field("dots").press("<ctrl-u>5<tab>3<ctrl-s>");
    assert_eq!(harness.said(), "First vote added");
    harness.press("v");
    assert_eq!(harness.said(), "it is not open yet: o opens the vote");
    harness.press("o");
    shows(&harness, "similar titles split the vote: topics 2 Mentoring for leavers and 3 Mentors");
    harness.press("<enter>");
    assert_eq!(round_of(&harness.saved()).state, RoundState::Planned, "enter alone opens nothing");
    harness.press("yes<enter>");
    assert_eq!(harness.said(), "First vote opened with 12 recommendations on the ballot");
    harness.press("vKP<enter>");
    assert_eq!(view(&harness), View::Ballot);
    shows(&harness, "0 of 5 dots, 5 left");
    harness.press("1.1 3<enter>2.1 2<enter>");
    shows(&harness, "5 of 5 dots, 0 left");
    shows(&harness, "down: 1.1 3  2.1 2");
    harness.press("<enter>");
    assert_eq!(harness.said(), "ballot of Katy Pascoe in First vote cast");
    assert_eq!(view(&harness), View::Voter, "the next voter is asked for at once");
    harness.press("RS<enter>1.1 2<enter>2.2 3<enter><enter>");
    assert_eq!(voted(&harness.saved(), "Ruth Shearn"), "1.1 2, 2.2 3");
    harness.press("<esc>x");
    shows(&harness, "6 of those who may vote have not voted");
    harness.press("yes<enter>");
    assert_eq!(harness.said(), "First vote closed");
    harness.press("<enter>");
    assert_eq!(view(&harness), View::Tally);
    let screen = harness.screen();
    let line = |number: &str| screen.lines().find(|line| line.contains(number)).unwrap().to_owned();
    assert!(line("1.1 One map").contains("1     5"), "{screen}");
    assert!(line("2.2 Match").contains("2     3"), "{screen}");
    shows(&harness, "ballots 2 of 8 · blank 0 · dots 10 of 10 · unused 0");
}
