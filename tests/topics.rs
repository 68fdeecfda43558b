//! The topics screen by its keys: an event is made, topics are posted, placed, moved, combined and cancelled, groups write
//! down what they found; and a wall of any size stays readable.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use folkmoot::app::topics::{Place, View};
use folkmoot::model::topic::{Topic, TopicState};
use folkmoot::model::{Change, Edit, Event, Id, Kind, ParseContext, Ref, change};
use harness::{ASCII, FINE, Harness, MONO, PLAIN};
use proptest::prelude::*;

/// Katy at a workspace of her own with four people and an event with two slots, a break and two spaces, made by keys.
fn wall() -> Harness {
    let mut harness = Harness::empty();
    harness.press("6nKaty Pascoe<enter>Ruth Shearn<ctrl-s>"); // whoever makes the first change is asked who they are
    for name in ["Sam Wills", "Tom Hart"] {
        harness.press("n").press(name).press("<ctrl-s>");
    }
    harness.press("2NVerwood");
    harness.field("question").press("How do we work together?");
    harness.field("date").press("8 jun 2027");
    harness
        .field("slots")
        .press("A<tab>10:00<tab>11:00<enter><enter>Lunch<tab>12:00<tab>13:00<tab>yes<enter>B<tab>13:00");
    harness.field("spaces").press("Hall<tab>30<enter>Room<tab>4<ctrl-s>");
    assert_eq!(harness.said(), "Verwood added", "{}", harness.screen());
    harness
}

/// The same with three topics posted by Katy, Ruth, and both.
fn posted() -> Harness {
    let mut harness = wall();
    for (title, conveners) in [("Mapping services", "KP"), ("Mentoring", "RS"), ("Sharing what works", "KP, RS")] {
        harness.press("n").press(title).press("<tab>").press(conveners).press("<ctrl-s>");
        assert!(harness.said().contains("added"), "{}", harness.screen());
    }
    harness
}

fn topic(harness: &Harness, number: u16) -> Topic {
    let saved = harness.saved();
    Topic::clone(saved.topics.iter().find(|topic| topic.number == Some(number)).unwrap())
}

fn place_of(harness: &Harness, number: u16) -> String {
    let topic = topic(harness, number);
    format!("{} {}", topic.slot.as_deref().unwrap_or("-"), topic.space.as_deref().unwrap_or("-"))
}

/// The cursor on the first cell.
fn home(harness: &mut Harness) -> &mut Harness {
    harness.press("<esc><home><left><left><left><left>")
}

#[test]
fn an_empty_workspace_says_what_belongs_here_and_which_key_makes_it() {
    let mut harness = Harness::empty();
    harness.press("2");
    assert!(harness.screen().contains("No event yet. Press N to make one"), "{}", harness.screen());
    harness.press("n");
    assert_eq!(harness.said(), "a topic belongs to an event: N makes one");
}

#[test]
fn topics_are_posted_and_placed_by_number_or_as_they_wait() {
    let mut harness = posted();
    let screen = home(&mut harness).screen();
    assert!(screen.contains("3 posted · 3 to place"), "{screen}");
    assert!(screen.contains("to place: 1 Mapping services (KP)"), "{screen}");
    home(&mut harness).press("<space>3<enter>");
    assert_eq!(harness.said(), "Topic 3 placed in Hall, A");
    harness.press("<space><enter>");
    assert_eq!(place_of(&harness, 1), "A Room", "enter alone takes the one that waits longest");
    assert!(harness.said().contains("Katy Pascoe also convenes 3 Sharing what works in A"), "{}", harness.said());
    harness.press("u<space>ment<enter>");
    assert_eq!((place_of(&harness, 1), place_of(&harness, 2)), ("- -".to_owned(), "B Hall".to_owned()));
    home(&mut harness).press("<space><down><right><space>");
    assert_eq!(place_of(&harness, 3), "B Room", "moved over the break");
}

#[test]
fn a_topic_in_hand_changes_places_or_is_taken_off_the_wall_or_let_go() {
    let mut harness = posted();
    home(&mut harness).press("<space>1<enter><space>2<enter>");
    home(&mut harness).press("<space>");
    assert!(harness.screen().contains("put it here"), "{}", harness.screen());
    harness.press("<down>");
    assert!(harness.screen().contains("⇄ 2"), "the other is named before it moves: {}", harness.screen());
    harness.press("<enter>");
    assert_eq!((place_of(&harness, 1), place_of(&harness, 2)), ("A Room".to_owned(), "A Hall".to_owned()));
    assert!(harness.said().ends_with("swapped"), "{}", harness.said());
    harness.press("<space><right><esc>");
    assert_eq!((harness.said(), place_of(&harness, 1)), ("left where it was", "A Room".to_owned()));
    harness.press("<space><down>");
    assert!(harness.screen().contains("off the wall:"), "{}", harness.screen());
    harness.press("<enter>");
    assert_eq!(place_of(&harness, 1), "- -");
    harness.press("uu");
    assert_eq!((place_of(&harness, 1), place_of(&harness, 2)), ("A Hall".to_owned(), "A Room".to_owned()));
}

#[test]
fn combining_keeps_both_and_says_where_one_went() {
    let mut harness = posted();
    harness.press("m/mentoring<enter>C");
    harness.press("mentoring<enter>");
    assert!(harness.screen().contains("combine two topics that are both on the wall"), "{}", harness.screen());
    harness.press("<ctrl-u>3<enter>");
    let (gone, stays) = (topic(&harness, 2), topic(&harness, 3));
    assert_eq!((gone.state, gone.combined_into.as_ref().and_then(Ref::id)), (TopicState::Combined, Some(stays.id)));
    assert_eq!(stays.conveners.len(), 2, "whoever convened it convenes it now, each once");
    harness.press("<esc><esc>");
    assert!(harness.screen().contains("3 posted"), "{}", harness.screen());
    assert!(harness.screen().contains("1 combined"), "{}", harness.screen());
}

#[test]
fn what_was_cancelled_still_counts_and_gives_its_cell_up() {
    let mut harness = posted();
    home(&mut harness).press("<space>1<enter>");
    home(&mut harness).press("x");
    assert_eq!(harness.said(), "1 Mapping services cancelled");
    assert!(harness.screen().contains("3 posted · 2 to place · 1 cancelled"), "{}", harness.screen());
    harness.press("<space>2<enter>");
    assert_eq!(harness.said(), "Topic 2 placed in Hall, A");
}

#[test]
fn a_group_writes_down_who_was_there_and_what_it_recommends() {
    let mut harness = posted();
    home(&mut harness).press("<space>1<enter>");
    home(&mut harness).press("JRS, Sam Wills<enter>");
    assert_eq!(harness.said(), "Ruth Shearn and Sam Wills in the group of 1 Mapping services");
    harness.press("rJTH, RS<enter>");
    let people: Vec<bool> = topic(&harness, 1).participants.iter().map(|one| one.is_late).collect();
    assert_eq!(people, [false, false, true], "whoever joins a group that met came later; nobody stands there twice");
    harness.press("mmm");
    assert!(harness.screen().contains("Whose notes are missing"), "{}", harness.screen());
    assert!(harness.screen().contains("A Hall            1 Mapping services"), "{}", harness.screen());
    harness.press("aOne directory<enter>A keeper for each entry<enter><enter>");
    let saved = harness.saved();
    let mut labels: Vec<_> = saved.recommendations.iter().map(|one| one.label(&saved).unwrap()).collect();
    labels.sort();
    assert_eq!(labels, ["1.1", "1.2"]);
    assert!(harness.screen().contains("Every group that met has written something down"), "{}", harness.screen());
}

#[test]
fn similar_titles_are_pointed_out_when_a_topic_is_posted() {
    let mut harness = posted();
    harness.press("nMapping of services<tab>TH<ctrl-s>");
    let said = "4 Mapping of services added; 1 Mapping services is similar: two like it split the vote";
    assert_eq!(harness.said(), said);
}

#[test]
fn initials_that_could_mean_two_are_asked_about_and_words_nobody_knows_stay() {
    let mut harness = wall();
    harness.colleague(|workspace, _| {
        let mut twin = folkmoot::model::Person::default();
        (twin.id, twin.name) = ("P-ZZZZ".parse().unwrap(), "Sue Wood".into());
        twin.initials = Some("SW".into()); // as an import or another host brings it
        let edits = vec![Edit::Add(twin.into())];
        assert!(workspace.people.iter().any(|person| person.initials.as_deref() == Some("SW")));
        Ok(Change { edits, sentence: "imported".to_owned() })
    });
    harness.press("nHousing<tab>SW<ctrl-s>");
    assert!(harness.screen().contains("two people are called so: write"), "{}", harness.screen());
    assert!(harness.screen().contains("Sue Wood") && harness.screen().contains("Sam Wills"), "{}", harness.screen());
    harness.press("<ctrl-u>Somebody from Poole<ctrl-s>");
    assert_eq!(topic(&harness, 1).conveners[0].id(), None, "kept as written");
    assert!(harness.screen().contains("(Somebody from Poole)"), "{}", harness.screen());
}

#[test]
fn two_people_who_fill_one_cell_at_once_are_both_seen() {
    let mut harness = posted();
    home(&mut harness);
    let [one, two] = [1, 2].map(|number| topic(&harness, number).id);
    harness.colleague_unseen(|workspace, author| folkmoot::model::topic::place(workspace, two, "A", "Hall", author));
    harness.press("<space>1<enter>");
    harness.reload();
    home(&mut harness);
    let screen = harness.screen();
    assert!(screen.contains("!1 Mapping") && screen.contains("+1"), "{screen}");
    assert!(screen.contains("2 Mentoring stands in the same cell: move one of them"), "{screen}");
    assert_eq!(harness.app.screens.topics.wall.at(folkmoot::model::agenda::Cell::default()), [one, two]);
    harness.press("<space><down><enter>");
    assert_eq!((place_of(&harness, 1), place_of(&harness, 2)), ("A Room".to_owned(), "A Hall".to_owned()));
}

#[test]
fn the_wall_for_a_projector_has_no_keys_and_follows_what_others_do() {
    let mut harness = posted();
    harness.press("P");
    let (_, cursor) = harness.buffer(FINE);
    assert_eq!(cursor, None);
    let screen = harness.screen();
    assert!(screen.starts_with("How do we work together?") && !screen.contains("help"), "{screen}");
    let one = topic(&harness, 1).id;
    harness.colleague(|workspace, author| folkmoot::model::topic::place(workspace, one, "B", "Room", author));
    assert!(harness.screen().contains("3 posted · 2 to place"), "{}", harness.screen());
    harness.press("<esc>");
    assert!(harness.screen().contains("help"), "{}", harness.screen());
}

#[test]
fn each_event_has_its_own_wall_and_the_last_one_opens() {
    let mut harness = posted();
    harness.press("NPoole<ctrl-s>");
    harness.press("QQ<esc>"); // Poole has no day: it is not the last one
    assert!(harness.screen().contains("How do we work together?"), "{}", harness.screen());
    harness.press("]");
    assert_eq!(harness.said(), "Poole");
    assert!(harness.screen().contains("has no slots or no spaces yet"), "{}", harness.screen());
    harness.press("nHousing<ctrl-s>");
    assert_eq!(topic(&harness, 1).title.as_str(), "Mapping services");
    let saved = harness.saved();
    let housing = saved.topics.iter().find(|topic| topic.title.as_str() == "Housing").unwrap();
    assert_eq!(housing.event.as_ref().unwrap().name(&saved), "Poole");
    assert_eq!(housing.number, Some(1), "numbers begin anew");
}

/// A wall of so many slots and spaces with so many topics, of which every tenth stands nowhere; long titles, some
/// topics without conveners.
fn large(slots: usize, spaces: usize, topics: usize) -> Harness {
    let mut harness = Harness::sample();
    harness.colleague(|workspace, author| {
        let lines = |count: usize, name: &str, rest: &str| {
            (1..=count).map(|at| format!("{name}{at}{rest}")).collect::<Vec<_>>().join("\n")
        };
        let mut event = Kind::Event.blank("E-ZZZZ".parse().unwrap());
        let context = ParseContext { workspace, today: author.today };
        for (field, typed) in [
            ("name", "A large one".to_owned()),
            ("date", "1 jan 2090".to_owned()),
            ("slots", lines(slots, "Slot ", " | 10:00") + "\nBreak | | | yes"),
            ("spaces", lines(spaces, "A room with a long name ", " | 3")),
        ] {
            event.set_field(field, &typed, context).unwrap();
        }
        let mut change = change::put(workspace, event, author)?;
        let event = Ref::<Event>::record("E-ZZZZ".parse().unwrap());
        for at in 0..topics {
            let number = u32::try_from(at).unwrap() + 1;
            let (slot, space) = (at % slots + 1, at / slots % spaces + 1);
            let is_placed = at % 10 != 9 && at < slots * spaces;
            let title = if at % 7 == 0 { "Housing ".repeat(38) } else { format!("What we do about {at}") };
            let topic = Topic {
                id: Id::from_number('T', 1_000_000 + number, 4),
                title: title.as_str().into(),
                event: Some(event.clone()),
                number: u16::try_from(number).ok(),
                slot: is_placed.then(|| format!("Slot {slot}").as_str().into()),
                space: is_placed.then(|| format!("A room with a long name {space}").as_str().into()),
                interested: Some(9),
                ..Topic::default()
            };
            change.edits.push(Edit::Add(topic.into()));
        }
        Ok(change)
    });
    harness
}

#[test]
fn a_wall_of_two_hundred_topics_is_readable_wherever_the_cursor_stands() {
    let mut harness = large(12, 30, 200);
    harness.press("2");
    for size in [(80, 24), (40, 12), (200, 60), (30, 8)] {
        harness.size(size.0, size.1);
        home(&mut harness);
        for _ in 0..30 {
            for theme in [FINE, MONO, ASCII, PLAIN] {
                let (_, cursor) = harness.buffer(theme);
                let cursor = cursor.unwrap_or_else(|| panic!("no cursor: {}", harness.screen()));
                assert!(cursor.x < size.0 && cursor.y < size.1);
            }
            harness.press("<right><down>");
        }
        assert!(harness.screen().contains("200 posted"), "{}", harness.screen());
    }
    harness.size(80, 24);
    home(&mut harness).press("<right><down><down>");
    let screen = harness.screen();
    assert!(screen.contains("Slot 2 10:00") && screen.contains("9 interested"), "{screen}");
    assert!(screen.contains("9 people want to come, and A room with a long name 3 seats 3"), "{screen}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is pressed on the wall: a cell holds one topic, nothing that was posted is gone, the cursor is on the
    /// screen or nothing is selected.
    #[test]
    fn whatever_is_pressed_on_the_wall_nothing_is_lost(
        presses in proptest::collection::vec(0..14_usize, 1..60), columns in 30..130_u16, rows in 8..50_u16,
    ) {
        let keys = ["<left>", "<right>", "<up>", "<down>", "<space>", "<enter>", "<esc>", "p", "x", "r", "u", "m", "<space><enter>", "P"];
        let mut harness = posted().restarted(); // so that what was posted cannot be undone
        harness.press("2");
        harness.size(columns, rows);
        home(&mut harness);
        for press in presses {
            harness.press(keys[press]);
            let (_, cursor) = harness.buffer(FINE);
            prop_assert!(cursor.is_none_or(|at| at.x < columns && at.y < rows));
        }
        let saved = harness.saved();
        prop_assert_eq!(saved.topics.len(), 3);
        let mut cells: Vec<_> = saved
            .topics
            .iter()
            .filter(|topic| topic.is_on_the_wall())
            .filter_map(|topic| Some((topic.slot.clone()?, topic.space.clone()?)))
            .collect();
        let all = cells.len();
        cells.sort();
        cells.dedup();
        prop_assert_eq!(cells.len(), all, "two topics in a cell");
        let state = &harness.app.screens.topics;
        prop_assert!(state.carried.is_none() || state.view == View::Wall);
        prop_assert!(!matches!(state.place, Place::Cell(cell) if state.wall.slots[cell.slot].is_break));
    }
}

#[test]
fn an_organisation_that_is_added_later_is_linked_when_its_person_is_saved_again() {
    let mut harness = Harness::sample();
    harness.press("6nZoe Quarry");
    harness.field("roles").press("Officer<tab>The Quarry Trust<ctrl-s>");
    let said =
        "Zoe Quarry added; The Quarry Trust is not among the organisations here: add it (o), then save this again";
    assert_eq!(harness.said(), said);
    harness.press("oThe Quarry Trust<ctrl-s>/zoe quarry<enter>e<ctrl-s>");
    let saved = harness.saved();
    let zoe = saved.people.iter().find(|person| person.name.as_str() == "Zoe Quarry").unwrap();
    assert!(zoe.roles[0].organisation.id().is_some(), "{}: {:?}", harness.said(), zoe.roles);
}

#[test]
fn notes_are_seen_on_the_wall_and_not_what_is_wrong_on_the_projector() {
    let mut harness = posted();
    home(&mut harness).press("<space>1<enter><space>3<enter>");
    home(&mut harness).press("aDraw one map<enter><enter>");
    assert!(harness.screen().contains("!1✓ Mapping"), "{}", harness.screen());
    harness.press("P");
    assert!(harness.screen().contains("1✓ Mapping") && !harness.screen().contains('!'), "{}", harness.screen());
}
