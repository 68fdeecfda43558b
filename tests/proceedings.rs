//! What was typed of an event elsewhere: topics and ballots from a spreadsheet, proceedings from a text editor. Nothing is
//! lost, nothing comes in twice, nobody is guessed, and what cannot be read is said in a sentence.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

use std::collections::BTreeSet;
use std::path::Path;

use folkmoot::exchange::detect::{Holding, holding};
use folkmoot::exchange::openspace::{Context, Failure, Outcome, Sort, plan, read_proceedings};
use folkmoot::model::ballot::{Origin, Vote, Voter, vote};
use folkmoot::model::round::{ballots_of, close, open};
use folkmoot::model::tally::{Tally, tally};
use folkmoot::model::topic::TopicState;
use folkmoot::model::{
    Audience, Author, Edit, Event, Id, Kind, ParseContext, Ref, Round, SplitMix64, Timestamp, Topic, Workspace, change,
};
use proptest::prelude::*;

const EVENT: &str = include_str!("fixtures/openspace/event.md");
const TOPICS: &str = include_str!("fixtures/openspace/topics.csv");
const BALLOTS: &str = include_str!("fixtures/openspace/ballots.csv");

fn author() -> Author {
    Author { by: "KP".into(), at: Timestamp::from_seconds(1_000), today: "2026-11-21".parse().unwrap() }
}

fn add(workspace: &mut Workspace, kind: Kind, fields: &[(&str, &str)]) -> Id {
    let id = SplitMix64::new(workspace.count(kind) as u64).new_id(kind.letter(), 0, |id| workspace.get(id).is_some());
    let mut record = kind.blank(id);
    for (field, typed) in fields {
        record.set_field(field, typed, ParseContext { workspace, today: author().today }).unwrap();
    }
    let change = change::put(workspace, record, &author()).unwrap();
    workspace.apply(&change);
    id
}

/// A workspace with four people, of whom two sign with letters that begin alike.
fn people() -> Workspace {
    let mut workspace = Workspace::default();
    for (name, initials) in [("Katy Pascoe", "KP"), ("Ruth Shearn", "RS"), ("Sam Wills", "SW"), ("Sam Wills", "SX")] {
        add(&mut workspace, Kind::Person, &[("name", name), ("initials", initials)]);
    }
    workspace
}

fn imported_as(
    workspace: &mut Workspace,
    sort: Sort,
    text: &str,
    round: Option<Id>,
    seed: u64,
) -> Result<Outcome, Failure> {
    let (feed, originals, author) = (format!("{sort:?}"), workspace.originals.clone(), author());
    let context = Context { workspace, originals: &originals, author: &author, feed: &feed, round, event: None };
    let outcome = plan(sort, text, &context, &mut SplitMix64::new(seed))?;
    workspace.apply(&outcome.change);
    Ok(outcome)
}

fn import(workspace: &mut Workspace, sort: Sort, text: &str) -> Outcome {
    let seed = workspace.originals.len() as u64 + 100;
    imported_as(workspace, sort, text, None, seed).unwrap()
}

fn lines(outcome: &Outcome) -> Vec<String> {
    outcome.notices.iter().map(ToString::to_string).collect()
}

fn topic(workspace: &Workspace, number: u16) -> &Topic {
    workspace.topics.iter().find(|topic| topic.number == Some(number)).unwrap_or_else(|| panic!("no topic {number}"))
}

fn event(workspace: &Workspace) -> &Event {
    workspace.events.iter().next().unwrap()
}

fn recommendations(workspace: &Workspace) -> BTreeSet<String> {
    let all = workspace.recommendations.iter();
    all.map(|one| format!("{} {}", one.label(workspace).unwrap(), one.text)).collect()
}

fn names(people: &[Ref<folkmoot::model::Person>], workspace: &Workspace) -> String {
    people.iter().map(|one| one.name(workspace).into_owned()).collect::<Vec<_>>().join(", ")
}

#[test]
fn proceedings_become_an_event_with_its_topics() {
    let mut workspace = people();
    let outcome = import(&mut workspace, Sort::Proceedings, EVENT);
    let event = event(&workspace);
    assert_eq!((&*event.name, event.venue.as_deref()), ("Example Space in Exampleton", Some("Example Hall")));
    assert_eq!(event.question.as_deref(), Some("How do we work together\nso that nobody is left out?"));
    assert_eq!(event.date, Some("2010-06-08".parse().unwrap()));
    assert_eq!(names(&event.steering_group, &workspace), "Katy Pascoe, Ruth Shearn");
    assert_eq!(event.notes.as_deref(), Some("Sponsored by nobody.\n\n## Closing circle\nEverybody said a word."));
    let housing = topic(&workspace, 17);
    assert_eq!((&*housing.title, housing.state), ("Housing on release", TopicState::Reported));
    assert_eq!(names(&housing.conveners, &workspace), "Katy Pascoe, Ruth Shearn");
    let participants: Vec<_> = housing.participants.iter().map(|one| one.person.clone()).collect();
    assert_eq!(names(&participants, &workspace), "Katy Pascoe, ZZ, Sam Wills", "nobody is guessed");
    assert!(participants[2].id().is_none(), "two are called so: it stays as it was written");
    assert_eq!(
        housing.discussion.as_deref(),
        Some(
            "We talked about deposits.\n\nIt went on for an hour.\n\n- who pays\n- who holds\n\n### Atmosphere\nFriendly."
        )
    );
    assert_eq!(housing.resources.as_deref(), Some("Two lists."));
    assert_eq!(housing.requests.as_deref(), Some("Send us yours."));
    assert_eq!((&*topic(&workspace, 18).title, topic(&workspace, 18).state), ("Mentoring", TopicState::Reported));
    assert_eq!(topic(&workspace, 19).title.as_str(), "Benefits without a number");
    assert_eq!(topic(&workspace, 19).slot.as_deref(), Some("11:15"), "a wall of the slots that are named");
    let expected = [
        "17.1 Open a county deposit scheme",
        "17.2 Map every bed and keep the map up to date",
        "17.3 Meet again in spring",
        "18.1 Train mentors",
        "18.2 Pay their fares",
    ];
    assert_eq!(recommendations(&workspace), expected.map(str::to_owned).into());
    assert_eq!(
        lines(&outcome),
        [
            "not among the people here, kept as text: Nobody Known and ZZ",
            "could be more than one person, kept as text: Sam Wills",
            "line 11: not understood, kept in the notes of the event: Sponsored by nobody.",
            "line 36: not understood, kept in the discussion: ### Atmosphere",
            "line 61: not understood, kept in the notes of the event: ## Closing circle",
            "line 62: not understood, kept in the notes of the event: Everybody said a word.",
        ]
    );
}

/// With Windows line ends, a mark at the beginning, other levels of headings and other bullets it says the same.
#[test]
fn looks_do_not_matter() {
    let mut plain = people();
    import(&mut plain, Sort::Proceedings, EVENT);
    let variants = [
        format!("\u{feff}{}", EVENT.replace('\n', "\r\n")),
        EVENT.replace("\n### ", "\n##### ").replace("\n## ", "\n### ").replace("\n- ", "\n* "),
        EVENT.replace("**", ""),
        EVENT.replace("## 17 Housing", "## Topic 17: Housing").replace("17.2. Map", "- **17.2** Map"),
    ];
    for text in variants {
        let mut other = people();
        import(&mut other, Sort::Proceedings, &text);
        assert_eq!(recommendations(&other), recommendations(&plain), "{text}");
        assert_eq!(topic(&other, 17).conveners, topic(&plain, 17).conveners, "{text}");
        assert_eq!(event(&other).question, event(&plain).question, "{text}");
    }
}

#[test]
fn the_same_file_brings_nothing_twice() {
    for (sort, text) in [(Sort::Proceedings, EVENT), (Sort::Topics, TOPICS)] {
        let mut workspace = people();
        add(&mut workspace, Kind::Event, &[("name", "Example Space in Exampleton")]);
        import(&mut workspace, sort, text);
        let before = workspace.clone();
        let again = import(&mut workspace, sort, text);
        assert_eq!(again.change.edits, [], "{sort:?}: {}", again.change.sentence);
        assert_eq!(workspace, before);
    }
}

#[test]
fn an_edited_file_changes_what_it_changed_and_nothing_else() {
    let mut workspace = people();
    import(&mut workspace, Sort::Proceedings, EVENT);
    let set = |workspace: &mut Workspace, id: Id, field: &str, typed: &str| {
        let mut record = workspace.get(id).unwrap();
        record.set_field(field, typed, ParseContext { workspace, today: author().today }).unwrap();
        let change = change::put(workspace, record, &author()).unwrap();
        workspace.apply(&change);
    };
    let housing = topic(&workspace, 17).id;
    set(&mut workspace, housing, "resources", "Written here.");
    set(&mut workspace, housing, "title", "Housing, put better");
    let edited = EVENT
        .replace("Open a county deposit scheme", "Open a deposit scheme for the county")
        .replace("- Meet again", "- A new one\n- Meet twice")
        .replace("Two lists.", "Three lists.")
        .replace("## 18 Mentoring", "## 18 Mentoring and more")
        .replace("2. Pay their fares\n", "");
    let outcome = import(&mut workspace, Sort::Proceedings, &edited);
    let expected = [
        "17.1 Open a deposit scheme for the county",
        "17.2 Map every bed and keep the map up to date",
        "17.3 A new one",
        "17.4 Meet twice in spring",
        "18.1 Train mentors",
        "18.2 Pay their fares",
    ];
    assert_eq!(recommendations(&workspace), expected.map(str::to_owned).into());
    let housing = topic(&workspace, 17);
    assert_eq!(&*housing.title, "Housing, put better", "what was changed here alone stays");
    assert_eq!(housing.resources.as_deref(), Some("Written here.\n\nThree lists."), "both changed it: both stay");
    assert_eq!(&*topic(&workspace, 18).title, "Mentoring and more");
    assert!(lines(&outcome)[0].starts_with("no longer in the file, and kept here: 18.2 Pay"), "{outcome:?}");
}

#[test]
fn topics_come_from_any_table_that_names_them() {
    let tables = [
        TOPICS,
        "topic;posted by;no\nHousing;KP/ZZ;3\nMentoring;\"RS; KP\";1\nBenefits;;\n",
        "Subject\tInitials\tNumber\nHousing\tKP / ZZ\t3\nMentoring\tRS,KP\t1.0\nBenefits\t\t\n",
    ];
    for table in tables {
        let mut workspace = people();
        add(&mut workspace, Kind::Event, &[("name", "Example Space in Exampleton")]);
        import(&mut workspace, Sort::Topics, table);
        let posted: BTreeSet<String> = workspace
            .topics
            .iter()
            .map(|topic| format!("{} {}: {}", topic.number.unwrap(), topic.title, names(&topic.conveners, &workspace)))
            .collect();
        let expected = ["1 Mentoring: Ruth Shearn, Katy Pascoe", "3 Housing: Katy Pascoe, ZZ", "4 Benefits: "];
        assert_eq!(posted, expected.map(str::to_owned).into(), "{table}");
    }
}

#[test]
fn a_row_that_cannot_be_posted_is_said_and_kept() {
    let mut workspace = people();
    add(&mut workspace, Kind::Event, &[("name", "Exampleton")]);
    let table =
        "number,title,convener,slot,space,colour\n1,Housing,KP,A,Hall,red\n2,Debt,RS,A,Hall,\n,,SW,,,blue\nx,Odd,,,,\n";
    let outcome = import(&mut workspace, Sort::Topics, table);
    assert_eq!(
        lines(&outcome),
        [
            "line 1: the column \"colour\" is left out: topics have no such field",
            "line 3: topic 2 is not placed (A, Hall): Hall, A is taken by topic 1 Housing: swap the two, or choose another cell",
            "line 4: left out: it has no title; the row is kept among the originals",
            "line 5: the number \"x\" is left out: write a whole number from 1",
        ]
    );
    assert_eq!(workspace.topics.len(), 3);
    let kept: Vec<_> = workspace.originals.iter().filter(|one| &*one.name == "rows of topics").collect();
    assert_eq!(kept[0].json.as_str(), r#"{"convener":"SW","colour":"blue"}"#);
}

#[test]
fn what_cannot_be_placed_is_refused_in_a_sentence() {
    let open_round = |workspace: &mut Workspace, name: &str| {
        let id = add(workspace, Kind::Round, &[("name", name), ("dots", "5")]);
        let change = open(workspace, id, &author()).unwrap();
        workspace.apply(&change);
    };
    let mut workspace = people();
    let refused = |workspace: &mut Workspace, sort, text: &str| match imported_as(workspace, sort, text, None, 1) {
        Err(Failure::Refused(refusal)) => refusal.0,
        other => panic!("{text}: {other:?}"),
    };
    let said = refused(&mut workspace, Sort::Topics, TOPICS);
    assert!(said.starts_with("there is no event these topics could belong to"), "{said}");
    let said = refused(&mut workspace, Sort::Topics, "event,title,no\nNowhere,Housing,1\n");
    assert!(said.starts_with("there is no event called Nowhere: make it first"), "{said}");
    let said = refused(&mut workspace, Sort::Proceedings, "Dear all,\nthank you\n");
    assert!(said.starts_with("Proceedings names no event: begin it with a heading"), "{said}");
    let said = refused(&mut workspace, Sort::Ballots, BALLOTS);
    assert_eq!(said, "no round is open for ballots: open one first (moot round open ROUND)");
    import(&mut workspace, Sort::Proceedings, EVENT);
    open_round(&mut workspace, "One");
    open_round(&mut workspace, "Other");
    let said = refused(&mut workspace, Sort::Ballots, BALLOTS);
    assert!(["One", "Other"].iter().all(|name| said.contains(name)) && said.ends_with("(--round ROUND)"), "{said}");
}

/// The event with a round of five dots, at most three on one, and who may vote.
fn voting(anonymous: &str) -> (Workspace, Id) {
    let mut workspace = people();
    import(&mut workspace, Sort::Proceedings, EVENT);
    let rules = [("name", "Dots"), ("dots", "5"), ("cap", "3"), ("eligible", "KP, RS, SW"), ("anonymous", anonymous)];
    let round = add(&mut workspace, Kind::Round, &rules);
    let change = open(&workspace, round, &author()).unwrap();
    workspace.apply(&change);
    (workspace, round)
}

fn closed(workspace: &mut Workspace, id: Id) -> Tally {
    let change = close(workspace, id, &author()).unwrap();
    workspace.apply(&change);
    let round: &Round = workspace.rounds.get(id).unwrap();
    tally(workspace, round, Audience::Colleagues, false).unwrap()
}

fn dots(tally: &Tally) -> Vec<(String, u64)> {
    let items = tally.items.iter().filter(|item| item.dots > 0);
    items.map(|item| (item.number.clone().unwrap(), item.dots)).collect()
}

#[test]
fn ballots_are_cast_by_the_rules_and_once() {
    let (mut workspace, round) = voting("no");
    let outcome = import(&mut workspace, Sort::Ballots, BALLOTS);
    assert_eq!(outcome.change.sentence, "Ballots imported: 4 ballots cast in Dots, 1 blank, 6 not counted");
    let refused: Vec<String> = lines(&outcome);
    assert_eq!(
        refused,
        [
            "line 1: the column \"total\" is left out: it is no number of a recommendation",
            "line 6: not counted: 4 dots on 17.1 Open a county deposit scheme: at most 3 can be put on one",
            "line 7: not counted: KP has another ballot in line 2",
            "line 8: says again what line 2 says",
            "line 9: not counted: nobody here is \"ZZ\"; see `moot list people`",
            "line 10: not counted: Sam Wills is not among those who may vote in Dots",
            "line 11: not counted: \"x\" under 17.1 is no number of dots",
            "line 12: not counted: 9.9 is not on the ballot of Dots",
        ]
    );
    let before = workspace.clone();
    let again = import(&mut workspace, Sort::Ballots, BALLOTS);
    assert_eq!((again.change.edits.len(), lines(&again)), (0, refused), "{}", again.change.sentence);
    assert_eq!(workspace, before);
    let tally = closed(&mut workspace, round);
    assert_eq!(dots(&tally), [("17.1".to_owned(), 6), ("17.2".to_owned(), 4), ("18.1".to_owned(), 1)]);
    assert_eq!((tally.totals.ballots, tally.totals.blank), (Some(4), Some(1)));
    assert_eq!(tally.invalid.len(), 2, "listed by the tally, and not counted: {:?}", tally.invalid);
    let kept = workspace.originals.iter().filter(|one| &*one.name == "rows of ballots");
    assert_eq!(kept.count(), 4, "whatever has no voter to be kept under is kept as a row");
}

#[test]
fn an_edited_table_changes_ballots_and_a_later_one_by_hand_takes_the_place_of_a_wrong_one() {
    let (mut workspace, round) = voting("no");
    import(&mut workspace, Sort::Ballots, "voter,17.1,17.2\nKP,3,\nRS,4,\n");
    let outcome = import(&mut workspace, Sort::Ballots, "voter,17.1,17.2\nKP,,2\nRS,4,\n");
    assert_eq!(lines(&outcome)[0], "line 2: ballot of Katy Pascoe in Dots changed");
    let ruth = workspace.people.iter().find(|one| &*one.name == "Ruth Shearn").unwrap().id;
    let item = workspace.recommendations.iter().find(|one| one.number == Some(2)).unwrap().id;
    let votes = vec![Vote { item: Ref::record(item), dots: Some(1) }];
    let voter = Voter::Person(ruth);
    let cast = vote(&workspace, round, &voter, votes, Origin::Typed, &author(), &mut SplitMix64::new(1)).unwrap();
    workspace.apply(&cast);
    let outcome = import(&mut workspace, Sort::Ballots, "voter,17.1,17.2\nRS,4,\n");
    assert!(lines(&outcome)[0].starts_with("line 2: not counted: 4 dots"), "{outcome:?}");
    assert_eq!(ballots_of(&workspace, round).count(), 2);
    let tally = closed(&mut workspace, round);
    assert_eq!((tally.totals.dots, tally.invalid.len()), (3, 0), "the ballot given by hand stays");
}

#[test]
fn an_anonymous_table_leaves_no_trace_of_who_voted_what() {
    let (mut workspace, round) = voting("yes");
    let outcome = import(&mut workspace, Sort::Ballots, BALLOTS);
    assert_eq!(outcome.change.sentence, "Ballots imported: 3 ballots cast in Dots, 1 blank, 7 not counted");
    let again = import(&mut workspace, Sort::Ballots, BALLOTS);
    assert_eq!(again.change.edits, [], "{:?}", lines(&again));
    assert_eq!((ballots_of(&workspace, round).count(), workspace.receipts.len()), (3, 3));
    for ballot in ballots_of(&workspace, round) {
        assert_eq!((&ballot.person, &ballot.number, ballot.origin), (&None, &None, None));
    }
    let kept: Vec<String> = workspace
        .originals
        .iter()
        .filter(|one| one.record == Some(round))
        .map(|one| format!("{:?} {:?} {}", one.source_id, one.updated, one.json.as_str()))
        .collect();
    assert_eq!(kept.len(), 7);
    for secret in ["KP", "RS", "SW", "ZZ", "SX", "Ruth", "7", "voter"] {
        let is_said = |row: &String| row.replace("\"17.", "").contains(secret);
        assert!(!kept.iter().any(is_said), "{secret}: {kept:?}");
    }
}

/// What stands indented under a heading of docs/formats.md.
fn documented(heading: &str) -> String {
    let page = include_str!("../docs/formats.md");
    let section = page.split("\n## ").find(|section| section.starts_with(heading)).unwrap();
    let lines = section.lines().skip_while(|line| !line.starts_with("    "));
    let block = lines.take_while(|line| line.starts_with("    ") || line.is_empty());
    block.map(|line| line.trim_start_matches("    ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_the_documents_show_can_be_imported() {
    let mut workspace = people();
    add(&mut workspace, Kind::Person, &[("name", "Alex Example"), ("initials", "AE")]);
    let outcome = import(&mut workspace, Sort::Proceedings, &documented("Proceedings"));
    assert_eq!(lines(&outcome), ["not among the people here, kept as text: ZZ"]);
    assert_eq!(
        recommendations(&workspace),
        ["17.1 Draw one map of all rooms", "17.2 Meet again in spring"].map(str::to_owned).into()
    );
    let outcome = import(&mut workspace, Sort::Topics, &documented("Topics"));
    assert_eq!((lines(&outcome), workspace.topics.len()), (Vec::new(), 4));
    add(&mut workspace, Kind::Recommendation, &[("text", "Ask every agency"), ("topic", "1")]);
    let round = add(&mut workspace, Kind::Round, &[("name", "Dots"), ("dots", "5")]);
    let change = open(&workspace, round, &author()).unwrap();
    workspace.apply(&change);
    let outcome = import(&mut workspace, Sort::Ballots, &documented("Ballots"));
    assert_eq!(lines(&outcome), Vec::<String>::new());
    assert_eq!(
        dots(&closed(&mut workspace, round)),
        [("1.1", 6), ("17.1", 4), ("17.2", 3)].map(|(item, dots)| (item.to_owned(), dots))
    );
}

/// While a round is open, rows that were not counted show no more than ballots do.
#[test]
fn what_was_not_counted_is_hidden_with_the_rest() {
    let (mut workspace, round) = voting("no");
    import(&mut workspace, Sort::Ballots, BALLOTS);
    let rows = |workspace: &Workspace| {
        let all = workspace.all(Kind::Original).into_iter();
        let visible = all.map(|one| one.visible_to(Audience::Colleagues, workspace));
        visible.filter(|one| format!("{one:?}").contains("rows of ballots")).collect::<Vec<_>>()
    };
    assert!(rows(&workspace).iter().all(|row| row.is_blank("json")), "{:?}", rows(&workspace));
    closed(&mut workspace, round);
    assert!(rows(&workspace).iter().all(|row| !row.is_blank("json")));
}

#[test]
fn a_file_is_known_by_its_content() {
    let place = tempfile::tempdir().unwrap();
    let told = |name: &str, text: &str| {
        let path = place.path().join(name);
        std::fs::write(&path, text).unwrap();
        match holding(&path).unwrap() {
            Holding::OfEvent(sort, _) => format!("{sort:?}"),
            Holding::Sheet(_) => "Sheet".to_owned(),
            other => format!("{other:?}"),
        }
    };
    for (name, text, expected) in [
        ("wall.csv", TOPICS, "Topics"),
        ("votes.csv", BALLOTS, "Ballots"),
        ("event.md", EVENT, "Proceedings"),
        ("event.txt", EVENT, "Proceedings"),
        ("any.csv", "id,name,organization_id,status\n1,Night Rooms,2,active\n", "Directory"),
        ("services.csv", "id,name,status\n1,Night Rooms,active\n", "Directory"),
        ("services.csv", "id,name,number,title,convener\n1,Night Rooms,2,x,y\n", "Sheet"),
        ("contacts.csv", "id,title,name,number\n1,Manager,A,2\n", "Directory"),
        ("unknown.csv", "name,colour\na,red\n", "Directory"),
        ("page.json", "{\"contents\": []}", "Directory"),
        ("vote.pb", "", "Election"),
        ("vote.txt", "META\nkey;value\nPROJECTS\nproject_id;cost\n", "Election"),
    ] {
        assert_eq!(told(name, text), expected, "{name}");
    }
    assert_eq!(holding(place.path()).unwrap(), Holding::Directory);
    assert_eq!(holding(Path::new("/nowhere/at/all.csv")).unwrap(), Holding::Directory, "reading it says what is wrong");
}

/// Lines as people type them and as they break; for `W` stands a word of their own.
const TEMPLATES: &[&str] = &[
    "# W",
    "## 7 W",
    "## Topic 8: W",
    "### W",
    "Topic 9: W",
    "**W**",
    "W",
    "- W",
    "* W",
    "1. W",
    "3) W",
    "7.1 W",
    "8.2. W",
    "- **9.3** W",
    "Convener: W",
    "**Conveners:** KP, W",
    "Participants: W / KP",
    "- W, RS",
    "Note-taker: W",
    "### Discussion",
    "Discussion: W",
    "### Recommendations",
    "Recommendations: W",
    "Resources: W",
    "### Requests",
    "Date: W",
    "Date: 8 June 2010 W",
    "Venue: W",
    "Slot: W",
    "Space: W",
    "State: W",
    "Question: W",
    "",
    "",
    "---",
    "> W",
    "| W | b |",
    "\tW",
    "  - W",
    "W:",
    "**Recommendations**",
    "7. W",
    "## 7 W again",
    "Event: W",
    "Delegates: W",
    "Interested: W",
    "Interested: 4",
    "## Topics",
    "W\n====",
    "W\n---",
    "#W",
    "## 999 W",
    "## 70000 W",
    "### 7.70000 W",
    "Hosts: W",
    "Notes: W",
    "## W ##",
    "Present: W",
];

/// One of the templates, with a word that stands in no other line.
fn line(at: usize, template: usize) -> String {
    TEMPLATES[template % TEMPLATES.len()].replace('W', &format!("word{at}x"))
}

/// Every word of a text that `line` made.
fn words(text: &str) -> Vec<&str> {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric());
    parts.filter(|part| part.starts_with("word")).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// However proceedings are mangled: every line that is not blank is understood or listed, every word of them is in a
    /// record or said, and a second import changes nothing.
    #[test]
    fn no_line_of_proceedings_is_lost(templates in proptest::collection::vec(0..200_usize, 0..60)) {
        let body: Vec<String> = templates.iter().enumerate().map(|(at, template)| line(at, *template)).collect();
        let text = format!("# Event\n\n{}\n", body.join("\n"));
        let found = read_proceedings(&text);
        let listed: BTreeSet<usize> = found.strange.iter().map(|strange| strange.line).collect();
        prop_assert_eq!(listed.len(), found.strange.len(), "each once");
        let all = text.lines().filter(|line| !line.trim().is_empty()).count();
        prop_assert_eq!(found.understood + found.strange.len(), all, "{}", text);

        let mut workspace = people();
        let outcome = import(&mut workspace, Sort::Proceedings, &text);
        let said = lines(&outcome).join("\n");
        let records: Vec<String> = Kind::ALL.iter().filter(|kind| **kind != Kind::Original)
            .flat_map(|kind| workspace.all(*kind)).map(|record| format!("{record:?}")).collect();
        let records = records.join("\n");
        for word in words(&text) {
            prop_assert!(records.contains(word) || said.contains(word), "{word} is lost\n{text}\n{said}");
        }
        let before = workspace.clone();
        let again = import(&mut workspace, Sort::Proceedings, &text);
        prop_assert_eq!(&again.change.edits, &Vec::<Edit>::new(), "{}\n{:?}", text, again.change.sentence);
        prop_assert_eq!(workspace, before);
    }

    /// However a table of topics is mangled: every word of it is in a record or said or kept as a row, every topic has a
    /// number of its own, and a second import changes nothing.
    #[test]
    fn no_row_of_topics_is_lost(
        rows in proptest::collection::vec(("[0-4]|x|", "KP|RS/ZZ|", "[AB]|", "[AB]|"), 0..20),
        titles in proptest::collection::vec("word[0-9]x|", 20),
        header in "number,title,convener,slot,space|No,Topic,Host,Time,Room|nr,subject,initials,when,colour",
    ) {
        let mut workspace = people();
        add(&mut workspace, Kind::Event, &[("name", "Example Space")]);
        let rows = rows.iter().zip(&titles);
        let body: Vec<String> = rows.map(|((no, who, slot, space), title)| format!("{no},{title},{who},{slot},{space}\n")).collect();
        let text = format!("{header}\n{}", body.concat());
        let outcome = import(&mut workspace, Sort::Topics, &text);
        let listed: BTreeSet<usize> = outcome.notices.iter().map(|notice| notice.line).collect();
        let titled: BTreeSet<&String> = titles.iter().take(body.len()).filter(|title| !title.is_empty()).collect();
        for title in titled {
            prop_assert!(workspace.topics.iter().any(|topic| topic.title.as_str() == title), "{title} is lost\n{text}");
        }
        for (at, row) in body.iter().enumerate() {
            let is_untitled = row.split(',').nth(1) == Some("") && row.trim() != ",,,,";
            prop_assert!(!is_untitled || listed.contains(&(at + 2)), "{}{:?}", text, lines(&outcome));
        }
        let numbers: BTreeSet<_> = workspace.topics.iter().map(|topic| topic.number).collect();
        prop_assert_eq!(numbers.len(), workspace.topics.len(), "{}", text);
        let before = workspace.clone();
        let again = import(&mut workspace, Sort::Topics, &text);
        prop_assert_eq!(&again.change.edits, &Vec::<Edit>::new(), "{}\n{:?}", text, again.made);
        prop_assert_eq!(workspace, before);
    }

    /// However a table of ballots is mangled: every row that is not blank is cast or listed, nobody has two ballots or more
    /// dots than they were given, and a second import casts nothing.
    #[test]
    fn no_row_of_ballots_is_lost(
        rows in proptest::collection::vec(("KP|RS|SW|SX|ZZ|#[1-3]|[1-3]|", "[0-6]|x|", "[0-4]|-1|"), 0..20),
        anonymous in "yes|no",
    ) {
        let (mut workspace, round) = voting(&anonymous);
        let body: Vec<String> = rows.iter().map(|(voter, one, other)| format!("{voter},{one},{other}\n")).collect();
        let text = format!("voter,17.1,18.1\n{}", body.concat());
        let outcome = import(&mut workspace, Sort::Ballots, &text);
        let listed: BTreeSet<usize> = outcome.notices.iter().map(|notice| notice.line).collect();
        let ballots = ballots_of(&workspace, round).count();
        let is_unsaid = |(at, row): &(usize, &String)| row.trim() != ",," && !listed.contains(&(at + 2));
        let unsaid = body.iter().enumerate().filter(is_unsaid).count();
        let before = workspace.clone();
        let again = import(&mut workspace, Sort::Ballots, &text);
        prop_assert_eq!(&again.change.edits, &Vec::<Edit>::new(), "{}\n{:?}", text, lines(&again));
        prop_assert_eq!(&workspace, &before);
        let tally = closed(&mut workspace, round);
        let counted = tally.totals.ballots.unwrap();
        prop_assert_eq!(unsaid, counted as usize, "{}{:?}", text, outcome);
        prop_assert!(tally.totals.dots <= counted * 5 && counted as usize + tally.invalid.len() == ballots);
        if anonymous == "yes" {
            prop_assert_eq!(workspace.receipts.len(), ballots);
        }
    }

    /// Bytes that are nothing at all give records, notices or one sentence, never a panic.
    #[test]
    fn hostile_texts_are_survived(text in "[\\PC\n\t#*:;,\"|.0-9\u{0}\u{1b}\u{202e}\u{feff}-]{0,300}") {
        for sort in [Sort::Proceedings, Sort::Topics, Sort::Ballots] {
            let (mut workspace, round) = voting("no");
            let round = (sort == Sort::Ballots).then_some(round);
            if let Err(failure) = imported_as(&mut workspace, sort, &text, round, 9) {
                prop_assert!(!failure.to_string().contains('\n'), "{}", failure);
            }
            let text = format!("# Event\n## 1 A\n{text}");
            let outcome = imported_as(&mut workspace, Sort::Proceedings, &text, None, 10);
            prop_assert!(outcome.is_ok(), "{:?}", outcome);
        }
    }
}
