//! Locates the workspace and determines who acts in it.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::Global;
use super::exit::{self, CommandError, warn};
use crate::model::change::signature;
use crate::model::place::Atlas;
use crate::model::text::one_line;
use crate::model::thesaurus::Thesaurus;
use crate::model::{AnyRecord, Author, Change, Id, Kind, Refusal, Text, Workspace, person};
use crate::run::{confine, exit_code, remembered};
use crate::store::{self, Mode, Opened, Store, StoreError};

/// Finds the workspace: `-w`, else `MOOT_WORKSPACE`, else the nearest folder upward that is one, else the one that the user
/// has begun last, else the one in the user's data directory; `None` when there is none at all.
pub fn find_workspace(global: &Global) -> Option<PathBuf> {
    if let Some(dir) = &global.workspace {
        return Some(dir.clone());
    }
    if confine::is_on() {
        return None;
    }
    if let Some(dir) = std::env::var_os("MOOT_WORKSPACE").filter(|dir| !dir.is_empty()) {
        return Some(PathBuf::from(dir));
    }
    let here = std::env::current_dir().ok();
    if let Some(dir) = here.as_deref().and_then(|here| here.ancestors().find(|dir| store::is_workspace(dir))) {
        return Some(dir.to_owned());
    }
    if let Some(dir) = remembered::read() {
        return Some(dir);
    }
    let own = etcetera::choose_base_strategy().ok()?.data_dir().join("folkmoot");
    store::is_workspace(&own).then_some(own)
}

/// Checks that the workspace which is remembered is still where it was: the sample in its place would look as if everything
/// were lost.
///
/// # Errors
/// It is not there, and how to name another.
pub(super) fn check_remembered(dir: &Path) -> Result<(), CommandError> {
    if remembered::read().as_deref() != Some(dir) || store::is_workspace(dir) {
        return Ok(());
    }
    let file = remembered::file().map(|file| crate::exchange::display_path(&file)).unwrap_or_default();
    Err(CommandError::unreadable(format!(
        "the workspace that you began is not at {} any more: name it with -w DIR, or remove {file} to begin anew",
        crate::exchange::display_path(dir)
    )))
}

/// An opened workspace and the person who acts in it.
pub struct Session {
    /// What was opened.
    pub opened: Opened,
    who: Option<String>,
}

impl Session {
    /// Opens the workspace and reports problems in its files on stderr.
    ///
    /// # Errors
    /// When there is no workspace or it cannot be read.
    pub fn open(global: &Global, mode: Mode) -> Result<Self, CommandError> {
        let Some(dir) = find_workspace(global) else {
            return Err(CommandError::unreadable(
                "there is no workspace here; make one with `moot init DIR --name NAME`, or name one with -w DIR",
            ));
        };
        check_remembered(&dir)?;
        let mode = if global.read_only { Mode::Read } else { mode };
        let opened = Store::open(&dir, mode)?;
        for problem in &opened.problems {
            warn(&problem.to_string());
        }
        let session = Self { opened, who: acting_name(global) };
        session.say_overwritten(&session.opened.overwritten);
        Ok(session)
    }

    /// Says what was written over: as it was noticed now, and what others noticed since this login's last command.
    fn say_overwritten(&self, noticed: &[String]) {
        let unsaid = self.opened.store.unsaid();
        let others = unsaid.iter().filter(|sentence| !noticed.contains(sentence));
        noticed.iter().chain(others).for_each(|sentence| warn(sentence));
    }

    /// Makes sure that every file could be read, for what would hand on less than there is.
    ///
    /// # Errors
    /// Which could not; `done` is what was therefore not done.
    pub(super) fn check_complete(&self, done: &str) -> Result<(), CommandError> {
        match self.opened.problems.iter().find(|problem| problem.is_blocking) {
            Some(problem) => {
                Err(CommandError::unreadable(format!("nothing was {done}, as not all can be read: {problem}")))
            }
            None => Ok(()),
        }
    }

    /// The records.
    pub fn workspace(&self) -> &Workspace {
        &self.opened.workspace
    }

    /// The map of the workspace; where it cannot be used that is reported on stderr and the map is empty.
    pub fn atlas(&self) -> Atlas {
        let atlas = store::atlas(self.opened.store.dir(), self.workspace());
        atlas.unwrap_or_else(|problem| {
            warn(&problem.to_string());
            Atlas::default()
        })
    }

    /// What words mean here; where the workspace's own table cannot be used that is reported on stderr and the one of
    /// the program is taken.
    pub fn thesaurus(&self) -> Thesaurus {
        store::thesaurus(self.opened.store.dir()).unwrap_or_else(|problem| {
            warn(&problem.to_string());
            store::default_thesaurus()
        })
    }

    /// The person who acts, and the time.
    ///
    /// # Errors
    /// When the workspace knows nobody of that name.
    pub fn author(&self) -> Result<Author, CommandError> {
        self.author_as(&self.initials_of_author()?)
    }

    /// The person who acts; `add person` may be signed by the person who is added.
    pub(super) fn author_adding(&self, record: &AnyRecord) -> Result<Author, CommandError> {
        let unknown = match self.initials_of_author() {
            Ok(by) => return self.author_as(&by),
            Err(unknown) => unknown,
        };
        let AnyRecord::Person(person) = record else {
            return Err(unknown);
        };
        let login = store::own_login();
        let is_self = match &self.who {
            Some(who) => [&person.initials, &person.login].iter().any(|text| is_same(text.as_ref(), who)),
            None => is_same(person.login.as_ref(), &login),
        };
        if is_self {
            self.author_as(&person.initials.clone().unwrap_or_else(|| Text::line(&login)))
        } else {
            Err(unknown)
        }
    }

    #[allow(clippy::unnecessary_wraps)] // one form with the others
    fn author_as(&self, by: &Text) -> Result<Author, CommandError> {
        let (at, today) = crate::run::clock();
        Ok(Author { by: signature(self.workspace(), by, &store::own_login()), at, today })
    }

    fn initials_of_author(&self) -> Result<Text, CommandError> {
        let login = store::own_login();
        let who = self.who.clone().unwrap_or_else(|| login.clone());
        let workspace = self.workspace();
        match person::find(workspace, &who) {
            Ok(person) => Ok(person.initials.clone().unwrap_or_else(|| person.name.clone())),
            Err(_) if accepts_any_name(workspace) => Ok(Text::line(&who)),
            Err(Refusal(why)) => Err(CommandError::refused(format!(
                "{why}; say who you are with --as INITIALS, or add yourself: \
                 moot --as AB add person name=\"Your Name\" initials=AB login={login}"
            ))),
        }
    }

    /// Saves a change, and reports on stderr which edits of others it overrode.
    ///
    /// # Errors
    /// When nothing was saved.
    pub fn commit(&mut self, author: &Author, change: &Change) -> Result<(), StoreError> {
        self.opened.store.sign(&author.by);
        let saved = self.opened.store.commit(change)?;
        exit::has_saved();
        self.opened.workspace.apply(change);
        self.opened.workspace.apply(&saved.elsewhere);
        if !saved.overwritten.is_empty() {
            self.say_overwritten(&saved.overwritten);
        }
        saved.lost.iter().for_each(|sentence| warn(sentence));
        if saved.is_unconfirmed {
            warn("saved, but the disk did not confirm that it would survive a power cut");
        }
        Ok(())
    }

    /// The record with this id, or the only one that is called so.
    ///
    /// # Errors
    /// No record has this id or is called so, or more than one is.
    pub fn record(&self, typed: &str) -> Result<AnyRecord, CommandError> {
        if let Ok(id) = typed.parse::<Id>() {
            let here = self.workspace().get(id);
            return here.ok_or_else(|| self.missing(Kind::of(id), format!("there is no {id} here")));
        }
        let mut called = self.workspace().called(typed);
        match called.len() {
            0 => Err(self.missing(None, self.nothing_called(typed))),
            1 => Ok(called.remove(0)),
            _ => Err(CommandError::usage(format!("{typed:?} could be {}: write the id", self.listed(&called)))),
        }
    }

    /// As [`Session::record`], for commands that only look: where nothing is called so, the one record whose name holds
    /// these words, or begins some of its own with them, is meant.
    ///
    /// # Errors
    /// As [`Session::record`].
    pub(super) fn record_meant(&self, typed: &str) -> Result<AnyRecord, CommandError> {
        let failure = match self.record(typed) {
            Err(failure) if is_missing(&failure) && typed.parse::<Id>().is_err() => failure,
            outcome => return outcome,
        };
        let mut alike = self.workspace().called_like(typed);
        match alike.len() {
            0 => Err(failure),
            1 => Ok(alike.remove(0)),
            _ => Err(CommandError::usage(format!("{typed:?} could be {}: write the id", self.listed(&alike)))),
        }
    }

    /// The error for a record that is not there: it may be, in a file with a mistake.
    fn missing(&self, kind: Option<Kind>, sentence: String) -> CommandError {
        let is_of_kind = |file: &str| kind.is_none_or(|kind| file == store::file_name(kind));
        let broken = self.opened.problems.iter().find(|problem| problem.is_blocking && is_of_kind(&problem.file));
        match broken {
            Some(problem) => CommandError::unreadable(format!("{sentence}, as far as can be read: {problem}")),
            None => CommandError::not_found(sentence),
        }
    }

    fn nothing_called(&self, typed: &str) -> String {
        let alike = self.workspace().called_like(typed);
        if alike.is_empty() {
            return format!("nothing here is called {typed:?}; an id looks like S-4F7Q");
        }
        format!("nothing here is called {typed:?}; there is {}", self.listed(&alike))
    }

    /// Some records with their ids, for a sentence.
    fn listed(&self, records: &[AnyRecord]) -> String {
        let said = |record: &AnyRecord| {
            let title = one_line(&record.title(self.workspace()));
            format!("{title} ({}, {})", record.kind().singular(), record.id())
        };
        let mut said: Vec<String> = records.iter().map(said).collect();
        said.sort(); // ids are drawn by chance: their order says nothing
        said.truncate(MAX_LISTED);
        if records.len() > MAX_LISTED {
            said.push(format!("{} more", records.len() - MAX_LISTED));
        }
        match said.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => String::new(),
        }
    }
}

/// Whether nothing was found, though it may be in a file that cannot be read.
fn is_missing(failure: &CommandError) -> bool {
    [exit_code::NOTHING_FOUND, exit_code::UNUSABLE].contains(&failure.code)
}

/// So many records are named where something typed could mean several.
const MAX_LISTED: usize = 6;

fn is_same(text: Option<&Text>, typed: &str) -> bool {
    text.is_some_and(|text| text.to_lowercase() == typed.trim().to_lowercase())
}

/// The name given with `--as` or in `MOOT_AS`.
pub(super) fn acting_name(global: &Global) -> Option<String> {
    let said = global.who.clone().or_else(|| confine::variable("MOOT_AS"));
    said.filter(|who| !who.trim().is_empty())
}

/// Whether any name is accepted: in a workspace without people, and in a sample.
fn accepts_any_name(workspace: &Workspace) -> bool {
    workspace.people.is_empty() || workspace.itself().is_some_and(|itself| itself.sample)
}
