//! Who is still to be told: laws of the ledger for whatever is told and changed, and what a telling says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

use std::collections::BTreeMap;

use folkmoot::model::action::{self, ActionState};
use folkmoot::model::person::Role;
use folkmoot::model::recommendation::{Answer, Initials};
use folkmoot::model::story::Sharing;
use folkmoot::model::told::{How, Partner, ledger, news, partners_of, still_to_tell, tell};
use folkmoot::model::{
    Action, AnyRecord, Audience, Author, Date, Id, Kind, Organisation, Person, Recommendation, Ref, Shown, Story, Text,
    Timestamp, Wording, Workspace,
};
use proptest::prelude::*;

fn today() -> Date {
    "2026-11-21".parse().unwrap()
}

fn id(kind: Kind, number: u32) -> Id {
    Id::from_number(kind.letter(), number, 4)
}

fn author() -> Author {
    Author { by: "KP".into(), at: Timestamp::from_seconds(1_795_255_200), today: today() }
}

fn organisation(number: u32) -> Ref<Organisation> {
    Ref::record(id(Kind::Organisation, number))
}

fn person(number: u32) -> Ref<Person> {
    Ref::record(id(Kind::Person, number))
}

fn role(number: u32, from: Option<&str>, until: Option<&str>) -> Role {
    let day = |text: &str| text.parse().unwrap();
    Role { title: None, organisation: organisation(number), from: from.map(day), until: until.map(day) }
}

fn put(workspace: &mut Workspace, record: impl Into<AnyRecord>) {
    let record = record.into();
    workspace.place(record.id(), Some(record));
}

/// Three organisations; somebody for the first, for the first two, for nobody, formerly for the third, soon for the third.
fn people() -> Workspace {
    let mut workspace = Workspace::default();
    for (number, name) in [(1, "North House"), (2, "Bread and Bath"), (3, "The Old Mill")] {
        let id = id(Kind::Organisation, number);
        put(&mut workspace, Organisation { id, name: name.into(), ..Organisation::default() });
    }
    let roles = [
        vec![role(1, None, None)],
        vec![role(1, Some("2010-01-01"), None), role(2, None, Some("2026-11-21"))],
        vec![],
        vec![role(3, None, Some("2026-11-20"))],
        vec![role(3, Some("2026-11-22"), None)],
    ];
    for (number, roles) in (1..).zip(roles) {
        let name = Text::line(&format!("Person {number}"));
        put(&mut workspace, Person { id: id(Kind::Person, number), name, roles, ..Person::default() });
    }
    workspace
}

#[test]
fn a_person_is_told_as_those_for_whom_they_act_on_the_day() {
    let workspace = people();
    let names = |number| -> Vec<String> {
        let partners = partners_of(&person(number), &workspace, today());
        partners.iter().map(|partner| partner.name(&workspace).into_owned()).collect()
    };
    assert_eq!(names(1), ["North House"]);
    assert_eq!(names(2), ["North House", "Bread and Bath"]);
    assert_eq!(names(3), ["Person 3"]);
    assert_eq!(names(4), ["Person 4"], "the role was over yesterday");
    assert_eq!(names(5), ["Person 5"], "the role begins tomorrow");
    let unknown = Ref::words("SW".into());
    assert_eq!(partners_of(&unknown, &workspace, today()), [Partner::Person(unknown)]);
}

/// An action with everything of which partners hear.
fn map() -> Action {
    Action {
        id: id(Kind::Action, 1),
        what: "Ask for every entry".into(),
        lead: Some(person(1)),
        organisation: Some(organisation(1)),
        due: Some("2026-12-04".parse().unwrap()),
        ..Action::default()
    }
}

#[test]
fn the_news_of_an_action_say_how_it_stands_on_whatever_day() {
    let workspace = people();
    let said = |action: Action| news(&action.into(), &workspace).unwrap();
    assert_eq!(said(map()), "Ask for every entry: open, Person 1 (North House) leads it, due 4 Dec 2026.");
    let stuck = Action { state: ActionState::Stuck, reason: Some("two\ncouncils".into()), ..map() };
    assert!(said(stuck).starts_with("Ask for every entry: stuck (two councils), Person 1"));
    let nobodys = Action { lead: None, organisation: None, due: None, by_next_forum: true, ..map() };
    assert_eq!(said(nobodys), "Ask for every entry: open, nobody leads it yet, due when the forum meets next.");
    let done = Action { state: ActionState::Done, ..map() };
    assert_eq!(said(done), "Ask for every entry: done, Person 1 (North House) leads it.");
}

/// A sentence goes to partners: it is made of nothing that they may not read.
#[test]
fn the_news_are_made_of_what_partners_may_read() {
    let workspace = people();
    for (kind, names) in [
        (Kind::Action, &["what", "state", "reason", "lead", "organisation", "due", "by_next_forum", "progress"][..]),
        (Kind::Recommendation, &["text", "topic", "number", "answer", "reason"]),
    ] {
        let blank = kind.blank(id(kind, 1));
        for field in names.iter().map(|name| kind.field(name).unwrap()) {
            assert!(!blank.is_hidden(field, Audience::Partners, &workspace), "{} of {kind:?}", field.name);
        }
    }
}

#[test]
fn a_telling_is_one_change_and_nobody_is_told_twice() {
    let mut workspace = people();
    put(&mut workspace, map());
    let north = Partner::Organisation(organisation(1));
    let change = tell(&workspace, &[(id(Kind::Told, 1), north.clone())], Some(How::Telephone), &author()).unwrap();
    assert_eq!(change.sentence, "North House told by telephone: Ask for every entry");
    assert_eq!(change.edits.len(), 1);
    let inverse = workspace.apply(&change);
    let refused = tell(&workspace, &[(id(Kind::Told, 2), north)], None, &author()).unwrap_err();
    assert_eq!(refused.0, "North House knows everything already; told last on Sat 21 Nov by telephone");
    let stranger = Partner::Organisation(organisation(3));
    let refused = tell(&workspace, &[(id(Kind::Told, 2), stranger)], None, &author()).unwrap_err();
    assert_eq!(refused.0, "nothing that is written down here concerns The Old Mill");
    workspace.apply(&inverse);
    assert_eq!(still_to_tell(&workspace, today()).len(), 1, "what is undone was never told");
}

#[test]
fn stories_go_where_those_in_them_agreed() {
    let workspace = Workspace::default();
    let field = Kind::Story.field("text").unwrap();
    let reaches = |sharing, audience| {
        let story = Story { text: Some("It worked.".into()), sharing, ..Story::default() };
        AnyRecord::from(story).show(field, Wording::Typed, audience, &workspace)
            == Shown::Value("It worked.".to_owned())
    };
    let everyone = Audience::Everyone { with_contacts: true };
    for (sharing, expected) in [
        (Sharing::NotAskedYet, [true, false, false]),
        (Sharing::Partners, [true, true, false]),
        (Sharing::Everybody, [true, true, true]),
        (Sharing::Nobody, [true, false, false]),
    ] {
        let reached = [Audience::Colleagues, Audience::Partners, everyone].map(|audience| reaches(sharing, audience));
        assert_eq!(reached, expected, "{sharing:?}");
    }
}

/// Something somebody does.
#[derive(Clone, Debug)]
enum Act {
    Tell(prop::sample::Index, bool),
    State(prop::sample::Index, ActionState),
    Note(prop::sample::Index, u8),
    Due(prop::sample::Index, i64),
    Assign(prop::sample::Index, u32),
    Answer(prop::sample::Index, Option<Answer>),
}

fn any_act() -> impl Strategy<Value = Act> {
    let at = || any::<prop::sample::Index>();
    let states = [ActionState::Open, ActionState::UnderWay, ActionState::Stuck, ActionState::Done];
    let answers = [None, Some(Answer::Chosen), Some(Answer::OpenToAnyone), Some(Answer::NotNow)];
    prop_oneof![
        4 => (at(), any::<bool>()).prop_map(|(at, how)| Act::Tell(at, how)),
        1 => (at(), prop::sample::select(states.to_vec())).prop_map(|(at, state)| Act::State(at, state)),
        1 => (at(), 0..3u8).prop_map(|(at, note)| Act::Note(at, note)),
        1 => (at(), 1..5i64).prop_map(|(at, days)| Act::Due(at, days)),
        1 => (at(), 1..6u32).prop_map(|(at, who)| Act::Assign(at, who)),
        1 => (at(), prop::sample::select(answers.to_vec())).prop_map(|(at, answer)| Act::Answer(at, answer)),
    ]
}

fn any_workspace() -> impl Strategy<Value = Workspace> {
    let initials = prop::collection::vec(0..7u32, 0..4);
    let recommendations = prop::collection::vec((initials, any::<bool>()), 1..4);
    let asked = prop::collection::vec(1..4u32, 0..3);
    let actions = prop::collection::vec((0..6u32, 0..4u32, asked, 0..4u32), 1..5);
    (recommendations, actions).prop_map(|(recommendations, actions)| {
        let mut workspace = people();
        for (number, (initials, is_answered)) in (1..).zip(recommendations) {
            let who = |who: &u32| if *who == 0 { Ref::words("SW".into()) } else { person(*who) };
            let initials = initials.iter().map(|one| Initials { who: who(one), interest: None }).collect();
            let (id, text) = (id(Kind::Recommendation, number), Text::line(&format!("Ask {number}")));
            let answer = is_answered.then_some(Answer::Chosen);
            put(&mut workspace, Recommendation { id, text, initials, answer, ..Recommendation::default() });
        }
        for (number, (lead, of, asked, source)) in (1..).zip(actions) {
            let action = Action {
                id: id(Kind::Action, number),
                what: Text::line(&format!("Do {number}")),
                lead: (lead > 0).then(|| person(lead)),
                organisation: (of > 0).then(|| organisation(of)),
                asked: asked.into_iter().map(organisation).collect(),
                recommendation: (source > 0).then(|| Ref::record(id(Kind::Recommendation, source))),
                ..Action::default()
            };
            put(&mut workspace, action);
        }
        workspace
    })
}

/// Who is still to be told of what: by partner the records with their sentences.
fn owed(workspace: &Workspace) -> BTreeMap<Partner, BTreeMap<Id, String>> {
    let owed = |account: folkmoot::model::told::Account| {
        (account.partner, account.owed.into_iter().map(|one| (one.id, one.said.to_string())).collect())
    };
    still_to_tell(workspace, today()).into_iter().map(owed).collect()
}

/// Every record of which there is something to say, with its sentence.
fn all_news(workspace: &Workspace) -> BTreeMap<Id, String> {
    let records = workspace.iter(Kind::Action).chain(workspace.iter(Kind::Recommendation));
    records.filter_map(|record| Some((record.id(), news(&record, workspace)?))).collect()
}

fn act(workspace: &mut Workspace, act: &Act, number: u32) {
    let chosen = |at: &prop::sample::Index| [at.get(&workspace.actions.iter().collect::<Vec<_>>()).id];
    let author = author();
    let change = match act {
        Act::Tell(at, by_phone) => {
            let accounts = still_to_tell(workspace, today());
            if accounts.is_empty() {
                return;
            }
            let how = by_phone.then_some(How::Telephone);
            tell(workspace, &[(id(Kind::Told, number), at.get(&accounts).partner.clone())], how, &author)
        }
        Act::State(at, state) => action::set_state(workspace, &chosen(at), *state, None, &author),
        Act::Note(at, note) => action::note(workspace, &chosen(at), &Text::line(&format!("Note {note}")), &author),
        Act::Due(at, days) => {
            action::move_due(workspace, &chosen(at), today() + chrono::Days::new(days.unsigned_abs()), &author)
        }
        Act::Assign(at, who) => action::assign(workspace, &chosen(at), &person(*who), &author),
        Act::Answer(at, answer) => {
            let record = at.get(&workspace.recommendations.iter().collect::<Vec<_>>()).as_ref().clone();
            folkmoot::model::change::put(workspace, Recommendation { answer: *answer, ..record }.into(), &author)
        }
    };
    workspace.apply(&change.unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    /// Telling a partner leaves nothing to tell them, and touches nobody else; what changes is to be told again to exactly
    /// those who have not heard how it stands now.
    #[test]
    fn still_to_tell_is_empty_after_telling_and_complete_after_a_change(
        mut workspace in any_workspace(), story in prop::collection::vec(any_act(), 1..24)
    ) {
        for (number, step) in (1..).zip(&story) {
            let (before, said_before) = (owed(&workspace), all_news(&workspace));
            act(&mut workspace, step, number);
            let (after, said) = (owed(&workspace), all_news(&workspace));
            if let Act::Tell(..) = step {
                let told: Vec<_> = before.keys().filter(|partner| !after.contains_key(*partner)).collect();
                prop_assert_eq!(told.len(), usize::from(!before.is_empty()), "one partner at a time");
                prop_assert!(after.iter().all(|(partner, owed)| before.get(partner) == Some(owed)));
            }
            for (partner, of) in &after {
                for (id, sentence) in of {
                    prop_assert_eq!(Some(sentence), said.get(id), "what is to be told is how it stands");
                    let was = before.get(partner).and_then(|of| of.get(id));
                    prop_assert!(was == Some(sentence) || said_before.get(id) != Some(sentence), "{partner:?} {id}");
                }
            }
        }
        // Everybody is told; then whatever stands otherwise is owed to everybody whom it concerns.
        for (number, account) in (1_000..).zip(still_to_tell(&workspace, today())) {
            let change = tell(&workspace, &[(id(Kind::Told, number), account.partner)], None, &author()).unwrap();
            prop_assert_eq!(change.edits.len(), 1);
            workspace.apply(&change);
        }
        prop_assert_eq!(owed(&workspace), BTreeMap::new());
        for action in workspace.actions.iter().map(|action| action.id).collect::<Vec<_>>() {
            let mut changed = workspace.clone();
            changed.apply(&action::note(&workspace, &[action], &"Something new".into(), &author()).unwrap());
            let owed = owed(&changed);
            prop_assert!(owed.values().all(|of| of.keys().eq([&action])));
            let record = changed.actions.get(action).unwrap().clone();
            for asked in record.asked.iter().chain(&record.organisation) {
                prop_assert!(owed.contains_key(&Partner::Organisation(asked.clone())));
            }
            let source = record.recommendation.as_ref().and_then(|one| one.get(&changed));
            let people = source.into_iter().flat_map(|one| one.initials.iter().map(|row| &row.who)).chain(&record.lead);
            for partner in people.flat_map(|who| partners_of(who, &changed, today())) {
                prop_assert!(owed.contains_key(&partner), "{partner:?}");
            }
        }
        prop_assert!(ledger(&workspace, today()).iter().all(|account| account.silence(today()) == Some(0)));
    }
}

/// Runs `moot` on a directory and gives what was printed, the exit code and what was said on stderr.
fn run(dir: &std::path::Path, arguments: &[&str]) -> (String, i32, String) {
    let mut command = assert_cmd::Command::cargo_bin("moot").unwrap();
    command.env_remove("MOOT_WORKSPACE").env_remove("MOOT_AS").env("HOME", dir).current_dir(dir);
    let output = command.args(["-w", dir.to_str().unwrap(), "--as", "KP"]).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), output.status.code().unwrap(), text(&output.stderr))
}

/// Looking tells nobody anything; saying how it was done writes it down, once.
#[test]
fn partners_are_told_from_the_shell() {
    let dir = tempfile::tempdir().unwrap();
    folkmoot::store::init(dir.path(), "Table of the North", true).unwrap();
    let dir = dir.path();
    let before = std::fs::read(dir.join("told.ron")).unwrap();
    let (all, code, _) = run(dir, &["tell"]);
    assert_eq!((all.lines().count(), code), (4, 0), "{all}");
    assert!(all.contains("Purbeck Lantern: 3 things to be told, never told anything\n"), "{all}");
    for looks in [&["tell", "purbeck lantern"][..], &["tell", "Purbeck Lantern", "--how", "e-mail", "--dry-run"]] {
        let (said, code, _) = run(dir, looks);
        assert!(
            code == 0 && said.starts_with("Purbeck Lantern is still to be told; never told anything\n- "),
            "{said}"
        );
        assert_eq!(said.lines().count(), 4, "{said}");
    }
    assert_eq!(std::fs::read(dir.join("told.ron")).unwrap(), before, "who looks has told nobody");
    let (said, code, _) = run(dir, &["tell", "Purbeck Lantern", "--how", "tele"]);
    assert!(code == 0 && said.lines().last().unwrap().starts_with("Purbeck Lantern told by telephone: "), "{said}");
    let (said, code, error) = run(dir, &["tell", "Purbeck Lantern", "--how", "e-mail"]);
    assert_eq!((code, said.lines().count()), (5, 1), "{said}{error}");
    assert!(error.contains("Purbeck Lantern knows everything already; told last on"), "{error}");
    assert_eq!(run(dir, &["tell", "Purbeck Lantern"]).1, 1, "nothing is left to tell");
    let (json, ..) = run(dir, &["tell", "SW", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json[0]["partner"], json[0]["to_tell"].as_array().unwrap().len()), (&"SW".into(), 3));
    assert_eq!(json[0]["id"], serde_json::Value::Null, "initials that nobody here has");
    assert_eq!(run(dir, &["tell", "--json"]).0.matches("\"partner\"").count(), 3);
}

#[test]
fn what_cannot_be_told_is_said_in_a_sentence() {
    let dir = tempfile::tempdir().unwrap();
    folkmoot::store::init(dir.path(), "Table of the North", true).unwrap();
    let refused = |arguments: &[&str]| run(dir.path(), arguments).2;
    assert!(refused(&["tell", "17.2"]).contains("is a recommendation: name an organisation or a person"));
    assert!(refused(&["tell", "Nobody Here"]).contains("nothing here is called \"Nobody Here\""));
    assert!(refused(&["tell", "SW", "--how", "pigeon"]).contains("choose from: e-mail, telephone, letter"));
    assert!(refused(&["tell", "--how", "e-mail"]).contains("PARTNER"), "everybody at once is told on the screen");
    let (said, code, _) = run(dir.path(), &["tell", "HMP The Verne"]);
    assert_eq!((said.as_str(), code), ("nothing that is written down here concerns HMP The Verne\n", 1));
    let (_, code, said) = run(dir.path(), &["--read-only", "tell", "SW", "--how", "letter"]);
    assert!(code != 0 && !said.is_empty(), "{said}");
}
