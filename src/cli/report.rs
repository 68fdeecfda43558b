//! `moot report`: what others read of a workspace.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Global;
use super::exit::{CommandError, CommandResult};
use super::export::{check_target, is_stdout, with_context};
use super::session::Session;
use super::vote::find;
use crate::exchange::{self, display_place};
use crate::model::place::Atlas;
use crate::model::text::one_line;
use crate::model::{Event, Forum, Meeting, Organisation, Workspace};
use crate::report::{self, Inputs, Notation, Report};
use crate::store::Mode;

/// `moot report`
#[derive(Debug, Args)]
pub struct ReportArgs {
    #[command(subcommand)]
    which: Which,
    /// Write one page of HTML that needs nothing else and prints on A4; without it the report is written in Markdown
    #[arg(long, global = true, conflicts_with = "text")]
    html: bool,
    /// Write plain text, for an e-mail
    #[arg(long, global = true)]
    text: bool,
    /// Write the numbers and addresses of persons as well; they are left out otherwise
    #[arg(long, global = true)]
    contacts: bool,
    /// Write it to this file; - is the standard output, where it goes without this. Nothing is overwritten without --replace
    #[arg(short, long, global = true, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file that is there already
    #[arg(long, global = true, requires = "output")]
    replace: bool,
}

/// The reports there are.
#[derive(Debug, Subcommand)]
enum Which {
    /// The executive summary of an event, for everybody
    Summary(OfEvent),
    /// The full report of an event: every topic and recommendation, and how the votes came out
    Full(OfEvent),
    /// The services by need and district with the numbers to ring, and each in full, for printing
    Directory,
    /// What concerns an organisation and what it has not been told yet, for an e-mail
    Bulletin {
        /// The organisation: its id or name
        organisation: String,
    },
    /// The papers for the next meeting of a forum: agenda, what is due, who attends, the last minutes
    Forum {
        /// The forum: its id or name; else the one that meets first
        forum: Option<String>,
    },
    /// The minutes of a meeting
    Minutes {
        /// The meeting: its id or name
        meeting: String,
    },
}

/// The event a report is on.
#[derive(Debug, Args)]
struct OfEvent {
    /// The event: its id or name; else the latest
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,
}

impl Which {
    fn report(&self, session: &Session) -> Result<Report, CommandError> {
        let event = |of: &OfEvent| of.event.as_ref().map(|typed| find::<Event>(session, typed)).transpose();
        Ok(match self {
            Self::Summary(of) => Report::Summary(event(of)?),
            Self::Full(of) => Report::Full(event(of)?),
            Self::Directory => Report::Directory,
            Self::Bulletin { organisation } => Report::Bulletin(find::<Organisation>(session, organisation)?),
            Self::Forum { forum } => {
                Report::Forum(forum.as_ref().map(|typed| find::<Forum>(session, typed)).transpose()?)
            }
            Self::Minutes { meeting } => Report::Minutes(find::<Meeting>(session, meeting)?),
        })
    }
}

impl ReportArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let mut session = Session::open(global, Mode::Read)?;
        let output = self.output.as_ref().filter(|path| !is_stdout(path));
        if let Some(path) = output {
            check_target(path, session.opened.store.dir(), self.replace)?;
        }
        let report = self.which.report(&session)?;
        let (today, with_contacts) = (crate::run::clock().1, self.contacts);
        let make = |workspace: &Workspace, atlas: &Atlas| {
            report::make(report, &Inputs { workspace, atlas, today, with_contacts }).map_err(CommandError::from)
        };
        let document = if matches!(report, Report::Directory) {
            // what services say in words leaves as in an export
            with_context(&mut session, with_contacts, |context| make(&exchange::for_others(context), context.atlas))?
        } else {
            make(session.workspace(), &session.atlas())?
        };
        let text = document.write(self.notation());
        match output {
            None => write!(out, "{text}")?,
            Some(path) => {
                exchange::write::write_file(path, text.as_bytes())?;
                writeln!(out, "{} written to {}", one_line(&document.title), display_place(path))?;
            }
        }
        Ok(0)
    }

    fn notation(&self) -> Notation {
        match (self.html, self.text) {
            (true, _) => Notation::Html,
            (_, true) => Notation::Plain,
            _ => Notation::Markdown,
        }
    }
}
