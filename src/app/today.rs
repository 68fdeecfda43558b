//! The screen of today: what is due and late, what is due for review, what others changed, who is still to be told, the next
//! forum, and loose ends; on the day of an event how that stands. It is put together when something changed and while it is
//! seen, not when it is drawn.

mod lines;

use super::command::{Command, Scope, commands};
use super::list::RecordList;
use super::moving::{Cursor, Step};
use super::screen::{self, Screen};
use super::{App, Effects};
use crate::model::loose_ends::{self, Loose};
use crate::model::{Id, Kind};
pub use lines::{Line, What};

/// The scope of its keys.
const TODAY: Scope = Scope::new("Today");

/// The state of the screen.
pub struct Today {
    list: RecordList,
    /// What is shown.
    pub lines: Vec<Line>,
    /// Where one is in it.
    pub cursor: Cursor,
    /// The sort of loose ends that is listed; `None`: the day itself is shown.
    pub sort: Option<&'static str>,
    /// Where one was in the day, to come back there.
    before: Cursor,
}

impl Default for Today {
    fn default() -> Self {
        Self {
            list: RecordList::new(Self::KINDS, "", ""),
            lines: Vec::new(),
            cursor: Cursor::default(),
            sort: None,
            before: Cursor::default(),
        }
    }
}

impl Screen for Today {
    const KINDS: &'static [Kind] = &[];
    const COMMANDS: &'static [&'static [Command]] = &[commands! { TODAY;
        "today.open" ["enter"] "open" "open the record of the line, or the list that it counts" leads_somewhere, open;
        "today.back" ["esc"] "back" "back to the day" has_sort, back;
    }];

    fn list(&self) -> &RecordList {
        &self.list
    }

    fn list_mut(&mut self) -> &mut RecordList {
        &mut self.list
    }

    fn scopes(&self) -> &'static [Scope] {
        &[TODAY, Scope::MOVE, Scope::GLOBAL]
    }

    fn shows_list(&self) -> bool {
        false
    }

    fn selected(&self) -> Option<Id> {
        match self.lines.get(self.cursor.at)?.what {
            What::Record(id) => Some(id),
            _ => None,
        }
    }

    fn nothing_selected(&self) -> &'static str {
        "no record stands in this line: move to one"
    }

    fn refresh(app: &mut App) {
        arrange(app);
    }

    fn step(app: &mut App, step: Step) {
        let height = height(app.size);
        let state = &mut app.screens.today;
        let before = state.cursor.at;
        state.cursor.step(step, state.lines.len(), height);
        leave_headings(state, state.cursor.at < before, height);
    }
}

/// How many rows of the selected line are said in full beneath the lines.
pub fn foot_height((_, rows): (u16, u16)) -> usize {
    if rows < 16 { 2 } else { 3 }
}

/// How many lines are seen on a screen of this size.
pub fn height(size: (u16, u16)) -> usize {
    usize::from(size.1).saturating_sub(3 + 1 + foot_height(size)).max(1)
}

/// The cursor stands on no heading: it goes on by one, in the direction it went; above the first line there is only one.
fn leave_headings(state: &mut Today, is_up: bool, height: usize) {
    let is_heading = |state: &Today| state.lines.get(state.cursor.at).is_some_and(|line| line.what == What::Heading);
    if is_heading(state) {
        let by = if is_up && state.cursor.at > 0 { -1 } else { 1 };
        state.cursor.step(Step::Rows(by), state.lines.len(), height);
    }
}

/// Puts the lines together anew; the cursor stays on its record, as far as that is still there.
fn arrange(app: &mut App) {
    let found = loose_ends::loose_ends(app.loose_context());
    let lines = match app.screens.today.sort.and_then(|sort| found.iter().find(|(one, _)| one.name == sort)) {
        Some((_, loose)) => lines::of_loose(loose, app),
        None => lines::of_day(&found, app),
    };
    let height = height(app.size);
    let state = &mut app.screens.today;
    if !found.iter().any(|(sort, _)| Some(sort.name) == state.sort) {
        state.sort = None;
    }
    let held = state.selected();
    state.lines = lines;
    let place = held.and_then(|id| state.lines.iter().position(|line| line.what == What::Record(id)));
    state.cursor.at = place.unwrap_or(state.cursor.at);
    state.cursor.follow(state.lines.len(), height);
    leave_headings(state, false, height);
}

/// The sentence above the lines.
pub fn heading(app: &App) -> String {
    let day = app.today.format("%A %-d %B %Y");
    match app.screens.today.sort.and_then(loose_ends::named) {
        Some(sort) => sort.sentence(app.screens.today.lines.len()),
        None => day.to_string(),
    }
}

fn leads_somewhere(app: &App) -> Result<(), &'static str> {
    let state = &app.screens.today;
    match state.lines.get(state.cursor.at).map(|line| &line.what) {
        Some(What::Record(_) | What::Sort(_) | What::Search(..) | What::Gap(..)) => Ok(()),
        _ => Err("this line leads nowhere"),
    }
}

fn has_sort(app: &App) -> Result<(), &'static str> {
    app.screens.today.sort.map(|_| ()).ok_or("nothing to go back from; q leaves")
}

fn open(app: &mut App) -> Effects {
    let state = &mut app.screens.today;
    match state.lines.get(state.cursor.at).map(|line| line.what.clone()) {
        Some(What::Record(id)) => screen::go_to(app, id),
        Some(What::Gap(need, district)) => screen::open_gap(app, need, district),
        Some(What::Search(kind, words)) => screen::open_search(app, kind, &words),
        Some(What::Sort(sort)) => {
            (state.before, state.sort, state.cursor) = (state.cursor, Some(sort), Cursor::default());
            arrange(app);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn back(app: &mut App) -> Effects {
    let state = &mut app.screens.today;
    state.sort = None;
    state.lines.clear();
    state.cursor = state.before;
    arrange(app);
    Vec::new()
}

impl App {
    /// What loose ends are looked for in.
    fn loose_context(&self) -> loose_ends::Context<'_> {
        loose_ends::Context { workspace: &self.workspace, atlas: &self.atlas, today: self.today }
    }
}

/// A loose end as a line says it.
type Found = (&'static loose_ends::LooseEnd, Vec<Loose>);
