//! From a change in memory to a change on the disk; leaving, which waits for that, is in `leaving`.
//!
//! Changes wait in a queue and go to the disk one at a time, each after the answer to the one before: so they arrive in
//! the order in which they were made, whatever fails in between. Once a change is on the disk, its draft goes, the
//! conflict it resolves is settled, and what it brought back from an earlier run is no longer kept; never before.

use std::collections::VecDeque;

use super::draft::Draft;
use super::event::{NotSaved, Saved};
use super::{App, Effect, Effects, Layer, Severity, form, minutes, page};
use crate::model::{Change, Edit, Id, Kind};

/// So often a new record is given another id when somebody else has just taken the one it had.
const MAX_ID_TRIES: usize = 20;

/// Changes that an earlier run of the program could not save.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptChanges {
    /// The name under which they are kept.
    pub key: String,
    /// The changes, in the order in which they were made.
    pub changes: Vec<Change>,
}

/// A change that is not on the disk yet, and what waits for it to be.
#[derive(Default)]
struct Unsaved {
    /// The number under which the answer comes.
    number: u64,
    change: Change,
    /// How often its record has been given another id.
    tries: usize,
    /// The draft it was typed from.
    draft: Option<Draft>,
    /// The conflict that it settles.
    conflict: Option<u64>,
    /// The key of the earlier run's changes that it comes from.
    kept: Option<String>,
}

/// What is on its way to the disk, what did not get there, and whether the person is leaving.
#[derive(Default)]
pub struct Saving {
    /// The oldest first; only the first is ever under way.
    queue: VecDeque<Unsaved>,
    /// The number of the last change.
    last_number: u64,
    is_under_way: bool,
    has_failed: bool,
    pub(super) is_leaving: bool,
    /// Imports, exports and the like that have not answered yet.
    jobs: usize,
    /// Drafts handed to the disk that have not been answered yet.
    drafts: usize,
    /// Changes of earlier runs that are offered back.
    kept: Vec<KeptChanges>,
    /// The key under which this run's unsaved changes are kept, once they are.
    key: Option<String>,
}

impl Saving {
    /// Whether everything is on the disk.
    pub fn is_done(&self) -> bool {
        self.queue.is_empty()
    }

    /// How many changes are not on the disk.
    pub fn count(&self) -> usize {
        self.queue.len()
    }

    /// How many changes were made since the program was started, those included that are undone.
    pub fn made(&self) -> u64 {
        self.last_number
    }

    /// Whether a change is being saved in this moment.
    pub fn is_under_way(&self) -> bool {
        self.is_under_way
    }

    /// Whether the last attempt to save failed, so that leaving would lose something.
    pub fn has_failed(&self) -> bool {
        self.has_failed && !self.is_done()
    }

    /// Whether an import, an export or the like is under way.
    pub fn has_jobs(&self) -> bool {
        self.jobs > 0
    }

    /// Whether the person leaves as soon as everything is on the disk.
    pub fn is_leaving(&self) -> bool {
        self.is_leaving
    }

    /// The person does something else, so they stay.
    pub(super) fn cancel_leaving(&mut self) {
        self.is_leaving = false;
    }

    /// Offers the changes of earlier runs back, in the place of what was offered before.
    pub(super) fn set_kept(&mut self, kept: Vec<KeptChanges>) {
        self.kept = kept;
    }

    /// Something that was asked for has been answered.
    pub(super) fn job_done(&mut self) {
        self.jobs = self.jobs.saturating_sub(1);
    }

    /// What is said at the start where an earlier run could not save everything.
    pub(super) fn kept_notice(&self) -> Option<String> {
        let count: usize = self.kept.iter().map(|kept| kept.changes.len()).sum();
        let last = self.kept.last()?.changes.last()?.sentence.as_str();
        Some(match count {
            1 => format!("not saved last time: {last}; :restore brings it back"),
            n => format!("{n} changes were not saved last time, {last} among them; :restore brings them back"),
        })
    }

    /// Counts what will be answered.
    pub(super) fn expect(&mut self, effects: &Effects) {
        for effect in effects {
            match effect {
                Effect::Import(..)
                | Effect::Join(..)
                | Effect::ImportSheet(_)
                | Effect::Export(..)
                | Effect::TakeBack
                | Effect::Begin(..)
                | Effect::KeepSample(_) => {
                    self.jobs += 1;
                }
                Effect::KeepDraft(_) | Effect::KeepChanges(..) | Effect::DropDraft(_) => self.drafts += 1,
                _ => {}
            }
        }
    }

    /// Whether something that was sent has not been answered: a change, an import or export, a draft.
    pub(super) fn has_answers_to_come(&self) -> bool {
        !self.is_done() || self.jobs > 0 || self.drafts > 0
    }

    /// The newest version of a record that is new here and not on the disk yet.
    fn new_version(&self, id: Id) -> Option<&Edit> {
        let edits = || self.queue.iter().flat_map(|unsaved| &unsaved.change.edits).filter(|edit| edit.id() == id);
        edits().next().filter(|first| first.before().is_none()).and_then(|_| edits().next_back())
    }
}

impl App {
    /// Makes a change: in memory at once, on the disk as soon as that may be.
    pub fn submit(&mut self, change: Change) -> Effects {
        self.submit_with(Unsaved { change, ..Unsaved::default() })
    }

    /// Makes a change that nothing takes back: undo does not reach it.
    pub(super) fn submit_for_good(&mut self, change: Change) -> Effects {
        self.set_status(Severity::Info, change.sentence.clone());
        self.apply(&change);
        self.save(change)
    }

    /// Makes the change that was typed; the draft of it, kept under this name, goes when the disk has the change.
    pub(super) fn submit_typed(&mut self, change: Change, key: &str) -> Effects {
        let draft = self.drafts.iter().find(|draft| draft.key() == key).cloned();
        self.submit_with(Unsaved { change, draft, ..Unsaved::default() })
    }

    /// Makes the change that takes back what gave way; the conflict is settled when the disk has the change.
    pub(super) fn taken_back(&mut self, change: Change, conflict: u64) -> Effects {
        self.saving.job_done();
        let sentence = format!("taken back: {}", change.sentence);
        let effects = self.submit_with(Unsaved { change, conflict: Some(conflict), ..Unsaved::default() });
        self.set_status(Severity::Info, sentence);
        effects
    }

    fn submit_with(&mut self, unsaved: Unsaved) -> Effects {
        self.set_status(Severity::Info, unsaved.change.sentence.clone());
        if unsaved.change.edits.is_empty() {
            return self.settle(unsaved);
        }
        let warnings = unsaved.change.warnings(&self.workspace);
        if let Some(first) = warnings.first() {
            self.set_status(Severity::Warning, format!("{}; {first}", unsaved.change.sentence));
            self.status.more = Some(format!("{}\n{}", unsaved.change.sentence, warnings.join("\n")));
        }
        self.say_if_not_kept();
        let inverse = self.apply(&unsaved.change);
        self.history.did(inverse);
        self.enqueue(unsaved)
    }

    /// Hands a change that is in memory already to the disk.
    pub(super) fn save(&mut self, change: Change) -> Effects {
        self.enqueue(Unsaved { change, ..Unsaved::default() })
    }

    fn enqueue(&mut self, unsaved: Unsaved) -> Effects {
        self.saving.last_number += 1;
        self.saving.queue.push_back(Unsaved { number: self.saving.last_number, ..unsaved });
        self.save_next()
    }

    /// Sends the oldest change to the disk, unless one is under way.
    fn save_next(&mut self) -> Effects {
        let Some(next) = self.saving.queue.front().filter(|_| !self.saving.is_under_way) else { return Vec::new() };
        self.saving.is_under_way = true;
        vec![Effect::Commit(next.number, next.change.clone())]
    }

    /// The disk has a change.
    pub(super) fn saved(&mut self, number: u64, saved: &Saved) -> Effects {
        if self.saving.queue.front().is_none_or(|first| first.number != number) {
            return Vec::new();
        }
        self.saving.is_under_way = false;
        let settled = self.saving.queue.pop_front();
        let mut effects = settled.map(|unsaved| self.settle(unsaved)).unwrap_or_default();
        if self.saving.has_failed && self.saving.is_done() {
            self.saving.has_failed = false;
            self.set_status(Severity::Info, "everything is saved now".to_owned());
        }
        if !saved.elsewhere.edits.is_empty() {
            self.resolve_taken_ids(&saved.elsewhere);
            form::mark_moved(self, &saved.elsewhere);
            self.apply(&saved.elsewhere);
            form::say_removed(self);
        }
        if let Some(first) = saved.lost.first() {
            self.set_status(Severity::Warning, first.clone());
            self.status.more = Some(saved.lost.join("\n"));
        } else if saved.unconfirmed {
            self.set_status(Severity::Warning, "saved, but the disk did not confirm that it will last".to_owned());
        }
        effects.extend(self.save_next());
        effects
    }

    /// What waited for a change to be on the disk.
    fn settle(&mut self, unsaved: Unsaved) -> Effects {
        let mut effects: Effects = unsaved.conflict.map(Effect::SettleConflict).into_iter().collect();
        // Where the record was typed in again meanwhile, there is a newer draft, which stays.
        if let Some(draft) = unsaved.draft.filter(|draft| self.drafts.contains(draft)) {
            self.drafts.retain(|other| *other != draft);
            effects.push(Effect::DropDraft(draft.key()));
        }
        let is_last = |key: &String| self.saving.queue.iter().all(|other| other.kept.as_ref() != Some(key));
        effects.extend(unsaved.kept.filter(is_last).map(Effect::DropDraft));
        if self.saving.is_done() {
            effects.extend(self.saving.key.take().map(Effect::DropDraft));
        }
        effects
    }

    /// The disk did not take a change.
    pub(super) fn not_saved(&mut self, number: u64, why: NotSaved) -> Effects {
        let Some(first) = self.saving.queue.front_mut().filter(|first| first.number == number) else {
            return Vec::new();
        };
        self.saving.is_under_way = false;
        if let Some(taken) = why.taken.filter(|_| first.tries < MAX_ID_TRIES) {
            if !has_drawn_id(taken) {
                return self.give_way();
            }
            first.tries += 1;
            self.assign_new_id(taken);
            let mut effects = self.save_next();
            effects.push(Effect::Reload);
            return effects;
        }
        self.saving.has_failed = true;
        self.not_kept(&why.sentence);
        self.set_status(Severity::Error, why.sentence);
        self.status.more = Some(why.details);
        self.ask_if_leaving()
    }

    /// Somebody else has entered in this moment what this change adds, such as the ballot of the same person: theirs stays,
    /// and ours is taken back.
    fn give_way(&mut self) -> Effects {
        let Some(unsaved) = self.saving.queue.pop_front() else { return Vec::new() };
        let edits = unsaved.change.edits.iter().rev();
        let edits = edits.filter_map(|edit| Edit::new(edit.after().cloned(), edit.before().cloned())).collect();
        self.apply(&Change { edits, sentence: String::new() });
        let what = unsaved.change.sentence;
        let sentence =
            format!("not saved, as somebody else has entered it in this moment: {what}; look, then enter yours");
        self.set_status(Severity::Error, sentence);
        let mut effects = self.save_next();
        effects.push(Effect::Reload);
        effects
    }

    /// Somebody else has given an id to a record of theirs that is that of a new record here: ours gets another one, in
    /// memory, in what waits to be saved, and in what can be undone.
    fn assign_new_id(&mut self, old: Id) {
        let Some(kind) = Kind::of(old) else { return };
        let new = self.new_id(kind);
        let was_selected = self.selected().is_some_and(|record| record.id() == old);
        let ours = self.saving.new_version(old).and_then(|edit| edit.after().cloned());
        for unsaved in &mut self.saving.queue {
            unsaved.change.replace_id(old, new);
        }
        self.history.replace_id(old, new);
        let queued = self.saving.queue.iter().flat_map(|unsaved| &unsaved.change.edits);
        let mut edits: Vec<Edit> = queued
            .filter_map(|edit| self.workspace.get(edit.id()))
            .filter_map(|record| Edit::new(Some(record.clone()), Some(record.with_id_replaced(old, new))))
            .collect();
        edits.extend(Edit::new(None, ours.map(|record| record.with_id_replaced(old, new))));
        edits.extend(Edit::new(self.workspace.get(old), None));
        self.apply(&Change { edits, sentence: String::new() });
        if was_selected {
            super::list::select(self, new);
        }
    }

    /// Gives new records of ours other ids where a change from elsewhere brings others under the same ids.
    pub(super) fn resolve_taken_ids(&mut self, change: &Change) {
        let is_taken = |edit: &&Edit| {
            let ours = self.saving.new_version(edit.id());
            edit.before().is_none() && ours.is_some_and(|ours| ours.after() != edit.after())
        };
        let taken = change.edits.iter().filter(is_taken).map(Edit::id);
        let taken: Vec<Id> = taken.filter(|id| has_drawn_id(*id)).collect();
        for id in taken {
            self.assign_new_id(id);
        }
    }

    /// A spreadsheet was read, for its columns to be looked at.
    pub(super) fn sheet_read(&mut self, read: super::columns::SheetRead) -> Effects {
        self.saving.job_done();
        self.progress = None;
        self.answered();
        if self.saving.is_leaving { Vec::new() } else { super::columns::take_read(self, read) }
    }

    pub(super) fn planned(&mut self, planned: super::importing::Planned) -> Effects {
        self.saving.job_done();
        self.progress = None;
        self.answered();
        super::importing::take_planned(self, planned)
    }

    /// An import, an export or the like has ended.
    pub(super) fn finished(&mut self, finished: super::Finished) -> Effects {
        self.saving.job_done();
        self.loaded = true;
        self.progress = None;
        if self.saving.is_leaving && finished.change.is_some() {
            self.set_status(Severity::Warning, "the import was stopped: nothing of it is here".to_owned());
            return Vec::new();
        }
        let effects = finished.change.map(|change| self.submit(change)).unwrap_or_default();
        if finished.failed {
            self.ask_again(&finished.sentence);
        }
        self.answered();
        self.set_status(if finished.failed { Severity::Error } else { Severity::Info }, finished.sentence);
        if let Some((title, lines)) = finished.page {
            self.layers.push(Layer::Page(page::Page::new(title, lines)));
        }
        effects
    }

    /// A draft is on the disk, or why it is not.
    pub(super) fn draft_done(&mut self, outcome: Result<(), String>) -> Effects {
        self.saving.drafts = self.saving.drafts.saturating_sub(1);
        let Err(why) = outcome else { return Vec::new() };
        self.set_status(Severity::Error, why);
        self.ask_if_leaving()
    }

    /// Keeps what would be lost if the program ended now: what is typed, and what is not saved.
    pub(super) fn keep_all(&mut self) -> Effects {
        let mut effects = form::keep_draft(self);
        effects.extend(minutes::keep_draft(self));
        // What an earlier run kept is kept until it is saved.
        let new = self.saving.queue.iter().filter(|unsaved| unsaved.kept.is_none());
        let changes: Vec<Change> = new.map(|unsaved| unsaved.change.clone()).collect();
        if !changes.is_empty() {
            let (now, seed) = (self.now.seconds(), self.options.seed);
            let key = self.saving.key.get_or_insert_with(|| format!("{KEPT_PREFIX}{now}-{seed:x}"));
            effects.push(Effect::KeepChanges(key.clone(), changes));
        }
        effects
    }
}

/// What the keys of kept changes begin with; drafts of records have ids for keys.
pub const KEPT_PREFIX: &str = "changes-";

/// Whether another record can take the place of this id, or it is the same record that somebody else has made.
fn has_drawn_id(id: Id) -> bool {
    Kind::of(id).is_none_or(Kind::has_drawn_ids)
}

/// Brings back what an earlier run could not save; it is merged like any change.
pub(super) fn restore(app: &mut App) -> Effects {
    let mut effects = Vec::new();
    let mut count = 0;
    for KeptChanges { key, changes } in std::mem::take(&mut app.saving.kept) {
        for change in changes {
            count += 1;
            effects.extend(app.submit_with(Unsaved { change, kept: Some(key.clone()), ..Unsaved::default() }));
        }
    }
    if count > 1 {
        app.set_status(Severity::Info, format!("{count} changes are back"));
    }
    effects
}

/// For commands that bring back what an earlier run could not save.
///
/// # Errors
/// Nothing can be changed, or nothing is kept.
pub(super) fn has_kept(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    if app.saving.kept.is_empty() { Err("everything was saved last time") } else { Ok(()) }
}

/// For commands that try again to save.
///
/// # Errors
/// Everything is saved.
pub(super) fn has_unsaved(app: &App) -> Result<(), &'static str> {
    if app.saving.is_done() { Err("everything is saved") } else { Ok(()) }
}

/// Tries again to save what could not be saved.
pub(super) fn save_again(app: &mut App) -> Effects {
    app.set_status(Severity::Warning, "saving again".to_owned());
    app.save_next()
}
