//! Elections in the format of Pabulib (pabulib.org/format): the sections META, PROJECTS and VOTES, semicolons between
//! cells. One file becomes an event with one topic, whose recommendations are the projects, and a closed round with its
//! ballots; a round goes out the same way.

mod plan;
mod read;
mod write;

use std::collections::HashMap;

pub use plan::{ElectionPlan, plan_election};
pub use read::{parse_election, read_election};
pub use write::{Written, election_text};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Author, SplitMix64, Workspace};

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
        let written = election_text(&workspace, workspace.rounds.get(plan.round).unwrap()).unwrap();
        assert_eq!((written.ballots, written.left_out), (3, 2));
        let again = parse_election(written.text.as_bytes()).unwrap();
        let first = parse_election(SMALL.as_bytes()).unwrap();
        assert_eq!(again.projects, first.projects);
        let known = |election: &Election| {
            let mut ballots = election.ballots.clone();
            ballots.retain(|ballot| !["4", "5"].contains(&ballot.voter.as_str())); // what is not counted is left out
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
