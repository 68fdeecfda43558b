//! The terminal: taken when the app begins, given back however it ends.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::Command;
use crossterm::clipboard::CopyToClipboard;
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

/// Alternate screen, pasted text marked as such, no line wrap at the edge.
const ENTER: &str = "\x1b[?1049h\x1b[?2004h\x1b[?7l";

/// The opposite, with the cursor visible and the mouse let go.
const LEAVE: &str = "\x1b[?2026l\x1b[?1006l\x1b[?1002l\x1b[?1000l\x1b[?7h\x1b[?2004l\x1b[m\x1b[?25h\x1b[?1049l";

static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// Gives the terminal back when it goes out of scope.
pub struct Guard(());

impl Guard {
    /// Takes the terminal, and sees to it that a panic gives it back before it is reported.
    ///
    /// # Errors
    /// The terminal cannot be configured.
    pub fn take() -> io::Result<Self> {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back();
            before(panic);
            // A thread that panicked answers no more, so the program ends rather than wait for it with a frozen screen.
            if std::thread::current().name() != Some("main") {
                std::process::exit(super::exit_code::PANIC.into());
            }
        }));
        enter()?;
        Ok(Self(()))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        give_back();
    }
}

/// Takes the terminal, at first or again.
///
/// # Errors
/// The terminal cannot be configured.
pub fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    IS_TAKEN.store(true, Ordering::SeqCst);
    write(ENTER.as_bytes())
}

/// Gives the terminal back; doing it twice does no harm.
pub fn give_back() {
    if IS_TAKEN.swap(false, Ordering::SeqCst) {
        // Nothing can be done about a terminal that is gone.
        let _ = write(LEAVE.as_bytes());
        let _ = disable_raw_mode();
    }
}

/// The columns and rows of the terminal, where it has a size. crossterm would execute `tput` where the terminal does not
/// say, and no program is to be executed for that.
pub fn size() -> Option<(u16, u16)> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
}

/// Writes to the terminal at once. Nothing is locked: a thread that ends the program must be able to write while
/// another is stuck in a terminal that is gone.
///
/// # Errors
/// The terminal is gone.
pub fn write(mut bytes: &[u8]) -> io::Result<()> {
    let out = io::stdout();
    while !bytes.is_empty() {
        match rustix::io::write(&out, bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Turns reports of mouse presses and wheels on or off.
///
/// # Errors
/// The terminal is gone.
pub fn mouse(is_on: bool) -> io::Result<()> {
    write(if is_on { b"\x1b[?1000h\x1b[?1002h\x1b[?1006h" } else { b"\x1b[?1006l\x1b[?1002l\x1b[?1000l" })
}

/// Asks the person's own terminal to keep `text` on its clipboard (OSC 52).
///
/// # Errors
/// The terminal is gone.
pub fn copy(text: &str) -> io::Result<()> {
    write(clipboard_sequence(text, super::confine::variable("TMUX").is_some())?.as_bytes())
}

/// The sequence that fills the clipboard. In tmux it is sent twice: as it is for tmux itself, which hands it on where its
/// `set-clipboard` is on, and wrapped, which tmux passes through to the terminal where it may.
fn clipboard_sequence(text: &str, is_in_tmux: bool) -> io::Result<String> {
    let mut sequence = String::new();
    CopyToClipboard::to_clipboard_from(text).write_ansi(&mut sequence).map_err(io::Error::other)?;
    if is_in_tmux {
        let wrapped = format!("\x1bPtmux;{}\x1b\\", sequence.replace('\x1b', "\x1b\x1b"));
        sequence.push_str(&wrapped);
    }
    Ok(sequence)
}

#[cfg(test)]
mod tests {
    use super::clipboard_sequence;

    #[test]
    fn tmux_passes_the_clipboard_on() {
        assert_eq!(clipboard_sequence("foob", false).unwrap(), "\x1b]52;c;Zm9vYg==\x1b\\");
        let wrapped = clipboard_sequence("foob", true).unwrap();
        assert_eq!(wrapped, "\x1b]52;c;Zm9vYg==\x1b\\\x1bPtmux;\x1b\x1b]52;c;Zm9vYg==\x1b\x1b\\\x1b\\");
    }
}
