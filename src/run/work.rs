//! Long work: import and export, told step by step and stopped on request.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use super::Message;
use crate::app::{App, Event, Finished, detail};
use crate::exchange::{self, Format, Here, Outgoing, Progress};
use crate::model::text::clean;
use crate::model::{Author, Collection, Kind, Original, SplitMix64, Workspace};
use crate::store::{self, Store};

/// Between two reports of progress at least this much time passes: a slow link is not filled with counting.
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
    let mut go_on = |progress: Progress| {
        if told.elapsed() >= PROGRESS_INTERVAL {
            told = Instant::now();
            let sentence = format!("import: {} {}", progress.step, detail::count(progress.done));
            let _ = to.send(Message::Event(Event::Progress(sentence))); // late or never, the import goes on
        }
        !cancel.is_stopped()
    };
    match plan(store, path, request, &mut go_on) {
        Ok(plan) => {
            let mut lines: Vec<String> = vec![plan.report.summary(), String::new()];
            lines.extend(plan.report.repairs.iter().take(detail::MOST_LINES).map(ToString::to_string));
            Finished {
                sentence: plan.change.sentence.clone(),
                change: Some(plan.change),
                page: Some(("What the import did (u takes it back)".to_owned(), lines)),
                failed: false,
            }
        }
        Err(why) => failed(why),
    }
}

fn plan(
    store: &mut Store,
    path: &str,
    mut request: Request,
    go_on: &mut exchange::GoOn<'_>,
) -> Result<exchange::Plan, String> {
    let path = super::expand(path);
    let feed = exchange::feed_of(&path);
    let package = exchange::read(&path, &feed, go_on).map_err(|problem| problem.0)?;
    let originals = originals(store)?;
    let needs = store::need_table(store.dir()).map_err(|problem| problem.to_string())?;
    let here = Here { workspace: &request.workspace, originals: &originals, needs: &needs, author: &request.author };
    exchange::plan(package, &here, &mut request.random, go_on).map_err(|problem| problem.0)
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
    let names = || Format::NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let known = Format::NAMES.iter().find(|(name, _)| *name == format);
    let (_, format) = known.ok_or_else(|| format!("there is no such format; choose from {}", names()))?;
    let path = super::expand(path);
    exchange::write::check(&path, store.dir(), false).map_err(|problem| problem.0)?;
    let originals = originals(store)?;
    let needs = store::need_table(store.dir()).map_err(|problem| problem.to_string())?;
    let what = Outgoing { workspace, originals: &originals, needs: &needs, contacts: false };
    let mut go_on = |_: Progress| !cancel.is_stopped();
    let count = exchange::export(*format, &path, &what, &mut go_on).map_err(|problem| problem.0)?;
    Ok(format!("{} services written to {}", detail::count(count), clean(&path.to_string_lossy())))
}
