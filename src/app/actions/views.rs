//! What the screen shows: by due date, by priority, by state; whose actions; and moving on the board.

use super::{Actions, VIEWS, View, show};
use crate::app::command::{Command, always, commands};
use crate::app::moving::{Cursor, Step};
use crate::app::{App, Effects, Severity};
use crate::model::action::views::{By, Only};

/// Commands that change what is shown.
pub(super) const COMMANDS: &[Command] = commands! { VIEWS;
    "actions.turn" ["v"] "view" "turn by due date, by priority, by state, who is still to be told" always, turn;
    "actions.by-due" [] "" "actions by the day they are due" always, |app| go(app, View::Grouped(By::Due));
    "actions.by-priority" [] "" "actions under the priorities and themes they serve" always, |app| go(app, View::Grouped(By::Priority));
    "actions.by-state" [] "" "actions on a board: open, under way, stuck, over" always, |app| go(app, View::Grouped(By::State));
    "actions.told" ["T"] "" "the told ledger: who is still to be told what" always, |app| go(app, View::Told);
    "actions.mine" ["o m"] "" "my own" knows_me, |app| only(app, Only::Mine);
    "actions.ours" ["o o"] "" "our own" knows_me, |app| only(app, Only::Ours);
    "actions.written" ["o w"] "" "written by me" knows_me, |app| only(app, Only::WrittenByMe);
    "actions.nobodys" ["o n"] "" "nobody's" always, |app| only(app, Only::Nobodys);
    "actions.overdue" ["o l"] "" "overdue" always, |app| only(app, Only::Overdue);
    "actions.everything" ["o a"] "" "everything" always, |app| only(app, Only::Everything);
};

/// The views in the order in which one key turns them.
const TURNS: [View; 4] = [View::Grouped(By::Due), View::Grouped(By::Priority), View::Grouped(By::State), View::Told];

fn label(view: View) -> &'static str {
    match view {
        View::Grouped(By::Due) => "by due date",
        View::Grouped(By::Priority) => "by priority",
        View::Grouped(By::State) => "by state",
        View::Told => "the told ledger: who is still to be told",
    }
}

fn knows_me(app: &App) -> Result<(), &'static str> {
    app.me.as_ref().map(|_| ()).ok_or("say who you are first: :who")
}

fn turn(app: &mut App) -> Effects {
    let now = TURNS.iter().position(|view| *view == app.screens.actions.view).unwrap_or(0);
    go(app, TURNS[(now + 1) % TURNS.len()])
}

fn go(app: &mut App, view: View) -> Effects {
    app.set_status(Severity::Info, label(view).to_owned());
    let only = app.screens.actions.only;
    show(app, view, only)
}

/// Shows some of the actions, in the view that is open; from the ledger by due date.
fn only(app: &mut App, only: Only) -> Effects {
    let view = match app.screens.actions.view {
        View::Told => View::default(),
        view @ View::Grouped(_) => view,
    };
    let effects = show(app, view, only);
    let found = app.screens.list(Actions::ID).rows.len();
    app.set_status(Severity::Info, format!("{}: {}", only.label(), in_words(found)));
    effects
}

fn in_words(found: usize) -> String {
    match found {
        0 => "no action".to_owned(),
        1 => "1 action".to_owned(),
        many => format!("{} actions", crate::model::text::count(many)),
    }
}

/// Moves on the board: up and down in a column, sideways to the next column in which something stands.
pub(super) fn step_board(app: &mut App, step: Step) {
    let height = usize::from(app.size.1) / 4;
    let state = &mut app.screens.actions;
    let at = state.list.cursor.at;
    let Some(now) = state.groups.iter().position(|group| group.has(at)) else { return };
    let offset = at - state.groups[now].start;
    let (column, offset) = match step {
        Step::Columns(by) => {
            let mut others: Vec<usize> = (0..state.groups.len()).filter(|one| state.groups[*one].len > 0).collect();
            if by < 0 {
                others.reverse();
            }
            let next = others.into_iter().skip_while(|one| *one != now).nth(by.unsigned_abs());
            (next.unwrap_or(now), offset)
        }
        step => {
            let mut cursor = Cursor { at: offset, top: 0 };
            cursor.step(step, state.groups[now].len, height);
            (now, cursor.at)
        }
    };
    let group = &state.groups[column];
    state.list.cursor.at = group.start + offset.min(group.len.saturating_sub(1));
}
