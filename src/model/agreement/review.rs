//! The review of a partnership: twelve questions that its parties answer together, from 0 to 3, three on each of the four
//! dialogic principles. No sum of them is a mark; what counts is where the answers go from one review to the next.

use crate::model::choice::{Choice, choices};
use crate::model::date::{Date, months_after};
use crate::model::field::{Blank, SearchField};
use crate::model::row::row;
use crate::model::text::Text;

choices! {
    /// How far a sentence holds.
    Score {
        /// It does not.
        Not = "0",
        /// It does for some, or at times.
        Partly = "1",
        /// It mostly does.
        Mostly = "2",
        /// It does.
        Fully = "3",
    }
}

impl Score {
    /// It as a number.
    pub fn number(self) -> u8 {
        self.index() as u8
    }

    /// The score of a number from 0 to 3.
    pub fn of(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

choices! {
    /// What keeps a conversation between partners alive.
    Principle {
        /// There is something to be reached together.
        Potential = "potential",
        /// Everybody has a part in it.
        Participation = "participation",
        /// What each does fits together.
        Coherence = "coherence",
        /// Everybody knows how it looks to the others.
        Awareness = "awareness",
    }
}

impl Principle {
    /// It as a heading.
    pub fn heading(self) -> &'static str {
        ["Potential", "Participation", "Coherence", "Awareness"][self as usize]
    }
}

row! {
    /// What the parties found when they looked at their agreement together.
    Review key(on);
    /// The day.
    on: Option<Date> = "Day", "the day: today, fri, 12 mar", past, required;
    /// On potential: what is to be reached.
    vision: Option<Score> = "Vision", "0 to 3";
    /// On potential: the goals of each.
    goals: Option<Score> = "Goals", "0 to 3";
    /// On potential: confidence.
    confidence: Option<Score> = "Confidence", "0 to 3";
    /// On participation: what is expected.
    expectations: Option<Score> = "Expectations", "0 to 3";
    /// On participation: who takes part.
    presence: Option<Score> = "Presence", "0 to 3";
    /// On participation: fairness.
    fairness: Option<Score> = "Fairness", "0 to 3";
    /// On coherence: the plan.
    plan: Option<Score> = "Plan", "0 to 3";
    /// On coherence: whether promises are kept.
    promises: Option<Score> = "Promises", "0 to 3";
    /// On coherence: top and wing.
    levels: Option<Score> = "Levels", "0 to 3";
    /// On awareness: who is heard.
    hearing: Option<Score> = "Hearing", "0 to 3";
    /// On awareness: how conflict is spoken of.
    conflict: Option<Score> = "Conflict", "0 to 3";
    /// On awareness: whether changes are noticed.
    changes: Option<Score> = "Changes", "0 to 3";
    /// What else was said.
    note: Option<Text> = "Note", "what else was said", search(SearchField::Text);
}

/// How many questions there are.
pub const QUESTIONS: usize = 12;

/// The questions, as sentences that hold or do not, three on each principle.
pub const ASKED: [(Principle, &str); QUESTIONS] = [
    (Principle::Potential, "Each of us can say in one sentence what we want to reach together."),
    (Principle::Potential, "Each of us knows which goals the others have of their own."),
    (Principle::Potential, "We are confident that we can reach what we set out to."),
    (Principle::Participation, "What we expect of one another has been said, and answered."),
    (Principle::Participation, "Those who are needed take part, and are free to decide."),
    (Principle::Participation, "Work, money and credit are shared fairly."),
    (Principle::Coherence, "There is one plan, and each of us knows their part in it."),
    (Principle::Coherence, "What was promised is done, by the day it was promised for."),
    (Principle::Coherence, "Those who lead and those who do the work pull the same way."),
    (Principle::Awareness, "Everybody is heard, whatever their rank or profession."),
    (Principle::Awareness, "What goes wrong is said early, and to those whom it concerns."),
    (Principle::Awareness, "We notice when things change for one of us, and adjust."),
];

/// The answers to the twelve questions, in their order; `None`: not answered.
pub type Scores = [Option<u8>; QUESTIONS];

impl Review {
    /// A review of these answers.
    pub fn of(on: Date, scores: Scores, note: Option<Text>) -> Self {
        let mut review = Self { on: Some(on), note, ..Self::default() };
        for (place, score) in review.places().into_iter().zip(scores) {
            *place = score.and_then(Score::of);
        }
        review
    }

    fn places(&mut self) -> [&mut Option<Score>; QUESTIONS] {
        [
            &mut self.vision,
            &mut self.goals,
            &mut self.confidence,
            &mut self.expectations,
            &mut self.presence,
            &mut self.fairness,
            &mut self.plan,
            &mut self.promises,
            &mut self.levels,
            &mut self.hearing,
            &mut self.conflict,
            &mut self.changes,
        ]
    }

    /// Its answers.
    pub fn scores(&self) -> Scores {
        self.clone().places().map(|score| score.map(Score::number))
    }

    /// The sum of the answers on a principle, from 0 to 9; `None` where not all three were answered.
    pub fn on_principle(&self, principle: Principle) -> Option<u8> {
        let of = ASKED.iter().zip(self.scores()).filter(|((asked, _), _)| *asked == principle);
        of.map(|(_, score)| score).sum()
    }
}

/// The reviews in the order of their days.
pub fn in_order(reviews: &[Review]) -> Vec<&Review> {
    let mut ordered: Vec<&Review> = reviews.iter().collect();
    ordered.sort_by_key(|review| review.on);
    ordered
}

/// How the answers on a principle went from the review before the last to the last: the two sums.
pub fn trend(reviews: &[Review], principle: Principle) -> Option<(u8, u8)> {
    match in_order(reviews)[..] {
        [.., before, last] => before.on_principle(principle).zip(last.on_principle(principle)),
        _ => None,
    }
}

/// How many months a cycle has: `every 6 months`, `yearly`, `quarterly`; `None` where that is not to be read from it.
pub fn months_of(cycle: &str) -> Option<u32> {
    let cycle = cycle.trim().to_lowercase();
    match cycle.as_str() {
        "monthly" | "every month" => return Some(1),
        "quarterly" | "every quarter" => return Some(3),
        "yearly" | "annually" | "every year" => return Some(12),
        _ => {}
    }
    let mut words = cycle.strip_prefix("every ")?.split_whitespace();
    let number = words.next()?;
    let spelt = ["one", "two", "three", "four", "five", "six"].iter().position(|word| *word == number);
    let number = number.parse().ok().or(spelt.map(|at| at as u32 + 1)).filter(|number| (1..=120).contains(number))?;
    match words.next()? {
        "month" | "months" => Some(number),
        "year" | "years" => Some(number * 12),
        _ => None,
    }
}

/// The day of the review behind one on this day.
pub fn next_after(on: Date, cycle: &str) -> Option<Date> {
    months_of(cycle).map(|months| months_after(on, months))
}
