//! The table of what people say: laws over every entry, and a workspace's own.

#![allow(clippy::unwrap_used)] // a table that cannot be read has failed

use std::collections::HashSet;

use folkmoot::model::choice::{Choice, Set};
use folkmoot::model::service::{Ages, Client, Need, Sex};
use folkmoot::model::thesaurus::{Meaning, Thesaurus};
use folkmoot::store;
use serde::Deserialize;

/// The lists as they are written.
#[derive(Deserialize)]
struct Table {
    codes: Vec<(String, Set<Need>)>,
    said: Vec<(Need, Vec<String>)>,
    asked: Vec<(Need, Vec<String>)>,
    perhaps: Vec<(Need, Vec<String>)>,
    clients: Vec<(Client, Vec<String>)>,
    sexes: Vec<(Sex, Vec<String>)>,
    ages: Vec<(Ages, Vec<String>)>,
    nothing: Vec<String>,
    none: Vec<String>,
    same: Vec<Vec<String>>,
}

impl Table {
    fn read() -> Self {
        ron::from_str(include_str!("../data/thesaurus.ron")).unwrap()
    }

    fn of_needs(&self) -> impl Iterator<Item = &(Need, Vec<String>)> {
        self.said.iter().chain(&self.asked).chain(&self.perhaps)
    }

    /// Every list with its name.
    fn lists(&self) -> Vec<(String, &[String])> {
        let mut lists = vec![("nothing".to_owned(), self.nothing.as_slice()), ("none".to_owned(), &self.none)];
        for (name, needs) in [("said", &self.said), ("asked", &self.asked), ("perhaps", &self.perhaps)] {
            lists.extend(needs.iter().map(|(need, texts)| (format!("{name} {}", need.label()), texts.as_slice())));
        }
        lists.extend(self.clients.iter().map(|(client, texts)| (client.label().to_owned(), texts.as_slice())));
        lists.extend(self.sexes.iter().map(|(sex, texts)| (sex.label().to_owned(), texts.as_slice())));
        lists.extend(self.ages.iter().map(|(ages, texts)| (format!("{ages:?}"), texts.as_slice())));
        lists
    }
}

fn words(text: &str) -> Vec<String> {
    text.trim_end_matches('*').split(' ').map(str::to_owned).collect()
}

fn read(thesaurus: &Thesaurus, text: &str) -> Vec<Meaning> {
    thesaurus.read(&words(text), false)
}

/// The heaviest needs of a meaning.
fn first(meaning: &Meaning) -> Set<Need> {
    let most = meaning.needs.first().map_or(0.0, |(_, weight)| *weight);
    meaning.needs.iter().filter(|(_, weight)| *weight >= most).map(|(need, _)| *need).collect()
}

#[test]
fn every_entry_is_folded_and_stands_once_in_its_list() {
    for (name, texts) in Table::read().lists() {
        let mut seen = HashSet::new();
        for text in texts {
            let plain = text.strip_suffix('*').unwrap_or(text);
            let is_folded = plain.chars().all(|c| c == ' ' || c.is_ascii_lowercase() || c.is_ascii_digit());
            assert!(is_folded && !plain.contains("  ") && plain.trim() == plain, "{name}: {text:?} is not folded");
            assert!(plain.split(' ').count() <= 6, "{name}: {text:?} is more than anybody says in one breath");
            assert!(seen.insert(text), "{name}: {text:?} stands there twice");
        }
    }
}

#[test]
fn every_need_has_its_entries() {
    let table = Table::read();
    let mut all: HashSet<&str> = HashSet::new();
    for need in Need::ALL {
        let own: HashSet<&str> =
            table.of_needs().filter(|(of, _)| of == need).flat_map(|(_, texts)| texts).map(String::as_str).collect();
        assert!(own.len() >= 70, "{} has {} entries", need.label(), own.len());
        all.extend(own);
    }
    assert!(all.len() >= 1_800, "{} entries", all.len());
    assert!(!table.codes.is_empty());
}

#[test]
fn what_is_read_in_descriptions_is_no_crumb() {
    for (need, texts) in &Table::read().said {
        for text in texts {
            let plain = text.trim_end_matches('*');
            assert!(plain.chars().count() >= 3, "{}: {text:?}", need.label());
            assert!(!text.ends_with('*') || words(text).last().unwrap().len() >= 3, "{}: {text:?}", need.label());
        }
    }
}

#[test]
fn what_carries_nothing_means_nothing() {
    let table = Table::read();
    let meant: HashSet<&str> = table.of_needs().flat_map(|(_, texts)| texts).map(String::as_str).collect();
    for text in table.nothing.iter().chain(&table.none) {
        assert!(!meant.contains(text.as_str()), "{text:?} means a need as well");
    }
    let thesaurus = store::default_thesaurus();
    for text in &table.nothing {
        assert!(read(&thesaurus, text).iter().all(|meaning| meaning.is_nothing), "{text:?}");
    }
    for text in &table.none {
        assert_eq!(read(&thesaurus, text), [], "{text:?}");
        assert!(thesaurus.of_text(text).is_empty(), "{text:?}");
    }
}

#[test]
fn every_entry_read_alone_gives_its_need_first() {
    let (table, thesaurus) = (Table::read(), store::default_thesaurus());
    for (list, is_sure) in [(&table.said, true), (&table.asked, true), (&table.perhaps, false)] {
        for (need, texts) in list {
            for text in texts {
                let read = read(&thesaurus, text);
                assert_eq!(read.len(), 1, "{text:?}: {read:?}");
                assert_eq!(read[0].words, 0..words(text).len(), "{text:?}");
                let known =
                    if is_sure { first(&read[0]) } else { read[0].needs.iter().map(|(need, _)| *need).collect() };
                assert!(known.has(*need), "{text:?} under {}: {read:?}", need.label());
            }
        }
    }
    for (need, texts) in &table.said {
        for text in texts {
            assert!(thesaurus.of_text(text.trim_end_matches('*')).has(*need), "{text:?} under {}", need.label());
        }
    }
}

#[test]
fn every_circumstance_is_read_from_its_entries() {
    let (table, thesaurus) = (Table::read(), store::default_thesaurus());
    for (client, texts) in &table.clients {
        for text in texts {
            assert!(read(&thesaurus, text).iter().any(|meaning| meaning.clients.has(*client)), "{text:?}");
        }
    }
    for (sex, texts) in &table.sexes {
        for text in texts {
            assert!(read(&thesaurus, text).iter().any(|meaning| meaning.sex == Some(*sex)), "{text:?}");
        }
    }
    for (ages, texts) in &table.ages {
        for text in texts {
            assert!(read(&thesaurus, text).iter().any(|meaning| meaning.ages == Some(*ages)), "{text:?}");
        }
    }
}

/// However somebody begins, what they need is still read: the last words of no beginning take the first of a need.
#[test]
fn what_carries_nothing_eats_nothing_of_a_need() {
    let (table, thesaurus) = (Table::read(), store::default_thesaurus());
    let starts: Vec<&String> = table.nothing.iter().filter(|text| words(text).len() > 1).collect();
    let (mut eaten, mut tried) = (Vec::new(), 0);
    for (need, texts) in &table.asked {
        for (number, text) in texts.iter().enumerate() {
            for start in starts.iter().skip(number % 7).step_by(7) {
                let read = read(&thesaurus, &format!("{start} {}", text.trim_end_matches('*')));
                let is_met = read.iter().any(|meaning| meaning.needs.iter().any(|(of, _)| of == need));
                tried += 1;
                if !is_met {
                    eaten.push(format!("{start} | {text}"));
                }
            }
        }
    }
    // What is left can be read in two ways: "who can't sleep" is no rough sleeper.
    let examples = &eaten[..eaten.len().min(40)];
    assert!(
        tried > 100_000 && eaten.len() * 1_000 < tried,
        "{} of {tried} are lost, such as {examples:?}",
        eaten.len()
    );
}

#[test]
fn spellings_are_single_words_and_each_group_its_own() {
    for group in Table::read().same {
        assert!(group.len() >= 2, "{group:?}");
        let distinct: HashSet<&String> = group.iter().collect();
        assert_eq!(distinct.len(), group.len(), "{group:?}");
        assert!(group.iter().all(|word| !word.contains([' ', '-', '\'']) && *word == word.to_lowercase()), "{group:?}");
    }
}

#[test]
fn callers_are_understood() {
    let thesaurus = store::default_thesaurus();
    for (text, need) in [
        ("who can house a man with no deposit", Need::Accommodation),
        ("he needs somewhere to live", Need::Accommodation),
        ("kicked out by his mum", Need::YoungPeople),
        ("on tag and needs work", Need::Employment),
        ("uc stopped", Need::Finance),
        ("hears voices", Need::MentalHealth),
        ("aa in weymouth", Need::DrugsAndAlcohol),
        ("driving licence", Need::Employment),
        ("accomodation", Need::Accommodation),
        ("benifits", Need::Finance),
        ("councelling", Need::MentalHealth),
        ("mother and baby unit", Need::Women),
        ("his kids", Need::Family),
        ("anger management", Need::Attitudes),
        ("someone to go with him", Need::Mentoring),
        ("been beaten up by her husband", Need::Victims),
        ("ex squaddie", Need::Veterans),
        ("find a solicitor", Need::Legal),
        ("friday prayers", Need::Faith),
        ("toothache", Need::PhysicalHealth),
    ] {
        let found = read(&thesaurus, text).iter().any(|meaning| first(meaning).has(need));
        assert!(found, "{text:?} is {} to a caller: {:?}", need.label(), read(&thesaurus, text));
    }
    for text in ["flatlining", "lieutenant", "courtyard", "tennis court", "animal shelter", "vet surgery", "weymouth"] {
        assert!(read(&thesaurus, text).iter().all(|meaning| meaning.needs.is_empty()), "{text:?}");
    }
    let read = read(&thesaurus, "young lad on licence");
    assert!(read.iter().any(|meaning| meaning.sex == Some(Sex::Male) && meaning.ages.is_some()), "{read:?}");
    assert!(read.iter().any(|meaning| meaning.clients.has(Client::OnProbation)), "{read:?}");
}

/// A workspace's own table takes the place of the one of the program; the table of earlier versions is named.
#[test]
fn a_workspace_has_a_table_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("own");
    store::init(&dir, "Own", false).unwrap();
    assert!(store::thesaurus(&dir).unwrap().of_text("zither lessons").is_empty());
    std::fs::write(dir.join("thesaurus.ron"), "(said: [(Faith, [\"zither\"])])").unwrap();
    let own = store::thesaurus(&dir).unwrap();
    assert!(own.of_text("zither lessons").has(Need::Faith));
    assert!(own.of_text("a hostel").is_empty(), "nothing of the program's own table is left");
    std::fs::write(dir.join("thesaurus.ron"), "(\n  said: [(Faith, [\"z*\"])],\n)").unwrap();
    let problem = store::thesaurus(&dir).unwrap_err().to_string();
    assert!(problem.starts_with("thesaurus.ron:") && problem.contains("too short"), "{problem}");

    std::fs::remove_file(dir.join("thesaurus.ron")).unwrap();
    std::fs::write(dir.join("needs.ron"), "()").unwrap();
    let problems = store::Store::open(&dir, store::Mode::Read).unwrap().problems;
    let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("not read any more") && !problems[0].is_blocking, "{said:?}");
}
