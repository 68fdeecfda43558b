//! The told ledger: partners, what they are still to be told, and since when they have heard nothing.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Actions, LEDGER, View, show};
use crate::app::command::{Command, always, commands};
use crate::app::input::LineInput;
use crate::app::moving::{Cursor, Step};
use crate::app::{App, Effect, Effects, Severity, list, page, prompt, reports, search_line};
use crate::model::change::listed;
use crate::model::choice::Choice;
use crate::model::date::format_date;
use crate::model::told::{self, Account, How, Matters, Partner};
use crate::model::{Date, Id, Kind, Workspace};
use crate::report::Report;

/// The partners as they stand on the screen.
#[derive(Default)]
pub struct Ledger {
    /// Those who are still to be told something first, who has heard nothing for longest on top.
    pub accounts: Vec<Account>,
    /// Where the list is.
    pub cursor: Cursor,
    /// The marked partners.
    pub marks: BTreeSet<Partner>,
    /// What is searched for among partners; while they are seen, what is searched for among actions.
    pub(super) other_input: LineInput,
    /// What there is to tell, and of which revision and day that is.
    matters: Option<(u64, Date, Matters)>,
}

/// Commands of the ledger.
pub(super) const COMMANDS: &[Command] = commands! { LEDGER;
    "told.open" ["enter"] "open" "what they are still to be told, and when they were told before" has_partner, open;
    "told.tell" ["i"] "tell" "write down that they were told, and how; all that are marked at once" may_tell, ask_how;
    "told.copy" ["y"] "copy" "copy their bulletin, ready for an e-mail: what they are still to be told, and what else concerns them" has_partner, copy;
    "told.bulletin" ["b"] "" "read their bulletin" has_partner, read;
    "told.mark" ["space"] "mark" "mark and go on; all marked are told at once" has_partner, mark;
    "told.mark-all" ["ctrl-a"] "" "mark all who are still to be told something, or nobody" has_partner, mark_all;
    "told.search" ["/"] "" "search as you type: the names of partners" always, search_line::open;
    "told.back" ["esc"] "back" "drop the marks, clear the search, or go back to the actions" always, back;
};

/// How many partners are seen on a screen of this size; below them stands what the selected one is to be told.
pub fn ledger_height((columns, rows): (u16, u16)) -> usize {
    let rows = usize::from(rows);
    let below = if columns < 60 || rows < 16 { 0 } else { rows / 3 };
    rows.saturating_sub(5 + below).max(1)
}

impl Ledger {
    /// The partner the cursor stands on.
    pub fn selected(&self) -> Option<&Account> {
        self.accounts.get(self.cursor.at)
    }

    /// How many partners are still to be told something.
    pub fn to_tell(&self) -> usize {
        self.accounts.iter().filter(|account| !account.owed.is_empty()).count()
    }

    /// Follows a workspace at its revision: what is known of the partners whose names hold all these words.
    pub(super) fn refresh(&mut self, workspace: &Workspace, words: &str, revision: u64, today: Date, size: (u16, u16)) {
        let held = self.selected().map(|account| account.partner.clone());
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let is_meant = |account: &Account| {
            let name = account.partner.name(workspace).to_lowercase();
            words.iter().all(|word| name.contains(word.as_str()))
        };
        let kept = self.matters.take().filter(|(of, day, _)| (*of, *day) == (revision, today));
        let (.., matters) =
            self.matters.insert(kept.unwrap_or_else(|| (revision, today, Matters::of(workspace, today))));
        self.accounts = matters.accounts(workspace, today);
        self.marks.retain(|partner| self.accounts.iter().any(|account| account.partner == *partner));
        self.accounts.retain(is_meant);
        let silence = |account: &Account| std::cmp::Reverse(account.silence(today).unwrap_or(i64::MAX));
        self.accounts.sort_by_key(|account| (account.owed.is_empty(), silence(account)));
        if let Some(at) = held.and_then(|held| self.accounts.iter().position(|account| account.partner == held)) {
            self.cursor.at = at;
        }
        self.cursor.follow(self.accounts.len(), ledger_height(size));
    }

    pub(super) fn step(&mut self, step: Step, size: (u16, u16)) {
        self.cursor.step(step, self.accounts.len(), ledger_height(size));
    }

    /// The partners that commands act on: those in view that are marked, else the selected one.
    fn chosen(&self) -> Vec<Partner> {
        let in_view = self.accounts.iter().map(|account| &account.partner);
        let marked: Vec<Partner> = in_view.filter(|partner| self.marks.contains(partner)).cloned().collect();
        if marked.is_empty() {
            return self.selected().map(|account| account.partner.clone()).into_iter().collect();
        }
        marked
    }

    /// How many are marked, and how many of them are to be seen.
    pub fn marked(&self) -> (usize, usize) {
        let in_view = self.accounts.iter().filter(|account| self.marks.contains(&account.partner)).count();
        (self.marks.len(), in_view)
    }
}

fn has_partner(app: &App) -> Result<(), &'static str> {
    let selected = app.screens.actions.ledger.selected();
    selected.map(|_| ()).ok_or("nothing that is written down concerns anybody yet")
}

fn may_tell(app: &App) -> Result<(), &'static str> {
    app.may_change()?;
    has_partner(app)
}

fn back(app: &mut App) -> Effects {
    let state = &mut app.screens.actions;
    let only = state.only;
    if !state.ledger.marks.is_empty() {
        state.ledger.marks.clear();
    } else if state.list.is_unsearched() {
        return show(app, View::default(), only);
    } else {
        state.list.input = LineInput::default();
        app.refresh_screen(Actions::ID);
    }
    Vec::new()
}

fn mark(app: &mut App) -> Effects {
    let ledger = &mut app.screens.actions.ledger;
    if let Some(partner) = ledger.selected().map(|account| account.partner.clone())
        && !ledger.marks.remove(&partner)
    {
        ledger.marks.insert(partner);
    }
    app.step(Step::Rows(1));
    say_marks(app)
}

fn mark_all(app: &mut App) -> Effects {
    let ledger = &mut app.screens.actions.ledger;
    let owed = ledger.accounts.iter().filter(|account| !account.owed.is_empty());
    let all: BTreeSet<Partner> = owed.map(|account| account.partner.clone()).collect();
    ledger.marks = if ledger.marks == all { BTreeSet::new() } else { all };
    say_marks(app)
}

fn say_marks(app: &mut App) -> Effects {
    let marked = match app.screens.actions.ledger.marked() {
        (0, _) => "nobody is marked".to_owned(),
        marked => list::marked_in_words(marked),
    };
    app.set_status(Severity::Info, marked);
    Vec::new()
}

/// What a partner is still to be told, in lines.
fn to_tell(account: &Account) -> String {
    let mut text = String::new();
    for owed in &account.owed {
        let _ = writeln!(text, "- {}", owed.said);
    }
    text
}

fn open(app: &mut App) -> Effects {
    let Some(account) = app.screens.actions.ledger.selected().cloned() else { return Vec::new() };
    let name = account.partner.name(&app.workspace).into_owned();
    let mut text = match account.owed.len() {
        0 => "They know everything that concerns them.\n".to_owned(),
        _ => format!("Still to be told:\n{}", to_tell(&account)),
    };
    let _ = write!(text, "\nThey were {}.", account.last_told(app.today));
    text += &history(app, &account.partner);
    page::open(app, &name, &text)
}

/// What a partner was told before, the last on top.
fn history(app: &App, partner: &Partner) -> String {
    let mut tellings = told::tellings(&app.workspace, partner, app.today);
    tellings.reverse();
    let mut text = String::new();
    for telling in tellings {
        let on = telling.on.map_or_else(|| "on a day not stated".to_owned(), |on| format_date(on, app.today));
        let how = telling.how.map(|how| format!(", {}", how.phrase())).unwrap_or_default();
        let by = telling.by.as_ref().map(|by| format!(", {by}")).unwrap_or_default();
        let _ = writeln!(text, "\n\n{on}{how}{by} ({}):", telling.id);
        for said in telling.news.iter().filter_map(|row| row.said.as_ref()) {
            let _ = writeln!(text, "- {said}");
        }
    }
    text
}

fn copy(app: &mut App) -> Effects {
    let chosen = app.screens.actions.ledger.chosen();
    let accounts = app.screens.actions.ledger.accounts.iter().filter(|account| chosen.contains(&account.partner));
    let names: Vec<String> =
        accounts.clone().map(|account| account.partner.name(&app.workspace).into_owned()).collect();
    let said = format!("bulletin of {} sent to your terminal's clipboard", listed(&names));
    let texts: Vec<String> = accounts.map(|account| bulletin(app, account)).collect();
    app.set_status(Severity::Info, said);
    vec![Effect::Copy(texts.join("\n"))]
}

/// The bulletin of an organisation; of somebody who acts for none, what they are still to be told.
fn bulletin(app: &App, account: &Account) -> String {
    let known = account.partner.id().filter(|id| app.workspace.organisations.get(*id).is_some());
    let report = known.and_then(|id| reports::text(app, Report::Bulletin(id)).ok());
    report.unwrap_or_else(|| format!("{}\n{}", account.partner.name(&app.workspace), to_tell(account)))
}

fn read(app: &mut App) -> Effects {
    let chosen = app.screens.actions.ledger.chosen();
    let account = app.screens.actions.ledger.accounts.iter().find(|account| chosen.contains(&account.partner));
    let text = account.map(|account| bulletin(app, account)).unwrap_or_default();
    page::open(app, "Bulletin", &text)
}

fn ask_how(app: &mut App) -> Effects {
    if app.author().is_none() {
        return prompt::ask_who(app);
    }
    let hint = format!("{}; empty: not stated", How::LABELS.join(", "));
    prompt::ask(app, "How were they told?", hint, "", tell)
}

fn tell(app: &mut App, typed: &str) -> Result<Effects, String> {
    let how = if typed.is_empty() { None } else { Some(How::parse(typed)?) };
    let author = app.author().ok_or("say who you are first")?;
    let chosen = app.screens.actions.ledger.chosen();
    let mut told: Vec<(Id, Partner)> = Vec::new();
    for partner in chosen {
        let mut id = app.new_id(Kind::Told);
        while told.iter().any(|(taken, _)| *taken == id) {
            id = app.new_id(Kind::Told);
        }
        told.push((id, partner));
    }
    let change = told::tell_of(&app.workspace, &app.screens.actions.ledger.accounts, &told, how, &author)
        .map_err(|refusal| refusal.0)?;
    let ledger = &mut app.screens.actions.ledger;
    ledger.marks.retain(|partner| told.iter().all(|(_, told)| told != partner));
    Ok(app.submit(change))
}
