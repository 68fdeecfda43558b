//! A thread in lines: on each step what stands there, how far it is, and, where nothing does, that in words.

use std::collections::{BTreeSet, HashSet};

use super::{Knot, PLACES, Place, Step, Thread};
use crate::model::choice::Choice;
use crate::model::date::Date;
use crate::model::field::{Audience, Wording};
use crate::model::recommendation::Recommendation;
use crate::model::reference::Target;
use crate::model::tally::tally;
use crate::model::text::{count, one_line};
use crate::model::{AnyRecord, Id, Round, Shown, Workspace};

impl Step {
    /// Every step, in their order.
    pub const ALL: [Self; 13] = [
        Self::Question,
        Self::Topic,
        Self::Recommendation,
        Self::Dots,
        Self::Initials,
        Self::Theme,
        Self::Priority,
        Self::Service,
        Self::Agreement,
        Self::Action,
        Self::Forum,
        Self::Told,
        Self::Story,
    ];

    /// What it is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Question => "Question",
            Self::Topic => "Topic",
            Self::Recommendation => "Recommendation",
            Self::Dots => "Dots",
            Self::Initials => "Initials",
            Self::Theme => "Theme",
            Self::Priority => "Priority",
            Self::Service => "Service",
            Self::Agreement => "Agreement",
            Self::Action => "Action",
            Self::Forum => "Forum",
            Self::Told => "Told",
            Self::Story => "Story",
        }
    }

    /// What is said where nothing stands on it; `None` for what stands beside the line and may be missing.
    fn gap(self) -> Option<&'static str> {
        match self {
            Self::Question => Some("no event: nobody knows which question it answers"),
            Self::Topic => Some("no topic"),
            Self::Recommendation => Some("no recommendation yet"),
            Self::Dots => Some("no vote yet"),
            Self::Initials => Some("no initials yet"),
            Self::Theme => Some("no theme yet"),
            Self::Priority => Some("not a priority so far"),
            Self::Action => Some("no action yet"),
            Self::Forum => Some("no forum has dealt with it yet"),
            Self::Told => Some("nobody told yet"),
            Self::Service | Self::Agreement | Self::Story => None,
        }
    }
}

/// What a line of a thread leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A record.
    Record(Id),
    /// Nothing stands on the step.
    Gap,
    /// Something that is no record, such as initials that nobody is known by.
    Words,
    /// So many more on the step, further away.
    More(usize),
}

/// A line of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The step it stands on.
    pub step: Step,
    /// What it leads to.
    pub what: What,
    /// What the record is called, or what is missing.
    pub text: String,
    /// How far it is; empty where there is nothing to say.
    pub state: String,
    /// Whether it is the record from which the thread was walked.
    pub is_present: bool,
    /// Whether it calls for attention.
    pub warns: bool,
}

/// So many records of a step are shown at first.
const SHOWN: usize = 4;

impl Thread {
    /// The thread in lines, as colleagues may see it. Of a step that holds many the nearest are shown, all of those in
    /// `unfolded`.
    pub fn lines(&self, workspace: &Workspace, today: Date, unfolded: &BTreeSet<Step>) -> Vec<Line> {
        let words = Words { thread: self, workspace, today };
        let mut lines = Vec::new();
        for step in Step::ALL {
            let before = lines.len();
            lines.extend(words.on(step, unfolded.contains(&step)));
            if lines.len() == before {
                lines.extend(self.gap(step).map(|gap| said(step, What::Gap, gap)));
            }
        }
        lines
    }

    /// What is said of a step on which nothing stands; `None` where nothing is missed.
    fn gap(&self, step: Step) -> Option<&'static str> {
        let own = self.step?;
        let stands_alone = matches!(own, Step::Service | Step::Agreement | Step::Initials | Step::Story);
        let has_origin = Step::ALL.iter().any(|step| *step < own && !self.at(*step).is_empty());
        match (step < own, has_origin) {
            (true, _) if stands_alone => None,
            (true, false) if step == Step::Question => Some("nothing says what it came out of"),
            (true, false) => None,
            _ => step.gap(),
        }
    }

    /// How many of a step are shown at first: the nearest, and of these not too many.
    fn shown(&self, step: Step) -> usize {
        let all = self.at(step);
        let nearest = all.iter().filter(|knot| Some(knot.hops) == all.first().map(|first| first.hops)).count();
        let shown = if nearest > SHOWN + 1 { SHOWN } else { nearest };
        if all.len() == shown + 1 { all.len() } else { shown } // one more takes no more room than saying so
    }

    /// The recommendations the dots and initials of the thread are of.
    fn items<'a>(&self, workspace: &'a Workspace) -> Vec<&'a Recommendation> {
        let all = self.at(Step::Recommendation);
        let nearest = |knot: &&Knot| Some(knot.hops) == all.first().map(|first| first.hops);
        let found = all.iter().filter(nearest).filter_map(|knot| workspace.recommendations.get(knot.id));
        found.map(AsRef::as_ref).collect()
    }
}

fn said(step: Step, what: What, text: impl Into<String>) -> Line {
    Line { step, what, text: text.into(), state: String::new(), is_present: false, warns: what == What::Gap }
}

/// How far a record is, in the words that stand beside it in a thread; empty for what stands in none.
pub fn standing(record: &AnyRecord, workspace: &Workspace, today: Date) -> String {
    let place = PLACES.iter().find(|place| place.kind == record.kind());
    place.map(|place| says(record, place, workspace, today)).unwrap_or_default()
}

fn says(record: &AnyRecord, place: &Place, workspace: &Workspace, today: Date) -> String {
    let said = place.says.iter().map(|name| field(record, name, workspace, today)).filter(|text| !text.is_empty());
    said.collect::<Vec<_>>().join(", ")
}

fn field(record: &AnyRecord, name: &str, workspace: &Workspace, today: Date) -> String {
    let field = record.kind().field(name);
    let shown = field.map(|it| record.show(it, Wording::Read(today), Audience::Colleagues, workspace));
    one_line(&shown.map(Shown::into_words).unwrap_or_default())
}

/// What the lines are made of.
struct Words<'a> {
    thread: &'a Thread,
    workspace: &'a Workspace,
    today: Date,
}

impl Words<'_> {
    fn on(&self, step: Step, is_unfolded: bool) -> Vec<Line> {
        let all = self.thread.at(step);
        let shown = if is_unfolded { all.len() } else { self.thread.shown(step) };
        let mut lines: Vec<Line> = all.iter().take(shown).filter_map(|knot| self.line(step, knot.id)).collect();
        if step == Step::Initials && self.thread.step.is_some() {
            lines.extend(self.unresolved());
        }
        if all.len() > shown {
            let more = all.len() - shown;
            lines.push(said(step, What::More(more), format!("and {} more", count(more))));
        }
        lines
    }

    fn line(&self, step: Step, id: Id) -> Option<Line> {
        let record = self.workspace.get(id)?;
        let place = PLACES.iter().find(|place| place.kind == record.kind() && place.step == step)?;
        let called =
            place.called.map(|name| field(&record, name, self.workspace, self.today)).filter(|text| !text.is_empty());
        let text = called.unwrap_or_else(|| one_line(&record.title(self.workspace)));
        let state = match (&record, step) {
            (AnyRecord::Round(round), _) => self.dots(round),
            (_, Step::Initials) => self.interest(id),
            _ => says(&record, place, self.workspace, self.today),
        };
        let is_present = id == self.thread.present && step != Step::Priority;
        let warns = place.warns.is_some_and(|word| record.is(word, self.workspace, self.today).unwrap_or(false));
        Some(Line { step, what: What::Record(id), text, state, is_present, warns })
    }

    /// What a round says of the recommendations of the thread; nothing of it before it closes.
    fn dots(&self, round: &Round) -> String {
        let Ok(tally) = tally(self.workspace, round, Audience::Colleagues, false) else {
            return format!("{}: the results are hidden until it closes", round.state.label());
        };
        let items: BTreeSet<Id> = self.thread.items(self.workspace).iter().map(|item| item.id).collect();
        let counted: Vec<_> = tally.items.iter().filter(|item| items.contains(&item.id) && item.is_counted).collect();
        let dots = |n: u64| if n == 1 { "1 dot".to_owned() } else { format!("{} dots", count(n as usize)) };
        match counted[..] {
            [] => "not on the ballot".to_owned(),
            [one] => {
                format!("{}, rank {} of {}", dots(one.dots), one.rank_in_words().unwrap_or_default(), tally.items.len())
            }
            _ => {
                let sum = counted.iter().map(|item| item.dots).sum();
                format!("{} on {} recommendations", dots(sum), count(counted.len()))
            }
        }
    }

    /// How much somebody means to do about the recommendations of the thread, the most of it first.
    fn interest(&self, person: Id) -> String {
        let items = self.thread.items(self.workspace);
        let rows = items.iter().flat_map(|item| &item.initials).filter(|row| row.who.id() == Some(person));
        let levels: BTreeSet<_> = rows.filter_map(|row| row.interest).collect();
        levels.iter().map(|level| level.label()).collect::<Vec<_>>().join(", ")
    }

    /// Initials that stayed as they were written.
    fn unresolved(&self) -> Vec<Line> {
        let items = self.thread.items(self.workspace);
        let mut seen = HashSet::new();
        let words = items.iter().flat_map(|item| &item.initials).filter_map(|row| match row.who.target() {
            Target::Words(words) if seen.insert(words.as_str()) => Some(words),
            _ => None,
        });
        let line = |words: &crate::model::Text| Line {
            state: "nobody is known by these initials alone".to_owned(),
            ..said(Step::Initials, What::Words, one_line(words))
        };
        words.map(line).collect()
    }
}
