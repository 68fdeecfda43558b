//! Recommendations: what a group asks for, numbered under its topic. 17.2 is said aloud and written on the wall.

use std::borrow::Cow;

use super::change::Refusal;
use super::choice::{Choice, choices};
use super::date::Date;
use super::event::Event;
use super::field::{Blank, SearchField};
use super::person::Person;
use super::record::{Rules, StateFilter, record};
use super::reference::Ref;
use super::row::row;
use super::text::Text;
use super::theme::Theme;
use super::topic::Topic;
use super::{Id, Kind, Workspace};

choices! {
    /// How much somebody who wrote their initials means to do.
    Interest {
        /// They mean to take it forward.
        Lead = "lead",
        /// They want to help.
        Help = "help",
        /// They want to hear of it.
        KeepInformed = "keep me informed",
    }
}

choices! {
    /// What the steering group says to a recommendation.
    Answer {
        /// It was chosen to act on.
        Chosen = "chosen",
        /// Not chosen is not rejected: anybody may take it forward.
        OpenToAnyone = "open to anyone",
        /// Somebody outside has taken it on.
        TakenElsewhere = "taken elsewhere",
        /// Not now.
        NotNow = "not now",
    }
}

row! {
    /// Initials beside a recommendation: interest in it, which is no vote.
    Initials key(who);
    /// Whose they are; initials that could mean two people stay as they were written.
    who: Ref<Person> = "Initials", "initials or a name", required, search(SearchField::Organisation);
    /// How much they mean to do.
    interest: Option<Interest> = "Interest", "lead, help or keep me informed";
}

record! {
    /// A recommendation of a topic's group.
    Recommendation = recommendations, Kind::Recommendation;
    editable {
        /// What is asked for.
        text: Text = "Recommendation", "what is asked for, in a sentence", required, public, search(SearchField::Name);
        /// The topic it came out of.
        topic: Option<Ref<Topic>> = "Topic", "the topic it came out of: its number or title", public,
            search(SearchField::Organisation), filter("topic:"), back("Recommendations");
        /// Its theme; counted there and nowhere else.
        theme: Option<Ref<Theme>> = "Theme", "its theme; it counts there and nowhere else", public, column(25),
            filter("theme:"), back("Recommendations");
        /// Themes it belongs to as well, where it is not counted again.
        also: Vec<Ref<Theme>> = "Also in", "other themes, where it is not counted again", public, back("Also");
        /// Who wants to support it.
        initials: Vec<Initials> = "Initials", "one a line: initials | lead, help or keep me informed", back("Interested in");
        /// What the steering group says to it.
        answer: Option<Answer> = "Answer", "chosen, open to anyone, taken elsewhere or not now", public, column(15),
            filter("answer:");
        /// Why.
        reason: Option<Text> = "Reason", "why it was answered so", paragraph, public, search(SearchField::Text);
        /// Whom to ask who wants to take it forward, or who has taken it on.
        contact: Option<Text> = "Contact", "whom to ask, or who has taken it on";
    }
    system {
        /// Its number under its topic.
        number: Option<u16> = "Number", public;
        /// The id it had in the file it was imported from.
        source_id: Option<Text> = "Id there", public;
    }
}

impl Rules for Recommendation {
    const STATES: &'static [StateFilter<Self>] = &[
        StateFilter { word: "answered", holds: |one, _, _| one.answer.is_some() },
        StateFilter { word: "unanswered", holds: |one, _, _| one.answer.is_none() },
        StateFilter { word: "themed", holds: |one, _, _| one.theme.is_some() },
        StateFilter { word: "unthemed", holds: |one, _, _| one.theme.is_none() },
    ];

    fn title<'a>(&'a self, workspace: &'a Workspace) -> Cow<'a, str> {
        match self.label(workspace) {
            Some(label) => Cow::Owned(format!("{label} {}", self.text)),
            None => Cow::Borrowed(&self.text),
        }
    }

    /// The latest event first, then as they are numbered.
    fn order<'a>(&'a self, workspace: &'a Workspace) -> Cow<'a, str> {
        let topic = self.topic.as_ref().and_then(|topic| topic.get(workspace));
        let topic = topic.map_or_else(|| "~".to_owned(), |topic| topic.order(workspace).into_owned());
        Cow::Owned(format!("{topic} {:05}", self.number.unwrap_or(u16::MAX)))
    }

    fn code(&self, workspace: &Workspace) -> Option<String> {
        self.label(workspace)
    }

    fn answers_to(&self, typed: &str, workspace: &Workspace) -> bool {
        self.label(workspace).is_some_and(|label| label == typed) || self.text.to_lowercase() == typed
    }

    /// How much somebody wants to do for it.
    fn relation(&self, field: &str, to: Id, _: Date) -> Option<String> {
        let row = self.initials.iter().find(|row| field == "initials" && row.who.id() == Some(to))?;
        row.interest.map(|interest| interest.label().to_owned())
    }

    /// The next number under its topic.
    fn complete(&mut self, workspace: &Workspace) {
        let Some(topic) = self.topic.as_ref().and_then(Ref::id).filter(|_| self.number.is_none()) else { return };
        self.number = Some(next_number(workspace, topic));
    }

    fn check_among(&self, workspace: &Workspace) -> Result<(), Refusal> {
        match &self.topic {
            Some(topic) if topic.id().is_none() => {
                let help = "name a topic that was posted, by its number or title";
                Err(Refusal(format!("there is no topic {}: {help}", topic.name(workspace))))
            }
            _ => Ok(()),
        }
    }
}

/// The number that the next recommendation of a topic gets.
pub fn next_number(workspace: &Workspace, topic: Id) -> u16 {
    let numbers = of_topic(workspace, topic).filter_map(|one| one.number);
    numbers.max().unwrap_or(0).saturating_add(1)
}

/// The recommendations of a topic, in the order of their ids.
pub fn of_topic(workspace: &Workspace, topic: Id) -> impl Iterator<Item = &Recommendation> {
    let all = workspace.recommendations.iter().map(AsRef::as_ref);
    all.filter(move |one: &&Recommendation| one.topic.as_ref().and_then(Ref::id) == Some(topic))
}

impl Recommendation {
    /// What is said aloud and written on the wall: `17.2`.
    pub fn label(&self, workspace: &Workspace) -> Option<String> {
        let topic = self.topic.as_ref().and_then(|topic| topic.get(workspace)).and_then(|topic| topic.number);
        Some(format!("{}.{}", topic?, self.number?))
    }

    /// The event of its topic.
    pub fn event<'a>(&self, workspace: &'a Workspace) -> Option<&'a Ref<Event>> {
        self.topic.as_ref().and_then(|topic| topic.get(workspace)).and_then(|topic| topic.event.as_ref())
    }
}
