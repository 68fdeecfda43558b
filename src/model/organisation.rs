//! Organisations: who delivers, commissions, funds and refers.

use super::Kind;
use super::choice::choices;
use super::record::record;
use super::service::Source;
use super::text::Text;
use super::typed::{Blank, FieldType, Ref};

choices! {
    /// Which side of the table an organisation sits on; the balance between them is what the event was about.
    Sector {
        /// Voluntary and community organisations.
        Voluntary = "voluntary",
        /// Prisons, probation, police, councils, health, courts.
        Statutory = "statutory",
        /// Companies and firms.
        Private = "private",
    }
}

record! {
    /// An organisation.
    Organisation = Kind::Organisation;
    editable {
        /// Its name.
        name: Text = "Name", FieldType::Line, "as it calls itself";
        /// Other names, former names, abbreviations.
        aliases: Vec<Text> = "Also called", FieldType::Words, "other names and abbreviations, commas between";
        /// Voluntary, statutory or private.
        sector: Option<Sector> = "Sector", FieldType::One(<Sector as super::choice::Choice>::LABELS), "voluntary, statutory or private";
        /// What it does.
        summary: Option<Text> = "Summary", FieldType::Paragraph, "what it does, in a sentence or two";
        /// The organisation it belongs to.
        parent: Option<Ref> = "Part of", FieldType::Organisation, "the organisation it belongs to";
        /// A number for everybody.
        phone: Option<Text> = "Phone", FieldType::Line, "a number for everybody";
        /// An address for everybody.
        email: Option<Text> = "E-mail", FieldType::Line, "an address for everybody";
        /// Its page.
        url: Option<Text> = "Web", FieldType::Line, "its web address";
        /// A charity or company number, with its scheme: `GB-CHC 1234567`.
        identifier: Option<Text> = "Registered", FieldType::Line, "charity or company number, such as GB-CHC 1234567";
    }
    system {
        /// Where it was imported from.
        source: Option<Source>;
    }
}

impl Organisation {
    #[allow(clippy::unused_self, clippy::unnecessary_wraps)] // every kind has this place for rules of its own
    fn check_more(&self) -> Result<(), String> {
        Ok(())
    }
}
