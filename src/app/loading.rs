//! What the disk has to say: the workspace that was read, why it could not be, and what others changed since.

use super::history::History;
use super::screen::ScreenId;
use super::{App, Effects, Loaded, Severity, StatusLine, form};
use crate::model::{Change, Kind, Text};

/// So many seconds clocks may differ before somebody is told.
const CLOCKS_DIFFER: i64 = 600;

impl App {
    pub(super) fn take_loaded(&mut self, loaded: Loaded) -> Effects {
        self.workspace = loaded.workspace;
        self.revision += 1;
        self.indexes = loaded.indexes.with_thesaurus(&loaded.thesaurus);
        self.atlas = loaded.atlas;
        self.thesaurus = loaded.thesaurus;
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
        // Where nothing is written down yet, there is nothing to find, and a key that makes the first.
        let is_nothing_to_find = self.list().is_waiting && self.list().rows.is_empty();
        if is_nothing_to_find {
            let list = self.list_mut();
            (list.is_searching, list.is_waiting) = (false, false);
        }
        Vec::new()
    }

    pub(super) fn not_loaded(&mut self, why: String) -> Effects {
        self.loaded = true;
        self.saving.job_done();
        self.read_only = Some("the workspace could not be read".to_owned());
        self.failed(why)
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
            let sentence = "a sample, not kept: :new begins your own, ? helps, ctrl-c leaves";
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

    pub(super) fn reloaded(&mut self, change: &Change, problems: Vec<String>, overwritten: &[String]) -> Effects {
        if !change.edits.is_empty() {
            self.resolve_taken_ids(change);
            form::mark_moved(self, change);
            self.apply(change);
            // That something was not saved stays to be read until the next command.
            if self.status.severity != Severity::Error {
                self.set_status(Severity::Warning, change.sentence.clone());
            }
            form::say_removed(self);
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
        if let Some(first) = overwritten.first() {
            self.set_status(Severity::Warning, format!("{first} (:conflict.take-back)"));
            self.status.more = Some(overwritten.join("\n"));
        }
        Vec::new()
    }
}
