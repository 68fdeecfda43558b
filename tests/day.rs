//! A whole Open Space day in key presses, from an empty directory to priorities: what is on the disk and on the screen in
//! the end is what was found good.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use std::fmt::Write;

use folkmoot::model::record::Rules;
use folkmoot::model::topic::TopicState;
use folkmoot::model::{Audience, Id, Recommendation, Ref, Workspace, tally};
use harness::Harness;

/// What is talked about. All of it is made up.
const TITLES: [&str; 28] = [
    "Housing on the day of release",
    "A directory that is kept",
    "Mentors through the gate",
    "Who trains the peers",
    "Good news in the press",
    "Bidding together",
    "Women far from home",
    "Drugs: the waiting list",
    "Information without fear",
    "Volunteers in probation",
    "Debt before court",
    "Voices of victims",
    "Veterans in custody",
    "Families and visits",
    "Employers who say yes",
    "Young adults",
    "Mental health in the cells",
    "Buses to appointments",
    "A network that meets",
    "Faith and resettlement",
    "Databases that talk",
    "What magistrates know",
    "Mentors for everybody through the gate",
    "Small charities, big contracts",
    "Tea and toast",
    "Night shelters in winter",
    "Literacy inside",
    "What happens tomorrow",
];

const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The delegates by initials, all different: AA to BX.
fn initials(at: usize) -> String {
    let letter = |at: usize| LETTERS.chars().nth(at % 26).unwrap();
    format!("{}{}", letter(at / 26), letter(at))
}

/// The day: the harness, and how many keys the ballots took.
struct Day {
    harness: Harness,
    keys: usize,
}

impl Day {
    fn press(&mut self, keys: &str) {
        self.keys += harness::keys(keys).len();
        self.harness.press(keys);
    }

    #[track_caller]
    fn says(&self, what: &str) {
        assert!(
            self.harness.said().contains(what),
            "{:?}, not {what:?}:\n{}",
            self.harness.said(),
            self.harness.screen()
        );
    }

    /// Fifty people, the first of whom types.
    fn people(&mut self) {
        self.press("6nAnn Ash<enter><esc>");
        for at in 1..50 {
            let initials = initials(at);
            let (first, last) = initials.split_at(1);
            self.press(&format!("n{first}en {last}own<ctrl-s>"));
            self.says("added");
        }
    }

    fn event(&mut self) {
        self.press("2NOpen Space at the mill");
        self.harness.field("question").press("How do we help people stay out of prison?");
        self.harness.field("date").press("8 jun 2027");
        let delegates: Vec<String> = (0..50).map(initials).collect();
        self.harness.field("delegates").press(&delegates.join(", "));
        self.harness.field("present").press("50");
        let slots = "A<tab>10:00<tab>10:45<alt-a>B<tab>11:00<tab>11:45<alt-a>Lunch<tab>12:00<tab>13:00<tab>yes<enter>\
                     C<tab>13:00<tab>13:45<alt-a>D<tab>14:00<tab>14:45<alt-a>E<tab>15:00<tab>15:45";
        self.harness.field("slots").press(slots);
        self.harness
            .field("spaces")
            .press("Hall<down>Studio<down>Library<down>Mill room<down>Loft<down>Foyer<down>Tent<ctrl-s>");
        self.says("Open Space at the mill added");
    }

    fn topics(&mut self) {
        for (at, title) in TITLES.iter().enumerate() {
            self.press(&format!("n{title}<tab>{}<ctrl-s>", initials(at)));
            self.says("added");
        }
        self.press("<esc><home><left><left><left><left><left>");
        for _ in TITLES {
            self.press("<space><enter>");
            self.says("placed in");
        }
        // Two are one, and two more; to the third nobody came.
        for (from, into) in [(23, 3), (24, 6)] {
            self.go_to(from);
            self.press(&format!("C{into}<enter>"));
            self.says("combined into");
        }
        self.go_to(25);
        self.press("x");
        self.says("25 Tea and toast cancelled");
    }

    /// Puts the cursor of the list on a topic.
    fn go_to(&mut self, number: usize) {
        self.press(&format!("2/<ctrl-u>{}<enter>", TITLES[number - 1].to_lowercase()));
    }

    fn groups(&mut self) {
        for number in 1..=12 {
            self.go_to(number);
            self.press("rJ");
            let group: Vec<String> = (0..5).map(|at| initials((number * 4 + at) % 50)).collect();
            self.press(&format!("{}<enter>", group.join(", ")));
            self.press("e");
            self.harness
                .field("discussion")
                .press("We began with what hurts.<enter>Then we spoke of what would help.<ctrl-s>");
            self.says("changed: discussion");
            self.press("R");
            self.says("reported");
        }
        for number in (1..=28).filter(|number| ![23, 24, 25].contains(number)).take(14) {
            self.go_to(number);
            let five = |at: usize| format!("Do {at} about {}<enter>", TITLES[number - 1].to_lowercase());
            self.press(&format!("a{}<enter>", (1..=5).map(five).collect::<String>()));
        }
        assert_eq!(self.harness.saved().recommendations.len(), 70);
    }

    /// Fifty ballots of eight dots; how many keys each took.
    fn vote(&mut self) -> f64 {
        self.press("3nWhat matters most");
        self.harness.field("dots").press("<ctrl-u>8<tab>3<ctrl-s>");
        self.press("oyes<enter>");
        self.says("opened with 70 recommendations on the ballot");
        self.press("v");
        let before = self.keys;
        for voter in 0..50 {
            let at = |step: usize| format!("{}.{}", (voter * step) % 14 + 1, (voter + step) % 5 + 1);
            let votes = [(1, 3), (3, 3), (5, 2)].map(|(step, dots)| (at(step), dots));
            self.press(&format!("{}<enter>", initials(voter)));
            // Now and then the items meet: what is written last for an item holds.
            let mut kept: Vec<(String, u16)> = Vec::new();
            for (item, dots) in votes {
                kept.retain(|(other, _)| *other != item);
                kept.push((item, dots));
            }
            for (item, dots) in kept {
                self.press(&format!("{item} {dots}<enter>"));
            }
            self.press("<enter>");
            self.says("cast");
        }
        let each = (self.keys - before) as f64 / 50.0;
        self.press("<esc>xyes<enter>");
        self.says("What matters most closed");
        each
    }

    /// Initials beside five recommendations, four themes of the marked ones, three of them priorities with their
    /// decisions, an answer to one of the rest; then the round is certified.
    fn themes(&mut self) {
        self.press("rm<home>");
        for who in ["AB lead", "AC", "AD keep me informed", "AE help", "AF"] {
            self.press(&format!("i{who}<enter><enter><down>"));
        }
        self.press("<home>");
        for theme in ["Housing", "Mentoring", "Sharing", "Bidding"] {
            self.press(&format!("<space><space><space><space><space>n{theme}<enter>"));
            self.says(&format!("theme {theme} made of 5 recommendations"));
        }
        for (letter, who) in [("A", "AB, AC"), ("B", "AD"), ("F", "AE")] {
            self.press(&format!("p{letter}9 jun 2027<tab>{who}<tab>It was asked for most<tab>Two days a week<ctrl-s>"));
            self.says("priority since");
        }
        self.press("<end>ropen to anyone: nobody has the time | AA<enter>");
        self.says("answered: open to anyone");
        self.press("<esc><esc><esc><home>Cyes<enter>");
        self.says("certified");
    }
}

/// What stands in the files, a line a record.
fn written(workspace: &Workspace) -> String {
    let mut lines = String::new();
    let event = workspace.events.iter().next().unwrap();
    let mut topics: Vec<_> = workspace.topics.iter().collect();
    topics.sort_by_key(|topic| topic.number);
    writeln!(lines, "{}: {} delegates", event.name, event.delegates.len()).unwrap();
    for topic in topics {
        let place = topic
            .slot
            .as_deref()
            .zip(topic.space.as_deref())
            .map_or(String::new(), |(slot, space)| format!(" {slot} {space}"));
        let into = topic.combined_into.as_ref().map_or(String::new(), |into| format!(" -> {}", into.name(workspace)));
        let conveners: Vec<_> = topic.conveners.iter().map(|one| one.name(workspace)).collect();
        let recommendations =
            workspace.recommendations.iter().filter(|one| one.topic == Some(Ref::record(topic.id))).count();
        writeln!(
            lines,
            "{} | {:?}{place}{into} | {} | {} in the group | {recommendations} recommendations",
            topic.title(workspace),
            topic.state,
            conveners.join(", "),
            topic.participants.len()
        )
        .unwrap();
    }
    lines
}

fn counted(workspace: &Workspace, round: Id) -> String {
    let tally = tally::tally(workspace, workspace.rounds.get(round).unwrap(), Audience::Colleagues, false).unwrap();
    let mut lines = String::new();
    for item in &tally.items {
        let tie = if item.is_tied { "=" } else { "" };
        writeln!(lines, "{}{tie} | {} dots | {} people | {}", item.rank, item.dots, item.people.unwrap(), item.title)
            .unwrap();
    }
    lines
}

fn gathered(workspace: &Workspace) -> String {
    let mut lines = String::new();
    let mut themes: Vec<_> = workspace.themes.iter().collect();
    themes.sort_by_key(|theme| theme.name.clone());
    for theme in themes {
        let of_theme = |one: &&std::sync::Arc<Recommendation>| one.theme == Some(Ref::record(theme.id));
        let labels: Vec<_> =
            workspace.recommendations.iter().filter(of_theme).filter_map(|one| one.label(workspace)).collect();
        let priority = theme.priority_since.map_or(String::new(), |since| format!(" | priority since {since}"));
        writeln!(lines, "{}{priority} | {} recommendations", theme.name, labels.len()).unwrap();
    }
    for one in workspace.recommendations.iter().filter(|one| !one.initials.is_empty() || one.answer.is_some()) {
        let initials: Vec<_> =
            one.initials.iter().map(|one| format!("{} {:?}", one.who.name(workspace), one.interest)).collect();
        writeln!(lines, "{} | {} | {:?}", one.title(workspace), initials.join(", "), one.answer).unwrap();
    }
    let round = workspace.rounds.iter().next().unwrap();
    writeln!(lines, "{} {:?} by {:?}", round.name, round.state, round.certified_by.as_deref()).unwrap();
    lines
        .lines()
        .map(str::to_owned)
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn a_whole_day_by_keys() {
    let mut day = Day { harness: Harness::empty(), keys: 0 };
    day.people();
    day.event();
    day.topics();
    day.groups();
    let each = day.vote();
    assert!(each < 30.0, "a ballot of three items takes {each} key presses, its voter included");
    day.themes();
    let saved = day.harness.saved();
    assert_eq!(saved.topics.len(), 28, "28 posted stays 28");
    assert_eq!(saved.topics.iter().filter(|topic| topic.state == TopicState::Combined).count(), 2);
    assert_eq!(saved.ballots.len(), 50);
    let round = saved.rounds.iter().next().unwrap().id;
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("day_files", written(&saved));
        insta::assert_snapshot!("day_tally", counted(&saved, round));
        insta::assert_snapshot!("day_themes", gathered(&saved));
        insta::assert_snapshot!("day_last_screen", day.harness.press("r").screen());
    });
}
