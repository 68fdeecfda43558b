//! The told ledger: for each partner what concerns them, what of it they have not heard yet, and when they last heard
//! anything. Everything is looked at once, however many partners there are.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{How, News, Told, news};
use crate::model::action::Action;
use crate::model::date::{Date, format_date};
use crate::model::organisation::Organisation;
use crate::model::person::Person;
use crate::model::recommendation::Recommendation;
use crate::model::record::{Rules, Updated};
use crate::model::reference::Ref;
use crate::model::text::Text;
use crate::model::{AnyRecord, Id, Kind, Workspace};

/// Who is told: an organisation, or a person who acts for none. One of whom only words are known is told as well.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Partner {
    /// An organisation.
    Organisation(Ref<Organisation>),
    /// A person who acts for none.
    Person(Ref<Person>),
}

impl Partner {
    /// The name a person reads.
    pub fn name<'a>(&'a self, workspace: &'a Workspace) -> Cow<'a, str> {
        match self {
            Self::Organisation(one) => one.name(workspace),
            Self::Person(one) => one.name(workspace),
        }
    }

    /// Their record, where there is one.
    pub fn id(&self) -> Option<Id> {
        match self {
            Self::Organisation(one) => one.id(),
            Self::Person(one) => one.id(),
        }
    }
}

/// Something a partner has not heard yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owed {
    /// The action or recommendation.
    pub id: Id,
    /// How it stands now.
    pub said: String,
    /// Whether they heard of it when it stood otherwise.
    pub is_change: bool,
}

impl Owed {
    pub(super) fn row(&self) -> News {
        let is_action = self.id.letter() == Kind::Action.letter();
        News {
            action: is_action.then(|| Ref::record(self.id)),
            recommendation: (!is_action).then(|| Ref::record(self.id)),
            said: Some(Text::line(&self.said)),
        }
    }

    /// What the record is called.
    pub fn title(&self, workspace: &Workspace) -> String {
        workspace.get(self.id).map_or_else(|| self.id.to_string(), |record| record.title(workspace).into_owned())
    }
}

/// What a partner knows and does not know.
#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    /// Who.
    pub partner: Partner,
    /// How many actions and recommendations concern them of which there is something to say.
    pub concerns: usize,
    /// What they have not heard yet, actions first.
    pub owed: Vec<Owed>,
    /// The telling by which they heard last.
    pub last: Option<Id>,
    /// When that was.
    pub told_on: Option<Date>,
    /// How that was.
    pub told_how: Option<How>,
}

impl Account {
    fn new(partner: Partner) -> Self {
        Self { partner, concerns: 0, owed: Vec::new(), last: None, told_on: None, told_how: None }
    }

    /// For how many days they have heard nothing; `None`: they never heard anything.
    pub fn silence(&self, today: Date) -> Option<i64> {
        self.told_on.map(|on| (today - on).num_days().max(0))
    }

    /// When they last heard anything, in a few words: "told last on Fri 20 Nov by e-mail".
    pub fn last_told(&self, today: Date) -> String {
        let Some(on) = self.told_on else { return "never told anything".to_owned() };
        let how = self.told_how.map(|how| format!(" {}", how.phrase())).unwrap_or_default();
        format!("told last on {}{how}", format_date(on, today))
    }
}

/// The partners as whom a person is told on a day: the organisations for which they act, or themselves.
pub fn partners_of(person: &Ref<Person>, workspace: &Workspace, day: Date) -> Vec<Partner> {
    let organisations = person.get(workspace).map(|person| person.organisations(day)).unwrap_or_default();
    if organisations.is_empty() {
        return vec![Partner::Person(person.clone())];
    }
    organisations.into_iter().map(|one| Partner::Organisation(one.clone())).collect()
}

/// Every partner whom something concerns or who was ever told anything, by name.
pub fn ledger(workspace: &Workspace, today: Date) -> Vec<Account> {
    let mut ledger = Ledger { workspace, today, accounts: BTreeMap::new(), heard: heard(workspace, today) };
    let mut told: Vec<&Told> = workspace.told.iter().map(AsRef::as_ref).collect();
    told.sort_by_key(|told| place(told, today));
    for one in told {
        ledger.enter_telling(one);
    }
    for action in in_order(workspace.actions.iter(), workspace) {
        let concerned = concerned_by_action(action, workspace, today);
        ledger.enter(&AnyRecord::Action(action.clone()), concerned);
    }
    for one in in_order(workspace.recommendations.iter().filter(|one| one.answer.is_some()), workspace) {
        let concerned = concerned_by(one, workspace, today);
        ledger.enter(&AnyRecord::Recommendation(one.clone()), concerned);
    }
    let mut accounts: Vec<Account> = ledger.accounts.into_values().collect();
    accounts.sort_by_cached_key(|account| account.partner.name(workspace).to_lowercase());
    accounts
}

/// Records in the order of their kind.
fn in_order<'a, R: Rules>(records: impl Iterator<Item = &'a Arc<R>>, workspace: &Workspace) -> Vec<&'a Arc<R>> {
    let mut records: Vec<&Arc<R>> = records.collect();
    records.sort_by_cached_key(|record| record.order(workspace).into_owned());
    records
}

/// The partners who have not heard yet how something stands that concerns them, by name.
pub fn still_to_tell(workspace: &Workspace, today: Date) -> Vec<Account> {
    ledger(workspace, today).into_iter().filter(|account| !account.owed.is_empty()).collect()
}

/// The times a partner was told something, the last at the end.
pub fn tellings<'a>(workspace: &'a Workspace, partner: &Partner, today: Date) -> Vec<&'a Told> {
    let all = workspace.told.iter().map(AsRef::as_ref);
    let mut told: Vec<&Told> = all.filter(|told| told_to(told, workspace, today).contains(partner)).collect();
    told.sort_by_key(|told| place(told, today));
    told
}

/// A ledger that is being written.
struct Ledger<'a> {
    workspace: &'a Workspace,
    today: Date,
    accounts: BTreeMap<Partner, Account>,
    heard: HashMap<Id, BTreeMap<Partner, &'a Text>>,
}

impl Ledger<'_> {
    fn account(&mut self, partner: Partner) -> &mut Account {
        self.accounts.entry(partner).or_insert_with_key(|partner| Account::new(partner.clone()))
    }

    fn enter_telling(&mut self, told: &Told) {
        for partner in told_to(told, self.workspace, self.today) {
            let account = self.account(partner);
            (account.last, account.told_on, account.told_how) = (Some(told.id), told.on, told.how);
        }
    }

    fn enter(&mut self, record: &AnyRecord, concerned: BTreeSet<Partner>) {
        if concerned.is_empty() {
            return;
        }
        let Some(said) = news(record, self.workspace) else { return };
        for partner in concerned {
            let heard = self.heard.get(&record.id()).and_then(|heard| heard.get(&partner)).copied();
            let account = self.account(partner);
            account.concerns += 1;
            if heard.is_none_or(|heard| **heard != *Text::line(&said)) {
                account.owed.push(Owed { id: record.id(), said: said.clone(), is_change: heard.is_some() });
            }
        }
    }
}

/// Where a telling stands in the order of tellings: one that is dated ahead was today at the latest.
fn place(told: &Told, today: Date) -> (Option<Date>, &Updated, Id) {
    (told.on.map(|on| on.min(today)), &told.updated, told.id)
}

/// Whom a telling told.
fn told_to(told: &Told, workspace: &Workspace, today: Date) -> Vec<Partner> {
    match (&told.organisation, &told.person) {
        (Some(organisation), _) => vec![Partner::Organisation(organisation.clone())],
        (None, Some(person)) => partners_of(person, workspace, told.on.unwrap_or(today)),
        (None, None) => Vec::new(),
    }
}

/// The last sentence that each partner heard of each record.
fn heard(workspace: &Workspace, today: Date) -> HashMap<Id, BTreeMap<Partner, &Text>> {
    let mut told: Vec<&Told> = workspace.told.iter().map(AsRef::as_ref).collect();
    told.sort_by_key(|told| place(told, today));
    let mut heard: HashMap<Id, BTreeMap<Partner, &Text>> = HashMap::new();
    for told in told {
        for partner in told_to(told, workspace, today) {
            for (about, said) in told.news.iter().filter_map(|row| Some((row.about()?, row.said.as_ref()?))) {
                heard.entry(about).or_default().insert(partner.clone(), said);
            }
        }
    }
    heard
}

/// Whom an answer to a recommendation concerns: who wrote their initials beside it.
pub fn concerned_by(one: &Recommendation, workspace: &Workspace, today: Date) -> BTreeSet<Partner> {
    one.initials.iter().flat_map(|row| partners_of(&row.who, workspace, today)).collect()
}

/// Whom an action concerns: its lead, who wrote their initials beside the recommendation it came out of, who asked.
pub fn concerned_by_action(action: &Action, workspace: &Workspace, today: Date) -> BTreeSet<Partner> {
    let source = action.recommendation.as_ref().and_then(|one| one.get(workspace));
    let mut concerned = source.map(|one| concerned_by(one, workspace, today)).unwrap_or_default();
    let named = action.asked.iter().chain(&action.organisation);
    concerned.extend(named.map(|one| Partner::Organisation(one.clone())));
    concerned.extend(action.lead.iter().flat_map(|lead| partners_of(lead, workspace, today)));
    concerned
}
