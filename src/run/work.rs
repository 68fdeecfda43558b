//! Long work: import and export, with reports of progress, stopped on request.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use super::{Message, confine};
use crate::app::columns::{Column, Columns, Field, SheetRead, SheetRequest};
use crate::app::importing::Planned;
use crate::app::{App, Event, Finished, detail};
use crate::exchange::detect::{self, Holding};
use crate::exchange::openspace::{self, Sort};
use crate::exchange::{self, ExportContext, Format, ImportContext, ImportPlan, Progress, of_kind, pabulib, sheet};
use crate::model::text::count;
use crate::model::{Author, Change, Collection, Id, Kind, Original, SplitMix64, Workspace};
use crate::store::{self, Store};

/// Between two reports of progress at least this much time passes, so that they do not fill a slow link.
const PROGRESS_INTERVAL: Duration = Duration::from_millis(250);

/// What an import needs to know of the app.
pub struct Request {
    /// The records it adds to.
    pub workspace: Workspace,
    /// Who imports.
    pub author: Author,
    /// For new ids.
    pub random: SplitMix64,
}

impl Request {
    /// As the app stands now; `None` when it is not known who acts.
    pub fn of(app: &mut App) -> Option<Self> {
        let random = SplitMix64::new(app.random.next_u64());
        Some(Self { workspace: app.workspace.clone(), author: app.author()?, random })
    }
}

/// Tells long work whether to go on. Work is numbered as it is asked for, and stopping it stops all that was asked for
/// before: also what has not begun yet, and nothing that is asked for later.
#[derive(Clone, Default)]
pub struct Cancel {
    stopped: Arc<AtomicU64>,
    number: u64,
}

impl Cancel {
    /// For the next work that is asked for.
    pub fn next(&mut self) -> Self {
        self.number += 1;
        self.clone()
    }

    /// Stops everything that was asked for so far.
    pub fn stop(&self) {
        self.stopped.store(self.number, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed) >= self.number
    }
}

fn failed(sentence: String) -> Finished {
    Finished { sentence, change: None, page: None, failed: true }
}

/// Reads what lies at a path and plans its import, for somebody to look at. Of a spreadsheet the columns are shown first.
pub fn import(store: &mut Store, path: &str, request: Request, to: &Sender<Message>, cancel: &Cancel) -> Event {
    if let Some(columns) = columns(store, path, &request.workspace).transpose() {
        return match columns {
            Ok(columns) => Event::SheetRead(Box::new(SheetRead::Columns(columns))),
            Err(why) => Event::Finished(failed(why)),
        };
    }
    let (mut told, base) = (Instant::now(), request.workspace.clone());
    match plan(store, path, request, &mut |progress| report(progress, &mut told, to, cancel)) {
        Ok((change, preview, report)) => {
            Event::Planned(Box::new(Planned { path: path.to_owned(), change, preview, report, base }))
        }
        Err(why) => Event::Finished(failed(why)),
    }
}

/// Imports a spreadsheet with its columns as they were chosen, or says what that would do.
pub fn import_sheet(
    store: &mut Store,
    sheet: &SheetRequest,
    mut request: Request,
    to: &Sender<Message>,
    cancel: &Cancel,
) -> Event {
    let mut told = Instant::now();
    let mut on_progress = |progress| report(progress, &mut told, to, cancel);
    match (plan_sheet(store, sheet, &mut request, &mut on_progress), sheet.is_preview) {
        (Ok(plan), true) => Event::SheetRead(Box::new(SheetRead::Preview(preview(&plan.report)))),
        (Ok(plan), false) => Event::Finished(finished(plan)),
        (Err(why), _) => Event::Finished(failed(why)),
    }
}

/// Says now and then how far an import is, and whether to go on.
fn report(progress: Progress, told: &mut Instant, to: &Sender<Message>, cancel: &Cancel) -> bool {
    if told.elapsed() >= PROGRESS_INTERVAL {
        *told = Instant::now();
        let sentence = format!("import: {} {}", progress.stage, count(progress.done));
        let _ = to.send(Message::Event(Event::Progress(sentence))); // late or never, the import goes on
    }
    !cancel.is_stopped()
}

fn finished(plan: ImportPlan) -> Finished {
    let lines = lines(&plan.report);
    Finished {
        sentence: plan.change.sentence.clone(),
        change: Some(plan.change),
        page: Some(("What the import did (u takes it back)".to_owned(), lines)),
        failed: false,
    }
}

/// The change that an import makes, what is said of it before and what afterwards.
type InWords = (Change, Vec<String>, Vec<String>);

/// Where the same is said before and afterwards.
fn in_words(change: Change, said: impl Iterator<Item = String>) -> InWords {
    let first = [change.sentence.clone(), String::new()];
    let lines: Vec<String> = first.into_iter().chain(said.take(detail::MAX_LINES)).collect();
    (change, lines.clone(), lines)
}

/// The page of columns of a path that holds a spreadsheet under headings of its own.
fn columns(store: &mut Store, path: &str, workspace: &Workspace) -> Result<Option<Columns>, String> {
    let place = confine::place(path)?;
    let book = match detect::holding(&place).map_err(|problem| problem.0)? {
        Holding::Sheet(book) => Some(book),
        Holding::Directory => sheet::Workbook::unknown(&place).map_err(|problem| problem.0)?,
        Holding::Election | Holding::OfEvent(..) => None,
    };
    let Some(book) = book else { return Ok(None) };
    if book.own_table(workspace).is_some() {
        return Ok(None);
    }
    let (originals, feed) = (originals(store)?, exchange::feed_name(&place));
    let layout = sheet::Layout::of(&book, &Vec::new(), &sheet::remembered(&originals, &feed)).map_err(|why| why.0)?;
    let number = |key: &str| sheet::FIELDS.iter().position(|field| field.key == key).unwrap_or_default();
    let column = |column: &&sheet::Column| Column {
        heading: column.heading.clone(),
        samples: column.samples.iter().map(|sample| crate::model::text::clean(sample)).collect(),
        field: number(column.field.key),
    };
    let field = |field: &sheet::Field| Field { key: field.key, label: field.label, help: field.help };
    Ok(Some(Columns {
        path: path.to_owned(),
        about: layout.about(&book),
        columns: layout.columns().iter().map(column).collect(),
        fields: sheet::FIELDS.iter().map(field).collect(),
        ..Columns::default()
    }))
}

fn plan_sheet(
    store: &mut Store,
    sheet: &SheetRequest,
    request: &mut Request,
    on_progress: &mut exchange::ProgressCallback<'_>,
) -> Result<ImportPlan, String> {
    let place = confine::place(&sheet.path)?;
    let book = sheet::Workbook::at(&place, true).map_err(|problem| problem.0)?;
    let book = book.ok_or_else(|| format!("{} is no spreadsheet any more", exchange::display_path(&place)))?;
    let (originals, feed) = (originals(store)?, exchange::feed_name(&place));
    let layout = sheet::Layout::of(&book, &sheet.columns, &[]).map_err(|problem| problem.0)?;
    let package = sheet::package(&book, &layout, &feed, on_progress).map_err(|problem| problem.0)?;
    planned(store, &originals, request, |here, random| exchange::plan_import(package, here, random, on_progress))
}

/// What an import would do, in a few lines.
fn preview(report: &exchange::Report) -> Vec<String> {
    let mut lines = vec![format!("services: {}", report.services), format!("organisations: {}", report.organisations)];
    lines.extend(report.remarks());
    let kinds = report.by_kind().into_iter().map(|(kind, number)| format!("{} {}", count(number), kind.label()));
    let said: Vec<String> = kinds.collect();
    lines.extend((!said.is_empty()).then(|| said.join("; ")));
    lines
}

/// A report, the summary first.
fn lines(report: &exchange::Report) -> Vec<String> {
    let first = [report.summary(), String::new()];
    first.into_iter().chain(report.lines().take(detail::MAX_LINES)).collect()
}

fn plan(
    store: &mut Store,
    path: &str,
    mut request: Request,
    on_progress: &mut exchange::ProgressCallback<'_>,
) -> Result<InWords, String> {
    let path = confine::place(path)?;
    match detect::holding(&path).map_err(|problem| problem.0)? {
        Holding::Directory => plan_directory(store, &path, &mut request, on_progress),
        Holding::Sheet(book) => plan_own_table(&book, &mut request),
        Holding::Election => plan_election(&path, &mut request),
        Holding::OfEvent(sort, text) => plan_of_event(store, &path, (sort, &text), &mut request),
    }
}

/// A table of our own that comes home.
fn plan_own_table(book: &sheet::Workbook, request: &mut Request) -> Result<InWords, String> {
    let Request { workspace, author, random } = request;
    let (kind, table) = book.own_table(workspace).ok_or("the file has changed; import it again")?;
    let context = of_kind::TableContext { kind, workspace, author };
    let plan = of_kind::plan(&table, &context, random).map_err(|problem| problem.0)?;
    Ok(in_words(plan.change, plan.made.into_iter()))
}

fn plan_directory(
    store: &mut Store,
    path: &Path,
    request: &mut Request,
    on_progress: &mut exchange::ProgressCallback<'_>,
) -> Result<InWords, String> {
    let feed = exchange::feed_name(path);
    let originals = originals(store)?;
    let plan =
        |here: &ImportContext<'_>, random: &mut SplitMix64| exchange::import(path, &feed, here, random, on_progress);
    let mut plan = planned(store, &originals, request, plan)?.rehearsed();
    let preview = lines(&plan.report);
    plan.report.unmade.clear(); // what is brought in is there
    Ok((plan.change, preview, lines(&plan.report)))
}

/// Makes a plan with what is here.
fn planned(
    store: &Store,
    originals: &Collection<Original>,
    request: &mut Request,
    plan: impl FnOnce(&ImportContext<'_>, &mut SplitMix64) -> Result<ImportPlan, exchange::ExchangeError>,
) -> Result<ImportPlan, String> {
    let thesaurus = store::thesaurus(store.dir()).map_err(|problem| problem.to_string())?;
    let here =
        ImportContext { workspace: &request.workspace, originals, thesaurus: &thesaurus, author: &request.author };
    plan(&here, &mut request.random).map_err(|problem| problem.0)
}

fn plan_election(path: &Path, request: &mut Request) -> Result<InWords, String> {
    let election = pabulib::read_election(path).map_err(|problem| problem.0)?;
    let name = exchange::feed_name(path);
    let Request { workspace, author, random } = request;
    let plan = pabulib::plan_election(&election, &name, workspace, author, random);
    let repeated = plan.repeated.iter().map(|sentence| format!("counted once: {sentence}"));
    let invalid = plan.invalid.iter().map(|sentence| format!("not counted: {sentence}"));
    Ok(in_words(plan.change, repeated.chain(invalid)))
}

fn plan_of_event(
    store: &mut Store,
    path: &Path,
    (sort, text): (Sort, &str),
    request: &mut Request,
) -> Result<InWords, String> {
    let (originals, feed) = (originals(store)?, exchange::feed_name(path));
    let context = openspace::Context {
        workspace: &request.workspace,
        originals: &originals,
        author: &request.author,
        feed: &feed,
        round: None,
        event: None,
    };
    let outcome = openspace::plan(sort, text, &context, &mut request.random).map_err(|failure| failure.to_string())?;
    let notices = outcome.notices.iter().map(ToString::to_string);
    Ok(in_words(outcome.change, notices.chain(outcome.made)))
}

/// What earlier imports brought.
fn originals(store: &mut Store) -> Result<Collection<Original>, String> {
    let records = store.load_kind(Kind::Original).map_err(|problem| problem.to_string())?;
    let mut holder = Workspace::default();
    for record in records {
        holder.place(record.id(), Some(record));
    }
    Ok(holder.originals)
}

/// Joins a record with another, which stays.
pub fn join(store: &mut Store, pair: (Id, Id), request: &Request) -> Finished {
    let plan = |originals: Collection<Original>| {
        let change = crate::model::join::join(&request.workspace, &originals, pair, &request.author);
        change.map_err(|refusal| refusal.to_string())
    };
    match originals(store).and_then(plan) {
        Ok(change) => Finished { sentence: change.sentence.clone(), change: Some(change), page: None, failed: false },
        Err(why) => failed(why),
    }
}

/// Exports to a path.
pub fn export(store: &mut Store, format: &str, path: &str, workspace: &Workspace, cancel: &Cancel) -> Finished {
    match write(store, format, path, workspace, cancel) {
        Ok(sentence) => Finished { sentence, change: None, page: None, failed: false },
        Err(why) => failed(why),
    }
}

fn write(
    store: &mut Store,
    format: &str,
    path: &str,
    workspace: &Workspace,
    cancel: &Cancel,
) -> Result<String, String> {
    let format: Format = format.parse().map_err(|error: exchange::ExchangeError| error.0)?;
    let path = confine::place(path)?;
    exchange::write::check_target(&path, store.dir(), false).map_err(|problem| problem.0)?;
    let originals = originals(store)?;
    let thesaurus = store::thesaurus(store.dir()).map_err(|problem| problem.to_string())?;
    let atlas = store::atlas(store.dir(), workspace).unwrap_or_default();
    let context =
        ExportContext { workspace, originals: &originals, thesaurus: &thesaurus, atlas: &atlas, contacts: false };
    let mut on_progress = |_: Progress| !cancel.is_stopped();
    let written = exchange::export(format, &path, &context, &mut on_progress).map_err(|problem| problem.0)?;
    let noun = format.counted();
    let sure =
        if exchange::write::was_unconfirmed() { "; the disk did not confirm that it survives a power cut" } else { "" };
    Ok(format!("{} {noun} written to {}{sure}", count(written.count), exchange::display_place(&path)))
}
