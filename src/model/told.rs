//! Who was told what came of it. Partners are kept informed by sentences: a partner is still to be told of a record when the
//! sentence that says how it stands is another than the one they were told last. Clocks do not come into it.

mod ledger;

use std::borrow::Cow;
use std::collections::HashMap;

use super::action::Action;
use super::change::{Author, Change, Edit, Refusal, listed};
use super::choice::{Choice, choices};
use super::date::{Date, format_whole_date};
use super::field::{Blank, SearchField};
use super::organisation::Organisation;
use super::person::Person;
use super::recommendation::Recommendation;
use super::record::{Rules, record};
use super::reference::Ref;
use super::row::row;
use super::text::{Text, one_line};
use super::{AnyRecord, Id, Kind, Workspace};

pub use ledger::{
    Account, Matters, Owed, Partner, concerned_by, concerned_by_action, ledger, partners_of, still_to_tell, tellings,
};

choices! {
    /// How somebody was told.
    How {
        /// In an e-mail.
        Email = "e-mail",
        /// On the telephone.
        Telephone = "telephone",
        /// In a letter.
        Letter = "letter",
        /// Face to face.
        InPerson = "in person",
        /// When the forum met.
        AtTheForum = "at the forum",
    }
}

impl How {
    /// It at the end of a sentence: "told by e-mail", "told at the forum".
    pub fn phrase(self) -> String {
        match self {
            Self::Email | Self::Telephone | Self::Letter => format!("by {}", self.label()),
            Self::InPerson | Self::AtTheForum => self.label().to_owned(),
        }
    }
}

row! {
    /// One thing that was told.
    News key(action, recommendation);
    /// The action it was about.
    action: Option<Ref<Action>> = "Action", "the action it was about";
    /// The recommendation it was about.
    recommendation: Option<Ref<Recommendation>> = "Recommendation", "the recommendation it was about: 17.2";
    /// The sentence that was told.
    said: Option<Text> = "Said", "what was told of it", search(SearchField::Text);
}

impl News {
    /// The record it is about.
    pub fn about(&self) -> Option<Id> {
        self.action.as_ref().and_then(Ref::id).or_else(|| self.recommendation.as_ref().and_then(Ref::id))
    }
}

record! {
    /// A partner was told how things stand.
    Told = told, Kind::Told;
    editable {
        /// The day.
        on: Option<Date> = "Day", "the day they were told: today, fri, 12 mar", past, column(16);
        /// The organisation that was told.
        organisation: Option<Ref<Organisation>> = "Organisation", "the organisation that was told",
            search(SearchField::Name), filter("org:"), back("Told");
        /// The person who was told.
        person: Option<Ref<Person>> = "Person", "who was told, where that is known", search(SearchField::Name), back("Told");
        /// How they were told.
        how: Option<How> = "How", "e-mail, telephone, letter, in person or at the forum", column(16), filter("how:");
        /// Who told them: initials.
        by: Option<Text> = "By", "who told them: initials", column(10);
        /// What they were told.
        news: Vec<News> = "News", "one a line: action | recommendation | said", back("Told of");
    }
    system {}
}

impl Rules for Told {
    const IS_ADDABLE: bool = false; // it is written down when somebody is told
    const LISTED: &'static [&'static str] = &["on", "how", "by"];

    fn title<'a>(&'a self, workspace: &'a Workspace) -> Cow<'a, str> {
        let organisation = self.organisation.as_ref().map(|one| one.name(workspace));
        let who = organisation.or_else(|| self.person.as_ref().map(|one| one.name(workspace))).unwrap_or_default();
        match self.on {
            Some(on) => Cow::Owned(format!("{who} told on {}", format_whole_date(on))),
            None => Cow::Owned(format!("{who} told")),
        }
    }

    /// The last stands first.
    fn order<'a>(&'a self, workspace: &'a Workspace) -> Cow<'a, str> {
        let day = self.on.map_or(0, |on| on.signed_duration_since(Date::default()).num_days());
        Cow::Owned(format!("{:08} {}", 1_000_000 - day, self.title(workspace)))
    }

    /// Refused only where it is typed: one may take out the organisation while another takes out the person.
    fn check_among(&self, _: &Workspace) -> Result<(), Refusal> {
        match (&self.organisation, &self.person) {
            (None, None) => Err(Refusal("organisation: say who was told: an organisation or a person".to_owned())),
            _ => Ok(()),
        }
    }
}

/// The sentence that says how an action stands, or what was answered to a recommendation; `None` where there is nothing to
/// say yet. It is made of what partners may read, and is the same on whatever day it is made.
pub fn news(record: &AnyRecord, workspace: &Workspace) -> Option<String> {
    match record {
        AnyRecord::Action(action) => Some(news_of_action(action, workspace)),
        AnyRecord::Recommendation(one) => news_of_recommendation(one, workspace),
        _ => None,
    }
}

fn news_of_action(action: &Action, workspace: &Workspace) -> String {
    let state = match &action.reason {
        Some(reason) => format!("{} ({})", action.state.label(), one_line(reason)),
        None => action.state.label().to_owned(),
    };
    let parts: Vec<String> =
        [Some(state), Some(who_leads(action, workspace)), when_due(action)].into_iter().flatten().collect();
    let last = action.progress.iter().max_by_key(|row| row.on).and_then(|row| row.note.as_ref());
    ended(format!("{}: {}", action.what, parts.join(", ")), last)
}

fn who_leads(action: &Action, workspace: &Workspace) -> String {
    let lead = action.lead.as_ref().map(|lead| lead.name(workspace));
    let organisation = action.organisation.as_ref().map(|organisation| organisation.name(workspace));
    match (lead, organisation) {
        (None, None) => "nobody leads it yet".to_owned(),
        (Some(one), None) | (None, Some(one)) => format!("{one} leads it"),
        (Some(lead), Some(organisation)) => format!("{lead} ({organisation}) leads it"),
    }
}

fn when_due(action: &Action) -> Option<String> {
    match action.due.filter(|_| action.is_unfinished()) {
        Some(due) => Some(format!("due {}", format_whole_date(due))),
        None if action.is_unfinished() && action.by_next_forum => Some("due when the forum meets next".to_owned()),
        None => None,
    }
}

fn news_of_recommendation(one: &Recommendation, workspace: &Workspace) -> Option<String> {
    Some(ended(format!("{}: {}", one.title(workspace), one.answer?.label()), one.reason.as_ref()))
}

/// A sentence with its full stop, and one more behind it.
fn ended(mut said: String, more: Option<&Text>) -> String {
    said.push('.');
    if let Some(more) = more {
        said.push(' ');
        said += &one_line(more);
        if !said.ends_with(['.', '!', '?']) {
            said.push('.');
        }
    }
    said
}

/// Writes down that partners were told everything that they were still to be told, each as a new record with its id. Of
/// several those who know everything are passed over.
///
/// # Errors
/// All of them know everything already.
pub fn tell(
    workspace: &Workspace,
    partners: &[(Id, Partner)],
    how: Option<How>,
    author: &Author,
) -> Result<Change, Refusal> {
    tell_of(workspace, &ledger(workspace, author.today), partners, how, author)
}

/// As [`tell`], where the ledger as it stands is at hand.
///
/// # Errors
/// As [`tell`].
pub fn tell_of(
    workspace: &Workspace,
    accounts: &[Account],
    partners: &[(Id, Partner)],
    how: Option<How>,
    author: &Author,
) -> Result<Change, Refusal> {
    let account = |partner: &Partner| accounts.iter().find(|account| account.partner == *partner);
    let known = partners.iter().filter_map(|(id, partner)| Some((*id, account(partner)?)));
    let told: Vec<(Id, &Account)> = known.filter(|(_, account)| !account.owed.is_empty()).collect();
    if told.is_empty() {
        let refused =
            partners.iter().map(|(_, partner)| nothing_to_tell(workspace, partner, account(partner), author.today));
        return Err(Refusal(refused.collect::<Vec<_>>().join("; ")));
    }
    let names: Vec<String> = told.iter().map(|(_, account)| account.partner.name(workspace).into_owned()).collect();
    let said = how.map(|how| format!(" {}", how.phrase())).unwrap_or_default();
    let what = match told[..] {
        [(_, account)] => {
            let titles: Vec<String> = account.owed.iter().map(|owed| owed.title(workspace)).collect();
            format!(": {}", listed(&titles))
        }
        _ => String::new(),
    };
    let mut cleaned = HashMap::new();
    let record = |(id, account): (Id, &Account)| {
        let news = account.owed.iter().map(|owed| owed.row(&mut cleaned)).collect();
        Edit::new(None, Some(Told { news, ..telling(workspace, id, account, how, author) }.into()))
    };
    let edits = told.into_iter().filter_map(record).collect();
    Ok(Change { edits, sentence: format!("{} told{said}{what}", listed(&names)) })
}

fn nothing_to_tell(workspace: &Workspace, partner: &Partner, account: Option<&Account>, today: Date) -> String {
    let name = partner.name(workspace);
    match account {
        Some(account) => format!("{name} knows everything already; {}", account.last_told(today)),
        None => format!("nothing that is written down here concerns {name}"),
    }
}

/// The record that a partner was told, as yet without what.
fn telling(workspace: &Workspace, id: Id, account: &Account, how: Option<How>, author: &Author) -> Told {
    let (organisation, person) = match &account.partner {
        Partner::Organisation(one) => (Some(one.clone()), None),
        Partner::Person(one) => (None, Some(one.clone())),
    };
    let last = account.last.and_then(|id| workspace.get(id));
    Told {
        id,
        on: Some(author.today),
        organisation,
        person,
        how,
        by: Some(author.by.clone()),
        news: Vec::new(),
        updated: author.stamp(last.as_ref()),
    }
}
