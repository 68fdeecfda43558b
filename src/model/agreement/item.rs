//! What one party of an agreement has to do with another, in one direction.

use std::collections::BTreeSet;

use crate::model::Workspace;
use crate::model::choice::choices;
use crate::model::date::Date;
use crate::model::field::{Blank, SearchField, default_choice};
use crate::model::organisation::Organisation;
use crate::model::reference::Ref;
use crate::model::row::row;
use crate::model::text::Text;

choices! {
    /// What one party has to do with another.
    ItemSort {
        /// What one wants the other to do.
        Expectation = "expectation",
        /// What one would do for the other, without having been asked.
        Offer = "offer",
        /// What one will do for the other.
        Commitment = "commitment",
        /// What one will do so that the other reaches a goal which is the other's alone.
        Help = "help with your own goal",
    }
}

default_choice!(ItemSort);

impl ItemSort {
    /// What stands between the two parties in a sentence.
    pub fn verb(self) -> &'static str {
        ["expects of", "offers", "commits to", "helps"][self as usize]
    }

    /// The same where the second party is left out.
    pub fn verb_alone(self) -> &'static str {
        ["expects", "offers", "commits", "helps"][self as usize]
    }
}

choices! {
    /// What became of an item.
    ItemState {
        /// It was said, and not answered.
        Voiced = "voiced",
        /// The other agreed to it.
        Accepted = "accepted",
        /// The other did not, for a reason: that is worth knowing.
        Declined = "declined",
        /// It was done as promised.
        Kept = "kept",
        /// It was not.
        NotKept = "not kept",
        /// Whoever said it took it back.
        Withdrawn = "withdrawn",
    }
}

default_choice!(ItemState);

row! {
    /// One item of an agreement.
    Item key(from, to, what);
    /// The number by which people name it.
    number: Option<u16> = "Number", "its number; empty: the next one";
    /// Who expects, offers or commits.
    from: Ref<Organisation> = "From", "who expects, offers or commits", required, search(SearchField::Organisation);
    /// Of whom, or to whom.
    to: Ref<Organisation> = "To", "of whom, or to whom", required, search(SearchField::Organisation);
    /// Which of the four it is.
    sort: ItemSort = "Sort", "expectation, offer, commitment, help with your own goal";
    /// What it is.
    what: Option<Text> = "What", "what it is, in a sentence", required, search(SearchField::Text);
    /// The number of the item it answers.
    answers: Option<u16> = "Answers", "the number of the expectation it answers";
    /// What became of it.
    state: ItemState = "State", "voiced, accepted, declined, kept, not kept, withdrawn";
    /// Why it was declined, withdrawn or not kept.
    reason: Option<Text> = "Reason", "why it was declined, withdrawn or not kept", search(SearchField::Text);
    /// By when it is to be done.
    due: Option<Date> = "Due", "by when: fri, +2w, 12 mar", ahead;
}

impl Item {
    /// Whether it is part of what the parties accept.
    pub fn is_in_text(&self) -> bool {
        !matches!(self.state, ItemState::Declined | ItemState::Withdrawn)
    }

    /// Whether it is an expectation to which nobody has said anything: neither yes nor no, and no commitment answers it.
    pub fn is_unanswered(&self, items: &[Item]) -> bool {
        let is_open = self.sort == ItemSort::Expectation && self.state == ItemState::Voiced;
        is_open && answers_to(self, items).next().is_none()
    }

    /// Whether it is something that is to be done and was not by this day.
    pub fn is_overdue(&self, today: Date) -> bool {
        let is_open = matches!(self.state, ItemState::Voiced | ItemState::Accepted);
        is_open && self.due.is_some_and(|due| due < today)
    }

    /// Whether somebody has promised it: a commitment, an offer, help, or an expectation that was accepted.
    pub fn is_promised(&self) -> bool {
        match self.state {
            ItemState::Declined | ItemState::Withdrawn => false,
            ItemState::Voiced => self.sort != ItemSort::Expectation,
            _ => true,
        }
    }

    /// It in a sentence, without its number: "HMP Dorchester expects of the trust: a nurse on the wing".
    pub fn sentence(&self, workspace: &Workspace) -> String {
        let (from, to) = (self.from.name(workspace), self.to.name(workspace));
        format!("{from} {} {to}: {}", self.sort.verb(), self.what.as_deref().unwrap_or_default())
    }

    /// What people call it: "item 3".
    pub fn label(&self) -> String {
        self.number.map_or_else(|| "an item without a number".to_owned(), |number| format!("item {number}"))
    }
}

/// The items that answer one, whatever became of those; not those that were taken back.
pub fn answers_to<'a>(item: &Item, items: &'a [Item]) -> impl Iterator<Item = &'a Item> {
    let number = item.number;
    let is_answer = move |other: &&Item| number.is_some() && other.answers == number && other.number != number;
    items.iter().filter(is_answer).filter(|other| other.state != ItemState::Withdrawn)
}

/// The first number that is free behind all others.
pub fn next_number(items: &[Item]) -> u16 {
    items.iter().filter_map(|item| item.number).max().unwrap_or(0).saturating_add(1)
}

/// Gives a number to every item that has none.
pub fn number_all(items: &mut [Item]) {
    for at in 0..items.len() {
        if items[at].number.is_none() {
            items[at].number = Some(next_number(items));
        }
    }
}

/// The numbers that more than one item has.
pub fn shared_numbers(items: &[Item]) -> BTreeSet<u16> {
    let mut seen = BTreeSet::new();
    items.iter().filter_map(|item| item.number).filter(|number| !seen.insert(*number)).collect()
}
