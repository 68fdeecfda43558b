//! People by keys: roles over time, what somebody has a part in, and stories of what worked.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test fails by panicking; helpers are no #[test]

mod harness;

use folkmoot::model::story::Sharing;
use folkmoot::model::told::{Partner, partners_of};
use folkmoot::model::{Date, Kind, Ref};
use harness::{Harness, id_of, set, today};

#[test]
fn a_role_that_is_over_stays_and_no_longer_speaks_for_its_organisation() {
    let mut harness = Harness::sample();
    let person = id_of(&harness.saved(), "Rowan Gull");
    let roles = "Listener | Hilltop Listeners | 2008-09-01 | 2019-03-31\nTrustee | Plain Sums | 2019-04-01";
    harness.colleague(|workspace, author| set(workspace, author, person, "roles", roles));
    harness.press("6/rowan gull<enter><enter>");
    let page = harness.screen();
    assert!(page.contains("Listener, Hilltop Listeners, from 1 Sep 2008, until 31 Mar 2019"), "{page}");
    harness.press("<esc><esc>/hilltop listeners<enter><enter>");
    assert!(harness.screen().contains("Rowan Gull (Listener, until 31 Mar 2019)"), "{}", harness.screen());
    harness.press("<esc><esc>/plain sums<enter><enter>");
    assert!(harness.screen().contains("Rowan Gull (Trustee)"), "{}", harness.screen());
    let workspace = harness.saved();
    let partners = |day: Date| -> Vec<String> {
        let partners = partners_of(&Ref::record(person), &workspace, day);
        partners.iter().map(|one: &Partner| one.name(&workspace).into_owned()).collect()
    };
    assert_eq!(partners(today()), ["Plain Sums"]);
    assert_eq!(partners("2019-03-31".parse().unwrap()), ["Hilltop Listeners"]);
    assert_eq!(partners("2007-01-01".parse().unwrap()), ["Rowan Gull"], "nobody's yet");
}

#[test]
fn a_page_says_everything_somebody_has_a_part_in() {
    let mut harness = Harness::sample();
    harness.size(100, 60).press("6/aspen quay<enter><enter>");
    let page = harness.screen();
    for said in [
        "Mentor, Gatepost Mentoring",
        "Plan a first training day for the mentors of all four schemes",
        "school (help)",
        "not two (keep me informed)",
        "A mentor who came back",
    ] {
        assert!(page.contains(said), "{said} in {page}");
    }
    harness.press("<esc><esc>/gatepost mentoring<enter><enter>");
    let page = harness.screen();
    for said in ["Gatepost Mentoring told on 18 Nov 2026", "Aspen Quay (", "Draw up one page for good practice"] {
        assert!(page.contains(said), "{said} in {page}");
    }
}

#[test]
fn a_story_is_written_down_and_says_who_may_read_it() {
    let mut harness = Harness::sample();
    harness.press("6wTwo phones that were answered<ctrl-s>");
    let said = "Two phones that were answered added; it is shown to nobody else until it says who may read it";
    assert_eq!(harness.said(), said);
    harness.press("/two phones<enter>e").field("sharing").press("<ctrl-u>part<ctrl-s>");
    let workspace = harness.saved();
    let story = workspace.stories.get(id_of(&workspace, "Two phones that were answered")).unwrap().clone();
    assert_eq!(story.sharing, Sharing::Partners);
    harness.press("<esc>/sharing:everybody<enter>");
    assert!(harness.screen().contains("A key on the day of release"), "{}", harness.screen());
    assert_eq!(harness.app.list().rows.len(), 1, "{}", harness.screen());
    harness.press("<esc>/two phones<enter>d");
    assert_eq!(harness.saved().count(Kind::Story), 3);
}
