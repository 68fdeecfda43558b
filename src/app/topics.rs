//! The topics screen: the wall of an event, the list of what is posted, the groups, and whose notes are missing.

mod acts;
mod wall;

use super::command::{Command, Scope, always, commands};
use super::form;
use super::list::{self, RecordList};
use super::moving::{Cursor, Step};
use super::screen::Screen;
use super::{App, Effects, Severity};
use crate::model::agenda::Wall;
use crate::model::event;
use crate::model::{Event, Id, Kind, Ref, Topic, Workspace};
pub use wall::Place;

/// What the screen shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// The wall: slots by spaces.
    #[default]
    Wall,
    /// What is posted, with search and filters.
    List,
    /// The groups in the order in which they meet.
    Groups,
    /// The groups whose notes are missing.
    Chase,
    /// The wall for a projector.
    Show,
}

impl View {
    /// The views in the order in which one key turns them.
    const TURNS: [Self; 4] = [Self::Wall, Self::List, Self::Groups, Self::Chase];
}

/// The scope of the screen's own keys, in all its views.
const TOPICS: Scope = Scope::new("Topics");
/// The scope of the wall.
const WALL: Scope = Scope::new("The wall");
/// The scope of the wall while a topic is being moved.
const CARRYING: Scope = Scope::new("A topic in hand");
/// The scope of the wall for a projector.
const SHOW: Scope = Scope::new("The wall for a projector");
/// The scope of groups and missing notes.
const GROUPS: Scope = Scope::new("Groups");

/// The state of the screen.
pub struct Topics {
    list: RecordList,
    /// What is shown.
    pub view: View,
    /// The event that was chosen; `None`: the latest.
    chosen_event: Option<Id>,
    /// The event that is shown.
    pub event: Option<Id>,
    /// Its wall.
    pub wall: Wall,
    /// Where the cursor stands on the wall.
    pub place: Place,
    /// The topic that a question was asked about.
    asked: Option<Id>,
    /// The topic that is being moved.
    pub carried: Option<Id>,
    /// The topics of the event in the order in which their groups meet; in the chase list those without notes.
    pub groups: Vec<Id>,
    /// Where the list of groups is.
    pub cursor: Cursor,
}

impl Default for Topics {
    fn default() -> Self {
        let empty = "No topics yet. Press n to post the first one; an event is made with N.";
        Self {
            list: RecordList::new(Self::KINDS, "press / and type words of a topic", empty),
            view: View::default(),
            chosen_event: None,
            event: None,
            wall: Wall::default(),
            place: Place::default(),
            asked: None,
            carried: None,
            groups: Vec::new(),
            cursor: Cursor::default(),
        }
    }
}

impl Screen for Topics {
    const KINDS: &'static [Kind] = &[Kind::Topic, Kind::Recommendation, Kind::Event];
    const COMMANDS: &'static [&'static [Command]] =
        &[wall::COMMANDS, wall::CARRYING_COMMANDS, GROUP_COMMANDS, acts::COMMANDS, SHOW_COMMANDS];

    fn list(&self) -> &RecordList {
        &self.list
    }

    fn list_mut(&mut self) -> &mut RecordList {
        &mut self.list
    }

    fn scopes(&self) -> &'static [Scope] {
        match self.view {
            View::List => &[Scope::LIST, TOPICS, Scope::RECORD, Scope::MOVE, Scope::GLOBAL],
            _ if self.list.is_detail_open => &[Scope::LIST, TOPICS, Scope::RECORD, Scope::MOVE, Scope::GLOBAL],
            View::Wall if self.carried.is_some() => &[CARRYING, Scope::MOVE, Scope::GLOBAL],
            View::Wall => &[WALL, TOPICS, Scope::RECORD, Scope::MOVE, Scope::GLOBAL],
            View::Groups | View::Chase => &[GROUPS, TOPICS, Scope::RECORD, Scope::MOVE, Scope::GLOBAL],
            View::Show => &[SHOW, Scope::MOVE, Scope::GLOBAL],
        }
    }

    fn shows_list(&self) -> bool {
        self.view == View::List || self.list.is_detail_open
    }

    fn selected(&self) -> Option<Id> {
        match self.view {
            _ if self.shows_list() => self.list.selected(),
            View::Wall => self.place.topic(&self.wall),
            View::Groups | View::Chase => self.groups.get(self.cursor.at).copied(),
            _ => None,
        }
    }

    fn select(app: &mut App, id: Id) {
        let state = &mut app.screens.topics;
        if let Some(place) = Place::of(&state.wall, id) {
            state.place = place;
        }
        if let Some(at) = state.groups.iter().position(|group| *group == id) {
            state.cursor.at = at;
        }
    }

    fn fills_terminal(&self) -> bool {
        self.view == View::Show
    }

    fn nothing_selected(&self) -> &'static str {
        match self.view {
            View::Wall => "nothing stands here: space puts a topic here, n posts a new one",
            _ => "no topic is selected: n posts a new one",
        }
    }

    fn refresh(app: &mut App) {
        refresh(app);
    }

    fn step(app: &mut App, step: Step) {
        let height = group_height(app.size);
        let state = &mut app.screens.topics;
        match state.view {
            _ if state.shows_list() => list::step(app, step),
            View::Wall | View::Show => state.place.step(step, &state.wall, state.carried.is_some()),
            _ => state.cursor.step(step, state.groups.len(), height),
        }
    }

    fn can_go_back(&self) -> bool {
        self.view != View::Wall
    }

    fn back(&mut self) {
        self.view = View::Wall;
    }

    /// The detail lies over whatever view there is.
    fn show_record(&mut self) {}

    fn search(&mut self) {
        self.carried = None;
        self.view = View::List;
        self.list.is_detail_open = false;
    }
}

/// Commands of the groups and of the chase list.
const GROUP_COMMANDS: &[Command] = commands! { GROUPS;
    "group.open" ["enter"] "open" "everything about the topic" has_topic, open_selected;
    "group.search" ["/"] "search" "search as you type" always, super::search_line::open;
    "group.back" ["esc"] "wall" "back to the wall" always, |app| show(app, View::Wall);
};

/// Commands of the wall for a projector.
const SHOW_COMMANDS: &[Command] = commands! { SHOW;
    "show.back" ["esc", "P", "enter"] "" "back to the wall with keys and cursor" always, |app| show(app, View::Wall);
};

/// The event that is shown, if it is there.
pub(crate) fn event_of(app: &App) -> Option<&Event> {
    app.screens.topics.event.and_then(|id| app.workspace.events.get(id)).map(AsRef::as_ref)
}

fn refresh(app: &mut App) {
    let App { screens, workspace, size, .. } = app;
    let state = &mut screens.topics;
    let chosen = state.chosen_event.and_then(|id| workspace.events.get(id)).map(AsRef::as_ref);
    let event = chosen.or_else(|| event::latest(workspace));
    state.event = event.map(|event| event.id);
    let held = state.place.topic(&state.wall);
    state.wall = event.map(|event| Wall::of(workspace, event)).unwrap_or_default();
    if let Some(moved) = held.and_then(|id| Place::of(&state.wall, id)) {
        state.place = moved;
    }
    state.place.stay_on(&state.wall);
    state.carried = state.carried.filter(|id| workspace.topics.get(*id).is_some_and(|topic| topic.is_on_the_wall()));
    let selected = state.groups.get(state.cursor.at).copied();
    state.groups = groups(workspace, &state.wall, event, state.view == View::Chase);
    if let Some(at) = selected.and_then(|id| state.groups.iter().position(|group| *group == id)) {
        state.cursor.at = at;
    }
    state.cursor.follow(state.groups.len(), group_height(*size));
}

/// The topics of an event as their groups meet: by slot, then by space; what has no place stands last.
fn groups(workspace: &Workspace, wall: &Wall, event: Option<&Event>, is_chase: bool) -> Vec<Id> {
    let Some(event) = event.map(|event| Ref::record(event.id)) else { return Vec::new() };
    let is_shown = |topic: &&Topic| {
        if is_chase { topic.is_missing_notes(workspace) } else { topic.is_on_the_wall() }
    };
    let mut found: Vec<&Topic> = crate::model::topic::of_event(workspace, Some(&event)).filter(is_shown).collect();
    let place = |topic: &Topic| wall.cell_of(topic.id).map_or((usize::MAX, 0), |cell| (cell.slot, cell.space));
    found.sort_by_cached_key(|topic| (place(topic), topic.number, topic.id));
    found.into_iter().map(|topic| topic.id).collect()
}

/// How many groups are seen on a screen of this size; below them stands what the selected one wrote.
pub fn group_height((_, rows): (u16, u16)) -> usize {
    let rows = usize::from(rows);
    if rows < 16 { rows.saturating_sub(4) } else { (rows - 4) * 3 / 5 }.max(1)
}

fn has_topic(app: &App) -> Result<(), &'static str> {
    acts::topic(app).map(|_| ()).ok_or_else(|| app.screens.topics.nothing_selected())
}

fn show(app: &mut App, view: View) -> Effects {
    let selected = app.screens.selected(Topics::ID);
    let state = &mut app.screens.topics;
    state.view = view;
    state.list.is_detail_open = false;
    state.list.is_searching = false;
    refresh(app);
    // What was selected stays so.
    match selected {
        Some(id) if view == View::List => list::select(app, id),
        Some(id) => Topics::select(app, id),
        None => {}
    }
    Vec::new()
}

fn turn(app: &mut App) -> Effects {
    let now = View::TURNS.iter().position(|view| *view == app.screens.topics.view).unwrap_or(0);
    show(app, View::TURNS[(now + 1) % View::TURNS.len()])
}

/// Everything about the selected topic, over whatever view there is.
fn open_selected(app: &mut App) -> Effects {
    if let Some(id) = app.screens.selected(Topics::ID) {
        list::select(app, id);
        let list = app.list_mut();
        (list.is_detail_open, list.detail_top) = (true, 0);
    }
    Vec::new()
}

/// Shows another event: so many further in the order of their days, round the ends.
fn other_event(app: &mut App, by: isize) -> Effects {
    let mut events: Vec<&Event> = app.workspace.events.iter().map(AsRef::as_ref).collect();
    events.sort_by_key(|event| (event.date, event.id));
    let now = events.iter().position(|event| Some(event.id) == app.screens.topics.event).unwrap_or(0);
    let Some(next) = events.get((now + events.len()).saturating_add_signed(by) % events.len().max(1)) else {
        return Vec::new();
    };
    let (id, name) = (next.id, next.name.to_string());
    app.screens.topics.chosen_event = Some(id);
    app.screens.topics.place = Place::default();
    app.set_status(Severity::Info, name);
    refresh(app);
    Vec::new()
}

fn has_events(app: &App) -> Result<(), &'static str> {
    if app.workspace.events.len() > 1 { Ok(()) } else { Err("there is one event only; N makes another") }
}

fn may_edit_event(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    event_of(app).map(|_| ()).ok_or("there is no event yet: N makes one")
}

fn edit_event(app: &mut App) -> Effects {
    match event_of(app).map(|event| event.id).and_then(|id| app.workspace.get(id)) {
        Some(event) => form::open(app, event),
        None => Vec::new(),
    }
}
