//! Commands of a vote: opening and closing its round, casting ballots, counting the wall, the tally.

use std::io::Write;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Global;
use super::edit::commit_change;
use super::exit::{CommandError, CommandResult};
use super::list::{print_columns, print_json};
use super::session::Session;
use crate::model::ballot::{self, Origin, Vote, Voter};
use crate::model::choice::Choice;
use crate::model::field::FieldValue;
use crate::model::tally::{Item, Tally, tally};
use crate::model::{
    Audience, Author, Change, Id, ParseContext, Person, Recommendation, Record, Ref, Round, SplitMix64, Text, round,
    turnout, wall,
};
use crate::store::{Mode, StoreError};

/// `moot round`
#[derive(Debug, Subcommand)]
pub enum RoundCommand {
    /// Freeze what is on the ballot and open the vote
    Open(RoundArgs),
    /// Close the vote, for good: its results can be seen from then on
    Close(RoundArgs),
    /// Say that you have checked the outcome, for good
    Certify(RoundArgs),
}

/// The round a command is about.
#[derive(Debug, Args)]
pub struct RoundArgs {
    /// The round: its id or name
    round: String,
}

impl RoundCommand {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let (arguments, rule): (RoundArgs, fn(&crate::model::Workspace, Id, &Author) -> _) = match self {
            Self::Open(arguments) => (arguments, round::open),
            Self::Close(arguments) => (arguments, round::close),
            Self::Certify(arguments) => (arguments, round::certify),
        };
        commit_change(global, out, |session, author| {
            let round = find::<Round>(session, &arguments.round)?;
            Ok(rule(session.workspace(), round, author)?)
        })
    }
}

/// `moot vote`
#[derive(Debug, Args)]
pub struct VoteArgs {
    /// The round: its id or name
    round: String,
    /// Who votes: initials, name or id; or #7 for the paper ballot with that number
    voter: String,
    /// Dots, such as 17.2=3; none: a blank ballot
    #[arg(value_name = "ITEM=DOTS")]
    votes: Vec<String>,
    /// The ballot is copied from paper
    #[arg(long)]
    paper: bool,
}

/// How often a ballot is cast again when somebody else has just changed something it rests on.
pub(super) const MAX_ATTEMPTS: usize = 20;

impl VoteArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let mut attempts = 0;
        loop {
            let mut session = Session::open(global, Mode::Write)?;
            let author = session.author()?;
            let change = self.change(&session, &author)?;
            match session.commit(&author, &change) {
                Ok(()) => {
                    writeln!(out, "{}", crate::model::text::one_line(&change.sentence))?;
                    return Ok(0);
                }
                // Another has cast a ballot under this id in the same instant: what is there now decides.
                Err(StoreError::Taken(_)) if attempts < MAX_ATTEMPTS => attempts += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn change(&self, session: &Session, author: &Author) -> Result<Change, CommandError> {
        let workspace = session.workspace();
        let round = find::<Round>(session, &self.round)?;
        let voter = match self.voter.strip_prefix('#') {
            Some(number) => Voter::Number(Text::line(number)),
            None => Voter::Person(find::<Person>(session, &self.voter).map_err(as_refusal)?),
        };
        let votes = self.votes.iter().map(|typed| parse_vote(session, typed)).collect::<Result<Vec<_>, _>>()?;
        let origin = if self.paper { Origin::Paper } else { Origin::Typed };
        let mut random = SplitMix64::new(crate::run::seed());
        Ok(ballot::vote(workspace, round, &voter, votes, origin, author, &mut random)?)
    }
}

/// A vote by nobody, or for nothing, is refused like any other.
fn as_refusal(error: CommandError) -> CommandError {
    CommandError::refused(error.sentence)
}

fn parse_vote(session: &Session, typed: &str) -> Result<Vote, CommandError> {
    let wrong = || CommandError::usage(format!("write ITEM=DOTS such as 17.2=3, not {typed:?}"));
    let (item, dots) = typed.split_once('=').ok_or_else(wrong)?;
    let dots = dots.trim().parse::<u16>().map_err(|_| wrong())?;
    Ok(Vote { item: Ref::record(find::<Recommendation>(session, item).map_err(as_refusal)?), dots: Some(dots) })
}

/// `moot count`
#[derive(Debug, Args)]
pub struct CountArgs {
    /// The round: its id or name
    round: String,
    /// An item of the wall: 17.2
    item: String,
    /// How many dots are on it
    dots: u32,
}

impl CountArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        commit_change(global, out, |session, author| {
            let (round, item) = (find::<Round>(session, &self.round)?, find::<Recommendation>(session, &self.item)?);
            Ok(wall::count(session.workspace(), round, &author.initials(), (item, self.dots), author)?)
        })
    }
}

/// `moot tally`
#[derive(Debug, Args)]
pub struct TallyArgs {
    /// The round: its id or name
    round: String,
    /// Print it as JSON; what is not known is null
    #[arg(long)]
    json: bool,
    /// Count as if each person could put one dot on an item
    #[arg(long)]
    one_dot: bool,
}

impl TallyArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let session = Session::open(global, Mode::Read)?;
        let workspace = session.workspace();
        let id = find::<Round>(&session, &self.round)?;
        let Some(round) = workspace.rounds.get(id) else {
            return Err(CommandError::not_found(format!("there is no {id} here")));
        };
        let tally = tally(workspace, round, Audience::Colleagues, self.one_dot)?;
        if self.json {
            print_json(&to_json(&tally), out)?;
        } else {
            print_tally(&tally, round, out)?;
        }
        Ok(0)
    }
}

/// `moot turnout`
#[derive(Debug, Args)]
pub struct TurnoutArgs {
    /// The round: its id or name
    round: String,
}

impl TurnoutArgs {
    pub(super) fn run(self, global: &Global, out: &mut dyn Write) -> CommandResult {
        let session = Session::open(global, Mode::Read)?;
        let workspace = session.workspace();
        let id = find::<Round>(&session, &self.round)?;
        let Some(round) = workspace.rounds.get(id) else {
            return Err(CommandError::not_found(format!("there is no {id} here")));
        };
        let turnout = turnout::turnout(workspace, round);
        writeln!(out, "{}", turnout.summary())?;
        for (heading, people) in [("not yet", &turnout.not_yet), ("voted", &turnout.voted)] {
            let names = people.iter().map(|person| crate::model::text::one_line(&person.name(workspace)));
            names.map(|name| writeln!(out, "{heading}  {name}")).collect::<Result<Vec<()>, _>>()?;
        }
        Ok(0)
    }
}

/// The record of a kind that somebody means, by its id or by what it answers to.
pub(super) fn find<R: Record>(session: &Session, typed: &str) -> Result<Id, CommandError> {
    let context = ParseContext { workspace: session.workspace(), today: crate::run::clock().1 };
    let found = Ref::<R>::parse(typed, context).map_err(CommandError::usage)?;
    let kind = R::KIND;
    found.id().ok_or_else(|| {
        CommandError::not_found(format!(
            "there is no {} {typed:?} here; see `moot list {}`",
            kind.singular(),
            kind.plural()
        ))
    })
}

fn to_json(tally: &Tally) -> Value {
    let totals = &tally.totals;
    let invalid = tally.invalid.iter().map(|(id, why)| json!({"ballot": id.to_string(), "why": why}));
    json!({
        "round": tally.round.to_string(),
        "state": tally.state.label(),
        "totals": {
            "eligible": totals.eligible, "ballots": totals.ballots, "blank": totals.blank, "dots": totals.dots,
            "issued": totals.issued, "not_counted": invalid.collect::<Vec<_>>(),
        },
        "items": tally.items.iter().map(|item| item_json(item, totals.dots > 0)).collect::<Vec<_>>(),
    })
}

/// An item; of no dots at all nothing has a share.
fn item_json(item: &Item, has_share: bool) -> Value {
    let share = has_share.then_some(item.share);
    json!({
        "id": item.id.to_string(), "number": item.number, "source_id": item.source_id.as_deref(), "title": item.title,
        "rank": item.rank_in_words().map(|_| item.rank), "dots": item.known_dots(), "people": item.people, "organisations": item.organisations,
        "voluntary": item.voluntary, "statutory": item.statutory, "share": share, "band": item.band,
    })
}

fn print_tally(tally: &Tally, round: &Round, out: &mut dyn Write) -> Result<(), CommandError> {
    let known = |number: Option<u64>| number.map_or_else(|| "–".to_owned(), |number| number.to_string());
    let totals = &tally.totals;
    writeln!(out, "{}, {}", crate::model::text::one_line(&round.name), tally.state.label())?;
    writeln!(out, "ballots {} of {}, blank {}", known(totals.ballots), known(totals.eligible), known(totals.blank))?;
    writeln!(out, "dots {} of {}\n", totals.dots, known(totals.issued))?;
    let row = |item: &Item| {
        let rank = item.rank_in_words().unwrap_or_else(|| "–".to_owned());
        let band = item.band.map_or_else(String::new, |band| format!("[{band}]"));
        let people =
            if item.people == Some(1) { "1 person".to_owned() } else { format!("{} people", known(item.people)) };
        let number = item.number.clone().unwrap_or_else(|| item.id.to_string());
        vec![
            rank,
            format!("{} dots", known(item.known_dots())),
            people,
            band,
            number,
            crate::model::text::one_line(&item.title),
        ]
    };
    print_columns(&tally.items.iter().map(row).collect::<Vec<_>>(), out)?;
    if !tally.invalid.is_empty() {
        writeln!(out, "\nnot counted, as they break the rules of the round:")?;
        for (id, why) in &tally.invalid {
            writeln!(out, "{id}  {}", crate::model::text::one_line(why))?;
        }
    }
    Ok(())
}
