//! `moot export`: the directory, or the ballots of a round, for others, in their formats.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValue;

use super::Global;
use super::exit::{CommandError, CommandResult};
use super::import::{clear_progress, load_originals, show_progress};
use super::session::Session;
use super::vote::find;
use crate::exchange::{self, ExportContext, Format, calendar, of_kind, pabulib};
use crate::model::{Audience, Kind, Round, Shown};
use crate::store::{self, Mode};

/// `moot export`
#[derive(Debug, Args)]
#[command(allow_missing_positional = true)]
pub struct ExportArgs {
    /// The format
    #[arg(value_enum, ignore_case = true)]
    format: Target,
    /// For pb the closed round to write: its id or name. For csv the kind of record: all its fields, as moot import csv reads
    /// them again; without one csv writes the services for others
    #[arg(value_name = "ROUND|KIND")]
    what: Option<String>,
    /// The file to write; for hsds3-csv a folder, or a file that ends in .zip. Nothing is overwritten without --replace
    path: PathBuf,
    /// Write the names and contact details of persons as well; they are left out otherwise, and from pb always
    #[arg(long)]
    contacts: bool,
    /// Replace what is there already
    #[arg(long)]
    replace: bool,
}

/// What can be written: the services, an election, or a calendar.
#[derive(Clone, Copy, Debug)]
enum Target {
    Services(Format),
    Election,
    Calendar,
}

impl clap::ValueEnum for Target {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: &[Target] = &[
            Target::Services(Format::Hsds3Json),
            Target::Services(Format::Hsds3Csv),
            Target::Services(Format::Oruk3Json),
            Target::Services(Format::Csv),
            Target::Services(Format::GeoJson),
            Target::Election,
            Target::Calendar,
        ];
        const { assert!(ALL.len() == Format::ALL.len() + 2, "every format of the services, elections and calendars") };
        ALL
    }
    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, description) = match self {
            Self::Services(format) => (format.name(), format.description()),
            Self::Election => ("pb", "The ballots of a closed round as an election of Pabulib; names nobody"),
            Self::Calendar => (
                "ics",
                "What is due, meetings and reviews for a calendar; writing it again updates and doubles nothing",
            ),
        };
        Some(PossibleValue::new(name).help(description))
    }
}

/// Refuses a path that must not be written to before any work is done.
///
/// # Errors
/// Why it must not, and what would help.
pub(super) fn check_target(path: &Path, workspace: &Path, replace: bool) -> Result<(), CommandError> {
    let check = |replace| exchange::write::check_target(path, workspace, replace);
    check(replace).map_err(|problem| match check(true) {
        Ok(()) => CommandError::refused(format!("{}, or add --replace", problem.0)),
        Err(_) => CommandError::refused(problem.0),
    })
}

impl ExportArgs {
    fn check(&self, workspace: &Path) -> Result<(), CommandError> {
        check_target(&self.path, workspace, self.replace)
    }

    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let mut session = Session::open(global, Mode::Read)?;
        match (self.format, self.what.as_deref()) {
            (Target::Services(format), None) => self.write_services(format, &mut session, out),
            (Target::Services(Format::Csv), Some(kind)) => self.write_kind(kind, &session, out),
            (Target::Election, Some(round)) => self.write_election(round, &session, out),
            (Target::Calendar, None) => self.write_calendar(&session, out),
            (Target::Election, None) => Err(CommandError::usage("name the round: moot export pb ROUND PATH")),
            (Target::Calendar, Some(_)) => {
                Err(CommandError::usage("a calendar takes its path alone: moot export ics PATH"))
            }
            (Target::Services(format), Some(_)) => {
                Err(CommandError::usage(format!("a round is written as pb only: moot export {} PATH", format.name())))
            }
        }
    }

    /// All records of a kind.
    fn write_kind(&self, kind: &str, session: &Session, out: &mut dyn Write) -> CommandResult {
        let kind = Kind::from_word(kind).filter(|kind| kind.is_addable() && !kind.is_private()).ok_or_else(|| {
            let kinds: Vec<&str> =
                Kind::ALL.iter().filter(|kind| kind.is_addable()).map(|kind| kind.plural()).collect();
            CommandError::usage(format!("there is no table of {kind:?}; choose from {}", kinds.join(", ")))
        })?;
        self.check(session.opened.store.dir())?;
        let workspace = session.workspace();
        let audience = Audience::Everyone { with_contacts: self.contacts };
        let records = workspace.all(kind);
        exchange::write::write_file(
            &self.path,
            &of_kind::write(kind, &records, audience, workspace, Shown::into_value)?,
        )?;
        writeln!(out, "{} {} written to {}", records.len(), kind.plural(), exchange::display_path(&self.path))?;
        Ok(0)
    }

    /// What is due, for a calendar.
    fn write_calendar(&self, session: &Session, out: &mut dyn Write) -> CommandResult {
        self.check(session.opened.store.dir())?;
        let calendar = calendar::of(session.workspace(), crate::run::clock().1);
        exchange::write::write_file(&self.path, calendar.text.as_bytes())?;
        writeln!(out, "{} dates written to {}", calendar.dates, exchange::display_path(&self.path))?;
        Ok(0)
    }

    /// The ballots of a round.
    fn write_election(&self, round: &str, session: &Session, out: &mut dyn Write) -> CommandResult {
        let workspace = session.workspace();
        let id = find::<Round>(session, round)?;
        let Some(round) = workspace.rounds.get(id) else {
            return Err(CommandError::not_found(format!("there is no {id} here")));
        };
        let written = pabulib::election_text(workspace, round)?;
        self.check(session.opened.store.dir())?;
        exchange::write::write_file(&self.path, written.text.as_bytes())?;
        writeln!(out, "{} ballots written to {}", written.ballots, exchange::display_path(&self.path))?;
        if written.left_out > 0 {
            writeln!(
                out,
                "{} left out, as they break the rules of the round; see `moot tally {id}`",
                written.left_out
            )?;
        }
        Ok(0)
    }

    fn write_services(&self, format: Format, session: &mut Session, out: &mut dyn Write) -> CommandResult {
        self.check(session.opened.store.dir())?;
        let originals = load_originals(session)?;
        let thesaurus = store::thesaurus(session.opened.store.dir());
        let thesaurus = thesaurus.map_err(|problem| CommandError::unreadable(problem.to_string()))?;
        let context = ExportContext {
            workspace: session.workspace(),
            originals: &originals,
            thesaurus: &thesaurus,
            atlas: &session.atlas(),
            contacts: self.contacts,
        };
        let count = exchange::export(format, &self.path, &context, &mut show_progress)?;
        clear_progress();
        writeln!(out, "{count} services written to {}", exchange::display_path(&self.path))?;
        Ok(0)
    }
}
