//! Votes in reports: the outcome of each round, with as much about the people behind the dots as the round lets anybody
//! know, ties as ties, and what the themes gather.

use super::document::{Document, Table, Words};
use super::source::Source;
use super::summary::themes;
use super::words::{many, sentence};
use crate::model::choice::Choice;
use crate::model::order::Order as _;
use crate::model::roll_up::{self, RollUp};
use crate::model::round::{Round, RoundState};
use crate::model::tally::{self, Item, Tally, tally};
use crate::model::text::count;
use crate::model::{Audience, Event, Id, Ref};

/// The rounds of an event that were opened, as they are, the last one first.
pub(super) fn rounds<'a>(source: &Source<'a>, event: &Event) -> Vec<&'a Round> {
    let was_opened =
        |round: &&Round| round.event.as_ref().and_then(Ref::id) == Some(event.id) && round.state > RoundState::Planned;
    let mut rounds: Vec<&Round> = source.all.rounds.iter().map(AsRef::as_ref).filter(was_opened).collect();
    rounds.order_by_key(|round| std::cmp::Reverse((round.state, round.updated.0, round.id)));
    rounds
}

/// The outcome of a round; `None` while it is hidden. Once a round is closed its outcome is for everybody.
pub(super) fn outcome(source: &Source<'_>, round: &Round) -> Option<Tally> {
    tally(source.all, round, Audience::Colleagues, false).ok()
}

/// The outcome of the last round of an event.
pub(super) fn last_outcome(source: &Source<'_>, event: &Event) -> Option<Tally> {
    rounds(source, event).first().and_then(|round| outcome(source, round))
}

/// The part of a report that says how the votes came out.
pub(super) fn write(document: &mut Document, source: &Source<'_>, event: &Event) {
    let rounds = rounds(source, event);
    if rounds.is_empty() {
        return;
    }
    document.part("How the votes came out");
    for round in rounds {
        document.section(round.name.as_str());
        match outcome(source, round) {
            Some(tally) => write_outcome(document, source, round, &tally),
            None => document.say("This vote is still open: nobody knows its results, and they are not in this report."),
        }
    }
}

fn write_outcome(document: &mut Document, source: &Source<'_>, round: &Round, tally: &Tally) {
    document.say(super::summary::turnout(round, tally.totals));
    document.say(state(round));
    if tally.items.iter().any(|item| item.is_tied) {
        document.say("Recommendations with the same number of dots have the same rank, marked with =.");
    }
    if tally.items.iter().any(|item| item.band.is_some()) {
        document.say(
            "Those with the same number in square brackets lie within two dots of a neighbour: that is a tie in effect, and \
             a count again could change their order.",
        );
    }
    document.table(ranking(tally));
    let late = tally::late(source.all, round);
    if !late.is_empty() {
        let names: Vec<Words> =
            late.iter().map(|id| source.name(&Ref::<crate::model::Recommendation>::record(*id)).into()).collect();
        document.say("Written down after the vote had opened, and so not on the ballot:");
        document.list(names);
    }
    if !tally.invalid.is_empty() {
        let number = many(tally.invalid.len(), "ballot breaks", "ballots break");
        document.say(format!("{number} the rules of the round and was not counted."));
    }
}

fn state(round: &Round) -> String {
    match &round.certified_by {
        Some(by) => format!("The outcome was certified by {by}."),
        None => sentence(&format!("the round is {}; nobody has certified its outcome yet", round.state.label())),
    }
}

/// A column of the ranking: its heading, and what it says of an item where that is known.
type Known = (&'static str, fn(&Item) -> Option<u64>);

const PEOPLE: [Known; 4] = [
    ("#People", |item| item.people),
    ("#Organisations", |item| item.organisations),
    ("#Voluntary", |item| item.voluntary),
    ("#Statutory", |item| item.statutory),
];

/// The recommendations by rank. What nobody can know of the people behind the dots has no column.
fn ranking(tally: &Tally) -> Table {
    let known: Vec<&Known> =
        PEOPLE.iter().filter(|(_, of)| tally.items.iter().any(|item| of(item).is_some())).collect();
    let mut headings = vec!["Recommendation", "#Rank", "#Dots"];
    headings.extend(known.iter().map(|(heading, _)| *heading));
    let number = |number: Option<u64>| Words::from(number.map_or("–".to_owned(), |number| count(number as usize)));
    let row = |item: &Item| {
        let name = item.number.as_ref().map(|number| format!("{number} {}", item.title));
        let band = item.band.map(|band| format!(" [{band}]")).unwrap_or_default();
        let rank = item.rank_in_words().map_or("–".to_owned(), |rank| rank + &band);
        let mut row: Vec<Words> = vec![name.unwrap_or_else(|| item.title.clone()).into(), rank.into()];
        row.push(number(item.known_dots()));
        row.extend(known.iter().map(|(_, of)| number(of(item))));
        row
    };
    Table::new("Recommendations by the dots they were given", &headings).with("", tally.items.iter().map(row).collect())
}

/// The part of a report that says what the themes gather and which are priorities.
pub(super) fn write_themes(document: &mut Document, source: &Source<'_>, event: &Event) {
    let themes = themes(source, event);
    if themes.is_empty() {
        return;
    }
    document.part("Themes and priorities");
    document.say(
        "Themes stand by name; they have no other order. A theme with many recommendations gathers many dots: beside the sum \
         stands what its best single recommendation was given.",
    );
    document.table(gathered(source, event));
    for theme in themes {
        document.entry(theme.name.as_str());
        document.say(theme.summary.as_deref().unwrap_or_default());
        let since = theme.priority_since.map(super::words::long_date).unwrap_or_default();
        let text = |text: &Option<crate::model::Text>| Words::from(text.as_deref().unwrap_or_default());
        document.facts(vec![
            ("Priority since", since.into()),
            ("Why", text(&theme.reason)),
            ("To work with", text(&theme.capacity)),
        ]);
    }
}

/// What each theme gathers; the row without a theme makes the totals add up.
fn gathered(source: &Source<'_>, event: &Event) -> Table {
    let tally = last_outcome(source, event);
    let reference = Ref::record(event.id);
    let mut sums = roll_up::of_event(source.all, Some(&reference), tally.as_ref());
    let without = sums.remove(&None);
    let mut rows: Vec<(String, RollUp)> =
        sums.into_iter().filter_map(|(theme, sum)| Some((theme_name(source, theme?), sum))).collect();
    rows.order_by_key(|(name, _)| name.to_lowercase());
    rows.extend(without.map(|sum| ("no theme".to_owned(), sum)));
    let number = |number: usize| Words::from(count(number));
    let dots = |dots: u64| if tally.is_some() { number(dots as usize) } else { Words::from("–") };
    let row = |(name, sum): (String, RollUp)| {
        vec![
            name.into(),
            dots(sum.dots),
            dots(sum.best),
            number(sum.people),
            number(sum.recommendations),
            number(sum.topics),
        ]
    };
    Table::new(
        "What each theme gathers",
        &["Theme", "#Dots", "#Best single", "#Initials", "#Recommendations", "#Topics"],
    )
    .with("", rows.into_iter().map(row).collect())
}

fn theme_name(source: &Source<'_>, theme: Id) -> String {
    source.name(&Ref::<crate::model::Theme>::record(theme))
}
