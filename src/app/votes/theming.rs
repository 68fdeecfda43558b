//! Sorting recommendations into themes: each theme has a letter, and the letter puts what is marked, or the selected
//! recommendation, into it. What the themes gather is shown beside them and follows at once.
//!
//! Dots are shown where the round one came from is closed; without such a round themes are made all the same. Themes
//! stand by name, never by votes.

use std::collections::BTreeSet;

use super::{View, show};
use crate::app::command::{Meaning, Scope};
use crate::app::key::{Code, Key};
use crate::app::moving::{Cursor, Step};
use crate::app::{App, Effects, Severity};
use crate::model::event::latest;
use crate::model::recommendation::Answer;
use crate::model::roll_up::{RollUp, of_event};
use crate::model::round::options_for;
use crate::model::tally::{Tally, tally};
use crate::model::theming::Words;
use crate::model::{Audience, Event, Id, Recommendation, Ref, Round};

/// The scope of the view.
pub(super) const THEMING: Scope = Scope::new("Sorting into themes");

/// A recommendation to sort.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemRow {
    /// The recommendation.
    pub id: Id,
    /// Its number: 17.2.
    pub label: String,
    /// What it asks for.
    pub text: String,
    /// Its dots; `None`: not on the ballot, or nobody may know yet.
    pub dots: Option<u64>,
    /// The theme in which it counts.
    pub theme: Option<Id>,
    /// What the steering group said to it.
    pub answer: Option<Answer>,
}

/// A theme and what it gathers.
#[derive(Clone, Debug, PartialEq)]
pub struct ThemeRow {
    /// The theme; `None`: what has none.
    pub id: Option<Id>,
    /// The letter that puts something into it.
    pub letter: Option<char>,
    /// What it is called.
    pub name: String,
    /// Whether it was decided to act on it.
    pub is_priority: bool,
    /// What it gathers.
    pub roll_up: RollUp,
}

/// What the next letter does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Next {
    /// It puts what is chosen into the theme.
    #[default]
    Into,
    /// It puts it there as well.
    Also,
    /// It opens the decision about the theme.
    Priority,
}

/// The state of the view.
#[derive(Default)]
pub struct Theming {
    /// The recommendations, in the order of their numbers.
    pub items: Vec<ItemRow>,
    /// The themes by name, and what has none.
    pub themes: Vec<ThemeRow>,
    /// Whether there are dots to be seen.
    pub has_dots: bool,
    /// Where the list of recommendations is.
    pub at: Cursor,
    /// Where the list of themes is.
    pub theme_at: Cursor,
    /// Whether the keys go to the themes.
    pub is_in_themes: bool,
    /// What is marked.
    pub marks: BTreeSet<Id>,
    /// Whether only what has no theme is listed.
    pub only_unsorted: bool,
    /// The theme that the words of the selected recommendation speak for.
    pub suggested: Option<Id>,
    /// The themes in the order in which they were given letters; a letter stays with its theme.
    lettered: Vec<Id>,
    pub(super) words: Words,
    pub(super) next: Next,
    /// From where one came.
    from: View,
    counted: Option<Counted>,
}

impl Theming {
    /// The recommendation the cursor stands on.
    pub fn selected(&self) -> Option<Id> {
        self.items.get(self.at.at).map(|item| item.id).filter(|_| !self.is_in_themes)
    }

    /// The theme the cursor stands on.
    pub fn selected_theme(&self) -> Option<Id> {
        self.themes.get(self.theme_at.at).and_then(|row| row.id).filter(|_| self.is_in_themes)
    }

    /// What is marked, or the selected recommendation.
    pub(super) fn chosen(&self) -> Vec<Id> {
        if self.marks.is_empty() { self.selected().into_iter().collect() } else { self.marks.iter().copied().collect() }
    }

    /// The name of a theme.
    pub fn name(&self, theme: Id) -> &str {
        self.themes.iter().find(|row| row.id == Some(theme)).map_or("", |row| &row.name)
    }

    /// The letter of a theme.
    pub fn letter(&self, theme: Option<Id>) -> Option<char> {
        theme.and_then(|theme| self.themes.iter().find(|row| row.id == Some(theme))).and_then(|row| row.letter)
    }
}

/// How many rows of recommendations and of themes are seen. On a small screen each has all of it, on a wide one they stand
/// side by side.
pub fn heights((columns, rows): (u16, u16)) -> (usize, usize) {
    let body = usize::from(rows).saturating_sub(3 + 2); // heading and heads
    if columns < 60 || rows < 16 {
        return (body.saturating_sub(1).max(1), body.max(1));
    }
    let body = body.saturating_sub(4); // what the selected one says
    if columns >= 100 { (body, body) } else { (body - body / 2, (body / 2).saturating_sub(1)) }
}

/// Opens the view.
pub(super) fn open(app: &mut App) -> Effects {
    let from = app.screens.votes.view;
    let theming = &mut app.screens.votes.theming;
    (theming.from, theming.is_in_themes, theming.next) = (from, false, Next::Into);
    theming.marks.clear();
    show(app, View::Themes);
    Vec::new()
}

pub(super) fn back(app: &mut App) -> Effects {
    let state = &mut app.screens.votes;
    let is_waiting = std::mem::take(&mut state.theming.next) != Next::Into;
    if is_waiting || std::mem::take(&mut state.theming.is_in_themes) {
        return Vec::new();
    }
    if state.theming.marks.is_empty() {
        state.view = state.theming.from;
        super::refresh(app);
        if app.screens.votes.view == View::Rounds {
            super::stand_on_round(app);
        }
    } else {
        state.theming.marks.clear();
    }
    Vec::new()
}

/// The event whose recommendations are sorted: that of the round one came from, else the latest.
pub(super) fn event_of(app: &App) -> Option<Ref<Event>> {
    let of_round = super::round(app).and_then(|round| round.event.clone());
    of_round.or_else(|| latest(&app.workspace).map(|event| Ref::record(event.id)))
}

/// The closed round whose dots are shown: that from which one came, else the last of its event.
fn round_of<'a>(app: &'a App, event: Option<&Ref<Event>>) -> Option<&'a Round> {
    let rounds = app.workspace.rounds.iter().map(AsRef::as_ref);
    let closed = rounds.filter(|round| round.event.as_ref() == event && round.is_closed());
    let last = closed.max_by_key(|round| (round.updated.0, round.id));
    super::round(app).filter(|round| round.is_closed()).or(last)
}

/// Its tally. What was voted in a closed round stays, so it is counted once; another number of ballots, as a merge may
/// bring, counts anew.
fn tally_of(app: &mut App, event: Option<&Ref<Event>>) -> Option<Counted> {
    let known = app.screens.votes.theming.counted.take();
    let round = round_of(app, event)?;
    let key = (round.id, app.workspace.ballots.len());
    let tally = || tally(&app.workspace, round, Audience::Colleagues, false).ok();
    known.filter(|known| known.key == key).or_else(|| Some(Counted { key, tally: tally()? }))
}

/// A tally, and what it was counted from: the round, and how many ballots there are.
struct Counted {
    key: (Id, usize),
    tally: Tally,
}

/// Reads recommendations and themes anew, and adds up what the themes gather.
pub(super) fn refresh(app: &mut App) {
    let event = event_of(app);
    let counted = tally_of(app, event.as_ref());
    let tally = counted.as_ref().map(|counted| &counted.tally);
    let records = options_for(&app.workspace, event.as_ref());
    let rows = item_rows(app, &records, tally);
    let mut lettered = std::mem::take(&mut app.screens.votes.theming.lettered);
    let themes = theme_rows(app, event.as_ref(), tally, &mut lettered);
    let (height, theme_height) = heights(app.size);
    let App { screens, workspace, .. } = app;
    let state = &mut screens.votes.theming;
    state.words.follow(&options_for(workspace, event.as_ref()));
    let held = state.items.get(state.at.at).map(|item| item.id);
    (state.items, state.themes, state.lettered) = (rows, themes, lettered);
    state.has_dots = counted.is_some();
    state.counted = counted;
    state.marks.retain(|id| workspace.recommendations.get(*id).is_some());
    if let Some(at) = held.and_then(|held| state.items.iter().position(|item| item.id == held)) {
        state.at.at = at;
    }
    state.at.follow(state.items.len(), height);
    state.theme_at.follow(state.themes.len(), theme_height);
    suggest(app);
}

fn item_rows(app: &App, records: &[&Recommendation], tally: Option<&Tally>) -> Vec<ItemRow> {
    let dots: std::collections::HashMap<Id, u64> =
        tally.iter().flat_map(|tally| &tally.items).filter_map(|item| Some((item.id, item.known_dots()?))).collect();
    let is_listed = |record: &&&Recommendation| !app.screens.votes.theming.only_unsorted || record.theme.is_none();
    let row = |record: &&Recommendation| ItemRow {
        id: record.id,
        label: record.label(&app.workspace).unwrap_or_default(),
        text: record.text.to_string(),
        dots: dots.get(&record.id).copied(),
        theme: record.theme.as_ref().and_then(Ref::id),
        answer: record.answer,
    };
    records.iter().filter(is_listed).map(row).collect()
}

fn theme_rows(app: &App, event: Option<&Ref<Event>>, tally: Option<&Tally>, lettered: &mut Vec<Id>) -> Vec<ThemeRow> {
    let mut gathered = of_event(&app.workspace, event, tally);
    let mut themes: Vec<_> = app.workspace.themes.iter().filter(|theme| theme.event.as_ref() == event).collect();
    themes.sort_by_cached_key(|theme| (theme.name.to_lowercase(), theme.id));
    lettered.retain(|id| app.workspace.themes.get(*id).is_some());
    for theme in &themes {
        if !lettered.contains(&theme.id) {
            lettered.push(theme.id);
        }
    }
    let letters = free_letters(app);
    let letter = |id: Id| lettered.iter().position(|known| *known == id).and_then(|at| letters.get(at).copied());
    let mut rows: Vec<ThemeRow> = themes
        .iter()
        .map(|theme| ThemeRow {
            id: Some(theme.id),
            letter: letter(theme.id),
            name: theme.name.to_string(),
            is_priority: theme.priority_since.is_some(),
            roll_up: gathered.remove(&Some(theme.id)).unwrap_or_default(),
        })
        .collect();
    let roll_up = gathered.remove(&None).unwrap_or_default();
    rows.push(ThemeRow { id: None, letter: None, name: "no theme".to_owned(), is_priority: false, roll_up });
    rows
}

/// The capital letters that do nothing else here.
fn free_letters(app: &App) -> Vec<char> {
    let chain = [THEMING, Scope::MOVE, Scope::GLOBAL, Scope::ALWAYS];
    let is_free =
        |letter: &char| matches!(app.keymap.meaning(&chain, &[Key::plain(Code::Char(*letter))]), Meaning::Nothing);
    ('A'..='Z').filter(is_free).collect()
}

fn suggest(app: &mut App) {
    let App { screens, workspace, .. } = app;
    let state = &mut screens.votes.theming;
    let unsorted = state.items.get(state.at.at).filter(|item| item.theme.is_none());
    state.suggested = unsorted.and_then(|item| state.words.suggestion(workspace, item.id));
}

/// Moves in the pane the keys go to.
pub(super) fn step(app: &mut App, step: Step) {
    let (height, theme_height) = heights(app.size);
    let state = &mut app.screens.votes.theming;
    if state.is_in_themes {
        state.theme_at.step(step, state.themes.len(), theme_height);
    } else {
        state.at.step(step, state.items.len(), height);
        suggest(app);
    }
}

pub(super) fn turn(app: &mut App) -> Effects {
    let state = &mut app.screens.votes.theming;
    state.is_in_themes = !state.is_in_themes;
    Vec::new()
}

pub(super) fn filter(app: &mut App) -> Effects {
    let state = &mut app.screens.votes.theming;
    state.only_unsorted = !state.only_unsorted;
    let said = if state.only_unsorted { "only what has no theme yet" } else { "every recommendation" };
    refresh(app);
    app.set_status(Severity::Info, said.to_owned());
    Vec::new()
}
