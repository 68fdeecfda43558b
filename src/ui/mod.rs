//! From the app to cells. Drawing cannot change anything: everything here takes `&App`.
//!
//! One file draws one screen; [`draw`] puts the frame around it: tabs, screen, what happened, what can be done.

pub mod actions;
pub mod columns;
pub mod form;
pub mod gaps;
pub mod grid;
pub mod layers;
pub mod list;
pub mod map;
pub mod minutes;
pub mod partners;
mod rows;
pub mod services;
pub mod theme;
pub mod thread;
pub mod today;
pub mod topics;
pub mod votes;
pub mod write;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::app::command::{self, Command};
use crate::app::screen::{ScreenId, for_each_screen};
use crate::app::{App, Layer, Severity, keeping};
use crate::model::text::count;
use theme::{Role, Theme};
use write::{put, width};

/// The least screen that is drawn.
const LEAST: (u16, u16) = (30, 8);

/// Draws everything, and says where the cursor stands: on the focused row or in the text being typed.
pub fn draw(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) -> Option<Position> {
    if area.width < LEAST.0 || area.height < LEAST.1 {
        too_small(theme, area, buf);
        return None;
    }
    if app.layers.is_empty() && app.screens.fills_terminal(app.screen) {
        screen(app, theme, area, buf);
        return None;
    }
    tabs(app, theme, Rect { height: 1, ..area }, buf);
    let body = Rect { y: area.y + 1, height: area.height - 3, ..area };
    let cursor = match app.layers.last() {
        Some(Layer::Form(form)) => form::draw(form, theme, body, buf),
        Some(Layer::Minutes(minutes)) => minutes::draw(app, minutes, theme, body, buf),
        Some(Layer::Page(page)) => layers::page(page, theme, body, buf),
        Some(Layer::Arrival(arrival)) => layers::page(&arrival.page, theme, body, buf),
        Some(Layer::Columns(page)) => columns::draw(app, page, theme, body, buf),
        Some(Layer::Compare(compare)) => layers::compare(app, compare, theme, body, buf),
        Some(Layer::Thread(view)) => thread::draw(app, view, theme, body, buf),
        Some(Layer::Palette(palette)) => layers::palette(app, palette, theme, body, buf),
        Some(Layer::Prompt(prompt)) => {
            screen(app, theme, body, buf);
            layers::prompt(prompt, theme, body, buf)
        }
        Some(Layer::Keep(_)) => {
            screen(app, theme, body, buf);
            layers::question(keeping::QUESTION, &keeping::explanation(app), theme, body, buf)
        }
        None => screen(app, theme, body, buf),
    };
    status(app, theme, Rect { y: area.bottom() - 2, height: 1, ..area }, buf);
    hints(app, theme, Rect { y: area.bottom() - 1, height: 1, ..area }, buf);
    cursor
}

fn too_small(theme: Theme, area: Rect, buf: &mut Buffer) {
    let sentence = format!("Too small: {}x{} at least.", LEAST.0, LEAST.1);
    for (y, line) in (area.top()..area.bottom()).zip(crate::app::wrap::wrap(&sentence, area.width.into())) {
        put(buf, (area.x, y), area.width, &line, theme.style(Role::Text), theme);
    }
}

/// How a screen is drawn: by the file of its name, or as a list.
macro_rules! drawing {
    (drawn $module:ident) => {
        $module::draw
    };
    (listed $module:ident) => {
        list::draw
    };
}

macro_rules! draw_screens {
    ($( $(#[$doc:meta])* $name:ident $module:ident $key:literal $title:literal $drawing:ident; )+) => {
        fn screen(app: &App, theme: Theme, body: Rect, buf: &mut Buffer) -> Option<Position> {
            match app.screen { $(ScreenId::$name => drawing!($drawing $module)(app, theme, body, buf)),+ }
        }
    };
}
for_each_screen!(draw_screens);

/// What must fit beside the tabs: who acts, and that it is the sample.
const TABS_ASIDE: usize = 12;

/// How much of the tabs of other screens is said; the open one always has its title.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TabWidth {
    Wide,
    Tight,
    Key,
}

fn tab(screen: ScreenId, of: TabWidth) -> String {
    match of {
        TabWidth::Wide => format!(" {} {} ", screen.key(), screen.title()),
        TabWidth::Tight => format!(" {} {}", screen.key(), screen.title()),
        TabWidth::Key => format!(" {} ", screen.key()),
    }
}

/// The widest in which all tabs fit.
fn fitting_tabs(cells: u16) -> TabWidth {
    let fits = |of: &TabWidth| {
        let tabs = ScreenId::ALL.iter().map(|screen| width(&tab(*screen, *of))).sum::<usize>();
        tabs + TABS_ASIDE <= usize::from(cells)
    };
    [TabWidth::Wide, TabWidth::Tight].into_iter().find(fits).unwrap_or(TabWidth::Key)
}

fn tabs(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) {
    let mut x = area.x;
    let tab_width = fitting_tabs(area.width);
    for screen in ScreenId::ALL {
        let is_open = *screen == app.screen;
        let role = if is_open { Role::Selected } else { Role::Quiet };
        let text = tab(*screen, if is_open && tab_width == TabWidth::Key { TabWidth::Wide } else { tab_width });
        x += put(buf, (x, area.y), area.right() - x, &text, theme.style(role), theme);
    }
    let partnership = app.workspace.itself();
    let name = partnership.map_or("", |p| p.name.as_str());
    let who = app.me.as_ref().map(|me| format!(" · {me}")).unwrap_or_default();
    let is_sample = partnership.is_some_and(|p| p.sample);
    let sample = if is_sample { "SAMPLE  " } else { "" };
    let lock = if app.read_only.is_some() { "read-only  " } else { "" };
    let room = usize::from(area.right() - x).saturating_sub(2);
    let alone = who.trim_start_matches(" · ");
    // The name goes first where there is no room, then that a copy of the sample is not kept, which is said elsewhere too.
    let said = [
        app.scratch.then(|| format!("SAMPLE, not kept  {lock}{name}{who}")),
        app.scratch.then(|| format!("SAMPLE, not kept  {lock}{alone}")),
        (!app.scratch).then(|| format!("{sample}{lock}{name}{who}")),
    ];
    let text = said.into_iter().flatten().find(|text| width(text) <= room).unwrap_or(format!("{sample}{lock}{alone}"));
    let text = text.trim_end();
    let at = area.right().saturating_sub(width(text) as u16 + 1).max(x);
    put(buf, (at, area.y), area.right() - at, text, theme.style(Role::Quiet), theme);
}

fn status(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) {
    let role = match app.status.severity {
        Severity::Info => Role::Text,
        Severity::Warning => Role::Warn,
        Severity::Error => Role::Wrong,
    };
    let right = match (&app.progress, app.saving.has_failed(), app.saving.is_done()) {
        (Some(progress), ..) => progress.as_str(),
        (None, true, false) => "NOT SAVED: ctrl-s tries again",
        (None, _, false) => "saving",
        (None, _, true) if app.scratch && app.saving.made() > 0 => "not kept",
        (None, _, true) if app.status.severity == Severity::Info && app.history.is_begun() => "saved",
        (None, _, true) => "",
    };
    let mut room = area.width;
    if !right.is_empty() {
        let cells = (width(right) as u16).min(area.width / 2);
        room = area.width - cells - 2;
        put(buf, (area.right() - cells, area.y), cells, right, theme.style(Role::Quiet), theme);
    }
    let aside = search_problem(app).map(|problem| (problem, Role::Warn));
    // Once the words are typed, a small screen has the number in their place.
    let aside = aside.or_else(|| number_to_ring(app).filter(|_| !app.list().is_searching));
    let aside = aside.or_else(|| understood(app).map(|said| (said, Role::Quiet))).or_else(|| number_to_ring(app));
    let (text, role) = aside.unwrap_or_else(|| (said(app), role));
    put(buf, (area.x, area.y), room, &text, theme.style(role), theme);
}

/// What could not be understood of the search, as long as it is being typed or nothing else is to be said.
fn search_problem(app: &App) -> Option<String> {
    let list = app.list();
    let is_silent = list.is_searching || app.status.text.is_empty();
    if !app.layers.is_empty() || !is_silent {
        return None;
    }
    let less = |(query, found): &(String, usize)| format!("one word less finds {}: {query}", count(*found));
    let suggestion = list.suggestion.as_ref().filter(|_| list.is_partial).map(less);
    let unknown = || Some(format!("nothing here has {}", list.unknown.first()?));
    let unknown = unknown().filter(|_| !list.rows.is_empty() && !list.is_partial);
    let unknown = unknown.map(|said| said + &understood(app).map_or(String::new(), |rest| format!(" · {rest}")));
    list.query.problems.first().cloned().or(suggestion).or(unknown)
}

/// What the words of the search were understood as, as long as nothing else is to be said.
fn understood(app: &App) -> Option<String> {
    let list = app.list();
    let is_silent = app.layers.is_empty() && (list.is_searching || app.status.text.is_empty());
    let understood = list.query.understood();
    let is_said = is_silent && app.screens.shows_list(app.screen) && !understood.is_empty();
    is_said.then(|| understood.into_iter().map(|one| one.label).collect::<Vec<_>>().join(" · "))
}

/// On a small screen the list has no room for the number one would ring: it stands here while nothing else does.
fn number_to_ring(app: &App) -> Option<(String, Role)> {
    let is_list = app.layers.is_empty() && app.screens.shows_list(app.screen) && !app.list().is_detail_open;
    let is_seen = is_list && list::is_small(app.size) && app.status.text.is_empty();
    let record = app.selected().filter(|_| is_seen)?;
    let service = <&crate::model::Service>::try_from(&record).ok()?;
    let said = crate::app::detail::in_a_line(&record, service, app.asked());
    let is_sure = crate::app::detail::doubt(service, app.today).is_none();
    Some((said, if is_sure { Role::Strong } else { Role::Warn }))
}

/// The status, and whether there is more to read.
fn said(app: &App) -> String {
    let mut text = app.status.text.clone();
    if app.status.more.as_ref().is_some_and(|more| *more != text) && app.status.severity != Severity::Info {
        text.push_str(" (! for all)");
    }
    text
}

/// Whether the key of a command is typed just now.
fn is_typed(app: &App, command: &Command) -> bool {
    let first = app.keymap.keys(command).first().and_then(|keys| keys.0.first());
    first.is_some_and(|key| app.is_for_waiting_search(*key))
}

/// What can be done here: the keys that go on from a prefix, or the commands whose hints fit.
fn hints(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) {
    if !app.pressed.is_empty() {
        return choices(app, theme, area, buf);
    }
    let chain = app.chain();
    let mut hints: Vec<(String, &str)> = Vec::new();
    let ready = |command: &&Command| !command.hint.is_empty() && (command.ready)(app).is_ok();
    for scope in &chain {
        let of = command::all().filter(|command| command.scope == *scope).filter(ready);
        let of = of.filter(|command| !is_typed(app, command));
        hints.extend(of.map(|command| (app.keymap.first_key(command), command.hint)));
    }
    // While one types in a form, what tab does just now is said first.
    if matches!(app.layers.last(), Some(Layer::Form(_))) {
        hints.sort_by_key(|(key, _)| ["tab", "enter", "ctrl-s"].iter().position(|first| first == key).unwrap_or(3));
    }
    // A key that an inner scope has taken, and a word that is there already, are not said again.
    let mut seen: Vec<(String, &str)> = Vec::new();
    hints.retain(|(key, hint)| {
        let is_new = !seen.iter().any(|(other, word)| other == key || word == hint);
        seen.push((key.clone(), *hint));
        is_new
    });
    // The key of help is always shown, on narrow screens too.
    let help = hints.iter().position(|(_, hint)| *hint == "help").map(|at| hints.remove(at));
    let cells_of = |(key, hint): &(String, &str)| (width(key) + 1 + width(hint) + 2) as u16;
    let reserve = help.as_ref().map_or(0, cells_of);
    let mut x = area.x;
    let mut fitting: Vec<(String, &str)> = Vec::new();
    for hint in hints.into_iter().filter(|(key, _)| !key.is_empty()) {
        if x + cells_of(&hint) + reserve <= area.right() + 2 {
            x += cells_of(&hint);
            fitting.push(hint);
        }
    }
    let mut x = area.x;
    for (key, hint) in fitting.into_iter().chain(help) {
        x += put(buf, (x, area.y), area.right() - x, &key, theme.style(Role::Key), theme) + 1;
        x += put(buf, (x, area.y), area.right().saturating_sub(x), hint, theme.style(Role::Quiet), theme) + 2;
        x = x.min(area.right());
    }
}

/// The keys that go on from a prefix and what each does, on the last line; what it has no room for stands on the line
/// above, which waits meanwhile.
fn choices(app: &App, theme: Theme, area: Rect, buf: &mut Buffer) {
    let all = app.choices();
    let cells = |(key, what): &(String, String)| (width(key) + 1 + width(what)) as u16 + 2;
    let mut rows: Vec<Vec<&(String, String)>> = vec![Vec::new()];
    let mut used = 0;
    for choice in &all {
        if used + cells(choice) > area.width + 2 && used > 0 {
            rows.push(Vec::new());
            used = 0;
        }
        used += cells(choice);
        if let Some(row) = rows.last_mut() {
            row.push(choice);
        }
    }
    rows.truncate(MOST_CHOICE_ROWS);
    let top = area.y.saturating_sub(rows.len() as u16 - 1);
    for (y, row) in (top..).zip(rows) {
        put(buf, (area.x, y), area.width, &" ".repeat(area.width.into()), theme.style(Role::Text), theme);
        let mut x = area.x;
        for (key, what) in row {
            x += put(buf, (x, y), area.right().saturating_sub(x), key, theme.style(Role::Key), theme) + 1;
            x += put(buf, (x, y), area.right().saturating_sub(x), what, theme.style(Role::Quiet), theme) + 2;
        }
    }
}

/// So many lines of choices are shown at most; longer ones have their place in help.
const MOST_CHOICE_ROWS: usize = 4;
