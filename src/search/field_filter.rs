//! Filters by a field of a record, for every kind alike: `convener:KP`, `due:<3m`. A field becomes one by its
//! declaration; what the filter takes follows from the type of the field.

use super::words::{normalized, words};
use crate::model::date::{self, Date};
use crate::model::{AnyRecord, Audience, FieldInfo, FieldType, Kind, Shown, Wording, Workspace};

/// What a field must be.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FieldTest {
    filter: &'static str,
    expected: Expected,
}

/// What is expected of the value.
#[derive(Clone, Debug, PartialEq)]
enum Expected {
    /// Words that begin with these, all of them.
    Words(Vec<String>),
    /// A flag that is set, or not.
    Flag(bool),
    /// A number within these limits.
    Number(Option<i64>, Option<i64>),
    /// A date before or after a span from the day of the search, so a query kept overnight stays right.
    Date { is_before: bool, span: String },
    /// Exactly this date.
    On(String),
}

/// The field of one of these kinds that is filtered by this name.
pub(super) fn field_of(filter: &str, kinds: &[Kind]) -> Option<&'static FieldInfo> {
    kinds.iter().flat_map(|kind| kind.fields()).find(|field| field.filter == Some(filter))
}

/// What can be typed behind a filter by this field, for completion.
pub(super) fn values(field: &FieldInfo, workspace: &Workspace) -> Vec<String> {
    let listed = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    match field.field_type {
        FieldType::One(labels) | FieldType::Some(labels) => listed(labels),
        FieldType::Flag => listed(&["yes", "no"]),
        FieldType::Date | FieldType::DateTime => listed(&["<1w", "<1m", "<3m", ">3m"]),
        FieldType::Reference(kind) | FieldType::References(kind) => {
            let mut titles: Vec<String> =
                workspace.iter(kind).map(|record| record.title(workspace).into_owned()).collect();
            titles.sort();
            titles
        }
        _ => Vec::new(),
    }
}

impl FieldTest {
    /// Parses what was typed behind the name of a filter.
    ///
    /// # Errors
    /// What the filter takes.
    pub fn parse(field: &FieldInfo, value: &str) -> Result<Self, String> {
        let Some(filter) = field.filter else { return Err("this is no filter".to_owned()) };
        let expected = match field.field_type {
            FieldType::Flag => parse_flag(value).ok_or("write yes or no")?,
            FieldType::Number => parse_number(value).ok_or("write a number, <3, >3 or 3-5")?,
            FieldType::Date | FieldType::DateTime => parse_date(value).ok_or("write <3m, >1y or a date")?,
            _ => Expected::Words(words(value)),
        };
        Ok(Self { filter, expected })
    }

    /// Whether a record matches; `None` where it does not state the value, or has no such field.
    pub fn matches(&self, record: &AnyRecord, workspace: &Workspace, today: Date) -> Option<bool> {
        let field = record.kind().fields().find(|field| field.filter == Some(self.filter))?;
        let Shown::Value(text) = record.show(field, Wording::Typed, Audience::Colleagues, workspace) else {
            return None;
        };
        if let Expected::Flag(wanted) = self.expected {
            return Some((text == "yes") == wanted);
        }
        if text.is_empty() {
            return None;
        }
        Some(match &self.expected {
            Expected::Words(wanted) => {
                let mut stated = words(&text);
                record.each_text_of(field, workspace, &mut |_, alias| stated.extend(words(alias)));
                wanted.iter().all(|word| stated.iter().any(|stated| stated.starts_with(word.as_str())))
            }
            Expected::Number(from, to) => {
                let number: i64 = text.parse().ok()?;
                from.is_none_or(|from| number >= from) && to.is_none_or(|to| number <= to)
            }
            Expected::Date { is_before, span } => {
                let (on, limit) = (text.get(..10)?.parse::<Date>().ok()?, date::parse_date(span, today).ok()?);
                if *is_before { on <= limit } else { on >= limit }
            }
            Expected::On(typed) => text.get(..10)?.parse::<Date>().ok()? == date::parse_date(typed, today).ok()?,
            Expected::Flag(_) => return None,
        })
    }
}

fn parse_flag(value: &str) -> Option<Expected> {
    match normalized(value).as_str() {
        "yes" | "y" | "true" => Some(Expected::Flag(true)),
        "no" | "n" | "false" => Some(Expected::Flag(false)),
        _ => None,
    }
}

fn parse_number(value: &str) -> Option<Expected> {
    let number = |text: &str| text.trim().parse::<i64>().ok();
    if let Some(most) = value.strip_prefix('<') {
        return Some(Expected::Number(None, Some(number(most)? - 1)));
    }
    if let Some(least) = value.strip_prefix('>') {
        return Some(Expected::Number(Some(number(least)?.checked_add(1)?), None));
    }
    match value.split_once('-') {
        Some((from, to)) => Some(Expected::Number(Some(number(from)?), Some(number(to)?))),
        None => Some(Expected::Number(Some(number(value)?), Some(number(value)?))),
    }
}

fn parse_date(value: &str) -> Option<Expected> {
    let span = value.trim_start_matches(['<', '>', '=']).to_owned();
    date::parse_date(&span, Date::default()).ok()?;
    let is_before = match value.chars().next()? {
        '<' => true,
        '>' => false,
        _ => return Some(Expected::On(span)),
    };
    Some(Expected::Date { is_before, span })
}
