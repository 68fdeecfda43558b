//! The partnership itself: the one record of `partnership.ron`, whose presence makes a directory a workspace.

use std::borrow::Cow;

use super::change::Refusal;
use super::choice::choices;
use super::field::{Blank, default_choice};
use super::record::{Rules, record};
use super::text::Text;
use super::{Kind, Workspace};

choices! {
    /// Where the partnership is: which numbers can be dialled and which postcodes are whole.
    Country {
        /// Britain: numbers begin with 0, postcodes are like DT4 8JG.
        Britain = "United Kingdom",
        /// North America: ten figures, and ZIP codes.
        America = "United States",
        /// Anywhere else: nothing is known of its numbers.
        Elsewhere = "elsewhere",
    }
}

default_choice!(Country);

record! {
    /// A multi-agency partnership and its workspace.
    Partnership = partnership, Kind::Partnership;
    editable {
        /// What the partnership is called.
        name: Text = "Name", "what the partnership is called", required, public, search(super::SearchField::Name);
        /// What it is for, in a sentence or two.
        purpose: Option<Text> = "Purpose", "what the partnership is for", paragraph, public;
        /// The map its services are drawn on: a built-in one, or `maps/NAME.ron` in the workspace.
        map: Option<Text> = "Map", "the map services are drawn on: a built-in one, or NAME for maps/NAME.ron beside these files", public;
        /// The country whose numbers and postcodes are typed.
        country: Country = "Country", "whose phone numbers and postcodes are typed: United Kingdom, United States or elsewhere", public;
        /// Whether the records are a sample, invented or old, and must be taken for nothing else.
        sample: bool = "Sample", "yes when the records are only an example", public;
    }
    system {}
}

impl Rules for Partnership {
    const IS_ADDABLE: bool = false;
    const LISTED: &'static [&'static str] = &["purpose"];

    fn title<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Borrowed(&self.name)
    }

    fn check_removal(&self) -> Result<(), Refusal> {
        Err(Refusal("the partnership itself cannot be removed; remove its directory instead".to_owned()))
    }
}
