//! What differs between two versions of an agreement, line by line.

use similar::{ChangeTag, TextDiff};

use super::agreement;
use crate::app::{App, Effects, page, prompt};
use crate::model::Workspace;
use crate::model::agreement::{Agreement, version};
use crate::model::order::Order as _;

/// For `ready`.
pub(super) fn has_versions(app: &App) -> Result<(), &'static str> {
    let pair = agreement(app).and_then(|agreement| last_pair(agreement, &app.workspace));
    pair.map(|_| ()).ok_or("there is one text only: versions are there once it was accepted and changed")
}

/// The texts of an agreement with their names: each version that was accepted, and how it stands where nobody has accepted
/// that yet.
fn texts(agreement: &Agreement, workspace: &Workspace) -> Vec<(String, String)> {
    let mut known: Vec<&version::Version> = agreement.versions.iter().collect();
    known.order_by_key(|version| version.number);
    let text = |version: &version::Version| version.text.as_deref().unwrap_or_default().to_owned();
    let number = |version: &version::Version| version.number.unwrap_or_default().to_string();
    let mut texts: Vec<(String, String)> = known.iter().map(|version| (number(version), text(version))).collect();
    if !version::standing(agreement).is_known {
        texts.push(("now".to_owned(), version::text(agreement, workspace).to_string()));
    }
    texts
}

fn last_pair(agreement: &Agreement, workspace: &Workspace) -> Option<[(String, String); 2]> {
    let mut texts = texts(agreement, workspace);
    let last = texts.pop()?;
    Some([texts.pop()?, last])
}

/// Compares the last two, or asks which where there are more.
pub(super) fn open(app: &mut App) -> Effects {
    let Some(agreement) = agreement(app) else { return Vec::new() };
    let names: Vec<String> = texts(agreement, &app.workspace).into_iter().map(|(name, _)| name).collect();
    match &names[..] {
        [one, other] => {
            let pair = format!("{one} {other}");
            compare(app, &pair).unwrap_or_default()
        }
        [.., one, other] => {
            let hint = format!("two of: {}", names.join(", "));
            let text = format!("{one} {other}");
            prompt::ask(app, "Which versions?", hint, &text, compare)
        }
        _ => Vec::new(),
    }
}

fn compare(app: &mut App, typed: &str) -> Result<Effects, String> {
    let agreement = agreement(app).ok_or("no agreement is open any more")?;
    let texts = texts(agreement, &app.workspace);
    let named = |name: &str| texts.iter().find(|(known, _)| known == name).map(|(_, text)| text);
    let mut names = typed.split_whitespace();
    let (one, other) = names.next().zip(names.next()).ok_or("write two numbers, such as 1 2")?;
    let (before, after) = named(one).zip(named(other)).ok_or("write two of the versions there are")?;
    let title = format!("{}: version {one} and {}", agreement.name, said(other));
    let lines = differences(before, after);
    Ok(page::open(app, &title, &lines))
}

fn said(name: &str) -> String {
    if name == "now" { "as it stands now".to_owned() } else { format!("version {name}") }
}

/// The lines of both: `+` before what was added, `-` before what went.
fn differences(before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let line = |change: similar::Change<&str>| {
        let sign = match change.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => ' ',
        };
        format!("{sign} {}\n", change.value().trim_end())
    };
    diff.iter_all_changes().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_came_and_went_are_marked() {
        assert_eq!(differences("a\nb\nc", "a\nx\nc"), "  a\n- b\n+ x\n  c\n");
        assert_eq!(differences("", "a"), "+ a\n");
    }
}
