//! The table as it is written, and the entries that come of it.

use std::collections::HashMap;

use serde::Deserialize;

use super::single::Singles;
use super::{CloseWord, Phrase, Sense, Thesaurus, plain_words};
use crate::model::choice::Set;
use crate::model::service::{Ages, Client, Need, Sex};

/// A beginning of fewer letters would stand for everything.
const MIN_BEGINNING: usize = 3;

/// The lists of the file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename = "Thesaurus")]
pub(super) struct Table {
    /// Codes of taxonomies, letter for letter.
    codes: Vec<(String, Set<Need>)>,
    /// Means the need wherever it stands, in a description as well.
    said: Vec<(Need, Vec<String>)>,
    /// Means the need when somebody asks for it.
    asked: Vec<(Need, Vec<String>)>,
    /// May mean the need among others.
    perhaps: Vec<(Need, Vec<String>)>,
    clients: Vec<(Client, Vec<String>)>,
    sexes: Vec<(Sex, Vec<String>)>,
    ages: Vec<(Ages, Vec<String>)>,
    /// Carries nothing.
    nothing: Vec<String>,
    /// Means none of what its words mean alone.
    none: Vec<String>,
    /// One word in several spellings.
    same: Vec<Vec<String>>,
    /// Words of one thing within a need.
    close: Vec<Vec<String>>,
}

/// Entries by their words, and whether the last of these is a beginning.
type Entries = HashMap<(Vec<String>, bool), Sense>;

impl TryFrom<Table> for Thesaurus {
    type Error = String;

    fn try_from(table: Table) -> Result<Self, String> {
        let mut same: HashMap<String, Vec<String>> = HashMap::new();
        for group in &table.same {
            for word in group {
                let others = same.entry(word.clone()).or_default();
                others.extend(group.iter().filter(|other| *other != word).cloned());
            }
        }
        let mut thesaurus = Self { codes: table.codes.iter().cloned().collect(), same, ..Self::default() };
        let (mut singles, mut entries) = (Vec::new(), Entries::new());
        table
            .each(|texts, meant| texts.iter().try_for_each(|text| enter(text, meant, &thesaurus.same, &mut entries)))?;
        merge_beginnings(&mut entries);
        for ((mut words, is_beginning), sense) in entries {
            let first = words.remove(0);
            if words.is_empty() {
                singles.push((first, is_beginning, sense));
            } else {
                thesaurus.phrases.entry(first).or_default().push(Phrase { rest: words, is_beginning, sense });
            }
        }
        thesaurus.singles = Singles::new(singles);
        thesaurus.close =
            table.close.iter().map(|group| group.iter().map(|text| CloseWord::new(text)).collect()).collect();
        Ok(thesaurus)
    }
}

impl Table {
    /// Calls `each` with every list and what it says of its entries.
    fn each(&self, mut each: impl FnMut(&[String], Sense) -> Result<(), String>) -> Result<(), String> {
        let no = Sense::default;
        let set = |need: &Need| [*need].into_iter().collect::<Set<Need>>();
        self.said.iter().try_for_each(|(need, texts)| each(texts, Sense { said: set(need), ..no() }))?;
        self.asked.iter().try_for_each(|(need, texts)| each(texts, Sense { asked: set(need), ..no() }))?;
        self.perhaps.iter().try_for_each(|(need, texts)| each(texts, Sense { perhaps: set(need), ..no() }))?;
        let clients = |client: &Client| [*client].into_iter().collect();
        self.clients.iter().try_for_each(|(client, texts)| each(texts, Sense { clients: clients(client), ..no() }))?;
        self.sexes.iter().try_for_each(|(sex, texts)| each(texts, Sense { sex: Some(*sex), ..no() }))?;
        self.ages.iter().try_for_each(|(ages, texts)| each(texts, Sense { ages: Some(*ages), ..no() }))?;
        each(&self.nothing, Sense { is_nothing: true, ..no() })?;
        each(&self.none, Sense { is_none: true, ..no() })
    }
}

/// Enters a text in all its spellings.
fn enter(text: &str, meant: Sense, same: &HashMap<String, Vec<String>>, entries: &mut Entries) -> Result<(), String> {
    let (plain, is_beginning) = text.strip_suffix('*').map_or((text, false), |beginning| (beginning, true));
    let words: Vec<String> = plain_words(plain).split_ascii_whitespace().map(str::to_owned).collect();
    let last = words.last().ok_or_else(|| format!("the entry {text:?} has no words"))?;
    if plain.contains('*') {
        return Err(format!("in the entry {text:?} the * must stand at its end"));
    }
    if is_beginning && last.chars().count() < MIN_BEGINNING {
        return Err(format!("the entry {text:?} is too short: before a * write at least {MIN_BEGINNING} letters"));
    }
    for words in spellings(&words, is_beginning, same) {
        let sense = entries.entry((words, is_beginning)).or_default();
        *sense = sense.or(meant);
    }
    Ok(())
}

/// Where words are an entry and the beginning of one, the entry means what both do.
fn merge_beginnings(entries: &mut Entries) {
    let beginnings: Vec<(Vec<String>, Sense)> = entries
        .iter()
        .filter(|((_, is_beginning), _)| *is_beginning)
        .map(|((words, _), sense)| (words.clone(), *sense))
        .collect();
    for (words, sense) in beginnings {
        if let Some(whole) = entries.get_mut(&(words, false)) {
            *whole = whole.or(sense);
        }
    }
}

/// The words with each that has other spellings in all of these. A spelling without a letter (&) is left out.
fn spellings(words: &[String], is_beginning: bool, same: &HashMap<String, Vec<String>>) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = vec![Vec::with_capacity(words.len())];
    for (at, word) in words.iter().enumerate() {
        let is_whole = !is_beginning || at + 1 < words.len();
        let others = same.get(word).filter(|_| is_whole).map_or(&[] as &[String], Vec::as_slice);
        let longer: Vec<Vec<String>> = others
            .iter()
            .flat_map(|other| {
                let spelled = plain_words(other);
                let words: Vec<String> = spelled.split_ascii_whitespace().map(str::to_owned).collect();
                all.iter().map(move |before| [before.as_slice(), words.as_slice()].concat()).collect::<Vec<_>>()
            })
            .collect();
        for before in &mut all {
            before.push(word.clone());
        }
        all.extend(longer);
    }
    all.retain(|words| !words.is_empty());
    all
}
