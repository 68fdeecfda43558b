//! What is to be done, by keys: from a priority to an action, its progress, a day that moves, and its end.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use folkmoot::model::Action;
use folkmoot::model::action::ActionState;
use folkmoot::model::service::Need;
use folkmoot::model::told::{How, ledger};
use harness::{Harness, today};

fn one() -> Harness {
    let mut harness = Harness::sample();
    harness.press("4nAsk for every entry on the map");
    harness.field("lead").press("KP");
    harness.field("due").press("2026-11-20");
    harness.field("theme").press("Mapping services, databases, information sharing and a pan-Dorset network<ctrl-s>");
    assert_eq!(harness.said(), "Ask for every entry on the map added", "{}", harness.screen());
    harness.press("/ask for every entry on the map<enter>");
    harness
}

fn saved(harness: &Harness) -> Action {
    let workspace = harness.saved();
    let mut all = workspace.actions.iter();
    Action::clone(all.find(|action| *action.what == *"Ask for every entry on the map").unwrap())
}

#[test]
fn a_note_begins_an_action_and_bears_day_and_author() {
    let mut harness = one();
    assert!(harness.screen().contains("1 overdue"), "{}", harness.screen());
    harness.press("aTwelve of thirty have answered<enter>");
    let action = saved(&harness);
    assert_eq!(action.state, ActionState::UnderWay);
    let note = &action.progress[0];
    assert_eq!((note.on, note.by.as_deref()), (Some(today()), Some("KP")));
    harness.press("a<enter>");
    assert!(harness.screen().contains("write how it goes, in a sentence"), "{}", harness.screen());
}

#[test]
fn the_day_before_stays_written_down_however_another_is_set() {
    let mut harness = one();
    harness.press("m+2w<enter>");
    harness.press("e").field("due").press("<ctrl-u>2027-01-15<ctrl-s>");
    let action = saved(&harness);
    let former: Vec<_> = action.former_due.iter().map(|one| one.due.unwrap().to_string()).collect();
    assert_eq!(former, ["2026-11-20", "2026-12-05"]);
    assert_eq!(action.due.unwrap().to_string(), "2027-01-15");
    harness.press("uu");
    assert_eq!(saved(&harness).former_due, [], "what is undone was never moved");
}

#[test]
fn what_is_dropped_has_a_reason_and_what_is_over_stands_last() {
    let mut harness = one();
    harness.press("X<enter>");
    assert!(harness.screen().contains("say why it was dropped"), "{}", harness.screen());
    harness.press("The councils keep their own<enter><esc>");
    harness.press("nBuy tea<ctrl-s>");
    assert_eq!(harness.said(), "Buy tea added; nobody leads it yet");
    harness.size(80, 60).press("<end>");
    let screen = harness.screen();
    let line = |text: &str| screen.lines().position(|line| line.contains(text)).unwrap();
    assert!(line("Buy tea") < line("done or dropped") && line("done or dropped") < line("Ask for every"), "{screen}");
    harness.press("/is:nobodys tea<enter>x");
    assert_eq!(harness.said(), "Buy tea: done");
}

#[test]
fn a_priority_names_what_is_done_about_it() {
    let mut harness = one();
    harness.press("3/mapping services<enter><enter><end>");
    assert!(harness.screen().contains("Ask for every entry on the map"), "{}", harness.screen());
}

/// A new action's source is what is selected, from whatever screen it is begun; the same key everywhere.
#[test]
fn a_new_action_knows_where_it_comes_from() {
    let mut harness = Harness::sample();
    let mut made = |keys: &str, name: &str| {
        harness.press(keys).press(name).press("<ctrl-s>");
        assert!(harness.said().starts_with(&format!("{name} added")), "{}", harness.screen());
        let workspace = harness.saved();
        let made = workspace.actions.iter().find(|action| *action.what == *name).unwrap().clone();
        (made, workspace)
    };
    let (action, workspace) = made("2/landlords who have let<enter><ctrl-n>", "Ring five landlords");
    let source = action.recommendation.as_ref().unwrap().get(&workspace).unwrap();
    assert!(source.text.starts_with("Make a list of landlords"));
    assert_eq!(action.theme, source.theme, "and serves the same theme");
    assert_eq!(action.written_by.as_deref(), Some("KP"));
    let (action, workspace) = made("3/mentoring and peer<enter><ctrl-n>", "Print the pack");
    assert_eq!(action.theme.clone().unwrap().name(&workspace), "Mentoring and peer support services");
    let (action, _) = made("1mmjj<right><ctrl-n>", "Fill the gap");
    assert_eq!((action.need, action.area.as_deref()), (Some(Need::Finance), Some("Poole")));
    let (action, workspace) = made("6/daisy cairn<enter><ctrl-n>", "Ask Daisy");
    assert_eq!(action.lead.clone().unwrap().name(&workspace), "Daisy Cairn");
    let (action, workspace) = made("4/print the pack<enter><ctrl-n>", "Post the pack");
    assert_eq!(action.theme.clone().unwrap().name(&workspace), "Mentoring and peer support services");
    assert_eq!(action.what.as_str(), "Post the pack");
}

#[test]
fn saved_views_show_whose_actions_they_are() {
    let mut harness = Harness::sample();
    let workspace = harness.saved();
    let count = |holds: &dyn Fn(&Action) -> bool| workspace.actions.iter().filter(|action| holds(action)).count();
    let written = count(&|action| action.written_by.as_deref() == Some("KP"));
    let (nobodys, all) = (count(&Action::is_nobodys), workspace.actions.len());
    let overdue = count(&|action| action.is_overdue(&workspace, today()));
    let shown = |harness: &mut Harness, keys: &str| {
        harness.press(keys);
        harness.said().to_owned()
    };
    assert_eq!(shown(&mut harness, "4om"), "mine: no action");
    assert_eq!(shown(&mut harness, "oo"), "ours: 2 actions");
    assert_eq!(shown(&mut harness, "ow"), format!("written by me: {written} actions"));
    assert_eq!(shown(&mut harness, "on"), format!("nobody's: {nobodys} actions"));
    assert_eq!(shown(&mut harness, "ol"), format!("overdue: {overdue} actions"));
    assert_eq!(shown(&mut harness, "oa"), format!("everything: {all} actions"));
    assert_eq!(shown(&mut harness, ":nobody<enter>"), format!("nobody's: {nobodys} actions"), "the palette knows them");
    harness.press("LDaisy Cairn<enter>om");
    assert_eq!(harness.app.list().rows.len(), 0, "{}", harness.screen());
    harness.press("oa/is:nobodys<enter>LKP<enter><esc>om");
    assert_eq!(harness.said(), "mine: 1 action", "{}", harness.screen());
    harness.press("<esc>");
    assert!(harness.screen().contains(&format!("{all} actions")), "esc goes back to all: {}", harness.screen());
}

/// On the board the cursor goes from column to column, what is marked moves at once, and the cursor stays on what it moved.
#[test]
fn a_board_is_walked_and_what_is_marked_moves_together() {
    let mut harness = Harness::sample();
    let at = |harness: &Harness| harness.app.selected().unwrap().title_alone();
    harness.press("4vv<left><left><left><home>");
    let first = at(&harness);
    harness.press("<right>");
    assert!(at(&harness).starts_with("Collect the first"), "{}", harness.screen());
    harness.press("<right><right><right><right>");
    assert!(at(&harness).starts_with("Send everybody"), "the last column: {}", harness.screen());
    harness.press("<left><left><left><left>");
    assert_eq!(at(&harness), first);
    let under_way =
        |harness: &Harness| harness.saved().actions.iter().filter(|one| one.state == ActionState::UnderWay).count();
    let before = under_way(&harness);
    harness.press("<space><space>w");
    assert!(harness.said().ends_with(": under way"), "{}", harness.said());
    assert_eq!(under_way(&harness), before + 2);
    harness.press("u");
    assert_eq!(under_way(&harness), before);
    harness.press("<home>x");
    assert_eq!(at(&harness), first, "the cursor goes with the card: {}", harness.screen());
}

#[test]
fn a_priority_without_an_action_is_to_be_seen() {
    let mut harness = Harness::sample();
    let ids: Vec<_> = harness.saved().actions.iter().filter(|one| one.theme.is_some()).map(|one| one.id).collect();
    for id in ids {
        harness.colleague(|workspace, author| harness::set(workspace, author, id, "theme", ""));
    }
    harness.size(80, 50).press("4v");
    let screen = harness.screen();
    assert_eq!(screen.matches("no action yet").count(), 5, "{screen}");
    harness.press("/beds<enter>");
    assert!(!harness.screen().contains("no action yet"), "a search shows what it finds: {}", harness.screen());
}

/// From what was changed to everybody knowing it: who is to be told, how they were told, and the page that says so.
#[test]
fn a_partner_is_told_and_told_again_when_it_changes() {
    let mut harness = Harness::sample();
    harness.press("4T");
    let all = ledger(&harness.saved(), today()).len();
    let some = |some: usize| format!("{some} of {all} partners still");
    assert!(harness.screen().contains(&some(4)), "{}", harness.screen());
    harness.press("y");
    let copied = &harness.copied[0];
    assert!(copied.starts_with("Bulletin for Purbeck Lantern") && copied.contains("\n- Look for two beds"), "{copied}");
    harness.press("itel<enter>");
    assert!(harness.said().starts_with("Purbeck Lantern told by telephone: Look for two beds"), "{}", harness.said());
    assert!(harness.screen().contains(&some(3)), "{}", harness.screen());
    let told = harness.saved().told.iter().find(|told| told.on == Some(today())).unwrap().clone();
    assert_eq!((told.how, told.by.as_deref(), told.news.len()), (Some(How::Telephone), Some("KP"), 3));
    harness.press("u");
    assert!(harness.screen().contains(&some(4)), "{}", harness.screen());
    harness.press("<ctrl-a>ie-m<enter>");
    assert!(harness.screen().contains(&format!("{all} partners, who know everything")), "{}", harness.screen());
    harness.press("i<enter>");
    assert!(
        harness.screen().contains("knows everything already; told last on Sat 21 Nov by e-mail"),
        "{}",
        harness.screen()
    );
    harness.press("<esc><esc>/two beds<enter>aA farm near Wool has asked for more<enter><esc>T");
    assert!(harness.screen().contains(&some(1)), "{}", harness.screen());
    assert!(harness.screen().contains("changed: Look for two beds"), "{}", harness.screen());
    harness.press("<enter>");
    let page = harness.screen();
    assert!(page.contains("Still to be told:") && page.contains("Sat 21 Nov, by e-mail, KP"), "{page}");
    harness.press("<esc><esc>");
    assert!(harness.screen().contains("press / and type words of an action"), "{}", harness.screen());
}
