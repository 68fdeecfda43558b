//! A small event to vote at: eight people of four organisations, four topics with three recommendations each. All of it is
//! made up.

use std::sync::Arc;

use folkmoot::model::ballot::{Origin, Vote, Voter, vote};
use folkmoot::model::{
    Author, Change, Id, Kind, ParseContext, Ref, Refusal, SplitMix64, Timestamp, Workspace, change, round, wall,
};
use folkmoot::store::{self, Mode, Store};

use super::{Harness, TEN, today};

/// Who acts while the event is made.
pub fn author() -> Author {
    Author { by: "KP".into(), at: Timestamp::from_seconds(TEN), today: today() }
}

/// Adds a record as somebody would type it.
pub fn add(workspace: &mut Workspace, kind: Kind, fields: &[(&str, &str)]) -> Id {
    let number = u32::try_from(workspace.count(kind)).unwrap() + 1;
    let id = Id::from_number(kind.letter(), number, 4);
    let mut record = kind.blank(id);
    for (field, typed) in fields {
        record.set_field(field, typed, ParseContext { workspace, today: today() }).unwrap();
    }
    let change = change::put(workspace, record, &author()).unwrap();
    workspace.apply(&change);
    id
}

/// The topics, each with its recommendations.
pub const TOPICS: [(&str, [&str; 3]); 4] = [
    (
        "Mapping services",
        ["One map of services for the whole county", "A telephone list of duty desks", "Share maps with courts"],
    ),
    ("Mentoring for leavers", ["Train mentors together", "Match mentors before release", "Pay the fares of mentors"]),
    ("Mentors for young leavers", ["Mentors under 25", "A weekend drop-in", "Ask colleges for mentors"]),
    ("Good news", ["Publish good practice", "Invite the local press", "A yearly fair of services"]),
];

/// The people: name, initials, organisation.
pub const PEOPLE: [(&str, &str, &str); 8] = [
    ("Katy Pascoe", "KP", "Harbour Trust"),
    ("Ruth Shearn", "RS", "Harbour Trust"),
    ("Sam Wills", "SW", "Vale Mentors"),
    ("Sue West", "SX", "County Council"),
    ("Tom Hardy", "TH", "County Council"),
    ("Una Marsh", "UM", "Probation"),
    ("Vic Brett", "VB", "Probation"),
    ("Wyn Dale", "WD", "Vale Mentors"),
];

fn event() -> Workspace {
    let mut workspace = Workspace::default();
    let sectors = ["voluntary", "voluntary", "statutory", "statutory"];
    for (name, sector) in ["Harbour Trust", "Vale Mentors", "County Council", "Probation"].into_iter().zip(sectors) {
        add(&mut workspace, Kind::Organisation, &[("name", name), ("sector", sector)]);
    }
    for (name, initials, organisation) in PEOPLE {
        let role = format!("Officer | {organisation}");
        add(&mut workspace, Kind::Person, &[("name", name), ("initials", initials), ("roles", &role)]);
    }
    let delegates = PEOPLE.map(|(name, ..)| name).join(", ");
    add(&mut workspace, Kind::Event, &[("name", "Open Space at Verwood"), ("delegates", &delegates), ("present", "8")]);
    for (at, (topic, recommendations)) in TOPICS.into_iter().enumerate() {
        add(&mut workspace, Kind::Topic, &[("title", topic), ("conveners", "KP")]);
        let topic = (at + 1).to_string();
        for text in recommendations {
            add(&mut workspace, Kind::Recommendation, &[("text", text), ("topic", &topic)]);
        }
    }
    workspace
}

/// Katy Pascoe at the event, before anything is voted.
pub fn at_the_event() -> Harness {
    at(&event())
}

/// Katy Pascoe at a workspace that holds these records.
pub fn at(workspace: &Workspace) -> Harness {
    let dir = tempfile::tempdir().unwrap();
    store::init(dir.path(), "Table of the North", false).unwrap();
    let resident = Kind::ALL.iter().filter(|kind| kind.is_resident() && **kind != Kind::Partnership);
    let edits = resident.flat_map(|kind| workspace.all(*kind)).map(folkmoot::model::Edit::Add).collect();
    let mut opened = Store::open(dir.path(), Mode::Write).unwrap();
    opened.store.commit(&Change { edits, sentence: String::new() }).unwrap();
    Harness::at(Arc::new(dir), "KP")
}

/// The id of the first recommendation under a number, such as 3.1.
pub fn item(workspace: &Workspace, label: &str) -> Id {
    let found = workspace.recommendations.iter().find(|one| one.label(workspace).as_deref() == Some(label));
    found.unwrap_or_else(|| panic!("nothing is numbered {label}")).id
}

/// The only round.
pub fn the_round(workspace: &Workspace) -> Id {
    workspace.rounds.iter().next().unwrap().id
}

/// The votes that are written as `1.1 3`.
pub fn votes(workspace: &Workspace, written: &[(&str, u16)]) -> Vec<Vote> {
    let vote = |(label, dots): &(&str, u16)| Vote { item: Ref::record(item(workspace, label)), dots: Some(*dots) };
    written.iter().map(vote).collect()
}

/// Casts the ballot of the person with this number, counted from 1.
pub fn cast(workspace: &Workspace, person: u32, written: &[(&str, u16)]) -> Result<Change, Refusal> {
    let voter = Voter::Person(Id::from_number('P', person, 4));
    let mut random = SplitMix64::new(u64::from(person));
    let votes = votes(workspace, written);
    vote(workspace, the_round(workspace), &voter, votes, Origin::Typed, &author(), &mut random)
}

/// An event with a round that is open, of five dots and at most three on one, and with whatever else is said of it.
pub fn open_round(fields: &[(&str, &str)]) -> Workspace {
    let mut workspace = event();
    let rules = [("name", "First vote"), ("dots", "5"), ("cap", "3")];
    let id = add(&mut workspace, Kind::Round, &[&rules[..], fields].concat());
    let change = round::open(&workspace, id, &author()).unwrap();
    workspace.apply(&change);
    workspace
}

/// The ballots of five people, with ties in them.
pub const BALLOTS: [&[(&str, u16)]; 5] = [
    &[("1.1", 3), ("2.1", 2)],
    &[("1.1", 2), ("2.2", 3)],
    &[("3.1", 1), ("2.2", 2), ("4.1", 1)],
    &[("1.1", 3), ("2.1", 1), ("4.1", 1)],
    &[],
];

/// The open round after five ballots.
pub fn after_ballots(fields: &[(&str, &str)]) -> Workspace {
    let mut workspace = open_round(fields);
    for (person, ballot) in (1..).zip(BALLOTS) {
        let change = cast(&workspace, person, ballot).unwrap();
        workspace.apply(&change);
    }
    workspace
}

/// The round after its ballots were cast and it was closed.
pub fn closed_round(fields: &[(&str, &str)]) -> Workspace {
    let mut workspace = after_ballots(fields);
    let change = round::close(&workspace, the_round(&workspace), &author()).unwrap();
    workspace.apply(&change);
    workspace
}

/// Writes down what somebody counted on the wall.
pub fn count(workspace: &mut Workspace, counter: &str, written: &[(&str, u32)]) {
    for (label, dots) in written {
        let entry = (item(workspace, label), *dots);
        let change = wall::count(workspace, the_round(workspace), &counter.into(), entry, &author()).unwrap();
        workspace.apply(&change);
    }
}
