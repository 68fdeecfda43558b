//! Commands that change something: each makes a change by the rules of the model and saves it.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::Global;
use super::exit::{CommandError, CommandResult, warn};
use super::list::kind_parser;
use super::session::{Session, find_workspace};
use crate::model::doubt::{self, Known};
use crate::model::place::Atlas;
use crate::model::{AnyRecord, Author, FieldType, Kind, ParseContext, SplitMix64, Text, change, service};
use crate::run::remembered;
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
        let place = crate::exchange::display_path(&self.dir);
        // The first workspace of one's own is what a bare `moot` opens; a sample to look around in is not.
        if !self.sample && find_workspace(&Global::default()).is_none() && remembered::write(&self.dir).is_ok() {
            writeln!(out, "made {place}; open it with: moot")?;
        } else {
            writeln!(out, "made {place}; open it with: moot -w {place}")?;
        }
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
            let (record, doubts) = self.record(&session, kind, &mut random)?;
            let author = session.author_adding(&record)?;
            let id = record.id();
            let change = change::put(session.workspace(), record, &author)?;
            match session.commit(&author, &change) {
                Ok(()) => {
                    writeln!(out, "{id}")?;
                    for doubt in doubts {
                        warn(&doubt);
                    }
                    return Ok(0);
                }
                Err(StoreError::Taken(_)) if tried < MAX_ID_ATTEMPTS => tried += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn record(
        &self,
        session: &Session,
        kind: Kind,
        random: &mut SplitMix64,
    ) -> Result<(AnyRecord, Vec<String>), CommandError> {
        let workspace = session.workspace();
        let id = random.new_id(kind.letter(), workspace.count(kind), |id| workspace.get(id).is_some());
        let mut record = kind.blank(id);
        let doubts = set_fields(&mut record, &self.fields, session)?;
        Ok((record, doubts))
    }
}

/// Sets fields from `FIELD=VALUE` and returns what is to be doubted of them; mistakes are usage errors.
fn set_fields(record: &mut AnyRecord, typed: &[String], session: &Session) -> Result<Vec<String>, CommandError> {
    let context = ParseContext { workspace: session.workspace(), today: crate::run::clock().1 };
    let fields = typed.iter().filter_map(|pair| record.kind().field_meant(pair.split_once('=')?.0));
    // Only areas are looked up on the map.
    let has_areas = fields.into_iter().any(|field| field.field_type == FieldType::Areas);
    let atlas = if has_areas { session.atlas() } else { Atlas::default() };
    let known = Known { workspace: session.workspace(), atlas: &atlas };
    let (mut seen, mut doubts) = (Vec::new(), Vec::new());
    for pair in typed {
        let Some((field, value)) = pair.split_once('=') else {
            return Err(CommandError::usage(format!("write FIELD=VALUE, not {pair:?}")));
        };
        let info = record.kind().field_meant(field).ok_or_else(|| no_such_field(record.kind(), field))?;
        let field = info.name;
        if seen.contains(&field) {
            return Err(CommandError::usage(format!("{field} stands here twice: write {field}=… once")));
        }
        seen.push(field);
        record.set_field(field, value, context).map_err(|why| CommandError::usage(format!("{field}: {why}")))?;
        doubts.extend(
            doubt::sentences(info, &Text::new(value), known).into_iter().map(|doubt| format!("{field}: {doubt}")),
        );
    }
    Ok(doubts)
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
        let mut doubts = Vec::new();
        let code = commit_change(global, out, |session, author| {
            let mut record = session.record(&self.id)?;
            doubts = set_fields(&mut record, &self.fields, session)?;
            Ok(change::put(session.workspace(), record, author)?)
        })?;
        for doubt in doubts {
            writeln!(out, "note: {}", crate::model::text::one_line(&doubt))?;
        }
        Ok(code)
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
