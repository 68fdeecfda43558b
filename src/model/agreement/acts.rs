//! What is done to an agreement: an item voiced, answered, kept or taken back; a version accepted; a review held.

use super::Agreement;
use super::item::{Item, ItemSort, ItemState, next_number};
use super::review::{self, Review, Scores};
use super::version::{self, Acceptance, Version};
use crate::model::change::{Author, Change, Edit, Refusal, listed};
use crate::model::date::Date;
use crate::model::organisation::Organisation;
use crate::model::person::Person;
use crate::model::record::Rules;
use crate::model::reference::Ref;
use crate::model::text::Text;
use crate::model::{Id, Workspace};

/// The agreement with this id.
///
/// # Errors
/// There is none.
pub fn find(workspace: &Workspace, id: Id) -> Result<&Agreement, Refusal> {
    let found = workspace.agreements.get(id).map(AsRef::as_ref);
    found.ok_or_else(|| Refusal(format!("{id} is not an agreement here; see `moot list agreements`")))
}

/// An agreement after somebody has done something to it.
fn edit(
    workspace: &Workspace,
    agreement: &Agreement,
    author: &Author,
    sentence: String,
    act: impl FnOnce(&mut Agreement),
) -> Change {
    let before = workspace.get(agreement.id);
    let mut after = agreement.clone();
    act(&mut after);
    after.revise(agreement, author);
    after.updated = author.stamp(before.as_ref());
    Change { edits: Edit::new(before, Some(after.into())).into_iter().collect(), sentence }
}

/// What is said behind a sentence where an acceptance lapses by it.
fn lapse(workspace: &Workspace, before: &Agreement, change: &mut Change) {
    let after = change.edits.first().and_then(Edit::after).and_then(|after| <&Agreement>::try_from(after).ok());
    let Some(after) = after else { return };
    let lapsed: Vec<String> = version::standing(before)
        .accepted
        .iter()
        .filter(|party| !version::standing(after).accepted.contains(party))
        .map(|party| party.name(workspace).into_owned())
        .collect();
    if !lapsed.is_empty() {
        change.sentence = format!("{}; it is to be accepted again by {}", change.sentence, listed(&lapsed));
    }
}

/// The item with this number.
///
/// # Errors
/// None has it, or two people took it at once.
pub fn item(agreement: &Agreement, number: u16) -> Result<&Item, Refusal> {
    let mut found = agreement.items.iter().filter(|item| item.number == Some(number));
    match (found.next(), found.next()) {
        (Some(item), None) => Ok(item),
        (Some(_), Some(_)) => {
            Err(Refusal(format!("two items have the number {number}: give one of them another first (e)")))
        }
        _ => Err(Refusal(format!("{} has no item {number}", agreement.name))),
    }
}

/// Something to do to one item, found again by its number in the record that is changed.
fn on_item(agreement: &mut Agreement, number: u16, act: impl FnOnce(&mut Item)) {
    if let Some(item) = agreement.items.iter_mut().find(|item| item.number == Some(number)) {
        act(item);
    }
}

/// What must hold for a new item.
fn check_new(workspace: &Workspace, agreement: &Agreement, new: &Item) -> Result<(), Refusal> {
    for side in [&new.from, &new.to] {
        if !agreement.has_party(side) {
            let name = side.name(workspace);
            return Err(Refusal(format!("{name} is no party of {}: add it to the parties first", agreement.name)));
        }
    }
    if new.from == new.to {
        return Err(Refusal("an item goes from one party to another: name two".to_owned()));
    }
    if new.what.as_ref().is_none_or(|what| what.is_empty()) {
        return Err(Refusal("write what it is, in a sentence".to_owned()));
    }
    let is_same = |item: &&Item| (&item.from, &item.to, &item.what) == (&new.from, &new.to, &new.what);
    if let Some(known) = agreement.items.iter().find(is_same) {
        return Err(Refusal(format!("that is {} already", known.label())));
    }
    let Some(number) = new.answers else { return Ok(()) };
    let answered = item(agreement, number)?;
    if (&answered.from, &answered.to) != (&new.to, &new.from) {
        let who = answered.to.name(workspace);
        return Err(Refusal(format!("item {number} is for {who} to answer")));
    }
    Ok(())
}

/// Writes an item down. It gets the next number; an expectation that it answers is accepted by that.
///
/// # Errors
/// One of the two is no party, nothing is said, or it is there already.
pub fn voice(workspace: &Workspace, id: Id, new: Item, author: &Author) -> Result<Change, Refusal> {
    let agreement = find(workspace, id)?;
    check_new(workspace, agreement, &new)?;
    let number = next_number(&agreement.items);
    let sentence = format!("item {number}: {}", new.sentence(workspace));
    let mut change = edit(workspace, agreement, author, sentence, |after| {
        if let Some(answered) = new.answers {
            on_item(after, answered, accept_item);
        }
        after.items.push(Item { number: Some(number), ..new });
    });
    lapse(workspace, agreement, &mut change);
    Ok(change)
}

fn accept_item(item: &mut Item) {
    if matches!(item.state, ItemState::Voiced | ItemState::Declined) {
        (item.state, item.reason) = (ItemState::Accepted, None);
    }
}

/// What a party says to something that another wants of it, or offers it.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Yes.
    Accept,
    /// No, for a reason.
    Decline(Text),
    /// Yes, and what exactly it will do, and by when.
    Commit(Text, Option<Date>),
}

/// Answers an item. A decline is worth knowing: it stays, with its reason.
///
/// # Errors
/// There is no such item, it was taken back, or a decline has no reason.
pub fn answer(workspace: &Workspace, id: Id, number: u16, answer: Answer, author: &Author) -> Result<Change, Refusal> {
    let agreement = find(workspace, id)?;
    let asked = item(agreement, number)?;
    if asked.state == ItemState::Withdrawn {
        return Err(Refusal(format!("item {number} was taken back: there is nothing to answer")));
    }
    let who = asked.to.name(workspace).into_owned();
    let (sentence, state, reason) = match answer {
        Answer::Commit(what, due) => {
            if asked.sort != ItemSort::Expectation {
                return Err(Refusal(format!("item {number} is no expectation: accept or decline it")));
            }
            let (from, to) = (asked.to.clone(), asked.from.clone());
            let new = Item {
                from,
                to,
                sort: ItemSort::Commitment,
                what: Text::some(&what),
                answers: Some(number),
                due,
                ..Item::default()
            };
            return voice(workspace, id, new, author);
        }
        Answer::Accept => (format!("item {number} accepted by {who}"), ItemState::Accepted, None),
        Answer::Decline(reason) if reason.trim().is_empty() => {
            return Err(Refusal(format!("say why item {number} is declined: the others need to know")));
        }
        Answer::Decline(reason) => {
            (format!("item {number} declined by {who}: {reason}"), ItemState::Declined, Some(reason))
        }
    };
    Ok(set(workspace, agreement, number, (state, reason), sentence, author))
}

fn set(
    workspace: &Workspace,
    agreement: &Agreement,
    number: u16,
    (state, reason): (ItemState, Option<Text>),
    sentence: String,
    author: &Author,
) -> Change {
    let mut change = edit(workspace, agreement, author, sentence, |after| {
        on_item(after, number, |item| (item.state, item.reason) = (state, reason));
    });
    lapse(workspace, agreement, &mut change);
    change
}

/// Writes down whether what was promised was kept; that changes nothing of what was agreed.
///
/// # Errors
/// There is no such item, or nobody has promised it.
pub fn keep(
    workspace: &Workspace,
    id: Id,
    number: u16,
    (is_kept, reason): (bool, Option<Text>),
    author: &Author,
) -> Result<Change, Refusal> {
    let agreement = find(workspace, id)?;
    let promised = item(agreement, number)?;
    if !promised.is_promised() {
        let why = match promised.state {
            ItemState::Voiced => "has not been answered yet",
            ItemState::Declined => "was declined",
            _ => "was taken back",
        };
        return Err(Refusal(format!("item {number} {why}: nobody has promised it")));
    }
    let state = if is_kept { ItemState::Kept } else { ItemState::NotKept };
    let why = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let word = if is_kept { "kept" } else { "not kept" };
    Ok(set(workspace, agreement, number, (state, reason), format!("item {number} {word}{why}"), author))
}

/// Takes an item back. It stays where it is, and is no part of what the parties accept any more.
///
/// # Errors
/// There is no such item, or it was taken back already.
pub fn withdraw(
    workspace: &Workspace,
    id: Id,
    number: u16,
    reason: Option<Text>,
    author: &Author,
) -> Result<Change, Refusal> {
    let agreement = find(workspace, id)?;
    let item = item(agreement, number)?;
    if item.state == ItemState::Withdrawn {
        return Err(Refusal(format!("item {number} was taken back already")));
    }
    let who = item.from.name(workspace).into_owned();
    let why = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let sentence = format!("item {number} taken back by {who}{why}");
    Ok(set(workspace, agreement, number, (ItemState::Withdrawn, reason), sentence, author))
}

/// Accepts an agreement for a party, as it stands. `version` is the number of the text that the party has read; where
/// that is another one, nothing is accepted.
///
/// # Errors
/// The organisation is no party, has accepted it already, or has read another version.
pub fn accept(
    workspace: &Workspace,
    id: Id,
    (organisation, person): (&Ref<Organisation>, Option<&Ref<Person>>),
    version: Option<u16>,
    author: &Author,
) -> Result<Change, Refusal> {
    let agreement = find(workspace, id)?;
    let name = organisation.name(workspace).into_owned();
    let Some(party) = agreement.parties.iter().find(|party| party.organisation == *organisation) else {
        return Err(Refusal(format!("{name} is no party of {}: add it to the parties first", agreement.name)));
    };
    let standing = version::standing(agreement);
    let number = standing.number;
    if let Some(read) = version.filter(|read| *read != number) {
        let agreement = &agreement.name;
        return Err(Refusal(format!(
            "{agreement} is version {number} now, not {read}: read it again, then accept that"
        )));
    }
    if standing.accepted.contains(organisation) {
        return Err(Refusal(format!("{name} has accepted version {number} already")));
    }
    let fingerprint = Some(version::fingerprint(agreement));
    let acceptance = Acceptance {
        organisation: organisation.clone(),
        version: fingerprint.clone(),
        on: Some(author.today),
        by: Some(author.by.clone()),
        person: person.cloned().or_else(|| party.person.clone()),
    };
    let open = standing.open.iter().filter(|party| *party != organisation);
    let open: Vec<String> = open.map(|party| party.name(workspace).into_owned()).collect();
    let stands = match &open[..] {
        [] if agreement.parties.len() > 1 => "it is in force".to_owned(),
        [] => "it takes two parties at least".to_owned(),
        open => format!("not yet by {}", listed(open)),
    };
    let sentence = format!("version {number} of {} accepted by {name}; {stands}", agreement.name);
    let text = version::text(agreement, workspace);
    Ok(edit(workspace, agreement, author, sentence, |after| {
        if !standing.is_known {
            let on = Some(author.today);
            after.versions.push(Version { fingerprint, number: Some(number), on, text: Some(text) });
        }
        after.acceptances.push(acceptance);
    }))
}

/// Writes down what the parties found when they looked at their agreement together; where it says how often they do, the
/// next review is set. A review on a day that has one takes its place.
///
/// # Errors
/// Nothing was answered, or an answer is not 0 to 3.
pub fn review(
    workspace: &Workspace,
    id: Id,
    (on, scores, note): (Date, Scores, Option<Text>),
    author: &Author,
) -> Result<Change, Refusal> {
    let agreement = find(workspace, id)?;
    let answered = scores.iter().flatten().count();
    if answered == 0 {
        return Err(Refusal("answer at least one of the twelve questions: 0, 1, 2 or 3".to_owned()));
    }
    if scores.iter().flatten().any(|score| *score > 3) {
        return Err(Refusal("an answer is 0, 1, 2 or 3".to_owned()));
    }
    let next = agreement.cycle.as_ref().and_then(|cycle| review::next_after(on, cycle));
    let said = next.map(|next| format!("; the next review is on {}", next.format("%-d %B %Y"))).unwrap_or_default();
    let sentence = format!("{} reviewed: {answered} of {} answered{said}", agreement.name, review::QUESTIONS);
    Ok(edit(workspace, agreement, author, sentence, |after| {
        after.reviews.retain(|known| known.on != Some(on));
        after.reviews.push(Review::of(on, scores, note));
        after.review_on = next.or(after.review_on.filter(|planned| *planned > on));
    }))
}
