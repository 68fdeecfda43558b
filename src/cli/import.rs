//! `moot import`: a directory of services, in whatever dialect it comes.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;

use super::Global;
use super::exit::{Done, Failure};
use super::session::Session;
use crate::exchange::{self, Here, Plan, Problem, Progress, Report};
use crate::model::{Kind, SplitMix64, Workspace};
use crate::store::{self, Mode};

/// `moot import`
#[derive(Debug, Args)]
pub struct Import {
    /// A file, a folder or a zip
    path: PathBuf,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Write every repair and every loose reference into this file
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The name of the source; else that of its file. The same name again brings the same source up to date
    #[arg(long, value_name = "NAME")]
    feed: Option<String>,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::unreadable(problem.0)
    }
}

impl Import {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> Done {
        let mode = if self.dry_run { Mode::Read } else { Mode::Write };
        let mut session = Session::open(global, mode)?;
        let author = session.author()?;
        if let Some(path) = &self.report {
            let is_free = exchange::write::check(path, session.opened.store.dir(), false);
            is_free.map_err(|problem| Failure::refused(problem.0))?;
        }
        let archive = archive(&mut session)?;
        let feed = self.feed.clone().unwrap_or_else(|| exchange::feed_of(&self.path));
        let package = exchange::read(&self.path, &feed, &mut show)?;
        let needs = store::need_table(session.opened.store.dir())
            .map_err(|problem| Failure::unreadable(problem.to_string()))?;
        let here =
            Here { workspace: session.workspace(), originals: &archive.originals, needs: &needs, author: &author };
        let plan = exchange::plan(package, &here, &mut SplitMix64::new(super::edit::seed()), &mut show)?;
        hide();
        if let Some(path) = &self.report {
            exchange::write::file(path, lines(&plan.report).as_bytes())?;
        }
        if !self.dry_run && !plan.change.edits.is_empty() {
            session.commit(&author, &plan.change)?;
        }
        self.say(&plan, out)?;
        Ok(0)
    }

    fn say(&self, plan: &Plan, out: &mut dyn Write) -> io::Result<()> {
        if self.dry_run {
            writeln!(out, "rehearsed, nothing written:")?;
        }
        writeln!(out, "{}", plan.report.summary())?;
        let loose = plan.report.loose().count();
        if loose > 0 && self.report.is_none() {
            writeln!(out, "{loose} references lead nowhere; --report FILE lists them and every repair")?;
        }
        if plan.change.edits.is_empty() {
            writeln!(out, "nothing here had to change")?;
        }
        Ok(())
    }
}

/// What earlier imports brought; it is not in memory otherwise.
pub(super) fn archive(session: &mut Session) -> Result<Workspace, Failure> {
    let originals = session.opened.store.load_kind(Kind::Original);
    let originals = originals.map_err(|problem| Failure::unreadable(problem.to_string()))?;
    let mut archive = Workspace::default();
    for original in originals {
        archive.place(original.id(), Some(original));
    }
    Ok(archive)
}

/// The report as a file: one repair a line, what leads nowhere last.
fn lines(report: &Report) -> String {
    let mut text = format!("{}\n\n", report.summary());
    let (loose, repaired): (Vec<_>, Vec<_>) =
        report.repairs.iter().partition(|repair| repair.rule == exchange::Rule::Loose);
    for repair in repaired {
        let _ = writeln!(text, "{repair}"); // writing to a String cannot fail
    }
    let _ = writeln!(text, "\n{} references lead nowhere:", loose.len());
    for repair in loose {
        let _ = writeln!(text, "{repair}");
    }
    text
}

/// Shows how far the work has come, where somebody can see it.
pub(super) fn show(progress: Progress) -> bool {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r{} {}\x1b[K", progress.step, progress.done);
    }
    true
}

pub(super) fn hide() {
    if io::stderr().is_terminal() {
        let _ = write!(io::stderr(), "\r\x1b[K");
    }
}
