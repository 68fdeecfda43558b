//! Nameless votes in the files: two worlds in which the same votes were cast by the same people, and only who cast which
//! has changed, leave the same files but for what is drawn at random. Then no file, and no number of files held together,
//! ties a ballot to a person: neither a stamp nor an old version, neither a conflict nor what an interrupted save leaves.

use std::collections::BTreeMap;
use std::path::Path;

use folkmoot::model::{Id, Kind, Receipt, Record, Updated, Workspace};
use folkmoot::store::{Mode, Store};

use super::{PEOPLE, Way, content, id, masked, open_round, run, votes};

/// How many people vote; the others do not.
const VOTERS: u32 = PEOPLE - 2;

/// The ids of the ballots in a directory.
fn ballots(dir: &Path) -> Vec<Id> {
    opened(dir).ballots.iter().map(|ballot| ballot.id).collect()
}

fn opened(dir: &Path) -> Workspace {
    Store::open(dir, Mode::Read).unwrap().workspace
}

/// What a careless program would have left behind, done after each vote to the directory, with who has just voted and
/// the id of the ballot.
type Carelessness = fn(&Path, u32, Id);

fn careful(_: &Path, _: u32, _: Id) {}

/// A directory in which each person has cast the ballot that another casts in the next world, each as a process of its
/// own as at a terminal for voting; and the ids of the ballots in the order in which they were cast.
fn cast_all(world: u32, careless: Carelessness) -> (tempfile::TempDir, Vec<Id>) {
    let dir = open_round(Way::Nameless);
    let mut cast: Vec<Id> = Vec::new();
    for person in 0..VOTERS {
        let dots = votes(0, (person + world) % VOTERS);
        let workspace = opened(dir.path());
        let number =
            |vote: &folkmoot::model::ballot::Vote| vote.item.get(&workspace).unwrap().label(&workspace).unwrap();
        let mut call = vec!["vote".to_owned(), "V-0000".to_owned(), id('P', person).to_string()];
        call.extend(dots.iter().map(|vote| format!("{}={}", number(vote), vote.dots.unwrap())));
        let said = run(dir.path(), &call);
        assert!(said.starts_with("Some(0)"), "{call:?}: {said}");
        let new = ballots(dir.path()).into_iter().find(|id| !cast.contains(id)).unwrap();
        cast.push(new);
        careless(dir.path(), person, new);
    }
    (dir, cast)
}

/// The records of a file, each as its text with what was drawn at random taken out, in no order.
fn records(text: &str) -> String {
    let text = text.strip_suffix("\n  },\n)\n").unwrap_or(text); // or the last would differ from the others
    let mut records: Vec<String> = text.split("\n    \"").map(masked).collect();
    records.sort();
    records.join("\n")
}

/// Every file, by its name without the moment in it: what it says but for what was drawn at random. The lock says who
/// held it last, with process and moment.
fn files(dir: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_owned()];
    while let Some(next) = open.pop() {
        for path in std::fs::read_dir(next).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
            let (name, _) = name.split_once(".ron.").unwrap_or((&name, ""));
            let text = content(&path);
            let text = if name == ".moot/lock" { text.chars().filter(|c| !c.is_ascii_digit()).collect() } else { text };
            found.entry(name.to_owned()).or_insert_with(String::new).push_str(&records(&text));
        }
    }
    found
}

/// What in the files of two worlds ties ballots to people.
fn ties(careless: Carelessness) -> Vec<String> {
    let [(one, cast), (other, cast_there)] = [0, 1].map(|world| cast_all(world, careless));
    let (files_here, files_there) = (files(one.path()), files(other.path()));
    let mut found = Vec::new();
    for name in files_here.keys().chain(files_there.keys()) {
        let (here, there) = (files_here.get(name), files_there.get(name));
        if here != there && !found.contains(name) {
            found.push(name.clone());
        }
    }
    if cast.iter().any(|id| cast_there.contains(id)) {
        found.push("the ids of ballots follow from who votes".to_owned());
    }
    for (dir, cast) in [(&one, &cast), (&other, &cast_there)] {
        let written = content(&dir.path().join("ballots.ron"));
        let places: Vec<Option<usize>> = cast.iter().map(|id| written.find(id.as_str())).collect();
        if places.is_sorted() || places.iter().rev().is_sorted() || cast.is_sorted() {
            found.push("the ballots stand in the order in which they were cast".to_owned());
        }
        found.extend(stamped(&opened(dir.path())));
    }
    found
}

/// Ballots and receipts that say more than they must.
fn stamped(workspace: &Workspace) -> Vec<String> {
    let says = |fields: &[&'static str], kind: Kind| -> Vec<String> {
        let all = workspace.all(kind).into_iter();
        let more = all.filter(|record| {
            let is_said = |name: &&str| !record.is_blank(name) && !fields.contains(name);
            *record.updated() != Updated::default() || kind.fields().map(|field| field.name).any(|name| is_said(&name))
        });
        more.map(|record| format!("{} says more than it must", record.id())).collect()
    };
    [says(&["round", "votes"], Kind::Ballot), says(&["round", "person"], Receipt::KIND)].concat()
}

#[test]
fn no_file_ties_a_nameless_ballot_to_a_person() {
    assert_eq!(ties(careful), Vec::<String>::new());
}

/// Going back to an old version would keep the present one, in which some have voted, beside the one after the last vote.
#[test]
fn no_old_version_is_put_back_while_a_nameless_round_is_open() {
    let (dir, _) = cast_all(0, careful);
    for kind in [Kind::Ballot, Kind::Receipt] {
        let file = format!("{}.ron", kind.plural());
        let kept = dir.path().join(format!(".moot/backups/{file}.20261121T100000.000000Z"));
        std::fs::copy(dir.path().join(&file), &kept).unwrap();
        let call = ["backups", kind.plural(), "--restore", "20261121T100000.000000Z"].map(str::to_owned);
        let said = run(dir.path(), &call);
        assert!(said.contains("once the open round without names has closed"), "{said}");
        super::close(dir.path());
        let said = run(dir.path(), &call);
        assert!(said.starts_with("Some(0)"), "{said}");
        std::fs::remove_file(kept).unwrap();
        reopen(dir.path());
    }
}

/// Only a file that was changed by hand can have it open again.
fn reopen(dir: &Path) {
    rewrite(&dir.join("rounds.ron"), |text| text.replace("state: Closed", "state: Open"));
}

fn rewrite(path: &Path, change: impl FnOnce(String) -> String) {
    let text = std::fs::read_to_string(path).unwrap();
    std::fs::write(path, change(text)).unwrap();
}

#[test]
fn each_tie_that_is_planted_is_found() {
    let planted: [(&str, Carelessness); 6] = [
        ("old versions of the ballots are kept", |dir, person, _| {
            let to = dir.join(format!(".moot/backups/ballots.ron.20261121T1000{person:02}.000000Z"));
            std::fs::copy(dir.join("ballots.ron"), to).unwrap();
        }),
        ("a ballot bears the moment and who was there", |dir, person, id| {
            rewrite(&dir.join("ballots.ron"), |text| {
                let (before, after) = text.split_once(id.as_str()).unwrap();
                let stamp = format!("updated: (\"2026-11-21T10:00:{person:02}Z\", \"V{person}\")");
                let end = after.find("updated: (").unwrap();
                let rest = after[end..].split_once(')').unwrap().1;
                format!("{before}{id}{}{stamp}{rest}", &after[..end])
            });
        }),
        ("what an interrupted save leaves names both", |dir, person, id| {
            let line = format!("{person} {id}\n", person = super::id('P', person));
            let path = dir.join(".moot/left");
            let before = std::fs::read_to_string(&path).unwrap_or_default();
            std::fs::write(path, before + &line).unwrap();
            let votes = std::fs::read_to_string(dir.join("ballots.ron")).unwrap();
            std::fs::write(dir.join(format!(".moot/left{person}")), votes).unwrap();
        }),
        ("ballots are numbered as they come", |dir, person, id| {
            let number = super::id('B', person).to_string();
            rewrite(&dir.join("ballots.ron"), |text| text.replace(id.as_str(), &number));
        }),
        ("a conflict is kept", |dir, person, id| {
            let text = std::fs::read_to_string(dir.join("ballots.ron")).unwrap();
            let ballot = text.split_once(id.as_str()).unwrap().1.split("\n    \"").next().unwrap().to_owned();
            std::fs::write(dir.join(format!(".moot/conflicts.{person}")), ballot).unwrap();
        }),
        ("a ballot bears its number", |dir, person, id| {
            rewrite(&dir.join("ballots.ron"), |text| {
                let (before, after) = text.split_once(id.as_str()).unwrap();
                format!("{before}{id}{}", after.replacen("round:", &format!("number: \"{person}\", round:"), 1))
            });
        }),
    ];
    for (what, careless) in planted {
        let found = ties(careless);
        assert!(!found.is_empty(), "{what}");
        println!("{what}: {found:?}");
    }
}
