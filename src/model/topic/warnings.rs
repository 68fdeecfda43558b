//! What a facilitator should know of a topic: nothing of it forbids anything.

use std::collections::BTreeSet;

use super::{Topic, of_event, same};
use crate::model::Workspace;
use crate::model::change::listed;
use crate::model::record::Rules;

/// What stands against the place and the title of a topic.
pub(super) fn warnings(workspace: &Workspace, topic: &Topic) -> Vec<String> {
    if !topic.is_on_the_wall() {
        return Vec::new();
    }
    let others: Vec<&Topic> = of_event(workspace, topic.event.as_ref())
        .filter(|other| other.id != topic.id && other.is_on_the_wall())
        .collect();
    let titles = |topics: &[&Topic]| {
        listed(&topics.iter().map(|one| Rules::title(*one, workspace).into_owned()).collect::<Vec<_>>())
    };
    let mut warnings = Vec::new();
    if let Some(slot) = &topic.slot {
        let beside: Vec<&Topic> = others.iter().copied().filter(|other| same(other.slot.as_ref(), slot)).collect();
        let here: Vec<&Topic> = beside.iter().copied().filter(|other| other.space == topic.space).collect();
        if !here.is_empty() {
            warnings.push(format!("{} stands in the same cell: move one of them", titles(&here)));
        }
        for convener in &topic.conveners {
            let theirs: Vec<&Topic> =
                beside.iter().copied().filter(|other| other.conveners.contains(convener)).collect();
            if !theirs.is_empty() {
                warnings.push(format!("{} also convenes {} in {slot}", convener.name(workspace), titles(&theirs)));
            }
        }
    }
    warnings.extend(lack_of_seats(workspace, topic));
    let similar: Vec<&Topic> =
        others.into_iter().filter(|other| likeness(&topic.title, &other.title) >= SIMILAR).collect();
    if !similar.is_empty() {
        warnings.push(format!("{} is similar: two like it split the vote", titles(&similar)));
    }
    warnings
}

/// From this likeness on two titles are called similar.
const SIMILAR: f64 = 0.5;

fn lack_of_seats(workspace: &Workspace, topic: &Topic) -> Option<String> {
    let event = topic.event.as_ref().and_then(|event| event.get(workspace))?;
    let space = event.space(topic.space.as_ref()?)?;
    let (seats, interested) = space.seats.zip(topic.interested)?;
    let name = space.name.as_deref().unwrap_or_default();
    (interested > seats).then(|| format!("{interested} people want to come, and {name} seats {seats}"))
}

/// Longer words that say nothing of what a title is about.
const FILLERS: [&str; 20] = [
    "about", "after", "before", "between", "does", "from", "have", "into", "over", "should", "that", "their", "them",
    "they", "this", "through", "what", "when", "where", "with",
];

/// Which share of the longer words of two titles is in both, from 0 to 1 (Jaccard index over the first six letters, so that
/// `mentor` meets `mentoring`).
pub fn likeness(one: &str, other: &str) -> f64 {
    share(&long_words(one), &long_words(other))
}

/// The longer words of a text that say something of what it is about, by their first six letters.
pub fn long_words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    let telling = words.filter(|word| word.chars().count() > 3 && !FILLERS.contains(&word.as_str()));
    telling.map(|word| word.chars().take(6).collect()).collect()
}

/// Which share of the words of two sets is in both, from 0 to 1.
pub fn share(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let all = one.union(other).count();
    if all == 0 { 0.0 } else { one.intersection(other).count() as f64 / all as f64 }
}
