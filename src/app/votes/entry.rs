//! Ballots: whose, and what is on it. The line takes initials or a name, then `17.2 5` for each item; an empty line casts
//! the ballot and asks for the next.
//!
//! Enter never does what could be a slip: a blank ballot and one in the place of another take ctrl-s. What is put down and
//! not cast stays in memory when one goes back, and is never written anywhere: it may be a secret ballot.

use std::collections::BTreeMap;

use super::sheet::{height, turn};
use super::{View, back_to_list, round, show};
use crate::app::command::{Command, Scope, always, commands};
use crate::app::input::LineInput;
use crate::app::key::Key;
use crate::app::moving::{Cursor, Step};
use crate::app::{App, Effects, history, prompt};
use crate::model::ballot::{self, Origin, Standing, Voter};
use crate::model::change::{Refusal, listed};
use crate::model::entry::{Filling, next_number};
use crate::model::person::{Fit, fit};
use crate::model::{Id, Person, Round, Text, Workspace, turnout};

/// The scope of the question whose ballot it is.
pub(super) const VOTER: Scope = Scope::new("Whose ballot");
/// The scope of a ballot on which nothing is being typed.
pub(super) const DOTS: Scope = Scope::new("A ballot, where nothing is being typed");
/// The scope of a ballot.
pub(super) const BALLOT: Scope = Scope::new("A ballot");

/// Keys of the question; everything else is typed.
pub(super) const VOTER_COMMANDS: &[Command] = commands! { VOTER;
    "voter.choose" ["enter"] "their ballot" "fill in the ballot of whom is meant; # is the next paper ballot, #7 that one" always, |app| choose(app, false);
    "voter.replace" ["ctrl-s"] "" "the same for somebody who has voted: a new ballot in the place of theirs" always, |app| choose(app, true);
    "voter.back" ["esc"] "back" "back to the rounds" always, back_to_list;
    "voter.complete" ["tab"] "complete" "the whole name of the one in the list" always, complete;
    "voter.undo" ["ctrl-_"] "undo" "clear the line; on an empty line take the last change back" always, undo;
};

/// Keys of a ballot while the line is empty.
pub(super) const DOTS_COMMANDS: &[Command] = commands! { DOTS;
    "ballot.undo" ["u", "backspace"] "undo" "take the last entry back" always, take_back;
    "ballot.more" ["+"] "one more" "one dot more on the selected item; in the list a digit puts down so many" always, |app| add(app, 1);
    "ballot.less" ["-"] "" "one dot less on the selected item" always, |app| add(app, -1);
};

/// Keys of a ballot; everything else is typed.
pub(super) const BALLOT_COMMANDS: &[Command] = commands! { BALLOT;
    "ballot.enter" ["enter"] "put down, cast" "put down what is typed; on an empty line cast the ballot" always, enter;
    "ballot.cast" ["ctrl-s"] "cast" "cast the ballot, a blank one too" always, |app| cast(app, true);
    "ballot.list" ["tab"] "" "from the line to the list and back" always, turn;
    "ballot.back" ["esc"] "another voter" "another voter; what is put down is kept while the program runs" always, back;
};

/// Somebody whose ballot it may be.
#[derive(Clone, Debug, PartialEq)]
pub struct VoterRow {
    /// Who.
    pub id: Id,
    /// Their name.
    pub name: String,
    /// Their initials.
    pub initials: String,
    /// Whether they have voted.
    pub has_voted: bool,
    /// How what is typed fits.
    fit: Fit,
}

/// A ballot that is being filled in.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenBallot {
    /// Whose.
    pub voter: Voter,
    /// What they are called.
    pub name: String,
    /// Whether it takes the place of one that was cast.
    pub replaces: bool,
    /// What is put down.
    pub filling: Filling,
}

/// The state of both views.
#[derive(Default)]
pub struct Entry {
    /// What is typed of a voter.
    pub line: LineInput,
    /// What was wrong with it.
    pub problem: Option<String>,
    /// Who fits what is typed.
    pub voters: Vec<VoterRow>,
    /// Where that list is.
    pub at: Cursor,
    /// Whether somebody was chosen by moving.
    has_moved: bool,
    /// How many ballots were cast, and how many may be.
    pub turnout: (usize, Option<u64>),
    /// The ballot that is being filled in.
    pub ballot: Option<OpenBallot>,
    /// Ballots that were left before they were cast, with what stood in the line, by round and voter. In memory alone.
    left: BTreeMap<(Id, String), (Filling, LineInput)>,
}

/// Asks for the first voter.
pub(super) fn open(app: &mut App) -> Effects {
    let entry = &mut app.screens.votes.entry;
    (entry.at, entry.has_moved, entry.problem) = (Cursor::default(), false, None);
    entry.line = LineInput::default();
    show(app, View::Voter);
    Vec::new()
}

/// Who may vote and fits what is typed: those whom it means exactly first, then who has not voted, by name.
fn fitting(workspace: &Workspace, round: &Round, typed: &str) -> Vec<VoterRow> {
    let voted = turnout::voters(workspace, round.id);
    let row = |person: &Person| {
        let fit = fit(person, typed)?;
        let initials = person.initials.as_deref().unwrap_or_default().to_owned();
        Some(VoterRow {
            id: person.id,
            name: person.name.to_string(),
            initials,
            has_voted: voted.contains(&person.id),
            fit,
        })
    };
    let mut rows: Vec<VoterRow> = match round.electorate(workspace) {
        Some(electorate) => electorate.iter().filter_map(|one| one.get(workspace)).filter_map(row).collect(),
        None => workspace.people.iter().filter_map(|person| row(person)).collect(),
    };
    rows.sort_by_cached_key(|row| (row.fit, row.has_voted, row.name.to_lowercase()));
    rows
}

/// Finds anew who fits what is typed.
pub(super) fn refresh(app: &mut App) {
    let Some(round) = round(app) else { return };
    let voters = fitting(&app.workspace, round, app.screens.votes.entry.line.text());
    let turnout = turnout::turnout(&app.workspace, round);
    let height = height(app.size);
    let entry = &mut app.screens.votes.entry;
    entry.turnout = (turnout.cast(), turnout.eligible);
    entry.voters = voters;
    entry.at.follow(entry.voters.len(), height);
}

/// Moves among the voters.
pub(super) fn step(app: &mut App, step: Step) {
    let height = height(app.size);
    let entry = &mut app.screens.votes.entry;
    // The first step down leads to the first row, which nobody chose before.
    if entry.has_moved || !matches!(step, Step::Rows(1)) {
        entry.at.step(step, entry.voters.len(), height);
    }
    entry.has_moved = true;
    entry.problem = None;
}

/// A key is typed into the line of the voter.
pub(super) fn type_name(app: &mut App, key: Key) -> Effects {
    app.screens.votes.entry.line.key(key);
    name_changed(app)
}

/// Text is pasted into the line of the voter.
pub(super) fn paste_name(app: &mut App, text: &str) -> Effects {
    app.screens.votes.entry.line.paste(text);
    name_changed(app)
}

fn name_changed(app: &mut App) -> Effects {
    let entry = &mut app.screens.votes.entry;
    (entry.at, entry.has_moved, entry.problem) = (Cursor::default(), false, None);
    refresh(app);
    Vec::new()
}

fn complete(app: &mut App) -> Effects {
    let entry = &mut app.screens.votes.entry;
    if let Some(name) = entry.voters.get(entry.at.at).map(|row| row.name.clone()) {
        entry.line = LineInput::new(&name);
        return name_changed(app);
    }
    Vec::new()
}

/// On an empty line the last ballot is taken back, or whatever else was done last.
fn undo(app: &mut App) -> Effects {
    if !app.screens.votes.entry.line.text().is_empty() {
        app.screens.votes.entry.line = LineInput::default();
        return name_changed(app);
    }
    if app.history.can_undo() {
        return history::undo(app);
    }
    app.screens.votes.entry.problem = Some("nothing to undo".to_owned());
    Vec::new()
}

/// Whose ballot is meant, and what they are called.
fn voter_meant(app: &App) -> Result<(Voter, String), Refusal> {
    let entry = &app.screens.votes.entry;
    let typed = entry.line.text().trim();
    if let (Some(number), Some(round)) = (typed.strip_prefix('#'), round(app)) {
        let number = Text::some(number).unwrap_or_else(|| next_number(&app.workspace, round.id));
        return Ok((Voter::Number(number.clone()), format!("#{number}")));
    }
    let of = |row: &VoterRow| (Voter::Person(row.id), row.name.clone());
    if entry.has_moved {
        return entry.voters.get(entry.at.at).map(of).ok_or(Refusal("nobody is in the list".to_owned()));
    }
    if typed.is_empty() {
        return Err(Refusal("write initials or a name, or move to somebody".to_owned()));
    }
    // The initials somebody signs with are meant before letters that another name merely begins with.
    let best = entry.voters.iter().map(|row| row.fit).min().filter(|fit| *fit < Fit::Begins);
    let exact: Vec<&VoterRow> = entry.voters.iter().filter(|row| Some(row.fit) == best).collect();
    let meant = if exact.is_empty() { entry.voters.iter().collect() } else { exact };
    match meant[..] {
        [one] => Ok(of(one)),
        [] => Err(not_there(app, typed)),
        _ => {
            let names: Vec<String> = meant.iter().map(|row| row.name.clone()).collect();
            Err(Refusal(format!("{typed} may be {}: write more, or move to the one who is meant", listed(&names))))
        }
    }
}

/// Nobody who may vote is called so; perhaps somebody who may not.
fn not_there(app: &App, typed: &str) -> Refusal {
    let known = crate::model::person::find(&app.workspace, typed).ok();
    let standing =
        known.zip(round(app)).map(|(person, round)| ballot::standing(&app.workspace, round, &Voter::Person(person.id)));
    match standing {
        Some(Err(refusal)) => refusal,
        _ => Refusal(format!("nobody who may vote is called {typed}")),
    }
}

/// Opens the ballot of whom is meant; `is_sure` where they have voted already.
fn choose(app: &mut App, is_sure: bool) -> Effects {
    let opened = voter_meant(app).and_then(|(voter, name)| {
        let Some(round) = round(app) else { return Err(Refusal("the round is gone".to_owned())) };
        let standing = ballot::standing(&app.workspace, round, &voter)?;
        if standing == Standing::Replaces && !is_sure {
            return Err(Refusal(format!(
                "{name} has voted already: ctrl-s enters a new ballot in the place of theirs"
            )));
        }
        Ok((
            round.id,
            OpenBallot { voter, name, replaces: standing == Standing::Replaces, filling: Filling::default() },
        ))
    });
    match opened {
        Err(refusal) => app.screens.votes.entry.problem = Some(refusal.0),
        Ok((round, ballot)) => fill_in(app, round, ballot),
    }
    Vec::new()
}

fn fill_in(app: &mut App, round: Id, mut ballot: OpenBallot) {
    let state = &mut app.screens.votes;
    let left = state.entry.left.remove(&(round, ballot.voter.key()));
    state.sheet.clear();
    state.sheet.problem = left.is_some().then(|| "what was put down before is back".to_owned());
    (ballot.filling, state.sheet.line) = left.unwrap_or_default();
    state.entry.ballot = Some(ballot);
    state.view = View::Ballot;
    super::refresh(app);
}

/// A key on a ballot: in the list a digit is the dots of the selected item; everything else is typed.
pub(super) fn type_key(app: &mut App, key: Key) -> Effects {
    let height = height(app.size);
    let sheet = &mut app.screens.votes.sheet;
    let digit = key.types().and_then(|c| c.to_digit(10)).filter(|_| sheet.is_in_list);
    if let (Some(dots), Some(item)) = (digit, sheet.selected()) {
        return put_all(app, &[(item, dots)]);
    }
    sheet.is_in_list = false;
    sheet.type_key(key, height);
    Vec::new()
}

/// Puts dots down, all of them or none; what stands against it is said beside the line.
fn put_all(app: &mut App, entries: &[(Id, u32)]) -> Effects {
    let height = height(app.size);
    let App { screens, workspace, .. } = app;
    let state = &mut screens.votes;
    let round = state.round(workspace);
    let (Some(round), Some(ballot)) = (round, state.entry.ballot.as_mut()) else { return Vec::new() };
    let mut filling = ballot.filling.clone();
    if let Err(refusal) = entries.iter().try_for_each(|(item, dots)| filling.put(round, *item, *dots, workspace)) {
        state.sheet.problem = Some(refusal.0);
        return Vec::new();
    }
    ballot.filling = filling;
    state.sheet.problem = None;
    state.sheet.line = LineInput::default();
    if let Some((item, _)) = entries.last() {
        state.sheet.put_cursor_on(*item, height);
    }
    Vec::new()
}

/// One dot more or less on the selected item.
fn add(app: &mut App, by: i32) -> Effects {
    let state = &app.screens.votes;
    let (Some(item), Some(ballot)) = (state.sheet.selected(), &state.entry.ballot) else { return Vec::new() };
    put_all(app, &[(item, ballot.filling.on(item).saturating_add_signed(by))])
}

fn take_back(app: &mut App) -> Effects {
    let height = height(app.size);
    let state = &mut app.screens.votes;
    state.sheet.problem = None;
    match state.entry.ballot.as_mut().and_then(|ballot| ballot.filling.take_back()) {
        Some(item) => state.sheet.put_cursor_on(item, height),
        None => state.sheet.problem = Some("nothing is put down yet".to_owned()),
    }
    Vec::new()
}

fn enter(app: &mut App) -> Effects {
    if app.screens.votes.sheet.line.text().trim().is_empty() { cast(app, false) } else { put_typed(app) }
}

/// Puts down what the line says; an item without a number gets one dot.
fn put_typed(app: &mut App) -> Effects {
    match app.screens.votes.sheet.read() {
        Ok(entries) => {
            let entries: Vec<(Id, u32)> = entries.into_iter().map(|(item, dots)| (item, dots.unwrap_or(1))).collect();
            put_all(app, &entries)
        }
        Err(refusal) => {
            app.screens.votes.sheet.problem = Some(refusal.0);
            Vec::new()
        }
    }
}

/// Casts the ballot and asks for the next voter; `is_sure` where it is blank.
fn cast(app: &mut App, is_sure: bool) -> Effects {
    let Some(author) = app.author() else { return prompt::ask_who(app) };
    if !app.screens.votes.sheet.line.text().trim().is_empty() {
        put_typed(app);
        if app.screens.votes.sheet.problem.is_some() {
            return Vec::new();
        }
    }
    let App { screens, workspace, random, .. } = app;
    let state = &mut screens.votes;
    let (Some(round), Some(ballot)) = (state.round, &state.entry.ballot) else { return Vec::new() };
    if ballot.filling.is_blank() && !is_sure {
        state.sheet.problem = Some("nothing is put down: ctrl-s casts a blank ballot".to_owned());
        return Vec::new();
    }
    let origin = if matches!(ballot.voter, Voter::Number(_)) { Origin::Paper } else { Origin::Typed };
    match ballot::vote(workspace, round, &ballot.voter, ballot.filling.votes(), origin, &author, random) {
        Err(refusal) => {
            state.sheet.problem = Some(refusal.0);
            Vec::new()
        }
        Ok(change) => {
            next_voter(app);
            app.submit(change)
        }
    }
}

fn next_voter(app: &mut App) {
    let state = &mut app.screens.votes;
    state.entry.ballot = None;
    state.entry.line = LineInput::default();
    (state.entry.at, state.entry.has_moved, state.entry.problem) = (Cursor::default(), false, None);
    state.view = View::Voter;
    refresh(app);
}

/// From the list to the line; from there to another voter, and what is put down is kept.
fn back(app: &mut App) -> Effects {
    let state = &mut app.screens.votes;
    if std::mem::take(&mut state.sheet.is_in_list) {
        return Vec::new();
    }
    let line = std::mem::take(&mut state.sheet.line);
    if let (Some(round), Some(ballot)) = (state.round, state.entry.ballot.take())
        && !(ballot.filling.is_blank() && line.text().trim().is_empty())
    {
        state.entry.left.insert((round, ballot.voter.key()), (ballot.filling, line));
        next_voter(app);
        let said = format!("the ballot of {} is not cast; choose them again to go on with it", ballot.name);
        app.screens.votes.entry.problem = Some(said);
        return Vec::new();
    }
    next_voter(app);
    Vec::new()
}
