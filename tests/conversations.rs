//! First conversations: written and read on the page of their agreement by whoever had them, and told nowhere else.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use std::os::unix::fs::PermissionsExt;

use folkmoot::store::own_login;
use harness::Harness;

const SECRET: &str = "the doctors are not told who is on which wing";

/// Somebody at the page of the first agreement of the sample, with one conversation noted.
fn noted() -> Harness {
    let mut harness = Harness::sample();
    harness.press("5<enter>C").field("organisation").press("HMP Dorchester").field("notes").paste(SECRET);
    harness.press("<ctrl-s>");
    assert_eq!(harness.said(), "First conversation added");
    harness
}

#[test]
fn they_are_noted_on_the_page_and_their_words_stay_in_their_form() {
    let mut harness = noted();
    let page = harness.size(80, 60).screen();
    assert!(page.contains("First conversations") && page.contains("HMP Dorchester, "), "{page}");
    assert!(!page.contains("doctors are not told"), "{page}");
    let file = harness.path().join(format!("conversations-{}.ron", own_login()));
    assert!(std::fs::read_to_string(&file).unwrap().contains(SECRET));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let down = (0..60).find(|_| harness.press("<down>").line_at_cursor().contains("HMP Dorchester, Sat 21 Nov"));
    assert!(down.is_some(), "{}", harness.screen());
    assert!(harness.press("<enter>").typed("notes").contains(SECRET));
    harness.press("<esc><del>");
    assert!(harness.said().contains("u brings it back"), "{}", harness.said());
    assert_eq!(harness.saved().conversations.iter().count(), 0);
    harness.press("u");
    assert_eq!(harness.saved().conversations.iter().count(), 1);
}

#[test]
fn no_other_screen_and_no_search_knows_of_them() {
    let mut harness = noted();
    for screen in ["0", "1", "2", "3", "4", "5", "6"] {
        for look in ["", "<enter>", "<esc>t", "<esc>/doctors<enter>", "<esc><esc>yy"] {
            let shown = harness.press(screen).press(look).screen();
            assert!(!shown.contains("doctors are"), "{screen}{look}:\n{shown}");
        }
        harness.press("<esc><esc><esc>");
    }
    assert!(!harness.copied.is_empty() && harness.copied.iter().all(|text| !text.contains("doctors are")));
}
