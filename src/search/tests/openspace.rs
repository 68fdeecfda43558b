//! Topics and recommendations are found as services are: by the beginning of a word, with a mistake in it, abbreviated, by
//! first letters, and by the number on the wall.

use super::*;
use crate::model::{Event, Recommendation, Topic};

/// What is said on the wall: title or text of topic and recommendation by number.
fn wall() -> Harness {
    let mut harness = Harness::new();
    let convener = harness.put('P', |id| Person {
        id,
        name: "Ruth Shearn".into(),
        initials: Some("RS".into()),
        ..Person::default()
    });
    let event = harness.put('E', |id| Event { id, name: "Verwood".into(), ..Event::default() });
    for (number, title) in (1..).zip(["Mapping services", "Housing after prison", "Mentoring and peer support"]) {
        let topic = harness.put('T', |id| Topic {
            id,
            title: title.into(),
            number: Some(number * 8 + 1),
            event: Some(Ref::record(event)),
            conveners: vec![Ref::record(convener)],
            discussion: Text::some("The Bournemouth Council for Voluntary Service keeps a list."),
            ..Topic::default()
        });
        for (number, text) in (1..).zip(["Share one database", "Train volunteers together", "Meet every quarter"]) {
            harness.put('R', |id| Recommendation {
                id,
                text: text.into(),
                number: Some(number),
                topic: Some(Ref::record(topic)),
                ..Recommendation::default()
            });
        }
    }
    harness
}

fn find(harness: &Harness, kind: Kind, text: &str) -> Vec<String> {
    let (found, _) = harness.found_among(text, &harness.index_of(&[kind]));
    assert!(!found.partial, "{text} finds only in part");
    harness.titles(&found)
}

#[test]
fn topics_are_found_as_services_are() {
    let harness = wall();
    for text in ["17", "housing", "hous", "housnig", "hsng", "prison housing", "housing rs", "'housing !mapping"] {
        assert_eq!(find(&harness, Kind::Topic, text)[0], "17 Housing after prison", "{text}");
    }
    for text in ["shearn", "shaern", "ruth", "verwood bournemouth", "list"] {
        let count = if text.starts_with("verwood") { 0 } else { 3 };
        let (found, _) = harness.found_among(text, &harness.index_of(&[Kind::Topic]));
        assert_eq!(if found.partial { 0 } else { found.hits.len() }, count, "{text}");
    }
}

#[test]
fn recommendations_are_found_as_services_are() {
    let harness = wall();
    for text in ["17.2", "17.2 ", "17.2 train", "train housing", "vol hous", "volnteers housing", "vlntrs hsng"] {
        assert_eq!(find(&harness, Kind::Recommendation, text)[0], "17.2 Train volunteers together", "{text}");
    }
    assert_eq!(find(&harness, Kind::Recommendation, "17.2"), ["17.2 Train volunteers together"], "and no other");
    assert_eq!(find(&harness, Kind::Recommendation, "17").len(), 3, "all of topic 17");
    assert_eq!(find(&harness, Kind::Recommendation, "17.").len(), 3, "while it is being typed");
}

/// A number that a topic gets later is known at once.
#[test]
fn a_topic_that_is_numbered_anew_takes_its_recommendations_along() {
    let mut harness = wall();
    let mut index = harness.index_of(&[Kind::Recommendation]);
    let topic = harness.workspace.topics.iter().find(|topic| topic.number == Some(17)).unwrap().clone();
    let id = topic.id;
    let renumbered = Topic { number: Some(5), ..Topic::clone(&topic) };
    harness.workspace.place(id, Some(renumbered.into()));
    index.update(&harness.workspace, &atlas(), &[id]);
    let found = harness.found_among("5.2", &index).0;
    assert_eq!(harness.titles(&found), ["5.2 Train volunteers together"]);
    let found = harness.found_among("17.2", &index).0;
    assert!(found.hits.is_empty() || found.partial, "{found:?}");
}
