//! Organisations: who delivers, commissions, funds and refers.

use std::borrow::Cow;

use super::choice::{Choice, choices};
use super::column::{Cell, CellContext, Column, ColumnSource, Width};
use super::field::{Blank, Holds, SearchField};
use super::record::{FilterInfo, Rules, record};
use super::reference::Ref;
use super::service::{BY_FILTER, ORGANISATION_FILTER, SECTOR_FILTER, Source};
use super::text::Text;
use super::{AnyRecord, Kind, Workspace};

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
    Organisation = organisations, Kind::Organisation;
    editable {
        /// Its name.
        name: Text = "Name", "as it calls itself", required, public, search(SearchField::Name);
        /// Other names, former names, abbreviations.
        aliases: Vec<Text> = "Also called", "other names and abbreviations, commas between", public,
            search(SearchField::Alias);
        /// Voluntary, statutory or private.
        sector: Option<Sector> = "Sector", "voluntary, statutory or private", public, search(SearchField::Need);
        /// What it does.
        summary: Option<Text> = "Summary", "what it does, in a sentence or two", paragraph, public,
            search(SearchField::Text);
        /// The organisation it belongs to.
        parent: Option<Ref<Organisation>> = "Part of", "the organisation it belongs to", public,
            search(SearchField::Organisation), back("Parts");
        /// A number for everybody.
        phone: Option<Text> = "Phone", "a number for everybody", public, holds(Holds::Phone);
        /// An address for everybody.
        email: Option<Text> = "E-mail", "an address for everybody", public, holds(Holds::Email);
        /// Its page.
        url: Option<Text> = "Web", "its web address", public, holds(Holds::Web);
        /// A charity or company number, with its scheme: `GB-CHC 1234567`.
        identifier: Option<Text> = "Registered", "charity or company number, such as GB-CHC 1234567", public,
            search(SearchField::Text);
    }
    system {
        /// Where it was imported from.
        source: Option<Source> = "Imported from";
    }
}

impl Rules for Organisation {
    const COLUMNS: &'static [Column] = &[Column {
        name: "about",
        heading: "About",
        width: Width::Percent(60),
        in_narrow: true,
        source: ColumnSource::Computed(about),
        order: None,
    }];
    const LISTED: &'static [&'static str] = &["sector", "phone"];
    const FILTERS: &'static [FilterInfo] = &[ORGANISATION_FILTER, SECTOR_FILTER, BY_FILTER];

    fn title<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Borrowed(&self.name)
    }
}

fn about(record: &AnyRecord, _: &CellContext<'_>) -> Cell {
    let sector = <&Organisation>::try_from(record).ok().and_then(|organisation| organisation.sector);
    format!("{} · {}", Kind::Organisation.singular(), sector.map_or("sector not stated", Choice::label)).into()
}
