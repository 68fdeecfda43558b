//! Organisations: who delivers, commissions, funds and refers.

use super::Kind;
use super::choice::choices;
use super::record::record;
use super::service::Source;
use super::text::Text;
use super::typed::{Blank, Ref, Takes};

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
    typed {
        /// Its name.
        name: Text = "Name", Takes::Line, "as it calls itself";
        /// Other names, former names, abbreviations.
        aliases: Vec<Text> = "Also called", Takes::Words, "other names and abbreviations, commas between";
        /// Voluntary, statutory or private.
        sector: Option<Sector> = "Sector", Takes::One(<Sector as super::choice::Choice>::LABELS), "voluntary, statutory or private";
        /// What it does.
        summary: Option<Text> = "Summary", Takes::Paragraph, "what it does, in a sentence or two";
        /// The organisation it belongs to.
        parent: Option<Ref> = "Part of", Takes::Organisation, "the organisation it belongs to";
        /// A number for everybody.
        phone: Option<Text> = "Phone", Takes::Line, "a number for everybody";
        /// An address for everybody.
        email: Option<Text> = "E-mail", Takes::Line, "an address for everybody";
        /// Its page.
        url: Option<Text> = "Web", Takes::Line, "its web address";
        /// A charity or company number, with its scheme: `GB-CHC 1234567`.
        identifier: Option<Text> = "Registered", Takes::Line, "charity or company number, such as GB-CHC 1234567";
    }
    kept {
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
