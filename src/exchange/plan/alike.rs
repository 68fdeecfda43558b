//! New records that look like others: the same name at the same place, under another id. They may be one, or the branches of
//! one organisation: it is said, and a person decides.

use std::collections::HashMap;

use crate::exchange::report::Twice;
use crate::model::text::Text;
use crate::model::{AnyRecord, Id, Kind, Organisation, Service, Workspace};

/// A kind, a name in plain words, and where it is.
type Look = (Kind, String, String);

/// The records by how they look.
#[derive(Default)]
pub(super) struct Alike {
    seen: HashMap<Look, Id>,
    pub found: Vec<Twice>,
}

impl Alike {
    pub fn new(workspace: &Workspace) -> Self {
        let mut alike = Self::default();
        for record in workspace.iter(Kind::Organisation).chain(workspace.iter(Kind::Service)) {
            for look in looks(&record) {
                alike.seen.entry(look).or_insert_with(|| record.id());
            }
        }
        alike
    }

    /// Looks whether a new record is like one that is known, and makes it known.
    pub fn look(&mut self, record: &AnyRecord) {
        let looks = looks(record);
        if let Some(other) = looks.iter().find_map(|look| self.seen.get(look)) {
            let title = Text::line(&record.title_alone());
            self.found.push(Twice { new: record.id(), other: *other, title });
        }
        for look in looks {
            self.seen.entry(look).or_insert_with(|| record.id());
        }
    }
}

/// Words that companies and charities put behind their names.
const FORMS: &[&str] = &["the", "and", "ltd", "limited", "cic", "cio", "llp", "plc", "inc", "charity", "uk"];

/// A name in plain words: without its form, marks and capitals.
pub(super) fn plain(name: &str) -> String {
    let name = name.to_lowercase().replace(['\'', '’'], "");
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && !FORMS.contains(word));
    words.collect::<Vec<_>>().join(" ")
}

/// The organisations here by their names in plain words.
pub(super) fn organisations_by_name(workspace: &Workspace) -> HashMap<String, Vec<&Organisation>> {
    let mut all: HashMap<String, Vec<&Organisation>> = HashMap::new();
    for organisation in workspace.organisations.iter() {
        all.entry(plain(&organisation.name)).or_default().push(organisation);
    }
    all.remove("");
    all
}

fn looks(record: &AnyRecord) -> Vec<Look> {
    let name = plain(&record.title_alone());
    let at = |place: &str| (record.kind(), name.clone(), plain(place).replace(' ', ""));
    match record {
        _ if name.is_empty() => Vec::new(),
        AnyRecord::Service(service) => places(service).into_iter().map(at).collect(),
        _ => vec![at("")],
    }
}

/// Where a service is, as exactly as it says; what says nothing of it is at no place.
fn places(service: &Service) -> Vec<&str> {
    let exact = |place: &'_ crate::model::service::Location| place.postcode.is_some() || place.town.is_some();
    let known = service.locations.iter().filter(|place| exact(place));
    let places: Vec<&str> = known.filter_map(|place| place.postcode.as_deref().or(place.town.as_deref())).collect();
    if places.is_empty() { vec![""] } else { places }
}
