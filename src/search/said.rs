//! What of a record is searched: its texts, each in the field where a person would look for it.

use std::sync::Arc;

use super::words::beginning;
use crate::model::choice::{Choice, Set};
use crate::model::{AnyRecord, Kind, Organisation, Person, Ref, Service, Text, Workspace};

/// Where in a record a word stands. The order is that of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// What it is called.
    Name,
    /// What else it is called.
    Alias,
    /// The organisations it has to do with.
    Organisation,
    /// The needs it meets and whom it is for.
    Need,
    /// Where it is and what it serves.
    Place,
    /// Everything else that is said about it.
    Text,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 6] = [Self::Name, Self::Alias, Self::Organisation, Self::Need, Self::Place, Self::Text];

    /// The word for it.
    pub fn label(self) -> &'static str {
        ["name", "alias", "organisation", "need", "place", "text"][self as usize]
    }

    pub(super) fn bit(self) -> u8 {
        1 << self as u8
    }

    /// What a word in it weighs.
    pub(super) fn weight(self) -> f32 {
        [1.0, 0.9, 0.7, 0.6, 0.55, 0.2][self as usize]
    }
}

/// The most bytes of one field of one record that are searched. Nobody looks for a service by the fifth page of its
/// description, and a hostile file must not cost the others their time.
const MOST_BYTES: usize = 4096;

/// Hands out the texts of a record until a field has had its share.
pub(super) struct Teller<'a> {
    each: &'a mut dyn FnMut(Field, &str),
    left: [usize; 6],
}

impl<'a> Teller<'a> {
    pub fn new(each: &'a mut dyn FnMut(Field, &str)) -> Self {
        Self { each, left: [MOST_BYTES; 6] }
    }

    fn say(&mut self, field: Field, text: &str) {
        let left = &mut self.left[field as usize];
        if text.is_empty() || *left == 0 {
            return;
        }
        let text = beginning(text, *left);
        *left -= text.len().max(1);
        (self.each)(field, text);
    }

    fn say_all<'t>(&mut self, field: Field, texts: impl IntoIterator<Item = &'t Text>) {
        texts.into_iter().for_each(|text| self.say(field, text));
    }

    fn say_choices<C: Choice>(&mut self, field: Field, choices: Set<C>) {
        choices.iter().for_each(|choice| self.say(field, choice.label()));
    }

    fn say_organisation(&mut self, organisation: &Ref, workspace: &Workspace) {
        self.say(Field::Organisation, organisation.name(workspace));
        if let Some(record) = organisation.id().and_then(|id| workspace.organisations.get(id)) {
            self.say_all(Field::Organisation, &record.aliases);
        }
    }

    /// Hands out all texts of a record.
    pub fn tell(&mut self, record: &AnyRecord, workspace: &Workspace) {
        match record {
            AnyRecord::Service(service) => self.tell_service(service, workspace),
            AnyRecord::Person(person) => self.tell_person(person, workspace),
            AnyRecord::Organisation(organisation) => self.tell_organisation(organisation, workspace),
            other => self.say(Field::Name, other.name()),
        }
    }

    fn tell_service(&mut self, service: &Service, workspace: &Workspace) {
        self.say(Field::Name, &service.name);
        self.say_all(Field::Alias, &service.aliases);
        let roles = service.organisation.iter().chain(&service.commissioner);
        for organisation in roles.chain(&service.funders).chain(&service.referrers) {
            self.say_organisation(organisation, workspace);
        }
        self.say_choices(Field::Need, service.needs);
        self.say_choices(Field::Need, service.clients);
        self.say_all(Field::Place, &service.serves);
        for location in service.shown_locations() {
            self.say_all(Field::Place, location.town.iter().chain(&location.postcode).chain(&location.name));
            self.say_all(Field::Text, &location.address);
        }
        let texts = [&service.summary, &service.eligibility, &service.alert, &service.how_to_refer, &service.notes];
        self.say_all(Field::Text, &service.languages);
        let facts = [&service.opening, &service.cost, &service.waiting, &service.accessibility];
        for text in texts.into_iter().chain(facts) {
            self.say_all(Field::Text, text);
        }
        for contact in &service.contacts {
            self.say_all(Field::Text, contact.name.iter().chain(&contact.title));
        }
    }

    fn tell_person(&mut self, person: &Person, workspace: &Workspace) {
        self.say(Field::Name, &person.name);
        self.say_all(Field::Alias, person.initials.iter().chain(&person.login));
        for role in &person.roles {
            self.say_organisation(&role.organisation, workspace);
            self.say_all(Field::Need, &role.title);
        }
        self.say_all(Field::Text, &person.notes);
    }

    fn tell_organisation(&mut self, organisation: &Organisation, workspace: &Workspace) {
        self.say(Field::Name, &organisation.name);
        self.say_all(Field::Alias, &organisation.aliases);
        organisation.parent.iter().for_each(|parent| self.say_organisation(parent, workspace));
        organisation.sector.iter().for_each(|sector| self.say(Field::Need, sector.label()));
        self.say_all(Field::Text, organisation.summary.iter().chain(&organisation.identifier));
    }
}

/// The records of these kinds whose texts name an organisation: what has to be read again when it is renamed.
pub(super) fn naming(organisation: &Ref, kinds: &[Kind], workspace: &Workspace) -> Vec<AnyRecord> {
    let mut found = Vec::new();
    if kinds.contains(&Kind::Service) {
        let services = workspace.services.iter().filter(|service| service.names(organisation));
        found.extend(services.map(|service| AnyRecord::Service(Arc::clone(service))));
    }
    if kinds.contains(&Kind::Person) {
        let has_role = |person: &&Arc<Person>| person.roles.iter().any(|role| role.organisation == *organisation);
        found.extend(workspace.people.iter().filter(has_role).map(|person| AnyRecord::Person(Arc::clone(person))));
    }
    if kinds.contains(&Kind::Organisation) {
        let parts = workspace.organisations.iter().filter(|part| part.parent.as_ref() == Some(organisation));
        found.extend(parts.map(|part| AnyRecord::Organisation(Arc::clone(part))));
    }
    found
}
