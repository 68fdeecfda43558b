//! People and their roles. Roles are many-to-many: one person serves two organisations, two people share a title, one
//! person carries two titles.

use std::borrow::Cow;

use super::change::Refusal;
use super::column::{Cell, CellContext, Column, ColumnSource, Width};
use super::date::{Date, format_date};
use super::field::{Audience, Blank, Holds, SearchField};
use super::organisation::Organisation;
use super::record::{FilterInfo, Rules, record};
use super::reference::Ref;
use super::row::row;
use super::service::{BY_FILTER, ORGANISATION_FILTER, SECTOR_FILTER};
use super::text::Text;
use super::{AnyRecord, Id, Kind, Workspace};

row! {
    /// What a person does somewhere.
    Role key(title, organisation, from);
    /// What they are called there.
    title: Option<Text> = "Title", "what they are called there", search(SearchField::Need);
    /// Where.
    organisation: Ref<Organisation> = "Organisation", "where", required, search(SearchField::Organisation);
    /// Since when.
    from: Option<Date> = "From", "since when: 1 apr 2009";
    /// The last day of it.
    until: Option<Date> = "Until", "the last day of it: 31 mar 2019";
}

/// Whether others know of somebody: those who steer an event, and those to ask about it, are named with what they do.
/// Everybody else is named where a record for others names them, and no more is said of them.
fn is_nobody_to_others(record: &AnyRecord, audience: Audience, workspace: &Workspace) -> bool {
    let id = record.id();
    let names = |people: &[Ref<Person>]| people.iter().any(|person| person.id() == Some(id));
    matches!(audience, Audience::Partners | Audience::Everyone { with_contacts: false })
        && !workspace.events.iter().any(|event| names(&event.steering_group) || names(&event.contacts))
}

record! {
    /// Somebody the partnership works with.
    Person = people, Kind::Person;
    editable {
        /// Their name.
        name: Text = "Name", "first name and surname", required, public,
            hidden_if(is_nobody_to_others, "not named"), search(SearchField::Name);
        /// The letters with which they sign changes.
        initials: Option<Text> = "Initials", "two or three letters that sign their changes", search(SearchField::Alias);
        /// What they do, and where.
        roles: Vec<Role> = "Roles", "one a line: title | organisation | from | until", public,
            hidden_if(is_nobody_to_others, "not named"), column(60), back("People");
        /// How to ring them at work.
        phone: Option<Text> = "Phone", "a number at work", personal, holds(Holds::Phone);
        /// How to write to them at work.
        email: Option<Text> = "E-mail", "an address at work", personal, holds(Holds::Email);
        /// The login name on the host, by which the program knows them.
        login: Option<Text> = "Login", "their login name on this host", search(SearchField::Alias);
        /// Anything else colleagues should know.
        notes: Option<Text> = "Notes", "anything colleagues should know", paragraph, search(SearchField::Text);
    }
    system {}
}

impl Rules for Person {
    const COLUMNS: &'static [Column] = &[Column {
        name: "initials",
        heading: "Initials",
        width: Width::Cells(4),
        in_narrow: false,
        source: ColumnSource::Computed(initials_cell),
        order: None,
    }];
    const LISTED: &'static [&'static str] = &["initials", "roles", "phone"];
    const FILTERS: &'static [FilterInfo] = &[ORGANISATION_FILTER, SECTOR_FILTER, BY_FILTER];

    fn title<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Borrowed(&self.name)
    }

    fn answers_to(&self, typed: &str, _: &Workspace) -> bool {
        let is = |text: &Text| text.to_lowercase() == typed;
        is(&self.name) || self.initials.as_ref().is_some_and(is) || self.login.as_ref().is_some_and(is)
    }

    fn check(&self) -> Result<(), String> {
        match &self.initials {
            Some(initials)
                if !(1..=8).contains(&initials.chars().count()) || initials.contains(char::is_whitespace) =>
            {
                Err("initials are one to eight letters without blanks".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Initials of which nobody here has the same.
    fn complete(&mut self, workspace: &Workspace) {
        if self.initials.is_none() {
            self.initials = Text::some(&suggest_initials(workspace, &self.name));
        }
    }

    /// Their titles in an organisation, and until when they had them where that is over.
    fn relation(&self, field: &str, to: Id, today: Date) -> Option<String> {
        let roles = self.roles.iter().filter(|role| field == "roles" && role.organisation.id() == Some(to));
        let said: Vec<String> = roles.filter_map(|role| role.in_words(today)).collect();
        (!said.is_empty()).then(|| said.join("; "))
    }

    /// An organisation that is not here is on no side of the table.
    fn warnings(&self, _: &Workspace) -> Vec<String> {
        let unknown = self.roles.iter().filter(|role| role.organisation.id().is_none());
        let said = |name: std::borrow::Cow<'_, str>| {
            format!("{name} is not among the organisations here: add it (o), then save this again")
        };
        unknown
            .map(|role| role.organisation.name(&Workspace::default()).into_owned())
            .filter(|name| !name.is_empty())
            .map(|name| said(name.into()))
            .collect()
    }

    /// Initials that sign changes belong to one person: two who share them could not be told apart afterwards. Refused only
    /// where they are typed: in a room of fifty two people often have the same, and what else is known of them can still
    /// be written down.
    fn check_among(&self, workspace: &Workspace) -> Result<(), Refusal> {
        let has_changed =
            |it: &&Text| workspace.people.get(self.id).is_none_or(|was| was.initials.as_ref() != Some(*it));
        let Some(initials) = self.initials.as_ref().filter(has_changed) else { return Ok(()) };
        let same = |other: &Text| other.to_lowercase() == initials.to_lowercase();
        let taken =
            workspace.people.iter().find(|other| other.id != self.id && other.initials.as_ref().is_some_and(same));
        match taken {
            Some(other) => {
                Err(Refusal(format!("{initials} already signs for {}; take a third letter or a digit", other.name)))
            }
            None => Ok(()),
        }
    }
}

impl Role {
    /// Whether it was over on a day.
    pub fn is_over(&self, day: Date) -> bool {
        self.until.is_some_and(|until| until < day)
    }

    /// The title, and since when it will be theirs or until when it was.
    fn in_words(&self, today: Date) -> Option<String> {
        let until = self.until.filter(|_| self.is_over(today)).map(|day| format!("until {}", format_date(day, today)));
        let from = self.from.filter(|from| *from > today).map(|day| format!("from {}", format_date(day, today)));
        let title = self.title.as_ref().map(ToString::to_string);
        let parts: Vec<String> = [title, from, until].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// Whether they had it on a day.
    pub fn is_held(&self, day: Date) -> bool {
        !self.is_over(day) && self.from.is_none_or(|from| from <= day)
    }
}

impl Person {
    /// The organisations for which they act on a day, each once, in the order of their roles.
    pub fn organisations(&self, day: Date) -> Vec<&Ref<Organisation>> {
        let mut found = Vec::new();
        for role in self.roles.iter().filter(|role| role.is_held(day) && !role.organisation.is_blank()) {
            if !found.contains(&&role.organisation) {
                found.push(&role.organisation);
            }
        }
        found
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

fn initials_cell(record: &AnyRecord, _: &CellContext<'_>) -> Cell {
    let initials = <&Person>::try_from(record).ok().and_then(|person| person.initials.as_ref());
    initials.map(ToString::to_string).unwrap_or_default().into()
}

/// How somebody fits what is typed of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It is their initials, their whole name or their id.
    Exact,
    /// It is the first letters of their names, which others may share.
    Letters,
    /// Each word of it begins one of their names.
    Begins,
}

/// How somebody fits what is typed; `None`: not at all.
pub fn fit(person: &Person, typed: &str) -> Option<Fit> {
    let typed = typed.trim().to_lowercase();
    let name = person.name.to_lowercase();
    let is_theirs = |initials: &Text| initials.to_lowercase() == typed;
    if name == typed || person.initials.as_ref().is_some_and(is_theirs) || person.id.as_str().to_lowercase() == typed {
        return Some(Fit::Exact);
    }
    let letters: String = name.split_whitespace().filter_map(|word| word.chars().next()).collect();
    let begins = |word: &str| name.split([' ', '-']).any(|part| part.starts_with(word));
    if letters == typed {
        return Some(Fit::Letters);
    }
    typed.split_whitespace().all(begins).then_some(Fit::Begins)
}

/// Those whom initials or a name can mean: all who bear the initials or whose names begin with these letters.
pub fn meant<'a>(workspace: &'a Workspace, typed: &str) -> Vec<&'a Person> {
    let people = workspace.people.iter().map(AsRef::as_ref);
    people.filter(|person| fit(person, typed).is_some_and(|fit| fit < Fit::Begins)).collect()
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
