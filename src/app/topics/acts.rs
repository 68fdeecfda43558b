//! What is done to topics: posted, moved, combined, cancelled, run, reported; who joined, what was recommended.

use super::{
    TOPICS, Topics, View, edit_event, event_of, has_events, has_topic, may_edit_event, other_event, show, turn,
};
use super::{always, commands, wall};
use crate::app::command::Command;
use crate::app::{App, Effects, Severity, form, list, prompt};
use crate::model::field::FieldValue;
use crate::model::recommendation;
use crate::model::topic::{self, TopicState};
use crate::model::{
    AnyRecord, Author, Change, Id, Kind, ParseContext, Person, Recommendation, Ref, Refusal, Text, Topic, change,
};

/// Commands of the screen, in all its views.
pub(super) const COMMANDS: &[Command] = commands! { TOPICS;
    "topic.post" ["n"] "post" "post a topic" may_post, post;
    "topic.recommend" ["a"] "recommend" "write down what the group recommends, one after the other" may_act, ask_recommendation;
    "topics.turn" ["m"] "turn" "turn wall, list, groups, missing notes" always, turn;
    "topic.move" ["p"] "" "move the topic on the wall" may_act, move_selected;
    "topic.run" ["r"] "" "the group met, or did not yet" may_act, |app| toggle(app, TopicState::Run);
    "topic.report" ["R"] "" "the group has reported, or not yet" may_act, |app| toggle(app, TopicState::Reported);
    "topic.cancel" ["x"] "" "nobody came: cancel the topic, or take that back; it still counts" may_act, |app| toggle(app, TopicState::Cancelled);
    "topic.combine" ["C"] "" "take the topic into another; it stays, with where it went" may_act, ask_combine;
    "topic.swap" ["S"] "" "let the topic and another change places" may_act, ask_swap;
    "topic.join" ["J"] "" "write down who is in the group" may_act, ask_who_joined;
    "event.new" ["N"] "" "a new event: its question, day, slots and spaces" App::may_change, |app| list::new_of(app, Kind::Event);
    "event.edit" ["Q"] "" "the event: its question, day, slots and spaces" may_edit_event, edit_event;
    "event.previous" ["["] "" "the event before" has_events, |app| other_event(app, -1);
    "event.next" ["]"] "" "the next event" has_events, |app| other_event(app, 1);
    "topics.show" ["P"] "" "the wall for a projector" always, |app| show(app, View::Show);
};

/// The topic that commands act on: the selected one, or the one a selected recommendation came out of.
pub(super) fn topic(app: &App) -> Option<&Topic> {
    let id = app.screens.selected(Topics::ID)?;
    let from = || app.workspace.recommendations.get(id)?.topic.as_ref()?.id();
    app.workspace.topics.get(id).or_else(|| from().and_then(|id| app.workspace.topics.get(id))).map(AsRef::as_ref)
}

fn may_act(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    has_topic(app)
}

fn may_post(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    event_of(app).map(|_| ()).ok_or("a topic belongs to an event: N makes one")
}

/// Applies a rule as whoever acts, and says what it did or why not.
pub(super) fn apply(app: &mut App, rule: impl Fn(&App, &Author) -> Result<Change, Refusal>) -> Effects {
    let Some(author) = app.author() else { return prompt::ask_who(app) };
    match rule(app, &author) {
        Ok(change) => app.submit(change),
        Err(refusal) => {
            app.set_status(Severity::Error, refusal.0);
            Vec::new()
        }
    }
}

/// The same for a rule on the topic that was asked about; a refusal goes back to the question it answers.
fn answer(app: &mut App, rule: impl Fn(&App, Id, &Author) -> Result<Change, Refusal>) -> Result<Effects, String> {
    let topic = app.screens.topics.asked.ok_or("no topic is selected any more")?;
    let author = app.author().ok_or("say who you are first")?;
    let change = rule(app, topic, &author).map_err(|refusal| refusal.0)?;
    Ok(app.submit(change))
}

fn post(app: &mut App) -> Effects {
    let event = event_of(app).map(|event| Ref::record(event.id));
    let id = app.new_id(Kind::Topic);
    form::open(app, Topic { id, event, ..Topic::default() }.into())
}

fn move_selected(app: &mut App) -> Effects {
    match topic(app).map(|topic| topic.id) {
        Some(topic) => {
            wall::show_on_wall(app, topic);
            wall::carry(app, topic)
        }
        None => Vec::new(),
    }
}

/// To a state, or back to posted where the topic is in it already.
fn toggle(app: &mut App, state: TopicState) -> Effects {
    let ids = chosen(app);
    let is_so = |id: &Id| app.workspace.topics.get(*id).is_some_and(|topic| topic.state == state);
    let target = if ids.iter().all(is_so) { TopicState::Posted } else { state };
    let effects = apply(app, |app, author| topic::set_state(&app.workspace, &ids, target, author));
    app.list_mut().marks.clear();
    effects
}

/// The topics among what is marked, else the one that commands act on.
fn chosen(app: &App) -> Vec<Id> {
    let mut ids = app.chosen();
    ids.retain(|id| Kind::of(*id) == Some(Kind::Topic));
    if ids.is_empty() { topic(app).map(|topic| topic.id).into_iter().collect() } else { ids }
}

/// The topic of the event on the screen that somebody means.
fn named(app: &App, typed: &str) -> Result<Id, Refusal> {
    let event = event_of(app).map(|event| event.id).ok_or_else(|| Refusal("there is no event yet".to_owned()))?;
    topic::named(&app.workspace, event, typed)
}

/// Asks something about a topic. It stays the one that is meant, whatever is selected when the answer comes.
fn ask_about(
    app: &mut App,
    topic: Id,
    question: &'static str,
    hint: &str,
    then: fn(&mut App, &str) -> Result<Effects, String>,
) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    let title = app.workspace.get(topic).map(|topic| topic.title(&app.workspace).into_owned());
    app.screens.topics.asked = Some(topic);
    prompt::ask(app, question, format!("{}: {hint}", title.unwrap_or_default()), "", then)
}

/// Asks something about the topic that commands act on.
fn ask(
    app: &mut App,
    question: &'static str,
    hint: &str,
    then: fn(&mut App, &str) -> Result<Effects, String>,
) -> Effects {
    match topic(app).map(|topic| topic.id) {
        Some(topic) => ask_about(app, topic, question, hint, then),
        None => Vec::new(),
    }
}

fn ask_combine(app: &mut App) -> Effects {
    let hint = "the number of the other or words of its title; u takes it back";
    ask(app, "Take this topic into which?", hint, |app, typed| {
        answer(app, |app, from, author| topic::combine(&app.workspace, from, named(app, typed)?, author))
    })
}

fn ask_swap(app: &mut App) -> Effects {
    let hint = "the number of the other or words of its title";
    ask(app, "Change places with which topic?", hint, |app, typed| {
        answer(app, |app, one, author| topic::swap(&app.workspace, one, named(app, typed)?, author))
    })
}

fn ask_who_joined(app: &mut App) -> Effects {
    ask(app, "Who is in the group?", "initials or names, commas between", |app, typed| {
        answer(app, |app, topic, author| {
            let context = ParseContext { workspace: &app.workspace, today: app.today };
            let people = Vec::<Ref<Person>>::parse(typed, context).map_err(Refusal)?;
            topic::join(&app.workspace, topic, &people, author)
        })
    })
}

fn ask_recommendation(app: &mut App) -> Effects {
    match topic(app).map(|topic| topic.id) {
        Some(topic) => ask_recommendation_of(app, topic),
        None => Vec::new(),
    }
}

/// Asks for a recommendation of a topic, and after each for the next one, until nothing is written.
fn ask_recommendation_of(app: &mut App, topic: Id) -> Effects {
    let number = recommendation::next_number(&app.workspace, topic);
    let hint = format!("its recommendation {number}; an empty line ends");
    ask_about(app, topic, "What is recommended?", &hint, |app, typed| match app.screens.topics.asked {
        Some(topic) if !typed.is_empty() => {
            let mut effects = recommend(app, typed)?;
            effects.extend(ask_recommendation_of(app, topic));
            Ok(effects)
        }
        _ => Ok(Vec::new()),
    })
}

fn recommend(app: &mut App, typed: &str) -> Result<Effects, String> {
    let id = app.new_id(Kind::Recommendation);
    answer(app, |app, topic, author| {
        let text = Text::line(typed);
        let record = Recommendation { id, text, topic: Some(Ref::record(topic)), ..Recommendation::default() };
        change::put(&app.workspace, AnyRecord::from(record), author)
    })
}

/// Asks what goes into the free cell under the cursor.
pub(super) fn ask_what_goes_here(app: &mut App) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    let next = event_of(app).and_then(|event| topic::next_unplaced(&app.workspace, event.id));
    let hint = match next {
        Some(next) => format!(
            "a number or words of a title; enter alone takes {}",
            crate::model::record::Rules::title(next, &app.workspace)
        ),
        None => "a number or words of a title; every topic that is posted has a place".to_owned(),
    };
    prompt::ask(app, "Which topic goes here?", hint, "", put_here)
}

fn put_here(app: &mut App, typed: &str) -> Result<Effects, String> {
    let next = || {
        let event = event_of(app)?;
        topic::next_unplaced(&app.workspace, event.id).map(|topic| topic.id)
    };
    let topic = if typed.is_empty() {
        next().ok_or("write the number of a topic")?
    } else {
        named(app, typed).map_err(|why| why.0)?
    };
    let super::Place::Cell(cell) = app.screens.topics.place else { return Err("choose a cell of the wall".to_owned()) };
    let effects = wall::place(app, topic, cell);
    if app.status.severity == Severity::Error {
        return Err(std::mem::take(&mut app.status.text));
    }
    wall::go_to_next_free(app);
    Ok(effects)
}
