//! Where the workspace is, and who is acting in it.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::Global;
use super::exit::{Failure, remark};
use crate::model::{AnyRecord, Author, Change, Id, Refusal, Text, Workspace, person};
use crate::store::{self, Mode, Opened, Store, StoreError};

/// The file whose presence makes a directory a workspace.
const MARK: &str = "partnership.ron";

/// The workspace that is meant: `-w`, else `MOOT_WORKSPACE`, else the nearest folder upward that is one, else the one
/// in the user's data directory; `None` when there is none at all.
pub fn find_workspace(global: &Global) -> Option<PathBuf> {
    if let Some(dir) = &global.workspace {
        return Some(dir.clone());
    }
    if let Some(dir) = std::env::var_os("MOOT_WORKSPACE").filter(|dir| !dir.is_empty()) {
        return Some(PathBuf::from(dir));
    }
    let is_workspace = |dir: &Path| dir.join(MARK).exists();
    let here = std::env::current_dir().ok();
    if let Some(dir) = here.as_deref().and_then(|here| here.ancestors().find(|dir| is_workspace(dir))) {
        return Some(dir.to_owned());
    }
    let own = etcetera::choose_base_strategy().ok()?.data_dir().join("folkmoot");
    is_workspace(&own).then_some(own)
}

/// An opened workspace, as a command works in it.
pub struct Session {
    /// What was opened.
    pub opened: Opened,
    who: Option<String>,
}

impl Session {
    /// Opens the workspace that is meant, and says on stderr what is wrong in its files.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub fn open(global: &Global, mode: Mode) -> Result<Self, Failure> {
        let Some(dir) = find_workspace(global) else {
            return Err(Failure::unreadable(
                "there is no workspace here; make one with `moot init DIR --name NAME`, or name one with -w DIR",
            ));
        };
        let mode = if global.read_only { Mode::Read } else { mode };
        let opened = Store::open(&dir, mode)?;
        for problem in &opened.problems {
            remark(&problem.to_string());
        }
        Ok(Self { opened, who: who(global) })
    }

    /// The records.
    pub fn workspace(&self) -> &Workspace {
        &self.opened.workspace
    }

    /// Who acts, and when.
    ///
    /// # Errors
    /// Nobody here is called so.
    pub fn author(&self) -> Result<Author, Failure> {
        self.sign(self.signature()?)
    }

    /// Who acts, where that may be the very person who is being added.
    pub(super) fn author_adding(&self, record: &AnyRecord) -> Result<Author, Failure> {
        let unknown = match self.signature() {
            Ok(by) => return self.sign(by),
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
        if is_self { self.sign(person.initials.clone().unwrap_or_else(|| Text::line(&login))) } else { Err(unknown) }
    }

    #[allow(clippy::unnecessary_wraps, clippy::unused_self)] // one form with the others
    fn sign(&self, by: Text) -> Result<Author, Failure> {
        let (at, today) = crate::run::clock();
        Ok(Author { by, at, today })
    }

    fn signature(&self) -> Result<Text, Failure> {
        let login = store::own_login();
        let who = self.who.clone().unwrap_or_else(|| login.clone());
        let workspace = self.workspace();
        match person::find(workspace, &who) {
            Ok(person) => Ok(person.initials.clone().unwrap_or_else(|| person.name.clone())),
            Err(_) if is_open_to_anyone(workspace) => Ok(Text::line(&who)),
            Err(Refusal(why)) => Err(Failure::refused(format!(
                "{why}; say who you are with --as INITIALS, or add yourself: \
                 moot --as AB add person name=\"Your Name\" initials=AB login={login}"
            ))),
        }
    }

    /// Saves a change, and says what gave way to it.
    ///
    /// # Errors
    /// Nothing was saved.
    pub fn commit(&mut self, author: &Author, change: &Change) -> Result<(), StoreError> {
        self.opened.store.sign(&author.by);
        let saved = self.opened.store.commit(change)?;
        self.opened.workspace.apply(change);
        self.opened.workspace.apply(&saved.elsewhere);
        saved.lost.iter().for_each(|sentence| remark(sentence));
        if saved.is_unconfirmed {
            remark("saved, but the disk did not confirm that it would survive a power cut");
        }
        Ok(())
    }

    /// The record with this id.
    ///
    /// # Errors
    /// It is no id, or there is none such.
    pub fn record(&self, typed: &str) -> Result<AnyRecord, Failure> {
        let id: Id = typed.parse().map_err(|error: crate::model::id::NotAnId| Failure::usage(error.to_string()))?;
        self.workspace().get(id).ok_or_else(|| Failure::nothing(format!("there is no {id} here")))
    }
}

fn is_same(text: Option<&Text>, typed: &str) -> bool {
    text.is_some_and(|text| text.to_lowercase() == typed.trim().to_lowercase())
}

/// Who the person says they are, with a flag or for a whole session.
pub(super) fn who(global: &Global) -> Option<String> {
    let said = global.who.clone().or_else(|| std::env::var("MOOT_AS").ok());
    said.filter(|who| !who.trim().is_empty())
}

/// A workspace where nobody is written down yet, and a sample, take anybody's word.
fn is_open_to_anyone(workspace: &Workspace) -> bool {
    workspace.people.is_empty() || workspace.itself().is_some_and(|itself| itself.sample)
}
