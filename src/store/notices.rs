//! What is said of an older version that somebody put in the place of what was saved. One program notices it; all that are
//! open say it, and the shell at its next command: so the sentences are kept for a while in `.moot/overwritten.ron`, those
//! about what is private to a login in a list of its own.

use std::io;

use serde::{Deserialize, Serialize};

use super::atomic::save_if;
use super::lock::Lock;
use super::storage::{PRIVATE_FILE, SHARED_FILE};
use super::{Store, records, users};
use crate::model::{Kind, Text, Timestamp};

/// The most sentences that are kept.
const MOST: usize = 100;

/// For so many seconds, a fortnight, somebody who was away is still told.
const RECENT: i64 = 14 * 24 * 60 * 60;

/// The draft in which the shell keeps what it has said to a login.
const SAID: &str = "overwritten-said";

/// A sentence, and when it was first said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Notice {
    at: Timestamp,
    said: Text,
}

impl Notice {
    fn line(&self) -> String {
        format!("{} {}", self.at.seconds(), self.said)
    }
}

/// The list for what is said of a kind, and its mode.
fn list_of(is_private: bool) -> (String, u32) {
    if is_private {
        (users::own_file("overwritten"), PRIVATE_FILE)
    } else {
        ("overwritten.ron".to_owned(), SHARED_FILE)
    }
}

impl Store {
    fn read_notices(&self, is_private: bool) -> Vec<Notice> {
        let path = self.private_dir().join(list_of(is_private).0);
        let is_read = || !is_private || self.storage.stat(&path).is_ok_and(|stat| users::is_own(&stat));
        let bytes = is_read().then(|| self.storage.read(&path).ok()).flatten();
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        text.and_then(|text| records::options().from_str(&text).ok()).unwrap_or_default()
    }

    /// All that is kept, the oldest first.
    pub(super) fn notices(&self) -> Vec<Notice> {
        [false, true].into_iter().flat_map(|is_private| self.read_notices(is_private)).collect()
    }

    /// Keeps sentences for the others. Where that fails they are said here alone: what they are about is kept.
    pub(super) fn give_notice(&mut self, lock: &Lock, kind: Kind, said: &[String]) {
        if said.is_empty() {
            return;
        }
        let at = super::now();
        let new = said.iter().map(|said| Notice { at, said: Text::line(said) });
        let mut all = self.read_notices(kind.is_private());
        all.extend(new.clone());
        let _ = self.write_notices(lock, kind.is_private(), &all[all.len().saturating_sub(MOST)..]);
        self.noticed.extend(new);
    }

    fn write_notices(&self, lock: &Lock, is_private: bool, all: &[Notice]) -> io::Result<()> {
        let config = ron::ser::PrettyConfig::new().indentor("  ");
        let text = records::options().to_string_pretty(&all, config).map_err(io::Error::other)?;
        let (file, mode) = list_of(is_private);
        let text = format!("{text}\n");
        save_if(self.storage.as_ref(), &self.private_dir(), &file, text.as_bytes(), mode, || lock.verify()).map(drop)
    }

    /// What other programs have noticed since this one looked last.
    pub(super) fn noticed_by_others(&mut self) -> Vec<String> {
        let all = self.notices();
        let new = all.iter().filter(|notice| !self.noticed.contains(notice));
        let said = new.map(|notice| notice.said.to_string()).collect();
        self.noticed = all;
        said
    }

    /// What was said of late and not yet by a command of the shell to this login. Who may write remembers that it is said
    /// now.
    pub fn unsaid(&self) -> Vec<String> {
        let (drafts, since) = (self.drafts(), super::now().seconds() - RECENT);
        let before = drafts.read(SAID).unwrap_or_default();
        let recent: Vec<Notice> = self.notices().into_iter().filter(|notice| notice.at.seconds() >= since).collect();
        let is_unsaid = |notice: &&Notice| before.lines().all(|line| line != notice.line());
        let unsaid: Vec<String> = recent.iter().filter(is_unsaid).map(|notice| notice.said.to_string()).collect();
        if self.read_only.is_none() && !unsaid.is_empty() {
            let lines: Vec<String> = recent.iter().map(Notice::line).collect();
            let _ = drafts.write(SAID, &lines.join("\n")); // else it is said once more
        }
        unsaid
    }
}
