//! Writes a closed round as an election.
//!
//! What goes out is what was counted, so that whoever counts it again finds the same: a ballot that breaks the rules of
//! the round is left out. Nobody is named: ballots of people are numbered in the order of what is on them, as any order
//! that follows from who they are would tell it to somebody who knows them.

use std::collections::{HashMap, HashSet};

use super::plan::NAME_PREFIX;
use crate::model::ballot::{Ballot, check_votes};
use crate::model::recommendation::Recommendation;
use crate::model::round::{Method, Round, ballots_of};
use crate::model::tally::{self, Tally};
use crate::model::text::one_line;
use crate::model::{Audience, Id, Ref, Refusal, Workspace};

/// A round in the format of Pabulib.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The text of the file.
    pub text: String,
    /// How many ballots stand in it.
    pub ballots: usize,
    /// How many were left out, as they break the rules of the round.
    pub left_out: usize,
}

/// What is written of one ballot: the ids of projects, and points.
type Votes = Vec<(String, u16)>;

/// A round in the format of Pabulib.
///
/// # Errors
/// Its results are hidden until it closes, or it was counted on the wall.
pub fn election_text(workspace: &Workspace, round: &Round) -> Result<Written, Refusal> {
    let tally = tally::tally(workspace, round, Audience::Colleagues, false)?;
    if round.method != Method::Ballots {
        return Err(Refusal(format!("{} was counted on the wall: there are no ballots to write", round.name)));
    }
    let ids = project_ids(workspace, round);
    let all: Vec<&Ballot> = ballots_of(workspace, round.id).collect();
    let counted = all.iter().copied().filter(|ballot| check_votes(round, &ballot.votes.0, workspace).is_ok());
    let votes: Vec<(&Ballot, Votes)> = counted.map(|ballot| (ballot, votes_of(ballot, &ids))).collect();
    let ballots = votes.len();
    let is_approval = round.cap == Some(1);
    let mut rows = meta_rows(workspace, round, ballots, is_approval);
    rows.extend(project_rows(round, &tally, &ids));
    rows.extend(vote_rows(votes, is_approval));
    Ok(Written { text: semicolons(&rows)?, ballots, left_out: all.len() - ballots })
}

fn semicolons(rows: &[Vec<String>]) -> Result<String, Refusal> {
    let failed = |error: &dyn std::fmt::Display| Refusal(format!("the election could not be written: {error}"));
    let mut writer = csv::WriterBuilder::new().delimiter(b';').flexible(true).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(|error| failed(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| failed(&error))?;
    String::from_utf8(bytes).map_err(|error| failed(&error))
}

fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

/// The rules of the round. Where one dot is all that can be put on an item it is approval, else points are added up. The
/// costs and the budget, which a vote for recommendations does not have, let all of them be paid for.
fn meta_rows(workspace: &Workspace, round: &Round, ballots: usize, is_approval: bool) -> Vec<Vec<String>> {
    let pair = |key: &str, value: String| vec![key.to_owned(), value];
    let event = round.event.as_ref();
    let date = event.and_then(|event| event.get(workspace)).and_then(|event| event.date);
    let dots = round.dots.unwrap_or_default().to_string();
    let name = one_line(&round.name);
    let mut rows = vec![
        row(["META"]),
        row(["key", "value"]),
        pair("description", name.strip_prefix(NAME_PREFIX).unwrap_or(&name).to_owned()),
        pair("unit", event.map_or_else(|| name.clone(), |event| one_line(&event.name(workspace)))),
        pair("instance", date.map_or_else(|| "not stated".to_owned(), |date| date.format("%Y").to_string())),
        pair("num_projects", round.options.len().to_string()),
        pair("num_votes", ballots.to_string()),
        pair("budget", round.options.len().to_string()),
        pair("rule", "greedy".to_owned()),
    ];
    rows.extend(date.map(|date| pair("date_begin", date.format("%d.%m.%Y").to_string())));
    if is_approval {
        rows.extend([row(["vote_type", "approval"]), pair("max_length", dots)]);
    } else {
        rows.extend([row(["vote_type", "cumulative"]), pair("max_sum_points", dots)]);
        rows.extend(round.cap.map(|cap| pair("max_points", cap.to_string())));
    }
    rows
}

/// The projects with what they got: `votes` are people, `score` is dots.
fn project_rows(round: &Round, tally: &Tally, ids: &HashMap<Id, String>) -> Vec<Vec<String>> {
    let items: HashMap<Id, &tally::Item> = tally.items.iter().map(|item| (item.id, item)).collect();
    let mut rows = vec![row(["PROJECTS"]), row(["project_id", "cost", "votes", "score", "name"])];
    for id in round.options.iter().filter_map(Ref::id) {
        let Some((item, project)) = items.get(&id).zip(ids.get(&id)) else { continue };
        let people = item.people.map_or_else(String::new, |people| people.to_string());
        rows.push(row([project, "1", &people, &item.dots.to_string(), &one_line(&item.title)]));
    }
    rows
}

/// The ballots. One that is blank says `none`, as an empty cell is taken for a project without a name.
fn vote_rows(votes: Vec<(&Ballot, Votes)>, is_approval: bool) -> Vec<Vec<String>> {
    let list = |votes: &Votes, part: &dyn Fn(&(String, u16)) -> String| match votes.as_slice() {
        [] if is_approval => String::new(),
        [] => "none".to_owned(),
        votes => votes.iter().map(part).collect::<Vec<_>>().join(","),
    };
    let header = if is_approval { row(["voter_id", "vote"]) } else { row(["voter_id", "vote", "points"]) };
    let mut rows = vec![row(["VOTES"]), header];
    for (voter, votes) in voters(votes) {
        let mut cells = vec![voter, list(&votes, &|vote| vote.0.clone())];
        if !is_approval {
            cells.push(list(&votes, &|vote| vote.1.to_string()));
        }
        rows.push(cells);
    }
    rows
}

fn votes_of(ballot: &Ballot, ids: &HashMap<Id, String>) -> Votes {
    let votes = ballot.votes.0.iter();
    let known = votes.filter_map(|vote| Some((ids.get(&vote.item.id()?)?.clone(), vote.dots?)));
    known.filter(|(_, dots)| *dots > 0).collect()
}

/// The ballots with the id under which each goes out: the number on the paper, the random id of an anonymous ballot, and
/// for a person the next free number.
fn voters(votes: Vec<(&Ballot, Votes)>) -> Vec<(String, Votes)> {
    let public = |ballot: &Ballot| match (&ballot.person, &ballot.number) {
        (None, Some(number)) => is_plain_number(number).then(|| number.to_string()),
        (None, None) => Some(ballot.id.to_string()),
        (Some(_), _) => None,
    };
    let (mut numbered, mut of_people) = (Vec::new(), Vec::new());
    let mut taken = HashSet::new();
    for (ballot, votes) in votes {
        match public(ballot).filter(|voter| taken.insert(voter.clone())) {
            Some(voter) => numbered.push((voter, votes)),
            None => of_people.push(votes),
        }
    }
    of_people.sort();
    let free = (1_u64..).map(|number| number.to_string()).filter(|number| !taken.contains(number));
    numbered.into_iter().chain(free.zip(of_people)).collect()
}

/// Whether what stands on a paper ballot is a number or a code and not, say, a name.
fn is_plain_number(text: &str) -> bool {
    let is_code = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c));
    is_code && text.chars().any(|c| c.is_ascii_digit())
}

/// The id under which each option goes out: the one it had in the file it came from, else its number here, else the id of
/// its record; each once, and none that would read as something else.
fn project_ids(workspace: &Workspace, round: &Round) -> HashMap<Id, String> {
    let mut taken = HashSet::new();
    let mut ids = HashMap::new();
    for id in round.options.iter().filter_map(Ref::id) {
        let record = Ref::<Recommendation>::record(id);
        let record = record.get(workspace);
        let source = record.and_then(|record| record.source_id.as_ref()).map(ToString::to_string);
        let known = [source, record.and_then(|record| record.label(workspace))];
        let usable = known.into_iter().flatten().find(|known| is_usable(known) && !taken.contains(known));
        let chosen = usable.unwrap_or_else(|| id.to_string());
        taken.insert(chosen.clone());
        ids.insert(id, chosen);
    }
    ids
}

fn is_usable(id: &str) -> bool {
    let is_reserved = ["meta", "projects", "votes", "none"].iter().any(|word| id.eq_ignore_ascii_case(word));
    !is_reserved && !id.contains([',', '\n']) && id.trim() == id && !id.is_empty()
}
