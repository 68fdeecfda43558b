//! The only threads, terminal, processes, clipboard and clock. Events go into the app, effects come out of it, and
//! between two events the program blocks: there is no tick.

pub mod confine;
mod drafts;
mod editor;
mod ending;
pub mod exit_code;
mod frame;
mod input;
pub mod keys_file;
mod network_fs;
pub mod remembered;
mod signals;
mod storage;
pub mod terminal;
mod work;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Instant;

use chrono::Timelike;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::{App, Effect, Event, Options};
use crate::model::{Date, Time, Timestamp};
use crate::store::{Drafts, Mode};
use crate::ui;
use crate::ui::theme::Theme;
use drafts::DraftWorker;
pub use ending::Exit;
pub use frame::FrameEncoder;
use storage::{Job, StorageWorker};

/// How the program was started.
pub struct Launch {
    /// The workspace; none: a scratch copy of the sample.
    pub directory: Option<PathBuf>,
    /// Who acts, and what may be done.
    pub options: Options,
    /// Whether only ASCII is to be drawn, whatever the locale says.
    pub ascii: bool,
    /// Whether borders and pictures are to be left out.
    pub plain: bool,
    /// Whether colours are to be used.
    pub colour: bool,
}

impl Launch {
    /// What the terminal can show: ASCII where the locale is not UTF-8, and on a console that has few signs.
    fn theme(&self) -> Theme {
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| confine::variable(name));
        let is_utf8 = locale.is_some_and(|locale| {
            let locale = locale.to_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        let is_console = confine::variable("TERM").is_some_and(|term| term == "linux");
        Theme { colour: self.colour, ascii: self.ascii || !is_utf8 || is_console, plain: self.plain }
    }
}

/// A number nobody can guess, for new ids.
pub fn seed() -> u64 {
    let mut bytes = [0; 8];
    let got = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty()).unwrap_or(0);
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    // Where the system gives no random numbers, the clock and the process must do: ids are checked for clashes anyway.
    if got == bytes.len() {
        u64::from_le_bytes(bytes)
    } else {
        since.as_nanos() as u64 ^ u64::from(std::process::id()) << 32
    }
}

/// What reaches the main thread.
enum Message {
    /// Something happened.
    Event(Event),
    /// Keys and the like, all that had come when the reader looked.
    Burst(Vec<Event>),
    /// The shell asks to stop for a while.
    Suspend,
    /// The terminal has another size.
    Resized,
    /// The program goes on after it was stopped.
    Continued,
    /// Drafts belong here from now on.
    Drafts(Drafts),
    /// The program has to end, for this signal.
    End(i32),
}

/// Runs the app until it is left.
///
/// # Errors
/// The terminal cannot be used.
pub fn app(launch: Launch) -> anyhow::Result<Exit> {
    let (overrides, complaints) = keys_file::read();
    let theme = launch.theme();
    let options = Options { no_pictures: theme.ascii || theme.plain, ..launch.options.clone() };
    let mut app = App::new(options, &overrides);
    if let Some(first) = complaints.first() {
        app.set_status(crate::app::Severity::Error, first.clone());
    }
    let guard = terminal::Guard::take()?;
    let (to, inbox) = channel();
    signals::watch(&to)?;
    let size = terminal::size().unwrap_or((80, 24));
    app.update(Event::Size(size.0, size.1));
    let mode = if launch.options.read_only { Mode::Read } else { Mode::Write };
    let mut event_loop = EventLoop::new(app, theme, DraftWorker::start(to.clone()));
    event_loop.send_clock();
    event_loop.draw()?;
    event_loop.storage = Some(StorageWorker::start(launch.directory, mode, to.clone()));
    let (permit, permits) = channel();
    std::thread::spawn(move || input::read(&permits, &to));
    let outcome = catch_unwind(AssertUnwindSafe(|| event_loop.run(&inbox, &permit)));
    let code = match &outcome {
        Ok(Ok(code)) => *code,
        Ok(Err(_)) => event_loop.keep_all(exit_code::of_signal(signal_hook::consts::SIGHUP))?,
        Err(_) => event_loop.keep_all(exit_code::PANIC)?,
    };
    let exit = event_loop.finish(&inbox, code);
    drop(guard);
    match outcome {
        Err(panic) => resume_unwind(panic),
        Ok(_) => Ok(exit),
    }
}

/// The main thread's own: the app, the screen, the ways out.
struct EventLoop {
    app: App,
    theme: Theme,
    frames: FrameEncoder,
    storage: Option<StorageWorker>,
    drafts: DraftWorker,
    /// When [`Event::Woke`] is due.
    wake: Option<Instant>,
    /// The exit code, once the program is to end.
    ending: Option<u8>,
    signed: Option<String>,
    /// When the program began.
    began: Instant,
}

impl EventLoop {
    fn new(app: App, theme: Theme, drafts: DraftWorker) -> Self {
        let frames = FrameEncoder::default();
        Self {
            app,
            theme,
            frames,
            storage: None,
            drafts,
            wake: None,
            ending: None,
            signed: None,
            began: Instant::now(),
        }
    }

    /// Deals with what comes until the program is to end. One draw shows everything that had come.
    fn run(&mut self, inbox: &Receiver<Message>, permit: &Sender<()>) -> anyhow::Result<u8> {
        let _ = permit.send(()); // the reader may be gone with the terminal
        loop {
            let first = match self.wait(inbox) {
                Ok(message) => Some(message),
                Err(RecvTimeoutError::Timeout) => {
                    self.wake = None;
                    Some(Message::Event(Event::Woke))
                }
                Err(RecvTimeoutError::Disconnected) => None,
            };
            let Some(first) = first else { return Ok(exit_code::DONE) };
            self.send_clock();
            let mut next = Some(first);
            let mut permits = 0;
            while let Some(message) = next {
                permits += usize::from(matches!(message, Message::Burst(_)));
                self.handle(message)?;
                next = if self.ending.is_some() { None } else { inbox.try_recv().ok() };
            }
            if let Some(code) = self.ending {
                return Ok(code);
            }
            self.draw()?;
            for _ in 0..permits {
                let _ = permit.send(()); // the reader may be gone with the terminal
            }
        }
    }

    /// The terminal went away in the middle of something, or the program broke: what is typed and what is not saved is
    /// kept all the same.
    fn keep_all(&mut self, code: u8) -> anyhow::Result<u8> {
        self.update(Event::Hangup)?;
        Ok(code)
    }

    fn wait(&self, inbox: &Receiver<Message>) -> Result<Message, RecvTimeoutError> {
        match self.wake {
            Some(at) => inbox.recv_timeout(at.saturating_duration_since(Instant::now())),
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Tells the app the time.
    fn send_clock(&mut self) {
        let (now, today) = clock();
        self.app.update(Event::Clock(now, today));
        self.app.update(Event::TimeOfDay(time_of_day()));
        self.app.update(Event::Elapsed(self.began.elapsed()));
    }

    fn draw(&mut self) -> anyhow::Result<()> {
        let area = Rect::new(0, 0, self.app.size.0, self.app.size.1);
        let mut buffer = Buffer::empty(area);
        let cursor = ui::draw(&self.app, self.theme, area, &mut buffer);
        let frame = self.frames.encode(buffer, cursor);
        if !frame.is_empty() {
            terminal::write(&frame)?;
        }
        Ok(())
    }

    fn handle(&mut self, message: Message) -> anyhow::Result<()> {
        match message {
            Message::Event(event) => self.update(event),
            Message::Burst(events) => {
                panic_on_request(&events);
                for event in events {
                    self.update(event)?;
                    // What is typed after the key that leaves is for the shell.
                    if self.ending.is_some() {
                        break;
                    }
                }
                Ok(())
            }
            Message::Resized => self.update_size(),
            Message::Suspend => self.suspend(),
            Message::Continued => {
                self.frames.invalidate();
                Ok(())
            }
            Message::End(signal) => {
                self.update(Event::Hangup)?;
                self.ending = Some(exit_code::of_signal(signal));
                Ok(())
            }
            Message::Drafts(drafts) => {
                self.drafts.send(drafts::DraftJob::Open(drafts));
                Ok(())
            }
        }
    }

    fn update(&mut self, event: Event) -> anyhow::Result<()> {
        if let Event::Size(columns, rows) = event
            && (columns, rows) != self.app.size
        {
            self.frames.invalidate();
        }
        let effects = self.app.update(event);
        self.send_signature();
        effects.into_iter().try_for_each(|effect| self.perform(effect))
    }

    /// Lets the disk know who saves, as soon as the app does.
    fn send_signature(&mut self) {
        let me = self.app.author().map(|author| author.by.to_string());
        if me != self.signed {
            self.signed.clone_from(&me);
            self.send(Job::Sign(me.unwrap_or_default()));
        }
    }

    fn send(&self, job: Job) {
        if let Some(storage) = &self.storage {
            storage.send(job);
        }
    }

    fn perform(&mut self, effect: Effect) -> anyhow::Result<()> {
        match effect {
            // The app asks for nothing of this; should it, nobody gets out.
            Effect::EditRecord(_)
            | Effect::EditText(_)
            | Effect::Suspend
            | Effect::Begin(..)
            | Effect::KeepSample(_)
                if confine::is_on() =>
            {
                self.app.set_status(crate::app::Severity::Warning, crate::app::RESTRICTED.to_owned());
            }
            Effect::ListFiles => self.list_files()?,
            Effect::Commit(number, change) => self.send(Job::Commit(number, change)),
            Effect::Reload => self.send(Job::Reload),
            Effect::KeepDraft(draft) => self.drafts.send(drafts::DraftJob::Keep(draft)),
            Effect::KeepChanges(key, changes) => self.drafts.send(drafts::DraftJob::KeepChanges(key, changes)),
            Effect::KeepVisit(at) => self.drafts.send(drafts::DraftJob::KeepVisit(at)),
            Effect::DropDraft(key) => self.drafts.send(drafts::DraftJob::Drop(key)),
            Effect::Import(path) => match work::Request::of(&mut self.app) {
                Some(request) => self.send(Job::Import(path, Box::new(request))),
                None => self.update(storage::failed("say who you are first: :who asks".to_owned()))?,
            },
            Effect::Export(format, path) => {
                self.send(Job::Export(format, path, Box::new(self.app.workspace.clone())));
            }
            Effect::TakeBack => match self.app.author() {
                Some(author) => self.send(Job::TakeBack(Box::new(self.app.workspace.clone()), author)),
                None => self.update(storage::failed("say who you are first: :who asks".to_owned()))?,
            },
            Effect::SettleConflict(number) => self.send(Job::SettleConflict(number)),
            Effect::Begin(dir, name) => self.send(Job::Begin(dir, name)),
            Effect::KeepSample(dir) => self.send(Job::KeepSample(dir)),
            Effect::Cancel => self.storage.iter().for_each(StorageWorker::cancel),
            Effect::Copy(text) => terminal::copy(&text)?,
            Effect::EditRecord(record) => {
                let id = record.id();
                let outcome = self.with_terminal_released(|| editor::record(&record))?;
                self.update(Event::Edited(id, outcome))?;
            }
            Effect::EditText(text) => match self.with_terminal_released(|| editor::text(&text, ".txt"))? {
                Ok(Some(text)) => self.update(Event::EditedText(text))?,
                Ok(None) => {}
                Err(why) => self.app.set_status(crate::app::Severity::Error, why),
            },
            Effect::Wake(pause) => self.wake = Some(Instant::now() + pause),
            Effect::Redraw => self.frames.invalidate(),
            Effect::Mouse(is_on) => terminal::mouse(is_on)?,
            Effect::Suspend => self.suspend()?,
            Effect::Quit => self.ending = Some(exit_code::DONE),
        }
        Ok(())
    }

    /// Does something that needs the terminal for itself. Signals are not handled meanwhile, so what is typed and what
    /// is not saved is kept before.
    fn with_terminal_released<T>(&mut self, act: impl FnOnce() -> T) -> anyhow::Result<T> {
        self.update(Event::Hangup)?;
        terminal::give_back();
        let outcome = act();
        terminal::enter()?;
        self.on_terminal_regained()?;
        Ok(outcome)
    }

    /// Says which files can be imported by a bare name.
    fn list_files(&mut self) -> anyhow::Result<()> {
        self.update(Event::Listed(confine::files(std::path::Path::new(&self.app.directory))))
    }

    /// Stops until the shell lets it go on.
    fn suspend(&mut self) -> anyhow::Result<()> {
        if confine::is_on() {
            return Ok(());
        }
        if !has_shell() {
            self.app.set_status(crate::app::Severity::Warning, "there is no shell to go back to; q leaves".to_owned());
            return Ok(());
        }
        terminal::give_back();
        signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
        terminal::enter()?;
        self.on_terminal_regained()
    }

    /// The terminal is ours again: everything has to be drawn, and it may have another size.
    fn on_terminal_regained(&mut self) -> anyhow::Result<()> {
        self.frames.invalidate();
        if self.app.mouse {
            terminal::mouse(true)?;
        }
        self.update_size()?;
        self.send_clock();
        Ok(())
    }

    /// Looks how large the terminal is.
    fn update_size(&mut self) -> anyhow::Result<()> {
        match terminal::size() {
            Some((columns, rows)) => self.update(Event::Size(columns, rows)),
            None => Ok(()), // the old size must do
        }
    }
}

/// Panics where a test asks for it, to see that the terminal is given back and nothing is lost. Never in a release.
fn panic_on_request(events: &[Event]) {
    let is_asked = |event: &Event| matches!(event, Event::Paste(text) if text == "MOOT_TEST_PANIC");
    let is_test = cfg!(debug_assertions) && confine::variable("MOOT_TEST_PANIC").is_some();
    assert!(!is_test || !events.iter().any(is_asked), "MOOT_TEST_PANIC is asked for");
}

/// Whether a shell started the program that can let it go on: such a shell gives every job a process group of its own.
/// Started in the place of a shell, the program would stop for ever.
fn has_shell() -> bool {
    rustix::process::getsid(None).is_ok_and(|session| session != rustix::process::getpgrp())
}

/// The moment it is, by the clock of the place where the person is.
fn local_now() -> chrono::DateTime<chrono::FixedOffset> {
    if confine::has_time_zone() { chrono::Local::now().fixed_offset() } else { chrono::Utc::now().fixed_offset() }
}

/// The moment it is, and the day it is where the person is.
pub fn clock() -> (Timestamp, Date) {
    let now = local_now();
    (Timestamp::from_seconds(now.timestamp()), now.date_naive())
}

/// The time of day where the person is.
fn time_of_day() -> Time {
    let now = local_now();
    Time::from_minutes((now.hour() * 60 + now.minute()) as u16).unwrap_or_default()
}
