//! A harness for whole-app tests: keys in, screen text and saved files out, through the real app and the real store. No
//! terminal and no threads; what the program would do outside is done here at once, in order.

#![allow(dead_code)] // each test file uses what it needs
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

pub mod voting;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use folkmoot::app::command::Command;
use folkmoot::app::draft::Draft;
use folkmoot::app::key::{Code, Key};
use folkmoot::app::saving::KeptChanges;
use folkmoot::app::{App, Effect, Effects, Event, Finished, Layer, Loaded, NotSaved, Options, Saved};
use folkmoot::model::{AnyRecord, Author, Change, Date, Id, Kind, Refusal, Text, Timestamp, Workspace};
use folkmoot::search::Indexes;
use folkmoot::store::{self, Mode, Store, StoreError};
use folkmoot::ui::{self, theme::Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use unicode_width::UnicodeWidthStr;

/// The clock of all tests: Saturday, 21 November 2026, ten o'clock.
pub const TEN: i64 = 1_795_255_200;

/// The day of it.
pub fn today() -> Date {
    "2026-11-21".parse().unwrap()
}

/// The terminal's own colours, as most people see the program.
pub const FINE: Theme = Theme { colour: true, ascii: false, plain: false };
/// Without colours.
pub const MONO: Theme = Theme { colour: false, ascii: false, plain: false };
/// Without colours and with nothing but ASCII.
pub const ASCII: Theme = Theme { colour: false, ascii: true, plain: false };
/// Without borders and pictures.
pub const PLAIN: Theme = Theme { colour: false, ascii: false, plain: true };

/// Somebody at the program, and the directory it works in.
pub struct Harness {
    /// The app itself.
    pub app: App,
    /// The directory goes with the harness that made it.
    dir: Arc<tempfile::TempDir>,
    store: Option<Store>,
    /// The second that it is.
    pub seconds: i64,
    /// The milliseconds since the program began, where they are told.
    pub moment: Option<u64>,
    /// Drafts as the disk keeps them.
    pub drafts: BTreeMap<String, Draft>,
    /// What was sent to the clipboard.
    pub copied: Vec<String>,
    /// Whether the program was left.
    pub has_quit: bool,
    /// Whether the disk is full.
    pub is_full: bool,
    /// Whether there is no room for drafts either.
    pub is_full_for_drafts: bool,
    /// Whether the disk answers only when it is asked to.
    pub is_slow: bool,
    /// What a slow disk has not answered yet.
    pub unanswered: Vec<(u64, Change)>,
    /// Changes that could not be saved, as the disk keeps them.
    pub kept: BTreeMap<String, Vec<Change>>,
    /// Why colleagues' changes are not told of.
    pub unwatched: Option<String>,
    /// When the person was here last, as the disk keeps it.
    pub visit: Option<Timestamp>,
    /// Every effect that was asked for, in words.
    pub asked: Vec<String>,
    /// What an editor would do to a text.
    pub editor: fn(&str) -> String,
}

/// Keys as people would say them: characters as they are, others in angle brackets: `/mentor<enter>v`.
pub fn keys(text: &str) -> Vec<Key> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((name, after)) = rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
            found.push(name.parse().unwrap());
            rest = after;
        } else {
            found.push(Key::plain(Code::Char(c)));
            rest = &rest[c.len_utf8()..];
        }
    }
    found
}

impl Harness {
    /// Katy Pascoe at the sample.
    pub fn sample() -> Self {
        Self::at(sample_dir(), "KP")
    }

    /// Katy Pascoe at a workspace of her own, with nobody and nothing in it.
    pub fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        store::init(dir.path(), "Table of the North", false).unwrap();
        Self::at(Arc::new(dir), "katy")
    }

    /// Somebody at a directory.
    pub fn at(dir: Arc<tempfile::TempDir>, who: &str) -> Self {
        Self::with(dir, Options { who: who.to_owned(), seed: 7, ..Options::default() })
    }

    /// The program started with these options.
    pub fn with(dir: Arc<tempfile::TempDir>, options: Options) -> Self {
        let mut harness = Self {
            app: App::new(options, &[]),
            dir,
            store: None,
            seconds: TEN,
            moment: None,
            drafts: BTreeMap::new(),
            copied: Vec::new(),
            has_quit: false,
            is_full: false,
            is_full_for_drafts: false,
            is_slow: false,
            unanswered: Vec::new(),
            kept: BTreeMap::new(),
            unwatched: None,
            visit: None,
            asked: Vec::new(),
            editor: str::to_owned,
        };
        harness.event(Event::Size(80, 24));
        harness.load();
        harness
    }

    /// The same person at the same directory, the program started anew.
    pub fn restarted(self) -> Self {
        let mut next = Self {
            app: App::new(self.app.options.clone(), &[]),
            store: None,
            copied: Vec::new(),
            asked: Vec::new(),
            unanswered: Vec::new(),
            has_quit: false,
            ..self
        };
        next.event(Event::Size(80, 24));
        next.load();
        next
    }

    fn load(&mut self) {
        let mode = if self.app.options.read_only { Mode::Read } else { Mode::Write };
        let opened = Store::open(self.dir.path(), mode).unwrap();
        self.store = Some(opened.store);
        let atlas = store::atlas(self.dir.path(), &opened.workspace).unwrap();
        let loaded = Loaded {
            indexes: Indexes::build(folkmoot::app::screen::SEARCHED, &opened.workspace, &atlas),
            atlas: Arc::new(atlas),
            thesaurus: Arc::new(store::thesaurus(self.dir.path()).unwrap()),
            directory: "/home/katy/dorset".to_owned(),
            problems: opened.problems.iter().map(ToString::to_string).collect(),
            read_only: opened.read_only,
            drafts: self.drafts.values().cloned().collect(),
            kept: self.kept.iter().map(|(key, kept)| KeptChanges { key: key.clone(), changes: kept.clone() }).collect(),
            unwatched: self.unwatched.clone(),
            conflicts: Vec::new(),
            scratch: false,
            workspace: opened.workspace,
        };
        self.event(Event::LastVisit(self.visit));
        self.event(Event::Loaded(Box::new(loaded)));
    }

    /// Where the files are.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The directory, for a second person at it.
    pub fn dir(&self) -> Arc<tempfile::TempDir> {
        self.dir.clone()
    }

    /// A file as it lies on the disk.
    pub fn file(&self, name: &str) -> String {
        std::fs::read_to_string(self.dir.path().join(name)).unwrap()
    }

    /// Something happens.
    pub fn event(&mut self, event: Event) {
        self.seconds += 1;
        self.app.update(Event::Clock(Timestamp::from_seconds(self.seconds), today()));
        let effects = self.app.update(event);
        self.carry_out(effects);
    }

    /// The program as it begins: the search has the focus, and the time of each key is told.
    pub fn begun(dir: Arc<tempfile::TempDir>, who: &str) -> Self {
        let options = Options { who: who.to_owned(), seed: 7, search_first: true, ..Options::default() };
        let mut harness = Self::with(dir, options);
        harness.moment = Some(0);
        harness
    }

    /// Keys are pressed after a pause, each so many milliseconds after the one before.
    pub fn press_every(&mut self, milliseconds: u64, text: &str) -> &mut Self {
        for (at, key) in keys(text).into_iter().enumerate() {
            let moment = self.moment.unwrap_or_default() + if at == 0 { 1_000 } else { milliseconds };
            self.moment = Some(moment);
            self.app.update(Event::Elapsed(std::time::Duration::from_millis(moment)));
            self.event(Event::Key(key));
        }
        self
    }

    /// Keys are pressed.
    pub fn press(&mut self, text: &str) -> &mut Self {
        if self.moment.is_some() {
            return self.press_every(1_000, text);
        }
        for key in keys(text) {
            self.event(Event::Key(key));
        }
        self
    }

    /// A command is run by name, wherever one is.
    pub fn run(&mut self, command: &'static Command) {
        let effects = self.app.run(command);
        self.carry_out(effects);
    }

    /// A change is made, as a command makes it.
    pub fn submit(&mut self, change: Change) {
        let effects = self.app.submit(change);
        self.carry_out(effects);
    }

    /// Text is pasted.
    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.event(Event::Paste(text.to_owned()));
        self
    }

    /// The terminal has another size.
    pub fn size(&mut self, columns: u16, rows: u16) -> &mut Self {
        self.event(Event::Size(columns, rows));
        self
    }

    fn carry_out(&mut self, effects: Effects) {
        for effect in effects {
            let said = format!("{effect:?}");
            self.asked.push(said.split(['(', ' ']).next().unwrap_or_default().to_owned());
            match effect {
                Effect::Commit(number, change) if self.is_slow => self.unanswered.push((number, change)),
                Effect::Commit(number, change) => self.commit(number, &change),
                Effect::Reload => {
                    let seconds = self.seconds;
                    self.reload();
                    self.seconds = seconds; // the answer comes within the second
                }
                Effect::Copy(text) => self.copied.push(text),
                Effect::KeepDraft(draft) => self.keep(|harness| drop(harness.drafts.insert(draft.key(), draft))),
                Effect::KeepChanges(key, changes) => self.keep(|harness| drop(harness.kept.insert(key, changes))),
                Effect::DropDraft(key) => {
                    self.drafts.remove(&key);
                    self.kept.remove(&key);
                    self.event(Event::DraftDone(Ok(())));
                }
                Effect::EditRecord(record) => self.edit(&record),
                Effect::EditText(text) => {
                    let text = (self.editor)(&text);
                    self.event(Event::EditedText(text));
                }
                Effect::Join(from, into) => {
                    let author = self.app.author().unwrap();
                    let originals = folkmoot::model::Collection::default();
                    let change =
                        folkmoot::model::join::join(&self.app.workspace, &originals, (from, into), &author).unwrap();
                    let sentence = change.sentence.clone();
                    self.event(Event::Finished(Finished { sentence, change: Some(change), page: None, failed: false }));
                }
                Effect::KeepVisit(at) => self.visit = Some(at),
                Effect::Quit => self.has_quit = true,
                _ => {}
            }
        }
    }

    fn keep(&mut self, keep: impl FnOnce(&mut Self)) {
        if self.is_full_for_drafts {
            return self.event(Event::DraftDone(Err("the draft was not saved: the disk is full".to_owned())));
        }
        keep(self);
        self.event(Event::DraftDone(Ok(())));
    }

    /// A slow disk answers to everything it was asked for so far.
    pub fn answer(&mut self) {
        for (number, change) in std::mem::take(&mut self.unanswered) {
            self.commit(number, &change);
        }
    }

    fn commit(&mut self, number: u64, change: &Change) {
        let not_saved = |sentence: String, taken| {
            let details = format!("{sentence}\n\nWhat was not saved: {}", change.sentence);
            Event::NotSaved(number, NotSaved { sentence, details, taken })
        };
        if self.is_full {
            return self
                .event(not_saved("services.ron could not be saved: no space left on the disk".to_owned(), None));
        }
        match self.store.as_mut().unwrap().commit(change) {
            Ok(saved) => {
                let saved = Saved { elsewhere: saved.elsewhere, lost: saved.lost, unconfirmed: false };
                self.event(Event::Saved(number, saved));
            }
            Err(error) => {
                let taken = if let StoreError::Taken(id) = &error { Some(*id) } else { None };
                self.event(not_saved(error.to_string(), taken));
            }
        }
    }

    fn edit(&mut self, record: &AnyRecord) {
        let text = store::to_ron(record).unwrap();
        let after = (self.editor)(&text);
        let outcome = if after == text {
            Ok(None)
        } else {
            store::from_ron(record.kind(), record.id(), &after).map(Some).map_err(|problem| problem.message)
        };
        self.event(Event::Edited(record.id(), outcome));
    }

    /// A colleague, at a program of her own, makes a change and saves it; the watch tells.
    pub fn colleague(&mut self, act: impl FnOnce(&Workspace, &Author) -> Result<Change, Refusal>) {
        self.colleague_unseen(act);
        self.reload();
    }

    /// As [`Harness::colleague`], but nothing tells of it.
    pub fn colleague_unseen(&mut self, act: impl FnOnce(&Workspace, &Author) -> Result<Change, Refusal>) {
        let mut theirs = Store::open(self.dir.path(), Mode::Write).unwrap();
        let author = Author { by: "RS".into(), at: Timestamp::from_seconds(self.seconds + 1), today: today() };
        let change = act(&theirs.workspace, &author).unwrap();
        theirs.store.commit(&change).unwrap();
    }

    /// As [`Harness::colleague`], where the colleague may find nothing to do.
    pub fn colleague_if(&mut self, act: impl FnOnce(&Workspace, &Author) -> Option<Change>) {
        let mut theirs = Store::open(self.dir.path(), Mode::Write).unwrap();
        let author = Author { by: "RS".into(), at: Timestamp::from_seconds(self.seconds + 1), today: today() };
        if let Some(change) = act(&theirs.workspace, &author) {
            theirs.store.commit(&change).unwrap();
            self.reload();
        }
    }

    /// The watch says that something in the directory may have changed.
    pub fn reload(&mut self) {
        let reloaded = self.store.as_mut().unwrap().reload();
        let problems = reloaded.problems.iter().map(ToString::to_string).collect();
        self.event(Event::Reloaded(reloaded.change, problems, reloaded.overwritten));
    }

    /// The screen, cell by cell, and where the cursor stands.
    pub fn buffer(&self, theme: Theme) -> (Buffer, Option<Position>) {
        let area = Rect::new(0, 0, self.app.size.0, self.app.size.1);
        let mut buffer = Buffer::empty(area);
        let cursor = ui::draw(&self.app, theme, area, &mut buffer);
        (buffer, cursor)
    }

    /// The screen as text, in colour and with all signs.
    pub fn screen(&self) -> String {
        self.screen_in(FINE)
    }

    /// The screen as text in a theme.
    pub fn screen_in(&self, theme: Theme) -> String {
        text_of(&self.buffer(theme).0)
    }

    /// The line of the screen on which the cursor stands.
    pub fn line_at_cursor(&self) -> String {
        let row = self.buffer(FINE).1.map_or(0, |at| usize::from(at.y));
        self.screen().lines().nth(row).unwrap_or_default().to_owned()
    }

    /// The status line.
    pub fn said(&self) -> &str {
        &self.app.status.text
    }

    /// What is saved, read anew from the disk.
    pub fn saved(&self) -> Workspace {
        Store::open(self.dir.path(), Mode::Read).unwrap().workspace
    }

    /// The only service with this name, as it is saved.
    pub fn service(&self, name: &str) -> folkmoot::model::Service {
        let workspace = self.saved();
        let mut named = workspace.services.iter().filter(|service| service.name.as_str() == name);
        let service = named.next().unwrap_or_else(|| panic!("no service {name} is saved"));
        assert!(named.next().is_none(), "two services are called {name}");
        folkmoot::model::Service::clone(service)
    }

    /// Goes to the field of the open form with this name, by its name as a person would.
    pub fn field(&mut self, name: &str) -> &mut Self {
        let Some(Layer::Form(form)) = self.app.layers.last() else { panic!("no form is open: {}", self.screen()) };
        let field = form.fields.iter().find(|field| field.info.name == name);
        let label = field.unwrap_or_else(|| panic!("the form has no field {name}")).info.label;
        if form.fields.get(form.at).is_none_or(|field| field.info.name != name) {
            self.press(&format!("<ctrl-f>{label}<enter>"));
        }
        self
    }

    /// What stands in a field of the open form.
    pub fn typed(&self, name: &str) -> String {
        let form = self.app.layers.iter().rev().find_map(|layer| match layer {
            Layer::Form(form) => Some(form),
            _ => None,
        });
        let form = form.unwrap_or_else(|| panic!("no form is open: {}", self.screen()));
        form.fields.iter().find(|field| field.info.name == name).unwrap().typing.text()
    }
}

/// A directory with the sample in it.
pub fn sample_dir() -> Arc<tempfile::TempDir> {
    let dir = tempfile::tempdir().unwrap();
    store::init(dir.path(), "Criminal justice partnership across Dorset", true).unwrap();
    Arc::new(dir)
}

/// The text of a buffer, line by line, blanks at the ends cut off.
pub fn text_of(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut lines = Vec::new();
    for y in area.top()..area.bottom() {
        let mut line = String::new();
        let mut x = area.left();
        while x < area.right() {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += symbol.width().max(1) as u16;
        }
        lines.push(line.trim_end().to_owned());
    }
    lines.join("\n")
}

/// A service's id by its name.
pub fn id_of(workspace: &Workspace, name: &str) -> Id {
    let all = Kind::ALL.iter().rev().flat_map(|kind| workspace.all(*kind));
    all.into_iter()
        .find(|record| record.title_alone() == name)
        .unwrap_or_else(|| panic!("nothing is called {name}"))
        .id()
}

/// A field of a record set as a person would type it.
pub fn set(workspace: &Workspace, author: &Author, id: Id, field: &str, typed: &str) -> Result<Change, Refusal> {
    let mut record = workspace.get(id).unwrap();
    record
        .set_field(field, typed, folkmoot::model::ParseContext { workspace, today: author.today })
        .map_err(Refusal)?;
    folkmoot::model::change::put(workspace, record, author)
}

/// The workspace without the stamps, which undoing renews.
pub fn unstamped(workspace: &Workspace) -> BTreeMap<Id, AnyRecord> {
    let resident = Kind::ALL.iter().copied().filter(|kind| kind.is_resident());
    resident
        .flat_map(|kind| workspace.all(kind))
        .map(|mut record| {
            record.set_updated(folkmoot::model::Updated(Timestamp::default(), Text::default()));
            (record.id(), record)
        })
        .collect()
}

/// The repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a file of the repository with what it should hold, or writes it where `UPDATE_DOCS` is set.
pub fn kept_fresh(path: &str, wanted: &str, how: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, wanted).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(found == wanted, "{path} is out of date; write it anew with: {how}");
}
