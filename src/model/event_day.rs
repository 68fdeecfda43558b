//! The day of an event: which slot it is, whose notes are missing, which vote is open.

use super::date::{Date, Time};
use super::event::{Event, Slot};
use super::reference::Ref;
use super::round::RoundState;
use super::topic::without_notes;
use super::{Id, Workspace};

/// An event on its day.
#[derive(Clone, Debug, PartialEq)]
pub struct EventDay {
    /// The event.
    pub event: Id,
    /// What it is just now, or what comes next; `None` before anything is planned and when everything is over.
    pub slot: Option<(Slot, bool)>,
    /// The topics whose groups have met and of which nothing is written down.
    pub missing_notes: Vec<Id>,
    /// The votes that are open.
    pub open_rounds: Vec<Id>,
}

/// The event of this day, if there is one, at this time of it.
pub fn on(workspace: &Workspace, today: Date, now: Option<Time>) -> Option<EventDay> {
    let event = workspace.events.iter().map(AsRef::as_ref).find(|event| event.date == Some(today))?;
    let here: Ref<Event> = Ref::record(event.id);
    let rounds = workspace.rounds.iter().filter(|round| round.event.as_ref() == Some(&here));
    Some(EventDay {
        event: event.id,
        slot: now.and_then(|now| slot_at(event, now)),
        missing_notes: without_notes(workspace)
            .filter(|topic| topic.event.as_ref() == Some(&here))
            .map(|it| it.id)
            .collect(),
        open_rounds: rounds.filter(|round| round.state == RoundState::Open).map(|round| round.id).collect(),
    })
}

/// The slot of this time, and that it runs; else the next one.
fn slot_at(event: &Event, now: Time) -> Option<(Slot, bool)> {
    let runs = |slot: &&Slot| slot.from.is_some_and(|from| from <= now) && slot.to.is_some_and(|to| now < to);
    if let Some(slot) = event.slots.iter().find(runs) {
        return Some((slot.clone(), true));
    }
    let next = event.slots.iter().filter(|slot| slot.from.is_some_and(|from| now < from));
    next.min_by_key(|slot| slot.from).map(|slot| (slot.clone(), false))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::date::parse_time;

    #[test]
    fn the_slot_of_a_time_is_the_one_that_runs_or_the_next() {
        let time = |text: &str| parse_time(text).ok();
        let slot = |name: &str, from: &str, to: &str| Slot {
            name: Some(name.into()),
            from: time(from),
            to: time(to),
            ..Slot::default()
        };
        let event = Event { slots: vec![slot("A", "10", "11"), slot("B", "11:15", "12")], ..Event::default() };
        let at = |text: &str| {
            slot_at(&event, time(text).unwrap()).map(|(slot, runs)| (slot.name.unwrap().to_string(), runs))
        };
        assert_eq!(at("9"), Some(("A".to_owned(), false)));
        assert_eq!(at("10"), Some(("A".to_owned(), true)));
        assert_eq!(at("11"), Some(("B".to_owned(), false)));
        assert_eq!(at("11:59"), Some(("B".to_owned(), true)));
        assert_eq!(at("12"), None);
    }
}
