//! Signals and a terminal that goes away.
//!
//! Once the terminal is gone, reading it never returns, so nobody may wait for the reader: a message asks the main
//! thread to keep what is typed, and a moment later the process ends, whatever the main thread does.

use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH, SIGXFSZ};
use signal_hook::iterator::Signals;

use super::Message;

/// How long the main thread has to begin to end.
const END_TIMEOUT: Duration = Duration::from_millis(700);

/// How long it has to end once it has begun: to write drafts, and to see the last save through.
const KEEP_TIMEOUT: Duration = Duration::from_secs(8);

/// Whether the main thread is writing what would be lost.
static IS_KEEPING: AtomicBool = AtomicBool::new(false);

/// While it lives, the process is not ended from outside the main thread before [`KEEP_TIMEOUT`].
pub struct Keeping(());

impl Keeping {
    /// The main thread begins to write what would be lost.
    pub fn begin() -> Self {
        IS_KEEPING.store(true, Ordering::SeqCst);
        Self(())
    }
}

impl Drop for Keeping {
    fn drop(&mut self) {
        IS_KEEPING.store(false, Ordering::SeqCst);
    }
}

/// Starts the threads that watch for signals and for the end of the terminal.
///
/// # Errors
/// Signals cannot be watched.
pub fn watch(to: &Sender<Message>) -> std::io::Result<()> {
    // A file that grows over a limit is reported as an error and does not end the program.
    let mut signals = Signals::new([SIGHUP, SIGTERM, SIGINT, SIGTSTP, SIGCONT, SIGWINCH, SIGXFSZ])?;
    let sender = to.clone();
    std::thread::spawn(move || {
        for signal in signals.forever() {
            match signal {
                SIGTSTP => drop(sender.send(Message::Suspend)),
                SIGCONT => drop(sender.send(Message::Continued)),
                // The reader tells of sizes too, but loses one that comes together with a key.
                SIGWINCH => drop(sender.send(Message::Resized)),
                SIGXFSZ => {}
                signal => end(&sender, signal),
            }
        }
    });
    let sender = to.clone();
    std::thread::spawn(move || {
        if hung_up() {
            end(&sender, SIGHUP);
        }
    });
    Ok(())
}

/// Asks for the end, and brings it about.
fn end(to: &Sender<Message>, signal: i32) {
    drop(to.send(Message::End(signal)));
    std::thread::sleep(END_TIMEOUT);
    if IS_KEEPING.load(Ordering::SeqCst) {
        std::thread::sleep(KEEP_TIMEOUT);
    }
    super::terminal::give_back();
    std::process::exit(super::exit_code::of_signal(signal).into());
}

/// Sleeps until the terminal hangs up, which also happens where the shell has SIGHUP ignored.
fn hung_up() -> bool {
    let stdin = std::io::stdin();
    let fd = stdin.as_fd();
    loop {
        let mut fds = [PollFd::new(&fd, PollFlags::empty())];
        match poll(&mut fds, None) {
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return false,
            Ok(_) => return fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR),
        }
    }
}
