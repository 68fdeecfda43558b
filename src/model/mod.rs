//! What records mean: plain data and pure rules. No clock, no disk, no terminal; a rule is asked with a [`Workspace`] and
//! answers with a [`Change`] or a [`Refusal`].
//!
//! A kind of record costs its file, with its fields (written with `record!` of [`record`]) and its rules, and one line in
//! the list of kinds below.

pub mod action;
pub mod agenda;
pub mod agreement;
mod any_record;
pub mod ballot;
pub mod change;
pub mod changes;
pub mod choice;
pub mod collection;
pub mod column;
pub mod conduct;
pub mod conversation;
pub mod cycle;
pub mod date;
pub mod doubt;
pub mod due;
pub mod entry;
pub mod event;
pub mod event_day;
pub mod field;
pub mod forum;
pub mod gaps;
pub mod id;
pub mod initials;
pub mod join;
mod kind;
mod kinds;
pub mod loose_ends;
pub mod meeting;
pub mod merge;
pub mod opening;
pub mod order;
pub mod organisation;
pub mod original;
pub mod partnership;
pub mod person;
pub mod place;
pub mod recommendation;
pub mod record;
pub mod reference;
pub mod roll_up;
pub mod round;
pub mod row;
pub mod service;
pub mod story;
pub mod tally;
pub mod text;
pub mod theme;
pub mod theming;
pub mod thesaurus;
pub mod thread;
pub mod told;
pub mod topic;
pub mod turnout;
pub mod wall;
mod workspace;

pub use action::Action;
pub use agreement::Agreement;
pub use ballot::{Ballot, Receipt};
pub use change::{Author, Change, Edit, Refusal};
pub use collection::Collection;
pub use column::{Cell, CellContext, Column, Emphasis};
pub use conversation::Conversation;
pub use date::{Date, DateTime, Time, Timestamp};
pub use event::Event;
pub use field::{Audience, FieldInfo, FieldType, FieldValue, ParseContext, SearchField, Shown, Wording};
pub use forum::Forum;
pub use id::{Id, SplitMix64};
pub use meeting::Meeting;
pub use organisation::Organisation;
pub use original::Original;
pub use partnership::Partnership;
pub use person::Person;
pub use recommendation::Recommendation;
pub use record::{Record, Rules, Updated};
pub use reference::{Ref, Target, referrers};
pub use round::Round;
pub use row::Row;
pub use service::Service;
pub use story::Story;
pub use text::Text;
pub use theme::Theme;
pub use told::Told;
pub use topic::Topic;

kinds::kinds! {
    /// The partnership itself: one record.
    Partnership partnership "partnership" 'W';
    /// People and their roles.
    Person people "person" 'P';
    /// Organisations.
    Organisation organisations "organisation" 'O';
    /// Services.
    Service services "service" 'S';
    /// Open Space events.
    Event events "event" 'E';
    /// Topics of events.
    Topic topics "topic" 'T';
    /// Clusters of recommendations; with a decision, priorities.
    Theme themes "theme" 'H';
    /// Recommendations of topics.
    Recommendation recommendations "recommendation" 'R';
    /// What partners contract with one another.
    Agreement agreements "agreement" 'G';
    /// What somebody was told alone; each login has a file of its own.
    Conversation conversations "conversation" 'N';
    /// Series of meetings.
    Forum forums "forum" 'F';
    /// Meetings of forums.
    Meeting meetings "meeting" 'M';
    /// What is to be done.
    Action actions "action" 'A';
    /// Who was told what came of it.
    Told told "telling" 'L';
    /// What worked: examples of good practice.
    Story stories "story" 'Y';
    /// Votes.
    Round rounds "round" 'V';
    /// What was voted.
    Ballot ballots "ballot" 'B';
    /// Who has voted in anonymous rounds.
    Receipt receipts "receipt" 'K';
    /// What imports brought, as they brought it; on disk, and in memory only while something is imported or exported.
    Original originals "original" 'X';
}
