//! The partnership itself: the one record of `partnership.ron`, whose presence makes a directory a workspace.

use super::Kind;
use super::record::record;
use super::text::Text;
use super::typed::{Blank, FieldType};

record! {
    /// A multi-agency partnership and its workspace.
    Partnership = Kind::Partnership;
    editable {
        /// What the partnership is called.
        name: Text = "Name", FieldType::Line, "what the partnership is called";
        /// What it is for, in a sentence or two.
        purpose: Option<Text> = "Purpose", FieldType::Paragraph, "what the partnership is for";
        /// The map its services are drawn on: a built-in one, or `maps/NAME.ron` in the workspace.
        map: Option<Text> = "Map", FieldType::Line, "the map services are drawn on: a built-in one, or NAME for maps/NAME.ron beside these files";
        /// Whether the records are a sample, invented or old, and must be taken for nothing else.
        sample: bool = "Sample", FieldType::Flag, "yes when the records are only an example";
    }
    system {}
}

impl Partnership {
    #[allow(clippy::unused_self, clippy::unnecessary_wraps)] // every kind has this place for rules of its own
    fn check_more(&self) -> Result<(), String> {
        Ok(())
    }
}
