//! Votes by keys: rounds, ballots, the count of a wall, the tally, initials and themes; and that nothing is to be seen of
//! an outcome before the round closes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use folkmoot::app::votes::View;
use folkmoot::model::round::{RoundState, ballots_of};
use folkmoot::model::{Ballot, Id, Round, Workspace};
use harness::voting::{self, at, at_the_event, closed_round, open_round, the_round};
use harness::{ASCII, FINE, Harness, MONO, PLAIN};
use proptest::prelude::*;

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
    shows(&harness, "6 of those who may vote have not voted. Closing goes one way");
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

#[test]
fn a_ballot_of_three_items_takes_few_keys() {
    let mut harness = at(&open_round(&[]));
    let keys = "UM<enter>1.1 2<enter>2.2 2<enter>4.1<enter><enter>";
    harness.press("3v").press(keys);
    assert_eq!(voted(&harness.saved(), "Una Marsh"), "1.1 2, 2.2 2, 4.1 1");
    assert_eq!(harness::keys(keys).len(), 20, "voter and all, and the next voter is asked for");
    let keys = "VB<enter>1.1 2 2.2 2 4.1<enter><enter>";
    harness.press(keys);
    assert_eq!(voted(&harness.saved(), "Vic Brett"), "1.1 2, 2.2 2, 4.1 1", "all in one line");
    let keys = "WD<enter><down>2<down>1<enter>";
    harness.press(keys);
    assert_eq!(voted(&harness.saved(), "Wyn Dale"), "1.1 2, 1.2 1", "a digit on the selected item");
}

#[test]
fn what_stands_against_an_entry_is_said_where_it_is_typed_and_nothing_is_put_down() {
    let mut harness = at(&open_round(&[]));
    let late = [("text", "Open a reading room"), ("topic", "4")];
    harness.colleague(|workspace, author| {
        let mut record = folkmoot::model::Kind::Recommendation.blank("R-00ZZ".parse().unwrap());
        for (field, typed) in late {
            let context = folkmoot::model::ParseContext { workspace, today: harness::today() };
            record.set_field(field, typed, context).unwrap();
        }
        folkmoot::model::change::put(workspace, record, author)
    });
    harness.press("3vUM<enter>");
    for (typed, why) in [
        ("1.1 4", "at most 3 can be put on"),
        ("1.1 3 1.2 3", "6 dots were put down, and each person has 5"),
        ("4.4 1", "4.4 is not on the ballot"),
        ("9.9", "9.9 is not on the ballot"),
        ("3", "3 dots on what?"),
        ("1.1 x", "x is no item"),
    ] {
        harness.press(typed).press("<enter>");
        shows(&harness, why);
        shows(&harness, "0 of 5 dots, 5 left");
        shows(&harness, &format!("> {typed}"));
        for _ in 0..typed.len() {
            harness.press("<backspace>");
        }
    }
    harness.press("<esc>");
    assert_eq!(ballots(&harness.saved()).len(), 0);
}

#[test]
fn the_last_entry_is_one_key_away_and_so_is_the_last_ballot() {
    let mut harness = at(&open_round(&[]));
    harness.press("3vUM<enter>1.1 3<enter>2.1 2<enter>u");
    shows(&harness, "3 of 5 dots, 2 left");
    harness.press("<backspace>");
    shows(&harness, "nothing is put down yet");
    harness.press("1.1 1<enter>1.1 3<enter>u");
    shows(&harness, "1 of 5 dots, 4 left");
    harness.press("<enter>");
    assert_eq!(voted(&harness.saved(), "Una Marsh"), "1.1 1");
    harness.press("<ctrl-_>");
    assert_eq!(harness.said(), "undone: ballot of Una Marsh in First vote cast");
    assert_eq!(ballots(&harness.saved()).len(), 0);
    harness.press("vic<enter>");
    shows(&harness, "Vic Brett");
}

#[test]
fn letters_are_never_commands_while_ballots_are_typed() {
    let mut harness = at(&open_round(&[]));
    harness.press("3v").press("quxnxdy1q");
    assert_eq!(view(&harness), View::Voter);
    assert_eq!(harness.app.screens.votes.entry.line.text(), "quxnxdy1q");
    harness.press("<enter>");
    shows(&harness, "nobody who may vote is called quxnxdy1q");
    harness.press("<ctrl-u>KP<enter>").press("xdqo36CnN").paste("1.1 5\n\n1.2 4\n");
    assert!(!harness.has_quit && view(&harness) == View::Ballot, "{}", harness.screen());
    assert_eq!(ballots(&harness.saved()).len(), 0, "a pasted newline enters nothing");
    assert_eq!(round_of(&harness.saved()).state, RoundState::Open);
}

#[test]
fn a_blank_ballot_and_one_in_the_place_of_another_take_another_key_than_enter() {
    let mut harness = at(&open_round(&[]));
    harness.press("3vUM<enter><enter><enter>");
    shows(&harness, "nothing is put down: ctrl-s casts a blank ballot");
    assert_eq!(ballots(&harness.saved()).len(), 0);
    harness.press("<ctrl-s>");
    assert_eq!(voted(&harness.saved(), "Una Marsh"), "", "a blank ballot is legal");
    harness.press("UM<enter>");
    shows(&harness, "Una Marsh has voted already: ctrl-s enters a new ballot in the place of theirs");
    harness.press("<enter>");
    assert_eq!(view(&harness), View::Voter);
    harness.press("<ctrl-s>");
    shows(&harness, "Una Marsh, in place of the ballot they cast");
    harness.press("1.1<enter><enter>");
    assert_eq!(harness.said(), "ballot of Una Marsh in First vote changed");
    assert_eq!(voted(&harness.saved(), "Una Marsh"), "1.1 1");
    assert_eq!(ballots(&harness.saved()).len(), 1);
}

#[test]
fn paper_ballots_without_names_are_numbered_one_after_the_other() {
    let mut harness = at(&open_round(&[]));
    harness.press("3v#<enter>1.1<enter><enter>#<enter>");
    shows(&harness, "#2");
    shows(&harness, "item and dots: 1.1 2");
    harness.press("1.2<enter><enter>#7<enter>1.3<enter><enter>#<enter>");
    shows(&harness, "#8");
    harness.press("<esc>#7<enter>");
    shows(&harness, "#7 has voted already");
    harness.press("<esc>w");
    shows(&harness, "3 of 8 have voted, 3 of them by number");
    let numbers: Vec<_> = ballots(&harness.saved()).iter().map(|ballot| ballot.number.clone().unwrap()).collect();
    assert_eq!(numbers.len(), 3);
}

#[test]
fn a_ballot_that_was_left_is_there_again_and_on_no_disk() {
    let mut harness = at(&open_round(&[("anonymous", "yes")]));
    harness.press("3vUM<enter>1.1 3<enter><esc>");
    shows(&harness, "the ballot of Una Marsh is not cast");
    harness.press("VB<enter>");
    shows(&harness, "0 of 5 dots, 5 left");
    harness.press("<esc><esc>6 3vUM<enter>");
    shows(&harness, "3 of 5 dots, 2 left");
    harness.press("1.2 <esc>UM<enter>");
    shows(&harness, "> 1.2");
    harness.event(folkmoot::app::Event::Woke);
    harness.event(folkmoot::app::Event::Hangup);
    assert!(harness.drafts.is_empty(), "a secret ballot is never a draft on the disk");
}

#[test]
fn an_anonymous_ballot_is_cast_once_and_by_a_person() {
    let mut harness = at(&open_round(&[("anonymous", "yes")]));
    harness.press("3vUM<enter>1.1 3<enter><enter>");
    assert_eq!(harness.said(), "a ballot was cast in First vote");
    harness.press("UM<enter>");
    shows(&harness, "Una Marsh has voted in First vote; an anonymous ballot cannot be changed");
    harness.press("<ctrl-s>");
    assert_eq!(view(&harness), View::Voter);
    harness.press("<ctrl-u>#<enter>");
    shows(&harness, "in an anonymous round people vote by name");
    assert_eq!(ballots(&harness.saved()).len(), 1);
}

#[test]
fn who_may_not_vote_is_told_so() {
    let mut workspace = open_round(&[]);
    let fields = [("name", "Guest Able"), ("initials", "GA")];
    voting::add(&mut workspace, folkmoot::model::Kind::Person, &fields);
    let mut harness = at(&workspace);
    harness.press("3vGA<enter>");
    shows(&harness, "Guest Able is not among those who may vote in First vote");
    harness.press("<ctrl-u>u<enter>");
    shows(&harness, "whole");
}

#[test]
fn steps_go_one_way_and_undo_does_not_reach_them() {
    let mut harness = at(&voting::open_round(&[]));
    harness.press("3vUM<enter>1.1 3<enter><enter><esc>");
    harness.press("x<enter>");
    assert_eq!(round_of(&harness.saved()).state, RoundState::Open, "enter alone closes nothing");
    harness.press("no<enter><esc>x<esc>");
    assert_eq!(round_of(&harness.saved()).state, RoundState::Open);
    harness.press("xyes<enter>");
    assert_eq!(round_of(&harness.saved()).state, RoundState::Closed);
    harness.press("u");
    assert_eq!(harness.said(), "not undone: First vote is closed: its ballots stay as they were cast");
    harness.press("u");
    assert_eq!(harness.said(), "nothing to undo");
    assert_eq!((ballots(&harness.saved()).len(), round_of(&harness.saved()).state), (1, RoundState::Closed));
    for key in ["o", "x", "v"] {
        harness.press(key);
        assert!(harness.app.layers.is_empty() && view(&harness) == View::Rounds, "{key}: {}", harness.said());
    }
    harness.press("Cyes<enter>");
    assert_eq!(harness.said(), "First vote certified by KP");
    assert_eq!(round_of(&harness.saved()).certified_by.as_deref(), Some("KP"));
    harness.press("u");
    assert_eq!(round_of(&harness.saved()).state, RoundState::Certified);
}

#[test]
fn a_ballot_that_was_taken_back_is_not_brought_back_after_the_close() {
    let mut harness = at(&open_round(&[]));
    harness.press("3vUM<enter>1.1 3<enter><enter><ctrl-_><esc>xyes<enter>U");
    assert_eq!(harness.said(), "not undone: First vote is closed: its ballots stay as they were cast");
    assert_eq!(ballots(&harness.saved()).len(), 0);
}

#[test]
fn the_editor_does_not_open_what_was_closed() {
    let mut harness = at(&closed_round(&[]));
    harness.editor = |text| text.replace("state: Closed", "state: Open");
    harness.press("3E");
    assert!(harness.said().starts_with("First vote stays as it is"), "{}", harness.said());
    assert_eq!(round_of(&harness.saved()).state, RoundState::Closed);
}

#[test]
fn two_counters_count_on_their_own_until_they_agree() {
    let mut harness = at(&open_round(&[("method", "two counters")]));
    harness.press("3v1.1 9<enter>");
    assert_eq!(harness.said(), "KP counted 1.1 One map of services for the whole county", "not how many");
    shows(&harness, "9 dots of 40 given out, 31 not used");
    harness.press("<down><down>4<enter>");
    shows(&harness, "2 of 12 counted");
    harness.press("99<enter>");
    shows(&harness, "112 dots, 72 more than the 40 given out");
    harness.press("u");
    shows(&harness, "13 dots of 40 given out");
    harness.press("<esc><ctrl-t>rs<enter>");
    shows(&harness, "counted by RS");
    harness.press("1.1 8<enter>1.2 4<enter>");
    shows(&harness, "the counters differ, count again: 1.1");
    harness.press("<esc>xyes<enter>");
    shows(&harness, "the two counters differ on");
    harness.press("<esc>v<ctrl-t>RS<enter>1.1 9<enter>");
    assert!(!harness.screen().contains("differ"), "{}", harness.screen());
    let counts = round_of(&harness.saved()).counts;
    assert_eq!(counts.len(), 4);
}

#[test]
fn a_wall_is_counted_from_top_to_bottom_a_number_and_enter_each() {
    let mut harness = at(&open_round(&[("method", "wall count")]));
    harness.press("3v<down>");
    for dots in ["9", "7", "0", "12", "1", "1", "1", "1", "1", "1", "1", "1"] {
        harness.press(dots).press("<enter>");
    }
    shows(&harness, "12 of 12 counted");
    harness.press("<esc><esc>xyes<enter><enter>");
    shows(&harness, "counted on the wall");
    let screen = harness.screen();
    let line = screen.lines().find(|line| line.contains("2.1 Train")).unwrap();
    assert!(line.contains("12") && line.contains('–'), "nobody knows who put the dots: {line}");
}

#[test]
fn a_wall_that_is_counted_once_is_counted_together() {
    let mut workspace = open_round(&[("method", "wall count")]);
    voting::count(&mut workspace, "RS", &[("1.1", 9), ("1.2", 4)]);
    let mut harness = at(&workspace);
    harness.press("3v");
    shows(&harness, "2 of 12 counted");
    harness.press("1.1 7<enter>");
    shows(&harness, "11 dots of 40 given out");
    let counts = round_of(&harness.saved()).counts;
    assert_eq!(counts.len(), 2, "what is counted again replaces what another counted");
    harness.press("<esc>x");
    shows(&harness, "10 items have not been counted");
}

#[test]
fn initials_are_asked_for_one_after_the_other_and_clashes_are_put_to_the_person() {
    let mut harness = at(&closed_round(&[]));
    harness.press("3riKP lead<enter>");
    shows(&harness, "Katy Pascoe beside 1.1: lead");
    harness.press("sw<enter>");
    shows(&harness, "sw may be 1 Sam Wills (Vale Mentors), 2 Sue West (County Council)");
    harness.press("3<enter>");
    shows(&harness, "write a number from 1 to 2");
    harness.press("<ctrl-u>2<enter>SW k<enter><enter>ZZ<enter><enter>");
    assert!(harness.app.layers.is_empty(), "enter alone ends");
    shows(&harness, "initials: KP lead, SX help, SW keep me informed, ZZ help");
    let saved = harness.saved();
    let record = saved.recommendations.get(voting::item(&saved, "1.1")).unwrap();
    let resolved: Vec<bool> = record.initials.iter().map(|one| one.who.id().is_some()).collect();
    assert_eq!(resolved, [true, true, false, false], "what is not resolved stays as it was written");
    harness.press("u");
    shows(&harness, "initials: KP lead, SX help, SW keep me informed");
}

#[test]
fn a_cut_goes_through_no_tie_and_says_whether_it_is_robust() {
    let mut harness = at(&closed_round(&[]));
    harness.press("3r");
    shows(&harness, "cut after 5, not robust");
    harness.press("+");
    assert_eq!(harness.said(), "no cut: everything is above it", "the seven without dots are a tie");
    harness.press("-----");
    assert_eq!(harness.said(), "cut after 1, robust: the next has 3 dots less");
    harness.press("-");
    assert_eq!(harness.said(), "no cut");
    harness.press("o");
    shows(&harness, "one dot each");
}

/// Two hosts that were merged may bring a ballot that breaks the rules: it is listed and not counted.
#[test]
fn a_ballot_that_breaks_the_rules_is_listed_and_not_counted() {
    let mut workspace = closed_round(&[]);
    let ballot = Ballot {
        id: "B-00ZZ".parse().unwrap(),
        round: folkmoot::model::Ref::record(the_round(&workspace)),
        votes: folkmoot::model::ballot::Votes(voting::votes(&workspace, &[("1.1", 9)])),
        ..Ballot::default()
    };
    workspace.place(ballot.id, Some(ballot.into()));
    let mut harness = at(&workspace);
    harness.press("3r");
    shows(&harness, "dots 19 of 25");
    harness.press("G");
    shows(&harness, "not counted, as they break the rules of the round");
    shows(&harness, "B-00ZZ: 9 dots on 1.1 One map of services");
}

/// A colleague closes the round while a ballot is being filled in, or takes it away altogether.
#[test]
fn a_round_that_a_colleague_closes_takes_no_more_ballots() {
    let mut harness = at(&open_round(&[]));
    harness.press("3vUM<enter>1.1 3<enter>");
    harness.colleague(|workspace, author| folkmoot::model::round::close(workspace, the_round(workspace), author));
    harness.press("<enter>");
    shows(&harness, "First vote takes no ballots: it is closed, by ballots");
    shows(&harness, "3 of 5 dots, 2 left");
    harness.press("<esc><esc>r");
    assert_eq!(view(&harness), View::Tally);
}

#[test]
fn recommendations_are_sorted_into_themes_by_letters() {
    let mut harness = at(&closed_round(&[]));
    harness.press("3rm");
    assert_eq!(view(&harness), View::Themes);
    harness.press("<space>j<space>nMapping<enter>");
    assert_eq!(harness.said(), "theme Mapping made of 2 recommendations");
    shows(&harness, "A  Mapping");
    let line = |harness: &Harness, name: &str| {
        harness.screen().lines().find(|line| line.contains(name)).unwrap_or_default().to_owned()
    };
    let numbers = |harness: &Harness, name: &str| -> Vec<u64> {
        line(harness, name).split_whitespace().filter_map(|word| word.parse().ok()).collect()
    };
    assert_eq!(numbers(&harness, "A  Mapping"), [8, 8, 3, 2, 1, 0], "dots, best, people, items, topics, initials");
    harness.press("nHelp each other<enter>");
    assert_eq!(harness.said(), "theme Help each other made");
    harness.press("gg<down><down><down><down>B");
    assert_eq!(
        harness.said(),
        "2.2 into Help each other",
        "the letter stays with its theme: B, though the name comes first"
    );
    assert_eq!(numbers(&harness, "B  Help each other"), [5, 5, 2, 1, 1, 0]);
    assert_eq!(numbers(&harness, "no theme"), [6, 3, 3, 9, 4, 0], "the rest makes the totals add up");
    harness.press("aA");
    assert_eq!(harness.said(), "2.3 also in Mapping");
    assert_eq!(numbers(&harness, "A  Mapping")[0], 8, "also is not counted again");
    harness.press("kkk").press("B");
    assert_eq!(harness.said(), "2.1 into Help each other");
    assert_eq!(numbers(&harness, "B  Help each other"), [8, 5, 4, 2, 1, 0], "who voted for both counts once");
    harness.press("k-");
    assert_eq!(harness.said(), "2.1 without a theme");
    harness.press("u");
    assert_eq!(numbers(&harness, "B  Help each other")[0], 8);
    harness.press("Z");
    assert_eq!(harness.said(), "no theme has the letter Z: n makes a new one");
}

#[test]
fn a_priority_is_a_decision_and_an_answer_has_a_reason() {
    let mut harness = at(&sorted());
    harness.press("3mpB");
    assert_eq!(harness.typed("name"), "Mentoring and peer support");
    harness.press("fri<tab>KP, RS<tab>It was asked for most<tab>Two days a week<ctrl-s>");
    assert!(harness.said().starts_with("Mentoring and peer support changed: priority since"), "{}", harness.said());
    shows(&harness, "(priority)");
    harness.press("gg<down><down><down>ropen to anyone: nobody has the time | KP<enter>");
    assert_eq!(harness.said(), "2.1 answered: open to anyone");
    harness.press("rmaybe<enter>");
    shows(&harness, "choose from: chosen, open to anyone, taken elsewhere, not now");
    let saved = harness.saved();
    let record = saved.recommendations.get(voting::item(&saved, "2.1")).unwrap();
    assert_eq!((record.reason.as_deref(), record.contact.as_deref()), (Some("nobody has the time"), Some("KP")));
}

#[test]
fn words_speak_for_a_theme_and_are_only_a_suggestion() {
    let mut harness = at(&sorted());
    harness.press("3m").press("jjjjj");
    shows(&harness, "no theme; its words speak for Mentoring and peer support: enter");
    harness.press("<enter>");
    assert_eq!(harness.said(), "2.3 into Mentoring and peer support");
    harness.press("f");
    shows(&harness, "recommendations without a theme");
    assert!(!harness.screen().contains("2.3 "), "{}", harness.screen());
}

#[test]
fn while_nothing_is_closed_themes_are_sorted_without_dots() {
    let mut harness = at(&voting::after_ballots(&[]));
    harness.press("3m<space>nMapping<enter>");
    shows(&harness, "A  Mapping");
    let screen = harness.screen();
    let line = screen.lines().find(|line| line.contains("A  Mapping")).unwrap();
    assert!(line.contains('–') && !line.contains('8'), "{line}");
}

// Laws ------------------------------------------------------------------------------------------------------------------

/// Every view that can be reached while a round is open, by keys.
const WHILE_OPEN: [&str; 14] = [
    "3",
    "<enter>",
    "<esc>",
    "w",
    "G",
    "<esc>r",
    "v",
    "UM<enter>",
    "<down><down>",
    "<esc><esc>KP<ctrl-s>",
    "<esc><esc>m",
    "<space>s<tab>j",
    "<esc><esc><esc>?",
    "<esc>:tally<enter><esc>",
];

/// All frames of all views while the round is open.
fn frames(workspace: &Workspace) -> Vec<String> {
    let mut harness = at(workspace);
    let mut frames = Vec::new();
    for key in WHILE_OPEN.iter().flat_map(|keys| harness::keys(keys)) {
        harness.event(folkmoot::app::Event::Key(key));
        for (columns, rows) in [(80, 24), (40, 12), (120, 40)] {
            harness.size(columns, rows);
            frames.extend([FINE, ASCII, PLAIN].map(|theme| harness.screen_in(theme)));
        }
    }
    frames
}

/// What is voted for in the place of each item.
fn other_item(label: &str) -> &'static str {
    match label {
        "1.1" => "3.3",
        "2.1" => "1.2",
        "2.2" => "4.3",
        "3.1" => "1.3",
        _ => "2.3",
    }
}

/// The open round after the same people cast other ballots.
fn otherwise(fields: &[(&str, &str)]) -> Workspace {
    let mut workspace = open_round(fields);
    for (person, ballot) in (1..).zip(voting::BALLOTS) {
        let ballot: Vec<(&str, u16)> = ballot.iter().map(|(item, dots)| (other_item(item), *dots)).collect();
        let change = voting::cast(&workspace, person, &ballot).unwrap();
        workspace.apply(&change);
    }
    workspace
}

/// What was voted makes no difference to any frame while the round is open: so no frame tells anything of it.
#[test]
fn no_frame_of_an_open_round_depends_on_what_was_voted() {
    for fields in [&[][..], &[("anonymous", "yes")]] {
        let (one, other) = (voting::after_ballots(fields), otherwise(fields));
        let (one_frames, other_frames) = (frames(&one), frames(&other));
        assert!(one_frames.len() > 300);
        let differing = one_frames.iter().zip(&other_frames).find(|(one, other)| one != other);
        if let Some((one, other)) = differing {
            panic!("{one}\n{other}");
        }
        // The law can fail: once the round is closed the same keys tell the two apart.
        let closed = |mut workspace: Workspace| {
            let id = the_round(&workspace);
            let change = folkmoot::model::round::close(&workspace, id, &voting::author()).unwrap();
            workspace.apply(&change);
            frames(&workspace)
        };
        assert!(closed(one) != closed(other), "the frames of a closed round say what was voted");
    }
}

/// The same for a wall: the sum may be seen, and who has counted what; not how many dots are where.
#[test]
fn no_frame_of_an_open_wall_depends_on_where_the_dots_are() {
    for method in ["wall count", "two counters"] {
        let walls = [[("1.1", 9), ("1.2", 4), ("2.2", 7)], [("1.1", 1), ("1.2", 9), ("2.2", 10)]].map(|counts| {
            let mut workspace = open_round(&[("method", method)]);
            voting::count(&mut workspace, "KP", &counts);
            voting::count(&mut workspace, "RS", &counts);
            workspace
        });
        let [one, other] = walls.map(|workspace| frames(&workspace));
        let differing = one.iter().zip(&other).find(|(one, other)| one != other);
        assert!(differing.is_none(), "{method}: {differing:?}");
    }
}

/// A handful each time; `MOOT_CASES=500 cargo test --test votes` for a long night.
fn cases() -> u32 {
    std::env::var("MOOT_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16)
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    /// Whatever is typed at ballots, nobody has more dots than they were given, and no item more than may be put on one.
    #[test]
    fn keys_never_exceed_budget_or_cap(story in prop::collection::vec(prop::sample::select(BALLOT_KEYS.to_vec()), 1..60)) {
        let mut harness = at(&open_round(&[]));
        harness.press("3v");
        for keys in story {
            harness.press(keys);
            if let Some(ballot) = &harness.app.screens.votes.entry.ballot {
                prop_assert!(ballot.filling.sum() <= 5 && ballot.filling.dots.iter().all(|(_, dots)| *dots <= 3));
            }
        }
        for ballot in ballots(&harness.saved()) {
            let dots: Vec<u16> = ballot.votes.0.iter().map(|vote| vote.dots.unwrap_or_default()).collect();
            prop_assert!(dots.iter().sum::<u16>() <= 5 && dots.iter().all(|dots| *dots <= 3), "{:?}", dots);
        }
    }

    /// Whatever is pressed on the screen, at whatever size: it is drawn, the cursor is on it, and the files read.
    #[test]
    fn nothing_panics(
        story in prop::collection::vec((prop::sample::select(anything()), 1u16..=130, 1u16..=45), 1..60), start in 0..4usize
    ) {
        let workspace = match start {
            0 => open_round(&[]),
            1 => counted(&[]),
            2 => sorted(),
            _ => voting::after_ballots(&[("anonymous", "yes")]),
        };
        let mut harness = at(&workspace);
        harness.press("3");
        for (keys, columns, rows) in story {
            harness.press(&keys);
            harness.size(columns, rows);
            for theme in [FINE, ASCII, PLAIN] {
                let (_, cursor) = harness.buffer(theme);
                prop_assert!(cursor.is_none_or(|at| at.x < columns && at.y < rows), "{keys}: {cursor:?}");
            }
        }
        prop_assert!(harness.app.problems.is_empty(), "{:?}", harness.app.problems);
    }
}

/// What somebody may press while ballots are typed.
const BALLOT_KEYS: [&str; 24] = [
    "UM<enter>",
    "VB<enter>",
    "#<enter>",
    "KP<ctrl-s>",
    "1.1 3<enter>",
    "1.2 9<enter>",
    "2.2 2 3.1 2<enter>",
    "4.1<enter>",
    "<down>",
    "<up>",
    "<tab>",
    "3",
    "9",
    "0",
    "+",
    "-",
    "u",
    "<enter>",
    "<enter>",
    "<ctrl-s>",
    "<esc>",
    "<backspace>",
    "1.1=2,1.2=2<ctrl-s>",
    "4.1 65535<enter>",
];

/// Every command of the program by its keys, and some text.
fn anything() -> Vec<String> {
    let mut all: Vec<String> = folkmoot::app::command::all()
        .filter(|command| !["quit", "quit.now", "new", "import", "export"].contains(&command.name))
        .flat_map(|command| command.keys.iter())
        .map(|keys| format!("<{}>", keys.replace(' ', "><")))
        .collect();
    all.extend(
        ["UM", "1.1 3", "yes", "9", "A", "B", "#", "o why", "é日", "Mapping", "r", "v", "m", "w"]
            .map(ToOwned::to_owned),
    );
    all
}

// Views -----------------------------------------------------------------------------------------------------------------

const SIZES: [(u16, u16); 3] = [(80, 24), (40, 12), (120, 40)];

/// Draws in all sizes and looks, and compares with what was seen and found good.
fn snapshot(name: &str, harness: &mut Harness) {
    for (columns, rows) in SIZES {
        harness.size(columns, rows);
        for (theme, word) in [(MONO, "mono"), (ASCII, "ascii")] {
            let screen = harness.screen_in(theme);
            assert!(!theme.ascii || screen.is_ascii(), "{name}: beyond ASCII: {screen}");
            insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
                insta::assert_snapshot!(format!("votes_{name}_{columns}x{rows}_{word}"), screen);
            });
        }
    }
    harness.size(80, 24);
}

/// The wall counted by two who differ on two items, one of them with the round closed afterwards.
fn counted(fields: &[(&str, &str)]) -> Workspace {
    let mut workspace = open_round(&[&[("method", "two counters")], fields].concat());
    voting::count(&mut workspace, "KP", &[("1.1", 9), ("1.2", 4), ("2.2", 7)]);
    voting::count(&mut workspace, "RS", &[("1.1", 8), ("1.2", 4), ("2.2", 6), ("3.1", 2)]);
    workspace
}

/// A closed vote with themes, initials, an answer and a recommendation that came too late.
fn sorted() -> Workspace {
    use folkmoot::model::Kind;
    let mut workspace = closed_round(&[]);
    let fields = [("text", "Open a reading room"), ("topic", "4")];
    voting::add(&mut workspace, Kind::Recommendation, &fields);
    for name in ["Mentoring and peer support", "Mapping services"] {
        voting::add(&mut workspace, Kind::Theme, &[("name", name)]);
    }
    for (label, field, typed) in [
        ("1.1", "theme", "mapping services"),
        ("1.3", "theme", "mapping services"),
        ("2.1", "theme", "mentoring and peer support"),
        ("2.2", "theme", "mentoring and peer support"),
        ("4.3", "also", "mapping services"),
        ("1.1", "initials", "KP | lead\nSW | help\nZZ"),
        ("2.2", "initials", "KP | help"),
        ("1.1", "answer", "chosen"),
        ("1.2", "answer", "open to anyone"),
    ] {
        let id = voting::item(&workspace, label);
        let change = harness::set(&workspace, &voting::author(), id, field, typed).unwrap();
        workspace.apply(&change);
    }
    workspace
}

macro_rules! views {
    ($($name:ident: $workspace:expr, $keys:expr;)+) => {
        $(#[test]
        fn $name() {
            let mut harness = at(&$workspace);
            harness.press($keys);
            snapshot(stringify!($name), &mut harness);
        })+
    };
}

views! {
    rounds: open_round(&[]), "3";
    confirm_open: { let mut it = open_round(&[]); voting::add(&mut it, folkmoot::model::Kind::Round, &[("name", "Second vote"), ("dots", "4")]); it }, "3jo";
    voters: voting::after_ballots(&[]), "3v";
    voters_typed: voting::after_ballots(&[]), "3vSW<enter>";
    ballot: open_round(&[]), "3vUM<enter>1.1 3<enter>3.2<enter>2";
    ballot_refused: open_round(&[]), "3vUM<enter>1.1 4<enter>";
    ballot_list: open_round(&[]), "3vUM<enter><down><down>2<down>1";
    count: counted(&[]), "3v4.1 2";
    wall_tally: { let mut it = open_round(&[("method", "wall count")]); voting::count(&mut it, "KP", &[("1.1", 9), ("2.2", 7), ("1.2", 7)]);
        let closed = folkmoot::model::round::close(&it, the_round(&it), &voting::author()).unwrap(); it.apply(&closed); it }, "3r";
    tally: sorted(), "3r";
    tally_one_dot: sorted(), "3ro-";
    tally_end: sorted(), "3rG";
    turnout: voting::after_ballots(&[]), "3w";
    themes: sorted(), "3m";
    themes_marked: sorted(), "3mjjjjj<space>s";
    themes_pane: sorted(), "3m<tab>j";
    initials_prompt: sorted(), "3ri";
}

#[test]
fn nothing_is_coloured_without_colours_and_the_cursor_is_on_the_screen() {
    use ratatui::style::Color;
    for keys in ["3", "3r", "3rG", "3w", "3m", "3m<tab>", "3mn", "3ri"] {
        let mut harness = at(&sorted());
        harness.press(keys);
        for (columns, rows) in [(80, 24), (40, 12), (120, 40), (30, 8)] {
            harness.size(columns, rows);
            for theme in [FINE, MONO, ASCII, PLAIN] {
                let (buffer, cursor) = harness.buffer(theme);
                let is_coloured = buffer.content.iter().any(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset);
                assert!(!is_coloured || theme.colour, "{keys}");
                let cursor = cursor.unwrap_or_else(|| panic!("no cursor: {keys} at {columns}x{rows}"));
                assert!(cursor.x < columns && cursor.y < rows, "{keys}: {cursor}");
            }
        }
    }
}
