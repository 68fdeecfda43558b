//! Commands that change something: each makes a change by the rules of the model and saves it.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::Global;
use super::exit::{CommandError, CommandResult};
use super::list::kind_parser;
use super::session::Session;
use crate::model::{AnyRecord, Author, Kind, ParseContext, SplitMix64, change, service};
use crate::store::{self, Mode, StoreError};

/// `moot init`
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The directory of the workspace; it is created where it does not exist
    dir: PathBuf,
    /// The name of the partnership
    #[arg(long)]
    name: String,
    /// Fill it with the sample records, to look around
    #[arg(long)]
    sample: bool,
}

impl InitArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        if global.read_only {
            return Err(CommandError::refused("a new workspace cannot be made with --read-only; leave it out"));
        }
        store::init(&self.dir, &self.name, self.sample)?;
        writeln!(out, "made {0}; open it with: moot -w {0}", crate::exchange::display_path(&self.dir))?;
        Ok(0)
    }
}

/// `moot add`
#[derive(Debug, Args)]
pub struct AddArgs {
    /// What to add
    #[arg(value_parser = kind_parser(Kind::is_addable))]
    kind: Kind,
    /// Fields and their values, such as name=Nightstop
    #[arg(required = true, value_name = "FIELD=VALUE")]
    fields: Vec<String>,
}

/// How often `add` tries another id when a colleague has just taken the one it chose.
pub(super) const MAX_ID_ATTEMPTS: usize = 20;

impl AddArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let kind = self.kind;
        let mut session = Session::open(global, Mode::Write)?;
        let mut random = SplitMix64::new(crate::run::seed());
        let mut tried = 0;
        loop {
            let record = self.record(&session, kind, &mut random)?;
            let author = session.author_adding(&record)?;
            let id = record.id();
            let change = change::put(session.workspace(), record, &author)?;
            match session.commit(&author, &change) {
                Ok(()) => {
                    writeln!(out, "{id}")?;
                    return Ok(0);
                }
                Err(StoreError::Taken(_)) if tried < MAX_ID_ATTEMPTS => tried += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn record(&self, session: &Session, kind: Kind, random: &mut SplitMix64) -> Result<AnyRecord, CommandError> {
        let workspace = session.workspace();
        let id = random.new_id(kind.letter(), workspace.count(kind), |id| workspace.get(id).is_some());
        let mut record = kind.blank(id);
        set_fields(&mut record, &self.fields, session)?;
        Ok(record)
    }
}

/// Sets fields from `FIELD=VALUE`; mistakes are usage errors.
fn set_fields(record: &mut AnyRecord, typed: &[String], session: &Session) -> Result<(), CommandError> {
    let context = ParseContext { workspace: session.workspace(), today: crate::run::clock().1 };
    let mut seen = Vec::new();
    for pair in typed {
        let Some((field, value)) = pair.split_once('=') else {
            return Err(CommandError::usage(format!("write FIELD=VALUE, not {pair:?}")));
        };
        let field = record.kind().field_meant(field).ok_or_else(|| no_such_field(record.kind(), field))?.name;
        if seen.contains(&field) {
            return Err(CommandError::usage(format!("{field} stands here twice: write {field}=… once")));
        }
        seen.push(field);
        record.set_field(field, value, context).map_err(|why| CommandError::usage(format!("{field}: {why}")))?;
    }
    Ok(())
}

/// The error for a field that a kind does not have, with the one that may be meant.
fn no_such_field(kind: Kind, typed: &str) -> CommandError {
    let wanted = typed.trim().to_lowercase();
    let likeness = |field: &&crate::model::FieldInfo| {
        let names = [field.name.to_owned(), field.label.to_lowercase()];
        names.iter().map(|name| (strsim::jaro_winkler(name, &wanted) * 1_000.0) as u32).max().unwrap_or_default()
    };
    let nearest = kind.editable_fields().max_by_key(likeness).filter(|field| likeness(field) >= 750);
    let meant = nearest.map(|field| format!("; is {} meant ({})?", field.name, field.label)).unwrap_or_default();
    let names: Vec<_> = kind.editable_fields().map(|field| field.name).collect();
    CommandError::usage(format!(
        "{} has no such field: {:?}{meant}; it has: {}",
        kind.with_article(),
        typed.trim(),
        names.join(", ")
    ))
}

/// `moot set`
#[derive(Debug, Args)]
pub struct SetArgs {
    /// The record: its id, such as S-4F7Q, or what it alone is called: 17.2, KP, a name
    id: String,
    /// Fields and their new values; nothing after the = empties a field
    #[arg(required = true, value_name = "FIELD=VALUE")]
    fields: Vec<String>,
}

impl SetArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        commit_change(global, out, |session, author| {
            let mut record = session.record(&self.id)?;
            set_fields(&mut record, &self.fields, session)?;
            Ok(change::put(session.workspace(), record, author)?)
        })
    }
}

/// `moot verify`
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The ids of the services, such as S-4F7Q
    #[arg(required = true)]
    ids: Vec<String>,
    /// How it was checked: by telephone, by visit
    #[arg(long, value_name = "TEXT")]
    how: Option<String>,
}

impl VerifyArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        commit_change(global, out, |session, author| {
            let ids = parse_ids(session, &self.ids)?;
            Ok(service::verify(session.workspace(), &ids, self.how.as_deref(), author)?)
        })
    }
}

/// `moot remove`
#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// The records: their ids, such as S-4F7Q, or what each alone is called
    #[arg(required = true)]
    ids: Vec<String>,
}

impl RemoveArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        commit_change(global, out, |session, _| {
            Ok(change::remove(session.workspace(), &parse_ids(session, &self.ids)?)?)
        })
    }
}

fn parse_ids(session: &Session, typed: &[String]) -> Result<Vec<crate::model::Id>, CommandError> {
    typed.iter().map(|id| session.record(id).map(|record| record.id())).collect()
}

/// Opens the workspace, makes a change, saves it and prints its sentence.
pub(super) fn commit_change(
    global: &Global,
    out: &mut dyn Write,
    make: impl FnOnce(&Session, &Author) -> Result<change::Change, CommandError>,
) -> CommandResult {
    let mut session = Session::open(global, Mode::Write)?;
    let author = session.author()?;
    let change = make(&session, &author)?;
    let warnings = change.warnings(session.workspace());
    if !change.edits.is_empty() {
        session.commit(&author, &change)?;
    }
    writeln!(out, "{}", crate::model::text::one_line(&change.sentence))?;
    for warning in warnings {
        writeln!(out, "note: {}", crate::model::text::one_line(&warning))?;
    }
    Ok(0)
}
