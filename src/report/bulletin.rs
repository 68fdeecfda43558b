//! What concerns one organisation and nobody else: what it has not been told, what it sees to, what became of what its people
//! signed for. It is made to be pasted into an e-mail.

use super::actions;
use super::document::{Document, Words};
use super::people;
use super::source::Source;
use super::words::long_date;
use crate::model::agreement::version;
use crate::model::choice::Choice;
use crate::model::order::Order as _;
use crate::model::told::{Account, Partner, concerned_by, concerned_by_action, ledger, tellings};
use crate::model::{Action, Agreement, Id, Organisation, Recommendation, Ref, Refusal, Story, event};

/// Makes the bulletin of an organisation.
///
/// # Errors
/// There is no such organisation.
pub(super) fn make(source: &Source<'_>, id: Id) -> Result<Document, Refusal> {
    let known = source.seen.organisations.get(id);
    let organisation =
        known.ok_or_else(|| Refusal(format!("{id} is not an organisation here; see `moot list organisations`")))?;
    let partner = Partner::Organisation(Ref::record(id));
    let account = ledger(source.all, source.today).into_iter().find(|account| account.partner == partner);
    let mut document = Document::new(format!("Bulletin for {}", organisation.name));
    document.subtitle.extend(source.partnership().map(str::to_owned));
    document.subtitle.push(long_date(source.today));
    news(&mut document, account.as_ref(), told_today(source, &partner));
    tasks(&mut document, source, &partner);
    recommendations(&mut document, source, &partner);
    agreements(&mut document, source, organisation);
    stories(&mut document, source, account.as_ref());
    if let Some(event) = event::latest(&source.seen).filter(|event| !event.contacts.is_empty()) {
        document.part("Whom to ask");
        document.table(people::table(source, "Who answers questions about this", &event.contacts));
    }
    Ok(document)
}

/// What they have not been told, or that there is nothing of that sort.
fn news(document: &mut Document, account: Option<&Account>, told_today: Vec<Words>) {
    document.part("What is new");
    let is_told_today = !told_today.is_empty();
    if is_told_today {
        document.say("What you are told today:");
        document.list(told_today);
    }
    let last = account.and_then(|account| account.told_on).map(long_date);
    let owed = account.map(|account| account.owed.as_slice()).unwrap_or_default();
    if owed.is_empty() && is_told_today {
        return;
    }
    document.say(match (last, owed.is_empty()) {
        (Some(day), true) => format!("Nothing has changed of what concerns you since {day}, when you were told last."),
        (None, true) => "There is nothing to tell you yet.".to_owned(),
        (Some(day), false) => format!("Since {day}, when you were told last:"),
        (None, false) => "You have not been told anything of this before:".to_owned(),
    });
    document.list(owed.iter().map(|one| (&*one.said).into()).collect());
}

/// What was written down today as told: the bulletin that is sent on that day is to say it.
fn told_today(source: &Source<'_>, partner: &Partner) -> Vec<Words> {
    let tellings = tellings(source.all, partner, source.today);
    let news = tellings.iter().filter(|told| told.on == Some(source.today)).flat_map(|told| &told.news);
    news.filter_map(|row| row.said.as_deref()).map(Words::from).collect()
}

/// What they see to, and what else is done that concerns them.
fn tasks(document: &mut Document, source: &Source<'_>, partner: &Partner) {
    let unfinished = source.seen.actions.iter().map(AsRef::as_ref).filter(|action: &&Action| action.is_unfinished());
    let concerning =
        unfinished.filter(|action| concerned_by_action(action, source.all, source.today).contains(partner));
    let (own, others): (Vec<&Action>, Vec<&Action>) =
        concerning.partition(|action| actions::is_led_by(source, action, partner));
    for (heading, caption, all) in
        [("What you see to", "Actions that you lead", own), ("What others see to", "Actions that concern you", others)]
    {
        if !all.is_empty() {
            document.part(heading);
            document.table(actions::table(source, caption, all));
        }
    }
}

fn recommendations(document: &mut Document, source: &Source<'_>, partner: &Partner) {
    // Who wrote initials where is for colleagues; that their own did, an organisation may be told.
    let signed = source.all.recommendations.iter();
    let signed = signed.filter(|one| concerned_by(one, source.all, source.today).contains(partner));
    let mut signed: Vec<&Recommendation> =
        signed.filter_map(|one| source.seen.recommendations.get(one.id)).map(AsRef::as_ref).collect();
    signed.order_by_key(|one| {
        (one.topic.as_ref().and_then(|topic| topic.get(source.all)).and_then(|topic| topic.number), one.number)
    });
    if signed.is_empty() {
        return;
    }
    document.part("Recommendations beside which your people wrote their initials");
    let line = |one: &&Recommendation| {
        let label = one.label(source.all).map(|label| format!("{label} ")).unwrap_or_default();
        let answer = one.answer.map_or("not answered yet", Choice::label);
        Words::from(format!("{label}{} ({answer})", one.text))
    };
    document.list(signed.iter().map(line).collect());
}

fn agreements(document: &mut Document, source: &Source<'_>, organisation: &Organisation) {
    let party = Ref::record(organisation.id);
    let mut all: Vec<&Agreement> =
        source.all.agreements.iter().map(AsRef::as_ref).filter(|one| one.has_party(&party)).collect();
    all.order_by_key(|one| one.name.to_lowercase());
    if all.is_empty() {
        return;
    }
    document.part("Agreements to which you are party");
    let line = |one: &&Agreement| {
        let level = one.level.map(|level| format!("{}, ", level.label())).unwrap_or_default();
        Words::strong(one.name.as_str()).and(format!(" ({level}{}): {}", one.kind.label(), version::in_a_word(one)))
    };
    document.list(all.iter().map(line).collect());
}

/// What worked elsewhere and may be told to partners, as far as it is newer than what they were told last.
fn stories(document: &mut Document, source: &Source<'_>, account: Option<&Account>) {
    let told = account.and_then(|account| account.told_on);
    let is_new =
        |story: &&Story| !story.title.is_empty() && told.is_none_or(|told| story.on.is_none_or(|on| on > told));
    let mut stories: Vec<&Story> = source.seen.stories.iter().map(AsRef::as_ref).filter(is_new).collect();
    stories.order_by_key(|story| (std::cmp::Reverse(story.on), story.id));
    if stories.is_empty() {
        return;
    }
    document.part("What worked");
    for story in stories {
        document.entry(story.title.as_str());
        document.say(story.text.as_deref().unwrap_or_default());
        document.facts(vec![
            ("Where", story.place.as_deref().unwrap_or_default().into()),
            ("When", story.on.map(long_date).unwrap_or_default().into()),
            ("Who", source.names(&story.organisations).join(", ").into()),
        ]);
    }
}
