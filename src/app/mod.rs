//! What the person is doing: screens, layers over them, the search line, forms, history. Events come in, effects go
//! out; the app itself does no input or output.
//!
//! Events come in through `dispatch`; what the disk says goes on in `loading`, and what goes to the disk in [`saving`].
//!
//! A screen is one state file here, one line in the list of [`screen`], and a drawing file in `ui` where a list is not
//! enough; nothing else knows it. Time arrives as an event, and so does everything the disk has to say.

pub mod actions;
pub mod chart;
pub mod columns;
pub mod command;
pub mod compare;
mod copying;
pub mod detail;
mod dispatch;
pub mod draft;
mod edit_many;
pub mod event;
pub mod form;
pub mod global;
pub mod history;
pub mod importing;
pub mod input;
pub mod keeping;
pub mod key;
mod leaving;
pub mod list;
mod loading;
pub mod minutes;
pub mod moving;
mod new_action;
pub mod page;
pub mod palette;
pub mod partners;
pub mod people;
pub mod prompt;
pub mod reports;
pub mod saving;
pub mod screen;
pub mod search_line;
pub mod services;
pub mod sorting;
pub mod thread;
pub mod today;
pub mod topics;
pub mod typing;
pub mod votes;
pub mod watching;
pub mod wrap;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::model::change::signature;
use crate::model::place::Atlas;
use crate::model::thesaurus::Thesaurus;
use crate::model::{
    AnyRecord, Audience, Author, Change, Date, FieldInfo, Id, Kind, Shown, SplitMix64, Text, Time, Timestamp, Wording,
    Workspace,
};
use crate::search::{Index, Indexes};

use command::{Command, Keymap, Override};
use draft::Draft;
pub use event::{Effect, Effects, Event, Finished, Loaded, NotSaved, Saved};
use history::History;
use key::Key;
use list::RecordList;
use screen::{Origin, ScreenId, Screens};

/// How grave a sentence of the status line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Severity {
    /// Something was done.
    #[default]
    Info,
    /// Something needs to be known.
    Warning,
    /// Something was refused or failed.
    Error,
}

/// The line that says what happened.
#[derive(Clone, Debug, Default)]
pub struct StatusLine {
    /// What it says.
    pub text: String,
    /// How it means it.
    pub severity: Severity,
    /// More, for the page that `!` opens.
    pub more: Option<String>,
}

/// Something that lies over the screen.
pub enum Layer {
    /// A record being typed.
    Form(Box<form::Form>),
    /// Minutes being typed.
    Minutes(Box<minutes::Minutes>),
    /// Commands to choose from.
    Palette(palette::Palette),
    /// A question with one line for the answer.
    Prompt(prompt::Prompt),
    /// A page of text.
    Page(page::Page),
    /// Records side by side.
    Compare(compare::Compare),
    /// The thread of a record.
    Thread(Box<thread::ThreadView>),
    /// The columns of a spreadsheet.
    Columns(Box<columns::Columns>),
    /// What an import would bring.
    Arrival(Box<importing::Arrival>),
    /// The question whether to keep the sample.
    Keep(keeping::KeepQuestion),
}

/// What was chosen on the command line.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Nothing may be changed.
    pub read_only: bool,
    /// Who acts, as told by `--as`, `MOOT_AS` or the login name.
    pub who: String,
    /// The login name of whoever runs the program; empty where it is not known.
    pub login: String,
    /// Whether `who` was told on purpose, and not taken from the login name.
    pub who_is_given: bool,
    /// A number nobody can guess, for ids.
    pub seed: u64,
    /// Whether pictures are left out, so that a table stands in the place of the map.
    pub no_pictures: bool,
    /// Whether nothing may lead out of the program and its workspace.
    pub restricted: bool,
    /// Whether the search of the first screen has the focus at the start.
    pub search_first: bool,
}

/// What a restricted program says to everything that would lead out of it.
pub const RESTRICTED: &str = "not here: this host gives the program, and nothing beside it";

/// Everything the program knows about the person's work.
pub struct App {
    /// What was chosen on the command line.
    pub options: Options,
    /// The records.
    pub workspace: Workspace,
    /// The indexes of what the screens show.
    pub indexes: Indexes,
    /// What changed before the indexes came.
    unindexed: Vec<Id>,
    /// The map.
    pub atlas: Arc<Atlas>,
    /// What words mean.
    pub thesaurus: Arc<Thesaurus>,
    /// Where the workspace lies.
    pub directory: String,
    /// Whether the workspace has been read.
    pub loaded: bool,
    /// Why nothing can be changed, if so.
    pub read_only: Option<String>,
    /// What is wrong with the files.
    pub problems: Vec<String>,
    /// Drafts that are offered back.
    pub drafts: Vec<Draft>,
    /// Whether this is a temporary copy of the sample.
    pub scratch: bool,
    /// What was asked for that ends with another workspace.
    pub(crate) asked: keeping::Asked,
    /// What is said on the terminal once the program has been left.
    pub farewell: Option<String>,
    /// Who acts: initials that sign.
    pub me: Option<Text>,
    /// The moment of the last event.
    pub now: Timestamp,
    /// The day of it.
    pub today: Date,
    /// The time of day where the person is, once it is known.
    pub time: Option<Time>,
    /// When the person was here last.
    pub last_visit: Option<Timestamp>,
    /// Columns and rows of the screen.
    pub size: (u16, u16),
    /// The screen that is open.
    pub screen: ScreenId,
    /// The state of all screens.
    pub screens: Screens,
    /// The screens beneath which something has changed since they were seen last.
    stale: Vec<ScreenId>,
    /// Counts the changes. Those that only write down who was told do not count: what there is to tell stays as it is.
    revision: u64,
    /// What lies over the screen, the last on top.
    pub layers: Vec<Layer>,
    /// The record that was gone to from elsewhere, and where from: there one goes back to.
    pub(crate) origins: Vec<(Id, Origin)>,
    /// The line that says what happened.
    pub status: StatusLine,
    /// What it said last, for the page that `!` opens.
    pub last_message: StatusLine,
    /// The command that is being run, so that it can go on after a question.
    pub(crate) running: Option<&'static Command>,
    /// Changes that can be undone and done again.
    pub history: History,
    /// What is on its way to the disk, and whether the person is leaving.
    pub saving: saving::Saving,
    /// Whether colleagues' changes are told of.
    pub watching: watching::Watching,
    /// What long work is doing.
    pub progress: Option<String>,
    /// The keys in force.
    pub keymap: Keymap,
    /// The beginning of a sequence of keys.
    pub pressed: Vec<Key>,
    /// Rolled for new ids.
    pub random: SplitMix64,
    /// Whether the mouse is let through.
    pub mouse: bool,
    /// The letters typed last.
    typing: typing::Typing,
}

impl App {
    /// What whoever looks at a record needs to know besides it.
    pub fn asked(&self) -> detail::Asked<'_> {
        detail::Asked { workspace: &self.workspace, today: self.today, time: self.time }
    }

    /// An app to which no event has come yet.
    pub fn new(options: Options, keys: &[Override]) -> Self {
        let (keymap, key_problems) = Keymap::with(keys);
        let mut app = Self {
            random: SplitMix64::new(options.seed),
            options,
            workspace: Workspace::default(),
            indexes: Indexes::default(),
            unindexed: Vec::new(),
            atlas: Arc::default(),
            thesaurus: Arc::default(),
            directory: String::new(),
            loaded: false,
            read_only: None,
            problems: Vec::new(),
            drafts: Vec::new(),
            scratch: false,
            asked: keeping::Asked::default(),
            farewell: None,
            me: None,
            now: Timestamp::default(),
            today: Date::default(),
            time: None,
            last_visit: None,
            size: (80, 24),
            screen: ScreenId::default(),
            screens: Screens::default(),
            layers: Vec::new(),
            origins: Vec::new(),
            status: StatusLine::default(),
            last_message: StatusLine::default(),
            running: None,
            history: History::default(),
            saving: saving::Saving::default(),
            watching: watching::Watching::default(),
            progress: None,
            stale: ScreenId::ALL.to_vec(),
            revision: 0,
            keymap,
            pressed: Vec::new(),
            mouse: false,
            typing: typing::Typing::default(),
        };
        app.focus_search();
        if let Some(first) = key_problems.first() {
            app.set_status(Severity::Error, first.clone());
            app.status.more = Some(key_problems.join("\n"));
        }
        app
    }

    /// Gives the focus to the search line of the open screen, at the start, where that is wanted.
    fn focus_search(&mut self) {
        let is_wanted = self.options.search_first;
        let list = self.list_mut();
        (list.is_searching, list.is_waiting) = (is_wanted, is_wanted);
    }

    /// Whether a key is typed into the search line that waits for the first letter. Figures and signs are commands there.
    pub fn is_for_waiting_search(&self, key: Key) -> bool {
        let is_waiting = self.layers.is_empty() && self.list().is_waiting;
        is_waiting && key.types().is_some_and(|c| c.is_alphabetic() || c == ' ')
    }

    /// Puts a sentence on the status line.
    pub fn set_status(&mut self, severity: Severity, text: String) {
        self.status = StatusLine { text, severity, more: None };
    }

    /// The author of a change made now, if it is known who acts.
    pub fn author(&self) -> Option<Author> {
        let by = signature(&self.workspace, self.me.as_ref()?, &self.options.login);
        Some(Author { by, at: self.now, today: self.today })
    }

    /// Whether records can be changed: for `ready` of every command that changes something.
    ///
    /// # Errors
    /// Why not: the workspace is still being read, or is open for reading only.
    pub fn may_change(&self) -> Result<(), &'static str> {
        match (self.loaded, &self.read_only) {
            (false, _) => Err("the workspace is still being read"),
            (true, Some(_)) => Err("nothing can be changed here: this workspace is open for reading only"),
            (true, None) => Ok(()),
        }
    }

    /// Whether the person may leave the program for something else of the host: for `ready` of every command that opens an
    /// editor, a shell or another workspace.
    ///
    /// # Errors
    /// The program is restricted.
    pub fn may_leave(&self) -> Result<(), &'static str> {
        if self.options.restricted { Err(RESTRICTED) } else { Ok(()) }
    }

    /// Applies a change in memory and lets the index and the screens follow.
    pub(crate) fn apply(&mut self, change: &Change) -> Change {
        let inverse = self.workspace.apply(change);
        let ids: Vec<Id> = change.edits.iter().map(crate::model::Edit::id).collect();
        self.revision += u64::from(ids.iter().any(|id| id.letter() != Kind::Told.letter()));
        if self.is_indexed() {
            self.indexes.update(&self.workspace, &self.atlas, &ids);
        } else {
            self.unindexed.extend(ids);
        }
        self.refresh();
        inverse
    }

    /// Whether the words of the workspace have been read; until then lists stand by name and nothing is searched.
    pub fn is_indexed(&self) -> bool {
        !self.indexes.is_empty()
    }

    /// Lets the open screen see what changed beneath it; the others see it when they are opened.
    pub(crate) fn refresh(&mut self) {
        self.stale = ScreenId::ALL.to_vec();
        self.refresh_screen(self.screen);
        self.refresh_layers();
    }

    /// Lets what lies over the screens follow.
    fn refresh_layers(&mut self) {
        thread::refresh(self);
    }

    /// Searches the list of a screen anew, and lets the screen follow.
    pub(crate) fn refresh_screen(&mut self, screen: ScreenId) {
        self.stale.retain(|stale| *stale != screen);
        list::refresh(self, screen);
        screen.refresh(self);
    }

    /// The list of the open screen.
    pub fn list(&self) -> &RecordList {
        self.screens.list(self.screen)
    }

    /// The list of the open screen.
    pub fn list_mut(&mut self) -> &mut RecordList {
        self.screens.list_mut(self.screen)
    }

    /// The index that the list of the open screen is searched with, once there is one.
    pub fn index(&self) -> Option<&Index> {
        self.indexes.of(self.list().kinds)
    }

    fn failed(&mut self, why: String) -> Effects {
        self.set_status(Severity::Error, why);
        Vec::new()
    }

    fn edited(&mut self, id: Id, outcome: Result<Option<AnyRecord>, String>) -> Effects {
        match outcome {
            Err(why) => {
                self.set_status(Severity::Error, why);
                Vec::new()
            }
            Ok(None) => {
                self.set_status(Severity::Warning, format!("{id}: nothing changed"));
                Vec::new()
            }
            Ok(Some(record)) => {
                // What is hidden did not go to the editor, and stays as it was.
                let record = match self.workspace.get(id) {
                    Some(before) => record.with_unseen_fields_of(&before, Audience::Colleagues, &self.workspace),
                    None => record,
                };
                self.put(record)
            }
        }
    }

    /// The fields of a record that an editor is not given, each with what is said instead.
    pub fn unseen_fields(&self, id: Id) -> Vec<(&'static str, &'static str)> {
        let Some(record) = self.workspace.get(id) else { return Vec::new() };
        let said = |field: &FieldInfo| match record.show(field, Wording::Typed, Audience::Colleagues, &self.workspace) {
            Shown::Hidden(placeholder) => Some((field.name, placeholder)),
            Shown::Value(_) => None,
        };
        record.kind().fields().filter_map(said).collect()
    }

    /// Puts a record through the rules and makes the change.
    pub(crate) fn put(&mut self, record: AnyRecord) -> Effects {
        let Some(author) = self.author() else { return prompt::ask_who(self) };
        match crate::model::change::put(&self.workspace, record, &author) {
            Ok(change) => self.submit(change),
            Err(refusal) => {
                self.set_status(Severity::Error, refusal.0);
                Vec::new()
            }
        }
    }

    /// An id for a new record of this kind.
    pub(crate) fn new_id(&mut self, kind: Kind) -> Id {
        let Self { random, workspace, .. } = self;
        random.new_id(kind.letter(), workspace.count(kind), |id| workspace.get(id).is_some())
    }

    /// The record that is selected on the open screen.
    pub fn selected(&self) -> Option<AnyRecord> {
        self.screens.selected(self.screen).and_then(|id| self.workspace.get(id))
    }

    /// The records that commands act on, which are always in view: the open one, or those of the list that are marked, else
    /// the selected one.
    pub fn chosen(&self) -> Vec<Id> {
        let list = self.list();
        let is_list = self.screens.shows_list(self.screen) && !list.is_detail_open;
        let marked = if is_list { list.marks_in_view() } else { BTreeSet::new() };
        if marked.is_empty() {
            return self.screens.selected(self.screen).into_iter().collect();
        }
        marked.into_iter().collect()
    }
}
