//! `moot export`: the directory, or the ballots of a round, for others, in their formats.

use std::borrow::Cow;
use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use clap::Args;
use clap::ValueEnum as _;
use clap::builder::PossibleValue;

use super::Global;
use super::exit::{CommandError, CommandResult, warn};
use super::import::{clear_progress, load_originals, show_progress};
use super::session::Session;
use super::vote::find;
use crate::exchange::{self, ExportContext, Format, Written, calendar, display_place, of_kind, pabulib, spreadsheet};
use crate::model::text::count;
use crate::model::{Audience, Kind, Round, Shown, Workspace};
use crate::report::{self, Inputs, Notation, Report};
use crate::store::{self, Mode};

/// `moot export`
#[derive(Debug, Args)]
#[command(override_usage = "moot export [OPTIONS] <FORMAT> [ROUND|KIND] <PATH>")]
pub struct ExportArgs {
    /// The format
    #[arg(value_enum, ignore_case = true)]
    format: Target,
    /// The file to write, or - for the standard output; for hsds3-csv a folder, or a file that ends in .zip. Nothing is
    /// overwritten without --replace. In front of it, for pb the closed round to write: its id or name; for csv the kind of
    /// record: all its fields, as moot import csv reads them again; without one csv writes the services for others
    #[arg(value_name = "PATH", required = true, num_args = 1..=2)]
    what_and_path: Vec<OsString>,
    /// Write the names and contact details of persons as well; they are left out otherwise, and from pb always
    #[arg(long)]
    contacts: bool,
    /// Replace what is there already
    #[arg(long)]
    replace: bool,
    /// Leave out the mark at the beginning of a csv by which spreadsheets on Windows know UTF-8
    #[arg(long)]
    no_bom: bool,
}

/// What can be written: the services, as data or for reading, an election, or a calendar.
#[derive(Clone, Copy, Debug)]
enum Target {
    Services(Format),
    Directory(Notation),
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
            Target::Services(Format::VCard),
            Target::Directory(Notation::Markdown),
            Target::Directory(Notation::Html),
            Target::Election,
            Target::Calendar,
        ];
        const { assert!(ALL.len() == Format::ALL.len() + 4, "every format of the services, elections and calendars") };
        ALL
    }
    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, description) = match self {
            Self::Services(format) => (format.name(), format.description()),
            Self::Directory(Notation::Html) => {
                ("html", "The directory to read and print: one page that needs nothing else")
            }
            Self::Directory(_) => ("markdown", "The directory to read, in Markdown"),
            Self::Election => ("pb", "The ballots of a closed round as an election of Pabulib; names nobody"),
            Self::Calendar => (
                "ics",
                "What is due, meetings and reviews for a calendar; writing it again updates and doubles nothing",
            ),
        };
        Some(PossibleValue::new(name).help(description))
    }
}

/// Whether a path means the standard output.
pub(super) fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
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
    /// Where to write to.
    fn path(&self) -> &Path {
        self.what_and_path.last().map_or(Path::new(""), Path::new)
    }

    /// Which round or kind is to be written, where one is named.
    fn what(&self) -> Option<Cow<'_, str>> {
        self.what_and_path.first().filter(|_| self.what_and_path.len() > 1).map(|what| what.to_string_lossy())
    }

    fn check(&self, workspace: &Path) -> Result<(), CommandError> {
        if is_stdout(self.path()) { Ok(()) } else { check_target(self.path(), workspace, self.replace) }
    }

    /// Writes what has been made, and says what it is and where; on the standard output it stands alone.
    fn write(&self, bytes: &[u8], what: &str, out: &mut dyn Write) -> CommandResult {
        if is_stdout(self.path()) {
            out.write_all(bytes)?;
        } else {
            exchange::write::write_file(self.path(), bytes)?;
            super::exit::has_saved();
            writeln!(out, "{what} written to {}", display_place(self.path()))?;
        }
        Ok(0)
    }

    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let mut session = Session::open(global, Mode::Read)?;
        session.check_complete("exported")?;
        match (self.format, self.what().as_deref()) {
            (Target::Services(format), None) => self.write_services(format, &mut session, out),
            (Target::Directory(notation), None) => self.write_directory(notation, &mut session, out),
            (Target::Services(Format::Csv), Some(kind)) => self.write_kind(kind, &mut session, out),
            (Target::Election, Some(round)) => self.write_election(round, &session, out),
            (Target::Calendar, None) => self.write_calendar(&session, out),
            (Target::Election, None) => Err(CommandError::usage("name the round: moot export pb ROUND PATH")),
            (Target::Calendar, Some(_)) => {
                Err(CommandError::usage("a calendar takes its path alone: moot export ics PATH"))
            }
            (Target::Services(_) | Target::Directory(_), Some(_)) => {
                let format = self.format.to_possible_value().map(|value| value.get_name().to_owned());
                let format = format.unwrap_or_default();
                Err(CommandError::usage(format!("a round is written as pb only: moot export {format} PATH")))
            }
        }
    }

    /// All records of a kind.
    fn write_kind(&self, kind: &str, session: &mut Session, out: &mut dyn Write) -> CommandResult {
        let kind = Kind::from_word(kind).filter(|kind| kind.is_addable() && !kind.is_private()).ok_or_else(|| {
            let kinds: Vec<&str> =
                Kind::ALL.iter().filter(|kind| kind.is_addable()).map(|kind| kind.plural()).collect();
            CommandError::usage(format!("there is no table of {kind:?}; choose from {}", kinds.join(", ")))
        })?;
        self.check(session.opened.store.dir())?;
        let audience = Audience::Everyone { with_contacts: self.contacts };
        let mut write = |workspace: &Workspace| {
            let records = workspace.all(kind);
            let table = of_kind::write(kind, &records, audience, workspace, Shown::into_value)?;
            self.write(&self.for_spreadsheets(table), &format!("{} {}", records.len(), kind.plural()), out)
        };
        if matches!(kind, Kind::Service | Kind::Organisation) {
            with_context(session, self.contacts, |context| write(&exchange::for_tables(context)))
        } else {
            write(session.workspace())
        }
    }

    /// What is due, for a calendar.
    fn write_calendar(&self, session: &Session, out: &mut dyn Write) -> CommandResult {
        self.check(session.opened.store.dir())?;
        let calendar = calendar::of(session.workspace(), crate::run::clock().1);
        self.write(calendar.text.as_bytes(), &format!("{} dates", calendar.dates), out)
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
        if written.left_out > 0 {
            let count = written.left_out;
            warn(&format!("{count} left out, as they break the rules of the round; see `moot tally {id}`"));
        }
        self.write(written.text.as_bytes(), &format!("{} ballots", written.ballots), out)
    }

    /// A table with the mark of UTF-8, unless it was not wanted.
    fn for_spreadsheets(&self, table: Vec<u8>) -> Vec<u8> {
        if self.no_bom { table } else { [spreadsheet::BOM, &table].concat() }
    }

    fn write_services(&self, format: Format, session: &mut Session, out: &mut dyn Write) -> CommandResult {
        self.check(session.opened.store.dir())?;
        with_context(session, self.contacts, |context| {
            if format == Format::Hsds3Csv && !is_stdout(self.path()) {
                let written = exchange::export(format, self.path(), context, &mut show_progress);
                clear_progress();
                let written = written?;
                super::exit::has_saved();
                writeln!(out, "{} services written to {}", written.count, display_place(self.path()))?;
                say_withheld(&written);
                return Ok(0);
            }
            let written = exchange::export_to_bytes(format, context, &mut show_progress);
            clear_progress();
            let (bytes, written) = written.map_err(|several| CommandError::usage(several.0))?;
            let bytes = if format.is_sheet() { self.for_spreadsheets(bytes) } else { bytes };
            self.write(&bytes, &format!("{} {}", written.count, format.counted()), out)?;
            say_withheld(&written);
            Ok(0)
        })
    }

    /// The directory for reading.
    fn write_directory(&self, notation: Notation, session: &mut Session, out: &mut dyn Write) -> CommandResult {
        self.check(session.opened.store.dir())?;
        with_context(session, self.contacts, |context| {
            let workspace = exchange::for_others(context);
            let (atlas, today, with_contacts) = (context.atlas, crate::run::clock().1, self.contacts);
            let inputs = Inputs { workspace: &workspace, atlas, today, with_contacts };
            let document = report::make(Report::Directory, &inputs)?;
            self.write(document.write(notation).as_bytes(), "the directory", out)
        })
    }
}

/// Does something with all that an export needs.
pub(super) fn with_context<T>(
    session: &mut Session,
    contacts: bool,
    act: impl FnOnce(&ExportContext<'_>) -> Result<T, CommandError>,
) -> Result<T, CommandError> {
    let originals = load_originals(session)?;
    let thesaurus = store::thesaurus(session.opened.store.dir());
    let thesaurus = thesaurus.map_err(|problem| CommandError::unreadable(problem.to_string()))?;
    let (atlas, workspace) = (&session.atlas(), session.workspace());
    act(&ExportContext { workspace, originals: &originals, thesaurus: &thesaurus, atlas, contacts })
}

/// The most fields that are named in one line.
const MAX_NAMED: usize = 6;

/// Says what stayed here, as it may name persons.
fn say_withheld(written: &Written) {
    let all: usize = written.withheld.values().sum();
    if all == 0 {
        return;
    }
    let mut fields: Vec<(&String, &usize)> = written.withheld.iter().collect();
    fields.sort_by_key(|(name, times)| (std::cmp::Reverse(**times), name.to_owned()));
    let more = if fields.len() > MAX_NAMED { ", …" } else { "" };
    let named: Vec<String> =
        fields.iter().take(MAX_NAMED).map(|(name, times)| format!("{name} {}", count(**times))).collect();
    let named = named.join(", ");
    warn(&format!("{} values that may name persons stay here ({named}{more}); --contacts writes them too", count(all)));
}
