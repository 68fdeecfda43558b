//! The Open Space event of the sample: what is of the day, and what was written for it, is as it should be.

use std::collections::BTreeMap;
use std::sync::Arc;

use folkmoot::model::ballot::{Ballot, check_votes};
use folkmoot::model::recommendation::{Answer, Recommendation};
use folkmoot::model::record::Rules;
use folkmoot::model::roll_up::by_theme;
use folkmoot::model::round::{Round, RoundState, options_for};
use folkmoot::model::tally::{Tally, tally};
use folkmoot::model::topic::{Topic, TopicState};
use folkmoot::model::turnout::not_voted;
use folkmoot::model::{
    Audience, Author, Event, Id, Kind, Person, Ref, Text, Theme, Timestamp, Workspace, change, event,
};

use super::{read, sample};

fn the_event(workspace: &Workspace) -> &Event {
    assert_eq!(workspace.events.len(), 1, "it opens by itself as long as it is the only one");
    event::latest(workspace).unwrap()
}

fn author() -> Author {
    Author { by: "KP".into(), at: Timestamp::from_seconds(1_000), today: super::today() }
}

fn names(people: &[Ref<Person>], workspace: &Workspace) -> Vec<String> {
    people.iter().map(|person| person.name(workspace).into_owned()).collect()
}

#[test]
fn the_steering_group_is_that_of_2010() {
    let workspace = sample();
    let mut roles = Vec::new();
    for person in the_event(&workspace).steering_group.iter().map(|person| person.get(&workspace).unwrap()) {
        for role in &person.roles {
            let title = role.title.as_deref().unwrap_or_default();
            roles.push(format!("{}: {title}, {}", person.name, role.organisation.name(&workspace)));
        }
    }
    roles.sort();
    assert_eq!(
        roles,
        [
            "Chris Beale: Chief Executive, Poole CVS",
            "Katy Pascoe: Partnership Development Officer, Dorset Community Action",
            "Katy Pascoe: Partnership Officer, Dorset Community Action",
            "Laura Thompson: SW VCS Development Officer, Clinks",
            "Michael Psaradelli: Partnership Development Officer, Dorset Probation Trust",
            "Ruth Shearn: Communications Officer, Bournemouth CVS",
            "Ruth Shearn: Communications Officer, Poole CVS",
            "Sarah Woolcock: Partnership Development Officer, Dorset Probation Trust",
            "Vivienne Aird: Chief Executive, Bournemouth CVS",
        ]
    );
    let itself = workspace.itself().unwrap();
    assert!(itself.sample && itself.map.as_deref() == Some("dorset"));
}

#[test]
fn what_is_known_of_the_day_is_what_was_published() {
    let workspace = sample();
    let event = the_event(&workspace);
    assert_eq!(&*event.name, "Improving Partnership in the Criminal Justice System across Dorset");
    let question = "How can we make Dorset safer? What is and what isn't working – and what can we do about it?";
    assert_eq!(event.question.as_deref(), Some(question));
    assert_eq!(event.date.map(|date| date.to_string()).as_deref(), Some("2010-06-08"));
    assert_eq!(event.venue.as_deref(), Some("The Hub, Verwood"));
    assert_eq!(workspace.topics.len(), 28);
    let mut priorities = Vec::new();
    for theme in workspace.themes.iter().filter(|theme: &&Arc<Theme>| theme.priority_since.is_some()) {
        assert!(theme.decided_by == event.steering_group && theme.reason.is_some(), "{}", theme.name);
        priorities.push(&*theme.name);
    }
    priorities.sort_unstable();
    assert_eq!(
        priorities,
        [
            "A voluntary sector consortium to bid for this work",
            "Mapping services, databases, information sharing and a pan-Dorset network",
            "Mentoring and peer support services",
            "Positive images and sharing of good practice",
        ]
    );
}

#[test]
fn what_was_written_for_the_sample_says_so() {
    let workspace = sample();
    let summary = the_event(&workspace).summary.as_deref().unwrap();
    assert!(summary.contains("illustrative") && summary.contains("written for this sample"), "{summary}");
    for file in
        ["events", "topics", "themes", "recommendations", "rounds", "ballots", "people", "actions", "told", "stories"]
    {
        let text = read(&format!("sample/{file}.ron"));
        let comment = text.lines().next().unwrap();
        assert!(comment.starts_with("// ") && comment.to_lowercase().contains("illustrative"), "{file}: {comment}");
    }
    let real = names(&the_event(&workspace).steering_group, &workspace);
    for person in workspace.people.iter() {
        assert_eq!((&person.email, &person.phone), (&None, &None), "nothing private of {}", person.name);
        let says_so = person.notes.as_deref() == Some("Illustrative: invented for the sample, not a real person.");
        assert!(says_so != real.contains(&person.name.to_string()), "{}", person.name);
    }
}

/// What the real members of the steering group said, voted or offered on the day is not known; the sample puts no word
/// into their mouths.
#[test]
fn nothing_invented_is_said_by_a_real_person() {
    let workspace = sample();
    let real: Vec<Id> = the_event(&workspace).steering_group.iter().filter_map(Ref::id).collect();
    for kind in [Kind::Topic, Kind::Recommendation, Kind::Ballot, Kind::Action, Kind::Story, Kind::Told] {
        for record in workspace.all(kind) {
            record.each_reference(&mut |field, to| {
                assert!(!real.contains(&to), "{}: {} names {to}", record.id(), field.name);
            });
        }
    }
}

#[test]
fn fifty_delegates_came_from_both_sides_of_the_table() {
    let workspace = sample();
    let event = the_event(&workspace);
    assert_eq!(event.delegates.len(), 50);
    let sides = |word: &str| {
        let sits = |person: &Ref<Person>| {
            let roles = person.get(&workspace).unwrap().roles.iter();
            roles
                .filter_map(|role| role.organisation.get(&workspace))
                .any(|one| format!("{:?}", one.sector).contains(word))
        };
        event.delegates.iter().filter(|person| sits(person)).count()
    };
    assert_eq!((sides("Voluntary"), sides("Statutory"), sides("Private")), (28, 20, 2));
    let mut initials: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for person in workspace.people.iter() {
        initials.entry(person.initials.as_deref().unwrap()).or_default().push(&person.name);
    }
    initials.retain(|_, names| names.len() > 1);
    assert_eq!(initials.into_iter().collect::<Vec<_>>(), [("SW", vec!["Sorrel Wren", "Sarah Woolcock"])]);
}

/// Two who share initials can still be written about; nobody else takes the same.
#[test]
fn initials_that_clash_bar_no_other_change() {
    let workspace = sample();
    let named = |name: &str| workspace.people.iter().find(|person: &&Arc<Person>| &*person.name == name).unwrap();
    let put = |person: Person| change::put(&workspace, person.into(), &author());
    let sarah = named("Sarah Woolcock").as_ref().clone();
    assert!(put(Person { notes: Text::some("Fridays."), ..sarah.clone() }).is_ok());
    let refused = put(Person { initials: Text::some("KP"), ..sarah }).unwrap_err();
    assert!(refused.0.contains("already signs for Katy Pascoe"), "{refused}");
    let refused = put(Person { initials: Text::some("sw"), ..named("Katy Pascoe").as_ref().clone() }).unwrap_err();
    assert!(refused.0.contains("already signs for"), "{refused}");
}

#[test]
fn the_wall_holds_every_state_a_topic_can_be_in() {
    let workspace = sample();
    let event = the_event(&workspace);
    let topics: Vec<&Topic> = workspace.topics.iter().map(AsRef::as_ref).collect();
    let mut numbers: Vec<_> = topics.iter().filter_map(|topic| topic.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=28).collect::<Vec<u16>>());
    let of = |state: TopicState| topics.iter().filter(|topic| topic.state == state).count();
    let states = [TopicState::Reported, TopicState::Run, TopicState::Cancelled, TopicState::Combined].map(of);
    assert_eq!(states, [22, 3, 1, 2]);
    assert_eq!((event.slots.iter().filter(|slot| !slot.is_break).count(), event.spaces.len()), (5, 7));
    assert!(event.slots.iter().any(|slot| slot.is_break) && event.spaces.iter().all(|space| space.seats.is_some()));
    let refused: Vec<_> = topics.iter().filter_map(|topic| topic.check_among(&workspace).err()).collect();
    assert_eq!(refused, [], "every place is on the wall and holds one topic");
    assert_eq!(topics.iter().filter(|topic| topic.is_missing_notes(&workspace)).count(), 3, "somebody is chased");
    for topic in topics.iter().filter(|topic| topic.state == TopicState::Reported) {
        assert!(topic.note_taker.is_some() && topic.participants.len() > 3, "{}", topic.title);
        assert!(topic.discussion.as_ref().is_some_and(|text| text.chars().count() > 150), "{}", topic.title);
    }
    let warned: Vec<String> = topics.iter().flat_map(|topic| topic.warnings(&workspace)).collect();
    assert_eq!(
        warned,
        ["13 people want to come, and Stage seats 12", "19 people want to come, and Cafe seats 16"],
        "two groups outgrew their rooms"
    );
}

#[test]
fn the_recommendations_are_numbered_and_most_are_answered() {
    let workspace = sample();
    let event = Ref::record(the_event(&workspace).id);
    let options = options_for(&workspace, Some(&event));
    assert_eq!((options.len(), workspace.recommendations.len()), (71, 71));
    assert!(options.iter().any(|one| one.label(&workspace).as_deref() == Some("17.2")));
    let beside = options.iter().filter(|one| !one.initials.is_empty()).count();
    assert!(beside > 30 && beside < 60, "initials stand beside {beside}");
    let unresolved = |one: &&&Recommendation| one.initials.iter().any(|one| one.who.id().is_none());
    assert_eq!(options.iter().filter(unresolved).count(), 2, "SW could be two people, and nobody guessed");
    for answer in
        [Some(Answer::Chosen), Some(Answer::OpenToAnyone), Some(Answer::TakenElsewhere), Some(Answer::NotNow), None]
    {
        assert!(options.iter().filter(|one| one.answer == answer).count() > 3, "{answer:?}");
    }
    let taken = options.iter().filter(|one| one.answer == Some(Answer::TakenElsewhere));
    assert!(taken.clone().all(|one| one.contact.is_some() && one.reason.is_some()), "by whom, and what came of it");
    let open_theme = workspace.themes.iter().find(|theme: &&Arc<Theme>| theme.priority_since.is_none()).unwrap();
    let in_it = options.iter().filter(|one| one.theme == Some(Ref::record(open_theme.id)));
    assert!(in_it.clone().count() > 3 && in_it.clone().all(|one| one.answer != Some(Answer::Chosen)));
}

fn counted(workspace: &Workspace) -> (&Round, Tally) {
    let round = workspace.rounds.iter().next().unwrap();
    (round, tally(workspace, round, Audience::Colleagues, false).unwrap())
}

#[test]
fn the_vote_is_finished_and_keeps_to_its_rules() {
    let workspace = sample();
    let (round, tally) = counted(&workspace);
    assert_eq!((round.state, round.certified_by.as_deref()), (RoundState::Certified, Some("KP")));
    assert_eq!((tally.totals.eligible, tally.totals.ballots, tally.totals.blank), (Some(50), Some(46), Some(3)));
    assert!(tally.totals.issued.unwrap() > tally.totals.dots + 3 * 8, "some put down fewer dots than they had");
    assert_eq!((tally.invalid.len(), not_voted(&workspace, round).len()), (0, 4));
    for ballot in workspace.ballots.iter() {
        assert_eq!(check_votes(round, &ballot.votes.0, &workspace), Ok(()));
    }
    let total: u64 = by_theme(&workspace, &tally).values().map(|row| row.dots).sum();
    assert_eq!(total, tally.totals.dots);
}

#[test]
fn the_tally_shows_ties_and_a_band() {
    let workspace = sample();
    let (_, tally) = counted(&workspace);
    let first: Vec<_> = tally.items[..4].iter().map(|item| (item.rank, item.is_tied)).collect();
    assert_eq!(first, [(1, false), (2, true), (2, true), (4, false)], "1, 2=, 2=, 4");
    assert!(tally.items[3].band.is_some() && tally.items[3].band == tally.items[4].band);
    assert!(tally.items.iter().all(|item| item.voluntary.is_some() && item.statutory.is_some()));
}

/// A ballot lies where voting would put it, so that who votes again replaces it.
#[test]
fn a_ballot_has_the_id_that_follows_from_its_voter() {
    use folkmoot::model::SplitMix64;
    use folkmoot::model::ballot::{Origin, Voter, vote};
    let mut workspace = sample();
    let mut round = counted(&workspace).0.clone();
    round.state = RoundState::Open;
    workspace.place(round.id, Some(round.clone().into()));
    let author = author();
    for ballot in workspace.ballots.iter() {
        let ballot: &Ballot = ballot;
        let voter = Voter::Person(ballot.person.as_ref().and_then(Ref::id).unwrap());
        let again = vote(&workspace, round.id, &voter, Vec::new(), Origin::Typed, &author, &mut SplitMix64::new(1));
        assert_eq!(again.unwrap().edits[0].id(), ballot.id);
    }
}
