//! Tab in the search box: the names of filters, then what they take.

use std::ops::Range;

use super::Index;
use super::filter::{FILTERS, IS};
use super::query::filter_of;
use super::words::{beginning, plain};
use crate::model::choice::Choice;
use crate::model::organisation::Sector;
use crate::model::place::Atlas;
use crate::model::service::{Client, Need, Status};
use crate::model::{Workspace, text};

/// One way to go on.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// The bytes of the text it takes the place of.
    pub range: Range<usize>,
    /// What stands there then.
    pub text: String,
    /// What it means, in a few words; empty when it says so itself.
    pub help: String,
}

/// The most ways to go on that are offered.
const MOST: usize = 50;

/// The ways to go on from `cursor`, a byte of `text`: the nearest beginning first.
pub fn complete(text: &str, cursor: usize, index: &Index, workspace: &Workspace, atlas: &Atlas) -> Vec<Completion> {
    let cursor = beginning(text, cursor).len();
    let start = part_start(&text[..cursor]);
    let part = &text[start..cursor];
    let (part, start) = part.strip_prefix('!').map_or((part, start), |rest| (rest, start + 1));
    let Some((name, value)) = filter_of(part) else {
        return names(part, start..cursor);
    };
    let from = cursor - value.len();
    let typed = plain(value);
    let mut found: Vec<(bool, Completion)> = Vec::new();
    for (word, help) in values(name, index, workspace, atlas) {
        let known = plain(&word);
        let is_inside = !typed.is_empty() && word.split_whitespace().any(|part| plain(part).starts_with(&typed));
        if known.starts_with(&typed) || is_inside {
            let text = if word.contains(char::is_whitespace) { format!("\"{word}\" ") } else { format!("{word} ") };
            found.push((!known.starts_with(&typed), Completion { range: from..cursor, text, help }));
        }
    }
    found.sort_by_key(|(is_inside, _)| *is_inside);
    found.dedup_by(|a, b| a.1.text == b.1.text);
    found.into_iter().map(|(_, completion)| completion).take(MOST).collect()
}

/// Where the part before the cursor begins: behind the last blank outside quotes.
fn part_start(before: &str) -> usize {
    let mut is_quoted = false;
    let mut start = 0;
    for (at, c) in before.char_indices() {
        is_quoted ^= c == '"';
        if c.is_whitespace() && !is_quoted {
            start = at + c.len_utf8();
        }
    }
    start
}

fn names(typed: &str, range: Range<usize>) -> Vec<Completion> {
    let typed = typed.to_lowercase();
    let known = FILTERS.iter().filter(|(name, _)| name.starts_with(&typed));
    let completion =
        |(name, help): &(&str, &str)| Completion { range: range.clone(), text: (*name).into(), help: (*help).into() };
    known.map(completion).collect()
}

/// What a filter takes, each with what it means.
fn values(name: &str, index: &Index, workspace: &Workspace, atlas: &Atlas) -> Vec<(String, String)> {
    let bare = |words: &[&str]| words.iter().map(|word| ((*word).to_owned(), String::new())).collect::<Vec<_>>();
    match name {
        "need:" => bare(Need::LABELS),
        "sector:" => bare(Sector::LABELS),
        "sex:" => vec![("f".into(), "women".into()), ("m".into(), "men".into())],
        "status:" => bare(&[Client::LABELS, Status::LABELS].concat()),
        "is:" => bare(&IS.map(|(word, _)| word)),
        "age:" => bare(&["17", "21", "25", "60"]),
        "funding:" => bare(&["<3m", "<6m", "<1y", ">1y"]),
        "serves:" => areas(atlas),
        "in:" => [areas(atlas), towns(index, atlas)].concat(),
        "near:" => [towns(index, atlas), postcodes(atlas)].concat(),
        "org:" => organisations(workspace),
        "by:" => initials(workspace),
        _ => Vec::new(),
    }
}

fn areas(atlas: &Atlas) -> Vec<(String, String)> {
    let councils = atlas.areas.iter().map(|area| (area.name.to_string(), "council".to_owned()));
    let districts = atlas.districts.iter().map(|district| (district.name.to_string(), "district".to_owned()));
    let whole = std::iter::once((atlas.name.to_string(), "all of it".to_owned()));
    whole.chain(districts).chain(councils).filter(|(name, _)| !name.is_empty()).collect()
}

fn towns(index: &Index, atlas: &Atlas) -> Vec<(String, String)> {
    let mut known: Vec<(String, String)> =
        atlas.places.iter().map(|place| (place.name.to_string(), place.kind.to_string())).collect();
    let plain_names: std::collections::HashSet<String> = known.iter().map(|(name, _)| plain(name)).collect();
    let used = index.book.names.iter().filter(|(name, _)| !plain_names.contains(&**name));
    known.extend(used.map(|(_, shown)| (text::one_line(shown), String::new())));
    known
}

fn postcodes(atlas: &Atlas) -> Vec<(String, String)> {
    atlas.postcodes.iter().map(|postcode| (postcode.code.to_string(), postcode.name.to_string())).collect()
}

fn organisations(workspace: &Workspace) -> Vec<(String, String)> {
    let mut names: Vec<String> = workspace.organisations.iter().map(|o| text::one_line(&o.name)).collect();
    names.sort();
    names.into_iter().map(|name| (name, String::new())).collect()
}

fn initials(workspace: &Workspace) -> Vec<(String, String)> {
    let people = workspace.people.iter();
    people.filter_map(|person| Some((person.initials.as_ref()?.to_string(), person.name.to_string()))).collect()
}
