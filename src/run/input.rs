//! The reader: the one thread that reads the terminal, a burst of keys at a time, and only when it is told to.
//!
//! It waits for a permit before each read, given once the last burst has been dealt with. So while an editor runs, or
//! while the program is suspended, this thread takes no input from it.

use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

use crossterm::event::{Event as Raw, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseEventKind};

use super::Message;
use crate::app::Event;
use crate::app::key::{Code, Key};

/// The most events of one burst; the next frame shows them all.
const MAX_BURST: usize = 1_000;

/// Reads bursts for ever, each when a permit comes; ends when nobody gives permits any more.
pub fn read(permits: &Receiver<()>, to: &Sender<Message>) {
    while permits.recv().is_ok() {
        let mut burst = Vec::new();
        match crossterm::event::read() {
            Ok(event) => burst.extend(translate(event)),
            // The terminal is gone; the threads that watch for that end the program.
            Err(_) => return,
        }
        while burst.len() < MAX_BURST && crossterm::event::poll(Duration::ZERO).unwrap_or(false) {
            match crossterm::event::read() {
                Ok(event) => burst.extend(translate(event)),
                Err(_) => break,
            }
        }
        if to.send(Message::Burst(burst)).is_err() {
            return;
        }
    }
}

fn translate(raw: Raw) -> Option<Event> {
    match raw {
        Raw::Key(event) if event.kind != KeyEventKind::Release => key(event).map(Event::Key),
        Raw::Paste(text) => Some(Event::Paste(text)),
        Raw::Resize(columns, rows) => Some(Event::Size(columns, rows)),
        Raw::Mouse(mouse) => match mouse.kind {
            MouseEventKind::ScrollUp => Some(Event::Key(Key::plain(Code::Up))),
            MouseEventKind::ScrollDown => Some(Event::Key(Key::plain(Code::Down))),
            _ => None,
        },
        Raw::Key(_) | Raw::FocusGained | Raw::FocusLost => None,
    }
}

fn key(event: KeyEvent) -> Option<Key> {
    let has = |modifier| event.modifiers.contains(modifier);
    let code = match event.code {
        // One byte, 0x1F, is sent for ctrl with -, / and 7; on most keyboards it is the first that people know.
        KeyCode::Char('7') if has(KeyModifiers::CONTROL) => Code::Char('_'),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::F(n) => Code::F(n),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        _ => return None,
    };
    Some(Key { code, ctrl: has(KeyModifiers::CONTROL), alt: has(KeyModifiers::ALT) })
}
