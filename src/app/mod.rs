//! What the person is doing: screens, layers over them, the search line, forms, history. Events come in, effects go
//! out; the app itself does no input or output.
//!
//! A screen is one state file here, one line in the list of [`screen`], and a drawing file in `ui` where a list is not
//! enough; nothing else knows it. Time arrives as an event, and so does everything the disk has to say.

pub mod command;
pub mod compare;
pub mod detail;
pub mod draft;
pub mod event;
pub mod form;
pub mod global;
pub mod history;
pub mod input;
pub mod key;
mod leaving;
pub mod list;
pub mod moving;
pub mod page;
pub mod palette;
pub mod people;
pub mod prompt;
pub mod saving;
pub mod screen;
pub mod search_line;
pub mod services;
pub mod votes;
pub mod watching;
pub mod wrap;

use std::sync::Arc;

use crate::model::place::Atlas;
use crate::model::text::one_line;
use crate::model::{AnyRecord, Audience, Author, Change, Date, Id, Kind, SplitMix64, Text, Timestamp, Workspace};
use crate::search::{Index, Indexes};

use command::{Command, Keymap, Meaning, Override, Scope};
use draft::Draft;
pub use event::{Effect, Effects, Event, Finished, Loaded, NotSaved, Saved};
use history::History;
use key::Key;
use list::RecordList;
use moving::Step;
use screen::{ScreenId, Screens};

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
    /// Commands to choose from.
    Palette(palette::Palette),
    /// A question with one line for the answer.
    Prompt(prompt::Prompt),
    /// A page of text.
    Page(page::Page),
    /// Records side by side.
    Compare(compare::Compare),
}

/// What was chosen on the command line.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Nothing may be changed.
    pub read_only: bool,
    /// Who acts, as told by `--as`, `MOOT_AS` or the login name.
    pub who: String,
    /// Whether `who` was told on purpose, and not taken from the login name.
    pub who_is_given: bool,
    /// A number nobody can guess, for ids.
    pub seed: u64,
}

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
    /// Who acts: initials that sign.
    pub me: Option<Text>,
    /// The moment of the last event.
    pub now: Timestamp,
    /// The day of it.
    pub today: Date,
    /// Columns and rows of the screen.
    pub size: (u16, u16),
    /// The screen that is open.
    pub screen: ScreenId,
    /// The state of all screens.
    pub screens: Screens,
    /// What lies over the screen, the last on top.
    pub layers: Vec<Layer>,
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
}

/// So many seconds clocks may differ before somebody is told.
const CLOCKS_DIFFER: i64 = 600;

impl App {
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
            directory: String::new(),
            loaded: false,
            read_only: None,
            problems: Vec::new(),
            drafts: Vec::new(),
            scratch: false,
            me: None,
            now: Timestamp::default(),
            today: Date::default(),
            size: (80, 24),
            screen: ScreenId::default(),
            screens: Screens::default(),
            layers: Vec::new(),
            status: StatusLine::default(),
            last_message: StatusLine::default(),
            running: None,
            history: History::default(),
            saving: saving::Saving::default(),
            watching: watching::Watching::default(),
            progress: None,
            keymap,
            pressed: Vec::new(),
            mouse: false,
        };
        if let Some(first) = key_problems.first() {
            app.set_status(Severity::Error, first.clone());
            app.status.more = Some(key_problems.join("\n"));
        }
        app
    }

    /// Takes an event in and says what is to be done outside.
    pub fn update(&mut self, event: Event) -> Effects {
        let is_clock = matches!(event, Event::Clock(..));
        let effects = self.handle(event);
        if !is_clock {
            form::complete(self);
        }
        self.after_update(effects)
    }

    fn handle(&mut self, event: Event) -> Effects {
        match event {
            Event::Clock(now, today) => {
                (self.now, self.today) = (now, today);
                Vec::new()
            }
            Event::Key(key) => {
                let mut effects = self.key(key);
                effects.extend(watching::reload_after_pause(self));
                effects
            }
            Event::Paste(text) => self.paste(&text),
            Event::Size(columns, rows) => {
                self.size = (columns, rows);
                Vec::new()
            }
            Event::Loaded(loaded) => self.take_loaded(*loaded),
            Event::Indexed(indexes) => {
                self.indexes = *indexes;
                let ids = std::mem::take(&mut self.unindexed);
                self.indexes.update(&self.workspace, &self.atlas, &ids);
                self.refresh();
                Vec::new()
            }
            Event::NotLoaded(why) => self.not_loaded(why),
            Event::Reloaded(change, problems) => self.reloaded(&change, problems),
            Event::Saved(number, saved) => self.saved(number, &saved),
            Event::NotSaved(number, why) => self.not_saved(number, why),
            Event::TakenBack(change, conflict) => self.taken_back(change, conflict),
            Event::DraftDone(outcome) => self.draft_done(outcome),
            Event::Failed(sentence) => self.failed(sentence),
            Event::Edited(id, outcome) => self.edited(id, outcome),
            Event::EditedText(text) => form::replace_text(self, &text),
            Event::Progress(sentence) => {
                self.progress = Some(sentence);
                Vec::new()
            }
            Event::Finished(finished) => self.finished(finished),
            Event::Woke => form::keep_draft(self),
            Event::Hangup => self.keep_all(),
        }
    }

    /// The scopes in which a key is looked up just now, the innermost first.
    pub fn chain(&self) -> Vec<Scope> {
        let inner: &[Scope] = match self.layers.last() {
            Some(Layer::Form(form)) => form.scopes(),
            Some(Layer::Palette(_)) => &[Scope::COMMANDS],
            Some(Layer::Prompt(_)) => &[Scope::PROMPT],
            Some(Layer::Page(_)) => &[Scope::PAGE, Scope::MOVE, Scope::GLOBAL],
            Some(Layer::Compare(_)) => &[Scope::COMPARE, Scope::MOVE, Scope::GLOBAL],
            None if self.list().is_searching => &[Scope::SEARCH],
            None => self.screens.scopes(self.screen),
        };
        inner.iter().copied().chain([Scope::ALWAYS]).collect()
    }

    fn key(&mut self, key: Key) -> Effects {
        self.pressed.push(key);
        let chain = self.chain();
        match self.keymap.meaning(&chain, &self.pressed) {
            Meaning::Prefix => Vec::new(),
            Meaning::Command(command) => {
                self.pressed.clear();
                self.run(command)
            }
            Meaning::Nothing => {
                let was_sequence = self.pressed.len() > 1;
                self.pressed.clear();
                self.saving.cancel_leaving();
                if was_sequence { Vec::new() } else { self.type_key(key) }
            }
        }
    }

    /// Runs a command, or says why it cannot be run just now.
    pub fn run(&mut self, command: &'static Command) -> Effects {
        self.running = Some(command);
        if !command.name.starts_with("quit") {
            self.saving.cancel_leaving();
        }
        if !self.status.text.is_empty() {
            self.last_message = std::mem::take(&mut self.status);
        }
        match (command.ready)(self) {
            Ok(()) => (command.run)(self),
            Err(why) => {
                self.set_status(Severity::Warning, why.to_owned());
                self.status.more = self.read_only.clone().filter(|_| self.may_change() == Err(why));
                Vec::new()
            }
        }
    }

    /// A key that no command has: text, where text is being typed.
    fn type_key(&mut self, key: Key) -> Effects {
        match self.layers.last_mut() {
            Some(Layer::Form(_)) => form::type_key(self, key),
            Some(Layer::Palette(palette)) => {
                palette.type_key(key);
                palette::refresh(self);
                Vec::new()
            }
            Some(Layer::Prompt(prompt)) => {
                prompt.type_key(key);
                Vec::new()
            }
            Some(_) => Vec::new(),
            None => self.type_into_screen(key),
        }
    }

    fn paste(&mut self, raw: &str) -> Effects {
        let text = Text::new(raw);
        match self.layers.last_mut() {
            Some(Layer::Form(_)) => form::paste(self, raw),
            Some(Layer::Palette(palette)) => {
                palette.input.paste(&one_line(&text));
                palette::refresh(self);
                Vec::new()
            }
            Some(Layer::Prompt(prompt)) => {
                prompt.input.paste(&one_line(&text));
                Vec::new()
            }
            Some(_) => Vec::new(),
            None => self.paste_into_screen(&one_line(&text)),
        }
    }

    /// The search line of a screen, or a line of its own.
    fn type_into_screen(&mut self, key: Key) -> Effects {
        if self.list().is_searching { search_line::type_key(self, key) } else { self.screen.type_key(self, key) }
    }

    fn paste_into_screen(&mut self, text: &str) -> Effects {
        if self.list().is_searching { search_line::paste(self, text) } else { self.screen.paste(self, text) }
    }

    /// Moves in whatever is on top.
    pub fn step(&mut self, step: Step) {
        match self.layers.last_mut() {
            Some(Layer::Page(page)) => page.step(step, self.size),
            Some(Layer::Compare(compare)) => compare.step(step),
            Some(_) => {}
            None => self.screen.step(self, step),
        }
    }

    /// Puts a sentence on the status line.
    pub fn set_status(&mut self, severity: Severity, text: String) {
        self.status = StatusLine { text, severity, more: None };
    }

    /// The author of a change made now, if it is known who acts.
    pub fn author(&self) -> Option<Author> {
        Some(Author { by: self.me.clone()?, at: self.now, today: self.today })
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

    /// Applies a change in memory and lets the index and the screens follow.
    pub(crate) fn apply(&mut self, change: &Change) -> Change {
        let inverse = self.workspace.apply(change);
        let ids: Vec<Id> = change.edits.iter().map(crate::model::Edit::id).collect();
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

    /// Lets the screens see what changed beneath them.
    pub(crate) fn refresh(&mut self) {
        for screen in ScreenId::ALL {
            self.refresh_screen(*screen);
        }
    }

    /// Searches the list of a screen anew, and lets the screen follow.
    pub(crate) fn refresh_screen(&mut self, screen: ScreenId) {
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

    fn take_loaded(&mut self, loaded: Loaded) -> Effects {
        self.workspace = loaded.workspace;
        self.indexes = loaded.indexes;
        self.atlas = loaded.atlas;
        self.directory = loaded.directory;
        self.problems = loaded.problems;
        self.drafts = loaded.drafts;
        self.saving.set_kept(loaded.kept);
        self.saving.job_done();
        self.watching.begin(loaded.unwatched);
        self.scratch = loaded.scratch;
        self.loaded = true;
        self.read_only = match (self.options.read_only, loaded.read_only) {
            (true, _) => Some("it was opened with --read-only".to_owned()),
            (false, why) => why,
        };
        self.history = History::default();
        self.recognise();
        self.welcome(&loaded.conflicts);
        for screen in ScreenId::ALL {
            self.screens.list_mut(*screen).reset();
        }
        self.refresh();
        Vec::new()
    }

    fn not_loaded(&mut self, why: String) -> Effects {
        self.loaded = true;
        self.saving.job_done();
        self.read_only = Some("the workspace could not be read".to_owned());
        self.failed(why)
    }

    fn failed(&mut self, why: String) -> Effects {
        self.set_status(Severity::Error, why);
        Vec::new()
    }

    /// Finds out who acts. Somebody named on purpose who is not there is said so; an unknown login is asked when the
    /// first change is made.
    fn recognise(&mut self) {
        match crate::model::person::find(&self.workspace, &self.options.who) {
            Ok(person) => self.me = Some(person.initials.clone().unwrap_or_else(|| Text::line(person.id.as_str()))),
            Err(why) => {
                self.me = None;
                if self.options.who_is_given {
                    self.set_status(Severity::Error, why.0);
                }
            }
        }
    }

    /// The first sentence of the status line: the gravest problem there is.
    fn welcome(&mut self, conflicts: &[String]) {
        if self.status.severity == Severity::Error && !self.status.text.is_empty() {
            return;
        }
        if let Some(first) = self.problems.first().cloned() {
            self.set_status(Severity::Error, first);
            self.status.more = Some(self.problems.join("\n"));
        } else if let Some(why) = self.read_only.clone() {
            self.set_status(Severity::Warning, format!("read-only: {why}"));
            self.status.more = Some(why);
        } else if let Some(offered) = self.saving.kept_notice() {
            self.set_status(Severity::Warning, offered);
        } else if let Some(draft) = self.drafts.first() {
            let name = draft.name.clone();
            self.set_status(Severity::Warning, format!("what you typed about {name} is kept: D takes it up again"));
        } else if let Some(conflict) = conflicts.first() {
            self.set_status(Severity::Warning, format!("{conflict} (:conflict.take-back)"));
            self.status.more = Some(conflicts.join("\n"));
        } else if let Some(warning) = self.stamp_ahead().or_else(|| self.watching.notice()) {
            self.set_status(Severity::Warning, warning);
        } else if self.scratch {
            let sentence = "a sample to try things out: :new begins your own, ? helps, q leaves";
            self.set_status(Severity::Warning, sentence.to_owned());
        } else if self.status.text.is_empty() {
            self.status = StatusLine::default();
        }
    }

    /// Somebody's clock runs ahead: their edits win over later ones until it is put right.
    fn stamp_ahead(&self) -> Option<String> {
        let all = Kind::ALL.iter().filter(|kind| kind.is_resident()).flat_map(|kind| self.workspace.all(*kind));
        let latest = all.filter(|record| !record.updated().1.is_empty()).max_by_key(|record| record.updated().0)?;
        let updated = latest.updated();
        let is_ahead = updated.0.seconds() > self.now.seconds() + CLOCKS_DIFFER;
        is_ahead.then(|| {
            format!(
                "{} bears the time {}, which is still to come: put the clock of {} right",
                latest.title(&self.workspace),
                updated.0,
                updated.1
            )
        })
    }

    fn reloaded(&mut self, change: &Change, problems: Vec<String>) -> Effects {
        if !change.edits.is_empty() {
            self.resolve_taken_ids(change);
            form::mark_moved(self, change);
            self.apply(change);
            self.set_status(Severity::Warning, change.sentence.clone());
        }
        if problems != self.problems {
            self.problems = problems;
            match self.problems.first().cloned() {
                Some(first) => {
                    self.set_status(Severity::Error, first);
                    self.status.more = Some(self.problems.join("\n"));
                }
                None => self.set_status(Severity::Info, "the files are in order again".to_owned()),
            }
        }
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
        let is_seen = self.screens.shows_list(self.screen);
        self.list().selected().filter(|_| is_seen).and_then(|id| self.workspace.get(id))
    }
}
