//! Which values of a service were read from free text by an import, and stated by nobody.
//!
//! Such a value counts as long as nobody says otherwise. Whoever sets the field states it, even where they set what stands
//! there already: so a person decides whether an address that was hidden on suspicion stays hidden.

use super::Service;
use super::marks::{Marks, fingerprint};
use crate::model::choice::{Choice, choices};

choices! {
    /// A field that an import reads from free text where its source has no place for it.
    Inferred {
        /// The ages it is for.
        Ages = "ages",
        /// The sex it is for.
        Sex = "sex",
        /// Where its clients stand.
        Clients = "clients",
        /// How one gets to it.
        Routes = "routes",
        /// The needs it meets.
        Needs = "needs",
        /// That its address is hidden, since it seems to be a refuge.
        HideAddress = "hide_address",
    }
}

/// What a table says of an address that is hidden on suspicion, in place of yes or no.
pub const UNDECIDED: &str = "undecided";

/// The fingerprints of values as they were read.
pub type Derived = Marks<Inferred>;

impl Inferred {
    fn of(field: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.label() == field)
    }
}

/// The value in words that stay the same from version to version.
fn value(service: &Service, of: Inferred) -> String {
    match of {
        Inferred::Ages => {
            let ages = service.ages.unwrap_or_default();
            let end = |age: Option<u8>| age.map(|age| age.to_string()).unwrap_or_default();
            format!("{}-{}", end(ages.from), end(ages.to))
        }
        Inferred::Sex => service.sex.map(Choice::label).unwrap_or_default().to_owned(),
        Inferred::Clients => service.clients.labels(),
        Inferred::Routes => service.routes.labels(),
        Inferred::Needs => service.needs.labels(),
        Inferred::HideAddress => if service.hide_address { "yes" } else { "no" }.to_owned(),
    }
}

impl Service {
    /// Marks a value as read from the text.
    pub fn mark_derived(&mut self, of: Inferred) {
        self.derived.set(of, fingerprint(&value(self, of)));
    }

    /// Whether a value was read from the text, and nobody has stated it since.
    pub fn is_derived(&self, of: Inferred) -> bool {
        self.derived.get(of).is_some_and(|mark| mark == fingerprint(&value(self, of)))
    }

    /// Whether its address is hidden on suspicion alone.
    pub fn is_hidden_on_suspicion(&self) -> bool {
        self.hide_address && self.is_derived(Inferred::HideAddress)
    }

    /// What is said beside a field whose value nobody stated, or follows from one.
    pub fn said_of_derived(&self, field: &str) -> Option<&'static str> {
        if field == "locations" && self.is_hidden_on_suspicion() && !self.locations.is_empty() {
            return Some("it seems to be a refuge: hide_address decides");
        }
        self.said_of_unstated(field)
    }

    pub(super) fn said_of_unstated(&self, field: &str) -> Option<&'static str> {
        let of = Inferred::of(field).filter(|of| self.is_derived(*of))?;
        Some(if of == Inferred::HideAddress { "seems to be a refuge: say yes or no" } else { "read from the text" })
    }

    /// Somebody states a field.
    pub(super) fn state(&mut self, field: &str) {
        if let Some(of) = Inferred::of(field) {
            self.derived.remove(of);
        }
    }

    /// Takes off the marks of values that are others by now.
    pub(super) fn keep_derived(&mut self) {
        for of in Inferred::ALL {
            if !self.is_derived(*of) {
                self.derived.remove(*of);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::model::field::{Blank, ParseContext};
    use crate::model::service::{Ages, Inferred};
    use crate::model::{AnyRecord, Author, Id, Service, Timestamp, Workspace, change};

    fn workspace() -> Workspace {
        let ages = Some(Ages { from: Some(18), to: None });
        let id = Id::from_number('S', 1, 4);
        let mut service = Service { id, name: "Beds".into(), ages, hide_address: true, ..Service::default() };
        service.mark_derived(Inferred::Ages);
        service.mark_derived(Inferred::HideAddress);
        let mut workspace = Workspace::default();
        workspace.place(id, Some(service.into()));
        workspace
    }

    fn after(workspace: &Workspace, field: &str, value: &str) -> Service {
        let today = "2026-11-21".parse().unwrap();
        let author = Author { by: "KP".into(), at: Timestamp::from_seconds(1_795_000_000), today };
        let mut record: AnyRecord = workspace.get(Id::from_number('S', 1, 4)).unwrap();
        record.set_field(field, value, ParseContext { workspace, today }).unwrap();
        let mut workspace = workspace.clone();
        workspace.apply(&change::put(&workspace, record, &author).unwrap());
        Service::clone(workspace.services.get(Id::from_number('S', 1, 4)).unwrap())
    }

    #[test]
    fn whoever_sets_a_field_states_it_even_to_what_it_is() {
        let workspace = workspace();
        let decided = after(&workspace, "hide_address", "yes");
        assert!(decided.hide_address && !decided.is_hidden_on_suspicion());
        assert_eq!(decided.said_of_derived("ages"), Some("read from the text"), "the others stay as they were");
        assert!(!after(&workspace, "hide_address", "no").hide_address);
        let stated = after(&workspace, "ages", "16+");
        assert_eq!(stated.said_of_derived("ages"), None);
        assert!(stated.is_hidden_on_suspicion());
    }

    #[test]
    fn a_value_that_became_another_in_any_way_is_not_marked() {
        let mut service = Service::clone(workspace().services.get(Id::from_number('S', 1, 4)).unwrap());
        service.ages = None;
        service.hide_address = false;
        assert!(!service.is_derived(Inferred::Ages) && !service.is_hidden_on_suspicion());
        service.keep_derived();
        assert!(service.derived.is_blank());
    }
}
