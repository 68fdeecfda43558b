//! The thread of a record, over any screen: the line from a question to what came of it, each step a record one can go to.

use std::collections::BTreeSet;

use super::command::{Command, Scope, always, commands};
use super::moving::{Cursor, Step as Move};
use super::screen;
use super::{App, Effects, Layer, Severity};
use crate::model::Id;
use crate::model::thread::{Line, Step, Thread, What, thread};

/// The scope of its keys.
pub(crate) const THREAD: Scope = Scope::new("The thread");

/// Keys of the thread.
pub(crate) const COMMANDS: &[Command] = commands! { THREAD;
    "thread.open" ["enter"] "open" "open the record on its own screen; show all of a step" leads_somewhere, enter;
    "thread.back" ["esc"] "back" "back to the thread before, or to where you were" always, back;
};

/// The key that opens it, wherever a record is selected.
pub(crate) const SHOW: &[Command] = commands! { Scope::GLOBAL;
    "thread" ["t"] "thread" "the thread of the record: where it came from, and what came of it" has_thread, show;
};

/// The state of the layer.
#[derive(Clone, Debug)]
pub struct ThreadView {
    /// The thread.
    pub thread: Thread,
    /// It in lines.
    pub lines: Vec<Line>,
    /// Where one is in them.
    pub cursor: Cursor,
    /// The steps of which everything is shown.
    unfolded: BTreeSet<Step>,
    /// The records whose threads were looked at before, the last at the end.
    before: Vec<Id>,
}

impl ThreadView {
    /// The line the cursor stands on.
    pub fn line(&self) -> Option<&Line> {
        self.lines.get(self.cursor.at)
    }

    /// The record the cursor stands on.
    pub fn selected(&self) -> Option<Id> {
        match self.line()?.what {
            What::Record(id) => Some(id),
            _ => None,
        }
    }

    /// Moves by lines.
    pub fn step(&mut self, step: Move, size: (u16, u16)) {
        self.cursor.step(step, self.lines.len(), height(size));
    }

    /// Puts the cursor on the record from which the thread was walked.
    fn go_to_present(&mut self, size: (u16, u16)) {
        self.cursor.at = self.lines.iter().position(|line| line.is_present).unwrap_or(0);
        self.cursor.follow(self.lines.len(), height(size));
    }
}

/// How many rows of the selected line are said in full beneath the lines.
pub fn foot_height((_, rows): (u16, u16)) -> usize {
    if rows < 16 { 2 } else { 4 }
}

/// How many lines are seen on a screen of this size.
pub fn height(size: (u16, u16)) -> usize {
    usize::from(size.1).saturating_sub(3 + 1 + foot_height(size)).max(1)
}

fn top(app: &App) -> Option<&ThreadView> {
    match app.layers.last() {
        Some(Layer::Thread(view)) => Some(view),
        _ => None,
    }
}

fn top_mut(app: &mut App) -> Option<&mut ThreadView> {
    match app.layers.last_mut() {
        Some(Layer::Thread(view)) => Some(view),
        _ => None,
    }
}

/// The record whose thread is meant: that of the line of an open thread, else the one selected on the screen.
fn meant(app: &App) -> Option<Id> {
    match top(app) {
        Some(view) => view.selected(),
        None if app.layers.is_empty() => app.screens.subject(app.screen),
        None => None,
    }
}

fn has_thread(app: &App) -> Result<(), &'static str> {
    match (top(app), meant(app)) {
        (Some(view), Some(id)) if id == view.thread.present => Err("this is the thread of this record already"),
        (_, Some(_)) => Ok(()),
        (Some(_), None) => Err("move to a record to see its thread"),
        (None, None) => Err("no record is selected: move to one to see its thread"),
    }
}

fn leads_somewhere(app: &App) -> Result<(), &'static str> {
    match top(app).and_then(ThreadView::line).map(|line| line.what) {
        Some(What::Record(_) | What::More(_)) => Ok(()),
        _ => Err("nothing stands here yet: move to a record"),
    }
}

/// Opens the thread of the record that is meant.
fn show(app: &mut App) -> Effects {
    let Some(id) = meant(app) else { return Vec::new() };
    let before = top(app).map(|view| view.before.iter().copied().chain([view.thread.present]).collect());
    match view_of(app, id, before.unwrap_or_default()) {
        Some(view) if top(app).is_some() => replace(app, view),
        Some(view) => app.layers.push(Layer::Thread(Box::new(view))),
        None => app.set_status(Severity::Warning, "this record belongs to no thread".to_owned()),
    }
    Vec::new()
}

fn view_of(app: &App, id: Id, before: Vec<Id>) -> Option<ThreadView> {
    let thread = thread(&app.workspace, &app.atlas, id)?;
    let lines = thread.lines(&app.workspace, app.today, &BTreeSet::new());
    let mut view = ThreadView { thread, lines, cursor: Cursor::default(), unfolded: BTreeSet::new(), before };
    view.go_to_present(app.size);
    Some(view)
}

fn replace(app: &mut App, view: ThreadView) {
    app.layers.pop();
    app.layers.push(Layer::Thread(Box::new(view)));
}

/// Back to the thread before, or to the screen.
fn back(app: &mut App) -> Effects {
    let mut before = top(app).map(|view| view.before.clone()).unwrap_or_default();
    let last = before.pop().and_then(|id| view_of(app, id, before));
    match last {
        Some(view) => replace(app, view),
        None => drop(app.layers.pop()),
    }
    Vec::new()
}

/// Opens the record of the line, or shows all of its step.
fn enter(app: &mut App) -> Effects {
    match top(app).and_then(ThreadView::line).map(|line| (line.what, line.step)) {
        Some((What::Record(id), _)) => screen::go_to(app, id),
        Some((What::More(_), step)) => unfold(app, step),
        _ => Vec::new(),
    }
}

fn unfold(app: &mut App, step: Step) -> Effects {
    if let Some(view) = top_mut(app) {
        view.unfolded.insert(step);
    }
    refresh(app);
    Vec::new()
}

/// Walks an open thread anew, after something changed; the cursor stays where it was, as far as that is still there.
pub(super) fn refresh(app: &mut App) {
    let App { layers, workspace, atlas, today, size, .. } = app;
    for layer in layers {
        let Layer::Thread(view) = layer else { continue };
        if let Some(walked) = thread(workspace, atlas, view.thread.present) {
            view.lines = walked.lines(workspace, *today, &view.unfolded);
            view.thread = walked;
            view.cursor.follow(view.lines.len(), height(*size));
        }
    }
}
