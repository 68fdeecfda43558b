//! The end of the program: nothing that was typed or accepted is lost on the way out.

use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::storage::StorageWorker;
use super::{EventLoop, Message, exit_code, signals};
use crate::app::Event;

/// How long the workspace may take to be let go when everything is saved and the person leaves.
const QUIT_TIMEOUT: Duration = Duration::from_secs(8);

/// How long the last save may take when the program has to end, or the person leaves without it.
const LAST_SAVE_TIMEOUT: Duration = Duration::from_millis(500);

/// How long drafts may take to be written when the program ends.
const DRAFTS_TIMEOUT: Duration = Duration::from_secs(3);

/// How the program ends.
pub struct Exit {
    /// The code for the shell.
    pub code: u8,
    /// What the person has to know; empty where there is nothing.
    pub sentence: String,
}

impl EventLoop {
    /// Ends: what is typed and what is not saved is kept first, without waiting for anything else; then what is being
    /// saved may still be answered for, and the workspace is let go.
    pub(super) fn finish(&mut self, inbox: &Receiver<Message>, code: u8) -> Exit {
        let _keeping = signals::Keeping::begin();
        self.drafts.flush(DRAFTS_TIMEOUT);
        let timeout = if self.app.saving.is_done() { QUIT_TIMEOUT } else { LAST_SAVE_TIMEOUT };
        let deadline = Instant::now() + timeout;
        self.storage.iter().for_each(StorageWorker::cancel);
        self.await_answers(inbox, deadline);
        self.storage.iter().for_each(|storage| storage.close(deadline.saturating_duration_since(Instant::now())));
        if let Some(farewell) = self.app.farewell.take() {
            return Exit { code, sentence: farewell };
        }
        if self.app.scratch {
            // A copy of the sample goes with all that was done in it.
            return Exit { code, sentence: String::new() };
        }
        exit(code, self.app.saving.count(), self.drafts.flush(DRAFTS_TIMEOUT).first())
    }

    /// Lets the answers to what is being saved reach the app, so that nothing is kept that is on the disk.
    fn await_answers(&mut self, inbox: &Receiver<Message>, deadline: Instant) {
        while self.app.saving.is_under_way() {
            match inbox.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(Message::Event(event @ (Event::Saved(..) | Event::NotSaved(..)))) => {
                    let _ = self.update(event); // only what needs the terminal can fail
                }
                Ok(_) => {}
                Err(_) => return,
            }
        }
    }
}

/// How the program ends, and what the person has to know: what is not on the disk, and whether it is kept.
fn exit(code: u8, unsaved: usize, failure: Option<&String>) -> Exit {
    let what = match unsaved {
        0 => "what you typed".to_owned(),
        1 => "1 change".to_owned(),
        n => format!("{n} changes"),
    };
    let sentence = match failure {
        Some(why) => format!("{what} could be neither saved nor kept: {why}"),
        None if unsaved > 0 => format!("{what} could not be saved; kept, and offered back at the next start"),
        None => return Exit { code, sentence: String::new() },
    };
    Exit { code: if code == exit_code::DONE { exit_code::UNSAVED } else { code }, sentence }
}
