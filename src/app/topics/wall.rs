//! The wall: a cursor on its cells and on the row of what has no place yet, and a topic that is moved with the arrows.

use super::{App, CARRYING, Effects, Topics, View, WALL, acts, always, commands, has_topic, list, open_selected, show};
use crate::app::Severity;
use crate::app::command::Command;
use crate::app::moving::{Cursor, Step};
use crate::app::screen::Screen;
use crate::model::Id;
use crate::model::agenda::{Cell, Wall};
use crate::model::topic;

/// Where the cursor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On a cell.
    Cell(Cell),
    /// Below the wall, on the topic of this number among those without a place.
    Unplaced(usize),
}

impl Default for Place {
    fn default() -> Self {
        Self::Cell(Cell::default())
    }
}

impl Place {
    /// Where a topic stands.
    pub fn of(wall: &Wall, topic: Id) -> Option<Self> {
        let unplaced = || wall.unplaced.iter().position(|id| *id == topic).map(Self::Unplaced);
        wall.cell_of(topic).map(Self::Cell).or_else(unplaced)
    }

    /// The topic the cursor stands on.
    pub fn topic(self, wall: &Wall) -> Option<Id> {
        match self {
            Self::Cell(cell) => wall.at(cell).first().copied(),
            Self::Unplaced(at) => wall.unplaced.get(at).copied(),
        }
    }

    /// Moves by cells, over breaks; below the last space stands what has no place yet.
    pub(super) fn step(&mut self, step: Step, wall: &Wall, is_carrying: bool) {
        let spaces = wall.spaces.len();
        let has_tray = is_carrying || !wall.unplaced.is_empty();
        match (*self, step) {
            (Self::Cell(cell), Step::Columns(by)) => {
                *self = Self::Cell(Cell { slot: beside(wall, cell.slot, by), ..cell });
            }
            (Self::Unplaced(at), Step::Columns(by)) => {
                *self = Self::Unplaced(at.saturating_add_signed(by).min(wall.unplaced.len().saturating_sub(1)));
            }
            (Self::Unplaced(_), Step::Rows(by)) if by < 0 && spaces > 0 => {
                *self = Self::Cell(Cell { space: spaces - 1, slot: beside(wall, 0, 0) });
            }
            (Self::Unplaced(_), Step::Rows(_)) => {}
            (Self::Cell(cell), Step::Rows(by)) if by > 0 && cell.space + 1 >= spaces && has_tray => {
                *self = Self::Unplaced(0);
            }
            (place, step) => {
                let (at, slot) = if let Self::Cell(cell) = place { (cell.space, cell.slot) } else { (spaces, 0) };
                let mut cursor = Cursor { at, top: 0 };
                cursor.step(step, spaces, spaces.min(8));
                *self = Self::Cell(Cell { space: cursor.at, slot });
            }
        }
    }

    /// Keeps on the wall after that has changed.
    pub(super) fn stay_on(&mut self, wall: &Wall) {
        *self = match *self {
            Self::Cell(cell) if wall.spaces.is_empty() || wall.slots.is_empty() => {
                if wall.unplaced.is_empty() {
                    Self::Cell(cell)
                } else {
                    Self::Unplaced(0)
                }
            }
            Self::Cell(cell) => Self::Cell(Cell {
                space: cell.space.min(wall.spaces.len() - 1),
                slot: beside(wall, cell.slot.min(wall.slots.len() - 1), 0),
            }),
            Self::Unplaced(_) if wall.unplaced.is_empty() => Self::Cell(Cell { slot: beside(wall, 0, 0), space: 0 }),
            Self::Unplaced(at) => Self::Unplaced(at.min(wall.unplaced.len() - 1)),
        };
    }
}

/// The slot so many further on that is no break; the same one where there is none.
fn beside(wall: &Wall, slot: usize, by: isize) -> usize {
    let open: Vec<usize> = (0..wall.slots.len()).filter(|at| !wall.slots[*at].is_break).collect();
    let now = open.iter().position(|at| *at >= slot).unwrap_or(open.len().saturating_sub(1));
    let next = now.saturating_add_signed(by).min(open.len().saturating_sub(1));
    open.get(next).copied().unwrap_or(slot)
}

/// Commands of the wall.
pub(super) const COMMANDS: &[Command] = commands! { WALL;
    "wall.open" ["enter"] "open" "everything about the topic" has_topic, open_selected;
    "wall.move" ["space"] "move" "take the topic in hand and move it; on a free cell, choose what goes there" may_take, take;
    "wall.search" ["/"] "search" "search as you type" always, crate::app::search_line::open;
    "wall.back" ["esc"] "" "go back" nothing_to_go_back_from, |_| Vec::new();
};

/// Commands while a topic is in hand.
pub(super) const CARRYING_COMMANDS: &[Command] = commands! { CARRYING;
    "wall.put" ["space", "enter"] "put it here" "put the topic here; where another stands, the two change places" App::may_change, put_down;
    "wall.drop" ["esc"] "leave it where it was" "leave the topic where it was" always, let_go;
};

fn nothing_to_go_back_from(_: &App) -> Result<(), &'static str> {
    Err("nothing to go back from; m turns the screen, q leaves")
}

fn may_take(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    let state = &app.screens.topics;
    match state.place {
        _ if state.selected().is_some() => Ok(()),
        Place::Cell(cell) if state.wall.names(cell).is_some() => Ok(()),
        _ => Err("there is no wall yet: Q gives the event its slots and spaces"),
    }
}

fn take(app: &mut App) -> Effects {
    match app.screens.topics.selected() {
        Some(topic) => carry(app, topic),
        None => acts::ask_what_goes_here(app),
    }
}

/// Takes a topic in hand, on the wall.
pub(super) fn carry(app: &mut App, topic: Id) -> Effects {
    if app.author().is_none() {
        return crate::app::prompt::ask_who(app);
    }
    if app.screens.topics.view != View::Wall {
        show(app, View::Wall);
    }
    let state = &mut app.screens.topics;
    state.carried = Some(topic);
    // What has no place yet begins where there is room.
    if let Some(free) = state.wall.next_free(Cell {
        space: state.wall.spaces.len().saturating_sub(1),
        slot: state.wall.slots.len().saturating_sub(1),
    }) && matches!(Place::of(&state.wall, topic), None | Some(Place::Unplaced(_)))
    {
        state.place = Place::Cell(free);
    }
    let title = app.workspace.get(topic).map(|topic| topic.title(&app.workspace).into_owned()).unwrap_or_default();
    app.set_status(Severity::Info, format!("moving {title}: arrows, then space"));
    Vec::new()
}

fn let_go(app: &mut App) -> Effects {
    let state = &mut app.screens.topics;
    if let Some(place) = state.carried.take().and_then(|topic| Place::of(&state.wall, topic)) {
        state.place = place;
    }
    app.set_status(Severity::Info, "left where it was".to_owned());
    Vec::new()
}

fn put_down(app: &mut App) -> Effects {
    let Some(carried) = app.screens.topics.carried else { return Vec::new() };
    let Place::Cell(cell) = app.screens.topics.place else {
        return finish(app, |app, author| topic::unplace(&app.workspace, carried, author));
    };
    let there = app.screens.topics.wall.at(cell).iter().copied().find(|id| *id != carried);
    if app.screens.topics.wall.cell_of(carried) == Some(cell) {
        return let_go(app);
    }
    if let Some(other) = there {
        return finish(app, |app, author| topic::swap(&app.workspace, carried, other, author));
    }
    place(app, carried, cell)
}

/// Puts a topic into a cell.
pub(super) fn place(app: &mut App, topic: Id, cell: Cell) -> Effects {
    let names = app.screens.topics.wall.names(cell).map(|(slot, space)| (slot.to_owned(), space.to_owned()));
    let Some((slot, space)) = names else {
        app.set_status(Severity::Error, "this is no place for a topic: choose a cell of the wall".to_owned());
        return Vec::new();
    };
    finish(app, |app, author| topic::place(&app.workspace, topic, &slot, &space, author))
}

/// Applies a rule of the wall; what was in hand is put down once the rule allows it.
fn finish(
    app: &mut App,
    rule: impl Fn(&App, &crate::model::Author) -> Result<crate::model::Change, crate::model::change::Refusal>,
) -> Effects {
    let held = app.screens.topics.place;
    let effects = acts::apply(app, rule);
    if app.status.severity != Severity::Error {
        let state = &mut app.screens.topics;
        state.carried = None;
        state.place = held;
        state.place.stay_on(&state.wall);
    }
    effects
}

/// Goes on to the next free cell.
pub(super) fn go_to_next_free(app: &mut App) {
    let Topics { wall, place, .. } = &mut app.screens.topics;
    if let Place::Cell(cell) = *place {
        *place = wall.next_free(cell).map_or(*place, Place::Cell);
    }
}

/// Shows a topic on the wall, from wherever it was selected.
pub(super) fn show_on_wall(app: &mut App, topic: Id) {
    show(app, View::Wall);
    list::select(app, topic);
}
