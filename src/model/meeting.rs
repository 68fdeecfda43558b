//! Meetings of forums: when and where, and what came of them.

use std::borrow::Cow;

use super::date::{Date, Time};
use super::field::{Blank, SearchField};
use super::forum::Forum;
use super::record::{Rules, record};
use super::reference::Ref;
use super::text::Text;
use super::{Kind, Workspace};

record! {
    /// A meeting of a forum.
    Meeting = meetings, Kind::Meeting;
    editable {
        /// The forum that meets.
        forum: Ref<Forum> = "Forum", "the forum that meets", required, public, search(SearchField::Organisation),
            filter("forum:"), back("Meetings");
        /// The day.
        on: Option<Date> = "Day", "the day: fri, +3w, 12 mar", required, public, column(14);
        /// When it begins.
        starts: Option<Time> = "Starts", "when it begins: 10:00", public;
        /// Where.
        venue: Option<Text> = "Venue", "where it meets", public, column(30), search(SearchField::Place);
    }
    system {}
}

impl Rules for Meeting {
    fn title<'a>(&'a self, workspace: &'a Workspace) -> Cow<'a, str> {
        let day = self.on.map(|on| format!(" of {}", on.format("%-d %B %Y"))).unwrap_or_default();
        Cow::Owned(format!("{}{day}", self.forum.name(workspace)))
    }

    fn order<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Owned(self.on.map(|on| on.to_string()).unwrap_or_default())
    }
}
