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
use crate::exchange::{
    self, ExchangeError, ImportContext, ImportPlan, Package, Progress, Report, of_kind, pabulib, sheet,
};
use crate::model::text::{clean, one_line};
use crate::model::{Author, Collection, Event, Kind, Original, Round, SplitMix64, Workspace};
use crate::store::{self, Mode, StoreError};

/// `moot import`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// What to read. A directory of services: a file (CSV, JSON), a folder of files, or a zip. A spreadsheet of your own
    /// (.xlsx, .ods, .csv) with headings over its columns; see moot template. An election: a file that
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
    /// For a spreadsheet: the field that a column goes to, in place of the one that its heading means; keep puts it into the
    /// notes. Remembered for a sheet with the same headings. --dry-run shows the columns
    #[arg(long, value_name = "HEADING=FIELD", value_parser = sheet_column)]
    map: Vec<(String, String)>,
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
        if !self.map.is_empty() {
            let book = sheet::Workbook::at(&self.path, true)?;
            let book = book.ok_or_else(|| CommandError::usage("--map is for a spreadsheet, and this file is none"))?;
            return self.import_sheet(&book, session, global, out);
        }
        let holding = exchange::detect::holding(&self.path)?;
        self.refuse_other_options(&holding)?;
        match holding {
            Holding::Election => self.import_election(&mut session, &author, out),
            Holding::OfEvent(sort, text) => self.import_of_event(sort, &text, session, global, out),
            Holding::Sheet(book) => self.import_sheet(&book, session, global, out),
            Holding::Directory => self.import_directory(&mut session, &author, out),
        }
    }

    /// A spreadsheet: a table of our own that comes home, or services under headings of somebody's own.
    fn import_sheet(
        &self,
        book: &sheet::Workbook,
        mut session: Session,
        global: &Global,
        out: &mut dyn Write,
    ) -> CommandResult {
        if let Some((kind, table)) = book.own_table(session.workspace()) {
            return self.import_own_table(kind, &table, session, global, out);
        }
        let author = session.author()?;
        let originals = load_originals(&mut session)?;
        let feed = self.feed.as_deref().map_or_else(|| exchange::feed_name(&self.path), clean);
        let layout = sheet::Layout::of(book, &self.map, &sheet::remembered(&originals, &feed))?;
        let package = sheet::package(book, &layout, &feed, &mut show_progress)?;
        if self.dry_run {
            print_columns(&layout, out)?;
        }
        self.import_package(Some(package), &feed, &originals, &mut session, &author, out)
    }

    /// The records of one kind, as a table has them.
    fn import_table(
        &self,
        kind: Kind,
        path: &Path,
        session: Session,
        global: &Global,
        out: &mut dyn Write,
    ) -> CommandResult {
        if self.path.as_os_str() != "csv" || self.round.is_some() || self.event.is_some() || self.report.is_some() {
            return Err(CommandError::usage("write: moot import csv KIND FILE, with --dry-run to change nothing"));
        }
        let text = match sheet::Workbook::at(path, false)?.and_then(|book| book.own_table(session.workspace())) {
            Some((known, text)) if known == kind => text,
            _ => exchange::read_text(path)?,
        };
        self.import_own_table(kind, &text, session, global, out)
    }

    fn import_own_table(
        &self,
        kind: Kind,
        text: &str,
        mut session: Session,
        global: &Global,
        out: &mut dyn Write,
    ) -> CommandResult {
        let mut attempts = 0;
        loop {
            let author = session.author()?;
            let context = of_kind::TableContext { kind, workspace: session.workspace(), author: &author };
            let plan = of_kind::plan(text, &context, &mut SplitMix64::new(crate::run::seed()))?;
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
        let known = self.read_known_sheet(&originals, &feed)?;
        self.import_package(known, &feed, &originals, session, author, out)
    }

    /// A sheet whose headings say nothing but are remembered.
    fn read_known_sheet(&self, originals: &Collection<Original>, feed: &str) -> Result<Option<Package>, CommandError> {
        let remembered = sheet::remembered(originals, feed);
        if remembered.is_empty() {
            return Ok(None);
        }
        let Some(book) = sheet::Workbook::unknown(&self.path)? else { return Ok(None) };
        let Ok(layout) = sheet::Layout::of(&book, &Vec::new(), &remembered) else { return Ok(None) };
        let is_known = layout.tables.iter().all(|table| remembered.iter().any(|(id, _)| *id == table.id()));
        if !is_known {
            return Ok(None);
        }
        Ok(Some(sheet::package(&book, &layout, feed, &mut show_progress)?))
    }

    /// A directory that has been read already, or the one at the path.
    fn import_package(
        &self,
        package: Option<Package>,
        feed: &str,
        originals: &Collection<Original>,
        session: &mut Session,
        author: &Author,
        out: &mut dyn Write,
    ) -> CommandResult {
        let thesaurus = store::thesaurus(session.opened.store.dir())
            .map_err(|problem| CommandError::unreadable(problem.to_string()))?;
        let here = ImportContext { workspace: session.workspace(), originals, thesaurus: &thesaurus, author };
        let mut random = SplitMix64::new(crate::run::seed());
        let plan = match package {
            Some(package) => exchange::plan_import(package, &here, &mut random, &mut show_progress)?,
            None => exchange::import(&self.path, feed, &here, &mut random, &mut show_progress)?,
        };
        clear_progress();
        let plan = if self.dry_run { plan.rehearsed() } else { plan };
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
        // The id that a new round has in a rehearsal is nobody's.
        if !self.dry_run || session.workspace().get(plan.round).is_some() {
            writeln!(out, "the round is {}; see `moot tally {0}`", plan.round)?;
        }
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
        let decisions: Vec<String> = plan.report.decisions().collect();
        decisions.iter().take(MAX_SHOWN).try_for_each(|line| writeln!(out, "{}", one_line(line)))?;
        if decisions.len() > MAX_SHOWN && self.report.is_none() {
            writeln!(out, "and {} more: --report FILE lists them all", decisions.len() - MAX_SHOWN)?;
        }
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

/// How many conflicts, vanished records and likely doubles are printed; the report has them all.
const MAX_SHOWN: usize = 12;
/// `HEADING=FIELD`: the last sign parts them, for a heading may have one.
fn sheet_column(typed: &str) -> Result<(String, String), String> {
    let (heading, field) = typed.rsplit_once('=').ok_or("write a heading, = and a field: \"Who for=eligibility\"")?;
    let known = sheet::columns::field(field).ok_or_else(|| {
        let names: Vec<&str> = sheet::FIELDS.iter().map(|field| field.key).collect();
        format!("there is no field {field:?}; choose from {}", names.join(", "))
    })?;
    Ok((heading.trim().to_owned(), known.key.to_owned()))
}

/// The columns of a spreadsheet, the field of each, and what stands in its first rows.
fn print_columns(layout: &sheet::Layout, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "columns of the sheet, the field that each goes to, and its first cells:")?;
    let (own, others): (Vec<_>, Vec<_>) =
        layout.columns().into_iter().partition(|column| column.heading == column.field.key);
    if !own.is_empty() {
        writeln!(out, "  {} of them are called as the fields of this program, and go there", own.len())?;
    }
    for column in others {
        let samples: Vec<String> = column.samples.iter().map(|sample| one_line(sample)).collect();
        let field = column.field;
        writeln!(out, "  {} -> {} ({}): {}", one_line(&column.heading), field.key, field.label, samples.join(" · "))?;
    }
    Ok(())
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

/// The report as text: one line for each thing to decide and each repair, dangling references last.
fn report_text(report: &Report) -> String {
    let mut text = format!("{}\n\n", report.summary());
    for line in report.lines() {
        let _ = writeln!(text, "{line}"); // writing to a String cannot fail
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
