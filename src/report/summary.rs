//! The executive summary of an event, in the order in which people know it: background and steering group, the question, the
//! numbers, how the vote was taken, the priorities in no particular order, where next, whom to ask.

use super::document::{Document, Words};
use super::people;
use super::source::Source;
use super::votes;
use super::words::{and, full_date, long_date, many, sentence};
use crate::model::agenda::Wall;
use crate::model::order::Order as _;
use crate::model::organisation::Sector;
use crate::model::recommendation::Answer;
use crate::model::round::{self, Round};
use crate::model::tally::Totals;
use crate::model::text::count;
use crate::model::{Action, Event, Id, Recommendation, Ref, Refusal, Theme};
use std::collections::HashSet;

/// Makes the summary of an event.
///
/// # Errors
/// There is no event.
pub(super) fn make(source: &Source<'_>, event: Option<Id>) -> Result<Document, Refusal> {
    let event = source.event(event)?;
    let mut document = Document::new(event.name.as_str());
    document.subtitle = title_lines(event);
    document.subtitle.push("Executive summary".to_owned());
    background(&mut document, source, event);
    priorities(&mut document, source, event);
    where_next(&mut document, source, event);
    Ok(document)
}

/// What stands under the title of a report on an event.
pub(super) fn title_lines(event: &Event) -> Vec<String> {
    let mut lines = vec!["An Open Space event".to_owned()];
    lines.extend(event.date.map(full_date));
    lines.extend(event.venue.as_ref().map(ToString::to_string));
    lines
}

fn background(document: &mut Document, source: &Source<'_>, event: &Event) {
    document.part("Background");
    let date = event.date.map(|date| format!(" on {}", long_date(date))).unwrap_or_default();
    let venue = event.venue.as_ref().map(|venue| format!(" in {venue}")).unwrap_or_default();
    document.say(format!("This is the executive summary of an Open Space event held{venue}{date}."));
    if let Some(summary) = &event.summary {
        document.say(sentence(summary));
    }
    if !event.hosts.is_empty() {
        document.say(format!("It was held by {}.", and(&source.names(&event.hosts))));
    }
    document.table(people::table(source, "The members of the steering group", &event.steering_group));
    question_and_numbers(document, source, event);
    document.say("All topics and recommendations are listed in the full report of the event.");
    if let Some(round) = votes::rounds(source, event).first() {
        vote(document, source, event, round);
    }
}

/// The question, who came, and what they made of it.
pub(super) fn question_and_numbers(document: &mut Document, source: &Source<'_>, event: &Event) {
    if let Some(came) = attendance(source, event) {
        document.say(came);
    }
    if let Some(question) = &event.question {
        document.say("Using the Open Space process the delegates made the agenda of the day themselves, in answer to the question:");
        document.quote(question.as_str());
    }
    let numbers = Wall::of(source.all, event).numbers;
    if numbers.posted == 0 {
        return;
    }
    let was = |number: usize, what: &str| {
        (number > 0).then(|| format!("{} {} {what}", count(number), if number == 1 { "was" } else { "were" }))
    };
    let fates: Vec<String> = [was(numbers.combined, "taken into others"), was(numbers.cancelled, "cancelled")]
        .into_iter()
        .flatten()
        .collect();
    let fates = if fates.is_empty() { String::new() } else { format!("; of these {}", and(&fates)) };
    document.say(format!(
        "{} posted, and discussion groups formed around them{fates}. {} came out of the discussions.",
        many(numbers.posted, "topic was", "topics were"),
        many(numbers.recommendations, "recommendation", "recommendations"),
    ));
}

/// How many came, from how many organisations, and how those are divided between the two sides of the table.
fn attendance(source: &Source<'_>, event: &Event) -> Option<String> {
    let all = source.all.events.get(event.id)?;
    let named = all.delegates.len();
    let present = event.present.map_or(named, |present| present as usize);
    if present == 0 {
        return None;
    }
    let people = all.delegates.iter().filter_map(|person| person.get(source.all));
    let ids: HashSet<Id> = people.flat_map(|person| &person.roles).filter_map(|role| role.organisation.id()).collect();
    let sector = |sector| {
        let of = |id: &&Id| source.all.organisations.get(**id).is_some_and(|known| known.sector == Some(sector));
        ids.iter().filter(of).count()
    };
    let (voluntary, statutory) = (sector(Sector::Voluntary), sector(Sector::Statutory));
    let from = match ids.len() {
        0 => String::new(),
        number => format!(
            " from {}, {} of them voluntary or community and {} statutory",
            many(number, "organisation", "organisations"),
            count(voluntary),
            count(statutory)
        ),
    };
    Some(format!("The event was attended by {}{from}.", many(present, "delegate", "delegates")))
}

fn vote(document: &mut Document, source: &Source<'_>, event: &Event, round: &Round) {
    let dots = round.dots.map(|dots| format!(" Each had {}", many(dots.into(), "dot", "dots"))).unwrap_or_default();
    let cap = match round.cap {
        Some(cap) if !dots.is_empty() => {
            format!(", and could put at most {} on one recommendation.", count(cap.into()))
        }
        _ if !dots.is_empty() => ".".to_owned(),
        _ => String::new(),
    };
    document.say(format!(
        "Delegates were asked at the end of the event to vote for the recommendations that they saw as the highest \
         priorities.{dots}{cap}"
    ));
    match votes::outcome(source, round) {
        Some(tally) => document.say(turnout(round, tally.totals)),
        None => document.say("The vote is still open: nobody knows its results, and they are not in this report."),
    }
    let (people, beside) = initials(source, event);
    if beside > 0 {
        document.say(format!(
            "Whoever wanted to support a recommendation was asked to write their initials beside it, for later follow-up: {} \
             did so, beside {}.",
            many(people, "person", "people"),
            many(beside, "recommendation", "recommendations")
        ));
    }
}

/// How many voted, and how much of what they had they used. Of a count of the wall nobody knows how many ballots there were.
pub(super) fn turnout(round: &Round, totals: Totals) -> String {
    let dots = count(totals.dots as usize);
    let of = totals.issued.map(|issued| format!(" of {}", count(issued as usize))).unwrap_or_default();
    let Some(ballots) = totals.ballots else { return format!("The dots on the wall were counted: {dots}{of}.") };
    let secret = if round.anonymous { " The vote was secret." } else { "" };
    let who = match totals.eligible {
        Some(eligible) => {
            format!("{} of the {} who could vote did so", count(ballots as usize), count(eligible as usize))
        }
        None => format!("{} voted", many(ballots as usize, "delegate", "delegates")),
    };
    format!("{who}, and put down {dots}{of} dots.{secret}")
}

/// How many people wrote initials, and beside how many recommendations.
fn initials(source: &Source<'_>, event: &Event) -> (usize, usize) {
    let reference = Ref::record(event.id);
    let options = round::options_for(source.all, Some(&reference));
    let people: HashSet<_> = options.iter().flat_map(|one| &one.initials).map(|one| one.who.target()).collect();
    (people.len(), options.iter().filter(|one| !one.initials.is_empty()).count())
}

/// The themes of an event, by name: they have no other order.
pub(super) fn themes<'a>(source: &'a Source<'_>, event: &Event) -> Vec<&'a Theme> {
    let of_event = |theme: &&Theme| theme.event.as_ref().and_then(Ref::id) == Some(event.id);
    let mut themes: Vec<&Theme> = source.seen.themes.iter().map(AsRef::as_ref).filter(of_event).collect();
    themes.order_by_key(|theme| theme.name.to_lowercase());
    themes
}

fn priorities(document: &mut Document, source: &Source<'_>, event: &Event) {
    document.part("Priorities for action");
    let themes = themes(source, event);
    let chosen: Vec<&&Theme> = themes.iter().filter(|theme| theme.priority_since.is_some()).collect();
    if chosen.is_empty() {
        document.say("The steering group has not decided on priorities yet.");
        return;
    }
    document.say(format!(
        "After the event the steering group met to look for what the recommendations have in common. Of {} that emerged, {} \
         clear priorities (in no particular order):",
        many(themes.len(), "theme", "themes"),
        match chosen.len() {
            1 => "one is a".to_owned(),
            number => format!("{} are", count(number)),
        }
    ));
    let item = |theme: &&&Theme| {
        let name = Words::strong(theme.name.as_str());
        theme.summary.as_ref().map_or(name.clone(), |summary| name.and(format!(": {summary}")))
    };
    document.list(chosen.iter().map(item).collect());
}

fn where_next(document: &mut Document, source: &Source<'_>, event: &Event) {
    document.part("Where next?");
    let chosen: Vec<&Theme> =
        themes(source, event).into_iter().filter(|theme| theme.priority_since.is_some()).collect();
    if !chosen.is_empty() {
        document.say(
            "The steering group cannot take these priorities forward alone, and asks for help. This is what there is to work \
             with:",
        );
        let capacity =
            |theme: &Theme| theme.capacity.as_ref().map_or("help is wanted", |text| text.as_str()).to_owned();
        document.facts(chosen.iter().map(|theme| (theme.name.as_str(), capacity(theme).into())).collect());
        document.say(actions(source, &chosen));
    }
    if !event.contacts.is_empty() {
        document.say("If you are interested in helping the steering group with any of the priorities, please contact:");
        document.table(people::table(source, "Whom to ask", &event.contacts));
    }
    document.say(others(source, event));
}

/// How far what is done about the priorities is; nothing where nothing is done yet.
fn actions(source: &Source<'_>, chosen: &[&Theme]) -> String {
    let serves = |action: &&Action| {
        action.theme.as_ref().and_then(Ref::id).is_some_and(|id| chosen.iter().any(|theme| theme.id == id))
    };
    let all: Vec<&Action> = source.seen.actions.iter().map(AsRef::as_ref).filter(serves).collect();
    if all.is_empty() {
        return String::new();
    }
    let unfinished = all.iter().filter(|action| action.is_unfinished()).count();
    format!(
        "{} agreed so far to take the priorities forward; {} still to be done.",
        many(all.len(), "action has been", "actions have been"),
        if unfinished == 1 { "1 is".to_owned() } else { format!("{} are", count(unfinished)) }
    )
}

/// What becomes of the recommendations that were not chosen: not chosen is not rejected.
fn others(source: &Source<'_>, event: &Event) -> String {
    let reference = Ref::record(event.id);
    let options = round::options_for(source.all, Some(&reference));
    let answered = |answer| options.iter().filter(|one: &&&Recommendation| one.answer == Some(answer)).count();
    let open = answered(Answer::OpenToAnyone);
    let elsewhere = answered(Answer::TakenElsewhere);
    let open = match open {
        0 => String::new(),
        number => format!(
            "{} open to anyone to take forward. ",
            many(number, "other recommendation is", "other recommendations are")
        ),
    };
    let elsewhere = match elsewhere {
        0 => String::new(),
        number => format!("{} already been taken on elsewhere. ", many(number, "has", "have")),
    };
    format!(
        "{open}{elsewhere}If you will be taking work forward in relation to any of the other recommendations, please let the \
         steering group know, so that all partners can be kept informed of progress."
    )
}
