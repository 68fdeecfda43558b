//! `moot import`: a directory of services, in whatever dialect it comes.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;

use super::Global;
use super::exit::{CommandError, CommandResult};
use super::session::Session;
use crate::exchange::{self, ExchangeError, ImportContext, ImportPlan, Progress, Report, pabulib};
use crate::model::{Author, Collection, Kind, Original, SplitMix64, Workspace};
use crate::store::{self, Mode};

/// `moot import`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// What to read: a file (CSV, JSON), a folder of files, or a zip
    path: PathBuf,
    /// Print what would be done, and change nothing
    #[arg(long)]
    dry_run: bool,
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

impl ImportArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let mode = if self.dry_run { Mode::Read } else { Mode::Write };
        let mut session = Session::open(global, mode)?;
        let author = session.author()?;
        if let Some(path) = &self.report {
            let is_free = exchange::write::check_target(path, session.opened.store.dir(), false);
            is_free.map_err(|problem| CommandError::refused(problem.0))?;
        }
        if self.path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("pb")) {
            return self.import_election(&mut session, &author, out);
        }
        let originals = load_originals(&mut session)?;
        let feed = self.feed.clone().unwrap_or_else(|| exchange::feed_name(&self.path));
        let package = exchange::read(&self.path, &feed, &mut show_progress)?;
        let needs = store::need_table(session.opened.store.dir())
            .map_err(|problem| CommandError::unreadable(problem.to_string()))?;
        let here =
            ImportContext { workspace: session.workspace(), originals: &originals, needs: &needs, author: &author };
        let plan = exchange::plan_import(package, &here, &mut SplitMix64::new(crate::run::seed()), &mut show_progress)?;
        clear_progress();
        if let Some(path) = &self.report {
            exchange::write::write_file(path, report_text(&plan.report).as_bytes())?;
        }
        if !self.dry_run && !plan.change.edits.is_empty() {
            session.commit(&author, &plan.change)?;
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
        } else {
            session.commit(author, &plan.change)?;
        }
        writeln!(out, "{}", crate::model::text::one_line(&plan.change.sentence))?;
        writeln!(out, "the round is {}; see `moot tally {0}`", plan.round)?;
        for sentence in &plan.repeated {
            writeln!(out, "counted once: {}", crate::model::text::one_line(sentence))?;
        }
        for sentence in &plan.invalid {
            writeln!(out, "not counted: {}", crate::model::text::one_line(sentence))?;
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
