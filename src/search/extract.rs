//! The searchable texts of a record, each with the search field it belongs to.

use std::sync::Arc;

use super::words::truncated;
use crate::model::choice::{Choice, Set};
use crate::model::{AnyRecord, Kind, Organisation, Person, Ref, Service, Text, Workspace};

/// The part of a record a word stands in, heaviest first. One search field may gather several fields of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SearchField {
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

impl SearchField {
    /// Every field.
    pub const ALL: [Self; 6] = [Self::Name, Self::Alias, Self::Organisation, Self::Need, Self::Place, Self::Text];

    /// Its name as it is shown.
    pub fn label(self) -> &'static str {
        ["name", "alias", "organisation", "need", "place", "text"][self as usize]
    }

    pub(super) fn bit(self) -> u8 {
        1 << self as u8
    }

    /// What a match in it counts, relative to the name. Chosen by hand so that the order of results is the one people
    /// expect: a name or alias is what a record *is*, the organisation, needs and places say what it is *about*, and a
    /// description mentions many things in passing. The gap before `Text` is wide enough that a word in a description
    /// does not outrank the same word in any other field.
    pub(super) fn weight(self) -> f32 {
        [1.0, 0.9, 0.7, 0.6, 0.55, 0.2][self as usize]
    }
}

/// The most bytes of one search field of one record that are indexed: enough for a long description, and a limit on
/// what a hostile file can cost.
const MAX_FIELD_BYTES: usize = 4096;

/// Passes the texts of one record to a callback, each search field up to its limit. One extractor serves one record.
pub(super) struct TextExtractor<'a> {
    emit: &'a mut dyn FnMut(SearchField, &str),
    remaining: [usize; 6],
}

impl<'a> TextExtractor<'a> {
    pub fn new(emit: &'a mut dyn FnMut(SearchField, &str)) -> Self {
        Self { emit, remaining: [MAX_FIELD_BYTES; 6] }
    }

    fn emit(&mut self, field: SearchField, text: &str) {
        let remaining = &mut self.remaining[field as usize];
        if text.is_empty() || *remaining == 0 {
            return;
        }
        let text = truncated(text, *remaining);
        *remaining -= text.len().max(1);
        (self.emit)(field, text);
    }

    fn emit_all<'t>(&mut self, field: SearchField, texts: impl IntoIterator<Item = &'t Text>) {
        texts.into_iter().for_each(|text| self.emit(field, text));
    }

    fn emit_choices<C: Choice>(&mut self, field: SearchField, choices: Set<C>) {
        choices.iter().for_each(|choice| self.emit(field, choice.label()));
    }

    fn emit_organisation(&mut self, organisation: &Ref, workspace: &Workspace) {
        self.emit(SearchField::Organisation, organisation.name(workspace));
        if let Some(record) = organisation.id().and_then(|id| workspace.organisations.get(id)) {
            self.emit_all(SearchField::Organisation, &record.aliases);
        }
    }

    /// Passes every searchable text of a record.
    pub fn extract(&mut self, record: &AnyRecord, workspace: &Workspace) {
        match record {
            AnyRecord::Service(service) => self.extract_service(service, workspace),
            AnyRecord::Person(person) => self.extract_person(person, workspace),
            AnyRecord::Organisation(organisation) => self.extract_organisation(organisation, workspace),
            other => self.emit(SearchField::Name, other.name()),
        }
    }

    fn extract_service(&mut self, service: &Service, workspace: &Workspace) {
        self.emit(SearchField::Name, &service.name);
        self.emit_all(SearchField::Alias, &service.aliases);
        let roles = service.organisation.iter().chain(&service.commissioner);
        for organisation in roles.chain(&service.funders).chain(&service.referrers) {
            self.emit_organisation(organisation, workspace);
        }
        self.emit_choices(SearchField::Need, service.needs);
        self.emit_choices(SearchField::Need, service.clients);
        self.emit_all(SearchField::Place, &service.serves);
        for location in service.shown_locations() {
            self.emit_all(SearchField::Place, location.town.iter().chain(&location.postcode).chain(&location.name));
            self.emit_all(SearchField::Text, &location.address);
        }
        let texts = [&service.summary, &service.eligibility, &service.alert, &service.how_to_refer, &service.notes];
        self.emit_all(SearchField::Text, &service.languages);
        let facts = [&service.opening, &service.cost, &service.waiting, &service.accessibility];
        for text in texts.into_iter().chain(facts) {
            self.emit_all(SearchField::Text, text);
        }
        for contact in &service.contacts {
            self.emit_all(SearchField::Text, contact.name.iter().chain(&contact.title));
        }
    }

    fn extract_person(&mut self, person: &Person, workspace: &Workspace) {
        self.emit(SearchField::Name, &person.name);
        self.emit_all(SearchField::Alias, person.initials.iter().chain(&person.login));
        for role in &person.roles {
            self.emit_organisation(&role.organisation, workspace);
            self.emit_all(SearchField::Need, &role.title);
        }
        self.emit_all(SearchField::Text, &person.notes);
    }

    fn extract_organisation(&mut self, organisation: &Organisation, workspace: &Workspace) {
        self.emit(SearchField::Name, &organisation.name);
        self.emit_all(SearchField::Alias, &organisation.aliases);
        organisation.parent.iter().for_each(|parent| self.emit_organisation(parent, workspace));
        organisation.sector.iter().for_each(|sector| self.emit(SearchField::Need, sector.label()));
        self.emit_all(SearchField::Text, organisation.summary.iter().chain(&organisation.identifier));
    }
}

/// The records of these kinds whose texts name an organisation: they are indexed again when it is renamed.
pub(super) fn records_naming(organisation: &Ref, kinds: &[Kind], workspace: &Workspace) -> Vec<AnyRecord> {
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
