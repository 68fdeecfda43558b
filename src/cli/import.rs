//! `moot import`: a directory of services in whatever dialect it comes, an election, or what was typed of an event.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::Global;
use super::exit::{CommandError, CommandResult};
use super::list::kind_parser;
use super::session::Session;
use super::vote::{MAX_ATTEMPTS, find};
use crate::exchange::detect::Holding;
use crate::exchange::openspace::{self, Failure, Outcome, Sort};
use crate::exchange::{self, ExchangeError, ImportContext, ImportPlan, Progress, Report, of_kind, pabulib};
use crate::model::text::{clean, one_line};
use crate::model::{Author, Collection, Event, Kind, Original, Round, SplitMix64, Workspace};
use crate::store::{self, Mode, StoreError};

/// `moot import`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// What to read. A directory of services: a file (CSV, JSON), a folder of files, or a zip. An election: a file that
    /// ends in .pb. Of an event: topics.csv (number,title,convener), ballots.csv (voter,17.2,3.1 …), proceedings.md. What a
    /// file is, its content tells. Or csv, with a kind and a table of its records
    path: PathBuf,
    /// After csv: the kind of record that the table holds
    #[arg(value_parser = kind_parser(|kind| kind.is_addable() && !kind.is_private()), requires = "table")]
    kind: Option<Kind>,
    /// After the kind: the table, as moot export csv KIND or moot list KIND --csv wrote it. A row without an id is a new record;
    /// a column that is not there changes nothing
    #[arg(value_name = "FILE")]
    table: Option<PathBuf>,
    /// Print what would be done, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// The round that ballots belong to; else the only one that is open
    #[arg(long, value_name = "ROUND")]
    round: Option<String>,
    /// The event that topics or proceedings belong to; else the one they name, or for topics the latest
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,
    /// Write a list of all repairs and dangling references to this new file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// A name for the source; else that of its file. Importing again under the same name updates the records from it and
    /// keeps what was changed here
    #[arg(long, value_name = "NAME")]
    feed: Option<String>,
}

impl From<ExchangeError> for CommandError {
    fn from(problem: ExchangeError) -> Self {
        Self::unreadable(problem.0)
    }
}

impl From<Failure> for CommandError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unusable(problem) => problem.into(),
            Failure::Refused(refusal) => refusal.into(),
        }
    }
}

impl ImportArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let mode = if self.dry_run { Mode::Read } else { Mode::Write };
        let mut session = Session::open(global, mode)?;
        if let (Some(kind), Some(table)) = (self.kind, &self.table) {
            return self.import_table(kind, table, session, global, out);
        }
        let author = session.author()?;
        if let Some(path) = &self.report {
            let is_free = exchange::write::check_target(path, session.opened.store.dir(), false);
            is_free.map_err(|problem| CommandError::refused(problem.0))?;
        }
        let holding = exchange::detect::holding(&self.path)?;
        self.refuse_other_options(&holding)?;
        match holding {
            Holding::Election => self.import_election(&mut session, &author, out),
            Holding::OfEvent(sort, text) => self.import_of_event(sort, &text, session, global, out),
            Holding::Directory => self.import_directory(&mut session, &author, out),
        }
    }

    /// The records of one kind, as a table has them.
    fn import_table(
        &self,
        kind: Kind,
        path: &Path,
        mut session: Session,
        global: &Global,
        out: &mut dyn Write,
    ) -> CommandResult {
        if self.path.as_os_str() != "csv" || self.round.is_some() || self.event.is_some() || self.report.is_some() {
            return Err(CommandError::usage("write: moot import csv KIND FILE, with --dry-run to change nothing"));
        }
        let text = exchange::read_text(path)?;
        let mut attempts = 0;
        loop {
            let author = session.author()?;
            let context = of_kind::TableContext { kind, workspace: session.workspace(), author: &author };
            let plan = of_kind::plan(&text, &context, &mut SplitMix64::new(crate::run::seed()))?;
            let is_done = self.dry_run || plan.change.edits.is_empty();
            match if is_done { Ok(()) } else { session.commit(&author, &plan.change) } {
                Ok(()) => return self.print_table_plan(&plan, out),
                Err(StoreError::Taken(_)) if attempts < MAX_ATTEMPTS => attempts += 1,
                Err(error) => return Err(error.into()),
            }
            session = Session::open(global, Mode::Write)?;
        }
    }

    fn print_table_plan(&self, plan: &of_kind::TablePlan, out: &mut dyn Write) -> CommandResult {
        if self.dry_run {
            writeln!(out, "rehearsed, nothing written:")?;
            plan.made.iter().try_for_each(|made| writeln!(out, "  {}", one_line(made)))?;
        }
        writeln!(out, "{}", one_line(&plan.change.sentence))?;
        Ok(0)
    }

    /// An option that this sort of file does not know would be passed over in silence.
    fn refuse_other_options(&self, holding: &Holding) -> Result<(), CommandError> {
        let is_ballots = matches!(holding, Holding::OfEvent(Sort::Ballots, _));
        let is_of_event = matches!(holding, Holding::OfEvent(..)) && !is_ballots;
        match (&self.round, &self.event) {
            (Some(_), _) if !is_ballots => {
                Err(CommandError::usage("--round is for tables of ballots, and this file is none"))
            }
            (_, Some(_)) if !is_of_event => {
                Err(CommandError::usage("--event is for topics and proceedings, and this file holds neither"))
            }
            _ => Ok(()),
        }
    }

    /// Topics, ballots or proceedings.
    fn import_of_event(
        &self,
        sort: Sort,
        text: &str,
        mut session: Session,
        global: &Global,
        out: &mut dyn Write,
    ) -> CommandResult {
        let mut attempts = 0;
        loop {
            let author = session.author()?;
            let outcome = self.plan_of_event(sort, text, &mut session, &author)?;
            let is_done = self.dry_run || outcome.change.edits.is_empty();
            match if is_done { Ok(()) } else { session.commit(&author, &outcome.change) } {
                Ok(()) => return self.print_outcome(&outcome, out),
                // Somebody has taken one of its ids in the same instant: what is there now decides.
                Err(StoreError::Taken(_)) if attempts < MAX_ATTEMPTS => attempts += 1,
                Err(error) => return Err(error.into()),
            }
            session = Session::open(global, Mode::Write)?;
        }
    }

    fn plan_of_event(
        &self,
        sort: Sort,
        text: &str,
        session: &mut Session,
        author: &Author,
    ) -> Result<Outcome, CommandError> {
        let originals = load_originals(session)?;
        let feed = self.feed.as_deref().map_or_else(|| exchange::feed_name(&self.path), clean);
        let context = openspace::Context {
            workspace: session.workspace(),
            originals: &originals,
            author,
            feed: &feed,
            round: self.round.as_deref().map(|round| find::<Round>(session, round)).transpose()?,
            event: self.event.as_deref().map(|event| find::<Event>(session, event)).transpose()?,
        };
        Ok(openspace::plan(sort, text, &context, &mut SplitMix64::new(crate::run::seed()))?)
    }

    fn print_outcome(&self, outcome: &Outcome, out: &mut dyn Write) -> CommandResult {
        if self.dry_run {
            writeln!(out, "rehearsed, nothing written:")?;
            for sentence in &outcome.made {
                writeln!(out, "  {}", one_line(sentence))?;
            }
        }
        writeln!(out, "{}", one_line(&outcome.change.sentence))?;
        let notices: Vec<String> = outcome.notices.iter().map(|notice| one_line(&notice.to_string())).collect();
        match &self.report {
            Some(path) => exchange::write::write_file(path, (notices.join("\n") + "\n").as_bytes())?,
            None => notices.iter().try_for_each(|notice| writeln!(out, "{notice}"))?,
        }
        Ok(0)
    }

    /// A directory of services.
    fn import_directory(&self, session: &mut Session, author: &Author, out: &mut dyn Write) -> CommandResult {
        let originals = load_originals(session)?;
        let feed = self.feed.as_deref().map_or_else(|| exchange::feed_name(&self.path), clean);
        let package = exchange::read(&self.path, &feed, &mut show_progress)?;
        let thesaurus = store::thesaurus(session.opened.store.dir())
            .map_err(|problem| CommandError::unreadable(problem.to_string()))?;
        let here =
            ImportContext { workspace: session.workspace(), originals: &originals, thesaurus: &thesaurus, author };
        let plan = exchange::plan_import(package, &here, &mut SplitMix64::new(crate::run::seed()), &mut show_progress)?;
        clear_progress();
        if let Some(path) = &self.report {
            exchange::write::write_file(path, report_text(&plan.report).as_bytes())?;
        }
        if !self.dry_run && !plan.change.edits.is_empty() {
            session.commit(author, &plan.change)?;
        }
        self.print_summary(&plan, out)?;
        Ok(0)
    }

    /// An election with its ballots, instead of a directory of services.
    fn import_election(&self, session: &mut Session, author: &Author, out: &mut dyn Write) -> CommandResult {
        let election = pabulib::read_election(&self.path)?;
        let name = exchange::feed_name(&self.path);
        let mut random = SplitMix64::new(crate::run::seed());
        let plan = pabulib::plan_election(&election, &name, session.workspace(), author, &mut random);
        if self.dry_run {
            writeln!(out, "rehearsed, nothing written:")?;
        } else if !plan.change.edits.is_empty() {
            session.commit(author, &plan.change)?;
        }
        writeln!(out, "{}", one_line(&plan.change.sentence))?;
        writeln!(out, "the round is {}; see `moot tally {0}`", plan.round)?;
        for sentence in &plan.repeated {
            writeln!(out, "counted once: {}", one_line(sentence))?;
        }
        for sentence in &plan.invalid {
            writeln!(out, "not counted: {}", one_line(sentence))?;
        }
        Ok(0)
    }

    fn print_summary(&self, plan: &ImportPlan, out: &mut dyn Write) -> io::Result<()> {
        if self.dry_run {
            writeln!(out, "rehearsed, nothing written:")?;
        }
        writeln!(out, "{}", plan.report.summary())?;
        let loose = plan.report.dangling().count();
        if loose > 0 && self.report.is_none() {
            writeln!(out, "{loose} references lead nowhere; --report FILE lists them and every repair")?;
        }
        if plan.change.edits.is_empty() {
            writeln!(out, "nothing here had to change")?;
        }
        Ok(())
    }
}

/// Loads the items that earlier imports kept; they are not resident otherwise.
pub(super) fn load_originals(session: &mut Session) -> Result<Collection<Original>, CommandError> {
    let records = session.opened.store.load_kind(Kind::Original);
    let records = records.map_err(|problem| CommandError::unreadable(problem.to_string()))?;
    let mut holder = Workspace::default();
    for record in records {
        holder.place(record.id(), Some(record));
    }
    Ok(holder.originals)
}

/// The report as text: one repair per line, dangling references last.
fn report_text(report: &Report) -> String {
    let mut text = format!("{}\n\n", report.summary());
    let (loose, repaired): (Vec<_>, Vec<_>) =
        report.repairs.iter().partition(|repair| repair.kind == exchange::RepairKind::DanglingReference);
    for repair in repaired {
        let _ = writeln!(text, "{repair}"); // writing to a String cannot fail
    }
    let _ = writeln!(text, "\n{} references lead nowhere:", loose.len());
    for repair in loose {
        let _ = writeln!(text, "{repair}");
    }
    text
}

/// Shows the progress on stderr where that is a terminal; never cancels.
pub(super) fn show_progress(progress: Progress) -> bool {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r{} {}\x1b[K", progress.stage, progress.done);
    }
    true
}

/// Clears the line of [`show_progress`].
pub(super) fn clear_progress() {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
}
