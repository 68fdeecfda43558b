//! The partners screen, by keys: from a first agreement to one in force, an item changed, lapsed, accepted again; the
//! matrix and back; a review; versions side by side. And every view in three sizes, without colours and in ASCII.

use folkmoot::app::partners::View;
use folkmoot::app::screen::ScreenId;
use folkmoot::model::agreement::{Agreement, ItemState, version};
use folkmoot::model::{Id, Ref};

use super::harness::{self, ASCII, Harness, MONO, id_of, today};

/// At a workspace of one's own, with two parties and an agreement between them.
fn own() -> Harness {
    let mut harness = Harness::empty();
    harness.press(":who<enter>Katy Pascoe<enter>");
    for name in ["HMP Ashwell", "Ashwell Care Trust"] {
        harness.press("6o").press(name).press("<ctrl-s>");
    }
    harness.press("5nCare at Ashwell");
    harness.field("parties").press("HMP Ashwell; Ashwell Care Trust<ctrl-s>");
    assert_eq!(harness.said(), "Care at Ashwell added", "{}", harness.screen());
    harness.press("<enter>");
    harness
}

fn saved(harness: &Harness) -> Agreement {
    let workspace = harness.saved();
    Agreement::clone(workspace.agreements.get(id_of(&workspace, "Care at Ashwell")).unwrap())
}

/// However it is broken into lines.
fn shows(harness: &Harness, text: &str) {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&harness.screen()).contains(&words(text)), "{text:?} is not on the screen:\n{}", harness.screen());
}

#[test]
fn from_a_first_agreement_to_in_force_and_again() {
    let mut harness = own();
    shows(&harness, "not in force: nobody has accepted it yet");
    harness.press("ihmp expects of trust: A nurse at every unlock<enter>");
    assert_eq!(harness.said(), "item 1: HMP Ashwell expects of Ashwell Care Trust: A nurse at every unlock");
    shows(&harness, "unanswered");
    harness.press("acommit Two nurses on every morning | 24 dec<enter>");
    assert_eq!(harness.said(), "item 2: Ashwell Care Trust commits to HMP Ashwell: Two nurses on every morning");
    let answer = &saved(&harness).items[1];
    assert_eq!((answer.answers, answer.due.unwrap().to_string().as_str()), (Some(1), "2026-12-24"));
    harness.press("A<enter>");
    assert_eq!(harness.said(), "version 1 of Care at Ashwell accepted by HMP Ashwell; not yet by Ashwell Care Trust");
    harness.press("A<enter>");
    assert_eq!(harness.said(), "version 1 of Care at Ashwell accepted by Ashwell Care Trust; it is in force");
    harness.press("gg");
    shows(&harness, "in force: version 1 accepted by HMP Ashwell and Ashwell Care Trust");
    harness.press("A");
    assert_eq!(harness.said(), "every party has accepted it as it stands");
    // An item more, and both must accept it again; the number of the version goes on.
    harness.press("itrust offers: A room for the family<enter>");
    let said = harness.said();
    assert!(said.ends_with("it is to be accepted again by HMP Ashwell and Ashwell Care Trust"), "{said}");
    harness.press("gg");
    shows(&harness, "not in force: it was changed since HMP Ashwell and Ashwell Care Trust accepted it");
    harness.press("A<ctrl-u>hmp<enter>A<ctrl-u>trust<enter>");
    assert_eq!(harness.said(), "version 2 of Care at Ashwell accepted by Ashwell Care Trust; it is in force");
    // Kept is no change of the text. Without the third item it is the first version again, which both have accepted.
    press_on_item(&mut harness, 3, "x");
    assert_eq!(harness.said(), "item 3 kept");
    assert!(version::is_in_force(&saved(&harness)));
    press_on_item(&mut harness, 3, "wthe room is needed<enter>");
    assert_eq!(harness.said(), "item 3 taken back by Ashwell Care Trust: the room is needed");
    harness.press("gg");
    shows(&harness, "in force: version 1 accepted by");
    harness.press("u");
    shows(&harness, "in force: version 2 accepted by");
    press_on_item(&mut harness, 2, "wno nurses<enter>");
    assert!(version::has_lapsed(&saved(&harness)));
}

/// Moves to an item of the page, as a person would, and presses keys.
fn press_on_item(harness: &mut Harness, number: u16, keys: &str) {
    harness.press("gg");
    for _ in 0..200 {
        let rows = &harness.app.screens.partners.page.rows;
        if rows.target() == Some(folkmoot::app::partners::rows::Target::Item(number)) {
            harness.press(keys);
            return;
        }
        harness.press("j");
    }
    panic!("no item {number} on the page: {}", harness.screen());
}

#[test]
fn a_decline_needs_a_reason_and_a_promise_kept_needs_an_answer() {
    let mut harness = own();
    harness.press("ihmp expects: A dentist<enter>x");
    assert_eq!(harness.said(), "item 1 has not been answered yet: nobody has promised it");
    harness.press("adecline<enter>");
    shows(&harness, "say why item 1 is declined: the others need to know");
    harness.press(" no room for a chair<enter>");
    assert_eq!(harness.said(), "item 1 declined by Ashwell Care Trust: no room for a chair");
    shows(&harness, "because no room for a chair");
    harness.press("aperhaps<enter>");
    shows(&harness, "begin with accept, decline or commit");
    harness.press("<esc>ayes<enter>");
    assert_eq!(saved(&harness).items[0].state, ItemState::Accepted);
    harness.press("Xthe nurse left<enter>");
    assert_eq!(
        (harness.said(), saved(&harness).items[0].state),
        ("item 1 not kept: the nurse left", ItemState::NotKept)
    );
    harness.press("inonsense<enter>");
    shows(&harness, "write: hmp expects of pct");
}

#[test]
fn an_action_of_the_plan_knows_where_it_comes_from() {
    let mut harness = own();
    harness.press("ihmp expects of trust: A nurse at every unlock | 24 dec<enter>n");
    assert_eq!(harness.typed("what"), "A nurse at every unlock");
    assert_eq!(harness.typed("organisation"), "Ashwell Care Trust", "who is expected to do it");
    harness.press("<ctrl-s>");
    let action = harness.saved().actions.iter().next().unwrap().clone();
    let agreement = id_of(&harness.saved(), "Care at Ashwell");
    assert_eq!((action.agreement.as_ref().and_then(Ref::id), action.item), (Some(agreement), Some(1)));
    assert_eq!(action.due.unwrap().to_string(), "2026-12-24");
    assert_eq!(harness.app.screen, ScreenId::Partners, "one stays where one was");
    harness.press("gg");
    shows(&harness, "coherence: 1 action, 0 done");
    harness.press("jjjj<enter>");
    assert_eq!(harness.app.screen, ScreenId::Actions, "{}", harness.screen());
    shows(&harness, "Care at Ashwell");
}

#[test]
fn a_review_is_twelve_keys_and_survives_leaving() {
    let mut harness = own();
    harness.press("r012");
    harness.press("<esc>");
    shows(&harness, "none yet: r reviews it together");
    harness.press("r");
    assert_eq!(
        harness.app.screens.partners.review.scores[..3],
        [Some(0), Some(1), Some(2)],
        "what was answered is kept"
    );
    harness.press("333333333");
    assert_eq!(harness.said(), "all twelve are answered: enter writes the review down");
    harness.press("<enter>Escorts are what we quarrel about<enter>");
    assert_eq!(harness.said(), "Care at Ashwell reviewed: 12 of 12 answered");
    let review = &saved(&harness).reviews[0];
    assert_eq!((review.on, review.note.as_deref()), (Some(today()), Some("Escorts are what we quarrel about")));
    assert_eq!(review.scores()[..4], [Some(0), Some(1), Some(2), Some(3)]);
    harness.press("r<enter>");
    assert_eq!(harness.said(), "answer at least one question: 0, 1, 2 or 3");
    harness.press("4");
    assert_eq!(harness.app.screen, ScreenId::Partners, "a wrong digit does not leave the questions");
}

#[test]
fn two_versions_are_compared_line_by_line() {
    let mut harness = own();
    harness.press("c");
    assert_eq!(harness.said(), "there is one text only: versions are there once it was accepted and changed");
    harness.press("ihmp expects of trust: A nurse<enter>A<ctrl-u>hmp<enter>");
    harness.press("e").field("vision").press("One service.<ctrl-s>c");
    shows(&harness, "version 1 and as it stands now");
    shows(&harness, "+ Vision");
    shows(&harness, "+   One service.");
    harness.press("<esc>A<enter>itrust offers: A room<enter>c");
    shows(&harness, "two of: 1, 2, now");
    harness.press("<ctrl-u>1 9<enter>");
    shows(&harness, "write two of the versions there are");
    harness.press("<ctrl-u>1 2<enter>");
    shows(&harness, "version 1 and version 2");
}

#[test]
fn the_matrix_leads_to_what_stands_between_two_and_back() {
    let mut harness = Harness::sample();
    harness.press("5m");
    shows(&harness, "Tern Street Housing");
    let find = |harness: &Harness, name: &str| {
        let matrix = &harness.app.screens.partners.matrix.matrix;
        matrix.organisations.iter().position(|(_, known)| known == name).unwrap()
    };
    let (prison, trust) = (find(&harness, "HMP Dorchester"), find(&harness, "NHS Dorset"));
    harness.press(&"j".repeat(prison)).press(&"l".repeat(trust));
    shows(&harness, "HMP Dorchester expects 3 things of NHS Dorset, 2 answered, and gives 3; 1 not kept");
    harness.press("<enter>");
    assert_eq!(harness.app.screens.partners.view, View::Between);
    shows(&harness, "One and the same nurse");
    harness.press("jj<enter>");
    assert_eq!(harness.app.screens.partners.view, View::Page);
    shows(&harness, "Dorchester Healthcare Partnership");
    harness.press("<esc>");
    assert_eq!(harness.app.screens.partners.view, View::Between);
    harness.press("<esc>");
    assert_eq!(
        (harness.app.screens.partners.view, harness.app.screens.partners.matrix.at),
        (View::Matrix, (prison, trust))
    );
    harness.press("T");
    assert_eq!(harness.app.screens.partners.matrix.at, (trust, prison));
    harness.press("gg<enter>");
    harness.press("<esc>");
    assert_eq!(harness.app.screens.partners.view, View::List);
    harness.press("m<esc>");
    shows(&harness, "3 agreements");
}

#[test]
fn a_colleague_who_takes_the_agreement_away_leaves_no_empty_page() {
    let mut harness = own();
    let id: Id = id_of(&harness.saved(), "Care at Ashwell");
    harness.colleague(|workspace, _| folkmoot::model::change::remove(workspace, &[id]));
    assert_eq!(harness.app.screens.partners.view, View::List, "{}", harness.screen());
    shows(&harness, "No agreements yet");
}

#[test]
fn lists_are_filtered_by_how_an_agreement_stands() {
    let mut harness = Harness::sample();
    for (word, name) in [
        ("in-force", "Dorchester Healthcare"),
        ("lapsed", "Referral at the gate"),
        ("to-review", "Referral at the gate"),
        ("not-kept", "Dorchester Healthcare"),
    ] {
        harness.press("5/").press(&format!("is:{word}<enter>"));
        shows(&harness, name);
        shows(&harness, "1 of ");
        harness.press("<esc>");
    }
    harness.press("5/is:unanswered<enter>");
    shows(&harness, "2 of ");
}

/// Draws in all sizes and looks, and compares with what was seen and found good.
fn snapshot(name: &str, harness: &mut Harness) {
    for (columns, rows) in [(80, 24), (40, 12), (120, 40)] {
        harness.size(columns, rows);
        for (theme, word) in [(MONO, "mono"), (ASCII, "ascii")] {
            let screen = harness.screen_in(theme);
            assert!(!theme.ascii || screen.is_ascii(), "{name}: beyond ASCII: {screen}");
            insta::with_settings!({
                prepend_module_to_snapshot => false, omit_expression => true, snapshot_path => "../snapshots",
            }, {
                insta::assert_snapshot!(format!("{name}_{columns}x{rows}_{word}"), screen);
            });
        }
    }
    harness.size(80, 24);
}

macro_rules! screens {
    ($($name:ident: $harness:expr, $keys:expr;)+) => {
        $(#[test]
        fn $name() {
            let mut harness: Harness = $harness;
            harness.press($keys);
            snapshot(stringify!($name), &mut harness);
        })+
    };
}

screens! {
    partners: Harness::sample(), "5j";
    partners_none: Harness::empty(), "5";
    agreement: Harness::sample(), "5/dorchester<enter><enter>";
    agreement_items: Harness::sample(), "5/dorchester<enter><enter>}}}}}";
    agreement_lapsed: Harness::sample(), "5/gate<enter><enter>";
    agreement_bid: Harness::sample(), "5/consortium<enter><enter>";
    agreement_end: Harness::sample(), "5/dorchester<enter><enter>G";
    agreement_new: own(), "";
    agreement_answer: Harness::sample(), "5/dorchester<enter><enter>}}}}}a";
    agreement_versions: Harness::sample(), "5/gate<enter><enter>c";
    agreement_review: Harness::sample(), "5/dorchester<enter><enter>r012-";
    matrix: Harness::sample(), "5mjll";
    matrix_none: Harness::empty(), "5m";
    between: Harness::sample(), "5mjlll<enter>jj";
}

/// Twenty organisations, each with all others: names and letters stay in view wherever the cursor is.
#[test]
fn twenty_by_twenty_can_be_read_on_eighty_columns() {
    let mut harness = Harness::empty();
    harness.press(":who<enter>Katy Pascoe<enter>");
    let names: Vec<String> = (1..=20).map(|number| format!("Organisation number {number:02} of the county")).collect();
    harness.press("5nEverybody with everybody");
    harness.field("parties").paste(&names.join("\n")).press("<ctrl-s>m");
    for keys in ["", "G<end>llllllllllllllllllll", "gg"] {
        harness.press(keys);
        let (buffer, cursor) = harness.buffer(harness::FINE);
        let screen = harness::text_of(&buffer);
        let (row, _) = harness.app.screens.partners.matrix.at;
        let line = usize::from(cursor.unwrap().y);
        let shown = screen.lines().nth(line).unwrap();
        assert!(shown.starts_with(&format!("Organisation number {:02}", row + 1)[..20]), "{shown}\n{screen}");
        assert!(screen.lines().nth(1).unwrap().starts_with("expects of / gives"), "the head stays:\n{screen}");
    }
}
