//! Events, which come into the app, and effects, which it asks for: its whole interface to what is outside.

use std::sync::Arc;
use std::time::Duration;

use super::columns::{SheetRead, SheetRequest};
use super::draft::Draft;
use super::importing::Planned;
use super::key::Key;
use super::saving::KeptChanges;
use crate::model::place::Atlas;
use crate::model::thesaurus::Thesaurus;
use crate::model::{AnyRecord, Change, Date, Id, Time, Timestamp, Workspace};
use crate::search::Indexes;

/// What happened outside.
pub enum Event {
    /// The time; comes before every batch of other events.
    Clock(Timestamp, Date),
    /// The time of day where the person is; comes with the time.
    TimeOfDay(Time),
    /// The time since the program began; comes with the time. Where it does not come, nothing is taken for a word.
    Elapsed(Duration),
    /// When the person left this workspace last, where that is known; comes before it.
    LastVisit(Option<Timestamp>),
    /// A key was pressed.
    Key(Key),
    /// Text was pasted.
    Paste(String),
    /// The screen has this many columns and rows.
    Size(u16, u16),
    /// The workspace has been read.
    Loaded(Box<Loaded>),
    /// The words of the workspace have been read: everything that is searched.
    Indexed(Box<Indexes>),
    /// The workspace cannot be read at all.
    NotLoaded(String),
    /// Files were changed by somebody else: what changed, what is wrong in them now, and what was saved and has been
    /// written over without the program.
    Reloaded(Change, Vec<String>, Vec<String>),
    /// The directory is another one than before: whether the system tells of its changes, or why it does not.
    Watching(Option<String>),
    /// The change with this number is on the disk, and how that went.
    Saved(u64, Saved),
    /// The change with this number could not be saved.
    NotSaved(u64, NotSaved),
    /// What gave way to another is to be taken back by this change, which settles the conflict with this number.
    TakenBack(Change, u64),
    /// A draft was kept or let go, or why not; answers every effect about drafts.
    DraftDone(Result<(), String>),
    /// Something failed that nobody waits for.
    Failed(String),
    /// The editor closed: the record as it was written there, or what is wrong with it.
    Edited(Id, Result<Option<AnyRecord>, String>),
    /// The editor closed on one text of the open form.
    EditedText(String),
    /// Long work goes on: what it does, and how far it is.
    Progress(String),
    /// Long work ended: a sentence, the change it asks for, and a page to read.
    Finished(Finished),
    /// An import was planned; nothing of it is here yet.
    Planned(Box<Planned>),
    /// A spreadsheet was read; nothing of it is imported yet.
    SheetRead(Box<SheetRead>),
    /// Another workspace is open that was begun, or kept of the sample: where it lies.
    Begun(String),
    /// The files that can be imported by a bare name, or why they cannot be listed.
    Listed(Result<Vec<String>, String>),
    /// A pause that was asked for has passed.
    Woke,
    /// The terminal is about to be taken away: keep what is typed, and what is not saved.
    Hangup,
}

/// A workspace as it came from the disk.
pub struct Loaded {
    /// The records.
    pub workspace: Workspace,
    /// The indexes; none where [`Event::Indexed`] brings them later.
    pub indexes: Indexes,
    /// The map.
    pub atlas: Arc<Atlas>,
    /// What words mean.
    pub thesaurus: Arc<Thesaurus>,
    /// Where it lies, for the about page.
    pub directory: String,
    /// What is wrong with its files, one line each.
    pub problems: Vec<String>,
    /// Why nothing can be changed, if so.
    pub read_only: Option<String>,
    /// What was being typed when a terminal was lost.
    pub drafts: Vec<Draft>,
    /// Changes that earlier runs of the program could not save, the oldest first.
    pub kept: Vec<KeptChanges>,
    /// Why colleagues' changes are not noticed at once, if so.
    pub unwatched: Option<String>,
    /// Edits that lost against others, still kept: a line each.
    pub conflicts: Vec<String>,
    /// Whether this is a temporary copy of the sample.
    pub scratch: bool,
}

/// How saving went.
pub struct Saved {
    /// What others had changed meanwhile.
    pub elsewhere: Change,
    /// Which values gave way, in sentences.
    pub lost: Vec<String>,
    /// On the disk, but the disk would not confirm that it stays.
    pub unconfirmed: bool,
}

/// Why saving failed.
pub struct NotSaved {
    /// One sentence.
    pub sentence: String,
    /// The whole story.
    pub details: String,
    /// The id of a new record that somebody else has just given to one of theirs.
    pub taken: Option<Id>,
}

/// What came of long work.
pub struct Finished {
    /// One sentence for the status line.
    pub sentence: String,
    /// What is to be changed.
    pub change: Option<Change>,
    /// A page to read: title and lines.
    pub page: Option<(String, Vec<String>)>,
    /// Whether it failed.
    pub failed: bool,
}

/// What is to be done outside the app.
#[derive(Debug)]
pub enum Effect {
    /// Put a change on the disk, and answer with its number.
    Commit(u64, Change),
    /// Put text on the clipboard of the person's own terminal.
    Copy(String),
    /// Open a record in the person's editor.
    EditRecord(AnyRecord),
    /// Open one text in the person's editor.
    EditText(String),
    /// Keep what is being typed.
    KeepDraft(Draft),
    /// The person leaves: write down when.
    KeepVisit(Timestamp),
    /// What was typed is saved or given up.
    DropDraft(String),
    /// Keep changes that are not saved, under this key.
    KeepChanges(String, Vec<Change>),
    /// See what others changed.
    Reload,
    /// Send [`Event::Woke`] after this pause, unless another pause is asked for before.
    Wake(Duration),
    /// Read a directory of services from a path, and say what it would bring: answered by [`Event::Planned`].
    Import(String),
    /// Join a record with another, which stays, their originals too.
    Join(Id, Id),
    /// Read a spreadsheet with its columns as they were chosen.
    ImportSheet(SheetRequest),
    /// Write the services in a format to a path.
    Export(String, String),
    /// Say which files lie in the workspace to be imported: answered by [`Event::Listed`].
    ListFiles,
    /// Stop the import or export under way.
    Cancel,
    /// Begin a workspace of one's own in this directory, with this name.
    Begin(String, String),
    /// Keep the copy of the sample as a workspace of one's own in this directory.
    KeepSample(String),
    /// Take back the newest edit that lost against another.
    TakeBack,
    /// What the conflict with this number lost is saved again: take it off the list.
    SettleConflict(u64),
    /// Draw everything anew.
    Redraw,
    /// Let the mouse through to the program, or not.
    Mouse(bool),
    /// Stop for a while, as ctrl-z does.
    Suspend,
    /// Leave.
    Quit,
}

/// Effects in the order in which they are to happen.
pub type Effects = Vec<Effect>;
