//! The list of a screen: records of some kinds, searched as one types, in an order, with marks, a cursor and an open
//! detail. Every screen has one, and the commands here work alike in all of them.

use std::collections::BTreeSet;

use super::command::{Command, Scope, always, commands};
use super::input::LineInput;
use super::moving::{Cursor, Step};
use super::{App, Effects, Severity, compare, detail, edit_many, form, prompt, search_line, sorting};
use crate::model::change::{Change, Refusal};
use crate::model::order::Order as _;
use crate::model::text::count;
use crate::model::{Author, CellContext, Date, Id, Kind, Workspace, change};
use crate::search::{Hit, Query};

/// Records that are listed.
pub struct RecordList {
    /// The kinds it shows.
    pub kinds: &'static [Kind],
    /// What the search line says while nothing is typed in it.
    pub placeholder: &'static str,
    /// What is said when there are no records at all, and which key makes the first.
    pub empty: &'static str,
    /// The search line.
    pub input: LineInput,
    /// Whether the search line is being typed in.
    pub is_searching: bool,
    /// Whether it has waited for the first letter since the program began.
    pub is_waiting: bool,
    /// The search as it was understood.
    pub query: Query,
    /// Nothing holds all the words; the list shows what holds most of them.
    pub is_partial: bool,
    /// Words of the search that no record has.
    pub unknown: Vec<String>,
    /// The search with one part less that finds most, and how many; only where nothing is found.
    pub suggestion: Option<(String, usize)>,
    /// What stands in the list, in its order.
    pub rows: Vec<Hit>,
    /// Where the list is.
    pub cursor: Cursor,
    /// The marked records.
    pub marks: BTreeSet<Id>,
    /// The order of the list: 0 as the search ranks it, else by title, or by the column of this number.
    pub order: usize,
    /// Whether the detail fills the screen.
    pub is_detail_open: bool,
    /// How far the open detail is scrolled.
    pub detail_top: usize,
}

impl RecordList {
    /// An empty list.
    pub fn new(kinds: &'static [Kind], placeholder: &'static str, empty: &'static str) -> Self {
        Self {
            kinds,
            placeholder,
            empty,
            input: LineInput::default(),
            is_searching: false,
            is_waiting: false,
            query: Query::default(),
            is_partial: false,
            unknown: Vec::new(),
            suggestion: None,
            rows: Vec::new(),
            cursor: Cursor::default(),
            marks: BTreeSet::new(),
            order: 0,
            is_detail_open: false,
            detail_top: 0,
        }
    }

    /// The record the cursor stands on.
    pub fn selected(&self) -> Option<Id> {
        self.selected_row().map(|hit| hit.id)
    }

    /// The row the cursor stands on.
    pub fn selected_row(&self) -> Option<&Hit> {
        self.rows.get(self.cursor.at)
    }

    /// Whether nothing is typed into the search line.
    pub fn is_unsearched(&self) -> bool {
        self.input.text().trim().is_empty()
    }

    /// What the cells of a row need to know.
    pub fn cell_context<'a>(&self, row: &Hit, workspace: &'a Workspace, today: Date) -> CellContext<'a> {
        let km = self.query.near().and_then(|_| row.km());
        CellContext { workspace, today, km, only_serves: self.query.asks_in() && !row.is_located() }
    }

    /// The marked records that are found, and so to be seen.
    pub fn marks_in_view(&self) -> BTreeSet<Id> {
        if self.marks.is_empty() {
            return BTreeSet::new();
        }
        self.rows.iter().map(|row| row.id).filter(|id| self.marks.contains(id)).collect()
    }

    /// Another workspace was opened: nothing that pointed into the old one holds.
    pub fn reset(&mut self) {
        self.marks.clear();
        self.rows.clear();
        self.cursor = Cursor::default();
    }

    fn put_cursor_on(&mut self, id: Option<Id>, height: usize) {
        if let Some(at) = id.and_then(|id| self.rows.iter().position(|row| row.id == id)) {
            self.cursor.at = at;
        }
        self.cursor.follow(self.rows.len(), height);
    }
}

/// How many are marked, and where some of them are out of view, how many are in it.
pub fn marked_in_words((marked, in_view): (usize, usize)) -> String {
    if in_view < marked {
        format!("{} marked, {} in view", count(marked), count(in_view))
    } else {
        format!("{} marked", count(marked))
    }
}

/// How many rows of a list are seen on a screen of this size; below them stands what the selected record says.
pub fn list_height((columns, rows): (u16, u16)) -> usize {
    let rows = usize::from(rows);
    match (columns, rows) {
        (..60, _) | (_, ..16) => rows.saturating_sub(4),
        (100.., _) => rows.saturating_sub(4 + 10),
        _ => rows.saturating_sub(4 + 9),
    }
    .max(1)
}

/// How many rows an open detail has on a screen of this size.
fn detail_height((_, rows): (u16, u16)) -> usize {
    usize::from(rows).saturating_sub(5).max(1)
}

pub(super) fn has_record(app: &App) -> Result<(), &'static str> {
    app.selected().map(|_| ()).ok_or_else(|| app.screens.nothing_selected(app.screen))
}

/// For `ready` of commands that change the selected record.
///
/// # Errors
/// Nothing can be changed, or nothing is selected.
pub(crate) fn may_edit(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    has_record(app)
}

fn may_add(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    let is_addable = app.list().kinds.first().is_some_and(|kind| kind.is_addable());
    if is_addable { Ok(()) } else { Err("nothing can be added here by hand") }
}

fn can_compare(app: &App) -> Result<(), &'static str> {
    let fits = !app.list().is_detail_open && (2..=compare::MAX_COMPARED).contains(&app.list().marks_in_view().len());
    if fits { Ok(()) } else { Err("mark two or three with space, then press c") }
}

fn can_go_back(app: &App) -> Result<(), &'static str> {
    let list = app.list();
    let nothing = list.marks.is_empty() && list.input.text().is_empty() && !list.is_detail_open;
    let is_home = nothing && !app.screens.can_go_back(app.screen);
    if is_home { Err("nothing to go back from; q leaves") } else { Ok(()) }
}

/// Commands of every list that find and mark.
pub(crate) const COMMANDS: &[Command] = commands! { Scope::LIST;
    "list.back" ["esc"] "back" "back: close the detail, drop the marks, clear the search" can_go_back, back;
    "record.compare" ["c"] "compare" "two or three that are marked side by side" can_compare, compare::open;
    "record.open" ["enter"] "open" "everything about the selected record" has_record, open;
    "list.search" ["/"] "search" "search as you type" always, search_line::open;
    "list.filter" ["f"] "filter" "filter: what there is stands in the line below" always, filter;
    "list.mark" ["space"] "" "mark and go on; commands then act on all marked" has_record, mark;
    "list.mark-all" ["ctrl-a"] "" "mark everything found, or nothing" has_record, mark_all;
};

/// Commands on the records of every list; in the footer those of the screen itself stand before them.
pub(crate) const RECORD_COMMANDS: &[Command] = commands! { Scope::RECORD;
    "record.new" ["n"] "new" "a new record" may_add, new;
    "record.edit" ["e"] "edit" "edit every field of the record; of several that are marked, one field of all" may_edit, edit;
    "record.delete" ["d"] "" "delete the record (u brings it back)" may_edit, delete;
};

/// Searches anew for what the line says; the cursor goes to the best.
pub(crate) fn search(app: &mut App) {
    let screen = app.screen;
    app.list_mut().rows.clear();
    app.list_mut().cursor = Cursor::default();
    app.list_mut().is_detail_open = false;
    app.refresh_screen(screen);
}

/// Finds again, after something changed; the cursor stays on its record.
pub(super) fn refresh(app: &mut App, screen: super::screen::ScreenId) {
    let height = list_height(app.size);
    let App { screens, indexes, workspace, atlas, today, .. } = app;
    let list = screens.list_mut(screen);
    let held = list.selected();
    match indexes.of(list.kinds) {
        Some(index) => {
            list.query = Query::parse(list.input.text(), index, atlas);
            let context = crate::search::Context { workspace, atlas, today: *today };
            let found = index.search(&list.query, context);
            list.rows = found.hits;
            list.unknown = found.unknown;
            (list.is_partial, list.suggestion) = (found.partial, found.suggestion);
            if list.query.is_empty() && list.kinds.len() > 1 {
                let place = |row: &Hit| list.kinds.iter().position(|kind| Some(*kind) == Kind::of(row.id));
                list.rows.order_by_key(place); // within a kind their order stays
            }
        }
        None => list.rows = by_title(list.kinds, workspace),
    }
    list.marks.retain(|id| workspace.get(*id).is_some());
    sorting::put_in_order(list.kinds, list.order, &mut list.rows, workspace);
    screen.arrange(app);
    app.screens.list_mut(screen).put_cursor_on(held, height);
}

/// Every record by title: what the list shows while the words are still being read.
fn by_title(kinds: &[Kind], workspace: &Workspace) -> Vec<Hit> {
    let mut rows: Vec<(usize, String, Id)> = Vec::new();
    for (place, kind) in kinds.iter().enumerate() {
        let titles = workspace.iter(*kind).map(|record| (place, record.order(workspace).to_lowercase(), record.id()));
        rows.extend(titles);
    }
    rows.sort();
    rows.into_iter().map(|(_, _, id)| Hit::unranked(id)).collect()
}

/// Puts the cursor of the open screen on a record; a search that would not show it is cleared.
pub(crate) fn select(app: &mut App, id: Id) {
    let height = list_height(app.size);
    if !app.list().kinds.iter().any(|kind| Kind::of(id) == Some(*kind)) {
        return;
    }
    if !app.list().rows.iter().any(|row| row.id == id) {
        app.list_mut().input = LineInput::default();
        app.screens.widen(app.screen);
        app.refresh_screen(app.screen);
    }
    app.list_mut().put_cursor_on(Some(id), height);
    app.screen.select(app, id);
}

/// Moves in the list or the open detail.
pub(crate) fn step(app: &mut App, step: Step) {
    let (height, rows) = (list_height(app.size), detail_height(app.size));
    if !app.list().is_detail_open {
        let list = app.list_mut();
        list.cursor.step(step, list.rows.len(), height);
        return;
    }
    let Some(record) = app.selected() else { return };
    let length = detail::lines(&record, app.asked(), app.size.0).len();
    let list = app.list_mut();
    list.detail_top = super::moving::scroll(list.detail_top, step, length, rows);
}

fn open(app: &mut App) -> Effects {
    let list = app.list_mut();
    list.is_detail_open = !list.is_detail_open;
    list.detail_top = 0;
    Vec::new()
}

fn filter(app: &mut App) -> Effects {
    let names = app.index().map(|index| index.filters().iter().map(|filter| filter.name).collect::<Vec<_>>().join(" "));
    let list = app.list_mut();
    let text = list.input.text().trim_end().to_owned();
    let text = if text.is_empty() { text } else { text + " " };
    list.input.set(&text, text.len());
    app.set_status(Severity::Warning, format!("filters: {}  tab completes", names.unwrap_or_default()));
    search_line::open(app)
}

fn back(app: &mut App) -> Effects {
    if super::screen::has_origin(app) {
        super::screen::go_back(app);
        return Vec::new();
    }
    let list = app.list_mut();
    if list.is_detail_open {
        list.is_detail_open = false;
    } else if !list.marks.is_empty() {
        list.marks.clear();
    } else if !list.input.text().is_empty() && app.screens.narrowed(app.screen).is_none() {
        app.list_mut().input = LineInput::default();
        app.refresh_screen(app.screen);
    } else {
        app.screens.back(app.screen);
        app.refresh_screen(app.screen);
    }
    Vec::new()
}

fn mark(app: &mut App) -> Effects {
    let list = app.list_mut();
    if let Some(id) = list.selected()
        && !list.marks.remove(&id)
    {
        list.marks.insert(id);
    }
    app.step(Step::Rows(1));
    say_marks(app)
}

fn mark_all(app: &mut App) -> Effects {
    let list = app.list_mut();
    if list.rows.iter().all(|row| list.marks.contains(&row.id)) {
        list.marks.clear();
    } else {
        list.marks.extend(list.rows.iter().map(|row| row.id));
    }
    say_marks(app)
}

fn say_marks(app: &mut App) -> Effects {
    let list = app.list();
    let in_view = list.marks_in_view().len();
    let sentence = match (list.marks.len(), list.kinds) {
        (marked, _) if in_view < marked => marked_in_words((marked, in_view)),
        (0, _) => "nothing is marked".to_owned(),
        (1, [kind]) => format!("1 {} marked", kind.singular()),
        (n, [kind]) => format!("{} {} marked", count(n), kind.plural()),
        (n, _) => format!("{} marked", count(n)),
    };
    app.set_status(Severity::Info, sentence);
    Vec::new()
}

/// A rule of the model, applied to the chosen records by whoever acts.
pub(crate) fn apply(app: &mut App, rule: impl Fn(&App, &[Id], &Author) -> Result<Change, Refusal>) -> Effects {
    let Some(author) = app.author() else { return prompt::ask_who(app) };
    let ids = app.chosen();
    match rule(app, &ids, &author) {
        Ok(change) => {
            for id in &ids {
                app.list_mut().marks.remove(id);
            }
            let effects = app.submit(change);
            say_what_stays(app);
            effects
        }
        Err(refusal) => {
            app.set_status(Severity::Error, refusal.0);
            Vec::new()
        }
    }
}

/// Marks that were out of view are as they were, and that is said.
fn say_what_stays(app: &mut App) {
    let staying = app.list().marks.len();
    if staying > 0 && app.status.severity != Severity::Error {
        let staying = if staying == 1 {
            "1 that is marked is".to_owned()
        } else {
            format!("{} that are marked are", count(staying))
        };
        let said = std::mem::take(&mut app.status.text);
        app.status.text = format!("{said}; {staying} out of view and stay as before");
    }
}

fn delete(app: &mut App) -> Effects {
    let ids = app.chosen();
    let effects = apply(app, |app, ids, _| change::remove(&app.workspace, ids));
    if ids.iter().all(|id| app.workspace.get(*id).is_none()) {
        app.status.text += "; u brings it back";
    }
    effects
}

fn new(app: &mut App) -> Effects {
    match app.list().kinds.first() {
        Some(kind) => new_of(app, *kind),
        None => Vec::new(),
    }
}

/// Opens a form for a new record of a kind.
pub(crate) fn new_of(app: &mut App, kind: Kind) -> Effects {
    let id = app.new_id(kind);
    let record = app.screen.new_record(app, kind.blank(id));
    form::open(app, record)
}

fn edit(app: &mut App) -> Effects {
    let ids = app.chosen();
    if ids.len() > 1 {
        return edit_many::ask(app, &ids);
    }
    match ids.first().and_then(|id| app.workspace.get(*id)) {
        Some(record) => form::open(app, record),
        None => Vec::new(),
    }
}
