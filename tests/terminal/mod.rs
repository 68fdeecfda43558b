//! The real program on a real terminal: a PTY of its own, what it shows, and every byte it sent.

#![allow(dead_code)] // each test file uses what it needs
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a test fails by panicking; helpers are no #[test]

use std::cell::RefCell;
use std::io::{Read, Write};
use std::num::NonZero;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, tcgetattr};

/// No wait is longer; on a quiet machine none comes near it.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// What came from the program.
struct Shown {
    parser: vt100::Parser,
    bytes: Vec<u8>,
    is_over: bool,
}

/// A terminal with the program in it.
pub struct Terminal {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: RefCell<Option<Box<dyn Write + Send>>>,
    /// The program.
    pub child: Box<dyn Child + Send + Sync>,
    shown: Arc<(Mutex<Shown>, Condvar)>,
}

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count.max(1)).unwrap()
}

fn pty_size((cols, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

/// Where the program is: the one that was built, or another that `FOLKMOOT_MOOT` names.
pub fn program() -> String {
    std::env::var("FOLKMOOT_MOOT").unwrap_or(env!("CARGO_BIN_EXE_moot").to_owned())
}

/// The program with these arguments, in a home of its own.
pub fn moot(home: &Path, arguments: &[&str]) -> CommandBuilder {
    let mut command = CommandBuilder::new(program());
    command.args(arguments);
    at_home(&mut command, home);
    command
}

/// A home with the sample in it.
pub struct Home(tempfile::TempDir);

impl Home {
    /// With the sample, in a temporary directory.
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        folkmoot::store::init(&dir.path().join("dorset"), "Dorset", true).unwrap();
        Self(dir)
    }

    /// With the sample, in a directory where the workspace lies on a disk of its own of so many kilobytes; `None` where
    /// nothing can be mounted.
    pub fn on_small_disk(kilobytes: usize) -> Option<(Self, SmallDisk)> {
        let dir = tempfile::tempdir().unwrap();
        let disk = SmallDisk::mount(&dir.path().join("dorset"), kilobytes)?;
        folkmoot::store::init(&dir.path().join("dorset"), "Dorset", true).unwrap();
        Some((Self(dir), disk))
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The workspace in it.
    pub fn workspace(&self) -> PathBuf {
        self.0.path().join("dorset")
    }

    /// The program at the workspace.
    pub fn moot(&self, more: &[&str]) -> CommandBuilder {
        let workspace = self.workspace();
        let all: Vec<&str> = ["-w", workspace.to_str().unwrap(), "--as", "KP"].iter().chain(more).copied().collect();
        moot(self.path(), &all)
    }

    /// The program, started, with its records on the screen.
    pub fn start(&self) -> Terminal {
        let terminal = Terminal::start(self.moot(&[]));
        terminal.until_commands();
        terminal
    }

    /// The file of services.
    pub fn services(&self) -> String {
        std::fs::read_to_string(self.workspace().join("services.ron")).unwrap()
    }

    /// How many drafts are kept.
    pub fn drafts(&self) -> usize {
        // When somebody was last here is kept beside what they typed.
        self.draft_files().iter().filter(|path| !path.ends_with("last-visit.draft")).count()
    }

    /// The files of whoever runs the test in which drafts are kept.
    pub fn draft_files(&self) -> Vec<PathBuf> {
        let own = rustix::process::geteuid().as_raw().to_string();
        let all = std::fs::read_dir(self.workspace().join(".moot/drafts").join(own)).into_iter().flatten().flatten();
        all.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "draft")).collect()
    }
}

/// A disk of its own, which can be filled and made read-only.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts it; `None`, and why is printed, where that cannot be done.
    fn mount(path: &Path, kilobytes: usize) -> Option<Self> {
        std::fs::create_dir_all(path).unwrap();
        let size = format!("size={kilobytes}k");
        let mounted = std::process::Command::new("mount").args(["-t", "tmpfs", "-o", &size, "none"]).arg(path).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(path.to_owned()));
        }
        println!("skipped: only root mounts a small disk");
        None
    }

    /// Leaves no room on it.
    pub fn fill(&self) {
        let mut filler = std::fs::File::create(self.0.join("filler")).unwrap();
        for size in [4096, 1] {
            while filler.write_all(&vec![b'x'; size]).is_ok() {}
        }
    }

    /// Makes room again.
    pub fn clear(&self) {
        std::fs::remove_file(self.0.join("filler")).unwrap();
    }

    /// Lets nobody write to it, or everybody again.
    pub fn set_read_only(&self, is_read_only: bool) {
        let how = if is_read_only { "remount,ro" } else { "remount,rw" };
        let output = std::process::Command::new("mount").args(["-o", how]).arg(&self.0).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).output(); // else the temporary directory stays
    }
}

/// Nothing of the person who runs the tests reaches the program.
pub fn at_home(command: &mut CommandBuilder, home: &Path) {
    command.env_clear();
    command.env("HOME", home);
    command.env("PATH", std::env::var("PATH").unwrap_or_default());
    command.env("TERM", "xterm-256color");
    command.env("LANG", "C.UTF-8");
    command.env("TZ", "UTC");
    command.env("USER", "kp");
    command.cwd(home);
}

impl Terminal {
    /// Starts a command in a terminal of 80 columns and 24 rows.
    pub fn start(command: CommandBuilder) -> Self {
        Self::start_in(command, (80, 24), None)
    }

    /// Starts a command in a terminal of this size. Where `last` is given, nobody reads the terminal any more once that
    /// is to be seen: then it can be closed.
    pub fn start_in(command: CommandBuilder, size: (u16, u16), last: Option<&'static str>) -> Self {
        let pair = native_pty_system().openpty(pty_size(size)).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let parser = vt100::Parser::new(cells(size.1), cells(size.0), 0);
        let shown = Arc::new((Mutex::new(Shown { parser, bytes: Vec::new(), is_over: false }), Condvar::new()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let to = shown.clone();
        std::thread::spawn(move || {
            let mut chunk = vec![0; 65_536];
            while let Ok(count) = reader.read(&mut chunk) {
                let Ok(mut now) = to.0.lock() else { break }; // a test has failed meanwhile
                now.bytes.extend_from_slice(&chunk[..count]);
                now.parser.process(&chunk[..count]);
                let is_last = last.is_some_and(|last| now.parser.screen().contents().contains(last));
                to.1.notify_all();
                if count == 0 || is_last {
                    break;
                }
            }
            drop(reader);
            if let Ok(mut now) = to.0.lock() {
                now.is_over = true;
            }
            to.1.notify_all();
        });
        let writer = RefCell::new(Some(pair.master.take_writer().unwrap()));
        Self { master: Some(pair.master), writer, child, shown }
    }

    /// Types; `\x1b` is escape, `\r` is enter. A letter comes after a pause, so that it makes no word of those before.
    pub fn type_in(&self, text: &str) -> &Self {
        if text.starts_with(char::is_alphanumeric) {
            std::thread::sleep(folkmoot::app::typing::AT_ONCE + Duration::from_millis(50));
        }
        self.type_at_once(text)
    }

    /// Types without a pause.
    pub fn type_at_once(&self, text: &str) -> &Self {
        let mut writer = self.writer.borrow_mut();
        let writer = writer.as_mut().unwrap();
        writer.write_all(text.as_bytes()).unwrap();
        writer.flush().unwrap();
        self
    }

    fn now(&self) -> MutexGuard<'_, Shown> {
        self.shown.0.lock().unwrap()
    }

    /// Waits until the screen is as wanted.
    pub fn until_screen(&self, what: &str, wanted: impl Fn(&vt100::Screen) -> bool) -> &Self {
        let end = Instant::now() + PATIENCE;
        let mut now = self.now();
        while !wanted(now.parser.screen()) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited in vain for {what}:\n{}", now.parser.screen().contents());
            now = self.shown.1.wait_timeout(now, left).unwrap().0;
        }
        drop(now);
        self
    }

    /// Waits until the screen shows this text.
    pub fn until(&self, text: &str) -> &Self {
        self.until_screen(&format!("{text:?}"), |screen| screen.contents().contains(text))
    }

    /// Waits for the records, and leaves the search line: letters are commands then.
    pub fn until_commands(&self) -> &Self {
        self.until("67 services").until("enter commands").type_in("\x1b").until("v verify")
    }

    /// Opens the page of what lies in the folder `exchange` of a restricted program, and leaves it.
    pub fn look_at_exchange(&self) -> &Self {
        self.type_in(":exchange").until("lie in the workspace").type_in("\r").until("in the folder exchange");
        self.type_in("\x1b").until_gone("in the folder exchange").until("v verify")
    }

    /// Waits until the screen does not show this text any more.
    pub fn until_gone(&self, text: &str) -> &Self {
        self.until_screen(&format!("{text:?} to go"), |screen| !screen.contents().contains(text))
    }

    /// Waits until nothing has come for this long.
    pub fn until_quiet(&self, quiet: Duration) -> &Self {
        let end = Instant::now() + PATIENCE;
        let mut now = self.now();
        while Instant::now() < end {
            let count = now.bytes.len();
            now = self.shown.1.wait_timeout(now, quiet).unwrap().0;
            if now.bytes.len() == count {
                break;
            }
        }
        drop(now);
        self
    }

    /// What is on the screen.
    pub fn screen(&self) -> String {
        self.now().parser.screen().contents()
    }

    /// Something about the screen.
    pub fn ask<T>(&self, what: impl Fn(&vt100::Screen) -> T) -> T {
        what(self.now().parser.screen())
    }

    /// Every byte that came so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.now().bytes.clone()
    }

    /// Another size.
    pub fn resize(&self, size: (u16, u16)) {
        self.now().parser.screen_mut().set_size(cells(size.1), cells(size.0));
        self.master.as_ref().unwrap().resize(pty_size(size)).unwrap();
    }

    /// Closes the terminal, as a lost connection does.
    pub fn close(&mut self) {
        let end = Instant::now() + PATIENCE;
        let mut now = self.now();
        while !now.is_over {
            assert!(Instant::now() < end, "somebody still reads the terminal");
            now = self.shown.1.wait_timeout(now, Duration::from_secs(1)).unwrap().0;
        }
        drop(now);
        self.writer.take();
        self.master = None;
    }

    /// Sends a signal to the program.
    pub fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.pid() as i32).unwrap(), signal).unwrap();
    }

    /// The program's process.
    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Waits until the program has ended: its exit code, and how long that took.
    pub fn end(&mut self) -> (u32, Duration) {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status.exit_code(), began.elapsed());
            }
            assert!(began.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(2)); // there is no wait with a limit
        }
    }

    /// Whether the terminal echoes and reads whole lines, as a shell wants it.
    pub fn is_cooked(&self) -> bool {
        let name = self.master.as_ref().unwrap().tty_name().unwrap();
        let without_taking_it = rustix::fs::OFlags::NOCTTY.bits() as i32;
        let tty = std::fs::OpenOptions::new().read(true).custom_flags(without_taking_it).open(name).unwrap();
        tcgetattr(&tty).unwrap().local_modes.contains(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG)
    }

    /// Asserts that the terminal is as it was before the program began.
    pub fn assert_restored(&self) {
        let cooked = Instant::now() + PATIENCE;
        while !self.is_cooked() && Instant::now() < cooked {
            std::thread::sleep(Duration::from_millis(2)); // a terminal does not tell when its modes change
        }
        assert!(self.is_cooked(), "raw mode is left");
        self.until_screen("the alternate screen to be left", |screen| !screen.alternate_screen());
        self.ask(|screen| {
            assert!(!screen.hide_cursor(), "the cursor is shown");
            assert!(!screen.bracketed_paste(), "pasted text is not marked any more");
            assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is free");
        });
    }

    /// Wake-ups of all its threads so far.
    pub fn wake_ups(&self) -> u64 {
        wake_ups(self.pid())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended by itself
        let _ = self.child.wait();
    }
}

/// Context switches of all threads of a process.
pub fn wake_ups(pid: u32) -> u64 {
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let of = |status: String| {
        let counts = status.lines().filter(|line| line.contains("ctxt_switches"));
        counts.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum::<u64>()
    };
    tasks.flatten().filter_map(|task| std::fs::read_to_string(task.path().join("status")).ok()).map(of).sum()
}

/// What in these bytes the program cannot have meant: control characters, sequences that are not among its own few,
/// characters that hide or turn the reading direction.
pub fn strays(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut found = Vec::new();
    let mut rest = text.as_ref();
    while let Some(c) = rest.chars().next() {
        if c == '\u{1b}' {
            if let Some(end) = sequence(rest) {
                rest = &rest[end..];
                continue;
            }
            found.push(format!("the sequence {:?}", rest.chars().take(12).collect::<String>()));
        } else if c == '\u{fffd}' {
            found.push("bytes that are no text".to_owned());
        } else if folkmoot::model::text::is_unwelcome(c) {
            found.push(format!("U+{:04X}", c as u32));
        }
        rest = &rest[c.len_utf8()..];
    }
    found
}

/// How long the sequence is that the text begins with, if it is one of the program's own.
fn sequence(text: &str) -> Option<usize> {
    const MODES: [&str; 7] = ["?1049", "?2004", "?2026", "?25", "?7", "?1000", "?1002"];
    if let Some(osc) = text.strip_prefix("\x1b]52;c;") {
        let end = osc.find("\x1b\\")?;
        let is_base64 = osc[..end].bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b));
        return is_base64.then_some(7 + end + 2);
    }
    let body = text.strip_prefix("\x1b[")?;
    let end = body.find(|c: char| !c.is_ascii_digit() && c != ';' && c != '?')?;
    let (numbers, last) = (&body[..end], body[end..].chars().next()?);
    let is_plain = !numbers.contains('?');
    let is_ours = match last {
        'H' | 'm' | 'C' => is_plain,
        'K' => numbers.is_empty(),
        'J' => numbers == "2",
        'h' | 'l' => MODES.contains(&numbers) || numbers == "?1006",
        _ => false,
    };
    is_ours.then_some(2 + end + 1)
}
