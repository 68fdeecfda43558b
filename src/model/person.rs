//! People and their roles. Roles are many-to-many: one person serves two organisations, two people share a title, one
//! person carries two titles.

use serde::{Deserialize, Serialize};

use super::change::Refusal;
use super::record::{atomic_merge, record};
use super::text::Text;
use super::typed::{Blank, FieldType, FieldValue, ParseContext, Ref};
use super::{AnyRecord, Kind, Workspace};

/// What a person does somewhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Where.
    pub organisation: Ref,
    /// What they are called there.
    #[serde(default, skip_serializing_if = "Blank::is_blank")]
    pub title: Option<Text>,
}
atomic_merge!(Vec<Role>);

impl FieldValue for Vec<Role> {
    fn format(&self, workspace: &Workspace) -> String {
        let say = |role: &Role| match &role.title {
            Some(title) => format!("{title} | {}", role.organisation.name(workspace)),
            None => format!("| {}", role.organisation.name(workspace)),
        };
        self.iter().map(say).collect::<Vec<_>>().join("\n")
    }

    fn parse(typed: &str, context: ParseContext<'_>) -> Result<Self, String> {
        let read = |line: &str| {
            let (title, organisation) = line.split_once('|').unwrap_or((line, ""));
            if organisation.trim().is_empty() {
                return Err("write: title | organisation".to_owned());
            }
            Ok(Role { organisation: Ref::parse(organisation, context)?, title: Text::some(title) })
        };
        typed.lines().filter(|line| !line.trim().is_empty()).map(read).collect()
    }
}

record! {
    /// Somebody the partnership works with.
    Person = Kind::Person;
    editable {
        /// Their name.
        name: Text = "Name", FieldType::Line, "first name and surname";
        /// The letters with which they sign changes.
        initials: Option<Text> = "Initials", FieldType::Line, "two or three letters that sign their changes";
        /// What they do, and where.
        roles: Vec<Role> = "Roles", FieldType::Rows, "one a line: title | organisation";
        /// How to ring them at work.
        phone: Option<Text> = "Phone", FieldType::Line, "a number at work";
        /// How to write to them at work.
        email: Option<Text> = "E-mail", FieldType::Line, "an address at work";
        /// The login name on the host, by which the program knows them.
        login: Option<Text> = "Login", FieldType::Line, "their login name on this host";
        /// Anything else colleagues should know.
        notes: Option<Text> = "Notes", FieldType::Paragraph, "anything colleagues should know";
    }
    system {}
}

impl Person {
    fn check_more(&self) -> Result<(), String> {
        match &self.initials {
            Some(initials)
                if !(1..=8).contains(&initials.chars().count()) || initials.contains(char::is_whitespace) =>
            {
                Err("initials are one to eight letters without blanks".to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// Finds the person whom `who` means: an id, initials, a login name or a whole name.
///
/// # Errors
/// Nobody, or more than one: the refusal names them.
pub fn find<'a>(workspace: &'a Workspace, who: &str) -> Result<&'a Person, Refusal> {
    let wanted = who.trim().to_lowercase();
    let same = |text: &Option<Text>| text.as_ref().is_some_and(|text| text.to_lowercase() == wanted);
    let ways: [&dyn Fn(&Person) -> bool; 4] =
        [&|p| p.id.as_str().to_lowercase() == wanted, &|p| same(&p.login), &|p| same(&p.initials), &|p| {
            p.name.to_lowercase() == wanted
        }];
    for way in ways {
        let found: Vec<&Person> = workspace.people.iter().map(AsRef::as_ref).filter(|p| way(p)).collect();
        match found[..] {
            [] => {}
            [one] => return Ok(one),
            [one, two, ..] => {
                return Err(Refusal(format!(
                    "{who:?} is both {} ({}) and {} ({}); use the id",
                    one.name, one.id, two.name, two.id
                )));
            }
        }
    }
    Err(Refusal(format!("nobody here is {who:?}; see `moot list people`")))
}

/// Initials that sign changes belong to one person: two who share them could not be told apart afterwards.
pub(crate) fn check_initials(workspace: &Workspace, record: &AnyRecord) -> Result<(), Refusal> {
    let AnyRecord::Person(person) = record else {
        return Ok(());
    };
    let Some(initials) = &person.initials else {
        return Ok(());
    };
    let taken = workspace.people.iter().find(|other| {
        other.id != person.id && other.initials.as_ref().is_some_and(|i| i.to_lowercase() == initials.to_lowercase())
    });
    match taken {
        Some(other) => {
            Err(Refusal(format!("{initials} already signs for {}; take a third letter or a digit", other.name)))
        }
        None => Ok(()),
    }
}

/// Initials for a new person: the first letters of the names, with a digit where somebody has those already.
pub fn suggest_initials(workspace: &Workspace, name: &str) -> String {
    let letters: String = name.split_whitespace().filter_map(|word| word.chars().next()).take(4).collect();
    let letters = if letters.is_empty() { "X".to_owned() } else { letters.to_uppercase() };
    let taken = |initials: &str| {
        workspace.people.iter().any(|p| p.initials.as_ref().is_some_and(|i| i.eq_ignore_ascii_case(initials)))
    };
    let numbered = (2..).map(|number| format!("{letters}{number}"));
    std::iter::once(letters.clone()).chain(numbered).find(|i| !taken(i)).unwrap_or(letters)
}
