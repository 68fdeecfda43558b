//! Voting rounds: the rules of one vote, stored with it, from the freezing of its ballot to its certificate.
//!
//! What is on the ballot is frozen when the round opens; what is written down later is "not on the ballot", not zero.
//! Results are hidden in every view and export until it closes. Closing and certifying go one way: counting again is a
//! new round, and the old one stays.

use std::borrow::Cow;

use super::ballot::{Ballot, check_votes};
use super::change::{Author, Change, Edit, Refusal, listed};
use super::choice::{Choice, choices};
use super::event::{Event, latest, refuse_unknown};
use super::field::{Audience, Blank, SearchField, default_choice};
use super::person::Person;
use super::recommendation::Recommendation;
use super::record::{Rules, StateFilter, record};
use super::reference::Ref;
use super::row::row;
use super::text::Text;
use super::{AnyRecord, Id, Kind, Workspace};

choices! {
    /// How far a round is; each state leads to the next, and none back.
    RoundState {
        /// Its rules can still be changed.
        Planned = "planned",
        /// Votes are taken.
        Open = "open",
        /// The votes are in, and can be seen.
        Closed = "closed",
        /// Somebody has checked the outcome.
        Certified = "certified",
    }
}

choices! {
    /// How the votes come in.
    Method {
        /// A ballot for each person.
        Ballots = "ballots",
        /// The dots on the wall, counted by one person.
        WallCount = "wall count",
        /// The dots on the wall, counted by two independently.
        TwoCounters = "two counters",
    }
}

default_choice!(RoundState);
default_choice!(Method);

row! {
    /// The dots on one item of the wall, as one person counted them.
    WallCount key(counter, item);
    /// Who counted: initials.
    counter: Option<Text> = "Counter", "who counted: initials", required;
    /// What was counted.
    item: Ref<Recommendation> = "Item", "the recommendation: 17.2", required;
    /// How many dots there are.
    dots: Option<u32> = "Dots", "how many dots there are", required;
}

/// Until the round closes nobody sees what was voted, whoever they are.
fn results_are_hidden(record: &AnyRecord, _: Audience, _: &Workspace) -> bool {
    matches!(record, AnyRecord::Round(round) if !round.is_closed())
}

record! {
    /// A vote.
    Round = rounds, Kind::Round;
    editable {
        /// What it is called.
        name: Text = "Name", "what the round is called", required, public, search(SearchField::Name);
        /// The event.
        event: Option<Ref<Event>> = "Event", "the event; the latest when nothing is written", public, filter("event:"),
            back("Rounds");
        /// How the votes come in.
        method: Method = "Method", "ballots, wall count or two counters", public, column(15);
        /// How many dots each person has.
        dots: Option<u16> = "Dots each", "how many dots each person has: about a third of the options, 3 to 8", required, public;
        /// How many dots one person can put on one item; 1: no stacking.
        cap: Option<u16> = "Most on one", "how many dots one person can put on one item; 1: no stacking; empty: all", public;
        /// Whether nobody may know who voted for what, the files included.
        anonymous: bool = "Anonymous", "yes: nobody can know who voted for what, the files included", public;
        /// Who may vote; nobody named: the delegates of the event.
        eligible: Vec<Ref<Person>> = "Eligible", "who may vote, commas between; empty: the delegates of the event",
            back("May vote in");
        /// How many people may vote, where they are not named.
        eligible_count: Option<u32> = "Eligible people", "how many may vote, where they are not named", public;
        /// How many people were in the room.
        present: Option<u32> = "Present", "how many people were in the room", public;
    }
    system {
        /// How far it is.
        state: RoundState = "State", public, column(12), filter("state:");
        /// What is on the ballot, since it opened.
        options: Vec<Ref<Recommendation>> = "On the ballot", public;
        /// What was counted on the wall.
        counts: Vec<WallCount> = "Wall counts", hidden_if(results_are_hidden, "hidden until the round closes");
        /// Who certified it.
        certified_by: Option<Text> = "Certified by", public;
    }
}

impl Rules for Round {
    const STATES: &'static [StateFilter<Self>] = &[
        StateFilter { word: "open", holds: |round, _, _| round.state == RoundState::Open },
        StateFilter { word: "closed", holds: |round, _, _| round.is_closed() },
    ];

    fn title<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Borrowed(&self.name)
    }

    fn suffix(&self, _today: super::Date) -> Option<Cow<'_, str>> {
        (self.state != RoundState::Planned).then(|| Cow::Borrowed(self.state.label()))
    }

    fn complete(&mut self, workspace: &Workspace) {
        if self.event.is_none() {
            self.event = latest(workspace).map(|event| Ref::record(event.id));
        }
    }

    fn check(&self) -> Result<(), String> {
        match (self.dots, self.cap) {
            (Some(0), _) => Err("dots: each person needs at least one dot".to_owned()),
            (_, Some(0)) => Err("cap: at least one dot must be allowed on one item".to_owned()),
            _ => Ok(()),
        }
    }

    /// The rules of a round cannot be changed behind the backs of those who have voted. A cap above the dots is refused
    /// only where it is typed: two people who change one of the two each may leave it behind, and it does no harm.
    fn check_among(&self, workspace: &Workspace) -> Result<(), Refusal> {
        if let Some((dots, _)) = self.dots.zip(self.cap).filter(|(dots, cap)| cap > dots) {
            return Err(Refusal(format!("cap: at most {dots} dots can be put on one item")));
        }
        let before = workspace.rounds.get(self.id);
        refuse_unknown(self.event.as_ref(), before.and_then(|before| before.event.as_ref()), workspace)?;
        let Some(before) = before else { return Ok(()) };
        self.refuse_steps(before)?;
        if before.is_closed()
            && (self.dots, self.cap, self.method, self.anonymous)
                != (before.dots, before.cap, before.method, before.anonymous)
        {
            return Err(Refusal(format!(
                "{} is closed: its rules stay as they were; counting again is a new round",
                self.name
            )));
        }
        let has_ballots = ballots_of(workspace, self.id).next().is_some();
        if has_ballots && self.anonymous != before.anonymous {
            return Err(Refusal(
                "people have voted already: whether the round is anonymous cannot be changed".to_owned(),
            ));
        }
        self.refuse_lower_limits(before, workspace)
    }

    fn check_removal(&self) -> Result<(), Refusal> {
        match self.state {
            RoundState::Planned => Ok(()),
            _ => Err(Refusal(format!("{} was opened and stays; counting again is a new round", self.name))),
        }
    }
}

impl Round {
    /// Whether the votes are in and can be seen.
    pub fn is_closed(&self) -> bool {
        self.state >= RoundState::Closed
    }

    /// How many dots a person can put on one item.
    pub fn most_on_one(&self) -> u32 {
        u32::from(self.cap.into_iter().chain(self.dots).min().unwrap_or_default())
    }

    /// Whether an item is on its ballot.
    pub fn has_option(&self, item: Id) -> bool {
        self.options.iter().any(|option| option.id() == Some(item))
    }

    /// Who may vote: those named, else the delegates of the event; `None` where nobody is named at all.
    pub fn electorate<'a>(&'a self, workspace: &'a Workspace) -> Option<&'a [Ref<Person>]> {
        let event = self.event.as_ref().and_then(|event| event.get(workspace));
        let named =
            if self.eligible.is_empty() { event.map_or(&[][..], |event| &event.delegates) } else { &self.eligible };
        (!named.is_empty()).then_some(named)
    }

    /// How far a round is is changed by opening, closing and certifying it alone; its ballot stays once it is open, and
    /// what was counted once it is closed.
    fn refuse_steps(&self, before: &Self) -> Result<(), Refusal> {
        let is_same_step = (self.state, &self.certified_by) == (before.state, &before.certified_by);
        let is_same_ballot = before.state == RoundState::Planned || self.options == before.options;
        let is_same_count = !before.is_closed() || self.counts == before.counts;
        if is_same_step && is_same_ballot && is_same_count {
            return Ok(());
        }
        let help = "its state, its ballot and its counts are changed by opening, counting, closing and certifying it";
        Err(Refusal(format!("{} stays as it is: {help}", self.name)))
    }

    /// Lowering a limit below what has been used already is refused with the items on which it was. Ballots that broke the
    /// rules before, as some in imported files do, stand against nothing.
    fn refuse_lower_limits(&self, before: &Self, workspace: &Workspace) -> Result<(), Refusal> {
        let keeps_to = |round: &Self, ballot: &Ballot| check_votes(round, &ballot.votes.0, workspace).is_ok();
        let over: Vec<&Ballot> = ballots_of(workspace, self.id)
            .filter(|ballot| !keeps_to(self, ballot) && keeps_to(before, ballot))
            .collect();
        let Some(first) = over.first() else { return Ok(()) };
        let items = first.votes.0.iter().map(|vote| vote.item.name(workspace).into_owned()).collect::<Vec<_>>();
        Err(Refusal(format!(
            "{} of the ballots that were cast have more dots than that, one of them on {}",
            over.len(),
            listed(&items)
        )))
    }
}

/// The ballots of a round, in the order of their ids.
pub fn ballots_of(workspace: &Workspace, round: Id) -> impl Iterator<Item = &Ballot> {
    workspace.ballots.iter().map(AsRef::as_ref).filter(move |ballot| ballot.round.id() == Some(round))
}

/// How many dots are good practice for this many options: about a third of them, 3 to 8.
pub fn suggested_dots(options: usize) -> u16 {
    u16::try_from(options.div_ceil(3)).unwrap_or(u16::MAX).clamp(3, 8)
}

/// The recommendations of an event, in the order of their numbers: what a round of it would put on the ballot.
pub fn options_for<'a>(workspace: &'a Workspace, event: Option<&Ref<Event>>) -> Vec<&'a Recommendation> {
    let of_event = |one: &&Recommendation| one.event(workspace) == event;
    let mut options: Vec<&Recommendation> =
        workspace.recommendations.iter().map(AsRef::as_ref).filter(of_event).collect();
    let topic_number =
        |one: &Recommendation| one.topic.as_ref().and_then(|topic| topic.get(workspace)).and_then(|topic| topic.number);
    options.sort_by_key(|one| (topic_number(one), one.number, one.id));
    options
}

/// The round with this id.
pub(super) fn find(workspace: &Workspace, id: Id) -> Result<&Round, Refusal> {
    let found = workspace.rounds.get(id).map(AsRef::as_ref);
    found.ok_or_else(|| Refusal(format!("{id} is not a round here; see `moot list rounds`")))
}

/// A step of a round, stamped.
pub(super) fn edit(
    workspace: &Workspace,
    round: &Round,
    author: &Author,
    sentence: String,
    act: impl FnOnce(&mut Round),
) -> Change {
    let before = workspace.get(round.id);
    let mut after = round.clone();
    act(&mut after);
    after.updated = author.stamp(before.as_ref());
    Change { edits: Edit::new(before, Some(after.into())).into_iter().collect(), sentence }
}

/// Freezes what is on the ballot and opens the vote.
///
/// # Errors
/// It was opened before, or there is nothing to vote for.
pub fn open(workspace: &Workspace, id: Id, author: &Author) -> Result<Change, Refusal> {
    let round = find(workspace, id)?;
    if round.state != RoundState::Planned {
        return Err(Refusal(format!("{} is {}: a round is opened once", round.name, round.state.label())));
    }
    let options: Vec<Ref<Recommendation>> = if round.options.is_empty() {
        options_for(workspace, round.event.as_ref()).iter().map(|one| Ref::record(one.id)).collect()
    } else {
        round.options.clone()
    };
    if options.is_empty() {
        return Err(Refusal("there is nothing to vote for: write down recommendations first".to_owned()));
    }
    let sentence = format!("{} opened with {} recommendations on the ballot", round.name, options.len());
    Ok(edit(workspace, round, author, sentence, |round| {
        round.options = options;
        round.state = RoundState::Open;
    }))
}

/// Closes the vote, for good: its results can be seen from now on.
///
/// # Errors
/// It is not open, or two counters do not agree.
pub fn close(workspace: &Workspace, id: Id, author: &Author) -> Result<Change, Refusal> {
    let round = find(workspace, id)?;
    if round.state != RoundState::Open {
        return Err(Refusal(format!("{} is {}: only an open round is closed", round.name, round.state.label())));
    }
    let differing = super::wall::differences(round);
    if round.method == Method::TwoCounters && !differing.is_empty() {
        let items: Vec<String> = differing.iter().map(|one| one.item.name(workspace).into_owned()).collect();
        return Err(Refusal(format!("the two counters differ on {}: count those again", listed(&items))));
    }
    Ok(edit(workspace, round, author, format!("{} closed", round.name), |round| round.state = RoundState::Closed))
}

/// Says that somebody has checked the outcome, for good.
///
/// # Errors
/// It is not closed.
pub fn certify(workspace: &Workspace, id: Id, author: &Author) -> Result<Change, Refusal> {
    let round = find(workspace, id)?;
    if round.state != RoundState::Closed {
        return Err(Refusal(format!("{} is {}: a closed round is certified", round.name, round.state.label())));
    }
    let by = author.by.clone();
    Ok(edit(workspace, round, author, format!("{} certified by {by}", round.name), |round| {
        round.state = RoundState::Certified;
        round.certified_by = Some(by.clone());
    }))
}
