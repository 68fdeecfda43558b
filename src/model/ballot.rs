//! Ballots and receipts: what was voted, and who has voted.
//!
//! A person has one ballot in a round: its id follows from the two, so that two who enter it at once meet in one record.
//! In an anonymous round the ballot bears a random id and neither name nor time, and a receipt, with an id of the same
//! sort as a ballot by name, says that the person has voted and nothing more. A ballot is one value: whole or not at all,
//! whoever merges it.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::change::{Author, Change, Edit, Refusal};
use super::choice::{Choice, choices};
use super::field::{Audience, Blank, FieldType, FieldValue, ParseContext};
use super::person::Person;
use super::recommendation::Recommendation;
use super::record::{Rules, Updated, atomic_merge, record};
use super::reference::Ref;
use super::round::{Method, Round, RoundState};
use super::row::{Row, row};
use super::text::Text;
use super::{AnyRecord, Id, Kind, SplitMix64, Workspace};

choices! {
    /// How a ballot came in.
    Origin {
        /// Somebody typed it.
        Typed = "typed",
        /// The person voted at a terminal.
        Kiosk = "kiosk",
        /// It was copied from paper.
        Paper = "paper",
        /// It came from a file.
        Imported = "imported",
    }
}

row! {
    /// The dots of one person on one item.
    Vote key(item);
    /// For what.
    item: Ref<Recommendation> = "Item", "the recommendation: 17.2", required;
    /// How many.
    dots: Option<u16> = "Dots", "how many", required;
}

/// The votes of one ballot, which are changed together or not at all: united from two sides they could be more than the
/// person had.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Votes(pub Vec<Vote>);
atomic_merge!(Votes);

impl Blank for Votes {
    fn is_blank(&self) -> bool {
        self.0.is_empty()
    }
}
impl FieldValue for Votes {
    const TYPE: FieldType = FieldType::Rows(Vote::COLUMNS);
    fn format(&self, workspace: &Workspace) -> String {
        self.0.format(workspace)
    }
    fn parse(typed: &str, context: ParseContext<'_>) -> Result<Self, String> {
        Vec::parse(typed, context).map(Self)
    }
    fn each_reference(&self, each: &mut dyn FnMut(Id)) {
        self.0.each_reference(each);
    }
    fn replace_reference(&mut self, old: Id, new: Id) {
        self.0.replace_reference(old, new);
    }
}

/// Until its round closes nobody sees what a ballot says, whoever they are.
fn votes_are_hidden(record: &AnyRecord, _: Audience, workspace: &Workspace) -> bool {
    let AnyRecord::Ballot(ballot) = record else { return false };
    ballot.round.get(workspace).is_none_or(|round| !round.is_closed())
}

record! {
    /// What one person voted in a round.
    Ballot = ballots, Kind::Ballot;
    editable {
        /// The round.
        round: Ref<Round> = "Round", "the round", required, filter("round:"), back("Ballots");
        /// Who voted; nobody in an anonymous round.
        person: Option<Ref<Person>> = "Person", "who voted", column(40), back("Voted in");
        /// The number on a paper ballot without a name.
        number: Option<Text> = "Ballot number", "the number on a paper ballot without a name", column(20);
        /// The votes.
        votes: Votes = "Votes", "one a line: 17.2 | 3", hidden_if(votes_are_hidden, "hidden until the round closes");
    }
    system {
        /// How it came in.
        origin: Option<Origin> = "Origin";
    }
}

impl Rules for Ballot {
    const IS_ADDABLE: bool = false; // by voting, never as a record
    const HAS_DRAWN_ID: bool = false;

    fn title<'a>(&'a self, workspace: &'a Workspace) -> Cow<'a, str> {
        let round = self.round.name(workspace);
        let who = self.person.as_ref().map(|person| person.name(workspace));
        match (who, &self.number) {
            (Some(who), _) => format!("ballot of {who} in {round}").into(),
            (None, Some(number)) => format!("ballot {number} in {round}").into(),
            (None, None) => format!("ballot {} in {round}", self.id).into(),
        }
    }

    /// However a ballot is entered or changed, it keeps to the rules of its round. Whose it is and in which round follows
    /// from its id, and an anonymous one stays as it was put in: a change would say when, and by whom.
    fn check_among(&self, workspace: &Workspace) -> Result<(), Refusal> {
        let whose = |ballot: &Self| (ballot.round.clone(), ballot.person.clone(), ballot.number.clone());
        if workspace.ballots.get(self.id).is_some_and(|before| whose(before) != whose(self)) {
            return Err(Refusal("whose ballot it is, and in which round, cannot be changed".to_owned()));
        }
        if self.round.get(workspace).is_some_and(|round| round.anonymous) {
            return Err(Refusal("an anonymous ballot cannot be changed".to_owned()));
        }
        match self.round.get(workspace) {
            Some(round) if round.state == RoundState::Open => check_votes(round, &self.votes.0, workspace),
            Some(round) => {
                Err(Refusal(format!("{} is {}: votes are taken while it is open", round.name, round.state.label())))
            }
            None => Err(Refusal("a ballot belongs to a round; see `moot list rounds`".to_owned())),
        }
    }

    fn check_removal(&self) -> Result<(), Refusal> {
        Err(Refusal("a ballot that was cast stays; its voter can vote again while the round is open".to_owned()))
    }
}

record! {
    /// That somebody has voted in an anonymous round, and nothing more.
    Receipt = receipts, Kind::Receipt;
    editable {
        /// The round.
        round: Ref<Round> = "Round", "the round", required, filter("round:"), back("Receipts");
        /// Who has voted.
        person: Ref<Person> = "Person", "who has voted", required, column(50), back("Has voted in");
    }
    system {}
}

impl Rules for Receipt {
    const IS_ADDABLE: bool = false; // by voting, never as a record
    const HAS_DRAWN_ID: bool = false;

    fn title<'a>(&'a self, workspace: &'a Workspace) -> Cow<'a, str> {
        format!("{} has voted in {}", self.person.name(workspace), self.round.name(workspace)).into()
    }

    fn check_among(&self, _: &Workspace) -> Result<(), Refusal> {
        Err(Refusal("a receipt stays as it is: it says who has voted".to_owned()))
    }

    fn check_removal(&self) -> Result<(), Refusal> {
        Err(Refusal("a receipt stays: without it somebody could vote twice".to_owned()))
    }
}

/// Whether votes keep to the rules of a round: items on its ballot, each once, none above the cap, all within the budget.
///
/// # Errors
/// The first rule that is broken, with the item.
pub fn check_votes(round: &Round, votes: &[Vote], workspace: &Workspace) -> Result<(), Refusal> {
    check_votes_among(round, |item| round.has_option(item), votes, workspace)
}

/// As [`check_votes`], where many ballots are held against one list of items.
///
/// # Errors
/// Likewise.
pub fn check_votes_among(
    round: &Round,
    has_option: impl Fn(Id) -> bool,
    votes: &[Vote],
    workspace: &Workspace,
) -> Result<(), Refusal> {
    let budget = u32::from(round.dots.unwrap_or_default());
    let most_on_one = round.most_on_one();
    let mut items: Vec<Id> = Vec::with_capacity(votes.len());
    let mut sum = 0_u32;
    for vote in votes {
        let name = || vote.item.name(workspace).into_owned();
        let Some(item) = vote.item.id().filter(|item| has_option(*item)) else {
            return Err(Refusal(format!("{} is not on the ballot of {}", name(), round.name)));
        };
        items.push(item);
        let dots = u32::from(vote.dots.unwrap_or_default());
        if dots > most_on_one {
            return Err(Refusal(format!("{dots} dots on {}: at most {most_on_one} can be put on one", name())));
        }
        sum += dots;
    }
    items.sort_unstable();
    if let Some(twice) = items.windows(2).find(|pair| pair[0] == pair[1]) {
        let item = Ref::<Recommendation>::record(twice[0]);
        return Err(Refusal(format!("{} stands on this ballot twice", item.name(workspace))));
    }
    if sum > budget {
        return Err(Refusal(format!("{sum} dots were put down, and each person has {budget}")));
    }
    Ok(())
}

/// The id under which a voter's ballot or receipt in a round is kept: it follows from the two, so that two who enter it at
/// once meet in one record. `attempt` counts the others who have drawn the same.
fn voter_id(letter: char, round: Id, voter: &str, attempt: u64) -> Id {
    let mut seed = 0xcbf2_9ce4_8422_2325_u64; // FNV-1a over round, voter and attempt
    for byte in round.as_str().bytes().chain(voter.bytes()).chain(attempt.to_le_bytes()) {
        seed = (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    Id::from_number(letter, SplitMix64::new(seed).next_u64() as u32 & 0x01ff_ffff, 5)
}

/// Who votes: a person, or the number on a paper ballot.
#[derive(Clone, Debug, PartialEq)]
pub enum Voter {
    /// A person.
    Person(Id),
    /// A paper ballot by its number.
    Number(Text),
}

impl Voter {
    /// What tells this voter from every other.
    pub fn key(&self) -> String {
        match self {
            Self::Person(id) => id.to_string(),
            Self::Number(number) => format!("#{number}"),
        }
    }

    fn is_of(&self, person: Option<Id>, number: Option<&Text>) -> bool {
        match self {
            Self::Person(id) => person == Some(*id),
            Self::Number(text) => person.is_none() && number == Some(text),
        }
    }
}

/// The record of a voter in a round, or the free id where it would be.
fn place_of(workspace: &Workspace, letter: char, round: Id, voter: &Voter) -> (Id, Option<AnyRecord>) {
    let is_theirs = |record: &AnyRecord| match record {
        AnyRecord::Ballot(ballot) => {
            ballot.round.id() == Some(round)
                && voter.is_of(ballot.person.as_ref().and_then(Ref::id), ballot.number.as_ref())
        }
        AnyRecord::Receipt(receipt) => receipt.round.id() == Some(round) && voter.is_of(receipt.person.id(), None),
        _ => false,
    };
    let key = voter.key();
    let mut attempt = 0;
    loop {
        let id = voter_id(letter, round, &key, attempt);
        match workspace.get(id) {
            None => return (id, None),
            Some(record) if is_theirs(&record) => return (id, Some(record)),
            Some(_) => attempt += 1,
        }
    }
}

/// Whether a round takes ballots now.
///
/// # Errors
/// It is not open, or counted on the wall.
pub fn refuse_unless_open(round: &Round) -> Result<(), Refusal> {
    if round.state == RoundState::Open && round.method == Method::Ballots {
        return Ok(());
    }
    let why = format!("it is {}, by {}", round.state.label(), round.method.label());
    Err(Refusal(format!("{} takes no ballots: {why}", round.name)))
}

/// Keeps a ballot that breaks the rules of its round as it came, under its voter: the tally lists it and does not count
/// it, and a vote that keeps to the rules takes its place. `None` where it cannot be kept so: the voter has a ballot
/// already, or the round is anonymous, where a ballot that may yet count needs a receipt.
pub fn keep_uncounted(
    workspace: &Workspace,
    round: &Round,
    voter: &Voter,
    votes: Vec<Vote>,
    origin: Origin,
    author: &Author,
) -> Option<Change> {
    let is_free = !round.anonymous && place_of(workspace, Kind::Ballot.letter(), round.id, voter).1.is_none();
    is_free.then(|| by_name(workspace, round, voter, Votes(votes), origin, author))
}

/// The ballot that a voter has in a round; nobody can tell it where the round is anonymous.
pub fn ballot_of<'a>(workspace: &'a Workspace, round: &Round, voter: &Voter) -> Option<&'a Ballot> {
    let (id, there) = place_of(workspace, Kind::Ballot.letter(), round.id, voter);
    there.and_then(|_| workspace.ballots.get(id)).map(AsRef::as_ref)
}

/// Whether somebody has voted in an anonymous round.
pub fn has_receipt(workspace: &Workspace, round: &Round, voter: &Voter) -> bool {
    place_of(workspace, Kind::Receipt.letter(), round.id, voter).1.is_some()
}

/// Casts a ballot. While the round is open a voter by name may vote again, which replaces what they voted before; an
/// anonymous voter votes once.
///
/// # Errors
/// The round is not open for ballots, the voter is not eligible or has voted, or the votes break its rules.
pub fn vote(
    workspace: &Workspace,
    round: Id,
    voter: &Voter,
    votes: Vec<Vote>,
    origin: Origin,
    author: &Author,
    random: &mut SplitMix64,
) -> Result<Change, Refusal> {
    let Some(round) = workspace.rounds.get(round) else {
        return Err(Refusal(format!("{round} is not a round here; see `moot list rounds`")));
    };
    refuse_unless_open(round)?;
    refuse_who_may_not_vote(workspace, round, voter)?;
    check_votes(round, &votes, workspace)?;
    let votes = Votes(votes.into_iter().filter(|vote| vote.dots.is_some_and(|dots| dots > 0)).collect());
    if round.anonymous {
        anonymous(workspace, round, voter, votes, random)
    } else {
        Ok(by_name(workspace, round, voter, votes, origin, author))
    }
}

/// What is known of a voter before they vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They have not voted.
    New,
    /// They have a ballot in the round, and a new one would replace it.
    Replaces,
}

/// Whether somebody can vote in a round just now, before anything is put down.
///
/// # Errors
/// They are not eligible, have voted where that cannot be changed, or the round takes no ballots of this sort.
pub fn standing(workspace: &Workspace, round: &Round, voter: &Voter) -> Result<Standing, Refusal> {
    refuse_who_may_not_vote(workspace, round, voter)?;
    if round.anonymous {
        refuse_second_ballot(workspace, round, voter)?;
        return Ok(Standing::New);
    }
    let (_, before) = place_of(workspace, Kind::Ballot.letter(), round.id, voter);
    Ok(if before.is_some() { Standing::Replaces } else { Standing::New })
}

fn refuse_who_may_not_vote(workspace: &Workspace, round: &Round, voter: &Voter) -> Result<(), Refusal> {
    let (Voter::Person(person), Some(electorate)) = (voter, round.electorate(workspace)) else { return Ok(()) };
    if electorate.iter().any(|one| one.id() == Some(*person)) {
        return Ok(());
    }
    let name = workspace.people.get(*person).map_or_else(|| person.to_string(), |person| person.name.to_string());
    Err(Refusal(format!("{name} is not among those who may vote in {}", round.name)))
}

fn by_name(
    workspace: &Workspace,
    round: &Round,
    voter: &Voter,
    votes: Votes,
    origin: Origin,
    author: &Author,
) -> Change {
    let (id, before) = place_of(workspace, Kind::Ballot.letter(), round.id, voter);
    let (person, number) = match voter {
        Voter::Person(person) => (Some(Ref::record(*person)), None),
        Voter::Number(number) => (None, Some(number.clone())),
    };
    let updated = author.stamp(before.as_ref());
    let ballot = Ballot { id, round: Ref::record(round.id), person, number, votes, origin: Some(origin), updated };
    let what = if before.is_some() { "changed" } else { "cast" };
    let sentence = format!("{} {what}", Rules::title(&ballot, workspace));
    Change { edits: Edit::new(before, Some(ballot.into())).into_iter().collect(), sentence }
}

/// In an anonymous round people vote by name, once: the person, and the free id of their receipt.
fn refuse_second_ballot(workspace: &Workspace, round: &Round, voter: &Voter) -> Result<(Id, Id), Refusal> {
    let Voter::Person(person) = voter else {
        return Err(Refusal("in an anonymous round people vote by name, and their ballots bear none".to_owned()));
    };
    let (id, before) = place_of(workspace, Kind::Receipt.letter(), round.id, voter);
    if before.is_some() {
        let name = Ref::<Person>::record(*person);
        return Err(Refusal(format!(
            "{} has voted in {}; an anonymous ballot cannot be changed",
            name.name(workspace),
            round.name
        )));
    }
    Ok((*person, id))
}

/// Neither the ballot nor the receipt says when or by whom it was written.
fn anonymous(
    workspace: &Workspace,
    round: &Round,
    voter: &Voter,
    votes: Votes,
    random: &mut SplitMix64,
) -> Result<Change, Refusal> {
    let (person, id) = refuse_second_ballot(workspace, round, voter)?;
    let updated = Updated::default();
    let receipt = Receipt { id, round: Ref::record(round.id), person: Ref::record(person), updated: updated.clone() };
    let ballot_id = random.new_id(Kind::Ballot.letter(), super::id::FIVE_FROM, |id| workspace.get(id).is_some());
    let ballot = Ballot { id: ballot_id, round: Ref::record(round.id), votes, updated, ..Ballot::default() };
    let edits = [Edit::Add(receipt.into()), Edit::Add(ballot.into())];
    Ok(Change { edits: edits.to_vec(), sentence: format!("a ballot was cast in {}", round.name) })
}
