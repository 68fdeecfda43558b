//! Plans the import of an election: an event, its one topic, a recommendation for each project, a closed round, ballots.

use std::collections::HashMap;

use super::{Election, PaperBallot, Project};
use crate::exchange::ids::Ids;
use crate::model::ballot::{Ballot, Origin, Vote, Votes};
use crate::model::recommendation::Recommendation;
use crate::model::round::{Method, Round, RoundState, ballots_of};
use crate::model::topic::{Topic, TopicState};
use crate::model::{AnyRecord, Author, Change, Edit, Event, Id, Kind, Ref, SplitMix64, Text, Updated, Workspace};

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

/// What stands before the description of an election in the name of its round.
pub(super) const NAME_PREFIX: &str = "Vote: ";

impl Election {
    /// A limit that the file states.
    fn limit(&self, key: &str) -> Option<u16> {
        self.meta.get(key).and_then(|text| text.parse().ok()).filter(|number| *number > 0)
    }

    fn is_approval(&self) -> bool {
        self.meta.get("vote_type").is_some_and(|kind| ["approval", "choose-1"].contains(&kind.as_str()))
    }

    /// How many dots each person has: what the file says, else the most that anybody used.
    fn dots(&self) -> u16 {
        let sum = |ballot: &PaperBallot| ballot.votes.iter().map(|(_, dots)| u32::from(*dots)).sum::<u32>();
        let most = || u16::try_from(self.ballots.iter().map(sum).max().unwrap_or(1).max(1)).unwrap_or(u16::MAX);
        let approvals = || if self.is_approval() { self.limit("max_length") } else { None };
        self.limit("max_sum_points").or_else(approvals).unwrap_or_else(most)
    }

    /// How many dots one person can put on one project.
    fn cap(&self) -> Option<u16> {
        if self.is_approval() { Some(1) } else { self.limit("max_points") }
    }

    /// What it is called, else `name`.
    fn described<'a>(&'a self, name: &'a str) -> &'a str {
        self.meta.get("description").map(String::as_str).filter(|text| !text.is_empty()).unwrap_or(name)
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
    let mut ids = Ids::new(workspace, random, election.ballots.len());
    let updated = author.stamp(None);
    let described = election.described(name);
    let (event, topic) = event_of(described, &updated, &mut ids);
    let recommendations = recommendations_of(election, &topic, &updated, &mut ids);
    let by_source: HashMap<&str, Id> =
        election.projects.iter().map(|one| one.id.as_str()).zip(recommendations.iter().map(|one| one.id)).collect();
    let options = recommendations.iter().map(|one| Ref::record(one.id)).collect();
    let round = Round {
        id: ids.draw(Kind::Round),
        name: Text::line(&format!("{NAME_PREFIX}{described}")),
        event: Some(Ref::record(event.id)),
        options,
        updated: updated.clone(),
        ..rules_of(election)
    };
    let ballots: Vec<Ballot> =
        election.ballots.iter().map(|paper| ballot_of(paper, &round, &by_source, &updated, &mut ids)).collect();
    let invalid = invalid_ballots(&ballots, &round, workspace);
    let repeated = repeated_projects(&election.ballots);
    if let Some(known) = find_same(&round, &recommendations, &ballots, workspace) {
        let change =
            Change { edits: Vec::new(), sentence: format!("{} is here already: nothing had to change", round.name) };
        return ElectionPlan { change, round: known, invalid, repeated };
    }
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

/// The round here that says just the same: of this name, with the same options and the same ballots.
fn find_same(round: &Round, options: &[Recommendation], ballots: &[Ballot], workspace: &Workspace) -> Option<Id> {
    let named = workspace.rounds.iter().filter(|known| known.is_closed() && known.name == round.name);
    let sources = |known: &Round| -> Option<Vec<Option<Text>>> {
        known.options.iter().map(|option| Some(option.get(workspace)?.source_id.clone())).collect()
    };
    let wanted: Vec<Option<Text>> = options.iter().map(|option| option.source_id.clone()).collect();
    let mut same = named.filter(|known| sources(known).as_ref() == Some(&wanted));
    same.find(|known| {
        let places = |round: &Round| round.options.iter().filter_map(Ref::id).zip(0..).collect();
        let here = contents(ballots_of(workspace, known.id), &places(known));
        here == contents(ballots.iter(), &places(round))
    })
    .map(|known| known.id)
}

/// What stands on a ballot: its number, and places among the options with dots.
type Content<'a> = (Option<&'a str>, Vec<(Option<usize>, Option<u16>)>);

/// What stands on ballots, whoever gave them, in an order of its own: for each its votes by their places among the options.
fn contents<'a>(ballots: impl Iterator<Item = &'a Ballot>, places: &HashMap<Id, usize>) -> Vec<Content<'a>> {
    let place = |vote: &Vote| (vote.item.id().and_then(|id| places.get(&id)).copied(), vote.dots);
    let content = |ballot: &'a Ballot| (ballot.number.as_deref(), ballot.votes.0.iter().map(place).collect());
    let mut contents: Vec<_> = ballots.map(content).collect();
    contents.sort();
    contents
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
