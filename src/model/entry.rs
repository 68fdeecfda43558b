//! What somebody types at a ballot or at the wall, `17.2 5`, and the ballot that is filled in with it, dot by dot.
//!
//! A ballot that is being filled in keeps to the rules of its round at every step, so that it can always be cast. Nothing
//! here is a record yet; [`super::ballot::vote`] makes one of it.

use super::ballot::{Vote, check_votes};
use super::change::Refusal;
use super::reference::Ref;
use super::round::{Round, ballots_of};
use super::text::Text;
use super::{Id, Workspace};

/// The items and dots of a line: `17.2 5 3.1` means five on 17.2 and, as nothing is said, no number for 3.1. Commas and
/// the sign of equality count as blanks.
///
/// # Errors
/// A word is neither a number on the ballot nor a number of dots behind one.
pub fn read(typed: &str, item_of: impl Fn(&str) -> Option<Id>) -> Result<Vec<(Id, Option<u32>)>, Refusal> {
    let mut read: Vec<(Id, Option<u32>)> = Vec::new();
    for word in typed.split([' ', ',', ';', '=']).filter(|word| !word.is_empty()) {
        if let Some(item) = item_of(word) {
            read.push((item, None));
            continue;
        }
        match (word.parse::<u32>(), read.last_mut()) {
            (Ok(dots), Some((_, open @ None))) => *open = Some(dots),
            (Ok(_), _) => return Err(Refusal(format!("{word} dots on what? write the item first: 17.2 {word}"))),
            (Err(_), _) if word.contains('.') => return Err(Refusal(format!("{word} is not on the ballot"))),
            (Err(_), _) => return Err(Refusal(format!("{word} is no item: write its number and the dots: 17.2 5"))),
        }
    }
    Ok(read)
}

/// A ballot that is being filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filling {
    /// What has been put down: items and dots, in the order in which they were put down first.
    pub dots: Vec<(Id, u32)>,
    /// What each step changed, the last at the end: the item, and the dots it had.
    steps: Vec<(Id, u32)>,
}

impl Filling {
    /// Whether nothing is put down.
    pub fn is_blank(&self) -> bool {
        self.dots.is_empty()
    }

    /// The dots on an item.
    pub fn on(&self, item: Id) -> u32 {
        self.dots.iter().find(|(known, _)| *known == item).map_or(0, |(_, dots)| *dots)
    }

    /// All dots put down.
    pub fn sum(&self) -> u32 {
        self.dots.iter().map(|(_, dots)| dots).sum()
    }

    /// Puts so many dots on an item, in the place of those it had.
    ///
    /// # Errors
    /// The rules of the round: the item, the most on one, the budget. Nothing is put down then.
    pub fn put(&mut self, round: &Round, item: Id, dots: u32, workspace: &Workspace) -> Result<(), Refusal> {
        let had = self.on(item);
        let mut filled = self.clone();
        filled.set(item, dots);
        check_votes(round, &filled.votes(), workspace)?;
        filled.steps.push((item, had));
        *self = filled;
        Ok(())
    }

    fn set(&mut self, item: Id, dots: u32) {
        match self.dots.iter().position(|(known, _)| *known == item) {
            Some(at) if dots == 0 => drop(self.dots.remove(at)),
            Some(at) => self.dots[at].1 = dots,
            None if dots == 0 => {}
            None => self.dots.push((item, dots)),
        }
    }

    /// Takes the last step back; the item it was about, if there was one.
    pub fn take_back(&mut self) -> Option<Id> {
        let (item, had) = self.steps.pop()?;
        self.set(item, had);
        Some(item)
    }

    /// The votes as a ballot has them.
    pub fn votes(&self) -> Vec<Vote> {
        let vote = |(item, dots): &(Id, u32)| Vote {
            item: Ref::record(*item),
            dots: Some(u16::try_from(*dots).unwrap_or(u16::MAX)),
        };
        self.dots.iter().map(vote).collect()
    }
}

/// The number of the next paper ballot without a name: one more than the highest.
pub fn next_number(workspace: &Workspace, round: Id) -> Text {
    let numbers = ballots_of(workspace, round).filter_map(|ballot| ballot.number.as_ref()?.parse::<u64>().ok());
    Text::line(&numbers.max().unwrap_or(0).saturating_add(1).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Event, Recommendation, Topic};

    fn id(letter: char, number: u32) -> Id {
        Id::from_number(letter, number, 4)
    }

    #[test]
    fn a_line_is_read_as_it_is_typed() {
        let item_of = |label: &str| ["17.2", "3.1"].iter().zip(1..).find(|it| *it.0 == label).map(|it| id('R', it.1));
        let read = |typed: &str| read(typed, item_of).map_err(|why| why.0);
        assert_eq!(read("17.2 5"), Ok(vec![(id('R', 1), Some(5))]));
        assert_eq!(read("17.2=5, 3.1"), Ok(vec![(id('R', 1), Some(5)), (id('R', 2), None)]));
        assert_eq!(read("  "), Ok(vec![]));
        assert_eq!(read("17.3 5"), Err("17.3 is not on the ballot".to_owned()));
        assert_eq!(read("5"), Err("5 dots on what? write the item first: 17.2 5".to_owned()));
        assert_eq!(read("17.2 5 2"), Err("2 dots on what? write the item first: 17.2 2".to_owned()));
        assert!(read("abc").is_err() && read("17.2 -1").is_err() && read("17.2 99999999999").is_err());
    }

    #[test]
    fn a_ballot_keeps_to_the_rules_at_every_step_and_steps_are_taken_back() {
        let mut workspace = Workspace::default();
        for number in 1..4 {
            let (topic, item) = (id('T', number), id('R', number));
            let event = Some(Ref::<Event>::record(id('E', 1)));
            workspace.place(topic, Some(Topic { id: topic, event, ..Topic::default() }.into()));
            workspace.place(item, Some(Recommendation { id: item, ..Recommendation::default() }.into()));
        }
        let options = (1..4).map(|number| Ref::record(id('R', number))).collect();
        let round = Round { dots: Some(5), cap: Some(3), options, ..Round::default() };
        let mut filling = Filling::default();
        let put = |filling: &mut Filling, item, dots| filling.put(&round, id('R', item), dots, &workspace).is_ok();
        assert!(
            put(&mut filling, 1, 3) && !put(&mut filling, 2, 4) && !put(&mut filling, 2, 3) && put(&mut filling, 2, 2)
        );
        assert!(!put(&mut filling, 9, 1), "not on the ballot");
        assert_eq!((filling.sum(), filling.on(id('R', 2))), (5, 2));
        assert!(put(&mut filling, 1, 0));
        assert_eq!(filling.take_back(), Some(id('R', 1)));
        assert_eq!((filling.on(id('R', 1)), filling.sum()), (3, 5));
        assert!(filling.take_back().is_some() && filling.take_back().is_some() && filling.take_back().is_none());
        assert!(filling.is_blank());
    }
}
