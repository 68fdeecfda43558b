//! Completion in the search box: the names of filters, then their values.

use std::ops::Range;

use super::Index;
use super::field_filter;
use super::filter::{IS_VALUES, states};
use super::query::split_filter;
use super::words::{normalized, truncated};
use crate::model::choice::Choice;
use crate::model::organisation::Sector;
use crate::model::place::Atlas;
use crate::model::record::FilterInfo;
use crate::model::service::{Client, Need, Status};
use crate::model::{Workspace, text};

/// A completion offered for what was typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// The bytes of the text that it replaces.
    pub range: Range<usize>,
    /// The replacement.
    pub text: String,
    /// An explanation in a few words; empty where the text needs none.
    pub help: String,
}

/// The most completions offered at once.
const MAX_COMPLETIONS: usize = 50;

/// The completions at `cursor`, a byte of `text`: values that begin with what was typed, then those of which a later
/// word does.
pub fn complete(text: &str, cursor: usize, index: &Index, workspace: &Workspace, atlas: &Atlas) -> Vec<Completion> {
    let cursor = truncated(text, cursor).len();
    let start = part_start(&text[..cursor]);
    let part = &text[start..cursor];
    let (part, start) = part.strip_prefix('!').map_or((part, start), |rest| (rest, start + 1));
    let Some((name, value)) = split_filter(part, &index.filters()) else {
        return filter_names(part, start..cursor, &index.filters());
    };
    let from = cursor - value.len();
    let typed = normalized(value);
    let mut found: Vec<(bool, Completion)> = Vec::new();
    for (word, help) in filter_values(name, index, workspace, atlas) {
        let value = normalized(&word);
        let is_inside = !typed.is_empty() && word.split_whitespace().any(|part| normalized(part).starts_with(&typed));
        if value.starts_with(&typed) || is_inside {
            let text = if word.contains(char::is_whitespace) { format!("\"{word}\" ") } else { format!("{word} ") };
            found.push((!value.starts_with(&typed), Completion { range: from..cursor, text, help }));
        }
    }
    found.sort_by_key(|(is_inside, _)| *is_inside);
    found.dedup_by(|a, b| a.1.text == b.1.text);
    found.into_iter().map(|(_, completion)| completion).take(MAX_COMPLETIONS).collect()
}

/// Where the part at the cursor begins: after the last blank outside quotes.
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

fn filter_names(typed: &str, range: Range<usize>, filters: &[FilterInfo]) -> Vec<Completion> {
    let typed = typed.to_lowercase();
    let matching = filters.iter().filter(|filter| filter.name.starts_with(&typed));
    let completion =
        |filter: &FilterInfo| Completion { range: range.clone(), text: filter.name.into(), help: filter.help.into() };
    matching.map(completion).collect()
}

/// The values a filter takes, each with its explanation.
fn filter_values(name: &str, index: &Index, workspace: &Workspace, atlas: &Atlas) -> Vec<(String, String)> {
    let without_help =
        |words: &[&str]| words.iter().map(|word| ((*word).to_owned(), String::new())).collect::<Vec<_>>();
    if let Some(field) = field_filter::field_of(name, index.kinds()) {
        return field_filter::values(field, workspace).into_iter().map(|value| (value, String::new())).collect();
    }
    match name {
        "is:" if !states(index).is_empty() => without_help(&states(index)),
        "need:" => without_help(Need::LABELS),
        "sector:" => without_help(Sector::LABELS),
        "sex:" => vec![("f".into(), "women".into()), ("m".into(), "men".into())],
        "status:" => without_help(&[Client::LABELS, Status::LABELS].concat()),
        "is:" => without_help(&IS_VALUES.map(|(word, _)| word)),
        "age:" => without_help(&["17", "21", "25", "60"]),
        "funding:" => without_help(&["<3m", "<6m", "<1y", ">1y"]),
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
    let normalized_names: std::collections::HashSet<String> = known.iter().map(|(name, _)| normalized(name)).collect();
    let used = index.columns.names.iter().filter(|(name, _)| !normalized_names.contains(&**name));
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
