//! Initials beside a recommendation: who is interested in it and how much. Two letters can mean two people in one room:
//! who is meant is asked, never guessed.

use super::change::{Author, Change, Edit, Refusal};
use super::choice::Choice;
use super::person::{Person, meant};
use super::recommendation::{Initials, Interest};
use super::reference::Ref;
use super::{Id, Text, Workspace};

/// Initials as they were written, and whom they can mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The initials or the name.
    pub initials: Text,
    /// Everybody they can mean.
    pub who: Vec<Id>,
    /// How much they mean to do.
    pub interest: Interest,
}

/// Reads `KP lead`, `sw`, `Sam Wills keep me informed`: where no level is written it is help.
///
/// # Errors
/// Nobody is written.
pub fn read(workspace: &Workspace, typed: &str) -> Result<Written, Refusal> {
    let people = |typed: &str| -> Vec<Id> { meant(workspace, typed).iter().map(|person| person.id).collect() };
    let typed = super::text::one_line(typed);
    let whole = people(&typed);
    let (who, interest) = if whole.is_empty() { split_level(&typed) } else { (typed.as_str(), None) };
    let Some(initials) = Text::some(who) else {
        return Err(Refusal("whose initials? write them before the level: KP lead".to_owned()));
    };
    let who = if whole.is_empty() { people(&initials) } else { whole };
    Ok(Written { initials, who, interest: interest.unwrap_or(Interest::Help) })
}

/// The level at the end of what is typed, and what stands before it.
fn split_level(typed: &str) -> (&str, Option<Interest>) {
    let mut cuts = typed.match_indices(' ').map(|(at, _)| at);
    let level = |at: usize| Interest::parse(&typed[at..]).ok().map(|interest| (typed[..at].trim(), Some(interest)));
    cuts.find_map(level).unwrap_or((typed, None))
}

/// Puts initials beside a recommendation; who stands there already has the new level.
///
/// # Errors
/// There is no such recommendation.
pub fn add(
    workspace: &Workspace,
    item: Id,
    who: &Ref<Person>,
    interest: Interest,
    author: &Author,
) -> Result<Change, Refusal> {
    let Some(record) = workspace.recommendations.get(item) else {
        return Err(Refusal(format!("{item} is not a recommendation here; see `moot list recommendations`")));
    };
    let before = workspace.get(item);
    let mut after = super::Recommendation::clone(record);
    let row = Initials { who: who.clone(), interest: Some(interest) };
    match after.initials.iter_mut().find(|one| one.who == *who) {
        Some(known) => *known = row,
        None => after.initials.push(row),
    }
    after.updated = author.stamp(before.as_ref());
    let label = after.label(workspace).unwrap_or_else(|| item.to_string());
    let sentence = format!("{} beside {label}: {}", who.name(workspace), interest.label());
    Ok(Change { edits: Edit::new(before, Some(after.into())).into_iter().collect(), sentence })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_read_with_their_level_and_clashes_are_seen() {
        let mut workspace = Workspace::default();
        for (number, name, initials) in [(1, "Sam Wills", "SW"), (2, "Sue West", "SX"), (3, "Katy Pascoe", "KP")] {
            let id = Id::from_number('P', number, 4);
            let person = Person { id, name: name.into(), initials: Some(initials.into()), ..Person::default() };
            workspace.place(id, Some(person.into()));
        }
        let read = |typed: &str| {
            let written = read(&workspace, typed).unwrap();
            (written.initials.to_string(), written.who.len(), written.interest)
        };
        assert_eq!(read("KP lead"), ("KP".to_owned(), 1, Interest::Lead));
        assert_eq!(read("kp"), ("kp".to_owned(), 1, Interest::Help));
        assert_eq!(read("sw keep me informed"), ("sw".to_owned(), 2, Interest::KeepInformed));
        assert_eq!(read("SX k"), ("SX".to_owned(), 1, Interest::KeepInformed));
        assert_eq!(read("Sue West"), ("Sue West".to_owned(), 1, Interest::Help));
        assert_eq!(read("ZZ"), ("ZZ".to_owned(), 0, Interest::Help));
        assert!(super::read(&workspace, "  ").is_err());
    }
}
