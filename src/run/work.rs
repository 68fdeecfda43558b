//! Long work: import and export, with reports of progress, stopped on request.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use super::{Message, confine};
use crate::app::{App, Event, Finished, detail};
use crate::exchange::detect::{self, Holding};
use crate::exchange::openspace::{self, Sort};
use crate::exchange::{self, ExportContext, Format, ImportContext, Progress, pabulib};
use crate::model::text::count;
use crate::model::{Author, Change, Collection, Kind, Original, SplitMix64, Workspace};
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

/// Imports from a path: reads, plans, and hands the change and the report to the app.
pub fn import(store: &mut Store, path: &str, request: Request, to: &Sender<Message>, cancel: &Cancel) -> Finished {
    let mut told = Instant::now();
    let mut on_progress = |progress: Progress| {
        if told.elapsed() >= PROGRESS_INTERVAL {
            told = Instant::now();
            let sentence = format!("import: {} {}", progress.stage, count(progress.done));
            let _ = to.send(Message::Event(Event::Progress(sentence))); // late or never, the import goes on
        }
        !cancel.is_stopped()
    };
    match plan(store, path, request, &mut on_progress) {
        Ok((change, lines)) => Finished {
            sentence: change.sentence.clone(),
            change: Some(change),
            page: Some(("What the import did (u takes it back)".to_owned(), lines)),
            failed: false,
        },
        Err(why) => failed(why),
    }
}

/// The change that an import makes, and what is to be said of it.
type Planned = (Change, Vec<String>);

fn plan(
    store: &mut Store,
    path: &str,
    mut request: Request,
    on_progress: &mut exchange::ProgressCallback<'_>,
) -> Result<Planned, String> {
    let path = confine::place(path)?;
    match detect::holding(&path).map_err(|problem| problem.0)? {
        Holding::Directory => plan_directory(store, &path, &mut request, on_progress),
        Holding::Election => plan_election(&path, &mut request),
        Holding::OfEvent(sort, text) => plan_of_event(store, &path, (sort, &text), &mut request),
    }
}

fn plan_directory(
    store: &mut Store,
    path: &Path,
    request: &mut Request,
    on_progress: &mut exchange::ProgressCallback<'_>,
) -> Result<Planned, String> {
    let feed = exchange::feed_name(path);
    let package = exchange::read(path, &feed, on_progress).map_err(|problem| problem.0)?;
    let originals = originals(store)?;
    let thesaurus = store::thesaurus(store.dir()).map_err(|problem| problem.to_string())?;
    let here = ImportContext {
        workspace: &request.workspace,
        originals: &originals,
        thesaurus: &thesaurus,
        author: &request.author,
    };
    let plan = exchange::plan_import(package, &here, &mut request.random, on_progress).map_err(|problem| problem.0)?;
    let mut lines: Vec<String> = vec![plan.report.summary(), String::new()];
    lines.extend(plan.report.repairs.iter().take(detail::MAX_LINES).map(ToString::to_string));
    Ok((plan.change, lines))
}

fn plan_election(path: &Path, request: &mut Request) -> Result<Planned, String> {
    let election = pabulib::read_election(path).map_err(|problem| problem.0)?;
    let name = exchange::feed_name(path);
    let Request { workspace, author, random } = request;
    let plan = pabulib::plan_election(&election, &name, workspace, author, random);
    let repeated = plan.repeated.iter().map(|sentence| format!("counted once: {sentence}"));
    let invalid = plan.invalid.iter().map(|sentence| format!("not counted: {sentence}"));
    let first = [plan.change.sentence.clone(), String::new()];
    let lines = first.into_iter().chain(repeated.chain(invalid).take(detail::MAX_LINES)).collect();
    Ok((plan.change, lines))
}

fn plan_of_event(
    store: &mut Store,
    path: &Path,
    (sort, text): (Sort, &str),
    request: &mut Request,
) -> Result<Planned, String> {
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
    let first = [outcome.change.sentence.clone(), String::new()];
    let lines = first.into_iter().chain(notices.chain(outcome.made).take(detail::MAX_LINES)).collect();
    Ok((outcome.change, lines))
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
    Ok(format!("{} services written to {}", count(written), exchange::display_place(&path)))
}
