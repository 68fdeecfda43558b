//! Stories: examples of good practice. What worked, where, who had a part in it, and who may read it.

use std::borrow::Cow;

use super::action::Action;
use super::choice::choices;
use super::date::Date;
use super::field::{Blank, SearchField, default_choice};
use super::organisation::Organisation;
use super::person::Person;
use super::recommendation::Recommendation;
use super::record::{Rules, Section, StateFilter, record};
use super::reference::Ref;
use super::service::Service;
use super::text::Text;
use super::{AnyRecord, Audience, Kind, Workspace};

choices! {
    /// Who may read a story.
    Sharing {
        /// Nobody has asked those who are in it.
        NotAskedYet = "not asked yet",
        /// The partners may.
        Partners = "partners",
        /// Everybody may.
        Everybody = "everybody",
        /// Those who are in it said no.
        Nobody = "nobody",
    }
}

default_choice!(Sharing);

const NOT_SHARED: &str = "not to be shared";

record! {
    /// An example of good practice.
    Story = stories, Kind::Story;
    editable {
        /// What it is called.
        title: Text = "Story", "what worked, in a few words", required, public, search(SearchField::Name),
            hidden_if(is_kept, NOT_SHARED);
        /// What worked.
        text: Option<Text> = "What worked", "what worked, and why", paragraph, public, search(SearchField::Text),
            hidden_if(is_kept, NOT_SHARED);
        /// Where it happened.
        place: Option<Text> = "Place", "where it happened", public, search(SearchField::Place), hidden_if(is_kept, NOT_SHARED);
        /// The areas it is an example for.
        areas: Vec<Text> = "Areas", "districts, a council or the whole county", areas, public, search(SearchField::Place),
            hidden_if(is_kept, NOT_SHARED);
        /// The organisations that had a part in it.
        organisations: Vec<Ref<Organisation>> = "Organisations", "who had a part in it, commas between", public,
            search(SearchField::Organisation), hidden_if(is_kept, NOT_SHARED), back("Stories");
        /// The people who had a part in it.
        people: Vec<Ref<Person>> = "People", "who had a part in it, commas between", personal,
            search(SearchField::Organisation), hidden_if(is_kept, NOT_SHARED), back("Stories");
        /// When it happened.
        on: Option<Date> = "Day", "when it happened: 12 mar", past, public, hidden_if(is_kept, NOT_SHARED);
        /// Who may read it.
        sharing: Sharing = "May be shared with", "not asked yet, partners, everybody or nobody", column(18), filter("sharing:");
        /// The recommendation it is an answer to.
        recommendation: Option<Ref<Recommendation>> = "Recommendation", "the recommendation it answers: 17.2", public,
            hidden_if(is_kept, NOT_SHARED), back("Stories");
        /// The action it came out of.
        action: Option<Ref<Action>> = "Action", "the action it came out of", public, hidden_if(is_kept, NOT_SHARED),
            back("Stories");
        /// The service it tells of.
        service: Option<Ref<Service>> = "Service", "the service it tells of", public, hidden_if(is_kept, NOT_SHARED),
            back("Stories");
    }
    system {}
}

impl Rules for Story {
    const FORM: &'static [Section] = &[
        Section::new("What worked", &["title", "text", "sharing"]),
        Section::new("Where, when and who", &["place", "areas", "on", "organisations", "people"]),
        Section::new("Where it comes from", &["recommendation", "action", "service"]),
    ];
    const STATES: &'static [StateFilter<Self>] = &[
        StateFilter { word: "shared", holds: |story, _, _| story.is_for(Audience::Partners) },
        StateFilter { word: "unasked", holds: |story, _, _| story.sharing == Sharing::NotAskedYet },
    ];

    fn title<'a>(&'a self, _: &'a Workspace) -> Cow<'a, str> {
        Cow::Borrowed(&self.title)
    }

    fn warnings(&self, _: &Workspace) -> Vec<String> {
        match self.sharing {
            Sharing::NotAskedYet => vec!["it is shown to nobody else until it says who may read it".to_owned()],
            _ => Vec::new(),
        }
    }
}

impl Story {
    /// Whether an audience may read it.
    pub fn is_for(&self, audience: Audience) -> bool {
        match audience {
            Audience::Author | Audience::Colleagues => true,
            Audience::Partners => matches!(self.sharing, Sharing::Partners | Sharing::Everybody),
            Audience::Everyone { .. } => self.sharing == Sharing::Everybody,
        }
    }
}

fn is_kept(record: &AnyRecord, audience: Audience, _: &Workspace) -> bool {
    <&Story>::try_from(record).is_ok_and(|story| !story.is_for(audience))
}
