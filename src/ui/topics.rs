//! The topics screen: the wall, the list, the groups and whose notes are missing.

mod groups;
mod wall;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::list;
use super::theme::{Role, Theme};
use super::write::{put, rule, width};
use crate::app::App;
use crate::app::topics::View;
use crate::app::wrap::wrap;
use crate::model::agenda::Numbers;
use crate::model::choice::Choice;
use crate::model::recommendation::of_topic;
use crate::model::record::Rules;
use crate::model::text::count;
use crate::model::topic::TopicState;
use crate::model::{Event, Id, Person, Ref, Topic};

/// Draws the screen; the cursor stands on the selected cell or row, or in the search line.
pub fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    if app.screens.shows_list(app.screen) {
        return list::draw(app, theme, area, buf);
    }
    let Some(event) = event(app) else {
        let help =
            "No event yet. Press N to make one: its question, its day, its slots and spaces. Then n posts topics.";
        paragraph(if app.loaded { help } else { "" }, Role::Text, theme, Rect { y: area.y + 1, ..area }, buf);
        return None;
    };
    match app.screens.topics.view {
        View::Groups | View::Chase => groups::draw(app, event, theme, area, buf),
        View::Show => {
            wall::draw_large(app, event, theme, area, buf);
            None
        }
        _ => wall::draw(app, event, theme, area, buf),
    }
}

fn event(app: &App) -> Option<&Event> {
    app.screens.topics.event.and_then(|id| app.workspace.events.get(id)).map(AsRef::as_ref)
}

/// A text over several lines; returns how many.
fn paragraph(text: &str, role: Role, theme: Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let lines = wrap(text, area.width.into());
    for (y, line) in (area.y..area.bottom()).zip(&lines) {
        put(buf, (area.x, y), area.width, line, theme.style(role), theme);
    }
    (lines.len() as u16).min(area.height)
}

/// The line on top: what is asked, and the numbers that fit beside it.
fn head(event: &Event, numbers: Numbers, theme: Theme, area: Rect, buf: &mut Buffer) {
    let right = numbers_in_words(numbers, usize::from(area.width) * 3 / 5);
    let cells = (width(&right) as u16).min(area.width);
    put(buf, (area.right() - cells, area.y), cells, &right, theme.style(Role::Quiet), theme);
    let question = event.question.as_deref().unwrap_or(&event.name);
    put(buf, (area.x, area.y), area.width.saturating_sub(cells + 2), question, theme.style(Role::Strong), theme);
}

/// The numbers that fit into so many cells, the most important first; what is nought is not said.
fn numbers_in_words(numbers: Numbers, cells: usize) -> String {
    let parts = [
        (numbers.posted, "posted"),
        (numbers.unplaced, "to place"),
        (numbers.missing_notes, "without notes"),
        (numbers.recommendations, "recommendations"),
        (numbers.reported, "reported"),
        (numbers.cancelled, "cancelled"),
        (numbers.combined, "combined"),
    ];
    let mut text = String::new();
    for (number, word) in parts.into_iter().filter(|(number, word)| *number > 0 || *word == "posted") {
        let part = format!("{} {word}", count(number));
        let more = if text.is_empty() { part } else { format!("{text} · {part}") };
        if width(&more) > cells && !text.is_empty() {
            break;
        }
        text = more;
    }
    text
}

/// People as one says them aloud: initials where they have them.
fn initials(app: &App, people: &[Ref<Person>]) -> String {
    let of = |person: &Ref<Person>| {
        let known = person.get(&app.workspace).and_then(|person| person.initials.as_ref());
        known.map_or_else(|| person.name(&app.workspace).into_owned(), ToString::to_string)
    };
    people.iter().map(of).collect::<Vec<_>>().join(", ")
}

/// The selected topic in full: title, who, where, what stands against it, what its group wrote.
fn about(app: &App, topic: &Topic, theme: Theme, area: Rect, buf: &mut Buffer) {
    let styles = (theme.style(Role::Quiet), theme.style(Role::Strong));
    rule(buf, Rect { height: 1, ..area }, "", styles, theme);
    let mut rest = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    for (text, role) in about_lines(app, topic) {
        let used = paragraph(&text, role, theme, rest, buf);
        rest = Rect { y: rest.y + used, height: rest.height - used, ..rest };
    }
}

fn about_lines(app: &App, topic: &Topic) -> Vec<(String, Role)> {
    let workspace = &app.workspace;
    let mut lines = vec![(topic.title(workspace).into_owned(), Role::Strong)];
    let conveners: Vec<_> = topic.conveners.iter().map(|person| person.name(workspace)).collect();
    let conveners = if conveners.is_empty() { "no convener".to_owned() } else { conveners.join(", ") };
    let state = if topic.state == TopicState::Posted { "" } else { topic.state.label() };
    let interested = topic.interested.map(|many| format!("{many} interested")).unwrap_or_default();
    lines.push((join(&[&conveners, &place(app, topic), state, &interested]), Role::Text));
    lines.extend(topic.warnings(workspace).into_iter().map(|warning| (warning, Role::Warn)));
    let people = match topic.participants.len() {
        0 => String::new(),
        1 => "1 in the group".to_owned(),
        many => format!("{many} in the group"),
    };
    let notes = topic.note_taker.as_ref().map(|who| format!("notes by {}", who.name(workspace))).unwrap_or_default();
    lines.push((join(&[&people, &notes]), Role::Text));
    let mut recommended: Vec<_> = of_topic(workspace, topic.id).collect();
    recommended.sort_by_key(|one| (one.number, one.id));
    lines.extend(recommended.iter().map(|one| (one.title(workspace).into_owned(), Role::Text)));
    lines.extend(topic.discussion.as_ref().map(|said| (said.to_string(), Role::Quiet)));
    lines.retain(|(text, _)| !text.is_empty());
    lines
}

/// Where and when a group meets.
fn place(app: &App, topic: &Topic) -> String {
    let Some((slot, space)) = topic.slot.as_ref().zip(topic.space.as_ref()) else {
        return if topic.is_on_the_wall() { "no place yet".to_owned() } else { String::new() };
    };
    let known = event(app).and_then(|event| Some((event.slot(slot)?, event.space(space)?)));
    let Some((slot_of, space_of)) = known else { return format!("{space}, {slot}: not on the wall any more") };
    let seats = space_of.seats.map(|seats| format!(" ({})", wall::seats_of(seats))).unwrap_or_default();
    format!("{space}{seats}, {}", wall::slot_heading(slot_of))
}

/// The parts that say something, with dots between.
fn join(parts: &[&str]) -> String {
    parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(" · ")
}

/// The topic with this id.
fn topic(app: &App, id: Id) -> Option<&Topic> {
    app.workspace.topics.get(id).map(AsRef::as_ref)
}
