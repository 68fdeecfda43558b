//! The wall of an event: which topic stands in which cell, what has no place yet, and what is not right there.

use std::collections::{HashMap, HashSet};

use super::event::{Event, Slot, Space};
use super::order::Order as _;
use super::reference::Ref;
use super::topic::{Topic, of_event};
use super::{Id, Workspace};

/// A cell of the wall: its space and its slot, counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    /// The space, which is the row.
    pub space: usize,
    /// The slot, which is the column.
    pub slot: usize,
}

/// The wall of an event as it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wall {
    /// The times, breaks among them.
    pub slots: Vec<Slot>,
    /// The rooms and tables.
    pub spaces: Vec<Space>,
    /// The topics of each cell that has one; two, where two people put one there in the same instant.
    pub cells: HashMap<Cell, Vec<Id>>,
    /// What is posted and stands in no cell, in the order of posting.
    pub unplaced: Vec<Id>,
    /// The topics of whose place something is not right; [`Topic`]'s warnings say what.
    pub warned: HashSet<Id>,
    /// The topics whose groups have written something down.
    pub noted: HashSet<Id>,
    /// How many of its topics there are.
    pub numbers: Numbers,
}

/// The numbers on top of the wall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Topics posted; what is cancelled or combined still counts.
    pub posted: usize,
    /// Of these, how many stand on the wall.
    pub placed: usize,
    /// How many still have no place.
    pub unplaced: usize,
    /// How many were cancelled.
    pub cancelled: usize,
    /// How many were taken into others.
    pub combined: usize,
    /// How many groups have reported.
    pub reported: usize,
    /// How many notes are missing.
    pub missing_notes: usize,
    /// Recommendations made.
    pub recommendations: usize,
}

impl Wall {
    /// The wall of an event.
    pub fn of(workspace: &Workspace, event: &Event) -> Self {
        let mut wall = Self { slots: event.slots.clone(), spaces: event.spaces.clone(), ..Self::default() };
        let reference = Ref::record(event.id);
        let mut topics: Vec<&Topic> = of_event(workspace, Some(&reference)).collect();
        topics.order_by_key(|topic| (topic.number, topic.id));
        let places = Places::of(event);
        for topic in topics.iter().filter(|topic| topic.is_on_the_wall()) {
            match places.cell(topic) {
                Some(cell) => wall.cells.entry(cell).or_default().push(topic.id),
                None => wall.unplaced.push(topic.id),
            }
        }
        wall.warned = wall.warned_of(&topics);
        wall.noted = noted(workspace, &topics);
        wall.numbers = wall.count(workspace, &topics);
        wall
    }

    /// The topics of a cell.
    pub fn at(&self, cell: Cell) -> &[Id] {
        self.cells.get(&cell).map_or(&[], Vec::as_slice)
    }

    /// Where a topic stands.
    pub fn cell_of(&self, topic: Id) -> Option<Cell> {
        self.cells.iter().find(|(_, topics)| topics.contains(&topic)).map(|(cell, _)| *cell)
    }

    /// The names of the slot and the space of a cell; `None` for a break and for what is not on the wall.
    pub fn names(&self, cell: Cell) -> Option<(&str, &str)> {
        let slot = self.slots.get(cell.slot).filter(|slot| !slot.is_break)?;
        Some((slot.name.as_deref()?, self.spaces.get(cell.space)?.name.as_deref()?))
    }

    /// The nearest free cell after one, down the spaces of its slot and then in later slots; round the end.
    pub fn next_free(&self, after: Cell) -> Option<Cell> {
        let (slots, spaces) = (self.slots.len(), self.spaces.len());
        let first = after.slot * spaces + after.space;
        let cells = (1..=slots * spaces).map(|by| (first + by) % (slots * spaces));
        let mut cells = cells.map(|at| Cell { space: at % spaces, slot: at / spaces });
        cells.find(|cell| self.names(*cell).is_some() && self.at(*cell).is_empty())
    }

    fn warned_of(&self, topics: &[&Topic]) -> HashSet<Id> {
        let by_id: HashMap<Id, &Topic> = topics.iter().map(|topic| (topic.id, *topic)).collect();
        let mut warned: HashSet<Id> = self.cells.values().filter(|all| all.len() > 1).flatten().copied().collect();
        let mut convened: HashMap<(usize, String), Vec<Id>> = HashMap::new();
        for (cell, ids) in &self.cells {
            for topic in ids.iter().filter_map(|id| by_id.get(id)) {
                for convener in &topic.conveners {
                    convened.entry((cell.slot, format!("{convener:?}"))).or_default().push(topic.id);
                }
                let seats = self.spaces.get(cell.space).and_then(|space| space.seats);
                if topic.interested.zip(seats).is_some_and(|(interested, seats)| interested > seats) {
                    warned.insert(topic.id);
                }
            }
        }
        warned.extend(convened.into_values().filter(|ids| ids.len() > 1).flatten());
        warned
    }

    fn count(&self, workspace: &Workspace, topics: &[&Topic]) -> Numbers {
        use super::topic::TopicState::{Cancelled, Combined, Reported};
        let ids: HashSet<Id> = topics.iter().map(|topic| topic.id).collect();
        let recommended = workspace.recommendations.iter().filter_map(|one| one.topic.as_ref().and_then(Ref::id));
        let recommendations = recommended.filter(|topic| ids.contains(topic)).count();
        let is = |state| topics.iter().filter(|topic| topic.state == state).count();
        let lacks_notes = |topic: &&&Topic| topic.is_to_report() && !self.noted.contains(&topic.id);
        Numbers {
            posted: topics.len(),
            placed: self.cells.values().map(Vec::len).sum(),
            unplaced: self.unplaced.len(),
            cancelled: is(Cancelled),
            combined: is(Combined),
            reported: is(Reported),
            missing_notes: topics.iter().filter(lacks_notes).count(),
            recommendations,
        }
    }
}

/// The topics of which there are notes: a discussion or a recommendation.
fn noted(workspace: &Workspace, topics: &[&Topic]) -> HashSet<Id> {
    let recommended = workspace.recommendations.iter().filter_map(|one| one.topic.as_ref().and_then(Ref::id));
    let recommended: HashSet<Id> = recommended.collect();
    let has_notes = |topic: &&&Topic| topic.discussion.is_some() || recommended.contains(&topic.id);
    topics.iter().filter(has_notes).map(|topic| topic.id).collect()
}

/// Which name stands for which row and column.
struct Places {
    slots: HashMap<String, usize>,
    spaces: HashMap<String, usize>,
}

impl Places {
    fn of(event: &Event) -> Self {
        let slots = event.slots.iter().map(|slot| slot.name.as_deref().filter(|_| !slot.is_break));
        let spaces = event.spaces.iter().map(|space| space.name.as_deref());
        Self { slots: numbered(slots), spaces: numbered(spaces) }
    }

    fn cell(&self, topic: &Topic) -> Option<Cell> {
        let slot = self.slots.get(&topic.slot.as_ref()?.to_lowercase())?;
        let space = self.spaces.get(&topic.space.as_ref()?.to_lowercase())?;
        Some(Cell { space: *space, slot: *slot })
    }
}

fn numbered<'a>(names: impl Iterator<Item = Option<&'a str>>) -> HashMap<String, usize> {
    names.enumerate().filter_map(|(at, name)| Some((name?.to_lowercase(), at))).collect()
}
