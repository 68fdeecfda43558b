//! The told ledger: for each partner what concerns them, what of it they have not heard yet, and when they last heard
//! anything. Everything is looked at once, however many partners there are.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{How, News, Told, news};
use crate::model::action::Action;
use crate::model::date::{Date, format_date};
use crate::model::organisation::Organisation;
use crate::model::person::Person;
use crate::model::recommendation::Recommendation;
use crate::model::record::{Rules, Updated};
use crate::model::reference::{Ref, Target};
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
    pub said: Arc<str>,
    /// Whether they heard of it when it stood otherwise.
    pub is_change: bool,
}

impl Owed {
    /// It as it is written down; its sentence is cleaned once for all who are told it.
    pub(super) fn row(&self, cleaned: &mut HashMap<Id, Text>) -> News {
        let is_action = self.id.letter() == Kind::Action.letter();
        News {
            action: is_action.then(|| Ref::record(self.id)),
            recommendation: (!is_action).then(|| Ref::record(self.id)),
            said: Some(cleaned.entry(self.id).or_insert_with(|| Text::line(&self.said)).clone()),
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

    /// Enters something that concerns them, and what they were told of it last.
    fn enter(&mut self, matter: &Matter, last: Option<&str>) {
        self.concerns += 1;
        let is_known =
            |last: &str| *last == *matter.said || last == matter.line.get_or_init(|| Text::line(&matter.said)).as_str();
        if !last.is_some_and(is_known) {
            self.owed.push(Owed { id: matter.id, said: matter.said.clone(), is_change: last.is_some() });
        }
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
    Matters::of(workspace, today).accounts(workspace, today)
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

/// How everything stands that partners are told of, and whom it concerns. It stays as it is while they are told.
#[derive(Debug, Default)]
pub struct Matters {
    matters: Vec<Matter>,
    /// The partners whom anything concerns; their places here are their numbers.
    partners: Numbered,
}

/// An action or recommendation of which there is something to say.
#[derive(Debug)]
struct Matter {
    id: Id,
    said: Arc<str>,
    /// The sentence as it is written down when it is told.
    line: OnceCell<Text>,
    /// The numbers of those whom it concerns.
    concerned: Vec<usize>,
}

impl Matters {
    /// As the records of a workspace say it, actions first.
    pub fn of(workspace: &Workspace, today: Date) -> Self {
        let mut writer = Writer { workspace, today, people: HashMap::new(), matters: Self::default() };
        let mut actions: Vec<&Arc<Action>> = workspace.actions.iter().collect();
        actions.sort_by_cached_key(|action| action.rank(workspace));
        for action in actions {
            writer.enter(&AnyRecord::Action(action.clone()), named_by_action(action, workspace));
        }
        let answered = workspace.recommendations.iter().filter(|one| one.answer.is_some());
        let mut answered: Vec<&Arc<Recommendation>> = answered.collect();
        answered.sort_by_cached_key(|one| one.order(workspace).into_owned());
        for one in answered {
            writer.enter(&AnyRecord::Recommendation(one.clone()), named_by(one));
        }
        writer.matters
    }

    /// What each partner knows of it and does not know, by name.
    pub fn accounts(&self, workspace: &Workspace, today: Date) -> Vec<Account> {
        let mut partners = self.partners.clone();
        let mut told: Vec<&Told> = workspace.told.iter().map(AsRef::as_ref).collect();
        told.sort_by_key(|told| place(told, today));
        let told: Vec<(usize, &Told)> = told
            .into_iter()
            .flat_map(|one| told_to(one, workspace, today).into_iter().map(move |partner| (partner, one)))
            .map(|(partner, one)| (partners.number(partner), one))
            .collect();
        let mut accounts: Vec<Account> = partners.all.into_iter().map(Account::new).collect();
        // What was told of each record to whom, the last in the end.
        let mut heard: HashMap<(Id, usize), &Text> = HashMap::new();
        for (number, one) in told {
            let account = &mut accounts[number];
            (account.last, account.told_on, account.told_how) = (Some(one.id), one.on, one.how);
            let news = one.news.iter().filter_map(|row| Some(((row.about()?, number), row.said.as_ref()?)));
            heard.extend(news);
        }
        for matter in &self.matters {
            for number in &matter.concerned {
                accounts[*number].enter(matter, heard.get(&(matter.id, *number)).map(|said| said.as_str()));
            }
        }
        accounts.sort_by_cached_key(|one| (one.partner.name(workspace).to_lowercase(), one.partner.clone()));
        accounts
    }
}

/// Partners, each with a number.
#[derive(Clone, Debug, Default)]
struct Numbered {
    all: Vec<Partner>,
    numbers: BTreeMap<Partner, usize>,
}

impl Numbered {
    fn number(&mut self, partner: Partner) -> usize {
        *self.numbers.entry(partner).or_insert_with_key(|partner| {
            self.all.push(partner.clone());
            self.all.len() - 1
        })
    }
}

/// Writes down what concerns whom; each person is looked up once.
struct Writer<'a> {
    workspace: &'a Workspace,
    today: Date,
    people: HashMap<&'a Target, Vec<usize>>,
    matters: Matters,
}

impl<'a> Writer<'a> {
    /// The numbers of those who are named, each once.
    fn numbers_of(&mut self, named: impl Iterator<Item = Named<'a>>) -> Vec<usize> {
        let mut found = Vec::new();
        for one in named {
            match one {
                Named::Person(person) if self.people.contains_key(person.target()) => {
                    found.extend(&self.people[person.target()]);
                }
                Named::Person(person) => {
                    let partners = one.partners(self.workspace, self.today).into_iter();
                    let numbers: Vec<usize> = partners.map(|partner| self.matters.partners.number(partner)).collect();
                    found.extend(&numbers);
                    self.people.insert(person.target(), numbers);
                }
                Named::Organisation(one) => {
                    found.push(self.matters.partners.number(Partner::Organisation(one.clone())));
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn enter(&mut self, record: &AnyRecord, named: impl Iterator<Item = Named<'a>>) {
        let Some(said) = news(record, self.workspace) else { return };
        let concerned = self.numbers_of(named);
        self.matters.matters.push(Matter { id: record.id(), said: said.into(), line: OnceCell::new(), concerned });
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

/// Somebody who is named beside something, and so is told of it.
#[derive(Clone, Copy)]
enum Named<'a> {
    Organisation(&'a Ref<Organisation>),
    Person(&'a Ref<Person>),
}

impl Named<'_> {
    fn partners(self, workspace: &Workspace, today: Date) -> Vec<Partner> {
        match self {
            Self::Organisation(one) => vec![Partner::Organisation(one.clone())],
            Self::Person(one) => partners_of(one, workspace, today),
        }
    }
}

/// Who wrote their initials beside a recommendation.
fn named_by(one: &Recommendation) -> impl Iterator<Item = Named<'_>> {
    one.initials.iter().map(|row| Named::Person(&row.who))
}

/// The lead of an action, who wrote their initials beside the recommendation it came out of, who asked.
fn named_by_action<'a>(action: &'a Action, workspace: &'a Workspace) -> impl Iterator<Item = Named<'a>> {
    let source = action.recommendation.as_ref().and_then(|one| one.get(workspace));
    let organisations = action.asked.iter().chain(&action.organisation).map(Named::Organisation);
    source.into_iter().flat_map(named_by).chain(organisations).chain(action.lead.iter().map(Named::Person))
}

/// Whom an answer to a recommendation concerns: who wrote their initials beside it.
pub fn concerned_by(one: &Recommendation, workspace: &Workspace, today: Date) -> BTreeSet<Partner> {
    named_by(one).flat_map(|one| one.partners(workspace, today)).collect()
}

/// Whom an action concerns: its lead, who wrote their initials beside the recommendation it came out of, who asked.
pub fn concerned_by_action(action: &Action, workspace: &Workspace, today: Date) -> BTreeSet<Partner> {
    named_by_action(action, workspace).flat_map(|one| one.partners(workspace, today)).collect()
}
