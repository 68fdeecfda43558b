//! Elections in the format of Pabulib (pabulib.org/format): the sections META, PROJECTS and VOTES, semicolons between
//! cells. One file becomes an event with one topic, whose recommendations are the projects, and a closed round with its
//! ballots; a round goes out the same way.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::ExchangeError;
use crate::model::ballot::{Ballot, Origin, Vote, Votes};
use crate::model::recommendation::Recommendation;
use crate::model::round::{Method, Round, RoundState, ballots_of};
use crate::model::topic::{Topic, TopicState};
use crate::model::{AnyRecord, Author, Change, Edit, Event, Id, Kind, Ref, SplitMix64, Text, Updated, Workspace};

/// The largest file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// The most rows of a section that are read.
const MAX_ROWS: usize = 5_000_000;

/// An election as its file says it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Election {
    /// Keys and values of the section META.
    pub meta: HashMap<String, String>,
    /// The projects.
    pub projects: Vec<Project>,
    /// The ballots, in the order of the file.
    pub ballots: Vec<PaperBallot>,
}

/// A project that could be voted for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Project {
    /// Its id in the file.
    pub id: String,
    /// What it is called.
    pub name: String,
}

/// A ballot of the file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PaperBallot {
    /// The id of the voter.
    pub voter: String,
    /// Projects and points, in the order of the ballot.
    pub votes: Vec<(String, u16)>,
}

/// What an import of an election brings.
pub struct ElectionPlan {
    /// The change that adds it.
    pub change: Change,
    /// The round.
    pub round: Id,
    /// Ballots that break the rules of the election, a sentence each: they are kept and not counted.
    pub invalid: Vec<String>,
    /// Ballots that name one project several times, a sentence each: its points are added, and the voter counts once.
    pub repeated: Vec<String>,
}

/// Whether a path is an election rather than a directory of services.
pub fn is_election(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("pb"))
}

/// Reads an election from a file.
///
/// # Errors
/// The file cannot be read, is too large, or has no such sections; with the line.
pub fn read_election(path: &Path) -> Result<Election, ExchangeError> {
    let shown = super::display_path(path);
    let unreadable = |error: std::io::Error| ExchangeError(format!("{shown} cannot be read: {error}"));
    let length = std::fs::metadata(path).map_err(unreadable)?.len();
    if length > MAX_FILE_BYTES {
        return Err(ExchangeError(format!("{shown} is larger than {} MB", MAX_FILE_BYTES / 1024 / 1024)));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    parse_election(&bytes).map_err(|why| ExchangeError(format!("{shown}: {why}")))
}

/// Parses an election.
///
/// # Errors
/// What is wrong, with the line.
pub fn parse_election(bytes: &[u8]) -> Result<Election, String> {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(b';').flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut election = Election::default();
    let mut section = Section::None;
    let mut rows = 0;
    for row in reader.records() {
        let row = row.map_err(|error| format!("a row cannot be read: {error}"))?;
        rows += 1;
        if rows > MAX_ROWS {
            return Err(format!("more than {MAX_ROWS} rows"));
        }
        let line = row.position().map_or(0, csv::Position::line);
        let next = Section::of(&row);
        section = match next {
            Some(next) => next,
            None => section.take(&row, &mut election).map_err(|why| format!("line {line}: {why}"))?,
        };
    }
    if election.projects.is_empty() {
        return Err("there is no section PROJECTS with a project in it".to_owned());
    }
    Ok(election)
}

/// The section that is being read, with the columns its header names.
enum Section {
    None,
    Meta,
    Projects(Option<Vec<String>>),
    Votes(Option<Vec<String>>),
}

impl Section {
    fn of(row: &csv::StringRecord) -> Option<Self> {
        if row.len() != 1 {
            return None;
        }
        match row.get(0)?.trim().to_ascii_uppercase().as_str() {
            "META" => Some(Self::Meta),
            "PROJECTS" => Some(Self::Projects(None)),
            "VOTES" => Some(Self::Votes(None)),
            _ => None,
        }
    }

    fn take(self, row: &csv::StringRecord, election: &mut Election) -> Result<Self, String> {
        let header = || Some(row.iter().map(|cell| cell.trim().to_ascii_lowercase()).collect());
        let cell = |columns: &[String], name: &str| {
            let at = columns.iter().position(|column| column == name);
            at.and_then(|at| row.get(at)).map(str::trim).unwrap_or_default().to_owned()
        };
        match &self {
            Self::None => return Err("the file begins with neither META nor PROJECTS".to_owned()),
            Self::Meta => {
                let value: Vec<&str> = row.iter().skip(1).collect();
                election
                    .meta
                    .insert(row.get(0).unwrap_or_default().trim().to_owned(), value.join(";").trim().to_owned());
            }
            Self::Projects(None) => return Ok(Self::Projects(header())),
            Self::Votes(None) => return Ok(Self::Votes(header())),
            Self::Projects(Some(columns)) => {
                let (id, name) = (cell(columns, "project_id"), cell(columns, "name"));
                if id.is_empty() {
                    return Err("a project without project_id".to_owned());
                }
                election.projects.push(Project { name: if name.is_empty() { id.clone() } else { name }, id });
            }
            Self::Votes(Some(columns)) => {
                let (projects, points) = (cell(columns, "vote"), cell(columns, "points"));
                let votes = parse_votes(&projects, &points)?;
                election.ballots.push(PaperBallot { voter: cell(columns, "voter_id"), votes });
            }
        }
        Ok(self)
    }
}

/// The votes of one ballot: projects with commas between, and as many points; without points each counts one.
fn parse_votes(projects: &str, points: &str) -> Result<Vec<(String, u16)>, String> {
    let projects: Vec<&str> = projects.split(',').map(str::trim).filter(|one| !one.is_empty()).collect();
    let points: Vec<&str> = points.split(',').map(str::trim).filter(|one| !one.is_empty()).collect();
    if !points.is_empty() && points.len() != projects.len() {
        return Err(format!("{} projects and {} points on one ballot", projects.len(), points.len()));
    }
    let parse = |at: usize| match points.get(at) {
        None => Ok(1),
        Some(text) => text.parse::<u16>().map_err(|_| format!("{text:?} is no number of points")),
    };
    projects.iter().enumerate().map(|(at, project)| Ok(((*project).to_owned(), parse(at)?))).collect()
}

impl Election {
    fn number(&self, key: &str) -> Option<u16> {
        self.meta.get(key).and_then(|text| text.parse().ok())
    }

    /// How many dots each person has: what the file says, else the most that anybody used.
    fn dots(&self) -> u16 {
        let sum = |ballot: &PaperBallot| ballot.votes.iter().map(|(_, dots)| u32::from(*dots)).sum::<u32>();
        let most = || u16::try_from(self.ballots.iter().map(sum).max().unwrap_or(1).max(1)).unwrap_or(u16::MAX);
        let is_approval = self.meta.get("vote_type").is_some_and(|kind| kind == "approval");
        let approvals = || if is_approval { self.number("max_length") } else { None };
        self.number("max_sum_points").or_else(approvals).unwrap_or_else(most)
    }

    /// How many dots one person can put on one project.
    fn cap(&self) -> Option<u16> {
        match self.meta.get("vote_type").map(String::as_str) {
            Some("approval") => Some(1),
            _ => self.number("max_points"),
        }
    }
}

/// Draws ids that neither the workspace nor this plan knows.
struct Ids<'a> {
    workspace: &'a Workspace,
    random: &'a mut SplitMix64,
    drawn: HashSet<Id>,
    expected: usize,
}

impl Ids<'_> {
    fn draw(&mut self, kind: Kind) -> Id {
        let count = self.workspace.count(kind).max(self.expected);
        let id =
            self.random.new_id(kind.letter(), count, |id| self.workspace.get(id).is_some() || self.drawn.contains(&id));
        self.drawn.insert(id);
        id
    }
}

/// Plans the import of an election: an event, a topic, a recommendation for each project, a closed round, its ballots.
pub fn plan_election(
    election: &Election,
    name: &str,
    workspace: &Workspace,
    author: &Author,
    random: &mut SplitMix64,
) -> ElectionPlan {
    let mut ids = Ids { workspace, random, drawn: HashSet::new(), expected: election.ballots.len() };
    let updated = author.stamp(None);
    let described = election.meta.get("description").map_or(name, String::as_str);
    let (event, topic) = event_of(described, &updated, &mut ids);
    let recommendations = recommendations_of(election, &topic, &updated, &mut ids);
    let by_source: HashMap<&str, Id> =
        election.projects.iter().map(|one| one.id.as_str()).zip(recommendations.iter().map(|one| one.id)).collect();
    let options = recommendations.iter().map(|one| Ref::record(one.id)).collect();
    let round = Round {
        id: ids.draw(Kind::Round),
        name: Text::line(&format!("Vote: {described}")),
        event: Some(Ref::record(event.id)),
        options,
        updated: updated.clone(),
        ..rules_of(election)
    };
    let ballots: Vec<Ballot> =
        election.ballots.iter().map(|paper| ballot_of(paper, &round, &by_source, &updated, &mut ids)).collect();
    let invalid = invalid_ballots(&ballots, &round, workspace);
    let repeated = repeated_projects(&election.ballots);
    let round_id = round.id;
    let sentence = format!("{} imported: {} options, {} ballots", round.name, recommendations.len(), ballots.len());
    let records = [AnyRecord::from(event), topic.into(), round.into()].into_iter();
    let records = records.chain(recommendations.into_iter().map(Into::into)).chain(ballots.into_iter().map(Into::into));
    ElectionPlan {
        change: Change { edits: records.map(Edit::Add).collect(), sentence },
        round: round_id,
        invalid,
        repeated,
    }
}

/// The event of an election, and the one topic under which everything stands that could be voted for.
fn event_of(described: &str, updated: &Updated, ids: &mut Ids) -> (Event, Topic) {
    let event =
        Event { id: ids.draw(Kind::Event), name: Text::line(described), updated: updated.clone(), ..Event::default() };
    let topic = Topic {
        id: ids.draw(Kind::Topic),
        title: Text::line("What could be voted for"),
        event: Some(Ref::record(event.id)),
        number: Some(1),
        state: TopicState::Reported,
        updated: updated.clone(),
        ..Topic::default()
    };
    (event, topic)
}

/// A recommendation for each project.
fn recommendations_of(election: &Election, topic: &Topic, updated: &Updated, ids: &mut Ids) -> Vec<Recommendation> {
    let recommendation = |(number, project): (u16, &Project)| Recommendation {
        id: ids.draw(Kind::Recommendation),
        text: Text::line(&project.name),
        topic: Some(Ref::record(topic.id)),
        number: Some(number),
        source_id: Some(Text::line(&project.id)),
        updated: updated.clone(),
        ..Recommendation::default()
    };
    (1_u16..).zip(&election.projects).map(recommendation).collect()
}

/// The rules of the round in which an election was held.
fn rules_of(election: &Election) -> Round {
    Round {
        method: Method::Ballots,
        dots: Some(election.dots()),
        cap: election.cap(),
        state: RoundState::Closed,
        ..Round::default()
    }
}

fn ballot_of(
    paper: &PaperBallot,
    round: &Round,
    by_source: &HashMap<&str, Id>,
    updated: &Updated,
    ids: &mut Ids,
) -> Ballot {
    let votes = each_once(&paper.votes);
    Ballot {
        id: ids.draw(Kind::Ballot),
        round: Ref::record(round.id),
        number: Some(Text::line(&paper.voter)),
        votes: Votes(votes.iter().map(|(project, dots)| vote(project, *dots, by_source)).collect()),
        origin: Some(Origin::Imported),
        updated: updated.clone(),
        ..Ballot::default()
    }
}

/// What is wrong with ballots that break the round's own limits; they count as the file has them.
fn invalid_ballots(ballots: &[Ballot], round: &Round, workspace: &Workspace) -> Vec<String> {
    let refused = ballots.iter().filter_map(|ballot| {
        let refusal = crate::model::ballot::check_votes(round, &ballot.votes.0, workspace).err()?;
        Some(format!("ballot {}: {refusal}", ballot.number.as_deref().unwrap_or_default()))
    });
    refused.collect()
}

fn repeated_projects(papers: &[PaperBallot]) -> Vec<String> {
    let repeated = papers.iter().filter(|paper| each_once(&paper.votes).len() < paper.votes.len());
    repeated.map(|paper| format!("ballot {} names one project several times", Text::line(&paper.voter))).collect()
}

/// The votes of a ballot with each project once, its points added up.
fn each_once(votes: &[(String, u16)]) -> Vec<(&str, u16)> {
    let mut once: Vec<(&str, u16)> = Vec::with_capacity(votes.len());
    for (project, dots) in votes {
        match once.iter_mut().find(|(known, _)| known == project) {
            Some((_, sum)) => *sum = sum.saturating_add(*dots),
            None => once.push((project, *dots)),
        }
    }
    once
}

fn vote(project: &str, dots: u16, by_source: &HashMap<&str, Id>) -> Vote {
    let item = by_source.get(project).map_or_else(|| Ref::words(Text::line(project)), |id| Ref::record(*id));
    Vote { item, dots: Some(dots) }
}

/// A round in the format of Pabulib.
///
/// # Errors
/// It was counted on the wall, or the text cannot be made.
pub fn election_text(workspace: &Workspace, round: &Round) -> Result<String, ExchangeError> {
    if round.method != Method::Ballots {
        return Err(ExchangeError(format!("{} was counted on the wall: there are no ballots to write", round.name)));
    }
    let failed = |error: &dyn std::fmt::Display| ExchangeError(format!("the election could not be written: {error}"));
    let mut writer = csv::WriterBuilder::new().delimiter(b';').flexible(true).from_writer(Vec::new());
    let mut rows: Vec<Vec<String>> = meta_rows(workspace, round);
    rows.push(vec!["PROJECTS".to_owned()]);
    rows.push(["project_id", "cost", "name"].map(str::to_owned).to_vec());
    let ids: HashMap<Id, String> =
        round.options.iter().filter_map(|option| Some((option.id()?, project_id(option, workspace)))).collect();
    rows.extend(round.options.iter().map(|option| {
        let name =
            option.get(workspace).map_or_else(|| option.name(workspace).into_owned(), |one| one.text.to_string());
        vec![project_id(option, workspace), "1".to_owned(), name]
    }));
    rows.push(vec!["VOTES".to_owned()]);
    rows.push(["voter_id", "vote", "points"].map(str::to_owned).to_vec());
    for (at, ballot) in ballots_of(workspace, round.id).enumerate() {
        let voter = ballot.number.as_ref().map_or_else(|| (at + 1).to_string(), ToString::to_string);
        let votes: Vec<(String, u16)> =
            ballot.votes.0.iter().filter_map(|vote| Some((ids.get(&vote.item.id()?)?.clone(), vote.dots?))).collect();
        let list = |part: &dyn Fn(&(String, u16)) -> String| votes.iter().map(part).collect::<Vec<_>>().join(",");
        rows.push(vec![voter, list(&|vote| vote.0.clone()), list(&|vote| vote.1.to_string())]);
    }
    for row in rows {
        writer.write_record(&row).map_err(|error| failed(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| failed(&error))?;
    String::from_utf8(bytes).map_err(|error| failed(&error))
}

fn meta_rows(workspace: &Workspace, round: &Round) -> Vec<Vec<String>> {
    let pair = |key: &str, value: String| vec![key.to_owned(), value];
    let dots = round.dots.unwrap_or_default();
    let mut rows = vec![
        vec!["META".to_owned()],
        pair("key", "value".to_owned()),
        pair("description", round.name.to_string()),
        pair("num_projects", round.options.len().to_string()),
        pair("num_votes", ballots_of(workspace, round.id).count().to_string()),
        pair("budget", round.options.len().to_string()),
        pair("vote_type", "cumulative".to_owned()),
        pair("rule", "greedy".to_owned()),
        pair("max_sum_points", dots.to_string()),
    ];
    rows.extend(round.cap.map(|cap| pair("max_points", cap.to_string())));
    rows
}

/// The id an option had in the file it came from, else its number or id here.
fn project_id(option: &Ref<Recommendation>, workspace: &Workspace) -> String {
    let record = option.get(workspace);
    let source = record.and_then(|record| record.source_id.as_ref()).map(ToString::to_string);
    source
        .or_else(|| record.and_then(|record| record.label(workspace)))
        .unwrap_or_else(|| option.name(workspace).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "META\nkey;value\ndescription;Small vote\nvote_type;cumulative\nmax_sum_points;5\nPROJECTS\n\
                         project_id;cost;name\na;1;\"Map; all of it\"\nb;1;Mentors\nVOTES\nvoter_id;vote;points\n1;a,b;3,2\n\
                         2;b;5\n3;;\n4;a,b;4,4\n5;x;1\n";

    fn planned() -> (Workspace, ElectionPlan) {
        let election = parse_election(SMALL.as_bytes()).unwrap();
        let mut workspace = Workspace::default();
        let author = Author {
            by: "KP".into(),
            at: crate::model::Timestamp::from_seconds(1),
            today: crate::model::Date::default(),
        };
        let plan = plan_election(&election, "small", &workspace, &author, &mut SplitMix64::new(1));
        workspace.apply(&plan.change);
        (workspace, plan)
    }

    #[test]
    fn an_election_is_tallied_as_its_ballots_say() {
        use crate::model::Audience;
        let (workspace, plan) = planned();
        assert_eq!(plan.invalid.len(), 2, "over budget, and for nothing on the ballot: {:?}", plan.invalid);
        let round = workspace.rounds.get(plan.round).unwrap();
        let tally = crate::model::tally::tally(&workspace, round, Audience::Colleagues, false).unwrap();
        let counted: Vec<_> = tally.items.iter().map(|one| (one.title.as_str(), one.dots, one.people)).collect();
        assert_eq!(counted, [("Mentors", 7, Some(2)), ("Map; all of it", 3, Some(1))]);
        assert_eq!((tally.totals.ballots, tally.totals.blank, tally.invalid.len()), (Some(3), Some(1), 2));
    }

    #[test]
    fn an_election_goes_out_as_it_came() {
        let (workspace, plan) = planned();
        let text = election_text(&workspace, workspace.rounds.get(plan.round).unwrap()).unwrap();
        let again = parse_election(text.as_bytes()).unwrap();
        let first = parse_election(SMALL.as_bytes()).unwrap();
        assert_eq!(again.projects, first.projects);
        let known = |election: &Election| {
            let mut ballots = election.ballots.clone();
            ballots.retain(|ballot| ballot.voter != "5"); // what is on no ballot has no id to go out with
            ballots.sort_by(|a, b| a.voter.cmp(&b.voter));
            ballots
        };
        assert_eq!(known(&again), known(&first));
    }

    #[test]
    fn what_is_no_election_is_said_with_its_line() {
        for (text, why) in [
            ("", "no section PROJECTS"),
            ("hello;there\n", "line 1: the file begins"),
            (
                "PROJECTS\nproject_id;name\na;A\nVOTES\nvoter_id;vote;points\n1;a;many\n",
                "line 6: \"many\" is no number",
            ),
            (
                "PROJECTS\nproject_id;name\na;A\nVOTES\nvoter_id;vote;points\n1;a;1,2\n",
                "line 6: 1 projects and 2 points",
            ),
        ] {
            let error = parse_election(text.as_bytes()).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
