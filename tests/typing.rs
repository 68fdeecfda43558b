//! Typing finds: at the start, and wherever letters are commands. Letters pressed one by one are commands all the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use folkmoot::app::screen::ScreenId;
use folkmoot::app::{Event, Layer};
use folkmoot::model::service::Status;
use harness::{ASCII, Harness, sample_dir, unstamped};
use proptest::prelude::*;

/// What stands in the search line.
fn searched(harness: &Harness) -> &str {
    harness.app.list().input.text()
}

fn begun() -> Harness {
    Harness::begun(sample_dir(), "KP")
}

/// The same with the keys given to the commands.
fn at_commands() -> Harness {
    let mut harness = begun();
    harness.press("<esc>");
    harness
}

#[test]
fn what_a_newcomer_types_at_the_first_screen_is_searched_for() {
    for (words, milliseconds) in [("dentist", 120), ("housing weymouth", 60), ("dentist", 900), ("housing weymouth", 0)]
    {
        let mut harness = begun();
        assert!(harness.screen().contains("/ type what you need"), "{}", harness.screen());
        let before = unstamped(&harness.app.workspace);
        harness.press_every(milliseconds, words);
        assert_eq!(searched(&harness), words, "{}", harness.screen());
        assert!(harness.screen().lines().nth(1).unwrap().contains(words), "{}", harness.screen());
        assert!(harness.app.layers.is_empty() && unstamped(&harness.app.workspace) == before);
    }
    let mut harness = begun();
    harness.press("housing weymouth<enter>");
    assert!(harness.screen().contains("v verify"), "enter gives the keys to the commands:\n{}", harness.screen());
}

#[test]
fn at_the_start_figures_and_signs_are_commands_and_arrows_move() {
    let mut harness = begun();
    assert!(harness.screen().contains("enter commands"), "{}", harness.screen());
    harness.press("<down><down>");
    assert_eq!(harness.app.list().cursor.at, 2);
    harness.press("4");
    assert_eq!(harness.app.screen, ScreenId::Actions);
    harness.press("1<tab>");
    assert_eq!(harness.app.screen, ScreenId::Topics);
    harness.press("1?");
    assert!(matches!(harness.app.layers.last(), Some(Layer::Palette(_))));
    assert!(harness.screen().contains("leave the search line"), "{}", harness.screen());
    harness.press("<esc><enter>v");
    assert!(harness.said().ends_with("verified"), "{}", harness.said());
}

#[test]
fn a_number_to_ring_is_searched_for_however_it_is_typed() {
    let mut harness = begun();
    harness.press_every(90, "01632 960160");
    assert_eq!((searched(&harness), harness.app.screen), ("01632 960160", ScreenId::Services));
    let mut harness = begun();
    harness.press("/01632");
    assert_eq!((searched(&harness), harness.app.screen), ("01632", ScreenId::Services), "one by one after /");
}

#[test]
fn letters_pressed_one_by_one_are_commands() {
    let mut harness = at_commands();
    harness.press("v");
    assert!(harness.said().ends_with("verified"), "{}", harness.said());
    harness.press("um1m");
    assert_eq!(searched(&harness), "");
    assert!(harness.app.layers.is_empty());
    harness.press("mn");
    assert!(harness.screen().contains("New service"), "{}", harness.screen());
}

#[test]
fn a_word_typed_where_letters_are_commands_is_searched_for() {
    for word in ["dentist", "deposit", "victims", "probation", "xylophone", "food", "employment", "night", "training"] {
        let mut harness = at_commands();
        let before = unstamped(&harness.app.workspace);
        harness.press_every(100, word);
        assert_eq!(searched(&harness), word, "{}", harness.screen());
        assert!(harness.app.layers.is_empty(), "{word}: nothing lies over the list");
        assert!(
            unstamped(&harness.saved()) == before,
            "{word}: what its first letter did is taken back, on the disk too"
        );
        assert!(harness.said().contains("typed at once"), "{}", harness.said());
        assert!(!harness.app.history.can_undo() && !harness.app.history.can_redo());
    }
}

#[test]
fn a_word_goes_on_however_slowly() {
    let mut harness = at_commands();
    harness.press_every(100, "de");
    harness.press("ntist");
    assert_eq!(searched(&harness), "dentist");
}

#[test]
fn marks_order_and_what_could_be_done_again_come_back() {
    let mut harness = at_commands();
    harness.press("<space><space>vu");
    harness.press("gg<space><space>");
    harness.press_every(100, "vet");
    assert_eq!(searched(&harness), "vet");
    assert_eq!(harness.app.list().marks.len(), 2);
    assert!(harness.app.history.can_redo(), "what was undone can still be done again");
}

#[test]
fn keys_that_move_held_keys_and_sequences_are_no_words() {
    let mut harness = at_commands();
    harness.press_every(30, "jjjjkjj");
    assert_eq!(harness.app.list().cursor.at, 5);
    harness.press_every(30, "gg");
    assert_eq!(harness.app.list().cursor.at, 0);
    harness.press_every(80, "jv");
    assert!(harness.said().ends_with("verified"), "{}", harness.said());
    harness.press_every(80, "jvjv");
    assert!(harness.said().ends_with("verified") && searched(&harness).is_empty(), "{}", harness.said());
    harness.press_every(30, "uuu");
    assert!(harness.said().starts_with("undone"), "{}", harness.said());
    harness.press("<space>");
    harness.press_every(80, "  p");
    assert!(harness.said().ends_with("paused"), "{}", harness.said());
    harness.press("4");
    harness.press_every(50, "oa");
    assert!(harness.said().starts_with("everything"), "{}", harness.said());
}

#[test]
fn a_form_takes_the_name_and_a_question_its_answer_without_a_pause() {
    let mut harness = at_commands();
    harness.press_every(60, "nThe Long Table<ctrl-s>");
    assert_eq!(harness.said(), "The Long Table added");
    harness.press_every(80, "4n");
    assert!(harness.screen().contains("New action"), "a screen and a command:\n{}", harness.screen());
    harness.press("<esc>");
    harness.press_every(60, "arang them<enter>");
    assert!(harness.app.layers.is_empty() && searched(&harness).is_empty(), "{}", harness.screen());
}

#[test]
fn leaving_waits_until_it_is_no_word() {
    let mut harness = at_commands();
    harness.press_every(100, "quick");
    assert!(!harness.has_quit);
    assert_eq!(searched(&harness), "quick");
    harness.press("<esc>q");
    assert!(!harness.has_quit, "it may still become a word");
    harness.event(Event::Woke);
    assert!(harness.has_quit);
    let mut harness = at_commands();
    harness.press_every(100, "young");
    harness.event(Event::Woke);
    assert_eq!(harness.copied, Vec::<String>::new(), "nothing was copied");
}

#[test]
fn every_screen_searches_what_it_shows_and_today_searches_services() {
    for (way, screen) in [
        ("0", ScreenId::Services),
        ("2", ScreenId::Topics),
        ("3", ScreenId::Votes),
        ("4T", ScreenId::Actions),
        ("5m", ScreenId::Partners),
        ("6", ScreenId::People),
    ] {
        for search in ["/", ""] {
            let mut harness = at_commands();
            harness.press(way).press(search).press_every(80, "shelter");
            assert_eq!(
                (harness.app.screen, searched(&harness)),
                (screen, "shelter"),
                "{way}{search}\n{}",
                harness.screen()
            );
        }
    }
}

#[test]
fn a_workspace_with_nothing_in_it_begins_with_the_key_that_makes_the_first() {
    let dir = tempfile::tempdir().unwrap();
    folkmoot::store::init(dir.path(), "Table of the North", false).unwrap();
    let mut harness = Harness::begun(std::sync::Arc::new(dir), "katy");
    assert!(harness.screen().contains("Press n to add the first one"), "{}", harness.screen());
    harness.press("n");
    assert!(harness.screen().contains("Who are you?"), "{}", harness.screen());
}

#[test]
fn the_told_ledger_searches_its_partners() {
    let mut harness = at_commands();
    harness.press("4T");
    let all = harness.app.screens.actions.ledger.accounts.len();
    harness.press("/harb");
    let found = harness.app.screens.actions.ledger.accounts.len();
    assert!(found > 0 && found < all, "{found} of {all}\n{}", harness.screen());
    assert!(harness.screen().contains("/ harb"), "{}", harness.screen());
    assert!(harness.screen_in(ASCII).is_ascii());
    harness.press("<enter>i");
    assert!(harness.screen().contains("How were they told?"), "{}", harness.screen());
    harness.press("<esc>/<esc>");
    assert_eq!(harness.app.screens.actions.ledger.accounts.len(), all);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever word is typed at once, in any view: it is searched for, or it was keys that move, or one letter again and
    /// again; and nothing is changed by it.
    #[test]
    fn no_word_typed_at_once_changes_anything(
        view in prop::sample::select(vec!["", "m", "mm", "2", "4", "6", "t", "<enter>"]),
        word in "[a-z]{3,9}",
        gap in 0_u64..200,
    ) {
        let mut harness = at_commands();
        harness.press(view);
        let before = unstamped(&harness.app.workspace);
        harness.press_every(gap, &word);
        harness.event(Event::Woke);
        let mut telling: Vec<char> = word.chars().filter(|c| !"hjklg".contains(*c)).collect();
        telling.sort_unstable();
        telling.dedup();
        if telling.len() > 1 && !searched(&harness).is_empty() {
            prop_assert!(unstamped(&harness.saved()) == before, "{}{}", view, word);
            prop_assert!(!harness.has_quit);
        }
        let statuses = |harness: &Harness| harness.app.workspace.services.iter().filter(|one| one.status == Status::Paused).count();
        prop_assert!(statuses(&harness) <= 10);
    }
}
