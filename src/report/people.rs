//! People in reports: with what they do and where, one line for one title.

use super::document::{Table, Words};
use super::source::Source;
use crate::model::{Person, Ref, Text};

/// People as a table: who, what they are called, where; with their numbers and addresses where those are asked for.
pub fn table(source: &Source<'_>, caption: &str, people: &[Ref<Person>]) -> Table {
    let headings: &[&str] = if source.with_contacts() {
        &["Name", "Role", "Organisation", "!Phone", "!E-mail"]
    } else {
        &["Name", "Role", "Organisation"]
    };
    let row = |person: &Ref<Person>| {
        let known = source.person(person);
        let (titles, organisations) = known.map(|known| roles(source, known)).unwrap_or_default();
        let said = |text: Option<&Text>| Words::from(text.map(ToString::to_string).unwrap_or_default());
        let mut row: Vec<Words> = vec![source.name(person).into(), titles.into(), organisations.into()];
        if source.with_contacts() {
            row.push(said(known.and_then(|known| known.phone.as_ref())));
            row.push(said(known.and_then(|known| known.email.as_ref())));
        }
        row
    };
    Table::new(caption, headings).with("", people.iter().map(row).collect())
}

/// What somebody is called, and where: each title and each organisation once.
fn roles(source: &Source<'_>, person: &Person) -> (String, String) {
    let mut titles: Vec<String> = Vec::new();
    let mut organisations: Vec<String> = Vec::new();
    for role in person.roles.iter().filter(|role| role.is_held(source.today)) {
        let title = role.title.as_ref().map(ToString::to_string).filter(|title| !titles.contains(title));
        titles.extend(title);
        let organisation = source.name(&role.organisation);
        if !organisations.contains(&organisation) {
            organisations.push(organisation);
        }
    }
    (titles.join(" / "), organisations.join(" / "))
}
