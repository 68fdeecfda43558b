//! The partnership itself: the one record of `partnership.ron`, whose presence makes a directory a workspace.

use super::Kind;
use super::record::record;
use super::text::Text;
use super::typed::{Blank, Takes};

record! {
    /// A multi-agency partnership and its workspace.
    Partnership = Kind::Partnership;
    typed {
        /// What the partnership is called.
        name: Text = "Name", Takes::Line, "what the partnership is called";
        /// What it is for, in a sentence or two.
        purpose: Option<Text> = "Purpose", Takes::Paragraph, "what the partnership is for";
        /// The map its services are drawn on: `dorset`.
        map: Option<Text> = "Map", Takes::Line, "the map services are drawn on: dorset";
        /// Whether the records are a sample, invented or old, and must be taken for nothing else.
        sample: bool = "Sample", Takes::Flag, "yes when the records are only an example";
    }
    kept {}
}

impl Partnership {
    #[allow(clippy::unused_self, clippy::unnecessary_wraps)] // every kind has this place for rules of its own
    fn check_more(&self) -> Result<(), String> {
        Ok(())
    }
}
