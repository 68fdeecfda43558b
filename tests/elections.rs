//! Elections and ballots from files, and a round as a file for others: nothing lost, nothing twice, nobody named.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

use std::fs;
use std::path::Path;
use std::process::Command;

use folkmoot::exchange::pabulib::{Election, election_text, parse_election, plan_election, read_election};
use folkmoot::model::tally::{Tally, tally};
use folkmoot::model::{Audience, Author, Id, SplitMix64, Timestamp, Workspace};

fn author() -> Author {
    Author { by: "KP".into(), at: Timestamp::from_seconds(1_000), today: "2026-11-21".parse().unwrap() }
}

fn run(dir: &Path, arguments: &[&str]) -> (String, i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_moot"));
    command.env("HOME", dir).env_remove("MOOT_WORKSPACE").env_remove("MOOT_AS").current_dir(dir);
    let output = command.args(["--as", "KP"]).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (text(&output.stdout), output.status.code().unwrap_or(-1), text(&output.stderr))
}

fn done(dir: &Path, arguments: &[&str]) -> String {
    let (said, code, error) = run(dir, arguments);
    assert_eq!((code, error.as_str()), (0, ""), "{arguments:?}: {said}");
    said
}

/// A workspace with three people, an event, a topic with three recommendations, and an open round of five dots.
fn voting(rules: &[&str]) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path();
    done(dir, &["init", ".", "--name", "Test"]);
    for add in [
        &["person", "name=Katy Pascoe", "initials=KP"][..],
        &["person", "name=Ruth Shearn", "initials=RS"],
        &["person", "name=Sam Wills", "initials=SW"],
        &["event", "name=Verwood", "date=2010-06-08", "delegates=KP, RS, SW"],
        &["topic", "title=Maps"],
        &["recommendation", "text=Draw one map; \"all\", of it", "topic=1"],
        &["recommendation", "text=Ask every agency", "topic=1"],
        &["recommendation", "text=Meet again", "topic=1"],
        &[&["round", "name=Dots", "dots=5", "cap=3"], rules].concat(),
    ] {
        done(dir, &[&["add"], add].concat());
    }
    done(dir, &["round", "open", "dots"]);
    place
}

/// The election in an otherwise empty workspace, and its round.
fn imported(election: &Election) -> (Workspace, Id) {
    let mut workspace = Workspace::default();
    let plan = plan_election(election, "election", &workspace, &author(), &mut SplitMix64::new(1));
    workspace.apply(&plan.change);
    (workspace, plan.round)
}

fn counted(workspace: &Workspace, round: Id) -> Tally {
    tally(workspace, workspace.rounds.get(round).unwrap(), Audience::Colleagues, false).unwrap()
}

/// Everything of a tally but the ids of its records, which are drawn anew.
fn figures(tally: &Tally) -> String {
    let items = tally.items.iter().map(|item| {
        format!("{:?} {} {} {} {:?} {:?}", item.source_id, item.title, item.rank, item.dots, item.people, item.band)
    });
    format!("{:?}\n{}", tally.totals, items.collect::<Vec<_>>().join("\n"))
}

#[test]
fn published_elections_go_out_and_come_back_as_they_were() {
    let real = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/real/pabulib");
    let Ok(files) = fs::read_dir(&real) else {
        eprintln!("skipped: no published elections lie beside the project");
        return;
    };
    let mut seen = 0;
    for file in files.map(|file| file.unwrap().path()) {
        let (first, round) = imported(&read_election(&file).unwrap());
        let written = election_text(&first, first.rounds.get(round).unwrap()).unwrap();
        let (second, again) = imported(&parse_election(written.text.as_bytes()).unwrap());
        assert_eq!(figures(&counted(&first, round)), figures(&counted(&second, again)), "{}", file.display());
        assert_eq!(written.left_out, 0, "{}", file.display());
        let rewritten = election_text(&second, second.rounds.get(again).unwrap()).unwrap();
        assert_eq!(rewritten.text.lines().count(), written.text.lines().count());
        seen += 1;
    }
    assert!(seen > 0, "no file in {}", real.display());
}

#[test]
fn an_election_is_taken_in_once() {
    let election = parse_election(
        b"META\nkey;value\ndescription;Small\nvote_type;cumulative\nPROJECTS\n\
        project_id;cost;name\na;1;Map\nb;1;Mentors\nVOTES\nvoter_id;vote;points\n1;a,b;3,2\n2;b;5\n",
    )
    .unwrap();
    let (mut workspace, round) = imported(&election);
    let again = plan_election(&election, "election", &workspace, &author(), &mut SplitMix64::new(2));
    assert_eq!((again.round, again.change.edits.len()), (round, 0), "{}", again.change.sentence);
    let mut recounted = election;
    recounted.ballots[1].votes[0].1 = 4;
    let other = plan_election(&recounted, "election", &workspace, &author(), &mut SplitMix64::new(3));
    workspace.apply(&other.change);
    assert_eq!(workspace.rounds.len(), 2, "counting again is a new round");
}

#[test]
fn a_round_goes_out_when_it_is_closed_and_names_nobody() {
    for anonymous in ["no", "yes"] {
        let place = voting(&[&format!("anonymous={anonymous}")]);
        let dir = place.path();
        done(dir, &["vote", "dots", "KP", "1.1=3", "1.2=2"]);
        done(dir, &["vote", "dots", "RS", "1.2=3"]);
        done(dir, &["vote", "dots", "SW"]);
        if anonymous == "no" {
            done(dir, &["vote", "dots", "#7", "1.1=1"]);
            done(dir, &["vote", "dots", "#Ruth Shearn", "1.1=1"]);
        }
        let (_, code, error) = run(dir, &["export", "pb", "dots", "out.pb"]);
        assert_eq!((code, error.as_str()), (5, "moot: the results of Dots are hidden until it closes\n"));
        done(dir, &["round", "close", "dots"]);
        done(dir, &["export", "pb", "dots", "out.pb"]);
        let text = fs::read_to_string(dir.join("out.pb")).unwrap();
        let people = fs::read_to_string(dir.join("people.ron")).unwrap();
        let ids = people.match_indices("\"P-").map(|(at, _)| &people[at + 1..at + 7]);
        let ballots = fs::read_to_string(dir.join("ballots.ron")).unwrap();
        for secret in ["Katy", "Ruth", "Sam"].into_iter().chain(ids) {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        let written = parse_election(text.as_bytes()).unwrap();
        for ballot in &written.ballots {
            assert!(!["KP", "RS", "SW"].contains(&ballot.voter.as_str()), "{ballot:?}");
            let is_its_id = ballots.contains(&format!("\"{}\": (", ballot.voter));
            assert_eq!(is_its_id, anonymous == "yes", "the id of a ballot by name follows from the name: {ballot:?}");
        }
        let (workspace, round) = imported(&written);
        let tally = counted(&workspace, round);
        let dots: Vec<_> = tally.items.iter().map(|item| (item.source_id.as_deref().unwrap(), item.dots)).collect();
        let mine: serde_json::Value = serde_json::from_str(&done(dir, &["tally", "dots", "--json"])).unwrap();
        for (at, (number, dots)) in dots.iter().enumerate() {
            let item = &mine["items"][at];
            assert_eq!((item["number"].as_str(), item["dots"].as_u64()), (Some(*number), Some(*dots)));
        }
        assert_eq!(tally.totals.ballots, mine["totals"]["ballots"].as_u64());
        assert_eq!((tally.totals.blank, mine["totals"]["blank"].as_u64()), (Some(1), Some(1)), "{text}");
    }
}

#[test]
fn an_export_of_a_round_is_refused_in_a_sentence() {
    let place = voting(&["method=wall count"]);
    let dir = place.path();
    done(dir, &["round", "close", "dots"]);
    for (arguments, code, why) in [
        (&["export", "pb", "dots", "out.pb"][..], 5, "Dots was counted on the wall: there are no ballots to write"),
        (&["export", "pb", "out.pb"], 2, "name the round: moot export pb ROUND PATH"),
        (
            &["export", "hsds3-json", "dots", "out.json"],
            2,
            "a round is written as pb only: moot export hsds3-json PATH",
        ),
        (&["export", "pb", "nowhere", "out.pb"], 1, "there is no round \"nowhere\" here; see `moot list rounds`"),
    ] {
        let (_, exit, error) = run(dir, arguments);
        assert_eq!((exit, error.trim_end()), (code, format!("moot: {why}").as_str()), "{arguments:?}");
    }
    assert!(!dir.join("out.pb").exists());
}

/// The keys are those that other programs are told of, and what is not known is null.
#[test]
fn a_tally_as_json_has_its_shape() {
    let place = voting(&[]);
    let dir = place.path();
    done(dir, &["vote", "dots", "KP", "1.1=3"]);
    done(dir, &["vote", "dots", "RS", "1.1=1", "1.2=1"]);
    done(dir, &["round", "close", "dots"]);
    let tally: serde_json::Value = serde_json::from_str(&done(dir, &["tally", "dots", "--json"])).unwrap();
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join(" ");
    assert_eq!(keys(&tally), "round state totals items");
    assert_eq!(keys(&tally["totals"]), "eligible ballots blank dots issued not_counted");
    let item = "id number source_id title rank dots people organisations voluntary statutory share band";
    assert!(tally["items"].as_array().unwrap().iter().all(|one| keys(one) == item), "{tally}");
    let first = &tally["items"][0];
    assert_eq!(
        (first["number"].as_str(), first["dots"].as_u64(), first["people"].as_u64()),
        (Some("1.1"), Some(4), Some(2))
    );
    for unknown in ["source_id", "organisations", "voluntary", "statutory", "band"] {
        assert!(first[unknown].is_null(), "{unknown} is not known: {first}");
    }
    let last = &tally["items"][2];
    assert_eq!((last["people"].as_u64(), last["organisations"].as_u64()), (Some(0), Some(0)), "of nobody it is known");
    let one: serde_json::Value = serde_json::from_str(&done(dir, &["tally", "dots", "--json", "--one-dot"])).unwrap();
    assert_eq!(one["items"][0]["dots"].as_u64(), Some(2));
}

#[test]
fn a_tally_of_nothing_has_no_shares() {
    let place = voting(&["method=wall count"]);
    let dir = place.path();
    done(dir, &["round", "close", "dots"]);
    let tally: serde_json::Value = serde_json::from_str(&done(dir, &["tally", "dots", "--json"])).unwrap();
    assert!(tally["totals"]["ballots"].is_null() && tally["items"][0]["share"].is_null(), "{tally}");
    assert!(tally["items"][0]["people"].is_null(), "{tally}");
}

#[test]
fn a_refused_vote_exits_5_and_says_why() {
    let place = voting(&[]);
    let dir = place.path();
    done(dir, &["add", "person", "name=Una Known", "initials=UK"]);
    for (arguments, why) in [
        (&["KP", "1.1=4"][..], "at most 3 can be put on one"),
        (&["KP", "1.1=3", "1.2=3"], "6 dots were put down, and each person has 5"),
        (&["KP", "1.1=1", "1.1=1"], "stands on this ballot twice"),
        (&["KP", "1.9=1"], "there is no recommendation \"1.9\" here"),
        (&["UK", "1.1=1"], "Una Known is not among those who may vote in Dots"),
        (&["ZZ", "1.1=1"], "there is no person \"ZZ\" here"),
    ] {
        let (_, code, error) = run(dir, &[&["vote", "dots"], arguments].concat());
        assert!(code == 5 && error.contains(why), "{arguments:?}: {code} {error}");
    }
    done(dir, &["round", "close", "dots"]);
    let (_, code, error) = run(dir, &["vote", "dots", "KP", "1.1=1"]);
    assert!(code == 5 && error.contains("takes no ballots: it is closed"), "{code} {error}");
}

/// However somebody gets at a ballot or a receipt, it says no more and no other than the vote wrote.
#[test]
fn ballots_and_receipts_are_not_edited_behind_the_vote() {
    let place = voting(&["anonymous=yes"]);
    let dir = place.path();
    done(dir, &["vote", "dots", "KP", "1.1=3"]);
    let id = |kind: &str| done(dir, &["list", kind]).split_whitespace().next().unwrap().to_owned();
    for (kind, field, why) in [
        ("ballots", "votes=1.2 | 1", "an anonymous ballot cannot be changed"),
        ("ballots", "person=RS", "whose ballot it is"),
        ("receipts", "person=RS", "a receipt stays as it is"),
    ] {
        let before = fs::read_to_string(dir.join(format!("{kind}.ron"))).unwrap();
        let (_, code, error) = run(dir, &["set", &id(kind), field]);
        assert!(code == 5 && error.contains(why), "{kind} {field}: {code} {error}");
        assert_eq!(fs::read_to_string(dir.join(format!("{kind}.ron"))).unwrap(), before);
        assert!(!done(dir, &["show", &id(kind)]).contains("Changed"), "nobody can say when, and nobody does");
    }
}

#[test]
fn records_are_named_as_people_name_them() {
    let place = voting(&[]);
    let dir = place.path();
    done(dir, &["add", "topic", "event=Verwood", "title=Debt", "convener=KP", "note-taker=RS", "participant=SW"]);
    let shown = done(dir, &["show", "debt"]);
    assert!(
        shown.contains("Conveners        Katy Pascoe\n") && shown.contains("Participants     Sam Wills\n"),
        "{shown}"
    );
    assert_eq!(done(dir, &["set", "1.2", "answer=open to anyone"]), "1.2 Ask every agency changed: answer\n");
    assert!(done(dir, &["show", "1.2"]).contains("open to anyone"));
    assert_eq!(done(dir, &["remove", "debt"]), "2 Debt removed\n");
    done(dir, &["add", "topic", "title=Same"]);
    done(dir, &["add", "topic", "title=Same"]);
    for (arguments, code, why) in [
        (&["show", "same"][..], 2, "\"same\" could be 2 Same (topic, T-"),
        (&["show", "nowhere"], 1, "nothing here is called \"nowhere\"; an id looks like S-4F7Q"),
        (&["add", "topic", "event=Vewood", "title=X"], 5, "there is no event Vewood: name one that is here"),
        (&["add", "theme", "event=Vewood", "name=X"], 5, "there is no event Vewood"),
        (&["add", "round", "event=Vewood", "name=X", "dots=3"], 5, "there is no event Vewood"),
        (&["add", "topic", "title=X", "convener=KP", "conveners=RS"], 2, "conveners stands here twice"),
    ] {
        let (_, exit, error) = run(dir, arguments);
        assert!(exit == code && error.contains(why), "{arguments:?}: {exit} {error}");
    }
}

/// As the README and the documents have it: a table and a text from elsewhere, rehearsed, then done, then voted on.
#[test]
fn an_event_is_brought_in_by_commands() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path();
    done(dir, &["init", ".", "--name", "Test"]);
    for (name, initials) in [("Katy Pascoe", "KP"), ("Ruth Shearn", "RS"), ("Sam Wills", "SW")] {
        done(dir, &["add", "person", &format!("name={name}"), &format!("initials={initials}")]);
    }
    for (name, text) in [
        ("event.md", include_str!("fixtures/openspace/event.md")),
        ("topics.csv", include_str!("fixtures/openspace/topics.csv")),
        ("ballots.csv", include_str!("fixtures/openspace/ballots.csv")),
    ] {
        fs::write(dir.join(name), text).unwrap();
    }
    let said = done(dir, &["import", "event.md", "--dry-run"]);
    assert!(said.starts_with("rehearsed, nothing written:\n  event: Example Space in Exampleton added\n"), "{said}");
    assert!(
        said.contains("\nline 11: not understood, kept in the notes of the event: Sponsored by nobody.\n"),
        "{said}"
    );
    assert!(!dir.join("topics.ron").exists(), "a rehearsal writes nothing");
    done(dir, &["import", "event.md"]);
    assert!(done(dir, &["import", "event.md"]).starts_with("event says nothing new\n"));
    assert!(
        done(dir, &["import", "topics.csv", "--event", "example space in exampleton"])
            .contains("topics 2 new, 1 changed")
    );
    let (_, code, error) = run(dir, &["import", "event.md", "--round", "dots"]);
    assert!(code == 2 && error.contains("--round is for tables of ballots"), "{error}");
    let (_, code, error) = run(dir, &["import", "ballots.csv"]);
    assert!(code == 5 && error.contains("no round is open for ballots"), "{error}");
    done(dir, &["add", "round", "name=Dots", "dots=5", "cap=3"]);
    done(dir, &["round", "open", "dots"]);
    done(dir, &["import", "ballots.csv", "--report", "report.txt"]);
    let report = fs::read_to_string(dir.join("report.txt")).unwrap();
    assert!(report.contains("line 6: not counted: 4 dots on 17.1"), "{report}");
    assert!(done(dir, &["import", "ballots.csv", "--round", "dots"]).starts_with("ballots says nothing new\n"));
    done(dir, &["round", "close", "dots"]);
    let tally = done(dir, &["tally", "dots"]);
    assert!(tally.contains("not counted, as they break the rules of the round"), "{tally}");
    assert_eq!(done(dir, &["check"]), "");
}

#[test]
fn what_is_no_such_file_is_said_in_one_sentence() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path();
    done(dir, &["init", ".", "--name", "Test"]);
    let bytes: &[(&str, &[u8])] = &[
        ("empty.md", b""),
        ("nul.md", b"\0\0\0\0"),
        ("latin.md", b"Caf\xe9 without a heading"),
        ("long.md", &[b"# A\n## 1 B\n".as_slice(), &b"x".repeat(70_000)].concat()),
        ("topics.csv", b"number,title,convener\n1,\xff\xfe,KP\n"),
        ("ballots.csv", b"voter,1.1\nKP,1\n"),
        ("twice.csv", b"voter,1.1,1.1\nKP,1,2\n"),
    ];
    for (name, bytes) in bytes {
        fs::write(dir.join(name), bytes).unwrap();
        let (out, code, error) = run(dir, &["import", name]);
        assert!([3, 5].contains(&code) && out.is_empty(), "{name}: {code} {out}");
        assert!(error.starts_with("moot: ") && error.trim_end().lines().count() == 1, "{name}: {error:?}");
    }
}
